// The panel at the end of an exercise: what is answered, "Mark my work", and the marks with their reasons.

const SIGNS = { recorded: "✓", malformed: "⚠", unsaved: "⚠", unanswered: "○", correct: "✓", partly: "◐", incorrect: "✗" };

function goTo(id) {
  const target = document.getElementById(`question-${id}`);
  target?.scrollIntoView({ block: "center" });
  target?.querySelector("input, select, textarea, button")?.focus({ preventScroll: true });
}

const jump = (id, text) => make("button", { type: "button", class: "sva-link", onclick: () => goTo(id) }, text);

export default {
  render({ model, el }) {
    const list = make("div");
    const checked = make("p", { class: "sva-help", role: "status" });
    const progress = make("p", { class: "sva-status", role: "status" });
    const report = make("div", { class: "sva-report", tabindex: "-1", role: "region", "aria-label": "Your marks" });
    const check = make("button", { type: "button", class: "sva-button sva-quiet", onclick: () => { list.hidden = false; checked.textContent = model.get("summary"); } }, "Check my answers");
    const go = make("button", { type: "button", class: "sva-button", onclick: () => { model.send({ do: "mark" }); } }, "Mark my work");
    el.replaceChildren(make("section", { class: "sva-q sva-panel", "aria-label": "Check and mark" },
      make("div", { class: "sva-actions" }, check, ...(model.get("can_mark") ? [go] : [])),
      ...(model.get("can_mark") ? [] : [make("p", { class: "sva-help" }, "Your trainer marks your work here. Each answer is saved as you give it.")]), checked, progress, list, report));
    list.hidden = true;

    const showList = () => {
      list.replaceChildren(make("ul", { class: "sva-list" }, ...model.get("questions").map((q) =>
        make("li", {}, make("span", { "aria-hidden": "true" }, `${SIGNS[q.state]} `), jump(q.id, q.title), ` ${q.message}`))));
      if (!list.hidden) checked.textContent = model.get("summary");
    };
    const showRun = () => {
      const run = model.get("run");
      go.disabled = run.state === "running";
      progress.textContent = run.message || "";
      progress.className = `sva-status sva-${run.state === "failed" ? "unsaved" : "recorded"}`;
    };
    let first = true;
    const showReport = () => {
      const marks = model.get("marks");
      if (!marks.rows) { report.replaceChildren(); first = false; return; }
      report.replaceChildren(
        make("h3", {}, `Your marks: ${tidy(marks.points)} of ${tidy(marks.out_of)} points`),
        make("p", { class: "sva-help" }, marks.note),
        make("ul", { class: "sva-marks" }, ...marks.rows.map((r) => make("li", { class: `sva-${r.outcome}` },
          make("span", { class: "sva-mark-head" }, make("span", { "aria-hidden": "true" }, `${SIGNS[r.outcome] || "–"} `), jump(r.question, r.title),
            ` ${r.label}: ${r.outcome === "person" ? `up to ${tidy(r.out_of)} points` : `${tidy(r.points)} of ${tidy(r.out_of)}`}`),
          make("span", { class: "sva-mark-why" }, r.message + (r.read ? ` Read again: ${r.read}` : ""))))));
      if (!first) report.focus();
      first = false;
    };
    for (const [name, show] of [["questions", showList], ["run", showRun], ["marks", showReport]]) { model.on(`change:${name}`, show); show(); }
  },
};
