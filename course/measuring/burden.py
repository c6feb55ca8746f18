"""What bidding costs a provider, and what buyers save everyone when they ask together."""

from __future__ import annotations

from course.errors import InputError
from course.measuring.checks import above_zero, amount, whole


def bid_cost(hours: float, hourly_gbp: float) -> float:
    """Give the cost of one bid in pounds: hours times the cost of an hour."""
    return amount(hours, "number of hours") * amount(hourly_gbp, "cost of an hour")


def cost_per_win(hours: float, hourly_gbp: float, bids_per_win: float) -> float:
    """Give the cost in pounds of all the bids it takes to win one: 6 when one bid in six wins."""
    if above_zero(bids_per_win, "number of bids to win one") < 1:
        raise InputError(
            f"The number of bids to win one is {bids_per_win:g}. Give 1 or more: for 1 in 6, give 6."
        )
    return bid_cost(hours, hourly_gbp) * bids_per_win


def share_of_margin(cost_gbp: float, margin_gbp: float) -> float:
    """Give a cost as a share of the margin the contract earns; above 1 the bids cost more than it earns."""
    return amount(cost_gbp, "cost") / above_zero(margin_gbp, "margin")


def joint_tender_saving(
    tenders: int,
    bidders: int,
    hours: float,
    hourly_gbp: float,
    joint_hours: float | None = None,
) -> float:
    """Give the pounds all bidders save together when several buyers run one tender instead of one each.

    Parameters
    ----------
    tenders : int
        Tenders replaced by one.
    bidders : int
        Providers who would bid each time.
    hours, hourly_gbp : float
        Hours for one separate bid, and pounds an hour.
    joint_hours : float, optional
        Hours for the joint bid if it takes longer; as one separate bid when left out.

    Returns
    -------
    float
        Negative when the joint bid takes more time than the bids it replaces.
    """
    once = hours if joint_hours is None else joint_hours
    each = bid_cost(hours, hourly_gbp) * whole(tenders, "number of tenders") - bid_cost(once, hourly_gbp)
    return each * whole(bidders, "number of bidders")
