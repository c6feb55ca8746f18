"""The leaflet's buttons in a real browser: what is chosen is what is saved, as a page and as a tagged PDF."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser


def kept(page, button) -> tuple[str, bytes]:
    """The name and the content of what a button saves."""
    with page.expect_download(timeout=120_000) as getting:
        button.press("Enter")
    return getting.value.suggested_filename, Path(getting.value.path()).read_bytes()


def test_a_provider_makes_a_leaflet_and_saves_it_by_keyboard(academy, visit, violations):
    here = visit(academy)
    page = here.open("exercise/m11")
    page.set_default_timeout(60_000)
    maker = (
        page.get_by_role("region", name="The leaflet", exact=True).filter(has=page.locator("textarea")).first
    )
    words = maker.get_by_label("What these figures do not show")
    words.fill("")
    words.press("Tab")
    maker.get_by_role("alert").filter(has_text="imits").or_(
        maker.get_by_role("alert").filter(has_text="not show")
    ).wait_for()
    assert maker.get_by_role("button", name="Save as PDF").is_disabled()
    words.fill("They do not show what would have happened anyway. They are of one year only.")
    words.press("Tab")
    maker.get_by_role("article").get_by_text("They are of one year only.").wait_for()
    choice = maker.get_by_role("checkbox").first
    choice.press("Space")
    assert not choice.is_checked()

    name, raw = kept(page, maker.get_by_role("button", name="Save as a web page"))
    saved = raw.decode()
    assert name == "leaflet.html"
    assert "They are of one year only." in saved
    assert saved.count("<h1") == 1
    assert maker.get_by_role("status").inner_text().startswith("Saved as leaflet.html")
    name, printed = kept(page, maker.get_by_role("button", name="Save as PDF"))
    assert name == "leaflet.pdf"
    assert printed.startswith(b"%PDF")
    assert b"/StructTreeRoot" in printed
    look = page.context.new_page()
    look.set_content(saved)
    for width in (1280, 390):
        look.set_viewport_size({"width": width, "height": 900})
        assert violations(look) == []
        assert look.evaluate("document.documentElement.scrollWidth") <= width
    assert here.complaints == []


def test_the_lessons_finished_leaflet_is_saved_both_ways(academy, visit):
    page = visit(academy).open("lesson/m11")
    page.set_default_timeout(60_000)
    maker = page.get_by_role("region", name="The leaflet", exact=True).last
    assert b"<h1" in kept(page, maker.get_by_role("button", name="Save as a web page"))[1]
    assert b"/StructTreeRoot" in kept(page, maker.get_by_role("button", name="Save as PDF"))[1]
