"""nbgrader's exchange: a folder of a shared machine that takes the place of zips to send.

It is used where it is: at the `Exchange.root` of the machine's `nbgrader_config.py`, or at nbgrader's own
place. Folders in it are named and open to others as nbgrader has them, so its own commands work on them too.
"""

from __future__ import annotations

import getpass
import io
import os
import secrets
import stat
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course.authoring import build
from course.cohorts import joining
from course.cohorts.roster import about
from course.errors import InputError

INBOUND = "inbound"
TIMESTAMP = "timestamp.txt"
FORMAT = "%Y-%m-%d %H:%M:%S.%f %Z"  # nbgrader's
FILES = stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IROTH
# As nbgrader: the trainer may delete it later, and only who knows the random end of its name can open it.
FOLDER = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO


def place() -> Path | None:
    """Return this machine's exchange folder; None where there is none."""
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config import Config, PyFileConfigLoader

    config = Config()
    for folder in reversed(jupyter_config_path()):  # the first has the last word
        if (Path(folder) / "nbgrader_config.py").is_file():
            config.merge(PyFileConfigLoader("nbgrader_config.py", folder).load_config())
    root = Path(str(config.Exchange.get("root", "/usr/local/share/nbgrader/exchange")))
    return root if root.is_dir() else None


def release(root: Path, exercises: Sequence[str]) -> Path | None:
    """Release exercises to the exchange, as nbgrader does; return the cohort's folder there.

    Nothing is done, and None returned, where this machine has no exchange.

    Raises
    ------
    InputError
        The exchange does not let this user release.
    """
    there = place()
    if there is None:
        return None
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeError
    from nbgrader.exchange.default import ExchangeReleaseAssignment

    config = build.configuration(root)
    config.Exchange.root = str(there)
    config.CourseDirectory.course_id = about(root)["id"]
    for exercise in exercises:
        course = CourseDirectory(config=config)
        course.assignment_id = exercise
        step: Any = ExchangeReleaseAssignment(
            coursedir=course, authenticator=Authenticator(config=config), config=config, force=True
        )
        try:
            step.start()
        except (ExchangeError, OSError) as problem:
            raise InputError(
                f"The exchange {there} does not let you release. Ask whoever looks after this machine; until "
                "then send the zips."
            ) from problem
    return there / about(root)["id"]


def inbound(cohort: str) -> Path | None:
    """Return where a cohort's learners hand in on this machine; None where they cannot."""
    there = place()
    if there is None:
        return None
    folder = there / cohort / INBOUND
    return folder if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) else None


def hand_in(work: Path) -> Path:
    """Hand a learner's exercise folder in to the exchange, sealed like a zip; return its folder there.

    Raises
    ------
    InputError
        As `joining.hand_in`; or this machine has no exchange for the learner's cohort.
    """
    made, who = joining.hand_in(work), joining.joined(work)
    into = inbound(who.cohort) if who else None
    if into is None:
        raise InputError("This machine's exchange does not take work for your cohort. Ask your trainer.")
    at = datetime.now(UTC).strftime(FORMAT)
    user = getpass.getuser().replace("+", "-").replace("*", "-")
    name = f"{user}+{work.name}+{at}+{secrets.token_urlsafe(9)}"
    part = into / f".{name}.part"
    try:
        part.mkdir()
        with zipfile.ZipFile(io.BytesIO(made.content)) as zipped:
            for inside in zipped.namelist():
                (part / Path(inside).name).write_bytes(zipped.read(inside))
        (part / TIMESTAMP).write_text(at, encoding="utf-8")
        for file in part.iterdir():
            file.chmod(FILES)
        part.chmod(FOLDER)
        return part.rename(into / name)
    except OSError as problem:
        raise InputError(
            f"Your work could not be put into {into}: {problem.strerror}. Nothing is lost: try again, or "
            "tell your trainer."
        ) from problem


def waiting(root: Path) -> list[Path]:
    """Return the hand-ins that lie in this machine's exchange for a cohort, the oldest first."""
    folder = inbound(about(root)["id"])
    if folder is None:
        return []
    try:
        found = [f for f in folder.iterdir() if f.is_dir() and not f.is_symlink() and f.name[0] != "."]
    except PermissionError as problem:
        raise InputError(
            f"{folder} is another trainer's: only they can take in what lies there."
        ) from problem
    return sorted(found, key=lambda f: f.name.split("+")[2:])
