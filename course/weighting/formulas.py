"""Six ways to turn prices into scores."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from course.errors import InputError
from course.weighting._checks import as_numbers, check_prices


class Formula(NamedTuple):
    """What a learner reads about a price formula."""

    label: str
    description: str
    depends_on_other_bids: bool


RATIO = "price_per_quality_point"

FORMULAS: dict[str, Formula] = {
    "relative": Formula(
        "Relative to the lowest price",
        "The lowest price gets 100, and any other gets 100 times the lowest price divided by its own.",
        True,
    ),
    "linear": Formula(
        "Percentage above the lowest price",
        "The lowest price gets 100, and each 1% above it costs 1 point, down to 0.",
        True,
    ),
    "min_max": Formula(
        "Between the lowest and the highest price",
        "The lowest price gets 100, the highest gets 0, and the rest fall in proportion between them.",
        True,
    ),
    "mean_deviation": Formula(
        "Distance from the average price",
        "The average price gets 50, and each 1% below or above it adds or takes 1 point, from 0 to 100.",
        True,
    ),
    "absolute": Formula(
        "Against a fixed ceiling and floor",
        "The floor price gets 100, the ceiling price gets 0, and both are published before bids arrive.",
        False,
    ),
    RATIO: Formula(
        "Price per quality point",
        "Each price is divided by the bid's score for everything but price, and the lowest answer wins.",
        False,
    ),
}


def check_formula(formula: str) -> None:
    """Raise InputError unless the formula is one of FORMULAS."""
    if formula not in FORMULAS:
        raise InputError(f"There is no price formula '{formula}': choose one of {', '.join(FORMULAS)}.")


def price_scores(
    prices: pd.Series, formula: str, ceiling: float | None = None, floor: float | None = None
) -> pd.Series:
    """Score prices out of 100.

    Parameters
    ----------
    prices : Series
        £ ex VAT, indexed by bidder.
    formula : str
        A key of FORMULAS, but not "price_per_quality_point", which gives price no score of its own.
    ceiling, floor : float, optional
        £ ex VAT. The "absolute" formula needs both; the others do not look at them.

    Returns
    -------
    Series
        Points of 100, indexed as the prices are. With p a price, the scores are:
        relative, 100 min / p; linear, 100 (1 - (p - min) / min), not below 0;
        min_max, 100 (max - p) / (max - min), or 100 for all if every price is the same;
        mean_deviation, 50 - 100 (p - mean) / mean, kept within 0 to 100;
        absolute, 100 (ceiling - p) / (ceiling - floor), kept within 0 to 100.

    Raises
    ------
    InputError
        If a price is not above zero, the formula is unknown or gives no score,
        or ceiling and floor are missing or out of order.
    """
    check_formula(formula)
    p = check_prices(prices)
    lowest = p.min()
    if formula == "relative":
        scores = 100 * lowest / p
    elif formula == "linear":
        scores = 100 * (1 - (p - lowest) / lowest)
    elif formula == "min_max":
        scores = stretch(-p)
    elif formula == "mean_deviation":
        scores = 50 - 100 * (p - p.mean()) / p.mean()
    elif formula == "absolute":
        top, bottom = _check_bounds(ceiling, floor)
        scores = 100 * (top - p) / (top - bottom)
    else:
        raise InputError("Price per quality point gives price no score of its own: choose another formula.")
    return scores.clip(0, 100).rename("price_score")


def stretch(values: pd.Series) -> pd.Series:
    """Stretch values over 0 to 100: the lowest gets 0 and the highest 100 (min-max), however close they are.

    All get 100 when all are the same.

    Raises
    ------
    InputError
        If a value is missing or is no number.
    """
    v = as_numbers(values, "The value")
    width = v.max() - v.min()
    return 100 * (v - v.min()) / width if width > 0 else pd.Series(100.0, index=v.index, name=v.name)


def relative_points(claims: pd.Series, points: float) -> pd.Series:
    """Share out points by claim against the highest claim: points x claim / highest.

    Parameters
    ----------
    claims : Series
        What each bidder claims (£ of social value, say), indexed by bidder, none below zero.
    points : float
        What the highest claim gets.

    Raises
    ------
    InputError
        If a claim is below zero or no number, or none is above zero.
    """
    v = as_numbers(claims, "The claim")
    for bidder, claim in v.items():
        if claim < 0:
            raise InputError(f"The claim of '{bidder}' is {claim:g}: a claim cannot be below zero.")
    if v.empty or v.max() == 0:
        raise InputError("No claim is above zero: there is nothing to compare the claims with.")
    return points * v / v.max()


def _check_bounds(ceiling: float | None, floor: float | None) -> tuple[float, float]:
    if ceiling is None or floor is None:
        raise InputError("The absolute formula needs a ceiling and a floor price: give both, in £ ex VAT.")
    if not (np.isfinite(ceiling) and np.isfinite(floor)):
        raise InputError("The ceiling or the floor price is not a number: give both, in £ ex VAT.")
    if floor < 0:
        raise InputError(f"The floor price is {floor:g}: it cannot be below £0.")
    if ceiling <= floor:
        raise InputError(f"The ceiling ({ceiling:g}) is not above the floor ({floor:g}): change one of them.")
    return float(ceiling), float(floor)
