"""What would change the award: weights, prices, and who else bids."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from course.errors import InputError
from course.weighting._checks import check_bidder, check_bids
from course.weighting.evaluating import award, evaluate, non_price_scores, reweigh
from course.weighting.formulas import RATIO, check_formula, price_scores

# Points of 100: leads smaller than this are floating-point noise.
NO_LEAD = 1e-9


def tipping_weight(
    bids: pd.DataFrame,
    challenger: str,
    holder: str,
    weights: Mapping[str, float],
    formula: str,
    ceiling: float | None = None,
    floor: float | None = None,
) -> float | None:
    """Find the social value weight at which two bids draw level.

    The rest of the weight stays in the ratio it has in `weights` (price : quality). The answer is exact.
    With d0 the challenger's lead when social value has no weight, and d1 its lead on social value, the
    lead at weight w (a share of 1) is (1 - w) d0 + w d1, which is nought at w = d0 / (d0 - d1).

    Under "price_per_quality_point" the two are level where price / non-price score is the same, which is
    again linear in the share v of social value within the non-price score. It is given as the weight in
    the whole, as for the other formulas.

    Parameters
    ----------
    bids : DataFrame
        Columns `bidder`, `price` (£ ex VAT), `social_value` and each other criterion weighted
        (points of 100). All bids count, for other bids may set the price scores.
    challenger, holder : str
        Two bidders. To swap them changes nothing.
    weights : mapping
        Points of 100 by criterion.
    formula : str
        A key of FORMULAS.
    ceiling, floor : float, optional
        £ ex VAT, for the "absolute" formula.

    Returns
    -------
    float or None
        Points of 100; None if one of the two leads at every weight, or they are level at every weight.

    Raises
    ------
    InputError
        If the bids, weights, formula or bounds cannot be used, or the two bidders are not two of the bids.
    """
    check_formula(formula)
    without = reweigh(weights, 0)
    checked = check_bids(bids, ["price", *without], fewest=2)
    _check_pair(challenger, holder, checked)
    if formula == RATIO:
        prices = checked["price"] / checked["price"].max()
        plain = non_price_scores(bids, without)
        social = checked["social_value"]
        d0 = plain[challenger] * prices[holder] - plain[holder] * prices[challenger]
        d1 = social[challenger] * prices[holder] - social[holder] * prices[challenger]
        share = _level(d0, d1)
        if share is None:
            return None
        # v = w / (w + (1 - w) r), with r the part of the rest that is not price; solved for w.
        r = (100 - without["price"]) / 100
        return 100 * share * r / (1 - share + share * r)
    scores = checked.assign(price=price_scores(checked["price"], formula, ceiling, floor))
    lead = _lead(scores, challenger, holder)
    share = _level(sum(lead[name] * weight for name, weight in without.items()) / 100, lead["social_value"])
    return None if share is None else 100 * share


def break_even_social_value_weight(
    bids: pd.DataFrame,
    challenger: str,
    holder: str,
    price_weight: float,
    formula: str,
    ceiling: float | None = None,
    floor: float | None = None,
) -> float | None:
    """Find the social value weight at which two bids draw level when price keeps its weight.

    Quality gives up what social value gains. With P, Q and S the challenger's leads on price, quality and
    social value, the lead at social value weight w is wp P + (100 - wp - w) Q + w S.

    Parameters
    ----------
    bids : DataFrame
        Columns `bidder`, `price` (£ ex VAT), `quality` and `social_value` (points of 100).
    challenger, holder : str
        Two bidders. To swap them changes nothing.
    price_weight : float
        Points of 100.
    formula : str
        A key of FORMULAS that scores price.
    ceiling, floor : float, optional
        £ ex VAT, for the "absolute" formula.

    Returns
    -------
    float or None
        Points of 100, at most 100 - `price_weight`; None if the two are level nowhere, or everywhere.

    Raises
    ------
    InputError
        If the bids, weight, formula or bounds cannot be used, or the two bidders are not two of the bids.
    """
    if not 0 <= price_weight < 100:
        raise InputError(f"The price weight is {price_weight:g}: make it 0 or more, and less than 100.")
    checked = check_bids(bids, ["price", "quality", "social_value"], fewest=2)
    _check_pair(challenger, holder, checked)
    scores = checked.assign(price=price_scores(checked["price"], formula, ceiling, floor))
    lead = _lead(scores, challenger, holder)
    rest = 100 - price_weight
    on_price = price_weight * lead["price"]
    share = _level((on_price + rest * lead["quality"]) / 100, (on_price + rest * lead["social_value"]) / 100)
    return None if share is None else rest * share


def price_premium(price_weight: float, social_value_weight: float, lead: float = 100) -> float:
    """Return how much dearer a bid may be, for its lead on social value, and still draw level.

    Relative formula, equal quality, against the cheapest bid. The dearer bid, at 1 + x times the lowest
    price, loses wp (100 - 100 / (1 + x)) on price and gains ws lead; the two are equal at
    x = ws lead / (100 wp - ws lead).

    Parameters
    ----------
    price_weight, social_value_weight : float
        Points of 100, together at most 100.
    lead : float
        Points of 100 by which the bid leads on social value.

    Returns
    -------
    float
        A share of 1 of the lowest price: 0.25 is 25% dearer. Infinity if no price is too high.

    Raises
    ------
    InputError
        If a weight or the lead is outside 0 to 100, or the weights are over 100 together.
    """
    for name, value in (
        ("price weight", price_weight),
        ("social value weight", social_value_weight),
        ("lead", lead),
    ):
        if not 0 <= value <= 100:
            raise InputError(f"The {name} is {value:g}: keep it from 0 to 100.")
    if price_weight + social_value_weight > 100:
        raise InputError(
            f"Price ({price_weight:g}) and social value ({social_value_weight:g}) are over 100 together:"
            " lower one of them."
        )
    gain = social_value_weight * lead
    if gain == 0:
        return 0.0
    spare = 100 * price_weight - gain
    return gain / spare if spare > 0 else float("inf")


class NotchCost(NamedTuple):
    """What one step on a question's scale is worth."""

    points: float
    price_difference: float


def notch_cost(question_weight: float, price_weight: float, notches: int = 5) -> NotchCost:
    """Return what one step on a question's scale is worth, in points and in price.

    Parameters
    ----------
    question_weight, price_weight : float
        Points of 100.
    notches : int
        Steps on the scale: 5 for marks of 0 to 5.

    Returns
    -------
    NotchCost
        `points` of 100; `price_difference`, a share of 1 of the lowest price under the relative formula
        (see `price_premium`).

    Raises
    ------
    InputError
        If there is no step, or a weight is outside 0 to 100.
    """
    if notches < 1:
        raise InputError(f"The scale has {notches:g} steps: it needs at least 1.")
    premium = price_premium(price_weight, question_weight, 100 / notches)
    return NotchCost(question_weight / notches, premium)


def rank_reversals(
    bids: pd.DataFrame,
    weights: Mapping[str, float],
    formula: str,
    ceiling: float | None = None,
    floor: float | None = None,
) -> pd.DataFrame:
    """Show, for each bid, whether its presence changes who is best among the others.

    Parameters
    ----------
    bids, weights, formula, ceiling, floor
        As for `evaluate`, with at least three bids. To learn what a late bid would do, put it in.

    Returns
    -------
    DataFrame
        One row a bid, in the order given: `bidder`; `best_with`, the best of the others while it is in;
        `best_without`, the best of the others once it is out; `changes_winner`, True if the two differ.
        Names that tie are joined by commas.

    Raises
    ------
    InputError
        If there are fewer than three bids, or for the reasons `evaluate` gives.
    """
    check_bids(bids, ["price"], fewest=3)
    totals = evaluate(bids, weights, formula, ceiling, floor)
    rows = []
    for bidder in bids["bidder"]:
        others = totals[totals["bidder"] != bidder]
        best_with = others.loc[others["rank"] == others["rank"].min(), "bidder"].tolist()
        best_without = award(bids[bids["bidder"] != bidder], weights, formula, ceiling, floor)
        rows.append((bidder, ", ".join(best_with), ", ".join(best_without), best_with != best_without))
    return pd.DataFrame(rows, columns=["bidder", "best_with", "best_without", "changes_winner"])


def _lead(scores: pd.DataFrame, challenger: str, holder: str) -> dict[str, float]:
    return {str(name): float(column[challenger] - column[holder]) for name, column in scores.items()}


def _level(start: float, end: float) -> float | None:
    """Return where (0 to 1) a lead, in points, going straight from start to end is nought.

    None if it is so nowhere, or everywhere.
    """
    start, end = (0.0 if abs(lead) < NO_LEAD else float(lead) for lead in (start, end))
    if start == end or start * end > 0:
        return None
    return start / (start - end)


def _check_pair(challenger: str, holder: str, bids: pd.DataFrame) -> None:
    check_bidder(challenger, bids)
    check_bidder(holder, bids)
    if challenger == holder:
        raise InputError(f"'{challenger}' cannot be compared with itself: choose two bidders.")
