"""The claim audit: what a hard question would find, and what it would leave in peace."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.exemplars import claim_audit, claim_needs, stands

WHOLE = {
    "claim": "Residents in work rose from 31 to 38 of 100.",
    "base": "100 residents",
    "comparator": "Northmere went from 29 to 33",
    "source": "Payroll check",
    "date": "2026-09",
    "evidence": "before and after with comparison",
}


def rules(**changed):
    return [finding.rule for finding in claim_audit({**WHOLE, **changed})]


def test_a_claim_with_base_comparator_source_and_date_stands():
    assert claim_audit(WHOLE) == []


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("Reoffending fell 40%.", ["base", "comparator"]),
        ("90% of users are satisfied.", ["base"]),
        ("Users are satisfied.", ["base"]),
        ("The average stay is 12 weeks.", ["base"]),
        ("We saved the council £1m.", ["comparator"]),
        ("We ran 12 sessions at Mill Hall in May.", []),
        ("43 paid placements of two weeks.", []),
        ("Jobs rose from 31 to 38.", []),
    ],
)
def test_what_a_claim_needs_depends_on_what_it_says(claim, found):
    card = {"claim": claim, "source": "Report", "date": "2026", "evidence": "before and after"}
    assert [finding.rule for finding in claim_audit(card)] == found


def test_a_percentage_is_content_with_a_number_in_base_or_comparator_but_people_need_a_base():
    assert rules(claim="The local share is 69.9%.", base="") == []
    assert rules(claim="The local share is 69.9%.", base="of spending", comparator="") == ["base"]
    assert rules(claim="Most people were satisfied.", base="") == ["base"]


@pytest.mark.parametrize("words", ["Thanks to us", "Because of us", "We caused this:", "Our work led to it:"])
def test_a_cause_needs_a_comparison_group(words):
    claim = f"{words} 7 of 100 more residents work."
    assert rules(claim=claim) == []
    assert rules(claim=claim, evidence="before and after") == ["cause"]
    assert claim_needs(claim) == 3


def test_a_quote_or_a_count_cannot_show_a_change():
    assert rules(evidence="user quote") == ["evidence"]
    assert rules(evidence="count") == ["evidence"]
    assert rules(evidence="before and after") == []
    assert claim_needs(WHOLE["claim"]) == 2
    assert claim_needs("We ran 12 sessions.") == 0


def test_a_change_without_any_figure_is_found():
    assert rules(claim="Lives improved.", base="", comparator="a year before") == ["figure"]


@pytest.mark.parametrize("given", ["", "last year", "2026-13", "22/11/2026", "2026-11-32"])
def test_a_date_is_a_year_a_month_or_a_day(given):
    assert rules(date=given) == ["date"]
    assert rules(date="2026-11-22") == rules(date="2026-11") == rules(date="2026") == []


def test_praise_and_rounded_figures_are_advised_against_and_stop_nothing():
    found = claim_audit({**WHOLE, "claim": "Our outstanding team placed up to 20 people."})
    assert [(finding.rule, finding.must) for finding in found] == [("praise", False), ("rounded", False)]
    assert stands(found)


def test_what_must_be_mended_comes_first_and_stops_the_claim():
    found = claim_audit({"claim": "Our outstanding team saved £1m."})
    assert [finding.must for finding in found] == sorted((finding.must for finding in found), reverse=True)
    assert not stands(found)


def test_an_empty_card_is_told_to_make_a_claim():
    assert [finding.rule for finding in claim_audit({})] == ["claim"]


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), st.text(max_size=60)))
def test_any_words_are_audited_without_failing_and_each_finding_says_what_to_do(changed):
    for finding in claim_audit({**WHOLE, **changed}):
        assert finding.field in WHOLE
        assert finding.words.endswith(".")


@settings(max_examples=40)
@given(st.sets(st.sampled_from(["base", "comparator", "source", "date"])))
def test_taking_proof_away_never_leaves_fewer_faults(taken):
    fewer = rules(**dict.fromkeys(taken, ""))
    assert set(rules()) <= set(fewer)
    assert ("source" in fewer) == ("source" in taken)
