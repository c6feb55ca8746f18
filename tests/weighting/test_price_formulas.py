import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymcdm.normalizations import linear_normalization, minmax_normalization

from course.errors import InputError
from course.weighting import FORMULAS, price_scores, relative_points, stretch

SCORING = [name for name in FORMULAS if name != "price_per_quality_point"]
BOUNDS = {"ceiling": 3_000_000, "floor": 1_800_000}
prices_of = st.lists(st.integers(100_000, 5_000_000), min_size=1, max_size=8)


def scores(prices, formula, **bounds):
    return price_scores(pd.Series(prices, index=[f"B{i}" for i in range(len(prices))]), formula, **bounds)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("relative", [100, 50, 40]),
        ("linear", [100, 0, 0]),
        ("min_max", [100, 100 / 3, 0]),
        ("mean_deviation", [100 * (0.5 + 5 / 11), 50 - 100 / 11, 50 - 100 * 4 / 11]),
        ("absolute", [100, 50, 25]),
    ],
)
def test_each_formula_scores_three_prices_as_defined(formula, expected):
    got = scores([100, 200, 250], formula, ceiling=300, floor=100)
    assert got.tolist() == pytest.approx(expected)
    assert got.name == "price_score"
    assert got.index.tolist() == ["B0", "B1", "B2"]


def test_linear_loses_one_point_for_each_percent_above_the_lowest():
    assert scores([100, 101, 130], "linear").tolist() == pytest.approx([100, 99, 70])


def test_mean_deviation_is_kept_within_0_and_100():
    assert scores([1, 1, 1, 1, 1000], "mean_deviation").tolist() == [100, 100, 100, 100, 0]


def test_absolute_is_capped_at_floor_and_ceiling():
    assert scores([50, 100, 300, 400], "absolute", ceiling=300, floor=100).tolist() == [100, 100, 0, 0]


def test_absolute_takes_a_floor_of_nought():
    assert scores([100], "absolute", ceiling=400, floor=0).tolist() == [75]


def test_min_max_gives_equal_prices_full_marks():
    assert scores([70, 70], "min_max").tolist() == [100, 100]


def test_every_formula_tells_a_learner_what_it_is():
    assert list(FORMULAS) == [
        "relative",
        "linear",
        "min_max",
        "mean_deviation",
        "absolute",
        "price_per_quality_point",
    ]
    for formula in FORMULAS.values():
        assert formula.label[0].isupper()
        assert formula.description.startswith(("The ", "Each "))
        assert formula.description.endswith(".")
        assert len(formula.description.split()) < 25


@pytest.mark.parametrize("formula", SCORING)
def test_a_formula_says_truly_whether_it_depends_on_other_bids(formula):
    alone = scores([200, 250], formula, ceiling=300, floor=100)
    with_low_bid = scores([200, 250, 90], formula, ceiling=300, floor=100)[:2]
    moved = not np.allclose(alone, with_low_bid)
    assert moved == FORMULAS[formula].depends_on_other_bids


def test_price_per_quality_point_is_said_not_to_depend_on_other_bids():
    assert FORMULAS["price_per_quality_point"].depends_on_other_bids is False


@given(prices_of, st.sampled_from(SCORING))
@settings(max_examples=60, deadline=None)
def test_price_scores_stay_within_0_and_100(prices, formula):
    assert scores(prices, formula, **BOUNDS).between(0, 100).all()


@given(prices_of, st.integers(0, 7), st.integers(1, 90_000), st.sampled_from(SCORING))
@settings(max_examples=60, deadline=None)
def test_a_lower_price_never_scores_less(prices, which, cut, formula):
    i = which % len(prices)
    lower = [p - cut if j == i else p for j, p in enumerate(prices)]
    before, after = (scores(x, formula, **BOUNDS).iloc[i] for x in (prices, lower))
    assert after >= before - 1e-9


@given(prices_of, st.randoms(use_true_random=False), st.sampled_from(SCORING))
@settings(max_examples=40, deadline=None)
def test_price_scores_do_not_depend_on_the_order_of_bids(prices, random, formula):
    original = scores(prices, formula, **BOUNDS)
    order = list(original.index)
    random.shuffle(order)
    by_name = pd.Series(prices, index=original.index)[order]
    assert price_scores(by_name, formula, **BOUNDS)[original.index].tolist() == pytest.approx(
        original.tolist()
    )


@given(prices_of, prices_of)
@settings(max_examples=40, deadline=None)
def test_absolute_price_score_is_unmoved_by_other_bids(prices, others):
    alone = scores(prices, "absolute", **BOUNDS)
    together = scores(prices + others, "absolute", **BOUNDS)
    assert together.iloc[: len(prices)].tolist() == alone.tolist()


@given(st.lists(st.integers(100_000, 5_000_000), min_size=2, max_size=8, unique=True))
@settings(max_examples=40, deadline=None)
def test_relative_and_min_max_agree_with_pymcdm(prices):
    x = np.array(prices, dtype=float)
    assert scores(prices, "relative").tolist() == pytest.approx(100 * linear_normalization(x, cost=True))
    assert scores(prices, "min_max").tolist() == pytest.approx(100 * minmax_normalization(x, cost=True))


@pytest.mark.parametrize("formula", SCORING)
@pytest.mark.parametrize(
    ("price", "message"),
    [
        (0, "The price of 'B1' is 0: a price must be above £0."),
        (-5, "The price of 'B1' is -5: a price must be above £0."),
        (float("nan"), "The price of 'B1' is missing or is not a number: type a number."),
        (float("inf"), "The price of 'B1' is missing or is not a number: type a number."),
        (float("-inf"), "The price of 'B1' is missing or is not a number: type a number."),
        (None, "The price of 'B1' is missing or is not a number: type a number."),
        ("about a million", "The price of 'B1' is missing or is not a number: type a number."),
    ],
)
def test_an_unusable_price_is_named(formula, price, message):
    with pytest.raises(InputError) as error:
        scores([10, price], formula, **BOUNDS)
    assert str(error.value) == message


def test_an_unknown_formula_is_refused_with_the_list_of_known_ones():
    with pytest.raises(InputError) as error:
        scores([10], "cheapest")
    assert str(error.value) == (
        "There is no price formula 'cheapest': choose one of relative, linear, min_max, mean_deviation, "
        "absolute, price_per_quality_point."
    )


def test_price_per_quality_point_gives_no_price_score():
    with pytest.raises(InputError) as error:
        scores([10], "price_per_quality_point")
    assert str(error.value) == (
        "Price per quality point gives price no score of its own: choose another formula."
    )


@pytest.mark.parametrize(
    ("ceiling", "floor", "message"),
    [
        (None, 100, "The absolute formula needs a ceiling and a floor price: give both, in £ ex VAT."),
        (100, None, "The absolute formula needs a ceiling and a floor price: give both, in £ ex VAT."),
        (float("nan"), 1, "The ceiling or the floor price is not a number: give both, in £ ex VAT."),
        (100, float("nan"), "The ceiling or the floor price is not a number: give both, in £ ex VAT."),
        (100, -1, "The floor price is -1: it cannot be below £0."),
        (100, 100, "The ceiling (100) is not above the floor (100): change one of them."),
        (100, 200, "The ceiling (100) is not above the floor (200): change one of them."),
    ],
)
def test_absolute_refuses_bounds_it_cannot_use(ceiling, floor, message):
    with pytest.raises(InputError) as error:
        scores([150], "absolute", ceiling=ceiling, floor=floor)
    assert str(error.value) == message


def test_stretching_quality_turns_a_narrow_spread_into_a_wide_one():
    assert stretch(pd.Series([62, 66, 68])).tolist() == pytest.approx([0, 200 / 3, 100])


def test_stretching_equal_values_gives_all_full_marks():
    assert stretch(pd.Series([5, 5], index=["a", "b"])).to_dict() == {"a": 100, "b": 100}


def test_stretched_scores_keep_their_name():
    for scores in ([5, 5], [5, 6]):
        assert stretch(pd.Series(scores, name="quality")).name == "quality"


def test_stretching_names_the_value_that_is_missing():
    with pytest.raises(InputError) as error:
        stretch(pd.Series({"Alder": 1, "Cedar": None}))
    assert str(error.value) == "The value of 'Cedar' is missing or is not a number: type a number."


def test_one_bold_claim_takes_points_from_the_others():
    honest = pd.Series({"P": 120_000, "Q": 100_000, "R": 90_000})
    assert relative_points(honest, 20).tolist() == pytest.approx([20, 16.67, 15], abs=0.005)
    bold = honest.where(honest.index != "R", 450_000)
    assert relative_points(bold, 20).tolist() == pytest.approx([5.33, 4.44, 20], abs=0.005)


def test_a_claim_of_nought_gets_no_points():
    assert relative_points(pd.Series({"P": 10, "Q": 0}), 20).tolist() == [20, 0]


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"P": 10, "Q": -1}, "The claim of 'Q' is -1: a claim cannot be below zero."),
        ({"P": 0, "Q": 0}, "No claim is above zero: there is nothing to compare the claims with."),
        ({}, "No claim is above zero: there is nothing to compare the claims with."),
        ({"P": 1, "Q": "lots"}, "The claim of 'Q' is missing or is not a number: type a number."),
    ],
)
def test_unusable_claims_are_refused(claims, message):
    with pytest.raises(InputError) as error:
        relative_points(pd.Series(claims, dtype=object), 20)
    assert str(error.value) == message
