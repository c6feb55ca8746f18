"""Handing exercises out, joining a cohort, and the zip that comes back."""

import io
import json
import zipfile
from datetime import date

import pytest

from course import answers
from course.cases.seeds import case_key, key_here
from course.cohorts import handing_out, joining, roster
from course.errors import InputError


def names(place) -> list[str]:
    return zipfile.ZipFile(place).namelist()


def test_there_is_a_zip_for_the_exercise_and_one_for_each_learner(cohort):
    assert names(cohort / "handed-out" / "m04-asking.zip") == [
        "START-HERE.html",
        "exercises/m04-asking/exercise.ipynb",
    ]
    for learner in roster.roster(cohort)["id"]:
        assert names(cohort / "handed-out" / "learners" / f"{learner}.zip") == [
            "START-HERE.html",
            "exercises/m04-asking/exercise.ipynb",
            "learner.json",
        ]


def test_the_exercises_zip_says_nothing_about_anybody_and_no_zip_holds_the_salt_or_answers(cohort):
    salt = roster.about(cohort)["salt"].encode()
    for place in cohort.glob("handed-out/**/*.zip"):
        packed = zipfile.ZipFile(place)
        all_of_it = b"".join(packed.read(name) for name in packed.namelist())
        assert salt not in all_of_it
        assert b"HIDDEN TESTS" not in all_of_it
        if place.parent.name != "learners":
            assert b"Amara" not in all_of_it


def test_the_case_of_who_joined_is_the_one_the_grader_draws(cohort, works, card):
    folder = works(cohort, "ben-whitlock")
    assert key_here(folder) == case_key(roster.about(cohort)["salt"], "ben-whitlock")
    assert card("ben-whitlock")["case_key"] != card("amara-osei")["case_key"]


def test_handing_out_again_gives_the_same_zips_and_takes_in_who_came_later(cohort):
    before = {p: p.read_bytes() for p in cohort.glob("handed-out/**/*.zip")}
    roster.import_people(cohort, "name,side\nDev Raman,provider\n")
    table = handing_out.hand_out(cohort, ["m04-asking"])
    assert "Dev Raman" in set(table["for"])
    assert all(p.read_bytes() == content for p, content in before.items())
    assert (cohort / "handed-out" / "learners" / "dev-raman.zip").is_file()


def test_the_last_day_is_in_the_gradebook_and_on_the_page(cohort):
    handing_out.hand_out(cohort, ["m04"], date(2027, 3, 1))
    due = handing_out.due_dates(cohort)["m04-asking"].astimezone()
    assert (due.year, due.month, due.day, due.hour) == (2027, 3, 1, 23)
    page = zipfile.ZipFile(cohort / "handed-out" / "m04-asking.zip").read("START-HERE.html").decode()
    assert "1 March 2027" in page


def test_what_cannot_be_handed_out_is_said(cohort, tmp_path):
    with pytest.raises(InputError, match="no exercise “m99”"):
        handing_out.hand_out(cohort, ["m99"])
    with pytest.raises(InputError, match="not a cohort's folder"):
        handing_out.hand_out(tmp_path, ["m04"])


def test_joining_keeps_the_key_from_before_and_says_what_was_begun(cohort, tmp_path):
    home = tmp_path / "home"
    (home / "exercises" / "m04-asking").mkdir(parents=True)
    (home / "learner.json").write_text('{"case_key": "own"}')
    answers.record(home / "exercises" / "m04-asking", "tipping-weight", 1)
    raw = (cohort / "handed-out" / "learners" / "amara-osei.zip").read_bytes()
    done = joining.join(home, raw)
    assert (done.name, done.cohort_name, done.begun) == ("Amara Osei", "Spring 2027", ("m04-asking",))
    assert json.loads((home / "learner-before-1.json").read_text()) == {"case_key": "own"}
    assert joining.join(home, raw).begun == ()
    assert not (home / "learner-before-2.json").exists()
    assert joining.joined(home / "exercises").learner == "amara-osei"


def _zip_of(**files: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, text in files.items():
            packed.writestr(name.replace("_json", ".json"), text)
    return made.getvalue()


@pytest.mark.parametrize(
    "sent",
    [b"", b"PK broken", b"[1]", b'{"case_key": "x"}', _zip_of(other="x"), _zip_of(learner_json="{")],
    ids=["empty", "damaged", "list", "not ours", "no card", "spoilt card"],
)
def test_a_file_that_is_not_the_learners_changes_nothing(tmp_path, sent):
    with pytest.raises(InputError, match="bears your name"):
        joining.join(tmp_path, sent)
    assert not list(tmp_path.iterdir())


def test_a_card_whose_id_is_a_path_is_refused(tmp_path, card):
    with pytest.raises(InputError, match="bears your name"):
        joining.join(tmp_path, json.dumps(card("amara-osei") | {"learner": "../x"}).encode())


def test_a_hand_in_holds_notebook_answers_and_a_sealed_manifest(cohort, works, card):
    folder = works(cohort, "ben-whitlock")
    made = joining.hand_in(folder)
    packed = zipfile.ZipFile(io.BytesIO(made.content))
    assert sorted(packed.namelist()) == [
        f"m04-asking/{name}"
        for name in ("answers.journal.jsonl", "answers.json", "exercise.ipynb", "manifest.json")
    ]
    manifest = json.loads(packed.read("m04-asking/manifest.json"))
    assert manifest["learner"] == "ben-whitlock"
    assert manifest["seal"] == joining.seal(manifest, card("ben-whitlock")["case_key"])
    assert card("ben-whitlock")["case_key"].encode() not in b"".join(map(packed.read, packed.namelist()))
    assert made.name.startswith("m04-asking_ben-whitlock_")


def test_nothing_is_handed_in_without_answers_or_a_cohort(cohort, works, tmp_path):
    folder = works(cohort, "ben-whitlock")
    (folder / "answers.json").unlink()
    (folder / "answers.journal.jsonl").unlink()
    with pytest.raises(InputError, match="not answered a question"):
        joining.hand_in(folder)
    with pytest.raises(InputError, match="not joined a cohort"):
        joining.hand_in(tmp_path)
