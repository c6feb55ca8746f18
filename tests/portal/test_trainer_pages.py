"""A trainer's whole way by page alone, in a real browser: from a messy list to certificates and Moodle."""

import csv
import io
import zipfile
from pathlib import Path
from random import Random

import pytest

from course import answers
from course.authoring.source import load
from course.cases.seeds import case_key
from course.cohorts import certificates, collecting, demo, handing_out, joining, roster
from course.grading import engine, writing
from course.portal import trainer, trainer_job

pytestmark = pytest.mark.browser
EXERCISE = "m04-asking"
PEOPLE = Path(__file__).parents[1] / "cohorts" / "people.csv"
MENDED = PEOPLE.with_name("mended.csv")  # what a trainer sends in place of the rows that were refused
PATIENCE = 240_000  # ms: a click waits for the page that it leads to, on however slow a machine
LOOKS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]


def faults(page, violations) -> list[str]:
    """What is wrong with the page shown, at both widths, in light and in dark."""
    found = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found += [f"{width} {scheme} {page.url}: {fault}" for fault in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{width}: {page.url} scrolls sideways")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    return found


def finished(page) -> str:
    """Wait until the task that is shown has ended; what it says."""
    page.wait_for_selector("#task:not([data-state=working])", timeout=PATIENCE)
    assert page.locator("#task").get_attribute("data-state") == "done", page.get_by_role(
        "status"
    ).inner_text()
    return page.get_by_role("status").inner_text()


def kept(page, link: str) -> bytes:
    with page.expect_download() as getting:
        page.get_by_role("link", name=link, exact=True).click()
    return Path(getting.value.path()).read_bytes()


def handed_in(sent: bytes, cohort: Path, home: Path, able: float) -> joining.HandIn:
    """What a learner sends back who joined with the zip received and answered as people do."""
    home.mkdir()
    joined = joining.join(home, sent)
    place = home / "exercises" / EXERCISE
    place.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(sent)) as zipped:
        (place / "exercise.ipynb").write_bytes(zipped.read(f"exercises/{EXERCISE}/exercise.ipynb"))
    own = load(EXERCISE, case_key(roster.about(cohort)["salt"], joined.learner))
    for question, value in demo._plausible(own, Random(joined.learner), able, 0).items():
        answers.record(place, question, value)
    return joining.hand_in(place)


def test_a_new_trainer_goes_from_a_messy_list_to_moodle_and_certificates(
    start_academy, visit, violations, tmp_path
):
    academy = start_academy()
    here = visit(academy)
    here.page.set_default_timeout(PATIENCE)
    page = here.open("")
    page.get_by_role("main").get_by_role("link", name="For trainers").click()
    assert faults(page, violations) == []
    page.get_by_label("Its name").fill("Spring 2027")
    page.get_by_label("The list as a file").set_input_files(PEOPLE)
    page.get_by_role("button", name="Make the cohort").click()
    root = academy.home / "cohorts" / "spring-2027"
    added = roster.roster(root)
    assert len(added) == 15  # what test_roster expects of this list: nine rows are to be mended
    assert f"{len(added)} added" in page.get_by_role("status").inner_text()
    assert page.get_by_role("region", name="Rows to mend").count() == 1
    assert faults(page, violations) == []
    page.get_by_role("link", name="Go on to the cohort").click()
    assert faults(page, violations) == []
    page.get_by_label("The list as a file").set_input_files(MENDED)
    page.get_by_role("button", name="Import", exact=True).click()
    added = roster.roster(root)
    assert len(added) == 24
    page.get_by_role("link", name="Go on to the cohort").click()

    page.get_by_role("link", name="Hand out", exact=True).click()
    assert faults(page, violations) == []
    for box in page.get_by_role("checkbox").all():
        box.set_checked(box.get_attribute("value") == EXERCISE)
    page.get_by_label("Last day").fill("2099-03-01")
    page.get_by_role("button", name="Make the zips").click()
    assert "zips are made" in finished(page)
    page.get_by_role("link", name="Download the zips").click()
    assert faults(page, violations) == []
    with zipfile.ZipFile(io.BytesIO(kept(page, f"Download all {len(added)} learners’ zips as one"))) as every:
        assert len(every.namelist()) == len(added)
        zips = [every.read(f"learners/{id}.zip") for id in added["id"]]

    sent = [handed_in(raw, root, tmp_path / str(n), able=1) for n, raw in enumerate(zips)]
    files = [{"name": s.name, "mimeType": "application/zip", "buffer": s.content} for s in sent]
    files.append({"name": "holiday.zip", "mimeType": "application/zip", "buffer": b"no zip"})
    page = here.open(f"trainer/{page.url.split('/trainer/')[1].split('/')[0]}/collect")
    cohort_url = page.url.removesuffix("/collect")
    page.get_by_label("Zips, chosen").set_input_files(files)
    page.get_by_role("button", name="Take them in").click()
    assert finished(page).startswith("24 of 25")
    assert "damaged" in page.get_by_role("region", name="What came of it").inner_text()
    page.get_by_role("link", name="Go on to marking").click()
    page.get_by_role("button", name="Mark what is new").click()
    assert finished(page).startswith("24 marked now, 0 unchanged, 0 could not be")
    page.get_by_role("link", name="See the marks").click()
    assert faults(page, violations) == []
    page.get_by_role("region", name="Marks").get_by_role("link").first.click()
    assert faults(page, violations) == []
    page.get_by_role("link", name="Open the feedback").click()
    assert page.locator("h1").count() == 1

    page.goto(f"{cohort_url}/writing/{EXERCISE}")
    page.get_by_label("Your name").fill("Tess Örn")
    page.get_by_role("button", name="Keep").click()
    assert faults(page, violations) == []
    page.get_by_role("link", name="Practise on the sample").first.click()
    assert faults(page, violations) == []
    page.goto(f"{cohort_url}/writing/{EXERCISE}")
    page.get_by_role("link", name="Mark the next answer").first.click()
    assert faults(page, violations) == []
    for left in range(24, 0, -1):  # by keyboard alone
        assert f"{left} left for you" in page.locator(".sva-meta").inner_text()
        for _ in range(page.locator("#rubric fieldset").count()):
            page.keyboard.press("3")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    record = writing.history(root, EXERCISE)
    assert set(record["marker"]) == {"Tess Örn"}
    assert record["learner"].nunique() == 24

    page.goto(f"{cohort_url}/feedback")
    page.get_by_role("button", name="Write the feedback").click()
    finished(page)
    page.get_by_role("link", name="Download the feedback").click()
    assert faults(page, violations) == []
    with zipfile.ZipFile(io.BytesIO(kept(page, "Download all as one zip"))) as every:
        assert len(every.namelist()) == 24

    page.goto(f"{cohort_url}/results")
    page.get_by_label("Also as PDF").uncheck()
    page.get_by_role("button", name="Issue certificates").click()
    passed = int(finished(page).split()[0])
    assert passed == 24
    page.get_by_role("link", name="Download the certificates").click()
    assert faults(page, violations) == []
    moodle = list(
        csv.reader(io.StringIO(kept(page, "Grades for Moodle, as CSV in per cent").decode("utf-8-sig")))
    )
    assert len(moodle) == 1 + len(added)
    issued = sorted((root / "certificates").glob("*/certificate.json"))
    assert len(issued) == passed
    assert certificates.verify(issued[0], certificates.public_key(root)).valid
    page.goto(f"{cohort_url}/survey")
    sheet = kept(page, "Sheet for before the course").decode("utf-8-sig")
    filled = sheet.replace(",before,,,,,,", ",before,2,1,1,1,1,1", 5).encode()
    page.get_by_label("The sheet, filled in").set_input_files(
        {"name": "survey.csv", "mimeType": "text/csv", "buffer": filled}
    )
    page.get_by_role("button", name="Take it in").click()
    assert f"5 of {len(added)} answered before the course" in page.get_by_role("main").inner_text()
    assert faults(page, violations) == []
    for more in ("progress", "privacy"):
        page.goto(f"{cohort_url}/{more}")
        assert faults(page, violations) == []
    assert here.complaints == []


def test_bad_input_is_answered_by_one_sentence_and_changes_nothing(sandbox, visit):
    here = visit(sandbox)
    here.page.set_default_timeout(PATIENCE)
    page = here.open("trainer")
    page.get_by_label("Its name").fill("Nobody")
    page.get_by_role("button", name="Make the cohort").click()
    assert "There is no list yet" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Its name").input_value() == "Nobody"
    assert not (sandbox.home / "cohorts" / "nobody").exists()
    page.get_by_label("Its folder").fill("/no/such/folder")
    page.get_by_role("button", name="Open it").click()
    assert "is not a cohort" in page.get_by_role("alert").inner_text()
    page.get_by_label("Its name").fill("Somebody")
    page.get_by_label("Or paste it here").fill("name,email,side\nAda Byron,ada@engine.example,provider")
    page.get_by_role("button", name="Make the cohort").click()
    page.get_by_role("link", name="Go on to the cohort").click()
    cohort = page.url
    for step, button, says in (
        ("collect", "Take them in", "No file was chosen"),
        ("privacy", "Erase for good", "Nobody was erased"),
    ):
        page.goto(f"{cohort}/{step}")
        page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
        page.get_by_role("button", name=button).click()
        assert says in page.get_by_role("main").inner_text()
    page.goto(f"{cohort}/marks")
    page.get_by_role("button", name="Mark what is new").click()
    page.wait_for_selector("#task[data-state=failed]", timeout=PATIENCE)
    assert page.get_by_role("status").inner_text().startswith("Nothing was handed in yet")
    for outside in (
        "file/cohort.json",
        "file/handed-out/../cohort.json",
        "file/handed-out/%2e%2e/cohort.json",
    ):
        assert page.request.get(f"{cohort}/{outside}").status == 404


def test_without_its_token_a_form_changes_nothing(sandbox, visit):
    page = visit(sandbox).open("trainer")
    answer = page.request.post(page.url, form={"name": "Forged", "pasted": "name,side\nEve,provider"})
    assert answer.status == 403
    assert not (sandbox.home / "cohorts" / "forged").exists()


def test_a_task_whose_process_was_ended_says_so_and_can_be_started_again(tmp_path):
    root = tmp_path / "spring"
    roster.new("Spring", "name,side\nAda Byron,provider", root)
    trainer_job.start(root, "mark", {})
    own = trainer_job._running[root / ".academy" / "tasks" / "mark.json"]
    own.kill()
    own.wait()
    assert trainer_job.state(root, "mark")["state"] == "ended"
    trainer_job.start(root, "mark", {})
    trainer_job._running[root / ".academy" / "tasks" / "mark.json"].wait()
    assert trainer_job.state(root, "mark")["say"].startswith("Nothing was handed in yet")


@pytest.fixture
def marked_cohort(tmp_path) -> Path:
    """A cohort of two of whom one has handed in and was marked."""
    root = tmp_path / "spring"
    roster.new("Spring", "name,side\nAda Byron,provider\nBo Chan,commissioner", root)
    handing_out.hand_out(root, ["m04"])
    made = handed_in(
        (root / "handed-out" / "learners" / "ada-byron.zip").read_bytes(), root, tmp_path / "ada", 0
    )
    (tmp_path / made.name).write_bytes(made.content)
    collecting.collect(root, [tmp_path / made.name])
    assert not engine.grade(root, EXERCISE, workers=1).failed
    return root


def test_the_progress_page_says_names_and_shares_and_no_ids(marked_cohort):
    shown = trainer.progress_tables(marked_cohort)
    questions = shown["Questions of 4. Asking: criteria and weights"]
    assert list(questions.columns[:4]) == ["question", "marked by", "answers", "share of the points"]
    assert set(questions["marked by"]) == {"the machine", "a person"}
    assert questions["share of the points"].str.fullmatch(r"\d+%|–").all()
    assert "tipping weight" in set(questions["question"])
    assert "learner" not in shown["Who is stuck, and where"]
    assert set(shown["The sides"]["module"]) == {"4. Asking: criteria and weights"}
