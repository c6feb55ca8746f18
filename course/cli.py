"""The command `academy`. Thin: each command calls one room and prints what came of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from course.cohorts.commands import cohort
from course.cohorts.output_commands import certificate
from course.errors import InputError
from course.joint.commands import joint

HELP = """The Social Value Academy

  Learners   academy serve             open the academy's page in your browser
             academy where             say where your answers and marks are kept
  Trainers   academy cohort            run a cohort: people, hand-out, hand-in, certificates
             academy grade COHORT      mark a cohort's submissions, in parallel
             academy demo              try a whole cohort of invented learners
  Authors    academy build             make exercises/ from solutions/
             academy prove             prove that every exercise marks fairly
  Trouble    academy doctor            check this installation and say how to mend it
             academy COMMAND --help    say more about one command
"""

app = typer.Typer(add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False)
data = typer.Typer(help="Read real notices; make Calderbrook's data again.", no_args_is_help=True)
app.add_typer(data, name="data")
exemplar = typer.Typer(help="Add your own cards to the exemplar library.", no_args_is_help=True)
app.add_typer(exemplar, name="exemplar")
app.add_typer(cohort, name="cohort")
app.add_typer(joint, name="joint")
app.add_typer(certificate, name="certificate")
out = Console(highlight=False)


def main() -> None:
    """Run the command; a person's mistake ends in one sentence and exit code 1."""
    try:
        app()
    except InputError as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Teach commissioners and providers to define, weight and measure social value."""
    if context.invoked_subcommand is None:
        print(HELP, end="")


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="The port to try first.")] = 8888,
    browser: Annotated[bool, typer.Option(help="Open the page in your browser.")] = True,
    classroom: Annotated[bool, typer.Option("--classroom", help="Serve a whole cohort.")] = False,
    cohort: Annotated[
        Path | None, typer.Option(help="The classroom's cohort; this folder, if left out.")
    ] = None,
    address: Annotated[
        str, typer.Option(help="The classroom's address on this computer; all, if left out.")
    ] = "0.0.0.0",
    most_pages: Annotated[
        int | None,
        typer.Option(min=1, help="Most pages open in the classroom; what memory allows, if left out."),
    ] = None,
) -> None:
    """Open the academy's page; with --classroom, for a cohort's learners and trainers."""
    from course.portal import serving

    if classroom:
        serving.serve_classroom(cohort or Path.cwd(), address, port, most_pages)
    else:
        serving.serve(port=port, open_browser=browser)


@app.command()
def site(
    into: Annotated[Path, typer.Option(help="A new or empty folder, or one of an earlier edition.")] = Path(
        "site"
    ),
) -> None:
    """Write the reading edition: lessons and quizzes as pages that need no server."""
    from course.portal import site as edition

    with out.status("") as status:
        made = edition.build(into.resolve(), status.update)
    still = sum(limit.how == "still" for limit in made)
    out.print(f"Open {into / 'index.html'} in a browser, or put the folder on any web host.")
    out.print(f"{len(made) - still} of {len(made)} explorers work there. See about.html for the others.")


@app.command()
def where() -> None:
    """Print the folder of your answers, copies of exercises and marks."""
    from course.portal.workspace import home

    print(home())


@app.command()
def mark(
    folder: Annotated[Path, typer.Argument(help="The exercise's folder in your academy folder.")],
    quiet: Annotated[bool, typer.Option(help="Print nothing; keep the marks beside the answers.")] = False,
) -> None:
    """Mark one exercise folder with nbgrader; the marks go into its marks.json."""
    from course.cases.seeds import key_here
    from course.grading.nbgrader_folder import mark_folder
    from course.portal.workspace import home

    folder = folder.resolve()
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}. Give the folder of an exercise, such as m04-asking.")
    rows = mark_folder(folder, home() / ".academy" / "marking", key_here(folder))
    if not quiet:
        out.print(_marks_table(folder.name, rows))


@app.command()
def build(
    check: Annotated[bool, typer.Option(help="Change nothing; fail if exercises/ is out of date.")] = False,
) -> None:
    """Make exercises/ from solutions/, through nbgrader's own generate step."""
    from course.authoring import build as building

    if check:
        wrong = building.differing()
        if wrong:
            raise InputError(" ".join(wrong) + " Run `academy build` and commit the result.")
        out.print("Every exercise is what its source gives.")
        return
    changed = building.build()
    out.print(f"Built: {', '.join(changed)}." if changed else "Nothing has changed.")


@app.command()
def prove(
    exercises: Annotated[list[str] | None, typer.Argument(help="Which exercises; all, if left out.")] = None,
    write: Annotated[bool, typer.Option(help="Write proof.yml from the keys, to read and commit.")] = False,
    seeds: Annotated[int, typer.Option(min=1, help="How many learners' cases to compare.")] = 200,
) -> None:
    """Prove by really marking that every exercise marks fairly; print the table."""
    from course.authoring.source import exercise_ids
    from course.proving import prove as run
    from course.proving import write_proof

    ids = exercises or exercise_ids()
    if write:
        for id in ids:
            out.print(f"Wrote {write_proof(id)}. Read it, then commit it.")
        return
    lines = []
    with out.status("") as status:
        for id in ids:

            def told(step: str, id: str = id) -> None:
                status.update(f"{id}: {step}")

            lines += run(id, seeds=seeds, told=told)
    table = Table("Exercise", "Tried", "Earned", "", title="Proof")
    for line in lines:
        table.add_row(
            line.exercise,
            line.tried,
            _short(line.got) if line.holds else f"{_short(line.got)}\nwanted: {_short(line.expected)}",
            "[green]holds[/]" if line.holds else "[bold red]FAILS[/]",
        )
    out.print(table)
    failed = sum(not line.holds for line in lines)
    if failed:
        raise InputError(f"{failed} of {len(lines)} lines of the proof fail: see FAILS above.")
    out.print(f"All {len(lines)} lines hold.")


@app.command()
def grade(
    cohort: Annotated[Path, typer.Argument(help="The cohort's folder.")],
    modules: Annotated[
        list[str] | None, typer.Argument(help="Exercises; all handed in, if left out.")
    ] = None,
    learner: Annotated[list[str] | None, typer.Option(help="Mark only this learner, again.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one a core, if left out.")] = None,
    force: Annotated[bool, typer.Option(help="Mark also what has not changed.")] = False,
    trust: Annotated[bool, typer.Option(help="Mark even where submissions cannot be shut in.")] = False,
    dask: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Mark on a Dask cluster that sees the folder.")
    ] = "",
) -> None:
    """Mark a cohort's submissions: those not marked yet, and those changed since."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from course.authoring.source import exercise_ids
    from course.grading import engine

    if not (cohort / "submitted").is_dir():
        raise InputError(
            f"{cohort} has no folder “submitted”, so nothing was handed in. Is it a cohort's folder?"
        )
    found = sorted({place.name for place in (cohort / "submitted").glob("*/*") if place.is_dir()})
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    ours = set(exercise_ids())
    executor = _dask(dask) if dask else None
    troubles = 0
    for exercise in modules or found:
        made = _prepared(cohort, exercise) if exercise in ours else None
        with Progress(*columns, console=out) as bar:
            task = bar.add_task(exercise, total=None)

            def told(outcome: Any, done: int, all_: int, bar: Progress = bar, task: Any = task) -> None:
                bar.update(task, completed=done, total=all_)
                if outcome.remark:
                    bar.console.print(f"{outcome.learner}: {outcome.remark}", markup=False, soft_wrap=True)

            run = engine.grade(
                cohort,
                exercise,
                learner,
                workers=workers,
                force=force or bool(learner),
                trust=trust,
                executor=executor,
                told=told,
            )
        layers = next((", ".join(o.layers) for o in run.marked if o.layers), "none")
        shut = f" Layers of containment: {layers}." if run.marked else ""
        out.print(
            f"{exercise}: {len(run.marked) - len(run.failed)} marked in {run.seconds:.1f} s, "
            f"{len(run.unchanged)} unchanged, {len(run.failed)} failed.{shut}",
            soft_wrap=True,
        )
        for notice in run.notices:
            out.print(notice, markup=False, soft_wrap=True)
        troubles += len(run.failed)
        _write_feedback(cohort, made)
    if troubles:
        raise InputError(f"{troubles} could not be marked: see above. Their earlier marks stand.")


@app.command()
def grades(
    cohort: Annotated[Path, typer.Argument(help="The cohort's folder.")],
    into: Annotated[Path | None, typer.Option(help="Write into this file; print, if left out.")] = None,
) -> None:
    """Export all grades of a cohort as CSV, with the columns of nbgrader's own export."""
    from course.grading.export import grades as all_grades

    text = all_grades(cohort).to_csv(index=False)
    if into is None:
        print(text, end="")
        return
    into.write_text(text, encoding="utf-8")
    out.print(f"Wrote {into}.", soft_wrap=True)


def _dask(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as problem:
        raise InputError("Dask is not installed here. Run: pip install distributed") from problem
    try:
        return Client(address, timeout="10s").get_executor()
    except (OSError, ValueError) as problem:
        raise InputError(
            f"No Dask scheduler answers at {address}. Give its address, such as tcp://marking.example:8786."
        ) from problem


def _prepared(cohort: Path, exercise: str) -> Any:
    from course.grading.nbgrader_folder import prepare

    return prepare(cohort, exercise)


def _write_feedback(cohort: Path, made: Any) -> None:
    """Write the pages that are missing or behind the marks; of another course's, nbgrader makes them."""
    if made is None:
        out.print("For pages of feedback run `nbgrader generate_feedback`.")
        return
    from course.grading.feedback import stale, write_feedback

    written = write_feedback(cohort, made, stale(cohort, made))
    out.print(f"Feedback: {len(written)} pages written into {cohort / 'feedback'}", soft_wrap=True)


@app.command()
def demo(
    into: Annotated[Path | None, typer.Option(help="Keep the cohort in this new folder.")] = None,
    exercise: Annotated[str, typer.Option(help="The exercise to hand out.")] = "m04-asking",
    learners: Annotated[int, typer.Option(min=1, max=500, help="How many invented learners.")] = 12,
) -> None:
    """Run a throwaway cohort of invented learners from hand-out to feedback."""
    from course.cohorts.demo import run

    with out.status("") as status:
        cohort = run(into, exercise, learners, told=status.update)
    table = Table(*cohort.head, title=f"Gradebook of {exercise}")
    for row in cohort.rows:
        table.add_row(*row)
    out.print(table)
    out.print(f"The cohort's folder: {cohort.folder}", soft_wrap=True)
    out.print(f"Each learner's feedback: {cohort.feedback}", soft_wrap=True)


@app.command("trainer-pack")
def trainer_pack(
    into: Annotated[Path, typer.Option(help="The folder to write into.")] = Path("trainer-pack"),
    starts: Annotated[
        str, typer.Option(help="When the day starts, as 09:00; the plan's time if left out.")
    ] = "",
) -> None:
    """Write the one-day joint edition: run-sheet, facilitator's notes and cards, as HTML and PDF."""
    from course.portal import trainer_pack as pack

    for file in pack.write(into, starts):
        out.print(f"Wrote {file}.", markup=False, soft_wrap=True)


@app.command()
def doctor() -> None:
    """Check this installation and say what is missing and how to mend it."""
    from course.doctor import examine

    findings = examine()
    for finding in findings:
        out.print(
            ("[green]ok[/]      " if finding.fine else "[bold red]mend[/]    ") + finding.sentence,
            soft_wrap=True,
        )
    if not all(finding.fine for finding in findings):
        raise InputError("Some things need mending: see above.")


@app.command("check-sources")
def check_sources() -> None:
    """List statements of law and policy that are due to be read again."""
    from datetime import date

    from course.policy import stale

    rows = stale(date.today())
    if rows.empty:
        out.print("No statement is past its review date.")
        return
    table = Table("Statement", "Review by", "Source", title="Read these again")
    for row in rows.itertuples():
        table.add_row(str(row.id), str(row.review_date), str(row.source))
    out.print(table)


@data.command("import")
def import_data(
    files: Annotated[
        list[Path], typer.Argument(help="Notices, spend ledgers, deprivation files, boundaries.")
    ],
    into: Annotated[Path, typer.Option(help="The folder to write the tables into.")],
) -> None:
    """Read real notices (OCDS), spend ledgers and deprivation files into tidy tables."""
    from course.place.boundaries import looks_like_boundaries
    from course.place.importing import import_place_files
    from course.tenders import import_notices

    def of_place(file: Path) -> bool:
        return file.is_file() and (".csv" in file.suffixes or looks_like_boundaries(file))

    notices = [file for file in files if not of_place(file)]
    if notices:
        print(import_notices(notices, into / "notices" if len(notices) < len(files) else into), end="")
    if len(notices) < len(files):
        table = Table(
            "File", "What it is", "Rows", "Refused", "Notes", "Written to", title=f"Tables in {into}"
        )
        for row in import_place_files([file for file in files if of_place(file)], into).astype(str).values:
            table.add_row(*row)
        out.print(table)


@data.command("generate")
def generate_data() -> None:
    """Make Calderbrook's data again in datasets/: the same bytes every time."""
    from course.exemplars import dictionary as exemplars
    from course.place import calderbrook, dictionary
    from course.places import DATASETS
    from course.tenders.calderbrook import generate

    calderbrook.generate(DATASETS / "place")
    generate(DATASETS, more=[*dictionary.resources(), *exemplars.resources()])
    out.print(f"Wrote {DATASETS}.")


@exemplar.command("new")
def new_exemplar(
    card: Annotated[Path, typer.Argument(help="The file to write, such as our-card.yml.")],
) -> None:
    """Write an empty card to fill in."""
    from course.exemplars import form

    try:
        with card.open("x", encoding="utf-8") as file:
            file.write(form())
    except FileExistsError as problem:
        raise InputError(f"{card} is there already. Give another name; nothing was changed.") from problem
    except OSError as problem:
        raise InputError(f"{card} cannot be written. Choose another folder.") from problem
    out.print(f"Wrote {card}. Fill it in; then run: academy exemplar add {card}", soft_wrap=True)


@exemplar.command("add")
def add_exemplar(
    card: Annotated[Path, typer.Argument(help="The card's file: see `academy exemplar new`.")],
    into: Annotated[
        Path | None, typer.Option(help="Another folder of cards; your academy folder's, if left out.")
    ] = None,
) -> None:
    """Add a card to the library, if its claim would survive a hard question."""
    from course import exemplars
    from course.portal import workspace

    folder = into or workspace.cards(workspace.home())
    kept = exemplars.add(exemplars.read_card(card), folder)
    out.print(f"Added “{kept['id']}” to {folder / exemplars.FILE}.", markup=False, soft_wrap=True)
    for finding in exemplars.claim_audit(kept):
        out.print(f"You could still mend this: {finding.words}", markup=False, soft_wrap=True)


def _marks_table(exercise: str, rows: list[Any]) -> Table:
    table = Table("Question", "Points", "Why", title=f"Marks of {exercise}")
    for row in rows:
        table.add_row(row.question, f"{row.points:g} of {row.out_of:g}", row.message)
    return table


def _short(text: str, longest: int = 76) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
