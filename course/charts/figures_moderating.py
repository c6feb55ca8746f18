"""Module 6's figures: evaluators' marks, agreement on a strip, and totals by whose marks count."""

from __future__ import annotations

import altair as alt

from course.charts.figures import ACCENT, CARD, INK, MUTED, colour, figure, on

MARKS = alt.Scale(domain=[-0.3, 6.6], nice=False)


@figure
def score_dots() -> alt.TopLevelMixin:
    """Each bid's marks as circles that hold how many gave it, with range, agreed mark and the learner's."""
    y = alt.Y("bid:N", title=None, sort=None, axis=alt.Axis(labelFontSize=14, labelFontWeight=600))
    x = alt.X(
        "score:Q", title="Mark", scale=MARKS, axis=alt.Axis(values=[0, 1, 2, 3, 4, 5], format="d", grid=False)
    )
    wide = alt.ExprRef("datum.wide ? 4.5 : 2")
    bold = alt.ExprRef("datum.wide ? 700 : 400")
    lines = on("ranges").mark_rule(color=MUTED, strokeWidth=wide).encode(y=y, x=alt.X("low:Q"), x2="high:Q")
    words = (
        on("ranges")
        .mark_text(align="right", fontSize=13, fontWeight=bold, color=INK)
        .encode(y=y, x=alt.XValue("width"), text="text:N")
    )
    circles = (
        on("counts")
        .mark_point(
            filled=True, size=430, opacity=1, color=colour("part-quality"), stroke=ACCENT, strokeWidth=1.5
        )
        .encode(y=y, x=x)
    )
    inside = on("counts").mark_text(fontSize=13, color=INK, dy=1).encode(y=y, x=x, text="text:N")
    agreed = (
        on("agreed")
        .mark_point(filled=False, shape="square", size=900, strokeWidth=2.5, color=INK, opacity=1)
        .encode(y=y, x=x)
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
            yOffset=-17,
        )
        .encode(y=y, x=x)
    )
    return alt.layer(lines, circles, inside, agreed, yours, words).properties(
        width="container", height=alt.Step(48)
    )


@figure
def alpha_strip() -> alt.TopLevelMixin:
    """Alpha on a strip of how it is read, now and before."""
    x = alt.X(
        "alpha:Q",
        title="Krippendorff’s alpha",
        scale=alt.Scale(domain=[-0.25, 1], nice=False),
        axis=alt.Axis(values=[-0.2, 0, 0.2, 0.4, 0.6, 0.8, 1]),
    )
    words = ["too low to rely on", "tentative", "firm"]
    fits = alt.ExprRef("datum.zone == 'tentative' && width < 520 ? 0 : 1")
    fills = [colour("part-price"), colour("part-social"), colour("part-quality")]
    zones = (
        on("zones")
        .mark_rect(cornerRadius=3, stroke=CARD)
        .encode(
            x=alt.X("start:Q"),
            x2="end:Q",
            y=alt.value(28),
            y2=alt.value(58),
            color=alt.Color("zone:N", scale=alt.Scale(domain=words, range=fills), legend=None),
        )
    )
    text = (
        on("zones")
        .mark_text(align="left", dx=5, fontSize=12, color=INK, opacity=fits)
        .encode(x=alt.X("start:Q"), y=alt.value(43), text="text:N")
    )
    was = on("was").mark_tick(thickness=3, size=34, color=INK).encode(x=x, y=alt.value(43))
    was_text = (
        on("was")
        .mark_text(fontSize=12.5, color=INK, align="right", dx=4)
        .encode(x=x, y=alt.value(70), text="text:N")
    )
    now = (
        on("now")
        .mark_point(filled=True, shape="triangle-down", size=200, color=INK, opacity=1)
        .encode(x=x, y=alt.value(19))
    )
    now_text = (
        on("now")
        .mark_text(
            fontSize=13,
            fontWeight=600,
            color=INK,
            align=alt.ExprRef("datum.alpha > 0.75 ? 'right' : 'left'"),
            dx=alt.ExprRef("datum.alpha > 0.75 ? -12 : 12"),
        )
        .encode(x=x, y=alt.value(16), text="text:N")
    )
    return alt.layer(zones, text, was, was_text, now, now_text).properties(width="container", height=80)


@figure
def panel_totals() -> alt.TopLevelMixin:
    """Each bid's total on the marks chosen; a tick where it stood on the marks agreed."""
    y = alt.Y("bid:N", title=None, sort=None, axis=alt.Axis(labelFontSize=14, labelFontWeight=600))
    x = alt.X(
        "total:Q",
        title="Points of 100 (tick: as agreed)",
        scale=alt.Scale(domainMin=0, domainMax=alt.ExprRef("width < 300 ? 185 : 140"), nice=False),
        axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=False),
    )
    fill = alt.Color(
        "wins:N",
        scale=alt.Scale(domain=[True, False], range=[colour("part-social"), colour("part-price")]),
        legend=None,
    )
    bars = on("bars").mark_bar(height=24, stroke=CARD).encode(y=y, x=x, color=fill)
    ticks = on("before").mark_tick(thickness=3, size=32, color=INK).encode(y=y, x=x)
    text = (
        on("bars")
        .mark_text(align="right", fontSize=13, fontWeight=600, color=INK)
        .encode(y=y, x=alt.XValue("width"), text="text:N")
    )
    return alt.layer(bars, ticks, text).properties(width="container", height=alt.Step(40))
