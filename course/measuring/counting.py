"""Counting once: the same person, or the same invoice, must not earn two measures."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from course.measuring.checks import amount, columns

_LINKS = ["measure", "source_kind", "source_id"]


def double_counts(links: pd.DataFrame) -> pd.DataFrame:
    """Find pairs of measures that rest on the same people, invoices or other sources.

    Parameters
    ----------
    links : DataFrame
        One row for each thing counted: columns measure, source_kind (such as person or invoice),
        source_id. The id must be the same wherever the same person or invoice is counted.

    Returns
    -------
    DataFrame
        One row a pair and kind of source that overlap: measure_a, measure_b, source_kind, shared (count),
        share_of_smaller (0 to 1), why. Empty when nothing is counted twice. Widest overlap first.
    """
    columns(links, _LINKS, "counts")
    sources = {
        (str(kind), str(measure)): set(group["source_id"])
        for (kind, measure), group in links.groupby(["source_kind", "measure"], sort=False)
    }
    found = []
    for (one, first), (two, second) in combinations(sources.items(), 2):
        both = first & second
        if one[0] != two[0] or not both:
            continue
        part = len(both) / min(len(first), len(second))
        noun = one[0] if len(both) == 1 else f"{one[0]}s"
        why = f"{one[1]} and {two[1]} both count the same {len(both)} {noun}. Claim one of them."
        found.append((one[1], two[1], one[0], len(both), part, why))
    names = ["measure_a", "measure_b", "source_kind", "shared", "share_of_smaller", "why"]
    frame = pd.DataFrame(found, columns=names)
    return frame.sort_values("shared", ascending=False, kind="stable", ignore_index=True)


@dataclass(frozen=True)
class CountedOnce:
    """A total with every claim added, the total with each source counted once, and what was left out."""

    every_claim_gbp: float
    counted_once_gbp: float
    left_out: pd.DataFrame


def count_once(claims: pd.DataFrame) -> CountedOnce:
    """Add up claims, keeping only the first claim made for each source.

    Parameters
    ----------
    claims : DataFrame
        As `links` in `double_counts`, with value_gbp (pounds). Put the measure you prefer first.

    Returns
    -------
    CountedOnce
        ``left_out`` holds the claims dropped, in the columns given.
    """
    columns(claims, [*_LINKS, "value_gbp"], "claims")
    values = claims["value_gbp"].map(lambda each: amount(each, "value of a claim"))
    again = claims.duplicated(["source_kind", "source_id"])
    return CountedOnce(float(values.sum()), float(values[~again].sum()), claims[again].reset_index(drop=True))
