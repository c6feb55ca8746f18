"""The reference tables of this room, read from the CSV files beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

_HERE = Path(__file__).parent


@cache
def _read(name: str) -> pd.DataFrame:
    frame = pd.read_csv(_HERE / f"{name}.csv", dtype=str, keep_default_na=False)
    for column in {"check_before_relying", "transfer"} & set(frame.columns):
        frame[column] = frame[column].eq("true")
    return frame


def read_table(name: str) -> pd.DataFrame:
    """Give a copy of one reference table; text columns, flags as True or False."""
    return _read(name).copy()


def appraisal_values() -> pd.DataFrame:
    """List the public appraisal values: one row each, pounds per unit, with range, price year and source.

    Returns
    -------
    DataFrame
        Columns id, name, low, central, high (pounds; low and high may be missing), unit, price_year,
        source, licence, check_before_relying, check_reason.
    """
    frame = read_table("appraisal_values")
    return frame.assign(**{column: pd.to_numeric(frame[column]) for column in ("low", "central", "high")})
