"""The committed scripts are what their sources give, and name the licences of what they contain."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import course.portal

FRONTEND = Path(course.portal.__file__).parent / "frontend"
STATIC = FRONTEND.parent / "static"


@pytest.mark.skipif(
    not (FRONTEND / "node_modules").is_dir() or shutil.which("npx") is None,
    reason="The scripts' packages are not installed: run `npm ci` in course/portal/frontend to compare.",
)
def test_the_bundles_are_what_their_sources_give(tmp_path):
    subprocess.run(["sh", str(FRONTEND / "build.sh"), str(tmp_path)], check=True)
    for name in ("host.js", "vega.js", "LICENSES.txt"):
        assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes(), name


def test_every_package_in_the_lock_file_is_pinned_and_names_no_address():
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: p for name, p in lock["packages"].items() if name}
    assert all("integrity" in p and "version" in p and "resolved" not in p for p in packages.values())
    assert all(v[0].isdigit() for v in lock["packages"][""]["devDependencies"].values())


def test_the_notice_names_vega_and_its_licence():
    notice = (STATIC / "LICENSES.txt").read_text(encoding="utf-8")
    for package in ("vega 6.", "vega-lite 6.", "vega-interpreter 2.", "d3-array"):
        assert package in notice
