"""How long a lesson takes to open and to answer, beside Voila, Panel, Solara, Streamlit and Marimo.

    python benchmarks/serving.py --peers PYTHON          one app in each, in turns, in a real browser
    python benchmarks/serving.py --load 60               60 lessons opened at once on a classroom server

PYTHON is that of another virtual environment, made by

    pip install altair==6.3.0 vl-convert-python==1.9.0.post1 anywidget==0.11.0 ipywidgets==8.1.9 \
        voila==0.5.13 panel==1.9.4 streamlit==1.67.0 marimo==0.25.2 \
        solara==1.58.2 solara-server==1.58.2 solara-ui==1.58.2 solara-assets==1.58.2

(newer ones of solara's need a network to open a page). The peers' app (`benchmarks/peers`) has a slider, two
choices, one chart and a sentence. Ours is the explorer “Weights, formula and the award” of module 4: a slider
with a number box, two choices, two charts, a sentence and tables. The row “academy, module 4” is the whole
lesson with its twelve explorers.

Each round opens every app once, in a new browser context with nothing cached, on a server that was opened
before. The clock starts with the navigation. *First control*: a slider can be seen. *Working*: the chart
has changed after an arrow key, pressed each half second once the chart has stood still for a tenth.
*Slider*: from an arrow key to the last change of the chart that follows from it; the median of ten. *CPU*: of
the server and all its processes, until working. *Bytes*: what the browser received, compressed, WebSockets
included. *Memory*: what four more open sessions add to the proportional set size of all the server's
processes, a quarter of it.

The load test has no browsers, which would take the two cores from the server. Its driver asks for each page,
opens its WebSocket, waits for the kernel's answer and, once all are open, moves each lesson's slider every
three seconds, as the page's script would. It draws nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from course.cohorts import codes, roster

HERE = Path(__file__).parent
PEERS = HERE / "peers"
LESSON = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {name: python3, display_name: Python 3, language: python}
---
# One explorer

## Weights

```{code-cell}
from course.explorers import weights_and_formula
weights_and_formula()
```
"""
# Runs before the page's own scripts. Notes when a slider can first be seen, and each change of a chart.
WATCH = """
(() => {
  const seen = (globalThis.seen = {control: null, drawn: 0, draws: 0});
  const sliders = "input[type=range], [role=slider], .noUi-handle, .v-slider__thumb";
  const roots = [];
  const drawn = () => { seen.drawn = performance.now(); seen.draws += 1; };
  const look = (list) => {
    const charts = (node) => node.matches?.("svg.marks") || node.querySelector?.("svg.marks");
    for (const change of list) {
      const target = change.target.nodeType === 1 ? change.target : change.target.parentElement;
      const added = [...change.addedNodes].some(charts);
      if (added || target?.closest?.("svg.marks")) drawn();
    }
  };
  const watch = (root) => {
    roots.push(root);
    const all = {subtree: true, childList: true, attributes: true, characterData: true};
    new MutationObserver(look).observe(root, all);
  };
  watch(document);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (how) {
    const root = attach.call(this, {...how, mode: "open"});
    watch(root);
    return root;
  };
  for (const name of ["fill", "stroke", "fillText", "fillRect", "clearRect"]) {
    const own = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      if (this.canvas.classList.contains("marks")) drawn();
      return own.apply(this, given);
    };
  }
  const tick = () => {
    for (const root of roots) {
      for (const slider of root.querySelectorAll(sliders)) {
        const box = slider.getBoundingClientRect();
        if (box.width && box.height) { seen.control = performance.now(); return; }
      }
    }
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  addEventListener("keydown", (event) => { seen.pressed = performance.now(); }, true);
})();
"""
SLIDERS = "input[type=range], [role=slider], .noUi-handle"
PATIENCE = 0.5  # seconds after which a key press that changed nothing is tried again
QUIET = 0.7  # seconds after which what a key press has set off is over
LIMIT = 60.0
MOVES = 10
SESSIONS = 4


@dataclass
class App:
    """A server with the app, and where it is opened."""

    name: str
    process: subprocess.Popen[bytes]
    url: str
    link: str = ""  # signs in, where one must
    rows: list[dict[str, float]] = field(default_factory=list)


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_up(process: subprocess.Popen[bytes], url: str) -> None:
    """Wait until an address answers."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        try:
            httpx.get(url, timeout=LIMIT, follow_redirects=True)
            return
        except httpx.TransportError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not serve")


def academy(folder: Path, name: str, content: Path | None, path: str) -> App:
    """Start ours."""
    port, home = free_port(), folder / name.replace(" ", "-")
    environment = {**os.environ, "ACADEMY_HOME": str(home)}
    if content:
        environment["ACADEMY_CONTENT"] = str(content)
    home.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", f"from course.portal.serving import serve; serve({port}, open_browser=False)"],
        env=environment, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout
    link = process.stdout.readline().decode().split()[-1]
    with httpx.Client(follow_redirects=True, timeout=LIMIT) as client:
        client.get(link)
        end = time.monotonic() + LIMIT
        while "sva-ran" not in client.get(f"http://127.0.0.1:{port}/academy/{path}").text:
            if time.monotonic() > end:
                raise RuntimeError("the lesson could not be run beforehand")
            time.sleep(0.2)
    return App(name, process, f"http://127.0.0.1:{port}/academy/{path}", link)


def peer(python: str, name: str, folder: Path) -> App:
    """Start one of the others."""
    port = free_port()
    run = [python, "-m"]
    address = {
        "panel": f"http://127.0.0.1:{port}/panel_app",
        "voila": f"http://127.0.0.1:{port}/",
        "voila, preheated": f"http://127.0.0.1:{port}/voila/render/app.ipynb",
    }.get(name, f"http://127.0.0.1:{port}/")
    voila = [*run, "voila", "--no-browser", f"--port={port}"]
    command = {
        "voila": [*voila, str(folder / "app.ipynb")],
        "voila, preheated": [*voila, "--preheat_kernel=True", "--pool_size=3", str(folder)],
        "panel": [*run, "panel", "serve", "panel_app.py", "--port", str(port)],
        "solara": [*run, "solara", "run", "solara_app.py", "--port", str(port), "--production", "--no-open"],
        "streamlit": [*run, "streamlit", "run", "streamlit_app.py", "--server.port", str(port),
                      "--server.headless", "true", "--browser.gatherUsageStats", "false"],
        "marimo": [*run, "marimo", "run", "marimo_app.py", "--port", str(port), "--headless"],
    }[name]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(PEERS)}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until_up(process, address)
    return App(name, process, address)


def notebook(folder: Path) -> None:
    """Write Voila's notebook from its cell, and copy the others' apps beside it."""
    from nbformat import write
    from nbformat.v4 import new_code_cell, new_notebook

    for path in PEERS.glob("*.py"):
        shutil.copy(path, folder)
    cell = (PEERS / "voila_app.py").read_text(encoding="utf-8")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    write(new_notebook(cells=[new_code_cell(cell)], metadata={"kernelspec": kernel}), folder / "app.ipynb")


def family(pid: int) -> list[int]:
    """Return a process and all that come from it."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def cpu(pid: int) -> float:
    """Return seconds of processor time of a process, all that come from it, and those of them that ended."""
    ticks = 0
    for each in family(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(n) for n in fields[11:15])
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Return MiB: the proportional set size of a process and all that come from it."""
    total = 0
    for each in family(pid):
        try:
            text = Path(f"/proc/{each}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1])  # type: ignore[index]
        except (OSError, TypeError):
            continue
    return total / 1024


@contextmanager
def opened(browser: Browser, app: App) -> Iterator[tuple[Page, Callable[[], int]]]:
    """Open a new context, signed in where one must be; also give a function that counts received bytes."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    received = 0

    def add(length: float) -> None:
        nonlocal received
        received += int(length)

    try:
        if app.link:
            context.request.get(app.link)
        page = context.new_page()
        page.add_init_script(WATCH)
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda e: add(e["encodedDataLength"]))
        session.on("Network.webSocketFrameReceived", lambda e: add(len(e["response"]["payloadData"])))
        yield page, lambda: received
    finally:
        context.close()


def seen(page: Page) -> dict[str, Any]:
    """Return what the page has noted."""
    found: dict[str, Any] = page.evaluate("globalThis.seen")
    return found


def first_slider(page: Page) -> Any:
    """Return the slider, focused."""
    slider = page.locator(SLIDERS).first
    slider.scroll_into_view_if_needed()
    slider.focus()
    return slider


def one_round(browser: Browser, app: App) -> dict[str, float]:
    """Open the app once; return seconds, seconds of processor time and MB."""
    before = cpu(app.process.pid)
    with opened(browser, app) as (page, received):
        page.goto(app.url, wait_until="commit")
        page.locator(SLIDERS).first.wait_for(timeout=LIMIT * 1000)
        first_slider(page)
        while not page.evaluate("seen.drawn && performance.now() - seen.drawn > 100"):
            page.wait_for_timeout(10)  # a chart that is drawn for the first time is not one that answers
        end = time.monotonic() + LIMIT
        while not (first := _press(page, PATIENCE)):
            if time.monotonic() > end:
                raise RuntimeError(f"{app.name}: the chart never moved")
        used = cpu(app.process.pid) - before
        page.wait_for_timeout(1500)
        size, moves = received(), []
        for _ in range(MOVES):
            if not _press(page, PATIENCE):
                raise RuntimeError(f"{app.name}: a move changed nothing")
            page.wait_for_timeout(QUIET * 1000)
            now = seen(page)
            moves.append(now["drawn"] - now["pressed"])
    return {
        "control": now["control"] / 1000,
        "working": first / 1000,
        "slider": statistics.median(moves),
        "cpu": used,
        "bytes": size / 1e6,
    }


def _press(page: Page, patience: float) -> float:
    """Press an arrow key; return when the chart changed after it (ms by the page's clock), or 0."""
    page.keyboard.press("ArrowRight")
    end = time.monotonic() + patience
    while time.monotonic() < end:
        now = seen(page)
        if now["drawn"] > now["pressed"]:
            return float(now["drawn"])
        page.wait_for_timeout(10)
    return 0.0


def each_session(browser: Browser, app: App) -> float:
    """Return the MiB that an open session adds."""
    contexts = []
    try:
        for number in range(SESSIONS + 1):
            if number == 1:  # the first one may have loaded what all share
                time.sleep(4)
                before = memory(app.process.pid)
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            contexts.append(context)
            if app.link:
                context.request.get(app.link)
            page = context.new_page()
            page.goto(app.url)
            page.locator(SLIDERS).first.wait_for(timeout=LIMIT * 1000)
            time.sleep(2)
        time.sleep(4)
        return (memory(app.process.pid) - before) / SESSIONS
    finally:
        for context in contexts:
            context.close()


def in_turns(python: str, rounds: int, only: str) -> None:
    """Measure all, and print the table."""
    names = ["voila", "voila, preheated", "panel", "solara", "streamlit", "marimo"] if python else []
    with tempfile.TemporaryDirectory() as kept, sync_playwright() as playwright:
        folder = Path(kept)
        notebook(folder)
        (folder / "content" / "modules" / "m04-asking").mkdir(parents=True)
        (folder / "content" / "exercises").mkdir()
        (folder / "content" / "modules" / "m04-asking" / "lesson.md").write_text(LESSON, encoding="utf-8")
        apps: list[App] = []
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            apps += [peer(python, name, folder) for name in names if only in name]
            if not only:
                apps.append(academy(folder, "academy", folder / "content", "lesson/m04"))
                apps.append(academy(folder, "academy, module 4", None, "lesson/m04"))
            for number in range(rounds + 1):
                for app in apps:
                    row = one_round(browser, app)
                    if number:  # the first opens each server's own caches
                        app.rows.append(row)
                    print(f"round {number}: {app.name}: {row}", file=sys.stderr, flush=True)
            sizes = {app.name: each_session(browser, app) for app in apps}
        finally:
            browser.close()
            for app in apps:
                app.process.terminate()
        print("| | first control | working | slider to redrawn | server CPU | bytes | memory a session |")
        print("|---|---|---|---|---|---|---|")
        for app in apps:
            mid = {key: statistics.median(row[key] for row in app.rows) for key in app.rows[0]}
            print(
                f"| {app.name} | {mid['control']:.2f} s | {mid['working']:.2f} s | {mid['slider']:.0f} ms "
                f"| {mid['cpu']:.2f} s | {mid['bytes']:.1f} MB | {sizes[app.name]:.0f} MiB |"
            )


# ---- Many at once --------------------------------------------------------------------------------


def message(kind: str, content: dict[str, Any], channel: str) -> dict[str, Any]:
    """Return a message as the page's script writes it."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "s", "username": "", "version": "5.3"}
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": channel,
            "buffers": []}  # fmt: skip


class Visitor:
    """One learner with a lesson open."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = httpx.AsyncClient(base_url=address, timeout=LIMIT)
        self.ready = 0.0
        self.delays: list[float] = []

    async def sign_in(self, code: str) -> None:
        """Sign in by code."""
        form = (await self.client.get("/academy/sign-in")).text
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', form)[1]  # type: ignore[index]
        await self.client.post("/academy/sign-in", data={"_xsrf": xsrf, "code": code})

    async def open(self) -> None:
        """Open the lesson, up to its kernel's answer."""
        start = time.monotonic()
        page = (await self.client.get("/academy/lesson/m04")).text
        states = json.loads(re.search(r'id="sva-ran" type="application/json">(.*?)</script>', page)[1])[
            "states"
        ]  # type: ignore[index]
        self.model, self.values = next(
            (id, kept["state"]["values"])
            for id, kept in states.items()
            if "social" in (kept["state"].get("values") or {})
        )
        kernel = re.search(r'"kernelId": "([^"]+)"', page)[1]  # type: ignore[index]
        cookie = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())
        url = f"{self.address.replace('http', 'ws')}/api/kernels/{kernel}/channels?session_id={uuid.uuid4()}"
        self.socket = await websocket_connect(
            HTTPRequest(url, headers={"Cookie": cookie, "Origin": self.address})
        )
        asked = asyncio.create_task(self._ask())
        while (await self._heard())["header"]["msg_type"] != "kernel_info_reply":
            pass
        asked.cancel()
        self.ready = time.monotonic() - start

    async def _ask(self) -> None:
        while True:
            await self.socket.write_message(json.dumps(message("kernel_info_request", {}, "control")))
            await asyncio.sleep(0.4)

    async def _heard(self) -> dict[str, Any]:
        while True:
            raw = await self.socket.read_message()
            if raw is None:
                raise RuntimeError("the connection was closed")
            if isinstance(raw, str):
                told: dict[str, Any] = json.loads(raw)
                return told

    async def move(self, times: int, every: float, late: float) -> None:
        """Move the slider, and note how long until the explorer's new figures are there."""
        await asyncio.sleep(late)
        for number in range(times):
            self.values = {**self.values, "social": 5.0 + number}
            start = time.monotonic()
            data = {"method": "update", "state": {"values": self.values}, "buffer_paths": []}
            await self.socket.write_message(
                json.dumps(message("comm_msg", {"comm_id": self.model, "data": data}, "shell"))
            )
            while True:
                told = await self._heard()
                data = told["content"].get("data", {})
                if told["header"]["msg_type"] == "comm_msg" and data.get("method") == "update":
                    break
            self.delays.append(time.monotonic() - start)
            await asyncio.sleep(max(0.0, every - (time.monotonic() - start)))


def many(number: int, moves: int) -> None:
    """Open lessons at once, move them all, and print what came of it."""
    with tempfile.TemporaryDirectory() as kept:
        folder, port = Path(kept), free_port()
        people = "".join(f"Learner{n} Number{n},l{n}@large.example,provider\n" for n in range(number))
        roster.new("Large", f"name,email,side\n{people}", folder / "cohort")
        program = (
            "from pathlib import Path; from course.portal.serving import serve_classroom;"
            f"serve_classroom(Path({str(folder / 'cohort')!r}), '127.0.0.1', {port})"
        )
        server = subprocess.Popen(
            [sys.executable, "-c", program], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        try:
            until_up(server, f"http://127.0.0.1:{port}/academy/sign-in")
            asyncio.run(_many(server.pid, f"http://127.0.0.1:{port}", folder, moves))
        finally:
            server.terminate()
            server.wait()


async def _many(pid: int, address: str, folder: Path, moves: int) -> None:
    visitors = []
    for code in codes.codes(folder / "cohort").values():
        visitors.append(Visitor(address))
        await visitors[-1].sign_in(code)
    reading = folder / "cohort" / ".academy" / "reading"
    end = time.monotonic() + 600
    while not reading.exists() and time.monotonic() < end:  # it is written when a classroom is first opened
        await asyncio.sleep(1)
    before, used = memory(pid), cpu(pid)
    start = time.monotonic()
    await asyncio.gather(*(visitor.open() for visitor in visitors))
    opened_after, spent = time.monotonic() - start, cpu(pid) - used
    await asyncio.sleep(3)
    added = (memory(pid) - before) / len(visitors)
    print(f"{len(visitors)} lessons opened at once on {os.cpu_count()} cores")
    print(_spread("ready", [visitor.ready for visitor in visitors], "s"))
    print(f"all open after {opened_after:.1f} s, {spent:.1f} s of processor time, {added:.1f} MiB each")
    every = 3.0
    await asyncio.gather(
        *(visitor.move(moves, every, every * n / len(visitors)) for n, visitor in enumerate(visitors))
    )
    delays = [1000 * delay for visitor in visitors for delay in visitor.delays]
    print(_spread(f"{len(delays)} moves", delays, "ms"))


def _spread(name: str, values: list[float], unit: str) -> str:
    ordered = sorted(values)
    late = ordered[int(0.95 * (len(ordered) - 1))]
    digits = 2 if unit == "s" else 0
    return (
        f"{name}: median {statistics.median(ordered):.{digits}f} {unit}, "
        f"95th of 100 {late:.{digits}f} {unit}, slowest {ordered[-1]:.{digits}f} {unit}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", default="", metavar="PYTHON", help="the Python of the peers' environment")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="only peers whose name holds this")
    parser.add_argument("--load", type=int, default=0, metavar="N", help="open N lessons at once instead")
    parser.add_argument("--moves", type=int, default=10, help="moves of each lesson in the load test")
    given = parser.parse_args()
    if given.load:
        many(given.load, given.moves)
    else:
        in_turns(given.peers, given.rounds, given.only)
