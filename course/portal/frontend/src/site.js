// The reading edition: the academy's pieces on a page with no server behind it, even one opened from a stick.
// The pieces' own files are those of the academy (they stand in parts.js); what a kernel does there is done
// here by frames worked out beforehand, and by the rules of marking in check.js.

import { assess, isBlank, problem } from "./check.js";
import { addScript, frameAt, grids, places, unpack } from "./frames.js";
import { frameTables } from "./tables.js";

const OUTCOMES = { correct: "Right", partly: "Partly right", incorrect: "Not yet", unanswered: "Not answered", malformed: "Cannot be marked" };

// ---- What explorers ask for: the one Vega of the page, loaded when the first chart comes near.
let vega;
Object.defineProperty(globalThis, "__svaVega", { get: () => (vega ??= addScript(at("assets/vega.js")).then(() => globalThis.svaVega)) });
const root = document.currentScript.dataset.root;
const at = (path) => `${root}${path}`;

// ---- What the widgets take for their model.
class Model {
  constructor(traits) {
    this.traits = traits;
    this.listeners = new Map();
    this.changed = new Set();
  }

  get(name) {
    return this.traits[name];
  }

  set(name, value) {
    this.traits[name] = value;
    this.changed.add(name);
  }

  tell(name, value) {
    this.traits[name] = value;
    this.emit(`change:${name}`);
  }

  emit(event, ...given) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(...given);
  }

  on(event, listener) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  off(event, listener) {
    this.listeners.set(event, (this.listeners.get(event) ?? []).filter((known) => known !== listener));
  }

  save_changes() {
    const changed = [...this.changed];
    this.changed.clear();
    this.saved?.(changed);
  }

  send(content) {
    this.asked?.(content);
  }
}

// ---- Explorers
function explorer(piece) {
  const model = new Model(piece.traits);
  const { controls } = piece.traits.spec;
  const start = { ...piece.traits.values };
  let before = start;
  let turn = 0;
  model.saved = async () => {
    const mine = ++turn;
    let values = model.get("values");
    const moved = controls.findIndex((c) => values[c.key] !== before[c.key]);
    if (moved < 0) return;
    if (piece.how === "single") values = { ...start, [controls[moved].key]: values[controls[moved].key] };
    before = values;
    model.tell("values", values);
    try {
      const made = await grids(piece.name, at(`frames/${piece.name}.js`));
      if (mine !== turn) return; // moved again meanwhile
      const single = piece.how === "single";
      model.tell("frame", frameAt(made[single ? moved : 0], places(single ? [controls[moved]] : controls, values)));
    } catch (reason) {
      console.error(reason);
      model.tell("frame", { ...model.get("frame"), problem: "This part cannot follow its controls: a file of these pages is missing." });
    }
  };
  return model;
}

// ---- Questions and their marks
const kept = (exercise) => `sva:${exercise}`;
const recall = (exercise) => { try { return JSON.parse(localStorage.getItem(kept(exercise))) ?? {}; } catch { return {}; } };
const keep = (exercise, answers) => { try { localStorage.setItem(kept(exercise), JSON.stringify(answers)); return true; } catch { return false; } };

function questions(page) {
  const answers = recall(page.exercise);
  const asked = page.pieces.filter((piece) => piece.kind === "question");
  const state = (question, value, safe = true) => {
    if (isBlank(value)) return { state: "unanswered", message: "Not answered yet." };
    const wrong = problem(question, value);
    if (wrong) return { state: "malformed", message: wrong };
    return { state: "recorded", message: safe ? "Kept in this browser." : "Noted until you close this page: this browser keeps nothing." };
  };
  let panel = null;
  const refresh = () => {
    const rows = asked.map(({ model, traits }, i) => ({ id: traits.spec.id, title: `Question ${i + 1}`, ...model.get("state") }));
    const [done, bad] = ["recorded", "malformed"].map((which) => rows.filter((row) => row.state === which).length);
    panel?.tell("questions", rows);
    panel?.tell("summary", `${done} of ${rows.length} questions answered.${bad ? ` ${bad} need${bad === 1 ? "s" : ""} mending: see below.` : ""}`);
  };
  for (const piece of asked) {
    const question = piece.traits.spec;
    const value = answers[question.id] ?? null;
    const model = (piece.model = new Model({ ...piece.traits, value, state: state(question, value), result: {} }));
    model.saved = () => {
      answers[question.id] = model.get("value");
      model.tell("state", state(question, model.get("value"), keep(page.exercise, answers)));
      if (model.get("result").outcome) model.tell("result", { ...model.get("result"), stale: true });
      refresh();
    };
  }
  const mark = async () => {
    const keys = await unpack(page.keys);
    const rows = asked.map(({ model, traits }, i) => {
      const question = traits.spec;
      const key = keys[question.id];
      const row = key.person
        ? { question: question.id, outcome: "person", points: 0, out_of: key.points, message: "Nobody marks writing here. Score it yourself with the table below the question, or ask a colleague.", read: "" }
        : assess(question, key, model.get("value"));
      const shown = { ...row, title: `Question ${i + 1}`, label: row.outcome === "person" ? "For a person to mark" : OUTCOMES[row.outcome] };
      if (row.outcome !== "person") model.tell("result", { ...shown, stale: false });
      return shown;
    });
    const total = (name) => rows.filter((row) => row.outcome !== "person").reduce((sum, row) => sum + row[name], 0);
    const note = `Marked in this browser. Nothing is sent anywhere.${rows.some((row) => row.outcome === "person") ? " Your writing is not in this total." : ""}`;
    panel.tell("marks", { rows, note, points: total("points"), out_of: total("out_of") });
    panel.tell("run", { state: "done", message: "Marked. Your marks are below. The reasons are beside each question." });
  };
  for (const piece of page.pieces.filter((one) => one.kind === "panel")) {
    panel = piece.model = new Model({ questions: [], summary: "", run: { state: "idle", message: "" }, marks: {}, can_mark: true });
    panel.asked = () => mark().catch((reason) => {
      console.error(reason);
      panel.tell("run", { state: "failed", message: "This browser is too old to mark your answers. They are kept." });
    });
  }
  refresh();
}

// ---- The page of all modules says how far the reader got, as this browser remembers it.
function progress() {
  for (const box of document.querySelectorAll("[data-exercise]")) {
    const given = Object.values(recall(box.dataset.exercise)).filter((value) => !isBlank(value)).length;
    if (!given) continue;
    const bar = box.querySelector("progress");
    bar.value = Math.min(given, bar.max);
    box.querySelector("span").textContent = `${bar.value} of ${bar.max} questions answered in this browser`;
  }
}

function start() {
  const data = document.getElementById("sva-pieces");
  if (data) {
    const page = JSON.parse(data.textContent);
    questions(page);
    for (const piece of page.pieces) {
      piece.model ??= piece.kind === "explorer" ? explorer(piece) : new Model(piece.traits);
      const place = document.querySelector(`[data-piece="${piece.name}"]`);
      globalThis.svaParts[piece.kind].render({ model: piece.model, el: place });
    }
  }
  progress();
  globalThis.svaSite = { assess, frameAt, unpack }; // for those who look for faults
  frameTables();
  addEventListener("resize", frameTables);
  document.documentElement.dataset.ready = "";
}

start(); // the script is deferred: the page is whole
