"""The learner's folder: where it is, what is copied into it, and what is remembered there.

Nothing the learner wrote is ever overwritten. A lesson or exercise that the learner changed stays
as it is until a new one is released; then theirs is kept beside it under another name.
"""

import errno
import hashlib
import json
import os
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from course.cases.seeds import make_learner
from course.errors import InputError
from course.syllabus import content, modules

KEPT = ".academy"  # what the academy itself remembers, hidden from JupyterLab's file list
NEVER_COPIED = ("answers.json", "answers.journal", ".ipynb_checkpoints", "__pycache__")


def home() -> Path:
    """Return the learner's folder: ACADEMY_HOME, else the platform's place for a user's data."""
    given = os.environ.get("ACADEMY_HOME")
    return (
        Path(given).expanduser().resolve()
        if given
        else Path(platformdirs.user_data_dir("social-value-academy", False))
    )


def in_classroom() -> bool:
    """Tell whether this server, or this kernel's server, is for more than one person."""
    return bool(os.environ.get("ACADEMY_CLASSROOM"))


def cards(folder: Path) -> Path:
    """Return where the exemplar cards of an academy folder are kept."""
    return folder / "exemplars"


def refresh(folder: Path) -> None:
    """Bring the learner's copies of lessons, exercises and data up to what is released.

    A folder without a case key is given one of its own, so that two self-learners get different cases.

    Raises
    ------
    InputError
        The folder cannot be made or written to.
    """
    try:
        (folder / KEPT).mkdir(parents=True, exist_ok=True)
        copied = remembered(folder, "copies.json")
        for source in _released():
            _copy(source, folder, copied)
        make_learner(folder)
        remember(folder, "copies.json", copied)
    except OSError as problem:
        raise InputError(reason(problem, folder)) from problem


def reason(problem: OSError, folder: Path) -> str:
    """Say in one sentence why the learner's folder could not be used, and what to do."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk that holds {folder} is full. Free some space and start again."
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"The folder {folder} cannot be written to. "
            "Allow it, or set ACADEMY_HOME to a folder of your own, and start again."
        )
    if problem.errno in (errno.ENOTDIR, errno.EEXIST):
        return f"{folder} is a file, not a folder. Move it, or set ACADEMY_HOME to another folder."
    return f"The folder {folder} could not be used: {problem.strerror}. Set ACADEMY_HOME to another folder."


def key(folder: Path) -> str:
    """Return the learner's key to their own server, made once so that links and bookmarks last."""
    return _secret(folder, "key")


def cookie_secret(folder: Path) -> bytes:
    """Return what sign-in cookies are signed with, made once so that they outlive a restart."""
    return _secret(folder, "cookie").encode()


def opened(folder: Path) -> dict[str, str]:
    """Return when each lesson and exercise was last opened: `lesson/m04` to an ISO time."""
    return remembered(folder, "opened.json")


def note_opened(folder: Path, what: str) -> None:
    """Remember that a lesson or exercise was opened now; a folder that refuses is no reason to stop."""
    try:
        remember(
            folder, "opened.json", opened(folder) | {what: datetime.now(UTC).isoformat(timespec="seconds")}
        )
    except OSError:
        return


def _released() -> list[Path]:
    """Files to copy, as paths within the released content."""
    wanted = []
    for module in modules():
        for part in ("modules", "exercises"):
            folder = content() / part / module.folder
            wanted += [p.relative_to(content()) for p in folder.rglob("*") if p.is_file()]
    data = content() / "datasets"
    wanted += [p.relative_to(content()) for p in data.rglob("*") if p.is_file() and p.suffix != ".py"]
    return sorted(
        p
        for p in wanted
        if not set(p.parts) & set(NEVER_COPIED) and not any(q.startswith(".") for q in p.parts)
    )


def _copy(source: Path, folder: Path, copied: dict[str, str]) -> None:
    target = folder / ("lessons" / source.relative_to("modules") if source.parts[0] == "modules" else source)
    name = target.relative_to(folder).as_posix()
    new = _digest(content() / source)
    if target.exists():
        if copied.get(name) == new:
            return
        now = _digest(target)
        if now not in (new, copied.get(name)):
            target.replace(_free_name(target))
    if not target.exists() or _digest(target) != new:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        part.unlink(missing_ok=True)
        with (content() / source).open("rb") as old, part.open("xb") as new_file:  # never through a link
            shutil.copyfileobj(old, new_file)
        part.replace(target)
    copied[name] = new


def _free_name(target: Path) -> Path:
    for count in range(1, 1000):
        mine = target.with_name(f"{target.stem} (yours{'' if count == 1 else f' {count}'}){target.suffix}")
        if not mine.exists():
            return mine
    raise InputError(
        f"There are too many kept copies of {target.name} in {target.parent}. Delete those you do not need."
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _secret(folder: Path, name: str) -> str:
    path = folder / KEPT / name
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{name}.{os.getpid()}.part")
            part.touch(mode=0o600)
            part.write_text(secrets.token_urlsafe(32), encoding="ascii")
            part.replace(path)
        return path.read_text(encoding="ascii").strip()
    except OSError as problem:
        raise InputError(reason(problem, folder)) from problem


def remembered(folder: Path, name: str) -> dict[str, str]:
    """Return what was kept under a file's name in a learner's folder; nothing where that cannot be read."""
    try:
        kept = json.loads((folder / KEPT / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def remember(folder: Path, name: str, what: dict[str, str]) -> None:
    """Keep it under a file's name in a learner's folder. Raises OSError where that cannot be written."""
    path = folder / KEPT / name
    part = path.with_name(f".{name}.{os.getpid()}.part")
    part.write_text(json.dumps(what, indent=1, sort_keys=True), encoding="utf-8")
    part.replace(path)
