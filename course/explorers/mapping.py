"""Module 9's explorers: where money lands, whom it reaches, and how much of it stays."""

from __future__ import annotations

from collections.abc import Mapping
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
        (f"Calderbrook, deprived (deciles 1 to {decile})", reached),
        ("Calderbrook, other neighbourhoods", inside - reached),
        ("Outside Calderbrook", outside),
        ("Place not known", unplaced),
    ]
    ranked = areas[areas["amount"] > 0].sort_values("amount", ascending=False, kind="stable")
    data = {
        "areas": _shapes(areas["code"], deprived.map({True: "counts as deprived", False: "does not"})),
        "circles": [{"x": row.x, "y": row.y, "amount": round(row.amount)} for row in ranked.itertuples()],
        "numbers": [
            {"x": row.x, "y": row.y, "text": str(place)}
            for place, row in enumerate(ranked.head(MARKED).itertuples(), 1)
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
        for place, row in enumerate(
            ranked.head(MOST_LISTED).rename(columns={"name": "name"}).itertuples(index=False), 1
        )
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
        {"group": name, "share": round(100 * share, 3), "text": f"{name}: {percent(100 * share)} ({more})"}
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
        "Stand in one neighbourhood",
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
    by_code = areas.set_index("code")
    here = by_code.loc[values["code"]]
    near = _around()
    near = near[near["code"] == values["code"]]
    roles = areas["code"].map(
        {**dict.fromkeys(near["neighbour_code"], "next to it"), values["code"]: "chosen"}
    )
    rows = [_one_row(f"{here['name']} (chosen)", "", here)]
    rows += [
        _one_row(name, direction, by_code.loc[code])
        for code, name, direction in near[["neighbour_code", "neighbour_name", "direction"]].itertuples(
            index=False
        )
    ]
    deciles = by_code.loc[near["neighbour_code"], "decile"]
    mean = areas["amount"].sum() / areas["population"].sum()
    each = here["amount"] / here["population"]
    said = (
        f"{here['name']} is in decile {here['decile']} and gets {money(each)} for each resident; "
        f"the borough’s average is {money(mean)}. Next to it are deciles {deciles.min()} to {deciles.max()}."
    )
    labels = [
        {"x": row.x, "y": row.y, "text": str(row.decile)}
        for row in by_code.loc[[values["code"], *near["neighbour_code"]]].itertuples()
    ]
    columns = [
        "Neighbourhood",
        "Lies to the",
        "Decile",
        "Residents",
        "Out of work, aged 16 to 24",
        "Money",
        "For each resident",
    ]
    return Frame(
        {"areas": _shapes(areas["code"], roles.fillna("others")), "labels": labels},
        said,
        Table(columns, rows),
    )


def _one_row(name: str, direction: str, row: pd.Series) -> list[str]:
    return [
        name,
        direction,
        str(row["decile"]),
        f"{row['population']:,}",
        percent(row["unemployed_16_24"]),
        money(row["amount"]),
        money(row["amount"] / row["population"]),
    ]


# ---- Local is not deprived ------------------------------------------------------------------------


@cache
def six_districts() -> pd.DataFrame:
    """Return the made-up spend over six real districts: £ ex VAT, 2025 scores and ranks of 296."""
    return _table("greater_manchester_spend.csv")


def local_or_deprived() -> Explorer:
    """Move a made-up £600,000 between six real districts; two claims move apart."""
    six = six_districts()
    return Explorer(
        "Two claims from one set of invoices",
        [
            *(
                Number(row.code, f"Spent in {row.name}", 0, 400, 10, round(row.amount / 1000), "£k")
                for row in six.rename(columns={"name": "place"}).itertuples()
                for row in [row._replace(place=row.place)]
            ),
        ]
        if False
        else [
            *(
                Number(code, f"Spent in {name}", 0, 400, 10, round(amount / 1000), "£k")
                for code, name, amount in six[["code", "name", "amount"]].itertuples(index=False)
            ),
            Number("most", "Counts as deprived: the most deprived", 10, 150, 10, 30, "districts of 296"),
        ],
        districts_frame,
        ["district-bars", "share-bars"],
        "Local means Greater Manchester here. The districts and their ranks are real; the spending is made up.",
    )
