"""What the joint table's forms send, as the moves that it makes, and moves in the words that people read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from course.joint.result import CRITERIA
from course.joint.state import ACADEMY, HOUSE, ROUNDS

Fields = Mapping[str, str]
TITLES = {stage.id: (f"Round {stage.round}: " if stage.round else "") + stage.title for stage in ROUNDS}


def figure(typed: str) -> float | str:
    """Return the number that somebody typed, with £, % and commas or not; else what they typed."""
    plain = typed.strip().replace(",", "").replace(" ", "").removeprefix("£").removesuffix("%")
    try:
        return float(plain)
    except ValueError:
        return typed


def moves(
    kind: str, fields: Fields, facts: Mapping[str, Any], shown: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    """Return the moves, kind and data, that a form asks for.

    Parameters
    ----------
    kind : str
        The form's kind: that of its move, or `marks` and `agreements` for a form with several.
    fields : mapping
        Its fields.
    facts, shown : mapping
        `views.case_facts` and `views.view` of the seat that sends it.
    """
    makes = FORMS.get(kind)
    if makes is not None:
        return makes(fields, facts, shown)
    return [(kind, {name: fields[name] for name in PLAIN.get(kind, ()) if name in fields})]


# Forms whose fields are the move's data as they stand.
PLAIN = {
    "sit": ("seat", "name"), "stand": ("seat", "name"), "question": ("text",), "next": ("stage",),
    "reopen": ("stage", "why"), "close": ("why",), "note": ("text",), "leave": (), "withdraw": (),
}  # fmt: skip


def _need(fields: Fields, facts: Mapping[str, Any], shown: Mapping[str, Any]) -> list[tuple[str, Any]]:
    wanted = [
        {"outcome": outcome["id"], "target": figure(fields.get(f"target-{outcome['id']}", ""))}
        for outcome in facts["outcomes"]
        if fields.get(f"want-{outcome['id']}")
    ]
    data = {"statement": fields.get("statement", ""), "outcomes": wanted, "why": fields.get("why", "")}
    return [("need", data)]


def _answer(fields: Fields, facts: Mapping[str, Any], shown: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [("answer", {"question": _whole(fields.get("question", "")), "text": fields.get("text", "")})]


def _criteria(fields: Fields, facts: Mapping[str, Any], shown: Mapping[str, Any]) -> list[tuple[str, Any]]:
    data = {
        "weights": {name: figure(fields.get(name, "")) for name in ("price", *CRITERIA)},
        "formula": fields.get("formula", ""),
        **{name: figure(fields.get(name, "")) for name in ("ceiling", "floor", "min_quality")},
        "why": fields.get("why", ""),
    }
    return [("criteria", data)]


def _bid(fields: Fields, facts: Mapping[str, Any], shown: Mapping[str, Any]) -> list[tuple[str, Any]]:
    def line(id: str) -> dict[str, Any]:
        return {name: figure(fields.get(f"{name}-{id}", "")) for name in ("quantity", "cost")}

    def offered(id: str) -> bool:
        return fields.get(f"quantity-{id}", "").strip() not in ("", "0")

    plan = [{"item": item["id"], **line(item["id"])} for item in facts["plan"] if offered(item["id"])]
    commitments = [
        {
            "offer": offer["id"],
            **line(offer["id"]),
            **{name: fields.get(f"{name}-{offer['id']}", "") for name in ("owner", "measure", "date")},
        }
        for offer in facts["offers"]
        if offered(offer["id"])
    ]
    money = {name: figure(fields.get(name, "")) for name in ("price", "running")}
    return [("bid", {**money, "plan": plan, "commitments": commitments, "story": fields.get("story", "")})]


def _marks(kind: str, before: Callable[[Mapping[str, Any], str], Mapping[str, Any]]) -> Callable[..., Any]:
    def made(fields: Fields, facts: Mapping[str, Any], shown: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Leave out what is empty or stands so already: each mark is a move of its own."""
        bidder, found = fields.get("bidder", ""), []
        for criterion in CRITERIA:
            mark, reason = (fields.get(f"{name}-{criterion}", "").strip() for name in ("mark", "reason"))
            held = before(shown, bidder).get(criterion)
            same = held and (held["mark"], held["reason"]) == (figure(mark), reason)
            if (mark or reason) and not same:
                data = {"bidder": bidder, "criterion": criterion, "mark": figure(mark), "reason": reason}
                found.append((kind, data))
        return found

    return made


def _scored(shown: Mapping[str, Any], bidder: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = shown["scores"].get(shown["you"]["seat"], {}).get(bidder, {})
    return found


def _agreed(shown: Mapping[str, Any], bidder: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = shown["agreed"].get(bidder, {})
    return found


def _reasons(fields: Fields, facts: Mapping[str, Any], shown: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [("reasons", {"reasons": {bidder: fields.get(f"told-{bidder}", "") for bidder in shown["bids"]}})]


def _remedy(fields: Fields, facts: Mapping[str, Any], shown: Mapping[str, Any]) -> list[tuple[str, Any]]:
    data: dict[str, Any] = {name: fields.get(name, "") for name in ("offer", "text")}
    data["kind"] = fields.get("remedy-kind", "")
    return [("remedy", data | {"amount": figure(fields.get("amount", ""))})]


def _reply(fields: Fields, facts: Mapping[str, Any], shown: Mapping[str, Any]) -> list[tuple[str, Any]]:
    accept = {"yes": True, "no": False}.get(fields.get("accept", ""))
    data = {"remedy": _whole(fields.get("remedy", "")), "accept": accept, "text": fields.get("text", "")}
    return [("reply", data)]


def _nudge(fields: Fields, facts: Mapping[str, Any], shown: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [("nudge", {"seat": fields.get("to") or None, "text": fields.get("text", "")})]


def _whole(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


FORMS: dict[str, Callable[..., list[tuple[str, Any]]]] = {
    "need": _need,
    "answer": _answer,
    "criteria": _criteria,
    "bid": _bid,
    "marks": _marks("score", _scored),
    "agreements": _marks("agree", _agreed),
    "reasons": _reasons,
    "remedy": _remedy,
    "reply": _reply,
    "nudge": _nudge,
    "ready": lambda fields, facts, shown: [("ready", {"ready": fields.get("ready") == "yes"})],
    "pause": lambda fields, facts, shown: [("pause", {"on": fields.get("on") == "yes"})],
    "time": lambda fields, facts, shown: [("time", {"minutes": figure(fields.get("minutes", ""))})],
}


# ---- Moves in words -------------------------------------------------------------------------------


def words(move: Mapping[str, Any], names: Mapping[str, str], facts: Mapping[str, Any]) -> str:
    """Say what a move did, as `views.seen` lets a seat know it; "" where that says nothing.

    Parameters
    ----------
    move : mapping
        As `views.seen` gives it.
    names : mapping
        What people call each seat.
    facts : mapping
        `views.case_facts`.
    """
    said = _WORDS.get(move["kind"])
    if said is None:
        return ""
    seat = names.get(move["seat"] or "", "")
    who = "" if move["who"] in (None, HOUSE, ACADEMY) else move["who"]
    by = f"{seat} ({who})" if seat and who and who != seat else seat or who
    return said(by, move["data"] or {}, names, facts)


def _named(things: Any, id: Any) -> str:
    return next((str(thing["name"]) for thing in things if thing["id"] == id), str(id))


def _won(by: str, data: Any, names: Any, facts: Any) -> str:
    winner = names.get(data.get("winner") or "")
    return f"The result is out: {winner} won." if winner else "The result is out: nobody won."


def _mark(verb: str) -> Callable[..., str]:
    def said(by: str, data: Any, names: Any, facts: Any) -> str:
        if not data:
            return f"{by} gave a mark."
        criterion = data["criterion"].replace("_", " ")
        return f"{by} {verb} {data['mark']:g} of 5 for {criterion} of {names[data['bidder']]}."

    return said


def _remedied(by: str, data: Any, names: Any, facts: Any) -> str:
    if not data:
        return "The council asked for a remedy."
    asked = facts["remedies"].get(data["kind"], data["kind"])
    return f"{by} asked for a remedy on “{_named(facts['offers'], data['offer'])}”: {asked.lower()}."


def _replied(by: str, data: Any, names: Any, facts: Any) -> str:
    if not data:
        return ""
    return f"{by} {'agreed to' if data['accept'] else 'refused'} the remedy. {data['text']}".strip()


def _moved(verb: str) -> Callable[..., str]:
    def said(by: str, data: Any, names: Any, facts: Any) -> str:
        who, seat = data.get("name", ""), names.get(data.get("seat", ""), "")
        mover = "" if by == who or not by else f" (by {by})"
        return f"{who} {verb} {seat}{mover}." if who else ""

    return said


_WORDS: dict[str, Callable[[str, Any, Any, Any], str]] = {
    "made": lambda by, data, names, facts: "The table was made.",
    "join": lambda by, data, names, facts: f"{by} joined the table.",
    "leave": lambda by, data, names, facts: f"{by} left the table.",
    "sit": _moved("sat down as"),
    "stand": _moved("stood up from"),
    "ready": lambda by, data, names, facts: f"{by} is {'' if data.get('ready') else 'no longer '}ready.",
    "next": lambda by, data, names, facts: f"{by} moved the table on.",
    "turn": lambda by, data, names, facts: f"{TITLES.get(data.get('to', ''), 'The next round')} began.",
    "pause": lambda by, data, names, facts: (
        "The table is paused." if data.get("on") else "The table goes on."
    ),
    "time": lambda by, data, names, facts: f"{by} gave this round {data.get('minutes', 0):g} minutes.",
    "nudge": lambda by, data, names, facts: f"{by} says: {data['text']}" if data else "",
    "reopen": lambda by, data, names, facts: (
        f"{by} reopened “{TITLES.get(data.get('stage', ''), '')}”: {data.get('why', '')}"
    ),
    "close": lambda by, data, names, facts: f"{by} closed the table: {data.get('why', '')}",
    "readmit": lambda by, data, names, facts: f"{by} let {data.get('name', '')} back in.",
    "need": lambda by, data, names, facts: f"{by or 'The case'} wrote the need.",
    "question": lambda by, data, names, facts: f"{by or 'A bidder'} asked: {data.get('text', '')}",
    "answer": lambda by, data, names, facts: f"{by} answered a question: {data.get('text', '')}",
    "criteria": lambda by, data, names, facts: f"{by or 'The case'} set the criteria.",
    "bid": lambda by, data, names, facts: f"{by} sent a bid.",
    "withdraw": lambda by, data, names, facts: f"{by} does not bid.",
    "score": _mark("gave"),
    "agree": _mark("wrote the agreed mark"),
    "result": _won,
    "reasons": lambda by, data, names, facts: f"{by} wrote what each bidder is told.",
    "quarter": lambda by, data, names, facts: f"Quarter {data.get('quarter', '')} was delivered.",
    "remedy": _remedied,
    "reply": _replied,
    "note": lambda by, data, names, facts: f"{by} wrote a note: {data.get('text', '')}",
    "swapped": lambda by, data, names, facts: f"Chairs were swapped: go on at table {data.get('to', '')}.",
}
