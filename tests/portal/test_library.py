"""The exemplar library as a page: every card is there, and the query says which are shown."""

import re

import pytest

from course import exemplars
from course.portal import accessibility, library, workspace

CARDS = exemplars.library()
OWN = {
    "who": "Our <kitchen>",
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


def shown(html: str) -> set[str]:
    """The cards of the page that are not hidden."""
    return {
        m[1]
        for m in re.finditer(r'<li id="([\w-]+)" data-words[^>]*>', html)
        if not m[0].endswith(" hidden>")
    }


def test_the_page_holds_every_card_and_says_how_many(tmp_path):
    html = library.library_page("/", tmp_path, {})
    assert shown(html) == set(CARDS["id"])
    assert f"All {len(CARDS)} cards." in html


@pytest.mark.parametrize(
    "query",
    [
        {"text": "leaflet"},
        {"sector": "police"},
        {"place": "North West", "theme": "local spending"},
        {"evidence": "2"},
        {"text": "publish", "sector": "council"},
    ],
)
def test_a_link_with_a_query_shows_what_searching_finds(tmp_path, query):
    html = library.library_page("/", tmp_path, query)
    wanted = {**query, "evidence": int(query.get("evidence", 0))}
    found = set(exemplars.search(CARDS, **wanted)["id"])
    assert shown(html) == found
    assert f"{len(found)} of {len(CARDS)} cards." in html
    for name, value in query.items():
        assert f'value="{value}"' in html, name


def test_a_search_without_result_says_what_to_do(tmp_path):
    html = library.library_page("/", tmp_path, {"text": "no such word"})
    assert shown(html) == set()
    assert "No card fits all of this. Leave one thing open." in html


def test_what_no_list_offers_is_left_open_and_cannot_become_markup(tmp_path):
    html = library.library_page("/", tmp_path, {"sector": "space", "evidence": "<b>", "text": "<script>x"})
    assert "<script>x" not in html
    html = library.library_page("/", tmp_path, {"sector": "space", "evidence": "-1", "place": "Mars"})
    assert shown(html) == set(CARDS["id"])


def test_each_list_offers_only_what_some_card_has():
    options = library.offered(CARDS)
    for name in ("sector", "place", "theme"):
        for value in [value for value in options[name] if value]:
            assert not exemplars.search(CARDS, **{name: value}).empty or name == "theme", (name, value)
    assert "invented" not in options["place"]


def test_a_card_shows_claim_source_evidence_idea_date_and_warning(tmp_path):
    html = library.library_page("/", tmp_path, {})
    card = CARDS.set_index("id").loc["sheffield-notice"]
    (block,) = re.findall(r'<li id="sheffield-notice".*?</li>', html, re.S)
    for words in (
        card["claim"],
        card["source"],
        card["idea"],
        card["check"],
        "27 February 2026",
        card["address"],
    ):
        assert words in block.replace("&#39;", "'")
    assert "No evidence level" in block
    assert "Check before relying on this." in block


def test_cards_of_the_academy_folder_are_shown_beside_the_others(tmp_path):
    kept = exemplars.add(OWN, workspace.cards(tmp_path))
    html = library.library_page("/", tmp_path, {"text": "paying guests"})
    assert shown(html) == {kept["id"]}
    assert "Added here" in html
    assert "Our &lt;kitchen&gt;" in html


def test_damaged_cards_of_ones_own_cost_a_sentence_and_not_the_page(tmp_path):
    exemplars.add(OWN, workspace.cards(tmp_path))
    path = workspace.cards(tmp_path) / exemplars.FILE
    path.write_text(path.read_text(encoding="utf-8").replace("2026-06", "in June"), encoding="utf-8")
    html = library.library_page("/", tmp_path, {})
    assert shown(html) == set(CARDS["id"])
    assert "Your own cards are not shown. exemplars.csv, line 2: The card’s date" in html.replace(
        "&#39;", "’"
    )


def test_invented_cards_come_last(tmp_path):
    html = library.library_page("/", tmp_path, {})
    kinds = CARDS.set_index("id")["kind"]
    order = [kinds[name] for name in re.findall(r'<li id="([\w-]+)" data-words', html)]
    assert order == sorted(order, key=lambda kind: kind == "invented")


def test_every_page_leads_to_the_library():
    html = accessibility.accessibility_page("/user/anna/")
    assert html.count('href="/user/anna/academy/library"') == 2
