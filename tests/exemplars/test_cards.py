"""The exemplar library: each card holds to its format, can be found, and passes the audit of new ones."""

import csv
import re
from datetime import date

import pandas as pd
import pytest
from frictionless import Package

from course import exemplars, places
from course.errors import InputError

CARDS = exemplars.library()
GOOD = {
    "who": "A charity",
    "what": "Trains cooks in a community kitchen.",
    "claim": "18 of 20 trainees passed.",
    "base": "20 trainees, all who started in 2026",
    "source": "Register of the kitchen",
    "date": "2026-06",
    "evidence": "count",
    "sector": "charity",
    "place": "Leeds, Yorkshire and the Humber, England",
    "theme": "jobs and skills",
    "idea": "Let trainees cook for paying guests.",
}


def test_the_library_holds_the_starter_cards_each_of_its_own_name():
    assert len(CARDS) >= 16
    assert CARDS["id"].is_unique
    assert {"manchester-weights", "wales-duty", "paralympics-leaflet"} <= set(CARDS["id"])


@pytest.mark.parametrize("card", CARDS.to_dict("records"), ids=CARDS["id"])
def test_each_starter_card_passes_the_audit_that_others_must_pass(card):
    assert [finding.words for finding in exemplars.claim_audit(card) if finding.must] == []


def test_cards_that_were_not_read_at_their_source_say_so():
    checks = CARDS.set_index("id")["check"]
    assert "general knowledge" in checks["birmingham-charter"]
    assert (checks[["four-councils-named", "greater-manchester-tiers", "landmarc-difference"]] != "").all()


def test_the_operator_behind_the_paralympics_leaflet_is_not_named():
    card = CARDS.set_index("id").loc["paralympics-leaflet"]
    assert card["who"] == "A transport provider (our source does not name it)"
    assert card["address"] == ""


def test_invented_cards_give_what_calderbrooks_records_say():
    rows = pd.read_csv(places.DATASETS / "delivery.csv")
    rows = rows[(rows["procurement_id"] == "CB-2025-006") & (rows["period_end"] <= "2026-07-31")]
    sums = rows.groupby("promise_id")[["actual", "target"]].sum().astype(int)
    cards = CARDS.set_index("id")
    for name, promise in (("hubs-apprentices", "P1"), ("hubs-placements", "P2"), ("hubs-carbon", "P4")):
        assert cards.loc[name, "kind"] == "invented"
        assert int(re.match(r"\d+", cards.loc[name, "claim"])[0]) == sums.loc[promise, "actual"]
        assert int(re.match(r"\d+", cards.loc[name, "base"])[0]) == sums.loc[promise, "target"]


def test_no_card_is_dated_after_the_library_was_read():
    assert (CARDS["date"] <= date(2026, 11, 22).isoformat()).all()


def test_the_dictionary_describes_the_file(tmp_path):
    (described,) = exemplars.resources()
    report = Package({"name": "all", "resources": [described]}, basepath=str(places.DATASETS)).validate()
    assert report.valid, report.flatten(["message"])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "leaflet"}, {"paralympics-leaflet"}),
        ({"text": "CHARTER contractors"}, {"birmingham-charter"}),
        ({"sector": "police"}, {"nottinghamshire-mentoring"}),
        ({"place": "north west", "theme": "local spending"}, {"manchester-local-spend"}),
        ({"evidence": 2}, {"manchester-local-spend", "birch-in-work"}),
        ({"evidence": 3}, {"birch-in-work"}),
        ({"text": "no such word"}, set()),
    ],
)
def test_searching_narrows_by_each_thing_asked(wanted, found):
    assert set(exemplars.search(CARDS, **wanted)["id"]) == found


def test_searching_for_nothing_gives_every_card_the_strongest_evidence_first():
    found = exemplars.search(CARDS)
    assert set(found["id"]) == set(CARDS["id"])
    assert found["level"].is_monotonic_decreasing


def test_a_text_with_signs_is_searched_for_as_it_stands():
    assert exemplars.search(CARDS, "£211,232")["id"].tolist() == ["nottinghamshire-mentoring"]
    assert exemplars.search(CARDS, "(.*)").empty


def test_a_good_card_is_kept_marked_as_yours_and_found_beside_the_others(tmp_path):
    kept = exemplars.add(GOOD, tmp_path / "cohort")
    assert (kept["kind"], kept["id"]) == ("yours", "a-charity-trains-cooks-in-a")
    both = exemplars.library(tmp_path / "cohort")
    assert len(both) == len(CARDS) + 1
    assert exemplars.search(both, "paying guests")["kind"].tolist() == ["yours"]
    exemplars.add({**GOOD, "id": "second"}, tmp_path / "cohort")
    assert len(exemplars.library(tmp_path / "cohort")) == len(CARDS) + 2


def test_a_claim_that_would_not_survive_is_not_added_and_the_reasons_are_given(tmp_path):
    with pytest.raises(InputError, match=r"percentage.*no source"):
        exemplars.add({**GOOD, "claim": "90% passed.", "base": "", "source": ""}, tmp_path)
    assert not (tmp_path / "exemplars.csv").exists()


def test_a_second_card_of_the_same_name_is_refused(tmp_path):
    exemplars.add(GOOD, tmp_path)
    with pytest.raises(InputError, match="already"):
        exemplars.add(GOOD, tmp_path)
    with pytest.raises(InputError, match="already"):
        exemplars.add({**GOOD, "id": "wales-duty"}, tmp_path)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"who": ""}, "no who"),
        ({"idea": " "}, "no idea"),
        ({"sector": "space"}, "cannot be a card's sector"),
        ({"evidence": "vibes"}, "cannot be a card's evidence"),
        ({"colour": "red"}, "no field “colour”"),
        ({"id": "Not Fit"}, "lower case"),
        ({"address": "http://here"}, "https"),
        ({"what": "x" * 301}, "300 characters"),
    ],
)
def test_a_card_that_breaks_the_format_is_told_where(changed, told, tmp_path):
    with pytest.raises(InputError, match=told):
        exemplars.add({**GOOD, **changed}, tmp_path)


def test_a_card_is_read_from_a_file_of_fields(tmp_path):
    path = tmp_path / "card.yml"
    path.write_text("\n".join(f'{k}: "{v}"' for k, v in GOOD.items()) + "\n", encoding="utf-8")
    assert exemplars.add(exemplars.read_card(path), tmp_path)["who"] == "A charity"
    path.write_text("who: A charity\ndate: 2026-06-01\n", encoding="utf-8")
    assert exemplars.check_card({**GOOD, "id": "a", "kind": "yours", **exemplars.read_card(path)})[
        "date"
    ] == ("2026-06-01")
    for bad in ("- a\n- b\n", "who: [", ""):
        path.write_text(bad, encoding="utf-8")
        with pytest.raises(InputError, match="not a card"):
            exemplars.read_card(path)
    with pytest.raises(InputError, match="cannot be read"):
        exemplars.read_card(tmp_path / "none.yml")


def test_a_damaged_file_of_cards_is_told_with_its_line(tmp_path):
    exemplars.add(GOOD, tmp_path)
    path = tmp_path / "exemplars.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    rows[1][2] = ""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    with pytest.raises(InputError, match=r"line 2: The card has no who"):
        exemplars.library(tmp_path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        exemplars.library(tmp_path)


def test_evidence_is_ranked_as_measuring_ranks_it():
    levels = [
        exemplars.evidence_level(e) for e in ("description", "user quote", "before and after", "randomised")
    ]
    assert levels == [0, 0, 2, 3]
    with pytest.raises(InputError, match="no kind of evidence"):
        exemplars.evidence_level("hearsay")


def test_the_form_of_a_card_is_filled_in_line_by_line_and_added(tmp_path):
    lines = [
        f"{line.strip()} {GOOD.get(line.strip().removesuffix(':'), '')}" if line.endswith(": ") else line
        for line in exemplars.form().splitlines()
    ]
    path = tmp_path / "card.yml"
    path.write_text("\n".join(lines), encoding="utf-8")
    kept = exemplars.add(exemplars.read_card(path), tmp_path)
    assert {name: kept[name] for name in GOOD} == GOOD


def test_an_empty_form_is_refused_with_what_to_do_first(tmp_path):
    path = tmp_path / "card.yml"
    path.write_text(exemplars.form(), encoding="utf-8")
    with pytest.raises(InputError, match="There is no claim"):
        exemplars.add(exemplars.read_card(path), tmp_path)


def test_the_line_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / "card.yml"
    path.write_text("who: Us\nclaim: 18 of 20: all passed\n", encoding="utf-8")
    with pytest.raises(InputError, match="Line 2 cannot be read"):
        exemplars.read_card(path)


@pytest.mark.parametrize(
    ("day", "said"),
    [("2026", "2026"), ("2026-09", "September 2026"), ("2026-07-31", "31 July 2026")],
)
def test_a_date_is_said_as_people_do(day, said):
    assert exemplars.say_when(day) == said


@pytest.mark.parametrize("day", ["", "June 2026", "2026-13", "2026-02-30", "2026-6"])
def test_a_date_that_is_none_is_refused_by_the_audit_and_the_format(day, tmp_path):
    assert "date" in [finding.rule for finding in exemplars.claim_audit({**GOOD, "date": day})]
    with pytest.raises(InputError, match="date"):
        exemplars.check_card({**GOOD, "id": "a", "kind": "yours", "date": day})
