"""The design tokens: every pair of colours that meet can be read, in light and in dark."""

import re
from pathlib import Path

import pytest

import course.portal

STYLESHEET = Path(course.portal.__file__).parent / "static" / "academy.css"

TEXT = [  # ink on ground: WCAG 1.4.3, at least 4.5 to 1
    *[(ink, ground) for ink in ("ink", "muted", "accent") for ground in ("paper", "card", "wash")],
    *[(ink, ground) for ink in ("right", "wrong") for ground in ("paper", "card", f"{ink}-wash")],
    *[
        (side, ground)
        for side in ("commissioner", "provider", "operations")
        for ground in ("paper", "card", f"{side}-wash")
    ],
    *[
        ("ink", f"{name}-wash")
        for name in ("accent", "right", "wrong", "commissioner", "provider", "operations")
    ],
    ("accent", "accent-wash"),
    ("accent", "wrong-wash"),
    ("muted", "accent-wash"),
    ("accent-ink", "accent"),
    *[(bidder, ground) for bidder in ("alder", "birch", "cedar", "dogwood") for ground in ("paper", "card")],
]
SHAPES = [  # borders of controls and the focus ring: WCAG 1.4.11, at least 3 to 1
    *[(line, ground) for line in ("edge", "focus") for ground in ("paper", "card", "wash")],
    ("focus", "accent-wash"),
]


def _tokens(css: str) -> dict[str, str]:
    return dict(re.findall(r"--sva-([\w-]+):\s*(#[0-9a-f]{6})\b", css))


def _themes() -> dict[str, dict[str, str]]:
    light, dark = STYLESHEET.read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")
    dark = dark.split("/* ---- Ground")[0]
    return {"light": _tokens(light), "dark": _tokens(light) | _tokens(dark)}


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colours given as ``#rrggbb``."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_follows_the_published_examples():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (SHAPES, 3.0)], ids=["text", "shapes"])
def test_every_pair_of_colours_that_meets_can_be_told_apart(theme, pairs, least):
    tokens = _themes()[theme]
    measured = {(a, b): round(contrast(tokens[a], tokens[b]), 2) for a, b in pairs}
    assert {pair: ratio for pair, ratio in measured.items() if ratio < least} == {}


def test_dark_mode_gives_every_colour_anew():
    light, dark = STYLESHEET.read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")
    assert set(_tokens(light)) == set(_tokens(dark.split("/* ---- Ground")[0]))


def test_the_stylesheet_asks_no_host_for_anything():
    assert not re.search(r"@import|url\(", STYLESHEET.read_text(encoding="utf-8"))
