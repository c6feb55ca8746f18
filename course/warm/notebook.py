"""Run a notebook's cells in a contained fork, with nbclient's own handling of what they print and show.

nbclient drives a `ForkManager` and a `ForkClient` as it drives jupyter_client's; so time limits,
outputs, display ids, widgets and errors come out as nbclient makes them.
"""

import asyncio
import base64
import signal
import socket
from collections import deque
from collections.abc import Mapping
from queue import Empty
from typing import Any

from jupyter_client.jsonutil import extract_dates
from jupyter_client.session import Session
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from course.warm import client, wire
from course.warm.containment import Containment, Layer, Limits

MOST_OUTPUT = 32 << 20
PREPARE = "course.warm.shell:prepare"


def parent_for_notebooks(modules: tuple[str, ...] = ()) -> client.WarmParent:
    """Give this process's warm parent for running notebooks: `modules` and a kernel without sockets.

    Raises
    ------
    course.warm.client.WarmError
        Where none can be had.
    """
    parent = client.shared((*(modules or client.modules_from_environment()), PREPARE), adopt=True)
    if PREPARE in parent.failed:
        raise client.WarmError(f"no kernel could be prepared: {parent.failed[PREPARE]}")
    return parent


class Channel:
    """One of the two channels nbclient reads: replies (`shell`) and outputs (`iopub`)."""

    def __init__(self, owner: "ForkClient") -> None:
        self.owner = owner
        self.waiting: deque[dict[str, Any]] = deque()

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """Give the next message; `queue.Empty` after `timeout` seconds."""
        try:
            await asyncio.wait_for(self.owner.until(self), timeout)
        except TimeoutError:
            raise Empty from None
        return self.waiting.popleft()

    def send(self, msg: dict[str, Any]) -> None:
        """Keep a message for the kernel until the next cell: it could not be read sooner."""
        self.owner.later.append(msg)


class ForkClient:
    """What nbclient asks of a kernel client, over the channel of a fork."""

    allow_stdin = False

    def __init__(self, call: client.Call, most_output: int) -> None:
        self.call = call
        self.session = Session()
        self.shell_channel = Channel(self)
        self.iopub_channel = Channel(self)
        self.later: list[dict[str, Any]] = []
        self.trouble = ""
        self._frames = wire.Frames(most_output)
        self._sleepers: list[asyncio.Future[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None  # the one that watches the channel now

    def start_channels(self) -> None:
        """Nothing: they are open."""

    def stop_channels(self) -> None:
        """Nothing: the manager closes them."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Nothing: a fork is ready when it is there."""

    async def is_alive(self) -> bool:
        """Whether the fork runs."""
        return not self.trouble and self.call.poll() is None

    def kernel_info(self) -> str:
        """Ask what kernel it is."""
        return self._ask("kernel_info_request", {})

    def execute(self, code: str, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Run a cell; gives the message's id."""
        content = {"code": code, "silent": False, "store_history": store_history, "allow_stdin": False}
        content |= {"user_expressions": {}, "stop_on_error": stop_on_error}
        return self._ask("execute_request", content)

    def _ask(self, kind: str, content: dict[str, Any]) -> str:
        later, self.later = self.later, []
        msg = self.session.msg(kind, content)
        try:
            for each in [*later, msg]:
                wire.send(self.call.channel, _plain(each))
        except OSError:
            self.trouble = self.trouble or "it ended"
        return msg["header"]["msg_id"]

    async def until(self, channel: Channel) -> None:
        """Wait until `channel` has a message; DeadKernelError where none can come."""
        loop = asyncio.get_running_loop()
        while not channel.waiting:
            if self.trouble:
                if channel is self.iopub_channel:
                    await loop.create_future()  # the reply says it; nbclient cancels this
                raise DeadKernelError(self.trouble)
            if self._loop is None:
                loop.add_reader(self.call.channel, self._arrived)
                self._loop = loop
            sleeper: asyncio.Future[None] = loop.create_future()
            self._sleepers.append(sleeper)
            try:
                await sleeper
            finally:
                if sleeper in self._sleepers:
                    self._sleepers.remove(sleeper)
                if not self._sleepers:
                    self.look_away()

    def look_away(self) -> None:
        """Stop watching the channel; needed before it is closed, for its number will be used again."""
        loop, self._loop = self._loop, None
        if loop is not None and not loop.is_closed():
            loop.remove_reader(self.call.channel)

    def _arrived(self) -> None:
        channel = self.call.channel
        try:
            data = channel.recv(1 << 20, socket.MSG_DONTWAIT)
            if not data:
                raise EOFError
            for name, msg, buffers in self._frames.feed(data):
                msg["buffers"] = [base64.b64decode(buffer) for buffer in buffers]
                msg["header"] = extract_dates(msg["header"])
                (self.shell_channel if name == "shell" else self.iopub_channel).waiting.append(msg)
        except BlockingIOError:
            return
        except OverflowError:
            self.trouble = "it printed more than is allowed"
            self.call.signal_group(signal.SIGKILL)
        except (EOFError, OSError, ValueError, KeyError, TypeError):
            # ValueError and its like: the fork wrote something that is no message into its channel.
            self.trouble = self.trouble or "it ended"
        sleepers, self._sleepers = self._sleepers, []
        self.look_away()
        for sleeper in sleepers:
            if not sleeper.done():
                sleeper.set_result(None)


def _plain(msg: dict[str, Any]) -> dict[str, Any]:
    return {**msg, "header": {**msg["header"], "date": str(msg["header"]["date"])}, "buffers": []}


class ForkManager:
    """What nbclient, nbconvert and nbgrader ask of a kernel manager, for a fork of a warm parent.

    Give it as `km` to `nbclient.NotebookClient` or to `preprocess` of an execute preprocessor, and
    `end` it afterwards.

    Parameters
    ----------
    parent : course.warm.client.WarmParent
        From `parent_for_notebooks`.
    cwd : str
        The kernel's folder, unless nbclient names one.
    env : mapping
        The kernel's whole environment; this process's where None.
    containment : Containment
        None runs it with no more than `limits`.
    deadline : float
        Seconds for the whole notebook; then it is killed with all it started.
    most_output : int
        Bytes it may send in all, outputs and messages; then it is killed.
    """

    target = "course.warm.shell:serve"
    ipykernel = False  # nbclient would add arguments for the history file, which is in memory already

    def __init__(
        self,
        parent: client.WarmParent,
        *,
        cwd: str = ".",
        env: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        containment: Containment | None = None,
        deadline: float | None = None,
        most_output: int = MOST_OUTPUT,
    ) -> None:
        self.parent = parent
        self.most_output = most_output
        self.settings: dict[str, Any] = {
            "cwd": cwd,
            "env": env,
            "limits": limits,
            "containment": containment,
            "deadline": deadline,
        }
        self.call: client.Call | None = None
        self.trouble = ""
        self._client: ForkClient | None = None

    @property
    def has_kernel(self) -> bool:
        """Whether a fork was started."""
        return self.call is not None

    @property
    def layers(self) -> list[Layer]:
        """Which layers of containment are on."""
        return self.call.layers if self.call else []

    def start_kernel(self, extra_arguments: Any = None, cwd: str | None = None, **_: Any) -> None:
        """Fork."""
        settings = self.settings | ({"cwd": str(cwd)} if cwd else {})
        self.call = self.parent.fork_call(self.target, **settings)

    def client(self) -> ForkClient:
        """Give the client of the fork."""
        assert self.call is not None
        self._client = ForkClient(self.call, self.most_output)
        return self._client

    async def is_alive(self) -> bool:
        """Whether the fork runs."""
        return self.call is not None and self.call.poll() is None

    def interrupt_kernel(self) -> None:
        """Interrupt the running cell and what it started."""
        assert self.call is not None
        self.call.signal_group(signal.SIGINT)

    def shutdown_kernel(self, now: bool = False) -> None:
        """End the fork."""
        self.end()

    def cleanup_resources(self) -> None:
        """Nothing is left after `end`."""

    def end(self, grace: float = 1.0) -> str:
        """Let the fork end by itself for `grace` seconds, then kill all of it.

        Returns
        -------
        str
            Why it ended before its time, in a few words; empty where it did not.
        """
        if self.call is not None:
            if self._client is not None:
                self._client.look_away()
                self.trouble = self._client.trouble
                self._client.trouble = self.trouble or "it was ended"
            self.call.end(grace if not self.trouble else 0.0)
            if self.call.late:
                self.trouble = "it went on past its deadline"
            self.call = None
        return self.trouble


def run_notebook(
    nb: NotebookNode,
    *,
    cwd: str,
    parent: client.WarmParent | None = None,
    env: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    containment: Containment | None = None,
    cell_timeout: int | None = 30,
    deadline: float | None = 300.0,
    most_output: int = MOST_OUTPUT,
    **settings: Any,
) -> NotebookNode:
    """Run all code cells of a notebook in a fork; the notebook is changed in place and returned.

    Parameters
    ----------
    cell_timeout : int
        Seconds for each cell; it is interrupted, as nbgrader does, and the next one runs.
    settings
        Further settings of `nbclient.NotebookClient`.

    Others as for `ForkManager`.

    Raises
    ------
    nbclient.exceptions.DeadKernelError
        Where the fork ended before the last cell; its message says why.
    nbclient.exceptions.CellExecutionError
        Where a cell raises, unless `allow_errors=True` is given.
    """
    manager = ForkManager(
        parent or parent_for_notebooks(),
        cwd=cwd,
        env=env,
        limits=limits,
        containment=containment,
        deadline=deadline,
        most_output=most_output,
    )
    chosen = {"timeout": cell_timeout, "interrupt_on_timeout": True, "coalesce_streams": True} | settings
    runner = NotebookClient(nb, km=manager, **chosen)  # type: ignore[arg-type]
    try:
        return runner.execute()
    except DeadKernelError as slip:
        trouble = manager.end()
        raise DeadKernelError(trouble or str(slip)) from None
    finally:
        manager.end()
