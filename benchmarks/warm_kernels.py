"""Warm kernels beside ordinary ones: time to ready, first cell, memory, shutdown; and a soak.

    python benchmarks/warm_kernels.py            five of each, in turn
    python benchmarks/warm_kernels.py --soak 1000  so many forked kernels, then what is left over

Prints medians. `ready` includes the 0.2 seconds that jupyter_client's `wait_for_ready` always waits.
"""

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from jupyter_client import AsyncKernelManager

from course.warm import client, spec
from course.warm.notebook import ForkManager, parent_for_notebooks, run_notebook

FIRST_CELL = "import pandas as pd, altair as alt; pd.DataFrame({'a': [1, 2]})"


def memory(pid: int) -> tuple[float, float]:
    """Proportional and private memory of a process, in MiB."""
    found = {"Pss": 0.0, "Private_Clean": 0.0, "Private_Dirty": 0.0}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in found:
            found[name] = int(rest.split()[0]) / 1024
    return found["Pss"], found["Private_Clean"] + found["Private_Dirty"]


async def one_kernel(name: str) -> dict[str, float]:
    clock, told = time.perf_counter, {}
    begun = clock()
    km = AsyncKernelManager(kernel_name=name)
    await km.start_kernel()
    told["start, s"] = clock() - begun
    kc = km.client()
    kc.start_channels()
    await kc.wait_for_ready(timeout=120)
    told["ready, s"] = clock() - begun
    begun = clock()
    await kc._async_recv_reply(kc.execute(FIRST_CELL), timeout=120)
    told["first cell, s"] = clock() - begun
    told["PSS, MiB"], told["private, MiB"] = memory(km.provisioner.pid)
    begun = clock()
    await km.shutdown_kernel()
    kc.stop_channels()
    told["shutdown, s"] = clock() - begun
    return told


def calls(count: int) -> None:
    """Time bare forks, and a one-cell notebook without sockets."""
    from nbformat.v4 import new_code_cell, new_notebook

    parent = parent_for_notebooks()

    def fork() -> None:
        call = parent.fork_call("os:getpid", cwd="/")
        call.result(60)
        call.end(10)

    def notebook() -> None:
        run_notebook(new_notebook(cells=[new_code_cell("1 + 1")]), cwd="/", parent=parent)

    for name, act in (("fork, call and end", fork), ("one-cell notebook without sockets", notebook)):
        print(f"{name}: {median(act, count) * 1000:.0f} ms")
    manager = ForkManager(parent, cwd="/")
    manager.start_kernel()
    assert manager.call is not None
    print(f"its private memory: {memory(manager.call.pid)[1]:.0f} MiB")
    manager.end()


def median(act: Callable[[], None], count: int) -> float:
    act()
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


async def compare(count: int) -> None:
    names = ("python3", spec.KERNEL_NAME)
    await one_kernel(spec.KERNEL_NAME)  # starts the parent, once
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(count):
        for name in names:
            rows[name].append(await one_kernel(name))
    print(f"{'':14}" + "".join(f"{name:>16}" for name in names) + f"{'ratio':>8}")
    for what in rows["python3"][0]:
        stock, warm = (statistics.median(row[what] for row in rows[name]) for name in names)
        print(f"{what:14}{stock:16.3f}{warm:16.3f}{stock / warm:8.1f}")


async def soak(count: int) -> None:
    """Start and end many kernels; print what is held before and after."""
    parent: client.WarmParent | None = None

    def held() -> str:
        assert parent is not None
        children = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                children += stat.read_text().rpartition(")")[2].split()[1] == str(parent.pid)
        ours, theirs = (len(os.listdir(f"/proc/{pid}/fd")) for pid in ("self", parent.pid))
        size = memory(parent.pid)[0]
        return f"open files {ours} here, {theirs} in the parent (PSS {size:.0f} MiB); {children} forks"

    for number in range(count + 1):
        km = AsyncKernelManager(kernel_name=spec.KERNEL_NAME)
        await km.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        fork = km.provisioner.process
        assert isinstance(fork, client.Child), "an ordinary kernel was started"
        parent = fork.parent
        await km.shutdown_kernel(now=number % 2 == 0)
        assert fork.returncode is not None
        if number in (1, count):
            await asyncio.sleep(1)
            print(f"after {number:5} kernels: {held()}", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--soak", type=int, default=0)
    options.add_argument("--count", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as prefix:
        spec.install(prefix)
        os.environ["JUPYTER_PATH"] = str(Path(prefix, "share", "jupyter"))
        print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        if chosen.soak:
            begun = time.perf_counter()
            asyncio.run(soak(chosen.soak))
            print(f"{(time.perf_counter() - begun) / chosen.soak:.3f} s a kernel, start to end")
        else:
            asyncio.run(compare(chosen.count))
            calls(20)


if __name__ == "__main__":
    main()
