// On a narrow page a table that does not fit is shown row by row, each value beside its column's name.
// One that still does not fit, or stands on a wide page, can be scrolled from the keyboard too.

const narrow = matchMedia("(max-width: 40rem)");
const MOST_ROWS = 8; // more of them, one under another, are harder to compare than a table that scrolls

export function frameTables() {
  for (const frame of document.querySelectorAll(".sva-scroll")) {
    frame.classList.remove("sva-rows");
    if (narrow.matches && frame.scrollWidth > frame.clientWidth && nameCells(frame)) frame.classList.add("sva-rows");
    if (frame.scrollWidth > frame.clientWidth) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", frame.querySelector("caption")?.textContent ?? "Table, scrolls sideways");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
    }
  }
}

// Give each cell its column's name to show, and the roles that styles for a row by row table would take away.
function nameCells(frame) {
  const heads = [...frame.querySelectorAll("thead tr:last-child > *")].map((head) => head.textContent.trim());
  const rows = [...frame.querySelectorAll("tbody tr")];
  if (!heads.length || rows.length > MOST_ROWS || rows.some((row) => row.children.length !== heads.length)) return false;
  const roles = { table: "table", tbody: "rowgroup", thead: "rowgroup", tr: "row", "thead th": "columnheader", "tbody th": "rowheader", td: "cell" };
  for (const [which, role] of Object.entries(roles)) for (const part of frame.querySelectorAll(which)) part.setAttribute("role", role);
  for (const row of rows) [...row.children].forEach((cell, at) => (cell.dataset.column = heads[at]));
  return true;
}
