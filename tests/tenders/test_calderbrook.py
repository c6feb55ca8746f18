"""Calderbrook's data: always the same, plausible, exact for lessons, and honest about what was planted."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from io import BytesIO
from itertools import pairwise
from math import log
from pathlib import Path
from statistics import mean, median, stdev

import krippendorff
import ocdsmerge
import pandas as pd
import pytest
from frictionless import Package

from course.errors import InputError
from course.tenders import read_notices
from course.tenders.calderbrook import NAMED_CASE, contents, generate
from course.tenders.calderbrook.draws import Draws
from course.tenders.calderbrook.planting import PLAN

ROOT = Path(__file__).parents[2]
DATASETS = ROOT / "datasets"
STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return contents()


@pytest.fixture(scope="module")
def package(files) -> dict:
    return json.loads(files["datapackage.json"])


@pytest.fixture(scope="module")
def tables(files) -> dict[str, pd.DataFrame]:
    return {
        name.removesuffix(".csv"): pd.read_csv(BytesIO(content))
        for name, content in files.items()
        if name.endswith(".csv")
    }


@pytest.fixture(scope="module")
def releases(files) -> list[dict]:
    packages = [json.loads(content) for name, content in files.items() if name.startswith("notices/")]
    return [release for package in packages for release in package["releases"]]


@pytest.fixture(scope="module")
def procurements(tables) -> pd.DataFrame:
    """Return the procurements that bids were made for."""
    return tables["procurements"].dropna(subset="bids_received").set_index("procurement_id")


def resource(package: dict, name: str) -> list[dict]:
    return next(part["data"] for part in package["resources"] if part["name"] == name)


def at(release: dict, path: str):
    """Follow a JSON path such as $.awards[0].value into a release."""
    value = release
    for key, place in STEP.findall(path):
        value = value[key] if key else value[int(place)]
    return value


@pytest.fixture(scope="module")
def now(releases) -> dict[str, dict]:
    """Merge every procurement's releases; the rules stand in for the schema, which would be fetched."""
    rules = {
        ("tender", "lots", "awardCriteria", "criteria"): "wholeListMerge",
        ("tender", "lots", "awardCriteria", "criteria", "numbers"): "wholeListMerge",
        ("tender", "items", "deliveryAddresses"): "wholeListMerge",
        ("awards", "suppliers"): "wholeListMerge",
        ("id",): "omitWhenMerged",
        ("date",): "omitWhenMerged",
        ("tag",): "omitWhenMerged",
    }
    by_ocid: dict[str, list[dict]] = {}
    for release in releases:
        by_ocid.setdefault(release["ocid"], []).append(release)
    return {
        ocid: ocdsmerge.Merger(merge_rules=rules).create_compiled_release(own)
        for ocid, own in by_ocid.items()
    }


# The same, always


def test_the_same_seed_gives_the_same_bytes_under_another_hash_seed(files, tmp_path):
    environment = os.environ | {"PYTHONHASHSEED": "77", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    command = [sys.executable, "-m", "course.tenders.calderbrook", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    written = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert written == files


def test_the_committed_data_is_what_the_generator_writes(package):
    committed = json.loads((DATASETS / "datapackage.json").read_text(encoding="utf-8"))
    own = {part["name"] for part in package["resources"]}
    files = contents(more=[part for part in committed["resources"] if part["name"] not in own])
    notices = {f"notices/{path.name}" for path in (DATASETS / "notices").iterdir()}
    assert notices == {name for name in files if name.startswith("notices/")}
    stale = [name for name, content in files.items() if (DATASETS / name).read_bytes() != content]
    assert not stale, f"Write the data again: academy data generate. Stale: {stale}"


def test_the_dictionary_lists_the_files_of_others_after_its_own(package):
    other = {"name": "map", "path": "place/map.geojson", "title": "A map", "format": "geojson"}
    files = contents(more=[other])
    assert json.loads(files["datapackage.json"])["resources"] == [*package["resources"], other]
    assert "| `place/map.geojson` | A map |" in files["README.md"].decode()


def test_another_seed_gives_other_data_of_the_same_shape(files):
    other = contents(1)
    assert set(other) >= {name for name in files if "/" not in name}
    assert other["bids.csv"] != files["bids.csv"]
    assert other["bids.csv"].splitlines()[0] == files["bids.csv"].splitlines()[0]
    slips = resource(json.loads(other["datapackage.json"]), "planted-slips")
    assert {slip["slip"] for slip in slips} <= {code for code, *_ in PLAN}
    named = [line for line in other["bids.csv"].splitlines() if line.startswith(NAMED_CASE.encode())]
    assert named == [line for line in files["bids.csv"].splitlines() if line.startswith(NAMED_CASE.encode())]


def test_draws_rest_on_the_raw_bits_of_pcg64():
    """Known values: a NumPy that draws otherwise would change every file."""
    draws = Draws(2026, 1)
    assert [draws.whole(1, 1000) for _ in range(6)] == [491, 903, 729, 733, 836, 449]


def test_notices_of_quarters_that_are_no_more_are_removed_and_other_files_stay(tmp_path):
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "2019-Q1.json").write_text("{}")
    (tmp_path / "mine.txt").write_text("keep me")
    generate(tmp_path)
    assert not (tmp_path / "notices" / "2019-Q1.json").exists()
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_bad_input_is_told_in_a_sentence(tmp_path):
    with pytest.raises(InputError, match="below nought"):
        generate(tmp_path, seed=-1)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        generate(tmp_path / "file")


# The named case and the worked cases


def test_the_named_case_has_the_prices_and_scores_the_course_teaches(tables):
    bids = tables["bids"].query("procurement_id == @NAMED_CASE")
    columns = ["bidder", "price_net", "quality_score", "social_value_score"]
    assert bids[columns].values.tolist() == [
        ["Alder", 2_350_000, 64, 55],
        ["Birch CIC", 2_550_000, 74, 85],
        ["Cedar", 2_800_000, 86, 70],
        ["Dogwood", 1_750_000, 42, 20],
    ]
    case = tables["procurements"].set_index("procurement_id").loc[NAMED_CASE]
    assert case["title"] == "Supported living and wellbeing service"
    assert case[["price_weight", "quality_weight", "social_value_weight"]].tolist() == [40, 50, 10]
    assert case["estimated_value_net"] == 2_750_000
    assert (case["contract_months"], case["extension_months"]) == (36, 24)
    assert case["light_touch"]
    assert case["status"] == "evaluating"
    assert pd.isna(case["winning_bid_id"])


def test_the_named_case_is_published_with_its_weights_and_gross_value(now):
    tender = now["ocds-calder-026100"]["tender"]
    criteria = tender["lots"][0]["awardCriteria"]["criteria"]
    assert [(c["type"], c["name"], c["numbers"]) for c in criteria] == [
        ("quality", "Quality - Methodology", [{"number": 50, "weight": "percentageExact"}]),
        ("price", "Price", [{"number": 40, "weight": "percentageExact"}]),
        ("quality", "Social Value", [{"number": 10, "weight": "percentageExact"}]),
    ]
    assert tender["value"] == {"amount": 2_750_000, "amountGross": 3_300_000, "currency": "GBP"}
    assert tender["specialRegime"] == ["lightTouch"]


def test_the_moderation_case_has_the_agreement_the_course_teaches(tables):
    scores = tables["evaluator_scores"].merge(
        tables["procurements"].query("title == 'Mentoring in schools'")[["procurement_id"]]
    )
    grid = scores.query("question_id == 'S1'").pivot(index="evaluator_id", columns="bid_id", values="score")
    assert grid.shape == (4, 6)
    assert krippendorff.alpha(grid.to_numpy(), level_of_measurement="interval") == pytest.approx(
        0.495, abs=5e-4
    )
    agreed = tables["moderated_scores"].query("bid_id in @grid.columns and question_id == 'S1'")
    assert agreed.set_index("bid_id")["agreed_score"].tolist()[4] == 2


def test_the_delivery_case_has_the_year_the_course_teaches(tables):
    case = tables["delivery"].merge(
        tables["procurements"].query("title == 'Community wellbeing hubs'")[["procurement_id"]]
    )
    year = case.query("contract_quarter <= 4").groupby("promise_id")[["actual", "target"]].sum()
    assert year.values.tolist() == [[4, 6], [43, 40], [20, 20], [12, 30]]
    ratings = case.query("contract_quarter == 4")["rating"].tolist()
    assert ratings == ["Requires improvement", "Good", "Good", "Inadequate"]


def test_the_consultation_gives_the_means_the_course_teaches(tables):
    returns, invited = tables["consultation_returns"], tables["consultation_invited"]
    outcomes = ["jobs", "skills", "carbon", "wellbeing"]
    answered = returns.dropna(subset=outcomes)
    assert (answered[outcomes].sum(axis=1) == 100).all()
    assert answered.groupby("group").size().to_dict() == {"officer": 4, "provider": 8, "resident": 40}
    means = answered.groupby("group")[outcomes].mean()
    assert means.loc["resident"].tolist() == [50, 20, 10, 20]
    assert means.loc["provider"].tolist() == [15, 50, 20, 15]
    assert means.loc["officer"].tolist() == [10, 25, 45, 20]
    assert answered[outcomes].mean().round(1).tolist() == [41.5, 25.0, 14.2, 19.2]
    assert means.mean().round(1).to_dict() == {
        "jobs": 25.0,
        "skills": 31.7,
        "carbon": 25.0,
        "wellbeing": 18.3,
    }
    assert len(returns) == 63
    assert invited["invited"].sum() == 420
    assert returns["prefers_local_jobs"].sum() == 41
    replied = returns.groupby("group").size()
    assert (replied <= invited.set_index("group")["invited"].loc[replied.index]).all()


def test_three_councils_plan_the_same_mentoring_under_three_titles(tables):
    mentoring = tables["pipelines"].query("cpv == 85300000")
    assert mentoring["council"].tolist() == ["Calderbrook", "Northmere", "Fairwater"]
    assert mentoring["title"].nunique() == mentoring["indicator"].nunique() == 3
    assert mentoring["estimated_value_net"].tolist() == [250_000] * 3
    assert mentoring["bidders_expected"].tolist() == [6] * 3
    assert mentoring["light_touch"].all()


def test_pipelines_share_most_needs_but_not_all_and_come_in_order_of_their_notices(tables):
    pipelines = tables["pipelines"]
    councils = pipelines.groupby("cpv")["council"].nunique()
    assert sorted(councils) == [2, 2, 2, 3, 3, 3, 3, 3]
    for _, own in pipelines.groupby("council"):
        assert own["notice_planned"].is_monotonic_increasing
        assert own["notice_planned"].between("2027-01-01", "2027-12-31").all()


def test_people_did_not_all_give_the_same_points(tables):
    residents = tables["consultation_returns"].query("group == 'resident'").dropna(subset="jobs")
    assert residents["jobs"].std() > 15


# Plausible


def test_there_are_about_sixty_procurements_of_two_to_eight_bids(procurements, tables):
    assert len(procurements) == 61
    counts = tables["bids"].groupby("procurement_id").size()
    assert counts.equals(procurements["bids_received"].astype(int).sort_index().rename(None))
    assert counts.between(2, 8).all()
    assert set(counts.value_counts().nlargest(2).index) == {3, 4}


def test_contract_values_are_lognormal_about_a_quarter_of_a_million(procurements):
    values = procurements.drop(NAMED_CASE)["estimated_value_net"]
    assert median(values) == pytest.approx(250_000, rel=0.1)
    assert stdev(map(log, values)) == pytest.approx(1.2, abs=0.12)


def test_prices_keep_to_their_spread_but_for_a_few_outliers(tables):
    bids = tables["bids"].query("procurement_id != @NAMED_CASE")
    share = bids["price_net"] / bids.groupby("procurement_id")["price_net"].transform("median")
    low = share < 0.85
    assert 0.01 < low.mean() < 0.10
    assert share[~low].between(0.92 / 1.08 - 0.001, 1.08 / 0.92 + 0.001).all() or (share > 1.2).sum() <= 3
    assert (share - 1).abs().median() < 0.05


def test_quality_is_scored_in_fives_from_50_to_90(tables):
    quality = tables["bids"].query("procurement_id != @NAMED_CASE")["quality_score"].dropna()
    assert quality.between(50, 90).all()
    assert (quality % 5 == 0).all()
    assert quality.nunique() == 9


def test_weights_are_drawn_from_the_stated_choices_and_sum_to_100(procurements):
    weights = procurements[["price_weight", "quality_weight", "social_value_weight"]]
    assert (weights.sum(axis=1) == 100).all()
    assert (weights["quality_weight"] >= 20).all()
    counts = Counter(weights["social_value_weight"].astype(int))
    assert set(counts) == {5, 10, 15, 20}
    assert counts.most_common(1)[0][0] == 10


def test_published_weights_are_those_of_the_table_unless_planted(now, tables, package):
    planted = {
        slip["ocid"]
        for slip in resource(package, "planted-slips")
        if slip["slip"] in ("weights_not_100", "weight_missing")
    }
    known = tables["procurements"].set_index("ocid")
    names: set[str] = set()
    for ocid, release in now.items():
        if known.loc[ocid, "status"] == "planned":
            continue
        for lot in release["tender"]["lots"]:
            criteria = lot["awardCriteria"]["criteria"]
            names |= {criterion["name"] for criterion in criteria}
            if ocid in planted:
                continue
            points = {c["name"]: c["numbers"][0]["number"] for c in criteria}
            assert sum(points.values()) == 100
            price = sum(c["numbers"][0]["number"] for c in criteria if c["type"] in ("price", "cost"))
            assert price == known.loc[ocid, "price_weight"]
            social = [number for name, number in points.items() if "social" in name.lower()]
            assert social in ([known.loc[ocid, "social_value_weight"]], [])
    assert len(names) > 12, "buyers name their criteria in many ways"


def test_section_scores_are_the_agreed_scores_weighted(tables):
    agreed = tables["moderated_scores"].merge(tables["questions"], on=["procurement_id", "question_id"])
    agreed["points"] = agreed["agreed_score"] / 5 * agreed["weight_in_section"]
    sections = agreed.groupby(["bid_id", "section"])["points"].sum().unstack()
    bids = tables["bids"].dropna(subset="quality_score").set_index("bid_id").sort_index()
    assert sections["quality"].round(9).tolist() == bids["quality_score"].tolist()
    assert sections["social value"].round(9).tolist() == bids["social_value_score"].tolist()
    assert set(tables["bids"].query("~on_time")["quality_score"].isna()) == {True}
    assert (
        tables["questions"].groupby(["procurement_id", "section"])["weight_in_section"].sum() == 100
    ).all()


def test_the_award_goes_to_the_highest_total_under_the_published_formula(procurements, tables):
    for number, row in procurements.query("status == 'awarded'").iterrows():
        bids = tables["bids"]
        bids = bids[(bids["procurement_id"] == number) & bids["on_time"]].copy()
        lowest = bids["price_net"].min()
        if row["price_formula"] == "relative":
            price = 100 * lowest / bids["price_net"]
        else:
            price = (100 * (1 - (bids["price_net"] - lowest) / lowest)).clip(lower=0)
        bids["total"] = (
            row["price_weight"] * price
            + row["quality_weight"] * bids["quality_score"]
            + row["social_value_weight"] * bids["social_value_score"]
        ) / 100
        best = bids[bids["total"] >= bids["total"].max() - 1e-9].sort_values("price_net").iloc[0]
        assert (row["winning_bid_id"], row["award_value_net"]) == (best["bid_id"], best["price_net"])


def test_evaluators_mostly_agree_and_sometimes_do_not(tables):
    spread = (
        tables["evaluator_scores"]
        .groupby(["bid_id", "question_id"])["score"]
        .agg(lambda s: s.max() - s.min())
    )
    assert spread.le(2).mean() > 0.9
    assert spread.max() >= 4
    panels = tables["evaluator_scores"].groupby(["bid_id", "question_id"])["evaluator_id"].nunique()
    assert (panels == 4).all()


def test_late_bids_are_those_after_the_noon_deadline(tables):
    bids = tables["bids"].merge(tables["procurements"][["procurement_id", "tender_deadline"]])
    local = bids["received"].str[:19]
    assert ((local <= bids["tender_deadline"] + "T12:00:00") == bids["on_time"]).all()
    assert 0 < (~bids["on_time"]).sum() < 15


def test_dates_of_a_procurement_come_in_order(tables):
    columns = ["tender_published", "tender_deadline", "award_decided", "contract_start", "contract_end"]
    for _, row in tables["procurements"][columns].iterrows():
        days = row.dropna().tolist()
        assert all(earlier < later for earlier, later in pairwise(days))


def test_ratings_stand_in_every_fourth_quarter_and_follow_their_bands(tables):
    delivery = tables["delivery"]
    assert (delivery["rating"].notna() == (delivery["contract_quarter"] % 4 == 0)).all()
    for _, promise in delivery.groupby(["procurement_id", "promise_id"]):
        for rated in promise.index[promise["rating"].notna()]:
            year = promise.loc[rated - 3 : rated]
            share = year["actual"].sum() / year["target"].sum()
            bands = [(0.5, "Inadequate"), (0.8, "Requires improvement"), (0.95, "Approaching target")]
            expected = next((name for limit, name in bands if share < limit), "Good")
            assert promise.loc[rated, "rating"] == ("Other" if year["actual"].isna().any() else expected)
    assert delivery["rating"].nunique() >= 4


def test_three_indicators_are_published_where_the_law_asks_for_them(procurements, now):
    """Above £5 million with VAT, outside the light touch rules (Procurement Act 2023, section 52)."""
    due = procurements.query("estimated_value_net * 1.2 > 5_000_000 and not light_touch")
    assert len(due) > 0
    for ocid in due["ocid"]:
        assert len(now[ocid]["contracts"][0]["agreedMetrics"]) >= 3


def test_delivery_of_a_published_indicator_is_what_the_performance_notice_says(tables, releases):
    known = tables["procurements"].set_index("ocid")["procurement_id"]
    checked = 0
    for release in releases:
        if release["tag"] != ["implementation"]:
            continue
        delivery = tables["delivery"].query("contract_quarter <= 4")
        delivery = delivery[delivery["procurement_id"] == known[release["ocid"]]]
        for metric in release["contracts"][0]["implementation"]["metrics"]:
            year = delivery[delivery["kpi_id"] == metric["id"]]
            observation = metric["observations"][0]
            assert observation["measureClassification"]["description"] == year["rating"].dropna().item()
            if "measure" in observation:
                assert int(observation["measure"]) == year["actual"].sum()
            checked += 1
    assert checked >= 20


# Notices


def test_every_kind_of_notice_is_there(releases):
    kinds = Counter(re.findall(r'"noticeType": "(UK\d+)"', json.dumps(releases)))
    assert set(kinds) == {"UK2", "UK3", "UK4", "UK6", "UK7", "UK9"}
    assert all(kinds[kind] >= 10 for kind in ("UK4", "UK6", "UK7", "UK9"))


def test_the_last_notice_alone_does_not_tell_where_a_procurement_stands(releases, now, tables, package):
    shared = next(s["ocid"] for s in resource(package, "planted-slips") if s["slip"] == "ocid_reused")
    last = {release["ocid"]: release for release in releases}
    awarded = tables["procurements"].query("status == 'awarded'")["ocid"]
    for ocid in awarded:
        assert "criteria" not in json.dumps(last[ocid]) or ocid == shared
        assert "awardCriteria" in now[ocid]["tender"]["lots"][0]
        assert now[ocid]["awards"][0]["suppliers"]
    rated = [release for release in last.values() if release["tag"] == ["implementation"]]
    assert len(rated) >= 10
    for release in rated:
        assert "agreedMetrics" not in release["contracts"][0]
        assert now[release["ocid"]]["contracts"][0]["agreedMetrics"]
        assert now[release["ocid"]]["contracts"][0]["implementation"]["metrics"]


def test_a_moved_deadline_is_a_delta_that_holds_only_what_changed(releases, tables):
    updates = [release for release in releases if release["tag"] == ["tenderUpdate"]]
    assert updates
    known = tables["procurements"].set_index("ocid")["tender_deadline"]
    first = {r["ocid"]: r for r in reversed(releases) if r["tag"] == ["tender"]}
    for update in updates:
        assert "value" not in update["tender"]
        assert "lots" not in update["tender"]
        assert update["tender"]["tenderPeriod"]["endDate"][:10] == known[update["ocid"]]
        assert (
            first[update["ocid"]]["tender"]["tenderPeriod"]["endDate"]
            < update["tender"]["tenderPeriod"]["endDate"]
        )


def test_everything_says_that_it_is_fictional(files, releases):
    for name, content in files.items():
        if name.startswith("notices/"):
            package = json.loads(content)
            assert "fictional" in package["publisher"]["name"]
            assert package["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert all(release["ocid"].startswith("ocds-calder-") for release in releases)
    for release in releases:
        for party in release["parties"]:
            assert party["contactPoint"]["email"].endswith("@example.org")
            assert party["address"]["postalCode"].startswith("ZZ")
            assert re.fullmatch(
                r"Z\w{3}-\d{4}-FICT|99\d{5,6}|IP99417|990\d{3}|None", str(party["identifier"].get("id"))
            )


def test_the_whole_folder_stays_small(files):
    assert sum(map(len, files.values())) < 4_000_000


# The dictionary


def test_the_data_package_is_valid_and_its_files_are_as_described(tmp_path):
    generate(tmp_path)
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "message"])
    (tmp_path / "bids.csv").write_text((tmp_path / "bids.csv").read_text().replace(",sme,", ",tiny,", 1))
    assert not Package(str(tmp_path / "datapackage.json")).get_resource("bids").validate().valid


def test_row_counts_and_columns_are_those_of_the_dictionary(package, tables, files):
    described = {part["path"]: part for part in package["resources"] if "path" in part}
    assert set(described) == set(files) - {"datapackage.json", "README.md"}
    for name, table in tables.items():
        part = described[f"{name}.csv"]
        assert part["rows"] == len(table)
        assert [field["name"] for field in part["schema"]["fields"]] == list(table.columns)
        assert all(field["description"] for field in part["schema"]["fields"])
    for path, part in described.items():
        if path.startswith("notices/"):
            assert part["releases"] == len(json.loads(files[path])["releases"])
        assert part["licenses"][0]["name"] == "CC-BY-4.0"
        assert part["sources"]


def test_no_column_tells_what_was_planted(tables):
    assert not [
        c for table in tables.values() for c in table.columns if re.search("plant|slip|poor|quirk", c)
    ]


def test_every_planted_slip_is_where_the_dictionary_says(package, releases, now):
    by_id = {release["id"]: release for release in releases}
    assert len(by_id) == len(releases)
    assert [slip["slip"] for slip in resource(package, "planted-slips")] == [code for code, *_ in PLAN]
    found = {}
    for slip in resource(package, "planted-slips"):
        release = by_id[slip["notice_id"]]
        assert release["ocid"] == slip["ocid"]
        found.setdefault(slip["slip"], []).append((release, at(release, slip["path"])))

    def only(code):
        ((release, value),) = found[code]
        return release, value

    assert only("currency_not_pounds")[1] == "AED"
    assert only("unknown_status")[1] == "InvalidStatus"
    assert only("vague_buyer")[1] == "UK"
    assert only("gross_zero")[1] == 0
    assert "amount" not in only("gross_only")[1]
    assert only("vat_mismatch")[1]["amount"] == pytest.approx(
        only("vat_mismatch")[1]["amountGross"] * 0.8, abs=0.01
    )
    assert only("local_id")[1].startswith("GB-CFS-")
    assert only("unpadded_company_number")[1] == "IP99417"
    assert "id" not in only("missing_identifier")[1]["identifier"]
    assert (only("large_and_vcse")[1]["scale"], only("large_and_vcse")[1]["vcse"]) == ("large", True)
    assert only("cic_not_vcse")[1] is False
    assert "(@the Council@)" in only("quotes_as_at")[1]
    assert "&apos;" in only("html_entities")[1]
    assert "\\n" in only("line_breaks_as_text")[1]
    assert sum(len(item["deliveryAddresses"]) for item in only("many_delivery_places")[1]) == 245
    assert only("bounds_wide")[1]["amount"] == 1
    reversed_release, minimum = only("bounds_reversed")
    assert minimum["amount"] > reversed_release["tender"]["value"]["amount"]
    assert "numbers" not in only("weight_missing")[1]
    totals = [sum(c["numbers"][0]["number"] for c in value) for _, value in found["weights_not_100"]]
    assert sorted(totals) == [95, 110]
    release, award = only("award_value_missing")
    assert "value" not in award
    assert "value" not in release["contracts"][0]
    over, value = only("award_above_estimate")
    assert value["amount"] > now[over["ocid"]]["tender"]["value"]["amount"]
    repeated, award = only("award_repeated")
    copies = [r for r in releases if r["ocid"] == repeated["ocid"] and r.get("awards", [{}])[0].get("value")]
    assert [copy["awards"][0]["value"] for copy in copies] == [award["value"]] * 3
    reused, ocid = only("ocid_reused")
    assert ocid == reused["ocid"]
    assert len({r["buyer"]["id"] for r in releases if r["ocid"] == ocid}) == 2


def test_the_reader_reports_exactly_the_slips_that_were_planted(package):
    issues = read_notices(sorted((DATASETS / "notices").glob("*.json"))).issues
    met = Counter(
        zip(
            issues["ocid"].str.replace("#2", ""),
            issues["notice_id"],
            issues["where"],
            issues["slip"],
            strict=True,
        )
    )
    planted = Counter(
        (slip["ocid"], slip["notice_id"], slip["path"], slip["slip"])
        for slip in resource(package, "planted-slips")
    )
    assert met == planted


def test_every_planted_feature_is_where_the_dictionary_says(package, tables):
    notes = tables["evaluator_scores"]
    for feature in resource(package, "planted-features"):
        rows = tables[feature["table"]]
        for condition in feature["rows"].split("; "):
            column, value = condition.split("=")
            rows = rows[rows[column] == value]
        assert len(rows), feature
        if feature["feature"].startswith("note-"):
            assert rows["note"].tolist() == [feature["what"]]
            clear = notes["score"].eq(rows["score"].item()) & notes["note"].str.len().gt(25)
            assert clear.any(), "better notes of the same score are there to compare with"
        if feature["feature"] == "note-contradicts-score":
            assert ("Excellent" in feature["what"]) == (rows["score"].item() == 1)
        if feature["feature"] == "split-panel":
            assert rows["score"].tolist() == [5, 5, 1, 1]
            assert mean(rows["score"]) == 3
        if feature["feature"] == "evaluator-stepped-out":
            assert rows["score"].isna().all()
            assert set(rows["evaluator_id"]) == {"E3"}


def test_only_planted_evaluators_left_scores_out(package, tables):
    missing = tables["evaluator_scores"].query("score.isna()")["bid_id"].unique()
    stepped_out = [
        f for f in resource(package, "planted-features") if f["feature"] == "evaluator-stepped-out"
    ]
    assert len(missing) == len(stepped_out)


def test_social_value_is_missing_from_the_notices_that_are_listed_and_no_others(package, releases, tables):
    listed = {
        feature["rows"].removeprefix("procurement_id=")
        for feature in resource(package, "planted-features")
        if feature["feature"] == "social-value-not-in-notice"
    }
    names = tables["procurements"].set_index("ocid")["procurement_id"]
    silent = {
        names[release["ocid"]]
        for release in releases
        if release["tag"] == ["tender"]
        and release["buyer"]["name"] != "Calderbrook Homes (fictional)"
        and not any(
            "social" in criterion["name"].lower()
            for criterion in release["tender"]["lots"][0]["awardCriteria"]["criteria"]
        )
    }
    assert silent == listed
    assert 3 <= len(listed) <= 15


def test_the_readme_names_every_file_and_keeps_its_sentences_short(files):
    text = files["README.md"].decode()
    for name in files:
        assert name in ("README.md",) or f"`{name}`" in text
    prose = [line for line in text.splitlines() if line and not line.startswith(("|", "#", "-"))]
    sentences = [sentence for line in prose for sentence in re.split(r"(?<=[.:])\s", line)]
    assert max(len(sentence.split()) for sentence in sentences) <= 25
