"""Dated rules of social value: which law, model and minimum weight binds which buyer, and when.

Not legal advice: each row names its source and says whether to check it before relying on it.
"""

from course.policy.money import estimate, pounds, say_pounds
from course.policy.rules import (
    PURCHASES,
    ROUTES,
    STRENGTHS,
    ModelAnswer,
    duties,
    main_purchase,
    social_value_model,
    threshold,
)
from course.policy.tables import (
    WARNING,
    as_of,
    banner,
    buyers,
    fact,
    facts,
    models,
    outcomes,
    read_date,
    say_date,
    stale,
    thresholds,
)

__all__ = [
    "PURCHASES",
    "ROUTES",
    "STRENGTHS",
    "WARNING",
    "ModelAnswer",
    "as_of",
    "banner",
    "buyers",
    "duties",
    "estimate",
    "fact",
    "facts",
    "main_purchase",
    "models",
    "outcomes",
    "pounds",
    "read_date",
    "say_date",
    "say_pounds",
    "social_value_model",
    "stale",
    "threshold",
    "thresholds",
]
