"""Solara: `solara run solara_app.py`."""

import altair as alt
import award
import solara

alt.JupyterChart.enable_offline()


@solara.component
def Page():
    """The app."""
    weight, set_weight = solara.use_state(10.0)
    formula, set_formula = solara.use_state(award.FORMULAS[0])
    split, set_split = solara.use_state(award.SPLITS[0])
    solara.SliderFloat("Social value weight", weight, 0.0, award.MOST, 0.5, on_value=set_weight)
    solara.ToggleButtonsSingle(formula, values=award.FORMULAS, on_value=set_formula)
    solara.Select("How the rest is shared", split, award.SPLITS, on_value=set_split)
    alt.JupyterChart.element(chart=award.chart(weight, formula, split))
    solara.Text(award.sentence(weight, formula, split))
