"""The log on both databases: nothing lost, nothing doubled, everybody known by their token."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from table_play import PEOPLE, Player, bid

from course.errors import InputError
from course.joint import rules
from course.joint import store as stores
from course.joint.state import ROUNDS
from course.joint.store import Store


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each test of this file runs on both databases."""
    return (
        f"sqlite:///{tmp_path / 'joint.sqlite'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres")
    )


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


def test_a_whole_table_is_played_by_all_its_seats(store: Store) -> None:
    table = Player(store)
    stages = table.play()
    assert list(dict.fromkeys(stages)) == [stage.id for stage in ROUNDS[1:]]
    state = table.state
    assert state.result["winner"] in ("alder", "birch", "cedar")
    assert [quarter["quarter"] for quarter in state.quarters] == [1, 2, 3, 4]
    assert all(state.reasons.values())
    # Every seat was a person's, so no house played.
    assert {move.who for move in store.log(table.code)} == {*PEOPLE.values(), "Trainer", "academy"}


def test_a_table_is_taken_up_again_from_the_log_alone(store: Store, url: str) -> None:
    table = Player(store)
    for stage in table.steps():
        if stage == "scoring":
            break
    again = Store(url)
    assert again.state(table.code) == table.state
    assert again.view(table.code, table.tokens["birch"], "birch") == table.view("birch")
    again.act(table.code, table.trainer, "trainer", "next")
    # The first store sees what the second one wrote.
    assert table.state.stage == "moderation"
    again.close()


def test_moves_played_at_once_are_all_kept_in_one_order(store: Store) -> None:
    table = Player(store)
    table.next()
    table.next()

    def ask(seat: str) -> list[int]:
        return [table.act(seat, "question", {"text": f"{seat} asks {n}"}) for n in range(8)]

    with ThreadPoolExecutor(3) as pool:
        numbers = [number for found in pool.map(ask, ("alder", "birch", "cedar")) for number in found]
    assert len(set(numbers)) == 24
    log = store.log(table.code)
    assert [move.number for move in log] == list(range(1, len(log) + 1))
    assert len({question["text"] for question in table.state.questions}) == 24
    assert rules.replay(log) == table.state


def _ask(url: str, code: str, token: str, seat: str) -> None:
    opened = Store(url)
    for number in range(6):
        opened.act(code, token, seat, "question", {"text": f"{seat} asks {number}"})
    opened.close()


def test_several_processes_share_one_database(store: Store, url: str) -> None:
    table = Player(store)
    table.next()
    table.next()
    context = get_context("spawn")
    workers = [
        context.Process(target=_ask, args=(url, table.code, table.tokens[seat], seat))
        for seat in ("alder", "birch")
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert len(table.state.questions) == 12
    assert rules.replay(store.log(table.code)) == table.state


def test_a_refused_move_leaves_nothing_behind(store: Store) -> None:
    table = Player(store)
    before = store.log(table.code)
    with pytest.raises(InputError, match="has not come yet"):
        table.act("alder", "bid", bid("alder"))
    assert store.log(table.code) == before
    assert store.latest([table.code]) == {table.code: before[-1].number}


def test_joining_twice_with_the_token_is_the_same_person_in_the_same_seat(store: Store) -> None:
    table = Player(store)
    before = store.latest()[table.code]
    again = store.join(table.code.lower(), "Another name", table.tokens["alder"])
    assert again.name == "Ada"
    assert store.latest()[table.code] == before
    assert store.seats_of(table.code, again.token) == ["alder"]


def test_a_name_in_use_is_refused_until_the_trainer_lets_its_owner_back_in(store: Store) -> None:
    table = Player(store)
    with pytest.raises(InputError, match="ask the trainer to let you back in"):
        store.join(table.code, "ada")
    with pytest.raises(InputError, match="does not sit on the seat Trainer"):
        store.readmit(table.code, table.tokens["birch"], "Ada")
    back = store.readmit(table.code, table.trainer, "Ada")
    assert store.seats_of(table.code, back.token) == ["alder"]
    with pytest.raises(InputError, match="does not know you"):
        table.act("alder", "ready", {"ready": True})


def test_who_leaves_gives_up_the_seat_and_may_come_back(store: Store) -> None:
    table = Player(store)
    store.act(table.code, table.tokens["alder"], "", "leave")
    assert "alder" not in table.state.sitting
    assert store.join(table.code, "", table.tokens["alder"]).name == "Ada"
    assert "Ada" in table.view(None)["people"]
    store.act(table.code, table.tokens["alder"], "", "sit", {"seat": "alder"})
    assert table.state.sitting["alder"] == ["Ada"]


def test_a_clock_put_back_never_turns_the_order_round(store: Store, url: str) -> None:
    table = Player(store)
    slow = Store(url, clock=lambda: "2001-01-01T00:00:00.000+00:00")
    slow.act(table.code, table.trainer, "trainer", "next")
    times = [move.at for move in store.log(table.code)]
    assert times == sorted(times)
    assert times[0] > "2020"
    slow.close()


def test_waiting_ends_with_the_next_move_and_not_before(store: Store) -> None:
    table = Player(store)
    now = store.latest()[table.code]
    assert store.wait(table.code, now, 0.05) == now
    heard: list[int] = []
    waiter = threading.Thread(target=lambda: heard.append(store.wait(table.code, now, 60)))
    waiter.start()
    table.next()
    waiter.join(60)
    assert heard[0] > now


def test_waiting_hears_another_process(store: Store, url: str) -> None:
    table = Player(store)
    now = store.latest()[table.code]
    other = Store(url)
    heard: list[int] = []
    waiter = threading.Thread(target=lambda: heard.append(store.wait(table.code, now, 60)))
    waiter.start()
    other.act(table.code, table.trainer, "trainer", "next")
    waiter.join(60)
    assert heard[0] > now
    other.close()


def test_only_those_who_sit_there_and_the_trainer_see_what_a_seat_sees(store: Store) -> None:
    table = Player(store)
    assert store.view(table.code, table.trainer, "alder")["you"]["name"] == "Alder"
    with pytest.raises(InputError, match="does not sit there"):
        store.view(table.code, table.tokens["birch"], "alder")
    with pytest.raises(InputError, match="does not know you"):
        store.view(table.code, "made-up", "alder")
    with pytest.raises(InputError, match="no seat"):
        store.view(table.code, table.trainer, "nowhere")
    with pytest.raises(InputError, match="does not sit there"):
        store.moves_since(table.code, 0, table.tokens["birch"], "alder")
    with pytest.raises(InputError, match="no table with the code"):
        store.view("QQQQQQ")


def test_no_token_is_in_the_database_or_in_the_log(store: Store) -> None:
    table = Player(store)
    kept = json.dumps([vars(move) for move in store.log(table.code)])
    with store._reading() as connection:
        kept += str(connection.execute(stores.people.select()).all())
    assert not [token for token in table.tokens.values() if token in kept]


def test_chairs_are_swapped_with_the_same_case_seed_and_people(store: Store) -> None:
    table = Player(store)
    with pytest.raises(InputError, match="at the debrief"):
        store.swap(table.code, table.trainer)
    table.play()
    with pytest.raises(InputError, match="Only the trainer"):
        store.swap(table.code, table.tokens["alder"])
    after = store.swap(table.code, table.trainer)
    state = store.state(after.code)
    assert (state.case, state.seed) == (table.state.case, table.state.seed)
    assert state.sitting == {
        "trainer": ["Trainer"],
        "alder": ["Carla"],
        "birch": ["Colin"],
        "cedar": ["Eve"],
        "commissioner-1": ["Ada"],
        "commissioner-2": ["Ben"],
        "evaluator-1": ["Cem"],
    }
    assert table.view(None)["next_table"] == after.code
    assert store.seats_of(after.code, table.tokens["alder"]) == ["commissioner-1"]
    with pytest.raises(InputError, match="swapped already"):
        store.swap(table.code, table.trainer)


def test_the_console_lists_the_trainers_own_tables(store: Store) -> None:
    first = Player(store, room="Spring")
    second = store.new(room="Spring", token=first.trainer)
    store.new(room="Spring")
    shown = store.tables(first.trainer, "Spring")
    assert [row["code"] for row in shown] == [first.code, second.code]
    assert store.tables(first.trainer, "Autumn") == []
    assert store.tables(first.tokens["alder"]) == []
    first.next()
    assert store.tables(first.trainer)[0]["waits_for"] == ["commissioner-1", "commissioner-2"]


def test_a_database_that_cannot_be_opened_is_named_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ACADEMY_JOINT_DATABASE"):
        Store("nonsense")
    with pytest.raises(InputError, match="cannot be opened"):
        (tmp_path / "file").write_text("x")
        Store(f"sqlite:///{tmp_path / 'file' / 'joint.sqlite'}")


def test_the_database_is_a_file_unless_the_environment_names_another(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("ACADEMY_JOINT_DATABASE", raising=False)
    assert stores.database(tmp_path) == f"sqlite:///{tmp_path / 'joint-tables.sqlite'}"
    monkeypatch.setenv("ACADEMY_JOINT_DATABASE", "postgresql+psycopg://here/there")
    assert stores.database(tmp_path) == "postgresql+psycopg://here/there"
