"""The rules of the table, as pure functions: what may be played, and what it adds up to.

`check` says whether a move may be played, `apply` what it changes, `replay` what a whole log adds up to, and
`due` what the academy itself or a house strategy plays next. Nothing here looks at a clock, draws a number or
asks a model while replaying: what those gave stands in the log.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from course.errors import InputError
from course.joint import delivery, houses, result
from course.joint.case import Case, get_case
from course.joint.moves import RULES, Rule, made
from course.joint.state import (
    ACADEMY,
    HOUSE,
    ROUNDS,
    STAGES,
    TRAINER,
    Move,
    State,
    acting,
    bare,
    missing_marks,
    next_stage,
    occupied,
    past,
    role,
    scoring_seats,
    seat_name,
    seats,
    without_money,
)

MOST_MOVES = 5_000


def replay(moves: Iterable[Move]) -> State:
    """Return what a log adds up to.

    Raises
    ------
    InputError
        If it does not begin with the making of a table.
    """
    state: State | None = None
    for move in moves:
        state = fold(state, move)
    if state is None:
        raise InputError("The log is empty: a table begins with the move that makes it.")
    return state


def apply(state: State | None, move: Move) -> State:
    """Return the state after a move that `check` has let through; the state given is left as it is."""
    return fold(copy.deepcopy(state), move)


def check(state: State, move: Move, seen: int | None = None) -> Move:
    """Return the move with its data tidied, if it may be played.

    Parameters
    ----------
    state : State
        The table now.
    move : Move
        The move; its number and time do not matter.
    seen : int, optional
        The number of the last move its player had been shown. If somebody else on the seat has changed the
        same thing since, the move is refused, so that nobody's work is lost unseen.

    Raises
    ------
    InputError
        If it may not be played: one sentence says why, and what to do.
    """
    rule = RULES.get(move.kind) if isinstance(move.kind, str) else None
    if rule is None:
        raise InputError(f"There is no move “{move.kind}” at this table.")
    if state.number >= MOST_MOVES and move.kind not in ("close", "leave"):
        raise InputError(f"This table has had {MOST_MOVES:,} moves, the most there can be: start another.")
    _check_seat(state, move, rule)
    if state.closed and not rule.when_closed:
        raise InputError(f"The trainer has closed this table: {state.closed}")
    if state.paused and not rule.when_paused and move.seat not in (TRAINER, ACADEMY):
        raise InputError("The trainer has paused this table: wait until it goes on.")
    if rule.stages and state.stage not in rule.stages:
        raise InputError(_not_now(state, rule))
    if not isinstance(move.data, Mapping):
        raise InputError("The move has no data that can be read: send it again.")
    tidied = replace(move, data=rule.tidy(state, move))
    if seen is not None and rule.document is not None:
        _check_seen(rule.document(state, tidied), move.who, seen)
    return tidied


def due(state: State) -> Move | None:
    """Return what the academy or a house strategy plays next, or None if it is the people's turn.

    Houses play the seats nobody sits on: they ask at market engagement, bid and mark as the stage ends, and
    answer remedies at once. Where no commissioner wrote a need or criteria, the case's own stand.
    """
    if state.closed or state.paused:
        return None
    case = get_case(state.case)
    for move in _allowed(state, _at_once(state, case)):
        return move
    if not (state.going or _all_ready(state)):
        return None
    for move in _allowed(state, _before_it_ends(state, case)):
        return move
    turn = [_academy(state, "turn", {"to": next_stage(state)})] if state.stage != STAGES[-1] else []
    return next(_allowed(state, turn), None)


# ---- Who may move ---------------------------------------------------------------------------------


def _check_seat(state: State, move: Move, rule: Rule) -> None:
    seat, who = move.seat, move.who
    if seat not in ("", ACADEMY, *seats(state)):
        raise InputError(f"There is no seat “{seat}” at this table: choose one of {', '.join(seats(state))}.")
    if role(seat) not in rule.roles:
        raise InputError(f"This is not for your seat to do: it is for {_listed(rule.roles)}.")
    if seat == ACADEMY:
        if who != ACADEMY:
            raise InputError("Only the academy itself does this.")
    elif who == HOUSE:
        if occupied(state, seat) or not rule.houses:
            raise InputError("A house strategy plays only seats that nobody sits on.")
    elif move.kind == "join":
        pass
    elif not state.people.get(who, {}).get("here"):
        raise InputError(f"{who} is not at this table: join it first.")
    elif seat and who not in state.sitting.get(seat, []):
        raise InputError(f"{who} does not sit on the seat {seat_name(state, seat)}: sit down there first.")


def _listed(roles: Iterable[str]) -> str:
    names = {"": "a person for themselves", ACADEMY: "the academy", TRAINER: "the trainer"}
    return " or ".join(sorted(names.get(role, f"a {role}".replace("a e", "an e")) for role in roles))


def _not_now(state: State, rule: Rule) -> str:
    title = {stage.id: stage.title for stage in ROUNDS}
    then = title[rule.stages[0]]
    when = "has gone" if past(state, rule.stages[-1]) else "has not come yet"
    return f"The table is at “{title[state.stage]}”: the time for this, “{then}”, {when}."


def _check_seen(last: Mapping[str, Any] | None, who: str, seen: int) -> None:
    if last and last["by"] != who and last["number"] > seen:
        raise InputError(f"{last['by']} changed this after you opened it: look at it again, then send yours.")


# ---- What the academy and the houses play ---------------------------------------------------------


def _academy(state: State, kind: str, data: dict[str, Any]) -> Move:
    return Move(state.code, state.number + 1, ACADEMY, ACADEMY, state.at, kind, data)


def _house(state: State, seat: str, kind: str, data: Mapping[str, Any]) -> Move:
    return Move(state.code, state.number + 1, seat, HOUSE, state.at, kind, dict(data))


def _allowed(state: State, moves: Iterable[Move]) -> Iterator[Move]:
    """Leave out what may not be played, so that a strategy at a loss never holds up a table."""
    for move in moves:
        with suppress(InputError):
            yield check(state, move)


def _empty(state: State, of: Iterable[str]) -> list[str]:
    return [seat for seat in of if not occupied(state, seat)]


def _at_once(state: State, case: Case) -> Iterable[Move]:
    if state.stage == "market":
        asked = {question["seat"] for question in state.questions}
        for seat in _empty(state, state.settings["bidders"]):
            words = (
                None if seat in asked else houses.question(case, seat, state.need or case.need, state.seed)
            )
            if words:
                yield _house(state, seat, "question", {"text": words})
    elif state.stage == "award" and state.result is None:
        yield _academy(state, "result", result.outcome(state))
    elif state.quarter and state.winner:
        if len(state.quarters) < state.quarter:
            yield _academy(state, "quarter", _delivered(state, case))
        if not occupied(state, state.winner):
            for remedy in state.remedies:
                if remedy["reply"] is None and remedy["quarter"] == state.quarter:
                    bid = bare(state.bids[state.winner])
                    said = houses.reply(case, state.winner, bid, remedy, state.quarters, state.seed)
                    yield _house(state, state.winner, "reply", {"remedy": remedy["number"], **said})


def _before_it_ends(state: State, case: Case) -> Iterable[Move]:
    if state.stage == "need" and not state.needs:
        yield _academy(state, "need", case.need)
    elif state.stage == "criteria" and state.criteria is None:
        yield _academy(state, "criteria", case.criteria)
    elif state.stage == "bids":
        for seat in _empty(state, state.settings["bidders"]):
            if seat not in state.bids and seat not in state.withdrawn:
                yield _house_bid(state, case, seat)
    elif state.stage == "scoring" and state.bids:
        yield from _house_marks(state, case)


def _house_bid(state: State, case: Case, seat: str) -> Move:
    """A house that cannot bid by the published rules, for the ceiling is below its costs, does not bid."""
    made = houses.bid(case, seat, state.need or case.need, state.criteria or case.criteria, state.seed)
    move = _house(state, seat, "bid", made or {})
    try:
        check(state, move)
    except InputError:
        return _house(state, seat, "withdraw", {})
    return move


def _house_marks(state: State, case: Case) -> Iterable[Move]:
    """Empty seats mark only until two have marked everything: agreement needs two."""
    complete = sum(not missing_marks(state, seat) for seat in scoring_seats(state))
    for seat in _empty(state, scoring_seats(state)):
        if complete >= 2:
            return
        wanted = missing_marks(state, seat)
        if wanted:
            shown = {bidder: without_money(bid) for bidder, bid in state.bids.items()}
            marks = houses.marks(case, shown, state.criteria or case.criteria, seat, state.seed)
            for bidder, criterion in wanted:
                given = {"bidder": bidder, "criterion": criterion, **marks[bidder][criterion]}
                yield _house(state, seat, "score", given)


def _delivered(state: State, case: Case) -> dict[str, Any]:
    winner = state.winner or ""
    agreed = [
        {key: remedy[key] for key in ("quarter", "offer", "kind", "text", "amount")}
        for remedy in state.remedies
        if remedy["reply"] and remedy["reply"]["accept"]
    ]
    bid = bare(state.bids[winner])
    made = delivery.quarter(case, winner, bid, state.quarter, state.seed, state.quarters, agreed)
    return {**made, "bidder": winner}


def _all_ready(state: State) -> bool:
    if state.stage == "debrief":
        return False
    if state.stage == "seats" and _empty(state, [s for s in seats(state) if s != TRAINER]):
        return False  # the first to sit down must not start the game alone
    wanted = acting(state)
    return bool(wanted) and all(seat in state.ready for seat in wanted)


def fold(state: State | None, move: Move) -> State:
    """Work a move into a state, in place, and return it: `apply` for those whose own the state is."""
    if state is None:
        if move.kind != "made":
            raise InputError("The log does not begin with the move that makes the table.")
        state = made(move)
    else:
        RULES[move.kind].do(state, move)
    state.number, state.at = move.number, move.at
    return state
