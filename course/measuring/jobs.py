"""Jobs said so that they can be compared: posts, full-time equivalents, job-years; pounds and shares."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from course.measuring.checks import above_zero, amount, columns


@dataclass(frozen=True)
class JobClaim:
    """One claim about jobs in each of the units people use."""

    jobs: float
    fte: float
    job_years: float
    sentence: str


def fte(hours_a_week: float, full_time_hours: float) -> float:
    """Give full-time equivalents: weekly hours over the hours of a full-time week."""
    return amount(hours_a_week, "weekly hours") / above_zero(full_time_hours, "hours of a full-time week")


def job_claim(jobs: float, years: float, fte_each: float = 1.0) -> JobClaim:
    """Say a number of jobs as jobs, as FTE and as job-years.

    Parameters
    ----------
    jobs : float
        Posts, each held for `years`.
    years : float
        Years each post lasts.
    fte_each : float
        Full-time equivalent of one post.

    Returns
    -------
    JobClaim
        Three years of one full-time job is 1 job, 1 FTE and 3 job-years.
    """
    posts = amount(jobs, "number of jobs")
    equivalent = posts * above_zero(fte_each, "full-time equivalent of a job")
    job_years = equivalent * above_zero(years, "number of years")
    said = f"{_count(posts, 'job')}, {equivalent:g} full-time equivalent, {_count(job_years, 'job-year')}."
    return JobClaim(posts, equivalent, job_years, said)


def proportional(offers: pd.DataFrame) -> pd.DataFrame:
    """Set what each bidder offers beside the size of its contract.

    Parameters
    ----------
    offers : DataFrame
        Columns bidder, offer_gbp, contract_gbp (pounds on one VAT footing).

    Returns
    -------
    DataFrame
        As given, with share_pct (points of 100), rank_by_amount and rank_by_share (1 is most).
    """
    columns(offers, ["bidder", "offer_gbp", "contract_gbp"], "offers")
    offered = offers["offer_gbp"].map(lambda each: amount(each, "offer"))
    contract = offers["contract_gbp"].map(lambda each: above_zero(each, "contract value"))
    share_pct = 100 * offered / contract
    return offers.assign(
        share_pct=share_pct,
        rank_by_amount=offered.rank(ascending=False, method="min").astype(int),
        rank_by_share=share_pct.rank(ascending=False, method="min").astype(int),
    )


def _count(how_many: float, noun: str) -> str:
    return f"{how_many:g} {noun}" if how_many == 1 else f"{how_many:g} {noun}s"
