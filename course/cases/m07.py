"""Module 7's case: a pilot's figures with a comparator, a job log, and a reporting schedule.

Every draw keeps the same shape: the change in residents in work lies 2 to 5 above the comparator's and rates
Approaching target, while the net change alone would not; waste falls in both places, and further here; the
log has two people in it twice and loses at least one line to each rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from IPython.display import HTML

from course import measuring
from course.cases import tables
from course.cases.seeds import rng
from course.explorers.delivery import BANDS
from course.explorers.scoring_change import LOG, Line, funnel

EXERCISE = "m07-measuring"
# What the council and the provider agreed to count.
DEFINITION: Mapping[str, Any] = {"once": True, "new": True, "resident": True, "hours": 16, "weeks": 13}
TRIES = 2_000


@dataclass(frozen=True)
class Case:
    """One learner's numbers in module 7.

    `work` and `waste` are baseline here, now here, baseline in Northmere, now in Northmere: residents in
    work of 100, and tonnes a year. `target` is the target for residents in work, of 100. `log` is Birch
    CIC's job log. `indicators`, `times` (a year) and `hours` (a figure) are a reporting schedule, `value`
    the contract's yearly value, £ ex VAT, and `rate` £ an hour.
    """

    work: tuple[int, int, int, int]
    waste: tuple[int, int, int, int]
    target: int
    log: tuple[Line, ...]
    indicators: int
    times: int
    hours: float
    value: int
    rate: int

    @property
    def net_work(self) -> float:
        """Net change in residents in work, of 100."""
        here, now, there, there_now = self.work
        return measuring.net_change(here, now, there, there_now)

    @property
    def net_waste(self) -> float:
        """Net change in waste, tonnes a year; negative is less waste."""
        here, now, there, there_now = self.waste
        return measuring.net_change(here, now, there, there_now)

    @property
    def reached(self) -> float:
        """How much of the way from baseline to target was covered, in %."""
        return 100 * measuring.progress(self.work[1], self.target, self.work[0])

    @property
    def rating(self) -> str:
        """The rating of residents in work, with Calderbrook's bands."""
        return measuring.rate(self.work[1], self.target, BANDS, self.work[0])

    @property
    def counted(self) -> int:
        """What the log comes to under the agreed definition."""
        return funnel(DEFINITION, self.log)[-1][1]

    def counted_without(self, rule: str) -> int:
        """What the log comes to if one rule of the definition is forgotten."""
        return funnel({**DEFINITION, rule: 0}, self.log)[-1][1]

    @property
    def cost(self) -> float:
        """What the schedule costs a year, £."""
        return measuring.bid_cost(self.indicators * self.times * self.hours, self.rate)

    @property
    def cost_share(self) -> float:
        """The schedule's cost as % of the contract's yearly value."""
        return 100 * measuring.share_of_margin(self.cost, self.value)


def draw(key: str | None = None) -> Case:
    """Draw a learner's case. `key` as in `seeds.rng`."""
    random = rng(EXERCISE, key)
    for _ in range(TRIES):
        case = _case(random)
        if _fits(case):
            return case
    raise RuntimeError("no case of module 7 found")  # pragma: no cover - a test draws hundreds


def _case(random: Random) -> Case:
    here, there = random.randint(27, 36), random.randint(26, 37)
    moved = random.randint(3, 5)
    change = moved + random.randint(2, 5)
    waste_here, waste_there = 10 * random.randint(18, 26), 10 * random.randint(18, 26) + 5
    fell_there = random.randint(20, 35)
    fell = fell_there + random.randint(30, 50)
    return Case(
        (here, here + change, there, there + moved),
        (waste_here, waste_here - fell, waste_there, waste_there - fell_there),
        here + change + 1,
        _log(random),
        random.choice([6, 8, 10, 12]),
        random.choice([4, 12]),
        random.choice([0.5, 1.0, 1.5]),
        5_000 * random.randint(8, 20),
        45,
    )


def _fits(case: Case) -> bool:
    """Keep the shape: the rating is Approaching target, right and wrong figures stand apart."""
    counts = [case.counted_without(rule) for rule in DEFINITION]
    return (
        case.rating == "Approaching target"
        and len({case.net_work, *_slips(case.work)}) == 4
        and len({case.net_waste, -case.net_waste, *_slips(case.waste)}) == 5
        and 4 <= case.counted <= 8
        and all(count > case.counted for count in counts)
        and 3 <= case.cost_share <= 12
        and abs(case.cost_share / case.times - case.cost_share / case.indicators) > 0.21
    )


def _slips(figures: tuple[int, int, int, int]) -> tuple[int, int, int]:
    """Give what people take for the net change: our change, the comparator's, the gap between the two now."""
    here, now, there, there_now = figures
    return now - here, there_now - there, now - there_now


def _log(random: Random) -> tuple[Line, ...]:
    """Make a log of 12 people and 2 repeats: the lesson's shape, with other weeks, hours and order."""
    kept = [line for line in dict.fromkeys(LOG) if not _fault(line)]
    dropped = [line for line in dict.fromkeys(LOG) if _fault(line)]
    extra = random.choice(kept)
    lines = [
        line._replace(weeks=random.randint(14, 52), hours=random.choice([16, 18, 20, 24, 30, 37]))
        for line in kept
        if line != extra or random.random() < 0.5
    ]
    lines += [line._replace(weeks=random.randint(3, 11)) if line.weeks < 13 else line for line in dropped]
    lines += random.sample([line for line in lines if not _fault(line)], 2)
    random.shuffle(lines)
    names = {person: f"B{n:02d}" for n, person in enumerate(dict.fromkeys(x.person for x in lines), 1)}
    return tuple(line._replace(person=names[line.person]) for line in lines)


def _fault(line: Line) -> bool:
    return not (line.new and line.resident and line.hours >= 16 and line.weeks >= 13)


def figures(case: Case) -> HTML:
    """Show the pilot's figures before and after, with Northmere's beside them."""
    head = ["Indicator", "Calderbrook before", "Calderbrook now", "Northmere before", "Northmere now"]
    rows = [
        ["Residents in work, of 100", *map(str, case.work)],
        ["Waste to landfill, tonnes a year", *map(str, case.waste)],
    ]
    return tables.table("Two years of the pilot. Northmere had none.", head, rows)


def log(case: Case) -> HTML:
    """Show Birch CIC's job log."""
    rows = [
        [x.person, f"{x.weeks}", f"{x.hours}", "yes" if x.resident else "no", "yes" if x.new else "no"]
        for x in case.log
    ]
    head = ["Person", "Weeks in post", "Hours a week", "Lives in Calderbrook", "New post"]
    return tables.table("Birch CIC’s job log, one line an entry", head, rows)
