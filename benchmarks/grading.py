"""Marking a cohort: nbgrader as it comes, nbgrader with one import mended, otter-grader, ours, and the floor.

    python benchmarks/grading.py                              8 submissions each, 3 rounds in turn
    python benchmarks/grading.py --otter /path/to/bin/python  also otter-grader, with ipykernel, pandas,
                                                              altair and ipywidgets installed there
    python benchmarks/grading.py --whole 200                  also ours and the floor over 200
    python benchmarks/grading.py --soak 2000                  only ours: does its cost or its memory grow?

Every program marks the same submissions in a process of its own, started anew in a fresh copy of the course
folder; the clock covers the whole process. A further submission costs the time of all less the time of one a
core, so that what a program loads first counts once. Processor seconds are those of a program with all it
starts; they change little with what else the machine does, while the clock does. The floor runs the same
cells in forks of a warm IPython, one a core at a time, and keeps what they show; it writes no notebook and no
gradebook. Medians over the rounds. Every cell's mark must be equal, or this fails.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import io
import json
import os
import platform
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

NAME, BOOK = "sums", "work"
MARKS = """
    select s.student_id, b.name, g.auto_score from grade g
    join submitted_notebook n on n.id = g.notebook_id
    join submitted_assignment s on s.id = n.assignment_id
    join base_cell b on b.id = g.cell_id"""
Marks = dict[tuple[str, str], float]

OPENING = (
    "import pandas as pd\nimport altair as alt\nimport ipywidgets as widgets",
    "table = pd.read_csv('contracts.csv')\nareas = pd.DataFrame({'area': sorted(table.area.unique())})\n"
    "areas['need'] = range(len(areas))\ntable.describe()",
    "alt.Chart(table).mark_bar().encode(x='area', y='sum(value)', tooltip=['area', 'sum(value)'])",
    "widgets.FloatSlider(description='Weight', min=0, max=100, value=30)",
)
# Three cells to write in. Each task: its name, the test shown, the test hidden, right answers, wrong answers.
TASKS = (
    (
        ("total", "assert total > 0", "assert total == table.value.sum()",
         ["total = table['value'].sum()", "total = sum(table.value)"],
         ["total = table.value.max()", "total = tabel.value.sum()", ""]),
        ("share", "assert share(1, 2) == 0.5", "assert share(3, 4) == 0.75\nassert share(0, 9) == 0",
         ["def share(part, whole):\n    return part / whole", "share = lambda part, whole: part / whole"],
         ["def share(part, whole):\n    return part // whole", "def share(part, whole):\n    pass", ""]),
        ("by-area", "assert len(by_area) == 4", "assert by_area.sum() == table.value.sum()",
         ["by_area = table.groupby('area')['value'].sum()", "by_area = table.groupby('area').value.sum()"],
         ["by_area = table.groupby('area')", "by_area = table.groupby('place').value.sum()", ""]),
    ),
    (
        ("largest", "assert isinstance(largest, str)",
         "assert largest == table.groupby('area').value.sum().idxmax()",
         ["largest = table.groupby('area').value.sum().idxmax()"], ["largest = 1", "largest = 'North'", ""]),
        ("rate", "assert 0 < rate < 1", "assert abs(rate - (table.social / table.value).mean()) < 1e-9",
         ["rate = (table.social / table.value).mean()", "rate = table.social.div(table.value).mean()"],
         ["rate = table.social.sum() / table.value.sum()", "rate = table.social.mean()", ""]),
        ("joined", "assert 'need' in joined", "assert len(joined) == len(table)",
         ["joined = table.merge(areas, on='area')", "joined = areas.merge(table)"],
         ["joined = table.join(areas)", "joined = table", ""]),
    ),
    (
        ("weight", "assert weight(1, 1) == 1", "assert abs(weight(10, 0) - 7) < 1e-9",
         ["def weight(p, s):\n    return 0.7 * p + 0.3 * s", "weight = lambda p, s: (7 * p + 3 * s) / 10"],
         ["def weight(p, s):\n    return p + s", "def weight(p, s):\n    return weight(p, s)", ""]),
        ("words", "assert words.endswith('contracts')", "assert words.startswith(str(len(table)))",
         ["words = f'{len(table)} contracts'", "words = str(len(table)) + ' contracts'"],
         ["words = 'many contracts'", "words = len(table)", ""]),
    ),
)  # fmt: skip
ABLE = 0.8  # the chance of a right answer


def author_cells() -> list[Any]:
    """Fifteen code cells, eight of them tests with a hidden part."""
    from nbformat.v4 import new_code_cell

    def cell(name: str, source: str, **more: Any) -> Any:
        made = new_code_cell(source)
        kind = {"schema_version": 3, "grade_id": name, "grade": False, "solution": False, "locked": False}
        made.metadata["nbgrader"] = kind | {"task": False} | more
        return made

    made = [cell(f"opening-{n}", source, locked=True) for n, source in enumerate(OPENING)]
    for number, tasks in enumerate(TASKS):
        right = "\n".join(task[3][0] for task in tasks)
        made.append(cell(f"write-{number}", f"### BEGIN SOLUTION\n{right}\n### END SOLUTION", solution=True))
        for name, shown, hidden, *_ in tasks:
            test = f"{shown}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
            made.append(cell(f"test-{name}", test, grade=True, locked=True, points=1))
    return made


def answers_of(number: int) -> list[str]:
    """What a learner writes in the three cells; the same every time."""
    chance = random.Random(number)
    return [
        "\n".join(chance.choice(right if chance.random() < ABLE else wrong) for *_, right, wrong in tasks)
        for tasks in TASKS
    ]


def make_course(root: Path, submissions: int) -> None:
    """Write an nbgrader course folder with an assignment generated and handed in so many times."""
    import nbformat
    from nbformat.v4 import new_notebook

    from course.authoring import build

    source = root / "source" / NAME
    source.mkdir(parents=True)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    author = new_notebook(cells=author_cells(), metadata={"kernelspec": kernel})
    nbformat.write(author, source / f"{BOOK}.ipynb")
    chance = random.Random(0)
    rows = []
    for _ in range(500):
        area, value = chance.choice(["North", "South", "East", "West"]), chance.randrange(1000, 90000)
        rows.append(f"{area},{value},{value // chance.randrange(10, 30)}")
    (source / "contracts.csv").write_text("area,value,social\n" + "\n".join(rows) + "\n")
    with contextlib.redirect_stderr(io.StringIO()):
        assert build.nbgrader_api(root).generate_assignment(NAME)["success"]
    released = (root / "release" / NAME / f"{BOOK}.ipynb").read_text()
    for number in range(submissions):
        place = root / "submitted" / f"learner-{number:04}" / NAME
        shutil.copytree(root / "release" / NAME, place)
        notebook = json.loads(released)
        given = iter(answers_of(number))
        for cell in notebook["cells"]:
            if cell["metadata"]["nbgrader"]["solution"]:
                cell["source"] = next(given)
        (place / f"{BOOK}.ipynb").write_text(json.dumps(notebook))


# ---- The programs --------------------------------------------------------------------------------


def quietly(command: list[str], cwd: Path, **environment: str) -> None:
    """Run a program to its end; what it says is shown only if it fails."""
    plain = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    path = f"{Path(command[0]).parent}{os.pathsep}{plain.get('PATH', '')}"
    done = subprocess.run(
        command, cwd=cwd, env=plain | {"PATH": path} | environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{command} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


def run_stock(root: Path) -> Marks:
    """`nbgrader autograde`, in an ordinary process."""
    quietly([sys.executable, "-m", "nbgrader", "autograde", NAME], root)
    return from_gradebook(root)


def run_mended(root: Path) -> Marks:
    """The same, where it and its kernels put off importing `rfc3987_syntax`."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "sitecustomize.py").write_text("from course import slow_import\nslow_import.mend()\n")
        quietly([sys.executable, "-m", "nbgrader", "autograde", NAME], root, PYTHONPATH=folder)
    return from_gradebook(root)


def run_ours(root: Path) -> Marks:
    """`academy grade`."""
    quietly([str(Path(sys.executable).with_name("academy")), "grade", str(root), NAME], root)
    return from_gradebook(root)


def from_gradebook(root: Path) -> Marks:
    """Read every cell's mark."""
    with contextlib.closing(sqlite3.connect(root / "gradebook.db")) as book:
        return {(learner, cell): score for learner, cell, score in book.execute(MARKS)}


def run_floor(root: Path) -> Marks:
    """Only run the cells."""
    quietly([sys.executable, __file__, "--floor", str(root)], root)
    kept = json.loads((root / "floor.json").read_text())
    return {(learner, cell): score for learner, cell, score in kept}


def floor(root: Path) -> None:
    """Fork a warm IPython for each submission, two at a time, and run the cells that nbgrader would run."""
    from course import slow_import

    slow_import.mend()
    import altair
    import ipywidgets  # noqa: F401
    import nbformat
    import pandas as pd
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    frame = pd.DataFrame({"area": ["N"], "value": [1]})
    altair.Chart(frame).mark_bar().encode(x="area", y="sum(value)").to_dict()
    with capture_output():  # a failing cell too: drawing the first traceback loads much
        shell.run_cell("def fail():\n    raise KeyError('x')\nfail()")
    author = nbformat.read(root / "source" / NAME / f"{BOOK}.ipynb", as_version=4)
    sources = {c.metadata.nbgrader.grade_id: c.source for c in author.cells}

    def work(place: Path, channel: int) -> None:
        os.chdir(place)
        notebook = json.loads((place / f"{BOOK}.ipynb").read_text())
        marks = []
        with capture_output():
            for cell in notebook["cells"]:
                about = cell["metadata"]["nbgrader"]
                text = sources[about["grade_id"]] if about["locked"] else "".join(cell["source"])
                done = shell.run_cell(text, store_history=True)
                if about["grade"]:
                    marks.append((place.parent.name, about["grade_id"], float(done.success)))
        os.write(channel, json.dumps(marks).encode())

    todo = sorted((root / "submitted").glob(f"*/{NAME}"))
    running: dict[int, int] = {}
    kept: list[Any] = []
    while todo or running:
        while todo and len(running) < (os.cpu_count() or 1):
            reading, writing = os.pipe()
            pid = os.fork()
            if not pid:
                work(todo[0], writing)
                os._exit(0)
            os.close(writing)
            todo.pop(0)
            running[pid] = reading
        pid, _ = os.wait()
        kept += json.loads(os.read(running[pid], 1 << 20))
        os.close(running.pop(pid))
    (root / "floor.json").write_text(json.dumps(kept))


def run_otter(python: str) -> Callable[[Path], Marks]:
    """otter-grader's own interface for marking many: `otter.api.grade_submission`, in a loop."""

    def run(root: Path) -> Marks:
        place = root / "otter"
        if not place.is_dir():
            for_otter(root, place, python)
        quietly([python, __file__, "--otter-loop", str(place)], place)
        return {
            (learner, cell): score for learner, cell, score in json.loads((place / "marks.json").read_text())
        }

    return run


def for_otter(root: Path, place: Path, python: str) -> None:
    """Write the same assignment and submissions as otter-grader has them."""
    tests = place / "tests"
    tests.mkdir(parents=True)
    for task in (task for tasks in TASKS for task in tasks):
        code = "\n".join(f">>> {line}" for line in f"{task[1]}\n{task[2]}".splitlines())
        case = {"code": code, "hidden": True, "locked": False, "points": 1}
        suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        test = {"name": f"test-{task[0]}", "points": 1, "suites": [suite]}
        (tests / f"test-{task[0]}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
    shutil.copy(root / "source" / NAME / "contracts.csv", place)
    quietly([python, "-m", "otter", "generate", "-t", "tests", "--no-environment", "contracts.csv"], place)
    for submitted in sorted((root / "submitted").glob(f"*/{NAME}")):
        notebook = json.loads((submitted / f"{BOOK}.ipynb").read_text())
        for cell in notebook["cells"]:
            about = cell["metadata"].pop("nbgrader")
            if about["grade"]:
                cell["source"] = f"grader.check({about['grade_id']!r})"
        first: dict[str, Any] = {
            "cell_type": "code",
            "id": "otter",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        notebook["cells"].insert(0, first | {"source": "import otter\ngrader = otter.Notebook()"})
        (place / "handed-in").mkdir(exist_ok=True)
        (place / "handed-in" / f"{submitted.parent.name}.ipynb").write_text(json.dumps(notebook))


def otter_loop(place: Path) -> None:
    """Run inside otter-grader's own environment."""
    from otter.api import grade_submission  # type: ignore[import-not-found]

    kept = []
    for path in sorted((place / "handed-in").glob("*.ipynb")):
        results = grade_submission(str(path), ag_path=str(place / "autograder.zip"), quiet=True)
        kept += [(path.stem, name, result.score) for name, result in results.results.items()]
    (place / "marks.json").write_text(json.dumps(kept))


# ---- Measuring -----------------------------------------------------------------------------------


def timed(run: Callable[[Path], Marks], course: Path) -> tuple[float, float, Marks]:
    """Run a program in a fresh copy of a course folder; seconds, processor seconds, and the marks it gave."""
    with tempfile.TemporaryDirectory() as folder:
        root = shutil.copytree(course, Path(folder, "course"))
        used, begun = used_by_children(), time.perf_counter()
        marks = run(root)
        seconds = time.perf_counter() - begun
        return seconds, used_by_children() - used, marks


def used_by_children() -> float:
    """Wait for what programs left behind, which is this process's now; processor seconds of all so far."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def differing(one: Marks, other: Marks) -> list[str]:
    """Say which marks differ."""
    return [
        f"{learner} {cell}: {one.get((learner, cell))} and {other.get((learner, cell))}"
        for learner, cell in sorted(one.keys() | other.keys())
        if one.get((learner, cell)) != other.get((learner, cell))
    ]


def machine() -> str:
    """Say in one line what all of this ran on."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30
    packages = ", ".join(f"{name} {version(name)}" for name in ("nbgrader", "ipykernel", "pandas", "altair"))
    return (
        f"{os.cpu_count()} cores ({model}), {memory} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {packages}"
    )


def compare(size: int, rounds: int, otter: str | None) -> dict[str, list[float]]:
    """Measure all programs in turn, several times.

    Gives medians: seconds of a whole run and of one further submission, and the same in processor seconds.
    """
    programs: dict[str, Callable[[Path], Marks]] = {
        "nbgrader as it comes": run_stock,
        "nbgrader, the import mended": run_mended,
        **({"otter-grader": run_otter(otter)} if otter else {}),
        "ours": run_ours,
        "floor": run_floor,
    }
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder, "few"), Path(folder, "many")
        start = os.cpu_count() or 1
        make_course(few, start)
        make_course(many, size)
        if otter:
            for course in (few, many):
                for_otter(course, course / "otter", otter)
        took: dict[str, list[list[float]]] = {name: [] for name in programs}
        first: Marks = {}
        for number in range(rounds):
            for name, run in programs.items():
                less, less_used, _ = timed(run, few)
                whole, whole_used, marks = timed(run, many)
                first = first or marks
                wrong = differing(first, marks)
                if wrong:
                    raise RuntimeError(f"{name} marks otherwise: {wrong[:5]}")
                more = size - start
                further = (whole - less) / more, (whole_used - less_used) / more
                took[name].append([whole, further[0], whole_used, further[1]])
                print(
                    f"round {number + 1}: {name}: {less:.1f} s for {start}, {whole:.1f} s for {size}",
                    file=sys.stderr,
                )
        print(f"All {len(first)} marks of {size} submissions are equal, in every round and program.\n")
    return {
        name: [statistics.median(values) for values in zip(*all_, strict=True)] for name, all_ in took.items()
    }


def table(found: dict[str, list[float]], size: int) -> str:
    """Draw the table in Markdown."""
    head = ["Program", f"{size} submissions", "A further one", "× ours", "Processor, a further one", "× ours"]
    lines = [f"| {' | '.join(head)} |", "|---|---:|---:|---:|---:|---:|"]
    for name, (all_, further, _, used) in found.items():
        ratios = further / found["ours"][1], used / found["ours"][3]
        lines.append(
            f"| {name} | {all_:.1f} s | {further:.2f} s | {ratios[0]:.1f} | {used:.2f} s | {ratios[1]:.1f} |"
        )
    return "\n".join(lines)


def whole(size: int, rounds: int, found: dict[str, list[float]], small: int) -> None:
    """Measure ours and the floor over a whole cohort, in turn; the others' time is reckoned."""
    took: dict[str, list[tuple[float, float]]] = {"ours": [], "floor": []}
    with tempfile.TemporaryDirectory() as folder:
        make_course(Path(folder, "course"), size)
        for _ in range(rounds):
            marks: Marks = {}
            for name, run in (("ours", run_ours), ("floor", run_floor)):
                seconds, used, given = timed(run, Path(folder, "course"))
                took[name].append((seconds, used))
                if marks and differing(marks, given):
                    raise RuntimeError(f"Marks differ: {differing(marks, given)[:5]}")
                marks = marks or given
    told = {name: [statistics.median(v) for v in zip(*all_, strict=True)] for name, all_ in took.items()}
    print(f"\nA cohort of {size}, whole process. Ours and the floor measured, {rounds} times; ", end="")
    print(f"the others reckoned from {small} submissions.\n")
    print("| Program | Seconds | × ours | Processor seconds | × ours |\n|---|---:|---:|---:|---:|")
    for name, (seconds, further, used, used_further) in found.items():
        more = size - small
        all_ = told.get(name, [seconds + more * further, used + more * used_further])
        ratios = [mine / our for mine, our in zip(all_, told["ours"], strict=True)]
        print(f"| {name} | {all_[0]:.0f} | {ratios[0]:.2f} | {all_[1]:.0f} | {ratios[1]:.2f} |")


def soak(size: int) -> None:
    """Mark many in one run: seconds for each, and memory, by tenths of the run."""
    from course.grading import engine

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "course")
        make_course(root, size)
        begun = last = time.perf_counter()
        print("| Marked | Seconds each | Memory of this process, MiB | Of all, MiB |\n|---:|---:|---:|---:|")

        def told(_: Any, done: int, all_: int) -> None:
            nonlocal last
            if done % max(1, all_ // 10) == 0:
                now = time.perf_counter()
                mine, every = memory()
                print(
                    f"| {done} | {(now - last) / (all_ // 10):.3f} | {mine:.0f} | {every:.0f} |", flush=True
                )
                last = now

        run = engine.grade(root, NAME, told=told)
        print(f"\n{len(run.marked)} in {time.perf_counter() - begun:.0f} s, {len(run.failed)} failed.")


def memory() -> tuple[float, float]:
    """Proportional memory of this process, and of it with all it started, in MiB."""
    parents, sizes = {}, {}
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            parents[int(place.name)] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            rolled = (place / "smaps_rollup").read_text()
            sizes[int(place.name)] = int(rolled.split("Pss:")[1].split()[0]) / 1024
    family = {os.getpid()}
    while True:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        if not more:
            break
        family |= more
    return sizes.get(os.getpid(), 0.0), sum(sizes.get(pid, 0.0) for pid in family)


def main() -> None:
    """Read the command line and measure."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--submissions", type=int, default=8)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--otter", metavar="PYTHON", help="the Python in which otter-grader is installed")
    reader.add_argument("--whole", type=int, metavar="N", help="also measure ours and the floor over N")
    reader.add_argument("--soak", type=int, metavar="N", help="only ours, once, over N")
    reader.add_argument("--floor", type=Path, help=argparse.SUPPRESS)
    reader.add_argument("--otter-loop", type=Path, help=argparse.SUPPRESS)
    chosen = reader.parse_args()
    if chosen.floor:
        return floor(chosen.floor)
    if chosen.otter_loop:
        return otter_loop(chosen.otter_loop)
    print(f"Machine: {machine()}; load at the start {os.getloadavg()[0]:.1f}\n")
    # Processes that outlive their parents become this one's, so that their time is counted.
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    if chosen.soak:
        return soak(chosen.soak)
    found = compare(chosen.submissions, chosen.rounds, chosen.otter)
    print(table(found, chosen.submissions))
    if chosen.whole:
        whole(chosen.whole, chosen.rounds, found, chosen.submissions)
    return None


if __name__ == "__main__":
    main()
