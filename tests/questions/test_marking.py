"""How one answer earns points and a reason."""

import pytest

from course import answers
from course.errors import InputError
from course.questions import mark as mark_cell
from course.questions import marking, number, order, short_text, wrong
from course.questions.kinds import Question
from course.questions.marking import Key, assess

NUMBER = Question("n", "number", "?", low=0, high=100)
NUMBER_KEY = Key(
    16.71,
    2.0,
    "Because.",
    within=0.1,
    wrong=[wrong("linear", 11.44, "You took the linear formula.", points=1, read="Formulas")],
    read="Tipping weight",
)
TICKS = Question("t", "choices", "?", items={"a": "A", "b": "B", "c": "C", "d": "D"})
TICKS_KEY = Key(["a", "b"], 2.0, "Because.", why={k: f"About {k}." for k in "abcd"})


@pytest.fixture
def exercise(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def outcome(question, key, value):
    result = assess(question, key, value)
    return result.outcome, result.points, result.message


def test_the_right_number_earns_all_points_and_the_reason():
    assert outcome(NUMBER, NUMBER_KEY, 16.8) == ("correct", 2.0, "Because.")


def test_a_named_wrong_answer_earns_its_own_points_and_message():
    result = assess(NUMBER, NUMBER_KEY, 11.4)
    assert (result.outcome, result.points, result.wrong, result.read) == ("partly", 1.0, "linear", "Formulas")
    assert result.message == "You took the linear formula."


def test_any_other_number_earns_nothing_and_says_what_to_read():
    result = assess(NUMBER, NUMBER_KEY, 50)
    assert (result.outcome, result.points, result.read) == ("incorrect", 0.0, "Tipping weight")


@pytest.mark.parametrize("blank", [None, "", []])
def test_no_answer_is_not_attempted_rather_than_incorrect(blank):
    assert outcome(NUMBER, NUMBER_KEY, blank)[:2] == ("unanswered", 0.0)


def test_a_malformed_answer_earns_nothing_and_says_why():
    state, points, message = outcome(NUMBER, NUMBER_KEY, "about 16")
    assert (state, points) == ("malformed", 0.0)
    assert "not a number" in message


def test_one_slip_earns_half_and_names_the_slip():
    assert outcome(TICKS, TICKS_KEY, ["a"]) == ("partly", 1.0, "One slip. About b.")
    assert outcome(TICKS, TICKS_KEY, ["a", "b", "c"]) == ("partly", 1.0, "One slip. About c.")


def test_two_slips_earn_nothing_and_name_both():
    assert outcome(TICKS, TICKS_KEY, ["a", "c"]) == ("incorrect", 0.0, "About b.\nAbout c.")


def test_ticking_everything_earns_nothing():
    assert assess(TICKS, TICKS_KEY, ["a", "b", "c", "d"]).points == 0


def test_a_marking_cell_reads_the_answer_file_and_returns_the_points(exercise, capsys):
    number("n", "?", low=0, high=100)
    answers.record(exercise, "n", 16.7)
    assert mark_cell("n", 16.71, within=0.1, points=2, because="Because.") == 2.0


def test_a_marking_cell_without_an_answer_file_returns_nought(exercise):
    number("n", "?", low=0, high=100)
    assert mark_cell("n", 16.71, points=2, because="Because.") == 0.0


def test_marking_something_that_was_not_asked_is_refused_in_words(exercise):
    with pytest.raises(InputError, match="“never-asked” is not asked"):
        mark_cell("never-asked", 1, points=1, because="Because.")


@pytest.mark.parametrize(
    ("question", "key", "said"),
    [
        (NUMBER, Key("x", 1.0, "."), "not a number"),
        (NUMBER, Key(None, 1.0, "."), "model answer is blank"),
        (NUMBER, Key(5, 1.0, ".", wrong=[wrong("w", 5, ".")]), "“w” is counted as right"),
        (NUMBER, Key(5, 1.0, ".", wrong=[wrong("w", 6, ".", points=1)]), "“w” earns 1 of 1"),
        (TICKS, Key(["a"], 1.0, ".", why={"a": "."}), "no reason for “b”"),
        (Question("l", "long_text", "?"), Key("x", 1.0, "."), "marked by a person"),
    ],
)
def test_a_key_that_cannot_mark_fairly_is_refused(question, key, said):
    with pytest.raises(InputError) as refused:
        marking._check_key(question, key)
    assert said in str(refused.value).replace("1.0", "1")


def test_a_short_text_may_have_several_right_spellings(exercise):
    short_text("s", "?")
    answers.record(exercise, "s", "the act.")
    assert mark_cell("s", ["An Act", "The Act"], points=1, because=".") == 1.0


def test_swapping_two_neighbours_in_an_order_is_one_slip(exercise):
    order("o", "?", {"a": "A", "b": "B", "c": "C"})
    answers.record(exercise, "o", ["b", "a", "c"])
    assert mark_cell("o", ["a", "b", "c"], points=2, because=".") == 1.0


def test_marks_come_as_text_html_and_data():
    bundle = assess(NUMBER, NUMBER_KEY, 11.44)._repr_mimebundle_()
    assert bundle["text/plain"].startswith("Partly right: 1 of 2.")
    assert bundle[marking.MARK_TYPE]["wrong"] == "linear"
    assert "<strong>Partly right: 1 of 2.</strong>" in bundle["text/html"]


STEPS = Question("o", "order", "?", items={"a": "A", "b": "B", "c": "C", "d": "D"})
STEPS_KEY = Key(["a", "b", "c", "d"], 2.0, "Because.")


def test_an_order_that_is_not_right_says_which_places_are():
    assert assess(STEPS, STEPS_KEY, ["a", "c", "d", "b"]).message.endswith("\nIn the right place: 1.")
    assert assess(STEPS, STEPS_KEY, ["d", "c", "b", "a"]).message.endswith("\nIn the right place: none yet.")
    swapped = outcome(STEPS, STEPS_KEY, ["b", "a", "c", "d"])
    assert swapped[:2] == ("partly", 1.0)
    assert swapped[2].endswith("\nIn the right place: 3, 4.")
