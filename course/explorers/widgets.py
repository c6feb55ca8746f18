"""An explorer: controls, a chart that follows them, a sentence on what it shows now, and the table."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from html import escape
from math import prod
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course import charts
from course.charts import Frame, Table
from course.errors import InputError
from course.explorers.controls import Control, as_sent
from course.questions.widgets import module_text

HERE = Path(__file__).parent
STYLE = (HERE / "explorer.css").read_text(encoding="utf-8")
Compute = Callable[[dict[str, Any]], Frame]


def _module(name: str) -> str:
    return module_text() + "\n" + (HERE / name).read_text(encoding="utf-8")


def table_html(table: Table, caption: str) -> str:
    """Return a table as plain HTML."""
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in table.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(c)}</td>" for c in row[1:])
        + "</tr>"
        for row in table.rows
    )
    head = f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
    return f"<table>{head}<tbody>{rows}</tbody></table>"


class _Shown(anywidget.AnyWidget):
    """A widget that also has a plain reading, for print, feedback and pages without scripts."""

    def _plain(self) -> tuple[str, str]:
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        bundle["text/html"], bundle["text/plain"] = self._plain()
        return bundle, metadata


class Explorer(_Shown):
    """Controls whose every move asks `compute` for a frame; the page draws it.

    Parameters
    ----------
    title : str
        What the learner explores, as a short heading.
    controls : sequence of Control
        In the order shown. May be empty: a figure with nothing to move.
    compute : callable
        From the controls' values (by key) to a `Frame`. A few milliseconds at most; an `InputError` is
        shown as a sentence while the last picture stays.
    charts : sequence of str
        Names of specifications in `course.charts`. None: the table is the picture and is always open.
    note : str
        A line under the title: what stays fixed, or what to try first.
    steps : sequence of (side, heading, button), optional
        Plays the controls of one side after the other, and shows the result when all have been played.
    """

    _esm = _module("explorer.js")
    _css = STYLE
    spec = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        title: str,
        controls: Sequence[Control],
        compute: Compute,
        charts: Sequence[str] = (),
        note: str = "",
        steps: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        self.title, self.controls, self.compute = title, list(controls), compute
        self.chart_names = tuple(charts)
        self._shown: dict[str, Any] = {}
        start = {control.key: control.value for control in self.controls}
        super().__init__(spec=self._as_sent(note, steps), values=start, frame=self._frame(start))
        self.observe(self._moved, names="values")

    def _as_sent(self, note: str, steps: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
        return {
            "title": self.title,
            "note": note,
            "controls": [as_sent(control) for control in self.controls],
            "charts": [charts.spec(name) for name in self.chart_names],
            "steps": [dict(zip(("side", "heading", "button"), step, strict=True)) for step in steps],
            "sides": {side: {"word": word, "sign": sign} for side, (word, sign) in charts.SIDES.items()},
        }

    def clean(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return a value for every control, each one that the control can take."""
        return {c.key: c.clean(values.get(c.key, c.value)) for c in self.controls}

    def _frame(self, values: dict[str, Any]) -> dict[str, Any]:
        try:
            made = self.compute(self.clean(values))
        except InputError as problem:
            return {**self._shown, "problem": str(problem)}
        self._shown = {
            "data": made.data,
            "params": made.params,
            "summary": made.summary,
            "columns": made.table.columns,
            "rows": made.table.rows,
            "record": made.record,
            "problem": "",
        }
        return self._shown

    def _moved(self, change: Any) -> None:
        self.frame = self._frame(change["new"])

    def _plain(self) -> tuple[str, str]:
        said = self.frame.get("problem") or self.frame["summary"]
        table = table_html(Table(self.frame["columns"], self.frame["rows"]), self.title)
        return (
            f"<p><strong>{escape(self.title)}</strong></p><p>{escape(said)}</p>{table}",
            f"{self.title}: {said}",
        )


def every_state(explorer: Explorer, limit: int = 5000) -> Iterator[tuple[dict[str, Any], Frame | None]]:
    """Go through every state of an explorer's controls.

    Yields
    ------
    (dict, Frame or None)
        The controls' values by key, and the frame; None where `compute` refuses them.

    Raises
    ------
    InputError
        If there are more than `limit` states.
    """
    count = prod(len(control.states()) for control in explorer.controls)
    if count > limit:
        raise InputError(
            f"“{explorer.title}” has {count:,} states, more than {limit:,}: make a control's steps larger."
        )
    for state in itertools.product(*(control.states() for control in explorer.controls)):
        values = {control.key: value for control, value in zip(explorer.controls, state, strict=True)}
        try:
            yield values, explorer.compute(values)
        except InputError:
            yield values, None


class Predict(_Shown):
    """A question to commit to before the answer is shown. Nothing is scored or kept."""

    _esm = _module("predict.js")
    _css = STYLE
    spec = traitlets.Dict().tag(sync=True)

    def _plain(self) -> tuple[str, str]:
        s = self.spec
        options = "".join(f"<li>{escape(text)}</li>" for _, text in s["options"])
        shown = f"<p><strong>{escape(s['prompt'])}</strong></p><ul>{options}</ul>"
        answer = f"<details><summary>Show what happens</summary><p>{escape(s['then'])}</p></details>"
        return shown + answer, f"{s['prompt']} {s['then']}"


def predict(
    prompt: str,
    options: dict[str, str],
    answer: str,
    then: str,
    replies: dict[str, str] | None = None,
) -> Predict:
    """Ask the learner to commit to a prediction, then show what happens.

    Parameters
    ----------
    prompt : str
        The question.
    options : dict
        Key to text.
    answer : str
        The key of what happens.
    then : str
        What happens and why, shown once the learner has committed.
    replies : dict, optional
        By key, a sentence for those who chose it.

    Raises
    ------
    InputError
        If the answer is none of the options.
    """
    if answer not in options:
        raise InputError(f"The prediction “{prompt}” has no option “{answer}”: give the key of an option.")
    spec = {
        "prompt": prompt,
        "options": list(options.items()),
        "answer": answer,
        "then": then,
        "replies": dict(replies or {}),
    }
    return Predict(spec=spec)
