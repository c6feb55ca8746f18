"""A learner's page of feedback."""

import os
import re
import time
from pathlib import Path

import pytest

from course.authoring import source
from course.grading import feedback, writing
from course.grading.feedback import Spread, page
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


def test_it_says_how_the_cohort_did_and_says_nothing_of_a_few():
    made = source.load("sample", "k", SAMPLE)
    text = page(made, "Ana", [], {}, spread=Spread(24, 2.25, 2.5, 3.0))
    assert "24 people of your cohort were marked. Half of them got 2.5 points or more" in text
    assert "The middle half got between 2.2 and 3." in text
    assert "How your cohort did is not shown: fewer than 10 people" in made_page()


@pytest.mark.parametrize("fewest", [4, 5])
def test_the_spread_is_of_those_marked_and_needs_enough_of_them(root, made, monkeypatch, fewest):
    monkeypatch.setattr(feedback, "FEWEST", fewest)
    [file] = feedback.write_feedback(root, made, ["ana"])
    shown = "4 people of your cohort were marked" in file.read_text(encoding="utf-8")
    assert shown == (fewest == 4)


def test_a_page_is_behind_where_it_is_missing_or_marks_came_after_it(root, made):
    assert feedback.stale(root, made) == ["ana", "ben", "cy", "di"]
    for file in feedback.write_feedback(root, made, ["ana", "ben", "cy", "di"]):
        os.utime(file, (time.time() + 1, time.time() + 1))
    assert feedback.stale(root, made) == []
    monday = time.time() - 86_400
    os.utime(root / "feedback" / "ben" / made.id / feedback.PAGE, (monday, monday))
    for notebook in (root / "autograded").glob(f"*/{made.id}/*.ipynb"):
        os.utime(notebook, (monday - 60, monday - 60))
    assert feedback.stale(root, made) == []
    writing.mark(root, made, "ben", "why", "Tess", [3, 2, 1, 0], "Say who asked.")
    assert feedback.stale(root, made) == ["ben"]
    [file] = feedback.write_feedback(root, made, feedback.stale(root, made))
    assert "Say who asked." in file.read_text(encoding="utf-8")


def test_it_bears_the_learners_name_where_the_gradebook_has_one(root, made):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_student("ana", first_name="Ana", last_name="Örn")
    files = feedback.write_feedback(root, made, ["ana", "ben"])
    assert "Feedback for Ana Örn" in files[0].read_text(encoding="utf-8")
    assert "Feedback for ben" in files[1].read_text(encoding="utf-8")
