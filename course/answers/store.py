"""Read and write `answers.json`, safely.

One file holds one learner's answers to one exercise. It is replaced whole, never edited in place, so a
reader sees the old or the new file and nothing between. Every answer is first appended to a journal, so
that a damaged answer file can be rebuilt. A lock lets two windows write one after the other.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from course.errors import InputError

ANSWER_FILE = "answers.json"
JOURNAL_FILE = "answers.journal.jsonl"
LOCK_FILE = ".answers.lock"
FORMAT = 1
MAX_BYTES = 1_000_000
MAX_JOURNAL_BYTES = 2_000_000
LOCK_SECONDS = 10


@dataclass(frozen=True)
class Answer:
    """One answer: its question's id, the value given, and when (UTC, ISO 8601)."""

    question: str
    value: Any
    at: str


def read(folder: Path | str) -> dict[str, Answer]:
    """Return the answers kept in a folder, by question id.

    A missing file means no answers yet. A damaged one is moved aside (`answers.damaged-…json`) and the
    last good answers are restored from the journal; nothing is raised for that. A folder that cannot be
    written (a marker's read-only copy, say) is read all the same.

    Parameters
    ----------
    folder : Path or str
        The folder of the exercise's notebook.

    Returns
    -------
    dict of str to Answer
        In the order in which the questions were first answered.
    """
    folder = Path(folder)
    try:
        return _parse((folder / ANSWER_FILE).read_bytes())
    except FileNotFoundError:
        return _from_journal(folder)
    except (ValueError, OSError):
        return _restore(folder)


def record(folder: Path | str, question: str, value: Any, at: str | None = None) -> Answer:
    """Keep one answer, leaving all others as they are, and return it.

    Parameters
    ----------
    folder : Path or str
        The folder of the exercise's notebook.
    question : str
        The question's id.
    value : JSON value or None
        The answer; None takes the answer back.
    at : str, optional
        When it was given; now, if left out.

    Raises
    ------
    InputError
        If the answer cannot be saved, with the reason. What was saved before is untouched.
    """
    folder = Path(folder)
    answer = Answer(question, value, at or datetime.now(UTC).isoformat(timespec="seconds"))
    try:
        size = len(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as problem:
        raise InputError(f"The answer to {question} is not something that can be saved.") from problem
    if size > MAX_BYTES // 4:
        raise InputError(
            f"The answer to {question} is too long to save ({size:,} characters). Shorten it and try again."
        )
    try:
        if not folder.is_dir():  # the lock would make it
            raise FileNotFoundError(errno.ENOENT, "No such folder", str(folder))
        with FileLock(folder / LOCK_FILE, timeout=LOCK_SECONDS):
            answers = read(folder)
            answers[question] = answer
            with (folder / JOURNAL_FILE).open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(_as_dict(answer), ensure_ascii=False) + "\n")
            _replace(folder, answers)
            if (folder / JOURNAL_FILE).stat().st_size > MAX_JOURNAL_BYTES:
                _shorten_journal(folder, answers)
    except Timeout as problem:
        raise InputError(
            "Your answer was not saved: another window is using this exercise. "
            "Close the other one and try again."
        ) from problem
    except OSError as problem:
        raise InputError(f"Your answer was not saved: {_reason(problem, folder)}") from problem
    return answer


def progress(folder: Path | str) -> dict[str, Any]:
    """Say how far a learner has got in one exercise's folder.

    Returns
    -------
    dict
        `answered`: list of ids with an answer; `last`: time of the latest one, or None.
    """
    given = [a for a in read(folder).values() if a.value is not None]
    return {"answered": [a.question for a in given], "last": max((a.at for a in given), default=None)}


def _reason(problem: OSError, folder: Path) -> str:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full. Free some space, then change the answer again."
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"the folder {folder} cannot be written to. Ask whoever looks after this computer to allow it."
    if problem.errno == errno.ENOENT:
        return f"the folder {folder} is no longer there. Open the exercise again from the academy's page."
    return f"the computer refused ({problem.strerror})."


def _as_dict(answer: Answer) -> dict[str, Any]:
    return {"question": answer.question, "value": answer.value, "at": answer.at}


def _parse(raw: bytes) -> dict[str, Answer]:
    """Return the answers in a file's bytes, or raise ValueError if it is not an answer file."""
    if len(raw) > MAX_BYTES:
        raise ValueError("too large")
    document = json.loads(raw.decode("utf-8"))
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError("not an answer file")
    kept = document.get("answers")
    if not isinstance(kept, list):
        raise ValueError("no list of answers")
    return {a.question: a for a in map(_answer, kept)}


def _answer(item: Any) -> Answer:
    if not isinstance(item, dict) or not isinstance(item.get("question"), str):
        raise ValueError("an answer without a question")
    return Answer(item["question"], item.get("value"), str(item.get("at", "")))


def _replace(folder: Path, answers: dict[str, Answer]) -> None:
    document = {"format": FORMAT, "answers": [_as_dict(a) for a in answers.values()]}
    handle, name = tempfile.mkstemp(prefix=".answers-", suffix=".json", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(document, out, ensure_ascii=False, indent=1)
            out.write("\n")
            out.flush()
            os.fsync(out.fileno())
        os.replace(name, folder / ANSWER_FILE)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _from_journal(folder: Path) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    try:
        lines = (folder / JOURNAL_FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return answers
    for line in lines:
        try:
            answer = _answer(json.loads(line))
        except ValueError:
            continue  # the last line of a journal may be cut short by a crash
        answers[answer.question] = answer
    return answers


def _restore(folder: Path) -> dict[str, Answer]:
    """Move a damaged answer file aside and put the journal's last answers in its place."""
    answers = _from_journal(folder)
    damaged = folder / ANSWER_FILE
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    try:
        damaged.replace(folder / f"answers.damaged-{stamp}.json")
        if answers:
            _replace(folder, answers)
    except OSError:
        pass  # a read-only copy: the answers in the journal still count
    return answers


def _shorten_journal(folder: Path, answers: dict[str, Answer]) -> None:
    short = folder / (JOURNAL_FILE + ".new")
    short.write_text(
        "".join(json.dumps(_as_dict(a), ensure_ascii=False) + "\n" for a in answers.values()),
        encoding="utf-8",
    )
    os.replace(short, folder / JOURNAL_FILE)
