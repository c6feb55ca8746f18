"""The kinds of moves: who may play each and when, what it must hold, and what it does.

A `_tidy_` function gives back a move's data as it will be kept, or raises InputError; a `_do_` function works
the move into the state.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from course import weighting
from course.errors import InputError
from course.joint import shapes
from course.joint.case import REMEDIES, get_case
from course.joint.result import CRITERIA
from course.joint.state import (
    ACADEMY,
    DELIVERY,
    SEALED,
    STAGES,
    TRAINER,
    Move,
    State,
    at_least,
    next_stage,
    past,
    seat_name,
    seats,
    side,
    undone,
)

MOST_PEOPLE = 60


def _nothing(state: State, move: Move) -> dict[str, Any]:
    return {}


def _tidy_made(state: State, move: Move) -> dict[str, Any]:
    raise InputError("This table is made already.")


def made(move: Move) -> State:
    """Return the state of a table that was just made."""
    kept = move.data
    settings = {
        key: kept[key] for key in ("commissioners", "bidders", "evaluators", "open", "minutes", "from")
    }
    return State(
        move.table,
        kept["case"],
        kept["seed"],
        copy.deepcopy(settings),
        opened={"seats": move.at},
        people={kept["trainer"]: {"here": True, "side": TRAINER}},
        sitting={TRAINER: [kept["trainer"]]},
    )


def tidy_settings(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of the move `made`, tidied.

    Raises
    ------
    InputError
        If a table cannot be made of it.
    """
    case = get_case(data.get("case"))
    bidders = data.get("bidders")
    known = [bidder.id for bidder in case.bidders]
    if not isinstance(bidders, list | tuple) or not all(isinstance(b, str) for b in bidders):
        raise InputError(f"The bidders are not a list: choose from {', '.join(known)}.")
    for id in bidders:
        case.bidder(id)
    shapes.once(list(bidders), "The bidder")
    if not 2 <= len(bidders) <= 5:
        raise InputError(f"A table has 2 to 5 bidders, not {len(bidders)}.")
    commissioners = shapes.number(data, "commissioners", "The number of commissioner seats", 1, 4, step=1)
    evaluators = shapes.number(data, "evaluators", "The number of evaluator seats", 0, 4, step=1)
    if commissioners + evaluators < 2:
        raise InputError("Agreement needs two who mark: add a commissioner or an evaluator seat.")
    minutes = shapes.mapping(data, "minutes", "The list of minutes")
    for stage in minutes:
        shapes.choice({"stage": stage}, "stage", "A stage in the list of minutes", STAGES)
        shapes.number(minutes, stage, "The number of minutes", 1, 600)
    before = data.get("from")
    return {
        "case": case.id,
        "seed": shapes.number(data, "seed", "The seed", 0, 2**53, step=1),
        "commissioners": commissioners,
        "bidders": list(bidders),
        "evaluators": evaluators,
        "open": shapes.flag(data, "open", "Whether one person may sit on both sides"),
        "minutes": dict(minutes),
        "from": before if isinstance(before, str) else "",
        "trainer": shapes.name(data.get("trainer")),
    }


def _tidy_join(state: State, move: Move) -> dict[str, Any]:
    name = shapes.name(move.who)
    if name != move.who:
        raise InputError(f"Write the name as “{name}”.")
    for other, kept in state.people.items():
        if other.casefold() == name.casefold() and (kept["here"] or other != name):
            raise InputError(
                f"There is a {other} at this table already. If that is you, ask the trainer to let you back"
                " in. Otherwise choose another name."
            )
    if len(state.people) >= MOST_PEOPLE and name not in state.people:
        raise InputError(f"This table is full: {MOST_PEOPLE} people have joined it.")
    return {}


def _do_join(state: State, move: Move) -> None:
    state.people.setdefault(move.who, {"here": True, "side": ""})["here"] = True


def _do_leave(state: State, move: Move) -> None:
    state.people[move.who]["here"] = False
    for seat in list(state.sitting):
        _stand_up(state, move.who, seat)


def _stand_up(state: State, name: str, seat: str) -> None:
    left = [other for other in state.sitting.get(seat, []) if other != name]
    if left:
        state.sitting[seat] = left
    else:
        state.sitting.pop(seat, None)
        state.ready = [other for other in state.ready if other != seat]


def _whom(state: State, move: Move) -> str:
    """Trainers seat others; anybody else only themselves."""
    given = move.data.get("name")
    name = given if move.seat == TRAINER and isinstance(given, str) else move.who
    if not state.people.get(name, {}).get("here"):
        raise InputError(f"{name} is not at this table: they have to join it first.")
    return name


def _tidy_sit(state: State, move: Move) -> dict[str, Any]:
    seat, name = shapes.choice(move.data, "seat", "The seat", seats(state)), _whom(state, move)
    if name in state.sitting.get(seat, []):
        raise InputError(f"{name} sits there already.")
    by_self = move.seat != TRAINER
    if by_self and seat == TRAINER:
        raise InputError("Only a trainer can ask another person to be trainer: ask yours.")
    leaves_trainers_seat = not state.settings["open"] and seat != TRAINER
    if leaves_trainers_seat and state.sitting.get(TRAINER) == [name]:
        raise InputError("A table needs its trainer: ask another person to be trainer first.")
    before = state.people[name]["side"]
    if by_self and not state.settings["open"] and state.stage in SEALED and before not in ("", side(seat)):
        raise InputError(
            "You have sat on another side, and much is sealed until the debrief: ask the trainer to move you."
        )
    return {"seat": seat, "name": name}


def _do_sit(state: State, move: Move) -> None:
    seat, name = move.data["seat"], move.data["name"]
    if not state.settings["open"]:
        for other in list(state.sitting):
            if side(other) != side(seat):
                _stand_up(state, name, other)
    # The first to sit down on a seat that a house played has not yet said that they are ready.
    state.sitting.setdefault(seat, []).append(name)
    state.people[name]["side"] = side(seat)


def _tidy_stand(state: State, move: Move) -> dict[str, Any]:
    seat, name = shapes.choice(move.data, "seat", "The seat", seats(state)), _whom(state, move)
    if name not in state.sitting.get(seat, []):
        raise InputError(f"{name} does not sit there.")
    if seat == TRAINER and len(state.sitting[seat]) == 1:
        raise InputError("A table needs its trainer: ask another person to be trainer first.")
    return {"seat": seat, "name": name}


def _do_stand(state: State, move: Move) -> None:
    _stand_up(state, move.data["name"], move.data["seat"])


def _tidy_leave(state: State, move: Move) -> dict[str, Any]:
    if state.sitting.get(TRAINER) == [move.who]:
        raise InputError("A table needs its trainer: ask another person to be trainer, or close the table.")
    return {}


def _tidy_ready(state: State, move: Move) -> dict[str, Any]:
    yes = shapes.flag(move.data, "ready", "Whether you are ready")
    still = undone(state, move.seat) if yes else ""
    if still:
        raise InputError(still)
    return {"ready": yes}


def _do_ready(state: State, move: Move) -> None:
    others = [seat for seat in state.ready if seat != move.seat]
    state.ready = [*others, move.seat] if move.data["ready"] else others


def _tidy_next(state: State, move: Move) -> dict[str, Any]:
    if state.stage == STAGES[-1]:
        raise InputError("This is the last round: swap chairs, or close the table.")
    if state.paused:
        raise InputError("The table is paused: let it go on first.")
    # A second click, or a second trainer, must not skip a round.
    if move.data.get("stage") not in (None, state.stage):
        raise InputError("The table has gone on from there already.")
    return {"stage": state.stage}


def _do_next(state: State, move: Move) -> None:
    state.going = True


def _do_turn(state: State, move: Move) -> None:
    state.stage, state.ready, state.going = move.data["to"], [], False
    state.opened[state.stage] = move.at
    state.paused_before = []


def _tidy_turn(state: State, move: Move) -> dict[str, Any]:
    if (state.stage == "need" and not state.needs) or (state.stage == "criteria" and not state.criteria):
        raise InputError("Nothing has been written in this round yet.")
    return {"to": shapes.choice(move.data, "to", "The stage", [next_stage(state)])}


def _tidy_pause(state: State, move: Move) -> dict[str, Any]:
    on = shapes.flag(move.data, "on", "Whether to pause")
    if on == bool(state.paused):
        raise InputError("The table is paused already." if on else "The table is not paused.")
    return {"on": on}


def _do_pause(state: State, move: Move) -> None:
    if not move.data["on"]:
        state.paused_before.append([state.paused, move.at])
    state.paused = move.at if move.data["on"] else ""


def _tidy_time(state: State, move: Move) -> dict[str, Any]:
    return {"minutes": shapes.number(move.data, "minutes", "The number of minutes", 1, 600)}


def _do_time(state: State, move: Move) -> None:
    state.settings["minutes"][state.stage] = move.data["minutes"]


def _tidy_nudge(state: State, move: Move) -> dict[str, Any]:
    to = move.data.get("seat")
    seat = None if to is None else shapes.choice(move.data, "seat", "The seat", seats(state))
    return {"seat": seat, "text": shapes.text(move.data, "text", "The nudge", longest=300)}


def _do_nudge(state: State, move: Move) -> None:
    state.nudges.append({**move.data, "number": move.number, "at": move.at, "stage": state.stage})


def _tidy_reopen(state: State, move: Move) -> dict[str, Any]:
    now = STAGES.index(state.stage)
    before = [*STAGES[1:now], *([state.stage] if state.closed else [])]
    if not before:
        raise InputError("There is no earlier round to reopen.")
    if state.winner is None:
        before = [stage for stage in before if stage not in DELIVERY] or before
    stage = shapes.choice(move.data, "stage", "The round to reopen", before)
    return {"stage": stage, "why": shapes.text(move.data, "why", "The reason for reopening", longest=300)}


def _do_reopen(state: State, move: Move) -> None:
    """What came after the round is set aside: it stays in the log. The round's own work stays as it was."""
    state.stage, state.closed, state.ready, state.going = move.data["stage"], "", [], False
    state.opened[state.stage] = move.at
    state.paused, state.paused_before = "", []
    state.reopened.append({**move.data, "number": move.number, "at": move.at})
    if not past(state, "need"):
        state.needs = [need for need in state.needs if need["stage"] == "need"]
    if not at_least(state, "market"):
        state.questions = []
    if not at_least(state, "criteria"):
        state.criteria = None
    if not at_least(state, "bids"):
        state.bids, state.withdrawn = {}, []
    if not at_least(state, "scoring"):
        state.scores = {}
    if not at_least(state, "moderation"):
        state.agreed = {}
    if not at_least(state, "award"):
        state.result, state.reasons = None, {}
    if not at_least(state, "debrief"):
        state.quarters = state.quarters[: state.quarter]
        state.remedies = [remedy for remedy in state.remedies if remedy["quarter"] <= state.quarter]


def _tidy_close(state: State, move: Move) -> dict[str, Any]:
    return {"why": shapes.text(move.data, "why", "The reason for closing", longest=300)}


def _do_close(state: State, move: Move) -> None:
    state.closed, state.paused, state.ready = move.data["why"], "", []


def _tidy_readmit(state: State, move: Move) -> dict[str, Any]:
    name = move.data.get("name")
    if not isinstance(name, str) or name not in state.people:
        raise InputError("Nobody of that name has joined this table: choose one of the names shown.")
    return {"name": name}


def _do_readmit(state: State, move: Move) -> None:
    state.people[move.data["name"]]["here"] = True


def _tidy_need(state: State, move: Move) -> dict[str, Any]:
    case = get_case(state.case)
    wanted = []
    for line in shapes.lines(move.data, "outcomes", "The outcomes", len(case.outcomes)):
        outcome = case.outcome(line.get("outcome"))
        target = shapes.number(line, "target", f"The target of “{outcome.name}”", 0, 1e9)
        if target == outcome.baseline:
            raise InputError(f"The target of “{outcome.name}” is where it stands now: ask for a change.")
        wanted.append({"outcome": outcome.id, "target": target})
    if not wanted:
        raise InputError("The need names no outcome: choose at least one.")
    shapes.once([str(line["outcome"]) for line in wanted], "The outcome")
    changed = state.stage == "market"
    return {
        "statement": shapes.text(move.data, "statement", "The need"),
        "outcomes": wanted,
        "why": shapes.text(move.data, "why", "What you heard that changed the need", may_lack=not changed),
    }


def _do_need(state: State, move: Move) -> None:
    made = {**move.data, "stage": state.stage, "by": move.who, "number": move.number}
    # Before market engagement a new version takes the old one's place; after it, changes are kept in sight.
    state.needs = [made] if state.stage == "need" else [*state.needs, made]


def _tidy_question(state: State, move: Move) -> dict[str, Any]:
    if sum(question["seat"] == move.seat for question in state.questions) >= 20:
        raise InputError("You have asked 20 questions, the most there can be.")
    return {"text": shapes.text(move.data, "text", "The question", longest=500)}


def _do_question(state: State, move: Move) -> None:
    state.questions.append(
        {"number": move.number, "seat": move.seat, "text": move.data["text"], "answer": "", "by": ""}
    )


def _tidy_answer(state: State, move: Move) -> dict[str, Any]:
    number = move.data.get("question")
    if isinstance(number, bool) or number not in [question["number"] for question in state.questions]:
        raise InputError("There is no such question: choose one of those asked.")
    return {"question": number, "text": shapes.text(move.data, "text", "The answer")}


def _do_answer(state: State, move: Move) -> None:
    question = next(q for q in state.questions if q["number"] == move.data["question"])
    question |= {"answer": move.data["text"], "by": move.who}


def _tidy_criteria(state: State, move: Move) -> dict[str, Any]:
    given = shapes.mapping(move.data, "weights", "The weights")
    weights: dict[str, float] = {
        name: shapes.number(given, name, f"The weight of {name.replace('_', ' ')}", 0, 100)
        for name in ("price", *CRITERIA)
    }
    if abs(sum(weights.values()) - 100) > 1e-6:
        raise InputError(f"The weights add up to {sum(weights.values()):g}: change them until they make 100.")
    formula = shapes.choice(move.data, "formula", "The price formula", weighting.FORMULAS)
    if formula == "price_per_quality_point" and weights["price"] >= 100:
        raise InputError(
            "Price has all the weight, so there is no quality to divide by: choose another formula."
        )
    most = 4 * get_case(state.case).budget
    floor = shapes.number(move.data, "floor", "The floor price", 1, most)
    ceiling = shapes.number(move.data, "ceiling", "The ceiling price", 1, most)
    if ceiling <= floor:
        raise InputError(
            f"The ceiling, £{ceiling:,}, is not above the floor, £{floor:,}: change one of them."
        )
    return {
        "weights": weights,
        "formula": formula,
        "ceiling": ceiling,
        "floor": floor,
        "min_quality": shapes.number(move.data, "min_quality", "The least quality", 0, 100),
        "why": shapes.text(move.data, "why", "The reason for the weights", may_lack=True),
    }


def _do_criteria(state: State, move: Move) -> None:
    state.criteria = {**move.data, "by": move.who, "number": move.number}


def _tidy_bid(state: State, move: Move) -> dict[str, Any]:
    case, criteria = get_case(state.case), state.criteria or {}
    price = shapes.number(move.data, "price", "The price", 1, criteria["ceiling"])
    running = shapes.number(move.data, "running", "The budget to run the service", 0, 1e9)
    plan, commitments = [], []
    for line in shapes.lines(move.data, "plan", "The lines of the quality plan", len(case.plan)):
        item = case.item(line.get("item"))
        plan.append({"item": item.id, **_line(line, item.name, item.most)})
    shapes.once([line["item"] for line in plan], "The plan item")
    for line in shapes.lines(move.data, "commitments", "The commitments", len(case.offers)):
        offer = case.offer(line.get("offer"))
        day = shapes.text(line, "date", f"The date of “{offer.name}”", longest=40)
        case.quarter_of(day)
        commitments.append(
            {
                "offer": offer.id,
                **_line(line, offer.name, offer.most),
                "owner": shapes.text(line, "owner", f"The owner of “{offer.name}”", longest=100),
                "measure": shapes.text(line, "measure", f"The measure of “{offer.name}”", longest=300),
                "date": date.fromisoformat(day).isoformat(),
            }
        )
    shapes.once([line["offer"] for line in commitments], "The commitment")
    costs = running + sum(line["cost"] for line in [*plan, *commitments])
    if costs > price + 0.005:
        raise InputError(
            f"Your budgets come to £{costs:,.0f} and your price is £{price:,.0f}:"
            " raise the price or lower a budget."
        )
    return {
        "price": price,
        "running": running,
        "plan": plan,
        "commitments": commitments,
        "story": shapes.text(move.data, "story", "The written answer", may_lack=True),
    }


def _line(line: Mapping[str, Any], name: str, most: int) -> dict[str, Any]:
    return {
        "quantity": shapes.number(line, "quantity", f"The quantity of “{name}”", 1, most, step=1),
        "cost": shapes.number(line, "cost", f"The budget of “{name}”", 0, 1e9),
    }


def _do_bid(state: State, move: Move) -> None:
    state.bids[move.seat] = {**copy.deepcopy(move.data), "by": move.who, "number": move.number}
    # In the order of the seats: neither who was first nor who changed their bid may show.
    state.bids = {seat: state.bids[seat] for seat in state.settings["bidders"] if seat in state.bids}
    state.withdrawn = [seat for seat in state.withdrawn if seat != move.seat]


def _tidy_withdraw(state: State, move: Move) -> dict[str, Any]:
    if move.seat in state.withdrawn:
        raise InputError("You have said already that you do not bid.")
    return {}


def _do_withdraw(state: State, move: Move) -> None:
    state.bids.pop(move.seat, None)
    state.withdrawn.append(move.seat)


def _tidy_mark(state: State, move: Move, step: float) -> dict[str, Any]:
    if not state.bids:
        raise InputError("Nobody has bid: there is nothing to mark.")
    bidder = shapes.choice(move.data, "bidder", "The bidder", state.bids)
    return {
        "bidder": bidder,
        "criterion": shapes.choice(move.data, "criterion", "The criterion", CRITERIA),
        "mark": shapes.number(move.data, "mark", "The mark", 0, 5, step=step),
        "reason": shapes.text(move.data, "reason", "The reason for the mark", longest=1_000),
    }


def _marked(move: Move) -> dict[str, Any]:
    return {
        "mark": move.data["mark"],
        "reason": move.data["reason"],
        "by": move.who,
        "number": move.number,
    }


def _do_score(state: State, move: Move) -> None:
    of_bidder = state.scores.setdefault(move.seat, {}).setdefault(move.data["bidder"], {})
    of_bidder[move.data["criterion"]] = _marked(move)


def _do_agree(state: State, move: Move) -> None:
    state.agreed.setdefault(move.data["bidder"], {})[move.data["criterion"]] = _marked(move)
    # Being ready says that one stands by the agreed marks: a changed mark has to be agreed again.
    state.ready = [seat for seat in state.ready if seat == move.seat]


def _tidy_result(state: State, move: Move) -> dict[str, Any]:
    if state.result is not None:
        raise InputError("The result is out already.")
    return dict(move.data)


def _do_result(state: State, move: Move) -> None:
    state.result = copy.deepcopy(move.data)


def _tidy_reasons(state: State, move: Move) -> dict[str, Any]:
    given = shapes.mapping(move.data, "reasons", "The list of reasons")
    for bidder in given:
        shapes.choice({"bidder": bidder}, "bidder", "A bidder in the list of reasons", state.bids)
    return {
        "reasons": {
            bidder: shapes.text(given, bidder, f"The reason given to {seat_name(state, bidder)}")
            for bidder in state.bids
        }
    }


def _do_reasons(state: State, move: Move) -> None:
    state.reasons = dict(move.data["reasons"])


def _tidy_quarter(state: State, move: Move) -> dict[str, Any]:
    if len(state.quarters) >= state.quarter:
        raise InputError("This quarter's figures are out already.")
    return dict(move.data)


def _do_quarter(state: State, move: Move) -> None:
    state.quarters.append(copy.deepcopy(move.data))


def _tidy_remedy(state: State, move: Move) -> dict[str, Any]:
    bid = state.bids[state.winner or ""]
    promised = [line["offer"] for line in bid["commitments"]]
    if not promised:
        raise InputError("The contract has no commitment: there is nothing to remedy.")
    if sum(remedy["quarter"] == state.quarter for remedy in state.remedies) >= 20:
        raise InputError("Twenty remedies have been asked for this quarter, the most there can be.")
    kind = shapes.choice(move.data, "kind", "The remedy", REMEDIES)
    amount: float | int | None = None
    if kind == "withhold":
        amount = shapes.number(move.data, "amount", "The amount held back, in £,", 1, bid["price"])
    return {
        "offer": shapes.choice(move.data, "offer", "The commitment", promised),
        "kind": kind,
        "text": shapes.text(move.data, "text", "What is asked for", longest=500),
        "amount": amount,
        "bidder": state.winner,
    }


def _do_remedy(state: State, move: Move) -> None:
    kept = {key: move.data[key] for key in ("offer", "kind", "text", "amount", "bidder")}
    state.remedies.append(
        {**kept, "number": move.number, "quarter": state.quarter, "by": move.who, "reply": None}
    )


def _tidy_reply(state: State, move: Move) -> dict[str, Any]:
    if move.seat != state.winner:
        raise InputError("Only the provider who won can answer this.")
    number = move.data.get("remedy")
    asked = [r["number"] for r in state.remedies if r["quarter"] == state.quarter and r["reply"] is None]
    if isinstance(number, bool) or number not in asked:
        raise InputError("There is no such remedy to answer: choose one that is open this quarter.")
    return {
        "remedy": number,
        "accept": shapes.flag(move.data, "accept", "Whether you accept"),
        "text": shapes.text(move.data, "text", "The answer", longest=500, may_lack=True),
    }


def _do_reply(state: State, move: Move) -> None:
    remedy = next(r for r in state.remedies if r["number"] == move.data["remedy"])
    remedy["reply"] = {"accept": move.data["accept"], "text": move.data["text"], "by": move.who}


def _tidy_note(state: State, move: Move) -> dict[str, Any]:
    return {"text": shapes.text(move.data, "text", "The note", longest=1_000)}


def _do_note(state: State, move: Move) -> None:
    state.notes.append({"seat": move.seat, "by": move.who, "text": move.data["text"], "at": move.at})


def _tidy_swapped(state: State, move: Move) -> dict[str, Any]:
    if state.next_table:
        raise InputError(f"Chairs have been swapped already: go on at table {state.next_table}.")
    return {"to": shapes.text(move.data, "to", "The next table's code", longest=12)}


def _do_swapped(state: State, move: Move) -> None:
    state.next_table = move.data["to"]


class Rule(NamedTuple):
    """Who may play a kind of move, when (any time if no stage is named), what it must hold, what it does.

    `document` finds what the move would replace, with who wrote it and in which move.
    """

    roles: tuple[str, ...]
    stages: tuple[str, ...]
    tidy: Callable[[State, Move], dict[str, Any]]
    do: Callable[[State, Move], None]
    when_paused: bool = False
    when_closed: bool = False
    houses: bool = False
    document: Callable[[State, Move], Mapping[str, Any] | None] | None = None


def _mark_before(marks: Mapping[str, Any], move: Move) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = marks.get(move.data["bidder"], {}).get(move.data["criterion"])
    return found


_COUNCIL = ("commissioner", "evaluator")
_SEATED = (TRAINER, "commissioner", "bidder", "evaluator")
_ANYBODY = ("", TRAINER)

RULES: dict[str, Rule] = {
    "made": Rule((ACADEMY,), (), _tidy_made, lambda state, move: None),
    "join": Rule(("",), (), _tidy_join, _do_join, when_paused=True, when_closed=True),
    "leave": Rule(("",), (), _tidy_leave, _do_leave, when_paused=True, when_closed=True),
    "sit": Rule(_ANYBODY, (), _tidy_sit, _do_sit, when_paused=True),
    "stand": Rule(_ANYBODY, (), _tidy_stand, _do_stand, when_paused=True),
    "ready": Rule(("commissioner", "bidder", "evaluator"), STAGES[:-1], _tidy_ready, _do_ready),
    "next": Rule((TRAINER,), (), _tidy_next, _do_next),
    "pause": Rule((TRAINER,), (), _tidy_pause, _do_pause),
    "time": Rule((TRAINER,), (), _tidy_time, _do_time),
    "nudge": Rule((TRAINER,), (), _tidy_nudge, _do_nudge),
    "reopen": Rule((TRAINER,), (), _tidy_reopen, _do_reopen, when_closed=True),
    "close": Rule((TRAINER,), (), _tidy_close, _do_close),
    "readmit": Rule((TRAINER,), (), _tidy_readmit, _do_readmit, when_closed=True),
    "need": Rule(
        ("commissioner", ACADEMY), ("need", "market"), _tidy_need, _do_need, document=lambda s, m: s.need
    ),
    "question": Rule(("bidder",), ("market",), _tidy_question, _do_question, houses=True),
    "answer": Rule(("commissioner",), ("market",), _tidy_answer, _do_answer),
    "criteria": Rule(
        ("commissioner", ACADEMY),
        ("criteria",),
        _tidy_criteria,
        _do_criteria,
        document=lambda s, m: s.criteria,
    ),
    "bid": Rule(
        ("bidder",), ("bids",), _tidy_bid, _do_bid, houses=True, document=lambda s, m: s.bids.get(m.seat)
    ),
    "withdraw": Rule(("bidder",), ("bids",), _tidy_withdraw, _do_withdraw, houses=True),
    "score": Rule(
        _COUNCIL,
        ("scoring",),
        partial(_tidy_mark, step=1),
        _do_score,
        houses=True,
        document=lambda s, m: _mark_before(s.scores.get(m.seat, {}), m),
    ),
    "agree": Rule(
        _COUNCIL,
        ("moderation",),
        partial(_tidy_mark, step=0.5),
        _do_agree,
        document=lambda s, m: _mark_before(s.agreed, m),
    ),
    "result": Rule((ACADEMY,), ("award",), _tidy_result, _do_result),
    "reasons": Rule(("commissioner",), ("award",), _tidy_reasons, _do_reasons),
    "quarter": Rule((ACADEMY,), DELIVERY, _tidy_quarter, _do_quarter),
    "remedy": Rule(("commissioner",), DELIVERY, _tidy_remedy, _do_remedy),
    "reply": Rule(("bidder",), DELIVERY, _tidy_reply, _do_reply, houses=True),
    "note": Rule(_SEATED, ("debrief",), _tidy_note, _do_note),
    "turn": Rule((ACADEMY,), STAGES[:-1], _tidy_turn, _do_turn),
    "swapped": Rule((ACADEMY,), (), _tidy_swapped, _do_swapped, when_closed=True),
}
