"""The academy for more than one person: who is who, who may do what, and kernels that can do no more.

One gate stands before every handler (`Gate.find_handler`): what it does not name is refused, whichever
extension serves it. Behind it each learner has a folder and kernels of their own. A kernel is forked, shut
in, and reached through sockets that are files; from the page it takes widgets' messages and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
import socket
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tornado.web
from jupyter_server.auth import IdentityProvider, User
from jupyter_server.services.kernels.connection.base import deserialize_binary_message
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from tornado.httputil import HTTPServerRequest
from traitlets import Any as AnyTrait
from traitlets import Unicode

from course import places, syllabus
from course.cases.seeds import KEY_VARIABLE, LEARNER_FILE, case_key
from course.cohorts import codes, roster
from course.errors import InputError
from course.portal import pages, workspace
from course.warm import client
from course.warm.containment import MIB, Containment, Limits

TRAINER = ".trainer"  # no learner's id begins with a point
PEOPLE = "people"
TRAINER_FILE = "trainer.json"
TRAINER_LETTERS = 16
COOKIE = "academy-classroom"
SIGNED_IN_DAYS = 30
MOST_KERNELS = 4  # open at once for each person; the oldest is ended for a fifth
TRIES, TRIES_SECONDS = 20, 10 * 60  # wrong codes from one address
TRIES_OF_ALL = 2000  # from all addresses together, in the same time
LAYERS_NEEDED = ("landlock", "seccomp", "hidden")
LIMITS = Limits(memory=3072 * MIB, cpu=900, files=512, file_size=64 * MIB, processes=4096)

KERNEL = r"(?P<kernel>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
OPEN = re.compile(r"/|/academy/(static/[^/]+|sign-in|accessibility)")
TRAINERS = re.compile(r"/academy/trainer.*")
SIGNED_IN = re.compile(r"/academy(/(?!start).*)?")
OWN_KERNEL = re.compile(rf"/api/kernels/{KERNEL}(/channels)?")
OWN_SHUTDOWN = re.compile(rf"/voila/api/shutdown/{KERNEL}")
WIDGETS = {
    ("shell", "comm_open"),
    ("shell", "comm_msg"),
    ("shell", "comm_close"),
    ("shell", "comm_info_request"),
    ("shell", "kernel_info_request"),
    ("control", "kernel_info_request"),
}
CONTROL = "jupyter.widget.control"


@dataclass
class Classroom:
    """One cohort's classroom: its folder, the secret of its cookies, and whose each kernel is."""

    cohort: Path
    secret: bytes
    most_pages: int
    owners: dict[str, str] = field(default_factory=dict)
    tries: dict[str, deque[float]] = field(default_factory=dict)

    def __deepcopy__(self, memo: dict[int, Any]) -> Classroom:
        """Return this same one: a configuration copies what it is given, and there is one classroom."""
        return self

    @property
    def reading(self) -> Path:
        """The folder of the reading edition, for those who come when the classroom is full."""
        return self.cohort / roster.NOTES / "reading"

    @property
    def people(self) -> Path:
        """The folder that holds each person's own."""
        return self.cohort / PEOPLE

    @property
    def name(self) -> str:
        """What people call the cohort."""
        return roster.about(self.cohort)["name"]

    def home(self, who: str) -> Path:
        """Return a person's own folder; `who` is a learner's id, or TRAINER."""
        return self.people / who

    def make_home(self, who: str) -> None:
        """Make a person's folder, or bring it up to what is released."""
        folder = self.home(who)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / LEARNER_FILE).exists():
            roster.replace(
                folder / LEARNER_FILE, json.dumps(self.card(who), ensure_ascii=False, indent=1) + "\n"
            )
        workspace.refresh(folder)

    def card(self, who: str) -> dict[str, str]:
        """Return what a learner's zip would hold, who joins from their own computer."""
        cohort, people = roster.about(self.cohort), roster.roster(self.cohort).set_index("id")["name"]
        person = {} if who == TRAINER else {"learner": who, "name": str(people[who])}
        return {"case_key": self.case(who), **person, "cohort": cohort["id"], "cohort_name": cohort["name"]}

    def case(self, who: str) -> str:
        """Return the key of a person's cases: the one the grader works out too."""
        return case_key(roster.about(self.cohort)["salt"], who)

    def who(self, request: HTTPServerRequest) -> str:
        """Return who sent a request, by the cookie; "" where nobody is signed in.

        A learner who left the roster, or got a new code, is signed out by that.
        """
        given = request.cookies.get(COOKIE)
        value = given and tornado.web.decode_signed_value(
            self.secret, COOKIE, given.value, max_age_days=SIGNED_IN_DAYS
        )
        who, _, mark = (value or b"").decode("utf-8", "replace").partition("|")
        return who if who and hmac.compare_digest(mark, self.mark(who) or "-") else ""

    def mark(self, who: str) -> str:
        """Return what a person's cookie must hold: a digest of their code; "" for a stranger."""
        known = self._trainer().get("hash") if who == TRAINER else codes.codes(self.cohort).get(who)
        return hmac.new(self.secret, known.encode(), hashlib.sha256).hexdigest() if known else ""

    def whose(self, typed: str) -> str:
        """Return whose code was typed: a learner's id, or TRAINER; "" where it is nobody's."""
        given = codes.plain(typed)
        if len(given) == TRAINER_LETTERS:
            kept = self._trainer()
            good = bool(kept) and hmac.compare_digest(_hash(given, kept["salt"]), kept["hash"])
            return TRAINER if good else ""
        found = [
            id
            for id, code in codes.codes(self.cohort).items()
            if hmac.compare_digest(code.encode(), given.encode())
        ]
        return found[0] if len(found) == 1 else ""

    def may_try(self, address: str) -> bool:
        """Tell whether a code may be tried from an address, after the wrong ones of late."""
        since = time.monotonic() - TRIES_SECONDS
        for key, times in list(self.tries.items()):
            while times and times[0] < since:
                times.popleft()
            if not times:
                del self.tries[key]
        total = sum(len(times) for times in self.tries.values())
        return len(self.tries.get(address, ())) < TRIES and total < TRIES_OF_ALL

    def wrong(self, address: str) -> None:
        """Remember that a wrong code came from an address."""
        self.tries.setdefault(address, deque()).append(time.monotonic())

    def new_trainer_code(self) -> str:
        """Return a trainer's code, made now and kept as a digest only; "" where there is one already."""
        if self._trainer():
            return ""
        letters = "".join(secrets.choice(codes.LETTERS) for _ in range(TRAINER_LETTERS))
        salt = secrets.token_hex(16)
        place = self._trainer_file
        place.parent.mkdir(exist_ok=True)
        part = place.with_suffix(".part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        part.write_text(json.dumps({"salt": salt, "hash": _hash(letters, salt)}) + "\n")
        part.replace(place)
        return codes.shown(letters)

    @property
    def _trainer_file(self) -> Path:
        return self.cohort / roster.NOTES / TRAINER_FILE

    def _trainer(self) -> dict[str, str]:
        try:
            kept = json.loads(self._trainer_file.read_text(encoding="utf-8"))
            return {"salt": str(kept["salt"]), "hash": str(kept["hash"])}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise InputError(
                f"{self._trainer_file} cannot be read. Delete it; then a new code for trainers is made."
            ) from problem

    def allows(self, request: HTTPServerRequest) -> bool:
        """Tell whether a request may reach its handler; what is not named here may not."""
        path, method = request.path, request.method
        if OPEN.fullmatch(path):
            return True
        who = self.who(request)
        if not who:
            return False
        if TRAINERS.fullmatch(path):
            return who == TRAINER
        if SIGNED_IN.fullmatch(path):
            return method in ("GET", "HEAD", "POST")
        for pattern, wanted in ((OWN_KERNEL, "GET"), (OWN_SHUTDOWN, "POST")):
            named = pattern.fullmatch(path)
            if named:
                # One that has ended is nobody's any longer: its page is told so by the 404.
                return method == wanted and self.owners.get(named["kernel"]) == who
        return False

    def containment(self, who: str, folder: str, connection: str) -> Containment:
        """Return how a person's kernel is shut in: it may write in `folder` and `connection`, no more.

        It reads the person's own folder, the program and the released content; of the cohort nothing else.
        """
        released = ("modules", "exercises", "datasets")
        read = [self.home(who), places.REPOSITORY / "course", *(places.REPOSITORY / p for p in released)]
        read += [syllabus.content() / part for part in released]
        hide = [self.cohort, places.SOLUTIONS, Path(connection).parent]
        return Containment(
            scratch=folder,
            hide=tuple(str(path.resolve()) for path in hide if path.is_dir()),
            read=tuple(str(path) for path in read if path.exists()),
            write=(folder, connection),
            listen=True,
            limits=LIMITS,
        )

    def environment(self, who: str, given: Mapping[str, str]) -> dict[str, str]:
        """Return a kernel's whole environment: what a program needs, and what is this person's."""
        kept = {name: os.environ[name] for name in ("PATH", "TZ", "ACADEMY_CONTENT") if name in os.environ}
        asked = {name: value for name, value in given.items() if name not in os.environ}
        own = {
            "ACADEMY_HOME": str(self.home(who)),
            "ACADEMY_CLASSROOM": "1",
            KEY_VARIABLE: self.case(who),
        }
        return {**client.read_once(os.environ), **kept, **asked, **own}


def _hash(letters: str, salt: str) -> str:
    return hashlib.scrypt(letters.encode(), salt=bytes.fromhex(salt), n=1 << 14, r=8, p=1).hex()


def addresses(bound: str) -> list[str]:
    """Return what learners type for the host: the address given, or this machine's own where it is all."""
    if bound not in ("0.0.0.0", "::", ""):
        return [f"[{bound}]" if ":" in bound else bound]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: the system only chooses the way out
            own = [probe.getsockname()[0]]
        except OSError:
            own = []
    return own or [socket.gethostname()]


class Gate:
    """In place of the application's own choice of a handler: the classroom is asked first."""

    def __init__(self, app: tornado.web.Application, room: Classroom):
        self.choose = app.find_handler
        self.app, self.room = app, room

    def find_handler(self, request: HTTPServerRequest, **given: Any) -> Any:
        """Give the handler of a request, or the one that refuses it."""
        if self.room.allows(request):
            return self.choose(request, **given)
        from course.portal.extension import RefusedHandler

        return self.app.get_handler_delegate(request, RefusedHandler)


class Identity(IdentityProvider):
    """Who a person is, for Jupyter's own handlers: by the classroom's cookie, and by nothing else."""

    room = AnyTrait(config=True)
    token = Unicode("")
    auth_enabled = True

    def get_user(self, handler: tornado.web.RequestHandler) -> User | None:
        """Return the person, or None."""
        who = self.room.who(handler.request)
        return User(username=who, name="Trainer" if who == TRAINER else who) if who else None

    def get_token(self, handler: tornado.web.RequestHandler) -> str | None:
        """Return no token: none is good here."""
        return None

    def is_token_authenticated(self, handler: tornado.web.RequestHandler) -> bool:
        """Return False, so that forms and sockets are always checked for their origin."""
        return False


def passes(frame: str | bytes) -> bool:
    """Tell whether a frame from a page is a widget's message: nothing else may reach a kernel."""
    try:
        message = deserialize_binary_message(frame) if isinstance(frame, bytes) else json.loads(frame)
        kind = message["header"]["msg_type"]
        fine = (message["channel"], kind) in WIDGETS
        return fine and (kind != "comm_open" or message["content"]["target_name"] == CONTROL)
    except Exception:  # whatever it is, it is not a widget's message
        return False


class WidgetsOnly(ZMQChannelsWebsocketConnection):
    """A page's connection to its kernel, through which widgets' messages pass and nothing else."""

    def handle_incoming_message(self, incoming_msg: str) -> None:
        """Pass a message on, or drop it."""
        if self.subprotocol is None and passes(incoming_msg):
            super().handle_incoming_message(incoming_msg)
        else:
            self.log.error("A page's message to kernel %s was refused.", self.kernel_id)


class KernelInFolder(ServerKernelManager):
    """A kernel whose connection file and sockets lie in a folder of its own."""

    def __init__(self, connection_file: str = "", **given: Any):
        own = Path(connection_file).with_suffix("")
        own.mkdir(mode=0o700, exist_ok=True)
        super().__init__(connection_file=str(own / "k.json"), **given)

    def cleanup_ipc_files(self) -> None:
        """Take the sockets away, and the folder too once the kernel is not to come back."""
        super().cleanup_ipc_files()
        if not Path(self.connection_file).exists():
            shutil.rmtree(Path(self.connection_file).parent, ignore_errors=True)


class Kernels(AsyncMappingKernelManager):
    """Kernels that each belong to a person and are shut in."""

    room = AnyTrait(config=True)

    def opened(self) -> int:
        """Return how many kernels there are, those that are being started included."""
        return len({*self.list_kernel_ids(), *self._pending_kernels})

    def full_for(self, who: str) -> bool:
        """Tell whether a person who has no page open can be given none; who has one can change to another."""
        own = any(owner == who and id in self for id, owner in self.room.owners.items())
        return not own and self.opened() >= self.room.most_pages

    async def start_kernel(  # type: ignore[override]
        self, *, kernel_id: str | None = None, path: str | None = None, **given: Any
    ) -> str:
        """Start a kernel in the folder `path`, whose first part says whose it is."""
        who = (path or "").split("/")[0]
        if not who or kernel_id is not None:
            raise tornado.web.HTTPError(403)
        self.room.owners = {id: owner for id, owner in self.room.owners.items() if id in self}
        own = [id for id, owner in self.room.owners.items() if owner == who]
        allowed = MOST_KERNELS if self.opened() < self.room.most_pages else len(own)
        for oldest in own[: max(0, len(own) + 1 - allowed)]:
            await self.shutdown_kernel(oldest, now=True)
        kernel_id = self.new_kernel_id()
        given["env"] = self.room.environment(who, given.get("env") or {})
        given["containment"] = self.room.containment(
            who, self.cwd_for_path(path), str(Path(self.connection_dir, f"kernel-{kernel_id}"))
        )
        start: Any = super()._async_start_kernel
        started: str = await start(kernel_id=kernel_id, path=path, **given)
        self.room.owners[started] = who
        return started


def settings(room: Classroom, address: str, base: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the configuration of a classroom's server, from that of one person's."""
    module = __name__
    server = {
        **base["ServerApp"],
        "ip": address,
        "root_dir": str(room.people),
        "allow_remote_access": True,  # each is signed in by a cookie, which another site's page does not have
        "contents_manager_class": "jupyter_server.services.contents.largefilemanager.AsyncLargeFileManager",
        "identity_provider_class": f"{module}.Identity",
        "kernel_manager_class": f"{module}.Kernels",
        "kernel_websocket_connection_class": f"{module}.WidgetsOnly",
        "tornado_settings": {**base["ServerApp"]["tornado_settings"], "academy_classroom": room},
        "jpserver_extensions": {
            **base["ServerApp"]["jpserver_extensions"],
            "jupyterlab": False,
            "jupytext": False,
        },
    }
    return {
        **{name: given for name, given in base.items() if name not in ("IdentityProvider", "LabApp")},
        "ServerApp": server,
        "Identity": {"room": room},
        "Kernels": {
            **base["MappingKernelManager"],
            "room": room,
            "kernel_manager_class": f"{module}.KernelInFolder",
        },
        "KernelManager": {"transport": "ipc"},
        "WarmProvisioner": {**base["WarmProvisioner"], "patient": True, "needed": list(LAYERS_NEEDED)},
        "WidgetsOnly": {"kernel_ws_protocol": "", "limit_rate": False},
    }


def unshut() -> str:
    """Say why this machine cannot shut kernels in; "" where it can."""
    from course.warm.containment import layers_available

    off = [layer for layer in layers_available() if layer.name in LAYERS_NEEDED and not layer.on]
    return client.can_fork() or "; ".join(f"{layer.name} ({layer.reason})" for layer in off)


def sign_in_page(room: Classroom, base_url: str, xsrf: str, next: str = "", problem: str = "") -> str:
    """Render the page with the one field."""
    return pages.render("sign_in.html.j2", base_url, cohort=room.name, xsrf=xsrf, next=next, problem=problem)
