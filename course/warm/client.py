"""The caller's side: start a warm parent, ask it for forks, hold each fork by a handle."""

import atexit
import contextlib
import os
import select
import signal
import site
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from course.warm import wire
from course.warm.containment import Containment, Layer, Limits

MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "ipykernel.compiler",
    "IPython.core.completer",
    "IPython.core.debugger",
    "IPython.core.magics",
    "IPython.core.ultratb",
    "IPython.extensions.storemagic",
    "debugpy",
    "faulthandler",
    "psutil",
    "tornado.platform.asyncio",
    "matplotlib_inline",
    "numpy",
    "pandas",
    "altair",
    "ipywidgets",
    "anywidget",
)
MODULES_ENV = "WARM_KERNEL_MODULES"
START_SECONDS = 120.0

# What an interpreter or a library reads once, when it starts: a fork cannot have other values.
_READ_ONCE = ("PYTHON", "LD_", "LC_", "OMP_", "OPENBLAS_", "MKL_", "NUMEXPR_")
_READ_ONCE_EXACTLY = ("LANG", "LANGUAGE", "VIRTUAL_ENV", "MPLBACKEND", "MALLOC_ARENA_MAX")
_FOR_THE_PARENT = {
    # One thread each: a thread would not survive the fork.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # The backend a kernel would choose, should matplotlib be among the imports.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class WarmError(RuntimeError):
    """A warm fork cannot be had; the message says why in a few words. Start the ordinary way."""


def can_fork() -> str:
    """Why this machine cannot have warm forks; empty where it can."""
    if sys.platform != "linux":
        return f"forks are not safe on {sys.platform}"
    if not hasattr(os, "pidfd_open"):
        return "this Python was built without pidfd"
    return ""


def modules_from_environment() -> tuple[str, ...]:
    """What to import beforehand: `MODULES`, and the names in WARM_KERNEL_MODULES (commas between)."""
    return tuple(dict.fromkeys([*MODULES, *_words(os.environ.get(MODULES_ENV, ""))]))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def read_once(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the part of an environment that is read when a program starts, and never again."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(_READ_ONCE) or name in _READ_ONCE_EXACTLY
    }


class Child:
    """A fork, with the methods of `subprocess.Popen` that jupyter_client uses.

    The fork is not this process's child: its parent tells of its end. Its process id stays its own
    until `release`, so that a signal to its group cannot reach a stranger.

    Attributes
    ----------
    pid : int
        Also the id of its process group and session.
    returncode : int or None
        None while it runs; the negative signal number where a signal ended it.
    late : bool
        True where it was ended because its deadline had passed.
    """

    stdin: IO[bytes] | None = None
    stdout: IO[bytes] | None = None
    stderr: IO[bytes] | None = None

    def __init__(self, parent: "WarmParent", status: socket.socket, args: Sequence[str]) -> None:
        self.parent = parent  # which lives at least as long as its forks
        self.args = list(args)
        self.status = status
        self.returncode: int | None = None
        self.late = False
        try:
            told, files = wire.receive(status)
        except (EOFError, OSError) as slip:
            status.close()
            raise WarmError("the warm parent ended") from slip
        if "pid" not in told:
            status.close()
            raise WarmError(told["error"])
        self.pid: int = told["pid"]
        self.pidfd: int | None = files[0]

    def poll(self) -> int | None:
        """Give the exit status, or None while it runs."""
        if self.returncode is None and select.select([self.status], [], [], 0)[0]:
            self._hear()
        return self.returncode

    def running(self) -> bool:
        """Whether it runs at this moment; it may have ended and its status not be told yet."""
        return self.pidfd is not None and not select.select([self.pidfd], [], [], 0)[0]

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; `subprocess.TimeoutExpired` after `timeout` seconds."""
        if self.returncode is None and not select.select([self.status], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self.args, timeout or 0.0)
        code = self.poll()
        assert code is not None
        return code

    def _hear(self) -> None:
        try:
            told, _ = wire.receive(self.status)
            self.returncode, self.late = told["exit"], told["late"]
        except (EOFError, OSError):
            self.returncode = -signal.SIGKILL  # the parent is gone, and its forks with it

    def send_signal(self, number: int) -> None:
        """Signal the process itself (not its group); nothing where it has ended."""
        if self.pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, number)

    def kill(self) -> None:
        """Kill the process itself."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process itself to end."""
        self.send_signal(signal.SIGTERM)

    def signal_group(self, number: int) -> None:
        """Signal the process and all it started; nothing once released."""
        if self.pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def release(self) -> None:
        """Let go: the parent ends what is left of the group, and reaps it."""
        self.status.close()
        if self.pidfd is not None:
            os.close(self.pidfd)
            self.pidfd = None

    def __del__(self) -> None:
        """Let go, should nobody have."""
        if hasattr(self, "pidfd"):
            self.release()


class Call(Child):
    """A function running in a fork.

    Attributes
    ----------
    channel : socket.socket
        This end of the fork's channel (`course.warm.wire` frames).
    layers : list of Layer
        Which layers of containment are on; empty where none were asked for.
    """

    channel: socket.socket
    layers: list[Layer]

    def hear_layers(self) -> None:
        """Read the first frame, which says what containment came to."""
        try:
            told, _ = wire.receive(self.channel)
        except (EOFError, OSError) as slip:
            self.end()
            raise WarmError("the fork ended before it began") from slip
        self.layers = [Layer(**layer) for layer in told["layers"]]

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the function's value (anything JSON can hold).

        Raises
        ------
        TimeoutError
            After `timeout` seconds. The fork goes on; `end` it.
        WarmError
            Where the function raised, or the fork ended without a word.
        """
        self.channel.settimeout(timeout)
        try:
            told, _ = wire.receive(self.channel)
        except TimeoutError:
            raise
        except (EOFError, OSError) as slip:
            code = self.wait(5)
            why = "its deadline had passed" if self.late else f"exit status {code}"
            raise WarmError(f"the fork ended without a result ({why})") from slip
        if "error" in told:
            raise WarmError(told["error"])
        return told["result"]

    def end(self, grace: float = 0.0) -> int:
        """Close the channel, wait `grace` seconds, kill what is left of the whole group, and let go.

        Returns
        -------
        int
            The exit status.
        """
        self.channel.close()
        if grace > 0:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.wait(grace)
        self.signal_group(signal.SIGKILL)
        self.kill()
        code = self.wait(30)
        self.release()
        return code


class WarmParent:
    """A process that has imported what its forks will need.

    Parameters
    ----------
    modules : sequence of str
        What to import, in turn; an entry `module:function` is called too. One that cannot be
        imported is passed over (see `failed`).
    adopt : bool
        End every process that a fork leaves behind, as soon as any fork ends. For calls, never for
        a person's kernels, which may start a program on purpose.
    """

    def __init__(self, modules: Sequence[str] = MODULES, *, adopt: bool = False) -> None:
        self.modules = tuple(modules)
        self.adopt = adopt
        self.failed: dict[str, str] = {}
        self.refusal = ""
        self._sources: list[str] = []
        self._fingerprint: tuple[int, ...] = ()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The parent's process id."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process and wait until all is imported; nothing where it runs already.

        Raises
        ------
        WarmError
            Where it ends early, or may not fork: `refusal` says why.
        """
        with self._lock:
            if self._control is None:
                self._start()
        if self.refusal:
            raise WarmError(self.refusal)

    def _start(self) -> None:
        self.refusal = can_fork()
        if self.refusal:
            return
        ours, theirs = socket.socketpair()
        program = "import sys; sys.path.pop(0); from course.warm import parent; parent.main()"
        environment = {**_FOR_THE_PARENT, **os.environ}
        environment.pop("JPY_PARENT_PID", None)
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # Its own group: a Ctrl-C at the terminal or a kill of the caller's group is not for it.
            start_new_session=True,
        )
        theirs.close()
        self._control = ours
        _alive.add(self)
        try:
            ours.settimeout(START_SECONDS)
            wire.send(ours, {"modules": self.modules, "adopt": self.adopt})
            report, _ = wire.receive(ours)
            ours.settimeout(None)
        except (EOFError, OSError) as slip:
            self._end()
            raise WarmError("the warm parent did not start") from slip
        self.failed, self.refusal = report["failed"], report["refusal"]
        self._sources = report["sources"]
        self._fingerprint = self._look()

    def _look(self) -> tuple[int, ...]:
        places = [*site.getsitepackages(), site.getusersitepackages(), *self._sources]
        return tuple(_changed(place) for place in places)

    def fresh(self) -> bool:
        """Whether it runs, and what is installed and what it imported are as they were."""
        running = self._process is not None and self._process.poll() is None
        return running and self._look() == self._fingerprint

    def fork_kernel(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str,
        stdin: int,
        stdout: int,
        stderr: int,
        limits: Limits | None = None,
        containment: Containment | None = None,
        needed: Sequence[str] = (),
    ) -> Child:
        """Fork an ipykernel; `argv` is what its program would get (`-f`, the connection file, ...).

        With `containment` it is shut in first, in the scratch folder, and ends at once (78) where a layer
        of those `needed` is off.

        Raises
        ------
        WarmError
            Where the parent is gone or may not fork.
        """
        request: dict[str, Any] = {"kind": "kernel", "argv": list(argv), "env": dict(env), "cwd": cwd}
        request["limits"] = asdict(limits or Limits())
        request["containment"] = None if containment is None else asdict(containment)
        request["needed"] = list(needed)
        status = self._ask(request, [stdin, stdout, stderr])
        return Child(self, status, argv)

    def fork_call(
        self,
        target: str,
        *arguments: Any,
        cwd: str,
        env: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        containment: Containment | None = None,
        deadline: float | None = None,
        stderr: int | None = None,
    ) -> Call:
        """Run `module:function` in a fork, with arguments and a value that JSON can hold.

        Parameters
        ----------
        cwd : str
            Its folder; with `containment`, the scratch folder is its folder instead.
        env : mapping
            Its whole environment; this process's where None.
        deadline : float
            Seconds after which the parent kills it with all it started.
        stderr : int
            Descriptor for its standard error; thrown away where None.

        Raises
        ------
        WarmError
            Where the parent is gone or may not fork.
        """
        request = {
            "kind": "call",
            "target": target,
            "arguments": list(arguments),
            "cwd": cwd,
            "env": dict(os.environ if env is None else env),
            "limits": asdict(limits or Limits()),
            "containment": None if containment is None else asdict(containment),
            "deadline": deadline,
        }
        ours, theirs = socket.socketpair()
        with open(os.devnull, "r+b") as nowhere, theirs:
            null = nowhere.fileno()
            files = [null, null, null if stderr is None else stderr, theirs.fileno()]
            status = self._ask(request, files)
        call = Call(self, status, [target])
        call.channel = ours
        call.hear_layers()
        return call

    def _ask(self, request: dict[str, Any], files: Sequence[int]) -> socket.socket:
        self.start()
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                if self._control is None:
                    raise WarmError("the warm parent was closed")
                wire.send(self._control, request, [theirs.fileno(), *files])
            except OSError as slip:
                ours.close()
                raise WarmError("the warm parent ended") from slip
        return ours

    def retire(self) -> None:
        """Let it end when its last fork has; it takes no more requests."""
        with self._lock, contextlib.suppress(OSError):
            if self._control is not None:
                wire.send(self._control, {"kind": "retire"})

    def close(self) -> None:
        """End it now, and all its forks."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        _alive.discard(self)

    def _forget(self) -> None:
        """In a fork of the caller, which starts a parent of its own if it needs one."""
        if self._control is not None:
            self._control.close()
        self._control = self._process = None
        self._lock = threading.Lock()


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


_alive: "weakref.WeakSet[WarmParent]" = weakref.WeakSet()
_shared: dict[tuple[object, ...], WarmParent] = {}
_shared_lock = threading.Lock()


def _key(modules: Sequence[str], adopt: bool) -> tuple[object, ...]:
    # A parent has read this once, and cannot serve another environment than the one it was started in.
    return (tuple(modules), adopt, tuple(sorted(read_once(os.environ).items())))


def shared(modules: Sequence[str], *, adopt: bool = False) -> WarmParent:
    """Give this process's running parent for these modules; a new one where it ended or is stale.

    One that is stale, because packages or sources changed, lives on until its last fork has ended.

    Raises
    ------
    WarmError
        Where none can be had.
    """
    key = _key(modules, adopt)
    with _shared_lock:
        parent = _shared.get(key)
        if parent is not None and parent.pid is not None and not parent.fresh():
            parent.retire()
            parent = None
        if parent is None:
            parent = _shared[key] = WarmParent(modules, adopt=adopt)
        parent.start()
    return parent


def at_once(modules: Sequence[str]) -> WarmParent:
    """Give the running parent for these modules, without waiting; it is started meanwhile if there is none.

    For a server, whose visitor is better served by an ordinary start than by waiting for a parent: at its
    own start, and each time that a source or an installed package changes.

    Raises
    ------
    WarmError
        Where none is ready now.
    """
    if not _shared_lock.acquire(blocking=False):
        raise WarmError("the warm parent is being started")
    try:
        parent = _shared.get(_key(modules, False))
        ready = parent is not None and parent.fresh()
    finally:
        _shared_lock.release()
    if parent is not None and parent.refusal:
        raise WarmError(parent.refusal)
    if parent is None or not ready:
        threading.Thread(target=_start_meanwhile, args=(tuple(modules),), daemon=True).start()
        raise WarmError("the warm parent is being started")
    return parent


def _start_meanwhile(modules: Sequence[str]) -> None:
    with contextlib.suppress(WarmError, OSError):
        shared(modules)


@atexit.register
def _close_all() -> None:
    for parent in list(_alive):
        parent.close()


def _in_a_fork() -> None:
    global _shared_lock
    _shared_lock = threading.Lock()
    for parent in list(_alive):
        parent._forget()
    _alive.clear()
    _shared.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_a_fork)
