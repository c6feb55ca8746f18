"""What a table is made of: its stages, its seats, its moves, and the state they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from course.joint.case import QUARTERS, get_case
from course.joint.result import CRITERIA

ACADEMY, HOUSE, TRAINER = "academy", "house", "trainer"


class Stage(NamedTuple):
    """A step of the game: its round (0 while seats are taken), its name, and how long it is meant to take."""

    id: str
    round: int
    title: str
    minutes: int


ROUNDS = (
    Stage("seats", 0, "Take your seats", 10),
    Stage("need", 1, "Need and outcomes", 15),
    Stage("market", 2, "Market engagement", 15),
    Stage("criteria", 3, "Criteria, weights and price formula", 15),
    Stage("bids", 4, "Bids", 25),
    Stage("scoring", 5, "Scoring alone", 20),
    Stage("moderation", 5, "Moderation", 20),
    Stage("award", 6, "Award", 15),
    *(Stage(f"quarter-{q}", 7, f"Delivery, quarter {q}", 8) for q in range(1, QUARTERS + 1)),
    Stage("debrief", 8, "Debrief", 20),
)
STAGES = tuple(stage.id for stage in ROUNDS)
DELIVERY = tuple(id for id in STAGES if id.startswith("quarter-"))
# From the first to the last of these, a person who changed sides would see what is sealed.
SEALED = STAGES[STAGES.index("bids") : STAGES.index("debrief")]


@dataclass(frozen=True)
class Move:
    """One line of a table's log. `at` is the server's time, ISO 8601 in UTC; `data` is as the kind asks."""

    table: str
    number: int
    seat: str
    who: str
    at: str
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class State:
    """What a log adds up to. Every field is plain data, as JSON would hold it.

    `people` are name to {"here": bool, "side": str}; `sitting` is seat to names; `opened` is stage to the
    time it was opened last; `needs` are the versions of the need, the last of which stands;
    `scores` are by scoring seat, bidder and criterion; `going` is True once the trainer has asked for the
    next stage.
    """

    code: str
    case: str
    seed: int
    settings: dict[str, Any]
    number: int = 0
    at: str = ""
    stage: str = "seats"
    opened: dict[str, str] = field(default_factory=dict)
    going: bool = False
    paused: str = ""
    paused_before: list[list[str]] = field(default_factory=list)
    closed: str = ""
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    sitting: dict[str, list[str]] = field(default_factory=dict)
    ready: list[str] = field(default_factory=list)
    nudges: list[dict[str, Any]] = field(default_factory=list)
    reopened: list[dict[str, Any]] = field(default_factory=list)
    needs: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    criteria: dict[str, Any] | None = None
    bids: dict[str, dict[str, Any]] = field(default_factory=dict)
    withdrawn: list[str] = field(default_factory=list)
    scores: dict[str, dict[str, dict[str, dict[str, Any]]]] = field(default_factory=dict)
    agreed: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    result: dict[str, Any] | None = None
    reasons: dict[str, str] = field(default_factory=dict)
    quarters: list[dict[str, Any]] = field(default_factory=list)
    remedies: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    next_table: str = ""

    @property
    def need(self) -> dict[str, Any] | None:
        """The need as it stands."""
        return self.needs[-1] if self.needs else None

    @property
    def winner(self) -> str | None:
        """The seat that won, once the result is out."""
        return self.result["winner"] if self.result else None

    @property
    def quarter(self) -> int:
        """The quarter being delivered, or 0."""
        return DELIVERY.index(self.stage) + 1 if self.stage in DELIVERY else 0

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return asdict(self)


def seats(state: State) -> list[str]:
    """Return all seats of a table: the trainer's, commissioners', bidders' and evaluators'."""
    kept = state.settings
    return [
        TRAINER,
        *(f"commissioner-{n}" for n in range(1, kept["commissioners"] + 1)),
        *kept["bidders"],
        *(f"evaluator-{n}" for n in range(1, kept["evaluators"] + 1)),
    ]


def role(seat: str) -> str:
    """Return what a seat is: trainer, commissioner, bidder, evaluator, academy, or "" for no seat."""
    if seat in ("", TRAINER, ACADEMY):
        return seat
    start = seat.partition("-")[0]
    return start if start in ("commissioner", "evaluator") else "bidder"


def side(seat: str) -> str:
    """Return whose secrets a seat shares: the council's, one bidder's, or the trainer's."""
    return "council" if role(seat) in ("commissioner", "evaluator") else seat


def at_least(state: State, stage: str) -> bool:
    """Say whether a stage has been reached."""
    return STAGES.index(state.stage) >= STAGES.index(stage)


def past(state: State, stage: str) -> bool:
    """Say whether a stage is over."""
    return STAGES.index(state.stage) > STAGES.index(stage)


def occupied(state: State, seat: str) -> bool:
    """Say whether anybody sits there."""
    return bool(state.sitting.get(seat))


def scoring_seats(state: State) -> list[str]:
    """Return the seats that mark bids: commissioners' and evaluators'."""
    return [seat for seat in seats(state) if role(seat) in ("commissioner", "evaluator")]


def acting(state: State) -> list[str]:
    """Return the occupied seats whose being ready ends the stage.

    They are those with a part in it, or all but the trainer's where nobody with a part is here.
    """
    here = [seat for seat in seats(state) if seat != TRAINER and occupied(state, seat)]
    return [seat for seat in here if has_part(state, seat)] or here


def missing_marks(state: State, seat: str) -> list[tuple[str, str]]:
    """Return which marks, by bidder and criterion, a scoring seat has still to give."""
    given = state.scores.get(seat, {})
    return [(b, c) for b in state.bids for c in CRITERIA if c not in given.get(b, {})]


def seat_name(state: State, seat: str) -> str:
    """Return what people call a seat."""
    if role(seat) == "bidder":
        return str(get_case(state.case).bidder(seat).name)
    return seat.replace("-", " ").capitalize()


def bare(bid: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bid as its move held it, without who sent it and when."""
    return {key: value for key, value in bid.items() if key not in ("by", "number")}


def without_money(bid: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bid as evaluators read it: without the price and without the bidder's own running budget."""
    return {key: value for key, value in bare(bid).items() if key not in ("price", "running")}


_PARTS: dict[str, tuple[str, ...]] = {
    "seats": ("commissioner", "bidder", "evaluator"),
    "need": ("commissioner",),
    "market": ("commissioner", "bidder"),
    "criteria": ("commissioner",),
    "bids": ("bidder",),
    "scoring": ("commissioner", "evaluator"),
    "moderation": ("commissioner", "evaluator"),
    "award": ("commissioner",),
    "debrief": (),
}


def has_part(state: State, seat: str) -> bool:
    """Say whether a seat has something to do in the stage."""
    if state.quarter:
        return role(seat) == "commissioner" or seat == state.winner
    return role(seat) in _PARTS[state.stage]


def next_stage(state: State) -> str:
    """Return the stage that comes next: without a winner there is nothing to deliver."""
    after = STAGES[STAGES.index(state.stage) + 1]
    return "debrief" if after in DELIVERY and state.winner is None else after


def undone(state: State, seat: str) -> str:
    """Say what a seat has still to do before it can be ready."""
    if not has_part(state, seat):
        return ""
    if state.stage == "need" and not state.needs:
        return "There is no need written yet: write it first."
    if state.stage == "criteria" and state.criteria is None:
        return "There are no criteria yet: set them first."
    if state.stage == "bids" and seat not in state.bids and seat not in state.withdrawn:
        return "You have sent no bid: send one first, or say that you do not bid."
    if state.stage == "scoring" and missing_marks(state, seat):
        bidder, criterion = missing_marks(state, seat)[0]
        count = len(missing_marks(state, seat))
        name = criterion.replace("_", " ")
        return f"Marks are missing ({count}), such as {name} of {seat_name(state, bidder)}: give them first."
    if state.stage == "award" and set(state.reasons) != set(state.bids):
        return "Each bidder must be told the reasons: write them first."
    return ""
