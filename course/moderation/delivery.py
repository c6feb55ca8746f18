"""What was promised against what was delivered."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from course.errors import InputError

# The ratings are those a contract performance notice uses (Procurement Act 2023, s.71). Where each begins
# is set by the contract: these are ours, for teaching, as shares of target.
BANDS = {"Good": 1.0, "Approaching target": 0.85, "Requires improvement": 0.6, "Inadequate": 0.0}
NOT_ASSESSED = "Other"
# 0.1 + 0.2 of a target of 0.3 is all of it, whatever floating point says.
ROUNDING = 1e-9


def expected_points(weight: float, score: float, delivery: float) -> float:
    """Return the points a promise is worth if it is kept with some probability.

    weight x score / 100 x delivery. A probability of delivery may not be made up when bids are marked: use
    the answer to design remedies and KPIs.

    Parameters
    ----------
    weight, score : float
        Points of 100.
    delivery : float
        Probability, a share of 1. At 1 the answer is the points at award.

    Raises
    ------
    InputError
        If a figure is outside its range.
    """
    for name, value, most in (("weight", weight, 100), ("score", score, 100), ("delivery", delivery, 1)):
        if not 0 <= value <= most:
            raise InputError(f"The {name} is {value:g}: keep it from 0 to {most}.")
    return weight * score / 100 * delivery


def promise_against_delivery(bids: pd.DataFrame, weight: float) -> pd.DataFrame:
    """Set points at award beside points to be expected.

    Parameters
    ----------
    bids : DataFrame
        Columns `bidder`, `score` (points of 100) and `delivery` (probability, a share of 1).
    weight : float
        Points of 100 that the criterion has.

    Returns
    -------
    DataFrame
        The bids with `points_at_award` and `expected_points`, points of 100.

    Raises
    ------
    InputError
        If a column is missing or a figure is missing or outside its range.
    """
    for column in ("bidder", "score", "delivery"):
        if column not in bids.columns:
            raise InputError(f"The bids have no column '{column}': add it, one value for each bidder.")
    score, delivery = _numbers(bids, "bidder", "score"), _numbers(bids, "bidder", "delivery")
    return bids.assign(
        points_at_award=[expected_points(weight, s, 1) for s in score],
        expected_points=[expected_points(weight, s, p) for s, p in zip(score, delivery, strict=True)],
    )


def delivered_share(delivered: float, promised: float) -> float:
    """Return what was delivered as a share of 1 of what was promised; above 1 if more was.

    Raises
    ------
    InputError
        If nothing was promised, or less than nothing delivered.
    """
    if not (np.isfinite(promised) and promised > 0):
        raise InputError(f"What was promised is {promised:g}: it must be above 0 to take a share of it.")
    if not (np.isfinite(delivered) and delivered >= 0):
        raise InputError(f"What was delivered is {delivered:g}: it must be 0 or more.")
    return delivered / promised


def rate(share: float, bands: Mapping[str, float] = BANDS) -> str:
    """Rate a share of target.

    Parameters
    ----------
    share : float
        A share of 1 of the target. NaN means not assessed, and rates "Other".
    bands : mapping
        The four ratings of BANDS, best first, each to the lowest share that earns it; the last to 0.

    Raises
    ------
    InputError
        If the bands are not those four, do not fall from each to the next, or do not end at 0.
    """
    if list(bands) != list(BANDS):
        raise InputError(f"The bands must be {', '.join(BANDS)}, in that order: add or reorder them.")
    lowest = list(bands.values())
    if not all(a > b for a, b in zip(lowest, lowest[1:], strict=False)) or lowest[-1] != 0:
        raise InputError("Each band must begin lower than the one before, and the last at 0: change them.")
    if np.isnan(share):
        return NOT_ASSESSED
    if share < 0:
        raise InputError(f"The share of target is {share:g}: it must be 0 or more.")
    return next(name for name, start in bands.items() if share >= start - ROUNDING)


def kpi_report(kpis: pd.DataFrame, bands: Mapping[str, float] = BANDS) -> pd.DataFrame:
    """Rate each KPI against its target.

    Parameters
    ----------
    kpis : DataFrame
        Columns `kpi`, `target` (above 0) and `delivered` (0 or more, in the target's unit, more is better;
        empty if not assessed).
    bands : mapping
        See `rate`.

    Returns
    -------
    DataFrame
        The KPIs with `share` (of target, a share of 1), `capped` (the same, at most 1) and `rating`.

    Raises
    ------
    InputError
        If a column is missing, a KPI comes twice or a figure or the bands cannot be used.
    """
    for column in ("kpi", "target", "delivered"):
        if column not in kpis.columns:
            raise InputError(f"The KPIs have no column '{column}': add it, one value for each KPI.")
    if kpis["kpi"].duplicated().any():
        twice = kpis.loc[kpis["kpi"].duplicated(), "kpi"].iloc[0]
        raise InputError(f"The KPI '{twice}' comes twice: keep one row for each KPI.")
    target = _numbers(kpis, "kpi", "target")
    delivered = _numbers(kpis, "kpi", "delivered", may_be_empty=True)
    for name, aim, done in zip(kpis["kpi"], target, delivered, strict=True):
        if aim <= 0:
            raise InputError(f"The target of '{name}' is {aim:g}: it must be above 0.")
        if done < 0:
            raise InputError(f"What was delivered of '{name}' is {done:g}: it must be 0 or more.")
    share = delivered / target
    ratings = [rate(value, bands) for value in share]
    return kpis.assign(share=share, capped=np.minimum(share, 1), rating=ratings)


class KpiSummary(NamedTuple):
    """An average that cannot be told without what it hides."""

    capped_mean: float
    inadequate: list[str]
    text: str


def summarise_kpis(report: pd.DataFrame) -> KpiSummary:
    """Average the KPIs, and name those that the average hides.

    Parameters
    ----------
    report : DataFrame
        What `kpi_report` returns.

    Returns
    -------
    KpiSummary
        `capped_mean`: mean share of target (a share of 1), each KPI at most 1, without those not assessed.
        `inadequate`: the KPIs rated so. `text`: the mean, and every KPI that is short of target by two
        bands or more or was not assessed, by name.

    Raises
    ------
    InputError
        If no KPI was assessed.
    """
    assessed = report[report["rating"] != NOT_ASSESSED]
    if assessed.empty:
        raise InputError("No KPI was assessed: there is nothing to average.")
    mean = float(assessed["capped"].mean())
    parts = [f"On average {mean:.1%} of target was met, counting no KPI above 100%."]
    for rating in ("Inadequate", "Requires improvement"):
        low = assessed[assessed["rating"] == rating]
        if len(low):
            names = ", ".join(f"{k} ({s:.1%})" for k, s in zip(low["kpi"], low["share"], strict=True))
            parts.append(f"{rating}: {names}.")
    left_out = report.loc[report["rating"] == NOT_ASSESSED, "kpi"]
    if len(left_out):
        parts.append(f"Not assessed: {', '.join(left_out)}.")
    inadequate = assessed.loc[assessed["rating"] == "Inadequate", "kpi"].tolist()
    return KpiSummary(mean, inadequate, " ".join(parts))


def _numbers(table: pd.DataFrame, name: str, column: str, may_be_empty: bool = False) -> np.ndarray:
    numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
    for label, given, number in zip(table[name], table[column], numbers, strict=True):
        if not np.isfinite(number) and not (may_be_empty and pd.isna(given)):
            raise InputError(f"The '{column}' of '{label}' is missing or is not a number: type a number.")
    return numbers
