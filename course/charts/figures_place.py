"""Module 9's figures: maps of money and deprivation, and the money's way through an area."""

from __future__ import annotations

import altair as alt

from course.charts.figures import ACCENT, CARD, INK, MUTED, figure, on
from course.charts.theme import colour

AMBER, SAND, SEA = colour("part-social"), colour("part-price"), colour("part-quality")
SMALLER = alt.ExprRef("width < 300 ? 12 : 13.5")
LARGEST = 1_200_000  # £; about the most that one neighbourhood receives in a year


def _fill(domain: list[str], colours: list[str], legend: bool = True) -> alt.Color:
    shown = alt.Legend(title=None, orient="top", symbolOpacity=1, symbolType="square") if legend else None
    return alt.Color("group:N", scale=alt.Scale(domain=domain, range=colours), legend=shown)


def _map(domain: list[str], colours: list[str], heavy: str) -> alt.Chart:
    """Draw areas in two or three tones; those of the group `heavy` also have a heavy outline."""
    outline = alt.condition(f"datum.group == '{heavy}'", alt.value(INK), alt.value(MUTED))
    width = alt.condition(f"datum.group == '{heavy}'", alt.value(1), alt.value(0.35))
    return (
        on("areas")
        .mark_geoshape(strokeJoin="round")
        .encode(color=_fill(domain, colours), stroke=outline, strokeWidth=width)
    )


def _numbers(name: str) -> alt.Chart:
    return (
        on(name)
        .mark_text(fontSize=13, fontWeight=700, color=INK, stroke=CARD, strokeWidth=0.4)
        .encode(longitude="x:Q", latitude="y:Q", text="text:N")
    )


def _bars(
    name: str, row: str, value: alt.X, fill: alt.Color | alt.Value, step: int = 50
) -> alt.TopLevelMixin:
    """Draw one bar a row with its words above it, so that long names need no margin."""
    y = alt.Y(f"{row}:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    words = (
        on(name)
        .mark_text(align="left", baseline="middle", dy=-12, fontSize=SMALLER, color=INK)
        .encode(y=y, x=alt.value(0), text="text:N")
    )
    bars = (
        on(name).mark_bar(height=15, yOffset=9, stroke=INK, strokeWidth=0.6).encode(y=y, x=value, color=fill)
    )
    return alt.layer(words, bars).properties(width="container", height=alt.Step(step))


@figure
def spend_map() -> alt.TopLevelMixin:
    """A borough: deprived neighbourhoods toned and outlined, money as circles, the largest numbered."""
    areas = _map(["counts as deprived", "does not"], [AMBER, CARD], "counts as deprived")
    circles = (
        on("circles")
        .mark_circle(color=SEA, opacity=0.88, stroke=ACCENT, strokeWidth=1.2)
        .encode(
            longitude="x:Q",
            latitude="y:Q",
            size=alt.Size(
                "amount:Q",
                scale=alt.Scale(domain=[0, LARGEST], range=[0, 1500], clamp=True),
                legend=alt.Legend(
                    title=None,
                    orient="bottom",
                    values=[100_000, 500_000, 1_000_000],
                    labelExpr="datum.value < 1000000 ? '£' + datum.value / 1000 + 'k' : '£1m'",
                    symbolFillColor=SEA,
                    symbolStrokeColor=ACCENT,
                    symbolStrokeWidth=1.2,
                ),
            ),
        )
    )
    layers = alt.layer(areas, circles, _numbers("numbers")).resolve_scale(color="independent")
    return layers.project(type="identity").properties(width="container", height=340)


@figure
def share_bars() -> alt.TopLevelMixin:
    """Shares of the whole, one bar each."""
    x = alt.X(
        "share:Q",
        title="Share of the money (%)",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(tickCount=5),
    )
    return _bars("bars", "group", x, alt.value(SEA))


@figure
def neighbour_map() -> alt.TopLevelMixin:
    """A borough with one neighbourhood chosen and those next to it; the number is the decile."""
    areas = _map(["chosen", "next to it", "others"], [AMBER, SEA, CARD], "chosen")
    layers = alt.layer(areas, _numbers("labels"))
    return layers.project(type="identity").properties(width="container", height=340)


@figure
def district_bars() -> alt.TopLevelMixin:
    """What was spent in each district, the most deprived first."""
    x = alt.X(
        "amount:Q",
        title="Spent (£)",
        scale=alt.Scale(domain=[0, 400_000]),
        axis=alt.Axis(tickCount=4, labelExpr="'£' + datum.value / 1000 + 'k'"),
    )
    fill = alt.Color(
        "local:N",
        scale=alt.Scale(domain=["local", "not local"], range=[SEA, SAND]),
        legend=None,
    )
    return _bars("districts", "district", x, fill, 46)


@figure
def money_rounds() -> alt.TopLevelMixin:
    """The money in the area in each round; the outline is what there was the round before."""
    y = alt.Y("round:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.1))
    x = alt.X(
        "amount:Q",
        title="In the area (£)",
        scale=alt.Scale(domainMin=0),
        axis=alt.Axis(tickCount=4, labelExpr="'£' + datum.value / 1000 + 'k'"),
    )
    words = (
        on("rounds")
        .mark_text(align="left", baseline="middle", dy=-16, fontSize=SMALLER, color=INK)
        .encode(y=y, x=alt.value(0), text="text:N")
    )
    before = (
        on("rounds")
        .mark_bar(height=20, yOffset=9, fill="transparent", stroke=MUTED, strokeDash=[4, 3], strokeWidth=1.2)
        .encode(y=y, x=alt.X("before:Q"))
    )
    now = (
        on("rounds")
        .mark_bar(height=20, yOffset=9, color=SEA, stroke=ACCENT, strokeWidth=1.2)
        .encode(y=y, x=x)
    )
    return alt.layer(words, before, now).properties(width="container", height=alt.Step(58))


@figure
def multiplier_bars() -> alt.TopLevelMixin:
    """A multiplier beside typical ones."""
    x = alt.X(
        "multiplier:Q", title="Local multiplier", scale=alt.Scale(domain=[0, 3]), axis=alt.Axis(tickCount=4)
    )
    fill = alt.Color(
        "mine:N", scale=alt.Scale(domain=[True, False], range=[colour("part-one"), SAND]), legend=None
    )
    return _bars("trails", "who", x, fill, 46)


@figure
def borough_map() -> alt.TopLevelMixin:
    """London's boroughs: those picked are toned, outlined and numbered in order."""
    areas = _map(["picked", "not picked"], [AMBER, CARD], "picked")
    layers = alt.layer(areas, _numbers("labels"))
    return layers.project(type="identity").properties(width="container", height=340)


@figure
def offer_scores() -> alt.TopLevelMixin:
    """The award: points of 100."""
    x = alt.X("score:Q", title="Points of 100", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=5))
    return _bars("scores", "provider", x, alt.value(SEA), 46)


@figure
def offer_money() -> alt.TopLevelMixin:
    """The money each offer keeps in the area over three rounds."""
    x = alt.X(
        "amount:Q",
        title="In the area over three rounds (£)",
        scale=alt.Scale(domainMin=0, domainMax=7_000_000),
        axis=alt.Axis(tickCount=4, labelExpr="'£' + datum.value / 1000000 + 'm'"),
    )
    return _bars("kept", "provider", x, alt.value(AMBER), 46)
