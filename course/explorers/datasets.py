"""The course's own data sets, as explorers read them."""

from __future__ import annotations

import csv

import pandas as pd

from course import places
from course.errors import InputError


def rows(name: str) -> list[dict[str, str]]:
    """Read a file of `datasets` as rows of text, by its path in that folder.

    Raises
    ------
    InputError
        If the file is not there.
    """
    try:
        with (places.DATASETS / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as problem:
        raise _missing(name) from problem


def table(name: str) -> pd.DataFrame:
    """Read a file of `datasets` as a table, by its path in that folder.

    Raises
    ------
    InputError
        If the file is not there.
    """
    try:
        return pd.read_csv(places.DATASETS / name)
    except OSError as problem:
        raise _missing(name) from problem


def _missing(name: str) -> InputError:
    return InputError(f"The file {name} is missing from {places.DATASETS}: restore that folder.")
