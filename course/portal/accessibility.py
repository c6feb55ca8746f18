"""The accessibility statement: what it says of the checks comes from the record of the last whole run."""

import json
from pathlib import Path
from typing import Any

from course.policy import read_date, say_date
from course.portal import pages

RECORD = Path(__file__).with_name("accessibility.json")  # python -m benchmarks.accessibility writes it


def record() -> dict[str, Any]:
    """Return what the last whole run of the browser tests found.

    Returns
    -------
    dict
        `date` of the run (ISO 8601), versions of `axe` and `browser`, whether every browser test `passed`,
        and `kinds`: for each kind of page how many `pages`, `looks` (of them `narrow`, `dark`), contrasts
        `computed` and the `faults`, each a line.
    """
    found: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def accessibility_page(where: pages.Where, found: dict[str, Any] | None = None) -> str:
    """Render the statement from a record, or from the one in the package."""
    found = found or record()
    faults = [(row["kind"], fault) for row in found["kinds"] for fault in row["faults"]]
    looks = sum(row["looks"] for row in found["kinds"])
    return pages.render(
        "accessibility.html.j2",
        where,
        found=found,
        faults=faults,
        looks=looks,
        tested=say_date(read_date(found["date"])),
    )
