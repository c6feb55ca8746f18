"""From bids and weights to totals, ranks and an award."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from course.errors import InputError
from course.weighting._checks import check_bids, check_points, check_weights
from course.weighting.formulas import RATIO, check_formula, price_scores

# Totals closer than this share of the largest are a tie: floating-point noise must not pick a winner.
TIE = 1e-9


def weighted_points(
    bids: pd.DataFrame,
    weights: Mapping[str, float],
    formula: str,
    ceiling: float | None = None,
    floor: float | None = None,
) -> pd.DataFrame:
    """Return the points each bid earns from each criterion: weight x score / 100.

    Parameters
    ----------
    bids : DataFrame
        Columns `bidder`, `price` (£ ex VAT) and each other criterion weighted (scores, points of 100).
    weights : mapping
        Points of 100 by criterion: {'price': 40, 'quality': 50, 'social_value': 10}.
    formula : str
        A key of FORMULAS that scores price.
    ceiling, floor : float, optional
        £ ex VAT, for the "absolute" formula.

    Returns
    -------
    DataFrame
        Index: bidder, in the order given. One column a criterion, in the weights' order. A row adds up to
        the bid's total out of 100.

    Raises
    ------
    InputError
        If the bids, the weights, the formula or its bounds cannot be used.
    """
    shares = check_weights(weights)
    return _scores(bids, shares, formula, ceiling, floor) * pd.Series(shares) / 100


def evaluate(
    bids: pd.DataFrame,
    weights: Mapping[str, float],
    formula: str,
    ceiling: float | None = None,
    floor: float | None = None,
) -> pd.DataFrame:
    """Score, total and rank bids.

    Parameters
    ----------
    bids : DataFrame
        Columns `bidder`, `price` (£ ex VAT) and each other criterion weighted (scores, points of 100).
    weights : mapping
        Points of 100 by criterion: {'price': 40, 'quality': 50, 'social_value': 10}.
    formula : str
        A key of FORMULAS.
    ceiling, floor : float, optional
        £ ex VAT, for the "absolute" formula.

    Returns
    -------
    DataFrame
        The bids as given, in their order, with four more columns. `price_score`: points of 100.
        `total`: points of 100, the highest wins. `rank`: 1 is best, and bids that tie share a rank.
        `winner`: True where the rank is 1. Under "price_per_quality_point" `price_score` is empty (NaN) and
        `total` is £ for each point of the non-price score (the other criteria, weighted): the lowest wins.

    Raises
    ------
    InputError
        If the bids, the weights, the formula or its bounds cannot be used.
    """
    check_formula(formula)
    if formula == RATIO:
        total = _price_per_point(bids, weights)
        ranks, price_score = _ranks(-total), np.full(len(bids), np.nan)
    else:
        shares = check_weights(weights)
        scores = _scores(bids, shares, formula, ceiling, floor)
        total = scores @ pd.Series(shares) / 100
        ranks, price_score = _ranks(total), scores["price"].to_numpy()
    return bids.assign(price_score=price_score, total=total.to_numpy(), rank=ranks, winner=ranks == 1)


def award(
    bids: pd.DataFrame,
    weights: Mapping[str, float],
    formula: str,
    ceiling: float | None = None,
    floor: float | None = None,
) -> list[str]:
    """Return who wins: one name, or several if they tie. Parameters and errors are those of `evaluate`."""
    result = evaluate(bids, weights, formula, ceiling, floor)
    return result.loc[result["winner"], "bidder"].tolist()


def reweigh(weights: Mapping[str, float], social_value: float) -> dict[str, float]:
    """Set the weight of social value and share the rest out among the other criteria as they stood.

    Parameters
    ----------
    weights : mapping
        Points of 100 by criterion. It may leave out 'social_value'.
    social_value : float
        The new weight, points of 100.

    Returns
    -------
    dict
        Points of 100, 100 in all; price : quality is as it was.

    Raises
    ------
    InputError
        If the weights cannot be used, the new one is outside 0 to 100, or nothing else has a weight.
    """
    shares = check_weights(weights)
    if not 0 <= social_value <= 100:
        raise InputError(f"The weight of social value is {social_value:g}: keep it from 0 to 100.")
    rest = 100 - shares.get("social_value", 0.0)
    if rest <= 0:
        raise InputError("Social value has all the weight: give price or quality some before you change it.")
    scaled = {name: weight * (100 - social_value) / rest for name, weight in shares.items()}
    return scaled | {"social_value": float(social_value)}


def effective_weight(share: float, section_weight: float) -> float:
    """Return what a share (points of 100) of a section is worth in the whole: 10 in a section of 40 is 4."""
    for value in (share, section_weight):
        if not 0 <= value <= 100:
            raise InputError(f"A weight is {value:g}: keep both from 0 to 100.")
    return share * section_weight / 100


def nested_weights(section_weight: float, split: Mapping[str, float]) -> dict[str, float]:
    """Return what each part of a section is worth in the whole.

    Parameters
    ----------
    section_weight : float
        Points of 100 that the section has.
    split : mapping
        Points of 100 by question within the section; 100 in all.

    Raises
    ------
    InputError
        If the split does not add up to 100 or a weight is outside 0 to 100.
    """
    parts = check_points(split, "The weights within the section")
    return {name: effective_weight(part, section_weight) for name, part in parts.items()}


def non_price_scores(bids: pd.DataFrame, weights: Mapping[str, float]) -> pd.Series:
    """Return each bid's score for everything but price: the weighted mean of the other criteria.

    Parameters
    ----------
    bids : DataFrame
        Columns `bidder` and each criterion weighted but price (points of 100).
    weights : mapping
        Points of 100 by criterion.

    Returns
    -------
    Series
        Points of 100, indexed by bidder.

    Raises
    ------
    InputError
        If the bids or weights cannot be used, or price has all the weight.
    """
    shares = check_weights(weights)
    others = _others(shares)
    if shares["price"] >= 100:
        raise InputError("Price has all the weight: give quality or social value some of it.")
    checked = check_bids(bids, others)
    return checked.mul(pd.Series(shares)[others]).sum(axis=1) / (100 - shares["price"])


def _price_per_point(bids: pd.DataFrame, weights: Mapping[str, float]) -> pd.Series:
    points = non_price_scores(bids, weights)
    for bidder, score in points.items():
        if score == 0:
            raise InputError(
                f"'{bidder}' scores 0 on everything but price, so it has no price per quality point:"
                " leave out that bid or choose another formula."
            )
    return check_bids(bids, ["price"])["price"] / points


def _scores(
    bids: pd.DataFrame, weights: dict[str, float], formula: str, ceiling: float | None, floor: float | None
) -> pd.DataFrame:
    checked = check_bids(bids, ["price", *_others(weights)])
    checked["price"] = price_scores(checked["price"], formula, ceiling, floor)
    return checked[list(weights)]


def _others(weights: Mapping[str, float]) -> list[str]:
    return [name for name in weights if name != "price"]


def _ranks(total: pd.Series) -> np.ndarray:
    values = total.to_numpy()
    tie = TIE * np.abs(values).max()
    return 1 + (values[None, :] > values[:, None] + tie).sum(axis=1)
