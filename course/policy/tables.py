"""The dated tables of this room, and what a lesson may quote from them.

Each row carries its source, the date to review it, and how far it may be trusted:
``R`` was read in the source named, ``G`` is general knowledge still to be checked.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path

import pandas as pd

from course.errors import InputError

AS_OF = date(2026, 11, 22)
DATED = ("duties", "thresholds", "facts", "models")
WARNING = "Check before relying on this"
_HERE = Path(__file__).parent
_DATES = ["valid_from", "valid_to", "review_date", "published", "usable_from", "mandatory_from"]


def as_of() -> date:
    """Give the date at which the tables were last brought up to date as a whole."""
    return AS_OF


def read_date(day: date | str, name: str = "date") -> date:
    """Read a calendar date given as a date or as text such as ``2027-02-03``."""
    if isinstance(day, datetime):
        return day.date()
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except (TypeError, ValueError):
        raise InputError(
            f"The {name} {day!r} is not a date. Give year, month and day, as in 2027-02-03."
        ) from None


def say_date(day: date) -> str:
    """Write a date the GOV.UK way: 1 January 2027."""
    return f"{day.day} {day:%B %Y}"


def _date_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def _read(table: str) -> pd.DataFrame:
    frame = pd.read_csv(_HERE / f"{table}.csv", dtype=str, keep_default_na=False)
    for column in set(_DATES) & set(frame.columns):
        frame[column] = frame[column].map(_date_or_none).astype(object)
    if "check_before_relying" in frame:
        frame["check_before_relying"] = frame["check_before_relying"].eq("true")
    return frame


def table(name: str) -> pd.DataFrame:
    """Give one table as it stands in its CSV file; text columns, with dates and the check flag read."""
    return _read(name).copy()


def buyers() -> pd.DataFrame:
    """List the kinds of buyer: id, label, nation, and the threshold class each falls in."""
    return table("buyers")


def facts() -> pd.DataFrame:
    """List the survey findings and figures a lesson may quote, each with date, base, source and confidence.

    Returns
    -------
    DataFrame
        Columns id, topic, value (text as the source gives it), unit, date, base, source, address,
        review_date, confidence, check_before_relying, check_reason, plain_sentence.
    """
    return table("facts")


def fact(fact_id: str) -> pd.Series:
    """Give one finding by its id, as a Series with the columns of `facts`."""
    return _row(facts(), fact_id, "fact")


def models() -> pd.DataFrame:
    """Compare the three central government models: dates, minimum weight, structure, delivery, source."""
    return table("models")


def outcomes() -> pd.DataFrame:
    """List the outcomes of each model with the subject that lets one be matched to another."""
    return table("outcomes")


def thresholds(on: date | str) -> pd.DataFrame:
    """List the procurement thresholds in force on a day.

    Parameters
    ----------
    on : date or str
        The day the procurement commenced.

    Returns
    -------
    DataFrame
        One row a threshold: id, label, buyer_class, purchases, threshold_gbp (whole pounds, inc VAT and
        extension options), valid_from, valid_to, source and the trust columns.

    Raises
    ------
    InputError
        If no threshold is held for that day.
    """
    day = read_date(on)
    frame = table("thresholds")
    held = frame[[start <= day <= end for start, end in zip(frame.valid_from, frame.valid_to, strict=True)]]
    if held.empty:
        first, last = frame.valid_from.min(), frame.valid_to.max()
        raise InputError(
            f"No thresholds are held for {say_date(day)}. "
            f"Choose a date from {say_date(first)} to {say_date(last)}."
        )
    return held.assign(threshold_gbp=held.threshold_gbp.astype(int)).reset_index(drop=True)


def stale(on: date | str) -> pd.DataFrame:
    """List every row whose review date has passed.

    Parameters
    ----------
    on : date or str
        The day of asking. A row is due for review after its review date, not on it.

    Returns
    -------
    DataFrame
        Columns table, id, source, review_date, days_over; longest overdue first.
    """
    day = read_date(on)
    found = []
    for name in DATED:
        frame = table(name)
        key = "model" if name == "models" else "id"
        for row_id, source, review in zip(frame[key], frame.source, frame.review_date, strict=True):
            if review < day:
                found.append((name, row_id, source, review, (day - review).days))
    frame = pd.DataFrame(found, columns=["table", "id", "source", "review_date", "days_over"])
    return frame.sort_values("days_over", ascending=False, kind="stable", ignore_index=True)


def banner(row_id: str) -> str:
    """Write one rule or finding as a lesson shows it: the sentence, the date it was true, its source.

    Parameters
    ----------
    row_id : str
        An id of the duties or of the facts.

    Returns
    -------
    str
        Plain sentences; the last warns the reader when the row still needs checking.
    """
    known = pd.concat([table("duties"), facts()], ignore_index=True)
    row = _row(known, row_id, "rule or fact")
    parts = [f"As at {say_date(AS_OF)}: {row.plain_sentence}", f"Source: {row.source}."]
    if row.check_before_relying:
        parts.append(f"{WARNING}. {row.check_reason}")
    return " ".join(parts)


def _row(frame: pd.DataFrame, row_id: str, kind: str) -> pd.Series:
    found = frame[frame["id"] == row_id]
    if found.empty:
        raise InputError(f"There is no {kind} called {row_id!r}. Use an id from the table.")
    return found.iloc[0]
