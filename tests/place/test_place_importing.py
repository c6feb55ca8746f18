import json
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock

from course.errors import InputError
from course.place import importing
from course.place.importing import import_place_files, load_ledger
from course.place.ledger import import_ledger

LEDGER = "Supplier,Date,Net Amount,Invoice Number\n"
DEPRIVATION = "lsoa21_code,IMD_rank\nE01000001,5\nS01000001,6\n"


@pytest.fixture
def into(tmp_path):
    return tmp_path / "mine" / "place"


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_three_kinds_of_file_are_told_apart_and_written(write, place, into):
    files = [
        write(LEDGER + "A,1/4/24,5,I1\nB,soon,6,I2\n", "april.csv"),
        write(DEPRIVATION, "imd.csv"),
        place / "neighbourhoods.geojson",
    ]
    report = import_place_files(files, into)
    assert report.values.tolist() == [
        ["april.csv", "ledger", 1, 1, 0, "ledger.csv"],
        ["imd.csv", "deprivation", 1, 1, 0, "deprivation_2025_neighbourhood.csv"],
        ["neighbourhoods.geojson", "boundaries", 120, 0, 0, "boundaries_neighbourhoods.geojson"],
    ]
    assert names(into) == [
        "boundaries_neighbourhoods.geojson",
        "deprivation_2025_neighbourhood.csv",
        "deprivation_2025_neighbourhood_issues.csv",
        "ledger.csv",
        "ledger_issues.csv",
    ]
    assert len(json.loads((into / "boundaries_neighbourhoods.geojson").read_text())["features"]) == 120
    issues = pd.read_csv(into / "ledger_issues.csv")
    assert issues[["row", "problem", "source"]].values.tolist() == [
        [3, "This is not a date, day before month.", "april.csv"]
    ]
    assert pd.read_csv(into / "deprivation_2025_neighbourhood.csv")["code"].tolist() == ["E01000001"]


def test_a_line_refused_for_two_reasons_counts_once(write, into):
    report = import_place_files([write("Supplier,Date,Amount\nA,1/4/24,5\nB,soon,lots\n")], into)
    assert report[["refused", "notes"]].values.tolist() == [[1, 1]]


def test_a_loaded_ledger_is_the_one_that_was_imported(place, into):
    import_place_files([place / "ledger.csv"], into)
    loaded = load_ledger(into)
    imported, _ = import_ledger(place / "ledger.csv")
    assert loaded.pop("source").unique().tolist() == ["ledger.csv"]
    pd.testing.assert_frame_equal(loaded, imported, check_dtype=False)
    assert loaded["amount"].dtype == "float64"
    assert loaded["redacted"].dtype == "bool"
    assert loaded["row"].dtype == "int64"
    assert loaded["date"].dt.year.min() == 2024


def test_later_ledgers_are_added_and_a_file_imported_again_takes_its_own_place(write, into):
    april = write(LEDGER + "A,1/4/24,5,I1\nB,soon,6,I2\n", "april.csv")
    import_place_files([april], into)
    import_place_files([write(LEDGER + "C,1/5/24,7,I3\n", "may.csv")], into)
    assert load_ledger(into)["supplier"].tolist() == ["A", "C"]
    april.write_text(LEDGER + "A,1/4/24,50,I1\n")
    import_place_files([april], into)
    loaded = load_ledger(into)
    assert loaded[["supplier", "amount", "source"]].values.tolist() == [
        ["C", 7, "may.csv"],
        ["A", 50, "april.csv"],
    ]
    assert pd.read_csv(into / "ledger_issues.csv").empty
    assert b"\r" not in (into / "ledger.csv").read_bytes()


def test_a_table_that_does_not_change_does_not_keep_others_from_changing(write, into):
    ledger, areas = write(LEDGER + "A,1/4/24,5,I1\n", "april.csv"), write(DEPRIVATION, "imd.csv")
    import_place_files([areas, ledger], into)
    ledger.write_text(LEDGER + "A,1/4/24,50,I1\n")
    import_place_files([areas, ledger], into)
    assert load_ledger(into)["amount"].tolist() == [50]


def test_what_stood_there_before_is_kept_and_what_does_not_change_is_left_alone(write, into):
    one = write(DEPRIVATION, "imd.csv")
    table = into / "deprivation_2025_neighbourhood.csv"
    import_place_files([one], into)
    first = table.read_bytes()
    import_place_files([one], into)
    assert not list(into.glob("*.before-*"))
    for rank in (7, 8):
        one.write_text(DEPRIVATION.replace(",5", f",{rank}"))
        import_place_files([one], into)
    assert (into / f"{table.name}.before-1").read_bytes() == first
    assert ",7," in (into / f"{table.name}.before-2").read_text()
    assert ",8," in table.read_text()
    assert len(names(into)) == 4


def test_other_files_in_the_folder_are_let_be(write, into):
    into.mkdir(parents=True)
    (into / "notes.txt").write_text("mine")
    import_place_files([write(DEPRIVATION)], into)
    assert (into / "notes.txt").read_text() == "mine"


def test_one_bad_file_stops_all_and_every_bad_file_is_named(write, tmp_path, into):
    good = write(DEPRIVATION, "imd.csv")
    bad = write("a,b\n1,2\n", "other.csv")
    with pytest.raises(InputError) as error:
        import_place_files([good, bad, tmp_path / "gone.csv"], into)
    assert str(error.value).startswith("other.csv has no column for supplier or date or amount.")
    assert str(error.value).endswith("gone.csv cannot be opened. Check the file name and folder.")
    assert not into.exists()


def test_two_files_never_make_one_table(write, tmp_path, into):
    other = tmp_path / "other"
    other.mkdir()
    for name, text, message in (
        (
            "imd.csv",
            DEPRIVATION,
            "imd.csv would take the place of deprivation_2025_neighbourhood.csv from another",
        ),
        (
            "april.csv",
            LEDGER + "A,1/4/24,5,I1\n",
            "Two ledgers are called april.csv. Rename one of them first.",
        ),
    ):
        (other / name).write_text(text)
        with pytest.raises(InputError) as error:
            import_place_files([write(text, name), other / name], into)
        assert str(error.value).startswith(message)


def test_no_file_is_refused(into):
    with pytest.raises(InputError, match="^No file is named. Name at least one file to import.$"):
        import_place_files([], into)


def test_a_ledger_that_is_not_ours_is_never_written_over(write, into):
    into.mkdir(parents=True)
    (into / "ledger.csv").write_text("my,own\n1,2\n")
    with pytest.raises(InputError) as error:
        import_place_files([write(LEDGER + "A,1/4/24,5,I1\n")], into)
    assert "ledger.csv was not written by an import. Move it away, or import into another" in str(error.value)
    assert names(into) == ["ledger.csv"]
    assert (into / "ledger.csv").read_text() == "my,own\n1,2\n"


def test_a_folder_that_cannot_be_made_is_told(write, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        InputError, match=r"^The folder .*file.inside cannot be written \(.+\)\. Choose another folder"
    ):
        import_place_files([write(DEPRIVATION)], tmp_path / "file" / "inside")


def test_a_cut_off_import_leaves_the_old_tables_whole(write, into, monkeypatch):
    one = write(DEPRIVATION)
    import_place_files([one], into)
    before = {path.name: path.read_bytes() for path in into.iterdir()}

    moved = []

    def break_off(source, _):
        moved.append(Path(source))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(importing.os, "replace", break_off)
    one.write_text(DEPRIVATION.replace(",5", ",9"))
    with pytest.raises(InputError, match="No space left on device"):
        import_place_files([one], into)
    after = {path.name: path.read_bytes() for path in into.iterdir()}
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {"deprivation_2025_neighbourhood.csv.before-1"}
    # What is new was waiting on the same disk, so that one step puts it in place.
    assert moved[0].parents[1] == into.resolve()


def test_two_imports_into_one_folder_wait_for_each_other(write, into, monkeypatch):
    held = []

    def hold(path, timeout):
        held.append(FileLock(path))
        held[0].acquire()
        return FileLock(path, timeout=timeout)

    monkeypatch.setattr(importing, "FileLock", hold)
    try:
        with pytest.raises(
            InputError, match="^Another import into .* is running. Wait until it has finished.$"
        ):
            import_place_files([write(DEPRIVATION)], into)
    finally:
        held[0].release()


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+44 Ltd", "-Dash Ltd", "@Home Care", "'=quoted"])
def test_text_that_a_spreadsheet_would_run_is_written_as_text_and_read_back_as_it_was(write, into, name):
    import_place_files([write(LEDGER + f"{name},1/4/24,-5,I1\n")], into)
    cells = (into / "ledger.csv").read_text().splitlines()[1].split(",")
    assert cells[2] == f"'{name}"
    assert "-5.0" in cells
    assert load_ledger(into)["supplier"].tolist() == [name]


def test_an_apostrophe_that_guards_nothing_stays(write, into):
    import_place_files([write(LEDGER + "'Tis Ltd,1/4/24,5,I1\n")], into)
    assert load_ledger(into)["supplier"].tolist() == ["'Tis Ltd"]


def test_a_ledger_that_is_missing_or_changed_is_not_loaded(write, into, tmp_path):
    with pytest.raises(InputError, match="holds no imported ledger. Import one into it first.$"):
        load_ledger(tmp_path)
    import_place_files([write(LEDGER + "A,1/4/24,5,I1\n")], into)
    text = (into / "ledger.csv").read_text()
    for damaged in (
        text.replace("supplier_id", "x"),
        text.replace("5.0", "five"),
        text.replace("False", "no"),
        "",
    ):
        (into / "ledger.csv").write_text(damaged)
        with pytest.raises(InputError, match="ledger.csv was changed or damaged. Import the ledger again.$"):
            load_ledger(into)
