import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_evaluating import CEILING, FLOOR, WEIGHTS, fields, weightings

from course.errors import InputError
from course.weighting import (
    FORMULAS,
    break_even_social_value_weight,
    evaluate,
    notch_cost,
    price_premium,
    price_scores,
    rank_reversals,
    reweigh,
    tipping_weight,
)

COLUMNS = ["price", "quality", "social_value"]


def pair(price, quality, social_value):
    return pd.DataFrame(
        {"bidder": ["A", "B"], "price": price, "quality": quality, "social_value": social_value}
    )


@pytest.mark.parametrize(("formula", "tip"), [("relative", 16.71), ("linear", 11.44)])
def test_birch_overtakes_cedar_at_the_tipping_weight(three_bids, weights, formula, tip):
    assert tipping_weight(three_bids, "Birch CIC", "Cedar", weights, formula) == pytest.approx(tip, abs=0.005)
    assert tipping_weight(three_bids, "Cedar", "Birch CIC", weights, formula) == pytest.approx(tip, abs=0.005)


def test_the_tipping_weight_does_not_depend_on_the_social_value_weight_it_starts_from(three_bids):
    tip = tipping_weight(
        three_bids, "Birch CIC", "Cedar", {"price": 40, "quality": 50, "social_value": 10}, "linear"
    )
    again = tipping_weight(
        three_bids, "Birch CIC", "Cedar", {"price": 32, "quality": 40, "social_value": 28}, "linear"
    )
    bare = {"price": 400 / 9, "quality": 500 / 9}
    assert again == pytest.approx(tip)
    assert tipping_weight(three_bids, "Birch CIC", "Cedar", bare, "linear") == pytest.approx(tip)


def test_the_tipping_weight_counts_every_bid_in_the_field(three_bids, four_bids, weights):
    without = tipping_weight(three_bids, "Birch CIC", "Cedar", weights, "linear")
    with_dogwood = tipping_weight(four_bids, "Birch CIC", "Cedar", weights, "linear")
    assert with_dogwood is not None
    assert with_dogwood < 10 < without


def test_no_weight_tips_a_bid_that_leads_everywhere(three_bids, weights):
    assert tipping_weight(three_bids, "Birch CIC", "Cedar", weights, "absolute", CEILING, FLOOR) is None


@pytest.mark.parametrize("formula", ["relative", "price_per_quality_point"])
def test_identical_bids_have_no_tipping_weight(formula):
    bids = pair([90, 90], [70, 70], [60, 60])
    assert tipping_weight(bids, "A", "B", WEIGHTS, formula) is None


@pytest.mark.parametrize("formula", ["relative", "price_per_quality_point"])
def test_bids_that_differ_only_in_social_value_tip_at_nought(formula):
    bids = pair([90, 90], [70, 70], [60, 50])
    assert tipping_weight(bids, "A", "B", WEIGHTS, formula) == 0


@pytest.mark.parametrize("formula", ["relative", "price_per_quality_point"])
def test_bids_with_the_same_social_value_and_price_draw_level_only_at_100(formula):
    bids = pair([90, 90], [70, 60], [60, 60])
    assert tipping_weight(bids, "A", "B", WEIGHTS, formula) == 100


def test_a_lead_that_is_only_rounding_is_no_lead():
    bids = pair([90, 90], [70, 70 + 1e-12], [60, 60])
    assert tipping_weight(bids, "A", "B", WEIGHTS, "relative") is None


def test_a_small_lead_is_a_lead():
    bids = pair([90, 90], [70, 70 + 1e-6], [60, 60])
    assert tipping_weight(bids, "A", "B", WEIGHTS, "relative") == 100


def gaps(bids, weights, formula, social_weights):
    for w in social_weights:
        total = evaluate(bids, reweigh(weights, w), formula, CEILING, FLOOR)["total"]
        yield total[0] - total[1]


@given(fields(least=2), weightings(), st.sampled_from(list(FORMULAS)))
@settings(max_examples=40, deadline=None)
def test_the_tipping_weight_agrees_with_a_scan_of_weights(bids, weights, formula):
    steps = range(0, 101, 10)
    scan = list(gaps(bids, weights, formula, steps))
    assume(all(abs(gap) > 1e-6 for gap in scan))
    crossings = [(a, a + 10) for a, x, y in zip(steps, scan, scan[1:], strict=False) if x * y < 0]
    tip = tipping_weight(bids, "B0", "B1", weights, formula, CEILING, FLOOR)
    if tip is None:
        assert crossings == []
    else:
        ((low, high),) = crossings
        assert low < tip < high
        (gap,) = gaps(bids, weights, formula, [tip])
        assert gap == pytest.approx(0, abs=1e-6 * max(map(abs, scan)))


@pytest.mark.parametrize("formula", ["relative", "linear", "mean_deviation", "price_per_quality_point"])
def test_the_tipping_weight_agrees_with_a_fine_scan(three_bids, weights, formula):
    w = np.arange(0, 100, 0.001)
    price, quality, social = (three_bids[name].to_numpy()[1:, None] for name in COLUMNS)
    if formula == "price_per_quality_point":
        on_quality = (100 - w) * 5 / 9
        totals = -price * (on_quality + w) / (on_quality * quality + w * social)
    else:
        price = price_scores(three_bids["price"], formula).to_numpy()[1:, None]
        totals = (100 - w) * (4 * price + 5 * quality) / 9 + w * social
    (crossing,) = np.flatnonzero(np.diff(np.sign(totals[0] - totals[1])))
    tip = tipping_weight(three_bids, "Birch CIC", "Cedar", weights, formula)
    assert tip == pytest.approx(w[crossing] + 0.0005, abs=0.001)


def test_tipping_weight_under_price_per_quality_point_by_hand():
    # Level where 100 / (50 + 50 v) = 110 / (100 - 100 v) x 100 / 110: 1 - v = (1 + v) / 2, v = 1/3.
    bids = pair([110, 110], [50, 100], [100, 0])
    # v = w / (w + (100 - w) x 0.6) = 1/3 gives w = 300/13.
    weights = {"price": 40, "quality": 60, "social_value": 0}
    assert tipping_weight(bids, "A", "B", weights, "price_per_quality_point") == pytest.approx(300 / 13)


@pytest.mark.parametrize("find", ["tip", "break-even"])
@pytest.mark.parametrize(
    ("challenger", "holder", "message"),
    [
        ("Elm", "Cedar", "There is no bid from 'Elm': choose one of Alder, Birch CIC, Cedar."),
        ("Cedar", "Elm", "There is no bid from 'Elm': choose one of Alder, Birch CIC, Cedar."),
        ("Cedar", "Cedar", "'Cedar' cannot be compared with itself: choose two bidders."),
    ],
)
def test_the_two_bidders_must_be_two_of_the_bids(three_bids, weights, find, challenger, holder, message):
    with pytest.raises(InputError) as error:
        if find == "tip":
            tipping_weight(three_bids, challenger, holder, weights, "relative")
        else:
            break_even_social_value_weight(three_bids, challenger, holder, 60, "relative")
    assert str(error.value) == message


def test_tipping_needs_two_bids_and_a_known_formula(three_bids, weights):
    with pytest.raises(InputError) as error:
        tipping_weight(three_bids[:1], "Alder", "Cedar", weights, "relative")
    assert str(error.value) == "There are too few bids (1): this needs at least 2."
    with pytest.raises(InputError, match="There is no price formula 'best'"):
        tipping_weight(three_bids, "Alder", "Cedar", weights, "best")
    with pytest.raises(InputError, match="The bids have no column 'social_value'"):
        tipping_weight(
            three_bids.drop(columns="social_value"),
            "Alder",
            "Cedar",
            {"price": 50, "quality": 50},
            "relative",
        )
    with pytest.raises(InputError, match="needs a ceiling and a floor"):
        tipping_weight(three_bids, "Alder", "Cedar", weights, "absolute", ceiling=CEILING)


def test_break_even_weight_of_a_bid_six_per_cent_dearer_and_seventy_points_better():
    bids = pair([1_000_000, 1_060_000], [80, 80], [20, 90])
    assert break_even_social_value_weight(bids, "B", "A", 60, "relative") == pytest.approx(4.85, abs=0.005)
    assert break_even_social_value_weight(bids, "A", "B", 60, "relative") == pytest.approx(
        60 * (100 - 100 / 1.06) / 70
    )


def test_at_the_break_even_weight_the_totals_are_equal(three_bids):
    w = break_even_social_value_weight(three_bids, "Birch CIC", "Cedar", 40, "absolute", CEILING, 2_000_000)
    assert w is None
    w = break_even_social_value_weight(three_bids, "Birch CIC", "Cedar", 20, "absolute", CEILING, 1_000_000)
    assert w is not None
    weights = {"price": 20, "quality": 80 - w, "social_value": w}
    totals = evaluate(three_bids, weights, "absolute", CEILING, 1_000_000)["total"]
    assert totals[1] == pytest.approx(totals[2])


@given(fields(least=2), st.integers(0, 99), st.sampled_from(["relative", "linear", "absolute"]))
@settings(max_examples=60, deadline=None)
def test_break_even_weight_agrees_with_the_two_ends(bids, price_weight, formula):
    def gap(w):
        weights = {"price": price_weight, "quality": 100 - price_weight - w, "social_value": w}
        totals = evaluate(bids, weights, formula, CEILING, FLOOR)["total"]
        return totals[0] - totals[1]

    ends = gap(0), gap(100 - price_weight)
    assume(all(abs(end) > 1e-6 for end in ends))
    w = break_even_social_value_weight(bids, "B0", "B1", price_weight, formula, CEILING, FLOOR)
    assert (w is None) == (ends[0] * ends[1] > 0)
    if w is not None:
        assert gap(w) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("price_weight", [-1, 100, 101])
def test_break_even_needs_room_beside_the_price_weight(three_bids, price_weight):
    with pytest.raises(InputError) as error:
        break_even_social_value_weight(three_bids, "Alder", "Cedar", price_weight, "relative")
    assert str(error.value) == f"The price weight is {price_weight}: make it 0 or more, and less than 100."


def test_break_even_with_no_weight_on_price_is_a_matter_of_scores():
    assert break_even_social_value_weight(pair([1, 9], [60, 70], [90, 70]), "A", "B", 0, "relative") == (
        pytest.approx(100 / 3)
    )


def test_break_even_needs_two_bids(three_bids):
    with pytest.raises(InputError) as error:
        break_even_social_value_weight(three_bids[:1], "Alder", "Cedar", 60, "relative")
    assert str(error.value) == "There are too few bids (1): this needs at least 2."
    with pytest.raises(InputError, match="gives price no score of its own"):
        break_even_social_value_weight(three_bids, "Alder", "Cedar", 60, "price_per_quality_point")


@pytest.mark.parametrize(
    ("price_weight", "social_value_weight", "premium"),
    [(60, 5, 1 / 11), (50, 10, 0.25), (40, 10, 1 / 3), (40, 20, 1.0)],
)
def test_price_premium_that_a_full_lead_can_buy(price_weight, social_value_weight, premium):
    assert price_premium(price_weight, social_value_weight) == pytest.approx(premium)


@given(st.integers(1, 95), st.integers(0, 100), st.data())
@settings(max_examples=60, deadline=None)
def test_at_the_price_premium_the_two_bids_are_level(price_weight, lead, data):
    social = data.draw(st.integers(0, 100 - price_weight))
    premium = price_premium(price_weight, social, lead)
    assume(premium < 50)
    weights = {"price": price_weight, "quality": 100 - price_weight - social, "social_value": social}
    bids = pair([1_000_000, 1_000_000 * (1 + premium)], [50, 50], [0, lead])
    totals = evaluate(bids, weights, "relative")["total"]
    assert totals[0] == pytest.approx(totals[1])


def test_no_price_is_too_high_when_social_value_outweighs_price():
    assert price_premium(10, 20) == float("inf")
    assert price_premium(20, 20) == float("inf")
    assert price_premium(0, 20) == float("inf")


def test_no_lead_buys_no_premium():
    assert price_premium(40, 20, 0) == 0
    assert price_premium(0, 20, 0) == 0
    assert price_premium(40, 0) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 10, 50), "The price weight is -1: keep it from 0 to 100."),
        ((101, 0, 50), "The price weight is 101: keep it from 0 to 100."),
        ((40, -1, 50), "The social value weight is -1: keep it from 0 to 100."),
        ((0, 101, 50), "The social value weight is 101: keep it from 0 to 100."),
        ((40, 10, -1), "The lead is -1: keep it from 0 to 100."),
        ((40, 10, 101), "The lead is 101: keep it from 0 to 100."),
        ((60, 50, 10), "Price (60) and social value (50) are over 100 together: lower one of them."),
    ],
)
def test_price_premium_refuses_what_it_cannot_use(arguments, message):
    with pytest.raises(InputError) as error:
        price_premium(*arguments)
    assert str(error.value) == message


def test_price_premium_takes_weights_of_100_together():
    assert price_premium(50, 50, 50) == pytest.approx(1)


def test_one_step_on_a_ten_point_question_costs_five_per_cent_of_price():
    cost = notch_cost(10, 40)
    assert cost.points == 2
    assert cost.price_difference == pytest.approx(0.0526, abs=0.00005)


def test_one_step_of_one_is_the_whole_question():
    assert notch_cost(10, 40, 1) == pytest.approx((10, 1 / 3))
    assert notch_cost(10, 40, 10) == pytest.approx((1, 1 / 39))


def test_a_scale_without_steps_is_refused():
    with pytest.raises(InputError) as error:
        notch_cost(10, 40, 0)
    assert str(error.value) == "The scale has 0 steps: it needs at least 1."


def test_the_losing_bid_that_changes_the_winner_is_found(small_field):
    table = rank_reversals(small_field, {"price": 60, "quality": 40}, "relative")
    assert table.to_dict("records") == [
        {"bidder": "A", "best_with": "B", "best_without": "B", "changes_winner": False},
        {"bidder": "B", "best_with": "A", "best_without": "A", "changes_winner": False},
        {"bidder": "C", "best_with": "B", "best_without": "A", "changes_winner": True},
    ]


def test_dogwood_turns_the_award_from_cedar_to_birch(four_bids, weights):
    table = rank_reversals(four_bids, weights, "linear").set_index("bidder")
    assert table.loc["Dogwood"].tolist() == ["Birch CIC", "Cedar", True]
    assert table["changes_winner"].sum() == 1


def test_rank_reversals_name_all_who_tie():
    bids = pd.DataFrame({"bidder": ["A", "B", "C"], "price": [100, 100, 90], "quality": [50, 50, 90]})
    table = rank_reversals(bids, {"price": 50, "quality": 50}, "relative")
    assert table.loc[2].tolist() == ["C", "A, B", "A, B", False]


@given(fields(least=3), weightings(), st.sampled_from(["absolute", "price_per_quality_point"]))
@settings(max_examples=25, deadline=None)
def test_a_formula_that_ignores_other_bids_never_reverses_ranks(bids, weights, formula):
    assert not rank_reversals(bids, weights, formula, CEILING, FLOOR)["changes_winner"].any()


def test_rank_reversals_need_three_bids(three_bids, weights):
    with pytest.raises(InputError) as error:
        rank_reversals(three_bids[:2], weights, "relative")
    assert str(error.value) == "There are too few bids (2): this needs at least 3."


@pytest.mark.parametrize(("price", "social_value"), [([100, 150], [20, 90]), ([150, 100], [90, 20])])
def test_pounds_a_point_are_level_at_the_tipping_weight_whoever_is_dearer(price, social_value):
    bids, weights = pair(price, [60, 62], social_value), {"price": 40, "quality": 50, "social_value": 10}
    tip = tipping_weight(bids, "B", "A", weights, "price_per_quality_point")
    assert tip == pytest.approx(tipping_weight(bids, "A", "B", weights, "price_per_quality_point"))
    level = evaluate(bids, reweigh(weights, tip), "price_per_quality_point")["total"]
    assert level[0] == pytest.approx(level[1])


def test_weights_a_little_over_100_together_are_refused():
    with pytest.raises(InputError, match="are over 100 together"):
        price_premium(60, 40.5)
    assert price_premium(60, 40) == 2


def test_a_premium_is_finite_however_little_the_price_weight_leaves_over():
    assert price_premium(40.005, 40) == pytest.approx(4000 / 0.5)
