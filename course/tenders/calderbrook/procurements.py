"""Draw Calderbrook's procurements: what is bought, who bids, how each bid is scored and who wins."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import exp, log
from typing import NamedTuple

from course.policy.rules import threshold
from course.tenders.calderbrook import vocabulary as words
from course.tenders.calderbrook.dates import add_months, next_month, working_day
from course.tenders.calderbrook.draws import Draws, normal_quantile
from course.tenders.calderbrook.suppliers import NAMED, Supplier, draw_suppliers
from course.tenders.calderbrook.vocabulary import SOCIAL, Service

SNAPSHOT = date(2026, 11, 16)
NAMED_CASE = "CB-2026-100"
MODERATION_CASE = "Mentoring in schools"
DELIVERY_CASE = "Community wellbeing hubs"
UNDERESTIMATED_CASE = "Library furniture"
SPLIT_CASES = ("Office cleaning", "Home care", "Tree inspection and maintenance")

# Draws for synthetic tenders; illustrative, no census of real ones exists.
MEDIAN_VALUE, SIGMA, SMALLEST_VALUE = 250_000, 1.2, 12_000
BID_COUNTS, BID_WEIGHTS = (2, 3, 4, 5, 6, 7, 8), (12, 24, 24, 16, 12, 7, 5)
PRICE_WEIGHTS = (30, 40, 40, 50, 60)
SOCIAL_VALUE_WEIGHTS = (5, 10, 10, 10, 15, 20)
# The mean bid as a share of the estimate: with the spread below, no bid tops its estimate by chance.
PRICE_LEVEL = (0.84, 0.925)
PRICE_SPREAD, OUTLIER_CHANCE, OUTLIER_LEVEL = 0.08, 0.05, 0.75

# Six bids by four evaluators on one question, for measuring agreement, and the scores agreed afterwards.
MODERATION_SCORES = ((3, 3, 2, 4), (2, 4, 2, 3), (1, 1, 2, 1), (4, 4, 3, 4), (2, 0, 3, 2), (3, 3, 3, 3))
MODERATION_AGREED = (3, 3, 1, 4, 2, 3)
SPLIT_SCORES = (5, 5, 1, 1)


@dataclass(frozen=True)
class Question:
    """A question bidders answer; `weight` is points of 100 within its section."""

    id: str
    section: str
    text: str
    focus: str
    weight: int


class EvaluatorScore(NamedTuple):
    """One evaluator's score of one answer, 0 to 5; None where the evaluator did not score."""

    evaluator: str
    role: str
    question: str
    score: int | None
    note: str


@dataclass
class Bid:
    """One bid. `price` is in pence ex VAT; `agreed` holds the moderated score, 0 to 5, for each question."""

    id: str
    supplier: Supplier
    price: int
    received: date
    time: str
    on_time: bool
    agreed: dict[str, int] = field(default_factory=dict)
    scores: list[EvaluatorScore] = field(default_factory=list)

    def section_score(self, questions: list[Question], section: str) -> int | None:
        """Points of 100 for a section: the agreed scores, weighted. None for a bid that was not evaluated."""
        if not self.agreed:
            return None
        points = Fraction(
            sum(q.weight * self.agreed[q.id] for q in questions if q.section == section), 5
        )  # a score of 5 earns the whole weight
        assert points.denominator == 1
        return int(points)


@dataclass
class Procurement:
    """One procurement. Values are in pounds ex VAT, weights in points of 100."""

    id: str
    ocid: str
    service: Service
    value: int
    months: int
    extension_months: int
    published: date
    deadline: date
    award_decided: date
    signed: date
    start: date
    price_weight: int = 0
    quality_weight: int = 0
    social_value_weight: int = 0
    formula: str = ""
    social_value_shown: bool = True
    questions: list[Question] = field(default_factory=list)
    bids: list[Bid] = field(default_factory=list)
    status: str = "awarded"
    winner: Bid | None = None
    kpis_published: bool = False

    @property
    def light_touch(self) -> bool:
        """Whether the light touch rules cover the service."""
        return self.service.cpv.startswith(words.LIGHT_TOUCH)

    @property
    def end(self) -> date:
        """Last day of the contract without its extensions."""
        return add_months(self.start, self.months) - timedelta(days=1)

    @property
    def value_with_extensions(self) -> int:
        """Estimated value with every option to extend taken up, £ ex VAT."""
        return self.value * (self.months + self.extension_months) // self.months

    @property
    def above_threshold(self) -> bool:
        """Whether the estimate, with VAT and extensions, reaches the threshold of its day for a council."""
        kind = "light-touch services" if self.light_touch else self.service.category
        return self.value_with_extensions * 6 >= _threshold(kind, self.published) * 5


@cache
def _threshold(kind: str, day: date) -> Decimal:
    return threshold("council", kind, day)


def price_score(price: int, lowest: int, formula: str) -> Fraction:
    """Points of 100 for a price under one of the two formulas Calderbrook publishes."""
    if formula == "relative":
        return Fraction(100 * lowest, price)
    return max(Fraction(0), 100 - Fraction(100 * (price - lowest), lowest))


def total_scores(procurement: Procurement) -> dict[str, Fraction]:
    """Score each bid received on time, points of 100, under the weights and formula of the tender notice.

    Returns
    -------
    dict
        Bid id to total score. Late bids are not in it.
    """
    evaluated = [bid for bid in procurement.bids if bid.on_time]
    lowest = min(bid.price for bid in evaluated)
    totals = {}
    for bid in evaluated:
        quality = bid.section_score(procurement.questions, "quality")
        social = bid.section_score(procurement.questions, "social value")
        assert quality is not None
        assert social is not None
        totals[bid.id] = (
            procurement.price_weight * price_score(bid.price, lowest, procurement.formula)
            + procurement.quality_weight * quality
            + procurement.social_value_weight * social
        ) / 100
    return totals


def _values(draws: Draws) -> list[int]:
    """Draw contract values, £ ex VAT, lognormal, in loose order of size to match the list of services."""
    drawn = [
        max(SMALLEST_VALUE, exp(log(MEDIAN_VALUE) + SIGMA * normal_quantile(u)))
        for u in draws.spread(len(words.SERVICES))
    ]
    steps = [5_000 if value > 100_000 else 1_000 for value in drawn]
    rounded = [int(value / step + 0.5) * step for value, step in zip(drawn, steps, strict=True)]
    order = sorted(range(len(rounded)), key=lambda i: (i + draws.uniform(-6, 6), i))
    return [rounded[i] for i in order]


def _timeline(draws: Draws, published: date) -> tuple[date, date, date, date, date]:
    """Draw the days of the tender notice, deadline, award decision, signature and start."""
    published = working_day(published)
    deadline = working_day(published + timedelta(days=draws.whole(28, 42)))
    decided = working_day(deadline + timedelta(days=draws.whole(35, 70)))
    signed = working_day(decided + timedelta(days=draws.whole(10, 30)))
    start = next_month(signed + timedelta(days=draws.whole(5, 45)))
    return published, deadline, decided, signed, start


def _questions(draws: Draws) -> list[Question]:
    quality = draws.shuffled(words.QUALITY_QUESTIONS)[:4]
    social = draws.shuffled(words.SOCIAL_VALUE_QUESTIONS)[:2]
    return [
        *(Question(f"Q{i}", "quality", text, focus, 25) for i, (text, focus) in enumerate(quality, 1)),
        *(Question(f"S{i}", "social value", text, focus, 50) for i, (text, focus) in enumerate(social, 1)),
    ]


def _split(draws: Draws, total: int, parts: int) -> list[int]:
    """Split a total into whole scores of 0 to 5, as even as chance allows."""
    scores = [total // parts] * parts
    for i in draws.shuffled(range(parts))[: total % parts]:
        scores[i] += 1
    giver, taker = draws.whole(0, parts - 1), draws.whole(0, parts - 1)
    if giver != taker and scores[giver] > 1 and scores[taker] < 5:
        scores[giver] -= 1
        scores[taker] += 1
    return scores


def _bidders(draws: Draws, service: Service, suppliers: list[Supplier], count: int) -> list[Supplier]:
    own_trade = "services" if service.category == "services" else service.category
    social = (
        5.0 if service.cpv.startswith(words.LIGHT_TOUCH) else 0.5 if service.category == "services" else 0.03
    )
    pool = suppliers[len(NAMED) :]
    chosen: list[Supplier] = []
    while len(chosen) < count:
        weights = [
            0.0 if s in chosen else social if s.kind == SOCIAL else 3.0 if s.kind == own_trade else 0.15
            for s in pool
        ]
        chosen.append(draws.weighted(pool, weights))
    return chosen


def _price(draws: Draws, level: float) -> int:
    """Draw a bid price in pence; whole tens of pounds, or odd pence (still exact with VAT) now and then."""
    factor = OUTLIER_LEVEL if draws.chance(OUTLIER_CHANCE) else 1 + draws.uniform(-PRICE_SPREAD, PRICE_SPREAD)
    pence = level * factor * 100
    return int(pence / 5) * 5 if draws.chance(0.1) else int(pence / 1000 + 0.5) * 1000


def _draw_bids(draws: Draws, procurement: Procurement, suppliers: list[Supplier]) -> list[Bid]:
    moderation = procurement.service.title == MODERATION_CASE
    count = 6 if moderation else draws.weighted(BID_COUNTS, BID_WEIGHTS)
    level = procurement.value * draws.uniform(*PRICE_LEVEL)
    bids = []
    for i, supplier in enumerate(_bidders(draws, procurement.service, suppliers, count), 1):
        late = i > 2 and not moderation and draws.chance(0.05)
        received = procurement.deadline - timedelta(
            days=0 if late else min(draws.whole(0, 9), draws.whole(0, 9))
        )
        time = (
            f"12:{draws.whole(1, 48):02d}:00"
            if late
            else f"{draws.whole(8, 11):02d}:{draws.whole(0, 59):02d}:00"
        )
        bid = Bid(f"{procurement.id}-B{i}", supplier, _price(draws, level), received, time, not late)
        if bid.on_time:
            quality = min(18, max(10, round(draws.normal(14, 2))))
            lead = 1.2 * supplier.vcse + 0.8 * (supplier.base == "calderbrook")
            social = min(10, max(2, round(draws.normal(5.2 + lead, 1.7))))
            scores = _split(draws, quality, 4) + _split(draws, social, 2)
            bid.agreed = {q.id: s for q, s in zip(procurement.questions, scores, strict=True)}
            if moderation:
                bid.agreed["S1"] = MODERATION_AGREED[i - 1]
        bids.append(bid)
    return bids


def _named_case() -> Procurement:
    """Build the case the course runs on: four bids, not yet awarded."""
    questions = [
        *(
            Question(f"Q{i}", "quality", text, focus, weight)
            for i, ((text, focus), weight) in enumerate(
                zip(words.QUALITY_QUESTIONS[:4], (40, 30, 20, 10), strict=True), 1
            )
        ),
        *(
            Question(f"S{i}", "social value", text, focus, weight)
            for i, ((text, focus), weight) in enumerate(
                zip(
                    (
                        words.SOCIAL_VALUE_QUESTIONS[0],
                        words.SOCIAL_VALUE_QUESTIONS[1],
                        words.SOCIAL_VALUE_QUESTIONS[3],
                    ),
                    (50, 25, 25),
                    strict=True,
                ),
                1,
            )
        ),
    ]
    deadline = date(2026, 10, 16)
    agreed = {
        "S01": (235_000_000, (4, 3, 2, 3, 3, 3, 2)),
        "S02": (255_000_000, (4, 4, 3, 3, 4, 5, 4)),
        "S03": (280_000_000, (5, 4, 4, 3, 4, 3, 3)),
        "S04": (175_000_000, (2, 2, 2, 3, 1, 1, 1)),
    }
    bids = [
        Bid(
            f"{NAMED_CASE}-B{i}",
            supplier,
            agreed[supplier.id][0],
            deadline - timedelta(days=(3, 1, 0, 0)[i - 1]),
            ("15:20:00", "16:05:00", "09:12:00", "11:48:00")[i - 1],
            True,
            {q.id: s for q, s in zip(questions, agreed[supplier.id][1], strict=True)},
        )
        for i, supplier in enumerate(NAMED, 1)
    ]
    return Procurement(
        NAMED_CASE,
        "ocds-calder-026100",
        words.SUPPORTED_LIVING,
        2_750_000,
        36,
        24,
        date(2026, 9, 7),
        deadline,
        date(2026, 12, 14),
        date(2027, 1, 18),
        date(2027, 4, 1),
        40,
        50,
        10,
        "relative",
        True,
        questions,
        bids,
        "evaluating",
    )


def _note(draws: Draws, focus: str, score: int) -> str:
    return draws.pick(words.NOTES[score]).format(focus=focus)


def _score_sheets(seed: int, procurements: list[Procurement]) -> None:
    """Draw each evaluator's own scores around the agreed ones, with a note for each."""
    draws = Draws(seed, 4)
    for procurement in procurements:
        leniency = [draws.normal(0, 0.35) for _ in words.EVALUATOR_ROLES]
        for position, bid in enumerate(bid for bid in procurement.bids if bid.on_time):
            for question in procurement.questions:
                for i, role in enumerate(words.EVALUATOR_ROLES):
                    own = bid.agreed[question.id] + leniency[i] + draws.normal(0, 0.55)
                    score = min(5, max(0, int(own + 0.5) if own > 0 else 0))
                    if procurement.service.title == MODERATION_CASE and question.id == "S1":
                        score = MODERATION_SCORES[position][i]
                    note = _note(draws, question.focus, score)
                    bid.scores.append(EvaluatorScore(f"E{i + 1}", role, question.id, score, note))


def draw_procurements(seed: int) -> list[Procurement]:
    """Draw every procurement, in the order they were published, the named case last.

    Parameters
    ----------
    seed
        The seed of the whole data set.

    Returns
    -------
    list of Procurement
        Sixty with bids, four that have no bids yet, and the named case.
    """
    suppliers = draw_suppliers(seed)
    draws = Draws(seed, 2)
    values = _values(draws)
    first = date(2025, 2, 24)
    # More of them early on, so that a fair number have a year of delivery behind them.
    days = draws.shuffled([int(505 * u**1.5) for u in draws.spread(len(values))])
    drawn = []
    for service, value, day in zip(words.SERVICES, values, days, strict=True):
        day = 14 if service.title == DELIVERY_CASE else day
        months = (
            draws.pick((12, 24, 36, 36)) if service.category == "services" else draws.pick((6, 12, 12, 24))
        )
        extension = draws.pick((0, 12, 24)) if service.category == "services" else 0
        if service.title == DELIVERY_CASE:
            months, extension = 36, 12
        dates = _timeline(draws, first + timedelta(days=day))
        drawn.append(Procurement("", "", service, value, months, extension, *dates))
    drawn.sort(key=lambda p: (p.published, words.SERVICES.index(p.service)))
    for i, procurement in enumerate(drawn, 1):
        year = procurement.published.year
        number = i - sum(p.published.year < year for p in drawn)
        procurement.id = f"CB-{year}-{number:03d}"
        procurement.ocid = f"ocds-calder-{year % 1000:03d}{number:03d}"
        _decide(Draws(seed, 3, i), procurement, suppliers)
    everything = [*drawn, *_without_bids(seed), _named_case()]
    _score_sheets(seed, [p for p in everything if p.bids])
    return everything


def _decide(draws: Draws, procurement: Procurement, suppliers: list[Supplier]) -> None:
    """Draw weights, questions and bids, and find the winner."""
    procurement.social_value_weight = draws.pick(SOCIAL_VALUE_WEIGHTS)
    procurement.price_weight = draws.pick(PRICE_WEIGHTS)
    procurement.quality_weight = 100 - procurement.price_weight - procurement.social_value_weight
    procurement.formula = draws.weighted(("relative", "linear"), (80, 20))
    procurement.social_value_shown = not draws.chance(0.12)
    procurement.questions = _questions(draws)
    procurement.bids = _draw_bids(draws, procurement, suppliers)
    if procurement.service.title == UNDERESTIMATED_CASE:
        procurement.value = procurement.value * 3 // 4 // 1000 * 1000
    totals = total_scores(procurement)
    procurement.winner = max(
        (bid for bid in procurement.bids if bid.on_time), key=lambda bid: (totals[bid.id], -bid.price, bid.id)
    )
    # Three published indicators are a duty above £5 million outside the light touch rules (Procurement Act
    # 2023, section 52); below it, some councils publish them by choice.
    duty = procurement.value_with_extensions * 6 > 5_000_000 * 5 and not procurement.light_touch
    procurement.kpis_published = draws.chance(0.5) or duty or procurement.service.title == DELIVERY_CASE
    if procurement.award_decided > SNAPSHOT:
        procurement.status, procurement.winner = "evaluating", None


def _without_bids(seed: int) -> list[Procurement]:
    """Draw the procurements that are planned or open for bids on the day of the snapshot."""
    draws = Draws(seed, 5)
    result = []
    for i, (service, status, value, day) in enumerate(
        zip(
            words.NOT_YET_BID,
            ("open", "planned", "open", "planned"),
            (480_000, 3_900_000, 182_000, 5_600_000),
            (date(2026, 10, 29), date(2027, 2, 1), date(2026, 11, 9), date(2027, 1, 11)),
            strict=True,
        ),
        1,
    ):
        procurement = Procurement("", "", service, value, 36, 0, *_timeline(draws, day))
        procurement.id, procurement.ocid = f"CB-2026-{100 + i}", f"ocds-calder-026{100 + i}"
        procurement.status = status
        if status == "open":
            procurement.social_value_weight = draws.pick(SOCIAL_VALUE_WEIGHTS)
            procurement.price_weight = draws.pick(PRICE_WEIGHTS)
            procurement.quality_weight = 100 - procurement.price_weight - procurement.social_value_weight
            procurement.formula = "relative"
            procurement.questions = _questions(draws)
        result.append(procurement)
    return result
