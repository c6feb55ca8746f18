"""Joint tables to play at: a store on each database, and a whole table played by code."""

from __future__ import annotations

import getpass
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from course.joint.store import Store


def _program(name: str) -> str | None:
    """Debian keeps the server's programs out of the path."""
    found = shutil.which(name)
    return found or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None
    )


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server started for these tests, on a socket of its own."""
    initdb, server = _program("initdb"), _program("postgres")
    if initdb is None or server is None:
        pytest.skip("PostgreSQL's programs initdb and postgres were not found.")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("The PostgreSQL driver psycopg is not installed.")
    folder = Path(tempfile.mkdtemp(prefix="academy-postgres-"))  # pytest's own folders are closed to others
    as_whom: dict[str, str] = {}
    user = getpass.getuser()
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = "nobody"
        as_whom = {"user": user}
        shutil.chown(folder, user)
        if not all(parent.stat().st_mode & 0o001 for parent in folder.parents):
            shutil.rmtree(folder)
            pytest.skip(f"PostgreSQL does not run as root, and no other user may enter {folder.parent}.")
    data = folder / "data"
    made = subprocess.run(
        [initdb, "-D", data, "-U", "academy", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        capture_output=True,
        text=True,
        cwd="/",
        **as_whom,
    )
    assert made.returncode == 0, made.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(
            [
                server,
                "-D",
                data,
                "-p",
                str(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "fsync=off",
                "-k",
                "",
            ],
            stdout=log,
            stderr=log,
            cwd="/",
            **as_whom,
        )
    try:
        for _ in range(600):
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert running.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield f"postgresql+psycopg://academy@127.0.0.1:{port}/postgres"
    finally:
        running.terminate()
        running.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'joint.sqlite'}")
    yield opened
    opened.close()
