// Anywidgets on the page: their module is imported once, initialised once a model, rendered once a view.

const modules = new Map(); // module text -> promise of its definition
const initialised = new WeakMap(); // model -> promise
const styled = new Set();

function load(text) {
  if (!modules.has(text)) {
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const definition = import(url).then(async ({ default: made }) => (typeof made === "function" ? made() : made));
    modules.set(text, definition.finally(() => URL.revokeObjectURL(url)));
  }
  return modules.get(text);
}

function dress(text) {
  if (!text || styled.has(text)) return;
  styled.add(text);
  document.head.append(Object.assign(document.createElement("style"), { textContent: text }));
}

/** Show `model` in `el`; returns a function that takes it away again. */
export async function mount(model, el) {
  dress(model.get("_css"));
  const widget = await load(model.get("_esm"));
  if (!initialised.has(model)) {
    const life = new AbortController();
    model.on("destroy", () => life.abort());
    initialised.set(model, Promise.resolve(widget.initialize?.({ model: model.face(life.signal), signal: life.signal })).then((undo) => {
      if (typeof undo === "function") life.signal.addEventListener("abort", undo, { once: true });
    }));
  }
  await initialised.get(model);
  const view = new AbortController();
  const undo = await widget.render?.({ model: model.face(view.signal), el, signal: view.signal });
  const remove = () => {
    if (view.signal.aborted) return;
    view.abort();
    if (typeof undo === "function") undo();
    el.replaceChildren();
  };
  model.on("destroy", remove);
  return remove;
}
