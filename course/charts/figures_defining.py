"""Module 2's figures: need in every neighbourhood, how far a choice reaches, and outcomes scored."""

from __future__ import annotations

import altair as alt

from course.charts.figures import ACCENT, CARD, INK, MUTED, PARTS, colour, figure, key, on

GROUNDS = {
    "figures on need": PARTS["price"],
    "residents’ points": PARTS["quality"],
    "this contract": PARTS["social value"],
}


@figure
def need_strip() -> alt.TopLevelMixin:
    """Every neighbourhood's share in need as a tick; the average; one neighbourhood picked out."""
    x = alt.X(
        "share:Q",
        title="% in need",
        scale=alt.Scale(domainMin=0, nice=False, padding=12),
        axis=alt.Axis(tickCount=6, grid=False),
    )
    ticks = (
        on("areas").mark_tick(thickness=2, size=34, opacity=0.45, color=MUTED).encode(x=x, y=alt.value(62))
    )
    line = (
        on("average")
        .mark_rule(strokeWidth=2, strokeDash=[5, 4], color=INK)
        .encode(x=alt.X("share:Q"), y=alt.value(22), y2=alt.value(92))
    )
    said = (
        on("average")
        .mark_text(fontSize=13, color=INK, align=alt.ExprRef("datum.right ? 'right' : 'left'"))
        .encode(x=alt.X("share:Q"), y=alt.value(106), text="text:N")
    )
    here = (
        on("place")
        .mark_point(filled=True, shape="triangle-down", size=190, color=ACCENT, opacity=1)
        .encode(x=alt.X("share:Q"), y=alt.value(34))
    )
    name = (
        on("place")
        .mark_text(
            fontSize=13,
            fontWeight=600,
            color=INK,
            align=alt.ExprRef("datum.right ? 'right' : 'left'"),
            dx=alt.ExprRef("datum.right ? -6 : 6"),
        )
        .encode(x=alt.X("share:Q"), y=alt.value(14), text="text:N")
    )
    return alt.layer(ticks, line, said, here, name).properties(width="container", height=118)


@figure
def reach_curve() -> alt.TopLevelMixin:
    """The share of all in need who live in the places chosen, against how many places are chosen."""
    x = alt.X(
        "chosen:Q",
        title="Neighbourhoods chosen, of 120",
        scale=alt.Scale(domain=[0, 120], nice=False),
        axis=alt.Axis(values=[0, 20, 40, 60, 80, 100, 120], grid=False),
    )
    y = alt.Y(
        "reached:Q",
        title="Children in need who live there (%)",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 25, 50, 75, 100]),
    )
    area = on("curve").mark_area(opacity=0.5, color=colour("part-quality")).encode(x=x, y=y)
    line = on("curve").mark_line(color=ACCENT, strokeWidth=2.5).encode(x=x, y=y)
    down = on("here").mark_rule(strokeDash=[4, 4], color=MUTED).encode(x=x, y=y)
    dot = on("here").mark_point(filled=True, size=170, color=ACCENT, opacity=1).encode(x=x, y=y)
    text = (
        on("here")
        .mark_text(
            fontSize=13,
            fontWeight=600,
            color=INK,
            align=alt.ExprRef("datum.chosen > 60 ? 'right' : 'left'"),
            dx=alt.ExprRef("datum.chosen > 60 ? -12 : 12"),
            dy=alt.ExprRef("datum.chosen > 60 ? -8 : 10"),
        )
        .encode(x=x, y=y, text="text:N")
    )
    return alt.layer(area, line, down, dot, text).properties(width="container", height=250)


@figure
def outcome_bars() -> alt.TopLevelMixin:
    """Candidate outcomes, best first, by what speaks for each; a line under those chosen."""
    y = alt.Y("outcome:N", title=None, sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "start:Q",
        title="Points of 100",
        scale=alt.Scale(domain=[0, 100], nice=False),
        axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=False),
    )
    fill = alt.Color(
        "ground:N", scale=alt.Scale(domain=list(GROUNDS), range=list(GROUNDS.values())), legend=key()
    )
    words = (
        on("outcomes")
        .mark_text(
            align="left",
            baseline="middle",
            dy=-12,
            fontSize=13,
            fontWeight=alt.ExprRef("datum.chosen ? 700 : 400"),
            color=INK,
        )
        .encode(y=y, x=alt.value(0), text="text:N")
    )
    bars = (
        on("segments")
        .mark_bar(height=16, stroke=CARD, strokeWidth=1.5, yOffset=9)
        .encode(y=y, x=x, x2="end:Q", color=fill)
    )
    return alt.layer(bars, words).properties(width="container", height=alt.Step(50))


@figure
def chain_bars() -> alt.TopLevelMixin:
    """People at each step from what is done to what lasts because of it."""
    y = alt.Y("step:N", title=None, sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "people:Q",
        title="People",
        scale=alt.Scale(domainMin=0, nice=False, padding=20),
        axis=alt.Axis(tickCount=5, grid=False, format="d"),
    )
    bars = (
        on("steps")
        .mark_bar(height=20, color=colour("part-quality"), stroke=ACCENT, strokeWidth=1.2, yOffset=10)
        .encode(y=y, x=x)
    )
    words = (
        on("steps")
        .mark_text(align="left", baseline="middle", dy=-12, fontSize=13, fontWeight=600, color=INK)
        .encode(y=y, x=alt.value(0), text="text:N")
    )
    return alt.layer(bars, words).properties(width="container", height=alt.Step(54))
