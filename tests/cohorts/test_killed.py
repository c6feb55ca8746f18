"""A process killed at any point of collecting, marking, reconciling or exporting loses nothing.

Twenty points are drawn, the same in every run, among all changes of files and of the gradebook. Run again,
the step comes to what it would have come to undisturbed.
"""

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import pytest

from course.authoring import source
from course.cases.seeds import case_key
from course.cohorts import certificates, collecting, roster
from course.proving import expected

EXERCISE = "m04-asking"
POINTS = {"collect": 6, "grade": 3, "reconcile": 6, "export": 5}


@pytest.fixture(scope="module")
def run():
    """Give a step's end in a process of its own: “killed”, or “done” and how many changes it made."""
    command = [sys.executable, str(Path(__file__).with_name("killing.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as driver:

        def step(name: str, root: Path, point: int = 0) -> str:
            driver.stdin.write(f"{name}\t{root}\t{point}\n")
            driver.stdin.flush()
            return driver.stdout.readline().strip()

        yield step
        driver.stdin.close()


@pytest.fixture(scope="module")
def undisturbed(run, handed_out_once, answering, tmp_path_factory):
    """Before and after each step, with nobody killed, and how many changes the step makes."""
    base = tmp_path_factory.mktemp("killed").resolve()
    place = base / "begin" / "spring"
    shutil.copytree(handed_out_once, place)
    inbox = place.parent / "inbox"
    inbox.mkdir()
    salt = roster.about(place)["salt"]
    for learner in ("amara-osei", "ben-whitlock"):
        own = source.load(EXERCISE, case_key(salt, learner))
        given = {question: entries[0]["answer"] for question, entries in expected(own).items()}
        for version, text in enumerate(("We would ask first.", "We would ask residents first, then set it.")):
            made = answering(base / "homes" / learner, place, learner, given | {"model-question": text})
            (inbox / f"{version}-{made.name}").write_bytes(made.content)
    with zipfile.ZipFile(inbox / "stranger.zip", "w") as stranger:
        stranger.writestr("answers.json", '{"format": 1, "answers": []}')
    found = {}
    for step in POINTS:
        after = base / step / "spring"
        shutil.copytree(place.parent, after.parent)
        told = run(step, after)
        assert told.startswith("done"), f"{step}: {told}"
        found[step] = place, after, int(told.split()[1])
        place = after
    told = kept(place)
    assert len(told["versions"]) == 4
    assert len(told["aside"]) == 2
    assert all(len(told[name]) for name in ("marks", "marked", "record", "exports", "certificates"))
    return found


def kept(root: Path) -> dict[str, object]:
    """What must be the same, however a cohort came there: hand-ins, marks, the record, what came out."""
    versions = {
        (r.learner, r.exercise, hashlib.sha256((root / "received" / r.learner / r.exercise / str(r.version)
         / "answers.json").read_bytes()).hexdigest()): (r.outcome, r.submitted)
        for r in collecting.received(root).itertuples()
    }  # fmt: skip
    submitted = {
        str(p.relative_to(root)): p.read_bytes() for p in (root / "submitted").rglob("*") if p.is_file()
    }
    with sqlite3.connect(root / "gradebook.db") as book:
        assert book.execute("pragma integrity_check").fetchone() == ("ok",)
        marks = book.execute(
            "select s.student_id, b.name, g.auto_score, g.manual_score, g.needs_manual_grade from grade g"
            " join base_cell b on b.id = g.cell_id join submitted_notebook n on n.id = g.notebook_id"
            " join submitted_assignment s on s.id = n.assignment_id order by 1, 2"
        ).fetchall()
    lines = []
    for path in (root / "moderation").glob("*.jsonl"):
        said = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        lines = sorted({(s["learner"], s["marker"], tuple(s["scores"]), s["comment"]) for s in said})
    return {
        "versions": versions,
        "submitted": submitted,
        "aside": sorted(p.name for p in (root / "set-aside").glob("*")),
        "marks": marks,
        "marked": sorted(str(p.relative_to(root)) for p in root.glob("autograded/*/*/exercise.ipynb")),
        "record": lines,
        "exports": {p.name: p.read_bytes() for p in (root / "exports").glob("*.*")},
        "certificates": [
            certificates.verify(p, root / "certificates" / "public-key.pem").certificate["modules"]
            for p in sorted(root.glob("certificates/*/certificate.*"))
        ],
    }


def lost(before: dict[str, object], now: dict[str, object]) -> list[str]:
    """What was there before a step and is not there after it was killed."""
    there = {mark[:3] for mark in now["marks"]}
    return [
        *(f"version {key[:2]}" for key in before["versions"].keys() - now["versions"].keys()),
        *(f"marked {name}" for name in set(before["marked"]) - set(now["marked"])),
        *(f"record {line}" for line in set(before["record"]) - set(now["record"])),
        *(f"mark {m[:2]}" for m in before["marks"] if m[2] is not None and m[:3] not in there),
    ]


@pytest.mark.parametrize(("step", "number"), [(s, n) for s, count in POINTS.items() for n in range(count)])
def test_killed_at_a_point_it_loses_nothing_and_run_again_it_finishes(
    run, undisturbed, tmp_path, step, number
):
    before, after, changes = undisturbed[step]
    point = Random(f"{step} {number}").randint(1, changes)
    told = ""
    while told != "killed":
        place = tmp_path.resolve() / f"at-{point}" / "spring"
        shutil.copytree(before.parent, place.parent)
        told = run(step, place, point)
        assert told != "failed"
        point = max(1, point // 2)  # it may make fewer changes than it did undisturbed
    assert not lost(kept(before), kept(place))
    assert run(step, place).startswith("done")
    wanted, found = kept(after), kept(place)
    for name in wanted:
        assert found[name] == wanted[name], name
    leftovers = [p for p in (place / ".academy").iterdir() if p.name.startswith(("incoming", "submitting"))]
    assert not leftovers
    if step == "export":
        with zipfile.ZipFile(place.parent / "whole.zip") as packed:
            assert packed.testzip() is None
