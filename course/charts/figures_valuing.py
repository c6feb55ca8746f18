"""Module 8's figures: ratios with their range, and pounds sorted by kind."""

from __future__ import annotations

import altair as alt

from course.charts.figures import ACCENT, INK, MUTED, figure, on
from course.charts.theme import colour

AMBER, SAND, SEA = colour("part-social"), colour("part-price"), colour("part-quality")
SMALLER = alt.ExprRef("width < 300 ? 12 : 13.5")
POUNDS = alt.Axis(
    tickCount=4,
    labelExpr="datum.value >= 1000000 ? '£' + datum.value / 1000000 + 'm' : '£' + datum.value / 1000 + 'k'",
)


def _words(name: str, y: alt.Y, dy: int = -13) -> alt.Chart:
    return (
        on(name)
        .mark_text(align="left", baseline="middle", dy=dy, fontSize=SMALLER, color=INK)
        .encode(y=y, x=alt.value(0), text="text:N")
    )


def _ticks(name: str, y: alt.Y) -> alt.Chart:
    return on(name).mark_tick(thickness=3, size=26, yOffset=9, color=INK, opacity=1).encode(y=y)


def _range(title: str, axis: alt.Axis, mark: str, scale: alt.Scale) -> alt.TopLevelMixin:
    """Draw one range with its middle, and a line to compare it with."""
    x = alt.X("low:Q", title=title, scale=scale, axis=axis)
    bar = (
        on("range")
        .mark_bar(height=26, color=SEA, stroke=ACCENT, strokeWidth=1.4)
        .encode(x=x, x2="high:Q", y=alt.value(62))
    )
    ends = (
        on("range")
        .mark_text(align="left", fontSize=SMALLER, fontWeight=600, color=INK)
        .encode(x=alt.value(0), y=alt.value(12), text="text:N")
    )
    middle = (
        on("middle")
        .mark_point(filled=True, shape="diamond", size=170, color=INK, opacity=1)
        .encode(x="value:Q", y=alt.value(62))
    )
    level = (
        on(mark)
        .mark_rule(strokeDash=[5, 4], strokeWidth=2, color=INK)
        .encode(x="value:Q", y=alt.value(36), y2=alt.value(112))
    )
    said = (
        on(mark)
        .mark_text(
            dy=0,
            fontSize=SMALLER,
            color=INK,
            align=alt.ExprRef("scale('x', datum.value) > width * 0.6 ? 'right' : 'left'"),
            dx=alt.ExprRef("scale('x', datum.value) > width * 0.6 ? -6 : 6"),
        )
        .encode(x="value:Q", y=alt.value(102), text="text:N")
    )
    return alt.layer(bar, level, middle, ends, said).properties(width="container", height=112)


@figure
def ratio_strip() -> alt.TopLevelMixin:
    """A ratio now and the one claimed; the heavy stroke is £1 for £1."""
    x = alt.X(
        "ratio:Q",
        title="£1 returns (£)",
        scale=alt.Scale(domain=[0, 10]),
        axis=alt.Axis(values=[0, 1, 5, 10], format="d"),
    )
    what = alt.Color("what:N", scale=alt.Scale(domain=["claimed", "now"], range=[SAND, SEA]), legend=None)
    y = alt.Y("what:N", sort=["claimed", "now"], axis=None, scale=alt.Scale(paddingInner=0.1))
    bars = (
        on("marks").mark_bar(height=18, yOffset=9, stroke=INK, strokeWidth=0.8).encode(x=x, y=y, color=what)
    )
    level = _ticks("marks", y).encode(x=alt.X("level:Q"))
    return alt.layer(bars, level, _words("marks", y)).properties(width="container", height=alt.Step(48))


@figure
def tornado_bars() -> alt.TopLevelMixin:
    """How far each assumption could move the ratio, widest first; the heavy stroke is the ratio now."""
    y = alt.Y("assumption:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "low:Q",
        title="£1 returns over the range tried (£)",
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(tickCount=5),
    )
    bars = (
        on("swings")
        .mark_bar(height=16, yOffset=9, color=AMBER, stroke=INK, strokeWidth=0.8)
        .encode(y=y, x=x, x2="high:Q")
    )
    base = _ticks("swings", y).encode(x="now:Q")
    return alt.layer(bars, base, _words("swings", y)).properties(width="container", height=alt.Step(48))


@figure
def heap_bars() -> alt.TopLevelMixin:
    """A claim sorted into heaps."""
    y = alt.Y("heap:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X("value:Q", title="Pounds", scale=alt.Scale(domain=[0, 60_000]), axis=POUNDS)
    fill = alt.Color(
        "heap:N",
        scale=alt.Scale(
            domain=["Public value", "Transfers", "Counted already", "Cash"], range=[SEA, SAND, SAND, AMBER]
        ),
        legend=None,
    )
    bars = (
        on("heaps").mark_bar(height=16, yOffset=9, stroke=INK, strokeWidth=0.8).encode(y=y, x=x, color=fill)
    )
    return alt.layer(bars, _words("heaps", y)).properties(width="container", height=alt.Step(46))


@figure
def wellby_bar() -> alt.TopLevelMixin:
    """Wellbeing in pounds as a range, with its middle; the dashed line is the cost."""
    return _range("Value in pounds of 2019", POUNDS, "cost", alt.Scale(zero=True, nice=True))


@figure
def own_range() -> alt.TopLevelMixin:
    """A ratio from cautious to hopeful, with its middle; the dashed line is £1 for £1."""
    return _range("£1 returns (£)", alt.Axis(tickCount=5), "level", alt.Scale(zero=True, nice=True))


@figure
def claim_points() -> alt.TopLevelMixin:
    """Points for social value by bidder."""
    y = alt.Y("bidder:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X("points:Q", title="Points of 20", scale=alt.Scale(domain=[0, 20]), axis=alt.Axis(tickCount=4))
    bars = (
        on("claims").mark_bar(height=16, yOffset=9, color=SEA, stroke=MUTED, strokeWidth=0.8).encode(y=y, x=x)
    )
    return alt.layer(bars, _words("claims", y)).properties(width="container", height=alt.Step(46))
