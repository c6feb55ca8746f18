"""The trainer's pages: a cohort from its first list of people to its last certificate.

Each page calls the functions that the commands call. Long tasks run in processes of their own: see
`course.portal.trainer_job`.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import pandas as pd
import tornado.web

from course.authoring import build
from course.authoring.source import Exercise, exercise_ids, load
from course.cases.seeds import COHORT_FILE
from course.cohorts import (
    certificates,
    collecting,
    exchange,
    exports,
    handing_out,
    privacy,
    progress,
    roster,
    similarity,
    survey,
)
from course.errors import InputError
from course.grading import writing
from course.grading.feedback import PAGE as FEEDBACK_PAGE
from course.portal import pages, trainer_job
from course.portal.extension import AcademyHandler
from course.portal.static_files import manifest
from course.syllabus import find

COHORTS = "cohorts"
OPENED = "opened.json"
ON_A_PAGE = 50
MARKER = "academy_marker"  # the cookie with the marker's name
DOWNLOADS = ("handed-out", "certificates", "exports", "feedback")
T = TypeVar("T")

# One query for a page of the marks table: its learners, and what each has in every module.
MARKS = """
with chosen as (
    select l.id, l.first_name, l.last_name, count(*) over () as found
    from student l
    where (:words = '%' or lower(coalesce(l.first_name, '') || ' ' || coalesce(l.last_name, '') || ' '
        || coalesce(l.email, '') || ' ' || l.id) like :words)
    and (:state = ''
      or (:state = 'person' and l.id in (
        select s.student_id from grade g
        join submitted_notebook n on n.id = g.notebook_id
        join submitted_assignment s on s.id = n.assignment_id
        where g.needs_manual_grade))
      or (:state = 'nothing' and l.id not in (select s.student_id from submitted_assignment s)))
    order by lower(coalesce(l.last_name, '')), l.id
    limit :many offset :after
)
select c.id as learner, c.first_name, c.last_name, c.found, a.name as exercise,
    sum(coalesce(g.manual_score, g.auto_score, 0) + coalesce(g.extra_credit, 0)) as points,
    sum(coalesce(gc.max_score, 0)) as out_of,
    max(case when g.needs_manual_grade then 1 else 0 end) as person
from chosen c
left join submitted_assignment s on s.student_id = c.id
left join assignment a on a.id = s.assignment_id
left join submitted_notebook n on n.assignment_id = s.id
left join grade g on g.notebook_id = n.id
left join grade_cells gc on gc.id = g.cell_id
group by c.id, c.first_name, c.last_name, c.found, a.name
order by lower(coalesce(c.last_name, '')), c.id, a.name
"""


class TrainerPage(AcademyHandler):
    """What the trainer's pages share. Whoever guards them guards `prepare`."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what a trainer can mend in one sentence."""
        problem = kwargs.get("exc_info", (None, None))[1]
        if isinstance(problem, InputError):
            self.set_status(400)
            self.plain("That could not be done", str(problem), back=False)
            return
        super().write_error(status_code, **kwargs)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log faults of ours only."""
        if not isinstance(value, InputError):
            super().log_exception(typ, value, tb)

    @property
    def trainer_url(self) -> str:
        """The address of the trainer's first page."""
        return f"{self.base_url}academy/trainer"

    @property
    def shared(self) -> Path | None:
        """The one cohort of a classroom, whose trainer sees no other; None on one's own computer."""
        room = self.settings.get("academy_classroom")
        return None if room is None else room.cohort

    def known(self) -> dict[str, Path]:
        """Return the cohorts' folders by the name that their pages' addresses have."""
        if self.shared is not None:
            return {_slug(self.shared): self.shared.resolve()}
        own = sorted(p.parent for p in (self.folder / COHORTS).glob(f"*/{COHORT_FILE}"))
        return {_slug(place): place for place in [*own, *_opened(self.folder)] if place.is_dir()}

    def cohort(self, name: str) -> Path:
        """Return a cohort's folder."""
        found = self.known().get(name)
        if found is None:
            raise tornado.web.HTTPError(404)
        return found

    async def away(self, function: Callable[..., T], *given: Any) -> T:
        """Call a function in a thread, so that other pages do not wait."""
        return await asyncio.get_running_loop().run_in_executor(None, function, *given)

    def page(self, template: str, title: str, root: Path | None = None, **values: Any) -> None:
        """Send one of `templates/trainer/`."""
        files = manifest()
        static = f"{self.base_url}academy/static/"
        here = f"{self.trainer_url}/{_slug(root)}" if root else self.trainer_url
        html = pages.render(
            f"trainer/{template}.html.j2",
            self.base_url,
            title=title,
            trainer=self.trainer_url,
            here=here,
            cohort=roster.about(root)["name"] if root else "",
            xsrf=self.xsrf_token.decode("ascii"),
            css=static + files["trainer.css"],
            script=static + files["trainer.js"],
            named=_named,
            **values,
        )
        self.show(html)

    def field(self, name: str, most: int = 5_000_000) -> str:
        """Return a form's field."""
        return self.get_body_argument(name, "", strip=False)[:most]

    def uploads(self, name: str) -> list[tuple[str, bytes]]:
        """Return the files sent in a form's field that hold something."""
        sent = (self.request.files or {}).get(name, [])
        return [(str(file["filename"]), bytes(file["body"])) for file in sent if file["body"]]

    def people_sent(self) -> bytes | str:
        """Return the list of people of a form: its file, or what was pasted."""
        files = self.uploads("file")
        if files:
            return files[0][1]
        pasted = self.field("pasted")
        if not pasted.strip():
            raise InputError("There is no list yet. Choose a file, or paste the list into the box.")
        return pasted

    def download(self, content: bytes, name: str) -> None:
        """Send a file to be kept."""
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name)}")
        self.finish(content)


def _slug(place: Path) -> str:
    """Return how a cohort's folder is named in addresses."""
    plain = re.sub(r"[^a-z0-9]+", "-", place.name.lower()).strip("-") or "cohort"
    return f"{plain}-{hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:6]}"


def _opened(home: Path) -> list[Path]:
    try:
        kept = json.loads((home / COHORTS / OPENED).read_text(encoding="utf-8"))
        return [Path(str(place)) for place in kept]
    except (OSError, ValueError, TypeError):
        return []


def _named(exercise: str) -> str:
    module = find(exercise)
    return f"{module.number}. {module.title}" if module else exercise


def zipped(files: Iterable[tuple[str, Path]]) -> bytes:
    """Return a zip of files, each under the name given."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as into:
        for name, place in files:
            into.write(place, name)
    return kept.getvalue()


class CohortsHandler(TrainerPage):
    """The cohorts, and a form for a new one."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Show the page."""
        await self.list()

    async def list(self, problem: str = "", name: str = "", pasted: str = "") -> None:
        """Show the cohorts, and what was wrong with a form."""
        found = []
        for slug, root in self.known().items():
            about = roster.about(root)
            found.append((slug, about["name"], len(roster.roster(root)), about["made"][:10], str(root)))
        self.page(
            "cohorts", "Your cohorts", cohorts=found, problem=problem, given=name, pasted=pasted,
            shared=self.shared is not None, place=self.folder / COHORTS,
        )  # fmt: skip

    @tornado.web.authenticated
    async def post(self) -> None:
        """Make a cohort, or open one by its folder."""
        if self.shared is not None:
            raise InputError("A classroom has one cohort. Make others with the academy on your own computer.")
        try:
            if self.field("folder").strip():
                root = self.open(Path(self.field("folder").strip()).expanduser())
                self.redirect(f"{self.trainer_url}/{_slug(root)}")
                return
            name = self.field("name", 200).strip()
            folder = re.sub(r"[^\w-]+", "-", name.lower()).strip("-") or "cohort"
            root = self.folder / COHORTS / folder
            table = await self.away(roster.new, name, self.people_sent(), root)
        except InputError as problem:
            self.set_status(400)
            await self.list(str(problem), self.field("name", 200), self.field("pasted"))
            return
        self.page("people", "Who was added", root, outcome=table)

    def open(self, place: Path) -> Path:
        """Remember a cohort's folder that lies elsewhere."""
        roster.about(place)
        kept = {str(p): None for p in [*_opened(self.folder), place.resolve()]}
        roster.replace(self.folder / COHORTS / OPENED, json.dumps(list(kept), ensure_ascii=False) + "\n")
        return place.resolve()


class CohortHandler(TrainerPage):
    """A cohort: its steps, its people."""

    @tornado.web.authenticated
    async def get(self, name: str) -> None:
        """Show the page."""
        root = self.cohort(name)
        words = self.get_query_argument("text", "")[:100]
        people = roster.roster(root)
        every = people[["id", "name", "email", "side", "organisation"]]
        fits = every.apply(lambda row: words.casefold() in " ".join(row).casefold(), axis=1)
        chosen = every[fits] if words and len(every) else every
        at = steps(root)
        self.page("cohort", roster.about(root)["name"], root, steps=at, people=chosen, all=len(every),
                  words=words, folder=root)  # fmt: skip

    @tornado.web.authenticated
    async def post(self, name: str) -> None:
        """Take in a list of people again."""
        root = self.cohort(name)
        table = await self.away(roster.import_people, root, self.people_sent())
        self.page("people", "What the list changed", root, outcome=table)


def steps(root: Path) -> list[dict[str, str]]:
    """Say how each step of a cohort stands: `title`, `say`, `done` ("" or "yes"), `link`, `action`."""
    people, out = len(roster.roster(root)), handing_out.handed_out(root)
    sent = _received(root)
    marked, waiting = _marked(root)
    pages_written = sum(1 for _ in (root / "feedback").glob(f"*/*/{FEEDBACK_PAGE}"))
    issued = sum(1 for p in (root / "certificates").glob("*") if p.is_dir())
    rows = [
        ("People", f"{people} on the roster", people, "#people", "See the people"),
        ("Hand out", f"modules handed out: {len(out)}", len(out), "hand-out", "Hand out"),
        ("Collect", f"{sent} exercises handed in", sent, "collect", "Collect"),
        ("Mark", f"{marked} of {sent} marked", marked and marked >= sent, "marks", "Mark"),
        ("Moderate", f"{waiting} submissions wait for a person", marked and not waiting, "writing",
         "Mark writing"),
        ("Feedback", f"{pages_written} pages of feedback", pages_written, "feedback", "Feedback"),
        ("Certificates and exports", f"{issued} certificates issued", issued, "results", "Results"),
    ]  # fmt: skip
    return [
        {"title": title, "say": say, "done": "yes" if done else "", "link": link, "action": action}
        for title, say, done, link, action in rows
    ]


def _received(root: Path) -> int:
    return sum(1 for place in (root / "submitted").glob("*/*") if place.is_dir())


def _marked(root: Path) -> tuple[int, int]:
    """Return how many submissions are marked by machine, and how many of them wait for a person."""
    found = ask(
        root,
        """select count(distinct n.id) as marked,
        count(distinct case when g.needs_manual_grade then n.id end) as waiting
        from submitted_notebook n join grade g on g.notebook_id = n.id""",
        {},
    )
    return (int(found[0]["marked"]), int(found[0]["waiting"])) if found else (0, 0)


@cache
def _engine(address: str) -> Any:
    from sqlalchemy import create_engine

    return create_engine(address)


def ask(root: Path, query: str, values: dict[str, Any]) -> list[Any]:
    """Ask a cohort's gradebook; nothing where there is none yet."""
    from sqlalchemy import text

    if not build.has_gradebook(root):
        return []
    with _engine(build.gradebook_address(root)).connect() as connection:
        return list(connection.execute(text(query), values).mappings())


class HandOutHandler(TrainerPage):
    """Choose modules and make the zips."""

    @tornado.web.authenticated
    async def get(self, name: str) -> None:
        """Show the page."""
        root = self.cohort(name)
        out = handing_out.handed_out(root)
        dues = handing_out.due_dates(root)
        modules = [
            (e, _named(e), e in out, dues[e].astimezone().date().isoformat() if e in dues else "")
            for e in exercise_ids()
        ]
        names = dict(zip(*(roster.roster(root)[c] for c in ("id", "name")), strict=True))
        zips = sorted((root / "handed-out" / "learners").glob("*.zip"))
        learners = [(names.get(p.stem, p.stem), p.name) for p in zips]
        plain = [(_named(p.stem), p.name) for p in sorted((root / "handed-out").glob("*.zip"))]
        self.page("hand_out", "Hand out", root, modules=modules, learners=learners, plain=plain,
                  task=trainer_job.state(root, "hand-out"))  # fmt: skip

    @tornado.web.authenticated
    async def post(self, name: str) -> None:
        """Start it."""
        root = self.cohort(name)
        chosen, due = self.get_body_arguments("module"), self.field("due", 20)
        if not chosen:
            raise InputError("No module is chosen. Tick at least one.")
        try:
            _ = due and date.fromisoformat(due)
        except ValueError as problem:
            raise InputError(f"“{due}” is not a date. Write it as year-month-day: 2027-03-01.") from problem
        trainer_job.start(root, "hand-out", {"modules": chosen, "due": due})
        self.redirect(f"{self.trainer_url}/{name}/task/hand-out")


class CollectHandler(TrainerPage):
    """Take in what learners sent."""

    @tornado.web.authenticated
    async def get(self, name: str) -> None:
        """Show the page."""
        root = self.cohort(name)
        people = list(roster.roster(root)[["id", "name"]].itertuples(index=False))
        self.page("collect", "Collect", root, people=people, aside=collecting.set_aside(root),
                  words=collecting.OUTCOMES, task=trainer_job.state(root, "collect"),
                  lying=len(exchange.waiting(root)))  # fmt: skip

    @tornado.web.authenticated
    async def post(self, name: str) -> None:
        """Keep what was sent, and start taking it in."""
        root = self.cohort(name)
        if self.field("exchange", 5):
            trainer_job.start(root, "collect", {})
            self.redirect(f"{self.trainer_url}/{name}/task/collect")
            return
        sent = self.uploads("files")
        if not sent:
            raise InputError("No file was chosen. Choose the zips that learners sent.")
        inbox = self.folder / ".academy" / "inbox" / secrets.token_hex(8)
        inbox.mkdir(parents=True)
        for number, (file, body) in enumerate(sent, 1):
            plain = re.sub(r"[^\w. ()-]", "_", Path(file).name)[-100:] or "file"
            place = inbox / plain
            (place if not place.exists() else inbox / f"{number} {plain}").write_bytes(body)
        trainer_job.start(root, "collect", {"inbox": str(inbox), "learner": self.field("learner", 100)})
        self.redirect(f"{self.trainer_url}/{name}/task/collect")


class TaskHandler(TrainerPage):
    """How a long task stands, and what came of it."""

    NEXT = {
        "hand-out": ("hand-out", "Download the zips"),
        "collect": ("marks", "Go on to marking"),
        "mark": ("marks", "See the marks"),
        "feedback": ("feedback", "Download the feedback"),
        "certificates": ("results", "Download the certificates"),
    }

    @tornado.web.authenticated
    async def get(self, name: str, kind: str) -> None:
        """Show the page, or give its state as JSON to the page's script."""
        root = self.cohort(name)
        now = trainer_job.state(root, kind)
        if self.get_query_argument("as", "") == "json":
            self.set_header("Cache-Control", "no-store")
            self.finish({key: now[key] for key in ("state", "say", "done", "of")})
            return
        names = dict(zip(*(roster.roster(root)[c] for c in ("id", "name")), strict=True))
        self.page("task", trainer_job.KINDS[kind], root, task=now, kind=kind, next=self.NEXT[kind],
                  names=names)  # fmt: skip


class MarksHandler(TrainerPage):
    """The marks: learners by modules."""

    @tornado.web.authenticated
    async def get(self, name: str) -> None:
        """Show one page of the table."""
        root = self.cohort(name)
        words, state = self.get_query_argument("text", "")[:100], self.get_query_argument("state", "")
        number = self.get_query_argument("page", "1")
        at = max(1, int(number)) if number.isdigit() else 1
        rows, found, modules = marks_page(root, words, state, at)
        last = max(1, -(-found // ON_A_PAGE))
        pages_at = {
            name: "?" + urlencode({"text": words, "state": state, "page": n})
            for name, n in (("before", at - 1), ("after", at + 1))
            if 1 <= n <= last
        }
        self.page("marks", "Marks", root, rows=rows, found=found, modules=modules, words=words, state=state,
                  at=at, last=last, pages_at=pages_at, task=trainer_job.state(root, "mark"))  # fmt: skip

    @tornado.web.authenticated
    async def post(self, name: str) -> None:
        """Start marking."""
        root = self.cohort(name)
        trainer_job.start(root, "mark", {"force": bool(self.field("force", 10))})
        self.redirect(f"{self.trainer_url}/{name}/task/mark")


def marks_page(root: Path, words: str, state: str, at: int) -> tuple[list[dict[str, Any]], int, list[str]]:
    """Return a page of the marks table.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    words : str
        Part of a name, e-mail or id; all, if "".
    state : str
        "person": only learners with writing that waits; "nothing": with nothing marked; all, if "".
    at : int
        Which page, from 1.

    Returns
    -------
    tuple
        Rows (`learner`, `name`, `cells`: by exercise `points`, `out_of`, `person`), how many learners there
        are on all pages, and the exercises.
    """
    values = {"words": f"%{words.lower()}%" if words else "%", "state": state, "many": ON_A_PAGE,
              "after": (at - 1) * ON_A_PAGE}  # fmt: skip
    rows: dict[str, dict[str, Any]] = {}
    found = 0
    for row in ask(root, MARKS, values):
        found = int(row["found"])
        name = f"{row['first_name'] or ''} {row['last_name'] or ''}".strip() or row["learner"]
        one = rows.setdefault(row["learner"], {"learner": row["learner"], "name": name, "cells": {}})
        if row["exercise"] and row["points"] is not None:
            one["cells"][row["exercise"]] = row
    modules = handing_out.handed_out(root)
    for row in rows.values():
        for exercise in modules:
            if exercise not in row["cells"] and (root / "submitted" / row["learner"] / exercise).is_dir():
                row["cells"][exercise] = None
    return list(rows.values()), found, modules


class SubmissionHandler(TrainerPage):
    """One learner's submission: its marks, versions and feedback."""

    @tornado.web.authenticated
    async def get(self, name: str, learner: str, exercise: str) -> None:
        """Show the page."""
        root = self.cohort(name)
        people = roster.roster(root).set_index("id")["name"]
        if learner not in people.index or exercise not in exercise_ids():
            raise tornado.web.HTTPError(404)
        cells = ask(root, progress.QUERY + ONE, {"learner": learner, "exercise": exercise})
        versions = [
            json.loads(p.read_text(encoding="utf-8"))
            for p in sorted((root / collecting.RECEIVED / learner / exercise).glob("*/received.json"))
        ]
        self.page(
            "submission", f"{people[learner]}: {_named(exercise)}", root, learner=learner, exercise=exercise,
            cells=cells, versions=versions, words=collecting.OUTCOMES,
            feedback=(root / "feedback" / learner / exercise / FEEDBACK_PAGE).is_file(),
        )  # fmt: skip


ONE = " where s.student_id = :learner and a.name = :exercise"


class FeedbackPageHandler(TrainerPage):
    """A learner's page of feedback as it was written."""

    @tornado.web.authenticated
    async def get(self, name: str, learner: str, exercise: str) -> None:
        """Show it."""
        place = self.cohort(name) / "feedback" / learner / exercise / FEEDBACK_PAGE
        if not place.is_file():
            raise tornado.web.HTTPError(404)
        self.show(place.read_text(encoding="utf-8"))


class FeedbackHandler(TrainerPage):
    """Write and download feedback."""

    @tornado.web.authenticated
    async def get(self, name: str) -> None:
        """Show the page."""
        root = self.cohort(name)
        names = dict(zip(*(roster.roster(root)[c] for c in ("id", "name")), strict=True))
        written: dict[str, list[str]] = {}
        for place in sorted((root / "feedback").glob(f"*/*/{FEEDBACK_PAGE}")):
            written.setdefault(place.parts[-3], []).append(place.parts[-2])
        self.page("feedback", "Feedback", root, written=written, names=names,
                  task=trainer_job.state(root, "feedback"))  # fmt: skip

    @tornado.web.authenticated
    async def post(self, name: str) -> None:
        """Write it again."""
        trainer_job.start(self.cohort(name), "feedback", {})
        self.redirect(f"{self.trainer_url}/{name}/task/feedback")


class DownloadHandler(TrainerPage):
    """Zips and single files of a cohort that a trainer sends on."""

    @tornado.web.authenticated
    async def get(self, name: str, wanted: str) -> None:
        """Send one file, or all of a kind as one zip."""
        root = self.cohort(name)
        if wanted in exports.KINDS:
            await self.away(exports.write, root, root / "exports", (wanted,))
            place = root / "exports" / exports.FILES[wanted]
            self.download(place.read_bytes(), f"{name}-{place.name}")
            return
        if wanted == "whole.zip":
            place = self.folder / ".academy" / f"{name}-{secrets.token_hex(4)}.zip"
            made = await self.away(privacy.export_whole, root, place)
            try:
                self.download(made.read_bytes(), f"{name}.zip")
            finally:
                made.unlink(missing_ok=True)
            return
        if wanted.endswith(".zip") and wanted.removesuffix(".zip") in DOWNLOADS:
            folder = root / wanted.removesuffix(".zip")
            inside = "learners/*.zip" if folder.name == "handed-out" else "**/*"
            files = [(p.relative_to(folder).as_posix(), p) for p in folder.glob(inside) if p.is_file()]
            if not files:
                raise tornado.web.HTTPError(404)
            self.download(await self.away(zipped, files), f"{name}-{wanted}")
            return
        place = (root / wanted).resolve()
        inside_ours = any(place.is_relative_to((root / part).resolve()) for part in DOWNLOADS)
        if inside_ours and place.is_file():
            self.download(place.read_bytes(), place.name)
        elif inside_ours and place.suffix == ".zip" and place.with_suffix("").is_dir():
            folder = place.with_suffix("")
            files = [(p.relative_to(folder).as_posix(), p) for p in folder.rglob("*") if p.is_file()]
            self.download(zipped(files), place.name)
        else:
            raise tornado.web.HTTPError(404)


class WritingHandler(TrainerPage):
    """Free text: what there is to mark, calibration, agreement, the record."""

    @tornado.web.authenticated
    async def get(self, name: str, exercise: str = "") -> None:
        """Show the page."""
        root = self.cohort(name)
        modules = [e for e in handing_out.handed_out(root) if e in exercise_ids()]
        chosen = exercise or next((e for e in modules if (root / "submitted").glob(f"*/{e}")), "")
        if exercise and exercise not in modules:
            raise tornado.web.HTTPError(404)
        made = _made(chosen) if chosen else None
        marker = marker_of(self)
        questions = []
        if made:
            found = [writing.for_marker(p, marker) for p in writing.pieces(root, made)]
            for question, rubric in made.rubrics.items():
                mine = [p for p in found if p.question == question]
                counts = {say: sum(p.state == key for p in mine) for key, say in writing.STATES.items()}
                agreed = writing.agreement(root, made, question) if writing.markers(root) == 2 else None
                questions.append((question, rubric, mine, counts, agreed))
        self.page("writing", "Mark writing", root, modules=modules, exercise=chosen, questions=questions,
                  marker=marker, markers=writing.markers(root), states=writing.STATES,
                  history=writing.history(root, chosen) if chosen else None)  # fmt: skip

    @tornado.web.authenticated
    async def post(self, name: str, exercise: str = "") -> None:
        """Keep who marks, and how many mark each answer."""
        root = self.cohort(name)
        marker = self.field("marker", 80).strip()
        if not marker or marker == writing.AGREED:
            raise InputError("Say who marks: type your name.")
        self.set_cookie(MARKER, quote(marker), path=self.base_url, httponly=True, samesite="Lax")
        number = self.field("markers", 1)
        if number in ("1", "2") and int(number) != writing.markers(root):
            writing.set_markers(root, int(number))
        self.redirect(f"{self.trainer_url}/{name}/writing/{exercise}" if exercise else self.request.path)


def marker_of(handler: TrainerPage) -> str:
    """Return who marks in this browser."""
    from urllib.parse import unquote

    return unquote(handler.get_cookie(MARKER, "") or "")


@cache
def _made(exercise: str) -> Exercise:
    return load(exercise, build.BUILD_KEY)


class PieceHandler(TrainerPage):
    """One answer beside its rubric; also a sample answer, for calibration."""

    @tornado.web.authenticated
    async def get(self, name: str, exercise: str, question: str) -> None:
        """Show the answer asked for, or the next that this marker has not marked."""
        await self.ask(self.cohort(name), exercise, question)

    async def ask(self, root: Path, exercise: str, question: str, checked: Any = None) -> None:
        """Show the page."""
        made = self.made(exercise, question)
        marker = marker_of(self)
        sample = self.get_argument("sample", "")
        rubric = made.rubrics[question]
        if sample:
            found = next((s for s in rubric.samples if s.name == sample), None)
            if found is None:
                raise tornado.web.HTTPError(404)
            self.page("piece", f"Practise: {question}", root, made=made, rubric=rubric, question=question,
                      text=found.text, sample=found, samples=rubric.samples, checked=checked, marker=marker,
                      piece=None, n=0, of=0, bank=[], own=None, settle=False)  # fmt: skip
            return
        mine = [p for p in writing.pieces(root, made) if p.question == question and p.state != "blank"]
        if not mine:
            raise InputError("Nobody wrote anything here yet. Collect first.")
        asked = self.get_query_argument("n", "")
        waiting = [n for n, p in enumerate(mine, 1) if not any(m.marker == marker for m in p.marks)
                   and p.state in ("unmarked", "half")]  # fmt: skip
        n = int(asked) if asked.isdigit() and 1 <= int(asked) <= len(mine) else (waiting or [1])[0]
        whole = mine[n - 1]
        piece = writing.for_marker(whole, marker)
        own = next((m for m in piece.marks if m.marker == marker), None)
        self.page("piece", f"Answer {n} of {len(mine)}", root, made=made, rubric=rubric, question=question,
                  text=piece.text, sample=None, samples=rubric.samples, checked=None, marker=marker,
                  piece=piece, n=n, of=len(mine), bank=writing.comment_bank(root, exercise), own=own,
                  settle=piece.state == "differ", left=len(waiting))  # fmt: skip

    def made(self, exercise: str, question: str) -> Exercise:
        """Return the exercise that has this free-text question."""
        if exercise not in exercise_ids() or question not in _made(exercise).rubrics:
            raise tornado.web.HTTPError(404)
        return _made(exercise)

    @tornado.web.authenticated
    async def post(self, name: str, exercise: str, question: str) -> None:
        """Keep a marker's scores and go on; or compare those of a sample with its author's."""
        root, made = self.cohort(name), self.made(exercise, question)
        rubric = made.rubrics[question]
        given = [self.field(f"score-{n}", 1) for n in range(len(rubric.criteria))]
        if any(score not in ("0", "1", "2", "3") for score in given):
            raise InputError("Give each criterion a score from 0 to 3. Go back; nothing was lost.")
        scores = [int(score) for score in given]
        if self.field("sample", 200):
            compared = writing.calibration(rubric, self.field("sample", 200), scores)
            await self.ask(root, exercise, question, compared)
            return
        marker = writing.AGREED if self.field("settle", 5) else marker_of(self)
        writing.mark(root, made, self.field("learner", 100), question, marker, scores, self.field("comment"))
        self.redirect(f"{self.trainer_url}/{name}/writing/{exercise}/{question}")


class ProgressHandler(TrainerPage):
    """Who stands where, who is stuck, which questions are hard."""

    @tornado.web.authenticated
    async def get(self, name: str) -> None:
        """Show the page."""
        root = self.cohort(name)
        tables = await self.away(progress_tables, root)
        self.page("progress", "Progress", root, tables=tables)


KINDS = {"machine": "the machine", "person": "a person"}
SHARES = ("facility", "mean_share", "spread", "commissioners", "providers", "difference", "chance")
PLAIN = {  # headings of the progress page
    "exercise": "module", "kind": "marked by", "facility": "share of the points",
    "discrimination": "goes with the rest", "commonest_wrong": "commonest wrong answer",
    "commonest_wrong_count": "how many gave it", "unanswered": "left out", "mean_share": "mean share",
    "chance": "what chance gives", "note": "remark", "lesson_opened": "opened the lesson",
    "exercise_opened": "opened the exercise", "answered_some": "answered something",
    "not_opened": "have opened neither",
}  # fmt: skip


def progress_tables(root: Path) -> dict[str, pd.DataFrame]:
    """Return what the progress page shows, by heading: shares as per cent, names and words for ids."""
    asked = progress.questions(root)
    found = {
        "Where everybody stands": _counted(progress.standing(root)),
        "At work in the classroom": progress.at_work(root),
        "Who is stuck, and where": progress.stuck(root).drop(columns="learner"),
    }
    for exercise, part in asked.groupby("exercise", sort=False):
        found[f"Questions of {_named(str(exercise))}"] = part.drop(columns="exercise")
    found["The sides"] = progress.sides(root)
    found["Commissioners against providers"] = progress.gap(root)
    return {heading: _in_words(table) for heading, table in found.items()}


def _in_words(table: pd.DataFrame) -> pd.DataFrame:
    shown = table.copy()
    for column in set(SHARES) & set(shown):
        shown[column] = [f"{100 * share:.0f}%" if share == share else "–" for share in shown[column]]
    if "exercise" in shown:
        shown["exercise"] = shown["exercise"].map(_named)
    if "kind" in shown:
        shown["kind"] = shown["kind"].map(KINDS)
    for column in {"question", "where"} & set(shown):
        shown[column] = shown[column].astype(str).str.replace("-", " ")
    return shown.rename(columns=PLAIN)


def _counted(standing: pd.DataFrame) -> pd.DataFrame:
    counted = pd.crosstab(standing["exercise"], standing["state"]) if len(standing) else pd.DataFrame()
    return counted.rename(columns=progress.STATES).reset_index()


class SurveyHandler(TrainerPage):
    """How confident people are, before and after: what changed, what that can show; sheets taken in."""

    @tornado.web.authenticated
    async def get(self, name: str) -> None:
        """Show the page; `?blank=before` gives a sheet to fill in."""
        root = self.cohort(name)
        blank = self.get_query_argument("blank", "")
        if blank:
            self.download(survey.blank(root, blank).encode("utf-8-sig"), f"{name}-survey-{blank}.csv")
            return
        self.show_survey(root)

    def show_survey(self, root: Path, taken: pd.DataFrame | None = None) -> None:
        """Show what was said, and what came of a sheet."""
        said = survey.answers(root)
        counts = {when: int((said["when"] == when).sum()) for when in survey.WHEN}
        change = survey.change(root).drop(columns="question").rename(columns=survey.HEADINGS)
        self.page("survey", "Confidence survey", root, counts=counts, people=len(roster.roster(root)),
                  change=change, claims=(*survey.CLAIMS, survey.evidence()), taken=taken)  # fmt: skip

    @tornado.web.authenticated
    async def post(self, name: str) -> None:
        """Take in a sheet that was filled in."""
        root = self.cohort(name)
        sent = self.uploads("file")
        if not sent:
            raise InputError("No file was chosen. Choose the sheet that was filled in, as CSV.")
        self.show_survey(root, await self.away(survey.take_in, root, sent[0][1]))


class ResultsHandler(TrainerPage):
    """Certificates, exports, likeness, privacy."""

    @tornado.web.authenticated
    async def get(self, name: str) -> None:
        """Show the page."""
        root = self.cohort(name)
        earned = await self.away(certificates.earned, root)
        like = self.get_query_argument("alike", "")
        alike = None
        if like in handing_out.handed_out(root):
            alike = (await self.away(similarity.alike, root, like), similarity.same_answers(root, like))
        people = list(roster.roster(root)[["id", "name"]].itertuples(index=False))
        self.page(
            "results", "Certificates and exports", root, earned=earned, kinds=exports.KINDS, alike=alike,
            like=like, modules=handing_out.handed_out(root), people=people, erased=None,
            made=sorted(p.name for p in (root / "certificates").glob("*") if p.is_dir()),
        )  # fmt: skip

    @tornado.web.authenticated
    async def post(self, name: str) -> None:
        """Issue certificates."""
        trainer_job.start(self.cohort(name), "certificates", {"pdf": bool(self.field("pdf", 5))})
        self.redirect(f"{self.trainer_url}/{name}/task/certificates")


class PrivacyHandler(TrainerPage):
    """What is kept and why; erase a learner."""

    @tornado.web.authenticated
    async def get(self, name: str) -> None:
        """Show the page."""
        root = self.cohort(name)
        people = list(roster.roster(root)[["id", "name"]].itertuples(index=False))
        self.page("privacy", "Data protection", root, kept=privacy.statement(root), people=people,
                  erased=None)  # fmt: skip

    @tornado.web.authenticated
    async def post(self, name: str) -> None:
        """Erase a learner everywhere, once their id was typed again."""
        root = self.cohort(name)
        learner = self.field("learner", 100)
        if not learner or self.field("again", 100).strip() != learner:
            raise InputError("Nobody was erased. Type the learner's id exactly, to be sure whom you erase.")
        shutil.rmtree(root / roster.NOTES / "tasks", ignore_errors=True)  # their tables name people
        table = await self.away(privacy.erase, root, learner)
        people = list(roster.roster(root)[["id", "name"]].itertuples(index=False))
        self.page("privacy", "Data protection", root, kept=privacy.statement(root), people=people,
                  erased=table)  # fmt: skip


_COHORT = r"/academy/trainer/([a-z0-9-]+)"
_ID = r"([A-Za-z0-9][A-Za-z0-9._-]*)"
ROUTES: list[tuple[str, type[TrainerPage]]] = [
    (r"/academy/trainer/?", CohortsHandler),
    (_COHORT, CohortHandler),
    (f"{_COHORT}/hand-out", HandOutHandler),
    (f"{_COHORT}/collect", CollectHandler),
    (f"{_COHORT}/task/({'|'.join(trainer_job.KINDS)})", TaskHandler),
    (f"{_COHORT}/marks", MarksHandler),
    (f"{_COHORT}/marks/{_ID}/{_ID}", SubmissionHandler),
    (f"{_COHORT}/feedback/{_ID}/{_ID}", FeedbackPageHandler),
    (f"{_COHORT}/feedback", FeedbackHandler),
    (f"{_COHORT}/file/(.+)", DownloadHandler),
    (f"{_COHORT}/writing", WritingHandler),
    (f"{_COHORT}/writing/{_ID}", WritingHandler),
    (f"{_COHORT}/writing/{_ID}/{_ID}", PieceHandler),
    (f"{_COHORT}/progress", ProgressHandler),
    (f"{_COHORT}/survey", SurveyHandler),
    (f"{_COHORT}/results", ResultsHandler),
    (f"{_COHORT}/privacy", PrivacyHandler),
]
