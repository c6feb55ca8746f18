"""The survey of confidence: taken in row by row, net of what rises anyway, silent on few people."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.cohorts import roster, survey
from course.errors import InputError

PEOPLE = [f"Person {word}" for word in ("Ann", "Ben", "Cat", "Dan", "Eve", "Fay")]
SCORE = st.integers(1, 5)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("survey") / "spring"
    roster.new("Spring", "name,side\n" + "".join(f"{name},provider\n" for name in PEOPLE), folder)
    return folder


@pytest.fixture
def cohort(made):
    (made / survey.FILE).unlink(missing_ok=True)
    return made


def fill(cohort, people, before, after, control=(2, 2)):
    for id in list(roster.roster(cohort)["id"])[:people]:
        survey.record(cohort, id, "before", {"ask": before, "accounts": control[0]})
        survey.record(cohort, id, "after", {"ask": after, "accounts": control[1]})


def row(cohort, question="ask"):
    return survey.change(cohort).set_index("question").loc[question]


def test_what_rises_in_the_thing_not_taught_is_taken_off(cohort):
    fill(cohort, 6, 2, 4, (2, 3))
    found = row(cohort)
    assert (found["people"], found["before"], found["after"]) == (6, 2, 4)
    assert (found["change"], found["net_change"]) == (2, 1)
    assert np.isnan(row(cohort, "accounts")["net_change"])


def test_of_fewer_than_five_people_nothing_is_shown(cohort):
    fill(cohort, 4, 2, 4)
    found = row(cohort)
    assert found[["before", "after", "change", "net_change"]].isna().all()
    assert "Fewer than 5" in found["say"]


def test_only_those_who_answered_both_times_count(cohort):
    fill(cohort, 5, 2, 3)
    survey.record(cohort, "person-fay", "before", {"ask": 5, "accounts": 5})
    assert (row(cohort)["people"], row(cohort)["before"]) == (5, 2)


def test_without_the_thing_not_taught_there_is_a_change_and_no_net_change(cohort):
    for id in roster.roster(cohort)["id"]:
        for when, score in (("before", 1), ("after", 3)):
            survey.record(cohort, id, when, {"ask": score})
    found = row(cohort)
    assert found["change"] == 2
    assert np.isnan(found["net_change"])
    assert "no net change" in found["say"]


def test_the_blank_comes_back_filled_in_and_again_changes_nothing(cohort):
    lines = survey.blank(cohort, "after").splitlines()
    filled = "\n".join([*lines[:3], *(line.replace(",,,,,,", ",1,2,3,4,5,1") for line in lines[3:])])
    assert set(survey.take_in(cohort, filled)["outcome"]) == {"taken"}
    first = survey.answers(cohort)
    survey.take_in(cohort, ("\ufeff" + filled.replace(",", ";")).encode())
    again = survey.answers(cohort)
    assert len(again) == 6
    assert first.drop(columns="at").equals(again.drop(columns="at"))
    assert list(again[list(survey.QUESTIONS)].iloc[0]) == [1, 2, 3, 4, 5, 1]


def test_each_row_that_cannot_be_read_is_refused_with_what_to_mend(cohort):
    table = survey.take_in(
        cohort, "learner,when,ask,law\nPERSON-ANN,Before,3,\nperson-ben,before,6,\nnobody,before,1,\n"
        "person-cat,midway,2,\nperson-dan,after,,\nperson-eve,before,2.0,=cmd()\n"
    )  # fmt: skip
    assert list(table["outcome"]) == ["taken", "refused", "refused", "refused", "refused"]
    assert list(table["row"]) == [2, 3, 4, 5, 7]
    said = " ".join(table["say"])
    for words in ("whole number from 1 to 5", "no learner “nobody”", "Write before or after", "“=cmd()”"):
        assert words in said
    assert list(survey.answers(cohort)["learner"]) == ["person-ann"]


@pytest.mark.parametrize(
    ("learner", "when", "said", "words"),
    [
        ("nobody", "before", {"ask": 1}, "no learner nobody"),
        ("person-ann", "now", {"ask": 1}, "before or after"),
        ("person-ann", "before", {"spelling": 1}, "There are: law"),
        ("person-ann", "before", {}, "at least one"),
        ("person-ann", "before", {"ask": 2.5}, "whole number"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_to_do(cohort, learner, when, said, words):
    with pytest.raises(InputError, match=words):
        survey.record(cohort, learner, when, said)
    assert not (cohort / survey.FILE).exists()


def test_a_file_without_its_headings_is_refused(cohort):
    with pytest.raises(InputError, match="no heading “learner”"):
        survey.take_in(cohort, "a,b\n1,2\n")
    with pytest.raises(InputError, match="no column “when”"):
        survey.take_in(cohort, "learner,ask\nperson-ann,2\n")


@given(st.lists(st.tuples(SCORE, SCORE, SCORE, SCORE), min_size=5, max_size=20))
def test_the_net_change_is_the_mean_of_each_persons_own(scores):
    table = survey.pd.DataFrame(
        [(str(n), when, "", *[np.nan] * 2, s[k], *[np.nan] * 2, s[k + 2])
         for n, s in enumerate(scores) for k, when in enumerate(survey.WHEN)],
        columns=survey.COLUMNS,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey, "answers", lambda _: table)
        found = row(None)
    each = [(after - before) - (a2 - a1) for before, after, a1, a2 in scores]
    assert found["net_change"] == pytest.approx(np.mean(each))


def test_it_says_what_it_cannot_claim():
    said = " ".join([*survey.CLAIMS, survey.evidence()])
    for words in ("do not say what people can do", "Nobody outside the course", "level 1", "fewer than 5"):
        assert words in said
