from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.policy import estimate, pounds, say_pounds

pence = st.integers(0, 10**12).map(lambda p: Decimal(p) / 100)


@pytest.mark.parametrize(
    ("given_", "read"),
    [
        ("£173,100", "173100.00"),
        (" 173 100.5 ", "173100.50"),
        (0, "0.00"),
        (0.1, "0.10"),
        (Decimal("2.005"), "2.01"),
        (Decimal("2.004"), "2.00"),
    ],
)
def test_money_is_read_to_the_penny(given_, read):
    assert str(pounds(given_)) == read


@pytest.mark.parametrize("bad", ["lots", float("nan"), float("inf"), "", True, None, "1e40", "£"])
def test_what_is_not_money_is_refused_by_name(bad):
    with pytest.raises(InputError) as refused:
        pounds(bad, "extension value")
    assert str(refused.value) == (
        f"The extension value {bad!r} is not an amount of money. Give pounds, for example 173100."
    )


def test_money_below_zero_is_refused():
    with pytest.raises(InputError) as refused:
        pounds("-0.01")
    assert str(refused.value) == "The value is below zero. Give the amount in pounds, zero or more."


@pytest.mark.parametrize(
    ("net", "gross"),
    [(173_100, 207_720), (552_950, 663_540), (170_000, 204_000), (190_000, 228_000), ("0.01", "0.01")],
)
def test_vat_is_added_exactly(net, gross):
    assert estimate(net) == (Decimal(gross), Decimal(net))


def test_extension_options_are_added_before_vat():
    base = Decimal(2_750_000)
    inc, ex = estimate(base, extension=base / 3 * 2)
    assert inc == 5_500_000
    assert ex == Decimal("4583333.33")


def test_a_value_including_vat_is_left_alone_and_its_net_is_worked_back():
    assert estimate(200_000, "inc", extension="7,720") == (Decimal(207_720), Decimal(173_100))


def test_half_a_penny_is_rounded_up():
    assert estimate("0.10", vat_rate="0.05")[0] == Decimal("0.11")
    assert estimate("0.04", "inc", vat_rate="0.6")[1] == Decimal("0.03")


def test_an_exempt_supply_has_no_vat():
    assert estimate(100, vat_rate=0) == (Decimal(100), Decimal(100))


@pytest.mark.parametrize("rate", [20, 1, "-0.01", "twenty", float("nan")])
def test_a_vat_rate_that_is_not_a_share_is_refused(rate):
    with pytest.raises(InputError) as refused:
        estimate(1, vat_rate=rate)
    assert str(refused.value) == (
        f"The VAT rate {rate} is not a share from 0 to 1. For 20% give 0.20, not 20."
    )


def test_the_vat_footing_is_ex_or_inc():
    with pytest.raises(InputError) as refused:
        estimate(1, "net")
    assert str(refused.value) == "VAT is given as 'net'. Say 'ex' if the value leaves it out, 'inc' if not."


def test_each_amount_is_named_when_it_is_wrong():
    with pytest.raises(InputError, match="The value is below zero"):
        estimate(-1)
    with pytest.raises(InputError, match="The extension value is below zero"):
        estimate(1, extension=-1)


@given(pence)
@settings(max_examples=60, deadline=None)
def test_the_two_vat_footings_agree(net):
    inc, ex = estimate(net)
    assert ex == net
    assert abs(estimate(inc, "inc")[1] - net) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("amount", "said"), [("207720.00", "£207,720"), ("5500000.01", "£5,500,000.01"), ("0.5", "£0.50")]
)
def test_money_is_said_without_needless_pence(amount, said):
    assert say_pounds(Decimal(amount)) == said
