"""What was promised on each contract, and what was delivered, quarter by quarter."""

from dataclasses import dataclass
from datetime import date, timedelta

from course.tenders.calderbrook import vocabulary as words
from course.tenders.calderbrook.dates import add_months
from course.tenders.calderbrook.draws import Draws
from course.tenders.calderbrook.procurements import DELIVERY_CASE, Procurement

LAST_QUARTER_END = date(2026, 10, 31)
# A year's delivery as a share of its target, lowest share first; the ids are those of the UK OCDS extension.
RATINGS = (
    (0.50, "Inadequate", "significantlyBelow"),
    (0.80, "Requires improvement", "below"),
    (0.95, "Approaching target", "slightlyBelow"),
    (float("inf"), "Good", "met"),
)
UNREPORTED = ("Other", "other")
# The year that the lesson on contract management works with: theme, target and actual by quarter.
DELIVERY_CASE_YEAR = (
    (words.PROMISES[1], (1, 1, 2, 2), (0, 1, 1, 2)),
    (words.PROMISES[2], (10, 10, 10, 10), (8, 11, 12, 12)),
    (words.PROMISES[8], (5, 5, 5, 5), (4, 5, 5, 6)),
    (words.PROMISES[6], (6, 8, 8, 8), (2, 3, 3, 4)),
)


@dataclass
class DeliveryRecord:
    """One promise in one quarter of a contract; `actual` is None where nothing was reported."""

    procurement: Procurement
    promise_id: str
    promise: words.Promise
    kpi_id: str
    yearly: int
    quarter: int
    start: date
    end: date
    target: int
    actual: int | None
    reported: date | None
    rating: str = ""


def rate(actual: int, target: int) -> tuple[str, str]:
    """Rate a year's delivery against its target.

    Returns
    -------
    tuple of str
        The rating's name, and its id in the UK OCDS extension. The bands are Calderbrook's own: Good from
        95 % of target, Approaching target from 80 %, Requires improvement from 50 %, Inadequate below.
    """
    share = actual / target
    return next((name, code) for limit, name, code in RATINGS if share < limit)


def rate_year(year: list[DeliveryRecord]) -> tuple[str, str]:
    """Rate four quarters of one promise; "Other" where a quarter was not reported."""
    actuals = [record.actual for record in year if record.actual is not None]
    return (
        UNREPORTED if len(actuals) < len(year) else rate(sum(actuals), sum(record.target for record in year))
    )


def _yearly_promises(draws: Draws, procurement: Procurement) -> list[tuple[words.Promise, int]]:
    """Choose three to five promises and size each to the contract's yearly value."""
    assert procurement.winner is not None
    yearly = procurement.winner.price / 100 * 12 / procurement.months / 1_000_000
    count = 3 + (yearly > 0.1) + (yearly > 0.4)
    chosen = draws.shuffled(words.PROMISES)[:count]
    return [
        (
            promise,
            max(promise.smallest * 2, int(yearly * promise.per_million * draws.uniform(0.7, 1.4) + 0.5)),
        )
        for promise in chosen
    ]


def _quarters(total: int) -> list[int]:
    """Split a year's target over four quarters in whole numbers, later quarters first to round up."""
    return [total * q // 4 - total * (q - 1) // 4 for q in (1, 2, 3, 4)]


def draw_delivery(seed: int, procurements: list[Procurement]) -> list[DeliveryRecord]:
    """Draw the quarterly delivery records of every contract with a full quarter behind it.

    Parameters
    ----------
    seed
        The seed of the whole data set.
    procurements
        From `draw_procurements`.

    Returns
    -------
    list of DeliveryRecord
        By contract, promise and quarter. The fourth quarter of a year carries the year's rating.
    """
    records = []
    for position, procurement in enumerate(procurements):
        if procurement.winner is None:
            continue
        draws = Draws(seed, 6, position)
        case = procurement.service.title == DELIVERY_CASE
        reliability = min(1.15, max(0.35, draws.normal(0.96, 0.16)))
        promises = (
            [(promise, sum(targets)) for promise, targets, _ in DELIVERY_CASE_YEAR]
            if case
            else _yearly_promises(draws, procurement)
        )
        for number, (promise, yearly) in enumerate(promises, 1):
            kept = reliability * draws.uniform(0.85, 1.2) * (0.8 if promise.theme == "carbon" else 1)
            kpi = f"KPI-{number}" if procurement.kpis_published and number <= 4 else ""
            for quarter in range(1, 9):
                start = add_months(procurement.start, 3 * (quarter - 1))
                end = add_months(start, 3) - timedelta(days=1)
                if end > LAST_QUARTER_END or end > procurement.end:
                    break
                target = _quarters(yearly)[(quarter - 1) % 4]
                slow_start = 0.7 if quarter == 1 else 1.0
                actual = max(0, int(target * kept * slow_start * draws.uniform(0.6, 1.4) + draws.uniform()))
                missing = draws.chance(0.03) and not case
                if case and quarter <= 4:
                    target = DELIVERY_CASE_YEAR[number - 1][1][quarter - 1]
                    actual = DELIVERY_CASE_YEAR[number - 1][2][quarter - 1]
                records.append(
                    DeliveryRecord(
                        procurement,
                        f"P{number}",
                        promise,
                        kpi,
                        yearly,
                        quarter,
                        start,
                        end,
                        target,
                        None if missing else actual,
                        None if missing else end + timedelta(days=draws.whole(6, 27)),
                    )
                )
                if quarter % 4 == 0:
                    records[-1].rating = rate_year(records[-4:])[0]
    return records
