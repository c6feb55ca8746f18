"""How a cohort gets on: where each learner stands, who is stuck, how the questions did."""

import json
import os
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from course import answers
from course.cohorts import progress, roster
from course.grading import engine, export


def by(table, *keys):
    return table.set_index(list(keys))


def test_there_is_a_row_for_each_learner_and_exercise_that_says_where_they_stand(marked):
    table = by(progress.standing(marked), "learner")
    assert len(table) == 12
    assert table.loc["lena-fairhurst", "state"] == "waiting"
    assert table.loc["ben-whitlock", "state"] == "to moderate"
    assert table.loc["kit-sorensen", "state"] == "returned"
    assert (table["questions"] == 9).all()
    assert table.loc["kit-sorensen", "answered"] == 9
    assert table.loc["hamish-orr", "answered"] < 9
    assert table.loc["kit-sorensen", "points"] == 22
    assert table.loc["kit-sorensen", "begun"] <= table.loc["kit-sorensen", "handed_in"]
    assert np.isnan(table.loc["lena-fairhurst", "points"])


def test_points_are_those_of_the_grades_that_are_exported(marked):
    table = progress.standing(marked)
    grades = by(export.grades(marked), "student_id")
    for row in table[table["marked"]].itertuples():
        assert row.points == grades.loc[row.learner, "score"]


def test_after_the_last_day_those_who_handed_in_nothing_are_overdue_and_stuck(marked):
    later = datetime(2099, 4, 1, tzinfo=UTC)
    assert by(progress.standing(marked, later), "learner").loc["lena-fairhurst", "state"] == "overdue"
    first = progress.stuck(marked, later).iloc[0]
    assert (first["learner"], first["where"]) == ("lena-fairhurst", "")
    assert "lena-fairhurst" not in set(progress.stuck(marked)["learner"])


def test_what_is_handed_in_anew_waits_to_be_marked_again(marked):
    place = marked / "submitted" / "kit-sorensen" / "m04-asking"
    (place / "timestamp.txt").write_text("2098-01-01 10:00:00.000000 UTC\n")
    row = by(progress.standing(marked), "learner").loc["kit-sorensen"]
    assert (row["state"], row["marked"]) == ("handed in", False)


def test_counts_add_up_to_the_cohort(marked):
    table = progress.counts(progress.standing(marked))
    assert table.loc[0, "learners"] == 12
    assert table.loc[0, list(progress.STATES)].sum() == 12


def test_who_is_below_the_pass_mark_is_stuck_at_the_question_that_lost_most(marked):
    row = by(progress.stuck(marked), "learner").loc["jonah-mbeki"]
    lost = by(progress.marks(marked), "learner").loc["jonah-mbeki"]
    most = (lost["out_of"] - lost["points"]).max()
    assert "60% are needed" in row["why"]
    assert lost.set_index("question").eval("out_of - points")[row["where"]] == most
    assert "kit-sorensen" not in set(progress.stuck(marked)["learner"])


def test_who_keeps_changing_an_answer_that_stays_wrong_is_stuck_there(marked):
    versions = marked / "received" / "grace-adeyemi" / "m04-asking" / "1"
    table = progress.marks(marked)
    wrong = table[(table["learner"] == "grace-adeyemi") & (table["points"] < table["out_of"])]
    question = wrong[wrong["kind"] == "machine"]["question"].iloc[0]
    for value in range(10):
        answers.record(versions, question, float(value))
    row = by(progress.stuck(marked), "learner").loc["grace-adeyemi"]
    assert row["where"] == question
    assert "times and is not right" in row["why"]


def test_facility_and_discrimination_are_those_of_an_independent_reckoning(marked):
    table = by(progress.questions(marked), "question")
    points = progress.marks(marked).pivot(index="learner", columns="question", values="points")
    machine = points.drop(columns="model-question")
    for question in machine:
        rest = [sum(row[q] for q in machine if q != question) for _, row in machine.iterrows()]
        r = pd.Series(machine[question].to_numpy()).corr(pd.Series(rest))
        assert table.loc[question, "discrimination"] == pytest.approx(r)
    assert table.loc["tipping-weight", "facility"] == pytest.approx(machine["tipping-weight"].mean() / 2)
    assert table.loc["model-question", "answers"] == 10


def test_the_commonest_wrong_answer_is_named_as_the_marking_names_it(marked):
    table = by(progress.questions(marked), "question")
    named = table[table["commonest_wrong"] != ""]
    assert len(named) >= 3
    assert (named["commonest_wrong_count"] >= 1).all()
    assert not table["commonest_wrong"].str.contains("That is not it yet").any()


def test_no_figure_is_shown_of_fewer_than_five(marked):
    sides = by(progress.sides(marked), "kind", "side")
    assert np.isnan(sides.loc[("machine", "operations"), "mean_share"])
    assert 0 <= sides.loc[("machine", "provider"), "mean_share"] <= 1
    gap = by(progress.gap(marked), "kind")
    assert gap.loc["person", "note"] == progress.SMALL


def test_a_gap_between_the_sides_is_set_against_what_chance_gives(marked, monkeypatch):
    people = [(f"l{n}", "commissioner" if n < 10 else "provider") for n in range(20)]
    shares = [0.8 + 0.01 * (n % 3) if n < 10 else 0.4 + 0.01 * (n % 3) for n in range(20)]
    table = pd.DataFrame(people, columns=["learner", "side"]).assign(
        exercise="m", kind="machine", share=shares
    )
    monkeypatch.setattr(progress, "_shares", lambda _: table)
    row = progress.gap(marked).iloc[0]
    assert row["difference"] == pytest.approx(0.4, abs=0.01)
    assert row["note"].startswith("More than chance")


def test_the_gradebook_is_asked_no_more_often_for_more_learners(marked):
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    def asked() -> int:
        statements = []

        def listen(*told):
            statements.append(told[2])

        event.listen(Engine, "before_cursor_execute", listen)
        try:
            progress.standing(marked)
            progress.stuck(marked)
            progress.questions(marked)
        finally:
            event.remove(Engine, "before_cursor_execute", listen)
        return len(statements)

    before = asked()
    roster.import_people(marked, "name,side\n" + "".join(f"Person {n},provider\n" for n in range(40)))
    assert asked() == before


def test_a_cohort_in_which_nothing_was_handed_out_has_empty_tables(tmp_path):
    roster.new("New", "name,side\nAnn Able,provider\n", tmp_path / "new")
    for table in (progress.standing, progress.stuck, progress.questions, progress.sides, progress.gap):
        assert table(tmp_path / "new").empty


def test_one_exercise_can_be_asked_for_alone(marked):
    assert progress.standing(marked, exercises=["m04-asking"]).equals(progress.standing(marked))
    assert set(progress.standing(marked, exercises=["m05-scoring"])["points"].isna()) == {True}


def test_one_that_could_not_be_marked_is_said_so(marked):
    (marked / "submitted" / "dev-raman" / "m04-asking" / "exercise.ipynb").write_text("no notebook")
    assert engine.grade(marked, "m04-asking", ["dev-raman"], workers=1).failed
    assert by(progress.standing(marked), "learner").loc["dev-raman", "state"] == "trouble"


def test_in_a_classroom_it_is_known_who_has_opened_and_answered_and_at_home_it_is_not(cohort):
    assert progress.at_work(cohort).empty
    people = cohort / "people"
    for learner, opened in (("amara-osei", ["lesson/m04"]), ("ben-whitlock", ["lesson/m04", "exercise/m04"])):
        (people / learner / ".academy").mkdir(parents=True)
        said = json.dumps(dict.fromkeys(opened, "2027-01-14T09:00:00+00:00"))
        (people / learner / ".academy" / "opened.json").write_text(said)
    work = people / "ben-whitlock" / "exercises" / "m04-asking"
    work.mkdir(parents=True)
    answers.record(work, "tipping-weight", 12.5)
    assert progress.at_work(cohort).to_dict("records") == [
        {
            "exercise": "m04-asking",
            "lesson_opened": 2,
            "exercise_opened": 1,
            "answered_some": 1,
            "not_opened": "Carys Pugh",
        }
    ]


def test_a_link_or_a_pipe_that_a_kernel_made_in_a_learners_folder_says_nothing(cohort, tmp_path):
    (tmp_path / "secret.json").write_text('["lesson/m04"]')
    notes = cohort / "people" / "amara-osei" / ".academy"
    notes.mkdir(parents=True)
    (notes / "opened.json").symlink_to(tmp_path / "secret.json")
    work = cohort / "people" / "ben-whitlock" / "exercises" / "m04-asking"
    work.mkdir(parents=True)
    os.mkfifo(work / answers.ANSWER_FILE)  # reading it would wait for ever
    [row] = progress.at_work(cohort).to_dict("records")
    assert (row["lesson_opened"], row["answered_some"]) == (0, 0)
