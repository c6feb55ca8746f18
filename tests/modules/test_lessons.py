"""Every lesson runs, says what it must, adds up to its time, and can be read by anybody."""

import re
from functools import cache
from pathlib import Path
from statistics import median

import jupytext
import nbformat
import pytest
import textstat
import yaml
from nbclient import NotebookClient

from course import places

LESSONS = sorted(places.MODULES.glob("*/lesson.md"))
IDS = [path.parent.name for path in LESSONS]
SYLLABUS = yaml.safe_load((Path(places.REPOSITORY) / "course" / "syllabus.yml").read_text(encoding="utf-8"))

LONGEST_SENTENCE = 25  # words
# Automated readability index: the school year at which a text is read with ease. It counts letters, so it
# needs no dictionary. GOV.UK writes for a reading age of nine; terms of the trade push a lesson up from that.
CEILING = 7.0
LONGEST_CELL, MEDIAN_CELL = 12, 3  # lines of code
TRAINER = re.compile(r"<!-- trainer (\d+) min: Teaching (\d+), exercise (\d+)\. .+? -->", re.S)
WANTED = ("story", "concept", "commissioner", "provider", "joint", "takeaway", "trainer")
# Names and quotations that are longer than a sentence may be: the words they start with.
LONG_ON_PURPOSE: tuple[str, ...] = ()

each_lesson = pytest.mark.parametrize("path", LESSONS, ids=IDS)


@cache
def notebook(path: Path) -> nbformat.NotebookNode:
    return jupytext.read(path)


def module(path: Path) -> dict:
    return next(m for m in SYLLABUS["modules"] if m["folder"] == path.parent.name)


def tags(cell) -> list[str]:
    return cell.metadata.get("tags", [])


def prose(path: Path) -> list[str]:
    """The lesson's text as a learner reads it, in blocks: no headings, tables, code, notes, citations."""
    blocks = []
    for cell in notebook(path).cells:
        if cell.cell_type != "markdown" or "trainer" in tags(cell):
            continue
        text = re.sub(r"<!--.*?-->|^#+ .*$|^\|.*$|<[^>]+>", "", cell.source, flags=re.S | re.M)
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
        text = re.sub(r"^\s*(?:[-*]|\d+\.) ", "\n\n", text, flags=re.M)
        text = re.sub(r"[*_`]", "", text)
        found = [" ".join(block.split()) for block in re.split(r"\n\s*\n", text) if block.strip()]
        blocks += [block for block in found if not block.startswith(("Source:", "Sources:"))]
    return blocks


def sentences(path: Path) -> list[str]:
    ends = re.compile(r"(?<=[.?!])[”’)]?\s+(?=[“‘A-Z0-9£])")
    return [sentence for block in prose(path) for sentence in ends.split(block)]


def test_there_are_lessons():
    assert "m04-asking" in IDS


@each_lesson
def test_it_runs_top_to_bottom_and_every_part_shows_something(path, tmp_path):
    made = NotebookClient(nbformat.from_dict(notebook(path)), kernel_name="python3", timeout=120).execute(
        cwd=str(tmp_path)
    )
    for cell in made.cells:
        if cell.cell_type != "code":
            continue
        wrote = [o for o in cell.outputs if o.output_type == "stream"]
        assert not wrote, f"this cell prints instead of showing: {cell.source}"
        shown = [o for o in cell.outputs if o.output_type in ("execute_result", "display_data")]
        assert shown or not _ends_in_expression(cell.source), f"this cell shows nothing: {cell.source}"
        for output in shown:
            readable = output.data.get("text/html", output.data.get("text/markdown", ""))
            assert readable.strip(), f"this cell has no plain reading: {cell.source}"


def _ends_in_expression(source: str) -> bool:
    last = source.strip().splitlines()[-1]
    return not re.match(r"(from|import|\w+\s*=[^=])", last)


@each_lesson
def test_its_code_is_short(path):
    lengths = [
        len([line for line in cell.source.splitlines() if line.strip()])
        for cell in notebook(path).cells
        if cell.cell_type == "code"
    ]
    assert max(lengths) <= LONGEST_CELL
    assert median(lengths) <= MEDIAN_CELL


@each_lesson
def test_its_sentences_are_short(path):
    long = [s for s in sentences(path) if len(s.split()) > LONGEST_SENTENCE]
    assert [s for s in long if not any(s.startswith(start) for start in LONG_ON_PURPOSE)] == []


@each_lesson
def test_it_reads_easily(path):
    text = "\n".join(block if block[-1] in ".?!" else block.rstrip(":;,") + "." for block in prose(path))
    assert textstat.automated_readability_index(text) <= CEILING


@each_lesson
def test_trainers_minutes_add_up_to_the_modules(path):
    notes = [cell.source for cell in notebook(path).cells if "trainer" in tags(cell)]
    found = [TRAINER.fullmatch(note.strip()) for note in notes]
    assert all(found), "a trainer's note is not written <!-- trainer 9 min: Teaching 2, exercise 7. … -->"
    times = [tuple(map(int, match.groups())) for match in found]
    assert all(whole == teaching + exercise for whole, teaching, exercise in times)
    assert sum(whole for whole, _, _ in times) == module(path)["minutes"]


@each_lesson
def test_trainers_notes_are_nowhere_else(path):
    for cell in notebook(path).cells:
        assert "trainer" in tags(cell) or "<!--" not in cell.source


@each_lesson
def test_it_has_the_shell_of_a_module(path):
    lesson = notebook(path)
    assert lesson.metadata["academy"] == {"module": path.parent.name, "kind": "lesson"}
    assert lesson.metadata["title"] == module(path)["title"]
    seen = {tag for cell in lesson.cells for tag in tags(cell)}
    assert set(WANTED) - seen == set()
    order = [
        next(i for i, c in enumerate(lesson.cells) if tag in tags(c))
        for tag in ("story", "concept", "joint", "takeaway")
    ]
    assert order == sorted(order), "story, concepts, joint table and take-away come in this order"


@each_lesson
def test_it_opens_with_outcomes_and_minutes_and_ends_with_recap_take_away_and_sources(path):
    lesson = notebook(path)
    first = lesson.cells[0].source
    assert first.startswith(f"# {module(path)['title']}\n")
    assert f"about {module(path)['minutes']} minutes" in first
    assert len(re.findall(r"^- ", first, re.M)) >= 3
    headings = _headings(path)
    last = [
        name for name in headings if name == "Recap" or name.startswith(("Take-away", "Apply it", "Sources"))
    ]
    assert [name.split(":")[0] for name in last] == ["Recap", "Take-away", "Apply it at work", "Sources"]
    assert headings[-1] == "Sources"


def _headings(path: Path) -> list[str]:
    return re.findall(
        r"^## (.+)$", "\n".join(c.source for c in notebook(path).cells if c.cell_type == "markdown"), re.M
    )


@each_lesson
def test_what_the_exercise_says_to_read_again_is_there(path):
    exercise = places.SOLUTIONS / path.parent.name / "exercise.md"
    if not exercise.exists():
        pytest.skip(f"{path.parent.name} has no exercise yet")
    named = re.findall(r"read=\"“([^”]+)” in the lesson\"", exercise.read_text(encoding="utf-8"))
    assert set(named) - set(_headings(path)) == set()


@each_lesson
def test_each_heading_is_one_idea_and_used_once(path):
    headings = _headings(path)
    assert len(set(headings)) == len(headings)
    for cell in notebook(path).cells:
        if cell.cell_type == "markdown":
            assert len(re.findall(r"^#{1,2} ", cell.source, re.M)) <= 2
            for part in re.split(r"^#{1,3} .+$", cell.source, flags=re.M):
                assert len(part.split()) <= 260, f"too much under one heading: {part[:60]}"
    text = "\n".join(c.source for c in notebook(path).cells if c.cell_type == "markdown")
    assert len(re.findall(r"^# ", text, re.M)) == 1


@each_lesson
def test_statements_of_law_carry_a_source_a_date_and_a_warning(path):
    for cell in notebook(path).cells:
        if "concept" in tags(cell) and re.search(r"\bAct \d{4}|\bPPN \d|\bsection \d", cell.source):
            assert re.search(r"\*Sources?: .*\d{4}.*Not legal advice\.\*", cell.source, re.S), cell.source[
                :80
            ]
    every = "\n".join(c.source for c in notebook(path).cells if "trainer" not in tags(c))
    if "PPN 026" in every:
        assert "Check before relying on this" in every


@each_lesson
def test_terms_are_bold_where_they_first_appear_and_only_there(path):
    """Bold in running text marks a term where it is explained: not twice, and not after its first use."""
    paragraphs = [b for b in _bold_prose(path) if "**" in b]
    terms = [term for b in paragraphs for term in TERM.findall(b)]
    assert len({term.lower() for term in terms}) == len(terms), "a term is explained twice"
    text = "\n\n".join(_bold_prose(path))
    for term in terms:
        before = text[: text.index(f"**{term}**")]
        used = re.findall(rf"\b{re.escape(term)}\b", before.replace("**", ""), re.I)
        assert not used or term.lower() in PLAIN_WORDS, f"“{term}” is used before it is explained"


TERM = re.compile(r"(?:\b(?:[Aa]n?|[Tt]he|is|called(?: an?| the)?|your) )\*\*([a-z][^*]+)\*\*")
# Everyday words that are sharpened into a term only where the sharper meaning is needed.
PLAIN_WORDS = {"weight", "social value", "quality"}


def _bold_prose(path: Path) -> list[str]:
    blocks = []
    for cell in notebook(path).cells[1:]:  # the outcomes, in the first, may name what is to come
        if cell.cell_type == "markdown" and "trainer" not in tags(cell):
            text = re.sub(r"^(#+|\|).*$", "", cell.source, flags=re.M)
            blocks += [" ".join(block.split()) for block in re.split(r"\n\s*\n", text) if block.strip()]
    return blocks


@each_lesson
def test_it_has_two_explorers_and_a_prediction(path):
    code = "\n".join(c.source for c in notebook(path).cells if c.cell_type == "code")
    assert len([c for c in notebook(path).cells if "explorer" in tags(c)]) >= 2
    assert re.search(r"\bpredict\w*\(", code)


@each_lesson
def test_quotation_marks_are_the_printers(path):
    assert [block for block in prose(path) if re.search(r"[\"']", block)] == []
