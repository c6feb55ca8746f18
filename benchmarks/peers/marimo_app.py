"""Marimo: `marimo run marimo_app.py`."""

import marimo

app = marimo.App()


@app.cell
def _():
    import award
    import marimo as mo

    return award, mo


@app.cell
def _(award, mo):
    weight = mo.ui.slider(0, award.MOST, 0.5, value=10, label="Social value weight")
    formula = mo.ui.radio(award.FORMULAS, value=award.FORMULAS[0], label="Formula")
    split = mo.ui.dropdown(award.SPLITS, value=award.SPLITS[0], label="How the rest is shared")
    mo.vstack([weight, formula, split])
    return formula, split, weight


@app.cell
def _(award, formula, mo, split, weight):
    mo.vstack(
        [
            award.chart(weight.value, formula.value, split.value),
            mo.md(award.sentence(weight.value, formula.value, split.value)),
        ]
    )


if __name__ == "__main__":
    app.run()
