"""Module 4's cases: other numbers for each learner, the same shape for all."""

import pandas as pd
import pytest

from course import weighting
from course.cases import m04

KEYS = [f"learner-{n}" for n in range(40)]
CASES = [m04.draw(key) for key in KEYS]


def test_the_same_learner_gets_the_same_case():
    pd.testing.assert_frame_equal(m04.draw("learner-0").bids, CASES[0].bids)


def test_learners_get_different_cases():
    assert len({tuple(case.bids["price"]) for case in CASES}) > 30


@pytest.mark.parametrize("case", CASES[:12])
def test_the_award_changes_hands_at_the_tipping_weight_and_nowhere_below(case):
    below = weighting.award(case.bids, weighting.reweigh(m04.WEIGHTS, case.tipping - 0.05), "relative")
    above = weighting.award(case.bids, weighting.reweigh(m04.WEIGHTS, case.tipping + 0.05), "relative")
    assert (below, above) == (["Cedar"], ["Birch CIC"])


@pytest.mark.parametrize("case", CASES)
def test_margins_are_alike_for_all_learners(case):
    assert 13 <= case.tipping <= 20
    assert 11 <= case.tipping_linear <= case.tipping - 3
    assert 0.01 < case.consistency_ratio < 0.1
    assert case.consistency_ratio - case.consistency_index > 0.006
    assert case.quality_weight * case.sub_share / 100 not in (case.quality_weight, case.sub_share)


@pytest.mark.parametrize("case", CASES[:12])
def test_dogwood_changes_the_winner_under_linear_and_min_max_but_no_absolute_score(case):
    four = pd.concat([case.bids, case.dogwood], ignore_index=True)
    for formula in ("linear", "min_max"):
        assert weighting.award(case.bids, m04.WEIGHTS, formula) != weighting.award(four, m04.WEIGHTS, formula)
    prices = case.bids.set_index("bidder")["price"]
    with_dogwood = weighting.price_scores(
        four.set_index("bidder")["price"], "absolute", case.ceiling, case.floor
    )
    alone = weighting.price_scores(prices, "absolute", case.ceiling, case.floor)
    pd.testing.assert_series_equal(with_dogwood.loc[alone.index], alone)
