"""What each kind of question takes for an answer, and how answers compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.questions import kinds
from course.questions.kinds import Question

ITEMS = {"a": "Apples", "b": "Bread", "c": "Cheese"}
ASKED = {
    "number": Question("q", "number", "?", low=0, high=100, unit="%"),
    "choice": Question("q", "choice", "?", items=ITEMS),
    "choices": Question("q", "choices", "?", items=ITEMS),
    "order": Question("q", "order", "?", items=ITEMS),
    "match": Question("q", "match", "?", items=ITEMS, options={"x": "Ex", "y": "Why"}),
    "share": Question("q", "share", "?", items=ITEMS, total=100),
    "short_text": Question("q", "short_text", "?"),
    "long_text": Question("q", "long_text", "?"),
}
GOOD = {
    "number": 12.5,
    "choice": "a",
    "choices": ["a", "c"],
    "order": ["c", "a", "b"],
    "match": {"a": "x", "b": "y", "c": "x"},
    "share": {"a": 20, "b": 30, "c": 50},
    "short_text": "An Act",
    "long_text": "Two\n\nparagraphs <b>",
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=5,
)


def test_there_is_a_question_of_every_kind_here():
    assert set(ASKED) == set(kinds.KINDS) == set(GOOD)


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_good_answer_has_no_problem_and_is_itself(kind):
    assert kinds.problem(ASKED[kind], GOOD[kind]) is None
    assert kinds.same(ASKED[kind], GOOD[kind], GOOD[kind])
    assert kinds.slips(ASKED[kind], GOOD[kind], GOOD[kind]) == 0


@pytest.mark.parametrize("kind", kinds.KINDS)
@pytest.mark.parametrize("blank", [None, "", "  ", [], {}, {"a": None, "b": ""}])
def test_nothing_given_is_blank_rather_than_wrong(kind, blank):
    assert kinds.is_blank(ASKED[kind], blank)
    assert kinds.problem(ASKED[kind], blank) is None


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("number", "twelve", "“twelve” is not a number"),
        ("number", float("inf"), "not a number"),
        ("number", True, "not a number"),
        ("number", -0.1, "below the lowest value possible here, 0"),
        ("number", 100.1, "above the highest value possible here, 100"),
        ("choice", "z", "Choose one of the options"),
        ("choices", ["a", "z"], "Tick only options shown"),
        ("choices", ["a", "a"], "Tick only options shown"),
        ("order", ["a", "b"], "every item"),
        ("order", ["a", "b", "b"], "every item"),
        ("match", {"a": "x", "b": "y"}, "Choose a match for “Cheese”"),
        ("match", {"a": "x", "b": "y", "c": "z"}, "Choose a match for “Cheese”"),
        ("match", ["a"], "Choose a match for each"),
        ("share", {"a": 20, "b": 30}, "Give every item a number"),
        ("share", {"a": 20, "b": 30, "c": 40}, "add up to 90; they must add up to 100"),
        ("share", {"a": -20, "b": 70, "c": 50}, "“Apples” needs a number that is 0 or more"),
        ("share", {"a": "x", "b": 70, "c": 50}, "“Apples” needs a number"),
        ("short_text", 7, "in words"),
        ("long_text", ["a"], "in words"),
    ],
)
def test_a_malformed_answer_gets_a_sentence_that_says_what_to_do(kind, value, said):
    assert said in kinds.problem(ASKED[kind], value)


@pytest.mark.parametrize("kind", kinds.KINDS)
@given(value=ANYTHING)
def test_whatever_stands_in_an_answer_file_can_be_judged_and_shown(kind, value):
    question = ASKED[kind]
    said = kinds.problem(question, value)
    assert said is None or said.endswith(".")
    assert "<script" not in kinds.in_words(question, value)


@pytest.mark.parametrize("kind", ["short_text", "long_text", "number"])
def test_what_a_learner_wrote_is_shown_as_text_and_never_as_markup(kind):
    assert "<img" not in kinds.in_words(ASKED[kind], "<img src=x onerror=alert(1)>")


def test_parts_rounded_to_one_decimal_may_miss_their_total_by_a_little():
    assert kinds.problem(ASKED["share"], {"a": 38.5, "b": 38.5, "c": 23.1}) is None
    assert kinds.problem(ASKED["share"], {"a": 38.5, "b": 38.5, "c": 23.3}) is not None


def test_answers_read_as_people_write_them():
    assert kinds.in_words(ASKED["number"], 12.5) == "12.5%"
    assert kinds.in_words(ASKED["choices"], ["a", "c"]) == "<ul><li>Apples</li><li>Cheese</li></ul>"
    assert kinds.in_words(ASKED["match"], GOOD["match"]).startswith("<ul><li>Apples: Ex</li>")
    assert kinds.tidy(2350000) == "2,350,000"
    assert kinds.tidy(-0.00001) == "0"


def test_a_short_text_is_the_same_in_other_capitals_spaces_and_stops():
    accepted = ["The Social Value Act", "PSSVA"]
    assert kinds.same(ASKED["short_text"], "  the social  value act. ", accepted)
    assert not kinds.same(ASKED["short_text"], "the social value", accepted)


def test_a_number_is_right_within_its_tolerance_and_no_further():
    question = ASKED["number"]
    assert kinds.same(question, 16.9, 16.7, within=0.2)
    assert not kinds.same(question, 16.91, 16.7, within=0.2)


@pytest.mark.parametrize(
    ("kind", "value", "key", "count"),
    [
        ("choices", ["a"], ["a", "b"], 1),
        ("choices", ["a", "b", "c"], ["a", "b"], 1),
        ("choices", ["c"], ["a", "b"], 3),
        ("order", ["b", "a", "c"], ["a", "b", "c"], 1),
        ("order", ["c", "b", "a"], ["a", "b", "c"], 3),
        ("match", {"a": "y", "b": "x", "c": "x"}, {"a": "x", "b": "y", "c": "x"}, 1),
        ("match", {"a": "y", "b": "y", "c": "x"}, {"a": "x", "b": "y", "c": "x"}, 1),
        ("match", {"a": "y", "b": "x", "c": "y"}, {"a": "x", "b": "y", "c": "x"}, 3),
        ("choice", "b", "a", 2),
    ],
)
def test_slips_count_ticks_to_change_neighbours_to_swap_and_matches_to_move(kind, value, key, count):
    assert kinds.slips(ASKED[kind], value, key) == count
