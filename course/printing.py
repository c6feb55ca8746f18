"""Print a page as a PDF with the browser that is on this machine; tagged, so screen readers can read it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from course.errors import InputError

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "chrome",
    "msedge",
)
INSTALLED = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
)
LONGEST_SECONDS = 120
ARGUMENTS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-pdf-header-footer",
    "--export-tagged-pdf",
    "--generate-pdf-document-outline",
)


def browser() -> str | None:
    """Return the path of a browser that can print (Chromium, Chrome or Edge), or None."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or next((path for path in INSTALLED if Path(path).is_file()), None)


def print_pdf(page: Path, into: Path) -> Path:
    """Print an HTML file, which needs nothing from any other host, as a tagged PDF; return `into`.

    Raises
    ------
    InputError
        No browser was found, or it did not print. The sentence says how to print by hand.
    """
    program = browser()
    by_hand = f"Open {page} in any browser and choose Print, then Save as PDF."
    if program is None:
        raise InputError(f"A PDF needs Chromium, Chrome or Edge, and none was found here. {by_hand}")
    with tempfile.TemporaryDirectory(prefix="academy-print-", ignore_cleanup_errors=True) as profile:
        part = Path(profile) / "page.pdf"
        alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        try:
            subprocess.run(
                [
                    program,
                    *ARGUMENTS,
                    *alone,
                    f"--user-data-dir={profile}",
                    f"--print-to-pdf={part}",
                    page.resolve().as_uri(),
                ],
                check=False,
                capture_output=True,
                timeout=LONGEST_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise InputError(f"The browser {program} did not print the page. {by_hand}") from problem
        if not part.is_file():
            raise InputError(f"The browser {program} did not print the page. {by_hand}")
        shutil.copyfile(part, into)
    return into
