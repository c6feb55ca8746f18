"""The one-day joint edition: its times add up and fit, and every word comes from where it stands already."""

import copy
import re
from datetime import datetime

import pytest
from bs4 import BeautifulSoup

from course.errors import InputError
from course.explorers import enabling
from course.joint.case import get_case
from course.joint.state import ROUNDS
from course.portal import trainer_pack
from course.syllabus import find

DAY = trainer_pack.plan()
SETS = {kept.id: kept for kept in trainer_pack.cards(DAY)}


def minutes_between(first: str, second: str) -> int:
    return int((datetime.strptime(second, "%H:%M") - datetime.strptime(first, "%H:%M")).total_seconds() // 60)


@pytest.fixture(scope="module")
def pages():
    return {name: trainer_pack.page(name, DAY) for name in trainer_pack.PAGES}


def test_every_part_and_step_starts_when_the_one_before_it_ends():
    for before, after in zip(DAY.parts, DAY.parts[1:], strict=False):
        assert before.ends == after.at
    for part in DAY.parts:
        assert minutes_between(part.at, part.ends) == part.minutes
        for before, after in zip(part.steps, part.steps[1:], strict=False):
            assert minutes_between(before.at, after.at) == before.minutes
        if part.steps:
            last = part.steps[-1]
            assert minutes_between(last.at, part.ends) == last.minutes + part.spare


def test_the_day_leaves_every_part_a_minute_or_two_and_nobody_sits_for_two_hours():
    assert (DAY.at, DAY.ends) == ("09:30", "16:30")
    assert all(part.spare >= 2 for part in DAY.parts if part.steps)
    since = 0
    for part in DAY.parts:
        since = since + part.minutes if part.steps else 0
        assert since < 120
    lunch = next(part for part in DAY.parts if part.title == "Lunch")
    assert "12:00" <= lunch.at <= "13:00"
    assert lunch.minutes >= 45


def test_another_start_moves_every_time():
    later = trainer_pack.plan("10:00")
    assert (later.at, later.ends) == ("10:00", "17:00")
    assert later.parts[1].steps[1].at == "10:34"


@pytest.mark.parametrize("start", ["9", "25:00", "half past nine"])
def test_a_start_that_is_no_time_is_refused_in_a_sentence(start):
    with pytest.raises(InputError, match="is not a time: write hours and minutes"):
        trainer_pack.plan(start)


def test_steps_that_do_not_fit_into_their_part_are_refused():
    source = copy.deepcopy(trainer_pack._source())
    part = source["parts"][0]
    part["minutes"] = 10
    with pytest.raises(InputError, match="has 10 minutes, and its steps take 27"):
        trainer_pack.plan(source=source)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"section": "No such heading"}, "that its lesson has not"),
        ({"stage": "tea"}, "that the joint table has not"),
    ],
)
def test_a_step_that_names_what_is_not_there_is_refused(step, told):
    source = copy.deepcopy(trainer_pack._source())
    source["parts"][0]["steps"] = [step]
    with pytest.raises(InputError, match=told):
        trainer_pack.plan(source=source)


def test_minutes_of_lesson_steps_are_those_of_the_trainers_notes():
    dogwood = next(step for part in DAY.parts for step in part.steps if step.title == "Dogwood arrives")
    lesson = find("m04").lesson.read_text(encoding="utf-8")
    after = lesson[lesson.index("## Dogwood arrives") :]
    assert dogwood.minutes == int(re.search(r"<!-- trainer (\d+) min", after)[1])
    assert "keep it secret until now" in dogwood.note


def test_the_units_of_a_lesson_hold_all_its_minutes_but_the_openings():
    for id in ("m01", "m04", "m12"):
        module = find(id)
        notes = re.findall(r"<!-- trainer (\d+) min", module.lesson.read_text(encoding="utf-8"))
        assert sum(unit.minutes for unit in trainer_pack.units(module)) == module.minutes - int(notes[0])


def test_the_joint_table_is_played_whole_in_order_and_gets_the_minutes_of_its_stages():
    steps = [s for part in DAY.parts for s in part.steps if s.title.startswith("Joint table: ")]
    assert sum(step.minutes for step in steps) == sum(stage.minutes for stage in ROUNDS)
    titles = [step.title.removeprefix("Joint table: ") for step in steps]
    wanted = [stage.title for stage in ROUNDS if not stage.title.startswith("Delivery, quarter")]
    assert [title for title in titles if not title.startswith("Delivery")] == wanted
    assert titles[-2] == "Delivery, quarters 1 to 4, 8 minutes each"


def test_every_chair_with_a_part_in_a_stage_is_told_what_it_is():
    stages = trainer_pack._source()["stages"]
    for stage, told in stages.items():
        for chair in ("commissioner", "bidder", "evaluator"):
            assert chair in told or not trainer_pack.acts_in(chair, stage)
    assert {stage.id for stage in ROUNDS if not stage.id.startswith("quarter")} | {"delivery"} == set(stages)


def test_the_day_needs_a_table_for_every_four_people():
    assert DAY.people == (16, 24)
    assert DAY.tables == (4, 6)


def test_there_is_a_role_card_for_every_seat_and_each_bidders_holds_only_its_own_secret():
    cards = SETS["role"].cards
    assert [card["title"] for card in cards] == [
        *("Commissioner 1", "Commissioner 2", "Alder", "Birch CIC", "Cedar", "Dogwood", "Evaluator 1")
    ]
    for card in cards:
        running = [b for b in get_case("calderbrook").bidders if f"{b.running:,.0f}" in str(card)]
        assert [b.name for b in running] == ([card["title"]] if card["kind"] == "Provider" else [])
        assert card["does"]


def test_purchase_cards_show_the_facts_and_never_the_answer():
    cards = SETS["purchase"].cards
    assert len(cards) == 8
    for card, answer in zip(cards, enabling.eight_sorted(), strict=True):
        assert card["facts"] == answer.facts
        assert answer.binds not in str(card)


def test_the_notes_hold_every_answer_and_what_moves_it(pages):
    text = " ".join(BeautifulSoup(pages["notes"], "html.parser").get_text(" ").split())
    for answer in enabling.eight_sorted():
        assert f"{answer.binds}. {answer.why}" in text
        assert answer.rule in text
        assert answer.warning in text
    assert "Add an option to extend, worth half as much again → The 2012 Act" in text


def test_apply_cards_are_the_lessons_own_with_room_to_write():
    cards = SETS["apply"].cards
    assert [card["title"].split(":")[0] for card in cards] == [f"Module {n}" for n in (1, 3, 4, 6, 10, 12)]
    assert "find the tipping weight with four invented bids" in cards[2]["text"]
    assert all("_" * 20 in card["text"] for card in cards)


def test_question_cards_are_those_the_run_sheet_hands_out_and_hold_questions():
    handed = [s for part in DAY.parts for s in part.steps if "question" in s.hand_out]
    assert len(SETS["question"].cards) == len(handed) > 0
    assert all("<li>" in card["text"] for card in SETS["question"].cards)


def test_check_cards_hold_the_options_by_letter_and_the_notes_the_right_ones(pages):
    asked = trainer_pack.checks(DAY)
    assert [check.module.id for check in asked] == ["m01", "m03", "m04", "m06", "m10", "m12"]
    text = " ".join(BeautifulSoup(pages["notes"], "html.parser").get_text(" ").split())
    for check, card in zip(asked, SETS["check"].cards, strict=True):
        assert card["options"] == list(check.options.values())
        assert set(check.right.split(", ")) <= set(check.options)
        assert check.because not in pages["cards"]
        assert check.because in text
    duty = next(check for check in asked if check.module.id == "m10")
    assert "light-touch" in duty.options[duty.right]
    order = next(check for check in asked if check.module.id == "m04")
    assert [order.options[letter][:12] for letter in order.right.split(", ")][-1] == "Score the bi"


@pytest.mark.parametrize("asked", ["no-such-question", "tipping-weight"])
def test_a_check_card_needs_a_choice_or_an_order(asked):
    source = copy.deepcopy(trainer_pack._source())
    next(part for part in source["parts"] if part.get("module") == "m04")["ask"] = asked
    with pytest.raises(InputError, match="name a choice or an order"):
        trainer_pack.checks(trainer_pack.plan(source=source))


def test_every_set_of_cards_is_handed_out_some_time():
    handed = {name for part in DAY.parts for step in part.steps for name in step.hand_out}
    assert handed | {"check"} == set(SETS)
    assert all(part.ask for part in DAY.parts[:-1] if part.steps)


def test_four_cards_come_from_a_sheet():
    for kept in SETS.values():
        assert [card for sheet in kept.sheets for card in sheet] == kept.cards
        assert all(len(sheet) == 4 for sheet in kept.sheets[:-1])


def test_every_page_stands_alone_and_dates_the_law(pages):
    for text in pages.values():
        page = BeautifulSoup(text, "html.parser")
        assert page.html["lang"] == "en-GB"
        assert page.find_all(["script", "link", "img"]) == []
        assert "Law and policy as of 22 November 2026. Not legal advice." in page.footer.get_text()
        assert len(page.find_all("h1")) == 1
        assert "<!--" not in text


def test_the_plans_own_words_are_in_short_sentences():
    source = trainer_pack._source()
    said = [line for lines in source["console"].values() for line in lines]
    said += [text for chairs in source["stages"].values() for text in chairs.values()]
    said += [step["all"] for part in source["parts"] for step in part.get("steps", []) if "all" in step]
    for text in said:
        assert all(len(sentence.split()) <= 25 for sentence in re.split(r"(?<=[.?!])\s", text))
        assert "'" not in text


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_free_of_axe_violations_and_do_not_scroll_sideways(chromium, violations, pages, width):
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    for text in pages.values():
        page.set_content(text)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


@pytest.mark.browser
def test_cards_print_four_to_a_sheet_and_none_is_cut_off(chromium, pages):
    context = chromium.new_context()
    page = context.new_page()
    page.set_content(pages["cards"])
    page.emulate_media(media="print")
    cut = page.evaluate(
        "[...document.querySelectorAll('.card')].filter(c => c.scrollHeight > c.clientHeight + 1)"
        ".map(c => c.innerText.slice(0, 40))"
    )
    printed = page.pdf(prefer_css_page_size=True, tagged=True)
    context.close()
    assert cut == []
    assert printed.count(b"/Type /Page\n") == 1 + sum(len(kept.sheets) for kept in SETS.values())
    assert b"/StructTreeRoot" in printed


@pytest.mark.browser
def test_the_pack_is_written_as_pages_and_tagged_pdfs(chromium, tmp_path):
    made = trainer_pack.write(tmp_path / "pack")
    assert [file.name for file in made] == [
        f"{name}.{kind}" for kind in ("html", "pdf") for name in ("run-sheet", "notes", "cards")
    ]
    assert all(b"/StructTreeRoot" in file.read_bytes() for file in made if file.suffix == ".pdf")


def test_without_a_browser_the_pages_are_there_and_the_sentence_says_how_to_print(tmp_path, monkeypatch):
    monkeypatch.setattr(trainer_pack.printing, "browser", lambda: None)
    with pytest.raises(InputError, match="choose Print, then Save as PDF"):
        trainer_pack.write(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {f"{name}.html" for name in trainer_pack.PAGES}


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "pack").write_text("a file in the way")
    with pytest.raises(InputError, match="cannot be written to: name another folder"):
        trainer_pack.write(tmp_path / "pack")
