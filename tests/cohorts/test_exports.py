"""Results for other systems: the columns they want, marks as they are, and no cell that runs."""

import csv
import io
import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.cohorts import certificates, exports, progress, roster
from course.errors import InputError

TITLE = "Module 4: "


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_moodle_gets_per_cent_by_e_mail_and_nothing_for_what_is_not_wholly_marked(marked):
    found = {r["ID number"]: r for r in rows(exports.moodle_csv(marked))}
    column = next(name for name in found["kit-sorensen"] if name.startswith(TITLE))
    assert list(found["kit-sorensen"])[:5] == [
        "First name", "Last name", "ID number", "Institution", "Email address",
    ]  # fmt: skip
    assert float(found["kit-sorensen"][column]) == round(100 * 22 / 24, 2)
    assert found["ben-whitlock"][column] == found["lena-fairhurst"][column] == ""
    assert found["kit-sorensen"]["Email address"] == "kit-sorensen@kit-sorensen.example"


def test_canvas_gets_its_own_headings_in_its_own_order_and_the_row_of_points_possible(marked):
    head, possible, *people = csv.reader(io.StringIO(exports.canvas_csv(marked)))
    assert head[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert "Points Possible" in possible[0]
    assert float(possible[5]) == 24
    kit = next(row for row in people if row[2] == "kit-sorensen")
    assert (kit[0], kit[3], kit[4], float(kit[5])) == (
        "Kit Sørensen", "kit-sorensen@kit-sorensen.example", "Autumn 2027", 22,
    )  # fmt: skip
    assert len(people) == 12


def test_grades_are_those_of_the_standing(marked):
    table = progress.standing(marked).set_index("learner")
    found = rows(exports.grades_csv(marked))
    assert len(found) == 12
    for row in found:
        points = table.loc[row["learner"], "points"]
        assert row["points"] == ("" if points != points else str(points))


def test_the_cpd_log_has_hours_and_what_was_learned_of_each_module_passed(marked):
    found = rows(exports.cpd_csv(marked))
    kit = next(r for r in found if r["name"] == "Kit Sørensen")
    module = exports.syllabus.find("m04")
    assert float(kit["hours"]) == round(module.minutes / 60, 2)
    assert module.outcomes[0] in kit["what was learned"]
    assert "Jonah Mbeki" not in {r["name"] for r in found}


def test_xapi_statements_are_as_the_standard_wants_them(marked):
    statements = exports.xapi(marked)
    assert [exports.check_statement(s) for s in statements] == [[]] * len(statements)
    kit = [s for s in statements if s["actor"]["name"] == "Kit Sørensen"]
    assert [s["verb"]["id"].rsplit("/", 1)[1] for s in kit] == ["completed", "passed"]
    assert kit[1]["result"]["score"] == {"scaled": 0.9167, "raw": 22, "min": 0, "max": 24}
    assert kit[0]["actor"]["mbox"] == "mailto:kit-sorensen@kit-sorensen.example"
    verbs = {s["actor"]["name"]: s["verb"]["display"]["en-GB"] for s in statements}
    assert (verbs["Ben Whitlock"], verbs["Jonah Mbeki"]) == ("completed", "failed")
    assert len({s["id"] for s in statements}) == len(statements)
    assert json.loads(exports.xapi_json(marked)) == statements


def test_a_statement_keeps_its_id_and_one_about_a_new_mark_gets_another(marked):
    before = {s["id"] for s in exports.xapi(marked)}
    assert {s["id"] for s in exports.xapi(marked)} == before
    assert len(before) == 11 + 10


def test_who_has_no_e_mail_is_named_by_an_account(tmp_path):
    actor = exports._actor("ann", "Ann", "", "https://academy.example")
    assert actor["account"] == {"homePage": "https://academy.example", "name": "ann"}
    assert "mbox" not in actor


GOOD = {
    "id": str(uuid.UUID(int=1)),
    "actor": {"mbox": "mailto:a@b.example"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
    "object": {"id": "https://academy.example/m04"},
    "result": {"score": {"scaled": 0.5}},
    "timestamp": "2027-01-01T00:00:00+00:00",
}


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("id", "1", "not a UUID"),
        ("actor", {"mbox": "a@b.example"}, "mailto"),
        ("actor", {}, "exactly one way"),
        ("actor", {"mbox": "mailto:a@b.example", "openid": "x:y"}, "exactly one way"),
        ("actor", {"account": {"name": "ann"}}, "homePage"),
        ("verb", {"id": "passed"}, "verb is not an IRI"),
        ("object", {"id": "m 04"}, "object is not an IRI"),
        ("result", {"score": {"scaled": 1.5}}, "from -1 to 1"),
        ("result", {"score": {"raw": 30, "max": 24}}, "between the least"),
        ("result", {"score": {"scaled": float("nan")}}, "must be a number"),
        ("result", {"success": "yes"}, "true or false"),
        ("timestamp", "2027-01-01T00:00:00", "time zone"),
        ("timestamp", "yesterday", "ISO 8601"),
        ("grade", "A", "no part “grade”"),
    ],
)
def test_a_statement_that_is_wrong_is_found_out(part, value, said):
    assert not exports.check_statement(GOOD)
    [fault] = exports.check_statement(GOOD | {part: value})
    assert said in fault


@given(st.text(max_size=12))
def test_no_text_begins_like_a_formula(text):
    assert str(exports.safe(text)).lstrip()[:1] not in ("=", "+", "-", "@") or text.strip() == ""
    assert exports.safe(-3.5) == -3.5


def test_a_name_that_is_a_formula_is_harmless_in_every_csv(marked):
    place = marked / "roster.csv"
    table = roster.pd.read_csv(place, dtype=str, keep_default_na=False)
    for column in ("name", "first_name", "last_name", "organisation"):
        table.loc[table["id"] == "kit-sorensen", column] = '=HYPERLINK("http://x","y")'
    place.write_text(table.to_csv(index=False), encoding="utf-8")
    for make in (exports.grades_csv, exports.moodle_csv, exports.canvas_csv, exports.cpd_csv):
        text = make(marked)
        assert "=HYPERLINK" in text
        for row in csv.reader(io.StringIO(text)):
            assert not any(cell.startswith(("=", "+", "@")) for cell in row)


def test_all_are_written_and_again_the_same(marked):
    table = exports.write(marked)
    assert list(table["kind"]) == list(exports.KINDS)
    assert list(table["rows"]) == [12, 12, 12, 21, certificates.earned(marked)["ready"].sum()]
    first = {p.name: p.read_bytes() for p in (marked / "exports").iterdir()}
    exports.write(marked)
    assert {p.name: p.read_bytes() for p in (marked / "exports").iterdir()} == first
    assert first["grades.csv"].startswith(b"\xef\xbb\xbf")
    assert first["canvas.csv"].startswith(b"Student,")


def test_an_export_that_there_is_not_is_refused(marked, tmp_path):
    with pytest.raises(InputError, match="no export “excel”"):
        exports.write(marked, tmp_path, ["excel"])
