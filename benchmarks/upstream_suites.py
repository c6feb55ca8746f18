"""Run jupyter_client's, ipykernel's and nbgrader's own tests with warm kernels as the default.

    pip download --no-deps --no-binary :all: --no-build-isolation -d FOLDER jupyter_client ipykernel
    pip download --no-deps --no-binary nbgrader -d FOLDER nbgrader
    python benchmarks/upstream_suites.py FOLDER [--only NAME] [pytest's arguments]

What the suites need beside the archives: pytest-asyncio, pytest-jupyter, pytest-timeout, flaky,
pytest-cov, pytest-rerunfailures.
FOLDER holds the source archives, of the versions installed. The tests run twice: with kernels as
they come, and with `academy-warm` as the default provisioner. Printed are the tests that pass the
ordinary way and fail the warm way.
"""

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from course.warm import spec

# Those that start kernels.
SUITES = {
    "jupyter_client": (
        "tests/test_kernelmanager.py",
        "tests/test_client.py",
        "tests/test_restarter.py",
        "tests/test_multikernelmanager.py",
        "tests/test_public_api.py",
    ),
    "ipykernel": (
        "tests/test_kernel.py",
        "tests/test_async.py",
        "tests/test_message_spec.py",
        "tests/test_subshells.py",
        "tests/test_start_kernel.py",
    ),
    "nbgrader": (
        "nbgrader/tests/apps/test_nbgrader_autograde.py",
        "nbgrader/tests/apps/test_nbgrader_validate.py",
        "nbgrader/tests/apps/test_nbgrader_generate_assignment.py",
        "nbgrader/tests/apps/test_nbgrader_generate_solution.py",
        "nbgrader/tests/test_validator.py",
        "nbgrader/tests/preprocessors/test_instantiatetests.py",
        "nbgrader/tests/preprocessors/test_saveautogrades.py",
    ),
}

# A plugin of pytest's, to know that the tests' kernels were forked and not started the ordinary way.
COUNT = """
from pathlib import Path
from course.warm.client import WarmParent

fork_kernel, tally = WarmParent.fork_kernel, Path("forks").absolute()

def counting(self, *arguments, **named):
    child = fork_kernel(self, *arguments, **named)
    with tally.open("a") as file:
        file.write("|")
    return child

WarmParent.fork_kernel = counting
"""


def run(folder: Path, files: tuple[str, ...], warm: bool, more: list[str]) -> dict[str, str]:
    """Give each test's outcome."""
    environment = {**os.environ, "WARM_KERNEL_MODULES": ""}
    # nbgrader calls the program `alembic`, which stands beside this Python.
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    if warm:
        environment = spec.as_default(environment)
    present = [file for file in files if (folder / file).exists()]
    command = [sys.executable, "-m", "pytest", "-rA", "-q", "--tb=line", "--color=no", "-W", "ignore"]
    for setting in ("addopts=", "xfail_strict=false", "asyncio_default_fixture_loop_scope=function"):
        command += ["-o", setting]
    (folder / "count_forks.py").write_text(COUNT)
    command += ["-p", "count_forks", *present, *more]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    told: dict[str, str] = {}
    for outcome, name in re.findall(r"^(PASSED|FAILED|ERROR) (\S+::[^\s]+)", done.stdout, re.M):
        told[name] = outcome
    if not told:
        print(done.stdout[-2000:], done.stderr[-2000:])
    if warm:
        forks = folder / "forks"
        print(f"{folder.name}: {len(forks.read_text()) if forks.exists() else 0} kernels were forked")
    return told


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("archives", type=Path)
    options.add_argument("--only", choices=SUITES)
    chosen, more = options.parse_known_args()
    for name, files in SUITES.items():
        if chosen.only not in (None, name):
            continue
        (archive,) = chosen.archives.glob(f"{name}-*.tar.gz")
        with tempfile.TemporaryDirectory() as folder:
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
            (source,) = Path(folder).iterdir()
            ordinary, warm = (run(source, files, warm, more) for warm in (False, True))
        passed = [test for test, outcome in ordinary.items() if outcome == "PASSED"]
        lost = [test for test in passed if warm.get(test) != "PASSED"]
        print(f"{archive.name}: {len(passed)} of {len(ordinary)} pass the ordinary way, ", end="")
        print(f"{len(passed) - len(lost)} of these warm")
        for test in lost:
            print(f"  not warm: {test} ({warm.get(test, 'not run')})")
        for test, outcome in warm.items():
            if outcome == "PASSED" and ordinary.get(test) != "PASSED":
                print(f"  only warm: {test}")


if __name__ == "__main__":
    main()
