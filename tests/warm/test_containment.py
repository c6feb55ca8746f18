"""Each layer stops what it is there to stop; and the whole stops all of it."""

import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from course.warm import containment
from course.warm.client import WarmParent
from course.warm.containment import MIB, Containment, Limits, layers_available

ACTS = "warm_acts"
SMALL = Limits(memory=256 * MIB, cpu=2, files=32, file_size=4 * MIB, processes=12)


@pytest.fixture(scope="module")
def parent() -> WarmParent:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        parent = WarmParent([ACTS], adopt=True)
        parent.start()
        yield parent
        parent.close()


@pytest.fixture(scope="module")
def available() -> set[str]:
    return {layer.name for layer in layers_available() if layer.on}


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    folder = tmp_path / "solutions"
    folder.mkdir()
    (folder / "answers.txt").write_text("42")
    return folder


@pytest.fixture
def inside(parent: WarmParent, scratch: Path, secret: Path, tmp_path: Path) -> Any:
    """Run an act in a contained fork, and give its outcome."""
    spec = Containment(str(scratch), scratch_size=8 * MIB, hide=(str(secret),), limits=SMALL)

    def run(act: str, *arguments: Any) -> str:
        call = parent.fork_call(
            f"{ACTS}:outcome", act, *arguments, cwd=str(tmp_path), containment=spec, deadline=100
        )
        try:
            return call.result(120)
        finally:
            call.end()

    return run


def only(parent: WarmParent, layer: str, spec: Containment, act: str, *arguments: Any) -> str:
    """Run an act in a fork with one layer on and no other; give its outcome."""
    call = parent.fork_call(
        f"{ACTS}:with_one_layer", layer, asdict(spec), act, *arguments, cwd=spec.scratch, deadline=100
    )
    try:
        return call.result(120)
    finally:
        call.end()


def test_every_layer_says_what_it_stops_and_what_is_lost_without_it() -> None:
    for layer in layers_available():
        assert layer.stops.endswith(".")
        assert layer.without.endswith(".")
        assert layer.on == (not layer.reason)


def test_a_layer_that_cannot_be_had_is_named_and_the_rest_go_on(
    parent: WarmParent, scratch: Path, tmp_path: Path
) -> None:
    call = parent.fork_call(
        f"{ACTS}:enter_without_namespaces", asdict(Containment(str(scratch))), cwd=str(tmp_path)
    )
    layers = {layer["name"]: layer for layer in call.result(120)}
    call.end()
    assert not layers["mount"]["on"]
    assert "no mount namespace" in layers["mount"]["reason"]
    assert layers["limits"]["on"]
    assert layers["hidden"]["on"]


def test_elsewhere_than_on_linux_every_layer_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containment.sys, "platform", "win32")
    layers = layers_available()
    assert len(layers) == len(containment.MEANING)
    assert {layer.reason for layer in layers} == {"not to be had on win32"}


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX])
def test_no_socket_can_be_opened(inside: Any, family: int) -> None:
    assert inside("open_socket", int(family)) == "PermissionError"


def test_seccomp_alone_stops_sockets_namespaces_and_mounts(
    parent: WarmParent, scratch: Path, available: set[str]
) -> None:
    if "seccomp" not in available:
        pytest.skip("this machine has no seccomp")
    spec = Containment(str(scratch))
    assert only(parent, "seccomp", spec, "open_socket", int(socket.AF_INET)) == "PermissionError"
    assert only(parent, "seccomp", spec, "new_namespace") == "OSError 1"
    assert only(parent, "seccomp", spec, "run", "echo works") == "works"


def test_landlock_alone_stops_reading_and_writing_outside(
    parent: WarmParent, scratch: Path, secret: Path, available: set[str]
) -> None:
    if "landlock" not in available:
        pytest.skip("this machine has no Landlock")
    spec = Containment(str(scratch), hide=(str(secret),))
    assert only(parent, "landlock", spec, "read", str(secret / "answers.txt")) == "PermissionError"
    assert only(parent, "landlock", spec, "read", "/etc/shadow") == "PermissionError"
    assert only(parent, "landlock", spec, "write", str(secret.parent / "new")) == "PermissionError"
    assert only(parent, "landlock", spec, "memory_of", os.getpid()) == "PermissionError"
    assert only(parent, "landlock", spec, "read", str(scratch / "data.csv")).startswith("a,b")
    assert only(parent, "landlock", spec, "write", str(scratch / "new")) == "written"
    assert (scratch / "new").exists()


def test_the_mount_namespace_alone_hides_and_bounds(
    parent: WarmParent, scratch: Path, secret: Path, available: set[str]
) -> None:
    if "mount" not in available:
        pytest.skip("this machine has no mount namespace")
    spec = Containment(str(scratch), scratch_size=4 * MIB, hide=(str(secret),))
    assert only(parent, "mount", spec, "read", str(secret / "answers.txt")) == "FileNotFoundError"
    assert only(parent, "mount", spec, "write", os.path.join(sys.prefix, "new")) == "OSError"
    assert int(only(parent, "mount", spec, "write_much", str(scratch), 10)) <= 4
    assert only(parent, "mount", spec, "read", "data.csv").startswith("a,b")
    assert [path.name for path in scratch.iterdir()] == ["data.csv"]


def test_a_hidden_folder_cannot_be_read_though_python_lies_within_it(
    parent: WarmParent, scratch: Path, tmp_path: Path
) -> None:
    around = str(Path(sys.prefix).parent)
    spec = Containment(str(scratch), hide=(around,))
    call = parent.fork_call(f"{ACTS}:outcome", "import_late", cwd=str(tmp_path), containment=spec)
    assert call.result(120) == "imported decimal sqlite3"
    assert {layer.name for layer in call.layers if not layer.on} <= {"user"}
    call.end()


def test_hidden_files_cannot_be_read(inside: Any, secret: Path) -> None:
    assert inside("read", str(secret / "answers.txt")) in ("PermissionError", "FileNotFoundError")
    assert inside("run", f"cat {secret}/answers.txt") == ""


def test_nothing_outside_the_scratch_folder_can_be_written(inside: Any, tmp_path: Path) -> None:
    assert inside("write", "/etc/new") in ("PermissionError", "OSError")
    inside("write", str(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_the_scratch_folder_can_be_read_and_written_to_its_limit(inside: Any, scratch: Path) -> None:
    assert inside("read", "data.csv") == "a,b\n1,2\n"
    assert inside("write", "new.txt") == "written"
    assert int(inside("write_much", str(scratch), 20)) <= 8


def test_a_file_cannot_grow_past_its_limit(inside: Any) -> None:
    assert inside("write", "small", 1 * MIB // 64) == "written"
    assert inside("write_block", "big", 5 * MIB) == "OSError"


def test_memory_is_limited(inside: Any) -> None:
    assert inside("take_memory", 64) == "64 MiB"
    assert inside("take_memory", 1024) == "MemoryError"


def test_open_files_are_limited(inside: Any) -> None:
    assert int(inside("open_many", 1000)) < 32


def test_processor_time_is_limited(parent: WarmParent, scratch: Path, tmp_path: Path) -> None:
    spec = Containment(str(scratch), limits=replace(SMALL, cpu=1))
    call = parent.fork_call(f"{ACTS}:spin", 600.0, cwd=str(tmp_path), containment=spec, deadline=300)
    assert call.wait(400) != 0
    assert not call.late
    call.end()


def test_a_fork_bomb_is_limited(inside: Any, available: set[str]) -> None:
    if "processes" not in available:
        pytest.skip("this machine lets nobody limit processes")
    assert int(inside("fork_many", 200)) <= 12


def test_the_parent_and_other_processes_cannot_be_signalled_or_read(inside: Any, parent: WarmParent) -> None:
    assert inside("signal_process", parent.pid) in ("ProcessLookupError", "PermissionError")
    assert inside("signal_process", os.getpid()) in ("ProcessLookupError", "PermissionError")
    assert inside("memory_of", os.getpid()) in ("FileNotFoundError", "PermissionError")


def test_layers_cannot_be_taken_off_again(inside: Any, secret: Path) -> None:
    assert inside("unmount", str(secret)) == "OSError 1"
    assert inside("new_namespace") == "OSError 1"


def test_programs_still_run_inside(inside: Any) -> None:
    assert inside("run", "echo hello; wc -l < data.csv") == "hello\n2"


def test_nothing_that_should_be_impossible_is_possible(
    parent: WarmParent, scratch: Path, secret: Path, tmp_path: Path, available: set[str]
) -> None:
    spec = Containment(str(scratch), hide=(str(secret),))
    call = parent.fork_call(f"{ACTS}:still_possible", asdict(spec), cwd=str(tmp_path), containment=spec)
    assert call.result(120) == []
    call.end()
    call = parent.fork_call(f"{ACTS}:still_possible", asdict(spec), cwd=str(tmp_path))
    assert len(call.result(120)) == 4
    call.end()


def test_no_control_group_is_left_behind(inside: Any, parent: WarmParent, scratch: Path) -> None:
    call = parent.fork_call(f"{ACTS}:fork_many", 5, cwd=str(scratch), containment=Containment(str(scratch)))
    groups = [folder for _, folder, _ in containment._control_groups(call.pid)]
    call.result(120)
    call.end()
    for _ in range(600):  # the parent hears of the end a moment later, and tidies up when the next call ends
        inside("run", "true")
        if not any(folder.exists() for folder in groups):
            break
    assert not [folder for folder in groups if folder.exists()]


def test_an_ordinary_user_is_contained_too() -> None:
    """As root some layers come for nothing; the rest of the world is not root."""
    if os.getuid() != 0:
        pytest.skip("this is run by an ordinary user already")
    python = os.path.realpath(sys.executable)
    as_nobody = ["setpriv", "--reuid=65534", "--clear-groups", python, "-c"]
    if subprocess.run([*as_nobody, "1"], capture_output=True).returncode:
        pytest.skip("the other user cannot run this Python")
    program = Path(containment.__file__).read_text() + (
        "\nspec = Containment.from_json(json.loads(sys.argv[1]))\n"
        "layers = enter(spec)\nprint(json.dumps([[l.name for l in layers if l.on], still_possible(spec)]))\n"
    )
    # Not in pytest's own folder, which each run of pytest shuts to other users again.
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o755)
        scratch, secret = Path(home, "scratch"), Path(home, "solutions")
        for folder in (scratch, secret):
            folder.mkdir()
            (folder / "file").write_text("something")
            os.chown(folder, 65534, 65534)
        done = subprocess.run(
            [*as_nobody, program, json.dumps(asdict(Containment(str(scratch), hide=(str(secret),))))],
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    on, possible = json.loads(done.stdout)
    assert {"limits", "processes", "seccomp", "landlock", "hidden"} <= set(on)
    assert possible == []


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the list to compare with is for this machine")
def test_the_filters_numbers_are_those_of_the_system() -> None:
    """Against the kernel's own header, where it is installed."""
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if not header.exists():
        pytest.skip("the kernel's headers are not installed")
    numbers = dict(
        line.split()[1:3] for line in header.read_text().splitlines() if line.startswith("#define __NR_")
    )
    machine = containment._MACHINES["x86_64"]
    for name in ("clone", "clone3", "socket", "ioctl"):
        assert machine[name] == int(numbers[f"__NR_{name}"])
    denied = {name[5:] for name, number in numbers.items() if int(number) in machine["denied"]}
    wanted = {"ptrace", "mount", "umount2", "unshare", "setns", "bpf", "kexec_load", "keyctl", "init_module"}
    assert wanted <= denied
    assert not denied & {"read", "write", "execve", "futex", "mmap", "openat", "kill", "wait4", "prlimit64"}
