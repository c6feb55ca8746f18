"""Every exercise can be read by anybody: its text, its questions, and what it says of an answer."""

import ast
import re
from functools import cache
from pathlib import Path

import jupytext
import pytest
import textstat

from course import places

EXERCISES = sorted(places.SOLUTIONS.glob("*/exercise.md"))
LONGEST_SENTENCE = 25  # words
# Automated readability index, as for the lessons (see test_lessons).
CEILING = 7.0
NOT_OURS = {"sample"}  # what a learner might have written, weak or strong
ENDS = re.compile(r"(?<=[.?!])[”’)]?\s+(?=[“‘A-Z0-9£])")

each_exercise = pytest.mark.parametrize("path", EXERCISES, ids=[path.parent.name for path in EXERCISES])


class Words(ast.NodeVisitor):
    """Collects the texts of a code cell that are sentences, with a figure in each blank."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_Call(self, node: ast.Call) -> None:
        if getattr(node.func, "id", "") not in NOT_OURS:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found.append(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [part.value if isinstance(part, ast.Constant) else "12" for part in node.values]
        self.found.append("".join(map(str, parts)))


@cache
def blocks(path: Path) -> list[str]:
    """What a learner reads, in blocks that are whole sentences."""
    found = []
    for cell in jupytext.read(path).cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"<!--.*?-->|^#+ .*$|^\|.*$", "", cell.source, flags=re.S | re.M)
            text = re.sub(r"^\s*(?:[-*]|\d+\.) ", "\n\n", text, flags=re.M)
            found += re.split(r"\n\s*\n", text)
        else:
            words = Words()
            words.visit(ast.parse(cell.source))
            found += words.found
    tidy = [" ".join(re.sub(r"[*_`]", "", block).split()) for block in found]
    return [block for block in tidy if " " in block and block.rstrip("”’)")[-1:] in (".", "?", "!")]


@each_exercise
def test_there_is_enough_to_measure(path):
    assert len(blocks(path)) >= 30


@each_exercise
def test_its_sentences_are_short(path):
    sentences = [sentence for block in blocks(path) for sentence in ENDS.split(block)]
    assert [s for s in sentences if len(s.split()) > LONGEST_SENTENCE] == []


@each_exercise
def test_it_reads_easily(path):
    assert textstat.automated_readability_index("\n".join(blocks(path))) <= CEILING
