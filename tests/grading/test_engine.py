"""The engine gives nbgrader's marks, once, whatever is handed in and however it is stopped."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from grading_course import (
    COMMENTS,
    FULL,
    GRADES,
    RIGHT,
    STAMPS,
    cell,
    code,
    earned,
    hand_in,
    make_course,
    marks,
    named,
    quiet,
    rows,
    stock,
    without,
)

from course.authoring import build
from course.errors import InputError
from course.grading import engine
from course.warm.containment import Layer
from course.warm.notebook import ForkManager

NOUGHT = dict.fromkeys(FULL, 0)


def grade(root: Path, *learners: str, **settings) -> dict[str, engine.Outcome]:
    """Mark in this process; outcomes by learner."""
    run = engine.grade(root, "sums", learners or None, workers=1, **settings)
    return {outcome.learner: outcome for outcome in run.marked}


def late(root: Path) -> None:
    """Give the assignment a due date, and the course a rule for what comes after it."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment("sums", duedate=datetime(2026, 1, 1, 12, 0))
    (root / "nbgrader_config.py").write_text("c.LateSubmissionPlugin.penalty_method = 'zero'\n")


def claim_more(nb) -> None:
    named(nb, "test-open").metadata.nbgrader["points"] = 100


def weaken(nb) -> None:
    named(nb, "test-open").source = "pass"


def shown(cell) -> tuple:
    kinds = [output.output_type for output in cell.get("outputs", [])]
    return cell.cell_type, cell.source, cell.metadata.get("nbgrader"), kinds


def as_text(nb) -> None:
    each = named(nb, "twice")
    each.cell_type = "markdown"
    del each["outputs"], each["execution_count"]


VARIED = {
    "right": {"sources": RIGHT},
    "blank": {},
    "half": {"sources": RIGHT | {"twice": "def twice(n):\n    return 2 * n if n > 2 else 1"}},
    "negative": {"sources": RIGHT | {"twice": "def twice(n):\n    print(n)\n    return abs(2 * n)"}},
    "error": {"sources": RIGHT | {"mean": "mean = tabel.price.mean()"}},
    "slip": {"sources": RIGHT | {"twice": "def twice(n) return n"}},
    "warns": {"sources": RIGHT | {"twice": "def twice(n):\n    warnings.warn('odd')\n    return 2 * n"}},
    "claims": {"sources": RIGHT | {"why": "For **good** reason."}, "change": claim_more},
    "weakens": {"change": weaken},
    "deleted": {"sources": RIGHT, "change": without("test-hidden", "mean")},
    "as-text": {"sources": RIGHT, "change": as_text},
    "adds": {"sources": RIGHT, "change": code("!echo hello\n%time 1 + 1\ntwice = None")},
}


@pytest.fixture(scope="module")
def twins(blank_course, tmp_path_factory):
    """The same varied submissions, marked by nbgrader as it comes and by the engine on all cores."""
    home = tmp_path_factory.mktemp("twins")
    theirs = shutil.copytree(blank_course, home / "theirs")
    late(theirs)
    for learner, how in VARIED.items():
        hand_in(theirs, learner, **how)
    for learner, text in {"right": "2026-01-01 11:59:59 UTC", "half": "2026-01-02 10:00:00 UTC"}.items():
        (theirs / "submitted" / learner / "sums" / "timestamp.txt").write_text(text)
    ours = shutil.copytree(theirs, home / "ours")
    stock(theirs)
    run = engine.grade(ours, "sums", workers=2)
    return theirs, ours, {outcome.learner: outcome for outcome in run.marked}


def test_marks_are_those_of_nbgrader_cell_by_cell(twins):
    theirs, ours, _ = twins
    assert rows(ours, GRADES) == rows(theirs, GRADES)
    assert len(rows(ours, GRADES)) == len(VARIED) * 6
    assert earned(ours, "right") == FULL
    assert 0 < earned(ours, "half")["test-part"] < 2


def test_comments_and_times_of_handing_in_are_those_of_nbgrader(twins):
    theirs, ours, _ = twins
    assert rows(ours, COMMENTS) == rows(theirs, COMMENTS)
    assert rows(ours, STAMPS) == rows(theirs, STAMPS)


def test_what_comes_late_loses_what_the_course_says(twins):
    theirs, ours, _ = twins
    penalties = {row[0]: row[6] for row in rows(ours, GRADES)}
    assert penalties["half"] == sum(points for points in earned(ours, "half").values())
    assert penalties["right"] is None


def test_the_marked_notebook_is_that_of_nbgrader_but_for_times_and_addresses(twins):
    theirs, ours, _ = twins
    for learner in ("right", "half", "claims", "adds"):
        paths = [root / "autograded" / learner / "sums" / "work.ipynb" for root in (theirs, ours)]
        pair = [nbformat.read(path, 4) for path in paths]
        assert [shown(each) for each in pair[0].cells] == [shown(each) for each in pair[1].cells]
        assert pair[0].metadata.kernelspec == pair[1].metadata.kernelspec


def test_a_changed_test_is_put_back_and_told(twins):
    _, ours, outcomes = twins
    assert earned(ours, "weakens") == NOUGHT
    assert "checksum" in outcomes["weakens"].remark
    assert outcomes["right"].remark == ""


def test_missing_cells_earn_nothing_and_are_named(twins):
    _, _, outcomes = twins
    assert "Missing cells earn nothing: test-hidden." in outcomes["deleted"].warnings


def test_unchanged_work_is_not_marked_twice_and_changed_work_is(course):
    for learner in ("ana", "ben"):
        hand_in(course, learner, RIGHT)
    assert set(grade(course)) == {"ana", "ben"}
    before = rows(course, GRADES)
    assert grade(course) == {}
    hand_in(course, "ben", RIGHT | {"mean": "mean = 0"})
    assert set(grade(course)) == {"ben"}
    assert earned(course, "ben") == FULL | {"test-mean": 0}
    assert [row for row in rows(course, GRADES) if row[0] == "ana"] == [r for r in before if r[0] == "ana"]
    assert set(grade(course, "ana", force=True)) == {"ana"}
    assert [row for row in rows(course, GRADES) if row[0] == "ana"] == [r for r in before if r[0] == "ana"]


def test_a_mark_given_by_a_person_stands_when_the_work_is_marked_again(course):
    from nbgrader.api import Gradebook

    hand_in(course, "ana", RIGHT | {"why": "Because."})
    grade(course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        given = gradebook.find_grade("why", "work", "sums", "ana")
        given.manual_score, given.needs_manual_grade = 2.5, False
        gradebook.db.commit()
    grade(course, "ana", force=True)
    [why] = [row for row in rows(course, GRADES) if row[2] == "why"]
    assert why[3:6] == (None, 2.5, 1)  # kept, and to be looked at again, as nbgrader has it


def test_a_run_that_is_stopped_keeps_what_was_marked_and_goes_on_from_there(course):
    names = [f"learner-{n}" for n in range(4)]
    for name in names:
        hand_in(course, name, RIGHT)

    def stop(_, done: int, __) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(course, told=stop)
    done = {row[0] for row in rows(course, GRADES)}
    assert len(done) == 2
    assert set(grade(course)) == set(names) - done
    assert all(earned(course, name) == FULL for name in names)


def test_a_run_that_is_killed_loses_no_mark_that_it_has_told(course):
    for n in range(3):
        hand_in(course, f"learner-{n}", RIGHT)
    program = f"""
        import os, signal
        from pathlib import Path
        from course.grading import engine
        engine.BATCH = 1
        def told(outcome, done, all):
            if done == 2:
                os.kill(os.getpid(), signal.SIGKILL)
        engine.grade(Path({str(course)!r}), "sums", workers=1, told=told)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], timeout=300)
    assert ended.returncode == -signal.SIGKILL
    assert len({row[0] for row in rows(course, GRADES)}) == 2
    assert len(grade(course)) == 1


class Broken(ThreadPoolExecutor):
    """An executor whose worker dies of one learner's submission, every time."""

    def submit(self, function, *arguments, **settings):
        if getattr(arguments[0], "learner", "") == "fatal":
            broken: Future = Future()
            broken.set_exception(BrokenProcessPool("a worker died"))
            return broken
        return super().submit(function, *arguments, **settings)


def test_work_whose_process_dies_has_a_row_and_a_sentence_and_the_others_their_marks(course, monkeypatch):
    for name in ("ana", "fatal", "zoe"):
        hand_in(course, name, RIGHT)
    monkeypatch.setattr(engine, "_processes", lambda _: Broken(1))
    outcomes = grade(course, executor=Broken(1))
    assert outcomes["fatal"].trouble == "The process that marked it was ended."
    assert earned(course, "ana") == earned(course, "zoe") == FULL
    assert [row[0] for row in rows(course, STAMPS)] == ["ana", "fatal", "zoe"]
    assert set(marks(course, "fatal").values()) == {None}


def test_a_worker_that_is_killed_is_replaced_and_all_are_marked(course):
    for n in range(3):
        hand_in(course, f"learner-{n}", RIGHT)
    (course / "nbgrader_config.py").write_text(
        textwrap.dedent(f"""
        import os, signal
        def once(assignment, student, notebooks):
            try:
                os.mkdir({str(course / "once")!r})
            except FileExistsError:
                return
            os.kill(os.getpid(), signal.SIGKILL)
        c.Autograde.pre_convert_hook = once
        """)
    )
    run = engine.grade(course, "sums", workers=2)
    assert run.failed == []
    assert all(earned(course, f"learner-{n}") == FULL for n in range(3))


def test_threads_mark_as_processes_do(course):
    names = [f"learner-{n}" for n in range(6)]
    for n, name in enumerate(names):
        hand_in(course, name, RIGHT if n % 2 else RIGHT | {"mean": "mean = 0"},
                change=None if n % 3 else weaken)  # fmt: skip
    with ThreadPoolExecutor(3) as executor:
        outcomes = grade(course, executor=executor)
    for n, name in enumerate(names):
        assert earned(course, name) == FULL | ({} if n % 2 else {"test-mean": 0})
        assert ("checksum" in outcomes[name].remark) == (n % 3 == 0)


def test_hooks_of_the_course_are_called_as_nbgrader_calls_them(course):
    hand_in(course, "ana", RIGHT)
    (course / "nbgrader_config.py").write_text(
        textwrap.dedent(f"""
        import json
        def note(when):
            def hook(assignment, student, notebooks):
                with open({str(course / "hooks.txt")!r}, "a") as file:
                    print(json.dumps([when, assignment, student, [n[-10:] for n in notebooks]]), file=file)
            return hook
        def fails(**_):
            note("after")(**_)
            raise ValueError("no such thing")
        c.Autograde.pre_convert_hook = note("before")
        c.Autograde.post_convert_hook = fails
        """)
    )
    outcome = grade(course)["ana"]
    lines = [json.loads(line) for line in (course / "hooks.txt").read_text().splitlines()]
    assert lines == [[when, "sums", "ana", ["work.ipynb"]] for when in ("before", "after")]
    assert outcome.remark == "The post_convert_hook failed: no such thing"
    assert earned(course, "ana") == FULL


def test_files_of_the_author_replace_those_handed_in_unless_the_course_keeps_them(course):
    place = hand_in(course, "ana", RIGHT | {"mean": "mean = table.price.mean()"})
    (place / "prices.csv").write_text("price\n1\n")
    grade(course)
    assert earned(course, "ana")["test-mean"] == 1
    keep = "c.Autograde.exclude_overwriting = {'sums': ['prices.csv']}\n"
    (course / "nbgrader_config.py").write_text(keep)
    grade(course)
    assert earned(course, "ana")["test-mean"] == 0


def test_missing_cells_are_added_where_the_course_says_so(course):
    hand_in(course, "ana", RIGHT, change=without("test-hidden"))
    grade(course)
    assert marks(course, "ana")["test-hidden"] is None
    (course / "nbgrader_config.py").write_text("c.OverwriteCells.add_missing_cells = True\n")
    grade(course)
    assert marks(course, "ana")["test-hidden"] == 2


def test_a_time_limit_of_the_course_ends_a_cell_and_the_next_one_runs(course):
    slow = "def twice(n):\n    import time; time.sleep(600 if n == 0 else 0)\n    return 2 * n"
    hand_in(course, "slow", RIGHT | {"twice": slow})
    (course / "nbgrader_config.py").write_text("c.ExecutePreprocessor.timeout = 10\n")
    grade(course)
    assert earned(course, "slow") == FULL | {"test-hidden": 0}


def other_kernel(folder: Path, name: str, argv: list[str]) -> None:
    place = folder / "kernels" / name
    place.mkdir(parents=True)
    about = {"argv": argv, "display_name": name, "language": "python"}
    (place / "kernel.json").write_text(json.dumps(about))


def test_a_kernel_that_is_not_this_python_is_refused_until_trusted(course, monkeypatch, tmp_path):
    other_kernel(tmp_path, "other", ["/usr/bin/env", sys.executable, "-m", "ipykernel_launcher", "-f",
                                     "{connection_file}"])  # fmt: skip
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    source = course / "source" / "sums" / "work.ipynb"
    notebook = nbformat.read(source, 4)
    notebook.metadata.kernelspec = {"name": "other", "display_name": "other", "language": "python"}
    nbformat.write(notebook, source)
    with quiet():
        assert build.nbgrader_api(course).generate_assignment("sums", force=True)["success"]
    hand_in(course, "ana", RIGHT)
    refused = grade(course)["ana"]
    assert refused.trouble.startswith("It cannot be shut in: the kernel “other” is not this Python's.")
    run = engine.grade(course, "sums", workers=1, trust=True)
    assert earned(course, "ana") == FULL
    assert "Ordinary kernels were used: the kernel “other” is not this Python's." in run.notices


def test_only_answers_and_the_authors_code_need_no_trust_where_nothing_can_be_shut_in(tmp_path, monkeypatch):
    """As on a machine without Landlock: what people answer is data, and is marked all the same."""
    cells = [cell("test", "import json; json.load(open('answers.json'))['half'] == 5 or 1 / 0",
                  points=1, locked=True)]  # fmt: skip
    course = make_course(tmp_path / "course", work=cells)
    (course / "source" / "sums" / "answers.json").write_text('{"half": 5}')
    (course / "nbgrader_config.py").write_text(
        "c.Autograde.exclude_overwriting = {'sums': ['answers.json']}\n"
    )
    for name, half in (("ana", 5), ("ben", 6)):
        place = hand_in(course, name)
        (place / "answers.json").write_text(json.dumps({"half": half}))
    place = hand_in(course, "code", change=code("1 + 1"))
    (place / "answers.json").write_text('{"half": 5}')
    place = hand_in(course, "module")
    (place / "answers.json").write_text('{"half": 5}')
    (place / "json.py").write_text("load = lambda file: {'half': 5}")
    off = [Layer("landlock", False, "", "not to be had here", "")]
    monkeypatch.setattr(ForkManager, "layers", property(lambda _: off))
    outcomes = grade(course)
    assert marks(course, "ana") == {"test": 1}
    assert marks(course, "ben") == {"test": 0}
    for name in ("code", "module"):
        assert "cannot shut submissions in: landlock (not to be had here)" in outcomes[name].trouble
        assert marks(course, name) == {"test": None}


def test_nobody_is_marked_where_the_solution_itself_does_not_earn_its_points(course):
    hand_in(course, "ana", RIGHT)
    source = course / "source" / "sums" / "work.ipynb"
    notebook = nbformat.read(source, 4)
    named(notebook, "mean").source = "### BEGIN SOLUTION\nmean = open('/no/such').read()\n### END SOLUTION"
    nbformat.write(notebook, source)
    with pytest.raises(InputError, match=r"Nobody was marked\..*earns 0 of 1 points on “test-mean”"):
        grade(course)
    assert rows(course, STAMPS) == []
    run = engine.grade(course, "sums", workers=1, trust=True)
    assert "earns 0 of 1 points" in run.notices[0]
    assert earned(course, "ana") == FULL


def test_the_case_drawn_for_a_learner_reaches_the_cells(tmp_path):
    cells = [cell("test", "import os; float(os.environ['ACADEMY_CASE_KEY']) / 10", points=1, locked=True)]
    assert engine.KEY_VARIABLE  # the name below is read from it
    cells[0].source = cells[0].source.replace("ACADEMY_CASE_KEY", engine.KEY_VARIABLE)
    course = make_course(tmp_path / "course", work=cells)
    for name in ("ana", "ben"):
        hand_in(course, name)
    engine.grade(course, "sums", workers=1, trust=True, cases={"ana": "3", "ben": "10"}.__getitem__)
    assert (marks(course, "ana"), marks(course, "ben")) == ({"test": 0.3}, {"test": 1})


# ---- What can be wrong with a submission ------------------------------------------------------------


def write(text: str | bytes):
    return lambda place: (place / "work.ipynb").write_bytes(
        text if isinstance(text, bytes) else text.encode()
    )


def version_three(place: Path) -> None:
    from nbformat import v3

    cells = [v3.new_code_cell(input=text) for text in ("twice = 1", "mean = 2")]
    old = v3.new_notebook(worksheets=[v3.new_worksheet(cells=cells)])
    (place / "work.ipynb").write_text(v3.writes_json(old))


def unknown_kernel(place: Path) -> None:
    notebook = nbformat.read(place / "work.ipynb", 4)
    notebook.metadata.kernelspec = {"name": "no-such", "display_name": "?", "language": "python"}
    nbformat.write(notebook, place / "work.ipynb")


def no_metadata(place: Path) -> None:
    notebook = nbformat.read(place / "work.ipynb", 4)
    notebook.metadata.clear()
    for each in notebook.cells:
        each.metadata.clear()
    nbformat.write(notebook, place / "work.ipynb")


def odd_metadata(place: Path) -> None:
    text = json.loads((place / "work.ipynb").read_text())
    for each in text["cells"]:
        each["metadata"]["nbgrader"] = {"locked": True, "grade": True, "grade_id": 7}
    (place / "work.ipynb").write_text(json.dumps(text))


def newer(place: Path) -> None:
    text = json.loads((place / "work.ipynb").read_text())
    text["nbformat"], text["nbformat_minor"] = 5, 3
    (place / "work.ipynb").write_text(json.dumps(text))


def newer_minor(place: Path) -> None:
    text = json.loads((place / "work.ipynb").read_text())
    text["nbformat_minor"] = 99
    (place / "work.ipynb").write_text(json.dumps(text))


def older_minor(place: Path) -> None:
    text = json.loads((place / "work.ipynb").read_text())
    text["nbformat_minor"] = 2
    for each in text["cells"]:
        each.pop("id", None)
    (place / "work.ipynb").write_text(json.dumps(text))


def other_name(place: Path) -> None:
    (place / "work.ipynb").rename(place / "work (1).ipynb")


def old_schema(place: Path) -> None:
    text = json.loads((place / "work.ipynb").read_text())
    for each in text["cells"]:
        each["metadata"]["nbgrader"]["schema_version"] = 1
    (place / "work.ipynb").write_text(json.dumps(text))


def double(place: Path) -> None:
    text = json.loads((place / "work.ipynb").read_text())
    text["cells"] += text["cells"]
    (place / "work.ipynb").write_text(json.dumps(text))


def double_other(place: Path) -> None:
    """The first of the two differs; nbgrader counts the last."""
    text = json.loads((place / "work.ipynb").read_text())
    text["cells"].insert(2, text["cells"][2] | {"source": "assert False"})
    (place / "work.ipynb").write_text(json.dumps(text))


def bad_stamp(place: Path) -> None:
    (place / "timestamp.txt").write_text("yesterday, I think")


NO_CELLS = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
READ = "work.ipynb is not a notebook that can be read."
# What was done to a submission; what it earns (None: no mark); what the trainer reads.
EDGES = {
    "empty-file": (write(""), None, READ),
    "no-json": (write("hello"), None, READ),
    "cut-off": (lambda p: write((p / "work.ipynb").read_bytes()[:300])(p), None, READ),
    "bytes": (write(os.urandom(500)), None, READ),
    "a-list": (write("[]"), None, READ),
    "an-object": (write("{}"), None, ""),
    "no-cells": (write(NO_CELLS), "gone", "Missing cells earn nothing"),
    "version-3": (version_three, "gone", "Missing cells earn nothing"),
    "version-5": (newer, None, ""),
    "version-4.99": (newer_minor, "all", ""),
    "version-4.2": (older_minor, "all", ""),
    "kernel": (unknown_kernel, "all", ""),  # the author's counts
    "no-metadata": (no_metadata, "gone", "Missing cells earn nothing"),
    "odd-metadata": (odd_metadata, None, ""),
    "old-schema": (old_schema, None, ""),
    "doubled": (double, "all", "exists multiple times"),
    "doubled-other": (double_other, "all", "exists multiple times"),
    "other-name": (other_name, None, "There is no work.ipynb in the submission."),
    "no-file": (lambda p: (p / "work.ipynb").unlink(), None, "There is no work.ipynb in the submission."),
    "a-folder": (lambda p: ((p / "work.ipynb").unlink(), (p / "work.ipynb").mkdir()), None, "no file"),
    "bad-stamp": (bad_stamp, None, "Its timestamp.txt holds no date that can be read."),
    "no-data": (lambda p: (p / "prices.csv").unlink(missing_ok=True), "all", ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def edges(blank_course, tmp_path_factory):
    """Every edge in one batch, with one sound submission."""
    root = shutil.copytree(blank_course, tmp_path_factory.mktemp("edges") / "course")
    hand_in(root, "sound", RIGHT)
    for name, (spoil, *_) in EDGES.items():
        spoil(hand_in(root, name, RIGHT))
    return root, grade(root)


@pytest.mark.parametrize("name", EDGES)
def test_what_is_wrong_with_a_submission_ends_in_a_mark_or_one_clear_sentence(edges, name):
    root, outcomes = edges
    _, earns, sentence = EDGES[name]
    assert sentence in outcomes[name].remark
    assert "\n" not in outcomes[name].remark
    if earns is None:
        assert outcomes[name].trouble
        assert set(marks(root, name).values()) == {None}
    else:
        assert outcomes[name].trouble == ""
        assert earned(root, name) == (FULL if earns == "all" else dict.fromkeys(FULL))


def test_sound_work_among_it_is_marked_in_full(edges):
    root, outcomes = edges
    assert outcomes["sound"].remark == ""
    assert earned(root, "sound") == FULL


def test_a_folder_that_holds_no_such_assignment_is_refused_in_one_sentence(course):
    (course / "submitted" / "ana" / "other").mkdir(parents=True)
    with pytest.raises(InputError, match="other was not handed out in"):
        engine.grade(course, "other")


def test_a_learner_who_did_not_hand_in_is_told(course):
    hand_in(course, "ana", RIGHT)
    assert grade(course, "nobody")["nobody"].trouble == "It is gone."


def test_several_notebooks_are_marked_each_and_a_missing_one_earns_nothing(tmp_path):
    cells = {"one": [cell("test", "assert True", points=1, locked=True)],
             "two": [cell("test", "assert True", points=2, locked=True)]}  # fmt: skip
    course = make_course(tmp_path / "course", **cells)
    for notebook in ("one", "two"):
        hand_in(course, "both", notebook=notebook)
    hand_in(course, "half", notebook="one")
    hand_in(course, "half", notebook="one").joinpath("three.ipynb").write_text("{}")
    outcomes = grade(course)
    points = {(row[0], row[1]): row[3] for row in rows(course, GRADES)}
    assert points == {("both", "one"): 1, ("both", "two"): 2, ("half", "one"): 1, ("half", "two"): 0}
    assert outcomes["half"].warnings == [
        "The notebook three.ipynb is none of this assignment's.",
        "The notebook two.ipynb is missing, so it earns nothing.",
    ]
