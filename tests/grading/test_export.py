"""One query gives the grades that nbgrader's own export gives."""

import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from grading_course import RIGHT, hand_in, make_course, quiet, release

from course.authoring import build
from course.errors import InputError
from course.grading import engine, nbgrader_folder
from course.grading.export import grades

SAMPLE = Path(__file__).parent.parent / "authoring"


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    """Two assignments; marks by hand, extra credit, penalties, and one learner who handed in nothing."""
    from nbgrader.api import Gradebook

    root = make_course(tmp_path_factory.mktemp("export") / "course")
    (root / "source" / "more").mkdir()
    text = (root / "source" / "sums" / "work.ipynb").read_text()
    (root / "source" / "more" / "work.ipynb").write_text(text)
    release(root, "more")
    for learner in ("ana", "ben"):
        hand_in(root, learner, RIGHT | {"why": "So."} if learner == "ana" else {})
    engine.grade(root, "sums", workers=1)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_student("ana", last_name="Ng, A.", first_name="Ana", email="a@example.org")
        gradebook.add_student("zoe")
        gradebook.find_grade("why", "work", "sums", "ana").manual_score = 2.5
        for cell in ("why", "by-hand"):  # the second has no points yet, so that nothing is added to it
            gradebook.find_grade(cell, "work", "sums", "ana").extra_credit = 0.5
        gradebook.find_submission_notebook("work", "sums", "ana").late_submission_penalty = 1.25
        gradebook.find_submission_notebook("work", "sums", "ben").late_submission_penalty = 99
        gradebook.db.commit()
    return root


def test_it_is_what_nbgrader_exports(cohort, tmp_path):
    from nbgrader.api import Gradebook
    from nbgrader.plugins import CsvExportPlugin

    plugin = CsvExportPlugin(config=build.configuration(cohort))
    plugin.to = str(tmp_path / "theirs.csv")
    with Gradebook(f"sqlite:///{cohort / 'gradebook.db'}") as gradebook, quiet():
        gradebook.update_or_create_student("ana", last_name="Ng")  # theirs does not quote a comma
        plugin.export(gradebook)
        gradebook.update_or_create_student("ana", last_name="Ng, A.")
    theirs = pd.read_csv(tmp_path / "theirs.csv").sort_values(["assignment", "student_id"])
    ours = grades(cohort)
    assert list(ours) == list(theirs)
    points = ["raw_score", "late_submission_penalty", "score", "max_score"]
    assert ours[["assignment", "student_id", *points]].to_numpy().tolist() == (
        theirs[["assignment", "student_id", *points]].to_numpy().tolist()
    )
    assert len(ours) == 2 * 3


def test_points_by_hand_and_extra_credit_count_and_no_score_is_below_nought(cohort):
    table = grades(cohort).set_index(["assignment", "student_id"])
    assert table.loc[("sums", "ana"), ["raw_score", "score"]].tolist() == [6 + 2.5 + 0.5, 9 - 1.25]
    assert table.loc[("sums", "ben"), "score"] == 0
    assert table.loc[("sums", "zoe"), ["raw_score", "score", "max_score"]].tolist() == [0, 0, 11]
    assert table.loc[("sums", "ana"), "last_name"] == "Ng, A."


def test_a_folder_without_a_gradebook_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no gradebook"):
        grades(tmp_path)


def test_the_gradebook_that_a_course_names_in_its_settings_is_the_one_that_is_used(tmp_path):
    root, elsewhere = tmp_path / "course", tmp_path / "elsewhere.db"
    root.mkdir()
    (root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.db_url = 'sqlite:///{elsewhere}'\n"
    )
    nbgrader_folder.prepare(root, "sample", SAMPLE)
    nbgrader_folder.submit_values(root, "sample", "ana", {"why": "It is asked for."})
    run = engine.grade(root, "sample", workers=1, cases=lambda _: "k")
    assert not run.failed
    assert list(grades(root)["student_id"]) == ["ana"]
    assert elsewhere.is_file()
    assert not (root / "gradebook.db").exists()


def test_a_gradebook_named_after_hand_out_is_given_the_assignment(tmp_path):
    nbgrader_folder.prepare(tmp_path, "sample", SAMPLE)
    (tmp_path / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.db_url = 'sqlite:///{tmp_path / 'other.db'}'\n"
    )
    nbgrader_folder.prepare(tmp_path, "sample", SAMPLE)
    with sqlite3.connect(tmp_path / "other.db") as book:
        assert book.execute("select name from assignment").fetchall() == [("sample",)]
