// The light host of the academy's lessons: it connects the page to its kernel and shows the
// widgets in the places that the template left for them. Parts arrive while the lesson runs.

import { Kernel } from "./kernel.js";
import { Store } from "./models.js";
import { calm, notice, rememberPlace, resume, returnToPlace, saved, say, warn } from "./page.js";
import { frameTables } from "./tables.js";
import { mount } from "./views.js";

const LAB_ONLY = "This kind of control can be shown in JupyterLab only. Open the page there from the academy’s list of modules.";
const MODEL_WAIT_MS = 30000;
const places = new Map(); // model id -> the place it is shown in
let streaming = true; // parts are still arriving
let mounting = 0;
let config = null;

const store = new Store((model, problem) => {
  console.error(problem);
  complain(model.id, problem.name);
});

function code(place, what) {
  return [config?.module, place?.closest(".sva-cell")?.dataset.part, what].filter(Boolean).join("/");
}

// A widget's own code failed after a touch, here or in the kernel: say so beside it.
function complain(id, what) {
  const place = places.get(id);
  if (!place || place.nextElementSibling?.classList.contains("sva-notice")) return;
  const box = notice(code(place, what), "This part stopped working.");
  box.setAttribute("role", "alert");
  place.after(box);
}

async function show(place) {
  const id = place.dataset.model;
  places.set(id, place);
  mounting += 1;
  try {
    const late = new Promise((_, fail) => setTimeout(fail, MODEL_WAIT_MS, new Error("no state came from the kernel")));
    const model = await Promise.race([store.find(id), late]);
    if (model.kind === "anywidget") await mount(model, place);
    else place.replaceChildren(Object.assign(document.createElement("p"), { className: "sva-notice", textContent: LAB_ONLY }));
  } catch (problem) {
    console.error(problem);
    place.replaceChildren(notice(code(place, "widget")));
  }
  place.closest(".sva-cell")?.removeAttribute("aria-busy");
  mounting -= 1;
  finish();
}

// A part is a <template data-part="7"> after the text; its place is the cell of that number.
function place(template) {
  const cell = document.querySelector(`.sva-cell[data-part="${template.dataset.part}"]`);
  template.remove();
  if (!cell) return;
  cell.replaceChildren(template.content);
  cell.hidden = !cell.childElementCount && !cell.textContent.trim();
  const widgets = cell.querySelectorAll("[data-model]");
  cell.classList.remove("sva-waiting");
  if (!widgets.length) cell.removeAttribute("aria-busy");
  widgets.forEach(show);
}

// What is still being received has nothing after it yet.
const whole = (element) => document.readyState !== "loading" || element.nextSibling !== null;

function placeParts() {
  for (const template of document.querySelectorAll("template[data-part]")) if (whole(template)) place(template);
}

function finish() {
  if (streaming || mounting) return;
  for (const cell of document.querySelectorAll(".sva-cell.sva-waiting")) {
    cell.replaceChildren(notice(code(cell, "missing"))); // the lesson ended before it came to this part
    cell.removeAttribute("aria-busy");
  }
  document.documentElement.dataset.ready = "";
  say("Ready.");
  setTimeout(() => say(""), 4000);
  frameTables();
  returnToPlace();
}

function connect() {
  store.kernel = new Kernel(config.baseUrl, config.kernelId, {
    connected: (again) => {
      store.level();
      if (!again) return;
      calm();
      say("Connected again.");
      setTimeout(() => say(""), 4000);
    },
    message: (type, message) => {
      if (type.startsWith("comm_")) store.receive(type, message);
      else if (type === "error") complain(store.sent.get(message.parent_header?.msg_id), message.content.ename);
    },
    lost: () => warn(`The connection was lost. ${saved(store.unsaved)} Reconnecting…`),
    gone: () => resume(store.unsaved),
    refused: () => warn(`You are signed out. ${saved(store.unsaved)} Open the academy in another tab as you did at first, then reload this page.`),
  });
}

function leave() {
  rememberPlace();
  const form = new FormData();
  form.append("_xsrf", document.cookie.match(/\b_xsrf=([^;]*)/)?.[1] ?? "");
  navigator.sendBeacon(`${config.baseUrl}voila/api/shutdown/${config.kernelId}`, form);
}

// A lesson that had run brings its widgets' states along, before its kernel is there.
function wake() {
  const element = document.getElementById("sva-ran");
  if (!element || !whole(element)) return;
  store.wake(JSON.parse(element.textContent));
  element.remove();
}

function start() {
  const element = document.getElementById("jupyter-config-data");
  if (!element || config || !whole(element)) return;
  config = JSON.parse(element.textContent);
  connect();
  globalThis.svaHost = store; // for those who look for faults
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

const arriving = new MutationObserver(() => {
  wake();
  start();
  placeParts();
});

function arrived() {
  arriving.disconnect();
  wake();
  start();
  placeParts();
  streaming = false;
  if (config) finish();
  else {
    say("");
    warn("This page could not be started. Your answers are saved.", { label: "Try again", action: () => location.reload() });
  }
}

frameTables();
addEventListener("resize", frameTables);
if (document.readyState === "loading") {
  arriving.observe(document.documentElement, { childList: true, subtree: true });
  wake();
  start();
  placeParts();
  document.addEventListener("DOMContentLoaded", arrived);
} else arrived();
