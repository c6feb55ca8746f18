"""Calderbrook's quarterly delivery records, as modules 7 and 10 read them."""

from __future__ import annotations

from functools import cache

import pandas as pd

from course import places
from course.errors import InputError
from course.measuring import DEFAULT_BANDS

HUBS = "CB-2025-006"  # Community wellbeing hubs: the contract that module 10 reviews
BANDS = DEFAULT_BANDS  # as Calderbrook's contracts state them; the law sets none
SHORT = {
    "Apprentices started at Level 2 or 3": "Apprentice starts",
    "Carbon avoided against the start-of-contract level": "Carbon avoided",
    "Careers talks in Calderbrook schools": "Careers talks",
    "Free wellbeing sessions open to residents": "Wellbeing sessions",
    "Hours given by staff to community groups": "Volunteer hours",
    "New jobs for residents who were out of work": "New jobs",
    "Paid work placements of two weeks": "Paid placements",
    "Spend with charities and social enterprises": "Charity spend",
    "Spend with small firms based in Calderbrook": "Local small firms",
    "Staff trips moved from car to bus, foot or cycle": "Greener trips",
}


@cache
def records() -> pd.DataFrame:
    """Read the records: one row a promise and quarter.

    Returns
    -------
    DataFrame
        Columns of `delivery.csv`, with title (of the contract), yearly_value (£ ex VAT), year (of the
        contract, from 1) and short (the promise in two or three words). An actual not reported is missing.

    Raises
    ------
    InputError
        If the data folder does not hold the records.
    """
    try:
        rows = pd.read_csv(places.DATASETS / "delivery.csv")
        contracts = pd.read_csv(places.DATASETS / "procurements.csv").set_index("procurement_id")
    except OSError as problem:
        raise InputError(
            f"The delivery records are missing from {places.DATASETS}: restore that folder."
        ) from problem
    yearly = contracts["award_value_net"] * 12 / contracts["contract_months"]
    return rows.assign(
        title=rows["procurement_id"].map(contracts["title"]),
        yearly_value=rows["procurement_id"].map(yearly),
        year=(rows["contract_quarter"] - 1) // 4 + 1,
        short=rows["promise"].map(SHORT),
    )


@cache
def promise_years() -> pd.DataFrame:
    """Add the records up to one row for each promise and full year of four quarters.

    Returns
    -------
    DataFrame
        Columns procurement_id, title, promise_id, short, unit, year, target, actual (sums, in the unit),
        missing (quarters not reported) and rating (as kept in the records).
    """
    keys = ["procurement_id", "title", "promise_id", "short", "unit", "year"]
    years = (
        records()
        .groupby(keys, as_index=False)
        .agg(
            quarters=("target", "size"),
            target=("target", "sum"),
            actual=("actual", "sum"),
            missing=("actual", lambda actual: int(actual.isna().sum())),
            rating=("rating", "last"),
        )
    )
    return years[years["quarters"] == 4].drop(columns="quarters").reset_index(drop=True)
