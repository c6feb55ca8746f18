"""From marks to a result, and what other weights, other formulas and moderation would have made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pandas as pd

from course import moderation, weighting
from course.errors import InputError

if TYPE_CHECKING:
    from course.joint.state import State

CRITERIA = ("quality", "social_value")
POINTS_A_MARK = 20.0  # marks are out of 5, points out of 100
SOCIAL_WEIGHTS = (0, 5, 10, 15, 20, 25, 30)


def marks_given(state: State, criterion: str) -> pd.DataFrame:
    """Return the marks as `course.moderation` takes them: bidders as rows, scoring seats as columns."""
    seats = sorted(state.scores)
    return pd.DataFrame(
        {
            seat: [state.scores[seat].get(b, {}).get(criterion, {}).get("mark") for b in state.bids]
            for seat in seats
        },
        index=list(state.bids),
        dtype=float,
    )


def final_mark(state: State, bidder: str, criterion: str) -> float | None:
    """Return the mark that counts: the agreed one, else the mean of those given, else None."""
    agreed = state.agreed.get(bidder, {}).get(criterion)
    if agreed:
        return float(agreed["mark"])
    given = [s[bidder][criterion]["mark"] for s in state.scores.values() if criterion in s.get(bidder, {})]
    return sum(given) / len(given) if given else None


def outcome(state: State) -> dict[str, Any]:
    """Return the result by the published criteria.

    A bid below the least quality, or not marked, is left out before prices are compared. A tie goes to the
    lower price; if that is the same, it is drawn by lot from the table's seed.

    Returns
    -------
    dict
        `bids`: a list of bidder, price (£ ex VAT), quality, social_value and price_score (points of 100; the
        last is None where there is none), total (points of 100, or £ for each point under price per quality
        point), rank, and excluded (why, or ""). `winner`: a seat or None. `tie`: "" or how it was settled.
    """
    criteria = state.criteria or {}
    rows, least = [], criteria.get("min_quality", 0)
    for bidder, bid in state.bids.items():
        marks = {c: final_mark(state, bidder, c) for c in CRITERIA}
        points = {c: None if mark is None else POINTS_A_MARK * mark for c, mark in marks.items()}
        quality, social = points["quality"], points["social_value"]
        why = ""
        if quality is None or social is None:
            why = "It was not marked on every criterion."
        elif quality < least:
            why = f"Quality is {quality:g} points, below the published least of {least:g}."
        elif criteria["formula"] == "price_per_quality_point" and not _non_price(points, criteria):
            why = "It has no points but for price, so there is no price for each point."
        rows.append({"bidder": bidder, "price": bid["price"], **points, "excluded": why})
    ranked, winner, tie = _ranked([row for row in rows if not row["excluded"]], criteria, state.seed)
    blank = {"price_score": None, "total": None, "rank": None}
    return {
        "bids": [{**row, **ranked.get(row["bidder"], blank)} for row in rows],
        "winner": winner,
        "tie": tie,
    }


def analysis(state: State) -> dict[str, Any]:
    """Return what each rule would have given, from the result that is out.

    Returns
    -------
    dict
        `formulas`: for each formula its label, who wins (a list), and totals by bidder. `weights`: who wins
        at each of `SOCIAL_WEIGHTS`, price : quality as published. `tipping`: for each other bid, the social
        value weight (points of 100, or None) at which it draws level with the winner. `reversals`: bidders
        whose staying away would change who is best among the others. `notch`: what one mark of social value
        is worth, in points and as a share of the lowest price; None where price has no weight of its own.
    """
    if state.result is None or state.criteria is None:
        return {}
    rows = [row for row in state.result["bids"] if not row["excluded"]]
    key = json.dumps([rows, state.criteria, state.result["winner"]], sort_keys=True)
    return json.loads(_analysis(key))  # type: ignore[no-any-return]


def agreement(state: State) -> dict[str, Any]:
    """Return how far the marks agreed before moderation and what it changed, by criterion.

    Returns
    -------
    dict
        By criterion: `alpha` (Krippendorff, ordinal, or None with `why`), `reading`, `first` (bidders to
        moderate first), `spread` (by bidder: mean, lowest, highest, range), `changed` (by bidder: mean before
        and after, once a mark is agreed).
    """
    return {criterion: _agreement_on(state, criterion) for criterion in CRITERIA}


def _agreement_on(state: State, criterion: str) -> dict[str, Any]:
    given = marks_given(state, criterion).dropna(how="all").dropna(axis=1, how="all")
    table = {str(seat): column.dropna().to_dict() for seat, column in given.items()}
    found = json.loads(_agreement(json.dumps([list(given.index), table])))
    for bidder, spread in found["spread"].items():
        agreed = state.agreed.get(bidder, {}).get(criterion)
        if agreed:
            found["changed"][bidder] = {"before": spread["mean"], "after": agreed["mark"]}
    return found  # type: ignore[no-any-return]


@lru_cache(maxsize=1024)
def _agreement(key: str) -> str:
    bidders, table = json.loads(key)
    found: dict[str, Any] = {
        "alpha": None,
        "why": "",
        "reading": "",
        "first": [],
        "spread": {},
        "changed": {},
    }
    if len(table) < 2 or not bidders:
        return json.dumps(found | {"why": "Agreement needs marks from two people."})
    given = pd.DataFrame(table, index=bidders)
    try:
        alpha = moderation.krippendorff_alpha(given, "ordinal")
        found |= {"alpha": round(alpha, 4), "reading": moderation.read_alpha(alpha)}
    except InputError as problem:
        found["why"] = str(problem)
    found["first"] = [str(bidder) for bidder in moderation.moderate_first(given)]
    found["spread"] = {
        str(bidder): {name: float(row[name]) for name in ("mean", "lowest", "highest", "range")}
        for bidder, row in moderation.spread(given).iterrows()
    }
    return json.dumps(found)


def _non_price(points: Mapping[str, float | None], criteria: Mapping[str, Any]) -> float:
    return sum((points[c] or 0) * criteria["weights"][c] for c in CRITERIA)


def _ranked(
    rows: list[dict[str, Any]], criteria: Mapping[str, Any], seed: int
) -> tuple[dict[str, dict[str, Any]], str | None, str]:
    if not rows:
        return {}, None, ""
    table = weighting.evaluate(pd.DataFrame(rows), *_rule(criteria))
    ranked = {
        row["bidder"]: {
            "price_score": None if pd.isna(row["price_score"]) else round(float(row["price_score"]), 6),
            "total": round(float(row["total"]), 6),
            "rank": int(row["rank"]),
        }
        for row in table.to_dict("records")
    }
    first = table.loc[table["winner"], ["bidder", "price"]].to_dict("records")
    if len(first) == 1:
        return ranked, first[0]["bidder"], ""
    cheapest = min(row["price"] for row in first)
    level = sorted(row["bidder"] for row in first if row["price"] == cheapest)
    winner = min(level, key=lambda bidder: sha256(f"{seed}|{bidder}".encode()).digest())
    how = "the lower price decides" if len(level) == 1 else "the prices are the same too, so lots were drawn"
    return ranked, winner, f"{len(first)} bids tie for first place: {how}."


def _rule(criteria: Mapping[str, Any]) -> tuple[dict[str, float], str, float, float]:
    return criteria["weights"], criteria["formula"], criteria["ceiling"], criteria["floor"]


@lru_cache(maxsize=256)
def _analysis(key: str) -> str:
    rows, criteria, winner = json.loads(key)
    weights, formula, ceiling, floor = _rule(criteria)
    if not rows:
        return json.dumps({"formulas": {}, "weights": {}, "tipping": {}, "reversals": [], "notch": None})
    bids = pd.DataFrame(rows)[["bidder", "price", *CRITERIA]]
    found: dict[str, Any] = {"formulas": {}, "weights": {}, "tipping": {}, "reversals": [], "notch": None}
    for name, about in weighting.FORMULAS.items():
        try:
            table = weighting.evaluate(bids, weights, name, ceiling, floor)
        except InputError as problem:
            found["formulas"][name] = {"label": about.label, "wins": [], "totals": {}, "why": str(problem)}
            continue
        totals = dict(zip(table["bidder"], table["total"].astype(float).round(4), strict=True))
        wins = table.loc[table["winner"], "bidder"].tolist()
        found["formulas"][name] = {"label": about.label, "wins": wins, "totals": totals, "why": ""}
    for social in SOCIAL_WEIGHTS:
        try:
            moved = weighting.reweigh(weights, social)
            found["weights"][str(social)] = weighting.award(bids, moved, formula, ceiling, floor)
        except InputError:
            found["weights"][str(social)] = []
    for other in bids["bidder"]:
        if other != winner:
            try:
                tip = weighting.tipping_weight(bids, other, winner, weights, formula, ceiling, floor)
            except InputError:
                tip = None
            found["tipping"][other] = None if tip is None else round(tip, 4)
    if len(bids) >= 3:
        table = weighting.rank_reversals(bids, weights, formula, ceiling, floor)
        found["reversals"] = table.loc[table["changes_winner"], "bidder"].tolist()
    if weights["price"] > 0:
        notch = weighting.notch_cost(weights["social_value"], weights["price"])
        dearer = notch.price_difference
        found["notch"] = {"points": notch.points, "price": None if dearer == float("inf") else dearer}
    return json.dumps(found)
