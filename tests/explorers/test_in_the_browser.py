"""Explorers on the page: charts follow the controls by mouse and keyboard, and say what they show."""

import pytest

from course.explorers import weights_and_formula

pytestmark = pytest.mark.browser
TITLE = "Weights, formula and the award"
DRAWN = 60_000  # a busy machine may take its time; nothing here is timed


@pytest.fixture(scope="module")
def lesson(academy, chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(DRAWN)
    page.goto(academy.link)
    page.goto(academy.url("lesson/m04"))
    page.wait_for_selector("html[data-ready]", state="attached")
    yield page
    context.close()


def piece(page, title):
    return page.locator("section.sva-x", has=page.get_by_role("heading", name=title, exact=True))


def drawn(page, title):
    found = piece(page, title)
    found.scroll_into_view_if_needed()
    found.locator(".sva-drawing[data-drawn]").first.wait_for(state="attached")
    return found


def test_arrow_keys_on_the_slider_flip_the_award_and_the_chart_is_named_by_what_it_shows(lesson):
    found = drawn(lesson, TITLE)
    before = found.locator(".sva-drawing svg").first.inner_html()
    found.get_by_role("slider").focus()
    for _ in range(20):
        lesson.keyboard.press("ArrowRight")
    found.get_by_text("At a social value weight of 20%, Birch CIC wins").wait_for()
    lesson.wait_for_function(
        "before => document.querySelector('.sva-drawing svg').innerHTML !== before", arg=before
    )
    summary = found.locator(".sva-summary").inner_text()
    assert found.get_by_role("img").first.get_attribute("aria-label") == summary
    assert found.get_by_role("textbox").input_value() == "20"
    found.locator("p[role=status]", has_text=summary).wait_for(state="attached")


def test_a_number_typed_in_the_box_moves_the_slider_and_is_kept_in_bounds(lesson):
    found = drawn(lesson, TITLE)
    box = found.get_by_role("textbox")
    box.fill("16.71")
    box.press("Tab")
    found.get_by_text("Taken as 16.5%").wait_for()
    assert found.get_by_role("slider").input_value() == "16.5"
    box.fill("lots")
    box.press("Tab")
    found.get_by_text("Type a number from 0 to 40.").wait_for()
    assert box.get_attribute("aria-invalid") == "true"


def test_the_table_is_one_key_away_and_stays_open_on_the_next_page(lesson):
    found = drawn(lesson, TITLE)
    found.locator("summary").focus()
    lesson.keyboard.press("Enter")
    found.get_by_role("rowheader", name="Birch CIC").wait_for()
    assert lesson.evaluate("localStorage.getItem('sva-table-open')") == "yes"


def test_a_prediction_must_be_made_before_it_is_answered(lesson):
    question = lesson.locator(".sva-predict").first
    question.get_by_role("button", name="That is my prediction").click()
    question.get_by_text("Choose one first.").wait_for()
    assert question.locator(".sva-reveal").inner_text() == ""
    question.get_by_role("radio").nth(0).focus()
    lesson.keyboard.press("Space")
    question.get_by_role("button", name="That is my prediction").press("Enter")
    question.get_by_text("Three: each bid wins under one of them").nth(1).wait_for()
    assert question.get_by_role("radio").nth(1).is_disabled()


def test_the_joint_table_shows_nothing_until_both_have_played(lesson):
    found = piece(lesson, "Play a round")
    found.scroll_into_view_if_needed()
    assert not found.get_by_label("Your price", exact=True).is_visible()
    found.get_by_role("button", name="Publish the tender").press("Enter")
    assert found.get_by_label("Your price", exact=True).is_visible()
    assert found.get_by_label("Social value weight", exact=True).is_disabled()
    assert not found.locator(".sva-summary").is_visible()
    found.get_by_role("button", name="Submit the bid").press("Enter")
    found.get_by_text("What Birch CIC would have wanted").wait_for()
    found.locator(".sva-drawing[data-drawn]").wait_for()
    found.get_by_role("button", name="Change chairs and play again").press("Enter")
    assert found.get_by_role("rowheader", name="Round 1").is_visible()
    assert not found.locator(".sva-summary").is_visible()


def test_every_chart_of_the_lesson_is_drawn_and_nothing_went_wrong(lesson):
    for title in lesson.locator("section.sva-x:not(.sva-plain) > h3").all_inner_texts():
        if title != "Play a round":
            found = drawn(lesson, title)
            count = found.locator(".sva-drawing").count()
            found.locator(".sva-drawing[data-drawn]").nth(count - 1).wait_for(state="attached")
            assert found.locator(".sva-output > .sva-help").inner_text() == ""
    assert lesson.locator(".sva-notice:visible").count() == 0


def test_where_charts_cannot_be_loaded_the_table_stands_in_and_says_so(academy, chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(DRAWN)
    page.route("**/academy/static/manifest.json", lambda route: route.abort())
    page.goto(academy.link)
    page.goto(academy.url("lesson/m04"))
    page.wait_for_selector("html[data-ready]", state="attached")
    found = piece(page, TITLE)
    found.scroll_into_view_if_needed()
    found.get_by_text("The chart cannot be drawn here. The table below says the same.").wait_for()
    assert found.get_by_role("rowheader", name="Birch CIC").is_visible()
    context.close()


def test_two_copies_of_the_script_on_one_page_keep_their_radio_buttons_apart(lesson):
    """JupyterLab loads the script anew for each widget."""
    explorer = weights_and_formula()
    state = {"spec": explorer.spec, "values": explorer.values, "frame": explorer.frame}
    checked = lesson.evaluate(
        """async ([script, state]) => {
          const model = { get: (key) => state[key], set() {}, save_changes() {}, on() {}, off() {} };
          const places = [document.createElement("div"), document.createElement("div")];
          for (const el of places) {
            document.body.append(el);
            const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
            const widget = (await import(url)).default;
            widget.render({ model, el });
          }
          const counts = places.map((el) => el.querySelectorAll("input[type=radio]:checked").length);
          for (const el of places) el.remove();
          return counts;
        }""",
        [explorer._esm, state],
    )
    assert checked == [2, 2]
