"""An nbgrader assignment with code in it, as any course might have, and ways to hand it in."""

import contextlib
import io
import json
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
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


def cell(name: str, source: str, **nbgrader):
    """A cell of an assignment; `points` make it a graded one, `solution` one to write in."""
    text = nbgrader.pop("text", False)
    made = new_markdown_cell(source) if text else new_code_cell(source)
    kind = {"grade": "points" in nbgrader, "solution": False, "locked": False, "task": False}
    made.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name} | kind | nbgrader
    return made


def the_cells() -> list:
    """A setup, code to write, tests open and hidden, partial credit, text to write, a table."""
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


def make_course(root: Path, name: str = "sums", **notebooks) -> Path:
    """Make a course folder with an assignment, and let nbgrader generate its release version."""
    source = root / "source" / name
    source.mkdir(parents=True)
    for notebook, cells in (notebooks or {"work": the_cells()}).items():
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(
            new_notebook(cells=cells, metadata={"kernelspec": kernel}), source / f"{notebook}.ipynb"
        )
    (source / "prices.csv").write_text("price\n10\n20\n30\n")
    result = build.nbgrader_api(root).generate_assignment(name, force=True, create=True)
    assert result["success"], result
    return root


def hand_in(root: Path, learner: str, sources: dict[str, str] | None = None, change: Callable | None = None,
            name: str = "sums", notebook: str = "work") -> Path:  # fmt: skip
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


RIGHT = {
    "twice": "def twice(n):\n    return n + n",
    "mean": "mean = table['price'].sum() / len(table)",
    "by-hand": "answer = 6 * 7",
}


def stock(root: Path, name: str = "sums") -> None:
    """Mark all with nbgrader as it comes."""
    with contextlib.redirect_stderr(io.StringIO()):
        build.nbgrader_api(root).autograde(name, "*", force=True, create=True)
    logging.getLogger("traitlets").handlers.clear()


def rows(root: Path, query: str) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(root / "gradebook.db")) as db:
        return db.execute(query).fetchall()


def marks(root: Path, learner: str) -> dict[str, float | None]:
    """By cell: the points that running it gave."""
    return {row[2]: row[3] for row in rows(root, GRADES) if row[0] == learner}


@pytest.fixture(scope="session")
def blank_course(tmp_path_factory) -> Path:
    """The assignment, generated and not handed in by anybody; to be copied."""
    return make_course(tmp_path_factory.mktemp("blank"))


@pytest.fixture
def course(blank_course, tmp_path) -> Path:
    """A course folder of one's own with the assignment in it."""
    import shutil

    return shutil.copytree(blank_course, tmp_path / "course")
