"""Questions as widgets that save each answer as it is given, and the panel that checks and marks them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course import answers
from course.errors import InputError
from course.questions import kinds
from course.questions.kinds import Question
from course.questions.marking import OUTCOMES
from course.questions.register import asked

HERE = Path(__file__).parent
MARKS_FILE = "marks.json"


def module_text(*names: str) -> str:
    """Return a widget's JavaScript module: the shared helpers, then the named files beside this one."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("dom.js", *names))


STYLE = (HERE / "question.css").read_text(encoding="utf-8")


class QuestionWidget(anywidget.AnyWidget):
    """A question on the page. Its value is what the answer file beside the notebook says."""

    _esm = module_text("question.js")
    _css = STYLE
    spec = traitlets.Dict().tag(sync=True)
    value = traitlets.Any(None, allow_none=True).tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)

    def __init__(self, question: Question) -> None:
        kept = answers.read(os.getcwd()).get(question.id)
        self._folder = os.getcwd()
        self._question = question
        spec = asdict(question)
        # lists of pairs: a JavaScript object would put keys such as "10" first
        spec["items"], spec["options"] = list(question.items.items()), list(question.options.items())
        super().__init__(spec=spec, value=kept.value if kept else None, state=self._state(kept))
        self.observe(self._save, names="value")

    def _state(self, kept: answers.Answer | None) -> dict[str, str]:
        value = kept.value if kept else None
        if kept is None or kinds.is_blank(self._question, value):
            return {"state": "unanswered", "message": "Not answered yet."}
        wrong = kinds.problem(self._question, value)
        if wrong:
            return {"state": "malformed", "message": wrong}
        return {"state": "recorded", "message": f"Saved at {_clock(kept.at)}."}

    def _save(self, change: Any) -> None:
        try:
            kept = answers.record(self._folder, self._question.id, change["new"])
            self.state = self._state(kept)
        except InputError as problem:
            self.state = {"state": "unsaved", "message": str(problem)}
        if self.result:
            self.result = {**self.result, "stale": True}

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        shown = kinds.in_words(self._question, self.value)
        bundle["text/html"] = f"<p><strong>{escape(self._question.prompt)}</strong></p><div>{shown}</div>"
        bundle["text/plain"] = f"{self._question.prompt} Answer: {self.value}"
        return bundle, metadata


RUNNING = {"state": "running", "message": "Marking your answers. This can take a quarter of a minute."}


class ExercisePanel(anywidget.AnyWidget):
    """What is answered so far, and a button that really marks the exercise with nbgrader."""

    _esm = module_text("panel.js")
    _css = STYLE
    questions: traitlets.List = traitlets.List().tag(sync=True)
    summary = traitlets.Unicode().tag(sync=True)
    run = traitlets.Dict({"state": "idle", "message": ""}).tag(sync=True)
    marks = traitlets.Dict().tag(sync=True)
    can_mark = traitlets.Bool(True).tag(sync=True)

    def __init__(self) -> None:
        # In a classroom a lesson may not read the keys that marking needs.
        super().__init__(can_mark=not os.environ.get("ACADEMY_CLASSROOM"))
        self._folder = Path(os.getcwd())
        self._task: asyncio.Task[None] | None = None
        for widget in _widgets.values():
            widget.observe(self._refresh, names="state")
        self._refresh()
        self._show_marks(stale=True)
        self.on_msg(self._message)

    def _refresh(self, _: Any = None) -> None:
        rows = [
            {"id": q, "title": _title(q), "state": w.state["state"], "message": w.state["message"]}
            for q, w in _widgets.items()
        ]
        self.questions = rows
        done = sum(row["state"] == "recorded" for row in rows)
        bad = sum(row["state"] in ("malformed", "unsaved") for row in rows)
        self.summary = f"{done} of {len(rows)} questions answered." + (
            f" {bad} need{'s' if bad == 1 else ''} mending: see below." if bad else ""
        )

    def _message(self, _: Any, content: Any, buffers: Any) -> None:
        if content.get("do") == "show":
            self.run = RUNNING  # the page shows so already: it asked the server
            self._marked()
        elif content.get("do") == "mark" and self.can_mark and (self._task is None or self._task.done()):
            self._task = asyncio.ensure_future(self._mark())

    async def _mark(self) -> None:
        self.run = RUNNING
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "course", "mark", str(self._folder), "--quiet"),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            _, said = await process.communicate()
            if process.returncode:
                sentence = said.decode(errors="replace").strip().splitlines() or ["no reason given"]
                raise InputError(sentence[-1])
            self._marked()
        except (InputError, OSError) as problem:
            self.run = {
                "state": "failed",
                "message": f"Your work could not be marked: {problem} Your answers are saved.",
            }

    def _marked(self) -> None:
        self._show_marks(stale=False)
        said = "Marked. Your marks are below. The reasons are beside each question."
        self.run = {"state": "done", "message": said}

    def _show_marks(self, stale: bool) -> None:
        """Show the marks last given, if any. `stale`: they may be older than the answers shown."""
        try:
            kept = json.loads((self._folder / MARKS_FILE).read_text(encoding="utf-8"))
            rows = [{**row, "title": _title(row["question"]), "label": _label(row)} for row in kept["rows"]]
        except (OSError, ValueError, KeyError, TypeError):
            return
        given = {q: a.at for q, a in answers.read(self._folder).items()}
        for row in rows:
            widget = _widgets.get(row["question"])
            if widget is not None and row["outcome"] != "person":
                late = stale and given.get(row["question"], "") > kept["at"]
                widget.result = {**row, "stale": late}
        changed = stale and any(at > kept["at"] for at in given.values())
        note = f"Marked at {_clock(kept['at'])}."
        if changed:
            note += " You have changed an answer since: mark your work again."
        if any(row["outcome"] == "person" for row in rows):
            note += " Your writing is marked by a person, so its points are not in this total."
        self.marks = {
            "rows": rows,
            "note": note,
            "points": sum(row["points"] for row in rows),
            "out_of": sum(row["out_of"] for row in rows if row["outcome"] != "person"),
        }


_widgets: dict[str, QuestionWidget] = {}


def forget() -> None:
    """Forget the questions shown so far, as a fresh notebook would."""
    for widget in _widgets.values():
        widget.close()
    _widgets.clear()


def _title(question: str) -> str:
    place = list(_widgets).index(question) + 1 if question in _widgets else 0
    return f"Question {place}" if place else question


def _label(row: Mapping[str, Any]) -> str:
    return "For a person to mark" if row["outcome"] == "person" else OUTCOMES[row["outcome"]]


def _clock(at: str) -> str:
    try:
        when = datetime.fromisoformat(at).astimezone()
    except ValueError:
        return "an unknown time"
    return f"{when:%H:%M} on {when.day} {when:%B %Y}"


def _ask(question: Question) -> QuestionWidget:
    asked[question.id] = question
    _widgets[question.id] = QuestionWidget(question)
    return _widgets[question.id]


def number(
    id: str,
    prompt: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    help: str = "",
) -> QuestionWidget:
    """Ask for a number: a box, with a slider beside it where `low` and `high` are given.

    Parameters
    ----------
    id, prompt, help : str
        See `Question`.
    unit : str
        "%", "£", "points"…
    low, high, step : float, optional
        Bounds (both included) and the slider's step.
    """
    return _ask(Question(id, "number", prompt, help, unit=unit, low=low, high=high, step=step))


def choice(id: str, prompt: str, options: Mapping[str, str], *, help: str = "") -> QuestionWidget:
    """Ask for one of several options (key to text)."""
    return _ask(Question(id, "choice", prompt, help, items=dict(options)))


def choices(id: str, prompt: str, options: Mapping[str, str], *, help: str = "") -> QuestionWidget:
    """Ask for all options that fit (key to text)."""
    return _ask(Question(id, "choices", prompt, help or "Tick all that fit.", items=dict(options)))


def order(id: str, prompt: str, items: Mapping[str, str], *, help: str = "") -> QuestionWidget:
    """Ask to put items (key to text, as first shown) in order, first to last."""
    return _ask(Question(id, "order", prompt, help, items=dict(items)))


def match(
    id: str, prompt: str, items: Mapping[str, str], options: Mapping[str, str], *, help: str = ""
) -> QuestionWidget:
    """Ask to match each item (key to text) with one option (key to text); an option may serve twice."""
    return _ask(Question(id, "match", prompt, help, items=dict(items), options=dict(options)))


def share(
    id: str,
    prompt: str,
    items: Mapping[str, str],
    *,
    total: float = 100,
    unit: str = "points",
    step: float = 1,
    help: str = "",
) -> QuestionWidget:
    """Ask to share a total among items (key to text)."""
    return _ask(Question(id, "share", prompt, help, items=dict(items), unit=unit, total=total, step=step))


def short_text(id: str, prompt: str, *, help: str = "") -> QuestionWidget:
    """Ask for a word or a line."""
    return _ask(Question(id, "short_text", prompt, help))


def long_text(
    id: str, prompt: str, *, words: int = 150, hints: Mapping[str, str] | None = None, help: str = ""
) -> QuestionWidget:
    """Ask for a paragraph, which a person marks with the rubric given below it (see `rubric`)."""
    return _ask(Question(id, "long_text", prompt, help, words=words, hints=dict(hints or {})))


def check_and_mark() -> ExercisePanel:
    """Show which questions are answered and the button that marks them. The exercise's last cell."""
    return ExercisePanel()
