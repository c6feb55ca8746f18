"""Module 10's explorers: handing over, rating, seeing slippage early, and what a remedy leads to."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from course import measuring, moderation, places, policy
from course.charts import Frame, Table, money, percent, points
from course.errors import InputError
from course.explorers.asking import listed
from course.explorers.controls import Choice, Number, Toggle
from course.explorers.delivery import BANDS, HUBS, promise_years, records
from course.explorers.widgets import Explorer, Predict, predict

Values = Mapping[str, Any]
PROVIDER = "Umberley CIC"  # won the hubs in Calderbrook's data; a test compares
SIGNS = {
    "Good": "✓ Good",
    "Approaching target": "✓ Approaching target",
    "Requires improvement": "⚠ Requires improvement",
    "Inadequate": "✗ Inadequate",
    "Other": "– Other",
}


@cache
def hubs() -> pd.DataFrame:
    """Return the hubs' first year: columns kpi, unit, quarter (1 to 4), target and actual (in the unit)."""
    frame = records()
    year = frame[(frame["procurement_id"] == HUBS) & (frame["year"] == 1)]
    return year.rename(columns={"short": "kpi", "contract_quarter": "quarter"})[
        ["kpi", "unit", "quarter", "target", "actual"]
    ].reset_index(drop=True)


@cache
def so_far(quarter: int) -> pd.DataFrame:
    """Add the hubs' first year up to the end of a quarter: columns kpi, unit, target, actual, in order."""
    part = hubs()[hubs()["quarter"] <= quarter]
    return part.groupby(["kpi", "unit"], sort=False, as_index=False)[["target", "actual"]].sum()


def _each(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _failed(found: measuring.KpiSummary) -> str:
    return listed(
        [
            f"{row['kpi'].lower()} at {percent(row['reached_pct'])} ({row['rating']})"
            for row in _each(found.failed)
        ]
    )


def _state(rating: str) -> str:
    return "look" if rating in measuring.FAILED else "done"


def predict_hidden() -> Predict:
    """Ask how many of four indicators an average of 77% hides."""
    year = measuring.kpi_summary(so_far(4), BANDS)
    assert year.capped_mean_pct is not None
    failed = len(year.failed)
    return predict(
        f"{PROVIDER}’s report gives one figure: {year.capped_mean_pct:.0f}% of its social value delivered. "
        "It is the average of four indicators. How many of the four fell well short, below 80% of target?",
        {
            "0": "None: they are all somewhere near 77%",
            "1": "One: three good ones and one bad one",
            "2": "Two: half of the promises are in trouble",
            "4": "All four: each is below 80%",
        },
        str(failed),
        f"{failed} fell short: {_failed(year)}. The others were met in full, and they carry the average.",
        {"0": "An average of 77% is also what you get from two full marks and two failures."},
    )


# ---- The quarterly review -------------------------------------------------------------------------

QUARTERS = {
    "1": "After quarter 1: end of October 2025",
    "2": "After quarter 2: end of January 2026",
    "3": "After quarter 3: end of April 2026",
    "4": "After quarter 4: end of July 2026",
}


def quarterly_review() -> Explorer:
    """Hold the review of the hubs after each quarter; see what could have been seen when."""
    return Explorer(
        "Four indicators, quarter by quarter",
        [
            Choice("quarter", "You hold the review", QUARTERS, "1"),
            Toggle("mean", "Show only the average, as the report did", False),
        ],
        review_frame,
        ["review-bars"],
        "Community wellbeing hubs, from Calderbrook’s delivery records. The black line marks what was due.",
    )


def review_frame(values: Values) -> Frame:
    """Rate four indicators on what was due so far, and say what is left to do."""
    quarter, only_mean = int(values["quarter"]), bool(values["mean"])
    found = measuring.kpi_summary(so_far(quarter), BANDS)
    mean = found.capped_mean_pct or 0.0
    year = so_far(4)
    bars, rows = [], []
    for row, unit, whole in zip(_each(found.table), year["unit"], year["target"], strict=True):
        rating = SIGNS[row["rating"]]
        left, turns = max(0.0, whole - row["actual"]), 4 - quarter
        each = f"{left:g}, or {left / turns:.1f} a quarter" if turns else f"{left:g}"
        text = f"{rating[0]} {row['kpi']}: {row['actual']:g} of {row['target']:g}"
        bars.append(
            {
                "what": row["kpi"],
                "value": round(min(150, row["reached_pct"]), 4),
                "state": _state(row["rating"]),
                "text": text,
            }
        )
        rows.append(
            [
                row["kpi"],
                unit,
                f"{row['target']:g}",
                f"{row['actual']:g}",
                percent(row["reached_pct"]),
                rating,
                each,
            ]
        )
    if only_mean:
        bars = [
            {
                "what": "Average",
                "value": round(mean, 4),
                "state": "done",
                "text": f"Average: {percent(mean)}",
            }
        ]
        rows = [["Average of four", "", "", "", percent(mean), "", ""]]
        said = f"On average {percent(mean)} of what was due has been done. That is all you can see."
    else:
        worst = _failed(found)
        said = f"The average is {percent(mean)}. " + (
            f"Below 80% of what was due: {worst}." if worst else "Nothing is below 80% of what was due."
        )
        if quarter < 4:
            said += f" {_quarters_left(quarter)} left to put it right this year."
        else:
            said += " The year is over: nothing can be put right in it now."
    columns = ["Indicator", "Unit", "Due so far", "Done", "Share", "Rating so far", "Left for the year"]
    return Frame({"rows": bars}, said, Table(columns, rows))


def _quarters_left(quarter: int) -> str:
    return "One quarter is" if quarter == 3 else f"{4 - quarter} quarters are"


# ---- Whether indicators must be published ---------------------------------------------------------

BUYS = {
    "light-touch services": "Supported living: a light-touch service",
    "services": "Grounds maintenance: an ordinary service",
    "works": "A new hub: building works",
}
ROUTES = {
    "contract": "A new contract",
    "framework": "A framework, from which to call off later",
    "call-off": "A call-off from a framework",
}
SIGNED = "2026-11-02"  # when Calderbrook's procurement commenced


def must_publish() -> Explorer:
    """Move the value, the options and what is bought; see whether three indicators are a duty."""
    return Explorer(
        "Must you publish three indicators?",
        [
            Choice("buys", "What you buy", BUYS, "light-touch services"),
            Number("value", "Three years, excluding VAT", 0.5, 6, 0.05, 2.75, "£m"),
            Toggle("option", "Two more years are optional, at the same yearly price", True),
            Choice("route", "How you buy", ROUTES, "contract"),
        ],
        must_frame,
        note="A council in England. Its procurement commences on 2 November 2026. VAT is 20%.",
    )


@cache
def _duty(buys: str, value: str, option: str, route: str) -> tuple[bool, str, float, str]:
    found = policy.duties("council", buys, value, SIGNED, extension=option, route=route)
    row = _each(found[found["id"] == "pa-kpis"])[0]
    return row["applies"], row["why"], float(found.attrs["estimate_inc_vat"]), row["warning"]


def must_frame(values: Values) -> Frame:
    """Say whether section 52 asks for three indicators, and on what value."""
    base = 1e6 * float(values["value"])
    option = base * 2 / 3 if values["option"] else 0.0
    applies, why, inc, warning = _duty(values["buys"], f"{base:.2f}", f"{option:.2f}", values["route"])
    verdict = (
        "You must set and publish at least three KPIs, then rate them in public every 12 months."
        if applies
        else "It is not a duty here. You may still set KPIs, and most contracts should have two or three."
    )
    rows = [
        ["First three years, excluding VAT", f"£{base:,.0f}"],
        ["Options, excluding VAT", f"£{option:,.0f}"],
        ["All together, including VAT", f"£{inc:,.0f}"],
        ["Line in section 52", "more than £5,000,000"],
        ["Three indicators are a duty", "yes" if applies else "no"],
        ["Caution", warning or "–"],
    ]
    return Frame({}, f"{verdict} {why}", Table(["What", "Answer"], rows))


# ---- Bands ----------------------------------------------------------------------------------------


def set_bands() -> Explorer:
    """Set the bands of a contract; see what becomes of 85 real-sized promises, and of the hubs."""
    return Explorer(
        "Where a rating begins",
        [
            Number("good", "Good starts at", 60, 100, 5, 95, "%"),
            Number("approaching", "Approaching target starts at", 40, 95, 5, 80, "%"),
            Number("needs", "Requires improvement starts at", 10, 80, 5, 50, "%"),
        ],
        bands_frame,
        ["promise-rows"],
        "It opens with the bands in Calderbrook’s contracts. Below the last one is Inadequate. “Other” has "
        "no full year of figures yet.",
    )


def bands_frame(values: Values) -> Frame:
    """Rate a year of every promise in the records under the bands chosen."""
    if not values["needs"] < values["approaching"] < values["good"]:
        raise InputError("The bands have to fall: Good highest, Requires improvement lowest.")
    shares = (values["good"], values["approaching"], values["needs"])
    bands = {name: float(share) / 100 for name, share in zip(BANDS, shares, strict=True)}
    years = promise_years()
    ratings = [
        measuring.rate(None if missing else actual, target, bands)
        for actual, target, missing in years[["actual", "target", "missing"]].itertuples(index=False)
    ]
    counts = {name: ratings.count(name) for name in measuring.RATINGS}
    bars = [
        {
            "what": name,
            "value": count,
            "state": "look" if name in measuring.FAILED else "other" if name == "Other" else "done",
            "text": f"{SIGNS[name]}: {count}",
        }
        for name, count in counts.items()
    ]
    hubs_now = {
        kpi: measuring.rate(actual, target, bands)
        for kpi, actual, target in so_far(4)[["kpi", "actual", "target"]].itertuples(index=False)
    }
    rows = [[f"All promises rated {name}", str(count)] for name, count in counts.items()]
    rows += [[f"Hubs: {kpi.lower()}", SIGNS[rating]] for kpi, rating in hubs_now.items()]
    carbon = hubs_now["Carbon avoided"]
    starts = hubs_now["Apprentice starts"]
    said = (
        f"Of {len(ratings)} promises, {counts['Good']} rate Good and "
        f"{sum(counts[name] for name in measuring.FAILED)} fall short. At the hubs, four of six apprentices "
        f"rate {starts}, and 12 of 30 tonnes {carbon}. No work has changed, only the words."
    )
    return Frame({"rows": bars}, said, Table(["What", "Result"], rows))


# ---- Seeing it early ------------------------------------------------------------------------------


@cache
def halfway() -> pd.DataFrame:
    """Return each promise reported for a full year: share of what was due after quarters 1 to 3, and rating.

    Returns
    -------
    DataFrame
        Columns q1, q2, q3 (share of 1, missing where nothing was due yet) and failed (bool).
    """
    years = promise_years()
    years = years[(years["missing"] == 0) & (years["year"] == 1)]
    keys = ["procurement_id", "promise_id"]
    first = records()[records()["year"] == 1].merge(years[keys], on=keys)
    rows = years[[*keys, "rating"]].set_index(keys)
    for quarter in (1, 2, 3):
        part = first[first["contract_quarter"] <= quarter].groupby(keys)[["actual", "target"]].sum()
        rows[f"q{quarter}"] = part["actual"] / part["target"].where(part["target"] > 0)
    return rows.assign(failed=rows["rating"].isin(measuring.FAILED)).reset_index()


def _alarms(quarter: str, below: float) -> dict[str, int]:
    rows = halfway()
    share = rows[f"q{quarter}"]
    due, alarm, failed = share.notna(), share < below - 1e-9, rows["failed"]
    return {
        "caught": int((due & alarm & failed).sum()),
        "missed": int((due & ~alarm & failed).sum()),
        "false": int((due & alarm & ~failed).sum()),
        "quiet": int((due & ~alarm & ~failed).sum()),
        "later": int((~due).sum()),
    }


def early_alarm() -> Explorer:
    """Choose when to look and what sets off an alarm; see what it catches in Calderbrook's records."""
    return Explorer(
        "How early could it be seen?",
        [
            Choice("quarter", "You look", {k: QUARTERS[k].split(":")[0] for k in "123"}, "2"),
            Number("below", "You ask questions below this share of what was due", 30, 100, 5, 80, "%"),
        ],
        alarm_frame,
        ["promise-rows"],
        f"The {len(halfway())} promises with a full year of figures. A promise fell short if the year "
        "ended below 80% of it.",
    )


def alarm_frame(values: Values) -> Frame:
    """Count the promises that an alarm catches, misses, or troubles for nothing."""
    found = _alarms(values["quarter"], float(values["below"]) / 100)
    short = found["caught"] + found["missed"]
    asked = found["caught"] + found["false"]
    words = {
        "caught": "✓ You ask, and it does fall short",
        "missed": "✗ You do not ask, and it falls short",
        "false": "⚠ You ask, but it is kept after all",
        "quiet": "✓ You do not ask, and it is kept",
        "later": "– Nothing was due yet",
    }
    states = {"caught": "done", "missed": "look", "false": "look", "quiet": "done", "later": "other"}
    bars = [
        {"what": words[key], "value": count, "state": states[key], "text": f"{words[key]}: {count}"}
        for key, count in found.items()
    ]
    said = (
        f"{QUARTERS[values['quarter']].split(':')[0]} you would ask about {asked} promises. "
        f"You would catch {found['caught']} of the {short} that fell short by the year’s end. "
        f"{found['false']} of your questions would be about promises that were kept after all."
    )
    if found["later"]:
        said += f" For {found['later']} nothing was due yet."
    rows = [[words[key], str(count)] for key, count in found.items()]
    return Frame({"rows": bars}, said, Table(["What happened", "Promises"], rows))


def predict_alarm() -> Predict:
    """Ask how many of the failures could be seen after half a year."""
    found = _alarms("2", 0.8)
    short = found["caught"] + found["missed"]
    share = found["caught"] / short
    answer = "most" if share > 0.8 else "half" if share > 0.4 else "few"
    return predict(
        f"In Calderbrook’s records, {short} promises fell short in their first year. How many of them were "
        "already below 80% of what was due after half a year?",
        {
            "few": "A quarter: most slip at the end",
            "half": "About half: it could go either way",
            "most": "More than nine in ten: it was there to see",
        },
        answer,
        f"{found['caught']} of {short}. Somebody only had to look, six months before the annual report.",
    )


# ---- Operations: from a promise to a weekly task --------------------------------------------------

WEEKS = 48  # working weeks in a year: an assumption of the course


def weekly_task() -> Explorer:
    """Hand a promise over late, and see what each week then has to bring."""
    names = {row["kpi"]: f"{row['kpi']}: {row['target']:g} {row['unit']} a year" for row in _each(so_far(4))}
    return Explorer(
        "What each week has to bring",
        [
            Choice("kpi", "Promise in the bid", names, "Paid placements"),
            Number("idle", "Weeks before anyone on site was told", 0, 40, 1, 13, "weeks"),
            Number(
                "most", "The most your team can do in a week, against the plan", 1, 3, 0.25, 1.25, "× plan"
            ),
        ],
        weekly_frame,
        ["catch-up-lines"],
        f"A year has {WEEKS} working weeks here. The dashed line is the plan.",
    )


def latest_start(most: float) -> int:
    """Return the last week in which a promise can be handed over and still rate Good."""
    return max(
        (idle for idle in range(WEEKS + 1) if measuring.rate(most * (WEEKS - idle), WEEKS, BANDS) == "Good"),
        default=0,
    )


def weekly_frame(values: Values) -> Frame:
    """Give the pace a promise needs after a late start, and where it ends."""
    idle, most, kpi = int(values["idle"]), float(values["most"]), values["kpi"]
    row = next(row for row in _each(so_far(4)) if row["kpi"] == kpi)
    target, unit = float(row["target"]), str(row["unit"])
    plan = target / WEEKS
    need = target / (WEEKS - idle)
    pace = min(need, most * plan)
    done = pace * (WEEKS - idle)
    rating = measuring.rate(done, target, BANDS)
    last = latest_start(most)
    can = need <= most * plan + 1e-9
    when = "at once" if not idle else "after a week" if idle == 1 else f"after {idle} weeks"
    said = (
        f"The plan is {_often(plan, unit)}. Told {when}, the team needs {_often(need, unit)}. "
        + ("It can manage that. " if can else f"It can manage {_often(most * plan, unit)} at most. ")
        + f"The year ends at {done:.3g} of {target:g}: {rating}. "
        + f"To rate Good, hand over by week {last}."
    )
    lines = [
        {"line": "Plan", "week": 0, "done": 0},
        {"line": "Plan", "week": WEEKS, "done": target},
        {"line": "As handed over", "week": 0, "done": 0},
        {"line": "As handed over", "week": idle, "done": 0},
        {"line": "As handed over", "week": WEEKS, "done": round(done, 4)},
    ]
    told = {
        "week": idle,
        "done": 0,
        "text": f"● told {when}",
        "end": f"Year’s end: {done:.3g} of {target:g}",
    }
    rows = [
        ["Promised for the year", f"{target:g} {unit}"],
        ["Plan", _often(plan, unit)],
        ["Needed once told", _often(need, unit)],
        ["The most your team can do", _often(most * plan, unit)],
        ["Done by the year’s end", f"{done:.3g} {unit}"],
        ["Rating", SIGNS[rating]],
        ["Last week to hand over and still rate Good", str(last)],
    ]
    return Frame({"lines": lines, "told": [told]}, said, Table(["What", "Figure"], rows))


ONE = {"people": "one person", "placements": "one placement", "sessions": "one session"}


def _often(pace: float, unit: str) -> str:
    if pace >= 1 or unit not in ONE:
        return f"{pace:.2f} {unit} a week"
    return f"{ONE[unit]} every {1 / pace:.1f} weeks"


NOTE: dict[str, tuple[str, str, dict[str, tuple[str, int]]]] = {
    "owner": (
        "Who does it",
        "Whose job is it on Monday?",
        {
            "0": ("Leave it out", 0),
            "1": (f"“{PROVIDER} will deliver it.”", 1),
            "3": ("“The hub manager owns it. The deputy covers.”", 3),
        },
    ),
    "measure": (
        "What counts",
        "How much, by when, read from which record?",
        {
            "0": ("“Carbon will be monitored.”", 0),
            "1": ("“30 tonnes a year.”", 1),
            "3": ("“30 tonnes by 31 July, from energy bills, against the year before.”", 3),
        },
    ),
    "task": (
        "What is done each week",
        "What do I do this week?",
        {
            "0": ("Leave it out", 0),
            "1": ("“Report each quarter.”", 1),
            "3": ("“Each Monday: read the four meters, set the timers, write it in the log.”", 3),
        },
    ),
    "risk": (
        "What could go wrong",
        "When do I call for help, and whom?",
        {
            "0": ("Leave it out", 0),
            "1": ("“There may be delays.”", 1),
            "3": ("“The landlord owns the boilers. No yes by October: tell Priya.”", 3),
        },
    ),
    "effect": (
        "What residents get",
        "Why does it matter to the people who come here?",
        {
            "0": ("Leave it out", 0),
            "1": ("“Good for the planet.”", 1),
            "3": ("“Evening groups keep a warm room, and the bill saved pays for a session.”", 3),
        },
    ),
}


def handover_note() -> Explorer:
    """Write a handover note line by line; see what a stranger could do with it on Monday."""
    return Explorer(
        "A handover note for one promise",
        [
            Choice(key, label, {k: text for k, (text, _) in lines.items()}, "0" if key != "owner" else "1")
            for key, (label, _, lines) in NOTE.items()
        ],
        note_frame,
        note="The bid said: “We will cut carbon by 30 tonnes a year.” The reader has never seen it.",
    )


def note_frame(values: Values) -> Frame:
    """Say which questions a new manager could answer from the note."""
    rows, asks = [], []
    for key, (_, question, lines) in NOTE.items():
        text, worth = lines[values[key]]
        answer = "✓ yes" if worth == 3 else "⚠ in part" if worth == 1 else "✗ no"
        if worth < 3:
            asks.append(question)
        rows.append([question, text if worth or text.startswith("“") else "–", answer])
    answered = len(NOTE) - len(asks)
    said = f"A new hub manager can answer {answered} of {len(NOTE)} questions from this note. "
    said += f"Still open: “{asks[0]}”" if asks else "The manager can start on Monday."
    return Frame({}, said, Table(["The manager asks", "Your line", "Answered?"], rows))


# ---- Provider: an honest report and a recovery plan -----------------------------------------------

# What the hubs could do, invented: tonnes a quarter once it works, £, quarters until it works.
MEASURES: dict[str, tuple[str, float, int, int]] = {
    "timers": ("Heating timers", 1.0, 600, 1),
    "lights": ("New lights", 1.5, 3_200, 2),
    "heat": ("A heat pump", 3.5, 18_000, 3),
}
DUE_NEXT = (7, 8, 7, 8)  # tonnes due in the quarters of year 2: 30 as in year 1; a test adds them up
STEADY = 4.0  # tonnes a quarter that the hubs reach with no plan, as in their fourth quarter


@cache
def _carbon() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the tonnes due and avoided in the four quarters of year 1."""
    part = hubs()[hubs()["kpi"] == "Carbon avoided"]
    return tuple(map(float, part["target"])), tuple(map(float, part["actual"]))


def _tonnes(count: float) -> str:
    return "1 tonne" if count == 1 else f"{count:g} tonnes"


def recovery() -> Explorer:
    """Put a recovery plan together; see when the carbon promise is back on target, and for how much."""
    after = {"2": "After quarter 2", "3": "After quarter 3", "4": "After quarter 4, with the annual report"}
    return Explorer(
        "A plan for the carbon promise",
        [
            Choice("start", "You own up and start the plan", after, "4"),
            *(
                Toggle(key, f"{name}: {_tonnes(tonnes)} a quarter, {money(cost)}", False)
                for key, (name, tonnes, cost, _) in MEASURES.items()
            ),
        ],
        recovery_frame,
        ["quarter-bars"],
        "Timers work from the next quarter, lights from the second, a heat pump from the third. The black "
        "line marks what was due.",
    )


def _plan(chosen: list[str], start: int) -> list[float]:
    """Return tonnes avoided in quarters 1 to 8 under a plan that starts after a quarter."""
    base = [*_carbon()[1], *[STEADY] * 4]
    return [
        done + sum(MEASURES[key][1] for key in chosen if quarter >= start + MEASURES[key][3])
        for quarter, done in enumerate(base, 1)
    ]


def recovery_frame(values: Values) -> Frame:
    """Give two years of carbon under a plan, with ratings and cost."""
    start = int(values["start"])
    chosen = [key for key in MEASURES if values[key]]
    done, due = _plan(chosen, start), [*_carbon()[0], *map(float, DUE_NEXT)]
    cost = sum(MEASURES[key][2] for key in chosen)
    years = [(sum(done[a : a + 4]), sum(due[a : a + 4])) for a in (0, 4)]
    ratings = [measuring.rate(got, goal, BANDS) for got, goal in years]
    back = next(
        (
            quarter
            for quarter in range(start + 1, 9)
            if all(d >= t for d, t in zip(done[quarter - 1 :], due[quarter - 1 :], strict=True))
        ),
        None,
    )
    value = _yearly_value()
    said = (
        f"Year 1 ends at {years[0][0]:g} of {years[0][1]:g} tonnes: {ratings[0]}. "
        f"Year 2 ends at {years[1][0]:g} of {years[1][1]:g}: {ratings[1]}. "
        + (
            f"Every quarter is met from quarter {back}. "
            if back
            else "Some quarters are still short by then. "
        )
        + f"The plan costs {money(cost)}, {percent(100 * cost / value)} of a year’s contract."
    )
    data = {"quarters": _quarter_rows(done, due, 1)}
    rows = [
        [f"{quarter}", f"{goal:g}", f"{got:g}", "✓ met" if got >= goal else "⚠ short"]
        for quarter, (got, goal) in enumerate(zip(done, due, strict=True), 1)
    ]
    rows += [
        [f"Year {n}", f"{goal:g}", f"{got:g}", SIGNS[rating]]
        for n, ((got, goal), rating) in enumerate(zip(years, ratings, strict=True), 1)
    ]
    return Frame(data, said, Table(["Quarter", "Tonnes due", "Tonnes avoided", "Result"], rows))


def _quarter_rows(
    done: list[float], due: list[float], first: int, enough: float = 1.0
) -> list[dict[str, Any]]:
    """Give the rows of "quarter-bars"; `enough` is the share of what was due that counts as met."""
    return [
        {
            "quarter": quarter,
            "done": round(min(got, 12), 4),
            "due": goal,
            "text": f"{'✓' if got / goal >= enough - 1e-9 else '⚠'}|{got:g}",
            "state": "done" if got / goal >= enough - 1e-9 else "look",
        }
        for quarter, (got, goal) in enumerate(zip(done, due, strict=True), first)
    ]


@cache
def _yearly_value() -> float:
    frame = records()
    return float(frame.loc[frame["procurement_id"] == HUBS, "yearly_value"].iloc[0])


# ---- The joint table ------------------------------------------------------------------------------

MARGIN = 6.0  # % of the contract that the provider may lose before the hubs cost it money: an assumption
ENOUGH = BANDS["Approaching target"]


def review_meeting() -> Explorer:
    """Play both chairs: write the remedy, then answer it; see the carbon of year 2."""
    graces = {"0": "None: from the first quarter", "1": "One quarter", "2": "Two quarters"}
    return Explorer(
        "The review meeting",
        [
            Number(
                "deduct",
                "Taken off a quarter’s payment when carbon is below 80% of what was due",
                0,
                25,
                5,
                0,
                "%",
                side="commissioner",
            ),
            Choice("grace", "Time to improve before anything is taken off", graces, "0", side="commissioner"),
            *(
                Toggle(key, f"{name}: {_tonnes(tonnes)} a quarter, {money(cost)}", False, side="provider")
                for key, (name, tonnes, cost, _) in MEASURES.items()
            ),
        ],
        meeting_frame,
        ["quarter-bars"],
        steps=[
            (
                "commissioner",
                "You want 30 tonnes in year 2, and a provider who is still there. Write the remedy",
                "Agree the remedy",
            ),
            (
                "provider",
                f"You are {PROVIDER}. You can lose {money(MARGIN / 100 * _yearly_value())} a year on this. "
                "Choose what to do",
                "Send in the plan",
            ),
        ],
    )


def reply_cost(chosen: tuple[str, ...], deduct: float, grace: int) -> tuple[float, float, list[float]]:
    """Return what measures and deductions cost in year 2 (£), and the tonnes of its quarters.

    `deduct` is % of a quarter's payment; the first `grace` quarters are free of it.
    """
    done = _plan(list(chosen), 4)[4:]
    payment = _yearly_value() / 4
    short = [got / goal < ENOUGH - 1e-9 for got, goal in zip(done, DUE_NEXT, strict=True)]
    return (
        float(sum(MEASURES[key][2] for key in chosen)),
        sum(short[grace:]) * deduct / 100 * payment,
        done,
    )


def cheapest_reply(deduct: float, grace: int) -> tuple[str, ...]:
    """Return the measures that cost the provider least in year 2 under a remedy."""
    replies = [r for n in range(len(MEASURES) + 1) for r in itertools.combinations(MEASURES, n)]
    return min(replies, key=lambda reply: sum(reply_cost(reply, deduct, grace)[:2]))


def _named(reply: tuple[str, ...]) -> str:
    return listed([MEASURES[key][0].lower() for key in reply]) if reply else "to do nothing"


def meeting_frame(values: Values) -> Frame:
    """Give year 2 under a remedy and a reply, and what would have been cheapest for the provider."""
    deduct, grace = float(values["deduct"]), int(values["grace"])
    chosen = tuple(key for key in MEASURES if values[key])
    cost, taken, done = reply_cost(chosen, deduct, grace)
    limit = MARGIN / 100 * _yearly_value()
    total, goal = sum(done), float(sum(DUE_NEXT))
    rating = measuring.rate(total, goal, BANDS)
    cheapest = cheapest_reply(deduct, grace)
    cheap_cost, cheap_taken, cheap_done = reply_cost(cheapest, deduct, grace)
    loses = cost + taken > limit
    said = (
        f"Year 2: {total:g} of {goal:g} tonnes, {rating}. {PROVIDER} pays {money(cost)} for measures and "
        f"loses {money(taken)} in deductions. "
        + (
            f"That is more than the {money(limit)} it can lose: it may hand the contract back. "
            if loses
            else f"It can bear that: its limit is {money(limit)}. "
        )
        + f"What {PROVIDER} would have wanted: {_named(cheapest)}, for {money(cheap_cost + cheap_taken)} "
        f"and {sum(cheap_done):g} tonnes."
    )
    grace_said = "no time to improve" if not grace else f"{grace} quarter{'s' * (grace > 1)} to improve"
    record = (
        f"{deduct:g}% off, {grace_said}. Reply: {_named(chosen)}. {total:g} tonnes, {rating}; "
        f"{PROVIDER} {'loses too much' if loses else 'can bear it'}."
    )
    rows = [
        [f"Quarter {quarter}", f"{due:g}", f"{got:g}", "✓" if got / due >= ENOUGH else "⚠ below 80%"]
        for quarter, (got, due) in enumerate(zip(done, DUE_NEXT, strict=True), 5)
    ]
    rows += [
        ["Year 2", f"{goal:g}", f"{total:g}", SIGNS[rating]],
        ["Measures", "", money(cost), ""],
        ["Deductions", "", money(taken), ""],
        ["The most it can lose", "", money(limit), "⚠ passed" if loses else "✓ kept"],
    ]
    data = {"quarters": _quarter_rows(done, list(map(float, DUE_NEXT)), 5, ENOUGH)}
    return Frame(data, said, Table(["What", "Due", "Result", "Verdict"], rows), record=record)


# ---- Pitfalls -------------------------------------------------------------------------------------


def average_hides() -> Explorer:
    """Let one indicator run over its target, and watch the average swallow another."""
    return Explorer(
        "One average, two failures",
        [
            Number("placements", "Paid placements, of 40", 30, 80, 1, 43),
            Number("carbon", "Tonnes of carbon avoided, of 30", 0, 30, 1, 12),
            Toggle("cap", "Count no indicator above 100%", True),
        ],
        average_frame,
        note="Apprentices stay at 4 of 6, sessions at 20 of 20.",
    )


def average_frame(values: Values) -> Frame:
    """Average four indicators, capped or not, and name those that failed."""
    moved = {"Paid placements": float(values["placements"]), "Carbon avoided": float(values["carbon"])}
    year = so_far(4)
    year = year.assign(actual=[moved.get(k, a) for k, a in zip(year["kpi"], year["actual"], strict=True)])
    found = measuring.kpi_summary(year, BANDS)
    assert found.capped_mean_pct is not None
    mean = found.capped_mean_pct if values["cap"] else float(found.table["reached_pct"].mean())
    kept = "capped_pct" if values["cap"] else "reached_pct"
    rows = [
        [row["kpi"], f"{row['actual']:g} of {row['target']:g}", percent(row[kept]), SIGNS[row["rating"]]]
        for row in _each(found.table)
    ]
    rows.append(["Average", "", percent(mean), "none"])
    failed = listed([f"{row['kpi'].lower()} ({row['rating']})" for row in _each(found.failed)])
    said = f"The average is {percent(mean)}. " + (
        f"It hides {len(found.failed)} of 4: {failed}." if failed else "None of the four failed."
    )
    return Frame({}, said, Table(["Indicator", "Delivered", "Counted as", "Rating"], rows))


@cache
def _won() -> dict[str, dict[str, Any]]:
    """Return contracts with a reported year by id: title, bidder, weight, score, delivered (capped share)."""
    try:
        contracts = pd.read_csv(places.DATASETS / "procurements.csv").set_index("procurement_id")
        bids = pd.read_csv(places.DATASETS / "bids.csv").set_index("bid_id")
    except OSError as problem:
        raise InputError(
            f"Calderbrook’s tables are missing from {places.DATASETS}: restore that folder."
        ) from problem
    years = promise_years()
    years = years[(years["missing"] == 0) & (years["year"] == 1)]
    share = (years["actual"] / years["target"]).clip(upper=1).groupby(years["procurement_id"]).mean()
    rows = contracts.loc[share.index]
    won = bids.loc[rows["winning_bid_id"]]
    frame = pd.DataFrame(
        {
            "title": rows["title"],
            "weight": rows["social_value_weight"],
            "bidder": won["bidder"].to_numpy(),
            "score": won["social_value_score"].to_numpy(),
            "delivered": share,
        }
    )
    return dict(zip(map(str, frame.index), _each(frame), strict=True))


def promise_or_delivery() -> Explorer:
    """Pick a contract; see the points its promises won, and the points for what was delivered."""
    names = {key: row["title"] for key, row in _won().items()}
    return Explorer(
        "Points won, points delivered",
        [Choice("contract", "Contract", names, HUBS, listed=True)],
        delivered_frame,
        ["delivered-points"],
        "First full year, from Calderbrook’s records. No promise counts for more than 100%.",
    )


def delivered_frame(values: Values) -> Frame:
    """Set points at award beside points for what was delivered."""
    row = _won()[values["contract"]]
    won = moderation.expected_points(row["weight"], row["score"], 1)
    kept = moderation.expected_points(row["weight"], row["score"], float(row["delivered"]))
    bars = [
        {"what": "Won", "value": round(won, 4), "state": "other", "text": f"Won at award: {points(won)}"},
        {
            "what": "Kept",
            "value": round(kept, 4),
            "state": "done",
            "text": f"For what was delivered: {points(kept)}",
        },
    ]
    said = (
        f"{row['bidder']} won {points(won)} of {row['weight']:g} points with its promises. In the first year "
        f"it delivered {percent(100 * row['delivered'])} of them on average, worth {points(kept)}."
    )
    rows = [
        ["Weight of social value", points(row["weight"])],
        ["Score of the winning bid", f"{row['score']:g} of 100"],
        ["Points won", points(won)],
        ["Delivered, on average", percent(100 * row["delivered"])],
        ["Points for what was delivered", points(kept)],
    ]
    return Frame({"rows": bars}, said, Table(["What", "Figure"], rows))
