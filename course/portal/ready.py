"""Lessons run beforehand: the page is sent at once, and each visitor's kernel goes on from what has run.

A lesson is the same for everybody until somebody touches it. So each is run once, in a fork of the warm
parent (`course.warm.ran`); its page is rendered once; and a visitor's kernel is a fork of that process.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from voila.exporter import VoilaExporter
from voila.paths import collect_template_paths

from course.portal import apps
from course.syllabus import Module
from course.warm import client, ran

log = logging.getLogger(__name__)
KERNEL = "kernel-of-this-visitor"
CUT = "<!-- kernel -->"
SHARED_TEXTS = ("_esm", "_css")  # of a widget's state: long, and the same in every widget of a kind


@dataclass
class ReadyLesson:
    """A lesson that has run.

    Attributes
    ----------
    page : bytes
        All of its page up to where the kernel's id is told.
    parent : RanParent
        What each visitor's kernel is forked from.
    """

    page: bytes
    parent: ran.RanParent
    released: Path
    changed: int
    after: str

    def end(self, kernel_id: str) -> str:
        """Return the rest of the page, with the id of its kernel."""
        return self.after.replace(KERNEL, kernel_id)

    def fresh(self) -> bool:
        """Tell whether lesson, program and packages are as they were, and the process runs."""
        return _changed(self.released) == self.changed and self.parent.fresh()


class ReadyLessons:
    """The lessons that have run, and the one thread that runs those that have not."""

    def __init__(self, base_url: str, modules: tuple[str, ...], config: Any, template: str) -> None:
        self.base_url, self.modules, self.config, self.template = base_url, modules, config, template
        self._ready: dict[str, ReadyLesson] = {}
        self._failed: dict[str, int] = {}  # module id to the state of the file that could not be run
        self._wanted: list[Module] = []
        self._lock = threading.Lock()
        self._runner: threading.Thread | None = None

    def get(self, module: Module) -> ReadyLesson | None:
        """Return a lesson that has run, or None; then it is run meanwhile."""
        lesson = self._ready.get(module.id)
        if lesson is not None and lesson.fresh():
            return lesson
        self.prepare([module])
        return None

    def prepare(self, modules: Iterable[Module]) -> None:
        """Have lessons run, one after the other, before those asked for earlier."""
        if client.can_fork():
            return
        with self._lock:
            asked = [module for module in modules if module.lesson.exists()]
            self._wanted = [*asked, *(module for module in self._wanted if module not in asked)]
            if self._runner is None and self._wanted:
                self._runner = threading.Thread(target=self._run_all, daemon=True, name="lessons")
                self._runner.start()

    def _run_all(self) -> None:
        while True:
            with self._lock:
                if not self._wanted:
                    self._runner = None
                    return
                module = self._wanted.pop(0)
            old, changed = self._ready.get(module.id), _changed(module.lesson)
            if (old is not None and old.fresh()) or self._failed.get(module.id) == changed:
                continue
            try:
                self._ready[module.id] = self._run(module)
                self._failed.pop(module.id, None)
            except Exception:  # the lesson is then run for each visitor, who sees which part of it fails
                log.exception("The lesson of %s could not be run beforehand.", module.id)
                self._failed[module.id] = changed
            if old is not None:
                self.drop(old)

    def _run(self, module: Module) -> ReadyLesson:
        from course.portal import pages

        changed = _changed(module.lesson)
        notebook = apps.lesson_page(apps.notebook(module.lesson), module, "lesson", pages.urls(self.base_url))
        made = ran.run_first(notebook, client.shared(self.modules), cwd=str(module.lesson.parent))
        try:
            if any(state.get("buffers") for state in made.widgets.values()):
                raise client.WarmError("a widget's state is not all JSON")
            page, after = asyncio.run(self._render(made, module.lesson)).split(CUT)
        except BaseException:
            made.parent.close()
            raise
        return ReadyLesson(page.encode(), made.parent, module.lesson, changed, after)

    async def _render(self, made: ran.Ran, released: Path) -> str:
        from course.portal.extension import ReleasedNotebook

        exporter = VoilaExporter(
            template_paths=collect_template_paths(["voila", "nbconvert"], self.template),
            template_name=self.template,
            config=self.config,
            contents_manager=ReleasedNotebook(released),
            base_url=self.base_url,
        )

        async def cells(nb: NotebookNode, kernel_id: str) -> AsyncIterator[NotebookNode]:
            for cell in nb.cells:
                yield cell

        context = {"ran": packed(made.widgets), "kernel_start": lambda nb: KERNEL, "cell_generator": cells}
        resources = {"base_url": self.base_url, "theme": "light", "template": self.template}
        pieces = exporter.generate_from_notebook_node(made.notebook, resources, context)
        return "".join([piece async for piece, _ in pieces])

    def drop(self, lesson: ReadyLesson) -> None:
        """Let a lesson go, such as one whose process ended; it is run again at the next visit."""
        for name, kept in list(self._ready.items()):
            if kept is lesson:
                del self._ready[name]
        lesson.parent.retire()


def packed(widgets: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return widgets' states for the page: long texts that many share stand once, in `texts`."""
    texts: list[str] = []
    states = {}
    for model, kept in widgets.items():
        state = dict(kept["state"])
        for name in SHARED_TEXTS:
            text = state.get(name)
            if isinstance(text, str):
                if text not in texts:
                    texts.append(text)
                state[name] = texts.index(text)
        states[model] = {"kind": kept["model_module"], "state": state}
    return {"states": states, "texts": texts}


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
