// The panel at the end of an exercise: what is answered, "Mark my work", and the marks. Reasons stand by the questions.

const SIGNS = { recorded: "✓", malformed: "⚠", unsaved: "⚠", unanswered: "○", correct: "✓", partly: "◐", incorrect: "✗" };

function goTo(id) {
  const target = document.getElementById(`question-${id}`);
  target?.scrollIntoView({ block: "center" });
  target?.querySelector("input, select, textarea, button")?.focus({ preventScroll: true });
}

// The academy's page that this exercise is on; nothing in JupyterLab.
const onPage = location.pathname.match(/^(.*\/academy\/)exercise\/([\w-]+)/);
const address = (what) => `${onPage[1]}${what}/${onPage[2]}`;

// In a classroom the server marks: the kernel may not read the keys.
async function markedByServer() {
  const key = document.cookie.match(/\b_xsrf=([^;]*)/)?.[1] ?? "";
  const answer = await fetch(address("mark"), { method: "POST", headers: { "X-XSRFToken": key } });
  if (!answer.ok) throw new Error(`page ${answer.status}`);
  return (await answer.json()).problem;
}

const jump = (id, text) => make("button", { type: "button", class: "sva-link", onclick: () => goTo(id) }, text);

export default {
  render({ model, el }) {
    const list = make("div");
    const checked = make("p", { class: "sva-help", role: "status" });
    const progress = make("p", { class: "sva-status", role: "status" });
    const report = make("div", { class: "sva-report", tabindex: "-1", role: "region", "aria-label": "Your marks" });
    const check = make("button", { type: "button", class: "sva-button sva-quiet", onclick: () => { list.hidden = false; checked.textContent = model.get("summary"); } }, "Check my answers");
    const go = make("button", { type: "button", class: "sva-button", onclick: () => (model.get("can_mark") ? model.send({ do: "mark" }) : askServer()) }, "Mark my work");
    const mayMark = model.get("can_mark") || onPage;
    const handIn = onPage ? [make("a", { class: "sva-button sva-quiet", href: address("hand-in") }, "Hand in")] : [];
    el.replaceChildren(make("section", { class: "sva-q sva-panel", "aria-label": "Check and mark" },
      make("div", { class: "sva-actions" }, check, ...(mayMark ? [go] : []), ...handIn), checked, progress, list, report));
    list.hidden = true;

    const showList = () => {
      list.replaceChildren(make("ul", { class: "sva-list" }, ...model.get("questions").map((q) =>
        make("li", {}, make("span", { "aria-hidden": "true" }, `${SIGNS[q.state]} `), jump(q.id, q.title), ` ${q.message}`))));
      if (!list.hidden) checked.textContent = model.get("summary");
    };
    const showRun = (run = model.get("run")) => {
      go.disabled = run.state === "running";
      progress.textContent = run.message || "";
      progress.className = `sva-status sva-${run.state === "failed" ? "unsaved" : "recorded"}`;
    };
    const askServer = async () => {
      showRun({ state: "running", message: "Marking your answers. Others may be before you." });
      try {
        const problem = await markedByServer();
        if (problem) showRun({ state: "failed", message: `Your work could not be marked: ${problem} Your answers are saved.` });
        else model.send({ do: "show" });
      } catch (problem) {
        showRun({ state: "failed", message: `Your work could not be marked (${problem.message}). Your answers are saved. Try again in a minute.` });
      }
    };
    let first = true;
    const showReport = () => {
      const marks = model.get("marks");
      if (!marks.rows) { report.replaceChildren(); first = false; return; }
      report.replaceChildren(
        make("h3", {}, `Your marks: ${tidy(marks.points)} of ${tidy(marks.out_of)} points`),
        make("p", { class: "sva-help" }, `${marks.note} Choose a question to read why.`),
        make("ul", { class: "sva-marks" }, ...marks.rows.map((r) => make("li", { class: `sva-${r.outcome}` },
          make("span", { class: "sva-mark-head" }, make("span", { "aria-hidden": "true" }, `${SIGNS[r.outcome] || "–"} `), jump(r.question, r.title),
            ` ${r.label}: ${r.outcome === "person" ? `up to ${tidy(r.out_of)} points` : `${tidy(r.points)} of ${tidy(r.out_of)}`}`)))));
      if (!first) report.focus();
      first = false;
    };
    for (const [name, show] of [["questions", showList], ["run", () => showRun()], ["marks", showReport]]) { model.on(`change:${name}`, show); show(); }
  },
};
