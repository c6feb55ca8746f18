"""What a warm parent does once, so that no fork pays for it: libraries build much at their first use."""

import io
import sys
from collections.abc import Callable
from typing import Any

from IPython.core.ultratb import AutoFormattedTB


def run() -> None:
    """Draw a chart and handle a table, with those libraries that are loaded; nothing is kept."""
    pandas, altair = sys.modules.get("pandas"), sys.modules.get("altair")
    if pandas is None:
        return
    table = pandas.read_csv(io.StringIO("area,value\nNorth,1\nSouth,2\n"))
    table.describe()._repr_html_()
    by_area = table.groupby("area").value.sum()
    repr(table.merge(by_area.reset_index(), on="area").sort_values("value_x"))
    if altair is not None:
        chart = altair.Chart(table).mark_bar().encode(x="area", y="sum(value)", tooltip=["area"])
        chart._repr_mimebundle_()
    # The first traceback through a file parses it whole: the slips that learners make most often.
    for slip in (
        lambda: table["place"],
        lambda: table.groupby("place").value.sum(),
        lambda: bool(table),
        lambda: table.join(table),
    ):
        _draw(slip)


def _draw(slip: Callable[[], Any]) -> None:
    try:
        slip()
    except Exception:  # whatever it is, it is drawn
        AutoFormattedTB(mode="Context", theme_name="linux").structured_traceback(*sys.exc_info())
