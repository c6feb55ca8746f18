"""The glossary: each term where a lesson first explains it.

The lessons' convention: bold in running text marks a term at its first use, and the sentence that holds it
explains it, so that it can be read alone. Bold at the head of a list item or sentence is only for the eye,
unless “is”, “are” or “means” follows; so is a whole sentence in bold.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from course.portal import apps, pages
from course.syllabus import Module, find, modules

BOLD = re.compile(r"\*\*([^*]+)\*\*")
SENTENCE_ENDS = re.compile(r"(?<=[.?!])([”’)]?)\s+(?=[*“‘(]*[A-Z0-9£])")
BLOCK_ENDS = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )")
ITEM = re.compile(r"^(?:[-*]|\d+\.) ")
STRESSED = {"not"}  # bold for the ear, not for a term


@dataclass(frozen=True)
class Use:
    """One lesson's explanation of a term: the term as written there, the sentence, and where it stands."""

    term: str
    words: str
    module: Module
    part: int


@dataclass(frozen=True)
class Entry:
    """One term of the glossary: how it is written, what it means, and the lessons that explain it."""

    term: str
    words: str
    name: str
    uses: tuple[Use, ...]


def glossary() -> list[Entry]:
    """Return the terms in alphabetical order, each in the words of the first lesson that explains it."""
    found: dict[str, list[Use]] = {}
    for use in uses():
        found.setdefault(use.term.casefold(), []).append(use)
    return [
        Entry(_as_heading(same[0].term), _as_sentence(same[0].words), _slug(term), tuple(same))
        for term, same in sorted(found.items())
    ]


def glossary_page(where: pages.Where) -> str:
    """Render the glossary, its terms under their first letters."""
    letters = {
        letter: list(under) for letter, under in groupby(glossary(), lambda entry: entry.term[0].upper())
    }
    return pages.render("glossary.html.j2", where, letters=letters)


def _as_heading(term: str) -> str:
    return term[0].upper() + term[1:]


def _as_sentence(words: str) -> str:
    whole = words[0].upper() + words[1:]
    return whole if whole[-1] in ".!”" else f"{whole.rstrip(':;,')}."


def _slug(term: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", term))


def uses() -> list[Use]:
    """Return every explanation of a term in the released lessons, in the order of reading."""
    return [
        Use(term, words, module, part)
        for module in modules()
        if module.lesson.exists()
        for term, words, part in _explained_in(module.id, module.lesson.stat().st_mtime_ns)
    ]


@cache
def _explained_in(name: str, changed: int) -> list[tuple[str, str, int]]:
    module = find(name)
    assert module is not None
    lesson = apps.lesson_page(apps.notebook(module.lesson), module, "lesson", pages.urls("/"))
    return [
        (term, words, cell.metadata["academy"]["part"])
        for cell in lesson.cells
        if cell.cell_type == "markdown"
        for term, words in explained(cell.source)
    ]


def explained(markdown: str) -> list[tuple[str, str]]:
    """Return the terms that a text explains, each with its sentence.

    Parameters
    ----------
    markdown : str
        One cell's text. Headings and tables are left out.
    """
    found = []
    for block in BLOCK_ENDS.split(re.sub(r"^(?:#+ |\|).*$", "\n", markdown, flags=re.M)):
        text = ITEM.sub("", " ".join(block.split()))
        for sentence in SENTENCE_ENDS.sub(r"\1\n", text).split("\n"):
            for match in BOLD.finditer(sentence):
                if _marks_term(sentence, match):
                    found.append((match[1], re.sub(r"[*_]", "", sentence)))
    return found


def _marks_term(sentence: str, match: re.Match[str]) -> bool:
    if match[1][-1] in ".?!:" or match[1] in STRESSED or sentence.endswith("?"):
        return False
    return bool(sentence[: match.start()].strip("“‘(")) or bool(
        re.match(r" (?:is|are|means)\b", sentence[match.end() :])
    )
