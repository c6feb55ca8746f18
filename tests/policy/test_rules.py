from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.policy import (
    PURCHASES,
    STRENGTHS,
    WARNING,
    buyers,
    duties,
    main_purchase,
    social_value_model,
    threshold,
)
from course.policy.tables import table

ACT = ["act-2012-consider", "act-2012-proportion", "act-2012-consult"]
TODAY = "2026-11-22"


def ask(*args, **kwargs):
    return duties(*args, **kwargs).set_index("id")


def applying(*args, **kwargs):
    frame = ask(*args, **kwargs)
    return set(frame.index[frame["applies"]])


# The 2012 Act: thresholds, VAT and extension options


@pytest.mark.parametrize(("net", "reached"), [(170_000, False), (173_100, True), (190_000, True)])
def test_the_act_is_reached_at_the_threshold_including_vat(net, reached):
    frame = ask("council", "services", net, TODAY)
    assert (frame.loc[ACT, "applies"] == reached).all()
    assert frame.loc["act-2012-consider", "value_tested_gbp"] == net * 1.2
    assert frame.loc["act-2012-consider", "threshold_tested_gbp"] == 207_720


def test_a_penny_below_the_threshold_is_below_it():
    frame = ask("council", "services", "207719.99", TODAY, vat="inc")
    assert not frame.loc["act-2012-consider", "applies"]
    assert frame.loc["act-2012-consider", "why"] == (
        "The estimate is £207,719.99, including VAT and extension options. The rule begins at £207,720."
    )
    assert frame.loc["act-2012-consider", "fails_on"] == "value"
    assert ask("council", "services", 207_720, TODAY, vat="inc").loc["act-2012-consider", "applies"]


def test_the_reason_names_the_buyer_the_estimate_and_the_threshold():
    frame = ask("council", "services", 173_100, TODAY)
    assert frame.loc["act-2012-consider", "why"] == (
        "An English council is covered. The estimate is £207,720, including VAT and extension options. "
        "That is not less than £207,720."
    )
    assert frame.loc["npps-regard", "why"] == "An English council is covered. No value threshold applies."
    assert frame.loc["pa-market-engagement", "why"].endswith(
        "It applies if you hold preliminary market engagement."
    )


def test_the_same_contract_was_below_the_threshold_in_2025():
    assert "act-2012-consider" not in applying("council", "services", 173_100, "2025-12-31")
    assert "act-2012-consider" in applying("council", "services", 173_100, "2026-01-01")
    assert "act-2012-consider" in applying("council", "services", 214_904, "2025-12-31", vat="inc")


def test_extension_options_count():
    assert "act-2012-consider" not in applying("council", "services", 100_000, TODAY)
    assert "act-2012-consider" in applying("council", "services", 100_000, TODAY, extension=73_100)


def test_an_exempt_supply_is_tested_without_vat():
    assert "act-2012-consider" not in applying("council", "services", 207_719, TODAY, vat_rate=0)
    assert "act-2012-consider" in applying("council", "services", 207_720, TODAY, vat_rate=0)


@pytest.mark.parametrize("purchase", ["goods", "works"])
def test_the_act_does_not_cover_goods_or_works_alone(purchase):
    frame = ask("council", purchase, 10_000_000, TODAY)
    assert not frame.loc[ACT, "applies"].any()
    assert frame.loc["act-2012-consider", "fails_on"] == "purchase"
    assert frame.loc["act-2012-consider", "why"] == f"This rule does not cover {PURCHASES[purchase]}."


def test_the_act_covers_a_new_framework_but_not_a_call_off():
    assert "act-2012-consider" in applying("council", "services", 300_000, TODAY, route="framework")
    frame = ask("council", "services", 300_000, TODAY, route="call-off")
    assert frame.loc["act-2012-consider", "fails_on"] == "route"
    assert frame.loc["act-2012-consider", "why"] == (
        "This rule does not cover a call-off from a framework already in place. "
        "A call-off follows the rules of its framework."
    )


def test_a_route_other_than_a_call_off_is_not_sent_to_its_framework():
    frame = ask("council", "services", 9_000_000, TODAY, route="framework")
    assert frame.loc["pa-kpis", "why"] == "This rule does not cover setting up a framework."


@pytest.mark.parametrize(("net", "reached"), [(552_949, False), (552_950, True)])
def test_light_touch_services_have_their_own_threshold(net, reached):
    assert ("act-2012-consider" in applying("council", "light-touch services", net, TODAY)) == reached


@pytest.mark.parametrize("buyer", ["wales", "scotland", "northern-ireland"])
def test_the_act_does_not_bind_devolved_bodies(buyer):
    frame = ask(buyer, "services", 10_000_000, TODAY)
    assert set(frame.loc[ACT, "fails_on"]) == {"buyer"}
    phrase = buyers().set_index("id").loc[buyer, "phrase"]
    assert frame.loc["act-2012-consider", "why"] == f"This rule does not cover {phrase}."


def test_the_act_only_says_consider_and_sets_no_weight():
    frame = ask("council", "services", 300_000, TODAY)
    assert frame.loc["act-2012-consider", "strength"] == "consider"
    assert frame.loc[ACT, "min_weight_pct"].isna().all()
    assert frame.loc[frame["applies"], "min_weight_pct"].isna().all()


def test_three_tenders_bought_together_reach_the_light_touch_threshold():
    alone = applying("council", "light-touch services", 250_000, TODAY)
    together = ask("council", "light-touch services", 3 * 250_000, TODAY)
    assert "act-2012-consider" not in alone
    assert together.loc["act-2012-consider", "value_tested_gbp"] == 900_000
    assert together.loc["act-2012-consider", "applies"]


# The Procurement Act 2023


def test_kpis_are_for_contracts_of_more_than_five_million_pounds():
    assert "pa-kpis" not in applying("council", "services", 5_000_000, TODAY, vat="inc")
    frame = ask("council", "services", "5000000.01", TODAY, vat="inc")
    assert frame.loc["pa-kpis", "applies"]
    assert frame.loc["pa-kpis", "min_kpis"] == 3
    assert frame.loc["pa-kpis", "why"].endswith("That is more than £5,000,000.")
    assert frame.loc["pa-performance", "applies"]


def test_a_contract_of_exactly_five_million_pounds_is_told_why_not():
    frame = ask("council", "services", 5_000_000, TODAY, vat="inc")
    assert frame.loc["pa-kpis", "why"] == (
        "The estimate is £5,000,000, including VAT and extension options. "
        "The rule is for contracts of more than £5,000,000."
    )


def test_each_assessed_bidder_gets_a_summary_after_a_competition():
    frame = ask("council", "light-touch services", 663_540, TODAY, vat="inc")
    row = frame.loc["pa-assessment-summary"]
    assert (row["applies"], row["strength"], row["rule"].split(":")[0]) == (True, "must", "Section 50")
    assert row["why"].endswith("It applies if the contract is awarded by competition.")
    assert row["warning"].startswith(WARNING)
    assert "pa-assessment-summary" not in applying(
        "council", "light-touch services", 663_539, TODAY, vat="inc"
    )
    assert "pa-assessment-summary" not in applying("council", "services", 300_000, TODAY, route="call-off")
    assert "pa-assessment-summary" not in applying("council", "services", 300_000, "2025-02-23")
    assert "pa-assessment-summary" not in applying("scotland", "services", 300_000, TODAY)


def test_calderbrook_passes_five_million_with_its_extension_yet_needs_no_kpis():
    base = Decimal(2_750_000)
    frame = ask("council", "light-touch services", base, TODAY, extension=base / 3 * 2)
    assert frame.loc["act-2012-consider", "value_tested_gbp"] == 5_500_000
    assert frame.loc["act-2012-consider", "applies"]
    assert frame.loc["pa-kpis", "fails_on"] == "purchase"
    assert frame.loc["pa-performance", "fails_on"] == "purchase"
    assert frame.loc["pa-criteria", "applies"]


def test_the_2023_act_begins_on_24_february_2025():
    early = ask("council", "services", 300_000, "2025-02-23")
    assert early.loc["pa-criteria", "fails_on"] == "date"
    assert early.loc["pa-criteria", "why"] == (
        "It covers procurements commenced from 24 February 2025. Yours commenced on 23 February 2025."
    )
    assert "pa-criteria" in applying("council", "services", 300_000, "2025-02-24")


def test_the_policy_statement_has_no_value_floor_but_leaves_call_offs_out():
    assert "npps-regard" in applying("council", "goods", 1, TODAY)
    assert "npps-regard" not in applying("council", "goods", 1, TODAY, route="call-off")
    assert not {"npps-regard"} & applying("wales", "goods", 1, TODAY)


def test_a_pipeline_notice_lists_contracts_above_two_million_pounds():
    assert "pa-pipeline" not in applying("council", "goods", 2_000_000, TODAY, vat="inc")
    frame = ask("council", "goods", 2_000_001, TODAY, vat="inc")
    assert frame.loc["pa-pipeline", "why"].endswith(
        "It applies if your body expects to spend more than £100 million in the year."
    )


@pytest.mark.parametrize("buyer", ["wales", "northern-ireland", "school"])
def test_rules_read_for_england_are_marked_where_a_buyer_has_its_own_changes(buyer):
    note = buyers().set_index("id").loc[buyer, "act_2023_note"]
    frame = ask(buyer, "services", 300_000, TODAY)
    assert frame.loc["pa-criteria", "warning"] == f"{WARNING}. {note}"
    assert frame.loc["pa-criteria", "check_before_relying"]
    assert ask("council", "services", 300_000, TODAY).loc["pa-criteria", "warning"] == ""


# The central government models


@pytest.mark.parametrize(
    ("net", "weight", "kpis"), [(4_100_000, 10, None), (4_200_000, 20, 3), (840_000, 10, None)]
)
def test_ppn_026_bands_by_value_including_vat(net, weight, kpis):
    answer = social_value_model("central", "2027-02-03", Decimal(net) * Decimal("1.2"))
    assert (answer.name, answer.min_weight_pct, answer.min_kpis) == ("PPN 026", weight, kpis)
    assert answer.warning.startswith(f"{WARNING}. The GOV.UK page of PPN 026 was not read.")


def test_below_one_million_pounds_no_model_is_mandated_from_2027():
    answer = social_value_model("central", "2027-02-03", 996_000)
    assert (answer.name, answer.min_weight_pct, answer.min_kpis) == ("none", None, None)
    assert (answer.row_id, answer.weight_basis) == ("ppn-026-none", "")
    assert (
        answer.why == "No social value weight is mandated below £1 million from 2027. You may still set one."
    )
    assert answer.source.startswith("PPN 026 of 5 August 2026")
    assert answer.warning.startswith(WARNING)


@pytest.mark.parametrize(
    ("value", "row"),
    [
        ("135017.99", ""),
        ("135018", "ppn-026-none"),
        ("999999.99", "ppn-026-none"),
        ("1000000", "ppn-026-10"),
        ("4999999.99", "ppn-026-10"),
        ("5000000", "ppn-026-20"),
    ],
)
def test_the_edges_of_the_ppn_026_bands(value, row):
    assert social_value_model("central", "2027-01-01", value).row_id == row


def test_one_row_says_why_a_bigger_contract_is_outside_the_band():
    frame = ask("central", "services", 5_000_000, "2027-01-01", vat="inc")
    assert frame.loc["ppn-026-10", "why"] == (
        "The estimate is £5,000,000, including VAT and extension options. "
        "The rule is for contracts below £5,000,000."
    )
    assert frame.loc["ppn-026-10", "threshold_tested_gbp"] == 5_000_000
    inside = ask("central", "services", 4_000_000, "2027-01-01", vat="inc").loc["ppn-026-10", "why"]
    assert inside.endswith("That is not less than £1,000,000 and below £5,000,000.")


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2024-06-01", "PPN 06/20"),
        ("2025-02-23", "PPN 06/20"),
        ("2025-02-24", "PPN 06/20"),
        ("2025-09-30", "PPN 06/20"),
        ("2025-10-01", "PPN 002"),
        ("2026-12-31", "PPN 002"),
        ("2027-01-01", "PPN 026"),
    ],
)
def test_the_model_follows_the_date_the_procurement_commenced(day, name):
    answer = social_value_model("central", day, 4_000_000)
    assert (answer.name, answer.min_weight_pct) == (name, 10)
    assert answer.why.startswith("A central government body is covered.")
    assert answer.weight_basis.startswith("of the total")


def test_ppn_002_may_be_used_early():
    assert "ppn-002-early" in applying("central", "services", 1_000_000, "2025-02-24")
    assert "ppn-002-early" not in applying("central", "services", 1_000_000, "2025-10-01")


def test_a_department_in_2027_at_four_million_pounds_uses_ppn_026_at_ten_percent():
    answer = social_value_model("central", "2027-02-03", 4_000_000)
    assert (answer.name, answer.min_weight_pct, answer.row_id) == ("PPN 026", 10, "ppn-026-10")
    assert answer.source.startswith("PPN 026 of 5 August 2026")


def test_a_model_that_has_ended_says_so():
    frame = ask("central", "services", 4_000_000, "2027-02-03")
    assert frame.loc["ppn-002", "fails_on"] == "date"
    assert frame.loc["ppn-002", "why"] == (
        "It covered procurements commenced up to 31 December 2026. Yours commenced on 3 February 2027."
    )


def test_ppn_002_does_not_reach_below_the_threshold():
    assert social_value_model("central", TODAY, "135017.99").name == "none"
    assert social_value_model("central", TODAY, "135018").name == "PPN 002"
    assert social_value_model("central", TODAY, 200_000, "works").name == "none"


def test_a_council_may_adopt_a_model_but_none_is_mandated():
    answer = social_value_model("council", TODAY, 4_000_000)
    assert answer.name == "none"
    assert answer.why.startswith("You may adopt the central model.")
    later = social_value_model("council", "2027-02-03", 4_000_000)
    assert later.why == (
        "No social value model in the table binds an English council for this procurement of 3 February 2027."
    )
    assert (later.row_id, later.source, later.warning, later.weight_basis) == ("", "", "", "")


# Reserving below the threshold


def test_a_council_may_reserve_below_the_threshold_since_4_february_2026():
    assert "reserve-2026" not in applying("council", "services", 100_000, "2026-02-03")
    frame = ask("council", "services", 100_000, "2026-02-04")
    assert frame.loc["reserve-2026", "applies"]
    assert frame.loc["reserve-2026", "strength"] == "may"
    assert frame.loc["reserve-2026", "why"].endswith("That is below £207,720.")


def test_reserving_stops_at_the_threshold_itself():
    assert "reserve-2026" in applying("council", "services", "207719.99", TODAY, vat="inc")
    frame = ask("council", "services", 207_720, TODAY, vat="inc")
    assert frame.loc["reserve-2026", "why"] == (
        "The estimate is £207,720, including VAT and extension options. "
        "The rule is for contracts below £207,720."
    )


def test_only_best_value_authorities_may_reserve_under_the_2026_order():
    may = [b for b in buyers()["id"] if "reserve-2026" in applying(b, "services", 1_000, TODAY)]
    assert may == ["council", "fire-police-combined"]


# The NHS and the other nations


def test_nhs_trusts_use_the_central_threshold():
    assert "act-2012-consider" in applying("nhs", "services", 135_018, TODAY, vat="inc")
    assert threshold("nhs", "goods", TODAY) == Decimal(135_018)


def test_clinical_services_go_to_the_provider_selection_regime_and_not_the_act():
    held = ask("nhs", "clinical services", 9_000_000, TODAY)
    assert list(held.index[held["applies"]]) == ["nhs-psr"]
    assert held.loc["nhs-psr", "warning"].startswith(WARNING)
    with pytest.raises(InputError) as refused:
        duties("council", "clinical services", 1, TODAY)
    assert str(refused.value) == (
        "Clinical services are held for NHS bodies only. Choose light-touch services instead."
    )


def test_nhs_england_policy_is_marked_to_be_checked():
    frame = ask("nhs", "services", 1_000_000, TODAY)
    assert frame.loc["nhs-10", "min_weight_pct"] == 10
    assert frame.loc["nhs-10", "check_before_relying"]


def test_welsh_duties_begin_on_25_march_2026_and_reports_on_1_april():
    assert "wales-s24" not in applying("wales", "services", 1, "2026-03-24")
    assert "wales-s24" in applying("wales", "services", 1, "2026-03-25")
    assert "wales-s39" not in applying("wales", "services", 1, "2026-03-31")
    assert "wales-s39" in applying("wales", "services", 1, "2026-04-01")
    assert "wales-wfg" in applying("wales", "services", 1, "2024-01-01")


def test_major_construction_in_wales_begins_at_two_million_pounds():
    assert "wales-s25" not in applying("wales", "works", "1999999.99", TODAY, vat="inc")
    assert "wales-s25" in applying("wales", "works", 2_000_000, TODAY, vat="inc")
    assert "wales-s25" not in applying("wales", "services", 2_000_000, TODAY, vat="inc")


def test_scottish_duties_are_measured_without_vat():
    assert "scotland-s9" not in applying("scotland", "services", "49999.99", TODAY)
    assert "scotland-s9" in applying("scotland", "services", 50_000, TODAY)
    assert "scotland-s9" not in applying("scotland", "services", 50_000, TODAY, vat="inc")
    frame = ask("scotland", "services", 4_000_000, TODAY)
    assert {"scotland-s25", "scotland-s25-notice"} <= set(frame.index[frame["applies"]])
    assert frame.loc["scotland-s25", "strength"] == "consider"
    assert frame.loc["scotland-s25-notice", "strength"] == "must"
    assert frame.loc["scotland-s25", "value_tested_gbp"] == 4_000_000
    assert "scotland-s25" not in applying("scotland", "services", "3999999.99", TODAY)


def test_scottish_works_are_regulated_from_two_million_pounds():
    assert "scotland-s9-works" not in applying("scotland", "works", "1999999.99", TODAY)
    assert "scotland-s9-works" in applying("scotland", "works", 2_000_000, TODAY)


def test_northern_ireland_has_its_own_ten_percent_and_its_doubts_are_shown():
    answer = social_value_model("northern-ireland", TODAY, 1_000_000)
    assert (answer.name, answer.min_weight_pct) == ("PPN 01/21", 10)
    assert answer.warning.startswith(f"{WARNING}. Sources disagree")


# The shape of the answer, and what is refused


def test_rules_that_apply_come_first_then_must_consider_may():
    frame = duties("council", "services", 300_000, TODAY)
    rank = frame["strength"].map({name: i for i, name in enumerate(STRENGTHS)})
    rank = rank.map({0: 0, 1: 1, 2: 2}) + 10 * ~frame["applies"]
    assert rank.is_monotonic_increasing
    assert list(frame.index) == list(range(len(frame)))


def test_the_estimate_travels_with_the_answer():
    frame = duties("council", "services", 173_100, TODAY)
    assert frame.attrs == {"estimate_inc_vat": Decimal(207_720), "estimate_ex_vat": Decimal(173_100)}


def test_every_row_that_fails_says_on_what_and_every_row_says_why():
    frame = duties("central", "services", 4_000_000, "2027-02-03")
    assert (frame["fails_on"].eq("") == frame["applies"]).all()
    assert set(frame["fails_on"]) <= {"", "buyer", "date", "purchase", "route", "value"}
    assert frame["why"].str.endswith(".").all()
    assert frame["source"].ne("").all()
    assert frame["warning"].ne("").equals(frame["check_before_relying"])


def test_a_rule_not_compared_by_value_leaves_the_amounts_empty():
    frame = ask("council", "services", 300_000, TODAY)
    assert pd.isna(frame.loc["npps-regard", "value_tested_gbp"])
    assert pd.isna(frame.loc["ppn-002", "threshold_tested_gbp"])


@pytest.mark.parametrize(
    ("args", "route", "message"),
    [
        (("shop", "services"), "contract", "'shop' is not a kind of buyer. Choose one of: central, council,"),
        (("council", "cake"), "contract", "'cake' is not a kind of purchase. Choose one of: services,"),
        (
            ("council", "goods"),
            "lease",
            "'lease' is not a kind of route. Choose one of: contract, framework,",
        ),
    ],
)
def test_an_unknown_choice_is_refused_with_the_choices(args, route, message):
    with pytest.raises(InputError) as refused:
        duties(*args, 1, TODAY, route=route)
    assert str(refused.value).startswith(message)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("buyer", ["council", "scotland"])
def test_a_date_with_no_thresholds_is_refused_not_guessed(buyer):
    with pytest.raises(InputError, match="No thresholds are held for 1 March 2028"):
        duties(buyer, "services", 1, "2028-03-01")


def test_the_threshold_of_a_buyer_and_purchase():
    assert threshold("council", "services", TODAY) == 207_720
    assert threshold("council", "light-touch services", TODAY) == 663_540
    assert threshold("central", "works", "2025-01-01") == 5_372_609
    with pytest.raises(InputError) as refused:
        threshold("scotland", "services", TODAY)
    assert str(refused.value) == (
        "The thresholds held are not those of a Scottish devolved body. See the rules of that nation."
    )
    with pytest.raises(InputError) as refused:
        threshold("nhs", "clinical services", TODAY)
    assert str(refused.value) == (
        "No threshold is held for clinical services bought by the NHS. Choose another kind of purchase."
    )
    with pytest.raises(InputError, match="'cake' is not a kind of purchase"):
        threshold("council", "cake", TODAY)


def test_a_mixed_contract_is_what_most_of_its_value_is():
    assert main_purchase(services=60, goods=40) == "services"
    assert main_purchase(services=40, goods=60, works=10) == "goods"
    assert main_purchase(services=40, works="40.01") == "works"
    assert main_purchase(services=50, goods=50) == "services"
    with pytest.raises(InputError, match="The value of goods is below zero"):
        main_purchase(services=1, goods=-1)
    with pytest.raises(InputError) as refused:
        main_purchase()
    assert str(refused.value) == (
        "The contract has no value yet. Give the value of its services, goods or works."
    )


def test_rules_of_one_strength_keep_the_order_of_the_table():
    frame = duties("council", "services", 300_000, TODAY)
    order = {row: place for place, row in enumerate(table("duties")["id"])}
    for _, group in frame.groupby(["applies", "strength"]):
        assert group["id"].map(order).is_monotonic_increasing


def test_the_answer_has_one_row_a_rule_and_no_other_column():
    frame = duties("council", "services", 300_000, TODAY)
    assert sorted(frame["id"]) == sorted(table("duties")["id"])
    assert list(frame.columns)[:4] == ["id", "applies", "strength", "instrument"]
    assert len(frame.columns) == 25


def test_a_row_with_nothing_to_check_has_no_warning():
    frame = ask("council", "services", 300_000, TODAY)
    assert frame.loc[["local-weight", "reserve-2026", "ppn-001-sme"], "warning"].tolist() == [""] * 3


# Laws that hold everywhere

days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(
    st.sampled_from(list(buyers()["id"])),
    st.sampled_from(["services", "light-touch services", "goods", "works"]),
    days,
    st.integers(0, 10**7),
    st.integers(0, 10**7),
)
@settings(max_examples=25, deadline=None)
def test_a_bigger_contract_keeps_every_must_except_where_a_higher_band_replaces_it(
    buyer, purchase, day, value, more
):
    small, big = ask(buyer, purchase, value, day), ask(buyer, purchase, value + more, day)
    lost = small.index[small["applies"]].difference(big.index[big["applies"]])
    assert set(lost) <= {"ppn-026-10", "ppn-026-none", "ppn-005", "reserve-2026"}


@given(days, st.integers(135_018, 10**8), st.sampled_from(["services", "goods"]))
@settings(max_examples=25, deadline=None)
def test_central_government_always_has_exactly_one_mandated_model_or_none_below_a_million(
    day, value, purchase
):
    frame = duties("central", purchase, value, day, vat="inc")
    musts = frame[frame["applies"] & frame["strength"].eq("must") & frame["model"].ne("")]
    in_2027 = day >= date(2027, 1, 1)
    below = value < (1_000_000 if in_2027 else threshold("central", purchase, day))
    assert len(musts) == (0 if below else 1)


@given(days)
@settings(max_examples=20, deadline=None)
def test_the_day_before_and_after_differ_only_when_a_rule_or_threshold_changes(day):
    if day == date(2027, 12, 31):
        return
    turning = {"2025-02-23", "2025-03-31", "2025-09-30", "2025-12-31", "2026-03-31", "2026-12-31"}
    before = applying("central", "services", 4_000_000, day)
    after = applying("central", "services", 4_000_000, day + timedelta(days=1))
    assert before == after or day.isoformat() in turning
