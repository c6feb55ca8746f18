"""The exemplar library as a page: every card, what a reader asked for, and how to add a card."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from course import exemplars
from course.errors import InputError
from course.portal import pages, workspace
from course.syllabus import modules

LEVELS = {
    0: "Any, also none",
    1: "1 or more: says how it should work",
    2: "2 or more: a change is shown",
    3: "3 or more: a comparison is made",
    4: "4 or more: found again by others",
    5: "5: can be repeated at scale",
}
MEANINGS = {
    "who": "who did it",
    "what": "what they did, in one sentence",
    "claim": "what is claimed for it, in one sentence",
    "base": "of how many people, pounds or contracts",
    "comparator": "against what: before, or somebody else",
    "source": "where a reader can look it up",
    "date": "when it was true: a year, month or day",
    "idea": "what another could reuse",
}


def library_page(where: pages.Where, folder: Path, query: Mapping[str, str]) -> str:
    """Render the library with the cards kept in the academy folder `folder`.

    Parameters
    ----------
    where : str or dict
        The server's base address, or the addresses themselves.
    folder : Path
        The learner's or trainer's academy folder. Where their cards are damaged, the library's own are
        shown, and one sentence says what to mend.
    query : mapping
        What to look for: text, sector, place, theme, evidence (a level, 0 to 5). What no card can have is
        left out of the search, as the form cannot show it.
    """
    fault = ""
    try:
        cards = exemplars.library(workspace.cards(folder))
    except InputError as problem:
        cards, fault = exemplars.library(), str(problem)
    options = offered(cards)
    wanted = {name: query.get(name, "") for name in ("text", *options)}
    wanted |= {name: "" for name in options if wanted[name] not in options[name]}
    found = exemplars.search(
        cards,
        wanted["text"],
        wanted["sector"],
        wanted["place"],
        wanted["theme"],
        int(wanted["evidence"] or 0),
    )
    return pages.render(
        "library.html.j2",
        where,
        cards=[_shown(card, set(found["id"])) for card in _in_order(cards).to_dict("records")],
        found=len(found),
        options=options,
        wanted=wanted,
        fault=fault,
        meanings=MEANINGS,
        explained=next((m for m in modules() if m.id == "m11" and m.lesson.exists()), None),
    )


def offered(cards: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return what may be chosen in each list of the form, as values and their labels; "" leaves it open."""
    named = {part for place in cards["place"] for part in place.split(", ")} - {"invented"}
    return {
        "sector": {"": "Any sector"}
        | {s: s.capitalize() for s in exemplars.SECTORS if s in set(cards["sector"])},
        "place": {"": "Any place"} | {place: place for place in sorted(named)},
        "theme": {"": "Any theme"} | {theme: theme.capitalize() for theme in exemplars.THEMES},
        "evidence": {str(level or ""): label for level, label in LEVELS.items()},
    }


def _in_order(cards: pd.DataFrame) -> pd.DataFrame:
    """Put invented cards last; otherwise the strongest evidence first."""
    return exemplars.search(cards).sort_values("kind", key=lambda kind: kind == "invented", kind="stable")


def _shown(card: dict[Any, Any], found: set[str]) -> dict[str, Any]:
    return card | {
        "found": card["id"] in found,
        "words": exemplars.words_of(card),
        "reading": exemplars.EVIDENCE[card["evidence"]],
        "said": exemplars.say_when(card["date"]),
    }
