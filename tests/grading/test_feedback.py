"""A learner's page of feedback."""

import re
from pathlib import Path

from course.authoring import source
from course.grading.feedback import page
from course.grading.nbgrader_folder import Row

SAMPLE = Path(__file__).parent.parent / "authoring"


def made_page() -> str:
    made = source.load("sample", "k", SAMPLE)
    rows = [
        Row("half", "partly", 0.5, 2, "You doubled it.", "doubled it", "Halves"),
        Row("colour", "correct", 1, 1, "Red is."),
        Row("why", "person", 0, 12, "A person marks this with the rubric below it."),
    ]
    return page(made, "ana <b>", rows, {"half": "<p><strong>What is half?</strong></p><div>40</div>"})


def test_it_says_for_each_question_what_was_answered_what_it_earned_and_why():
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", made_page().split("<body>")[1]))
    assert "Question 1 What is half? 40" in text
    assert "1.5 of 3 points for the questions marked at once" in text
    assert "Partly right: 0.5 of 2 points You doubled it. Read again: Halves." in text
    assert "Right: 1 of 1 points Red is." in text
    assert "How your writing is scored" in text


def test_it_shows_names_as_text_and_asks_no_other_host():
    text = made_page()
    assert "ana &lt;b&gt;" in text
    assert re.findall(r"""(?:src|href|url\()\s*=?\s*["']?(?:https?:)?//""", text) == []


def test_it_has_a_language_a_title_and_one_main_heading():
    text = made_page()
    assert '<html lang="en-GB">' in text
    assert "<title>Feedback: A sample exercise</title>" in text
    assert text.count("<h1>") == 1
