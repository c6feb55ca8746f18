"""What the page says of a learner's progress, and how notebooks become pages."""

import json
from pathlib import Path

import nbformat
import pytest

from course import answers, syllabus
from course.portal import apps, pages, workspace

CONTENT = Path(__file__).parent / "content"


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("ACADEMY_CONTENT", str(CONTENT))
    workspace.refresh(tmp_path)
    return tmp_path


def standing(home: Path) -> dict:
    return pages.standing(syllabus.find("m04"), home)


def next_of(home: Path) -> tuple[str, str]:
    step = pages.next_step([pages.standing(m, home) for m in syllabus.modules()])
    return step["module"].id, step["kind"]


def test_questions_are_the_cells_that_carry_points():
    assert pages.questions(CONTENT / "exercises" / "m04-asking" / "exercise.ipynb") == 2
    assert pages.questions(CONTENT / "exercises" / "nowhere" / "exercise.ipynb") == 0


def test_what_to_do_next_follows_the_learner(home):
    assert next_of(home) == ("m04", "lesson")
    workspace.note_opened(home, "lesson/m04")
    assert next_of(home) == ("m04", "exercise")
    answers.record(home / "exercises" / "m04-asking", "tipping", 16.7)
    assert next_of(home) == ("m04", "exercise")
    answers.record(home / "exercises" / "m04-asking", "other", 1)
    assert next_of(home) == ("m05", "lesson")
    workspace.note_opened(home, "lesson/m05")
    assert next_of(home)[1] == "lesson"


def test_with_nothing_written_yet_there_is_no_next_step(tmp_path, monkeypatch):
    monkeypatch.setenv("ACADEMY_CONTENT", str(tmp_path))
    html = pages.home_page("/", tmp_path)
    assert html.count("Coming") == 12
    assert "/academy/lesson/" not in html


def test_progress_counts_answers_and_marks(home):
    exercise = home / "exercises" / "m04-asking"
    assert (standing(home)["asked"], standing(home)["answered"], standing(home)["marked"]) == (2, 0, "")
    answers.record(exercise, "tipping", 16.7)
    rows = [
        {"question": "tipping", "outcome": "correct", "points": 2, "out_of": 2},
        {"question": "other", "outcome": "incorrect", "points": 0.5, "out_of": 1},
    ]
    (exercise / "marks.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")
    assert (standing(home)["answered"], standing(home)["marked"]) == (1, "Marked: 2.5 of 3 points.")
    rows.append({"question": "essay", "outcome": "person", "points": 0, "out_of": 12})
    (exercise / "marks.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")
    assert standing(home)["marked"] == "Marked: 2.5 of 3 points. Your writing waits for a person."
    (exercise / "marks.json").write_text("{", encoding="utf-8")
    assert standing(home)["marked"] == ""


def test_a_module_not_written_is_shown_as_coming_and_not_linked(home):
    html = pages.home_page("/", home)
    assert "/academy/lesson/m04" in html
    assert "/academy/lesson/m01" not in html
    assert html.count("Coming") == 10


def test_what_others_wrote_cannot_become_markup(home):
    html = pages.render("plain.html.j2", "/", title="<b>", lines=["<script>"], back=False)
    assert "<script>" not in html
    assert "&lt;b&gt;" in html


def test_pages_take_the_servers_base_address(home):
    html = pages.home_page("/user/anna/", home)
    assert 'href="/user/anna/academy/lesson/m04"' in html
    assert 'href="/academy' not in html


def lesson(*cells) -> nbformat.NotebookNode:
    nb = nbformat.v4.new_notebook(cells=list(cells))
    return apps.lesson_page(nb, syllabus.find("m04"), "lesson", pages.urls("/"))


def text(source: str, *tags: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source: str, *tags: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


def test_the_page_brings_its_own_heading_only_where_the_notebook_has_none():
    assert not lesson(text("# Mine")).metadata.academy.own_heading
    assert lesson(text("## Mine")).metadata.academy.own_heading


def test_cells_of_one_side_are_gathered_and_code_stays_with_its_side():
    nb = lesson(
        text("a", "provider"), code("x"), text("b", "provider"), text("c"), text("d", "concept"), code("y")
    )
    own = [cell.metadata.academy for cell in nb.cells]
    assert [o.opens for o in own] == ["provider", "", "", "", "concept", ""]
    assert [o.closes for o in own] == [False, False, True, False, True, False]


def test_trainers_notes_and_cells_are_left_out():
    nb = lesson(
        text("Words <!-- trainer 5 min:\nask them --> more"),
        text("secret", "trainer"),
        code("secret", "app-skip"),
    )
    assert [cell.source for cell in nb.cells] == ["Words  more"]


@pytest.mark.parametrize(
    ("source", "shows"),
    [
        ("Counter()", True),
        ("x = 1", False),
        ("import pandas", False),
        ("x;", False),
        ("", False),
        ("%matplotlib", True),
    ],
)
def test_only_cells_that_end_in_an_expression_get_a_place_to_wait_in(source, shows):
    assert apps.shows_something(source) is shows


def test_an_error_is_one_sentence_with_a_code_and_our_own_message_is_shown_as_it_is():
    said = apps.explain_error({"ename": "KeyError", "evalue": "'secret'", "traceback": ["secret"]}, "m04", 7)
    assert "m04/7/KeyError" in said
    assert "secret" not in said
    assert apps.explain_error({"ename": "InputError", "evalue": "Put a row in."}, "m04", 7) == "Put a row in."


def test_preparing_a_page_leaves_the_released_notebook_as_it_was():
    path = CONTENT / "modules" / "m04-asking" / "lesson.md"
    apps.lesson_page(apps.notebook(path), syllabus.find("m04"), "lesson", pages.urls("/"))
    again = apps.notebook(path)
    assert "academy" not in again.metadata
    assert all("academy" not in cell.metadata for cell in again.cells)
