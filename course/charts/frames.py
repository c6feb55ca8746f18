"""What a chart shows at one moment: its rows, a sentence and a table that say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Table:
    """Figures as people write them: column headings and rows of text, the first column naming the row."""

    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Frame:
    """One state of a chart.

    `data` gives rows to the named data sets of its specifications. `summary` says in a sentence or two
    what is shown now; it is also the chart's text alternative. `table` holds the figures. `params` are
    values of Vega parameters. `record` is a short line for a list of rounds played.
    """

    data: dict[str, list[dict[str, Any]]]
    summary: str
    table: Table
    params: dict[str, Any] = field(default_factory=dict)
    record: str = ""
