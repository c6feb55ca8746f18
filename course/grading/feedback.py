"""One accessible page of feedback for each learner: answers, marks, reasons, what to read, rubrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import nbformat

from course import places
from course.authoring.source import NOTEBOOK, PREFIXES, Exercise
from course.grading import writing
from course.grading.nbgrader_folder import Row, read_marks
from course.questions import kinds
from course.questions.marking import OUTCOMES
from course.questions.rubrics import rubric_table

PAGE = "exercise.html"
SIGNS = {"correct": "✓", "partly": "◐", "incorrect": "✗"}
STYLE = """
body { margin: 0; font: 1rem/1.55 system-ui, "DejaVu Sans", sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
section { background: var(--sva-card); border: 1px solid var(--sva-line);
  border-left: 5px solid var(--sva-muted); border-radius: 8px; padding: .4rem 1.2rem; margin: 1rem 0; }
section.correct { border-left-color: var(--sva-right); }
section.incorrect, section.malformed { border-left-color: var(--sva-wrong); }
h2 { font-size: 1.1rem; margin: .6rem 0 .2rem; }
.mark { font-weight: 650; margin: .3rem 0; }
section > div { margin: .5rem 0; padding: .1rem 1rem; border-left: 3px solid var(--sva-line); }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; font-weight: 650; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; }
tr { border-bottom: 1px solid var(--sva-line); }
td.given { outline: 2px solid var(--sva-right); outline-offset: -3px; font-weight: 650; }
@media print { section { break-inside: avoid; } }
"""


def write_feedback(root: Path, made: Exercise, learners: Sequence[str]) -> list[Path]:
    """Write the pages of those marked, where nbgrader puts feedback: `feedback/<learner>/<exercise>/`.

    Parameters
    ----------
    root : Path
        The cohort's course folder.
    made : Exercise
        The exercise, from `nbgrader_folder.prepare`.
    learners : sequence of str
        Whose pages; each must have been marked.
    """
    pages = []
    settled = {(p.learner, p.question): p.settled for p in writing.pieces(root, made) if p.settled}
    for learner in learners:
        place = root / "feedback" / learner / made.id / PAGE
        place.parent.mkdir(parents=True, exist_ok=True)
        written = {question: m for (who, question), m in settled.items() if who == learner}
        rows = read_marks(root, made, learner)
        text = page(made, learner, rows, _asked(root, made, learner), written)
        place.write_text(text, encoding="utf-8")
        pages.append(place)
    return pages


def _asked(root: Path, made: Exercise, learner: str) -> dict[str, str]:
    """Return what each question asked this learner and what was answered, as the marked notebook shows it."""
    notebook = nbformat.read(root / "autograded" / learner / made.id / NOTEBOOK, as_version=4)
    shown = {}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        for output in cell.get("outputs", []):
            if name.startswith(PREFIXES["question"]) and "text/html" in output.get("data", {}):
                shown[name.removeprefix(PREFIXES["question"])] = output.data["text/html"]
    return shown


def page(
    made: Exercise,
    learner: str,
    rows: Sequence[Row],
    asked: Mapping[str, str],
    written: Mapping[str, writing.Mark] | None = None,
) -> str:
    """Return a learner's page as one HTML file that asks nothing of any other.

    Parameters
    ----------
    made : Exercise
        The exercise.
    learner : str
        Whose page.
    rows : sequence of Row
        The marks.
    asked : dict of str to str
        By question, the prompt and the answer as safe HTML.
    written : mapping of str to Mark, optional
        By free-text question, the scores that count and the marker's comment.
    """
    written = written or {}
    title = str(made.notebook.metadata.get("title", made.id))
    auto = [row for row in rows if row.outcome != "person"]
    total = f"{kinds.tidy(sum(r.points for r in auto))} of {kinds.tidy(sum(r.out_of for r in auto))} points"
    tokens = (places.REPOSITORY / "course" / "portal" / "static" / "academy.css").read_text(encoding="utf-8")
    sections = "".join(
        _section(n, made, row, asked.get(row.question, ""), written.get(row.question))
        for n, row in enumerate(rows, 1)
    )
    person = [row for row in rows if row.outcome == "person"]
    waiting = [row for row in person if row.question not in written and not row.points]
    also = " Your writing waits for a person." if waiting else ""
    if person and not waiting:
        given = f"{kinds.tidy(sum(r.points for r in person))} of {kinds.tidy(sum(r.out_of for r in person))}"
        also = f" {given} points for your writing, marked by a person."
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Feedback: {escape(title)}</title><style>{tokens}{STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1><p>Feedback for {escape(learner)}</p>"
        f'<p class="mark">{total} for the questions marked at once.{also}</p>'
        f"{sections}</main></body></html>\n"
    )


def _section(number: int, made: Exercise, row: Row, asked: str, mark: writing.Mark | None) -> str:
    read = f"<p>Read again: {escape(row.read)}.</p>" if row.read else ""
    label, sign, more, message = OUTCOMES.get(row.outcome, ""), SIGNS.get(row.outcome, "–"), "", row.message
    if row.outcome == "person":
        rubric = made.rubrics[row.question]
        more = rubric_table(rubric, mark.scores if mark else ())
        if mark or row.points:
            label, message = "Marked by a person", mark.comment if mark else ""
        else:
            label = "Not marked yet"
    said = "".join(f"<p>{escape(line)}</p>" for line in message.splitlines())
    return (
        f'<section class="{row.outcome}"><h2>Question {number}</h2>{asked}'
        f'<p class="mark"><span aria-hidden="true">{sign} </span>'
        f"{label}: {kinds.tidy(row.points)} of {kinds.tidy(row.out_of)} points</p>"
        f"{said}{read}{more}</section>"
    )
