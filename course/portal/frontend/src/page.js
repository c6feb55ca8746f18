// What the page says of itself: the live status, the banner, the notices, and where the reader was.

const byId = (id) => document.getElementById(id); // looked up late: this script may run before the page has arrived
const PLACE = `sva-place:${location.pathname}`;
const TRIED = `sva-tried:${location.pathname}`;
const RESUME_AT_MOST_EVERY_MS = 20000;

export function say(text, busy = false) {
  const status = byId("sva-status");
  status.textContent = text;
  status.toggleAttribute("data-busy", busy);
}

export function warn(text, { label, action } = {}) {
  const banner = byId("sva-banner");
  const button = banner.querySelector("button");
  banner.querySelector("p").textContent = text;
  button.hidden = !label;
  button.textContent = label ?? "";
  button.onclick = action ?? null;
  banner.hidden = false;
}

export const calm = () => (byId("sva-banner").hidden = true);

export const saved = (unsaved) =>
  unsaved ? "Your answers are saved, except perhaps the last change. Check it when the page is back." : "Your answers are saved.";

/** One sentence in place of a part that failed, with a short code for the trainer. */
export function notice(code, text = "This part could not be shown.") {
  const box = Object.assign(document.createElement("div"), { className: "sva-notice" });
  const line = document.createElement("p");
  line.append(`${text} Reload the page; your answers are saved. If it happens again, tell your trainer: `, Object.assign(document.createElement("code"), { textContent: code }), ".");
  box.append(line);
  return box;
}

/** Remember the first cell in sight, so that a reload comes back to it. */
export function rememberPlace() {
  const cell = [...document.querySelectorAll(".sva-cell[id]")].find((c) => c.getBoundingClientRect().bottom > 0);
  if (cell) sessionStorage.setItem(PLACE, JSON.stringify({ id: cell.id, top: cell.getBoundingClientRect().top }));
}

export function returnToPlace() {
  const place = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (!place) return;
  const { id, top } = JSON.parse(place);
  const cell = document.getElementById(id);
  if (cell) scrollBy({ top: cell.getBoundingClientRect().top - top, behavior: "instant" });
}

/** Open the lesson again, by itself once; asked for by a button where that was just tried. */
export function resume(unsaved) {
  const reopen = () => {
    rememberPlace();
    sessionStorage.setItem(TRIED, String(Date.now()));
    location.reload();
  };
  const justTried = Date.now() - Number(sessionStorage.getItem(TRIED) ?? 0) < RESUME_AT_MOST_EVERY_MS;
  if (justTried) {
    warn(`This page stopped. ${saved(unsaved)}`, { label: "Open it again", action: reopen });
    return;
  }
  warn(`This page was paused. ${saved(unsaved)} Opening it again…`, { label: "Open it now", action: reopen });
  const whenSeen = () => {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", whenSeen);
    setTimeout(reopen, 1500);
  };
  document.addEventListener("visibilitychange", whenSeen);
  whenSeen();
}
