"""Need by neighbourhood: averages that weigh people, and how far a choice of places reaches them."""

import pandas as pd

from course.errors import InputError

RULES = ("share", "people")


def average(areas: pd.DataFrame, need: str, base: str = "population") -> float:
    """Return the share in need over several areas together, each area weighing by its people.

    Parameters
    ----------
    areas : DataFrame
        One row an area; `need` in per cent, and the number of people it is a share of in `base`.
    need, base : str
        The two columns.

    Returns
    -------
    float
        Per cent: the sum of those in need over the sum of people, not the mean of the percentages.

    Raises
    ------
    InputError
        If there is no area or nobody lives there.
    """
    total = float(areas[base].sum())
    if not total > 0:
        raise InputError("There are no people in these areas: choose at least one area that has some.")
    return float((areas[need] * areas[base]).sum() / total)


def gap(areas: pd.DataFrame, need: str, base: str = "population") -> float:
    """Return how many times as high a need is in the most deprived tenth as over all areas.

    Parameters
    ----------
    areas : DataFrame
        As for `average`, with `decile` (1 = among the most deprived tenth of England's neighbourhoods).

    Raises
    ------
    InputError
        If no area is in decile 1.
    """
    most = areas[areas["decile"] == 1]
    if most.empty:
        raise InputError("None of these areas is in the most deprived tenth: there is no gap to work out.")
    return average(most, need, base) / average(areas, need, base)


def reach(areas: pd.DataFrame, need: str, base: str, rule: str) -> pd.DataFrame:
    """Choose areas one by one and say what share of all people in need lives in those chosen.

    Parameters
    ----------
    areas : DataFrame
        As for `average`, with `name`.
    rule : {"share", "people"}
        Whether those with the highest share in need come first, or those with the most people in need.

    Returns
    -------
    DataFrame
        One row an area, the first chosen first: `name`, `people` (in need, not rounded), `chosen` (1, 2…)
        and `reached` (share of 1 of all people in need, up to and with this area).

    Raises
    ------
    InputError
        If the rule is not known or nobody is in need.
    """
    if rule not in RULES:
        raise InputError(f"“{rule}” is not a rule. Choose one of: {', '.join(RULES)}.")
    people = areas[need] * areas[base] / 100
    if not people.sum() > 0:
        raise InputError("Nobody is in need in these areas: there is nobody to reach.")
    table = pd.DataFrame({"name": areas["name"], "people": people, "first": areas[need]})
    table = table.sort_values(
        "first" if rule == "share" else "people", ascending=False, kind="stable", ignore_index=True
    )
    table["chosen"] = range(1, len(table) + 1)
    table["reached"] = table["people"].cumsum() / people.sum()
    return table[["name", "people", "chosen", "reached"]]
