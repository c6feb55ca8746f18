"""The short codes with which a cohort's learners sign in to a classroom.

A code is worked out from the cohort's salt, so nothing secret is kept beside the roster; a new one is drawn
by counting. It is eight letters that are not mistaken for one another and make no words: one of 2.6e10.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pandas as pd

from course.cases.seeds import COHORT_FILE
from course.cohorts import roster
from course.errors import InputError

LETTERS = "bcdfghjkmnpqrstvwxyz"
LENGTH = 8
RENEWED_FILE = "codes.json"


def code(salt: str, learner: str, renewed: int = 0) -> str:
    """Return a learner's code, from HMAC-SHA256 under the cohort's salt; another one for each `renewed`."""
    digest = hmac.new(salt.encode(), f"sign-in|{learner}|{renewed}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest, "big")
    return "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(LENGTH))


def plain(typed: str) -> str:
    """Return a code as it is compared: without spaces, hyphens and capitals."""
    return "".join(letter for letter in typed.lower() if letter.isalnum())


def shown(letters: str) -> str:
    """Return a code as people read it: four letters, a hyphen, four letters."""
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def codes(root: Path) -> dict[str, str]:
    """Return the code of each learner on a cohort's roster, by id.

    Raises
    ------
    InputError
        If the folder is not a cohort's, or its roster cannot be read.
    """
    looked = tuple(_changed(root / name) for name in (COHORT_FILE, roster.ROSTER_FILE, _RENEWED))
    if root not in _known or _known[root][0] != looked:
        salt, renewed = roster.about(root)["salt"], _renewed(root)
        ids = roster.roster(root)["id"]
        _known[root] = looked, {id: code(salt, id, renewed.get(id, 0)) for id in ids}
    return _known[root][1]


def table(root: Path) -> pd.DataFrame:
    """Return what a trainer hands out: columns name, id and code (as people read it)."""
    people = roster.roster(root)[["name", "id"]]
    return people.assign(code=[shown(codes(root)[id]) for id in people["id"]])


def renew(root: Path, learner: str) -> str:
    """Give a learner another code, and return it; whoever is signed in with the old one is signed out.

    Raises
    ------
    InputError
        If there is no such learner on the roster.
    """
    if learner not in codes(root):
        raise InputError(f"There is no learner {learner} on the roster. See: academy cohort roster {root}")
    with roster.held(root):
        renewed = _renewed(root)
        renewed[learner] = renewed.get(learner, 0) + 1
        roster.replace(root / _RENEWED, json.dumps(renewed, indent=1) + "\n")
    return codes(root)[learner]


_RENEWED = f"{roster.NOTES}/{RENEWED_FILE}"
_known: dict[Path, tuple[tuple[int, ...], dict[str, str]]] = {}


def _renewed(root: Path) -> dict[str, int]:
    place = root / _RENEWED
    if not place.exists():
        return {}
    try:
        return {str(id): int(count) for id, count in json.loads(place.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError, TypeError) as problem:
        raise InputError(
            f"{place} cannot be read. Put back the last good copy, or delete it and hand out codes again."
        ) from problem


def _changed(place: Path) -> int:
    try:
        return place.stat().st_mtime_ns
    except OSError:
        return 0
