"""The interactive pieces lessons are made of.

    from course.explorers import weights_and_formula
    weights_and_formula()

Each function returns a piece ready to show. To make a new one, give `Explorer` its controls and a
`compute` that returns a `course.charts.Frame`; to ask for a prediction first, use `predict`.
"""

from course.explorers.asking import (
    bids_table,
    dogwood_arrives,
    joint_table,
    min_max_stretch,
    nested_weights,
    pairwise,
    predict_dogwood,
    predict_winners,
    price_premium,
    rank_reversal,
    swing,
    token_weight,
    weigh,
    weights_and_formula,
    what_a_notch_is_worth,
)
from course.explorers.case import NamedCase, named_case
from course.explorers.controls import Choice, Number, Toggle
from course.explorers.widgets import Explorer, Predict, every_state, predict

__all__ = [
    "Choice",
    "Explorer",
    "NamedCase",
    "Number",
    "Predict",
    "Toggle",
    "bids_table",
    "dogwood_arrives",
    "every_state",
    "joint_table",
    "min_max_stretch",
    "named_case",
    "nested_weights",
    "pairwise",
    "predict",
    "predict_dogwood",
    "predict_winners",
    "price_premium",
    "rank_reversal",
    "swing",
    "token_weight",
    "weigh",
    "weights_and_formula",
    "what_a_notch_is_worth",
]
