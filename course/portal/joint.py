"""The joint table's live pages: join, play from a seat, the big screen, the trainer's console.

A page asks for what is new and waits: one look at the database serves all that wait, and a move made here
wakes its table's pages at once. Every secret is kept by the store: a page is made of what its seat may see.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import tornado.web

from course import weighting
from course.cohorts import joining
from course.errors import InputError
from course.joint import delivery, houses
from course.joint.case import CASES, REMEDIES
from course.joint.state import ROUNDS, STAGES, TRAINER
from course.portal import classroom, joint_forms, pages, workspace
from course.portal.extension import AcademyHandler
from course.portal.static_files import manifest

TOKENS = "joint-tables.json"
OWN = "trainer"  # among the tokens: the one for all tables that this person is trainer of
WAIT_SECONDS = 25.0
LOOK_SECONDS = 0.5
ON_THE_PAGE = 40  # moves of the log
MOST_TABLES = 40  # made at once
T = TypeVar("T")

_pool = ThreadPoolExecutor(2, thread_name_prefix="joint")
_keeping = threading.Lock()


async def away(function: Callable[..., T], *given: Any) -> T:
    """Call a function in a thread of the joint tables' own."""
    return await asyncio.get_running_loop().run_in_executor(_pool, function, *given)


class Watch:
    """One look at the database for all the pages that wait."""

    def __init__(self, store: Any):
        self.store = store
        self.known: dict[str, int] = {}
        self.waiting: dict[str, set[asyncio.Future[None]]] = {}
        self.looking: asyncio.Task[None] | None = None

    def tell(self, numbers: Mapping[str, int]) -> None:
        """Wake the pages of tables that have a later move than was known."""
        for code, number in numbers.items():
            if number > self.known.get(code, 0):
                self.known[code] = number
                for page in self.waiting.get(code, ()):
                    if not page.done():
                        page.set_result(None)

    async def wait(self, page: asyncio.Future[None], shown: Mapping[str, int], seconds: float) -> None:
        """Wait until one of some tables has a move after the one shown, or the page or the time is gone."""
        if any(self.known.get(code, 0) > number for code, number in shown.items()):
            return
        for code in shown:
            self.waiting.setdefault(code, set()).add(page)
        if self.looking is None or self.looking.done():
            self.looking = asyncio.create_task(self._look())
        try:
            await asyncio.wait({page}, timeout=seconds)
        finally:
            for code in shown:
                self.waiting[code].discard(page)
                if not self.waiting[code]:
                    del self.waiting[code]

    async def _look(self) -> None:
        while self.waiting:
            with contextlib.suppress(InputError):  # the database did not answer: look again
                self.tell(await away(self.store.latest, list(self.waiting)))
            await asyncio.sleep(LOOK_SECONDS)


@cache
def _opened(url: str) -> tuple[Any, Watch]:
    from course.joint.store import Store  # SQLAlchemy is loaded when somebody plays

    store = Store(url)
    return store, Watch(store)


class JointPage(AcademyHandler):
    """What the joint table's pages share."""

    page: asyncio.Future[None] | None = None

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what a person can mend in one sentence."""
        problem = kwargs.get("exc_info", (None, None))[1]
        if isinstance(problem, InputError):
            self.set_status(400)
            if self.wants_json:
                self.answer({"problem": str(problem)})
            else:
                self.plain("That could not be done", str(problem))
            return
        super().write_error(status_code, **kwargs)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log faults of ours only."""
        if not isinstance(value, InputError):
            super().log_exception(typ, value, tb)

    def on_connection_close(self) -> None:
        """Stop waiting for a page that is gone."""
        if self.page is not None and not self.page.done():
            self.page.set_result(None)
        super().on_connection_close()

    @property
    def wants_json(self) -> bool:
        """Whether the page's script asks, and not the browser itself."""
        return "application/json" in self.request.headers.get("Accept", "")

    def answer(self, what: Mapping[str, Any]) -> None:
        """Send JSON that nobody keeps."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(what))

    @property
    def room(self) -> classroom.Classroom | None:
        """The classroom; None on one's own computer."""
        room: classroom.Classroom | None = self.settings.get("academy_classroom")
        return room

    @property
    def table_room(self) -> str:
        """What the console groups tables by."""
        return "" if self.room is None else self.room.name

    @property
    def trains(self) -> bool:
        """Whether this person may have the console: a classroom's trainer, or anybody on their computer."""
        return self.room is None or self.current_user.username == classroom.TRAINER

    @property
    def store(self) -> Any:
        """The tables. Ask for them in a thread: the first time they are opened."""
        from course.joint.store import database

        kept = workspace.home() if self.room is None else self.room.cohort
        return _opened(database(kept / workspace.KEPT))[0]

    @property
    def watch(self) -> Watch:
        """Who waits for what."""
        from course.joint.store import database

        kept = workspace.home() if self.room is None else self.room.cohort
        return _opened(database(kept / workspace.KEPT))[1]

    def tokens(self) -> dict[str, str]:
        """Return this person's tokens by table."""
        return workspace.remembered(self.folder, TOKENS)

    def keep(self, name: str, token: str) -> None:
        """Keep a token of this person's."""
        with _keeping:
            workspace.remember(self.folder, TOKENS, self.tokens() | {name: token})

    def token_at(self, code: str) -> str:
        """Return this person's token at a table, or at the one that it came from; "" for a stranger."""
        tokens = self.tokens()
        if code not in tokens:
            before = self.store.state(code).settings["from"]
            if before not in tokens:
                return ""
            self.keep(code, tokens[before])
            return tokens[before]
        return tokens[code]

    def my_name(self) -> str:
        """Return the name to go by at a table: the roster's, the card's, or a plain one."""
        if self.room is not None and self.current_user.username == classroom.TRAINER:
            return "Trainer"
        card = joining.joined(self.folder)
        name = re.sub(r"[^\w .'’-]|_", " ", card.name if card else "")
        return " ".join(name.split())[:40].strip(" .'’-") or "Player"

    def page_html(self, template: str, title: str, **values: Any) -> str:
        """Render one of `templates/joint/`."""
        files = manifest()
        static = f"{self.base_url}academy/static/"
        return pages.render(
            f"joint/{template}.html.j2",
            self.base_url,
            title=title,
            here=f"{self.base_url}academy/joint",
            console=f"{self.base_url}academy/trainer/joint" if self.trains else "",
            xsrf=self.xsrf_token.decode("ascii"),
            styles=[static + files["trainer.css"], static + files["joint.css"]],
            script=static + files["joint.js"],
            **values,
            c={"xsrf": self.xsrf_token.decode("ascii"), **values},
        )

    def fields(self) -> dict[str, str]:
        """Return the form's fields, the last of each name."""
        return {
            name: given[-1].decode("utf-8", "replace")[:20_000]
            for name, given in self.request.body_arguments.items()
        }

    def table_url(self, code: str, **query: str) -> str:
        """Return a table's address."""
        asked = urlencode({name: value for name, value in query.items() if value})
        return f"{self.base_url}academy/joint/{code}" + (f"?{asked}" if asked else "")


class DoorHandler(JointPage):
    """Join a table by its code, or start one alone."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Show the page."""
        given = {name: self.get_query_argument(name, "")[:100] for name in ("code", "back")}
        self.show(await away(self.door, given))

    def door(self, given: Mapping[str, str], problem: str = "", form: str = "join") -> str:
        """Render the page, with one's own tables."""
        mine = []
        for code in self.tokens():
            if code != OWN:
                try:
                    mine.append(self.store.view(code))
                except InputError:
                    continue
        mine.sort(key=lambda table: table["opened"], reverse=True)
        return self.page_html(
            "door", "The joint table", tables=mine[:12], given=given, problem=problem, form=form,
            called=given.get("name") or self.my_name(), fixed=self.room is not None, cases=CASES.values(),
            titles=joint_forms.TITLES,
        )  # fmt: skip

    @tornado.web.authenticated
    async def post(self) -> None:
        """Join or start a table."""
        fields = self.fields()
        act = self.start if fields.get("form") == "alone" else self.join
        try:
            code = await away(act, fields)
        except InputError as problem:
            self.set_status(400)
            self.show(await away(self.door, fields, str(problem), fields.get("form", "join")))
            return
        self.redirect(self.table_url(code), status=303)

    def join(self, fields: Mapping[str, str]) -> str:
        """Join a table by its code, as the same person again where this one has been there."""
        with _joining:
            code = self.store.state(fields.get("code", "")).code
            known = fields.get("back", "").strip() or self.token_at(code)
            name = self.my_name() if self.room is not None else fields.get("name", "")
            person = _joined(self.store, code, name, known, another=self.room is not None)
            self.keep(code, person.token)
        return code

    def start(self, fields: Mapping[str, str]) -> str:
        """Start a table for oneself, whose other seats are houses."""
        name = self.my_name() if self.room is not None else fields.get("name", "")
        own = self.tokens().get(OWN)
        made = self.store.new(fields.get("case", ""), open=True, trainer=name, token=own)
        self.keep(OWN, made.token)
        self.keep(made.code, made.token)
        seat = fields.get("seat", "")
        for each in ("commissioner-1", "birch") if seat == "both" else (seat,):
            self.store.act(made.code, made.token, "", "sit", {"seat": each})
        return str(made.code)


_joining = threading.Lock()


def _joined(store: Any, code: str, name: str, token: str, another: bool) -> Any:
    """Join; of two in a classroom who have one name, the second gets a number behind it."""
    for count in range(1, 10):
        try:
            return store.join(code, name if count == 1 else f"{name[:37]} {count}", token or None)
        except InputError as problem:
            if not another or "at this table already" not in str(problem):
                raise
    raise InputError("This table has too many people of your name: ask the trainer.")


class TableHandler(JointPage):
    """A table from a seat."""

    @tornado.web.authenticated
    async def get(self, code: str) -> None:
        """Show the page, or lead to the door."""
        code, token = await away(self.known, code)
        if not token:
            self.redirect(f"{self.base_url}academy/joint?code={quote(code)}")
            return
        if not await away(self.here, code, token):
            self.redirect(f"{self.base_url}academy/joint?code={code}")
            return
        self.show(await away(self.seat_page, code, token, self.get_query_argument("seat", "")))

    def here(self, code: str, token: str) -> bool:
        """Tell whether this person has not left the table."""
        store = self.store
        return bool(store.state(code).people[store.who(code, token)]["here"])

    def known(self, code: str) -> tuple[str, str]:
        """Return a table's code as it is written, and this person's token there."""
        try:
            code = self.store.state(code).code
        except InputError:
            raise tornado.web.HTTPError(404) from None
        return code, self.token_at(code)

    def seat_page(self, code: str, token: str, asked: str, **more: Any) -> str:
        """Render the whole page."""
        values = self.values(code, token, asked, **more)
        return self.page_html("seat", f"{values['v']['title']}, table {code}", **values)

    def values(self, code: str, token: str, asked: str, **more: Any) -> dict[str, Any]:
        """Gather what a seat's page shows."""
        store = self.store
        mine = store.seats_of(code, token)
        seat = asked if asked in mine else _likely(mine, store.state(code))
        shown = store.view(code, token, seat)
        facts = store.case_facts(code, token, seat)
        names = {each["seat"]: each["name"] for each in shown["seats"]}
        failed, fields = more.get("failed", ""), more.get("fields", {})
        return {
            "v": shown,
            "facts": facts,
            "names": names,
            "who": store.who(code, token),
            "seat": seat or "",
            "mine": mine,
            "leads": TRAINER in mine,
            "log": _log(store, code, token, seat, names, facts),
            "stages": ROUNDS,
            "titles": joint_forms.TITLES,
            "formulas": weighting.FORMULAS,
            **_options(shown, facts, names),
            "failed": failed,
            "problem": more.get("problem", ""),
            "back": more.get("back", ""),
            "val": lambda form, name, default="": fields.get(name, "") if form == failed else default,
            "offer": {each["id"]: each for each in facts["offers"]},
            "item": {each["id"]: each for each in facts["plan"]},
            "outcome": {each["id"]: each for each in facts["outcomes"]},
            "clock": _clock,
            "table_url": self.table_url(code),
        }

    @tornado.web.authenticated
    async def post(self, code: str) -> None:
        """Play what a form asks for."""
        code, token = await away(self.known, code)
        fields = self.fields()
        page = fields.get("page", "")
        try:
            number, more = await away(self.play, code, token, fields)
        except InputError as problem:
            self.set_status(400)
            if self.wants_json:
                self.answer(await away(self.refusal, code, str(problem)))
                return
            failed = {"failed": fields.get("form", ""), "fields": fields, "problem": str(problem)}
            if not token:
                raise
            self.show(await away(lambda: self.seat_page(code, token, page, **failed)))
            return
        self.watch.tell({code: number})
        if fields.get("kind") == "leave":
            self.redirect(f"{self.base_url}academy/joint", status=303)
        elif fields.get("from") == "console":
            self.redirect(f"{self.base_url}academy/trainer/joint", status=303)
        elif self.wants_json:
            self.answer(await away(lambda: self.fragment(code, token, more.pop("page", page), **more)))
        elif more.get("back"):
            self.show(await away(lambda: self.seat_page(code, token, page, **more)))
        else:
            self.redirect(self.table_url(code, seat=more.get("page", page)), status=303)

    def refusal(self, code: str, problem: str) -> dict[str, Any]:
        """Return why a move was refused. Who found another's change in the way may send again."""
        if "after you opened it" not in problem:
            return {"problem": problem}
        return {
            "problem": f"{problem} To put yours in its place, press the button again.",
            "seen": self.store.state(code).number,
        }

    def play(self, code: str, token: str, fields: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Play a form's moves; return the table's last number, and what to tell the person who sent it."""
        kind, seat = fields.get("kind", ""), fields.get("as", "")
        more: dict[str, Any] = {}
        store = self.store
        if kind == "swap":
            self.keep(store.swap(code, token).code, token)
        elif kind == "readmit":
            person = store.readmit(code, token, fields.get("name", ""))
            door = f"{self.request.protocol}://{self.request.host}{self.base_url}academy/joint"
            link = f"{door}?{urlencode({'code': code, 'back': person.token})}"
            more["back"] = {"name": person.name, "link": link}
            if fields.get("name") == store.who(code, token):
                self.keep(code, person.token)
        else:
            shown, facts = store.view(code, token, seat or None), store.case_facts(code, token, seat or None)
            seen = int(fields["seen"]) if fields.get("seen", "").isdigit() else None
            found = joint_forms.moves(kind, fields, facts, shown)
            if not found:
                raise InputError("Nothing was changed: write or choose something first.")
            for each, data in found:
                store.act(code, token, seat, each, data, seen=seen)
            if kind == "sit" and not seat:
                more["page"] = fields.get("seat", "")
        return store.state(code).number, more

    def screen_values(self, code: str) -> dict[str, Any]:
        """Gather what the big screen shows: what anybody with the code may see."""
        store = self.store
        shown, facts = store.view(code), store.case_facts(code)
        names = {each["seat"]: each["name"] for each in shown["seats"]}
        return {
            "v": shown, "facts": facts, "names": names, "titles": joint_forms.TITLES, "clock": _clock,
            "log": _log(store, code, "", None, names, facts)[:6], "formulas": weighting.FORMULAS,
            "offer": {each["id"]: each for each in facts["offers"]},
            "outcome": {each["id"]: each for each in facts["outcomes"]},
            "door": f"{self.request.host}{self.base_url}academy/joint",
        }  # fmt: skip

    def fragment(self, code: str, token: str, asked: str, **more: Any) -> dict[str, Any]:
        """Return the part of the page that changes, and the move up to which it goes."""
        values = self.values(code, token, asked, **more)
        html = self.page_html("table", "", **values)
        title = f"{values['v']['title']}, table {code} · Social Value Academy"
        return {"number": values["v"]["number"], "html": html, "title": title, "seat": values["seat"]}


class LiveHandler(TableHandler):
    """What is new at a table, as soon as there is something."""

    @tornado.web.authenticated
    async def get(self, code: str) -> None:
        """Wait for a move after the one shown; nothing (204) where none comes in time."""
        code, token = await away(self.known, code)
        after = self.get_query_argument("after", "0")
        shown = int(after) if after.isdigit() else 0
        self.page = asyncio.get_running_loop().create_future()
        if self.watch.known.get(code, 0) <= shown:  # the next look is half a second away
            await self.watch.wait(self.page, {code: shown}, WAIT_SECONDS)
        if self.watch.known.get(code, 0) <= shown:
            self.set_status(204)
            self.finish()
            return
        if self.get_query_argument("screen", ""):
            self.answer(await away(self.screen_fragment, code))
            return
        if not token:
            raise tornado.web.HTTPError(404)
        self.answer(await away(lambda: self.fragment(code, token, self.get_query_argument("seat", ""))))

    def screen_fragment(self, code: str) -> dict[str, Any]:
        """Return the big screen's changing part."""
        values = self.screen_values(code)
        html = self.page_html("screen_table", "", **values)
        return {"number": values["v"]["number"], "html": html, "title": f"Table {code} · big screen"}


class ScreenHandler(TableHandler):
    """What anybody at the table may see, for a projector."""

    @tornado.web.authenticated
    async def get(self, code: str) -> None:
        """Show the page."""
        code, _ = await away(self.known, code)
        values = await away(self.screen_values, code)
        self.show(self.page_html("screen", f"Table {code}, the big screen", **values))


class ExportHandler(TableHandler):
    """A table's log, and its debrief."""

    @tornado.web.authenticated
    async def get(self, code: str, what: str) -> None:
        """Send a file. The log holds every secret: before the debrief only the trainer may have it."""
        code, token = await away(self.known, code)
        content, kind = await away(self.made, code, token, what)
        self.set_header("Content-Type", kind)
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        if what != "debrief.html":
            self.set_header("Content-Disposition", f'attachment; filename="table-{code}-{what}"')
        self.finish(content)

    def made(self, code: str, token: str, what: str) -> tuple[bytes, str]:
        """Make the file."""
        from course.joint import debrief

        store = self.store
        state = store.state(code)
        if not token or (state.stage != "debrief" and TRAINER not in store.seats_of(code, token)):
            raise InputError("This opens at the debrief: until then much of it is sealed.")
        if what == "log.json":
            return debrief.log_json(store.log(code)).encode(), "application/json; charset=utf-8"
        if what == "log.csv":
            return debrief.log_csv(store.log(code)).encode(), "text/csv; charset=utf-8"
        if what == "debrief.html":
            return debrief.html(state).encode(), "text/html; charset=utf-8"
        with tempfile.TemporaryDirectory() as folder:
            return debrief.pdf(state, Path(folder) / "debrief.pdf").read_bytes(), "application/pdf"


class ConsoleHandler(JointPage):
    """The trainer's console: all tables of the room."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Let only those in who may have it."""
        await super().prepare()
        if self.current_user and not self.trains:
            raise tornado.web.HTTPError(404)

    @tornado.web.authenticated
    async def get(self) -> None:
        """Show the page."""
        self.show(await away(self.console, self.get_query_arguments("compare")))

    def values(self, chosen: list[str], **more: Any) -> dict[str, Any]:
        """Gather what the console shows."""
        from course.joint import debrief

        store, own = self.store, self.tokens().get(OWN)
        tables = store.tables(own) if own else []
        names = {t["code"]: {seat["seat"]: seat["name"] for seat in t["seats"]} for t in tables}
        problem, compared = more.get("problem", ""), None
        if chosen:
            try:
                known = [code for code in chosen if code in names]
                compared = debrief.compare([store.state(code) for code in known])
            except InputError as said:
                problem = problem or str(said)
        return {
            "tables": tables[::-1], "names": names, "titles": joint_forms.TITLES, "chosen": chosen,
            "compared": compared, "clock": _clock, "problem": problem, "fields": more.get("fields", {}),
            "cases": CASES.values(), "door": f"{self.request.host}{self.base_url}academy/joint",
            "shown": {t["code"]: t["number"] for t in tables},
        }  # fmt: skip

    def console(self, chosen: list[str], **more: Any) -> str:
        """Render the page."""
        return self.page_html("console", "Joint tables of your room", **self.values(chosen, **more))

    @tornado.web.authenticated
    async def post(self) -> None:
        """Make tables."""
        fields = self.fields()
        try:
            await away(self.make, fields)
        except InputError as problem:
            self.set_status(400)
            said = str(problem)
            self.show(await away(lambda: self.console([], problem=said, fields=fields)))
            return
        self.redirect(f"{self.base_url}academy/trainer/joint", status=303)

    def make(self, fields: Mapping[str, str]) -> None:
        """Make several tables of one case."""
        count = joint_forms.figure(fields.get("tables", "1"))
        if not isinstance(count, float) or not 1 <= count <= MOST_TABLES or count != int(count):
            raise InputError(f"Give a whole number of tables, from 1 to {MOST_TABLES}.")
        bidders = [bidder.id for case in CASES.values() for bidder in case.bidders if fields.get(bidder.id)]
        times = {"usual": 1.0, "half": 0.5, "double": 2.0}.get(fields.get("pace", ""), 1.0)
        minutes = {} if times == 1 else {stage.id: stage.minutes * times for stage in ROUNDS}
        seed = fields.get("seed", "").strip()
        drawn = joint_forms.figure(seed) if seed else None
        settings: dict[str, Any] = {
            "commissioners": joint_forms.figure(fields.get("commissioners", "2")),
            "evaluators": joint_forms.figure(fields.get("evaluators", "0")),
            "bidders": list(dict.fromkeys(bidders)),
            "minutes": minutes,
        }
        for _ in range(int(count)):
            own = self.tokens().get(OWN)
            made = self.store.new(
                fields.get("case", ""), seed=drawn, room=self.table_room, trainer="Trainer", token=own,
                **settings,
            )  # fmt: skip
            self.keep(OWN, made.token)
            self.keep(made.code, made.token)


class ConsoleLiveHandler(ConsoleHandler):
    """What is new in the console."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Wait until one of its tables has a move after the one shown."""
        try:
            asked = json.loads(self.get_query_argument("shown", "{}"))
            shown = {str(code)[:12]: int(number) for code, number in asked.items()}
        except (ValueError, TypeError, AttributeError):
            raise tornado.web.HTTPError(400) from None
        self.page = asyncio.get_running_loop().create_future()
        before = await away(lambda: self.values([])["shown"])
        if before == shown:
            await self.watch.wait(self.page, shown, WAIT_SECONDS)
        values = await away(self.values, self.get_query_arguments("compare"))
        if values["shown"] == shown:
            self.set_status(204)
            self.finish()
            return
        html = await away(lambda: self.page_html("console_tables", "", **values))
        self.answer({"shown": values["shown"], "html": html})


class AssumptionsHandler(JointPage):
    """How delivery is drawn, and how houses play: open to everybody who may play."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Show the page."""
        self.show(
            self.page_html(
                "assumptions",
                "How delivery is drawn: the assumptions",
                assumptions=delivery.ASSUMPTIONS,
                cases=CASES.values(),
                strategies=houses.STRATEGIES,
                bidders={bidder.id: bidder.name for case in CASES.values() for bidder in case.bidders},
                remedies=REMEDIES.values(),
            )  # fmt: skip
        )


def _likely(mine: list[str], state: Any) -> str | None:
    """Choose which of one's seats to show first: one that has something to do, before the trainer's."""
    from course.joint.state import acting

    waited = [seat for seat in mine if seat in acting(state) and seat not in state.ready]
    return next(iter([*waited, *(seat for seat in mine if seat != TRAINER), *mine]), None)


def _options(shown: Mapping[str, Any], facts: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return what the choices of forms offer: lists of value and label."""
    at = STAGES.index(shown["stage"])
    before = [*STAGES[1:at], *([shown["stage"]] if shown["closed"] and at else [])]
    winner = (shown["result"] or {}).get("winner")
    offers = {each["id"]: each["name"] for each in facts["offers"]}
    bid = shown["bids"].get(winner) or {"commitments": []}
    return {
        "seat_options": list(names.items()),
        "people_options": [(name, name) for name in shown["people"]],
        "reopen_options": [(stage, joint_forms.TITLES[stage]) for stage in reversed(before)],
        "formula_options": [(id, about.label) for id, about in weighting.FORMULAS.items()],
        "promised_options": [(line["offer"], offers[line["offer"]]) for line in bid["commitments"]],
        "marks": [(f"{mark}", f"{mark}") for mark in range(6)],
        "halves": [(f"{half / 2:g}", f"{half / 2:g}") for half in range(11)],
    }


def _log(
    store: Any, code: str, token: str, seat: str | None, names: Mapping[str, str], facts: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the last moves in words, the newest first."""
    since = store.state(code).number - 3 * ON_THE_PAGE
    found = []
    for move in reversed(store.moves_since(code, max(0, since), token, seat)):
        said = joint_forms.words(move, names, facts)
        if said:
            found.append({"number": move["number"], "at": move["at"], "text": said})
    return found[:ON_THE_PAGE]


def _clock(at: str) -> str:
    """Return a time as people on this machine say it."""
    return f"{datetime.fromisoformat(at).astimezone():%H:%M}"


ROUTES: list[tuple[Any, ...]] = [
    (r"/academy/joint/?", DoorHandler),
    (r"/academy/joint/assumptions", AssumptionsHandler),
    (r"/academy/joint/([A-Za-z0-9]{1,12})", TableHandler),
    (r"/academy/joint/([A-Za-z0-9]{1,12})/live", LiveHandler),
    (r"/academy/joint/([A-Za-z0-9]{1,12})/screen", ScreenHandler),
    (r"/academy/joint/([A-Za-z0-9]{1,12})/(log\.json|log\.csv|debrief\.html|debrief\.pdf)", ExportHandler),
    (r"/academy/trainer/joint", ConsoleHandler),
    (r"/academy/trainer/joint/live", ConsoleLiveHandler),
]
