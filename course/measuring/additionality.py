"""What a contract adds: gross change, less what would have happened anyway or is lost elsewhere.

Formula: HCA Additionality Guide, 4th edition, 2014. Every share runs from 0 to 1.
"""

from __future__ import annotations

import pandas as pd

from course.errors import InputError
from course.measuring.checks import above_zero, amount, number, share, whole


def net_additional(
    gross: float,
    *,
    deadweight: float = 0.0,
    displacement: float = 0.0,
    leakage: float = 0.0,
    substitution: float = 0.0,
    multiplier: float = 1.0,
) -> float:
    """Give net additional change: gross times what is left after each share, times the multiplier.

    Parameters
    ----------
    gross : float
        Change counted before any adjustment, in any unit.
    deadweight : float
        Share that would have happened anyway.
    displacement : float
        Share that moves activity from elsewhere in the area.
    leakage : float
        Share that benefits people or places outside the target.
    substitution : float
        Share where one activity or person replaces another to gain the benefit.
    multiplier : float
        Further local effect; 1 means none.

    Returns
    -------
    float
        In the unit of `gross`.

    Raises
    ------
    InputError
        If `gross` is negative, a share lies outside 0 to 1, or the multiplier is not above zero.
    """
    kept = amount(gross, "gross change") * above_zero(multiplier, "multiplier")
    shares = {
        "deadweight": deadweight,
        "displacement": displacement,
        "leakage": leakage,
        "substitution": substitution,
    }
    for name, lost in shares.items():
        kept *= 1 - share(lost, name)
    return kept


def net_by_subtracting(gross: float, *shares: float, multiplier: float = 1.0) -> float:
    """Give the common WRONG answer, which subtracts the percentages from 1, to set beside the right one."""
    lost = sum(share(each, "share") for each in shares)
    return amount(gross, "gross change") * (1 - lost) * above_zero(multiplier, "multiplier")


def net_against_reference(
    gross: float,
    reference: float,
    *,
    displacement: float = 0.0,
    leakage: float = 0.0,
    substitution: float = 0.0,
    multiplier: float = 1.0,
    deadweight: float = 0.0,
) -> float:
    """Give net change against a reference case: what would have happened with no contract.

    Parameters
    ----------
    gross, reference : float
        Change with the contract, and without it, in the same unit.
    displacement, leakage, substitution, multiplier : float
        As in `net_additional`, applied to both.
    deadweight : float
        Must stay 0: the reference case already takes deadweight off.

    Returns
    -------
    float
        Negative when the contract does worse than the reference case.

    Raises
    ------
    InputError
        If deadweight is given too, or as in `net_additional`.
    """
    if share(deadweight, "deadweight"):
        raise InputError(
            "Deadweight is taken off twice: the reference case already counts what happens anyway. Give one."
        )
    amount(reference, "reference case")
    losses = {"displacement": displacement, "leakage": leakage, "substitution": substitution}
    with_contract = net_additional(gross, multiplier=multiplier, **losses)
    return with_contract - net_additional(reference, multiplier=multiplier, **losses)


def additionality_steps(
    gross: float,
    *,
    deadweight: float = 0.0,
    displacement: float = 0.0,
    leakage: float = 0.0,
    substitution: float = 0.0,
    multiplier: float = 1.0,
) -> pd.DataFrame:
    """Show the way from gross to net, one step a row.

    Returns
    -------
    DataFrame
        Columns step, factor (what the running figure is multiplied by), change and remaining (unit of
        `gross`). The last `remaining` equals `net_additional`.
    """
    steps = [("Gross change", 1.0)]
    for name, lost in (
        ("Deadweight", deadweight),
        ("Displacement", displacement),
        ("Leakage", leakage),
        ("Substitution", substitution),
    ):
        steps.append((name, 1 - share(lost, name.lower())))
    steps.append(("Multiplier", above_zero(multiplier, "multiplier")))
    frame = pd.DataFrame(steps, columns=["step", "factor"])
    frame["remaining"] = amount(gross, "gross change") * frame["factor"].cumprod()
    frame["change"] = frame["remaining"].diff().fillna(0.0)
    return frame[["step", "factor", "change", "remaining"]]


def net_change(before: float, after: float, comparator_before: float, comparator_after: float) -> float:
    """Give net change by difference in differences: our change less the change of a similar place or group.

    All four in one unit. It rests on both having moved alike if the contract had not been.
    """
    ours = number(after, "figure after") - number(before, "figure before")
    theirs = number(comparator_after, "comparator after") - number(comparator_before, "comparator before")
    return ours - theirs


def additional_posts(promised: int, already_employed: int) -> int:
    """Count the posts a promise adds: those promised less those already in post; never below zero.

    Staff who transfer with the contract, or are employed on it now, are the baseline.
    """
    before = whole(already_employed, "number already employed", least=0)
    return max(0, whole(promised, "number promised", least=0) - before)
