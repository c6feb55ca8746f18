import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.place.boundaries import (
    decode_topojson,
    fit,
    looks_like_boundaries,
    measure,
    neighbours,
    read_boundaries,
    to_features,
)


def square(code: str, x: float, y: float, size: float = 0.01, **properties) -> dict:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {
        "type": "Feature",
        "id": code,
        "properties": {"code": code, "name": f"{code} name", **properties},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features) -> dict:
    return {"type": "FeatureCollection", "features": list(features)}


def block() -> dict:
    """Four squares: A below B, C to the east of A, D to the north east of A."""
    return collection(square("A", 0, 0), square("B", 0, 0.01), square("C", 0.01, 0), square("D", 0.01, 0.01))


# Two squares side by side as TopoJSON, quantised to a grid of 0.01 degrees: the shared side is arc 1.
TOPOLOGY = {
    "type": "Topology",
    "transform": {"scale": [0.01, 0.01], "translate": [10, 50]},
    "arcs": [[[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 0], [0, 1]], [[1, 0], [1, 0], [0, 1], [-1, 0]]],
    "objects": {
        "areas": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "W", "arcs": [[0, 1]], "properties": {"name": "West"}},
                {"type": "MultiPolygon", "id": "E", "arcs": [[[2, -2]]]},
            ],
        }
    },
}


def test_topojson_is_decoded_with_its_transform_and_reversed_arcs():
    west, east = decode_topojson(TOPOLOGY)["features"]
    assert np.allclose(
        west["geometry"]["coordinates"],
        [[[10.01, 50.01], [10, 50.01], [10, 50], [10.01, 50], [10.01, 50.01]]],
    )
    assert np.allclose(
        east["geometry"]["coordinates"],
        [[[[10.01, 50], [10.02, 50], [10.02, 50.01], [10.01, 50.01], [10.01, 50]]]],
    )
    assert (west["id"], west["properties"], east["properties"]) == ("W", {"name": "West"}, {})


def test_areas_that_share_an_arc_are_neighbours(write):
    boundaries = read_boundaries(write(json.dumps(TOPOLOGY), "two.topojson"))
    table = neighbours(boundaries)
    assert table[["code", "neighbour_code", "direction"]].values.tolist() == [
        ["W", "E", "east"],
        ["E", "W", "west"],
    ]
    assert table["neighbour_name"].tolist() == ["E", "West"]


def test_topojson_without_a_transform_gives_its_points_as_they_are():
    topology = {
        "type": "Topology",
        "arcs": [[[0.5, 1], [2, 3], [4, 5], [0.5, 1]]],
        "objects": {"one": {"type": "Polygon", "id": "A", "arcs": [[0]]}},
    }
    assert decode_topojson(topology)["features"][0]["geometry"]["coordinates"] == [
        [[0.5, 1], [2, 3], [4, 5], [0.5, 1]]
    ]


def test_an_islet_that_simplifying_made_a_line_is_left_out():
    topology = {
        "type": "Topology",
        "arcs": [[[0, 0], [1, 0], [1, 1], [0, 0]], [[5, 5], [6, 6], [5, 5]]],
        "objects": {"one": {"type": "MultiPolygon", "id": "A", "arcs": [[[0]], [[1]]]}},
    }
    assert len(decode_topojson(topology)["features"][0]["geometry"]["coordinates"]) == 1


@pytest.mark.parametrize(
    ("properties", "code", "name"),
    [
        ({"code": "X1", "name": "One"}, "X1", "One"),
        ({"LSOA21NM": "One", "LSOA21CD": "X1"}, "X1", "One"),
        ({"lsoa11cd": "X1", "lsoa11nm": "One"}, "X1", "One"),
        ({"LAD24CD": "X1", "LAD24NM": "One", "LAD24NMW": "Un"}, "X1", "One"),
        ({"LAD24CD": "D", "LAD24NM": "District", "LSOA21CD": "X1", "LSOA21NM": "One"}, "X1", "One"),
        ({"Area Code": " X1 ", "Area_Name": " One "}, "X1", "One"),
        ({"code": "X1"}, "X1", "X1"),
        ({"name": "One"}, "A", "One"),
        ({}, "A", "A"),
        (None, "A", "A"),
    ],
)
def test_codes_and_names_are_found_under_their_usual_properties(write, properties, code, name):
    feature = {**square("A", 0, 0), "properties": properties}
    (read,) = read_boundaries(write(json.dumps(collection(feature)), "a.geojson"))["features"]
    assert (read["id"], read["properties"]["code"], read["properties"]["name"]) == (code, code, name)


def test_other_properties_are_kept(write):
    path = write(json.dumps(collection(square("A", 0, 0, ward="North"))), "a.geojson")
    assert read_boundaries(path)["features"][0]["properties"]["ward"] == "North"
    assert looks_like_boundaries(path)


def _with(**changes) -> dict:
    return collection({**square("A", 0, 0), **changes})


def _ring(*points) -> dict:
    return _with(geometry={"type": "Polygon", "coordinates": [list(points)]})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "a.geojson is not a JSON file. Download it again."),
        ("[" * 100_000, "a.geojson is not a JSON file."),
        ("[]", "a.geojson is neither a GeoJSON FeatureCollection nor a TopoJSON topology."),
        ('{"type":"Feature"}', "a.geojson is neither a GeoJSON"),
        ('{"type":"FeatureCollection"}', "a.geojson has a shape that cannot be read. Download it again."),
        ('{"type":"Topology","arcs":[[[0,0]]]}', "a.geojson has a shape that cannot be read."),
        (collection(), "a.geojson has no areas in it."),
        (
            collection(square("A", 0, 0), square("A", 1, 1)),
            "a.geojson has the area A twice. Keep one of them.",
        ),
        (
            collection({"type": "Feature", "properties": {}, "geometry": square("A", 0, 0)["geometry"]}),
            "a.geojson has an area without a code. Add a property called code.",
        ),
        (
            _with(geometry={"type": "Point", "coordinates": [0, 0]}),
            "a.geojson has no polygon for A. Leave that area out, or add its boundary.",
        ),
        (_with(geometry=None), "a.geojson has no polygon for A."),
        (_with(geometry={"type": "Polygon", "coordinates": []}), "a.geojson has no polygon for A."),
        (
            _ring([0, 0], [1, 0], [1, 1], [0, 1]),
            "The boundary of A in a.geojson is not closed. Download the file again.",
        ),
        (_ring([0, 0], [1, 0], [0, 0]), "The boundary of A in a.geojson is not closed."),
        (
            _ring([0, 0], [384000, 0], [384000, 398000], [0, 0]),
            "The boundary of A in a.geojson is not in degrees. Save it as longitude and latitude.",
        ),
        (_ring([0, 0], [0, 91], [1, 1], [0, 0]), "The boundary of A in a.geojson is not in degrees."),
        (_ring([0, 0], ["x", 1], [1, 1], [0, 0]), "a.geojson has a shape that cannot be read."),
        (_ring([0, 0], [10**400, 1], [1, 1], [0, 0]), "a.geojson has a shape that cannot be read."),
        (
            _ring([0, 0], [float("inf"), 1], [1, 1], [0, 0]),
            "The boundary of A in a.geojson is not in degrees.",
        ),
    ],
)
def test_boundaries_that_cannot_be_drawn_are_refused(write, content, message):
    text = content if isinstance(content, str) else json.dumps(content)
    with pytest.raises(InputError) as error:
        read_boundaries(write(text, "a.geojson"))
    assert str(error.value).startswith(message)


def test_the_ends_of_the_earth_are_still_degrees(write):
    ring = [[-180, -90], [180, -90], [180, 90], [-180, -90]]
    assert read_boundaries(write(json.dumps(_ring(*ring)), "a.geojson"))


def test_a_table_is_not_taken_for_boundaries(write):
    assert not looks_like_boundaries(write("Supplier,Date\n"))
    assert not looks_like_boundaries(write('{"releases":[]}', "a.json"))
    assert not looks_like_boundaries(write(b""))


# Values on the map


def test_values_go_to_their_areas_and_the_rest_is_told():
    values = pd.DataFrame(
        {"code": ["B", "A", "Z"], "name": ["b", "a", "z"], "decile": [2, 1, 9], "score": [np.nan, 5.5, 0]}
    )
    features, unmatched = to_features(block(), values)
    assert [f["properties"] for f in features["features"]] == [
        {"code": "A", "name": "A name", "decile": 1, "score": 5.5},
        {"code": "B", "name": "B name", "decile": 2, "score": None},
    ]
    assert json.loads(json.dumps(features)) == features
    rows = [tuple(row) for row in unmatched.itertuples(index=False)]
    assert rows == [("C", "values", 1), ("D", "values", 1), ("Z", "boundaries", 1)]


def test_values_leave_the_boundaries_as_they_were():
    boundaries = block()
    to_features(boundaries, pd.DataFrame({"code": ["A"], "decile": [1]}))
    assert boundaries == block()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (pd.DataFrame({"area": ["A"]}), "The values table has no column code. Check the column names."),
        (pd.DataFrame({"code": ["A", "A"]}), "The values table lists A twice. Keep one row for each area."),
        (pd.DataFrame({"code": ["Q"]}), "No code of the boundaries table is in the values table."),
    ],
)
def test_values_that_do_not_fit_the_map_are_refused(values, message):
    with pytest.raises(InputError) as error:
        to_features(block(), values)
    assert str(error.value).startswith(message)


def extent(features: dict) -> tuple[float, float, float, float]:
    points = np.array(
        [p for f in features["features"] for ring in f["geometry"]["coordinates"] for p in ring]
    )
    return (*points.min(axis=0), *points.max(axis=0))


def test_a_map_fills_its_page_and_stands_upright():
    fitted = fit(block(), 200, 100)
    left, top, right, bottom = extent(fitted)
    assert (top, bottom) == (0, 100)
    assert left == pytest.approx(200 - right)
    assert right - left == pytest.approx(100, abs=0.02)
    lower, upper = (f["geometry"]["coordinates"][0][0] for f in fitted["features"][:2])
    assert lower[1] > upper[1]
    wide = extent(fit(block(), 100, 500))
    assert (wide[0], wide[2]) == (0, 100)
    assert wide[1] == pytest.approx(500 - wide[3])


def test_a_map_far_north_is_narrowed_to_scale():
    north = fit(collection(square("A", 0, 59.995)), 1000, 1000)
    left, top, right, bottom = extent(north)
    assert (right - left) / (bottom - top) == pytest.approx(math.cos(math.radians(60)), rel=1e-3)


def test_several_parts_are_laid_out_together():
    part = square("A", 0, 0)["geometry"]["coordinates"]
    other = square("A", 0.02, 0)["geometry"]["coordinates"]
    two = _with(geometry={"type": "MultiPolygon", "coordinates": [part, other]})
    coordinates = fit(two, 300, 100)["features"][0]["geometry"]["coordinates"]
    assert len(coordinates) == 2
    assert coordinates[1][0][1] == pytest.approx([300, 100])


@pytest.mark.parametrize(("width", "height"), [(0, 10), (10, 0), (-1, 10)])
def test_a_page_without_room_is_refused(width, height):
    with pytest.raises(InputError, match="^The map has no room. Give a width and a height above 0 pixels.$"):
        fit(block(), width, height)


def test_areas_on_one_line_are_refused():
    with pytest.raises(InputError, match="^The areas lie on one line, so there is nothing to draw."):
        fit(_ring([0, 0], [1, 0], [2, 0], [0, 0]), 10, 10)
    with pytest.raises(InputError, match="^A covers no ground. Check its boundary.$"):
        measure(_ring([0, 0], [1, 1], [2, 2], [0, 0]))


# Areas and middles


@given(st.floats(-170, 170), st.floats(-60, 60), st.floats(0.005, 0.2))
@settings(max_examples=40, deadline=None)
def test_a_square_measures_as_on_the_globe(x, y, size):
    row = measure(collection(square("A", x, y, size))).iloc[0]
    # The exact area of a patch between two parallels, on a sphere.
    band = math.sin(math.radians(y + size)) - math.sin(math.radians(y))
    exact = 6371.0088**2 * math.radians(size) * abs(band)
    assert row["area_km2"] == pytest.approx(exact, rel=1e-4)
    assert row["longitude"] == pytest.approx(x + size / 2)
    assert row["latitude"] == pytest.approx(y + size / 2)


def test_a_hole_counts_against_whichever_way_it_is_drawn():
    outer = square("A", 0, 0, 0.03)["geometry"]["coordinates"][0]
    hole = square("H", 0.01, 0.01)["geometry"]["coordinates"][0]
    whole = measure(_with(geometry={"type": "Polygon", "coordinates": [outer]}))["area_km2"].iloc[0]
    for ring in (hole, hole[::-1]):
        row = measure(_with(geometry={"type": "Polygon", "coordinates": [outer, ring]})).iloc[0]
        assert row["area_km2"] == pytest.approx(whole * 8 / 9, rel=1e-6)
        assert (row["longitude"], row["latitude"]) == pytest.approx((0.015, 0.015))


def test_the_middle_of_several_parts_leans_to_the_larger():
    big = square("A", 0, 0, 0.02)["geometry"]["coordinates"]
    small = square("A", 0.04, 0, 0.01)["geometry"]["coordinates"]
    row = measure(_with(geometry={"type": "MultiPolygon", "coordinates": [big, small]})).iloc[0]
    assert row["longitude"] == pytest.approx((4 * 0.01 + 1 * 0.045) / 5)
    assert row["latitude"] == pytest.approx((4 * 0.01 + 1 * 0.005) / 5)


# Neighbours


def test_sides_are_shared_and_corners_are_not():
    table = neighbours(block())
    pairs = table[["code", "neighbour_code", "direction"]].values.tolist()
    assert pairs == [
        ["A", "B", "north"],
        ["A", "C", "east"],
        ["B", "A", "south"],
        ["B", "D", "east"],
        ["C", "A", "west"],
        ["C", "D", "north"],
        ["D", "B", "west"],
        ["D", "C", "south"],
    ]
    assert table["name"].tolist()[0] == "A name"
    assert table["border_km"].tolist() == pytest.approx([math.radians(0.01) * 6371.0088] * 8, rel=1e-6)


@pytest.mark.parametrize(
    ("dx", "dy", "direction"),
    [(1, 1, "north east"), (-1, 1, "north west"), (-1, -1, "south west"), (1, -1, "south east")],
)
def test_slanting_directions_have_their_names(dx, dy, direction):
    # Two triangles either side of the diagonal.
    one = [[0, 0], [dx * 0.01, 0], [0, dy * 0.01], [0, 0]]
    two = [[dx * 0.01, dy * 0.01], [dx * 0.01, 0], [0, dy * 0.01], [dx * 0.01, dy * 0.01]]
    pair = collection(
        {**square("A", 0, 0), "geometry": {"type": "Polygon", "coordinates": [one]}},
        {**square("B", 0, 0), "geometry": {"type": "Polygon", "coordinates": [two]}},
    )
    assert neighbours(pair)["direction"].iloc[0] == direction


def test_the_longest_border_comes_first():
    left = square("L", 0, 0, 0.03)
    ring = [[0.03, 0], [0.03, 0.02], [0.03, 0.03]]
    left["geometry"]["coordinates"] = [[[0, 0], *ring, [0, 0.03], [0, 0]]]
    short = _ring([0.03, 0.02], [0.04, 0.02], [0.04, 0.03], [0.03, 0.03], [0.03, 0.02])["features"][0]
    long = _ring([0.03, 0], [0.04, 0], [0.04, 0.02], [0.03, 0.02], [0.03, 0])["features"][0]
    named = [left, {**short, "id": "S"}, {**long, "id": "T"}]
    table = neighbours(collection(*named))
    assert table.loc[table["code"] == "L", "neighbour_code"].tolist() == ["T", "S"]


def test_an_island_has_no_neighbours():
    table = neighbours(collection(square("A", 0, 0), square("B", 1, 1)))
    assert table.empty
    assert list(table) == ["code", "name", "neighbour_code", "neighbour_name", "direction", "border_km"]


# Real maps


def test_all_33_london_boroughs_stand_on_their_map(place):
    boundaries = read_boundaries(place / "london_boroughs.topojson")
    figures = pd.read_csv(place / "london_boroughs.csv")
    features, unmatched = to_features(boundaries, figures)
    assert len(features["features"]) == 33
    assert unmatched.empty
    names = {f["id"]: f["properties"]["name"] for f in boundaries["features"]}
    assert names == dict(zip(figures["code"], figures["name"], strict=True))
    # Greater London covers 1,572 square kilometres.
    assert measure(boundaries)["area_km2"].sum() == pytest.approx(1572, rel=0.01)
    camden = neighbours(boundaries).query("name == 'Camden'")
    assert set(camden["neighbour_name"]) == {
        "Barnet", "Brent", "City of London", "Haringey", "Islington", "Westminster",
    }  # fmt: skip


def test_real_neighbourhoods_of_2019_share_their_borders(shared):
    boundaries = read_boundaries(shared("geo/lsoa11_manchester_oldham_rochdale_imd2019.geojson"))
    assert len(boundaries["features"]) == 557
    assert boundaries["features"][0]["properties"]["name"] == "Manchester 018A"
    table = neighbours(boundaries)
    # One of them touches only areas outside the sample.
    assert table["code"].nunique() == 556
    back = table.rename(columns={"code": "neighbour_code", "neighbour_code": "code"})
    both = table.merge(back, on=["code", "neighbour_code"])
    assert len(both) == len(table)
    assert both["border_km_x"].tolist() == pytest.approx(both["border_km_y"].tolist())


# The form of what is given


def test_boundaries_are_geojson_that_other_programs_read(write):
    values = pd.DataFrame({"code": ["A", "B", "C", "D"], "amount": [1, 2, 3, 4]})
    made = [
        read_boundaries(write(json.dumps(block()), "areas.geojson")),
        read_boundaries(write(json.dumps(TOPOLOGY), "areas.topojson")),
        decode_topojson(TOPOLOGY),
        to_features(block(), values)[0],
        fit(block(), 100, 100),
    ]
    for each in made:
        assert each["type"] == "FeatureCollection"
        assert {feature["type"] for feature in each["features"]} == {"Feature"}


def test_values_are_plain_so_that_they_can_be_written_as_json():
    values = pd.DataFrame(
        {
            "code": list("ABCD"),
            "amount": np.arange(4),
            "share": [0.5, np.nan, 1.0, 0.0],
            "note": ["x", None, pd.NA, "y"],
            "mixed": [np.int64(1), np.float64(0.5), float("nan"), True],
        }
    )
    features = json.loads(json.dumps(to_features(block(), values)[0], allow_nan=False))["features"]
    shown = {column: [f["properties"][column] for f in features] for column in values}
    assert shown == {
        "code": ["A", "B", "C", "D"],
        "amount": [0, 1, 2, 3],
        "share": [0.5, None, 1.0, 0.0],
        "note": ["x", None, None, "y"],
        "mixed": [1, 0.5, None, True],
    }


def test_a_map_is_laid_out_to_a_hundredth_of_a_pixel():
    ring = [[-2.2, 53.4], [-2.0, 53.4], [-2.0, 53.5], [-2.2, 53.5], [-2.2, 53.4]]
    # A tenth of a degree north is 1; 0.2 degrees east at 53.45 degrees north is 2 x 0.59552.
    assert fit(_ring(*ring), 500, 100)["features"][0]["geometry"]["coordinates"][0][:3] == [
        [190.45, 100],
        [309.55, 100],
        [309.55, 0],
    ]
    assert fit(_ring(*ring), 100, 500)["features"][0]["geometry"]["coordinates"][0][:3] == [
        [0, 291.98],
        [100, 291.98],
        [100, 208.02],
    ]


def test_heights_are_left_out():
    flat = [[0, 0], [0.01, 0], [0.01, 0.01], [0, 0.01], [0, 0]]
    high = [[x, y, 100 + n] for n, (x, y) in enumerate(flat)]
    with_heights = read_and_added(high, square("B", 0.01, 0))
    plain = read_and_added(flat, square("B", 0.01, 0))
    assert measure(with_heights).equals(measure(plain))
    assert neighbours(with_heights).equals(neighbours(plain))
    assert fit(with_heights, 9, 9)["features"][0] == fit(plain, 9, 9)["features"][0]


def read_and_added(ring: list, other: dict) -> dict:
    return collection(*_ring(*ring)["features"], other)


# Lengths and directions away from the equator


@pytest.mark.parametrize("end", [(0.02, 0), (0, 0.02), (0.02, 0.01)])
def test_borders_are_as_long_as_on_the_globe(end):
    here, there = (-2.0, 60.0), (-2.0 + end[0], 60.0 + end[1])
    aside = [(-2.0 + 0.5 * end[0] - end[1], 60.0 + 0.5 * end[1] + end[0]) for _ in range(1)]
    beyond = [(-2.0 + 0.5 * end[0] + end[1], 60.0 + 0.5 * end[1] - end[0]) for _ in range(1)]
    one = _ring(here, there, *aside, here)["features"][0]
    two = _ring(here, there, *beyond, here)["features"][0]
    found = neighbours(collection(one, {**two, "id": "B"}))["border_km"].iloc[0]
    a, b = (tuple(map(math.radians, point)) for point in (here, there))
    half = (
        math.sin((b[1] - a[1]) / 2) ** 2 + math.cos(a[1]) * math.cos(b[1]) * math.sin((b[0] - a[0]) / 2) ** 2
    )
    assert found == pytest.approx(2 * 6371.0088 * math.asin(math.sqrt(half)), rel=1e-5)


def test_stretches_of_one_border_add_up():
    left = _ring([0, 0], [0.01, 0], [0.01, 0.004], [0.01, 0.01], [0, 0.01], [0, 0])["features"][0]
    right = _ring([0.01, 0], [0.02, 0], [0.02, 0.01], [0.01, 0.01], [0.01, 0.004], [0.01, 0])["features"][0]
    found = neighbours(collection(left, {**right, "id": "B"}))
    assert found["border_km"].iloc[0] == pytest.approx(math.radians(0.01) * 6371.0088)


def test_directions_are_those_on_the_ground():
    # A degree east is half as far as a degree north at 60 degrees, so this middle lies north east, not east.
    one = _ring([0, 60], [0.02, 60], [0.02, 60.01], [0, 60.01], [0, 60])["features"][0]
    two = _ring([0.02, 60], [0.06, 60.02], [0.06, 60.04], [0.02, 60.01], [0.02, 60])["features"][0]
    assert neighbours(collection(one, {**two, "id": "B"}))["direction"].iloc[0] == "north east"


def test_just_past_the_end_of_the_earth_is_not_in_degrees(write):
    content = json.dumps(_ring([180, 0], [180.5, 0], [180.5, 1], [180, 1], [180, 0]))
    with pytest.raises(InputError, match="is not in degrees"):
        read_boundaries(write(content, "areas.geojson"))
