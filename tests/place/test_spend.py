import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.place.joining import join_areas
from course.place.spend import (
    LOOKS,
    compare_offers,
    deprivation_weighted_spend,
    deprived_share,
    local_against_deprived,
    local_multiplier,
    local_share,
    location_quotient,
    spend_by_area,
    spend_by_area_code,
    trace_rounds,
)

shares = st.floats(0, 1)
amounts = st.floats(0, 1e7)
scores = st.floats(0, 95)


def areas(**columns) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    return pd.DataFrame({"code": [f"A{i}" for i in range(count)], **columns})


def gm(table: pd.DataFrame) -> list[str]:
    return list(table.loc[table["greater_manchester"], "code"])


# Worked numbers


def test_spend_over_six_districts_has_a_weighted_score_of_25_12(greater_manchester):
    assert deprivation_weighted_spend(greater_manchester) == pytest.approx(25.12, abs=0.005)
    assert deprivation_weighted_spend(greater_manchester) == pytest.approx(15074.73 / 600)


def test_the_30_most_deprived_districts_get_48_3_per_cent_of_it(greater_manchester):
    assert deprived_share(greater_manchester, "rank", 30) == pytest.approx(0.483, abs=0.0005)
    assert deprived_share(greater_manchester, "rank", 30) == pytest.approx(290 / 600)


def test_80_per_cent_of_it_is_local(greater_manchester):
    assert local_share(greater_manchester, gm(greater_manchester)) == pytest.approx(0.8)


def test_local_and_deprived_are_different_claims(greater_manchester):
    table = local_against_deprived(greater_manchester, gm(greater_manchester), "rank", 30)
    assert table.to_dict("list") == {
        "local": [True, True, False, False],
        "deprived": [True, False, True, False],
        "areas": [2, 2, 1, 1],
        "amount": [270_000, 210_000, 20_000, 100_000],
        "share": pytest.approx([0.45, 0.35, 1 / 30, 1 / 6]),
    }


def test_an_empty_corner_of_the_cross_table_still_stands():
    table = local_against_deprived(areas(amount=[5.0], decile=[1]), ["A0"], "decile", 3)
    assert table["areas"].tolist() == [1, 0, 0, 0]
    assert table["amount"].tolist() == [5, 0, 0, 0]


def test_330_of_600_in_deciles_1_to_3_is_a_quotient_of_1_83():
    spend = areas(amount=[330.0, 270.0], decile=[3, 4])
    assert location_quotient(deprived_share(spend, "decile", 3), 0.3) == pytest.approx(1.83, abs=0.005)
    assert location_quotient(0.55, 0.3) == pytest.approx(11 / 6)


@pytest.mark.parametrize(
    ("respent", "again", "multiplier"), [(0.72, 0.45, 2.044), (0.50, 0.55, 1.775), (0.28, 0.35, 1.378)]
)
def test_local_multipliers_of_the_three_kinds_of_provider(respent, again, multiplier):
    assert local_multiplier(respent, again) == pytest.approx(multiplier)


def offers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "provider": ["Local SME", "Distant social enterprise"],
            "price": [2_600_000.0, 2_500_000.0],
            "quality": [70, 70],
            "social_value": [60, 80],
            "respent": [0.72, 0.50],
            "respent_again": [0.45, 0.55],
        }
    )


def test_the_distant_social_enterprise_scores_more_yet_keeps_less_in_the_area():
    compared = compare_offers(offers(), price=40, quality=40, social_value=20)
    assert compared["score"].round(2).tolist() == [78.46, 84.00]
    assert (compared["money_in_area"] / 1e6).round(2).tolist() == [5.31, 4.44]
    assert compared["price_score"].tolist() == pytest.approx([100 * 2.5 / 2.6, 100])
    assert compared["multiplier"].tolist() == pytest.approx([2.044, 1.775])
    assert compared["provider"].tolist() == ["Local SME", "Distant social enterprise"]


def test_a_contract_of_100_000_is_followed_through_three_rounds():
    rounds = trace_rounds(100_000, 0.72, 0.45)
    assert rounds["round"].tolist() == [1, 2, 3]
    assert rounds["amount"].tolist() == pytest.approx([100_000, 72_000, 32_400])
    assert rounds["total"].tolist() == pytest.approx([100_000, 172_000, 204_400])


# Laws


@given(st.lists(st.tuples(amounts, scores), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_a_weighted_score_lies_between_the_lowest_and_the_highest(pairs):
    table = areas(amount=[a for a, _ in pairs], score=[s for _, s in pairs])
    if table["amount"].sum() <= 1e-6:
        return
    weighted = deprivation_weighted_spend(table)
    assert table["score"].min() - 1e-9 <= weighted <= table["score"].max() + 1e-9


@given(shares, shares)
@settings(max_examples=30, deadline=None)
def test_a_multiplier_is_one_plus_what_is_respent_and_respent_again(second, third):
    multiplier = local_multiplier(second, third)
    assert 1 <= multiplier <= 1 + second * (1 + third) + 1e-12
    assert multiplier <= 3


@given(
    st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 10)), min_size=1, max_size=12), st.floats(1, 1e4)
)
@settings(max_examples=30, deadline=None)
def test_spend_in_proportion_to_people_has_a_quotient_of_one(rows, pounds_each):
    people = [p for p, _ in rows]
    table = areas(population=people, amount=[p * pounds_each for p in people], decile=[d for _, d in rows])
    base = deprived_share(table, "decile", 3, of="population")
    if base > 0:
        assert location_quotient(deprived_share(table, "decile", 3), base) == pytest.approx(1)


@given(st.lists(st.tuples(st.floats(1, 1e6), st.booleans(), st.integers(1, 10)), min_size=1, max_size=10))
@settings(max_examples=25, deadline=None)
def test_the_cross_table_adds_up_to_both_shares(rows):
    table = areas(amount=[a for a, _, _ in rows], decile=[d for _, _, d in rows])
    local = [f"A{i}" for i, (_, is_local, _) in enumerate(rows) if is_local]
    cross = local_against_deprived(table, local, "decile", 3)
    assert cross["share"].sum() == pytest.approx(1)
    assert cross.loc[cross["local"], "share"].sum() == pytest.approx(local_share(table, local))
    assert cross.loc[cross["deprived"], "share"].sum() == pytest.approx(deprived_share(table, "decile", 3))


# Edges


@pytest.mark.parametrize(("at_most", "share"), [(2, 0.25), (3, 0.75), (4, 1.0), (0, 0.0)])
def test_the_last_decile_named_counts_as_deprived(at_most, share):
    table = areas(amount=[1.0, 2.0, 1.0], decile=[2, 3, 4])
    assert deprived_share(table, "decile", at_most) == share


def test_no_local_area_is_a_share_of_nothing():
    assert local_share(areas(amount=[1.0]), []) == 0


@pytest.mark.parametrize(("share", "base", "quotient"), [(0, 0.3, 0), (1, 1, 1), (1, 0.5, 2)])
def test_quotients_reach_the_ends_of_their_range(share, base, quotient):
    assert location_quotient(share, base) == quotient


@pytest.mark.parametrize(("second", "third", "multiplier"), [(0, 0, 1), (0, 1, 1), (1, 0, 2), (1, 1, 3)])
def test_multipliers_reach_the_ends_of_their_range(second, third, multiplier):
    assert local_multiplier(second, third) == multiplier


# Bad input


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (areas(amount=[1.0]), "The area table has no column score. Check the column names."),
        (areas(score=[1.0]).drop(columns="code"), "The area table has no column code or amount. Check"),
        (
            areas(amount=[1.0, 2.0], score=[1.0, None]),
            "The column score of the area table is empty in 1 of 2 rows. "
            "Fill the gaps, or leave those rows out and say so.",
        ),
        (
            areas(amount=[1.0, 2.0], score=[1.0, 2.0], edition=[2019, 2025]),
            "The area table mixes the 2019 and 2025 editions of the index. Use one edition.",
        ),
        (
            areas(amount=[1.0, -2.0], score=[1.0, 2.0]),
            "The total for A1 is below zero. Leave out areas with more credits than payments.",
        ),
        (
            areas(amount=[-1.0] * 5, score=[1.0] * 5),
            "The total for A0, A1, A2 and 2 more is below zero. Leave out",
        ),
        (areas(amount=[-1.0] * 3, score=[1.0] * 3), "The total for A0, A1 and A2 is below zero."),
        (
            areas(amount=[0.0], score=[1.0]),
            "The amount column adds to zero, so no share can be taken. Check the column.",
        ),
        (areas(amount=[], score=[]), "The area table has no rows. Check that the right file was read."),
        (
            pd.DataFrame({"code": ["X", "X"], "amount": [1.0, 1.0], "score": [1.0, 1.0]}),
            "Area X is listed twice. Add its rows together first.",
        ),
    ],
)
def test_an_unusable_area_table_is_refused_with_a_sentence(table, message):
    with pytest.raises(InputError) as error:
        deprivation_weighted_spend(table)
    assert str(error.value).startswith(message)


def test_one_edition_throughout_is_accepted():
    assert deprivation_weighted_spend(areas(amount=[1.0], score=[4.0], edition=[2025])) == 4


def test_deprived_areas_are_picked_by_decile_or_rank_only():
    with pytest.raises(InputError, match="by decile or by rank, not by 'score'. Choose one."):
        deprived_share(areas(amount=[1.0], score=[1.0]), "score", 30)


def test_an_unknown_local_area_is_named():
    table = areas(amount=[1.0, 2.0], decile=[1, 2])
    with pytest.raises(InputError, match=r"^Z9 is not among the areas\. Check the area codes\.$"):
        local_share(table, ["A0", "Z9"])
    with pytest.raises(InputError, match=r"^Z8 and Z9 are not among the areas"):
        local_against_deprived(table, ["Z9", "Z8"], "decile", 3)


@pytest.mark.parametrize(
    ("share", "base", "message"),
    [
        (1.01, 0.3, "The share of spend is 1.01. Give a share from 0 to 1, such as 0.55 for 55%."),
        (-0.01, 0.3, "The share of spend is -0.01."),
        (float("nan"), 0.3, "The share of spend is nan."),
        (0.5, 0, "The share to compare with is 0. Give a share above 0 and up to 1, such as 0.3 for 30%."),
        (0.5, 1.1, "The share to compare with is 1.1."),
    ],
)
def test_a_quotient_of_impossible_shares_is_refused(share, base, message):
    with pytest.raises(InputError) as error:
        location_quotient(share, base)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("amount", "second", "third", "message"),
    [
        (0, 0.5, 0.5, "The contract is worth £0.00. Give an amount above £0."),
        (-1234.5, 0.5, 0.5, "The contract is worth £-1,234.50."),
        (float("inf"), 0.5, 0.5, "The contract is worth £inf."),
        (
            1,
            1.2,
            0.5,
            "The local share in the second round is 1.2. Give a share from 0 to 1, such as 0.72 for 72%.",
        ),
        (1, 0.5, -0.1, "The local share in the third round is -0.1."),
    ],
)
def test_impossible_rounds_are_refused(amount, second, third, message):
    with pytest.raises(InputError) as error:
        trace_rounds(amount, second, third)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("weights", [(40, 40, 21), (40, 40, 19), (110, 10, -20)])
def test_weights_must_be_a_hundred_in_all(weights):
    with pytest.raises(InputError, match="^The weights are .* Give weights of 0 or more that add to 100.$"):
        compare_offers(offers(), *weights)


def test_offers_may_score_nothing_and_full_marks():
    table = offers().assign(quality=[0, 100], social_value=[100, 0])
    assert compare_offers(table, 0, 40, 60)["score"].tolist() == [60, 40]


def test_a_weight_of_nothing_is_allowed():
    assert compare_offers(offers(), 100, 0, 0)["score"].tolist() == pytest.approx([100 * 2.5 / 2.6, 100])


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("quality", 101, "A quality score is outside 0 to 100. Give points of 100."),
        ("social_value", -1, "A social value score is outside 0 to 100."),
        ("respent", 1.5, "The local share in the second round is 1.5."),
        ("price", None, "The column price of the table of offers is empty in 1 of 2 rows."),
    ],
)
def test_an_offer_out_of_range_is_refused(column, value, message):
    table = offers().astype({column: float})
    table.loc[0, column] = value
    with pytest.raises(InputError) as error:
        compare_offers(table, 40, 40, 20)
    assert str(error.value).startswith(message)


def test_an_offer_for_nothing_is_refused():
    with pytest.raises(InputError):
        compare_offers(offers().assign(price=[0.0, 1.0]), 40, 40, 20)


# Ledgers


def small() -> tuple[pd.DataFrame, pd.DataFrame]:
    lines = pd.DataFrame(
        {
            "supplier_id": ["V1", "V1", "V2", "V3", "V9", None, "V1"],
            "amount": [100.0, 50.0, 200.0, 30.0, 7.0, 5.0, -20.0],
            "financial_year": ["2025/26"] * 6 + ["2024/25"],
        }
    )
    firms = pd.DataFrame(
        {
            "supplier_id": ["V1", "V2", "V3"],
            "registered_area_code": ["E1", "E1", "E2"],
            "staff_area_code": ["C1", "E1", "C1"],
            "money_area_code": ["C1", "C2", None],
        }
    )
    return lines, firms


def test_three_looks_place_the_same_money_differently():
    lines, firms = small()
    placed = {
        look: spend_by_area(lines, firms, look, "2025/26")[0].set_index("code")["amount"] for look in LOOKS
    }
    assert placed["registered"].to_dict() == {"E1": 350, "E2": 30}
    assert placed["staff"].to_dict() == {"E1": 200, "C1": 180}
    assert placed["money"].to_dict() == {"C2": 200, "C1": 150}


def test_areas_come_largest_first_with_their_lines_counted():
    areas_, _ = spend_by_area(*small(), "registered", "2025/26")
    assert areas_.to_dict("list") == {"code": ["E1", "E2"], "amount": [350, 30], "lines": [3, 1]}


def test_what_cannot_be_placed_is_told_with_the_reason():
    _, unplaced = spend_by_area(*small(), "money", "2025/26")
    rows = {(row.supplier_id, row.why): (row.amount, row.lines) for row in unplaced.fillna("").itertuples()}
    assert rows == {
        ("V3", "No area is given for this supplier."): (30, 1),
        ("V9", "This supplier is not in the list of suppliers."): (7, 1),
        ("", "The ledger line names no supplier."): (5, 1),
    }


def test_a_supplier_without_an_id_is_refused_lest_redacted_lines_be_given_to_it():
    lines, firms = small()
    firms = pd.concat([firms, firms.iloc[[0]].assign(supplier_id=None)])
    with pytest.raises(
        InputError, match="^The column supplier_id of the list of suppliers is empty in 1 of 4 rows."
    ):
        spend_by_area(lines, firms, "registered", "2025/26")


def test_every_look_at_calderbrook_adds_up_to_its_ledger(ledger, suppliers):
    for look in LOOKS:
        placed, unplaced = spend_by_area(ledger, suppliers, look, "2025/26")
        total = ledger.loc[ledger["financial_year"] == "2025/26", "amount"].sum()
        assert placed["amount"].sum() + unplaced["amount"].sum() == pytest.approx(total)
        assert (
            placed["lines"].sum() + unplaced["lines"].sum() == (ledger["financial_year"] == "2025/26").sum()
        )


def test_calderbrook_looks_less_local_by_registered_office_than_by_money(ledger, suppliers):
    local = {}
    for look in LOOKS:
        placed, _ = spend_by_area(ledger, suppliers, look, "2025/26")
        local[look] = local_share(placed, [code for code in placed["code"] if code.startswith("CLB")])
    assert local["registered"] < local["money"]
    assert local["registered"] < local["staff"]


def test_calderbrooks_spend_can_be_weighed_by_neighbourhood(ledger, suppliers, neighbourhoods):
    placed, _ = spend_by_area(ledger, suppliers, "staff", "2025/26")
    figures = neighbourhoods[["code", "score", "decile", "edition"]]
    joined, unmatched = join_areas(placed, figures, names=("spend", "deprivation"))
    assert 0 < deprived_share(joined, "decile", 3) < 1
    assert neighbourhoods["score"].min() < deprivation_weighted_spend(joined) < neighbourhoods["score"].max()
    assert "CLB999" in set(unmatched.loc[unmatched["missing_from"] == "deprivation", "key"])


def test_mixed_years_are_refused_until_one_is_chosen():
    lines, firms = small()
    with pytest.raises(
        InputError, match="^The ledger covers 2024/25 and 2025/26. Choose one financial year.$"
    ):
        spend_by_area(lines, firms, "staff")
    with pytest.raises(
        InputError, match="^The ledger has no lines in 2020/21. It covers 2024/25 and 2025/26.$"
    ):
        spend_by_area(lines, firms, "staff", "2020/21")
    one = lines[lines["financial_year"] == "2025/26"]
    assert spend_by_area(one, firms, "staff")[0]["amount"].sum() == 380


def test_ways_to_place_and_repeated_suppliers_are_checked():
    lines, firms = small()
    with pytest.raises(
        InputError, match="^'office' is not a way to place a supplier. Choose registered, money, staff.$"
    ):
        spend_by_area(lines, firms, "office", "2025/26")
    with pytest.raises(InputError, match="^Supplier V1 is listed twice. Keep one row for each supplier.$"):
        spend_by_area(lines, pd.concat([firms, firms.head(1)]), "staff", "2025/26")
    with pytest.raises(
        InputError, match="^The list of suppliers has no column staff_area_code. Check the column names.$"
    ):
        spend_by_area(lines, firms.drop(columns="staff_area_code"), "staff", "2025/26")
    with pytest.raises(InputError, match="^The ledger has no column supplier_id. Check the column names.$"):
        spend_by_area(lines.drop(columns="supplier_id"), firms, "staff", "2025/26")


def test_an_imported_ledger_is_added_up_by_the_codes_in_its_lines():
    lines = pd.DataFrame(
        {
            "supplier": ["A", "B", "A", "C"],
            "area_code": ["E1", "E2", "E1", None],
            "amount": [10.0, 50.0, 5.0, 3.0],
            "financial_year": ["2025/26"] * 4,
        }
    )
    placed, unplaced = spend_by_area_code(lines)
    assert placed.to_dict("list") == {"code": ["E2", "E1"], "amount": [50, 15], "lines": [1, 2]}
    assert unplaced.to_dict("records") == [
        {"supplier": "C", "amount": 3, "lines": 1, "why": "The line has no area code."}
    ]
    with pytest.raises(InputError, match="^The ledger has no column area_code. Check the column names.$"):
        spend_by_area_code(lines.drop(columns="area_code"))


def test_an_imported_ledger_of_two_years_is_added_up_for_one():
    lines = pd.DataFrame(
        {
            "supplier": ["A", "B"],
            "area_code": ["E1", "E1"],
            "amount": [10.0, 50.0],
            "financial_year": ["2024/25", "2025/26"],
        }
    )
    assert spend_by_area_code(lines, "2024/25")[0]["amount"].tolist() == [10]
    with pytest.raises(InputError, match="^The ledger covers 2024/25 and 2025/26. Choose one financial year"):
        spend_by_area_code(lines)
