"""The fork's side of running a notebook: ipykernel's own kernel and shell, without sockets or threads.

`prepare` builds the kernel in the warm parent; `serve` runs in each fork. Messages are those that
ipykernel makes; they travel as frames over the fork's channel, where a real kernel has ZeroMQ.
`serve_then_fork` ends otherwise: what has run stays, and real kernels are forked that go on from there.
"""

import asyncio
import base64
import builtins
import gc
import io
import json
import logging
import os
import signal
import sys
import tempfile
import threading
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipykernel
from comm import get_comm_manager
from ipykernel.ipkernel import IPythonKernel
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session, json_packer
from traitlets.config import Config

from course.warm import child, wire

FLUSH_BYTES = 1 << 16
FLUSH_SECONDS = 0.2  # as ipykernel's streams
MOST_FRAMES = 20  # of one traceback; the middle of a longer one is left out

_kernel: "ForkKernel | None" = None


class FrameSession(Session):
    """A session that hands each message to `emit`: the channel's name, the message, its buffers."""

    emit: Callable[[str, dict[str, Any], list[bytes]], None] = staticmethod(lambda *_: None)

    def send(  # type: ignore[override]
        self,
        stream: Any,
        msg_or_type: dict[str, Any] | str,
        content: dict[str, Any] | None = None,
        parent: dict[str, Any] | None = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Take the arguments of `Session.send`; `stream` is a channel's name."""
        if isinstance(msg_or_type, dict):
            msg = msg_or_type
        else:
            msg = self.msg(msg_or_type, content=content, parent=parent, header=header, metadata=metadata)
        self.emit(stream, msg, [bytes(buffer) for buffer in buffers or msg.get("buffers") or ()])
        return msg


class Stream(io.TextIOBase):
    """Standard output or error of a cell: kept for a moment, then sent as one message.

    What programs and libraries write to the descriptor itself is kept in a file in memory, and sent
    with the rest.
    """

    encoding = "UTF-8"  # type: ignore[assignment]

    def __init__(self, kernel: "ForkKernel", name: str, number: int) -> None:
        super().__init__()
        self._kernel = kernel
        self._channel_name = name
        self._number = number
        self._pid = os.getpid()
        self._parts: list[str] = []
        self._size = 0
        self._since = 0.0
        in_memory = os.memfd_create(name)
        self._file = os.open(f"/proc/self/fd/{in_memory}", os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        os.close(in_memory)
        os.dup2(self._file, number, inheritable=True)
        self._read = 0

    @property
    def name(self) -> str:
        """`stdout` or `stderr`."""
        return self._channel_name

    def writable(self) -> bool:
        """It is."""
        return True

    def isatty(self) -> bool:
        """It is not."""
        return False

    def fileno(self) -> int:
        """The descriptor that programs started here write to."""
        return self._number

    def write(self, text: str) -> int:
        """Take text; sent when there is much, when some is old, or on `flush`."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._pid:  # a process that the cell forked
            os.write(self._number, text.encode("utf-8", "replace"))
            return len(text)
        now = time.monotonic()
        if not self._parts:
            self._since = now
        self._parts.append(text)
        self._size += len(text)
        if self._size > FLUSH_BYTES or now - self._since > FLUSH_SECONDS:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what there is."""
        if os.getpid() != self._pid:
            return
        parts, self._parts, self._size = self._parts, [], 0
        self._send("".join(parts))
        end = os.fstat(self._file).st_size
        while self._read < end:
            piece = os.pread(self._file, min(end - self._read, 1 << 20), self._read)
            self._read += len(piece)
            self._send(piece.decode("utf-8", "replace"))

    def _send(self, text: str) -> None:
        if text:
            content = {"name": self._channel_name, "text": text}
            session: Any = self._kernel.session
            session.send("iopub", "stream", content, parent=self._kernel.get_parent())


class ForkKernel(IPythonKernel):
    """ipykernel's kernel with channels that are names."""

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Nothing: nbclient sends no cell before the last has answered."""

    async def answer(self, msg: dict[str, Any]) -> None:
        """Do what one message on the shell channel asks, as `Kernel.dispatch_shell` would."""
        handler = self.shell_handlers.get(msg["header"]["msg_type"])
        if handler is None:
            return
        self.set_parent([], msg)
        self._publish_status("busy", "shell")
        self.pre_handler_hook()
        try:
            result = handler("shell", [], msg)
            if result is not None:
                await result
        except KeyboardInterrupt:  # between two steps of ours, where no cell could take it
            content = {"status": "error", "ename": "KeyboardInterrupt", "evalue": "", "traceback": []}
            reply = msg["header"]["msg_type"].replace("_request", "_reply")
            session: Any = self.session
            session.send("shell", reply, content | {"execution_count": self.execution_count}, parent=msg)
        finally:
            self.post_handler_hook()
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            self._publish_status("idle", "shell")


def prepare() -> None:
    """Build the kernel and run a few cells, in the parent, so that forks find all of it loaded."""
    global _kernel
    config = Config()
    config.HistoryManager.hist_file = ":memory:"
    with tempfile.TemporaryDirectory() as home:
        kernel = ForkKernel.instance(
            config=config,
            session=FrameSession(),
            iopub_socket="iopub",
            log=logging.getLogger(__name__),
            profile_dir=ProfileDir.create_profile_dir(home),
            user_ns={},
        )
        shell = kernel.shell
        assert shell is not None
        shell.extension_manager.load_extension("storemagic")
    from ipykernel.eventloops import enable_gui

    shell.enable_gui = lambda gui=None: enable_gui(gui, kernel=kernel)
    shell._get_exc_info = _capped(shell._get_exc_info)
    _draw_once(shell.InteractiveTB)
    get_comm_manager()
    child.let_widgets_be_asked_for()
    _kernel = kernel
    _rehearse(kernel)


def _capped(find: Callable[..., Any]) -> Callable[..., Any]:
    """Leave out the middle of long tracebacks: drawing each frame with its source takes milliseconds."""

    def get_exc_info(exc_tuple: Any = None) -> Any:
        kind, slip, trace = find(exc_tuple)
        frames = []
        while trace is not None:
            frames.append(trace)
            trace = trace.tb_next
        if len(frames) > MOST_FRAMES:
            frames = frames[: MOST_FRAMES // 2] + frames[-MOST_FRAMES // 2 :]
        for frame in reversed(frames):
            trace = types.TracebackType(trace, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
        return kind, slip, trace

    return get_exc_info


def _draw_once(artist: Any) -> None:
    """Give IPython's history, which asks for every traceback a second time, what was drawn for the cell."""
    draw, last = artist.structured_traceback, [None, None]

    def structured_traceback(kind: Any, slip: Any = None, trace: Any = None, *more: Any, **how: Any) -> Any:
        for_history = how == {"tb_offset": 1} and not more
        if for_history and slip is not None and last[0] is slip:
            drawn = last[1]
            last[:] = [None, None]
            return drawn
        drawn = draw(kind, slip, trace, *more, **how)
        last[:] = [slip, drawn]
        return drawn

    artist.structured_traceback = structured_traceback


def _rehearse(kernel: ForkKernel) -> None:
    """Run cells that touch what is loaded late, then put everything back."""
    shell, streams = kernel.shell, (sys.stdout, sys.stderr)
    assert shell is not None
    before = set(shell.user_ns)
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    cells = (
        "1 + 1",
        "def _f():\n    raise KeyError('x')\n_f()",
        "%pwd",
        "import asyncio; await asyncio.sleep(0)",
    )
    loop = asyncio.new_event_loop()

    async def run() -> None:
        kernel.io_loop = _io_loop()
        kernel.shell_channel_thread = types.SimpleNamespace(parent_thread=threading.main_thread())
        for code in cells:
            await kernel.do_execute(code, silent=False, store_history=True)

    try:
        loop.run_until_complete(run())
    finally:
        loop.close()
        sys.stdout, sys.stderr = streams
    shell.reset(new_session=True)
    for name in set(shell.user_ns) - before:
        shell.user_ns.pop(name)
    shell._last_traceback = None
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)
    vars(builtins).pop("_", None)


def _io_loop() -> Any:
    """What ipykernel uses of tornado's loop; unlike tornado's, a callback wakes it from an interrupt."""
    loop = asyncio.get_running_loop()
    return types.SimpleNamespace(
        add_callback=loop.call_soon_threadsafe, call_later=loop.call_later, stop=loop.stop, asyncio_loop=loop
    )


def serve_then_fork() -> None:
    """Answer messages until told to freeze; from then on fork kernels that find done what was run.

    The word for it is a frame that is a string. The answer is a frame with `widgets`, the state of every
    widget by its model's id as ipywidgets writes it, and `refusal`, why no kernel can be forked ("" if none).
    """
    prepare()
    if not serve():
        return
    import ipywidgets

    from course.warm import parent

    channel = child.channel()
    for name, number in (("stdout", 1), ("stderr", 2)):
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
        setattr(sys, name, open(number, "w", closefd=False))  # noqa: SIM115
    asyncio.set_event_loop(None)
    gc.disable()
    gc.collect()
    gc.freeze()
    states = ipywidgets.Widget.get_manager_state(drop_defaults=False)["state"]
    wire.send(channel, {"widgets": states, "refusal": parent.refusal([])})
    parent.Server(channel, adopt=False).serve()


def hand_over() -> Callable[[Any], None]:
    """In a fork of a process that ran a notebook: make way for ipykernel's own kernel, which keeps the shell.

    Nothing where none was run. Returns what to call with that kernel once it is there.
    """
    if _kernel is None:
        return lambda kernel: None
    shell = _kernel.shell
    assert shell is not None
    ForkKernel.clear_instance()
    vars(shell).pop("enable_gui", None)
    shell.user_ns["_dh"] = [os.getcwd()]
    sys.modules["__main__"] = shell.user_module
    # A list of all modules, for a debugger that no page has, would cost each fork 5 MiB: it touches all.
    ipkernel: Any = sys.modules["ipykernel.ipkernel"]
    ipkernel.sys = types.SimpleNamespace(**{**vars(sys), "modules": {}})

    def take(kernel: Any) -> None:
        ipkernel.sys = sys
        shell.parent = shell.kernel = kernel
        comms: dict[str, Any] = get_comm_manager().comms
        for each in comms.values():
            each.kernel = kernel

    return take


def serve() -> bool:
    """Answer messages until the other end closes the channel, or tells to freeze: then True."""
    kernel, channel = _kernel, child.channel()
    assert kernel is not None
    assert kernel.shell is not None
    assert isinstance(kernel.session, FrameSession)
    sys.argv = [str(Path(ipykernel.__file__ or ".").parent.with_name("ipykernel_launcher.py"))]
    kernel.shell.init_environment()
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    if "" not in sys.path:
        sys.path.insert(0, "")
    kernel.shell.user_ns["_dh"] = [os.getcwd()]
    sys.modules["__main__"] = kernel.shell.user_module
    lock, pid = threading.Lock(), os.getpid()

    def emit(name: str, msg: dict[str, Any], buffers: list[bytes]) -> None:
        if os.getpid() != pid:
            return
        try:
            body = json_packer([name, msg, [base64.b64encode(buffer).decode() for buffer in buffers]])
        except UnicodeEncodeError:  # half of a pair of surrogates, which JSON in UTF-8 cannot hold
            body = json.dumps([name, msg, []], default=str, ensure_ascii=False).encode("utf-8", "replace")
        with lock:
            channel.sendall(wire.LENGTH.pack(len(body)) + body)

    kernel.session.emit = emit  # type: ignore[method-assign]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(_answer_all(kernel, channel))
    except (RuntimeError, OSError):
        return False  # the loop was stopped by `exit`, or the other end is gone
    finally:
        loop.close()


async def _answer_all(kernel: ForkKernel, channel: Any) -> bool:
    loop = asyncio.get_running_loop()
    kernel.io_loop = _io_loop()
    sys.stdout, sys.stderr = Stream(kernel, "stdout", 1), Stream(kernel, "stderr", 2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt counts only while a cell runs
    while True:
        # The loop turns while it waits, so that tasks of earlier cells go on, as in a real kernel.
        readable = asyncio.Event()
        loop.add_reader(channel, readable.set)
        await readable.wait()
        loop.remove_reader(channel)
        try:
            msg, _ = wire.receive(channel)
        except EOFError:
            return False
        if isinstance(msg, str):
            return True
        await kernel.answer(msg)
