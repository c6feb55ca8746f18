"""Module 12's figures: bid costs apart and together, pipelines added up, capacity, one count, a calendar."""

from __future__ import annotations

import altair as alt

from course.charts.figures import CARD, INK, MUTED, colour, figure, key, on

AMBER, SAND, SEA, CLAY = (colour(f"part-{name}") for name in ("social", "price", "quality", "one"))
COUNCILS = ["Calderbrook", "Northmere", "Fairwater"]


def _y(row: str) -> alt.Y:
    return alt.Y(f"{row}:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))


def _words(name: str, row: str, bold: bool = True) -> alt.Chart:
    return (
        on(name)
        .mark_text(
            align="left",
            baseline="middle",
            dy=-16,
            dx=4,
            fontSize=13.5,
            fontWeight=600 if bold else 400,
            color=INK,
        )
        .encode(y=_y(row), x=alt.value(0), text="text:N")
    )


@figure
def bid_costs() -> alt.TopLevelMixin:
    """What all bidders spend on bids: those that win and those that do not, apart and together."""
    x = alt.X(
        "start:Q",
        title="Cost of bids, £ thousand",
        scale=alt.Scale(domainMin=0, nice=False, padding=4),
        axis=alt.Axis(tickCount=5, grid=False),
    )
    fill = alt.Color(
        "part:N",
        scale=alt.Scale(domain=["bids that win", "bids that lose"], range=[SEA, SAND]),
        legend=key(),
    )
    bars = (
        on("segments")
        .mark_bar(height=24, yOffset=10, stroke=MUTED, strokeWidth=1)
        .encode(y=_y("row"), x=x, x2="end:Q", color=fill)
    )
    return alt.layer(_words("totals", "row"), bars).properties(width="container", height=alt.Step(62))


@figure
def joined_values() -> alt.TopLevelMixin:
    """Each council's contract and the joint one, with VAT, against the threshold."""
    x = alt.X(
        "start:Q",
        title="Estimate with VAT, £ thousand",
        scale=alt.Scale(domainMin=0, nice=False, padding=22),
        axis=alt.Axis(tickCount=5, grid=False),
    )
    fill = alt.Color("council:N", scale=alt.Scale(domain=COUNCILS, range=[SEA, AMBER, CLAY]), legend=key())
    bars = (
        on("segments")
        .mark_bar(height=22, yOffset=10, stroke=CARD, strokeWidth=1.5)
        .encode(y=_y("row"), x=x, x2="end:Q", color=fill)
    )
    line = on("line").mark_rule(strokeWidth=2, strokeDash=[5, 4], color=INK).encode(x=alt.X("at:Q"))
    said = (
        on("line")
        .mark_text(align="right", dx=-5, fontSize=12.5, color=INK)
        .encode(x=alt.X("at:Q"), y=alt.value(-8), text="text:N")
    )
    return alt.layer(bars, _words("totals", "row"), line, said).properties(
        width="container", height=alt.Step(58)
    )


@figure
def capacity_rows() -> alt.TopLevelMixin:
    """What each provider can carry in a year against the size of one lot."""
    x = alt.X(
        "capacity:Q",
        title="Can carry in a year, £ thousand",
        scale=alt.Scale(domain=[0, 600], clamp=True),
        axis=alt.Axis(tickCount=5, grid=False),
    )
    fill = alt.Color(
        "state:N",
        scale=alt.Scale(domain=["can bid", "too large for it"], range=[SEA, SAND]),
        legend=key(),
    )
    bars = (
        on("providers")
        .mark_bar(height=15, yOffset=9, stroke=INK, strokeWidth=0.6)
        .encode(y=_y("provider"), x=x, color=fill)
    )
    line = on("lot").mark_rule(strokeWidth=2, strokeDash=[5, 4], color=INK).encode(x=alt.X("at:Q"))
    return alt.layer(bars, _words("providers", "provider", False), line).properties(
        width="container", height=alt.Step(48)
    )


@figure
def counted_councils() -> alt.TopLevelMixin:
    """The same people, counted by each council's own rule and by one rule."""
    x = alt.X("people:Q", title="People counted", scale=alt.Scale(domain=[0, 20]), axis=alt.Axis(tickCount=5))
    bars = (
        on("own")
        .mark_bar(height=15, yOffset=9, color=SAND, stroke=INK, strokeWidth=0.6)
        .encode(y=_y("council"), x=x)
    )
    one = on("one").mark_tick(thickness=4, size=28, yOffset=9, color=INK).encode(y=_y("council"), x=x)
    return alt.layer(_words("own", "council"), bars, one).properties(width="container", height=alt.Step(56))


@figure
def year_bars() -> alt.TopLevelMixin:
    """The steps of a joint tender over the months, and the day the service has to start."""
    x = alt.X(
        "start:Q",
        title="Months from the first meeting",
        scale=alt.Scale(domain=[0, 18], nice=False),
        axis=alt.Axis(values=[0, 3, 6, 9, 12, 15, 18], grid=True),
    )
    fill = alt.Color(
        "state:N", scale=alt.Scale(domain=["in time", "too late"], range=[SEA, CLAY]), legend=key()
    )
    bars = (
        on("steps")
        .mark_bar(height=13, yOffset=9, stroke=INK, strokeWidth=0.6)
        .encode(y=_y("step"), x=x, x2="end:Q", color=fill)
    )
    line = on("need").mark_rule(strokeWidth=2, strokeDash=[5, 4], color=INK).encode(x=alt.X("at:Q"))
    return alt.layer(line, bars, _words("steps", "step", False)).properties(
        width="container", height=alt.Step(44)
    )


@figure
def surplus_bars() -> alt.TopLevelMixin:
    """What a provider can expect from bidding alone, as a partner, or not at all."""
    x = alt.X(
        "surplus:Q",
        title="Expected surplus, £ thousand",
        scale=alt.Scale(nice=False, padding=14),
        axis=alt.Axis(tickCount=5),
    )
    fill = alt.Color("state:N", scale=alt.Scale(domain=["best", "other"], range=[AMBER, SAND]), legend=None)
    bars = (
        on("ways")
        .mark_bar(height=18, yOffset=10, stroke=INK, strokeWidth=0.6)
        .encode(y=_y("way"), x=x, color=fill)
    )
    nought = on("nought").mark_rule(color=INK, strokeWidth=1.5).encode(x=alt.X("at:Q"))
    return alt.layer(nought, bars, _words("ways", "way")).properties(width="container", height=alt.Step(56))
