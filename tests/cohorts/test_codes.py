"""The codes with which learners sign in to a classroom."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.cohorts import codes
from course.errors import InputError


def made(folder, salt, people=("Ann Able", "Ben Bold")):
    """A cohort as far as codes look at it: its salt and its roster, without a gradebook."""
    (folder / ".academy").mkdir(parents=True, exist_ok=True)
    (folder / "cohort.json").write_text(json.dumps({"name": "Spring 2027", "salt": salt}))
    rows = [f"{name.lower().replace(' ', '-')},{name}" for name in people]
    (folder / "roster.csv").write_text("\n".join(["id,name", *rows]) + "\n")
    return folder


@pytest.fixture
def cohort(tmp_path):
    return made(tmp_path / "cohort", "aa11")


@given(st.text(min_size=1), st.text(min_size=1), st.integers(0, 50))
def test_a_code_is_eight_letters_that_make_no_words(salt, learner, renewed):
    made = codes.code(salt, learner, renewed)
    assert len(made) == codes.LENGTH
    assert set(made) <= set("bcdfghjkmnpqrstvwxyz")
    assert made != codes.code(salt, learner, renewed + 1)
    assert codes.plain(codes.shown(made).upper() + " ") == made


def test_each_learner_has_a_code_that_stays(cohort):
    first = codes.codes(cohort)
    assert set(first) == {"ann-able", "ben-bold"}
    assert len(set(first.values())) == 2
    assert codes.codes(cohort) == first
    assert codes.table(cohort).to_dict("records")[0] == {
        "name": "Ann Able",
        "id": "ann-able",
        "code": codes.shown(first["ann-able"]),
    }


def test_another_cohort_of_the_same_people_has_other_codes(cohort, tmp_path):
    other = made(tmp_path / "other", "bb22")
    assert not set(codes.codes(cohort).values()) & set(codes.codes(other).values())


def test_who_is_added_later_has_a_code_at_once(cohort):
    before = codes.codes(cohort)
    made(cohort, "aa11", ("Ann Able", "Ben Bold", "Cy Cole"))
    assert codes.codes(cohort).items() > before.items()
    assert "cy-cole" in codes.codes(cohort)


def test_a_new_code_changes_one_learners_only(cohort):
    before = codes.codes(cohort)
    new = codes.renew(cohort, "ann-able")
    assert codes.codes(cohort) == before | {"ann-able": new}
    assert new != before["ann-able"] != codes.renew(cohort, "ann-able")


def test_a_new_code_for_a_stranger_is_told(cohort):
    with pytest.raises(InputError, match="no learner nobody"):
        codes.renew(cohort, "nobody")


@pytest.mark.parametrize("text", ["", "[1]", "{", json.dumps({"ann-able": "many"})])
def test_a_damaged_list_of_new_codes_is_told_and_never_read_as_none(cohort, text):
    (cohort / ".academy" / "codes.json").write_text(text)
    with pytest.raises(InputError, match="cannot be read"):
        codes.codes(cohort)
