"""What was promised, against the chance of its delivery.

What was delivered is rated in `course.measuring` (`progress`, `rate`, `kpi_summary`).
"""

import numpy as np
import pandas as pd

from course.errors import InputError


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


def _numbers(table: pd.DataFrame, name: str, column: str) -> np.ndarray:
    numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
    for label, number in zip(table[name], numbers, strict=True):
        if not np.isfinite(number):
            raise InputError(f"The '{column}' of '{label}' is missing or is not a number: type a number.")
    return numbers
