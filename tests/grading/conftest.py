"""The assignment of `grading_course`, generated once and copied for each test."""

import shutil
from pathlib import Path

import pytest
from grading_course import make_course

from course.authoring import source
from course.grading import engine, nbgrader_folder


@pytest.fixture(scope="session")
def blank_course(tmp_path_factory) -> Path:
    """The assignment, generated and not handed in by anybody; to be copied."""
    return make_course(tmp_path_factory.mktemp("blank"))


@pytest.fixture
def course(blank_course, tmp_path) -> Path:
    """A course folder of one's own with the assignment in it."""
    return shutil.copytree(blank_course, tmp_path / "course")


SAMPLE = Path(__file__).parent.parent / "authoring"
TEXTS = {"ana": "Because people asked for it.", "ben": "We measured it.", "cy": "", "di": "It is the law."}


@pytest.fixture(scope="session")
def marked(tmp_path_factory):
    """A cohort whose free text waits for a person, after marking by machine; to be copied."""
    root = tmp_path_factory.mktemp("writing")
    nbgrader_folder.prepare(root, "sample", SAMPLE)
    for learner, text in TEXTS.items():
        nbgrader_folder.submit_values(root, "sample", learner, {"why": text} if text else {})
    run = engine.grade(root, "sample", workers=1, cases=lambda _: "k")
    assert not run.failed
    return root


@pytest.fixture
def root(marked, tmp_path):
    return shutil.copytree(marked, tmp_path / "cohort")


@pytest.fixture(scope="session")
def made():
    return source.load("sample", "k", SAMPLE)
