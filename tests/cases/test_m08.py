"""Module 8's cases: other numbers for each learner, the same shape for all; the course's own figures."""

import dataclasses
import itertools

import numpy_financial
import pytest

from course.cases import m08

CASES = [m08.draw(f"learner-{n}") for n in range(40)]
THE_COURSES_OWN = m08.Case(22, "neet-economic", 120_000, 5, 35, 10, 20, 25, 40, 0.6, 1.5)


def test_lanterns_claim_falls_from_898_to_236_and_breaks_even_at_72_5():
    assert THE_COURSES_OWN.naive == pytest.approx(8.98, abs=0.005)
    assert THE_COURSES_OWN.net_year_1 == pytest.approx(100_915.01, abs=0.01)
    assert THE_COURSES_OWN.ratio == pytest.approx(2.36, abs=0.005)
    assert THE_COURSES_OWN.break_even == pytest.approx(72.5, abs=0.05)


def test_forty_people_six_tenths_of_a_point_for_a_year_and_a_half_are_36_wellbys():
    assert THE_COURSES_OWN.wellbys == pytest.approx(36)
    worth = THE_COURSES_OWN.well_value
    assert (worth.low_gbp, worth.central_gbp, worth.high_gbp) == pytest.approx((360_000, 468_000, 576_000))


def test_the_same_learner_gets_the_same_case_and_others_get_others():
    assert m08.draw("learner-0") == CASES[0]
    assert len({(case.people, case.invested, case.deadweight) for case in CASES}) > 30
    assert {case.proxy for case in CASES} == set(m08.PROXIES)


@pytest.mark.parametrize("case", CASES)
def test_the_steps_and_margins_are_alike_for_all_learners(case):
    assert 6 <= case.naive <= 13
    assert 1.6 <= case.ratio <= 3.5
    assert case.deadweight + 15 <= case.break_even <= 85


@pytest.mark.parametrize("case", CASES)
def test_present_value_and_break_even_agree_with_a_spreadsheets_net_present_value(case):
    kept = (1 - case.deadweight / 100) * (1 - case.displacement / 100) * (1 - case.attribution / 100)
    years = [case.gross * kept * (1 - case.drop_off / 100) ** year for year in range(case.years)]
    assert case.net_year_1 == pytest.approx(years[0])
    present = numpy_financial.npv(0.035, [0, *years])
    assert case.ratio == pytest.approx(present / case.invested)
    at_break_even = present * (1 - case.break_even / 100) / (1 - case.deadweight / 100)
    assert at_break_even == pytest.approx(case.invested)


@pytest.mark.parametrize("case", CASES)
def test_no_known_wrong_figure_is_the_right_one(case):
    apart = {
        0.1: [case.naive, case.naive / case.years, case.ratio],
        0.05: [case.ratio, case.without["discount"], case.without["drop_off"], case.naive],
        3: [case.break_even, case.off_the_ratio, float(case.deadweight)],
        100: [case.net_year_1, case.by_adding, case.gross, case.gross * (1 - case.deadweight / 100)],
        2_000: [
            case.well_value.central_gbp,
            case.well_value.low_gbp,
            case.well_people * case.well_points * 13_000,
        ],
    }
    for least, figures in apart.items():
        for one, other in itertools.combinations(figures, 2):
            assert abs(one - other) >= least


def test_half_of_a_questions_range_is_never_right_nor_a_slip_that_earns_points():
    for case in CASES:
        assert abs(case.break_even - 50) > 1
        assert abs(case.off_the_ratio - 50) > 1
        assert min(abs(10 - ratio) for ratio in (case.naive, case.ratio, *case.without.values())) > 0.02
        assert min(abs(250_000 - worth) for worth in (case.net_year_1, case.by_adding)) > 10
        assert abs(1_250_000 - case.well_value.central_gbp) > 500


def test_the_table_shows_every_figure_that_the_answers_need():
    case = dataclasses.replace(CASES[3], people=27, deadweight=35)
    shown = m08.claim_table(case).data
    for figure in (
        "27",
        f"£{case.unit:,.2f}",
        f"£{case.invested:,}",
        "35%",
        f"{case.drop_off}%",
        "3.5% a year",
    ):
        assert figure in shown
