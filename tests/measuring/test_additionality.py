import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.measuring import (
    additional_posts,
    additionality_steps,
    net_additional,
    net_against_reference,
    net_by_subtracting,
    net_change,
)

shares = st.floats(0, 1)
changes = st.floats(0, 1e6)
JOBS = {"deadweight": 0.20, "displacement": 0.25, "leakage": 0.10, "multiplier": 1.25}


def test_fifty_jobs_become_33_75():
    assert net_additional(50, **JOBS) == pytest.approx(33.75)


def test_subtracting_the_percentages_gives_the_wrong_28_13():
    assert net_by_subtracting(50, 0.20, 0.25, 0.10, multiplier=1.25) == pytest.approx(28.125)


def test_each_adjustment_is_taken_off_once():
    for name in ("deadweight", "displacement", "leakage", "substitution"):
        assert net_additional(100, **{name: 0.3}) == pytest.approx(70), name
    assert net_additional(100, multiplier=1.5) == 150
    assert net_additional(100) == 100


def test_fifty_jobs_against_twelve_anyway_is_32_06():
    net = net_against_reference(50, 12, displacement=0.25, leakage=0.10, multiplier=1.25)
    assert net == pytest.approx(42.1875 - 10.125)
    assert round(net, 2) == 32.06


def test_deadweight_with_a_reference_case_is_refused_as_counted_twice():
    with pytest.raises(InputError) as refused:
        net_against_reference(50, 12, deadweight=0.2)
    assert str(refused.value) == (
        "Deadweight is taken off twice: the reference case already counts what happens anyway. Give one."
    )


def test_deadweight_beside_a_reference_case_must_still_be_a_share():
    with pytest.raises(InputError, match="The deadweight is 20, which is not a share"):
        net_against_reference(50, 12, deadweight=20)


def test_doing_worse_than_the_reference_case_is_shown_as_a_loss():
    assert net_against_reference(10, 12) == -2
    assert net_against_reference(10, 10, substitution=0.5) == 0
    assert net_against_reference(20, 10, substitution=0.5) == 5


@pytest.mark.parametrize("name", ["deadweight", "displacement", "leakage", "substitution"])
def test_a_percentage_in_place_of_a_share_is_refused_by_name(name):
    with pytest.raises(InputError) as refused:
        net_additional(50, **{name: 20})
    assert str(refused.value) == f"The {name} is 20, which is not a share from 0 to 1. For 20% give 0.2."
    with pytest.raises(InputError, match=f"The {name} is 20"):
        additionality_steps(50, **{name: 20})


def test_negative_quantities_and_multipliers_of_nought_are_refused():
    for call in (net_additional, net_by_subtracting, additionality_steps):
        with pytest.raises(InputError, match="The gross change is -1, which is below zero"):
            call(-1)
        with pytest.raises(InputError, match="The multiplier is 0. Give a number above zero"):
            call(1, multiplier=0)
    with pytest.raises(InputError, match="The reference case is -1, which is below zero"):
        net_against_reference(1, -1)
    with pytest.raises(InputError, match="The share is 20"):
        net_by_subtracting(50, 20)


def test_the_steps_walk_from_gross_to_net():
    steps = additionality_steps(50, **JOBS)
    assert list(steps.columns) == ["step", "factor", "change", "remaining"]
    assert list(steps["step"]) == [
        "Gross change",
        "Deadweight",
        "Displacement",
        "Leakage",
        "Substitution",
        "Multiplier",
    ]
    assert steps["factor"].tolist() == pytest.approx([1, 0.8, 0.75, 0.9, 1, 1.25])
    assert steps["remaining"].tolist() == pytest.approx([50, 40, 30, 27, 27, 33.75])
    assert steps["change"].tolist() == pytest.approx([0, -10, -10, -3, 0, 6.75])


def test_with_nothing_to_take_off_every_step_keeps_the_gross():
    assert additionality_steps(100)["remaining"].tolist() == [100] * 6


def test_twelve_of_fifteen_already_in_post_leaves_three():
    assert additional_posts(15, 12) == 3
    assert additional_posts(12, 15) == 0
    assert additional_posts(0, 0) == 0
    with pytest.raises(InputError, match="The number already employed is -1"):
        additional_posts(1, -1)
    with pytest.raises(InputError, match="The number promised is 1.5"):
        additional_posts(1.5, 0)


@pytest.mark.parametrize(
    ("figures", "net"),
    [((40, 47, 38, 42), 3), ((20.0, 23.5, 18.0, 18.5), 3.0), ((400, 330, 300, 272), -42)],
)
def test_net_change_takes_off_what_happened_elsewhere(figures, net):
    assert net_change(*figures) == pytest.approx(net)


@pytest.mark.parametrize(
    ("place", "name"),
    list(enumerate(["figure before", "figure after", "comparator before", "comparator after"])),
)
def test_each_figure_of_a_net_change_is_named_when_it_is_missing(place, name):
    figures = [1.0, 1.0, 1.0, 1.0]
    figures[place] = float("nan")
    with pytest.raises(InputError, match=f"The {name} is nan"):
        net_change(*figures)


@given(changes, shares, shares, shares, shares)
@settings(max_examples=60, deadline=None)
def test_net_is_never_more_than_gross_nor_below_nought_without_a_multiplier(gross, a, b, c, d):
    net = net_additional(gross, deadweight=a, displacement=b, leakage=c, substitution=d)
    assert 0 <= net <= gross


@given(changes, shares, shares, shares)
@settings(max_examples=60, deadline=None)
def test_subtracting_never_gives_more_than_multiplying(gross, a, b, c):
    right = net_additional(gross, deadweight=a, displacement=b, leakage=c)
    assert net_by_subtracting(gross, a, b, c) <= right + 1e-6 * (1 + gross)


@given(changes, changes, shares, shares)
@settings(max_examples=60, deadline=None)
def test_a_reference_case_of_a_share_of_gross_is_the_same_as_deadweight(gross, multiplier, share, lost):
    multiplier += 0.1
    by_reference = net_against_reference(gross, gross * share, leakage=lost, multiplier=multiplier)
    by_deadweight = net_additional(gross, deadweight=share, leakage=lost, multiplier=multiplier)
    assert by_reference == pytest.approx(by_deadweight, rel=1e-6, abs=1e-3)


@given(changes, shares, shares, st.floats(0.1, 3))
@settings(max_examples=60, deadline=None)
def test_the_last_step_is_the_net_figure(gross, a, b, multiplier):
    steps = additionality_steps(gross, deadweight=a, substitution=b, multiplier=multiplier)
    net = net_additional(gross, deadweight=a, substitution=b, multiplier=multiplier)
    assert steps["remaining"].iloc[-1] == pytest.approx(net)
    assert np.isclose(steps["change"].sum(), net - gross)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
@settings(max_examples=40, deadline=None)
def test_a_change_that_happened_everywhere_is_no_net_change(before, other, change):
    assert net_change(before, before + change, other, other + change) == pytest.approx(0, abs=1e-6)
