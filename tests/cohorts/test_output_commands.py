"""The commands for what comes out of a cohort: what a trainer sees and what is written."""

import json

import pytest
from typer.testing import CliRunner

from course.cli import app
from course.cohorts import output_commands, roster
from course.errors import InputError


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(output_commands.out, "width", 200)  # whatever terminal there is, or none

    def call(*words, input=None):
        done = CliRunner().invoke(app, [str(word) for word in words], input=input)
        if isinstance(done.exception, InputError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return " ".join(done.output.split())

    return call


def test_progress_shows_who_is_stuck_and_how_the_questions_did(marked, run):
    shown = run("cohort", "progress", marked)
    assert "Jonah Mbeki" in shown
    assert "60% are needed" in shown
    shown = run("cohort", "progress", marked, "m04")
    assert "tipping-weight" in shown
    assert "Fewer than 5 people" in shown


def test_a_survey_is_written_taken_in_and_shown_with_what_it_cannot_claim(marked, run, tmp_path):
    for when, score in (("before", 2), ("after", 4)):
        run("cohort", "survey", marked, "--blank", tmp_path / "blank.csv", "--when", when)
        text = (tmp_path / "blank.csv").read_text(encoding="utf-8")
        (tmp_path / "filled.csv").write_text(text.replace(f",{when},,,,,,", f",{when},{score},1,1,1,1,1"))
        assert "taken" in run("cohort", "survey", marked, tmp_path / "filled.csv")
    shown = run("cohort", "survey", marked)
    assert "2.0 │ 4.0 │ 2.0 │ 2.0" in shown
    assert "Nobody outside the course was asked" in shown


def test_a_certificate_is_issued_and_checked_and_a_changed_one_is_refused(marked, run):
    assert "public-key.pem" in run("cohort", "certificates", marked, "--no-pdf")
    file, key = (
        marked / "certificates" / name for name in ("kit-sorensen/certificate.json", "public-key.pem")
    )
    assert run("certificate", "verify", file).startswith("Valid.")
    assert "Kit Sørensen" in run("certificate", "verify", file, "--key", key)
    signed = json.loads(file.read_text(encoding="utf-8"))
    signed["certificate"]["holder"] = "Mallory"
    file.write_text(json.dumps(signed), encoding="utf-8")
    with pytest.raises(InputError, match="Not valid. It was changed after it was signed"):
        run("certificate", "verify", file, "--key", key)


def test_exports_and_the_whole_cohort_are_written_where_one_says(marked, run, tmp_path):
    shown = run("cohort", "export", marked, "moodle", "xapi", "--into", tmp_path / "out")
    assert "In Moodle" in shown
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"moodle.csv", "xapi.json"}
    run("cohort", "pack", marked, tmp_path / "whole.zip")
    assert (tmp_path / "whole.zip").stat().st_size > 10_000


def test_nobody_is_erased_without_a_yes(marked, run):
    done = CliRunner().invoke(app, ["cohort", "erase", str(marked), "kit-sorensen"], input="n\n")
    assert done.exit_code == 1
    assert "kit-sorensen" in set(roster.roster(marked)["id"])
    assert "Marked exercises" in run("cohort", "erase", marked, "kit-sorensen", "--yes")
    assert "kit-sorensen" not in set(roster.roster(marked)["id"])


def test_what_is_kept_is_said_and_written_as_a_page(marked, run, tmp_path):
    assert "nbgrader’s gradebook" in run("cohort", "privacy", marked)
    run("cohort", "privacy", marked, "--into", tmp_path / "page.html")
    assert "<h1>Data protection: Autumn 2027</h1>" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_answers_too_alike_are_shown_with_the_thresholds(marked, run):
    shown = run("cohort", "alike", marked, "m04")
    assert "word for word" in shown
    assert "no more" in shown
