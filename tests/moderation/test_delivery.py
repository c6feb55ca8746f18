import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.moderation import expected_points, promise_against_delivery


@pytest.fixture
def promises():
    return pd.DataFrame({"bidder": ["Bold", "Sober"], "score": [95, 72], "delivery": [0.45, 0.92]})


def test_the_bold_promise_wins_at_award_and_loses_in_expectation(promises):
    table = promise_against_delivery(promises, 10)
    assert table["points_at_award"].tolist() == pytest.approx([9.50, 7.20])
    assert table["expected_points"].tolist() == pytest.approx([4.275, 6.624])
    pd.testing.assert_frame_equal(table[promises.columns], promises)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_expected_points_never_exceed_the_points_at_award(weight, score, delivery):
    assert 0 <= expected_points(weight, score, delivery) <= expected_points(weight, score, 1) <= weight + 1e-9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 50, 0.5), "The weight is -1: keep it from 0 to 100."),
        ((101, 50, 0.5), "The weight is 101: keep it from 0 to 100."),
        ((10, -1, 0.5), "The score is -1: keep it from 0 to 100."),
        ((10, 101, 0.5), "The score is 101: keep it from 0 to 100."),
        ((10, 50, -0.1), "The delivery is -0.1: keep it from 0 to 1."),
        ((10, 50, 45), "The delivery is 45: keep it from 0 to 1."),
        ((10, 50, float("nan")), "The delivery is nan: keep it from 0 to 1."),
    ],
)
def test_expected_points_refuse_figures_out_of_range(arguments, message):
    with pytest.raises(InputError) as error:
        expected_points(*arguments)
    assert str(error.value) == message


@pytest.mark.parametrize("column", ["bidder", "score", "delivery"])
def test_a_missing_column_of_promises_is_named(promises, column):
    with pytest.raises(InputError) as error:
        promise_against_delivery(promises.drop(columns=column), 10)
    assert str(error.value) == f"The bids have no column '{column}': add it, one value for each bidder."


@pytest.mark.parametrize("column", ["score", "delivery"])
@pytest.mark.parametrize("figure", [None, "lots"])
def test_a_missing_figure_of_a_promise_is_named(promises, column, figure):
    promises[column] = promises[column].astype(object)
    promises.loc[1, column] = figure
    with pytest.raises(InputError) as error:
        promise_against_delivery(promises, 10)
    assert str(error.value) == f"The '{column}' of 'Sober' is missing or is not a number: type a number."
