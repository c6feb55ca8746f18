"""Module 8's case: a claim in pounds to take apart, a change in wellbeing, and a budget to look at.

Every draw keeps the same shape, so that the steps and the margins are alike for all learners: the claim falls
from £6 to £13 down to between £1.60 and £3.50, and breaks even at a deadweight that is well above the one in
use and well below 95%.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from random import Random

from IPython.display import HTML

from course import measuring
from course.cases import tables
from course.cases.seeds import rng

EXERCISE = "m08-money"
PROXIES = {
    "neet-economic": "a young person no longer out of work, education or training",
    "jsa-economic": "a claimant in work",
}
TRIES = 20_000


@dataclass(frozen=True)
class Case:
    """One learner's numbers in module 8.

    `people` are those for whom it changed; `proxy` names a unit cost; `invested` is £; the four shares are
    in %. `well_people`, `well_points` and `well_years` make the WELLBYs. `benefits` is £ of benefits saved.
    """

    people: int
    proxy: str
    invested: int
    years: int
    deadweight: int
    displacement: int
    attribution: int
    drop_off: int
    well_people: int
    well_points: float
    well_years: float

    @property
    def unit(self) -> float:
        """The proxy in £ of 2015/16 for one person for one year."""
        costs = measuring.unit_costs()
        return float(costs.loc[costs["id"] == self.proxy, "unit_gbp"].iloc[0])

    @property
    def benefits(self) -> float:
        """Benefits and taxes that change hands for these people, £ a year."""
        costs = measuring.unit_costs()
        return self.people * float(costs.loc[costs["id"] == "jsa-fiscal", "unit_gbp"].iloc[0])

    @property
    def claim(self) -> measuring.Case:
        """The claim with everything taken off."""
        return measuring.Case(
            self.people,
            self.unit,
            self.invested,
            self.years,
            self.deadweight / 100,
            self.displacement / 100,
            self.attribution / 100,
            self.drop_off / 100,
        )

    @property
    def net_year_1(self) -> float:
        """The value of year 1 after what is taken off, £."""
        return measuring.sroi(self.claim).net_year_1

    @property
    def gross(self) -> float:
        """The value of one year with nothing taken off, £."""
        return self.people * self.unit

    @property
    def by_adding(self) -> float:
        """The value of year 1 if the three shares are added up: a common slip."""
        shares = (self.deadweight / 100, self.displacement / 100, self.attribution / 100)
        return measuring.net_by_subtracting(self.gross, *shares)

    @property
    def ratio(self) -> float:
        """What £1 returns."""
        return measuring.sroi(self.claim).ratio

    @property
    def naive(self) -> float:
        """What £1 returns with nothing taken off, not even for time."""
        return measuring.sroi(measuring.without_adjustments(self.claim)).ratio

    @property
    def without(self) -> dict[str, float]:
        """What £1 returns with one thing forgotten: "discount" or "drop_off"."""
        return {
            "discount": measuring.sroi(replace(self.claim, rate=0.0)).ratio,
            "drop_off": measuring.sroi(replace(self.claim, drop_off=0.0)).ratio,
        }

    @property
    def break_even(self) -> float:
        """The deadweight at which £1 returns £1, in %."""
        level = measuring.break_even(self.claim, "deadweight")
        return 100 * level if level is not None else 0.0

    @property
    def off_the_ratio(self) -> float:
        """How far the ratio may fall before £1 returns £1, in %: a common slip for the break-even."""
        return 100 * (1 - 1 / self.ratio)

    @property
    def wellbys(self) -> float:
        """WELLBYs."""
        return measuring.wellbys(self.well_people, self.well_points, self.well_years)

    @property
    def well_value(self) -> measuring.WellbyValue:
        """The WELLBYs in pounds, as a range."""
        return measuring.wellby_value(self.wellbys)


def draw(key: str | None = None) -> Case:
    """Draw a learner's case. `key` as in `seeds.rng`."""
    random = rng(EXERCISE, key)
    for _ in range(TRIES):
        case = _case(random)
        if _fair(case):
            return case
    raise RuntimeError("no case of module 8 found")  # pragma: no cover - a test draws hundreds


def _case(random: Random) -> Case:
    return Case(
        random.randint(16, 32),
        random.choice(list(PROXIES)),
        random.randrange(90, 220, 10) * 1000,
        random.choice([4, 5]),
        random.choice([25, 30, 35, 40]),
        random.choice([5, 10, 15]),
        random.choice([15, 20, 25, 30]),
        random.choice([20, 25, 30]),
        random.randrange(30, 80, 5),
        random.choice([0.4, 0.5, 0.6, 0.7, 0.8]),
        random.choice([1.5, 2.0, 2.5]),
    )


def _fair(case: Case) -> bool:
    """Tell whether a case has the margins that all learners' cases have."""
    return (
        6 <= case.naive <= 13
        and 1.6 <= case.ratio <= 3.5
        and case.deadweight + 15 <= case.break_even <= 85
        and _apart([case.naive, case.ratio, *case.without.values(), 10], 0.05)  # 10: half of the range
        and _apart([case.naive, case.naive / case.years, case.ratio], 0.1)
        and _apart([case.break_even, case.off_the_ratio, case.deadweight, 50], 3)  # 50: half of the range
    )


def _apart(figures: list[float], least: float) -> bool:
    """Tell whether an answer and its known slips lie so far apart that none is taken for another."""
    return all(abs(one - other) >= least for one, other in combinations(figures, 2))


def claim_table(case: Case) -> HTML:
    """Show the claim and its shares."""
    rows = [
        ["People for whom it changed", f"{case.people}"],
        ["What changed", PROXIES[case.proxy]],
        ["Proxy, for one person and year", f"£{case.unit:,.2f}"],
        ["Paid", f"£{case.invested:,}"],
        ["Years the change lasts", f"{case.years}"],
        ["Deadweight", f"{case.deadweight}%"],
        ["Displacement", f"{case.displacement}%"],
        ["Attribution to others", f"{case.attribution}%"],
        ["Drop-off, each later year", f"{case.drop_off}%"],
        ["Discount rate", "3.5% a year"],
    ]
    return tables.table("The claim and what is known about it. Prices of 2015/16.", ["Item", "Figure"], rows)
