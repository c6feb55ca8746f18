"""Module 6's explorers: scoring, moderating, and the reasons that are left behind."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from course import moderation, places, weighting
from course.charts import Frame, Table, points
from course.errors import InputError
from course.explorers.controls import Choice, Control, Number
from course.explorers.widgets import Explorer, Predict, predict

Values = Mapping[str, Any]

CASE, QUESTION = "CB-2026-008", "S1"  # "Mentoring in schools": helping people who face barriers to work
TOP = 5
DESCRIPTORS = {
    5: "Full: lead, dates, measure, a past result with its base, and one risk faced",
    4: "Good: lead, dates and a measure, with a small gap",
    3: "Sound: a lead and dates, but one part is thin or missing",
    2: "Partial: some detail, but dates and a measure are missing",
    1: "Asserted: general words and no plan",
    0: "Blank: nothing, or not about the question",
}
# Our words for the six answers; the panel's marks and notes on them are in the data.
ANSWERS = {
    "Bid 1": "We offer six paid mentor placements of ten weeks to parents who have been out of work for a "
    "year. Two start each term from October 2026. Nadia Khan, our volunteer manager, leads. We will look "
    "back at the end of the year.",
    "Bid 2": "Our schools team will train eight adults who left school without qualifications as paid "
    "mentor assistants. One group starts in November 2026 and one in March 2027. We will count who finishes.",
    "Bid 3": "We are proud of our record with people who face barriers. We work with all parts of the "
    "community and will ensure that nobody is left behind.",
    "Bid 4": "We will employ five care leavers aged 18 to 24 as trainee mentors: three by October 2026, two "
    "by January 2027. Tom Reyes, our delivery manager, leads. We count people in post after 13 weeks, and "
    "report to your contract manager.",
    "Bid 5": "Please see annex C. (Annex C: Aisha Bell, our community lead, will bring young parents from "
    "the two schools with most need into mentoring work. She finds each a workplace and stays in touch.)",
    "Bid 6": "Each year four adults with a learning disability start paid support roles of 12 hours a week, "
    "the first by 1 December 2026. Grace Osei, our partnerships lead, runs it with Calderbrook College. We "
    "will report on progress.",
}


# ---- The panel's marks ----------------------------------------------------------------------------


class Board(NamedTuple):
    """One evaluated procurement, its bids in order, its questions in order, its evaluators in order.

    `names`: "Bid 1"… to the bidder's name. `weights`: points of 100 for price, quality and social value.
    `price_points`: by bid, points of 100 for price. `worth`: question to points of 100 for one mark.
    `questions`: question to its text. `roles`: evaluator to role. `own`: marks by bid, question and
    evaluator, NaN where there is none. `agreed`: marks by bid and question. `reasons`: (bid, question) to
    the reason recorded.
    """

    title: str
    names: dict[str, str]
    prices: np.ndarray
    weights: dict[str, float]
    price_points: np.ndarray
    worth: dict[str, float]
    questions: dict[str, str]
    roles: dict[str, str]
    own: np.ndarray
    agreed: np.ndarray
    reasons: dict[tuple[str, str], str]


def _read(name: str) -> list[dict[str, str]]:
    try:
        with (places.DATASETS / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as problem:
        raise InputError(
            f"The file {name} is missing from {places.DATASETS}: restore that folder."
        ) from problem


@cache
def _tables() -> dict[str, dict[str, list[dict[str, str]]]]:
    """Read the tables, each as procurement to its rows."""
    found: dict[str, dict[str, list[dict[str, str]]]] = {}
    for name in ("procurements", "questions", "bids", "evaluator_scores", "moderated_scores"):
        found[name] = {}
        for row in _read(f"{name}.csv"):
            found[name].setdefault(row["procurement_id"], []).append(row)
    return found


@cache
def awarded() -> dict[str, str]:
    """Return the procurements that have been awarded: number to title, in order of the title."""
    scored = _tables()["moderated_scores"]
    rows = [rows[0] for number, rows in _tables()["procurements"].items() if number in scored]
    found = {row["procurement_id"]: row["title"] for row in rows if row["status"] == "awarded"}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


@cache
def board(number: str) -> Board:
    """Read one procurement's bids, marks and reasons.

    Raises
    ------
    InputError
        If the data has no such procurement, or it was not evaluated.
    """
    tables = {name: found.get(number, []) for name, found in _tables().items()}
    if not all(tables.values()):
        raise InputError(f"The data has no marks for {number}: choose a procurement that was evaluated.")
    tender = tables["procurements"][0]
    weights = {name: float(tender[f"{name}_weight"]) for name in ("price", "quality", "social_value")}
    bids = [row for row in tables["bids"] if row["quality_score"]]
    label = {row["bid_id"]: f"Bid {row['bid_id'].rsplit('-B', 1)[1]}" for row in bids}
    prices = pd.Series({label[row["bid_id"]]: float(row["price_net"]) for row in bids})
    roles = dict(sorted({r["evaluator_id"]: r["evaluator_role"] for r in tables["evaluator_scores"]}.items()))
    questions = {row["question_id"]: row["question"] for row in tables["questions"]}
    at_bid, at_question, at_evaluator = (
        {key: place for place, key in enumerate(keys)} for keys in (label, questions, roles)
    )
    own = np.full((len(label), len(questions), len(roles)), np.nan)
    for r in tables["evaluator_scores"]:
        place = at_bid[r["bid_id"]], at_question[r["question_id"]], at_evaluator[r["evaluator_id"]]
        own[place] = float(r["score"]) if r["score"] else np.nan
    agreed = np.full(own.shape[:2], np.nan)
    for r in tables["moderated_scores"]:
        agreed[at_bid[r["bid_id"]], at_question[r["question_id"]]] = float(r["agreed_score"])
    return Board(
        tender["title"],
        {label[row["bid_id"]]: row["bidder"] for row in bids},
        prices.to_numpy(),
        weights,
        weights["price"] * weighting.price_scores(prices, tender["price_formula"]).to_numpy() / 100,
        {
            row["question_id"]: moderation.points_per_mark(
                weights[row["section"].replace(" ", "_")], float(row["weight_in_section"]), TOP
            )
            for row in tables["questions"]
        },
        questions,
        roles,
        own,
        agreed,
        {(label[r["bid_id"]], r["question_id"]): r["reason"] for r in tables["moderated_scores"]},
    )


def scored_by(number: str, basis: str) -> np.ndarray:
    """Return the marks (by bid and question) of one evaluator ("E1"…), their "mean", or those "agreed".

    Raises
    ------
    InputError
        If the evaluator gave a bid no mark.
    """
    found = board(number)
    if basis == "agreed":
        return found.agreed
    if basis == "mean":
        return np.nanmean(found.own, axis=2)
    marks = found.own[:, :, list(found.roles).index(basis)]
    missing = np.isnan(marks).any(axis=1)
    if missing.any():
        bid = list(found.names)[int(missing.argmax())]
        role = found.roles[basis].lower()
        raise InputError(f"The {role} declared an interest and gave {bid} no marks: choose somebody else.")
    return marks


def totals(number: str, marks: np.ndarray) -> dict[str, float]:
    """Return each bid's points of 100 on these marks (by bid and question)."""
    found = board(number)
    points_of_bids = found.price_points + marks @ np.array(list(found.worth.values()))
    return dict(zip(found.names, map(float, points_of_bids), strict=True))


def winner(number: str, marks: np.ndarray) -> str:
    """Return the bid with the highest total on these marks; the lower price wins a tie."""
    result = totals(number, marks)
    prices = dict(zip(result, board(number).prices, strict=True))
    return min(result, key=lambda bid: (-round(result[bid], 9), prices[bid]))


@cache
def lone_choices() -> dict[str, int]:
    """Count awards that one evaluator alone, and the mean of the four, would have made to another bid.

    Returns
    -------
    dict
        `awards`: how many there are; `one`: where at least one evaluator alone would have chosen another
        bid; `mean`: where the mean of all marks would have.
    """
    one = mean = 0
    for number in awarded():
        found = board(number)
        panel = winner(number, found.agreed)
        mean += winner(number, scored_by(number, "mean")) != panel
        alone = [marks for marks in np.moveaxis(found.own, 2, 0) if not np.isnan(marks).any()]
        one += any(winner(number, marks) != panel for marks in alone)
    return {"awards": len(awarded()), "one": one, "mean": mean}


def predict_lone_choices() -> Predict:
    """Ask how often one evaluator alone would have chosen another winner."""
    found = lone_choices()
    share = found["one"] / found["awards"]
    options = {
        "few": "In fewer than 1 of 20",
        "some": "In about 1 of 10",
        "many": "In about 1 of 4",
        "most": "In more than 1 of 3",
    }
    answer = "most" if share > 1 / 3 else "many" if share > 0.17 else "some" if share > 0.05 else "few"
    return predict(
        f"Calderbrook’s data holds {found['awards']} awards. A panel of four made each. Suppose one of the "
        "four had decided alone. In how many awards would at least one of them have chosen another winner?",
        options,
        answer,
        f"It is {found['one']} of {found['awards']}. Simply taking the mean of the four changes "
        f"{found['mean']} awards. People who read the same words score them differently. So the marks need "
        "a meeting, and the meeting needs reasons.",
        {"few": "It feels safe to think so. That is why few people look at the marks before the meeting."},
    )


def predict_first() -> Predict:
    """Ask which bid the panel should talk about first."""
    own = case_scores()
    first = moderation.moderate_first(own)[0]
    means = own.mean(axis=1)
    options = {
        str(bid): f"{bid}: {', '.join(f'{mark:g}' for mark in marks)} (mean {mean:g})"
        for bid, marks, mean in zip(own.index, own.to_numpy(), means, strict=True)
    }
    low = str(means.idxmin())
    return predict(
        "The panel has half an hour. Here are the four marks of each bid. Which should it talk about first?",
        options,
        str(first),
        f"{first} has the widest range: its marks lie 3 apart. A low mean is no reason to talk, if all agree "
        "on it. A wide range says that people read different things, or read differently.",
        {low: f"{low} is the weakest. But three of four agree on 1, so there is little to settle."},
    )


@cache
def case_scores(question: str = QUESTION, number: str = CASE) -> pd.DataFrame:
    """Return evaluators' own marks on one question: rows bids, columns evaluators."""
    found = board(number)
    place = list(found.questions).index(question)
    return pd.DataFrame(found.own[:, place, :], index=list(found.names), columns=list(found.roles))


def case_agreed() -> dict[str, float]:
    """Return the marks agreed on the question of the case, by bid."""
    found = board(CASE)
    return dict(
        zip(found.names, found.agreed[:, list(found.questions).index(QUESTION)].tolist(), strict=True)
    )


# ---- Score six answers alone ----------------------------------------------------------------------


def score_six() -> Explorer:
    """Score six answers against the descriptors; then see the panel's own marks and what it agreed."""
    marks = {"": "Not scored yet"} | {
        str(mark): f"{mark}. {text.split(':')[0]}" for mark, text in DESCRIPTORS.items()
    }
    return Explorer(
        "Score six answers alone",
        [
            Choice(bid, bid, marks, "", f"“{text}”", "commissioner", listed=True)
            for bid, text in ANSWERS.items()
        ],
        six_frame,
        ["score-dots"],
        "The question: “How will you help people who face barriers to work?” Score the words on the page.",
        [
            (
                "commissioner",
                "Read each answer, then choose the descriptor that fits it",
                "Show the panel’s marks",
            )
        ],
    )


def six_frame(values: Values) -> Frame:
    """Set the learner's marks beside those of the panel's four, and what the panel agreed."""
    own = case_scores()
    agreed = case_agreed()
    mine = {bid: int(values[bid]) for bid in ANSWERS if values[bid] != ""}
    data = _dots(own, moderation.spread(own), agreed, mine)
    rows = [
        [
            bid,
            str(mine[bid]) if bid in mine else "–",
            *(f"{mark:g}" for mark in own.loc[bid]),
            f"{agreed[bid]:g}",
        ]
        for bid in ANSWERS
    ]
    near = [bid for bid in mine if abs(mine[bid] - agreed[bid]) <= 1]
    far = sorted((bid for bid in mine if bid not in near), key=lambda bid: -abs(mine[bid] - agreed[bid]))
    if mine:
        said = f"You are within one mark of what the panel agreed on {len(near)} of {len(mine)} answers."
        said += (
            f" Look again at {far[0]}: you gave {mine[far[0]]}, the panel {agreed[far[0]]:g}." if far else ""
        )
    else:
        said = "You scored none of the six, so there is nothing to compare yet."
    if 0 < len(mine) < 6:
        said += f" You left out {6 - len(mine)}."
    columns = ["Bid", "You", *own.columns, "Agreed"]
    return Frame(
        data, f"{said} The panel’s own marks on Bid 5 run from 0 to 3.", Table(columns, rows), record=said
    )


def _dots(
    own: pd.DataFrame, spread: pd.DataFrame | None, agreed: Mapping[str, float], mine: Mapping[str, float]
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the figure of marks: circles by how many gave the mark, ranges, agreed, yours."""
    counts, lines = [], []
    for place, (bid, marks) in enumerate(zip(own.index, own.to_numpy(), strict=True)):
        given, times = np.unique(marks[~np.isnan(marks)], return_counts=True)
        counts += [
            {"bid": bid, "score": float(score), "text": str(n)} for score, n in zip(given, times, strict=True)
        ]
        line = {"bid": bid, "low": float(given[0]), "high": float(given[-1]), "text": "", "wide": False}
        if spread is not None:
            width, order = spread["range"].iloc[place], spread["order"].iloc[place]
            line |= {"text": f"range {width:g}", "wide": bool(order == 1 and width > 0)}
        lines.append(line)
    return {
        "counts": counts,
        "ranges": lines,
        "agreed": [{"bid": bid, "score": float(score)} for bid, score in agreed.items()],
        "yours": [{"bid": bid, "score": float(score)} for bid, score in mine.items()],
    }


# ---- Agreement ------------------------------------------------------------------------------------

LEVELS = {
    "interval": "How many marks apart (interval)",
    "ordinal": "Only which is higher (ordinal)",
    "nominal": "Only same or not (nominal)",
}
PANELS = {
    "CB-2026-008 S1": "Mentoring in schools: barriers to work",
    "CB-2026-008 S2": "Mentoring in schools: carbon",
    "CB-2025-004 S2": "Befriending for people living alone",
    "CB-2025-006 S1": "Community wellbeing hubs",
    "CB-2025-033 S1": "Help into work",
}
NONE = "none"
SIX = {NONE: "None yet"} | {bid: bid for bid in ANSWERS}


def agreement() -> Explorer:
    """Settle one bid's mark, and watch agreement before and after."""
    return Explorer(
        "Moderate one bid",
        [
            Choice("panel", "Question", PANELS, "CB-2026-008 S1", listed=True),
            Choice("bid", "Bid the panel settles", SIX, NONE, listed=True),
            Number("agreed", "Mark it agrees on", 0, TOP, 1, 2, "of 5"),
            Choice("level", "What counts as disagreement", LEVELS, "interval"),
        ],
        agreement_frame,
        ["score-dots", "alpha-strip"],
        "A circle holds how many gave that mark. Settle the wrong bid first and see what it gains.",
    )


def agreement_frame(values: Values) -> Frame:
    """Give alpha and the ranges before and after one bid is settled."""
    number, question = values["panel"].split()
    before, level = case_scores(question, number), values["level"]
    chosen = "" if values["bid"] == NONE else values["bid"]
    agreed = {chosen: float(values["agreed"])} if chosen else {}
    after = moderation.apply_consensus(before, agreed)
    was = moderation.krippendorff_alpha(before, level)
    now = moderation.krippendorff_alpha(after, level) if chosen else was
    spread = moderation.spread(after)
    widest = spread["range"].max()
    first = spread.index[(spread["order"] == 1) & (widest > 0)].tolist()
    said = f"Before any talk, alpha is {was:.3f}: {moderation.read_alpha(was)}."
    if chosen:
        said += f" With {chosen} settled at {agreed[chosen]:g} it is {now:.3f}: {moderation.read_alpha(now)}."
    said += (
        f" {_listed(first)} {'share' if len(first) > 1 else 'has'} the widest spread now (range {widest:g})."
        if first
        else " Nothing is left to settle."
    )
    empty = [""] * (after.shape[1] + 1)
    rows = [
        [bid, *(f"{m:g}" for m in marks), f"{mean:.2f}", f"{width:g}"]
        for bid, marks, mean, width in zip(
            after.index, after.to_numpy(), spread["mean"], spread["range"], strict=True
        )
    ]
    single, average = _icc(after)
    rows.append(["Alpha before", f"{was:.3f}", *empty])
    rows.append(["Alpha now", f"{now:.3f}", *empty])
    rows.append(["Alike, one evaluator (ICC)", single, *empty])
    rows.append(["Alike, mean of all (ICC)", average, *empty])
    data = _dots(before, spread, agreed, {}) | _strip(was, now, bool(chosen))
    return Frame(data, said, Table(["Bid", *after.columns, "Mean", "Range"], rows))


def _icc(scores: pd.DataFrame) -> tuple[str, str]:
    try:
        found = moderation.icc(scores)
    except InputError:
        return "–", "–"
    return f"{found.single:.3f}", f"{found.average:.3f}"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


LOWEST = -0.25  # where the strip of alpha begins


def _strip(was: float, now: float, moved: bool) -> dict[str, list[dict[str, Any]]]:
    edges = [LOWEST, moderation.agreement.TENTATIVE, moderation.agreement.FIRM, 1.0]
    words = ["too low to rely on", "tentative", "firm"]
    zones = [
        {"zone": word, "start": a, "end": b, "text": word}
        for word, a, b in zip(words, edges, edges[1:], strict=False)
    ]
    return {
        "zones": zones,
        "was": [{"alpha": max(LOWEST, round(was, 4)), "text": f"before {was:.3f}"}] if moved else [],
        "now": [{"alpha": max(LOWEST, round(now, 4)), "text": f"now {now:.3f}" if moved else f"{now:.3f}"}],
    }


MEASURES = LEVELS | {"single": "ICC of one evaluator", "average": "ICC of the panel’s mean"}


def panel(scores: pd.DataFrame) -> Explorer:
    """Measure agreement on a learner's own panel, before and after one bid is settled.

    Parameters
    ----------
    scores : DataFrame
        Rows: "Bid 1" to "Bid 6". Columns: evaluators. Marks from 0 to 5, none missing.
    """

    def frame(values: Values) -> Frame:
        chosen, measure = values["bid"], values["measure"]
        settled = chosen != NONE
        now = moderation.apply_consensus(scores, {chosen: float(values["agreed"])}) if settled else scores
        found = (
            moderation.krippendorff_alpha(now, measure)
            if measure in LEVELS
            else getattr(moderation.icc(now), measure)
        )
        agreed = {chosen: float(values["agreed"])} if settled else {}
        done = f" after {chosen} is settled at {values['agreed']:g}" if settled else ""
        kind = "Alpha" if measure in LEVELS else "The figure"
        said = f"{MEASURES[measure]}. {kind}{done} is {found:.3f}."
        rows = [[bid, *(f"{m:g}" for m in now.loc[bid]), f"{now.loc[bid].mean():.2f}"] for bid in now.index]
        rows.append(["Agreement", f"{found:.3f}", *[""] * now.shape[1]])
        data = _dots(scores, None, agreed, {})
        return Frame(data, said, Table(["Bid", *now.columns, "Mean"], rows))

    controls: list[Control] = [
        Choice("measure", "How agreement is measured", MEASURES, "nominal", listed=True),
        Choice("bid", "Bid the panel settles", SIX, NONE, listed=True),
        Number("agreed", "Mark it agrees on", 0, TOP, 1, 0, "of 5"),
    ]
    note = "Your panel. A circle holds how many of the four gave that mark."
    return Explorer("Your panel’s marks", controls, frame, ["score-dots"], note)


# ---- Whose marks decide ---------------------------------------------------------------------------

BASES = {
    "agreed": "What the panel agreed",
    "mean": "The mean of the four",
    "E1": "The service lead alone",
    "E2": "The procurement officer alone",
    "E3": "The finance officer alone",
    "E4": "The panel member for service users alone",
}


def whose_marks() -> Explorer:
    """Award by one evaluator's marks, by their mean, or by what the panel agreed."""
    return Explorer(
        "Whose marks decide?",
        [
            Choice("case", "Procurement", awarded(), CASE, listed=True),
            Choice("basis", "Marks used for every question", BASES, "agreed"),
        ],
        whose_frame,
        ["panel-totals"],
        f"All {len(awarded())} awards in the data. Prices and weights stay; only the marks change.",
    )


def whose_frame(values: Values) -> Frame:
    """Give totals by the marks chosen, beside those by what the panel agreed."""
    number, basis = values["case"], values["basis"]
    found = board(number)
    marks = scored_by(number, basis)
    now, was = totals(number, marks), totals(number, found.agreed)
    best, panel_best = winner(number, marks), winner(number, found.agreed)
    first, *rest = sorted(now.values(), reverse=True)
    said = f"{BASES[basis]}: {best}, {found.names[best]}, wins with {points(first)} points of 100"
    said += f", {points(first - rest[0])} ahead." if rest else "."
    if best != panel_best:
        said += f" The panel agreed on {panel_best}, {found.names[panel_best]}. The award changes."
    elif basis != "agreed":
        said += " That is the panel’s choice too."
    rows = [
        [bid, found.names[bid], points(now[bid]) + (" ★ wins" if bid == best else ""), points(was[bid])]
        for bid in now
    ]
    data = _bars(now, was, best)
    return Frame(data, said, Table(["Bid", "Bidder", "Total by these marks", "Total as agreed"], rows))


def _bars(now: Mapping[str, float], was: Mapping[str, float], best: str) -> dict[str, list[dict[str, Any]]]:
    bars = [
        {
            "bid": bid,
            "total": round(total, 4),
            "text": points(total) + (" ★ wins" if bid == best else ""),
            "wins": bid == best,
        }
        for bid, total in now.items()
    ]
    return {"bars": bars, "before": [{"bid": bid, "total": round(total, 4)} for bid, total in was.items()]}


# ---- Notes ----------------------------------------------------------------------------------------

SUB_CRITERIA = {
    "who is helped": ("care leaver*", "parent*", "adult*", "aged", "out of work"),
    "what happens by when": ("October*", "November*", "December*", "January*", "term*", "date*", "by when"),
    "who leads": ("lead", "leads", "led by", "Reyes", "Khan", "owner"),
    "how it is measured": ("measure*", "count*", "counted", "report*", "13 weeks"),
}
OPENINGS = {
    "": "Nothing",
    "good": "Good answer.",
    "descriptor": "Scored 4: good, with a small gap.",
}
STRENGTHS = {
    "": "Nothing",
    "warm": "A strong and convincing team.",
    "cites": "It names Tom Reyes as lead and states five posts for care leavers, three by October 2026.",
}
GAPS = {
    "": "Nothing",
    "vague": "Could be a little better.",
    "cites": "It counts people in post after 13 weeks, but does not say how often it will report.",
}
ASIDES = {
    "": "Nothing",
    "compare": "Clearer than Bid 6.",
    "history": "They ran our last contract well.",
}


def build_a_note() -> Explorer:
    """Put a note together from sentences, and see which faults it has."""
    return Explorer(
        "Build a note that holds",
        [
            Choice("opening", "Opening", OPENINGS, "good"),
            Choice("strength", "What the answer does well", STRENGTHS, "warm"),
            Choice("gap", "What keeps it from the next mark", GAPS, ""),
            Choice("aside", "One thing more", ASIDES, "compare"),
        ],
        note_frame,
        note="The panel agreed 4 for Bid 4, the answer on care leavers. Write down why.",
    )


def note_frame(values: Values) -> Frame:
    """Check a note put together from sentences."""
    parts = [
        texts[values[key]]
        for key, texts in (("opening", OPENINGS), ("strength", STRENGTHS), ("gap", GAPS), ("aside", ASIDES))
        if values[key]
    ]
    note = " ".join(parts)
    faults = faults_in(note, "Bid 4")
    rows = [
        ["✗ " + moderation.FAULTS[fault], words or "–", explanation] for fault, words, explanation in faults
    ]
    if values["aside"] == "history":
        rows.append(
            [
                "✗ Off the question",
                "our last contract",
                "No word list sees this. The question did not ask for it.",
            ]
        )
    if values["gap"] != "cites":
        rows.append(["✗ No way up", "–", "The bidder cannot see what a mark of 5 would have taken."])
    count = len(rows)
    rows = rows or [["✓ None", "–", "It gives reasons, covers each point and stays with this bid."]]
    verdict = "No faults found: this note can be sent." if not count else f"Faults: {count}."
    return Frame(
        {},
        f"Your note: “{note or '(empty)'}” {verdict}",
        Table(["Fault", "Words it rests on", "Why it matters"], rows),
    )


def faults_in(note: str, bid: str) -> list[tuple[str, str, str]]:
    """Return the checker's faults in a note on one of the six answers: key, words, explanation.

    Sub-criteria that are passed over count as one fault.
    """
    found = moderation.check_notes(pd.DataFrame([{"bidder": bid, "note": note}]), list(ANSWERS), SUB_CRITERIA)
    rows = [
        (str(fault), str(words), str(explanation))
        for fault, words, explanation in zip(
            found["fault"], found["words"], found["explanation"], strict=True
        )
        if fault != "ignored_sub_criterion"
    ]
    ignored = [name for name, words in SUB_CRITERIA.items() if not moderation.words_found(note, words)]
    if ignored:
        rows.append(("ignored_sub_criterion", "", f"The note says nothing on {_listed(ignored)}."))
    return rows


KINDS = {
    "note-gives-no-reason": "It gives no reason",
    "note-compares-bids": "It compares bids",
    "note-off-criterion": "It is off the question",
    "note-contradicts-score": "It contradicts the mark",
    "fits": "Nothing: note and mark fit",
}
WHY_KINDS = {
    "note-gives-no-reason": "A judgement is not a reason. Nothing says what in the bid earned the mark.",
    "note-compares-bids": "Bids are scored against the criterion. A ranking of answers is not a score.",
    "note-off-criterion": "The question did not ask for it, so it may not move the mark, up or down.",
    "note-contradicts-score": "Words and mark cannot both be right. One was typed in the wrong row.",
    "fits": "It ties the mark to what the answer gives, and to what is thin.",
}


class RealNote(NamedTuple):
    """A note from the data: what it is on, the mark, and what is wrong with it (a key of `KINDS`)."""

    place: str
    score: int
    note: str
    kind: str


@cache
def real_notes() -> dict[str, RealNote]:
    """Return ten notes from the data: the poor ones are those its dictionary names, two of each kind."""
    scored = [row for rows in _tables()["evaluator_scores"].values() for row in rows]
    rows = {(row["bid_id"], row["question_id"], row["evaluator_id"]): row for row in scored}
    described = json.loads((places.DATASETS / "datapackage.json").read_text(encoding="utf-8"))
    planted = [
        row
        for resource in described["resources"]
        if isinstance(resource.get("data"), list)
        for row in resource["data"]
        if row.get("feature") in KINDS
    ]
    chosen: dict[tuple[str, str, str], str] = {}
    for kind in KINDS:
        seen: list[str] = []
        for row in planted:
            if row["feature"] == kind and row["what"] not in seen and len(seen) < 2:
                seen.append(row["what"])
                bid, question, evaluator = (part.split("=")[1] for part in row["rows"].split("; "))
                chosen[bid, question, evaluator] = kind
    for evaluator in ("E4", "E3"):
        chosen[(f"{CASE}-B1", QUESTION, evaluator)] = "fits"
    found = {}
    for number, (key, kind) in enumerate(sorted(chosen.items()), start=1):
        row = rows[key]
        title = _tables()["procurements"][row["procurement_id"]][0]["title"]
        found[str(number)] = RealNote(title, int(row["score"]), row["note"], kind)
    return found


def read_notes() -> Explorer:
    """Read notes from the data, say what is wrong with each, and see whether a word list would notice."""
    notes = real_notes()
    return Explorer(
        "Ten notes from the files",
        [
            Choice(
                "note",
                "Note",
                {key: f"{key}. {note.place}" for key, note in notes.items()},
                "1",
                listed=True,
            ),
            Choice("verdict", "What is wrong with it?", {"": "Not decided yet"} | KINDS, ""),
        ],
        read_frame,
        note="Evaluators wrote these about Calderbrook’s bids. Decide before you read on.",
    )


def read_frame(values: Values) -> Frame:
    """Give a note; once judged, what is wrong with it, and whether the word list noticed."""
    note = real_notes()[values["note"]]
    rows = [["Procurement", note.place], ["Mark", f"{note.score} of 5"], ["Note", note.note]]
    if not values["verdict"]:
        said = f"Mark {note.score} of 5: “{note.note}” Decide what is wrong with it, if anything."
        return Frame({}, said, Table(["What", "In the file"], rows))
    right = values["verdict"] == note.kind
    found = moderation.check_notes(pd.DataFrame([{"bidder": "A", "note": note.note}]), ["A"], {})
    names = [moderation.FAULTS[fault].lower() for fault in found["fault"]]
    seen = _listed(names) if names else "no fault"
    rows.append(["What is wrong", KINDS[note.kind]])
    rows.append(["A word list reports", seen])
    said = f"{'✓ Yes' if right else '✗ Not quite'}. {KINDS[note.kind]}. {WHY_KINDS[note.kind]}"
    said += f" A word list reports: {seen}. It looks for words, and you look for sense."
    return Frame({}, said, Table(["What", "In the file"], rows))


# ---- The provider's side --------------------------------------------------------------------------


def one_more_mark() -> Explorer:
    """Take a bid's feedback, and see what more marks on one question would have been worth."""
    found = board(CASE)
    return Explorer(
        "What more marks would have been worth",
        [
            Choice("bid", "You are", {b: f"{b}, {n}" for b, n in found.names.items()}, "Bid 1", listed=True),
            Choice(
                "question",
                "Question",
                {q: f"{q}. {text}" for q, text in found.questions.items()},
                QUESTION,
                listed=True,
            ),
            Number("extra", "More marks on it", 0, TOP, 1, 1, "marks", "No answer can have more than 5."),
        ],
        mark_frame,
        ["panel-totals"],
        "Mentoring in schools: price 60, quality 30, social value 10. The table holds your feedback.",
    )


def mark_frame(values: Values) -> Frame:
    """Give the totals if one bid had more marks on one question, and its feedback question by question."""
    found, bid, question = board(CASE), values["bid"], values["question"]
    at = list(found.names).index(bid)
    marks = found.agreed.copy()
    place = at, list(found.questions).index(question)
    marks[place] = min(TOP, marks[place] + float(values["extra"]))
    gained = marks[place] - found.agreed[place]
    now, best = totals(CASE, marks), winner(CASE, marks)
    lost = {q: TOP - mark for q, mark in zip(found.questions, found.agreed[at], strict=True)}
    rows = [
        [q, points(one), f"{TOP - lost[q]:g}", points(one * lost[q]), found.reasons[bid, q]]
        for q, one in found.worth.items()
    ]
    marked = f"{gained:g} more {'mark' if gained == 1 else 'marks'} on {question}"
    said = f"{marked}: {points(gained * found.worth[question])} points of 100. "
    said += (
        f"{bid} has {points(now[bid])} and wins. "
        if best == bid
        else f"{bid} has {points(now[bid])}, still {points(now[best] - now[bid])} behind {best}. "
    )
    said += (
        f"In all, {points(sum(found.worth[q] * n for q, n in lost.items()))} points went on marks not given."
    )
    columns = ["Question", "One mark is worth", "Your mark", "Points lost", "Reason you were given"]
    return Frame(_bars(now, totals(CASE, found.agreed), best), said, Table(columns, rows))


# ---- The joint table ------------------------------------------------------------------------------

CHALLENGER, WATCHED = "Bid 1", "Q2"
NOTES = {
    "bare": "Fair answer.",
    "compare": "Sound plan with a named lead and dates, but weaker than Bid 4 because the measure is thin.",
    "partial": "It names Nadia Khan as lead. It states six places for parents, two a term from October.",
    "full": "Scored 3, sound. It names Nadia Khan as lead and states six places for parents out of "
    "work, two a term from October 2026. It does not say what will be counted or when it reports.",
}
IN_SHORT = {
    "bare": "a judgement only",
    "compare": "a comparison",
    "partial": "one point left out",
    "full": "reasons on every point",
}
SETTLED = {
    "mean": "The chair took the mean of 3, 3, 2 and 4",
    "senior": "The most senior member decided",
    "record": "Each mark was discussed, and the file says why it moved or stayed",
}
GROUNDS = {
    "no_reason": "You gave no reason for the mark",
    "ignored_sub_criterion": "You passed over a point that the question asked for",
    "other_bid": "You compared us with another bid",
    "settled": "Nobody can see how four different marks became one",
}


def mock_challenge() -> Explorer:
    """Play both sides of a challenge: leave a record, then attack it, then see what stands."""
    return Explorer(
        "Judge a mock challenge",
        [
            Choice("note", "The note beside the mark of 3", NOTES, "bare", side="commissioner"),
            Choice("settled", "How the panel settled it", SETTLED, "mean", side="commissioner"),
            Choice("ground", "Your ground", GROUNDS, "no_reason", side="provider"),
            Number(
                "first",
                "Marks you say are missing on S1, barriers to work",
                0,
                2,
                1,
                1,
                "marks",
                side="provider",
            ),
            Number(
                "second",
                "Marks you say are missing on Q2, a safe start",
                0,
                2,
                1,
                0,
                "marks",
                side="provider",
            ),
        ],
        challenge_frame,
        ["panel-totals"],
        steps=[
            (
                "commissioner",
                "You are the council. Bid 1 came second. Leave a record of its mark on barriers to work",
                "Close the file",
            ),
            (
                "provider",
                "You are Quaking Oak CIC, Bid 1, and lost by 2.54 points. Choose your ground",
                "Send the challenge",
            ),
        ],
    )


def open_grounds(note: str, settled: str) -> list[str]:
    """Return the grounds (keys of GROUNDS) that a record does not answer; `note` and `settled` are keys."""
    faults = [fault for fault, _, _ in faults_in(NOTES[note], CHALLENGER)]
    return [ground for ground in GROUNDS if ground in faults or (ground == "settled" and settled != "record")]


def challenge_frame(values: Values) -> Frame:
    """Say whether the record answers the ground, and whether the marks claimed would change the award."""
    unanswered = open_grounds(values["note"], values["settled"])
    stands = values["ground"] in unanswered
    found = board(CASE)
    marks, at = found.agreed.copy(), list(found.names).index(CHALLENGER)
    for question, claimed in ((QUESTION, values["first"]), (WATCHED, values["second"])):
        marks[at, list(found.questions).index(question)] += float(claimed)
    now, best = totals(CASE, marks), winner(CASE, marks)
    changes, total = best == CHALLENGER, now[CHALLENGER]
    verdict = VERDICTS[stands, changes]
    ground = GROUNDS[values["ground"]]
    said = f"Ground: “{ground}.” The record {'does not answer' if stands else 'answers'} it. "
    said += f"With the marks claimed, Bid 1 has {points(total)} and "
    said += "takes the award. " if changes else f"stays behind {best}. "
    wanted = (
        f"What Bid 1 would have wanted: to say “{GROUNDS[unanswered[0]].lower()}”."
        if unanswered and not stands
        else "What the council would have wanted: reasons on every point, and a record of the talk."
        if stands
        else "Neither side has anything left to wish for: the file holds."
    )
    rows = [
        ["✗ open" if key in unanswered else "✓ answered", text, "chosen" if key == values["ground"] else ""]
        for key, text in GROUNDS.items()
    ]
    data = _bars(now, totals(CASE, found.agreed), best)
    record = f"Note: {IN_SHORT[values['note']]}. Ground: {ground.lower()}. {verdict}"
    return Frame(data, f"{said}{verdict} {wanted}", Table(["The record", "Ground", ""], rows), record=record)


VERDICTS = {
    (
        True,
        True,
    ): "Dangerous: no answer on file, and the award at stake. Score the question again before signing.",
    (True, False): "The claim is small, but with no reasons on file nobody can show that the mark was right.",
    (False, True): "Much is claimed, but the file answers it. Wishing for more marks is not a ground.",
    (False, False): "The challenge fails twice: the file answers it, and the award would stay.",
}


# ---- Pitfalls -------------------------------------------------------------------------------------

FIRST_PANEL = (3, 3, 2, 4)


def hidden_by_the_mean() -> Explorer:
    """Two panels with the same mean: what it hides."""
    starts = (5, 5, 1, 1)
    return Explorer(
        "One mean, two panels",
        [
            Number(f"e{i}", f"Second panel, evaluator {i}", 0, TOP, 1, s)
            for i, s in enumerate(starts, start=1)
        ],
        mean_frame,
        note="The first panel stays at 3, 3, 2, 4. The second is from the file of “Home care”.",
    )


def mean_frame(values: Values) -> Frame:
    """Compare mean, range and standard deviation of two panels."""
    second = [float(values[f"e{i}"]) for i in range(1, 5)]
    names, panels = ["First panel", "Second panel"], [[float(m) for m in FIRST_PANEL], second]
    spread = moderation.spread(pd.DataFrame(panels, index=names))
    rows = [
        [name, ", ".join(f"{m:g}" for m in marks), f"{mean:.2f}", f"{width:g}", f"{sd:.2f}"]
        for name, marks, mean, width, sd in zip(
            names, panels, spread["mean"], spread["range"], spread["sd"], strict=True
        )
    ]
    one, two = spread.loc["First panel"], spread.loc["Second panel"]
    same = "the same" if one["mean"] == two["mean"] else f"{one['mean']:.2f} and {two['mean']:.2f}"
    said = f"The means are {same}. The ranges are {one['range']:g} and {two['range']:g}."
    said += " Talk about the second panel’s bid first." if two["range"] > one["range"] else ""
    return Frame({}, said, Table(["Panel", "Marks", "Mean", "Range", "Standard deviation"], rows))


def talked_into_agreement() -> Explorer:
    """Settle bid after bid: alpha climbs to 1, whatever was agreed."""
    return Explorer(
        "Alpha after the meeting",
        [
            Number("settled", "Bids settled, widest first", 0, 6, 1, 1, "of 6"),
            Choice(
                "mark",
                "Mark agreed each time",
                {
                    "middle": "The middle of the four",
                    "low": "The lowest of the four",
                    "high": "The highest of the four",
                },
                "middle",
            ),
        ],
        talked_frame,
        note="Mentoring in schools, barriers to work. Settle them all, fairly or not.",
    )


def talked_frame(values: Values) -> Frame:
    """Give alpha after the widest bids were settled at their middle, lowest or highest mark."""
    own = case_scores()
    order = moderation.spread(own)["order"].to_numpy().argsort(kind="stable")[: int(values["settled"])]
    marks = own.to_numpy()
    pick = {"middle": np.median(marks, axis=1).round(), "low": marks.min(axis=1), "high": marks.max(axis=1)}[
        values["mark"]
    ]
    names = [str(bid) for bid in own.index]
    after = moderation.apply_consensus(own, {names[at]: float(pick[at]) for at in order})
    alpha = moderation.krippendorff_alpha(after)
    rows = [
        [bid, ", ".join(f"{m:g}" for m in marks[at]), f"{pick[at]:g}" if at in order else "not yet"]
        for at, bid in enumerate(names)
    ]
    said = f"With {len(order)} of 6 bids settled, alpha is {alpha:.3f}."
    said += (
        " It is now perfect, and says nothing: the marks were made to agree."
        if alpha > 0.9999
        else " This is what the four marks say."
        if not len(order)
        else " It climbs with every bid, whichever mark is chosen. Report the figure from before the meeting."
    )
    return Frame({}, said, Table(["Bid", "Marks before", "Agreed"], rows))
