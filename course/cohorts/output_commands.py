"""The commands for what comes out of a cohort: progress, survey, certificates, exports, privacy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from course.cohorts.commands import Folder, _bytes, _show, cohort, out
from course.errors import InputError

certificate = typer.Typer(help="Check a certificate of the academy.", no_args_is_help=True)
Module = Annotated[str, typer.Argument(help="A module, such as m04.")]


@cohort.command("progress")
def show_progress(folder: Folder, module: Module = "") -> None:
    """Show how a cohort gets on and who is stuck; of one module, each learner and each question."""
    from course.cohorts import progress
    from course.cohorts.handing_out import exercises_named

    table = progress.standing(folder)
    if not module:
        _show(progress.counts(table), "Learners, by exercise")
        _show(progress.at_work(folder), "At work in the classroom")
        stuck = progress.stuck(folder)
        _show(stuck.drop(columns="learner"), "Stuck")
        return
    [exercise] = exercises_named([module])
    mine = table[table["exercise"] == exercise]
    if mine.empty:
        raise InputError(f"{exercise} was not handed out in this cohort.")
    mine = mine.assign(state=mine["state"].map(progress.STATES), handed_in=mine["handed_in"].str[:16])
    _show(mine[["name", "side", "answered", "handed_in", "points", "out_of", "state"]].fillna(""), exercise)
    for name, each in (
        ("Questions", progress.questions(folder, [exercise]).drop(columns="exercise")),
        ("The sides", progress.sides(folder).query("exercise == @exercise").drop(columns="exercise")),
        ("Commissioners against providers", progress.gap(folder).query("exercise == @exercise")),
    ):
        _show(_rounded(each), name)


@cohort.command("writing")
def mark_writing(
    folder: Folder,
    module: Module = "",
    filled: Annotated[
        Path | None, typer.Argument(help="A sheet that was filled in; show what waits, if left out.")
    ] = None,
    marker: Annotated[
        str, typer.Option(help="Who marks; “agreed” for what two markers settle together.")
    ] = "",
    blank: Annotated[Path | None, typer.Option(help="Write a sheet to fill in to this file, as CSV.")] = None,
    markers: Annotated[
        int | None, typer.Option(help="How many people mark each answer from now on: 1 or 2.")
    ] = None,
) -> None:
    """Mark writing in a spreadsheet: write a sheet, fill it in, take it back; show what waits."""
    from course.authoring import build, source
    from course.cohorts import handing_out, marking_sheets, roster
    from course.grading import writing

    roster.about(folder)
    if markers is not None:
        writing.set_markers(folder, markers)
    named = handing_out.exercises_named([module]) if module else handing_out.handed_out(folder)
    if not module and (blank is not None or filled is not None):
        raise InputError("Say which module the sheet is of, such as m04.")
    for exercise in named:
        made = source.load(exercise, build.BUILD_KEY)
        if blank is not None:
            for question in made.rubrics:
                place = blank if len(made.rubrics) == 1 else blank.with_stem(f"{blank.stem}-{question}")
                _write(place, marking_sheets.blank(folder, made, question, marker), "utf-8-sig")
            out.print("Write 0, 1, 2 or 3 under each criterion. Then give the sheet to this command.")
            return
        if filled is not None:
            _show(marking_sheets.take_in(folder, made, marker, _bytes(filled)), f"Rows of {filled.name}")
        _show(marking_sheets.standing(folder, made), f"Writing of {exercise}")
        for question in made.rubrics if writing.markers(folder) == 2 else ():
            table = writing.agreement(folder, made, question)
            _show(_rounded(table), f"How far two markers agree on {question}")


@cohort.command("survey")
def confidence(
    folder: Folder,
    filled: Annotated[
        Path | None, typer.Argument(help="A CSV that was filled in; show the change, if left out.")
    ] = None,
    blank: Annotated[Path | None, typer.Option(help="Write a CSV to fill in to this file.")] = None,
    when: Annotated[str, typer.Option(help="Of the blank: before or after.")] = "before",
) -> None:
    """Ask how confident people are, before and after, and show what changed."""
    from course.cohorts import survey

    if blank is not None:
        _write(blank, survey.blank(folder, when))
    elif filled is not None:
        _show(survey.take_in(folder, _bytes(filled)), f"Rows of {filled.name}")
    else:
        _show(_rounded(survey.change(folder).drop(columns="question")), "Confidence, from 1 to 5")
        for line in (*survey.CLAIMS, survey.evidence()):
            out.print(f"- {line}", markup=False, soft_wrap=True)


@cohort.command("certificates")
def issue(
    folder: Folder,
    learner: Annotated[str, typer.Option(help="Only this learner's.")] = "",
    pdf: Annotated[bool, typer.Option(help="Print them too.")] = True,
) -> None:
    """Issue a signed certificate to everybody who has passed a module."""
    from course.cohorts import certificates

    if learner:
        made = certificates.issue(folder, learner, pdf)
        out.print(f"{made.say} {made.pdf or made.html}".strip(), markup=False, soft_wrap=True)
    else:
        with out.status("") as status:
            table = certificates.issue_all(folder, pdf, status.update)
        _show(table.drop(columns="learner"), "Certificates")
    certificates.public_key(folder)
    place = folder / certificates.FOLDER / certificates.PUBLIC_FILE
    out.print(f"Give this public key to whoever checks them: {place}", markup=False, soft_wrap=True)


@certificate.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="The certificate: its .json or .html.")],
    key: Annotated[Path | None, typer.Option(help="The trainer's public key: public-key.pem.")] = None,
) -> None:
    """Check, offline, that nothing in a certificate was changed since it was signed."""
    from course.cohorts import certificates

    found = certificates.verify(file, key)
    if not found.valid:
        raise InputError(f"Not valid. {found.say}")
    out.print(f"Valid. {found.say}", markup=False, soft_wrap=True)


@certificate.callback()
def _group() -> None:
    """Check a certificate of the academy."""


@cohort.command("export")
def export(
    folder: Folder,
    kinds: Annotated[
        list[str] | None, typer.Argument(help="grades, moodle, canvas, xapi, cpd; all, if left out.")
    ] = None,
    into: Annotated[
        Path | None, typer.Option(help="A folder; “exports” in the cohort's, if left out.")
    ] = None,
) -> None:
    """Export results: grades for spreadsheets, Moodle and Canvas, xAPI statements, a CPD log."""
    from course.cohorts import exports

    _show(exports.write(folder, into, kinds or []), "Written")


@cohort.command("pack")
def pack(
    folder: Folder, into: Annotated[Path, typer.Argument(help="The zip to write, or a folder.")]
) -> None:
    """Write a whole cohort into one zip, without its private keys."""
    from course.cohorts import privacy

    out.print(f"Wrote {privacy.export_whole(folder, into)}.", markup=False, soft_wrap=True)


@cohort.command("erase")
def erase(
    folder: Folder,
    learner: Annotated[str, typer.Argument(help="Whose: a learner's id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Take a learner out of everything that a cohort keeps, and say what was removed."""
    from course.cohorts import privacy, roster

    if learner in set(roster.roster(folder)["id"]) and not yes:
        typer.confirm(f"All of {learner}'s work and marks will be gone for good. Erase them?", abort=True)
    _show(privacy.erase(folder, learner), f"Removed of {learner}")


@cohort.command("privacy")
def show_privacy(
    folder: Folder,
    into: Annotated[Path | None, typer.Option(help="Write a page for your learners to this file.")] = None,
) -> None:
    """Say what a cohort keeps of its people, why, how long, and who sees it."""
    from course.cohorts import privacy

    if into is not None:
        _write(into, privacy.page(folder))
        return
    table = privacy.statement(folder)
    _show(table.assign(there=table["there"].map({True: "yes", False: "no"})), "What is kept")
    for line in privacy.NOTES_FOR_PEOPLE:
        out.print(f"- {line}", markup=False, soft_wrap=True)


@cohort.command("alike")
def alike(folder: Folder, module: Module = "") -> None:
    """Show answers that are too alike, for a person to look at; nobody is scored by it."""
    from course.cohorts import handing_out, similarity

    named = handing_out.exercises_named([module]) if module else handing_out.handed_out(folder)
    with out.status("comparing"):
        texts = [similarity.alike(folder, e).assign(exercise=e) for e in named]
        files = [similarity.same_answers(folder, e).assign(exercise=e) for e in named]
    for tables, title in ((texts, "Free text"), (files, "Answer files")):
        if tables:
            table = pd.concat(tables).drop(columns=["learner", "other"]).round(2)
            _show(table, f"{title} to look at")
    out.print(similarity.THRESHOLDS, markup=False, soft_wrap=True)


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    return table.round(2).astype(object).fillna("")


def _write(place: Path, text: str, encoding: str = "utf-8") -> None:
    try:
        place.write_text(text, encoding=encoding, newline="")
    except OSError as problem:
        raise InputError(f"{place} cannot be written: {problem.strerror}. Choose another place.") from problem
    out.print(f"Wrote {place}.", markup=False, soft_wrap=True)
