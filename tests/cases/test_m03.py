"""Module 3's cases: other numbers for each learner, the same steps and margins for all."""

import pandas as pd
import pytest

from course.cases import m03

CASES = [m03.draw(f"learner-{n}") for n in range(40)]


def test_the_same_learner_gets_the_same_case():
    again = m03.draw("learner-0")
    first = CASES[0]
    assert (again.asked, again.replies, again.yes) == (first.asked, first.replies, first.yes)
    pd.testing.assert_frame_equal(again.groups, first.groups)


def test_learners_get_different_cases():
    assert len({(case.asked, case.replies, case.yes) for case in CASES}) > 30


def test_sixty_three_of_420_is_15_per_cent_give_or_take_10_9_points():
    groups = pd.DataFrame(
        [
            ["Residents", 40, 50, 20, 10, 20],
            ["Providers", 8, 15, 50, 20, 15],
            ["Officers", 4, 10, 25, 45, 20],
        ],
        columns=["group", "people", *m03.THEMES],
    )
    named = m03.Case(420, 63, 41, groups)
    assert named.rate == pytest.approx(15)
    assert named.share == pytest.approx(65.1, abs=0.05)
    assert named.margin == pytest.approx(10.9, abs=0.05)
    assert named.pooled["by_head"].round(1).to_dict() == {
        "jobs": 41.5,
        "skills": 25.0,
        "carbon": 14.2,
        "wellbeing": 19.2,
    }
    assert named.pooled.loc["skills", "by_group"] == pytest.approx(31.7, abs=0.05)


@pytest.mark.parametrize("case", CASES)
def test_wrong_margins_stand_apart_from_the_right_one(case):
    assert 8 <= case.margin <= 14
    assert case.margin / case.correction >= case.margin + 0.5
    assert case.margin / 1.96 < case.margin - 3


@pytest.mark.parametrize("case", CASES)
def test_the_pooling_rule_decides_which_priority_leads(case):
    for rule, first, lead in (("by_head", "jobs", 8), ("by_group", "skills", 3)):
        points = case.pooled[rule].sort_values(ascending=False)
        assert points.index[0] == first
        assert points.iloc[0] - points.iloc[1] >= lead


@pytest.mark.parametrize("case", CASES)
def test_half_of_the_silent_pull_the_result_towards_a_half(case):
    assert (case.asked - case.replies) % 2 == 0
    assert 50 < case.if_half < case.share - 3
    assert abs(case.if_half - (case.share + 50) / 2) > 1
    assert (case.groups[list(m03.THEMES)].sum(axis=1) == 100).all()
