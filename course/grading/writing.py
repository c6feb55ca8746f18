"""Free text, marked by people against its rubric: blind, by one marker or two, with a record of who and when.

The record is a file in the cohort's folder to which lines are only ever added. The gradebook gets what was
settled, so that nbgrader's own pages show it too. After a crash `settle` brings the gradebook up to it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock

from course import answers, moderation
from course.authoring import build
from course.authoring.source import PREFIXES, Exercise
from course.cases.seeds import COHORT_FILE
from course.errors import InputError
from course.questions.rubrics import TOP, Rubric

FOLDER = "moderation"
AGREED = "agreed"  # what the markers settled together stands under this name
LONGEST_COMMENT = 2000
STATES = {
    "blank": "nothing written",
    "unmarked": "to mark",
    "half": "waits for a second marker",
    "differ": "markers differ: to settle",
    "marked": "marked",
    "outside": "marked in nbgrader’s own pages",
}


SCORED = """
select s.student_id, b.name, g.manual_score, g.needs_manual_grade, c.manual_comment
from grade g
join base_cell b on b.id = g.cell_id
join submitted_notebook n on n.id = g.notebook_id
join submitted_assignment s on s.id = n.assignment_id
join assignment a on a.id = s.assignment_id
left join comment c on c.notebook_id = n.id and c.cell_id = b.id
where a.name = :exercise
"""


@dataclass(frozen=True)
class Mark:
    """One marker's scores of one answer: 0 to 3 on each criterion, in the rubric's order; when (UTC)."""

    marker: str
    scores: tuple[int, ...]
    comment: str
    at: str

    @property
    def points(self) -> int:
        """What the scores add up to."""
        return sum(self.scores)


@dataclass(frozen=True)
class Piece:
    """One learner's answer to one free-text question, its latest marks by marker, and where it stands.

    `state` is a key of `STATES`. `settled` is the mark that counts, if there is one. `earlier` is True where
    marks were given to another text, which the learner has since replaced: they no longer count.
    """

    learner: str
    question: str
    text: str
    marks: tuple[Mark, ...]
    settled: Mark | None
    state: str
    earlier: bool

    @property
    def words(self) -> int:
        """How many words were written."""
        return len(self.text.split())


def markers(root: Path) -> int:
    """Return how many people mark each answer of a cohort: 1, or 2 who do not see each other's scores."""
    return int(_cohort(root).get("markers", 1))


def set_markers(root: Path, number: int) -> None:
    """Set how many people mark each answer of a cohort: 1 or 2."""
    if number not in (1, 2):
        raise InputError(f"{number} markers are not possible. Choose 1, or 2 who mark apart.")
    path = root / COHORT_FILE
    part = path.with_suffix(".part")
    part.write_text(json.dumps(_cohort(root) | {"markers": number}) + "\n", encoding="utf-8")
    part.replace(path)


def pieces(root: Path, made: Exercise) -> list[Piece]:
    """Return every free-text answer handed in for an exercise, by learner and question.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    made : Exercise
        The exercise.
    """
    return _pieces(root, made.id, list(made.rubrics))


def _pieces(
    root: Path, exercise: str, questions: Sequence[str], learners: Collection[str] | None = None
) -> list[Piece]:
    record: dict[tuple[str, str], list[dict]] = {}
    for line in _record(root, exercise):
        record.setdefault((line["learner"], line["question"]), []).append(line)
    wanted = markers(root)
    stands = _stands(root, exercise)
    found = []
    for place in sorted((root / "submitted").glob(f"*/{exercise}")):
        learner = place.parent.name
        if learners is not None and learner not in learners:
            continue
        given = answers.read(place)
        for question in questions:
            value = given[question].value if question in given else None
            text = value.strip() if isinstance(value, str) else ""
            piece = _piece(learner, question, text, record.get((learner, question), []), wanted)
            by_hand = stands.get((learner, question), (None,))[0]
            if by_hand is not None and not piece.marks and not piece.earlier and (text or by_hand):
                piece = replace(piece, state="outside")
            found.append(piece)
    return found


def for_marker(piece: Piece, marker: str) -> Piece:
    """Hide from a marker what others gave, until that marker has given scores too."""
    own = tuple(mark for mark in piece.marks if mark.marker == marker)
    if own or piece.state == "marked":
        return piece
    return Piece(piece.learner, piece.question, piece.text, (), None, "unmarked", piece.earlier)


def mark(
    root: Path,
    made: Exercise,
    learner: str,
    question: str,
    marker: str,
    scores: Sequence[int],
    comment: str = "",
) -> Piece:
    """Record a marker's scores of one answer, and write to the gradebook what is now settled.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    made : Exercise
        The exercise.
    learner, question : str
        Whose answer, to which free-text question.
    marker : str
        Who marks; "agreed" for what two markers settled together.
    scores : sequence of int
        0 to 3 for each criterion of the rubric, in its order.
    comment : str
        What the learner is told.

    Raises
    ------
    InputError
        If there is no such question or answer, a score is not 0 to 3, the marker has no name, or
        “agreed” comes before both have marked.
    """
    rubric = rubric_of(made, question)
    _check(rubric, marker, scores, comment)
    piece = _one(root, made, learner, question)
    if marker == AGREED and len([m for m in piece.marks if m.marker != AGREED]) < 2:
        raise InputError("Both markers mark first. Then they settle on scores together.")
    others = {m.marker for m in piece.marks} - {AGREED, marker}
    if marker != AGREED and len(others) >= markers(root):
        named = " and ".join(sorted(others))
        raise InputError(f"{named} marked this answer already. Settle it together, or set two markers.")
    line = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "learner": learner,
        "question": question,
        "marker": marker.strip(),
        "scores": list(scores),
        "comment": comment.strip(),
        "text": digest(piece.text),
    }
    _append(root, made.id, line)
    piece = _one(root, made, learner, question)
    _to_gradebook(root, made.id, [piece])
    return piece


def settle(root: Path, made: Exercise) -> int:
    """Write all that the record settles to the gradebook again; return how many answers that is.

    To be called after marking by machine, and after a crash: it changes nothing that is right already.
    An answer in which nothing is written gets 0 without a person.
    """
    return settle_of(root, made.id, list(made.rubrics))


def settle_of(
    root: Path, exercise: str, questions: Sequence[str], learners: Collection[str] | None = None
) -> int:
    """Do as `settle` for an exercise that is not loaded, by its free-text questions; only these learners'."""
    found = _pieces(root, exercise, questions, learners)
    _to_gradebook(root, exercise, found)
    return sum(piece.settled is not None for piece in found)


def history(root: Path, exercise: str) -> pd.DataFrame:
    """Return the whole record, oldest first: at, learner, question, marker, scores, comment."""
    columns = ["at", "learner", "question", "marker", "scores", "comment"]
    return pd.DataFrame(_record(root, exercise), columns=columns)


def comment_bank(root: Path, exercise: str, most: int = 12) -> list[str]:
    """Return the comments given so far in an exercise, those used most first."""
    used = Counter(line["comment"] for line in _record(root, exercise) if line["comment"])
    return [comment for comment, _ in used.most_common(most)]


def agreement(root: Path, made: Exercise, question: str) -> pd.DataFrame:
    """Say how far two markers agree, over the answers that both have marked, before they settled.

    Returns
    -------
    DataFrame
        A row a criterion, and one for the whole: criterion, answers, same (share of 1 given the same
        score), alpha (Krippendorff's, ordinal; NaN where fewer than two answers or all alike), reading.
    """
    rubric = rubric_of(made, question)
    both = [
        [m for m in piece.marks if m.marker != AGREED][:2]
        for piece in pieces(root, made)
        if piece.question == question and len([m for m in piece.marks if m.marker != AGREED]) >= 2
    ]
    rows = []
    for at, criterion in enumerate([*rubric.criteria, "All criteria"]):
        given = [[m.points if at == len(rubric.criteria) else m.scores[at] for m in pair] for pair in both]
        rows.append({"criterion": criterion, "answers": len(given), **_agreed(given)})
    return pd.DataFrame(rows)


def calibration(rubric: Rubric, sample: str, scores: Sequence[int]) -> list[tuple[str, int, int]]:
    """Compare a marker's scores of a sample answer with its author's: criterion, yours, the author's."""
    found = next((s for s in rubric.samples if s.name == sample), None)
    if found is None:
        names = ", ".join(s.name for s in rubric.samples)
        raise InputError(f"There is no sample “{sample}”. There are: {names}.")
    _check_scores(rubric, scores)
    return list(zip(rubric.criteria, scores, found.scores, strict=True))


def _agreed(given: list[list[int]]) -> dict[str, object]:
    if not given:
        return {"same": float("nan"), "alpha": float("nan"), "reading": "no answer was marked twice yet"}
    same = sum(a == b for a, b in given) / len(given)
    if len(given) < 2 or len({score for pair in given for score in pair}) < 2:
        return {"same": same, "alpha": float("nan"), "reading": "too few different scores to say"}
    alpha = moderation.krippendorff_alpha(pd.DataFrame(given), "ordinal")
    return {"same": same, "alpha": alpha, "reading": moderation.read_alpha(alpha)}


def _piece(learner: str, question: str, text: str, record: Sequence[Mapping], wanted: int) -> Piece:
    mine = [line for line in record if line["learner"] == learner and line["question"] == question]
    now = [line for line in mine if line["text"] == digest(text)]
    latest = {
        line["marker"]: Mark(line["marker"], tuple(line["scores"]), line["comment"], line["at"])
        for line in now
    }
    settled, state = _standing(latest, text, wanted)
    return Piece(learner, question, text, tuple(latest.values()), settled, state, bool(mine) and not now)


def _standing(latest: Mapping[str, Mark], text: str, wanted: int) -> tuple[Mark | None, str]:
    people = [mark for name, mark in latest.items() if name != AGREED]
    if AGREED in latest and latest[AGREED].at >= max((m.at for m in people), default=""):
        return latest[AGREED], "marked"
    if not people:
        return None, "unmarked" if text else "blank"
    if wanted == 1 and len(people) == 1:
        return people[0], "marked"
    if len(people) < 2:
        return None, "half"
    if len({mark.scores for mark in people}) == 1:
        return people[0], "marked"
    return None, "differ"


def _one(root: Path, made: Exercise, learner: str, question: str) -> Piece:
    place = root / "submitted" / learner / made.id
    if not place.is_dir():
        raise InputError(f"{learner} has not handed in {made.id}.")
    given = answers.read(place)
    value = given[question].value if question in given else None
    text = value.strip() if isinstance(value, str) else ""
    return _piece(learner, question, text, _record(root, made.id), markers(root))


def rubric_of(made: Exercise, question: str) -> Rubric:
    """Return the rubric of a free-text question; an InputError names those there are."""
    if question not in made.rubrics:
        known = ", ".join(made.rubrics) or "none"
        raise InputError(f"“{question}” is not free text of {made.id}. Free text there: {known}.")
    return made.rubrics[question]


def _check(rubric: Rubric, marker: str, scores: Sequence[int], comment: str) -> None:
    if not marker.strip():
        raise InputError("Say who marks: the record names everyone who gave scores.")
    if len(comment) > LONGEST_COMMENT:
        raise InputError(f"The comment has {len(comment)} characters. Keep it to {LONGEST_COMMENT}.")
    _check_scores(rubric, scores)


def _check_scores(rubric: Rubric, scores: Sequence[int]) -> None:
    if len(scores) != len(rubric.criteria):
        raise InputError(
            f"Give a score for each of the {len(rubric.criteria)} criteria; there are {len(scores)}."
        )
    for criterion, score in zip(rubric.criteria, scores, strict=True):
        if score not in range(TOP + 1):
            raise InputError(f"The score for “{criterion}” is {score}. It must be 0, 1, 2 or 3.")


def digest(text: str) -> str:
    """Return by what the record knows an answer's text: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _cohort(root: Path) -> dict[str, Any]:
    try:
        kept = json.loads((root / COHORT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _path(root: Path, exercise: str) -> Path:
    return root / FOLDER / f"{exercise}.jsonl"


def _record(root: Path, exercise: str) -> list[dict]:
    """Read the record; a last line cut off by a crash is left out."""
    path = _path(root, exercise)
    if not path.is_file():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def _append(root: Path, exercise: str, line: Mapping) -> None:
    path = _path(root, exercise)
    path.parent.mkdir(exist_ok=True)
    with FileLock(path.with_suffix(".lock")), path.open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())


def _stands(root: Path, exercise: str) -> dict[tuple[str, str], tuple[float | None, bool, str | None]]:
    """Return what the gradebook has of free text, by learner and question, by one query.

    It is a person's score, whether one is still needed, and the comment.
    """
    from nbgrader.api import Gradebook
    from sqlalchemy import text

    if not build.has_gradebook(root):
        return {}
    with Gradebook(build.gradebook_address(root)) as gradebook:
        rows = gradebook.db.execute(text(SCORED), {"exercise": exercise}).all()
    return {
        (learner, name.removeprefix(PREFIXES["rubric"])): (score, bool(needed), comment)
        for learner, name, score, needed, comment in rows
        if name.startswith(PREFIXES["rubric"])
    }


def _to_gradebook(root: Path, exercise: str, found: Sequence[Piece]) -> None:
    """Give the gradebook each settled score; what nobody marked here stays as nbgrader's pages have it."""
    from nbgrader.api import Gradebook, MissingEntry

    stands = _stands(root, exercise) if found else {}
    decided = {(p.learner, p.question): _decided(p) for p in found if _is_decided(p)}
    # Those not marked by machine yet have no row: `settle` comes after that.
    changed = {key: new for key, new in decided.items() if key in stands and stands[key] != new}
    if not changed:
        return
    with Gradebook(build.gradebook_address(root)) as gradebook:
        for (learner, question), (score, needed, said) in changed.items():
            name = f"{PREFIXES['rubric']}{question}"
            try:
                notebook = gradebook.find_submission(exercise, learner).notebooks[0]
                grade = next(g for g in notebook.grades if g.name == name)
            except (MissingEntry, IndexError, StopIteration):
                continue
            grade.manual_score, grade.needs_manual_grade = score, needed
            for comment in notebook.comments:
                if comment.name == name:
                    comment.manual_comment = said
        gradebook.db.commit()


def _is_decided(piece: Piece) -> bool:
    return piece.state != "outside" and (piece.state != "unmarked" or piece.earlier)


def _decided(piece: Piece) -> tuple[float | None, bool, str | None]:
    """Return what the gradebook should have: as `_stands`."""
    if piece.settled:
        return float(piece.settled.points), False, piece.settled.comment
    return (0.0, False, None) if piece.state == "blank" else (None, True, None)
