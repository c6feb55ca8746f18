"""Rating what was delivered: KPIs as a contract performance notice names them, and net-change scorecards.

The five ratings are those of the contract performance notice (Procurement Act 2023, section 71; Procurement
Regulations 2024). The law sets no percentages for them, so each contract sets its own bands. The bands here
are the course's own: those that Calderbrook's contracts state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from course.errors import InputError
from course.measuring.additionality import net_change
from course.measuring.checks import columns, number

GOOD, APPROACHING = "Good", "Approaching target"
NEEDS_IMPROVEMENT, INADEQUATE, OTHER = "Requires improvement", "Inadequate", "Other"
RATINGS = (GOOD, APPROACHING, NEEDS_IMPROVEMENT, INADEQUATE, OTHER)
FAILED = (NEEDS_IMPROVEMENT, INADEQUATE)
DEFAULT_BANDS: Mapping[str, float] = {GOOD: 0.95, APPROACHING: 0.8, NEEDS_IMPROVEMENT: 0.5}
"""Least share of the target (of 1) for each rating; anything less is Inadequate. Set by us, not by law."""

_SCORECARD = [
    "indicator",
    "unit",
    "baseline",
    "target",
    "comparator_baseline",
    "source",
    "owner",
    "frequency",
]


def progress(actual: float, target: float, baseline: float = 0.0) -> float:
    """Give the share of the way from baseline to target that was covered: 1 is the target, 0 no change.

    A target below the baseline, such as less waste, works the same way. Not capped, and negative when
    things moved the wrong way.
    """
    start, goal = number(baseline, "baseline"), number(target, "target")
    if goal == start:
        raise InputError(
            f"The target is the same as the baseline, {goal:g}. Set a target that asks for change."
        )
    return (number(actual, "actual figure") - start) / (goal - start)


def rate(
    actual: float | None,
    target: float,
    bands: Mapping[str, float] = DEFAULT_BANDS,
    baseline: float = 0.0,
) -> str:
    """Rate one KPI in the words of the contract performance notice.

    Parameters
    ----------
    actual, target : float
        In one unit. An actual that is None or missing is rated "Other": not yet measured.
    bands : mapping
        The least share of the target for Good, Approaching target and Requires improvement, falling in
        that order; anything less is Inadequate.
    baseline : float
        Where things stood; the share is counted from here.

    Returns
    -------
    str
        One of `RATINGS`.

    Raises
    ------
    InputError
        If the bands are not those three in falling order, or the target asks for no change.
    """
    _check_bands(bands)
    if actual is None or pd.isna(actual):
        return OTHER
    reached = progress(actual, target, baseline)
    for name in (GOOD, APPROACHING, NEEDS_IMPROVEMENT):
        # a hair of tolerance, so that 0.85 of a target that binary cannot hold still reaches its band
        if reached >= bands[name] - 1e-9:
            return name
    return INADEQUATE


@dataclass(frozen=True)
class KpiSummary:
    """A capped mean that never travels without the KPIs it hides.

    Attributes
    ----------
    capped_mean_pct : float or None
        Mean of the KPIs measured, each capped at 100; None when none was measured.
    failed : DataFrame
        KPIs rated Requires improvement or Inadequate, worst first; columns as `table`.
    table : DataFrame
        Columns kpi, actual, target, baseline, reached_pct (not capped), capped_pct, rating.
    sentence : str
        Both together, in words.
    """

    capped_mean_pct: float | None
    failed: pd.DataFrame
    table: pd.DataFrame
    sentence: str


def kpi_summary(kpis: pd.DataFrame, bands: Mapping[str, float] = DEFAULT_BANDS) -> KpiSummary:
    """Rate every KPI, and give the capped mean with each failed KPI named beside it.

    Parameters
    ----------
    kpis : DataFrame
        Columns kpi, actual (may be missing), target; baseline if it is not 0.
    bands : mapping
        As in `rate`.

    Raises
    ------
    InputError
        If a column is missing, a KPI comes twice, or as in `rate`.
    """
    columns(kpis, ["kpi", "target"], "KPI")
    if kpis["kpi"].duplicated().any():
        twice = kpis.loc[kpis["kpi"].duplicated(), "kpi"].iloc[0]
        raise InputError(f"The KPI {twice!r} comes twice. Keep one row for each KPI.")
    if "actual" not in kpis:
        raise InputError("The KPI table has no column actual. Add it and try again.")
    frame = kpis.assign(baseline=kpis.get("baseline", 0.0))
    frame = frame[["kpi", "actual", "target", "baseline"]].reset_index(drop=True)
    triples = list(zip(frame["actual"], frame["target"], frame["baseline"], strict=True))
    reached = [None if pd.isna(a) else 100 * progress(a, t, b) for a, t, b in triples]
    frame["reached_pct"] = pd.Series(reached, dtype=float)
    frame["capped_pct"] = frame["reached_pct"].clip(0, 100)
    frame["rating"] = [rate(a, t, bands, b) for a, t, b in triples]
    failed = frame[frame["rating"].isin(FAILED)].sort_values("reached_pct", kind="stable", ignore_index=True)
    measured = frame["capped_pct"].notna()
    mean = float(frame["capped_pct"].mean()) if measured.any() else None
    return KpiSummary(mean, failed, frame, _say_kpis(mean, failed, int((~measured).sum()), len(frame)))


def scorecard(indicators: pd.DataFrame, bands: Mapping[str, float] = DEFAULT_BANDS) -> pd.DataFrame:
    """Set each indicator's change against its target and against a comparator.

    Parameters
    ----------
    indicators : DataFrame
        Columns indicator, unit, baseline, target, actual (may be missing), comparator_baseline,
        comparator_actual (may be missing), source, owner, frequency. All figures of a row in its unit.

    Returns
    -------
    DataFrame
        As given, with change, comparator_change, net_change (unit of the row), reached_pct (of the way
        from baseline to target), net_reached_pct (the same for net change) and rating. The rating is of
        the target; net change says how much of it the contract can claim. There is no average row.

    Raises
    ------
    InputError
        If a column is missing or a needed cell empty: an indicator with no source, owner or frequency
        cannot be followed up.
    """
    columns(indicators, _SCORECARD, "scorecard")
    for column in ("actual", "comparator_actual"):
        if column not in indicators:
            raise InputError(f"The scorecard table has no column {column}. Add it and try again.")
    rows = [_score(row, bands) for row in indicators.to_dict("records")]
    return indicators.reset_index(drop=True).join(pd.DataFrame(rows))


def _score(row: Mapping[Any, Any], bands: Mapping[str, float]) -> dict[str, Any]:
    start, goal, now = row["baseline"], row["target"], row["actual"]
    there, there_now = row["comparator_baseline"], row["comparator_actual"]
    ours = net = theirs = reached = net_reached = float("nan")
    if not pd.isna(now):
        reached = 100 * progress(now, goal, start)
        ours = now - start
    if not pd.isna(there_now):
        theirs = number(there_now, "comparator after") - number(there, "comparator before")
    if not pd.isna(now) and not pd.isna(there_now):
        net = net_change(start, now, there, there_now)
        net_reached = 100 * net / (goal - start)
    return {
        "change": ours,
        "comparator_change": theirs,
        "net_change": net,
        "reached_pct": reached,
        "net_reached_pct": net_reached,
        "rating": rate(now, goal, bands, start),
    }


def _check_bands(bands: Mapping[str, float]) -> None:
    if set(bands) != set(DEFAULT_BANDS):
        raise InputError("The bands need a share for Good, Approaching target and Requires improvement.")
    if not 0 < bands[NEEDS_IMPROVEMENT] < bands[APPROACHING] < bands[GOOD] <= 1:
        raise InputError(
            "The bands must be shares from 0 to 1 that fall from Good to Requires improvement. "
            "For 85% give 0.85."
        )


def _say_kpis(mean: float | None, failed: pd.DataFrame, unmeasured: int, total: int) -> str:
    if mean is None:
        return f"None of the {total} KPIs has been measured yet."
    parts = [f"The capped mean is {mean:.1f}%."]
    if len(failed):
        each = zip(failed["kpi"], failed["reached_pct"], failed["rating"], strict=True)
        named = "; ".join(f"{kpi} at {reached:.1f}% ({rating})" for kpi, reached, rating in each)
        parts.append(f"It hides {len(failed)} of {total} KPIs that failed: {named}.")
    else:
        parts.append(f"None of the {total} KPIs failed." if not unmeasured else "No measured KPI failed.")
    if unmeasured:
        parts.append(f"Not yet measured: {unmeasured}.")
    return " ".join(parts)
