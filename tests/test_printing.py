from pathlib import Path

import pytest

from course import printing
from course.errors import InputError

PAGE = """<!doctype html><html lang="en"><head><title>A leaflet</title></head>
<body><main><h1>What changed</h1><p>Four people found work.</p></main></body></html>"""


def test_a_printed_page_is_a_tagged_pdf_in_its_language(tmp_path: Path, chromium) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    printed = printing.print_pdf(tmp_path / "page.html", tmp_path / "page.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert b"/StructTreeRoot" in printed
    assert b"/Lang (en)" in printed


def test_without_a_browser_the_sentence_says_how_to_print_by_hand(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(printing, "browser", lambda: None)
    with pytest.raises(InputError, match="choose Print, then Save as PDF"):
        printing.print_pdf(tmp_path / "page.html", tmp_path / "page.pdf")


def test_a_browser_that_prints_nothing_is_named(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(printing, "browser", lambda: "/bin/true")
    with pytest.raises(InputError, match="/bin/true did not print"):
        printing.print_pdf(tmp_path / "page.html", tmp_path / "page.pdf")
