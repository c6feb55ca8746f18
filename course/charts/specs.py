"""The built specifications: read from JSON, written by Altair, drawn as SVG."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from course.errors import InputError

FOLDER = Path(__file__).parent / "specs"
VEGA_LITE = "6.4"


def spec_names() -> list[str]:
    """Return the names of the charts there are."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def _text(name: str) -> str:
    try:
        return (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"There is no chart “{name}”. There are: {', '.join(spec_names())}.") from None


def spec(name: str) -> dict[str, Any]:
    """Return a chart's Vega-Lite specification, without importing Altair.

    Raises
    ------
    InputError
        If there is no such chart.
    """
    return json.loads(_text(name))


def build() -> dict[str, str]:
    """Build every chart with Altair: name to the JSON that is kept in `specs`."""
    from course.charts import figures

    for module in sorted(path.stem for path in Path(__file__).parent.glob("figures_*.py")):
        import_module(f"course.charts.{module}")
    return {
        name: json.dumps(figures.plain(make()), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        for name, make in figures.FIGURES.items()
    }


def write() -> list[str]:
    """Write the built specifications; return the names of those that changed or went."""
    built = build()
    changed = [name for name in spec_names() if name not in built]
    for name in changed:
        (FOLDER / f"{name}.json").unlink()
    for name, text in built.items():
        path = FOLDER / f"{name}.json"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    _text.cache_clear()
    return changed


def chart_svg(
    specification: Mapping[str, Any], data: Mapping[str, Sequence[Mapping[str, Any]]], width: int = 640
) -> str:
    """Draw a chart as SVG text, for print and for pages without scripts.

    Parameters
    ----------
    specification : mapping
        From `spec`.
    data : mapping
        Rows by the name of the data set.
    width : int
        Pixels, where the specification leaves the width to the page.
    """
    import vl_convert  # slow, and never to be loaded before a fork

    full = {**specification, "datasets": {name: list(rows) for name, rows in data.items()}}
    if full.get("width") == "container":
        full |= {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    full["config"] = {"background": "white", "view": {"stroke": None}, "font": "sans-serif"}
    # Outside a page there are no CSS variables: keep the colour behind each.
    text = re.sub(r"var\(--sva-[\w-]+, (#[0-9a-f]{6})\)", r"\1", json.dumps(full))
    return vl_convert.vegalite_to_svg(text, vl_version=VEGA_LITE)
