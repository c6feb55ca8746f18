"""Price formulas, weighted scores, finding weights, and what flips an award.

Bids are a DataFrame with the columns `bidder`, `price` (£ ex VAT), `quality` and `social_value` (points of
100). Weights are points of 100 by criterion: {'price': 40, 'quality': 50, 'social_value': 10}.
"""

from course.weighting.eliciting import Ahp, ahp, pairwise_matrix, pooled_priorities, swing_weights
from course.weighting.evaluating import (
    award,
    effective_weight,
    evaluate,
    nested_weights,
    non_price_scores,
    reweigh,
    weighted_points,
)
from course.weighting.flips import (
    NotchCost,
    break_even_social_value_weight,
    notch_cost,
    price_premium,
    rank_reversals,
    tipping_weight,
)
from course.weighting.formulas import FORMULAS, Formula, price_scores, relative_points, stretch

__all__ = [
    "FORMULAS",
    "Ahp",
    "Formula",
    "NotchCost",
    "ahp",
    "award",
    "break_even_social_value_weight",
    "effective_weight",
    "evaluate",
    "nested_weights",
    "non_price_scores",
    "notch_cost",
    "pairwise_matrix",
    "pooled_priorities",
    "price_premium",
    "price_scores",
    "rank_reversals",
    "relative_points",
    "reweigh",
    "stretch",
    "swing_weights",
    "tipping_weight",
    "weighted_points",
]
