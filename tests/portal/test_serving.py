"""Starting the server: one link, one folder, plain sentences; and what it answers over HTTP."""

import asyncio
import contextlib
import gzip
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from voila.configuration import VoilaConfiguration
from voila.notebook_renderer import NotebookRenderer

from course.errors import InputError
from course.portal import extension, serving, static_files


@pytest.fixture
def client(sandbox):
    with httpx.Client(base_url=sandbox.address, follow_redirects=False) as client:
        yield client


def signed_in(sandbox, client: httpx.Client) -> httpx.Client:
    client.get(sandbox.link)
    return client


def test_a_taken_port_gives_the_next_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serving._free_port(port) > port


def test_a_port_that_is_no_port_is_told():
    with pytest.raises(InputError, match="No port from 70000"):
        serving._free_port(70000)


def test_a_second_server_on_the_folder_says_where_the_first_one_is(sandbox, monkeypatch):
    monkeypatch.setenv("ACADEMY_HOME", str(sandbox.home))
    with pytest.raises(InputError, match=re.escape(sandbox.link)):
        serving.serve(open_browser=False)


def test_it_listens_on_loopback_only(sandbox):
    port = int(sandbox.address.rsplit(":", 1)[1])
    with open("/proc/net/tcp", encoding="ascii") as table:
        listening = {row.split()[1] for row in table if row.split()[3] == "0A"}
    assert f"0100007F:{port:04X}" in listening
    assert f"00000000:{port:04X}" not in listening


def test_the_link_signs_in_for_longer_than_a_session(sandbox, client):
    answer = client.get(sandbox.link)
    assert (answer.status_code, answer.headers["location"]) == (302, "/academy/")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("academy="))
    assert "expires=" in cookie.lower()
    assert "HttpOnly" in cookie
    assert client.get("/academy/").status_code == 200


def test_a_wrong_key_opens_nothing(client):
    assert client.get("/academy/start?key=").status_code == 403
    assert client.get("/academy/start?key=wrong").status_code == 403
    assert client.get("/academy/").status_code == 302
    assert client.get("/api/contents").status_code == 403


def test_bookmarks_survive_a_restart(start_academy, tmp_path):
    first = start_academy(home=tmp_path)
    with httpx.Client() as client:
        client.get(first.link)
        first.process.terminate()
        first.process.wait(timeout=20)
        second = start_academy(home=tmp_path)
        assert second.link.split("key=")[1] == first.link.split("key=")[1]
        answer = client.get(second.url(), headers={"Cookie": f"academy={client.cookies['academy']}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path", ["/academy/", "/academy/about", "/academy/lesson/m05", "/academy/no-such-page"]
)
def test_no_page_may_ask_another_host_or_run_code_made_from_text(sandbox, client, path):
    with signed_in(sandbox, client).stream("GET", path, timeout=60) as answer:
        policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self' blob:;" in policy
    assert "http" not in policy


def test_jupyterlab_may_not_ask_another_host_either(sandbox, client):
    policy = signed_in(sandbox, client).get("/lab").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_scripts_are_kept_for_ever_and_compressed(client):
    names = client.get("/academy/static/manifest.json").json()
    for name, hashed in names.items():
        plain = client.get(f"/academy/static/{hashed}", headers={"Accept-Encoding": "identity"})
        small = client.get(f"/academy/static/{hashed}", headers={"Accept-Encoding": "gzip"})
        assert "immutable" in plain.headers["cache-control"]
        assert small.headers["content-encoding"] == "gzip"
        assert plain.content == small.content == (static_files.STATIC / name).read_bytes()
        _, raw, compressed = static_files.served(hashed)
        assert gzip.decompress(compressed) == raw


@pytest.mark.parametrize("path", ["vega.js", "vega-0000000000.js", "..%2Fserving.py", "academy.css"])
def test_only_the_exact_hashed_names_are_served(client, path):
    assert client.get(f"/academy/static/{path}").status_code == 404


def test_a_lesson_not_written_is_told_as_coming(sandbox, client):
    answer = signed_in(sandbox, client).get("/academy/lesson/m01")
    assert answer.status_code == 404
    assert "coming" in answer.text


def test_the_learners_own_copy_cannot_break_the_lesson(sandbox, client):
    copy = sandbox.home / "lessons" / "m05-responding" / "lesson.md"
    before = copy.read_text(encoding="utf-8")
    copy.write_text("# Broken by hand", encoding="utf-8")
    try:
        text = signed_in(sandbox, client).get("/academy/lesson/m05", timeout=60).text
    finally:
        copy.write_text(before, encoding="utf-8")
    assert "Only words." in text
    assert "Broken by hand" not in text


def test_lessons_start_from_a_warm_parent_once_it_is_there(sandbox, client, wait_until):
    def forks() -> int:
        found = 0
        for place in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                parent = place.read_text().rpartition(")")[2].split()[1]
                command = Path("/proc", parent, "cmdline").read_bytes()
                server = Path("/proc", parent, "stat").read_text().rpartition(")")[2].split()[1]
                found += b"course.warm" in command and int(server) == sandbox.process.pid
        return found

    def opened() -> bool:
        signed_in(sandbox, client).get("/academy/lesson/m05", timeout=60)
        return forks() > 0

    wait_until(opened, 120)


def test_a_page_whose_kernel_does_not_start_ends_and_offers_to_try_again(monkeypatch):
    async def broken(*_, **__):
        yield "the words of the page"
        raise RuntimeError("Kernel died before replying to kernel_info")

    async def pieces() -> list[str]:
        return [
            piece
            async for piece in extension.Renderer(
                voila_configuration=VoilaConfiguration()
            ).generate_content_generator()
        ]

    monkeypatch.setattr(NotebookRenderer, "generate_content_generator", broken)
    with ThreadPoolExecutor(1) as apart:  # the tests' own thread may have a loop of Playwright's
        assert apart.submit(lambda: asyncio.run(pieces())).result() == ["the words of the page"]
