"""From an author's text file to an nbgrader assignment."""

import shutil
from pathlib import Path

import pytest

from course.authoring import source
from course.errors import InputError

SAMPLE = Path(__file__).parent


@pytest.fixture
def written(tmp_path):
    """Write an exercise called `mine` with other text in place of some of the sample's."""

    def write(old: str, new: str) -> Path:
        text = (SAMPLE / "sample" / source.SOURCE).read_text(encoding="utf-8")
        assert old in text
        place = tmp_path / "mine" / source.SOURCE
        place.parent.mkdir(exist_ok=True)
        place.write_text(text.replace(old, new), encoding="utf-8")
        return tmp_path

    return write


def test_loading_runs_the_exercise_once_and_gathers_questions_keys_and_rubrics():
    made = source.load("sample", "k", SAMPLE)
    assert list(made.questions) == ["half", "colour", "even", "steps", "young", "split", "act", "why"]
    assert list(made.keys) == list(made.questions)[:-1]
    assert list(made.rubrics) == ["why"]
    assert made.points == 10


def test_each_learner_has_a_case_of_their_own():
    halves = {source.load("sample", f"k{n}", SAMPLE).keys["half"].correct for n in range(12)}
    assert halves == {5, 10, 15}


def test_loading_leaves_no_trace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source.load("sample", "k", SAMPLE)
    assert list(tmp_path.iterdir()) == []
    assert Path.cwd() == tmp_path


def test_the_author_writes_no_nbgrader_metadata_and_the_assignment_has_all_of_it():
    notebook = source.assignment(source.load("sample", "k", SAMPLE))
    kinds = {c.id: c.metadata.get("nbgrader", {}) for c in notebook.cells}
    assert kinds["mark-half"]["grade"]
    assert kinds["mark-half"]["points"] == 2
    assert kinds["rubric-why"]["task"]
    assert kinds["rubric-why"]["points"] == 12
    assert kinds["question-half"]["locked"]
    assert not kinds["question-half"]["grade"]


def test_every_key_is_in_a_hidden_region_and_every_sample_in_a_mark_scheme():
    notebook = source.assignment(source.load("sample", "k", SAMPLE))
    for cell in notebook.cells:
        if cell.id.startswith("mark-"):
            first, begin, *_, end = cell.source.splitlines()
            assert first.startswith("# “Mark my work” marks question")
            assert (begin, end) == ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
    rubric = next(c.source for c in notebook.cells if c.id == "rubric-why")
    assert (
        rubric.index("BEGIN MARK SCHEME") < rubric.index("For good reason.") < rubric.index("END MARK SCHEME")
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('mark("act", ["Public', '(lambda *a, **k: 0)("act", ["Public', "nothing marks the question “act”"),
        ('"dog": "A dog is an animal."', '"dog": ""', "no reason for “dog”"),
        ("price / 2", "1 / 0", "ZeroDivisionError"),
        ("points=0.5", "points=2", "earns 2"),
        ('"B": ["0", "1", "2", "3"]', '"B": ["0", "1", "2"]', "four criteria"),
        ('mark("half"', 'mark("third"', "“third” is not asked"),
        ("[3, 3, 3, 3]", "[3, 3, 3, 4]", "four scores from 0 to 3"),
    ],
)
def test_a_source_that_cannot_mark_fairly_is_refused_with_the_place(written, old, new, said):
    with pytest.raises(InputError, match="mine") as refused:
        source.load("mine", "k", written(old, new))
    assert said in str(refused.value)


def test_an_unknown_exercise_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="There are: sample"):
        source.load("m99", "k", SAMPLE)


def test_exercises_are_found_by_their_source(tmp_path):
    shutil.copytree(SAMPLE / "sample", tmp_path / "b")
    shutil.copytree(SAMPLE / "sample", tmp_path / "a")
    (tmp_path / "notes").mkdir()
    assert source.exercise_ids(tmp_path) == ["a", "b"]
