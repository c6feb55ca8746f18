"""Colours, shapes and the way numbers are written, the same in every chart.

A colour is a CSS variable of the academy's stylesheet with its light value behind it, so that one
specification serves light and dark, JupyterLab and print. Nothing is told by colour alone: a bidder also has
a shape, a dash and a name beside it, a side has a sign and a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isinf
from typing import NamedTuple

COLOURS = {
    "ink": "#20241f",
    "muted": "#5a5d54",
    "line": "#ddd3c2",
    "card": "#fffdf9",
    "wash": "#f2ebde",
    "accent": "#0c5a57",
    "wrong": "#a3261c",
    "commissioner": "#2f4a92",
    "provider": "#97400f",
    "alder": "#2f6bb0",
    "birch": "#b4521a",
    "cedar": "#2a7a5a",
    "dogwood": "#8a489c",
    # Fills that carry the ink on top of them: explorer.css gives their dark values.
    "part-price": "#d9d2c3",
    "part-quality": "#a9d0c8",
    "part-social": "#f0c56d",
    "part-one": "#e08a4f",
}


class Mark(NamedTuple):
    """How a bidder is told from the others."""

    colour: str
    shape: str
    dash: list[int]


def colour(name: str) -> str:
    """Return a colour by name as CSS: the page's own variable, or its light value where there is none."""
    return f"var(--sva-{name}, {COLOURS[name]})"


BIDDERS: dict[str, Mark] = {
    "Alder": Mark(colour("alder"), "circle", [1, 0]),
    "Birch CIC": Mark(colour("birch"), "square", [10, 3]),
    "Cedar": Mark(colour("cedar"), "triangle-up", [5, 3]),
    "Dogwood": Mark(colour("dogwood"), "diamond", [2, 3]),
}

# Side to its word and sign; the stylesheet gives the colour.
SIDES = {"commissioner": ("Commissioner", "◆"), "provider": ("Provider", "●"), "joint": ("Joint table", "◇")}

CRITERIA = {"price": "price", "quality": "quality", "social_value": "social value"}


def money(pounds: float) -> str:
    """Write pounds as people do: £2.35m, £124k, £640; "no limit" for what has none."""
    if isinf(pounds):
        return "no limit"
    sign, size = ("−" if pounds < 0 else ""), abs(pounds)
    if size >= 999_500:
        return f"{sign}£{size / 1e6:.2f}m"
    return f"{sign}£{size / 1e3:.0f}k" if size >= 10_000 else f"{sign}£{size:,.0f}"


def percent(points_of_100: float) -> str:
    """Write a percentage: 16.7%, 10%; "no limit" for what has none."""
    if isinf(points_of_100):
        return "no limit"
    text = f"{points_of_100:.1f}".removesuffix(".0")
    return ("0" if text == "-0" else text.replace("-", "−")) + "%"


def points(value: float) -> str:
    """Write points of 100 with two decimals, as evaluators do: 83.57."""
    return f"{value:.2f}".replace("-", "−")


def spread(heights: Mapping[str, float], gap: float) -> dict[str, float]:
    """Move labels apart, up and down alike, until each is at least `gap` from the next; keep their order."""
    names = sorted(heights, key=lambda name: heights[name])
    groups: list[list[str]] = [[name] for name in names]

    def middle(group: list[str]) -> float:
        return sum(heights[name] for name in group) / len(group)

    def edge(group: list[str], side: int) -> float:
        return middle(group) + side * gap * (len(group) - 1) / 2

    place = 0
    while place + 1 < len(groups):
        if edge(groups[place + 1], -1) - edge(groups[place], 1) < gap:
            groups[place : place + 2] = [groups[place] + groups[place + 1]]
            place = max(0, place - 1)
        else:
            place += 1
    return {n: edge(group, -1) + i * gap for group in groups for i, n in enumerate(group)}
