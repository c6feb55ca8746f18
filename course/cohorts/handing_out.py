"""Hand exercises out: nbgrader's release, a zip for each exercise, and a zip for each learner."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from html import escape
from pathlib import Path

import pandas as pd

from course import slow_import
from course.authoring import build
from course.authoring.source import NOTEBOOK, exercise_ids
from course.cases.seeds import LEARNER_FILE, case_key
from course.cohorts import exchange
from course.cohorts.joining import packed
from course.cohorts.roster import about, held, replace, roster
from course.errors import InputError
from course.grading import nbgrader_folder
from course.syllabus import find, modules

HANDED_OUT = "handed-out"
LEARNERS = "learners"
START = "START-HERE.html"


def exercises_named(names: Sequence[str]) -> list[str]:
    """Return the exercises' ids for modules' names such as “m04” or “m04-asking”; all, if none is given.

    Raises
    ------
    InputError
        If there is no such module, or its exercise is not written.
    """
    written = exercise_ids()
    if not names:
        return [m.folder for m in modules() if m.folder in written]
    found = []
    for name in names:
        module = find(name)
        if module is None or module.folder not in written:
            raise InputError(f"There is no exercise “{name}”. There are: {', '.join(written)}.")
        found.append(module.folder)
    return list(dict.fromkeys(found))


def handed_out(root: Path) -> list[str]:
    """Return the ids of the exercises that were handed out in a cohort, in order."""
    return sorted(p.parent.name for p in root.glob(f"release/*/{NOTEBOOK}"))


def hand_out(
    root: Path,
    names: Sequence[str] = (),
    due: date | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:
    """Hand out exercises, and make the zips to send. Safe to do again, such as after people were added.

    Each learner's own zip holds the learner's case key, from which the numbers of the exercises are drawn,
    and every exercise handed out so far. The zip of an exercise holds nothing about anybody.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    names : sequence of str
        Modules, such as “m04”; all, if left out.
    due : date, optional
        The last day to hand these in; kept in nbgrader's gradebook.
    told : callable
        Is given a sentence about each step as it begins.

    Returns
    -------
    DataFrame
        Columns `for` (an exercise's or a learner's name), `file` (the zip's path within the folder) and
        `holds`. On a machine with an nbgrader exchange, its folder is the last row.

    Raises
    ------
    InputError
        If the folder is not a cohort's, nobody is in it, there is no such module, or the machine's exchange
        does not let this user release; the zips are made then.
    """
    cohort, people = about(root), roster(root)
    if people.empty:
        raise InputError("Nobody is on the roster yet. Add people with `academy cohort roster`.")
    wanted = exercises_named(names)
    with held(root):
        for exercise in wanted:
            told(f"making {exercise} ready")
            nbgrader_folder.prepare(root, exercise)
        if due is not None:
            _set_due(root, wanted, due)
        every = handed_out(root)
        dues = due_dates(root)
        (root / HANDED_OUT / LEARNERS).mkdir(parents=True, exist_ok=True)
        rows = []
        notebooks = {e: (root / "release" / e / NOTEBOOK).read_bytes() for e in every}
        for exercise in every:
            files = {
                f"exercises/{exercise}/{NOTEBOOK}": notebooks[exercise],
                START: start_page(cohort["name"], "", [exercise], dues).encode(),
            }
            place = root / HANDED_OUT / f"{exercise}.zip"
            replace(place, packed(files))
            rows.append((_title(exercise), place.relative_to(root).as_posix(), "the exercise"))
        told("making each learner's zip")
        for person in people.itertuples():
            card = {
                "case_key": case_key(cohort["salt"], str(person.id)),
                "learner": person.id,
                "name": person.name,
                "cohort": cohort["id"],
                "cohort_name": cohort["name"],
            }
            files = {f"exercises/{e}/{NOTEBOOK}": content for e, content in notebooks.items()}
            files[LEARNER_FILE] = (json.dumps(card, ensure_ascii=False, indent=1) + "\n").encode()
            files[START] = start_page(cohort["name"], str(person.name), every, dues).encode()
            place = root / HANDED_OUT / LEARNERS / f"{person.id}.zip"
            replace(place, packed(files))
            holds = f"their own case, {len(every)} exercise{'s' if len(every) != 1 else ''}"
            rows.append((str(person.name), place.relative_to(root).as_posix(), holds))
    released = exchange.release(root, wanted)
    if released is not None:
        rows.append(("Everybody on this machine", str(released), "the exercises, in nbgrader's exchange"))
    return pd.DataFrame(rows, columns=["for", "file", "holds"])


def _title(exercise: str) -> str:
    module = find(exercise)
    return f"Module {module.number}: {module.title}" if module else exercise


def _set_due(root: Path, exercises: Sequence[str], due: date) -> None:
    from nbgrader.api import Gradebook

    slow_import.mend()
    last = datetime.combine(due, time(23, 59, 59)).astimezone(UTC).replace(tzinfo=None)
    with Gradebook(build.gradebook_address(root)) as book:
        for exercise in exercises:
            book.find_assignment(exercise).duedate = last
        book.db.commit()


def due_dates(root: Path) -> dict[str, datetime]:
    """Return when each exercise is due (UTC), as the gradebook says; those without a date are left out."""
    if not build.has_gradebook(root):
        return {}
    from nbgrader.api import Gradebook

    slow_import.mend()
    with Gradebook(build.gradebook_address(root)) as book:
        return {a.name: a.duedate.replace(tzinfo=UTC) for a in book.assignments if a.duedate}


def start_page(cohort: str, name: str, exercises: Sequence[str], dues: dict[str, datetime]) -> str:
    """Return the page in each zip that tells a learner what to do, as one HTML file."""
    rows = "".join(
        f"<tr><td>{escape(_title(e))}</td><td>{_day(dues[e]) if e in dues else 'No date set'}</td></tr>"
        for e in exercises
    )
    join = (
        "<li>On its first page, follow “Join your cohort” and choose this zip as you received it. "
        "You do this once.</li>"
        if name
        else "<li>If you have not joined your cohort yet, use the zip that bears your name.</li>"
    )
    hello = (
        f"<p>For {escape(name)}. Do not pass this zip on: the numbers in it are your own.</p>" if name else ""
    )
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Start here: {escape(cohort)}</title><style>body{{font:1.1rem/1.55 system-ui,sans-serif;"
        "max-width:42rem;margin:2rem auto;padding:0 1rem}td,th{text-align:left;padding:.3rem 1rem .3rem 0}"
        f"</style></head><body><main><h1>Start here: {escape(cohort)}</h1>{hello}"
        f"<ol><li>Open the Social Value Academy on your computer.</li>{join}"
        "<li>Open a module, read its lesson, and do its exercise. Every answer is saved as you give it.</li>"
        "<li>At the end of the exercise press “Hand in”. It saves one zip on your computer.</li>"
        "<li>Send that zip to your trainer, by e-mail or as you were told. You may hand in again.</li></ol>"
        "<table><caption>To hand in</caption><thead><tr><th scope='col'>Exercise</th>"
        f"<th scope='col'>Last day</th></tr></thead><tbody>{rows}</tbody></table></main></body></html>\n"
    )


def _day(when: datetime) -> str:
    local = when.astimezone()
    return f"{local.day} {local:%B %Y}"
