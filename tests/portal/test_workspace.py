"""The learner's folder: nothing of the learner's is lost, and a folder that cannot be used says why."""

import errno
import os
from pathlib import Path

import pytest

from course import answers, syllabus
from course.cases import seeds
from course.errors import InputError
from course.portal import workspace


@pytest.fixture
def released(tmp_path, monkeypatch) -> Path:
    """Released content with one lesson and one exercise."""
    content = tmp_path / "content"
    for path, text in {
        "modules/m04-asking/lesson.md": "# First lesson\n",
        "exercises/m04-asking/exercise.ipynb": "first exercise",
        "exercises/m04-asking/answers.json": "never handed out",
        "modules/m99-unknown/lesson.md": "in no syllabus",
        "datasets/calderbrook/bids.csv": "bid,price\n",
    }.items():
        (content / path).parent.mkdir(parents=True, exist_ok=True)
        (content / path).write_text(text, encoding="utf-8")
    monkeypatch.setenv("ACADEMY_CONTENT", str(content))
    return content


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


def test_one_setting_moves_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("ACADEMY_HOME", str(tmp_path / "elsewhere"))
    assert workspace.home() == tmp_path / "elsewhere"
    monkeypatch.delenv("ACADEMY_HOME")
    assert workspace.home().name == "social-value-academy"


def test_lessons_exercises_and_data_are_copied_and_nothing_else(released, home):
    workspace.refresh(home)
    copied = {
        p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file() and ".academy" not in p.parts
    }
    assert copied == {
        "lessons/m04-asking/lesson.md",
        "exercises/m04-asking/exercise.ipynb",
        "datasets/calderbrook/bids.csv",
        "learner.json",
    }


def test_each_learners_folder_has_a_case_of_its_own_that_stays(released, tmp_path, monkeypatch):
    monkeypatch.delenv(seeds.KEY_VARIABLE, raising=False)
    keys = []
    for name in ("one", "two"):
        workspace.refresh(tmp_path / name)
        exercise = tmp_path / name / "exercises" / "m04-asking"
        keys.append(seeds.key_here(exercise))
        workspace.refresh(tmp_path / name)
        assert seeds.key_here(exercise) == keys[-1]
    assert all(keys)
    assert keys[0] != keys[1]


def test_a_new_release_replaces_an_untouched_copy_and_never_the_answers(released, home):
    workspace.refresh(home)
    exercise = home / "exercises" / "m04-asking"
    answers.record(exercise, "tipping", 16.7)
    (released / "exercises/m04-asking/exercise.ipynb").write_text("second exercise", encoding="utf-8")
    workspace.refresh(home)
    assert (exercise / "exercise.ipynb").read_text(encoding="utf-8") == "second exercise"
    assert answers.read(exercise)["tipping"].value == 16.7
    assert len(list(exercise.glob("*.ipynb"))) == 1


def test_what_the_learner_changed_is_kept_as_it_is_until_a_new_release_and_beside_it_after(released, home):
    workspace.refresh(home)
    lesson = home / "lessons/m04-asking/lesson.md"
    lesson.write_text("my notes", encoding="utf-8")
    workspace.refresh(home)
    assert lesson.read_text(encoding="utf-8") == "my notes"
    for text in ("# Second lesson\n", "# Third lesson\n"):
        (released / "modules/m04-asking/lesson.md").write_text(text, encoding="utf-8")
        workspace.refresh(home)
        assert lesson.read_text(encoding="utf-8") == text
        lesson.write_text(f"my notes on {text}", encoding="utf-8")
    kept = sorted(p.read_text(encoding="utf-8") for p in lesson.parent.glob("lesson (yours*).md"))
    assert kept == ["my notes", "my notes on # Second lesson\n"]


def test_a_damaged_memory_loses_nothing_of_the_learners(released, home):
    workspace.refresh(home)
    lesson = home / "lessons/m04-asking/lesson.md"
    lesson.write_text("my notes", encoding="utf-8")
    (home / ".academy" / "copies.json").write_text("{not json", encoding="utf-8")
    workspace.refresh(home)
    assert [p.read_text(encoding="utf-8") for p in lesson.parent.glob("lesson (yours).md")] == ["my notes"]


def test_key_and_cookie_secret_last_and_only_their_owner_may_read_them(home):
    assert workspace.key(home) == workspace.key(home)
    assert workspace.cookie_secret(home) == workspace.cookie_secret(home)
    assert len(workspace.key(home)) >= 32
    if os.name == "posix":
        assert (home / ".academy" / "key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "is full. Free some space"),
        (errno.EACCES, "cannot be written to"),
        (errno.EROFS, "cannot be written to"),
        (errno.EIO, "could not be used"),
    ],
)
def test_each_refusal_of_the_disk_gets_its_own_sentence(released, home, monkeypatch, number, says):
    def refuse(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(InputError, match=says):
        workspace.refresh(home)


def test_a_file_in_the_place_of_the_folder_is_told(released, tmp_path):
    (tmp_path / "home").write_text("a file", encoding="utf-8")
    with pytest.raises(InputError, match="is a file, not a folder"):
        workspace.refresh(tmp_path / "home")


def test_opening_is_remembered(home):
    workspace.note_opened(home, "lesson/m04")
    (home / ".academy").mkdir(parents=True)
    workspace.note_opened(home, "lesson/m04")
    workspace.note_opened(home, "exercise/m04")
    assert set(workspace.opened(home)) == {"lesson/m04", "exercise/m04"}


def test_the_syllabus_has_twelve_modules_in_order_with_all_that_the_page_shows():
    modules = syllabus.modules()
    assert [m.id for m in modules] == [f"m{n:02}" for n in range(1, 13)]
    assert len({m.folder for m in modules}) == 12
    for module in modules:
        assert module.folder.startswith(f"{module.id}-")
        assert 30 <= module.minutes <= 150
        assert 3 <= len(module.outcomes) <= 5
        assert {"commissioner", "provider", "joint"} <= set(module.tracks) <= set(syllabus.SIDES)
        assert module.sources
        assert 0 < module.pass_mark <= 1
        assert module.review > syllabus.as_of()
    assert syllabus.find("m04") is syllabus.find("m04-asking")
    assert syllabus.find("m13") is None


def test_sentences_on_the_page_are_short():
    for module in syllabus.modules():
        for text in (module.purpose, *module.outcomes, *module.tracks.values()):
            assert len(text.split()) <= 25, text
