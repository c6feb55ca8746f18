"""The commands `academy cohort …`: each calls one function and prints what came of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

from course.errors import InputError

cohort = typer.Typer(
    help="Run a cohort: its people, hand-out, hand-in, results, certificates.", no_args_is_help=True
)
out = Console(highlight=False)

Folder = Annotated[Path, typer.Argument(help="The cohort's folder.")]


@cohort.command("new")
def new(
    name: Annotated[str, typer.Argument(help="What people call it, such as “Spring 2027”.")],
    people: Annotated[Path, typer.Option("--roster", help="The list of people, as CSV.")],
    into: Annotated[
        Path | None, typer.Option(help="The folder to make; one named after the cohort, if left out.")
    ] = None,
) -> None:
    """Make a cohort from a list of people."""
    from course.cohorts import roster

    folder = into or Path(re.sub(r"[^\w-]+", "-", name.lower()).strip("-") or "cohort")
    table = roster.new(name, _bytes(people), folder)
    _show(table, f"People in {people.name}")
    _count(table)
    out.print(f"The cohort's folder: {folder}", soft_wrap=True)
    out.print(f"Next: academy cohort hand-out {folder}", markup=False, soft_wrap=True)


@cohort.command("roster")
def update(
    folder: Folder,
    people: Annotated[
        Path | None, typer.Argument(help="A list to add; show the roster, if left out.")
    ] = None,
) -> None:
    """Add people to a cohort and bring known ones up to date, or show who is in it."""
    from course.cohorts import roster

    if people is None:
        _show(roster.roster(folder).drop(columns=["first_name", "last_name", "added"]), "Roster")
        return
    roster.about(folder)
    table = roster.import_people(folder, _bytes(people))
    _show(table, f"People in {people.name}")
    _count(table)


def _bytes(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError as problem:
        raise InputError(
            f"The file {place} cannot be read: {problem.strerror}. Check its name and folder."
        ) from problem


def _show(table: pd.DataFrame, title: str) -> None:
    shown = Table(*(str(c).replace("_", " ").capitalize() for c in table.columns), title=title)
    for row in table.astype(str).itertuples(index=False):
        shown.add_row(*(str(cell).replace("[", r"\[") for cell in row))
    out.print(shown)


def _count(table: pd.DataFrame) -> None:
    counts = table["outcome"].value_counts()
    out.print(", ".join(f"{counts[o]} {o}" for o in counts.index) + ".")
    if "refused" in counts:
        out.print("Mend what was refused in your list, then run: academy cohort roster FOLDER LIST")


@cohort.command("hand-out")
def hand_out(
    folder: Folder,
    modules: Annotated[
        list[str] | None, typer.Argument(help="Modules, such as m04; all, if left out.")
    ] = None,
    due: Annotated[str | None, typer.Option(help="The last day to hand in, such as 2027-03-01.")] = None,
) -> None:
    """Hand exercises out: a zip for each exercise, and one for each learner, to send."""
    from datetime import date

    from course.cohorts import handing_out

    try:
        day = date.fromisoformat(due) if due else None
    except ValueError as problem:
        raise InputError(f"“{due}” is not a date. Write it as year-month-day: 2027-03-01.") from problem
    with out.status("") as status:
        table = handing_out.hand_out(folder, modules or [], day, status.update)
    _show(table, "To send")
    out.print(f"They are in {folder}. Send each learner the zip that bears their name.", soft_wrap=True)


@cohort.command("collect")
def collect(
    folder: Folder,
    sources: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Zips that learners sent, or folders of them; this machine's exchange, if left out."
        ),
    ] = None,
    learner: Annotated[
        str, typer.Option(help="Whose they are, for hand-ins that do not say so: a learner's id.")
    ] = "",
) -> None:
    """Take in what learners handed in. Run it as often as you like: nothing is taken twice."""
    from course.cohorts import collecting, exchange

    sources = sources or exchange.waiting(folder)
    with out.status("") as status:
        table = collecting.collect(folder, sources, learner, status.update)
    _show(table.drop(columns="version"), "Received")
    for outcome, count in table["outcome"].value_counts().items():
        out.print(f"{count} {outcome}: {collecting.OUTCOMES[str(outcome)]}.")
    out.print(f"Next: academy grade {folder}", soft_wrap=True)


@cohort.command("codes")
def sign_in_codes(
    folder: Folder,
    new: Annotated[str, typer.Option(help="Give this learner another code: a learner's id.")] = "",
) -> None:
    """List the codes with which learners sign in to the classroom; keep the list to yourself."""
    from course.cohorts import codes

    if new:
        out.print(f"{new} signs in with {codes.shown(codes.renew(folder, new))} from now on.", markup=False)
        return
    _show(codes.table(folder), "Codes to sign in to the classroom")
    command = f"academy serve --classroom --cohort {folder}"
    out.print(f"Open the classroom: {command}", markup=False, soft_wrap=True)
