"""Answers too alike are shown to a person; what everybody was given, and chance, are not."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import answers
from course.cohorts import similarity as s
from course.grading import export

EXERCISE = "m04-asking"
WORDS = [f"word{n}" for n in range(800)]


def text(seed, words=120):
    random = Random(seed)
    return " ".join(random.choice(WORDS) for _ in range(words))


def pairs(table):
    return {(row.learner, row.other) for row in table.itertuples()}


def put(cohort, learner, question, value, at=None):
    answers.record(cohort / "submitted" / learner / EXERCISE, question, value, at)


def test_a_copy_with_every_eighth_word_changed_is_shown_and_other_texts_are_not():
    texts = {f"l{n}": text(n) for n in range(40)}
    words = texts["l3"].split()
    texts["l7"] = " ".join("changed" if at % 8 == 0 else word for at, word in enumerate(words))
    table = s.compare(texts)
    assert pairs(table) == {("l3", "l7")}
    assert 0.4 < table.loc[0, "alike"] < 0.9


def test_a_part_copied_into_a_longer_text_is_shown():
    texts = {f"l{n}": text(n) for n in range(10)} | {"short": text(3, 60)}
    texts["long"] = f"{text(50)} {texts['short']}"
    assert ("short", "long") in pairs(s.compare(texts))


def test_what_everybody_was_given_does_not_count():
    template = text(99, 60)
    texts = {f"l{n}": f"{template} {text(n, 30)}" for n in range(3)}
    assert len(s.compare(texts)) == 3
    assert s.compare(texts, [template]).empty


def test_a_phrase_that_many_use_does_not_count():
    texts = {f"l{n}": f"{text(99, 60)} {text(n, 30)}" for n in range(30)}
    assert s.compare(texts).empty


def test_capitals_and_punctuation_hide_nothing():
    one = text(1)
    two = ", ".join(word.upper() for word in one.split()) + "!"
    assert s.compare({"a": one, "b": two}).loc[0, "alike"] == 1


def test_short_answers_that_say_the_same_few_words_are_not_shown():
    assert s.compare({"a": "we will hire local people", "b": "we will hire local people"}).empty


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=12, unique=True))
@settings(max_examples=20)
def test_texts_of_their_own_are_not_shown(seeds):
    assert s.compare({str(seed): text(seed) for seed in seeds}).empty


def test_no_pair_is_shown_twice_or_with_itself_and_shares_stay_within_one():
    texts = {f"l{n}": text(n // 2) for n in range(8)}
    table = s.compare(texts)
    assert pairs(table) == {(f"l{n}", f"l{n + 1}") for n in (0, 2, 4, 6)}
    assert (table["alike"] == 1).all()


def test_five_hundred_answers_are_compared_with_each_other():
    texts = {f"l{n}": text(n) for n in range(500)}
    texts["l499"] = texts["l4"]
    assert pairs(s.compare(texts)) == {("l4", "l499")}


def test_in_a_cohort_the_samples_are_discounted_and_names_are_given(marked):
    # Learners of the fixture answer with the author's samples, word for word.
    table = s.alike(marked, EXERCISE)
    assert set(table["say"]) == {"They are the same, word for word."}
    assert (table["shared"] == 0).all()
    put(marked, "kit-sorensen", "model-question", text(1))
    put(marked, "amara-osei", "model-question", text(1) + " " + text(2, 20))
    first = s.alike(marked, EXERCISE)
    first = first[first["shared"] > 0]
    assert pairs(first) == {("amara-osei", "kit-sorensen")}
    assert first.iloc[0]["other_name"] == "Kit Sørensen"


def test_the_same_uncommon_wrong_answers_are_shown_and_right_ones_are_not(marked, monkeypatch):
    before = pairs(s.same_answers(marked, EXERCISE))
    for learner, at in (("kit-sorensen", "2027-01-01T10:00:0"), ("iris-lockwood", "2027-02-01T10:00:0")):
        for n, question in enumerate(("tipping-weight", "consistency-ratio", "price-premium")):
            put(marked, learner, question, 77.123 + n, f"{at}{n}+00:00")
    pair = ("iris-lockwood", "kit-sorensen")
    monkeypatch.setattr(s, "_right", lambda *_: {(who, q) for who in pair for q in s.answers.read(place)})
    place = marked / "submitted" / pair[0] / EXERCISE
    assert pair not in pairs(s.same_answers(marked, EXERCISE))
    monkeypatch.setattr(s, "_right", lambda *_: {(pair[0], "tipping-weight")})
    table = s.same_answers(marked, EXERCISE)
    assert pair in pairs(table) - before
    row = table.set_index(["learner", "other"]).loc[pair]
    assert row["same"] >= 3
    assert "tipping-weight" in row["questions"]


def test_answers_given_in_the_same_second_are_shown(marked):
    people = ("iris-lockwood", "kit-sorensen")
    before = s.same_answers(marked, EXERCISE).set_index(["learner", "other"])["moments"].get(people, 0)
    for learner in people:
        for n, question in enumerate(("tipping-weight", "consistency-ratio", "price-premium")):
            put(marked, learner, question, 3.5 + n, f"2027-01-01T10:00:0{n}+00:00")
    table = s.same_answers(marked, EXERCISE).set_index(["learner", "other"])
    assert table.loc[people, "moments"] >= max(3, before)


def test_looking_changes_no_mark_and_no_file(marked):
    grades = export.grades(marked)
    files = {p: p.stat().st_mtime_ns for p in (marked / "submitted").rglob("*")}
    s.alike(marked, EXERCISE)
    s.same_answers(marked, EXERCISE)
    assert export.grades(marked).equals(grades)
    assert {p: p.stat().st_mtime_ns for p in (marked / "submitted").rglob("*")} == files


def test_the_thresholds_are_said_in_words():
    for words in ("35%", "12 such phrases", "20% of the answers", "same second", "no more"):
        assert words in s.THRESHOLDS
    assert pytest.approx(0.35) == s.ALIKE
