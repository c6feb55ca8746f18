"""A kernel provisioner that forks each IPython kernel from a warm parent.

Used by the kernel name `academy-warm` (see `course.warm.spec`), or for every kernel of a server or a
marking run by jupyter_client's own setting for its default provisioner. Whatever it cannot fork it
starts as jupyter_client would, and says so once.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Bool, Dict, Integer, List, Unicode

from course.warm import client
from course.warm.containment import Limits
from course.warm.lost_wakeup import mend

mend()

_HARMLESS_FLAGS = {"-Xfrozen_modules=off"}  # only spares the debugger a warning
_HONOURED = {"env", "cwd", "stdin", "stdout", "stderr", "kernel_id", "independent", "containment", "ran"}
_told: set[str] = set()


class WarmProvisioner(LocalProvisioner):
    """Fork an ipykernel from a warm parent; start any other kernel the ordinary way."""

    modules = List(
        Unicode(),
        help="Modules to import before the first fork. By default the usual ones of notebooks, and "
        "those named in the environment variable WARM_KERNEL_MODULES, with commas between them.",
    ).tag(config=True)
    limits = Dict(
        value_trait=Integer(),
        help="Limits of each kernel: memory and file_size in bytes, cpu in seconds, files, processes.",
    ).tag(config=True)

    patient = Bool(
        True,
        help="Wait for the warm parent where it is not running yet; else start that kernel the ordinary way.",
    ).tag(config=True)
    needed = List(
        Unicode(), help="Layers of containment without which a kernel that is to be shut in does not start."
    ).tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork, or start the ordinary way where that cannot be.

        A kernel started with `containment=` (a `course.warm.containment.Containment`) is shut in. One started
        with `ran=` (a `course.warm.ran.RanParent`) goes on from what that parent has run. Neither is ever
        started the ordinary way: RuntimeError where it cannot be forked.
        """
        why = self._not_forkable(cmd, kwargs)
        if not why:
            try:
                await self._fork(cmd, kwargs)
                return self.connection_info
            except (client.WarmError, OSError) as slip:
                why = str(slip)
        if kwargs.get("containment") is not None:
            raise RuntimeError(f"The kernel cannot be shut in: {why}.")
        if kwargs.get("ran") is not None:
            raise RuntimeError(f"The kernel cannot go on from what was run: {why}.")
        if why not in _told:
            _told.add(why)
            self.log.warning("No warm start (%s): starting kernels the ordinary way.", why)
        return await super().launch_kernel(cmd, **kwargs)

    def _not_forkable(self, cmd: list[str], kwargs: dict[str, Any]) -> str:
        """Why this command needs a process of its own; empty where a fork will do."""
        command = [part for part in cmd if part not in _HARMLESS_FLAGS]
        if len(command) < 3 or command[1:3] != ["-m", "ipykernel_launcher"]:
            return "this is not an IPython kernel"
        if not _same_python(command[0]):
            return "the kernel uses another Python than this program"
        if kwargs.get("independent"):
            return "the kernel is to outlive this program"
        others = set(kwargs) - _HONOURED
        if others:
            return f"a fork cannot honour {', '.join(sorted(others))}"
        environment = kwargs.get("env")
        if environment is not None and client.read_once(environment) != client.read_once(os.environ):
            return "the kernel's environment would import other things, or otherwise"
        return client.can_fork()

    async def _fork(self, cmd: list[str], kwargs: dict[str, Any]) -> None:
        modules = tuple(self.modules) or client.modules_from_environment()
        # In a thread: the first start takes a second or more, and a server must go on meanwhile.
        waits = self.patient or kwargs.get("containment") is not None
        find = client.shared if waits else client.at_once
        parent: Any = kwargs.get("ran")
        if parent is None:
            parent = await asyncio.get_running_loop().run_in_executor(None, find, modules)
        environment = dict(kwargs.get("env") or os.environ)
        environment["JPY_PARENT_PID"] = str(os.getpid())
        cwd = os.path.abspath(kwargs.get("cwd") or os.getcwd())
        argv = [part for part in cmd if part not in _HARMLESS_FLAGS][3:]
        with contextlib.ExitStack() as opened:
            stdin, ours_in = _end(kwargs.get("stdin"), subprocess.DEVNULL, writing=True, opened=opened)
            stdout, ours_out = _end(kwargs.get("stdout"), 1, writing=False, opened=opened)
            if kwargs.get("stderr") == subprocess.STDOUT:
                stderr, ours_err = stdout, None
            else:
                stderr, ours_err = _end(kwargs.get("stderr"), 2, writing=False, opened=opened)
            fork = parent.fork_kernel(
                argv,
                env=environment,
                cwd=cwd,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                limits=Limits(**self.limits),
                containment=kwargs.get("containment"),
                needed=self.needed,
            )
        fork.stdin, fork.stdout, fork.stderr = ours_in, ours_out, ours_err
        self.process: Any = fork
        self.pid: Any = fork.pid
        self.pgid: Any = fork.pid
        self.cwd = Path(cwd)

    async def wait(self) -> int | None:
        """Wait for the end without looking every tenth of a second, then let the process go."""
        fork = self.process
        if not isinstance(fork, client.Child):
            return await super().wait()
        await self._until_ended(fork)
        code = await super().wait()
        fork.release()
        return code

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Give the kernel a second to end by itself, so that the manager finds it ended."""
        if isinstance(self.process, client.Child):
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._until_ended(self.process), 1.0)

    @staticmethod
    async def _until_ended(fork: client.Child) -> None:
        if fork.poll() is not None:
            return
        loop = asyncio.get_running_loop()
        ended = loop.create_future()
        number = os.dup(fork.status.fileno())  # two may wait at once, and a loop has one reader for each
        loop.add_reader(number, lambda: None if ended.done() else ended.set_result(None))
        try:
            await ended
        finally:
            loop.remove_reader(number)
            os.close(number)


def _same_python(path: str) -> bool:
    # The real paths alone would take every environment of one Python for the same.
    beside = os.path.dirname(os.path.abspath(path)) == os.path.dirname(os.path.abspath(sys.executable))
    return beside and os.path.realpath(path) == os.path.realpath(sys.executable)


def _end(
    asked: Any, default: int, *, writing: bool, opened: contextlib.ExitStack
) -> tuple[int, IO[bytes] | None]:
    """Give the fork's end of a standard stream, as subprocess.Popen reads `asked`, and ours if a pipe.

    The fork's end is closed here with `opened`; ours stays open.
    """
    asked = default if asked is None else asked
    if asked == subprocess.PIPE:
        reading, written = os.pipe()
        theirs, ours = (reading, written) if writing else (written, reading)
        opened.callback(os.close, theirs)
        return theirs, open(ours, "wb" if writing else "rb", buffering=0 if writing else -1)
    if asked == subprocess.DEVNULL:
        nowhere = os.open(os.devnull, os.O_RDWR)
        opened.callback(os.close, nowhere)
        return nowhere, None
    return (asked if isinstance(asked, int) else asked.fileno()), None
