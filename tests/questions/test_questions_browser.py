"""Every kind of question in a real browser: answered, saved, shown again on another day, and marked."""

import os
import shutil
from pathlib import Path

import pytest

from course import answers
from course.authoring import source
from course.cases.seeds import key_here
from course.grading import nbgrader_folder as folder

pytestmark = pytest.mark.browser
SAMPLE = Path(__file__).parent.parent / "authoring"
GIVEN = {
    "half": 12.5,
    "colour": "seven",
    "even": ["2", "4"],
    "steps": ["a", "c", "b"],
    "young": {"cow": "calf", "cat": "kitten"},
    "split": {"big": 8, "small": 2},
    "act": "the social value act",
    "why": "Because it matters.",
}


@pytest.fixture(scope="module")
def rooted(tmp_path_factory):
    """An nbgrader course folder with the sample exercise released as module 4's."""
    solutions = tmp_path_factory.mktemp("solutions")
    shutil.copytree(SAMPLE / "sample", solutions / "m04-asking")
    root = tmp_path_factory.mktemp("course")
    return root, folder.prepare(root, "m04-asking", solutions), solutions


@pytest.fixture(scope="module")
def served(rooted, start_academy, tmp_path_factory):
    """An academy whose module 4 is the sample exercise, with every kind of question."""
    content = tmp_path_factory.mktemp("content")
    shutil.copytree(rooted[0] / "release" / "m04-asking", content / "exercises" / "m04-asking")
    (content / "modules" / "m04-asking").mkdir(parents=True)
    (content / "modules" / "m04-asking" / "lesson.md").write_text("# A lesson\n\nWords.\n")
    return start_academy(content)


def exercise_folder(academy) -> Path:
    return academy.home / "exercises" / "m04-asking"


def saved(academy) -> dict:
    return {q: a.value for q, a in answers.read(exercise_folder(academy)).items()}


def answer_everything(page) -> None:
    """Answer every question as a person would, mouse here and keyboard there."""
    page.fill("#question-half input[type=text]", "12.5")
    page.keyboard.press("Tab")
    page.check("#question-colour input[value=seven]")
    for number in ("2", "4"):
        page.check(f"#question-even input[value='{number}']")
    page.get_by_role("button", name="Move up: First").click()
    page.select_option("#question-young select >> nth=0", "calf")
    page.select_option("#question-young select >> nth=1", "kitten")
    for at, value in enumerate(("8", "2")):
        page.locator("#question-split input[type=text]").nth(at).fill(value)
        page.keyboard.press("Tab")
    page.fill("#question-act input", "the social value act")
    page.fill("#question-why textarea", "Because it matters.")
    page.keyboard.press("Tab")


def shown(page) -> dict:
    """Read the answers off the page's controls."""
    return page.evaluate("""() => {
      const all = (css) => [...document.querySelectorAll(css)];
      const [calf, kitten] = all('#question-young select').map((s) => s.value);
      const [big, small] = all('#question-split input[type=text]').map((i) => Number(i.value));
      return {
        half: Number(document.querySelector('#question-half input[type=text]').value),
        colour: document.querySelector('#question-colour input:checked')?.value ?? null,
        even: all('#question-even input:checked').map((i) => i.value),
        steps: all('#question-steps .sva-moves button[data-by="1"]').map((b) => b.dataset.key),
        young: {cow: calf, cat: kitten}, split: {big, small},
        act: document.querySelector('#question-act input').value,
        why: document.querySelector('#question-why textarea').value,
      };
    }""")


def test_every_kind_is_saved_as_it_is_given_shown_on_another_day_and_marked(
    served, rooted, visit, wait_until
):
    page = visit(served).open("exercise/m04")
    answer_everything(page)
    wait_until(lambda: saved(served) == GIVEN)
    page.context.close()

    page = visit(served).open("exercise/m04")
    assert shown(page) == GIVEN
    assert "✓ Saved at" in page.inner_text("#question-half .sva-status")

    root, made, solutions = rooted
    folder.submit(root, "m04-asking", "me", exercise_folder(served) / answers.ANSWER_FILE)
    folder.autograde(root, "m04-asking", "me", key_here(exercise_folder(served)))
    marks = {row.question: row.points for row in folder.read_marks(root, made, "me")}
    own = source.load("m04-asking", key_here(exercise_folder(served)), solutions).keys["half"].correct
    assert marks["half"] == (2 if own == GIVEN["half"] else 0)
    assert {q: marks[q] for q in ("colour", "even", "steps", "young", "split", "act")} == {
        "colour": 0, "even": 2, "steps": 0.5, "young": 2, "split": 1, "act": 1,
    }  # fmt: skip


def test_a_slider_and_its_number_box_move_together_by_keyboard(served, visit, wait_until):
    page = visit(served).open("exercise/m04")
    page.focus("#question-half input[type=range]")
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.input_value("#question-half input[type=text]") == "3"
    wait_until(lambda: saved(served)["half"] == 3)
    page.fill("#question-half input[type=text]", "£1,234")
    page.keyboard.press("Tab")
    page.wait_for_selector("#question-half .sva-malformed")
    assert "1,234 is above the highest value possible here, 100." in page.inner_text(
        "#question-half .sva-status"
    )
    assert page.get_attribute("#question-half input[type=text]", "aria-invalid") == "true"
    page.fill("#question-half input[type=text]", "12.5")
    page.keyboard.press("Tab")
    wait_until(lambda: saved(served)["half"] == 12.5)


def test_check_my_answers_says_what_is_answered_and_what_needs_mending(served, visit, wait_until):
    page = visit(served).open("exercise/m04")
    page.fill("#question-half input[type=text]", "a lot")
    page.keyboard.press("Tab")
    wait_until(lambda: saved(served)["half"] == "a lot")
    # Its message moves the button down: a press in that moment would miss.
    page.locator("#question-half input[type=text][aria-invalid=true]").wait_for()
    page.get_by_role("button", name="Check my answers").click()
    page.locator(".sva-panel").filter(has_text="1 needs mending").wait_for()
    said = page.inner_text(".sva-panel")
    assert "“a lot” is not a number" in said
    page.get_by_role("button", name="Question 1", exact=True).first.press("Enter")
    assert page.evaluate("document.activeElement.closest('.sva-q').id") == "question-half"
    page.fill("#question-half input[type=text]", "12.5")
    page.keyboard.press("Tab")
    wait_until(lambda: saved(served)["half"] == 12.5)


def test_two_windows_on_one_exercise_keep_each_others_answers(served, visit, wait_until):
    left, right = visit(served).open("exercise/m04"), visit(served).open("exercise/m04")
    left.check("#question-colour input[value=red]")
    right.fill("#question-act input", "another act")
    right.keyboard.press("Tab")
    wait_until(lambda: (saved(served)["colour"], saved(served)["act"]) == ("red", "another act"))


def test_the_same_answers_stand_in_jupyterlab_and_are_saved_from_there(served, visit, wait_until):
    here = visit(served)
    page = here.page
    page.goto(f"{served.address}/lab/tree/exercises/m04-asking/exercise.ipynb")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_selector("#question-act input", state="attached", timeout=60_000)
    page.wait_for_selector("#question-why textarea", state="attached", timeout=60_000)
    page.locator("#question-act input").scroll_into_view_if_needed()
    assert page.input_value("#question-act input") == saved(served)["act"]
    page.fill("#question-act input", "from the laboratory")
    page.keyboard.press("Tab")
    wait_until(lambda: saved(served)["act"] == "from the laboratory")


def test_a_damaged_answer_file_is_mended_when_the_exercise_is_opened(served, visit):
    place = exercise_folder(served)
    kept = saved(served)
    (place / answers.ANSWER_FILE).write_text("{ damaged")
    page = visit(served).open("exercise/m04")
    assert page.input_value("#question-act input") == kept["act"]
    assert saved(served) == kept


def test_questions_have_no_axe_violations_and_fit_a_telephone(served, visit, violations):
    for width in (1280, 390):
        page = visit(served, width=width).open("exercise/m04")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_folder_that_cannot_be_written_is_told_beside_the_answer(served, visit, wait_until):
    page = visit(served).open("exercise/m04")
    place = exercise_folder(served)
    hidden = place.with_name("moved-away")
    os.rename(place, hidden)
    try:
        page.check("#question-colour input[value=dog]")
        page.wait_for_selector("#question-colour .sva-unsaved")
        said = page.inner_text("#question-colour .sva-status")
        assert "Your answer was not saved" in said
        assert page.is_checked("#question-colour input[value=dog]")
    finally:
        os.rename(hidden, place)
