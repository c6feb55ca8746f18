"""The learner's pages on their own computer: join a cohort, hand in, all through requests as a browser's."""

import re
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import httpx
import pytest

from course import answers
from course.cohorts import collecting, handing_out, roster, survey

EXERCISE = "m04-asking"
LIST = "name,email,side\nAmara Osei,amara@council.example,commissioner\nBen Bold,ben@b.example,provider\n"


@pytest.fixture(scope="module")
def cohort(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cohort") / "spring"
    roster.new("Spring 2027", LIST, folder)
    handing_out.hand_out(folder, ["m04"], date(2099, 3, 1))
    return folder


@pytest.fixture(scope="module")
def academy(start_academy):
    return start_academy()


@pytest.fixture(scope="module")
def learner(academy):
    with closing(httpx.Client(base_url=academy.address, timeout=120)) as client:
        client.get(academy.link)
        yield client


def press(client: httpx.Client, path: str, **more) -> httpx.Response:
    """Send the form of a page, with the secret that the page holds."""
    page = client.get(path)
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
    return client.post(path, data={"_xsrf": xsrf}, **more)


def own_zip(cohort: Path, who: str) -> bytes:
    return (cohort / "handed-out" / "learners" / f"{who}.zip").read_bytes()


def test_who_learns_alone_is_told_that_nothing_is_needed(learner):
    assert "If you learn alone, you need nothing on this page." in learner.get("/academy/cohort").text
    assert "there is nobody to hand in to" in learner.get("/academy/hand-in/m04").text


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut off"])
def test_a_wrong_file_joins_nothing_and_is_named_as_wrong(learner, academy, content):
    answer = press(learner, "/academy/cohort", files={"file": ("x.zip", content)})
    assert answer.status_code == 400
    assert re.search(r'role="alert">(This is not the file that your trainer|No file was chosen)', answer.text)
    assert "nobody to hand in to" in learner.get("/academy/hand-in/m04").text


def test_a_form_of_another_site_cannot_join_anybody(learner, cohort):
    answer = learner.post("/academy/cohort", files={"file": ("a.zip", own_zip(cohort, "ben-bold"))})
    assert answer.status_code == 403


def test_a_learner_joins_hands_in_and_the_trainer_takes_it(learner, academy, cohort, tmp_path):
    work = academy.home / "exercises" / EXERCISE
    answers.record(work, "tipping-weight", 1.0)
    said = press(
        learner, "/academy/cohort", files={"file": ("amara.zip", own_zip(cohort, "amara-osei"))}
    ).text
    assert "You have joined Spring 2027." in said
    assert "You had answered questions of module 4 before" in said
    assert "You are Amara Osei, in Spring 2027." in said

    answers.record(work, "tipping-weight", 12.5)
    page = learner.get("/academy/hand-in/m04").text
    assert re.search(
        r"You have answered 1 of \d+ questions\. A question without an answer gets no points", page
    )
    made = press(learner, "/academy/hand-in/m04")
    assert made.headers["content-type"] == "application/zip"
    name = re.search(r"filename\*=UTF-8''(.+)", made.headers["content-disposition"])[1]
    (tmp_path / name).write_bytes(made.content)
    assert "You handed this in before, at " in learner.get("/academy/hand-in/m04").text
    taken = collecting.collect(cohort, [tmp_path / name])
    assert taken[["learner", "exercise", "outcome"]].values.tolist() == [["amara-osei", EXERCISE, "taken"]]


def test_an_exercise_without_answers_is_not_handed_in(learner, cohort):
    press(learner, "/academy/cohort", files={"file": ("amara.zip", own_zip(cohort, "amara-osei"))})
    answer = press(learner, "/academy/hand-in/m05")
    assert answer.status_code == 400
    assert "You have not answered a question of this exercise yet." in answer.text


@pytest.mark.parametrize("path", ["hand-in/m99", "hand-in/..%2F..", "feedback/m04"])
def test_what_is_not_there_is_said_plainly(learner, path):
    answer = learner.get(f"/academy/{path}")
    assert answer.status_code == 404
    assert re.search(r"<h1>There is no (such page|feedback yet)</h1>", answer.text)


def test_a_page_asks_the_server_to_mark_in_a_classroom_only(learner):
    xsrf = learner.cookies["_xsrf"]
    said = learner.post("/academy/mark/m04", headers={"X-XSRFToken": xsrf}).json()
    assert said == {"problem": "Marking here is for the learners of a classroom."}


def test_on_a_shared_machine_handing_in_needs_no_zip(start_academy, tmp_path, monkeypatch):
    shared, settings = tmp_path / "exchange", tmp_path / "config"
    shared.mkdir()
    settings.mkdir()
    (settings / "nbgrader_config.py").write_text(f"c = get_config()\nc.Exchange.root = {str(shared)!r}\n")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(settings))  # as whoever looks after a machine sets it
    academy = start_academy()
    root = academy.home / "cohorts" / "spring"
    roster.new("Spring 2027", LIST, root)
    handing_out.hand_out(root, ["m04"], date(2099, 3, 1))
    with closing(httpx.Client(base_url=academy.address, timeout=120, follow_redirects=True)) as client:
        client.get(academy.link)
        press(client, "/academy/cohort", files={"file": ("ben.zip", own_zip(root, "ben-bold"))})
        answers.record(academy.home / "exercises" / EXERCISE, "tipping-weight", 12.5)
        assert "Hand in now" in client.get("/academy/hand-in/m04").text
        said = press(client, "/academy/hand-in/m04").text
        assert "Module 4 is handed in. Your trainer takes it from this machine’s exchange." in said
        place = re.search(r'href="(/academy/trainer/spring-[^"/]+)"', client.get("/academy/trainer").text)[1]
        page = client.get(f"{place}/collect").text
        assert "1 hand-in lies in this machine’s nbgrader exchange." in page
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page)[1]
        client.post(f"{place}/collect", data={"_xsrf": xsrf, "exchange": "1"})
        for _ in range(600):
            state = client.get(f"{place}/task/collect?as=json").json()
            if state["state"] != "working":
                break
            time.sleep(0.1)
    assert state["say"] == "1 of 1 found in what was sent are kept."
    assert collecting.received(root)["learner"].tolist() == ["ben-bold"]


LOOKS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]


def faults(page, violations) -> list[str]:
    """What is wrong with the page shown, at both widths, in light and in dark."""
    found = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found += [f"{width} {page.url}: {fault}" for fault in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{width}: {page.url} scrolls sideways")
    return found


@pytest.mark.browser
def test_joining_saying_how_confident_and_handing_in_are_usable_by_everyone(
    start_academy, visit, violations, cohort, tmp_path
):
    academy = start_academy()
    here = visit(academy)
    page = here.open("cohort")
    assert faults(page, violations) == []
    page.goto(academy.url("hand-in/m04"))
    assert faults(page, violations) == []
    page.goto(academy.url("cohort"))
    own = {"name": "ben-bold.zip", "mimeType": "application/zip", "buffer": own_zip(cohort, "ben-bold")}
    page.get_by_label("The zip your trainer sent you").set_input_files(own)
    page.get_by_role("button", name="Join").click()
    assert "You have joined Spring 2027." in page.get_by_role("status").inner_text()
    assert faults(page, violations) == []

    page.get_by_role("link", name="Say how confident you are").press("Enter")
    first = page.get_by_role("group", name="1. Say which rules").get_by_role("radio")
    first.first.focus()
    page.keyboard.press("ArrowDown")  # from nothing to the second
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("It goes to your trainer with the next exercise").wait_for()
    assert survey.said(academy.home)["before"]["law"] == 2
    assert faults(page, violations) == []
    page.goto(academy.url("survey"))
    assert page.get_by_text("after the course.").count()
    page.get_by_role("button", name="Keep my answers").click()
    assert "No question is answered." in page.get_by_role("alert").inner_text()
    assert survey.said(academy.home)["before"]["law"] == 2

    page = here.open("exercise/m04")
    page.locator("#question-tipping-weight input[type=text]").first.fill("12.5")
    page.locator("#question-tipping-weight input[type=text]").first.blur()
    page.get_by_text("Saved").first.wait_for()
    page.get_by_role("link", name="Hand in", exact=True).press("Enter")
    assert "You have answered 1 of" in page.get_by_role("main").inner_text()
    assert faults(page, violations) == []
    with page.expect_download() as saving:
        page.get_by_role("button", name="Make the zip").press("Enter")
    sent = tmp_path / saving.value.suggested_filename
    saving.value.save_as(sent)
    page.get_by_role("link", name="See everything you handed in").click()
    assert faults(page, violations) == []
    assert collecting.collect(cohort, [sent])["outcome"].tolist() == ["taken"]
    assert survey.said_in(cohort, "ben-bold")["before"]["law"] == 2
    assert [said for said in here.complaints if "400" not in said] == []  # the empty survey was refused
