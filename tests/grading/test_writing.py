"""Free text marked by people: what counts, what is hidden, what the record and the gradebook say."""

import sqlite3
from pathlib import Path

import pytest

from course.errors import InputError
from course.grading import engine, nbgrader_folder, writing
from course.grading.feedback import write_feedback

SAMPLE = Path(__file__).parent.parent / "authoring"
TEXTS = {"ana": "Because people asked for it.", "ben": "We measured it.", "cy": "", "di": "It is the law."}


def states(root, made):
    return {piece.learner: piece.state for piece in writing.pieces(root, made)}


def in_gradebook(root, learner):
    """The manual score, whether a person is still needed, and the comment."""
    query = """
        select g.manual_score, g.needs_manual_grade, c.manual_comment
        from grade g join base_cell b on b.id = g.cell_id join submitted_notebook n on n.id = g.notebook_id
        join submitted_assignment s on s.id = n.assignment_id
        join comment c on c.notebook_id = n.id and c.cell_id = b.id
        where b.name = 'rubric-why' and s.student_id = ?"""
    with sqlite3.connect(root / "gradebook.db") as book:
        return book.execute(query, [learner]).fetchone()


def test_after_marking_by_machine_writing_waits_and_a_blank_needs_nobody(root, made):
    assert states(root, made) == {"ana": "unmarked", "ben": "unmarked", "cy": "blank", "di": "unmarked"}
    assert writing.settle(root, made) == 0
    assert in_gradebook(root, "cy") == (0.0, 0, None)
    assert in_gradebook(root, "ana")[1] == 1
    assert states(root, made)["cy"] == "blank"


def test_one_markers_scores_count_at_once_and_stand_in_the_gradebook_with_the_comment(root, made):
    piece = writing.mark(root, made, "ana", "why", "Tess", [3, 2, 1, 0], "Say who asked.")
    assert (piece.state, piece.settled.points) == ("marked", 6)
    assert in_gradebook(root, "ana") == (6.0, 0, "Say who asked.")
    writing.mark(root, made, "ana", "why", "Tess", [3, 3, 1, 0], "Better on a second reading.")
    assert in_gradebook(root, "ana")[0] == 7.0
    assert list(writing.history(root, "sample")["scores"]) == [[3, 2, 1, 0], [3, 3, 1, 0]]


def test_a_second_marker_sees_no_scores_before_giving_some(root, made):
    writing.set_markers(root, 2)
    piece = writing.mark(root, made, "ana", "why", "Tess", [3, 2, 1, 0], "Say who asked.")
    assert piece.state == "half"
    assert in_gradebook(root, "ana")[1] == 1
    hidden = writing.for_marker(piece, "Umar")
    assert (hidden.marks, hidden.settled, hidden.state) == ((), None, "unmarked")
    assert writing.for_marker(piece, "Tess") == piece


def test_two_who_agree_settle_it_and_two_who_differ_settle_it_together(root, made):
    writing.set_markers(root, 2)
    for marker in ("Tess", "Umar"):
        writing.mark(root, made, "ana", "why", marker, [2, 2, 2, 2])
    assert states(root, made)["ana"] == "marked"
    writing.mark(root, made, "ben", "why", "Tess", [2, 2, 2, 2])
    assert writing.mark(root, made, "ben", "why", "Umar", [1, 2, 2, 2]).state == "differ"
    assert in_gradebook(root, "ben")[1] == 1
    assert (
        writing.mark(root, made, "ben", "why", writing.AGREED, [2, 2, 2, 2], "As read again.").state
        == "marked"
    )
    assert in_gradebook(root, "ben") == (8.0, 0, "As read again.")


def test_agreement_is_reckoned_before_the_markers_settled(root, made):
    writing.set_markers(root, 2)
    given = {
        "ana": ([0, 3, 1, 2], [0, 3, 1, 2]),
        "ben": ([3, 0, 2, 2], [3, 0, 2, 1]),
        "di": ([1, 1, 3, 0], [1, 1, 3, 0]),
    }
    for learner, (one, two) in given.items():
        writing.mark(root, made, learner, "why", "Tess", one)
        writing.mark(root, made, learner, "why", "Umar", two)
    writing.mark(root, made, "ben", "why", writing.AGREED, [3, 0, 2, 2])
    table = writing.agreement(root, made, "why").set_index("criterion")
    assert list(table["answers"]) == [3] * 5
    assert table.loc["A", "same"] == 1
    assert table.loc["A", "alpha"] == 1
    assert table.loc["D", "same"] == pytest.approx(2 / 3)
    assert table.loc["D", "alpha"] < 1


def test_a_text_handed_in_anew_is_marked_anew(root, made):
    writing.mark(root, made, "ana", "why", "Tess", [3, 3, 3, 3])
    nbgrader_folder.submit_values(root, "sample", "ana", {"why": "Something else."})
    piece = next(p for p in writing.pieces(root, made) if p.learner == "ana")
    assert (piece.state, piece.earlier, piece.marks) == ("unmarked", True, ())
    writing.settle(root, made)
    assert in_gradebook(root, "ana")[:2] == (None, 1)


def test_a_score_given_in_nbgraders_own_pages_stays_and_is_said(root, made):
    with sqlite3.connect(root / "gradebook.db") as book:
        book.execute(
            "update grade set manual_score = 5, needs_manual_grade = 0 where cell_id ="
            " (select id from base_cell where name = 'rubric-why') and notebook_id in (select n.id from"
            " submitted_notebook n join submitted_assignment s on s.id = n.assignment_id"
            " where s.student_id = 'di')"
        )
    assert states(root, made)["di"] == "outside"
    writing.settle(root, made)
    assert in_gradebook(root, "di")[:2] == (5.0, 0)


def test_the_gradebook_is_brought_up_to_a_record_that_a_crash_left_ahead_of_it(root, made, monkeypatch):
    monkeypatch.setattr(writing, "_to_gradebook", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        writing.mark(root, made, "ana", "why", "Tess", [1, 1, 1, 1], "Kept.")
    monkeypatch.undo()
    with (root / "moderation" / "sample.jsonl").open("a") as record:
        record.write('{"at": "cut off')
    assert writing.settle(root, made) == 1
    assert in_gradebook(root, "ana") == (4.0, 0, "Kept.")
    writing.mark(root, made, "ben", "why", "Tess", [1, 0, 0, 0])
    assert states(root, made)["ben"] == "marked"


def test_marking_again_by_machine_keeps_what_people_gave(root, made):
    writing.mark(root, made, "ana", "why", "Tess", [3, 2, 1, 0], "Say who asked.")
    engine.grade(root, "sample", ["ana"], workers=1, cases=lambda _: "k", force=True)
    writing.settle(root, made)
    assert in_gradebook(root, "ana") == (6.0, 0, "Say who asked.")


def test_the_engine_settles_writing_by_itself_in_a_cohort(root, made):
    (root / "cohort.json").write_text('{"salt": "aa"}')
    writing.mark(root, made, "ana", "why", "Tess", [3, 2, 1, 0], "Say who asked.")
    engine.grade(root, "sample", ["ana", "cy"], workers=1, cases=lambda _: "k", force=True)
    assert in_gradebook(root, "ana") == (6.0, 0, "Say who asked.")
    assert in_gradebook(root, "cy") == (0.0, 0, None)
    assert in_gradebook(root, "ben")[:2] == (None, 1)


def test_the_engine_settles_also_what_was_marked_before_it_was_killed(root, made, monkeypatch):
    (root / "cohort.json").write_text('{"salt": "aa"}')
    monkeypatch.setattr(writing, "_to_gradebook", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        writing.mark(root, made, "ana", "why", "Tess", [1, 1, 1, 1], "Kept.")
    monkeypatch.undo()
    assert not engine.grade(root, "sample", workers=1, cases=lambda _: "k").marked
    assert in_gradebook(root, "ana") == (4.0, 0, "Kept.")


def test_comments_used_most_come_first(root, made):
    for learner, comment in (("ana", "Name the source."), ("ben", "Say how many."), ("di", "Say how many.")):
        writing.mark(root, made, learner, "why", "Tess", [1, 1, 1, 1], comment)
    assert writing.comment_bank(root, "sample") == ["Say how many.", "Name the source."]


def test_a_sample_shows_a_marker_where_they_stand(made):
    assert writing.calibration(made.rubrics["why"], "weak", [0, 1, 0, 1]) == [
        ("A", 0, 0), ("B", 1, 0), ("C", 0, 0), ("D", 1, 1),
    ]  # fmt: skip
    with pytest.raises(InputError, match="There are: weak, strong"):
        writing.calibration(made.rubrics["why"], "middling", [0, 0, 0, 0])


@pytest.mark.parametrize(
    ("learner", "question", "marker", "scores", "said"),
    [
        ("ana", "why", "Tess", [1, 2, 3], "each of the 4 criteria; there are 3"),
        ("ana", "why", "Tess", [1, 2, 3, 4], "“D” is 4. It must be 0, 1, 2 or 3"),
        ("ana", "why", "  ", [1, 2, 3, 0], "Say who marks"),
        ("ana", "act", "Tess", [1, 2, 3, 0], "“act” is not free text of sample. Free text there: why"),
        ("zed", "why", "Tess", [1, 2, 3, 0], "zed has not handed in sample"),
        ("ana", "why", writing.AGREED, [1, 2, 3, 0], "Both markers mark first"),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_what_to_do(
    root, made, learner, question, marker, scores, said
):
    with pytest.raises(InputError, match=said):
        writing.mark(root, made, learner, question, marker, scores)
    assert not (root / "moderation").exists()


def test_with_one_marker_a_second_is_told_that_it_is_done(root, made):
    writing.mark(root, made, "ana", "why", "Tess", [1, 1, 1, 1])
    with pytest.raises(InputError, match="Tess marked this answer already"):
        writing.mark(root, made, "ana", "why", "Umar", [2, 2, 2, 2])


def test_the_learners_page_shows_the_scores_and_the_comment(root, made):
    writing.mark(root, made, "ana", "why", "Tess", [3, 2, 1, 0], "Say <who> asked.")
    [ana, ben] = write_feedback(root, made, ["ana", "ben"])
    text = ana.read_text(encoding="utf-8")
    assert "6 of 12 points for your writing" in text
    assert "Say &lt;who&gt; asked." in text
    assert text.count('<td class="given">✓') == 4
    assert "Your writing waits for a person" in ben.read_text(encoding="utf-8")
