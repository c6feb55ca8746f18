"""The reading edition: all lessons and exercises as pages that need no server, not even to check answers."""

import ast
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import anywidget
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from course import places
from course.authoring import source
from course.cases.seeds import KEY_VARIABLE
from course.errors import InputError
from course.explorers import widgets as explorers
from course.explorers.controls import as_sent
from course.portal import accessibility, apps, frames, glossary, library, pages
from course.portal.static_files import STATIC
from course.questions import register
from course.questions import widgets as questions
from course.syllabus import Module, find, modules

PUBLIC_CASE = "reading edition"  # the case key of the exercises: everyone sees the same figures
OURS = ("assets", "frames", "lesson", "exercise")  # folders of an edition
PARTS = {
    "explorer": explorers.HERE / "explorer.js",
    "predict": explorers.HERE / "predict.js",
    "question": questions.HERE / "question.js",
    "panel": questions.HERE / "panel.js",
}
KINDS: dict[type, str] = {
    explorers.Explorer: "explorer",
    explorers.Predict: "predict",
    questions.QuestionWidget: "question",
    questions.ExercisePanel: "panel",
}
READ_ONLY = "On this page this part is for reading. In the running academy you can work with it."
NOTICES = (
    "This is the practice version. Everyone sees the same figures here, and nothing counts towards a course.",
    "Your answers stay in this browser. Nobody marks your writing: score it with the table below it.",
)
OWN_FIGURES = re.compile(
    r"The (numbers|marks) below are your own: no other learner has quite the same( panel)?\."
)


class Limit(NamedTuple):
    """An explorer, where it stands, and how much of it works: a key of `course.portal.frames.WORDS`."""

    how: str
    kind: str
    module: str
    part: int
    title: str

    @property
    def name(self) -> str:
        """What its file of frames is called."""
        return f"{self.module}-{self.kind}-{self.part}"


def addresses(root: str = "") -> dict[str, str]:
    """Return the addresses of an edition's pages, for a page whose way to the top is `root`."""
    tops = ("library", "glossary", "about", "accessibility")
    return {
        "root": root,
        "home": f"{root}index.html",
        **{name: f"{root}{name}.html" for name in tops},
        "lesson": f"{root}lesson/",
        "exercise": f"{root}exercise/",
        "end": ".html",
        "lab": "",
        "css": f"{root}assets/academy.css",
        "library_js": f"{root}assets/library.js",
        "site": f"{root}assets/site.js",
    }


def build(into: Path, told: Callable[[str], None] = lambda _: None) -> list[Limit]:
    """Write the edition into a folder, with a process for each core.

    Parameters
    ----------
    into : Path
        A new or empty folder, or one that holds an earlier edition, which is replaced.
    told : callable
        Is given a sentence on what is being done.

    Returns
    -------
    list of Limit
        Every explorer, and how much of it works.

    Raises
    ------
    InputError
        The folder holds something else or cannot be written to, the answers are missing, or a cell fails.
    """
    _make_room(into)
    for kind in ("lesson", "exercise"):
        for module in modules():
            if kind == "exercise" and module.exercise.exists() and not _solution(module).is_file():
                raise InputError(
                    f"The exercise of module {module.number} needs its answers to check itself. There are "
                    f"none in {_solution(module).parent}. Run this in the academy's own folder."
                )
    written = [
        (kind, m.id) for kind in ("lesson", "exercise") for m in modules() if getattr(m, kind).exists()
    ]
    _write_assets(into / "assets")
    limits: list[Limit] = []
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        waiting: set[Future[Any]] = {pool.submit(write_page, kind, name, into) for kind, name in written}
        done_pages, done_frames = 0, 0
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for job in done:
                found = job.result()
                if found is None:
                    done_frames += 1
                    continue
                done_pages += 1
                limits += found
                waiting |= {pool.submit(write_frames, limit, into) for limit in found if limit.how != "still"}
            told(f"{done_pages} of {len(written)} pages, {done_frames} of {len(limits)} explorers")
    limits.sort(key=lambda limit: (limit.module, limit.kind == "exercise", limit.part))
    _write_tops(into, limits)
    return limits


def _solution(module: Module) -> Path:
    return places.SOLUTIONS / module.folder / source.SOURCE


def _make_room(into: Path) -> None:
    try:
        if into.exists() and any(into.iterdir()) and not (into / "assets" / "site.js").exists():
            raise InputError(f"{into} holds other files. Name a folder that is new or empty.")
        for name in OURS:
            shutil.rmtree(into / name, ignore_errors=True)
            (into / name).mkdir(parents=True)
    except OSError as problem:
        raise InputError(f"{into} cannot be written to: name another folder.") from problem


def _write_assets(folder: Path) -> None:
    for name in ("academy.css", "library.js", "site.js", "LICENSES.txt"):
        shutil.copyfile(STATIC / name, folder / name)
    _write(folder / "vega.js", _as_script((STATIC / "vega.js").read_text(encoding="utf-8")))
    shared = questions.module_text()
    parts = [
        f"svaParts.{name} = (() => {{\n{shared}\n{_returning(path.read_text(encoding='utf-8'))}\n}})();\n"
        for name, path in PARTS.items()
    ]
    _write(folder / "parts.js", "globalThis.svaParts = {};\n" + "".join(parts))
    _write(folder / "parts.css", f"{questions.STYLE}\n{explorers.STYLE}")


def _as_script(module: str) -> str:
    """Turn the bundle of Vega, a module, into a script: a page from a stick may not load modules."""
    body, exported = re.fullmatch(r"(.*)export\{(\w+) as mountChart\};\s*", module, re.S).groups()  # type: ignore[union-attr]
    return f'globalThis.svaVega=(()=>{{"use strict";{body}return{{mountChart:{exported}}}}})();\n'


def _returning(module: str) -> str:
    before, after = module.split("export default {")
    return f"{before}return {{{after}"


def _write_tops(into: Path, limits: list[Limit]) -> None:
    where = addresses()
    count = {how: [limit for limit in limits if limit.how == how] for how in frames.WORDS}
    limited = {
        how: [
            {
                "url": f"{where[limit.kind]}{limit.module}.html#part-{limit.part}",
                "title": f"{_number(limit)}: {limit.title}",
            }
            for limit in found
        ]
        for how, found in count.items()
    }
    counts = {"all": len(limits), "whole": len(count["whole"])}
    _write(into / "index.html", pages.home_page(where, into))
    _write(into / "library.html", library.library_page(where, into, {}))
    _write(into / "glossary.html", glossary.glossary_page(where))
    _write(into / "about.html", pages.render("site_about.html.j2", where, limited=limited, counts=counts))
    _write(into / "accessibility.html", accessibility.accessibility_page(where))


def _number(limit: Limit) -> str:
    module = find(limit.module)
    assert module is not None
    return f"{limit.kind.capitalize()} {module.number}"


def write_page(kind: str, name: str, into: Path) -> list[Limit]:
    """Write one lesson or exercise (by its module's id); return its explorers."""
    module, where = find(name), addresses("../")
    assert module is not None
    notebook, values = _run(kind, name)
    page = apps.lesson_page(notebook, module, kind, where)
    pieces: list[dict[str, Any]] = []
    limits: list[Limit] = []
    for cell in page.cells:
        part = cell.metadata["academy"]["part"]
        if cell.cell_type == "markdown":
            cell.shown = Markup(apps.frame_tables(_html(OWN_FIGURES.sub(_same_for_all, cell.source))))
            continue
        value = values.get(cell.id)
        cell.shown = _shown(value, f"{name}-{kind}-{part}", pieces)
        if isinstance(value, explorers.Explorer):
            limits.append(Limit(frames.plan(value)[0], kind, name, part, value.title))
    html = pages.render(
        "site_lesson.html.j2",
        where,
        nb=page,
        pieces=pieces,
        exercise=module.folder,
        keys=_keys(module) if kind == "exercise" else "",
        notices=NOTICES if kind == "exercise" else (),
    )
    _write(into / kind / f"{name}.html", html)
    return limits


def write_frames(limit: Limit, into: Path) -> None:
    """Write the frames of one explorer."""
    notebook, values = _run(limit.kind, limit.module)
    module = find(limit.module)
    assert module is not None
    page = apps.lesson_page(notebook, module, limit.kind, addresses("../"))
    cell = next(cell for cell in page.cells if cell.metadata["academy"]["part"] == limit.part)
    explorer = values[cell.id]
    packed = frames.pack(frames.frames(explorer, *frames.plan(explorer)))
    _write(into / "frames" / f"{limit.name}.js", f'svaFrames("{limit.name}","{packed}");\n')


def _same_for_all(match: re.Match[str]) -> str:
    return f"The {match[1]} below are the same for everyone who reads these pages."


def _html(markdown: str) -> str:
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return str(MarkdownWithMath(renderer=renderer).render(markdown))


def _run(kind: str, name: str) -> tuple[NotebookNode, dict[str, Any]]:
    """Return a released notebook anew, and the value of each code cell's last line by the cell's id."""
    module = find(name)
    assert module is not None
    notebook = apps.notebook(getattr(module, kind))
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    return notebook, _values(kind, name)


@cache
def _values(kind: str, name: str) -> dict[str, Any]:
    module = find(name)
    assert module is not None
    notebook = apps.notebook(getattr(module, kind))
    space: dict[str, Any] = {"__name__": kind}
    found = {}
    with _elsewhere():
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                try:
                    found[f"cell-{number}"] = _last_value(cell.source, space)
                except Exception as problem:
                    raise InputError(
                        f"The {kind} of module {module.number} fails in cell {number + 1}: "
                        f"{type(problem).__name__}: {problem}"
                    ) from problem
    return found


@contextmanager
def _elsewhere() -> Iterator[None]:
    """Run in an empty folder, with the public case and no question asked before."""
    before, key = os.getcwd(), os.environ.get(KEY_VARIABLE)
    os.environ[KEY_VARIABLE] = PUBLIC_CASE
    register.asked.clear()
    questions.forget()
    try:
        with tempfile.TemporaryDirectory() as empty:
            os.chdir(empty)
            try:
                yield
            finally:
                os.chdir(before)
    finally:
        os.environ.pop(KEY_VARIABLE, None)
        if key is not None:
            os.environ[KEY_VARIABLE] = key


def _last_value(code: str, space: dict[str, Any]) -> Any:
    tree = ast.parse(code)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "<lesson>", "exec"), space)
        return None
    tree.body.pop()
    exec(compile(tree, "<lesson>", "exec"), space)
    return eval(compile(ast.Expression(last.value), "<lesson>", "eval"), space)


def _shown(value: Any, name: str, pieces: list[dict[str, Any]]) -> Markup:
    """Return what a cell shows as HTML; note a widget in `pieces`, for the page's script to put it there."""
    kind = next((name for type_, name in KINDS.items() if isinstance(value, type_)), "")
    if kind:
        how, controls = frames.plan(value) if kind == "explorer" else ("whole", [])
        pieces.append({"name": name, "kind": kind, "how": how, "traits": _traits(value, controls)})
        note = Markup('<p class="sva-small sva-edition-note">{}</p>').format(frames.WORDS[how])
        plain = value._repr_mimebundle_()[0].get("text/html", "") if kind != "panel" else ""
        place = Markup('<div class="sva-widget" data-piece="{}">{}</div>').format(name, Markup(plain))
        return place + (note if frames.WORDS[how] else "")
    if isinstance(value, anywidget.AnyWidget):
        plain = value._repr_mimebundle_()[0]["text/html"]  # type: ignore[index]
        return Markup('<div class="sva-x">{}</div><p class="sva-small">{}</p>').format(
            Markup(plain), READ_ONLY
        )
    if hasattr(value, "_repr_html_"):
        return Markup('<div class="sva-html">{}</div>').format(Markup(apps.frame_tables(value._repr_html_())))
    if hasattr(value, "_repr_markdown_"):
        return Markup(apps.frame_tables(_html(value._repr_markdown_())))
    return Markup("")


def _traits(widget: Any, controls: list[Any]) -> dict[str, Any]:
    if isinstance(widget, explorers.Explorer):
        start = {control.key: control.value for control in widget.controls}
        spec = widget.spec | {"controls": [as_sent(control) for control in controls]}
        if not controls:
            spec |= {"steps": []}
        return {"spec": spec, "values": start, "frame": frames.clean(widget._frame(start))}
    return {"spec": widget.spec} if hasattr(widget, "spec") else {}


def _keys(module: Module) -> str:
    """Return what the exercise is marked against, for the public case, packed."""
    made = source.load(module.folder, PUBLIC_CASE)
    keys: dict[str, Any] = {
        question: {
            "correct": key.correct,
            "points": key.points,
            "because": key.because,
            "within": key.within,
            "why": dict(key.why or {}),
            "wrong": [
                {"value": w.value, "why": w.why, "points": w.points, "read": w.read} for w in key.wrong
            ],
            "read": key.read,
        }
        for question, key in made.keys.items()
    }
    keys |= {question: {"person": True, "points": rubric.points} for question, rubric in made.rubrics.items()}
    return frames.pack(keys)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
