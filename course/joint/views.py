"""What a seat may see. Every reading of a table by a page goes through here, in the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from course import measuring, moderation
from course.joint import result
from course.joint.case import REMEDIES, get_case
from course.joint.moves import RULES
from course.joint.state import (
    HOUSE,
    ROUNDS,
    STAGES,
    TRAINER,
    Move,
    State,
    acting,
    at_least,
    has_part,
    missing_marks,
    occupied,
    past,
    role,
    scoring_seats,
    seat_name,
    seats,
    undone,
    without_money,
)

MINUTES = {stage.id: stage.minutes for stage in ROUNDS}


def view(state: State, seat: str | None) -> dict[str, Any]:
    """Return what a seat may see of a table now, as plain data.

    Parameters
    ----------
    state : State
        The table.
    seat : str or None
        A seat, or None for the big screen: what anybody at the table may see.

    Returns
    -------
    dict
        Keys that are always there: code, case (id and title), number (of the last move), stage, round, title,
        opened and due (ISO times; the second is only a hint), minutes, paused, closed, people, seats, you,
        nudges, reopened, need, needs, questions, criteria, bids, scores, agreed, agreement, result, analysis,
        reasons, quarters, scorecard, remedies, notes, seed, next_table. What the seat may not see yet is None
        or empty.
    """
    marks_open = _marks_open(state, seat)
    return {
        **_where(state),
        "open": state.settings["open"],
        "you": _you(state, seat),
        "nudges": [
            nudge for nudge in state.nudges if nudge["seat"] in (None, seat) or _knows_all(state, seat)
        ],
        "reopened": state.reopened,
        "need": state.need if _sees_need(state, seat) else None,
        "needs": state.needs if _sees_need(state, seat) else [],
        "questions": [_question(state, question, seat) for question in state.questions],
        "criteria": state.criteria if _sees_criteria(state, seat) else None,
        "bids": {bidder: shown for bidder in state.bids if (shown := _bid(state, bidder, seat))},
        "scores": {scorer: given for scorer, given in state.scores.items() if marks_open or scorer == seat},
        "agreed": state.agreed if marks_open else {},
        "agreement": result.agreement(state) if marks_open and state.scores else {},
        "faults": _faults(state, seat),
        "result": state.result if at_least(state, "award") or _knows_all(state, seat) else None,
        "analysis": result.analysis(state) if at_least(state, "award") else {},
        "reasons": _reasons(state, seat),
        "quarters": [_quarter(state, quarter, seat) for quarter in state.quarters],
        "scorecard": scorecard(state),
        "remedies": state.remedies if _sees_remedies(state, seat) else [],
        "notes": state.notes,
        "seed": state.seed if _knows_all(state, seat) else None,
    }


def glance(state: State) -> dict[str, Any]:
    """Return what a trainer reads of a table among others: where it is, and whom it waits for."""
    where = _where(state)
    return where | {"waits_for": [s["seat"] for s in where["seats"] if s["acts"] and not s["ready"]]}


def _where(state: State) -> dict[str, Any]:
    stage = ROUNDS[STAGES.index(state.stage)]
    return {
        "code": state.code,
        "case": {"id": state.case, "title": get_case(state.case).title},
        "number": state.number,
        "stage": state.stage,
        "round": stage.round,
        "title": stage.title,
        "minutes": state.settings["minutes"].get(state.stage, stage.minutes),
        "opened": state.opened[state.stage],
        "due": _due(state),
        "paused": bool(state.paused),
        "closed": state.closed,
        "people": [name for name, kept in state.people.items() if kept["here"]],
        "seats": [_seat(state, each) for each in seats(state)],
        "next_table": state.next_table,
    }


def case_facts(state: State, seat: str | None) -> dict[str, Any]:
    """Return the case as a seat may know it: what the service costs a bidder to run is its own secret.

    Returns
    -------
    dict
        The fields of `case.Case` as plain data; `bidders` are those at this table, and their `running` is
        None where it is secret. `remedies` are kind to label; `quarters` the last days of the quarters.
    """
    case = get_case(state.case)
    facts = asdict(case) | {"starts": case.starts.isoformat()}
    bidders = []
    for bidder in facts["bidders"]:
        if bidder["id"] in state.settings["bidders"]:
            own = bidder["id"] == seat or _knows_all(state, seat)
            public = {key: bidder[key] for key in ("id", "name", "about")}
            bidders.append(bidder if own else {**dict.fromkeys(bidder), **public})
    quarters = [case.quarter_ends(number).isoformat() for number in range(1, 5)]
    return facts | {"bidders": bidders, "remedies": REMEDIES, "quarters": quarters}


def seen(state: State, move: Move, seat: str | None) -> dict[str, Any]:
    """Return one move of the log as a seat may see it now: `data` is None where it is sealed.

    Parameters
    ----------
    state : State
        The table now, with the move in it.
    move : Move
        One of its moves.
    seat : str or None
        A seat, or None for the big screen.
    """
    shown: dict[str, Any] = {
        "number": move.number,
        "at": move.at,
        "kind": move.kind,
        "seat": move.seat,
        "who": move.who,
        "data": None,
    }
    if _knows_all(state, seat) or (move.seat and move.seat == seat):
        return shown | {"data": move.data}
    if move.kind == "question":
        shown |= {"seat": None, "who": None}
    may_see = _MOVES.get(move.kind)
    if may_see is None or not may_see(state, move, seat):
        return shown
    hidden = {"made": ("seed",), "quarter": ("money",)}.get(move.kind, ())
    if move.kind == "quarter" and move.data.get("bidder") == seat:
        hidden = ()
    return shown | {"data": {key: value for key, value in move.data.items() if key not in hidden}}


def scorecard(state: State) -> list[dict[str, Any]]:
    """Return how each commitment and outcome stands after the last quarter, rated as a notice would.

    Returns
    -------
    list of dict
        Commitments: kind "commitment", id, name, unit, promised, due_now, actual, rating (of what is due by
        now). Outcomes that the need names: kind "outcome", id, name, unit, baseline, target, actual, change,
        net_change (change less the comparator area's), rating.
    """
    if not state.quarters:
        return []
    case, last = get_case(state.case), state.quarters[-1]
    rows: list[dict[str, Any]] = []
    for line in last["commitments"]:
        offer = case.offer(line["offer"])
        wanted = line["due_now"]
        rows.append(
            {
                "kind": "commitment",
                "id": offer.id,
                "name": offer.name,
                "unit": offer.unit,
                "promised": line["promised"],
                "due_now": wanted,
                "actual": line["delivered"],
                "rating": measuring.rate(line["delivered"] if wanted else None, wanted or 1),
            }
        )
    need = state.need or case.need
    targets = {line["outcome"]: line["target"] for line in need["outcomes"]}
    for line in last["outcomes"]:
        outcome = case.outcome(line["outcome"])
        if outcome.id in targets:
            change = line["actual"] - outcome.baseline
            net = measuring.net_change(
                outcome.baseline, line["actual"], outcome.comparator, line["comparator"]
            )
            rows.append(
                {
                    "kind": "outcome",
                    "id": outcome.id,
                    "name": outcome.name,
                    "unit": outcome.unit,
                    "baseline": outcome.baseline,
                    "target": targets[outcome.id],
                    "actual": line["actual"],
                    "change": round(change, 4),
                    "net_change": round(net, 4),
                    "rating": measuring.rate(line["actual"], targets[outcome.id], baseline=outcome.baseline),
                }
            )
    return rows


# ---- Who may see what -----------------------------------------------------------------------------


def _knows_all(state: State, seat: str | None) -> bool:
    return seat == TRAINER or state.stage == "debrief"


def _council(seat: str | None) -> bool:
    return seat is not None and role(seat) in ("commissioner", "evaluator")


def _commissions(state: State, seat: str | None) -> bool:
    return _knows_all(state, seat) or (seat is not None and role(seat) == "commissioner")


def _sees_need(state: State, seat: str | None) -> bool:
    return past(state, "need") or _commissions(state, seat)


def _sees_criteria(state: State, seat: str | None) -> bool:
    return past(state, "criteria") or _commissions(state, seat)


def _marks_open(state: State, seat: str | None) -> bool:
    """Others' marks are hidden until all are in; bidders see how the marks came about at the debrief."""
    return _knows_all(state, seat) or (_council(seat) and at_least(state, "moderation"))


def _sees_remedies(state: State, seat: str | None) -> bool:
    return _commissions(state, seat) or (seat is not None and seat == state.winner)


def _bid(state: State, bidder: str, seat: str | None) -> dict[str, Any] | None:
    bid = state.bids[bidder]
    if seat == bidder or _knows_all(state, seat):
        return bid
    if _council(seat) and at_least(state, "scoring"):
        shown = without_money(bid)
        return shown | {"price": bid["price"]} if at_least(state, "award") else shown
    return None


def _question(state: State, question: Mapping[str, Any], seat: str | None) -> dict[str, Any]:
    """What is asked is seen by all; who asked is not, as in a published log of questions."""
    own = question["seat"] == seat or _knows_all(state, seat)
    return {**question, "seat": question["seat"] if own else None}


def _reasons(state: State, seat: str | None) -> dict[str, str]:
    if _commissions(state, seat):
        return state.reasons
    return {b: why for b, why in state.reasons.items() if b == seat and past(state, "award")}


def _quarter(state: State, quarter: Mapping[str, Any], seat: str | None) -> dict[str, Any]:
    if _knows_all(state, seat) or quarter["bidder"] == seat:
        return dict(quarter)
    return {key: value for key, value in quarter.items() if key != "money"}


def _faults(state: State, seat: str | None) -> list[dict[str, Any]]:
    """Faults in the reasons this seat gave for its marks, for it to mend before others read them."""
    given = state.scores.get(seat or "", {})
    rows = [
        (seat_name(state, bidder), mark["reason"], bidder, criterion)
        for bidder, marks in given.items()
        for criterion, mark in marks.items()
        if mark["by"] != HOUSE
    ]
    if not rows:
        return []
    notes = pd.DataFrame(rows, columns=["bidder", "note", "id", "criterion"])
    names = [seat_name(state, bidder) for bidder in state.bids]
    found = moderation.check_notes(notes, names, {})
    return [
        {
            "bidder": notes["id"][row["note"] - 1],
            "criterion": notes["criterion"][row["note"] - 1],
            "fault": row["fault"],
            "words": row["words"],
            "explanation": row["explanation"],
        }
        for row in found.to_dict("records")
    ]


def _always(state: State, move: Move, seat: str | None) -> bool:
    return True


def _never(state: State, move: Move, seat: str | None) -> bool:
    return False


# By kind of move: whether the seat may see its data now. Who may see everything, and a seat's own moves, come
# before this; a kind that is not here is shown without its data.
_MOVES: dict[str, Callable[[State, Move, str | None], bool]] = {
    **dict.fromkeys(
        ("made", "join", "leave", "sit", "stand", "ready", "next", "pause", "time", "reopen", "close"),
        _always,
    ),
    **dict.fromkeys(("turn", "swapped", "note", "question", "answer", "readmit", "withdraw"), _always),
    "nudge": lambda state, move, seat: move.data.get("seat") in (None, seat),
    "need": lambda state, move, seat: _sees_need(state, seat),
    "criteria": lambda state, move, seat: _sees_criteria(state, seat),
    "bid": _never,
    "score": lambda state, move, seat: _marks_open(state, seat),
    "agree": lambda state, move, seat: _marks_open(state, seat),
    "result": lambda state, move, seat: at_least(state, "award"),
    "reasons": lambda state, move, seat: at_least(state, "award") and _commissions(state, seat),
    "quarter": lambda state, move, seat: at_least(state, "quarter-1"),
    "remedy": lambda state, move, seat: (
        at_least(state, "quarter-1") and (_commissions(state, seat) or move.data.get("bidder") == seat)
    ),
    "reply": lambda state, move, seat: at_least(state, "quarter-1") and _commissions(state, seat),
}


# ---- Seats, and what to do ------------------------------------------------------------------------


def _seat(state: State, seat: str) -> dict[str, Any]:
    return {
        "seat": seat,
        "role": role(seat),
        "name": seat_name(state, seat),
        "people": state.sitting.get(seat, []),
        "house": not occupied(state, seat) and role(seat) == "bidder",
        "acts": seat in acting(state),
        "ready": seat in state.ready,
        "done": _done(state, seat),
    }


def _done(state: State, seat: str) -> bool | None:
    """Whether a seat has handed in what the stage asks of it; None where it asks nothing that is counted."""
    if state.stage == "bids" and role(seat) == "bidder":
        return seat in state.bids or seat in state.withdrawn
    if state.stage == "scoring" and seat in scoring_seats(state):
        return not missing_marks(state, seat)
    return None


def _you(state: State, seat: str | None) -> dict[str, Any] | None:
    if seat is None:
        return None
    return {
        "seat": seat,
        "role": role(seat),
        "name": seat_name(state, seat),
        "people": state.sitting.get(seat, []),
        "ready": seat in state.ready,
        "can": [kind for kind, rule in RULES.items() if _can(state, seat, kind)],
        "undone": undone(state, seat) if has_part(state, seat) else "",
        "missing": [list(pair) for pair in missing_marks(state, seat)]
        if state.stage == "scoring" and _council(seat)
        else [],
    }


def _can(state: State, seat: str, kind: str) -> bool:
    rule = RULES[kind]
    if role(seat) not in rule.roles or (rule.stages and state.stage not in rule.stages):
        return False
    if state.closed:
        return rule.when_closed
    if state.paused and seat != TRAINER:
        return rule.when_paused
    return not (kind == "reply" and seat != state.winner)


def _due(state: State) -> str:
    """When the stage is meant to end: its minutes after it was opened, and the pauses on top."""
    opened = datetime.fromisoformat(state.opened[state.stage])
    minutes = state.settings["minutes"].get(state.stage, MINUTES[state.stage])
    pauses = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in state.paused_before]
    rest = sum((end - max(start, opened) for start, end in pauses if end > opened), timedelta())
    return (opened + timedelta(minutes=minutes) + rest).isoformat(timespec="seconds")
