"""Module 12's case: tenders that become one, three values, one count of people, and a consortium's chance.

Every draw keeps the same shape: no council reaches the light-touch threshold alone and all do together, the
common count differs from the sum of the three, and every right answer stands clear of the slips.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from IPython.display import HTML

from course import measuring, policy
from course.cases import tables
from course.cases.seeds import rng
from course.explorers.joining_up import COUNCILS

EXERCISE = "m12-together"
ON = date(2027, 4, 27)
TRIES = 5_000


@dataclass(frozen=True)
class Case:
    """One learner's numbers in module 12.

    `tenders` become one, with `bidders` each time; a bid takes `hours` at `rate` £ an hour. `values` are the
    three councils' estimates, £ ex VAT. `people` are, by council, those in work for less than 4 weeks, 4 to
    12 weeks, and 13 weeks or more; `twice` of the last were helped by two councils. `contract` is £ ex VAT;
    `margin`, `share` and `chance` are in %; `cost` is Birch CIC's part of bidding, £.
    """

    tenders: int
    bidders: int
    hours: int
    rate: int
    values: tuple[int, int, int]
    people: tuple[tuple[int, int, int], ...]
    twice: int
    contract: int
    margin: int
    share: int
    chance: int
    cost: int

    @property
    def one_bid(self) -> float:
        """The cost of one bid, £."""
        return measuring.bid_cost(self.hours, self.rate)

    @property
    def saved(self) -> float:
        """What all bidders save together, £."""
        return measuring.joint_tender_saving(self.tenders, self.bidders, self.hours, self.rate)

    @property
    def joint_value(self) -> float:
        """The joint contract with VAT, £."""
        return float(policy.estimate(sum(self.values))[0])

    @property
    def threshold(self) -> float:
        """The light-touch threshold for councils, £ with VAT."""
        return float(policy.threshold("council", "light-touch services", ON))

    @property
    def counted(self) -> int:
        """People in work for 13 weeks or more, each counted once."""
        return sum(row[2] for row in self.people) - self.twice

    @property
    def own_rules(self) -> int:
        """The sum when the first counts from 13 weeks, the second from 4 and the third every start."""
        first, second, third = self.people
        return first[2] + second[1] + second[2] + sum(third)

    @property
    def left(self) -> float:
        """What the whole contract leaves over, £."""
        return self.contract * self.margin / 100

    @property
    def expected(self) -> float:
        """What Birch CIC can expect from its part, less its part of bidding, £."""
        return self.left * self.share / 100 * self.chance / 100 - self.cost


def draw(key: str | None = None) -> Case:
    """Draw a learner's case. `key` as in `seeds.rng`."""
    random = rng(EXERCISE, key)
    for _ in range(TRIES):
        case = _drawn(random)
        if _fair(case):
            return case
    raise RuntimeError("no case of module 12 found")  # pragma: no cover - a test draws hundreds


def _drawn(random: Random) -> Case:
    return Case(
        random.randint(3, 5),
        random.randint(5, 9),
        random.randrange(24, 52, 4),
        random.randrange(35, 60, 5),
        (
            random.randrange(180, 340, 10) * 1000,
            random.randrange(180, 340, 10) * 1000,
            random.randrange(180, 340, 10) * 1000,
        ),
        tuple((random.randint(1, 4), random.randint(2, 5), random.randint(5, 9)) for _ in COUNCILS),
        random.randint(1, 3),
        random.randrange(600, 1000, 50) * 1000,
        random.randint(6, 9),
        random.choice([30, 40, 50]),
        random.choice([20, 30, 40]),
        random.randrange(800, 1600, 100),
    )


def _fair(case: Case) -> bool:
    """Tell whether a case has the margins that all learners' cases have."""
    every = sum(row[2] for row in case.people)
    return (
        1.08 <= case.joint_value / case.threshold <= 1.45
        and sum(case.values) < case.threshold * 1.3
        and abs(sum(case.values) - case.threshold) >= 20_000
        and len({case.counted, every, case.own_rules, every - 2 * case.twice}) == 4
        and 2_000 <= case.expected <= 9_000
        and case.saved not in (case.one_bid * case.bidders, case.one_bid * (case.tenders - 1))
    )


def plans(case: Case) -> HTML:
    """Show the three councils' plans."""
    rows = [[name, f"£{value:,.0f}"] for name, value in zip(COUNCILS, case.values, strict=True)]
    return tables.table("Mentoring, as each council plans it", ["Council", "Estimate, without VAT"], rows)


def people(case: Case) -> HTML:
    """Show the people helped by how long they have been in work, and each council's own rule."""
    rules = ("13 weeks in work", "4 weeks in work", "every start")
    rows = [
        [name, *map(str, row), rule] for name, row, rule in zip(COUNCILS, case.people, rules, strict=True)
    ]
    head = ["Council", "Under 4 weeks", "4 to 12 weeks", "13 weeks or more", "Its own rule"]
    return tables.table("People helped into work, by weeks in work", head, rows)


def offer(case: Case) -> HTML:
    """Show what Birch CIC knows of the joint contract."""
    rows = [
        ["The whole contract", f"£{case.contract:,.0f}"],
        ["Left over of it, after all costs of the service", f"{case.margin}%"],
        ["Birch CIC’s share of the work and of what is left", f"{case.share}%"],
        ["Chance that the consortium wins", f"{case.chance}%"],
        ["Birch CIC’s part of bidding, win or lose", f"£{case.cost:,.0f}"],
    ]
    return tables.table("The consortium’s plan. Amounts leave out VAT.", ["What", "Figure"], rows)
