"""The leaflet as a piece of a lesson or exercise: shown, and saved as a web page or a PDF."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import traitlets

from course import exemplars, printing
from course.errors import InputError
from course.explorers.widgets import STYLE, _module, _Shown

VOICE = "voice"  # the key of the tick that prints somebody's words


class Leaflet(_Shown):
    """A leaflet made from a scorecard, with buttons that save it as HTML and as a tagged PDF.

    Parameters
    ----------
    figures : DataFrame
        As `exemplars.leaflet` takes them.
    who, what : str
        The provider, and the contract in a sentence.
    voice : Voice
        Somebody's own words, given with consent.
    limits : str
        What the figures do not show. Left out, the learner writes it and chooses what is printed.
    """

    _esm = _module("leaflet.js")
    _css = STYLE
    spec = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    page = traitlets.Dict().tag(sync=True)

    def __init__(
        self, figures: pd.DataFrame, who: str, what: str, voice: exemplars.Voice, limits: str = ""
    ) -> None:
        self.figures, self.said, self.voice = (
            figures.reset_index(drop=True),
            {"who": who, "what": what},
            voice,
        )
        self.folder = Path.cwd()
        choices = [[str(row), name] for row, name in enumerate(self.figures["indicator"])]
        choices.append([VOICE, f"The words of {voice.name}"])
        values = {key: True for key, _ in choices} | {"limits": limits}
        super().__init__(
            spec={"choices": choices, "asks": not limits}, values=values, page=self._page(values)
        )
        self.observe(self._chosen, names="values")
        self.on_msg(self._asked)

    def _parts(self, values: dict[str, Any]) -> tuple[pd.DataFrame, dict[str, Any]]:
        kept = self.figures[[bool(values.get(str(row))) for row in self.figures.index]]
        if kept.empty:
            raise InputError("There is nothing to print yet. Tick at least one figure.")
        voice = self.voice if values.get(VOICE) else None
        return kept, {**self.said, "voice": voice, "limits": str(values.get("limits") or "")}

    def _page(self, values: dict[str, Any]) -> dict[str, str]:
        try:
            figures, parts = self._parts(values)
            body = exemplars.leaflet_article(figures, level=3, **parts)
            return {"body": body, "whole": exemplars.leaflet(figures, **parts), "problem": ""}
        except InputError as problem:
            return {"body": "", "whole": "", "problem": str(problem)}

    def _chosen(self, change: Any) -> None:
        self.page = self._page(change["new"])

    def _asked(self, _: Any, content: Any, buffers: Any) -> None:
        try:
            printed = self.save_pdf()
        except InputError as problem:
            self.send({"problem": str(problem)})
        else:
            self.send({"made": printed.name}, buffers=[printed.read_bytes()])

    def save_pdf(self) -> Path:
        """Write leaflet.html and leaflet.pdf into the learner's folder; return the PDF.

        Raises
        ------
        InputError
            The leaflet lacks something, the folder cannot be written to, or no browser is here to print.
        """
        if self.page["problem"]:
            raise InputError(self.page["problem"])
        page = self.folder / "leaflet.html"
        try:
            page.write_text(self.page["whole"], encoding="utf-8")
            return printing.print_pdf(page, page.with_suffix(".pdf"))
        except OSError as problem:
            raise InputError(f"The leaflet could not be kept in {self.folder}: make room there.") from problem

    def _plain(self) -> tuple[str, str]:
        if self.page["problem"]:
            return f"<p>{escape(self.page['problem'])}</p>", self.page["problem"]
        whole = base64.b64encode(self.page["whole"].encode()).decode()
        link = (
            f'<a download="leaflet.html" href="data:text/html;base64,{whole}">Save this leaflet as a page</a>'
        )
        return f"<article>{self.page['body']}</article><p>{link}</p>", f"The leaflet of {self.said['who']}"
