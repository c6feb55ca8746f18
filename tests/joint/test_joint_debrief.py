"""What is taken away from a table."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from pathlib import Path

import pytest
from table_play import CRITERIA, Player
from typer.testing import CliRunner

from course.errors import InputError
from course.joint import debrief, rules
from course.joint.commands import joint
from course.joint.store import Store


@pytest.fixture
def played(store: Store) -> Player:
    table = Player(store)
    table.play()
    return table


def test_the_exported_log_replays_to_the_same_table_and_has_no_token(store: Store, played: Player) -> None:
    text = debrief.log_json(store.log(played.code))
    assert rules.replay(debrief.read_log(text)) == played.state
    assert not [token for token in played.tokens.values() if token in text]


def test_what_is_no_log_is_refused_in_one_sentence() -> None:
    for text in ("", "[]", '{"format": "other"}', '{"format": "academy-joint-table-1", "moves": [{}]}'):
        with pytest.raises(InputError, match="no log of a joint table"):
            debrief.read_log(text)


def test_the_csv_has_every_move_and_no_cell_a_spreadsheet_would_run(store: Store, played: Player) -> None:
    log = store.log(played.code)
    rows = list(csv.reader(io.StringIO(debrief.log_csv(log))))
    assert len(rows) == len(log) + 1
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]


def test_the_page_has_headings_in_order_and_a_caption_and_headings_on_every_table(played: Player) -> None:
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            seen.append(tag)

    page = debrief.html(played.state)
    Reader().feed(page)
    assert seen.count("h1") == 1
    assert seen.index("h1") < seen.index("h2")
    assert seen.count("caption") == seen.count("table") >= 6
    assert "http" not in page.replace("http-equiv", "")
    assert "We would cost our promises first." in page


def test_peoples_words_are_shown_as_words(store: Store, played: Player) -> None:
    played.act("alder", "note", {"text": "<script>alert(1)</script>"})
    assert "<script>" not in debrief.html(played.state)


def test_the_debrief_is_not_to_be_had_early(store: Store) -> None:
    with pytest.raises(InputError, match="play on first"):
        debrief.html(Player(store).state)


def test_the_debrief_is_printed_as_a_tagged_pdf(played: Player, tmp_path: Path, chromium) -> None:
    printed = debrief.pdf(played.state, tmp_path / "debrief.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert b"/StructTreeRoot" in printed


def test_tables_of_one_case_are_set_side_by_side(store: Store) -> None:
    states = []
    for weights in ((90, 5, 5), (5, 90, 5), (5, 5, 90)):
        table = Player(store, people={"commissioner-1": "Carla"}, bidders=("birch", "cedar", "dogwood"))
        for _ in range(3):
            table.next()
        given = dict(zip(("price", "quality", "social_value"), weights, strict=True))
        table.act(
            "commissioner-1",
            "criteria",
            CRITERIA | {"weights": given, "min_quality": 0, "formula": "min_max"},
        )
        while table.state.stage != "debrief":
            table.next()
        states.append(table.state)
    found = debrief.compare(states)
    assert found.sentence == "Same case, three weightings, three winners."
    assert found.table["winner"].tolist() == ["Dogwood", "Cedar", "Birch CIC"]


def test_the_commands_make_show_export_and_replay_a_table(tmp_path: Path) -> None:
    runner, database = CliRunner(), f"sqlite:///{tmp_path / 'joint.sqlite'}"
    made = runner.invoke(joint, ["new", "--database", database, "--alone", "--seed", "3"])
    code = made.output.split()[1]
    assert "Alder" in runner.invoke(joint, ["show", code, "--database", database]).output
    for kind in ("json", "csv"):
        done = runner.invoke(joint, ["export", code, str(tmp_path / f"log.{kind}"), "--database", database])
        assert done.exit_code == 0
    assert "1 moves" in runner.invoke(joint, ["replay", str(tmp_path / "log.json")]).output
    assert "no winners" in runner.invoke(joint, ["compare", code, "--database", database]).output
