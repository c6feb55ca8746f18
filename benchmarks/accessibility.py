"""What axe-core says of every page: runs the browser tests and writes what the accessibility statement tells.

Takes about ten minutes on two cores.

    python -m benchmarks.accessibility
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from course import printing
from course.portal import accessibility

ROOT = Path(__file__).parent.parent
AXE = ROOT / "tests" / "assets" / "axe.min.js"
KINDS = [  # the first that fits a page's address names its kind
    (r"file:.*", "Reading edition"),
    (r"about:blank.*", "Leaflet and pages to print"),
    (r".*/academy/(?:reading/)?lesson/.*", "Lessons"),
    (r".*/academy/exercise/.*", "Exercises"),
    (r".*/academy/joint.*", "Joint table"),
    (r".*/academy/trainer.*", "Trainer’s pages"),
    (r".*", "The academy’s own pages"),
]


def kind(address: str) -> str:
    """Return what kind of page an address leads to, as the statement calls it."""
    return next(name for pattern, name in KINDS if re.fullmatch(pattern, address.split("?")[0].split("#")[0]))


def page(look: dict) -> str:
    """Return by what a page is told from others: its path, or its title where it was never at an address."""
    if look["address"].startswith("about:"):
        return look["title"]
    return look["address"].split("?")[0].split("#")[0].split("/", 3)[-1]


def summary(looks: Iterable[dict]) -> list[dict]:
    """Sum up looks at pages, as `tests/conftest.py` notes them, by kind of page.

    Returns
    -------
    list of dict
        The kind, its pages, the looks at them (some narrow, some dark), how often contrast was computed
        where axe left it open, and the faults found.
    """
    kinds: dict[str, list[dict]] = {name: [] for _, name in KINDS}
    for look in looks:
        kinds[kind(look["address"])].append(look)
    return [
        {
            "kind": name,
            "pages": len({page(look) for look in some}),
            "looks": len(some),
            "narrow": sum(look["width"] < 600 for look in some),
            "dark": sum(look["dark"] for look in some),
            "computed": sum(look["computed"] for look in some),
            "faults": sorted({fault for look in some for fault in look["faults"]}),
        }
        for name, some in kinds.items()
    ]


def main() -> None:
    """Run the browser tests, sum up what they saw, and write the record."""
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "looks.jsonl"
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-m", "browser", "-n", "2", "--dist", "loadfile"],
            cwd=ROOT,
            env={**os.environ, "ACADEMY_AXE_NOTES": str(notes)},
        )
        looks = [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]
    record = {
        "date": date.today().isoformat(),
        "axe": re.search(r"axe v([\d.]+)", AXE.read_text(encoding="utf-8")[:200])[1],  # type: ignore[index]
        "browser": subprocess.run([str(printing.browser()), "--version"], capture_output=True, text=True)
        .stdout.split(" built")[0]
        .strip(),
        "passed": run.returncode == 0,
        "kinds": summary(looks),
    }
    accessibility.RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for row in record["kinds"]:
        print(f"{row['kind']}: {row['pages']} pages, {row['looks']} looks, {len(row['faults'])} faults")


if __name__ == "__main__":
    main()
