"""Social return on investment (SROI): a ratio, and how far it moves when its assumptions do.

Net value a year = quantity x proxy x (1 - deadweight)(1 - displacement)(1 - attribution). It drops off
each later year, is discounted, and is divided by what was put in. A ratio is not comparable between
organisations, so always show its assumptions and its range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import pandas as pd

from course.errors import InputError
from course.measuring.checks import above_zero, amount, share, whole
from course.measuring.discounting import discount_factor

SHARES = ("deadweight", "displacement", "attribution", "drop_off")
_LINEAR_SHARES = ("deadweight", "displacement", "attribution")


@dataclass(frozen=True)
class Case:
    """The assumptions behind one SROI ratio.

    Attributes
    ----------
    quantity : float
        People, or other units, that change.
    proxy : float
        Pounds of value for one unit for one year.
    invested : float
        Pounds put in, at today's worth; above zero.
    years : int
        Years the change lasts, 1 or more; the first year's value comes at the end of year 1.
    deadweight, displacement, attribution : float
        Shares: would have happened anyway; moved from elsewhere; due to others.
    drop_off : float
        Share of the value lost each year after the first.
    rate : str or float
        "standard" or "health" for the Green Book schedule, or a flat share.
    """

    quantity: float
    proxy: float
    invested: float
    years: int = 1
    deadweight: float = 0.0
    displacement: float = 0.0
    attribution: float = 0.0
    drop_off: float = 0.0
    rate: str | float = "standard"

    def __post_init__(self) -> None:
        """Refuse assumptions that cannot be used, by name."""
        for name in ("quantity", "proxy"):
            amount(getattr(self, name), name)
        above_zero(self.invested, "amount invested")
        whole(self.years, "number of years")
        for name in SHARES:
            share(getattr(self, name), name.replace("_", "-"))
        discount_factor(0, self.rate)


# The course's worked case: 40 young people coached, 22 of them in work or learning afterwards. All of it is
# invented but the proxy, which is "neet-economic" of the unit costs, in pounds of 2015/16.
COACHING = Case(
    quantity=22,
    proxy=9_801.38,
    invested=120_000,
    years=5,
    deadweight=0.35,
    displacement=0.10,
    attribution=0.20,
    drop_off=0.25,
)


@dataclass(frozen=True)
class Sroi:
    """A ratio with its workings: pounds at today's worth, and the yearly table behind them."""

    gross: float
    net_year_1: float
    present_value: float
    ratio: float
    years: pd.DataFrame


def sroi(case: Case) -> Sroi:
    """Work out a ratio from its assumptions.

    Returns
    -------
    Sroi
        ``gross`` and ``net_year_1`` are pounds a year before discounting. ``years`` has the columns
        year, value (pounds after drop-off), discount_factor, present_value.
    """
    values, factors = _yearly(case)
    years = pd.DataFrame({"year": range(1, int(case.years) + 1), "value": values, "discount_factor": factors})
    years["present_value"] = years["value"] * years["discount_factor"]
    total = float(years["present_value"].sum())
    return Sroi(case.quantity * case.proxy, values[0], total, total / case.invested, years)


def _yearly(case: Case) -> tuple[list[float], list[float]]:
    """Give each year's value in pounds, after drop-off, and its discount factor."""
    kept = (1 - case.deadweight) * (1 - case.displacement) * (1 - case.attribution)
    net = case.quantity * case.proxy * kept
    years = range(1, int(case.years) + 1)
    return (
        [net * (1 - case.drop_off) ** (year - 1) for year in years],
        [discount_factor(year, case.rate) for year in years],
    )


def without_adjustments(case: Case) -> Case:
    """Give the same case with nothing taken off, not even for time: the flattering version."""
    return replace(case, deadweight=0.0, displacement=0.0, attribution=0.0, drop_off=0.0, rate=0.0)


def one_at_a_time(case: Case, alternatives: Mapping[str, Any]) -> pd.DataFrame:
    """Change each assumption alone, then all of them together.

    Parameters
    ----------
    case : Case
        The case as claimed.
    alternatives : mapping
        Assumption name to the value to try, such as ``{"deadweight": 0.5}``.

    Returns
    -------
    DataFrame
        Columns assumption, from_value, to_value, ratio, change; the first row is the case as claimed, the
        last "All together".
    """
    _known(alternatives)
    base = sroi(case).ratio
    rows: list[tuple[Any, ...]] = [("As claimed", None, None, base)]
    for name, value in alternatives.items():
        rows.append((name, getattr(case, name), value, _ratio_with(case, name, value)))
    rows.append(("All together", None, None, sroi(replace(case, **alternatives)).ratio))
    frame = pd.DataFrame(rows, columns=["assumption", "from_value", "to_value", "ratio"])
    return frame.assign(change=frame["ratio"] - base)


def tornado(case: Case, ranges: Mapping[str, tuple[Any, Any]]) -> pd.DataFrame:
    """Show how far the ratio swings over a range of each assumption; widest first.

    Parameters
    ----------
    ranges : mapping
        Assumption name to its low and high value.

    Returns
    -------
    DataFrame
        Columns assumption, low, high, ratio_at_low, ratio_at_high, swing (never negative), base_ratio.
    """
    _known(ranges)
    base = sroi(case).ratio
    rows = []
    for name, (low, high) in ranges.items():
        at_low = _ratio_with(case, name, low)
        at_high = _ratio_with(case, name, high)
        rows.append((name, low, high, at_low, at_high, abs(at_high - at_low), base))
    names = ["assumption", "low", "high", "ratio_at_low", "ratio_at_high", "swing", "base_ratio"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def break_even(case: Case, assumption: str, target: float = 1.0) -> float | None:
    """Find the value of one assumption at which the ratio falls to a target.

    Parameters
    ----------
    assumption : str
        quantity, proxy, invested, deadweight, displacement, attribution, drop_off or rate.
    target : float
        The ratio to reach; 1 means each pound put in returns one pound.

    Returns
    -------
    float or None
        In the assumption's own unit; None when no possible value reaches the target.

    Raises
    ------
    InputError
        If the assumption has no break-even, or the target is not above zero.
    """
    above_zero(target, "target ratio")
    if assumption in ("quantity", "proxy", "invested"):
        at_one = _ratio_with(case, assumption, 1.0)
        if at_one == 0:
            return None
        return at_one / target if assumption == "invested" else target / at_one
    if assumption in _LINEAR_SHARES:
        highest = _ratio_with(case, assumption, 0.0)
        return 1 - target / highest if highest >= target else None
    if assumption in ("drop_off", "rate"):
        return _falls_to(lambda value: _ratio_with(case, assumption, value), target)
    raise InputError(
        f"There is no break-even for {assumption!r}. Choose one of: quantity, proxy, invested, deadweight, "
        "displacement, attribution, drop_off, rate."
    )


def _ratio_with(case: Case, assumption: str, value: Any) -> float:
    changed = replace(case, **{assumption: value})
    return sum(v * f for v, f in zip(*_yearly(changed), strict=True)) / changed.invested


def _falls_to(ratio: Callable[[float], float], target: float) -> float | None:
    """Halve the interval from 0 to 1 until the falling ratio meets the target."""
    low, high = 0.0, 1.0
    if ratio(low) < target or ratio(high) > target:
        return None
    for _ in range(60):
        middle = (low + high) / 2
        if ratio(middle) > target:
            low = middle
        else:
            high = middle
    return high


def _known(names: Mapping[str, Any]) -> None:
    allowed = [field.name for field in fields(Case)]
    if not names:
        raise InputError("No assumption was given to change. Name at least one, such as deadweight.")
    for name in names:
        if name not in allowed:
            raise InputError(f"{name!r} is not an assumption. Choose one of: {', '.join(allowed)}.")
