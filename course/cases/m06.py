"""Module 6's case: six bids marked by four evaluators, who disagree about one of them.

Every draw keeps the same shape. One bid alone has a range of 3. It is not the first, nor has it the lowest or
the highest mean. All others have a range of at most 2. Alpha of the marks, taken as intervals, is from 0.40
to 0.60; the other measures lie at least 0.012 from it, from each other and from nought. Settling the widest
bid at its agreed mark lifts alpha by at least 0.08, and more than settling the weakest bid does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

import numpy as np
import pandas as pd

from course import moderation
from course.cases.seeds import rng
from course.errors import InputError

EXERCISE = "m06-moderating"
BIDS = [f"Bid {number}" for number in range(1, 7)]
EVALUATORS = ["E1", "E2", "E3", "E4"]
APART = 0.012  # how far wrong answers lie from the right one and from each other
TRIES = 20_000


@dataclass(frozen=True)
class Case:
    """One learner's panel: marks from 0 to 5, rows `BIDS`, columns `EVALUATORS`."""

    scores: pd.DataFrame

    @property
    def widest(self) -> str:
        """The bid to moderate first."""
        return str(moderation.moderate_first(self.scores)[0])

    @property
    def weakest(self) -> str:
        """The bid with the lowest mean."""
        return str(self.scores.mean(axis=1).idxmin())

    @property
    def strongest(self) -> str:
        """The bid with the highest mean."""
        return str(self.scores.mean(axis=1).idxmax())

    @property
    def agreed(self) -> int:
        """The mark the panel agrees on for the widest bid: the middle of its four, rounded."""
        return round(float(np.median(self.scores.loc[[self.widest]].to_numpy())))

    @property
    def agreed_weakest(self) -> int:
        """The middle mark of the weakest bid, rounded."""
        return round(float(np.median(self.scores.loc[[self.weakest]].to_numpy())))

    def number(self, bid: str) -> int:
        """Return the number in a bid's name."""
        return int(bid.split()[1])

    @cached_property
    def alphas(self) -> dict[str, float]:
        """Alpha by level."""
        levels = ("nominal", "ordinal", "interval")
        return {level: moderation.krippendorff_alpha(self.scores, level) for level in levels}

    @cached_property
    def icc(self) -> moderation.Icc:
        """Intraclass correlation of one evaluator and of the panel's mean."""
        return moderation.icc(self.scores)

    @property
    def after(self) -> float:
        """Alpha (interval) after the widest bid is settled."""
        return self._settled(self.widest, self.agreed)

    @property
    def after_weakest(self) -> float:
        """Alpha (interval) if the weakest bid is settled instead."""
        return self._settled(self.weakest, self.agreed_weakest)

    @property
    def after_nominal(self) -> float:
        """Alpha (nominal) after the widest bid is settled."""
        return self._settled(self.widest, self.agreed, "nominal")

    def _settled(self, bid: str, mark: int, level: str = "interval") -> float:
        return moderation.krippendorff_alpha(moderation.apply_consensus(self.scores, {bid: mark}), level)


def draw(key: str | None = None) -> Case:
    """Draw a learner's case. `key` as in `seeds.rng`."""
    random = rng(EXERCISE, key)
    for _ in range(TRIES):
        rows = _marks(random)
        if rows and _has_the_shape(case := Case(pd.DataFrame(rows, index=BIDS, columns=EVALUATORS))):
            return case
    raise RuntimeError("no case of module 6 found")  # pragma: no cover - a test draws many


def _marks(random: Random) -> list[list[int]] | None:
    """Return six rows of four marks with one range of 3, or None."""
    middles = random.sample([1, 2, 3, 3, 4, 4], 6)
    wide = random.randrange(1, 6)
    rows = [
        [
            min(5, max(0, m + random.choice((-2, -1, 0, 1) if n == wide else (-1, 0, 0, 1))))
            for _ in EVALUATORS
        ]
        for n, m in enumerate(middles)
    ]
    ranges = [max(row) - min(row) for row in rows]
    sums = [sum(row) for row in rows]
    ends = (min(sums), max(sums))
    fits = ranges[wide] == 3 and max(r for n, r in enumerate(ranges) if n != wide) <= 2
    clear = all(sums.count(end) == 1 for end in ends) and sums[wide] not in ends
    return rows if fits and clear else None


def _has_the_shape(case: Case) -> bool:
    try:
        interval = moderation.krippendorff_alpha(case.scores)
        if not 0.40 <= interval <= 0.60 or case.agreed == 0:
            return False
        before = [*case.alphas.values(), *case.icc]
        after = [case.after, case.after_weakest, case.after_nominal]
    except InputError:  # marks too alike to measure
        return False
    return (
        min(before + after) >= APART
        and _apart(before)
        and _apart([*after, interval])
        and after[0] - interval >= 0.08
        and after[0] - after[1] >= APART
    )


def _apart(values: list[float]) -> bool:
    ordered = sorted(values)
    return all(b - a >= APART for a, b in zip(ordered, ordered[1:], strict=False))
