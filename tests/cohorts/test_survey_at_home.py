"""What a learner says in the survey on their own computer, and how it reaches the cohort."""

import json

import pytest

from course.cohorts import collecting, joining, survey
from course.errors import InputError


def test_what_a_learner_says_at_home_comes_with_the_next_hand_in(cohort, works, tmp_path):
    home = tmp_path / "homes" / "amara-osei"
    work = works(cohort, "amara-osei")
    survey.say(home, "before", {"law": 2, "ask": "4"})
    assert {k: v for k, v in survey.said(home)["before"].items() if k != "at"} == {"law": 2, "ask": 4}
    made = joining.hand_in(work)
    (tmp_path / made.name).write_bytes(made.content)
    assert collecting.collect(cohort, [tmp_path / made.name])["outcome"].tolist() == ["taken"]
    kept = survey.said_in(cohort, "amara-osei")
    assert kept == survey.said(home)
    assert not (cohort / "submitted" / "amara-osei" / "m04-asking" / survey.SENT).exists()


def test_older_answers_never_replace_newer_ones(cohort):
    def sent(score: int, at: str) -> bytes:
        return json.dumps({"before": {"law": score, "at": at}}).encode()

    survey.receive(cohort, "amara-osei", sent(4, "2026-11-02T10:00:00+00:00"))
    survey.receive(cohort, "amara-osei", sent(1, "2026-11-01T10:00:00+00:00"))
    assert survey.said_in(cohort, "amara-osei")["before"]["law"] == 4
    survey.receive(cohort, "amara-osei", sent(5, "2999-01-01T10:00:00+00:00"))
    assert survey.said_in(cohort, "amara-osei")["before"]["at"] < "2999"


@pytest.mark.parametrize(
    "sent",
    [b"", b"[]", b"no json", b'{"before": 3}', b'{"before": {"law": 9, "at": "2026-11-01"}}', b'{"now": {}}'],
)
def test_what_is_no_survey_in_a_hand_in_is_left_out(cohort, sent):
    survey.receive(cohort, "amara-osei", sent)
    assert survey.answers(cohort).empty


def test_what_is_said_of_nothing_or_out_of_range_is_refused_and_nothing_is_lost(tmp_path):
    survey.say(tmp_path, "before", {"law": 3})
    for wrong in ({}, {"law": 6}, {"luck": 3}):
        with pytest.raises(InputError):
            survey.say(tmp_path, "before", wrong)
    assert survey.said(tmp_path)["before"]["law"] == 3
