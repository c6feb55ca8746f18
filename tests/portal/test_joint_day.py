"""The one-day joint edition from the console: by the clock, with all tables, from first seat to exports."""

import csv
import io
from pathlib import Path

import pytest

from course.joint import debrief
from course.joint.state import ROUNDS, STAGES
from course.portal import joint_day, trainer_pack
from course.portal.joint_forms import TITLES

LOOKS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
PATIENCE = 120_000  # ms: however slow a machine


def table(stage: str) -> dict:
    return {"stage": stage}


def steps(rows: list[dict]) -> list[dict]:
    return [step for row in rows for step in row["steps"]]


def test_every_round_of_the_joint_table_has_its_place_in_the_day_once_and_in_order():
    named = [stage for part in trainer_pack.plan().parts for step in part.steps for stage in step.stages]
    assert tuple(named) == STAGES
    minutes = {step.stages: step.minutes for part in trainer_pack.plan().parts for step in part.steps}
    for stage in ROUNDS:
        assert any(stage.id in stages and minutes[stages] >= stage.minutes for stages in minutes)


@pytest.mark.parametrize(
    ("now", "title"),
    [
        ("09:29", None),
        ("09:30", "Welcome"),
        ("10:23", "Joint table: Take your seats"),
        ("10:24", "Joint table: Need and outcomes"),
        ("11:05", "Morning break"),
        ("12:40", "Lunch"),
        ("16:29", "Set the day for the follow-up"),
        ("16:30", None),
    ],
)
def test_the_clock_shows_one_step_or_break_at_a_time(now, title):
    rows = joint_day.rows(trainer_pack.plan(), [], now)
    found = [step["step"].title for step in steps(rows) if step["now"]]
    found += [row["part"].title for row in rows if row["now"]]
    assert found == ([title] if title else [])


def test_a_later_start_moves_the_clock_with_it():
    rows = joint_day.rows(trainer_pack.plan("13:00"), [], "13:02")
    assert [step["step"].title for step in steps(rows) if step["now"]] == ["Welcome"]


def test_a_round_says_how_many_tables_are_in_it_and_from_which_round_others_would_come():
    tables = [table("need"), table("need"), table("market"), table("quarter-2")]
    found = {step["step"].title: step for step in steps(joint_day.rows(trainer_pack.plan(), tables, "12:00"))}
    market = found["Joint table: Market engagement"]
    assert market["here"] == 1
    assert market["moves"] == [{"stage": "need", "to": "market", "count": 2}]
    delivery = next(step for title, step in found.items() if "Delivery" in title)
    assert delivery["here"] == 1
    assert delivery["moves"] == [{"stage": "quarter-2", "to": "quarter-3", "count": 1}]
    assert found["Welcome"]["moves"] == []


@pytest.mark.browser
def test_a_trainer_runs_the_whole_day_from_one_page_and_takes_every_export(start_academy, visit, violations):
    academy = start_academy()
    here = visit(academy)
    page = here.page
    page.set_default_timeout(PATIENCE)
    page.goto(academy.url("trainer/joint"))
    page.get_by_role("link", name="Run the one-day joint edition").click()
    assert "There is no table yet today" in page.locator("#day-now").inner_text()

    page.get_by_label("How many people come").fill("many")
    page.get_by_role("button", name="Make the tables").click()
    assert "Give how many people come" in page.get_by_role("alert").inner_text()
    page.get_by_label("How many people come").fill("7")
    page.get_by_role("button", name="Make the tables").click()
    page.locator("#day-tables > li").nth(1).wait_for()
    assert page.locator("#day-tables > li").count() == 2
    codes = page.locator("#day-tables .sva-code").all_inner_texts()
    look(page, violations)

    for before, stage in zip(ROUNDS, ROUNDS[1:], strict=False):
        button = page.get_by_role("button", name=f"Start “{title(stage)}” at 2 tables", exact=True)
        button.press("Enter")
        page.locator("#day-tables").get_by_text(title(stage), exact=True).nth(1).wait_for()
        assert page.get_by_role("button", name=f"Start “{title(stage)}”").count() == 0, before.id
    look(page, violations)

    page.goto(academy.url(f"joint/{codes[0]}"))
    for name, holds in (
        ("The log as JSON", b'"kind"'),
        ("The log as CSV", b"number,"),
        ("The debrief as PDF", b"/StructTreeRoot"),
    ):
        with page.expect_download() as getting:
            page.get_by_role("link", name=name).click()
        content = read(getting.value)
        assert holds in content
        if name.endswith("JSON"):
            moves = debrief.read_log(content.decode())  # it replays
            assert {move.table for move in moves} == {codes[0]}
        elif name.endswith("CSV"):
            rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
            assert [int(row["number"]) for row in rows] == [move.number for move in moves]
    page.get_by_role("link", name="The debrief as a page").click()
    look(page, violations)
    assert codes[0] in page.locator("main").inner_text()
    assert [said for said in here.complaints if "400" not in said] == []


@pytest.mark.browser
def test_the_packs_pages_open_with_the_days_own_times(academy, visit):
    page = visit(academy).page
    for name, heading in (("run-sheet", "Run"), ("notes", "notes"), ("cards", "Cards")):
        page.goto(academy.url(f"trainer/joint/day/{name}?starts=10:00"))
        assert heading in page.locator("h1").first.inner_text()
    page.goto(academy.url("trainer/joint/day/run-sheet?starts=10:00"))
    assert "The day runs from 10:00 to 17:00." in page.locator("body").inner_text()
    page.goto(academy.url("trainer/joint/day?starts=ten"))
    assert "“ten” is not a time" in page.get_by_role("alert").inner_text()


def title(stage) -> str:
    return TITLES[stage.id]


def read(download) -> bytes:
    return Path(download.path()).read_bytes()


def look(page, violations) -> None:
    """Look at the page at both widths, in light and in dark."""
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})
