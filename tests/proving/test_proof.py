"""The proof holds for a sound exercise and fails for each thing that may go wrong with one."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
import yaml

from course import answers
from course.authoring import build, source
from course.cases.seeds import case_key
from course.errors import InputError
from course.grading import nbgrader_folder as folder
from course.proving import PROOF, expected, proof, prove, write_proof

SAMPLE = Path(__file__).parent.parent / "authoring"


@pytest.fixture(scope="module")
def course_folder(tmp_path_factory):
    """An nbgrader course folder made ready for the sample exercise, once."""
    root = tmp_path_factory.mktemp("course")
    return root, folder.prepare(root, "sample", SAMPLE)


@pytest.fixture
def mine(tmp_path):
    """The sample exercise with its proof, to be changed by hand."""
    shutil.copytree(SAMPLE / "sample", tmp_path / "solutions" / "sample")
    write_proof("sample", tmp_path / "solutions")
    return tmp_path


def change(place: Path, old: str, new: str) -> None:
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text.replace(old, new), encoding="utf-8")


def failing(root: Path) -> list[str]:
    """What fails in the proof, marking only what a change of keys can touch."""
    return [
        line.tried
        for line in prove("sample", root / "solutions", root / "exercises", seeds=2)
        if not line.holds
    ]


def test_a_sound_exercise_is_proved_by_really_marking_it(mine):
    build.build(mine / "exercises", mine / "solutions")
    lines = prove("sample", mine / "solutions", mine / "exercises", seeds=10)
    assert [line.tried for line in lines if not line.holds] == []
    tried = " ".join(line.tried for line in lines)
    for words in (
        "half: model answer",
        "half: doubled it",
        "steps: blank",
        "even: ticked all",
        "cells doubled",
    ):
        assert words in tried


@pytest.fixture
def short(monkeypatch):
    """Mark only the model answers and the first wrong ones: what a changed key shows in."""
    whole = proof._submissions
    monkeypatch.setattr(proof, "BREAKS", {})
    monkeypatch.setattr(proof, "_submissions", lambda p: {n: whole(p)[n] for n in ("model", "wrong-1")})


@pytest.mark.usefixtures("short")
def test_the_proof_fails_when_a_key_is_changed_by_hand(mine):
    build.build(mine / "exercises", mine / "solutions")
    exercise = mine / "solutions" / "sample" / source.SOURCE
    change(exercise, "price / 2, within=0.1", "price / 2 + 1, within=0.1")
    change(exercise, 'mark("steps", ["a", "b", "c"]', 'mark("steps", ["b", "a", "c"]')
    change(exercise, "points=0.5", "points=1")
    change(exercise, "You doubled it.", "You did something else.")
    failed = failing(mine)
    assert "half: model answer" in failed
    assert "steps: model answer" in failed
    assert "half: doubled it" in failed
    assert "colour: model answer" not in failed


@pytest.mark.usefixtures("short")
def test_the_proof_fails_when_what_learners_receive_is_out_of_date(mine):
    build.build(mine / "exercises", mine / "solutions")
    change(mine / "solutions" / "sample" / source.SOURCE, "Which is a colour?", "Which of these is a colour?")
    assert failing(mine) == ["what learners receive is what the source gives"]
    assert build.differing(mine / "exercises", mine / "solutions") == ["sample differs from its source."]


def test_an_exercise_without_a_proof_says_how_to_make_one(mine):
    (mine / "solutions" / "sample" / PROOF).unlink()
    with pytest.raises(InputError, match="academy prove sample --write"):
        prove("sample", mine / "solutions", mine / "exercises")


def test_an_answer_by_form_alone_never_earns_full_marks(tmp_path):
    shutil.copytree(SAMPLE / "sample", tmp_path / "sample")
    change(tmp_path / "sample" / source.SOURCE, '{"c": "Third", "a": "First", "b": "Second"}',
           '{"a": "First", "b": "Second", "c": "Third"}')  # fmt: skip
    with pytest.raises(InputError, match="“left as shown” earns full marks on “steps”"):
        expected(source.load("sample", "k", tmp_path))


def test_a_proof_is_text_that_an_author_can_read(mine):
    rows = yaml.safe_load((mine / "solutions" / "sample" / PROOF).read_text(encoding="utf-8"))
    assert [row["name"] for row in rows["half"]] == ["model answer", "doubled it", "slider in the middle"]
    assert rows["colour"][1] == {
        "name": "chose “seven”", "answer": "seven", "points": 0.0, "message": "Seven is a number.",
    }  # fmt: skip


def test_the_release_version_holds_no_key_no_sample_and_no_output(course_folder):
    root, _ = course_folder
    text = (root / "release" / "sample" / source.NOTEBOOK).read_text(encoding="utf-8")
    for secret in ("Divide by two", "A cow has calves", "For good reason", "HIDDEN TESTS", "MARK SCHEME"):
        assert secret not in text
    assert all(not cell.get("outputs") for cell in nbformat.reads(text, 4).cells)


def test_plain_nbgrader_on_an_untouched_hand_in_gives_the_same_marks(course_folder):
    root, made = course_folder
    handed_in = root / "submitted" / "plain" / "sample"
    shutil.copytree(root / "release" / "sample", handed_in)
    answers.record(handed_in, "half", 10 * 2)
    answers.record(handed_in, "colour", "red")
    answers.record(handed_in, "why", "Because <b>I</b> say so.")
    (root / "cohort.json").write_text(json.dumps({"salt": "s"}))
    assert build.nbgrader_api(root).autograde("sample", "plain", force=True, create=True)["success"]
    plain = {row.question: row.points for row in folder.read_marks(root, made, "plain")}
    folder.take_in(root, "sample", "ours", handed_in)
    folder.autograde(root, "sample", "ours", case_key("s", "plain"))
    ours = {row.question: row.points for row in folder.read_marks(root, made, "ours")}
    assert plain == ours
    assert plain["colour"] == 1


def test_what_was_answered_stands_in_the_marked_notebook_as_text(course_folder):
    root, _ = course_folder
    folder.submit_values(root, "sample", "shown", {"why": "Because <b>I</b> say so."})
    folder.autograde(root, "sample", "shown", "k")
    text = (root / "autograded" / "shown" / "sample" / source.NOTEBOOK).read_text(encoding="utf-8")
    assert "Because &lt;b&gt;I&lt;/b&gt; say so." in text


def test_everything_handed_in_is_kept_and_a_changed_notebook_is_told(course_folder, tmp_path):
    root, _ = course_folder
    shutil.copy(root / "release" / "sample" / source.NOTEBOOK, tmp_path)
    answers.record(tmp_path, "colour", "red")
    first = folder.take_in(root, "sample", "twice", tmp_path)
    assert first.remarks == ()
    (tmp_path / source.NOTEBOOK).write_text("not a notebook")
    second = folder.take_in(root, "sample", "twice", tmp_path)
    assert second.remarks[0].startswith("The notebook cannot be read.")
    assert (first.kept / source.NOTEBOOK).read_text() != (second.kept / source.NOTEBOOK).read_text()
