"""Mark a cohort's submissions with nbgrader's own preprocessors, in parallel, contained, once each.

nbgrader marks one submission at a time: it opens the gradebook seven times, starts a kernel, and waits for
it to end. Here each worker process keeps nbgrader loaded and forks a contained kernel for every submission
from a warm parent; the preprocessors are nbgrader's, unchanged, over a stand-in for the gradebook that
remembers what they would have written. This process alone writes the real gradebook. So SQLite is never
fought over, and the marks are nbgrader's, cell by cell.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import nbformat
import traitlets.log

from course import places, slow_import
from course.answers import ANSWER_FILE, JOURNAL_FILE
from course.authoring import build
from course.authoring.source import PREFIXES
from course.cases.seeds import COHORT_FILE, KEY_VARIABLE, case_key
from course.errors import InputError
from course.grading import canary, schema_once, writing
from course.warm import lost_wakeup

NOTES = ".academy"
REFERENCE = "reference"
BATCH, BATCH_SECONDS = 20, 5.0
DEADLINE = 300.0
MOST_BYTES = 48 << 20  # of what a submission holds; less than the room a contained fork has
MODULES = ("numpy", "pandas")
REHEARSAL = "course.grading.rehearsal:run"
# Without these a submission could read the gradebook, the answers or other work, or reach the network.
NEEDED_LAYERS = ("landlock", "seccomp", "hidden")


@dataclass(frozen=True)
class Job:
    """One submission to mark: whose, of what, in which course folder, for which case, and how.

    `imports`: modules that the author's notebooks import. `reference`: mark the author's own solution
    instead, as the self-test does.
    """

    root: str
    exercise: str
    learner: str
    case: str
    db_url: str | None = None
    trust: bool = False
    deadline: float = DEADLINE
    imports: tuple[str, ...] = ()
    reference: bool = False


Names = dict[str, dict[str, Any]]


@dataclass
class Outcome:
    """What came of marking one submission.

    `grades`: by notebook, cell name to points, None where a person must mark. `comments`: by notebook, cell
    name to nbgrader's automatic comment. `missing`: notebooks that were not handed in. `warnings`: what
    nbgrader logged as a warning, and what the trainer should know. `suspicion`: one sentence where the
    marking itself was tampered with, so that it earns nothing. `trouble`: one sentence, if it could not be
    marked. `layers`: the layers of containment that were on. `unshut`: why it ran in an ordinary kernel, if
    it did. `seconds`: how long it took.
    """

    learner: str
    grades: Names = field(default_factory=dict)
    comments: Names = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    timestamp: datetime | None = None
    warnings: list[str] = field(default_factory=list)
    suspicion: str = ""
    trouble: str = ""
    layers: list[str] = field(default_factory=list)
    unshut: str = ""
    fingerprint: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def remark(self) -> str:
        """The one sentence a trainer should read about it first; "" if there is none."""
        return self.trouble or self.suspicion or (self.warnings[0] if self.warnings else "")


@dataclass(frozen=True)
class Run:
    """One run of the engine: outcomes of what was marked now, and who was left as marked before.

    `notices`: sentences about the run as a whole.
    """

    exercise: str
    marked: list[Outcome]
    unchanged: list[str]
    seconds: float
    notices: tuple[str, ...] = ()

    @property
    def failed(self) -> list[Outcome]:
        """Those that could not be marked."""
        return [outcome for outcome in self.marked if outcome.trouble]


def grade(
    root: Path,
    exercise: str,
    learners: Iterable[str] | None = None,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    force: bool = False,
    trust: bool = False,
    db_url: str | None = None,
    deadline: float = DEADLINE,
    cases: Callable[[str], str] | None = None,
    told: Callable[[Outcome, int, int], None] = lambda *_: None,
) -> Run:
    """Mark every submission of an assignment that was not marked yet or has changed since.

    Parameters
    ----------
    root : Path
        An nbgrader course folder in which the assignment was generated.
    exercise : str
        The assignment's id.
    learners : iterable of str, optional
        Only these; everybody who handed in, if left out.
    workers : int, optional
        Processes; one a core, if left out.
    executor : concurrent.futures.Executor, optional
        Used instead of our own processes (a Dask client's, say); it must see the folder.
    force : bool
        Mark also what has not changed.
    trust : bool
        Mark even where a submission cannot be shut in: on a machine that lacks a layer, or in a kernel that
        is not Python. Every layer there is is on. Submissions of which only answers count need none.
    db_url : str, optional
        The gradebook's address for SQLAlchemy; the folder's own, if left out.
    deadline : float
        Seconds for one submission; then it is ended with all it started.
    cases : callable, optional
        From a learner's id to the case key; from the cohort's salt, if left out.
    told : callable
        Is given each outcome as it is kept, how many are done, and how many there are.

    Raises
    ------
    InputError
        If the assignment was not generated in this folder, or its own solution does not earn full marks
        when shut in and `trust` is not given.
    """
    started = time.perf_counter()
    root = root.resolve()
    cases = cases or _cases(root)
    wanted = sorted(learners) if learners is not None else handed_in(root, exercise)
    notes = _Notes(root, exercise)
    rest = _Digest(root, exercise)
    digests = {name: rest.of(name, cases(name)) for name in wanted}
    todo = [name for name in wanted if force or notes.marked.get(name) != digests[name]]
    marked: list[Outcome] = []
    notices: list[str] = []
    if todo:
        like = Job(str(root), exercise, "", "", db_url, trust, deadline, _imports(root / "source" / exercise))
        jobs = [replace(like, learner=name, case=cases(name)) for name in todo]
        with _pool(workers, like, len(jobs), executor) as pool, _Book(root, exercise, db_url) as book:
            snapshots = book.snapshots()
            reference, notices = _self_test(pool, like, snapshots)
            waiting: list[Outcome] = []
            kept = time.perf_counter()
            try:
                for outcome in pool.outcomes(jobs, snapshots):
                    canary.judge(outcome, reference)
                    outcome.fingerprint = {}
                    waiting.append(outcome)
                    if len(waiting) >= BATCH or time.perf_counter() - kept > BATCH_SECONDS:
                        _keep(book, notes, waiting, digests)
                        waiting, kept = [], time.perf_counter()
                    marked.append(outcome)
                    told(outcome, len(marked), len(jobs))
            finally:
                _keep(book, notes, waiting, digests)
    if db_url is None:  # also of those marked before: a run that was killed may not have come to it
        _settle_writing(root, exercise, wanted)
    unchanged = [name for name in wanted if name not in set(todo)]
    notices += sorted({f"Ordinary kernels were used: {o.unshut}." for o in marked if o.unshut})
    return Run(exercise, marked, unchanged, time.perf_counter() - started, tuple(notices))


def _settle_writing(root: Path, exercise: str, learners: list[str]) -> None:
    """Give the gradebook what people settled about free text, and nought for what was left blank."""
    released = sorted((root / "release" / exercise).glob("*.ipynb"))
    if not released or not (root / COHORT_FILE).is_file():
        return  # another course's, which has no record of ours
    names = [name for place in released for name in _released(place, place.stat().st_mtime_ns)]
    questions = [
        name.removeprefix(PREFIXES["rubric"]) for name in names if name.startswith(PREFIXES["rubric"])
    ]
    if questions:
        writing.settle_of(root, exercise, questions, set(learners))


def _self_test(pool: _Pool, like: Job, snapshots: Snapshots) -> tuple[dict[str, str], list[str]]:
    """Mark the author's own solution, shut in as submissions are, so that no layer hides what it needs.

    Returns
    -------
    tuple
        The fingerprint of what tests rely on, for the canary, and notices.
    """
    folder = Path(like.root) / "source" / like.exercise
    if not any(folder.glob("*.ipynb")):
        return {}, [f"There is no solution of {like.exercise} in “source”, so the shutting in was not tried."]
    job = replace(like, learner=REFERENCE, case=build.BUILD_KEY, trust=True, reference=True)
    outcome = pool.one(job, snapshots)
    fault = outcome.trouble
    for name, snapshot in snapshots.items():
        got = outcome.grades.get(name, {})
        for cell in snapshot.automatic if not fault else ():
            points = got.get(cell)
            if points != snapshot.points[cell]:
                fault = f"It earns {points or 0:g} of {snapshot.points[cell]:g} points on “{cell}”."
                break
    if not fault:
        return outcome.fingerprint, []
    sentence = f"The solution of {like.exercise} was tried first, shut in as submissions are. {fault}"
    if not like.trust:
        raise InputError(f"Nobody was marked. {sentence}")
    return outcome.fingerprint, [sentence]


def handed_in(root: Path, exercise: str) -> list[str]:
    """Return the ids of those whose submission of an exercise lies in `submitted/`."""
    return sorted(path.parent.name for path in (root / "submitted").glob(f"*/{exercise}") if path.is_dir())


def _cases(root: Path) -> Callable[[str], str]:
    try:
        salt = json.loads((root / COHORT_FILE).read_text(encoding="utf-8"))["salt"]
    except (OSError, ValueError, KeyError):
        return lambda _: ""
    return lambda learner: case_key(salt, learner)


def _imports(folder: Path) -> tuple[str, ...]:
    """Return the modules that an author's notebooks import, for the warm parent to load beforehand."""
    found = dict.fromkeys(MODULES)
    for path in sorted(folder.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type != "code":
                continue
            lines = [line for line in cell.source.splitlines() if not line.lstrip().startswith(("%", "!"))]
            try:
                steps = list(ast.walk(ast.parse("\n".join(lines))))
            except SyntaxError:
                continue
            for step in steps:
                if isinstance(step, ast.Import):
                    found |= dict.fromkeys(alias.name for alias in step.names)
                elif isinstance(step, ast.ImportFrom) and step.module and not step.level:
                    found |= dict.fromkeys([step.module, *(f"{step.module}.{a.name}" for a in step.names)])
    return tuple(name for name in found if name.partition(".")[0] not in sys.stdlib_module_names)


class _Pool:
    """Where jobs run: this process, processes of ours, or an executor that was given."""

    def __init__(self, executor: Executor | None) -> None:
        self.executor = executor

    def one(self, job: Job, snapshots: Snapshots) -> Outcome:
        """Mark one submission."""
        if self.executor is None:
            return mark_one(job, snapshots)
        return self.executor.submit(mark_one, job, snapshots).result()

    def outcomes(self, jobs: list[Job], snapshots: Snapshots) -> Iterator[Outcome]:
        """Mark all, and give each as it is done; also if a worker is killed."""
        if self.executor is None:
            yield from (mark_one(job, snapshots) for job in jobs)
            return
        waiting: dict[Future[Outcome], Job] = {}
        again: list[Job] = []
        for job in jobs:
            try:
                waiting[self.executor.submit(mark_one, job, snapshots)] = job
            except BrokenExecutor:
                again.append(job)
        for future in as_completed(waiting):
            job = waiting.pop(future)
            try:
                outcome = future.result()
            except BrokenExecutor:
                again.append(job)
            except Exception as problem:  # `mark_one` raises nothing: it is the executor's
                yield Outcome(job.learner, trouble=f"Its worker failed: {type(problem).__name__}: {problem}")
            else:
                yield outcome
        # One at a time, so that it shows which one ends its worker.
        for job in again:
            with _processes(1) as alone:
                try:
                    outcome = alone.submit(mark_one, job, snapshots).result()
                except BrokenExecutor:
                    outcome = Outcome(job.learner, trouble="The process that marked it was ended.")
                yield outcome


def _processes(count: int) -> ProcessPoolExecutor:
    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload([__name__, "course.grading.preload"])
    # A Ctrl-C at the terminal goes to all; that this process stops is enough.
    return ProcessPoolExecutor(
        count, mp_context=context, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
    )


@contextmanager
def _pool(workers: int | None, like: Job, jobs: int, executor: Executor | None) -> Iterator[_Pool]:
    count = min(workers or os.cpu_count() or 1, jobs)
    if executor is not None or count == 1:
        yield _Pool(executor)
        return
    own = _processes(count)
    try:
        for _ in range(count):  # they load what they need while this process opens the gradebook
            own.submit(_warm, like)
        yield _Pool(own)
    finally:
        own.shutdown(cancel_futures=True)


# ---- In the worker ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Snapshot:
    """What nbgrader's preprocessors ask the gradebook about a notebook: its cells, by name, in order.

    `source`: name to (cell type, locked, source, checksum). `grades`, `tasks`: name to most points.
    `solutions`: names of cells in which learners write. `kernelspec`: the author's, as JSON, if any.
    """

    source: dict[str, tuple[str, bool, str, str | None]]
    grades: dict[str, float]
    tasks: dict[str, float]
    solutions: frozenset[str]
    kernelspec: str | None

    @property
    def points(self) -> dict[str, float]:
        """Most points of every cell that earns some."""
        return self.grades | self.tasks

    @property
    def automatic(self) -> list[str]:
        """Names of the cells whose points come from running them."""
        return [n for n in self.grades if n not in self.solutions and self.source[n][0] == "code"]


Snapshots = dict[str, Snapshot]


class StandIn:
    """Answers nbgrader's preprocessors in the gradebook's place, and remembers what they decide."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.grades: dict[str, SimpleNamespace] = {}
        self.comments: dict[str, SimpleNamespace] = {}
        self.db = self

    def __call__(self, *_: Any, **__: Any) -> StandIn:  # noqa: D102 - stands for opening the gradebook
        return self

    def __enter__(self) -> StandIn:  # noqa: D105
        return self

    def __exit__(self, *_: object) -> None:  # noqa: D105
        return None

    def commit(self) -> None:
        """Keep nothing yet: the real gradebook is written by one process."""

    def find_notebook(self, *_: Any) -> SimpleNamespace:
        """Return the notebook's kernelspec and cells."""
        known = self.snapshot
        return SimpleNamespace(
            kernelspec=known.kernelspec,
            source_cells=[self.find_source_cell(name) for name in known.source],
            grade_cells=[SimpleNamespace(name=n, max_score=p) for n, p in known.grades.items()],
            task_cells=[SimpleNamespace(name=n, max_score=p) for n, p in known.tasks.items()],
            solution_cells=[SimpleNamespace(name=n) for n in known.solutions],
        )

    def find_source_cell(self, name: str, *_: Any) -> SimpleNamespace:
        """Return a cell as its author wrote it."""
        if name not in self.snapshot.source:
            from nbgrader.api import MissingEntry

            raise MissingEntry(f"No such source cell: {name}")
        kind, locked, source, checksum = self.snapshot.source[name]
        return SimpleNamespace(name=name, cell_type=kind, locked=locked, source=source, checksum=checksum)

    def find_graded_cell(self, name: str, *_: Any) -> SimpleNamespace:
        """Return the most points of a cell: nought for one that only claims to earn some."""
        return SimpleNamespace(max_score=self.snapshot.points.get(name, 0.0))

    def find_grade(self, name: str, *_: Any) -> SimpleNamespace:
        """Return where a cell's points are to be noted."""
        return self.grades.setdefault(name, SimpleNamespace(manual_score=None, auto_score=None))

    def find_comment(self, name: str, *_: Any) -> SimpleNamespace:
        """Return where a cell's comment is to be noted."""
        return self.comments.setdefault(name, SimpleNamespace(auto_comment=None))


def mark_one(job: Job, snapshots: Snapshots) -> Outcome:
    """Mark one submission and write its `autograded` folder; nothing is raised, trouble is told."""
    started = time.perf_counter()
    outcome = Outcome(job.learner)
    try:
        if job.reference:
            with tempfile.TemporaryDirectory(prefix="reference-") as scratch:
                _mark(job, snapshots, outcome, Path(job.root, "source", job.exercise), Path(scratch))
        else:
            mine = Path(job.learner, job.exercise)
            submitted, place = (Path(job.root, step) / mine for step in ("submitted", "autograded"))
            _mark(job, snapshots, outcome, submitted, place)
    except Exception as problem:  # one bad submission must not end the run
        outcome.trouble = _sentence(problem)
    outcome.seconds = time.perf_counter() - started
    return outcome


def _mark(job: Job, snapshots: Snapshots, outcome: Outcome, submitted: Path, place: Path) -> None:
    tools = _load(job.root, job.db_url)
    if submitted.resolve() != submitted or not submitted.is_dir():
        raise InputError("The submission is a link, not a folder." if submitted.exists() else "It is gone.")
    _refuse_large(submitted)
    outcome.timestamp = _timestamp(submitted)
    with _warnings(outcome.warnings):
        found = {path.stem: path for path in sorted(submitted.glob("*.ipynb"))}
        strange = sorted(found.keys() - snapshots.keys())
        outcome.warnings += [f"The notebook {name}.ipynb is none of this assignment's." for name in strange]
        notebooks = {name: _read(path) for name, path in found.items() if name in snapshots}
        if not notebooks:
            raise InputError(f"There is no {' or '.join(f'{n}.ipynb' for n in snapshots)} in the submission.")
        only_answers = _only_answers(job, tools, submitted)
        tools.hook("pre_convert_hook", job, found.values())
        _lay_out(job, tools, submitted, place, outcome)
        done = {}
        for name, notebook in notebooks.items():
            done[name] = _marked(job, tools, name, notebook, snapshots[name], place, outcome, only_answers)
        # Without a mount of its own the fork could write here; then nothing of that is kept.
        if outcome.layers and "mount" not in outcome.layers:
            _lay_out(job, tools, submitted, place, outcome)
        for name, notebook in done.items():
            text = nbformat.writes(notebook, version=4).removesuffix("\n") + "\n"
            (place / f"{name}.ipynb").write_text(text, encoding="utf-8")
        tools.hook("post_convert_hook", job, found.values())
    for name in snapshots.keys() - notebooks.keys():
        outcome.missing.append(name)
        outcome.warnings.append(f"The notebook {name}.ipynb is missing, so it earns nothing.")
    gone = [c for n in notebooks for c in snapshots[n].points if c not in outcome.grades[n]]
    gone = [c for c in gone if not any(c in s.tasks for s in snapshots.values())]
    if gone:
        outcome.warnings.append(f"Missing cells earn nothing: {', '.join(gone)}.")


def _marked(
    job: Job,
    tools: _Tools,
    name: str,
    notebook: Any,
    snapshot: Snapshot,
    place: Path,
    outcome: Outcome,
    only_answers: bool,
) -> Any:
    names = {"student": job.learner, "assignment": job.exercise, "notebook": name, "db_url": ""}
    resources = {
        "metadata": {"name": name, "path": str(place)},
        "nbgrader": names,
        "unique_key": name,
        "output_files_dir": f"{name}_files",
    }
    book = StandIn(snapshot)
    untouched = _untouched(job, name, notebook)
    with _standing_in(book):
        for step in tools.sanitize:
            notebook, resources = step(notebook, resources)
            for cell in notebook.cells:
                if cell.metadata.get("nbgrader") == {}:  # a double, which nbgrader would end its run about
                    del cell.metadata["nbgrader"]
        outcome.warnings[:] = [w for w in outcome.warnings if not w.startswith(untouched)]
        theirs = _has_code_of_theirs(notebook, snapshot)
        if not theirs and only_answers:
            job = replace(job, trust=True)  # all that will run is the author's
        watched = theirs or job.reference
        if watched:
            canary.put_in(notebook)
        notebook = _executed(job, tools, notebook, resources, place, outcome)
        if watched:
            canary.take_out(notebook, name, outcome)
        outcome.warnings += _refused(notebook)
        for step in tools.rest:
            notebook, resources = step(notebook, resources)
    outcome.grades[name] = {cell: noted.auto_score for cell, noted in book.grades.items()}
    outcome.comments[name] = {cell: noted.auto_comment for cell, noted in book.comments.items()}
    return notebook


def _has_code_of_theirs(notebook: Any, snapshot: Snapshot) -> bool:
    """Whether a submission, once the author's cells were put back, holds code that is not the author's."""
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        _, locked, source, _ = snapshot.source.get(name, ("", False, "", None))
        if cell.cell_type == "code" and cell.source.strip() and not (locked and cell.source == source):
            return True
    return False


def _only_answers(job: Job, tools: _Tools, submitted: Path) -> bool:
    """Whether nothing lies beside a submission's notebooks but answers and what the author's will replace."""
    harmless = {ANSWER_FILE, JOURNAL_FILE, "timestamp.txt"}
    source = Path(job.root, "source", job.exercise)
    replaced = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    replaced -= {Path(name) for name in tools.converter.exclude_overwriting.get(job.exercise, [])}
    return all(
        path.suffix == ".ipynb" or path.name in harmless or path.relative_to(submitted) in replaced
        for path in submitted.rglob("*")
        if not path.is_dir()
    )


def _untouched(job: Job, name: str, notebook: Any) -> tuple[str, ...]:
    """Return how nbgrader's warnings begin about cells that are as they were given out.

    It warns of every cell from which hidden tests were cut.
    """
    place = Path(job.root, "release", job.exercise, f"{name}.ipynb")
    released = _released(place, place.stat().st_mtime_ns) if place.is_file() else {}
    ids = [(c.metadata.get("nbgrader", {}).get("grade_id"), c.source) for c in notebook.cells]
    return tuple(f"Attribute 'checksum' for cell {i} has" for i, text in ids if i and released.get(i) == text)


@functools.cache
def _released(place: Path, _: int) -> dict[str, str]:
    cells = nbformat.read(place, as_version=4).cells
    return {
        c.metadata.nbgrader.grade_id: c.source for c in cells if "grade_id" in c.metadata.get("nbgrader", {})
    }


@dataclass
class _Tools:
    """nbgrader's preprocessors, made once a process: before running the cells, running them, after."""

    converter: Any
    sanitize: list[Any]
    execute: Callable[[], Any]
    rest: list[Any]

    def hook(self, name: str, job: Job, notebooks: Iterable[Path]) -> None:
        """Call a course's own function, as nbgrader does; that it fails is told, and no more."""
        function = getattr(self.converter, name)
        if function is None or job.reference:
            return
        try:
            paths = [str(path) for path in notebooks]
            function(assignment=job.exercise, student=job.learner, notebooks=paths)
        except Exception as problem:
            self.converter.log.warning("The %s failed: %s", name, problem)


_here = threading.local()  # an executor's workers may be threads
_alone = threading.Lock()


def _load(root: str, db_url: str | None) -> _Tools:
    settings = Path(root, "nbgrader_config.py")
    key = (root, db_url, settings.stat().st_mtime_ns if settings.is_file() else 0)
    if getattr(_here, "made", (None,))[0] != key:
        with _alone:
            _here.made = key, _tools(root, db_url)
    return _here.made[1]


def _tools(root: str, db_url: str | None) -> _Tools:
    slow_import.mend()
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import AssignLatePenalties, Execute

    lost_wakeup.mend()
    schema_once.mend()
    for name in ("overwritekernelspec", "overwritecells", "saveautogrades"):
        module: Any = importlib.import_module(f"nbgrader.preprocessors.{name}")
        if not isinstance(module.Gradebook, _Switch):
            module.Gradebook = _Switch(module.Gradebook)
    config = build.configuration(Path(root), db_url)
    converter = Autograde(CourseDirectory(config=config), config=config)
    runs = converter.autograde_preprocessors
    at = runs.index(Execute)
    return _Tools(
        converter,
        [step(config=config) for step in [*converter.sanitize_preprocessors, *runs[:at]]],
        lambda: Execute(config=config),
        [step(config=config) for step in runs[at + 1 :] if step is not AssignLatePenalties],
    )


def _parent(imports: tuple[str, ...]) -> Any:
    """Return this worker's warm parent, without the author's imports if one of them starts a thread."""
    from course.warm.client import WarmError
    from course.warm.notebook import parent_for_notebooks

    try:
        return parent_for_notebooks((*imports, REHEARSAL))
    except WarmError:
        return parent_for_notebooks((*MODULES, REHEARSAL))


def _warm(job: Job) -> None:
    """Load all that marking will need."""
    from course.warm.client import WarmError

    _load(job.root, job.db_url)
    with suppress(WarmError):
        _parent(job.imports)


def _executed(job: Job, tools: _Tools, notebook: Any, resources: Any, place: Path, outcome: Outcome) -> Any:
    """Run the cells in a contained fork of the warm parent; or in an ordinary kernel, if trusted."""
    from course.warm.client import WarmError

    unshut, parent = _foreign(notebook), None
    if not unshut:
        try:
            parent = _parent(job.imports)
        except WarmError as problem:
            unshut = str(problem)
    environment = {KEY_VARIABLE: job.case, "NBGRADER_EXECUTION": "autograde"}
    if parent is None:
        if not job.trust:
            raise InputError(f"It cannot be shut in: {unshut}. Give --trust if you trust its author.")
        outcome.unshut = unshut
        with _alone, patch.dict(os.environ, environment):
            return tools.execute().preprocess(notebook, resources)[0]
    manager = _ShutIn(job, parent, place, environment)
    try:
        notebook, _ = tools.execute().preprocess(notebook, resources, km=manager)
        outcome.layers = [layer.name for layer in manager.layers if layer.on]
    except InputError:
        raise
    except Exception as problem:
        trouble = manager.end()
        if trouble:
            raise InputError(f"It was stopped: {trouble}.") from problem
        raise
    finally:
        manager.end()
    return notebook


def _foreign(notebook: Any) -> str:
    """Say why a notebook's kernel cannot be forked; "" if it is this Python's."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    name = notebook.metadata.get("kernelspec", {}).get("name", "python3")
    if name in ("python", "python3"):
        return ""
    try:
        argv = KernelSpecManager().get_kernel_spec(name).argv
    except NoSuchKernel:
        raise InputError(f"It asks for the kernel “{name}”, which is not on this machine.") from None
    ours = any(part in ("ipykernel_launcher", "ipykernel") for part in argv)
    ours = ours and argv[0] in ("python", "python3", sys.executable)
    return "" if ours else f"the kernel “{name}” is not this Python's"


def _ShutIn(job: Job, parent: Any, place: Path, environment: dict[str, str]) -> Any:  # noqa: N802
    """Return a manager whose fork runs nothing before the layers that are needed are on."""
    from course.warm.containment import Containment
    from course.warm.notebook import ForkManager

    class ShutIn(ForkManager):
        def start_kernel(self, *arguments: Any, **settings: Any) -> None:
            super().start_kernel(*arguments, **settings)
            off = [layer for layer in self.layers if layer.name in NEEDED_LAYERS and not layer.on]
            if off and not job.trust:
                why = "; ".join(f"{layer.name} ({layer.reason})" for layer in off)
                raise InputError(
                    f"This machine cannot shut submissions in: {why}. "
                    "Mark on Linux 5.13 or newer, or give --trust if you trust everybody who handed in."
                )

    root = Path(job.root)
    secret = [root / name for name in ("source", "submitted", "received", "feedback", NOTES)]
    hidden = tuple(str(path) for path in (places.SOLUTIONS, *secret) if path.is_dir())
    readable = tuple(str(places.REPOSITORY / name) for name in ("course", "datasets", "modules"))
    return ShutIn(
        parent,
        cwd=str(place),
        env={**os.environ, **environment},
        containment=Containment(str(place), read=readable, hide=hidden),
        deadline=job.deadline,
    )


REFUSED = {"PermissionError", "BlockingIOError", "MemoryError", "OSError"}


def _refused(notebook: Any) -> list[str]:
    """Say in a sentence what the machine refused a cell, if anything."""
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            text = str(output.get("evalue", ""))
            outside = output.get("ename") == "FileNotFoundError" and ("'/" in text or "'.." in text)
            if output.get("output_type") == "error" and (outside or output["ename"] in REFUSED):
                return [f"Cell {number} was refused something: {output['ename']}: {text[:150]}"]
    return []


def _read(path: Path) -> Any:
    if path.is_symlink() or not path.is_file():
        raise InputError(f"{path.name} is a link or no file, so it was not opened.")
    try:
        return nbformat.read(path, as_version=4)
    except Exception as problem:  # nbformat raises many kinds for what is no notebook
        raise InputError(f"{path.name} is not a notebook that can be read.") from problem


def _refuse_large(folder: Path) -> None:
    size = sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
    if size > MOST_BYTES:
        raise InputError(f"It holds {size >> 20} MB; at most {MOST_BYTES >> 20} MB are marked.")


def _timestamp(submitted: Path) -> datetime | None:
    place = submitted / "timestamp.txt"
    text = place.read_text(encoding="utf-8").strip() if place.is_file() and not place.is_symlink() else ""
    if not text:
        return None
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(text)
    except ValueError:
        raise InputError("Its timestamp.txt holds no date that can be read.") from None


def _lay_out(job: Job, tools: _Tools, submitted: Path, place: Path, outcome: Outcome) -> None:
    """Put all files but notebooks where the cells will run: the submission's, then the author's over them."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    source = Path(job.root, "source", job.exercise)
    kept = {Path(name) for name in tools.converter.exclude_overwriting.get(job.exercise, [])}
    links = _copy_others(submitted, place, tools)
    _copy_others(source, place, tools, but=kept)
    if job.reference and (Path(job.root) / NOTES / REFERENCE / job.exercise).is_dir():
        _copy_others(Path(job.root) / NOTES / REFERENCE / job.exercise, place, tools)
    if links and not any(w.startswith("Links were") for w in outcome.warnings):
        outcome.warnings.append(f"Links were left out: {', '.join(links)}.")


def _copy_others(folder: Path, place: Path, tools: _Tools, but: Iterable[Path] = ()) -> list[str]:
    """Copy files but notebooks and what the course ignores. Returns links, which are not followed."""
    from nbgrader.utils import find_all_files

    for name in sorted(find_all_files(str(folder), tools.converter.coursedir.ignore + ["*.ipynb"])):
        path = Path(name)
        inner = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and inner not in but:
            target = place / inner
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            shutil.copymode(path, target)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink())


class _Switch:
    """Stands where nbgrader's preprocessors look for `Gradebook`: a thread's stand-in, or the real one."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def __call__(self, *arguments: Any, **settings: Any) -> Any:  # noqa: D102
        book = getattr(_here, "book", None)
        return self.real(*arguments, **settings) if book is None else book


@contextmanager
def _standing_in(book: StandIn) -> Iterator[None]:
    _here.book = book
    try:
        yield
    finally:
        _here.book = None


# The second is nbclient's and may come late, with the next submission; `trouble` says it already.
UNTOLD = ("Config option", "Kernel died")


@contextmanager
def _warnings(kept: list[str]) -> Iterator[None]:
    """Keep what nbgrader logs as a warning (a changed checksum, a cell that is not in the gradebook)."""

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == mine and not record.getMessage().startswith(UNTOLD):
                kept.append(record.getMessage())

    mine = threading.get_ident()
    handler = Keep(logging.WARNING)
    logger: Any = traitlets.log.get_logger()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def _sentence(problem: Exception) -> str:
    if isinstance(problem, InputError):
        return str(problem)
    said = str(problem).strip().splitlines()
    kind = type(problem).__name__
    return f"It could not be marked: {kind}{': ' + said[0][:200] if said else ''}."


# ---- In the one process that writes ----------------------------------------------------------------


class _Book:
    """The real gradebook of one assignment, open for the whole run."""

    def __init__(self, root: Path, exercise: str, db_url: str | None) -> None:
        slow_import.mend()
        from nbgrader.api import Gradebook, MissingEntry

        self.config, self.exercise = build.configuration(root, db_url), exercise
        build.mend_nbgrader()
        self.gradebook = Gradebook(self.config.CourseDirectory.db_url)
        try:
            self.notebooks = list(self.gradebook.find_assignment(exercise).notebooks)
        except MissingEntry:
            self.gradebook.close()
            raise InputError(
                f"{exercise} was not handed out in {root}. Hand it out first, then collect and mark."
            ) from None
        self.names = {
            cell.id: cell.name
            for book in self.notebooks
            for cell in (*book.grade_cells, *book.task_cells, *book.solution_cells)
        }
        self.tasks = {cell.id for book in self.notebooks for cell in book.task_cells}

    def __enter__(self) -> _Book:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the gradebook."""
        self.gradebook.close()

    def snapshots(self) -> Snapshots:
        """Return what the workers need to know of each notebook of the assignment."""
        return {
            book.name: Snapshot(
                {c.name: (str(c.cell_type), bool(c.locked), c.source, c.checksum) for c in book.source_cells},
                {c.name: float(c.max_score) for c in book.grade_cells},
                {c.name: float(c.max_score) for c in book.task_cells},
                frozenset(c.name for c in book.solution_cells),
                book.kernelspec,
            )
            for book in self.notebooks
        }

    def write(self, outcome: Outcome) -> None:
        """Write one outcome, as nbgrader's Autograde, SaveAutoGrades and AssignLatePenalties would.

        Of one that could not be marked there is only a row, so that the trainer finds it; marks given
        before stand.
        """
        book = self.gradebook
        more = {"timestamp": outcome.timestamp} if outcome.timestamp else {}
        submission = self._submission(outcome.learner, more)
        if outcome.trouble:
            return
        for notebook in submission.notebooks:
            gone = notebook.name in outcome.missing
            grades = outcome.grades.get(notebook.name, {})
            comments = outcome.comments.get(notebook.name, {})
            for grade in notebook.grades:
                if grade.cell_id in self.tasks and not gone:
                    continue  # only a person marks these
                grade.auto_score = 0.0 if gone else grades.get(self.names[grade.cell_id])
                unsure = grade.manual_score is not None or grade.auto_score is None
                grade.needs_manual_grade = unsure and not gone
            for comment in notebook.comments:
                comment.auto_comment = comments.get(self.names[comment.cell_id])
            if notebook.late_submission_penalty is not None:
                notebook.late_submission_penalty = None
        if outcome.timestamp:
            book.db.flush()
            if submission.total_seconds_late > 0:
                self._penalise(submission)

    def _submission(self, learner: str, more: dict[str, Any]) -> Any:
        """Find or make a submission with a row for every cell; `Gradebook`'s own commits several times."""
        from nbgrader.api import Comment, Grade, MissingEntry, Student, SubmittedAssignment, SubmittedNotebook

        book = self.gradebook
        try:
            submission = book.find_submission(self.exercise, learner)
            for name, value in more.items():
                setattr(submission, name, value)
            return submission
        except MissingEntry:
            pass
        try:
            student = book.find_student(learner)
        except MissingEntry:
            student = Student(id=learner)
            book.db.add(student)
        assignment = self.notebooks[0].assignment
        submission = SubmittedAssignment(assignment=assignment, student=student, **more)
        for notebook in self.notebooks:
            rows = SubmittedNotebook(notebook=notebook, assignment=submission)
            for cell in [*notebook.grade_cells, *notebook.task_cells]:
                Grade(cell_id=cell.id, notebook=rows)
            for cell in [*notebook.solution_cells, *notebook.task_cells]:
                Comment(cell_id=cell.id, notebook=rows)
        book.db.add(submission)
        return submission

    def _penalise(self, submission: Any) -> None:
        """Take off what the course's rule for late submissions says."""
        from nbgrader.converters import Autograde
        from nbgrader.preprocessors import AssignLatePenalties

        step = AssignLatePenalties(config=self.config)
        steps = Autograde(config=self.config).autograde_preprocessors
        if AssignLatePenalties not in steps or not step.enabled:
            return
        step.init_plugin()
        for notebook in submission.notebooks:
            self.gradebook.db.refresh(notebook)
            penalty = step.plugin_inst.late_submission_penalty(
                submission.student_id, notebook.score, submission.total_seconds_late
            )
            if penalty is not None:
                notebook.late_submission_penalty = step._check_late_penalty(notebook, penalty)

    def commit(self) -> None:
        """Make what was written last."""
        self.gradebook.db.commit()


class _Notes:
    """Which submissions were marked, by a digest of all that decides their marks; which failed, and why."""

    def __init__(self, root: Path, exercise: str) -> None:
        self.place = root / NOTES / f"marked-{exercise}.json"
        try:
            kept = json.loads(self.place.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            kept = {}
        self.marked: dict[str, str] = kept.get("marked", {})
        self.troubles: dict[str, str] = kept.get("troubles", {})

    def keep(self) -> None:
        """Write the notes, whole."""
        self.place.parent.mkdir(parents=True, exist_ok=True)
        part = self.place.with_suffix(".part")
        part.write_text(
            json.dumps({"marked": self.marked, "troubles": self.troubles}, indent=0), encoding="utf-8"
        )
        part.replace(self.place)


def _keep(book: _Book, notes: _Notes, outcomes: list[Outcome], digests: dict[str, str]) -> None:
    """Write a batch: the gradebook first, then the notes, so that after a crash nobody is skipped."""
    for outcome in outcomes:
        book.write(outcome)
        if outcome.trouble:
            notes.troubles[outcome.learner] = outcome.trouble
            notes.marked.pop(outcome.learner, None)
        else:
            notes.troubles.pop(outcome.learner, None)
            notes.marked[outcome.learner] = digests[outcome.learner]
    book.commit()
    notes.keep()


class _Digest:
    """Digests of all that decides a submission's marks: its files, the author's, the course's settings."""

    def __init__(self, root: Path, exercise: str) -> None:
        self.root, self.exercise = root, exercise
        self.shared = hashlib.sha256()
        self._add(self.shared, root / "source" / exercise)
        settings = root / "nbgrader_config.py"
        self.shared.update(settings.read_bytes() if settings.is_file() else b"")

    def of(self, learner: str, case: str) -> str:
        """Return a learner's."""
        found = self.shared.copy()
        found.update(case.encode())
        self._add(found, self.root / "submitted" / learner / self.exercise)
        return found.hexdigest()

    @staticmethod
    def _add(found: Any, folder: Path) -> None:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
            size = path.stat().st_size
            found.update(f"{path.relative_to(folder)}\0{size}\0".encode())
            if size <= MOST_BYTES:  # larger ones are refused unread
                found.update(path.read_bytes())
