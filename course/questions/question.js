// One question, drawn with plain HTML controls so that keyboards and screen readers work as people expect.
// The kernel owns the answer: this file shows it, sends changes, and says what the kernel replied.

let made = 0;
const TYPING_PAUSE_MS = 500;

const words = (text) => (text.trim() ? text.trim().split(/\s+/).length : 0);
const entries = (pairs) => pairs || [];

// What was typed in a number box: a number, the text itself where it is not one, null where it is empty.
function typed(box) {
  const text = box.value.trim().replace(/[£,%\s]/g, "");
  if (text === "") return null;
  return Number.isFinite(Number(text)) ? Number(text) : box.value.trim();
}

// A slider and its number box for one value.
function numberPair({ id, label, low, high, step, unit, describedBy, give, hideLabel }) {
  const boxId = `${id}-box`;
  const sliderId = `${id}-slider`;
  const bounded = low != null && high != null;
  const slider = bounded
    ? make("input", {
      type: "range", id: sliderId, min: low, max: high, step: step || "any",
      "aria-label": `${label}: slider`, "aria-describedby": describedBy,
    })
    : null;
  const box = make("input", {
    type: "text", inputmode: "decimal", id: boxId, autocomplete: "off", class: "sva-box", "aria-describedby": describedBy,
  });
  const text = (v) => (v == null ? "" : String(v));
  const spell = () => slider && slider.setAttribute("aria-valuetext", box.value === "" ? "not set yet" : `${box.value} ${unit}`.trim());
  if (slider) {
    slider.addEventListener("input", () => { box.value = text(Number(slider.value)); spell(); give(Number(slider.value)); });
  }
  box.addEventListener("change", () => give(typed(box)));
  const node = make("div", { class: "sva-number" },
    make("label", { for: boxId, class: hideLabel ? "sva-hidden" : "sva-label" }, label),
    make("div", { class: "sva-pair" }, slider,
      make("span", { class: "sva-boxed" }, unit === "£" ? make("span", { "aria-hidden": "true" }, "£") : null, box,
        unit && unit !== "£" ? make("span", { class: "sva-unit" }, unit) : null)));
  return {
    node, box,
    show(value) {
      if (document.activeElement !== box) box.value = text(value);
      if (slider && document.activeElement !== slider) slider.value = typeof value === "number" ? value : low;
      slider?.classList.toggle("sva-unset", value == null);
      spell();
    },
  };
}

const CONTROLS = {
  number(spec, id, give, described) {
    const label = spec.unit && spec.unit !== "£" ? `Your answer (${spec.unit})` : "Your answer";
    const pair = numberPair({ id, label, low: spec.low, high: spec.high, step: spec.step, unit: spec.unit || "", describedBy: described, give });
    return { node: pair.node, show: pair.show };
  },

  choice(spec, id, give) {
    return ticks(spec, id, "radio", (inputs) => give(inputs.find((i) => i.checked)?.value ?? null), (value, key) => value === key);
  },

  choices(spec, id, give) {
    return ticks(spec, id, "checkbox", (inputs) => give(inputs.filter((i) => i.checked).map((i) => i.value)), (value, key) => (value || []).includes(key));
  },

  order(spec, id, give, described, say) {
    const text = Object.fromEntries(entries(spec.items));
    let order = entries(spec.items).map(([key]) => key);
    const list = make("ol", { class: "sva-order" });
    const keep = make("button", { type: "button", class: "sva-button sva-quiet", onclick: () => give([...order]) }, "This is my order");
    const move = (key, by) => {
      const at = order.indexOf(key), to = at + by;
      if (to < 0 || to >= order.length) return;
      order.splice(at, 1);
      order.splice(to, 0, key);
      draw();
      const now = [...list.querySelectorAll("button")].find((b) => b.dataset.key === key && b.dataset.by === String(by) && !b.disabled)
        || [...list.querySelectorAll("button")].find((b) => b.dataset.key === key && !b.disabled);
      now?.focus();
      say(`${text[key]} is now ${to + 1} of ${order.length}.`);
      give([...order]);
    };
    const draw = () => list.replaceChildren(...order.map((key, i) => make("li", {},
      make("span", {}, text[key]),
      make("span", { class: "sva-moves" }, ...[[-1, "↑", "up"], [1, "↓", "down"]].map(([by, sign, word]) =>
        make("button", {
          type: "button", class: "sva-move", "data-key": key, "data-by": by, "aria-label": `Move ${word}: ${text[key]}`,
          disabled: i + by < 0 || i + by >= order.length, onclick: () => move(key, by),
        }, sign))))));
    draw();
    return {
      node: make("div", {}, list, keep),
      show(value) {
        if (Array.isArray(value) && value.length === order.length && value.every((k) => k in text)) { if (value.join() !== order.join()) { order = [...value]; draw(); } }
        keep.hidden = value != null;
      },
    };
  },

  match(spec, id, give) {
    const selects = entries(spec.items).map(([key, label], i) => {
      const select = make("select", { id: `${id}-${i}`, "data-key": key },
        make("option", { value: "" }, "Choose…"), ...entries(spec.options).map(([value, text]) => make("option", { value }, text)));
      select.addEventListener("change", () => give(Object.fromEntries(selects.map((s) => [s.select.dataset.key, s.select.value]))));
      return { select, node: make("div", { class: "sva-match" }, make("label", { for: `${id}-${i}` }, label), select) };
    });
    return {
      node: make("div", {}, ...selects.map((s) => s.node)),
      show(value) { for (const { select } of selects) if (document.activeElement !== select) select.value = (value && value[select.dataset.key]) || ""; },
    };
  },

  share(spec, id, give, described) {
    const current = {};
    const left = make("p", { class: "sva-left", role: "status" });
    const tell = () => {
      const given = Object.values(current).filter((v) => typeof v === "number").reduce((a, b) => a + b, 0);
      const rest = Math.round((spec.total - given) * 100) / 100;
      left.textContent = `Shared ${tidy(given)} of ${tidy(spec.total)} ${spec.unit}`.trim() +
        (Math.abs(rest) <= 0.002 * spec.total ? ". All shared." : rest > 0 ? `: ${tidy(rest)} left.` : `: ${tidy(-rest)} too many.`);
    };
    const pairs = entries(spec.items).map(([key, label], i) => {
      const pair = numberPair({ id: `${id}-${i}`, label, low: 0, high: spec.total, step: spec.step || 1, unit: "", describedBy: described,
        give: (v) => { current[key] = v; tell(); give({ ...current }); } });
      current[key] = null;
      return { key, pair };
    });
    tell();
    return {
      node: make("div", { class: "sva-share" }, ...pairs.map((p) => p.pair.node), left),
      show(value) { for (const { key, pair } of pairs) { current[key] = value ? value[key] ?? null : null; pair.show(current[key]); } tell(); },
    };
  },

  short_text(spec, id, give) {
    const box = make("input", { type: "text", id: `${id}-text`, autocomplete: "off", class: "sva-text" });
    whileTyping(box, () => give(box.value));
    return { node: make("div", {}, make("label", { for: `${id}-text`, class: "sva-label" }, "Your answer"), box), show: (value) => { if (document.activeElement !== box) box.value = value ?? ""; } };
  },

  long_text(spec, id, give) {
    const box = make("textarea", { id: `${id}-text`, rows: Math.min(14, Math.max(5, Math.round(spec.words / 14))), class: "sva-text", "aria-describedby": `${id}-count` });
    const count = make("p", { id: `${id}-count`, class: "sva-count" });
    const hints = Object.entries(spec.hints || {}).map(([pattern, hint]) => ({ test: new RegExp(pattern, "i"), node: make("li"), hint }));
    const tell = () => {
      count.textContent = `${words(box.value)} words. Aim for about ${spec.words}.`;
      for (const h of hints) { const found = h.test.test(box.value); h.node.textContent = `${found ? "✓ Words seen" : "○ Not seen yet"}: ${h.hint}`; }
    };
    box.addEventListener("input", tell);
    whileTyping(box, () => give(box.value));
    tell();
    return {
      node: make("div", {}, make("label", { for: `${id}-text`, class: "sva-label" }, "Your answer"), box, count,
        hints.length ? make("details", { class: "sva-hints" }, make("summary", {}, "Hints (they look for words only, and never change your marks)"), make("ul", {}, ...hints.map((h) => h.node))) : null),
      show(value) { if (document.activeElement !== box) box.value = value ?? ""; tell(); },
    };
  },
};

function ticks(spec, id, type, changed, isOn) {
  const inputs = entries(spec.items).map(([key], i) => make("input", { type, name: id, id: `${id}-${i}`, value: key, onchange: () => changed(inputs) }));
  const rows = entries(spec.items).map(([, text], i) => make("label", { class: "sva-tick", for: `${id}-${i}` }, inputs[i], make("span", {}, text)));
  return { node: make("div", { class: "sva-ticks" }, ...rows), show(value) { for (const input of inputs) input.checked = isOn(value, input.value); } };
}

function whileTyping(box, send) {
  let timer;
  const now = () => { clearTimeout(timer); timer = undefined; send(); };
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(now, TYPING_PAUSE_MS); });
  box.addEventListener("change", now);
  addEventListener("pagehide", () => { if (timer) now(); });
}

function resultBlock(result) {
  const sign = { correct: "✓", partly: "◐", incorrect: "✗" }[result.outcome] || "–";
  return make("div", { class: `sva-result sva-${result.outcome}` },
    make("p", { class: "sva-result-head" }, make("span", { "aria-hidden": "true" }, `${sign} `), `${result.label}: ${tidy(result.points)} of ${tidy(result.out_of)} points`),
    make("p", {}, result.message), result.read ? make("p", { class: "sva-read" }, `Read again: ${result.read}`) : null,
    result.stale ? make("p", { class: "sva-read" }, "You have changed your answer since this was marked.") : null);
}

export default {
  render({ model, el }) {
    const spec = model.get("spec");
    const id = `sva-q${++made}-${spec.id}`;
    const live = make("span", { class: "sva-hidden", role: "status" });
    const status = make("p", { class: "sva-status", id: `${id}-status`, role: "status" });
    const result = make("div", { "aria-live": "polite" });
    const help = spec.help ? make("p", { class: "sva-help", id: `${id}-help` }, spec.help) : null;
    const give = (value) => { status.textContent = "Saving…"; status.className = "sva-status"; model.set("value", value); model.save_changes(); };
    const control = CONTROLS[spec.kind](spec, id, give, `${help ? `${id}-help ` : ""}${id}-status`, (text) => { live.textContent = text; });
    const grouped = ["choice", "choices", "order", "match", "share"].includes(spec.kind);
    const box = make(grouped ? "fieldset" : "div", { class: "sva-field" }, make(grouped ? "legend" : "p", { class: "sva-prompt", id: `${id}-prompt` }, spec.prompt), help, control.node);
    if (!grouped) { box.setAttribute("role", "group"); box.setAttribute("aria-labelledby", `${id}-prompt`); }
    el.replaceChildren(make("div", { class: `sva-q sva-kind-${spec.kind}`, id: `question-${spec.id}` }, box, status, live, result));

    const showState = () => {
      const state = model.get("state");
      const bad = state.state === "malformed" || state.state === "unsaved";
      status.textContent = (bad ? "⚠ " : state.state === "recorded" ? "✓ " : "") + state.message;
      status.className = `sva-status sva-${state.state}`;
      for (const input of box.querySelectorAll("input, select, textarea")) { if (bad) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid"); }
    };
    const showResult = () => { const r = model.get("result"); result.replaceChildren(...(r && r.outcome ? [resultBlock(r)] : [])); };
    const showValue = () => control.show(model.get("value"));
    model.on("change:state", showState);
    model.on("change:result", showResult);
    model.on("change:value", showValue);
    showValue(); showState(); showResult();
    return () => { model.off("change:state", showState); model.off("change:result", showResult); model.off("change:value", showValue); };
  },
};
