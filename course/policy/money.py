"""Pounds and pence, exactly: thresholds are met or missed by a penny, so no binary fractions here."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from course.errors import InputError

Money = Decimal | int | float | str
PENNY = Decimal("0.01")
STANDARD_VAT = Decimal("0.20")


def pounds(amount: Money, name: str = "value") -> Decimal:
    """Read an amount of money as exact pounds and pence.

    Parameters
    ----------
    amount : Decimal, int, float or str
        Pounds. Text may carry a pound sign, commas and spaces: ``"£173,100"``.
    name : str
        What the amount is, for the message.

    Returns
    -------
    Decimal
        Pounds, rounded half up to the penny.

    Raises
    ------
    InputError
        If it is not a number, not finite, or below zero.
    """
    text = str(amount).replace("£", "").replace(",", "").replace(" ", "")
    try:
        # quantize also refuses infinity, and more digits than any contract has
        number = Decimal(text).quantize(PENNY, ROUND_HALF_UP)
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_nan():
        raise InputError(f"The {name} {amount!r} is not an amount of money. Give pounds, for example 173100.")
    if number < 0:
        raise InputError(f"The {name} is below zero. Give the amount in pounds, zero or more.")
    return number


def vat_share(rate: Money) -> Decimal:
    """Read a VAT rate as a share of 1; 0.20 is the standard rate, 0 an exempt or zero-rated supply."""
    try:
        number = Decimal(str(rate))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number < 1:
        raise InputError(f"The VAT rate {rate} is not a share from 0 to 1. For 20% give 0.20, not 20.")
    return number


def estimate(
    value: Money, vat: str = "ex", vat_rate: Money = STANDARD_VAT, extension: Money = 0
) -> tuple[Decimal, Decimal]:
    """Estimate a contract as the thresholds count it: with VAT and every extension option.

    Parameters
    ----------
    value, extension : money
        Pounds for the first term and for all extension options, both on the footing `vat` names.
    vat : {"ex", "inc"}
        Whether `value` and `extension` leave VAT out or include it.
    vat_rate : money
        Share of 1.

    Returns
    -------
    tuple of Decimal
        The estimate including VAT, and the estimate excluding VAT, in pounds to the penny.

    Raises
    ------
    InputError
        If an amount, the rate or the footing cannot be used.
    """
    rate = vat_share(vat_rate)
    total = pounds(value, "value") + pounds(extension, "extension value")
    if vat == "ex":
        return (total * (1 + rate)).quantize(PENNY, ROUND_HALF_UP), total
    if vat == "inc":
        return total, (total / (1 + rate)).quantize(PENNY, ROUND_HALF_UP)
    raise InputError(f"VAT is given as {vat!r}. Say 'ex' if the value leaves it out, 'inc' if not.")


def say_pounds(amount: Decimal) -> str:
    """Write an amount as people read it: £207,720, or £207,720.50 when there are pence."""
    return f"£{amount:,.0f}" if amount == amount.to_integral_value() else f"£{amount:,.2f}"
