"""Module 3's figures: ranges, the silent, who is missing, whose say counts, voices heard and lots."""

from __future__ import annotations

import altair as alt

from course.charts.figures import ACCENT, INK, MUTED, PARTS, figure, key, on

SAND, SEA = PARTS["price"], PARTS["quality"]


def _y(field: str) -> alt.Y:
    return alt.Y(f"{field}:N", title=None, sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))


def _words(name: str, field: str) -> alt.Chart:
    return (
        on(name)
        .mark_text(align="left", baseline="middle", dy=-14, dx=3, fontSize=13, color=INK)
        .encode(y=_y(field), x=alt.value(0), text="text:N")
    )


@figure
def margin_strip() -> alt.TopLevelMixin:
    """The share in favour as a point, with the range it stands for, against a half."""
    scale = alt.Scale(domain=[0, 100], nice=False)
    axis = alt.Axis(values=[0, 25, 50, 75, 100], grid=False)
    x = alt.X("low:Q", title="In favour, of all who were asked (%)", scale=scale, axis=axis)
    half = (
        on("half")
        .mark_rule(strokeDash=[5, 4], strokeWidth=2, color=MUTED)
        .encode(x=alt.X("at:Q"), y=alt.value(24), y2=alt.value(96))
    )
    half_text = (
        on("half").mark_text(fontSize=13, color=INK).encode(x=alt.X("at:Q"), y=alt.value(12), text="text:N")
    )
    band = (
        on("range")
        .mark_bar(height=26, color=SEA, stroke=ACCENT, strokeWidth=1.2)
        .encode(x=x, x2="high:Q", y=alt.value(52))
    )
    dot = (
        on("range")
        .mark_point(filled=True, size=150, color=ACCENT, opacity=1)
        .encode(x=alt.X("share:Q"), y=alt.value(52))
    )
    said = (
        on("range")
        .mark_text(fontSize=13, fontWeight=600, color=INK)
        .encode(x=alt.X("share:Q"), y=alt.value(84), text="text:N")
    )
    return alt.layer(half, half_text, band, dot, said).properties(width="container", height=108)


@figure
def silent_line() -> alt.TopLevelMixin:
    """The share of all who were asked, by what those who kept silent think."""
    axis = alt.Axis(values=[0, 25, 50, 75, 100], grid=False)
    x = alt.X("silent:Q", title="Of the silent, agree (%)", scale=alt.Scale(domain=[0, 100]), axis=axis)
    y = alt.Y("share:Q", title="Of all, agree (%)", scale=alt.Scale(domain=[0, 100]), axis=axis)
    half = on("half").mark_rule(strokeDash=[5, 4], strokeWidth=2, color=MUTED).encode(y=alt.Y("at:Q"))
    half_text = (
        on("half")
        .mark_text(align="left", dx=4, dy=-9, fontSize=13, color=INK)
        .encode(y=alt.Y("at:Q"), x=alt.value(0), text="text:N")
    )
    line = on("line").mark_line(color=ACCENT, strokeWidth=2.5).encode(x=x, y=y)
    dot = on("here").mark_point(filled=True, size=170, color=ACCENT, opacity=1).encode(x=x, y=y)
    text = (
        on("here")
        .mark_text(
            fontSize=13,
            fontWeight=600,
            color=INK,
            align=alt.ExprRef("datum.silent > 50 ? 'right' : 'left'"),
            dx=alt.ExprRef("datum.silent > 50 ? -10 : 10"),
            dy=alt.ExprRef("datum.silent > 50 ? -12 : 14"),
        )
        .encode(x=x, y=y, text="text:N")
    )
    return alt.layer(half, half_text, line, dot, text).properties(width="container", height=240)


@figure
def voice_bars() -> alt.TopLevelMixin:
    """Each group's share of the people as a bar, its share of the replies as a mark."""
    x = alt.X(
        "people:Q",
        title="Share (%)",
        scale=alt.Scale(domainMin=0, nice=False, padding=8),
        axis=alt.Axis(tickCount=5, grid=False),
    )
    bars = (
        on("rows")
        .mark_bar(height=15, yOffset=9, color=SEA, stroke=INK, strokeWidth=0.6)
        .encode(y=_y("row"), x=x)
    )
    marks = (
        on("rows")
        .mark_tick(thickness=4, size=26, yOffset=9, color=INK)
        .encode(y=_y("row"), x=alt.X("replies:Q"))
    )
    return alt.layer(bars, marks, _words("rows", "row")).properties(width="container", height=alt.Step(46))


@figure
def say_lines() -> alt.TopLevelMixin:
    """Pooled points of each priority against the residents' share of the say."""
    x = alt.X(
        "say:Q",
        title="Residents’ share of the say (%)",
        scale=alt.Scale(domainMin=0, domainMax=alt.ExprRef("width < 300 ? 150 : 125"), nice=False),
        axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=False),
    )
    y = alt.Y(
        "points:Q",
        title="Points of 100",
        scale=alt.Scale(domain=[0, 60]),
        axis=alt.Axis(tickCount=4),
    )
    stroke = alt.Color(
        "state:N", scale=alt.Scale(domain=["leads", "follows"], range=[ACCENT, MUTED]), legend=None
    )
    thick = alt.StrokeWidth(
        "state:N", scale=alt.Scale(domain=["leads", "follows"], range=[4, 1.8]), legend=None
    )
    lines = on("lines").mark_line().encode(x=x, y=y, color=stroke, strokeWidth=thick, detail="theme:N")
    tips = on("tips").mark_rule(strokeDash=[4, 4], strokeWidth=1.5, color=MUTED).encode(x=x)
    now = on("now").mark_rule(strokeWidth=2, color=INK).encode(x=x)
    now_text = (
        on("now")
        .mark_text(
            fontSize=13,
            fontWeight=600,
            color=INK,
            align=alt.ExprRef("datum.say > 50 ? 'right' : 'left'"),
            dx=alt.ExprRef("datum.say > 50 ? -6 : 6"),
        )
        .encode(x=x, y=alt.value(8), text="text:N")
    )
    dots = on("dots").mark_point(filled=True, size=70, color=INK, opacity=1).encode(x=x, y=y)
    labels = (
        on("labels")
        .mark_text(align="left", dx=7, fontSize=13, fontWeight=600, color=INK)
        .encode(x=x, y=y, text="theme:N")
    )
    return alt.layer(tips, now, now_text, lines, dots, labels).properties(width="container", height=260)


@figure
def heard_bars() -> alt.TopLevelMixin:
    """How many people of each kind a plan listens to."""
    x = alt.X(
        "people:Q",
        title="People heard",
        scale=alt.Scale(domain=[0, 80]),
        axis=alt.Axis(tickCount=5, grid=False),
    )
    bars = (
        on("voices")
        .mark_bar(height=15, yOffset=9, color=SEA, stroke=INK, strokeWidth=0.6)
        .encode(y=_y("voice"), x=x)
    )
    return alt.layer(bars, _words("voices", "voice")).properties(width="container", height=alt.Step(46))


@figure
def lot_bars() -> alt.TopLevelMixin:
    """What each provider can carry in a year against the size of one lot."""
    x = alt.X(
        "capacity:Q",
        title="Can carry in a year, £ thousand",
        scale=alt.Scale(domain=[0, 1000], clamp=True),
        axis=alt.Axis(values=[0, 250, 500, 750, 1000], grid=False),
    )
    fill = alt.Color(
        "state:N", scale=alt.Scale(domain=["can bid", "too large for it"], range=[SEA, SAND]), legend=key()
    )
    bars = (
        on("providers")
        .mark_bar(height=15, yOffset=9, stroke=INK, strokeWidth=0.6)
        .encode(y=_y("provider"), x=x, color=fill)
    )
    line = on("lot").mark_rule(strokeWidth=2, strokeDash=[5, 4], color=INK).encode(x=alt.X("at:Q"))
    return alt.layer(bars, _words("providers", "provider"), line).properties(
        width="container", height=alt.Step(48)
    )
