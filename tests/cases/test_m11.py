"""Module 11's cases: other numbers for each learner, the same shape for all."""

import pytest
from bs4 import BeautifulSoup

from course import exemplars
from course.cases import m11

KEYS = [f"learner-{n}" for n in range(40)]
CASES = [m11.draw(key) for key in KEYS]


def worked(**changed) -> m11.Case:
    """The course's worked numbers."""
    numbers = {
        "people": 1, "asked": 60, "replied": 20, "satisfied": 18, "posts": 1, "years": 3, "hours": 1.0,
        "work": (31, 38, 29, 33), "delivered": (4, 43, 12), "promised": (6, 40, 30),
        "spending": (270, 210, 20, 100),
    }  # fmt: skip
    return m11.Case(**{**numbers, **changed})


def test_the_worked_numbers_give_the_worked_answers():
    case = worked()
    assert case.three_ways == pytest.approx(39_901.03)
    assert case.job_value == pytest.approx(14_790.17)
    assert case.job_years == 3
    assert case.known_satisfied == pytest.approx(30)
    assert case.net_work == 3
    assert case.local == pytest.approx(80)
    assert case.deprived == pytest.approx(48.3, abs=0.05)


def test_the_same_learner_gets_the_same_case_and_others_another():
    assert m11.draw(KEYS[0]) == CASES[0]
    assert len(set(CASES)) == len(CASES)


@pytest.mark.parametrize("case", CASES)
def test_margins_are_alike_for_all_learners(case):
    assert case.reply_rate < 48 < 80 <= case.of_replies + 1e-9
    assert case.known_satisfied < case.of_replies - 3
    assert 2 <= case.net_work < case.work[1] - case.work[0]
    assert case.local - case.deprived >= 25
    assert 1 <= case.job_value / 14_790.17 <= 9.01
    assert case.job_years not in (case.posts, case.posts * case.years)


@pytest.mark.parametrize("case", CASES[:10])
def test_the_shares_are_the_sums_done_by_hand(case):
    near, other, far, rest = case.spending
    assert case.local == pytest.approx(100 * (near + other) / (near + other + far + rest))
    assert case.deprived == pytest.approx(100 * (near + far) / (near + other + far + rest))
    assert case.net_work == case.work[1] - case.work[0] - case.work[3] + case.work[2]
    assert case.job_years == case.posts * case.years / 2


@pytest.mark.parametrize("case", CASES[:10])
def test_one_target_is_missed_by_far_and_one_is_met(case):
    starts, placements, carbon = (d / p for d, p in zip(case.delivered, case.promised, strict=True))
    assert starts < 1
    assert placements > 1
    assert carbon < 0.5


@pytest.mark.parametrize("case", CASES[:10])
def test_the_leaflet_made_of_a_case_stands_and_shows_the_miss(case):
    claims = exemplars.leaflet_claims(case.figures)
    assert all(exemplars.claim_audit(claim) == [] for claim in claims.to_dict("records"))
    made = m11.leaflet(case)
    made.values = {**made.values, "limits": "We do not know yet whether people stay in work."}
    page = BeautifulSoup(made.page["body"], "html.parser")
    assert f"{case.delivered[2]} tonnes CO2e, of {case.promised[2]} promised" in page.get_text()
    assert "whether people stay in work" in page.get_text()
