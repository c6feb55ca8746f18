"""The pins people install by are the same everywhere."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent


def locked(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==([^ ;\\]+)", (ROOT / name).read_text(), re.M):
        found.setdefault(package, set()).add(version)
    return found


def test_conda_and_binder_get_the_locks_pins():
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text())
    pinned = dict(line.split("==") for line in wanted["dependencies"][-1]["pip"] if "==" in line)
    lock = locked("requirements.lock")
    assert {name: version for name, version in pinned.items() if version not in lock[name]} == {}
    asked = [re.split(r"[\[<>=]", line)[0] for line in project()["dependencies"]]
    assert sorted(pinned) == sorted([*asked, "editables", "hatchling"])


def test_environment_yml_is_what_its_generator_writes():
    code = "import environment as e; print(e.environment(), end='')"
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "requirements", capture_output=True, text=True, check=True
    )
    assert made.stdout == (ROOT / "environment.yml").read_text()


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_what_the_package_needs_is_what_is_locked():
    asked = [
        line
        for line in (ROOT / "requirements/runtime.in").read_text().splitlines()
        if line and line[0] != "#"
    ]
    assert sorted(set(asked) - {"editables", "hatchling"}) == sorted(project()["dependencies"])


def test_tests_run_on_the_versions_that_people_get():
    runtime, tests = locked("requirements.lock"), locked("requirements-test.lock")
    assert {name: tests.get(name) for name in runtime} == runtime


def test_every_locked_file_has_a_hash_and_no_address():
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text()
        entries = re.findall(r"^[\w.-]+==.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)+", text, re.M)
        assert len(entries) == len(re.findall(r"^[\w.-]+==", text, re.M))
        assert "://" not in text
