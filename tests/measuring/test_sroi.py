from dataclasses import replace

import numpy_financial
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.measuring import (
    COACHING,
    Case,
    break_even,
    one_at_a_time,
    sroi,
    tornado,
    unit_costs,
    without_adjustments,
)

cases = st.builds(
    Case,
    quantity=st.floats(1, 1e4),
    proxy=st.floats(1, 1e5),
    invested=st.floats(1e3, 1e7),
    years=st.integers(1, 12),
    deadweight=st.floats(0, 0.9),
    displacement=st.floats(0, 0.9),
    attribution=st.floats(0, 0.9),
    drop_off=st.floats(0, 0.9),
)


def test_the_worked_case_year_by_year():
    result = sroi(COACHING)
    assert round(result.gross, 2) == 215_630.36
    assert round(result.net_year_1, 2) == 100_915.01
    assert result.years["present_value"].round(2).tolist() == [
        97_502.42,
        70_653.93,
        51_198.50,
        37_100.36,
        26_884.32,
    ]
    assert list(result.years.columns) == ["year", "value", "discount_factor", "present_value"]
    assert result.years["year"].tolist() == [1, 2, 3, 4, 5]
    assert round(result.present_value, 2) == 283_339.54
    assert round(result.ratio, 2) == 2.36


def test_the_proxy_is_the_economic_value_of_the_unit_cost_table():
    costs = unit_costs().set_index("id")
    assert costs.loc["neet-economic", "unit_gbp"] == COACHING.proxy


def test_with_nothing_taken_off_the_ratio_is_8_98():
    assert round(sroi(without_adjustments(COACHING)).ratio, 2) == 8.98


def test_one_assumption_at_a_time_and_then_all_together():
    frame = one_at_a_time(COACHING, {"deadweight": 0.5, "attribution": 0.4, "drop_off": 0.5})
    assert frame["assumption"].tolist() == [
        "As claimed",
        "deadweight",
        "attribution",
        "drop_off",
        "All together",
    ]
    assert frame["ratio"].round(2).tolist() == [2.36, 1.82, 1.77, 1.53, 0.88]
    assert frame.loc[1:3, "from_value"].tolist() == [0.35, 0.20, 0.25]
    assert frame.loc[1:3, "to_value"].tolist() == [0.5, 0.4, 0.5]
    assert frame["change"].round(2).tolist() == [0, -0.54, -0.59, -0.83, -1.48]


def test_break_even_deadweight_is_72_5_percent():
    assert round(break_even(COACHING, "deadweight"), 3) == 0.725


@pytest.mark.parametrize(
    "assumption",
    ["quantity", "proxy", "invested", "deadweight", "displacement", "attribution", "drop_off", "rate"],
)
@pytest.mark.parametrize("target", [1.0, 1.5])
def test_the_break_even_value_gives_exactly_the_target_ratio(assumption, target):
    value = break_even(COACHING, assumption, target)
    assert sroi(replace(COACHING, **{assumption: value})).ratio == pytest.approx(target, rel=1e-9)


def test_a_weak_case_has_no_break_even_share():
    weak = replace(COACHING, invested=10_000_000)
    for assumption in ("deadweight", "displacement", "attribution", "drop_off", "rate"):
        assert break_even(weak, assumption) is None
    assert break_even(replace(COACHING, proxy=0), "quantity") is None


def test_a_case_whose_first_year_pays_for_all_never_falls_to_break_even_by_drop_off():
    assert break_even(replace(COACHING, invested=1_000), "drop_off") is None


def test_a_case_that_only_just_pays_breaks_even_at_nothing():
    one = Case(quantity=1, proxy=100, invested=100, rate=0.0)
    assert break_even(one, "deadweight") == 0
    assert break_even(one, "rate") == pytest.approx(0, abs=1e-12)


def test_an_assumption_without_a_break_even_is_refused():
    with pytest.raises(InputError) as refused:
        break_even(COACHING, "years")
    assert str(refused.value) == (
        "There is no break-even for 'years'. Choose one of: quantity, proxy, invested, deadweight, "
        "displacement, attribution, drop_off, rate."
    )
    with pytest.raises(InputError, match="The target ratio is 0. Give a number above zero"):
        break_even(COACHING, "deadweight", 0)


def test_a_tornado_puts_the_widest_swing_first():
    ranges = {"deadweight": (0.2, 0.5), "drop_off": (0.1, 0.5), "years": (3, 5)}
    frame = tornado(COACHING, ranges)
    assert list(frame.columns) == [
        "assumption",
        "low",
        "high",
        "ratio_at_low",
        "ratio_at_high",
        "swing",
        "base_ratio",
    ]
    assert frame["swing"].is_monotonic_decreasing
    assert list(frame.index) == [0, 1, 2]
    assert frame["assumption"].iloc[0] == "drop_off"
    row = frame.set_index("assumption").loc["deadweight"]
    assert row["ratio_at_high"] == pytest.approx(1.8163, abs=1e-4)
    assert row["swing"] == pytest.approx(row["ratio_at_low"] - row["ratio_at_high"])
    assert row["ratio_at_low"] == sroi(replace(COACHING, deadweight=0.2)).ratio
    assert (row["low"], row["high"]) == (0.2, 0.5)
    assert (frame["base_ratio"] == sroi(COACHING).ratio).all()
    assert (frame["swing"] > 0).all()


@pytest.mark.parametrize("call", [one_at_a_time, tornado])
def test_unknown_or_missing_assumptions_are_refused(call):
    with pytest.raises(InputError) as refused:
        call(COACHING, {"luck": (0, 1)})
    assert str(refused.value) == (
        "'luck' is not an assumption. Choose one of: quantity, proxy, invested, years, deadweight, "
        "displacement, attribution, drop_off, rate."
    )
    with pytest.raises(InputError) as refused:
        call(COACHING, {})
    assert str(refused.value) == ("No assumption was given to change. Name at least one, such as deadweight.")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"quantity": -1}, "The quantity is -1, which is below zero. Give zero or more."),
        ({"proxy": -1}, "The proxy is -1, which is below zero. Give zero or more."),
        ({"invested": 0}, "The amount invested is 0. Give a number above zero."),
        ({"years": 0}, "The number of years is 0. Give a whole number of 1 or more."),
        ({"deadweight": 35}, "The deadweight is 35, which is not a share from 0 to 1. For 35% give 0.35."),
        ({"drop_off": 25}, "The drop-off is 25, which is not a share from 0 to 1. For 25% give 0.25."),
        ({"displacement": -1}, "The displacement is -1, which is not a share from 0 to 1. For 20% give 0.2."),
        ({"attribution": 2}, "The attribution is 2, which is not a share from 0 to 1. For 2% give 0.02."),
        ({"rate": "fast"}, "'fast' is not a schedule of discount rates. Choose standard or health."),
        ({"rate": 3.5}, "The discount rate is 3.5, which is not a share from 0 to 1. For 3.5% give 0.035."),
        ({"quantity": "22"}, "The quantity is '22', which is not a number. Give a number."),
    ],
)
def test_assumptions_that_cannot_be_used_are_refused_by_name(change, message):
    with pytest.raises(InputError) as refused:
        replace(COACHING, **change)
    assert str(refused.value) == message


def test_whole_years_given_as_a_float_are_read():
    assert sroi(replace(COACHING, years=5.0)).ratio == sroi(COACHING).ratio


def test_by_default_nothing_is_taken_off_but_a_year_of_discount():
    assert sroi(Case(quantity=1, proxy=103.5, invested=100)).ratio == pytest.approx(1)


@given(cases)
@settings(max_examples=40, deadline=None)
def test_the_ratio_agrees_with_numpy_financial(case):
    result = sroi(case)
    pv = numpy_financial.npv(0.035, [0, *result.years["value"]])
    assert result.ratio == pytest.approx(pv / case.invested)


@given(cases, st.sampled_from(["deadweight", "displacement", "attribution", "drop_off"]))
@settings(max_examples=40, deadline=None)
def test_claiming_less_never_raises_the_ratio(case, name):
    more = replace(case, **{name: min(1.0, getattr(case, name) + 0.1)})
    assert sroi(more).ratio <= sroi(case).ratio + 1e-9


@given(cases, st.floats(1.1, 5))
@settings(max_examples=40, deadline=None)
def test_the_ratio_doubles_when_the_quantity_does_and_halves_when_the_money_does(case, by):
    base = sroi(case).ratio
    assert sroi(replace(case, quantity=case.quantity * by)).ratio == pytest.approx(base * by)
    assert sroi(replace(case, invested=case.invested * by)).ratio == pytest.approx(base / by)


@given(cases)
@settings(max_examples=30, deadline=None)
def test_every_break_even_found_is_a_true_one(case):
    for name in ("deadweight", "attribution", "drop_off", "rate", "quantity"):
        value = break_even(case, name)
        if value is not None:
            assert sroi(replace(case, **{name: value})).ratio == pytest.approx(1, rel=1e-6)


def test_the_years_table_is_a_plain_frame():
    assert isinstance(sroi(COACHING).years, pd.DataFrame)
