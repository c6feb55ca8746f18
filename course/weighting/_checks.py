"""What bids and weights must be before any arithmetic is done on them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from course.errors import InputError


def as_numbers(values: pd.Series, what: str) -> pd.Series:
    """Return the values as floats.

    Raises
    ------
    InputError
        If one is missing, infinite or no number; `what` and its index label say which.
    """
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    usable = np.isfinite(numbers.to_numpy())
    if not usable.all():
        bad = numbers.index[~usable][0]
        raise InputError(f"{what} of '{bad}' is missing or is not a number: type a number.")
    return numbers


def check_prices(prices: pd.Series) -> pd.Series:
    """Return prices (£ ex VAT, indexed by bidder) as floats, all above zero."""
    numbers = as_numbers(prices, "The price")
    for bidder, price in numbers.items():
        if price <= 0:
            raise InputError(f"The price of '{bidder}' is {price:g}: a price must be above £0.")
    return numbers


def check_scores(scores: pd.Series, criterion: str) -> pd.Series:
    """Return scores (points of 100, indexed by bidder) as floats within 0 to 100."""
    numbers = as_numbers(scores, f"The {criterion} score")
    for bidder, score in numbers.items():
        if not 0 <= score <= 100:
            raise InputError(f"The {criterion} score of '{bidder}' is {score:g}: keep it from 0 to 100.")
    return numbers


def check_points(points: Mapping[Any, float], what: str) -> dict[str, float]:
    """Return points as floats, each from 0 to 100, 100 in all.

    `what` names them in a sentence, in the plural: "The weights".
    """
    as_given = as_numbers(pd.Series(dict(points), dtype=object), f"{what}: the figure")
    numbers = {str(name): float(value) for name, value in as_given.items()}
    for name, value in numbers.items():
        if not 0 <= value <= 100:
            raise InputError(f"{what}: the figure of '{name}' is {value:g}, but must be from 0 to 100.")
    total = sum(numbers.values())
    if abs(total - 100) > 1e-6:
        raise InputError(f"{what} add up to {total:.10g}: change them until they add up to 100.")
    return numbers


def check_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """Return weights (points of 100 by criterion, price among them) as floats."""
    if "price" not in weights:
        raise InputError("The weights leave out 'price': give it a weight, or 0 if price is not scored.")
    return check_points(weights, "The weights")


def check_bids(bids: pd.DataFrame, criteria: Sequence[str], fewest: int = 1) -> pd.DataFrame:
    """Return the bids' `criteria`, as floats, indexed by bidder in the order given.

    Raises
    ------
    InputError
        If a column is missing, there are fewer than `fewest` bids, a bidder has no name or comes twice,
        a price is not above zero, or a score is outside 0 to 100.
    """
    for column in ("bidder", *criteria):
        if column not in bids.columns:
            raise InputError(f"The bids have no column '{column}': add it, one value for each bidder.")
    if len(bids) < fewest:
        raise InputError(f"There are too few bids ({len(bids)}): this needs at least {fewest}.")
    names = bids["bidder"]
    if names.isna().any() or (names.astype(str).str.strip() == "").any():
        raise InputError("A bid has no bidder's name: fill in the column 'bidder'.")
    if names.duplicated().any():
        twice = names[names.duplicated()].iloc[0]
        raise InputError(f"The bidder '{twice}' comes twice: keep one bid for each bidder.")
    by_bidder = bids.set_index("bidder")
    return pd.DataFrame(
        {
            name: check_prices(by_bidder[name]) if name == "price" else check_scores(by_bidder[name], name)
            for name in criteria
        }
    )


def check_bidder(bidder: str, bids: pd.DataFrame) -> None:
    """Raise InputError unless the bidder is among the bids (indexed by bidder)."""
    if bidder not in bids.index:
        known = ", ".join(map(str, bids.index))
        raise InputError(f"There is no bid from '{bidder}': choose one of {known}.")
