"""Unit costs in pounds: which may be added, which only move money, and which free no cash.

The unit costs are Greater Manchester Combined Authority's (CC BY 4.0), in 2015/16 prices. No series of
the GDP deflator is shipped, because none could be sourced: give `inflate` the figures you use, and say
where they came from (HM Treasury publishes them each quarter).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from course.errors import InputError
from course.measuring.checks import above_zero, amount, columns
from course.measuring.reference import read_table

ATTRIBUTION = (
    "Contains unit costs from the Greater Manchester Combined Authority Unit Cost Database v1.4 (2015), "
    "licensed under CC BY 4.0."
)
VIEWS = ("fiscal", "economic", "social")
_ITEMS = ["measure", "quantity", "unit_gbp", "view", "price_year", "transfer"]


def unit_costs() -> pd.DataFrame:
    """List the unit costs: pounds for one unit, in 2015/16 prices, one row a measure and view.

    Returns
    -------
    DataFrame
        Columns id, code, measure, unit, view (fiscal, economic or social), unit_gbp (float), price_year,
        payer, transfer (bool), transfer_note, original_source, attribution, licence.
    """
    frame = read_table("unit_costs")
    return frame.assign(unit_gbp=frame["unit_gbp"].astype(float))


def price_items(quantities: Mapping[str, float]) -> pd.DataFrame:
    """Put a price on counted outcomes from the unit costs.

    Parameters
    ----------
    quantities : mapping
        Id of a unit cost to how many of it, such as ``{"neet-economic": 22}``.

    Returns
    -------
    DataFrame
        The items: columns measure, quantity, unit_gbp, view, price_year, transfer, value_gbp.
    """
    costs = unit_costs().set_index("id")
    for wanted in quantities:
        if wanted not in costs.index:
            raise InputError(f"There is no unit cost called {wanted!r}. Use an id from the table.")
    if not quantities:
        raise InputError("Nothing was counted. Give at least one unit cost and its quantity.")
    counted = [amount(n, f"quantity of {key}") for key, n in quantities.items()]
    chosen = costs.loc[list(quantities)].assign(quantity=counted)
    return with_values(chosen[_ITEMS].reset_index(drop=True))


def with_values(items: pd.DataFrame) -> pd.DataFrame:
    """Check a table of items and add value_gbp, quantity times unit cost.

    Parameters
    ----------
    items : DataFrame
        Columns measure, quantity, unit_gbp, view (fiscal, economic or social), price_year, transfer (bool).
    """
    columns(items, _ITEMS, "items")
    unknown = items.loc[~items["view"].isin(VIEWS), "view"]
    if len(unknown):
        raise InputError(f"{unknown.iloc[0]!r} is not a view of value. Choose fiscal, economic or social.")
    quantity = items["quantity"].map(lambda each: amount(each, "quantity"))
    unit = items["unit_gbp"].map(lambda each: amount(each, "unit cost"))
    return items.assign(value_gbp=quantity * unit)


def public_value(items: pd.DataFrame) -> float:
    """Add up public value in pounds, refusing what must not be added.

    Parameters
    ----------
    items : DataFrame
        As in `with_values`.

    Returns
    -------
    float
        Pounds, in the one price year of the items.

    Raises
    ------
    InputError
        If an item is a transfer (benefits, taxes), or price years are mixed.
    """
    priced = with_values(items)
    moved = priced.loc[priced["transfer"].astype(bool), "measure"].drop_duplicates()
    if len(moved):
        raise InputError(
            f"{moved.iloc[0]} is a transfer: benefits or taxes that move money and make no new value. "
            "Take it out of public value, and show it as a fiscal saving."
        )
    _one_price_year(priced)
    return float(priced["value_gbp"].sum())


def fiscal_saving(items: pd.DataFrame) -> pd.DataFrame:
    """Split fiscal savings into cash that can be taken out of a budget and capacity that cannot.

    Parameters
    ----------
    items : DataFrame
        As in `with_values`, with cashable (bool): would a budget fall if this happened?

    Returns
    -------
    DataFrame
        Rows cashable and not cashable, with columns value_gbp, of_which_transfers_gbp, items (count).
        There is no total row: the two are not the same kind of money.

    Raises
    ------
    InputError
        If an item is not fiscal, cashable is missing, or price years are mixed.
    """
    columns(items, [*_ITEMS, "cashable"], "items")
    priced = with_values(items)
    other = priced.loc[priced["view"].ne("fiscal"), "measure"]
    if len(other):
        raise InputError(f"{other.iloc[0]} is not a fiscal saving. Keep economic and social value apart.")
    _one_price_year(priced)
    rows = []
    for label, wanted in (("cashable", True), ("not cashable", False)):
        part = priced[priced["cashable"].astype(bool).eq(wanted)]
        moved = part.loc[part["transfer"].astype(bool), "value_gbp"].sum()
        rows.append((label, part["value_gbp"].sum(), moved, len(part)))
    return pd.DataFrame(rows, columns=["kind", "value_gbp", "of_which_transfers_gbp", "items"])


def inflate(
    value_gbp: float, from_year: str, to_year: str, deflator: Mapping[str, float] | pd.Series
) -> float:
    """Bring an amount from the prices of one year to those of another.

    Parameters
    ----------
    value_gbp : float
        Pounds in the prices of `from_year`.
    from_year, to_year : str
        Years as the deflator names them, such as "2015/16".
    deflator : mapping or Series
        GDP deflator index by year, on any base. You supply it and its source.

    Returns
    -------
    float
        Pounds in the prices of `to_year`.

    Raises
    ------
    InputError
        If the deflator lacks a year or holds a figure not above zero.
    """
    index: dict[Any, Any] = dict(deflator)
    for year in (from_year, to_year):
        if year not in index:
            raise InputError(f"The deflator has no figure for {year}. Add it, or choose another year.")
    start = above_zero(index[from_year], f"deflator for {from_year}")
    end = above_zero(index[to_year], f"deflator for {to_year}")
    return amount(value_gbp, "value") * end / start


def in_prices_of(
    items: pd.DataFrame, to_year: str, deflator: Mapping[str, float] | pd.Series
) -> pd.DataFrame:
    """Bring every item to one price year; columns as in `with_values`."""
    columns(items, _ITEMS, "items")
    unit = [
        inflate(each, year, to_year, deflator)
        for each, year in zip(items["unit_gbp"], items["price_year"], strict=True)
    ]
    return with_values(items.assign(unit_gbp=unit, price_year=to_year))


@dataclass(frozen=True)
class StaffTime:
    """Staff time freed: its worth in pounds, its share of a working year, and whether it is cash."""

    value_gbp: float
    share_of_year: float
    cashable: bool
    sentence: str


def staff_time(
    hours: float, hourly_gbp: float, hours_in_year: float = 1600, post_goes: bool = False
) -> StaffTime:
    """Value staff time freed, and say whether a budget falls.

    Parameters
    ----------
    hours : float
        Hours freed in a year.
    hourly_gbp : float
        Pounds an hour.
    hours_in_year : float
        Working hours of one full-time year.
    post_goes : bool
        Whether a post is removed because of it; without that the time is capacity, not cash.
    """
    value = amount(hours, "number of hours") * amount(hourly_gbp, "cost of an hour")
    part = hours / above_zero(hours_in_year, "hours in a working year")
    end = "It is cash, because a post goes." if post_goes else "It is real capacity, not cash: no post goes."
    said = f"The time is worth £{value:,.2f}, or {part:.3f} of a full-time year. {end}"
    return StaffTime(value, part, post_goes, said)


def _one_price_year(items: pd.DataFrame) -> None:
    years = list(items["price_year"].drop_duplicates())
    if len(years) > 1:
        raise InputError(
            f"The items mix prices of {' and '.join(map(str, years))}. Bring them to one price year first."
        )
