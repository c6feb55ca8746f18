"""Importing: tables on disk that can be trusted, opened safely, imported again, and never half written."""

import csv
import os

import pandas as pd
import pytest
from filelock import FileLock
from handmade import REAL, award_notice, changed, needs_real, package, saved, tender_notice
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.tenders import SCHEMAS, ImportSummary, import_notices, importing, load_tables, read_notices
from course.tenders.importing import save_csv

TENDER, AWARD = tender_notice(), award_notice()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "notices"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_folder_holds_every_table_its_dictionary_and_a_summary(tmp_path, folder):
    import_notices(saved(tmp_path, package(TENDER, AWARD)), folder)
    expected = {f"{name}.csv" for name in SCHEMAS} | {"columns.csv", "summary.txt", "as_published.jsonl.gz"}
    assert set(contents(folder)) == expected
    with (folder / "criteria.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["name"], float(row["weight"])) for row in rows] == [
        ("Quality", 50),
        ("Price", 40),
        ("Social Value", 10),
    ]


def test_tables_load_as_they_were_read(tmp_path, folder):
    awkward = changed(TENDER, ("tender", "description"), 'A "quoted", £5\nline — NA')
    awkward = changed(awkward, ("tender", "title"), "=1+1")
    path = saved(tmp_path, package(awkward, AWARD))
    import_notices(path, folder)
    loaded = load_tables(folder).named()
    for name, table in read_notices(path).named().items():
        pd.testing.assert_frame_equal(loaded[name], table)


def test_summary_can_be_read_by_people_and_programs(tmp_path, folder):
    slip = changed(AWARD, ("awards", 0, "value"), {"amountGross": 114000, "currency": "GBP"})
    other = {**AWARD, "ocid": "ocds-h6vhtk-000002", "id": "000103-2026"}
    summary = import_notices([saved(tmp_path, package(TENDER, slip, other))], folder)
    assert isinstance(summary, ImportSummary)
    assert (summary.notices, summary.procurements, summary.buyers) == (3, 2, 1)
    assert (summary.awarded_net, summary.awards_without_net) == (95000, 1)
    assert (summary.social_value_criteria, summary.social_value_weighted) == (1, 1)
    assert summary.slips.set_index("slip")["count"].to_dict() == {"gross_only": 1}
    text = (folder / "summary.txt").read_text(encoding="utf-8")
    assert text == str(summary)
    assert "3 notices about 2 procurements by 1 buyer" in text
    assert "Awarded value without VAT: £95,000, over 1 award." in text
    assert "Criteria named for social value: 1; 1 state a weight." in text
    assert "gross_only (1): Only the amount with VAT is stated." in text
    assert max(map(len, text.splitlines())) <= 110


def test_attribution_stands_only_where_notices_come_from_public_services(tmp_path, folder):
    words = "Open Government Licence v3.0"
    assert words in str(import_notices(saved(tmp_path, TENDER), folder))
    assert words not in str(import_notices(saved(tmp_path, {**TENDER, "ocid": "own-1"}), tmp_path / "own"))


def test_importing_again_adds_and_updates(tmp_path, folder):
    import_notices(saved(tmp_path, package(TENDER)), folder)
    later = {
        "ocid": TENDER["ocid"],
        "id": "2",
        "date": "2026-04-01T09:00:00Z",
        "tender": {"title": "New title"},
    }
    other = {**TENDER, "ocid": "ocds-h6vhtk-000002"}
    summary = import_notices(saved(tmp_path, package(later, other), "later.json"), folder)
    tables = load_tables(folder)
    assert (summary.read, summary.new, summary.notices) == (2, 2, 3)
    assert list(tables.notices["title"]) == ["New title", "Befriending service"]
    assert list(tables.criteria["weight"]) == [50, 40, 10] * 2


def test_importing_the_same_file_again_changes_nothing(tmp_path, folder):
    path = saved(tmp_path, package(TENDER, AWARD))
    import_notices(path, folder)
    before = load_tables(folder).named()
    summary = import_notices(path, folder)
    assert (summary.read, summary.new) == (2, 0)
    for name, table in load_tables(folder).named().items():
        pd.testing.assert_frame_equal(table, before[name])


def test_import_order_does_not_matter(tmp_path, folder):
    a, b = saved(tmp_path, TENDER, "a.json"), saved(tmp_path, AWARD, "b.json")
    import_notices(a, folder)
    import_notices(b, folder)
    import_notices([b, a], tmp_path / "other")
    one, two = load_tables(folder).named(), load_tables(tmp_path / "other").named()
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, two[name])


def test_bad_file_leaves_everything_as_it_was(tmp_path, folder):
    import_notices(saved(tmp_path, package(TENDER)), folder)
    before = contents(folder)
    files = [saved(tmp_path, package(AWARD), "good.json"), saved(tmp_path, '{"releases": [', "cut.json")]
    with pytest.raises(InputError, match="1 of 2 files cannot be used, so nothing was read"):
        import_notices(files, folder)
    assert contents(folder) == before
    with pytest.raises(InputError):
        import_notices(files, tmp_path / "never")
    assert {path.name for path in tmp_path.iterdir()} == {"notices.json", "good.json", "cut.json", "notices"}


@pytest.mark.parametrize("failing_rename", [1, 2])
def test_failure_while_swapping_leaves_everything_as_it_was(tmp_path, folder, monkeypatch, failing_rename):
    import_notices(saved(tmp_path, package(TENDER)), folder)
    before = contents(folder)
    real, calls = os.replace, []

    def rename(old, new):
        calls.append(old)
        if len(calls) == failing_rename:
            raise PermissionError(13, "Permission denied")
        real(old, new)

    monkeypatch.setattr(importing.os, "replace", rename)
    with pytest.raises(InputError, match="cannot be written"):
        import_notices(saved(tmp_path, package(AWARD), "b.json"), folder)
    assert contents(folder) == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_import_cut_off_between_the_renames_is_recovered(tmp_path, folder):
    path = saved(tmp_path, package(TENDER))
    import_notices(path, folder)
    folder.rename(tmp_path / ".notices.before-import")
    summary = import_notices(saved(tmp_path, package(AWARD), "b.json"), folder)
    assert summary.notices == 2
    assert not (tmp_path / ".notices.before-import").exists()


def test_other_files_in_the_folder_are_kept(tmp_path, folder):
    path = saved(tmp_path, package(TENDER))
    import_notices(path, folder)
    (folder / "my notes.txt").write_text("ask about lot 2")
    (folder / "charts").mkdir()
    (folder / "charts" / "a.txt").write_text("a")
    import_notices(path, folder)
    assert (folder / "my notes.txt").read_text() == "ask about lot 2"
    assert (folder / "charts" / "a.txt").read_text() == "a"


def test_folders_that_cannot_be_used_are_told_plainly(tmp_path, folder):
    path = saved(tmp_path, package(TENDER))
    with pytest.raises(InputError, match="holds other files"):
        import_notices(path, tmp_path)
    with pytest.raises(InputError, match="is a file, not a folder"):
        import_notices(path, path)
    with pytest.raises(InputError, match="cannot be written"):
        import_notices(path, path / "below a file")
    folder.mkdir()
    import_notices(path, folder)
    (folder / "as_published.jsonl.gz").write_bytes(b"\x1f\x8bdamaged")
    with pytest.raises(InputError, match="is damaged"):
        import_notices(path, folder)


def test_two_imports_into_one_folder_wait_for_each_other(tmp_path, folder, monkeypatch):
    path = saved(tmp_path, package(TENDER))
    locks = []
    monkeypatch.setattr(
        importing, "FileLock", lambda name, timeout: locks.append(name) or FileLock(name, timeout=timeout)
    )
    import_notices(path, folder)
    with FileLock(locks[0]), pytest.raises(InputError, match="Another import"):
        import_notices(path, folder)


def test_loading_what_was_not_imported_is_told_plainly(tmp_path, folder):
    with pytest.raises(InputError, match="holds no imported notices"):
        load_tables(tmp_path)
    import_notices(saved(tmp_path, package(TENDER)), folder)
    (folder / "lots.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"lots\.csv was changed or damaged"):
        load_tables(folder)


def test_cells_that_spreadsheets_would_run_are_made_safe(tmp_path, folder):
    provider = '=HYPERLINK("https://example.org","Teasel")'
    notice = changed(AWARD, ("awards", 0, "suppliers", 0, "name"), provider)
    notice = changed(notice, ("parties", 1, "name"), provider)
    import_notices(saved(tmp_path, package(notice)), folder)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert load_tables(folder).suppliers["name"][0] == provider


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")), min_size=1, max_size=8))
def test_safe_cells_never_begin_with_a_formula_and_can_be_undone(tmp_path_factory, texts):
    texts = [prefix + text for text in texts for prefix in ("", "=", "'=", "'", "-")]
    path = tmp_path_factory.getbasetemp() / "safe.csv"
    save_csv(pd.DataFrame({"text": pd.Series(texts, dtype="str")}), path)
    cells = pd.read_csv(path, dtype="str", keep_default_na=False)["text"]
    assert not cells.str.match(r"[=+\-@\t\r]").any()
    assert [importing._loaded(cell, "str") for cell in cells] == texts


def test_numbers_below_nought_stay_numbers(tmp_path):
    save_csv(pd.DataFrame({"change": [-1.5]}), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().splitlines() == ["change", "-1.5"]


@needs_real
def test_real_notices_import_and_add_up(tmp_path):
    summary = import_notices(sorted(REAL.glob("*.json")), tmp_path / "real")
    assert (summary.notices, summary.procurements) == (17, 15)
    assert summary.social_value_weighted == 1
    # The repeated award of £22,682,504.94 counts once among the nine that state a value without VAT.
    expected = 700_000 + 600_000 + 132_960 + 4_050 + 22_682_504.94 + 3_419_480 + 347_145 + 211_232 + 31_715
    assert summary.awarded_net == pytest.approx(expected)
