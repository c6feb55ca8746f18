"""Module 1's cases: other numbers for each learner, the same steps and margins for all."""

import pytest

from course.cases import m01

CASES = [m01.draw(f"learner-{n}") for n in range(40)]


def test_the_same_learner_gets_the_same_case():
    assert m01.draw("learner-0") == CASES[0]


def test_learners_get_different_cases():
    assert len({(case.yearly, case.care, case.large) for case in CASES}) > 35


def test_advice_for_173100_pounds_is_estimated_at_the_threshold():
    named = m01.Case(173_100, 1, 0, 0, 4.0, 4.2, m01.COMMENCED)
    assert named.estimate == m01.services() == 207_720
    assert named.room == 552_950
    assert named.advice * m01.VAT == pytest.approx(m01.services())


@pytest.mark.parametrize("case", CASES)
def test_only_option_and_vat_together_reach_the_threshold(case):
    line = m01.services()
    assert max(case.first * m01.VAT, case.first + case.option) < 0.98 * line
    assert 1.02 * line <= case.estimate <= 1.2 * line
    assert case.estimate == pytest.approx(m01.VAT * case.yearly * (case.years + case.more))


@pytest.mark.parametrize("case", CASES)
def test_the_care_contract_has_room_for_an_option_and_wrong_steps_stand_apart(case):
    assert 30_000 < case.room < 150_000
    assert (case.care + case.room) * m01.VAT == pytest.approx(m01.light_touch())


@pytest.mark.parametrize("case", CASES)
def test_the_large_contract_passes_five_million_by_its_vat_alone(case):
    assert case.large < 5 < case.large * m01.VAT
    assert 1 < case.department < 5
    assert case.day.year == 2027
