"""The leaflet: each claim with base and source, net of the change elsewhere; no voice without consent."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from course import exemplars
from course.errors import InputError

FIGURES = pd.DataFrame(
    {
        "indicator": ["Residents in work", "Paid placements"],
        "unit": ["of 100 residents", "placements"],
        "baseline": [31, 0],
        "target": [39, 40],
        "actual": [38, 43],
        "comparator_baseline": [29, None],
        "comparator_actual": [33, None],
        "comparator": ["Northmere", ""],
        "base": ["100 residents", "all hubs, first year"],
        "source": ["payroll check", "delivery records"],
        "date": ["2026-09", "2026-07-31"],
        "part": ["goal", "added"],
        "owner": "manager",
        "frequency": "each quarter",
    }
)
VOICE = exemplars.Voice("Amina", "I have my own keys <now>.", "in writing")
SAID = {"who": "Birch & Co", "what": "We help people.", "limits": "We do not know how long it lasts."}


def read(text):
    return BeautifulSoup(text, "html.parser")


def leaflet(figures=FIGURES, **changed):
    return exemplars.leaflet(figures, **{**SAID, **changed})


def test_the_change_elsewhere_is_taken_off_what_is_claimed():
    first = exemplars.leaflet_claims(FIGURES).iloc[0]
    assert first["claim"] == "Residents in work rose from 31 to 38 of 100 residents."
    assert first["comparator"] == "Northmere went from 29 to 33, so we claim 3 of the change."
    assert first["net"] == 3
    assert first["evidence"] == "before and after with comparison"


def test_a_change_that_happened_elsewhere_too_is_not_claimed():
    same = exemplars.leaflet_claims(FIGURES.assign(comparator_actual=[36, None])).iloc[0]
    assert same["comparator"].endswith("so we claim none of the change.")


def test_less_of_a_bad_thing_is_said_to_have_fallen():
    fell = FIGURES.iloc[:1].assign(
        indicator="Waste", unit="tonnes", baseline=210, target=140, actual=140,
        comparator_baseline=200, comparator_actual=172,
    )  # fmt: skip
    row = exemplars.leaflet_claims(fell).iloc[0]
    assert row["claim"] == "Waste fell from 210 to 140 tonnes."
    assert row["net"] == -42
    assert "claim 42" in row["comparator"]


def test_every_claim_on_the_page_stands_and_has_its_base_and_source_beside_it():
    page = read(leaflet())
    claims = exemplars.leaflet_claims(FIGURES)
    items = [item.get_text() for item in page.find_all("li")]
    for item, claim in zip(items, claims.to_dict("records"), strict=True):
        assert exemplars.claim_audit(claim) == []
        for part in ("claim", "base", "source"):
            assert claim[part] in item
    assert [item.rsplit(", ", 1)[1] for item in items] == ["September 2026.", "31 July 2026."]


def test_the_page_stands_alone_in_order_and_in_a_language():
    text = leaflet(voice=VOICE)
    page = read(text)
    assert page.html["lang"] == "en-GB"
    assert page.title.string == "Birch & Co: what we did"
    assert [node.name for node in page.find_all(["h1", "h2", "h3"])] == ["h1", "h2", "h2", "h2", "h2"]
    assert page.find_all(["script", "link", "img", "a"]) == []
    assert "&lt;now&gt;" in text
    assert "@page" in text


def test_within_a_lesson_headings_start_lower():
    body = read(exemplars.leaflet_article(FIGURES, **SAID, level=3))
    assert [node.name for node in body.find_all(["h1", "h2", "h3", "h4"])] == ["h3", "h4", "h4", "h4"]


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        (FIGURES.drop(columns="base"), "no column base"),
        (FIGURES.assign(source=["payroll", ""]), "source"),
        (
            FIGURES.assign(date=["soon", "2026"]),
            "“Residents in work” cannot go on the leaflet. There is no date",
        ),
        (FIGURES.assign(actual=[None, 43]), "was not measured"),
        (FIGURES.assign(part="boast"), "no part of the leaflet"),
        (FIGURES.assign(unit=["% of residents", "%"], base="all"), "Say of how many"),
    ],
)
def test_figures_that_cannot_be_checked_are_refused_in_a_sentence(figures, told):
    with pytest.raises(InputError, match=told):
        leaflet(figures)


def test_a_voice_without_consent_and_a_leaflet_without_limits_are_refused():
    with pytest.raises(InputError, match="without consent"):
        leaflet(voice=exemplars.Voice("Amina", "Yes.", " "))
    with pytest.raises(InputError, match="limits"):
        leaflet(limits="")


@pytest.mark.browser
def test_the_page_has_no_accessibility_faults_and_prints_on_one_side(chromium, violations):
    context = chromium.new_context()
    page = context.new_page()
    page.set_content(leaflet(voice=VOICE))
    found = violations(page)
    printed = page.pdf(prefer_css_page_size=True)
    context.close()
    assert found == []
    assert printed.count(b"/Type /Page\n") == 1
