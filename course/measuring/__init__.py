"""Measuring social value: what a contract adds, what it is worth, and how far to trust the figure.

Shares run from 0 to 1. Money is in pounds of one price year. Every function is pure.
"""

from course.measuring.additionality import (
    additional_posts,
    additionality_steps,
    net_additional,
    net_against_reference,
    net_by_subtracting,
    net_change,
)
from course.measuring.burden import bid_cost, cost_per_win, joint_tender_saving, share_of_margin
from course.measuring.counting import CountedOnce, count_once, double_counts
from course.measuring.discounting import discount_factor, discount_schedule, present_value
from course.measuring.evidence import evidence_designs, evidence_levels, evidence_of
from course.measuring.jobs import JobClaim, fte, job_claim, proportional
from course.measuring.promises import chance_of_keeping, chances, places_needed, promise_cost, safe_promise
from course.measuring.reference import appraisal_values
from course.measuring.scorecard import (
    DEFAULT_BANDS,
    FAILED,
    RATINGS,
    KpiSummary,
    kpi_summary,
    progress,
    rate,
    scorecard,
)
from course.measuring.sroi import (
    COACHING,
    Case,
    Sroi,
    break_even,
    one_at_a_time,
    sroi,
    tornado,
    without_adjustments,
)
from course.measuring.unitcosts import (
    ATTRIBUTION,
    StaffTime,
    fiscal_saving,
    in_prices_of,
    inflate,
    price_items,
    public_value,
    staff_time,
    unit_costs,
    with_values,
)
from course.measuring.wellbeing import WellbyValue, wellby_value, wellbys

__all__ = [
    "ATTRIBUTION",
    "COACHING",
    "DEFAULT_BANDS",
    "FAILED",
    "RATINGS",
    "Case",
    "CountedOnce",
    "JobClaim",
    "KpiSummary",
    "Sroi",
    "StaffTime",
    "WellbyValue",
    "additional_posts",
    "additionality_steps",
    "appraisal_values",
    "bid_cost",
    "break_even",
    "chance_of_keeping",
    "chances",
    "cost_per_win",
    "count_once",
    "discount_factor",
    "discount_schedule",
    "double_counts",
    "evidence_designs",
    "evidence_levels",
    "evidence_of",
    "fiscal_saving",
    "fte",
    "in_prices_of",
    "inflate",
    "job_claim",
    "joint_tender_saving",
    "kpi_summary",
    "net_additional",
    "net_against_reference",
    "net_by_subtracting",
    "net_change",
    "one_at_a_time",
    "places_needed",
    "present_value",
    "price_items",
    "progress",
    "promise_cost",
    "proportional",
    "public_value",
    "rate",
    "safe_promise",
    "scorecard",
    "share_of_margin",
    "sroi",
    "staff_time",
    "tornado",
    "unit_costs",
    "wellby_value",
    "wellbys",
    "with_values",
    "without_adjustments",
]
