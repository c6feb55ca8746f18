"""Wellbeing in WELLBYs: one point of life satisfaction (0 to 10) for one person for one year.

Source: HM Treasury, Green Book supplementary guidance on wellbeing (Open Government Licence v3.0).
"""

from __future__ import annotations

from dataclasses import dataclass

from course.errors import InputError
from course.measuring.checks import amount, number
from course.measuring.reference import appraisal_values


@dataclass(frozen=True)
class WellbyValue:
    """WELLBYs in pounds: always a range, in one price year."""

    wellbys: float
    low_gbp: float
    central_gbp: float
    high_gbp: float
    price_year: str
    sentence: str


def wellbys(people: float, change: float, years: float) -> float:
    """Count WELLBYs: people times change in life satisfaction times years.

    Parameters
    ----------
    people : float
        How many people changed.
    change : float
        Average change in life satisfaction, -10 to 10 points; a fall is negative.
    years : float
        How long it lasts.
    """
    moved = number(change, "change in life satisfaction")
    if abs(moved) > 10:
        raise InputError(
            f"The change in life satisfaction is {moved:g}. The scale runs from 0 to 10, so give -10 to 10."
        )
    return amount(people, "number of people") * moved * amount(years, "number of years")


def wellby_value(count: float) -> WellbyValue:
    """Put WELLBYs into pounds, with the range that goes with them, in 2019 prices.

    Parameters
    ----------
    count : float
        WELLBYs from `wellbys`; a loss is negative, and then `low_gbp` is the smaller loss.
    """
    total = number(count, "number of WELLBYs")
    values = appraisal_values()
    row = values[values["id"] == "wellby"].iloc[0]
    low, central, high = (total * float(row[column]) for column in ("low", "central", "high"))
    said = f"{total:g} WELLBYs are worth about £{central:,.0f}, from £{low:,.0f} to £{high:,.0f}, "
    year = str(row["price_year"])
    return WellbyValue(total, low, central, high, year, f"{said}in {year} prices.")
