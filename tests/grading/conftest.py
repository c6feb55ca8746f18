"""The assignment of `grading_course`, generated once and copied for each test."""

import shutil
from pathlib import Path

import pytest
from grading_course import make_course


@pytest.fixture(scope="session")
def blank_course(tmp_path_factory) -> Path:
    """The assignment, generated and not handed in by anybody; to be copied."""
    return make_course(tmp_path_factory.mktemp("blank"))


@pytest.fixture
def course(blank_course, tmp_path) -> Path:
    """A course folder of one's own with the assignment in it."""
    return shutil.copytree(blank_course, tmp_path / "course")
