"""Finding words in what people wrote, so that anyone can see what was found."""

import re
from collections.abc import Iterable


def words_found(text: str, words: Iterable[str]) -> list[str]:
    """Return which of the words stand in a text.

    Parameters
    ----------
    text : str
        What someone wrote.
    words : iterable of str
        Words or phrases. Capitals do not matter. A word must stand whole, unless it ends in an asterisk:
        "apprentice*" also finds "apprenticeships".

    Returns
    -------
    list of str
        What was found, as it stands in the text, in order and each spelling once. Where two overlap, the
        first is shown, and of two that begin together the longer.
    """
    spans = {match.span() for word in words for match in _pattern(word).finditer(text)}
    found, end = [], 0
    for start, stop in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= end:
            found.append(text[start:stop])
            end = stop
    return list(dict.fromkeys(found))


def without_words(text: str, words: Iterable[str]) -> str:
    """Return the text with the words (see `words_found`) blanked out."""
    for word in words:
        text = _pattern(word).sub(" ", text)
    return text


def _pattern(word: str) -> re.Pattern[str]:
    stem = word.strip().removesuffix("*")
    parts = r"\s+".join(map(re.escape, stem.split()))
    if not parts:
        return re.compile(r"(?!)")
    ending = r"\w*" if word.strip().endswith("*") else ""
    return re.compile(rf"(?<!\w){parts}{ending}(?!\w)", re.IGNORECASE)
