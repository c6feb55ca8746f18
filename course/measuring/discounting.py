"""Present values by HM Treasury's Green Book: later benefits count for less, by a falling rate.

Rates are real, so amounts must be in one price year. Source: HM Treasury, The Green Book, annex on
discounting (Open Government Licence v3.0). Money uses the standard schedule; health and wellbeing
in WELLBYs or QALYs use the health schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pandas as pd

from course.errors import InputError
from course.measuring.checks import number, share, whole
from course.measuring.reference import read_table

SCHEDULES = ("standard", "health")


def discount_schedule(kind: str = "standard") -> pd.DataFrame:
    """Give a Green Book schedule, one band of years a row.

    Parameters
    ----------
    kind : {"standard", "health"}
        Money, or health and wellbeing counted in QALYs or WELLBYs.

    Returns
    -------
    DataFrame
        Columns first_year, last_year (missing for the last band), rate (share), source,
        check_before_relying, check_reason.
    """
    frame = read_table("discount_rates")
    if kind not in SCHEDULES:
        raise InputError(f"{kind!r} is not a schedule of discount rates. Choose standard or health.")
    frame = frame[frame["schedule"] == kind].reset_index(drop=True)
    return frame.assign(
        first_year=frame["first_year"].astype(int),
        last_year=frame["last_year"].replace("", None).astype("Int64"),
        rate=frame["rate"].astype(float),
    )[["first_year", "last_year", "rate", "source", "check_before_relying", "check_reason"]]


@cache
def _bands(kind: str) -> tuple[tuple[int, float], ...]:
    frame = discount_schedule(kind)
    return tuple(zip(frame["first_year"], frame["rate"], strict=True))


def discount_factor(year: int, rate: str | float = "standard") -> float:
    """Give what £1 in a year is worth today.

    Parameters
    ----------
    year : int
        Years from now; year 0 is now and has a factor of 1.
    rate : str or float
        "standard" or "health" for a Green Book schedule, or one flat share such as 0.035.

    Returns
    -------
    float
        Above 0, at most 1. Under a schedule each year is discounted at its own rate, so year 31
        stands 30 years at 3.5% and one at 3.0%.
    """
    ahead = whole(year, "year", least=0)
    if not isinstance(rate, str):
        return (1 + share(rate, "discount rate")) ** -ahead
    if rate not in SCHEDULES:
        raise InputError(f"{rate!r} is not a schedule of discount rates. Choose standard or health.")
    bands = _bands(rate)
    factor = 1.0
    for (first, band_rate), following in zip(bands, [*bands[1:], (ahead + 1, 0.0)], strict=True):
        # years counted from 1: the first band also names year 0, which is not discounted
        in_band = min(ahead, following[0] - 1) - max(first, 1) + 1
        if in_band > 0:
            factor *= (1 + band_rate) ** -in_band
    return factor


def present_value(flows: Sequence[float], *, first_year: int = 1, rate: str | float = "standard") -> float:
    """Add up a yearly stream at today's worth.

    Parameters
    ----------
    flows : sequence of float
        One amount a year, in pounds of one price year; costs may be negative.
    first_year : int
        The year of the first amount: 1 when it comes at the end of the first year, 0 when it comes now.
    rate : str or float
        As in `discount_factor`.

    Raises
    ------
    InputError
        If there is no amount, or one is not a number.
    """
    if len(flows) == 0:
        raise InputError("There are no yearly amounts to discount. Give at least one.")
    start = whole(first_year, "first year", least=0)
    return sum(
        number(flow, f"amount for year {start + i}") * discount_factor(start + i, rate)
        for i, flow in enumerate(flows)
    )
