"""Panel: `panel serve panel_app.py`."""

import award
import panel as pn

pn.extension("vega")
weight = pn.widgets.FloatSlider(name="Social value weight", start=0, end=award.MOST, step=0.5, value=10)
formula = pn.widgets.RadioBoxGroup(name="Formula", options=award.FORMULAS)
split = pn.widgets.Select(name="How the rest is shared", options=award.SPLITS)
pn.Column(
    weight,
    formula,
    split,
    pn.pane.Vega(pn.bind(award.chart, weight, formula, split)),
    pn.bind(award.sentence, weight, formula, split),
).servable()
