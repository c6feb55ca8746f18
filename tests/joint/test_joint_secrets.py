"""A seat sees only what it may: everything is asked for from every seat after every move."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from table_play import NEED, Player, bid

from course.errors import InputError
from course.joint.state import STAGES
from course.joint.store import Store

COUNCIL = {"commissioner-1", "commissioner-2", "evaluator-1"}
COMMISSIONERS = {"commissioner-1", "commissioner-2"}
BIDDERS = {"alder", "birch", "cedar"}
SEATS = [*COUNCIL, *BIDDERS, None]


def _from(stage: str) -> Callable[[str], bool]:
    return lambda now: STAGES.index(now) >= STAGES.index(stage)


# The words and figures that may leak, with who may read each before the debrief, and from which stage on.
# Written out here apart from the code, from what the rules of the table say.
SECRETS: dict[str, dict[str, set[str | None]]] = {
    "Draft-need-secret": {"need": COMMISSIONERS, "market": set(SEATS)},
    "Criteria-secret": {"criteria": COMMISSIONERS, "bids": set(SEATS)},
    "987654321": {},  # the seed would let one work out the year to come
    "Agreed-secret": {"moderation": COUNCIL},
    "Remedy-secret": {"quarter-1": COMMISSIONERS},  # and the winner's seat, added below
    "Reply-secret": {"quarter-1": COMMISSIONERS},
    **{f"Mark-secret-{s}": {"scoring": {s}, "moderation": COUNCIL} for s in COUNCIL},
    **{f"Reason-secret-{b}": {"award": COMMISSIONERS, "quarter-1": COMMISSIONERS | {b}} for b in BIDDERS},
    **{f"Story-secret-{b}": {"bids": {b}, "scoring": COUNCIL | {b}} for b in BIDDERS},
    **{f"Owner-secret-{b}": {"bids": {b}, "scoring": COUNCIL | {b}} for b in BIDDERS},
    **{str(bid(b)["running"]): {"bids": {b}} for b in BIDDERS},
    **{str(bid(b)["price"]): {"bids": {b}, "award": set(SEATS)} for b in BIDDERS},
}


def _may_read(secret: str, seat: str | None, stage: str) -> bool:
    allowed = SECRETS[secret].items()
    return stage == "debrief" or any(seat in who and _from(since)(stage) for since, who in allowed)


def _all_that_a_seat_can_ask_for(table: Player, seat: str | None) -> str:
    """Everything the store answers to the token of the seat's person."""
    token = table.tokens[seat] if seat else None
    return json.dumps(
        [
            table.store.view(table.code, token, seat),
            table.store.view(table.code),
            table.store.case_facts(table.code, token, seat),
            table.store.case_facts(table.code),
            table.store.moves_since(table.code, 0, token, seat),
            table.store.moves_since(table.code, 0),
            table.store.latest(),
            table.store.tables(token or "none"),
        ]
    )


# Who wrote what they may read again whatever the stage, for it is theirs.
WROTE = {
    **{f"Mark-secret-{s}": {s} for s in COUNCIL},
    **{f"Reason-secret-{b}": {"commissioner-1"} for b in BIDDERS},
    "Agreed-secret": {"evaluator-1"},
    "Remedy-secret": {"commissioner-2"},
    "Draft-need-secret": {"commissioner-1"},
    "Criteria-secret": {"commissioner-2"},
}


def _read(table: Player, seat: str | None) -> set[str]:
    text = _all_that_a_seat_can_ask_for(table, seat)
    return {secret for secret in SECRETS if secret in text}


def _leaks(table: Player) -> list[tuple[str, str | None, str]]:
    state = table.state
    for secret in ("Remedy-secret", "Reply-secret"):
        SECRETS[secret]["quarter-1"] = COMMISSIONERS | {state.winner}
    return [
        (secret, seat, state.stage)
        for seat in SEATS
        for secret in _read(table, seat)
        if not _may_read(secret, seat, state.stage) and seat not in WROTE.get(secret, ())
    ]


def test_no_seat_ever_reads_what_is_sealed_from_it_and_each_reads_what_is_open(store: Store) -> None:
    table = Player(store)
    first: dict[tuple[str, str | None], str] = {}
    for stage in table.steps():
        for seat in SEATS:
            for secret in _read(table, seat):
                first.setdefault((secret, seat), stage)
    winner = table.state.winner
    for secret in ("Remedy-secret", "Reply-secret"):
        SECRETS[secret]["quarter-1"] = COMMISSIONERS | {winner}
    early = {key: stage for key, stage in first.items() if not _may_read(key[0], key[1], stage)}
    assert not early
    # At the debrief everything is open to all, so each secret was really there to be leaked; and nothing is
    # kept from anybody for longer than the rules of the table say.
    opens = {
        (secret, seat): next(stage for stage in STAGES if _may_read(secret, seat, stage))
        for secret in SECRETS
        for seat in SEATS
    }
    assert first == opens


def test_the_trainer_reads_everything_at_once(store: Store) -> None:
    table = Player(store)
    for stage in table.steps():
        if stage == "bids" and len(table.state.bids) == 1:
            break
    assert "Story-secret-cedar" in json.dumps(table.view("trainer"))
    assert table.view("trainer")["seed"] == 987_654_321


def test_who_asked_a_question_is_not_shown_to_others(store: Store) -> None:
    table = Player(store)
    table.next()
    table.act("commissioner-1", "need", NEED)
    table.next()
    table.act("alder", "question", {"text": "How many tenants?"})
    assert table.view("alder")["questions"][0]["seat"] == "alder"
    for seat in ("birch", "commissioner-1", None):
        assert table.view(seat)["questions"][0]["seat"] is None
        token = table.tokens[seat] if seat else None
        last = store.moves_since(table.code, 0, token, seat)[-1]
        assert (last["kind"], last["seat"], last["who"]) == ("question", None, None)


def test_reopening_seals_again_what_comes_after(store: Store) -> None:
    table = Player(store)
    for stage in table.steps():
        if stage == "quarter-1":
            break
    table.act("trainer", "reopen", {"stage": "bids", "why": "Cedar forgot its dates."})
    assert table.state.stage == "bids"
    assert table.view("cedar")["bids"].keys() == {"cedar"}
    assert not _leaks(table)


def test_closing_early_opens_nothing(store: Store) -> None:
    table = Player(store)
    for stage in table.steps():
        if stage == "scoring" and table.state.scores:
            break
    table.act("trainer", "close", {"why": "The fire alarm rang."})
    assert not _leaks(table)
    assert table.view("alder")["bids"].keys() == {"alder"}


def test_the_new_holder_of_a_seat_reads_no_other_side(store: Store) -> None:
    table = Player(store)
    for stage in table.steps():
        if stage == "bids":
            break
    token = table.tokens["alder"]
    store.act(table.code, token, "", "stand", {"seat": "alder"})
    for other in ("birch", "commissioner-1"):
        with pytest.raises(InputError, match="You have sat on another side"):
            store.act(table.code, token, "", "sit", {"seat": other})
    store.act(table.code, token, "", "sit", {"seat": "alder"})
