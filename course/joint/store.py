"""The log of every table, in one database: SQLite in a file, or PostgreSQL by its URL.

A move gets its number, is checked, and is written in one transaction that holds the table's row, together
with whatever the academy and the houses play next. So two who move at once never clash, and no move is lost.
Times are this machine's and never run backwards within a table: the order of moves is the order of numbers.

A person is known by a token. Only its SHA-256 is kept, apart from the log: no export can give it away.
"""

from __future__ import annotations

import copy
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from course.errors import InputError
from course.joint import rules, shapes, views
from course.joint.moves import tidy_settings
from course.joint.state import ACADEMY, TRAINER, Move, State, scoring_seats, seats

VARIABLE = "ACADEMY_JOINT_DATABASE"
BIDDERS = ("alder", "birch", "cedar", "dogwood")
WAIT_MS = 30_000  # how long a writer waits for another one's transaction
CACHED = 512  # states kept in memory; any other is replayed
CODE_LETTERS = 6
LOOK_AGAIN = 0.5  # seconds between looks for moves that another process wrote
# No vowels, so that no code is a word; nothing that is easily read as something else.
_LETTERS = "BCDFGHJKMNPQRTVWXY346789"

metadata = MetaData()
tables = Table(
    "joint_tables",
    metadata,
    Column("code", String(12), primary_key=True),
    Column("case", String(40), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("made", String(40), nullable=False),
    Column("room", String(80), nullable=False, index=True),
    Column("last", Integer, nullable=False),
)
moves = Table(
    "joint_moves",
    metadata,
    Column("table", String(12), ForeignKey("joint_tables.code"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("seat", String(40), nullable=False),
    Column("who", String(60), nullable=False),
    Column("at", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("data", JSON, nullable=False),
)
people = Table(
    "joint_people",
    metadata,
    Column("table", String(12), ForeignKey("joint_tables.code"), primary_key=True),
    Column("token", String(64), primary_key=True),
    Column("who", String(60), nullable=False),
)


Step = tuple[str, str, str, Mapping[str, Any]]  # seat, who, kind, data


class Made(NamedTuple):
    """A new table: its code, which everybody may know, and the trainer's token, which nobody else may."""

    code: str
    token: str


class Person(NamedTuple):
    """Somebody at a table: the name they go by, and the token that proves it is them."""

    name: str
    token: str


def database(home: Path) -> str:
    """Return the URL of the database: the environment's ACADEMY_JOINT_DATABASE, else a file in the folder."""
    given = os.environ.get(VARIABLE, "").strip()
    return given or f"sqlite:///{home / 'joint-tables.sqlite'}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Store:
    """The tables of one database. One store serves all threads of a process; several processes may share one.

    Parameters
    ----------
    url : str
        As SQLAlchemy takes it: sqlite:///path or postgresql+psycopg://…
    clock : callable, optional
        Gives the time, ISO 8601 in UTC.

    Raises
    ------
    InputError
        If the database cannot be opened.
    """

    def __init__(self, url: str, clock: Callable[[], str] = _now) -> None:
        self._clock = clock
        self._states: OrderedDict[str, State] = OrderedDict()
        self._lock = threading.Lock()
        self._moved = threading.Condition()
        self._news: dict[str, int] = {}
        try:
            self._engine = _engine(url)
            metadata.create_all(self._engine)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as problem:
            raise InputError(
                f"The database of joint tables, {VARIABLE}, is not one this installation can open:"
                " give sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME. PostgreSQL needs its"
                " driver as well: pip install 'psycopg[binary]'."
            ) from problem
        except (SQLAlchemyError, OSError) as problem:
            raise InputError(
                f"The database of joint tables cannot be opened. Check that it is there and may be written"
                f" to, and that {VARIABLE} is right."
            ) from problem

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # ---- Making tables and joining them ----

    def new(
        self,
        case: str = "calderbrook",
        *,
        seed: int | None = None,
        commissioners: int = 2,
        bidders: Sequence[str] = BIDDERS,
        evaluators: int = 0,
        open: bool = False,
        minutes: Mapping[str, float] | None = None,
        room: str = "",
        trainer: str = "Trainer",
        token: str | None = None,
    ) -> Made:
        """Make a table.

        Parameters
        ----------
        case : str
            The id of a case.
        seed : int, optional
            What the delivery draws from; the same seed and moves give the same year. Drawn if left out.
        commissioners, evaluators : int
            Seats on the council's side: 1 to 4 and 0 to 4, at least two together.
        bidders : sequence of str
            Two to five ids of the case's bidders.
        open : bool
            Whether one person may sit on both sides, as somebody who plays alone does.
        minutes : mapping, optional
            Stage to minutes, where they are not the usual ones. They lock nobody out.
        room : str
            What the trainer's console groups tables by, such as a cohort's name.
        trainer : str
            The trainer's name.
        token : str, optional
            The trainer's token of an earlier table, so that one token serves a whole room.

        Raises
        ------
        InputError
            If no table can be made of these.
        """
        settings = {
            "case": case,
            "seed": secrets.randbelow(2**31) if seed is None else seed,
            "commissioners": commissioners,
            "bidders": list(bidders),
            "evaluators": evaluators,
            "open": open,
            "minutes": dict(minutes or {}),
            "trainer": trainer,
        }
        token = token or secrets.token_urlsafe(24)
        with self._writing() as connection:
            code = self._make(connection, settings, room, {token: tidy_settings(settings)["trainer"]})
        return Made(code, token)

    def join(self, code: str, name: str, token: str | None = None) -> Person:
        """Join a table by its code.

        Who comes back with their token is the same person again, and holds the seats they held.
        A name that somebody else has is refused.

        Raises
        ------
        InputError
            If there is no such table, or the name cannot be used.
        """
        code = _tidy_code(code)
        known = self._who(code, token) if token else None
        if known is not None:
            state = self.state(code)
            if not state.people.get(known, {}).get("here"):
                self._play(code, known, "", "join", {})
            return Person(known, token or "")
        name, token = shapes.name(name), secrets.token_urlsafe(24)
        self._play(code, name, "", "join", {}, token=token)
        return Person(name, token)

    def readmit(self, code: str, token: str, name: str) -> Person:
        """Give somebody who lost their token a new one; the old one stops working. Only the trainer can."""
        code = _tidy_code(code)
        fresh = secrets.token_urlsafe(24)
        self._play(code, self._sure(code, token), TRAINER, "readmit", {"name": name}, token=fresh, of=name)
        return Person(name, fresh)

    def swap(self, code: str, token: str) -> Made:
        """Swap chairs: make the next table of the same case and seed, everybody on the other side.

        Council seats and bidders' seats change places in order, and who shared a seat shares one again; who
        held none chooses. Everybody's token serves at the next table too. Only the trainer can, at the
        debrief or after closing.

        Raises
        ------
        InputError
            If it is not the trainer who asks, the table is still in play, or chairs were swapped before.
        """
        code = _tidy_code(code)
        who = self._sure(code, token)
        with self._writing() as connection:
            state = self._locked(connection, code)
            if who not in state.sitting.get(TRAINER, []):
                raise InputError("Only the trainer can swap chairs.")
            if state.stage != "debrief" and not state.closed:
                raise InputError("Chairs are swapped at the debrief: play on, or close the table first.")
            settings = {
                **state.settings,
                "case": state.case,
                "seed": state.seed,
                "trainer": who,
                "from": code,
            }
            rows = connection.execute(
                select(people.c.token, people.c.who).where(people.c.table == code)
            ).all()
            room = connection.execute(select(tables.c.room).where(tables.c.code == code)).scalar_one()
            after = self._make(connection, settings, room, {}, hashed={row.token: row.who for row in rows})
            self._write(connection, state, [(ACADEMY, ACADEMY, "swapped", {"to": after})])
            seated = self._locked(connection, after)
            steps: list[Step] = [
                ("", name, "join", {}) for name, kept in state.people.items() if kept["here"] and name != who
            ]
            steps += [
                (TRAINER, who, "sit", {"seat": seat, "name": name})
                for name, seat in _other_chairs(state, who)
            ]
            next_state = self._write(connection, seated, steps)
        self._remember(next_state)
        return Made(after, token)

    # ---- Playing ----

    def act(
        self,
        code: str,
        token: str,
        seat: str,
        kind: str,
        data: Mapping[str, Any] | None = None,
        *,
        seen: int | None = None,
    ) -> int:
        """Play a move, and whatever the academy and the houses play in answer; return the last number.

        Parameters
        ----------
        code : str
            The table's code.
        token : str
            Who moves.
        seat : str
            The seat they move for; "" for `sit`, `stand` and `leave` on their own behalf.
        kind, data
            As `moves.RULES` has them.
        seen : int, optional
            The number of the last move the page had shown: see `rules.check`.

        Raises
        ------
        InputError
            If the move may not be played. Nothing is written then.
        """
        code = _tidy_code(code)
        if kind in ("made", "join", "readmit", "swapped"):
            raise InputError(f"There is no move “{kind}” to be played from a seat.")
        return self._play(code, self._sure(code, token), seat, kind, data or {}, seen=seen).number

    # ---- Reading ----

    def view(self, code: str, token: str | None = None, seat: str | None = None) -> dict[str, Any]:
        """Return what a seat may see (`views.view`); without a seat, what anybody with the code may see.

        Raises
        ------
        InputError
            If the token's person neither sits there nor is the trainer.
        """
        state = self.state(code)
        return views.view(state, self._may_look(state, token, seat))

    def case_facts(self, code: str, token: str | None = None, seat: str | None = None) -> dict[str, Any]:
        """Return the case as a seat may know it (`views.case_facts`); errors as in `view`."""
        state = self.state(code)
        return views.case_facts(state, self._may_look(state, token, seat))

    def moves_since(
        self, code: str, number: int, token: str | None = None, seat: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the moves after a number as a seat may see them (`views.seen`); errors as in `view`."""
        state = self.state(code)
        seat = self._may_look(state, token, seat)
        return [
            views.seen(state, move, seat) for move in self.log(code, number) if move.number <= state.number
        ]

    def who(self, code: str, token: str) -> str:
        """Return the name that the token's person goes by at a table."""
        return self._sure(_tidy_code(code), token)

    def seats_of(self, code: str, token: str) -> list[str]:
        """Return the seats that the token's person sits on."""
        state = self.state(code)
        who = self._sure(state.code, token)
        return [seat for seat in seats(state) if who in state.sitting.get(seat, [])]

    def latest(self, codes: Iterable[str] | None = None) -> dict[str, int]:
        """Return the number of the last move of each table, or of some: one cheap query for all that wait."""
        wanted = select(tables.c.code, tables.c.last)
        if codes is not None:
            wanted = wanted.where(tables.c.code.in_([_tidy_code(code) for code in codes]))
        with self._reading() as connection:
            return {row.code: row.last for row in connection.execute(wanted)}

    def wait(self, code: str, number: int, seconds: float) -> int:
        """Wait until a table has a move after `number`, or the seconds are over; return its last number.

        A move of this process ends the wait at once; one of another process after `LOOK_AGAIN` seconds.
        """
        code = _tidy_code(code)
        until = time.monotonic() + seconds
        while True:
            last = self.latest([code]).get(code, 0)
            left = until - time.monotonic()
            if last > number or left <= 0:
                return last
            with self._moved:
                self._moved.wait_for(lambda: self._news.get(code, 0) > number, timeout=min(left, LOOK_AGAIN))

    def tables(self, token: str, room: str | None = None) -> list[dict[str, Any]]:
        """List the tables of which the token's person is trainer, oldest first, for the trainer's console.

        Returns
        -------
        list of dict
            room and made, and of `views.view`: code, case, number, stage, round, title, opened, due, paused,
            closed, people, seats, next_table.
        """
        query = (
            select(tables.c.code, tables.c.room, tables.c.made)
            .join(people, people.c.table == tables.c.code)
            .where(people.c.token == _hash(token))
            .order_by(tables.c.made, tables.c.code)
        )
        if room is not None:
            query = query.where(tables.c.room == room)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        found = []
        for row in rows:
            state = self.state(row.code)
            if self._who(row.code, token) in state.sitting.get(TRAINER, []):
                found.append({"room": row.room, "made": row.made, **views.glance(state)})
        return found

    def state(self, code: str) -> State:
        """Return a table's state, every secret in it: for code that shows none of it. Do not change it."""
        with self._reading() as connection:
            return self._current(connection, _tidy_code(code))

    def log(self, code: str, after: int = 0) -> list[Move]:
        """Return a table's log with every secret in it, from the move after a number on."""
        code = _tidy_code(code)
        with self._reading() as connection:
            self._last(connection, code)
            return _read(connection, code, after)

    # ---- Inside ----

    def _who(self, code: str, token: str | None) -> str | None:
        if not isinstance(token, str) or not token:
            return None
        with self._reading() as connection:
            found = connection.execute(
                select(people.c.who).where(people.c.table == code, people.c.token == _hash(token))
            ).scalar_one_or_none()
        return None if found is None else str(found)

    def _sure(self, code: str, token: str | None) -> str:
        who = self._who(code, token)
        if who is None:
            raise InputError("This table does not know you: join it with its code and your name.")
        return who

    def _may_look(self, state: State, token: str | None, seat: str | None) -> str | None:
        if seat is None:
            return None
        who = self._sure(state.code, token)
        if seat not in seats(state):
            raise InputError(f"There is no seat “{seat}” at this table: choose one of those shown.")
        if who not in state.sitting.get(seat, []) and who not in state.sitting.get(TRAINER, []):
            raise InputError(f"{who} does not sit there, so cannot see what that seat sees: sit down first.")
        return seat

    def _make(
        self,
        connection: Connection,
        settings: Mapping[str, Any],
        room: str,
        tokens: Mapping[str, str],
        hashed: Mapping[str, str] | None = None,
    ) -> str:
        tidied = tidy_settings(settings)
        code = _free_code(connection)
        at = self._clock()
        connection.execute(
            insert(tables).values(
                code=code, case=tidied["case"], seed=tidied["seed"], made=at, room=room.strip()[:80], last=1
            )
        )
        row = {"table": code, "number": 1, "seat": ACADEMY, "who": ACADEMY, "at": at, "kind": "made"}
        connection.execute(insert(moves).values(**row, data=tidied))
        all_tokens = {_hash(token): who for token, who in tokens.items()} | dict(hashed or {})
        for token, who in all_tokens.items():
            connection.execute(insert(people).values(table=code, token=token, who=who))
        return code

    def _play(
        self,
        code: str,
        who: str,
        seat: str,
        kind: str,
        data: Mapping[str, Any],
        *,
        seen: int | None = None,
        token: str | None = None,
        of: str | None = None,
    ) -> State:
        """Write one move and what follows from it; with a token, also who it belongs to from now on."""
        if not isinstance(seat, str) or not isinstance(data, Mapping):
            raise InputError("The move cannot be read: send it again.")
        with self._writing() as connection:
            state = self._locked(connection, code)
            after = self._write(connection, state, [(seat, who, kind, data)], seen)
            if token is not None:
                owner = of or who
                connection.execute(people.delete().where(people.c.table == code, people.c.who == owner))
                connection.execute(insert(people).values(table=code, token=_hash(token), who=owner))
        self._remember(after)
        return after

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _answered(), self._engine.execution_options(writes=True).begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _answered(), self._engine.connect() as connection:
            yield connection

    def _locked(self, connection: Connection, code: str) -> State:
        """Hold the table until the transaction ends, and return its state now."""
        found = connection.execute(
            select(tables.c.last).where(tables.c.code == code).with_for_update()
        ).scalar_one_or_none()
        if found is None:
            raise _no_table(code)
        return self._current(connection, code)

    def _write(
        self,
        connection: Connection,
        state: State,
        steps: Iterable[Step],
        seen: int | None = None,
    ) -> State:
        at = max(state.at, self._clock())
        state = copy.deepcopy(state)
        written: list[Move] = []
        for seat, who, kind, data in steps:
            move = Move(state.code, state.number + 1, seat, who, at, kind, dict(data))
            written.append(rules.check(state, move, seen))
            state = rules.fold(state, written[-1])
            while (following := rules.due(state)) is not None:
                written.append(following)
                state = rules.fold(state, following)
        for move in written:
            connection.execute(insert(moves).values(**vars(move)))
        connection.execute(update(tables).where(tables.c.code == state.code).values(last=state.number))
        return state

    def _current(self, connection: Connection, code: str) -> State:
        last = self._last(connection, code)
        with self._lock:
            state = self._states.get(code)
        if state is None or state.number > last:
            state = rules.replay(_read(connection, code, 0))
            self._remember(state)
        elif state.number < last:
            state = copy.deepcopy(state)
            for move in _read(connection, code, state.number):
                state = rules.fold(state, move)
            self._remember(state)
        return state

    def _last(self, connection: Connection, code: str) -> int:
        found = connection.execute(select(tables.c.last).where(tables.c.code == code)).scalar_one_or_none()
        if found is None:
            raise _no_table(code)
        return int(found)

    def _remember(self, state: State) -> None:
        with self._lock:
            held = self._states.get(state.code)
            if held is None or held.number < state.number:
                self._states[state.code] = state
            self._states.move_to_end(state.code)
            while len(self._states) > CACHED:
                self._states.popitem(last=False)
        with self._moved:
            self._news[state.code] = max(state.number, self._news.get(state.code, 0))
            self._moved.notify_all()


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True, pool_size=10, max_overflow=20)
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, pool_size=10, max_overflow=50, connect_args={"timeout": WAIT_MS / 1000})

    @event.listens_for(engine, "connect")
    def opened(connection: Any, record: Any) -> None:
        # Transactions are begun below: the driver would begin them too late to hold the table.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", f"busy_timeout={WAIT_MS}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as problem:
        raise InputError(
            "The database of joint tables did not answer. Nothing was changed: try again."
        ) from problem


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _tidy_code(code: Any) -> str:
    """People type codes with spaces, hyphens and small letters."""
    kept = "".join(letter for letter in code if letter.isalnum()).upper() if isinstance(code, str) else ""
    if not kept or len(kept) > 12 or not kept.isascii():
        raise InputError(f"A table's code has {CODE_LETTERS} letters and figures: ask your trainer for it.")
    return kept


def _no_table(code: str) -> InputError:
    return InputError(f"There is no table with the code {code}: ask your trainer for the right one.")


def _free_code(connection: Connection) -> str:
    while True:
        code = "".join(secrets.choice(_LETTERS) for _ in range(CODE_LETTERS))
        if connection.execute(select(tables.c.code).where(tables.c.code == code)).first() is None:
            return code


def _read(connection: Connection, code: str, after: int) -> list[Move]:
    rows = connection.execute(
        select(moves).where(moves.c.table == code, moves.c.number > after).order_by(moves.c.number)
    )
    return [Move(**row._mapping) for row in rows]


def _other_chairs(state: State, trainer: str) -> list[tuple[str, str]]:
    """Return names and the seats they take at the next table; the trainer only plays along at an open one."""
    council = scoring_seats(state)
    bidders = list(state.settings["bidders"])
    taken = [(council, bidders), (bidders, council)]
    found = [
        (name, after[at % len(after)])
        for before, after in taken
        for at, seat in enumerate([seat for seat in before if seat in state.sitting])
        for name in state.sitting[seat]
        if name != trainer or state.settings["open"]
    ]
    also = [(name, TRAINER) for name in state.sitting.get(TRAINER, []) if name != trainer]
    return list(dict.fromkeys([*also, *found]))
