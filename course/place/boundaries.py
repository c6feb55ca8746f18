"""Boundaries of areas: GeoJSON and TopoJSON in, maps and tables of neighbours out.

A *boundary collection* here is a GeoJSON FeatureCollection (RFC 7946, longitude and latitude) of Polygon and
MultiPolygon features, each with its area code as `id` and `code` and `name` among its properties.
"""

import json
import math
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from course.errors import InputError
from course.place.joining import join_areas
from course.place.reading import plain, read_text

Collection = dict[str, Any]
EARTH_RADIUS_KM = 6371.0088

_CODE = re.compile(r"(?:lsoa|lad|ltla|msoa|wd|ward|area|la)?\s?(?:20)?\d{0,2}\s?(?:cd|code)")
_NAME = re.compile(r"(?:lsoa|lad|ltla|msoa|wd|ward|area|la)?\s?(?:20)?\d{0,2}\s?(?:nm|name)")
_COMPASS = ["east", "north east", "north", "north west", "west", "south west", "south", "south east"]


def read_boundaries(path: str | Path) -> Collection:
    """Read boundaries from a GeoJSON or TopoJSON file.

    Parameters
    ----------
    path : str or Path
        A FeatureCollection, or a topology with one object that is a GeometryCollection. Codes and names are
        looked for in properties such as `code`, `LSOA21CD`, `LAD24CD` and `name`, `LSOA21NM`; failing that
        the feature's `id` is both.

    Returns
    -------
    dict
        A boundary collection; other properties are kept.

    Raises
    ------
    InputError
        Not JSON, not of these two kinds, a shape is not a polygon or is not closed, coordinates are not
        degrees, an area has no code, or a code stands twice.
    """
    name = Path(path).name
    try:
        document = json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError):
        raise InputError(f"{name} is not a JSON file. Download it again.") from None
    kind = document.get("type") if isinstance(document, dict) else None
    try:
        if kind == "Topology":
            document = decode_topojson(document)
        elif kind != "FeatureCollection":
            raise InputError(f"{name} is neither a GeoJSON FeatureCollection nor a TopoJSON topology.")
        features = [_tidy(feature, name) for feature in document["features"]]
    except (KeyError, TypeError, IndexError, ValueError, AttributeError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{name} has a shape that cannot be read. Download it again.") from None
    if not features:
        raise InputError(f"{name} has no areas in it.")
    codes = pd.Series([feature["id"] for feature in features])
    if codes.duplicated().any():
        raise InputError(f"{name} has the area {codes[codes.duplicated()].iloc[0]} twice. Keep one of them.")
    return {"type": "FeatureCollection", "features": features}


def looks_like_boundaries(path: str | Path) -> bool:
    """Say whether a file is GeoJSON or TopoJSON, by its first thousand characters."""
    try:
        head = read_text(path)[:1000]
    except InputError:
        return False
    return bool(re.match(r'\s*\{.*?"type"\s*:\s*"(FeatureCollection|Topology)"', head, re.S))


def decode_topojson(topology: dict[str, Any]) -> Collection:
    """Turn a TopoJSON topology into a GeoJSON FeatureCollection.

    Parameters
    ----------
    topology : dict
        As the TopoJSON specification has it; arcs may be quantised (with `transform`) or not. Every
        geometry of every object is taken.

    Returns
    -------
    dict
        A FeatureCollection. Two areas that share an arc share its points exactly.
    """
    transform = topology.get("transform")
    arcs = []
    for arc in topology["arcs"]:
        points = np.array([point[:2] for point in arc], dtype=float).reshape(-1, 2)
        if transform:
            points = points.cumsum(axis=0) * transform["scale"] + transform["translate"]
        arcs.append(points.tolist())

    def ring(indexes: list[int]) -> list[list[float]]:
        points: list[list[float]] = []
        for index in indexes:
            # A negative index, ~i, is arc i walked backwards; each arc starts where the last one ended.
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points.extend(arc[1:] if points else arc)
        return points

    features = []
    for item in topology["objects"].values():
        for geometry in item.get("geometries", [item]):
            shape: dict[str, Any] = {"type": geometry["type"]}
            if geometry["type"] == "Polygon":
                shape["coordinates"] = [ring(indexes) for indexes in geometry["arcs"]]
            elif geometry["type"] == "MultiPolygon":
                parts = [[ring(indexes) for indexes in part] for part in geometry["arcs"]]
                # Simplifying can collapse an islet to a line; it covers no ground and is left out.
                shape["coordinates"] = [part for part in parts if len(part[0]) >= 4]
            feature = {"type": "Feature", "properties": geometry.get("properties") or {}, "geometry": shape}
            if "id" in geometry:
                feature["id"] = geometry["id"]
            features.append(feature)
    return {"type": "FeatureCollection", "features": features}


def to_features(boundaries: Collection, values: pd.DataFrame) -> tuple[Collection, pd.DataFrame]:
    """Put a table's values on the map, by area code.

    Parameters
    ----------
    boundaries : dict
        A boundary collection.
    values : DataFrame
        `code` (once each) and any columns; a column `name` gives way to the boundary's own name.

    Returns
    -------
    features : dict
        The areas that have values, with the values among their properties (missing values as None).
    unmatched : DataFrame
        As `course.place.joining.join_areas` gives: `key`, `missing_from` ("boundaries" or "values"), `rows`.

    Raises
    ------
    InputError
        `values` lacks `code`, repeats one, or shares none with the boundaries.
    """
    areas = pd.DataFrame({"code": [feature["id"] for feature in boundaries["features"]]})
    rest = values.drop(columns="name", errors="ignore")
    joined, unmatched = join_areas(areas, rest, names=("boundaries", "values"))
    by_code = {
        row["code"]: {key: _plain_value(value) for key, value in row.items()}
        for row in joined.to_dict("records")
    }
    features = [
        {**feature, "properties": {**feature["properties"], **by_code[feature["id"]]}}
        for feature in boundaries["features"]
        if feature["id"] in by_code
    ]
    return {"type": "FeatureCollection", "features": features}, unmatched


def fit(boundaries: Collection, width: float, height: float) -> Collection:
    """Lay boundaries on a flat page: equirectangular, true to scale at the middle latitude.

    Parameters
    ----------
    boundaries : dict
        A boundary collection in degrees.
    width, height : float
        The page, in pixels, above 0. The map fills one of the two and is centred in the other.

    Returns
    -------
    dict
        The collection in pixels: x to the right, y downwards, to a hundredth of a pixel. Draw it with an
        "identity" projection, to which the order of a ring's points does not matter.

    Raises
    ------
    InputError
        The page has no room, or the areas have no extent.
    """
    if min(width, height) <= 0:
        raise InputError("The map has no room. Give a width and a height above 0 pixels.")
    every = np.array([p[:2] for feature in boundaries["features"] for ring in _rings(feature) for p in ring])
    west, south = every.min(axis=0)
    east, north = every.max(axis=0)
    if east == west or north == south:
        raise InputError("The areas lie on one line, so there is nothing to draw. Check the boundary file.")
    shrink = math.cos(math.radians((south + north) / 2))
    scale = min(width / ((east - west) * shrink), height / (north - south))
    left = (width - (east - west) * shrink * scale) / 2
    top = (height - (north - south) * scale) / 2

    def place(points: list) -> list:
        if isinstance(points[0][0], list):
            return [place(part) for part in points]
        xy = (np.asarray(points)[:, :2] - [west, north]) * [shrink * scale, -scale] + [left, top]
        return [[round(x, 2), round(y, 2)] for x, y in xy.tolist()]

    return {
        "type": "FeatureCollection",
        "features": [
            {**f, "geometry": {**f["geometry"], "coordinates": place(f["geometry"]["coordinates"])}}
            for f in boundaries["features"]
        ],
    }


def measure(boundaries: Collection) -> pd.DataFrame:
    """Area and middle of each area.

    Parameters
    ----------
    boundaries : dict
        A boundary collection in degrees.

    Returns
    -------
    DataFrame
        `code`, `name`, `longitude`, `latitude` (degrees, the centroid), `area_km2` (equirectangular at the
        area's own latitude: within 0.1% for areas the size of a borough).
    """
    records = []
    for feature in boundaries["features"]:
        total = moment_x = moment_y = 0.0
        for part in _polygons(feature):
            for position, points in enumerate(part):
                area, x, y = _ring_moments(np.asarray(points)[:, :2])
                # Holes count against, whichever way round the file draws them.
                signed = abs(area) if position == 0 else -abs(area)
                total, moment_x, moment_y = total + signed, moment_x + signed * x, moment_y + signed * y
        if total <= 0:
            raise InputError(f"{feature['id']} covers no ground. Check its boundary.")
        longitude, latitude = moment_x / total, moment_y / total
        km = math.radians(1) * EARTH_RADIUS_KM
        records.append(
            {
                "code": feature["id"],
                "name": feature["properties"]["name"],
                "longitude": longitude,
                "latitude": latitude,
                "area_km2": total * km * km * math.cos(math.radians(latitude)),
            }
        )
    return pd.DataFrame(records)


def neighbours(boundaries: Collection) -> pd.DataFrame:
    """Which areas share a border, on which side and for how long: the map as a table, for use by keyboard.

    Two areas are neighbours when they share a stretch of border exactly; touching at a point does not count.

    Parameters
    ----------
    boundaries : dict
        A boundary collection in degrees.

    Returns
    -------
    DataFrame
        `code`, `name`, `neighbour_code`, `neighbour_name`, `direction` (one of eight, from the middle of
        the area to the middle of its neighbour), `border_km`. Each pair stands twice, once each way;
        sorted by the order of the areas, the longest border first.
    """
    owners: dict[tuple, list[str]] = defaultdict(list)
    for feature in boundaries["features"]:
        stretches = {
            tuple(sorted((tuple(a[:2]), tuple(b[:2]))))
            for ring in _rings(feature)
            for a, b in zip(ring[:-1], ring[1:], strict=True)
        }
        for stretch in stretches:
            owners[stretch].append(feature["id"])
    lengths: dict[tuple[str, str], float] = defaultdict(float)
    for (a, b), codes in owners.items():
        for one in codes:
            for other in codes:
                if one != other:
                    lengths[one, other] += _km(a, b)
    middles = {row["code"]: row for row in measure(boundaries).to_dict("records")}
    order = {code: position for position, code in enumerate(middles)}
    records = []
    # Rounded to a millimetre, so that borders as long as each other stand in the order of the areas.
    ranked = sorted(lengths, key=lambda pair: (order[pair[0]], -round(lengths[pair], 6), order[pair[1]]))
    for one, other in ranked:
        here, there = middles[one], middles[other]
        records.append(
            {
                "code": one,
                "name": here["name"],
                "neighbour_code": other,
                "neighbour_name": there["name"],
                "direction": _direction(here, there),
                "border_km": lengths[one, other],
            }
        )
    return pd.DataFrame(
        records, columns=["code", "name", "neighbour_code", "neighbour_name", "direction", "border_km"]
    )


def _tidy(feature: dict[str, Any], file: str) -> dict[str, Any]:
    properties = dict(feature.get("properties") or {})
    code = _property(properties, _CODE, feature.get("id"))
    if code is None or str(code).strip() == "":
        raise InputError(f"{file} has an area without a code. Add a property called code.")
    name = _property(properties, _NAME, code)
    shape = feature.get("geometry") or {}
    if shape.get("type") not in ("Polygon", "MultiPolygon"):
        raise InputError(f"{file} has no polygon for {code}. Leave that area out, or add its boundary.")
    tidy = {
        "type": "Feature",
        "id": str(code).strip(),
        "properties": {**properties, "code": str(code).strip(), "name": str(name).strip()},
        "geometry": {"type": shape["type"], "coordinates": shape["coordinates"]},
    }
    rings = _rings(tidy)
    if not rings:
        raise InputError(f"{file} has no polygon for {code}. Leave that area out, or add its boundary.")
    for ring in rings:
        if len(ring) < 4 or list(ring[0][:2]) != list(ring[-1][:2]):
            raise InputError(f"The boundary of {code} in {file} is not closed. Download the file again.")
        points = np.asarray([point[:2] for point in ring], dtype=float)
        if not (np.isfinite(points).all() and (np.abs(points) <= [180, 90]).all()):
            raise InputError(
                f"The boundary of {code} in {file} is not in degrees. Save it as longitude and latitude."
            )
    return tidy


def _property(properties: dict[str, Any], pattern: re.Pattern[str], otherwise: Any) -> Any:
    found = {
        plain(key): value for key, value in properties.items() if value and pattern.fullmatch(plain(key))
    }
    # A file of neighbourhoods often names the district of each as well.
    first = sorted(found, key=lambda key: not key.startswith("lsoa"))
    return found[first[0]] if first else otherwise


def _polygons(feature: dict[str, Any]) -> list:
    coordinates = feature["geometry"]["coordinates"]
    return [coordinates] if feature["geometry"]["type"] == "Polygon" else coordinates


def _rings(feature: dict[str, Any]) -> list:
    return [ring for part in _polygons(feature) for ring in part]


def _ring_moments(points: np.ndarray) -> tuple[float, float, float]:
    """Signed area and centroid of a closed ring, by the shoelace formula, taken from its first point."""
    origin = points[0]
    x, y = (points - origin).T
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    area = cross.sum() / 2
    if area == 0:
        return 0.0, float(origin[0]), float(origin[1])
    cx = ((x[:-1] + x[1:]) * cross).sum() / (6 * area)
    cy = ((y[:-1] + y[1:]) * cross).sum() / (6 * area)
    return float(area), float(origin[0] + cx), float(origin[1] + cy)


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    shrink = math.cos(math.radians((a[1] + b[1]) / 2))
    return math.radians(math.hypot((b[0] - a[0]) * shrink, b[1] - a[1])) * EARTH_RADIUS_KM


def _direction(here: dict, there: dict) -> str:
    shrink = math.cos(math.radians(here["latitude"]))
    north, east = there["latitude"] - here["latitude"], there["longitude"] - here["longitude"]
    angle = math.atan2(north, east * shrink)
    return _COMPASS[round(angle / (math.pi / 4)) % 8]


def _plain_value(value: Any) -> Any:
    # Missing numbers and dates differ from themselves.
    return None if value is pd.NA or value != value else value
