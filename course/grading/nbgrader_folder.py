"""One nbgrader course folder: put submissions in, mark them, read marks and reasons out.

The notebook that is marked is the author's, with the learner's answer file beside it. What a learner handed
in as a notebook is never run.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat

from course import answers, places
from course.authoring import build
from course.authoring.source import NOTEBOOK, PREFIXES, Exercise, load
from course.cases.seeds import KEY_VARIABLE
from course.errors import InputError
from course.grading import engine
from course.questions.marking import MARK_TYPE

STAMPS = ".academy"


@dataclass(frozen=True)
class Row:
    """The mark of one question. `outcome` as in `course.questions.marking`, or "person" for free text."""

    question: str
    outcome: str
    points: float
    out_of: float
    message: str
    wrong: str = ""
    read: str = ""


def prepare(root: Path, exercise: str, solutions: Path = places.SOLUTIONS) -> Exercise:
    """Make a course folder ready to mark an exercise; does nothing if it is, and the source is unchanged."""
    made = load(exercise, build.BUILD_KEY, solutions)
    stamp = root / STAMPS / f"released-{exercise}.sha256"
    decides = nbformat.writes(build.assignment(made)) + build.gradebook_address(root)
    digest = hashlib.sha256(decides.encode()).hexdigest()
    kept = stamp.is_file() and stamp.read_text() == digest and build.has_gradebook(root)
    if not kept or not (root / STAMPS / engine.REFERENCE / exercise).is_dir():
        build.generate(made, root)
        _keep_reference(root, made)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(digest)
    return made


def _keep_reference(root: Path, made: Exercise) -> None:
    """Keep the model answers, out of learners' reach, for the engine's test of itself before each run."""
    place = root / engine.NOTES / engine.REFERENCE / made.id
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for question, key in made.keys.items():
        model = key.correct
        if made.questions[question].kind == "short_text" and not isinstance(model, str):
            model = model[0]
        answers.record(place, question, model)


def submit(root: Path, exercise: str, learner: str, answer_file: Path | None) -> Path:
    """Put the author's notebook and a learner's answer file where nbgrader looks for a submission."""
    place = root / "submitted" / learner / exercise
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    shutil.copy(root / "release" / exercise / NOTEBOOK, place)
    if answer_file is not None and answer_file.is_file():
        shutil.copy(answer_file, place / answers.ANSWER_FILE)
    return place


def submit_values(root: Path, exercise: str, learner: str, values: Mapping[str, Any]) -> Path:
    """Put a submission with the given answers (by question id) where nbgrader looks for it."""
    place = submit(root, exercise, learner, None)
    for question, value in values.items():
        answers.record(place, question, value)
    return place


@dataclass(frozen=True)
class Received:
    """What was handed in: where it is kept, and what the trainer should know of it (sentences)."""

    kept: Path
    remarks: tuple[str, ...]


def take_in(root: Path, exercise: str, learner: str, handed_in: Path) -> Received:
    """Take in what a learner handed in for an exercise, and make it ready to mark.

    Everything received is kept, every time, in `received/<learner>/<exercise>/<number>`. What nbgrader will
    mark is the author's notebook with the answer file. A damaged answer file is restored from its journal.
    """
    number = 1 + sum(1 for _ in (root / "received" / learner / exercise).glob("*"))
    kept = root / "received" / learner / exercise / str(number)
    shutil.copytree(handed_in, kept)
    return Received(kept, submit_received(root, exercise, learner, kept))


def submit_received(
    root: Path, exercise: str, learner: str, kept: Path, at: datetime | None = None
) -> tuple[str, ...]:
    """Make ready to mark what was received and kept: the author's notebook with the learner's answers.

    The submission is made aside and then put in place, so that a crash leaves the old one, the new one, or
    none, and never half of one.

    Parameters
    ----------
    root : Path
        The cohort's folder, in which the exercise was released.
    exercise, learner : str
        Whose, of what.
    kept : Path
        The folder that holds the answer file or its journal; it is not changed.
    at : datetime, optional
        When it was handed in (UTC), for nbgrader's `timestamp.txt`.

    Returns
    -------
    tuple of str
        Sentences that the trainer should know.
    """
    remarks = []
    fault = _changed(kept / NOTEBOOK, root / "release" / exercise / NOTEBOOK)
    if fault:
        remarks.append(fault + " It was kept and not run; the answers count all the same.")
    (root / STAMPS).mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="submitting-", dir=root / STAMPS) as aside:
        place, mending = Path(aside) / "new", Path(aside) / "mending"
        place.mkdir()
        mending.mkdir()
        shutil.copy(root / "release" / exercise / NOTEBOOK, place)
        for name in (answers.ANSWER_FILE, answers.JOURNAL_FILE):
            if (kept / name).is_file():
                shutil.copy(kept / name, mending)
        given = answers.read(mending)
        if (mending / answers.ANSWER_FILE).is_file():
            shutil.copy(mending / answers.ANSWER_FILE, place)
        else:
            for answer in given.values():
                answers.record(place, answer.question, answer.value, answer.at)
        if any(mending.glob("answers.damaged-*")):
            remarks.append("The answer file was damaged; the answers in its journal count.")
        if at is not None:
            (place / "timestamp.txt").write_text(f"{at:%Y-%m-%d %H:%M:%S.%f} UTC\n", encoding="ascii")
        final = root / "submitted" / learner / exercise
        final.parent.mkdir(parents=True, exist_ok=True)
        if final.exists():
            final.rename(Path(aside) / "old")
        place.rename(final)
    if not given:
        remarks.append("No answers were handed in, so every question counts as not answered.")
    return tuple(remarks)


def _changed(handed_in: Path, released: Path) -> str:
    """Say in a sentence how a notebook differs from the one given out; "" if it does not."""
    if not handed_in.is_file():
        return "There is no notebook in the hand-in."
    try:
        with warnings.catch_warnings(action="ignore"):
            theirs = [(c.cell_type, c.source) for c in nbformat.read(handed_in, as_version=4).cells]
    except Exception:  # nbformat raises many kinds for what is no notebook
        return "The notebook cannot be read."
    ours = [(c.cell_type, c.source) for c in nbformat.read(released, as_version=4).cells]
    return "" if theirs == ours else "The notebook was changed."


def autograde(root: Path, exercise: str, learner: str, case_key: str | None = None) -> None:
    """Mark one submission with nbgrader, again if it was marked before.

    Raises
    ------
    InputError
        If nbgrader could not mark it, with its reason.
    """
    with _case(case_key):
        result = build.nbgrader_api(root).autograde(exercise, learner, force=True, create=True)
    if not result["success"]:
        raise InputError(f"nbgrader could not mark {exercise} of {learner}: {_reason(result)}")


def _reason(result: Mapping[str, Any]) -> str:
    lines = [line for line in (result.get("log") or "").splitlines() if "Error" in line or "ERROR" in line]
    return (lines[-1].split("]")[-1].strip() if lines else str(result.get("error") or "no reason given"))[
        :300
    ]


def read_marks(root: Path, made: Exercise, learner: str) -> list[Row]:
    """Return the marks of a marked submission: points as the gradebook has them, reasons as the cells said.

    One row a question, in the order of the page. Free text has outcome "person" until a person marks it.
    """
    notebook = nbformat.read(root / "autograded" / learner / made.id / NOTEBOOK, as_version=4)
    outputs = {c.metadata.get("nbgrader", {}).get("grade_id"): c.get("outputs", []) for c in notebook.cells}
    points = _gradebook_points(root, made.id, learner)
    rows = []
    for question in made.questions:
        if question in made.rubrics:
            best = made.rubrics[question].points
            given = points.get(f"{PREFIXES['rubric']}{question}", 0.0)
            rows.append(Row(question, "person", given, best, "A person marks this with the rubric below it."))
            continue
        name = f"{PREFIXES['mark']}{question}"
        rows.append(_row(question, outputs.get(name, []), points[name], made.keys[question].points))
    return rows


def _row(question: str, outputs: list[Any], points: float, out_of: float) -> Row:
    for output in outputs:
        said = output.get("data", {}).get(MARK_TYPE)
        if said:
            return Row(
                question, said["outcome"], points, out_of, said["message"], said["wrong"], said["read"]
            )
    said = next((o.get("evalue", "") for o in outputs if o.output_type == "error"), "It was not run.")
    return Row(question, "malformed", points, out_of, f"This could not be marked. {said}")


def _gradebook_points(root: Path, exercise: str, learner: str) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(build.gradebook_address(root)) as gradebook:
        submission = gradebook.find_submission(exercise, learner)
        return {g.name: float(g.score) for nb in submission.notebooks for g in nb.grades}


def mark_folder(folder: Path, marking_root: Path, case_key: str) -> list[Row]:
    """Mark a learner's own exercise folder and keep the result in its `marks.json`.

    Parameters
    ----------
    folder : Path
        Named after the exercise; holds the answer file.
    marking_root : Path
        An nbgrader course folder of the learner's own.
    case_key : str
        The learner's: see `course.cases.seeds`.
    """
    made = prepare(marking_root, folder.name)
    answers.read(folder)  # a damaged answer file is mended first
    at = max((a.at for a in answers.read(folder).values()), default="")
    submit(marking_root, made.id, "me", folder / answers.ANSWER_FILE)
    run = engine.grade(marking_root, made.id, ["me"], workers=1, cases=lambda _: case_key)
    for outcome in run.failed:
        raise InputError(outcome.trouble)
    rows = read_marks(marking_root, made, "me")
    kept = {"at": _now(), "answers_until": at, "rows": [asdict(row) for row in rows]}
    new = folder / "marks.json.new"
    new.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(new, folder / "marks.json")
    return rows


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def _case(case_key: str | None) -> Iterator[None]:
    """Let the kernels started meanwhile draw this learner's case."""
    before = os.environ.get(KEY_VARIABLE)
    if case_key is None:
        os.environ.pop(KEY_VARIABLE, None)
    else:
        os.environ[KEY_VARIABLE] = case_key
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(KEY_VARIABLE, None)
        else:
            os.environ[KEY_VARIABLE] = before
