"""The rules of the table: who may play what and when, and what it adds up to."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_play import CRITERIA, NEED, PEOPLE, Player, bid

from course.errors import InputError
from course.joint import rules, views
from course.joint.case import CASES, QUARTERS
from course.joint.moves import RULES
from course.joint.state import ROUNDS, STAGES, TRAINER, Move, role, seats
from course.joint.store import Store


def _to(table: Player, stage: str) -> Player:
    """Play on until a stage has just begun."""
    for now in table.steps():
        if now == stage:
            return table
    raise AssertionError(f"The table never came to {stage}.")


# ---- Alone, with houses ----


@pytest.mark.parametrize("seat", ["commissioner-1", "birch", "evaluator-1"])
def test_one_person_can_play_alone_on_any_seat(store: Store, seat: str) -> None:
    table = Player(store, people={seat: "Sam"}, open=True)
    while table.state.stage != "debrief":
        table.next()
    state = table.state
    # Houses bid for every empty seat, and two full sets of marks were given.
    assert set(state.bids) >= {"alder", "birch", "cedar"} - {seat}
    marked = [s for s in state.scores if len(state.scores[s]) == len(state.bids)]
    assert len(marked) == 2
    assert state.winner in state.bids
    assert len(state.quarters) == QUARTERS


def test_one_person_can_sit_on_every_seat_of_an_open_table(store: Store) -> None:
    table = Player(store, people={}, open=True)
    person = store.join(table.code, "Sam")
    for seat in PEOPLE:
        store.act(table.code, person.token, "", "sit", {"seat": seat})
        table.tokens[seat] = person.token
    table.play()
    assert table.state.stage == "debrief"
    assert {m.who for m in store.log(table.code)} == {"Sam", "Trainer", "academy"}


def test_elsewhere_who_sits_down_on_another_side_stands_up_first(store: Store) -> None:
    table = Player(store)
    store.act(table.code, table.tokens["alder"], "", "sit", {"seat": "commissioner-1"})
    assert "alder" not in table.state.sitting
    assert table.state.sitting["commissioner-1"] == ["Carla", "Ada"]


def test_a_house_that_cannot_bid_by_the_rules_does_not_bid(store: Store) -> None:
    table = Player(store, people={"commissioner-1": "Carla", "commissioner-2": "Colin"})
    table.next()
    table.next()
    table.next()
    table.act("commissioner-1", "criteria", CRITERIA | {"ceiling": 1_000_000, "floor": 500_000})
    table.next()
    table.next()
    assert table.state.bids == {}
    assert table.state.withdrawn == ["alder", "birch", "cedar"]
    table.next()
    table.next()
    assert table.state.stage == "award"
    assert table.state.winner is None
    # With no winner there is nothing to deliver.
    assert table.next() == "debrief"


def test_the_seed_and_the_moves_give_the_same_year_again(store: Store) -> None:
    first, second = Player(store), Player(store)
    first.play()
    second.play()
    assert first.state.quarters == second.state.quarters
    assert first.state.result == second.state.result


# ---- Going on ----


def test_the_first_to_sit_down_does_not_start_the_table_alone(store: Store) -> None:
    table = Player(store, people={"alder": "Ada"})
    table.act("alder", "ready", {"ready": True})
    assert table.state.stage == "seats"


def test_all_being_ready_starts_the_table_once_every_seat_is_taken(store: Store) -> None:
    table = Player(store)
    for seat in PEOPLE:
        assert table.state.stage == "seats"
        table.act(seat, "ready", {"ready": True})
    assert table.state.stage == "need"


def test_only_seats_with_a_part_in_the_round_are_waited_for(store: Store) -> None:
    table = _to(Player(store), "need")
    assert table.view("trainer")["you"]["can"]
    waits = [s["seat"] for s in table.view(None)["seats"] if s["acts"]]
    assert waits == ["commissioner-1", "commissioner-2"]


def test_who_leaves_is_no_longer_waited_for(store: Store) -> None:
    table = _to(Player(store), "need")
    table.act("commissioner-1", "need", NEED)
    table.act("commissioner-1", "ready", {"ready": True})
    store.act(table.code, table.tokens["commissioner-2"], "", "leave")
    assert table.state.stage == "market"


def test_a_second_click_on_next_skips_no_round(store: Store) -> None:
    table = Player(store)
    table.act(TRAINER, "next", {"stage": "seats"})
    with pytest.raises(InputError, match="gone on from there already"):
        table.act(TRAINER, "next", {"stage": "seats"})
    assert table.state.stage == "need"


def test_ready_waits_for_what_the_round_asks(store: Store) -> None:
    table = _to(Player(store), "need")
    with pytest.raises(InputError, match="no need written yet"):
        table.act("commissioner-1", "ready", {"ready": True})
    for stage, seat, sentence in (
        ("criteria", "commissioner-1", "no criteria yet"),
        ("bids", "alder", "sent no bid"),
        ("scoring", "evaluator-1", "Marks are missing"),
        ("award", "commissioner-2", "told the reasons"),
    ):
        other = _to(Player(store), stage)
        with pytest.raises(InputError, match=sentence):
            other.act(seat, "ready", {"ready": True})


def test_where_nobody_wrote_a_need_or_criteria_the_cases_own_stand(store: Store) -> None:
    table = Player(store, people={"alder": "Ada"})
    for _ in range(4):
        table.next()
    case = CASES["calderbrook"]
    assert table.state.need["outcomes"] == case.need["outcomes"]
    assert table.state.criteria["weights"] == case.criteria["weights"]
    assert table.state.criteria["by"] == "academy"


def test_a_pause_holds_everybody_but_the_trainer(store: Store) -> None:
    table = _to(Player(store), "need")
    before = table.view(None)["due"]
    table.act(TRAINER, "pause", {"on": True})
    with pytest.raises(InputError, match="paused"):
        table.act("commissioner-1", "need", NEED)
    with pytest.raises(InputError, match="let it go on first"):
        table.next()
    store.join(table.code, "Late Lee")
    table.act(TRAINER, "pause", {"on": False})
    assert table.view(None)["due"] >= before
    table.act("commissioner-1", "need", NEED)


def test_pauses_are_added_to_the_time_a_round_is_meant_to_take(tmp_path) -> None:
    now = ["2027-01-01T10:00:00.000+00:00"]
    store = Store(f"sqlite:///{tmp_path / 'timed.sqlite'}", clock=lambda: now[0])
    table = Player(store)
    table.next()
    assert table.view(None)["due"] == "2027-01-01T10:15:00+00:00"
    table.act(TRAINER, "pause", {"on": True})
    now[0] = "2027-01-01T10:20:00.000+00:00"
    table.act(TRAINER, "pause", {"on": False})
    assert table.view(None)["due"] == "2027-01-01T10:35:00+00:00"
    table.act(TRAINER, "time", {"minutes": 25})
    assert table.view(None)["due"] == "2027-01-01T10:45:00+00:00"
    now[0] = "2027-01-01T12:00:00.000+00:00"
    table.act("commissioner-1", "need", NEED)  # late is not locked out
    store.close()


def test_a_nudge_is_read_by_the_seat_it_is_for(store: Store) -> None:
    table = _to(Player(store), "need")
    table.act(TRAINER, "nudge", {"seat": "commissioner-1", "text": "Two minutes left."})
    table.act(TRAINER, "nudge", {"text": "Well done, all."})
    assert [n["text"] for n in table.view("commissioner-1")["nudges"]] == [
        "Two minutes left.",
        "Well done, all.",
    ]
    assert [n["text"] for n in table.view("alder")["nudges"]] == ["Well done, all."]


def test_reopening_keeps_the_rounds_own_work_and_sets_aside_what_came_after(store: Store) -> None:
    table = _to(Player(store), "quarter-2")
    table.act(TRAINER, "reopen", {"stage": "scoring", "why": "A mark was wrong."})
    state = table.state
    assert state.scores
    assert state.bids
    assert (state.agreed, state.result, state.reasons, state.quarters, state.remedies) == (
        {},
        None,
        {},
        [],
        [],
    )
    assert state.reopened[0]["why"] == "A mark was wrong."
    table.act("commissioner-1", "score", _mark("alder", "quality", 5))
    assert table.next() == "moderation"


def test_reopening_a_quarter_keeps_the_quarters_before(store: Store) -> None:
    table = _to(Player(store), "debrief")
    before = table.state.quarters
    table.act(TRAINER, "reopen", {"stage": "quarter-2", "why": "Negotiate again."})
    assert table.state.quarters == before[:2]
    table.next()
    assert table.state.quarters == before[:3]


def test_a_trainer_may_close_early_and_reopen(store: Store) -> None:
    table = _to(Player(store), "scoring")
    table.act(TRAINER, "close", {"why": "Lunch is ready."})
    with pytest.raises(InputError, match="Lunch is ready"):
        table.act("commissioner-1", "score", _mark("alder", "quality", 3))
    with pytest.raises(InputError, match="closed"):
        table.next()
    assert table.view("commissioner-1")["you"]["can"] == []
    table.act(TRAINER, "reopen", {"stage": "scoring", "why": "After lunch."})
    table.act("commissioner-1", "score", _mark("alder", "quality", 3))


def test_only_the_trainer_runs_the_table(store: Store) -> None:
    table = Player(store)
    for kind in ("next", "pause", "nudge", "reopen", "close", "time"):
        with pytest.raises(InputError, match="for the trainer"):
            table.act("alder", kind, {"on": True, "text": "x", "why": "x", "minutes": 3})
    with pytest.raises(InputError, match="Only a trainer"):
        store.act(table.code, table.tokens["alder"], "", "sit", {"seat": TRAINER})


def test_a_table_always_has_a_trainer(store: Store) -> None:
    table = Player(store)
    for kind, data in (("leave", {}), ("stand", {"seat": TRAINER}), ("sit", {"seat": "alder"})):
        with pytest.raises(InputError, match="needs its trainer"):
            store.act(table.code, table.trainer, "", kind, data)
    helper = store.join(table.code, "Helper")
    table.act(TRAINER, "sit", {"seat": TRAINER, "name": "Helper"})
    store.act(table.code, table.trainer, "", "leave")
    store.act(table.code, helper.token, TRAINER, "next")


# ---- Two people on one seat ----


def test_two_people_on_one_seat_both_move_and_each_move_says_who(store: Store) -> None:
    table = _to(Player(store), "need")
    late = store.join(table.code, "Late Lee")
    store.act(table.code, late.token, "", "sit", {"seat": "commissioner-1"})
    store.act(table.code, late.token, "commissioner-1", "need", NEED)
    assert table.state.need["by"] == "Late Lee"
    table.act("commissioner-1", "need", NEED | {"statement": "Another."})
    assert table.state.need["by"] == "Carla"
    # One seat is ready once, whoever says so.
    store.act(table.code, late.token, "commissioner-1", "ready", {"ready": True})
    assert table.state.ready == ["commissioner-1"]


def test_nobodys_work_on_a_shared_seat_is_lost_unseen(store: Store) -> None:
    table = _to(Player(store), "bids")
    late = store.join(table.code, "Late Lee")
    store.act(table.code, late.token, "", "sit", {"seat": "alder"})
    shown = table.view("alder")["number"]
    store.act(table.code, late.token, "alder", "bid", bid("alder"), seen=shown)
    with pytest.raises(InputError, match="Late Lee changed this after you opened it"):
        table.act("alder", "bid", bid("alder", price=2_900_000), seen=shown)
    table.act("alder", "bid", bid("alder", price=2_900_000), seen=table.view("alder")["number"])
    # One's own earlier change is no surprise.
    table.act("alder", "bid", bid("alder", price=2_800_000), seen=shown)


# ---- What a move must hold ----


def _mark(bidder: str, criterion: str, mark: float, reason: str = "It names an owner.") -> dict[str, Any]:
    return {"bidder": bidder, "criterion": criterion, "mark": mark, "reason": reason}


def _line(**more: Any) -> list[dict[str, Any]]:
    return [bid("alder")["commitments"][0] | more]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"price": 3_000_001}, "keep it from 1 to 3,000,000"),
        ({"price": "2.5m"}, "The price is not a number"),
        ({"price": float("nan")}, "The price is not a number"),
        ({"price": float("inf")}, "far too large"),
        ({"price": 10**400}, "far too large"),
        ({"running": 2_900_000}, "raise the price or lower a budget"),
        ({"plan": [{"item": "gold", "quantity": 1, "cost": 1}]}, "no plan item “gold”"),
        ({"plan": bid("alder")["plan"] * 2}, "“keyworkers” comes twice"),
        ({"plan": "all of it"}, "are not a list"),
        ({"commitments": _line(quantity=2.5)}, "in steps of 1"),
        ({"commitments": _line(quantity=10_000)}, "keep it from 1 to"),
        ({"commitments": _line(owner=" ")}, "The owner of .* is empty"),
        ({"commitments": _line(date="2030-01-01")}, "not within the contract"),
        ({"commitments": _line(date="soon")}, "is not a date"),
        ({"story": "x" * 2_001}, "make it 2000 or fewer"),
    ],
)
def test_a_bid_that_cannot_stand_is_refused_in_one_sentence(store: Store, change, sentence) -> None:
    table = _to(Player(store), "bids")
    with pytest.raises(InputError, match=sentence):
        table.act("alder", "bid", bid("alder") | change)


def test_a_bid_may_promise_more_than_it_pays_for(store: Store) -> None:
    table = _to(Player(store), "bids")
    table.act("alder", "bid", bid("alder") | {"commitments": _line(quantity=15, cost=0)})
    assert table.state.bids["alder"]["commitments"][0] == _line(quantity=15, cost=0)[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"weights": {"price": 50, "quality": 40, "social_value": 20}}, "add up to 110"),
        ({"weights": {"price": 50, "quality": 50}}, "social value is not a number"),
        ({"formula": "guess"}, "price formula is not one of these"),
        ({"ceiling": 1_800_000}, "is not above the floor"),
        (
            {
                "weights": {"price": 100, "quality": 0, "social_value": 0},
                "formula": "price_per_quality_point",
            },
            "no quality to divide by",
        ),
    ],
)
def test_criteria_that_cannot_be_scored_are_refused(store: Store, change, sentence) -> None:
    table = _to(Player(store), "criteria")
    with pytest.raises(InputError, match=sentence):
        table.act("commissioner-1", "criteria", CRITERIA | change)


def test_a_mark_needs_a_reason_and_a_whole_number(store: Store) -> None:
    table = _to(Player(store), "scoring")
    with pytest.raises(InputError, match="The reason for the mark is empty"):
        table.act("evaluator-1", "score", _mark("alder", "quality", 3, " "))
    with pytest.raises(InputError, match="in steps of 1"):
        table.act("evaluator-1", "score", _mark("alder", "quality", 2.5))
    table.act("evaluator-1", "score", _mark("alder", "quality", 3, "Very good."))
    # A reason that gives none is pointed out to its writer, before others read it.
    assert table.view("evaluator-1")["faults"][0]["fault"] == "no_reason"


def test_changing_an_agreed_mark_asks_everybody_else_again(store: Store) -> None:
    table = _to(Player(store), "moderation")
    table.act("commissioner-1", "ready", {"ready": True})
    table.act("commissioner-2", "agree", _mark("alder", "quality", 3.5))
    assert table.state.ready == []


def test_a_changed_need_after_market_engagement_says_what_was_heard(store: Store) -> None:
    table = _to(Player(store), "market")
    with pytest.raises(InputError, match="What you heard"):
        table.act("commissioner-1", "need", NEED)
    table.act("commissioner-1", "need", NEED | {"why": "A bidder named a better measure."})
    assert [need["why"] for need in table.view("alder")["needs"]] == ["", "A bidder named a better measure."]


def test_a_remedy_is_asked_by_commissioners_and_answered_by_the_winner(store: Store) -> None:
    table = _to(Player(store), "quarter-1")
    winner = table.state.winner
    loser = next(seat for seat in ("alder", "birch", "cedar") if seat != winner)
    asked = {"offer": "jobs", "kind": "withhold", "text": "Until six people work.", "amount": 10_000}
    with pytest.raises(InputError, match="amount held back"):
        table.act("commissioner-1", "remedy", asked | {"amount": None})
    with pytest.raises(InputError, match="not one of these"):
        table.act("commissioner-1", "remedy", asked | {"offer": "carbon"})
    table.act("commissioner-1", "remedy", asked)
    number = table.state.remedies[-1]["number"]
    answer = {"remedy": number, "accept": True, "text": "Agreed."}
    with pytest.raises(InputError, match="Only the provider who won"):
        table.act(loser, "reply", answer)
    table.act(winner, "reply", answer)
    with pytest.raises(InputError, match="no such remedy"):
        table.act(winner, "reply", answer)


def test_a_table_needs_two_bidders_and_two_who_mark(store: Store) -> None:
    for wrong, sentence in (
        ({"bidders": ["alder"]}, "2 to 5 bidders"),
        ({"bidders": ["alder", "alder"]}, "comes twice"),
        ({"bidders": ["alder", "oak"]}, "no bidder “oak”"),
        ({"commissioners": 1, "evaluators": 0}, "at least|two who mark"),
        ({"case": "nowhere"}, "no case “nowhere”"),
        ({"minutes": {"tea": 5}}, "A stage in the list of minutes"),
    ):
        with pytest.raises(InputError, match=sentence):
            store.new(**wrong)


def test_names_are_plain_and_not_the_tables_own(store: Store) -> None:
    table = Player(store)
    for name in ("", "  ", "=1+1", "house", "Academy", "x" * 41, "<b>"):
        with pytest.raises(InputError):
            store.join(table.code, name)
    assert store.join(table.code, "  Zoë   O’Brien-Łaska ").name == "Zoë O’Brien-Łaska"


# ---- Laws ----

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
SEATS = (
    TRAINER,
    "commissioner-1",
    "commissioner-2",
    "alder",
    "birch",
    "evaluator-1",
    "",
    "academy",
    "nowhere",
)
WHO = ("Tess", "Carla", "Colin", "Ada", "Ben", "Eve", "house", "academy")
SITS = dict(zip(SEATS, WHO, strict=False))
GOOD: dict[str, Any] = {
    "ready": {"ready": True},
    "pause": {"on": True},
    "time": {"minutes": 5},
    "nudge": {"text": "Go on."},
    "close": {"why": "Lunch."},
    "need": NEED | {"why": "Heard."},
    "question": {"text": "How many?"},
    "criteria": CRITERIA,
    "bid": bid("alder"),
    "score": _mark("alder", "quality", 3),
    "agree": _mark("alder", "quality", 3),
    "reasons": {"reasons": {"alder": "Dates.", "birch": "Owner."}},
    "remedy": {"offer": "jobs", "kind": "relax", "text": "Fewer."},
    "note": {"text": "We learned."},
}


@st.composite
def anything(draw: st.DrawFn) -> tuple[str, str, str, Any]:
    """A move by anybody: likely, odd, or nonsense."""
    kind = draw(st.sampled_from(["next", "next", "next", "ready", *RULES, "nonsense"]))
    seat = TRAINER if kind == "next" else draw(st.sampled_from(SEATS))
    who = SITS.get(seat, "Ada") if draw(st.integers(0, 9)) else draw(st.sampled_from(WHO))
    if kind == "sit" or kind == "stand":
        data: Any = {"seat": draw(st.sampled_from(SEATS)), "name": draw(st.sampled_from(WHO))}
    elif kind == "reopen":
        data = {"stage": draw(st.sampled_from(STAGES)), "why": "Again."}
    else:
        data = GOOD.get(kind, {}) if draw(st.integers(0, 4)) else draw(JSON)
    return seat, who, kind, data


def _made(seats_taken: bool) -> list[Move]:
    data = {
        "case": "calderbrook",
        "seed": 5,
        "commissioners": 2,
        "bidders": ["alder", "birch"],
        "evaluators": 1,
        "open": False,
        "minutes": {},
        "from": "",
        "trainer": "Tess",
    }
    log = [Move("TABLE", 1, "academy", "academy", "2027-01-01T10:00:00+00:00", "made", data)]
    for seat, who in SITS.items() if seats_taken else ():
        if seat not in ("", "academy", TRAINER):
            log.append(Move("TABLE", len(log) + 1, "", who, log[0].at, "join", {}))
            log.append(Move("TABLE", len(log) + 1, "", who, log[0].at, "sit", {"seat": seat, "name": who}))
    return log


@given(st.booleans(), st.lists(anything(), max_size=40))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_tried_the_log_replays_to_the_same_state_at_every_point(seated, tried) -> None:
    log = _made(seated)
    state = rules.replay(log)
    then = {state.number: state.to_json()}
    for seat, who, kind, data in tried:
        before = state.to_json()
        try:
            move = rules.check(state, Move("TABLE", state.number + 1, seat, who, state.at, kind, data))
        except InputError:
            move = None
        assert state.to_json() == before
        while move is not None:
            state = rules.apply(state, move)
            log.append(move)
            then[move.number] = state.to_json()
            move = rules.due(state)
    for number in sorted(then):
        assert rules.replay(log[:number]).to_json() == then[number]
    for seat in (*seats(state), None):
        views.view(state, seat)
        for move in log:
            views.seen(state, move, seat)


@given(JSON)
@settings(max_examples=60, deadline=None)
def test_data_however_odd_is_played_or_refused_and_breaks_nothing(data: Any) -> None:
    state = rules.replay(_made(True))
    for stage in STAGES:
        state.stage = stage
        for kind, rule in RULES.items():
            if rule.roles == ("academy",) or (rule.stages and stage not in rule.stages):
                continue
            if stage in ("bids", "award") or stage.startswith("quarter"):
                state.criteria = CRITERIA
                state.bids = {"alder": bid("alder") | {"by": "Ada", "number": 3}}
                state.result = {"winner": "alder", "bids": [], "tie": ""}
            seat = next(seat for seat in SITS if role(seat) in rule.roles)
            with suppress(InputError):
                rules.check(state, Move("TABLE", 99, seat, SITS.get(seat, "Ada"), "", kind, data))


def test_the_rounds_are_those_of_the_game() -> None:
    assert [stage.round for stage in ROUNDS] == [0, 1, 2, 3, 4, 5, 5, 6, 7, 7, 7, 7, 8]
