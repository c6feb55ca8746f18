"""Each slip that real notices carry is found where it stands, told in words, and handled as told."""

import copy
import json

import pytest
from handmade import (
    PARTIES,
    REAL,
    award_notice,
    changed,
    criterion,
    needs_real,
    package,
    saved,
    tender_notice,
)

from course.tenders import SLIPS, read_notices
from course.tenders.slips import json_path, mend, set_in_order

TENDER, AWARD = tender_notice(), award_notice()
LOT_VALUE = ("tender", "lots", 0, "value")
AWARD_VALUE = ("awards", 0, "value")
CRITERIA = ("tender", "lots", 0, "awardCriteria", "criteria")
NUMBER = (*CRITERIA, 2, "numbers", 0, "number")
PROVIDER = ("parties", 1)


def pounds(net=None, gross=None, currency="GBP"):
    given = {"amount": net, "amountGross": gross, "currency": currency}
    return {key: value for key, value in given.items() if value is not None}


def criteria(*weights):
    return [criterion(f"Part {n}", weight) for n, weight in enumerate(weights)]


def places(count):
    return [{"id": "1", "deliveryAddresses": [{"postalCode": f"ZZ1 {n}ZZ"} for n in range(count)]}]


# One line a slip: code, where it is reported, the notices that carry it.
CASES = [
    ("wrong_shape", "$.tender.lots[0].value", changed(TENDER, LOT_VALUE, "a lot")),
    ("wrong_shape", "$.tender.lots[1]", changed(TENDER, ("tender", "lots"), [*TENDER["tender"]["lots"], 7])),
    ("missing_id", "$.awards[0]", changed(AWARD, ("awards",), [{**AWARD["awards"][0], "id": None}])),
    (
        "id_repeated",
        "$.awards[1].id",
        changed(AWARD, ("awards",), [*AWARD["awards"], {**AWARD["awards"][0], "value": pounds(500, 600)}]),
    ),
    (
        "bad_date",
        "$.tender.tenderPeriod.endDate",
        changed(TENDER, ("tender", "tenderPeriod", "endDate"), "soon"),
    ),
    (
        "bad_date",
        "$.tender.tenderPeriod.endDate",
        changed(TENDER, ("tender", "tenderPeriod", "endDate"), "9999-12-31T00:00:00Z"),
    ),
    (
        "dates_reversed",
        "$.awards[0].contractPeriod",
        changed(AWARD, ("awards", 0, "contractPeriod", "endDate"), "2025-01-01T00:00:00Z"),
    ),
    ("number_as_text", "$.awards[0].value.amount", changed(AWARD, AWARD_VALUE, pounds("£95,000", 114000))),
    ("not_a_number", "$.awards[0].value.amount", changed(AWARD, AWARD_VALUE, pounds("tbc", 114000))),
    ("not_a_number", "$.awards[0].value.amount", changed(AWARD, AWARD_VALUE, pounds(True, 114000))),
    ("negative_value", "$.awards[0].value.amount", changed(AWARD, AWARD_VALUE, pounds(-95000))),
    ("negative_value", "$.bids.statistics[0].value", changed(AWARD, ("bids", "statistics", 0, "value"), -1)),
    (
        "currency_not_pounds",
        "$.tender.lots[0].value.currency",
        changed(TENDER, (*LOT_VALUE, "currency"), "AED"),
    ),
    (
        "currency_missing",
        "$.awards[0].value.currency",
        changed(AWARD, AWARD_VALUE, pounds(95000, 114000, "")),
    ),
    # 37,440 with VAT is 31,200 without; 67,992 less 20% is 54,393.60, while without VAT it is 56,660.
    ("vat_mismatch", "$.awards[0].value", changed(AWARD, AWARD_VALUE, pounds(32800, 37440))),
    ("vat_mismatch", "$.awards[0].value", changed(AWARD, AWARD_VALUE, pounds(54393.60, 67992))),
    ("net_above_gross", "$.awards[0].value", changed(AWARD, AWARD_VALUE, pounds(114000, 95000))),
    ("gross_zero", "$.awards[0].value.amountGross", changed(AWARD, AWARD_VALUE, pounds(95000, 0))),
    ("gross_only", "$.awards[0].value", changed(AWARD, AWARD_VALUE, pounds(None, 114000))),
    ("award_value_missing", "$.awards[0]", changed(AWARD, AWARD_VALUE, None)),
    ("unknown_status", "$.tender.status", changed(TENDER, ("tender", "status"), "InvalidStatus")),
    ("unknown_status", "$.awards[0].status", changed(AWARD, ("awards", 0, "status"), "won")),
    ("unknown_status", "$.tender.lots[0].status", changed(TENDER, ("tender", "lots", 0, "status"), 3)),
    ("bounds_reversed", "$.tender.minValue", changed(TENDER, ("tender", "minValue"), pounds(100001))),
    ("bounds_wide", "$.tender.minValue", changed(TENDER, ("tender", "minValue"), pounds(1))),
    (
        "award_above_estimate",
        "$.awards[0].value",
        [TENDER, changed(AWARD, AWARD_VALUE, pounds(100001, 120001.2))],
    ),
    (
        "award_above_estimate",
        "$.tender.value",
        [
            TENDER,
            changed(AWARD, ("awards",), [{**AWARD["awards"][0], "id": x, "relatedLots": [x]} for x in "12"]),
        ],
    ),
    (
        "award_repeated",
        "$.awards[0]",
        [AWARD, {**AWARD, "id": "000103-2026", "date": "2026-06-02T09:00:00Z"}],
    ),
    ("award_repeated", "$.awards[1]", changed(AWARD, ("awards",), AWARD["awards"] * 2)),
    (
        "award_look_alike",
        "$.awards[1]",
        changed(AWARD, ("awards",), [{**AWARD["awards"][0], "id": x} for x in "12"]),
    ),
    ("missing_buyer", "$", {**TENDER, "buyer": None, "parties": []}),
    ("vague_buyer", "$.buyer.name", changed(TENDER, ("buyer", "name"), "UK")),
    ("missing_identifier", "$.parties[1]", changed(AWARD, (*PROVIDER, "identifier"), {})),
    ("local_id", "$.parties[1].id", changed(AWARD, (*PROVIDER, "id"), "GB-CFS-12345")),
    (
        "unpadded_company_number",
        "$.parties[1].identifier.id",
        changed(AWARD, (*PROVIDER, "identifier", "id"), "1234567"),
    ),
    (
        "unpadded_company_number",
        "$.parties[1].identifier.id",
        changed(AWARD, (*PROVIDER, "identifier", "id"), "sc12345"),
    ),
    (
        "bad_company_number",
        "$.parties[1].identifier.id",
        changed(AWARD, (*PROVIDER, "identifier", "id"), "n/a"),
    ),
    (
        "bad_ppon",
        "$.parties[0].identifier.id",
        changed(AWARD, ("parties", 0, "identifier", "id"), "ABCD1234"),
    ),
    ("large_and_vcse", "$.parties[1].details", changed(AWARD, (*PROVIDER, "details", "scale"), "large")),
    ("cic_not_vcse", "$.parties[1].details.vcse", changed(AWARD, (*PROVIDER, "details", "vcse"), False)),
    ("quotes_as_at", "$.tender.title", changed(TENDER, ("tender", "title"), "Work (@the Work@) in Millford")),
    ("html_entities", "$.tender.title", changed(TENDER, ("tender", "title"), "Women&apos;s refuge")),
    ("line_breaks_as_text", "$.tender.title", changed(TENDER, ("tender", "title"), "One\\nTwo")),
    ("many_delivery_places", "$.tender.items", changed(TENDER, ("tender", "items"), places(51))),
    (
        "weights_not_100",
        "$.tender.lots[0].awardCriteria.criteria",
        changed(TENDER, CRITERIA, criteria(60, 50)),
    ),
    ("weight_out_of_range", json_path(NUMBER), changed(TENDER, NUMBER, 110)),
    ("weight_missing", json_path((*CRITERIA, 1)), changed(TENDER, CRITERIA, criteria(60, None))),
]


def issues_of(tmp_path, releases):
    releases = releases if isinstance(releases, list) else [releases]
    return read_notices(saved(tmp_path, package(*releases))).issues


def case_ocid(n):
    return f"ocds-h6vhtk-1{n:05}"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The issues of all cases, read at once, each case as a procurement of its own."""
    releases = []
    for n, (_, _, given) in enumerate(CASES):
        releases += [{**one, "ocid": case_ocid(n)} for one in (given if isinstance(given, list) else [given])]
    return issues_of(tmp_path_factory.mktemp("cases"), releases)


@pytest.fixture(scope="module")
def real():
    return read_notices(sorted(REAL.glob("*.json"))).issues


@pytest.mark.parametrize("n", range(len(CASES)), ids=[f"{c[0]} {c[1]}" for c in CASES])
def test_slip_is_found_where_it_stands(told, n):
    slip, where, _ = CASES[n]
    own = told[(told["ocid"] == case_ocid(n)) & (told["slip"] == slip)]
    assert where in list(own["where"])
    assert (own[["what_was_found", "what_it_means", "what_we_did"]].map(len) > 0).all(axis=None)


def test_notices_without_slips_have_no_issues(tmp_path):
    assert issues_of(tmp_path, [TENDER, AWARD]).empty


def test_every_slip_is_shown_by_a_test():
    elsewhere = {"not_a_notice", "missing_ocid", "ocid_reused", "cannot_merge"}
    assert {case[0] for case in CASES} | elsewhere == set(SLIPS)


def test_every_slip_is_explained_in_plain_sentences():
    for means, did in SLIPS.values():
        for sentence in f"{means} {did}".replace(":", ".").split(". "):
            assert len(sentence.split()) <= 25, sentence


def apart(*releases):
    """Make each release a procurement of its own."""
    return [{**one, "ocid": f"ocds-h6vhtk-2{n:05}"} for n, one in enumerate(releases)]


def test_amounts_that_fit_a_vat_rate_are_no_slip(tmp_path):
    rounded_after_vat = pounds(211232, 253478)
    fit = [
        pounds(31200, 37440),
        pounds(1000, 1050),
        pounds(1000, 1000),
        rounded_after_vat,
        pounds(0, 0),
        pounds(9),
    ]
    assert issues_of(tmp_path, apart(*(changed(AWARD, AWARD_VALUE, value) for value in fit))).empty


def test_vat_taken_off_by_subtraction_is_named(tmp_path):
    issues = issues_of(tmp_path, changed(AWARD, AWARD_VALUE, pounds(54393.60, 67992)))
    assert "£56,660 without VAT" in issues["what_was_found"][0]
    assert "less 20%" in issues["what_was_found"][0]


def with_company_number(number):
    return changed(AWARD, (*PROVIDER, "identifier", "id"), number)


def test_whole_company_numbers_are_no_slip(tmp_path):
    whole = ["SC123456", "NI012345", "OC300001", "IP12345R", "01234567"]
    assert issues_of(tmp_path, apart(*map(with_company_number, whole))).empty


def test_company_numbers_get_their_noughts_back(tmp_path):
    notices = apart(*map(with_company_number, ["1234567", "sc12345", "NI 7"]))
    suppliers = read_notices(saved(tmp_path, package(*notices))).suppliers
    assert list(suppliers["register_number"]) == ["01234567", "SC012345", "NI000007"]


@pytest.mark.parametrize(
    "text", ["Write to bids@millford.example or care@millford.example.", "Saved in C:\\notes", "R&D;"]
)
def test_ordinary_text_is_left_alone(tmp_path, text):
    tables = read_notices(saved(tmp_path, package(changed(TENDER, ("tender", "description"), text))))
    assert tables.notices["description"][0] == text
    assert tables.issues.empty


def test_text_is_mended(tmp_path):
    text = "Women&apos;s Aid (@the Provider@) &amp; others\\n\\nMore"
    tables = read_notices(saved(tmp_path, package(changed(TENDER, ("tender", "description"), text))))
    assert tables.notices["description"][0] == "Women's Aid (“the Provider”) & others\n\nMore"


def test_foreign_amount_counts_as_pounds_only_where_the_notice_bears_it_out(tmp_path):
    twin = changed(TENDER, (*LOT_VALUE, "currency"), "AED")
    assert read_notices(saved(tmp_path, package(twin))).lots["value_net"][0] == 100000
    alone = changed(TENDER, LOT_VALUE, pounds(77, 92.4, "AED"))
    tables = read_notices(saved(tmp_path, package(alone)))
    assert tables.lots["value_net"].isna().all()
    assert "77.00 AED" in tables.issues["what_was_found"][0]


def test_award_in_another_currency_is_told_once(tmp_path):
    issues = issues_of(tmp_path, changed(AWARD, AWARD_VALUE, pounds(95000, None, "EUR")))
    assert list(issues["slip"]) == ["currency_not_pounds"]


def test_weight_of_a_share_is_read_as_points(tmp_path):
    shares = [
        criterion("Quality", 0.6, kind="decimalExact"),
        criterion("Price", 0.4, "price", "decimalExact"),
    ]
    tables = read_notices(saved(tmp_path, package(changed(TENDER, CRITERIA, shares))))
    assert list(tables.criteria["weight"]) == [60, 40]
    assert tables.issues.empty


def test_criteria_without_any_weight_are_no_slip(tmp_path):
    assert issues_of(tmp_path, changed(TENDER, CRITERIA, criteria(None, None))).empty


def test_mending_twice_changes_nothing_more():
    notice = changed(TENDER, ("tender", "title"), "Women&apos;s (@the Work@)\\nTwo")
    notice["tender"]["value"] = pounds("1,000", 0)
    notice["parties"] = [{**PARTIES[1], "identifier": {"scheme": "GB-COH", "id": "99"}}]
    set_in_order(notice)
    assert mend(notice)
    once = copy.deepcopy(notice)
    mend(notice)
    assert notice == once


@needs_real
@pytest.mark.parametrize(
    ("slip", "notice"),
    [
        ("currency_not_pounds", "094476-2026"),
        ("gross_only", "094477-2026"),
        ("large_and_vcse", "094474-2026"),
        ("unknown_status", "b5796912-1ffd-446f-abb4-82cc5e7654b3-582334"),
        ("bounds_reversed", "4d908a59-c92e-437f-acde-95cbac21bf35-582281"),
        ("award_above_estimate", "4d908a59-c92e-437f-acde-95cbac21bf35-582281"),
        ("vague_buyer", "6d32085e-44e6-4f3f-a9df-2c503e06cdc4-582308"),
        ("quotes_as_at", "9c9ebc9b-3880-48d5-8517-3de54db1b188-582277"),
        ("bounds_wide", "8b8ce674-fb0e-4c4c-b82c-4f1455fd3206-581922"),
        ("award_repeated", "cbe8c5c5-929b-4fe1-9dc2-87125e4ad652-582276"),
        ("html_entities", "cbe8c5c5-929b-4fe1-9dc2-87125e4ad652-582276"),
    ],
)
def test_slips_of_real_notices_are_found(real, slip, notice):
    assert ((real["slip"] == slip) & (real["notice_id"] == notice)).any()


@needs_real
def test_paths_lead_to_the_place_in_real_notices(real):
    """Read as a path into the notice named, `where` must end at something that is there."""
    published = {}
    for path in REAL.glob("*.json"):
        for release in json.loads(path.read_text(encoding="utf-8"))["releases"]:
            published.setdefault(release["id"], []).append(release)
    for issue in real.itertuples():
        part = published[issue.notice_id][0]
        for step in issue.where.removeprefix("$").replace("[", ".[").split(".")[1:]:
            part = part[int(step[1:-1])] if step.startswith("[") else part[step]
