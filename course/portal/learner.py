"""The learner's own pages: join a cohort, hand in, survey, feedback; in a classroom also have work marked."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import tornado.web

from course import answers
from course.authoring.source import NOTEBOOK
from course.cases.seeds import KEY_VARIABLE, LEARNER_FILE
from course.cohorts import collecting, exchange, joining, roster, survey
from course.errors import InputError
from course.grading.feedback import PAGE as FEEDBACK_PAGE
from course.portal import classroom, pages, workspace
from course.portal.extension import AcademyHandler
from course.syllabus import Module, find, modules

HANDED_IN = "handed-in.json"
MARKS = "marks.json"
WORK = (NOTEBOOK, answers.ANSWER_FILE, answers.JOURNAL_FILE)
PRACTICE = "practice"  # the folder, in a classroom's notes, where marking for learners themselves is done
OUTCOMES = {
    "taken": "Your trainer has it.",
    "late": "Your trainer has it. It came after the last day, so points may be taken off.",
    "early": "Your trainer has it. It waits until this exercise is handed out.",
    "older": "Your trainer has a newer version of it already. That one counts.",
    "same": "Your trainer had it already: nothing has changed since you last handed it in.",
}
T = TypeVar("T")


class LearnerPage(AcademyHandler):
    """What the learner's pages share."""

    @property
    def room(self) -> classroom.Classroom | None:
        """The classroom; None on one's own computer."""
        room: classroom.Classroom | None = self.settings.get("academy_classroom")
        return room

    @property
    def who(self) -> str:
        """The learner signed in to a classroom; "" for its trainer, and on one's own computer."""
        name = "" if self.room is None else str(self.current_user.username)
        return "" if name == classroom.TRAINER else name

    def module(self, name: str) -> Module:
        """Return the module with an exercise that an address names."""
        found = find(name)
        if found is None or not found.exercise.exists():
            raise tornado.web.HTTPError(404)
        return found

    def work(self, module: Module) -> Path:
        """Return where the learner's answers to an exercise are."""
        return self.folder / "exercises" / module.folder

    async def away(self, function: Callable[..., T], *given: Any) -> T:
        """Call a function in a thread, so that other pages do not wait."""
        return await asyncio.get_running_loop().run_in_executor(None, function, *given)

    def cohort_page(self, problem: str = "", said: str = "") -> None:
        """Show the cohort and what was handed in, with what went wrong or well."""
        handed_in = workspace.remembered(self.folder, HANDED_IN)
        rows = [
            pages.standing(module, self.folder)
            | {
                "handed_in": _clock(handed_in.get(module.id, "")),
                "feedback": self.feedback(module) is not None,
            }
            for module in modules()
            if module.exercise.exists()
        ]
        html = pages.render(
            "cohort.html.j2", self.base_url, joined=joining.joined(self.folder), rows=rows, problem=problem,
            said=said, shared=self.room is not None, xsrf=self.xsrf_token.decode("ascii"),
        )  # fmt: skip
        self.show(html)

    def feedback(self, module: Module) -> Path | None:
        """Return the learner's feedback page in a classroom's cohort, if it was written."""
        if self.room is None or not self.who:
            return None
        place = self.room.cohort / "feedback" / self.who / module.folder / FEEDBACK_PAGE
        return place if place.is_file() else None


class CohortHandler(LearnerPage):
    """The learner's cohort: joined by the file that the trainer sent."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show the page."""
        self.cohort_page()

    @tornado.web.authenticated
    async def post(self) -> None:
        """Join a cohort."""
        sent = (self.request.files or {}).get("file", [])
        try:
            if self.room is not None:
                raise InputError(
                    "You are in this classroom's cohort already, by the code you signed in with."
                )
            if not sent or not sent[0]["body"]:
                raise InputError("No file was chosen. Choose the zip your trainer sent, then press Join.")
            joined = await self.away(joining.join, self.folder, bytes(sent[0]["body"]))
        except InputError as problem:
            self.set_status(400)
            self.cohort_page(problem=str(problem))
            return
        said = f"You have joined {joined.cohort_name}."
        if joined.begun:
            begun = ", ".join(f"module {m.number}" for m in map(find, joined.begun) if m)
            said += (
                f" Your cohort has numbers of its own. You had answered questions of {begun} before: "
                "open each exercise again and check your answers against the new numbers."
            )
        self.cohort_page(said=said)


class SurveyHandler(LearnerPage):
    """How confident a learner is, before the course and after it."""

    @tornado.web.authenticated
    def get(self) -> None:
        """Show the questions of one time, and what was said."""
        self.ask()

    def ask(self, problem: str = "", kept: bool = False) -> None:
        """Show the page."""
        said = self.said()
        asked = self.get_argument("when", "")
        when = asked if asked in survey.WHEN else survey.WHEN[bool(said.get("before")) and not kept]
        html = pages.render(
            "survey.html.j2", self.base_url, when=when, said=said, kept=kept, problem=problem,
            questions=survey.QUESTIONS, scale=survey.SCALE, control=survey.CONTROL,
            joined=joining.joined(self.folder), shared=self.room is not None, fewest=survey.FEWEST,
            trainer=self.room is not None and not self.who, xsrf=self.xsrf_token.decode("ascii"),
        )  # fmt: skip
        self.show(html)

    def said(self) -> dict[str, dict[str, Any]]:
        """Return what was said so far."""
        return survey.said(self.folder) if self.room is None else survey.said_in(self.room.cohort, self.who)

    @tornado.web.authenticated
    async def post(self) -> None:
        """Keep what was said."""
        when = self.get_body_argument("when", "")
        given = {q: score for q in survey.QUESTIONS if (score := self.get_body_argument(q, ""))}
        try:
            if self.room is None:
                await self.away(survey.say, self.folder, when, given)
            elif self.who:
                await self.away(survey.record, self.room.cohort, self.who, when, given)
            else:
                raise InputError("You are signed in as a trainer. Only learners answer here.")
        except InputError as problem:
            self.set_status(400)
            self.ask(str(problem))
            return
        self.ask(kept=True)


class HandInHandler(LearnerPage):
    """Hand in one exercise: as a zip to send, or in a classroom at once."""

    @tornado.web.authenticated
    def get(self, name: str) -> None:
        """Show what would be handed in."""
        self.ask(self.module(name))

    def ask(self, module: Module, problem: str = "") -> None:
        """Show the page with its one button."""
        html = pages.render(
            "hand_in.html.j2", self.base_url, module=module, state=pages.standing(module, self.folder),
            joined=joining.joined(self.folder), shared=self.at_once(), problem=problem,
            before=_clock(workspace.remembered(self.folder, HANDED_IN).get(module.id, "")),
            xsrf=self.xsrf_token.decode("ascii"),
        )  # fmt: skip
        self.show(html)

    def at_once(self) -> bool:
        """Tell whether the trainer gets it without a zip: in a classroom, or by the machine's exchange."""
        if self.room is not None:
            return True
        who = joining.joined(self.folder)
        return who is not None and exchange.inbound(who.cohort) is not None

    @tornado.web.authenticated
    async def post(self, name: str) -> None:
        """Hand it in."""
        module = self.module(name)
        said = ""
        try:
            if self.room is not None:
                said = await self.away(take_in, self.room, self.who, module)
            elif self.at_once():
                await self.away(exchange.hand_in, self.work(module))
                said = "Your trainer takes it from this machine’s exchange."
            else:
                made = await self.away(joining.hand_in, self.work(module))
        except InputError as problem:
            self.set_status(400)
            self.ask(module, str(problem))
            return
        now = datetime.now(UTC).isoformat(timespec="seconds")
        kept = workspace.remembered(self.folder, HANDED_IN) | {module.id: now}
        await self.away(workspace.remember, self.folder, HANDED_IN, kept)
        if said:
            self.cohort_page(said=f"Module {module.number} is handed in. {said}")
            return
        self.set_header("Content-Type", "application/zip")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(made.name)}")
        self.finish(made.content)


class FeedbackHandler(LearnerPage):
    """A learner's feedback on one exercise, in a classroom."""

    @tornado.web.authenticated
    def get(self, name: str) -> None:
        """Show the page that marking wrote."""
        place = self.feedback(self.module(name))
        if place is None:
            self.set_status(404)
            self.plain(
                "There is no feedback yet", "It is here once your trainer has had this exercise marked."
            )
            return
        self.show(place.read_text(encoding="utf-8"))


class MarkHandler(LearnerPage):
    """Mark a learner's exercise for the learner, in a classroom: its kernels may not read the keys."""

    @tornado.web.authenticated
    async def post(self, name: str) -> None:
        """Mark it; answers with JSON: `problem`, a sentence, or "" when the marks are there to be read."""
        module = self.module(name)
        self.set_header("Content-Type", "application/json")
        if self.room is None or not self.who:
            self.finish({"problem": "Marking here is for the learners of a classroom."})
            return
        try:
            async with _turn():
                await mark(self.room, self.who, module)
        except InputError as problem:
            self.finish({"problem": str(problem)})
            return
        self.finish({"problem": ""})


@cache
def _turn() -> asyncio.Lock:
    """Return the lock by which one exercise is marked at a time: all share one gradebook for practice."""
    return asyncio.Lock()


def own_work(room: classroom.Classroom, who: str, module: Module, into: Path) -> Path:
    """Copy a learner's work on an exercise into a folder of the server's, never through a link.

    A kernel writes in the learner's exercise folder, so a file there may be a link to somebody else's.

    Raises
    ------
    InputError
        Something there is not a plain file.
    """
    folder = room.home(who) / "exercises" / module.folder
    copy = into / "exercises" / module.folder
    copy.mkdir(parents=True)
    (into / LEARNER_FILE).write_text(json.dumps(room.card(who)), encoding="utf-8")
    for name in WORK:
        try:
            opened = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            continue
        except OSError as problem:
            raise InputError(f"{name} in your folder is not a plain file. Tell your trainer.") from problem
        with os.fdopen(opened, "rb") as given, (copy / name).open("wb") as kept:
            kept.write(given.read(joining.MOST_BYTES))
    return copy


def take_in(room: classroom.Classroom, who: str, module: Module) -> str:
    """Hand in a learner's work to the cohort at once; what became of it, in a sentence for the learner.

    Raises
    ------
    InputError
        Nothing was answered yet, or the work was not taken.
    """
    if not who:
        raise InputError("You are signed in as a trainer. Only learners hand in.")
    with tempfile.TemporaryDirectory() as aside:
        made = joining.hand_in(own_work(room, who, module, Path(aside)))
        sent = Path(aside) / made.name
        sent.write_bytes(made.content)
        outcome = str(collecting.collect(room.cohort, [sent])["outcome"].iloc[0])
    if outcome not in OUTCOMES:
        raise InputError(
            f"Your work could not be taken in ({collecting.OUTCOMES[outcome]}). Tell your trainer."
        )
    return OUTCOMES[outcome]


async def mark(room: classroom.Classroom, who: str, module: Module) -> None:
    """Mark a learner's work, in a process of its own, and put the marks where the exercise shows them.

    Raises
    ------
    InputError
        It could not be marked.
    """
    notes = room.cohort / roster.NOTES / PRACTICE  # kernels cannot read it: it holds the keys
    with tempfile.TemporaryDirectory() as aside:
        folder = own_work(room, who, module, Path(aside))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "course", "mark", str(folder), "--quiet"),
            env={**os.environ, "ACADEMY_HOME": str(notes), KEY_VARIABLE: room.case(who)},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()
        if process.returncode:
            sentence = said.decode(errors="replace").strip().splitlines() or ["no reason was given."]
            raise InputError(sentence[-1])
        target = room.home(who) / "exercises" / module.folder / MARKS
        part = target.with_name(f".{MARKS}.part")
        part.unlink(missing_ok=True)
        with (folder / MARKS).open("rb") as given, part.open("xb") as kept:  # never through a link
            shutil.copyfileobj(given, kept)
        part.replace(target)


def _clock(at: str) -> str:
    try:
        when = datetime.fromisoformat(at).astimezone()
    except ValueError:
        return ""
    return f"{when:%H:%M} on {when.day} {when:%B}"


ROUTES: list[tuple[Any, ...]] = [
    (r"/academy/cohort", CohortHandler),
    (r"/academy/survey", SurveyHandler),
    (r"/academy/hand-in/([^/]+)", HandInHandler),
    (r"/academy/feedback/([^/]+)", FeedbackHandler),
    (r"/academy/mark/([^/]+)", MarkHandler),
]
