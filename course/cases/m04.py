"""Module 4's case: three bids for one service, a low fourth bid, and weights to test.

Every draw keeps the same shape, so that the steps and the margins are alike for all learners:
Cedar wins at social value 10% under the relative formula, Birch CIC overtakes it at a weight from 13% to
20%, the linear formula gives a tipping weight at least 3 points lower, and Dogwood's late, low bid changes
the winner under the linear and min-max formulas but not under the absolute one (among the first three).
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pandas as pd

from course import weighting
from course.cases.seeds import rng

EXERCISE = "m04-asking"
WEIGHTS = {"price": 40.0, "quality": 50.0, "social_value": 10.0}
PAIRS = (("quality", "price"), ("price", "social value"), ("quality", "social value"))
# How many times as important, pair by pair: all consistent enough to accept, none perfectly so.
JUDGEMENTS = ((2.0, 3.0, 4.0), (3.0, 2.0, 4.0), (3.0, 3.0, 5.0), (2.0, 4.0, 5.0))
TRIES = 20_000


@dataclass(frozen=True)
class Case:
    """One learner's numbers in module 4. Bids are as `course.weighting` takes them; £ ex VAT.

    `tipping` and `tipping_linear` are weights in points of 100; `sub_share` is social value's share of the
    quality score and `quality_weight` the weight of quality, both in %; `price_weight` and `social_weight`
    are the published weights of the premium question in %; `swings` are scores out of 100;
    `judgements` are how many times as important the first of a pair is as the second.
    """

    bids: pd.DataFrame
    dogwood: pd.DataFrame
    ceiling: float
    floor: float
    tipping: float
    tipping_linear: float
    quality_weight: int
    sub_share: int
    price_weight: int
    social_weight: int
    swings: dict[str, int]
    judgements: dict[tuple[str, str], float]

    @property
    def premium(self) -> float:
        """What a full lead on social value buys at the published weights, in % of the lowest price."""
        return 100 * weighting.price_premium(self.price_weight, self.social_weight)

    @property
    def swing_weights(self) -> dict[str, float]:
        """The swings as weights, points of 100."""
        return weighting.swing_weights(self.swings)

    @property
    def rank_weights(self) -> dict[str, float]:
        """What the swings' order alone would give: 3, 2, 1 as points of 100."""
        ranks = {
            name: 3 - sum(s > score for s in self.swings.values()) for name, score in self.swings.items()
        }
        return weighting.swing_weights({name: 100 * rank / 3 for name, rank in ranks.items()})

    @property
    def consistency_ratio(self) -> float:
        """The judgements' consistency ratio."""
        return weighting.ahp(weighting.pairwise_matrix(self.judgements)).consistency_ratio

    @property
    def consistency_index(self) -> float:
        """The judgements' consistency index: the ratio before it is divided by 0.58."""
        return weighting.ahp(weighting.pairwise_matrix(self.judgements)).consistency_index


def draw(key: str | None = None) -> Case:
    """Draw a learner's case. `key` as in `seeds.rng`."""
    random = rng(EXERCISE, key)
    for _ in range(TRIES):
        bids, dogwood, ceiling, floor = _bids(random)
        tips = _tipping_weights(bids, dogwood, ceiling, floor)
        if tips:
            break
    else:  # pragma: no cover - a test draws a thousand
        raise RuntimeError("no case of module 4 found")
    quality_weight, sub_share = random.choice(
        [(q, s) for q in (30, 40, 60, 70) for s in (15, 20, 25, 30) if q * s % 50 == 0]
    )
    price_weight, social_weight = random.choice([(60, 5), (60, 10), (55, 5), (50, 10), (45, 5), (40, 10)])
    second = random.choice([60, 70, 80, 90])
    third = random.choice([20, 30, 40, 50])
    judgements = random.choice(JUDGEMENTS)
    return Case(
        bids,
        dogwood,
        ceiling,
        floor,
        *tips,
        quality_weight,
        sub_share,
        price_weight,
        social_weight,
        {"price": second, "quality": 100, "social_value": third},
        dict(zip(PAIRS, judgements, strict=True)),
    )


def _bids(random: Random) -> tuple[pd.DataFrame, pd.DataFrame, float, float]:
    def near(middle: int, spread: int, step: int) -> int:
        return middle + step * random.randint(-spread // step, spread // step)

    base = near(2_000_000, 1_200_000, 50_000)
    ratio = base / 2_350_000

    def price(middle: int) -> int:
        return round(near(middle, 60_000, 10_000) * ratio / 10_000) * 10_000

    bids = pd.DataFrame(
        {
            "bidder": ["Alder", "Birch CIC", "Cedar"],
            "price": [price(2_350_000), price(2_550_000), price(2_800_000)],
            "quality": [near(64, 4, 2), near(74, 3, 1), near(86, 3, 1)],
            "social_value": [near(55, 5, 5), near(85, 5, 5), near(70, 5, 5)],
        }
    )
    dogwood = pd.DataFrame(
        {
            "bidder": ["Dogwood"],
            "price": [price(1_750_000)],
            "quality": [near(42, 4, 2)],
            "social_value": [20],
        }
    )
    ceiling = round(base * 1.28 / 50_000) * 50_000
    return bids, dogwood, float(ceiling), float(round(base * 0.76 / 50_000) * 50_000)


def _tipping_weights(
    bids: pd.DataFrame, dogwood: pd.DataFrame, ceiling: float, floor: float
) -> tuple[float, float] | None:
    """Return the relative and linear tipping weights if the bids have the shape wanted, else None."""
    four = pd.concat([bids, dogwood], ignore_index=True)
    if weighting.award(bids, WEIGHTS, "relative") != ["Cedar"]:
        return None
    tip = weighting.tipping_weight(bids, "Birch CIC", "Cedar", WEIGHTS, "relative")
    linear = weighting.tipping_weight(bids, "Birch CIC", "Cedar", WEIGHTS, "linear")
    if tip is None or linear is None or not 13 <= tip <= 20 or not 11 <= linear <= tip - 3:
        return None
    moved = [
        weighting.award(bids, WEIGHTS, f) != weighting.award(four, WEIGHTS, f) for f in ("linear", "min_max")
    ]
    if not all(moved) or bids["price"].max() >= ceiling or bids["price"].min() <= floor:
        return None
    return tip, linear
