"""The process that does the imports once, keeps to one thread, and forks.

Started by `course.warm.client.WarmParent`, never by hand. It listens on one socket; end of file
there means that its caller is gone, and it takes its forks with it. Each request brings a socket
of its own, on which the fork's process id and, later, its exit status are told.
"""

import contextlib
import gc
import importlib
import os
import resource  # noqa: F401 (what a fork imports first; done here, once)
import selectors
import signal
import socket
import sys
import time
import types
from pathlib import Path
from typing import Any, NoReturn

from course import slow_import
from course.warm import child, containment, wire


def main() -> NoReturn:
    """Import what the first frame asks for, say what came of it, then serve."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C at the terminal is the caller's to handle
    sys.modules["__main__"] = types.ModuleType("__main__")  # nothing of this program shows in a fork
    order, _ = wire.receive(control)
    gc.disable()  # a collection would write to every page that the forks share
    report = preload(order["modules"])
    if order["adopt"]:
        child.adopt_orphans()
    containment.readable(containment.Containment(scratch="/"))
    gc.collect()
    gc.freeze()
    sys.argv = [""]
    wire.send(control, report | {"pid": os.getpid(), "refusal": refusal(report["threads_from"])})
    Server(control, order["adopt"]).serve()


def threads() -> int:
    """How many threads this process has, as the system counts them."""
    return len(os.listdir("/proc/self/task"))


def refusal(threads_from: list[str]) -> str:
    """Why this process must not fork, in a few words; empty where it may."""
    if threads() > 1:
        return f"a thread is running, started by {', '.join(threads_from) or 'a module loaded earlier'}"
    zmq = sys.modules.get("zmq")
    if zmq is not None and zmq.Context._instance is not None:
        return "a ZeroMQ context is open"
    return ""


def preload(modules: list[str]) -> dict[str, Any]:
    """Import `modules`; an entry `module:function` is called too.

    Returns
    -------
    dict
        `failed`: entry to what went wrong; `threads_from`: entries after which there was one more
        thread; `sources`: files of imported modules that are being worked on (not installed ones).
    """
    failed, threads_from = {}, []
    slow_import.mend()
    # pandas chooses how many columns to show, and others how to draw, by asking for a kernel on import.
    kernel = types.SimpleNamespace(kernel=True, config={"IPKernelApp": {}}, events=_Events())
    builtins: Any = importlib.import_module("builtins")
    pretend = builtins.get_ipython = lambda: kernel
    try:
        for entry in modules:
            before = threads()
            name, _, function = entry.partition(":")
            try:
                module = importlib.import_module(name)
                if function:
                    getattr(module, function)()
            except Exception as slip:
                failed[entry] = f"{type(slip).__name__}: {slip}"
            if threads() > before:
                threads_from.append(entry)
    finally:
        if vars(builtins).get("get_ipython") is pretend:
            del builtins.get_ipython
    return {"failed": failed, "threads_from": threads_from, "sources": _sources()}


class _Events:
    def register(self, *_: Any) -> None:
        """Accept a hook that the stand-in kernel will never call."""


def _sources() -> list[str]:
    installed = tuple({os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix)})
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    return sorted(
        file
        for file in files
        if file and not os.path.realpath(file).startswith(installed) and Path(file).exists()
    )


class Server:
    """Fork on request, watch each fork through a pidfd, tell its exit, reap it when its owner lets go.

    A fork that has ended stays a zombie until its owner closes the status socket, so that its
    process id, which is also its group's, cannot be given to another process meanwhile.
    """

    def __init__(self, control: socket.socket, adopt: bool) -> None:
        self.control = control
        self.adopt = adopt
        self.selector = selectors.DefaultSelector()
        self.selector.register(control, selectors.EVENT_READ, self.on_request)
        self.jobs: dict[int, dict[str, Any]] = {}
        self.unswept: set[int] = set()
        self.retired = False

    def serve(self) -> NoReturn:
        """Answer until the caller is gone, or has retired this process and the last fork has ended."""
        while not (self.retired and not self.jobs):
            now = time.monotonic()
            ends = [job["deadline"] for job in self.jobs.values() if job["deadline"] is not None]
            for key, _ in self.selector.select(max(0.0, min(ends) - now) if ends else None):
                key.data()
            for pid, job in self.jobs.items():
                if job["deadline"] is not None and time.monotonic() >= job["deadline"]:
                    job.update(deadline=None, late=True)
                    _kill_group(pid)
        os._exit(0)

    def on_request(self) -> None:
        """Take one request from the caller."""
        try:
            request, files = wire.receive(self.control)
        except (EOFError, OSError):
            for pid in list(self.jobs):
                self.end(pid)
            for pid in self.unswept:
                containment.sweep(pid)
            os._exit(0)
        if request["kind"] == "retire":
            self.retired = True
            return
        status = socket.socket(fileno=files[0])
        why = refusal([])
        if why:
            wire.send(status, {"error": why})
            status.close()
        else:
            self.fork(request, status, files[1:])
        for file in files[1:]:
            os.close(file)

    def fork(self, request: dict[str, Any], status: socket.socket, files: list[int]) -> None:
        """Fork for one request."""
        try:
            pid = os.fork()
        except OSError as slip:
            wire.send(status, {"error": f"cannot fork: {slip.strerror}"})
            status.close()
            return
        if pid == 0:
            child.become(request, files)
        pidfd = os.pidfd_open(pid)
        seconds = request.get("deadline")
        deadline = None if seconds is None else time.monotonic() + seconds
        self.jobs[pid] = {"pidfd": pidfd, "status": status, "deadline": deadline, "late": False}
        self.jobs[pid]["contained"] = bool(request.get("containment"))
        self.selector.register(pidfd, selectors.EVENT_READ, lambda: self.on_exit(pid))
        with contextlib.suppress(OSError):
            wire.send(status, {"pid": pid}, [pidfd])

    def on_exit(self, pid: int) -> None:
        """Tell the owner how the fork ended; it is reaped when the owner lets go."""
        job = self.jobs[pid]
        self.selector.unregister(job["pidfd"])
        job["deadline"] = None
        ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert ended is not None
        code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
        with contextlib.suppress(OSError):
            wire.send(job["status"], {"exit": code, "late": job["late"]})
        self.selector.register(job["status"], selectors.EVENT_READ, lambda: self.on_release(pid))

    def on_release(self, pid: int) -> None:
        """Its owner let go."""
        self.selector.unregister(self.jobs[pid]["status"])
        self.end(pid)

    def end(self, pid: int) -> None:
        """End what the fork left behind in its group, and reap it."""
        job = self.jobs.pop(pid)
        _kill_group(pid)
        os.waitpid(pid, 0)
        job["status"].close()
        os.close(job["pidfd"])
        if job["contained"]:
            self.unswept.add(pid)
        # A few milliseconds at most; the rest is tried again when the next fork has ended.
        self.unswept = {each for each in self.unswept if not containment.sweep(each, tries=5)}
        if self.adopt:
            child.end_orphans(known=set(self.jobs))


def _kill_group(pid: int) -> None:
    for kill in (os.killpg, os.kill):  # a fork that has not come to lead its group yet is killed by itself
        with contextlib.suppress(OSError):
            kill(pid, signal.SIGKILL)
