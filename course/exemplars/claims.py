"""Would the claim survive the first hard question? Plain rules on a card's words; no score, only reasons.

The rules look for words, so they can be fooled by unusual wording. They are a first reader, not a judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from course import measuring
from course.policy import say_date

_DIGIT = re.compile(r"\d")
_PERCENT = re.compile(r"\d\s*%|\bper ?cent\b", re.I)
_OF_PEOPLE = re.compile(
    r"\b(average|mean|typical\w*|satisfied|satisfaction|majority|most (of|people))\b", re.I
)
_CHANGE = re.compile(
    r"\b(fell|fallen|falling|rose|risen|rising|cut|reduc\w+|increas\w+|improv\w+|doubled|halved|trebled|"
    r"grew|grown|dropped|boost\w*|fewer|transform\w*|turn(ed|s|ing)? \w+ lives|chang(ed|es|ing) lives)\b",
    re.I,
)
_SAVED = re.compile(r"\bsav(ed|es|ing|ings)\b", re.I)
_CAUSE = re.compile(
    r"\b(because of|thanks to|caus(ed|es|ing)|led to|due to|result(ed|s|ing) (in|from)|prov(es|ed|en))\b",
    re.I,
)
_PRAISE = re.compile(
    r"\b(award-winning|passionate|leading|unique|world-class|outstanding|hugely?|committed|incredibl[ey])\b",
    re.I,
)
_ROUNDED = re.compile(r"\b(up to|as many as|over|nearly|almost|more than|around)\s+£?\d", re.I)
_FROM_TO = re.compile(r"\bfrom\b[^.;]*\d[^.;]*\bto\b[^.;]*\d", re.I)
_DATE = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
# Levels of the Nesta standards: the first at which a change is shown, and the first with a comparison.
CHANGE_LEVEL, CAUSE_LEVEL = 2, 3


class Finding(NamedTuple):
    """One fault of a claim: the rule, whether it must be mended, the card's field, and what to do."""

    rule: str
    must: bool
    field: str
    words: str


def claim_audit(card: Mapping[str, str]) -> list[Finding]:
    """List what a hard question would find wrong with a claim.

    Parameters
    ----------
    card : mapping
        Texts by field: claim, base (of how many), comparator (against what), source, date (year, month or
        day, as 2026-11-22), evidence (a key of `EVIDENCE`). A field left out counts as empty.

    Returns
    -------
    list of Finding
        Empty when the claim stands. Those that must be mended come first.
    """
    text = {name: str(card.get(name) or "").strip() for name in _FIELDS}
    return sorted((Finding(*fault) for fault in _faults(text)), key=lambda finding: not finding.must)


_FIELDS = ("claim", "base", "comparator", "source", "date", "evidence")


def stands(findings: list[Finding]) -> bool:
    """Tell whether nothing is left that must be mended."""
    return not any(finding.must for finding in findings)


def is_date(day: str) -> bool:
    """Tell whether a text is a year, a month or a day: 2026, 2026-09, 2026-07-31."""
    if not _DATE.fullmatch(day):
        return False
    try:
        date.fromisoformat((day + "-01-01")[:10])
    except ValueError:
        return False
    return True


def say_when(day: str) -> str:
    """Write a year, month or day (see `is_date`) as people do: 2026, September 2026, 31 July 2026."""
    if len(day) == 4:
        return day
    first = date.fromisoformat((day + "-01")[:10])
    return say_date(first) if len(day) == 10 else f"{first:%B %Y}"


def nesta_level(evidence: str) -> int:
    """Give the Nesta level that a kind of evidence reaches; 0 for those on no level or not known."""
    frame = measuring.evidence_designs()
    found = frame.loc[frame["design"] == evidence, "nesta"]
    return int(found.iloc[0]) if len(found) and found.iloc[0] else 0


def claim_needs(claim: str) -> int:
    """Give the Nesta level that a claim's words need: 3 to claim a cause, 2 a change, otherwise 0."""
    if _CAUSE.search(claim):
        return CAUSE_LEVEL
    return CHANGE_LEVEL if _CHANGE.search(claim) or _SAVED.search(claim) else 0


def _faults(text: Mapping[str, str]) -> Iterator[tuple[str, bool, str, str]]:
    claim, base, comparator = text["claim"], text["base"], text["comparator"]
    changes = bool(_CHANGE.search(claim) or _SAVED.search(claim))
    level = nesta_level(text["evidence"])
    if not claim:
        yield "claim", True, "claim", "There is no claim. Say in one sentence what was done or what changed."
        return
    if _PERCENT.search(claim) and not (_DIGIT.search(base) or _DIGIT.search(comparator)):
        yield "base", True, "base", "It gives a percentage. Say of how many, as a number."
    elif _OF_PEOPLE.search(claim) and not _DIGIT.search(base):
        yield "base", True, "base", "It speaks for many people. Say how many were asked and how many replied."
    if _SAVED.search(claim) and not comparator:
        yield (
            "comparator",
            True,
            "comparator",
            "It says money or time was saved. Say compared with what, and who no longer pays.",
        )
    elif changes and not comparator and not _FROM_TO.search(claim):
        yield (
            "comparator",
            True,
            "comparator",
            "It says that something changed. Say from what, or compared with whom.",
        )
    if changes and not any(_DIGIT.search(part) for part in (claim, base, comparator)):
        yield "figure", True, "claim", "It says that something changed and gives no figure. Give one."
    cause = _CAUSE.search(claim)
    if cause and level < CAUSE_LEVEL:
        yield (
            "cause",
            True,
            "evidence",
            f"“{cause[0]}” claims a cause, and the evidence has no comparison group. "
            "Say what changed while you worked, or bring a comparison.",
        )
    elif changes and level < CHANGE_LEVEL:
        yield (
            "evidence",
            True,
            "evidence",
            "It claims a change, and the evidence cannot show one. It needs figures from before and after.",
        )
    if not text["source"]:
        yield "source", True, "source", "There is no source. Say where a reader can look it up."
    if not is_date(text["date"]):
        yield "date", True, "date", "There is no date. Give a year, a month or a day, as in 2026-11-22."
    praise = _PRAISE.search(claim)
    if praise:
        yield "praise", False, "claim", f"“{praise[0]}” is praise, and nobody can check it. Leave it out."
    rounded = _ROUNDED.search(claim)
    if rounded:
        yield "rounded", False, "claim", f"“{rounded[0]}” hides the figure. Give the figure itself."
