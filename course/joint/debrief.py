"""What is taken away from a table: its log as JSON and CSV, a debrief page, tables side by side."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from course import printing, weighting
from course.errors import InputError
from course.joint import result, rules, views
from course.joint.case import get_case
from course.joint.state import TRAINER, Move, State, seat_name

FORMAT = "academy-joint-table-1"
_STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #20241f; font: 1.0625rem/1.5 system-ui, Arial, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; } h2 { font-size: 1.35rem; margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; font-weight: 600; }
th, td { border-bottom: 1px solid #8a8f85; padding: .35rem .5rem; text-align: left; vertical-align: top; }
@page { size: A4; margin: 16mm; }
@media print { body { font-size: 10.5pt; } main { padding: 0; } tr, li { break-inside: avoid; } }
"""


class Comparison(NamedTuple):
    """Tables side by side: one row a table, and one sentence."""

    table: pd.DataFrame
    sentence: str


def log_json(moves: Sequence[Move]) -> str:
    """Return a whole log as JSON, with every secret in it but no token: `read_log` reads it back."""
    return json.dumps(
        {"format": FORMAT, "moves": [vars(move) for move in moves]}, indent=1, ensure_ascii=False
    )


def read_log(text: str) -> list[Move]:
    """Read a log that `log_json` wrote.

    Raises
    ------
    InputError
        If it is no such log, or does not replay.
    """
    try:
        kept = json.loads(text)
        if kept["format"] != FORMAT:
            raise KeyError("format")
        moves = [Move(**move) for move in kept["moves"]]
        rules.replay(moves)
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration) as problem:
        raise InputError(
            "This is no log of a joint table that can be replayed: export it again."
        ) from problem
    return moves


def log_csv(moves: Iterable[Move]) -> str:
    """Return a log as CSV: number, at, seat, who, kind, and data as JSON."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["number", "at", "seat", "who", "kind", "data"])
    for move in moves:
        data = json.dumps(move.data, ensure_ascii=False)
        writer.writerow([move.number, move.at, move.seat, move.who, move.kind, data])
    return out.getvalue()


def html(state: State) -> str:
    """Return the debrief as one page that needs nothing from elsewhere.

    It says what was asked for, what was scored, what other rules would have given, what was delivered, and
    what changed for residents. Everything in it is open to all at the debrief.

    Raises
    ------
    InputError
        If the table has not come to its debrief: much is sealed until then.
    """
    if state.stage != "debrief":
        raise InputError("The debrief is open once the table has come to it: play on first.")
    shown = views.view(state, TRAINER)
    case = get_case(state.case)
    parts = [
        f"<h1>Debrief: {escape(case.title)}</h1>",
        f"<p>Table {escape(state.code)}. {escape(_won(state))}</p>",
        "<h2>What was asked for</h2>",
        _asked(state),
        "<h2>What was scored</h2>",
        _scored(state),
        "<h2>What other rules would have given</h2>",
        _other_rules(state, shown["analysis"]),
        "<h2>What was delivered</h2>",
        _delivered(shown["scorecard"]),
        "<h2>What each would do next time</h2>",
        _notes(state),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Debrief of table {escape(state.code)}</title><style>{_STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def pdf(state: State, into: Path) -> Path:
    """Print the debrief as a tagged PDF, beside its page; return the PDF's path.

    Raises
    ------
    InputError
        As `html`, or if no browser can print it.
    """
    page = into.with_suffix(".html")
    page.write_text(html(state), encoding="utf-8")
    return printing.print_pdf(page, into)


def compare(states: Sequence[State]) -> Comparison:
    """Set tables of the same case side by side.

    Returns
    -------
    Comparison
        `table`: code; price, quality, social_value (weights, points of 100); formula; winner; price_bid
        (£ ex VAT); kept (commitments delivered in full) and promised (how many there are); quality_delivered
        (0 to 100). Missing where a table has not come so far. `sentence`: such as "Same case, five
        weightings, three winners."

    Raises
    ------
    InputError
        If there is no table, or they play different cases.
    """
    if not states:
        raise InputError("There is no table to compare: choose at least one.")
    if len({state.case for state in states}) > 1:
        raise InputError("The tables play different cases: compare tables of one case.")
    rows = [_row(state) for state in states]
    table = pd.DataFrame(rows)
    weightings = {
        (row["price"], row["quality"], row["social_value"], row["formula"]) for row in rows if row["formula"]
    }
    winners = {row["winner"] for row in rows if row["winner"]}
    return Comparison(
        table, f"Same case, {_count(len(weightings), 'weighting')}, {_count(len(winners), 'winner')}."
    )


def _row(state: State) -> dict[str, Any]:
    criteria = state.criteria or {}
    weights = criteria.get("weights", {})
    last = state.quarters[-1] if state.quarters else None
    lines = last["commitments"] if last else []
    return {
        "code": state.code,
        **{name: weights.get(name) for name in ("price", *result.CRITERIA)},
        "formula": weighting.FORMULAS[criteria["formula"]].label if criteria else "",
        "winner": seat_name(state, state.winner) if state.winner else "",
        "price_bid": state.bids[state.winner]["price"] if state.winner else None,
        "kept": sum(line["delivered"] >= line["promised"] for line in lines) if last else None,
        "promised": len(lines) if last else None,
        "quality_delivered": last["quality"] if last else None,
    }


def _count(number: int, noun: str) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    said = words[number] if number < len(words) else str(number)
    return f"{said} {noun}{'' if number == 1 else 's'}"


def _won(state: State) -> str:
    if state.winner is None:
        return "No bid could be awarded the contract."
    price = state.bids[state.winner]["price"]
    tie = (state.result or {}).get("tie", "")
    return f"{seat_name(state, state.winner)} won at £{price:,.0f} ex VAT. {tie}".strip()


def _asked(state: State) -> str:
    case, need, criteria = get_case(state.case), state.need or {}, state.criteria or {}
    outcomes = []
    for line in need.get("outcomes", []):
        outcome = case.outcome(line["outcome"])
        outcomes.append([outcome.name, f"{outcome.baseline:g}", f"{line['target']:g}", outcome.unit])
    said = [f"<p>{escape(need.get('statement', ''))}</p>"]
    said.append(_table("Outcomes", ["Outcome", "At the start", "Target", "Unit"], outcomes))
    if criteria:
        weights = ", ".join(f"{name.replace('_', ' ')} {w:g}%" for name, w in criteria["weights"].items())
        label = weighting.FORMULAS[criteria["formula"]].label
        said.append(f"<p>Weights: {escape(weights)}. Price formula: {escape(label.lower())}.</p>")
    return "".join(said)


def _scored(state: State) -> str:
    rows = []
    for row in (state.result or {"bids": []})["bids"]:
        figures = [row["quality"], row["social_value"], row["price_score"], row["total"]]
        rows.append(
            [
                seat_name(state, row["bidder"]),
                f"£{row['price']:,.0f}",
                *("–" if figure is None else f"{figure:,.2f}" for figure in figures),
                row["excluded"] or f"Place {row['rank']}",
                state.reasons.get(row["bidder"], ""),
            ]
        )
    head = ["Bidder", "Price ex VAT", "Quality", "Social value", "Price points", "Total", "Result", "Told"]
    said = [_table("Bids", head, rows)]
    for criterion, found in result.agreement(state).items():
        name = criterion.replace("_", " ").capitalize()
        if found["alpha"] is None:
            said.append(f"<p>{name}: {escape(found['why'])}</p>")
        else:
            said.append(
                f"<p>{name}: before moderation, agreement (Krippendorff’s alpha) was {found['alpha']:.2f},"
                f" which is {escape(found['reading'])}.</p>"
            )
    return "".join(said)


def _other_rules(state: State, found: dict[str, Any]) -> str:
    if not found or not found["formulas"]:
        return "<p>No bid was left to compare.</p>"

    def names(seats: list[str]) -> str:
        return " and ".join(seat_name(state, seat) for seat in seats) or "–"

    formulas = [[about["label"], names(about["wins"])] for about in found["formulas"].values()]
    weights = [[f"{weight}%", names(wins)] for weight, wins in found["weights"].items()]
    tips = [
        [seat_name(state, other), "At no weight" if tip is None else f"{tip:.2f}%"]
        for other, tip in found["tipping"].items()
    ]
    return (
        _table("By price formula", ["Formula", "Would have won"], formulas)
        + _table("By weight of social value", ["Weight", "Would have won"], weights)
        + _table("Where another bid draws level", ["Bidder", "Social value weight"], tips)
    )


def _delivered(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "<p>Nothing was delivered.</p>"
    promises = [
        [row["name"], f"{row['promised']:g}", f"{row['actual']:g}", row["unit"], row["rating"]]
        for row in rows
        if row["kind"] == "commitment"
    ]
    changes = [
        [row["name"], f"{row['change']:+g}", f"{row['net_change']:+g}", row["unit"], row["rating"]]
        for row in rows
        if row["kind"] == "outcome"
    ]
    return _table(
        "Commitments", ["Commitment", "Promised", "Delivered", "Unit", "Rating"], promises
    ) + _table(
        "Net change for residents: the change less that of a like area",
        ["Outcome", "Change", "Net change", "Unit", "Rating of the target"],
        changes,
    )


def _notes(state: State) -> str:
    if not state.notes:
        return "<p>Nobody wrote a note.</p>"
    lines = (f"{seat_name(state, note['seat'])}, {note['by']}: {note['text']}" for note in state.notes)
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    columns = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption>"
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
    )
