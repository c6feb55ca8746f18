"""Kernels forked from a process that has run a notebook go on from there, each on its own."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client import KernelManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from test_client import children, gone
from test_provisioner import SECONDS, Kernel
from traitlets.config import Config

from course.warm import client
from course.warm.ran import Ran, run_first

CELLS = (
    "import os, ipywidgets\nx = [1, 2]\nprint('ran once')",
    "count, doubled = ipywidgets.IntText(3), ipywidgets.IntText(6)\n"
    "count.observe(lambda change: setattr(doubled, 'value', 2 * change['new']), 'value')\ncount",
    "len(x)",
)


@pytest.fixture(scope="module")
def ran(parent: client.WarmParent, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    notebook = new_notebook(cells=[new_markdown_cell("Words."), *map(new_code_cell, CELLS)])
    made = run_first(notebook, parent, cwd=str(tmp_path_factory.mktemp("ran")))
    yield made
    made.parent.close()


@pytest.fixture
def started(ran: Ran, tmp_path: Path) -> Iterator[Callable[..., Kernel]]:
    kernels: list[Kernel] = []

    def start(**how: Any) -> Kernel:
        kernels.append(Kernel(ran=ran.parent, cwd=str(tmp_path), **how))
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.end(now=True)


def fails(parent: client.WarmParent, code: str, cwd: Path) -> str:
    with pytest.raises(client.WarmError) as slip:
        run_first(new_notebook(cells=[new_code_cell(code)]), parent, cwd=str(cwd))
    return str(slip.value)


def after(kernel: Kernel, model: str, state: dict[str, Any]) -> list[dict[str, Any]]:
    """Send a widget's change as a page does; return what came of it, up to when the kernel was idle."""
    data = {"method": "update", "state": state, "buffer_paths": []}
    sent = kernel.kc.session.msg("comm_msg", {"comm_id": model, "data": data})
    kernel.kc.shell_channel.send(sent)
    told = []
    while True:
        msg = kernel.kc.get_iopub_msg(timeout=SECONDS)
        if msg["parent_header"].get("msg_id") != sent["header"]["msg_id"]:
            continue
        if msg["content"] == {"execution_state": "idle"}:
            return told
        told.append(msg["content"])


def test_the_notebook_has_its_outputs_and_its_widgets_their_states(ran: Ran) -> None:
    first, second, third = (cell for cell in ran.notebook.cells if cell.cell_type == "code")
    assert first.outputs[0].text == "ran once\n"
    assert third.outputs[0].data["text/plain"] == "2"
    shown = second.outputs[0].data["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert ran.widgets[shown]["state"]["value"] == 3


def test_a_kernel_finds_done_what_was_run_and_counts_on(started: Callable[..., Kernel]) -> None:
    kernel = started()
    reply, told = kernel.run("x, count.value, In[1][:6]")
    assert told == "([1, 2], 3, 'import')"
    assert reply["execution_count"] == len(CELLS) + 1
    assert kernel.value("type(get_ipython().kernel).__name__") == "IPythonKernel"


def test_each_kernel_has_its_own_folder_environment_and_objects(
    started: Callable[..., Kernel], tmp_path: Path
) -> None:
    one, other = started(env={**os.environ, "WHO": "one"}), started(env={**os.environ, "WHO": "other"})
    one.run("x.append(3); count.value = 8")
    assert one.value("x, doubled.value, os.environ['WHO'], os.getcwd()") == (
        [1, 2, 3], 16, "one", str(tmp_path),
    )  # fmt: skip
    assert other.value("x, doubled.value, os.environ['WHO']") == ([1, 2], 6, "other")
    assert one.value("import random; random.random()") != other.value("import random; random.random()")


def test_widgets_move_as_they_would_had_the_kernel_run_the_notebook(
    started: Callable[..., Kernel], ran: Ran
) -> None:
    named = {m: kept["state"]["value"] for m, kept in ran.widgets.items() if "value" in kept["state"]}
    count, doubled = (next(m for m, value in named.items() if value == v) for v in (3, 6))
    kernel = started()
    told = after(kernel, count, {"value": 5})
    answer = [c["data"]["state"] for c in told if c.get("comm_id") == doubled]
    assert answer == [{"value": 10}]


def test_a_page_that_asks_is_told_every_widgets_state(started: Callable[..., Kernel], ran: Ran) -> None:
    kernel = started()
    session = kernel.kc.session
    opened = {"comm_id": "control", "target_name": "jupyter.widget.control", "data": {}}
    kernel.kc.shell_channel.send(session.msg("comm_open", opened, metadata={"version": "1.0.0"}))
    asked = {"comm_id": "control", "data": {"method": "request_states"}}
    kernel.kc.shell_channel.send(session.msg("comm_msg", asked))
    while True:
        content = kernel.kc.get_iopub_msg(timeout=SECONDS)["content"]
        if content.get("comm_id") == "control":
            assert content["data"]["states"].keys() == ran.widgets.keys()
            return


def test_new_widgets_streams_errors_and_interrupts_are_an_ordinary_kernels(
    started: Callable[..., Kernel],
) -> None:
    kernel = started()
    assert kernel.run("print('out'); ipywidgets.IntText(1).value")[1].startswith("out")
    assert kernel.run("1 / 0")[0]["ename"] == "ZeroDivisionError"
    asked = kernel.kc.execute("print('begun', flush=True)\nimport time\nwhile True: time.sleep(0.01)")
    while kernel.kc.get_iopub_msg(timeout=SECONDS)["content"].get("text") != "begun\n":
        pass
    kernel.km.interrupt_kernel()
    while (reply := kernel.kc.get_shell_msg(timeout=SECONDS))["parent_header"]["msg_id"] != asked:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"


def test_a_cell_that_fails_is_told_and_leaves_no_process(parent: client.WarmParent, tmp_path: Path) -> None:
    before = set(children(parent.pid))
    assert "no_such_name" in fails(parent, "no_such_name", tmp_path)
    assert all(gone(pid) for pid in set(children(parent.pid)) - before)


def test_a_notebook_that_leaves_a_thread_running_cannot_be_forked_and_says_so(
    parent: client.WarmParent, tmp_path: Path
) -> None:
    code = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    assert "thread" in fails(parent, code, tmp_path)


def test_a_kernel_of_a_process_that_has_ended_is_refused_and_not_started_anew(
    parent: client.WarmParent, tmp_path: Path
) -> None:
    made = run_first(new_notebook(cells=[new_code_cell("x = 1")]), parent, cwd=str(tmp_path))
    assert made.parent.fresh()
    made.parent.close()
    assert not made.parent.fresh()
    km = KernelManager(kernel_name="academy-warm", config=Config())
    with pytest.raises(RuntimeError, match="cannot go on from what was run"):
        km.start_kernel(ran=made.parent)


def test_a_process_that_is_retired_lets_its_kernels_go_on(parent: client.WarmParent, tmp_path: Path) -> None:
    made = run_first(new_notebook(cells=[new_code_cell("x = 1")]), parent, cwd=str(tmp_path))
    kernel = Kernel(ran=made.parent, cwd=str(tmp_path))
    try:
        made.parent.retire()
        assert kernel.value("x") == 1
    finally:
        kernel.end(now=True)
