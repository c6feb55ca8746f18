"""Behaviour of the answer file."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import answers
from course.answers import store
from course.errors import InputError

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def test_no_file_means_no_answers_yet(tmp_path):
    assert answers.read(tmp_path) == {}


@settings(max_examples=40, deadline=None)
@given(values=st.dictionaries(st.text(min_size=1, max_size=20), JSON_VALUES, max_size=4))
def test_what_was_recorded_is_read_back_unchanged(values, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exercise")
    for question, value in values.items():
        answers.record(folder, question, value)
    assert {q: a.value for q, a in answers.read(folder).items()} == values


def test_a_second_answer_replaces_the_first_and_leaves_the_others(tmp_path):
    answers.record(tmp_path, "a", 1)
    answers.record(tmp_path, "b", "two")
    answers.record(tmp_path, "a", 3)
    assert {q: a.value for q, a in answers.read(tmp_path).items()} == {"a": 3, "b": "two"}


def test_two_windows_do_not_lose_each_others_answers(tmp_path):
    with ThreadPoolExecutor(8) as windows:
        list(windows.map(lambda n: answers.record(tmp_path, f"q{n}", n), range(40)))
    assert {a.value for a in answers.read(tmp_path).values()} == set(range(40))


def test_two_processes_do_not_lose_each_others_answers(tmp_path):
    code = (
        "import sys; from course import answers\n"
        "for n in range(20): answers.record(sys.argv[1], sys.argv[2]+str(n), n)"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), who]) for who in ("left", "right")
    ]
    assert [p.wait() for p in running] == [0, 0]
    assert len(answers.read(tmp_path)) == 40


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe\x00", b'{"format": 99}', b"\0" * 2_000_000])
def test_a_damaged_file_is_moved_aside_and_the_last_answers_restored(tmp_path, damage):
    answers.record(tmp_path, "a", 1)
    answers.record(tmp_path, "a", 2)
    (tmp_path / answers.ANSWER_FILE).write_bytes(damage)
    assert answers.read(tmp_path)["a"].value == 2
    assert [p.read_bytes() for p in tmp_path.glob("answers.damaged-*.json")] == [damage]
    assert json.loads((tmp_path / answers.ANSWER_FILE).read_text())["answers"][0]["value"] == 2


def test_a_lost_file_is_restored_from_its_journal(tmp_path):
    answers.record(tmp_path, "a", 1)
    (tmp_path / answers.ANSWER_FILE).unlink()
    assert answers.read(tmp_path)["a"].value == 1


def test_a_journal_cut_short_by_a_crash_still_gives_the_answers_before(tmp_path):
    answers.record(tmp_path, "a", 1)
    with (tmp_path / answers.JOURNAL_FILE).open("a") as journal:
        journal.write('{"question": "b", "val')
    (tmp_path / answers.ANSWER_FILE).unlink()
    assert {q: a.value for q, a in answers.read(tmp_path).items()} == {"a": 1}


def test_a_full_disk_gets_one_sentence_and_loses_nothing(tmp_path, monkeypatch):
    answers.record(tmp_path, "a", 1)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="disk is full"):
        answers.record(tmp_path, "a", 2)
    monkeypatch.undo()
    saved = json.loads((tmp_path / answers.ANSWER_FILE).read_text())
    assert saved["answers"][0]["value"] == 1
    assert not list(tmp_path.glob(".answers-*.json"))


def test_a_folder_that_is_gone_gets_one_sentence(tmp_path):
    with pytest.raises(InputError, match="not saved"):
        answers.record(tmp_path / "gone" / "deeper", "a", 1)


def test_a_value_that_is_not_json_is_refused_in_words(tmp_path):
    with pytest.raises(InputError, match="not something that can be saved"):
        answers.record(tmp_path, "a", object())
    with pytest.raises(InputError, match="not something that can be saved"):
        answers.record(tmp_path, "a", float("nan"))


def test_an_enormous_answer_is_refused_in_words(tmp_path):
    with pytest.raises(InputError, match="too long"):
        answers.record(tmp_path, "a", "x" * 300_000)


def test_a_long_journal_is_shortened_to_the_last_answers(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "MAX_JOURNAL_BYTES", 500)
    for n in range(40):
        answers.record(tmp_path, "a", n)
    assert (tmp_path / answers.JOURNAL_FILE).stat().st_size < 700
    (tmp_path / answers.ANSWER_FILE).unlink()
    assert answers.read(tmp_path)["a"].value == 39


def test_an_answer_taken_back_does_not_count_as_progress(tmp_path):
    answers.record(tmp_path, "a", 1, at="2026-11-01T10:00:00+00:00")
    answers.record(tmp_path, "b", 2, at="2026-11-02T10:00:00+00:00")
    answers.record(tmp_path, "b", None)
    assert answers.progress(tmp_path) == {"answered": ["a"], "last": "2026-11-01T10:00:00+00:00"}


def test_a_read_only_copy_with_a_damaged_file_is_still_read(tmp_path, monkeypatch):
    answers.record(tmp_path, "a", 1)
    (tmp_path / answers.ANSWER_FILE).write_text("damaged")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    assert answers.read(tmp_path)["a"].value == 1
