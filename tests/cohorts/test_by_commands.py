"""A trainer's whole way by commands alone: from a messy list of 24 rows to certificates and a Moodle file."""

import csv
import io
import re
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from course.authoring.source import load
from course.cases.seeds import case_key
from course.cli import app
from course.cohorts import certificates, commands, demo, output_commands, roster
from course.errors import InputError
from course.grading import writing

EXERCISE = "m04-asking"
PEOPLE = Path(__file__).parent / "people.csv"
# What the trainer sends in place of the rows that were refused; three of those were nobody new.
MENDED = PEOPLE.with_name("mended.csv")


@pytest.fixture
def run(monkeypatch):
    for part in (commands, output_commands):
        monkeypatch.setattr(part.out, "width", 250)  # whatever terminal there is, or none

    def call(*words) -> str:
        done = CliRunner().invoke(app, [str(word) for word in words])
        if isinstance(done.exception, InputError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return " ".join(done.output.split())

    return call


def able_learner(cohort: Path, home: Path, who: str, answering) -> bytes:
    """What a learner hands in who answers everything rightly."""
    own = load(EXERCISE, case_key(roster.about(cohort)["salt"], who))
    given = demo._plausible(own, Random(who), 1.0, 0.0)
    return answering(home, cohort, who, given)


def score(sheet: Path, scores: str) -> None:
    """Fill a marking sheet in, in a spreadsheet that writes semicolons and Windows text."""
    rows = list(csv.reader(io.StringIO(sheet.read_text(encoding="utf-8-sig"), newline="")))
    for row in rows[1:]:
        if not row[0].startswith("#"):
            row[4:9] = [*scores, "Clear – and it can be checked."]
    made = io.StringIO()
    csv.writer(made, delimiter=";").writerows(rows)
    sheet.write_bytes(made.getvalue().encode("cp1252", errors="replace"))


def test_from_a_messy_list_to_24_certificates_and_a_moodle_file(run, answering, tmp_path):
    root = tmp_path / "spring"
    said = run("cohort", "new", "Spring 2027", "--roster", PEOPLE, "--into", root)
    assert "15 added" in said
    assert "Mend what was refused" in said
    said = run("cohort", "roster", root, MENDED)
    people = roster.roster(root)["id"]
    assert len(people) == 24, said

    run("cohort", "hand-out", root, "m04", "--due", "2099-03-01")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for who in people:
        made = able_learner(root, tmp_path / "homes" / who, who, answering)
        (inbox / made.name).write_bytes(made.content)
    assert "24 taken" in run("cohort", "collect", root, inbox)
    run("grade", root)

    run("cohort", "writing", root, "--markers", 2)
    for marker, scores in (("Tess Örn", "3332"), ("Umar Aziz", "3322"), ("agreed", "3332")):
        sheet = tmp_path / f"{marker}.csv"
        said = run("cohort", "writing", root, "m04", "--marker", marker, "--blank", sheet)
        assert "Write 0, 1, 2 or 3 under each criterion." in said
        score(sheet, scores)
        said = run("cohort", "writing", root, "m04", sheet, "--marker", marker)
        assert said.count(" marked ") >= 24
    assert re.search(r"marked │ 24", said)
    assert "How far two markers agree on model-question" in said
    assert {p.settled.points for p in writing.pieces(root, load(EXERCISE, "k"))} == {11}

    run("grade", root)
    pages = list((root / "feedback").glob(f"*/{EXERCISE}/*.html"))
    assert len(pages) == 24
    assert all("Clear – and it can be checked." in page.read_text(encoding="utf-8") for page in pages)
    run("cohort", "certificates", root, "--no-pdf")
    issued = sorted((root / "certificates").glob("*/certificate.json"))
    assert len(issued) == 24
    assert run(
        "certificate", "verify", issued[0], "--key", root / "certificates" / "public-key.pem"
    ).startswith("Valid.")
    assert certificates.verify(issued[-1], certificates.public_key(root)).valid
    run("cohort", "export", root, "moodle", "--into", tmp_path / "out")
    with (tmp_path / "out" / "moodle.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 24
    assert all(float(next(v for k, v in row.items() if "4" in k)) > 90 for row in rows)
