"""Module 11's case: a scorecard to make a leaflet of, a survey, and a claim about jobs.

Every draw keeps the same shape: work rises by more here than in Northmere, some targets are met and one is
missed by far, fewer than half of those asked replied, and every right answer stands clear of the slips.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import pandas as pd
from IPython.display import HTML

from course import exemplars, measuring
from course.cases import tables
from course.cases.seeds import rng
from course.explorers.leaflet import Leaflet

EXERCISE = "m11-showing"
TRIES = 5_000


@dataclass(frozen=True)
class Case:
    """One learner's numbers in module 11.

    `people` found a job that each lasts a year. `asked`, `replied` and `satisfied` are people of a survey.
    `posts` last `years` each at `hours` of a full-time week (a share of 1). `work` is residents in work of
    100: here before and now, in Northmere before and now. `delivered` and `promised` are starts, placements
    and tonnes of the year's record. `spending` is £k in local deprived, local other, far deprived and far
    other districts.
    """

    people: int
    asked: int
    replied: int
    satisfied: int
    posts: int
    years: int
    hours: float
    work: tuple[int, int, int, int]
    delivered: tuple[int, int, int]
    promised: tuple[int, int, int]
    spending: tuple[int, int, int, int]

    @property
    def job_value(self) -> float:
        """What the jobs are worth to the economy, each person counted once, in £ of 2015/16."""
        return measuring.public_value(measuring.price_items({"jsa-economic": self.people}))

    @property
    def job_saving(self) -> float:
        """What government saves on benefits, £ of 2015/16: a transfer."""
        return float(measuring.price_items({"jsa-fiscal": self.people})["value_gbp"].sum())

    @property
    def three_ways(self) -> float:
        """The same jobs under three labels, added up: a common slip, in £."""
        return 2 * self.job_value + self.job_saving

    @property
    def job_years(self) -> float:
        """Full-time posts times years."""
        return measuring.job_claim(self.posts, self.years, self.hours).job_years

    @property
    def known_satisfied(self) -> float:
        """Those known to be satisfied as a share of all who were asked, in %."""
        return 100 * self.satisfied / self.asked

    @property
    def of_replies(self) -> float:
        """Those satisfied as a share of those who replied, in %."""
        return 100 * self.satisfied / self.replied

    @property
    def reply_rate(self) -> float:
        """Those who replied as a share of those asked, in %."""
        return 100 * self.replied / self.asked

    @property
    def net_work(self) -> float:
        """Net change in residents in work, of 100."""
        return measuring.net_change(*self.work)

    @property
    def local(self) -> float:
        """The share of the spending that is local, in %."""
        return 100 * (self.spending[0] + self.spending[1]) / sum(self.spending)

    @property
    def deprived(self) -> float:
        """The share of the spending that reached deprived districts, in %."""
        return 100 * (self.spending[0] + self.spending[2]) / sum(self.spending)

    @property
    def figures(self) -> pd.DataFrame:
        """The scorecard as `exemplars.leaflet` takes it."""
        names = ("Apprentice starts", "Paid placements", "Carbon avoided")
        units = ("people", "placements", "tonnes CO2e")
        here, now, there, there_now = self.work
        rows: list[dict[str, Any]] = [
            {
                "indicator": "Residents in work",
                "unit": "of 100 residents",
                "baseline": here,
                "target": here + 8,
                "actual": now,
                "comparator": "Northmere, which had no pilot,",
                "comparator_baseline": there,
                "comparator_actual": there_now,
                "base": "100 residents in supported housing",
                "source": "payroll check and housing registers",
                "part": "goal",
            }
        ]
        rows += [
            {
                "indicator": name,
                "unit": unit,
                "baseline": 0,
                "target": promised,
                "actual": done,
                "comparator": "",
                "base": "all sites, first contract year",
                "source": "delivery records",
                "part": "added",
            }
            for name, unit, done, promised in zip(names, units, self.delivered, self.promised, strict=True)
        ]
        return pd.DataFrame(rows).assign(date="2026-09", owner="Operations manager", frequency="each quarter")


def draw(key: str | None = None) -> Case:
    """Draw a learner's case. `key` as in `seeds.rng`."""
    random = rng(EXERCISE, key)
    for _ in range(TRIES):
        case = _drawn(random)
        if _fair(case):
            return case
    raise RuntimeError("no case of module 11 found")  # pragma: no cover - a test draws hundreds


def _drawn(random: Random) -> Case:
    asked = random.randrange(40, 130, 10)
    replied = random.randrange(15, 55, 5)
    here, there = random.randint(28, 36), random.randint(26, 34)
    anyway = random.randint(2, 5)
    starts, placements, tonnes = (
        random.randint(5, 9),
        random.randrange(30, 60, 5),
        random.randrange(20, 45, 5),
    )
    total = random.randrange(400, 900, 50)
    parts = [random.randint(20, 36), random.randint(36, 52), random.randint(6, 14)]
    spending = [round(total * part / 1000) * 10 for part in parts]
    return Case(
        random.randint(2, 9),
        asked,
        replied,
        round(replied * random.choice([0.8, 0.9])),
        random.randint(4, 12),
        random.randint(2, 4),
        0.5,
        (here, here + anyway + random.randint(2, 4), there, there + anyway),
        (
            starts - random.randint(1, 2),
            placements + random.randint(1, 5),
            round(tonnes * random.randint(35, 45) / 100),
        ),
        (starts, placements, tonnes),
        (spending[0], spending[1], spending[2], total - sum(spending)),
    )


def _fair(case: Case) -> bool:
    """Tell whether a case has the margins that all learners' cases have."""
    shares = (case.known_satisfied, case.of_replies, case.reply_rate)
    net, gross = case.net_work, case.work[1] - case.work[0]
    return (
        15 <= case.reply_rate <= 48
        and min(abs(a - b) for n, a in enumerate(shares) for b in shares[:n]) >= 3
        and case.job_years not in (case.posts, case.posts * case.years, case.posts * case.hours)
        and net != case.work[3] - case.work[2]
        and 2 <= net < gross
        and case.work[1] - case.work[3] not in (net, gross)
        and case.spending[3] >= 20
        and 65 <= case.local <= 85
        and 28 <= case.deprived <= min(48, case.local - 25)
        and abs(100 * case.spending[0] / sum(case.spending) - case.deprived) >= 4
        and abs(100 - case.local - case.deprived) >= 4
        and abs(case.known_satisfied - 50) >= 2
        and abs(case.deprived - 50) >= 2
    )


def survey(case: Case) -> HTML:
    """Show the survey's counts."""
    rows = [
        ["Users who were asked", f"{case.asked}"],
        ["Users who replied", f"{case.replied}"],
        ["Satisfied, of those who replied", f"{case.satisfied}"],
    ]
    return tables.table("Birch CIC’s survey", ["What", "People"], rows)


def work(case: Case) -> HTML:
    """Show residents in work, here and in Northmere."""
    here, now, there, there_now = case.work
    rows = [
        ["Calderbrook, with the pilot", f"{here}", f"{now}"],
        ["Northmere, without", f"{there}", f"{there_now}"],
    ]
    return tables.table("Residents in work, of 100", ["Where", "Before", "Now"], rows)


def jobs(case: Case) -> HTML:
    """Show what is claimed for each person who found a job."""
    costs = measuring.unit_costs().set_index("id")["unit_gbp"]
    rows = [
        ["What a job is worth to the economy", f"£{costs['jsa-economic']:,.2f}", "no"],
        ["What a person leaving benefits is worth", f"£{costs['jsa-economic']:,.2f}", "no"],
        ["What government saves on benefits", f"£{costs['jsa-fiscal']:,.2f}", "yes"],
    ]
    return tables.table(
        f"Claimed for each of the {case.people} people. {measuring.ATTRIBUTION}",
        ["Label", "A year, 2015/16 prices", "A transfer?"],
        rows,
    )


def spending(case: Case) -> HTML:
    """Show the spending by local and deprived."""
    near, other, far, rest = case.spending
    rows = [["Local", f"£{near}k", f"£{other}k"], ["Not local", f"£{far}k", f"£{rest}k"]]
    return tables.table(
        "Spending on suppliers. Amounts leave out VAT.",
        ["Suppliers", "Deprived districts", "Other districts"],
        rows,
    )


def scorecard(case: Case) -> HTML:
    """Show the year's record: what was promised and what was done."""
    rows = [
        [row["indicator"], f"{row['target']} {row['unit']}", f"{row['actual']} {row['unit']}", row["base"]]
        for row in case.figures.to_dict("records")
    ]
    head = ["Indicator", "Target", "Result", "Base"]
    return tables.table("Birch CIC’s scorecard, September 2026", head, rows)


def leaflet(case: Case) -> Leaflet:
    """Let the learner make the leaflet from the case's scorecard, and save it as a web page or a PDF."""
    return Leaflet(
        case.figures,
        who="Birch CIC",
        what="We support people in Calderbrook to live well at home and to find work, for the council.",
        voice=exemplars.Voice(
            "Amina, resident", "I have keys to my own flat now.", "in writing, on 4 August 2026"
        ),
    )
