"""Check an installation: what is there, what is missing, how to mend it."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from course import places
from course.portal.workspace import home

PYTHONS = ((3, 11), (3, 13))


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is fine, and a sentence about it (with the mend, if it is not)."""

    fine: bool
    sentence: str


def examine() -> list[Finding]:
    """Look at Python, the locked packages, the content, the learner's folder, and the browser for tests."""
    return [_python(), *_packages(), _content(), _folder(), _kernel(), _browser()]


def _python() -> Finding:
    now = sys.version_info[:2]
    said = f"Python {now[0]}.{now[1]}"
    if PYTHONS[0] <= now <= PYTHONS[1]:
        return Finding(True, f"{said} is one of those supported (3.11 to 3.13).")
    return Finding(
        False, f"{said} is not supported. Install Python 3.11, 3.12 or 3.13 and run `make serve` again."
    )


def _packages() -> list[Finding]:
    wrong = []
    lock = places.REPOSITORY / "requirements.lock"
    if not lock.is_file():
        return [Finding(False, "requirements.lock is missing. Fetch the academy again with git.")]
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)(?:\s*;\s*([^\\]+))?", lock.read_text(), re.M)
    for name, version, marker in pinned:
        if marker and not _applies(marker):
            continue
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "missing"
        if found != version:
            wrong.append(f"{name} is {found}, not {version}")
    if not wrong:
        return [Finding(True, f"All {len(pinned)} locked packages are as locked, where they apply.")]
    return [Finding(False, f"{text}. Run `make install`.") for text in wrong[:10]]


def _applies(marker: str) -> bool:
    from packaging.markers import Marker

    return Marker(marker.strip()).evaluate()


def _content() -> Finding:
    lessons = len(list(places.MODULES.glob("*/lesson.md")))
    exercises = len(list(places.EXERCISES.glob("*/exercise.ipynb")))
    if lessons and exercises and (places.DATASETS / "datapackage.json").is_file():
        return Finding(True, f"{lessons} lessons, {exercises} exercises and Calderbrook's data are here.")
    return Finding(False, "Lessons, exercises or datasets are missing. Fetch the academy again with git.")


def _folder() -> Finding:
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"0")
    except OSError as problem:
        return Finding(
            False,
            f"Your folder {folder} cannot be written to ({problem.strerror}). "
            "Allow it, or set ACADEMY_HOME to another folder.",
        )
    free = shutil.disk_usage(folder).free / 1e9
    if free < 0.2:
        return Finding(False, f"Only {free:.2f} GB are free where your folder {folder} is. Free some space.")
    return Finding(True, f"Your folder {folder} can be written to.")


def _kernel() -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding(False, "Jupyter has no Python kernel. Run `make install`.")
    runs = spec.argv[0]
    if (
        runs in ("python", "python3", sys.executable)
        or Path(runs).resolve() == Path(sys.executable).resolve()
    ):
        return Finding(True, "Jupyter's Python kernel is this Python.")
    return Finding(False, f"Jupyter's Python kernel is another Python, {runs}. Run `make install`.")


def _browser() -> Finding:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or os.environ.get("CHROMIUM")
    if found:
        return Finding(True, "Chromium is here, so browser tests can run.")
    return Finding(True, "Chromium is not here: only browser tests need it, and `make test` will say so.")
