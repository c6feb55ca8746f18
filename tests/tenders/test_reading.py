"""Notices in, tidy tables out: however they are packed, merged, counted once, never failing on a slip."""

import copy
import gzip
import json
import os
import subprocess
import sys

import pandas as pd
import pytest
from handmade import (
    BUYER,
    PROVIDER,
    REAL,
    award_notice,
    changed,
    criterion,
    needs_real,
    package,
    saved,
    tender_notice,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.tenders import SCHEMAS, data_dictionary, files, read_notices
from course.tenders.reading import kind_of_criterion, names_social_value

TENDER, AWARD = tender_notice(), award_notice()


def read(tmp_path, *releases):
    return read_notices(saved(tmp_path, package(*releases)))


def same(one, other):
    for name, table in one.named().items():
        pd.testing.assert_frame_equal(table, other.named()[name])


# What may be in a file


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(package(TENDER, AWARD), id="release package"),
        pytest.param([TENDER, AWARD], id="list of releases"),
        pytest.param([package(TENDER), package(AWARD)], id="list of packages"),
        pytest.param({"records": [{"ocid": "x", "releases": [TENDER, AWARD]}]}, id="record package"),
        pytest.param({"ocid": "x", "releases": [TENDER, AWARD]}, id="record"),
        pytest.param(json.dumps(TENDER) + "\n" + json.dumps(AWARD) + "\n", id="lines of releases"),
        pytest.param(
            json.dumps(package(TENDER)) + "\n" + json.dumps([AWARD]), id="lines of packages and lists"
        ),
        pytest.param(
            json.dumps(TENDER, indent=2) + json.dumps(AWARD, indent=2), id="documents one after another"
        ),
        pytest.param(b"\xef\xbb\xbf" + json.dumps(package(TENDER, AWARD)).encode(), id="byte order mark"),
        pytest.param(
            json.dumps(package(TENDER, AWARD), indent=1).replace("\n", "\r\n"), id="Windows line ends"
        ),
    ],
)
def test_every_way_of_packing_notices_reads_the_same(tmp_path, content):
    plain = read(tmp_path, TENDER, AWARD)
    assert len(plain.awards) == len(plain.lots) == 1
    same(read_notices(saved(tmp_path, content)), plain)


def test_bare_release_and_compiled_release_are_read(tmp_path):
    for content in (
        TENDER,
        {"ocid": "x", "compiledRelease": TENDER},
        {"records": [{"compiledRelease": TENDER}]},
    ):
        assert list(read_notices(saved(tmp_path, content)).notices["title"]) == ["Befriending service"]


def test_files_are_read_together_in_any_order(tmp_path):
    first, second = saved(tmp_path, package(TENDER), "a.json"), saved(tmp_path, package(AWARD), "b.json")
    same(read_notices([first, second]), read_notices([second, first]))
    assert list(read_notices([str(first), second]).notices["releases"]) == [2]


def test_entries_larger_than_one_piece_of_the_file_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_CHUNK", 7)
    text = json.dumps(package(changed(TENDER, ("tender", "description"), 'é "\\ £ ' * 40), AWARD), indent=1)
    same(read_notices(saved(tmp_path, text)), read_notices(saved(tmp_path, json.loads(text))))


def test_importing_the_room_does_not_load_the_schemas():
    code = "import sys, course.tenders; assert not {'pandera', 'pandas'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# What cannot be used


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        (" \n\t ", "is empty"),
        ("ocid,title\n1,Work\n", "is not JSON: line 1"),
        ("<!doctype html><html>", "is a web page"),
        ('{"releases": [\n{"ocid": "a", "x": tru}]}', "is not JSON: line 2"),
        ('{"releases": [{"ocid": "a"} {"ocid": "b"}]}', "is not JSON: line 1"),
        ("{'releases': []}", "is not JSON"),
        ('{"releases": [], }', "is not JSON"),
        (json.dumps(package(TENDER))[:400], "stops in the middle, at line 1"),
        (json.dumps(TENDER) + '\n{"ocid": "b', "stops in the middle, at line 2"),
        (json.dumps(TENDER) + '\n{"ocid": \n' + json.dumps(AWARD), "stops in the middle, at line 3"),
        (json.dumps(TENDER) + '\n{"ocid": "b\n' + json.dumps(AWARD), "is not JSON: line 2"),
        ('{"releases":', "stops in the middle"),
        ("[", "stops in the middle"),
        ("{", "stops in the middle"),
        ("[" * 100_000, "is not JSON"),
        ('{"a": ' + "9" * 5000 + "}", "is not JSON"),
        ("3", "holds no OCDS notices"),
        ('"text"', "holds no OCDS notices"),
        ("[1, 2]", "holds no OCDS notices"),
        ({"type": "FeatureCollection", "features": []}, "holds no OCDS notices"),
        ({"releases": {"a": 1}}, "holds no OCDS notices"),
        (package(), "no notices inside"),
        ([], "no notices inside"),
        (gzip.compress(b"{}", mtime=0), "is compressed (gzip)"),
        (b"PK\x03\x04rest", "is a zip"),
        (b"%PDF-1.7", "is a PDF"),
        (json.dumps(package(TENDER)).encode("utf-16"), "UTF-16"),
        ('{"ocid": "Café"}'.encode("cp1252"), "is not UTF-8"),
    ],
)
def test_file_that_cannot_be_used_is_told_in_one_plain_message(tmp_path, content, words):
    with pytest.raises(InputError) as told:
        read_notices(saved(tmp_path, content, "bad.json"))
    message = str(told.value)
    assert "bad.json" in message
    assert words in message
    assert "\n" not in message
    assert message.endswith(".")


def test_folders_missing_files_and_odd_files_are_told_plainly(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        read_notices(tmp_path)
    with pytest.raises(InputError, match="was not found"):
        read_notices(tmp_path / "none.json")
    with pytest.raises(InputError, match="not an ordinary file"):
        read_notices("/dev/null" if os.path.exists("/dev/null") else "NUL")
    with pytest.raises(InputError, match="was not found"):
        read_notices("a\0b")
    with pytest.raises(InputError, match="No file was named"):
        read_notices([])


def test_file_above_the_limit_is_refused_unread(tmp_path):
    path = saved(tmp_path, "{", "huge.json")
    os.truncate(path, files.LARGEST_FILE + 1)
    with pytest.raises(InputError, match=r"huge.json is 2.0 GB; the limit is 2 GB. Split it"):
        read_notices(path)


def test_entry_above_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_ENTRY", 1024**2)
    path = saved(tmp_path, '{"ocid": "a", "title": "' + "x" * 3 * 1024**2)
    with pytest.raises(InputError, match="one entry above 1 MB"):
        read_notices(path)


def test_one_bad_file_among_good_ones_stops_all_and_every_bad_one_is_named(tmp_path):
    good = saved(tmp_path, package(TENDER), "good.json")
    cut, empty = saved(tmp_path, "{", "cut.json"), saved(tmp_path, "", "empty.json")
    with pytest.raises(InputError, match="2 of 3 files cannot be used, so nothing was read") as told:
        read_notices([good, cut, empty])
    assert "cut.json" in str(told.value)
    assert "empty.json" in str(told.value)
    assert "good.json" not in str(told.value)


def test_empty_package_among_others_is_no_error(tmp_path):
    paths = [saved(tmp_path, package(), "none.json"), saved(tmp_path, package(TENDER), "one.json")]
    assert len(read_notices(paths).notices) == 1


# What becomes of it


def test_tables_hold_what_the_notices_say(tmp_path):
    tables = read(tmp_path, TENDER, AWARD)
    notice = tables.notices.iloc[0]
    assert notice["source"] == "Find a Tender"
    assert notice["notice_id"] == "000102-2026"
    assert notice["notice_types"] == "UK4; UK6"
    assert (notice["value_net"], notice["value_gross"]) == (100000, 120000)
    assert notice["light_touch"]
    assert notice["cpv"] == "85300000"
    assert notice["deadline"] == pd.Timestamp("2026-04-01T11:00:00Z")
    award, supplier = tables.awards.iloc[0], tables.suppliers.iloc[0]
    assert (award["value_net"], award["lots"], award["suppliers"]) == (95000, "1", 1)
    assert (supplier["register"], supplier["register_number"], supplier["scale"]) == (
        "GB-COH",
        "01234567",
        "sme",
    )
    assert supplier["vcse"]
    assert list(tables.bid_statistics["value"]) == [4]
    assert list(tables.delivery_places["region"]) == ["UKD3"]


def test_days_stay_the_day_published_in_summer_time(tmp_path):
    tables = read(tmp_path, TENDER, AWARD)
    assert tables.lots["contract_start"][0] == pd.Timestamp("2026-07-01")
    assert tables.awards["date"][0] == pd.Timestamp("2026-05-20")


def test_later_notice_changes_only_what_it_states(tmp_path):
    update = {
        "ocid": TENDER["ocid"],
        "id": "000104-2026",
        "date": "2026-03-09T09:00:00+00:00",
        "tag": ["tenderUpdate"],
    }
    update["tender"] = {
        "tenderPeriod": {"endDate": "2026-04-15T12:00:00+01:00"},
        "lots": [{"id": "1", "title": "New"}],
    }
    tables = read(tmp_path, update, TENDER)
    assert tables.notices["deadline"][0] == pd.Timestamp("2026-04-15T11:00:00Z")
    assert tables.notices["title"][0] == "Befriending service"
    assert tables.notices["buyer_name"][0] == BUYER["name"]
    assert list(tables.lots["title"]) == ["New"]
    assert list(tables.criteria["weight"]) == [50, 40, 10]


def test_later_means_the_moment_not_the_text_of_the_date(tmp_path):
    """10:30 in British summer time is before 10:00 in UTC, although it sorts after it."""
    early = {**TENDER, "date": "2026-06-01T10:30:00+01:00"}
    late = {**changed(TENDER, ("tender", "title"), "Later"), "id": "2", "date": "2026-06-01T10:00:00Z"}
    assert read(tmp_path, late, early).notices["title"][0] == "Later"


def test_lists_without_numbers_are_replaced_not_added_to(tmp_path):
    path = ("tender", "lots", 0, "awardCriteria", "criteria")
    update = changed(TENDER, path, [criterion("Price", 80, "price"), criterion("Social value", 20)])
    tables = read(tmp_path, TENDER, {**update, "id": "2", "date": "2026-03-05T09:00:00Z"})
    assert list(tables.criteria["weight"]) == [80, 20]
    assert len(tables.delivery_places) == 1


def test_provider_renumbered_in_an_update_is_one_provider(tmp_path):
    update = changed(AWARD, ("awards", 0, "suppliers"), [{**PROVIDER, "id": "GB-CFS-9"}])
    tables = read(tmp_path, AWARD, {**update, "id": "2", "date": "2026-06-03T09:00:00Z"})
    assert len(tables.suppliers) == 1


def test_award_published_three_times_counts_once(tmp_path):
    dates = ["2026-06-01T09:00:00Z", "2026-06-02T09:00:00Z", "2026-06-03T09:00:00Z"]
    tables = read(tmp_path, *({**AWARD, "id": f"n{n}", "date": date} for n, date in enumerate(dates)))
    assert tables.awards.loc[tables.awards["counted"], "value_net"].sum() == 95000
    assert tables.awards["times_published"][0] == 3
    assert "£285,000" in tables.issues.set_index("slip").loc["award_repeated", "what_was_found"]


@needs_real
def test_real_award_published_three_times_counts_once():
    awards = read_notices(REAL / "contracts_finder_quirks_subset_12_releases.json").awards
    large = awards[awards["value_net"] > 20_000_000]
    assert list(large["value_net"]) == [22_682_504.94]
    assert list(large["times_published"]) == [3]


def test_the_very_same_notice_twice_is_one_notice(tmp_path):
    tables = read(tmp_path, AWARD, AWARD, TENDER)
    assert tables.notices["releases"][0] == 2
    assert tables.awards["times_published"][0] == 1
    assert tables.issues.empty


def test_cancelled_failed_and_look_alike_awards_are_not_counted(tmp_path):
    award = AWARD["awards"][0]
    other = {**award, "id": "4", "relatedLots": ["2"]}
    awards = [award, {**award, "id": "2"}, {**award, "id": "3", "status": "cancelled"}, other]
    tables = read(tmp_path, {**AWARD, "awards": awards})
    assert list(tables.awards["counted"]) == [True, False, False, True]


def test_award_without_value_takes_it_from_its_contract(tmp_path):
    notice = changed(AWARD, ("awards", 0, "value"), None)
    notice["contracts"] = [{"id": "1", "awardID": "1", "value": {"amount": 94000, "currency": "GBP"}}]
    tables = read(tmp_path, notice)
    assert tables.awards["value_net"][0] == 94000
    assert tables.issues.empty


def test_social_value_is_found_by_name_though_typed_as_quality(tmp_path):
    criteria = read(tmp_path, TENDER).criteria
    assert list(criteria["kind"]) == ["quality", "price", "social value"]
    assert set(criteria["type"]) == {"quality", "cost"}
    assert criteria.loc[criteria["kind"] == "social value", "weight"].item() == 10


@pytest.mark.parametrize(
    ("name", "type_", "kind"),
    [
        ("Social Value", "quality", "social value"),
        ("SOCIAL  VALUE (10%)", "quality", "social value"),
        ("Quality - social-value commitments", "quality", "social value"),
        ("Community Benefits", "quality", "social value"),
        ("Cost of social value", "cost", "social value"),
        ("Price", "cost", "price"),
        ("Price", "price", "price"),
        ("Commercial", "", "price"),
        ("Social care experience", "quality", "quality"),
        ("Value for money", "quality", "quality"),
        ("Technical", "", "quality"),
        ("Part 3", "", "unknown"),
    ],
)
def test_kind_of_criterion(name, type_, kind):
    assert kind_of_criterion(name, type_) == kind


def test_value_of_a_social_worker_is_not_social_value():
    assert not names_social_value("The value of social workers and a sociable valuer")


def test_mention_of_social_value_is_seen_in_any_text(tmp_path):
    plain = changed(TENDER, ("tender", "lots", 0, "awardCriteria"), {})
    spoken = changed(plain, ("tender", "description"), "We ask for social value commitments.")
    assert list(read(tmp_path, plain).notices["mentions_social_value"]) == [False]
    assert list(read(tmp_path, spoken).notices["mentions_social_value"]) == [True]


def test_kpis_and_ratings_are_read(tmp_path):
    notice = award_notice(id="000110-2026", date="2027-08-01T09:00:00Z", tag=["implementation"])
    period = {"startDate": "2026-07-01T00:00:00+01:00", "endDate": "2027-06-30T23:59:59+01:00"}
    metric = {"id": "1", "title": "Visits made on time"}
    rated = {"id": "1", "measure": "93", "unit": {"name": "percent"}, "period": period}
    notice["contracts"] = [
        {
            "id": "C1",
            "awardID": "1",
            "noAgreedMetricsRationale": "Two more are under talks",
            "agreedMetrics": [
                {**metric, "observations": [{"id": "1", "measure": 95, "unit": {"name": "percent"}}]}
            ],
            "implementation": {
                "metrics": [
                    {**metric, "observations": [{**rated, "measureClassification": {"id": "slightlyBelow"}}]}
                ],
                "performanceFailures": [
                    {"id": "1", "requirement": "Staff trained", "decisionDate": "2027-05-01T00:00:00Z"}
                ],
            },
        }
    ]
    tables = read(tmp_path, notice)
    kpi = tables.kpis.iloc[0]
    assert (kpi["contract_id"], kpi["award_id"], kpi["target"], kpi["unit"]) == ("C1", "1", "95", "percent")
    rating, failure = tables.performance.to_dict("records")
    assert (rating["rating"], rating["measure"]) == ("Approaching target", "93")
    assert rating["period_end"] == pd.Timestamp("2027-06-30")
    assert (failure["kind"], failure["title"]) == ("failure", "Staff trained")
    assert tables.notices["no_kpis_reason"][0] == "Two more are under talks"


# What must not make it fail


def test_entries_that_are_no_notices_are_told_and_left_out(tmp_path):
    tables = read(
        tmp_path, TENDER, None, "text", {"url": "https://example.org/1"}, {"ocid": "ocds-h6vhtk-9"}, []
    )
    assert len(tables.notices) == 1
    assert list(tables.issues["slip"]) == ["not_a_notice"] * 5


def test_notices_without_a_procurement_number_stand_alone(tmp_path):
    tables = read(tmp_path, {**TENDER, "ocid": None}, {**TENDER, "ocid": None, "id": "000109-2026"})
    assert list(tables.notices["ocid"]) == ["no-ocid-000101-2026", "no-ocid-000109-2026"]
    assert set(tables.issues["slip"]) == {"missing_ocid"}


def test_number_used_by_two_buyers_is_two_procurements(tmp_path):
    other = {
        **TENDER,
        "id": "000120-2026",
        "buyer": {"id": "GB-PPON-ZZZZ-0000-ZZZZ", "name": "Eastmere Trust"},
    }
    tables = read(tmp_path, TENDER, {**other, "date": "2026-05-01T09:00:00Z"}, AWARD)
    assert list(tables.notices["buyer_name"]) == [BUYER["name"], "Eastmere Trust"]
    assert list(tables.notices["ocid"]) == [TENDER["ocid"], TENDER["ocid"] + "#2"]
    assert list(tables.awards["ocid"]) == [TENDER["ocid"]]
    assert list(tables.issues["slip"]) == ["ocid_reused"]


def test_renumbered_buyer_of_the_same_name_is_one_buyer(tmp_path):
    again = {**AWARD, "buyer": {"id": "GB-CFS-1", "name": BUYER["name"].upper()}}
    assert len(read(tmp_path, TENDER, again).notices) == 1


def test_notices_that_contradict_each_other_leave_the_latest(tmp_path):
    first = changed(TENDER, ("tender", "techniques"), {"hasFramework": True})
    second = changed(TENDER, ("tender", "techniques"), {"hasFramework": {"kind": "open"}})
    tables = read(tmp_path, first, {**second, "id": "2", "date": "2026-05-01T09:00:00Z"})
    assert list(tables.notices["notice_id"]) == ["2"]
    assert list(tables.issues["slip"]) == ["cannot_merge"]


def _places(value, path=()):
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield (*path, key)
        yield from _places(part, (*path, key))


FULL = award_notice(
    tender=TENDER["tender"],
    contracts=[
        {
            "id": "1",
            "awardID": "1",
            "value": {"amount": 1, "currency": "GBP"},
            "agreedMetrics": [
                {"id": "1", "observations": [{"id": "1", "measure": 1, "unit": {"name": "x"}}]}
            ],
            "implementation": {
                "metrics": [
                    {"id": "1", "observations": [{"id": "1", "measureClassification": {"id": "met"}}]}
                ],
                "performanceFailures": [
                    {"id": "1", "requirement": "x", "period": {"startDate": "2026-01-01"}}
                ],
            },
        }
    ],
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "amount", "x"]), inner, max_size=2)
    ),
    max_leaves=5,
)


# Shrinking would take minutes; the notices that failed are printed as they are.
@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.data())
def test_nothing_inside_a_notice_makes_reading_fail(tmp_path_factory, data):
    """Whatever stands anywhere in notices, tables come out as their schemas promise."""
    releases = []
    for n in range(16):
        release = {**copy.deepcopy(FULL), "id": f"{n}", "ocid": f"ocds-h6vhtk-{n // 2}"}
        for path in data.draw(st.lists(st.sampled_from(list(_places(FULL))), min_size=1, max_size=3)):
            try:
                release = changed(release, path, data.draw(ODD))
            except (KeyError, IndexError, TypeError):
                continue  # An earlier change took this place away.
        releases.append(release)
    tables = read(tmp_path_factory.mktemp("odd"), *releases)
    for name, table in tables.named().items():
        assert list(table.columns) == list(SCHEMAS[name].columns)


def test_surrogates_and_control_characters_are_read(tmp_path):
    text = '{"ocid": "o", "id": "1", "tender": {"title": "a\\ud800b\\u0000c"}}'
    assert len(read_notices(saved(tmp_path, text)).notices) == 1


def test_contact_people_are_not_kept(tmp_path):
    notice = changed(
        AWARD, ("parties", 0, "contactPoint"), {"name": "Jo Bloggs", "email": "jo@millford.example"}
    )
    for table in read(tmp_path, notice).named().values():
        assert "jo" not in table.to_csv().lower().split(",")


# The tables as such


def test_every_column_is_described_and_money_says_whether_vat_is_in_it():
    columns = data_dictionary()
    assert (columns["meaning"].str.len() > 0).all()
    money = columns[columns["column"].str.startswith("value_")]
    assert set(money["unit"]) == {"£ ex VAT", "£ inc VAT"}
    assert set(columns["table"]) == set(SCHEMAS)
    assert set(columns["type"]) == {
        "text",
        "number",
        "whole number",
        "true or false",
        "date",
        "date and time",
    }


def test_empty_and_full_tables_have_the_same_types(tmp_path):
    full, bare = read(tmp_path, FULL).named(), read(tmp_path, {"ocid": "o", "id": "1", "tender": {}}).named()
    for name in set(full) - {"issues"}:
        assert list(full[name].dtypes) == list(bare[name].dtypes)
        assert len(full[name])


@needs_real
def test_fields_of_the_uk_extension_are_named_as_its_schema_names_them():
    """An oracle for names: what is read of the UK extension must be in its published schema."""
    schema = json.loads(
        next((REAL.parent / "reference").glob("cabinetoffice*.json")).read_text(encoding="utf-8")
    )
    definitions = schema["definitions"]
    for owner, field in [
        ("Value", "amountGross"),
        ("Document", "noticeType"),
        ("Tender", "specialRegime"),
        ("Tender", "aboveThreshold"),
        ("Contract", "noAgreedMetricsRationale"),
        ("Observation", "measureClassification"),
        ("Suitability", "vcse"),
    ]:
        assert field in definitions[owner]["properties"]
    assert "vcse" in definitions["Organization"]["properties"]["details"]["properties"]


@needs_real
def test_real_notices_give_the_published_criteria():
    criteria = read_notices(sorted(REAL.glob("fts_*.json"))).criteria
    weights = criteria.groupby(["ocid", "lot_id"])["weight"].sum()
    assert set(weights) == {100}
    social = criteria[criteria["kind"] == "social value"]
    assert list(social["weight"]) == [10]
    assert list(social["type"]) == ["quality"]
