"""Calderbrook, the fictional council: notices, bids, scores, delivery and a consultation, all drawn."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course.errors import InputError
from course.tenders.calderbrook.consultation import draw_consultation
from course.tenders.calderbrook.delivery import draw_delivery
from course.tenders.calderbrook.dictionary import TABLES, data_package, readme
from course.tenders.calderbrook.features import plant_features
from course.tenders.calderbrook.notices import draft_notices, number_notices, packages
from course.tenders.calderbrook.pipelines import draw_pipelines
from course.tenders.calderbrook.planting import plant_slips
from course.tenders.calderbrook.procurements import NAMED_CASE, draw_procurements
from course.tenders.calderbrook.rows import Rows, tidy_tables

__all__ = ["NAMED_CASE", "contents", "generate"]


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _csv(name: str, rows: Rows) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(TABLES[name].columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def contents(seed: int = 2026, more: Sequence[dict[str, Any]] = ()) -> dict[str, bytes]:
    """Draw the whole data set.

    Parameters
    ----------
    seed
        A whole number, 0 or more. The same seed gives the same bytes on every machine.
    more
        Frictionless descriptors of files that other parts of the course write into the same folder: the data
        dictionary lists them after these.

    Returns
    -------
    dict
        Path within the data folder to the file's content.
    """
    procurements = draw_procurements(seed)
    delivery = draw_delivery(seed, procurements)
    features = plant_features(seed, procurements)
    tables = tidy_tables(procurements, delivery, draw_consultation(seed), draw_pipelines(seed))
    releases = draft_notices(seed, procurements, delivery)
    planted = plant_slips(seed, procurements, releases)
    bundles = {f"notices/{name}": bundle for name, bundle in packages(number_notices(releases)).items()}
    files = {f"{name}.csv": _csv(name, rows) for name, rows in tables.items()}
    files |= {path: _json(bundle) for path, bundle in bundles.items()}
    counts = {path: len(bundle["releases"]) for path, bundle in bundles.items()}
    package = data_package(files, tables, counts, planted, features, seed)
    package["resources"] += more
    files["datapackage.json"] = _json(package)
    files["README.md"] = readme(package).encode()
    return files


def generate(folder: Path, seed: int = 2026, more: Sequence[dict[str, Any]] = ()) -> None:
    """Write Calderbrook's data, with its data dictionary, into a folder.

    Parameters
    ----------
    folder
        Made when it is missing. Files of the same names are overwritten; notices of quarters that are no more
        are removed; anything else stays.
    seed
        A whole number, 0 or more. The same seed gives the same bytes on every machine.
    more
        As for `contents`.

    Raises
    ------
    InputError
        When the seed is negative or the folder cannot be written.
    """
    if seed < 0:
        raise InputError(f"The seed {seed} is below nought. Give a whole number, 0 or more.")
    try:
        (folder / "notices").mkdir(parents=True, exist_ok=True)
        files = contents(seed, more)
        for old in (folder / "notices").glob("????-Q?.json"):
            if f"notices/{old.name}" not in files:
                old.unlink()
        for path, content in files.items():
            (folder / path).write_bytes(content)
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror}). Choose another folder.") from error
