"""Module 2's explorers: from a town's figures and its residents' words to outcomes that can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from course import consultation
from course.charts import Frame, Table, percent
from course.errors import InputError
from course.explorers import datasets
from course.explorers.controls import Choice, Number
from course.explorers.widgets import Explorer, Predict, predict
from course.place import need

Values = Mapping[str, Any]

NEEDS = {
    "unemployed_16_24": ("Aged 16 to 24, out of work and looking", "people aged 16 to 24 are out of work"),
    "no_qualifications": ("Aged 16 and over, no qualifications", "adults have no qualifications"),
    "children_low_income": ("Children in families on a low income", "children live on a low income"),
    "long_term_illness": ("Limited by a long-term illness", "people are limited by a long-term illness"),
    "fuel_poverty": ("Homes that cannot keep warm", "homes cannot keep warm"),
    "no_car": ("Homes without a car or van", "homes have no car or van"),
    "lives_alone_65_plus": ("Aged 65 or over and living alone", "homes are of one person aged 65 or over"),
}
BASES = {"children_low_income": "aged_0_15"}
HOODS = ("Mill", "Harbour", "Northgate", "Weavers", "Station", "Riverside", "Priory", "Moorside")
THEMES = ("jobs", "skills", "carbon", "wellbeing")


@cache
def neighbourhoods() -> pd.DataFrame:
    """Read Calderbrook's neighbourhoods: columns as in the data dictionary, needs in per cent.

    Raises
    ------
    InputError
        If the data folder does not hold them.
    """
    return datasets.table("place/neighbourhoods.csv")


@cache
def residents_points() -> dict[str, float]:
    """Return the mean points of 100 that residents gave each theme, of those who filled in all four."""
    replies = datasets.table("consultation_returns.csv")
    asked = replies[replies["group"].eq("resident")].dropna(subset=list(THEMES))
    return {theme: float(asked[theme].mean()) for theme in THEMES}


# ---- The definition as a filter -------------------------------------------------------------------


class Offer(NamedTuple):
    """What a bidder offers, and which of four tests it meets."""

    text: str
    here: bool
    contract: bool
    new: bool
    beyond: bool


OFFERS = {
    "apprentices": Offer("Two apprentices from Mill, on this contract", True, True, True, True),
    "kitchen": Offer("Our kitchen here open to a local food club", True, True, True, True),
    "gala": Offer("A gala for a national charity", False, False, True, True),
    "award": Offer("The award we won last year for a project here", True, False, False, True),
    "invoices": Offer("Suppliers paid in 30 days, as the contract says", True, True, True, False),
    "volunteers": Offer("Volunteering days at our head office", False, False, True, True),
    "mentors": Offer("Mentors at the school in Weavers since 2019", True, False, False, True),
    "vans": Offer("Electric vans for this service in Calderbrook", True, True, True, True),
}
TESTS = {
    "here": "It happens in the area",
    "contract": "It comes from this contract",
    "new": "It is new, not done already",
    "beyond": "It goes beyond what the contract requires",
}
WHO = {"all": "our communities", "here": "people who live in Calderbrook"}
HOW = {"all": "through what the provider does", "contract": "through this contract"}
WHEN = {"all": "", "new": ", beyond what happens already"}
WHAT = {"all": "", "beyond": " and beyond what the contract requires anyway"}


def definition() -> Explorer:
    """Word a definition part by part, and see which offers it lets in."""
    return Explorer(
        "Word it, and see what gets in",
        [
            Choice("here", "Who benefits", WHO, "all"),
            Choice("contract", "By what means", HOW, "all"),
            Choice(
                "new",
                "What is new",
                {"all": "say nothing of it", "new": "beyond what happens already"},
                "all",
            ),
            Choice(
                "beyond",
                "What is required anyway",
                {"all": "say nothing of it", "beyond": "beyond what the contract requires"},
                "all",
            ),
        ],
        definition_frame,
        note="Eight offers from past bids to Calderbrook, invented. Each word you sharpen shuts some out.",
    )


def definition_frame(values: Values) -> Frame:
    """List the offers, and which of them a definition has to count."""
    asked = [test for test in TESTS if values[test] != "all"]
    wording = (
        f"Social value is a good done for {WHO[values['here']]} {HOW[values['contract']]}"
        f"{WHEN[values['new']]}{WHAT[values['beyond']]}."
    ).replace("already and beyond", "already, and beyond")
    rows, let_in = [], 0
    for offer in OFFERS.values():
        failed = [TESTS[test] for test in asked if not getattr(offer, test)]
        let_in += not failed
        rows.append(
            [offer.text, "✗ out" if failed else "✓ in", "; ".join(f"not: {f[3:]}" for f in failed) or "–"]
        )
    summary = f"“{wording}” It lets in {let_in} of {len(OFFERS)} offers."
    return Frame({}, summary, Table(["Offer", "Counts?", "Why not"], rows))


MENDS = {
    "none": "Leave it as it is",
    "here": "Do it in Calderbrook",
    "contract": "Tie it to this contract",
    "new": "Start something new with it",
    "beyond": "Do more than is required",
}


def four_tests() -> Explorer:
    """Take an offer through four tests, then mend it."""
    return Explorer(
        "Four tests for an offer",
        [
            Choice("offer", "Offer", {k: o.text for k, o in OFFERS.items()}, "gala", listed=True),
            Choice("first", "Mend it", MENDS, "none", listed=True),
            Choice("second", "And then", MENDS, "none", listed=True),
        ],
        tests_frame,
        note="An offer counts for this contract if it passes all four.",
    )


def tests_frame(values: Values) -> Frame:
    """Give the four tests of an offer, with up to two things mended."""
    offer, mended = OFFERS[values["offer"]], {values["first"], values["second"]} - {"none"}
    rows, failed = [], []
    for test, text in TESTS.items():
        was = getattr(offer, test)
        now = was or test in mended
        failed += [] if now else [text]
        rows.append([text, "✓ yes" if was else "✓ now yes" if now else "✗ no"])
    if not failed:
        said = "It counts as social value of this contract in this area."
    else:
        said = f"It does not count yet: {len(failed)} of 4 tests fail."
    return Frame({}, f"{offer.text}. {said}", Table(["Test", "Passed?"], rows))


# ---- Need, place by place -------------------------------------------------------------------------


def need_strip() -> Explorer:
    """See one need in every neighbourhood, with the average and one neighbourhood picked out."""
    return Explorer(
        "One town, 120 neighbourhoods",
        [
            Choice(
                "need",
                "Need",
                {k: text for k, (text, _) in NEEDS.items()},
                "children_low_income",
                listed=True,
            ),
            Choice("place", "Neighbourhood", {name: name for name in HOODS}, "Mill", listed=True),
        ],
        strip_frame,
        ["need-strip"],
        "Each tick is a neighbourhood of about 1,700 people. The figures are invented, in a real shape.",
    )


def strip_frame(values: Values) -> Frame:
    """Give one need in every neighbourhood, and where one of them stands."""
    areas, column = neighbourhoods(), values["need"]
    shares = pd.Series(areas[column].to_numpy(dtype=float), index=areas["name"].tolist())
    mean = need.average(areas, column, BASES.get(column, "population"))
    here, name = float(shares[values["place"]]), values["place"]
    worse = int((shares > here).sum())
    top, low = str(shares.idxmax()), str(shares.idxmin())
    half = float(shares.max()) / 2
    summary = (
        f"In {name}, {percent(here)} of {NEEDS[column][1]}. Over all of Calderbrook it is {percent(mean)}. "
        f"{worse} of {len(shares)} neighbourhoods have more. "
        f"They range from {percent(float(shares[low]))} to {percent(float(shares[top]))}."
    )
    rows = [
        [f"{name}", percent(here)],
        ["All of Calderbrook", percent(mean)],
        [f"Most: {top}", percent(float(shares[top]))],
        [f"Least: {low}", percent(float(shares[low]))],
    ]
    data: dict[str, list[dict[str, Any]]] = {
        "areas": [{"share": share} for share in shares.astype(float).tolist()],
        "average": [{"share": round(mean, 3), "text": f"average {percent(mean)}", "right": mean > half}],
        "place": [{"share": here, "text": f"{name} {percent(here)}", "right": here > half}],
    }
    return Frame(data, summary, Table(["Where", "Share in need"], rows))


RULES = {
    "share": "Those with the highest share in need",
    "people": "Those with the most children in need",
}


@cache
def _reach(rule: str) -> pd.DataFrame:
    return need.reach(neighbourhoods(), "children_low_income", "aged_0_15", rule)


def reach() -> Explorer:
    """Choose neighbourhoods, and see what share of the children in need lives outside them."""
    return Explorer(
        "Choose places, count people",
        [
            Number("chosen", "Neighbourhoods you choose", 1, 120, 1, 12),
            Choice("rule", "Which come first", RULES, "share"),
        ],
        reach_frame,
        ["reach-curve"],
        "Children in families on a low income, in all 120 neighbourhoods.",
    )


def reach_frame(values: Values) -> Frame:
    """Give how many children in need live in the neighbourhoods chosen, and how many do not."""
    table, chosen = _reach(values["rule"]), int(values["chosen"])
    total = float(table["people"].sum())
    inside = float(table["people"].head(chosen).sum())
    share = 100 * float(table["reached"].iloc[chosen - 1])
    outside = total - inside
    curve = [{"chosen": 0, "reached": 0.0}] + [
        {"chosen": int(c), "reached": round(100 * r, 3)}
        for c, r in zip(table["chosen"], table["reached"], strict=True)
    ]
    last = table["name"].iloc[chosen - 1]
    summary = (
        f"{chosen} neighbourhoods hold {percent(share)} of Calderbrook’s children on a low income: "
        f"{inside:,.0f} of {total:,.0f}. The other {outside:,.0f} live elsewhere. "
        f"The last one chosen is {last}."
    )
    rows = [
        ["In the neighbourhoods chosen", f"{inside:,.0f}", percent(share)],
        ["Elsewhere in Calderbrook", f"{outside:,.0f}", percent(100 - share)],
    ]
    here = {"chosen": chosen, "reached": round(share, 3), "text": f"{percent(share)} reached"}
    return Frame(
        {"curve": curve, "here": [here]}, summary, Table(["Where they live", "Children", "Share"], rows)
    )


# ---- Residents' words -----------------------------------------------------------------------------

WORDS = {
    "Jobs": ["job*", "work", "firms", "pay"],
    "Skills": ["training", "apprentice*", "young people"],
    "Wellbeing and care": ["loneliness", "care", "mum", "safe", "hub"],
    "Getting about and air": ["bus", "walk", "vans", "air"],
}


@cache
def _comments() -> tuple[tuple[str, str], ...]:
    """Return each resident's comment with a theme it was found under; a comment may come twice."""
    replies = datasets.table("consultation_returns.csv")
    said = replies.loc[replies["group"].eq("resident"), "comment"].dropna()
    coded = consultation.code_comments([str(text) for text in said], WORDS)
    return tuple(zip(coded["theme"].astype(str), coded["comment"].astype(str), strict=True))


def residents_words() -> Explorer:
    """Read what residents wrote, theme by theme."""
    themes = [*WORDS, consultation.NOT_CODED]
    return Explorer(
        "What residents wrote",
        [Choice("theme", "Theme", {theme: theme for theme in themes}, "Jobs", listed=True)],
        words_frame,
        note="From the consultation on supported living, May and June 2026. Themes were found by keywords.",
    )


def words_frame(values: Values) -> Frame:
    """List the comments of one theme."""
    found = [text for theme, text in _comments() if theme == values["theme"]]
    everyone = len({text for _, text in _comments()})
    summary = f"{len(found)} of {everyone} residents’ comments are under “{values['theme']}”."
    return Frame({}, summary, Table(["Comment", "Theme"], [[text, values["theme"]] for text in found]))


# ---- Choosing outcomes ----------------------------------------------------------------------------


class Candidate(NamedTuple):
    """An outcome to ask for. `link`: how far this contract can move it, points of 100, judged."""

    text: str
    need: str
    theme: str
    link: float


CANDIDATES = {
    "work": Candidate("Young people find lasting work", "unemployed_16_24", "jobs", 70),
    "skills": Candidate("Adults gain a qualification", "no_qualifications", "skills", 60),
    "home": Candidate("Living well with an illness", "long_term_illness", "wellbeing", 95),
    "company": Candidate("Older people have company", "lives_alone_65_plus", "wellbeing", 85),
    "children": Candidate("Fewer children on a low income", "children_low_income", "jobs", 25),
    "warm": Candidate("Warmer homes", "fuel_poverty", "wellbeing", 30),
    "vans": Candidate("Fewer vans and cleaner air", "", "carbon", 55),
    "buses": Candidate("Buses to Harbour after six", "no_car", "jobs", 5),
}
MEASURES = {
    "gap": "Gap: how much higher in the most deprived places",
    "size": "Size: how many are affected in all of Calderbrook",
}


@cache
def _needs(measure: str) -> dict[str, float]:
    """Return what the figures say for each candidate, points of 100, the strongest at 100."""
    areas = neighbourhoods()
    held = {key: c.need for key, c in CANDIDATES.items() if c.need}
    raw = {
        key: need.gap(areas, column, base) - 1 if measure == "gap" else need.average(areas, column, base)
        for key, column, base in ((k, c, BASES.get(c, "population")) for k, c in held.items())
    }
    return {key: 100 * raw[key] / max(raw.values()) if key in raw else 0.0 for key in CANDIDATES}


def outcome_scores(data: float, voice: float, contract: float, measure: str) -> pd.DataFrame:
    """Score the candidate outcomes by three grounds.

    Parameters
    ----------
    data, voice, contract : float
        How much figures, residents' points and the link to the contract count, on any scale from 0.
    measure : {"gap", "size"}
        What the figures are read for.

    Returns
    -------
    DataFrame
        One row a candidate, the best first: `key`, the parts `data`, `voice`, `contract` and the `total`, in
        points of 100.

    Raises
    ------
    InputError
        If nothing counts.
    """
    total = data + voice + contract
    if not total > 0:
        raise InputError("Nothing counts now. Give at least one of the three more than 0.")
    points = residents_points()
    most = max(points.values())
    needs = _needs(measure)
    rows = [
        (
            key,
            data / total * needs[key],
            voice / total * 100 * points[c.theme] / most,
            contract / total * c.link,
        )
        for key, c in CANDIDATES.items()
    ]
    table = pd.DataFrame(rows, columns=["key", "data", "voice", "contract"])
    table["total"] = table[["data", "voice", "contract"]].sum(axis=1)
    return table.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def choose_outcomes() -> Explorer:
    """Choose three to five outcomes by figures, voices and what the contract can move."""
    return Explorer(
        "From eight wishes to a few outcomes",
        [
            Number("data", "Figures on need count", 0, 5, 1, 3),
            Number("voice", "Residents’ points count", 0, 5, 1, 3),
            Number("contract", "What this contract can move counts", 0, 5, 1, 0),
            Choice("measure", "Read the figures for", MEASURES, "gap"),
            Number("many", "Outcomes you ask for", 3, 5, 1, 3),
        ],
        outcomes_frame,
        ["outcome-bars"],
        "0 does not count, 5 counts most. How far the contract can move each was judged by the course.",
    )


GROUND = {"data": "figures on need", "voice": "residents’ points", "contract": "this contract"}


def outcomes_frame(values: Values) -> Frame:
    """Rank the candidates and choose the first few."""
    many = int(values["many"])
    data, voice, contract = (float(values[key]) for key in ("data", "voice", "contract"))
    table = outcome_scores(data, voice, contract, values["measure"])
    segments, outcomes, rows = [], [], []
    for place, row in enumerate(table.to_dict("records")):
        text, chosen = CANDIDATES[row["key"]].text, place < many
        shown = f"{'★ ' if chosen else ''}{text}: {row['total']:.0f}"
        outcomes.append({"outcome": text, "text": shown, "chosen": chosen})
        start = 0.0
        for key, ground in GROUND.items():
            end = start + row[key]
            segments.append(
                {"outcome": text, "ground": ground, "start": round(start, 3), "end": round(end, 3)}
            )
            start = end
        cells = [f"{row[key]:.1f}" for key in GROUND]
        rows.append([text, *cells, f"{row['total']:.1f}", "★ chosen" if chosen else ""])
    names = [CANDIDATES[key].text for key in table["key"].head(many)]
    wishes = [CANDIDATES[key].text for key in table["key"].head(many) if CANDIDATES[key].link < 40]
    quoted = " or ".join(f"“{text}”" for text in wishes)
    warn = f" But this contract can hardly move {quoted}." if wishes else ""
    summary = f"Chosen: {'; '.join(names)}.{warn}"
    columns = ["Outcome", "Figures", "Residents", "Contract", "Total of 100", "Choice"]
    return Frame({"outcomes": outcomes, "segments": segments}, summary, Table(columns, rows))


# ---- From activity to impact ----------------------------------------------------------------------

PLACES = {"Mill": "Mill alone", "eight": "The eight neighbourhoods consulted", "all": "All of Calderbrook"}
IN_PLACE = {"Mill": "Mill", "eight": "the eight neighbourhoods", "all": "all of Calderbrook"}
# Those aged 16 to 24 are not counted by neighbourhood: nine of the forty-nine years from 16 to 64.
YOUNG = 9 / 49


@cache
def young_people(place: str) -> tuple[float, float]:
    """Return how many people aged 16 to 24 live in a place (estimated), and how many are out of work."""
    areas = neighbourhoods()
    names = {"Mill": ["Mill"], "eight": list(HOODS)}.get(place)
    chosen = areas[areas["name"].isin(names)] if names else areas
    young = chosen["aged_16_64"] * YOUNG
    return float(young.sum()), float((young * chosen["unemployed_16_24"] / 100).sum())


def chain() -> Explorer:
    """Follow people from a coaching session to a change in the place where they live."""
    return Explorer(
        "From session to change",
        [
            Number("coached", "People you coach", 10, 100, 10, 40),
            Number("work", "Of those, in work at six months", 30, 80, 5, 55, "%"),
            Number("anyway", "Of those, would have found work anyway", 0, 70, 5, 35, "%"),
            Choice("place", "Where they live", PLACES, "Mill"),
        ],
        chain_frame,
        ["chain-bars"],
        "A provider’s own work, as a chain. How many would have found work anyway is called deadweight.",
    )


def chain_frame(values: Values) -> Frame:
    """Give people at each step, and what they mean for the place."""
    coached, work = int(values["coached"]), float(values["work"]) / 100
    outcome = coached * work
    because = outcome * (1 - float(values["anyway"]) / 100)
    young, out = young_people(values["place"])
    because_here = min(because, out)
    before, after = 100 * out / young, 100 * (out - because_here) / young
    steps = [
        ("Output: coached", coached),
        ("Outcome: in work at six months", outcome),
        ("Because of you", because),
    ]
    data = [
        {"step": name, "people": round(n, 2), "text": f"{name}, {n:.1f}".removesuffix(".0")}
        for name, n in steps
    ]
    where = IN_PLACE[values["place"]]
    over = " That is everyone there who looks for work." if because > out else ""
    summary = (
        f"{coached} coached, {outcome:.0f} in work at six months, {because:.1f} of them because of you. "
        f"Impact: in {where}, young people out of work go from {percent(before)} to {percent(after)}.{over}"
    )
    rows = [[name, f"{n:.1f}"] for name, n in steps]
    rows += [
        ["Young people there, estimated", f"{young:,.0f}"],
        ["Out of work before", f"{out:,.0f}, {percent(before)}"],
        ["Impact: out of work after", f"{out - because_here:,.0f}, {percent(after)}"],
    ]
    return Frame({"steps": data}, summary, Table(["Step", "People"], rows))


# ---- The joint table ------------------------------------------------------------------------------

DONE = {"finish": "Finish the coaching", "start": "Start work", "stay": "Still in work at six months"}
ARROWS = {
    "finish": "of those coached finish",
    "start": "of those who finish start work",
    "stay": "of those who start are still in work at six months",
}
GUESSES = {"50": "Half", "70": "7 in 10", "90": "9 in 10"}
COACHED = 40


def joint_chain() -> Explorer:
    """Each side says what it assumes behind each arrow; then the two chains are laid side by side."""
    starts = {"commissioner": ("90", "90", "90"), "provider": ("70", "70", "70")}
    controls = [
        Choice(f"{side}-{arrow}", f"How many {text}?", GUESSES, start, side=side)
        for side, guesses in starts.items()
        for (arrow, text), start in zip(ARROWS.items(), guesses, strict=True)
    ]
    return Explorer(
        "One chain, two chairs",
        controls,
        joint_frame,
        steps=[
            (
                "commissioner",
                f"You expect {COACHED} people to be coached. What do you assume?",
                "Write it down",
            ),
            ("provider", f"You would coach the {COACHED} people. What do you assume?", "Compare"),
        ],
    )


def joint_frame(values: Values) -> Frame:
    """Compare the two chains arrow by arrow, and where they part most."""
    ends, people = {}, {}
    for side in ("commissioner", "provider"):
        left, along = float(COACHED), []
        for arrow in ARROWS:
            left *= float(values[f"{side}-{arrow}"]) / 100
            along.append(left)
        ends[side], people[side] = left, along
    gaps = {a: abs(float(values[f"commissioner-{a}"]) - float(values[f"provider-{a}"])) for a in ARROWS}
    widest = max(gaps, key=lambda arrow: gaps[arrow])
    difference = abs(ends["commissioner"] - ends["provider"])
    verdict = (
        "You share one theory: write it into the contract, with its assumptions."
        if difference < 0.5
        else f"You differ by {difference:.0f} people. Talk first about how many {ARROWS[widest]}."
    )
    said = (
        f"The commissioner expects {ends['commissioner']:.0f} of {COACHED} in work at six months, "
        f"the provider {ends['provider']:.0f}. {verdict}"
    )
    rows = [["Coached", str(COACHED), str(COACHED)]]
    for place, arrow in enumerate(ARROWS):
        cells = [f"{people[side][place]:.1f}" for side in ("commissioner", "provider")]
        rows.append([DONE[arrow], *cells])
    return Frame({}, said, Table(["Step", "Commissioner", "Provider"], rows), record=said)


# ---- Pitfalls and predictions ---------------------------------------------------------------------

DISTRICTS = 296
TRAFFORD = 14.972  # average score, English Indices of Deprivation 2025, File 10 (MHCLG, OGL v3)


def rank_direction() -> Explorer:
    """Move a rank, and read what it says."""
    return Explorer(
        "What a rank says",
        [Number("rank", "Rank of a district", 1, DISTRICTS, 1, 30)],
        rank_frame,
        note=f"Rank 1 is the most deprived of England’s {DISTRICTS} districts.",
    )


def rank_frame(values: Values) -> Frame:
    """Give how many districts are as deprived or more, and how many less."""
    rank = int(values["rank"])
    share = 100 * rank / DISTRICTS
    rows = [
        ["As deprived or more, itself included", str(rank), percent(share)],
        ["Less deprived", str(DISTRICTS - rank), percent(100 - share)],
    ]
    summary = (
        f"Rank {rank} of {DISTRICTS} is among the most deprived {percent(share)}. "
        "A low rank is a high need. The rank says nothing about how far apart two districts are."
    )
    return Frame({}, summary, Table(["Districts", "Number", "Share"], rows))


def average_hides() -> Explorer:
    """An average of a part of town, and what it hides."""
    return Explorer(
        "The average and the pocket",
        [
            Choice(
                "part",
                "Part of Calderbrook",
                {"city": "The city", "suburb": "The suburbs", "rural edge": "The rural edge"},
                "rural edge",
            )
        ],
        hides_frame,
        note="Scores of deprivation: the higher, the more deprived.",
    )


def hides_frame(values: Values) -> Frame:
    """Give a part's average score and the neighbourhoods behind it."""
    areas = neighbourhoods()
    part = areas[areas["setting"] == values["part"]]
    mean = need.average(part, "score")
    most = part.loc[part["score"].idxmax()]
    least = part.loc[part["score"].idxmin()]
    pockets = int((part["decile"] == 1).sum())
    rows = [
        ["Average score", f"{mean:.1f}"],
        [f"Most deprived: {most['name']}", f"{most['score']:.1f}"],
        [f"Least deprived: {least['name']}", f"{least['score']:.1f}"],
        ["Neighbourhoods in England’s most deprived tenth", f"{pockets} of {len(part)}"],
    ]
    summary = (
        f"The average is {mean:.1f}, but scores run from {least['score']:.1f} to {most['score']:.1f}. "
        f"{pockets} of {len(part)} neighbourhoods are in England’s most deprived tenth. "
        "An average tells you of no one street."
    )
    return Frame({}, summary, Table(["What", "Score or number"], rows))


def predict_reach() -> Predict:
    """Ask how many of the children in need live in the twelve neediest neighbourhoods."""
    table = _reach("share")
    share = 100 * float(table["reached"].iloc[11])
    options = {"a": "About a fifth of them", "b": "About half of them", "c": "About four in five of them"}
    middles = {"a": 20, "b": 50, "c": 80}
    answer = min(middles, key=lambda key: abs(middles[key] - share))
    return predict(
        "You put all your effort into the 12 neighbourhoods, of 120, where the largest share of children "
        "lives on a low income. How many of Calderbrook’s children on a low income live there?",
        options,
        answer,
        f"{percent(share)} do. Most children in need live in places that look less needy, because there are "
        "so many more of those places. See it for yourself below.",
        {"c": "Many people say this. The neediest places are not where most people in need live."},
    )


def predict_definition() -> Predict:
    """Ask how many of eight offers a vague definition lets in."""
    count = sum(row[1] == "✓ in" for row in definition_frame(dict.fromkeys(TESTS, "all")).table.rows)
    kept = sum(all(getattr(offer, test) for test in TESTS) for offer in OFFERS.values())
    return predict(
        "A policy says: “Social value is a good done for our communities through what the provider does.” "
        "Eight offers come in. How many does the council have to count?",
        {"3": "3 of 8", "5": "5 of 8", "8": "8 of 8"},
        str(count),
        f"All {count}. Nothing in that sentence shuts anything out. Four sharper words leave {kept}.",
    )
