"""Run a notebook once, then fork kernels that go on from there: each visitor's lesson is there at once.

A preheated kernel waits for one visitor and holds its memory until then. Here one process has run the
notebook; each visitor's kernel is a fork of it, made in a few hundredths of a second, sharing its memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from course.warm import client, wire
from course.warm.notebook import ForkManager

CELL_SECONDS = 60
FREEZE_SECONDS = 60.0


class RanParent(client.WarmParent):
    """A process that has run a notebook, itself a fork of `base`; ask it for kernels by `fork_kernel`."""

    def __init__(self, call: client.Call, base: client.WarmParent) -> None:
        super().__init__(base.modules)
        self.call, self.base = call, base
        self._control = call.channel
        client._alive.add(self)

    @property
    def pid(self) -> int | None:
        """Its process id."""
        return self.call.pid

    def start(self) -> None:
        """Nothing: it runs since it was made; WarmError where it has ended."""
        if self._control is None or not self.call.running():
            raise client.WarmError("the process that had run the notebook ended")

    def fresh(self) -> bool:
        """Whether it runs, and what is installed and imported is as it was."""
        return self._control is not None and self.call.running() and self.base.fresh()

    def _end(self) -> None:
        if self._control is not None:
            self._control = None
            self.call.end()
        client._alive.discard(self)


@dataclass
class Ran:
    """What `run_first` gives.

    Attributes
    ----------
    notebook : NotebookNode
        The notebook with its outputs.
    widgets : dict
        Each widget's state by its model's id, as `ipywidgets.Widget.get_manager_state` writes it. A kernel
        forked from `parent` holds the same widgets by the same ids.
    parent : RanParent
        What to fork kernels from; `close` it, or `retire` it to let its kernels go on.
    """

    notebook: NotebookNode
    widgets: dict[str, dict[str, Any]]
    parent: RanParent


class _Manager(ForkManager):
    target = "course.warm.shell:serve_then_fork"


def run_first(
    nb: NotebookNode, base: client.WarmParent, *, cwd: str, env: Mapping[str, str] | None = None
) -> Ran:
    """Run a notebook in a fork of `base`, which stays to have kernels forked from it.

    The notebook must be one that is trusted: it runs with no more containment than `base`. Kernels forked
    from it can be shut in. `nb` is changed in place; `cwd` and `env` are those it is run with, each
    kernel has its own.

    Raises
    ------
    course.warm.client.WarmError
        Where a cell fails, or the process may not fork afterwards, such as when a cell started a thread.
    """
    manager = _Manager(base, cwd=cwd, env=env)
    try:
        runner = NotebookClient(nb, km=manager, timeout=CELL_SECONDS, coalesce_streams=True)  # type: ignore[arg-type]
        runner.execute(cleanup_kc=False)
        call, kernel = manager.call, manager._client
        assert call is not None
        assert kernel is not None
        kernel.look_away()
        call.channel.settimeout(FREEZE_SECONDS)
        wire.send(call.channel, "freeze")
        told, _ = wire.receive(call.channel)
        call.channel.settimeout(None)
        if told["refusal"]:
            raise client.WarmError(told["refusal"])
    except (CellExecutionError, DeadKernelError, TimeoutError, EOFError, OSError) as slip:
        manager.end(0.0)
        raise client.WarmError(f"the notebook could not be run beforehand: {slip}") from slip
    except BaseException:
        manager.end(0.0)
        raise
    return Ran(nb, told["widgets"], RanParent(call, base))
