"""Marking one question: points and a reason, from the answer file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from IPython.display import display

from course import answers
from course.errors import InputError
from course.questions import kinds
from course.questions.kinds import Question
from course.questions.register import asked

MARK_TYPE = "application/vnd.social-value-academy.mark+json"
OUTCOMES = {
    "correct": "Right",
    "partly": "Partly right",
    "incorrect": "Not yet",
    "unanswered": "Not answered",
    "malformed": "Cannot be marked",
}


@dataclass(frozen=True)
class Wrong:
    """A wrong answer that people really give: its name, the value, what it reveals, the points it earns."""

    name: str
    value: Any
    why: str
    points: float = 0.0
    read: str = ""


@dataclass(frozen=True)
class Key:
    """What one question is marked against. See `mark`."""

    correct: Any
    points: float
    because: str
    within: float = 0.0
    why: Mapping[str, str] | None = None
    wrong: Sequence[Wrong] = ()
    read: str = ""


@dataclass(frozen=True)
class Mark:
    """One question's result. `outcome` is one of OUTCOMES; `wrong` names the known wrong answer, if any."""

    question: str
    outcome: str
    points: float
    out_of: float
    message: str
    wrong: str = ""
    read: str = ""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        head = f"{OUTCOMES[self.outcome]}: {kinds.tidy(self.points)} of {kinds.tidy(self.out_of)}"
        read = f" Read: {self.read}" if self.read else ""
        return {
            MARK_TYPE: asdict(self),
            "text/html": f"<p><strong>{escape(head)}.</strong> {escape(self.message + read)}</p>",
            "text/plain": f"{head}. {self.message}{read}",
        }


NOT_IT = "That is not it yet. Look again, then change your answer and mark it again."

# Set by a caller that wants keys and rubrics rather than marks: building and proving.
collected: dict[str, Key] | None = None


def wrong(name: str, value: Any, why: str, points: float = 0.0, read: str = "") -> Wrong:
    """Name a wrong answer that people really give.

    Parameters
    ----------
    name : str
        The misconception in a few words, such as "took the linear formula".
    value : JSON value
        The answer it leads to.
    why : str
        What to tell the learner: why it is wrong and what to do instead.
    points : float
        What it earns.
    read : str
        What to read again.
    """
    return Wrong(name, value, why, points, read)


def mark(
    question: str,
    correct: Any,
    *,
    points: float,
    because: str,
    within: float = 0.0,
    why: Mapping[str, str] | None = None,
    wrong: Sequence[Wrong] = (),
    read: str = "",
) -> float:
    """Mark the saved answer to a question, show the reason, and return the points.

    The last line of a marking cell. nbgrader takes the number that it returns as the cell's points.

    Parameters
    ----------
    question : str
        The question's id. It must have been asked in a cell above.
    correct : JSON value
        The model answer. For a short text, a list of accepted texts.
    points : float
        What the model answer earns.
    because : str
        Why the model answer is right, in a sentence or two; shown with every answer that was given.
    within : float
        How far a number (or each part of a share) may be from the model answer.
    why : mapping of str to str
        For choices and matches: item key to what choosing wrongly there reveals.
    wrong : sequence of Wrong
        Wrong answers known by name, each with its own points and message.
    read : str
        What to read again after any wrong answer.

    Raises
    ------
    InputError
        If the question was not asked above, or the key does not fit it.
    """
    if question not in asked:
        raise InputError(f"The question “{question}” is not asked in this exercise, so it cannot be marked.")
    key = Key(correct, float(points), because, within, why, wrong, read)
    _check_key(asked[question], key)
    if collected is not None:
        collected[question] = key
        return key.points
    given = answers.read(os.getcwd()).get(question)
    result = assess(asked[question], key, given.value if given else None)
    display(result)
    return result.points


def assess(question: Question, key: Key, value: Any) -> Mark:
    """Return the mark of one value against a key. Pure: nothing is read or shown.

    A named wrong answer comes first, then the model answer, then "one slip earns half" for questions of
    several parts; anything else earns nothing.
    """

    def result(outcome: str, points: float, message: str, name: str = "", read: str = key.read) -> Mark:
        return Mark(question.id, outcome, points, key.points, message, name, read)

    if kinds.is_blank(question, value):
        return result("unanswered", 0.0, "Answer this question, then mark your work again.", read="")
    malformed = kinds.problem(question, value)
    if malformed:
        return result("malformed", 0.0, malformed, read="")
    if kinds.same(question, value, key.correct, key.within):
        return result("correct", key.points, key.because, read="")
    for known in key.wrong:
        if kinds.same(question, value, known.value, key.within):
            outcome = "partly" if known.points else "incorrect"
            return result(outcome, float(known.points), known.why, known.name, known.read or key.read)
    reasons = _reasons(question, key, value)
    if kinds.slips(question, value, key.correct) == 1 and not kinds.is_blank(question, value):
        return result("partly", key.points / 2, f"One slip. {reasons}")
    return result("incorrect", 0.0, reasons)


def _reasons(question: Question, key: Key, value: Any) -> str:
    """Say what is wrong with each part, a line each."""
    why = key.why or {}
    if question.kind == "choice":
        at = [value]
    elif question.kind == "choices":
        at = [k for k in question.items if (k in value) != (k in key.correct)]
    elif question.kind == "match":
        at = [k for k in question.items if value[k] != key.correct[k]]
    elif question.kind == "order":
        right = [str(n) for n, (a, b) in enumerate(zip(value, key.correct, strict=True), 1) if a == b]
        return f"{NOT_IT}\nIn the right place: {', '.join(right) or 'none yet'}."
    else:
        at = []
    return "\n".join(why[k] for k in at if k in why) or NOT_IT


def _check_key(question: Question, key: Key) -> None:
    """Refuse a key that cannot mark fairly: a malformed model answer, or a wrong choice without a reason."""
    model = (
        key.correct[0] if question.kind == "short_text" and not isinstance(key.correct, str) else key.correct
    )
    fault = "the model answer is blank" if kinds.is_blank(question, model) else kinds.problem(question, model)
    why = key.why or {}
    needs = {
        "choice": [k for k in question.items if k != key.correct],
        "choices": list(question.items),
        "match": list(question.items),
    }.get(question.kind, [])
    missing = [k for k in needs if not why.get(k)]
    if question.kind == "long_text":
        fault = "a long text is marked by a person with a rubric, not by a key"
    elif missing:
        fault = f"there is no reason for “{missing[0]}”"
    for known in key.wrong:
        if kinds.same(question, known.value, key.correct, key.within):
            fault = f"the wrong answer “{known.name}” is counted as right"
        elif not 0 <= known.points < key.points:
            fault = f"the wrong answer “{known.name}” earns {known.points} of {key.points}"
    if fault:
        raise InputError(f"The key of “{question.id}” does not work: {fault}.")
