"""Module 7's explorers: baselines, comparators, evidence, burden, and what counts as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from course import measuring
from course.charts import Frame, Table, money, percent
from course.explorers.asking import listed
from course.explorers.controls import Choice, Number, Toggle
from course.explorers.delivery import BANDS, HUBS, promise_years, records
from course.explorers.widgets import Explorer, Predict, predict

Values = Mapping[str, Any]


def signed(value: float) -> str:
    """Write a change with its sign: +3, −42, 0."""
    return f"{value:+g}".replace("-", "−") if value else "0"


# ---- Compared with what? --------------------------------------------------------------------------

BEFORE, AFTER = 31, 38  # residents in work of 100 in Calderbrook's supported housing, with the pilot


class Place(NamedTuple):
    """Somewhere to compare with: residents in work of 100, before and after."""

    name: str
    before: int
    after: int


COMPARATORS = {
    "none": "Nothing: our own change is the result",
    "northmere": "Northmere: the next district, no pilot, same kind of housing",
    "fairwater": "Fairwater: a city where a new hospital hired hundreds",
}
PLACES = {"northmere": Place("Northmere", 29, 33), "fairwater": Place("Fairwater", 52, 61)}


def predict_claim() -> Predict:
    """Ask how many of seven more residents in work the pilot can claim."""
    there = PLACES["northmere"]
    net = measuring.net_change(BEFORE, AFTER, there.before, there.after)
    options = {
        "7": "7: they are all in work",
        "4": "4: the number that Northmere managed",
        f"{net:g}": "3: what is left after Northmere’s change",
        "0": "0: the warehouse did it all",
    }
    return predict(
        f"Of 100 residents, {BEFORE} were in work before the pilot and {AFTER} after. In Northmere, with no "
        f"pilot, it was {there.before} and then {there.after}. How many more in work can the pilot claim?",
        options,
        f"{net:g}",
        f"Calderbrook changed by {AFTER - BEFORE} and Northmere by {there.after - there.before}. If "
        f"Calderbrook would have moved like Northmere, the pilot added {net:g}.",
        {
            "7": "The committee paper said so. It never asked what would have happened anyway.",
            "0": "The warehouse hired in both places. Only the part that both share can be put down to it.",
        },
    )


def compared_with_what() -> Explorer:
    """Move the comparator's figure and see the same change become a success, or nothing."""
    return Explorer(
        "Seven more in work, compared with what?",
        [
            Choice("with", "Compare with", COMPARATORS, "none"),
            Number("after", "In work in Calderbrook after the pilot", 28, 45, 1, AFTER, "of 100"),
            Number(
                *("there", "In work in Northmere at the same time", 25, 42, 1, 33, "of 100"),
                help="Counts only while you compare with Northmere.",
            ),
        ],
        compared_frame,
        ["change-lines"],
        f"Before the pilot: {BEFORE} of 100 in Calderbrook, 29 in Northmere, 52 in Fairwater.",
    )


def compared_frame(values: Values) -> Frame:
    """Give Calderbrook's change, the comparator's, and the net change."""
    after, which = float(values["after"]), values["with"]
    ends = [("Calderbrook", float(BEFORE), after)]
    said = f"In Calderbrook {BEFORE} of 100 became {after:g}: a change of {signed(after - BEFORE)}."
    rows = [["Calderbrook, with the pilot", str(BEFORE), f"{after:g}", signed(after - BEFORE)]]
    gap: list[dict[str, Any]] = []
    if which == "none":
        said += " With nothing to compare it with, nobody can say how much of it the pilot caused."
        rows.append(["Net change", "", "", "not known"])
    else:
        place = PLACES[which]
        there = float(values["there"]) if which == "northmere" else float(place.after)
        net = measuring.net_change(BEFORE, after, place.before, there)
        moved = there - place.before
        anyway = BEFORE + moved
        ends += [(place.name, float(place.before), there), ("Had it moved alike", float(BEFORE), anyway)]
        gap = [{"low": min(after, anyway), "high": max(after, anyway), "text": f"net {signed(net)}"}]
        said += f" {place.name} changed by {signed(moved)} with no pilot. Net change: {signed(net)}."
        said += (
            " The pilot can claim that much, if the two places are alike."
            if net > 0
            else " There is nothing here for the pilot to claim."
        )
        if which == "fairwater":
            said += " But a hospital opened there: Fairwater is no fair comparator."
        rows += [
            [f"{place.name}, without it", str(place.before), f"{there:g}", signed(moved)],
            ["Calderbrook, had it moved alike", str(BEFORE), f"{anyway:g}", signed(moved)],
            ["Net change", "", "", signed(net)],
        ]
    lines = [
        {"who": who, "at": at, "value": value}
        for who, before, now in ends
        for at, value in enumerate((before, now))
    ]
    data = {"lines": lines, "gap": gap}
    return Frame(data, said, Table(["Of 100 residents", "Before", "After", "Change"], rows))


# ---- The scorecard --------------------------------------------------------------------------------

INDICATORS = pd.DataFrame(
    {
        "key": ["work", "vcse", "waste"],
        "indicator": ["Residents in work", "Spend with charities", "Waste to landfill"],
        "unit": ["of 100", "% of spend", "tonnes a year"],
        "baseline": [31.0, 12.0, 210.0],
        "target": [39.0, 16.0, 150.0],
        "actual": [38.0, 15.5, 140.0],
        "comparator_baseline": [29.0, 11.0, 205.0],
        "comparator_actual": [33.0, 11.5, 177.0],
        "source": ["payroll and housing list", "purchase ledger", "weighbridge tickets"],
        "owner": ["support manager", "finance officer", "site manager"],
        "frequency": ["each quarter", "each quarter", "each month"],
    }
)


CHANGE_UNITS = {"work": "residents", "vcse": "points of spend", "waste": "tonnes"}


def scorecard_of_three() -> Explorer:
    """Move three results; see how far change, and net change, got towards the target."""
    return Explorer(
        "A scorecard of three indicators",
        [
            Number("work", "Residents in work now", 31, 43, 1, 38, "of 100", _began("work")),
            Number("vcse", "Spend with charities now", 11, 18, 0.5, 15.5, "%", _began("vcse")),
            Number("waste", "Waste to landfill now", 120, 220, 10, 140, "tonnes", _began("waste")),
            Toggle("net", "Take off what Northmere did too", False),
        ],
        three_frame,
        ["scorecard-bars"],
        "Bars show the way from baseline to target: 100% is the target. For waste, down is good.",
    )


def _began(key: str) -> str:
    row = INDICATORS.set_index("key").loc[key]
    return (
        f"Baseline {row['baseline']:g}, target {row['target']:g}. "
        f"Northmere went from {row['comparator_baseline']:g} to {row['comparator_actual']:g}."
    )


def scored(values: Values) -> pd.DataFrame:
    """Give `measuring.scorecard` for the three results, with each indicator's baseline and comparator."""
    actual = [float(values[key]) for key in INDICATORS["key"]]
    return measuring.scorecard(INDICATORS.assign(actual=actual), BANDS)


def three_frame(values: Values) -> Frame:
    """Rate three indicators on their change; or give the net share of each way, which bears no rating."""
    card = scored(values).to_dict("records")
    net = bool(values["net"])
    bars, rows, words = [], [], []
    for row in card:
        reached = row["net_reached_pct"] if net else row["reached_pct"]
        word = "net" if net else measuring.rate(reached / 100, 1.0, BANDS)
        text = f"{percent(reached)}: {word}"
        bars.append({"indicator": row["indicator"], "reached": _within(reached, -50, 150), "text": text})
        words.append(f"{row['indicator']} {percent(reached) if net else word}")
        rows.append(
            [
                row["indicator"],
                row["unit"],
                f"{row['baseline']:g}",
                f"{row['target']:g}",
                f"{row['actual']:g}",
                signed(round(row["change"], 4)),
                signed(round(row["comparator_change"], 4)),
                signed(round(row["net_change"], 4)),
                text,
            ]
        )
    named = listed(words)
    nets = listed([f"{signed(round(row['net_change'], 4))} {CHANGE_UNITS[row['key']]}" for row in card])
    said = (
        f"Net of Northmere, the way to target is: {named}. It has no rating: the targets were set for the "
        "whole change."
        if net
        else f"Rated on the change: {named}."
    )
    summary = f"{said} Net changes are {nets}. There is no average line, on purpose."
    columns = [
        "Indicator",
        "Unit",
        "Baseline",
        "Target",
        "Now",
        "Change",
        "Comparator’s change",
        "Net change",
        "Way to target",
    ]
    return Frame({"bars": bars, "goal": [{"at": 100, "text": "target"}]}, summary, Table(columns, rows))


def _within(value: float, low: float, high: float) -> float:
    return round(min(high, max(low, value)), 4)


# ---- Evidence -------------------------------------------------------------------------------------

HAVE = {
    "quote": "A quote from someone who took part",
    "plan": "A theory of change: a written account of what leads to what",
    "before_after": "The same figure, before and after",
}
DESIGNS = {"quote": "user quote", "plan": "theory of change", "before_after": "before and after"}
CLAIMS = {
    "change": "“Seven more residents are in work.”",
    "cause": "“The pilot helped three more into work.”",
    "anywhere": "“This works wherever it is tried.”",
}


def evidence_ladder() -> Explorer:
    """Add to your evidence step by step; see how high it stands and which claim it can carry."""
    return Explorer(
        "How much can your evidence carry?",
        [
            Choice("have", "What you have", HAVE, "before_after"),
            Toggle("comparison", "A comparison group, counted at the same two times", False),
            Toggle("matched", "The group is chosen to be like yours", False),
            Toggle("lot", "Places on the pilot were given by lot", False),
            Toggle("again", "Someone else found the same, somewhere else", False),
            Choice("claim", "What you want to say", CLAIMS, "cause"),
        ],
        evidence_frame,
        ["evidence-steps"],
        "Choose what you have. Then tick boxes from the top down: each needs those above it.",
    )


def design_of(values: Values) -> str:
    """Name the design, a row of `measuring.evidence_designs`, that the choices amount to."""
    if values["have"] != "before_after" or not values["comparison"]:
        return DESIGNS[values["have"]]
    if values["again"]:
        return "independent replication"
    if values["lot"]:
        return "randomised"
    return "matched comparison" if values["matched"] else "before and after with comparison"


def evidence_frame(values: Values) -> Frame:
    """Place the evidence on both scales, and say whether it carries the claim."""
    design = design_of(values)
    row = _design(design)
    # A replication says nothing of how the first study was made, so that study keeps its own level.
    own = _design(design_of({**values, "again": False}))
    maryland, nesta = _levels(own["maryland"]), _levels(row["nesta"])
    alike = values["matched"] or values["lot"]
    enough = {
        "change": values["have"] == "before_after",
        "cause": max(maryland, default=0) >= 3 and alike,
        "anywhere": False,
    }[values["claim"]]
    squares = [
        {
            "scale": scale,
            "level": level,
            "state": "reached"
            if level <= min(reached, default=0)
            else "perhaps"
            if level in reached
            else "not",
            "text": f"{level} ✓"
            if level <= min(reached, default=0)
            else f"{level} ?"
            if level in reached
            else str(level),
        }
        for scale, reached in (("Maryland", maryland), ("Nesta", nesta))
        for level in range(1, 6)
    ]
    sign = "✓ can carry" if enough else "✗ cannot carry"
    place = f"Maryland level {_say_levels(maryland)}, Nesta level {_say_levels(nesta)}"
    unused = _unused(values)
    said = f"This is {_article(design)}: {place}. {row['reading']}. "
    short = "" if enough or unused else _what_is_short(values["claim"], maryland, nesta)
    said = f"{said}It {sign[2:]} the claim {CLAIMS[values['claim']]} {short}{unused}".strip()
    rows = [
        ["Maryland: was cause shown?", _say_levels(maryland), _level_name("Maryland", maryland)],
        ["Nesta: how ready is it to grow?", _say_levels(nesta), _level_name("Nesta", nesta)],
        ["Your claim", CLAIMS[values["claim"]], sign],
    ]
    return Frame({"squares": squares}, said, Table(["What", "Level", "In words"], rows))


def _what_is_short(claim: str, maryland: list[int], nesta: list[int]) -> str:
    """Say what keeps a claim from being carried, where figures from before and after are there."""
    if claim == "anywhere" and max(nesta, default=0) >= 4:
        return "Two places are not everywhere. Say instead: “It worked here, and again in one other place.”"
    if claim == "anywhere":
        return "It was tried in one place."
    if max(maryland, default=0) >= 3:
        return "The other group may not be like yours. Say why it is, or choose it so that it is."
    return "Others may have found work too, without the pilot."


@cache
def _design(name: str) -> pd.Series:
    return measuring.evidence_of(name)


def _levels(text: Any) -> list[int]:
    """Read "3", "3 to 4" or nothing as a list of levels."""
    return [] if pd.isna(text) or text == "" else [int(part) for part in str(text).split(" to ")]


def _say_levels(levels: list[int]) -> str:
    return " to ".join(map(str, levels)) or "none"


@cache
def _names(scale: str) -> dict[int, str]:
    frame = measuring.evidence_levels(scale)
    return dict(zip(frame["level"], frame["name"], strict=True))


def _level_name(scale: str, levels: list[int]) -> str:
    return _names(scale)[levels[0]] if levels else "Below the first level"


def _article(design: str) -> str:
    return {
        "user quote": "a quote",
        "theory of change": "a theory of change",
        "before and after": "a before and after figure",
        "before and after with comparison": "before and after, with a comparison group",
        "matched comparison": "a matched comparison",
        "randomised": "a randomised trial",
        "independent replication": "a result that someone else has found again",
    }[design]


def _unused(values: Values) -> str:
    ticked = [key for key in ("comparison", "matched", "lot", "again") if values[key]]
    if values["have"] != "before_after" and ticked:
        return "Without figures from before and after, the boxes you ticked add nothing."
    if not values["comparison"] and ticked:
        return "Without a comparison group, the other boxes add nothing."
    return ""


# ---- What a schedule costs ------------------------------------------------------------------------

CONTRACTS = (HUBS, "CB-2025-004", "CB-2025-008", "CB-2025-013", "CB-2025-021", "CB-2025-024")
TIMES = {"1": "Once a year", "2": "Twice a year", "4": "Every quarter", "12": "Every month"}
HOUR = 45.0  # £: what an hour of a provider's manager costs, an assumption of the course
YARDSTICK = 1.0  # % of the contract's yearly value: the course's own yardstick, no rule


def schedule_burden() -> Explorer:
    """Choose indicators and how often; see what the counting costs a provider on a real-sized contract."""
    titles = records().drop_duplicates("procurement_id").set_index("procurement_id")["title"]
    options = {key: f"{titles[key]} ({money(_yearly_value(key))} a year)" for key in CONTRACTS}
    return Explorer(
        "What your schedule costs the provider",
        [
            Choice("contract", "Contract", options, "CB-2025-004", listed=True),
            Number("count", "Indicators", 1, 14, 1, 10),
            Choice("times", "How often each is reported", TIMES, "12"),
            Number(
                "hours", "Hours for each figure", 0.5, 6, 0.5, 1, "hours", "Count, check and write it down."
            ),
        ],
        burden_frame,
        ["burden-bars"],
        f"An hour costs {money(HOUR)}. The line is at 1% of the contract a year: our yardstick, not a rule.",
    )


def burden_frame(values: Values) -> Frame:
    """Cost a reporting schedule, and compare it with the contract's yearly value."""
    count, times, hours = int(values["count"]), int(values["times"]), float(values["hours"])
    value = _yearly_value(values["contract"])
    cost = [measuring.bid_cost(n * times * hours, HOUR) for n in range(1, 15)]
    share = [100 * measuring.share_of_margin(each, value) for each in cost]
    now = share[count - 1]
    fit = max((n for n, each in enumerate(share, 1) if each <= YARDSTICK), default=0)
    bars = [
        {
            "count": n,
            "share": round(each, 4),
            "state": "chosen" if n == count else "other",
            "text": percent(each) if n == count else "",
        }
        for n, each in enumerate(share, 1)
    ]
    room = (
        "Not even one indicator fits under 1%: report less often, or choose one that is counted already."
        if not fit
        else f"Up to {fit} would fit under 1%."
        if fit < 14
        else "Any number here would fit under 1%."
    )
    hours_a_year = count * times * hours
    summary = (
        f"{count} indicators, {TIMES[values['times']].lower()}: {count * times} figures, or {hours_a_year:g} "
        f"hours of work a year. That costs {money(cost[count - 1])}, {percent(now)} of the contract. {room}"
    )
    rows = [
        ["Figures a year", f"{count * times}"],
        ["Hours a year", f"{hours_a_year:g}"],
        ["Cost a year", money(cost[count - 1])],
        ["Contract’s yearly value", money(value)],
        ["Share of the contract", percent(now)],
        ["Indicators that fit under 1%", str(fit) if fit < 14 else "14 or more"],
    ]
    return Frame({"bars": bars, "line": [{"at": YARDSTICK}]}, summary, Table(["What", "Figure"], rows))


@cache
def _yearly_value(contract: str) -> float:
    frame = records()
    return float(frame.loc[frame["procurement_id"] == contract, "yearly_value"].iloc[0])


# ---- Indicators that can be counted ---------------------------------------------------------------


def countable_indicators() -> Explorer:
    """Set what you can live with; see which of ten promises on Calderbrook's contracts pass."""
    return Explorer(
        "Ten promises, as 51 contracts counted them",
        [
            Number("unit", "One more or less may move the year’s result by at most", 1, 50, 1, 10, "%"),
            Number("missing", "Reports missing, at most", 0, 10, 1, 3, "%"),
            Toggle("systems", "Only what an existing system counts, so no surveys", False),
        ],
        countable_frame,
        ["unit-bars"],
        "From Calderbrook’s delivery records. The bar is what one unit is of a usual year’s target.",
    )


@cache
def _promises() -> pd.DataFrame:
    quarters = (
        records()
        .groupby("short")
        .agg(
            contracts=("procurement_id", "nunique"),
            missing=("actual", lambda actual: 100 * actual.isna().mean()),
            evidence=("evidence", "first"),
        )
    )
    target = promise_years().groupby("short")["target"].median()
    return quarters.assign(target=target, one=100 / target).sort_values("one", kind="stable").reset_index()


def countable_frame(values: Values) -> Frame:
    """Say which promises pass three tests: fine enough, reported, and counted by a system."""
    bars, rows, kept = [], [], []
    for row in _promises().to_dict("records"):
        faults = []
        if row["one"] > float(values["unit"]):
            faults.append("too coarse")
        if row["missing"] > float(values["missing"]):
            faults.append("gaps in reports")
        if values["systems"] and "survey" in row["evidence"]:
            faults.append("needs a survey")
        verdict = "✗ " + ", ".join(faults) if faults else "✓ passes"
        kept += [] if faults else [row["short"]]
        state = "out" if faults else "kept"
        bars.append({"promise": row["short"], "one": round(row["one"], 4), "state": state, "text": verdict})
        rows.append(
            [
                row["short"],
                str(row["contracts"]),
                f"{row['target']:g}",
                percent(row["one"]),
                percent(row["missing"]),
                row["evidence"],
                verdict,
            ]
        )
    said = f"{len(kept)} of {len(bars)} pass: {listed(kept)}." if kept else "None passes: loosen a limit."
    if len(kept) == len(bars):
        said += " Limits that let all pass sort nothing out."
    coarse = _promises().iloc[-1]
    said += (
        f" For {coarse['short'].lower()} a usual year’s target is {coarse['target']:g}, "
        f"so one person is {percent(coarse['one'])} of the result."
    )
    columns = [
        "Promise",
        "Contracts",
        "Usual target a year",
        "One unit is",
        "Reports missing",
        "Rests on",
        "Verdict",
    ]
    line = [{"at": float(values["unit"])}]
    return Frame({"bars": bars, "line": line}, said, Table(columns, rows))


# ---- From a log to a figure -----------------------------------------------------------------------


class Line(NamedTuple):
    """One line of a job log: who, weeks in post so far, hours a week, lives in Calderbrook, a new post."""

    person: str
    weeks: int
    hours: int
    resident: bool
    new: bool


LOG = (
    Line("W01", 52, 30, True, True),
    Line("W02", 40, 20, True, True),
    Line("W03", 8, 30, True, True),
    Line("W04", 30, 12, True, True),
    Line("W02", 40, 20, True, True),
    Line("W05", 26, 37, True, True),
    Line("W06", 20, 16, False, True),
    Line("W07", 60, 37, True, False),
    Line("W08", 15, 24, True, True),
    Line("W09", 5, 10, True, True),
    Line("W10", 70, 37, True, False),
    Line("W11", 28, 30, True, True),
    Line("W12", 13, 18, True, True),
    Line("W05", 26, 37, True, True),
)


class Rule(NamedTuple):
    """One rule of a definition: what it leaves, what it says of a line that it leaves out."""

    step: str
    fault: str
    keeps: Callable[[Line], bool]


def rules(definition: Values) -> list[Rule]:
    """Turn a definition into rules, in the order in which lines are struck out.

    Keys: once, new, resident (so or not), hours and weeks (at least; 0 for any).
    """
    hours, weeks = int(definition["hours"]), int(definition["weeks"])
    wanted = [
        (definition["new"], Rule("in new posts", "post was there before", lambda line: line.new)),
        (definition["resident"], Rule("who live here", "lives elsewhere", lambda line: line.resident)),
        (hours, Rule(f"with {hours}+ hours", f"under {hours} hours", lambda line: line.hours >= hours)),
        (weeks, Rule(f"at {weeks} weeks", f"under {weeks} weeks", lambda line: line.weeks >= weeks)),
    ]
    return [rule for so, rule in wanted if so]


def struck(definition: Values, log: tuple[Line, ...] = LOG) -> list[str]:
    """Say for each line of a log why a definition leaves it out; "" where it counts."""
    seen: set[str] = set()
    faults = []
    for line in log:
        again = line.person in seen and definition["once"]
        seen.add(line.person)
        first = next((rule.fault for rule in rules(definition) if not rule.keeps(line)), "")
        faults.append("same person again" if again else first)
    return faults


def funnel(definition: Values, log: tuple[Line, ...] = LOG) -> list[tuple[str, int]]:
    """Give what is left of a log after each rule of a definition, first to last."""
    left = list(log)
    steps = [("lines in the log", len(left))]
    if definition["once"]:
        left = list({line.person: line for line in left}.values())
        steps.append(("people", len(left)))
    for rule in rules(definition):
        left = [line for line in left if rule.keeps(line)]
        steps.append((rule.step, len(left)))
    return steps


WEEKS = {"0": "Any: the first day counts", "13": "13 weeks or more", "26": "26 weeks or more"}
HOURS = {"0": "Any hours", "16": "16 hours a week or more"}


def _definition(values: Values) -> dict[str, Any]:
    return {**values, "hours": int(values["hours"]), "weeks": int(values["weeks"])}


def _funnel_rows(definition: Values) -> list[dict[str, Any]]:
    steps = funnel(definition)
    return [
        {"step": step, "place": place, "left": left, "text": str(left), "last": place == len(steps) - 1}
        for place, (step, left) in enumerate(steps)
    ]


def log_to_figure() -> Explorer:
    """Clean a job log line by line, and watch the figure that goes into the report."""
    return Explorer(
        "From the log to the figure",
        [
            Toggle("once", "Count each person once", False),
            Toggle("new", "Leave out people whose post was there before", False),
            Toggle("resident", "Only people who live in Calderbrook", False),
            Choice("hours", "Hours a week", HOURS, "0"),
            Choice("weeks", "Time in post", WEEKS, "0"),
        ],
        log_frame,
        ["count-funnel"],
        "Fourteen lines from Birch CIC’s job log. The table lists every line, and why it is out.",
    )


def log_frame(values: Values) -> Frame:
    """Count a log under one definition, and list what was left out and why."""
    definition = _definition(values)
    faults = struck(definition)
    count = faults.count("")
    rows = [
        [
            line.person,
            f"{line.weeks}",
            f"{line.hours}",
            "yes" if line.resident else "no",
            "yes" if line.new else "no",
            f"✗ {fault}" if fault else "✓ counts",
        ]
        for line, fault in zip(LOG, faults, strict=True)
    ]
    out = {fault: faults.count(fault) for fault in faults if fault}
    why = listed([f"{fault} ({n})" for fault, n in out.items()])
    said = f"The log has {len(LOG)} lines. The figure for the report is {count}."
    said += f" Left out: {why}." if out else " Nothing is left out, so some people are in it twice."
    columns = ["Person", "Weeks in post", "Hours a week", "Lives here", "New post", "Counts?"]
    return Frame({"steps": _funnel_rows(definition)}, said, Table(columns, rows))


# ---- Joint table: the definition and the promise --------------------------------------------------


def agree_definition() -> Explorer:
    """Play both seats: write the definition of a job, then promise a number under it."""
    yes_no = {"yes": "Yes", "no": "No"}
    return Explorer(
        "Write the definition, make the promise",
        [
            Choice("once", "Does each person count once?", yes_no, "no", side="commissioner"),
            Choice("new", "Must the post be new?", yes_no, "no", side="commissioner"),
            Choice("resident", "Must the person live in Calderbrook?", yes_no, "yes", side="commissioner"),
            Choice("hours", "Hours a week", HOURS, "0", side="commissioner"),
            Choice("weeks", "Time in post", WEEKS, "0", side="commissioner"),
            Number("promise", "How many you promise", 1, 14, 1, 10, "jobs", side="provider"),
        ],
        agree_frame,
        ["count-funnel"],
        steps=[
            (
                "commissioner",
                "You want lasting work for residents who had none. Define what counts as a job",
                "Publish the definition",
            ),
            (
                "provider",
                "You are Birch CIC. You expect about a dozen people to start. Cedar bids too: promise less "
                "than it does, and it wins. Promise what you can keep",
                "Sign the promise",
            ),
        ],
    )


def agree_frame(values: Values) -> Frame:
    """Count what happened under the definition agreed, and rate the promise."""
    definition = _definition(values)
    definition |= {key: values[key] == "yes" for key in ("once", "new", "resident")}
    promise = int(values["promise"])
    steps = funnel(definition)
    count = steps[-1][1]
    rating = measuring.rate(count, promise, BANDS)
    words = listed([f"{left} {step}" for step, left in steps])
    lasting = funnel({"once": True, "new": True, "resident": True, "hours": 16, "weeks": 26})[-1][1]
    keen = (
        f"The council counts {count}, and all of them are in lasting new work."
        if count == lasting
        else f"The council counts {count}, but only {lasting} people are in lasting new work."
    )
    best = next(n for n in range(14, 0, -1) if measuring.rate(count, n, BANDS) == "Good") if count else 0
    wish = f"What Birch CIC would have wanted: to promise {best}, the most that would rate Good."
    rival = max(count - 1, 0)  # Cedar is a little less able, and honest
    won = promise >= rival
    lost = "" if won else f"Lost to Cedar, which promised {rival}. "
    award = f"Cedar promised {rival}. " + (
        "Birch CIC wins the contract."
        if won
        else "It wins, and Birch CIC only learns what it would have done."
    )
    said = (
        f"{award} A year later the log has {len(LOG)} lines. Step by step: {words}. "
        f"That makes {count} of {promise} promised: {rating}."
    )
    rows = [[step.capitalize(), str(left)] for step, left in steps]
    rows += [
        ["Promised by Birch CIC", str(promise)],
        ["Promised by Cedar", str(rival)],
        ["Contract goes to", "Birch CIC" if won else "Cedar"],
        ["Rating", rating],
        ["In lasting new work, whatever is counted", str(lasting)],
    ]
    return Frame(
        {"steps": _funnel_rows(definition)},
        f"{said} {keen} {wish}",
        Table(["What", "Figure"], rows),
        record=f"{lost}{count} of {promise} promised: {rating}. {keen}",
    )


# ---- Pitfalls -------------------------------------------------------------------------------------

MEASURES: dict[str, tuple[str, str, list[str]]] = {
    "jobs": ("Jobs created", "resident", ["W01", "W02", "W05", "W08", "W11", "W12"]),
    "benefit": ("People leaving benefit", "resident", ["W01", "W05", "W08", "W11", "W13"]),
    "starts": ("Apprentice starts", "resident", ["A01", "A02", "A03"]),
    "waste": ("Loads of waste diverted", "weighbridge ticket", ["T1", "T2", "T3", "T4"]),
    "spend": ("Local spend", "invoice", ["I1", "I2", "I3", "I4"]),
    "wages": ("Wages paid to residents", "invoice", ["I1", "I3"]),
}


def counted_twice() -> Explorer:
    """Tick the measures you would report; see which of them count the same people or invoices."""
    on = {"jobs", "benefit"}
    return Explorer(
        "The same people, twice",
        [Toggle(key, name, key in on) for key, (name, _, _) in MEASURES.items()],
        twice_frame,
        note="Each measure lists what it counts: people, invoices or tickets.",
    )


def twice_frame(values: Values) -> Frame:
    """Find pairs of chosen measures that rest on the same people or invoices."""
    chosen = [key for key in MEASURES if values[key]]
    links = pd.DataFrame(
        [(MEASURES[key][0], MEASURES[key][1], each) for key in chosen for each in MEASURES[key][2]],
        columns=["measure", "source_kind", "source_id"],
    )
    found = measuring.double_counts(links) if len(chosen) > 1 else links.iloc[:0]
    pairs = [] if found.empty else found.to_dict("records")
    added = len(links)
    once = len(links.drop_duplicates(["source_kind", "source_id"]))
    rows = [
        [
            MEASURES[key][0],
            ", ".join(MEASURES[key][2]),
            str(len(MEASURES[key][2])),
            listed(
                [
                    _other(pair, MEASURES[key][0])
                    for pair in pairs
                    if MEASURES[key][0] in (pair["measure_a"], pair["measure_b"])
                ]
            )
            or "none",
        ]
        for key in chosen
    ]
    said = f"Added up, the measures you ticked count {added} things; there are {once} different ones. "
    said += " ".join(pair["why"] for pair in pairs) if pairs else "No two of them overlap."
    return Frame({}, said, Table(["Measure", "What it counts", "How many", "Overlaps with"], rows))


def _other(pair: Any, name: str) -> str:
    return pair["measure_b"] if pair["measure_a"] == name else pair["measure_a"]


MONTHS = {
    "Jan": 34, "Feb": 33, "Mar": 31, "Apr": 30, "May": 27, "Jun": 25,
    "Jul": 28, "Aug": 29, "Sep": 31, "Oct": 33, "Nov": 34, "Dec": 35,
}  # fmt: skip


def baseline_picked_later() -> Explorer:
    """Pick the baseline month after the result is known, and watch the result follow."""
    names = {name: f"{name}: {count} in work" for name, count in MONTHS.items()}
    return Explorer(
        "The baseline chosen afterwards",
        [Choice("month", "Baseline month", names, "Jun", listed=True)],
        picked_frame,
        note=f"After the pilot, {AFTER} of 100 were in work. Seasonal work moves the months before.",
    )


def picked_frame(values: Values) -> Frame:
    """Give the change from one month of the year before, beside that from the year's average."""
    start = MONTHS[values["month"]]
    average = sum(MONTHS.values()) / len(MONTHS)
    claims = sorted(AFTER - count for count in MONTHS.values())
    summary = (
        f"From {values['month']} the change is {signed(AFTER - start)}. The same pilot could claim anything "
        f"from {signed(claims[0])} to {signed(claims[-1])}. From the year’s average, "
        f"{average:.1f}, it is {signed(round(AFTER - average, 1))}."
    )
    rows = [
        [name + (" ★ chosen" if name == values["month"] else ""), str(count), signed(AFTER - count)]
        for name, count in MONTHS.items()
    ]
    return Frame({}, summary, Table(["Baseline month", "In work", "Change claimed"], rows))


def one_short() -> Explorer:
    """Fall one short of a target, small or large, and see what it does to the rating."""
    return Explorer(
        "One short of the target",
        [
            Number("target", "Target for the year", 2, 40, 1, 2, "people"),
            Number("short", "Short by", 1, 2, 1, 1, "people"),
        ],
        short_frame,
        note="Calderbrook’s bands: Good from 95% of target, Approaching target from 80%, then from 50%.",
    )


def short_frame(values: Values) -> Frame:
    """Rate a result one or two short of its target."""
    target, short = int(values["target"]), int(values["short"])
    actual = target - short
    rating = measuring.rate(actual, target, BANDS)
    least = next(n for n in range(2, 200) if n > short and measuring.rate(n - short, n, BANDS) == "Good")
    reached = 100 * measuring.progress(actual, target)
    summary = (
        f"{actual} of {target} is {percent(reached)}: {rating}. Falling {short} short still rates Good only "
        f"from a target of {least}. With small numbers, report the numbers and leave percentages out."
    )
    rows = [[f"{actual} of {target}", percent(reached), rating]]
    return Frame({}, summary, Table(["Delivered", "Share of target", "Rating"], rows))
