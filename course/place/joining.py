"""Joining two tables by area, with nothing dropped in silence."""

import pandas as pd

from course.errors import InputError


def join_areas(
    left: pd.DataFrame, right: pd.DataFrame, on: str = "code", names: tuple[str, str] = ("left", "right")
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join two tables by area and report what did not match, both ways.

    Parameters
    ----------
    left, right : DataFrame
        Both hold the column named by `on`. In `right` each key stands once; `left` may repeat it.
    on : str
        The key: an area code, or a name where no code is to be had. Compared as text, exactly.
    names : tuple of str
        What to call the two tables in the report, such as ("spend", "deprivation").

    Returns
    -------
    joined : DataFrame
        The rows of `left` that matched, in their order, with the columns of `right` added.
    unmatched : DataFrame
        `key` (missing where the key itself is), `missing_from` (one of `names`), `rows` (how many rows
        were left out for it). Empty when everything matched.

    Raises
    ------
    InputError
        A table lacks the key, `right` repeats one, both share another column, or nothing matched.
    """
    for table, name in ((left, names[0]), (right, names[1])):
        if on not in table:
            raise InputError(f"The {name} table has no column {on}. Check the column names.")
    shared = [column for column in left if column in right and column != on]
    if shared:
        raise InputError(f"Both tables have a column {shared[0]}. Rename it in one of them first.")
    left_key, right_key = _as_text(left[on]), _as_text(right[on])
    twice = right_key[right_key.notna() & right_key.duplicated()]
    if len(twice):
        raise InputError(f"The {names[1]} table lists {twice.iloc[0]} twice. Keep one row for each area.")
    in_left = left_key.notna() & left_key.isin(right_key.dropna())
    in_right = right_key.notna() & right_key.isin(left_key.dropna())
    unmatched = pd.concat(
        [_report(left_key[~in_left], names[1]), _report(right_key[~in_right], names[0])], ignore_index=True
    )
    if not in_left.any():
        raise InputError(
            f"No {on} of the {names[0]} table is in the {names[1]} table. Check that both use the same areas."
        )
    joined = (
        left[in_left]
        .assign(**{on: left_key[in_left]})
        .merge(right.assign(**{on: right_key}), on=on, how="left", validate="many_to_one")
    )
    return joined, unmatched


def _as_text(key: pd.Series) -> pd.Series:
    return key.astype("str").str.strip()


def _report(keys: pd.Series, missing_from: str) -> pd.DataFrame:
    counts = keys.value_counts(dropna=False, sort=False)
    return pd.DataFrame(
        {"key": counts.index.astype("str"), "missing_from": missing_from, "rows": counts.to_numpy()}
    ).astype({"missing_from": "str", "rows": "int64"})
