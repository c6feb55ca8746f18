"""Mark a cohort's submissions with nbgrader's own preprocessors, in parallel, contained, once each.

nbgrader marks one submission at a time: it opens the gradebook seven times, starts a kernel, and waits for
it to end. Here each worker process keeps nbgrader loaded and forks a contained kernel for every submission
from a warm parent; the preprocessors are nbgrader's, unchanged, over a stand-in for the gradebook that
remembers what they would have written. This process alone writes the real gradebook. So SQLite is never
fought over, and the marks are nbgrader's, cell by cell.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat

from course import places
from course.authoring import build
from course.authoring.source import NOTEBOOK
from course.cases.seeds import COHORT_FILE, KEY_VARIABLE, case_key
from course.errors import InputError

NOTES = ".academy"
BATCH = 20
DEADLINE = 300.0
MODULES = ("numpy", "pandas", "course.questions", "course.explorers", "course.weighting", "course.cases")


@dataclass(frozen=True)
class Job:
    """One submission to mark: whose, of what, in which course folder, and for which case."""

    root: str
    exercise: str
    learner: str
    case: str


@dataclass
class Outcome:
    """What came of marking one submission.

    `grades`: cell name to points, None where a person must mark. `comments`: cell name to nbgrader's
    automatic comment. `warnings`: what nbgrader logged as a warning. `trouble`: one sentence, if it failed.
    `layers`: the layers of containment that were on. `seconds`: how long it took.
    """

    learner: str
    grades: dict[str, float | None] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    trouble: str = ""
    layers: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Run:
    """One run of the engine: outcomes of what was marked now, and who was left as marked before."""

    exercise: str
    marked: list[Outcome]
    unchanged: list[str]
    seconds: float

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
    cases: Callable[[str], str] | None = None,
    told: Callable[[Outcome, int, int], None] = lambda *_: None,
) -> Run:
    """Mark every submission of an exercise that was not marked yet or has changed since.

    Parameters
    ----------
    root : Path
        The cohort's nbgrader course folder, made ready by `nbgrader_folder.prepare`.
    exercise : str
        The exercise's id.
    learners : iterable of str, optional
        Only these; everybody who handed in, if left out.
    workers : int, optional
        Processes; one a core, if left out.
    executor : concurrent.futures.Executor, optional
        Used instead of our own processes (a Dask client's, say); it must see the folder.
    force : bool
        Mark also what has not changed.
    trust : bool
        Mark even where the machine lacks a layer that shuts submissions in. Every layer there is is on.
    cases : callable, optional
        From a learner's id to the case key; from the cohort's salt, if left out.
    told : callable
        Is given each outcome as it is kept, how many are done, and how many there are.

    Raises
    ------
    InputError
        If the exercise was not made ready in this folder, or submissions cannot be shut in on this machine
        and `trust` is not given.
    """
    started = time.perf_counter()
    root = root.resolve()
    cases = cases or _cases(root)
    wanted = sorted(learners) if learners is not None else handed_in(root, exercise)
    notes = _Notes(root, exercise)
    sizes = {name: _digest(root, exercise, name, cases(name)) for name in wanted}
    todo = [name for name in wanted if force or notes.marked.get(name) != sizes[name]]
    jobs = [Job(str(root), exercise, name, cases(name)) for name in todo]
    marked: list[Outcome] = []
    if jobs:
        if not trust:
            _refuse_uncontained()
        book = _Book(root, exercise)
        try:
            waiting: list[Outcome] = []
            for outcome in _outcomes(jobs, book.snapshot(), workers, executor):
                waiting.append(outcome)
                if len(waiting) >= BATCH:
                    _keep(book, notes, waiting, sizes)
                    waiting = []
                marked.append(outcome)
                told(outcome, len(marked), len(jobs))
            _keep(book, notes, waiting, sizes)
        finally:
            book.close()
    unchanged = [name for name in wanted if name not in set(todo)]
    return Run(exercise, marked, unchanged, time.perf_counter() - started)


# Without these a submission could read the gradebook or reach the network.
NEEDED_LAYERS = ("landlock", "seccomp")


def _refuse_uncontained() -> None:
    from course.warm.containment import layers_available

    missing = [layer for layer in layers_available() if layer.name in NEEDED_LAYERS and not layer.on]
    if missing:
        why = "; ".join(f"{layer.name} ({layer.reason})" for layer in missing)
        raise InputError(
            f"This machine cannot shut submissions in: {why}. "
            "Mark on Linux 5.13 or newer, or give --trust if you trust everybody who handed in."
        )


def handed_in(root: Path, exercise: str) -> list[str]:
    """Return the ids of those whose submission of an exercise lies in `submitted/`."""
    return sorted(path.parent.name for path in (root / "submitted").glob(f"*/{exercise}") if path.is_dir())


def _cases(root: Path) -> Callable[[str], str]:
    try:
        salt = json.loads((root / COHORT_FILE).read_text(encoding="utf-8"))["salt"]
    except (OSError, ValueError, KeyError):
        return lambda _: ""
    return lambda learner: case_key(salt, learner)


def _outcomes(
    jobs: list[Job], snapshot: Snapshot, workers: int | None, executor: Executor | None
) -> Iterator[Outcome]:
    if executor is not None:
        for future in as_completed([executor.submit(mark_one, job, snapshot) for job in jobs]):
            yield future.result()
        return
    count = min(workers or os.cpu_count() or 1, len(jobs))
    if count == 1:
        yield from (mark_one(job, snapshot) for job in jobs)
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(mark_one, job, snapshot) for job in jobs]):
            yield future.result()


# ---- In the worker ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Snapshot:
    """What nbgrader's preprocessors ask the gradebook about an assignment: its cells, by name.

    `source`: name to (cell type, locked, source, checksum). `points`: name to most points. `kernelspec`:
    the author's, as JSON, if any.
    """

    source: dict[str, tuple[str, bool, str, str | None]]
    points: dict[str, float]
    kernelspec: str | None


class StandIn:
    """Answers nbgrader's preprocessors in the gradebook's place, and remembers what they decide."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.grades: dict[str, _Noted] = {}
        self.comments: dict[str, _Noted] = {}
        self.db = self

    def __call__(self, *_: Any, **__: Any) -> StandIn:  # noqa: D102 - stands for opening the gradebook
        return self

    def __enter__(self) -> StandIn:  # noqa: D105
        return self

    def __exit__(self, *_: object) -> None:  # noqa: D105
        return None

    def commit(self) -> None:
        """Keep nothing yet: the real gradebook is written by one process."""

    def find_notebook(self, *_: Any) -> _Noted:
        """Return the notebook's kernelspec."""
        return _Noted(kernelspec=self.snapshot.kernelspec)

    def find_source_cell(self, name: str, *_: Any) -> _Noted:
        """Return a cell as its author wrote it."""
        if name not in self.snapshot.source:
            from nbgrader.api import MissingEntry

            raise MissingEntry(f"No such source cell: {name}")
        kind, locked, source, checksum = self.snapshot.source[name]
        return _Noted(name=name, cell_type=kind, locked=locked, source=source, checksum=checksum)

    def find_graded_cell(self, name: str, *_: Any) -> _Noted:
        """Return the most points of a cell."""
        return _Noted(max_score=self.snapshot.points[name])

    def find_grade(self, name: str, *_: Any) -> _Noted:
        """Return where a cell's points are to be noted."""
        return self.grades.setdefault(name, _Noted(manual_score=None, auto_score=None))

    def find_comment(self, name: str, *_: Any) -> _Noted:
        """Return where a cell's comment is to be noted."""
        return self.comments.setdefault(name, _Noted(auto_comment=None))


class _Noted:
    """A few named values."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def mark_one(job: Job, snapshot: Snapshot) -> Outcome:
    """Mark one submission and write its `autograded` folder; nothing is raised, trouble is told."""
    started = time.perf_counter()
    outcome = Outcome(job.learner)
    try:
        _mark(job, snapshot, outcome)
    except Exception as problem:  # one bad submission must not end the run
        outcome.trouble = _sentence(problem)
    outcome.seconds = time.perf_counter() - started
    return outcome


def _mark(job: Job, snapshot: Snapshot, outcome: Outcome) -> None:
    root = Path(job.root)
    submitted = root / "submitted" / job.learner / job.exercise
    place = root / "autograded" / job.learner / job.exercise
    tools = _tools(job.root)
    notebook = _read(submitted / NOTEBOOK)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for folder in (submitted, root / "source" / job.exercise):
        _copy_others(folder, place)
    resources = {
        "metadata": {"name": "exercise", "path": str(place)},
        "nbgrader": {
            "student": job.learner,
            "assignment": job.exercise,
            "notebook": "exercise",
            "db_url": "",
        },
        "unique_key": "exercise",
        "output_files_dir": "exercise_files",
    }
    book = StandIn(snapshot)
    with _standing_in(book), _warnings(outcome.warnings):
        for step in tools.sanitize:
            notebook, resources = step(notebook, resources)
        notebook = _executed(job, tools, notebook, resources, place, outcome)
        for step in tools.rest:
            notebook, resources = step(notebook, resources)
    text = nbformat.writes(notebook, version=4)
    (place / NOTEBOOK).write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
    outcome.grades = {name: noted.auto_score for name, noted in book.grades.items()}
    outcome.comments = {name: noted.auto_comment for name, noted in book.comments.items()}


@dataclass
class _Tools:
    """nbgrader's preprocessors, made once a process: before running the cells, running them, after."""

    sanitize: list[Any]
    execute: Callable[[], Any]
    rest: list[Any]


_made: dict[str, _Tools] = {}


def _tools(root: str) -> _Tools:
    if root not in _made:
        from nbgrader.converters import Autograde
        from nbgrader.preprocessors import AssignLatePenalties, Execute

        config = build.configuration(Path(root))
        converter = Autograde(config=config)
        runs = converter.autograde_preprocessors
        at = runs.index(Execute)
        _made[root] = _Tools(
            [step(config=config) for step in converter.sanitize_preprocessors],
            lambda: Execute(config=config),
            [step(config=config) for step in runs[at + 1 :] if step is not AssignLatePenalties],
        )
    return _made[root]


def _executed(job: Job, tools: _Tools, notebook: Any, resources: Any, place: Path, outcome: Outcome) -> Any:
    """Run the cells in a contained fork of the warm parent."""
    from course.warm.containment import Containment
    from course.warm.notebook import ForkManager, parent_for_notebooks

    readable = tuple(str(places.REPOSITORY / name) for name in ("course", "datasets", "modules"))
    contained = Containment(str(place), read=readable, hide=(str(places.SOLUTIONS),))
    environment = {**os.environ, KEY_VARIABLE: job.case, "NBGRADER_EXECUTION": "autograde"}
    manager = ForkManager(
        parent_for_notebooks(MODULES),
        cwd=str(place),
        env=environment,
        containment=contained,
        deadline=DEADLINE,
    )
    try:
        notebook, _ = tools.execute().preprocess(notebook, resources, km=manager)
        outcome.layers = [layer.name for layer in manager.layers if layer.on]
    except Exception as problem:
        trouble = manager.end()
        if trouble:
            raise InputError(f"It was stopped: {trouble}.") from problem
        raise
    finally:
        manager.end()
    return notebook


def _read(path: Path) -> Any:
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise InputError(f"There is no {path.name} in the submission.") from None
    except Exception as problem:  # nbformat raises many kinds for what is no notebook
        raise InputError(f"{path.name} is not a notebook that can be read.") from problem


def _copy_others(folder: Path, place: Path) -> None:
    """Copy all files but notebooks; a link is not followed out of the folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.suffix == ".ipynb":
            continue
        target = place / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


@contextmanager
def _standing_in(book: StandIn) -> Iterator[None]:
    with ExitStack() as stack:
        for step in ("overwritekernelspec", "overwritecells", "saveautogrades"):
            stack.enter_context(patch(f"nbgrader.preprocessors.{step}.Gradebook", book))
        yield


@contextmanager
def _warnings(kept: list[str]) -> Iterator[None]:
    """Keep what nbgrader logs as a warning (a changed checksum, a cell that is not in the gradebook)."""
    import logging

    from traitlets import log

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if not record.getMessage().startswith("Config option"):
                kept.append(record.getMessage())

    handler = Keep(logging.WARNING)
    logger = log.get_logger()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def _sentence(problem: Exception) -> str:
    if isinstance(problem, InputError):
        return str(problem)
    said = str(problem).strip().splitlines()
    return f"It could not be marked: {said[0][:200] if said else type(problem).__name__}."


# ---- In the one process that writes ----------------------------------------------------------------


class _Book:
    """The real gradebook of one exercise, open for the whole run."""

    def __init__(self, root: Path, exercise: str) -> None:
        from nbgrader.api import Gradebook, MissingEntry

        config = build.configuration(root)
        self.config, self.exercise = config, exercise
        build.mend_nbgrader()
        self.gradebook = Gradebook(config.CourseDirectory.db_url)
        try:
            self.notebook = self.gradebook.find_notebook("exercise", exercise)
        except MissingEntry:
            self.close()
            raise InputError(
                f"{exercise} was not handed out in {root}. Hand it out first, then collect and mark."
            ) from None
        book = self.notebook
        self.names = {c.id: c.name for c in [*book.grade_cells, *book.task_cells, *book.solution_cells]}

    def snapshot(self) -> Snapshot:
        """Return what the workers need to know of the exercise."""
        source = {
            c.name: (str(c.cell_type), bool(c.locked), c.source, c.checksum)
            for c in self.notebook.source_cells
        }
        graded = [*self.notebook.grade_cells, *self.notebook.task_cells]
        points = {cell.name: float(cell.max_score) for cell in graded}
        return Snapshot(source, points, self.notebook.kernelspec)

    def write(self, outcome: Outcome, timestamp: Any) -> None:
        """Write one outcome, as nbgrader's SaveAutoGrades and AssignLatePenalties would."""
        book = self.gradebook
        book.update_or_create_student(outcome.learner)
        more = {"timestamp": timestamp} if timestamp else {}
        submission = book.update_or_create_submission(self.exercise, outcome.learner, **more)
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                name = self.names[grade.cell_id]
                if name in outcome.grades:
                    grade.auto_score = outcome.grades[name]
                    grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
            for comment in notebook.comments:
                comment.auto_comment = outcome.comments.get(self.names[comment.cell_id])
            notebook.late_submission_penalty = None
        if more and submission.total_seconds_late > 0:
            self._penalise(outcome.learner)

    def _penalise(self, learner: str) -> None:
        from nbgrader.preprocessors import AssignLatePenalties

        self.commit()
        names = {"student": learner, "assignment": self.exercise, "notebook": "exercise"}
        resources = {"nbgrader": {**names, "db_url": self.config.CourseDirectory.db_url}}
        AssignLatePenalties(config=self.config).preprocess(nbformat.v4.new_notebook(), resources)

    def commit(self) -> None:
        """Make what was written last."""
        self.gradebook.db.commit()

    def close(self) -> None:
        """Close the gradebook."""
        self.gradebook.close()


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
        if outcome.trouble:
            notes.troubles[outcome.learner] = outcome.trouble
            notes.marked.pop(outcome.learner, None)
        else:
            book.write(outcome, None)
            notes.troubles.pop(outcome.learner, None)
            notes.marked[outcome.learner] = digests[outcome.learner]
    book.commit()
    notes.keep()


def _digest(root: Path, exercise: str, learner: str, case: str) -> str:
    """Return a digest of a submission's files, the exercise's source and the learner's case."""
    found = hashlib.sha256(case.encode())
    for folder in (root / "submitted" / learner / exercise, root / "source" / exercise):
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
            found.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
            found.update(path.read_bytes())
    return found.hexdigest()
