import krippendorff
import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.moderation import (
    apply_consensus,
    icc,
    krippendorff_alpha,
    moderate_first,
    read_alpha,
    spread,
    what_consensus_changed,
)

LEVELS = ["nominal", "ordinal", "interval"]
EVALUATORS = ["Ann", "Ben", "Cat", "Dev"]


@pytest.fixture
def scores():
    return pd.DataFrame(
        [[3, 3, 2, 4], [2, 4, 2, 3], [1, 1, 2, 1], [4, 4, 3, 4], [2, 0, 3, 2], [3, 3, 3, 3]],
        index=[f"bid {i}" for i in range(1, 7)],
        columns=EVALUATORS,
    )


def tables(cells, least_rows=2):
    row = st.lists(cells, min_size=3, max_size=3)
    return st.lists(row, min_size=least_rows, max_size=7).map(lambda rows: pd.DataFrame(rows, dtype=float))


maybe_missing = st.one_of(st.integers(0, 5), st.just(float("nan")))


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.241), ("ordinal", 0.517), ("interval", 0.495)])
def test_alpha_of_six_bids_and_four_evaluators(scores, level, alpha):
    assert krippendorff_alpha(scores, level) == pytest.approx(alpha, abs=0.0005)


def test_alpha_is_taken_at_interval_level_unless_told(scores):
    assert krippendorff_alpha(scores) == krippendorff_alpha(scores, "interval")


@given(tables(maybe_missing, least_rows=1), st.sampled_from(LEVELS))
@settings(max_examples=80, deadline=None)
def test_alpha_agrees_with_the_krippendorff_package(table, level):
    pairable = table[table.count(axis=1) >= 2]
    assume(len(np.unique(pairable.stack().dropna())) > 1)
    expected = krippendorff.alpha(table.to_numpy().T, level_of_measurement=level)
    assert krippendorff_alpha(table, level) == pytest.approx(expected)


@given(tables(st.integers(0, 5)), st.sampled_from(LEVELS))
@settings(max_examples=30, deadline=None)
def test_alpha_does_not_depend_on_the_order_of_bids_or_evaluators(table, level):
    assume(table.stack().nunique() > 1)
    turned = table.iloc[::-1, ::-1]
    assert krippendorff_alpha(turned, level) == pytest.approx(krippendorff_alpha(table, level))


@pytest.mark.parametrize("level", LEVELS)
def test_full_agreement_is_an_alpha_of_one(level):
    table = pd.DataFrame([[1, 1, 1], [4, 4, None], [5, 5, 5]])
    assert krippendorff_alpha(table, level) == pytest.approx(1)


def test_a_bid_scored_once_does_not_count(scores):
    more = scores.copy().astype(float)
    more.loc["bid 7"] = [5, None, None, None]
    for level in LEVELS:
        assert krippendorff_alpha(more, level) == pytest.approx(krippendorff_alpha(scores, level))


def test_two_scores_are_enough():
    assert krippendorff_alpha(pd.DataFrame([[1, 2]])) == pytest.approx(0)


@pytest.mark.parametrize(
    ("table", "level", "message"),
    [
        ([[1, 2]], "ratio", "There is no level 'ratio': choose one of nominal, ordinal, interval."),
        (
            [[1, None], [None, 2]],
            "nominal",
            "No bid has scores from two evaluators: agreement needs at least two for one bid.",
        ),
        (
            [[3, 3], [3, 3]],
            "interval",
            "Every score is the same: agreement cannot be told from chance without some spread.",
        ),
        (
            [[3, 3], [3, 3], [5, None]],
            "ordinal",
            "Every score is the same: agreement cannot be told from chance without some spread.",
        ),
    ],
)
def test_alpha_refuses_what_it_cannot_measure(table, level, message):
    with pytest.raises(InputError) as error:
        krippendorff_alpha(pd.DataFrame(table), level)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("alpha", "reading"),
    [
        (1, "firm"),
        (0.80, "firm"),
        (0.799, "tentative"),
        (0.667, "tentative"),
        (0.666, "too low to rely on"),
        (-0.2, "too low to rely on"),
    ],
)
def test_how_an_alpha_is_read(alpha, reading):
    assert read_alpha(alpha) == reading


MEASURES = [krippendorff_alpha, icc, spread, moderate_first, lambda scores: apply_consensus(scores, {})]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("shape", ["no bids", "one evaluator"])
def test_too_small_a_table_is_refused(scores, measure, shape):
    with pytest.raises(InputError) as error:
        measure(scores[:0] if shape == "no bids" else scores[["Ann"]])
    assert str(error.value) == "There is too little to compare: give at least one bid and two evaluators."


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("value", ["good", float("inf")])
def test_a_score_that_is_no_number_is_named(scores, measure, value):
    broken = scores.astype(object)
    broken.loc["bid 2", "Cat"] = value
    with pytest.raises(InputError) as error:
        measure(broken)
    assert str(error.value) == (
        "The score of 'Cat' for 'bid 2' is not a number: type a number or leave it empty."
    )


def test_a_bid_or_evaluator_named_twice_is_refused(scores):
    with pytest.raises(InputError) as error:
        spread(scores.rename(index={"bid 2": "bid 1"}))
    assert str(error.value) == "The bid 'bid 1' comes twice: keep one."
    with pytest.raises(InputError) as error:
        spread(scores.rename(columns={"Ben": "Ann"}))
    assert str(error.value) == "The evaluator 'Ann' comes twice: keep one."


def test_icc_of_six_bids_and_four_evaluators(scores):
    assert icc(scores) == pytest.approx((0.522, 0.814), abs=0.0005)
    assert icc(scores).single < icc(scores).average


@given(tables(st.integers(0, 5), least_rows=5))
@settings(max_examples=8, deadline=None)
def test_icc_agrees_with_pingouin(table):
    assume(table.mean(axis=1).nunique() > 2)
    assume((table.T - table.T.mean()).T.mean().nunique() > 1)
    try:
        ours = icc(table)
    except InputError:
        assume(False)
    long = table.reset_index().melt("index", var_name="evaluator", value_name="score")
    theirs = pingouin.intraclass_corr(long, "index", "evaluator", "score").set_index("Type")["ICC"]
    names = [name for name in theirs.index if name in ("ICC2", "ICC2k", "ICC(A,1)", "ICC(A,k)")]
    assert len(names) == 2, theirs.index
    assert [ours.single, ours.average] == pytest.approx(theirs[names].tolist(), abs=1e-6)


@pytest.mark.parametrize("shift", [0, 1])
def test_icc_asks_for_absolute_agreement(shift):
    base = np.array([1, 2, 3, 4])
    table = pd.DataFrame({"Ann": base, "Ben": base + shift})
    # With Ben always one higher: MSR 10/3, MSC 2, MSE 0.
    assert icc(table) == pytest.approx((10 / 13, 20 / 23) if shift else (1, 1))


def test_icc_needs_every_score(scores):
    holed = scores.astype(float)
    holed.loc["bid 3", "Ben"] = None
    with pytest.raises(InputError) as error:
        icc(holed)
    assert str(error.value) == "'Ben' has no score for 'bid 3': this measure needs every score."


def test_icc_needs_two_bids(scores):
    with pytest.raises(InputError) as error:
        icc(scores[:1])
    assert str(error.value) == "There are too few bids (1): this measure needs at least 2."


@pytest.mark.parametrize("rows", [[[3, 3], [3, 3]], [[1, 2], [2, 1]], [[0.1, 0.2, 0.3], [0.2, 0.3, 0.1]]])
def test_icc_refuses_bids_that_do_not_differ(rows):
    with pytest.raises(InputError) as error:
        icc(pd.DataFrame(rows))
    assert str(error.value) == (
        "The bids' scores differ too little for this measure: look at the spread instead."
    )


def test_the_bid_with_the_widest_range_is_moderated_first(scores):
    table = spread(scores)
    assert table["range"].tolist() == [2, 2, 1, 1, 3, 0]
    assert table["order"].tolist() == [3, 2, 4, 4, 1, 6]
    assert moderate_first(scores) == ["bid 5"]


def test_the_same_mean_can_hide_a_conflict():
    table = spread(pd.DataFrame([[3, 3, 2, 4], [5, 5, 1, 1]], columns=EVALUATORS))
    assert table["mean"].tolist() == [3, 3]
    assert table["sd"].tolist() == pytest.approx([0.82, 2.31], abs=0.005)
    assert table["lowest"].tolist() == [2, 1]
    assert table["highest"].tolist() == [4, 5]
    assert table["scores"].tolist() == [4, 4]


def test_bids_that_share_the_widest_spread_are_all_named():
    table = pd.DataFrame([[1, 2, 3], [3, 1, 2], [2, 2, 2]], index=["a", "b", "c"])
    assert moderate_first(table) == ["a", "b"]


def test_half_a_point_between_evaluators_is_something_to_moderate():
    assert moderate_first(pd.DataFrame([[2, 2], [3, 3.5]], index=["a", "b"])) == ["b"]


def test_nothing_is_moderated_first_when_all_agree():
    assert moderate_first(pd.DataFrame([[2, 2], [3, 3]])) == []


def test_spread_takes_one_score_as_no_range():
    table = spread(pd.DataFrame([[2, None], [3, 4]]))
    assert table["scores"].tolist() == [1, 2]
    assert table["range"].tolist() == [0, 1]
    assert np.isnan(table["sd"][0])
    assert table["order"].tolist() == [2, 1]


def test_a_bid_nobody_scored_is_named():
    with pytest.raises(InputError) as error:
        spread(pd.DataFrame([[1, 2], [None, None]], index=["Alder", "Cedar"]))
    assert str(error.value) == "'Cedar' has no score: enter at least one, or leave the bid out."


def test_alpha_after_consensus_on_bid_five(scores):
    after = apply_consensus(scores, {"bid 5": 2})
    assert krippendorff_alpha(after) == pytest.approx(0.631, abs=0.0005)
    assert after.loc["bid 5"].tolist() == [2, 2, 2, 2]
    assert scores.loc["bid 5"].tolist() == [2, 0, 3, 2]


def test_consensus_gives_no_score_to_who_gave_none(scores):
    holed = scores.astype(float)
    holed.loc["bid 5", "Ben"] = None
    after = apply_consensus(holed, {"bid 5": 2})
    assert after.loc["bid 5"].count() == 3
    pd.testing.assert_frame_equal(after.drop("bid 5"), holed.drop("bid 5"))


def test_what_consensus_changed(scores):
    table = what_consensus_changed(scores, apply_consensus(scores, {"bid 5": 2}))
    assert table.loc["bid 5"].to_dict() == {
        "mean_before": 1.75,
        "mean_after": 2,
        "mean_change": 0.25,
        "range_before": 3,
        "range_after": 0,
        "scores_changed": 2,
    }
    assert table.drop("bid 5")[["mean_change", "scores_changed"]].to_numpy().tolist() == [[0, 0]] * 5


def test_a_score_missing_before_and_after_has_not_changed():
    before = pd.DataFrame([[1, None, 3]])
    assert what_consensus_changed(before, before)["scores_changed"].tolist() == [0]
    assert what_consensus_changed(before, before.fillna(2))["scores_changed"].tolist() == [1]


@pytest.mark.parametrize("change", ["bids", "evaluators"])
def test_scores_before_and_after_must_match(scores, change):
    after = scores.rename(index={"bid 1": "x"}) if change == "bids" else scores[EVALUATORS[::-1]]
    with pytest.raises(InputError) as error:
        what_consensus_changed(scores, after)
    assert str(error.value) == (
        "The scores before and after name different bids or evaluators: make them match."
    )


@pytest.mark.parametrize(
    ("agreed", "message"),
    [
        ({"bid 9": 2}, "There is no bid 'bid 9': choose one of bid 1, bid 2, bid 3, bid 4, bid 5, bid 6."),
        ({"bid 1": "two"}, "The agreed score of 'bid 1' is not a number: type a number."),
        ({"bid 1": None}, "The agreed score of 'bid 1' is not a number: type a number."),
        ({"bid 1": float("nan")}, "The agreed score of 'bid 1' is not a number: type a number."),
    ],
)
def test_unusable_consensus_is_refused(scores, agreed, message):
    with pytest.raises(InputError) as error:
        apply_consensus(scores, agreed)
    assert str(error.value) == message


def test_the_bid_with_the_widest_range_comes_before_one_with_a_larger_sd():
    table = pd.DataFrame([[0, 2, 2, 2, 4], [1, 1, 1, 4, 4], [2, 2, 2, 2, 2]], index=["wide", "split", "calm"])
    made = spread(table)
    assert made.loc["wide", "sd"] < made.loc["split", "sd"]
    assert made["order"].tolist() == [1, 2, 3]


def test_a_single_score_has_no_spread_to_moderate():
    table = pd.DataFrame([[3, None], [2, 2.5]], index=["alone", "near"])
    assert spread(table)["order"].tolist() == [2, 1]
    assert spread(pd.DataFrame([[3, None], [2, 2]]))["order"].tolist() == [1, 1]


def test_alpha_is_taken_of_fine_scores_too():
    table = pd.DataFrame([[0.1, 0.1], [0.2, 0.2], [0.1, 0.2]])
    assert krippendorff_alpha(table) == pytest.approx(krippendorff_alpha(table * 100))
