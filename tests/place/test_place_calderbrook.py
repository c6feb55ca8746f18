import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from course.errors import InputError
from course.place.boundaries import measure, neighbours, read_boundaries
from course.place.calderbrook import DECILES, KINDS, LINES, NAMED, NAMES, PLANTED, generate
from course.place.deprivation import decile_of_rank
from course.place.ledger import financial_year, read_postcode

ROOT = Path(__file__).parents[2]
FILES = {
    "neighbourhoods.geojson",
    "neighbourhoods.csv",
    "suppliers.csv",
    "ledger.csv",
    "london_boroughs.csv",
    "london_boroughs.topojson",
    "greater_manchester_spend.csv",
}


@pytest.fixture(scope="module")
def boundaries(place) -> dict:
    return read_boundaries(place / "neighbourhoods.geojson")


def planted(what: str) -> int:
    return PLANTED[what][0]


def test_the_same_seed_gives_the_same_bytes(place, tmp_path):
    written = generate(tmp_path)
    assert {path.name for path in written} == FILES
    assert all((tmp_path / name).read_bytes() == (place / name).read_bytes() for name in FILES)


def test_what_is_committed_is_what_the_generator_writes(tmp_path):
    generate(tmp_path)
    committed = ROOT / "datasets" / "place"
    assert {path.name for path in committed.iterdir()} == FILES
    assert [name for name in FILES if (committed / name).read_bytes() != (tmp_path / name).read_bytes()] == []


def test_another_seed_gives_another_borough_just_as_whole(place, tmp_path):
    generate(tmp_path, seed=7)
    assert (tmp_path / "neighbourhoods.csv").read_bytes() != (place / "neighbourhoods.csv").read_bytes()
    assert (tmp_path / "london_boroughs.csv").read_bytes() == (place / "london_boroughs.csv").read_bytes()
    other = pd.read_csv(tmp_path / "neighbourhoods.csv")
    assert other["name"].is_unique
    assert other.set_index("name").loc[["Mill", "Harbour"], "decile"].tolist() == [1, 1]
    assert_tiled(read_boundaries(tmp_path / "neighbourhoods.geojson"))


def test_all_of_it_takes_less_than_two_megabytes(place):
    assert sum(path.stat().st_size for path in place.iterdir()) < 2_000_000


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"^The folder .*file cannot be written \(.+\)\. Choose another\.$"):
        generate(tmp_path / "file")


# The ground


def assert_tiled(boundaries: dict) -> None:
    """No gap and no overlap: each stretch of border parts two areas, or the borough from what is outside."""
    stretches: Counter[frozenset] = Counter()
    for feature in boundaries["features"]:
        (ring,) = feature["geometry"]["coordinates"]
        assert len({tuple(p) for p in ring}) == len(ring) - 1
        stretches.update(frozenset((tuple(a), tuple(b))) for a, b in pairwise(ring))
    assert set(stretches.values()) == {1, 2}
    outside: dict[tuple, list[tuple]] = {}
    for stretch in (s for s, count in stretches.items() if count == 1):
        a, b = stretch
        outside.setdefault(a, []).append(b)
        outside.setdefault(b, []).append(a)
    start = min(outside)
    outline, previous = [start], None
    while len(outline) == 1 or outline[-1] != start:
        here = outline[-1]
        step = next(p for p in outside[here] if p != previous)
        outline.append(step)
        previous = here
    assert len(outline) == len(outside) + 1
    total = sum(shoelace(f["geometry"]["coordinates"][0]) for f in boundaries["features"])
    assert abs(shoelace(outline)) == pytest.approx(total, rel=1e-9)


def shoelace(ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def test_neighbourhoods_fill_the_borough_without_gap_or_overlap(boundaries):
    assert len(boundaries["features"]) == 120
    assert_tiled(boundaries)


def test_every_ring_runs_against_the_clock_as_geojson_asks(boundaries):
    assert all(shoelace(f["geometry"]["coordinates"][0]) > 0 for f in boundaries["features"])


def test_cells_are_voronoi_cells_as_scipy_would_draw_them():
    spatial = pytest.importorskip("scipy.spatial", reason="SciPy is not installed")
    from course.place.calderbrook import _cell, _corner

    rng = np.random.default_rng(3)
    inside = rng.uniform(-5, 5, (30, 2)).tolist()
    around = [[8 * np.cos(a), 8 * np.sin(a)] for a in np.linspace(0, 6.1, 24)]
    points = [tuple(p) for p in inside + around]
    drawn = spatial.Voronoi(points)
    for i in range(len(inside)):
        ours = sorted(_corner(i, a, b, points) for a, b in _cell(i, points))
        theirs = sorted(map(tuple, drawn.vertices[drawn.regions[drawn.point_region[i]]]))
        assert np.allclose(ours, theirs)


def test_the_city_is_packed_and_the_edge_is_roomy(neighbourhoods):
    room = neighbourhoods.groupby("setting")["area_km2"].median()
    assert room["city"] < room["suburb"] < room["rural edge"]
    assert 100 < neighbourhoods["area_km2"].sum() < 200


def test_every_neighbourhood_has_neighbours(boundaries):
    table = neighbours(boundaries)
    assert table["code"].nunique() == 120
    assert table.groupby("code").size().between(2, 10).all()


def test_boundaries_and_figures_are_of_the_same_areas(boundaries, neighbourhoods):
    measured = measure(boundaries)
    assert measured["code"].tolist() == neighbourhoods["code"].tolist()
    assert measured["name"].tolist() == neighbourhoods["name"].tolist()
    assert measured["area_km2"].tolist() == pytest.approx(neighbourhoods["area_km2"].tolist(), abs=0.001)
    assert measured["latitude"].tolist() == pytest.approx(neighbourhoods["latitude"].tolist(), abs=1e-5)


def test_one_feature_stands_on_each_line(place):
    lines = (place / "neighbourhoods.geojson").read_text().splitlines()
    assert len(lines) == 122
    assert json.loads(lines[1].rstrip(","))["id"] == "CLB001"


# Who lives there


def test_the_mix_of_deciles_is_that_of_a_borough_like_rochdale_or_oldham(neighbourhoods):
    counts = neighbourhoods["decile"].value_counts().reindex(range(1, 11)).tolist()
    assert counts == list(DECILES)
    assert sum(counts[:3]) / 120 == 0.6
    assert sum(counts[7:]) == 17


def test_the_mix_is_near_that_of_the_real_boroughs(shared):
    boundaries = read_boundaries(shared("geo/lsoa11_manchester_oldham_rochdale_imd2019.geojson"))
    real = pd.DataFrame(
        [
            f["properties"]
            for f in boundaries["features"]
            if f["properties"]["name"].startswith(("Rochdale", "Oldham"))
        ]
    )
    shares = real["imd2019_decile"].value_counts(normalize=True).reindex(range(1, 11), fill_value=0)
    assert (shares - np.array(DECILES) / 120).abs().max() < 0.04


def test_the_curve_from_rank_to_score_is_englands(shared, neighbourhoods):
    real = pd.read_csv(shared("imd/imd2025_england_lsoa21_slim.csv.gz")).set_index("IMD_rank")["IMD_score"]
    off = neighbourhoods["score"].to_numpy() - real.loc[neighbourhoods["rank"]].to_numpy()
    # The curve is drawn through a few points; only at the very top does it stray.
    assert np.abs(off[neighbourhoods["rank"] > 340]).max() < 1.5
    assert np.abs(off).max() < 10


def test_mill_and_harbour_are_in_the_most_deprived_tenth(neighbourhoods):
    both = neighbourhoods.set_index("name").loc[["Mill", "Harbour"]]
    assert both["decile"].tolist() == [1, 1]
    assert both["setting"].tolist() == ["city", "city"]


def test_neighbourhoods_of_other_cases_are_on_the_map(neighbourhoods):
    known = {"Northgate", "Weavers", "Station", "Riverside", "Priory", "Moorside"}
    assert known <= {name for names in NAMES.values() for name in names}
    assert known <= set(neighbourhoods["name"])


def test_scores_ranks_and_deciles_agree(neighbourhoods):
    ordered = neighbourhoods.sort_values("rank")
    assert ordered["rank"].is_unique
    assert ordered["score"].is_monotonic_decreasing
    assert decile_of_rank(neighbourhoods["rank"], 2025).tolist() == neighbourhoods["decile"].tolist()


def test_ages_add_up_to_the_people(neighbourhoods):
    ages = neighbourhoods[["aged_0_15", "aged_16_64", "aged_65_plus"]]
    assert ages.sum(axis=1).tolist() == neighbourhoods["population"].tolist()
    assert (ages > 0).all(axis=None)


def test_need_rises_with_deprivation(neighbourhoods):
    for need in ("unemployed_16_24", "no_qualifications", "children_low_income", "no_car", "fuel_poverty"):
        assert neighbourhoods[need].corr(neighbourhoods["score"]) > 0.8
    assert (
        neighbourhoods["aged_65_plus"].div(neighbourhoods["population"]).corr(neighbourhoods["score"]) < -0.5
    )


def test_names_and_codes_stand_once(neighbourhoods):
    assert neighbourhoods["name"].is_unique
    assert neighbourhoods["code"].tolist() == [f"CLB{i:03d}" for i in range(1, 121)]
    every = [name for names in NAMES.values() for name in names]
    assert len(every) == len(set(every))


# Who is paid


def test_the_providers_of_the_running_case_come_first(suppliers):
    assert suppliers["name"].head(4).tolist() == [name for name, _ in NAMED]
    birch = suppliers.set_index("name").loc["Birch CIC"]
    assert (birch["staff_area_name"], birch["vcse"], birch["scale"]) == ("Mill", True, "sme")


def test_suppliers_are_as_many_of_each_kind_as_planned(suppliers):
    once = suppliers.head(len(suppliers) - planted("listed_again"))
    assert once["kind"].value_counts().to_dict() == {name: kind.many for name, kind in KINDS.items()}
    assert suppliers["supplier_id"].is_unique
    assert once["name"].is_unique


def test_office_staff_and_money_differ(suppliers):
    assert (suppliers["registered_area_code"] != suppliers["staff_area_code"]).mean() > 0.3
    assert (suppliers["staff_area_code"] != suppliers["money_area_code"]).mean() > 0.1


def test_every_area_of_a_supplier_is_known_save_the_planted_one(suppliers, neighbourhoods, place):
    known = set(neighbourhoods["code"])
    for name in ("london_boroughs.csv", "greater_manchester_spend.csv"):
        known |= set(pd.read_csv(place / name)["code"])
    for column in ("registered_area_code", "staff_area_code", "money_area_code"):
        unknown = set(suppliers[column].dropna()) - known
        assert unknown == ({"CLB999"} if column == "staff_area_code" else set())


def test_what_was_planted_among_the_suppliers_is_there(suppliers):
    assert suppliers["postcode"].isna().sum() == planted("no_postcode")
    assert suppliers["money_area_code"].isna().sum() == planted("no_money_area")
    assert (suppliers["staff_area_code"] == "CLB999").sum() == planted("unknown_area")
    plain = suppliers["name"].str.upper().str.replace("LIMITED", "LTD")
    assert plain.duplicated().sum() == planted("listed_again")
    named = suppliers.head(len(NAMED))
    assert named[["money_area_code", "staff_area_code"]].notna().all(axis=None)


def test_postcodes_are_well_formed_and_cannot_exist(suppliers):
    postcodes = suppliers["postcode"].dropna()
    assert postcodes.str.startswith("ZZ").all()
    assert postcodes.map(read_postcode).tolist() == postcodes.tolist()


def test_what_was_planted_in_the_ledger_is_there(ledger, suppliers):
    assert len(ledger) == LINES
    key = ["supplier", "date", "amount", "invoice_ref"]
    assert (ledger.duplicated(key) & ledger["invoice_ref"].notna()).sum() == planted("duplicates")
    assert (ledger["amount"] < 0).sum() == planted("credits")
    assert (ledger["supplier"] == "REDACTED PERSONAL DATA").sum() == planted("redacted")
    assert ledger["supplier_id"].isna().sum() == planted("redacted")
    assert ledger["invoice_ref"].isna().sum() == planted("no_reference")
    known = ledger["supplier_id"].dropna()
    assert (~known.isin(suppliers["supplier_id"])).sum() == planted("unknown_suppliers")
    named = ledger.merge(suppliers[["supplier_id", "name"]], on="supplier_id")
    assert (named["supplier"] != named["name"]).sum() == planted("name_variants")
    assert (ledger["amount"] > 900_000).sum() == planted("miskeyed")


def test_each_credit_undoes_all_or_half_of_an_invoice(ledger):
    invoices = ledger[ledger["amount"] > 0].drop_duplicates("invoice_ref").set_index("invoice_ref")["amount"]
    credits = ledger[ledger["amount"] < 0]
    paid = invoices.loc[credits["invoice_ref"].str.replace("CRN", "INV")].to_numpy()
    shares = -credits["amount"].to_numpy() / paid
    assert np.isclose(shares, 0.5, atol=1e-4).sum() == 14
    assert np.isclose(shares, 1.0).sum() == 14


def test_payments_are_of_two_financial_years_and_above_500_pounds(ledger):
    days = pd.to_datetime(ledger["date"])
    assert days.min() >= pd.Timestamp("2024-04-01")
    assert days.max() <= pd.Timestamp("2026-03-31")
    assert [financial_year(day.date()) for day in days] == ledger["financial_year"].tolist()
    assert ledger["financial_year"].value_counts().min() > 600
    assert ledger.loc[ledger["amount"] > 0, "amount"].min() > 500
    assert ledger["date"].is_monotonic_increasing
