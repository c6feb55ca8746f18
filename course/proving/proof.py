"""Prove an exercise four ways: model answers, no answers, known wrong answers, broken hand-ins.

Beside each source stands `proof.yml`: for one fixed case, answers as a learner would type them and what each
must earn and say. It is written once from the keys, read by the author, and committed. From then on the
proof compares real marking with it, so that no key, tolerance, mark or message changes unnoticed.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml

from course import answers, places
from course.authoring.source import NOTEBOOK, Exercise, load
from course.errors import InputError
from course.grading import engine
from course.grading import nbgrader_folder as folder
from course.questions import kinds, marking

PROOF = "proof.yml"
PROOF_KEY = "proof"
MODEL = "model answer"
EQUAL = "equal difficulty over learners' cases"
SEEDS = 200


@dataclass(frozen=True)
class Line:
    """One line of the proof's table: what was tried, what had to come of it, and what came."""

    exercise: str
    tried: str
    expected: str
    got: str

    @property
    def holds(self) -> bool:
        """Tell whether what came is what had to come."""
        return self.expected == self.got


def expected(made: Exercise) -> dict[str, list[dict[str, Any]]]:
    """Return what a proof must hold: by question, answers with the points and message each earns.

    The answers are the model answer (a number rounded as people type it), every wrong answer named by the
    author, every other option of a choice, single slips in questions of several parts, and answers by form
    alone (all ticked, order left as shown, slider in the middle), which must never earn full marks.
    """
    return {
        question: [
            {"name": name, "answer": value}
            | _earned(marking.assess(made.questions[question], key, value), made.id, name)
            for name, value in _answers(made.questions[question], key)
        ]
        for question, key in made.keys.items()
    }


def _earned(result: marking.Mark, exercise: str, name: str) -> dict[str, Any]:
    if name != MODEL and result.points >= result.out_of:
        raise InputError(
            f"In {exercise}, “{name}” earns full marks on “{result.question}”. Mend the question."
        )
    return {"points": result.points, "message": result.message}


def _answers(question: kinds.Question, key: marking.Key) -> Iterator[tuple[str, Any]]:
    model = key.correct
    if question.kind == "short_text" and not isinstance(model, str):
        model = model[0]
    yield MODEL, _typed(question, model, key.within)
    for known in key.wrong:
        yield known.name, _typed(question, known.value, key.within)
    items = list(question.items)
    if question.kind == "number" and question.low is not None and question.high is not None:
        yield "slider in the middle", (question.low + question.high) / 2
    if question.kind == "choice":
        named = [known.value for known in key.wrong] + [model]
        for item in items:
            if item not in named:
                yield f"chose “{item}”", item
    if question.kind == "choices":
        yield "ticked all", items
        for item in items:
            flipped = [i for i in items if (i in model) != (i == item)]
            if flipped:
                yield f"{'left out' if item in model else 'also ticked'} “{item}”", flipped
    if question.kind == "order":
        yield "left as shown", items
        yield "two neighbours swapped", [model[1], model[0], *model[2:]]
    if question.kind == "match":
        first = next(iter(question.options))
        yield f"chose “{first}” for all", dict.fromkeys(items, first)
        for item in items:
            other = next(option for option in question.options if option != model[item])
            yield f"mismatched “{item}”", {**model, item: other}
    if question.kind == "share":
        yield "shared equally", dict.fromkeys(items, question.total / len(items))


def _typed(question: kinds.Question, value: Any, within: float) -> Any:
    """Return a value as a learner would type it: no more decimals than the tolerance asks for."""
    digits = max(0, math.ceil(-math.log10(within))) if within else 6
    if question.kind == "number":
        return round(float(value), digits)
    if question.kind == "share":
        return {item: round(float(part), max(digits, 1)) for item, part in value.items()}
    return value


def write_proof(exercise: str, solutions: Path = places.SOLUTIONS) -> Path:
    """Write an exercise's `proof.yml` from its keys, for the author to read and commit."""
    made = load(exercise, PROOF_KEY, solutions)
    place = solutions / exercise / PROOF
    head = (
        "# What each answer earns in one fixed case. Made by `academy prove --write`: read it, then commit.\n"
    )
    text = yaml.safe_dump(expected(made), sort_keys=False, allow_unicode=True, width=110)
    place.write_text(head + text, encoding="utf-8")
    return place


def prove(
    exercise: str,
    solutions: Path = places.SOLUTIONS,
    exercises: Path = places.EXERCISES,
    seeds: int = SEEDS,
    told: Callable[[str], None] = lambda _: None,
) -> list[Line]:
    """Prove one exercise by really marking submissions of it with nbgrader.

    Parameters
    ----------
    exercise : str
        The exercise's id.
    solutions, exercises : Path
        The folders of sources and of what learners receive.
    seeds : int
        How many learners' cases to compare for equal difficulty.
    told : callable
        Is given a sentence about each step as it begins.

    Raises
    ------
    InputError
        If there is no such exercise, its source does not work, or it has no proof yet.
    """
    made = load(exercise, PROOF_KEY, solutions)
    proof = _read_proof(solutions / exercise / PROOF, exercise)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        told("making the release version")
        folder.prepare(root, exercise, solutions)
        lines = [_same_release(root, exercise, exercises)]
        submissions = _submissions(proof)
        for learner, values in submissions.items():
            folder.submit_values(root, exercise, learner, values)
        broken = {name: _hand_in_broken(root, made, proof, name) for name in BREAKS}
        told(f"marking {len(submissions) + len(broken)} submissions")
        run = engine.grade(root, exercise, cases=lambda _: PROOF_KEY)
        troubles = {outcome.learner: outcome.trouble for outcome in run.failed}
        for learner, values in submissions.items():
            lines += _compare(made, proof, learner, values, _rows(root, made, learner, troubles))
        for name, learner in broken.items():
            lines.append(_compare_broken(made, name, _rows(root, made, learner, troubles)))
    told(f"comparing {seeds} learners' cases")
    return lines + _equal_difficulty(exercise, solutions, seeds)


def _read_proof(place: Path, exercise: str) -> dict[str, list[dict[str, Any]]]:
    try:
        return yaml.safe_load(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"{exercise} has no {PROOF}. Run `academy prove {exercise} --write`, read it, then commit it."
        ) from None
    except yaml.YAMLError as problem:
        raise InputError(f"{PROOF} of {exercise} cannot be read: {problem}".replace("\n", " ")) from None


def _submissions(proof: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Return submissions that between them give every answer of a proof: by name, answers by question."""
    made: dict[str, dict[str, Any]] = {
        "model": {q: rows[0]["answer"] for q, rows in proof.items()},
        "blank": {},
    }
    for number in range(1, max(len(rows) for rows in proof.values())):
        made[f"wrong-{number}"] = {q: r[number]["answer"] for q, r in proof.items() if len(r) > number}
    return made


def _rows(root: Path, made: Exercise, learner: str, troubles: dict[str, str]) -> dict[str, folder.Row]:
    if learner in troubles:
        return {
            q: folder.Row(q, "malformed", 0.0, key.points, troubles[learner]) for q, key in made.keys.items()
        }
    return {row.question: row for row in folder.read_marks(root, made, learner)}


def _compare(
    made: Exercise,
    proof: dict[str, list[dict[str, Any]]],
    learner: str,
    values: dict[str, Any],
    rows: dict[str, folder.Row],
) -> list[Line]:
    lines = []
    for question, key in made.keys.items():
        row = rows[question]
        got = _said(row.points, row.message)
        known = proof.get(question, [])
        if question in values:
            entry = next(e for e in known if e["answer"] == values[question])
            want = _said(entry["points"], entry["message"])
            if entry["name"] == MODEL:
                want = _said(key.points, entry["message"])
            lines.append(Line(made.id, f"{question}: {entry['name']}", want, got))
        elif learner in ("blank", "model"):
            want = _said(0, "Answer this question, then mark your work again.")
            tried = "blank" if learner == "blank" else "has no line in the proof"
            lines.append(Line(made.id, f"{question}: {tried}", want if learner == "blank" else "a line", got))
    return lines


def _said(points: float, message: str) -> str:
    return f"{kinds.tidy(points)}: {message}"


def _same_release(root: Path, exercise: str, exercises: Path) -> Line:
    committed = exercises / exercise / NOTEBOOK
    fresh = (root / "release" / exercise / NOTEBOOK).read_text(encoding="utf-8").strip()
    same = committed.is_file() and committed.read_text(encoding="utf-8").strip() == fresh
    return Line(exercise, "what learners receive is what the source gives", "yes", "yes" if same else "no")


def _hand_in_broken(root: Path, made: Exercise, proof: dict[str, list[dict[str, Any]]], name: str) -> str:
    """Hand in the model answers, broken in one way; return the learner's id."""
    learner = f"broken-{list(BREAKS).index(name)}"
    with tempfile.TemporaryDirectory() as temporary:
        handed_in = Path(temporary)
        text = (root / "release" / made.id / NOTEBOOK).read_text(encoding="utf-8")
        (handed_in / NOTEBOOK).write_text(text, encoding="utf-8")
        for question, rows in proof.items():
            answers.record(handed_in, question, rows[0]["answer"])
        BREAKS[name][0](handed_in)
        folder.take_in(root, made.id, learner, handed_in)
    return learner


def _compare_broken(made: Exercise, name: str, rows: dict[str, folder.Row]) -> Line:
    full = sum(key.points for key in made.keys.values()) if BREAKS[name][1] == "all" else 0
    got = sum(row.points for row in rows.values() if row.outcome != "person")
    return Line(made.id, f"hand-in with {name}", kinds.tidy(full), kinds.tidy(got))


def _spoil_cells(change: Callable[[nbformat.NotebookNode], Any]) -> Callable[[Path], None]:
    def spoil(handed_in: Path) -> None:
        notebook = nbformat.read(handed_in / NOTEBOOK, as_version=4)
        change(notebook)
        (handed_in / NOTEBOOK).write_text(json.dumps(notebook), encoding="utf-8")

    return spoil


def _rename(notebook: nbformat.NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.grade_id = f"renamed-{number}"


def _patch(notebook: nbformat.NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = "raise SystemExit"


def _remove(*names: str) -> Callable[[Path], None]:
    def spoil(handed_in: Path) -> None:
        for name in names:
            (handed_in / name).unlink()

    return spoil


def _damage_answers(handed_in: Path) -> None:
    (handed_in / answers.ANSWER_FILE).write_bytes(b'{"format": 1, "answers": [{"quest')


def _foreign_answers(handed_in: Path) -> None:
    (handed_in / answers.JOURNAL_FILE).unlink()
    (handed_in / answers.ANSWER_FILE).write_text('{"somebody": "else"}')


# What may happen to a hand-in, and whether it earns all or nothing.
BREAKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "marking cells deleted": (
        _spoil_cells(lambda nb: nb.update(cells=[c for c in nb.cells if "mark-" not in c.id])), "all"),
    "all cells deleted": (_spoil_cells(lambda nb: nb.update(cells=[])), "all"),
    "cells doubled": (_spoil_cells(lambda nb: nb.update(cells=nb.cells + nb.cells)), "all"),
    "cells in reverse order": (_spoil_cells(lambda nb: nb.cells.reverse()), "all"),
    "cells renamed": (_spoil_cells(_rename), "all"),
    "code replaced": (_spoil_cells(_patch), "all"),
    "an empty notebook file": (lambda place: (place / NOTEBOOK).write_text(""), "all"),
    "no notebook": (_remove(NOTEBOOK), "all"),
    "a damaged answer file": (_damage_answers, "all"),
    "no answer file but its journal": (_remove(answers.ANSWER_FILE), "all"),
    "no answers at all": (_remove(answers.ANSWER_FILE, answers.JOURNAL_FILE), "none"),
    "somebody else's file as answers": (_foreign_answers, "none"),
}  # fmt: skip


def _equal_difficulty(exercise: str, solutions: Path, seeds: int) -> list[Line]:
    """Compare many learners' cases: each answer, right or wrong, earns the same in all of them."""
    first: dict[str, float] = {}
    for number in range(seeds):
        try:
            made = load(exercise, f"learner-{number}", solutions)
            shape = {f"{q}: {e['name']}": e["points"] for q, es in expected(made).items() for e in es}
        except InputError as problem:
            return [Line(exercise, EQUAL, "alike", str(problem))]
        first = first or shape
        odd = sorted(name for name in first.keys() | shape.keys() if first.get(name) != shape.get(name))
        if odd:
            return [Line(exercise, EQUAL, "alike", f"learner-{number} differs in “{odd[0]}”")]
    return [Line(exercise, f"{EQUAL}: {seeds} cases", "alike", "alike")]
