"""Calderbrook on the map: its neighbourhoods, its suppliers and what it paid them. All invented.

The borough is drawn in the Irish Sea so that nobody takes it for a real place. The mix of deprivation deciles
is like that of Rochdale and Oldham in the 2019 index; the curve from rank to score is England's in 2025.
"""

import csv
import io
import json
import math
from collections.abc import Iterable
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from course.errors import InputError
from course.place.boundaries import measure
from course.place.deprivation import NEIGHBOURHOODS
from course.place.ledger import financial_year
from course.tenders.calderbrook.draws import Draws

SEED = 2026
EDITION = 2025
CENTRE = (-3.95, 53.85)
"""Longitude and latitude of the town hall, in open water."""

DECILES = (35, 18, 19, 10, 8, 6, 7, 10, 5, 2)
"""Neighbourhoods in each decile of deprivation, the most deprived first."""

RANK_TO_SCORE = (
    (0.0, 94.22), (0.01, 68.78), (0.02, 63.57), (0.05, 54.27), (0.1, 44.91), (0.15, 38.29), (0.2, 33.51),
    (0.25, 29.67), (0.3, 26.61), (0.4, 21.54), (0.5, 17.45), (0.6, 14.14), (0.7, 11.14), (0.8, 8.38),
    (0.9, 5.46), (0.95, 3.77), (1.0, 0.17),
)  # fmt: skip
"""Share of England's neighbourhoods that are more deprived, and the 2025 score there.

Source: MHCLG, English Indices of Deprivation 2025, File 7, OGL v3."""

NAMES = {
    "city": (
        "Northgate", "Weavers", "Station", "Riverside", "Priory", "Tanners Row", "Cloth Hall", "Foundry Lane",
        "Bobbin Street", "Canal Side", "Gasworks", "Market Cross", "Chandlers", "Ropewalk", "Kiln Street",
        "Pump Yard", "Coopers", "Dyehouse", "Spindle Street", "Corn Exchange", "Bleachworks", "Ferry Lane",
        "Fish Quay", "Customs House", "Chapel Bank", "Carders Court", "Loom Street", "Wharf Road",
        "Glassworks",
        "Brewery Fields", "Saltings", "Tenter Croft", "Sidings", "Penny Lock", "Shuttle Row", "Anchor Street",
        "Quay Head", "Gaslight Hill", "Steam Street", "Old Basin", "Printworks",
    ),
    "suburb": (
        "Ashcombe", "Birchfold", "Clough Park", "Daisyfield", "Elm Bank", "Fairhaven", "Greenacre",
        "Hawthorn Rise", "Ivy Hill", "Kestrel Park", "Larkhill", "Meadowbank", "Nettleton", "Oakenshaw",
        "Pinfold", "Queensbrook", "Rowanfield", "Sunnybank", "Thornhey", "Upper Clough", "Vale Park",
        "Willow Grange", "Yewdale", "Alderbank", "Beechcroft", "Cherry Tree", "Denehurst", "Edge Lane End",
        "Fernhill", "Grange Park", "Highfield Rise", "Jubilee Park", "Knoll Road", "Limehurst",
        "Millbrook Green",
        "Newlands Avenue", "Orchard Hey", "Parkside", "Redgate", "Stonebridge", "Turnpike", "Wellington Park",
        "Woodhey", "Brookfold", "Castle Clough", "Dovecote", "Falconwood", "Heathside", "Tithe Green",
        "Laburnum Park",
    ),
    "rural edge": (
        "Moorside", "Barley Fold", "Crag End", "Deepclough", "Eavesbrook", "Fell Gate", "Gorsey Moor",
        "Heather Law", "Inglebeck", "Kirk Thwaite", "Lower Sykes", "Marl Hey", "Nab Top", "Over Calder",
        "Packhorse", "Ramsclough", "Sheepwash", "Tarn Head", "Underscar", "Whinberry", "Brackenlow",
        "Curlew Hill", "Drystone", "Far Sykes", "Hollow Beck", "Long Causeway", "Millstone Edge", "Peat Lane",
        "Ridge End", "Top o'th' Fold", "Shepherd Moor", "Yarrow Clough", "Slate Pit", "Harrop Beck",
    ),
}  # fmt: skip

# Need in per cent: at a score of 0, and what each point of score adds. The figures are invented.
NEEDS = {
    "unemployed_16_24": (4.0, 0.28),
    "no_qualifications": (8.0, 0.42),
    "children_low_income": (6.0, 0.55),
    "long_term_illness": (11.0, 0.24),
    "fuel_poverty": (7.0, 0.25),
    "no_car": (9.0, 0.62),
    "lives_alone_65_plus": (10.0, 0.06),
}

OUTSIDE = {
    "region": (
        ("E08000003", "Manchester"), ("E08000005", "Rochdale"), ("E08000009", "Trafford"),
        ("E08000007", "Stockport"), ("E06000009", "Blackpool"),
    ),
    "far": (
        ("E09000001", "City of London"), ("E09000033", "Westminster"), ("E09000007", "Camden"),
        ("E09000030", "Tower Hamlets"), ("E07000214", "Surrey Heath"),
    ),
}  # fmt: skip
"""Real districts where invented suppliers have an office; their scores are in the two reference tables."""


class Kind(NamedTuple):
    """A kind of supplier: how many, where it is, three ways, and what it is like (shares of 1)."""

    many: int
    registered: str
    staff: str
    money: str
    sme: float
    vcse: bool
    respent: float
    respent_again: float


KINDS = {
    "local firm": Kind(46, "local", "same", "same", 1.0, False, 0.72, 0.45),
    "local social enterprise": Kind(22, "deprived", "same", "same", 1.0, True, 0.76, 0.48),
    "local branch": Kind(20, "far", "deprived", "staff", 0.1, False, 0.55, 0.42),
    "local address only": Kind(10, "local", "region", "staff", 0.8, False, 0.15, 0.35),
    "regional firm": Kind(26, "region", "same", "same", 0.7, False, 0.30, 0.40),
    "national firm": Kind(16, "far", "region", "registered", 0.0, False, 0.28, 0.35),
    "distant social enterprise": Kind(6, "region", "deprived", "staff", 0.8, True, 0.50, 0.55),
}

# The providers who bid in the course's running case come first, under the names they have there.
NAMED = (
    ("Alder", "regional firm"),
    ("Birch CIC", "local social enterprise"),
    ("Cedar", "national firm"),
    ("Dogwood", "national firm"),
)

STEMS = (
    "Amberley", "Arkwright", "Bellwether", "Blackthorn", "Brightwell", "Calderside", "Cobalt", "Cresswell",
    "Dalesway",
    "Driftwood", "Eastcliff", "Ellerton", "Fallowfield", "Farrier", "Fernleigh", "Garside", "Goldfinch",
    "Greenshaw",
    "Harewood", "Holloway", "Ironstone", "Ingham", "Jackdaw", "Kingfisher", "Kershaw", "Lantern", "Lomax",
    "Marlow",
    "Midgley", "Newbold", "Northlight", "Oldroyd", "Ormerod", "Pennine Way", "Pilling", "Quarrybank",
    "Ravenscar",
    "Redfern", "Sandpiper", "Shoreline", "Silverdale", "Tattersall", "Thistledown", "Turnstone", "Underwood",
    "Verdant", "Wainwright", "Whitaker", "Windmill", "Wolfenden",
)  # fmt: skip
TRADES = {
    "Home care": ("Care", 9_000),
    "Supported living": ("Living", 42_000),
    "Children's placements": ("Children's Homes", 30_000),
    "Building and repairs": ("Building", 24_000),
    "Highways": ("Highways", 55_000),
    "Waste and cleaning": ("Environmental", 18_000),
    "Computer systems": ("Digital", 16_000),
    "Agency staff": ("Staffing", 12_000),
    "Professional advice": ("Consulting", 8_000),
    "Food and catering": ("Foods", 4_500),
    "Training and jobs": ("Skills", 10_000),
    "Community services": ("Community", 6_000),
}
SERVICES = {
    "Home care": "Adults",
    "Supported living": "Adults",
    "Children's placements": "Children",
    "Building and repairs": "Place",
    "Highways": "Place",
    "Waste and cleaning": "Place",
    "Computer systems": "Resources",
    "Agency staff": "Resources",
    "Professional advice": "Resources",
    "Food and catering": "Children",
    "Training and jobs": "Communities",
    "Community services": "Communities",
}
USUAL = {
    "local social enterprise": ("Home care", "Training and jobs", "Community services", "Food and catering"),
    "distant social enterprise": ("Supported living", "Home care", "Training and jobs"),
    "national firm": ("Highways", "Waste and cleaning", "Computer systems", "Children's placements"),
    "local branch": ("Waste and cleaning", "Supported living", "Agency staff", "Children's placements"),
}

LINES = 1_500
FIRST_DAY, LAST_DAY = date(2024, 4, 1), date(2026, 3, 31)

PLANTED = {
    "duplicates": (9, "Invoices paid twice: same supplier, date, amount and reference."),
    "credits": (28, "Credit notes: negative amounts that undo all or half of an earlier invoice."),
    "redacted": (22, "Lines with the supplier redacted and no supplier id."),
    "name_variants": (30, "Lines with the supplier's name in capitals or with a stray full stop."),
    "no_reference": (8, "Lines without an invoice reference."),
    "unknown_suppliers": (6, "Lines with a supplier id that is not in the list of suppliers."),
    "miskeyed": (1, "One amount a hundred times too large: the decimal point was lost."),
    "no_postcode": (12, "Suppliers without a postcode."),
    "no_money_area": (5, "Suppliers for which nobody knows where the money is spent."),
    "unknown_area": (1, "One supplier whose staff are in an area code that does not exist, CLB999."),
    "listed_again": (2, "Suppliers listed a second time under another id and spelling."),
}
"""What is wrong with the suppliers and the ledger on purpose, and how many times."""

REFERENCE = ("london_boroughs.csv", "london_boroughs.topojson", "greater_manchester_spend.csv")

Point = tuple[float, float]


def generate(folder: str | Path, seed: int = SEED) -> list[Path]:
    """Write Calderbrook's place data and the reference tables.

    Parameters
    ----------
    folder : str or Path
        Where to write; made if it is not there. Files of the same names are replaced.
    seed : int
        The same seed gives the same bytes.

    Returns
    -------
    list of Path
        The files written. What is in each is told by `course.place.dictionary.resources`.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    cells, middles = _draw_cells(seed)
    areas = _describe(seed, middles)
    boundaries = _boundaries(areas, cells)
    for area, ground in zip(areas, measure(boundaries).to_dict("records"), strict=True):
        area["longitude"], area["latitude"] = round(ground["longitude"], 5), round(ground["latitude"], 5)
        area["area_km2"] = round(ground["area_km2"], 3)
    suppliers = _draw_suppliers(seed, areas)
    contents = {
        "neighbourhoods.geojson": _geojson(boundaries),
        "neighbourhoods.csv": _csv(areas),
        "suppliers.csv": _csv(suppliers),
        "ledger.csv": _csv(_draw_ledger(seed, suppliers)),
    }
    for name in REFERENCE:
        contents[name] = (files("course.place") / "reference" / name).read_text(encoding="utf-8")
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in contents.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(
            f"The folder {folder} cannot be written ({error.strerror}). Choose another."
        ) from None
    return [folder / name for name in contents]


# --- the ground -------------------------------------------------------------------------------------------


def _edge_of_borough(angle: float) -> float:
    """Distance in km from the town hall to the edge of the borough, in a given direction."""
    return 6.6 + 0.9 * math.cos(2 * angle + 0.6) + 0.5 * math.sin(3 * angle) + 0.25 * math.cos(7 * angle)


def _draw_cells(seed: int) -> tuple[list[list[Point]], list[Point]]:
    """Draw the neighbourhoods as Voronoi cells, in km from the town hall, in reading order.

    A ring of further points outside gives the cells at the edge their outer borders, so that no cell has to
    be cut and every border between two neighbours is one and the same line.
    """
    draws = Draws(seed, 101)
    inside: list[Point] = []
    for _ in range(sum(DECILES)):
        angle = draws.uniform(0, 2 * math.pi)
        # More points near the middle: neighbourhoods hold as many people but less ground in the city.
        reach = _edge_of_borough(angle) * 0.95 * draws.uniform() ** 0.72
        inside.append((reach * math.cos(angle), reach * math.sin(angle)))
    ring = 40
    outside: list[Point] = []
    for i in range(ring):
        angle = 2 * math.pi * (i + draws.uniform(-0.25, 0.25)) / ring
        reach = _edge_of_borough(angle) * draws.uniform(1.06, 1.16)
        outside.append((reach * math.cos(angle), reach * math.sin(angle)))
    for _ in range(4):
        cells = [_cell(i, inside + outside) for i in range(len(inside))]
        inside = [
            _centroid([_corner(i, a, b, inside + outside) for a, b in cell]) for i, cell in enumerate(cells)
        ]
    inside.sort(key=lambda p: (-round(p[1] / 1.5), p[0]))
    points = inside + outside
    cells = [_cell(i, points) for i in range(len(inside))]
    return _wiggle(seed, cells, points), inside


def _cell(i: int, points: list[Point]) -> list[tuple[int, int]]:
    """Cut a square down to what is nearer to point i than to any other.

    Returns the corners in order, each as the two other points it is equally near to.
    """
    px, py = points[i]
    far = 50.0
    # Each corner with the label of the side that leaves it; the square's own sides are -1 to -4.
    shape = [((px + dx * far, py + dy * far), -k) for k, (dx, dy) in enumerate(_SQUARE, start=1)]
    reach = 2 * far
    others = sorted((j for j in range(len(points)) if j != i), key=lambda j: math.dist(points[j], points[i]))
    for j in others:
        qx, qy = points[j]
        if math.dist(points[j], points[i]) > 2 * reach:
            break
        side = [(x - (px + qx) / 2) * (qx - px) + (y - (py + qy) / 2) * (qy - py) for (x, y), _ in shape]
        if max(side) <= 0:
            continue
        cut: list[tuple[Point, int]] = []
        for k, (corner, label) in enumerate(shape):
            following = (k + 1) % len(shape)
            if side[k] <= 0:
                cut.append((corner, label))
            if (side[k] <= 0) != (side[following] <= 0):
                t = side[k] / (side[k] - side[following])
                (x1, y1), (x2, y2) = corner, shape[following][0]
                cut.append(((x1 + t * (x2 - x1), y1 + t * (y2 - y1)), j if side[k] <= 0 else label))
        shape = cut
        reach = max(math.dist(corner, points[i]) for corner, _ in shape)
    labels = [label for _, label in shape]
    return [(labels[k - 1], labels[k]) for k in range(len(labels))]


_SQUARE = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def _corner(a: int, b: int, c: int, points: list[Point]) -> Point:
    """Point equally near to three: always worked out in the same order, so that all three cells agree."""
    (ax, ay), (bx, by), (cx, cy) = (points[k] for k in sorted((a, b, c)))
    bx, by, cx, cy = bx - ax, by - ay, cx - ax, cy - ay
    d = 2 * (bx * cy - by * cx)
    b2, c2 = bx * bx + by * by, cx * cx + cy * cy
    return ax + (cy * b2 - by * c2) / d, ay + (bx * c2 - cx * b2) / d


def _centroid(ring: list[Point]) -> Point:
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return x / (3 * area), y / (3 * area)


def _wiggle(seed: int, cells: list[list[tuple[int, int]]], points: list[Point]) -> list[list[Point]]:
    """Bend each border a little, the same way for the two cells it parts, and round to about a metre."""
    draws = Draws(seed, 102)
    borders: dict[tuple[int, int], tuple[Point, list[Point]]] = {}
    rings = []
    for i, cell in enumerate(cells):
        ring: list[Point] = []
        for k, (_, other) in enumerate(cell):
            start = _corner(i, *cell[k], points)
            end = _corner(i, *cell[(k + 1) % len(cell)], points)
            pair = (min(i, other), max(i, other))
            if pair not in borders:
                borders[pair] = (start, _bent(draws, start, end))
            first, bends = borders[pair]
            ring += [start, *(bends if first == start else bends[::-1])]
        rings.append([_degrees(point) for point in ring])
    return [[p for k, p in enumerate(ring) if p != ring[k - 1]] for ring in rings]


def _bent(draws: Draws, start: Point, end: Point) -> list[Point]:
    def between(a: Point, b: Point) -> Point:
        push = draws.uniform(-0.1, 0.1)
        return (a[0] + b[0]) / 2 - push * (b[1] - a[1]), (a[1] + b[1]) / 2 + push * (b[0] - a[0])

    middle = between(start, end)
    return [between(start, middle), middle, between(middle, end)]


def _degrees(point: Point) -> Point:
    km_a_degree = 111.195
    return (
        round(CENTRE[0] + point[0] / (km_a_degree * math.cos(math.radians(CENTRE[1]))), 5),
        round(CENTRE[1] + point[1] / km_a_degree, 5),
    )


_HARBOUR, _OLD_MILLS = (-4.6, 0.6), (0.4, -0.3)
"""Two places on the map, in km east and north of the town hall."""

# --- who lives there --------------------------------------------------------------------------------------


def _hill(point: Point, x: float, y: float, width: float) -> float:
    return math.exp(-(((point[0] - x) ** 2 + (point[1] - y) ** 2) / width**2))


def _describe(seed: int, middles: list[Point]) -> list[dict[str, Any]]:
    """Give each neighbourhood its name, people, deprivation and need."""
    draws = Draws(seed, 103)
    # High round the old mills, by the harbour and on one estate at the edge; low to the north east.
    pull = [
        1.25 * _hill(p, *_OLD_MILLS, 3.0)
        + 1.2 * _hill(p, *_HARBOUR, 1.8)
        + 1.0 * _hill(p, 2.6, -3.9, 1.5)
        - 0.06 * (p[0] + p[1])
        + draws.normal(0, 0.24)
        for p in middles
    ]
    count = NEIGHBOURHOODS[EDITION]
    order = sorted(range(len(middles)), key=lambda i: -pull[i])
    places = [(decile + u) / 10 for decile, many in enumerate(DECILES) for u in draws.spread(many)]
    # The harbour is a second, smaller centre.
    distances = [min(math.hypot(*p), math.dist(p, _HARBOUR) + 1.2) for p in middles]
    by_distance = sorted(range(len(middles)), key=lambda i: distances[i])
    settings: dict[int, str] = {}
    for i in by_distance:
        settings[i] = "city" if len(settings) < 40 else "suburb" if len(settings) < 88 else "rural edge"
    tenth = order[: DECILES[0]]
    mill = min(tenth, key=lambda i: math.dist(middles[i], _OLD_MILLS))
    harbour = min(tenth, key=lambda i: math.dist(middles[i], _HARBOUR))
    names = {mill: "Mill", harbour: "Harbour"}
    for setting, choice in NAMES.items():
        unnamed = [i for i in range(len(middles)) if settings[i] == setting and i not in names]
        names.update(zip(unnamed, draws.shuffled(choice), strict=False))
    rows: list[dict[str, Any]] = []
    standing = {i: place for i, place in zip(order, places, strict=True)}
    for i in range(len(middles)):
        rank = math.floor(standing[i] * count) + 1
        score = round(_score_at((rank - 1) / (count - 1)), 2)
        population = draws.whole(1250, 2150)
        young = round(population * min(max(0.15 + 0.0016 * score + draws.normal(0, 0.015), 0.1), 0.34))
        old = round(population * min(max(0.25 - 0.0022 * score + draws.normal(0, 0.02), 0.06), 0.4))
        rows.append(
            {
                "code": f"CLB{i + 1:03d}",
                "name": names[i],
                "setting": settings[i],
                "longitude": None,
                "latitude": None,
                "area_km2": None,
                "population": population,
                "aged_0_15": young,
                "aged_16_64": population - young - old,
                "aged_65_plus": old,
                "score": score,
                "rank": rank,
                "decile": -(-rank * 10 // count),
                **{
                    need: round(min(max(base + slope * score + draws.normal(0, 1.5), 0.5), 95), 1)
                    for need, (base, slope) in NEEDS.items()
                },
                "edition": EDITION,
            }
        )
    return rows


def _score_at(share: float) -> float:
    for (x1, y1), (x2, y2) in zip(RANK_TO_SCORE, RANK_TO_SCORE[1:], strict=False):
        if share <= x2:
            return y1 + (y2 - y1) * (share - x1) / (x2 - x1)
    return RANK_TO_SCORE[-1][1]


def _boundaries(areas: list[dict[str, Any]], cells: list[list[Point]]) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "id": area["code"],
            "properties": {"code": area["code"], "name": area["name"]},
            "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        }
        for area, ring in zip(areas, cells, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _geojson(boundaries: dict[str, Any]) -> str:
    # One feature a line, so that a change shows where it is.
    lines = ",\n".join(json.dumps(feature, separators=(",", ":")) for feature in boundaries["features"])
    empty = json.dumps(boundaries | {"features": []}, separators=(",", ":"))
    return f"{empty.removesuffix(']}')}\n{lines}\n]}}\n"


# --- who is paid ------------------------------------------------------------------------------------------


def _draw_suppliers(seed: int, areas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    draws = Draws(seed, 104)
    local = [(area["code"], area["name"]) for area in areas if area["decile"] >= 3]
    deprived = [(area["code"], area["name"]) for area in areas if area["decile"] <= 2]
    mill = next(place for place in deprived if place[1] == "Mill")
    where = {"local": local, "deprived": deprived, **OUTSIDE}
    kinds = [kind for _, kind in NAMED]
    left = [name for name, kind in KINDS.items() for _ in range(kind.many - kinds.count(name))]
    kinds += draws.shuffled(left)
    pairs = draws.shuffled([(stem, trade) for stem in STEMS for trade in TRADES])
    suppliers: list[dict[str, Any]] = []
    for index, kind_name in enumerate(kinds):
        kind = KINDS[kind_name]
        usual = USUAL.get(kind_name, tuple(TRADES))
        stem, trade = pairs.pop(next(k for k, (_, trade) in enumerate(pairs) if trade in usual))
        ending = (
            draws.pick(("CIC", "Trust", "Co-operative")) if kind.vcse else draws.pick(("Ltd", "Ltd", "LLP"))
        )
        name = f"{stem} {TRADES[trade][0]} {ending}"
        small = draws.chance(kind.sme)
        if index < len(NAMED):
            name, trade = NAMED[index][0], "Supported living"
        registered = mill if name == "Birch CIC" else draws.pick(where[kind.registered])
        staff = registered if kind.staff == "same" else draws.pick(where[kind.staff])
        money = {"same": registered, "staff": staff, "registered": registered}[kind.money]
        suppliers.append(
            {
                "supplier_id": f"V{1001 + index}",
                "name": name,
                "kind": kind_name,
                "scale": "sme" if small else "large",
                "vcse": kind.vcse,
                "trade": trade,
                "postcode": _postcode(draws),
                "registered_area_code": registered[0],
                "registered_area_name": registered[1],
                "staff_area_code": staff[0],
                "staff_area_name": staff[1],
                "money_area_code": money[0],
                "money_area_name": money[1],
                "respent": round(min(max(kind.respent + draws.normal(0, 0.06), 0.02), 0.95), 2),
                "respent_again": round(min(max(kind.respent_again + draws.normal(0, 0.05), 0.1), 0.9), 2),
            }
        )
    # The named providers and the two that are listed again stay whole, since lessons lean on them.
    spare = draws.shuffled(range(len(NAMED), len(suppliers)))
    again_count = PLANTED["listed_again"][0]
    for index in sorted(spare[:again_count]):
        twin = suppliers[index]
        suppliers.append(
            {
                **twin,
                "supplier_id": f"V{1001 + len(suppliers)}",
                "name": twin["name"].upper().replace("LTD", "LIMITED"),
            }
        )
    spare = spare[again_count:]
    for index in spare[: PLANTED["no_postcode"][0]]:
        suppliers[index]["postcode"] = ""
    spare = spare[PLANTED["no_postcode"][0] :]
    for index in spare[: PLANTED["no_money_area"][0]]:
        suppliers[index]["money_area_code"] = suppliers[index]["money_area_name"] = ""
    lost = suppliers[spare[PLANTED["no_money_area"][0]]]
    lost["staff_area_code"], lost["staff_area_name"] = "CLB999", ""
    return suppliers


def _postcode(draws: Draws) -> str:
    """Draw a postcode that cannot exist: ZZ is no postcode area."""
    return f"ZZ{draws.whole(1, 9)} {draws.whole(1, 9)}{draws.pick('ABDEFGH')}{draws.pick('JLNPQ')}"


def _draw_ledger(seed: int, suppliers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Draw two years of payments, then spoil some of them as real ledgers are spoilt (see `PLANTED`)."""
    draws = Draws(seed, 105)
    many = {name: count for name, (count, _) in PLANTED.items()}
    plain_lines = LINES - many["duplicates"] - many["credits"]
    weights = [math.exp(draws.normal(0, 0.9)) for _ in suppliers]
    days = (LAST_DAY - FIRST_DAY).days
    lines = []
    for number in range(plain_lines):
        # Each supplier is paid at least twice; the rest falls as it may.
        supplier = (
            suppliers[number % len(suppliers)]
            if number < 2 * len(suppliers)
            else draws.weighted(suppliers, weights)
        )
        middle = TRADES[supplier["trade"]][1] * (1.8 if supplier["scale"] == "large" else 1.0)
        amount = round(max(500.01, middle * math.exp(draws.normal(0, 0.8))), 2)
        day = FIRST_DAY + timedelta(days=draws.whole(0, days))
        lines.append(_payment(supplier, day, amount, f"INV-{100_000 + 7 * number}"))
    spoil = iter(draws.shuffled(range(plain_lines)))

    def some(what: str) -> list[dict[str, Any]]:
        return [lines[next(spoil)] for _ in range(many[what])]

    for line in some("redacted"):
        line["supplier_id"], line["supplier"] = "", "REDACTED PERSONAL DATA"
    for k, line in enumerate(some("name_variants")):
        line["supplier"] = f"{line['supplier']}." if k % 3 == 0 else line["supplier"].upper()
    for line in some("no_reference"):
        line["invoice_ref"] = ""
    for k, line in enumerate(some("unknown_suppliers")):
        line["supplier_id"] = f"V9{k + 1:03d}"
    for line in some("miskeyed"):
        line["amount"] = round(line["amount"] * 100, 2)
    extra = [dict(line) for line in some("duplicates")]
    for k, line in enumerate(some("credits")):
        share = 1.0 if k % 2 else 0.5
        day = min(date.fromisoformat(line["date"]) + timedelta(days=draws.whole(5, 60)), LAST_DAY)
        credit = {**line, "date": day.isoformat(), "financial_year": financial_year(day)}
        credit["amount"] = -round(line["amount"] * share, 2)
        credit["invoice_ref"] = line["invoice_ref"].replace("INV", "CRN")
        extra.append(credit)
    lines += extra
    lines.sort(key=lambda line: (line["date"], line["invoice_ref"], line["supplier"]))
    return lines


def _payment(supplier: dict[str, Any], day: date, amount: float, reference: str) -> dict[str, Any]:
    return {
        "date": day.isoformat(),
        "financial_year": financial_year(day),
        "invoice_ref": reference,
        "supplier_id": supplier["supplier_id"],
        "supplier": supplier["name"],
        "service": SERVICES[supplier["trade"]],
        "category": supplier["trade"],
        "amount": amount,
    }


def _csv(rows: Iterable[dict[str, Any]]) -> str:
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {key: str(value).lower() if isinstance(value, bool) else value for key, value in row.items()}
        )
    return text.getvalue()
