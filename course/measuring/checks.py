"""Refuse what cannot be used, in one sentence a learner can act on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from course.errors import InputError


def number(value: Any, name: str) -> float:
    """Read a finite number."""
    try:
        read = math.nan if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError):
        read = math.nan
    if not math.isfinite(read):
        raise InputError(f"The {name} is {value!r}, which is not a number. Give a number.")
    return read


def amount(value: Any, name: str) -> float:
    """Read a number of zero or more."""
    read = number(value, name)
    if read < 0:
        raise InputError(f"The {name} is {read:g}, which is below zero. Give zero or more.")
    return read


def above_zero(value: Any, name: str) -> float:
    """Read a number above zero."""
    read = number(value, name)
    if read <= 0:
        raise InputError(f"The {name} is {read:g}. Give a number above zero.")
    return read


def share(value: Any, name: str) -> float:
    """Read a share from 0 to 1, and say what to type when a percentage was given."""
    read = number(value, name)
    if 1 < read <= 100:
        raise InputError(
            f"The {name} is {read:g}, which is not a share from 0 to 1. For {read:g}% give {read / 100:g}."
        )
    if not 0 <= read <= 1:
        raise InputError(f"The {name} is {read:g}, which is not a share from 0 to 1. For 20% give 0.2.")
    return read


def whole(value: Any, name: str, least: int = 1) -> int:
    """Read a whole number no smaller than `least`."""
    read = number(value, name)
    if read != int(read) or read < least:
        raise InputError(f"The {name} is {read:g}. Give a whole number of {least} or more.")
    return int(read)


def columns(frame: pd.DataFrame, needed: Iterable[str], name: str) -> pd.DataFrame:
    """Check that a table has rows, the columns needed, and no gaps in them."""
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        raise InputError(f"The {name} table has no column {', '.join(missing)}. Add it and try again.")
    if frame.empty:
        raise InputError(f"The {name} table has no rows. Add at least one.")
    for column in needed:
        gaps = [i for i, empty in enumerate(frame[column].isna() | frame[column].eq(""), 1) if empty]
        if gaps:
            raise InputError(f"The {name} table has nothing in {column} on row {gaps[0]}. Fill it in.")
    return frame
