"""Make what learners receive from what authors wrote, through nbgrader's own generate step."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from pathlib import Path

import nbformat
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from course import places
from course.authoring.source import NOTEBOOK, Exercise, assignment, exercise_ids, load
from course.errors import InputError
from course.questions import marking

BUILD_KEY = "build"
KERNEL_SECONDS = 120
GRADEBOOK = "gradebook.db"


def configuration(root: Path, db_url: str | None = None) -> Config:
    """Return nbgrader's configuration for a course folder.

    Parameters
    ----------
    root : Path
        The course folder: `source`, `release`, `submitted`, `autograded` and `feedback` live in it.
    db_url : str, optional
        The gradebook; if left out, the `db_url` in the folder's own `nbgrader_config.py`, or `gradebook.db`.
    """
    own = root / "nbgrader_config.py"
    config = PyFileConfigLoader(own.name, str(root)).load_config() if own.is_file() else Config()
    config.CourseDirectory.root = str(root)
    if db_url or "db_url" not in config.CourseDirectory:
        config.CourseDirectory.db_url = db_url or f"sqlite:///{root.resolve() / GRADEBOOK}"
    config.CourseDirectory.setdefault("course_id", "default_course")  # a server refuses an unnamed course
    config.ExecutePreprocessor.setdefault("timeout", KERNEL_SECONDS)
    # a widget's view cannot be drawn in feedback: its HTML says what was answered
    config.NbConvertBase.display_data_priority = ["text/html", "image/svg+xml", "image/png", "text/plain"]
    return config


def gradebook_address(root: Path) -> str:
    """Return where a course folder's gradebook is, as SQLAlchemy writes addresses."""
    return str(configuration(root).CourseDirectory.db_url)


def has_gradebook(root: Path) -> bool:
    """Tell whether a course folder has a gradebook: its own file, or one on a database server."""
    return (root / GRADEBOOK).is_file() or not gradebook_address(root).endswith(f"/{GRADEBOOK}")


def generate(made: Exercise, root: Path) -> nbformat.NotebookNode:
    """Write an exercise into a course folder and let nbgrader make its release version.

    Returns
    -------
    NotebookNode
        The release version, as written to `root/release/<exercise>/exercise.ipynb`.

    Raises
    ------
    InputError
        If the model answers do not earn full marks, or nbgrader refuses.
    """
    _refuse_unearned(made)
    source = root / "source" / made.id / NOTEBOOK
    source.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(assignment(made), source)
    result = nbgrader_api(root).generate_assignment(made.id, force=True, create=True)
    if not result["success"]:
        reason = (result.get("error") or result.get("log") or "").strip().splitlines()
        raise InputError(
            f"nbgrader could not release {made.id}: {reason[-1] if reason else 'no reason given'}"
        )
    return nbformat.read(root / "release" / made.id / NOTEBOOK, as_version=4)


def nbgrader_api(root: Path):  # noqa: ANN201 - nbgrader has no types
    """Return nbgrader's API on a course folder."""
    from nbgrader.apps import NbGraderAPI

    mend_nbgrader()
    return NbGraderAPI(config=configuration(root))


def mend_nbgrader() -> None:
    """Let nbgrader find `alembic`, with which it stamps a new gradebook, and keep its own warnings to itself.

    It looks for the program on the PATH, where a virtual environment that is not activated has no place.
    SQLAlchemy 2.1 warns about how its `add_submission` builds a submission; the result is right.
    """
    warnings.filterwarnings("ignore", "Object of type .* not in session", SAWarning)
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")


def build(exercises: Path = places.EXERCISES, solutions: Path = places.SOLUTIONS) -> list[str]:
    """Write the release version of every exercise. Returns the ids of those that changed."""
    return [id for id, new in _released(solutions) if _write(exercises / id / NOTEBOOK, new)]


def differing(exercises: Path = places.EXERCISES, solutions: Path = places.SOLUTIONS) -> list[str]:
    """Return a sentence for each committed exercise that is not what its source gives."""
    wrong = []
    made = dict(_released(solutions))
    for id, new in made.items():
        place = exercises / id / NOTEBOOK
        if not place.is_file():
            wrong.append(f"{id} has no released notebook.")
        elif place.read_text(encoding="utf-8") != new:
            wrong.append(f"{id} differs from its source.")
    wrong += [
        f"{p.parent.name} has no source."
        for p in exercises.glob(f"*/{NOTEBOOK}")
        if p.parent.name not in made
    ]
    return wrong


def _released(solutions: Path):  # noqa: ANN202
    for id in exercise_ids(solutions):
        with tempfile.TemporaryDirectory() as root:
            yield id, nbformat.writes(generate(load(id, BUILD_KEY, solutions), Path(root))) + "\n"


def _write(place: Path, text: str) -> bool:
    if place.is_file() and place.read_text(encoding="utf-8") == text:
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return True


def _refuse_unearned(made: Exercise) -> None:
    for question, key in made.keys.items():
        model = key.correct
        if made.questions[question].kind == "short_text" and not isinstance(model, str):
            model = model[0]
        earned = marking.assess(made.questions[question], key, model)
        if earned.points != key.points:
            raise InputError(
                f"{made.id} is refused: the model answer to “{question}” earns "
                f"{earned.points:g} of {key.points:g} points."
            )
