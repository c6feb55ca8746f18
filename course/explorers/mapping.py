"""Module 9's explorers: where money lands, whom it reaches, and how much of it stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from course import places
from course.charts import Frame, Table, money, percent, points
from course.errors import InputError
from course.explorers.controls import Choice, Number, Toggle
from course.explorers.widgets import Explorer, Predict, predict
from course.place import boundaries, spend
from course.place.calderbrook import RANK_TO_SCORE
from course.place.checking import lines_to_check

Values = Mapping[str, Any]

YEARS = {"2025/26": "April 2025 to March 2026", "2024/25": "April 2024 to March 2025"}
YEAR = "2025/26"
LOOKS = {
    "registered": "Where its registered office is",
    "money": "Where the money is spent",
    "staff": "Where the staff are",
}
LOOK_SAID = {
    "registered": "by registered office",
    "money": "by where the money is spent",
    "staff": "by where the staff are",
}
WHO = {
    "all": "All suppliers",
    "sme": "Small and medium-sized firms (SMEs)",
    "vcse": "Charities and social enterprises (VCSEs)",
}
ENGLAND = 0.3  # deciles 1 to 3 hold three tenths of England's neighbourhoods, by construction
PAGE = (600.0, 420.0)  # the flat page a map is laid on; the chart scales it
MOST_LISTED = 10
MARKED = 5  # places numbered on the map, as in the table's first rows


class Borough(NamedTuple):
    """Calderbrook on the map.

    `areas`: `code`, `name`, `decile` (1 = most deprived), `population`, `unemployed_16_24` (%) and where its
    middle lies on the flat page (`x`, `y`). `shapes`: by code, the boundary on that page as GeoJSON.
    """

    areas: pd.DataFrame
    shapes: dict[str, dict[str, Any]]


@cache
def borough() -> Borough:
    """Read Calderbrook's neighbourhoods and their boundaries, laid flat."""
    kept = ["code", "name", "decile", "population", "unemployed_16_24"]
    areas = _table("neighbourhoods.csv")[kept]
    flat, middles = _laid_flat("neighbourhoods.geojson")
    return Borough(areas.join(middles, on="code"), flat)


@cache
def _laid_flat(name: str) -> tuple[dict[str, dict[str, Any]], pd.DataFrame]:
    """Return the shapes of a boundary file on a flat page, by code, and their middles."""
    flat = boundaries.fit(boundaries.read_boundaries(places.DATASETS / "place" / name), *PAGE)
    shapes, middles = {}, {}
    for feature in flat["features"]:
        shapes[feature["id"]] = _thinned(feature["geometry"])
        rings = [
            part[0] if feature["geometry"]["type"] == "MultiPolygon" else part
            for part in feature["geometry"]["coordinates"]
        ]
        # The middle of the box around the largest part: near enough to write a number on.
        largest = max((np.asarray(ring) for ring in rings), key=lambda ring: np.ptp(ring, axis=0).prod())
        middles[feature["id"]] = (largest.min(axis=0) + largest.max(axis=0)) / 2
    table = pd.DataFrame.from_dict(middles, orient="index", columns=["x", "y"]).round(1)
    return shapes, table


def _thinned(geometry: dict[str, Any]) -> dict[str, Any]:
    """Round to a tenth of a pixel, which is all that is sent to the page."""

    def thin(part: list) -> list:
        if isinstance(part[0], list):
            return [thin(each) for each in part]
        return [round(part[0], 1), round(part[1], 1)]

    return {**geometry, "coordinates": thin(geometry["coordinates"])}


@cache
def _table(name: str) -> pd.DataFrame:
    try:
        return pd.read_csv(places.DATASETS / "place" / name)
    except OSError:
        raise InputError(
            f"The file place/{name} is missing from {places.DATASETS}: restore that folder."
        ) from None


@cache
def landed(look: str, who: str = "all", year: str = YEAR) -> tuple[pd.DataFrame, float, float]:
    """Add up a year's ledger by neighbourhood.

    Parameters
    ----------
    look : {"registered", "money", "staff"}
        How a supplier is placed.
    who : {"all", "sme", "vcse"}
        Whose money is followed.
    year : str
        Financial year.

    Returns
    -------
    areas : DataFrame
        Every neighbourhood of Calderbrook, as `Borough.areas`, with `amount` (£ ex VAT, 0 for none).
    outside, unplaced : float
        £ ex VAT that went outside the borough, and that has no known place.
    """
    ledger, suppliers = _table("ledger.csv"), _table("suppliers.csv")
    if who != "all":
        wanted = suppliers["scale"] == "sme" if who == "sme" else suppliers["vcse"]
        ledger = ledger[ledger["supplier_id"].isin(suppliers.loc[wanted, "supplier_id"])]
    found, lost = spend.spend_by_area(ledger, suppliers, look, year)
    amount = found.set_index("code")["amount"]
    areas = borough().areas
    inside = amount.index.isin(areas["code"])
    known = amount.index.str.startswith("E")  # real districts; any other code is a slip in the ledger
    areas = areas.assign(amount=areas["code"].map(amount).fillna(0.0))
    return (
        areas,
        float(amount[~inside & known].sum()),
        float(amount[~inside & ~known].sum() + lost["amount"].sum()),
    )


def _each(table: pd.DataFrame) -> Iterator[Any]:
    """Go through a table's rows as named tuples."""
    yield from table.itertuples(index=False)


# ---- Where the money lands ------------------------------------------------------------------------


def spend_map() -> Explorer:
    """See Calderbrook's spending on the map, with suppliers placed in one of three ways."""
    return Explorer(
        "Calderbrook’s spending on the map",
        [
            Choice("look", "Where is a supplier?", LOOKS, "registered"),
            Choice("who", "Whose money", WHO, "all"),
            Number(
                "decile",
                "Counts as deprived: deciles 1 to",
                1,
                5,
                1,
                3,
                "",
                "Decile 1 is the most deprived tenth of England.",
            ),
            Choice("year", "Financial year", YEARS, YEAR, listed=True),
        ],
        spend_frame,
        ["spend-map", "share-bars"],
        "A larger circle is more money. The five largest are numbered as in the table.",
    )


def spend_frame(values: Values) -> Frame:
    """Give the money in each neighbourhood, and the shares that are local, deprived and unknown."""
    look, who, year, decile = values["look"], values["who"], values["year"], int(values["decile"])
    areas, outside, unplaced = landed(look, who, year)
    total = float(areas["amount"].sum()) + outside + unplaced
    deprived = areas["decile"] <= decile
    inside = float(areas["amount"].sum())
    reached = float(areas.loc[deprived, "amount"].sum())
    people = spend.deprived_share(areas, "decile", decile, of="population")
    groups = [
        (f"Calderbrook, deciles 1 to {decile}", reached),
        ("Calderbrook, other deciles", inside - reached),
        ("Outside Calderbrook", outside),
        ("Place not known", unplaced),
    ]
    ranked = areas[areas["amount"] > 0].sort_values("amount", ascending=False, kind="stable")
    data = {
        "areas": _shapes(areas["code"], deprived.map({True: "counts as deprived", False: "does not"})),
        "circles": [{"x": row.x, "y": row.y, "amount": round(row.amount)} for row in _each(ranked)],
        "numbers": [
            {"x": row.x, "y": row.y, "text": str(place)}
            for place, row in enumerate(_each(ranked.head(MARKED)), 1)
        ],
        "bars": _bars([(name, amount / total, money(amount)) for name, amount in groups]),
    }
    said = (
        f"In {year}, {LOOK_SAID[look]}, {percent(100 * inside / total)} of {money(total)} is local. "
        f"{percent(100 * reached / total)} is in deprived neighbourhoods, "
        f"where {percent(100 * people)} of residents live."
    )
    return Frame(data, said, Table(SPEND_COLUMNS, _spend_rows(ranked, areas, decile, outside, unplaced)))


SPEND_COLUMNS = ["Place", "Decile", "Counts as deprived", "Residents", "Money", "For each resident"]


def _spend_rows(
    ranked: pd.DataFrame, areas: pd.DataFrame, decile: int, outside: float, unplaced: float
) -> list[list[str]]:
    """Name the places that got most, and put the rest into groups, so that all adds up to the ledger."""
    rows = [
        [
            f"{place}. {row.name}",
            str(row.decile),
            "yes" if row.decile <= decile else "no",
            f"{row.population:,}",
            money(row.amount),
            money(row.amount / row.population),
        ]
        for place, row in enumerate(_each(ranked.head(MOST_LISTED)), 1)
    ]
    rest = areas[~areas["code"].isin(ranked.head(MOST_LISTED)["code"])]
    for word, part in (
        ("deprived", rest[rest["decile"] <= decile]),
        ("other", rest[rest["decile"] > decile]),
    ):
        if len(part):
            people, amount = int(part["population"].sum()), float(part["amount"].sum())
            none = int((part["amount"] == 0).sum())
            name = f"{len(part)} more {word} ones, {none} of them with nothing"
            rows.append(
                [
                    name,
                    "",
                    "yes" if word == "deprived" else "no",
                    f"{people:,}",
                    money(amount),
                    money(amount / people),
                ]
            )
    rows.append(["Outside Calderbrook", "", "", "", money(outside), ""])
    rows.append(["Place not known", "", "", "", money(unplaced), ""])
    return rows


def _shapes(codes: pd.Series, groups: pd.Series) -> list[dict[str, Any]]:
    shapes = borough().shapes
    return [
        {"type": "Feature", "geometry": shapes[code], "group": group}
        for code, group in zip(codes, groups, strict=True)
    ]


def _bars(rows: list[tuple[str, float, str]]) -> list[dict[str, Any]]:
    """Give rows to the chart of shares: name, share of 1, and what else to write."""
    return [
        {"group": name, "share": round(100 * share, 3), "text": f"{name}: {percent(100 * share)}, {more}"}
        for name, share, more in rows
    ]


def predict_office() -> Predict:
    """Ask whether registered offices overstate or understate what reaches deprived neighbourhoods."""
    reached, total = {}, {}
    for look in LOOKS:
        areas, outside, unplaced = landed(look)
        reached[look] = float(areas.loc[areas["decile"] <= 3, "amount"].sum())
        total[look] = float(areas["amount"].sum()) + outside + unplaced
    office, staff = (100 * reached[look] / total[look] for look in ("registered", "staff"))
    less = "less" if office < staff * 0.9 else "more" if office > staff * 1.1 else "same"
    return predict(
        "Tomasz maps the spending by each supplier’s registered office. "
        "How will the share in deprived neighbourhoods compare with a map of where the staff are?",
        {
            "more": "Offices will show more: firms cluster in poorer streets with low rents",
            "same": "About the same: most suppliers are where their office is",
            "less": "Offices will show less: the work is done somewhere else",
        },
        less,
        f"By registered office it is {percent(office)}. By where the staff are it is {percent(staff)}. "
        "Same invoices, same year. Large firms keep their office far away and work in Calderbrook’s streets.",
        {"same": "For small firms that is true. The large contracts decide the total."},
    )


# ---- One neighbourhood and those around it --------------------------------------------------------


@cache
def _around() -> pd.DataFrame:
    return boundaries.neighbours(
        boundaries.read_boundaries(places.DATASETS / "place" / "neighbourhoods.geojson")
    )


def one_neighbourhood() -> Explorer:
    """Stand in one neighbourhood; see what reaches it, and who lives next door."""
    areas = borough().areas.sort_values("name")
    names = dict(zip(areas["code"], areas["name"], strict=True))
    start = next(code for code, name in names.items() if name == "Mill")
    return Explorer(
        "One place and its neighbours",
        [
            Choice("code", "Neighbourhood", names, start, listed=True),
            Choice("look", "Where is a supplier?", LOOKS, "staff"),
        ],
        one_frame,
        ["neighbour-map"],
        "The map in words: the table lists every neighbour and the side it lies on.",
    )


def one_frame(values: Values) -> Frame:
    """Give one neighbourhood's money and need beside those of its neighbours."""
    areas, _, _ = landed(values["look"])
    by_code = {row.code: row for row in _each(areas)}
    here = by_code[values["code"]]
    near = _around()
    near = near[near["code"] == values["code"]]
    roles = areas["code"].map(
        {**dict.fromkeys(near["neighbour_code"], "next to it"), values["code"]: "chosen"}
    )
    rows = [_one_row(f"{here.name} (chosen)", "", here)]
    rows += [_one_row(row.neighbour_name, row.direction, by_code[row.neighbour_code]) for row in _each(near)]
    deciles = [by_code[code].decile for code in near["neighbour_code"]]
    mean = areas["amount"].sum() / areas["population"].sum()
    said = (
        f"{here.name} is in decile {here.decile} and gets {money(here.amount / here.population)} for each "
        f"resident; the borough’s average is {money(mean)}. {_next_door(deciles)}"
    )
    shown = [here, *(by_code[code] for code in near["neighbour_code"])]
    labels = [{"x": row.x, "y": row.y, "text": str(row.decile)} for row in shown]
    data = {"areas": _shapes(areas["code"], roles.fillna("others")), "labels": labels}
    return Frame(data, said, Table(ONE_COLUMNS, rows))


ONE_COLUMNS = [
    "Neighbourhood",
    "Lies to the",
    "Decile",
    "Residents",
    "Out of work, aged 16 to 24",
    "Money",
    "For each resident",
]


def _next_door(deciles: list[int]) -> str:
    low, high = min(deciles), max(deciles)
    return f"Its neighbours are in {f'decile {low}' if low == high else f'deciles {low} to {high}'}."


def _one_row(name: str, direction: str, row: Any) -> list[str]:
    return [
        name,
        direction,
        str(row.decile),
        f"{row.population:,}",
        percent(row.unemployed_16_24),
        money(row.amount),
        money(row.amount / row.population),
    ]


# ---- Local is not deprived ------------------------------------------------------------------------


@cache
def six_districts() -> pd.DataFrame:
    """Return the made-up spend over six real districts: £ ex VAT, 2025 scores and ranks of 296."""
    return _table("greater_manchester_spend.csv")


def local_or_deprived() -> Explorer:
    """Move a made-up £600,000 between six real districts; two claims move apart."""
    rows = _each(six_districts()[["code", "name", "amount"]])
    return Explorer(
        "Two claims from one set of invoices",
        [
            *(
                Number(code, f"Spent in {name}", 0, 400, 10, round(amount / 1000), "£k")
                for code, name, amount in rows
            ),
            Number("most", "Counts as deprived: how many districts", 10, 150, 10, 30, "of 296"),
        ],
        districts_frame,
        ["district-bars", "share-bars"],
        "“Local” means Greater Manchester. The districts and their ranks are real; the spending is made up.",
    )


def districts_frame(values: Values) -> Frame:
    """Cross local with deprived for the spending chosen."""
    six, most = six_districts(), int(values["most"])
    areas = six.assign(amount=[1000.0 * values[code] for code in six["code"]])
    local = set(areas.loc[areas["greater_manchester"], "code"])
    if not areas["amount"].sum():
        raise InputError("Nothing is spent anywhere, so no share can be taken. Move one district above £0.")
    near = spend.local_share(areas, local)
    poor = spend.deprived_share(areas, "rank", most)
    weighted = spend.deprivation_weighted_spend(areas)
    cross = spend.local_against_deprived(areas, local, "rank", most)
    words = {True: "Local", False: "Not local"}, {True: "deprived", False: "not deprived"}
    groups = [
        (f"{words[0][row.local]}, {words[1][row.deprived]}", row.share, money(row.amount))
        for row in _each(cross)
    ]
    order = areas.sort_values("rank")
    drawn, rows = [], []
    for row in _each(order):
        deprived = row.rank <= most
        signs = f"{' ◆ local' if row.code in local else ''}{' ▲ deprived' if deprived else ''}"
        drawn.append(
            {
                "district": row.name,
                "amount": row.amount,
                "local": "local" if row.code in local else "not local",
                "text": f"{row.name}, {money(row.amount)}{signs}",
            }
        )
        rows.append(
            [
                row.name,
                str(row.rank),
                f"{row.score:.2f}",
                "yes" if row.code in local else "no",
                "yes" if deprived else "no",
                money(row.amount),
            ]
        )
    said = (
        f"{percent(100 * near)} is local. {percent(100 * poor)} reaches the {most} most deprived districts, "
        f"and {percent(100 * cross['share'].iloc[0])} is both. The weighted score is {weighted:.2f}."
    )
    columns = ["District", "Rank of 296", "Score 2025", "Local", "Counts as deprived", "Spent"]
    rows.append(
        [
            "All six together",
            "",
            f"{weighted:.2f} weighted",
            percent(100 * near),
            percent(100 * poor),
            money(areas["amount"].sum()),
        ]
    )
    return Frame({"districts": drawn, "bars": _bars(groups)}, said, Table(columns, rows))


def predict_claims() -> Predict:
    """Ask how much of a spend that is 80% local reaches the most deprived districts."""
    six = six_districts()
    local = spend.local_share(six, set(six.loc[six["greater_manchester"], "code"]))
    poor = spend.deprived_share(six, "rank", 30)
    return predict(
        f"A council spends {percent(100 * local)} of its money locally. "
        "How much of it must reach deprived places?",
        {
            "most": "At least half of it: local areas near the council are the poorer ones",
            "local": f"The same {percent(100 * local)}: the money stays with local people",
            "open": "Nobody can say: it could be all of it or none of it",
        },
        "open",
        f"“Local” says which side of a line the money is on. “Deprived” says who lives there. "
        f"In the example below {percent(100 * local)} is local and {percent(100 * poor)} is deprived. "
        "You can move either to almost anything and leave the other alone.",
        {"local": "This is the slip made most often: one share is reported as if it were the other."},
    )


# ---- Following the pound --------------------------------------------------------------------------

# Share spent locally by the provider, and by those it pays. Typical, rounded and made up.
TRAILS = {
    "Local firm": (0.72, 0.45),
    "Distant social enterprise, local staff": (0.50, 0.55),
    "National firm": (0.28, 0.35),
}


def money_trail() -> Explorer:
    """Follow a contract through three rounds of local spending (LM3)."""
    return Explorer(
        "Follow the money for three rounds",
        [
            Number("contract", "Contract", 20, 500, 20, 100, "£k"),
            Number("wages", "Of each £100: wages of people who live here", 0, 100, 1, 40, "£"),
            Number("supplies", "Of each £100: bought from firms here", 0, 100, 1, 10, "£"),
            Number("people", "Share of their wages that those people spend here", 0, 100, 5, 60, "%"),
            Number("firms", "Share that those firms spend here", 0, 100, 5, 35, "%"),
        ],
        trail_frame,
        ["money-rounds", "multiplier-bars"],
        "Whatever is not spent here leaves the area and is not counted again.",
    )


def trail_frame(values: Values) -> Frame:
    """Give the money in the area in each round, and the multiplier beside typical ones."""
    wages, supplies = float(values["wages"]), float(values["supplies"])
    if wages + supplies > 100:
        raise InputError(
            f"£{wages:g} of wages and £{supplies:g} of supplies are more than each £100. Lower one of them."
        )
    contract = 1000.0 * float(values["contract"])
    first = (wages + supplies) / 100
    again = (
        (wages * values["people"] + supplies * values["firms"]) / 100 / (wages + supplies) if first else 0.0
    )
    rounds = spend.trace_rounds(contract, first, again)
    came = [contract, *rounds["amount"].iloc[:2]]
    names = ["Round 1: the contract", "Round 2: what you spend here", "Round 3: what they spend here"]
    drawn, rows = [], []
    for name, before, now in zip(names, came, rounds["amount"], strict=True):
        left = before - now
        drawn.append(
            {
                "round": name,
                "amount": round(now, 2),
                "before": round(before, 2),
                "text": f"{name}, {money(now)}",
            }
        )
        rows.append([name, money(now), money(left) if left else "–"])
    multiplier = float(rounds["total"].iloc[-1]) / contract
    rows.append(["In the area over three rounds", money(rounds["total"].iloc[-1]), ""])
    others = {name: spend.local_multiplier(*shares) for name, shares in TRAILS.items()}
    rows += [
        [f"Multiplier: {name.lower()}", f"{value:.3f}", ""]
        for name, value in {"yours": multiplier, **others}.items()
    ]
    bars = [
        {"who": name, "multiplier": round(value, 4), "mine": name == "Yours", "text": f"{name}: {value:.3f}"}
        for name, value in {"Yours": multiplier, **others}.items()
    ]
    said = (
        f"{percent(100 * first)} of the contract is spent here, and {percent(100 * again)} of that again. "
        f"Over three rounds {money(rounds['total'].iloc[-1])} passes through the area: "
        f"a local multiplier of {multiplier:.3f}."
    )
    columns = ["Step", "In the area", "Left the area"]
    return Frame({"rounds": drawn, "trails": bars}, said, Table(columns, rows))


# ---- London: a real map ---------------------------------------------------------------------------

MEASURES = {
    "score": "Average score of the whole borough",
    "tenth": "Share of its neighbourhoods in England’s most deprived tenth",
}


def london_map() -> Explorer:
    """Pick the most deprived London boroughs by one of two measures; the picks differ."""
    return Explorer(
        "Which boroughs are the most deprived?",
        [
            Choice("measure", "Measure", MEASURES, "score"),
            Number("count", "How many to pick", 1, 16, 1, 8, "of 33"),
        ],
        london_frame,
        ["borough-map"],
        "Real figures of 2025. A shaded borough is picked; its number is its place in the order.",
    )


@cache
def _london() -> pd.DataFrame:
    table = _table("london_boroughs.csv")
    by_score = table["score"].rank(ascending=False, method="first")
    by_tenth = table["share_most_deprived_tenth"].rank(ascending=False, method="first")
    return table.assign(by_score=by_score.astype(int), by_tenth=by_tenth.astype(int))


def london_frame(values: Values) -> Frame:
    """Give the boroughs picked by the chosen measure, and what the other would have picked."""
    count, measure = int(values["count"]), values["measure"]
    shapes, middles = _laid_flat("london_boroughs.topojson")
    table = _london().join(middles, on="code")
    chosen, other = ("by_score", "by_tenth") if measure == "score" else ("by_tenth", "by_score")
    picked, otherwise = table[chosen] <= count, table[other] <= count
    shown = table[picked | otherwise].sort_values(chosen)
    rows = [
        [
            row.name,
            f"{row.score:.1f}",
            str(row.rank),
            percent(100 * row.share_most_deprived_tenth),
            "yes" if row.by_score <= count else "no",
            "yes" if row.by_tenth <= count else "no",
        ]
        for row in _each(shown)
    ]
    both = int((picked & otherwise).sum())
    missed = table[otherwise & ~picked].sort_values(other)["name"].tolist()
    said = f"{both} of {count} boroughs are picked by both measures."
    if missed:
        said += (
            f" This measure leaves out {' and '.join(missed[:3])}{' and more' if len(missed) > 3 else ''}."
        )
    data = {
        "areas": [
            {"type": "Feature", "geometry": shapes[code], "group": "picked" if hit else "not picked"}
            for code, hit in zip(table["code"], picked, strict=True)
        ],
        "labels": [
            {"x": row.x, "y": row.y, "text": str(getattr(row, chosen))} for row in _each(table[picked])
        ],
    }
    columns = [
        "Borough",
        "Average score",
        "Rank of 296",
        "Share in most deprived tenth",
        "Picked by score",
        "Picked by share",
    ]
    return Frame(data, said, Table(columns, rows))


# ---- The joint table ------------------------------------------------------------------------------

QUALITY = 70.0  # both offers, points of 100
LOCAL_PRICE, DISTANT_PRICE = 2.60, 2.50  # £m ex VAT
DISTANT_COST = 2_250_000.0  # £ ex VAT: what the service costs the distant social enterprise
# Every 5 points more of the contract spent here costs the distant social enterprise this much. Made up.
MOVING_COST = 20_000.0
ASKS = {
    "people": "How many people furthest from work will you train and employ?",
    "pounds": "What share of the contract will be spent in Calderbrook?",
    "both": "Half and half: people for half the points, pounds for the other half",
}
PEOPLE = {"Local firm": 60.0, "Distant social enterprise": 80.0}
OFFERERS = ("Ironstone Living", "Dalesway Living Trust")


def place_table() -> Explorer:
    """Play both seats: say what social value asks for, then bid from outside the borough."""
    return Explorer(
        "Play a round",
        [
            Choice("ask", "What the social value question asks", ASKS, "people", side="commissioner"),
            Number(
                "social",
                "Weight of social value (price has 40%, quality the rest)",
                0,
                40,
                5,
                20,
                "%",
                side="commissioner",
            ),
            Number("price", "Your price", 2.3, 2.8, 0.02, DISTANT_PRICE, "£m", side="provider"),
            Number(
                "respent",
                "Share of the contract you will spend in Calderbrook",
                50,
                80,
                5,
                50,
                "%",
                side="provider",
                help="Each 5% more costs you £20k.",
            ),
        ],
        place_table_frame,
        ["offer-scores", "offer-money"],
        steps=[
            (
                "commissioner",
                "You want the best service, and you have to answer for where the money goes",
                "Publish the tender",
            ),
            (
                "provider",
                "You are Dalesway Living Trust: office in Blackpool, staff in Calderbrook. "
                f"The service costs you {money(DISTANT_COST)}",
                "Submit the bid",
            ),
        ],
    )


def offers(price: float = 1e6 * DISTANT_PRICE, respent: float = 0.50, ask: str = "people") -> pd.DataFrame:
    """Return the two offers, as `spend.compare_offers` takes them.

    Parameters
    ----------
    price : float
        The distant social enterprise's price, £ ex VAT.
    respent : float
        The share of the contract it spends in the area, 0 to 1.
    ask : {"people", "pounds", "both"}
        What the social value question asks for, and so what it scores.
    """
    spent = [TRAILS["Local firm"][0], respent]
    people = list(PEOPLE.values())
    pounds = [100 * share for share in spent]
    social = {
        "people": people,
        "pounds": pounds,
        "both": [(a + b) / 2 for a, b in zip(people, pounds, strict=True)],
    }
    return pd.DataFrame(
        {
            "provider": list(OFFERERS),
            "price": [1e6 * LOCAL_PRICE, price],
            "quality": QUALITY,
            "social_value": social[ask],
            "respent": spent,
            "respent_again": [TRAILS["Local firm"][1], TRAILS["Distant social enterprise, local staff"][1]],
        }
    )


@cache
def _compared(price: float, respent: float, ask: str, social: float) -> pd.DataFrame:
    return spend.compare_offers(offers(price, respent, ask), 40, 60 - social, social)


def _winners(compared: pd.DataFrame) -> list[str]:
    return compared.loc[compared["score"] > compared["score"].max() - 1e-9, "provider"].tolist()


def place_table_frame(values: Values) -> Frame:
    """Open the two bids; set the award beside the money kept in the area."""
    price, respent, ask = 1e6 * float(values["price"]), float(values["respent"]) / 100, values["ask"]
    social = float(values["social"])
    compared = _compared(price, respent, ask, social)
    best = _winners(compared)
    local, distant = compared["money_in_area"]
    surplus = price - DISTANT_COST - MOVING_COST * (100 * respent - 50) / 5
    lead = abs(compared["score"].iloc[0] - compared["score"].iloc[1])
    won = f"{best[0]} wins by {points(lead)} points." if len(best) == 1 else "The two tie."
    more = OFFERERS[0] if local > distant else OFFERERS[1]
    kept = f"Dalesway {'keeps' if OFFERERS[1] in best else 'would keep'} {money(surplus)}."
    if surplus < 0:
        kept = f"Dalesway {'loses' if OFFERERS[1] in best else 'would lose'} {money(-surplus)}."
    others = [other for other in ASKS if _winners(_compared(price, respent, other, social)) != best]
    turned = (
        f"Another question would have turned the award: the one on {' or on '.join(others)}."
        if others
        else "No other question on the list would have turned the award."
    )
    money_said = f"{money(max(local, distant))} against {money(min(local, distant))} over three rounds"
    said = f"{won} {more} keeps more money in the area: {money_said}. {kept} {turned}"
    rows, scores, stays = [], [], []
    for row in _each(compared):
        star = " ★ wins" if best == [row.provider] else " ★ ties" if row.provider in best else ""
        shares = percent(100 * row.respent), f"{row.multiplier:.3f}", money(row.money_in_area)
        rows.append(
            [row.provider + star, money(row.price), f"{row.social_value:g}", points(row.score), *shares]
        )
        text = f"{row.provider}: {points(row.score)} points{star}"
        scores.append({"provider": row.provider, "score": round(row.score, 4), "text": text})
        text = f"{row.provider}: {money(row.money_in_area)} in the area"
        stays.append({"provider": row.provider, "amount": round(row.money_in_area), "text": text})
    columns = [
        "Offer",
        "Price",
        "Social value of 100",
        "Total of 100",
        "Spent here",
        "Multiplier",
        "In the area",
    ]
    record = (
        f"Asked about {ask}, weight {percent(social)}. Dalesway bid {money(price)} and would spend "
        f"{percent(100 * respent)} here. {won} {kept}"
    )
    return Frame({"scores": scores, "kept": stays}, said, Table(columns, rows), record=record)


# ---- Pitfalls -------------------------------------------------------------------------------------


def rank_and_score() -> Explorer:
    """Move along England's neighbourhoods: ranks go up evenly, scores do not."""
    return Explorer(
        "Rank, decile and score",
        [Number("share", "How far along the list of England’s neighbourhoods", 1, 90, 1, 1, "%")],
        rank_frame,
        note="The list starts with the most deprived. Real figures of 2025, read between published points.",
    )


def rank_frame(values: Values) -> Frame:
    """Give the score at one point of the list and five per cent further on."""
    share = float(values["share"]) / 100
    at = _score_at(share), _score_at(share + 0.05)
    rows = [
        ["You are here", percent(100 * share), str(_decile_at(share)), f"{at[0]:.1f}"],
        ["Five per cent further", percent(100 * share + 5), str(_decile_at(share + 0.05)), f"{at[1]:.1f}"],
    ]
    said = (
        f"The same step of five per cent takes {at[0] - at[1]:.1f} points off the score here. "
        f"At the start of the list it takes {_score_at(0.01) - _score_at(0.06):.1f}, "
        f"in the middle {_score_at(0.5) - _score_at(0.55):.1f}."
    )
    return Frame({}, said, Table(["Neighbourhood", "Place in the list", "Decile", "Score"], rows))


def _score_at(share: float) -> float:
    shares, scores = np.array(RANK_TO_SCORE).T
    return float(np.interp(share, shares, scores))


def _decile_at(share: float) -> int:
    return min(10, int(share * 10 + 1e-9) + 1)


def compared_with_what() -> Explorer:
    """Divide a deprived share by two different bases."""
    return Explorer(
        "One share, two bases",
        [
            Choice("look", "Where is a supplier?", LOOKS, "registered"),
            Choice(
                "base",
                "Compare with",
                {
                    "england": "England: 30% of neighbourhoods are in deciles 1 to 3",
                    "here": "Calderbrook’s own residents in deciles 1 to 3",
                },
                "england",
            ),
        ],
        base_frame,
        note="Money that landed in Calderbrook, 2025/26. The quotient is one share divided by the other.",
    )


def base_frame(values: Values) -> Frame:
    """Give the location quotient of Calderbrook's spending on one of two bases."""
    areas, _, _ = landed(values["look"])
    share = spend.deprived_share(areas, "decile", 3)
    people = spend.deprived_share(areas, "decile", 3, of="population")
    base = ENGLAND if values["base"] == "england" else people
    quotient = spend.location_quotient(share, base)
    verdict = "more than" if quotient > 1.005 else "less than" if quotient < 0.995 else "just"
    said = (
        f"{percent(100 * share)} over {percent(100 * base)} is a location quotient of {quotient:.2f}: "
        f"{verdict} their proportion."
    )
    rows = [
        ["Share of the money in deciles 1 to 3", percent(100 * share)],
        ["Share to compare with", percent(100 * base)],
        ["Location quotient", f"{quotient:.2f}"],
    ]
    return Frame({}, said, Table(["Figure", "Value"], rows))


def one_slip() -> Explorer:
    """Take the doubtful lines out of a year's ledger, and watch the local share."""
    return Explorer(
        "One lost decimal point",
        [Toggle("clean", "Leave out the lines that look wrong", False)],
        slip_frame,
        note="Food and catering, April 2024 to March 2025, by where the money is spent.",
    )


@cache
def _doubtful() -> pd.DataFrame:
    return lines_to_check(_table("ledger.csv"))


def slip_frame(values: Values) -> Frame:
    """Give one category's local share, with or without the lines to check."""
    ledger = _table("ledger.csv")
    food = ledger[(ledger["category"] == "Food and catering") & (ledger["financial_year"] == "2024/25")]
    doubtful = _doubtful()
    doubtful = doubtful[doubtful.index.isin(food.index)]
    used = food.drop(doubtful.index) if values["clean"] else food
    found, _ = spend.spend_by_area(used, _table("suppliers.csv"), "money")
    local = float(found.loc[found["code"].isin(borough().areas["code"]), "amount"].sum())
    total = float(used["amount"].sum())
    said = f"{percent(100 * local / total)} of {money(total)} is local. "
    said += (
        f"The check leaves out {len(doubtful)} of {len(food)} lines."
        if values["clean"]
        else f"The check doubts {len(doubtful)} of {len(food)} lines. Leave it out and see."
    )
    rows = [
        [
            row.supplier,
            str(row.date),
            f"£{row.amount:,.2f}",
            row.why + (", left out" if values["clean"] else ""),
        ]
        for row in _each(doubtful)
    ]
    rows.append(
        ["Lines used", "", f"£{total:,.2f}", f"{len(used)} lines, {percent(100 * local / total)} local"]
    )
    return Frame({}, said, Table(["Supplier", "Date", "Amount", "What"], rows))
