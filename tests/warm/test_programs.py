"""Programs of others use warm kernels unchanged, by the kernel's name alone."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course import slow_import
from course.warm import spec

slow_import.mend()

WHOSE_FORK = "import os; 'course.warm' in open(f'/proc/{os.getppid()}/cmdline').read()"


def graded(grade_id: str, source: str, *, points: int = 0, solution: bool = False) -> nbformat.NotebookNode:
    cell = new_code_cell(source)
    cell.metadata.nbgrader = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": bool(points),
        "solution": solution,
        "locked": not solution,
        "task": False,
        **({"points": points} if points else {}),
    }
    return cell


def test_nbgrader_marks_by_kernel_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    # nbgrader calls the program `alembic`, which stands beside this Python.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    source = new_notebook(
        cells=[
            graded("answer", "### BEGIN SOLUTION\nx = 6\n### END SOLUTION", solution=True),
            graded("right", "assert x == 6", points=3),
            graded("wrong", "assert x == 7", points=2),
            new_code_cell(WHOSE_FORK),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    (tmp_path / "source" / "one").mkdir(parents=True)
    nbformat.write(source, tmp_path / "source" / "one" / "task.ipynb")
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    config.ExecutePreprocessor.kernel_name = "academy-warm"
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    assert api.generate_assignment("one")["success"]
    submitted = tmp_path / "submitted" / "ada" / "one"
    submitted.mkdir(parents=True)
    nbformat.write(source, submitted / "task.ipynb")
    done = api.autograde("one", "ada")
    assert done["success"], done.get("log")
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        marks = {
            grade.name: grade.auto_score for grade in book.find_submission("one", "ada").notebooks[0].grades
        }
    assert marks == {"right": 3, "wrong": 0}
    marked = nbformat.read(tmp_path / "autograded" / "ada" / "one" / "task.ipynb", as_version=4)
    assert marked.cells[-1].outputs[0].data["text/plain"] == "True"


def test_nbconvert_runs_a_notebook_by_kernel_name(tmp_path: Path) -> None:
    from nbconvert.preprocessors import ExecutePreprocessor

    nb, _ = ExecutePreprocessor(kernel_name="academy-warm").preprocess(
        new_notebook(cells=[new_code_cell(WHOSE_FORK)]), {"metadata": {"path": str(tmp_path)}}
    )
    assert nb.cells[0].outputs[0].data["text/plain"] == "True"


@contextlib.contextmanager
def voila(folder: Path, *sources: str, kernel: str) -> Iterator[tuple[str, Path]]:
    """Serve one notebook; give its address and the server's log."""
    metadata = {"kernelspec": {"name": kernel, "display_name": "Python 3", "language": "python"}}
    nb = new_notebook(cells=[new_code_cell(source) for source in sources], metadata=metadata)
    nbformat.write(nb, folder / "app.ipynb")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "voila", "app.ipynb", "--no-browser", f"--port={port}"]
    log = folder / "log"
    with log.open("w") as file:
        server = subprocess.Popen(command, cwd=folder, stderr=file, stdout=file, start_new_session=True)
    try:
        while True:
            assert server.poll() is None, log.read_text()
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/", log
    finally:
        server.terminate()
        server.wait(120)


def test_voila_shows_an_app_by_kernel_name(tmp_path: Path) -> None:
    with (
        voila(tmp_path, WHOSE_FORK + " and 'from a warm' + ' kernel'", kernel="academy-warm") as (address, _),
        urllib.request.urlopen(address, timeout=300) as page,
    ):
        assert "from a warm kernel" in page.read().decode()


SLIDER = """
import ipywidgets as w
slider, told = w.IntSlider(value=3, description="Weight"), w.Label()
def tell(change):
    told.value = f"{change.new} points"
slider.observe(tell, "value")
w.VBox([slider, told])
"""


@pytest.mark.browser
def test_voilas_widgets_answer_in_a_browser_with_the_settings_of_a_server(
    tmp_path: Path, chromium: Any
) -> None:
    settings = spec.server_settings(["course.errors"])
    (tmp_path / "voila.json").write_text(json.dumps(settings))
    with voila(
        tmp_path, SLIDER, WHOSE_FORK, "'course.errors' in __import__('sys').modules", kernel="python3"
    ) as (
        address,
        log,
    ):
        context = chromium.new_context()
        page = context.new_page()
        page.goto(address, timeout=300_000)
        handle = page.locator("[role=slider]")
        handle.wait_for(timeout=300_000)
        handle.focus()
        page.keyboard.press("ArrowRight")
        page.get_by_text("4 points").wait_for(timeout=300_000)
        assert page.get_by_text("True", exact=True).count() == 2, log.read_text()
        context.close()
