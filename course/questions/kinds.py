"""The kinds of question: what an answer must look like, how it reads, and how it compares with the key.

Plain functions on a question and a value; no widgets. The value of each kind is JSON:

=============  ======================================================================
number         a number
choice         the key of one option
choices        a list of option keys
order          a list of all item keys, first to last
match          an object: item key to option key
share          an object: item key to a number; the numbers add up to the total
short_text     a string of one line
long_text      a string
=============  ======================================================================
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

KINDS = ("number", "choice", "choices", "order", "match", "share", "short_text", "long_text")
EPSILON = 1e-9
# Parts rounded to one decimal may miss their total by a little.
ROUNDING = 0.002


@dataclass(frozen=True)
class Question:
    """One thing asked.

    Attributes
    ----------
    id : str
        Unique in its exercise, such as "tipping-weight".
    kind : str
        One of `KINDS`.
    prompt : str
        What is asked, in one or two sentences of plain text.
    help : str
        One more sentence, shown under the prompt.
    items : dict of str to str
        Key to text: the options of a choice, the items to order, match or share among.
    options : dict of str to str
        For `match` only: key to text of what items are matched with.
    unit : str
        What a number counts, such as "%" or "points".
    low, high, step : float or None
        Bounds (both included) and step of a number's slider; the box takes any number between.
    total : float
        For `share`: what the parts add up to.
    words : int
        For `long_text`: about how many words are asked for.
    hints : dict of str to str
        For `long_text`: a regular expression to the hint shown while it is not found. Hints never score.
    """

    id: str
    kind: str
    prompt: str
    help: str = ""
    items: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    total: float = 100
    words: int = 150
    hints: dict[str, str] = field(default_factory=dict)


def is_blank(question: Question, value: Any) -> bool:
    """Tell whether a value is no answer at all (None, or nothing typed, ticked or chosen)."""
    if value is None or value == [] or value == {}:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, dict) and all(part in (None, "") for part in value.values())


def problem(question: Question, value: Any) -> str | None:
    """Say in one sentence why a value cannot be an answer to a question; None if it can.

    A blank value is no problem: it is simply not answered yet.
    """
    if is_blank(question, value):
        return None
    return _PROBLEMS[question.kind](question, value)


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number_problem(question: Question, value: Any) -> str | None:
    if not _finite(value):
        return f"“{value}” is not a number. Type figures only, such as 12.5."
    if question.low is not None and value < question.low - EPSILON:
        return f"{tidy(value)} is below the lowest value possible here, {tidy(question.low)}."
    if question.high is not None and value > question.high + EPSILON:
        return f"{tidy(value)} is above the highest value possible here, {tidy(question.high)}."
    return None


def _choice_problem(question: Question, value: Any) -> str | None:
    return None if value in list(question.items) else "Choose one of the options shown."


def _choices_problem(question: Question, value: Any) -> str | None:
    known = isinstance(value, list) and all(v in list(question.items) for v in value)
    return None if known and len(set(value)) == len(value) else "Tick only options shown."


def _order_problem(question: Question, value: Any) -> str | None:
    texts = isinstance(value, list) and all(isinstance(v, str) for v in value)
    whole = texts and sorted(value) == sorted(question.items)
    return None if whole else "Put every item in the order, each once."


def _match_problem(question: Question, value: Any) -> str | None:
    if not isinstance(value, dict) or not set(value) <= set(question.items):
        return "Choose a match for each item shown."
    missing = [text for key, text in question.items.items() if value.get(key) not in list(question.options)]
    return f"Choose a match for “{missing[0]}”." if missing else None


def _share_problem(question: Question, value: Any) -> str | None:
    if not isinstance(value, dict) or set(value) != set(question.items):
        return "Give every item a number, even if it is 0."
    for key, part in value.items():
        if not _finite(part) or part < 0:
            return f"“{question.items[key]}” needs a number that is 0 or more."
    given = sum(value.values())
    if abs(given - question.total) > ROUNDING * question.total + EPSILON:
        return f"Your numbers add up to {tidy(given)}; they must add up to {tidy(question.total)}."
    return None


def _text_problem(question: Question, value: Any) -> str | None:
    return None if isinstance(value, str) else "Type your answer in words."


_PROBLEMS = {
    "number": _number_problem,
    "choice": _choice_problem,
    "choices": _choices_problem,
    "order": _order_problem,
    "match": _match_problem,
    "share": _share_problem,
    "short_text": _text_problem,
    "long_text": _text_problem,
}


def in_words(question: Question, value: Any) -> str:
    """Return an answer as a short HTML text, safe to show; "Not answered" for a blank one."""
    if is_blank(question, value):
        return "<em>Not answered</em>"
    if problem(question, value) and not (question.kind == "number" and _finite(value)):
        return f"<em>Cannot be read:</em> {escape(str(value))[:500]}"
    if question.kind == "number":
        return escape(f"{tidy(value)} {question.unit}".strip().replace(" %", "%"))
    if question.kind == "choice":
        return escape(question.items[value])
    if question.kind in ("choices", "order"):
        tag = "ol" if question.kind == "order" else "ul"
        return f"<{tag}>" + "".join(f"<li>{escape(question.items[v])}</li>" for v in value) + f"</{tag}>"
    if question.kind == "match":
        rows = (
            f"<li>{escape(t)}: {escape(question.options[value[k]])}</li>" for k, t in question.items.items()
        )
        return f"<ul>{''.join(rows)}</ul>"
    if question.kind == "share":
        rows = (f"<li>{escape(t)}: {tidy(value[k])}</li>" for k, t in question.items.items())
        return f"<ul>{''.join(rows)}</ul>"
    return "<p>" + escape(value).replace("\n\n", "</p><p>").replace("\n", "<br>") + "</p>"


def same(question: Question, value: Any, other: Any, within: float = 0.0) -> bool:
    """Tell whether an answer equals another one: a number within a tolerance, a text in any spelling of
    capitals, spaces and closing stops, ticks in any order.
    """
    if question.kind == "number":
        return _finite(value) and abs(value - other) <= within + EPSILON
    if question.kind == "choices":
        return sorted(value) == sorted(other)
    if question.kind == "share":
        return all(abs(value[k] - other[k]) <= within + EPSILON for k in question.items)
    if question.kind in ("short_text", "long_text"):
        accepted = [other] if isinstance(other, str) else other
        return plain(value) in {plain(text) for text in accepted}
    return value == other


def slips(question: Question, value: Any, key: Any) -> int:
    """Count how far an answer is from the key: ticks to change, neighbours to swap, matches to move.

    Used for the one rule of part marks, "one slip earns half". Kinds without parts count 0 or 2.
    """
    if question.kind == "choices":
        return len(set(value) ^ set(key))
    if question.kind == "order":
        place = [key.index(v) for v in value]
        return sum(a > b for i, a in enumerate(place) for b in place[i + 1 :])
    if question.kind == "match":
        wrong = [k for k in question.items if value[k] != key[k]]
        swapped = len(wrong) == 2 and value[wrong[0]] == key[wrong[1]] and value[wrong[1]] == key[wrong[0]]
        return 1 if swapped else len(wrong)
    return 0 if same(question, value, key) else 2


def plain(text: str) -> str:
    """Return a text in lower case with single spaces and without stops at its ends."""
    return re.sub(r"\s+", " ", text).strip(" .,;:!?'\"“”‘’").casefold()


def tidy(number: float) -> str:
    """Return a number as people write it: 2,350,000; 16.71; 8."""
    text = f"{number:,.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
