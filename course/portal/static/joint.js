// The joint table works without this by reloading: it brings what is new, sends forms without leaving the page,
// adds up money as one types, and never touches what somebody is writing.

const live = document.getElementById("live");
const lost = document.getElementById("lost");
const say = (text) => {
  lost.hidden = !text;
  if (text && lost.textContent.trim() !== text) lost.querySelector("p").textContent = text;
};

// ---- Bringing the page up to what the server sent, leaf by leaf ------------------------------------

const written = (node) => node instanceof HTMLFormElement && node.dataset.dirty !== undefined;
const keyed = (node) => (node.nodeType === 1 ? node.id : "");
const keeps = (node) => node.nodeType === 1 && (written(node) || [...node.querySelectorAll("form")].some(written));

function level(old, fresh) {
  if (old.nodeType !== 1) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (written(old)) return mark(old, false);
  const open = old instanceof HTMLDetailsElement; // people open and close these themselves
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !(open && name === "open")) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (old.getAttribute(name) !== value && !(open && name === "open")) old.setAttribute(name, value);
  children(old, fresh);
  if (old.type === "checkbox") old.checked = fresh.checked;
  else if (old.matches("input, textarea, select") && old.value !== fresh.value) old.value = fresh.value;
}

// Elements with an id are matched by it, all else by its place.
function children(old, fresh) {
  const wanted = new Set([...fresh.children].map(keyed).filter(Boolean));
  const known = new Map([...old.children].filter(keyed).map((node) => [node.id, node]));
  let at = old.firstChild;
  const pass = () => (at = keeps(at) ? (mark(at, true), at.nextSibling) : drop(at));
  for (const next of [...fresh.childNodes]) {
    while (at && keyed(at) && !wanted.has(at.id)) pass();
    const same = keyed(next) && known.get(next.id);
    if (same && same.nodeName === next.nodeName) {
      while (at && at !== same && !(keyed(at) && wanted.has(at.id))) pass();
      if (at === same) at = at.nextSibling;
      else old.insertBefore(same, at);
      level(same, next);
    } else if (at && !keyed(next) && !keyed(at) && at.nodeName === next.nodeName) {
      const here = at;
      at = at.nextSibling;
      level(here, next);
    } else old.insertBefore(next, at);
  }
  while (at) pass();
}

function drop(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
// What somebody wrote stays in sight after its round has gone, to be copied; it can no longer be sent.
function mark(node, left) {
  for (const form of node.matches("form") ? [node] : node.querySelectorAll("form")) {
    const note = form.querySelector("[data-stale]");
    if (note) {
      note.hidden = !left;
      note.textContent = left ? "The table has gone on. What you wrote is still here to copy, but can no longer be sent." : "";
    }
    for (const button of form.querySelectorAll("button")) button.disabled = left;
  }
}

function show(news) {
  const box = document.createElement("div");
  box.innerHTML = news.html;
  children(live, box);
  if (news.number) live.dataset.number = news.number;
  if (news.shown) live.dataset.shown = JSON.stringify(news.shown);
  if (news.title) document.title = news.title;
  if (news.seat !== undefined && news.seat !== live.dataset.seat) {
    live.dataset.seat = news.seat;
    history.replaceState(null, "", `${location.pathname}?seat=${news.seat}`);
  }
  ready();
}

// ---- Waiting for what is new ----------------------------------------------------------------------

let waiting = null;
let misses = 0;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function address() {
  if (live.dataset.liveConsole) {
    const asked = new URLSearchParams(location.search);
    asked.set("shown", live.dataset.shown);
    return `${live.dataset.liveConsole}?${asked}`;
  }
  const url = new URL(live.dataset.live, location.href);
  if (live.dataset.seat !== undefined) url.searchParams.set("seat", live.dataset.seat);
  url.searchParams.set("after", live.dataset.number);
  return url;
}

async function follow() {
  for (;;) {
    if (document.hidden) await new Promise((seen) => document.addEventListener("visibilitychange", seen, { once: true }));
    waiting = new AbortController();
    try {
      const answer = await fetch(address(), { headers: { Accept: "application/json" }, signal: waiting.signal });
      if (answer.redirected || answer.status === 403) return say("You are signed out. Copy what you wrote, then reload this page.");
      if (answer.status === 404) return say("This table is no longer here. Reload the page.");
      if (!answer.ok) throw new Error(answer.status);
      misses = 0;
      say("");
      if (answer.status === 200) {
        const news = await answer.json();
        if (news.shown || news.number > Number(live.dataset.number)) show(news);
      }
    } catch (problem) {
      if (problem.name === "AbortError") continue;
      misses += 1;
      if (misses > 1) say("The connection was lost. What you wrote is still here. Connecting again…");
      await pause(Math.min(500 * 2 ** misses, 8000));
    }
  }
}

// ---- Sending --------------------------------------------------------------------------------------

function tell(form, problem) {
  const place = form.querySelector("[data-problem]");
  if (!place) return;
  place.hidden = !problem;
  place.textContent = problem;
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  tell(form, "");
  const sent = form.querySelector("[data-sent]");
  if (sent) sent.textContent = "Sending…";
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const news = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null;
    if (sent) sent.textContent = "";
    if (news?.problem) {
      tell(form, news.problem);
      if (news.seen && form.elements.seen) form.elements.seen.value = news.seen;
    }
    else if (answer.redirected && answer.ok && !news && form.elements.from?.value === "console") {
      clean(form);
      if (sent) sent.textContent = "Sent.";
      form.reset();
    } else if (!answer.ok || !news) tell(form, "That did not arrive. Nothing you wrote is lost: try again.");
    else {
      clean(form);
      show(news);
      if (form.isConnected && sent) {
        form.querySelector("[data-sent]").textContent = "Sent.";
        setTimeout(() => (form.querySelector("[data-sent]").textContent = ""), 6000);
      }
    }
  } catch {
    if (sent) sent.textContent = "";
    tell(form, "The connection was lost. Nothing you wrote is lost: try again.");
  }
  form.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!live?.contains(form) || form.dataset.native !== undefined || form.elements.kind?.value === "leave") return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") !== "true") send(form, event.submitter);
});
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || !live?.contains(form)) return;
  form.dataset.dirty = "";
  if (form.id) draft(form);
  sums();
});

// ---- Drafts: what was typed survives a reload, or a look at another seat -----------------------------

const drafted = (form) => `joint ${location.pathname} ${live.dataset.seat ?? ""} ${form.id}`;
const own = (form) => [...form.elements].filter((field) => field.name === "seen" || (field.name && field.type !== "hidden" && field.type !== "submit"));

function draft(form) {
  const held = own(form).map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]);
  sessionStorage.setItem(drafted(form), JSON.stringify(held));
}

function restore() {
  for (const form of live.querySelectorAll("form[data-form]")) {
    const held = new Map(JSON.parse(sessionStorage.getItem(drafted(form)) ?? "[]"));
    if (!held.size) continue;
    form.dataset.dirty = "";
    for (const field of own(form)) {
      if (!held.has(field.name)) continue;
      if (field.type === "checkbox") field.checked = held.get(field.name);
      else field.value = held.get(field.name);
    }
  }
}

function clean(form) {
  delete form.dataset.dirty;
  sessionStorage.removeItem(drafted(form));
}

// ---- Adding up ------------------------------------------------------------------------------------

const figure = (text) => Number(text.replace(/[£%,\s]/g, "") || 0);
const pounds = (amount) => `£${Math.round(Math.abs(amount)).toLocaleString("en-GB")}`;
const put = (place, text) => {
  if (place.textContent !== text) place.textContent = text;
};

function sums() {
  for (const set of document.querySelectorAll("[data-sum]")) {
    const total = [...set.querySelectorAll("[data-adds]")].reduce((sum, field) => sum + figure(field.value), 0);
    const rounded = Math.round(total * 100) / 100;
    put(set.querySelector("[data-total]"), Number.isNaN(total) ? "One of these is not a number." : `Together ${rounded} of 100${rounded === 100 ? "." : ": change them until they make 100."}`);
  }
  for (const place of document.querySelectorAll("[data-running-total]")) {
    const form = place.form ?? place.closest("form");
    const price = figure(form.querySelector("[data-price]").value);
    const budgets = [...form.querySelectorAll("[data-budget]")].reduce((sum, field) => sum + figure(field.value), 0);
    const usual = [...form.querySelectorAll("[data-quantity]")].reduce((sum, field) => sum + figure(field.value) * Number(field.dataset.quantity), 0);
    if (Number.isNaN(price + budgets + usual)) put(place, "One of the figures is not a number.");
    else if (!price && !budgets) put(place, "");
    else {
      const left = price - budgets;
      place.toggleAttribute("data-over", left < 0);
      put(place, `Budgets ${pounds(budgets)} of the price ${pounds(price)}: ${pounds(left)} ${left < 0 ? "too much" : "left over"}. What you promise usually costs ${pounds(usual)}.`);
    }
  }
}

// ---- The soft timer -------------------------------------------------------------------------------

function timers() {
  for (const timer of document.querySelectorAll("[data-due]")) {
    const minutes = Math.round((new Date(timer.dataset.due) - Date.now()) / 60000);
    const many = (n) => `${n} minute${n === 1 ? "" : "s"}`;
    const left = minutes > 0 ? `: about ${many(minutes)} left` : minutes === 0 ? ": about now" : `: over by ${many(-minutes)}; nobody is locked out`;
    put(timer.querySelector("[data-left]"), timer.dataset.still === undefined ? left : "");
  }
}

function ready() {
  sums();
  timers();
}

if (live) {
  restore();
  ready();
  setInterval(timers, 10000);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  follow();
}
