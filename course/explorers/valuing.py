"""Module 8's explorers: social value in pounds, with its range, and what the pounds do not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from course import measuring, weighting
from course.charts import Frame, Table, money, percent
from course.explorers.asking import listed
from course.explorers.controls import Choice, Number, Toggle
from course.explorers.widgets import Explorer, Predict, predict

Values = Mapping[str, Any]

# Lantern, an invented charity, makes the claim of the course's worked case.
LANTERN = measuring.COACHING
WORDS = {
    "deadweight": "Deadweight",
    "displacement": "Displacement",
    "attribution": "Attribution",
    "drop_off": "Drop-off",
    "years": "Years it lasts",
}
# What evidence on schemes like this one might bear out: the lowest and highest tried. Made up.
TRIED: dict[str, tuple[float, float]] = {
    "deadweight": (0.20, 0.50),
    "displacement": (0.00, 0.25),
    "attribution": (0.10, 0.40),
    "drop_off": (0.10, 0.50),
    "years": (3, 8),
}
MOST_RATIO = 10.0


def ratio_text(ratio: float) -> str:
    """Write a ratio as people do: £2.36."""
    return f"£{ratio:.2f}"


def _share(value: float) -> str:
    return percent(100 * value)


def _in_words(name: str, value: float) -> str:
    return f"{value:g} years" if name == "years" else _share(value)


@cache
def unit_cost(id: str) -> float:
    """Return one unit cost, pounds of 2015/16."""
    costs = measuring.unit_costs()
    return float(costs.loc[costs["id"] == id, "unit_gbp"].iloc[0])


# ---- Stress-testing a ratio -----------------------------------------------------------------------


def _assumptions(deadweight: int, displacement: int, attribution: int, drop_off: int) -> list[Number]:
    return [
        Number("deadweight", "Deadweight: would have happened anyway", 0, 95, 1, deadweight, "%"),
        Number("displacement", "Displacement: taken from somebody else", 0, 60, 1, displacement, "%"),
        Number("attribution", "Attribution: due to others", 0, 90, 1, attribution, "%"),
        Number("drop_off", "Drop-off: lost each later year", 0, 90, 1, drop_off, "%"),
    ]


def stress_test() -> Explorer:
    """Take a supplier's ratio apart, one assumption at a time."""
    return Explorer(
        "Lantern’s ratio, one assumption at a time",
        [
            *_assumptions(0, 0, 0, 0),
            Number("years", "Years the change lasts", 1, 10, 1, 5, "years"),
            Toggle("discount", "Discount later years at 3.5%, as the Green Book does", False),
        ],
        stress_frame,
        ["ratio-strip", "tornado-bars"],
        "It opens as claimed. The heavy stroke is £1 for £1 in the upper bars, your ratio in the lower ones.",
    )


def _case(values: Values, base: measuring.Case = LANTERN) -> measuring.Case:
    shares = {name: float(values[name]) / 100 for name in WORDS if name != "years"}
    years = int(values.get("years", base.years))
    return replace(base, **shares, years=years, rate="standard" if values["discount"] else 0.0)


def stress_frame(values: Values) -> Frame:
    """Give the ratio under the assumptions chosen, how far each could move it, and where it breaks even."""
    case = _case(values)
    now = measuring.sroi(case)
    claimed = measuring.sroi(measuring.without_adjustments(LANTERN)).ratio
    swings = measuring.tornado(case, TRIED)
    rows: list[list[str]] = []
    bars: list[dict[str, Any]] = []
    for name, low, high, at_low, at_high in swings[
        ["assumption", "low", "high", "ratio_at_low", "ratio_at_high"]
    ].itertuples(index=False):
        tried = f"{low:g} to {high:g}" if name == "years" else f"{_share(low)} to {_share(high)}"
        ends = f"{ratio_text(at_low)} to {ratio_text(at_high)}"
        bars.append(
            {
                "assumption": WORDS[name],
                "low": round(min(at_low, at_high), 4),
                "high": round(max(at_low, at_high), 4),
                "now": round(now.ratio, 4),
                "text": f"{WORDS[name]}, {tried}: {ends}",
            }
        )
        level = None if name == "years" else measuring.break_even(case, name)
        rows.append(
            [
                WORDS[name],
                _in_words(name, getattr(case, name)),
                tried,
                ends,
                "–" if level is None else _share(level),
            ]
        )
    rows.append(["Value of year 1", f"£{now.net_year_1:,.0f}", "", "", ""])
    rows.append(["Value of all years", f"£{now.present_value:,.0f}", "", ratio_text(now.ratio), ""])
    level = measuring.break_even(case, "deadweight")
    said = (
        f"£1 returns {ratio_text(now.ratio)}: {money(now.present_value)} for {money(case.invested)}. "
        + (
            f"It falls to £1 at a deadweight of {_share(level)}. "
            if level is not None
            else "It does not return what was put in. "
        )
        + f"The assumption that moves it most: {bars[0]['assumption'].lower()}."
    )
    data: dict[str, list[dict[str, Any]]] = {
        "marks": [
            {
                "ratio": round(claimed, 4),
                "what": "claimed",
                "level": 1,
                "text": f"claimed {ratio_text(claimed)}",
            },
            {
                "ratio": round(min(now.ratio, MOST_RATIO), 4),
                "what": "now",
                "level": 1,
                "text": f"now {ratio_text(now.ratio)}",
            },
        ],
        "swings": bars,
    }
    columns = ["Assumption", "Now", "Range tried", "Ratio over that range", "Ratio is £1 at"]
    return Frame(data, said, Table(columns, rows))


def predict_ratio() -> Predict:
    """Ask what is left of a ratio once everything is taken off."""
    claimed = measuring.sroi(measuring.without_adjustments(LANTERN)).ratio
    left = measuring.sroi(LANTERN).ratio
    options = {
        "seven": "About £7: these are small corrections",
        "five": "About £5: nearly half of it goes",
        "two": "About £2.40: a quarter is left",
    }
    distance = {"seven": abs(left - 7), "five": abs(left - 5), "two": abs(left - 2.4)}
    answer = min(distance, key=lambda key: distance[key])
    return predict(
        f"Lantern claims {ratio_text(claimed)} for each £1. Take off what would have happened anyway (35%), "
        "what moved from elsewhere (10%) and what others did (20%). Let a quarter of it fade each year, "
        "and count later years for less. What is left?",
        options,
        answer,
        f"{ratio_text(left)} is left. The shares are multiplied, not added, and the fading does the rest. "
        "It is still more than £1, so the scheme may well be worth buying.",
        {"seven": "Each one looks small. Multiplied, they leave less than half, before any year has faded."},
    )


# ---- Kinds of value -------------------------------------------------------------------------------


def unit_cost_lookup() -> Explorer:
    """Look a unit cost up: three kinds of value, who pays, and whether it may be added."""
    costs = measuring.unit_costs()
    names = dict(zip(costs["code"], costs["measure"], strict=True))
    return Explorer(
        "Look up a unit cost",
        [
            Choice("code", "What happened", names, "CR2.0", listed=True),
            Number("quantity", "How many", 1, 100, 1, 1),
        ],
        lookup_frame,
        note="Prices of 2015/16. Real figures of the Greater Manchester Combined Authority.",
    )


PAYERS = {"Multiple": "Several budgets"}


def lookup_frame(values: Values) -> Frame:
    """Give one measure's fiscal, economic and social value for a quantity."""
    costs = measuring.unit_costs()
    costs = costs[costs["code"] == values["code"]]
    priced = measuring.price_items(dict.fromkeys(costs["id"], float(values["quantity"])))
    rows, may = [], 0.0
    for (view, unit, value, transfer), payer in zip(
        priced[["view", "unit_gbp", "value_gbp", "transfer"]].itertuples(index=False),
        costs["payer"],
        strict=True,
    ):
        may += 0.0 if transfer else value
        added = "no: it is a transfer" if transfer else "yes"
        rows.append(
            [view.capitalize(), f"£{unit:,.2f}", f"£{value:,.2f}", PAYERS.get(payer, payer) or "–", added]
        )
    moved = priced.loc[priced["transfer"], "value_gbp"].sum()
    said = f"{values['quantity']:g} of these: £{may:,.2f} may be counted as public value."
    if moved:
        said += f" £{moved:,.2f} only moves from one purse to another."
    return Frame(
        {}, said, Table(["Kind of value", "For one", "For all", "Whose budget", "May be added"], rows)
    )


class Line(NamedTuple):
    """One line of a claim: what it says, pounds, where it belongs, and why."""

    text: str
    value: float
    heap: str
    why: str


HEAPS = {
    "public": "Public value: a real gain",
    "transfer": "Transfer: money that only moved",
    "again": "Counted already in another line",
}
HOURS, FAMILIES = 3, 40


@cache
def claim() -> dict[str, Line]:
    """Return the lines of Lantern's claim on one young man and his family, in the order claimed."""
    hours = measuring.staff_time(HOURS * FAMILIES, unit_cost("social-worker-fiscal"))
    return {
        "job": Line(
            "He started a job: the economy gains",
            unit_cost("jsa-economic"),
            "public",
            "Work makes new value. Count it in one line.",
        ),
        "claimant": Line(
            "He left Jobseeker’s Allowance: the economy gains",
            unit_cost("jsa-economic"),
            "again",
            "One person, one job: keep one of the first two lines.",
        ),
        "benefits": Line(
            "Benefits are no longer paid to him",
            unit_cost("jsa-fiscal"),
            "transfer",
            "What the Treasury gains, he loses. Show it apart, as a fiscal saving.",
        ),
        "hours": Line(
            f"{HOURS * FAMILIES} social-worker hours set free",
            hours.value_gbp,
            "public",
            "The time is real and can be used for others. Whether it is cash is another question.",
        ),
        "incident": Line(
            "One domestic violence incident prevented: distress spared",
            unit_cost("domestic-violence-social"),
            "public",
            "What people are spared is value, although no budget shows it.",
        ),
    }


def sort_the_claim() -> Explorer:
    """Put each line of a claim where it belongs; see what may be added, and what is cash."""
    return Explorer(
        "Sort the claim",
        [
            *(
                Choice(key, f"{line.text}: £{line.value:,.2f}", HEAPS, "public", listed=True)
                for key, line in claim().items()
            ),
            Toggle("post", "The council takes a social-worker post away because of the time set free", False),
        ],
        sort_frame,
        ["heap-bars"],
        "Lantern added up all five lines. Put each where it belongs.",
    )


def sort_frame(values: Values) -> Frame:
    """Give what would be reported, what belongs elsewhere, and what of it is cash for the council."""
    lines = claim()
    heaps = dict.fromkeys(HEAPS, 0.0)
    rows, wrong = [], []
    heaps_right = {key: line.heap for key, line in lines.items()}
    if values["claimant"] == "public" and values["job"] == "again":  # one person: either line may stay
        heaps_right |= {"job": "again", "claimant": "public"}
    for key, line in lines.items():
        chosen = values[key]
        heaps[chosen] += line.value
        right = chosen == heaps_right[key]
        if not right:
            wrong.append(key)
        rows.append(
            [
                line.text,
                f"£{line.value:,.2f}",
                HEAPS[chosen].split(":")[0],
                "✓ belongs there" if right else "⚠ look again",
                line.why if right else "Ask: who gained, who lost, and was it counted before?",
            ]
        )
    cash = lines["hours"].value if values["post"] else 0.0
    rows.append(["Cash the council can take out of a budget", f"£{cash:,.2f}", "", "", ""])
    worth = sum(line.value for line in lines.values() if line.heap == "public")
    said = f"You would report £{heaps['public']:,.2f} of public value. "
    said += (
        f"{len(wrong)} of {len(lines)} lines are not where they belong. "
        if wrong
        else f"All lines are where they belong: £{worth:,.2f}. "
    )
    said += f"Cash for the council: £{cash:,.2f}."
    short = {"public": "Public value", "transfer": "Transfers", "again": "Counted already"}
    bars = [
        {"heap": short[heap], "value": round(value, 2), "text": f"{short[heap]}: £{value:,.0f}"}
        for heap, value in heaps.items()
    ]
    bars.append({"heap": "Cash", "value": round(cash, 2), "text": f"Cash for the council: £{cash:,.0f}"})
    columns = ["Line of the claim", "Pounds", "Your heap", "Right?", "Why"]
    return Frame({"heaps": bars}, said, Table(columns, rows))


def predict_benefits() -> Predict:
    """Ask what a benefit saving is."""
    saved = unit_cost("jsa-fiscal")
    return predict(
        f"A young man starts work, and £{saved:,.2f} of benefits and tax changes hands. "
        "How much of that is value to the public as a whole?",
        {
            "all": f"All £{saved:,.2f}: it is a saving to the taxpayer",
            "half": "About half: the rest goes on running the benefit system",
            "none": "None: what one purse gains another loses",
        },
        "none",
        "It is a transfer. The Treasury has it instead of him. It matters to the Treasury’s budget, "
        "so report it, but apart. The value to the public is the work that he does.",
        {"all": "It is a saving to one budget. Public value counts everybody, and he is part of everybody."},
    )


# ---- Wellbeing ------------------------------------------------------------------------------------


def wellby_range() -> Explorer:
    """Put a change in wellbeing into pounds, as a range, beside what it costs."""
    return Explorer(
        "Wellbeing in pounds: a range",
        [
            Number("people", "People whose lives change", 5, 200, 5, 40),
            Number(
                "change", "Change in life satisfaction, on a scale of 0 to 10", 0.1, 2, 0.1, 0.6, "points"
            ),
            Number("years", "Years it lasts", 0.5, 5, 0.5, 1.5, "years"),
            Number("anyway", "Would have felt as well anyway", 0, 90, 5, 0, "%"),
            Number("cost", "What the scheme costs", 0, 800, 10, 400, "£k"),
        ],
        wellby_frame,
        ["wellby-bar"],
        "Values of 2019: £10,000 to £16,000 for one point, one person, one year. The middle is £13,000.",
    )


def wellby_frame(values: Values) -> Frame:
    """Give the WELLBYs, their value as a range, and whether the cost lies inside it."""
    people = float(values["people"]) * (1 - float(values["anyway"]) / 100)
    count = measuring.wellbys(people, float(values["change"]), float(values["years"]))
    worth = measuring.wellby_value(count)
    cost = 1000.0 * float(values["cost"])
    ends = [worth.low_gbp, worth.central_gbp, worth.high_gbp]
    verdict = (
        "Even the low value covers the cost of"
        if cost <= ends[0]
        else "Not even the high value covers the cost of"
        if cost > ends[2]
        else "The range does not settle it: it lies on both sides of the cost of"
    )
    said = (
        f"{count:,.4g} WELLBYs: worth {money(ends[0])} to {money(ends[2])}; the middle is {money(ends[1])}. "
        f"{verdict} {money(cost)}."
    )
    names = ["Low value", "Middle value", "High value"]
    rows = [
        [name, f"£{end / count:,.0f}", f"£{end:,.0f}", _returned(end, cost)]
        for name, end in zip(names, ends, strict=True)
    ]
    data = {
        "range": [{"low": ends[0], "high": ends[2], "text": f"{money(ends[0])} to {money(ends[2])}"}],
        "middle": [{"value": ends[1], "text": money(ends[1])}],
        "cost": [{"value": cost, "text": f"cost {money(cost)}"}],
    }
    return Frame(data, said, Table(["Which", "One WELLBY", "All of them", "For each £1 of cost"], rows))


def _returned(worth: float, cost: float) -> str:
    return ratio_text(worth / cost) if cost else "–"


# ---- A ratio of your own --------------------------------------------------------------------------

PROXIES = {
    "neet-economic": "A young person back in work or training",
    "jsa-economic": "A claimant in work",
    "apprentice-l3-economic": "A Level 3 apprenticeship completed",
    "mental-health-economic": "A year without a mental health disorder",
}
SURE = {
    "5": "We followed people up, with a comparison",
    "10": "We asked people before and after",
    "20": "We have figures from elsewhere, or a hunch",
}


def own_ratio() -> Explorer:
    """Build a ratio with a range: cautious, middle, hopeful."""
    return Explorer(
        "Your ratio, with its range",
        [
            Choice("proxy", "What changes", PROXIES, "neet-economic", listed=True),
            Number("people", "People for whom it changes, in a year", 1, 100, 1, LANTERN.quantity),
            Number("cost", "What it costs, in a year", 10, 400, 10, 120, "£k"),
            Number("deadweight", "Deadweight: would have happened anyway", 0, 90, 5, 35, "%"),
            Number("attribution", "Attribution: due to others", 0, 80, 5, 20, "%"),
            Number("drop_off", "Drop-off: lost each later year", 0, 80, 5, 25, "%"),
            Number("years", "Years the change lasts", 1, 10, 1, 5, "years"),
            Choice("sure", "What the shares rest on", SURE, "10"),
        ],
        own_frame,
        ["own-range"],
        "The weaker the evidence, the wider the range. Cautious moves the shares up, hopeful down.",
    )


def own_frame(values: Values) -> Frame:
    """Give a provider's ratio three ways, and a sentence to stand behind."""
    middle = measuring.Case(
        quantity=float(values["people"]),
        proxy=unit_cost(values["proxy"]),
        invested=1000.0 * float(values["cost"]),
        years=int(values["years"]),
        deadweight=float(values["deadweight"]) / 100,
        attribution=float(values["attribution"]) / 100,
        drop_off=float(values["drop_off"]) / 100,
    )
    wide = int(values["sure"]) / 100
    ways = {"Cautious": _moved(middle, wide), "Middle": middle, "Hopeful": _moved(middle, -wide)}
    found = {name: measuring.sroi(case) for name, case in ways.items()}
    low, mid, high = (result.ratio for result in found.values())
    rows = [
        [
            name,
            _share(case.deadweight),
            _share(case.attribution),
            _share(case.drop_off),
            f"£{found[name].present_value:,.0f}",
            ratio_text(found[name].ratio),
        ]
        for name, case in ways.items()
    ]
    verdict = (
        "Even the cautious ratio is above £1."
        if low >= 1
        else "Even the hopeful ratio is below £1."
        if high < 1
        else "The range goes across £1, so the ratio alone does not make your case."
    )
    said = (
        f"Each £1 returns {ratio_text(low)} to {ratio_text(high)}; the middle is {ratio_text(mid)}. {verdict}"
    )
    data = {
        "range": [
            {"low": round(low, 4), "high": round(high, 4), "text": f"{ratio_text(low)} to {ratio_text(high)}"}
        ],
        "middle": [{"value": round(mid, 4), "text": ratio_text(mid)}],
        "level": [{"value": 1, "text": "£1 for £1"}],
    }
    columns = ["Version", "Deadweight", "Attribution", "Drop-off", "Value of all years", "£1 returns"]
    return Frame(data, said, Table(columns, rows))


def _moved(case: measuring.Case, by: float) -> measuring.Case:
    """Move the three shares by so much, kept from 0 to 0.95."""
    names = ("deadweight", "attribution", "drop_off")
    return replace(case, **{name: min(0.95, max(0.0, getattr(case, name) + by)) for name in names})


# ---- The joint table ------------------------------------------------------------------------------

RULES = {
    "claimed": "Each bidder’s own ratio, as claimed",
    "sheet": "A ratio for all, with one sheet of shares from the council",
    "net": "No ratio: people in work beyond a comparison group, for each £100k",
}
RULE_SAID = {
    "claimed": "ratios as claimed",
    "sheet": "one sheet of shares",
    "net": "people beyond a comparison",
}
SOCIAL_POINTS = 20.0
# What is so, and would be seen a year later. Invented. Birch CIC works with those furthest from work;
# Alder takes people who would mostly have found work.
TRUE = {
    "Lantern": LANTERN,
    "Birch CIC": replace(LANTERN, quantity=20, invested=110_000, deadweight=0.25, drop_off=0.20),
    "Alder": replace(
        LANTERN,
        quantity=45,
        invested=260_000,
        deadweight=0.60,
        displacement=0.20,
        attribution=0.30,
        drop_off=0.40,
    ),
}


def claims_table() -> Explorer:
    """Play both seats: choose what to score, then choose what to take off your ratio."""
    return Explorer(
        "Play a round",
        [
            Choice("rule", "What you will score", RULES, "claimed", side="commissioner"),
            Toggle("deadweight", "Take off what would have happened anyway", True, side="provider"),
            Toggle(
                "attribution",
                "Take off what others did, and what moved from elsewhere",
                True,
                side="provider",
            ),
            Toggle("drop_off", "Let the value fade and discount it", True, side="provider"),
        ],
        claims_frame,
        ["claim-points"],
        steps=[
            ("commissioner", "You want the offer that changes most for the money", "Publish the rule"),
            (
                "provider",
                "You are Lantern. Birch CIC takes everything off, Alder nothing",
                "Send in your claim",
            ),
        ],
    )


def lantern_claims(values: Values) -> measuring.Case:
    """Return Lantern's case with only what it chose to take off."""
    case = measuring.without_adjustments(LANTERN)
    if values["deadweight"]:
        case = replace(case, deadweight=LANTERN.deadweight)
    if values["attribution"]:
        case = replace(case, attribution=LANTERN.attribution, displacement=LANTERN.displacement)
    if values["drop_off"]:
        case = replace(case, drop_off=LANTERN.drop_off, rate=LANTERN.rate)
    return case


def net_people(case: measuring.Case) -> float:
    """Return the people in work because of a scheme, for each £100k."""
    net = measuring.sroi(case).net_year_1 / case.proxy
    return 1e5 * net / case.invested


def claims_frame(values: Values) -> Frame:
    """Score three claims under a rule, and say what a year later showed."""
    claimed = {
        "Lantern": measuring.sroi(lantern_claims(values)).ratio,
        "Birch CIC": measuring.sroi(TRUE["Birch CIC"]).ratio,
        "Alder": measuring.sroi(measuring.without_adjustments(TRUE["Alder"])).ratio,
    }
    scored = _scored(values["rule"], claimed)
    given = weighting.relative_points(pd.Series(scored), SOCIAL_POINTS)
    later = {name: net_people(case) for name, case in TRUE.items()}
    best = str(given.idxmax())
    most = max(later, key=lambda name: later[name])
    rows, bars = [], []
    for name in TRUE:
        star = " ★ most points" if name == best else ""
        what = f"{scored[name]:.1f} people" if values["rule"] == "net" else ratio_text(scored[name])
        rows.append(
            [name + star, ratio_text(claimed[name]), what, f"{given[name]:.1f}", f"{later[name]:.1f}"]
        )
        bars.append(
            {
                "bidder": name,
                "points": round(float(given[name]), 4),
                "text": f"{name}: {given[name]:.1f} points{star}",
            }
        )
    outcome = (
        "So the rule found the best offer." if best == most else f"A year later {most} had changed most."
    )
    turned = [rule for rule in RULES if _best(rule, claimed) == most]
    hoped = f"What the council would have wanted: {listed([RULE_SAID[rule] for rule in turned])}."
    off = [word for key, word in TAKEN_OFF.items() if values[key]]
    how = f"took off {listed(off)}" if off else "took nothing off"
    said = (
        f"Scored on {RULE_SAID[values['rule']]}, {best} gets the most points. {outcome} {hoped} "
        f"Lantern {how} and claimed {ratio_text(claimed['Lantern'])}."
    )
    record = f"Scored on {RULE_SAID[values['rule']]}. Lantern {how}. {best} got the most points."
    columns = [
        "Bidder",
        "Ratio claimed",
        "Scored on",
        "Points of 20",
        "People in work beyond a comparison, for £100k",
    ]
    return Frame({"claims": bars}, said, Table(columns, rows), record=record)


TAKEN_OFF = {"deadweight": "deadweight", "attribution": "what others did", "drop_off": "fading"}


def _scored(rule: str, claimed: Mapping[str, float]) -> dict[str, float]:
    if rule == "claimed":
        return dict(claimed)
    if rule == "net":
        return {name: net_people(case) for name, case in TRUE.items()}
    sheet = {
        name: replace(LANTERN, quantity=case.quantity, invested=case.invested) for name, case in TRUE.items()
    }
    return {name: measuring.sroi(case).ratio for name, case in sheet.items()}


def _best(rule: str, claimed: Mapping[str, float]) -> str:
    scored = _scored(rule, claimed)
    return max(scored, key=lambda name: scored[name])


# ---- Pitfalls -------------------------------------------------------------------------------------


def largest_pound() -> Explorer:
    """One bidder claims more; everybody else's points fall."""
    return Explorer(
        "The largest pound takes the points",
        [Number("claim", "What bidder R claims", 90, 450, 10, 90, "£k")],
        largest_frame,
        note="Bidders P and Q claim £120k and £100k. 20 points; the largest claim gets them all.",
    )


def largest_frame(values: Values) -> Frame:
    """Score three claims in pounds against the largest."""
    claims = pd.Series({"P": 120_000.0, "Q": 100_000.0, "R": 1000.0 * float(values["claim"])})
    given = weighting.relative_points(claims, SOCIAL_POINTS)
    rows = [[name, money(claims[name]), f"{given[name]:.2f}"] for name in claims.index]
    said = (
        f"R claims {money(claims['R'])}. Points: P {given['P']:.2f}, Q {given['Q']:.2f}, R {given['R']:.2f}. "
        + ("P and Q changed nothing." if claims["R"] > claims["P"] else "P claims the most, so far.")
    )
    return Frame({}, said, Table(["Bidder", "Claimed", "Points of 20"], rows))


def counted_three_times() -> Explorer:
    """One job, three measures, one person."""
    return Explorer(
        "One job, counted three times",
        [Toggle("once", "Count each person once, and leave out transfers", False)],
        counted_frame,
        note="One young man starts one job.",
    )


def counted_frame(values: Values) -> Frame:
    """Add up one job's claims, all of them or once."""
    items = measuring.price_items({"jsa-economic": 1, "jsa-fiscal": 1})
    names = ["A job created", "A claimant in work", "Benefits saved"]
    pounds = [items["value_gbp"].iloc[0], items["value_gbp"].iloc[0], items["value_gbp"].iloc[1]]
    claims = pd.DataFrame(
        {"measure": names, "source_kind": "person", "source_id": "the young man", "value_gbp": pounds}
    )
    counted = measuring.count_once(claims)
    total = counted.counted_once_gbp if values["once"] else counted.every_claim_gbp
    out = set(counted.left_out["measure"]) if values["once"] else set()
    rows = [
        [name, f"£{value:,.2f}", "left out" if name in out else "counted"]
        for name, value in zip(names, pounds, strict=True)
    ]
    said = f"The claim is £{total:,.2f}. " + (
        "One person, one job, one value." if values["once"] else "It is one job."
    )
    return Frame({}, said, Table(["Measure", "Pounds", "In the total"], rows))


def time_or_cash() -> Explorer:
    """Hours set free, as pounds, as posts, and as cash."""
    return Explorer(
        "Time is not cash",
        [
            Number("families", "Families who no longer need help", 5, 600, 5, FAMILIES),
            Number("hours", "Social-worker hours for each", 1, 20, 1, HOURS),
            Toggle("post", "A post goes because of it", False),
        ],
        time_frame,
        note="£58.78 an hour in 2015/16 prices; 1,600 hours make a full-time year.",
    )


def time_frame(values: Values) -> Frame:
    """Give the worth of hours set free, the share of a post, and the cash."""
    hourly = unit_cost("social-worker-fiscal")
    freed = float(values["families"]) * float(values["hours"])
    found = measuring.staff_time(freed, hourly, post_goes=bool(values["post"]))
    rows = [
        ["Hours set free", f"{freed:,.0f}"],
        ["Worth", f"£{found.value_gbp:,.2f}"],
        ["Full-time posts", f"{found.share_of_year:.3f}"],
        ["Cash", f"£{found.value_gbp if found.cashable else 0:,.2f}"],
    ]
    return Frame({}, found.sentence, Table(["Figure", "Value"], rows))


# ---- For exercises: any case, and no break-even given away ----------------------------------------


def try_assumptions(quantity: float, proxy: float, invested: float, years: int) -> Explorer:
    """Move the assumptions of a learner's own ratio.

    Parameters
    ----------
    quantity : float
        People who change.
    proxy : float
        Pounds for one of them for one year.
    invested : float
        Pounds put in.
    years : int
        Years the change lasts.
    """
    base = measuring.Case(quantity, proxy, invested, years)

    def frame(values: Values) -> Frame:
        found = measuring.sroi(_case(values, base))
        rows = [
            [f"{int(year)}", f"£{value:,.2f}", f"{factor:.4f}", f"£{present:,.2f}"]
            for year, value, factor, present in found.years.itertuples(index=False)
        ]
        said = (
            f"All years together are worth £{found.present_value:,.0f}. £1 returns {ratio_text(found.ratio)}."
        )
        columns = ["Year", "Value after what is taken off", "Discount factor", "Worth today"]
        return Frame({}, said, Table(columns, rows))

    toggle = Toggle("discount", "Discount later years at 3.5%", False)
    note = "It starts with nothing taken off. Set the shares of your case."
    return Explorer("Your ratio", [*_assumptions(0, 0, 0, 0), toggle], frame, note=note)
