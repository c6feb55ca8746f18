import re
from datetime import date, datetime

import pandas as pd
import pytest

from course.errors import InputError
from course.policy import (
    PURCHASES,
    ROUTES,
    STRENGTHS,
    as_of,
    banner,
    buyers,
    fact,
    facts,
    models,
    outcomes,
    read_date,
    say_date,
    stale,
    thresholds,
)
from course.policy.tables import DATED, table


def sentences(text):
    return [s for s in re.split(r"(?<=[.?])\s+", text) if s]


def test_the_tables_say_when_they_were_true():
    assert as_of() == date(2026, 11, 22)


def test_every_rule_names_known_buyers_purchases_routes_and_strength():
    known = set(buyers()["id"])
    for rule in table("duties").itertuples():
        assert set(rule.buyer_kinds.split(";")) <= known, rule.id
        assert set(rule.purchases.split(";")) <= set(PURCHASES), rule.id
        assert set(rule.routes.split(";")) <= set(ROUTES), rule.id
        assert rule.strength in STRENGTHS, rule.id


def test_every_rule_with_a_threshold_says_how_to_compare_and_on_what_basis():
    for rule in table("duties").itertuples():
        has = bool(rule.threshold_ref or rule.threshold_gbp)
        assert bool(rule.threshold_test) == has, rule.id
        assert rule.threshold_test in {"", "at least", "more than", "below"}, rule.id
        assert bool(rule.threshold_basis) == (has or bool(rule.below_gbp)), rule.id
        assert not (rule.threshold_ref and rule.threshold_gbp), rule.id


def test_every_minimum_weight_says_of_what():
    for rule in table("duties").itertuples():
        assert bool(rule.min_weight_pct) == bool(rule.weight_basis), rule.id


@pytest.mark.parametrize("name", DATED)
def test_every_row_has_its_own_id_a_source_and_a_review_date(name):
    frame = table(name)
    key = "model" if name == "models" else "id"
    assert frame[key].is_unique
    assert (frame["source"] != "").all()
    assert frame["review_date"].map(lambda day: isinstance(day, date)).all()
    assert (frame["review_date"] > as_of()).all()


@pytest.mark.parametrize("name", [*DATED, "outcomes"])
def test_what_is_general_knowledge_or_unread_is_marked_with_a_reason(name):
    frame = table(name)
    assert set(frame["confidence"]) <= {"R", "G"}
    assert frame.loc[frame["confidence"] == "G", "check_before_relying"].all()
    assert (frame["check_reason"].ne("") == frame["check_before_relying"]).all()


def test_the_known_fact_risks_are_marked():
    risky = table("duties").set_index("id")["check_before_relying"]
    listed = [i for i in risky.index if i.startswith(("ppn-026", "act-2012", "nhs-", "scotland-", "ni-"))]
    assert len(listed) >= 12
    assert risky[listed].all()
    assert fact("government-response-2026").check_before_relying
    assert not risky["pa-criteria"]


@pytest.mark.parametrize("name", ["duties", "facts"])
def test_sentences_are_short_enough_to_read(name):
    for text in table(name)["plain_sentence"]:
        assert text.endswith(".")
        for sentence in sentences(text):
            assert len(sentence.split()) <= 25, sentence


@pytest.mark.parametrize("name", ["duties", "thresholds"])
def test_no_rule_ends_before_it_begins(name):
    for rule in table(name).itertuples():
        assert rule.valid_to is None or rule.valid_from <= rule.valid_to, rule.id


def test_a_table_handed_out_can_be_changed_without_harm():
    mine = buyers()
    mine["label"] = "changed"
    assert (buyers()["label"] != "changed").all()


def test_thresholds_of_2025_and_2026():
    old = thresholds("2025-12-31").set_index("id")["threshold_gbp"]
    new = thresholds(date(2026, 1, 1)).set_index("id")["threshold_gbp"]
    assert old.to_dict() == {
        "central-2024": 139_688,
        "sub-central-2024": 214_904,
        "light-touch-2024": 663_540,
        "works-2024": 5_372_609,
        "concession-2024": 5_372_609,
        "utility-2024": 429_809,
    }
    assert new.to_dict() == {
        "central-2026": 135_018,
        "sub-central-2026": 207_720,
        "light-touch-2026": 663_540,
        "works-2026": 5_193_000,
        "concession-2026": 5_193_000,
        "utility-2026": 415_440,
        "utility-light-touch-2026": 884_720,
        "concession-light-touch-2026": 5_372_609,
    }
    assert pd.api.types.is_integer_dtype(new)
    held = thresholds("2026-01-01")
    assert list(held.columns) == list(table("thresholds").columns)
    assert list(held.index) == list(range(len(held)))


@pytest.mark.parametrize("day", ["2023-12-31", "2028-01-01"])
def test_thresholds_are_not_guessed_outside_their_dates(day):
    with pytest.raises(InputError) as refused:
        thresholds(day)
    assert str(refused.value) == (
        f"No thresholds are held for {say_date(date.fromisoformat(day))}. "
        "Choose a date from 1 January 2024 to 31 December 2027."
    )


def test_a_row_is_stale_the_day_after_its_review_date_and_not_on_it():
    assert stale(as_of()).empty
    assert list(stale(as_of()).columns) == ["table", "id", "source", "review_date", "days_over"]
    assert stale("2026-12-01").empty
    due = stale(date(2026, 12, 2))
    assert set(due["id"]) == {"ppn-026-none", "ppn-026-10", "ppn-026-20", "PPN 026"}
    assert (due["days_over"] == 1).all()
    assert set(due["table"]) == {"duties", "models"}


def test_the_longest_overdue_comes_first_and_in_time_every_table_is_listed():
    due = stale("2029-01-01")
    assert due["days_over"].is_monotonic_decreasing
    assert list(due.index) == list(range(len(due)))
    assert set(due["table"]) == set(DATED)
    assert len(due) == sum(len(table(name)) for name in DATED)


def test_a_finding_is_quoted_with_date_base_and_source():
    found = fact("foi-consider")
    assert (found.value, found.unit, found.date) == ("33", "%", "2016")
    assert found.base.startswith("306 replies from 353")
    assert "Procuring for Good" in found.source


def test_the_four_classes_of_council_add_up_to_every_reply():
    rows = facts().set_index("id").filter(like="foi-", axis=0)
    classes = rows[rows["plain_sentence"].str.contains("were classed as")]
    assert len(classes) == 4
    assert classes["value"].astype(int).sum() == 100


def test_an_unknown_finding_is_refused():
    with pytest.raises(InputError) as refused:
        fact("nothing")
    assert str(refused.value) == "There is no fact called 'nothing'. Use an id from the table."
    with pytest.raises(InputError) as refused:
        banner("nothing")
    assert str(refused.value) == "There is no rule or fact called 'nothing'. Use an id from the table."


def test_a_banner_gives_the_sentence_the_date_and_the_source():
    assert banner("cc-policy") == (
        "As at 22 November 2026: 37% of leaders surveyed in 2014 had a defined social value policy. "
        "Source: Communities Count, news item of 26 June 2014."
    )


def test_a_banner_warns_when_a_rule_is_still_to_be_checked():
    assert banner("ppn-026-10").endswith(
        "Check before relying on this. The GOV.UK page of PPN 026 was not read. "
        "Three secondary sources agree; its guidance was due by 30 November 2026."
    )
    assert "Check before" not in banner("pa-criteria")


def test_three_models_are_compared_and_carbon_and_supply_chain_have_no_home_in_the_newest():
    assert list(models()["model"]) == ["PPN 06/20", "PPN 002", "PPN 026"]
    subjects = outcomes().groupby("model")["subject"].agg(set)
    assert subjects["PPN 026"] == {"jobs", "skills"}
    assert {"carbon", "supply chain", "wellbeing"} <= subjects["PPN 002"]
    assert outcomes().groupby("model").size().to_dict() == {
        "PPN 002": 8,
        "PPN 01/21": 4,
        "PPN 026": 2,
        "PPN 06/20": 5,
    }


def test_dates_are_read_from_dates_and_text():
    assert read_date("2027-02-03") == date(2027, 2, 3)
    assert read_date(date(2027, 2, 3)) == date(2027, 2, 3)
    read = read_date(datetime(2027, 2, 3, 9, 30))
    assert read == date(2027, 2, 3)
    assert type(read) is date
    assert say_date(date(2027, 2, 3)) == "3 February 2027"


@pytest.mark.parametrize("bad", ["03/02/2027", "", None, 2027])
def test_what_is_not_a_date_is_refused(bad):
    with pytest.raises(InputError) as refused:
        read_date(bad, "review date")
    assert str(refused.value) == (
        f"The review date {bad!r} is not a date. Give year, month and day, as in 2027-02-03."
    )
