"""Results for other systems: grades, Moodle's and Canvas's gradebooks, xAPI statements, a CPD log.

Every cell of text that a spreadsheet would take for a formula is made safe: see `safe`.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from course import syllabus
from course.cohorts import progress
from course.cohorts.roster import about, replace, roster
from course.errors import InputError

FOLDER = "exports"
KINDS = {
    "grades": "grades as CSV, for a spreadsheet",
    "moodle": "grades for Moodle, as CSV in per cent",
    "canvas": "grades for Canvas, as CSV in points",
    "xapi": "xAPI statements as JSON, for a learning record store",
    "cpd": "a log of continuing professional development, as CSV",
}
FILES = {
    "grades": "grades.csv",
    "moodle": "moodle.csv",
    "canvas": "canvas.csv",
    "xapi": "xapi.json",
    "cpd": "cpd.csv",
}
HOW = {
    "grades": "Open it in a spreadsheet.",
    "moodle": "In Moodle: Grades, Import, CSV. Map “Email address” to it, and each module to a new item.",
    "canvas": "In Canvas: Grades, Import. It knows people by login, which is the e-mail here, or by name.",
    "xapi": "Send it to the statements address of a learning record store.",
    "cpd": "Open it in a spreadsheet, or send each person their own rows.",
}
VERBS = "http://adlnet.gov/expapi/verbs/"
ACTIVITY = "http://adlnet.gov/expapi/activities/assessment"
# RFC 2606 keeps .invalid from ever being anybody's: an IRI must be given where there may be no site.
BASE = "https://social-value-academy.invalid"
_NAMESPACE = uuid.UUID("6f0d5c1e-52f4-5f0e-9a55-3a0c7b6f2d11")


def safe(cell: Any) -> Any:
    """Return a cell as it may stand in a CSV: text that begins like a formula gets an apostrophe before it.

    Numbers are left as they are. The signs are those of OWASP, “CSV Injection”: = + - @, tab and return.
    """
    if isinstance(cell, str) and cell.lstrip(" \u00a0\ufeff")[:1] in ("=", "+", "-", "@", "\t", "\r", "\n"):
        return f"'{cell}"
    if isinstance(cell, float) and math.isnan(cell):
        return ""
    return cell


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return made.getvalue()


def _title(exercise: str) -> str:
    module = syllabus.find(exercise)
    return f"Module {module.number}: {module.title}" if module else exercise


def grades_csv(root: Path) -> str:
    """Return a row for each learner and exercise: points, share, state and when it was handed in."""
    table = progress.standing(root)
    emails = roster(root).set_index("id")[["email", "organisation"]]
    head = "learner,name,email,organisation,side,exercise,module,points,out_of,share,state,handed_in,late"
    rows = [
        (
            r.learner, r.name, emails.loc[r.learner, "email"], emails.loc[r.learner, "organisation"], r.side,
            r.exercise, _title(r.exercise), r.points, r.out_of,
            round(r.points / r.out_of, 4) if r.out_of else "", progress.STATES[r.state], r.handed_in,
            "yes" if r.late else "no",
        )
        for r in progress.rows_of(table)
    ]  # fmt: skip
    return _csv([head.split(","), *rows])


def _wide(root: Path) -> tuple[list[str], list[tuple[Any, dict[str, Any]]]]:
    """Return the exercises, and each person with their row of each exercise that is wholly marked."""
    every = progress.standing(root)
    table = every[every["marked"] & ~every["to_moderate"]]
    found: dict[str, dict[str, Any]] = {}
    for row in progress.rows_of(table):
        found.setdefault(row.learner, {})[row.exercise] = row
    exercises = sorted(every["exercise"].unique())
    return exercises, [(p, found.get(p.id, {})) for p in progress.rows_of(roster(root))]


def moodle_csv(root: Path) -> str:
    """Return grades for Moodle's import: per cent, as a new grade item of Moodle is out of 100.

    A cell is empty until all of its marks are given. Columns as Moodle exports them; which column is which
    is chosen on import (docs.moodle.org, Grade import).
    """
    exercises, people = _wide(root)
    head = ["First name", "Last name", "ID number", "Institution", "Email address", *map(_title, exercises)]
    rows = [
        [p.first_name, p.last_name, p.id, p.organisation, p.email]
        + [round(100 * got[e].points / got[e].out_of, 2) if e in got else "" for e in exercises]
        for p, got in people
    ]
    return _csv([head, *rows])


def canvas_csv(root: Path) -> str:
    """Return grades for Canvas's gradebook import: points, with the row “Points Possible”.

    Canvas knows a person by its own ID (left empty), by SIS User ID, by SIS Login ID, or by name, in this
    order. A cell is empty until all of its marks are given.
    """
    exercises, people = _wide(root)
    best = {e: next((got[e].out_of for _, got in people if e in got), "") for e in exercises}
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *map(_title, exercises)]
    possible = ["    Points Possible", "", "", "", "", *(best[e] for e in exercises)]
    section = about(root)["name"]
    rows = [
        [p.name, "", p.id, p.email, section, *(got[e].points if e in got else "" for e in exercises)]
        for p, got in people
    ]
    return _csv([head, possible, *rows])


def cpd_csv(root: Path) -> str:
    """Return a log of continuing professional development: a row for each module that somebody passed."""
    exercises, people = _wide(root)
    head = "name,email,organisation,date,activity,provider,hours,result,what was learned"
    rows: list[Sequence[Any]] = []
    for person, got in people:
        for exercise in exercises:
            module, row = syllabus.find(exercise), got.get(exercise)
            if module is None or row is None or row.points / row.out_of + 1e-9 < module.pass_mark:
                continue
            rows.append(
                (
                    person.name, person.email, person.organisation, row.handed_in[:10], _title(exercise),
                    "The Social Value Academy", round(module.minutes / 60, 2),
                    f"passed, {row.points / row.out_of:.0%}", " ".join(module.outcomes),
                )
            )  # fmt: skip
    return _csv([head.split(","), *rows])


def xapi(root: Path, base: str = BASE) -> list[dict[str, Any]]:
    """Return what happened as xAPI 1.0.3 statements: "completed" when handed in, then "passed" or "failed".

    A statement about the same event always has the same id, so a store takes it once, however often it is
    sent. What has no time of hand-in has no statement.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    base : str
        The address under which activities, and people without an e-mail, are named.
    """
    cohort, emails = about(root), roster(root).set_index("id")["email"].to_dict()
    found = []
    for row in progress.rows_of(progress.standing(root)):
        if not row.handed_in:
            continue
        module = syllabus.find(row.exercise)
        whole = row.marked and not row.to_moderate and row.out_of > 0
        done: list[tuple[str, dict[str, Any]]] = [("completed", {"completion": True})]
        if whole and module is not None:
            share = row.points / row.out_of
            passed = bool(share + 1e-9 >= module.pass_mark)
            score = {"scaled": round(share, 4), "raw": row.points, "min": 0, "max": row.out_of}
            ended = {"score": score, "success": passed, "completion": True}
            done.append(("passed" if passed else "failed", ended))
        for verb, result in done:
            told = json.dumps([cohort["id"], row.learner, row.exercise, verb, row.handed_in, result])
            found.append(
                {
                    "id": str(uuid.uuid5(_NAMESPACE, told)),
                    "actor": _actor(row.learner, row.name, emails[row.learner], base),
                    "verb": {"id": f"{VERBS}{verb}", "display": {"en-GB": verb}},
                    "object": {
                        "objectType": "Activity",
                        "id": f"{base}/exercises/{row.exercise}",
                        "definition": {"type": ACTIVITY, "name": {"en-GB": _title(row.exercise)}},
                    },
                    "result": result,
                    "context": {"platform": "The Social Value Academy", "language": "en-GB"},
                    "timestamp": row.handed_in,
                }
            )
    return found


def _actor(learner: str, name: str, email: str, base: str) -> dict[str, Any]:
    who: dict[str, Any] = {"objectType": "Agent", "name": name}
    if email:
        return who | {"mbox": f"mailto:{email}"}
    return who | {"account": {"homePage": base, "name": learner}}


def xapi_json(root: Path, base: str = BASE) -> str:
    """Return the statements of `xapi` as JSON; each is checked first.

    Raises
    ------
    InputError
        If a statement is not as the standard wants it, as with an e-mail that is none.
    """
    statements = xapi(root, base)
    for statement in statements:
        faults = check_statement(statement)
        if faults:
            raise InputError(f"A statement about {statement['actor']['name']} cannot be sent: {faults[0]}")
    return json.dumps(statements, ensure_ascii=False, indent=1) + "\n"


_IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_MAILTO = re.compile(r"mailto:[^@\s]+@[^@\s]+")


def check_statement(statement: Any) -> list[str]:
    """Return what is wrong with an xAPI statement, as sentences; none, if it is as the standard wants it.

    Checked are the parts used here (xAPI 1.0.3, part two: id, actor, verb, object, result, timestamp).
    """
    if not isinstance(statement, dict):
        return ["A statement must be an object."]
    faults = []
    known = {"id", "actor", "verb", "object", "result", "context", "timestamp"}
    if set(statement) - known:
        faults.append(f"There is no part “{sorted(set(statement) - known)[0]}”.")
    try:
        uuid.UUID(statement.get("id"))
    except (ValueError, TypeError, AttributeError):
        faults.append("Its id is not a UUID.")
    actor, verb, thing = (_part(statement, name) for name in ("actor", "verb", "object"))
    ways = [name for name in ("mbox", "mbox_sha1sum", "openid", "account") if name in actor]
    if len(ways) != 1:
        faults.append("Its actor must be named in exactly one way.")
    elif ways == ["mbox"] and not _MAILTO.fullmatch(str(actor["mbox"])):
        faults.append("Its actor's mbox is not “mailto:” with an e-mail address.")
    elif ways == ["account"]:
        account = _part(actor, "account")
        if not _IRI.fullmatch(str(account.get("homePage", ""))) or not account.get("name"):
            faults.append("Its actor's account needs a homePage and a name.")
    for name, part in (("verb", verb), ("object", thing)):
        if not _IRI.fullmatch(str(part.get("id", ""))):
            faults.append(f"The id of its {name} is not an IRI.")
    if "result" in statement:
        faults += _result_faults(_part(statement, "result"))
    try:
        if datetime.fromisoformat(statement.get("timestamp", "")).tzinfo is None:
            faults.append("Its timestamp names no time zone.")
    except (ValueError, TypeError):
        faults.append("Its timestamp is not as ISO 8601 wants it.")
    return faults


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _result_faults(result: dict[str, Any]) -> list[str]:
    faults = []
    for name in ("success", "completion"):
        if name in result and not isinstance(result[name], bool):
            faults.append(f"Its result's {name} must be true or false.")
    score = _part(result, "score")
    numbers = {n: score[n] for n in ("scaled", "raw", "min", "max") if n in score}
    if any(
        isinstance(v, bool) or not isinstance(v, int | float) or not math.isfinite(v)
        for v in numbers.values()
    ):
        return [*faults, "A score must be a number."]
    if not -1 <= numbers.get("scaled", 0) <= 1:
        faults.append("Its scaled score must be from -1 to 1.")
    if "raw" in numbers and not numbers.get("min", -math.inf) <= numbers["raw"] <= numbers.get(
        "max", math.inf
    ):
        faults.append("Its raw score must be between the least and the most.")
    return faults


MAKERS: dict[str, Callable[[Path], str]] = {
    "grades": grades_csv,
    "moodle": moodle_csv,
    "canvas": canvas_csv,
    "xapi": xapi_json,
    "cpd": cpd_csv,
}


def write(root: Path, into: Path | None = None, kinds: Sequence[str] = ()) -> pd.DataFrame:
    """Write exports into a folder, each whole or not at all.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    into : Path, optional
        The folder; `exports` in the cohort's, if left out.
    kinds : sequence of str
        Keys of `KINDS`; all, if left out.

    Returns
    -------
    DataFrame
        Columns kind, file, rows (how many), say (what to do with it).

    Raises
    ------
    InputError
        If there is no such kind, the folder is not a cohort's, or cannot be written to.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise InputError(f"There is no export “{kind}”. There are: {', '.join(KINDS)}.")
    folder = into or root / FOLDER
    rows = []
    for kind in kinds or KINDS:
        text = MAKERS[kind](root)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # A spreadsheet takes a CSV without a mark for Windows-1252; Moodle and Canvas want none.
            replace(folder / FILES[kind], ("\ufeff" if kind in ("grades", "cpd") else "") + text)
        except OSError as problem:
            raise InputError(f"{folder} cannot be written to. Choose another folder.") from problem
        count = len(json.loads(text)) if kind == "xapi" else sum(1 for _ in csv.reader(io.StringIO(text))) - 1
        rows.append((kind, str(folder / FILES[kind]), count - (kind == "canvas"), HOW[kind]))
    return pd.DataFrame(rows, columns=["kind", "file", "rows", "say"])
