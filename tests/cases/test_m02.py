"""Module 2's cases: other numbers for each learner, the same steps and margins for all."""

import pytest

from course.cases import m02
from course.explorers.defining import neighbourhoods

CASES = [m02.draw(f"learner-{n}") for n in range(40)]


def test_the_same_learner_gets_the_same_case():
    assert m02.draw("learner-0") == CASES[0]


def test_learners_get_different_cases():
    assert len({(case.top, case.area, case.pair) for case in CASES}) > 35


def test_thirty_districts_are_a_tenth_and_twenty_two_of_forty_are_in_work():
    area = CASES[0].area
    named = m02.Case(4, 201, 30, area, (area, area), 40, 22)
    assert named.top_share == pytest.approx(10.1, abs=0.05)
    assert named.together == pytest.approx(area.share)


@pytest.mark.parametrize("case", CASES)
def test_ranks_stand_far_apart(case):
    assert case.low <= 12 < 190 <= case.high


@pytest.mark.parametrize("case", CASES)
def test_the_neighbourhood_is_needier_than_the_borough_so_that_wrong_steps_stand_apart(case):
    assert case.area.share >= m02.borough() + 5
    assert abs(case.area.children - 2 * case.area.in_need) > 4
    row = neighbourhoods().set_index("name").loc[case.area.name]
    assert (row["aged_0_15"], row["children_low_income"]) == (case.area.children, case.area.share)


@pytest.mark.parametrize("case", CASES)
def test_a_plain_mean_is_too_high_for_two_places_together(case):
    small, large = case.pair
    assert small.children < large.children
    assert large.share < case.together < small.share
    assert 1 <= case.plain_mean - case.together <= 4


@pytest.mark.parametrize("case", CASES)
def test_about_half_of_those_coached_are_in_work(case):
    assert 0.44 < case.working / case.coached <= 0.65
    assert case.coached != case.working
