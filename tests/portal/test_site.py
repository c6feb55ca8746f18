"""The reading edition, opened from a folder as from a memory stick: no server and no other host."""

import json
import re
import shutil
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from course.authoring import source
from course.charts import Frame, Table
from course.errors import InputError
from course.explorers import Choice, Explorer, Number, Toggle
from course.portal import frames, site
from course.questions import kinds
from course.questions.marking import Key, assess, wrong

ROOT = Path(__file__).parent.parent.parent
WHOLE = "m01-enabling"
SHORT = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
---

# Money, and what it cannot say

## Two explorers

```{code-cell}
from course.explorers.valuing import stress_test
stress_test()
```

```{code-cell}
from course.explorers.moderating import score_six
score_six()
```
"""


@pytest.fixture(scope="session")
def edition(tmp_path_factory):
    """The edition of module 1 as it is, and of a short lesson with what cannot be worked out whole."""
    content = tmp_path_factory.mktemp("content")
    for part in ("modules", "exercises"):
        shutil.copytree(ROOT / part / WHOLE, content / part / WHOLE)
    lesson = content / "modules" / "m08-money" / "lesson.md"
    lesson.parent.mkdir()
    lesson.write_text(SHORT, encoding="utf-8")
    into = tmp_path_factory.mktemp("edition") / "a folder"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACADEMY_CONTENT", str(content))
        limits = site.build(into)
    return into, limits, content


PAGES = ["index", "library", "glossary", "about", "accessibility", "lesson/m01", "lesson/m08", "exercise/m01"]


@pytest.fixture
def stick(chromium, edition):
    """Open pages of the edition by file://; in the end no host was asked and nothing was missing."""
    contexts, asked, complaints = [], [], []

    def start(width=1280, scheme="light", scripts=True):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.on("request", lambda request: asked.append(request.url))
        # Leaving a page ends what it was still loading: that is no fault of the page.
        context.on(
            "requestfailed",
            lambda request: None if request.failure == "net::ERR_ABORTED" else complaints.append(request.url),
        )
        page = context.new_page()
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

        def open_page(path):
            page.goto((edition[0] / f"{path}.html").as_uri())
            if scripts and path.startswith(("lesson", "exercise")):
                page.wait_for_selector("html[data-ready]", state="attached")
            return page

        return open_page

    yield start
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in asked if urlsplit(url).scheme not in ("file", "data", "blob")] == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_usable_by_everyone_at_both_widths(stick, violations, width, scheme):
    open_page = stick(width, scheme)
    for path in PAGES:
        page = open_page(path)
        assert violations(page, preload=False) == [], path  # from a stick nothing may be fetched
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("h1").count() == 1, path
        assert page.locator("main").count() == page.locator("body > header").count() == 1, path
        assert page.locator("body > footer").count() == 1, path
        assert page.evaluate("document.documentElement.lang") == "en-GB"


@pytest.mark.browser
def test_lessons_have_the_skip_link_the_date_of_the_law_and_the_way_on(stick):
    page = stick()("lesson/m01")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.get_by_text("not legal advice").first.is_visible()
    page.get_by_role("link", name="Next").click()
    assert page.locator("h1").inner_text() == "Money, and what it cannot say"
    page.get_by_role("link", name="Previous").click()
    page.get_by_role("link", name="Do the exercise").click()
    assert page.locator("h1").inner_text() == "What the Act makes possible. Exercise"


class Links(HTMLParser):
    """What a page links to and loads, and what can be linked to in it."""

    def __init__(self):
        super().__init__()
        self.links, self.names = [], set()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.names.add(given.get("id"))
        wanted = given.get("href") if tag in ("a", "link") else given.get("src")
        if wanted:
            self.links.append((tag, wanted))


def read(path):
    links = Links()
    links.feed(path.read_text(encoding="utf-8"))
    return links


def test_every_link_leads_somewhere_and_every_file_is_beside_the_page(edition):
    into = edition[0]
    written = {path: read(path) for path in into.rglob("*.html")}
    assert {path.relative_to(into).with_suffix("").as_posix() for path in written} == set(PAGES)
    for path, found in written.items():
        for tag, link in found.links:
            parts = urlsplit(link)
            if parts.scheme == "data" or (tag == "a" and parts.scheme == "https"):
                continue
            assert (parts.scheme, parts.netloc) == ("", ""), (path.name, link)
            assert not link.startswith("/"), (path.name, link)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), (path.name, link)
            if parts.fragment:
                assert parts.fragment in written[target].names, (path.name, link)


@pytest.mark.browser
def test_a_slider_moves_its_chart_and_what_is_said_of_it(stick, wait_until):
    page = stick()("lesson/m08")
    explorer = page.locator(".sva-x").first
    explorer.scroll_into_view_if_needed()
    chart = explorer.get_by_role("img").first
    chart.locator("svg").wait_for()
    before, said = chart.inner_html(), explorer.locator(".sva-summary").inner_text()
    slider = explorer.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    wait_until(lambda: explorer.locator(".sva-summary").inner_text() != said)
    wait_until(lambda: chart.inner_html() != before)


@pytest.mark.browser
def test_where_one_control_moves_at_a_time_the_page_says_so_and_the_first_goes_back(stick, wait_until):
    page = stick()("lesson/m08")
    assert page.get_by_text(frames.WORDS["single"]).count() == 1
    first, second = (page.locator(".sva-x").first.get_by_role("slider").nth(i) for i in (0, 1))
    start = first.input_value()
    first.focus()
    page.keyboard.press("ArrowRight")
    wait_until(lambda: first.input_value() != start)
    second.focus()
    page.keyboard.press("ArrowRight")
    wait_until(lambda: first.input_value() == start)


@pytest.mark.browser
def test_a_still_picture_says_so_and_has_no_dead_controls(stick):
    page = stick()("lesson/m08")
    assert page.get_by_text(frames.WORDS["still"]).count() == 1
    still = page.locator(".sva-x").nth(1)
    assert still.get_by_role("slider").count() == still.get_by_role("radio").count() == 0
    assert still.locator(".sva-summary").inner_text()
    page = stick()("about")
    assert page.get_by_role("link", name="Lesson 8: Score six answers alone").count() == 1


@pytest.mark.browser
def test_a_quiz_marks_itself_with_reasons_and_remembers_its_answers(stick, edition):
    made = source.load(WHOLE, site.PUBLIC_CASE)
    page = stick()("exercise/m01")
    right = [q for q in made.questions.values() if q.kind == "choice"][0]
    number = next(q for q in made.questions.values() if q.kind == "number")
    page.locator(f"#question-{right.id} input[value='{made.keys[right.id].correct}']").check()
    page.locator(f"#question-{number.id} input[type=text]").fill("nonsense")
    page.locator(f"#question-{number.id} input[type=text]").blur()
    assert "is not a number" in page.locator(f"#question-{number.id} .sva-status").inner_text()
    page.get_by_role("button", name="Mark my work").click()
    report = page.get_by_role("region", name="Your marks")
    report.get_by_role("heading").wait_for()
    points = kinds.tidy(made.keys[right.id].points)
    assert report.get_by_role("heading").inner_text() == f"Your marks: {points} of {made.points:g} points"
    assert made.keys[right.id].because in page.locator(f"#question-{right.id} .sva-result").inner_text()
    page.reload()
    assert page.locator(f"#question-{right.id} input:checked").count() == 1
    page.goto((edition[0] / "index.html").as_uri())
    assert page.get_by_text("2 of 9 questions answered in this browser").count() == 1


def test_no_reason_and_no_answer_of_an_exercise_stands_in_clear(edition):
    made = source.load(WHOLE, site.PUBLIC_CASE)
    text = (edition[0] / "exercise" / "m01.html").read_text(encoding="utf-8")
    hidden = [k.because for k in made.keys.values()]
    hidden += [
        why for k in made.keys.values() for why in [*(k.why or {}).values(), *(w.why for w in k.wrong)]
    ]
    assert [words for words in hidden if json.dumps(words)[1:-1] in text or words in text] == []
    assert "no other learner" not in text
    assert "Everyone sees the same figures here" in text
    assert "Nobody marks your writing" in text


@pytest.mark.browser
def test_without_scripts_the_words_the_figures_and_their_tables_are_there(stick):
    page = stick(scripts=False)("lesson/m01")
    text = page.locator("main").inner_text()
    assert "What counts towards the threshold" in text
    assert page.locator("main table").count() > 5
    assert "The controls on this page need JavaScript." in text


def test_what_is_printed_leaves_out_what_cannot_be_pressed(edition):
    css = (edition[0] / "assets" / "academy.css").read_text(encoding="utf-8")
    printed = css[css.index("@media print") :]
    assert re.search(r"\.sva-turn[^}]*display: none", printed)


QUESTIONS = {
    "number": (
        kinds.Question("q", "number", "?", low=0, high=50),
        16.7,
        [16.7, 16.75, 18, -1, 51, "x", None],
    ),
    "choice": (
        kinds.Question("q", "choice", "?", items={"a": "A", "b": "B", "10": "C"}),
        "b",
        ["a", "b", "10", "z", ""],
    ),
    "choices": (
        kinds.Question("q", "choices", "?", items={"a": "A", "b": "B", "c": "C"}),
        ["a", "c"],
        [["c", "a"], ["a"], ["b"], [], ["a", "a"], ["z"], "a"],
    ),
    "order": (
        kinds.Question("q", "order", "?", items={"a": "A", "b": "B", "c": "C"}),
        ["b", "a", "c"],
        [["b", "a", "c"], ["a", "b", "c"], ["c", "a", "b"], ["a", "b"], ["a", "b", "z"]],
    ),
    "match": (
        kinds.Question(
            "q", "match", "?", items={"a": "A", "b": "B", "c": "C"}, options={"1": "I", "2": "II"}
        ),
        {"a": "1", "b": "2", "c": "1"},
        [
            {"a": "1", "b": "2", "c": "1"},
            {"a": "2", "b": "1", "c": "1"},
            {"a": "2", "b": "2", "c": "2"},
            {"a": "1", "b": "", "c": "1"},
            {"a": "", "b": "", "c": ""},
            {"z": "1"},
        ],
    ),
    "share": (
        kinds.Question("q", "share", "?", items={"a": "A", "b": "B"}, total=100),
        {"a": 60, "b": 40},
        [{"a": 60.4, "b": 39.6}, {"a": 40, "b": 60}, {"a": 60, "b": 30}, {"a": 110, "b": -10}, {"a": 1}],
    ),
    "short_text": (
        kinds.Question("q", "short_text", "?"),
        ["Social value", "the social value"],
        ["social  VALUE.", "price", "  ", 3],
    ),
}
SLIP = {"number": 18, "choice": "a", "choices": ["a"], "order": ["c", "a", "b"], "share": {"a": 40, "b": 60}}


@pytest.mark.browser
def test_the_browser_marks_as_the_academy_does(stick):
    page = stick()("exercise/m01")
    for kind, (question, correct, values) in QUESTIONS.items():
        named = [wrong("a slip", SLIP[kind], "A known slip.", points=1, read="there")] if kind in SLIP else []
        reasons = {item: f"Not {item}." for item in question.items}
        key = Key(correct, 2.0, "Because.", 0.5, reasons, named, "here")
        sent = {
            "question": {
                **vars(question),
                "items": list(question.items.items()),
                "options": list(question.options.items()),
            },
            "key": {**vars(key), "wrong": [vars(w) for w in named]},
        }
        for value in values:
            wanted = assess(question, key, value)
            got = page.evaluate("([s, v]) => svaSite.assess(s.question, s.key, v)", [sent, value])
            assert {name: getattr(wanted, name) for name in got} == got, (kind, value)


def made(values):
    rows = [{"n": n, "text": f"{n}{values['word']}"} for n in range(int(values["many"]) % 4)]
    if values["many"] == 3:
        raise InputError("Three is refused.")
    share = float("inf") if values["many"] == 0 else 1 / values["many"]
    return Frame(
        {"rows": rows, "one": [{"share": share, "on": values["on"]}]},
        f"{values['many']} {values['word']}",
        Table(["a", "b"], [[str(n), "x"] for n in range(int(values["many"]))]),
    )


def explorer(**more):
    controls = [
        Number("many", "How many", 0, 8, 1, 2),
        Choice("word", "Word", {"b": "Bee", "a": "Ay"}, "a"),
        Toggle("on", "On"),
    ]
    return Explorer("Made", controls, made, **more)


@pytest.mark.browser
def test_every_state_comes_back_as_it_was_worked_out(stick):
    page = stick()("lesson/m08")
    one = explorer()
    how, controls = frames.plan(one)
    assert how == "whole"
    packed = frames.pack(frames.frames(one, how, controls))
    for at in product(*(range(len(control.states())) for control in controls)):
        values = {c.key: c.states()[i] for c, i in zip(controls, at, strict=True)}
        wanted = frames.clean(one._frame(values))
        got = page.evaluate(
            "([p, at]) => svaSite.unpack(p).then(([grid]) => svaSite.frameAt(grid, at))", [packed, list(at)]
        )
        if wanted["problem"]:
            assert got["problem"] == wanted["problem"]
        else:
            assert got == wanted, values


def test_sliders_of_many_values_take_larger_steps_and_keep_where_they_start():
    many = [Number(key, key, 0, 100, 1, 35) for key in "abc"]
    how, controls = frames.plan(Explorer("Large", many, lambda v: Frame({}, "", Table([], []))))
    assert how == "steps"
    assert all(control.value in control.states() for control in controls)
    assert all(len(control.states()) >= frames.FEWEST_VALUES for control in controls)
    states = [set(control.states()) for control in controls]
    assert all(kept <= set(control.states()) for kept, control in zip(states, many, strict=True))


def test_what_is_too_much_moves_one_at_a_time_and_what_is_played_stands_still():
    many = [Number(key, key, 0, 100, 1, 35, side="provider") for key in "abcdefg"]

    def frame(values):
        return Frame({}, str(values), Table([], []))

    assert frames.plan(Explorer("Huge", many, frame))[0] == "single"
    assert frames.plan(Explorer("Huge", many, frame, steps=[("provider", "Bid", "Go")]))[0] == "still"


def test_explorers_named_as_small_enough_are_those_of_lessons():
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "course" / "explorers").glob("*.py"))
    assert [title for title in frames.WHOLE if f'"{title}"' not in text] == []


def test_an_edition_is_the_same_each_time_it_is_written(edition, tmp_path, monkeypatch):
    into, limits, content = edition
    monkeypatch.setenv("ACADEMY_CONTENT", str(content))
    for folder in site.OURS:
        (tmp_path / folder).mkdir()
    lesson = [limit for limit in limits if limit.name.startswith("m01-lesson")]
    assert site.write_page("lesson", "m01", tmp_path) == lesson
    site.write_page("exercise", "m01", tmp_path)
    site.write_frames(limits[0], tmp_path)
    again = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(again) == 3
    for path in again:
        assert path.read_bytes() == (into / path.relative_to(tmp_path)).read_bytes(), path.name


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.doc").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="holds other files"):
        site.build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]
