"""What a promise costs to keep, and how likely it is to be kept."""

from __future__ import annotations

from math import comb

from course.errors import InputError
from course.measuring.checks import amount, share, whole


def places_needed(promised: float, leave: float) -> float:
    """Give how many people must start so that, on average, the promised number stay to the end.

    promised / (1 - leave).

    Parameters
    ----------
    promised : float
        People who are to stay.
    leave : float
        Share of 1 of those who start and leave early; below 1.

    Raises
    ------
    InputError
        If a figure is out of range.
    """
    if not 0 <= leave < 1:
        raise InputError(f"The share who leave is {leave:g}: give a share from 0 to below 1, such as 0.2.")
    return amount(promised, "number promised") / (1 - leave)


def promise_cost(promised: float, each_gbp: float, leave: float = 0.0) -> float:
    """Give what it costs in pounds to have the promised number stay: starts needed times cost of a start.

    Parameters
    ----------
    promised : float
        People who are to stay.
    each_gbp : float
        Cost of one start, whether or not the person stays, in pounds.
    leave : float
        Share of 1 of those who start and leave early; below 1.
    """
    return places_needed(promised, leave) * amount(each_gbp, "cost of one start")


def chances(places: int, stay: float) -> list[float]:
    """Give the chance of each number of people staying, from none to all places: the binomial distribution.

    It takes each person to stay or leave independently of the others.

    Parameters
    ----------
    places : int
        People who start.
    stay : float
        Chance, a share of 1, that one of them stays.

    Returns
    -------
    list of float
        Shares of 1 that add up to 1.
    """
    if not 0 <= stay <= 1:
        raise InputError(f"The chance that one person stays is {stay:g}: give a share from 0 to 1.")
    n = whole(places, "number of places", least=0)
    return [comb(n, k) * stay**k * (1 - stay) ** (n - k) for k in range(n + 1)]


def chance_of_keeping(promised: int, places: int, stay: float) -> float:
    """Give the chance, a share of 1, that at least the promised number of people stay. See `chances`."""
    return min(1.0, sum(chances(places, stay)[whole(promised, "number promised", least=0) :]))


def safe_promise(places: int, stay: float, at_least: float = 0.8) -> int:
    """Give the largest number that can be promised and still be kept with at least this chance."""
    least = share(at_least, "least chance")
    most = whole(places, "number of places", least=0)
    return max(n for n in range(most + 1) if n == 0 or chance_of_keeping(n, most, stay) >= least)
