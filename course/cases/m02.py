"""Module 2's case: ranks, shares and people of Calderbrook's neighbourhoods, and a chain of one project.

Every draw keeps the same shape. The two ranks stand far apart. The neighbourhood's share of children in need
lies at least 5 points above the borough's. Of the two neighbourhoods put together, the one with fewer people
has the higher share, so that a plain mean of the shares is at least 1 point too high. Of those coached, 45%
to 65% are in work at six months.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd

from course.cases.seeds import rng
from course.explorers.defining import DISTRICTS, neighbourhoods
from course.place import need

EXERCISE = "m02-defining"
NEED, BASE = "children_low_income", "aged_0_15"


@dataclass(frozen=True)
class Area:
    """A neighbourhood: its people aged 0 to 15, all its people, and the share of children in need in %."""

    name: str
    children: int
    people: int
    share: float

    @property
    def in_need(self) -> float:
        """Children in need, not rounded."""
        return self.children * self.share / 100


@dataclass(frozen=True)
class Case:
    """One learner's numbers in module 2.

    `low` and `high` are ranks of two districts, `top` a number of districts, all of the 296. `area` is a
    neighbourhood, `pair` two others. `coached` people, of whom `working` are in work at six months.
    """

    low: int
    high: int
    top: int
    area: Area
    pair: tuple[Area, Area]
    coached: int
    working: int

    @property
    def top_share(self) -> float:
        """The share of districts in the top, in %."""
        return 100 * self.top / DISTRICTS

    @property
    def together(self) -> float:
        """The share of children in need in the pair taken together, in %."""
        return 100 * sum(a.in_need for a in self.pair) / sum(a.children for a in self.pair)

    @property
    def plain_mean(self) -> float:
        """The mean of the pair's two shares, which weighs places and not people."""
        return sum(a.share for a in self.pair) / 2


def borough() -> float:
    """Return the share of Calderbrook's children in need, in %."""
    return need.average(neighbourhoods(), NEED, BASE)


def area(row: pd.Series) -> Area:
    """Return one row of the neighbourhoods as an area."""
    return Area(str(row["name"]), int(row[BASE]), int(row["population"]), float(row[NEED]))


@cache
def areas() -> tuple[Area, ...]:
    """Return all of Calderbrook's neighbourhoods."""
    return tuple(area(row) for _, row in neighbourhoods().iterrows())


@cache
def _pairs() -> tuple[tuple[Area, Area], ...]:
    """Return pairs of a small needy neighbourhood and a large one that is less so."""
    found = []
    for small in areas():
        for large in areas():
            case = Case(1, 2, 1, small, (small, large), 1, 1)
            if (
                small.share >= large.share + 10
                and large.children >= 1.25 * small.children
                and 1 <= case.plain_mean - case.together <= 4
            ):
                found.append((small, large))
    return tuple(found)


def draw(key: str | None = None) -> Case:
    """Draw a learner's case. `key` as in `seeds.rng`."""
    random = rng(EXERCISE, key)
    needy = [a for a in areas() if a.share >= borough() + 5 and abs(a.share - 50) > 2]
    coached = random.choice([40, 60, 80])
    return Case(
        low=random.randint(2, 12),
        high=random.randint(190, 250),
        top=random.choice([n for n in range(22, 46) if n != 30]),
        area=random.choice(needy),
        pair=random.choice(_pairs()),
        coached=coached,
        working=coached * random.choice([45, 50, 55, 60, 65]) // 100,
    )
