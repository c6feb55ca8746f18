"""Agreement between evaluators, faults in their notes, and promise against delivery.

Scores are a DataFrame: bids as rows, evaluators as columns. KPIs are rated in `course.measuring`.
"""

from course.moderation.agreement import (
    Icc,
    apply_consensus,
    icc,
    krippendorff_alpha,
    moderate_first,
    read_alpha,
    spread,
    what_consensus_changed,
)
from course.moderation.delivery import expected_points, promise_against_delivery
from course.moderation.marks import points_per_mark
from course.moderation.notes import FAULTS, check_notes
from course.moderation.words import words_found

__all__ = [
    "FAULTS",
    "Icc",
    "apply_consensus",
    "check_notes",
    "expected_points",
    "icc",
    "krippendorff_alpha",
    "moderate_first",
    "points_per_mark",
    "promise_against_delivery",
    "read_alpha",
    "spread",
    "what_consensus_changed",
    "words_found",
]
