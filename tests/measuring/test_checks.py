import numpy as np
import pandas as pd
import pytest

from course.errors import InputError
from course.measuring.checks import above_zero, amount, columns, number, share, whole


def refusal(call, *args, **kwargs):
    with pytest.raises(InputError) as refused:
        call(*args, **kwargs)
    return str(refused.value)


@pytest.mark.parametrize("bad", ["20", None, float("nan"), float("-inf"), True, [1]])
def test_what_is_not_a_number_is_named(bad):
    assert refusal(number, bad, "hours") == f"The hours is {bad!r}, which is not a number. Give a number."


def test_numbers_of_every_library_are_read():
    assert number(np.float64(1.5), "x") == 1.5
    assert number(np.int64(3), "x") == 3.0
    assert number(-2, "x") == -2.0


def test_an_amount_may_be_zero_but_not_below():
    assert amount(0, "x") == 0
    assert refusal(amount, -0.5, "gross change") == (
        "The gross change is -0.5, which is below zero. Give zero or more."
    )


def test_some_numbers_must_be_above_zero():
    assert above_zero(0.1, "x") == 0.1
    assert refusal(above_zero, 0, "multiplier") == "The multiplier is 0. Give a number above zero."
    assert refusal(above_zero, -1, "multiplier") == "The multiplier is -1. Give a number above zero."


@pytest.mark.parametrize("edge", [0, 1, 0.2])
def test_a_share_runs_from_nought_to_one_with_both_ends(edge):
    assert share(edge, "x") == edge


@pytest.mark.parametrize(("given", "meant"), [(20, "0.2"), (1.5, "0.015"), (100, "1")])
def test_a_percentage_is_answered_with_the_share_to_type(given, meant):
    assert refusal(share, given, "deadweight") == (
        f"The deadweight is {given:g}, which is not a share from 0 to 1. For {given:g}% give {meant}."
    )


@pytest.mark.parametrize("given", [-0.1, 101])
def test_any_other_number_is_not_a_share(given):
    assert refusal(share, given, "leakage") == (
        f"The leakage is {given:g}, which is not a share from 0 to 1. For 20% give 0.2."
    )


def test_whole_numbers_have_a_least():
    assert whole(1, "years") == 1
    assert whole(3.0, "years") == 3
    assert isinstance(whole(3.0, "years"), int)
    assert whole(0, "years", least=0) == 0
    assert refusal(whole, "3", "years") == "The years is '3', which is not a number. Give a number."
    assert refusal(whole, 0, "years") == "The years is 0. Give a whole number of 1 or more."
    assert refusal(whole, 2.5, "years") == "The years is 2.5. Give a whole number of 1 or more."
    assert refusal(whole, -1, "years", least=0) == "The years is -1. Give a whole number of 0 or more."


def test_a_table_needs_its_columns_rows_and_cells():
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", ""], "c": [1, None]})
    assert columns(frame, ["a"], "items") is frame
    assert refusal(columns, frame, ["a", "d", "e"], "items") == (
        "The items table has no column d, e. Add it and try again."
    )
    assert refusal(columns, frame, ["a", "b"], "items") == (
        "The items table has nothing in b on row 2. Fill it in."
    )
    assert refusal(columns, frame, ["c"], "items") == (
        "The items table has nothing in c on row 2. Fill it in."
    )
    assert refusal(columns, frame.head(0), ["a"], "items") == "The items table has no rows. Add at least one."
