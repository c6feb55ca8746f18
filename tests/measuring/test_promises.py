"""What a promise costs to keep, and how likely it is to be kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.measuring import chance_of_keeping, chances, places_needed, promise_cost, safe_promise

stats = pytest.importorskip("scipy.stats", reason="SciPy is not installed")


def test_five_must_start_for_four_to_stay_when_one_in_five_leaves():
    assert places_needed(4, 0.2) == pytest.approx(5)
    assert promise_cost(4, 6000, 0.2) == pytest.approx(30_000)


def test_nobody_leaving_costs_the_promise_itself():
    assert promise_cost(4, 6000) == 24_000


# In thousandths: SciPy's own binomial overflows for a chance of 1e-308.
shares = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)


@settings(max_examples=40)
@given(st.integers(0, 14), shares, st.integers(0, 15))
def test_chances_are_the_binomial_distributions(places, stay, promised):
    assert chances(places, stay) == pytest.approx(stats.binom.pmf(range(places + 1), places, stay), abs=1e-9)
    kept = chance_of_keeping(promised, places, stay)
    assert kept == pytest.approx(stats.binom.sf(promised - 1, places, stay), abs=1e-9)


@settings(max_examples=40)
@given(st.integers(0, 14), st.floats(0.05, 0.95), st.floats(0.5, 0.95))
def test_a_safe_promise_is_kept_often_enough_and_one_more_is_not(places, stay, at_least):
    safe = safe_promise(places, stay, at_least)
    assert safe == 0 or chance_of_keeping(safe, places, stay) >= at_least
    assert safe == places or chance_of_keeping(safe + 1, places, stay) < at_least


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: places_needed(4, 1), "share who leave is 1"),
        (lambda: chances(4, 1.2), "chance that one person stays is 1.2"),
        (lambda: promise_cost(-1, 10), "^The number promised is -1"),
        (lambda: promise_cost(1, -10), "^The cost of one start is -10"),
        (lambda: chances(2.5, 0.5), "^The number of places is 2.5"),
        (lambda: chance_of_keeping(1.5, 2, 0.5), "^The number promised is 1.5"),
        (lambda: safe_promise(-1, 0.5), "^The number of places is -1"),
        (lambda: safe_promise(4, 0.5, 80), "^The least chance is 80"),
    ],
)
def test_figures_out_of_range_are_named(ask, message):
    with pytest.raises(InputError, match=message):
        ask()


def test_where_everyone_stays_all_can_be_promised():
    assert chances(3, 1) == [0, 0, 0, 1]
    assert safe_promise(3, 1) == 3
    assert safe_promise(3, 1, 0) == 3


def test_a_promise_is_safe_from_four_in_five_unless_told():
    assert chance_of_keeping(3, 4, 0.8) == pytest.approx(0.8192)
    assert safe_promise(4, 0.8) == 3
    assert safe_promise(4, 0.8, 0.82) == 2


def test_no_chance_is_above_one():
    assert max(chance_of_keeping(0, 14, thousandths / 1000) for thousandths in range(1001)) == 1
