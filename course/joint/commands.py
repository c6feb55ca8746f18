"""The commands `academy joint …`: each calls one function and prints what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from course.errors import InputError

joint = typer.Typer(help="Make, show, export and replay joint tables.", no_args_is_help=True)
out = Console(highlight=False)

Database = Annotated[
    str,
    typer.Option(
        envvar="ACADEMY_JOINT_DATABASE", help="Such as sqlite:///joint.sqlite or postgresql+psycopg://…"
    ),
]
Code = Annotated[str, typer.Argument(help="The table's code.")]


@joint.command("new")
def new(
    database: Database,
    tables: Annotated[int, typer.Option(min=1, max=200, help="How many tables.")] = 1,
    case: Annotated[str, typer.Option(help="The case.")] = "calderbrook",
    room: Annotated[str, typer.Option(help="What the console groups them by, such as a cohort's name.")] = "",
    alone: Annotated[bool, typer.Option(help="Let one person sit on both sides.")] = False,
    seed: Annotated[int | None, typer.Option(help="What the year of delivery is drawn from.")] = None,
) -> None:
    """Make joint tables; print their codes and the trainer's token."""
    from course.joint.store import Store

    store, token = Store(database), None
    for _ in range(tables):
        made = store.new(case, room=room, open=alone, seed=seed, token=token)
        token = made.token
        out.print(f"Table {made.code}")
    out.print(f"The trainer's token, to keep to yourself: {token}", soft_wrap=True)


@joint.command("show")
def show(code: Code, database: Database) -> None:
    """Show where a table is, and what anybody there may see."""
    from course.joint.store import Store

    seen = Store(database).view(code)
    table = Table("Seat", "People", "Ready", title=f"Table {seen['code']}: {seen['title']}")
    for seat in seen["seats"]:
        people = ", ".join(seat["people"]) or ("a house" if seat["house"] else "nobody")
        table.add_row(seat["name"], people, "yes" if seat["ready"] else "")
    out.print(table)
    if seen["closed"]:
        out.print(f"Closed: {seen['closed']}", markup=False, soft_wrap=True)


@joint.command("export")
def export(
    code: Code,
    into: Annotated[Path, typer.Argument(help="The file to write: .json, .csv, .html or .pdf.")],
    database: Database,
) -> None:
    """Export a table's log (JSON, CSV) or its debrief (HTML, PDF)."""
    from course.joint import debrief
    from course.joint.store import Store

    store, kind = Store(database), into.suffix.lower()
    try:
        if kind == ".json":
            into.write_text(debrief.log_json(store.log(code)), encoding="utf-8")
        elif kind == ".csv":
            into.write_text(debrief.log_csv(store.log(code)), encoding="utf-8")
        elif kind == ".html":
            into.write_text(debrief.html(store.state(code)), encoding="utf-8")
        elif kind == ".pdf":
            debrief.pdf(store.state(code), into)
        else:
            raise InputError(f"{into} ends in none of .json, .csv, .html and .pdf: give such a name.")
    except OSError as problem:
        raise InputError(f"{into} cannot be written. Choose another folder.") from problem
    out.print(f"Wrote {into}.", markup=False, soft_wrap=True)


@joint.command("replay")
def replay(log: Annotated[Path, typer.Argument(help="A log exported as JSON.")]) -> None:
    """Replay an exported log and say where it ends."""
    from course.joint import debrief, rules

    try:
        moves = debrief.read_log(log.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(f"{log} cannot be read. Give a log exported as JSON.") from problem
    state = rules.replay(moves)
    won = f" The winner is {state.winner}." if state.winner else ""
    out.print(f"{len(moves)} moves; the table ends at “{state.stage}”.{won}", markup=False, soft_wrap=True)


@joint.command("compare")
def compare(
    codes: Annotated[list[str], typer.Argument(help="The tables' codes.")], database: Database
) -> None:
    """Set tables of one case side by side."""
    from course.joint import debrief
    from course.joint.store import Store

    store = Store(database)
    found = debrief.compare([store.state(code) for code in codes])
    table = Table(*found.table.columns, title=found.sentence)
    for row in found.table.itertuples(index=False):
        table.add_row(*("–" if cell != cell or cell is None else str(cell) for cell in row))
    out.print(table)
