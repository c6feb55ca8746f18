"""A classroom: each test tries to cross a line, with the requests that somebody would really send."""

import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import websocket

from course import answers
from course.cases.seeds import case_key
from course.cohorts import codes, collecting, handing_out, roster, survey
from course.errors import InputError
from course.portal import classroom, serving

ROOT = Path(classroom.__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a classroom needs Linux")

HEAD = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {name: python3, display_name: Python 3, language: python}
---
"""
# What a lesson would do that somebody had got to run code of their own.
TRIES = """
import json, os, socket
from pathlib import Path

def tried(what, attempt):
    try:
        return what, repr(attempt())
    except Exception as slip:
        return what, f"refused: {type(slip).__name__}"

def outside(name, family=socket.AF_INET):
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.connect(name)

def all_tried():
    home, folder = Path(os.environ["ACADEMY_HOME"]), Path.cwd()
    people, cohort = home.parent, home.parent.parent
    return json.dumps(dict([
        tried("own answers are kept", lambda: (folder / "kept.txt").write_text("mine")),
        tried("the released data are read", lambda: (REPOSITORY / "datasets" / "datapackage.json").exists()),
        tried("the gradebook", lambda: (cohort / "gradebook.db").read_bytes()[:5]),
        tried("the cohort's salt", lambda: (cohort / "cohort.json").read_text()),
        tried("the roster", lambda: (cohort / "roster.csv").read_text()),
        tried("the trainers' code", lambda: (cohort / ".academy" / "trainer.json").read_text()),
        tried("the secret of the cookies", lambda: (cohort / ".academy" / "cookie").read_text()),
        tried("other people", lambda: [p.name for p in people.iterdir() if p != home] or 1 / 0),
        tried("other answers", lambda: (people / "ben-bold" / "exercises").iterdir().__next__()),
        tried("writing to another", lambda: (people / "ben-bold" / "planted.txt").write_text("x")),
        tried("writing to the own memory", lambda: (home / ".academy" / "opened.json").write_text("{}")),
        tried("a link out", lambda: (folder / "out").symlink_to("/etc/passwd")),
        tried("the hidden tests", lambda: [p for p in (REPOSITORY / "solutions").iterdir()] or 1 / 0),
        tried("the network", lambda: outside(("127.0.0.1", PORT))),
        tried("another kernel's socket", lambda: outside("SOCKET", socket.AF_UNIX)),
        tried("a datagram", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)),
        tried("ending the server", lambda: os.kill(SERVER, 0)),
        tried("the server's environment", lambda: Path(f"/proc/{SERVER}/environ").read_bytes()[:9]),
        tried("the server's settings", lambda: os.environ["A_SECRET"]),
        tried("the case", lambda: os.environ["ACADEMY_CASE_KEY"]),
    ]))
"""
ATTACK = f"""
# An attack

```{{code-cell}}
{TRIES}
print(all_tried())
```
"""
# The same in a lesson that was run beforehand: the learner's kernel is a fork, and runs it when asked.
LATER_ATTACK = f"""
# An attack that waits

```{{code-cell}}
{TRIES}
import anywidget, traitlets

class Ask(anywidget.AnyWidget):
    _esm = "export default {{ render() {{}} }}"
    asked = traitlets.Int(0).tag(sync=True)
    outcome = traitlets.Unicode("").tag(sync=True)

    @traitlets.observe("asked")
    def _try(self, change):
        self.outcome = all_tried()

Ask()
```
"""
WIDGET = """
# A widget

```{code-cell}
import anywidget, traitlets

class Count(anywidget.AnyWidget):
    _esm = "export default { render() {} }"
    value = traitlets.Int(0).tag(sync=True)
    doubled = traitlets.Int(0).tag(sync=True)

    @traitlets.observe("value")
    def _double(self, change):
        self.doubled = 2 * change["new"]

Count()
```
"""


@dataclass
class Room:
    """A running classroom."""

    cohort: Path
    content: Path
    port: int
    said: str
    process: subprocess.Popen

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def trainers(self) -> str:
        return re.search(r"Trainers sign in with (\S+)", self.said)[1]

    def visitor(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=120)

    def try_code(self, client: httpx.Client, code: str, **more: str) -> httpx.Response:
        page = client.get("/academy/sign-in")
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
        return client.post("/academy/sign-in", data={"_xsrf": xsrf, "code": code, **more})

    def signed_in(self, who: str) -> httpx.Client:
        client = self.visitor()
        code = self.trainers if who == "trainer" else codes.codes(self.cohort)[who]
        answer = self.try_code(client, code)
        front = "/academy/trainer" if who == "trainer" else "/academy/"
        assert (answer.status_code, answer.headers["location"]) == (302, front)
        return client

    def kernel(self, client: httpx.Client, page: str = "lesson/m04") -> str:
        """Open a page, and return its kernel's id."""
        return re.search(r'"kernelId": "([^"]+)"', client.get(f"/academy/{page}").text)[1]

    def running(self, client: httpx.Client, page: str = "lesson/m04") -> str:
        """Open a page, wait until its kernel answers, and return the kernel's id."""
        kernel = self.kernel(client, page)
        with closing(self.socket(client, kernel)) as connection:
            connection.send(json.dumps(message("kernel_info_request", {})))
            heard(connection, "kernel_info_reply")
        return kernel

    def socket(self, client: httpx.Client, kernel: str, origin: str = "") -> websocket.WebSocket:
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        return websocket.create_connection(
            f"ws://127.0.0.1:{self.port}/api/kernels/{kernel}/channels?session_id={uuid4()}",
            cookie=cookie,
            origin=origin or self.address,
            timeout=90,
        )


def message(kind: str, content: dict, channel: str = "shell") -> dict:
    header = {"msg_id": str(uuid4()), "msg_type": kind, "session": "s", "username": "", "version": "5.3"}
    header["date"] = "2026-11-26T00:00:00Z"
    return {
        "header": header,
        "parent_header": {},
        "metadata": {"version": "1.0.0"},
        "content": content,
        "channel": channel,
        "buffers": [],
    }


def heard(connection: websocket.WebSocket, wanted: str) -> dict:
    """Return the next message of a kind."""
    while True:
        raw = connection.recv()
        if isinstance(raw, str) and json.loads(raw)["header"]["msg_type"] == wanted:
            return json.loads(raw)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("classroom")
    people = "name,email,side\nAnn Able,ann@a.example,commissioner\nBen Bold,ben@b.example,provider\n"
    roster.new("Spring 2027", people, folder / "cohort")
    handing_out.hand_out(folder / "cohort", ["m04"])
    shutil.copytree(ROOT / "exercises" / "m04-asking", folder / "content" / "exercises" / "m04-asking")
    for name, text in {
        "m04-asking": WIDGET,
        "m05-responding": ATTACK,
        "m06-moderating": LATER_ATTACK,
    }.items():
        place = folder / "content" / "modules" / name
        place.mkdir(parents=True)
        (place / "lesson.md").write_text(HEAD + textwrap.dedent(text), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def room(made, tmp_path_factory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = (
        "from pathlib import Path; from course.portal.serving import serve_classroom;"
        f"serve_classroom(Path({str(made / 'cohort')!r}), '127.0.0.1', {port})"
    )
    environment = {**os.environ, "ACADEMY_CONTENT": str(made / "content"), "A_SECRET": "of the server"}
    environment.pop("PYTEST_CURRENT_TEST", None)
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        cwd=made,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = ""
    while "To stop" not in said:
        line = process.stdout.readline()
        if not line:
            pytest.fail(f"the classroom did not start: {said}{process.communicate()[1]}")
        said += line
    running = Room(made / "cohort", made / "content", port, said, process)
    for attack in running.content.glob("modules/m0[56]-*/lesson.md"):
        text = (
            attack.read_text(encoding="utf-8").replace("PORT", str(port)).replace("SERVER", str(process.pid))
        )
        attack.write_text(text.replace("REPOSITORY", f"Path({str(ROOT)!r})"), encoding="utf-8")
    yield running
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(scope="module")
def ann(room):
    with closing(room.signed_in("ann-able")) as client:
        yield client


@pytest.fixture(scope="module")
def ben(room):
    with closing(room.signed_in("ben-bold")) as client:
        yield client


def test_it_says_which_address_learners_type_and_shows_the_trainers_code_once(room):
    assert f"They type this address:\n  {room.address}\n" in room.said
    assert re.fullmatch(r"([a-z]{4}-){3}[a-z]{4}", room.trainers)
    kept = room.cohort / ".academy" / "trainer.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert codes.plain(room.trainers) not in kept.read_text()
    assert classroom.Classroom(room.cohort, b"secret", 8).new_trainer_code() == ""


@pytest.mark.parametrize("path", ["", "about", "library", "lesson/m04", "exercise/m04", "trainer", "joint/1"])
def test_a_stranger_is_led_to_the_sign_in(room, path):
    with room.visitor() as client:
        answer = client.get(f"/academy/{path}")
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/academy/sign-in?next=/academy/")


def test_a_stranger_may_read_the_accessibility_statement(room):
    with room.visitor() as client:
        assert client.get("/academy/accessibility").status_code == 200


@pytest.mark.parametrize("code", ["", "bbbb-bbbb", "BBBBBBBB BBBBBBBB", "x" * 5000, "ann-able"])
def test_a_wrong_code_opens_nothing(room, code):
    with room.visitor() as client:
        assert room.try_code(client, code).status_code == 403
        assert client.get("/academy/").status_code == 302


def test_a_code_may_be_typed_with_capitals_spaces_and_hyphens(room):
    code = codes.codes(room.cohort)["ann-able"]
    with room.visitor() as client:
        assert room.try_code(client, f" {code[:4].upper()} - {code[4:]} ").status_code == 302


@pytest.mark.parametrize(
    "next", ["//evil.example/academy/", "https://evil.example", "/academy/../api", "/lab"]
)
def test_signing_in_leads_to_the_academys_own_pages_only(room, next):
    with room.visitor() as client:
        answer = room.try_code(client, codes.codes(room.cohort)["ann-able"], next=next)
    assert answer.headers["location"] == "/academy/"


def test_a_form_of_another_site_cannot_sign_anybody_in(room):
    with room.visitor() as client:
        answer = client.post("/academy/sign-in", data={"code": codes.codes(room.cohort)["ann-able"]})
    assert answer.status_code == 403
    assert "academy-classroom" not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("path", ["/academy/trainer", "/academy/trainer/marks", "/academy/trainers-new-page"])
def test_trainers_pages_are_for_trainers(room, ann, path):
    assert ann.get(path).status_code == 403
    assert ann.post(path).status_code == 403
    assert 'href="/academy/trainer"' not in ann.get("/academy/").text
    with closing(room.signed_in("trainer")) as trainer:
        assert trainer.get(path).status_code in (200, 404)  # past the gate: there is a page, or there is none


@pytest.mark.parametrize(
    "path",
    [
        "/lab", "/lab/tree/cohort.json", "/tree", "/notebooks/x.ipynb", "/edit/x", "/files/people/ben-bold",
        "/view/x", "/nbconvert/html/x", "/api", "/api/contents", "/api/contents/ben-bold/learner.json",
        "/api/kernels", "/api/kernelspecs", "/api/sessions", "/api/terminals", "/api/status", "/api/me",
        "/api/config/x", "/api/events/subscribe", "/terminals/websocket/1", "/metrics", "/logout", "/login",
        "/voila", "/voila/render/lessons/m05-responding/lesson.md", "/voila/tree", "/voila/files/cohort.json",
        "/voila/api/contents", "/voila/static/../x", "/formgrader", "/lsp/status", "/static/x", "/custom/x",
        "/academy/start", "/academy/start?key=x", "/academy/static/../../api/contents", "/no-such-page",
    ],
)  # fmt: skip
def test_nothing_of_jupyters_own_is_to_be_had(room, ann, path):
    with closing(room.signed_in("trainer")) as trainer:
        for client in (ann, trainer):
            for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
                assert client.request(method, path).status_code in (403, 404), (method, path)


def test_nobody_starts_restarts_interrupts_or_ends_a_kernel_over_the_api(room, ann):
    kernel = room.kernel(ann)
    assert ann.post("/api/kernels", json={"name": "python3"}).status_code == 403
    assert ann.post("/api/sessions", json={"path": "x", "type": "notebook"}).status_code == 403
    for path in ("/restart", "/interrupt"):
        assert ann.post(f"/api/kernels/{kernel}{path}").status_code == 403
    assert ann.delete(f"/api/kernels/{kernel}").status_code == 403
    assert ann.get(f"/api/kernels/{kernel}").status_code == 200


def test_a_kernel_is_its_own_learners(room, ann, ben):
    kernel = room.kernel(ann)
    with closing(room.signed_in("trainer")) as trainer:
        for other in (ben, trainer, room.visitor()):
            assert other.get(f"/api/kernels/{kernel}").status_code == 403
            assert other.post(f"/voila/api/shutdown/{kernel}").status_code == 403
            with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
                room.socket(other, kernel)
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        room.socket(ann, kernel, origin="http://evil.example")


def test_widgets_messages_reach_the_kernel_and_come_back(room, ann):
    connection = room.socket(ann, room.kernel(ann))
    comm = str(uuid4())
    asked = {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}
    connection.send(json.dumps(message("comm_open", asked)))
    connection.send(json.dumps(message("comm_msg", {"comm_id": comm, "data": {"method": "request_states"}})))
    states = heard(connection, "comm_msg")["content"]["data"]["states"]
    count = next(id for id, model in states.items() if model["state"].get("doubled") == 0)
    change = {"comm_id": count, "data": {"method": "update", "state": {"value": 21}, "buffer_paths": []}}
    connection.send(json.dumps(message("comm_msg", change)))
    while heard(connection, "comm_msg")["content"]["data"]["state"].get("doubled") != 42:
        pass
    connection.close()


def test_the_page_cannot_make_its_kernel_run_anything(room, ann):
    kernel = room.kernel(ann)
    sign = room.cohort / "people" / "ann-able" / "lessons" / "m04-asking" / "it-ran"
    code = f"open({str(sign)!r}, 'w').close()"
    run = {
        "code": code,
        "silent": False,
        "store_history": False,
        "user_expressions": {},
        "allow_stdin": False,
    }
    inside = message("execute_request", run)
    other = {"comm_id": str(uuid4()), "target_name": "somebody.elses", "data": {}}
    connection = room.socket(ann, kernel)
    for refused in (
        inside,
        {**inside, "channel": "control"},
        {**inside, "channel": None},
        {**inside, "channel": ["shell"]},
        message("comm_open", other),
        message("comm_open", {**other, "target_name": "jupyter.widget", "data": {"state": {}}}),
        message("input_reply", {"value": code}, "stdin"),
        message("shutdown_request", {"restart": False}, "control"),
        message("interrupt_request", {}, "control"),
        message("debug_request", {"command": "evaluate"}, "control"),
        message("complete_request", {"code": "open(", "cursor_pos": 5}),
        message("inspect_request", {"code": code, "cursor_pos": 3, "detail_level": 1}),
        message("create_subshell_request", {}, "control"),
    ):
        connection.send(json.dumps(refused))
    connection.send("not JSON {")
    connection.send_binary(b"\x00\x00\x00\x02\xff")
    as_binary = json.dumps(inside).encode()
    connection.send_binary(b"\x00\x00\x00\x01\x00\x00\x00\x08" + as_binary)
    last = message("kernel_info_request", {})
    connection.send(json.dumps(last))
    answers = []
    while not answers or answers[-1]["parent_header"].get("msg_id") != last["header"]["msg_id"]:
        answers.append(json.loads(connection.recv()))
    kinds = {answer["header"]["msg_type"] for answer in answers}
    assert not kinds & {"execute_reply", "execute_input", "complete_reply", "inspect_reply", "shutdown_reply"}
    assert not sign.exists()
    connection.close()


def test_the_other_protocol_of_jupyters_sockets_is_not_spoken(room, ann):
    kernel = room.kernel(ann)
    cookie = "; ".join(f"{name}={value}" for name, value in ann.cookies.items())
    with pytest.raises(websocket.WebSocketException, match="Invalid WebSocket Header"):  # it answers without
        websocket.create_connection(
            f"ws://127.0.0.1:{room.port}/api/kernels/{kernel}/channels?session_id={uuid4()}",
            cookie=cookie,
            subprotocols=["v1.kernel.websocket.jupyter.org"],
            timeout=90,
        )


@pytest.fixture
def others_socket(room, ben) -> str:
    """The file by which another learner's kernel is spoken to; that learner has answers."""
    work = room.cohort / "people" / "ben-bold" / "exercises" / "m04-asking"
    work.mkdir(parents=True, exist_ok=True)
    (work / "answers.json").write_text("{}")
    other = room.running(ben)
    return next(s for s in _sockets() if other in s)


def attack(room: Room, module: str, others_socket: str) -> None:
    """Write the last of what only a running classroom tells into the lesson."""
    lesson = next(room.content.glob(f"modules/{module}-*/lesson.md"))
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("SOCKET", others_socket), encoding="utf-8")


def is_shut_in(room: Room, outcome: dict[str, str], module: str) -> None:
    """Check what came of all that a learner's kernel tried."""
    assert outcome.pop("own answers are kept") == "4"
    assert outcome.pop("the released data are read") == "True"
    salt = roster.about(room.cohort)["salt"]
    assert outcome.pop("the case") == repr(case_key(salt, "ann-able"))
    assert {what: how for what, how in outcome.items() if not how.startswith("refused")} == {}
    kept = room.cohort / "people" / "ann-able" / "lessons"
    assert [path.parent.name[:3] for path in kept.glob(f"{module}-*/kept.txt")] == [module]


def test_what_runs_in_a_kernel_reaches_nothing_but_its_own_folder(room, ann, others_socket):
    attack(room, "m05", others_socket)
    page = ann.get("/academy/lesson/m05").text
    is_shut_in(room, json.loads(unescape(re.search(r"<pre>(\{.*?\})\s*</pre>", page, re.S)[1])), "m05")
    assert "of the server" not in page


def test_nor_does_a_kernel_that_goes_on_from_a_lesson_run_beforehand(room, ann, others_socket, wait_until):
    attack(room, "m06", others_socket)
    wait_until(lambda: 'id="sva-ran"' in ann.get("/academy/lesson/m06").text)
    page = ann.get("/academy/lesson/m06").text
    states = json.loads(re.search(r'id="sva-ran" type="application/json">(.*?)</script>', page)[1])["states"]
    asked = next(model for model, kept in states.items() if "asked" in kept["state"])
    kernel = re.search(r'"kernelId": "([^"]+)"', page)[1]
    with closing(room.socket(ann, kernel)) as connection:
        change = {"comm_id": asked, "data": {"method": "update", "state": {"asked": 1}, "buffer_paths": []}}
        connection.send(json.dumps(message("kernel_info_request", {}, "control")))
        heard(connection, "kernel_info_reply")
        connection.send(json.dumps(message("comm_msg", change)))
        while not (outcome := heard(connection, "comm_msg")["content"]["data"]["state"].get("outcome")):
            pass
    is_shut_in(room, json.loads(outcome), "m06")


def _sockets() -> list[str]:
    """The sockets on this machine that are files."""
    lines = Path("/proc/net/unix").read_text().splitlines()[1:]
    return [line.split()[7] for line in lines if len(line.split()) > 7 and "k-ipc" in line]


def test_a_person_has_a_few_kernels_at_most(room, ben):
    first = room.kernel(ben)
    for _ in range(classroom.MOST_KERNELS):
        room.kernel(ben)
    assert ben.get(f"/api/kernels/{first}").status_code in (403, 404)


def test_a_kernels_folder_goes_when_the_kernel_goes(room, ann, wait_until):
    kernel = room.running(ann)
    folder = Path(next(s for s in _sockets() if kernel in s)).parent
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
    assert ann.post(f"/voila/api/shutdown/{kernel}", data={"_xsrf": ann.cookies["_xsrf"]}).status_code == 204
    wait_until(lambda: not folder.exists())


# ---- Marking and handing in ----------------------------------------------------------------------


def press(client: httpx.Client, path: str) -> httpx.Response:
    """Send a page's form."""
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', client.get(path).text)[1]
    return client.post(path, data={"_xsrf": xsrf})


def marked(client: httpx.Client) -> dict:
    client.get("/academy/cohort")
    return client.post("/academy/mark/m04", headers={"X-XSRFToken": client.cookies["_xsrf"]}).json()


@pytest.fixture
def work(room) -> Path:
    """Ann's exercise folder with one answer."""
    folder = room.cohort / "people" / "ann-able" / "exercises" / "m04-asking"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    answers.record(folder, "tipping-weight", 12.5)
    return folder


def test_the_server_marks_a_learners_work_and_keeps_the_keys_out_of_their_folder(room, ann, work):
    assert marked(ann) == {"problem": ""}
    rows = {row["question"]: row for row in json.loads((work / "marks.json").read_text())["rows"]}
    assert rows["tipping-weight"]["outcome"] in ("correct", "partly", "incorrect")
    assert rows["tipping-weight"]["message"]
    assert all(row["points"] == 0 for name, row in rows.items() if name != "tipping-weight")
    own = room.cohort / "people" / "ann-able"
    assert [p for p in own.rglob("*") if p.name in ("gradebook.db", "source", "solutions")] == []


def test_a_trainer_and_a_stranger_have_nothing_marked(room, ann):
    with closing(room.signed_in("trainer")) as trainer:
        assert marked(trainer)["problem"]
    with room.visitor() as stranger:
        assert stranger.post("/academy/mark/m04").status_code == 403
    assert ann.post("/academy/mark/m04").status_code == 403  # without the page's secret


def test_work_is_handed_in_at_once_and_the_newest_counts(room, ann, work):
    said = press(ann, "/academy/hand-in/m04").text
    assert "Module 4 is handed in. Your trainer has it." in said
    answers.record(work, "tipping-weight", 13.5)
    press(ann, "/academy/hand-in/m04")
    received = collecting.received(room.cohort)
    assert received["learner"].unique().tolist() == ["ann-able"]
    assert received["submitted"].tolist() == [False, True]
    handed = room.cohort / "submitted" / "ann-able" / "m04-asking"
    assert answers.read(handed)["tipping-weight"].value == 13.5


@pytest.mark.parametrize("to", ["another's answers", "nothing"])
def test_a_link_in_place_of_the_answers_is_not_followed(room, ann, ben, work, to):
    theirs = room.cohort / "people" / "ben-bold" / "exercises" / "m04-asking"
    theirs.mkdir(parents=True, exist_ok=True)
    answers.record(theirs, "tipping-weight", 10.0)
    (work / "answers.json").unlink()
    (work / "answers.json").symlink_to(theirs / "answers.json" if to != "nothing" else work / "gone")
    sentence = "answers.json in your folder is not a plain file. Tell your trainer."
    assert marked(ann) == {"problem": sentence}
    assert sentence in press(ann, "/academy/hand-in/m04").text


def test_a_learner_reads_their_own_feedback_only(room, ann, ben):
    page = room.cohort / "feedback" / "ann-able" / "m04-asking" / "exercise.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("<p>For Ann alone</p>")
    assert "For Ann alone" in ann.get("/academy/feedback/m04").text
    assert "/academy/feedback/m04" in ann.get("/academy/cohort").text
    assert ben.get("/academy/feedback/m04").status_code == 404


@pytest.mark.browser
def test_a_learner_signs_in_has_work_marked_hands_in_and_says_how_confident(room, chromium, violations, work):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(120_000)
    complaints, found = [], []
    page.on("pageerror", lambda problem: complaints.append(str(problem)))

    def look() -> None:
        for width, scheme in ((w, s) for w in (1280, 390) for s in ("light", "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            found.extend(f"{width} {page.url}: {fault}" for fault in violations(page))
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{width} {page.url} scrolls sideways")

    page.goto(room.address)
    look()
    page.keyboard.press("Tab")
    page.get_by_label("Your code").fill("not-a-code")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    look()
    page.get_by_label("Your code").fill(codes.shown(codes.codes(room.cohort)["ann-able"]))
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Sign out").wait_for()
    page.goto(f"{room.address}/academy/exercise/m04")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.get_by_role("button", name="Mark my work").press("Enter")
    page.get_by_role("heading", name="Your marks:").wait_for()
    look()
    page.get_by_role("link", name="Hand in", exact=True).press("Enter")
    look()
    page.get_by_role("button", name="Hand in now").press("Enter")
    page.get_by_role("status").get_by_text("Module 4 is handed in.").wait_for()
    look()
    page.get_by_role("link", name="Say how confident you are").press("Enter")
    look()
    page.get_by_role("group", name="1. Say which rules").get_by_label("3, fairly confident").check()
    page.get_by_role("button", name="Keep my answers").press("Enter")
    page.get_by_role("status").get_by_text("Your trainer has it.").wait_for()
    context.close()
    assert survey.said_in(room.cohort, "ann-able")["before"]["law"] == 3
    assert found == []
    assert complaints == []


# ---- Signing out, and guessing ---------------------------------------------------------------------


def test_signing_out_forgets_who_it_was(room):
    with closing(room.signed_in("ann-able")) as client:
        client.get("/academy/sign-out")
        assert client.get("/academy/").status_code == 302


def test_a_new_code_signs_out_whoever_has_the_old_one(room):
    old = codes.codes(room.cohort)["ann-able"]
    with closing(room.signed_in("ann-able")) as client:
        new = codes.renew(room.cohort, "ann-able")
        assert new != old
        assert client.get("/academy/").status_code == 302
        assert room.try_code(client, old).status_code == 403
        assert room.try_code(client, new).status_code == 302


def test_a_cookie_that_was_made_up_or_changed_is_nobodys(room):
    with closing(room.signed_in("ben-bold")) as client:
        good = client.cookies["academy-classroom"].strip('"')
    for bad in (good[:-1] + ("0" if good[-1] != "0" else "1"), "ben-bold|", "2|1:0|", good.replace("|", "")):
        with room.visitor() as client:
            assert client.get("/academy/", headers={"Cookie": f"academy-classroom={bad}"}).status_code == 302


def test_guessing_is_stopped_even_for_the_right_code(made):
    here = classroom.Classroom(made / "cohort", b"secret", 8)
    for _ in range(classroom.TRIES):
        assert here.may_try("192.0.2.7")
        here.wrong("192.0.2.7")
    assert not here.may_try("192.0.2.7")
    assert here.may_try("192.0.2.8")


def test_guessing_from_many_addresses_is_stopped_too(made):
    here = classroom.Classroom(made / "cohort", b"secret", 8)
    for number in range(classroom.TRIES_OF_ALL):
        here.wrong(f"2001:db8::{number:x}")
    assert not here.may_try("192.0.2.9")


def test_guesses_are_forgotten_after_a_while(made, monkeypatch):
    here = classroom.Classroom(made / "cohort", b"secret", 8)
    now = [1000.0]
    monkeypatch.setattr(classroom.time, "monotonic", lambda: now[0])
    for _ in range(classroom.TRIES):
        here.wrong("192.0.2.7")
    now[0] += classroom.TRIES_SECONDS + 1
    assert here.may_try("192.0.2.7")
    assert here.tries == {}


def test_over_http_the_limit_answers_429(room):
    with room.visitor() as client:
        seen = [room.try_code(client, "cccc-cccc").status_code for _ in range(classroom.TRIES + 1)]
        assert seen[-1] == 429
        assert room.try_code(client, codes.codes(room.cohort)["ben-bold"]).status_code == 429


def test_a_classroom_needs_a_cohort_with_people(tmp_path):
    with pytest.raises(InputError, match="is not a cohort's folder"):
        serving.serve_classroom(tmp_path)


def test_a_second_classroom_for_the_cohort_is_refused(room):
    with pytest.raises(InputError, match="in another window"):
        serving.serve_classroom(room.cohort, "127.0.0.1", room.port)


def test_a_machine_that_cannot_shut_kernels_in_serves_no_classroom(made, monkeypatch):
    monkeypatch.setattr(classroom, "unshut", lambda: "landlock (not in this system)")
    with pytest.raises(InputError, match="may not serve more than one person: landlock"):
        serving.serve_classroom(made / "cohort")
