"""A classroom that is full: a stated limit, and the reading version for whoever comes then."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from course.cohorts import codes, handing_out, roster
from course.errors import InputError
from course.portal import reading

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a classroom needs Linux")
ROOT = Path(reading.__file__).parents[2]
PEOPLE = "name,email,side\nAnn Able,ann@a.example,commissioner\nBen Bold,ben@b.example,provider\n"
MOST = 1


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("content")
    shutil.copytree(ROOT / "exercises" / "m04-asking", folder / "exercises" / "m04-asking")
    for module in ("m04-asking", "m05-responding"):
        (folder / "modules" / module).mkdir(parents=True)
        lesson = (
            ROOT / "tests" / "portal" / "content" / "modules" / "m05-responding" / "lesson.md"
        ).read_text()
        cell = "\n## Weigh\n\n```{code-cell}\nfrom course.explorers import swing\nswing()\n```\n"
        (folder / "modules" / module / "lesson.md").write_text(lesson + cell)
    return folder


@pytest.fixture(scope="module")
def edition(content, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("edition") / "reading"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACADEMY_CONTENT", str(content))
        program = "import sys; from course.portal import reading; reading.main(sys.argv[1])"
        subprocess.run([sys.executable, "-c", program, str(folder)], check=True)
    return folder


class Room:
    """A classroom with room for very few pages."""

    def __init__(self, cohort: Path, content: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        program = (
            "from pathlib import Path; from course.portal.serving import serve_classroom;"
            f"serve_classroom(Path({str(cohort)!r}), '127.0.0.1', {port}, most_pages={MOST})"
        )
        environment = {**os.environ, "ACADEMY_CONTENT": str(content)}
        self.cohort, self.address = cohort, f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-c", program], env=environment, cwd=cohort, stdout=subprocess.PIPE, text=True
        )
        self.said = ""
        while "To stop" not in self.said:
            self.said += self.process.stdout.readline() or pytest.fail(f"it did not start: {self.said}")

    def signed_in(self, who: str) -> httpx.Client:
        client = httpx.Client(base_url=self.address, timeout=120, follow_redirects=True)
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', client.get("/academy/sign-in").text)[1]
        client.post("/academy/sign-in", data={"_xsrf": xsrf, "code": codes.codes(self.cohort)[who]})
        return client


def leave(client: httpx.Client) -> None:
    """Open a page once more, which takes the place of the one before, and close it."""
    kernel = re.search(r'"kernelId": "([^"]+)"', client.get("/academy/lesson/m04").text)[1]
    client.post(f"/voila/api/shutdown/{kernel}", data={"_xsrf": client.cookies["_xsrf"]})


@pytest.fixture(scope="module")
def room(content, edition, tmp_path_factory):
    cohort = tmp_path_factory.mktemp("full") / "cohort"
    roster.new("Spring 2027", PEOPLE, cohort)
    handing_out.hand_out(cohort, ["m04"])
    shutil.copytree(edition, cohort / ".academy" / "reading")
    running = Room(cohort, content)
    yield running
    running.process.terminate()
    running.process.wait(timeout=30)


@pytest.fixture
def ann(room):
    """A learner with a page open; it is closed at the end."""
    with closing(room.signed_in("ann-able")) as client:
        assert "kernelId" in client.get("/academy/lesson/m04").text
        yield client
        leave(client)


@pytest.fixture
def ben(room):
    with closing(room.signed_in("ben-bold")) as client:
        yield client


def test_the_limit_is_stated_at_the_start(room):
    assert f"There is room for {MOST} open pages." in room.said


def test_by_itself_the_limit_follows_from_memory_and_is_never_too_small_to_teach(monkeypatch):
    import resource

    assert reading.most_pages() >= reading.FEWEST
    monkeypatch.setattr(resource, "getrlimit", lambda which: (10 * reading.PAGE_FILES, 0))
    assert reading.most_pages() <= 10
    monkeypatch.setattr(reading, "KEPT_FREE", 1 << 60)
    assert reading.most_pages() == reading.FEWEST


def test_who_comes_to_a_lesson_when_it_is_full_reads_it_and_is_told_why(room, ann, ben):
    answer = ben.get("/academy/lesson/m04")
    assert answer.url.path == "/academy/reading/lesson/m04.html"
    assert "This is the reading version" in answer.text
    assert "kernelId" not in answer.text
    assert '<a href="/academy/lesson/m04">Open the full page</a>' in answer.text
    for asset in re.findall(r'(?:href|src)="(\.\./assets/[^"]+)"', answer.text):
        assert ben.get(answer.url.join(asset)).status_code == 200, asset


def test_an_exercise_says_that_it_is_full_and_what_to_do(room, ann, ben):
    answer = ben.get("/academy/exercise/m04")
    assert answer.status_code == 503
    assert "The academy is full at the moment" in answer.text
    assert "Your answers are saved." in answer.text
    assert 'href="/academy/exercise/m04">Try again' in answer.text
    assert "This is the reading version" in ben.get("/academy/reading/exercise/m04.html").text


def test_who_has_a_page_open_may_go_to_another(room, ann):
    assert "kernelId" in ann.get("/academy/lesson/m05").text
    assert "kernelId" in ann.get("/academy/lesson/m04").text


def test_as_soon_as_there_is_room_the_full_page_is_back(room, ann, ben, wait_until):
    assert "kernelId" not in ben.get("/academy/lesson/m04").text
    leave(ann)
    wait_until(lambda: "kernelId" in ben.get("/academy/lesson/m04").text)
    leave(ben)


@pytest.mark.parametrize("name", ["../cohort.json", "..%2fcohort.json", "made-from.txt", "lesson/m99.html"])
def test_nothing_but_the_edition_is_to_be_had_there(room, ben, name):
    assert ben.get(f"/academy/reading/{name}").status_code in (403, 404)


def test_a_stranger_reads_nothing(room):
    answer = httpx.get(f"{room.address}/academy/reading/lesson/m04.html")
    assert answer.headers["location"].startswith("/academy/sign-in")


def test_an_edition_is_written_anew_when_a_lesson_was_changed_and_only_then(
    edition, content, monkeypatch, tmp_path
):
    monkeypatch.setenv("ACADEMY_CONTENT", str(content))
    assert reading.is_current(edition)
    lesson = content / "modules" / "m05-responding" / "lesson.md"
    before = lesson.stat()
    os.utime(lesson, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert not reading.is_current(edition)
    os.utime(lesson, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert reading.is_current(edition)


def test_an_edition_that_cannot_be_written_leaves_the_old_one(edition, monkeypatch, tmp_path):
    kept = tmp_path / "reading"
    shutil.copytree(edition, kept)
    broken = tmp_path / "content" / "modules" / "m04-asking"
    broken.mkdir(parents=True)
    (broken / "lesson.md").write_text("# No\n\n```{code-cell}\n1 / 0\n```\n")
    monkeypatch.setenv("ACADEMY_CONTENT", str(broken.parents[1]))
    with pytest.raises(InputError, match="fails in cell"):
        reading.renew(kept)
    assert (kept / "lesson" / "m04.html").exists()


def test_a_server_that_stops_while_its_edition_is_written_leaves_no_process(tmp_path, wait_until):
    program = (
        "import sys, time; from pathlib import Path; from course.portal import reading;"
        "reading.renew_meanwhile(Path(sys.argv[1])); time.sleep(4)"
    )
    environment = {**os.environ, "THIS_TEST": str(tmp_path)}

    def running() -> int:
        found = 0
        for kept in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                found += f"THIS_TEST={tmp_path}".encode() in kept.read_bytes()
        return found

    server = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "reading")], env=environment)
    wait_until(lambda: running() > 2)  # it, its worker, and what the worker started
    assert server.wait(60) == 0
    wait_until(lambda: running() == 0)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_reading_version_works_under_the_academys_own_policy(room, ann, ben, chromium, violations, width):
    context = chromium.new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    try:
        context.add_cookies([{"name": n, "value": v, "url": room.address} for n, v in ben.cookies.items()])
        page = context.new_page()
        complaints = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(f"{room.address}/academy/lesson/m04")
        slider = page.locator("input[type=range]").first
        slider.focus()
        before = page.locator(".sva-widget").first.inner_text()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        expect(page.locator(".sva-widget").first).not_to_have_text(before, use_inner_text=True)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert complaints == []
    finally:
        context.close()
