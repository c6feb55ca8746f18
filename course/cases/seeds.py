"""Where a learner's case comes from.

A case is drawn from hash(case key, exercise). The case key stands for the learner: the grader works it out
from the cohort's salt and the roster, never from what was handed in.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from random import Random

KEY_VARIABLE = "ACADEMY_CASE_KEY"
LEARNER_FILE = "learner.json"
COHORT_FILE = "cohort.json"


def case_key(salt: str, learner: str) -> str:
    """Return a learner's case key: HMAC-SHA256 of the learner's id under the cohort's salt, as hex."""
    return hmac.new(salt.encode(), learner.encode(), hashlib.sha256).hexdigest()


def rng(exercise: str, key: str | None = None) -> Random:
    """Return the random generator of one learner's case in one exercise.

    Parameters
    ----------
    exercise : str
        The exercise's id, such as "m04-asking".
    key : str, optional
        The case key. If left out: the environment's (set by the marking engine), or the one of the cohort
        whose folder this is (nbgrader marks in `autograded/<learner>/<exercise>`), or the one of the
        learner whose folder this is, in this order.
    """
    seed = hashlib.sha256(f"{key if key is not None else key_here()}|{exercise}".encode()).digest()
    return Random(int.from_bytes(seed, "big"))


def key_here(here: Path | None = None) -> str:
    """Return the case key that holds in a folder (the current one, if left out); "" where there is none."""
    if KEY_VARIABLE in os.environ:
        return os.environ[KEY_VARIABLE]
    here = here or Path.cwd()
    for folder in (here, *here.parents):
        cohort = _field(folder / COHORT_FILE, "salt")
        if cohort:
            inside = here.relative_to(folder).parts
            return case_key(cohort, inside[1]) if len(inside) >= 2 else ""
        key = _field(folder / LEARNER_FILE, "case_key")
        if key:
            return key
    return ""


def make_learner(folder: Path) -> None:
    """Give a learner's folder a random case key of its own, unless it has one."""
    place = folder / LEARNER_FILE
    if not _field(place, "case_key"):
        place.write_text(json.dumps({"case_key": secrets.token_hex(16)}) + "\n", encoding="utf-8")


def _field(path: Path, name: str) -> str:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(kept.get(name, "")) if isinstance(kept, dict) else ""
