"""Module 1's explorers: which rules bind which purchase, and the room that they leave."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from course import places, policy
from course.charts import Frame, Table, money, percent
from course.errors import InputError
from course.explorers.controls import Choice, Number, Toggle
from course.explorers.widgets import Explorer, Predict, predict

Values = Mapping[str, Any]
AUTUMN, FEBRUARY = date(2026, 11, 30), date(2027, 2, 3)
ACT, MODEL, NATION, NEITHER = "act", "model", "nation", "neither"
BINDS = {
    ACT: "The 2012 Act: consider, with no minimum weight",
    MODEL: "A central model: at least a stated weight",
    NATION: "The law of another nation",
    NEITHER: "None of these: general rules only",
}


SHORT = {"Public Services (Social Value) Act 2012": "Social Value Act 2012"}
# Rules that say little of social value itself: counted, not spelt out.
GENERAL = (
    "pa-objectives", "pa-market-engagement", "pa-award", "pa-performance", "pa-pipeline", "ppn-001-sme",
    "ppn-001-vcse", "ppn-006",
)  # fmt: skip


class Purchase(NamedTuple):
    """A small procurement to sort. `value` and `option` are pounds before VAT."""

    text: str
    buyer: str
    purchase: str
    value: int
    option: int = 0
    commenced: date = AUTUMN
    route: str = "contract"


EIGHT = {
    "advice": Purchase("Advice on leisure centres", "council", "services", 173_100),
    "cleaning": Purchase("Cleaning, 2 years and 1 more if wanted", "council", "services", 120_000, 60_000),
    "laptops": Purchase("Laptops for offices", "council", "goods", 900_000),
    "care": Purchase("Home care for one district", "council", "light-touch services", 540_000),
    "grounds": Purchase("Grounds maintenance", "council", "services", 1_200_000, route="call-off"),
    "training": Purchase("Training for staff", "central", "services", 3_500_000),
    "facilities": Purchase("Running of offices", "central", "services", 4_200_000, 0, FEBRUARY),
    "clinics": Purchase("Transport to clinics", "scotland", "services", 4_100_000),
}
CHANGES = {
    "none": "Nothing: take it as it is",
    "exempt": "It is exempt from VAT",
    "option": "Add an option to extend, worth half as much again",
    "later": "It commences on 3 February 2027",
    "call-off": "Buy it as a call-off from a framework",
}


def _buyer(name: str) -> str:
    frame = policy.buyers().set_index("id")
    text = str(frame.loc[name, "phrase"])
    return text[0].upper() + text[1:]


@cache
def _duties(
    buyer: str, purchase: str, value: int, option: int, on: date, route: str, vat: str
) -> pd.DataFrame:
    return policy.duties(buyer, purchase, value, on, vat_rate=vat, extension=option, route=route)


def binding(found: pd.DataFrame) -> str:
    """Name what binds a procurement: a key of `BINDS`, the strictest first.

    Parameters
    ----------
    found : DataFrame
        As `policy.duties` gives it.
    """
    held = found[found["applies"]]
    if (held["min_weight_pct"].notna() & held["strength"].eq("must")).any():
        return MODEL
    if held["id"].str.startswith("act-2012").any():
        return ACT
    return NATION if held["id"].str.startswith(("scotland", "wales")).any() else NEITHER


# ---- Eight small procurements ---------------------------------------------------------------------


def eight_purchases() -> Explorer:
    """Say what binds a small procurement, see the rules, then change one thing about it."""
    return Explorer(
        "Eight small procurements",
        [
            Choice("case", "Procurement", {k: p.text for k, p in EIGHT.items()}, "advice", listed=True),
            Choice("answer", "What binds it?", {"": "Not decided yet"} | BINDS, ""),
            Choice("change", "Change one thing", CHANGES, "none", listed=True),
        ],
        eight_frame,
        note="Read the facts, decide, and the rules appear. Then change one thing and watch them move.",
    )


def _changed(case: Purchase, change: str) -> tuple[int, date, str, str]:
    option = case.option + (case.value // 2 if change == "option" else 0)
    on = FEBRUARY if change == "later" else case.commenced
    route = "call-off" if change == "call-off" else case.route
    return option, on, route, "0" if change == "exempt" else "0.20"


def _found(case: Purchase, change: str) -> pd.DataFrame:
    option, on, route, vat = _changed(case, change)
    return _duties(case.buyer, case.purchase, case.value, option, on, route, vat)


def eight_frame(values: Values) -> Frame:
    """Give the facts of a procurement; once an answer is given, the rules that bind it."""
    case, change, answer = EIGHT[values["case"]], values["change"], values["answer"]
    option, on, route, vat = _changed(case, change)
    facts = [
        ["Buyer", _buyer(case.buyer)],
        ["What is bought", policy.PURCHASES[case.purchase]],
        ["How", policy.ROUTES[route]],
        ["First term, before VAT", f"£{case.value:,}"],
        ["Option to extend, before VAT", f"£{option:,}" if option else "none"],
        ["VAT", "exempt" if change == "exempt" else "20%"],
        ["Commences", policy.say_date(on)],
    ]
    if not answer:
        said = f"{case.text}. Decide what binds it, and choose your answer."
        return Frame({}, said, Table(["Fact", "In this case"], facts))
    found = _found(case, change)
    held = found[found["applies"]]
    right = binding(found)
    verdict = "✓ Yes" if answer == right else "✗ Not quite"
    total = policy.say_pounds(found.attrs["estimate_inc_vat"])
    summary = (
        f"{verdict}. {case.text}: {BINDS[right]}. The estimate is {total} with VAT and options. {_why(found)}"
    )
    near = held[~held["id"].isin(GENERAL)]
    rows = [
        [f"{strength}: {SHORT.get(rule, rule)}", sentence + (f" {policy.WARNING}." if check else "")]
        for rule, strength, sentence, check in zip(
            near["instrument"],
            near["strength"],
            near["plain_sentence"],
            near["check_before_relying"],
            strict=True,
        )
    ]
    more = held[held["id"].isin(GENERAL)]["instrument"].value_counts(sort=False)
    if len(more):
        listed = ", ".join(f"{SHORT.get(str(name), str(name))} ({count})" for name, count in more.items())
        rows.append(["and general rules", f"{listed}: on talks, awards, spending and notices."])
    rows = rows or [["no rule here", "It follows the rules of its framework."]]
    return Frame({}, summary, Table(["Strength and rule", "What it asks"], rows))


class Sorted(NamedTuple):
    """A purchase of the eight, sorted: its facts, what binds it and why, and what moves it elsewhere.

    `rule` is the rule that decides, with the day since when it holds; `warning` is blank or says why to check
    it first. `moves` is what is changed (one of `CHANGES`) to what binds it then, where that is another rule.
    """

    text: str
    facts: list[list[str]]
    binds: str
    why: str
    rule: str
    warning: str
    moves: dict[str, str]


def eight_sorted() -> list[Sorted]:
    """Return the eight purchases with their answers, as a trainer who has them on cards needs them."""
    rows = []
    for key, case in EIGHT.items():
        found = {change: _found(case, change) for change in CHANGES}
        binds = {change: BINDS[binding(frame)] for change, frame in found.items()}
        moves = {CHANGES[c]: other for c, other in binds.items() if other != binds["none"]}
        facts = eight_frame({"case": key, "answer": "", "change": "none"}).table.rows
        row = _deciding(found["none"])
        rule = f"{row['instrument']}, since {policy.say_date(row['valid_from'])}"
        rows.append(
            Sorted(case.text, facts, binds["none"], _why(found["none"]), rule, str(row["warning"]), moves)
        )
    return rows


def _deciding(found: pd.DataFrame) -> pd.Series:
    """Return the rule that binds or, where none of those to choose from does, the Act, which might have."""
    held = found[found["applies"]]
    models = held[held["min_weight_pct"].notna() & held["strength"].eq("must")]
    if len(models):
        return models.sort_values("min_weight_pct").iloc[-1]
    nations = held[held["id"].str.startswith(("scotland", "wales"))]
    return nations.iloc[0] if len(nations) else found[found["id"] == "act-2012-consider"].iloc[0]


def _why(found: pd.DataFrame) -> str:
    """Say in a sentence why the strictest rule, or the Act, binds or does not."""
    held = found[found["applies"]]
    models = held[held["min_weight_pct"].notna() & held["strength"].eq("must")]
    if len(models):
        row = models.sort_values("min_weight_pct").iloc[-1]
        return f"{row['instrument']} asks for at least {percent(row['min_weight_pct'])}."
    act = found[found["id"] == "act-2012-consider"].iloc[0]
    return f"The 2012 Act: {act['why'][0].lower()}{act['why'][1:]}"


# ---- What counts towards the threshold ------------------------------------------------------------

CLASSES = {
    "council": ("council", "services", "A council’s services"),
    "central": ("central", "services", "A department’s services"),
    "light": ("council", "light-touch services", "Light-touch services, such as care"),
}


@cache
def _line(name: str) -> Decimal:
    buyer, purchase, _ = CLASSES[name]
    return policy.threshold(buyer, purchase, AUTUMN)


def estimate() -> Explorer:
    """Add VAT and an option to a price, and see whether it reaches the threshold."""
    return Explorer(
        "What counts towards the threshold",
        [
            Choice("kind", "What is bought", {k: text for k, (_, _, text) in CLASSES.items()}, "council"),
            Number("first", "Price of the first term, before VAT", 80, 600, 10, 120, "£k"),
            Number("option", "Option to extend, before VAT", 0, 200, 20, 0, "£k"),
            Toggle("vat", "VAT at 20% is due", True),
        ],
        estimate_frame,
        ["estimate-bar"],
        "Two ways to write down one contract. Only the second is compared with the threshold.",
    )


def estimate_frame(values: Values) -> Frame:
    """Compare the first term alone, and the whole estimate, with the threshold."""
    line = _line(values["kind"])
    first, option = int(values["first"]) * 1000, int(values["option"]) * 1000
    total, net = policy.estimate(first, "ex", "0.20" if values["vat"] else "0", option)
    vat = total - net
    alone = "reaches" if first >= line else "stays below"
    whole = "reaches" if total >= line else "stays below"
    reach = {"reaches": "✓ reaches it", "stays below": "below it"}
    often, counted = "As it is often written", "As the threshold counts it"
    parts = [("first term", Decimal(first)), ("option to extend", Decimal(option)), ("VAT", vat)]
    segments = [{"row": often, "part": "first term", "start": 0.0, "end": first / 1000}]
    at = Decimal(0)
    for part, size in parts:
        if size:
            segments.append(
                {"row": counted, "part": part, "start": float(at) / 1000, "end": float(at + size) / 1000}
            )
        at += size
    widest = max(float(total), float(line))
    totals = [
        {"row": often, "text": f"{often}: {money(first)}, {reach[alone]}"},
        {"row": counted, "text": f"{counted}: {money(float(total))}, {reach[whole]}"},
    ]
    mark = {
        "at": float(line) / 1000,
        "text": f"threshold {policy.say_pounds(line)}",
        "right": float(line) > 0.55 * widest,
    }
    turns = alone != whole
    said = (
        f"Written as {money(first)}, the contract {alone} the threshold of {policy.say_pounds(line)}. "
        f"With VAT and options it is {policy.say_pounds(total)} and {whole} it. "
        + ("Whoever forgets them decides wrongly." if turns else "Here both give the same answer.")
    )
    rows = [[p.capitalize() if p != "VAT" else p, policy.say_pounds(size)] for p, size in parts]
    rows += [["Estimate", policy.say_pounds(total)], ["Threshold", policy.say_pounds(line)]]
    return Frame(
        {"segments": segments, "totals": totals, "line": [mark]}, said, Table(["What counts", "Pounds"], rows)
    )


# ---- Who must give how much -----------------------------------------------------------------------

WHO = {
    "council": "An English council",
    "central": "A central government body",
    "nhs": "An NHS body in England",
    "northern-ireland": "A Northern Ireland body",
}
DAYS = {
    "2025-03-03": "3 March 2025",
    "2026-11-30": "30 November 2026",
    "2027-02-03": "3 February 2027",
}
MOST = 8.0  # £m inc VAT, the end of the picture


@cache
def minimum_steps(buyer: str, day: str) -> tuple[tuple[float, float, str, bool], ...]:
    """Give the smallest weight social value must have, by value, for services.

    Returns
    -------
    tuple of (from, weight, instrument, check)
        `from` in £m including VAT and options, in order; `weight` in points of 100, 0 where no rule sets
        one; the rule's name, or ""; whether to check it before relying on it.
    """
    limits = {0.0, float(policy.threshold(buyer, "services", day)) / 1e6, 1.0, 5.0}
    steps: list[tuple[float, float, str, bool]] = []
    for start in sorted(limits):
        found = policy.duties(buyer, "services", f"{start * 1e6:.2f}", day, vat="inc")
        held = found[found["applies"] & found["strength"].eq("must") & found["min_weight_pct"].notna()]
        step = (start, 0.0, "", False)
        if len(held):
            row = held.sort_values("min_weight_pct").iloc[-1]
            step = (
                start, float(row["min_weight_pct"]), row["instrument"], bool(row["check_before_relying"]),
            )  # fmt: skip
        if not steps or steps[-1][1:] != step[1:]:
            steps.append(step)
    return tuple(steps)


def minimum_weight() -> Explorer:
    """Choose buyer, date, value and weight; see the smallest weight that is allowed, and what is left."""
    return Explorer(
        "The smallest weight allowed",
        [
            Choice("buyer", "Who buys", WHO, "central"),
            Choice("day", "The procurement commences on", DAYS, "2026-11-30"),
            Number("value", "Estimate, with VAT and options", 0.25, 8, 0.25, 5.5, "£m"),
            Number("chosen", "Weight the buyer chooses", 0, 30, 5, 10, "%"),
        ],
        minimum_frame,
        ["weight-steps"],
        "Services. The shaded part is what a rule takes away; all above it is the buyer’s to choose.",
    )


def minimum_frame(values: Values) -> Frame:
    """Compare the weight chosen with the smallest one that a rule allows at this value."""
    steps = minimum_steps(values["buyer"], values["day"])
    value, chosen = float(values["value"]), float(values["chosen"])
    _, least, rule, check = [step for step in steps if step[0] <= value][-1]
    verdict = "✓ allowed" if chosen >= least else "✗ too low"
    who, day = WHO[values["buyer"]], DAYS[values["day"]]
    if rule:
        said = (
            f"{who} that commences on {day} at £{value:g}m must give at least {percent(least)}, under {rule}."
        )
        said += f" {policy.WARNING}." if check else ""
        said += (
            f" The {percent(chosen)} chosen is allowed."
            if chosen >= least
            else f" The {percent(chosen)} chosen is too low."
        )
    else:
        said = (
            f"No rule in the table sets a weight for {who[0].lower()}{who[1:]} at £{value:g}m on {day}. "
            f"The {percent(chosen)} is the buyer’s own choice, and must be in proportion."
        )
    ends = [start for start, *_ in steps[1:]] + [MOST]
    line = [{"value": start, "weight": weight} for start, weight, *_ in steps]
    line.append({"value": MOST, "weight": steps[-1][1]})
    words = [
        {
            "value": start,
            "weight": weight + 1.6,
            "text": f"at least {percent(weight)}" if weight else "no minimum",
        }
        for (start, weight, *_), end in zip(steps, ends, strict=True)
        if end - start > 2
    ]
    rows = [
        [
            f"£{start:g}m to {f'£{end:g}m' if end < MOST else 'any'}"
            if start
            else f"up to £{end:g}m"
            if end < MOST
            else "any value",
            percent(weight) if rule else "none",
            (rule or "–") + (f" ({policy.WARNING.lower()})" if check else ""),
        ]
        for (start, weight, rule, check), end in zip(steps, ends, strict=True)
    ]
    point = {"value": value, "weight": chosen, "text": f"{percent(chosen)} {verdict}"}
    return Frame(
        {"steps": line, "words": words, "chosen": [point]},
        said,
        Table(["Estimate with VAT", "Smallest weight", "Rule"], rows),
    )


def predict_act() -> Predict:
    """Ask for the Act's own minimum weight."""
    return predict(
        "How much weight must social value have in a tender, under the Public Services (Social Value) Act "
        "2012 itself?",
        {
            "5": "5% of the award",
            "10": "10% of the award",
            "none": "No minimum at all",
            "depends": "5% or 10%, by value",
        },
        "none",
        "The Act has no weighting. It asks you to consider, before you start. The 10% that people quote "
        "comes from a policy note, which binds central government bodies and not councils.",
        {"10": "Most people say this. It is the figure of a policy note, not of the Act."},
    )


def predict_advice() -> Predict:
    """Ask whether the advice contract of the story reaches the threshold."""
    case = EIGHT["advice"]
    line = policy.threshold(case.buyer, case.purchase, case.commenced)
    total, _ = policy.estimate(case.value)
    reaches = total >= line
    return predict(
        f"A council buys advice for £{case.value:,} before VAT. The threshold is {policy.say_pounds(line)}. "
        "Does the 2012 Act bind this purchase?",
        {
            "no": "No: the price is well below the threshold",
            "yes": "Yes: with VAT it reaches the threshold",
            "weight": "Only if the council set a weight for social value",
        },
        "yes" if reaches else "no",
        f"With VAT at 20% the estimate is {policy.say_pounds(total)}, which is exactly the threshold. "
        "A value that is not less than the threshold reaches it. Check the Act’s wording before relying on "
        "this.",
        {"no": "This is the commonest slip of all: thresholds include VAT."},
    )


# ---- The provider's side: openings ----------------------------------------------------------------

TODAYS = {
    "2025-09-01": "1 September 2025",
    "2026-02-04": "4 February 2026",
    "2026-05-01": "1 May 2026",
    "2026-09-01": "1 September 2026",
    "2026-11-16": "16 November 2026",
}
BASES = {
    "here": "In Calderbrook",
    "next": "In a council area next to it",
    "far": "Further away",
}
KINDS = {"small": "A small firm, charity or social enterprise", "large": "A large firm"}
AHEAD = timedelta(days=120)
RESERVABLE = date(2026, 2, 4)


class Plan(NamedTuple):
    """A procurement of Calderbrook's. `estimate` is pounds with VAT and options; `reached`: the threshold."""

    id: str
    title: str
    published: date
    purchase: str
    estimate: Decimal
    reached: bool


@cache
def plans() -> tuple[Plan, ...]:
    """Read Calderbrook's procurements, by the day of their tender notice.

    Raises
    ------
    InputError
        If the data folder does not hold them.
    """
    try:
        with (places.DATASETS / "procurements.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as problem:
        raise InputError(
            f"The file procurements.csv is missing from {places.DATASETS}: restore that folder."
        ) from problem
    made = []
    for row in rows:
        day = date.fromisoformat(row["tender_published"])
        first = Decimal(row["estimated_value_net"])
        option = first * int(row["extension_months"]) / int(row["contract_months"])
        total, _ = policy.estimate(first, extension=option)
        kind = "light-touch services" if row["light_touch"] == "true" else row["category"]
        reached = total >= policy.threshold("council", kind, day)
        made.append(Plan(row["procurement_id"], row["title"], day, kind, total, reached))
    return tuple(sorted(made, key=lambda plan: (plan.published, plan.id)))


def openings() -> Explorer:
    """Look at Calderbrook's coming tenders as a provider: where is there still something to ask for?"""
    return Explorer(
        "Openings in what is coming",
        [
            Choice("today", "Today is", TODAYS, "2026-02-04", listed=True),
            Choice("base", "You are based", BASES, "here"),
            Choice("kind", "You are", KINDS, "small"),
        ],
        openings_frame,
        note="Calderbrook’s tender notices of the four months ahead of the day you choose.",
    )


def openings_frame(values: Values) -> Frame:
    """List the notices to come, and the openings in each for a provider of this kind."""
    today = date.fromisoformat(values["today"])
    base, kind = values["base"], values["kind"]
    coming = [plan for plan in plans() if today < plan.published <= today + AHEAD]
    rows, counts = [], {"ask": 0, "lots": 0, "reserved": 0}
    for plan in coming:
        found = []
        if plan.reached and plan.purchase in ("services", "light-touch services"):
            counts["ask"] += 1
            found.append("consider")
        if plan.reached and kind == "small":
            counts["lots"] += 1
            found.append("lots")
        if not plan.reached and plan.published >= RESERVABLE and base != "far":
            counts["reserved"] += 1
            found.append("reserve")
        title = f"{plan.title}, {policy.say_date(plan.published)}"
        rows.append([title, money(float(plan.estimate)), ", ".join(found) or "none"])
    if not rows:
        return Frame(
            {},
            "No notice is planned in the four months ahead.",
            Table(["Notice to come", "Estimate", "Openings"], [["None", "–", "–"]]),
        )
    summary = (
        f"{len(rows)} notices are coming. The council has to consider social value first in {counts['ask']}, "
        f"and lots that could suit you in {counts['lots']}. "
        f"It may reserve {counts['reserved']} to an area that includes you."
    )
    return Frame({}, summary, Table(["Notice to come", "Estimate", "Openings"], rows))


# ---- The joint table ------------------------------------------------------------------------------

VERBS = {
    "must": "makes the council",
    "consider": "asks the council to consider how to",
    "may": "lets the council choose whether to",
}
AIMS = {
    "wellbeing": "improve wellbeing in Calderbrook through the care it buys",
    "points": "give social value 10 points of 100",
    "local": "pick local firms",
}
TIMES = {"before": "before the notice goes out", "scoring": "when the bids are scored"}


def joint_sentence() -> Explorer:
    """Each side writes what the Act enables; then both sentences are held against the Act."""
    controls = []
    starts = {"commissioner": ("must", "points", "scoring"), "provider": ("must", "local", "before")}
    for side, (verb, aim, time) in starts.items():
        controls += [
            Choice(f"{side}-verb", "The Act …", VERBS, verb, side=side),
            Choice(f"{side}-aim", "… what?", AIMS, aim, side=side),
            Choice(f"{side}-time", "… when?", TIMES, time, side=side),
        ]
    return Explorer(
        "One sentence each",
        controls,
        joint_frame,
        steps=[
            ("commissioner", "Write what the Act does, as you would tell a new colleague", "Hand it over"),
            ("provider", "Write what the Act does, as you would tell your board", "Compare"),
        ],
    )


def sentence_faults(verb: str, aim: str, time: str) -> list[str]:
    """Say what is wrong with a sentence on the Act: keys of `VERBS`, `AIMS` and `TIMES`."""
    faults = []
    if verb == "must":
        faults.append("the Act only has to be considered, so “makes” is too strong")
    elif verb == "may" and aim == "wellbeing":
        faults.append("considering is a duty, so “choose whether” is too weak")
    if aim == "points":
        faults.append("the Act has no weighting")
    elif aim == "local":
        faults.append("the Act is about wellbeing in the area, not about where a firm is")
    if time == "scoring":
        faults.append("the duty comes before the procurement starts")
    return faults


def joint_frame(values: Values) -> Frame:
    """Compare the two sentences with each other and with the Act."""
    rows, faults, parts = [], {}, {}
    for side in ("commissioner", "provider"):
        verb, aim, time = (values[f"{side}-{part}"] for part in ("verb", "aim", "time"))
        parts[side] = (verb, aim, time)
        faults[side] = sentence_faults(verb, aim, time)
        text = f"The Act {VERBS[verb]} {AIMS[aim]}, {TIMES[time]}."
        note = "; ".join(faults[side])
        rows.append([side.capitalize(), text, f"✗ {note}" if note else "✓ it holds"])
    agree = sum(a == b for a, b in zip(parts["commissioner"], parts["provider"], strict=True))
    holds = [side for side in faults if not faults[side]]
    verdict = {
        0: "Neither sentence holds yet: read what is wrong with each, and try again.",
        1: f"The {holds[0]}’s sentence holds; the other does not yet." if holds else "",
        2: "Both sentences hold. Now add what you want from it.",
    }[len(holds)]
    said = f"You agree on {agree} of 3 parts. {verdict}"
    return Frame({}, said, Table(["Side", "Sentence", "Against the Act"], rows), record=said)


# ---- Pitfalls -------------------------------------------------------------------------------------


def two_surveys() -> Explorer:
    """Two surveys of one practice, and what those who did not reply could change."""
    return Explorer(
        "Two surveys, two pictures",
        [
            Number(
                "silent",
                "Of the councils that did not reply, the share that does consider it",
                0,
                100,
                5,
                0,
                "%",
            )
        ],
        surveys_frame,
        note="Nobody knows what the silent councils do. Try every possibility.",
    )


REPLIED, ASKED = 306, 353


def surveys_frame(values: Values) -> Frame:
    """Give the share of all councils asked, whatever those that were silent do."""
    said = {name: float(policy.fact(name)["value"]) for name in ("sv-steps-2014", "foi-consider")}
    yes = said["foi-consider"] / 100 * REPLIED
    silent = ASKED - REPLIED
    overall = 100 * (yes + silent * float(values["silent"]) / 100) / ASKED
    most = 100 * (yes + silent) / ASKED
    rows = [
        ["2014, commissioners’ own word", "took steps to identify criteria", percent(said["sv-steps-2014"])],
        [f"2016, {REPLIED} councils that replied", "routinely consider it", percent(said["foi-consider"])],
        [f"2016, all {ASKED} councils asked", "routinely consider it", percent(overall)],
    ]
    summary = (
        f"If {percent(float(values['silent']))} of the {silent} silent councils consider it, "
        f"{percent(overall)} of all {ASKED} do. Even at 100% it is only {percent(most)}, "
        f"far from {percent(said['sv-steps-2014'])}. The two surveys asked different people different things."
    )
    return Frame({}, summary, Table(["Who was asked", "What was counted", "Share"], rows))


def lost_option() -> Explorer:
    """One contract split in two, or its option left out: what happens to the duty."""
    return Explorer(
        "The option that was left out",
        [Number("years", "Optional years after the first two", 0, 4, 1, 1, "years")],
        lost_frame,
        note="A council’s cleaning contract at £60,000 a year before VAT, two years certain.",
    )


def lost_frame(values: Values) -> Frame:
    """Count a £60,000-a-year contract with its optional years."""
    years = int(values["years"])
    total, net = policy.estimate(120_000, extension=60_000 * years)
    line = _line("council")
    reached = total >= line
    rows = [
        ["Two years certain", "£120,000"],
        ["Optional years", f"£{60_000 * years:,}"],
        ["VAT at 20%", policy.say_pounds(total - net)],
        ["Estimate", policy.say_pounds(total)],
        ["Threshold", policy.say_pounds(line)],
    ]
    word = "reaches" if reached else "stays below"
    act = "The Act binds, even if no option is ever used." if reached else "The Act does not bind."
    said = (
        f"With {years} optional {'year' if years == 1 else 'years'} the estimate {word} the threshold. {act}"
    )
    return Frame({}, said, Table(["Part", "Pounds"], rows))
