"""The running case: Calderbrook's supported living service and the bids for it."""

from __future__ import annotations

import csv
from functools import cache
from typing import NamedTuple

import pandas as pd

from course import places
from course.errors import InputError

NAMED_CASE = "CB-2026-100"
# Chosen by the council when it designed the absolute formula; £ ex VAT.
CEILING, FLOOR = 3_000_000.0, 1_800_000.0


class NamedCase(NamedTuple):
    """The running case.

    `bids`: columns `bidder`, `price` (£ ex VAT), `quality`, `social_value` (points of 100), Dogwood last.
    `weights`: the draft's, points of 100 by criterion. `ceiling`, `floor`: £ ex VAT, for the absolute
    formula.
    """

    bids: pd.DataFrame
    weights: dict[str, float]
    ceiling: float
    floor: float

    def three(self) -> pd.DataFrame:
        """Return the bids without Dogwood's, which came last."""
        return self.bids[self.bids["bidder"] != "Dogwood"].reset_index(drop=True)


@cache
def named_case() -> NamedCase:
    """Read the running case from the academy's data.

    Raises
    ------
    InputError
        If the data folder does not hold it.
    """
    rows = [row for row in _rows("bids.csv") if row["procurement_id"] == NAMED_CASE]
    tender = next((row for row in _rows("procurements.csv") if row["procurement_id"] == NAMED_CASE), None)
    if not rows or tender is None:
        raise InputError(
            f"The data in {places.DATASETS} has no procurement {NAMED_CASE}: restore that folder."
        )
    bids = pd.DataFrame(
        {
            "bidder": [row["bidder"] for row in rows],
            "price": [float(row["price_net"]) for row in rows],
            "quality": [float(row["quality_score"]) for row in rows],
            "social_value": [float(row["social_value_score"]) for row in rows],
        }
    )
    weights = {name: float(tender[f"{name}_weight"]) for name in ("price", "quality", "social_value")}
    return NamedCase(bids, weights, CEILING, FLOOR)


def _rows(name: str) -> list[dict[str, str]]:
    try:
        with (places.DATASETS / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as problem:
        raise InputError(
            f"The file {name} is missing from {places.DATASETS}: restore that folder."
        ) from problem
