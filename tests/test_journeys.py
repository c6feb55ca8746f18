"""A learner's whole way: from the page to the lesson, to the exercise, to marks with reasons.

Walked on module 4 as it is, with a pointer and with the keyboard alone, on a wide screen and a narrow one.
"""

import pytest

from course import answers
from course.authoring import source
from course.cases.seeds import key_here

pytestmark = pytest.mark.browser
EXERCISE = "m04-asking"
WRITING = "How many Calderbrook residents will start paid work by the end of year one? Weight: 10 points."
MISTAKE = "used the linear formula"


class Mouse:
    """Someone who points, clicks and types."""

    def __init__(self, page):
        self.page = page

    def press(self, target):
        target.click()

    def tick(self, target):
        target.check()

    def write(self, target, text):
        target.fill(text)
        target.blur()

    def pick(self, target, value):
        target.select_option(value)


class Keyboard(Mouse):
    """Someone who has no pointer: Tab to a control, then type."""

    def reach(self, target, far=400):
        for _ in range(far):
            if target.evaluate("e => e === document.activeElement"):
                assert target.evaluate("e => getComputedStyle(e).outlineStyle !== 'none'"), "unseen focus"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {target}")

    def press(self, target):
        self.reach(target)
        self.page.keyboard.press("Enter")

    def tick(self, target):
        group = target.locator("xpath=ancestor::fieldset[1]")
        on = group.evaluate("g => (g.querySelector('input:checked') || g.querySelector('input')).value")
        self.reach(group.locator(f"input[value='{on}']"))
        self.page.keyboard.press("Space")
        for _ in range(group.locator("input").count()):
            if target.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError("the arrows never reach this choice")

    def write(self, target, text):
        self.reach(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Tab")

    def pick(self, target, value):
        self.reach(target)
        for _ in range(target.locator("option").count()):
            if target.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never reach {value}")


def give(hands, page, question, kind, value):
    """Answer one question with its own controls."""
    here = page.locator(f"#question-{question}")
    if kind in ("number", "short_text"):
        hands.write(here.locator("input[type=text]"), str(value))
    elif kind == "long_text":
        hands.write(here.locator("textarea"), value)
    elif kind == "choice":
        hands.tick(here.locator(f"input[value='{value}']"))
    elif kind == "match":
        for item, option in value.items():
            hands.pick(here.locator(f"select[data-key='{item}']"), option)
    elif kind == "share":
        for at, part in enumerate(value.values()):
            hands.write(here.locator("input[type=text]").nth(at), str(part))
    elif kind == "order":
        for place, key in enumerate(value):
            up = here.locator(f"button[data-key='{key}'][data-by='-1']")
            while here.locator("button[data-by='-1']").nth(place).get_attribute("data-key") != key:
                hands.press(up)
    else:
        raise AssertionError(f"nobody has told how to answer a question of kind {kind}")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("Hands", [Mouse, Keyboard])
def test_from_the_page_to_marks_with_reasons(start_academy, visit, wait_until, Hands, width):
    academy = start_academy()
    here = visit(academy, width=width)
    page = here.open()
    hands = Hands(page)

    hands.press(page.get_by_role("link", name="Lesson 4: Asking: criteria and weights", exact=True))
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
    assert page.locator("h1").inner_text() == "Asking: criteria and weights"
    hands.press(page.get_by_role("link", name="Do the exercise"))
    page.wait_for_url("**/exercise/m04")
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)

    folder = academy.home / "exercises" / EXERCISE
    made = source.load(EXERCISE, key_here(folder))
    given = {id: made.keys[id].correct for id in made.keys} | {"model-question": WRITING}
    first = next(iter(made.keys))
    slip = next(wrong for wrong in made.keys[first].wrong if wrong.name == MISTAKE)
    given[first] = round(slip.value, 2)
    for id, question in made.questions.items():
        give(hands, page, id, question.kind, given[id])
    wait_until(lambda: set(answers.read(folder)) == set(made.questions))

    hands.press(page.get_by_role("button", name="Mark my work"))
    report = page.get_by_role("region", name="Your marks")
    report.get_by_text("points").first.wait_for(timeout=60_000)
    assert report.get_by_role("heading").inner_text() == "Your marks: 11 of 12 points"
    assert report.evaluate("e => e === document.activeElement"), "focus goes to the marks"
    said = report.inner_text()
    assert "marked by a person" in said
    assert slip.why not in said, "the reason stands beside its question, once"
    hands.press(report.get_by_role("button", name="Question 1", exact=True))
    assert page.locator(f"#question-{first} :focus").count() == 1
    assert slip.why in page.locator(f"#question-{first}").inner_text()

    page.goto(academy.url())
    assert "11 of 12" in page.locator("main").inner_text()
    assert here.complaints == []
