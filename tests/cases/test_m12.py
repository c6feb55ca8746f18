"""Module 12's cases: other numbers for each learner, the same shape for all."""

import pytest

from course.cases import m12

KEYS = [f"learner-{n}" for n in range(40)]
CASES = [m12.draw(key) for key in KEYS]


def worked() -> m12.Case:
    """The course's worked numbers."""
    people = ((1, 1, 8), (2, 6, 6), (5, 4, 5))
    return m12.Case(3, 6, 32, 45, (250_000,) * 3, people, 1, 750_000, 8, 40, 40, 1_380)


def test_the_worked_numbers_give_the_worked_answers():
    case = worked()
    assert case.saved == 17_280
    assert case.joint_value == 900_000
    assert max(case.values) * 1.2 == 300_000
    assert case.threshold == 663_540
    assert case.counted == 18
    assert case.own_rules == 8 + 12 + 14
    assert case.expected == pytest.approx(8_220)


def test_the_same_learner_gets_the_same_case_and_others_another():
    assert m12.draw(KEYS[0]) == CASES[0]
    assert len(set(CASES)) == len(CASES)


@pytest.mark.parametrize("case", CASES)
def test_margins_are_alike_for_all_learners(case):
    assert all(value * 1.2 < case.threshold for value in case.values)
    assert 1.08 <= case.joint_value / case.threshold <= 1.45
    assert case.counted < case.own_rules
    assert 2_000 <= case.expected <= 9_000
    assert case.tenders >= 3


@pytest.mark.parametrize("case", CASES[:10])
def test_the_answers_are_the_sums_done_by_hand(case):
    assert case.saved == (case.tenders - 1) * case.bidders * case.hours * case.rate
    assert case.joint_value == pytest.approx(1.2 * sum(case.values))
    assert case.counted == sum(long for _, _, long in case.people) - case.twice
    share = case.contract * case.margin * case.share * case.chance / 1e6
    assert case.expected == pytest.approx(share - case.cost)
