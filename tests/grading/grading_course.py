"""An nbgrader assignment with code in it, as any course might have, and ways to hand it in."""

import contextlib
import io
import json
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.authoring import build

HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
SOLUTION = "### BEGIN SOLUTION\n{}\n### END SOLUTION"
GRADES = """
    select s.student_id, n.name, b.name, g.auto_score, g.manual_score, g.needs_manual_grade,
           sn.late_submission_penalty
    from grade g join submitted_notebook sn on sn.id = g.notebook_id
    join submitted_assignment s on s.id = sn.assignment_id
    join notebook n on n.id = sn.notebook_id join base_cell b on b.id = g.cell_id
    order by 1, 2, 3"""
COMMENTS = """
    select s.student_id, n.name, b.name, c.auto_comment, c.manual_comment
    from comment c join submitted_notebook sn on sn.id = c.notebook_id
    join submitted_assignment s on s.id = sn.assignment_id
    join notebook n on n.id = sn.notebook_id join base_cell b on b.id = c.cell_id
    order by 1, 2, 3"""
STAMPS = "select student_id, timestamp from submitted_assignment order by 1"

RIGHT = {
    "twice": "def twice(n):\n    return n + n",
    "mean": "mean = table['price'].sum() / len(table)",
    "by-hand": "answer = 6 * 7",
}
FULL = {"test-open": 1, "test-hidden": 2, "test-part": 2, "test-mean": 1}


def cell(name: str, source: str, **nbgrader):
    """A cell of an assignment; `points` make it a graded one, `solution` one to write in."""
    text = nbgrader.pop("text", False)
    made = new_markdown_cell(source) if text else new_code_cell(source)
    kind = {"grade": "points" in nbgrader, "solution": False, "locked": False, "task": False}
    made.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name} | kind | nbgrader
    return made


def the_cells() -> list:
    """A setup, code to write, tests open and hidden, partial credit, a table, text to write."""
    return [
        cell("setup", "import warnings\nimport pandas as pd\ntable = pd.read_csv('prices.csv')", locked=True),
        cell("twice", SOLUTION.format("def twice(n):\n    return 2 * n"), solution=True),
        cell("test-open", "assert twice(2) == 4", points=1, locked=True),
        cell("test-hidden", f"assert twice(0) == 0\n{HIDDEN.format('assert twice(-3) == -6')}",
             points=2, locked=True),
        cell("test-part", "sum(twice(n) == 2 * n for n in (1, 2, 3, 4)) / 2", points=2, locked=True),
        cell("mean", SOLUTION.format("mean = table.price.mean()"), solution=True),
        cell("test-mean", "assert abs(mean - 20) < 1e-9", points=1, locked=True),
        cell("why", "Say why.", text=True, points=3, solution=True),
        cell("by-hand", SOLUTION.format("answer = 42"), points=2, solution=True),
    ]  # fmt: skip


def make_course(root: Path, name: str = "sums", **notebooks: list) -> Path:
    """Make a course folder with an assignment, and let nbgrader generate its release version."""
    source = root / "source" / name
    source.mkdir(parents=True)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for notebook, cells in (notebooks or {"work": the_cells()}).items():
        made = new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(made, source / f"{notebook}.ipynb")
    (source / "prices.csv").write_text("price\n10\n20\n30\n")
    release(root, name)
    return root


def release(root: Path, name: str = "sums") -> None:
    """Let nbgrader generate what learners receive."""
    with quiet():
        result = build.nbgrader_api(root).generate_assignment(name, force=True, create=True)
    assert result["success"], result


def hand_in(
    root: Path,
    learner: str,
    sources: dict[str, str] | None = None,
    change: Callable | None = None,
    name: str = "sums",
    notebook: str = "work",
) -> Path:
    """Hand in the release version with some cells' sources replaced; `change` may do more to the notebook."""
    nb = nbformat.read(root / "release" / name / f"{notebook}.ipynb", as_version=4)
    for each in nb.cells:
        each.source = (sources or {}).get(each.metadata.nbgrader.grade_id, each.source)
    if change is not None:
        change(nb)
    place = root / "submitted" / learner / name
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{notebook}.ipynb").write_text(json.dumps(nb), encoding="utf-8")
    return place


def code(text: str) -> Callable:
    """A change that adds a cell of the learner's own at the end."""
    return lambda nb: nb.cells.append(new_code_cell(text))


def named(nb, name: str):
    """The cell of that name."""
    return next(each for each in nb.cells if each.metadata.get("nbgrader", {}).get("grade_id") == name)


def without(*names: str) -> Callable:
    """A change that deletes those cells."""
    return lambda nb: nb.update(cells=[c for c in nb.cells if c.metadata.nbgrader.grade_id not in names])


@contextlib.contextmanager
def quiet():
    """Let nbgrader log into the void, and take its handlers away again."""
    logger = logging.getLogger("traitlets")
    before = list(logger.handlers)
    with contextlib.redirect_stderr(io.StringIO()):
        yield
    logger.handlers[:] = before


def stock(root: Path, name: str = "sums") -> None:
    """Mark all with nbgrader as it comes."""
    with quiet():
        build.nbgrader_api(root).autograde(name, "*", force=True, create=True)


def rows(root: Path, query: str) -> list[tuple]:
    """What the gradebook answers."""
    with contextlib.closing(sqlite3.connect(root / "gradebook.db")) as db:
        return db.execute(query).fetchall()


def marks(root: Path, learner: str) -> dict[str, float | None]:
    """By cell: the points that running it gave."""
    return {row[2]: row[3] for row in rows(root, GRADES) if row[0] == learner}


def earned(root: Path, learner: str) -> dict[str, float | None]:
    """The same, of the cells that are marked by running."""
    return {name: points for name, points in marks(root, learner).items() if name in FULL}
