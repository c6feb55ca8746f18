"""The list of modules, as `course/syllabus.yml` gives it."""

import datetime as dt
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

import course

SIDES = ("commissioner", "provider", "operations", "joint")


@dataclass(frozen=True)
class Module:
    """One module of the syllabus: see the head of `syllabus.yml` for what each field means."""

    id: str
    folder: str
    title: str
    minutes: int
    purpose: str
    outcomes: list[str]
    tracks: dict[str, str]
    sources: list[str]
    pass_mark: float
    review: dt.date

    @property
    def number(self) -> int:
        """Its place in the syllabus, from 1."""
        return int(self.id.removeprefix("m"))

    @property
    def lesson(self) -> Path:
        """The released lesson, written or not: MyST Markdown."""
        return content() / "modules" / self.folder / "lesson.md"

    @property
    def exercise(self) -> Path:
        """The released exercise, built or not: a notebook made by nbgrader."""
        return content() / "exercises" / self.folder / "exercise.ipynb"


def content() -> Path:
    """Return the folder that holds `modules/` and `exercises/`: ACADEMY_CONTENT, else beside the package."""
    given = os.environ.get("ACADEMY_CONTENT")
    return Path(given) if given else Path(course.__file__).parent.parent


@cache
def _read() -> tuple[dt.date, tuple[Module, ...]]:
    raw = yaml.safe_load((Path(course.__file__).parent / "syllabus.yml").read_text(encoding="utf-8"))
    return raw["as_of"], tuple(Module(**module) for module in raw["modules"])


def as_of() -> dt.date:
    """Return the day for which the syllabus states the law."""
    return _read()[0]


def modules() -> tuple[Module, ...]:
    """Return the modules, in order."""
    return _read()[1]


def find(name: str) -> Module | None:
    """Return the module with this id or folder, or None."""
    return next((m for m in modules() if name in (m.id, m.folder)), None)
