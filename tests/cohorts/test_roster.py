"""Lists of people as people really save them, and the roster made of them."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from course.cohorts import roster
from course.errors import InputError

PEOPLE = (Path(__file__).parent / "people.csv").read_bytes()


def read(text: str | bytes) -> list[roster.Line]:
    return roster.read_people(text)


def refused(text: str | bytes) -> list[str]:
    return [line.refused for line in read(text)]


def fields(text: str | bytes, *names: str) -> list[tuple[str, ...]]:
    return [tuple(line.given.get(n, "") for n in names) for line in read(text)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A cohort made of the messy list, and what was said of each row."""
    folder = tmp_path_factory.mktemp("messy") / "spring"
    return folder, roster.new("Spring 2027", PEOPLE, folder)


@pytest.fixture
def cohort(made, tmp_path):
    return Path(shutil.copytree(made[0], tmp_path / "spring"))


def test_a_real_list_of_24_is_read_row_by_row_and_each_refusal_says_what_to_mend(made):
    table = made[1].set_index("row")
    assert (table["outcome"] == "added").sum() == 15
    for row, words in {
        11: "same person as row 5",
        15: "as a formula does",
        17: "not one e-mail address",
        18: "Excel made a date",
        19: "no name",
        20: "which side",
        21: "Write commissioner, provider or operations",
        24: "a formula failed",
        26: "repeats the headings",
        28: "more cells than there are headings",
    }.items():
        assert table.outcome[row] == "refused"
        assert words in table.say[row]
    assert "same name" in table.say[25]
    kept = roster.roster(made[0]).set_index("id")
    assert kept.name["sian-lockwood"] == "Siân Lockwood"
    assert kept.name["ben-whitlock"] == "Ben Whitlock"
    assert kept.email["dev-raman"] == "dev@birch.example"
    assert kept.email["carys-pugh"] == "carys.pugh@calderbrook.example"
    assert dict(kept.side.value_counts()) == {"provider": 8, "commissioner": 4, "operations": 3}


def test_learners_stand_in_nbgraders_gradebook(cohort):
    with Gradebook(f"sqlite:///{cohort / 'gradebook.db'}") as book:
        student = book.find_student("ben-whitlock")
        assert (student.first_name, student.last_name, student.email) == (
            "Ben",
            "Whitlock",
            "BEN.WHITLOCK@cedar.example",
        )
        assert len(book.students) == 15


def test_the_salt_is_made_once_and_differs_between_cohorts(cohort, handed_out_cohort):
    first = roster.about(cohort)["salt"]
    roster.import_people(cohort, PEOPLE)
    assert roster.about(cohort)["salt"] == first != roster.about(handed_out_cohort)["salt"]
    assert len(first) == 32


def test_the_same_list_again_changes_nothing(cohort):
    before = (cohort / "roster.csv").read_bytes()
    table = roster.import_people(cohort, PEOPLE)
    assert set(table["outcome"]) == {"unchanged", "refused"}
    assert (cohort / "roster.csv").read_bytes() == before


def test_a_shorter_list_takes_nobody_out_and_empty_cells_replace_nothing(cohort):
    before = roster.roster(cohort).set_index("id")
    table = roster.import_people(cohort, "name,email,side,organisation\nAmara Osei,amara.o@aspen.example,,\n")
    assert list(table["outcome"]) == ["unchanged"]
    assert roster.roster(cohort).set_index("id").equals(before)


def test_a_known_person_is_updated_and_told_what_it_was(cohort):
    table = roster.import_people(
        cohort, "id,name,e-mail\nben-whitlock,Ben Whitlock-Hale,ben@new.example\nVERA-KLINE,Vera Kline,\n"
    )
    assert list(table["outcome"]) == ["updated", "unchanged"]
    assert "name was “Ben Whitlock”" in table.say[0]
    assert len(roster.roster(cohort)) == 15
    with Gradebook(f"sqlite:///{cohort / 'gradebook.db'}") as book:
        assert book.find_student("ben-whitlock").email == "ben@new.example"


def test_a_namesake_in_a_later_list_is_never_guessed_to_be_the_same_person(cohort):
    table = roster.import_people(cohort, "name,email,side\nVera Kline,v.kline@rowan.example,provider\n")
    assert table.outcome[0] == "refused"
    assert "“id” with vera-kline" in table.say[0]
    table = roster.import_people(cohort, "id,name,email,side\nvera2,Vera Kline,v@rowan.example,provider\n")
    assert table.outcome[0] == "added"


def test_an_email_found_later_is_added_to_who_had_none(cohort):
    table = roster.import_people(cohort, "name;email\nQuentin O'Dowd;q@cedar.example")
    assert list(table["outcome"]) == ["updated"]
    assert roster.roster(cohort).set_index("id").email["quentin-odowd"] == "q@cedar.example"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
def test_every_encoding_and_separator_gives_the_same_people(encoding, separator):
    text = "Forename|Surname|Email address|Side\r\nKit|Sørensen|kit@x.example|provider\r\n"
    raw = text.replace("|", separator).encode(encoding)
    assert fields(raw, "name", "email", "side") == [("Kit Sørensen", "kit@x.example", "provider")]


def test_letters_spoilt_by_a_wrong_encoding_are_mended_and_said():
    line = read("name,side\nSiÃ¢n Ellis,buyer\n")[0]
    assert line.given["name"] == "Siân Ellis"
    assert "check it" in line.notes[0]
    assert "was lost" in refused("name,side\nSi\ufffdn,buyer\n")[0]


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+44 20", "-2+3", "@SUM(A1)", "=1+1"])
def test_cells_that_a_spreadsheet_would_run_are_refused(cell):
    assert "as a formula does" in refused(f'name,side,organisation\nAmara,buyer,"{cell}"\n')[0]


@pytest.mark.parametrize(
    "cell", ["2027-01-14 00:00:00", "14/01/2027", "01-Mar", "Mar-24", "1.23E+11", "#N/A", "######"]
)
def test_what_excel_made_of_a_cell_is_refused(cell):
    assert refused(f"id,name,side\n{cell},Amara,buyer\n")[0]


def test_hidden_letters_and_odd_spaces_are_taken_out():
    assert fields("name,side\n\u200bAmara\u00a0\u00a0Osei \u202e,buyer\n", "name") == [("Amara Osei",)]


def test_a_quotation_mark_that_is_not_closed_costs_its_own_row_only():
    told = refused('name,side\n"Amara,buyer\nBen,supplier\nCarys,ops\n')
    assert "quotation mark" in told[0]
    assert told[1:] == ["", ""]


def test_a_list_without_a_column_for_sides_says_so_in_each_row(cohort, tmp_path):
    with pytest.raises(InputError, match="no cohort was made"):
        roster.new("x", "name\n\n", tmp_path / "none")
    table = roster.import_people(cohort, "name\nAmara\n")
    assert "which side" in table.say[0]


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"PK\x03\x04rest", "Save As"),
        (b"%PDF-1.7", "Save As"),
        ("Amara,amara@x.example\n", "no heading for names"),
        (b"x" * 5_000_001, "larger than 5 MB"),
        ("name,side\n" + "x" * 200_000 + ",buyer\n", "far too long"),
    ],
    ids=["empty", "blank", "workbook", "pdf", "no headings", "large", "long cell"],
)
def test_what_is_no_list_of_people_is_refused_whole(people, words):
    with pytest.raises(InputError, match=words):
        read(people)


def test_ids_are_folders_names_on_every_system(cohort):
    table = roster.import_people(
        cohort,
        "name,side\n李雷,buyer\nCon,buyer\nÅse Ødegård,buyer\n韩梅梅,buyer\n" + "A" * 80 + ",buyer\n",
    )
    assert list(table["id"]) == ["learner", "learner-con", "ase-odegard", "learner-2", "a" * 40]
    assert "cannot name a folder" in refused("id,name,side\n../etc,Amara,buyer\n")[0]
    assert "cannot name a folder" in refused("id,name,side\nNUL,Amara,buyer\n")[0]


def test_a_folder_in_use_or_that_is_no_cohort_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="in use"):
        roster.new("x", PEOPLE, tmp_path)
    with pytest.raises(InputError, match="not a cohort's folder"):
        roster.roster(tmp_path)
    with pytest.raises(InputError, match="no name"):
        roster.new(" ", PEOPLE, tmp_path / "y")


@settings(max_examples=60)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: "name,side,email\n" + t))
def test_whatever_is_given_is_read_or_refused_in_a_sentence(people):
    try:
        lines = read(people)
    except InputError:
        return
    for line in lines:
        assert line.refused or line.name
