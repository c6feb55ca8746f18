"""The joint table's pages: a whole table in real browsers, one alone, and those who try what they may not."""

import os
import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from course.cohorts import codes, roster

LOOKS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
PATIENCE = 120_000  # ms: however slow a machine
SEATS = {
    "Ann Able": "Commissioner 1",
    "Ben Bold": "Commissioner 2",
    "Cat Carr": "Alder",
    "Dan Dell": "Birch CIC",
    "Eve Eden": "Cedar",
    "Fay Fox": "Dogwood",
    "Gil Gray": "Evaluator 1",
    "Hal Hill": "Evaluator 2",
}
SECRET = "An otter lives in the alder grove"
PRICES = {"Alder": 2_481_357, "Birch CIC": 2_500_000, "Cedar": 2_700_000, "Dogwood": 2_300_000}


def faults(page, violations, widths=LOOKS) -> list[str]:
    """What is wrong with the page as it stands, at both widths, in light and in dark."""
    found = []
    for width, scheme in widths:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        title = page.locator("h1").inner_text()
        found += [f"{width} {scheme} {title}: {fault}" for fault in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{width}: {title} scrolls sideways")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    return found


def at(page, title: str) -> None:
    """Wait until the page shows a round."""
    page.get_by_role("heading", level=1, name=title).wait_for(timeout=PATIENCE)


def sent(page, button: str, form: str = "") -> None:
    """Press a form's button and wait until the table has it."""
    place = page.locator(f"#f-{form}") if form else page
    with page.expect_response(lambda r: r.request.method == "POST", timeout=PATIENCE) as answer:
        place.get_by_role("button", name=button, exact=True).click()
    assert answer.value.status == 200, answer.value.text()


def ready(*pages) -> None:
    for page in pages:
        sent(page, "I am ready")


def code_of(page) -> str:
    return page.locator(".sva-code").first.inner_text()


@dataclass
class Room:
    """A running classroom for nine people."""

    cohort: Path
    address: str
    trainers: str

    def enter(self, page, code: str) -> None:
        page.set_default_timeout(PATIENCE)
        page.goto(f"{self.address}/academy/sign-in")
        page.locator("input[name=code]").fill(code)
        page.get_by_role("main").get_by_role("button").click()
        page.wait_for_url(re.compile(r"/academy/(trainer)?$"))


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    if sys.platform != "linux":
        pytest.skip("a classroom needs Linux")
    folder = tmp_path_factory.mktemp("joint")
    people = "name,email,side\n" + "".join(
        f"{name},{name.split()[0].lower()}@example.org,provider\n" for name in [*SEATS, "Ida Irk"]
    )
    roster.new("Spring 2027", people, folder / "cohort")
    for part in ("modules", "exercises"):
        (folder / "content" / part).mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = (
        "from pathlib import Path; from course.portal.serving import serve_classroom;"
        f"serve_classroom(Path({str(folder / 'cohort')!r}), '127.0.0.1', {port})"
    )
    environment = {**os.environ, "ACADEMY_CONTENT": str(folder / "content")}
    environment.pop("PYTEST_CURRENT_TEST", None)
    environment.pop("ACADEMY_JOINT_DATABASE", None)
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", program], env=environment, cwd=folder, stdout=subprocess.PIPE,
            stderr=errors, text=True,
        )  # fmt: skip
    said = ""
    while "To stop" not in said:
        line = process.stdout.readline()
        if not line:
            pytest.fail(f"the classroom did not start: {said}{(folder / 'errors').read_text()}")
        said += line
    trainers = re.search(r"Trainers sign in with (\S+)", said)[1]
    yield Room(folder / "cohort", f"http://127.0.0.1:{port}", trainers)
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture
def browse(chromium):
    """Open a page in a context of its own; `pages.slips` collects what went wrong in them."""
    contexts, slips = [], []

    def start(**given):
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, **given)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda problem: slips.append(str(problem)))
        return page

    start.slips = slips
    yield start
    for context in contexts:
        context.close()


@pytest.mark.browser
def test_eight_seats_play_a_whole_table_in_eight_browsers_and_one_drops_and_comes_back(
    room, browse, violations
):
    trainer = browse()
    room.enter(trainer, room.trainers)
    trainer.goto(f"{room.address}/academy/trainer/joint")
    trainer.get_by_label("Evaluator seats").fill("2")
    trainer.get_by_role("button", name="Make them").click()
    trainer.get_by_role("heading", name="Table").first.wait_for()
    code = code_of(trainer)
    ids = dict(zip(*(roster.roster(room.cohort)[c] for c in ("name", "id")), strict=True))

    # Each joins with the code, as the roster names them, and sits down.
    at_seat = {}
    for name, seat in SEATS.items():
        page = browse()
        room.enter(page, codes.codes(room.cohort)[ids[name]])
        page.goto(f"{room.address}/academy/joint")
        page.get_by_label("The table’s code").fill(f" {code[:3].lower()} {code[3:]} ")
        page.get_by_role("button", name="Join").click()
        assert f"You are {name}" in page.get_by_role("complementary").inner_text()
        sent(page, f"Sit here as {seat}")
        at_seat[seat] = page
    one, two = at_seat["Commissioner 1"], at_seat["Commissioner 2"]
    alder, birch, cedar, dogwood = (at_seat[seat] for seat in ("Alder", "Birch CIC", "Cedar", "Dogwood"))
    marker, other_marker = at_seat["Evaluator 1"], at_seat["Evaluator 2"]
    everybody = list(at_seat.values())
    assert faults(one, violations) == []
    # The console hears of all of it without being asked again.
    trainer.get_by_text("8 people besides you").wait_for()
    assert faults(trainer, violations) == []
    ready(*everybody)
    for page in everybody:
        at(page, "Round 1: Need and outcomes")

    # What one commissioner is typing is not wiped by what the other sends; and who comes second is told.
    two.get_by_label("What residents need").fill("Tenants know their neighbours.")
    one.get_by_label("What residents need").fill("Tenants live well.")
    sent(one, "Keep the need")
    two.locator("#moves").get_by_text("wrote the need").wait_for()
    assert two.get_by_label("What residents need").input_value() == "Tenants know their neighbours."
    two.get_by_role("button", name="Keep the need").click()
    two.get_by_role("alert").filter(has_text="Ann Able changed this after you opened it").wait_for()
    assert two.get_by_label("What residents need").input_value() == "Tenants know their neighbours."
    sent(two, "Keep the need")
    assert faults(one, violations) == []
    assert alder.get_by_text("Tenants know their neighbours.").count() == 0
    ready(one, two)

    at(alder, "Round 2: Market engagement")
    alder.get_by_label("Your question").fill("May commitments start late?")
    sent(alder, "Ask")
    one.get_by_label("Your answer").fill("Yes, within the contract.")
    sent(one, "Publish the answer")
    for page in everybody:
        page.locator("dd").get_by_text("Yes, within the contract.").wait_for()
        assert page is alder or "Alder asked" not in page.get_by_role("log").inner_text()
    assert faults(alder, violations) == []
    ready(one, two, alder, birch, cedar, dogwood)

    at(one, "Round 3: Criteria")
    one.get_by_label("Price, %").fill("50")
    assert "change them until they make 100" in one.locator("[data-total]").inner_text()
    one.get_by_role("button", name="Set the criteria").click()
    one.get_by_role("alert").filter(has_text="The weights add up to 110").wait_for()
    assert one.get_by_label("Price, %").input_value() == "50"
    one.get_by_label("Quality, %").fill("30")
    one.get_by_label("Social value, %").fill("20")
    sent(one, "Set the criteria")
    assert faults(one, violations) == []
    ready(one, two)

    # Cedar loses the line while the others bid, and writes on.
    for page in (alder, birch, cedar, dogwood):
        at(page, "Round 4: Bids")
    cedar.context.set_offline(True)
    cedar.get_by_label("What evaluators read").fill("Written on the train.")
    dogwood.get_by_label("What evaluators read").fill("Written before a reload.")
    dogwood.reload()
    assert dogwood.get_by_label("What evaluators read").input_value() == "Written before a reload."
    for seat in ("Alder", "Birch CIC", "Dogwood"):
        page = at_seat[seat]
        page.get_by_label("Your price").fill(f"{PRICES[seat]:,}")
        page.get_by_label("Budget to run the service").fill("2 050 000")
        for group, many, budget in (("More key workers", "2", "60000"), ("Jobs for residents", "8", "56000")):
            line = page.get_by_role("group", name=group)
            line.get_by_label("How many").fill(many)
            line.get_by_label("Budget").fill(budget)
        page.get_by_role("group", name="Jobs for residents").get_by_label("Who answers").fill("Ms Lee")
        page.get_by_label("What evaluators read").fill(SECRET if seat == "Alder" else f"By {seat}.")
        over = PRICES[seat] - 2_166_000
        assert f"£{over:,} left over" in page.locator("[data-running-total]").inner_text()
        if page is alder:
            assert faults(page, violations) == []
        sent(page, "Send the bid")
    cedar.get_by_label("Your price").fill(f"{PRICES['Cedar']}")
    cedar.get_by_label("Budget to run the service").fill("2260000")
    cedar.get_by_role("button", name="Send the bid").click()
    cedar.get_by_role("alert").filter(has_text="Nothing you wrote is lost").first.wait_for()
    cedar.context.set_offline(False)
    cedar.locator("#seat-dogwood").get_by_text("Handed in").wait_for()  # it has caught up
    assert cedar.get_by_label("What evaluators read").input_value() == "Written on the train."
    sent(cedar, "Send the bid")

    # A sealed bid is in no other page, nor in what the server sends to one.
    for seat, page in at_seat.items():
        if seat != "Alder":
            mine = page.evaluate("document.getElementById('live').dataset.seat")
            news = page.request.get(f"{room.address}/academy/joint/{code}/live?after=0&seat={mine}").text()
            stolen = page.request.get(f"{room.address}/academy/joint/{code}?seat=alder").text()
            screen = page.request.get(f"{room.address}/academy/joint/{code}/screen").text()
            for text in (page.content(), news, stolen, screen):
                assert SECRET not in text
                assert "481,357" not in text
                assert "481357" not in text
    assert SECRET in alder.content()
    log = alder.request.get(f"{room.address}/academy/joint/{code}/log.json")
    assert log.status == 400
    assert "opens at the debrief" in log.text()
    ready(alder, birch, cedar, dogwood)

    # Scoring, by page. Cedar's browser is closed, and comes back in another one.
    cedar.context.close()
    everybody.remove(cedar)
    cedar = browse()
    room.enter(cedar, codes.codes(room.cohort)[ids["Eve Eden"]])
    cedar.goto(f"{room.address}/academy/joint/{code}")
    at(cedar, "Round 5: Scoring alone")
    assert cedar.locator(".sva-table-head .sva-side").inner_text() == "Cedar"
    everybody.append(cedar)
    for n, page in enumerate((one, two, marker, other_marker)):
        at(page, "Round 5: Scoring alone")
        assert SECRET in page.content()
        assert "481,357" not in page.content()
        for m, bidder in enumerate(("alder", "birch", "cedar", "dogwood")):
            form = page.locator(f"#f-marks-{bidder}")
            for criterion in ("Quality", "Social value"):
                form.get_by_label(f"{criterion}, mark of 5").select_option(str(2 + (n + m) % 3))
                form.get_by_label(f"{criterion}: why").fill("Names posts and owners. No dates for staff.")
            sent(page, "Keep these marks", f"marks-{bidder}")
    assert faults(marker, violations) == []
    ready(one, two, marker, other_marker)

    at(marker, "Round 5: Moderation")
    assert "Krippendorff" in marker.get_by_role("main").inner_text()
    marker.locator("#f-agreements-alder").get_by_label("Quality, mark of 5").select_option("3.5")
    marker.locator("#f-agreements-alder").get_by_label("Quality: why").fill("The plan is funded.")
    sent(marker, "Keep the agreed marks", "agreements-alder")
    one.locator("#moves").get_by_text("wrote the agreed mark 3.5 of 5").wait_for()
    assert faults(marker, violations) == []
    ready(one, two, marker, other_marker)

    at(one, "Round 6: Award")
    assert "What each rule would have given" in one.get_by_role("main").inner_text()
    assert "£2,481,357" in birch.get_by_role("region", name="The result").inner_text()
    for seat in PRICES:
        one.get_by_label(f"To {seat}").fill(f"Dear {seat}: the plan was funded.")
    sent(one, "Keep the reasons")
    assert faults(one, violations) == []
    ready(one, two)

    at(one, "Round 7: Delivery, quarter 1")
    provider = one.get_by_role("heading", level=2, name="delivers").inner_text().removesuffix(" delivers")
    winner = cedar if provider == "Cedar" else at_seat[provider]
    if one.locator("#f-remedy").count():  # a contract with commitments
        one.get_by_label("What you ask for").fill("Catch up by June.")
        sent(one, "Ask", "remedy")
        winner.get_by_label("Your answer").select_option("yes")
        winner.get_by_label("In your words").fill("We shall.")
        sent(winner, "Answer")
        one.get_by_text("Agreed. We shall.").wait_for()
    assert faults(winner, violations) == []
    for quarter in (1, 2, 3, 4):
        for page in (one, two, winner):
            at(page, f"Round 7: Delivery, quarter {quarter}")
        ready(one, two, winner)

    for page in everybody:
        at(page, "Round 8: Debrief")
    dogwood.get_by_label("Your note").fill("We would promise less.")
    sent(dogwood, "Add the note")
    one.get_by_text("We would promise less.").first.wait_for()
    assert SECRET in birch.content()  # all is open now
    assert faults(dogwood, violations) == []
    assert "We would promise less." in one.request.get(f"{one.url.split('?')[0]}/debrief.html").text()
    trainer.goto(f"{room.address}/academy/joint/{code}?seat=trainer")
    trainer.locator("#s-do").get_by_role("button", name="Swap chairs").click()
    for page in (one, alder):
        page.get_by_role("link", name="Go on at table").click()
        at(page, "Take your seats")
    assert one.locator(".sva-table-head .sva-side").inner_text() == "Alder"
    assert alder.locator(".sva-table-head .sva-side").inner_text() == "Commissioner 1"
    assert browse.slips == []


@pytest.mark.browser
def test_a_learner_gets_neither_the_console_nor_the_trainers_seat(room, browse):
    page = browse()
    ids = dict(zip(*(roster.roster(room.cohort)[c] for c in ("name", "id")), strict=True))
    room.enter(page, codes.codes(room.cohort)[ids["Ida Irk"]])
    assert page.request.get(f"{room.address}/academy/trainer/joint").status == 403
    assert page.request.get(f"{room.address}/academy/trainer/joint/live").status == 403
    page.goto(f"{room.address}/academy/joint/NBNBNB")
    assert "There is no such page" in page.get_by_role("main").inner_text()
    page.goto(f"{room.address}/academy/joint")
    page.get_by_label("You sit as").select_option("birch")
    page.get_by_role("button", name="Start a table").click()
    at(page, "Take your seats")
    own = code_of(page)
    other = browse()
    room.enter(other, codes.codes(room.cohort)[ids["Ann Able"]])
    other.goto(f"{room.address}/academy/joint/{own}")
    assert other.get_by_label("The table’s code").input_value() == own  # led to join
    other.get_by_role("button", name="Join").click()
    xsrf = other.locator("input[name=_xsrf]").first.input_value()
    forged = {"_xsrf": xsrf, "kind": "next", "as": "trainer", "stage": "seats"}
    answer = other.request.post(f"{room.address}/academy/joint/{own}", form=forged)
    assert answer.status == 400
    assert "does not sit there" in answer.text()
    assert other.request.post(f"{room.address}/academy/joint/{own}", form={"kind": "leave"}).status == 403


class Person:
    """Somebody who is signed in to the classroom and sends what a browser sends."""

    def __init__(self, room: Room, code: str):
        self.client = httpx.Client(base_url=room.address, timeout=120, follow_redirects=True)
        self.send("/academy/sign-in", code=code)

    def send(self, path: str, **fields: str) -> httpx.Response:
        self.client.get(path)
        xsrf = self.client.cookies["_xsrf"]
        return self.client.post(path, data={"_xsrf": xsrf, **fields})

    def play(self, code: str, kind: str, chair: str = "", **fields: str) -> dict:
        """Make a move as the page's script does; what the page would show."""
        xsrf = self.client.cookies["_xsrf"]
        form = {"_xsrf": xsrf, "kind": kind, "as": chair, "page": chair, **fields}
        answer = self.client.post(f"/academy/joint/{code}", data=form, headers={"Accept": "application/json"})
        return answer.json() if "json" in answer.headers["content-type"] else {}  # who leaves is led away


def need(statement: str) -> dict[str, str]:
    """The fields of the form by which commissioners say what residents need."""
    return {"statement": statement, "want-work": "1", "target-work": "52", "want-loneliness": "1",
            "target-loneliness": "28"}  # fmt: skip


def test_joining_twice_leaving_sharing_a_seat_and_closing_early_have_their_clear_outcome(room):
    ids = dict(zip(*(roster.roster(room.cohort)[c] for c in ("name", "id")), strict=True))
    secrets = codes.codes(room.cohort)
    trainer = Person(room, room.trainers)
    trainer.send("/academy/trainer/joint", case="calderbrook", alder="1", birch="1")
    code = re.search(r'id="table-([A-Z0-9]+)"', trainer.client.get("/academy/trainer/joint").text)[1]
    ann, ben, twin = (Person(room, secrets[ids[name]]) for name in ("Ann Able", "Ben Bold", "Ann Able"))
    for person in (ann, ann, ben, twin):  # Ann twice here, and once more on another device
        assert "You are" in person.send("/academy/joint", form="join", code=code).text
    console = trainer.client.get("/academy/trainer/joint").text
    assert "2 people besides you" in console

    # Two on one seat both move, and whoever comes second is told whose work would be lost.
    seat = "commissioner-1"
    for person in (ann, ben):
        assert "problem" not in person.play(code, "sit", seat=seat)
    trainer.play(code, "next", "trainer", stage="seats")
    seen = str(ann.play(code, "need", seat, **need("Tenants live well."))["number"])
    assert "problem" not in ben.play(code, "need", seat, **need("Tenants know their neighbours."))
    refused = ann.play(code, "need", seat, **need("Tenants have work."), seen=seen)
    assert "Ben Bold changed this after you opened it" in refused["problem"]
    again = ann.play(code, "need", seat, **need("Tenants have work."), seen=str(refused["seen"]))
    assert "Tenants have work." in again["html"]

    # On the other device Ann is the same person, on the same seat.
    page = twin.client.get(f"/academy/joint/{code}").text
    assert "Tenants have work." in page
    assert "Commissioner 1" in page

    # Who leaves gives the seat up, is led to the door, and may come back as the same person.
    ben.play(code, "leave")
    assert str(ben.client.get(f"/academy/joint/{code}").url).endswith(f"/academy/joint?code={code}")
    assert "does not sit there" in ben.play(code, "ready", seat, ready="yes")["problem"]
    assert "You are Ben Bold" in ben.send("/academy/joint", form="join", code=code).text
    assert "2 people besides you" in trainer.client.get("/academy/trainer/joint").text

    # Closed early, nothing can be played, all is still there, and reopening goes on.
    trainer.play(code, "close", "trainer", why="Fire alarm.")
    assert "Fire alarm." in ann.client.get(f"/academy/joint/{code}").text
    assert "closed" in ann.play(code, "need", seat, **need("Too late."))["problem"]
    assert "Tenants have work." in ann.client.get(f"/academy/joint/{code}").text
    trainer.play(code, "reopen", "trainer", stage="need", why="All clear.")
    assert "problem" not in ann.play(code, "need", seat, **need("In time."))


@pytest.mark.browser
def test_somebody_alone_plays_on_houses_to_the_debrief_by_keyboard(sandbox, visit, violations):
    here = visit(sandbox)
    here.page.set_default_timeout(PATIENCE)
    page = here.open("joint")
    assert faults(page, violations) == []
    page.get_by_label("The table’s code").fill("nothing like it")
    page.get_by_role("button", name="Join").press("Enter")
    assert "There is no table with the code" in page.get_by_role("alert").inner_text() or (
        "A table's code has" in page.get_by_role("alert").inner_text()
    )
    page.get_by_label("You sit as").select_option("commissioner-1")
    page.get_by_role("button", name="Start a table").press("Enter")
    at(page, "Take your seats")
    here.complaints.clear()  # the browser notes each refused form
    rounds = ["Need", "Market", "Criteria", "Bids", "Scoring", "Moderation", "Award"]
    for title in [*rounds, *(f"Delivery, quarter {q}" for q in (1, 2, 3, 4)), "Debrief"]:
        page.get_by_role("button", name="Go on to the next round").press("Enter")
        at(page, title)
        if title == "Scoring":
            assert page.locator("form[data-form^=marks]").count() == 4  # all four houses have bid
    assert "has won" in page.get_by_role("main").inner_text()
    assert faults(page, violations) == []
    for kind in ("log.json", "log.csv", "debrief.html"):
        assert page.request.get(f"{page.url.split('?')[0]}/{kind}").status == 200
    for path in ("joint/assumptions", f"joint/{code_of(page)}/screen", "trainer/joint"):
        here.open(path)
        assert faults(page, violations) == []
    assert here.complaints == []


@pytest.mark.browser
def test_tables_of_one_case_are_compared_and_led_from_the_console(sandbox, visit, violations):
    here = visit(sandbox)
    here.page.set_default_timeout(PATIENCE)
    page = here.open("trainer/joint")
    page.get_by_label("How many tables").fill("many")
    page.get_by_role("button", name="Make them").click()
    assert "whole number of tables" in page.get_by_role("alert").first.inner_text()
    assert page.get_by_label("How many tables").input_value() == "many"
    before = page.locator(".sva-console > li").count()
    page.get_by_label("How many tables").fill("2")
    page.get_by_label("Seed").fill("7")
    page.get_by_role("button", name="Make them").click()
    table = page.locator(".sva-console > li").nth(0)
    table.wait_for()
    assert page.locator(".sva-console > li").count() == before + 2
    table.get_by_role("button", name="Pause").click()
    table.get_by_text("Paused").wait_for()
    table.get_by_role("button", name="Resume").click()
    table.get_by_role("button", name="Go on (table").click()
    table.get_by_text("Round 1: Need and outcomes").wait_for()
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("region", name="Tables side by side").wait_for()
    assert "Same case" in page.get_by_role("main").inner_text()
    assert faults(page, violations) == []
    page.locator(".sva-console > li").nth(0).get_by_role("link", name="Lead").click()
    assert faults(page, violations) == []
    page.get_by_label("What to say").fill("Two minutes left.")
    sent(page, "Send the nudge")
    page.get_by_text("From the trainer: Two minutes left.").wait_for()
    page.locator("#f-close").get_by_label("Why").fill("Lunch.")
    sent(page, "Close the table")
    page.get_by_text("The trainer has closed this table: Lunch.").wait_for()
    page.locator("#f-reopen").get_by_label("Why").fill("After lunch.")
    sent(page, "Reopen it")
    at(page, "Round 1")
    assert page.locator("#closed").count() == 0


@pytest.mark.browser
def test_without_scripts_forms_work_and_a_refused_one_keeps_what_was_written(sandbox, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(sandbox.link)
    page.goto(sandbox.url("joint"))
    page.get_by_label("You sit as").select_option("birch")
    page.get_by_role("button", name="Start a table").click()
    for _ in range(4):
        page.get_by_role("button", name="Go on to the next round").click()
    page.get_by_label("Your price").fill("2,000,000")
    page.get_by_label("Budget to run the service").fill("2,100,000")
    page.get_by_role("button", name="Send the bid").click()
    assert "raise the price or lower a budget" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Your price").input_value() == "2,000,000"
    page.get_by_label("Your price").fill("2,200,000")
    page.get_by_role("button", name="Send the bid").click()
    assert page.get_by_role("heading", name="Your bid is in").count() == 1
    context.close()
