"""Module 10's cases: other numbers for each learner, the same shape for all; the course's own figures."""

import itertools

import pytest

from course.cases import m10

CASES = [m10.draw(f"learner-{n}") for n in range(40)]
THE_COURSES_OWN = m10.Case(((4, 6), (43, 40), (20, 20), (12, 30)), 11, 24, (95, 45), (72, 92))


def test_the_hubs_reach_two_thirds_of_their_apprentices_and_767_on_average():
    assert THE_COURSES_OWN.started == pytest.approx(66.7, abs=0.05)
    assert THE_COURSES_OWN.mean == pytest.approx(76.7, abs=0.05)
    assert THE_COURSES_OWN.carbon == pytest.approx(40)
    assert THE_COURSES_OWN.ratings == {
        "apprentices": "Requires improvement",
        "placements": "Good",
        "sessions": "Good",
        "carbon": "Inadequate",
    }


def test_bold_wins_950_to_720_and_is_worth_428_to_662():
    assert THE_COURSES_OWN.points("bold", False) == pytest.approx(9.5)
    assert THE_COURSES_OWN.points("sober", False) == pytest.approx(7.2)
    assert THE_COURSES_OWN.points("bold") == pytest.approx(4.28, abs=0.01)
    assert THE_COURSES_OWN.points("sober") == pytest.approx(6.62, abs=0.01)


def test_eleven_of_twenty_four_are_458_per_cent():
    assert THE_COURSES_OWN.share == pytest.approx(45.8, abs=0.05)
    assert THE_COURSES_OWN.share_of_due == pytest.approx(100 * 11 / 18)


def test_the_same_learner_gets_the_same_case_and_others_get_others():
    assert m10.draw("learner-0") == CASES[0]
    assert len({case.year for case in CASES}) > 30


@pytest.mark.parametrize("case", CASES)
def test_the_shape_is_alike_for_all_learners(case):
    assert case.ratings == THE_COURSES_OWN.ratings
    assert case.year[1][0] > case.year[1][1]
    assert 33 <= case.carbon <= 46
    assert case.share < 50
    assert case.points("bold", False) > case.points("sober", False) + 1
    assert case.points("sober") > case.points("bold") + 1


@pytest.mark.parametrize("case", CASES)
def test_no_known_wrong_figure_nor_half_of_the_range_is_the_right_one(case):
    apart = {
        0.4: [case.mean, case.uncapped, case.pooled, 60],
        0.2: [case.started, 10_000 / case.started, 100 - case.started, 100],
        0.21: [case.share, case.share_of_due, 100 - case.share, 50],
        0.05: [case.points("bold"), case.points("sober"), case.points("bold", False), 5],
    }
    for least, figures in apart.items():
        for one, other in itertools.combinations(figures, 2):
            assert abs(one - other) > least


def test_what_was_due_after_three_quarters_is_a_whole_number():
    assert all(case.promised * 3 % 4 == 0 for case in CASES)


def test_the_tables_show_every_figure_of_the_case():
    case = CASES[3]
    year, bids = m10.year_table(case).data, m10.bids_table(case).data
    assert all(f"<td>{figure}</td>" in year for pair in case.year for figure in pair)
    assert year.count('scope="row"') == 4
    assert all(f"{score} of 100" in bids and f"{kept}%" in bids for score, kept in (case.bold, case.sober))
