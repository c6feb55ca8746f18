"""How confident a cohort's people say they are, before and after, and what that can and cannot show.

One thing asked is not taught here. What rises in it rises anyway, and is taken off the rest: a comparator of
sorts, called a nonequivalent dependent variable (Shadish, Cook and Campbell 2002).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from course import measuring
from course.cohorts.roster import held, replace, roster
from course.errors import InputError

FILE = "survey.csv"
SENT = "survey.json"  # in a learner's academy folder, and in what they hand in
FEWEST = 5
MOST_BYTES = 5_000_000
QUESTIONS = {
    "law": "Say which rules on social value bind a given buyer.",
    "define": "Write a social value outcome that can be measured.",
    "ask": "Choose a weighting for social value and give reasons for it.",
    "score": "Score a social value answer so that another evaluator would agree.",
    "measure": "Tell what a contract added from what would have happened anyway.",
    "accounts": "Read a company’s annual accounts.",
}
CONTROL = "accounts"  # not taught here
SCALE = {
    1: "not at all confident",
    2: "a little confident",
    3: "fairly confident",
    4: "confident",
    5: "very confident",
}
WHEN = ("before", "after")
COLUMNS = ["learner", "when", "at", *QUESTIONS]
HEADINGS = {"words": "how confident they are that they can", "say": "remark"}
CLAIMS = (
    "The figures say how confident people said they were. They do not say what people can do: marks do.",
    "Only people who answered both times are counted. Those who left may have felt differently.",
    "One thing asked is not taught here. Its change is taken off, as what rises anyway.",
    "Nobody outside the course was asked. So the rest of the change may have other causes.",
    "After a course people often judge their earlier selves anew, which moves both figures.",
    f"No figure is shown of fewer than {FEWEST} people.",
)


def evidence() -> str:
    """Say how strong this evidence is on the Maryland scale, which the course teaches."""
    levels = measuring.evidence_levels("Maryland").set_index("level")["name"]
    return (
        "It compares before with after and has no group outside the course. On the Maryland scale of 1 to 5 "
        f"that is level 1 ({levels[1]})."
    )


def answers(root: Path) -> pd.DataFrame:
    """Return what people said: columns learner, when ("before", "after"), at (UTC), and one a question.

    Scores are 1 to 5, or NaN where a question was left out. Without a survey yet, there are no rows.
    """
    place = root / FILE
    if not place.is_file():
        return pd.DataFrame(columns=COLUMNS)
    try:
        kept = pd.read_csv(place, dtype={"learner": str, "when": str, "at": str}, encoding="utf-8-sig")
    except (OSError, ValueError) as problem:
        raise InputError(f"{place} cannot be read. Put back the last good copy of it.") from problem
    return kept.reindex(columns=COLUMNS)


def record(root: Path, learner: str, when: str, given: Mapping[str, int]) -> None:
    """Keep what one learner said, in place of what that learner said at the same time before.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    learner, when : str
        Whose; "before" or "after" the course.
    given : mapping of str to int
        By question, 1 to 5. Questions may be left out.

    Raises
    ------
    InputError
        If the learner is not on the roster, or a question, a score or `when` is not one of those there are.
    """
    if learner not in set(roster(root)["id"]):
        raise InputError(f"There is no learner {learner} on the roster. See: academy cohort roster {root}")
    row = _checked(when, given)
    with held(root):
        _keep(root, {(learner, when): row})


def said(home: Path) -> dict[str, dict[str, Any]]:
    """Return what a learner said on their own computer.

    Parameters
    ----------
    home : Path
        The learner's academy folder.

    Returns
    -------
    dict
        By "before" and "after", as far as given: by question 1 to 5, and `at` (UTC, ISO 8601).
    """
    try:
        return _sent((home / SENT).read_bytes())
    except OSError:
        return {}


def said_in(root: Path, learner: str) -> dict[str, dict[str, Any]]:
    """Return what a cohort keeps of a learner's answers, as `said` returns them."""
    table = answers(root)
    found: dict[str, dict[str, Any]] = {}
    for row in table[table["learner"] == learner].to_dict("records"):
        scores = {question: int(row[question]) for question in QUESTIONS if row[question] == row[question]}
        found[str(row["when"])] = {**scores, "at": row["at"]}
    return found


def say(home: Path, when: str, given: Mapping[str, object]) -> None:
    """Keep what a learner says on their own computer; the next hand-in takes it along.

    Raises
    ------
    InputError
        As `record`, or if the folder cannot be written to.
    """
    row: dict[str, Any] = {**_checked(when, given), "at": _now()}
    try:
        replace(home / SENT, json.dumps(said(home) | {when: row}, indent=1) + "\n")
    except OSError as problem:
        raise InputError(f"{home / SENT} cannot be written. Allow it, then try again.") from problem


def receive(root: Path, learner: str, sent: bytes) -> None:
    """Record what came with a learner's hand-in, unless newer is there; to be called while `held`."""
    there = said_in(root, learner)
    rows: dict[tuple[str, str], dict[str, Any]] = {
        (learner, when): given
        for when, given in _sent(sent).items()
        if given["at"] > str(there.get(when, {}).get("at", ""))
    }
    if rows:
        _keep(root, rows)


def _sent(raw: bytes) -> dict[str, dict[str, Any]]:
    """Read a learner's file; what is not as it should be there is left out."""
    try:
        found = json.loads(raw)
        parts = {when: dict(found[when]) for when in WHEN if when in found}
    except (ValueError, TypeError):
        return {}
    kept = {}
    for when, given in parts.items():
        try:
            at = datetime.fromisoformat(str(given.pop("at", ""))).astimezone(UTC)
            kept[when] = {
                **_checked(when, given),
                "at": min(at, datetime.now(UTC)).isoformat(timespec="seconds"),
            }
        except (InputError, ValueError):
            continue
    return kept


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _checked(when: str, given: Mapping[str, object]) -> dict[str, int]:
    if when not in WHEN:
        raise InputError(f"“{when}” is not when a survey is filled in. Write before or after.")
    found = {}
    for question, score in given.items():
        if question not in QUESTIONS:
            raise InputError(f"There is no question “{question}”. There are: {', '.join(QUESTIONS)}.")
        text = str(score).strip().removesuffix(".0")
        if text not in {str(n) for n in SCALE}:
            raise InputError(f"“{score}” is no score for “{question}”. Write a whole number from 1 to 5.")
        found[question] = int(text)
    if not found:
        raise InputError("No question is answered. Give at least one score from 1 to 5.")
    return found


def _keep(root: Path, rows: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
    kept: dict[tuple[str, str], dict] = {
        (r["learner"], r["when"]): dict(r) for r in answers(root).to_dict("records")
    }
    for (learner, when), given in rows.items():
        kept[learner, when] = {"at": _now(), **given, "learner": learner, "when": when}
    replace(root / FILE, as_csv(pd.DataFrame(list(kept.values()), columns=COLUMNS)))


def as_csv(table: pd.DataFrame) -> str:
    """Return a table like that of `answers` as CSV."""
    scores = {q: pd.to_numeric(table[q]).astype("Int64") for q in QUESTIONS}
    return table.assign(**scores).to_csv(index=False, lineterminator="\n")


def to_csv(root: Path) -> str:
    """Return all that was said, as CSV."""
    return as_csv(answers(root))


def blank(root: Path, when: str = "before") -> str:
    """Return a CSV to fill in: a row a learner, a column a question, under two lines of help."""
    if when not in WHEN:
        raise InputError(f"“{when}” is not when a survey is filled in. Write before or after.")
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    scale = "; ".join(f"{n} {words}" for n, words in SCALE.items())
    writer.writerow([f"# How confident are you that you can do each of these? {scale}."])
    writer.writerow(["# " + " ".join(f"{q}: {words}" for q, words in QUESTIONS.items())])
    writer.writerow(["learner", "when", *QUESTIONS])
    for id in roster(root)["id"]:
        writer.writerow([id, when, *[""] * len(QUESTIONS)])
    return made.getvalue()


def take_in(root: Path, filled: bytes | str) -> pd.DataFrame:
    """Take in a CSV that was filled in. Rows left empty are passed over; doing it again changes nothing.

    Returns
    -------
    DataFrame
        Columns row (as a spreadsheet numbers it), learner, when, outcome ("taken" or "refused"), say.

    Raises
    ------
    InputError
        If the folder is not a cohort's, or the file has no columns learner and when.
    """
    if len(filled) > MOST_BYTES:
        raise InputError("The file is larger than 5 MB. Save only the sheet with the answers as CSV.")
    text = filled if isinstance(filled, str) else filled.decode("utf-8-sig", errors="replace")
    lines = text.removeprefix("\ufeff").splitlines()
    head = next(
        (n for n, line in enumerate(lines) if line.replace('"', "").lower().startswith("learner")), None
    )
    if head is None:
        raise InputError(
            "The file has no heading “learner”. Start from: academy cohort survey FOLDER --blank FILE"
        )
    delimiter = max(",;\t", key=lines[head].count)
    names = [name.strip().lower() for name in next(csv.reader([lines[head]], delimiter=delimiter))]
    if "when" not in names:
        raise InputError("The file has no column “when”. Add it, with before or after in each row.")
    ids = {id.casefold(): id for id in roster(root)["id"]}
    told, rows = [], {}
    for number, cells in enumerate(csv.reader(lines[head + 1 :], delimiter=delimiter), head + 2):
        said = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        given = {name: said[name] for name in said if name not in ("learner", "when", "at") and said[name]}
        if not given:
            continue
        learner, when = ids.get(said.get("learner", "").casefold(), ""), said.get("when", "").lower()
        try:
            if not learner:
                raise InputError(f"There is no learner “{said.get('learner', '')}” on the roster.")
            rows[learner, when] = _checked(when, given)
        except InputError as problem:
            told.append((number, said.get("learner", ""), when, "refused", str(problem)))
        else:
            told.append((number, learner, when, "taken", ""))
    if rows:
        with held(root):
            _keep(root, rows)
    return pd.DataFrame(told, columns=["row", "learner", "when", "outcome", "say"])


def change(root: Path) -> pd.DataFrame:
    """Say how confidence changed, by question, among those who answered it both times.

    Returns
    -------
    DataFrame
        Columns question, words, people, before, after (mean scores of 1 to 5), change, net_change (the
        change less that of the question that is not taught, by difference in differences), say. With fewer
        than five people, figures are NaN and `say` says so. The question that is not taught comes last.

    Raises
    ------
    InputError
        If the folder is not a cohort's.
    """
    table = answers(root)
    pairs = {
        question: pd.concat(
            [table[table["when"] == when].set_index("learner")[question].rename(when) for when in WHEN],
            axis=1,
        ).dropna()
        for question in QUESTIONS
    }
    rows = []
    for question, words in QUESTIONS.items():
        # The same people in both, so that a change of who answered is no change.
        both = pairs[question]
        anyway = pairs[CONTROL].loc[pairs[CONTROL].index.intersection(both.index)]
        compared = both.loc[anyway.index]
        if len(both) < FEWEST:
            say = f"Fewer than {FEWEST} people answered both times: not shown."
            rows.append((question, words, len(both), np.nan, np.nan, np.nan, np.nan, say))
            continue
        before, after = (float(both[when].mean()) for when in WHEN)
        net, say = float("nan"), ""
        if question == CONTROL:
            say = "Not taught here: its change is what is taken off the others."
        elif len(anyway) < FEWEST:
            say = "Too few answered the question that is not taught, so no net change is shown."
        else:
            net = measuring.net_change(
                *(float(part[when].mean()) for part in (compared, anyway) for when in WHEN)
            )
            if len(anyway) < len(both):
                say = f"The net change rests on the {len(anyway)} who answered both questions both times."
        rows.append((question, words, len(both), before, after, after - before, net, say))
    columns = ["question", "words", "people", "before", "after", "change", "net_change", "say"]
    return pd.DataFrame(rows, columns=columns)
