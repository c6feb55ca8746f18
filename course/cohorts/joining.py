"""The learner's end of a cohort: join it with the file the trainer sent, and hand in by one zip."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course import answers
from course.authoring.source import NOTEBOOK
from course.cases.seeds import LEARNER_FILE
from course.cohorts import survey
from course.cohorts.roster import LEARNER_ID, replace
from course.errors import InputError

MANIFEST = "manifest.json"
FORMAT = 1
CARD = ("learner", "name", "cohort", "cohort_name")
MOST_BYTES = 20 << 20  # of a hand-in, unpacked


@dataclass(frozen=True)
class Joined:
    """Whom an academy folder belongs to: the learner's id and name, and the cohort's id and name.

    `begun`: exercises with answers that were given before joining, when the numbers were other ones.
    """

    learner: str
    name: str
    cohort: str
    cohort_name: str
    begun: tuple[str, ...] = ()


def join(home: Path, sent: bytes) -> Joined:
    """Join a cohort: keep, in the academy folder, the case key that the trainer sent.

    Parameters
    ----------
    home : Path
        The learner's academy folder.
    sent : bytes
        The learner's own zip from `academy cohort hand-out`, or the `learner.json` out of it.

    Raises
    ------
    InputError
        If it is no such file, or the folder cannot be written to. What was there before is kept.
    """
    given = _card(sent)
    joined = Joined(given["learner"], given["name"], given["cohort"], given["cohort_name"])
    place = home / LEARNER_FILE
    before = _read(place)
    if before.get("case_key") == given["case_key"]:
        return joined
    begun = tuple(
        sorted(
            p.parent.name for p in home.glob(f"exercises/*/{answers.ANSWER_FILE}") if answers.read(p.parent)
        )
    )
    try:
        home.mkdir(parents=True, exist_ok=True)
        if before:
            number = 1 + sum(1 for _ in home.glob("learner-before-*.json"))
            replace(home / f"learner-before-{number}.json", json.dumps(before) + "\n")
        replace(place, json.dumps(given, ensure_ascii=False, indent=1) + "\n")
    except OSError as problem:
        raise InputError(f"{place} cannot be written. Allow it, then join again.") from problem
    return Joined(joined.learner, joined.name, joined.cohort, joined.cohort_name, begun)


def _card(sent: bytes) -> dict[str, str]:
    """Return what the trainer's file says of the learner, checked."""
    wrong = InputError(
        "This is not the file that your trainer made for you. "
        "It is a zip that bears your name. Ask your trainer for it."
    )
    if sent[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(sent)) as packed:
                info = packed.getinfo(LEARNER_FILE)
                sent = packed.read(info) if info.file_size < 100_000 else b""
        except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError) as problem:
            raise wrong from problem
    try:
        given = json.loads(sent)
        card = {k: str(given[k]) for k in ("case_key", *CARD)}
    except (ValueError, KeyError, TypeError) as problem:
        raise wrong from problem
    if not re.fullmatch(r"[0-9a-f]{64}", card["case_key"]) or not LEARNER_ID.fullmatch(card["learner"]):
        raise wrong
    return card


def joined(folder: Path) -> Joined | None:
    """Return whom the academy folder around a folder belongs to; None where no cohort was joined."""
    given = _learner(folder)
    if not given.get("learner"):
        return None
    learner, name, cohort, cohort_name = (str(given.get(k, "")) for k in CARD)
    return Joined(learner, name, cohort, cohort_name)


def _learner(folder: Path) -> dict[str, Any]:
    folder = folder.resolve()
    return next(filter(None, (_read(f / LEARNER_FILE) for f in (folder, *folder.parents))), {})


def _read(place: Path) -> dict[str, Any]:
    try:
        given = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return given if isinstance(given, dict) else {}


@dataclass(frozen=True)
class HandIn:
    """A zip to hand in: its file name and its bytes."""

    name: str
    content: bytes


def hand_in(folder: Path) -> HandIn:
    """Pack an exercise's folder for the trainer: notebook, answers, and a manifest with hashes.

    What the learner said in the survey of confidence goes along.

    The manifest is sealed with the learner's case key, so that it shows whether a file was changed later.

    Parameters
    ----------
    folder : Path
        The exercise's folder in the learner's academy folder; it is named after the exercise.

    Raises
    ------
    InputError
        If nothing was answered yet, or no cohort was joined.
    """
    given = _learner(folder)
    who = joined(folder)
    if who is None:
        raise InputError(
            "You have not joined a cohort yet, so nobody would know whose work this is. "
            "Open “Join a cohort” on the academy's About page, then choose the file your trainer sent."
        )
    if not folder.is_dir() or not answers.progress(folder)["answered"]:
        raise InputError("You have not answered a question of this exercise yet. Answer some, then hand in.")
    files = {}
    for name in (NOTEBOOK, answers.ANSWER_FILE, answers.JOURNAL_FILE):
        if (folder / name).is_file():
            files[name] = (folder / name).read_bytes()
    home = next((f for f in folder.resolve().parents if (f / LEARNER_FILE).is_file()), folder)
    if (home / survey.SENT).is_file():
        files[survey.SENT] = (home / survey.SENT).read_bytes()
    made = datetime.now(UTC)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "exercise": folder.name,
        "learner": who.learner,
        "cohort": who.cohort,
        "made_at": made.isoformat(timespec="seconds"),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    manifest["seal"] = seal(manifest, str(given.get("case_key", "")))
    files[MANIFEST] = (json.dumps(manifest, indent=1) + "\n").encode()
    return HandIn(f"{folder.name}_{who.learner}_{made:%Y%m%dT%H%M%S}.zip", packed(files, folder.name))


def seal(manifest: dict[str, Any], case_key: str) -> str:
    """Return a manifest's seal: HMAC-SHA256 under the case key of all it says, as hex."""
    said = {name: value for name, value in manifest.items() if name != "seal"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hmac.new(case_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def packed(files: dict[str, bytes], inside: str = "") -> bytes:
    """Return a zip of the files, the same bytes every time, in a folder of the given name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{inside}/{name}" if inside else name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            zipped.writestr(info, files[name])
    return made.getvalue()
