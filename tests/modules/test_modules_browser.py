"""Every lesson and exercise there is, opened as a learner opens it, on a wide screen and a narrow one."""

import pytest

from course.authoring import source
from course.syllabus import modules

pytestmark = pytest.mark.browser
MODULES = [m for m in modules() if m.lesson.is_file()]
VIEWS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]


def look(page, violations):
    """Look at the page as it stands at both widths, in light and in dark."""
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, scheme)


CUT_LABELS = """
async () => {
  const cut = [];
  const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const count = () => document.querySelectorAll("main .sva-chart svg").length;
  for (const explorer of document.querySelectorAll("main .sva-x")) {
    explorer.scrollIntoView({ block: "end" });
    await wait(150);
  }
  let before = 0;
  for (let tries = 0; tries < 200 && (!count() || count() !== before); tries++) {
    before = count();
    await wait(300);
  }
  const drawn = document.querySelectorAll("main .sva-chart svg");
  if (!drawn.length) cut.push("no chart is drawn");
  for (const svg of drawn) {
    const frame = svg.getBoundingClientRect();
    for (const label of svg.querySelectorAll("text")) {
      const box = label.getBoundingClientRect();
      const out = box.left < frame.left - 2 || box.right > frame.right + 2;
      if (box.width && out) cut.push(label.textContent);
    }
  }
  return cut;
}
"""


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.folder)
def test_a_lesson_opens_whole_and_usable_by_everyone(academy, visit, violations, module):
    here = visit(academy)
    page = here.open(f"lesson/{module.id}")
    assert page.locator("main [data-part] .sva-notice").count() == 0
    assert page.locator(".sva-waiting").count() == 0
    look(page, violations)
    assert page.evaluate(CUT_LABELS) == []
    assert here.complaints == []


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.folder)
def test_an_exercise_opens_with_a_control_for_every_question(academy, visit, violations, module):
    here = visit(academy)
    page = here.open(f"exercise/{module.id}")
    for question in source.load(module.folder, "any").questions:
        assert page.locator(f"#question-{question} :is(input, select, textarea, button)").count(), question
        assert page.locator(f"#question-{question} .sva-status").inner_text() == "Not answered yet."
    look(page, violations)
    assert page.locator("main .sva-scroll[tabindex]").count() == 0, "a table hides columns on a narrow screen"
    assert here.complaints == []
