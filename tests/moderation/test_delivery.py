import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.moderation import (
    BANDS,
    delivered_share,
    expected_points,
    kpi_report,
    promise_against_delivery,
    rate,
    summarise_kpis,
)


@pytest.fixture
def promises():
    return pd.DataFrame({"bidder": ["Bold", "Sober"], "score": [95, 72], "delivery": [0.45, 0.92]})


@pytest.fixture
def kpis():
    return pd.DataFrame(
        {
            "kpi": ["Apprentice starts", "Paid placements", "Quarterly reports", "Carbon saved"],
            "target": [6, 40, 20, 30],
            "delivered": [4, 43, 20, 12],
        }
    )


def test_the_bold_promise_wins_at_award_and_loses_in_expectation(promises):
    table = promise_against_delivery(promises, 10)
    assert table["points_at_award"].tolist() == pytest.approx([9.50, 7.20])
    assert table["expected_points"].tolist() == pytest.approx([4.275, 6.624])
    pd.testing.assert_frame_equal(table[promises.columns], promises)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_expected_points_never_exceed_the_points_at_award(weight, score, delivery):
    assert 0 <= expected_points(weight, score, delivery) <= expected_points(weight, score, 1) <= weight + 1e-9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 50, 0.5), "The weight is -1: keep it from 0 to 100."),
        ((101, 50, 0.5), "The weight is 101: keep it from 0 to 100."),
        ((10, -1, 0.5), "The score is -1: keep it from 0 to 100."),
        ((10, 101, 0.5), "The score is 101: keep it from 0 to 100."),
        ((10, 50, -0.1), "The delivery is -0.1: keep it from 0 to 1."),
        ((10, 50, 45), "The delivery is 45: keep it from 0 to 1."),
        ((10, 50, float("nan")), "The delivery is nan: keep it from 0 to 1."),
    ],
)
def test_expected_points_refuse_figures_out_of_range(arguments, message):
    with pytest.raises(InputError) as error:
        expected_points(*arguments)
    assert str(error.value) == message


@pytest.mark.parametrize("column", ["bidder", "score", "delivery"])
def test_a_missing_column_of_promises_is_named(promises, column):
    with pytest.raises(InputError) as error:
        promise_against_delivery(promises.drop(columns=column), 10)
    assert str(error.value) == f"The bids have no column '{column}': add it, one value for each bidder."


@pytest.mark.parametrize("column", ["score", "delivery"])
def test_a_missing_figure_of_a_promise_is_named(promises, column):
    promises.loc[1, column] = None
    with pytest.raises(InputError) as error:
        promise_against_delivery(promises, 10)
    assert str(error.value) == f"The '{column}' of 'Sober' is missing or is not a number: type a number."


def test_eleven_of_twenty_four_promises_were_kept():
    assert delivered_share(11, 24) == pytest.approx(0.458, abs=0.0005)
    assert delivered_share(0, 24) == 0
    assert delivered_share(30, 24) == 1.25
    assert delivered_share(1, 0.5) == 2


@pytest.mark.parametrize(
    ("delivered", "promised", "message"),
    [
        (1, 0, "What was promised is 0: it must be above 0 to take a share of it."),
        (1, -2, "What was promised is -2: it must be above 0 to take a share of it."),
        (1, float("inf"), "What was promised is inf: it must be above 0 to take a share of it."),
        (-1, 2, "What was delivered is -1: it must be 0 or more."),
        (float("nan"), 2, "What was delivered is nan: it must be 0 or more."),
    ],
)
def test_a_share_of_nothing_is_refused(delivered, promised, message):
    with pytest.raises(InputError) as error:
        delivered_share(delivered, promised)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("share", "rating"),
    [
        (1.2, "Good"),
        (1, "Good"),
        ((0.1 + 0.2) / 0.3000000001, "Good"),
        (0.999, "Approaching target"),
        (0.85, "Approaching target"),
        (0.849, "Requires improvement"),
        (4 / 6, "Requires improvement"),
        (0.6, "Requires improvement"),
        (0.599, "Inadequate"),
        (0.4, "Inadequate"),
        (0, "Inadequate"),
        (float("nan"), "Other"),
    ],
)
def test_ratings_begin_where_the_bands_say(share, rating):
    assert rate(share) == rating


def test_bands_are_set_by_the_contract():
    bands = dict(zip(BANDS, [0.6, 0.5, 0.4, 0], strict=True))
    assert rate(4 / 6, bands) == "Good"
    assert rate(0.4, bands) == "Requires improvement"


def test_the_ratings_are_those_of_a_contract_performance_notice():
    assert list(BANDS) == ["Good", "Approaching target", "Requires improvement", "Inadequate"]


WRONG_ORDER = "Each band must begin lower than the one before, and the last at 0: change them."


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        (
            {"Good": 1, "Bad": 0},
            "The bands must be Good, Approaching target, Requires improvement, Inadequate, in that order: "
            "add or reorder them.",
        ),
        (dict(zip(BANDS, [1, 0.9, 0.9, 0], strict=True)), WRONG_ORDER),
        (dict(zip(BANDS, [1, 0.5, 0.9, 0], strict=True)), WRONG_ORDER),
        (dict(zip(BANDS, [1, 0.9, 0.5, 0.1], strict=True)), WRONG_ORDER),
    ],
)
def test_unusable_bands_are_refused(bands, message):
    with pytest.raises(InputError) as error:
        rate(0.5, bands)
    assert str(error.value) == message


def test_a_share_below_nought_is_refused():
    with pytest.raises(InputError) as error:
        rate(-0.1)
    assert str(error.value) == "The share of target is -0.1: it must be 0 or more."


def test_four_of_six_starts_require_improvement(kpis):
    report = kpi_report(kpis)
    assert report["share"].tolist() == pytest.approx([2 / 3, 1.075, 1, 0.4])
    assert report["capped"].tolist() == pytest.approx([2 / 3, 1, 1, 0.4])
    assert report["rating"].tolist() == ["Requires improvement", "Good", "Good", "Inadequate"]
    pd.testing.assert_frame_equal(report[kpis.columns], kpis)


def test_a_target_may_be_a_part_of_one():
    report = kpi_report(pd.DataFrame({"kpi": ["a", "b"], "target": [0.5, 1], "delivered": [0, 1]}))
    assert report["share"].tolist() == [0, 1]


def test_the_report_rates_by_the_bands_given(kpis):
    bands = dict(zip(BANDS, [0.6, 0.5, 0.3, 0], strict=True))
    assert kpi_report(kpis, bands)["rating"].tolist() == ["Good", "Good", "Good", "Requires improvement"]


def test_the_average_is_never_told_without_the_failed_kpi(kpis):
    summary = summarise_kpis(kpi_report(kpis))
    assert summary.capped_mean == pytest.approx(0.767, abs=0.0005)
    assert summary.inadequate == ["Carbon saved"]
    assert summary.text == (
        "On average 76.7% of target was met, counting no KPI above 100%. Inadequate: Carbon saved (40.0%). "
        "Requires improvement: Apprentice starts (66.7%)."
    )


def test_a_kpi_that_was_not_assessed_is_named_and_not_averaged(kpis):
    kpis["delivered"] = [4.0, 43, np.nan, 1]
    kpis.loc[0, "delivered"] = 3
    report = kpi_report(kpis)
    assert report["rating"].tolist() == ["Inadequate", "Good", "Other", "Inadequate"]
    summary = summarise_kpis(report)
    assert summary.capped_mean == pytest.approx((1 / 2 + 1 + 1 / 30) / 3)
    assert summary.text == (
        "On average 51.1% of target was met, counting no KPI above 100%. Inadequate: Apprentice starts "
        "(50.0%), Carbon saved (3.3%). Not assessed: Quarterly reports."
    )


def test_a_summary_of_good_kpis_is_one_sentence(kpis):
    summary = summarise_kpis(kpi_report(kpis.assign(delivered=kpis["target"])))
    assert summary == (1, [], "On average 100.0% of target was met, counting no KPI above 100%.")


def test_nothing_assessed_is_not_averaged(kpis):
    with pytest.raises(InputError) as error:
        summarise_kpis(kpi_report(kpis.assign(delivered=np.nan)))
    assert str(error.value) == "No KPI was assessed: there is nothing to average."


@pytest.mark.parametrize("column", ["kpi", "target", "delivered"])
def test_a_missing_column_of_kpis_is_named(kpis, column):
    with pytest.raises(InputError) as error:
        kpi_report(kpis.drop(columns=column))
    assert str(error.value) == f"The KPIs have no column '{column}': add it, one value for each KPI."


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("kpi", "Apprentice starts", "The KPI 'Apprentice starts' comes twice: keep one row for each KPI."),
        ("target", 0, "The target of 'Paid placements' is 0: it must be above 0."),
        ("target", -3, "The target of 'Paid placements' is -3: it must be above 0."),
        ("delivered", -1, "What was delivered of 'Paid placements' is -1: it must be 0 or more."),
        (
            "target",
            None,
            "The 'target' of 'Paid placements' is missing or is not a number: type a number.",
        ),
        (
            "delivered",
            "some",
            "The 'delivered' of 'Paid placements' is missing or is not a number: type a number.",
        ),
        (
            "delivered",
            float("inf"),
            "The 'delivered' of 'Paid placements' is missing or is not a number: type a number.",
        ),
    ],
)
def test_an_unusable_kpi_is_named(kpis, column, value, message):
    broken = kpis.astype({column: object})
    broken.loc[1, column] = value
    with pytest.raises(InputError) as error:
        kpi_report(broken)
    assert str(error.value) == message
