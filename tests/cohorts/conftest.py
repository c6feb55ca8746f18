"""A small cohort that was handed out once, copied for each test, and a learner's folder that joined it."""

import json
import shutil
from datetime import date
from pathlib import Path
from random import Random

import pytest

from course import answers
from course.authoring import source
from course.cases.seeds import case_key
from course.cohorts import collecting, demo, handing_out, joining, roster
from course.grading import engine, feedback, nbgrader_folder, writing

EXERCISE = "m04-asking"
LIST = "name,email,side,organisation\n" + "\n".join(
    [
        "Amara Osei,amara.osei@calderbrook.example,commissioner,Calderbrook Council",
        "Ben Whitlock,ben@cedar.example,provider,Cedar Ltd",
        "Carys Pugh,carys.pugh@calderbrook.example,operations,Calderbrook Council",
    ]
)


@pytest.fixture(scope="session")
def handed_out_cohort(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cohort") / "spring"
    roster.new("Spring 2027", LIST, folder)
    handing_out.hand_out(folder, ["m04"], date(2099, 3, 1))
    return folder


@pytest.fixture
def cohort(handed_out_cohort, tmp_path) -> Path:
    """A cohort's folder in which module 4 was handed out to three learners."""
    return Path(shutil.copytree(handed_out_cohort, tmp_path / "spring"))


@pytest.fixture
def works(tmp_path):
    """Give the exercise's folder of a learner who joined `cohort` and answered."""

    def folder(cohort: Path, learner: str, **given: object) -> Path:
        home = tmp_path / "homes" / learner
        home.mkdir(parents=True, exist_ok=True)
        joining.join(home, (cohort / "handed-out" / "learners" / f"{learner}.zip").read_bytes())
        place = home / "exercises" / EXERCISE
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(cohort / "release" / EXERCISE / "exercise.ipynb", place)
        for question, value in (given or {"tipping_weight": 12.5}).items():
            answers.record(place, question.replace("_", "-"), value)
        return place

    return folder


@pytest.fixture
def sent(works, tmp_path):
    """Give the zip that a learner sends, written into a folder of its own."""

    def send(cohort: Path, learner: str, name: str = "", **given: object) -> Path:
        made = joining.hand_in(works(cohort, learner, **given))
        inbox = tmp_path / "inbox"
        inbox.mkdir(exist_ok=True)
        (inbox / (name or made.name)).write_bytes(made.content)
        return inbox / (name or made.name)

    return send


@pytest.fixture
def card(cohort):
    """Give what a learner's zip says of them."""
    import io
    import zipfile

    def read(learner: str) -> dict[str, str]:
        raw = (cohort / "handed-out" / "learners" / f"{learner}.zip").read_bytes()
        return json.loads(zipfile.ZipFile(io.BytesIO(raw)).read("learner.json"))

    return read


def answer(home: Path, cohort: Path, learner: str, given: dict[str, object]) -> joining.HandIn:
    """What a learner hands in who joined, opened the exercise of module 4, and gave these answers."""
    home.mkdir(parents=True, exist_ok=True)
    joining.join(home, (cohort / "handed-out" / "learners" / f"{learner}.zip").read_bytes())
    place = home / "exercises" / EXERCISE
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy(cohort / "release" / EXERCISE / "exercise.ipynb", place)
    for question, value in given.items():
        answers.record(place, question, value)
    return joining.hand_in(place)


@pytest.fixture(scope="session")
def _marked(tmp_path_factory):
    base = tmp_path_factory.mktemp("marked")
    people = [f"{name},{id}@{id}.example,{side},Org {id}" for id, name, side, *_ in demo.PEOPLE]
    folder = base / "autumn"
    roster.new("Autumn 2027", "\n".join(["name,email,side,organisation", *people]), folder)
    salt = "ab" * roster.SALT_BYTES  # the same cases and marks in every run
    roster.replace(folder / "cohort.json", json.dumps(roster.about(folder) | {"salt": salt}))
    handing_out.hand_out(folder, ["m04"], date(2099, 3, 1))
    inbox = base / "inbox"
    inbox.mkdir()
    ids = dict(zip([p[1] for p in demo.PEOPLE], roster.roster(folder)["id"], strict=True))
    for _, name, _, able, leaves in demo.PEOPLE[:-1]:
        own = source.load(EXERCISE, case_key(salt, ids[name]))
        given = demo._plausible(own, Random(name), able, leaves)
        made = answer(base / "homes" / ids[name], folder, ids[name], given)
        (inbox / made.name).write_bytes(made.content)
    collecting.collect(folder, [inbox])
    assert not engine.grade(folder, EXERCISE).failed
    made = nbgrader_folder.prepare(folder, EXERCISE)
    for piece in writing.pieces(folder, made):
        if piece.text and piece.learner != "ben-whitlock":
            scores = [1, 1, 1, 1] if piece.learner == "jonah-mbeki" else [3, 2, 3, 2]
            writing.mark(folder, made, piece.learner, piece.question, "Tess", scores, "Say who asked.")
    writing.settle(folder, made)
    feedback.write_feedback(folder, made, sorted(set(ids.values()) - {"lena-fairhurst"}))
    return folder


@pytest.fixture
def marked(_marked, tmp_path) -> Path:
    """A cohort of twelve: eleven were marked, Ben's writing waits, Lena has handed in nothing."""
    return Path(shutil.copytree(_marked, tmp_path / "autumn"))


@pytest.fixture(scope="session")
def answering():
    """Give `answer`, for what is made once for several tests."""
    return answer


@pytest.fixture(scope="session")
def handed_out_once(handed_out_cohort) -> Path:
    """The cohort of `cohort`, to be copied and never changed."""
    return handed_out_cohort
