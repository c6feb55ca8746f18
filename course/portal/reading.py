"""What visitors get who come while as many pages are open as the computer has room for.

They get the reading edition (`course.portal.site`), which a classroom keeps in a folder of its own: no
kernel runs for it. It is written anew, with what the processor has to spare, where lessons were changed.
"""

import atexit
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from markupsafe import Markup

from course import places
from course.syllabus import content

PAGE_BYTES = 48 << 20  # what an exercise's kernel was measured to add; a lesson's adds less than half
KEPT_FREE = 1 << 30
PAGE_FILES = 16  # open sockets of one page: its browser's and its kernel's
FEWEST = 4
STAMP = "made-from.txt"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}


def most_pages() -> int:
    """Return how many pages with a kernel may be open at once: what memory and sockets allow now (Linux)."""
    import resource  # not on Windows, where there is no classroom either

    memory = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    assert memory is not None
    free = int(memory[1]) << 10
    with contextlib.suppress(OSError, ValueError):  # no container's limit
        free = min(free, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(FEWEST, min((free - KEPT_FREE) // PAGE_BYTES, files // PAGE_FILES))


def made_from() -> str:
    """Return a line for each file that an edition is made from: when it was changed."""
    folders = [content() / part for part in ("modules", "exercises")]
    folders += [places.REPOSITORY / "course", places.REPOSITORY / "datasets", places.SOLUTIONS]
    kinds = {".md", ".py", ".js", ".css", ".j2", ".csv", ".json", ".yml", ".ipynb"}
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in kinds)
    return "".join(f"{path} {path.stat().st_mtime_ns}\n" for path in files)


def is_current(folder: Path) -> bool:
    """Tell whether a folder holds an edition of what there is now."""
    try:
        return (folder / STAMP).read_text(encoding="utf-8") == made_from()
    except OSError:
        return False


def renew(folder: Path) -> None:
    """Write the edition into a folder; what was there is replaced once all is written.

    Raises
    ------
    InputError
        As `course.portal.site.build`; then what was there stays.
    """
    from course.portal import site  # a server that only sends the edition does without explorers and pandas

    new, stamp = folder.with_name(folder.name + ".new"), made_from()
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    site.build(new)
    (new / STAMP).write_text(stamp, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)


def renew_meanwhile(folder: Path) -> None:
    """Have another process see to it that a folder holds a current edition, after everything else."""
    program = "import os, sys; os.nice(19); from course.portal import reading; reading.main(sys.argv[1])"
    worker = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # it has processes of its own, which are to end with it
    )
    atexit.register(_end_group, worker.pid)


def _end_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def main(folder: str) -> None:
    """Renew the edition where it is not current."""
    if not is_current(Path(folder)):
        renew(Path(folder))


def page(folder: Path, name: str, academy: str) -> bytes | None:
    """Return a file of the edition, such as `lesson/m04.html`; None where there is none.

    A page says at its top why it is shown, and leads to its like at the address `academy`.
    """
    path = (folder / name).resolve()
    if path.suffix not in KINDS or not path.is_relative_to(folder.resolve()) or not path.is_file():
        return None
    raw = path.read_bytes()
    if path.suffix != ".html":
        return raw
    notice = Markup(
        '<p class="sva-notice">This is the reading version: the academy had no room for one more page with '
        'everything. What you do here is not kept. <a href="{}">Open the full page</a></p>'
    ).format(academy + (name.removesuffix(".html") if "/" in name else ""))
    before, main, after = raw.decode().partition('tabindex="-1">')
    return f"{before}{main}{notice}{after}".encode()
