"""How strong is the evidence? The Maryland scale and Nesta's standards, as tables."""

from __future__ import annotations

import pandas as pd

from course.errors import InputError
from course.measuring.reference import read_table

SCALES = ("Maryland", "Nesta")


def evidence_levels(scale: str) -> pd.DataFrame:
    """Give the five levels of a scale, weakest first.

    Parameters
    ----------
    scale : {"Maryland", "Nesta"}
        Maryland asks how well cause was shown; Nesta asks how ready the work is to grow.

    Returns
    -------
    DataFrame
        Columns level (1 to 5), name, what_it_takes, check_before_relying, check_reason.
    """
    if scale not in SCALES:
        raise InputError(f"{scale!r} is not a scale held here. Choose Maryland or Nesta.")
    frame = read_table("evidence_levels")
    frame = frame[frame["scale"] == scale].reset_index(drop=True)
    kept = ["level", "name", "what_it_takes", "check_before_relying", "check_reason"]
    return frame.assign(level=frame["level"].astype(int))[kept]


def evidence_designs() -> pd.DataFrame:
    """List ways of showing an effect, with the level each reaches on both scales and how to read it."""
    return read_table("evidence_designs")


def evidence_of(design: str) -> pd.Series:
    """Give the row of `evidence_designs` for one design, such as "before and after"."""
    frame = evidence_designs()
    found = frame[frame["design"] == design]
    if found.empty:
        raise InputError(
            f"{design!r} is not a design held here. Choose one of: {', '.join(frame['design'])}."
        )
    return found.iloc[0]
