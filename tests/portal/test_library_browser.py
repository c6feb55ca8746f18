"""The exemplar library in a real browser: searched by keyboard, counted aloud, kept in the address."""

import pytest

from course import exemplars

pytestmark = pytest.mark.browser
CARDS = exemplars.library()


def shown(page) -> set[str]:
    return set(
        page.evaluate("[...document.querySelectorAll('#find-cards > li:not([hidden])')].map((li) => li.id)")
    )


def count(page) -> str:
    return page.get_by_role("status").inner_text()


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (390, "dark"), (1280, "dark"), (390, "light")]
)
def test_the_library_is_free_of_axe_violations_and_never_scrolls_sideways(
    sandbox, visit, violations, width, scheme
):
    here = visit(sandbox, width=width, scheme=scheme)
    page = here.open("library?evidence=2")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").inner_text() == "Exemplar library"
    assert here.complaints == []


def test_searching_by_keyboard_alone_narrows_counts_and_makes_a_link(sandbox, visit):
    here = visit(sandbox)
    page = here.open("library")
    page.wait_for_selector("#find-go", state="hidden")
    words = page.get_by_label("Words on the card")
    for _ in range(20):
        page.keyboard.press("Tab")
        if words.evaluate("field => field === document.activeElement"):
            break
    page.keyboard.type("publish")
    assert shown(page) == set(exemplars.search(CARDS, "publish")["id"])
    assert count(page) == f"{len(shown(page))} of {len(CARDS)} cards."
    page.keyboard.press("Tab")
    page.keyboard.type("Council")
    assert shown(page) == set(exemplars.search(CARDS, "publish", sector="council")["id"])
    link = page.url
    assert link.endswith("?text=publish&sector=council")
    found = shown(page)
    page = here.open(link.removeprefix(sandbox.url()))
    assert shown(page) == found
    page.get_by_role("link", name="Clear all").press("Enter")
    assert shown(page) == set(CARDS["id"])
    assert count(page) == f"All {len(CARDS)} cards."
    assert page.url == sandbox.url("library")
    assert words.evaluate("field => field === document.activeElement")


def test_the_page_finds_what_searching_finds(sandbox, visit):
    """The script and `exemplars.search` are two; this holds them together, list by list and word by word."""
    page = visit(sandbox).open("library")
    page.wait_for_selector("#find-go", state="hidden")
    set_one = """([name, value]) => {
        const form = document.getElementById("find");
        form.reset();
        for (const field of form.elements) if (field.name) field.value = "";
        form.elements[name].value = value;
        form.dispatchEvent(new Event("input"));
    }"""
    for name in ("sector", "place", "theme", "evidence"):
        for value in page.evaluate(
            f"[...document.getElementById('find-{name}').options].map((o) => o.value)"
        ):
            page.evaluate(set_one, [name, value])
            wanted = {name: int(value or 0) if name == "evidence" else value}
            assert shown(page) == set(exemplars.search(CARDS, **wanted)["id"]), (name, value)
    for text in ("  CHARTER   contractors ", "£211,232", "(.*)", "2026-10", "no such word"):
        page.evaluate(set_one, ["text", text])
        assert shown(page) == set(exemplars.search(CARDS, text)["id"]), text
    assert count(page) == "No card fits all of this. Leave one thing open."


def test_without_scripts_the_button_searches(sandbox, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(sandbox.link)
    page.goto(sandbox.url("library"))
    page.get_by_label("Words on the card").fill("leaflet")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("status").inner_text() == f"1 of {len(CARDS)} cards."
    assert page.locator("#paralympics-leaflet").is_visible()
    assert not page.locator("#wales-duty").is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_glossary_is_free_of_axe_violations_and_never_scrolls_sideways(
    academy, visit, violations, width, scheme
):
    here = visit(academy, width=width, scheme=scheme)
    page = here.open("glossary")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").inner_text() == "Glossary"
    assert here.complaints == []


def test_a_term_leads_to_its_place_in_the_lesson(academy, visit):
    page = visit(academy).open("glossary")
    entry = page.locator("#tipping-weight")
    assert "at which the award passes from one bid to another" in entry.inner_text()
    part = entry.get_by_role("link").get_attribute("href").split("#")[1]
    entry.get_by_role("link").press("Enter")
    page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
    assert "tipping weight is" in page.locator(f"#{part}").inner_text()
    page.get_by_role("navigation", name="Academy").get_by_role("link", name="Glossary").press("Enter")
    page.wait_for_url(academy.url("glossary"))
