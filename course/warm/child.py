"""What a fork does before it is a kernel or a call: everything a fresh program would start with."""

import atexit
import contextlib
import ctypes
import gc
import importlib
import os
import signal
import socket
import sys
import threading
import time
import traceback
from dataclasses import asdict
from typing import Any, NoReturn

from course.warm import containment, late_interrupt, wire

_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
_channel: socket.socket | None = None


def channel() -> socket.socket:
    """The socket between this call and whoever asked for it (`course.warm.wire` frames)."""
    if _channel is None:
        raise RuntimeError("this process is not a call in a fork")
    return _channel


def become(request: dict[str, Any], files: list[int]) -> NoReturn:
    """Turn this fork into what `request` asks for; never returns.

    `files` are standard input, output and error, and for a call its end of the channel.
    """
    code = 1
    try:
        kept = files[3] if request["kind"] == "call" else None
        kept = _settle(request, files[:3], kept)
        if request["kind"] == "kernel":
            if request["containment"]:
                _shut_in(request["containment"], request["needed"])
            _kernel(request["argv"])
            code = 0
        else:
            assert kept is not None
            code = _call(request, kept)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except KeyboardInterrupt:  # a kernel that is shut down before it is up
        code = 128 + signal.SIGINT
    except BaseException:
        with contextlib.suppress(BaseException):
            traceback.print_exc(file=sys.__stderr__)
    finally:
        _leave(code)


def _settle(request: dict[str, Any], stdio: list[int], kept: int | None) -> int | None:
    parent = os.getppid()
    os.setsid()
    containment.die_with_parent()
    if os.getppid() != parent:
        os._exit(1)
    if kept is not None and kept < 3:
        kept = os.dup(kept)
    # Through copies: one of them may itself lie among 0, 1 and 2.
    for number, copy in enumerate([os.dup(file) for file in stdio]):
        os.dup2(copy, number, inheritable=True)
    if kept is not None:
        kept = os.dup2(kept, 3, inheritable=False)
    os.closerange(3 if kept is None else 4, 1 << 16)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(request["cwd"])
    containment.set_limits(containment.Limits(**request["limits"]))
    gc.enable()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()  # `random` and the system's generator see to themselves after a fork
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        errors = {"stderr": "backslashreplace"}.get(name)
        stream = open(number, mode, buffering=1, errors=errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    return kept


def _shut_in(asked: dict[str, Any], needed: list[str]) -> None:
    """Shut this fork in before anything of the kernel runs; end it where a layer that is needed is off."""
    layers = containment.enter(containment.Containment.from_json(asked))
    off = [f"{layer.name} ({layer.reason})" for layer in layers if layer.name in needed and not layer.on]
    if off:
        print(f"The kernel could not be shut in: {'; '.join(off)}", file=sys.stderr)
        raise SystemExit(78)
    # ZeroMQ ends the process where its TCP socket is refused. Without this pipe, by which forks of the kernel
    # print, only what they print is lost.
    from ipykernel.iostream import IOPubThread

    IOPubThread._setup_pipe_in = lambda thread: setattr(thread, "_pipe_flag", False)  # type: ignore[method-assign]


def _kernel(argv: list[str]) -> None:
    launcher = importlib.import_module("ipykernel_launcher")
    sys.argv = [launcher.__file__ or "ipykernel_launcher", *argv]
    sys.modules.pop("ipykernel_launcher", None)
    from ipykernel.kernelapp import IPKernelApp
    from tornado.ioloop import IOLoop

    shell = sys.modules.get("course.warm.shell")
    take = shell.hand_over() if shell is not None else lambda kernel: None
    app = IPKernelApp.instance()
    # The class read its default from the environment when it was imported, before this fork.
    app.initialize([*argv, f"--IPKernelApp.parent_handle={os.getppid()}"])
    take(app.kernel)
    let_widgets_be_asked_for()
    late_interrupt.mend(IOLoop.current().asyncio_loop)  # type: ignore[attr-defined]
    app.start()
    # ipykernel ends the thread that publishes before the one that answers the shutdown, which may still be
    # publishing: it would wait for ten seconds, or use a ZeroMQ socket while it is closed, which aborts the
    # process. An ordinary kernel is slow enough for that not to show.
    if app.control_thread and app.control_thread.is_alive():
        app.control_thread.stop()
        app.control_thread.join(5)


def let_widgets_be_asked_for() -> None:
    """Register what a page opens to ask for its widgets; ipywidgets does so when a kernel imports it."""
    widgets = sys.modules.get("ipywidgets")
    if widgets is not None:
        widgets.register_comm_target()


def _call(request: dict[str, Any], number: int) -> int:
    global _channel
    _channel = socket.socket(fileno=number)
    layers = []
    if request["containment"]:
        layers = containment.enter(containment.Containment.from_json(request["containment"]))
    wire.send(_channel, {"layers": [asdict(layer) for layer in layers]})
    name, _, function = request["target"].partition(":")
    try:
        value = getattr(importlib.import_module(name), function)(*request["arguments"])
    except Exception as slip:
        traceback.print_exc(file=sys.__stderr__)
        wire.send(_channel, {"error": f"{type(slip).__name__}: {slip}"})
        return 1
    wire.send(_channel, {"result": value})
    return 0


def _leave(code: int) -> NoReturn:
    """End as the interpreter would, but without tearing down what the parent built."""
    for step in (threading._shutdown, atexit._run_exitfuncs, sys.stdout.flush, sys.stderr.flush):  # type: ignore[attr-defined]
        with contextlib.suppress(BaseException):
            step()
    os._exit(code & 255)


def adopt_orphans() -> None:
    """Make this process the parent of any process its forks leave behind, so that it can end them."""
    assert _libc is not None
    long = ctypes.c_ulong
    _libc.prctl(_SUBREAPER, long(1), long(0), long(0), long(0))


def end_orphans(known: set[int]) -> None:
    """Kill and reap every child of this process but those `known`."""
    for _ in range(20):  # killing one may orphan others
        orphans = [pid for pid in _children() if pid not in known]
        if not orphans:
            return
        for pid in orphans:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _children() -> list[int]:
    me, found = str(os.getpid()), []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
                if file.read().rpartition(")")[2].split()[1] == me:
                    found.append(int(name))
    return found
