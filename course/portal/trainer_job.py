"""A trainer's long tasks, each in a process of its own: hand out, collect, mark, certificates.

The process writes how far it is into a file of the cohort's folder, which pages read. So a page may be left
and the task goes on; and marking forks from a process that has no server's threads.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from course.cohorts.roster import NOTES, replace
from course.errors import InputError

KINDS = {
    "hand-out": "Making the zips",
    "collect": "Taking in what was sent",
    "mark": "Marking",
    "feedback": "Writing feedback",
    "certificates": "Issuing certificates",
}
SILENT_SECONDS = 0.2  # progress is written no more often
_running: dict[Path, subprocess.Popen[bytes]] = {}

Table = dict[str, Any]
Told = Callable[..., None]


def start(root: Path, kind: str, given: dict[str, Any]) -> None:
    """Start a task of a cohort.

    Raises
    ------
    InputError
        If another of the cohort's tasks is at work.
    """
    for other in KINDS:
        if state(root, other)["state"] == "working":
            raise InputError(f"“{KINDS[other]}” is still at work for this cohort. Wait until it has ended.")
    place = _place(root, kind)
    place.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "course.portal.trainer_job", str(root), kind, json.dumps(given)]
    with place.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    _running[place] = process
    _write(place, {"state": "working", "pid": process.pid, "say": "Starting.", "at": _now()})


def state(root: Path, kind: str) -> dict[str, Any]:
    """Say how a task stands.

    Returns
    -------
    dict
        `state` ("none", "working", "done", "failed" or "ended", by something outside), `say` (a sentence),
        `done` and `of` (counts, 0 where not known), `at` (UTC) and, where it is done, `columns` and `rows` of
        the outcome's table.
    """
    place = _place(root, kind)
    empty = {"state": "none", "say": "", "done": 0, "of": 0, "at": "", "columns": [], "rows": []}
    found = _read(place)
    if found.get("state") == "working" and not _alive(place, int(found["pid"])):
        found = _read(place)  # it may have ended between the two looks
        if found.get("state") == "working":
            found |= {"state": "ended", "say": "It was ended before it was through. Start it again: "
                      "what was done is kept."}  # fmt: skip
    return empty | found


def run(root: Path, kind: str, given: dict[str, Any]) -> None:
    """Do a task in this process, and write how it goes."""
    place, written = _place(root, kind), 0.0

    def told(say: str, done: int = 0, of: int = 0) -> None:
        nonlocal written
        if time.monotonic() - written > SILENT_SECONDS:
            written = time.monotonic()
            _write(place, {"state": "working", "pid": os.getpid(), "say": say, "done": done, "of": of})

    told("Starting.")
    try:
        say, table = TASKS[kind](root, given, told)
    except InputError as problem:
        _write(place, {"state": "failed", "say": str(problem), "at": _now()})
        return
    except Exception as problem:  # the log has the rest; a trainer gets one sentence
        say = f"It could not be finished: {type(problem).__name__}. What was done is kept. Try it again."
        _write(place, {"state": "failed", "say": say, "at": _now()})
        raise
    rows = json.loads(table.to_json(orient="values", date_format="iso"))
    _write(
        place, {"state": "done", "say": say, "columns": [str(c) for c in table], "rows": rows, "at": _now()}
    )


def _hand_out(root: Path, given: dict[str, Any], told: Told) -> tuple[str, pd.DataFrame]:
    from course.cohorts import handing_out

    due = date.fromisoformat(given["due"]) if given.get("due") else None
    table = handing_out.hand_out(root, given["modules"], due, told)
    return "The zips are made. Send each learner the zip that bears their name.", table


def _collect(root: Path, given: dict[str, Any], told: Told) -> tuple[str, pd.DataFrame]:
    from course.cohorts import collecting, exchange

    if "inbox" in given:
        inbox = Path(given["inbox"])
        table = collecting.collect(root, sorted(inbox.iterdir()), given.get("learner", ""), told)
        shutil.rmtree(inbox, ignore_errors=True)
    else:
        table = collecting.collect(root, exchange.waiting(root), told=told)
    kept = table["outcome"].isin(["taken", "late", "early", "older"]).sum()
    return f"{kept} of {len(table)} found in what was sent are kept.", table.drop(columns="version")


def _mark(root: Path, given: dict[str, Any], told: Told) -> tuple[str, pd.DataFrame]:
    from course.authoring.source import exercise_ids
    from course.grading import engine
    from course.grading.feedback import stale, write_feedback
    from course.grading.nbgrader_folder import prepare

    found = sorted({place.name for place in (root / "submitted").glob("*/*") if place.is_dir()})
    wanted = [exercise for exercise in given.get("exercises") or found if exercise in set(exercise_ids())]
    if not wanted:
        raise InputError("Nothing was handed in yet. Collect what learners sent, then mark.")
    rows: list[tuple[str, str, str, str]] = []
    counts = {"marked": 0, "unchanged": 0, "failed": 0}
    for at, exercise in enumerate(wanted, 1):
        told(f"Module {at} of {len(wanted)}: making {exercise} ready.")
        made = prepare(root, exercise)

        def each(outcome: Any, done: int, of: int, exercise: str = exercise, at: int = at) -> None:
            told(f"Module {at} of {len(wanted)}: {exercise}, {done} of {of} marked.", done, of)

        run = engine.grade(root, exercise, force=bool(given.get("force")), told=each)
        counts["marked"] += len(run.marked) - len(run.failed)
        counts["unchanged"] += len(run.unchanged)
        counts["failed"] += len(run.failed)
        for outcome in run.marked:
            if outcome.remark:
                said = "not marked" if outcome.trouble else "marked"
                rows.append((outcome.learner, exercise, said, outcome.remark))
        rows += [("everybody", exercise, "notice", notice) for notice in run.notices]
        told(f"Module {at} of {len(wanted)}: writing feedback.")
        write_feedback(root, made, stale(root, made))
    say = f"{counts['marked']} marked now, {counts['unchanged']} unchanged, {counts['failed']} could not be."
    if counts["failed"]:
        say += " Their earlier marks stand."
    return say, pd.DataFrame(rows, columns=["learner", "exercise", "outcome", "say"])


def _feedback(root: Path, given: dict[str, Any], told: Told) -> tuple[str, pd.DataFrame]:
    from course.authoring.source import exercise_ids
    from course.grading.feedback import write_feedback
    from course.grading.nbgrader_folder import prepare

    rows = []
    for exercise in exercise_ids():
        learners = sorted(
            p.parent.name for p in (root / "autograded").glob(f"*/{exercise}") if any(p.iterdir())
        )
        if learners:
            told(f"writing {len(learners)} pages for {exercise}")
            rows.append((exercise, len(write_feedback(root, prepare(root, exercise), learners))))
    if not rows:
        raise InputError("Nobody was marked yet. Mark first; feedback is written from the marks.")
    return "The feedback is written.", pd.DataFrame(rows, columns=["exercise", "pages"])


def _certificates(root: Path, given: dict[str, Any], told: Told) -> tuple[str, pd.DataFrame]:
    from course.cohorts import certificates

    table = certificates.issue_all(root, bool(given.get("pdf", True)), told)
    return f"{(table['outcome'] == 'issued').sum()} of {len(table)} people have a certificate.", table


TASKS: dict[str, Callable[[Path, dict[str, Any], Told], tuple[str, pd.DataFrame]]] = {
    "hand-out": _hand_out,
    "collect": _collect,
    "mark": _mark,
    "feedback": _feedback,
    "certificates": _certificates,
}


def _place(root: Path, kind: str) -> Path:
    return root / NOTES / "tasks" / f"{kind}.json"


def _write(place: Path, what: dict[str, Any]) -> None:
    replace(place, json.dumps(what, ensure_ascii=False) + "\n")


def _read(place: Path) -> dict[str, Any]:
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _alive(place: Path, pid: int) -> bool:
    own = _running.get(place)
    if own is not None and own.pid == pid:
        return own.poll() is None
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError):
        return False
    return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]))
