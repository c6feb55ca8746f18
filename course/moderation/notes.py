"""Checking evaluators' notes for faults that have undone awards.

In Lancashire Care v Lancashire County Council (High Court, 2018) the notes of a consensus score gave too few
reasons, so the award was set aside. The checker looks for words, not sense:
it shows which words it went by, and a person decides.
"""

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
    *("names", "commits", "evidence*", "for example", "page*", "section*", "paragraph*"),
    *("does not", "do not", "did not", "no detail*", "lacks", "omits", "omitted", "missing", "without"),
)
JUDGEMENTS = (
    *("excellent", "good", "strong", "satisfactory", "adequate", "acceptable", "fair"),
    *("limited", "weak", "poor"),
)
COMPARISONS = (
    *("other bid*", "other tender*", "other supplier*", "other provider*", "another bid*", "competitor*"),
    *("better than", "worse than", "stronger than", "weaker than", "compared with", "compared to"),
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


def _faults(
    text: str, bidder: str, bidders: Sequence[str], sub_criteria: Mapping[str, list[str]]
) -> Iterable[tuple[str, list[str], str]]:
    if not words_found(text, REASONS):
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
