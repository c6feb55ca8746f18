"""The academy's own pages, as HTML."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, FileSystemLoader

from course import answers
from course.errors import InputError
from course.portal import workspace
from course.portal.apps import SIDES, dated
from course.portal.static_files import manifest
from course.syllabus import Module, as_of, modules

HERE = Path(__file__).parent
Where = str | dict[str, str]  # the server's base address, or the addresses themselves (see `urls`)


@cache
def _environment() -> Environment:
    folders = [HERE / "templates", HERE / "jupyter" / "voila" / "templates" / "academy"]
    return Environment(
        loader=FileSystemLoader(folders), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def urls(base_url: str) -> dict[str, str]:
    """Return the addresses that pages link to.

    `lesson`, `exercise`, `hand_in` and `feedback` want a module's id after them. In a classroom JupyterLab is
    not to be had ("" for it), a trainer comes to the trainer's pages by signing in, and one can sign out.
    """
    shared = workspace.in_classroom()
    academy = f"{base_url}academy/"
    files = {name: f"{academy}static/{hashed}" for name, hashed in manifest().items()}
    return {
        "home": academy,
        "library": f"{academy}library",
        "glossary": f"{academy}glossary",
        "about": f"{academy}about",
        "accessibility": f"{academy}accessibility",
        "lesson": f"{academy}lesson/",
        "exercise": f"{academy}exercise/",
        "cohort": f"{academy}cohort",
        "survey": f"{academy}survey",
        "joint": f"{academy}joint",
        "trainer": "" if shared else f"{academy}trainer",
        "hand_in": f"{academy}hand-in/",
        "feedback": f"{academy}feedback/",
        "lab": "" if shared else f"{base_url}lab/tree/",
        "sign_in": f"{academy}sign-in" if shared else "",
        "sign_out": f"{academy}sign-out" if shared else "",
        "css": files["academy.css"],
        "host": files.get("host.js", ""),
        "library_js": files["library.js"],
    }


def render(name: str, where: Where, **values: Any) -> str:
    """Render one of `templates/` with the addresses and the date of the law."""
    here = urls(where) if isinstance(where, str) else where
    return _environment().get_template(name).render(urls=here, as_of=dated(as_of()), sides=SIDES, **values)


def home_page(where: Where, folder: Path) -> str:
    """Render the page of all modules, with how far the learner in `folder` has got and what to do next."""
    state = [standing(module, folder) for module in modules()]
    return render("home.html.j2", where, states=state, next=next_step(state))


def standing(module: Module, folder: Path) -> dict[str, Any]:
    """Say where a learner stands in one module.

    Returns
    -------
    dict
        `module`; `lesson` and `exercise`: whether they are released; `opened`: whether the lesson was
        opened; `asked` and `answered`: questions of the exercise and how many have an answer;
        `marked`: the marks last given, as a
        sentence; `fault`: a sentence where the answers could not be read.
    """
    asked = questions(module.exercise)
    fault = ""
    try:
        given = set(answers.progress(folder / "exercises" / module.folder)["answered"])
    except InputError as problem:
        given, fault = set(), str(problem)
    return {
        "module": module,
        "lesson": module.lesson.exists(),
        "exercise": module.exercise.exists(),
        "opened": f"lesson/{module.id}" in workspace.opened(folder),
        "asked": asked,
        "answered": min(len(given), asked) if asked else len(given),
        "marked": marked(folder / "exercises" / module.folder),
        "fault": fault,
    }


def questions(exercise: Path) -> int:
    """Count the questions of a released exercise, those a person marks too. No exercise, no questions."""
    if not exercise.exists():
        return 0
    return _questions(exercise, exercise.stat().st_mtime_ns)


@cache
def _questions(exercise: Path, changed: int) -> int:
    cells = nbformat.read(exercise, as_version=4).cells
    marked = [cell.metadata.get("nbgrader", {}) for cell in cells]
    return sum(1 for mark in marked if mark.get("points") and (mark.get("grade") or mark.get("task")))


def next_step(states: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Choose what to do next: an exercise begun or whose lesson was opened, else a lesson, new or known."""
    ready = [s for s in states if s["lesson"] or s["exercise"]]
    begun = [s for s in ready if s["exercise"] and 0 < s["answered"] < s["asked"]]
    read = [s for s in ready if s["exercise"] and (s["opened"] or not s["lesson"]) and not s["answered"]]
    fresh = [s for s in ready if s["lesson"] and not s["opened"]]
    again = [s for s in ready if s["lesson"]]
    if begun:
        kept = (
            f"You have answered {begun[0]['answered']} of {begun[0]['asked']} questions. They are all kept."
        )
        return {
            "module": begun[0]["module"],
            "kind": "exercise",
            "eyebrow": "Carry on",
            "text": kept,
            "button": "Carry on with the exercise",
        }
    if read:
        text = f"You have opened the lesson. Now try its {read[0]['asked'] or ''} questions.".replace(
            "  ", " "
        )
        return {
            "module": read[0]["module"],
            "kind": "exercise",
            "eyebrow": "What to do next",
            "text": text,
            "button": "Open the exercise",
        }
    for choice, eyebrow in (
        (fresh, "What to do next" if len(fresh) < len(again) else "Start here"),
        (again, "Read it again"),
    ):
        if choice:
            module = choice[0]["module"]
            return {
                "module": module,
                "kind": "lesson",
                "eyebrow": eyebrow,
                "text": module.purpose,
                "button": "Open the lesson",
            }
    return None


def marked(folder: Path) -> str:
    """Say what marks were last given in an exercise's folder; "" where there are none that can be read."""
    try:
        rows = json.loads((folder / "marks.json").read_text(encoding="utf-8"))["rows"]
        done = [row for row in rows if row["outcome"] != "person"]
        points, out_of = (sum(float(row[name]) for row in done) for name in ("points", "out_of"))
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    writing = " Your writing waits for a person." if len(done) < len(rows) else ""
    return f"Marked: {points:g} of {out_of:g} points.{writing}"
