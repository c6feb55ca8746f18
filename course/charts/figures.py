"""The figures, built with Altair. Each names the data sets it draws; frames give them rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt

from course.charts.theme import BIDDERS, colour

INK, MUTED, LINE, CARD, ACCENT = (colour(name) for name in ("ink", "muted", "line", "card", "accent"))
FIGURES: dict[str, Callable[[], alt.TopLevelMixin]] = {}
ROOM_FOR_NAMES = alt.ExprRef("width < 300 ? 58 : width < 460 ? 52 : 46")
ROOM_FOR_TOTALS = alt.ExprRef("width < 300 ? 155 : 128")
PARTS = {
    "price": colour("part-price"),
    "quality": colour("part-quality"),
    "social value": colour("part-social"),
    "this question": colour("part-one"),
}


def figure(make: Callable[[], alt.TopLevelMixin]) -> Callable[[], alt.TopLevelMixin]:
    """List a figure under its function's name, with hyphens."""
    FIGURES[make.__name__.replace("_", "-")] = make
    return make


def plain(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """Return the chart as a specification that names no other host and leaves the look to the page."""
    made = chart.to_dict()
    return {key: value for key, value in made.items() if key not in ("$schema", "config", "datasets")}


def on(name: str) -> alt.Chart:
    """Start a chart on a named data set."""
    return alt.Chart(alt.NamedData(name=name))


def bidder_colour(legend: alt.Legend | None = None) -> alt.Color:
    """Return the bidder's colour."""
    scale = alt.Scale(domain=list(BIDDERS), range=[mark.colour for mark in BIDDERS.values()])
    return alt.Color("bidder:N", scale=scale, legend=legend)


def bidder_shape(legend: alt.Legend | None = None) -> alt.Shape:
    """Return the bidder's shape."""
    scale = alt.Scale(domain=list(BIDDERS), range=[mark.shape for mark in BIDDERS.values()])
    return alt.Shape("bidder:N", scale=scale, legend=legend)


def bidder_dash() -> alt.StrokeDash:
    """Return the bidder's dashes."""
    scale = alt.Scale(domain=list(BIDDERS), range=[mark.dash for mark in BIDDERS.values()])
    return alt.StrokeDash("bidder:N", scale=scale, legend=None)


def key() -> alt.Legend:
    """Return a legend above the chart, in a row that wraps."""
    return alt.Legend(title=None, orient="top", symbolOpacity=1, columns=alt.ExprRef("width < 460 ? 2 : 4"))


@figure
def award_lines() -> alt.TopLevelMixin:
    """Totals against the social value weight; who wins where; the tipping weights; the weight now."""
    x = alt.X(
        "weight:Q",
        title="Social value weight (% of the total)",
        scale=alt.Scale(domainMin=0, domainMax=ROOM_FOR_NAMES, nice=False),
        axis=alt.Axis(values=[0, 10, 20, 30, 40], grid=False),
    )
    y = alt.Y(
        "total:Q",
        title="Total points of 100",
        scale=alt.Scale(zero=False, padding=14),
        axis=alt.Axis(tickCount=5),
    )
    bands = (
        on("bands")
        .mark_rect(opacity=0.18)
        .encode(x=alt.X("start:Q"), x2="end:Q", y=alt.value(-30), y2=alt.value(-4), color=bidder_colour())
    )
    names = (
        on("bands")
        .mark_text(fontSize=13, fontWeight=600, color=INK)
        .encode(x=alt.X("middle:Q"), y=alt.value(-17), text="text:N")
    )
    tips = on("tips").mark_rule(strokeDash=[4, 4], strokeWidth=1.5, color=MUTED).encode(x=x)
    tip_text = (
        on("tips")
        .mark_text(align="left", dx=5, fontSize=13, color=INK)
        .encode(x=x, y=alt.value(8), text="text:N")
    )
    lines = (
        on("lines")
        .mark_line(strokeWidth=2.5)
        .encode(x=x, y=y, color=bidder_colour(), strokeDash=bidder_dash())
    )
    now = on("now").mark_rule(strokeWidth=2, color=INK).encode(x=x)
    now_text = (
        on("now")
        .mark_text(align="left", dx=6, fontSize=13, fontWeight=600, color=INK)
        .encode(x=x, y=alt.value(260), text="text:N")
    )
    dots = (
        on("totals")
        .mark_point(filled=True, size=130, opacity=1)
        .encode(x=x, y=y, color=bidder_colour(), shape=bidder_shape())
    )
    labels = (
        on("labels")
        .mark_text(align="left", dx=7, fontSize=13, fontWeight=600)
        .encode(x=x, y=y, text="bidder:N", color=bidder_colour())
    )
    return alt.layer(bands, names, tips, tip_text, lines, now, now_text, dots, labels).properties(
        width="container", height=270
    )


@figure
def award_bars() -> alt.TopLevelMixin:
    """Each bid's points by criterion, and who wins."""
    y = alt.Y(
        "bidder:N", title=None, sort=list(BIDDERS), axis=alt.Axis(labelFontSize=14, labelFontWeight=600)
    )
    x = alt.X(
        "start:Q",
        title="Points of 100",
        scale=alt.Scale(domainMin=0, domainMax=ROOM_FOR_TOTALS, nice=False),
        axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=False),
    )
    fill = alt.Color(
        "criterion:N", scale=alt.Scale(domain=list(PARTS)[:3], range=list(PARTS.values())[:3]), legend=key()
    )
    bars = (
        on("segments")
        .mark_bar(height=30, stroke=CARD, strokeWidth=1.5)
        .encode(y=y, x=x, x2="end:Q", color=fill)
    )
    fits = alt.ExprRef("(datum.end - datum.start) * width > 128 * 26 ? 1 : 0")
    inside = (
        on("segments")
        .mark_text(fontSize=12.5, color=INK, opacity=fits)
        .encode(y=y, x="middle:Q", text="text:N")
    )
    totals = (
        on("bar_totals")
        .mark_text(align="left", dx=6, fontSize=13, fontWeight=600, color=INK)
        .encode(y=y, x="end:Q", text="text:N")
    )
    return alt.layer(bars, inside, totals).properties(width="container", height=alt.Step(46))


@figure
def formula_rows() -> alt.TopLevelMixin:
    """One row a formula: each bid's total, where it was before, and who wins."""
    y = alt.Y("formula:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "total:Q",
        title="Total points of 100",
        scale=alt.Scale(zero=False, padding=18),
        axis=alt.Axis(tickCount=6),
    )
    bold = alt.ExprRef("datum.changed ? 700 : 400")
    who = (
        on("winners")
        .mark_text(align="left", baseline="middle", dy=-14, fontSize=13.5, fontWeight=bold, color=INK)
        .encode(y=y, x=alt.value(0), text="text:N")
    )
    moves = (
        on("moves")
        .mark_rule(strokeWidth=2, opacity=0.55, yOffset=12)
        .encode(y=y, x="before:Q", x2="total:Q", color=bidder_colour(key()))
    )
    before = (
        on("moves")
        .mark_tick(thickness=3, size=12, opacity=0.7, yOffset=12)
        .encode(y=y, x=alt.X("before:Q"), color=bidder_colour(key()))
    )
    dots = (
        on("scores")
        .mark_point(filled=True, size=150, opacity=1, yOffset=12)
        .encode(y=y, x=x, color=bidder_colour(key()), shape=bidder_shape(key()))
    )
    ring = (
        on("scores")
        .transform_filter("datum.wins")
        .mark_point(filled=False, size=420, strokeWidth=2, color=INK, shape="circle", opacity=1, yOffset=12)
        .encode(y=y, x=x)
    )
    return alt.layer(who, moves, before, ring, dots).properties(width="container", height=alt.Step(62))


@figure
def notch_steps() -> alt.TopLevelMixin:
    """What each step up a question's scale could carry in price."""
    x = alt.X("step:O", title="Marks ahead of the cheapest bid", axis=alt.Axis(labelAngle=0))
    y = alt.Y(
        "premium:Q",
        title="Extra price it could carry (%)",
        scale=alt.Scale(domainMin=0),
        axis=alt.Axis(tickCount=5),
    )
    bars = (
        on("steps")
        .mark_bar(color=colour("part-quality"), stroke=ACCENT, strokeWidth=1.5, cornerRadiusEnd=3)
        .encode(x=x, y=y)
    )
    text = (
        on("steps")
        .mark_text(dy=-9, fontSize=alt.ExprRef("width < 460 ? 11 : 13"), fontWeight=600, color=INK)
        .encode(x=x, y=y, text="text:N")
    )
    return alt.layer(bars, text).properties(width="container", height=240)


@figure
def hundred_points() -> alt.TopLevelMixin:
    """The award as a hundred squares of one point each, by what they are given for."""
    fill = alt.Color("part:N", scale=alt.Scale(domain=list(PARTS), range=list(PARTS.values())), legend=key())
    down = alt.Scale(reverse=True, nice=False)
    squares = (
        on("squares")
        .mark_rect(stroke=CARD, strokeWidth=2)
        .encode(
            x=alt.X("left:Q", axis=None, scale=alt.Scale(nice=False, zero=False)),
            x2="right:Q",
            y=alt.Y("top:Q", axis=None, scale=down),
            y2="bottom:Q",
            color=fill,
        )
    )
    text = (
        on("letters")
        .mark_text(fontSize=13, fontWeight=600, color=INK)
        .encode(x="x:Q", y=alt.Y("y:Q", axis=None, scale=down), text="text:N")
    )
    return alt.layer(squares, text).properties(width="container", height=230)


@figure
def weight_bars() -> alt.TopLevelMixin:
    """Weights drawn out, with the draft's beside them."""
    y = alt.Y(
        "criterion:N", title=None, sort=["price", "quality", "social value"], axis=alt.Axis(labelFontSize=14)
    )
    x = alt.X("weight:Q", title="Weight (% of the total)", scale=alt.Scale(domain=[0, 100]))
    fill = alt.Color(
        "criterion:N", scale=alt.Scale(domain=list(PARTS)[:3], range=list(PARTS.values())[:3]), legend=None
    )
    bars = on("weights").mark_bar(height=26).encode(y=y, x=x, color=fill)
    text = (
        on("weights")
        .mark_text(align="right", fontSize=14, fontWeight=600, color=INK)
        .encode(y=y, x=alt.XValue("width"), text="text:N")
    )
    draft = on("draft").mark_tick(thickness=3, size=38, color=INK).encode(y=y, x=x)
    note = (
        on("draft")
        .mark_text(align="center", dy=-25, fontSize=11.5, color=MUTED)
        .encode(y=y, x=x, text="text:N")
    )
    return alt.layer(bars, draft, note, text).properties(width="container", height=alt.Step(58))


@figure
def consistency_strip() -> alt.TopLevelMixin:
    """The consistency ratio against the limit of 0.10."""
    x = alt.X(
        "ratio:Q",
        title="Consistency ratio",
        scale=alt.Scale(domain=[0, 0.5], clamp=True),
        axis=alt.Axis(values=[0, 0.1, 0.2, 0.3, 0.4, 0.5]),
    )
    zones = (
        on("zones")
        .mark_rect(opacity=0.9, cornerRadius=3)
        .encode(
            x="start:Q",
            x2="end:Q",
            y=alt.value(26),
            y2=alt.value(58),
            color=alt.Color(
                "zone:N",
                scale=alt.Scale(domain=["good", "bad"], range=[colour("part-quality"), colour("part-price")]),
                legend=None,
            ),
        )
    )
    words = (
        on("zones")
        .mark_text(align="left", dx=6, fontSize=12.5, color=INK)
        .encode(x="start:Q", y=alt.value(43), text="text:N")
    )
    here = (
        on("ratio")
        .mark_point(filled=True, shape="triangle-down", size=200, color=INK, opacity=1)
        .encode(x=x, y=alt.value(17))
    )
    text = (
        on("ratio")
        .mark_text(
            fontSize=13,
            fontWeight=600,
            color=INK,
            align=alt.ExprRef("datum.ratio > 0.35 ? 'right' : 'left'"),
            dx=alt.ExprRef("datum.ratio > 0.35 ? -12 : 12"),
        )
        .encode(x=x, y=alt.value(14), text="text:N")
    )
    return alt.layer(zones, words, here, text).properties(width="container", height=60)


@figure
def premium_curve() -> alt.TopLevelMixin:
    """How much dearer a lead on social value lets a bid be; where the learner's offer stands."""
    x = alt.X(
        "lead:Q",
        title="Your lead (points of 100)",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 20, 40, 60, 80, 100]),
    )
    y = alt.Y(
        "premium:Q",
        title="Extra on the price (%)",
        scale=alt.Scale(domain=[0, 40], clamp=True),
        axis=alt.Axis(tickCount=5),
    )
    area = on("curve").mark_area(opacity=0.55, color=colour("part-quality"), clip=True).encode(x=x, y=y)
    line = on("curve").mark_line(color=ACCENT, strokeWidth=2.5, clip=True).encode(x=x, y=y)
    words = on("words").mark_text(fontSize=13, color=INK, align="left").encode(x=x, y=y, text="text:N")
    drop = on("offer").mark_rule(strokeDash=[4, 4], color=MUTED).encode(x=x, y=y, y2="allowed:Q")
    here = on("offer").mark_point(filled=True, size=170, color=colour("provider"), opacity=1).encode(x=x, y=y)
    text = (
        on("offer")
        .mark_text(
            fontSize=13,
            fontWeight=600,
            color=INK,
            align=alt.ExprRef("datum.lead > 55 ? 'right' : 'left'"),
            dx=alt.ExprRef("datum.lead > 55 ? -13 : 13"),
        )
        .encode(x=x, y=y, text="text:N")
    )
    return alt.layer(area, line, words, drop, here, text).properties(width="container", height=270)
