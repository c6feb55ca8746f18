"""Module 5's figures: marks by a rubric, a promise's cost and chances, and what bidding costs."""

from __future__ import annotations

import altair as alt

from course.charts.figures import ACCENT, CARD, INK, MUTED, PARTS, colour, figure, key, on

MONEY = {
    "those who stay": PARTS["quality"],
    "those who leave": PARTS["this question"],
    "worth in price": PARTS["social value"],
}


@figure
def rubric_bars() -> alt.TopLevelMixin:
    """Marks that the words earn on each criterion; a diamond for the marks somebody gave."""
    y = alt.Y("criterion:N", title=None, sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "score:Q",
        title="Marks of 3",
        scale=alt.Scale(domain=[0, 3.1], nice=False),
        axis=alt.Axis(values=[0, 1, 2, 3], format="d"),
    )
    names = (
        on("scores")
        .mark_text(align="left", baseline="middle", dy=-14, fontSize=13, color=INK)
        .encode(y=y, x=alt.value(0), text="criterion:N")
    )
    bars = (
        on("scores")
        .mark_bar(height=18, yOffset=9, color=colour("part-quality"), stroke=ACCENT, strokeWidth=1)
        .encode(y=y, x=x)
    )
    text = (
        on("scores")
        .mark_text(align="right", dy=-14, fontSize=13, fontWeight=600, color=INK)
        .encode(y=y, x=alt.XValue("width"), text="text:N")
    )
    yours = (
        on("yours")
        .mark_point(
            filled=True,
            shape="diamond",
            size=190,
            opacity=1,
            color=colour("provider"),
            stroke=CARD,
            yOffset=9,
        )
        .encode(y=y, x=x)
    )
    return alt.layer(names, bars, text, yours).properties(width="container", height=alt.Step(50))


@figure
def promise_money() -> alt.TopLevelMixin:
    """What a promise costs to keep, and what its marks can carry in price."""
    y = alt.Y("row:N", title=None, sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "start:Q",
        title="£ thousand",
        scale=alt.Scale(domainMin=0, nice=True),
        axis=alt.Axis(tickCount=5, grid=False),
    )
    fill = alt.Color("part:N", scale=alt.Scale(domain=list(MONEY), range=list(MONEY.values())), legend=key())
    bars = (
        on("segments")
        .mark_bar(height=28, stroke=CARD, strokeWidth=1.5, yOffset=12)
        .encode(y=y, x=x, x2="end:Q", color=fill)
    )
    words = (
        on("totals")
        .mark_text(align="left", baseline="middle", dy=-16, fontSize=13.5, fontWeight=600, color=INK)
        .encode(y=y, x=alt.value(0), text="text:N")
    )
    return alt.layer(bars, words).properties(width="container", height=alt.Step(74))


@figure
def chance_bars() -> alt.TopLevelMixin:
    """The chance of each number who finish; which numbers keep the promise."""
    x = alt.X("n:O", title="How many finish", axis=alt.Axis(labelAngle=0))
    y = alt.Y("chance:Q", title="Chance (%)", scale=alt.Scale(domainMin=0), axis=alt.Axis(tickCount=4))
    fill = alt.Color(
        "side:N",
        scale=alt.Scale(
            domain=["falls short", "promise kept"], range=[colour("part-price"), colour("part-quality")]
        ),
        legend=key(),
    )
    bars = (
        on("chances").mark_bar(stroke=ACCENT, strokeWidth=1, cornerRadiusEnd=3).encode(x=x, y=y, color=fill)
    )
    text = (
        on("chances")
        .mark_text(dy=-9, fontSize=alt.ExprRef("width < 460 ? 9.5 : 12.5"), fontWeight=600, color=INK)
        .encode(x=x, y=y, text="text:N")
    )
    return alt.layer(bars, text).properties(width="container", height=230)


@figure
def band_bars() -> alt.TopLevelMixin:
    """Share of past bids that won, by band of their social value score."""
    y = alt.Y("band:N", title="Social value score", sort=None, axis=alt.Axis(labelFontSize=13))
    x = alt.X(
        "share:Q",
        title="Share that won (%)",
        scale=alt.Scale(domain=[0, 100], nice=False),
        axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=False),
    )
    bars = on("bands").mark_bar(height=28, color=colour("part-quality"), stroke=ACCENT).encode(y=y, x=x)
    text = (
        on("bands")
        .mark_text(align="left", dx=7, fontSize=13, fontWeight=600, color=INK)
        .encode(y=y, x=x, text="text:N")
    )
    return alt.layer(bars, text).properties(width="container", height=alt.Step(46))


@figure
def win_curve() -> alt.TopLevelMixin:
    """What a win costs as a share of what it earns, by how many bids it takes."""
    x = alt.X(
        "bids:Q",
        title="Bids it takes to win one",
        scale=alt.Scale(domain=[0, 12.5], nice=False),
        axis=alt.Axis(values=[0, 2, 4, 6, 8, 10, 12], format="d", grid=False),
    )
    y = alt.Y(
        "share:Q",
        title="Share of what it earns (%)",
        scale=alt.Scale(domain=[0, 150], clamp=True),
        axis=alt.Axis(values=[0, 50, 100, 150]),
    )
    line = on("curve").mark_line(color=ACCENT, strokeWidth=2.5).encode(x=x, y=y)
    limit = on("limit").mark_rule(strokeDash=[5, 4], strokeWidth=2, color=MUTED).encode(y=y)
    said = (
        on("limit")
        .mark_text(align="right", dy=-9, fontSize=12.5, color=INK)
        .encode(x=alt.XValue("width"), y=y, text="text:N")
    )
    here = on("here").mark_point(filled=True, size=170, color=colour("provider"), opacity=1).encode(x=x, y=y)
    text = (
        on("here")
        .mark_text(
            fontSize=13,
            fontWeight=600,
            color=INK,
            dy=-15,
            align=alt.ExprRef("datum.bids < 4 ? 'left' : 'right'"),
        )
        .encode(x=x, y=y, text="text:N")
    )
    return alt.layer(line, limit, said, here, text).properties(width="container", height=250)
