"""How far evaluators agree, which bid to moderate first, and what consensus changed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from course.errors import InputError

LEVELS = ("nominal", "ordinal", "interval")
# Krippendorff's own reading (Content Analysis, 2004): firm from 0.80, tentative from 0.667.
FIRM, TENTATIVE = 0.80, 0.667


def krippendorff_alpha(scores: pd.DataFrame, level: str = "interval") -> float:
    """Measure agreement by Krippendorff's alpha: 1 - observed disagreement / expected disagreement.

    Parameters
    ----------
    scores : DataFrame
        Rows: bids. Columns: evaluators. A missing score is NaN or None. A bid with fewer than two scores
        is left out.
    level : str
        How far apart two scores are: "nominal" (same or not), "ordinal" (by rank) or "interval" (by the
        square of their difference).

    Returns
    -------
    float
        1 is full agreement, 0 is what chance would give, below 0 is worse than chance. After a consensus
        meeting it is no measure of independent judgement: the scores were made to agree.

    Raises
    ------
    InputError
        If the level is unknown, the scores cannot be used, no bid has two scores, or all are the same.
    """
    if level not in LEVELS:
        raise InputError(f"There is no level '{level}': choose one of {', '.join(LEVELS)}.")
    table = _check_scores(scores).to_numpy()
    values = np.unique(table[~np.isnan(table)])
    counts = (table[:, :, None] == values).sum(axis=1)
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts):
        raise InputError("No bid has scores from two evaluators: agreement needs at least two for one bid.")
    pairs = counts[:, :, None] * counts[:, None, :] - np.eye(len(values)) * counts[:, :, None]
    observed = (pairs / (counts.sum(axis=1) - 1)[:, None, None]).sum(axis=0)
    n = observed.sum(axis=1)
    expected = (np.outer(n, n) - np.diag(n)) / (n.sum() - 1)
    distance = _distance(values, n, level)
    if not (expected * distance).sum() > 0:
        raise InputError("Every score is the same: agreement cannot be told from chance without some spread.")
    return float(1 - (observed * distance).sum() / (expected * distance).sum())


def _distance(values: np.ndarray, n: np.ndarray, level: str) -> np.ndarray:
    if level == "nominal":
        return (values[:, None] != values).astype(float)
    if level == "interval":
        return (values[:, None] - values) ** 2
    # Ordinal: how many scores lie between the two, counting half of those at each end.
    middle = np.cumsum(n) - n / 2
    return (middle[:, None] - middle) ** 2


def read_alpha(alpha: float) -> str:
    """Say in words how an alpha is usually read: "firm", "tentative" or "too low to rely on"."""
    if alpha >= FIRM:
        return "firm"
    return "tentative" if alpha >= TENTATIVE else "too low to rely on"


class Icc(NamedTuple):
    """Intraclass correlation of one evaluator's scores, and of the mean of all evaluators'."""

    single: float
    average: float


def icc(scores: pd.DataFrame) -> Icc:
    """Measure agreement by intraclass correlation, two-way random effects, absolute agreement.

    ICC(2,1) = (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n) and
    ICC(2,k) = (MSR - MSE) / (MSR + (MSC - MSE) / n), with n bids, k evaluators and the mean squares of
    bids (MSR), evaluators (MSC) and what is left (MSE). Source: Shrout and Fleiss 1979.

    Parameters
    ----------
    scores : DataFrame
        Rows: two or more bids. Columns: two or more evaluators. No score may be missing.

    Returns
    -------
    Icc
        `single` is ICC(2,1), `average` is ICC(2,k).

    Raises
    ------
    InputError
        If a score is missing, there are fewer than two bids, or bids differ too little to measure.
    """
    table = _check_scores(scores)
    for bid, row in table.iterrows():
        for evaluator, score in row.items():
            if np.isnan(score):
                raise InputError(f"'{evaluator}' has no score for '{bid}': this measure needs every score.")
    x = table.to_numpy()
    n, k = x.shape
    if n < 2:
        raise InputError(f"There are too few bids ({n}): this measure needs at least 2.")
    rows, columns, mean = x.mean(axis=1), x.mean(axis=0), x.mean()
    msr = k * ((rows - mean) ** 2).sum() / (n - 1)
    msc = n * ((columns - mean) ** 2).sum() / (k - 1)
    mse = ((x - rows[:, None] - columns + mean) ** 2).sum() / ((n - 1) * (k - 1))
    below_single = msr + (k - 1) * mse + k * (msc - mse) / n
    below_average = msr + (msc - mse) / n
    if min(below_single, below_average) <= 1e-12 * (msr + msc + mse):
        raise InputError("The bids' scores differ too little for this measure: look at the spread instead.")
    return Icc(float((msr - mse) / below_single), float((msr - mse) / below_average))


def spread(scores: pd.DataFrame) -> pd.DataFrame:
    """Show what each bid's mean hides, and the order in which to moderate.

    Parameters
    ----------
    scores : DataFrame
        Rows: bids. Columns: evaluators. A missing score is NaN or None; each bid needs at least one.

    Returns
    -------
    DataFrame
        Index: bid, in the order given. `scores`: how many there are. `mean`, `lowest`, `highest`, `range`:
        in the scores' own units. `sd`: sample standard deviation, NaN for one score. `order`: 1 for the
        bid to moderate first, by range and then by sd; bids equal in both share a place.

    Raises
    ------
    InputError
        If the scores cannot be used or a bid has none.
    """
    table = _check_scores(scores)
    for bid, count in table.count(axis=1).items():
        if count == 0:
            raise InputError(f"'{bid}' has no score: enter at least one, or leave the bid out.")
    lowest, highest = table.min(axis=1), table.max(axis=1)
    sd = table.std(axis=1, ddof=1)
    keys = list(zip(highest - lowest, sd.fillna(0).round(9), strict=True))
    return pd.DataFrame(
        {
            "scores": table.count(axis=1),
            "mean": table.mean(axis=1),
            "lowest": lowest,
            "highest": highest,
            "range": highest - lowest,
            "sd": sd,
            "order": [1 + sum(other > key for other in keys) for key in keys],
        }
    )


def moderate_first(scores: pd.DataFrame) -> list[Any]:
    """Return the bid to moderate first, or those that share the first place, or none if all agree.

    Parameters and errors are those of `spread`.
    """
    table = spread(scores)
    return table.index[(table["order"] == 1) & (table["range"] > 0)].tolist()


def apply_consensus(scores: pd.DataFrame, agreed: Mapping[Any, float]) -> pd.DataFrame:
    """Return the scores after a meeting: each evaluator who scored an agreed bid now has the agreed score.

    Parameters
    ----------
    scores : DataFrame
        Rows: bids. Columns: evaluators.
    agreed : mapping
        Bid to agreed score.

    Raises
    ------
    InputError
        If the scores cannot be used, a bid is not among them, or an agreed score is no number.
    """
    table = _check_scores(scores)
    for bid, score in agreed.items():
        if bid not in table.index:
            known = ", ".join(map(str, table.index))
            raise InputError(f"There is no bid '{bid}': choose one of {known}.")
        if not isinstance(score, int | float | np.number) or not np.isfinite(score):
            raise InputError(f"The agreed score of '{bid}' is not a number: type a number.")
        table.loc[[bid]] = table.loc[[bid]].mask(table.loc[[bid]].notna(), float(score))
    return table


def what_consensus_changed(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Set scores before and after moderation side by side.

    Parameters
    ----------
    before, after : DataFrame
        The same bids (rows) and evaluators (columns), in the same order.

    Returns
    -------
    DataFrame
        Index: bid. `mean_before`, `mean_after`, `mean_change`, `range_before`, `range_after`: in the scores'
        own units. `scores_changed`: how many evaluators' scores moved.

    Raises
    ------
    InputError
        If the two tables name different bids or evaluators, or their scores cannot be used.
    """
    if before.index.tolist() != after.index.tolist() or before.columns.tolist() != after.columns.tolist():
        raise InputError("The scores before and after name different bids or evaluators: make them match.")
    first, second = spread(before), spread(after)
    old, new = _check_scores(before), _check_scores(after)
    return pd.DataFrame(
        {
            "mean_before": first["mean"],
            "mean_after": second["mean"],
            "mean_change": second["mean"] - first["mean"],
            "range_before": first["range"],
            "range_after": second["range"],
            "scores_changed": ((old != new) & ~(old.isna() & new.isna())).sum(axis=1),
        }
    )


def _check_scores(scores: pd.DataFrame) -> pd.DataFrame:
    if len(scores) < 1 or scores.shape[1] < 2:
        raise InputError("There is too little to compare: give at least one bid and two evaluators.")
    for labels, what in ((scores.index, "bid"), (scores.columns, "evaluator")):
        if labels.has_duplicates:
            raise InputError(f"The {what} '{labels[labels.duplicated()][0]}' comes twice: keep one.")
    table = scores.apply(pd.to_numeric, errors="coerce").astype(float)
    bad = scores.notna() & ~np.isfinite(table)
    for bid, evaluator in zip(*np.nonzero(bad.to_numpy()), strict=True):
        raise InputError(
            f"The score of '{scores.columns[evaluator]}' for '{scores.index[bid]}' is not a number:"
            " type a number or leave it empty."
        )
    return table
