"""Module 3's explorers: how sure replies make you, who is missing, whose say counts, and an early session."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from course import consultation, weighting
from course.charts import Frame, Table, money, percent, spread
from course.explorers import datasets
from course.explorers.asking import listed
from course.explorers.controls import Choice, Number, Toggle
from course.explorers.defining import HOODS, THEMES, neighbourhoods
from course.explorers.joining_up import PROVIDERS
from course.explorers.widgets import Explorer, Predict, predict

Values = Mapping[str, Any]

GROUPS = {"resident": "Residents", "provider": "Providers", "officer": "Officers"}


@cache
def returns() -> pd.DataFrame:
    """Read the replies to Calderbrook's consultation: columns as in the data dictionary."""
    return datasets.table("consultation_returns.csv")


@cache
def invited() -> dict[str, int]:
    """Return how many of each group were asked."""
    table = datasets.table("consultation_invited.csv")
    return dict(zip(table["group"].astype(str), table["invited"].astype(int), strict=True))


@cache
def replied() -> dict[str, tuple[int, int]]:
    """Return by group how many replied, and how many of them put local jobs first."""
    grouped = returns().groupby("group")["prefers_local_jobs"]
    return {str(group): (int(answers.size), int(answers.sum())) for group, answers in grouped}


def counts(group: str) -> tuple[int, int, int]:
    """Return in favour, replied and asked for one group, or for "all"."""
    groups = list(GROUPS) if group == "all" else [group]
    return (
        sum(replied()[g][1] for g in groups),
        sum(replied()[g][0] for g in groups),
        sum(invited()[g] for g in groups),
    )


# ---- How sure? ------------------------------------------------------------------------------------


def predict_replies() -> Predict:
    """Ask what 63 replies say about all 420 who were asked."""
    yes, replies, asked = counts("all")
    found = consultation.survey(yes, replies, asked)
    low, high = 100 * (found.share - found.margin), 100 * (found.share + found.margin)
    silent = asked - replies
    return predict(
        f"{asked} people were asked. {replies} replied, and {yes} of those put local jobs first: "
        f"{percent(100 * found.share)}. What do you know about all {asked}?",
        {
            "same": f"About {percent(round(100 * found.share))} of them put local jobs first",
            "range": f"Between {low:.0f}% and {high:.0f}% of them put local jobs first",
            "little": "Not much, until I know whether those who kept silent think alike",
        },
        "little",
        f"{silent} of {asked} kept silent. The range from {low:.0f}% to {high:.0f}% holds only if they "
        f"think as the others do. On the replies alone it could be anything from "
        f"{percent(100 * yes / asked)} to {percent(100 * (yes + silent) / asked)}.",
        {"range": "That is the right range for a random sample. Nobody drew one: people chose to reply."},
    )


ASKED = {"60": "60 people", "420": "420 people", "2000": "2,000 people", "100000": "100,000 people"}


def how_sure() -> Explorer:
    """See how wide the range is that a share of replies stands for."""
    return Explorer(
        "How wide is the range?",
        [
            Choice("asked", "How many people were asked", ASKED, "420", listed=True),
            Number("rate", "Of these, replied", 5, 100, 5, 15, "%"),
            Number("favour", "Of those who replied, in favour", 10, 90, 5, 65, "%"),
        ],
        sure_frame,
        ["margin-strip"],
        "The range holds if those who replied are like a random sample of those who were asked.",
    )


def sure_frame(values: Values) -> Frame:
    """Give the share in favour with its margin of error."""
    asked, share = int(values["asked"]), float(values["favour"]) / 100
    replies = round(asked * float(values["rate"]) / 100)
    margin = 100 * consultation.margin_of_error(share, replies, asked)
    low, high = max(0.0, 100 * share - margin), min(100.0, 100 * share + margin)
    if low > 50:
        verdict = f"More than half of all {asked:,} are in favour, if the silent are like the rest."
    elif high < 50:
        verdict = f"Fewer than half of all {asked:,} are in favour, if the silent are like the rest."
    else:
        verdict = "Half lies inside the range: you cannot say which way most people lean."
    summary = (
        f"{replies:,} of {asked:,} replied. {percent(100 * share)} are in favour, give or take {margin:.1f} "
        f"points: from {percent(low)} to {percent(high)}. {verdict}"
    )
    row = {"row": "all", "share": round(100 * share, 3), "low": round(low, 3), "high": round(high, 3)}
    data = {
        "range": [{**row, "text": f"{percent(low)} to {percent(high)}"}],
        "half": [{"at": 50, "text": "half"}],
    }
    rows = [
        ["Replies", f"{replies:,} of {asked:,}"],
        ["In favour, of those who replied", percent(100 * share)],
        ["Margin of error", f"{margin:.1f} points either way"],
        ["Lower end", percent(low)],
        ["Upper end", percent(high)],
    ]
    return Frame(data, summary, Table(["What", "Figure"], rows))


def own_range(asked: int) -> Explorer:
    """Read the range of a learner's own survey, once its response rate and share are worked out.

    Parameters
    ----------
    asked : int
        How many people were asked.
    """

    def frame(values: Values) -> Frame:
        return sure_frame({**values, "asked": asked})

    controls = [
        Number("rate", "Of these, replied", 8, 24, 0.5, 8, "%"),
        Number("favour", "Of those who replied, in favour", 50, 80, 0.5, 50, "%"),
    ]
    note = f"{asked} people were asked. Set the two shares that you worked out, to the nearest half."
    return Explorer("How wide is your range?", controls, frame, ["margin-strip"], note)


def silent() -> Explorer:
    """Say what those who kept silent think, and see what that does to the result."""
    return Explorer(
        "And if the silent think otherwise?",
        [
            Number("silent", "Of those who kept silent, put local jobs first", 0, 100, 1, 65, "%"),
            Choice("group", "Whom you look at", {"all": "Everyone who was asked", **GROUPS}, "all"),
        ],
        silent_frame,
        ["silent-line"],
        "Calderbrook’s consultation on supported living, May and June 2026. It is invented.",
    )


def silent_frame(values: Values) -> Frame:
    """Give the share of all who were asked, by what the silent think."""
    yes, replies, asked = counts(values["group"])
    quiet = asked - replies
    share = float(values["silent"])
    whole = 100 * (yes + quiet * share / 100) / asked
    low, high = 100 * yes / asked, 100 * (yes + quiet) / asked
    tip = 100 * (asked / 2 - yes) / quiet
    summary = (
        f"{yes} of the {replies} who replied put local jobs first: {percent(100 * yes / replies)}. "
        f"If {percent(share)} of the {quiet} silent do too, it is {percent(whole)} of all {asked}. "
        f"Most people agree only while more than {percent(tip)} of the silent do."
    )
    data: dict[str, list[dict[str, Any]]] = {
        "line": [{"silent": 0, "share": round(low, 3)}, {"silent": 100, "share": round(high, 3)}],
        "here": [{"silent": share, "share": round(whole, 3), "text": percent(whole)}],
        "half": [{"at": 50, "text": "half of all who were asked"}],
    }
    rows = [
        ["None of the silent agrees", "0%", percent(low)],
        ["As you set it", percent(share), percent(whole)],
        ["They think as the others do", percent(100 * yes / replies), percent(100 * yes / replies)],
        ["All of the silent agree", "100%", percent(high)],
    ]
    return Frame(data, summary, Table(["If", "Of the silent, agree", "Of all, agree"], rows))


# ---- Who is missing? ------------------------------------------------------------------------------

SPELT = {"Harbor": "Harbour"}
FIRST_DAY = pd.Timestamp("2026-05-10")  # the day before the first reply


@cache
def _dated() -> pd.DataFrame:
    table = returns().copy()
    table["day"] = (pd.to_datetime(table["received"]) - FIRST_DAY).dt.days
    table["tidy"] = table["neighbourhood"].str.strip().str.capitalize().replace(SPELT)
    return table


@cache
def people_by_place() -> dict[str, int]:
    """Return how many people live in each of the eight neighbourhoods that were asked."""
    people = neighbourhoods().set_index("name")["population"]
    return {name: int(people[name]) for name in HOODS}


def who_replied() -> Explorer:
    """Compare who replied with who was asked, or with who lives there."""
    return Explorer(
        "Who is missing?",
        [
            Choice(
                "by", "Compare by", {"place": "Neighbourhood, residents alone", "group": "Group"}, "place"
            ),
            Toggle("tidy", "Mend the place names first", False),
            Number("days", "Days the consultation is open", 1, 27, 1, 27),
        ],
        replied_frame,
        ["voice-bars"],
        "Bars: their share of the people. Black marks: their share of the replies.",
    )


def _replies(count: int) -> str:
    return f"{count} {'reply' if count == 1 else 'replies'}"


def replied_frame(values: Values) -> Frame:
    """Give each group's share of the people and of the replies, the most missing first."""
    came = _dated()
    came = came[came["day"] <= int(values["days"])]
    lost = ""
    if values["by"] == "group":
        people, labels = invited(), came["group"]
    else:
        residents = came[came["group"] == "resident"]
        labels = residents["tidy" if values["tidy"] else "neighbourhood"]
        people = people_by_place()
        unread = int((labels.notna() & ~labels.isin(list(people))).sum())
        blank = int(labels.isna().sum())
        lost = f" Place names that cannot be read: {unread}. Left empty: {blank}."
        labels = labels[labels.isin(list(people))]
    found = {str(name): int(n) for name, n in labels.value_counts().items()}
    table = consultation.who_is_missing(found, people)
    shown, rows = [], []
    for row in table.to_dict("records"):
        name = GROUPS.get(row["group"], row["group"])
        asked, back = 100 * row["population_share"], 100 * row["reply_share"]
        shown.append(
            {
                "row": name,
                "people": round(asked, 3),
                "replies": round(back, 3),
                "text": f"{name}: {_replies(row['replies'])}, {percent(back)}",
            }
        )
        short = f"{abs(row['shortfall']):.1f} too {'few' if row['shortfall'] > 0 else 'many'}"
        rows.append(
            [name, f"{row['population']:,}", percent(asked), str(row["replies"]), percent(back), short]
        )
    first = table.iloc[0]
    summary = (
        f"Replies that can be placed: {sum(found.values())}. Most missing: {shown[0]['row']}, with "
        f"{percent(100 * first['population_share'])} of the people and {percent(100 * first['reply_share'])} "
        f"of the replies.{lost}"
    )
    columns = ["Who", "People", "Share of people", "Replies", "Share of replies", "In proportion"]
    return Frame({"rows": shown}, summary, Table(columns, rows))


# ---- Whose say? -----------------------------------------------------------------------------------

REST = {
    "head": "Providers and officers, by how many replied",
    "even": "Providers and officers, evenly",
    "providers": "Providers alone",
}


@cache
def points_by_group() -> pd.DataFrame:
    """Return the mean points of each group that filled in all four themes: `group`, `people`, four themes."""
    full = returns().dropna(subset=list(THEMES))
    return consultation.points_by_group(full[["group", *THEMES]])


@cache
def _pooled() -> dict[str, dict[str, float]]:
    pooled = weighting.pooled_priorities(points_by_group())
    return {theme: {rule: float(pooled[rule][theme]) for rule in ("by_head", "by_group")} for theme in THEMES}


@cache
def _ends(rest: str) -> tuple[dict[str, float], dict[str, float]]:
    rows = points_by_group().set_index("group").to_dict("index")
    shares = {
        "head": {group: rows[group]["people"] for group in ("provider", "officer")},
        "even": {"provider": 1, "officer": 1},
        "providers": {"provider": 1},
    }[rest]
    total = sum(shares.values())
    others = {t: sum(rows[group][t] * n for group, n in shares.items()) / total for t in THEMES}
    return {theme: rows["resident"][theme] for theme in THEMES}, others


def whose_say() -> Explorer:
    """Give residents more or less say, and watch which priority leads."""
    return Explorer(
        "How much say do residents have?",
        [
            Number("say", "Residents’ share of the say", 0, 100, 1, 77, "%"),
            Choice("rest", "Who shares the rest", REST, "head"),
        ],
        say_frame,
        ["say-lines"],
        "Mean points of 100 that each group gave four priorities.",
    )


def leads(say: float, rest: str) -> dict[str, float]:
    """Return the pooled points of each theme, the highest first, at a residents' say in %."""
    residents, others = _ends(rest)
    pooled = {t: (residents[t] * say + others[t] * (100 - say)) / 100 for t in THEMES}
    return dict(sorted(pooled.items(), key=lambda pair: -pair[1]))


def _first(say: float, rest: str) -> str:
    return next(iter(leads(say, rest)))


@cache
def _changes(rest: str) -> list[float]:
    residents, others = _ends(rest)
    found = set()
    for i, a in enumerate(THEMES):
        for b in THEMES[i + 1 :]:
            slope = (residents[a] - others[a]) - (residents[b] - others[b])
            at = 100 * (others[b] - others[a]) / slope if slope else -1.0
            if 0 < at < 100 and _first(at - 0.01, rest) != _first(at + 0.01, rest):
                found.add(round(at, 3))
    return sorted(found)


def say_frame(values: Values) -> Frame:
    """Give the pooled points at one split of the say, and where another priority takes the lead."""
    say, rest = float(values["say"]), values["rest"]
    residents, others = _ends(rest)
    now = leads(say, rest)
    first, second = list(now)[:2]
    tips = _changes(rest)
    ends = spread({theme: float(residents[theme]) for theme in THEMES}, 4.5)
    lines = [
        {
            "theme": t,
            "say": x,
            "points": round(float(end[t]), 3),
            "state": "leads" if t == first else "follows",
        }
        for t in THEMES
        for x, end in ((0, others), (100, residents))
    ]
    data: dict[str, list[dict[str, Any]]] = {
        "lines": lines,
        "labels": [{"theme": t, "say": 100, "points": round(ends[t], 3)} for t in THEMES],
        "now": [{"say": say, "text": f"now {percent(say)}"}],
        "tips": [{"say": tip} for tip in tips],
        "dots": [{"theme": t, "say": say, "points": round(float(now[t]), 3)} for t in THEMES],
    }
    tipped = (
        f" The lead changes at {listed([percent(tip) for tip in tips])}."
        if tips
        else " No split changes the lead."
    )
    summary = (
        f"With {percent(say)} of the say for residents, {first} leads with {now[first]:.1f} points of 100, "
        f"before {second} with {now[second]:.1f}.{tipped}"
    )
    pooled = _pooled()
    rows = [
        [
            t.capitalize(),
            f"{now[t]:.1f}",
            f"{pooled[t]['by_head']:.1f}",
            f"{pooled[t]['by_group']:.1f}",
        ]
        for t in now
    ]
    columns = ["Priority", "At your split", "Each person counts alike", "Each group counts alike"]
    return Frame(data, summary, Table(columns, rows))


def predict_say() -> Predict:
    """Ask which priority leads when each group counts the same."""
    pooled = weighting.pooled_priorities(points_by_group())
    by_head, by_group = pooled["by_head"], pooled["by_group"]
    head, answer = str(by_head.idxmax()), str(by_group.idxmax())
    people = points_by_group().set_index("group")["people"]
    return predict(
        f"Count each person alike, and {head} leads with {by_head.max():.1f} points of 100. But residents "
        f"are {people['resident']} of {people.sum()}. Let residents, providers and officers count alike. "
        "What leads?",
        {theme: theme.capitalize() for theme in THEMES},
        answer,
        f"{answer.capitalize()}, with {by_group.max():.1f} points before {head} with {by_group[head]:.1f}. "
        "Not one reply was changed. Whoever chooses the rule chooses the priority.",
    )


# ---- Spending £6,000 and six weeks ----------------------------------------------------------------

BUDGET, WEEKS = 6_000, 6
VOICES = {
    "forms": "Residents who fill in forms",
    "hoods": "Residents of Mill and Harbour",
    "users": "People who use the service",
    "carers": "Family carers",
    "small": "Small charities and firms",
    "large": "Large providers",
}


class Method(NamedTuple):
    """A way to listen: £ inc VAT, weeks, whether it is for residents or the market, and people heard."""

    text: str
    cost: int
    weeks: int
    side: str
    heard: dict[str, int]


METHODS = {
    "survey": Method("Survey on the website", 500, 3, "residents", {"forms": 60, "hoods": 4, "carers": 5}),
    "paper": Method(
        "Paper forms, with help, in two libraries", 900, 3, "residents", {"hoods": 20, "carers": 6}
    ),
    "visits": Method("Visits to people in the service", 1_400, 4, "residents", {"users": 18, "carers": 6}),
    "workshops": Method(
        "Two evenings in Mill and Harbour, with childcare", 1_300, 3, "residents", {"hoods": 24, "carers": 4}
    ),
    "panel": Method(
        "Citizens’ panel over three weekends",
        4_200,
        7,
        "residents",
        {"forms": 8, "hoods": 8, "users": 2, "carers": 3},
    ),
    "open": Method("Open session for providers, notes published", 400, 2, "market", {"small": 8, "large": 6}),
    "dropin": Method("Early evening drop-in for small providers", 500, 2, "market", {"small": 14}),
    "private": Method("A day at one large provider’s office", 200, 1, "market", {"large": 1}),
}
REPLY = ("Tell everyone what changed", 600, 1)
IN_TURN = {"side": "At the same time", "turn": "Residents first, then the market"}


def plan_listening() -> Explorer:
    """Spend a budget and six weeks on ways to listen, and see whose voices are heard."""
    return Explorer(
        "£6,000 and six weeks",
        [
            *(
                Toggle(
                    key,
                    f"{m.text} (£{m.cost:,}, {m.weeks} {'week' if m.weeks == 1 else 'weeks'})",
                    key in START,
                )
                for key, m in METHODS.items()
            ),
            Toggle("reply", f"{REPLY[0]} (£{REPLY[1]:,}, {REPLY[2]} week at the end)", False),
            Choice("turn", "In what order", IN_TURN, "side"),
        ],
        plan_frame,
        ["heard-bars"],
        "Costs, weeks and numbers of people are invented. Yours will differ.",
    )


START = ("survey", "private")


def plan_cost(chosen: list[str], reply: bool, turn: str) -> tuple[int, int]:
    """Return a plan's cost in £ and its weeks. Methods of one side run at the same time."""
    cost = sum(METHODS[key].cost for key in chosen) + (REPLY[1] if reply else 0)
    longest = {
        side: max((METHODS[key].weeks for key in chosen if METHODS[key].side == side), default=0)
        for side in ("residents", "market")
    }
    weeks = sum(longest.values()) if turn == "turn" else max(longest.values())
    return cost, weeks + (REPLY[2] if reply else 0)


def plan_frame(values: Values) -> Frame:
    """Give what a plan costs, how long it takes, who is heard and what is wrong with it."""
    chosen = [key for key in METHODS if values[key]]
    cost, weeks = plan_cost(chosen, values["reply"], values["turn"])
    heard = {voice: sum(METHODS[key].heard.get(voice, 0) for key in chosen) for voice in VOICES}
    nobody = [VOICES[voice].lower() for voice, people in heard.items() if not people]
    said = [f"£{cost:,} of £{BUDGET:,} and {weeks} of {WEEKS} weeks."]
    if cost > BUDGET:
        said.append(f"✗ That is £{cost - BUDGET:,} too much.")
    if weeks > WEEKS:
        over = weeks - WEEKS
        said.append(f"✗ That is {over} {'week' if over == 1 else 'weeks'} too long.")
    said.append(f"Nobody is heard from: {'; '.join(nobody)}." if nobody else "✓ Every voice is heard.")
    if values["private"]:
        said.append("⚠ One provider learns more than the others: tell all of them the same.")
    if not values["reply"]:
        said.append("⚠ Nobody is told what changed.")
    bars = [
        {
            "voice": VOICES[voice],
            "people": people,
            "state": "heard" if people else "not heard",
            "text": f"{VOICES[voice]}: {people or '✗ nobody'}",
        }
        for voice, people in heard.items()
    ]
    rows = [[VOICES[voice], str(people)] for voice, people in heard.items()]
    rows += [["Cost", f"£{cost:,}"], ["Weeks", str(weeks)]]
    return Frame({"voices": bars}, " ".join(said), Table(["Voice", "People heard"], rows))


# ---- Lots -----------------------------------------------------------------------------------------

YEARLY = 2_750 / 3  # £k ex VAT: the supported living contract
MANAGE = 9  # £k a year to manage one contract; invented


def size_lots() -> Explorer:
    """Cut the contract into lots: who can carry one, and what it costs to manage them."""
    return Explorer(
        "One contract, or several?",
        [
            Number("lots", "Lots", 1, 12, 1, 1),
            Number("share", "A provider can carry, of its yearly turnover", 20, 60, 10, 40, "%"),
        ],
        lots_frame,
        ["lot-bars"],
        "Supported living, £917k a year before VAT. The dashed line is one lot. Turnovers are invented.",
    )


def lots_frame(values: Values) -> Frame:
    """Give who can carry one lot of the supported living contract."""
    lots, share = int(values["lots"]), float(values["share"])
    size = YEARLY / lots
    drawn, rows, able = [], [], []
    for provider in PROVIDERS:
        capacity = provider.turnover * share / 100
        can = capacity >= size
        able += [provider.name] if can else []
        drawn.append(
            {
                "provider": provider.name,
                "capacity": min(capacity, 1_000),
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
    one = lots == 1
    summary = (
        f"{lots} {'contract' if one else 'lots'} of £{size:,.0f}k a year{'' if one else ' each'}. "
        f"{len(able)} of {len(PROVIDERS)} providers can bid: {listed(able)}. "
        f"To manage {'it' if one else 'them'} costs about £{lots * MANAGE}k a year."
    )
    columns = ["Provider", "Yearly turnover", "Can carry in a year", "Can bid for a lot"]
    return Frame({"providers": drawn, "lot": [{"at": round(size, 3)}]}, summary, Table(columns, rows))


# ---- The provider: what a question is worth -------------------------------------------------------

RATE = 45  # £ an hour for those who write bids; invented


def question_worth() -> Explorer:
    """Weigh bidding at once against asking one question first."""
    return Explorer(
        "Bid, ask first, or leave it?",
        [
            Number("hours", "Hours to write the bid", 10, 80, 10, 40),
            Number("chance", "Chance to win, if you can meet the terms", 5, 50, 5, 20, "%"),
            Number("gain", "What the contract would earn you", 10, 60, 10, 20, "£k"),
            Number("bad", "Chance that the answer rules you out", 0, 90, 10, 40, "%"),
        ],
        worth_frame,
        ["surplus-bars"],
        f"An hour costs £{RATE}. You ask, for example: how large is one lot, and will staff transfer?",
    )


def expected(hours: float, chance: float, gain: float, bad: float) -> dict[str, float]:
    """Return what each way is expected to earn, in £.

    Parameters
    ----------
    hours : float
        Hours for the bid.
    chance, bad : float
        Chance to win if the terms can be met, and chance that they cannot, in %.
    gain : float
        Earned if won, £ thousand.
    """
    cost, good = hours * RATE, 1 - bad / 100
    won = chance / 100 * gain * 1_000
    return {
        "Bid at once": good * won - cost,
        "Ask, then decide": good * max(0.0, won - cost),
        "Leave it": 0.0,
    }


def worth_frame(values: Values) -> Frame:
    """Give what bidding, asking first and leaving it are expected to earn."""
    ways = expected(*(float(values[key]) for key in ("hours", "chance", "gain", "bad")))
    blind, ask = ways["Bid at once"], ways["Ask, then decide"]
    saves = ask - max(0.0, blind)
    best = max(ways, key=lambda way: (round(ways[way], 2), way == "Leave it", way == "Bid at once"))
    advice = {
        "Bid at once": "The answer would change nothing: bid.",
        "Ask, then decide": f"The answer is worth £{saves:,.0f} to you: ask before you write.",
        "Leave it": "Even a good answer would not make it pay: leave it.",
    }[best]
    summary = f"Bid at once: {_pounds(blind)}. Ask, then decide: {_pounds(ask)}. {advice}"
    drawn = [
        {
            "way": way,
            "surplus": round(value / 1_000, 4),
            "state": "best" if way == best else "other",
            "text": f"{'★ ' if way == best else ''}{way}: {_pounds(value)}",
        }
        for way, value in ways.items()
    ]
    rows = [[way, _pounds(value), "★ best" if way == best else ""] for way, value in ways.items()]
    data: dict[str, list[dict[str, Any]]] = {"ways": drawn, "nought": [{"way": "Leave it", "at": 0}]}
    return Frame(data, summary, Table(["What you do", "Expected surplus", "Choice"], rows))


def _pounds(value: float) -> str:
    return f"{'−' if round(value) < 0 else ''}£{abs(round(value)):,}"


# ---- The joint table ------------------------------------------------------------------------------

MEET = {
    "alone": "Birch CIC alone, over coffee",
    "open": "Everyone who comes; no notes are kept",
    "notes": "Everyone; a notice before, notes for all after",
}
SHOW = {
    "final": "The specification, finished and signed off",
    "draft": "A draft with its open questions marked",
    "blank": "Nothing yet: a blank sheet",
}
SAY = {
    "pitch": "“We are the best in the region.”",
    "barrier": "“Reports every month cost us more than the work.”",
    "silent": "Nothing: rivals are in the room",
}
WISH = {
    "tailor": "“Require the system that only we have.”",
    "lots": "“Make the lots small enough for us.”",
    "none": "No wish",
}
CHANGED = {
    "barrier": "Reports every quarter instead of every month",
    "lots": "Lots of a size that small providers can carry",
}


def early_session() -> Explorer:
    """Play an early market session from two chairs, then read what changed because of it."""
    return Explorer(
        "What changed, and was it fair?",
        [
            Choice("meet", "Whom do you meet?", MEET, "open", side="commissioner"),
            Choice("show", "What do you show?", SHOW, "final", side="commissioner"),
            Choice("say", "What do you tell them?", SAY, "pitch", side="provider"),
            Choice("wish", "What do you ask for?", WISH, "none", side="provider"),
        ],
        session_frame,
        steps=[
            (
                "commissioner",
                "You plan the session. Choose whom you meet and what you show.",
                "Open the doors",
            ),
            ("provider", "You are in the room. Choose what you say.", "See what changed"),
        ],
    )


def session_frame(values: Values) -> Frame:
    """Log what a session changes, and what is unfair about it."""
    meet, show, say, wish = (values[key] for key in ("meet", "show", "say", "wish"))
    heard = [CHANGED[key] for key in (say, wish) if key in CHANGED]
    changes = heard if show == "draft" else []
    if changes:
        learnt = f"Changed: {'; '.join(change.lower() for change in changes)}."
    elif show == "final" and heard:
        learnt = "Nothing changed: the specification was signed off before anybody spoke."
    elif show == "blank" and heard:
        learnt = "Nothing changed yet: there was no draft for it to change."
    else:
        learnt = "Nothing changed: the commissioner heard nothing it could use."
    unfair = []
    if meet == "alone":
        unfair.append("one provider knows what the others do not")
    if meet == "open":
        unfair.append("those who could not come cannot read what was said")
    if wish == "tailor":
        unfair.append("a demand was made that only one provider could meet; refuse it and say so")
    fair = f"✗ Not level: {'; '.join(unfair)}." if unfair else "✓ Level: all know the same."
    said = f"{learnt} {fair}"
    rows = [
        ["Met", MEET[meet]],
        ["Shown", SHOW[show]],
        ["Heard", SAY[say]],
        ["Asked for", WISH[wish]],
        ["Changed because of it", "; ".join(changes) or "nothing"],
        ["Level playing field", f"✗ {'; '.join(unfair)}" if unfair else "✓ yes"],
    ]
    return Frame({}, said, Table(["Log", "This round"], rows), record=said)


# ---- Pitfalls -------------------------------------------------------------------------------------


def small_group() -> Explorer:
    """Pick a group, and see how little a handful of replies says."""
    return Explorer(
        "A share of how many?",
        [Choice("group", "Group", GROUPS, "officer")],
        small_frame,
        note="The margin is that of a random sample. Of so few, the formula itself is rough.",
    )


def small_frame(values: Values) -> Frame:
    """Give one group's share, its margin and what one more reply would do to it."""
    yes, replies, asked = counts(values["group"])
    found = consultation.survey(yes, replies, asked)
    more = 100 * (yes + 1) / (replies + 1)
    share, margin = 100 * found.share, 100 * found.margin
    name = GROUPS[values["group"]].lower()
    summary = (
        f"{percent(share)} of {name} sounds like a finding. It is {yes} people of {replies}. "
        f"The margin is {margin:.1f} points either way. One more in favour would make it {percent(more)}."
    )
    rows = [
        ["Replied, of those asked", f"{replies} of {asked}"],
        ["Put local jobs first", f"{yes} of {replies}, {percent(share)}"],
        ["Margin of error", f"{margin:.1f} points either way"],
        ["With one more in favour", percent(more)],
    ]
    return Frame({}, summary, Table(["What", "Figure"], rows))


NARROW = {
    "Jobs": ["job*"],
    "Skills": ["training", "apprentice*"],
    "Carbon": ["carbon", "air"],
    "Wellbeing": ["loneliness"],
}
WIDE = {
    "Jobs": ["job*", "work", "firms", "pay", "employer", "recruit"],
    "Skills": ["training", "apprentice*", "skills", "young people"],
    "Carbon": ["carbon", "air", "vans", "bus", "walk"],
    "Wellbeing": ["loneliness", "care", "mum", "hub", "safe", "family"],
}
WIDTHS = {"narrow": "Few words", "wide": "Many words"}


@cache
def _coded(width: str) -> pd.DataFrame:
    comments = [str(text) for text in returns()["comment"].dropna()]
    return consultation.code_comments(comments, NARROW if width == "narrow" else WIDE)


def count_words() -> Explorer:
    """Count comments by keywords, few or many, and read what was counted."""
    themes = [*NARROW, consultation.NOT_CODED]
    return Explorer(
        "Counted, and read",
        [
            Choice("width", "Keywords for each theme", WIDTHS, "narrow"),
            Choice("theme", "Read the comments under", {t: t for t in themes}, "Jobs", listed=True),
        ],
        words_frame,
        note="All comments in Calderbrook’s consultation, with the words that put them under a theme.",
    )


def words_frame(values: Values) -> Frame:
    """List the comments under one theme with the words that put them there."""
    coded = _coded(values["width"])
    tally = consultation.tally_themes(coded).set_index("theme")["comments"]
    total = coded["comment_no"].nunique()
    under = coded[coded["theme"] == values["theme"]]
    order = ", ".join(f"{theme} {int(tally.get(theme, 0))}" for theme in (*NARROW, consultation.NOT_CODED))
    words = (NARROW if values["width"] == "narrow" else WIDE).get(values["theme"])
    looked = f" Words looked for: {', '.join(words)}." if words else ""
    summary = f"Of {total} comments: {order}.{looked}"
    rows = [[str(c), str(w) or "–"] for c, w in zip(under["comment"], under["words"], strict=True)]
    return Frame({}, summary, Table(["Comment", "Words found"], rows))
