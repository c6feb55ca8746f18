"""A forked kernel is a kernel in every way that Jupyter asks of one."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client import KernelManager
from jupyter_client.provisioning import LocalProvisioner
from test_client import children, gone
from traitlets.config import Config

from course.warm import client, provisioner, spec

SECONDS = 120  # far more than anything here takes, so that a slow machine changes nothing


class Kernel:
    """A kernel, started and ready, with the little that the tests need."""

    def __init__(self, name: str = "academy-warm", config: Config | None = None, **start: Any) -> None:
        self.km = KernelManager(kernel_name=name, config=config or Config())
        self.km.start_kernel(**start)
        self.kc = self.km.client()
        self.kc.start_channels()
        self.kc.wait_for_ready(timeout=SECONDS)

    @property
    def fork(self) -> Any:
        return self.km.provisioner.process

    def run(self, code: str, **settings: Any) -> tuple[dict[str, Any], str]:
        """Run a cell; give the reply and what it printed or showed."""
        told: list[str] = []

        def hear(msg: dict[str, Any]) -> None:
            content = msg["content"]
            told.append(content.get("text") or content.get("data", {}).get("text/plain", ""))

        reply = self.kc.execute_interactive(code, output_hook=hear, timeout=SECONDS, **settings)
        return reply["content"], "".join(told)

    def value(self, code: str) -> Any:
        return eval(self.run(code)[1])

    def end(self, **how: Any) -> None:
        self.km.shutdown_kernel(**how)
        self.kc.stop_channels()


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    kernel = Kernel(cwd=str(tmp_path))
    yield kernel
    kernel.end(now=True)


def test_a_server_that_is_not_patient_starts_the_ordinary_way_until_the_parent_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMEXPR_IN_THIS_TEST", "1")  # another environment has a parent of its own
    config = Config()
    config.WarmProvisioner.patient = False
    first = Kernel(config=config, cwd=str(tmp_path))
    try:
        assert isinstance(first.fork, subprocess.Popen)
        modules = first.km.kernel_spec.metadata["kernel_provisioner"]["config"]["modules"]
    finally:
        first.end(now=True)
    end = time.monotonic() + SECONDS
    while True:
        with contextlib.suppress(client.WarmError):
            parent = client.at_once(modules)
            break
        assert time.monotonic() < end
        time.sleep(0.1)
    second = Kernel(config=config, cwd=str(tmp_path))
    try:
        assert isinstance(second.fork, client.Child)
        assert second.fork.parent is parent
    finally:
        second.end(now=True)
        parent.close()


def test_the_kernel_is_a_fork_of_a_parent_that_has_imported_already(kernel: Kernel) -> None:
    assert isinstance(kernel.km.provisioner, provisioner.WarmProvisioner)
    assert isinstance(kernel.fork, client.Child)
    parent = kernel.fork.parent
    assert kernel.value("import os, sys; (os.getpid(), os.getppid(), 'numpy' in sys.modules)") == (
        kernel.fork.pid,
        parent.pid,
        True,
    )


def test_folder_environment_and_time_zone_are_each_kernels_own(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    kernels = []
    for folder, zone in ((one, "XXX-1"), (two, "XXX-2")):
        folder.mkdir()
        kernels.append(Kernel(cwd=str(folder), env={**os.environ, "TZ": zone, "MARK": zone}))
    for kernel, folder, hour in zip(kernels, (one, two), (1, 2), strict=True):
        told = kernel.value("import os, time; (os.getcwd(), os.environ['MARK'], time.localtime(0).tm_hour)")
        assert told == (str(folder), f"XXX-{hour}", hour)
        kernel.end(now=True)


def test_a_program_finds_what_an_ordinary_kernel_gives(kernel: Kernel) -> None:
    told = kernel.value(
        "import __main__, ctypes, os, sys, threading\n"
        "x = 5; n = ctypes.c_int(); ctypes.CDLL(None).prctl(2, ctypes.byref(n), 0, 0, 0)\n"
        "dict(name=__name__, main=__main__.x, argv=os.path.basename(sys.argv[0]), dies=n.value,\n"
        " path='' in sys.path, session=os.getsid(0) == os.getpid(), thread=threading.main_thread().name,\n"
        " parent=os.environ['JPY_PARENT_PID'], shell=type(get_ipython()).__name__,\n"
        " stdin=sys.__stdin__.read(),\n"
        " kernel='get_ipython' in globals(), warm=[m for m in vars(__main__) if 'warm' in m])"
    )
    assert told == {
        "name": "__main__",
        "main": 5,
        "argv": "ipykernel_launcher.py",
        "dies": signal.SIGKILL,
        "path": True,
        "session": True,
        "thread": "MainThread",
        "parent": str(os.getpid()),
        "shell": "ZMQInteractiveShell",
        "stdin": "",
        "kernel": True,
        "warm": [],
    }


def test_kernels_draw_different_random_numbers() -> None:
    kernels = [Kernel(), Kernel()]
    code = "import random, uuid, numpy as np; (random.random(), str(uuid.uuid4()), np.random.rand())"
    first, second = (kernel.value(code) for kernel in kernels)
    for kernel in kernels:
        kernel.end(now=True)
    assert not set(first) & set(second)


def test_output_of_programs_and_libraries_reaches_the_notebook() -> None:
    # ipykernel leaves the descriptors alone where it finds itself under pytest.
    kernel = Kernel(env={name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"})
    kernel.kc.execute("import os; os.write(1, b'from below\\n')")
    while "from below" not in kernel.kc.get_iopub_msg(timeout=SECONDS)["content"].get("text", ""):
        pass
    assert "from a shell" in kernel.run("!echo from a shell")[1]
    kernel.end(now=True)


def test_standard_streams_go_where_the_starter_says() -> None:
    kernel = Kernel(stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    told = os.dup(kernel.fork.stdout.fileno())  # the manager closes its own when the kernel ends
    kernel.run("import sys; print('told', file=sys.__stdout__); print('warned', file=sys.__stderr__)")
    kernel.end(now=True)
    text = os.read(told, 10_000).decode()
    os.close(told)
    assert "told" in text
    assert "warned" in text


def test_input_is_asked_of_the_front_end(kernel: Kernel) -> None:
    kernel.kc.allow_stdin = True
    answers = iter(["Calderbrook"])
    settings = {"allow_stdin": True, "stdin_hook": lambda msg: kernel.kc.input(next(answers))}
    assert "Calderbrook!" in kernel.run("print(input('Which council? ') + '!')", **settings)[1]


@pytest.mark.parametrize("wait", ["time.sleep(60)", "await asyncio.sleep(60)"])
def test_a_cell_can_be_interrupted_and_the_kernel_goes_on(kernel: Kernel, wait: str) -> None:
    code = f"import asyncio, sys, time\nprint('begun'); sys.stdout.flush()\n{wait}"
    asked = kernel.kc.execute(code, stop_on_error=False)
    while kernel.kc.get_iopub_msg(timeout=SECONDS)["content"].get("text") != "begun\n":
        pass
    kernel.km.interrupt_kernel()
    reply = kernel.kc._recv_reply(asked, timeout=SECONDS)
    assert reply["content"]["ename"] in ("KeyboardInterrupt", "CancelledError")
    assert kernel.value("1 + 1") == 2


def test_what_a_cell_started_is_interrupted_with_it(kernel: Kernel) -> None:
    asked = kernel.kc.execute("import subprocess; subprocess.run(['sleep', '60'])")
    while not children(kernel.fork.pid):
        time.sleep(0.02)
    (sleeper,) = children(kernel.fork.pid)
    kernel.km.interrupt_kernel()
    assert kernel.kc._recv_reply(asked, timeout=SECONDS)["content"]["status"] == "error"
    assert gone(sleeper)


def test_a_page_that_opens_late_is_given_the_widgets_and_can_move_them(kernel: Kernel) -> None:
    """What Voila's and JupyterLab's pages do: they ask for all widgets, and send what is touched."""
    kernel.run("import ipywidgets; slider = ipywidgets.IntSlider(value=3); slider")

    def send(kind: str, **content: Any) -> None:
        msg = kernel.kc.session.msg(kind, content, metadata={"version": "1.0.0"})
        kernel.kc.shell_channel.send(msg)

    send("comm_open", comm_id="page", target_name="jupyter.widget.control", data={})
    send("comm_msg", comm_id="page", data={"method": "request_states"})
    states: dict[str, Any] = {}
    while not states:
        msg = kernel.kc.get_iopub_msg(timeout=SECONDS)
        assert msg["msg_type"] != "comm_close"
        if msg["msg_type"] == "comm_msg":
            states = msg["content"]["data"]["states"]
    (model,) = (key for key, one in states.items() if one["model_name"] == "IntSliderModel")
    send("comm_msg", comm_id=model, data={"method": "update", "state": {"value": 8}, "buffer_paths": []})
    assert kernel.value("slider.value") == 8


def test_restart_gives_a_new_process_with_nothing_in_it(kernel: Kernel) -> None:
    kernel.run("x = 1")
    before, ports = kernel.fork, kernel.km.shell_port
    kernel.km.restart_kernel()
    kernel.kc.wait_for_ready(timeout=SECONDS)
    assert gone(before.pid)
    assert kernel.fork.pid != before.pid
    assert kernel.km.shell_port == ports
    assert kernel.value("'x' in globals()") is False


def test_shutdown_runs_what_was_registered_and_tells_the_exit_status(tmp_path: Path) -> None:
    kernel = Kernel(cwd=str(tmp_path))
    kernel.run("import atexit; atexit.register(open, 'left.txt', 'w')")
    fork, file = kernel.fork, Path(kernel.km.connection_file)
    kernel.km.shutdown_wait_time = SECONDS
    kernel.end()
    assert (tmp_path / "left.txt").exists()
    assert fork.returncode == 0
    assert gone(fork.pid)
    assert not file.exists()


# The thread that answers a shutdown says so a little later than usual.
LATE = """
import time
kernel = get_ipython().kernel
tell = kernel._publish_status
def late(status, channel, *rest, **named):
    if (status, channel) == ("idle", "control"):
        time.sleep(0.5)
        with open("told.txt", "a") as file:
            print(kernel.iopub_thread.thread.is_alive(), file=file)
    return tell(status, channel, *rest, **named)
kernel._publish_status = late
"""


def test_a_kernel_publishes_to_the_end_and_ends_by_itself(tmp_path: Path) -> None:
    """When this passes without the mending in `child._kernel`, ipykernel ends its threads in order."""
    kernel = Kernel(cwd=str(tmp_path))
    kernel.run(LATE)
    fork = kernel.fork
    kernel.km.shutdown_wait_time = SECONDS
    kernel.end()
    assert fork.returncode == 0
    assert set((tmp_path / "told.txt").read_text().split()) == {"True"}


def test_a_kernel_that_will_not_end_is_killed() -> None:
    kernel = Kernel()
    kernel.km.shutdown_wait_time = 1.0
    kernel.kc.execute(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "while True:\n    try: time.sleep(60)\n    except BaseException: pass"
    )
    while kernel.kc.get_iopub_msg(timeout=SECONDS)["content"].get("execution_state") != "busy":
        pass
    fork = kernel.fork
    kernel.end()
    assert gone(fork.pid)


@pytest.mark.parametrize(("code", "status"), [("os._exit(7)", 7), ("os.kill(os.getpid(), 9)", -9)])
def test_a_kernel_that_ends_itself_is_found_dead_with_its_status(code: str, status: int) -> None:
    kernel = Kernel()
    fork = kernel.fork
    kernel.kc.execute(f"import os; {code}")
    assert fork.wait(SECONDS) == status
    assert not kernel.km.is_alive()
    kernel.end(now=True)


def test_when_the_parent_dies_the_kernel_is_restarted_from_a_new_one(kernel: Kernel) -> None:
    before, parent = kernel.fork, kernel.fork.parent
    os.kill(parent.pid, signal.SIGKILL)
    assert gone(before.pid)
    assert not kernel.km.is_alive()
    kernel.km.restart_kernel(now=True)
    kernel.kc.wait_for_ready(timeout=SECONDS)
    assert kernel.fork.parent.pid != parent.pid
    assert kernel.value("1 + 1") == 2


def test_a_limit_holds_in_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        provisioner.WarmProvisioner.limits, "default_args", ({"files": 77, "memory": 1 << 30},)
    )
    kernel = Kernel()
    assert kernel.value("import resource; resource.getrlimit(resource.RLIMIT_NOFILE)") == (77, 77)
    assert kernel.run("b'x' * (2 << 30)")[0]["ename"] == "MemoryError"
    kernel.end(now=True)


# In a process of its own, where nothing else opens or closes files meanwhile.
MANY = """
import asyncio, json, os, sys
from jupyter_client import AsyncKernelManager
from test_client import children

async def one(now):
    km = AsyncKernelManager(kernel_name="academy-warm")
    await km.start_kernel()
    fork = km.provisioner.process
    await km.shutdown_kernel(now=now)
    assert fork.returncode is not None
    return fork.parent

def held(parent):
    return [len(os.listdir(f"/proc/{pid}/fd")) for pid in (os.getpid(), parent.pid)] + [children(parent.pid)]

async def many(count):
    for number in range(count):
        parent = await one(now=number % 2 == 0)
    return parent

async def main():
    parent = await many(2)
    before, tries = held(parent), 0
    while before[2]:  # the parent hears of an end a moment after the caller
        await asyncio.sleep(0.02)
        before = held(parent)
    await asyncio.sleep(0.5)
    before = held(parent)
    await many(24)
    while (after := held(parent)) != before and tries < 3000:
        tries += 1
        await asyncio.sleep(0.02)
    print(json.dumps([before, after]))

asyncio.run(main())
"""


def test_nothing_is_left_after_many_kernels(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-c", MANY], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    before, after = json.loads(done.stdout)
    assert after == before
    assert after[2] == []


@pytest.mark.parametrize(
    ("start", "why"),
    [
        ({"env": {"PYTHONPATH": "/elsewhere"}}, "import other things"),
        ({"independent": True}, "outlive"),
        ({"preexec_fn": os.getpid}, "cannot honour preexec_fn"),
    ],
)
def test_what_a_fork_cannot_be_starts_the_ordinary_way_and_says_so_once(
    start: dict[str, Any], why: str
) -> None:
    provisioner._told.clear()
    if "env" in start:
        start = {"env": {**os.environ, **start["env"]}}
    for _ in range(2):
        km = KernelManager(kernel_name="academy-warm")
        km.start_kernel(**start)
        assert isinstance(km.provisioner.process, subprocess.Popen)
        km.shutdown_kernel(now=True)
    assert len(provisioner._told) == 1
    assert why in next(iter(provisioner._told))


def test_another_python_or_another_kernel_starts_the_ordinary_way() -> None:
    started = provisioner.WarmProvisioner()
    launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "x"]
    assert started._not_forkable(launch, {}) == ""
    assert started._not_forkable([launch[0], "-Xfrozen_modules=off", *launch[1:]], {}) == ""
    assert "another Python" in started._not_forkable(["/usr/bin/python3", *launch[1:]], {})
    assert "not an IPython kernel" in started._not_forkable([launch[0], "-m", "bash_kernel"], {})


def test_where_forks_are_not_to_be_had_kernels_start_the_ordinary_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "can_fork", lambda: "forks are not safe on darwin")
    kernel = Kernel()
    assert isinstance(kernel.fork, subprocess.Popen)
    assert kernel.value("1 + 1") == 2
    kernel.end(now=True)


def test_any_python_kernel_starts_warm_where_it_is_the_default() -> None:
    program = (
        "from traitlets.config import Config; from jupyter_client import KernelManager;"
        "config = Config({'WarmProvisioner': {'modules': ['ipykernel.kernelapp']}});"
        "km = KernelManager(kernel_name='python3', config=config); km.start_kernel();"
        "print(type(km.provisioner.process).__name__); km.shutdown_kernel(now=True)"
    )
    environment = spec.as_default(os.environ)
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.stdout == "Child\n"


def test_a_kernel_nobody_uses_is_culled_by_the_server(tmp_path: Path, in_its_own_loop: Any) -> None:
    from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

    async def culled() -> tuple[int, bool]:
        manager = AsyncMappingKernelManager(
            cull_idle_timeout=1, cull_interval=1, cull_connected=True, root_dir=str(tmp_path)
        )
        name = await manager.start_kernel(kernel_name="academy-warm")
        fork = manager.get_kernel(name).provisioner.process
        await manager.get_kernel(name).ready
        for _ in range(10 * SECONDS):
            if name not in manager.list_kernel_ids():
                break
            await asyncio.sleep(0.1)
        return fork.pid, name in manager.list_kernel_ids()

    pid, listed = in_its_own_loop(culled())
    assert not listed
    assert gone(pid)


def test_the_provisioner_is_registered_under_its_name() -> None:
    from importlib.metadata import entry_points

    (entry,) = entry_points(group="jupyter_client.kernel_provisioners", name=spec.PROVISIONER)
    assert entry.load() is provisioner.WarmProvisioner
    assert issubclass(entry.load(), LocalProvisioner)
