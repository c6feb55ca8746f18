"""From marks on questions to the score of a section."""

from collections.abc import Mapping

import pandas as pd

from course.errors import InputError


def section_score(marks: pd.DataFrame, weights: Mapping[str, float], top: float = 5) -> pd.Series:
    """Turn marks into points of 100: the mean of marks as shares of the top mark, weighted by question.

    Parameters
    ----------
    marks : DataFrame
        Rows: bids. Columns: at least the questions weighted. Marks from 0 to `top`, none missing.
    weights : mapping
        Question to its weight in the section; the weights add up to 100.
    top : float
        The highest mark.

    Returns
    -------
    Series
        Bid to points of 100.

    Raises
    ------
    InputError
        If a question has no marks, a mark is missing or out of range, or the weights do not add up to 100.
    """
    missing = [name for name in weights if name not in marks.columns]
    if missing:
        raise InputError(f"There are no marks for question '{missing[0]}': add them or take it out.")
    if abs(sum(weights.values()) - 100) > 1e-6:
        raise InputError(f"The questions' weights add up to {sum(weights.values()):g}: make them 100.")
    table = marks[list(weights)].apply(pd.to_numeric, errors="coerce")
    for bid, row in table.iterrows():
        for name, mark in row.items():
            if not 0 <= mark <= top:
                raise InputError(f"The mark of '{bid}' on '{name}' is missing or not from 0 to {top:g}.")
    return (table / top * pd.Series(weights)).sum(axis=1)
