"""nbgrader's exchange on a shared machine: handed out, in and taken where nbgrader's own tools see it."""

import os
import stat

import pytest

from course.cohorts import collecting, exchange, handing_out, roster
from course.errors import InputError

EXERCISE = "m04-asking"


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """A machine whose nbgrader configuration names an exchange."""
    folder, settings = tmp_path / "exchange", tmp_path / "config"
    folder.mkdir()
    folder.chmod(0o777)
    settings.mkdir()
    (settings / "nbgrader_config.py").write_text(f"c = get_config()\nc.Exchange.root = {str(folder)!r}\n")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(settings))
    return folder


@pytest.fixture
def released(shared, cohort):
    handing_out.hand_out(cohort, ["m04"])
    return cohort


def listed(shared, cohort: str, **which) -> list[dict]:
    """What nbgrader's own list shows."""
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import ExchangeList
    from traitlets.config import Config

    config = Config()
    config.Exchange.root = str(shared)
    config.CourseDirectory.course_id = cohort
    lister = ExchangeList(
        coursedir=CourseDirectory(config=config),
        authenticator=Authenticator(config=config),
        config=config,
        **which,
    )
    return lister.start()


def test_without_an_exchange_nothing_of_it_is_tried(cohort, tmp_path, monkeypatch, works):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "nothing"))
    monkeypatch.setattr(exchange, "place", lambda: None)
    assert exchange.release(cohort, ["m04-asking"]) is None
    assert exchange.waiting(cohort) == []
    with pytest.raises(InputError, match="does not take work for your cohort"):
        exchange.hand_in(works(cohort, "amara-osei"))


def test_what_is_handed_out_is_released_where_nbgrader_lists_it(shared, cohort):
    table = handing_out.hand_out(cohort, ["m04"])
    assert table["for"].iloc[-1] == "Everybody on this machine"
    id = roster.about(cohort)["id"]
    assert (shared / id / "outbound" / EXERCISE / "exercise.ipynb").is_file()
    assert [found["assignment_id"] for found in listed(shared, id)] == [EXERCISE]
    inbound = shared / id / "inbound"
    assert stat.S_IMODE(inbound.stat().st_mode) & 0o777 == 0o733  # nobody can list who handed in
    handing_out.hand_out(cohort, ["m04"])  # again, which brings it up to date


def test_what_a_learner_hands_in_is_listed_by_nbgrader_and_taken_once(shared, released, works):
    put = exchange.hand_in(works(released, "ben-whitlock"))
    assert put.parent == exchange.inbound(roster.about(released)["id"])
    [found] = listed(shared, roster.about(released)["id"], inbound=True)
    assert found["assignment_id"] == EXERCISE
    table = collecting.collect(released, exchange.waiting(released))
    assert table[["learner", "exercise", "outcome"]].values.tolist() == [["ben-whitlock", EXERCISE, "taken"]]
    assert collecting.collect(released, exchange.waiting(released))["outcome"].tolist() == ["same"]
    assert (released / "submitted" / "ben-whitlock" / EXERCISE / "exercise.ipynb").is_file()


def test_the_newest_of_several_counts(shared, released, works):
    exchange.hand_in(works(released, "ben-whitlock", tipping_weight=11.0))
    exchange.hand_in(works(released, "ben-whitlock", tipping_weight=12.5))
    collecting.collect(released, exchange.waiting(released))
    received = collecting.received(released)
    assert received["submitted"].tolist() == [False, True]


def test_what_nbgraders_own_submit_puts_there_is_taken_for_a_learner_of_that_name(shared, released, works):
    work = works(released, "carys-pugh")
    folder = (
        exchange.inbound(roster.about(released)["id"])
        / f"carys-pugh+{EXERCISE}+2027-01-14 09:00:00.000000 UTC"
    )
    folder.mkdir()
    for file in work.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    (folder / "timestamp.txt").write_text("2027-01-14 09:00:00.000000 UTC")
    [row] = collecting.collect(released, exchange.waiting(released)).to_dict("records")
    assert (row["learner"], row["exercise"], row["outcome"]) == ("carys-pugh", EXERCISE, "taken")
    assert "no manifest" in row["say"]


def test_a_link_in_the_exchange_is_not_followed(shared, released, works, tmp_path):
    put = exchange.hand_in(works(released, "amara-osei"))
    (tmp_path / "secret").write_text("{}")
    (put / "answers.json").unlink()
    (put / "answers.json").symlink_to(tmp_path / "secret")
    (put.parent / "whole").symlink_to(put)
    outcomes = set(collecting.collect(released, exchange.waiting(released))["outcome"])
    assert "unsafe" in outcomes
    assert "taken" not in outcomes


def test_an_exchange_that_cannot_be_written_to_is_named(shared, cohort, monkeypatch):
    from nbgrader.exchange import ExchangeError
    from nbgrader.exchange.default import ExchangeReleaseAssignment

    def refuse(self):
        raise ExchangeError("no")

    monkeypatch.setattr(ExchangeReleaseAssignment, "start", refuse)
    with pytest.raises(InputError, match="does not let you release"):
        handing_out.hand_out(cohort, ["m04"])
    assert os.listdir(cohort / "handed-out" / "learners")
