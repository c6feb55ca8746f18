"""Playing a whole table by code, every seat by a person of its own, with words that give away any leak."""

from __future__ import annotations

from typing import Any

from course.joint.case import CALDERBROOK
from course.joint.store import Store

PEOPLE = {
    "commissioner-1": "Carla",
    "commissioner-2": "Colin",
    "evaluator-1": "Eve",
    "alder": "Ada",
    "birch": "Ben",
    "cedar": "Cem",
}
NEED = {
    "statement": "Draft-need-secret: tenants live well.",
    "outcomes": [{"outcome": "work", "target": 52}, {"outcome": "loneliness", "target": 28}],
}
CRITERIA = {
    "weights": {"price": 40, "quality": 40, "social_value": 20},
    "formula": "relative",
    "ceiling": 3_000_000,
    "floor": 1_800_000,
    "min_quality": 20,
    "why": "Criteria-secret: people first.",
}


def bid(bidder: str, price: float | None = None, **more: Any) -> dict[str, Any]:
    """A bid whose words and figures can be told from any other's."""
    running = CALDERBROOK.bidder(bidder).running
    made = {
        "price": price or running + 200_000 + len(bidder),
        "running": running + 11,
        "plan": [{"item": "keyworkers", "quantity": 1, "cost": 30_000}],
        "commitments": [
            {
                "offer": "jobs",
                "quantity": 5,
                "cost": 35_000,
                "owner": f"Owner-secret-{bidder}",
                "measure": "payroll at 26 weeks",
                "date": "2027-12-31",
            }
        ],
        "story": f"Story-secret-{bidder}",
    }
    return made | more


class Player:
    """A table and the people at it."""

    def __init__(self, store: Store, *, people: dict[str, str] | None = None, **settings: Any) -> None:
        settings = {"bidders": ("alder", "birch", "cedar"), "evaluators": 1, "seed": 987_654_321} | settings
        self.store = store
        self.code, self.trainer = store.new(**settings)
        self.tokens: dict[str, str] = {"trainer": self.trainer}
        for seat, name in (PEOPLE if people is None else people).items():
            person = store.join(self.code, name)
            store.act(self.code, person.token, "", "sit", {"seat": seat})
            self.tokens[seat] = person.token

    @property
    def state(self):
        return self.store.state(self.code)

    def act(self, seat: str, kind: str, data: dict[str, Any] | None = None, **more: Any) -> int:
        return self.store.act(self.code, self.tokens[seat], seat, kind, data, **more)

    def next(self) -> str:
        self.act("trainer", "next")
        return self.state.stage

    def view(self, seat: str | None) -> dict[str, Any]:
        return self.store.view(self.code, self.tokens[seat] if seat else None, seat)

    def play(self) -> list[str]:
        """Play from the seats to the debrief; return the stage after each move."""
        return list(self.steps())

    def steps(self):
        """Play one move after another, and give the stage after each."""
        for seat, kind, data in self.moves():
            self.act(seat, kind, data)
            yield self.state.stage

    def moves(self):
        """What is played, in order; what depends on earlier moves is looked up when its turn comes."""
        yield "trainer", "next", {}
        yield "commissioner-1", "need", NEED
        yield "commissioner-1", "ready", {"ready": True}
        yield "commissioner-2", "ready", {"ready": True}
        yield "alder", "question", {"text": "How many tenants are there?"}
        question = self.state.questions[-1]["number"]
        yield "commissioner-2", "answer", {"question": question, "text": "One hundred and twenty."}
        yield "commissioner-1", "need", NEED | {"why": "Bidders asked for a figure."}
        yield "trainer", "next", {}
        yield "commissioner-2", "criteria", CRITERIA
        yield "commissioner-1", "ready", {"ready": True}
        yield "commissioner-2", "ready", {"ready": True}
        for bidder in ("cedar", "alder", "birch"):
            yield bidder, "bid", bid(bidder)
            yield bidder, "ready", {"ready": True}
        scorers = ("commissioner-1", "commissioner-2", "evaluator-1")
        for at, scorer in enumerate(scorers):
            for number, bidder in enumerate(("alder", "birch", "cedar")):
                for criterion in ("quality", "social_value"):
                    mark = (at + number + len(criterion)) % 4 + 2
                    reason = f"Mark-secret-{scorer}: it names an owner and gives a date."
                    given = {"bidder": bidder, "criterion": criterion, "mark": mark, "reason": reason}
                    yield scorer, "score", given
            yield scorer, "ready", {"ready": True}
        agreed = {
            "bidder": "birch",
            "criterion": "quality",
            "mark": 4.5,
            "reason": "Agreed-secret: dates and owner.",
        }
        yield "evaluator-1", "agree", agreed
        for scorer in scorers:
            yield scorer, "ready", {"ready": True}
        reasons = {bidder: f"Reason-secret-{bidder}" for bidder in ("alder", "birch", "cedar")}
        yield "commissioner-1", "reasons", {"reasons": reasons}
        yield "commissioner-1", "ready", {"ready": True}
        yield "commissioner-2", "ready", {"ready": True}
        winner = self.state.winner
        asked = {"offer": "jobs", "kind": "improvement_plan", "text": "Remedy-secret: who, and by when?"}
        yield "commissioner-2", "remedy", asked
        number = self.state.remedies[-1]["number"]
        yield winner, "reply", {"remedy": number, "accept": True, "text": "Reply-secret: Jo, by June."}
        for _ in range(4):
            for seat in ("commissioner-1", "commissioner-2", winner):
                yield seat, "ready", {"ready": True}
        yield "birch", "note", {"text": "We would cost our promises first."}
