"""Module 10's figures: what was due and what was done, ratings counted, and catching up."""

from __future__ import annotations

import altair as alt

from course.charts.figures import ACCENT, INK, MUTED, colour, figure, on

DONE, OTHER, LOOK = colour("part-quality"), colour("part-price"), colour("part-one")
SMALLER = alt.ExprRef("width < 300 ? 12 : 13.5")
STATES = ["done", "look", "other"]
FILL = alt.Color("state:N", scale=alt.Scale(domain=STATES, range=[DONE, LOOK, OTHER]), legend=None)


def _rows(title: str, scale: alt.Scale, axis: alt.Axis) -> list[alt.Chart]:
    """Draw one bar a row with its words above it."""
    y = alt.Y("what:N", title=None, sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X("value:Q", title=title, scale=scale, axis=axis)
    bars = (
        on("rows")
        .mark_bar(height=16, yOffset=10, stroke=MUTED, strokeWidth=1)
        .encode(y=y, x=x, x2=alt.datum(0), color=FILL)
    )
    words = (
        on("rows")
        .mark_text(align="left", baseline="middle", dy=-9, fontSize=SMALLER, color=INK)
        .encode(y=y, x=alt.value(0), text="text:N")
    )
    return [bars, words]


@figure
def review_bars() -> alt.TopLevelMixin:
    """Each indicator's share of what was due so far; the stroke is all that was due."""
    axis = alt.Axis(values=[0, 50, 100, 150])
    bars, words = _rows("Share of what was due (%)", alt.Scale(domain=[0, 150]), axis)
    due = (
        on("rows")
        .mark_tick(thickness=3, size=24, yOffset=10, color=INK, opacity=1)
        .encode(y=alt.Y("what:N", sort=None, axis=None), x=alt.datum(100))
    )
    return alt.layer(bars, due, words).properties(width="container", height=alt.Step(46))


@figure
def promise_rows() -> alt.TopLevelMixin:
    """How many promises fall under each heading."""
    axis = alt.Axis(tickCount=4, format="d")
    scale = alt.Scale(domain=[0, 85], nice=False)
    return alt.layer(*_rows("Promises", scale, axis)).properties(width="container", height=alt.Step(46))


@figure
def delivered_points() -> alt.TopLevelMixin:
    """Points for social value: at award, and for what was delivered."""
    layers = _rows("Points of 100", alt.Scale(domain=[0, 20]), alt.Axis(tickCount=4, format="d"))
    return alt.layer(*layers).properties(width="container", height=alt.Step(46))


@figure
def catch_up_lines() -> alt.TopLevelMixin:
    """What was planned week by week, and what was done after a late start."""
    x = alt.X(
        "week:Q",
        title="Working week of the year",
        scale=alt.Scale(domain=[0, 48], nice=False),
        axis=alt.Axis(values=[0, 12, 24, 36, 48], grid=False),
    )
    y = alt.Y("done:Q", title="Done so far", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5))
    who = ["Plan", "As handed over"]
    shade = alt.Color("line:N", scale=alt.Scale(domain=who, range=[MUTED, ACCENT]), legend=None)
    dash = alt.StrokeDash("line:N", scale=alt.Scale(domain=who, range=[[5, 4], [1, 0]]), legend=None)
    lines = on("lines").mark_line(strokeWidth=3).encode(x=x, y=y, color=shade, strokeDash=dash)
    told = on("told").mark_point(filled=True, size=110, color=ACCENT, opacity=1).encode(x=x, y=y)
    # Top left is free: both lines start at the bottom.
    words = (
        on("told")
        .mark_text(align="left", fontSize=SMALLER, fontWeight=600, color=INK)
        .encode(x=alt.value(10), y=alt.value(14), text="end:N")
    )
    when = (
        on("told")
        .mark_text(align="left", fontSize=SMALLER, color=INK)
        .encode(x=alt.value(10), y=alt.value(34), text="text:N")
    )
    return alt.layer(lines, told, words, when).properties(width="container", height=240)


@figure
def quarter_bars() -> alt.TopLevelMixin:
    """Tonnes avoided in each quarter; the heavy stroke is what was due."""
    x = alt.X("quarter:O", title="Quarter of the contract", sort=None, axis=alt.Axis(labelAngle=0))
    y = alt.Y(
        "done:Q", title="Tonnes avoided", scale=alt.Scale(domain=[0, 12]), axis=alt.Axis(values=[0, 4, 8, 12])
    )
    bars = on("quarters").mark_bar(stroke=MUTED, strokeWidth=1).encode(x=x, y=y, color=FILL)
    due = on("quarters").mark_tick(thickness=4, color=INK, opacity=1).encode(x=x, y=alt.Y("due:Q"))
    # At the foot of the bars, where the stroke never is.
    words = (
        on("quarters")
        .mark_text(dy=-22, fontSize=12.5, lineBreak="|", lineHeight=14, color=INK)
        .encode(x=x, y=alt.datum(0), text="text:N")
    )
    return alt.layer(bars, words, due).properties(width="container", height=220)
