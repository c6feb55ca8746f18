"""How empty seats are played. Each strategy is one entry of `STRATEGIES`; nothing is drawn or hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from course.joint.case import Case


class Strategy(NamedTuple):
    """What a house puts into its bid: plan and commitments by quantity, and the share of costs it budgets.

    `margin` is surplus as a share of its budgets; `honesty` is the share (0 to 1) of the honest cost of its
    plan and commitments that it budgets.
    """

    plan: dict[str, int]
    commitments: dict[str, int]
    margin: float
    honesty: float
    asks: str
    about: str


STRATEGIES = {
    "alder": Strategy(
        {"training": 2, "keyworkers": 1},
        {"jobs": 4, "placements": 8},
        0.04,
        0.9,
        "How many tenants need support at night?",
        "A middle price, a modest plan, and a little less money than its promises cost.",
    ),
    "birch": Strategy(
        {"keyworkers": 2, "panel": 1, "training": 2},
        {"jobs": 8, "sessions": 150, "local": 100},
        0.03,
        1.0,
        "May commitments start in the second quarter, once people have been found?",
        "Many commitments, each budgeted at what it costs.",
    ),
    "cedar": Strategy(
        {"keyworkers": 4, "night": 2, "training": 4, "records": 1},
        {"apprentices": 5, "carbon": 40},
        0.06,
        1.0,
        "Which figures will be asked for each quarter?",
        "A dear bid with the strongest plan, budgeted at what it costs.",
    ),
    "dogwood": Strategy(
        {"training": 1},
        {"jobs": 12, "placements": 20},
        0.02,
        0.4,
        "Is the lowest price likely to win?",
        "A low price and large promises on less than half of the money they need.",
    ),
    "elm": Strategy(
        {"keyworkers": 2, "training": 3},
        {"jobs": 6, "sessions": 100},
        0.03,
        1.0,
        "Do staff who live here already count as local?",
        "A fair price, and commitments budgeted at what they cost.",
    ),
}


def question(case: Case, bidder: str, need: Mapping[str, Any], seed: int) -> str | None:
    """Return what a house asks at market engagement."""
    return STRATEGIES[bidder].asks


def bid(
    case: Case, bidder: str, need: Mapping[str, Any], criteria: Mapping[str, Any], seed: int
) -> dict[str, Any] | None:
    """Return a house's bid (£ ex VAT), or None if its budgets are above the published ceiling."""
    return bid_by(STRATEGIES[bidder], case, bidder, criteria)


def bid_by(plays: Strategy, case: Case, bidder: str, criteria: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the bid (£ ex VAT) of a bidder who plays a strategy, or None if it is above the ceiling."""
    running = case.bidder(bidder).running
    plan: list[dict[str, Any]] = [
        {"item": id, "quantity": n, "cost": round(n * case.item(id).cost * plays.honesty)}
        for id, n in plays.plan.items()
    ]
    commitments: list[dict[str, Any]] = [
        {
            "offer": id,
            "quantity": n,
            "cost": round(n * case.offer(id).cost * plays.honesty),
            "owner": "Contract manager",
            "measure": case.offer(id).measure,
            "date": case.quarter_ends(4).isoformat(),
        }
        for id, n in plays.commitments.items()
    ]
    costs = running + sum(line["cost"] for line in [*plan, *commitments])
    if costs > criteria["ceiling"]:
        return None
    price = min(criteria["ceiling"], round(costs * (1 + plays.margin), -3))
    story = " ".join(case.item(id).about for id in plays.plan)
    return {"price": price, "running": running, "plan": plan, "commitments": commitments, "story": story}


def marks(
    case: Case, bids: Mapping[str, Mapping[str, Any]], criteria: Mapping[str, Any], evaluator: str, seed: int
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return a house evaluator's marks out of 5, with reasons, by bidder and criterion.

    Quality is how much of the plan the case offers is planned and paid for, against £200,000; social value
    is the same of the commitments, against £120,000. What a line's budget does not pay for at its honest cost
    counts for nothing. Either loses a mark more where its budget is below three quarters of that cost.
    """
    given = {}
    for bidder, shown in bids.items():
        planned = [(line["cost"], line["quantity"] * case.item(line["item"]).cost) for line in shown["plan"]]
        offered = [
            (line["cost"], line["quantity"] * case.offer(line["offer"]).cost) for line in shown["commitments"]
        ]
        given[bidder] = {
            "quality": _mark(planned, 200_000, "plan"),
            "social_value": _mark(offered, 120_000, "commitments"),
        }
    return given


def _mark(lines: list[tuple[float, float]], full: float, what: str) -> dict[str, Any]:
    budget, worth = (sum(column) for column in zip(*lines, strict=True)) if lines else (0.0, 0.0)
    paid = sum(min(line) for line in lines)
    thin = worth > 0 and budget < 0.75 * worth
    mark = max(0, min(5, 1 + round(4 * paid / full)) - thin) if lines else 0
    says = f"The {what} would cost £{worth:,.0f} and the bid sets out £{budget:,.0f} for it."
    return {"mark": mark, "reason": says if lines else f"The bid says nothing on {what}."}


def reply(
    case: Case,
    bidder: str,
    bid: Mapping[str, Any],
    remedy: Mapping[str, Any],
    quarters: list[dict[str, Any]],
    seed: int,
) -> dict[str, Any]:
    """Return a house's answer: it agrees to all but holding back more than the line is budgeted at."""
    budget = next((line["cost"] for line in bid["commitments"] if line["offer"] == remedy["offer"]), 0)
    accept = remedy["kind"] != "withhold" or (remedy["amount"] or 0) <= budget
    return {"accept": accept, "text": "Agreed." if accept else "That is more than the commitment costs."}
