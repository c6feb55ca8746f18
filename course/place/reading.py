"""Reading tables as bodies publish them: any encoding, a title above the header, perhaps compressed."""

import csv
import gzip
import io
import re
import zlib
from pathlib import Path

import pandas as pd

from course.errors import InputError

ISSUE_COLUMNS = ["row", "column", "value", "problem", "outcome"]
"""An issues table: `row` (line of the file, 1 = first; missing for the file as a whole), `column`, `value` as
it stood, `problem` in words, `outcome` ("refused", "changed", "kept")."""

GZIP_MAGIC, ZIP_MAGIC, OLE_MAGIC = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def issues_table(issues: list[tuple]) -> pd.DataFrame:
    """Make an issues table from (row, column, value, problem, outcome) tuples, in order of row."""
    table = pd.DataFrame(issues, columns=ISSUE_COLUMNS)
    table["row"] = table["row"].astype("Int64")
    return table.sort_values("row", kind="stable", na_position="first", ignore_index=True)


def read_text(path: str | Path) -> str:
    """Read a text file, compressed by gzip or not, in UTF-8, UTF-16 or Windows-1252.

    Parameters
    ----------
    path : str or Path
        The file. Its first bytes say whether it is compressed; its name does not count.

    Returns
    -------
    str
        The text, without a byte order mark.

    Raises
    ------
    InputError
        The file is absent, empty, a workbook or archive, damaged, or not text.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
        if raw.startswith(GZIP_MAGIC):
            raw = gzip.decompress(raw)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(f"{path.name} is a damaged compressed file. Download it again.") from None
    except OSError:
        raise InputError(f"{path.name} cannot be opened. Check the file name and folder.") from None
    if raw.startswith((ZIP_MAGIC, OLE_MAGIC)):
        raise InputError(f"{path.name} is a workbook or zip file. Save the sheet you need as CSV.")
    if not raw.strip():
        raise InputError(f"{path.name} is empty. Download it again.")
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "cp1252"]:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InputError(f"{path.name} is not a text file. Save it as CSV in UTF-8.")


def read_rows(path: str | Path) -> list[tuple[int, list[str]]]:
    """Read a delimited file as rows of stripped text, each with the line of the file it starts on.

    Parameters
    ----------
    path : str or Path
        A file parted by commas, semicolons or tabs.

    Returns
    -------
    list of (int, list of str)
        Line (1 = first) and cells; blank lines are left out.

    Raises
    ------
    InputError
        As `read_text`; or the file has no table in it.
    """
    text = read_text(path)
    head = text[:20_000]
    delimiter = max(",;\t", key=head.count)
    # A cell of many lines, or as long as a book, is a quote that never closes.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows, line = [], 1
    unclosed = f"{Path(path).name} breaks off at line {{}}: a quotation mark is not closed. Mend that line."
    try:
        for cells in reader:
            if reader.line_num - line > 20 or max(map(len, cells), default=0) > 100_000:
                raise InputError(unclosed.format(line))
            cells = [cell.replace("\xa0", " ").strip() for cell in cells]
            if any(cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:
        raise InputError(unclosed.format(line)) from None
    return rows


def plain(name: str) -> str:
    """Reduce a column name to lower-case words of letters and digits, so that spellings meet.

    "Supplier_Name ", "SupplierName" and "SUPPLIER NAME" all become "supplier name".
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.findall(r"[a-z0-9]+", spaced.lower()))
