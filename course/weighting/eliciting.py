"""Finding out which weights people want."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from course.errors import InputError
from course.weighting._checks import as_numbers, check_points

# Saaty's random index by number of criteria (The Analytic Hierarchy Process, 1980).
RANDOM_INDEX = {2: 0.0, 3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49}
# Saaty's rule: judgements with a consistency ratio at or above this go back to those who made them.
ACCEPTABLE_RATIO = 0.10
# How far a x b may be from 1 for b to pass as the reciprocal of a: lets 0.33 stand for a third.
RECIPROCAL_TOLERANCE = 0.03


def swing_weights(swings: Mapping[str, float]) -> dict[str, float]:
    """Turn swings into weights: each swing as a share of them all.

    Parameters
    ----------
    swings : mapping
        By criterion, what its swing from worst to best is worth: 100 for the one that matters most,
        the others against it, 0 or more.

    Returns
    -------
    dict
        Points of 100 by criterion, 100 in all.

    Raises
    ------
    InputError
        If there is no criterion, a swing is outside 0 to 100, or none is 100.
    """
    if not swings:
        raise InputError("There are no swings: name at least one criterion.")
    numbers = as_numbers(pd.Series(dict(swings), dtype=object), "The swing")
    for name, swing in numbers.items():
        if not 0 <= swing <= 100:
            raise InputError(f"The swing of '{name}' is {swing:g}: keep it from 0 to 100.")
    if numbers.max() != 100:
        raise InputError("No swing is 100: give 100 to the criterion that matters most.")
    return {str(name): float(100 * swing / numbers.sum()) for name, swing in numbers.items()}


class Ahp(NamedTuple):
    """Weights from pairwise judgements, and how far the judgements hang together."""

    weights: dict[str, float]
    lambda_max: float
    consistency_index: float
    consistency_ratio: float
    acceptable: bool
    look_again: tuple[str, str]


def pairwise_matrix(judgements: Mapping[tuple[str, str], float]) -> pd.DataFrame:
    """Fill a square of pairwise judgements from one judgement for each pair.

    Parameters
    ----------
    judgements : mapping
        (a, b) to how many times as important a is as b (above zero; below 1 when b matters more).

    Returns
    -------
    DataFrame
        Criteria in the order first named, as rows and columns; 1 on the diagonal; reciprocals filled in.

    Raises
    ------
    InputError
        If a pair is missing, comes twice or compares a criterion with itself, or a value is not above zero.
    """
    names = list(dict.fromkeys(name for pair in judgements for name in pair))
    values = as_numbers(
        pd.Series({f"{a}, {b}": v for (a, b), v in judgements.items()}, dtype=object), "The judgement"
    )
    a = np.full((len(names), len(names)), np.nan)
    np.fill_diagonal(a, 1.0)
    for (row, column), value in zip(judgements, values, strict=True):
        i, j = names.index(row), names.index(column)
        if value <= 0:
            raise InputError(f"The judgement of '{row}, {column}' is {value:g}: it must be above 0.")
        if not np.isnan(a[i, j]):
            raise InputError(f"'{row}' and '{column}' come twice or are one thing: judge each pair once.")
        a[i, j], a[j, i] = value, 1 / value
    for i, j in np.argwhere(np.isnan(a)):
        raise InputError(f"'{names[i]}' and '{names[j]}' are not compared: judge every pair.")
    return pd.DataFrame(a, index=names, columns=names)


def ahp(matrix: pd.DataFrame) -> Ahp:
    """Weigh criteria by pairwise judgements (analytic hierarchy process, Saaty 1980).

    Parameters
    ----------
    matrix : DataFrame
        Square, criteria as rows and columns in the same order. A cell says how many times as important its
        row is as its column; the cell across the diagonal is its reciprocal.

    Returns
    -------
    Ahp
        `weights`: the principal eigenvector, points of 100 by criterion. `lambda_max`: its eigenvalue.
        `consistency_index`: (lambda_max - n) / (n - 1). `consistency_ratio`: that over Saaty's random index
        for n; 0 for two criteria. `acceptable`: True below 0.10. `look_again`: the pair whose judgement is
        furthest from what the weights imply.

    Raises
    ------
    InputError
        If the matrix is not square, has fewer than 2 or more than 10 criteria, or is not reciprocal.
    """
    names = [str(name) for name in matrix.index]
    if names != [str(name) for name in matrix.columns]:
        raise InputError(
            "The rows and columns of the judgements differ: name the same criteria in the same order."
        )
    n = len(names)
    if n not in RANDOM_INDEX:
        raise InputError(f"There are {n} criteria: compare from 2 to 10 of them.")
    a = np.array([as_numbers(matrix.iloc[i], f"In row '{names[i]}', the judgement") for i in range(n)])
    _check_reciprocal(a, names)
    values, vectors = np.linalg.eig(a)
    first = int(np.argmax(values.real))
    lambda_max = float(values[first].real)
    w = np.abs(vectors[:, first].real)
    w = w / w.sum()
    # Rounding can put a consistent matrix a hair below n.
    ci = max(0.0, (lambda_max - n) / (n - 1))
    ratio = ci / RANDOM_INDEX[n] if n > 2 else 0.0
    misfit = np.abs(np.log(a * w[None, :] / w[:, None]))
    i, j = np.unravel_index(int(np.argmax(np.triu(misfit, 1))), misfit.shape) if n > 2 else (0, 1)
    weights = {name: float(100 * weight) for name, weight in zip(names, w, strict=True)}
    return Ahp(weights, lambda_max, ci, ratio, ratio < ACCEPTABLE_RATIO, (names[i], names[j]))


def pooled_priorities(groups: pd.DataFrame) -> pd.DataFrame:
    """Pool what groups want, by two rules that may disagree.

    Parameters
    ----------
    groups : DataFrame
        One row a group: `group`, `people` (how many, above zero) and one column for each priority: the
        points of 100 the group gives it, 100 in all.

    Returns
    -------
    DataFrame
        Index: priority, in the columns' order. `by_head`: mean points where each person counts the same.
        `by_group`: mean points where each group counts the same.

    Raises
    ------
    InputError
        If a column or all priorities are missing, a group comes twice, a head count is not above zero,
        or a group's points do not add up to 100.
    """
    for column in ("group", "people"):
        if column not in groups.columns:
            raise InputError(f"The groups have no column '{column}': add it, one value for each group.")
    priorities = [column for column in groups.columns if column not in ("group", "people")]
    if groups.empty or not priorities:
        raise InputError("There is nothing to pool: give at least one group and one priority.")
    if groups["group"].duplicated().any():
        twice = groups.loc[groups["group"].duplicated(), "group"].iloc[0]
        raise InputError(f"The group '{twice}' comes twice: keep one row for each group.")
    by_group = groups.set_index("group")
    people = as_numbers(by_group["people"], "The number of people")
    for group, count in people.items():
        if count <= 0:
            raise InputError(f"The number of people of '{group}' is {count:g}: it must be above 0.")
    points = pd.DataFrame(
        {
            group: check_points(row.to_dict(), f"The points of '{group}'")
            for group, row in by_group[priorities].iterrows()
        }
    )
    return pd.DataFrame(
        {"by_head": points.mul(people).sum(axis=1) / people.sum(), "by_group": points.mean(axis=1)}
    ).rename_axis("priority")


def _check_reciprocal(a: np.ndarray, names: list[str]) -> None:
    for i, row in enumerate(names):
        if a[i, i] != 1:
            raise InputError(f"'{row}' against itself is {a[i, i]:g}: put 1 down the diagonal.")
        for j, column in enumerate(names):
            if a[i, j] <= 0:
                raise InputError(f"'{row}' against '{column}' is {a[i, j]:g}: it must be above 0.")
            if abs(a[i, j] * a[j, i] - 1) > RECIPROCAL_TOLERANCE:
                raise InputError(
                    f"'{row}' against '{column}' is {a[i, j]:g} but the other way it is {a[j, i]:g}:"
                    f" make one {1 / a[i, j]:.3g}, so that the two multiply to 1."
                )
