"""A lesson that was run beforehand is there at once, and is each visitor's own."""

import json
import os
import re
import signal
from pathlib import Path

import httpx
import pytest

from course.portal import ready

pytestmark = pytest.mark.browser

LESSON = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {name: python3, display_name: Python 3, language: python}
---
# A lesson

Words of the lesson.

```{code-cell}
import anywidget, os, traitlets

class Counter(anywidget.AnyWidget):
    _esm = '''export default {render({model, el}) {
      const button = document.createElement("button");
      const show = () => button.textContent = `${model.get("count")} doubled is ${model.get("doubled")}`;
      button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
      model.on("change", show);
      show();
      el.append(button);
    }}'''
    count = traitlets.Int(3).tag(sync=True)
    doubled = traitlets.Int(6).tag(sync=True)

    @traitlets.observe("count")
    def _double(self, change):
        self.doubled = 2 * change["new"]
```

```{code-cell}
Counter()
```

```{code-cell}
print("run by", os.getpid())
```
"""
BROKEN = LESSON + "\n```{code-cell}\n1 / 0\n```\n"


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("content")
    for name, text in {"m04-asking": LESSON, "m05-responding": BROKEN}.items():
        (folder / "modules" / name).mkdir(parents=True)
        (folder / "modules" / name / "lesson.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def academy(start_academy, content):
    return start_academy(content=content)


@pytest.fixture(scope="module")
def client(academy):
    with httpx.Client(base_url=academy.url(), follow_redirects=True, timeout=60) as client:
        client.get(academy.link)
        yield client


@pytest.fixture
def until_ready(client, wait_until):
    def wait(module: str = "m04") -> str:
        """Visit a lesson until it is one that was run beforehand; return its page."""
        wait_until(lambda: "sva-ran" in client.get(f"lesson/{module}").text)
        return client.get(f"lesson/{module}").text

    return wait


def run_by(page: str) -> int:
    return int(re.search(r"run by (\d+)", page)[1])


def test_words_outputs_and_widgets_come_before_the_kernel(until_ready):
    page = until_ready()
    places = [page.index(part) for part in ("Words of", 'id="sva-ran"', "run by", "kernelId")]
    assert places == sorted(places)
    assert ready.KERNEL not in page


def test_every_visitor_gets_a_kernel_of_their_own_that_goes_on_from_one_run(until_ready, client):
    one, other = until_ready(), client.get("lesson/m04").text
    assert run_by(one) == run_by(other)
    kernels = [re.search(r'"kernelId": "([^"]+)"', page)[1] for page in (one, other)]
    assert kernels[0] != kernels[1]
    running = [kernel["id"] for kernel in client.get(client.base_url.join("/api/kernels")).json()]
    assert set(kernels) <= set(running)


def test_what_one_visitor_moves_does_not_move_for_another(until_ready, academy, visit):
    until_ready()
    one, other = visit(academy), visit(academy)
    for here in (one, other):
        here.open("lesson/m04")
    one.page.get_by_role("button", name="3 doubled is 6").click()
    one.page.get_by_role("button", name="4 doubled is 8").wait_for()
    other.page.get_by_role("button", name="3 doubled is 6").click()
    other.page.get_by_role("button", name="4 doubled is 8").wait_for()
    assert one.complaints == other.complaints == []


def test_a_touch_before_the_kernel_is_there_counts(until_ready, academy, visit):
    until_ready()
    page = visit(academy).page
    page.add_init_script(
        """new MutationObserver((_, watch) => {
             const button = document.querySelector("[data-model] button");
             if (button) { watch.disconnect(); button.click(); }
           }).observe(document, {childList: true, subtree: true});"""
    )
    page.goto(academy.url("lesson/m04"))
    page.get_by_role("button", name="4 doubled is 8").wait_for()


def test_after_a_lost_connection_the_kernels_values_are_shown(until_ready, academy, visit):
    until_ready()
    page = visit(academy).open("lesson/m04")
    page.get_by_role("button", name="3 doubled is 6").click()
    page.get_by_role("button", name="4 doubled is 8").wait_for()
    page.evaluate("svaHost.kernel.socket.close()")
    page.locator("#sva-banner:not([hidden])").wait_for()
    page.locator("#sva-banner").wait_for(state="hidden", timeout=30_000)
    page.get_by_role("button", name="4 doubled is 8").click()
    page.get_by_role("button", name="5 doubled is 10").wait_for()


def test_where_no_kernel_can_be_had_the_lesson_can_be_read_and_tried_again(until_ready, academy, visit):
    whole = until_ready()
    page = visit(academy).page
    cut = whole.split('<script id="jupyter-config-data"')[0]
    page.route(
        "**/academy/lesson/m04", lambda route: route.fulfill(body=cut, content_type="text/html"), times=1
    )
    page.goto(academy.url("lesson/m04"))
    again = page.get_by_role("button", name="Try again")
    again.wait_for()
    assert page.get_by_text("Words of the lesson.").is_visible()
    with page.expect_navigation():
        again.click()
    page.get_by_role("button", name="3 doubled is 6").click()
    page.get_by_role("button", name="4 doubled is 8").wait_for()


def test_a_lesson_that_was_changed_is_shown_as_it_is_now(until_ready, client, content):
    until_ready()
    lesson = content / "modules" / "m04-asking" / "lesson.md"
    lesson.write_text(LESSON.replace("Words of", "Better words of"), encoding="utf-8")
    assert "Better words of" in client.get("lesson/m04").text
    assert "Better words of" in until_ready()


def test_a_lesson_whose_process_ended_is_run_again(until_ready, client):
    before = run_by(until_ready())
    os.kill(before, signal.SIGKILL)
    client.get("lesson/m04")  # whoever comes in this very moment may have to try again
    assert '"kernelId"' in client.get("lesson/m04").text
    assert run_by(until_ready()) != before


def test_a_server_that_could_not_start_a_kernel_still_stops(start_academy, content, wait_until):
    server = start_academy(content=content)
    with httpx.Client(base_url=server.url(), follow_redirects=True, timeout=60) as client:
        client.get(server.link)
        wait_until(lambda: "sva-ran" in client.get("lesson/m04").text)
        os.kill(run_by(client.get("lesson/m04").text), signal.SIGKILL)
        client.get("lesson/m04")
    server.process.terminate()
    server.process.wait(timeout=60)


def test_a_lesson_that_fails_is_run_for_each_visitor_who_sees_where(client):
    pages = [client.get("lesson/m05").text for _ in range(3)]
    assert len({run_by(page) for page in pages}) == len(pages)
    for page in pages:
        assert "This part could not be shown." in page


def test_long_texts_that_widgets_share_are_sent_once():
    esm = "export default {}"
    widgets = {
        model: {"model_module": "anywidget", "state": {"_esm": esm, "_css": f"p {{top: {model}}}", "n": 1}}
        for model in "ab"
    }
    told = ready.packed(widgets)
    assert json.dumps(told).count(esm) == 1
    for model, kept in widgets.items():
        state = told["states"][model]["state"]
        assert told["texts"][state["_esm"]] == kept["state"]["_esm"]
        assert told["texts"][state["_css"]] == kept["state"]["_css"]
        assert state["n"] == 1
