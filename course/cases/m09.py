"""Module 9's case: spending over six real districts, a contract's way through an area, and two offers.

Every draw keeps the same shape, so that the steps and the margins are alike for all learners: the local share
is at least 20 points above the share of the 30 most deprived districts, and every answer is clear of the
wrong ones that people give.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

import pandas as pd
from IPython.display import HTML

from course import places
from course.cases import tables
from course.cases.seeds import rng
from course.place import spend

EXERCISE = "m09-place"
MOST_DEPRIVED = 30  # districts of 296 that count as deprived
ENGLAND = 0.3  # share of England's neighbourhoods in deciles 1 to 3
TRIES = 20_000


@dataclass(frozen=True)
class Offer:
    """One offer: £ ex VAT, and the shares (0 to 1) spent in the area and spent there again."""

    price: float
    respent: float
    respent_again: float

    @property
    def multiplier(self) -> float:
        """The local multiplier."""
        return spend.local_multiplier(self.respent, self.respent_again)

    @property
    def money_in_area(self) -> float:
        """What passes through the area over three rounds, £ ex VAT."""
        return self.price * self.multiplier


@dataclass(frozen=True)
class Case:
    """One learner's numbers in module 9.

    `districts`: `code`, `name`, `amount` (£ ex VAT), `score`, `rank` (of 296), `greater_manchester` (bool).
    `contract`, `respent` and `respent_again` are £k: the contract, what its provider spends in the area, and
    what those paid spend there. `quotient_money` and `quotient_total` are £k in deciles 1 to 3 and in all;
    `residents` is the share (0 to 1) of residents in those deciles. `local` and `distant` are two offers.
    """

    districts: pd.DataFrame
    contract: int
    respent: float
    respent_again: float
    quotient_money: int
    quotient_total: int
    residents: float
    local: Offer
    distant: Offer

    @property
    def weighted(self) -> float:
        """The deprivation-weighted score of the spending."""
        return spend.deprivation_weighted_spend(self.districts)

    @property
    def plain_mean(self) -> float:
        """The mean of the six scores, each district counting once: a common slip."""
        return float(self.districts["score"].mean())

    @property
    def local_share(self) -> float:
        """The share spent in Greater Manchester, in %."""
        codes = self.districts.loc[self.districts["greater_manchester"], "code"]
        return 100 * spend.local_share(self.districts, set(codes))

    @property
    def deprived_share(self) -> float:
        """The share spent in the 30 most deprived districts, in %."""
        return 100 * spend.deprived_share(self.districts, "rank", MOST_DEPRIVED)

    @property
    def both_share(self) -> float:
        """The share spent in districts that are both local and deprived, in %."""
        codes = self.districts.loc[self.districts["greater_manchester"], "code"]
        cross = spend.local_against_deprived(self.districts, set(codes), "rank", MOST_DEPRIVED)
        return 100 * float(cross["share"].iloc[0])

    @property
    def multiplier(self) -> float:
        """The contract's local multiplier."""
        first = self.respent / self.contract
        return spend.local_multiplier(first, self.respent_again / self.respent)

    @property
    def quotient_share(self) -> float:
        """The share of the money in deciles 1 to 3, 0 to 1."""
        return self.quotient_money / self.quotient_total

    @property
    def quotient(self) -> float:
        """The location quotient against England."""
        return spend.location_quotient(self.quotient_share, ENGLAND)

    @property
    def more_money(self) -> float:
        """How much more passes through the area with the local offer, £m ex VAT."""
        return (self.local.money_in_area - self.distant.money_in_area) / 1e6


@cache
def real_districts() -> pd.DataFrame:
    """Return the six districts with their real scores and ranks, and a made-up spend."""
    return pd.read_csv(places.DATASETS / "place" / "greater_manchester_spend.csv")


def draw(key: str | None = None) -> Case:
    """Draw a learner's case. `key` as in `seeds.rng`."""
    random = rng(EXERCISE, key)
    for _ in range(TRIES):
        case = Case(_districts(random), *_flows(random))
        if _fair(case):
            return case
    raise RuntimeError("no case of module 9 found")  # pragma: no cover - a test draws hundreds


def _districts(random: Random) -> pd.DataFrame:
    """Draw a spend that is mostly local and not mostly deprived, near the worked one."""
    while True:
        middle = real_districts()["amount"]
        amounts = [max(10_000, round(a / 10_000 + random.randint(-5, 5)) * 10_000) for a in middle]
        manchester, rochdale, trafford, stockport, blackpool, _ = (a / sum(amounts) for a in amounts)
        local, deprived = manchester + rochdale + trafford + stockport, manchester + rochdale + blackpool
        if 0.72 <= local <= 0.88 and 0.34 <= deprived <= local - 0.2:
            return real_districts().assign(amount=amounts)


def _flows(random: Random) -> tuple:
    contract = random.randrange(80, 320, 20)
    respent = contract * random.randrange(30, 80, 5) / 100
    total = random.randrange(400, 1000, 50)
    return (
        contract,
        respent,
        respent * random.randrange(30, 65, 5) / 100,
        round(total * random.randint(45, 68) / 1000) * 10,
        total,
        random.randint(70, 80) / 100,
        Offer(random.randrange(254, 272, 2) * 10_000, random.randint(68, 76) / 100, 0.45),
        Offer(random.randrange(240, 252, 2) * 10_000, random.randint(46, 54) / 100, 0.55),
    )


def _fair(case: Case) -> bool:
    """Tell whether a case has the margins that all learners' cases have."""
    money = [
        case.distant.price * (case.local.multiplier - case.distant.multiplier) / 1e6,
        (case.local.price - case.distant.price) / 1e6,
        case.more_money - (case.local.price - case.distant.price) / 1e6,
    ]
    return (
        abs(case.multiplier - 2) >= 0.04
        and abs(case.quotient - 2) >= 0.05
        and abs(case.quotient_share / case.residents - case.quotient) >= 0.3
        and abs(1 / case.quotient - case.quotient_share) >= 0.05
        and 0.5 <= case.more_money <= 1.3
        and all(abs(case.more_money - slip) >= 0.06 for slip in money)
        and 20 <= case.weighted <= 29
        and abs(case.weighted - case.plain_mean) >= 0.8
        and 72 <= case.local_share <= 88
        and 34 <= case.deprived_share <= case.local_share - 20
        and abs(case.deprived_share - 50) >= 1.2
        and case.deprived_share - case.both_share >= 1.2
    )


def districts_table(case: Case) -> HTML:
    """Show the spending by district."""
    rows = [
        [name, "yes" if local else "no", f"{rank}", f"{score:.3f}", f"£{amount:,.0f}"]
        for name, local, rank, score, amount in case.districts[
            ["name", "greater_manchester", "rank", "score", "amount"]
        ].itertuples(index=False)
    ]
    head = ["District", "In Greater Manchester", "Rank of 296, 1 = most deprived", "Score 2025", "Spent"]
    return tables.table("Spending by district. Amounts leave out VAT.", head, rows)


def offers_table(case: Case) -> HTML:
    """Show the two offers with their multipliers."""
    offers = {"Local firm": case.local, "Distant social enterprise": case.distant}
    rows = [[name, f"£{o.price / 1e6:.2f}m", f"{o.multiplier:.3f}"] for name, o in offers.items()]
    return tables.table("Two offers. Prices leave out VAT.", ["Offer", "Price", "Local multiplier"], rows)
