"""Module 5's explorers: promises that can be scored, priced and kept, and whether to bid at all."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from typing import Any

from course import measuring, moderation, places, weighting
from course.charts import Frame, Table, money, percent, points
from course.errors import InputError
from course.explorers.controls import Choice, Number
from course.explorers.widgets import Explorer, Predict, predict

Values = Mapping[str, Any]


def _rows(name: str) -> list[dict[str, str]]:
    try:
        with (places.DATASETS / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as problem:
        raise InputError(
            f"The file {name} is missing from {places.DATASETS}: restore that folder."
        ) from problem


# ---- What became of promises ----------------------------------------------------------------------


@cache
def promises_kept() -> tuple[int, int]:
    """Count promises in Calderbrook's contracts, by what was due and reported so far.

    Returns
    -------
    (kept, all)
        Kept: at least as much delivered as was due. Quarters without a report are left out on both sides.
    """
    due: dict[tuple[str, str], list[int]] = {}
    for row in _rows("delivery.csv"):
        if row["actual"]:
            so_far = due.setdefault((row["procurement_id"], row["promise_id"]), [0, 0])
            so_far[0] += int(row["target"])
            so_far[1] += int(row["actual"])
    asked = [pair for pair in due.values() if pair[0] > 0]
    return sum(actual >= target for target, actual in asked), len(asked)


def predict_kept() -> Predict:
    """Ask how many promises in bids are kept so far."""
    kept, total = promises_kept()
    share = kept / total
    answer = "most" if share > 0.7 else "half" if share > 0.45 else "four" if share > 0.3 else "few"
    return predict(
        f"Calderbrook follows {total} social value promises from winning bids, quarter by quarter. Of how "
        "many has everything been delivered that was due so far?",
        {"most": "About 9 of 10", "half": "About 6 of 10", "four": "About 4 of 10", "few": "About 1 of 10"},
        answer,
        f"It is {kept} of {total}, or {percent(100 * share)}. A missed promise is seldom a lie. Often nobody "
        "had checked the number with those who would have to deliver it.",
        {"most": "Bids read as if it were so. The reports tell another story."},
    )


# ---- One commitment, made sharper -----------------------------------------------------------------

HOW_MANY = {"": "some", "upto": "up to twenty", "four": "four"}
OF_WHAT = {"": "opportunities", "apprentices": "apprenticeships", "starts": "Level 3 apprentice starts"}
FOR_WHOM = {
    "": "nobody in particular",
    "local": "for local people",
    "named": "for residents of Mill and Harbour aged 16 to 24",
}
BY_WHEN = {
    "": "no time",
    "life": "over the life of the contract",
    "dates": "half by 1 October 2027 and half by 1 October 2028",
}
WHO_OWNS = {
    "": "nobody",
    "we": "We will see to it.",
    "named": "Our operations manager owns the number and reports it each quarter.",
}
FROM_WHERE = {
    "": "nothing said",
    "award": "We hold a national award for training.",
    "none": "None of these posts exists today.",
}


def sharpen() -> Explorer:
    """Put one commitment together, and see which of five tests it passes."""
    return Explorer(
        "Make one commitment sharper",
        [
            Choice("many", "How many", HOW_MANY, "upto", listed=True),
            Choice("what", "Of what", OF_WHAT, "apprentices", listed=True),
            Choice("whom", "For whom", FOR_WHOM, "local", listed=True),
            Choice("when", "By when", BY_WHEN, "life", listed=True),
            Choice("owner", "Who owns it", WHO_OWNS, "we", listed=True),
            Choice("start", "Where you start from", FROM_WHERE, "award", listed=True),
        ],
        sharpen_frame,
        note="It starts as most bids do. Change one part at a time until all five tests pass.",
    )


def sharpen_frame(values: Values) -> Frame:
    """Give the commitment's text and the tests it passes."""
    whom = f" {FOR_WHOM[values['whom']]}" if values["whom"] else ""
    when = f", {BY_WHEN[values['when']]}" if values["when"] else ""
    text = f"We will offer {HOW_MANY[values['many']]} {OF_WHAT[values['what']]}{whom}{when}."
    for key, texts in (("owner", WHO_OWNS), ("start", FROM_WHERE)):
        text += f" {texts[values[key]]}" if values[key] else ""
    tests = [
        (
            "Specific",
            values["what"] == "starts" and values["whom"] == "named",
            "what is offered, and to whom, can be told from anything else",
        ),
        (
            "Measurable",
            values["many"] == "four" and values["what"] != "",
            "two people would count the same number; “up to” includes nought",
        ),
        ("Timed", values["when"] == "dates", "a date by which it can be said to be late"),
        ("Owned", values["owner"] == "named", "a role that answers for it when the bid team has gone"),
        ("Additional", values["start"] == "none", "a start point: what is there without this contract"),
    ]
    passed = sum(ok for _, ok, _ in tests)
    rows = [[name, "✓ passes" if ok else "✗ not yet", why] for name, ok, why in tests]
    said = f"“{text}” It passes {passed} of 5 tests."
    if passed < 5:
        said += f" Next: {next(name for name, ok, _ in tests if not ok).lower()}."
    return Frame({}, said, Table(["Test", "Result", "What it asks for"], rows))


# ---- What a promise costs and what it is worth ----------------------------------------------------

PRICE_WEIGHT = 40.0


def likely_score(starts: float) -> float:
    """Return the points of 100 an offer of so many starts is likely to score beyond one of none.

    Invented for teaching: each further start adds a fifth less than the one before, towards 60 points.
    """
    return 60 * (1 - 0.8**starts)


def price_a_promise() -> Explorer:
    """Set what a promise costs to keep against what its marks are worth in price."""
    return Explorer(
        "Price the promise",
        [
            Number("starts", "Trainees you promise will stay", 0, 12, 1, 8, "people"),
            Number("each", "Cost of one start", 1, 12, 0.5, 6, "£k", "Training, support and fares."),
            Number("leave", "Of those who start, leave early", 0, 60, 5, 20, "%"),
            Number("social", "Published weight of social value", 0, 20, 1, 10, "%"),
            Number("rival", "Cheapest rival’s price", 100, 1000, 50, 400, "£k"),
        ],
        price_frame,
        ["promise-money"],
        "Price weighs 40%, relative formula, equal quality. Scores are invented and level off.",
    )


def price_frame(values: Values) -> Frame:
    """Give the cost of keeping a promise, what its marks can carry in price, and the best number."""
    starts, leave = int(values["starts"]), float(values["leave"]) / 100
    each, social, rival = 1e3 * float(values["each"]), float(values["social"]), 1e3 * float(values["rival"])
    bare = measuring.promise_cost(starts, each)
    cost = measuring.promise_cost(starts, each, leave)
    worth = _worth(starts, social, rival)
    best = max(range(13), key=lambda n: _worth(n, social, rival) - measuring.promise_cost(n, each, leave))
    needed = measuring.places_needed(starts, leave)
    cost_row, worth_row = "What it costs to keep", "What its marks can carry"
    segments = [
        {"row": cost_row, "part": "those who stay", "start": 0.0, "end": round(bare / 1e3, 3)},
        {
            "row": cost_row,
            "part": "those who leave",
            "start": round(bare / 1e3, 3),
            "end": round(cost / 1e3, 3),
        },
        {"row": worth_row, "part": "worth in price", "start": 0.0, "end": round(worth / 1e3, 3)},
    ]
    totals = [
        {"row": cost_row, "text": f"{cost_row}: {money(cost)}"},
        {"row": worth_row, "text": f"{worth_row}: {money(worth)}"},
    ]
    gap = worth - cost
    verdict = (
        f"It carries its cost, with {money(gap)} left."
        if gap >= 0
        else f"It costs {money(-gap)} more than it carries."
    )
    people = f"{starts} {'trainee' if starts == 1 else 'trainees'}"
    said = (
        f"For {people} to stay, {needed:.1f} must start: {money(cost)}. The marks can carry {money(worth)}. "
        f"{verdict} Promising {best} would leave you most."
    )
    rows = [
        [
            str(n),
            money(measuring.promise_cost(n, each, leave)),
            points(likely_score(n)),
            money(_worth(n, social, rival)),
        ]
        for n in range(0, 13, 2)
    ]
    columns = ["Trainees who stay", "Cost", "Score beyond none", "Worth in price"]
    return Frame({"segments": segments, "totals": totals}, said, Table(columns, rows))


def _worth(starts: int, social: float, rival: float) -> float:
    return rival * weighting.price_premium(PRICE_WEIGHT, social, likely_score(starts))


# ---- Promising too much ---------------------------------------------------------------------------


def over_promise() -> Explorer:
    """Promise a number, and see how likely it is to be kept with the places there are."""
    return Explorer(
        "How much can you promise?",
        [
            Number("promise", "You promise that so many will finish", 1, 12, 1, 7, "people"),
            Number("places", "Places you can really offer", 1, 12, 1, 9, "people"),
            Number("stay", "Chance that one person finishes", 40, 100, 2, 78, "%"),
        ],
        over_frame,
        ["chance-bars"],
        "Seven of nine finished last time: 78%. Social value weighs 10 of 100 points.",
    )


def over_frame(values: Values) -> Frame:
    """Give the chance of each number, of keeping the promise, and the points it earns and may keep."""
    promise, stay = int(values["promise"]), float(values["stay"]) / 100
    return _chances(promise, int(values["places"]), stay, tell_safe=True)


def _chances(promise: int, places: int, stay: float, tell_safe: bool) -> Frame:
    each = measuring.chances(places, stay)
    kept = measuring.chance_of_keeping(promise, places, stay)
    score = 40 + likely_score(promise)
    award = moderation.expected_points(10, score, 1)
    expected = moderation.expected_points(10, score, kept)
    bars = [
        {
            "n": n,
            "chance": round(100 * chance, 3),
            "side": "promise kept" if n >= promise else "falls short",
            "text": f"{100 * chance:.0f}%" if chance >= 0.005 else "",
        }
        for n, chance in enumerate(each)
    ]
    said = (
        f"You promise {promise} and have {places} places. The chance of keeping it is {percent(100 * kept)}. "
    )
    said += f"On average {places * stay:.1f} finish. "
    safe = measuring.safe_promise(places, stay)
    if tell_safe:
        said += f"At award the promise earns {points(award)} points. "
        said += f"Counting only kept promises, expect {points(expected)}. "
        said += (
            f"You can promise {safe} and keep it at least 4 times in 5."
            if safe
            else "No promise here would be kept 4 times in 5."
        )
    rows = [
        [str(n), percent(100 * chance), "kept" if n >= promise else "short"] for n, chance in enumerate(each)
    ]
    return Frame({"chances": bars}, said.strip(), Table(["Finish", "Chance", "The promise is"], rows))


def own_places(places: int, stay: float) -> Explorer:
    """Try promises on a learner's own places: no safe number is given away.

    Parameters
    ----------
    places : int
        Places the provider can offer.
    stay : float
        Chance, a share of 1, that one person finishes.
    """

    def frame(values: Values) -> Frame:
        return _chances(int(values["promise"]), places, stay, tell_safe=False)

    control = Number("promise", "You promise that so many will finish", 1, places, 1, places, "people")
    note = f"Your {places} places; each person finishes with a chance of {percent(100 * stay)}."
    return Explorer("How much can you promise?", [control], frame, ["chance-bars"], note)


# ---- Past bids ------------------------------------------------------------------------------------

KINDS = {
    "any": "Any provider",
    "vcse": "Charities and social enterprises",
    "sme": "Other small and medium firms",
    "large": "Large firms",
}
BASES = {
    "any": "Anywhere",
    "calderbrook": "Calderbrook",
    "neighbouring": "A neighbouring area",
    "elsewhere": "Elsewhere",
}
FIELDS = {"any": "Any number", "few": "2 or 3", "some": "4 or 5", "many": "6 or more"}
BANDS = {"low": ("below 50", 0, 50), "middle": ("50 to 65", 50, 70), "high": ("70 or more", 70, 101)}
FEW = 15  # below this many bids, a win rate says little


@cache
def past_bids() -> tuple[dict[str, Any], ...]:
    """Return evaluated bids of past awards: kind, base, rivals' field, score band and whether each won."""
    tenders = {row["procurement_id"]: row for row in _rows("procurements.csv")}
    found = []
    for row in _rows("bids.csv"):
        tender = tenders[row["procurement_id"]]
        if tender["status"] != "awarded" or not row["social_value_score"]:
            continue
        received, score = int(tender["bids_received"]), float(row["social_value_score"])
        found.append(
            {
                "kind": "vcse" if row["vcse"] == "true" else "sme" if row["size"] == "sme" else "large",
                "base": row["base"],
                "field": "few" if received <= 3 else "some" if received <= 5 else "many",
                "band": next(band for band, (_, low, high) in BANDS.items() if low <= score < high),
                "won": tender["winning_bid_id"] == row["bid_id"],
            }
        )
    return tuple(found)


def who_wins() -> Explorer:
    """Look for bidders like you among past bids: how often they won, by their social value score."""
    return Explorer(
        "Bidders like you",
        [
            Choice("kind", "What you are", KINDS, "vcse"),
            Choice("base", "Where you are based", BASES, "any", listed=True),
            Choice("field", "Bids in the tender", FIELDS, "any", listed=True),
        ],
        wins_frame,
        ["band-bars"],
        f"{len(past_bids())} evaluated bids of past awards. Invented, but of the shape that real bids have.",
    )


def wins_frame(values: Values) -> Frame:
    """Count wins among past bids like the one chosen, by band of their social value score."""
    like = [
        bid
        for bid in past_bids()
        if all(values[key] in ("any", bid[key]) for key in ("kind", "base", "field"))
    ]
    if not like:
        raise InputError("No past bid is like this one: choose “any” somewhere.")
    won = sum(bid["won"] for bid in like)
    bands, rows, shares = [], [], []
    for band, (text, _, _) in BANDS.items():
        inside = [bid for bid in like if bid["band"] == band]
        wins = sum(bid["won"] for bid in inside)
        share = 100 * wins / len(inside) if inside else 0.0
        shares.append(share)
        bands.append({"band": text, "share": round(share, 3), "text": f"{wins} of {len(inside)}"})
        rows.append(
            [text, str(len(inside)), str(wins), percent(share) if inside else "–", _one_in(wins, len(inside))]
        )
    rows.append(["All", str(len(like)), str(won), percent(100 * won / len(like)), _one_in(won, len(like))])
    said = f"{won} of {len(like)} such bids won: {_one_in(won, len(like))}."
    if len(like) < FEW:
        said += f" With fewer than {FEW} bids, that may be chance."
    elif shares[-1] > shares[0]:
        said += " Those with a high social value score won more often. That does not prove why."
    else:
        said += " A high social value score did not go with more wins here."
    return Frame({"bands": bands}, said, Table(["Social value score", "Bids", "Won", "Share", "Rate"], rows))


def _one_in(wins: int, bids: int) -> str:
    return f"1 in {bids / wins:.1f}" if wins else "none"


# ---- Bid or not -----------------------------------------------------------------------------------


def bid_or_not() -> Explorer:
    """Set the cost of all the bids it takes to win one against what a win earns."""
    return Explorer(
        "Bid, or not?",
        [
            Number("hours", "Hours for one bid", 5, 120, 1, 38, "hours"),
            Number("rate", "Cost of an hour", 15, 90, 1, 45, "£"),
            Number("per_win", "Bids it takes to win one", 1, 12, 0.5, 6, "bids"),
            Number(
                "margin",
                "What the contract earns you",
                5,
                200,
                5,
                25,
                "£k",
                "Over its life, after its own costs.",
            ),
            Number("limit", "Most you would spend of it on bidding", 5, 100, 5, 25, "%"),
        ],
        bid_frame,
        ["win-curve"],
        "The point is you. Above the dashed line bidding costs more than you said you would spend.",
    )


def bid_frame(values: Values) -> Frame:
    """Give the cost of a win as a share of the margin, and the win rate at which it would be worth it."""
    hours, rate, per_win = float(values["hours"]), float(values["rate"]), float(values["per_win"])
    margin, limit = 1e3 * float(values["margin"]), float(values["limit"])
    one, win = measuring.bid_cost(hours, rate), measuring.cost_per_win(hours, rate, per_win)
    share = 100 * measuring.share_of_margin(win, margin)
    enough = limit / 100 * margin / one
    curve = [
        {"bids": n / 2, "share": round(min(100 * measuring.share_of_margin(one * n / 2, margin), 150), 3)}
        for n in range(2, 25)
    ]
    go = share <= limit
    here = {"bids": per_win, "share": round(min(share, 150), 3), "text": "✓ bid" if go else "✗ do not bid"}
    said = f"One bid costs £{one:,.0f}. At 1 win in {per_win:g}, a win costs £{win:,.0f}. "
    said += f"That is {percent(share)} of what it earns. "
    said += (
        f"It is within your {percent(limit)}."
        if go
        else f"Your limit of {percent(limit)} needs 1 win in {enough:.1f} or better."
        if enough >= 1
        else f"Even a certain win would cost more than your {percent(limit)}."
    )
    rows = [
        ["One bid", f"£{one:,.0f}", percent(100 * measuring.share_of_margin(one, margin))],
        [f"All bids for one win (1 in {per_win:g})", f"£{win:,.0f}", percent(share)],
        ["Your limit", f"£{limit / 100 * margin:,.0f}", percent(limit)],
        ["What the contract earns", f"£{margin:,.0f}", "100%"],
    ]
    line = {"share": limit, "text": f"your limit {percent(limit)}"}
    return Frame(
        {"curve": curve, "here": [here], "limit": [line]},
        said,
        Table(["What", "Pounds", "Share of it"], rows),
    )


# ---- The rubric, and answers scored by it ---------------------------------------------------------

RUBRIC = {
    "SMART": (
        "No commitment",
        "A promise with no number or date",
        "A number or a date",
        "Number, date, unit and start point",
    ),
    "Beneficiary and need": (
        "None",
        "“The community”",
        "A named group",
        "A named group, tied to Calderbrook’s data or consultation",
    ),
    "Delivery and governance": (
        "None",
        "“We will ensure”",
        "An owner or a partner",
        "Owner, partner, first milestone and reporting point",
    ),
    "Evidence and honest risk": (
        "None",
        "A slogan or an award",
        "A relevant past result",
        "Past result with its base, one risk and what you would do",
    ),
}
SHORT = dict(zip(RUBRIC, ("smart", "need", "delivery", "evidence"), strict=True))
TOP = 3

TWO = {
    "Answer A": (
        "We are a values-led organisation, and proud to hold a national award for inclusion. Wherever we "
        "work we support communities. We will create opportunities for local people, and ensure that all "
        "benefit.",
        (1, 1, 1, 1),
    ),
    "Answer B": (
        "Four care trainees, two by 1 March 2028 and two by 1 March 2029. No such post exists today. "
        "All will be young people who live in Harbour. Our rota manager owns this. Harbour Hub finds the "
        "people; first interviews are in January 2028, and we report each quarter. Last time five of eight "
        "stayed. Early shifts are the risk, so we pay taxis for a month.",
        (3, 2, 3, 3),
    ),
}


def mark_two() -> Explorer:
    """Mark two anonymous answers on four criteria, then see the marks the words earn."""
    marks = {
        name: {"": "Not marked yet"} | {str(n): f"{n}. {words}" for n, words in enumerate(texts)}
        for name, texts in RUBRIC.items()
    }
    controls = [
        Choice(
            f"{answer[-1]}-{SHORT[name]}",
            f"{answer}: {name}",
            marks[name],
            "",
            f"“{text}”" if name == "SMART" else "",
            "commissioner",
            listed=True,
        )
        for answer, (text, _) in TWO.items()
        for name in RUBRIC
    ]
    return Explorer(
        "Mark two answers",
        controls,
        two_frame,
        ["rubric-bars"],
        "Each criterion has 0 to 3 marks, by the table above. You do not know who wrote them.",
        [("commissioner", "Read both answers, then mark each on four criteria", "Show the marks they earn")],
    )


def two_frame(values: Values) -> Frame:
    """Set the learner's marks beside those that the rubric's words give."""
    rows, scores, yours, apart = [], [], [], []
    for answer, (_, due) in TWO.items():
        for name, mark in zip(RUBRIC, due, strict=True):
            given = values[f"{answer[-1]}-{SHORT[name]}"]
            row = f"{answer[-1]}. {name}"
            scores.append({"criterion": row, "score": mark, "text": f"{mark} of {TOP}"})
            if given != "":
                yours.append({"criterion": row, "score": int(given)})
                apart.append((abs(int(given) - mark), row))
            rows.append([row, given or "–", str(mark), RUBRIC[name][mark]])
    totals = {answer: sum(due) for answer, (_, due) in TWO.items()}
    said = f"By the words, {' and '.join(f'{a} earns {t} of 12' for a, t in totals.items())}."
    if apart:
        most, row = max(apart)
        hits = sum(gap == 0 for gap, _ in apart)
        said += f" You gave the same mark on {hits} of {len(apart)}."
        said += f" Look again at {row}: you are {most} apart." if most > 1 else ""
    else:
        said += " You marked nothing, so there is nothing to compare."
    said += " Even the warm answer earns a third of the marks."
    table = Table(["Answer and criterion", "You", "Earned", "The words that fit"], rows)
    return Frame({"scores": scores, "yours": yours}, said, table, record=said)


# ---- Ten lines ------------------------------------------------------------------------------------

NO_LINE = "Leave it out"
LINES: dict[str, tuple[str, dict[str, str], str]] = {
    "what": (
        "1. The promise",
        {
            "weak": "We will create opportunities for local people.",
            "strong": "We will start four Level 3 apprentices.",
        },
        "strong",
    ),
    "who": (
        "2. Who it is for",
        {
            "weak": "We support the whole community.",
            "strong": "All will live in the Mill and Harbour neighbourhoods.",
        },
        "weak",
    ),
    "need": (
        "3. Why they need it",
        {"strong": "There, between 19% and 25% of those aged 16 to 24 are out of work."},
        "",
    ),
    "when": (
        "4. By when",
        {
            "weak": "This will happen over the life of the contract.",
            "strong": "Two start by 1 October 2027, two by 1 October 2028.",
        },
        "weak",
    ),
    "start": ("5. Where you start from", {"strong": "None of these posts exists today."}, ""),
    "partner": ("6. With whom", {"strong": "Calderbrook College will recruit with us."}, ""),
    "owner": (
        "7. Who owns it",
        {
            "weak": "We will ensure that it is delivered.",
            "strong": "Our operations manager, not our bid team, owns the target.",
        },
        "weak",
    ),
    "report": ("8. How you report", {"strong": "She reports each quarter at your contract meeting."}, ""),
    "evidence": (
        "9. Why you can be believed",
        {
            "weak": "We are passionate, and have won a national award.",
            "strong": "On a similar service from 2024 to 2026, seven of nine starts finished.",
        },
        "weak",
    ),
    "risk": (
        "10. What could go wrong",
        {
            "weak": "We foresee no risks.",
            "strong": "The risk is early shifts, so we pay fares for six months and replace those who leave.",
        },
        "",
    ),
}
# £ for the four apprentices of the case; words alone cost nothing to keep.
LINE_COSTS = {"what": 24_000.0, "partner": 1_200.0, "report": 800.0, "risk": 7_500.0}


def rubric_marks(chosen: Mapping[str, str]) -> dict[str, int]:
    """Mark an answer made of lines by the rubric: criterion to 0 to 3.

    Parameters
    ----------
    chosen : mapping
        Line (a key of LINES) to "weak", "strong" or "".
    """
    strong = {key for key, how in chosen.items() if how == "strong"}
    any_of = {key for key, how in chosen.items() if how}

    def level(full: set[str], part: set[str], some: set[str]) -> int:
        return 3 if full <= strong else 2 if part & strong else 1 if some & any_of else 0

    return {
        "SMART": level({"what", "when", "start"}, {"what", "when"}, {"what", "when"}),
        "Beneficiary and need": level({"who", "need"}, {"who"}, {"who"}),
        "Delivery and governance": level(
            {"owner", "partner", "report", "when"}, {"owner", "partner"}, {"owner", "report"}
        ),
        "Evidence and honest risk": level({"evidence", "risk"}, {"evidence"}, {"evidence", "risk"}),
    }


def ten_lines() -> Explorer:
    """Build an answer of ten lines within a word limit; see its marks and what it costs to keep."""
    controls: list[Choice | Number] = [
        Choice(key, label, {"": NO_LINE} | texts, start, listed=True)
        for key, (label, texts, start) in LINES.items()
    ]
    limit = Number("limit", "Word limit", 20, 150, 10, 80, "words", "What goes past it is not read.")
    return Explorer(
        "Build a ten-line answer",
        [limit, *controls],
        lines_frame,
        ["rubric-bars"],
        "The lines stand in this order. Each takes words from the limit, and some take money.",
    )


def lines_frame(values: Values) -> Frame:
    """Give the answer's text as far as it is read, its marks, words and cost."""
    limit, used, cost = int(values["limit"]), 0, 0.0
    read: dict[str, str] = {}
    unread: list[str] = []
    text: list[str] = []
    for key, (label, texts, _) in LINES.items():
        if not values[key]:
            continue
        line = texts[values[key]]
        words = len(line.split())
        if unread or used + words > limit:
            unread.append(label)
            continue
        used += words
        read[key] = values[key]
        text.append(line)
        cost += LINE_COSTS.get(key, 0.0) if values[key] == "strong" else 0.0
    marks = rubric_marks(read)
    said = f"{sum(marks.values())} of 12 marks, {used} words read, {money(cost)} to keep. "
    said += f"Not read: {', '.join(name.split('. ')[1].lower() for name in unread)}. " if unread else ""
    low = min(marks, key=lambda name: marks[name])
    said += (
        f"Weakest: {low.lower() if low != 'SMART' else low}." if marks[low] < TOP else "Nothing is missing."
    )
    said += f" “{' '.join(text)}”" if text else ""
    scores = [{"criterion": name, "score": mark, "text": f"{mark} of {TOP}"} for name, mark in marks.items()]
    rows = [[name, f"{mark} of {TOP}", RUBRIC[name][mark]] for name, mark in marks.items()]
    return Frame(
        {"scores": scores, "yours": []}, said, Table(["Criterion", "Marks", "The words that fit"], rows)
    )


# ---- The joint table ------------------------------------------------------------------------------

PARTS = {
    "smart": {
        "0": "We care about young people.",
        "1": "We will create opportunities for them.",
        "2": "We will start four Level 3 apprentices.",
        "3": "We will start four Level 3 apprentices, two by 1 October 2027 and two by 1 October 2028; "
        "none of these posts exists today.",
    },
    "need": {
        "0": "We work everywhere in the same way.",
        "1": "The community will benefit.",
        "2": "They will be care leavers.",
        "3": "They will live in Harbour, where one in four of those aged 16 to 24 is out of work.",
    },
    "delivery": {
        "0": "Details can follow.",
        "1": "We will ensure that this is delivered.",
        "2": "Our operations manager owns the number.",
        "3": "Our operations manager owns the number, Calderbrook College recruits from May 2027, and we "
        "report each quarter.",
    },
    "evidence": {
        "0": "Thank you for reading.",
        "1": "We have won a national award.",
        "2": "We have run a scheme like this, and it went well: most starts finished.",
        "3": "Last time seven of nine finished. The risk is early shifts, so we pay fares for six months.",
    },
}
ORDER = {"smart": "2013", "need": "1302", "delivery": "3120", "evidence": "0231"}
PART_COSTS = {"2": 24_000.0, "3": 31_500.0}  # £ to keep the promise itself, without and with the fares


def swap_and_score() -> Explorer:
    """One side writes, the other scores blind; see where they differ, and what was promised."""
    labels = {SHORT[name]: name for name in RUBRIC}
    write = [
        Choice(
            key,
            {"smart": "Your promise", "need": "For whom", "delivery": "How", "evidence": "Why believe you"}[
                key
            ],
            {mark: texts[mark] for mark in ORDER[key]},
            ORDER[key][0],
            side="provider",
        )
        for key, texts in PARTS.items()
    ]
    score = [
        Number(f"mark-{key}", f"Your mark: {labels[key]}", 0, TOP, 1, 0, f"of {TOP}", side="commissioner")
        for key in PARTS
    ]
    return Explorer(
        "Write, swap, score",
        [*write, *score],
        swap_frame,
        ["rubric-bars"],
        steps=[
            (
                "provider",
                "You are Birch CIC. Choose one sentence for each part of your answer",
                "Hand it over",
            ),
            (
                "commissioner",
                "You do not know who wrote this. Mark it by the table of four criteria",
                "Compare",
            ),
        ],
    )


def swap_frame(values: Values) -> Frame:
    """Compare marks given blind with those the sentences earn."""
    due = {name: int(values[key]) for name, key in SHORT.items()}
    given = {name: int(values[f"mark-{key}"]) for name, key in SHORT.items()}
    gaps = {name: given[name] - due[name] for name in due}
    widest = max(gaps, key=lambda name: abs(gaps[name]))
    total, earned = sum(given.values()), sum(due.values())
    said = f"You gave {total} of 12; by the words it earns {earned}. "
    said += (
        f"The widest gap is on {widest if widest == 'SMART' else widest.lower()}: {given[widest]} "
        f"for {due[widest]}. Talk about that first."
        if gaps[widest]
        else "You agree on all four."
    )
    cost = PART_COSTS["3" if values["evidence"] == "3" else "2"] if due["SMART"] >= 2 else 0.0
    said += (
        f" To keep its promise Birch CIC must spend about {money(cost)}."
        if cost
        else " It promises nothing that could be kept or broken."
    )
    rows = [[name, str(given[name]), str(due[name]), RUBRIC[name][due[name]]] for name in due]
    scores = [{"criterion": name, "score": mark, "text": f"{mark} of {TOP}"} for name, mark in due.items()]
    yours = [{"criterion": name, "score": mark} for name, mark in given.items()]
    table = Table(["Criterion", "Marked blind", "Earned", "The words that fit"], rows)
    return Frame(
        {"scores": scores, "yours": yours}, said, table, record=f"{total} of 12 given, {earned} earned."
    )


# ---- Pitfalls -------------------------------------------------------------------------------------


def already_there() -> Explorer:
    """Posts promised, less those that are there already."""
    return Explorer(
        "What is there already",
        [
            Number("promised", "Posts promised for local people", 0, 40, 1, 15, "posts"),
            Number("before", "Of these, held by staff who transfer", 0, 40, 1, 12, "posts"),
        ],
        already_frame,
        note="Staff who move to you with the contract are not new. They are where you start from.",
    )


def already_frame(values: Values) -> Frame:
    """Count the posts that a promise adds."""
    promised, before = int(values["promised"]), int(values["before"])
    new = measuring.additional_posts(promised, before)
    rows = [["Promised", str(promised)], ["There already", str(before)], ["Additional", str(new)]]
    share = f", {percent(100 * new / promised)} of what was promised" if promised else ""
    return Frame({}, f"Of {promised} posts, {new} are additional{share}.", Table(["Posts", "How many"], rows))


def bold_and_sober() -> Explorer:
    """Two promises: what they earn at award, and what they are worth if they may be broken."""
    return Explorer(
        "Bold and Sober",
        [
            Number("bold", "Chance that Bold keeps its promise", 0, 100, 1, 45, "%"),
            Number("sober", "Chance that Sober keeps its promise", 0, 100, 1, 92, "%"),
        ],
        bold_frame,
        note="Social value weighs 10 points. Bold’s offer scores 95 of 100, Sober’s 72.",
    )


def bold_frame(values: Values) -> Frame:
    """Compare points at award with points to be expected."""
    rows, award, expected = [], {}, {}
    for name, score in (("Bold", 95), ("Sober", 72)):
        chance = float(values[name.lower()]) / 100
        award[name] = moderation.expected_points(10, score, 1)
        expected[name] = moderation.expected_points(10, score, chance)
        rows.append([name, points(award[name]), percent(100 * chance), points(expected[name])])
    first = max(expected, key=lambda name: expected[name])
    said = f"Bold leads at award by {points(award['Bold'] - award['Sober'])} points. "
    said += f"To be expected: Bold {points(expected['Bold'])}, "
    said += f"Sober {points(expected['Sober'])}. {first} is worth more to the council."
    said += " An evaluator may not make such chances up: they belong in contract terms."
    return Frame({}, said, Table(["Bid", "Points at award", "Chance it is kept", "Points to expect"], rows))


def across_the_group() -> Explorer:
    """“Up to 20 across the group”: what that means for one contract."""
    return Explorer(
        "Up to, and across the group",
        [
            Number("total", "“Up to” so many across the group", 0, 60, 5, 20, "apprentices"),
            Number("contracts", "Contracts the group holds", 1, 60, 1, 40, "contracts"),
        ],
        group_frame,
        note="The promise sounds large. Divide it by the contracts it is shared among.",
    )


def group_frame(values: Values) -> Frame:
    """Share a group's promise among its contracts."""
    total, contracts = int(values["total"]), int(values["contracts"])
    each = total / contracts
    rows = [
        ["At most, for the whole group", f"{total}"],
        ["At most, on average for one contract", f"{each:.2f}"],
        ["At least, for this contract", "0"],
    ]
    said = (
        f"Shared among {contracts} contracts, {total} is {each:.2f} for each. "
        "Nothing ties even one of them to Calderbrook."
    )
    return Frame({}, said, Table(["What is promised", "Apprentices"], rows))
