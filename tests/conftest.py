"""What tests of several rooms share: a running academy, and a real browser that records where it asks."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, Phase, settings

# A test fails for what it finds, never for the speed of the machine it runs on.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
# For mutation runs (see CONTRIBUTING): the same examples each time, and none made smaller after a failure.
settings.register_profile(
    "mutation",
    settings.get_profile("house"),
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)

ROOT = Path(__file__).parent.parent
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Academy:
    """One running server: its address, its learner's folder, and the link that signs in."""

    address: str
    home: Path
    link: str
    process: subprocess.Popen[str]

    def url(self, path: str = "") -> str:
        return f"{self.address}/academy/{path}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def start_academy(tmp_path_factory) -> Iterator[Callable[..., Academy]]:
    """Start `course.portal.serving.serve` on a folder of its own; `content` holds modules/ and exercises/."""
    started: list[Academy] = []

    def start(content: Path = ROOT, home: Path | None = None, first: str = "") -> Academy:
        home = home or tmp_path_factory.mktemp("home")
        port = free_port()
        environment = {**os.environ, "ACADEMY_HOME": str(home), "ACADEMY_CONTENT": str(content)}
        environment.pop("PYTEST_CURRENT_TEST", None)
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"from course.portal import serving; {first}\nserving.serve({port}, open_browser=False)",
            ],
            env=environment,
            cwd=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        said = process.stdout.readline()
        if "/academy/start?key=" not in said:
            process.kill()
            raise AssertionError(f"the academy did not start: {said}{process.communicate()[1]}")
        academy = Academy(f"http://127.0.0.1:{port}", home, said.split()[-1], process)
        started.append(academy)
        return academy

    yield start
    for academy in started:
        academy.process.terminate()
    for academy in started:
        academy.process.wait(timeout=20)


@pytest.fixture(scope="session")
def academy(start_academy) -> Academy:
    """The academy with the real modules and exercises, on an empty learner's folder."""
    return start_academy()


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium. Absent in CI it is a failure; elsewhere the test is skipped and says why."""
    if CHROMIUM is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("There is no Chromium on this machine, and in CI there must be one.")
        pytest.skip("There is no Chromium on this machine; install it to run the browser tests.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A browser's page that is signed in, with the addresses of other hosts that it asked for anything."""

    page: object
    academy: Academy
    strayed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "", ready: bool = True):
        """Go to a page of the academy; a lesson or exercise is waited for until its controls stand."""
        self.page.goto(self.academy.url(path))
        if ready and path.startswith(("lesson/", "exercise/")):
            self.page.wait_for_selector("html[data-ready]", state="attached", timeout=60_000)
        return self.page


@pytest.fixture
def visit(chromium) -> Iterator[Callable[..., Visit]]:
    """Open a signed-in page on a running academy; at the end, no request may have left the server."""
    contexts = []
    visits: list[Visit] = []

    def start(academy: Academy, width: int = 1280, scheme: str = "light", sign_in: bool = True) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        here = Visit(page, academy)
        visits.append(here)
        host = urlsplit(academy.address).netloc

        def note(url: str) -> None:
            parts = urlsplit(url)
            if parts.scheme not in ("data", "blob", "about") and parts.netloc != host:
                here.strayed.append(url)

        context.on("request", lambda request: note(request.url))
        page.on("websocket", lambda socket: note(socket.url))
        page.on("pageerror", lambda problem: here.complaints.append(str(problem)))
        page.on("console", lambda said: here.complaints.append(said.text) if said.type == "error" else None)
        if sign_in:
            page.goto(academy.link)
        return here

    yield start
    for context in contexts:
        context.close()
    assert [url for here in visits for url in here.strayed] == []


@pytest.fixture(scope="session")
def violations() -> Callable[..., list[str]]:
    """Run axe-core on a page: returns its violations of any severity, one line each.

    Contrast that axe leaves open is computed. Each look at a page is noted in the file that the variable
    ACADEMY_AXE_NOTES names, if it is set: `python -m benchmarks.accessibility` makes the statement of it.
    """
    script = (ROOT / "tests" / "assets" / "axe.min.js").read_text(encoding="utf-8")
    contrast = (ROOT / "tests" / "assets" / "contrast.js").read_text(encoding="utf-8")
    notes = os.environ.get("ACADEMY_AXE_NOTES")

    def run(page, noted: bool = True, **options) -> list[str]:
        page.evaluate(script)
        found = page.evaluate(
            """async (options) => {
              const frame = () => new Promise((done) => requestAnimationFrame(done));
              await frame(); // a page follows a change of its width with the next frame
              await frame();
              const wanted = { ...options, resultTypes: ["violations", "incomplete"] };
              const { violations, passes, incomplete } = await axe.run(document, wanted);
              const open = incomplete.filter((rule) => rule.id === "color-contrast");
              return {
                violations,
                rules: violations.length + passes.length + incomplete.length,
                open: open.flatMap((rule) => rule.nodes.map((node) => node.target.at(-1))),
                dark: matchMedia("(prefers-color-scheme: dark)").matches,
              };
            }""",
            options,
        )
        faint = page.evaluate(contrast, found["open"])
        faults = [
            f"{v['id']} ({v['impact']}): {n['target']} {n['html'][:120]}"
            for v in found["violations"]
            for n in v["nodes"]
        ] + [f"color-contrast (computed): {line}" for line in faint]
        if notes and noted:
            look = {
                "address": page.url,
                "title": page.title(),
                "width": page.viewport_size["width"],
                "dark": found["dark"],
                "rules": found["rules"],
                "computed": len(found["open"]),
                "faults": faults,
            }
            with Path(notes).open("a", encoding="utf-8") as file:
                file.write(json.dumps(look) + "\n")
        return faults

    return run


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., None]:
    """Wait for something outside the browser to become true."""

    def wait(true: Callable[[], bool], seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise AssertionError("it did not happen in time")
            time.sleep(0.05)

    return wait
