"""Module 7's cases: other numbers for each learner, the same shape for all; the course's own figures."""

import dataclasses

import pytest

from course.cases import m07
from course.explorers.scoring_change import LOG

CASES = [m07.draw(f"learner-{n}") for n in range(40)]
THE_COURSES_OWN = dataclasses.replace(
    CASES[0], work=(31, 38, 29, 33), waste=(210, 140, 205, 177), target=39, log=LOG
)


def test_the_lessons_figures_give_three_residents_and_forty_two_tonnes_less():
    assert THE_COURSES_OWN.net_work == 3
    assert THE_COURSES_OWN.net_waste == -42
    assert THE_COURSES_OWN.rating == "Approaching target"
    assert THE_COURSES_OWN.counted == 6


def test_the_same_learner_gets_the_same_case_and_others_get_others():
    assert m07.draw("learner-0") == CASES[0]
    assert len({case.work for case in CASES}) > 20
    assert len({case.log for case in CASES}) > 30


@pytest.mark.parametrize("case", CASES)
def test_the_steps_and_margins_are_alike_for_all_learners(case):
    assert 2 <= case.net_work <= 5
    assert -50 <= case.net_waste <= -30
    assert case.rating == "Approaching target"
    assert 80 <= case.reached < 95
    assert 3 <= case.cost_share <= 12
    assert case.counted in (5, 6)


@pytest.mark.parametrize("case", CASES)
def test_forgetting_any_rule_of_the_definition_gives_another_count(case):
    for rule in m07.DEFINITION:
        assert case.counted_without(rule) > case.counted
    people = {line.person for line in case.log}
    assert len(case.log) - len(people) == 2


@pytest.mark.parametrize("case", CASES)
def test_no_known_wrong_figure_is_the_right_one(case):
    here, now, there, there_now = case.work
    assert len({case.net_work, now - here, there_now - there, now - there_now}) == 4
    here, now, there, there_now = case.waste
    assert len({case.net_waste, -case.net_waste, now - here, now - there_now}) == 4
    rounds, singles = case.cost_share / case.times, case.cost_share / case.indicators
    assert min(abs(rounds - singles), case.cost_share - rounds, case.cost_share - singles) > 0.2
    assert case.counted + 1 != case.counted_without("once")


def test_the_log_read_by_hand_gives_the_same_count():
    for case in CASES:
        by_hand = {
            line.person
            for line in case.log
            if line.new and line.resident and line.hours >= 16 and line.weeks >= 13
        }
        assert len(by_hand) == case.counted


def test_the_tables_show_every_figure_of_the_case():
    case = CASES[3]
    shown = m07.figures(case).data + m07.log(case).data
    assert all(f"<td>{figure}</td>" in shown for figure in (*case.work, *case.waste))
    assert shown.count('scope="row"') == 2 + len(case.log)
