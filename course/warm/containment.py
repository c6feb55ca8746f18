"""Shut a process in before it runs work that nobody has vouched for.

Every layer is tried and each that cannot be had is named, with what that means. None needs
privileges or a program installed; Linux only, and elsewhere every layer is reported missing.
`enter` is called in a process that has one thread and will run nothing else, in practice a fresh
fork: there is no way back out.

Sources: man pages setrlimit(2), landlock(7), seccomp(2), namespaces(7), capabilities(7),
mount_setattr(2), cgroups(7).
"""

import contextlib
import ctypes
import errno
import functools
import json
import os
import platform
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one process may use; None leaves it as it is.

    Parameters
    ----------
    memory : int
        Bytes each process may take beyond what it starts with. Where the machine's control groups
        can be written, all processes of the job together may take twice that.
    cpu : int
        Seconds of processor time for each process.
    files : int
        Files open at once.
    file_size : int
        Bytes in any one file it writes.
    processes : int
        Processes and threads together. See the layer `processes`.
    """

    memory: int | None = None
    cpu: int | None = None
    files: int | None = None
    file_size: int | None = None
    processes: int | None = None


@dataclass(frozen=True)
class Containment:
    """How to shut a process in.

    Parameters
    ----------
    scratch : str
        The one folder it may write in. With the layer `mount`, what the folder holds is copied into
        memory, and what is written there is gone when the process ends.
    scratch_size : int
        Bytes that may be written there in all (layer `mount`).
    hide : tuple of str
        Folders of which nothing may be read, whatever else is readable.
    read : tuple of str
        Folders that may be read besides Python, its packages and the system's programs.
    write : tuple of str
        Folders that may be written besides, and keep what is written there. Where the scratch folder is
        among them, it is the machine's own, not a copy in memory.
    listen : bool
        Whether it may listen on sockets in those folders, as a Jupyter kernel does. It may never connect.
    limits : Limits
    """

    scratch: str
    scratch_size: int = 64 * MIB
    hide: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    listen: bool = False
    limits: Limits = field(
        default=Limits(memory=1024 * MIB, cpu=120, files=256, file_size=64 * MIB, processes=64)
    )

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Containment":
        """Build it again from what `dataclasses.asdict` gave, after a journey as JSON."""
        return cls(
            scratch=value["scratch"],
            scratch_size=value["scratch_size"],
            hide=tuple(value["hide"]),
            read=tuple(value["read"]),
            write=tuple(value["write"]),
            listen=value["listen"],
            limits=Limits(**value["limits"]),
        )


@dataclass(frozen=True)
class Layer:
    """One line of the table: what a layer does, and whether it is on.

    Parameters
    ----------
    name : str
    on : bool
    stops : str
        What it stops.
    reason : str
        Why it is off; empty where it is on.
    without : str
        What can happen without it.
    """

    name: str
    on: bool
    stops: str
    reason: str
    without: str


MEANING = {
    "limits": (
        "Using more memory, processor time, open files or disk per file than allowed.",
        "One submission could slow or fill the machine.",
    ),
    "processes": (
        "Starting processes without end.",
        "One submission could start so many processes that the machine stops answering.",
    ),
    "user": (
        "Keeping this user's privileges over the rest of the machine.",
        "The layers mount, network, ipc and pid are missing too, unless this user is root.",
    ),
    "mount": (
        "Changing any file outside the scratch folder, and filling the disk.",
        "The scratch folder has no limit in all, only one for each file; temporary files are shared.",
    ),
    "network": ("Reaching any other machine, or a server on this one.", "Only seccomp stops sockets."),
    "ipc": ("Sharing memory or semaphores with other processes.", "Other programs' shared memory is open."),
    "pid": (
        "Seeing or stopping other processes, or leaving one behind.",
        "Other processes can be seen; a process left behind is ended only when it is noticed.",
    ),
    "privileges": ("Using any privilege of root.", "Where this user is root, more can be undone."),
    "landlock": (
        "Reading any file but Python's and the system's, writing outside the scratch folder, "
        "and signalling other processes.",
        "Files that are not hidden by the layer mount can be read.",
    ),
    "seccomp": (
        "Opening sockets, tracing processes, mounting, and other calls into the system's depths.",
        "Sockets are stopped only by the layer network.",
    ),
    "hidden": (
        "Reading the folders that were named as hidden; tried from inside.",
        "A submission could read answers, tests or marks.",
    ),
}

_libc = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None

# The same numbers on every architecture since Linux 5.1, and those that differ.
_CALLS = {"landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446}
_MOUNT_SETATTR = 442
_DENIED_EVERYWHERE = (425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442)
_MACHINES: dict[str, dict[str, Any]] = {
    # ptrace, process_vm_*, mount family, chroot, unshare, setns, bpf, perf, kexec, reboot, modules, swap,
    # accounting, keys, userfaultfd, open_by_handle_at, kcmp, syslog, clocks, host name, fanotify, quotas
    "x86_64": {
        "audit": 0xC000003E,
        "clone": 56,
        "clone3": 435,
        "socket": 41,
        "connect": 42,
        "ioctl": 16,
        "denied": (101, 310, 311, 165, 166, 155, 161, 272, 308, 321, 298, 246, 320, 169, 175, 176, 313)
        + (167, 168, 163, 248, 249, 250, 323, 304, 312, 103, 164, 227, 159, 305, 170, 171, 172, 173, 300)
        + (179,),
    },
    "aarch64": {
        "audit": 0xC00000B7,
        "clone": 220,
        "clone3": 435,
        "socket": 198,
        "connect": 203,
        "ioctl": 29,
        "denied": (117, 270, 271, 40, 39, 41, 51, 97, 268, 280, 241, 104, 294, 142, 105, 106, 273)
        + (224, 225, 89, 217, 218, 219, 282, 265, 272, 116, 170, 112, 171, 266, 161, 162, 262, 60),
    },
}
_NEW = {"user": 0x10000000, "mount": 0x20000, "network": 0x40000000, "ipc": 0x0C000000, "pid": 0x20000000}
_ANY_NAMESPACE = 0x7E020000
_PDEATHSIG, _CAPBSET_DROP, _NO_NEW_PRIVS, _SET_SECCOMP = 1, 24, 38, 22
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT, _MS_BIND = 1, 2, 4, 32, 4096
_MS_REC, _MS_PRIVATE = 1 << 14, 1 << 18
_TIOCSTI = 0x5412

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/proc", "/sys/devices/system/cpu")
# Not the whole of /etc, which holds passwords' hashes.
_ETC = [
    "alternatives", "bash.bashrc", "debian_version", "fonts", "group", "hosts", "inputrc", "ld.so.cache",
    "localtime", "locale.alias", "matplotlibrc", "mime.types", "nsswitch.conf", "os-release", "passwd",
    "profile", "protocols", "python3", "resolv.conf", "services", "ssl/certs", "ssl/openssl.cnf",
    "timezone",
]  # fmt: skip
_DEVICES = [f"/dev/{name}" for name in ["null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts"]]


def die_with_parent() -> None:
    """Have the system kill this process when the one that forked it ends."""
    _prctl(_PDEATHSIG, signal.SIGKILL)


def set_limits(limits: Limits) -> None:
    """Set the limits that setrlimit(2) knows on this process and all it starts."""
    import resource

    def put(which: int, value: int) -> None:
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits.memory is not None:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        put(resource.RLIMIT_AS, limits.memory + pages * resource.getpagesize())
    if limits.cpu is not None:
        # A fork starts its own count at nought.
        put(resource.RLIMIT_CPU, limits.cpu)
    if limits.files is not None:
        put(resource.RLIMIT_NOFILE, limits.files)
    if limits.file_size is not None:
        put(resource.RLIMIT_FSIZE, limits.file_size)
    if limits.processes is not None and os.getuid() != 0:
        running = sum(1 for _ in _threads_of(os.getuid()))
        put(resource.RLIMIT_NPROC, running + limits.processes)


def enter(spec: Containment) -> list[Layer]:
    """Shut this process in, and say which layers are on.

    With the layer `pid` the rest of the program runs in a further fork, while the process that
    called stays behind as its keeper and ends when it ends.

    Returns
    -------
    list of Layer
        In the order they were put on.
    """
    layers: dict[str, str] = {}
    scratch = os.path.realpath(spec.scratch)

    def tried(name: str, put_on: Callable[[], Any]) -> bool:
        try:
            put_on()
            layers[name] = ""
        except (OSError, AttributeError, ValueError) as slip:
            layers[name] = str(slip) or type(slip).__name__
        return not layers[name]

    tried("processes", lambda: _count_processes(spec.limits))
    root = os.getuid() == 0
    if not root:
        tried("user", _own_user)
    mounted = tried("mount", lambda: _unshare("mount"))
    tried("network", lambda: _unshare("network"))
    tried("ipc", lambda: _unshare("ipc"))
    if mounted:
        mounted = tried("mount", lambda: _mounts(spec, scratch))
    if tried("pid", lambda: _unshare("pid")):
        _keep_watch()
        if mounted:
            with contextlib.suppress(OSError):
                _mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV)
    temporary = "/tmp" if mounted else scratch
    os.environ.update(TMPDIR=temporary, HOME=temporary)
    tempfile.tempdir = None
    os.chdir(scratch)
    tried("limits", lambda: set_limits(spec.limits))
    tried("privileges", _drop_privileges)
    tried("landlock", lambda: _landlock(spec, scratch, mounted))
    tried("seccomp", lambda: _seccomp(spec.listen))
    tried("hidden", lambda: _all_hidden(spec))
    return [Layer(name, not why, MEANING[name][0], why, MEANING[name][1]) for name, why in layers.items()]


def layers_available() -> list[Layer]:
    """Try every layer in a process of its own, and say which this machine has.

    Returns
    -------
    list of Layer
        Empty reasons where a layer is on.
    """
    if sys.platform != "linux":
        why = f"not to be had on {sys.platform}"
        return [Layer(name, False, stops, why, without) for name, (stops, without) in MEANING.items()]
    with tempfile.TemporaryDirectory() as folder:
        secret = os.path.join(folder, "hidden")
        scratch = os.path.join(folder, "scratch")
        os.mkdir(secret)
        os.mkdir(scratch)
        Path(secret, "answers.txt").write_text("42")
        program = (
            "import json, sys; from dataclasses import asdict; from course.warm.containment import *;"
            "spec = Containment.from_json(json.loads(sys.argv[1]));"
            "print(json.dumps([asdict(layer) for layer in enter(spec)]), flush=True)"
        )
        # Processes of the ordinary start, not of a fork: this may be called where threads run.
        done = subprocess.Popen(
            [sys.executable, "-c", program, json.dumps(asdict(Containment(scratch, hide=(secret,))))],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        out, err = done.communicate(timeout=60)
        sweep(done.pid)
    if done.returncode:
        why = err.strip().splitlines()[-1] if err.strip() else f"the trial ended with {done.returncode}"
        return [Layer(name, False, stops, why, without) for name, (stops, without) in MEANING.items()]
    return [Layer(**layer) for layer in json.loads(out)]


def still_possible(spec: Containment) -> list[str]:
    """Try, from inside, what should be impossible; give a sentence for each thing that worked."""
    found = []

    def worked(sentence: str, attempt: Callable[[], Any]) -> None:
        try:
            attempt()
        except (OSError, ValueError):
            return
        found.append(sentence)

    worked("A socket could be opened.", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close())
    worked("A file could be written outside the scratch folder.", _write_outside)
    for folder in spec.hide:
        worked(
            f"The hidden folder {folder} could be read.", functools.partial(_read_any, folder, readable(spec))
        )
    worked("The process that started this one could be signalled.", _signal_outside)
    return found


def _write_outside() -> None:
    name = os.path.join(sys.prefix, f".written-by-{os.getpid()}")
    with open(name, "w"):
        pass
    os.unlink(name)


def _signal_outside() -> None:
    parent = os.getppid()
    if parent == 0:
        raise OSError(errno.ESRCH, "no process outside can be named")
    os.kill(parent, 0)


def _read_any(folder: str, kept: Iterable[str]) -> None:
    inside = (os.path.join(folder, name) for name in os.listdir(folder))
    # Python itself may lie in a hidden folder. It is kept, and so are the empty folders that lead to it.
    paths = [path for path in inside if not any(_inside(path, k) or _inside(k, path) for k in kept)]
    if not paths:
        raise OSError(errno.ENOENT, "nothing there")
    for path in paths:
        if os.path.isfile(path):
            with open(path, "rb") as file:
                file.read(1)


def _all_hidden(spec: Containment) -> None:
    kept = readable(spec)
    for folder in spec.hide:
        try:
            _read_any(os.path.realpath(folder), kept)
        except OSError:
            continue
        raise OSError(errno.EPERM, f"{folder} can be read")


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _prctl(option: int, value: int) -> None:
    assert _libc is not None
    long = ctypes.c_ulong
    _checked(_libc.prctl(option, long(value), long(0), long(0), long(0)), f"prctl {option}")


def _call(number: int, *arguments: Any, what: str) -> int:
    assert _libc is not None
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments), what)


def _unshare(name: str) -> None:
    assert _libc is not None
    _checked(_libc.unshare(_NEW[name]), f"no {name} namespace")


def _own_user() -> None:
    uid, gid = os.getuid(), os.getgid()
    _unshare("user")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _keep_watch() -> None:
    """Fork into the new pid namespace: the caller's code goes on in the fork, this process waits."""
    inner = os.fork()
    if inner == 0:
        die_with_parent()
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.closerange(0, 3)
    os.closerange(3, 1 << 16)
    _, status = os.waitpid(inner, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL) if -code not in (signal.SIGKILL, signal.SIGSTOP) else None
        os.kill(os.getpid(), -code)
    os._exit(code & 255)


def _mount(source: str | None, target: str, kind: str | None = None, flags: int = 0, data: str = "") -> None:
    assert _libc is not None
    encoded = [None if part is None else os.fsencode(part) for part in (source, target, kind)]
    result = _libc.mount(*encoded, ctypes.c_ulong(flags), os.fsencode(data) if data else None)
    _checked(result, f"cannot mount {target}")


def _read_only(path: str, on: bool = True) -> None:
    """Make the mount at `path` and all mounts below it read-only, or not any longer."""
    attributes, recursive = struct.pack("QQQQ", int(on), int(not on), 0, 0), 0x8000
    _call(
        _MOUNT_SETATTR,
        ctypes.c_int(-100),
        ctypes.c_char_p(os.fsencode(path)),
        ctypes.c_uint(recursive),
        ctypes.c_char_p(attributes),
        ctypes.c_size_t(len(attributes)),
        what=f"cannot make {path} {'read-only' if on else 'writable'}",
    )


def _mounts(spec: Containment, scratch: str) -> None:
    """Everything read-only; scratch, temporary folders and terminals fresh; hidden folders empty."""
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    was = os.open(scratch, os.O_PATH | os.O_DIRECTORY)
    hidden = [os.path.realpath(folder) for folder in spec.hide if os.path.isdir(folder)]
    needed = [path for path in readable(spec) if os.path.isdir(path)]
    written = [os.path.realpath(folder) for folder in spec.write]
    own = [(path, os.open(path, os.O_PATH | os.O_DIRECTORY)) for path in written]
    covered = [folder for folder in ("/tmp", "/dev/shm", *hidden) if os.path.isdir(folder)]
    # What lies inside a folder about to be covered is kept by a handle, and put back.
    kept = [
        (path, os.open(path, os.O_PATH | os.O_DIRECTORY))
        for path in needed
        if path not in (*hidden, *written) and any(_inside(path, folder) for folder in covered)
    ]
    _read_only("/")
    empty = _MS_NOSUID | _MS_NODEV
    for folder in covered:
        if os.path.isdir(folder):  # it may have gone with a folder around it
            _mount("tmpfs", folder, "tmpfs", empty, f"size={spec.scratch_size},mode=1777")
    for path, handle in kept:
        os.makedirs(path, exist_ok=True)
        _mount(f"/proc/self/fd/{handle}", path, None, _MS_BIND | _MS_REC)
        os.close(handle)
    for folder in hidden:
        if any(_inside(folder, path) for path, _ in kept) and os.path.isdir(folder):
            _mount("tmpfs", folder, "tmpfs", empty, "size=4096,mode=755")
    for path, handle in own:
        os.makedirs(path, exist_ok=True)
        _mount(f"/proc/self/fd/{handle}", path, None, _MS_BIND)
        _read_only(path, False)
        os.close(handle)
    if scratch not in written:
        os.makedirs(scratch, exist_ok=True)
        size = f"size={spec.scratch_size},nr_inodes=20000,mode=700"
        _mount("tmpfs", scratch, "tmpfs", empty, size)
        shutil.copytree(f"/proc/self/fd/{was}", scratch, symlinks=True, dirs_exist_ok=True)
    os.close(was)
    for folder in hidden:
        if os.path.ismount(folder):
            _mount(None, folder, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | empty)
    with contextlib.suppress(OSError):
        _mount("devpts", "/dev/pts", "devpts", _MS_NOSUID, "newinstance,ptmxmode=0666,mode=620")
        if not os.path.islink("/dev/ptmx"):
            _mount("/dev/pts/ptmx", "/dev/ptmx", None, _MS_BIND)
    os.chdir(scratch)


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def readable(spec: Containment) -> list[str]:
    """The folders and files a contained process may read: the system's, Python's, its packages'.

    Of a package installed from its source tree only the package's own folder is listed, never the
    tree it stands in, which may hold what is hidden.
    """
    named = (os.path.realpath(path) for path in (*spec.read, *spec.write) if os.path.exists(path))
    return sorted({*_always_readable(), *named})


@functools.cache
def _always_readable() -> frozenset[str]:
    # Kept for the forks of a warm parent: looking at every module takes longer than all layers together.
    paths = [*_SYSTEM, *(f"/etc/{name}" for name in _ETC), sys.prefix, sys.base_prefix]
    homes = [*(os.path.realpath(home) for home in (sys.prefix, sys.base_prefix)), "/usr", "/lib"]
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if "." in name or not file:
            continue
        where = os.path.realpath(os.path.dirname(file) if hasattr(module, "__path__") else file)
        if not any(_inside(where, home) for home in homes):
            paths.append(where)
    return frozenset(os.path.realpath(path) for path in paths if os.path.exists(path))


def _landlock(spec: Containment, scratch: str, private: bool) -> None:
    version = _call(
        _CALLS["landlock_create_ruleset"], None, ctypes.c_size_t(0), ctypes.c_uint(1), what="no Landlock"
    )
    everything = (1 << 13) - 1
    for since, bit in ((2, 13), (3, 14), (5, 15)):  # refer, truncate, ioctl on devices
        everything |= (1 << bit) if version >= since else 0
    network = 3 if version >= 4 else 0
    scopes = 3 if version >= 6 else 0  # abstract sockets, signals
    attributes = struct.pack("QQQ", everything, network, scopes)
    attributes = attributes[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = _call(
        _CALLS["landlock_create_ruleset"],
        ctypes.c_char_p(attributes),
        ctypes.c_size_t(len(attributes)),
        ctypes.c_uint(0),
        what="no Landlock",
    )
    read = 1 << 0 | 1 << 2 | 1 << 3  # execute, read a file, list a folder
    write = everything & ~(1 << 6 | 1 << 11)  # all but making devices
    of_files = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15
    if spec.write:
        write &= ~(1 << 12)  # no links, through which whoever reads there later would be led astray
    writable = [scratch, *spec.write, *_DEVICES, *(("/tmp", "/dev/shm") if private else ())]
    for rights, paths in ((read, readable(spec)), (write, writable)):
        for path in paths:
            try:
                handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            granted = rights & everything if os.path.isdir(path) else rights & everything & of_files
            rule = struct.pack("=Qi", granted, handle)
            _call(
                _CALLS["landlock_add_rule"],
                ctypes.c_int(rules),
                ctypes.c_int(1),
                ctypes.c_char_p(rule),
                ctypes.c_uint(0),
                what=f"Landlock refuses {path}",
            )
            os.close(handle)
    _prctl(_NO_NEW_PRIVS, 1)
    _call(_CALLS["landlock_restrict_self"], ctypes.c_int(rules), ctypes.c_uint(0), what="no Landlock")
    os.close(rules)


def _drop_privileges() -> None:
    """Give up every capability, for good; root keeps its user id and with it the files it owns."""
    _prctl(_NO_NEW_PRIVS, 1)
    for number in range(int(Path("/proc/sys/kernel/cap_last_cap").read_text()) + 1):
        with contextlib.suppress(OSError):  # not ours to drop: then we do not have it either
            _prctl(_CAPBSET_DROP, number)
    assert _libc is not None
    header = ctypes.create_string_buffer(struct.pack("Ii", 0x20080522, 0))
    none = ctypes.create_string_buffer(24)
    _checked(_libc.capset(header, none), "cannot drop privileges")


def _seccomp(listen: bool = False) -> None:
    """A filter for the Berkeley packet machine, written by hand: no library is needed.

    `listen`: sockets of this machine's own may be made (AF_UNIX, streams), but connected to nothing.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        raise OSError(errno.ENOSYS, f"no filter is written for {platform.machine()}")
    load, equal, at_least, any_bit, both, give = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
    allow, kill, refuse = 0x7FFF0000, 0x80000000, 0x00050000

    def step(code: int, then: int, otherwise: int, value: int) -> bytes:
        return struct.pack("HBBI", code, then, otherwise, value)

    low = 16 if sys.byteorder == "little" else 20  # low half of the first argument
    steps = [
        step(load, 0, 0, 4),
        step(equal, 1, 0, machine["audit"]),
        step(give, 0, 0, kill),
        step(load, 0, 0, 0),
        step(at_least, 0, 1, 0x40000000),  # the x32 calls, by which the list below could be passed by
        step(give, 0, 0, refuse | errno.ENOSYS),
        step(equal, 0, 1, machine["clone3"]),  # its flags cannot be read here; glibc falls back to clone
        step(give, 0, 0, refuse | errno.ENOSYS),
    ]
    refused = (*machine["denied"], *_DENIED_EVERYWHERE, machine["connect" if listen else "socket"])
    for number in refused:
        steps += [step(equal, 0, 1, number), step(give, 0, 0, refuse | errno.EPERM)]
    if listen:
        steps += [
            step(equal, 0, 7, machine["socket"]),
            step(load, 0, 0, low),
            step(equal, 0, 4, socket.AF_UNIX),
            step(load, 0, 0, low + 8),
            step(both, 0, 0, 0xF),
            step(equal, 0, 1, socket.SOCK_STREAM),
            step(give, 0, 0, allow),
            step(give, 0, 0, refuse | errno.EPERM),
        ]
    steps += [
        step(equal, 0, 4, machine["clone"]),
        step(load, 0, 0, low),
        step(any_bit, 0, 1, _ANY_NAMESPACE),
        step(give, 0, 0, refuse | errno.EPERM),
        step(give, 0, 0, allow),
        step(equal, 0, 4, machine["ioctl"]),
        step(load, 0, 0, low + 8),
        step(equal, 0, 1, _TIOCSTI),  # typing into a terminal
        step(give, 0, 0, refuse | errno.EPERM),
        step(give, 0, 0, allow),
        step(give, 0, 0, allow),
    ]
    program = ctypes.create_string_buffer(b"".join(steps))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(program)))
    _prctl(_NO_NEW_PRIVS, 1)
    assert _libc is not None
    long = ctypes.c_ulong
    _checked(_libc.prctl(_SET_SECCOMP, long(2), header, long(0), long(0)), "no seccomp")


def _control_groups(pid: int) -> Iterator[tuple[str, Path, bool]]:
    """Where the job led by `pid` has, or would have, its control groups; and whether of the second kind."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, names, path = line.split(":", 2)
        for name in ("pids", "memory"):
            if name in names.split(","):
                yield name, Path(f"/sys/fs/cgroup/{names}{path}", f"contained-{pid}"), False
        if not names and os.path.exists("/sys/fs/cgroup/cgroup.controllers"):
            yield "both", Path(f"/sys/fs/cgroup{path}", f"contained-{pid}"), True


def _count_processes(limits: Limits) -> None:
    """Hold the number of processes, and the memory of all together, by a control group of our own."""
    if limits.processes is None:
        raise ValueError("no limit was asked for")
    counted = False
    pid = os.getpid()
    total = None if limits.memory is None else 2 * limits.memory
    for name, folder, new in _control_groups(pid):
        try:
            folder.mkdir()
            if name in ("pids", "both"):
                (folder / "pids.max").write_text(str(limits.processes))
            if total is not None and name in ("memory", "both"):
                (folder / ("memory.max" if new else "memory.limit_in_bytes")).write_text(str(total))
            (folder / "cgroup.procs").write_text(str(pid))
        except OSError:
            with contextlib.suppress(OSError):
                folder.rmdir()
            continue
        counted = counted or name in ("pids", "both")
    if not counted and os.getuid() == 0:
        raise OSError(errno.EPERM, "the control group cannot be written, and root is not counted otherwise")


def sweep(pid: int, tries: int = 100) -> bool:
    """Kill whatever is left in the control groups of the job that `pid` led, and remove them.

    Called by the process that started the job, after it ended. A killed process takes a moment to
    be gone: `tries` are two milliseconds apart.

    Returns
    -------
    bool
        Whether nothing is left.
    """
    folders = {folder for _, folder, _ in _control_groups(pid)}
    for _ in range(tries):
        for folder in list(folders):
            with contextlib.suppress(OSError):
                for other in (folder / "cgroup.procs").read_text().split():
                    os.kill(int(other), signal.SIGKILL)
            with contextlib.suppress(OSError):
                folder.rmdir()
            if not folder.exists():
                folders.discard(folder)
        if not folders:
            return True
        time.sleep(0.002)
    return False


def _threads_of(uid: int) -> Iterator[str]:
    for process in os.listdir("/proc"):
        if process.isdigit():
            try:
                if os.stat(f"/proc/{process}").st_uid == uid:
                    yield from os.listdir(f"/proc/{process}/task")
            except OSError:
                continue
