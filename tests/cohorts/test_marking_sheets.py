"""Writing marked in a spreadsheet: what a sheet shows and hides, and what is taken from it or refused."""

import csv
import io
import sqlite3
from contextlib import closing

import pytest

from course import answers
from course.authoring import build, source
from course.cohorts import marking_sheets
from course.errors import InputError
from course.grading import writing

QUESTION = "model-question"


@pytest.fixture(scope="module")
def made():
    return source.load("m04-asking", build.BUILD_KEY)


@pytest.fixture
def root(marked):
    """A cohort of twelve in which nobody has marked any writing."""
    for record in (marked / writing.FOLDER).glob("*.jsonl"):
        record.unlink()
    with closing(sqlite3.connect(marked / "gradebook.db")) as book:
        book.execute(
            "update grade set manual_score = null, needs_manual_grade = 1 where cell_id in "
            "(select id from base_cell where name like 'rubric-%')"
        )
        book.commit()
    writing.set_markers(marked, 2)
    return marked


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def filled(text: str, made, scores, comment: str = "", separator: str = ",") -> str:
    """Fill a sheet in as a person does, and save it as their spreadsheet does."""
    rows = rows_of(text)
    criteria = list(made.rubrics[QUESTION].criteria)
    for row in rows:
        if not row["learner"].startswith("#"):
            given = scores(row) if callable(scores) else scores
            row |= {c: str(s) for c, s in zip(criteria, given, strict=True)} | {"comment": comment}
    saved = io.StringIO()
    writer = csv.DictWriter(saved, rows[0].keys(), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return saved.getvalue()


def test_a_sheet_shows_the_rubric_the_samples_and_each_answer_that_waits(root, made):
    rubric = made.rubrics[QUESTION]
    rows = rows_of(marking_sheets.blank(root, made, QUESTION, "Tess"))
    first = next(iter(rubric.criteria))
    assert [row[first] for row in rows[:4]] == list(rubric.criteria[first])
    assert [row["learner"] for row in rows[4:6]] == [f"# sample {s.name}" for s in rubric.samples]
    waiting = {p.learner for p in writing.pieces(root, made) if p.state == "unmarked"}
    assert {row["learner"] for row in rows[6:]} == waiting
    assert len(waiting) > 5


def test_a_second_marker_sees_nothing_of_the_first_ones_scores(root, made):
    sheet = marking_sheets.blank(root, made, QUESTION, "Tess")
    marking_sheets.take_in(root, made, "Tess", filled(sheet, made, [3, 3, 1, 0], "Say by when.").encode())
    other = marking_sheets.blank(root, made, QUESTION, "Umar")
    assert "Tess" not in other
    assert "Say by when." not in other
    assert len(rows_of(other)) == len(rows_of(sheet))


def test_two_markers_and_what_they_settle_reach_the_gradebook(root, made):
    first = marking_sheets.blank(root, made, QUESTION, "Tess")
    second = marking_sheets.blank(root, made, QUESTION, "Umar")
    marking_sheets.take_in(root, made, "Tess", filled(first, made, [2, 2, 2, 2]).encode())
    odd = rows_of(first)[6]["learner"]
    text = filled(second, made, lambda row: [1, 2, 2, 2] if row["learner"] == odd else [2, 2, 2, 2])
    marking_sheets.take_in(root, made, "Umar", text.encode("utf-8-sig"))
    to_settle = marking_sheets.blank(root, made, QUESTION, writing.AGREED)
    [row] = rows_of(to_settle)[6:]
    assert row["learner"] == odd
    assert row["given so far"] == "Tess: 2 2 2 2; Umar: 1 2 2 2"
    marking_sheets.take_in(
        root, made, writing.AGREED, filled(to_settle, made, [2, 2, 2, 1], "Settled.").encode()
    )
    settled = {p.learner: p.settled for p in writing.pieces(root, made)}
    assert (settled[odd].points, settled[odd].comment) == (7, "Settled.")
    assert set(marking_sheets.standing(root, made)["state"]) <= {"marked", "nothing written"}
    with pytest.raises(InputError, match="Nothing of m04-asking waits to be settled"):
        marking_sheets.blank(root, made, QUESTION, writing.AGREED)


@pytest.mark.parametrize(("separator", "encoding"), [(";", "cp1252"), ("\t", "utf-16"), (",", "utf-8-sig")])
def test_a_sheet_is_read_as_spreadsheets_save_it(root, made, separator, encoding):
    sheet = marking_sheets.blank(root, made, QUESTION, "Tess")
    text = filled(sheet, made, ["3", "2.0", "1", "0"], "Ask for £ a day – each quarter.", separator)
    table = marking_sheets.take_in(root, made, "Tess", text.encode(encoding, errors="replace"))
    assert set(table["outcome"]) == {"marked"}
    record = writing.history(root, made.id)
    assert set(record["comment"]) == {"Ask for £ a day – each quarter."}
    assert record["scores"].map(tuple).unique().tolist() == [(3, 2, 1, 0)]


def test_taking_a_sheet_in_again_changes_nothing(root, made):
    sheet = filled(marking_sheets.blank(root, made, QUESTION, "Tess"), made, [2, 2, 2, 2]).encode()
    marking_sheets.take_in(root, made, "Tess", sheet)
    before = writing.history(root, made.id)
    assert set(marking_sheets.take_in(root, made, "Tess", sheet)["outcome"]) == {"same"}
    assert writing.history(root, made.id).equals(before)


def test_a_row_that_cannot_stand_is_refused_alone_and_rows_left_empty_are_passed_over(root, made):
    rows = rows_of(marking_sheets.blank(root, made, QUESTION, "Tess"))
    ids = [row["learner"] for row in rows[6:]]
    scores = {ids[0]: [4, 2, 2, 2], ids[1]: ["", 2, 2, 2], ids[2]: [2, 2, 2, 2], ids[3]: [""] * 4}
    blank = marking_sheets.blank(root, made, QUESTION, "Tess")
    text = filled(blank, made, lambda row: scores.get(row["learner"], [""] * 4))
    text = text.replace(f"{ids[2]},", "nobody-here,", 1)
    table = marking_sheets.take_in(root, made, "Tess", text.encode())
    first = next(iter(made.rubrics[QUESTION].criteria))
    assert table["outcome"].tolist() == ["refused"] * 3
    assert table["say"].tolist() == [
        f"“4” is no score for “{first}”. Write 0, 1, 2 or 3.",
        f"There is no score for “{first}”. Write 0, 1, 2 or 3.",
        "“nobody-here” has not handed in m04-asking. Check the learner's id.",
    ]
    assert writing.history(root, made.id).empty


def test_scores_of_an_answer_that_was_replaced_since_do_not_count(root, made):
    text = filled(marking_sheets.blank(root, made, QUESTION, "Tess"), made, [2, 2, 2, 2])
    learner = rows_of(text)[6]["learner"]
    answers.record(root / "submitted" / learner / made.id, QUESTION, "Another text altogether.")
    table = marking_sheets.take_in(root, made, "Tess", text.encode()).set_index("learner")
    assert table.loc[learner, "say"].startswith("The answer was replaced since this sheet was written.")
    assert (table.drop(learner)["outcome"] == "marked").all()


def test_an_answer_that_looks_like_a_formula_is_made_safe(root, made):
    learner = next(p.learner for p in writing.pieces(root, made) if p.state == "unmarked")
    answers.record(root / "submitted" / learner / made.id, QUESTION, "=HYPERLINK(1)")
    rows = {row["learner"]: row for row in rows_of(marking_sheets.blank(root, made, QUESTION, "Tess"))}
    assert rows[learner]["answer"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("file", [b"", b"PK\x03\x04", b"learner,score\nana,3\n", b"name;Wert\n"])
def test_what_is_no_sheet_is_refused_in_a_sentence(root, made, file):
    with pytest.raises(InputError, match="This is not a marking sheet"):
        marking_sheets.take_in(root, made, "Tess", file)


def test_nobody_marks_without_a_name_and_a_heading_taken_out_is_named(root, made):
    with pytest.raises(InputError, match="Say who marks"):
        marking_sheets.blank(root, made, QUESTION, " ")
    with pytest.raises(InputError, match="is not free text of m04-asking"):
        marking_sheets.blank(root, made, "tipping-weight", "Tess")
    first = next(iter(made.rubrics[QUESTION].criteria))
    text = marking_sheets.blank(root, made, QUESTION, "Tess").replace(first, "Criterion", 1)
    with pytest.raises(InputError, match=f"no column “{first}”"):
        marking_sheets.take_in(root, made, "Tess", text.encode())
