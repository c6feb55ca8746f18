"""How a cohort gets on: who handed in and was marked, who is stuck and where, and how each question did.

Marks come from nbgrader's gradebook by one query. Answers are read from what was handed in, each file once.
"""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from course import answers, slow_import
from course.authoring import build
from course.authoring.source import NOTEBOOK, PREFIXES
from course.cohorts.handing_out import due_dates, handed_out
from course.cohorts.roster import NOTES, roster
from course.grading.export import grades
from course.questions.marking import MARK_TYPE, NOT_IT
from course.syllabus import find

FEWEST = 5  # people below whom no figure of a group is shown
MANY_CHANGES = 6
STATES = {
    "waiting": "nothing handed in yet",
    "overdue": "nothing handed in, and the last day has passed",
    "handed in": "handed in, to mark",
    "trouble": "handed in, and could not be marked",
    "to moderate": "marked by machine; writing waits for a person",
    "marked": "marked, to return",
    "returned": "feedback is written",
}
SMALL = f"Fewer than {FEWEST} people: not shown."

QUERY = """
select a.name as exercise, s.student_id as learner, s.timestamp as handed_in, b.name as cell,
    g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade,
    coalesce(gc.max_score, tc.max_score) as out_of
from grade g
join base_cell b on b.id = g.cell_id
join submitted_notebook n on n.id = g.notebook_id
join submitted_assignment s on s.id = n.assignment_id
join assignment a on a.id = s.assignment_id
left join grade_cells gc on gc.id = b.id
left join task_cells tc on tc.id = b.id
"""
MARKS = ["learner", "exercise", "question", "kind", "points", "out_of", "needs_person", "handed_in"]


def marks(root: Path, exercises: Sequence[str] = ()) -> pd.DataFrame:
    """Return every mark of a cohort, by one query of the gradebook; of these exercises only, if given.

    Returns
    -------
    DataFrame
        A row for each question of each marked submission: learner, exercise, question, kind ("machine" or
        "person"), points (NaN where a person still marks), out_of, needs_person, handed_in (UTC, or NaT).
    """
    from sqlalchemy import bindparam, create_engine, text

    if not build.has_gradebook(root):
        return pd.DataFrame(columns=MARKS)
    query, named = text(QUERY), {}
    if exercises:
        named = {"exercises": list(exercises)}
        query = text(f"{QUERY} where a.name in :exercises").bindparams(bindparam("exercises", expanding=True))
    engine = create_engine(build.gradebook_address(root))
    try:
        with engine.connect() as connection:
            table = pd.read_sql(query, connection, params=named)
    finally:
        engine.dispose()
    table = table[table["cell"].str.startswith((PREFIXES["mark"], PREFIXES["rubric"]))].copy()
    person = table["cell"].str.startswith(PREFIXES["rubric"])
    table["kind"] = np.where(person, "person", "machine")
    table["question"] = table["cell"].str.replace(r"^(mark|rubric)-", "", regex=True)
    for column in ("manual_score", "auto_score", "extra_credit"):
        table[column] = pd.to_numeric(table[column])
    given = table["manual_score"].fillna(table["auto_score"])
    waits = table["needs_manual_grade"].astype(bool) & (table["kind"] == "person")
    table["needs_person"] = waits
    table["points"] = given.where(~waits) + table["extra_credit"].fillna(0.0)
    table["handed_in"] = pd.to_datetime(table["handed_in"], utc=True)
    return table[MARKS].reset_index(drop=True)


def standing(root: Path, now: datetime | None = None, exercises: Sequence[str] = ()) -> pd.DataFrame:
    """Say where each learner stands with each exercise that was handed out.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    now : datetime, optional
        The time (UTC) by which something is overdue.
    exercises : sequence of str
        Only these; all handed out, if left out.

    Returns
    -------
    DataFrame
        Columns learner, name, side, exercise, due (UTC, ISO 8601, or ""), begun (when the first answer that
        was handed in had been given), answered, questions (counts), handed_in (UTC, ISO 8601, or ""), late,
        marked, to_moderate, returned (true or false), points, out_of (NaN until marked), state (a key of
        `STATES`).

    Raises
    ------
    InputError
        If the folder is not a cohort's.
    """
    people, now = roster(root), now or datetime.now(UTC)
    dues, asked = due_dates(root), _asked(root)
    every = marks(root, exercises)
    sums = (
        every.groupby(["learner", "exercise"])
        .agg(waits=("needs_person", "any"), at=("handed_in", "first"))
        .to_dict("index")
        if len(every)
        else {}
    )
    scores = {}
    if build.has_gradebook(root):
        for row in rows_of(grades(root)):
            scores[str(row.student_id), str(row.assignment)] = (float(row.score), float(row.max_score))
    rows = []
    for exercise in exercises or handed_out(root):
        due, troubles = dues.get(exercise), _troubles(root, exercise)
        for person in rows_of(people):
            id = str(person.id)
            sent = _sent(root, id, exercise)
            known = sums.get((id, exercise))
            marked = bool(sent and known and _same_time(sent.at, known["at"]) and id not in troubles)
            waits = bool(marked and known and known["waits"])
            page = root / "feedback" / id / exercise / "exercise.html"
            done = root / "autograded" / id / exercise / NOTEBOOK
            returned = marked and _time(page) >= _time(done) > 0
            late = bool(sent and sent.at and due and sent.at > due)
            if not sent:
                state = "overdue" if due and now > due else "waiting"
            elif id in troubles:
                state = "trouble"
            elif not marked:
                state = "handed in"
            else:
                state = "to moderate" if waits else "returned" if returned else "marked"
            points, out_of = scores.get((id, exercise), (np.nan, np.nan)) if marked else (np.nan, np.nan)
            rows.append(
                (
                    id, person.name, person.side, exercise, _iso(due), sent.begun if sent else "",
                    sent.answered if sent else 0, asked.get(exercise, 0), _iso(sent.at) if sent else "",
                    late, marked, waits, returned, points, out_of, state,
                )
            )  # fmt: skip
    columns = [
        "learner", "name", "side", "exercise", "due", "begun", "answered", "questions", "handed_in", "late",
        "marked", "to_moderate", "returned", "points", "out_of", "state",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """Count a table of `standing` by exercise: columns exercise, learners, and one for each of `STATES`."""
    found = pd.crosstab(table["exercise"], table["state"]).reindex(columns=list(STATES), fill_value=0)
    found.insert(0, "learners", found.sum(axis=1))
    return found.rename_axis(columns=None).reset_index()


PEOPLE = "people"  # where a classroom keeps its learners' folders


def at_work(root: Path) -> pd.DataFrame:
    """Say who has opened and answered what, in a classroom; who learns at home is known by handing in only.

    Returns
    -------
    DataFrame
        Columns exercise, lesson_opened, exercise_opened, answered_some (how many people) and not_opened (the
        names of those who have opened neither), a row for each exercise handed out. Without a classroom yet,
        there are no rows.
    """
    if not (root / PEOPLE).is_dir():
        return pd.DataFrame(columns=["exercise", *AT_WORK])
    people = list(roster(root)[["id", "name"]].itertuples(index=False))
    seen = {id: _opened(root / PEOPLE / id / NOTES / "opened.json") for id, _ in people}
    rows = []
    for exercise in handed_out(root):
        module = find(exercise)
        short = module.id if module else exercise
        kinds = {
            id: {kind for kind in ("lesson", "exercise") if f"{kind}/{short}" in seen[id]} for id, _ in people
        }
        some = [_answered(root / PEOPLE / id / "exercises" / exercise) for id, _ in people]
        rows.append(
            (
                exercise,
                sum("lesson" in found for found in kinds.values()),
                sum("exercise" in found for found in kinds.values()),
                sum(some),
                ", ".join(name for id, name in people if not kinds[id]),
            )
        )
    return pd.DataFrame(rows, columns=["exercise", *AT_WORK])


AT_WORK = ("lesson_opened", "exercise_opened", "answered_some", "not_opened")


def _opened(place: Path) -> set[str]:
    """Return what a learner's folder says was opened."""
    try:
        return set(json.loads(place.read_text(encoding="utf-8"))) if _plain(place) else set()
    except (OSError, ValueError, TypeError):
        return set()


def _answered(folder: Path) -> bool:
    files = [folder / name for name in (answers.ANSWER_FILE, answers.JOURNAL_FILE)]
    there = [file for file in files if os.path.lexists(file)]
    return bool(there) and all(map(_plain, there)) and bool(answers.progress(folder)["answered"])


def _plain(place: Path) -> bool:
    """Tell a file from a link or a pipe, which a learner's kernel could put in its place."""
    try:
        return stat.S_ISREG(place.lstat().st_mode)
    except OSError:
        return False


def stuck(root: Path, now: datetime | None = None, exercises: Sequence[str] = ()) -> pd.DataFrame:
    """Say who is stuck, and where: those who are overdue, below the pass mark, or keep changing an answer.

    Returns
    -------
    DataFrame
        Columns learner, name, exercise, why (a sentence) and where (a question's id, or ""); worst first.
        Where two questions lost a learner as much, the one changed most often is given. The pass mark is held
    against the points that are settled, so also before a person has marked the writing.
    """
    table = standing(root, now, exercises)
    every = marks(root, exercises).dropna(subset=["points"])
    lost = _lost(every)
    settled = every.groupby(["learner", "exercise"])[["points", "out_of"]].sum()
    shares = (settled["points"] / settled["out_of"]).to_dict()
    rows = []
    for row in rows_of(table):
        module, missed = find(str(row.exercise)), lost.get((row.learner, row.exercise), {})
        if row.state == "overdue":
            rows.append((0, row, "Nothing was handed in, and the last day has passed.", ""))
            continue
        if not row.marked:
            continue
        changed = _changes(root, str(row.learner), str(row.exercise)) if missed else Counter()
        worst = max(missed, key=lambda q: (missed[q], changed[q]), default="")
        share = shares.get((row.learner, row.exercise), 1.0)
        if module and share < module.pass_mark:
            blank = max(0, row.questions - row.answered)
            left = f" {blank} of {row.questions} questions were left out." if blank else ""
            why = f"{share:.0%} of the points; {module.pass_mark:.0%} are needed.{left}"
            rows.append((1, row, why, worst))
            continue
        often = max(missed, key=lambda q: changed[q], default="")
        if often and changed[often] >= MANY_CHANGES:
            rows.append((2, row, f"The answer was changed {changed[often]} times and is not right.", often))
    rows.sort(key=lambda each: each[0])
    told = [(r.learner, r.name, r.exercise, why, where) for _, r, why, where in rows]
    return pd.DataFrame(told, columns=["learner", "name", "exercise", "why", "where"])


def questions(root: Path, exercises: Sequence[str] = ()) -> pd.DataFrame:
    """Say how each question did over the cohort.

    Facility is the mean share of the marks. Discrimination is the corrected item-total correlation: of a
    question's points with the points of the exercise's other questions, those that everybody has been marked
    on. Both rest on classical test theory (Crocker and Algina 1986).

    Parameters
    ----------
    root : Path
        The cohort's folder.
    exercises : sequence of str
        Only these; all handed out, if left out.

    Returns
    -------
    DataFrame
        Columns exercise, question, kind, answers (how many were marked), facility (0 to 1), discrimination
        (-1 to 1), commonest_wrong, commonest_wrong_count, unanswered, note. Figures of fewer than five
        people are NaN or blank, and `note` says so.
    """
    every = marks(root, exercises)
    rows = []
    for exercise in exercises or handed_out(root):
        mine = every[every["exercise"] == exercise]
        if mine.empty:
            continue
        points = mine.pivot_table(index="learner", columns="question", values="points", dropna=False)
        whole = points[[q for q in points.columns if points[q].notna().all()]]
        order = list(dict.fromkeys(mine["question"]))
        reasons = [_reasons(root, str(learner), exercise) for learner in points.index]
        about = mine.drop_duplicates("question").set_index("question")
        for question in order:
            given = points[question].dropna()
            kind, out_of = about.loc[question, ["kind", "out_of"]]
            base = (exercise, question, kind, len(given))
            if len(given) < FEWEST:
                rows.append((*base, np.nan, np.nan, "", 0, 0, SMALL))
                continue
            rest = whole.drop(columns=question, errors="ignore").sum(axis=1).loc[given.index]
            told = [r[question] for r in reasons if question in r]
            wrong = Counter(name for outcome, name in told if name and outcome in ("incorrect", "partly"))
            name, count = wrong.most_common(1)[0] if wrong else ("", 0)
            blank = sum(outcome == "unanswered" for outcome, _ in told)
            facility, found = float(given.mean() / out_of), _correlation(given, rest)
            rows.append((*base, facility, found, name, count, blank, _reading(facility, found)))
    columns = [
        "exercise", "question", "kind", "answers", "facility", "discrimination", "commonest_wrong",
        "commonest_wrong_count", "unanswered", "note",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def sides(root: Path) -> pd.DataFrame:
    """Set the sides beside each other: mean share of the points by exercise, kind of marking and side.

    Returns
    -------
    DataFrame
        Columns exercise, kind ("machine", or "person" for writing, of those marked), side, learners,
        mean_share (0 to 1), spread (standard deviation), note. Figures of fewer than five people are NaN.
    """
    rows = []
    for (exercise, kind, side), group in _shares(root).groupby(["exercise", "kind", "side"], sort=True):
        few = len(group) < FEWEST
        mean, spread = (np.nan, np.nan) if few else (group["share"].mean(), group["share"].std())
        rows.append((exercise, kind, side, len(group), mean, spread, SMALL if few else ""))
    columns = ["exercise", "kind", "side", "learners", "mean_share", "spread", "note"]
    return pd.DataFrame(rows, columns=columns)


def gap(root: Path) -> pd.DataFrame:
    """Set commissioners against providers: the difference of their mean shares, and what chance would give.

    Returns
    -------
    DataFrame
        Columns exercise, kind (as `sides`), commissioners, providers (mean shares), difference
        (commissioners less providers), chance (1.96 standard errors, by Welch: a smaller difference says
        nothing), note.
    """
    rows = []
    for (exercise, kind), group in _shares(root).groupby(["exercise", "kind"], sort=True):
        pair = [group.loc[group["side"] == side, "share"] for side in ("commissioner", "provider")]
        if min(map(len, pair)) < FEWEST:
            rows.append((exercise, kind, np.nan, np.nan, np.nan, np.nan, SMALL))
            continue
        one, two = (p.mean() for p in pair)
        chance = 1.96 * float(np.sqrt(sum(p.var() / len(p) for p in pair)))
        note = "More than chance usually gives." if abs(one - two) > chance else "No more than chance gives."
        rows.append((exercise, kind, one, two, one - two, chance, note))
    columns = ["exercise", "kind", "commissioners", "providers", "difference", "chance", "note"]
    return pd.DataFrame(rows, columns=columns)


def _shares(root: Path) -> pd.DataFrame:
    """Return each learner's share of an exercise's points by kind of marking, where all of it is settled."""
    keys = ["learner", "exercise", "kind"]
    table = marks(root)
    waits = table["points"].isna().groupby([table[key] for key in keys]).transform("any")
    sums = table[~waits].groupby(keys, as_index=False)[["points", "out_of"]].sum()
    sums["share"] = sums["points"] / sums["out_of"]
    return sums.merge(roster(root)[["id", "side"]], left_on="learner", right_on="id")


def rows_of(table: pd.DataFrame) -> list[Any]:
    """Return a table's rows, each with its columns as attributes."""
    return list(table.itertuples())


def _correlation(one: pd.Series, two: pd.Series) -> float:
    if one.std() < 1e-12 or two.std() < 1e-12:
        return float("nan")
    return float(np.corrcoef(one, two)[0, 1])


def _reading(facility: float, discrimination: float) -> str:
    """Say what to look at; bounds as is usual for classroom tests (Ebel and Frisbie 1991)."""
    if discrimination < 0:
        return "Those who do well elsewhere do worse here: look at the question and its key."
    if facility > 0.95:
        return "Nearly everybody has it."
    if facility < 0.3:
        return "Few have it: teach it again, or look at the question."
    if discrimination < 0.2:
        return "It tells little about who does well elsewhere."
    return ""


# ---- What was handed in ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sent:
    """What lies in `submitted`: when handed in, when its first answer was given, how many there are."""

    at: datetime | None
    begun: str
    answered: int


_read: dict[Path, tuple[tuple[float, ...], Any]] = {}
_MOST_READ = 50_000


def _once(place: Path, beside: Sequence[Path], read: Any) -> Any:
    """Return what `read` makes of files, again only once one of them has changed."""
    stamp = tuple(_time(path) for path in beside)
    kept = _read.get(place)
    if kept is None or kept[0] != stamp:
        if len(_read) > _MOST_READ:
            _read.clear()
        kept = _read[place] = stamp, read()
    return kept[1]


def _sent(root: Path, learner: str, exercise: str) -> _Sent | None:
    place = root / "submitted" / learner / exercise
    watched = [place / answers.ANSWER_FILE, place / "timestamp.txt", place / NOTEBOOK]

    def read() -> _Sent | None:
        if not place.is_dir():
            return None
        given = [a for a in answers.read(place).values() if a.value not in (None, "", [], {})]
        at = None
        if watched[1].is_file():
            text = watched[1].read_text(encoding="utf-8").replace("UTC", "").strip()
            try:
                at = datetime.fromisoformat(text).replace(tzinfo=UTC)
            except ValueError:
                at = None
        return _Sent(at, min((a.at for a in given), default=""), len(given))

    return _once(place, watched, read)


def _reasons(root: Path, learner: str, exercise: str) -> dict[str, tuple[str, str]]:
    """Return how marking went, by question: the outcome, and the wrong answer's name or what it reveals."""
    place = root / "autograded" / learner / exercise / NOTEBOOK

    def read() -> dict[str, tuple[str, str]]:
        try:
            text = place.read_text(encoding="utf-8")
        except OSError:
            return {}
        found, decoder, at = {}, json.JSONDecoder(), 0
        # Not the whole notebook: its figures make it large, and thousands are read.
        while (at := text.find(f'"{MARK_TYPE}":', at)) >= 0:
            at += len(MARK_TYPE) + 3
            try:
                said, _ = decoder.raw_decode(text[at : at + 20_000].lstrip())
                reveals = said["message"].replace(NOT_IT, "").strip()
                found[said["question"]] = said["outcome"], said["wrong"] or reveals
            except (ValueError, KeyError, TypeError):
                continue
        return found

    return _once(place, [place], read)


def _changes(root: Path, learner: str, exercise: str) -> Counter[str]:
    """Count how often each answer was changed before it was handed in, by the journal of what counts."""
    versions = root / "received" / learner / exercise
    try:
        version = json.loads((root / NOTES / "collected.json").read_text())[f"{learner}/{exercise}"]
    except (OSError, ValueError, KeyError):
        version = max((int(p.name) for p in versions.glob("*") if p.name.isdigit()), default=0)
    place = versions / str(version) / answers.JOURNAL_FILE

    def read() -> Counter[str]:
        times: Counter[str] = Counter()
        last: dict[str, Any] = {}
        try:
            lines = place.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return times
        for line in lines:
            try:
                said = json.loads(line)
                question, value = said["question"], said["value"]
            except (ValueError, KeyError, TypeError):
                continue
            times[question] += question in last and last[question] != value
            last[question] = value
        return times

    return _once(place, [place], read)


def _lost(table: pd.DataFrame) -> dict[tuple[str, str], dict[str, float]]:
    """Return, by learner and exercise, the points that each question lost."""
    table = table[table["points"] < table["out_of"] - 1e-9]
    found: dict[tuple[str, str], dict[str, float]] = {}
    for learner, exercise, question, points, out_of in zip(
        *(table[c] for c in ("learner", "exercise", "question", "points", "out_of")), strict=True
    ):
        found.setdefault((learner, exercise), {})[question] = out_of - points
    return found


def _asked(root: Path) -> dict[str, int]:
    """Count each exercise's questions, by the cells that earn points."""
    if not build.has_gradebook(root):
        return {}
    slow_import.mend()
    from sqlalchemy import create_engine, text

    engine = create_engine(build.gradebook_address(root))
    try:
        with engine.connect() as connection:
            rows = connection.execute(
                text(
                    "select a.name, b.name from base_cell b join notebook n on n.id = b.notebook_id "
                    "join assignment a on a.id = n.assignment_id"
                )
            ).all()
    finally:
        engine.dispose()
    found: dict[str, set[str]] = {}
    for exercise, cell in rows:
        if cell.startswith((PREFIXES["mark"], PREFIXES["rubric"])):
            found.setdefault(exercise, set()).add(cell)
    return {exercise: len(cells) for exercise, cells in found.items()}


def _troubles(root: Path, exercise: str) -> dict[str, str]:
    try:
        kept = json.loads((root / NOTES / f"marked-{exercise}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept.get("troubles", {})


def _same_time(ours: datetime | None, marked: Any) -> bool:
    """Whether what was marked is what lies there now; without times, what lies there was marked."""
    return ours is None or pd.isna(marked) or abs((marked - ours).total_seconds()) < 1


def _time(place: Path) -> float:
    try:
        return os.stat(place).st_mtime
    except OSError:
        return 0.0


def _iso(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""
