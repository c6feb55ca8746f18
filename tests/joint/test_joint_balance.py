"""The joint table rewards no creed: played many times over, no rule and no kind of bidder is always best."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pandas as pd
import pytest

from course import weighting
from course.joint import balance, delivery
from course.joint.case import CALDERBROOK

WORLDS = range(40)
CAREERS = range(120)


@pytest.fixture(scope="module")
def played() -> pd.DataFrame:
    return balance.rules_compared(CALDERBROOK, WORLDS)


@pytest.fixture(scope="module")
def careers() -> pd.DataFrame:
    return balance.truth_compared(CALDERBROOK, CAREERS)


def mean(careers: pd.DataFrame, what: str) -> pd.Series:
    return careers.groupby("honesty")[what].mean()


def test_no_weight_of_social_value_is_best_for_residents_in_most_worlds(played: pd.DataFrame) -> None:
    best = balance.never_worse(played, "social_value")
    assert best.max() < 0.6
    assert best.min() > 0.05  # nor is any never the best one
    worth = played.groupby("social_value")["worth"].mean()
    assert worth.max() - worth.min() < 4  # points of 100


def test_no_price_formula_is_best_for_residents_in_nearly_all_worlds(played: pd.DataFrame) -> None:
    assert balance.never_worse(played, "formula").max() < 0.9
    worth = played.groupby("formula")["worth"].mean()
    assert worth.max() - worth.min() < 2


def test_every_bidder_wins_some_and_none_wins_most(played: pd.DataFrame) -> None:
    share = played["winner"].value_counts(normalize=True)
    assert set(share.index) == {bidder.id for bidder in CALDERBROOK.bidders}
    assert share.max() < 0.5
    assert share.min() > 0.04


def test_bidders_of_any_kind_with_the_same_costs_win_equally_often() -> None:
    alike = replace(CALDERBROOK, bidders=tuple(replace(b, running=2_150_000) for b in CALDERBROOK.bidders))
    played = balance.rules_compared(alike, range(120))
    share = played.groupby("seed")["winner"].value_counts(normalize=True).unstack(fill_value=0)
    error = share.std() / len(share) ** 0.5
    assert ((share.mean() - 1 / 5).abs() < 3.5 * error).all()


def test_nearly_all_procurements_find_a_winner(played: pd.DataFrame) -> None:
    assert (played["winner"] == "").mean() < 0.05


@pytest.mark.parametrize("level", balance.HONESTY[1:])
def test_in_the_long_run_the_truth_earns_more_and_gives_residents_more(
    careers: pd.DataFrame, level: float
) -> None:
    earned = careers.pivot(index="seed", columns="honesty", values="surplus")
    more = earned[1.0] - earned[level]
    assert more.mean() > 2 * more.std() / len(more) ** 0.5
    if careers.loc[careers["honesty"] == level, "won"].sum() >= 10:
        assert mean(careers, "worth")[1.0] > mean(careers, "worth")[level]


def test_half_the_money_never_pays_not_even_where_evaluators_take_promises_as_paid_for() -> None:
    careers = balance.truth_compared(CALDERBROOK, CAREERS, honesty=(1.0, 0.5), face_value=True)
    assert mean(careers, "won")[0.5] > mean(careers, "won")[1.0]  # it tempts
    assert mean(careers, "surplus")[0.5] < mean(careers, "surplus")[1.0]
    assert mean(careers, "worth")[0.5] < mean(careers, "worth")[1.0]


def test_where_nobody_looks_at_budgets_leaving_out_a_tenth_pays_the_bidder_and_costs_residents() -> None:
    """The assumptions' page says so: it is what the table teaches evaluators to look at."""
    careers = balance.truth_compared(CALDERBROOK, CAREERS, honesty=(1.0, 0.9), face_value=True)
    assert mean(careers, "surplus")[0.9] > mean(careers, "surplus")[1.0]
    assert mean(careers, "worth")[0.9] < mean(careers, "worth")[1.0]


def test_an_honest_bid_does_not_always_win(careers: pd.DataFrame) -> None:
    assert 0 < mean(careers, "won")[1.0] < 3  # of six


def test_a_model_that_favours_social_value_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "EFFECT", {name: 5 * effect for name, effect in delivery.EFFECT.items()})
    tilted = balance.rules_compared(CALDERBROOK, WORLDS)
    worth = tilted.groupby("social_value")["worth"].mean()
    assert worth.max() - worth.min() > 4


def test_a_model_that_favours_a_bidder_is_noticed() -> None:
    cheap = tuple(replace(b, running=1_900_000) if b.id == "birch" else b for b in CALDERBROOK.bidders)
    played = balance.rules_compared(replace(CALDERBROOK, bidders=cheap), WORLDS)
    assert played["winner"].value_counts(normalize=True).max() > 0.5


def test_the_winner_of_a_world_is_the_one_the_table_would_award() -> None:
    """The shortcut of the simulation beside `course.weighting`, by which a table awards."""
    for seed in range(10):
        for social in (0, 20, 60):
            weights, drawn = weighting.reweigh(CALDERBROOK.criteria["weights"], social), Random(seed)
            plays = {b.id: balance.strategy(CALDERBROOK, weights, drawn) for b in CALDERBROOK.bidders}
            bids = balance.bids_of(CALDERBROOK, plays)
            able = bids[bids["quality"] >= CALDERBROOK.criteria["min_quality"]]
            for formula in balance.FORMULAS:
                won = weighting.award(
                    able.drop(columns="bid"), weights, formula, CALDERBROOK.ceiling, CALDERBROOK.floor
                )
                assert balance.winner(CALDERBROOK, bids, social, formula) in won
