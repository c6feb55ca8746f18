"""How many replied, how sure that makes anyone, and who did not."""

from collections.abc import Mapping
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

import pandas as pd

from course.errors import InputError

# Two-sided 95%: 1.96.
Z = NormalDist().inv_cdf(0.975)


def margin_of_error(share: float, replies: int, population: int) -> float:
    """Return the 95% margin of error of a share, with finite population correction.

    1.96 sqrt(p (1 - p) / n) sqrt((N - n) / (N - 1)). It holds only if those who replied resemble a random
    sample of the population; people who choose to reply seldom do.

    Parameters
    ----------
    share : float
        p, a share of 1.
    replies, population : int
        n of N.

    Returns
    -------
    float
        A share of 1: 0.109 is 10.9 percentage points either way. 0 if everyone replied.

    Raises
    ------
    InputError
        If the share is outside 0 to 1, nobody replied, or more replied than there are.
    """
    if not 0 <= share <= 1:
        raise InputError(f"The share is {share:g}: keep it from 0 to 1.")
    _check_replies(replies, population)
    if replies == population:
        return 0.0
    return Z * sqrt(share * (1 - share) / replies) * sqrt((population - replies) / (population - 1))


class Survey(NamedTuple):
    """A survey's result, in shares of 1."""

    response_rate: float
    share: float
    margin: float


def survey(in_favour: int, replies: int, population: int) -> Survey:
    """Return the response rate, the share in favour and its margin of error (see `margin_of_error`).

    Raises
    ------
    InputError
        If nobody replied, more replied than there are, or more are in favour than replied.
    """
    _check_replies(replies, population)
    if not 0 <= in_favour <= replies:
        raise InputError(f"{in_favour:g} are in favour of {replies:g} who replied: correct one of the two.")
    share = in_favour / replies
    return Survey(replies / population, share, margin_of_error(share, replies, population))


def points_by_group(replies: pd.DataFrame) -> pd.DataFrame:
    """Average the points that people give, group by group, ready for `weighting.pooled_priorities`.

    Parameters
    ----------
    replies : DataFrame
        One row a person: `group` and one column for each priority, the points of 100 that person gives it.

    Returns
    -------
    DataFrame
        One row a group, in the order first met: `group`, `people` (how many replied) and the mean points
        for each priority.

    Raises
    ------
    InputError
        If the group column or all priorities are missing, nobody replied, someone has no group, or a
        person's points are not numbers of 0 or more that add up to 100.
    """
    if "group" not in replies.columns:
        raise InputError("The replies have no column 'group': add it, one value for each person.")
    priorities = [column for column in replies.columns if column != "group"]
    if replies.empty or not priorities:
        raise InputError("There are no replies or no priorities: give at least one of each.")
    points = replies[priorities].apply(pd.to_numeric, errors="coerce").astype(float)
    for number, (group, row) in enumerate(zip(replies["group"], points.to_numpy(), strict=True), start=1):
        if pd.isna(group):
            raise InputError(f"Reply {number} has no group: fill in the column 'group'.")
        if not all(value >= 0 for value in row) or abs(row.sum() - 100) > 1e-6:
            raise InputError(f"Reply {number} must give points of 0 or more, 100 in all: correct or drop it.")
    grouped = points.groupby(replies["group"], sort=False)
    means = grouped.mean().reset_index()
    means.insert(1, "people", grouped.size().to_numpy())
    return means


def who_is_missing(replies: Mapping[str, int], population: Mapping[str, int]) -> pd.DataFrame:
    """Compare who replied with who lives there.

    Parameters
    ----------
    replies, population : mapping
        Head count by group. A group that nobody replied from may be left out of `replies`.

    Returns
    -------
    DataFrame
        One row a group, the most under-represented first: `group`, `population`, `replies`,
        `population_share`, `reply_share` and `response_rate` (shares of 1), `shortfall` (how many more
        replies it would have had in proportion to its size; below 0 if it is over-represented).

    Raises
    ------
    InputError
        If a group that replied is not in the population, a count cannot be used, or nobody replied.
    """
    for group, count in population.items():
        if not count > 0:
            raise InputError(f"The population of '{group}' is {count:g}: it must be above 0.")
    for group, count in replies.items():
        if group not in population:
            raise InputError(f"'{group}' replied but is not in the population: add it or correct the name.")
        if not 0 <= count <= population[group]:
            raise InputError(
                f"'{group}' has {count:g} replies from {population[group]:g} people: correct one of the two."
            )
    total, replied = sum(population.values()), sum(replies.values())
    if not replied:
        raise InputError("Nobody replied: there is nothing to compare.")
    table = pd.DataFrame({"group": list(population), "population": list(population.values())})
    table["replies"] = [replies.get(group, 0) for group in population]
    table["population_share"] = table["population"] / total
    table["reply_share"] = table["replies"] / replied
    table["response_rate"] = table["replies"] / table["population"]
    table["shortfall"] = replied * table["population_share"] - table["replies"]
    return table.sort_values("shortfall", ascending=False, kind="stable", ignore_index=True)


def _check_replies(replies: int, population: int) -> None:
    if not 0 < replies <= population:
        raise InputError(
            f"{replies:g} replies from {population:g} people cannot be: give at least 1 reply,"
            " and no more than there are people."
        )
