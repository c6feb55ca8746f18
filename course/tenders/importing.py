"""Notice files into a folder of CSV tables, with a summary a procurement officer can read."""

import gzip
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

import pandas as pd
from filelock import FileLock, Timeout

from course.errors import InputError
from course.tenders.files import releases_in_stream
from course.tenders.reading import SOURCES, bodies_of, gather, keep, open_store, tables_of
from course.tenders.tables import SCHEMAS, Tables, as_table, data_dictionary, dtype_of

PUBLISHED = "as_published.jsonl.gz"
SUMMARY = "summary.txt"
COLUMNS = "columns.csv"

_ATTRIBUTION = "Contains public sector information licensed under the Open Government Licence v3.0."


@dataclass(frozen=True)
class ImportSummary:
    """What a folder of imported notices holds; `str()` of it is the text of `summary.txt`.

    Counts are of the whole folder after the import, earlier imports included; `read` and `new` are of this
    import. Values in £ ex VAT. `slips` has the columns slip, what_it_means, what_we_did and
    count, the commonest first.
    """

    folder: Path
    files: int
    read: int
    new: int
    notices: int
    procurements: int
    buyers: int
    estimated_net: float
    estimates: int
    estimate_in_the_middle: float
    awards: int
    awards_counted: int
    awarded_net: float
    awards_without_net: int
    criteria: int
    criteria_weighted: int
    social_value_criteria: int
    social_value_weighted: int
    procurements_mentioning: int
    from_public_services: bool
    slips: pd.DataFrame

    def __str__(self) -> str:
        """Return the summary as plain text, lines of at most 100 characters or so."""
        middle = [f"- Half of those are worth £{self.estimate_in_the_middle:,.0f} or less."]
        middle = middle if self.estimates else []
        lines = [
            f"Notices imported into {self.folder.name}",
            "",
            f"Read now: {_many(self.read, 'notice')} from {_many(self.files, 'file')}; "
            f"{self.new:,} new, {self.read - self.new:,} already here or repeated.",
            "",
            "What the folder holds",
            f"- {_many(self.notices, 'notice')} about {_many(self.procurements, 'procurement')} "
            f"by {_many(self.buyers, 'buyer')}.",
            f"- Estimated value without VAT: £{self.estimated_net:,.0f}, "
            f"over the {_many(self.estimates, 'procurement')} that state one.",
            *middle,
            f"- Awarded value without VAT: £{self.awarded_net:,.0f}, "
            f"over {_many(self.awards_counted - self.awards_without_net, 'award')}. Each award counts once.",
            f"- Left out of that sum: {_many(self.awards_without_net, 'award')} without such a value, "
            f"{_many(self.awards - self.awards_counted, 'award')} cancelled, failed or repeated.",
            f"- {_many(self.criteria, 'award criterion', 'award criteria')}, "
            f"{self.criteria_weighted:,} with a weight.",
            f"- Criteria named for social value: {self.social_value_criteria:,}; "
            f"{self.social_value_weighted:,} state a weight.",
            f"- Procurements whose text mentions social value: {self.procurements_mentioning:,}.",
            "",
        ]
        if self.slips.empty:
            lines.append("No slips were found in the notices.")
        else:
            lines += ["Slips found in the notices (each one is a row of issues.csv)"]
            for slip, means, did, count in self.slips.itertuples(index=False):
                words = f"{slip} ({count:,}): {means} What we did: {did}"
                lines += wrap(words, 100, initial_indent="- ", subsequent_indent="  ")
        lines += ["", "Each table is a CSV file; columns.csv says what every column means.", ""]
        if self.from_public_services:
            lines += [_ATTRIBUTION, ""]
        return "\n".join(lines)


def import_notices(files: str | Path | Iterable[str | Path], into: str | Path) -> ImportSummary:
    """Read notice files and save them as CSV tables in a folder.

    The folder gets one CSV a table (UTF-8), `columns.csv`, `summary.txt` and the notices as published, less
    contact people. Importing again into the same folder adds the new notices to those already there and
    works out everything afresh, so that a later notice updates its procurement. Other files in the folder
    are kept. All is written beside the folder and put in its place at the end: an import that fails or is
    cut off leaves the folder as it was.

    If one of several files cannot be used, nothing is imported and every such file is named: whoever gives
    five files expects totals over five.

    Parameters
    ----------
    files
        One file or several, as `read_notices` takes them.
    into
        A folder that is new, empty, or made by an earlier import.

    Returns
    -------
    ImportSummary
        What the folder holds now.

    Raises
    ------
    InputError
        When a file cannot be used, the folder is not one of ours, cannot be written, or is busy.
    """
    given = [files] if isinstance(files, str | Path) else list(files)
    folder = Path(into).expanduser().resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        busy = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
        with FileLock(Path(tempfile.gettempdir()) / f"notices-{busy}.lock", timeout=0):
            return _import(given, folder)
    except Timeout as error:
        raise InputError(f"Another import into {into} is running. Wait until it has finished.") from error
    except OSError as error:
        raise InputError(
            f"{into} cannot be written ({error.strerror or error}). "
            "Close files that are open from it, and check the disk space and that you may write there."
        ) from error


def _import(files: list[str | Path], folder: Path) -> ImportSummary:
    _recover(folder)
    _check_ours(folder)
    with closing(open_store()) as store:
        if (folder / PUBLISHED).exists():
            _restore(store, folder / PUBLISHED)
        before = _size(store)
        read = gather(store, files)
        tables = tables_of(store)
        summary = _summary(tables, folder, files=len(files), read=read, new=_size(store) - before)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.new-", dir=folder.parent) as temporary:
            made = Path(temporary) / "made"
            made.mkdir()
            with gzip.open(made / PUBLISHED, "wt", encoding="utf-8", compresslevel=5) as published:
                published.writelines(f"{body}\n" for body in bodies_of(store))
            for name, table in tables.named().items():
                save_csv(table, made / f"{name}.csv")
            save_csv(data_dictionary(), made / COLUMNS)
            (made / SUMMARY).write_text(str(summary), encoding="utf-8", newline="\n")
            _swap(made, folder)
    return summary


def _summary(tables: Tables, folder: Path, files: int, read: int, new: int) -> ImportSummary:
    notices, criteria = tables.notices, tables.criteria
    counted = tables.awards[tables.awards["counted"]]
    social = criteria[criteria["kind"] == "social value"]
    buyers = notices["buyer_id"].fillna(notices["buyer_name"]).nunique()
    told = ["slip", "what_it_means", "what_we_did"]
    slips = tables.issues.value_counts(told).reset_index()
    slips = slips.sort_values(["count", *told], ascending=[False, True, True, True], ignore_index=True)
    return ImportSummary(
        folder=folder,
        files=files,
        read=read,
        new=new,
        notices=int(notices["releases"].sum()),
        procurements=len(notices),
        buyers=int(buyers),
        estimated_net=float(notices["value_net"].sum()),
        estimates=int(notices["value_net"].notna().sum()),
        estimate_in_the_middle=float(notices["value_net"].median()),
        awards=len(tables.awards),
        awards_counted=len(counted),
        awarded_net=float(counted["value_net"].sum()),
        awards_without_net=int(counted["value_net"].isna().sum()),
        criteria=len(criteria),
        criteria_weighted=int(criteria["weight"].notna().sum()),
        social_value_criteria=len(social),
        social_value_weighted=int(social["weight"].notna().sum()),
        procurements_mentioning=int(notices["mentions_social_value"].sum()),
        from_public_services=bool(notices["source"].isin(SOURCES.values()).any()),
        slips=slips,
    )


def _size(store) -> int:
    return store.execute("SELECT count(*) FROM release").fetchone()[0]


def _restore(store, published: Path) -> None:
    """Put the notices of earlier imports back into a store."""
    try:
        with gzip.open(published, "rt", encoding="utf-8") as stream:
            for release in releases_in_stream(stream, str(published)):
                keep(store, release)
    except (OSError, EOFError, InputError) as error:
        raise InputError(
            f"{published} is damaged, so the notices imported earlier cannot be read. "
            "Import all files afresh into a new folder."
        ) from error


def _check_ours(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file, not a folder. Choose another name for the folder.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / PUBLISHED).exists():
        raise InputError(f"{folder} holds other files. Choose a new or empty folder for the tables.")


def _swap(made: Path, folder: Path) -> None:
    """Put a finished folder in the place of an older one, whose other files it takes over."""
    aside = _aside(folder)
    if folder.exists():
        for old in folder.iterdir():
            if not (made / old.name).exists():
                if old.is_dir() and not old.is_symlink():
                    shutil.copytree(old, made / old.name, symlinks=True)
                else:
                    shutil.copy2(old, made / old.name, follow_symlinks=False)
        os.replace(folder, aside)
    try:
        os.replace(made, folder)
    except OSError:
        if aside.exists():
            os.replace(aside, folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.before-import")


def _recover(folder: Path) -> None:
    """Undo a swap that was cut off between its two renames."""
    aside = _aside(folder)
    if aside.exists():
        if folder.exists():
            shutil.rmtree(aside)
        else:
            os.replace(aside, folder)


# A spreadsheet takes a cell that begins with one of these for a formula (CWE-1236), and would run it.
_FORMULA = re.compile(r"^'*[=+\-@\t\r]")


def save_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV that is safe to open in a spreadsheet.

    Text that begins with = + - @, a tab or a carriage return gets an apostrophe before it, and so does text
    in which only apostrophes stand before such a mark. `load_tables` takes it off again. Numbers stay as
    they are.
    """
    safe = table.copy()
    for column in safe.select_dtypes(include=["str", "object"]):
        safe[column] = safe[column].where(~safe[column].str.match(_FORMULA).fillna(False), "'" + safe[column])
    safe.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def load_tables(folder: str | Path) -> Tables:
    """Load the tables that `import_notices` saved, just as `read_notices` gave them.

    Raises InputError when the folder holds no imported notices or a table in it was changed or damaged.
    """
    folder = Path(folder)
    tables = {}
    for name, schema in SCHEMAS.items():
        path = folder / f"{name}.csv"
        if not path.is_file():
            raise InputError(
                f"{folder} holds no imported notices ({path.name} is missing). Import some into it."
            )
        try:
            texts = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""], encoding="utf-8")
            columns = {
                column: [_loaded(cell, dtype_of(rule)) for cell in texts[column]]
                for column, rule in schema.columns.items()
            }
            tables[name] = as_table(name, columns)
        except Exception as error:
            raise InputError(f"{path} was changed or damaged. Import the notices again.") from error
    return Tables(**tables)


def _loaded(cell: object, dtype: str) -> object:
    if not isinstance(cell, str):
        return None
    if dtype == "str":
        return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
    if dtype == "boolean":
        return {"True": True, "False": False}[cell]
    return float(cell) if dtype == "float64" else int(cell) if dtype == "Int64" else cell


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
