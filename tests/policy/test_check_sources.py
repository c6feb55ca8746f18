"""`academy check-sources`: what is due to be read again."""

from datetime import date

import pytest
from typer.testing import CliRunner

import course.policy
from course.cli import app

stale = course.policy.stale


def test_ppn_026_is_due_in_december_2026_and_everything_by_2030():
    assert stale("2026-11-25").empty
    assert set(stale("2026-12-25")["id"]) == {"PPN 026", "ppn-026-none", "ppn-026-10", "ppn-026-20"}
    assert len(stale("2030-01-01")) == len(stale("2040-01-01")) > 80


@pytest.mark.parametrize("day", ["2026-11-25", "2026-12-25", "2030-01-01"])
def test_statements_past_their_review_date_are_listed(monkeypatch, day):
    monkeypatch.setattr(course.policy, "stale", lambda on: stale(day))
    monkeypatch.setenv("COLUMNS", "300")
    said = CliRunner().invoke(app, ["check-sources"])
    assert said.exit_code == 0
    rows = stale(day)
    assert ("No statement is past its review date." in said.output) == rows.empty
    for row in rows.itertuples():
        assert f" {row.id} " in said.output
        assert row.review_date.isoformat() in said.output


def test_the_day_asked_about_is_today(monkeypatch):
    asked = []
    monkeypatch.setattr(course.policy, "stale", lambda on: asked.append(on) or stale(on))
    CliRunner().invoke(app, ["check-sources"])
    assert [abs((date.today() - day).days) <= 1 for day in asked] == [True]
