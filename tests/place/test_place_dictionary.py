import json

import frictionless
import pandas as pd
import pytest

from course.place.calderbrook import PLANTED
from course.place.dictionary import MAP_LINE, OGL_LINE, resources
from course.places import DATASETS


@pytest.fixture(scope="module")
def tables() -> dict[str, dict]:
    return {item["path"].removeprefix("place/"): item for item in resources() if "schema" in item}


def test_what_is_committed_is_what_is_described():
    committed = json.loads((DATASETS / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert [each for each in committed if each.get("path", "").startswith("place/")] == resources()


def test_every_file_is_described_once(place):
    paths = [item["path"] for item in resources()]
    assert sorted(paths) == sorted(f"place/{path.name}" for path in place.iterdir())


def test_the_data_keep_to_their_dictionary(place):
    package = frictionless.Package.from_descriptor(
        {"name": "place", "resources": resources()}, basepath=str(place.parent)
    )
    for resource in package.resources:
        resource.path = f"{place.name}/{resource.path.removeprefix('place/')}"
    report = package.validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])


def test_a_slip_in_the_data_would_be_found(place, tmp_path):
    (tmp_path / "place").mkdir()
    text = (place / "neighbourhoods.csv").read_text().replace("suburb", "suburbia", 1)
    (tmp_path / "place" / "neighbourhoods.csv").write_text(text)
    resource = next(r for r in resources() if r["path"].endswith("neighbourhoods.csv"))
    assert not frictionless.Resource.from_descriptor(resource, basepath=str(tmp_path)).validate().valid


def test_columns_stand_in_the_order_of_the_file(place, tables):
    for name, item in tables.items():
        fields = [field["name"] for field in item["schema"]["fields"]]
        assert fields == list(pd.read_csv(place / name, nrows=0)), name


def test_every_field_is_explained_and_every_figure_has_its_unit(tables):
    unitless = {"rank", "decile", "edition"}
    for item in tables.values():
        for field in item["schema"]["fields"]:
            assert field["description"].endswith(".")
            if field["type"] in ("number", "integer") and field["name"] not in unitless:
                assert field["unit"], field["name"]


def test_every_resource_has_a_licence_a_source_and_a_title():
    for item in resources():
        assert item["licenses"]
        assert item["sources"]
        assert item["title"]


def test_public_figures_carry_their_attribution():
    told = {item["name"]: item["description"] for item in resources()}
    assert OGL_LINE in told["london-boroughs"]
    assert OGL_LINE in told["greater-manchester-spend"]
    assert MAP_LINE in told["london-boundaries"]


def test_what_was_planted_is_told_with_its_count(tables):
    told = [plant for item in tables.values() for plant in item.get("planted", [])]
    assert {plant["name"]: (plant["count"], plant["description"]) for plant in told} == PLANTED
    assert len(told) == len(PLANTED)


LONDON = """
E09000002 30.266 38 1.7
E09000003 19.499 140 0.4
E09000004 15.302 195 0.0
E09000005 30.046 41 15.5
E09000006 12.673 238 0.5
E09000007 23.695 96 3.1
E09000001 10.21 268 0.0
E09000008 22.562 107 3.5
E09000009 25.947 68 3.0
E09000010 29.888 42 18.0
E09000011 23.539 98 0.0
E09000012 31.795 27 16.1
E09000013 21.202 120 1.7
E09000014 30.856 33 19.1
E09000015 17.527 168 0.0
E09000016 16.755 176 0.7
E09000017 20.653 128 0.0
E09000018 24.859 82 2.0
E09000019 26.651 63 4.0
E09000020 20.339 130 3.0
E09000021 11.063 260 0.0
E09000022 23.041 104 0.5
E09000023 25.472 75 1.7
E09000024 14.384 209 0.0
E09000025 31.583 29 5.4
E09000026 19.854 137 1.8
E09000027 9.532 280 0.0
E09000028 23.328 102 0.0
E09000029 13.85 221 0.8
E09000030 30.554 34 13.0
E09000031 23.453 100 0.7
E09000032 15.157 197 0.0
E09000033 23.931 92 8.9
"""


def test_the_figures_of_the_33_boroughs_are_those_published(place):
    figures = pd.read_csv(place / "london_boroughs.csv").set_index("code")
    rows = [line.split() for line in LONDON.split("\n") if line]
    assert len(rows) == len(figures) == 33
    for code, score, rank, tenth in rows:
        row = figures.loc[code]
        assert (row["score"], row["rank"]) == (float(score), int(rank))
        assert 100 * row["share_most_deprived_tenth"] == pytest.approx(float(tenth), abs=0.0501)
