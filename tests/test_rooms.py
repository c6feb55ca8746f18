"""Rooms of course/ import only from rooms below them."""

import ast
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[1] / "course"
ORDER = (
    *("errors", "policy", "tenders", "weighting", "measuring", "place", "moderation", "consultation"),
    *("exemplars", "charts", "answers", "questions", "explorers", "cases", "joint", "warm", "authoring"),
    *("grading", "proving", "cohorts", "portal", "cli"),
)
# What any room may use: paths of this installation, the list of modules, printing.
SHARED = {"places", "syllabus", "printing", "slow_import"}
# What stands above all rooms.
ABOVE = {"__main__", "reference", "doctor"}


def _imports(file: Path) -> set[str]:
    """The rooms that a file imports, wherever in the file it does so."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "course":
            parts = node.module.split(".")
            names = {alias.name for alias in node.names}
            if node.module == "course.cases" and names == {"tables"}:
                continue  # it draws a table and imports nothing of the course; lessons draw theirs with it
            found |= {parts[1]} if len(parts) > 1 else names
        elif isinstance(node, ast.Import):
            paths = [alias.name.split(".") for alias in node.names]
            found |= {path[1] for path in paths if path[0] == "course" and len(path) > 1}
    return found


def _files(room: str) -> list[Path]:
    return sorted((COURSE / room).rglob("*.py")) if (COURSE / room).is_dir() else [COURSE / f"{room}.py"]


def test_every_part_of_the_package_has_its_place_in_the_order() -> None:
    parts = {p.stem for p in COURSE.iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    assert parts - {"__init__"} == {*ORDER, *SHARED, *ABOVE}


@pytest.mark.parametrize("room", ORDER)
def test_a_room_imports_only_from_rooms_below_it(room: str) -> None:
    allowed = {*ORDER[: ORDER.index(room) + 1], *SHARED} | (ABOVE if room == "cli" else set())
    wrong = {
        str(file.relative_to(COURSE)): above for file in _files(room) if (above := _imports(file) - allowed)
    }
    assert not wrong
