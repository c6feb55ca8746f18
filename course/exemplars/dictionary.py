"""Data dictionary of the exemplar library, as a Frictionless resource descriptor."""

from __future__ import annotations

from typing import Any

from course.exemplars.cards import COLUMNS, EVIDENCE, FILE, KINDS, OPTIONAL, SECTORS, THEMES

_AMONG = {"kind": KINDS, "sector": SECTORS, "theme": THEMES, "evidence": tuple(EVIDENCE)}


def resources() -> list[dict[str, Any]]:
    """Describe `datasets/exemplars.csv`: one row a card, each field with its meaning and what it may hold."""
    return [
        {
            "name": "exemplars",
            "type": "table",
            "path": FILE,
            "title": "One row an exemplar: who did what, the claim, its evidence, and what to reuse",
            "description": "Real cards give facts in our own words, with their source. Invented ones "
            "come from Calderbrook's records. Where “check” is filled in, check before relying on the card.",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "licenses": [
                {
                    "name": "CC-BY-4.0",
                    "title": "Creative Commons Attribution 4.0",
                    "path": "https://creativecommons.org/licenses/by/4.0/",
                }
            ],
            "sources": [{"title": "Each card names its own"}],
            "schema": {
                "fields": [_field(name, meaning) for name, meaning in COLUMNS.items()],
                "missingValues": [""],
                "primaryKey": ["id"],
            },
        }
    ]


def _field(name: str, meaning: str) -> dict[str, Any]:
    constraints: dict[str, Any] = {} if name in OPTIONAL else {"required": True}
    if name in _AMONG:
        constraints["enum"] = list(_AMONG[name])
    field: dict[str, Any] = {"name": name, "type": "string", "description": f"{meaning}."}
    return field | ({"constraints": constraints} if constraints else {})
