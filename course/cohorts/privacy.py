"""What a cohort keeps of its people, why, and how long; export it whole; take one person out of all of it.

One table, `KEPT`, says what is kept and where. The data protection page is made from it, and `erase` goes by
it, so the page cannot say less than there is.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pandas as pd
from filelock import FileLock

from course import slow_import
from course.authoring import build
from course.cohorts import certificates, exports, survey
from course.cohorts.collecting import find_hand_ins
from course.cohorts.progress import rows_of
from course.cohorts.roster import NOTES, ROSTER_FILE, about, held, replace, roster
from course.errors import InputError

# Of certificates, of the server, of its cookies, of the trainers' sign-in.
SECRETS = {certificates.SECRET_FILE, "key", "cookie", "trainer.json"}
LONGEST_SEARCHED = 64 << 20
SHORTEST_ID = 6  # a shorter one stands by chance in text that is about nobody


@dataclass(frozen=True)
class Person:
    """Whom to look for: the id, and the texts by which files are known that name this person alone."""

    id: str
    texts: tuple[str, ...]

    def named_in(self, content: bytes) -> bool:
        """Tell whether a file's content names this person: in UTF-8, or as JSON or HTML escapes it."""
        return any(pattern.search(content) for pattern in self._patterns())

    def _patterns(self) -> list[re.Pattern[bytes]]:
        # Whole words, so that “ben-whitlock” is not found in “ben-whitlock-2”; JSON's “\n” is no letter.
        found = []
        for text in self.texts:
            ways = {text, escape(text), json.dumps(text).strip('"')}
            any_way = b"|".join(sorted(re.escape(way.encode()) for way in ways))
            before = rb"(?:(?<![a-z0-9-])|(?<=\\[nrt]))"
            found.append(re.compile(before + rb"(?:" + any_way + rb")(?![a-z0-9-])", re.IGNORECASE))
        return found


Eraser = Callable[[Path, Person], int]


@dataclass(frozen=True)
class Kept:
    """One kind of thing that is kept: what, where (paths in the cohort's folder), why, how long, who sees it.

    `erase` takes one person out of it and returns how many things it removed.
    """

    what: str
    where: tuple[str, ...]
    why: str
    how_long: str
    who_sees: str
    erase: Eraser


def _folders(*names: str) -> Eraser:
    """Return what removes a person's own folder or file in each of these folders."""

    def erase(root: Path, person: Person) -> int:
        count = 0
        for name in names:
            for place in (root / name / person.id, root / name / f"{person.id}.zip"):
                if place.is_dir() and not place.is_symlink():
                    count += sum(1 for path in place.rglob("*") if not path.is_dir())
                    shutil.rmtree(place)
                elif place.exists():
                    place.unlink()
                    count += 1
        return count

    return erase


def _gradebook(root: Path, person: Person) -> int:
    if not build.has_gradebook(root):
        return 0
    slow_import.mend()
    build.mend_nbgrader()
    from nbgrader.api import Gradebook, MissingEntry
    from sqlalchemy import create_engine, text

    address = build.gradebook_address(root)
    with Gradebook(address) as book:
        if address.startswith("sqlite"):
            book.db.execute(text("PRAGMA secure_delete = ON"))
        try:
            student = book.find_student(person.id)
        except MissingEntry:
            count = 0
        else:
            handed_in = [each.assignment.name for each in student.submissions]
            for exercise in handed_in:
                book.remove_submission(exercise, person.id)
            book.remove_student(person.id)
            count = 1 + len(handed_in)
    if address.startswith("sqlite"):  # also what earlier changes left in free pages
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("VACUUM"))
        engine.dispose()
    return count


def _record(root: Path, person: Person) -> int:
    """Take a person's lines out of the markers' records."""
    count = 0
    for path in sorted((root / "moderation").glob("*.jsonl")):
        with FileLock(path.with_suffix(".lock")):
            lines = path.read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if not _is_about(line, person)]
            if len(kept) < len(lines):
                replace(path, "".join(f"{line}\n" for line in kept))
                count += len(lines) - len(kept)
    return count


def _is_about(line: str, person: Person) -> bool:
    try:
        return json.loads(line)["learner"] == person.id
    except (ValueError, KeyError, TypeError):
        return person.named_in(line.encode())


def _set_aside(root: Path, person: Person) -> int:
    """Remove what was set aside and names this person, in its name, in what was said of it, or inside."""
    count = 0
    for place in sorted((root / "set-aside").glob("*.zip")):
        note = place.with_name(f"{place.name}.json")
        named = person.named_in(place.name.encode())
        named = named or (note.is_file() and person.named_in(note.read_bytes()))
        if named or any(person.named_in(content) for content in _inside(place)):
            place.unlink()
            note.unlink(missing_ok=True)
            count += 1
    return count


def _inside(place: Path) -> Iterator[bytes]:
    """Give a file's content, and that of the files of a zip that is safe to open."""
    yield place.read_bytes()
    for found in find_hand_ins(place):
        for name, content in found.files.items():
            yield name.encode() + b"\n" + content


def _survey(root: Path, person: Person) -> int:
    table = survey.answers(root)
    mine = table["learner"] == person.id
    if mine.any():
        replace(root / survey.FILE, survey.as_csv(table[~mine]))
    return int(mine.sum())


def _exports(root: Path, person: Person) -> int:
    """Remove exports that name this person; they can be made again."""
    count = 0
    for place in sorted((root / exports.FOLDER).glob("*")):
        if place.is_file() and person.named_in(place.read_bytes()):
            place.unlink()
            count += 1
    return count


def _notes(root: Path, person: Person) -> int:
    """Take a person out of the program's own notes, and remove what a crash left behind."""
    count = 0
    for place in sorted((root / NOTES).glob("*.json")):
        try:
            said = json.loads(place.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        kept, removed = _without(said, person.id)
        if removed:
            replace(place, json.dumps(kept, indent=0) + "\n")
            count += removed
    for left in (*(root / NOTES).glob("incoming-*"), *(root / NOTES).glob("submitting-*")):
        shutil.rmtree(left, ignore_errors=True)
        count += 1
    for log in (*root.glob("*.log"), *root.glob(".*.log")):
        if log.is_file() and person.named_in(log.read_bytes()):
            log.unlink()
            count += 1
    return count


def _without(said: object, id: str) -> tuple[object, int]:
    if not isinstance(said, dict):
        return said, 0
    kept, removed = {}, 0
    for key, value in said.items():
        if key == id or key.startswith(f"{id}/"):
            removed += 1
            continue
        kept[key], more = _without(value, id)
        removed += more
    return kept, removed


def _roster(root: Path, person: Person) -> int:
    table = roster(root)
    mine = table["id"] == person.id
    replace(root / ROSTER_FILE, table[~mine].to_csv(index=False, lineterminator="\n"))
    return int(mine.sum())


COURSE = "Until the course and any appeal are over; then erase the learner, or delete the folder."
TRAINERS = "Trainers and markers of this cohort."
AND_LEARNER = "Trainers of this cohort, and the learner."
# In the order in which a person is taken out: the roster last, so that it can be begun again after a crash.
KEPT = (
    Kept(
        "Zips handed out to each learner, with the key from which their numbers are drawn",
        ("handed-out/learners/{learner}.zip",),
        "To give each learner a case of their own.",
        COURSE,
        AND_LEARNER,
        _folders("handed-out/learners"),
    ),
    Kept(
        "Hand-ins: answers, when each was given, and every version received",
        ("received/{learner}/", "submitted/{learner}/", "handed-in/{learner}/"),
        "To mark them, and to show later what was handed in and when.",
        COURSE,
        TRAINERS,
        _folders("received", "submitted", "handed-in"),
    ),
    Kept(
        "Hand-ins that could not be placed",
        ("set-aside/",),
        "So that nothing a learner sent is lost.",
        "Until it is known whose they are; then delete them.",
        TRAINERS,
        _set_aside,
    ),
    Kept(
        "Marked exercises",
        ("autograded/{learner}/",),
        "To show how each mark came about.",
        COURSE,
        TRAINERS,
        _folders("autograded"),
    ),
    Kept(
        "Feedback pages",
        ("feedback/{learner}/",),
        "To tell each learner their marks and the reasons.",
        COURSE,
        AND_LEARNER,
        _folders("feedback"),
    ),
    Kept(
        "Work in the classroom: each learner’s own folder",
        ("people/{learner}/",),
        "To keep answers as they are given.",
        COURSE,
        AND_LEARNER,
        _folders("people"),
    ),
    Kept(
        "Marks, names and e-mails in nbgrader’s gradebook",
        (build.GRADEBOOK,),
        "To reckon and export grades.",
        COURSE,
        TRAINERS,
        _gradebook,
    ),
    Kept(
        "The record of who marked what, when, and with which comment",
        ("moderation/",),
        "To settle marks fairly and to answer appeals.",
        COURSE,
        TRAINERS,
        _record,
    ),
    Kept(
        "Certificates",
        (f"{certificates.FOLDER}/{{learner}}/",),
        "To show what was passed, and on what evidence.",
        "As long as a certificate may be asked for again.",
        AND_LEARNER,
        _folders(certificates.FOLDER),
    ),
    Kept(
        "Answers to the survey of confidence",
        (survey.FILE,),
        "To see what the course changed. Only figures of five people or more are shown.",
        COURSE,
        TRAINERS,
        _survey,
    ),
    Kept(
        "Exports for other systems",
        (f"{exports.FOLDER}/",),
        "To pass grades on. What the other system keeps is for its owner to say.",
        "Until they are passed on; then delete them.",
        TRAINERS,
        _exports,
    ),
    Kept(
        "The program’s notes: which version was marked, sign-in codes given anew",
        (f"{NOTES}/", "*.log", ".*.log"),
        "To do nothing twice and to lose nothing after a crash.",
        COURSE,
        TRAINERS,
        _notes,
    ),
    Kept(
        "The roster: name, e-mail, side, organisation",
        (ROSTER_FILE,),
        "To know whose work is whose, and to compare commissioners with providers.",
        COURSE,
        TRAINERS,
        _roster,
    ),
)
NOTES_FOR_PEOPLE = (
    "All of it lies in the cohort’s folder, on the computer of whoever runs the cohort.",
    "The academy sends none of it anywhere. Nobody is tracked, and no other service is called.",
    "What was handed over is beyond its reach: zips sent, certificates given, exports passed on, backups.",
    "A learner may ask to see all that is kept, to have it put right, or to have it erased.",
    "Similar answers are shown to a person to look at. No decision about anybody is made by machine alone.",
)


def erase(root: Path, learner: str) -> pd.DataFrame:
    """Take a learner out of everything that is kept, and look afterwards whether any file still names them.

    Safe to do again after a crash: the roster is last.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    learner : str
        Whose: an id on the roster.

    Returns
    -------
    DataFrame
        A row for each of `KEPT`: what, where, removed (how many files, rows or lines). After them, a row with
        removed 0 for each file that still names the person: such as a comment on somebody else's work.

    Raises
    ------
    InputError
        If there is no such learner, or something cannot be removed; what is left can be erased again.
    """
    people = roster(root).set_index("id")
    if learner not in people.index:
        raise InputError(f"There is no learner {learner} on the roster. See: academy cohort roster {root}")
    with held(root):
        person = _person(people, learner)
        rows = []
        for kept in KEPT:
            try:
                removed = kept.erase(root, person)
            except OSError as problem:
                raise InputError(
                    f"“{kept.what}” cannot be removed: {problem.strerror}. "
                    "Close what has it open, then erase again."
                ) from problem
            rows.append((kept.what, ", ".join(kept.where).format(learner=learner), removed))
        for place in _still(root, person):
            rows.append(("Still names this person: look at it", place.relative_to(root).as_posix(), 0))
    return pd.DataFrame(rows, columns=["what", "where", "removed"])


def _person(people: pd.DataFrame, learner: str) -> Person:
    row = people.loc[learner]
    alone = (people["name"].str.casefold() == row["name"].casefold()).sum() == 1
    texts = [row["email"], row["name"] if alone and " " in row["name"] else ""]
    texts.append(learner if len(learner) >= SHORTEST_ID else "")
    return Person(learner, tuple(text for text in texts if text))


def _still(root: Path, person: Person) -> list[Path]:
    found = []
    for place in sorted(root.rglob("*")):
        if not place.is_file() or place.is_symlink() or place.suffix == ".lock":
            continue
        if place.stat().st_size > LONGEST_SEARCHED:
            continue
        contents = _inside(place) if place.suffix == ".zip" else iter([place.read_bytes()])
        if person.named_in(str(place.relative_to(root)).encode()) or any(map(person.named_in, contents)):
            found.append(place)
    return found


def covered(path: str) -> list[Kept]:
    """Return what of `KEPT` a path in the cohort's folder belongs to."""
    return [kept for kept in KEPT if any(_matches(path, where) for where in kept.where)]


def _matches(path: str, where: str) -> bool:
    pattern = re.escape(where).replace(re.escape("{learner}"), "[^/]+").replace(r"\*", "[^/]*")
    return re.match(pattern + ("" if where.endswith("/") else r"\Z"), path) is not None


def export_whole(root: Path, into: Path) -> Path:
    """Write a whole cohort into one zip, with a list of its files and their hashes.

    Private keys are left out, such as that of the certificates: they are nobody's but this folder's.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    into : Path
        The zip to write, or a folder to write it into.

    Returns
    -------
    Path
        The zip.

    Raises
    ------
    InputError
        If the folder is not a cohort's, or the zip would lie within it or cannot be written.
    """
    name = re.sub(r"[^\w-]+", "-", about(root)["name"]).strip("-") or "cohort"
    place = into / f"{name}-{datetime.now(UTC):%Y-%m-%d}.zip" if into.is_dir() else into
    if root.resolve() in place.resolve().parents:
        raise InputError("The zip would lie within the cohort's own folder. Give a place outside of it.")
    part = place.with_name(f".{place.name}.part")
    listed = [("file", "bytes", "sha256")]
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with held(root), zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(root.rglob("*")):
                inner = path.relative_to(root).as_posix()
                if not _goes_along(path, inner):
                    continue
                content = _gradebook_bytes(path) if inner == build.GRADEBOOK else path.read_bytes()
                packed.writestr(inner, content)
                listed.append((inner, str(len(content)), hashlib.sha256(content).hexdigest()))
            made = io.StringIO()
            csv.writer(made, lineterminator="\n").writerows(listed)
            packed.writestr("CONTENTS.csv", made.getvalue())
        part.replace(place)
    except OSError as problem:
        raise InputError(f"{place} cannot be written. Choose another place.") from problem
    finally:
        part.unlink(missing_ok=True)
    return place


def _goes_along(path: Path, inner: str) -> bool:
    if path.is_symlink() or not path.is_file() or path.suffix in (".lock", ".part"):
        return False
    return path.parent.name != NOTES or path.name not in SECRETS


def _gradebook_bytes(path: Path) -> bytes:
    """Return the gradebook as it stands at one moment, also while somebody writes to it."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "copy.db"
        source, target = sqlite3.connect(path), sqlite3.connect(copy)
        try:
            source.backup(target)
        finally:
            target.close()
            source.close()
        return copy.read_bytes()


def statement(root: Path) -> pd.DataFrame:
    """Return what is kept: columns what, where, why, how_long, who_sees, and there (whether there is any)."""
    about(root)
    rows = [
        (k.what, ", ".join(k.where), k.why, k.how_long, k.who_sees, any(_there(root, w) for w in k.where))
        for k in KEPT
    ]
    return pd.DataFrame(rows, columns=["what", "where", "why", "how_long", "who_sees", "there"])


def _there(root: Path, where: str) -> bool:
    return next(iter(root.glob(where.replace("{learner}", "*").rstrip("/"))), None) is not None


def section(root: Path) -> str:
    """Return the data protection page's content as HTML, to be put into a page."""
    head = ("What", "Where", "Why", "How long", "Who sees it", "Kept now")
    rows = "".join(
        f'<tr><th scope="row">{escape(r.what)}</th><td>'
        + "<br>".join(f"<code>{escape(w)}</code>" for w in r.where.split(", "))
        + f"</td><td>{escape(r.why)}</td><td>{escape(r.how_long)}</td><td>{escape(r.who_sees)}</td>"
        f"<td>{'yes' if r.there else 'no'}</td></tr>"
        for r in rows_of(statement(root))
    )
    columns = "".join(f'<th scope="col">{name}</th>' for name in head)
    notes = "".join(f"<li>{escape(note)}</li>" for note in NOTES_FOR_PEOPLE)
    return (
        f"<ul>{notes}</ul><table><caption>What is kept of each learner</caption>"
        f"<thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table>"
    )


def page(root: Path) -> str:
    """Return the data protection page as one HTML file, to give to a cohort's people."""
    name = escape(about(root)["name"])
    style = (
        'body{font:1rem/1.5 system-ui,"DejaVu Sans",sans-serif;max-width:70rem;margin:2rem auto;'
        "padding:0 1rem}table{border-collapse:collapse}caption{text-align:left;font-weight:650}"
        "th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0}"
        "tr{border-bottom:1px solid #767676}"
    )
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Data protection: {name}</title><style>{style}</style></head><body><main>"
        f"<h1>Data protection: {name}</h1>{section(root)}</main></body></html>\n"
    )
