"""The glossary says what the lessons say, and each term means one thing throughout."""

import re

import pytest

from course.portal import apps, glossary, pages
from course.syllabus import modules

ENTRIES = glossary.glossary()
LONGEST_SENTENCE = 25  # words, as in the lessons


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A **lot** is a part of a contract.", [("lot", "A lot is a part of a contract.")]),
        ("So it is. **Coarse** means rough. And on.", [("Coarse", "Coarse means rough.")]),
        (
            "- the **base** is the number of people\n- the *rest*",
            [("base", "the base is the number of people")],
        ),
        ("We say it *twice*, as a **claim**: once.", [("claim", "We say it twice, as a claim: once.")]),
        ("**Nobody had chosen the formula.**", []),
        ("1. **Who** buys?\n2. **What** is it?", []),
        ("- **English councils** choose their own.", []),
        ("A champion does **not** score bids.", []),
        ("**Check before relying on this**: we read it at second hand.", []),
        ("## A **heading**\n\n| a **cell** |\n", []),
    ],
)
def test_a_term_is_bold_in_running_text_with_the_sentence_that_explains_it(text, found):
    assert glossary.explained(text) == found


def test_the_lessons_give_a_glossary():
    terms = {entry.term for entry in ENTRIES}
    assert len(terms) == len(ENTRIES) >= 80
    assert {"Deadweight", "Tipping weight", "Award criterion", "Baseline", "Threshold", "Lot"} <= terms


def test_a_term_is_explained_in_the_same_words_wherever_it_is_explained():
    """Give it the other lesson's sentence, or choose another word."""
    for entry in ENTRIES:
        said = {re.sub(r"^(?:the|an?) |\.$", "", use.words.casefold()) for use in entry.uses}
        assert len(said) == 1, f"{entry.term}: {[(use.module.id, use.words) for use in entry.uses]}"


def test_no_two_entries_are_one_term_written_in_two_ways():
    plain = [re.sub(r"[\W_]|s\b", "", entry.term.casefold()) for entry in ENTRIES]
    assert sorted(set(plain)) == sorted(plain)


def test_no_lesson_uses_another_word_for_a_term():
    others = {
        "tenderer": "bidder",
        "vendor": "provider",
        "contracting authority": "commissioner, or buyer",
        "counterfactual": "what would have happened anyway",
        "evaluation criteri": "award criterion",
        "KVI": "key value indicator",
    }
    for path in [module.lesson for module in modules() if module.lesson.exists()]:
        text = path.read_text(encoding="utf-8")
        for word, better in others.items():
            assert not re.search(rf"\b{word}", text), f"{path.parent.name}: write “{better}”, not “{word}”"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_is_one_plain_sentence_that_names_its_term(entry):
    assert entry.term.casefold() in entry.words.casefold()
    assert len(entry.words.split()) <= LONGEST_SENTENCE
    assert entry.words[0].isupper() or entry.words[0] in "“£"
    assert entry.words[-1] in ".!”"
    assert not re.match(r"(It|This|That|They|Such|Each of those)\b(?! arrow)", entry.words), (
        "it does not stand alone"
    )


def test_each_entry_leads_to_the_place_in_the_lesson_where_it_is_explained():
    html = glossary.glossary_page("/user/anna/")
    for entry in ENTRIES:
        assert f'id="{entry.name}"' in html
        for use in entry.uses:
            assert f'href="/user/anna/academy/lesson/{use.module.id}#part-{use.part}"' in html
            lesson = apps.lesson_page(apps.notebook(use.module.lesson), use.module, "lesson", pages.urls("/"))
            (cell,) = [c for c in lesson.cells if c.metadata["academy"]["part"] == use.part]
            assert f"**{use.term}**" in cell.source


def test_with_no_lesson_the_page_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("ACADEMY_CONTENT", str(tmp_path))
    assert glossary.glossary() == []
    assert "No lesson is here yet." in glossary.glossary_page("/")
