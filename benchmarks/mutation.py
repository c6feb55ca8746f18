"""Mutation runs of the arithmetic rooms: the code is changed one step at a time; do the room's tests notice?

    pip install mutmut==3.8.1                                in the environment that runs the tests
    python benchmarks/mutation.py                            every mutant of the five rooms: hours
    python benchmarks/mutation.py weighting                  one room
    python benchmarks/mutation.py --sample 300 --seed 2026   a random 300 of each room's mutants
    python benchmarks/mutation.py weighting --show           also what each living mutant changed

Each room is mutated in a copy in a temporary folder and judged by its own tests alone, stopped at the first
failure. hypothesis tries the same examples each time. A mutant that no test runs counts as alive. One that
loops until it is stopped is told apart, and does not count as alive: its tests could not pass. mutmut changes
the bodies of functions; it leaves alone constants of modules and functions that carry a decorator.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ["policy", "weighting", "measuring", "place", "moderation"]
SETTINGS = """\
[mutmut]
source_paths = course
only_mutate = course/{room}/*
also_copy = datasets
pytest_add_cli_args_test_selection = tests/{room}
pytest_add_cli_args =
    -p
    no:cacheprovider
    --hypothesis-profile=mutation
use_git_change_detection = false
"""
# What mutmut writes down for each mutant: pytest's exit code, or a number of its own.
FOUND = {0: "survived", 1: "killed", 3: "killed", 5: "no test", 33: "no test"}
FOUND |= dict.fromkeys([36, 24, -24, 152, 255], "looped")
COLUMNS = ["killed", "looped", "survived", "no test"]


def mutate(room: str, folder: Path, sample: int | None, seed: int, workers: int) -> dict[str, str]:
    """Run a room's mutants in a copy in `folder`; give what became of each, by its name."""
    for part in ["course", "tests", "datasets"]:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "setup.cfg").write_text(SETTINGS.format(room=room))
    chosen: list[str] = []
    if sample:
        # A name that matches nothing makes mutmut write all its mutants, and run none.
        mutmut(folder, "run", "none of them", may_fail=True)
        every = sorted(recorded(folder))
        chosen = random.Random(seed).sample(every, min(sample, len(every)))
    mutmut(folder, "run", "--max-children", str(workers), *chosen)
    codes = recorded(folder)
    return {name: FOUND.get(codes[name], f"exit {codes[name]}") for name in chosen or sorted(codes)}


def mutmut(folder: Path, *command: str, may_fail: bool = False) -> str:
    """Run mutmut in the copy, with the tests' own Python; give what it printed."""
    begin = "import sys; from mutmut.__main__ import cli; sys.argv[0] = 'mutmut'; cli()"
    done = subprocess.run(
        [sys.executable, "-c", begin, *command], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode and not may_fail:
        sys.exit(f"mutmut {command[0]} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


def recorded(folder: Path) -> dict[str, int | None]:
    """Give the exit code of each mutant in the copy."""
    codes: dict[str, int | None] = {}
    for file in (folder / "mutants" / "course").rglob("*.meta"):
        codes |= json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    return codes


def row(name: str, counts: Counter[str]) -> str:
    """Write one line of the table."""
    alive = counts["survived"] + counts["no test"]
    cells = [counts.total(), *(counts[column] for column in COLUMNS), f"{alive / counts.total():.1%}"]
    return f"| {name} | " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    """Read the command line, run, and print the table."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("rooms", nargs="*", metavar="room", help=f"any of {', '.join(ROOMS)}; else all")
    reader.add_argument("--sample", type=int, metavar="N", help="only N mutants of each room, at random")
    reader.add_argument("--seed", type=int, default=2026, help="which sample")
    reader.add_argument("--workers", type=int, default=os.cpu_count(), help="how many at once")
    reader.add_argument("--show", action="store_true", help="print what each living mutant changed")
    asked = reader.parse_args()
    if unknown := set(asked.rooms) - set(ROOMS):
        reader.error(f"no arithmetic room is named {', '.join(sorted(unknown))}")
    if find_spec("mutmut") is None:
        reader.error("mutmut is not installed here: pip install mutmut==3.8.1")
    print("| Room | Mutants | Killed | Looped | Survived | No test | Alive |\n|---|---|---|---|---|---|---|")
    whole: Counter[str] = Counter()
    unlike: list[str] = []
    for room in asked.rooms or ROOMS:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            found = mutate(room, folder, asked.sample, asked.seed, asked.workers)
            counts = Counter(found.values())
            whole += counts
            unlike += [f"{name}: {what}" for name, what in found.items() if what not in COLUMNS]
            print(row(room, counts), flush=True)
            if asked.show:
                living = [name for name, what in found.items() if what in ("survived", "no test")]
                print(*(mutmut(folder, "show", name) for name in living), sep="\n", flush=True)
    print(row("all", whole))
    if unlike:
        sys.exit("Neither killed nor alive:\n" + "\n".join(unlike))


if __name__ == "__main__":
    main()
