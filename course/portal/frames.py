"""An explorer's frames worked out beforehand, so that its controls move a chart with no kernel behind them.

A frame is nested lists and objects of figures and sentences. Each leaf of it is kept as one column: its
distinct values, and for each state of the controls which of them holds. A leaf that some control never
changes is kept without that control, which makes the whole small.
"""

import base64
import itertools
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import isfinite, prod
from typing import Any

import numpy as np

from course.explorers.controls import Control, Number
from course.explorers.widgets import Explorer

Path = tuple[str | int, ...]  # where a leaf stands in its frame

MOST_STATES = 1500  # above this, sliders take larger steps
FEWEST_VALUES = 5  # of a slider: fewer, and it is no slider
MOST_AT_FEWEST = 3200  # above this, one control moves at a time
# Explorers of many choices whose frames cost little: all of them are worked out.
WHOLE = ("Build a ten-line answer", "Write, swap, score", "Search the exemplar library")
DIGITS = 9  # significant: more than any chart or table shows

WORDS = {
    "whole": "",
    "steps": "On this page the sliders move in larger steps. In the running academy they move freely.",
    "single": (
        "On this page one control moves at a time: when you move a second, the first goes back. "
        "In the running academy they move together."
    ),
    "still": (
        "On this page this is a still picture: it has too many choices to work out beforehand. "
        "In the running academy you can play it."
    ),
}


def plan(explorer: Explorer) -> tuple[str, list[Control]]:
    """Choose how much of an explorer is worked out beforehand.

    Returns
    -------
    (str, list of Control)
        A key of `WORDS`, and the controls as the page is to show them: "whole", every state; "steps",
        sliders with larger steps; "single", one control away from its start at a time; "still", none.
    """
    full = list(explorer.controls)
    if explorer.title in WHOLE:
        return "whole", full
    factors = [1] * len(full)
    controls = list(full)
    while _count(controls) > MOST_STATES:
        can = [at for at in range(len(full)) if _next_factor(full[at], factors[at])]
        if not can:
            break
        at = max(can, key=lambda i: len(controls[i].states()))
        factors[at] = _next_factor(full[at], factors[at])
        controls[at] = _coarser(full[at], factors[at])
    if _count(controls) <= MOST_AT_FEWEST:
        return ("whole" if controls == full else "steps"), controls
    return ("still", []) if explorer.spec["steps"] else ("single", full)


def _count(controls: Iterable[Control]) -> int:
    return prod(len(control.states()) for control in controls)


def _next_factor(control: Control, factor: int) -> int:
    """Return how many steps to take at once, if more than `factor` can be; else 0.

    Steps that keep the start and both ends are taken before others.
    """
    if not isinstance(control, Number):
        return 0
    start, last = _place(control), len(control.states()) - 1
    possible = [f for f in range(factor + 1, last + 1) if (last - start % f) // f + 1 >= FEWEST_VALUES]
    even = [f for f in possible if start % f == 0 and last % f == 0]
    return (even or possible or [0])[0]


def _place(control: Number) -> int:
    return round((control.value - control.low) / control.step)


def _coarser(control: Control, factor: int) -> Number:
    assert isinstance(control, Number)
    kept = control.states()[_place(control) % factor :: factor]
    return replace(control, low=kept[0], high=kept[-1], step=round(control.step * factor, 6))


def frames(explorer: Explorer, how: str, controls: list[Control]) -> list[dict[str, Any]]:
    """Work the frames out and return them as grids of columns.

    Returns
    -------
    list of dict
        One grid of all controls; where `how` is "single", one a control, the others at their starts.
        `sizes`: states by control. `columns`: [path, control numbers, index of its codes, values] each.
        `codes`: for each combination of those controls' states, in order, the index of the value.
    """
    if how == "still":
        return []
    start = {control.key: control.value for control in explorer.controls}
    groups = [[control] for control in controls] if how == "single" else [controls]
    return [_grid(_leaves(explorer, start, group), group) for group in groups]


def _leaves(explorer: Explorer, start: dict[str, Any], group: list[Control]) -> Iterator[dict[Path, Any]]:
    explorer._frame(start)  # a refused state shows the last picture; let the first be the start's
    for state in itertools.product(*(control.states() for control in group)):
        values = start | {control.key: value for control, value in zip(group, state, strict=True)}
        yield dict(_flat(explorer._frame(values), ()))


def _flat(part: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    inside = (
        part.items()
        if isinstance(part, dict)
        else enumerate(part)
        if isinstance(part, list | tuple)
        else None
    )
    if inside is None:
        yield path, _plain(part)
        return
    if not part:
        yield path, ("{}" if isinstance(part, dict) else "[]",)
    for name, below in inside:
        yield from _flat(below, (*path, name))


def clean(part: Any) -> Any:
    """Return a frame as JSON can carry it: figures rounded, and none that are no numbers."""
    if isinstance(part, dict):
        return {name: clean(below) for name, below in part.items()}
    if isinstance(part, list | tuple):
        return [clean(below) for below in part]
    return _plain(part)


def _plain(leaf: Any) -> Any:
    leaf = leaf.item() if isinstance(leaf, np.generic) else leaf
    if isinstance(leaf, float):
        return float(f"{leaf:.{DIGITS}g}") if isfinite(leaf) else None  # Vega leaves out what has no value
    return leaf


def _grid(states: Iterable[dict[Path, Any]], group: list[Control]) -> dict[str, Any]:
    sizes = [len(control.states()) for control in group]
    total = prod(sizes)
    codes: dict[Path, np.ndarray] = {}
    values: dict[Path, dict[Any, int]] = {}
    for at, leaves in enumerate(states):
        for path, leaf in leaves.items():
            if path not in codes:
                codes[path], values[path] = np.full(total, -1, dtype=np.int32), {}
            known = values[path]
            codes[path][at] = known.setdefault((type(leaf).__name__, leaf), len(known))
    kept: dict[tuple[int, ...], int] = {}
    columns = []
    for path, column in codes.items():
        axes, small = _without_idle(column.reshape(sizes))
        place = kept.setdefault(tuple(small.ravel().tolist()), len(kept))
        said = [json.loads(leaf[0]) if isinstance(leaf, tuple) else leaf for _, leaf in values[path]]
        columns.append([list(path), axes, place, said])
    return {"sizes": sizes, "columns": columns, "codes": [list(code) for code in kept]}


def _without_idle(column: np.ndarray) -> tuple[list[int], np.ndarray]:
    """Drop the axes along which nothing changes; return the numbers of those that stay."""
    axes = []
    for axis in range(column.ndim):
        first = np.take(column, [0], axis=axis)
        if (column == first).all():
            column = first
        else:
            axes.append(axis)
    return axes, column


def pack(made: Any) -> str:
    """Return JSON, compressed and as base64: small, and not read by accident."""
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(squeezed.compress(text.encode()) + squeezed.flush()).decode()
