"""Module 11's explorers: claims, what is behind them, the exemplar library and the leaflet."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import combinations
from typing import Any, NamedTuple

import pandas as pd
from IPython.display import HTML

from course import exemplars, measuring, places
from course.cases import tables
from course.charts import Frame, Table, percent
from course.errors import InputError
from course.explorers.asking import listed
from course.explorers.controls import Choice, Number, Toggle
from course.explorers.leaflet import Leaflet
from course.explorers.widgets import Explorer, Predict, predict
from course.place import spend

Values = Mapping[str, Any]
SIGN = {True: "✓", False: "✗"}


def figure(amount: float) -> str:
    """Write pounds to the penny where there are pennies: £14,790.17, £240."""
    return f"£{amount:,.2f}".removesuffix(".00")


# ---- The leaflet of the story ---------------------------------------------------------------------


class Line(NamedTuple):
    """A claim in the bold words it was printed in and in plain ones, and what could stand behind it."""

    name: str
    bold: str
    plain: str
    base: str
    comparator: str
    source: str
    date: str
    evidence: str
    compared: str  # the evidence once the comparator is in


LINES = {
    "work": Line(
        "People in work",
        "Thanks to us, 7 more residents of every 100 are in work.",
        "Residents in work rose from 31 to 38 of 100.",
        "100 residents in supported housing",
        "Northmere, with no pilot, went from 29 to 33",
        "Birch CIC’s payroll check",
        "2026-09",
        "before and after",
        "before and after with comparison",
    ),
    "satisfied": Line(
        "Satisfied users",
        "90% of our users are satisfied.",
        "18 of the 20 people who replied were satisfied.",
        "60 users, all asked; 20 replied",
        "",
        "Birch CIC’s survey",
        "2026-08",
        "count",
        "count",
    ),
    "saved": Line(
        "Money saved",
        "We saved the council £1m.",
        "We estimate that the same care would cost £1m more elsewhere.",
        "80 people",
        "What the council would have paid for the same care elsewhere",
        "Birch CIC’s own estimate",
        "2026-08",
        "theory of change",
        "theory of change",
    ),
    "reoffending": Line(
        "Reoffending",
        "Our work led to reoffending that is 40% lower; it fell at once.",
        "Reoffending fell from 10 people to 6.",
        "25 people on the scheme",
        "10 of 25 the year before",
        "Probation records",
        "2026-03",
        "before and after",
        "before and after",
    ),
    "sessions": Line(
        "Sessions",
        "We ran an outstanding 12 sessions at Mill Hall in May.",
        "We ran 12 sessions at Mill Hall in May.",
        "",
        "",
        "Mill Hall’s booking sheet",
        "2026-05",
        "count",
        "count",
    ),
    "placements": Line(
        "Work placements",
        "43 paid placements of two weeks.",
        "43 paid placements of two weeks.",
        "40 promised",
        "",
        "Umberley CIC’s delivery records",
        "2026-07-31",
        "count",
        "count",
    ),
}
WORK_FIGURES = (31, 38, 29, 33)  # of 100: here before and now, Northmere before and now
WORDING = {"bold": "As it was printed", "plain": "In plain words"}


def _card(line: Line, wording: str, base: bool, compared: bool, source: bool, date: bool) -> dict[str, str]:
    return {
        "claim": line.bold if wording == "bold" else line.plain,
        "base": line.base if base else "",
        "comparator": line.comparator if compared else "",
        "source": line.source if source else "",
        "date": line.date if date else "",
        "evidence": line.compared if compared else line.evidence,
    }


def _audit(
    key: str, wording: str, base: bool, compared: bool, source: bool, date: bool
) -> list[exemplars.Finding]:
    """Audit a line; first what only a person sees: what the printed proof itself leaves of bold words."""
    found = exemplars.claim_audit(_card(LINES[key], wording, base, compared, source, date))
    if wording == "bold" and key == "work" and compared:
        net = measuring.net_change(*WORK_FIGURES)
        anyway = WORK_FIGURES[3] - WORK_FIGURES[2]
        words = f"Northmere rose by {anyway} with no pilot. You can claim {net:g}, not 7."
        found = [exemplars.Finding("net", True, "claim", words), *found]
    if wording == "bold" and key == "satisfied" and base:
        words = "20 of 60 users replied. It is 90% of the replies, not of the users."
        found = [exemplars.Finding("replies", True, "claim", words), *found]
    return found


def the_leaflet() -> HTML:
    """Show Birch CIC's leaflet as it was printed."""
    rows = [[line.name, line.bold] for line in LINES.values()]
    return tables.table("The leaflet as it was printed", ["About", "Claim"], rows)


def _printed_that_stand() -> list[str]:
    """Name the lines that stand if source and date are granted: the wording and the figures alone."""
    stand = []
    for line in LINES.values():
        card = _card(line, "bold", False, False, True, True)
        if exemplars.stands(exemplars.claim_audit(card)):
            stand.append(line.name.lower())
    return stand


def predict_leaflet() -> Predict:
    """Ask how many of the leaflet's six claims survive one hard question."""
    stand = _printed_that_stand()
    options = {"6": "All six: every figure is true", "4": "Four", "2": "Two", "0": "None"}
    return predict(
        "Six claims, as printed above. Say each has a source and a date in a drawer. "
        "How many survive the question “Of how many, and compared with what?”",
        options,
        str(len(stand)),
        f"{len(stand)} of {len(LINES)} survive: {listed(stand)}. They only say what was done. "
        "The others say how things are or have changed, and leave out what that is measured against.",
        {"6": "Each figure is true. A true figure can still leave out what the reader needs to judge it."},
    )


def question_a_claim() -> Explorer:
    """Edit a claim piece by piece and see which hard questions it can answer."""
    return Explorer(
        "Put the claim to the question",
        [
            Choice("line", "Claim", {key: line.name for key, line in LINES.items()}, "work", listed=True),
            Choice("wording", "Wording", WORDING, "bold"),
            Toggle("base", "Say of how many", False),
            Toggle("compared", "Say compared with what", False),
            Toggle("source", "Name the source", False),
            Toggle("date", "Give the date", False),
        ],
        question_frame,
        ["claim-reach"],
        "The upper bar is what the words claim; the lower is what the evidence shows.",
    )


STEP_WORDS = ("what was done", "what should change", "a change", "the cause", "the same found again", "all")


def question_frame(values: Values) -> Frame:
    """Audit one claim in its present form."""
    line = LINES[values["line"]]
    parts = [bool(values[name]) for name in ("base", "compared", "source", "date")]
    card = _card(line, values["wording"], *parts)
    found = _audit(values["line"], values["wording"], *parts)
    needs, reaches = exemplars.claim_needs(card["claim"]), exemplars.evidence_level(card["evidence"])
    must = [finding for finding in found if finding.must]
    advice = [finding for finding in found if not finding.must]
    if must:
        said = f"“{card['claim']}” falls at {_count(len(must), 'question')}. First: {must[0].words}"
    elif advice:
        said = f"“{card['claim']}” stands, but could be better. {advice[0].words}"
    else:
        said = f"“{card['claim']}” stands. Nothing is left to ask."
    reach = [
        ("the words", needs, "fits" if needs <= reaches else "too far"),
        ("the evidence", reaches, "evidence"),
    ]
    data = [
        {
            "row": row,
            "start": -0.35,
            "level": level,
            "kind": kind,
            "text": f"{'The words claim' if row == 'the words' else 'The evidence shows'} {STEP_WORDS[level]}"
            + (" ⚠ too far" if kind == "too far" else ""),
        }
        for row, level, kind in reach
    ]
    rows = [
        ["Claim", card["claim"], _verdict(found, "claim")],
        ["Of how many", card["base"] or "–", _verdict(found, "base")],
        ["Compared with what", card["comparator"] or "–", _verdict(found, "comparator")],
        ["Source", card["source"] or "–", _verdict(found, "source")],
        ["Date", card["date"] or "–", _verdict(found, "date")],
        ["Evidence", card["evidence"], _verdict(found, "evidence")],
    ]
    return Frame({"reach": data}, said, Table(["Part", "As it stands", "What a reader would ask"], rows))


def _verdict(found: list[exemplars.Finding], field: str) -> str:
    said = [f"{'✗' if each.must else '⚠'} {each.words}" for each in found if each.field == field]
    return " ".join(said) or "✓ nothing"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


# ---- Behind a percentage --------------------------------------------------------------------------


def who_replied() -> Explorer:
    """Keep the percentage and move the number of replies: what can be said of all users shrinks."""
    return Explorer(
        "The same 90%, and who did not reply",
        [
            Number("users", "Users, all asked", 20, 200, 20, 60, "people"),
            Number("replies", "People who replied", 10, 200, 10, 20, "people"),
            Number("share", "Satisfied, of those who replied", 50, 100, 10, 90, "%"),
        ],
        replied_frame,
        ["reply-bars"],
        "Keep the share at 90% and move the replies.",
    )


def replied_frame(values: Values) -> Frame:
    """Give the satisfied as a share of the replies and, at least and at most, of all users."""
    users = int(values["users"])
    replies = min(int(values["replies"]), users)
    satisfied = round(replies * float(values["share"]) / 100)
    silent = users - replies
    least, most = 100 * satisfied / users, 100 * (satisfied + silent) / users
    shown = 100 * satisfied / replies
    parts = []
    for row, whole, counts in (
        ("replies", replies, (satisfied, replies - satisfied, 0)),
        ("users", users, (satisfied, replies - satisfied, silent)),
    ):
        start = 0.0
        for answer, people in zip(("satisfied", "not satisfied", "did not reply"), counts, strict=True):
            end = start + 100 * people / whole
            if people:
                parts.append(
                    {
                        "row": row,
                        "answer": answer,
                        "start": round(start, 4),
                        "end": round(end, 4),
                        "middle": round((start + end) / 2, 4),
                        "text": str(people),
                    }
                )
            start = end
    rows = [
        ["Satisfied", f"{satisfied} of {replies} replies", percent(shown)],
        ["Satisfied, of all users, at least", f"{satisfied} of {users}", percent(least)],
        ["Satisfied, of all users, at most", f"{satisfied + silent} of {users}", percent(most)],
    ]
    capped = " No more can reply than were asked." if replies < int(values["replies"]) else ""
    said = (
        f"{satisfied} of {replies} replies is {percent(shown)}. Of all {users} users we know only that "
        f"between {percent(least)} and {percent(most)} are satisfied."
        if silent
        else f"All {users} users replied, so {percent(shown)} is true of all of them."
    )
    words = [
        {"row": "replies", "text": f"Of {replies} replies: {percent(shown)}"},
        {"row": "users", "text": f"Of {users} users: {percent(least)} to {percent(most)}"},
    ]
    return Frame({"rows": words, "parts": parts}, said + capped, Table(["What", "Counted", "Share"], rows))


# ---- The library ----------------------------------------------------------------------------------

ANY = "any"
PLACES = {
    ANY: "Anywhere",
    "England": "England",
    "North": "The North of England",
    "Midlands": "The Midlands",
    "Wales": "Wales",
    "Northern Ireland": "Northern Ireland",
    "Calderbrook": "Calderbrook (invented)",
}
WORDS = {
    ANY: "Any word",
    "publish": "publish",
    "charter": "charter",
    "leaflet": "leaflet",
    "promised": "promised",
}
LEVELS = {
    "0": "Any, also none",
    "2": "At least a change shown",
    "3": "At least a comparison",
}


@cache
def cards() -> pd.DataFrame:
    """Return the library's cards, read once."""
    return exemplars.library()


def _card_of(name: str) -> dict[str, Any]:
    return next(card for card in _records_of(cards()) if card["id"] == name)


def library_table() -> HTML:
    """Show what a card holds, on one card."""
    card = _card_of("birch-in-work")
    shown = ("who", "what", "claim", "base", "comparator", "source", "date", "evidence", "sector", "place")
    rows = [[name.capitalize(), card[name]] for name in (*shown, "theme", "idea")]
    return tables.table("One exemplar card (invented)", ["Field", "On this card"], rows)


def search_library() -> Explorer:
    """Search the exemplar library by word, sector, place, theme and evidence."""
    sectors = {name: name.capitalize() for name in exemplars.SECTORS if name in set(cards()["sector"])}
    themes = {name: name.capitalize() for name in exemplars.THEMES}
    return Explorer(
        "Search the exemplar library",
        [
            Choice("theme", "Theme", {ANY: "Any theme"} | themes, "small providers", listed=True),
            Choice("sector", "Sector", {ANY: "Any sector"} | sectors, ANY, listed=True),
            Choice("place", "Place", PLACES, ANY, listed=True),
            Choice("word", "A word on the card", WORDS, ANY, listed=True),
            Choice("evidence", "Evidence", LEVELS, "0"),
        ],
        search_frame,
    )


def search_frame(values: Values) -> Frame:
    """Give the cards found, and how strong the evidence of each is."""
    wanted = {name: "" if values[name] == ANY else values[name] for name in ("sector", "place", "theme")}
    text = "" if values["word"] == ANY else values["word"]
    found = exemplars.search(cards(), text, evidence=int(values["evidence"]), **wanted)
    rows = [
        [
            f"{card['who']}: {card['claim']}",
            f"Evidence: {_evidence(card)}. Reuse: {card['idea']} {_check(card['check'])}".strip(),
        ]
        for card in _records_of(found)
    ]
    columns = ["Who, and what they claim", "Evidence, and what you could reuse"]
    return Frame({}, _found_said(found), Table(columns, rows or [["No card", "–"]]))


def _records_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]


def _evidence(card: Mapping[str, Any]) -> str:
    return f"{card['evidence']} (level {card['level']})" if card["level"] else str(card["evidence"])


def _check(reason: str) -> str:
    return f"⚠ Check before relying on this. {reason}" if reason else ""


def _found_said(found: pd.DataFrame) -> str:
    if found.empty:
        return f"No card of {len(cards())} fits. Widen the search: leave one thing open."
    shows = int((found["level"] >= 2).sum())
    said = f"{len(found)} of {_count(len(cards()), 'card')} {'fits' if len(found) == 1 else 'fit'}. "
    said += f"{shows} {'shows' if shows == 1 else 'show'} that something changed"
    said += f"; {len(found) - shows} only {'says' if len(found) - shows == 1 else 'say'} what was done."
    checks = int((found["check"] != "").sum())
    return said + (f" Check {checks} before you rely on {'it' if checks == 1 else 'them'}." if checks else "")


# ---- The commissioner's side ----------------------------------------------------------------------

NEEDS = {
    "weights and policy": "One set of weights for all our tenders",
    "small providers": "More bids from small providers",
    "reporting": "Reports that residents can read",
    "jobs and skills": "Jobs for residents out of work",
}
PICKS = {
    "manchester-weights": "Manchester: one weight",
    "manchester-local-spend": "Manchester: local spending",
    "birmingham-charter": "Birmingham: a charter",
    "greater-manchester-tiers": "Greater Manchester: tiers",
    "nottinghamshire-mentoring": "Nottinghamshire: 13 bids",
    "northern-ireland-brokerage": "Northern Ireland: brokerage",
    "sheffield-notice": "Sheffield: a notice",
    "paralympics-leaflet": "Paralympics: a leaflet",
    "birch-in-work": "Birch CIC: people in work",
    "hubs-placements": "Umberley CIC: placements",
    "hubs-carbon": "Umberley CIC: a missed target",
}


def shortlist() -> Explorer:
    """Pick three exemplars for one need; see what they have in common and what to ask each."""
    return Explorer(
        "Three exemplars for one need",
        [
            Choice("need", "What Calderbrook needs", NEEDS, "small providers", listed=True),
            *(Choice(f"pick{n}", f"Exemplar {n}", PICKS, list(PICKS)[n - 1], listed=True) for n in (1, 2, 3)),
        ],
        shortlist_frame,
        note="Aim for three that fit the need, with at least one that shows a change.",
    )


def shortlist_frame(values: Values) -> Frame:
    """Compare the three picks with the need and with each other."""
    names = list(dict.fromkeys(values[f"pick{n}"] for n in (1, 2, 3)))
    chosen = cards().set_index("id").loc[names]
    fits = chosen["theme"] == values["need"]
    rows = [
        [
            f"{card['who']}: {SIGN[card['theme'] == values['need']]} {card['theme']}",
            f"Evidence: {_evidence(card)}. Reuse: {card['idea']} Ask first: {_ask(card)}",
        ]
        for card in _records_of(chosen)
    ]
    said = [f"{int(fits.sum())} of {len(names)} {'is' if int(fits.sum()) == 1 else 'are'} about your need."]
    if len(names) < 3:
        said.append("You picked one card more than once: pick three.")
    strong = int((chosen["level"] >= 2).sum())
    said.append(
        f"{strong} {'shows' if strong == 1 else 'show'} a change."
        if strong
        else "None shows a change: reuse the idea, and measure it yourself."
    )
    if (chosen["kind"] == "invented").any():
        said.append("An invented card cannot be rung up: use it to practise only.")
    columns = ["Exemplar, and is it about your need?", "Evidence, what to reuse, what to ask"]
    return Frame({}, " ".join(said), Table(columns, rows))


def _ask(card: Mapping[str, Any]) -> str:
    if card["check"]:
        return str(card["check"])
    if card["level"] < 2:
        return "What changed because of it, and how do you know?"
    return "Would it have happened anyway?"


# ---- The provider's side --------------------------------------------------------------------------

WORK = {
    "bold": "“Thanks to us, 7 more of every 100 are in work”",
    "gross": "“Rose from 31 to 38 of 100”",
    "net": "“3 more than in Northmere, which had no pilot”",
}
RECORD = {"best": "Only the two targets that were met", "all": "All four, the miss included"}
QUOTE = {"none": "No quote", "named": "A name, and her consent in writing", "taken": "A name, without asking"}


@cache
def _contract_lines() -> list[tuple[str, int, int, str]]:
    """Return the hubs' first year: what, delivered, promised, unit, from the delivery records."""
    rows = _records()
    names = list(dict.fromkeys(rows["short"]))
    found = []
    for name in names:
        own = rows[rows["short"] == name]
        found.append((name, int(own["actual"].sum()), int(own["target"].sum()), str(own["unit"].iloc[0])))
    return found


HUBS, HUBS_TO = "CB-2025-006", "2026-07-31"
_SHORT = {
    "Apprentices started at Level 2 or 3": "Apprentice starts",
    "Paid work placements of two weeks": "Paid placements",
    "Free wellbeing sessions open to residents": "Wellbeing sessions",
    "Carbon avoided against the start-of-contract level": "Carbon avoided",
}


@cache
def _records() -> pd.DataFrame:
    try:
        rows = pd.read_csv(places.DATASETS / "delivery.csv")
    except OSError as problem:
        raise InputError(
            f"The delivery records are missing from {places.DATASETS}: restore that folder."
        ) from problem
    rows = rows[(rows["procurement_id"] == HUBS) & (rows["period_end"] <= HUBS_TO)]
    return rows.assign(short=rows["promise"].map(_SHORT))


def leaflet_maker() -> Explorer:
    """Choose how the leaflet says things; see which lines survive, and who could still say “but”."""
    return Explorer(
        "Make the leaflet line by line",
        [
            Choice("work", "Residents in work", WORK, "bold"),
            Choice("record", "Targets shown", RECORD, "best"),
            Choice("quote", "A resident’s words", QUOTE, "taken"),
            Toggle("limits", "Say what the figures do not show", False),
        ],
        maker_frame,
    )


def maker_frame(values: Values) -> Frame:
    """Read the leaflet line by line, as a councillor would."""
    lines = [_work_line(values["work"])]
    record = _contract_lines()
    missed = [name for name, done, promised, _ in record if done < promised]
    for name, done, promised, unit in record:
        if values["record"] == "all" or name not in missed:
            text = f"{name}: {done} {unit}, {promised} promised"
            lines.append((text, "Delivery records, July 2026", True, "Nothing: it says what was done"))
    if values["record"] == "best":
        lines.append(
            (
                f"(left out: {listed([name.lower() for name in missed])})",
                "Delivery records, July 2026",
                False,
                f"You promised {len(record)} things. Where are the other {len(missed)}?",
            )
        )
    quote = "“I have keys to my own flat now”, says Amina"
    if values["quote"] == "named":
        asked = "Nothing: one person’s view, and marked as one"
        lines.append((quote, "her written consent, 4 August 2026", True, asked))
    elif values["quote"] == "taken":
        lines.append((quote, "none", False, "Did she agree to be named? Ask, or take it out"))
    lines.append(
        ("What we do not know: whether people stay in work", "ourselves", True, "Nothing: you said it first")
        if values["limits"]
        else ("(no limits stated)", "none", False, "What does this not show?")
    )
    stand = sum(ok for _, _, ok, _ in lines)
    left = len(lines) - stand
    said = f"{stand} of {len(lines)} lines survive."
    said += (
        " The leaflet can go out."
        if not left
        else f" {_count(left, 'question')} would stop it. "
        f"First: {next(question for _, _, ok, question in lines if not ok)}."
    )
    if values["quote"] == "none":
        said += " It has no voice in it: readers remember a person."
    rows = [[f"{SIGN[ok]} {text}. Source: {source}", asked] for text, source, ok, asked in lines]
    return Frame({}, said.replace("?.", "?"), Table(["Line", "What a reader would ask"], rows))


def _work_line(wording: str) -> tuple[str, str, bool, str]:
    line = LINES["work"]
    found = _audit("work", "bold" if wording == "bold" else "plain", True, wording == "net", True, True)
    text = {
        "bold": "Thanks to us, 7 more of every 100 are in work",
        "gross": "Residents in work rose from 31 to 38 of 100",
        "net": "Residents in work rose from 31 to 38 of 100: 3 more than in Northmere, which had no pilot",
    }[wording]
    must = [finding for finding in found if finding.must]
    reads = (
        "Nothing: it says against what"
        if wording == "net"
        else "It says only that something changed. What happened elsewhere?"
    )
    return (
        text,
        f"{line.source}, September 2026",
        not must,
        (must[0].words.removesuffix(".") if must else reads),
    )


def leaflet_figures() -> pd.DataFrame:
    """Return the scorecard behind the finished leaflet: the pilot, and the hubs' first year."""
    rows: list[dict[str, Any]] = [
        {
            "indicator": "Residents in work",
            "unit": "of 100 residents",
            "baseline": 31,
            "target": 39,
            "actual": 38,
            "comparator_baseline": 29,
            "comparator_actual": 33,
            "comparator": "Northmere, which had no pilot,",
            "base": "100 residents in supported housing",
            "source": "payroll check and housing registers",
            "date": "2026-09",
            "part": "goal",
        }
    ]
    rows += [
        {
            "indicator": name,
            "unit": unit,
            "baseline": 0,
            "target": promised,
            "actual": done,
            "base": "all hubs, August 2025 to July 2026, the first year",
            "source": f"Calderbrook’s delivery records, {HUBS}",
            "date": HUBS_TO,
            "part": "added",
        }
        for name, done, promised, unit in _contract_lines()
    ]
    frame = pd.DataFrame(rows).assign(owner="Operations manager", frequency="each quarter")
    return frame.assign(comparator=frame["comparator"].fillna(""))


def leaflet_parts() -> dict[str, Any]:
    """Return what else the finished leaflet says."""
    return {
        "who": "Birch CIC and Umberley CIC",
        "what": "We support people in Calderbrook to live well at home and to find work, for the council.",
        "voice": exemplars.Voice(
            "Amina, resident", "I have keys to my own flat now.", "in writing, on 4 August 2026"
        ),
        "limits": "We do not know yet whether people stay in work. Northmere is like Calderbrook, "
        "but not the same. Carbon is well behind: new vans come in January 2027.",
    }


def finished_leaflet() -> Leaflet:
    """Show the finished leaflet, with buttons that save it as a web page and as a PDF."""
    return Leaflet(leaflet_figures(), **leaflet_parts())


# ---- The joint table ------------------------------------------------------------------------------

PROOF_COSTS = 2  # readers of 100 who no longer remember a line, for each proof printed beside it; invented
QUESTIONS = {
    "base": "Of how many?",
    "compared": "Compared with what?",
    "source": "Where can I look it up, and of what date?",
    "cause": "How do you know that it was you?",
}
FIELDS = {
    "base": ("base", "replies"),
    "compared": ("comparator", "figure"),
    "source": ("source", "date"),
    "cause": ("cause", "evidence", "net"),
}
CLAIMS = {
    "work-bold": ("work", "bold"),
    "work-plain": ("work", "plain"),
    "satisfied-bold": ("satisfied", "bold"),
    "satisfied-plain": ("satisfied", "plain"),
    "sessions-plain": ("sessions", "plain"),
}
READERS = {
    "work-bold": 34,
    "work-plain": 26,
    "satisfied-bold": 30,
    "satisfied-plain": 22,
    "sessions-plain": 8,
}
PRINTED = {
    "none": "Nothing beside it",
    "source": "Source and date",
    "base": "Source, date, and of how many",
    "all": "Source, date, of how many, and compared with what",
}
PAIRS = {"-".join(pair): " ".join(QUESTIONS[q] for q in pair) for pair in combinations(QUESTIONS, 2)}


def audit_table() -> Explorer:
    """Play both seats: print a claim, then put two questions to it."""
    return Explorer(
        "Print a claim, then question it",
        [
            Choice(
                "claim",
                "Your claim",
                {key: f"“{_claim_text(key)}”" for key in CLAIMS},
                "satisfied-bold",
                side="provider",
            ),
            Choice("printed", "Printed beside it", PRINTED, "source", side="provider"),
            Choice("asked", "You have time for two questions", PAIRS, "source-cause", side="commissioner"),
        ],
        audit_frame,
        ["audit-marks"],
        steps=[
            (
                "provider",
                "You are Birch CIC. You want readers to remember the line, and to believe it",
                "Print it",
            ),
            (
                "commissioner",
                "You may put the line in a cabinet paper. A fault you miss becomes your own",
                "Ask the questions",
            ),
        ],
    )


def _claim_text(key: str) -> str:
    line, wording = CLAIMS[key]
    return LINES[line].bold if wording == "bold" else LINES[line].plain


@cache
def _faults(key: str, printed: str) -> dict[str, str]:
    """Give what each question would find: question to the finding's words."""
    line, wording = CLAIMS[key]
    rank = list(PRINTED).index(printed)
    audited = _audit(line, wording, rank >= 2, rank >= 3, rank >= 1, rank >= 1)
    found = [finding for finding in audited if finding.must]
    return {
        question: next(f.words for f in found if f.rule in rules)
        for question, rules in FIELDS.items()
        if any(f.rule in rules for f in found)
    }


def _remembered(key: str, printed: str) -> int:
    return READERS[key] - PROOF_COSTS * list(PRINTED).index(printed)


def audit_frame(values: Values) -> Frame:
    """Say which questions found a fault, which faults were missed, and what each side would have wanted."""
    key, printed, asked = values["claim"], values["printed"], values["asked"].split("-")
    faults = _faults(key, printed)
    caught = [q for q in asked if q in faults]
    missed = [q for q in faults if q not in asked]
    marks, rows = [], []
    for question, text in QUESTIONS.items():
        state = (
            ("caught" if question in faults else "answered")
            if question in asked
            else ("missed" if question in faults else "not asked")
        )
        word = {
            "caught": "✗ asked, no answer",
            "answered": "✓ asked and answered",
            "missed": "⚠ not asked; a fault",
            "not asked": "not asked; no fault",
        }[state]
        marks.append({"question": question, "state": state, "text": f"{QUESTION_SHORT[question]}: {word}"})
        rows.append([text, word, faults.get(question, "–")])
    readers = _remembered(key, printed)
    if caught:
        said = f"Caught: {faults[caught[0]]} The line is struck out, and Birch CIC gets nothing from it."
    elif missed:
        said = (
            f"The line goes into the cabinet paper with a fault that nobody asked about. {readers} of 100 "
            f"readers remember it. One of them asks: “{QUESTIONS[missed[0]]}”"
        )
    else:
        said = f"The line stands whatever is asked, and {readers} of 100 readers remember it."
    safe = max(
        ((k, p) for k in CLAIMS for p in PRINTED if not _faults(k, p)), key=lambda pair: _remembered(*pair)
    )
    wanted = (
        f"What Birch CIC would have wanted: “{_claim_text(safe[0])}” with {PRINTED[safe[1]].lower()}. "
        f"It stands, and {_remembered(*safe)} remember it. "
    )
    best = max(PAIRS, key=lambda pair: sum(q in faults for q in pair.split("-")))
    wanted += (
        f"What the council would have wanted: to ask “{PAIRS[best]}”"
        if faults
        else "The council could have asked anything."
    )
    record = f"“{_claim_text(key)}” {PRINTED[printed].lower()}. Asked: {PAIRS[values['asked']]} "
    record += (
        "Caught." if caught else f"{readers} of 100 remember it" + (", fault and all." if missed else ".")
    )
    table = Table(["Question", "What happened", "What it would find"], rows)
    return Frame({"questions": marks}, f"{said} {wanted}", table, record=record)


QUESTION_SHORT = {"base": "Of how many", "compared": "Compared", "source": "Source", "cause": "Was it you"}


# ---- Pitfalls -------------------------------------------------------------------------------------

LABELS = {"job": "jsa-economic", "off benefit": "jsa-economic", "government saving": "jsa-fiscal"}
MEASURES = {
    "job": "What a job is worth to the economy",
    "off benefit": "What a person leaving benefits is worth",
    "government saving": "What government saves",
}


@cache
def _unit_costs() -> tuple[dict[str, float], dict[str, bool]]:
    """Return, by id, pounds for one, and whether the money only moves."""
    costs = measuring.unit_costs()
    return (
        dict(zip(costs["id"], costs["unit_gbp"].astype(float), strict=True)),
        dict(zip(costs["id"], costs["transfer"].astype(bool), strict=True)),
    )


def same_job() -> Explorer:
    """Tick three labels for the same job, and see the claim grow while the value does not."""
    return Explorer(
        "One job, three labels",
        [
            Number("people", "People who found a job", 1, 20, 1, 1, "people"),
            Toggle("job", MEASURES["job"], True),
            Toggle("benefit", MEASURES["off benefit"], True),
            Toggle("government", MEASURES["government saving"], True),
        ],
        same_job_frame,
        ["counted-bars"],
        f"A year each. {measuring.ATTRIBUTION}",
    )


def same_job_frame(values: Values) -> Frame:
    """Add up every label ticked; then count each person once, and leave out money that only moves."""
    people = int(values["people"])
    ticked = dict(zip(LABELS, (values["job"], values["benefit"], values["government"]), strict=True))
    unit_gbp, moves = _unit_costs()
    claims = pd.DataFrame(
        [
            {
                "measure": measure,
                "source_kind": "person",
                "source_id": person,
                "value_gbp": unit_gbp[unit],
                "transfer": moves[unit],
            }
            for measure, unit in LABELS.items()
            if ticked[measure]
            for person in range(people)
        ],
        columns=["measure", "source_kind", "source_id", "value_gbp", "transfer"],
    )
    if claims.empty:
        raise InputError("Nothing is claimed: tick at least one label.")
    every = float(claims["value_gbp"].sum())
    value = claims[~claims["transfer"]]
    once = measuring.count_once(value).counted_once_gbp if len(value) else 0.0
    segments, start = [], 0.0
    amounts = {m: people * float(unit_gbp[unit]) for m, unit in LABELS.items() if ticked[m]}
    for measure, amount in amounts.items():
        end = start + amount / 1000
        segments.append(
            {"row": "claimed", "measure": measure, "start": round(start, 4), "end": round(end, 4)}
        )
        start = end
    kept = next((row["measure"] for row in segments if row["measure"] != "government saving"), "job")
    segments.append({"row": "once", "measure": kept, "start": 0.0, "end": round(once / 1000, 4)})
    totals = [
        {"row": "claimed", "text": f"Claimed: {figure(every)}"},
        {"row": "once", "text": f"Each person once: {figure(once)}"},
    ]
    jobs = _count(people, "job")
    said = f"{jobs} under {_count(sum(ticked.values()), 'label')}: {figure(every)} is claimed. "
    if not once:
        said += (
            "What government saves is money that moves from one pocket to another. It is not public value."
        )
    elif every - once < 0.005:
        said += "Each person is counted once, so the claim stands."
    else:
        said += f"Counted once, and without money that only moves, it is {figure(once)}."
    rows = [
        [MEASURES[m], figure(amount), "no: it only moves" if moves[LABELS[m]] else "yes"]
        for m, amount in amounts.items()
    ]
    rows += [["All labels together", figure(every), ""], ["Each person counted once", figure(once), ""]]
    return Frame(
        {"segments": segments, "totals": totals}, said, Table(["Label", "Amount", "Public value?"], rows)
    )


def job_years() -> Explorer:
    """Say the same posts as jobs, as full-time equivalents and as job-years."""
    return Explorer(
        "One post, said three ways",
        [
            Number("posts", "Posts", 1, 30, 1, 1, "posts"),
            Number("years", "Years each post lasts", 1, 5, 1, 3, "years"),
            Choice("hours", "Hours", {"1": "Full time", "0.5": "Half time"}, "1"),
        ],
        job_years_frame,
    )


def job_years_frame(values: Values) -> Frame:
    """Give jobs, full-time equivalents and job-years."""
    claim = measuring.job_claim(int(values["posts"]), int(values["years"]), float(values["hours"]))
    rows = [
        ["Jobs", f"{claim.jobs:g}", "People who have a post"],
        ["Full-time equivalent", f"{claim.fte:g}", "Posts, if all were full time"],
        ["Job-years", f"{claim.job_years:g}", "Full-time equivalent times years"],
    ]
    largest = max(claim.jobs, claim.job_years)
    said = f"The same posts are {claim.sentence} "
    if largest > claim.jobs:
        said += f"“We created {largest:g} jobs” would be {largest / claim.jobs:.2g} times too many."
    else:
        said += "Say which of the three you mean."
    return Frame({}, said, Table(["Word", "Number", "What it counts"], rows))


def local_or_deprived() -> Explorer:
    """Move money between two local districts: the local share stays, the deprived share does not."""
    return Explorer(
        "Local, or deprived?",
        [
            Number("trafford", "Moved from Trafford to Rochdale", 0, 150, 10, 0, "£k"),
            Number("blackpool", "Moved from Blackpool to Stockport", 0, 20, 5, 0, "£k"),
        ],
        local_frame,
        note="£600k over six real districts; the amounts are invented. Deprived: 30 most deprived of 296.",
    )


@cache
def _districts() -> pd.DataFrame:
    return pd.read_csv(places.DATASETS / "place" / "greater_manchester_spend.csv")


@cache
def _spending(trafford: int, blackpool: int) -> tuple[pd.DataFrame, float, float]:
    """Return the districts after moving so many £k, and the local and the deprived share in %."""
    areas = _districts().copy()
    for source, target, moved in (("Trafford", "Rochdale", trafford), ("Blackpool", "Stockport", blackpool)):
        areas.loc[areas["name"] == source, "amount"] -= 1000 * moved
        areas.loc[areas["name"] == target, "amount"] += 1000 * moved
    local = spend.local_share(areas, set(areas.loc[areas["greater_manchester"], "code"]))
    return areas, 100 * local, 100 * spend.deprived_share(areas, "rank", 30)


def local_frame(values: Values) -> Frame:
    """Give the local share and the share that reached deprived districts."""
    areas, local, deprived = _spending(int(values["trafford"]), int(values["blackpool"]))
    rows = [
        [name, f"£{amount / 1000:g}k", "yes" if here else "no", "yes" if rank <= 30 else "no"]
        for name, amount, here, rank in areas[["name", "amount", "greater_manchester", "rank"]].itertuples(
            index=False
        )
    ]
    rows.append(["Share of the money", "", percent(local), percent(deprived)])
    said = (
        f"“{percent(local)} is local” and “{percent(deprived)} reached deprived districts” are both true of "
        "this money. They are two claims: print the one that was asked for, or both."
    )
    return Frame({}, said, Table(["District", "Spent", "Greater Manchester", "Deprived"], rows))
