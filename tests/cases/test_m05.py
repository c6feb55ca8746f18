"""Module 5's cases: other numbers for each learner, the same steps for all."""

import pytest

from course import measuring
from course.cases import m05

CASES = [m05.draw(f"learner-{n}") for n in range(40)]


def test_the_worked_numbers_are_the_published_ones():
    case = m05.Case()
    assert case.additional == 3
    assert (case.bid, case.win) == (1710, 10_260)
    assert round(case.share) == 41
    assert (case.promise_cost, case.bare_cost, case.added_cost) == pytest.approx((30_000, 24_000, 28_800))


def test_the_same_learner_gets_the_same_case():
    assert m05.draw("learner-0") == CASES[0]


def test_learners_get_different_cases():
    assert len(set(CASES)) == len(CASES)
    assert len({case.safe for case in CASES}) > 1


@pytest.mark.parametrize("case", CASES)
def test_margins_are_alike_for_all_learners(case):
    assert 2 <= case.additional <= 6
    assert case.additional < case.transfer < case.promised
    assert 20 <= case.share <= 70
    assert case.promise_cost - case.added_cost > 500
    assert case.added_cost - case.bare_cost > 500


@pytest.mark.parametrize("case", CASES)
def test_the_safe_promise_is_kept_four_times_in_five_and_the_next_is_clearly_not(case):
    assert measuring.chance_of_keeping(case.safe, case.places, case.stay) >= 0.82
    assert measuring.chance_of_keeping(case.safe + 1, case.places, case.stay) <= 0.78
    assert case.safe < case.average < case.places
