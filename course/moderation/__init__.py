"""Agreement between evaluators, faults in their notes, and promise against delivery."""

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
from course.moderation.delivery import (
    BANDS,
    KpiSummary,
    delivered_share,
    expected_points,
    kpi_report,
    promise_against_delivery,
    rate,
    summarise_kpis,
)
from course.moderation.marks import points_per_mark
from course.moderation.notes import FAULTS, check_notes
from course.moderation.words import words_found

__all__ = [
    "BANDS",
    "FAULTS",
    "Icc",
    "KpiSummary",
    "apply_consensus",
    "check_notes",
    "delivered_share",
    "expected_points",
    "icc",
    "kpi_report",
    "krippendorff_alpha",
    "moderate_first",
    "points_per_mark",
    "promise_against_delivery",
    "rate",
    "read_alpha",
    "spread",
    "summarise_kpis",
    "what_consensus_changed",
    "words_found",
]
