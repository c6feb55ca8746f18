"""From marks on questions to the score of a section."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.moderation import section_score

MARKS = pd.DataFrame({"Q1": [3, 5], "Q2": [4, 0]}, index=["Alder", "Cedar"])


def test_a_mark_counts_as_its_share_of_the_top_mark_times_the_questions_weight():
    assert section_score(MARKS, {"Q1": 25, "Q2": 75}).to_dict() == {"Alder": 75.0, "Cedar": 25.0}


def test_another_top_mark_changes_the_share():
    assert section_score(MARKS, {"Q1": 100}, top=10).to_dict() == {"Alder": 30.0, "Cedar": 50.0}


@settings(max_examples=40)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.data())
def test_a_score_lies_between_the_lowest_and_the_highest_mark(marks, data):
    cuts = data.draw(st.lists(st.integers(1, 9), min_size=len(marks), max_size=len(marks)))
    weights = {f"Q{i}": 100 * cut / sum(cuts) for i, cut in enumerate(cuts)}
    score = section_score(pd.DataFrame([marks], columns=list(weights)), weights).iloc[0]
    assert 20 * min(marks) - 1e-9 <= score <= 20 * max(marks) + 1e-9


@pytest.mark.parametrize(
    ("marks", "weights", "message"),
    [
        (MARKS, {"Q3": 100}, "no marks for question 'Q3'"),
        (MARKS, {"Q1": 60, "Q2": 60}, "add up to 120"),
        (MARKS.assign(Q1=[6, 1]), {"Q1": 100}, "'Alder' on 'Q1'"),
        (MARKS.assign(Q1=[3, None]), {"Q1": 100}, "'Cedar' on 'Q1'"),
    ],
)
def test_marks_that_cannot_be_used_are_named(marks, weights, message):
    with pytest.raises(InputError, match=message):
        section_score(marks, weights)
