"""The look of charts: bidders told apart three ways, numbers written as people write them."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import course.explorers
import course.portal
from course.charts import BIDDERS, money, percent, points, spread
from course.charts.theme import COLOURS

ACADEMY = (Path(course.portal.__file__).parent / "static" / "academy.css").read_text(encoding="utf-8")
EXPLORER = (Path(course.explorers.__file__).parent / "explorer.css").read_text(encoding="utf-8")


def _tokens(css: str) -> dict[str, str]:
    return dict(re.findall(r"--sva-([\w-]+):\s*(#[0-9a-f]{6})\b", css))


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a: str, b: str) -> float:
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("pounds", "text"),
    [
        (2_350_000, "£2.35m"),
        (1_000_000, "£1.00m"),
        (999_600, "£1.00m"),
        (999_400, "£999k"),
        (123_684, "£124k"),
        (9_999, "£9,999"),
        (0, "£0"),
        (-60_000, "−£60k"),
        (float("inf"), "no limit"),
    ],
)
def test_money_is_written_as_people_write_it(pounds, text):
    assert money(pounds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (16.7122, "16.7%"),
        (10.0, "10%"),
        (0.0, "0%"),
        (-0.01, "0%"),
        (-2.5, "−2.5%"),
        (float("inf"), "no limit"),
    ],
)
def test_percentages_drop_a_nought_after_the_point(value, text):
    assert percent(value) == text


def test_points_have_two_decimals():
    assert [points(83.5714), points(-1.2)] == ["83.57", "−1.20"]


def test_bidders_are_told_apart_without_colour():
    marks = list(BIDDERS.values())
    assert (
        len({mark.shape for mark in marks}) == len({tuple(mark.dash) for mark in marks}) == len(BIDDERS) == 4
    )


def test_the_colours_behind_the_variables_are_the_stylesheets():
    light = ACADEMY.split("prefers-color-scheme: dark")[0]
    known = _tokens(light) | _tokens(EXPLORER.split("prefers-color-scheme: dark")[0])
    assert {name: known.get(name) for name in COLOURS} == COLOURS


@pytest.mark.parametrize("theme", [0, 1])
def test_text_on_each_part_of_a_bar_can_be_read_in_light_and_dark(theme):
    ink = _tokens(ACADEMY.split("prefers-color-scheme: dark")[theme].split("/* ---- Ground")[0])["ink"]
    parts = _tokens("".join(EXPLORER.split("prefers-color-scheme: dark")[theme].split(".sva-x {")[0]))
    assert len(parts) == 4
    assert all(_contrast(ink, fill) >= 4.5 for fill in parts.values())


@given(
    st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.floats(0, 100), min_size=1, max_size=6),
    st.floats(0.1, 10),
)
@settings(max_examples=60)
def test_spread_labels_keep_their_order_and_never_overlap(heights, gap):
    moved = spread(heights, gap)
    ordered = sorted(moved, key=lambda name: moved[name])
    assert all(moved[b] - moved[a] >= gap - 1e-6 for a, b in zip(ordered, ordered[1:], strict=False))
    assert [heights[name] for name in ordered] == sorted(heights.values())


def test_labels_far_apart_stay_where_they_are():
    assert spread({"a": 1.0, "b": 9.0}, 2) == {"a": 1.0, "b": 9.0}
