"""Free text marked in a spreadsheet: a sheet of answers under their rubric, filled in and taken back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from course.authoring.source import Exercise
from course.cohorts.exports import safe
from course.errors import InputError
from course.grading import writing
from course.questions.rubrics import TOP

MOST_BYTES = 20_000_000
BEFORE = ("learner", "question", "answer", "given so far")
AFTER = ("comment", "text")  # `text` tells which version of the answer was marked


def standing(root: Path, made: Exercise) -> pd.DataFrame:
    """Return how many answers stand where: columns question, state (words), answers."""
    found = writing.pieces(root, made)
    rows = [
        (question, say, sum(p.question == question and p.state == key for p in found))
        for question in made.rubrics
        for key, say in writing.STATES.items()
    ]
    return pd.DataFrame(rows, columns=["question", "state", "answers"]).query("answers > 0")


def blank(root: Path, made: Exercise, question: str, marker: str) -> str:
    """Return a CSV to fill in: the rubric in its first rows, then a row for each answer to be marked.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    made : Exercise
        The exercise.
    question : str
        Its free-text question.
    marker : str
        Who will mark: gets what that person has not marked, and nobody else's scores. “agreed”: gets what
        two markers differ on, with the scores of both.

    Raises
    ------
    InputError
        There is no such question, nobody is named, or nothing waits for this marker.
    """
    rubric = writing.rubric_of(made, question)
    if not marker.strip():
        raise InputError("Say who marks: --marker and a name.")
    settling = marker == writing.AGREED
    waiting = []
    for whole in writing.pieces(root, made):
        piece = writing.for_marker(whole, "" if settling else marker)
        own = any(mark.marker == marker for mark in whole.marks)
        wanted = whole.state == "differ" if settling else not own and whole.state in ("unmarked", "half")
        if whole.question == question and wanted:
            waiting.append(whole if settling else piece)
    if not waiting:
        raise InputError(
            f"Nothing of {made.id} waits to be settled." if settling else f"Nothing waits for {marker}."
        )
    made_csv = io.StringIO()
    writer = csv.writer(made_csv)
    writer.writerow([*BEFORE, *rubric.criteria, *AFTER])
    for score in range(TOP + 1):
        earns = [descriptors[score] for descriptors in rubric.criteria.values()]
        writer.writerow([f"# {score}", question, f"What earns {score}.", "", *earns, "", ""])
    for sample in rubric.samples:
        writer.writerow([f"# sample {sample.name}", question, safe(sample.text), "", *sample.scores, "", ""])
    for piece in waiting:
        so_far = "; ".join(
            f"{mark.marker}: {' '.join(map(str, mark.scores))} {mark.comment}".strip() for mark in piece.marks
        )
        empty = [""] * len(rubric.criteria)
        writer.writerow(
            [piece.learner, question, safe(piece.text), safe(so_far), *empty, "", writing.digest(piece.text)]
        )
    return made_csv.getvalue()


def take_in(root: Path, made: Exercise, marker: str, filled: bytes) -> pd.DataFrame:
    """Record the scores of a sheet that was filled in; rows without scores are passed over.

    Taking a sheet in again changes nothing that is recorded already.

    Parameters
    ----------
    root, made, marker
        As in `blank`.
    filled : bytes
        The sheet, as a spreadsheet saves CSV.

    Returns
    -------
    DataFrame
        Columns row (as the file's records are numbered), learner, outcome ("marked", "same", "refused"),
        say.

    Raises
    ------
    InputError
        The file is no such sheet.
    """
    if len(filled) > MOST_BYTES:
        raise InputError("The file is larger than 20 MB. Save only the sheet with the scores as CSV.")
    names, rows = _read(filled)
    question = next((cells[names.index("question")] for _, cells in rows if any(cells)), "").strip()
    rubric = writing.rubric_of(made, question)
    missing = [c for c in rubric.criteria if c.casefold() not in names]
    if missing:
        raise InputError(f"The sheet has no column “{missing[0]}”. Put its heading back.")
    now = {p.learner: p for p in writing.pieces(root, made) if p.question == question}
    told = []
    for number, cells in rows:
        said = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        given = [said.get(criterion.casefold(), "") for criterion in rubric.criteria]
        learner = said.get("learner", "")
        if learner.startswith("#") or not any(given):
            continue
        try:
            outcome = _take(root, made, question, marker, now.get(learner), said, given)
        except InputError as problem:
            told.append((number, learner, "refused", str(problem)))
        else:
            told.append((number, learner, outcome, ""))
    return pd.DataFrame(told, columns=["row", "learner", "outcome", "say"])


def _take(
    root: Path,
    made: Exercise,
    question: str,
    marker: str,
    piece: writing.Piece | None,
    said: dict[str, str],
    given: list[str],
) -> str:
    if piece is None:
        raise InputError(f"“{said['learner']}” has not handed in {made.id}. Check the learner's id.")
    if said.get("text", "") != writing.digest(piece.text):
        raise InputError("The answer was replaced since this sheet was written. Write a new sheet for it.")
    scores = []
    for criterion, cell in zip(writing.rubric_of(made, question).criteria, given, strict=True):
        plain = cell.removesuffix(".0").removesuffix(",0")
        if plain not in map(str, range(TOP + 1)):
            was = f"“{cell}” is no score" if cell else "There is no score"
            raise InputError(f"{was} for “{criterion}”. Write 0, 1, 2 or 3.")
        scores.append(int(plain))
    comment = said.get("comment", "")
    if any((m.marker, m.scores, m.comment) == (marker, tuple(scores), comment) for m in piece.marks):
        return "same"
    writing.mark(root, made, piece.learner, question, marker, scores, comment)
    return "marked"


def _read(filled: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the headings in small letters, and each row with its number."""
    encoding = "utf-16" if filled[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = filled.decode(encoding)
    except UnicodeDecodeError:
        text = filled.decode("cp1252", errors="replace")  # what Excel writes as plain CSV
    separator = max(",;\t", key=text.split("\n", 1)[0].count)
    try:
        rows = list(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1))
    except csv.Error as problem:
        raise InputError("The sheet cannot be read as CSV. Save it again as “CSV UTF-8”.") from problem
    names = [cell.strip().casefold() for cell in rows[0][1]] if rows else []
    if not {"learner", "question", "text"} <= set(names):
        raise InputError(
            "This is not a marking sheet: its headings are missing. Write one with --blank, keep its first "
            "row, and save it as CSV, not as a workbook."
        )
    wide = [(number, [*cells, *[""] * (len(names) - len(cells))]) for number, cells in rows[1:]]
    return names, wide
