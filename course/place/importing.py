"""Bring a body's own spending, deprivation figures and boundaries into a folder the lessons read."""

import csv
import hashlib
import io
import json
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from course.errors import InputError
from course.place.boundaries import looks_like_boundaries, read_boundaries
from course.place.deprivation import import_deprivation, looks_like_deprivation
from course.place.ledger import COLUMNS, import_ledger
from course.place.reading import ISSUE_COLUMNS

LEDGER, LEDGER_ISSUES = "ledger.csv", "ledger_issues.csv"
# A spreadsheet takes text that starts so for a formula and may run it.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def import_place_files(files: Iterable[str | Path], into: str | Path) -> pd.DataFrame:
    """Read files of any of the three kinds and write them, tidied, into a folder.

    All files are read before the first is written: if one cannot be used, nothing is written and every such
    file is named. Ledgers are added to those imported earlier; a file of the same name takes the place of its
    earlier lines. Each table is written aside and swapped in whole, and what stood there before is kept
    beside it as `<name>.before-1`, `<name>.before-2` and so on. A table that would not change is left alone.

    Parameters
    ----------
    files : iterable of str or Path
        Spending ledgers (all in one `ledger.csv`, with the file's name in the column `source`), deprivation
        files (`deprivation_2025_district.csv` and so on), boundary files (`boundaries_<name>.geojson`).
    into : str or Path
        The folder; made if it is not there.

    Returns
    -------
    DataFrame
        One row a file: `file`, `kind` ("ledger", "deprivation", "boundaries"), `rows` (kept), `refused`
        (lines refused), `notes` (other issues), `written` (the table). The issues themselves are in
        `<table>_issues.csv` beside it.

    Raises
    ------
    InputError
        No file is given, one cannot be read or is of no known kind, two would make the same table, or the
        folder is busy or cannot be written. Nothing is written then.
    """
    paths = [Path(file) for file in files]
    if not paths:
        raise InputError("No file is named. Name at least one file to import.")
    tables: dict[str, str] = {}
    ledgers: dict[str, pd.DataFrame] = {}
    ledger_issues, report, problems = [], [], []
    for path in paths:
        try:
            kind = _kind(path)
            if kind == "ledger":
                if path.name in ledgers:
                    raise InputError(f"Two ledgers are called {path.name}. Rename one of them first.")
                frame, issues = import_ledger(path)
                ledgers[path.name] = frame.assign(source=path.name)
                ledger_issues.append(issues.assign(source=path.name))
                target, rows = LEDGER, len(frame)
            elif kind == "deprivation":
                frame, issues = import_deprivation(path)
                target, rows = (
                    f"deprivation_{frame['edition'].iloc[0]}_{frame['level'].iloc[0]}.csv",
                    len(frame),
                )
                _add(tables, target, _as_csv(frame), path)
                tables[target.replace(".csv", "_issues.csv")] = _as_csv(issues)
            else:
                boundaries = read_boundaries(path)
                issues = pd.DataFrame(columns=ISSUE_COLUMNS)
                target, rows = f"boundaries_{path.name.split('.')[0]}.geojson", len(boundaries["features"])
                _add(tables, target, json.dumps(boundaries, separators=(",", ":")) + "\n", path)
        except InputError as error:
            problems.append(str(error))
            continue
        refused = issues["outcome"] == "refused"
        report.append((path.name, kind, rows, issues.loc[refused, "row"].nunique(), (~refused).sum(), target))
    if problems:
        raise InputError(" ".join(problems))
    folder = Path(into).expanduser().resolve()
    busy = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    try:
        with FileLock(Path(tempfile.gettempdir()) / f"place-{busy}.lock", timeout=0):
            folder.mkdir(parents=True, exist_ok=True)
            if ledgers:
                tables[LEDGER] = _added_to(folder / LEDGER, pd.concat(ledgers.values()), set(ledgers))
                issues = pd.concat(ledger_issues)
                tables[LEDGER_ISSUES] = _added_to(folder / LEDGER_ISSUES, issues, set(ledgers))
            _swap_in(tables, folder)
    except Timeout:
        raise InputError(f"Another import into {into} is running. Wait until it has finished.") from None
    except OSError as error:
        raise InputError(
            f"The folder {into} cannot be written ({error.strerror}). "
            "Choose another folder, or free some space."
        ) from None
    return pd.DataFrame(report, columns=["file", "kind", "rows", "refused", "notes", "written"])


def load_ledger(folder: str | Path) -> pd.DataFrame:
    """Load the ledger that `import_place_files` wrote.

    Parameters
    ----------
    folder : str or Path
        The folder that was imported into.

    Returns
    -------
    DataFrame
        As `course.place.ledger.import_ledger` gives, with `source`: the name of the file of each line.

    Raises
    ------
    InputError
        The folder holds no imported ledger, or it was changed.
    """
    path = Path(folder) / LEDGER
    if not path.is_file():
        raise InputError(f"{folder} holds no imported ledger. Import one into it first.")
    try:
        rows = _rows(path.read_text(encoding="utf-8"))
        table = pd.DataFrame(rows[1:], columns=rows[0])[[*COLUMNS, "source"]].replace("", None)
        for column in table:
            if column in ("redacted", "credit", "possible_duplicate"):
                table[column] = [{"True": True, "False": False}[cell] for cell in table[column]]
            elif column not in ("row", "date", "amount"):
                table[column] = (
                    table[column].str.replace(r"^'(?='*[=+\-@\t\r])", "", regex=True).astype("str")
                )
        table["row"], table["amount"] = table["row"].astype("int64"), table["amount"].astype("float64")
        table["date"] = pd.to_datetime(table["date"], format="%Y-%m-%d")
    except (KeyError, ValueError, TypeError, AttributeError, IndexError):
        raise InputError(f"{path} was changed or damaged. Import the ledger again.") from None
    return table


def _kind(path: Path) -> str:
    if looks_like_boundaries(path):
        return "boundaries"
    # Reading a file that is neither of these as a ledger says plainly what is wrong with it.
    return "deprivation" if looks_like_deprivation(path) else "ledger"


def _add(tables: dict[str, str], target: str, text: str, path: Path) -> None:
    if target in tables:
        raise InputError(
            f"{path.name} would take the place of {target} from another file. Import one of them."
        )
    tables[target] = text


def _as_csv(table: pd.DataFrame) -> str:
    guarded = table.copy()
    for column in guarded.select_dtypes(exclude=["number", "bool", "datetime"]):
        guarded[column] = [
            f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell for cell in guarded[column]
        ]
    return guarded.to_csv(index=False, lineterminator="\n")


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def _added_to(path: Path, new: pd.DataFrame, again: set[str]) -> str:
    """Put new lines after those of earlier imports, save those of a file that is imported again."""
    text = _as_csv(new)
    if not path.exists():
        return text
    header, *lines = _rows(text)
    before = _rows(path.read_text(encoding="utf-8", errors="replace"))
    if not before or before[0] != header:
        raise InputError(f"{path} was not written by an import. Move it away, or import into another folder.")
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [header, *[line for line in before[1:] if line[-1] not in again], *lines]
    )
    return out.getvalue()


def _swap_in(tables: dict[str, str], folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=folder) as aside:
        for name, text in tables.items():
            (Path(aside) / name).write_text(text, encoding="utf-8", newline="")
        for name, text in tables.items():
            target = folder / name
            if target.exists():
                if target.read_bytes() == text.encode("utf-8"):
                    continue
                _keep(target)
            os.replace(Path(aside) / name, target)


def _keep(target: Path) -> None:
    number = 1
    while (kept := target.with_name(f"{target.name}.before-{number}")).exists():
        number += 1
    # Copied and not renamed, so that the table is never missing, whenever the import is cut off.
    kept.write_bytes(target.read_bytes())
