"""Charts: one look, specifications built once, and what a chart shows now.

A chart is drawn from a Vega-Lite specification with named data sets, so that it is built once and then
moved by new rows alone. Build with Altair (`course.charts.figures`), read with `spec`, which needs no
Altair: the built specifications are kept as JSON beside this file. After a change to a figure run
`python -m course.charts`.
"""

from course.charts.frames import Frame, Table
from course.charts.specs import chart_svg, spec, spec_names
from course.charts.theme import BIDDERS, SIDES, colour, money, percent, points, spread

__all__ = [
    "BIDDERS",
    "SIDES",
    "Frame",
    "Table",
    "chart_svg",
    "colour",
    "money",
    "percent",
    "points",
    "spec",
    "spec_names",
    "spread",
]
