"""Random draws that come out the same on every machine and every NumPy.

NumPy promises that the raw bits of a bit generator never change; it makes no such promise for the methods of
`Generator`. So every draw here starts from PCG64's raw bits.
"""

from collections.abc import Sequence
from math import floor
from statistics import NormalDist
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def normal_quantile(u: float) -> float:
    """Give the standard normal value below which a share `u` of the distribution lies."""
    return NormalDist().inv_cdf(min(max(u, 1e-12), 1 - 1e-12))


class Draws:
    """One stream of random draws.

    Parameters
    ----------
    *key
        Whole numbers that name the stream: the seed first, then what the stream is for. Two streams with
        different keys are independent, so a change to one part of the data leaves the others as they were.
    """

    def __init__(self, *key: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(list(key)))

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Draw evenly from `low` up to, and not including, `high`."""
        return low + (high - low) * ((int(self._bits.random_raw()) >> 11) * 2.0**-53)

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number evenly from `low` to `high`, both included."""
        return low + floor(self.uniform() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """Say yes with the given probability, a share of 1."""
        return self.uniform() < probability

    def pick(self, options: Sequence[T]) -> T:
        """Draw one of the options, each as likely as the next."""
        return options[self.whole(0, len(options) - 1)]

    def weighted(self, options: Sequence[T], weights: Sequence[float]) -> T:
        """Draw one of the options in proportion to its weight."""
        mark = self.uniform() * sum(weights)
        for option, weight in zip(options, weights, strict=True):
            if mark < weight:
                return option
            mark -= weight
        return options[-1]

    def normal(self, mean: float = 0.0, sd: float = 1.0) -> float:
        """Draw from a normal distribution, through the inverse of its cumulative distribution."""
        return mean + sd * normal_quantile(self.uniform())

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in a random order."""
        result = list(items)
        for i in range(len(result) - 1, 0, -1):
            j = self.whole(0, i)
            result[i], result[j] = result[j], result[i]
        return result

    def spread(self, count: int) -> list[float]:
        """Draw `count` numbers from 0 to 1, one from each of `count` equal bands, lowest first.

        Put through an inverse distribution they give a small sample that still looks like the distribution.
        """
        return [(i + self.uniform()) / count for i in range(count)]
