// A prediction: choose, commit, then see. Nothing is sent to the kernel.

// JupyterLab loads this file once a widget, so the count is the page's: radio buttons group by name.
const nextId = () => `sva-p${(globalThis.__svaPieces = (globalThis.__svaPieces ?? 0) + 1)}`;

export default {
  render({ model, el }) {
    const spec = model.get("spec");
    const id = nextId();
    const inputs = spec.options.map(([key], i) => make("input", { type: "radio", name: id, id: `${id}-${i}`, value: key, onchange: () => { problem.textContent = ""; } }));
    const rows = spec.options.map(([, text], i) => make("label", { class: "sva-tick", for: `${id}-${i}` }, inputs[i], make("span", {}, text)));
    const problem = make("p", { class: "sva-problem", role: "alert" });
    const reveal = make("div", { class: "sva-reveal", "aria-live": "polite" });
    const commit = make("button", { type: "button", class: "sva-button", onclick: show }, "That is my prediction");

    function show() {
      const chosen = inputs.find((input) => input.checked)?.value;
      if (!chosen) { problem.textContent = "Choose one first. A guess is fine: nothing here is marked."; inputs[0].focus(); return; }
      for (const input of inputs) input.disabled = true;
      rows.forEach((row, i) => row.classList.toggle("sva-chosen", inputs[i].checked));
      const texts = Object.fromEntries(spec.options);
      const hit = chosen === spec.answer;
      reveal.replaceChildren(
        make("p", { class: "sva-reveal-head" }, hit ? "✓ As you predicted: " : "It turns out: ", make("strong", {}, texts[spec.answer])),
        spec.replies[chosen] ? make("p", {}, spec.replies[chosen]) : null ?? "",
        make("p", {}, spec.then),
        make("button", { type: "button", class: "sva-button sva-quiet", onclick: again }, "Predict again"));
      commit.hidden = true;
    }

    function again() {
      for (const input of inputs) { input.disabled = false; input.checked = false; }
      for (const row of rows) row.classList.remove("sva-chosen");
      reveal.replaceChildren();
      commit.hidden = false;
      inputs[0].focus();
    }

    el.replaceChildren(make("div", { class: "sva-x sva-predict" },
      make("fieldset", {}, make("legend", {}, make("span", { class: "sva-eyebrow" }, "Predict first"), spec.prompt), make("div", { class: "sva-ticks" }, ...rows)),
      problem, make("p", { class: "sva-actions" }, commit), reveal));
  },
};
