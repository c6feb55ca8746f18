"""Module 9's cases: other numbers for each learner, the same shape for all."""

import pytest

from course.cases import m09

KEYS = [f"learner-{n}" for n in range(16)]
CASES = [m09.draw(key) for key in KEYS]


def worked() -> m09.Case:
    """The course's worked numbers."""
    return m09.Case(
        m09.real_districts(),
        100,
        72.0,
        32.4,
        330,
        600,
        0.75,
        m09.Offer(2_600_000, 0.72, 0.45),
        m09.Offer(2_500_000, 0.50, 0.55),
    )


def test_the_worked_numbers_give_the_worked_answers():
    case = worked()
    assert case.weighted == pytest.approx(25.12, abs=0.005)
    assert case.deprived_share == pytest.approx(48.3, abs=0.05)
    assert case.local_share == pytest.approx(80)
    assert case.multiplier == pytest.approx(2.044)
    assert case.quotient == pytest.approx(1.83, abs=0.005)
    assert case.local.money_in_area / 1e6 == pytest.approx(5.31, abs=0.005)
    assert case.distant.money_in_area / 1e6 == pytest.approx(4.44, abs=0.005)


def test_the_same_learner_gets_the_same_case_and_others_another():
    again = m09.draw(KEYS[0])
    assert again.districts["amount"].tolist() == CASES[0].districts["amount"].tolist()
    assert len({tuple(case.districts["amount"]) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES)
def test_local_and_deprived_are_far_apart_for_all_learners(case):
    assert 72 <= case.local_share <= 88
    assert case.local_share - case.deprived_share >= 20
    assert case.deprived_share - case.both_share >= 1.2
    assert abs(case.deprived_share - 50) >= 1.2


@pytest.mark.parametrize("case", CASES)
def test_the_weighted_score_is_the_sum_done_by_hand(case):
    rows = case.districts[["amount", "score"]].itertuples(index=False)
    by_hand = sum(amount * score for amount, score in rows) / case.districts["amount"].sum()
    assert case.weighted == pytest.approx(by_hand)
    assert abs(case.weighted - case.plain_mean) >= 0.8


@pytest.mark.parametrize("case", CASES)
def test_three_rounds_over_the_contract_are_the_multiplier(case):
    assert case.multiplier == pytest.approx(
        (case.contract + case.respent + case.respent_again) / case.contract
    )
    assert abs(case.multiplier - 2) >= 0.04


@pytest.mark.parametrize("case", CASES)
def test_the_local_firm_keeps_more_by_a_like_margin(case):
    assert 0.5 <= case.more_money <= 1.3
    assert case.distant.price < case.local.price


def test_the_amounts_and_the_multipliers_are_shown_as_the_answers_need_them():
    shown = m09.offers_table(worked()).data
    assert "2.044" in shown
    assert "1.775" in shown
    assert "£180,000" in m09.districts_table(worked()).data
