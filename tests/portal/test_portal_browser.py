"""The page and the lessons in a real browser. Every test here also fails if a request leaves the server."""

import json
import re
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.browser

CONTENT = Path(__file__).parent / "content"
WIDTHS = [1280, 390]
SCHEMES = ["light", "dark"]


def say(page) -> str:
    return page.locator("#sva-banner").inner_text()


def kernels(academy) -> list[dict]:
    """Ask the server for its kernels, as the learner's own browser could."""
    with httpx.Client(base_url=academy.address, follow_redirects=True) as client:
        client.get(academy.link)
        return client.get("/api/kernels").json()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_is_free_of_axe_violations_and_never_scrolls_sideways(
    sandbox, visit, violations, width, scheme
):
    here = visit(sandbox, width=width, scheme=scheme)
    for path in ("", "about", "accessibility", "no-such-page", "lesson/m04", "exercise/m04"):
        page = here.open(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("h1").count() == 1, path
        assert page.evaluate("document.documentElement.lang") == "en-GB"
        assert page.locator("main").count() == page.locator("body > header").count() == 1
        assert "Social Value Academy" in page.title()


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(sandbox, visit):
    here = visit(sandbox)
    for path in ("", "lesson/m05"):
        page = here.open(path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_page_to_lesson_to_control_by_keyboard_alone(sandbox, visit):
    here = visit(sandbox)
    page = here.open()
    lesson = page.get_by_role("link", name="Lesson 4: Asking: criteria and weights", exact=True)
    for _ in range(60):
        page.keyboard.press("Tab")
        if lesson.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
    button = page.get_by_role("button", name="Count is 3, doubled 6")
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("b => b === document.activeElement"):
            break
    page.keyboard.press("Space")
    page.get_by_role("button", name="Count is 4, doubled 8").wait_for()
    assert here.complaints == []


def test_the_words_of_a_lesson_are_there_before_its_kernel(sandbox, visit):
    here = visit(sandbox)
    page = here.page
    page.goto(sandbox.url("lesson/m04"), wait_until="commit")
    page.get_by_text("Words before anything runs.").wait_for()
    assert page.locator("#sva-status").inner_text() == "Opening the lesson…"
    assert page.locator("[data-model]").count() == 0
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
    assert page.locator(".sva-waiting, [aria-busy]").count() == 0


def test_no_code_no_trainers_note_no_warning_and_no_traceback_reaches_the_learner(sandbox, visit):
    page = visit(sandbox).open("lesson/m04")
    source = page.content()
    for hidden in ("import ", "trainer 10 min", "never shown to learners", "Traceback", "ZeroDivisionError:"):
        assert hidden not in source
    text = page.locator("main").inner_text()
    assert "This part could not be shown. Reload the page; your answers are saved." in text
    assert "ZeroDivisionError" in text  # only as the short code for the trainer
    assert "The file bids.csv is empty. Put a row for each bid into it." in text


def test_other_outputs_are_shown_and_pictures_have_a_text_alternative(sandbox, visit):
    page = visit(sandbox).open("lesson/m04")
    assert page.locator(".as-html").inner_text() == "Written as HTML"
    assert page.locator("em", has_text="Markdown").count() == 1
    assert page.get_by_role("img", name="A black square").count() == 1
    assert page.get_by_text("Written as text").count() == 1


def test_an_ordinary_ipywidget_gets_one_clear_sentence(sandbox, visit):
    page = visit(sandbox).open("lesson/m04")
    assert page.get_by_text("This kind of control can be shown in JupyterLab only.").count() == 1


def test_a_chart_is_drawn_and_follows_parameters_and_data(sandbox, visit, wait_until):
    here = visit(sandbox)
    page = here.open("lesson/m04")
    chart = page.get_by_role("img", name="Scores of two bids.")
    chart.wait_for()
    bars = chart.locator(".mark-rect.marks path")
    assert bars.count() == 2
    page.evaluate("chartToTest.setParams({least: 65})")
    wait_until(lambda: bars.count() == 1)
    page.evaluate("chartToTest.setParams({least: 0})")
    page.evaluate("chartToTest.setData('rows', [1, 2, 3].map((n) => ({bid: `Bid ${n}`, score: n})))")
    wait_until(lambda: bars.count() == 3)
    assert page.evaluate("chartToTest.toSVG().then((svg) => svg.startsWith('<svg'))")
    with pytest.raises(Exception, match="no parameter called nonsense"):
        page.evaluate("chartToTest.setParams({nonsense: 1})")
    assert here.complaints == []


def test_a_chart_takes_the_width_it_is_given_and_the_colours_of_the_night(sandbox, visit, wait_until):
    page = visit(sandbox, width=390).open("lesson/m04")
    svg = page.get_by_role("img", name="Scores of two bids.").locator("svg")
    narrow = svg.bounding_box()["width"]
    light = svg.locator("text").first.get_attribute("fill")
    page.set_viewport_size({"width": 1000, "height": 800})
    wait_until(lambda: svg.bounding_box()["width"] > narrow)
    page.emulate_media(color_scheme="dark")
    wait_until(lambda: svg.locator("text").first.get_attribute("fill") not in (None, light))


def test_quick_moves_are_merged_and_the_last_one_counts(sandbox, visit, wait_until):
    page = visit(sandbox).open("lesson/m04")
    for value in range(1, 21):
        page.evaluate("value => { probe.set('value', value); probe.save_changes(); }", value)
    wait_until(lambda: page.evaluate("probe.get('seen').at(-1) === 20"))
    seen = page.evaluate("probe.get('seen')")
    assert seen[0] == 1
    assert len(seen) < 20
    assert page.evaluate("probe.get('value')") == 20


def test_the_kernels_word_on_a_value_wins(sandbox, visit, wait_until):
    page = visit(sandbox).open("lesson/m04")
    page.evaluate("probe.set('capped', 99); probe.save_changes()")
    wait_until(lambda: page.evaluate("probe.get('capped') === 10"))


def test_bytes_and_messages_go_both_ways(sandbox, visit, wait_until):
    page = visit(sandbox).open("lesson/m04")
    assert page.evaluate(
        "[...new Uint8Array(probe.get('back').buffer, probe.get('back').byteOffset, 2)]"
    ) == [7, 8]
    page.evaluate("probe.set('raw', new Uint8Array([1, 2, 3]).buffer); probe.save_changes()")
    wait_until(lambda: page.evaluate("probe.get('back').byteLength === 3"))
    assert page.evaluate("probe.get('back').getUint8(0)") == 3
    page.evaluate("probe.send({word: 'hello'}, undefined, [new Uint8Array([9, 8])])")
    wait_until(lambda: page.evaluate("probeLife.heard.length === 1"))
    assert page.evaluate("probeLife.heard[0]") == [{"heard": {"word": "hello"}}, [9, 8]]
    assert page.evaluate("probeLife.initialised") == 1


def test_a_control_whose_own_code_fails_says_so_beside_it(sandbox, visit):
    page = visit(sandbox).open("lesson/m04")
    page.evaluate("probe.set('fail', true); probe.save_changes()")
    note = page.locator(".sva-notice", has_text="This part stopped working.")
    note.wait_for()
    assert "RuntimeError" in note.inner_text()
    assert "the widget's own code failed" not in page.content()


def test_a_lost_connection_is_told_and_mended_and_nothing_given_meanwhile_is_lost(sandbox, visit, wait_until):
    page = visit(sandbox).open("lesson/m04")
    page.context.set_offline(True)
    page.evaluate("svaHost.kernel.socket.close()")
    page.locator("#sva-banner:not([hidden])").wait_for()
    assert say(page).startswith("The connection was lost. Your answers are saved. Reconnecting…")
    page.evaluate("probe.set('value', 5); probe.save_changes(); probe.send({word: 'later'})")
    page.context.set_offline(False)
    page.locator("#sva-banner").wait_for(state="hidden", timeout=30_000)
    wait_until(lambda: page.evaluate("probe.get('seen').length === 1 && probeLife.heard.length === 1"))


def test_a_lost_kernel_is_told_and_the_page_opens_again_where_the_reader_was(sandbox, visit):
    page = visit(sandbox).open("lesson/m04")
    heading = page.get_by_role("heading", name="What can go wrong")
    heading.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 200)")
    before = heading.evaluate("h => h.getBoundingClientRect().top")
    with page.expect_navigation(timeout=60_000):
        page.evaluate(
            """() => fetch(`/api/kernels/${svaHost.kernel.id}`, {method: "DELETE",
                 headers: {"X-XSRFToken": document.cookie.match(/_xsrf=([^;]*)/)[1]}})"""
        )
        page.get_by_text("This page was paused. Your answers are saved. Opening it again…").wait_for()
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
    assert abs(heading.evaluate("h => h.getBoundingClientRect().top") - before) < 120
    page.get_by_role("button", name="Count is 3, doubled 6").wait_for()


def test_a_page_left_idle_is_closed_and_opens_again_with_what_was_answered(start_academy, visit, wait_until):
    hasty = start_academy(
        content=CONTENT, first="serving.IDLE_KERNEL_SECONDS = 3; serving.LOOK_FOR_IDLE_SECONDS = 1"
    )
    page = visit(hasty).open("exercise/m04")
    page.get_by_role("textbox").fill("16.5")
    page.keyboard.press("Tab")
    answers = hasty.home / "exercises" / "m04-asking" / "answers.json"
    wait_until(lambda: answers.exists() and "16.5" in answers.read_text(encoding="utf-8"))
    wait_until(lambda: kernels(hasty) == [])
    with page.expect_navigation(timeout=60_000):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the learner comes back
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
    assert page.get_by_role("textbox").input_value() == "16.5"


def test_leaving_a_lesson_ends_its_kernel(sandbox, visit, wait_until):
    page = visit(sandbox).open("lesson/m04")
    mine = page.evaluate("svaHost.kernel.id")
    assert mine in [kernel["id"] for kernel in kernels(sandbox)]
    page.goto(sandbox.url())
    wait_until(lambda: mine not in [kernel["id"] for kernel in kernels(sandbox)])


def test_an_answer_is_kept_and_shown_on_the_page_and_on_another_day(sandbox, visit, wait_until):
    here = visit(sandbox)
    page = here.open("exercise/m04")
    page.get_by_role("textbox").fill("16.5")
    page.keyboard.press("Tab")
    answers = sandbox.home / "exercises" / "m04-asking" / "answers.json"
    wait_until(lambda: answers.exists() and "16.5" in answers.read_text(encoding="utf-8"))
    page = here.open()
    assert page.get_by_text("1 of 2 questions answered").count() == 1
    assert page.get_by_role("link", name="Carry on with the exercise").count() == 1
    page = here.open("exercise/m04")
    assert page.get_by_role("textbox").input_value() == "16.5"


def test_a_visitor_without_the_key_meets_our_own_words_and_no_jupyter_page(sandbox, visit):
    here = visit(sandbox, sign_in=False)
    for path in (
        "/",
        "/academy/",
        "/academy/lesson/m04",
        "/lab",
        "/tree",
        "/voila/tree",
        "/academy/start?key=wrong",
    ):
        here.page.goto(sandbox.address + path)
        assert here.page.locator("h1").inner_text() == "Open the academy with its link", path
        assert here.page.locator("input").count() == 0


def test_jupyters_own_front_doors_lead_to_the_academys_page(sandbox, visit):
    here = visit(sandbox)
    for path in ("/", "/tree", "/voila", "/voila/tree/lessons"):
        here.page.goto(sandbox.address + path)
        assert here.page.url.rstrip("?") == sandbox.url(), path


def test_a_double_click_on_a_lesson_in_jupyterlab_opens_a_notebook(sandbox, visit):
    here = visit(sandbox)
    page = here.page
    page.goto(f"{sandbox.address}/lab/tree/lessons/m04-asking?reset")
    page.locator(".jp-DirListing-item", has_text="lesson.md").dblclick(timeout=60_000)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
    assert page.locator(".jp-NotebookPanel").count() == 1


def test_the_same_chart_bundle_draws_in_jupyterlab_with_no_other_host(sandbox, visit):
    page = visit(sandbox).page
    page.goto(f"{sandbox.address}/lab/tree/lessons/m04-asking/lesson.md?reset")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
    page.locator("#jp-main-statusbar", has_text="| Idle").wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator(".lm-Menu-item", has_text=re.compile("^Run All Cells")).click()
    chart = page.get_by_role("img", name="Scores of two bids.")
    # A first error stops “Run All”; the chart's cell comes before it.
    chart.locator(".mark-rect.marks path").first.wait_for(state="attached", timeout=60_000)


def test_a_failed_start_offers_a_way_on(sandbox, visit):
    page = visit(sandbox).page
    page.route(
        "**/academy/lesson/m05",
        lambda route: route.fulfill(body=httpx_page(sandbox), content_type="text/html"),
    )
    page.goto(sandbox.url("lesson/m05"))
    page.get_by_role("button", name="Try again").wait_for()
    assert say(page).startswith("This page could not be started. Your answers are saved.")


def httpx_page(academy) -> str:
    """Return a lesson's page cut off where its kernel should have been."""
    with httpx.Client(follow_redirects=True, timeout=60) as client:
        client.get(academy.link)
        whole = client.get(academy.url("lesson/m05")).text
    return whole.split('<script id="jupyter-config-data"')[0]


def test_the_manifest_names_what_the_pages_load(sandbox, visit):
    here = visit(sandbox)
    asked: list[str] = []
    here.page.on("request", lambda request: asked.append(request.url))
    here.open("lesson/m04")
    names = httpx.get(sandbox.url("static/manifest.json")).json()
    for name in ("academy.css", "host.js", "vega.js"):
        assert sandbox.url(f"static/{names[name]}") in asked
    here.open("lesson/m05")
    asked.clear()
    here.open("lesson/m05")
    assert not [url for url in asked if "vega" in url], json.dumps(asked)
