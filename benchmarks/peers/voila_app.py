"""Voila: the one code cell of the notebook that `benchmarks/serving.py` writes from this file."""

import altair as alt
import award
import ipywidgets as w
from IPython.display import display

alt.JupyterChart.enable_offline()
weight = w.FloatSlider(description="Weight", min=0, max=award.MOST, step=0.5, value=10)
formula = w.RadioButtons(description="Formula", options=award.FORMULAS)
split = w.Dropdown(description="Shared", options=award.SPLITS)
chart = alt.JupyterChart(award.chart(10.0, award.FORMULAS[0], award.SPLITS[0]))
said = w.Label(award.sentence(10.0, award.FORMULAS[0], award.SPLITS[0]))


def move(_):
    """Draw anew."""
    now = weight.value, formula.value, split.value
    chart.chart = award.chart(*now)
    said.value = award.sentence(*now)


for control in (weight, formula, split):
    control.observe(move, "value")
display(w.VBox([weight, formula, split, chart, said]))
