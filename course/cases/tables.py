"""A learner's case as tables: plain HTML with captions and headings, readable by screen readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd
from IPython.display import HTML


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> HTML:
    """Return an HTML table; the first cell of each row is its heading."""
    columns = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(v)}</td>" for v in row[1:])
        + "</tr>"
        for row in rows
    )
    return HTML(
        f'<table class="sva-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>"
    )


def bids(frame: pd.DataFrame, caption: str) -> HTML:
    """Show bids: bidder, price (£ ex VAT), quality and social value (points of 100)."""
    rows = [
        [str(row.bidder), f"£{row.price:,.0f}", f"{row.quality:g}", f"{row.social_value:g}"]
        for row in frame.itertuples()
    ]
    return table(caption, ["Bidder", "Price", "Quality", "Social value"], rows)


def judgements(pairs: Mapping[tuple[str, str], float]) -> HTML:
    """Show pairwise judgements: how many times as important the first is as the second."""
    rows = [
        [f"{first.capitalize()} against {second}", f"{times:g} times"]
        for (first, second), times in pairs.items()
    ]
    return table("The panel's judgements", ["Pair", "The first is as important"], rows)


def swings(scores: Mapping[str, int]) -> HTML:
    """Show swing scores: points, where the swing that matters most has 100."""
    rows = [[name.replace("_", " ").capitalize(), f"{score}"] for name, score in scores.items()]
    return table("The panel's swings", ["Criterion", "Swing, worst to best"], rows)
