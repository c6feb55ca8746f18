"""Checking evaluators' notes for faults that have undone awards.

In Lancashire Care v Lancashire County Council (High Court, 2018) the notes of a consensus score gave too few
reasons, so the award was set aside. The checker looks for words, not sense:
it shows which words it went by, and a person decides.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from course.errors import InputError
from course.moderation.words import without_words, words_found

FAULTS = {
    "no_reason": "No reason given",
    "other_bid": "Another bid named",
    "ignored_sub_criterion": "Sub-criterion ignored",
}

# One of these usually ties a mark to what the bid says, or fails to say.
REASONS = (
    *("because", "as it", "as they", "shows", "showing", "states", "sets out", "describes", "explains"),
    *("tells us", "for instance"),
    *("names", "commits", "evidence*", "for example", "page*", "section*", "paragraph*"),
    *("does not", "do not", "did not", "no detail*", "lacks", "omits", "omitted", "missing", "without"),
    *("doesn't", "don't", "didn't", "doesn’t", "don’t", "didn’t", "fails to", "failed to", "silent on"),
    *("leaves out", "left out", "left blank", "no mention", "no answer", "says nothing"),
    *("nothing on", "nothing about", "nothing specific"),
    *("gap on", "gap in", "gap around", "gaps on", "gaps in", "gaps around"),
)
# What a bid can be seen to hold or to lack. By itself such a word is no reason: "good measures".
_PART = (
    r"(?:(?:named |past |clear )?lead|owner|dates?|milestones?|timetable|timescales?|deadlines?|figures?|"
    r"numbers?|targets?|baseline|base|start point|measures?|metrics?|indicators?|kpis?|reports?|reporting|"
    r"examples?|case stud(?:y|ies)|past contracts?|past results?|references?|partners?|risks?|"
    r"costs?|budget|method|steps?|sub-?points?)"
)
_BEFORE = (
    r"(?:with|but|no|nor|lacking|including|includes?|included|gives?|gave|given|provides?|provided|cites?|"
    r"cited|quotes?|quoted|lists?|listed|identif(?:y|ies|ied)|covers?|covered|offers?|offered|proposes?|"
    r"proposed|supported by|backed by|refers to)\b|[:;–]"
)
_DONE = (
    r"(?:given|named|set|set out|stated|provided|supplied|included|discussed|covered|addressed|explained|"
    r"mentioned|described|costed|dated|measured|evidenced|shown|faced|answered|quantified|identified|offered|"
    r"promised|proposed|checked)"
)
_QUANTITY = r"(?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half)"
_NOTHING_COUNTED = (
    r"(?:or|to|and|but|for|from|as|is|was|overall|good|strong|weak|fair|minor|small|points?|marks?|stars?|"
    r"areas?|things?|thumbs|answers?|out|of|in|on)"
)
_SAYS_WHAT = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # "with a named lead", ": lead, dates and a measure", "no dates"
        rf"(?:{_BEFORE})[^.!?;:]{{0,40}}?\b{_PART}\b",
        # "dates given", "risk not discussed", "two of the sub-points asked for are not covered"
        rf"\b{_PART}\b(?:\W+\w+){{0,5}}?\W+{_DONE}\b",
        rf"\b(?:not|never|partly|only)\s+(?:\w+ly\s+|yet\s+)?{_DONE}\b",
        rf"\b(?:nobody|no one|nothing|none)\s+(?:\w+\s+){{0,4}}?{_DONE}\b",
        # "how it is measured is thin", "unclear who leads"
        r"\b(?:how|who|what|when|where|whether|why)\s+[\w ]{3,40}\b(?:is|are)\s+(?:\w+\s+)?"
        r"(?:thin|unclear|vague|weak|clear|open|left)\b",
        r"\b(?:unclear|vague|clear|specific|precise)\s+(?:on\s+|about\s+)?"
        r"(?:how|who|what|when|where|whether|why)\b",
        # the bid's own words, of two or more
        r"[“\"][^”\"]*\w\s+\w[^”\"]*[”\"]",
        # "£4,000", "90%", "12 placements", "five posts", "half the posts"
        r"£\d|\d%",
        rf"\b{_QUANTITY}\s+(?!{_NOTHING_COUNTED}\b)\w",
    )
]
# Numbers that name a mark, a bid or a question say nothing about what the bid holds.
_MARKS = re.compile(
    r"\b(?:scored?|scores|marks?|marked|rated|grade|agreed|awarded|bid|question|lot|q)\s*(?:of|at|as|:)?\s*\d+"
    r"|\d+\s*(?:/|of|out of)\s*\d+",
    re.IGNORECASE,
)
JUDGEMENTS = (
    *("excellent", "good", "strong", "satisfactory", "adequate", "acceptable", "fair"),
    *("limited", "weak", "poor"),
)
COMPARISONS = (
    *("other bid*", "other tender*", "other supplier*", "other provider*", "another bid*", "competitor*"),
    *("better than", "worse than", "stronger than", "weaker than", "compared with", "compared to"),
    *("as good as", "as strong as", "as weak as"),
    *("best of", "best bid", "the strongest", "the weakest", "than the rest"),
)
_COMPANY_ENDINGS = {"cic", "c.i.c.", "ltd", "limited", "llp", "plc", "cio"}


def check_notes(
    notes: pd.DataFrame, bidders: Sequence[str], sub_criteria: Mapping[str, Iterable[str]]
) -> pd.DataFrame:
    """List the faults in evaluators' notes, with the words each finding rests on.

    Parameters
    ----------
    notes : DataFrame
        Columns `bidder` and `note`: one row a note.
    bidders : sequence of str
        Everyone who bid.
    sub_criteria : mapping
        Each sub-criterion to the words that show a note deals with it (see `words_found`).

    Returns
    -------
    DataFrame
        One row a fault: `note` (1 for the first), `bidder`, `fault` (a key of FAULTS), `words` (those found:
        bare judgements, or what refers to another bid; for a sub-criterion, those looked for in vain) and
        `explanation` (one sentence). Empty if no fault was found.

    Raises
    ------
    InputError
        If a column is missing, a note is by no bidder listed, or a sub-criterion has no words.
    """
    for column in ("bidder", "note"):
        if column not in notes.columns:
            raise InputError(f"The notes have no column '{column}': add it, one value for each note.")
    looked_for = {name: [w for w in words if w.strip(" *")] for name, words in sub_criteria.items()}
    for name, words in looked_for.items():
        if not words:
            raise InputError(f"The sub-criterion '{name}' has no words to look for: give at least one.")
    rows = []
    for number, (bidder, note) in enumerate(zip(notes["bidder"], notes["note"], strict=True), start=1):
        if bidder not in bidders:
            raise InputError(f"Note {number} is about '{bidder}', who did not bid: correct the name.")
        text = note if isinstance(note, str) else ""
        for fault, words, explanation in _faults(text, bidder, bidders, looked_for):
            rows.append((number, bidder, fault, ", ".join(words), explanation))
    return pd.DataFrame(rows, columns=["note", "bidder", "fault", "words", "explanation"])


def gives_reason(note: str) -> bool:
    """Say whether a note has words that tie its mark to what the bid says or leaves out.

    It has if one of `REASONS` stands in it, if it says of a part of the bid (a lead, dates, a measure, a
    result, a risk…) that it is there or is not, if it quotes the bid, or if it gives a quantity other than
    a mark. Praise and blame alone are no reason.
    """
    without_marks = _MARKS.sub(" ", note)
    return bool(words_found(note, REASONS)) or any(each.search(without_marks) for each in _SAYS_WHAT)


def _faults(
    text: str, bidder: str, bidders: Sequence[str], sub_criteria: Mapping[str, list[str]]
) -> Iterable[tuple[str, list[str], str]]:
    if not gives_reason(text):
        yield (
            "no_reason",
            words_found(text, JUDGEMENTS),
            "Nothing ties the mark to the bid: say what the bid says, or leaves out, that earned it.",
        )
    others = [name for other in bidders if other != bidder for name in _names(other)]
    compared = words_found(without_words(text, _names(bidder)), [*others, *COMPARISONS])
    if compared:
        yield (
            "other_bid",
            compared,
            "A bid is marked against the criterion, not against other bids: take the comparison out.",
        )
    for name, words in sub_criteria.items():
        if not words_found(text, words):
            yield (
                "ignored_sub_criterion",
                words,
                f"The note says nothing on '{name}': say how the bid meets it, or does not.",
            )


def _names(bidder: str) -> list[str]:
    """Return the bidder's full name, and the name without its company ending."""
    words = bidder.split()
    short = words[:-1] if words[-1].lower() in _COMPANY_ENDINGS else words
    return list(dict.fromkeys([bidder, " ".join(short)]))
