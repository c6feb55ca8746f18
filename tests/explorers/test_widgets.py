"""Explorers and predictions as widgets: finite, safe with any value, readable without scripts."""

import pytest

from course.charts import Frame, Table
from course.errors import InputError
from course.explorers import Choice, Explorer, Number, Toggle, every_state, predict


def doubled(values):
    if values["n"] == 3:
        raise InputError("Three is not to be had: choose another number.")
    text = f"{2 * values['n']:g}"
    return Frame({"rows": [{"x": values["n"]}]}, f"Twice is {text}.", Table(["What", "Twice"], [["n", text]]))


@pytest.fixture
def explorer():
    return Explorer(
        "Twice",
        [
            Number("n", "A number", 0, 4, 1, 2, "%"),
            Choice("c", "Pick", {"10": "Ten", "2": "Two"}, "2"),
            Toggle("t", "So"),
        ],
        doubled,
    )


@pytest.mark.parametrize(
    ("low", "high", "step", "given", "taken"),
    [
        (0, 40, 0.5, 16.71, 16.5),
        (0, 40, 0.5, 99, 40),
        (0, 40, 0.5, -1, 0),
        (0, 40, 0.5, "12", 12),
        (0, 40, 0.5, "twelve", 7),
        (0, 40, 0.5, None, 7),
        (0, 40, 0.5, float("nan"), 7),
        (2.3, 2.8, 0.02, 2.5, 2.5),
        (5, 100, 5, 52, 50),
    ],
)
def test_a_number_takes_only_values_on_its_grid(low, high, step, given, taken):
    number = Number("n", "n", low, high, step, 7)
    assert number.clean(given) == taken
    assert taken == 7 or taken in number.states()


def test_a_numbers_states_go_from_low_to_high():
    states = Number("p", "p", 2.3, 2.8, 0.02, 2.5).states()
    assert (states[0], states[-1], len(states)) == (2.3, 2.8, 26)
    assert states[1] == 2.32


def test_a_move_sends_a_frame_and_never_the_specification(explorer):
    sent = []
    explorer.observe(lambda change: sent.append(change["name"]))
    explorer.values = {**explorer.values, "n": 4}
    assert sorted(sent) == ["frame", "values"]
    assert explorer.frame["summary"] == "Twice is 8."


def test_values_that_a_control_cannot_take_do_no_harm(explorer):
    explorer.values = {"n": "?", "c": "three", "t": 1, "other": 5}
    assert explorer.clean(explorer.values) == {"n": 2, "c": "2", "t": False}
    assert explorer.frame["summary"] == "Twice is 4."


def test_what_cannot_be_computed_is_said_and_the_last_picture_stays(explorer):
    explorer.values = {**explorer.values, "n": 3}
    assert explorer.frame["problem"].startswith("Three is not to be had")
    assert explorer.frame["data"] == {"rows": [{"x": 2}]}


def test_options_keep_their_order_on_the_way_to_the_page(explorer):
    assert explorer.spec["controls"][1]["options"] == [("10", "Ten"), ("2", "Two")]


def test_every_state_of_the_controls_can_be_had(explorer):
    states = list(every_state(explorer))
    assert len(states) == 5 * 2 * 2
    assert [values["n"] for values, made in states if made is None] == [3] * 4


def test_too_many_states_are_refused_in_a_sentence(explorer):
    with pytest.raises(InputError, match="“Twice” has 20 states, more than 10"):
        list(every_state(explorer, limit=10))


def test_an_explorer_reads_as_a_sentence_and_a_table_without_scripts(explorer):
    bundle, _ = explorer._repr_mimebundle_()
    assert "<table>" in bundle["text/html"]
    assert "Twice is 4." in bundle["text/html"]
    assert bundle["text/plain"] == "Twice: Twice is 4."


def test_a_prediction_needs_an_option_for_its_answer():
    with pytest.raises(InputError, match="no option “c”"):
        predict("Which?", {"a": "A", "b": "B"}, "c", "Because.")


def test_a_prediction_hides_its_answer_until_it_is_asked_for():
    bundle, _ = predict("Which?", {"a": "A"}, "a", "Because.")._repr_mimebundle_()
    assert bundle["text/html"].index("<details>") < bundle["text/html"].index("Because.")
