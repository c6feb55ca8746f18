import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymcdm.methods import WSM
from pymcdm.normalizations import linear_normalization

from course.errors import InputError
from course.weighting import (
    FORMULAS,
    award,
    effective_weight,
    evaluate,
    nested_weights,
    non_price_scores,
    reweigh,
    weighted_points,
)

CEILING, FLOOR = 3_000_000, 1_800_000
SCORING = [name for name in FORMULAS if name != "price_per_quality_point"]
WEIGHTS = {"price": 40, "quality": 50, "social_value": 10}


@st.composite
def fields(draw, least=1):
    n = draw(st.integers(least, 6))
    score = st.integers(1, 100)
    return pd.DataFrame(
        {
            "bidder": [f"B{i}" for i in range(n)],
            "price": draw(st.lists(st.integers(1_000_000, 4_000_000), min_size=n, max_size=n)),
            "quality": draw(st.lists(score, min_size=n, max_size=n)),
            "social_value": draw(st.lists(score, min_size=n, max_size=n)),
        }
    )


@st.composite
def weightings(draw):
    price = draw(st.integers(5, 90))
    social = draw(st.integers(0, 95 - price))
    return {"price": price, "quality": 100 - price - social, "social_value": social}


@pytest.mark.parametrize(
    ("formula", "totals", "winner"),
    [
        ("relative", [77.50, 82.36, 83.57], "Cedar"),
        ("linear", [77.50, 82.10, 82.34], "Cedar"),
        ("min_max", [77.50, 67.72, 50.00], "Alder"),
        ("mean_deviation", [60.88, 65.76, 66.36], "Cedar"),
        ("absolute", [59.17, 60.50, 56.67], "Birch CIC"),
    ],
)
def test_the_formula_picks_the_winner_of_the_same_three_bids(three_bids, weights, formula, totals, winner):
    result = evaluate(three_bids, weights, formula, CEILING, FLOOR)
    assert result["total"].tolist() == pytest.approx(totals, abs=0.005)
    assert award(three_bids, weights, formula, CEILING, FLOOR) == [winner]


@pytest.mark.parametrize(
    ("formula", "totals", "winner"),
    [
        ("relative", [67.29, 72.95, 75.00, 63.00], "Cedar"),
        ("linear", [63.79, 67.21, 66.00, 63.00], "Birch CIC"),
        ("min_max", [54.64, 55.02, 50.00, 63.00], "Dogwood"),
        ("absolute", [59.17, 60.50, 56.67, 63.00], "Dogwood"),
    ],
)
def test_a_low_bid_changes_the_totals_of_the_others(four_bids, weights, formula, totals, winner):
    result = evaluate(four_bids, weights, formula, CEILING, FLOOR)
    assert result["total"].tolist() == pytest.approx(totals, abs=0.005)
    assert award(four_bids, weights, formula, CEILING, FLOOR) == [winner]


def test_a_minimum_quality_keeps_the_low_bid_from_winning(four_bids, weights):
    good_enough = four_bids[four_bids["quality"] >= 50]
    assert award(good_enough, weights, "absolute", CEILING, FLOOR) == ["Birch CIC"]


def test_smallest_rank_reversal_totals(small_field):
    weights = {"price": 60, "quality": 40}
    assert evaluate(small_field[:2], weights, "relative")["total"].tolist() == pytest.approx([88, 86])
    assert evaluate(small_field, weights, "relative")["total"].tolist() == pytest.approx([64, 66, 62])


def test_price_per_quality_point_awards_to_the_fewest_pounds_a_point():
    bids = pd.DataFrame(
        {"bidder": ["A", "B", "C"], "price": [900_000, 1_050_000, 1_300_000], "quality": [60, 72, 85]}
    )
    result = evaluate(bids, {"price": 40, "quality": 60}, "price_per_quality_point")
    assert result["total"].tolist() == pytest.approx([15_000, 14_583.33, 15_294.12], abs=0.005)
    assert result["rank"].tolist() == [2, 1, 3]
    assert result["winner"].tolist() == [False, True, False]
    assert result["price_score"].isna().all()


def test_price_per_quality_point_mixes_quality_and_social_value_by_their_weights(three_bids, weights):
    result = evaluate(three_bids, weights, "price_per_quality_point")
    assert result["total"].tolist() == pytest.approx([2_350_000 / 62.5, 2_550_000 * 6 / 455, 33_600])
    assert non_price_scores(three_bids, weights).to_dict() == pytest.approx(
        {"Alder": 62.5, "Birch CIC": 455 / 6, "Cedar": 250 / 3}
    )


@pytest.mark.parametrize(
    ("weights", "near", "dear"),
    [
        ({"price": 60, "quality": 35, "social_value": 5}, 89.0, 89.1),
        ({"price": 55, "quality": 35, "social_value": 10}, 85.0, 88.89),
        ({"price": 50, "quality": 30, "social_value": 20}, 78.0, 89.17),
    ],
)
def test_even_a_token_weight_can_flip_a_close_result(weights, near, dear):
    bids = pd.DataFrame(
        {
            "bidder": ["Near", "SocialCo"],
            "price": [1_000_000, 1_060_000],
            "quality": [80, 80],
            "social_value": [20, 90],
        }
    )
    assert evaluate(bids, weights, "relative")["total"].tolist() == pytest.approx([near, dear], abs=0.005)


def test_local_firm_and_distant_social_enterprise():
    bids = pd.DataFrame(
        {
            "bidder": ["Local SME", "Distant SE"],
            "price": [2_600_000, 2_500_000],
            "quality": [70, 70],
            "social_value": [60, 80],
        }
    )
    result = evaluate(bids, {"price": 40, "quality": 40, "social_value": 20}, "relative")
    assert result["total"].tolist() == pytest.approx([78.46, 84.00], abs=0.005)


def test_points_by_criterion_add_up_to_the_total(three_bids, weights):
    points = weighted_points(three_bids, weights, "absolute", CEILING, FLOOR)
    assert points.columns.tolist() == ["price", "quality", "social_value"]
    assert points.loc["Birch CIC"].tolist() == pytest.approx([15, 37, 8.5])
    totals = evaluate(three_bids, weights, "absolute", CEILING, FLOOR)["total"]
    assert points.sum(axis=1).tolist() == pytest.approx(totals.tolist())


def test_evaluate_keeps_the_bids_as_given_and_adds_four_columns(three_bids, weights):
    bids = three_bids.assign(note="x").set_axis([7, 3, 5])
    before = bids.copy()
    result = evaluate(bids, weights, "relative")
    pd.testing.assert_frame_equal(bids, before)
    pd.testing.assert_frame_equal(result[bids.columns], bids)
    assert result.columns.tolist() == [*bids.columns, "price_score", "total", "rank", "winner"]
    assert result["rank"].tolist() == [3, 2, 1]
    assert result["winner"].tolist() == [False, False, True]
    assert result["price_score"].tolist() == pytest.approx([100, 100 * 235 / 255, 100 * 235 / 280])


def test_bids_that_tie_share_a_rank_and_the_award(weights):
    bids = pd.DataFrame(
        {
            "bidder": list("ABCD"),
            "price": [100, 100, 120, 150],
            "quality": [70, 70, 70, 70],
            "social_value": [5] * 4,
        }
    )
    result = evaluate(bids, weights, "relative")
    assert result["rank"].tolist() == [1, 1, 3, 4]
    assert award(bids, weights, "relative") == ["A", "B"]


@pytest.mark.parametrize(("gap", "ranks"), [(1e-9, [1, 1]), (1e-5, [2, 1])])
def test_only_noise_in_the_totals_counts_as_a_tie(gap, ranks):
    bids = pd.DataFrame({"bidder": ["A", "B"], "price": [100, 100], "quality": [50, 50 + gap]})
    assert evaluate(bids, {"price": 50, "quality": 50}, "relative")["rank"].tolist() == ranks


def test_bids_that_all_score_nothing_tie():
    bids = pd.DataFrame({"bidder": ["A", "B"], "price": [1, 2], "quality": [0, 0]})
    assert award(bids, {"price": 0, "quality": 100}, "relative") == ["A", "B"]


def test_one_bid_alone_wins(three_bids, weights):
    assert award(three_bids[:1], weights, "relative") == ["Alder"]


@given(fields(), weightings(), st.sampled_from(SCORING))
@settings(max_examples=60, deadline=None)
def test_totals_stay_within_0_and_100_and_someone_wins(bids, weights, formula):
    result = evaluate(bids, weights, formula, CEILING, FLOOR)
    assert result["total"].between(0, 100 + 1e-9).all()
    assert result["winner"].any()
    assert result.loc[result["winner"], "total"].min() == pytest.approx(result["total"].max())


@given(fields(), weightings(), st.sampled_from(list(FORMULAS)), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_award_does_not_depend_on_the_order_of_bids(bids, weights, formula, random):
    order = list(bids.index)
    random.shuffle(order)
    first = evaluate(bids, weights, formula, CEILING, FLOOR).set_index("bidder")
    second = evaluate(bids.loc[order], weights, formula, CEILING, FLOOR).set_index("bidder")
    assert second.loc[first.index, "rank"].tolist() == first["rank"].tolist()
    assert second.loc[first.index, "total"].tolist() == pytest.approx(first["total"].tolist())


@given(fields(least=2), weightings())
@settings(max_examples=40, deadline=None)
def test_relative_totals_agree_with_pymcdm(bids, weights):
    scores = bids[["quality", "social_value"]].to_numpy() / 100
    prices = linear_normalization(bids["price"].to_numpy(dtype=float), cost=True)
    matrix = np.column_stack([prices, scores])
    oracle = WSM(normalization_function=lambda x, cost: x)(
        matrix, np.array(list(weights.values())) / 100, np.array([1, 1, 1]), validation=False
    )
    assert evaluate(bids, weights, "relative")["total"].tolist() == pytest.approx(list(100 * oracle))


@given(weightings(), st.floats(0, 100))
@settings(max_examples=60, deadline=None)
def test_reweighing_keeps_the_sum_and_the_ratio_of_the_rest(weights, social_value):
    new = reweigh(weights, social_value)
    assert sum(new.values()) == pytest.approx(100)
    assert new["social_value"] == social_value
    assert new["price"] * weights["quality"] == pytest.approx(new["quality"] * weights["price"])


def test_reweighing_can_bring_social_value_in():
    assert reweigh({"price": 60, "quality": 40}, 10) == pytest.approx(
        {"price": 54, "quality": 36, "social_value": 10}
    )


@pytest.mark.parametrize("value", [0, 100])
def test_reweighing_goes_to_both_ends(value):
    assert reweigh(WEIGHTS, value)["social_value"] == value


@pytest.mark.parametrize("value", [-1, 101, float("nan")])
def test_reweighing_refuses_a_weight_outside_0_to_100(value):
    with pytest.raises(InputError) as error:
        reweigh(WEIGHTS, value)
    assert str(error.value) == f"The weight of social value is {value:g}: keep it from 0 to 100."


def test_reweighing_needs_something_else_to_have_weight():
    with pytest.raises(InputError) as error:
        reweigh({"price": 0, "social_value": 100}, 10)
    assert str(error.value) == (
        "Social value has all the weight: give price or quality some before you change it."
    )


def test_a_share_of_a_section_is_a_smaller_share_of_the_whole():
    assert effective_weight(10, 40) == 4
    assert effective_weight(20, 40) == 8
    assert effective_weight(10, 60) == 6
    assert effective_weight(100, 100) == 100
    assert effective_weight(0, 50) == 0


@pytest.mark.parametrize(("share", "section"), [(-1, 40), (101, 40), (40, -1), (40, 101)])
def test_a_nested_weight_outside_0_to_100_is_refused(share, section):
    with pytest.raises(InputError) as error:
        effective_weight(share, section)
    bad = share if share != 40 else section
    assert str(error.value) == f"A weight is {bad}: keep both from 0 to 100."


def test_nested_weights_of_a_ten_point_section():
    split = {"jobs": 40, "skills": 30, "carbon": 20, "wellbeing": 10}
    nested = nested_weights(10, split)
    assert nested == pytest.approx({"jobs": 4, "skills": 3, "carbon": 2, "wellbeing": 1})
    assert nested["wellbeing"] / 5 == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("split", "message"),
    [
        (
            {"a": 50, "b": 40},
            "The weights within the section add up to 90: change them until they add up to 100.",
        ),
        ({}, "The weights within the section add up to 0: change them until they add up to 100."),
    ],
)
def test_a_split_that_is_not_100_is_refused(split, message):
    with pytest.raises(InputError) as error:
        nested_weights(10, split)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (
            {"quality": 100},
            "The weights leave out 'price': give it a weight, or 0 if price is not scored.",
        ),
        (
            {"price": 40, "quality": 50},
            "The weights add up to 90: change them until they add up to 100.",
        ),
        (
            {"price": 0.4, "quality": 0.6},
            "The weights add up to 1: change them until they add up to 100.",
        ),
        (
            {"price": 50, "quality": 50.00001},
            "The weights add up to 100.00001: change them until they add up to 100.",
        ),
        (
            {"price": -10, "quality": 110},
            "The weights: the figure of 'price' is -10, but must be from 0 to 100.",
        ),
        (
            {"price": 0, "quality": 101},
            "The weights: the figure of 'quality' is 101, but must be from 0 to 100.",
        ),
        (
            {"price": 40, "quality": float("nan")},
            "The weights: the figure of 'quality' is missing or is not a number: type a number.",
        ),
        (
            {"price": 40, "quality": "most"},
            "The weights: the figure of 'quality' is missing or is not a number: type a number.",
        ),
    ],
)
@pytest.mark.parametrize("formula", ["relative", "price_per_quality_point"])
def test_unusable_weights_are_refused(three_bids, weights, message, formula):
    with pytest.raises(InputError) as error:
        evaluate(three_bids, weights, formula)
    assert str(error.value) == message


def test_weights_may_be_100_but_for_rounding(three_bids):
    thirds = {"price": 33.3333333, "quality": 33.3333333, "social_value": 33.3333334}
    assert len(evaluate(three_bids, thirds, "relative")) == 3


def break_bids(bids, row, column, value):
    broken = bids.astype({column: object})
    broken.loc[row, column] = value
    return broken


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("bidder", None, "A bid has no bidder's name: fill in the column 'bidder'."),
        ("bidder", "  ", "A bid has no bidder's name: fill in the column 'bidder'."),
        ("bidder", "Alder", "The bidder 'Alder' comes twice: keep one bid for each bidder."),
        ("price", 0, "The price of 'Birch CIC' is 0: a price must be above £0."),
        ("quality", -0.5, "The quality score of 'Birch CIC' is -0.5: keep it from 0 to 100."),
        ("quality", 100.5, "The quality score of 'Birch CIC' is 100.5: keep it from 0 to 100."),
        ("social_value", 101, "The social_value score of 'Birch CIC' is 101: keep it from 0 to 100."),
        ("quality", None, "The quality score of 'Birch CIC' is missing or is not a number: type a number."),
        ("quality", "A+", "The quality score of 'Birch CIC' is missing or is not a number: type a number."),
    ],
)
@pytest.mark.parametrize("formula", ["relative", "price_per_quality_point"])
def test_an_unusable_bid_is_named(three_bids, weights, column, value, message, formula):
    with pytest.raises(InputError) as error:
        evaluate(break_bids(three_bids, 1, column, value), weights, formula)
    assert str(error.value) == message


@pytest.mark.parametrize("column", ["bidder", "price", "quality", "social_value"])
@pytest.mark.parametrize("formula", ["relative", "price_per_quality_point"])
def test_a_missing_column_is_named(three_bids, weights, column, formula):
    with pytest.raises(InputError) as error:
        evaluate(three_bids.drop(columns=column), weights, formula)
    assert str(error.value) == f"The bids have no column '{column}': add it, one value for each bidder."


@pytest.mark.parametrize("formula", ["relative", "price_per_quality_point"])
def test_no_bids_at_all_is_refused(three_bids, weights, formula):
    with pytest.raises(InputError) as error:
        evaluate(three_bids[:0], weights, formula)
    assert str(error.value) == "There are too few bids (0): this needs at least 1."


@pytest.mark.parametrize("value", [0, 100])
def test_scores_of_0_and_100_are_taken(three_bids, weights, value):
    three_bids.loc[0, "quality"] = value
    expected = 40 + value / 2 + 5.5
    assert evaluate(three_bids, weights, "relative")["total"][0] == pytest.approx(expected)


def test_a_column_without_weight_is_not_looked_at(three_bids):
    assert award(three_bids.assign(social_value=None), {"price": 50, "quality": 50}, "relative") == ["Cedar"]


def test_price_per_quality_point_needs_a_point_to_divide_by(three_bids, weights):
    three_bids.loc[0, ["quality", "social_value"]] = 0
    with pytest.raises(InputError) as error:
        evaluate(three_bids, weights, "price_per_quality_point")
    assert str(error.value) == (
        "'Alder' scores 0 on everything but price, so it has no price per quality point: leave out that bid "
        "or choose another formula."
    )


def test_price_per_quality_point_needs_weight_off_price(three_bids):
    with pytest.raises(InputError) as error:
        evaluate(three_bids, {"price": 100, "quality": 0}, "price_per_quality_point")
    assert str(error.value) == "Price has all the weight: give quality or social value some of it."


def test_an_unknown_formula_is_refused(three_bids, weights):
    with pytest.raises(InputError, match="There is no price formula 'best'"):
        evaluate(three_bids, weights, "best")


def test_social_value_may_leave_the_rest_less_than_a_point():
    weights = {"price": 0.25, "quality": 0.25, "social_value": 99.5}
    assert reweigh(weights, 20) == pytest.approx({"price": 40, "quality": 40, "social_value": 20})


def test_the_form_of_a_result_is_the_same_under_every_formula(three_bids, weights):
    for formula in SCORING:
        assert evaluate(three_bids, weights, formula, CEILING, FLOOR)["price_score"].dtype == float
    assert evaluate(three_bids, weights, "price_per_quality_point")["price_score"].dtype == float
