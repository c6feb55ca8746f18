"""Read an author's exercise: one MyST Markdown notebook with questions, keys and rubrics in it.

The author writes questions and marking lines as plain code cells. What nbgrader needs (metadata, hidden
test regions, task cells) is added here, so that no author has to know it.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from course import cases, places  # noqa: F401 - exercises draw their case from here
from course.cases.seeds import KEY_VARIABLE
from course.errors import InputError
from course.questions import kinds, marking, register, rubrics, widgets

SOURCE = "exercise.md"
NOTEBOOK = "exercise.ipynb"
QUESTION_CALLS = {"number", "choice", "choices", "order", "match", "share", "short_text", "long_text"}
HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
MARK_SCHEME = "=== BEGIN MARK SCHEME ===\n\n{}\n\n=== END MARK SCHEME ==="
PREFIXES = {"question": "question-", "mark": "mark-", "rubric": "rubric-"}


@dataclass
class Exercise:
    """An exercise as its author wrote it, and what running it once for one case showed.

    `questions`, `keys` and `rubrics` are by question id, in the order of the page.
    """

    id: str
    notebook: nbformat.NotebookNode
    questions: dict[str, kinds.Question] = field(default_factory=dict)
    keys: dict[str, marking.Key] = field(default_factory=dict)
    rubrics: dict[str, rubrics.Rubric] = field(default_factory=dict)

    @property
    def points(self) -> float:
        """Points that marking gives by itself, without the rubrics'."""
        return sum(key.points for key in self.keys.values())


def exercise_ids(solutions: Path = places.SOLUTIONS) -> list[str]:
    """Return the ids of all exercises that have a source, in order."""
    return sorted(path.parent.name for path in solutions.glob(f"*/{SOURCE}"))


def load(exercise: str, case_key: str, solutions: Path = places.SOLUTIONS) -> Exercise:
    """Read an exercise's source and run it once, in this process, for one learner's case.

    Parameters
    ----------
    exercise : str
        The id, which is its folder's name in `solutions`.
    case_key : str
        Whose case: see `course.cases.seeds`.
    solutions : Path
        The folder of sources.

    Raises
    ------
    InputError
        If there is no such exercise, a cell fails, a key or rubric does not work, or a question has none.
    """
    source = solutions / exercise / SOURCE
    if not source.is_file():
        known = ", ".join(exercise_ids(solutions)) or "none yet"
        raise InputError(f"There is no exercise “{exercise}”. There are: {known}.")
    notebook = jupytext.read(source)
    made = Exercise(exercise, notebook)
    with _collecting(case_key):
        space: dict[str, Any] = {"__name__": "exercise"}
        for number, cell in enumerate(notebook.cells, 1):
            if cell.cell_type == "code":
                _run(cell.source, space, f"{source.name} of {exercise}, cell {number}")
        made.questions = dict(register.asked)
        made.keys = dict(marking.collected or {})
        made.rubrics = dict(rubrics.collected or {})
    unmarked = [q for q in made.questions if q not in made.keys and q not in made.rubrics]
    if unmarked:
        raise InputError(
            f"In {exercise}, nothing marks the question “{unmarked[0]}”. Add mark() or rubric()."
        )
    return made


def assignment(made: Exercise) -> nbformat.NotebookNode:
    """Return the exercise as an nbgrader source notebook: metadata, hidden tests, task cells."""
    notebook = nbformat.from_dict(made.notebook)
    title = notebook.metadata.get("title", made.id)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            "title": title,
            "academy": {"exercise": made.id, "kind": "exercise"},
        }
    )
    cells = []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            cells.append(_named(nbformat.v4.new_markdown_cell(cell.source), f"text-{number}"))
            continue
        name, question = _last_call(cell.source)
        if name == "mark":
            cells.append(_marking_cell(cell.source, question, made.keys[question]))
        elif name == "rubric":
            cells.append(_rubric_cell(made.rubrics[question]))
        elif name in QUESTION_CALLS:
            cells.append(_code(cell.source, f"{PREFIXES['question']}{question}"))
        else:
            cells.append(_code(cell.source, f"setup-{number}"))
    notebook.cells = cells
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _named(cell: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    cell.id = name[:64]
    return cell


def _metadata(name: str, **more: Any) -> dict[str, Any]:
    kind = {"grade": False, "solution": False, "locked": True, "task": False}
    return {"schema_version": 3, "grade_id": name} | kind | more


def _code(source: str, name: str, **nbgrader: Any) -> nbformat.NotebookNode:
    cell = _named(nbformat.v4.new_code_cell(source), name)
    cell.metadata["nbgrader"] = _metadata(name, **nbgrader)
    cell.metadata["jupyter"] = {"source_hidden": True}
    return cell


def _marking_cell(source: str, question: str, key: marking.Key) -> nbformat.NotebookNode:
    # The hidden region is cut out of what learners receive; this first line stays.
    stays = f"# “Mark my work” marks question “{question}” here: {kinds.tidy(key.points)} points."
    return _code(
        f"{stays}\n{HIDDEN.format(source)}", f"{PREFIXES['mark']}{question}", grade=True, points=key.points
    )


def _rubric_cell(made: rubrics.Rubric) -> nbformat.NotebookNode:
    samples = "\n\n".join(
        f"**{s.name.capitalize()} sample**, {sum(s.scores)} of {made.points} "
        f"({', '.join(f'{c} {n}' for c, n in zip(made.criteria, s.scores, strict=True))}):\n\n> {s.text}"
        for s in made.samples
    )
    name = f"{PREFIXES['rubric']}{made.question}"
    cell = _named(
        nbformat.v4.new_markdown_cell(f"{rubrics.rubric_table(made)}\n\n{MARK_SCHEME.format(samples)}"),
        name,
    )
    cell.metadata["nbgrader"] = _metadata(name, task=True, points=float(made.points))
    return cell


def _last_call(source: str) -> tuple[str, str]:
    """Return the name and question id of a cell's last line, if it is a call with an id; else blanks."""
    body = ast.parse(source).body
    last = body[-1] if body else None
    if (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and isinstance(last.value.func, ast.Name)
    ):
        call = last.value
        first = call.args[0] if call.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return last.value.func.id, first.value
    return "", ""


def _run(source: str, space: dict[str, Any], where: str) -> None:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, where, "exec"), space)
    except InputError as problem:
        raise InputError(f"{where}: {problem}") from problem
    except Exception as problem:
        raise InputError(f"{where} fails: {type(problem).__name__}: {problem}") from problem


@contextlib.contextmanager
def _collecting(case_key: str) -> Iterator[None]:
    """Run an exercise for its keys rather than for marks, away from any answer file."""
    before, old_key = os.getcwd(), os.environ.get(KEY_VARIABLE)
    register.asked.clear()
    widgets.forget()
    marking.collected, rubrics.collected = {}, {}
    os.environ[KEY_VARIABLE] = case_key
    try:
        with tempfile.TemporaryDirectory() as empty:
            os.chdir(empty)
            try:
                yield
            finally:
                os.chdir(before)
    finally:
        marking.collected = rubrics.collected = None
        register.asked.clear()
        widgets.forget()
        if old_key is None:
            os.environ.pop(KEY_VARIABLE, None)
        else:
            os.environ[KEY_VARIABLE] = old_key
