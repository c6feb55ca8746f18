"""Module 12's explorers: bids saved, pipelines joined, lots, one count, a calendar, and two chairs."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from IPython.display import HTML

from course import measuring, places, policy
from course.cases import tables
from course.charts import Frame, Table, money, percent
from course.errors import InputError
from course.explorers.asking import listed
from course.explorers.controls import Choice, Number, Toggle
from course.explorers.widgets import Explorer, Predict, predict

Values = Mapping[str, Any]
COUNCILS = ("Calderbrook", "Northmere", "Fairwater")
HOURS, HOURLY = 32, 45  # hours for one bid and £ an hour; invented
BIDDERS = 6


# ---- What bids cost -------------------------------------------------------------------------------


def predict_saving() -> Predict:
    """Ask what providers save when three tenders become one."""
    saved = measuring.joint_tender_saving(3, BIDDERS, HOURS, HOURLY)
    one = measuring.bid_cost(HOURS, HOURLY)
    return predict(
        f"Three councils each buy mentoring. {BIDDERS} providers bid every time. "
        f"One bid takes {HOURS} hours at £{HOURLY}. "
        "What do the providers save together if there is one tender instead of three?",
        {
            "two": f"£{2 * one:,.0f}: two bids",
            "six": f"£{BIDDERS * one:,.0f}: one bid for each provider",
            "all": f"£{saved:,.0f}: two bids for each provider",
            "none": "Nothing: somebody has to bid",
        },
        "all",
        f"Each of the {BIDDERS} is spared two bids of £{one:,.0f}. That is £{saved:,.0f}, which pays for no "
        "service to anybody. Five of every six bids are written for nothing.",
        {"two": "That is what one provider saves. There are six."},
    )


def bids_apart() -> Explorer:
    """Move tenders, bidders and hours; see what bids cost apart and together."""
    return Explorer(
        "What the bids cost",
        [
            Number("tenders", "Tenders that become one", 2, 6, 1, 3, "tenders"),
            Number("bidders", "Providers who bid each time", 2, 12, 1, BIDDERS, "providers"),
            Number("hours", "Hours for one bid", 8, 80, 8, HOURS, "hours"),
            Number("longer", "The joint bid takes longer by", 0, 300, 50, 0, "%"),
        ],
        bids_frame,
        ["bid-costs"],
        f"An hour costs £{HOURLY}. One bid in each tender wins.",
    )


def bids_frame(values: Values) -> Frame:
    """Give what all bidders spend apart and together."""
    tenders, bidders, hours = (int(values[name]) for name in ("tenders", "bidders", "hours"))
    longer = float(values["longer"])
    one = measuring.bid_cost(hours, HOURLY)
    joint = measuring.bid_cost(hours * (1 + longer / 100), HOURLY)
    saved = measuring.joint_tender_saving(tenders, bidders, hours, HOURLY, hours * (1 + longer / 100))
    segments, totals, rows = [], [], []
    for row, word, cost, wins in (("apart", "Apart", one, tenders), ("joint", "Together", joint, 1)):
        won, lost = wins * cost, wins * (bidders - 1) * cost
        for part, start, end in (("bids that win", 0.0, won), ("bids that lose", won, won + lost)):
            segments.append({"row": row, "part": part, "start": start / 1000, "end": round(end / 1000, 4)})
        totals.append({"row": row, "text": f"{word}: £{won + lost:,.0f}"})
        rows.append([word, f"{wins * bidders}", f"£{won:,.0f}", f"£{lost:,.0f}", f"£{won + lost:,.0f}"])
    said = f"Apart, {tenders * bidders} bids cost £{tenders * bidders * one:,.0f}. "
    said += f"Together, {bidders} bids cost "
    said += f"£{bidders * joint:,.0f}. "
    if abs(saved) < 0.5:
        said += "Nothing is saved: the joint bid is too long."
    elif saved > 0:
        said += f"Providers save £{saved:,.0f} between them."
    else:
        said += f"The joint tender costs them £{-saved:,.0f} more. Ask for less."
    columns = ["Tender", "Bids", "Bids that win", "Bids that lose", "All bids"]
    return Frame({"segments": segments, "totals": totals}, said, Table(columns, rows))


# ---- Three pipelines ------------------------------------------------------------------------------


class Plan(NamedTuple):
    """One planned contract of one council; `value` is £ ex VAT."""

    council: str
    title: str
    cpv: str
    light_touch: bool
    notice: date
    months: int
    value: float
    bidders: int
    indicator: str


@cache
def pipelines() -> tuple[Plan, ...]:
    """Read the three councils' pipelines.

    Raises
    ------
    InputError
        If the data folder does not hold them.
    """
    try:
        with (places.DATASETS / "pipelines.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as problem:
        raise InputError(
            f"The pipelines are missing from {places.DATASETS}: restore that folder."
        ) from problem
    return tuple(
        Plan(
            row["council"],
            row["title"],
            row["cpv"],
            row["light_touch"] == "true",
            date.fromisoformat(row["notice_planned"]),
            int(row["contract_months"]),
            float(row["estimated_value_net"]),
            int(row["bidders_expected"]),
            row["indicator"],
        )
        for row in rows
    )


def plans(cpv: str) -> list[Plan]:
    """Return the plans that share a code, in the councils' order."""
    return [plan for plan in pipelines() if plan.cpv == cpv]


def pipelines_table() -> HTML:
    """Show the three pipelines side by side: one row a code, one column a council."""
    rows = []
    for cpv in dict.fromkeys(plan.cpv for plan in pipelines()):
        by_council = {plan.council: plan for plan in plans(cpv)}
        cells = [
            f"{by_council[name].title}, {money(by_council[name].value)}, {by_council[name].notice:%b}"
            if name in by_council
            else "–"
            for name in COUNCILS
        ]
        rows.append([cpv, *cells])
    return tables.table(
        "What three councils plan to tender in 2027. Values leave out VAT.", ["Code", *COUNCILS], rows
    )


def pipelines_together() -> Explorer:
    """Choose a need and who joins; see the value, the threshold, the months apart and the bids saved."""
    needs = {cpv: plans(cpv)[0].title for cpv in dict.fromkeys(plan.cpv for plan in pipelines())}
    return Explorer(
        "Who joins, and what that changes",
        [
            Choice("need", "What is bought", needs, "85300000", listed=True),
            *(Toggle(name, f"{name} joins", True) for name in COUNCILS),
        ],
        together_frame,
        ["joined-values"],
        "The dashed line is the threshold for councils, with VAT.",
    )


def together_frame(values: Values) -> Frame:
    """Add up the plans of those who join."""
    every = plans(values["need"])
    joined = [plan for plan in every if values[plan.council]]
    if not joined:
        raise InputError("Nobody joins: tick at least one council that plans this.")
    kind = "light-touch services" if every[0].light_touch else "services"
    limit = float(policy.threshold("council", kind, every[0].notice))
    gross = {plan.council: _gross(plan.value) for plan in every}
    whole = float(sum(gross[plan.council] for plan in joined))
    segments, totals, rows, start = [], [], [], 0.0
    for plan in joined:
        end = start + gross[plan.council]
        segments.append({"row": "joint", "council": plan.council, "start": start / 1000, "end": end / 1000})
        start = end
    totals.append({"row": "joint", "text": f"Together: {money(whole)}"})
    for plan in every:
        own = gross[plan.council]
        segments.append({"row": plan.council, "council": plan.council, "start": 0.0, "end": own / 1000})
        totals.append({"row": plan.council, "text": f"{plan.council} alone: {money(own)}"})
        rows.append(
            [
                f"{plan.council}: {plan.title}",
                f"£{own:,.0f}",
                "yes" if own >= limit else "no",
                policy.say_date(plan.notice),
                plan.indicator,
            ]
        )
    rows.append(["Together", f"£{whole:,.0f}", "yes" if whole >= limit else "no", "", ""])
    line = [{"row": "joint", "at": limit / 1000, "text": f"threshold £{limit:,.0f}"}]
    said = _together_said(joined, whole, limit, [gross[plan.council] for plan in joined])
    absent = [name for name in COUNCILS if name not in gross]
    if absent:
        said += f" {listed(absent)} does not plan this."
    columns = ["Council and title", "With VAT", "At the threshold?", "Notice planned", "Means to measure"]
    return Frame({"segments": segments, "totals": totals, "line": line}, said, Table(columns, rows))


def _gross(net: float) -> float:
    return float(policy.estimate(net)[0])


def _together_said(joined: Sequence[Plan], whole: float, limit: float, each: Sequence[float]) -> str:
    if len(joined) == 1:
        return f"{joined[0].council} buys alone: £{whole:,.0f} with VAT. Nothing is shared."
    above = sum(value >= limit for value in each)
    said = f"{len(joined)} councils together: £{whole:,.0f} with VAT. "
    if whole >= limit and not above:
        said += (
            "None reaches the threshold alone; together they do, so the rules for contracts above it apply. "
        )
    elif whole >= limit:
        said += f"The threshold is reached, as {above} of them would alone. "
    else:
        said += "Even together they stay below the threshold. "
    days = (max(plan.notice for plan in joined) - min(plan.notice for plan in joined)).days
    saved = measuring.joint_tender_saving(len(joined), max(plan.bidders for plan in joined), HOURS, HOURLY)
    return (
        said
        + f"Providers save £{saved:,.0f}. The notices were planned {days} days apart: somebody must move."
    )


# ---- Lots -----------------------------------------------------------------------------------------


class Provider(NamedTuple):
    """A provider, its yearly turnover in £k (invented), and whether it is from the voluntary sector."""

    name: str
    turnover: int
    vcse: bool


PROVIDERS = (
    Provider("Knotgrass Trust", 150, True),
    Provider("Umberley CIC", 260, True),
    Provider("Birch CIC", 420, True),
    Provider("Alder", 2_400, False),
    Provider("Cedar", 24_000, False),
)
LOTS = {"1": "One contract for all", "3": "Three lots, one a council", "6": "Six lots, two a council"}
YEARLY = 375  # £k ex VAT: the three mentoring contracts of £250k over two years
MOST_DRAWN = 600


def joint_lots() -> Explorer:
    """Cut the contract into lots and let small providers join hands; see who can bid."""
    return Explorer(
        "Lots, and who can carry one",
        [
            Choice("lots", "Lots", LOTS, "1"),
            Number("share", "A provider can carry, of its yearly turnover", 20, 60, 10, 40, "%"),
            Toggle("consortium", "The three small ones may bid as one", False),
        ],
        lots_frame,
        ["capacity-rows"],
        "Mentoring in three councils, £375k a year. The dashed line is one lot. Turnovers are invented.",
    )


def lots_frame(values: Values) -> Frame:
    """Give who can carry one lot."""
    lots, share = int(values["lots"]), int(values["share"])
    size = YEARLY / lots
    everyone = list(PROVIDERS)
    small = [provider for provider in PROVIDERS if provider.vcse]
    if values["consortium"]:
        everyone.insert(3, Provider("The three together", sum(p.turnover for p in small), True))
    drawn, rows, able = [], [], []
    for provider in everyone:
        capacity = provider.turnover * share / 100
        can = capacity >= size
        able += [provider] if can else []
        drawn.append(
            {
                "provider": provider.name,
                "capacity": min(capacity, MOST_DRAWN),
                "state": "can bid" if can else "too large for it",
                "text": f"{provider.name}: {money(1000 * capacity)} {'✓' if can else '✗'}",
            }
        )
        rows.append(
            [
                provider.name,
                money(1000 * provider.turnover),
                money(1000 * capacity),
                "✓ yes" if can else "✗ no",
            ]
        )
    social = [provider.name for provider in able if provider.vcse]
    word = "lot" if lots == 1 else "lots"
    said = f"{lots} {word} of £{size:,.4g}k a year: {len(able)} of {len(everyone)} can bid. "
    said += (
        f"From the voluntary sector: {listed(social)}." if social else "None is from the voluntary sector."
    )
    if lots > 1:
        said += f" There will be up to {lots} contracts to manage, not 1."
    lot = [{"provider": everyone[0].name, "at": size}]
    columns = ["Provider", "Yearly turnover", "Can carry in a year", "Can bid for a lot"]
    return Frame({"providers": drawn, "lot": lot}, said, Table(columns, rows))


# ---- One count ------------------------------------------------------------------------------------

# Weeks in work of each person helped, by council; invented. One person was helped by two councils.
WEEKS = {
    "Calderbrook": (30, 28, 26, 22, 20, 18, 15, 13, 6, 2),
    "Northmere": (40, 33, 20, 16, 14, 13, 10, 9, 7, 6, 5, 4, 3, 1),
    "Fairwater": (27, 21, 17, 14, 13, 8, 6, 5, 4, 3, 2, 2, 1, 1),
}
OWN_RULE = {"Calderbrook": 13, "Northmere": 4, "Fairwater": 0}
TWICE = ("Northmere", 20)
RULES = {
    "own": "Each by its own rule",
    "0": "All: started a job",
    "4": "All: in work for 4 weeks",
    "13": "All: in work for 13 weeks",
    "26": "All: in work for 26 weeks",
}


def count_people(rule: str, once: bool) -> dict[str, int]:
    """Count people in work by a rule of `RULES`; `once` leaves out who another council counts already."""
    counts = {}
    for council, weeks in WEEKS.items():
        least = OWN_RULE[council] if rule == "own" else int(rule)
        counts[council] = sum(each >= least for each in weeks)
        if once and council == TWICE[0] and TWICE[1] >= least:
            counts[council] -= 1
    return counts


def one_count() -> Explorer:
    """Count the same people by three rules, and by one; see the ranking turn over."""
    return Explorer(
        "The same people, counted",
        [
            Choice("rule", "What counts as a person in work", RULES, "own"),
            Toggle("once", "Count a person once, whoever helped", False),
        ],
        count_frame,
        ["counted-councils"],
        "Bars: by each council’s own rule. The black mark: by the rule that you choose.",
    )


def count_frame(values: Values) -> Frame:
    """Give the count by each council's own rule, and by the rule chosen."""
    own, now = count_people("own", False), count_people(values["rule"], bool(values["once"]))
    words = {13: "13 weeks in work", 4: "4 weeks in work", 0: "a job started"}
    bars = [
        {
            "council": council,
            "people": own[council],
            "text": f"{council}: {own[council]} by its own rule, {now[council]} now",
        }
        for council in COUNCILS
    ]
    marks = [{"council": council, "people": now[council]} for council in COUNCILS]
    rows = [[c, words[OWN_RULE[c]], str(own[c]), str(now[c])] for c in COUNCILS]
    rows.append(["Added up", "", str(sum(own.values())), str(sum(now.values()))])
    top = max(COUNCILS, key=lambda council: now[council])
    if values["rule"] == "own":
        said = f"{top} looks best with {now[top]}. The sum, {sum(now.values())}, adds three different things."
    else:
        said = f"By one rule {top} comes first with {now[top]}. "
        said += f"The sum is {sum(now.values())}, and means one thing."
    said += (
        " One person was helped by two councils and is counted once."
        if values["once"]
        else " One person was helped by two councils and may be in it twice."
    )
    columns = ["Council", "Its own rule", "By its own rule", "By the rule chosen"]
    return Frame({"own": bars, "one": marks}, said, Table(columns, rows))


# ---- The calendar ---------------------------------------------------------------------------------

WEEKS_A_MONTH = 52 / 12
APPROVAL = {"turn": "One council after the other", "once": "All three in the same weeks"}


def calendar_steps(engage: int, agree: int, in_turn: bool, tender: int) -> list[tuple[str, int]]:
    """Return the steps of a joint tender in order, each with its weeks."""
    return [
        ("Shared need statement", 4),
        ("Pipeline notice", 1),
        ("Engagement notice, talks", engage),
        ("Criteria, indicators agreed", agree * (len(COUNCILS) if in_turn else 1)),
        ("Tender notice, bids", tender),
        ("Moderation and award", 6),
        ("Contract details notice, start", 8),
    ]


def joint_calendar() -> Explorer:
    """Plan the year: see whether the service starts in time, and what holds it up."""
    return Explorer(
        "Twelve months, step by step",
        [
            Number("engage", "Talks with the market", 2, 12, 2, 6, "weeks"),
            Number("agree", "One council’s approval of criteria", 2, 10, 2, 6, "weeks"),
            Choice("approval", "Approvals", APPROVAL, "turn"),
            Number("tender", "Time to bid", 4, 12, 2, 6, "weeks"),
            Number("need", "The service must start in month", 9, 15, 1, 12, ""),
        ],
        calendar_frame,
        ["year-bars"],
        "The dashed line is the month in which the service must start.",
    )


def calendar_frame(values: Values) -> Frame:
    """Give each step's months and whether the service starts in time."""
    need = int(values["need"])
    steps = calendar_steps(
        int(values["engage"]), int(values["agree"]), values["approval"] == "turn", int(values["tender"])
    )
    drawn, rows, at = [], [], 0
    for step, weeks in steps:
        start, at = at, at + weeks
        end = at / WEEKS_A_MONTH
        state = "in time" if end <= need else "too late"
        text = f"{step}: {weeks} {'week' if weeks == 1 else 'weeks'}"
        drawn.append(
            {
                "step": step,
                "start": round(start / WEEKS_A_MONTH, 3),
                "end": round(end, 3),
                "state": state,
                "text": text,
            }
        )
        rows.append([step, str(weeks), f"{end:.1f}", state])
    months = at / WEEKS_A_MONTH
    rows.append(["First annual performance notice", "52", f"{months + 12:.1f}", "a year after the start"])
    longest = max(steps, key=lambda step: step[1])
    gap = abs(months - need)
    said = (
        f"The service can start in month {months:.1f}, in time for month {need}."
        if months <= need
        else f"The service can start in month {months:.1f}: {gap:.1f} months too late for month {need}."
    )
    said += f" The longest step is “{longest[0].lower()}”, {longest[1]} weeks."
    line = [{"step": steps[0][0], "at": need}]
    return Frame(
        {"steps": drawn, "need": line}, said, Table(["Step", "Weeks", "Done in month", "In time?"], rows)
    )


# ---- The provider's side --------------------------------------------------------------------------

MARGIN = 0.08  # share of the contract that is left over; invented
JOINT_VALUE = 750_000
PARTNERS = 3


def consortium() -> Explorer:
    """Bid alone, bid with partners, or stay out: compare what each can be expected to leave over."""
    return Explorer(
        "Alone, together, or not at all",
        [
            Number("alone", "Your chance of winning alone", 0, 50, 10, 10, "%"),
            Number("together", "Your chance together", 0, 80, 10, 40, "%"),
            Number("share", "Your share of the work together", 10, 60, 10, 40, "%"),
            Number("hours", "Your hours to agree with partners", 0, 120, 20, 20, "hours"),
        ],
        consortium_frame,
        ["surplus-bars"],
        f"A joint contract of £750k leaves 8% over. A bid takes {HOURS} hours at £{HOURLY}. All invented.",
    )


def expected(alone: float, together: float, share: float, hours: float) -> dict[str, float]:
    """Return what each way can be expected to leave over, £; chances and share in %."""
    left = JOINT_VALUE * MARGIN
    bid = measuring.bid_cost(HOURS, HOURLY)
    return {
        "Bid alone": alone / 100 * left - bid,
        "Bid together": together / 100 * share / 100 * left
        - bid / PARTNERS
        - measuring.bid_cost(hours, HOURLY),
        "Do not bid": 0.0,
    }


def consortium_frame(values: Values) -> Frame:
    """Compare the three ways."""
    ways = expected(*(float(values[name]) for name in ("alone", "together", "share", "hours")))
    best = max(ways, key=lambda way: ways[way])
    drawn = [
        {
            "way": way,
            "surplus": round(pounds / 1000, 4),
            "state": "best" if way == best else "other",
            "text": f"{way}: {_signed(pounds)}" + (" ★" if way == best else ""),
        }
        for way, pounds in ways.items()
    ]
    risk = {
        "Bid alone": "You carry all of it, and may be too small",
        "Bid together": "A partner may leave; agree who does what in writing",
        "Do not bid": "You lose touch with this market",
    }
    rows = [[way, _signed(pounds), risk[way]] for way, pounds in ways.items()]
    said = f"To {best[0].lower()}{best[1:]} is best by this sum: {_signed(ways[best])} to be expected. "
    said += (
        f"Alone it is {_signed(ways['Bid alone'])}, together {_signed(ways['Bid together'])}."
        if best != "Do not bid"
        else "Both ways of bidding cost more than they can be expected to bring."
    )
    table = Table(["Way", "Expected surplus", "What the sum leaves out"], rows)
    return Frame({"ways": drawn, "nought": [{"way": "Bid alone", "at": 0}]}, said, table)


def _signed(pounds: float) -> str:
    return f"{'−' if pounds < -0.5 else ''}£{abs(pounds):,.0f}"


# ---- The joint table ------------------------------------------------------------------------------

ROUTES = {"alone": "Bid alone", "together": "Bid with Umberley CIC and Knotgrass Trust", "out": "Stay out"}
ASKED = {
    "same": "The same form as before",
    "longer": "One long form, twice the work",
    "short": "Two sharp questions, half the work",
}
FACTOR = {"same": 1.0, "longer": 2.0, "short": 0.5}
CARRY = 0.4  # share of turnover that a provider can carry in a year; invented
AGREE_HOURS = 20


def round_table() -> Explorer:
    """Play both seats: cut the lots and write the form, then choose how to bid."""
    return Explorer(
        "Buy together, bid together",
        [
            Choice("lots", "Lots", LOTS, "1", side="commissioner"),
            Choice("form", "What bidders fill in", ASKED, "same", side="commissioner"),
            Choice("route", "How you bid", ROUTES, "alone", side="provider"),
        ],
        round_frame,
        ["bid-costs"],
        steps=[
            ("commissioner", "You are three councils. You want small providers, and little waste", "Publish"),
            ("provider", "You are Birch CIC. You want a contract that you can carry", "Decide"),
        ],
    )


def bidders_for(lots: int, together: bool) -> list[str]:
    """Name those that can carry one of so many lots; the three small ones as one if `together`."""
    size = YEARLY / lots
    small = [provider for provider in PROVIDERS if provider.vcse]
    others = [provider for provider in PROVIDERS if not provider.vcse]
    if together:
        small = [Provider("the three small ones together", sum(p.turnover for p in small), True)]
    return [provider.name for provider in (*small, *others) if CARRY * provider.turnover >= size]


def _round(lots: int, form: str, route: str) -> tuple[list[str], bool, float, float]:
    """Return who bids, whether Birch CIC is among them, and the cost of bids apart and together in £."""
    names = [n for n in bidders_for(lots, route == "together") if route != "out" or n != "Birch CIC"]
    in_it = route != "out" and ("Birch CIC" in names or "the three small ones together" in names)
    apart = len(COUNCILS) * len(bidders_for(len(COUNCILS), False)) * measuring.bid_cost(HOURS, HOURLY)
    joint = len(names) * measuring.bid_cost(HOURS * FACTOR[form], HOURLY)
    if route == "together" and in_it:
        joint += PARTNERS * measuring.bid_cost(AGREE_HOURS, HOURLY)
    return names, in_it, apart, joint


def round_frame(values: Values) -> Frame:
    """Open the bids: who could bid, what it cost everybody, and what each side would have wanted."""
    lots, form, route = int(values["lots"]), values["form"], values["route"]
    names, in_it, apart, joint = _round(lots, form, route)
    segments, totals = [], []
    for row, word, cost, wins, many in (
        ("apart", "Three tenders apart", apart, 1, len(bidders_for(len(COUNCILS), False))),
        ("joint", "This tender", joint, 1, max(1, len(names))),
    ):
        won = cost * wins / many
        segments += [
            {"row": row, "part": "bids that win", "start": 0.0, "end": round(won / 1000, 4)},
            {
                "row": row,
                "part": "bids that lose",
                "start": round(won / 1000, 4),
                "end": round(cost / 1000, 4),
            },
        ]
        totals.append({"row": row, "text": f"{word}: £{cost:,.0f}"})
    birch = (
        "Birch CIC is in it."
        if in_it
        else "Birch CIC stays out."
        if route == "out"
        else "Birch CIC cannot carry it, and is out."
    )
    saved = apart - joint
    said = (
        f"{LOTS[str(lots)]}: {len(names)} can bid, namely {listed(names)}. {birch} Bids cost £{joint:,.0f}, "
    )
    said += f"£{abs(saved):,.0f} {'less' if saved >= 0 else 'more'} than three tenders apart."
    rows = [
        ["Who can bid", listed(names)],
        ["Birch CIC", birch],
        ["All bids, three tenders apart", f"£{apart:,.0f}"],
        ["All bids, this tender", f"£{joint:,.0f}"],
        ["Contracts to manage", str(lots)],
    ]
    record = f"{LOTS[str(lots)]}; {ASKED[form].lower()}. {ROUTES[route]}. {birch} Bids cost £{joint:,.0f}."
    table = Table(["What", "In this round"], rows)
    return Frame({"segments": segments, "totals": totals}, f"{said} {_wanted(lots)}", table, record=record)


@cache
def _wanted(lots: int) -> str:
    """Say what each side would have wanted: a way in; the cheapest tender that a small provider is in."""
    ways = [route for route in ("alone", "together") if _round(lots, "same", route)[1]]
    if ways:
        birch = f"What Birch CIC would have wanted: to {ROUTES[ways[0]][0].lower()}{ROUTES[ways[0]][1:]}. "
    else:
        birch = "What Birch CIC would have wanted: smaller lots, for there is no way in. "
    options = [
        (_round(int(n), form, route)[3], int(n), form, route)
        for n, form, route in product(LOTS, ASKED, ("alone", "together"))
        if _round(int(n), form, route)[1]
    ]
    _, best, form, _ = min(options)
    return birch + (
        f"What the councils would have wanted: {LOTS[str(best)].lower()}, with {ASKED[form].lower()}. "
        "Then a small provider is in, and the bids cost least."
    )


# ---- Pitfalls -------------------------------------------------------------------------------------

PANEL = {"Alder": (4, 4, 3), "Birch CIC": (3, 4, 3)}
CHAMPION = {"Alder": 3, "Birch CIC": 5}


def champion_scores() -> Explorer:
    """Let the champion score the provider that they helped, and see the award flip."""
    return Explorer(
        "Four scores instead of three",
        [
            Toggle("scores", "The champion scores too", False),
            Number("kind", "The champion’s score for Birch CIC", 0, 5, 1, CHAMPION["Birch CIC"], "of 5"),
        ],
        champion_frame,
        note="Invented scores of one answer, from 0 to 5. The champion gives Alder 3.",
    )


def champion_frame(values: Values) -> Frame:
    """Give the mean scores with and without the champion's."""
    extra = {"Alder": CHAMPION["Alder"], "Birch CIC": int(values["kind"])}
    rows, means = [], {}
    for bidder, scores in PANEL.items():
        given = (*scores, extra[bidder]) if values["scores"] else scores
        means[bidder] = sum(given) / len(given)
        champion = str(extra[bidder]) if values["scores"] else "–"
        rows.append([bidder, ", ".join(map(str, scores)), champion, f"{means[bidder]:.2f}"])
    top = [bidder for bidder, mean in means.items() if mean == max(means.values())]
    said = f"{listed(top)} {'comes' if len(top) == 1 else 'come'} first with {max(means.values()):.2f}."
    said += (
        " The champion helped Birch CIC to understand the tender. No note can show that the score was fair."
        if values["scores"]
        else " The champion helps everybody, and scores nobody."
    )
    return Frame({}, said, Table(["Bid", "Panel", "Champion", "Mean"], rows))


def share_of_bids() -> Explorer:
    """Move how much longer the joint form is, until the joint tender costs more than those it replaced."""
    return Explorer(
        "How long may the joint form be?",
        [
            Number("longer", "The joint bid takes longer by", 0, 300, 10, 100, "%"),
            Number("councils", "Councils that join", 2, 5, 1, 3, "councils"),
        ],
        longer_frame,
        note=f"{BIDDERS} providers, {HOURS} hours for one bid, £{HOURLY} an hour.",
    )


def longer_frame(values: Values) -> Frame:
    """Give the saving, and the point at which there is none."""
    councils, longer = int(values["councils"]), float(values["longer"])
    saved = measuring.joint_tender_saving(councils, BIDDERS, HOURS, HOURLY, HOURS * (1 + longer / 100))
    even = 100 * (councils - 1)
    word = "saves" if saved > 0.5 else "costs" if saved < -0.5 else "changes nothing for"
    if word == "changes nothing for":
        said = f"At {percent(longer)} longer, the joint tender saves providers nothing."
    else:
        said = f"At {percent(longer)} longer, the joint tender {word} providers £{abs(saved):,.0f}"
        said += "." if saved > 0 else " more."
    said += f" With {councils} councils the saving is gone at {percent(even)} longer."
    rows = [
        ["Hours for the joint bid", f"{HOURS * (1 + longer / 100):g}"],
        ["Saved by all providers together", _signed(saved)],
        ["No saving from", f"{percent(even)} longer"],
    ]
    return Frame({}, said, Table(["What", "Figure"], rows))
