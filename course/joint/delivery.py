"""What a contract delivers, quarter by quarter: a small model of a bid's money and promises, with a seed.

Its assumptions are those of `ASSUMPTIONS`, which anybody may read. It looks at what a bid budgets against
what its promises honestly cost (`case`), and at nothing else: not at who bids, nor where they come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from random import Random
from typing import Any

from course.joint.case import QUARTERS, Case

ASSUMPTIONS = (
    "A commitment is delivered evenly until its date, as far as its budget pays for it at the honest cost.",
    "A service run below its honest cost delivers less of everything, in proportion.",
    "Each quarter chance moves each commitment by up to a tenth, either way.",
    "After its date a commitment goes on only if an improvement plan or making good was agreed.",
    "Such an agreement fills half of what the budget leaves out; the provider pays its honest cost.",
    "Six in ten of those helped would not have got there otherwise; carbon and spend count whole.",
    "The like area without the contract moves by chance, up to 1% of its start each quarter.",
)
# How far one unit moves its outcome: what would have happened anyway is taken off.
EFFECT = {"jobs": 0.6, "placements": 0.6, "apprentices": 0.6, "sessions": -0.02, "carbon": -1.0, "local": 1.0}
BASE_QUALITY, RUN_QUALITY = 20.0, 40.0  # points of 100: for being there, and for a service fully paid for
PLAN_QUALITY = 40.0  # for a plan that uses all that the case offers, fully paid for


def quarter(
    case: Case,
    bidder: str,
    bid: Mapping[str, Any],
    quarter: int,
    seed: int,
    earlier: list[dict[str, Any]],
    remedies: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return what one quarter brings; the same arguments always give the same.

    Parameters
    ----------
    case, bidder, bid
        What was bought, from whom, and the bid as its move holds it (£ ex VAT).
    quarter, seed : int
        1 to 4, and what chance is drawn from.
    earlier : list of dict
        The results of the quarters before.
    remedies : list of dict
        Those agreed so far: quarter, offer, kind, text, amount.

    Returns
    -------
    dict
        quarter; commitments (offer, promised, due_now, delivered, said; cumulative, in the offer's unit);
        outcomes (outcome, actual, comparator; levels now); quality (0 to 100); events (sentences); money
        (spent, mended and surplus so far, £ ex VAT; mended is what agreements to make good have cost).
    """
    run = _share(bid["running"], case.bidder(bidder).running)
    done = {line["offer"]: line["delivered"] for line in earlier[-1]["commitments"]} if earlier else {}
    lines = [
        _commitment(case, line, quarter, seed, run, done.get(line["offer"], 0.0), remedies)
        for line in bid["commitments"]
    ]
    mended = earlier[-1]["money"].get("mended", 0) if earlier else 0  # tables of before have none
    mended += sum(
        _mending(case, line, after, done, remedies)
        for line, after in zip(bid["commitments"], lines, strict=True)
    )
    behind = [case.offer(line["offer"]).name for line in lines if line["delivered"] < 0.8 * line["due_now"]]
    events = [f"Behind what was promised: {name}." for name in behind] or ["Nothing is behind its promise."]
    held = sum(r["amount"] or 0 for r in remedies if r["kind"] == "withhold")
    budget = bid["running"] + sum(line["cost"] for line in [*bid["plan"], *bid["commitments"]])
    spent = budget * quarter / QUARTERS
    return {
        "quarter": quarter,
        "commitments": lines,
        "outcomes": _outcomes(case, lines, quarter, seed),
        "quality": round(_quality(case, bid, run), 1),
        "events": events,
        "money": {
            "spent": round(spent + mended),
            "mended": round(mended),
            "surplus": round(bid["price"] * quarter / QUARTERS - spent - mended - held),
        },
    }


def _commitment(
    case: Case,
    line: Mapping[str, Any],
    quarter: int,
    seed: int,
    run: float,
    before: float,
    remedies: list[dict[str, Any]],
) -> dict[str, Any]:
    offer, due = case.offer(line["offer"]), case.quarter_of(line["date"])
    funded = _share(line["cost"], line["quantity"] * offer.cost)
    mending = _is_mended(offer.id, remedies)
    chance = _drawn(seed, offer.id, quarter).uniform(0.9, 1.1)
    pace = funded + 0.5 * (1 - funded) * mending
    step = line["quantity"] / due * pace * run * chance if quarter <= due or mending else 0.0
    delivered = round(min(line["quantity"], before + step), 2)
    wanted = round(line["quantity"] * min(1, quarter / due), 2)
    return {
        "offer": offer.id,
        "promised": line["quantity"],
        "due_now": wanted,
        "delivered": delivered,
        "said": f"{delivered:g} of {wanted:g} {offer.unit} due by now.",
    }


def _is_mended(offer: str, remedies: list[dict[str, Any]]) -> bool:
    return any(r["offer"] == offer and r["kind"] in ("improvement_plan", "make_good") for r in remedies)


def _mending(
    case: Case,
    line: Mapping[str, Any],
    after: Mapping[str, Any],
    before: Mapping[str, float],
    remedies: list[dict[str, Any]],
) -> float:
    """Return what a quarter's part of a line that is made good cost beyond the line's own budget."""
    offer = case.offer(line["offer"])
    if not _is_mended(offer.id, remedies):
        return 0.0
    funded = _share(line["cost"], line["quantity"] * offer.cost)
    pace = funded + 0.5 * (1 - funded)
    return (after["delivered"] - before.get(offer.id, 0.0)) * (1 - funded / pace) * offer.cost


def _outcomes(case: Case, lines: list[dict[str, Any]], quarter: int, seed: int) -> list[dict[str, Any]]:
    rows = []
    for outcome in case.outcomes:
        drift = sum(_drawn(seed, f"area-{outcome.id}", q).uniform(-0.01, 0.01) for q in range(1, quarter + 1))
        added = sum(
            line["delivered"] * EFFECT[line["offer"]]
            for line in lines
            if case.offer(line["offer"]).outcome == outcome.id
        )
        rows.append(
            {
                "outcome": outcome.id,
                "actual": round(outcome.baseline * (1 + drift) + added, 2),
                "comparator": round(outcome.comparator * (1 + drift), 2),
            }
        )
    return rows


def _quality(case: Case, bid: Mapping[str, Any], run: float) -> float:
    worth = sum(
        line["quantity"] / item.most * _share(line["cost"], line["quantity"] * item.cost)
        for line in bid["plan"]
        for item in [case.item(line["item"])]
    )
    return BASE_QUALITY + RUN_QUALITY * run + PLAN_QUALITY * worth / len(case.plan)


def _share(budget: float, cost: float) -> float:
    return min(1.0, budget / cost) if cost > 0 else 1.0


def _drawn(seed: int, what: str, quarter: int) -> Random:
    return Random(sha256(f"{seed}|{what}|{quarter}".encode()).digest())
