// Shared by the academy's widgets: put before each widget's own file.

// An element with attributes (on… are listeners, false and null are left out) and children.
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((c) => c != null));
  return node;
}

const tidy = (n) => Number(n).toLocaleString("en-GB", { maximumFractionDigits: 4 });
