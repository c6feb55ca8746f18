"""Module 10's case: four indicators after a year, a promise halfway, and a bold bid beside a sober one.

Every draw keeps the same shape: of the four indicators one requires improvement, two are good (one of them
over its target) and one is inadequate; the bold bid leads at award and is worth less when delivery counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from random import Random

import pandas as pd
from IPython.display import HTML

from course import measuring, moderation
from course.cases import tables
from course.cases.seeds import rng
from course.explorers.delivery import BANDS

EXERCISE = "m10-delivering"
KPIS = {
    "apprentices": "Apprentices started",
    "placements": "Paid work placements",
    "sessions": "Free wellbeing sessions",
    "carbon": "Carbon avoided, in tonnes",
}
WEIGHT = 10.0  # points of 100 for social value
TRIES = 5_000


@dataclass(frozen=True)
class Case:
    """One learner's numbers in module 10.

    `year` is done and promised for each of `KPIS`. `kept` and `promised` are placements on another
    contract after three quarters and for the year. `bold` and `sober` are score (points of 100) and the share
    of such promises kept, in %.
    """

    year: tuple[tuple[int, int], ...]
    kept: int
    promised: int
    bold: tuple[int, int]
    sober: tuple[int, int]

    @property
    def summary(self) -> measuring.KpiSummary:
        """The four indicators rated with Calderbrook's bands."""
        rows = [(KPIS[key], *pair) for key, pair in zip(KPIS, self.year, strict=True)]
        return measuring.kpi_summary(pd.DataFrame(rows, columns=["kpi", "actual", "target"]), BANDS)

    @property
    def ratings(self) -> dict[str, str]:
        """The rating of each of `KPIS`."""
        return dict(zip(KPIS, self.summary.table["rating"], strict=True))

    @property
    def started(self) -> float:
        """Apprentices started, % of the target."""
        return 100 * measuring.progress(*self.year[0])

    @property
    def mean(self) -> float:
        """Mean of the four indicators, none above 100, in %."""
        mean = self.summary.capped_mean_pct
        assert mean is not None
        return mean

    @property
    def uncapped(self) -> float:
        """The mean with no cap: a common slip, in %."""
        return float(self.summary.table["reached_pct"].mean())

    @property
    def pooled(self) -> float:
        """All that was done, of all that was promised, whatever the unit: a common slip, in %."""
        done, promised = (sum(column) for column in zip(*self.year, strict=True))
        return 100 * done / promised

    @property
    def carbon(self) -> float:
        """Carbon avoided, % of the target."""
        return 100 * measuring.progress(*self.year[3])

    @property
    def share(self) -> float:
        """Placements after three quarters, % of the year's promise."""
        return 100 * measuring.progress(self.kept, self.promised)

    @property
    def share_of_due(self) -> float:
        """The same of what was due after three quarters, %: a common slip."""
        return self.share / 0.75

    def points(self, bid: str, counting_delivery: bool = True) -> float:
        """Points of 100 of the "bold" or the "sober" bid, at award or times the share kept."""
        score, share = self.bold if bid == "bold" else self.sober
        return moderation.expected_points(WEIGHT, score, share / 100 if counting_delivery else 1)


def draw(key: str | None = None) -> Case:
    """Draw a learner's case. `key` as in `seeds.rng`."""
    random = rng(EXERCISE, key)
    for _ in range(TRIES):
        case = _case(random)
        if _fair(case):
            return case
    raise RuntimeError("no case of module 10 found")  # pragma: no cover - a test draws hundreds


def _case(random: Random) -> Case:
    placements, sessions, carbon = random.randint(30, 60), random.randint(15, 30), random.randint(24, 48)
    year = (
        random.choice([(4, 6), (5, 7), (5, 8), (6, 9), (6, 10), (7, 10), (7, 11), (8, 12)]),
        (placements + random.randint(2, 5), placements),
        (sessions, sessions),
        (random.randint(8, 20), carbon),
    )
    promised = random.choice([16, 20, 24, 28, 32, 36])
    return Case(
        year,
        random.randint(6, 18),
        promised,
        (random.randint(88, 97), random.randint(40, 50)),
        (random.randint(66, 76), random.randint(88, 95)),
    )


def _fair(case: Case) -> bool:
    """Tell whether a case has the margins that all learners' cases have."""
    return (
        33 <= case.carbon <= 46
        and 42 <= case.share <= 48
        and _apart([case.mean, case.uncapped, case.pooled, case.carbon, 60], 0.8)  # the last: half the range
        and _apart([case.started, 10_000 / case.started, 100 - case.started, case.carbon, 100], 2)
        and _apart([case.share, case.share_of_due, 100 - case.share, 50], 1)
        and _apart([case.points("bold"), case.points("sober"), case.points("bold", False), 5], 0.15)
        and case.points("sober") - case.points("bold") >= 1.5
    )


def _apart(figures: list[float], least: float) -> bool:
    """Tell whether an answer and its known slips lie so far apart that none is taken for another."""
    return all(abs(one - other) >= least for one, other in combinations(figures, 2))


def year_table(case: Case) -> HTML:
    """Show what was promised for the year and what was done."""
    rows = [
        [name, f"{promised}", f"{done}"]
        for name, (done, promised) in zip(KPIS.values(), case.year, strict=True)
    ]
    return tables.table("Four indicators of the hubs after a year", ["Indicator", "Promised", "Done"], rows)


def bids_table(case: Case) -> HTML:
    """Show the two bids: score, and the share of such promises that was kept."""
    rows = [
        [name, f"{score} of 100", f"{share}%"]
        for name, (score, share) in (("Bold", case.bold), ("Sober", case.sober))
    ]
    return tables.table(
        "Two bids for another contract. Social value weighs 10 points.",
        ["Bid", "Score for social value", "Kept of such promises so far"],
        rows,
    )
