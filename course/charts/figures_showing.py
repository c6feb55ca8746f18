"""Module 11's figures: words against evidence, who is behind a percentage, jobs and an audit."""

from __future__ import annotations

import altair as alt

from course.charts.figures import ACCENT, CARD, INK, MUTED, colour, figure, key, on

AMBER, SAND, SEA, CLAY = (colour(f"part-{name}") for name in ("social", "price", "quality", "one"))
STEPS = "['says or counts', 'theory', 'change', 'cause', 'found again', 'repeated'][datum.value]"


def _level_axis() -> alt.Axis:
    short = f"width < 460 ? '' + datum.value : {STEPS}"
    return alt.Axis(values=[0, 1, 2, 3, 4, 5], labelExpr=short, grid=False, labelOverlap=False)


@figure
def claim_reach() -> alt.TopLevelMixin:
    """How far the evidence reaches, and how far the words go, on the steps of evidence."""
    y = alt.Y("row:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "level:Q",
        title="Step of evidence (Nesta level)",
        scale=alt.Scale(domain=[-0.35, 5.35], nice=False),
        axis=_level_axis(),
    )
    words = (
        on("reach")
        .mark_text(align="left", baseline="middle", dy=-17, fontSize=13.5, fontWeight=600, color=INK)
        .encode(y=y, x=alt.value(0), text="text:N")
    )
    bars = (
        on("reach")
        .mark_bar(height=18, yOffset=10, stroke=INK, strokeWidth=0.8)
        .encode(
            y=y,
            x=alt.X("start:Q"),
            x2="level:Q",
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=["fits", "too far", "evidence"], range=[SEA, CLAY, SAND]),
                legend=None,
            ),
        )
    )
    ends = on("reach").mark_tick(thickness=4, size=26, color=INK, yOffset=10).encode(y=y, x=x)
    return alt.layer(words, bars, ends).properties(width="container", height=alt.Step(62))


@figure
def reply_bars() -> alt.TopLevelMixin:
    """The same answers as a share of the replies, and of all users."""
    y = alt.Y("row:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "start:Q",
        title="Share (%)",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 25, 50, 75, 100], grid=False),
    )
    words = (
        on("rows")
        .mark_text(align="left", baseline="middle", dy=-17, fontSize=13.5, fontWeight=600, color=INK)
        .encode(y=y, x=alt.value(0), text="text:N")
    )
    bars = (
        on("parts")
        .mark_bar(height=24, yOffset=10, stroke=CARD, strokeWidth=1.5)
        .encode(
            y=y,
            x=x,
            x2="end:Q",
            color=alt.Color(
                "answer:N",
                scale=alt.Scale(
                    domain=["satisfied", "not satisfied", "did not reply"], range=[SEA, CLAY, SAND]
                ),
                legend=key(),
            ),
        )
    )
    fits = alt.ExprRef("(datum.end - datum.start) * width > 100 * 30 ? 1 : 0")
    inside = (
        on("parts")
        .mark_text(fontSize=12.5, color=INK, opacity=fits, yOffset=10)
        .encode(y=y, x="middle:Q", text="text:N")
    )
    return alt.layer(words, bars, inside).properties(width="container", height=alt.Step(64))


@figure
def counted_bars() -> alt.TopLevelMixin:
    """What is claimed when every label counts, and what is left when each person counts once."""
    y = alt.Y("row:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "start:Q",
        title="£ thousand, 2015/16 prices",
        scale=alt.Scale(domainMin=0, nice=False, padding=4),
        axis=alt.Axis(tickCount=5, grid=False),
    )
    words = (
        on("totals")
        .mark_text(align="left", baseline="middle", dy=-17, fontSize=13.5, fontWeight=600, color=INK)
        .encode(y=y, x=alt.value(0), text="text:N")
    )
    bars = (
        on("segments")
        .mark_bar(height=24, yOffset=10, stroke=MUTED, strokeWidth=1)
        .encode(
            y=y,
            x=x,
            x2="end:Q",
            color=alt.Color(
                "measure:N",
                scale=alt.Scale(domain=["job", "off benefit", "government saving"], range=[SEA, AMBER, SAND]),
                legend=key(),
            ),
        )
    )
    return alt.layer(words, bars).properties(width="container", height=alt.Step(64))


@figure
def audit_marks() -> alt.TopLevelMixin:
    """Each question that can be put to a claim: asked or not, and whether the claim has an answer."""
    y = alt.Y("question:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    words = (
        on("questions")
        .mark_text(align="left", baseline="middle", fontSize=13.5, color=INK)
        .encode(y=y, x=alt.value(30), text="text:N")
    )
    marks = (
        on("questions")
        .mark_point(filled=True, size=190, opacity=1, strokeWidth=1.5, stroke=ACCENT)
        .encode(
            y=y,
            x=alt.value(12),
            shape=alt.Shape(
                "state:N",
                scale=alt.Scale(
                    domain=["answered", "caught", "missed", "not asked"],
                    range=["circle", "cross", "triangle-up", "stroke"],
                ),
                legend=None,
            ),
            fill=alt.Color(
                "state:N",
                scale=alt.Scale(
                    domain=["answered", "caught", "missed", "not asked"], range=[SEA, CLAY, AMBER, CARD]
                ),
                legend=None,
            ),
        )
    )
    return alt.layer(words, marks).properties(width="container", height=alt.Step(34))
