"""Module 7's figures: change against a comparator, scorecards, evidence, burden and what counts."""

from __future__ import annotations

import altair as alt

from course.charts.figures import ACCENT, CARD, INK, LINE, MUTED, PARTS, colour, figure, on

WHO = ["Calderbrook", "Had it moved alike", "Northmere", "Fairwater"]
ROOM_FOR_WORDS = alt.ExprRef("width < 300 ? 2.3 : width < 460 ? 1.8 : 1.45")
KEPT, OUT = colour("part-quality"), colour("part-price")


@figure
def change_lines() -> alt.TopLevelMixin:
    """Before and after here, in a comparator, and here if it had moved alike; the net change between."""
    x = alt.X(
        "at:Q",
        title=None,
        scale=alt.Scale(domainMin=-0.12, domainMax=ROOM_FOR_WORDS, nice=False),
        axis=alt.Axis(
            values=[0, 1],
            labelExpr="datum.value == 0 ? 'before' : 'after'",
            labelFontSize=14,
            labelFontWeight=600,
            grid=False,
        ),
    )
    y = alt.Y(
        "value:Q",
        title="In work, of 100 residents",
        scale=alt.Scale(zero=False, padding=14),
        axis=alt.Axis(tickCount=5),
    )
    shade = alt.Color(
        "who:N",
        scale=alt.Scale(domain=WHO, range=[ACCENT, ACCENT, colour("commissioner"), colour("provider")]),
        legend=None,
    )
    dash = alt.StrokeDash(
        "who:N", scale=alt.Scale(domain=WHO, range=[[1, 0], [3, 4], [10, 3], [6, 3, 2, 3]]), legend=None
    )
    lines = on("lines").mark_line(strokeWidth=3).encode(x=x, y=y, color=shade, strokeDash=dash)
    dots = on("lines").mark_point(filled=True, size=90, opacity=1).encode(x=x, y=y, color=shade)
    left = (
        on("lines")
        .transform_filter("datum.at == 0 && datum.who != 'Had it moved alike'")
        .mark_text(align="right", dx=-10, fontSize=13, fontWeight=600)
        .encode(x=x, y=y, text=alt.Text("value:Q", format="~g"), color=shade)
    )
    right = (
        on("lines")
        .transform_filter("datum.at == 1")
        .transform_calculate(text="datum.who + ' ' + datum.value")
        .mark_text(align="left", dx=12, fontSize=13, fontWeight=600, limit=150)
        .encode(x=x, y=y, text="text:N", color=shade)
    )
    gap = (
        on("gap")
        .mark_rule(strokeWidth=4, color=INK, xOffset=-10)
        .encode(x=alt.datum(1), y=alt.Y("low:Q"), y2="high:Q")
    )
    net = (
        on("gap")
        .transform_calculate(middle="(datum.low + datum.high) / 2")
        .mark_text(align="right", dx=-18, fontSize=14, fontWeight=700, color=INK)
        .encode(x=alt.datum(1), y=alt.Y("middle:Q"), text="text:N")
    )
    return alt.layer(lines, dots, left, right, gap, net).properties(width="container", height=280)


@figure
def scorecard_bars() -> alt.TopLevelMixin:
    """How far each indicator got from its baseline to its target."""
    y = alt.Y("indicator:N", title=None, sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "reached:Q",
        title="Way from baseline to target (%)",
        scale=alt.Scale(domain=[-50, 150]),
        axis=alt.Axis(values=[-50, 0, 50, 100, 150]),
    )
    bars = (
        on("bars")
        .mark_bar(height=22, color=KEPT, stroke=ACCENT, strokeWidth=1.5, yOffset=12)
        .encode(y=y, x=x, x2=alt.datum(0))
    )
    names = (
        on("bars")
        .transform_calculate(words="datum.indicator + ', ' + datum.text")
        .mark_text(align="left", baseline="middle", dy=-14, fontSize=13.5, fontWeight=600, color=INK)
        .encode(y=y, x=alt.value(0), text="words:N")
    )
    goal = on("goal").mark_rule(strokeWidth=2, strokeDash=[5, 4], color=INK).encode(x=alt.X("at:Q"))
    word = (
        on("goal")
        .mark_text(dy=-8, fontSize=12.5, color=INK)
        .encode(x=alt.X("at:Q"), y=alt.value(0), text="text:N")
    )
    return alt.layer(bars, names, goal, word).properties(width="container", height=alt.Step(62))


@figure
def evidence_steps() -> alt.TopLevelMixin:
    """Two scales of five levels, with those that the evidence reaches."""
    y = alt.Y(
        "scale:N", title=None, axis=alt.Axis(labelFontSize=14, labelFontWeight=600, ticks=False, domain=False)
    )
    x = alt.X(
        "level:O",
        title="Level, weakest to strongest",
        axis=alt.Axis(labels=False, ticks=False, domain=False),
        scale=alt.Scale(paddingInner=0.08),
    )
    fill = alt.Color(
        "state:N",
        scale=alt.Scale(domain=["reached", "perhaps", "not"], range=[KEPT, PARTS["social value"], CARD]),
        legend=None,
    )
    squares = (
        on("squares").mark_bar(stroke=MUTED, strokeWidth=1.5, cornerRadius=4).encode(x=x, y=y, color=fill)
    )
    text = on("squares").mark_text(fontSize=15, fontWeight=600, color=INK).encode(x=x, y=y, text="text:N")
    return alt.layer(squares, text).properties(width="container", height=alt.Step(56))


@figure
def burden_bars() -> alt.TopLevelMixin:
    """What one to fourteen indicators cost, as a share of the contract; the yardstick as a line."""
    x = alt.X("count:O", title="Number of indicators", axis=alt.Axis(labelAngle=0))
    y = alt.Y(
        "share:Q",
        title="Share of the contract (%)",
        scale=alt.Scale(domainMin=0),
        axis=alt.Axis(tickCount=5),
    )
    fill = alt.Color(
        "state:N", scale=alt.Scale(domain=["chosen", "other"], range=[colour("part-one"), OUT]), legend=None
    )
    bars = on("bars").mark_bar(stroke=MUTED, strokeWidth=1, cornerRadiusEnd=3).encode(x=x, y=y, color=fill)
    text = (
        on("bars").mark_text(dy=-9, fontSize=13.5, fontWeight=700, color=INK).encode(x=x, y=y, text="text:N")
    )
    line = on("line").mark_rule(strokeWidth=2, strokeDash=[5, 4], color=INK).encode(y=alt.Y("at:Q"))
    word = (
        on("line")
        .transform_calculate(text="'1% of the contract'")
        .mark_text(align="left", dx=4, dy=-8, fontSize=12.5, color=INK)
        .encode(y=alt.Y("at:Q"), x=alt.value(0), text="text:N")
    )
    return alt.layer(bars, line, word, text).properties(width="container", height=240)


@figure
def unit_bars() -> alt.TopLevelMixin:
    """What one unit more or less does to each promise's yearly result; the limit as a line."""
    y = alt.Y("promise:N", title=None, sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "one:Q",
        title="One unit, as a share of a usual year’s target (%)",
        scale=alt.Scale(domain=[0, 52], nice=False),
        axis=alt.Axis(tickCount=6),
    )
    fill = alt.Color("state:N", scale=alt.Scale(domain=["kept", "out"], range=[KEPT, OUT]), legend=None)
    bars = (
        on("bars")
        .mark_bar(height=12, stroke=MUTED, strokeWidth=1, yOffset=10)
        .encode(y=y, x=x, x2=alt.datum(0), color=fill)
    )
    bold = alt.ExprRef("datum.state == 'kept' ? 700 : 400")
    names = (
        on("bars")
        .transform_calculate(words="datum.promise + ' ' + datum.text")
        .mark_text(align="left", baseline="middle", dy=-8, fontSize=13, fontWeight=bold, color=INK)
        .encode(y=y, x=alt.value(2), text="words:N")
    )
    line = on("line").mark_rule(strokeWidth=2, strokeDash=[5, 4], color=INK).encode(x=alt.X("at:Q"))
    return alt.layer(line, bars, names).properties(width="container", height=alt.Step(40))


@figure
def count_funnel() -> alt.TopLevelMixin:
    """What is left of a log after each rule of a definition."""
    y = alt.Y("place:O", title=None, sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "left:Q",
        title="Counted",
        scale=alt.Scale(domain=[0, 15], nice=False),
        axis=alt.Axis(values=[0, 5, 10, 15], grid=True, gridColor=LINE),
    )
    fill = alt.Color(
        "last:N", scale=alt.Scale(domain=[True, False], range=[colour("part-one"), OUT]), legend=None
    )
    bars = (
        on("steps")
        .mark_bar(height=16, stroke=MUTED, strokeWidth=1, yOffset=10)
        .encode(y=y, x=x, x2=alt.datum(0), color=fill)
    )
    bold = alt.ExprRef("datum.last ? 700 : 400")
    words = (
        on("steps")
        .transform_calculate(words="datum.text + ' ' + datum.step + (datum.last ? ' ◀ the figure' : '')")
        .mark_text(align="left", baseline="middle", dy=-10, fontSize=13.5, fontWeight=bold, color=INK)
        .encode(y=y, x=alt.value(2), text="words:N")
    )
    return alt.layer(bars, words).properties(width="container", height=alt.Step(46))
