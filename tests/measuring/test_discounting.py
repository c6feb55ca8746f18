import numpy_financial
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.measuring import discount_factor, discount_schedule, present_value

STANDARD = [(0, 30, 0.035), (31, 75, 0.03), (76, 125, 0.025), (126, 200, 0.02), (201, 300, 0.015)]
HEALTH = [(0, 30, 0.015), (31, 75, 0.0129), (76, 125, 0.0107), (126, 200, 0.0086), (201, 300, 0.0064)]


@pytest.mark.parametrize(
    ("kind", "bands", "last"), [("standard", STANDARD, 0.01), ("health", HEALTH, 0.0043)]
)
def test_the_green_book_schedules(kind, bands, last):
    frame = discount_schedule(kind)
    assert list(frame["first_year"]) == [0, 31, 76, 126, 201, 301]
    assert frame["first_year"].dtype == int
    assert list(frame.index) == [0, 1, 2, 3, 4, 5]
    assert [tuple(row) for row in frame[["first_year", "last_year", "rate"]].head(5).to_numpy()] == bands
    assert pd.isna(frame["last_year"].iloc[5])
    assert frame["rate"].iloc[5] == last
    assert frame["source"].str.contains("Green Book").all()


def test_health_rates_after_year_30_are_marked_to_be_checked():
    assert discount_schedule("health")["check_before_relying"].tolist() == [False, *[True] * 5]
    assert not discount_schedule("standard")["check_before_relying"].any()
    assert (
        discount_schedule("health")["check_reason"].ne("").tolist()
        == (discount_schedule("health")["check_before_relying"]).tolist()
    )


@pytest.mark.parametrize(
    ("year", "factor"),
    [
        (0, 1),
        (1, 1 / 1.035),
        (30, 1.035**-30),
        (31, 1.035**-30 / 1.03),
        (75, 1.035**-30 * 1.03**-45),
        (76, 1.035**-30 * 1.03**-45 / 1.025),
        (125, 1.035**-30 * 1.03**-45 * 1.025**-50),
        (126, 1.035**-30 * 1.03**-45 * 1.025**-50 / 1.02),
        (201, 1.035**-30 * 1.03**-45 * 1.025**-50 * 1.02**-75 / 1.015),
        (302, 1.035**-30 * 1.03**-45 * 1.025**-50 * 1.02**-75 * 1.015**-100 * 1.01**-2),
    ],
)
def test_each_year_is_discounted_at_its_own_rate(year, factor):
    assert discount_factor(year) == pytest.approx(factor, rel=1e-12)


def test_the_schedule_agrees_with_a_year_by_year_walk():
    def rate_of(year):
        return next((r for first, last, r in HEALTH if first <= year <= last), 0.0043)

    factor = 1.0
    for year in range(1, 320):
        factor /= 1 + rate_of(year)
        assert discount_factor(year, "health") == pytest.approx(factor, rel=1e-9)


def test_a_flat_rate_is_a_share():
    assert discount_factor(2, 0.1) == pytest.approx(1 / 1.21)
    assert discount_factor(5, 0) == 1
    with pytest.raises(InputError, match="The discount rate is 3.5, which is not a share .* give 0.035"):
        discount_factor(1, 3.5)


@pytest.mark.parametrize("call", [lambda: discount_factor(1, "fast"), lambda: discount_schedule("fast")])
def test_an_unknown_schedule_is_refused(call):
    with pytest.raises(InputError) as refused:
        call()
    assert str(refused.value) == "'fast' is not a schedule of discount rates. Choose standard or health."


def test_years_are_whole_and_not_past():
    for year in (-1, 1.5):
        with pytest.raises(InputError, match=f"The year is {year:g}. Give a whole number of 0 or more"):
            discount_factor(year)
    with pytest.raises(InputError, match="The first year is -1. Give a whole number of 0 or more"):
        present_value([1], first_year=-1)


def test_a_year_at_full_effect_and_a_second_at_half():
    stream = [312_000, 156_000]
    assert round(present_value(stream, first_year=0, rate="health")) == 465_695
    assert round(present_value(stream, first_year=0)) == 462_725


def test_present_value_starts_at_the_end_of_the_first_year_unless_told():
    assert present_value([103.5]) == pytest.approx(100)
    assert present_value([100], first_year=0) == 100
    assert present_value([0, 107.1225]) == pytest.approx(100)


def test_an_empty_or_broken_stream_is_refused():
    with pytest.raises(InputError) as refused:
        present_value([])
    assert str(refused.value) == "There are no yearly amounts to discount. Give at least one."
    with pytest.raises(InputError, match="The amount for year 2 is nan"):
        present_value([1.0, float("nan")])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.floats(0, 0.5))
@settings(max_examples=50, deadline=None)
def test_a_flat_rate_agrees_with_numpy_financial(flows, rate):
    ours = present_value(flows, first_year=0, rate=rate)
    assert ours == pytest.approx(numpy_financial.npv(rate, flows), rel=1e-9, abs=1e-4)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_the_first_thirty_years_agree_with_numpy_financial_at_three_and_a_half(flows):
    ours = present_value(flows)
    assert ours == pytest.approx(numpy_financial.npv(0.035, [0, *flows]), rel=1e-9, abs=1e-4)


@given(st.integers(0, 400), st.sampled_from(["standard", "health"]))
@settings(max_examples=50, deadline=None)
def test_later_is_always_worth_less_but_never_nothing(year, kind):
    assert 0 < discount_factor(year + 1, kind) < discount_factor(year, kind) <= 1
