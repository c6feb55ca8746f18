"""Whether the joint table favours anybody: many whole games played by code, by the table's own rules.

In each world every bidder's plan, promises and margin are drawn by lot, more of what is weighted more; house
evaluators mark, the rule awards, a year is delivered. `rules_compared` sets rules side by side,
`truth_compared` honest promises beside promises without their money. `python -m course.joint.balance` prints
both.

The commissioner is firm (`REMEDY`), and remembers: who kept fewer than half of the promises is left out of
the next procurement. The Procurement Act 2023 lets a buyer leave out a supplier for poor performance
(Schedule 7, in force since 24 February 2025; check before relying on this).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import pandas as pd

from course import weighting
from course.joint import delivery, houses
from course.joint.case import QUARTERS, Case
from course.joint.result import POINTS_A_MARK

SOCIAL_WEIGHTS = (0, 10, 20, 30, 60)
EXTRA, LOT = 500_000, 12_000  # £ ex VAT
FORMULAS = tuple(name for name in weighting.FORMULAS if name != "price_per_quality_point")
BEHIND = 0.8  # of what is due
REMEDY = (
    "A commitment more than a fifth behind gets an improvement plan; if it still is after the third quarter, "
    "what is missing is held back at its honest cost, up to the line's budget."
)
HONESTY = (1.0, 0.9, 0.7, 0.5)


def strategy(
    case: Case, weights: Mapping[str, float], drawn: Random, honesty: float = 1.0
) -> houses.Strategy:
    """Return a way to bid, drawn by lot, that puts money where the points are.

    The lower the weight of price, the more is added to the bare service (`EXTRA` at most, £ ex VAT); it goes
    to plan and commitments as quality and social value are weighted, two fifths more or less. The margin is
    1% to 6%.
    """
    extra = drawn.uniform(0.3, 1) * EXTRA * (100 - weights["price"]) / 100
    share = weights["social_value"] / (weights["social_value"] + weights["quality"])
    share = min(1.0, share * drawn.uniform(0.6, 1.4))
    return houses.Strategy(
        plan=_bought(case.plan, extra * (1 - share), drawn),
        commitments=_bought(case.offers, extra * share, drawn),
        margin=drawn.uniform(0.01, 0.06),
        honesty=honesty,
        asks="",
        about="",
    )


def _bought(things: Sequence[Any], money: float, drawn: Random) -> dict[str, int]:
    """Choose things by lot, `LOT` of money of each at a time, until no more can be paid for."""
    bought = dict.fromkeys((thing.id for thing in things), 0)
    while left := [t for t in things if bought[t.id] < t.most and t.cost <= money]:
        thing = drawn.choice(left)
        number = min(thing.most - bought[thing.id], max(1, int(min(money, LOT) // thing.cost)))
        bought[thing.id] += number
        money -= number * thing.cost
    return {id: number for id, number in bought.items() if number}


def bids_of(case: Case, plays: Mapping[str, houses.Strategy], face_value: bool = False) -> pd.DataFrame:
    """Return the bids of a world, marked by a house evaluator.

    At face value the evaluator takes every promise as paid for, and does not look at its budget.

    Returns
    -------
    DataFrame
        One row a bid under the ceiling: bidder, price (£ ex VAT), quality and social_value (points of 100),
        bid (as its move holds it).
    """
    made = {bidder: houses.bid_by(plan, case, bidder, case.criteria) for bidder, plan in plays.items()}
    kept = {bidder: bid for bidder, bid in made.items() if bid is not None}
    shown = {bidder: _as_if_paid(case, bid) for bidder, bid in kept.items()} if face_value else kept
    marks = houses.marks(case, shown, case.criteria, "evaluator-1", 0)
    return pd.DataFrame(
        [
            {"bidder": bidder, "price": bid["price"], "bid": bid}
            | {name: POINTS_A_MARK * given["mark"] for name, given in marks[bidder].items()}
            for bidder, bid in kept.items()
        ]
    )


def _as_if_paid(case: Case, bid: Mapping[str, Any]) -> dict[str, Any]:
    plan = [line | {"cost": line["quantity"] * case.item(line["item"]).cost} for line in bid["plan"]]
    offers = [
        line | {"cost": line["quantity"] * case.offer(line["offer"]).cost} for line in bid["commitments"]
    ]
    return {**bid, "plan": plan, "commitments": offers}


def winner(case: Case, bids: pd.DataFrame, social: float, formula: str) -> str:
    """Return who wins at a weight of social value (points of 100) under a price formula; "" if nobody may.

    Price : quality stays as the case has it. A bid below the least quality is left out first; a tie goes to
    the lower price.
    """
    able = bids[bids["quality"] >= case.criteria["min_quality"]]
    if able.empty:
        return ""
    weights = weighting.reweigh(case.criteria["weights"], social)
    scores = weighting.price_scores(able["price"].astype(float), formula, case.ceiling, case.floor)
    total = scores * weights["price"] + able["quality"] * weights["quality"]
    total = (total + able["social_value"] * weights["social_value"]).round(6)
    best = able[total == total.max()].sort_values("price")
    return str(best["bidder"].iloc[0])


def year(case: Case, bidder: str, bid: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    """Return the four quarters of a contract under a firm commissioner (see `REMEDY`)."""
    quarters: list[dict[str, Any]] = []
    remedies: list[dict[str, Any]] = []
    cost = {line["offer"]: line["cost"] for line in bid["commitments"]}
    for number in range(1, QUARTERS + 1):
        quarters.append(delivery.quarter(case, bidder, bid, number, seed, quarters, remedies))
        for line in quarters[-1]["commitments"]:
            if line["delivered"] >= BEHIND * line["due_now"]:
                continue
            agreed = {"quarter": number, "offer": line["offer"], "text": "", "amount": None}
            remedies.append(agreed | {"kind": "improvement_plan"})
            if number == QUARTERS - 1:
                missing = (line["due_now"] - line["delivered"]) * case.offer(line["offer"]).cost
                remedies.append(agreed | {"kind": "withhold", "amount": min(missing, cost[line["offer"]])})
    return quarters


def kept(quarters: Sequence[Mapping[str, Any]]) -> float:
    """Return the share (0 to 1) of commitments that came to four fifths or more; 1 where there are none."""
    lines = quarters[-1]["commitments"]
    return (
        sum(line["delivered"] >= BEHIND * line["promised"] for line in lines) / len(lines) if lines else 1.0
    )


def worth(case: Case, bid: Mapping[str, Any], quarters: Sequence[Mapping[str, Any]]) -> float:
    """Return what residents have of a contract, 0 to 100: the mean of three parts of equal weight.

    Each runs from nothing added to all that could be: the quality delivered, from a bare service to the whole
    plan; how much of each gap to the case's targets was closed, net of a like area; the money left for other
    services, from the ceiling to the floor.
    """
    bare = delivery.BASE_QUALITY + delivery.RUN_QUALITY
    quality = sum(quarter["quality"] for quarter in quarters) / len(quarters)
    added = min(1.0, max(0.0, (quality - bare) / (100 - bare)))
    levels = {row["outcome"]: row for row in quarters[-1]["outcomes"]}
    closed = []
    for wanted in case.need["outcomes"]:
        outcome = case.outcome(wanted["outcome"])
        now = levels[outcome.id]
        net = (now["actual"] - outcome.baseline) - (now["comparator"] - outcome.comparator)
        closed.append(min(1.0, max(0.0, net / (wanted["target"] - outcome.baseline))))
    left = min(1.0, max(0.0, (case.ceiling - bid["price"]) / (case.ceiling - case.floor)))
    return 100 * (added + sum(closed) / len(closed) + left) / 3


def rules_compared(case: Case, seeds: Sequence[int]) -> pd.DataFrame:
    """Play each world under every rule.

    Returns
    -------
    DataFrame
        One row a world and rule: seed, social_value (weight, points of 100), formula, winner, worth (see
        `worth`).
    """
    rows = []
    for seed in seeds:
        for social in SOCIAL_WEIGHTS:
            weights, drawn = weighting.reweigh(case.criteria["weights"], social), Random(seed)
            bids = bids_of(case, {each.id: strategy(case, weights, drawn) for each in case.bidders})
            table = bids.set_index("bidder")["bid"]
            gained = {"": 0.0}
            for formula in FORMULAS:
                who = winner(case, bids, social, formula)
                if who not in gained:
                    gained[who] = worth(case, table[who], year(case, who, table[who], seed))
                rows.append((seed, social, formula, who, gained[who]))
    return pd.DataFrame(rows, columns=["seed", "social_value", "formula", "winner", "worth"])


def never_worse(played: pd.DataFrame, by: str) -> pd.Series:
    """Return for each rule the share of worlds in which no other rule of its kind gave residents more.

    Parameters
    ----------
    played : DataFrame
        As `rules_compared` gives it.
    by : str
        "social_value" or "formula": what is compared, everything else as it is.
    """
    other = "formula" if by == "social_value" else "social_value"
    table = played.pivot(index=["seed", other], columns=by, values="worth")
    return table.ge(table.max(axis=1) - 1e-9, axis=0).mean()


def truth_compared(
    case: Case,
    seeds: Sequence[int],
    honesty: Sequence[float] = HONESTY,
    procurements: int = 6,
    face_value: bool = False,
) -> pd.DataFrame:
    """Give one bidder a career of procurements, with the same draws, at each level of honesty.

    Every other bidder is honest. Weight and formula are drawn anew for each procurement. For `face_value` see
    `bids_of`.

    Returns
    -------
    DataFrame
        One row a career and level: seed, bidder, honesty (share of the honest cost that is budgeted), won
        (contracts), surplus (£ ex VAT in all), worth (to residents, mean of the contracts won; None if none).
    """
    rows = []
    for seed in seeds:
        bidder = case.bidders[seed % len(case.bidders)].id
        for level in honesty:
            drawn, won, surplus, gains, left_out = Random(seed), 0, 0, [], False
            for number in range(procurements):
                social, formula = drawn.choice(SOCIAL_WEIGHTS), drawn.choice(FORMULAS)
                weights = weighting.reweigh(case.criteria["weights"], social)
                plays = {each.id: strategy(case, weights, drawn) for each in case.bidders}
                plays[bidder] = plays[bidder]._replace(honesty=level)
                if left_out:
                    left_out = False
                    continue
                bids = bids_of(case, plays, face_value)
                if winner(case, bids, social, formula) != bidder:
                    continue
                bid = bids.set_index("bidder")["bid"][bidder]
                quarters = year(case, bidder, bid, 1000 * seed + number)
                won, left_out = won + 1, kept(quarters) < 0.5
                surplus += quarters[-1]["money"]["surplus"]
                gains.append(worth(case, bid, quarters))
            rows.append((seed, bidder, level, won, surplus, sum(gains) / len(gains) if gains else None))
    return pd.DataFrame(rows, columns=["seed", "bidder", "honesty", "won", "surplus", "worth"])


def main() -> None:
    """Print what came of some hundreds of games."""
    from course.joint.case import CALDERBROOK

    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    played = rules_compared(CALDERBROOK, range(number))
    for by in ("social_value", "formula"):
        found = (
            played.groupby(by)["worth"]
            .mean()
            .to_frame("worth")
            .join(never_worse(played, by).rename("never_worse"))
        )
        print(found.round(3).to_string(), end="\n\n")
    awards = played.groupby("winner").agg(awards=("worth", "size"), worth=("worth", "mean"))
    awards["awards"] /= len(played)
    print(awards.round(3).to_string(), end="\n\n")
    for face_value, how in (
        (False, "Evaluators look at budgets"),
        (True, "Evaluators take promises as paid for"),
    ):
        careers = truth_compared(CALDERBROOK, range(number), face_value=face_value)
        found = careers.groupby("honesty")[["won", "surplus", "worth"]].mean().round(2)
        print(f"{how}\n{found.to_string()}", end="\n\n")


if __name__ == "__main__":
    main()
