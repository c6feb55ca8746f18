"""Who is in a cohort: lists of people read row by row, kept in the roster and in nbgrader's gradebook.

The roster (`roster.csv`) holds what nbgrader's gradebook has no place for: each learner's side and
organisation. Name and e-mail are in both.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from course import slow_import
from course.authoring import build
from course.cases.seeds import COHORT_FILE
from course.errors import InputError

ROSTER_FILE = "roster.csv"
NOTES = ".academy"
SALT_BYTES = 16
MOST_BYTES = 5_000_000
HEADER_WITHIN = 15  # rows in which the headings must be found
LOCK_SECONDS = 30
COLUMNS = ("id", "name", "first_name", "last_name", "email", "side", "organisation", "added")

HEADINGS = {
    "id": "id, learner id, student id, participant id, user id, username, user name, login, staff id, "
    "staff number, staff no, employee id, employee number, payroll number, id number",
    "name": "name, full name, fullname, learner, learner name, participant, participant name, delegate, "
    "delegate name, attendee, attendee name, student, student name, person, display name, contact name",
    "first_name": "first name, firstname, first, forename, forenames, given name, given names, first names",
    "last_name": "last name, lastname, last, surname, family name, second name",
    "email": "email, e mail, email address, e mail address, mail, work email, primary email, contact email, "
    "user principal name, upn",
    "side": "side, role, track, type, group, stream, buyer or supplier, commissioner or provider",
    "organisation": "organisation, organization, org, employer, company, company name, authority, council, "
    "organisation name, organization name, department, institution, works for",
}
SIDES = {
    "commissioner": "commissioner, commissioners, commissioning, buyer, buyers, buying, procurement, "
    "procurement officer, purchaser, client, contracting authority, council, comm, c",
    "provider": "provider, providers, supplier, suppliers, bidder, bidders, bid writer, contractor, charity, "
    "vcse, sme, seller, prov, p",
    "operations": "operations, operation, operational, ops, contract manager, contract management, delivery, "
    "op, o",
}
DATES = re.compile(
    r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}( \d\d:\d\d(:\d\d)?)?"
    r"|\d{1,2}[- ](jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)([- ]\d{2,4})?"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[- ]\d{2,4}",
    re.IGNORECASE,
)
ROUNDED = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
SPOILT = re.compile(r"#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|####*)|####+", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s,;<>()\"']+@[^@\s,;<>()\"']+\.[^@\s,;<>()\"'.]{2,}")
LEARNER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9]|[A-Za-z0-9]")
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "ß": "ss", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
    | {"ð": "d", "þ": "th", "Þ": "Th", "ı": "i"}
)


def _by_word(table: Mapping[str, str]) -> dict[str, str]:
    return {word.strip(): name for name, words in table.items() for word in words.split(",")}


_HEADINGS, _SIDES = _by_word(HEADINGS), _by_word(SIDES)


@dataclass
class Line:
    """One row of a list of people: what it says, or why it was refused.

    `row` is its number as a spreadsheet shows it. `given` has the fields of `COLUMNS` that hold something.
    `refused` is a sentence, or ""; `notes` are sentences about what was read differently than written.
    """

    row: int
    given: dict[str, str] = field(default_factory=dict)
    refused: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The person's name as far as it could be read."""
        return self.given.get("name", "")


def new(name: str, people: bytes | str, into: Path) -> pd.DataFrame:
    """Make a cohort: its folder, its secret salt, its roster and nbgrader's gradebook.

    Parameters
    ----------
    name : str
        What people call the cohort.
    people : bytes or str
        The list of people: a CSV file's bytes, or pasted text. See `read_people`.
    into : Path
        The folder, which does not exist yet or is empty.

    Returns
    -------
    DataFrame
        As `import_people`.

    Raises
    ------
    InputError
        If the folder is in use, the name is empty, or not one row could be read.
    """
    name = _clean(name)
    if not name:
        raise InputError("The cohort has no name. Give one, such as “Spring 2027”.")
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise InputError(f"{into} is in use already. Give a folder that is new or empty.")
    lines = read_people(people)
    readable = [line for line in lines if not line.refused]
    if not readable:
        first = next((f" Row {line.row}: {line.refused}" for line in lines), "")
        raise InputError(f"Not one person could be read from the list, so no cohort was made.{first}")
    try:
        into.mkdir(parents=True, exist_ok=True)
        about = {
            "name": name,
            "id": secrets.token_hex(6),
            "salt": secrets.token_hex(SALT_BYTES),
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        replace(into / COHORT_FILE, json.dumps(about, ensure_ascii=False, indent=1) + "\n")
    except OSError as problem:
        raise InputError(
            f"The folder {into} cannot be made or written to. Choose another folder."
        ) from problem
    return import_people(into, people)


def about(root: Path) -> dict[str, str]:
    """Return what `cohort.json` says of a cohort: its name, id, salt and when it was made.

    Raises
    ------
    InputError
        If the folder is not a cohort's.
    """
    try:
        kept = json.loads((root / COHORT_FILE).read_text(encoding="utf-8"))
        return {"id": "", "made": "", "name": root.name, **kept, "salt": str(kept["salt"])}
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InputError(
            f"{root} is not a cohort's folder: it has no {COHORT_FILE} that can be read. "
            "Make a cohort with `academy cohort new`."
        ) from problem


def roster(root: Path) -> pd.DataFrame:
    """Return a cohort's roster: one row a learner, all columns of text.

    Returns
    -------
    DataFrame
        Columns id, name, first_name, last_name, email, side (commissioner, provider or operations),
        organisation, added (UTC, ISO 8601); in the order in which people were added.

    Raises
    ------
    InputError
        If the folder is not a cohort's, or its roster cannot be read.
    """
    about(root)
    place = root / ROSTER_FILE
    if not place.is_file():
        return pd.DataFrame(columns=list(COLUMNS), dtype=str)
    try:
        kept = pd.read_csv(place, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as problem:
        raise InputError(
            f"{place} cannot be read. Put back the last good copy of it, or import the list again."
        ) from problem
    return kept.reindex(columns=list(COLUMNS), fill_value="")


def import_people(root: Path, people: bytes | str) -> pd.DataFrame:
    """Add a list's people to a cohort, and bring those who are in it already up to date.

    Nobody is ever taken out, and an empty cell never replaces what is known. A person is known again by id,
    or by e-mail, or by name where one of the two has no e-mail.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    people : bytes or str
        The list: see `read_people`.

    Returns
    -------
    DataFrame
        A row for each row of the list: `row` (as a spreadsheet numbers it), `name`, `id`, `outcome` ("added",
        "updated", "unchanged" or "refused") and `say` (sentences: what changed, or what to mend).

    Raises
    ------
    InputError
        If the folder is not a cohort's, or the list cannot be read at all.
    """
    lines = read_people(people)
    with held(root):
        kept = {str(row["id"]): row for row in roster(root).to_dict("records")}
        before = set(kept)
        told = [_take(line, kept, before) for line in lines]
        table = pd.DataFrame(list(kept.values()), columns=list(COLUMNS))
        replace(root / ROSTER_FILE, table.to_csv(index=False, lineterminator="\n"))
        _tell_gradebook(root, table)
    return pd.DataFrame(told, columns=["row", "name", "id", "outcome", "say"])


def _take(line: Line, kept: dict[str, Any], before: set[str]) -> tuple[int, str, str, str, str]:
    """Put one readable line among those kept (`before`: ids kept before this list); return its table row."""

    def told(id: str, outcome: str, *say: str) -> tuple[int, str, str, str, str]:
        return line.row, line.name, id, outcome, " ".join([*say, *line.notes])

    if line.refused:
        return told("", "refused", line.refused)
    try:
        id = _known(line.given, kept, before)
    except InputError as problem:
        return told("", "refused", str(problem))
    if id:
        old = dict(kept[id])
        if not line.given.get("side") and not old["side"]:
            return told(id, "refused", NO_SIDE)
        changed = {k: v for k, v in line.given.items() if k != "id" and old[k] != v}
        kept[id] = old | changed
        shown = [k for k in ("name", "email", "side", "organisation") if k in changed]
        if not shown:
            return told(id, "unchanged")
        was = "; ".join(f"{k} was “{old[k]}”" for k in shown if old[k])
        return told(id, "updated", f"Changed: {', '.join(shown)}." + (f" Before, {was}." if was else ""))
    if not line.given.get("side"):
        return told("", "refused", NO_SIDE)
    id = line.given.get("id") or _new_id(line.name, {k.casefold() for k in kept})
    kept[id] = {c: "" for c in COLUMNS} | line.given | {"id": id, "added": _now()}
    namesake = any(k != id and row["name"].casefold() == line.name.casefold() for k, row in kept.items())
    return told(id, "added", *(["Somebody else on the roster has the same name."] if namesake else []))


NO_SIDE = "It does not say which side. Add a column “side” with commissioner, provider or operations."


def _known(given: Mapping[str, str], kept: Mapping[str, Any], before: set[str]) -> str:
    """Return the id under which a person is on the roster already; "" if they are new."""
    same_id = next((id for id in kept if id.casefold() == given.get("id", "").casefold()), "")
    email = given.get("email", "").casefold()
    same_email = next((id for id, row in kept.items() if email and row["email"].casefold() == email), "")
    if same_id and same_email and same_id != same_email:
        raise InputError(
            f"The e-mail {given['email']} is {same_email}'s on the roster, and the id is another's. "
            "Mend the id or the e-mail."
        )
    if same_id or (same_email and not given.get("id")):
        return same_id or same_email
    if same_email:
        raise InputError(
            f"{given['email']} is on the roster with the id {same_email}. Mend the id or the e-mail."
        )
    if given.get("id"):
        return ""
    named = [id for id, row in kept.items() if row["name"].casefold() == given["name"].casefold()]
    unsure = [id for id in named if not email or not kept[id]["email"]]
    if len(named) == 1 and unsure:
        return unsure[0]
    if unsure or before & set(named):
        raise InputError(
            f"{given['name']} is on the roster as {', '.join(named)}, with another e-mail. "
            f"To change it, add a column “id” with {named[0]}; for a second person, give another id."
        )
    return ""


def _new_id(name: str, taken: set[str]) -> str:
    """Make a learner's id from a name: plain letters, safe as a folder's name on every system."""
    plain = unicodedata.normalize("NFKD", name.translate(LETTERS)).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "").lower()).strip("-")[:40].strip("-") or "learner"
    if stem in RESERVED:
        stem = f"learner-{stem}"
    number = 1
    while (id := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return id


def read_people(people: bytes | str) -> list[Line]:
    """Read a list of people as people really save them, row by row.

    The list is CSV with commas, semicolons, tabs or bars, in UTF-8, UTF-16 or Windows-1252, with or without
    a mark at its head. Its headings may be any of `HEADINGS`, under lines of title.

    Parameters
    ----------
    people : bytes or str
        A file's bytes, or pasted text.

    Raises
    ------
    InputError
        If it is no such list: empty, too large, a workbook, or without headings.
    """
    text, note = _text(people)
    head, columns, rows, width = _table(text)
    lines: list[Line] = []
    first: dict[str, int] = {}
    for number, cells, broken in rows:
        if number <= head or not any(cells):
            continue
        line = Line(number, {c: cells[at] for c, at in columns.items() if at < len(cells) and cells[at]})
        line.refused = broken or _fault(line, cells, width)
        if not line.refused:
            _double(line, lines, first)
        lines.append(line)
    if note and lines:
        lines[0].notes.append(note)
    return lines


def _text(people: bytes | str) -> tuple[str, str]:
    """Return the text and, where its encoding was guessed, a sentence about it."""
    if isinstance(people, str):
        return people.removeprefix("\ufeff"), ""
    if len(people) > MOST_BYTES:
        raise InputError("The list is larger than 5 MB. Save only the sheet with the people as CSV.")
    if people[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") or people[:5] == b"%PDF-":
        raise InputError(
            "The list is not a CSV file but a workbook or a document. "
            "Open it in Excel, choose Save As, then “CSV UTF-8 (Comma delimited)”."
        )
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if people.startswith(mark):
            return people.decode(encoding, errors="replace"), ""
    if people[:200].count(0) > len(people[:200]) // 4:
        return people.decode("utf-16-be" if people[0] == 0 else "utf-16-le", errors="replace"), ""
    try:
        return people.decode("utf-8"), ""
    except UnicodeDecodeError:
        return (
            people.decode("cp1252", errors="replace"),
            "The file was read as Windows text: check letters with accents.",
        )


Row = tuple[int, list[str], str]


def _table(text: str) -> tuple[int, dict[str, int], list[Row], int]:
    """Find the separator and the headings; return the headings' row, their columns, all rows, their count."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    said = re.match(r"sep=(.)\n", text, re.IGNORECASE)
    text = text[said.end() :] if said else text
    if not text.strip():
        raise InputError("The list of people is empty. Give a CSV file with headings and one row a person.")
    best: tuple[int, dict[str, int], list[Row], int] | None = None
    for separator in [said[1]] if said else [",", ";", "\t", "|"]:
        rows = _rows(text, separator)
        for number, cells, _ in rows[:HEADER_WITHIN]:
            columns: dict[str, int] = {}
            for at, cell in enumerate(cells):
                columns.setdefault(_HEADINGS.get(_heading(cell), ""), at)
            columns.pop("", None)
            named = "name" in columns or {"first_name", "last_name"} & set(columns)
            if named and (best is None or len(columns) > len(best[1])):
                best = number, columns, rows, max(at + 1 for at, cell in enumerate(cells) if cell)
    if best is None:
        first = next(line for line in text.split("\n") if line.strip())[:80]
        raise InputError(
            "The list has no heading for names. Put headings in its first row, such as: "
            f"name, email, side, organisation. Its first row is: {first}"
        )
    return best


def _rows(text: str, separator: str) -> list[Row]:
    """Return each row's number, cleaned cells, and what is wrong with the row as such."""
    if text.count('"') % 2:  # one mark that is never closed would swallow all rows after it
        found = []
        for number, line in enumerate(text.split("\n"), 1):
            fault = "A quotation mark is not closed in it. Take it out, or add the other."
            cells = next(csv.reader([line], delimiter=separator), [])
            found.append((number, [_clean(c) for c in cells], fault if line.count('"') % 2 else ""))
        return found
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as problem:
        raise InputError(
            "The list cannot be read as CSV: one of its cells is far too long. "
            "Save it again as “CSV UTF-8 (Comma delimited)”."
        ) from problem
    return [(number, [_clean(c) for c in cells], "") for number, cells in enumerate(rows, 1)]


def _clean(cell: str) -> str:
    """Return a cell without what cannot be seen, with single spaces."""
    cell = unicodedata.normalize("NFC", cell)
    seen = "".join(
        " " if c.isspace() else c for c in cell if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    return re.sub(" +", " ", seen).strip()


def _heading(cell: str) -> str:
    plain = re.sub(r"\(.*?\)|[*:?]", " ", cell.casefold())
    return re.sub(r"[\s_./-]+", " ", plain).strip()


def _fault(line: Line, cells: list[str], width: int) -> str:
    """Tidy a line's fields in place; return what must be mended in it, or ""."""
    given = line.given
    if any(cells[width:]):
        return (
            f"It has more cells than there are headings ({width}). "
            "Put text that holds the separator between quotation marks."
        )
    if all(_HEADINGS.get(_heading(value)) == column for column, value in given.items()):
        return "It repeats the headings, so it is nobody. You need not mend it."
    for column, value in given.items():
        label = column.replace("_", " ")
        if value[0] in "=+@" or (value[0] == "-" and len(value) > 1) or value.startswith("'="):
            return f"Its {label} begins with “{value[0]}”, as a formula does. Type the {label} as plain text."
        if SPOILT.fullmatch(value):
            return f"Its {label} reads “{value}”: a formula failed there. Type the {label} again."
        if DATES.fullmatch(value):
            return f"Its {label} reads “{value}”: Excel made a date of it. Type the {label} again, as text."
        if ROUNDED.fullmatch(value):
            return f"Its {label} reads “{value}”: Excel rounded it. Format the column as text; type it again."
        if "\ufffd" in value:
            return f"A letter of its {label} was lost when the file was saved: “{value}”. Type it again."
        if len(value) > 200:
            return f"Its {label} is longer than 200 letters. Shorten it."
        mended = _mended(value)
        if mended != value:
            given[column] = mended
            line.notes.append(f"“{value}” was read as “{mended}”: check it.")
    return _name_fault(line) or _email_fault(given) or _side_fault(given) or _id_fault(given)


def _mended(value: str) -> str:
    """Undo UTF-8 that was once read as Windows text, such as “SiÃ¢n”."""
    if not re.search("[ÃÂ][\u0080-\u00bf\u2018-\u2026€™š›œžŸ]", value):
        return value
    try:
        return value.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return value


def _name_fault(line: Line) -> str:
    given = line.given
    if "name" in given:
        boxed = re.fullmatch(r"(.*?)\s*<([^<>]+)>", given["name"])
        if boxed:
            given["name"] = boxed[1].strip(" \"'")
            given.setdefault("email", boxed[2])
        if given["name"].count(",") == 1:
            last, first = (part.strip() for part in given["name"].split(","))
            given["name"] = f"{first} {last}".strip()
            given |= {"first_name": first, "last_name": last}
    elif "first_name" in given or "last_name" in given:
        given["name"] = f"{given.get('first_name', '')} {given.get('last_name', '')}".strip()
    if not given.get("name"):
        return "It has no name. Add the person's name, or take the row out."
    if not any(c.isalpha() for c in given["name"]):
        return f"Its name reads “{given['name']}”, which has no letters. Type the person's name."
    if "@" in given["name"]:
        return f"Its name is an e-mail address, “{given['name']}”. Type the person's name."
    if not {"first_name", "last_name"} & set(given):
        first, _, last = given["name"].rpartition(" ")
        given |= {"first_name": first, "last_name": last} if first else {"first_name": last}
    return ""


def _email_fault(given: dict[str, str]) -> str:
    if "email" not in given:
        return ""
    value = re.sub(r"^mailto:", "", given["email"], flags=re.IGNORECASE)
    boxed = re.fullmatch(r".*<([^<>]+)>", value)
    value = (boxed[1] if boxed else value).strip(" .;,")
    if not EMAIL.fullmatch(value):
        return f"“{given['email']}” is not one e-mail address. Mend it, or leave it empty."
    given["email"] = value
    return ""


def _side_fault(given: dict[str, str]) -> str:
    if "side" not in given:
        return ""
    side = _SIDES.get(re.sub(r"[\s_/-]+", " ", given["side"].casefold()).strip(" ."))
    if side is None:
        return f"Its side reads “{given['side']}”. Write commissioner, provider or operations."
    given["side"] = side
    return ""


def _id_fault(given: dict[str, str]) -> str:
    if "id" not in given:
        return ""
    if not LEARNER_ID.fullmatch(given["id"]) or given["id"].split(".")[0].casefold() in RESERVED:
        return (
            f"Its id “{given['id']}” cannot name a folder. "
            "Use letters, digits, points and hyphens only, or leave it empty."
        )
    return ""


def _double(line: Line, lines: list[Line], first: dict[str, int]) -> None:
    """Refuse a line whose person stands in an earlier one."""
    given = line.given
    keys = [f"{c} {given[c].casefold()}" for c in ("id", "email") if c in given]
    bare = f"bare {given['name'].casefold()}"  # the same name, with nothing to tell two people apart
    if len(keys) == 0:
        keys.append(bare)
    earlier = next((first[key] for key in keys if key in first), 0)
    if earlier:
        same = next(other for other in lines if other.row == earlier)
        alike = {**same.given, **given} == same.given
        line.refused = f"It is the same person as row {earlier}" + (
            ", so it was left out. You need not mend it."
            if alike
            else ", but says something else. Take one of the two out, or mend its e-mail."
        )
        return
    for key in keys:
        first[key] = line.row


@contextmanager
def held(root: Path) -> Iterator[None]:
    """Keep every other window out of a cohort's folder meanwhile.

    Raises
    ------
    InputError
        If another window has it for longer than half a minute, or the folder cannot be written to.
    """
    try:
        (root / NOTES).mkdir(exist_ok=True)
        with FileLock(root / NOTES / "cohort.lock", timeout=LOCK_SECONDS):
            yield
    except Timeout as problem:
        raise InputError(
            "Another window is working on this cohort. Wait until it is done; then try again."
        ) from problem
    except PermissionError as problem:
        raise InputError(
            f"The folder {root} cannot be written to. Ask whoever looks after this computer to allow it."
        ) from problem


def replace(place: Path, text: str | bytes) -> None:
    """Write a file whole: whoever reads it sees the old one or the new one, also after a crash."""
    part = place.with_name(f".{place.name}.part")
    with part.open("wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(place)


def _tell_gradebook(root: Path, table: pd.DataFrame) -> None:
    """Bring the learners of nbgrader's gradebook up to date, in one go."""
    slow_import.mend()
    build.mend_nbgrader()
    from nbgrader.api import Gradebook, Student

    with Gradebook(build.gradebook_address(root)) as book:
        there = {student.id: student for student in book.students}
        for row in table.to_dict("records"):
            student = there.get(row["id"])
            if student is None:
                student = Student(id=row["id"])
                book.db.add(student)
            for column in ("first_name", "last_name", "email"):
                setattr(student, column, row[column] or None)
        book.db.commit()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
