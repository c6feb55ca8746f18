"""Functions that the tests run in forks."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from course.warm import containment


def outcome(name: str, *arguments: Any) -> str:
    """Run one of the functions below; give what it gave, or the error's name."""
    try:
        return str(globals()[name](*arguments))
    except BaseException as slip:
        # An error of a bare system call has no class of its own; then its number tells it.
        bare = type(slip) is PermissionError and name in ("new_namespace", "unmount")
        return f"OSError {slip.errno}" if bare else type(slip).__name__


def about() -> dict[str, Any]:
    """What this process is."""
    return {
        "pid": os.getpid(),
        "session": os.getsid(0),
        "cwd": os.getcwd(),
        "environment": dict(os.environ),
        "hour": time.strftime("%H", time.gmtime(0)),
        "local hour": time.strftime("%H", time.localtime(0)),
        "files": len(os.listdir("/proc/self/fd")) - 1,
        "threads": len(os.listdir("/proc/self/task")),
        "numpy": sys.modules["numpy"].random.rand() if "numpy" in sys.modules else None,
    }


def leave(code: int) -> None:
    sys.exit(code)


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    raise ValueError("no such luck")


def start_thread() -> None:
    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()


def open_context() -> None:
    import zmq

    zmq.Context.instance()


def sleep_with_children(path: str) -> None:
    """Start a child, and a child in a session of its own, tell their ids, and never end."""
    plain = subprocess.Popen(["sleep", "1000"])
    apart = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    Path(path).write_text(f"{plain.pid} {apart.pid}")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(1000)


def leave_daemon(path: str) -> None:
    """Leave a process behind that is nobody's child."""
    if os.fork() == 0:
        os.setsid()
        daemon = os.fork()
        if daemon:
            Path(path).write_text(str(daemon))
            os._exit(0)
        time.sleep(1000)
    while not Path(path).exists():
        time.sleep(0.01)


def open_socket(family: int) -> str:
    socket.socket(family, socket.SOCK_STREAM).close()
    return "opened"


def read(path: str) -> str:
    return Path(path).read_text()


def write(path: str, size: int = 1) -> str:
    with open(path, "wb") as file:
        for _ in range(size):
            file.write(b"x")
    return "written"


def write_much(folder: str, mebibytes: int) -> int:
    """Fill a folder with files of one mebibyte; give how many there was room for."""
    for number in range(mebibytes):
        try:
            Path(folder, f"fill-{number}").write_bytes(b"x" * (1 << 20))
        except OSError:
            return number
    return mebibytes


def take_memory(mebibytes: int) -> str:
    block = bytearray(mebibytes << 20)
    return f"{len(block) >> 20} MiB"


def spin(seconds: float) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return "done"


def fork_many(most: int) -> int:
    """Start processes until refused; give how many there were."""
    started = []
    with contextlib.suppress(OSError):
        while len(started) < most:
            pid = os.fork()
            if pid == 0:
                time.sleep(1000)
                os._exit(0)
            started.append(pid)
    for pid in started:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return len(started)


def open_many(most: int) -> int:
    files = []
    with contextlib.suppress(OSError):
        while len(files) < most:
            files.append(os.open(os.devnull, os.O_RDONLY))
    return len(files)


def signal_process(pid: int) -> str:
    os.kill(pid, 0)
    return "reached"


def memory_of(pid: int) -> str:
    with open(f"/proc/{pid}/mem", "rb") as file:
        return repr(file.fileno() > 0)


def unmount(path: str) -> str:
    assert containment._libc is not None
    containment._checked(containment._libc.umount2(os.fsencode(path), 2), "umount")
    return "unmounted"


def new_namespace() -> str:
    containment._unshare("user")
    return "made"


def run(command: str) -> str:
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False).stdout.strip()


def still_possible(spec: dict[str, Any]) -> list[str]:
    return containment.still_possible(containment.Containment.from_json(spec))


def write_block(path: str, size: int) -> str:
    with open(path, "wb", buffering=0) as file:
        left = size
        while left > 0:
            left -= file.write(b"x" * left)
    return "written"


def import_late() -> str:
    import decimal
    import sqlite3

    return f"imported {decimal.__name__} {sqlite3.__name__}"


def enter_without_namespaces(spec: dict[str, Any]) -> list[dict[str, Any]]:
    def refuse(name: str) -> None:
        raise OSError(1, f"no {name} namespace")

    containment._unshare = refuse
    return [asdict(layer) for layer in containment.enter(containment.Containment.from_json(spec))]


def with_one_layer(layer: str, spec: dict[str, Any], act: str, *arguments: Any) -> str:
    """Put one layer on, and no other, then run an act."""
    asked = containment.Containment.from_json(spec)
    if layer == "seccomp":
        containment._seccomp()
    elif layer == "landlock":
        containment._landlock(asked, asked.scratch, private=False)
    else:
        containment._unshare("mount")
        containment._mounts(asked, os.path.realpath(asked.scratch))
    return outcome(act, *arguments)
