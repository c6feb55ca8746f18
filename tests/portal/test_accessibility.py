"""The accessibility statement says what the checks found; the checks themselves notice what they should."""

import json

import pytest

from benchmarks import accessibility as benchmark
from course.portal import accessibility
from course.syllabus import modules

LOOK = {
    "address": "http://127.0.0.1:1234/academy/lesson/m04?x=1#part",
    "title": "Lesson 4",
    "width": 390,
    "dark": True,
    "rules": 60,
    "computed": 3,
    "faults": [],
}


def row(kind: str) -> dict:
    return next(row for row in accessibility.record()["kinds"] if row["kind"] == kind)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("http://127.0.0.1:1/academy/", "The academy’s own pages"),
        ("http://127.0.0.1:1/academy/reading/lesson/m01", "Lessons"),
        ("http://127.0.0.1:1/academy/exercise/m12", "Exercises"),
        ("http://127.0.0.1:1/academy/trainer/spring/progress", "Trainer’s pages"),
        ("http://127.0.0.1:1/academy/joint/ABCD/live", "Joint table"),
        ("file:///edition/lesson/m01.html", "Reading edition"),
        ("about:blank", "Leaflet and pages to print"),
    ],
)
def test_an_address_says_what_kind_of_page_it_is(address, kind):
    assert benchmark.kind(address) == kind


def test_looks_are_summed_up_by_kind_of_page():
    again = LOOK | {"address": "http://127.0.0.1:99/academy/lesson/m04", "width": 1280, "dark": False}
    faint = LOOK | {"address": "http://127.0.0.1:99/academy/lesson/m05", "faults": ["faint"]}
    lessons = next(row for row in benchmark.summary([LOOK, again, faint]) if row["kind"] == "Lessons")
    assert lessons == {
        "kind": "Lessons",
        "pages": 2,
        "looks": 3,
        "narrow": 2,
        "dark": 2,
        "computed": 9,
        "faults": ["faint"],
    }


def test_the_record_covers_every_lesson_and_exercise_narrow_and_wide_light_and_dark():
    for kind in ("Lessons", "Exercises"):
        seen = row(kind)
        assert seen["pages"] >= len(modules()) == 12
        assert min(seen["narrow"], seen["dark"]) >= 12
        assert min(seen["looks"] - seen["narrow"], seen["looks"] - seen["dark"]) >= 12
    assert all(row["pages"] for row in accessibility.record()["kinds"])


def test_the_record_was_made_with_the_checker_that_the_tests_use_and_every_test_passed():
    record = accessibility.record()
    assert f"axe v{record['axe']}\n" in benchmark.AXE.read_text(encoding="utf-8")[:100]
    assert record["passed"]


def test_the_statement_tells_the_figures_of_the_record():
    record = accessibility.record()
    page = accessibility.accessibility_page("/", record)
    assert (
        f"looked at pages {sum(row['looks'] for row in record['kinds']):,} times. It found no fault." in page
    )
    assert f"axe-core {record['axe']}" in page
    assert page == accessibility.accessibility_page("/")


def test_a_fault_in_the_record_stands_in_the_statement_and_no_claim_is_made():
    record = json.loads(json.dumps(accessibility.record()))
    record["kinds"][0]["faults"] = ["label (critical): ['input'] <input>"]
    record["passed"] = False
    page = accessibility.accessibility_page("/", record)
    assert "found 1 fault." in page
    assert "label (critical): [&#39;input&#39;] &lt;input&gt;" in page
    assert "partially compliant with WCAG 2.2 level AA" in page
    assert "It found no fault" not in page
    assert "Some browser tests did not pass in that run." in page


FAINT = """<!DOCTYPE html><html lang="en"><title>Test</title><main><h1>Letters on shapes</h1>
<svg width="300" height="60" role="img" aria-label="A bar">
<image width="1" height="1" href="data:image/gif;base64,R0lGODlhAQABAAAAACw="/>
<rect width="300" height="60" fill="{bar}"/>
<text x="10" y="30" font-size="16" fill="#ffffff">Alder wins</text>
</svg></main></html>"""


@pytest.mark.browser
@pytest.mark.parametrize(("bar", "ratio"), [("#1d4e89", None), ("#9ecae1", "1.75")])
def test_letters_on_the_bar_of_a_chart_are_measured_against_the_bar(chromium, violations, bar, ratio):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_content(FAINT.format(bar=bar))
    found = violations(page, noted=False)
    context.close()
    assert found == (
        [f"color-contrast (computed): text: rgb(255, 255, 255) on {rgb(bar)} is {ratio} to 1"]
        if ratio
        else []
    )


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"
