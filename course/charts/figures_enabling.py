"""Module 1's figures: an estimate against its threshold, and minimum weights against value."""

from __future__ import annotations

import altair as alt

from course.charts.figures import ACCENT, CARD, INK, MUTED, PARTS, colour, figure, key, on

ESTIMATE = {
    "first term": PARTS["price"],
    "option to extend": PARTS["quality"],
    "VAT": PARTS["social value"],
}


@figure
def estimate_bar() -> alt.TopLevelMixin:
    """A contract as it is often written down, and as the threshold counts it; the threshold as a line."""
    y = alt.Y("row:N", title=None, sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "start:Q",
        title="£ thousand",
        scale=alt.Scale(domainMin=0, padding=24, nice=False),
        axis=alt.Axis(tickCount=5, grid=False),
    )
    fill = alt.Color(
        "part:N", scale=alt.Scale(domain=list(ESTIMATE), range=list(ESTIMATE.values())), legend=key()
    )
    bars = (
        on("segments")
        .mark_bar(height=28, stroke=CARD, strokeWidth=1.5, yOffset=14)
        .encode(y=y, x=x, x2="end:Q", color=fill)
    )
    words = (
        on("totals")
        .mark_text(align="left", baseline="middle", dy=-16, fontSize=13.5, fontWeight=600, color=INK)
        .encode(y=y, x=alt.value(0), text="text:N")
    )
    line = on("line").mark_rule(strokeWidth=2, strokeDash=[5, 4], color=INK).encode(x=alt.X("at:Q"))
    said = (
        on("line")
        .mark_text(
            align=alt.ExprRef("datum.right ? 'right' : 'left'"),
            dx=alt.ExprRef("datum.right ? -6 : 6"),
            fontSize=12.5,
            color=INK,
        )
        .encode(x=alt.X("at:Q"), y=alt.value(-9), text="text:N")
    )
    return alt.layer(bars, words, line, said).properties(width="container", height=alt.Step(78))


@figure
def weight_steps() -> alt.TopLevelMixin:
    """The smallest weight social value may have, by value; the weight that the buyer chose."""
    x = alt.X(
        "value:Q",
        title="Estimate with VAT and options (£m)",
        scale=alt.Scale(domain=[0, 8], nice=False),
        axis=alt.Axis(tickCount=8, grid=False),
    )
    y = alt.Y(
        "weight:Q",
        title="Social value weight (%)",
        scale=alt.Scale(domain=[0, 32], nice=False),
        axis=alt.Axis(values=[0, 10, 20, 30]),
    )
    area = (
        on("steps")
        .mark_area(opacity=0.6, color=colour("part-price"), interpolate="step-after")
        .encode(x=x, y=y)
    )
    line = on("steps").mark_line(color=MUTED, strokeWidth=2.5, interpolate="step-after").encode(x=x, y=y)
    words = on("words").mark_text(fontSize=13, color=INK, align="left", dx=6).encode(x=x, y=y, text="text:N")
    here = on("chosen").mark_point(filled=True, size=170, color=ACCENT, opacity=1).encode(x=x, y=y)
    text = (
        on("chosen")
        .mark_text(
            fontSize=13,
            fontWeight=600,
            color=INK,
            dy=-16,
            align=alt.ExprRef("datum.value > 5 ? 'right' : 'left'"),
        )
        .encode(x=x, y=y, text="text:N")
    )
    return alt.layer(area, line, words, here, text).properties(width="container", height=250)
