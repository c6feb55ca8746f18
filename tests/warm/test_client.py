"""The parent and its forks."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course.warm import client
from course.warm.client import WarmError, WarmParent

ACTS = "warm_acts"
SECONDS = 120  # far more than anything here takes, so that a slow machine changes nothing


def gone(pid: int, seconds: float = 120) -> bool:
    """Whether the process ends within some seconds; a zombie has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.01)
    return False


def children(pid: int) -> list[int]:
    """The processes whose parent this is, as the system lists them; those that have ended are not counted."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(stat.parent.name))
    return found


@pytest.fixture(scope="module", autouse=True)
def _importable() -> None:
    """Let the parents started here import this module's acts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        yield


@pytest.fixture(scope="module")
def small(_importable: None) -> WarmParent:
    parent = WarmParent(["numpy", ACTS], adopt=True)
    parent.start()
    yield parent
    parent.close()


def test_a_call_gives_the_functions_value(small: WarmParent, tmp_path: Path) -> None:
    call = small.fork_call("os.path:join", "a", "b", cwd=str(tmp_path))
    assert call.result(SECONDS) == "a/b"
    assert call.end(SECONDS) == 0


def test_a_fork_has_its_own_folder_environment_time_zone_and_session(
    small: WarmParent, tmp_path: Path
) -> None:
    call = small.fork_call(f"{ACTS}:about", cwd=str(tmp_path), env={"TZ": "XXX-3", "ONLY": "this"})
    about = call.result(SECONDS)
    call.end()
    assert about["cwd"] == str(tmp_path)
    assert about["environment"] == {"TZ": "XXX-3", "ONLY": "this"}
    assert (about["hour"], about["local hour"]) == ("00", "03")
    assert about["pid"] == about["session"] == call.pid


def test_a_fork_has_four_open_files_and_one_thread(small: WarmParent, tmp_path: Path) -> None:
    call = small.fork_call(f"{ACTS}:about", cwd=str(tmp_path))
    about = call.result(SECONDS)
    call.end()
    assert (about["files"], about["threads"]) == (4, 1)


def test_forks_draw_different_random_numbers(small: WarmParent, tmp_path: Path) -> None:
    drawn = set()
    for _ in range(3):
        call = small.fork_call(f"{ACTS}:about", cwd=str(tmp_path))
        drawn.add(call.result(SECONDS)["numpy"])
        call.end()
    assert len(drawn) == 3


@pytest.mark.parametrize(("act", "code"), [("leave", 7), ("kill_self", -signal.SIGKILL)])
def test_the_exit_status_is_told(small: WarmParent, tmp_path: Path, act: str, code: int) -> None:
    call = small.fork_call(f"{ACTS}:{act}", *([7] if act == "leave" else []), cwd=str(tmp_path))
    with pytest.raises(WarmError, match="without a result"):
        call.result(SECONDS)
    assert call.end() == code


def test_an_error_in_the_function_is_told_in_words(small: WarmParent, tmp_path: Path) -> None:
    call = small.fork_call(f"{ACTS}:fail", cwd=str(tmp_path))
    with pytest.raises(WarmError, match="ValueError: no such luck"):
        call.result(SECONDS)
    call.end()


def test_at_its_deadline_a_call_is_killed_with_all_it_started(small: WarmParent, tmp_path: Path) -> None:
    told = tmp_path / "pids"
    call = small.fork_call(f"{ACTS}:sleep_with_children", str(told), cwd=str(tmp_path), deadline=6)
    with pytest.raises(WarmError, match="deadline"):
        call.result(SECONDS)
    assert call.late
    call.end()
    assert all(gone(int(pid)) for pid in told.read_text().split())


def test_a_daemon_left_behind_is_ended_with_its_call(small: WarmParent, tmp_path: Path) -> None:
    told = tmp_path / "pid"
    call = small.fork_call(f"{ACTS}:leave_daemon", str(told), cwd=str(tmp_path))
    call.result(SECONDS)
    call.end(5)
    assert gone(int(told.read_text()))


# In a process of its own, where nothing else opens or closes files meanwhile.
MANY = """
import json, os, sys, time
from course.warm.client import WarmParent
from test_client import children

def held():
    return [len(os.listdir(f"/proc/{pid}/fd")) for pid in (os.getpid(), parent.pid)] + [children(parent.pid)]

def settled(wanted=None):  # the parent hears of an end a moment after the caller
    for _ in range(6000):
        last, now = now_or_none.get("now"), held()
        now_or_none["now"] = now
        if now == wanted or (wanted is None and now == last and not now[2]):
            break
        time.sleep(0.02)
    return now

now_or_none = {}
parent = WarmParent(["json"], adopt=True)
parent.start()
for number in range(41):
    call = parent.fork_call("os:getpid", cwd=".")
    assert call.result(120) == call.pid
    call.end(120)
    if number == 0:
        before = settled()
print(json.dumps([before, settled(before)]))
"""


def test_no_process_and_no_open_file_is_left_after_many_calls(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", MANY], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    before, after = json.loads(done.stdout)
    assert after == before
    assert after[2] == []


def test_a_handle_thrown_away_leaves_nothing(small: WarmParent, tmp_path: Path) -> None:
    call = small.fork_call("os:getpid", cwd=str(tmp_path))
    pid = call.pid
    del call
    assert gone(pid)


def test_when_the_parent_dies_its_forks_die_and_the_next_call_has_a_new_parent(tmp_path: Path) -> None:
    first = client.shared([ACTS])
    call = first.fork_call("time:sleep", 1000, cwd=str(tmp_path))
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    assert call.wait(SECONDS) == -signal.SIGKILL
    assert gone(call.pid)
    second = client.shared([ACTS])
    assert second.pid != first.pid
    again = second.fork_call("os:getcwd", cwd=str(tmp_path))
    assert again.result(SECONDS) == str(tmp_path)
    again.end()
    second.close()


def test_when_a_source_changes_the_next_call_has_a_new_parent_and_the_old_fork_lives_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    source = tmp_path / "under_work.py"
    source.write_text("def answer():\n    return 1\n")
    first = client.shared(["under_work"])
    old = first.fork_call("time:sleep", 1000, cwd=str(tmp_path))
    source.write_text("def answer():\n    return 22\n")
    os.utime(source, ns=(1, 1))
    second = client.shared(["under_work"])
    assert second is not first
    call = second.fork_call("under_work:answer", cwd=str(tmp_path))
    assert call.result(SECONDS) == 22
    call.end()
    assert old.poll() is None
    old.end()
    assert first.pid is not None
    assert gone(first.pid)
    second.close()


def test_when_a_package_is_installed_the_parent_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.site, "getsitepackages", lambda: [str(tmp_path)])
    parent = WarmParent([])
    parent.start()
    assert parent.fresh()
    (tmp_path / "new-1.0.dist-info").mkdir()
    os.utime(tmp_path, ns=(1, 1))
    assert not parent.fresh()
    parent.close()


def test_a_module_that_starts_a_thread_is_named_and_no_fork_is_made() -> None:
    parent = WarmParent(["json", f"{ACTS}:start_thread"])
    with pytest.raises(WarmError, match=f"thread is running, started by {ACTS}:start_thread"):
        parent.start()
    parent.close()


def test_an_open_zeromq_context_forbids_forks() -> None:
    parent = WarmParent([f"{ACTS}:open_context"])
    with pytest.raises(WarmError, match="ZeroMQ"):
        parent.start()
    parent.close()


def test_a_module_that_cannot_be_imported_is_passed_over_and_told() -> None:
    parent = WarmParent(["no_such_module", "json"])
    parent.start()
    assert list(parent.failed) == ["no_such_module"]
    parent.close()


def test_when_the_caller_is_killed_parent_and_forks_end(tmp_path: Path) -> None:
    program = (
        "import sys, time; from course.warm.client import WarmParent; p = WarmParent(['json']); p.start();"
        "c = p.fork_call('time:sleep', 1000, cwd='.'); print(p.pid, c.pid, flush=True); time.sleep(1000)"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert caller.stdout is not None
    pids = [int(pid) for pid in caller.stdout.readline().split()]
    caller.kill()
    caller.wait()
    caller.stdout.close()
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids)


def test_a_parent_started_in_a_thread_outlives_the_thread(tmp_path: Path) -> None:
    import threading

    parent = WarmParent(["json"])
    thread = threading.Thread(target=parent.start)
    thread.start()
    thread.join()
    call = parent.fork_call("os:getcwd", cwd=str(tmp_path))
    assert call.result(SECONDS) == str(tmp_path)
    call.end()
    parent.close()


# In a process of its own: to fork the tests' process, with all its threads, is not safe.
FORKED = """
import os, socket
from course.warm.client import WarmParent

parent = WarmParent(["json"])
parent.start()
ours, theirs = socket.socketpair()
if os.fork() == 0:
    call = parent.fork_call("os:getppid", cwd=".")
    theirs.send(str(call.result(120)).encode())
    call.end()
    parent.close()
    os._exit(0)
theirs.close()
told = int(ours.recv(100))
os.wait()
call = parent.fork_call("os:getppid", cwd=".")
print(told != parent.pid, call.result(120) == parent.pid)
"""


def test_a_fork_of_the_caller_has_a_parent_of_its_own_and_cannot_end_ours(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FORKED], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "True True\n", done.stderr


def test_where_forks_are_not_to_be_had_the_reason_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.sys, "platform", "darwin")
    with pytest.raises(WarmError, match="forks are not safe on darwin"):
        WarmParent([]).start()
