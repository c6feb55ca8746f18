"""Questions for exercises: widgets that keep their answers, and marking that gives a reason.

from course.questions import *

number("tipping-weight", "At what weight does Birch overtake Cedar?", unit="%", low=0, high=50)

mark("tipping-weight", 16.71, within=0.1, points=2, because="…", wrong=[wrong("…", 11.44, "…")])
"""

from course.questions.marking import Mark, assess, mark, wrong
from course.questions.rubrics import rubric, sample
from course.questions.widgets import (
    check_and_mark,
    choice,
    choices,
    long_text,
    match,
    number,
    order,
    share,
    short_text,
)

__all__ = [
    "Mark",
    "assess",
    "check_and_mark",
    "choice",
    "choices",
    "long_text",
    "mark",
    "match",
    "number",
    "order",
    "rubric",
    "sample",
    "share",
    "short_text",
    "wrong",
]
