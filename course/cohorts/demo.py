"""A throwaway cohort of invented learners, from hand-out to feedback, in nbgrader's own folders."""

from __future__ import annotations

import csv
import json
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from course import answers
from course.authoring.source import NOTEBOOK, Exercise, load
from course.cases.seeds import COHORT_FILE, case_key
from course.errors import InputError
from course.grading import engine
from course.grading import nbgrader_folder as nbgrader
from course.grading.feedback import PAGE, write_feedback
from course.proving import expected

# Invented people. How able each is: the chance of a right answer; some leave questions out.
PEOPLE = (
    ("amara-osei", "Amara Osei", "commissioner", 0.95, 0.0),
    ("ben-whitlock", "Ben Whitlock", "provider", 0.8, 0.0),
    ("carys-pugh", "Carys Pugh", "commissioner", 0.7, 0.1),
    ("dev-raman", "Dev Raman", "provider", 0.6, 0.0),
    ("ewa-nowak", "Ewa Nowak", "operations", 0.55, 0.2),
    ("farid-haddad", "Farid Haddad", "commissioner", 0.5, 0.0),
    ("grace-adeyemi", "Grace Adeyemi", "provider", 0.85, 0.0),
    ("hamish-orr", "Hamish Orr", "operations", 0.3, 0.3),
    ("iris-lockwood", "Iris Lockwood", "commissioner", 0.65, 0.0),
    ("jonah-mbeki", "Jonah Mbeki", "provider", 0.4, 0.1),
    ("kit-sorensen", "Kit Sørensen", "provider", 1.0, 0.0),
    ("lena-fairhurst", "Lena Fairhurst", "commissioner", 0.0, 1.0),
)
SALT_BYTES = 16


@dataclass(frozen=True)
class Cohort:
    """A marked cohort: its folder, where feedback is, and its gradebook as a table of texts."""

    folder: Path
    feedback: str
    head: list[str]
    rows: list[list[str]]


def run(
    into: Path | None, exercise: str, learners: int, told: Callable[[str], None] = lambda _: None
) -> Cohort:
    """Make a cohort, hand out, let invented learners answer, collect, mark, and give feedback.

    Parameters
    ----------
    into : Path or None
        A folder that does not exist yet, or is empty; a temporary one, if None.
    exercise : str
        The exercise's id.
    learners : int
        How many; people after the twelfth are numbered copies.
    told : callable
        Is given a sentence about each step as it begins.

    Raises
    ------
    InputError
        If the folder is in use, or there is no such exercise.
    """
    root = _new_folder(into)
    salt = secrets.token_hex(SALT_BYTES)
    people = [_person(n) for n in range(learners)]
    (root / COHORT_FILE).write_text(
        json.dumps({"name": "Demonstration", "salt": salt}) + "\n", encoding="utf-8"
    )
    with (root / "roster.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "side"])
        writer.writerows([p[0], p[1], p[2]] for p in people)
    told("making the release version")
    made = nbgrader.prepare(root, exercise)
    remarks = {}
    for number, (id, name, _, able, leaves) in enumerate(people, 1):
        told(f"{name} answers and hands in ({number} of {learners})")
        handed_in = _hand_in(root, exercise, id, case_key(salt, id), able, leaves)
        remarks[id] = nbgrader.take_in(root, exercise, id, handed_in).remarks
    told("marking")
    run = engine.grade(root, exercise, told=lambda _, done, all: told(f"marking: {done} of {all}"))
    troubles = {outcome.learner: outcome.trouble for outcome in run.failed}
    rows = []
    for id, name, side, *_ in people:
        marks = [] if id in troubles else nbgrader.read_marks(root, made, id)
        auto = [row for row in marks if row.outcome != "person"]
        remark = troubles.get(id) or " ".join(remarks[id])
        rows.append(
            [name, side, *(f"{r.points:g}" for r in auto), f"{sum(r.points for r in auto):g}", remark]
        )
    told("writing feedback")
    write_feedback(root, made, [id for id, *_ in people if id not in troubles])
    short = [f"Q{n}" for n, q in enumerate(made.questions, 1) if q in made.keys]
    head = ["Learner", "Side", *short, f"Total of {made.points:g}", "Remark"]
    return Cohort(root, str(root / "feedback" / "<learner>" / exercise / PAGE), head, rows)


def _new_folder(into: Path | None) -> Path:
    if into is None:
        return Path(tempfile.mkdtemp(prefix="academy-demo-"))
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise InputError(f"{into} is in use already. Give a folder that is new or empty.")
    into.mkdir(parents=True, exist_ok=True)
    return into.resolve()


def _person(number: int) -> tuple[str, str, str, float, float]:
    id, name, side, able, leaves = PEOPLE[number % len(PEOPLE)]
    again = number // len(PEOPLE)
    return (f"{id}-{again + 1}", f"{name} {again + 1}", side, able, leaves) if again else PEOPLE[number]


def _hand_in(root: Path, exercise: str, learner: str, key: str, able: float, leaves: float) -> Path:
    """Write what a learner of that ability would hand in: answers that people really give."""
    random = Random(f"{learner} {exercise}")
    own = load(exercise, key)
    folder = root / "handed-in" / learner / exercise
    folder.mkdir(parents=True)
    (folder / NOTEBOOK).write_bytes((root / "release" / exercise / NOTEBOOK).read_bytes())
    for question, value in _plausible(own, random, able, leaves).items():
        answers.record(folder, question, value)
    return folder


def _plausible(own: Exercise, random: Random, able: float, leaves: float) -> dict[str, Any]:
    given = {}
    for question, entries in expected(own).items():
        if random.random() < leaves:
            continue
        entry = entries[0] if random.random() < able else random.choice(entries[1:])
        given[question] = entry["answer"]
    for question, rubric in own.rubrics.items():
        if random.random() >= leaves:
            given[question] = rubric.samples[-1 if random.random() < able else 0].text
    return given
