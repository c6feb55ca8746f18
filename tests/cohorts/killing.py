"""Runs a step of a cohort in a process of its own and kills it before a given change of the cohort's folder.

A change is a file opened to write, made, renamed or removed, or a statement or commit that changes the
gradebook. Reads lines `step folder point` and writes `killed`, or `done` and how many changes there were.
Each step is a fork of this process, which has imported everything; a point of 0 lets it run through.
"""

import contextlib
import os
import signal
import sys
from pathlib import Path

import sqlalchemy

from course.cohorts import certificates, collecting, exports, privacy
from course.grading import engine, nbgrader_folder, preload, writing  # noqa: F401

EXERCISE = "m04-asking"
CHANGES = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
SCORES = {"amara-osei": ([3, 2, 3, 2], [3, 2, 3, 1]), "ben-whitlock": ([1, 1, 2, 2], [1, 1, 2, 2])}


def collect(root: Path) -> None:
    collecting.collect(root, [root.parent / "inbox"])


def grade(root: Path) -> None:
    run = engine.grade(root, EXERCISE, workers=1)
    assert not run.failed, run.failed


def reconcile(root: Path) -> None:
    made = nbgrader_folder.prepare(root, EXERCISE)
    writing.set_markers(root, 2)
    for learner, (one, two) in SCORES.items():
        writing.mark(root, made, learner, "model-question", "Tess", one, "First.")
        writing.mark(root, made, learner, "model-question", "Umar", two, "Second.")
    writing.mark(root, made, "amara-osei", "model-question", writing.AGREED, [3, 2, 3, 2], "Settled.")
    writing.settle(root, made)


def export(root: Path) -> None:
    exports.write(root)
    certificates.issue_all(root, pdf=False)
    privacy.export_whole(root, root.parent / "whole.zip")


STEPS = {"collect": collect, "grade": grade, "reconcile": reconcile, "export": export}


def fork(step: str, root: Path, point: int) -> str:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        touched = 0

        def touch() -> None:
            nonlocal touched
            touched += 1
            if touched == point:
                os.kill(os.getpid(), signal.SIGKILL)

        def watch(event: str, given: tuple) -> None:
            writes = event in CHANGES or (event == "open" and isinstance(given[2], int) and given[2] & WRITES)
            if writes and str(given[0]).startswith(str(root)):
                touch()

        def statement(_connection: object, _cursor: object, text: str, *_: object) -> None:
            if text.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
                touch()

        sys.addaudithook(watch)
        sqlalchemy.event.listen(sqlalchemy.engine.Engine, "before_cursor_execute", statement)
        sqlalchemy.event.listen(sqlalchemy.engine.Engine, "commit", lambda _: touch())
        status = 1
        with contextlib.suppress(BaseException):
            STEPS[step](root)
            os.write(write, str(touched).encode())
            status = 0
        os._exit(status)
    os.close(write)
    _, status = os.waitpid(child, 0)
    # Once, and not to its end, which a warm parent that the child started may hold open for a while.
    touched_in_all = os.read(read, 100).decode() if status == 0 else ""
    os.close(read)
    if os.WIFSIGNALED(status):
        return "killed"
    return f"done {touched_in_all}" if os.WEXITSTATUS(status) == 0 else "failed"


if __name__ == "__main__":
    told = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for line in sys.stdin:
        name, folder, at = line.rstrip("\n").split("\t")
        print(fork(name, Path(folder), int(at)), file=told, flush=True)
