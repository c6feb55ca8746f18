"""Exemplar cards: their format, the library, searching it, and adding one of your own."""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from filelock import FileLock

from course import measuring, places
from course.errors import InputError
from course.exemplars.claims import claim_audit, is_date, nesta_level

FILE = "exemplars.csv"
# Column to what it holds; also the data dictionary's words.
COLUMNS: Mapping[str, str] = {
    "id": "Short name of the card, in lower case with hyphens",
    "kind": "real: read in the source named. invented: from Calderbrook. yours: added by a cohort",
    "who": "Who did it",
    "what": "What they did, in one sentence",
    "claim": "What is claimed for it, in one sentence",
    "base": "Of how many: people asked, pounds, contracts. Empty when the claim needs none",
    "comparator": "Against what the claim is set: before, or somebody else",
    "source": "Where the claim can be looked up",
    "address": "Address of the source, where one is known",
    "date": "When the claim was true or was published: year, month or day",
    "evidence": "Kind of evidence behind the claim",
    "sector": "Part of public life",
    "place": "Where, the wider area last",
    "theme": "What it is about",
    "idea": "What another could reuse, in one sentence",
    "check": "Why to check it before relying on it; empty when it was read in the source named",
}
OPTIONAL = ("base", "comparator", "address", "check")
KINDS = ("real", "invented", "yours")
SECTORS = ("council", "defence", "health", "police", "transport", "university", "nation", "charity", "other")
THEMES = (
    "weights and policy",
    "local spending",
    "jobs and skills",
    "measuring",
    "small providers",
    "reporting",
)
# Kind of evidence to how to read it: two that claim no effect, then the designs that `measuring` ranks.
EVIDENCE: Mapping[str, str] = {
    "description": "Says what is done; it claims no effect",
    "count": "Counts what was done; it shows no change",
    **dict(measuring.evidence_designs()[["design", "reading"]].itertuples(index=False)),
}
LONGEST = 300  # characters in a field
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def evidence_level(evidence: str) -> int:
    """Give the level of the Nesta standards (1 to 5) that a kind of evidence reaches; 0 for none.

    Raises
    ------
    InputError
        If it is no key of `EVIDENCE`.
    """
    if evidence not in EVIDENCE:
        raise InputError(f"“{evidence}” is no kind of evidence held here. Use one of: {', '.join(EVIDENCE)}.")
    return nesta_level(evidence)


def check_card(card: Mapping[str, Any]) -> dict[str, str]:
    """Return a card in the library's format: every column, as tidy text.

    Raises
    ------
    InputError
        If a field is unknown, missing, too long, or holds something the format does not allow.
    """
    unknown = [name for name in card if name not in COLUMNS]
    if unknown:
        raise InputError(f"A card has no field “{unknown[0]}”. It has: {', '.join(COLUMNS)}.")
    made = {name: " ".join(str(card.get(name) or "").split()) for name in COLUMNS}
    missing = [name for name in COLUMNS if not made[name] and name not in OPTIONAL]
    if missing:
        raise InputError(f"The card has no {missing[0]}. {COLUMNS[missing[0]]}.")
    long = [name for name, text in made.items() if len(text) > LONGEST]
    if long:
        raise InputError(f"The card's {long[0]} has more than {LONGEST} characters. Say it more briefly.")
    for name, allowed in (("kind", KINDS), ("sector", SECTORS), ("theme", THEMES), ("evidence", EVIDENCE)):
        if made[name] not in allowed:
            raise InputError(f"“{made[name]}” cannot be a card's {name}. Use one of: {', '.join(allowed)}.")
    if not is_date(made["date"]):
        raise InputError(
            f"The card's date is “{made['date']}”. Give a year, a month or a day, as in 2026-11-22."
        )
    if not _NAME.fullmatch(made["id"]):
        raise InputError(f"The card's id is “{made['id']}”. Use lower case letters, figures and hyphens.")
    if made["address"] and not made["address"].startswith("https://"):
        raise InputError(
            f"The card's address is “{made['address']}”. Start it with https:// or leave it out."
        )
    return made


def library(folder: Path | None = None) -> pd.DataFrame:
    """Return the library's cards, then those of a folder.

    Parameters
    ----------
    folder : Path, optional
        Where a cohort keeps its own cards; none, if left out.

    Returns
    -------
    DataFrame
        The columns of `COLUMNS`, as text, and level: the evidence's Nesta level, 0 to 5.

    Raises
    ------
    InputError
        If a file is missing or damaged, or holds a card that breaks the format.
    """
    cards = _read(places.DATASETS / FILE)
    if folder is not None and (folder / FILE).exists():
        cards += _read(folder / FILE)
    frame = pd.DataFrame(cards, columns=list(COLUMNS))
    return frame.assign(level=[nesta_level(evidence) for evidence in frame["evidence"]])


def _read(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as problem:
        raise InputError(f"The exemplar cards are missing: restore {path}.") from problem
    except (UnicodeDecodeError, csv.Error) as problem:
        raise InputError(f"{path} is not a CSV file in UTF-8. Restore it, or save it as one.") from problem
    cards = []
    for number, row in enumerate(rows, 2):
        try:
            cards.append(check_card({name: text for name, text in row.items() if name is not None}))
        except InputError as problem:
            raise InputError(f"{path.name}, line {number}: {problem}") from problem
    return cards


def search(
    cards: pd.DataFrame,
    text: str = "",
    sector: str = "",
    place: str = "",
    theme: str = "",
    evidence: int = 0,
) -> pd.DataFrame:
    """Find cards; what is left empty does not narrow the search.

    Parameters
    ----------
    cards : DataFrame
        As `library` returns.
    text : str
        Words that must all be somewhere in the card, in any order, capitals or not.
    sector, theme : str
        One of `SECTORS`, one of `THEMES`.
    place : str
        A town, region or nation named in the card's place.
    evidence : int
        The lowest Nesta level wanted, 0 to 5.

    Returns
    -------
    DataFrame
        The cards found, the strongest evidence first, otherwise in the library's order.
    """
    found = cards["level"] >= evidence
    if text.strip():
        whole = pd.Series([words_of(card) for card in cards.to_dict("records")], cards.index, dtype=str)
        for word in text.casefold().split():
            found &= whole.str.contains(word, regex=False)
    for column, wanted in (("sector", sector), ("theme", theme)):
        if wanted:
            found &= cards[column] == wanted
    if place.strip():
        found &= cards["place"].str.casefold().str.contains(place.strip().casefold(), regex=False)
    return cards[found].sort_values("level", ascending=False, kind="stable", ignore_index=True)


def words_of(card: Mapping[Any, Any]) -> str:
    """Return the words of a card in which `search` looks, in one case."""
    return " ".join(str(card[name]) for name in COLUMNS if name not in ("kind", "address")).casefold()


def form() -> str:
    """Write an empty card to fill in, as YAML: each field with its meaning and what it may hold."""
    among = {"sector": SECTORS, "theme": THEMES, "evidence": tuple(EVIDENCE)}
    lines = ["# One card for the exemplar library. Write behind each colon, all on one line."]
    for name, meaning in COLUMNS.items():
        if name not in ("id", "kind"):
            lines += ["", f"# {meaning}.{' May be left empty.' if name in OPTIONAL else ''}"]
            lines += [f"# One of: {', '.join(among[name])}."] if name in among else []
            lines.append(f"{name}: ")
    return "\n".join(lines) + "\n"


def read_card(path: Path) -> dict[str, str]:
    """Read one card from a YAML file of fields and texts; every value is taken as the text it is.

    Raises
    ------
    InputError
        If the file cannot be read, or is no list of fields.
    """
    plain = f"{path} is not a card. Write one field a line, as in “who: Our charity”."
    try:
        card = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    except OSError as problem:
        raise InputError(f"{path} cannot be read. Give the file of a card.") from problem
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise InputError(
            f"{plain} Line {line} cannot be read: put a text with a colon in it between double quotes."
        ) from problem
    except (UnicodeDecodeError, yaml.YAMLError) as problem:
        raise InputError(plain) from problem
    if not isinstance(card, dict) or not all(isinstance(text, str) for text in card.values()):
        raise InputError(plain)
    return {str(name): text for name, text in card.items()}


def add(card: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Add a card to a cohort's folder, if its claim stands.

    Parameters
    ----------
    card : mapping
        Texts by field. `id` and `kind` may be left out: the id is made from who did what.
    folder : Path
        Where the cohort keeps its cards; made when it is missing. The file is replaced whole, so that a
        reader never sees half a card.

    Returns
    -------
    dict
        The card as kept.

    Raises
    ------
    InputError
        If the card breaks the format, its claim has a fault that must be mended, or its id is taken.
    """
    own = {**card, "kind": "yours"}
    own["id"] = own.get("id") or _short_name(f"{card.get('who') or ''} {card.get('what') or ''}")
    audited = {name: str(value or "") for name, value in own.items()}
    faults = [finding for finding in claim_audit(audited) if finding.must]
    if faults:
        listed = " ".join(finding.words for finding in faults)
        raise InputError(f"The card was not added, because its claim would not survive a question. {listed}")
    made = check_card(own)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{FILE}.lock"):
            if made["id"] in set(library(folder)["id"]):
                raise InputError(f"There is a card “{made['id']}” already. Give yours another id.")
            kept = _read(folder / FILE) if (folder / FILE).exists() else []
            _write([*kept, made], folder / FILE)
    except OSError as problem:
        raise InputError(f"{folder} cannot be written to. Choose another folder.") from problem
    return made


def _write(cards: list[dict[str, str]], path: Path) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE}.")
    with open(handle, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(COLUMNS), lineterminator="\n")
        writer.writeheader()
        writer.writerows(cards)
    os.replace(name, path)


def _short_name(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", text.casefold())[:6])
