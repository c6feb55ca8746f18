"""Module 1's case: a service whose estimate decides whether the 2012 Act binds, and purchases to sort.

Every draw keeps the same shape. The first contract stays below the threshold on its first term, on its first
term with VAT, and on first term and option without VAT; with both it passes the threshold by 2% to 20%. In
the second an option of £30,000 to £150,000 brings care up to the light-touch threshold. The last department's
price is below £5m before VAT and at least £5.04m with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from course import policy
from course.cases.seeds import rng

EXERCISE = "m01-enabling"
COMMENCED = date(2026, 11, 30)
VAT = 1.2


@dataclass(frozen=True)
class Case:
    """One learner's numbers in module 1.

    `yearly`, `years` and `more`: the fee a year (£ before VAT), the years certain and the optional ones.
    `care` is the first term of a care contract, £ before VAT. `department` is £m with VAT, `large` is £m
    before VAT, both of contracts that commence on `day`. `advice` is £ before VAT, exactly at the threshold.
    """

    yearly: int
    years: int
    more: int
    care: int
    department: float
    large: float
    day: date
    advice: int = 173_100

    @property
    def first(self) -> int:
        """The first term, £ before VAT."""
        return self.yearly * self.years

    @property
    def option(self) -> int:
        """The option to extend, £ before VAT."""
        return self.yearly * self.more

    @property
    def estimate(self) -> float:
        """What is compared with the threshold: first term, option and VAT, in £."""
        return float(policy.estimate(self.first, extension=self.option)[0])

    @property
    def room(self) -> float:
        """The option, £ before VAT, at which the care contract reaches the light-touch threshold."""
        return light_touch() / VAT - self.care


def services() -> float:
    """Return a council's threshold for services on the day of the case, £ with VAT."""
    return float(policy.threshold("council", "services", COMMENCED))


def light_touch() -> float:
    """Return a council's threshold for light-touch services on the day of the case, £ with VAT."""
    return float(policy.threshold("council", "light-touch services", COMMENCED))


def draw(key: str | None = None) -> Case:
    """Draw a learner's case. `key` as in `seeds.rng`."""
    random = rng(EXERCISE, key)
    line = services()
    fees = [
        (fee, years, more)
        for years, more in ((2, 1), (3, 1), (3, 2), (2, 2))
        for fee in range(30_000, 90_000, 500)
        if fee * years * VAT < 0.98 * line
        and fee * (years + more) < 0.98 * line
        and 1.02 * line <= fee * (years + more) * VAT <= 1.2 * line
    ]
    yearly, years, more = random.choice(fees)
    return Case(
        yearly,
        years,
        more,
        care=random.randrange(405_000, 520_000, 5_000),
        department=random.randrange(12, 49) / 10,
        large=random.randrange(420, 496, 2) / 100,
        day=date(2027, random.choice([1, 2, 3]), random.randint(4, 26)),
    )
