"""What every peer's app shows: totals by weight, price formula and how the rest is shared."""

import altair as alt
import pandas as pd

MOST = 40.0
FORMULAS = ["relative", "absolute"]
SPLITS = ["even", "quality first"]
BIDS = pd.DataFrame(
    {
        "bidder": ["Alder", "Birch CIC", "Cedar"],
        "price": [2.40, 2.60, 2.35],  # £m, ex VAT
        "quality": [80.0, 72.0, 84.0],
        "social": [40.0, 90.0, 55.0],
    }
)


def totals(weight: float, formula: str, split: str) -> pd.DataFrame:
    """Return each bidder's points of 100 at a social value weight of 0 to 40."""
    rest = 100 - weight
    price_weight = rest * (0.5 if split == "even" else 0.4)
    price = BIDS["price"]
    score = price.min() / price * 100 if formula == "relative" else (3.0 - price) / 1.2 * 100
    points = (price_weight * score + (rest - price_weight) * BIDS["quality"] + weight * BIDS["social"]) / 100
    return BIDS.assign(weight=weight, total=points.round(2))


def sentence(weight: float, formula: str, split: str) -> str:
    """Return who wins."""
    best = totals(weight, formula, split).nlargest(1, "total").iloc[0]
    return f"At {weight:g}%, {best['bidder']} wins with {best['total']:.2f} points."


def chart(weight: float, formula: str, split: str) -> alt.LayerChart:
    """Return totals along all weights, and where the weight is now."""
    ends = pd.concat([totals(end, formula, split) for end in (0.0, MOST)])
    x = alt.X("weight:Q", title="Social value weight (%)")
    y = alt.Y("total:Q", title="Points of 100", scale=alt.Scale(zero=False))
    now = totals(weight, formula, split)
    lines = alt.Chart(ends).mark_line().encode(x=x, y=y, color="bidder:N")
    dots = alt.Chart(now).mark_circle(size=90).encode(x=x, y=y, color="bidder:N")
    rule = alt.Chart(now.head(1)).mark_rule().encode(x=x)
    return (lines + rule + dots).properties(width=500, height=270)
