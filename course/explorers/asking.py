"""Module 4's explorers: criteria, weights, and the formulas that turn prices into scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

import pandas as pd

from course import weighting
from course.charts import Frame, Table, money, percent, points, spread
from course.charts.theme import CRITERIA
from course.errors import InputError
from course.explorers.case import named_case
from course.explorers.controls import Choice, Number, Toggle
from course.explorers.widgets import Explorer, Predict, predict
from course.weighting.formulas import RATIO

Values = Mapping[str, Any]

SHORT = {
    "relative": "Relative",
    "linear": "Linear",
    "min_max": "Min–max",
    "mean_deviation": "Average",
    "absolute": "Absolute",
    RATIO: "Price per quality point",
}
LONG = {
    "relative": "Relative: lowest price ÷ this price",
    "linear": "Linear: lose 1 point for each 1% above the lowest price",
    "min_max": "Min–max: lowest price gets 100, highest gets 0",
    "mean_deviation": "Average: 50 points at the average price",
    "absolute": "Absolute: measured against a ceiling and floor you publish",
}
SPLITS = {
    "draft": "4 parts price to 5 parts quality, as in the draft",
    "even": "Half price, half quality",
    "price": "2 parts price to 1 part quality",
}
SPLIT_WEIGHTS = {"even": (50.0, 50.0), "price": (200 / 3, 100 / 3)}
MOST = 40  # the social value weights explored go from 0 to this, points of 100

FORMULA = Choice("formula", "Price formula", LONG, "relative")


def listed(names: list[str]) -> str:
    """Join names as people do: Alder, Birch CIC and Cedar."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def wins(names: list[str]) -> str:
    """Say who wins: "Cedar wins", "Alder and Cedar tie"."""
    return f"{listed(names)} {'wins' if len(names) == 1 else 'tie'}"


def _weights(social: float, split: str = "draft") -> dict[str, float]:
    draft = named_case().weights
    price, quality = SPLIT_WEIGHTS.get(split, (draft["price"], draft["quality"]))
    rest = price + quality
    base = {"price": 100 * price / rest, "quality": 100 * quality / rest, "social_value": 0.0}
    return weighting.reweigh(base, social)


def _bounds(formula: str) -> tuple[float, float] | tuple[None, None]:
    case = named_case()
    return (case.ceiling, case.floor) if formula == "absolute" else (None, None)


def award_changes(
    bids: pd.DataFrame, weights: Mapping[str, float], formula: str, most: float = 100
) -> list[tuple[float, float, list[str]]]:
    """Say who wins at every social value weight, the rest of the weight kept in its ratio.

    Parameters
    ----------
    bids, weights, formula
        As for `weighting.evaluate`; the "absolute" formula takes the case's ceiling and floor.
    most : float
        The highest weight looked at, points of 100.

    Returns
    -------
    list of (from, to, winners)
        Stretches of the weight, points of 100, in order, from 0 to `most`.
    """
    bounds = _bounds(formula)
    tips = {0.0, float(most)}
    for a, b in combinations(bids["bidder"], 2):
        tip = weighting.tipping_weight(bids, a, b, weights, formula, *bounds)
        if tip is not None and 0 < tip < most:
            tips.add(tip)
    stretches: list[tuple[float, float, list[str]]] = []
    edges = sorted(tips)
    for start, end in zip(edges, edges[1:], strict=False):
        best = weighting.award(bids, weighting.reweigh(weights, (start + end) / 2), formula, *bounds)
        if stretches and stretches[-1][2] == best:
            stretches[-1] = (stretches[-1][0], end, best)
        else:
            stretches.append((start, end, best))
    return stretches


# ---- Weights and formula against the award --------------------------------------------------------


def weights_and_formula() -> Explorer:
    """Move the social value weight and the price formula; see who wins, and where the award tips."""
    return Explorer(
        "Weights, formula and the award",
        [
            Number("social", "Social value weight", 0, MOST, 0.5, named_case().weights["social_value"], "%"),
            FORMULA,
            Choice("split", "How the rest is shared", SPLITS, "draft"),
        ],
        award_frame,
        ["award-lines", "award-bars"],
        "Three bids, nothing else changes. The strip along the top shows who wins at each weight.",
    )


def award_frame(values: Values) -> Frame:
    """Give totals at one weight, and at all weights, for Alder, Birch CIC and Cedar."""
    bids, formula, split = named_case().three(), values["formula"], values["split"]
    social = float(values["social"])
    along, stretches = _along(formula, split)
    data, summary, rows = _award(bids, _weights(social, split), formula)
    top = bids.assign(total=[row["total"] for row in data["bar_totals"]])
    said = [f"At a social value weight of {percent(social)}, {summary}"]
    said.append(_where(stretches))
    now = {"weight": social, "text": f"now {percent(social)}"}
    dots = [
        {"bidder": b, "weight": social, "total": t} for b, t in zip(top["bidder"], top["total"], strict=True)
    ]
    return Frame(along | data | {"now": [now], "totals": dots}, " ".join(said), rows)


def _where(stretches: list[tuple[float, float, list[str]]]) -> str:
    if len(stretches) == 1:
        return f"{wins(stretches[0][2])} at every weight up to {percent(stretches[0][1])}."
    turns = [f"to {listed(best)} at {percent(start)}" for start, _, best in stretches[1:]]
    return f"As the weight rises the award tips from {listed(stretches[0][2])} {', then '.join(turns)}."


@cache
def _along(
    formula: str, split: str
) -> tuple[dict[str, list[dict[str, Any]]], list[tuple[float, float, list[str]]]]:
    bids = named_case().three()
    ends = {w: _totals(bids, _weights(w, split), formula) for w in (0.0, float(MOST))}
    stretches = award_changes(bids, _weights(0, split), formula, MOST)
    totals = [total for column in ends.values() for total in column.values()]
    # Labels need 18 of the 270 pixels of the chart's height.
    heights = spread(ends[float(MOST)], 18 / 270 * (max(totals) - min(totals)))
    data = {
        "lines": [
            {"bidder": b, "weight": w, "total": t} for w, column in ends.items() for b, t in column.items()
        ],
        "labels": [{"bidder": b, "weight": MOST, "total": round(h, 3)} for b, h in heights.items()],
        "bands": [
            {
                "bidder": best[0],
                "start": start,
                "end": end,
                "middle": (start + end) / 2,
                "text": listed(best) if end - start > 7 else "",
            }
            for start, end, best in stretches
        ],
        "tips": [{"weight": start, "text": f"tips at {percent(start)}"} for start, _, _ in stretches[1:]],
    }
    return data, stretches


def _totals(bids: pd.DataFrame, weights: Mapping[str, float], formula: str) -> dict[str, float]:
    result = weighting.evaluate(bids, weights, formula, *_bounds(formula))
    return {b: round(float(t), 4) for b, t in zip(bids["bidder"], result["total"], strict=True)}


def _award(
    bids: pd.DataFrame, weights: Mapping[str, float], formula: str
) -> tuple[dict[str, list[dict[str, Any]]], str, Table]:
    """Return the bars' rows, half a sentence on who wins, and the table, for one set of weights."""
    result = weighting.evaluate(bids, weights, formula, *_bounds(formula))
    best = _best(result)
    totals = dict(zip(result["bidder"], (float(total) for total in result["total"]), strict=True))
    scores = {name: result["price_score" if name == "price" else name].tolist() for name in CRITERIA}
    segments, bar_totals, rows = [], [], []
    for place, (bidder, price) in enumerate(zip(bids["bidder"], bids["price"], strict=True)):
        gained = {name: weights[name] * scores[name][place] / 100 for name in CRITERIA}
        start = 0.0
        for name, word in CRITERIA.items():
            end = start + gained[name]
            text = f"{gained[name]:.1f}" if gained[name] >= 0.05 else ""
            row = {
                "bidder": bidder,
                "criterion": word,
                "start": start,
                "end": end,
                "middle": (start + end) / 2,
            }
            segments.append({key: _short(value) for key, value in row.items()} | {"text": text})
            start = end
        total = totals[bidder]
        text = points(total) + (" ★ wins" if best == [bidder] else " ★ ties" if bidder in best else "")
        bar_totals.append({"bidder": bidder, "end": _short(total), "total": _short(total), "text": text})
        rows.append([bidder, money(price), *(points(gained[name]) for name in CRITERIA), text])
    columns = ["Bid", "Price", *(f"Points for {word}" for word in CRITERIA.values()), "Total of 100"]
    first, second = sorted(totals, key=lambda bidder: -totals[bidder])[:2]
    said = (
        f"{wins(best)} with {points(totals[first])} points, {_ahead(totals[first] - totals[second], second)}."
        if len(best) == 1
        else f"{wins(best)} on {points(totals[first])} points."
    )
    return {"segments": segments, "bar_totals": bar_totals}, said, Table(columns, rows)


def _ahead(lead: float, of: str) -> str:
    return f"{points(lead) if lead >= 0.005 else 'less than 0.01'} ahead of {of}"


def _short(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def predict_winners() -> Predict:
    """Ask how many different winners five price formulas make of the same three bids."""
    case = named_case()
    by_formula = {f: weighting.award(case.three(), case.weights, f, *_bounds(f)) for f in LONG}
    different = list(dict.fromkeys(listed(best) for best in by_formula.values()))
    options = {
        "1": "One: the best bid is the best bid",
        "2": "Two",
        "3": "Three: each bid wins under one of them",
    }
    under = {
        w: listed([SHORT[f].lower() for f, b in by_formula.items() if listed(b) == w]) for w in different
    }
    found = "; ".join(f"{winner} under {formulas}" for winner, formulas in under.items())
    return predict(
        "Same three bids, same scores, same weights (price 40, quality 50, social value 10). "
        "You try five common price formulas. How many different winners do you get?",
        options,
        str(len(different)),
        f"The winners are: {found}. Nothing about the bids changed. See it for yourself below.",
        {"1": "It feels safe, for the bids do not change. But the formula decides what a pound is worth."},
    )


# ---- Dogwood arrives ------------------------------------------------------------------------------


def dogwood_arrives() -> Explorer:
    """Let a low bid in; see whose totals move and where the award changes, formula by formula."""
    case = named_case()
    low = case.bids.loc[case.bids["bidder"] == "Dogwood", "price"].iloc[0] / 1e6
    return Explorer(
        "A fourth bid, formula by formula",
        [
            Toggle("arrives", "Dogwood’s bid is in", False),
            Number("price", "Dogwood’s price", 1.5, 2.4, 0.05, float(low), "£m"),
            Toggle("threshold", "Leave out bids below a minimum quality score", False),
            Number("minimum", "Minimum quality score", 30, 60, 2, 50, "of 100"),
        ],
        dogwood_frame,
        ["formula-rows"],
        "Draft weights: price 40, quality 50, social value 10. A ring marks the winner in each row.",
    )


def dogwood_frame(values: Values) -> Frame:
    """Give every bid's total under each formula, before and after Dogwood's bid."""
    case = named_case()
    now = case.bids.copy()
    now.loc[now["bidder"] == "Dogwood", "price"] = float(values["price"]) * 1e6
    now = now if values["arrives"] else now[now["bidder"] != "Dogwood"]
    if values["threshold"]:
        now = now[now["quality"] >= values["minimum"]]
    scores, moves, winners, rows, changed = [], [], [], [], []
    for formula, name in SHORT.items():
        before = _before(formula)
        after = _evaluated(now.reset_index(drop=True), formula)
        was, best = _best(before), _best(after)
        differs = was != best
        others = after[after["bidder"] != "Dogwood"].set_index("bidder")["total"]
        moved = not (others - before.set_index("bidder")["total"]).abs().lt(1e-9).all()
        if differs:
            changed.append(f"{name.lower()} (from {listed(was)} to {listed(best)})")
        label = name if formula != RATIO else "Price per point"
        text = f"{label}: {listed(was)} → {listed(best)} ⚠ changed" if differs else f"{label}: {wins(best)}"
        scored = formula != RATIO
        winners.append(
            {
                "formula": name,
                "text": text + ("" if scored else " (not drawn)"),
                "changed": differs,
            }
        )
        if scored:
            old = dict(zip(before["bidder"], before["total"], strict=True))
            for bidder, total in zip(after["bidder"], after["total"], strict=True):
                row = {"formula": name, "bidder": bidder, "total": round(float(total), 4)}
                scores.append(row | {"wins": bidder in best})
                if bidder in old and abs(old[bidder] - total) > 1e-9:
                    moves.append(row | {"before": round(float(old[bidder]), 4)})
        texts = [points(float(t)) if scored else f"£{t:,.0f}" for t in after["total"]]
        totals = dict(zip(after["bidder"], texts, strict=True))
        rows.append(
            [
                name,
                listed(was),
                listed(best),
                "yes" if moved else "no",
                *(totals.get(b, "–") for b in case.bids["bidder"]),
            ]
        )
    columns = ["Formula", "Winner before", "Winner now", "Do the others’ scores move?", *case.bids["bidder"]]
    return Frame(
        {"scores": scores, "moves": moves, "winners": winners},
        _dogwood_said(values, changed, "Dogwood" in set(now["bidder"])),
        Table(columns, rows),
    )


def _dogwood_said(values: Values, changed: list[str], stays: bool) -> str:
    if not values["arrives"]:
        return (
            "Three bids are in. Each row is one price formula; the same bids have different winners already."
        )
    price = money(float(values["price"]) * 1e6)
    if not stays:
        return (
            f"Dogwood bids {price}, but its quality is below the minimum of {values['minimum']:g}. "
            "It is left out before prices are scored, so every award is as it was."
        )
    if not changed:
        return f"Dogwood bids {price}. No formula changes its award."
    count = f"{len(changed)} of {len(SHORT)} formulas change the award"
    return f"Dogwood bids {price}. {count}: {'; '.join(changed)}."


@cache
def _before(formula: str) -> pd.DataFrame:
    return _evaluated(named_case().three(), formula)


def _evaluated(bids: pd.DataFrame, formula: str) -> pd.DataFrame:
    return weighting.evaluate(bids, named_case().weights, formula, *_bounds(formula))


def _best(result: pd.DataFrame) -> list[str]:
    return result.loc[result["winner"], "bidder"].tolist()


def predict_dogwood() -> Predict:
    """Ask under which formula a low bid cannot move the other bids' scores."""
    case = named_case()
    before = {f: _evaluated(case.three(), f) for f in LONG}
    after = {f: _evaluated(case.bids, f) for f in LONG}
    still = [f for f in LONG if (after[f]["total"].iloc[:3] - before[f]["total"]).abs().lt(1e-9).all()]
    flips = [
        f"{SHORT[f].lower()} ({listed(_best(before[f]))} before, {listed(_best(after[f]))} after)"
        for f in LONG
        if _best(before[f]) != _best(after[f])
    ]
    return predict(
        f"A fourth bid arrives: Dogwood, {money(case.bids['price'].min())}, with weak quality. "
        "Under which formula do the other three keep exactly the points they had?",
        {f: LONG[f] for f in LONG},
        still[0],
        "Only the ceiling and floor you publish set that score. The others here look at the other bids. "
        f"With Dogwood in, the winner changes under {listed(flips)}.",
    )


# ---- What a notch is worth ------------------------------------------------------------------------


def what_a_notch_is_worth() -> Explorer:
    """See what one mark on a question is worth, in points and in pounds of price."""
    return Explorer(
        "One mark, in points and in pounds",
        [
            Number("question", "Weight of the question", 1, 30, 1, 10, "%"),
            Number("price", "Weight of price", 20, 80, 5, 40, "%", "Whatever is left goes to quality."),
            Number("steps", "Top mark on the scale", 3, 10, 1, 5, "marks"),
        ],
        notch_frame,
        ["notch-steps"],
        "Relative formula, equal quality. The cheapest bid is Alder’s.",
    )


def notch_frame(values: Values) -> Frame:
    """Give the price a lead of 1, 2, 3… marks could carry against the cheapest bid."""
    question, price, steps = float(values["question"]), float(values["price"]), int(values["steps"])
    lowest = float(named_case().three()["price"].min())
    one = weighting.notch_cost(question, price, steps)
    data, rows = [], []
    for lead in range(1, steps + 1):
        premium = weighting.price_premium(price, question, 100 * lead / steps)
        data.append({"step": lead, "premium": round(100 * premium, 4), "text": money(premium * lowest)})
        rows.append([str(lead), points(one.points * lead), percent(100 * premium), money(premium * lowest)])
    summary = (
        f"One mark of {steps} on a {percent(question)} question is {points(one.points)} points of 100. "
        f"At a price weight of {percent(price)} it balances a price {percent(100 * one.price_difference)} "
        f"higher: {money(one.price_difference * lowest)} on {money(lowest)}."
    )
    return Frame(
        {"steps": data},
        summary,
        Table(["Marks ahead", "Points of 100", "Price higher by", "In pounds"], rows),
    )


# ---- Nested weights -------------------------------------------------------------------------------


def nested_weights() -> Explorer:
    """See how small one question becomes when its weight sits inside another weight."""
    return Explorer(
        "The award in a hundred squares",
        [
            Number("section", "Weight of the section it sits in", 10, 100, 5, 40, "%"),
            Number("share", "Social value’s share of that section", 5, 100, 5, 10, "%"),
            Number("questions", "Questions that share it equally", 1, 8, 1, 4),
        ],
        nested_frame,
        ["hundred-points"],
        "Each square is one point of the award. The section is quality; price has the rest.",
    )


def nested_frame(values: Values) -> Frame:
    """Give what social value, and one question of it, is worth in the whole award."""
    section, share, questions = (float(values[key]) for key in ("section", "share", "questions"))
    social = weighting.effective_weight(share, section)
    one = social / questions
    parts = [
        ("price", 100 - section),
        ("quality", section - social),
        ("social value", social - one),
        ("this question", one),
    ]
    summary = (
        f"Social value is {percent(share)} of a {percent(section)} section: {points(social)} points of 100. "
        f"Each question is worth {points(one)}, and one mark of five on it {points(one / 5)}."
    )
    words = {"social value": "Social value, other questions", "this question": "One social value question"}
    rows = [[words.get(part, part.capitalize()), points(size)] for part, size in parts]
    squares, letters, at = [], [], 0.0
    for part, size in parts:
        squares += _squares(part, at, at + size)
        if size >= 4:
            row, column = divmod(int(at + size / 2), 20)
            text = f"{part} {size:g}" if size >= 30 else f"{size:g}"
            letters.append({"x": 10 if size >= 30 else column + 0.5, "y": row + 0.5, "text": text})
        at += size
    return Frame(
        {"squares": squares, "letters": letters}, summary, Table(["Given for", "Points of 100"], rows)
    )


def _squares(part: str, start: float, end: float) -> list[dict[str, Any]]:
    """Cut a stretch of the hundred points into squares, 20 a row."""
    cut = []
    while end - start > 1e-9:
        row, column = divmod(start + 1e-9, 20)
        stop = min(end, float(int(start + 1e-9) + 1))
        left = round(column, 4)
        cut.append(
            {
                "part": part,
                "left": left,
                "right": round(left + stop - start, 4),
                "top": row,
                "bottom": row + 1,
            }
        )
        start = stop
    return cut


# ---- Eliciting weights ----------------------------------------------------------------------------

SWINGS = {
    "price": ("Price falls from {ceiling} to {floor}", 80),
    "quality": ("Quality rises from just acceptable to excellent", 100),
    "social_value": ("Social value rises from nothing offered to the best you could hope for", 40),
}


def swing() -> Explorer:
    """Draw out weights by swings: what is each step from worst to best worth to you?"""
    ends = {"ceiling": money(named_case().ceiling), "floor": money(named_case().floor)}
    return Explorer(
        "Weigh by swings",
        [Number(key, text.format(**ends), 0, 100, 10, start) for key, (text, start) in SWINGS.items()],
        swing_frame,
        ["weight-bars"],
        "Give 100 to the change you would want most. Score the other two against it.",
    )


def swing_frame(values: Values) -> Frame:
    """Give the weights that follow from three swings; the largest counts as 100."""
    given = {key: float(values[key]) for key in SWINGS}
    largest = max(given.values())
    if largest == 0:
        raise InputError("Every swing is 0: give 100 to the change you would want most.")
    weights = weighting.swing_weights({key: 100 * swing / largest for key, swing in given.items()})
    # The swing in price runs from ceiling to floor, so its weight belongs to the formula that does.
    frame = _drawn_out(weights, [("Swing", {key: f"{swing:g}" for key, swing in given.items()})], "absolute")
    note = "" if largest == 100 else f" Your largest swing is {largest:g}; it counts as 100."
    return replace(frame, summary=frame.summary + note)


PAIRS = {
    "quality_price": ("quality", "price", "Quality against price"),
    "quality_social": ("quality", "social_value", "Quality against social value"),
    "price_social": ("price", "social_value", "Price against social value"),
}
JUDGEMENTS = {
    "5": 5.0,
    "4": 4.0,
    "3": 3.0,
    "2": 2.0,
    "1": 1.0,
    "1/2": 1 / 2,
    "1/3": 1 / 3,
    "1/4": 1 / 4,
    "1/5": 1 / 5,
}


def pairwise() -> Explorer:
    """Draw out weights by comparing criteria two at a time (AHP), with the consistency ratio."""
    controls = []
    for (key, (first, second, label)), start in zip(PAIRS.items(), ("2", "4", "3"), strict=True):
        a, b = CRITERIA[first], CRITERIA[second]
        options = {
            k: "They matter the same"
            if k == "1"
            else f"{(a if v > 1 else b).capitalize()} matters {max(v, 1 / v):g} times as much"
            for k, v in JUDGEMENTS.items()
        }
        controls.append(Choice(key, label, options, start, listed=True))
    return Explorer(
        "Weigh in pairs",
        controls,
        pairwise_frame,
        ["weight-bars", "consistency-strip"],
        "Judge one pair at a time. Then try to contradict yourself and watch the ratio.",
    )


def pairwise_frame(values: Values) -> Frame:
    """Give the weights that follow from three pairwise judgements, and their consistency ratio."""
    judged = {(a, b): JUDGEMENTS[values[key]] for key, (a, b, _) in PAIRS.items()}
    found = weighting.ahp(weighting.pairwise_matrix(judged))
    ratio = f"{found.consistency_ratio:.3f}"
    frame = _drawn_out({name: found.weights[name] for name in CRITERIA}, [], "relative")
    a, b = (CRITERIA[name] for name in found.look_again)
    verdict = (
        "below 0.10, so your judgements hang together."
        if found.acceptable
        else f"0.10 or more, so they contradict each other. Look again at {a} against {b}."
    )
    zones = [
        {"zone": "good", "start": 0, "end": 0.1, "text": "holds"},
        {"zone": "bad", "start": 0.1, "end": 0.5, "text": "send back to those who judged"},
    ]
    data = frame.data | {
        "ratio": [{"ratio": min(0.5, round(found.consistency_ratio, 4)), "text": ratio}],
        "zones": zones,
    }
    table = Table(frame.table.columns, [*frame.table.rows, ["Consistency ratio", ratio, ""]])
    return Frame(data, f"{frame.summary} The consistency ratio is {ratio}: {verdict}", table)


def _drawn_out(
    weights: Mapping[str, float], more: list[tuple[str, Mapping[str, str]]], formula: str
) -> Frame:
    case = named_case()
    best = weighting.award(case.three(), weights, formula, *_bounds(formula))
    data = {
        "weights": [
            {"criterion": CRITERIA[k], "weight": round(w, 4), "text": percent(w)} for k, w in weights.items()
        ],
        "draft": [
            {"criterion": CRITERIA[k], "weight": w, "text": f"draft {percent(w)}"}
            for k, w in case.weights.items()
        ],
    }
    said = listed([f"{CRITERIA[k]} {percent(w)}" for k, w in weights.items()])
    columns = ["Criterion", "Weight", "In the draft", *(name for name, _ in more)]
    rows = [
        [CRITERIA[k].capitalize(), percent(w), percent(case.weights[k]), *(cells[k] for _, cells in more)]
        for k, w in weights.items()
    ]
    summary = f"Your weights: {said}. With them, and the {SHORT[formula].lower()} formula, {wins(best)}."
    return Frame(data, summary, Table(columns, rows))


# ---- The provider's side --------------------------------------------------------------------------


def price_premium() -> Explorer:
    """See how much dearer your social value lets you be, and whether what you promise costs less."""
    return Explorer(
        "Your premium against your cost",
        [
            Number("price", "Published weight of price", 20, 80, 5, 40, "%"),
            Number("social", "Published weight of social value", 0, 20, 1, 10, "%"),
            Number(
                "lead",
                "Your lead on social value",
                0,
                100,
                5,
                30,
                "points",
                "Over the cheapest rival, whose quality equals yours.",
            ),
            Number("cost", "What delivering your offer costs", 0, 600, 10, 120, "£k"),
        ],
        premium_frame,
        ["premium-curve"],
        "Relative formula. The cheapest rival bids Alder’s price. The point is your offer.",
    )


def premium_frame(values: Values) -> Frame:
    """Give the highest price premium a lead can carry, and compare it with what the offer costs."""
    price, social, lead = (float(values[key]) for key in ("price", "social", "lead"))
    rival = float(named_case().three()["price"].min())
    cost = float(values["cost"]) * 1e3
    allowed = weighting.price_premium(price, social, lead)
    full = weighting.price_premium(price, social, 100)
    curve = [
        {"lead": x, "premium": _up_to(100 * weighting.price_premium(price, social, x), 200)}
        for x in range(0, 101, 5)
    ]
    share = 100 * cost / rival
    fits = cost <= allowed * rival
    sign = "✓ carried" if fits else "✗ too dear"
    offer = {"lead": lead, "premium": round(share, 4), "allowed": _up_to(100 * allowed, 200), "text": sign}
    summary = (
        f"A lead of {lead:g} points lets you be up to {percent(100 * allowed)} dearer, "
        f"or {money(allowed * rival)}. "
        f"Your offer costs {money(cost)}, which is {percent(share)}: "
        + ("the lead can carry it." if fits else "the lead cannot carry it.")
    )
    rows = [
        ["Your lead", f"{lead:g} points", f"{percent(100 * allowed)} dearer", money(allowed * rival)],
        ["The largest lead", "100 points", f"{percent(100 * full)} dearer", money(full * rival)],
        ["What your offer costs", "", percent(share), money(cost)],
    ]
    words = [{"lead": 3, "premium": 37.5, "text": "Below the line, it pays"}]
    return Frame(
        {"curve": curve, "offer": [offer], "words": words},
        summary,
        Table(["What", "Lead", "Share of the rival’s price", "In pounds"], rows),
    )


def _up_to(value: float, most: float) -> float:
    return round(min(value, most), 4)


# ---- The joint table ------------------------------------------------------------------------------

# What Birch CIC's offer scores for what it spends: each pound buys less than the one before. £k to points.
OFFERS = {0: 40, 40: 62, 80: 78, 120: 88, 160: 94}
RUNNING_COST = 2_300_000.0  # £ ex VAT: what the service itself costs Birch CIC
AIM_PRICE, AIM_SOCIAL = 2_500_000.0, 78  # what the council hopes for: at most this price, at least this score
BIRCH_PRICE = Number("price", "Your price", 2.3, 2.8, 0.02, 2.56, "£m", side="provider")


def joint_table() -> Explorer:
    """Play both seats: publish a weight and a formula, then bid against them, then see what each wanted."""
    return Explorer(
        "Play a round",
        [
            Number("social", "Social value weight", 0, 30, 1, 10, "%", side="commissioner"),
            Choice("formula", "Price formula", LONG, "relative", side="commissioner"),
            BIRCH_PRICE,
            Choice(
                "spend",
                "What you spend on your social value offer",
                {str(k): f"{_spent(k)}: likely to score {score} of 100" for k, score in OFFERS.items()},
                "40",
                side="provider",
            ),
        ],
        joint_frame,
        ["award-bars"],
        steps=[
            (
                "commissioner",
                f"You want at least {AIM_SOCIAL} on social value, for {money(AIM_PRICE)} or less",
                "Publish the tender",
            ),
            (
                "provider",
                f"You are Birch CIC. The service costs you {money(RUNNING_COST)}. Win, and keep a surplus",
                "Submit the bid",
            ),
        ],
    )


def joint_frame(values: Values) -> Frame:
    """Open the bids, and say what each side would have wanted."""
    social, formula, spend = float(values["social"]), values["formula"], int(values["spend"])
    price = float(values["price"]) * 1e6
    bids = _with_birch(price, OFFERS[spend])
    data, said, table = _award(bids, _weights(social), formula)
    won = "Birch CIC ★ wins" in [f"{row['bidder']} {row['text'][-6:]}" for row in data["bar_totals"]]
    surplus = price - RUNNING_COST - spend * 1e3
    kept = (
        "Birch CIC gets nothing."
        if not won
        else f"Birch CIC keeps {money(surplus)}."
        if surplus >= 0
        else f"Birch CIC loses {money(-surplus)} on it."
    )
    asked = f"{percent(social)}, {SHORT[formula].lower()} formula"
    bid = f"bids {money(price)} with {_spent(spend)} on its offer"
    wanted = f"{_provider_wanted(social, formula)} {_council_aim(bids, social, formula)}"
    rows = [*table.rows, ["Birch CIC’s surplus if it wins", money(surplus), "", "", "", ""]]
    return Frame(
        data,
        f"At {asked}, Birch CIC {bid}. {said} {kept} {wanted}",
        Table(table.columns, rows),
        record=f"{asked}. Birch CIC {bid}. {said} {kept}",
    )


def _spent(thousands: int) -> str:
    return f"£{thousands}k" if thousands else "nothing"


def _provider_wanted(social: float, formula: str) -> str:
    best = _best_offer(social, formula)
    if best is None:
        return (
            "What Birch CIC would have wanted: other rules, for no bid of its could win here without a loss."
        )
    price, spend, surplus = best
    return (
        f"What Birch CIC would have wanted: to bid {money(price)} with {_spent(spend)} on its offer. "
        f"That wins and keeps {money(surplus)}."
    )


def _council_aim(bids: pd.DataFrame, social: float, formula: str) -> str:
    best = weighting.award(bids, _weights(social), formula, *_bounds(formula))
    aim = f"{AIM_SOCIAL} on social value for {money(AIM_PRICE)} or less"
    won = bids[bids["bidder"].isin(best)]
    if ((won["social_value"] >= AIM_SOCIAL) & (won["price"] <= AIM_PRICE)).all():
        return f"The council has its aim: {aim}."
    return f"The council missed its aim, {aim}. {_council_wanted(formula)}"


@cache
def _council_wanted(formula: str) -> str:
    hoped = _with_birch(AIM_PRICE, AIM_SOCIAL)
    stretches = award_changes(hoped, _weights(0), formula, MOST)
    first = next((start for start, _, names in stretches if names == ["Birch CIC"]), None)
    bid = f"a bid of {money(AIM_PRICE)} that scores {AIM_SOCIAL}"
    if first is None:
        return (
            f"What the council would have wanted: another formula. With this one {bid} loses at any weight."
        )
    if first == 0:
        return f"What the council wanted needed no weight: with this formula {bid} wins without."
    return f"What the council would have wanted: a weight above {percent(first)}, where {bid} wins."


def _with_birch(price: float, social: float) -> pd.DataFrame:
    bids = named_case().three()
    bids.loc[bids["bidder"] == "Birch CIC", ["price", "social_value"]] = [price, float(social)]
    return bids


@cache
def _best_offer(social: float, formula: str) -> tuple[float, int, float] | None:
    """Return Birch CIC's winning bid with the largest surplus: price, spend in £k, surplus; or None.

    A lower price never hurts a bid, so for each spend the highest winning price is found by halving.
    """
    weights, best = _weights(social), None
    for spend, score in OFFERS.items():
        prices = [
            p for p in (1e6 * state for state in BIRCH_PRICE.states()) if p >= RUNNING_COST + spend * 1e3
        ]
        low, high = -1, len(prices) - 1  # prices[low] wins, or nothing does
        while low < high:
            middle = (low + high + 1) // 2
            names = weighting.award(_with_birch(prices[middle], score), weights, formula, *_bounds(formula))
            low, high = (middle, high) if names == ["Birch CIC"] else (low, middle - 1)
        if low >= 0 and (best is None or prices[low] - RUNNING_COST - spend * 1e3 > best[2]):
            best = (prices[low], spend, prices[low] - RUNNING_COST - spend * 1e3)
    return best


# ---- Pitfalls -------------------------------------------------------------------------------------


def token_weight() -> Explorer:
    """Two bids, one token weight: who wins, and how little the difference may cost."""
    return Explorer(
        "Two bids and a small weight",
        [Number("social", "Social value weight", 0, 20, 0.5, 5, "%")],
        token_frame,
        note="Price keeps 60%; quality gives up what social value gains. Relative formula.",
    )


def token_frame(values: Values) -> Frame:
    """Compare a plain bid with one that is 6% dearer and 70 points better on social value."""
    social = float(values["social"])
    bids = pd.DataFrame(
        {
            "bidder": ["PlainCo", "SocialCo"],
            "price": [1.00e6, 1.06e6],
            "quality": [80.0, 80.0],
            "social_value": [20.0, 90.0],
        }
    )
    weights = {"price": 60.0, "quality": 40.0 - social, "social_value": social}
    result = weighting.evaluate(bids, weights, "relative")
    level = weighting.break_even_social_value_weight(bids, "SocialCo", "PlainCo", 60, "relative")
    premium = weighting.price_premium(60, social)
    rows = [
        [b, f"£{p / 1e6:.2f}m", f"{q:g}", f"{s:g}", points(t) + (" ★ wins" if w else "")]
        for b, p, q, s, t, w in result[
            ["bidder", "price", "quality", "social_value", "total", "winner"]
        ].itertuples(index=False)
    ]
    most = (
        f"A perfect offer against an empty one could carry a price {percent(100 * premium)} higher, no more."
    )
    summary = (
        f"At {percent(social)}, {wins(_best(result))}. The two are level at a weight of {level:.2f}%. {most}"
    )
    return Frame({}, summary, Table(["Bid", "Price", "Quality", "Social value", "Total of 100"], rows))


def rank_reversal() -> Explorer:
    """A bid that cannot win decides who does."""
    return Explorer(
        "The bid that loses and decides",
        [Toggle("third", "Bid C is in", False)],
        reversal_frame,
        note="Price 60%, quality 40%, relative formula.",
    )


def reversal_frame(values: Values) -> Frame:
    """Score A and B, with C in or out."""
    bids = pd.DataFrame(
        {"bidder": ["A", "B", "C"], "price": [100_000.0, 120_000.0, 60_000.0], "quality": [70.0, 90.0, 5.0]}
    )
    now = bids if values["third"] else bids.iloc[:2]
    result = weighting.evaluate(now, {"price": 60, "quality": 40}, "relative")
    rows = [
        [b, money(p), f"{q:g}", points(s), points(t) + (" ★ wins" if w else "")]
        for b, p, q, s, t, w in result[
            ["bidder", "price", "quality", "price_score", "total", "winner"]
        ].itertuples(index=False)
    ]
    why = (
        "C comes last, but its low price cuts the price points of A more than those of B."
        if values["third"]
        else "Now let in C, which is cheap and poor."
    )
    return Frame(
        {},
        f"{wins(_best(result))}. {why}",
        Table(["Bid", "Price", "Quality", "Price score", "Total of 100"], rows),
    )


def min_max_stretch() -> Explorer:
    """Three scores close together, stretched from 0 to 100."""
    return Explorer(
        "The stretched score",
        [Number("middle", "Score of the second bid", 62, 68, 1, 66, "of 100")],
        stretch_frame,
        note="Three quality scores, put through min–max before they are weighted.",
    )


def stretch_frame(values: Values) -> Frame:
    """Stretch 62, a middle score and 68 over 0 to 100."""
    scores = pd.Series({"First": 62.0, "Second": float(values["middle"]), "Third": 68.0})
    stretched = weighting.stretch(scores)
    rows = [[name, f"{scores[name]:g}", f"{stretched[name]:.1f}"] for name in scores.index]
    summary = (
        f"Scores of 62, {values['middle']:g} and 68 become 0, {stretched['Second']:.1f} and 100. "
        "Six points of real difference now look like the whole scale."
    )
    return Frame({}, summary, Table(["Bid", "Score given", "After min–max"], rows))


def bids_table() -> Explorer:
    """Show the four bids of the running case."""
    return Explorer("Four bids for supported living", [], bids_frame)


def bids_frame(_: Values) -> Frame:
    """List the running case's bids."""
    bids = named_case().bids
    rows = [
        [b, money(p), f"{q:g}", f"{s:g}"]
        for b, p, q, s in bids[["bidder", "price", "quality", "social_value"]].itertuples(index=False)
    ]
    weights = named_case().weights
    said = listed([f"{CRITERIA[k]} {percent(w)}" for k, w in weights.items()])
    return Frame(
        {},
        f"Draft weights: {said}.",
        Table(["Bid", "Price before VAT", "Quality of 100", "Social value of 100"], rows),
    )


# ---- For exercises: any bids, and no tipping weight given away ------------------------------------


def weigh(bids: pd.DataFrame, weights: Mapping[str, float]) -> Explorer:
    """Move the social value weight over a learner's own bids, under the relative formula.

    Parameters
    ----------
    bids : DataFrame
        As `weighting.evaluate` takes them.
    weights : mapping
        Where the weights start, points of 100; price : quality keeps its ratio.
    """

    def frame(values: Values) -> Frame:
        social = float(values["social"])
        data, summary, rows = _award(bids, weighting.reweigh(weights, social), "relative")
        return Frame(data, f"At a social value weight of {percent(social)}, {summary}", rows)

    start = weights["social_value"]
    control = Number("social", "Social value weight", 0, MOST, 0.1, start, "%")
    note = "Your bids, relative formula. Move the weight and watch who wins."
    return Explorer("Weigh the bids", [control], frame, ["award-bars"], note)
