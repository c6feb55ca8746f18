"""The leaflet in a lesson: what is chosen is what is printed, as a web page and as a tagged PDF."""

import pytest

from course import printing
from course.errors import InputError
from course.explorers import showing
from course.explorers.leaflet import Leaflet

LIMITS = "We do not know whether people stay in work."


@pytest.fixture
def asking(tmp_path, monkeypatch):
    """A leaflet whose last words are the learner's, and whose folder is an empty one."""
    monkeypatch.chdir(tmp_path)
    parts = {key: value for key, value in showing.leaflet_parts().items() if key != "limits"}
    return Leaflet(showing.leaflet_figures(), **parts)


def choose(leaflet, **changed):
    leaflet.values = {**leaflet.values, **changed}


def test_there_is_no_page_until_the_learner_says_what_the_figures_do_not_show(asking):
    assert asking.page["body"] == ""
    assert asking.page["problem"]
    choose(asking, limits=LIMITS)
    assert asking.page["problem"] == ""
    assert LIMITS in asking.page["body"]
    assert LIMITS in asking.page["whole"]


def test_a_figure_that_is_not_ticked_is_not_printed(asking):
    choose(asking, limits=LIMITS)
    name = asking.figures["indicator"][1]
    assert name in asking.page["body"]
    choose(asking, **{"1": False})
    assert name not in asking.page["body"]


def test_with_nothing_ticked_one_sentence_says_what_to_do(asking):
    choose(asking, limits=LIMITS, **{str(row): False for row in asking.figures.index})
    assert asking.page["problem"] == "There is nothing to print yet. Tick at least one figure."
    with pytest.raises(InputError, match="Tick at least one"):
        asking.save_pdf()


def test_what_a_learner_writes_is_shown_as_text(asking):
    choose(asking, limits="<script>alert(1)</script>")
    assert "<script>alert" not in asking.page["body"] + asking.page["whole"]


def test_without_a_page_that_can_ask_the_plain_reading_holds_the_leaflet():
    page, said = showing.finished_leaflet()._plain()
    assert "43 placements, of 40" in page
    assert said.startswith("The leaflet of")


def test_the_pdf_is_tagged_and_in_the_folder(asking, tmp_path, chromium):
    choose(asking, limits=LIMITS)
    made = asking.save_pdf()
    assert made == tmp_path / "leaflet.pdf"
    assert b"/StructTreeRoot" in made.read_bytes()


def test_without_a_browser_the_pdf_is_refused_and_the_web_page_kept(asking, tmp_path, monkeypatch):
    monkeypatch.setattr(printing, "browser", lambda: None)
    choose(asking, limits=LIMITS)
    with pytest.raises(InputError, match="choose Print"):
        asking.save_pdf()
    assert LIMITS in (tmp_path / "leaflet.html").read_text(encoding="utf-8")
