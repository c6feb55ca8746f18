"""Lessons and exercises as pages: the released notebook, made ready for the academy's Voila template."""

import ast
import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jupytext
import nbformat
from nbformat import NotebookNode

from course.syllabus import Module, as_of, modules

SIDES = {
    "commissioner": "Commissioner",
    "provider": "Provider",
    "operations": "Operations",
    "joint": "Joint table",
}
RUNS = {**SIDES, "story": "Story", "concept": "Concept", "takeaway": "Take-away"}
NOT_SHOWN = {"trainer", "app-skip", "remove-cell"}
CARRY_ON = "Reload the page; your answers are saved. If it happens again, tell your trainer: {code}."


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> NotebookNode:
    return nbformat.read(path, as_version=4) if path.suffix == ".ipynb" else jupytext.read(path)


def notebook(path: Path) -> NotebookNode:
    """Return a copy of the released notebook at `path` (.ipynb, or MyST Markdown)."""
    return nbformat.from_dict(_read(path, path.stat().st_mtime_ns))


def dated(day: Any) -> str:
    """Write a date as people do: 22 November 2026."""
    return f"{day.day} {day:%B %Y}"


def lesson_page(nb: NotebookNode, module: Module, kind: str, urls: dict[str, str]) -> NotebookNode:
    """Give a lesson's or exercise's notebook what the template needs, and leave out what learners do not see.

    `kind` is "lesson" or "exercise"; `urls` come from `course.portal.pages.urls`.
    """
    place = modules().index(module)
    other = "exercise" if kind == "lesson" else "lesson"
    names = {"lesson": "Read the lesson", "exercise": "Do the exercise"}

    def neighbour(step: int) -> dict[str, str] | None:
        for near in modules()[place + step :: step] if 0 <= place + step < len(modules()) else ():
            if getattr(near, kind).exists():
                return {"name": near.title, "url": urls[kind] + near.id + urls.get("end", "")}
        return None

    page = {
        "title": module.title if kind == "lesson" else f"{module.title}: exercise",
        "where": f"Module {module.number} of {len(modules())} · {kind}",
        "code": module.id if kind == "lesson" else f"{module.id}x",
        "opening": f"Opening the {kind}…",
        "previous": neighbour(-1),
        "next": neighbour(+1),
        "then": {"name": names[other], "url": urls[other] + module.id + urls.get("end", "")}
        if getattr(module, other).exists()
        else None,
    }
    return prepare(nb, page, urls)


def plain_page(nb: NotebookNode, name: str, urls: dict[str, str]) -> NotebookNode:
    """Do the same for a notebook that belongs to no module, such as a trainer's dashboard."""
    page = {
        "title": name,
        "where": "",
        "code": name,
        "opening": "Opening the page…",
        "previous": None,
        "next": None,
        "then": None,
    }
    return prepare(nb, page, urls)


def prepare(nb: NotebookNode, page: dict[str, Any], urls: dict[str, str]) -> NotebookNode:
    """Number the parts, gather runs of cells for one side, and see whether the notebook has its own h1."""
    for cell in nb.cells:
        if (
            cell.cell_type == "markdown"
        ):  # trainers' notes are comments, and no business of the learner's browser
            cell.source = re.sub(r"<!--.*?-->", "", cell.source, flags=re.S)
    nb.cells = [cell for cell in nb.cells if not NOT_SHOWN & set(cell.metadata.get("tags", []))]
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    heads = _runs(nb.cells)
    for i, cell in enumerate(nb.cells):
        run = heads[i]
        tags = cell.metadata.get("tags", [])
        cell.metadata["academy"] = {
            "part": i + 1,
            "shows": cell.cell_type == "code" and shows_something(cell.source),
            "classes": " sva-wide" if {"wide", "explorer"} & set(tags) else "",
            "opens": run if run and (i == 0 or heads[i - 1] != run) else "",
            "closes": bool(run) and (i + 1 == len(heads) or heads[i + 1] != run),
            "label": _label(run, cell.source),
            "badge": SIDES.get(run, ""),
        }
    has_heading = any(re.search(r"^# ", c.source, re.M) for c in nb.cells if c.cell_type == "markdown")
    nb.metadata["academy"] = {**page, "own_heading": not has_heading, "as_of": dated(as_of()), "urls": urls}
    return nb


def _runs(cells: list[NotebookNode]) -> list[str]:
    """Name the run that each cell belongs to, by its tags; a code cell stays with the side above it."""
    runs: list[str] = []
    for cell in cells:
        tagged = next((tag for tag in cell.metadata.get("tags", []) if tag in RUNS), "")
        above = runs[-1] if runs and cell.cell_type == "code" and runs[-1] in SIDES else ""
        runs.append(tagged or above)
    return runs


def _label(run: str, source: str) -> str:
    """Name a run by its kind and first heading, so that no two landmarks of a page are called the same."""
    heading = re.search(r"^#+ (.+)$", source, re.M)
    return f"{RUNS[run]}: {heading[1]}" if run and heading else RUNS.get(run, "")


def shows_something(source: str) -> bool:
    """Tell whether a code cell is likely to show something: it ends in an expression, no assignment."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return True
    return bool(body) and isinstance(body[-1], ast.Expr) and not source.rstrip().endswith(";")


def explain_error(output: dict[str, Any], code: str, part: int) -> str:
    """Say in a sentence that a part failed: our own message as it is, any other with a short code."""
    if output.get("ename") == "InputError":
        return str(output.get("evalue", ""))
    return "This part could not be shown. " + CARRY_ON.format(
        code=f"{code}/{part}/{output.get('ename', 'Error')}"
    )


def frame_tables(html: str) -> str:
    """Put each table into a frame of its own that scrolls, so that the page never does."""
    return re.sub(r"</table>", "</table></div>", re.sub(r"<table\b", '<div class="sva-scroll"><table', html))


def alternative(output: dict[str, Any]) -> str:
    """Return an image's text alternative: its metadata's `alt`, or the text that comes with it."""
    metadata = output.get("metadata", {})
    plain = output.get("data", {}).get("text/plain", "")
    return metadata.get("alt") or ("Figure" if plain.startswith("<") else plain)


def svg_address(svg: str | list[str]) -> str:
    """Return an SVG picture as a data address."""
    return "data:image/svg+xml," + quote("".join(svg))


FILTERS = {
    "explain_error": explain_error,
    "frame_tables": frame_tables,
    "alternative": alternative,
    "svg_address": svg_address,
}
