"""The command `academy`, tried as people try it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def academy(tmp_path):
    """Run the command with a learner's folder of its own."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "course", *arguments],
            capture_output=True, text=True, cwd=ROOT,
            env={**os.environ, "ACADEMY_HOME": str(tmp_path / "home"), "COLUMNS": "160", **environment},
        )  # fmt: skip

    return run


def test_without_a_word_it_says_in_ten_lines_what_to_do_next(academy):
    said = academy().stdout
    for word in (
        "Learners",
        "Trainers",
        "Authors",
        "academy serve",
        "academy demo",
        "academy prove",
        "academy doctor",
    ):
        assert word in said
    assert len(said.strip().splitlines()) <= 12


def test_where_prints_the_learners_folder_and_one_setting_moves_it(academy, tmp_path):
    assert academy("where").stdout.strip() == str(tmp_path / "home")
    assert academy("where", ACADEMY_HOME=str(tmp_path / "other")).stdout.strip() == str(tmp_path / "other")


def test_doctor_finds_this_installation_fine(academy):
    done = academy("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mend" not in done.stdout


def test_doctor_says_what_is_wrong_with_the_learners_folder(academy, tmp_path):
    (tmp_path / "home").write_text("a file in the way")
    done = academy("doctor")
    assert done.returncode == 1
    assert "cannot be written to" in done.stdout
    assert "ACADEMY_HOME" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mark", "no-such-folder"], "There is no folder"),
        (["prove", "m99"], "There is no exercise “m99”"),
        (["grade", "."], "Is it a cohort's folder?"),
        (["demo", "--into", "."], "is in use already"),
        (["exemplar", "add", "no-such.yml"], "Give the file of a card."),
        (["data", "import", "no-such.json", "--into", "nowhere"], "no-such.json"),
    ],
)
def test_a_mistake_ends_in_one_sentence_and_no_traceback(academy, arguments, said):
    done = academy(*arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_card_goes_from_an_empty_form_into_the_academys_folder_or_is_refused_with_reasons(
    academy, tmp_path
):
    card = tmp_path / "card.yml"
    assert academy("exemplar", "new", str(card)).returncode == 0
    refused = academy("exemplar", "add", str(card))
    assert refused.returncode == 1
    assert "The card was not added" in refused.stderr
    assert academy("exemplar", "new", str(card)).stderr.startswith(f"{card} is there already.")
    card.write_text(
        "who: Our kitchen\nwhat: Trains cooks.\nclaim: Over 18 trainees passed.\nsource: Register\n"
        "date: 2026-06\nevidence: count\nsector: charity\nplace: Leeds, England\ntheme: jobs and skills\n"
        "idea: Let trainees cook.\n"
    )
    done = academy("exemplar", "add", str(card))
    kept = tmp_path / "home" / "exemplars" / "exemplars.csv"
    assert done.stdout.startswith("Added “our-kitchen-trains-cooks” to")
    assert "hides the figure" in done.stdout
    before = kept.read_bytes()
    assert "already" in academy("exemplar", "add", str(card)).stderr
    assert kept.read_bytes() == before
    assert academy("exemplar", "add", str(card), "--into", str(tmp_path / "shared")).returncode == 0
    assert (tmp_path / "shared" / "exemplars.csv").read_bytes() == before


def test_notices_and_ledgers_are_imported_and_summed_up_in_words(academy, tmp_path):
    notices = sorted(str(path) for path in (ROOT / "datasets" / "notices").iterdir())[:2]
    done = academy(
        "data",
        "import",
        *notices,
        str(ROOT / "datasets" / "place" / "ledger.csv"),
        "--into",
        str(tmp_path / "in"),
    )
    assert done.returncode == 0, done.stderr
    assert "What the folder holds" in done.stdout
    assert "ledger" in done.stdout


def test_an_exercise_is_marked_from_the_command_line(academy, tmp_path):
    from course import answers

    place = tmp_path / "home" / "exercises" / "m04-asking"
    place.mkdir(parents=True)
    answers.record(place, "steady-formula", "absolute")
    done = academy("mark", str(place))
    assert done.returncode == 0, done.stderr
    assert "1 of 1" in done.stdout
    kept = json.loads((place / "marks.json").read_text())
    assert {row["question"]: row["points"] for row in kept["rows"]}["steady-formula"] == 1


def test_the_demonstration_goes_from_hand_out_to_feedback(academy, tmp_path):
    done = academy("demo", "--into", str(tmp_path / "cohort"), "--learners", "3")
    assert done.returncode == 0, done.stderr
    assert "Amara Osei" in done.stdout
    pages = list((tmp_path / "cohort" / "feedback").glob("*/m04-asking/exercise.html"))
    assert len(pages) == 3
    text = pages[0].read_text(encoding="utf-8")
    assert "of 12" in text or "of 2" in text
