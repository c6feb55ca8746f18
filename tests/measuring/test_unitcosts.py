from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.measuring import (
    ATTRIBUTION,
    fiscal_saving,
    in_prices_of,
    inflate,
    price_items,
    public_value,
    staff_time,
    unit_costs,
    with_values,
)

DATABASE = Path(__file__).parents[3] / "shared/data/reference/gmca_unit_cost_database_v1.4_2015-16_prices.csv"


def test_the_figures_carried_over():
    costs = unit_costs().set_index("id")["unit_gbp"]
    assert costs.to_dict() == {
        "neet-fiscal": 4_637.08,
        "neet-economic": 9_801.38,
        "jsa-fiscal": 10_320.69,
        "jsa-economic": 14_790.17,
        "apprentice-l2-fiscal": 857.38,
        "apprentice-l2-economic": 1_315.86,
        "apprentice-l3-fiscal": 1_514.98,
        "apprentice-l3-economic": 2_096.60,
        "domestic-violence-fiscal": 2_836.48,
        "domestic-violence-economic": 1_691.55,
        "domestic-violence-social": 7_803.19,
        "rough-sleeper-fiscal": 8_605.34,
        "homelessness-fiscal": 2_724.30,
        "mental-health-fiscal": 2_196.65,
        "mental-health-economic": 4_420.37,
        "social-worker-fiscal": 58.78,
    }


def test_every_unit_cost_carries_its_price_year_source_and_licence():
    costs = unit_costs()
    assert set(costs["price_year"]) == {"2015/16"}
    assert set(costs["licence"]) == {"CC BY 4.0"}
    assert costs["original_source"].ne("").all()
    assert "Greater Manchester Combined Authority" in ATTRIBUTION
    assert "CC BY 4.0" in ATTRIBUTION


def test_benefits_and_taxes_are_marked_as_transfers():
    costs = unit_costs()
    moved = costs[costs["transfer"]]
    assert set(moved["view"]) == {"fiscal"}
    assert set(moved["code"]) == {"E&E10.0", "E&E1.0", "E&S8.0", "E&S12.0"}
    assert moved["transfer_note"].ne("").all()


@pytest.mark.skipif(not DATABASE.exists(), reason="the unit cost database is not beside this project")
def test_every_unit_cost_agrees_with_the_published_database():
    published = pd.read_csv(DATABASE).set_index("code")
    for row in unit_costs().itertuples():
        assert published.loc[row.code, f"{row.view}_gbp_2015_16"] == row.unit_gbp, row.id


def test_twenty_two_young_people_are_priced():
    items = price_items({"neet-economic": 22})
    assert items["value_gbp"].tolist() == [pytest.approx(215_630.36)]
    assert list(items.columns) == [
        "measure",
        "quantity",
        "unit_gbp",
        "view",
        "price_year",
        "transfer",
        "value_gbp",
    ]
    assert public_value(items) == pytest.approx(215_630.36)


def test_public_value_adds_economic_and_social_value():
    items = price_items({"domestic-violence-economic": 10, "domestic-violence-social": 10})
    assert public_value(items) == pytest.approx(94_947.40)


def test_a_benefit_saving_is_refused_as_public_value():
    items = price_items({"jsa-economic": 1, "jsa-fiscal": 1})
    with pytest.raises(InputError) as refused:
        public_value(items)
    assert str(refused.value) == (
        "Jobseeker's Allowance claimant entering work is a transfer: benefits or taxes that move money and "
        "make no new value. Take it out of public value, and show it as a fiscal saving."
    )
    assert public_value(items[~items["transfer"]]) == pytest.approx(14_790.17)


def test_mixed_price_years_are_refused():
    items = price_items({"neet-economic": 1, "jsa-economic": 1})
    items.loc[1, "price_year"] = "2023/24"
    for call in (public_value, lambda mixed: fiscal_saving(mixed.assign(view="fiscal", cashable=True))):
        with pytest.raises(InputError) as refused:
            call(items)
        assert str(refused.value) == (
            "The items mix prices of 2015/16 and 2023/24. Bring them to one price year first."
        )


def test_fiscal_savings_are_split_into_cash_and_capacity_with_no_total():
    items = price_items({"jsa-fiscal": 2, "social-worker-fiscal": 120}).assign(cashable=[True, False])
    split = fiscal_saving(items)
    assert split["kind"].tolist() == ["cashable", "not cashable"]
    assert split["value_gbp"].tolist() == pytest.approx([20_641.38, 7_053.60])
    assert split["of_which_transfers_gbp"].tolist() == pytest.approx([20_641.38, 0])
    assert split["items"].tolist() == [1, 1]


def test_fiscal_savings_refuse_economic_value_and_need_to_know_what_is_cash():
    items = price_items({"mental-health-economic": 1}).assign(cashable=True)
    with pytest.raises(InputError) as refused:
        fiscal_saving(items)
    assert str(refused.value) == (
        "Service for a person with a mental health disorder is not a fiscal saving. "
        "Keep economic and social value apart."
    )
    with pytest.raises(InputError, match="The items table has no column cashable"):
        fiscal_saving(price_items({"neet-fiscal": 1}))


def test_three_hours_for_forty_families_is_capacity_and_not_cash():
    time = staff_time(40 * 3, 58.78)
    assert time.value_gbp == pytest.approx(7_053.60)
    assert time.share_of_year == pytest.approx(0.075)
    assert not time.cashable
    assert time.sentence == (
        "The time is worth £7,053.60, or 0.075 of a full-time year. "
        "It is real capacity, not cash: no post goes."
    )


def test_time_is_cash_when_a_post_goes():
    time = staff_time(800, 20, hours_in_year=800, post_goes=True)
    assert time.cashable
    assert time.share_of_year == 1
    assert time.sentence == (
        "The time is worth £16,000.00, or 1.000 of a full-time year. It is cash, because a post goes."
    )


def test_staff_time_refuses_negative_hours_and_an_empty_year():
    with pytest.raises(InputError, match="The number of hours is -1"):
        staff_time(-1, 1)
    with pytest.raises(InputError, match="The cost of an hour is -1"):
        staff_time(1, -1)
    with pytest.raises(InputError, match="The hours in a working year is 0"):
        staff_time(1, 1, 0)


@pytest.mark.parametrize(
    ("column", "bad", "message"),
    [
        ("quantity", -1, "The quantity is -1, which is below zero"),
        ("unit_gbp", -1, "The unit cost is -1, which is below zero"),
        ("view", "magic", "'magic' is not a view of value. Choose fiscal, economic or social."),
        ("price_year", "", "The items table has nothing in price_year on row 1"),
        ("measure", None, "The items table has nothing in measure on row 1"),
    ],
)
def test_items_that_cannot_be_used_are_refused(column, bad, message):
    with pytest.raises(InputError, match=message):
        with_values(price_items({"neet-economic": 1}).assign(**{column: bad}))


def test_unknown_or_no_counts_are_refused():
    with pytest.raises(InputError) as refused:
        price_items({"magic": 1})
    assert str(refused.value) == "There is no unit cost called 'magic'. Use an id from the table."
    with pytest.raises(InputError) as refused:
        price_items({})
    assert str(refused.value) == "Nothing was counted. Give at least one unit cost and its quantity."
    with pytest.raises(InputError, match="The quantity of neet-economic is -1"):
        price_items({"neet-economic": -1})


INDEX = {"2015/16": 80.0, "2024/25": 100.0}


def test_the_deflator_is_the_callers_and_is_a_ratio():
    assert inflate(800, "2015/16", "2024/25", INDEX) == 1000
    assert inflate(1000, "2024/25", "2015/16", pd.Series(INDEX)) == 800


@pytest.mark.parametrize(
    ("start", "end", "missing"), [("2015/16", "2030/31", "2030/31"), ("1", "2015/16", "1")]
)
def test_a_year_the_deflator_lacks_is_refused(start, end, missing):
    with pytest.raises(InputError) as refused:
        inflate(1, start, end, INDEX)
    assert str(refused.value) == (
        f"The deflator has no figure for {missing}. Add it, or choose another year."
    )


def test_a_deflator_of_nought_is_refused():
    with pytest.raises(InputError, match="The deflator for 2015/16 is 0. Give a number above zero"):
        inflate(1, "2015/16", "2024/25", {**INDEX, "2015/16": 0})
    with pytest.raises(InputError, match="The deflator for 2024/25 is -1. Give a number above zero"):
        inflate(1, "2015/16", "2024/25", {**INDEX, "2024/25": -1})
    with pytest.raises(InputError, match="The value is -1"):
        inflate(-1, "2015/16", "2024/25", INDEX)


def test_items_brought_to_one_price_year_can_be_added():
    items = price_items({"neet-economic": 1, "jsa-economic": 2})
    items.loc[1, ["price_year", "unit_gbp"]] = ["2024/25", 1000.0]
    moved = in_prices_of(items, "2024/25", INDEX)
    assert set(moved["price_year"]) == {"2024/25"}
    assert moved["value_gbp"].tolist() == pytest.approx([9_801.38 * 1.25, 2_000])
    assert public_value(moved) == pytest.approx(14_251.725)
    with pytest.raises(InputError, match="The items table has no rows"):
        in_prices_of(items.head(0), "2024/25", INDEX)


@given(st.floats(0, 1e6), st.floats(1, 200), st.floats(1, 200))
@settings(max_examples=40, deadline=None)
def test_there_and_back_again_is_the_same_amount(value, a, b):
    index = {"x": a, "y": b}
    assert inflate(inflate(value, "x", "y", index), "y", "x", index) == pytest.approx(value)
