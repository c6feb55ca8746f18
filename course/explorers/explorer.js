// An explorer: controls, charts that follow them, the sentence that says what is shown, the table.
// The kernel computes; the page keeps the specification and is sent rows alone.

const TABLE_OPEN = "sva-table-open";
const STILL_MS = 700; // screen readers hear the sentence once the control rests
// JupyterLab loads this file once a widget, so the count is the page's: radio buttons group by name.
const nextId = () => `sva-x${(globalThis.__svaPieces = (globalThis.__svaPieces ?? 0) + 1)}`;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// The portal's Vega, loaded once a page, whichever host the page has.
function vega() {
  globalThis.__svaVega ??= (async () => {
    const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    const root = new URL(`${config.baseUrl}academy/static/`, location.href);
    const files = await (await fetch(new URL("manifest.json", root))).json();
    return import(new URL(files["vega.js"], root).href);
  })();
  return globalThis.__svaVega;
}

const remembered = () => { try { return localStorage.getItem(TABLE_OPEN) === "yes"; } catch { return false; } };
const remember = (open) => { try { localStorage.setItem(TABLE_OPEN, open ? "yes" : "no"); } catch { /* private window */ } };

const BUILD = {
  number(c, id, give) {
    const [before, after] = c.unit.startsWith("£") ? ["£", c.unit.slice(1)] : ["", c.unit];
    const spoken = (v) => `${before}${v}${after === "%" ? "%" : after ? ` ${after}` : ""}`;
    const places = (String(c.step).split(".")[1] || "").length;
    const slider = make("input", { type: "range", id: `${id}-slider`, min: c.low, max: c.high, step: c.step, "aria-label": `${c.label}: slider`, "aria-describedby": c.help ? `${id}-help` : null });
    const box = make("input", { type: "text", inputmode: "decimal", id, class: "sva-box", autocomplete: "off", size: Math.max(4, String(c.high).length + places), "aria-describedby": `${id}-said${c.help ? ` ${id}-help` : ""}` });
    const said = make("span", { class: "sva-said", id: `${id}-said`, role: "status" });
    const show = (v) => {
      if (document.activeElement !== slider) slider.value = v;
      if (document.activeElement !== box) box.value = v;
      slider.setAttribute("aria-valuetext", spoken(v));
    };
    slider.addEventListener("input", () => { said.textContent = ""; box.value = slider.value; slider.setAttribute("aria-valuetext", spoken(slider.value)); give(Number(slider.value)); });
    const typed = () => {
      const text = box.value.trim().replace(/[£,%mk\s]/g, "");
      const number = Number(text);
      if (text === "" || !Number.isFinite(number)) { said.textContent = `Type a number from ${c.low} to ${c.high}.`; box.setAttribute("aria-invalid", "true"); return; }
      const kept = Number((c.low + Math.round((Math.min(c.high, Math.max(c.low, number)) - c.low) / c.step) * c.step).toFixed(places));
      box.removeAttribute("aria-invalid");
      said.textContent = kept === number ? "" : `Taken as ${spoken(kept)}: it goes from ${c.low} to ${c.high} in steps of ${c.step}.`;
      box.value = kept;
      slider.value = kept;
      give(kept);
    };
    box.addEventListener("change", typed);
    box.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      box.value = Number(((Number(box.value) || 0) + by * c.step).toFixed(places));
      typed();
    });
    const node = make("div", { class: "sva-control" },
      make("label", { for: id }, c.label),
      c.help ? make("p", { class: "sva-help", id: `${id}-help` }, c.help) : null,
      make("div", { class: "sva-pair" }, slider, make("span", { class: "sva-boxed" },
        before ? make("span", { "aria-hidden": "true" }, before) : null, box, after ? make("span", { class: "sva-unit" }, after) : null)),
      said);
    return { node, show, inputs: [slider, box] };
  },

  choice(c, id, give) {
    if (c.listed) {
      const select = make("select", { id, onchange: () => give(select.value) }, ...c.options.map(([key, text]) => make("option", { value: key }, text)));
      return { node: make("div", { class: "sva-control" }, make("label", { for: id }, c.label), c.help ? make("p", { class: "sva-help" }, c.help) : null, select), show: (v) => { select.value = v; }, inputs: [select] };
    }
    const inputs = c.options.map(([key], i) => make("input", { type: "radio", name: id, id: `${id}-${i}`, value: key, onchange: () => give(key) }));
    const rows = c.options.map(([, text], i) => make("label", { class: "sva-tick", for: `${id}-${i}` }, inputs[i], make("span", {}, text)));
    return {
      node: make("fieldset", { class: "sva-control" }, make("legend", {}, c.label), c.help ? make("p", { class: "sva-help" }, c.help) : null, make("div", { class: "sva-ticks" }, ...rows)),
      show: (v) => { for (const input of inputs) input.checked = input.value === v; }, inputs,
    };
  },

  toggle(c, id, give) {
    const input = make("input", { type: "checkbox", id, onchange: () => give(input.checked), "aria-describedby": c.help ? `${id}-help` : null });
    return {
      node: make("div", { class: "sva-control" }, make("label", { class: "sva-tick", for: id }, input, make("span", {}, c.label)), c.help ? make("p", { class: "sva-help", id: `${id}-help` }, c.help) : null),
      show: (v) => { input.checked = v; }, inputs: [input],
    };
  },
};

function tableNode(frame, caption) {
  const head = make("tr", {}, ...frame.columns.map((text) => make("th", { scope: "col" }, text)));
  const rows = frame.rows.map(([first, ...rest]) => make("tr", {}, make("th", { scope: "row" }, first), ...rest.map((text) => make("td", {}, text))));
  return make("div", { class: "sva-table", tabindex: "0", role: "region", "aria-label": `${caption}: table` },
    make("table", {}, make("caption", { class: "sva-hidden" }, caption), make("thead", {}, head), make("tbody", {}, ...rows)));
}

export default {
  render({ model, el, signal }) {
    const spec = model.get("spec");
    const id = nextId();
    let frame = model.get("frame");
    const handles = []; // one a chart, once it is drawn
    const shown = []; // by chart, the rows last given

    // ---- controls
    const give = (key) => (value) => { model.set("values", { ...model.get("values"), [key]: value }); model.save_changes(); };
    const controls = spec.controls.map((c, i) => ({ ...BUILD[c.kind](c, `${id}-c${i}`, give(c.key)), key: c.key, side: c.side }));
    const showValues = () => { const values = model.get("values"); for (const c of controls) c.show(values[c.key]); };

    // ---- what is said, drawn and tabled
    const summary = make("p", { class: "sva-summary", id: `${id}-summary` });
    const live = make("p", { class: "sva-hidden", role: "status" });
    const problem = make("p", { class: "sva-problem", role: "alert" });
    const figures = spec.charts.map(() => make("div", { class: "sva-drawing" }));
    const noChart = make("p", { class: "sva-help" });
    const body = make("div", {});
    const details = spec.charts.length
      ? make("details", { class: "sva-figures", open: remembered(), ontoggle: () => { remember(details.open); showTable(); } }, make("summary", {}, "Show the figures as a table"), body)
      : make("div", { class: "sva-figures" }, body);

    function showTable() { if (details.tagName !== "DETAILS" || details.open) body.replaceChildren(tableNode(frame, spec.title)); }

    let still;
    function showFrame() {
      frame = model.get("frame");
      problem.textContent = frame.problem;
      output.classList.toggle("sva-stale", Boolean(frame.problem));
      if (frame.problem) return;
      summary.textContent = frame.summary;
      clearTimeout(still);
      if (!output.hidden) still = setTimeout(() => { live.textContent = frame.summary; }, STILL_MS);
      handles.forEach(draw);
      showTable();
    }

    function draw(handle, i) {
      handle.setDescription?.(frame.summary);
      for (const [name, rows] of Object.entries(shown[i])) {
        const next = frame.data[name] ?? [];
        if (same(rows, next)) continue;
        shown[i][name] = next;
        handle.setData(name, next);
      }
      if (Object.keys(frame.params).length) handle.setParams(frame.params);
    }

    const named = (chart) => [...new Set(JSON.stringify(chart).match(/"name":"[^"]+"/g)?.map((m) => m.slice(8, -1)) ?? [])].filter((name) => name in frame.data);
    const rowsOf = (names) => Object.fromEntries(names.map((name) => [name, frame.data[name]]));

    async function mountCharts() {
      try {
        const { mountChart } = await vega();
        for (const [i, chart] of spec.charts.entries()) {
          if (signal?.aborted) return;
          const names = named(chart);
          shown[i] = rowsOf(names);
          const handle = await mountChart(figures[i], { ...chart, description: frame.summary }, { datasets: { ...shown[i] } });
          handles[i] = handle;
          draw(handle, i);
          figures[i].dataset.drawn = "";
        }
      } catch (reason) {
        console.error(reason);
        noChart.textContent = "The chart cannot be drawn here. The table below says the same.";
        if (details.tagName === "DETAILS") details.open = true;
        showTable();
      }
    }

    // ---- one side after the other, where the explorer is played
    let played = spec.steps.length ? 0 : -1;
    let rounds = [];
    const roundTable = make("div", {});
    const again = make("button", { type: "button", class: "sva-button sva-quiet", onclick: () => { played = 0; showSteps(true); } }, "Change chairs and play again");
    const groups = spec.steps.length
      ? spec.steps.map((step, i) => {
          const side = spec.sides[step.side];
          const own = controls.filter((c) => c.side === step.side);
          const button = make("button", { type: "button", class: "sva-button", onclick: () => { played = i + 1; if (played === spec.steps.length) note(); showSteps(true); } }, step.button);
          const heading = make("h4", { tabindex: "-1" }, make("span", { class: "sva-side", "data-side": step.side }, side.word), ` ${step.heading}`);
          const node = make("section", { class: "sva-seat", "data-side": step.side }, heading, ...own.map((c) => c.node), make("p", { class: "sva-actions" }, button));
          return { node, button, heading, inputs: own.flatMap((c) => c.inputs) };
        })
      : [{ node: make("div", { class: "sva-controls" }, ...controls.map((c) => c.node)), inputs: [] }];

    function note() {
      rounds = [...rounds, [`Round ${rounds.length + 1}`, frame.record]];
      roundTable.replaceChildren(tableNode({ columns: ["Round", "What happened"], rows: rounds }, "Rounds played"));
    }

    function showSteps(moveFocus) {
      if (played < 0) return;
      const done = played === spec.steps.length;
      groups.forEach((g, i) => {
        g.node.hidden = i > played;
        g.button.hidden = i !== played;
        for (const input of g.inputs) input.disabled = i !== played;
      });
      output.hidden = !done;
      again.hidden = !done;
      if (moveFocus) (done ? summary : groups[played].heading).focus();
    }

    const output = make("div", { class: "sva-output" }, summary, ...figures, noChart, details);
    summary.tabIndex = -1;
    el.replaceChildren(make("section", { class: `sva-x${spec.steps.length ? " sva-played" : ""}${spec.charts.length ? "" : " sva-plain"}`, "aria-labelledby": `${id}-title` },
      make("h3", { id: `${id}-title`, class: "sva-x-title" }, spec.title),
      spec.note ? make("p", { class: "sva-help" }, spec.note) : null,
      make("div", { class: controls.length && !spec.steps.length ? "sva-layout" : "" },
        make("div", { class: "sva-inputs" }, ...groups.map((g) => g.node), problem), output),
      spec.steps.length ? make("p", { class: "sva-actions" }, again) : null, roundTable, live));

    showValues();
    showFrame();
    clearTimeout(still); // what is on the page at first is not news
    showSteps(false);
    model.on("change:values", showValues);
    model.on("change:frame", showFrame);

    // Drawn when it comes near: a lesson has many.
    let near;
    if (spec.charts.length) {
      near = new IntersectionObserver((seen) => { if (seen.some((s) => s.isIntersecting)) { near.disconnect(); mountCharts(); } }, { rootMargin: "900px" });
      near.observe(output);
    }
    return () => {
      near?.disconnect();
      clearTimeout(still);
      model.off("change:values", showValues);
      model.off("change:frame", showFrame);
      for (const handle of handles) handle?.destroy();
    };
  },
};
