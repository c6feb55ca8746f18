"""The one-day joint edition, run from the console: the run-sheet by the clock, all tables moved on together.

Times, steps and words are the trainer's pack's (`course.portal.trainer_pack`); tables are the console's.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import tornado.web

from course.errors import InputError
from course.joint.state import STAGES, TRAINER
from course.joint.store import BIDDERS
from course.portal import joint_forms, trainer_pack
from course.portal.joint import WAIT_SECONDS, ConsoleHandler, away

DAY = timedelta(hours=18)  # tables made longer ago belong to another day
SEEDS = 1_000_000


class DayHandler(ConsoleHandler):
    """The run-sheet."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Show the page; `?starts=09:00` moves the day."""
        self.show(await away(self.day_page))

    def day_page(self, problem: str = "") -> str:
        """Render the whole page."""
        values = self.day_values()
        return self.page_html("day", "The one-day joint edition", **values, problem=problem)

    def day_values(self) -> dict[str, Any]:
        """Gather the day, its tables, and how both stand at this minute."""
        starts, said = self.get_query_argument("starts", "")[:10], ""
        try:
            day = trainer_pack.plan(starts)
        except InputError as problem:
            day, said = trainer_pack.plan(), str(problem)
        console = self.values([])
        since = (datetime.now(UTC) - DAY).isoformat()
        tables = [t for t in console["tables"] if t["opened"] > since and not t["closed"]]
        now = f"{datetime.now():%H:%M}"
        return {
            "day": day, "tables": tables, "rows": rows(day, tables, now), "now": now, "starts": day.at,
            "said": said, "names": console["names"], "titles": joint_forms.TITLES, "clock": console["clock"],
            "shown": {t["code"]: t["number"] for t in tables}, "door": console["door"],
            "pack": trainer_pack.PAGES, "size": sum(trainer_pack.seated().values()),
        }  # fmt: skip

    @tornado.web.authenticated
    async def post(self) -> None:
        """Make the day's tables, or move all tables of one round on."""
        fields = self.fields()
        act = self.make_for_day if fields.get("kind") == "make" else self.move_on
        try:
            await away(act, fields)
        except InputError as problem:
            self.set_status(400)
            if self.wants_json:
                self.answer({"problem": str(problem)})
                return
            said = str(problem)
            self.show(await away(lambda: self.day_page(said)))
            return
        self.redirect(self.request.uri or "", status=303)

    def make_for_day(self, fields: Mapping[str, str]) -> None:
        """Make as many tables as the people need, all with the same chance, so that they can be compared."""
        people, table = joint_forms.figure(fields.get("people", "")), trainer_pack.seated()
        if not isinstance(people, float) or people < 2 or people != int(people):
            raise InputError("Give how many people come, as a whole number from 2.")
        self.make(
            {
                "tables": str(-(-int(people) // sum(table.values()))),
                "case": trainer_pack.CASE,
                "commissioners": str(table["commissioner"]),
                "evaluators": "0",
                "seed": str(secrets.randbelow(SEEDS)),
                **dict.fromkeys(BIDDERS, "1"),
            }
        )

    def move_on(self, fields: Mapping[str, str]) -> None:
        """Move every table of the day that is in a round on to the next."""
        stage = fields.get("stage", "")
        waiting = [t["code"] for t in self.day_values()["tables"] if t["stage"] == stage]
        if not waiting:
            raise InputError("No table is in that round any more. They have gone on already.")
        own = self.tokens()
        for code in waiting:
            with contextlib.suppress(InputError):  # it went on by itself meanwhile
                self.store.act(code, own[code], TRAINER, "next", {"stage": stage})
        self.watch.tell({code: self.store.state(code).number for code in waiting})


def rows(day: trainer_pack.Day, tables: list[dict[str, Any]], now: str) -> list[dict[str, Any]]:
    """Return the run-sheet's parts with how the tables stand.

    Parameters
    ----------
    day : Day
        The plan.
    tables : list of dict
        The day's tables as the store shows them.
    now : str
        The time as 09:30.

    Returns
    -------
    list of dict
        `part`, and `steps`: each with `step`, `now` (whether it is its time), `here` (how many tables are in
        it) and `moves`: for each round from which tables come here, its `stage`, `to` and `count`.
    """
    found = []
    for part in day.parts:
        steps = []
        for step, until in zip(part.steps, [*(s.at for s in part.steps[1:]), part.ends], strict=False):
            moves = []
            for before, stage in itertools.pairwise(STAGES):
                count = sum(t["stage"] == before for t in tables)
                if stage in step.stages and count:
                    moves.append({"stage": before, "to": stage, "count": count})
            here = sum(t["stage"] in step.stages for t in tables)
            steps.append({"step": step, "now": step.at <= now < until, "here": here, "moves": moves})
        found.append({"part": part, "steps": steps, "now": not steps and part.at <= now < part.ends})
    return found


class DayLiveHandler(DayHandler):
    """What is new: a table's move, or that the clock went on."""

    @tornado.web.authenticated
    async def get(self) -> None:
        """Wait for a move of one of the tables; answer in any case, for the clock."""
        try:
            asked = json.loads(self.get_query_argument("shown", "{}"))
            shown = {str(code)[:12]: int(number) for code, number in asked.items()}
        except (ValueError, TypeError, AttributeError):
            raise tornado.web.HTTPError(400) from None
        self.page = asyncio.get_running_loop().create_future()
        if (await away(self.day_values))["shown"] == shown:
            await self.watch.wait(self.page, shown, WAIT_SECONDS)
        values = await away(self.day_values)
        html = await away(lambda: self.page_html("day_rows", "", **values))
        self.answer({"shown": values["shown"], "html": html})


class PackHandler(ConsoleHandler):
    """A page of the trainer's pack, to print."""

    @tornado.web.authenticated
    async def get(self, name: str) -> None:
        """Show it."""
        try:
            day = trainer_pack.plan(self.get_query_argument("starts", "")[:10])
        except InputError:
            day = trainer_pack.plan()
        self.show(await away(trainer_pack.page, name, day))


ROUTES: list[tuple[Any, ...]] = [
    (r"/academy/trainer/joint/day", DayHandler),
    (r"/academy/trainer/joint/day/live", DayLiveHandler),
    (rf"/academy/trainer/joint/day/({'|'.join(trainer_pack.PAGES)})", PackHandler),
]
