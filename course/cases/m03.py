"""Module 3's case: how many replied, how sure that makes you, and three groups who want different things.

Every draw keeps the same shape. From 12% to 18% of those asked reply, and 56% to 72% of them agree, so that
the margin of error is 8 to 14 points and the correction for a finite population is at least 0.5. If each
person counts alike, jobs leads by 8 points or more; if each group counts alike, skills leads by 3 or more.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pandas as pd

from course import consultation, weighting
from course.cases.seeds import rng

EXERCISE = "m03-listening"
THEMES = ("jobs", "skills", "carbon", "wellbeing")
TRIES = 20_000


@dataclass(frozen=True)
class Case:
    """One learner's numbers in module 3.

    `asked` people, of whom `replies` replied and `yes` of these put local jobs first. `groups`: one row a
    group with `group`, `people` (how many gave points) and mean points of 100 for each of four themes.
    """

    asked: int
    replies: int
    yes: int
    groups: pd.DataFrame

    @property
    def rate(self) -> float:
        """The response rate, in %."""
        return 100 * self.replies / self.asked

    @property
    def share(self) -> float:
        """The share in favour among those who replied, in %."""
        return 100 * self.yes / self.replies

    @property
    def margin(self) -> float:
        """The 95% margin of error with the correction for a finite population, in percentage points."""
        return 100 * consultation.margin_of_error(self.yes / self.replies, self.replies, self.asked)

    @property
    def correction(self) -> float:
        """What the margin was multiplied by, since the population is finite."""
        return float(((self.asked - self.replies) / (self.asked - 1)) ** 0.5)

    @property
    def if_half(self) -> float:
        """The share in favour of all who were asked if half of the silent agree, in %."""
        return 100 * (self.yes + (self.asked - self.replies) / 2) / self.asked

    @property
    def pooled(self) -> pd.DataFrame:
        """Points of each theme `by_head` and `by_group` (see `weighting.pooled_priorities`)."""
        return weighting.pooled_priorities(self.groups)


def draw(key: str | None = None) -> Case:
    """Draw a learner's case. `key` as in `seeds.rng`."""
    random = rng(EXERCISE, key)
    for _ in range(TRIES):
        asked = random.randrange(360, 601, 20)
        replies = 2 * round(asked * random.uniform(0.12, 0.18) / 2)  # so that half of the silent are people
        case = Case(asked, replies, round(replies * random.uniform(0.56, 0.72)), _groups(random))
        if _as_hard_as_the_others(case):
            return case
    raise RuntimeError("no case of module 3 found")  # pragma: no cover - a test draws many


def _groups(random: Random) -> pd.DataFrame:
    def near(*middles: int) -> list[int]:
        first = [middle + random.choice([-5, 0, 5]) for middle in middles[:-1]]
        return [*first, 100 - sum(first)]

    rows = {
        "Residents": [random.randint(36, 48), *near(50, 20, 10, 20)],
        "Providers": [random.randint(7, 10), *near(15, 50, 20, 15)],
        "Officers": [random.randint(4, 6), *near(10, 25, 45, 20)],
    }
    return pd.DataFrame([[name, *row] for name, row in rows.items()], columns=["group", "people", *THEMES])


def _as_hard_as_the_others(case: Case) -> bool:
    by_head = case.pooled["by_head"].sort_values(ascending=False)
    by_group = case.pooled["by_group"].sort_values(ascending=False)
    return bool(
        case.groups[list(THEMES)].to_numpy().min() >= 5
        and 12 <= case.rate <= 18
        and 56 <= case.share <= 72
        and 8 <= case.margin <= 14
        and case.margin / case.correction - case.margin >= 0.5
        and by_head.index[0] == "jobs"
        and by_head.iloc[0] - by_head.iloc[1] >= 8
        and by_group.index[0] == "skills"
        and by_group.iloc[0] - by_group.iloc[1] >= 3
    )
