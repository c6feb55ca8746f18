"""What a table is about: the need, the bidders, and what they can offer. Every name and figure is invented.

The table plays a contract of one year, in four quarters. All money is £ ex VAT for the whole contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from course.errors import InputError

QUARTERS = 4

# What the two sides can agree to do about a commitment that is behind. Only withholding has an amount.
REMEDIES = {
    "improvement_plan": "An improvement plan with a named person and dates",
    "make_good": "Make good in the next quarter what was missed",
    "substitute": "Put another commitment of the same worth in its place",
    "withhold": "Hold back part of the payment until it is met",
    "relax": "Accept a lower figure, with the reason on record",
}


@dataclass(frozen=True)
class Outcome:
    """A change residents need.

    `baseline` is the level now and `target` the level wanted, in `unit`; `comparator` is the level now in a
    like area without the contract.
    """

    id: str
    name: str
    unit: str
    baseline: float
    target: float
    comparator: float


@dataclass(frozen=True)
class PlanItem:
    """A part of a quality plan. `cost` is what one honestly costs, £ ex VAT; `most` is the most allowed."""

    id: str
    name: str
    unit: str
    cost: float
    most: int
    about: str


@dataclass(frozen=True)
class Offer:
    """A social value commitment that can be made.

    `cost` is what one `unit` honestly costs, £ ex VAT; `most` is the most one may promise; `outcome` is the
    id of the outcome it works on; `measure` is how it is usually shown.
    """

    id: str
    name: str
    unit: str
    cost: float
    most: int
    outcome: str
    measure: str
    about: str


@dataclass(frozen=True)
class Bidder:
    """A bidder. `running` is what the service honestly costs this bidder to run, £ ex VAT."""

    id: str
    name: str
    about: str
    running: float


@dataclass(frozen=True)
class Case:
    """A case. `need` and `criteria` are what stands where no commissioner publishes any (see `rules`)."""

    id: str
    title: str
    story: str
    starts: date
    budget: float
    ceiling: float
    floor: float
    outcomes: tuple[Outcome, ...]
    plan: tuple[PlanItem, ...]
    offers: tuple[Offer, ...]
    bidders: tuple[Bidder, ...]
    need: dict[str, Any]
    criteria: dict[str, Any]

    def outcome(self, id: Any) -> Outcome:
        """Return the outcome with this id."""
        return _one(self.outcomes, id, "outcome")

    def item(self, id: Any) -> PlanItem:
        """Return the plan item with this id."""
        return _one(self.plan, id, "plan item")

    def offer(self, id: Any) -> Offer:
        """Return the offer with this id."""
        return _one(self.offers, id, "commitment")

    def bidder(self, id: Any) -> Bidder:
        """Return the bidder with this id."""
        return _one(self.bidders, id, "bidder")

    def quarter_ends(self, quarter: int) -> date:
        """Return the last day of a quarter, 1 to 4."""
        months = self.starts.month - 1 + 3 * quarter
        return date(self.starts.year + months // 12, months % 12 + 1, 1) - timedelta(days=1)

    def quarter_of(self, day: str) -> int:
        """Return the quarter, 1 to 4, in which a day (as 2027-09-30) falls.

        Raises
        ------
        InputError
            If it is no date, or not within the contract.
        """
        last = self.quarter_ends(QUARTERS)
        try:
            on = date.fromisoformat(day)
        except (TypeError, ValueError):
            raise InputError(f"“{day}” is not a date: write year, month and day, as {last}.") from None
        if not self.starts <= on <= last:
            raise InputError(f"{on} is not within the contract: give a day from {self.starts} to {last}.")
        return next(q for q in range(1, QUARTERS + 1) if on <= self.quarter_ends(q))


def _one(things: tuple[Any, ...], id: Any, what: str) -> Any:
    for thing in things:
        if thing.id == id:
            return thing
    known = ", ".join(thing.id for thing in things)
    raise InputError(f"There is no {what} “{id}”: choose one of {known}.")


CALDERBROOK = Case(
    id="calderbrook",
    title="Supported living and wellbeing in Calderbrook",
    story=(
        "Calderbrook Council buys supported living and a wellbeing service for 120 tenants. "
        "The contract lasts one year. The council can spend £2.75 million, and £3 million is the ceiling."
    ),
    starts=date(2027, 4, 1),
    budget=2_750_000,
    ceiling=3_000_000,
    floor=1_800_000,
    outcomes=(
        Outcome("work", "Residents long out of work who find lasting work", "people", 40, 55, 38),
        Outcome("skills", "Young people who start a placement or an apprenticeship", "people", 20, 45, 21),
        Outcome("loneliness", "Tenants who often feel lonely", "%", 34, 26, 33),
        Outcome("carbon", "Carbon from the service", "tonnes CO2e", 400, 320, 390),
        Outcome("spend", "Spend with small firms based in Calderbrook", "£ thousand", 300, 450, 310),
    ),
    plan=(
        PlanItem("keyworkers", "More key workers", "posts", 30_000, 6, "One person each tenant knows well."),
        PlanItem("training", "Staff training", "courses", 8_000, 6, "Two days for the whole team."),
        PlanItem("night", "Night cover", "posts", 42_000, 3, "Somebody awake in the building at night."),
        PlanItem(
            "panel", "A tenants' panel", "panels", 15_000, 1, "Tenants shape the service, and are paid."
        ),
        PlanItem(
            "records", "Better records and reports", "systems", 24_000, 1, "Figures ready each quarter."
        ),
    ),
    offers=(
        Offer(
            "jobs",
            "Jobs for residents long out of work",
            "people",
            7_000,
            20,
            "work",
            "payroll at 26 weeks",
            "Finding, training and backing one person for half a year.",
        ),
        Offer(
            "placements",
            "Paid work placements",
            "placements",
            2_400,
            30,
            "skills",
            "placement log",
            "Four weeks with a supervisor and pay.",
        ),
        Offer(
            "apprentices",
            "Apprentices started",
            "people",
            9_000,
            8,
            "skills",
            "training records",
            "Wages above the grant, and a mentor.",
        ),
        Offer(
            "sessions",
            "Free wellbeing sessions for tenants and neighbours",
            "sessions",
            180,
            400,
            "loneliness",
            "attendance list",
            "A group session with a trained leader.",
        ),
        Offer(
            "carbon",
            "Carbon avoided against the level at the start",
            "tonnes CO2e",
            450,
            100,
            "carbon",
            "energy bills and mileage",
            "Fewer car trips, and heat pumps in two buildings.",
        ),
        Offer(
            "local",
            "Spend moved to small firms based in Calderbrook",
            "£ thousand",
            90,
            300,
            "spend",
            "purchase ledger",
            "Smaller orders cost more to place and check.",
        ),
    ),
    bidders=(
        Bidder("alder", "Alder", "A regional company that runs like services in four towns.", 2_170_000),
        Bidder("birch", "Birch CIC", "A social enterprise from Calderbrook with 60 staff.", 2_230_000),
        Bidder("cedar", "Cedar", "A national company with 9,000 staff.", 2_260_000),
        Bidder("dogwood", "Dogwood", "A company that grows by low prices.", 2_080_000),
        Bidder("elm", "Elm Trust", "A social enterprise from another region, with staff here.", 2_200_000),
    ),
    need={
        "statement": (
            "Tenants should live well in their own homes, know their neighbours and have a way into work."
        ),
        "outcomes": [
            {"outcome": "work", "target": 55},
            {"outcome": "skills", "target": 45},
            {"outcome": "loneliness", "target": 26},
        ],
        "why": "",
    },
    criteria={
        "weights": {"price": 40, "quality": 50, "social_value": 10},
        "formula": "relative",
        "ceiling": 3_000_000,
        "floor": 1_800_000,
        "min_quality": 40,
        "why": "",
    },
)

CASES = {case.id: case for case in (CALDERBROOK,)}


def get_case(id: Any) -> Case:
    """Return a case by its id.

    Raises
    ------
    InputError
        If there is none.
    """
    if not isinstance(id, str) or id not in CASES:
        raise InputError(f"There is no case “{id}”: choose one of {', '.join(CASES)}.")
    return CASES[id]
