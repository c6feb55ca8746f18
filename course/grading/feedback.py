"""One accessible page of feedback for each learner: answers, marks, reasons, what to read, rubrics."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

import nbformat

from course import places
from course.authoring import build
from course.authoring.source import NOTEBOOK, PREFIXES, Exercise
from course.grading import writing
from course.grading.nbgrader_folder import Row, read_marks
from course.questions import kinds
from course.questions.marking import OUTCOMES
from course.questions.rubrics import rubric_table

PAGE = "exercise.html"
FEWEST = 10  # people of whom a spread is shown: quarters of fewer come near to single people
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


@dataclass(frozen=True)
class Spread:
    """How a cohort did on the questions that are marked at once: people, and three points of the scale."""

    people: int
    lower: float
    median: float
    upper: float


SCORES = """
select s.student_id, u.first_name, u.last_name,
       sum(coalesce(g.manual_score, g.auto_score, 0) + coalesce(g.extra_credit, 0)) as points,
       count(g.auto_score) as marked
from submitted_assignment s
join assignment a on a.id = s.assignment_id
join student u on u.id = s.student_id
join submitted_notebook n on n.assignment_id = s.id
join grade g on g.notebook_id = n.id
join base_cell b on b.id = g.cell_id
where a.name = :exercise and b.name like :mark
group by s.student_id, u.first_name, u.last_name
"""


def stale(root: Path, made: Exercise) -> list[str]:
    """Return whose page is missing, or older than the marks it should show.

    Parameters
    ----------
    root : Path
        The cohort's course folder.
    made : Exercise
        The exercise.
    """
    latest: dict[str, float] = {}
    for piece in writing.pieces(root, made):
        if piece.settled:
            at = datetime.fromisoformat(piece.settled.at).timestamp()
            latest[piece.learner] = max(at, latest.get(piece.learner, 0.0))
    found = []
    for marked in sorted((root / "autograded").glob(f"*/{made.id}/{NOTEBOOK}")):
        learner = marked.parts[-3]
        place = root / "feedback" / learner / made.id / PAGE
        newest = max(marked.stat().st_mtime, latest.get(learner, 0.0))
        if not place.is_file() or place.stat().st_mtime < newest:
            found.append(learner)
    return found


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
    names, spread = _cohort(root, made.id) if learners else ({}, None)
    for learner in learners:
        place = root / "feedback" / learner / made.id / PAGE
        place.parent.mkdir(parents=True, exist_ok=True)
        written = {question: m for (who, question), m in settled.items() if who == learner}
        rows = read_marks(root, made, learner)
        text = page(made, names.get(learner, learner), rows, _asked(root, made, learner), written, spread)
        place.write_text(text, encoding="utf-8")
        pages.append(place)
    return pages


def _cohort(root: Path, exercise: str) -> tuple[dict[str, str], Spread | None]:
    """Return the names of those marked, by id, and how they did; no spread where they are few."""
    from nbgrader.api import Gradebook
    from sqlalchemy import text

    with Gradebook(build.gradebook_address(root)) as gradebook:
        values = {"exercise": exercise, "mark": f"{PREFIXES['mark']}%"}
        rows = gradebook.db.execute(text(SCORES), values).all()
    names = {row.student_id: f"{row.first_name or ''} {row.last_name or ''}".strip() for row in rows}
    points = [row.points for row in rows if row.marked]
    spread = None
    if len(points) >= FEWEST:
        spread = Spread(len(points), *statistics.quantiles(points, n=4, method="inclusive"))
    return {id: name for id, name in names.items() if name}, spread


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
    spread: Spread | None = None,
) -> str:
    """Return a learner's page as one HTML file that asks nothing of any other.

    Parameters
    ----------
    made : Exercise
        The exercise.
    learner : str
        Whose page: a name.
    rows : sequence of Row
        The marks.
    asked : dict of str to str
        By question, the prompt and the answer as safe HTML.
    written : mapping of str to Mark, optional
        By free-text question, the scores that count and the marker's comment.
    spread : Spread, optional
        How the cohort did; left out where it has few people.
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
        f'<p class="mark">{total} for the questions marked at once.{also}</p>{_spread(spread)}'
        f"{sections}</main></body></html>\n"
    )


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return (
            f"<p>How your cohort did is not shown: fewer than {FEWEST} people were marked when this page was "
            "written.</p>"
        )
    lower, median, upper = (kinds.tidy(round(n, 1)) for n in (spread.lower, spread.median, spread.upper))
    return (
        f"<p>When this page was written, {spread.people} people of your cohort were marked. Half of them got "
        f"{median} points or more for the questions marked at once. The middle half got between {lower} and "
        f"{upper}.</p>"
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
