import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.measuring import DEFAULT_BANDS, FAILED, RATINGS, kpi_summary, progress, rate, scorecard
from course.tenders.calderbrook.delivery import rate as calderbrook_rate

KPIS = pd.DataFrame(
    {
        "kpi": ["Apprentice starts", "Local spend", "Placements", "Carbon"],
        "actual": [4, 43, 20, 12],
        "target": [6, 40, 20, 30],
    }
)


def test_the_ratings_are_those_of_the_contract_performance_notice():
    assert RATINGS == ("Good", "Approaching target", "Requires improvement", "Inadequate", "Other")
    assert FAILED == ("Requires improvement", "Inadequate")


@pytest.mark.parametrize(
    ("actual", "rating"),
    [
        (100, "Good"),
        (130, "Good"),
        (95, "Good"),
        (94.9, "Approaching target"),
        (80, "Approaching target"),
        (79.9, "Requires improvement"),
        (50, "Requires improvement"),
        (49.9, "Inadequate"),
        (0, "Inadequate"),
        (-10, "Inadequate"),
        (None, "Other"),
        (float("nan"), "Other"),
    ],
)
def test_ratings_at_the_edges_of_the_bands(actual, rating):
    assert rate(actual, 100) == rating


def test_four_of_six_starts_requires_improvement():
    assert rate(4, 6) == "Requires improvement"
    assert round(100 * progress(4, 6), 1) == 66.7


def test_eleven_of_twenty_four_delivered_is_45_8_percent():
    assert round(100 * progress(11, 24), 1) == 45.8


def test_a_target_below_the_baseline_is_met_by_going_down():
    assert progress(330, 330, baseline=400) == 1
    assert rate(330, 330, baseline=400) == "Good"
    assert rate(365, 330, baseline=400) == "Requires improvement"
    assert rate(410, 330, baseline=400) == "Inadequate"


def test_a_share_that_binary_cannot_hold_still_reaches_its_band():
    whole = {**DEFAULT_BANDS, "Good": 1.0}
    assert rate(0.3, 0.1 + 0.2, whole) == "Good"
    assert rate(0.2999, 0.1 + 0.2, whole) == "Approaching target"


def test_a_contract_may_set_its_own_bands():
    lenient = {"Good": 0.6, "Approaching target": 0.5, "Requires improvement": 0.4}
    assert rate(4, 6, lenient) == "Good"
    assert rate(12, 30, lenient) == "Requires improvement"
    assert rate(11, 30, lenient) == "Inadequate"


@pytest.mark.parametrize(
    "bands",
    [
        {"Good": 1.1, "Approaching target": 0.85, "Requires improvement": 0.5},
        {"Good": 100, "Approaching target": 85, "Requires improvement": 50},
        {"Good": 0.5, "Approaching target": 0.85, "Requires improvement": 0.4},
        {"Good": 1.0, "Approaching target": 0.5, "Requires improvement": 0.5},
        {"Good": 0.8, "Approaching target": 0.8, "Requires improvement": 0.5},
        {"Good": 1.0, "Approaching target": 0.5, "Requires improvement": 0.0},
    ],
)
def test_bands_must_be_falling_shares(bands):
    with pytest.raises(InputError) as refused:
        rate(1, 1, bands)
    assert str(refused.value) == (
        "The bands must be shares from 0 to 1 that fall from Good to Requires improvement. For 85% give 0.85."
    )


@pytest.mark.parametrize("bands", [{"Good": 1.0}, {**DEFAULT_BANDS, "Inadequate": 0.1}])
def test_bands_name_the_three_ratings(bands):
    with pytest.raises(InputError) as refused:
        rate(None, 1, bands)
    assert str(refused.value) == (
        "The bands need a share for Good, Approaching target and Requires improvement."
    )


def test_a_target_that_asks_for_no_change_is_refused():
    with pytest.raises(InputError) as refused:
        rate(5, 0)
    assert str(refused.value) == (
        "The target is the same as the baseline, 0. Set a target that asks for change."
    )


@pytest.mark.parametrize(
    ("args", "name"), [((5, "6"), "target"), (("5", 6), "actual figure"), ((5, 6, "1"), "baseline")]
)
def test_figures_that_are_not_numbers_are_named(args, name):
    with pytest.raises(InputError, match=f"The {name} is"):
        progress(*args)


def test_the_capped_mean_never_travels_without_the_failed_kpis():
    summary = kpi_summary(KPIS)
    assert round(summary.capped_mean_pct, 1) == 76.7
    assert summary.failed["kpi"].tolist() == ["Carbon", "Apprentice starts"]
    assert summary.failed["rating"].tolist() == ["Inadequate", "Requires improvement"]
    assert list(summary.failed.index) == [0, 1]
    assert summary.sentence == (
        "The capped mean is 76.7%. It hides 2 of 4 KPIs that failed: "
        "Carbon at 40.0% (Inadequate); Apprentice starts at 66.7% (Requires improvement)."
    )


def test_the_table_shows_what_the_cap_takes_off():
    table = kpi_summary(KPIS).table
    assert list(table.columns) == [
        "kpi",
        "actual",
        "target",
        "baseline",
        "reached_pct",
        "capped_pct",
        "rating",
    ]
    assert table["reached_pct"].round(1).tolist() == [66.7, 107.5, 100, 40]
    assert table["capped_pct"].round(1).tolist() == [66.7, 100, 100, 40]
    assert (table["baseline"] == 0).all()


def test_going_backwards_counts_as_nought_and_no_less():
    summary = kpi_summary(pd.DataFrame({"kpi": ["a", "b"], "actual": [-5, 10], "target": [10, 10]}))
    assert summary.capped_mean_pct == 50
    assert summary.table["reached_pct"].tolist() == [-50, 100]


def test_a_baseline_is_used_when_given():
    summary = kpi_summary(
        pd.DataFrame({"kpi": ["Waste"], "actual": [365], "target": [330], "baseline": [400]})
    )
    assert summary.capped_mean_pct == 50
    assert summary.failed["kpi"].tolist() == ["Waste"]


def test_a_kpi_not_yet_measured_is_other_and_said_to_be_missing():
    partly = kpi_summary(KPIS.assign(actual=[6, 40, None, 30]))
    assert partly.capped_mean_pct == 100
    assert partly.table["rating"].tolist() == ["Good", "Good", "Other", "Good"]
    assert partly.sentence == "The capped mean is 100.0%. No measured KPI failed. Not yet measured: 1."
    assert partly.failed.empty
    none = kpi_summary(KPIS.assign(actual=np.nan))
    assert none.capped_mean_pct is None
    assert none.sentence == "None of the 4 KPIs has been measured yet."


def test_all_met_says_that_none_failed():
    assert kpi_summary(KPIS.assign(actual=KPIS["target"])).sentence == (
        "The capped mean is 100.0%. None of the 4 KPIs failed."
    )


def test_own_bands_reach_the_summary():
    lenient = {"Good": 0.6, "Approaching target": 0.5, "Requires improvement": 0.4}
    assert kpi_summary(KPIS, lenient).failed["kpi"].tolist() == ["Carbon"]


def test_the_bands_are_those_that_calderbrooks_records_are_rated_by():
    for actual in range(0, 201):
        assert rate(actual, 100) == calderbrook_rate(actual, 100)[0]


def test_a_kpi_that_comes_twice_is_named():
    with pytest.raises(InputError) as refused:
        kpi_summary(pd.concat([KPIS, KPIS.tail(1)]))
    assert str(refused.value) == "The KPI 'Carbon' comes twice. Keep one row for each KPI."


def test_kpi_tables_with_gaps_are_refused():
    with pytest.raises(InputError, match="The KPI table has no column target"):
        kpi_summary(KPIS.drop(columns="target"))
    with pytest.raises(InputError) as refused:
        kpi_summary(KPIS.drop(columns="actual"))
    assert str(refused.value) == "The KPI table has no column actual. Add it and try again."
    with pytest.raises(InputError, match="The KPI table has no rows"):
        kpi_summary(KPIS.head(0))


CARD = pd.DataFrame(
    {
        "indicator": ["Residents in work", "VCSE spend", "Waste to landfill"],
        "unit": ["people", "% of spend", "tonnes"],
        "baseline": [40, 12.0, 400],
        "target": [48, 16.0, 330],
        "actual": [47, 15.5, 330],
        "comparator_baseline": [38, 11.0, 300],
        "comparator_actual": [42, 11.5, 272],
        "source": ["Payroll", "Ledger", "Weighbridge"],
        "owner": ["Operations manager", "Finance lead", "Depot manager"],
        "frequency": ["quarterly", "yearly", "monthly"],
    }
)


def test_the_scorecard_gives_net_change_beside_each_rating():
    card = scorecard(CARD)
    assert card["change"].tolist() == [7, 3.5, -70]
    assert card["comparator_change"].tolist() == [4, 0.5, -28]
    assert card["net_change"].tolist() == pytest.approx([3, 3.0, -42])
    assert card["reached_pct"].tolist() == pytest.approx([87.5, 87.5, 100])
    assert card["net_reached_pct"].tolist() == pytest.approx([37.5, 75, 60])
    assert card["rating"].tolist() == ["Approaching target", "Approaching target", "Good"]
    assert len(card) == len(CARD)
    assert list(card.columns[: len(CARD.columns)]) == list(CARD.columns)


def test_a_scorecard_rates_the_way_covered_from_the_baseline_and_not_from_nought():
    card = scorecard(CARD.assign(actual=[41, 12.0, 399]))
    assert card["rating"].tolist() == ["Inadequate"] * 3


def test_what_is_not_yet_measured_stays_empty():
    card = scorecard(CARD.assign(actual=[np.nan, 15.5, 330], comparator_actual=[42, np.nan, 272]))
    assert card["rating"].tolist() == ["Other", "Approaching target", "Good"]
    assert math.isnan(card.loc[0, "change"])
    assert math.isnan(card.loc[0, "reached_pct"])
    assert card.loc[0, "comparator_change"] == 4
    assert math.isnan(card.loc[0, "net_change"])
    assert card.loc[1, "change"] == 3.5
    assert math.isnan(card.loc[1, "comparator_change"])
    assert math.isnan(card.loc[1, "net_change"])
    assert math.isnan(card.loc[1, "net_reached_pct"])


def test_a_scorecard_keeps_its_rows_in_order_whatever_their_index():
    assert scorecard(CARD.set_index(pd.Index([9, 5, 7])))["net_change"].tolist() == pytest.approx([3, 3, -42])


def test_own_bands_reach_the_scorecard():
    lenient = {"Good": 0.6, "Approaching target": 0.5, "Requires improvement": 0.4}
    assert set(scorecard(CARD, lenient)["rating"]) == {"Good"}


@pytest.mark.parametrize(
    "column",
    ["indicator", "unit", "baseline", "target", "comparator_baseline", "source", "owner", "frequency"],
)
def test_an_indicator_that_cannot_be_followed_up_is_refused(column):
    blank = CARD.astype({column: object})
    blank.loc[1, column] = None
    with pytest.raises(InputError) as refused:
        scorecard(blank)
    assert str(refused.value) == f"The scorecard table has nothing in {column} on row 2. Fill it in."


@pytest.mark.parametrize("column", ["actual", "comparator_actual"])
def test_a_scorecard_without_a_column_of_results_is_refused(column):
    with pytest.raises(InputError) as refused:
        scorecard(CARD.drop(columns=column))
    assert str(refused.value) == f"The scorecard table has no column {column}. Add it and try again."


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("baseline", "baseline"),
        ("target", "target"),
        ("actual", "actual figure"),
        ("comparator_baseline", "comparator before"),
        ("comparator_actual", "comparator after"),
    ],
)
def test_text_in_place_of_a_figure_is_named(column, name):
    with pytest.raises(InputError, match=f"The {name} is 'lots', which is not a number"):
        scorecard(CARD.astype({column: object}).assign(**{column: "lots"}))


figures = st.floats(-1e4, 1e4)


@given(figures, figures, figures)
@settings(max_examples=50, deadline=None)
def test_reaching_the_target_is_good_and_standing_still_is_inadequate(actual, target, baseline):
    if abs(target - baseline) < 1e-3:
        return
    assert rate(target, target, baseline=baseline) == "Good"
    assert rate(baseline, target, baseline=baseline) == "Inadequate"
    assert rate(actual, target, baseline=baseline) in RATINGS[:4]


@given(st.lists(st.tuples(st.floats(0, 200), st.floats(1, 100)), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_every_failed_kpi_is_named_and_the_mean_lies_between_nought_and_a_hundred(pairs):
    frame = pd.DataFrame(pairs, columns=["actual", "target"])
    frame["kpi"] = [f"KPI {i}" for i in range(len(frame))]
    summary = kpi_summary(frame)
    assert 0 <= summary.capped_mean_pct <= 100 + 1e-9
    rated = [rate(actual, target) for actual, target in pairs]
    assert len(summary.failed) == sum(rating in FAILED for rating in rated)
    assert all(kpi in summary.sentence for kpi in summary.failed["kpi"])
    assert summary.failed["reached_pct"].is_monotonic_increasing
