"""Module 5's case: a provider who counts posts, prices a promise, and asks whether to bid.

Every draw keeps the same shape. Two to six of the posts promised are new, and the rest transfer. The safe
promise is below the number expected on average, which is below the number of places;
neither the safe promise nor one more is kept within 2 points of the 80% that are asked for. All bids for one
win cost 20% to 70% of the margin.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from course import measuring
from course.cases.seeds import rng

EXERCISE = "m05-responding"
AT_LEAST = 0.8
TRIES = 20_000


@dataclass(frozen=True)
class Case:
    """One learner's numbers in module 5.

    `promised` and `transfer`: posts. `finishers`, `leave` and `each`: people who are to finish, share of 1
    who leave early, and £ for one start. `places` and `stay`: places there are, and the chance (a share
    of 1) that one person finishes. `hours`, `rate` and `per_win`: for one bid, £ an hour, bids to win one.
    `margin`: £ that the contract earns.
    """

    promised: int = 15
    transfer: int = 12
    finishers: int = 4
    leave: float = 0.2
    each: int = 6000
    places: int = 9
    stay: float = 0.7
    hours: int = 38
    rate: int = 45
    per_win: int = 6
    margin: int = 25_000

    @property
    def additional(self) -> int:
        """Posts that the promise adds."""
        return measuring.additional_posts(self.promised, self.transfer)

    @property
    def promise_cost(self) -> float:
        """What it costs to have the promised number finish, £."""
        return measuring.promise_cost(self.finishers, self.each, self.leave)

    @property
    def bare_cost(self) -> float:
        """The same if nobody left, £."""
        return measuring.promise_cost(self.finishers, self.each)

    @property
    def added_cost(self) -> float:
        """The same if the share who leave is added on top, £."""
        return self.bare_cost * (1 + self.leave)

    @property
    def safe(self) -> int:
        """The largest number that is kept with a chance of 80% or more."""
        return measuring.safe_promise(self.places, self.stay, AT_LEAST)

    @property
    def average(self) -> int:
        """How many finish on average, rounded."""
        return round(self.places * self.stay)

    @property
    def bid(self) -> float:
        """Cost of one bid, £."""
        return measuring.bid_cost(self.hours, self.rate)

    @property
    def win(self) -> float:
        """Cost of all bids for one win, £."""
        return measuring.cost_per_win(self.hours, self.rate, self.per_win)

    @property
    def share(self) -> float:
        """Cost of all bids for one win, in % of the margin."""
        return 100 * measuring.share_of_margin(self.win, self.margin)

    @property
    def bid_share(self) -> float:
        """Cost of one bid, in % of the margin."""
        return 100 * measuring.share_of_margin(self.bid, self.margin)


def draw(key: str | None = None) -> Case:
    """Draw a learner's case. `key` as in `seeds.rng`."""
    random = rng(EXERCISE, key)
    for _ in range(TRIES):
        case = _case(random)
        if _has_the_shape(case):
            return case
    raise RuntimeError("no case of module 5 found")  # pragma: no cover - a test draws many


def _case(random: Random) -> Case:
    promised, new = random.randint(10, 24), random.choice([2, 3, 4, 5, 6])
    finishers, leave = random.choice([(4, 0.2), (8, 0.2), (3, 0.25), (6, 0.25), (6, 0.4), (3, 0.4)])
    return Case(
        promised,
        promised - new,
        finishers,
        leave,
        random.randrange(4000, 9000, 500),
        random.randint(7, 11),
        random.choice([0.62, 0.66, 0.7, 0.74, 0.78]),
        random.randint(28, 52),
        random.randint(36, 54),
        random.choice([4, 5, 6, 7, 8]),
        random.randrange(18_000, 42_000, 1000),
    )


def _has_the_shape(case: Case) -> bool:
    odds = [measuring.chance_of_keeping(n, case.places, case.stay) for n in (case.safe, case.safe + 1)]
    return (
        1 < case.safe < case.average < case.places
        and case.safe + case.transfer != case.promised
        and case.transfer != case.additional
        and all(abs(chance - AT_LEAST) >= 0.02 for chance in odds)
        and 20 <= case.share <= 70
        and abs(case.share - 50) > 1  # the middle of the slider
    )
