"""What the data of a move must look like. Each function gives it back tidied, or says why not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from course.errors import InputError

LONGEST = 2_000  # characters of a text
LONGEST_NAME = 40
RESERVED = {"house", "academy"}
_NAME = re.compile(r"[^\W_][\w .'’-]*")


def text(
    data: Mapping[str, Any], field: str, what: str, *, longest: int = LONGEST, may_lack: bool = False
) -> str:
    """Return a text without the spaces around it and without control characters."""
    value = data.get(field)
    if value is None and may_lack:
        return ""
    if not isinstance(value, str):
        raise InputError(f"{what} is missing: write it, then send it again.")
    # A lone surrogate cannot be stored as UTF-8, nor a NUL by PostgreSQL.
    kept = "".join(
        c for c in value if c in "\n\t" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF)
    ).strip()
    if not kept and not may_lack:
        raise InputError(f"{what} is empty: write it, then send it again.")
    if len(kept) > longest:
        raise InputError(f"{what} has {len(kept)} characters: make it {longest} or fewer.")
    return kept


def name(value: Any) -> str:
    """Return a person's name for the table."""
    kept = " ".join(value.split()) if isinstance(value, str) else ""
    if not kept or len(kept) > LONGEST_NAME or not _NAME.fullmatch(kept):
        raise InputError(
            f"Give a name of 1 to {LONGEST_NAME} characters: letters, figures, spaces, dots and hyphens."
        )
    if kept.casefold() in RESERVED:
        raise InputError(f"“{kept}” is a name the table itself uses: choose another.")
    return kept


def number(
    data: Mapping[str, Any], field: str, what: str, least: float, most: float, *, step: float | None = None
) -> float | int:
    """Return a number within bounds; as an int if it is whole."""
    value = data.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise InputError(f"{what} is not a number: type a number.")
    if not least <= value <= most:
        raise InputError(f"{what} is {_short(value)}: keep it from {_short(least)} to {_short(most)}.")
    if step is not None and value / step != int(value / step):
        raise InputError(f"{what} is {_short(value)}: give it in steps of {_short(step)}.")
    return int(value) if float(value).is_integer() else round(float(value), 6)


def flag(data: Mapping[str, Any], field: str, what: str) -> bool:
    """Return yes or no."""
    value = data.get(field)
    if not isinstance(value, bool):
        raise InputError(f"{what} must be yes or no.")
    return value


def choice(data: Mapping[str, Any], field: str, what: str, among: Iterable[str]) -> str:
    """Return one of some words."""
    value, known = data.get(field), list(among)
    if not isinstance(value, str) or value not in known:
        raise InputError(f"{what} is not one of these: {', '.join(known)}.")
    return value


def mapping(data: Mapping[str, Any], field: str, what: str) -> Mapping[str, Any]:
    """Return a mapping."""
    value = data.get(field)
    if not isinstance(value, Mapping):
        raise InputError(f"{what} is missing: fill it in, then send it again.")
    return value


def lines(data: Mapping[str, Any], field: str, what: str, most: int) -> list[Mapping[str, Any]]:
    """Return a list of mappings."""
    value = data.get(field, [])
    if not isinstance(value, list) or not all(isinstance(line, Mapping) for line in value):
        raise InputError(f"{what} are not a list: fill them in, then send them again.")
    if len(value) > most:
        raise InputError(f"{what} are {len(value)} lines: keep to {most}.")
    return value


def once(ids: list[str], what: str) -> None:
    """Raise InputError if something comes twice."""
    for id in ids:
        if ids.count(id) > 1:
            raise InputError(f"{what} “{id}” comes twice: put it in one line.")


def _short(value: float) -> str:
    return f"{value:,.10g}" if abs(value) < 1e15 else "far too large" if value > 0 else "far too small"
