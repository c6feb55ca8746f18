"""Module 6's cases: other marks for each learner, the same disagreement for all."""

import pandas as pd
import pytest

from course import moderation
from course.cases import m06

CASES = [m06.draw(f"learner-{n}") for n in range(16)]
WORKED = m06.Case(
    pd.DataFrame(
        [[3, 3, 2, 4], [2, 4, 2, 3], [1, 1, 2, 1], [4, 4, 3, 4], [2, 0, 3, 2], [3, 3, 3, 3]],
        index=m06.BIDS,
        columns=m06.EVALUATORS,
    )
)


def test_the_worked_panel_gives_the_published_figures():
    assert {level: round(alpha, 3) for level, alpha in WORKED.alphas.items()} == {
        "nominal": 0.241,
        "ordinal": 0.517,
        "interval": 0.495,
    }
    assert [round(value, 3) for value in WORKED.icc] == [0.522, 0.814]
    assert (WORKED.widest, WORKED.weakest, WORKED.agreed) == ("Bid 5", "Bid 3", 2)
    assert round(WORKED.after, 3) == 0.631


def test_the_same_learner_gets_the_same_case():
    pd.testing.assert_frame_equal(m06.draw("learner-0").scores, CASES[0].scores)


def test_learners_get_different_cases():
    assert len({str(case.scores.to_numpy().tolist()) for case in CASES}) == len(CASES)
    assert len({case.widest for case in CASES}) > 1


@pytest.mark.parametrize("case", CASES)
def test_one_bid_alone_divides_the_panel_and_its_mean_does_not_give_it_away(case):
    ranges = case.scores.max(axis=1) - case.scores.min(axis=1)
    assert sorted(ranges)[-1] == 3
    assert sorted(ranges)[-2] <= 2
    assert ranges.idxmax() == case.widest
    assert len({case.widest, case.weakest, case.strongest}) == 3


@pytest.mark.parametrize("case", CASES)
def test_each_wrong_measure_is_told_from_the_right_one(case):
    right = case.alphas["interval"]
    assert 0.4 <= right <= 0.6
    for other in (case.alphas["nominal"], case.alphas["ordinal"], case.icc.single, case.icc.average):
        assert abs(other - right) > 0.01
    assert abs(case.icc.single - case.icc.average) > 0.01


@pytest.mark.parametrize("case", CASES)
def test_settling_the_widest_bid_lifts_agreement_most(case):
    settled = moderation.apply_consensus(case.scores, {case.widest: case.agreed})
    assert case.after == moderation.krippendorff_alpha(settled)
    assert case.after >= case.alphas["interval"] + 0.08
    assert case.after > case.after_weakest
