"""Tallying free text by theme, with every match in sight."""

from collections.abc import Iterable, Mapping

import pandas as pd

from course.errors import InputError
from course.moderation import words_found

NOT_CODED = "Not coded"


def code_comments(comments: Iterable[str | None], themes: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """Find the themes of comments by keywords.

    Parameters
    ----------
    comments : iterable of str
        What people wrote; None or blank where someone wrote nothing.
    themes : mapping
        Each theme to its keywords. Capitals do not matter; a keyword stands whole unless it ends in an
        asterisk ("apprentice*").

    Returns
    -------
    DataFrame
        One row a comment and theme: `comment_no` (1 for the first given), `comment`, `theme` and `words` (as
        they stand in the comment). A comment may have several themes. One that matches none has the theme
        "Not coded": read it. Blank ones are left out.

    Raises
    ------
    InputError
        If there is no theme, or a theme has no keyword or is called "Not coded".
    """
    keywords = {theme: [word for word in words if word.strip(" *")] for theme, words in themes.items()}
    if not keywords:
        raise InputError("There are no themes: name at least one and its keywords.")
    for theme, words in keywords.items():
        if not words:
            raise InputError(f"The theme '{theme}' has no keywords: give at least one.")
        if theme == NOT_CODED:
            raise InputError(f"A theme cannot be called '{NOT_CODED}': that is for comments without one.")
    rows = []
    for number, comment in enumerate(comments, start=1):
        if not isinstance(comment, str) or not comment.strip():
            continue
        found = {theme: words_found(comment, words) for theme, words in keywords.items()}
        matched = {theme: words for theme, words in found.items() if words} or {NOT_CODED: []}
        rows += [(number, comment, theme, ", ".join(words)) for theme, words in matched.items()]
    return pd.DataFrame(rows, columns=["comment_no", "comment", "theme", "words"])


def tally_themes(coded: pd.DataFrame) -> pd.DataFrame:
    """Count comments by theme.

    Parameters
    ----------
    coded : DataFrame
        What `code_comments` returns; a person may have changed themes by hand.

    Returns
    -------
    DataFrame
        `theme`, `comments` (how many), `share` (of all comments, a share of 1; together they may exceed 1,
        for a comment may have several themes) and `words` (each that matched, in lower case, A to Z). The
        most frequent theme first; "Not coded" last, and there even if none is.

    Raises
    ------
    InputError
        If there are no comments.
    """
    if coded.empty:
        raise InputError("There are no comments to count: add at least one.")
    people = coded["comment_no"].nunique()
    rows = []
    for theme, group in coded.groupby("theme"):
        words = sorted({word for cell in group["words"] for word in cell.lower().split(", ") if word})
        rows.append((theme, group["comment_no"].nunique(), ", ".join(words)))
    if NOT_CODED not in set(coded["theme"]):
        rows.append((NOT_CODED, 0, ""))
    rows.sort(key=lambda row: (row[0] == NOT_CODED, -row[1], row[0]))
    table = pd.DataFrame(rows, columns=["theme", "comments", "words"])
    table.insert(2, "share", table["comments"] / people)
    return table
