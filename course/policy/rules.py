"""Which duties bind this buyer, for this purchase, at this value, on this date; and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pandas as pd

from course.errors import InputError
from course.policy.money import STANDARD_VAT, Money, estimate, pounds, say_pounds
from course.policy.tables import WARNING, buyers, read_date, say_date, table, thresholds

PURCHASES = {
    "services": "services",
    "light-touch services": "light-touch services, such as social care, health or education",
    "goods": "goods",
    "works": "building works",
    "clinical services": "clinical services bought by the NHS",
}
ROUTES = {
    "contract": "a new contract",
    "framework": "setting up a framework",
    "call-off": "a call-off from a framework already in place",
}
STRENGTHS = ("must", "consider", "may")
_ORDER = {"must": 0, "consider": 1, "may": 2}
_COLUMNS = [
    "id",
    "applies",
    "strength",
    "instrument",
    "rule",
    "plain_sentence",
    "why",
    "fails_on",
    "min_weight_pct",
    "weight_basis",
    "min_kpis",
    "model",
    "value_tested_gbp",
    "threshold_tested_gbp",
    "threshold_basis",
    "valid_from",
    "valid_to",
    "valid_by",
    "condition",
    "source",
    "address",
    "review_date",
    "confidence",
    "check_before_relying",
    "warning",
]


def threshold(buyer: str, purchase: str, on: date | str) -> Decimal:
    """Give the procurement threshold for a buyer and a purchase, in pounds including VAT.

    Raises
    ------
    InputError
        If the buyer, purchase or date is not in the tables, or the buyer has thresholds of its own.
    """
    return _threshold(_buyer(buyer), _known(purchase, PURCHASES, "purchase"), read_date(on))


def main_purchase(services: Money = 0, goods: Money = 0, works: Money = 0) -> str:
    """Name the part of a mixed contract that is worth most, which decides how the whole is treated.

    A tie that includes services counts as services, the reading that asks more of the buyer.
    """
    parts = {"services": services, "goods": goods, "works": works}
    amounts = {name: pounds(amount, f"value of {name}") for name, amount in parts.items()}
    if not any(amounts.values()):
        raise InputError("The contract has no value yet. Give the value of its services, goods or works.")
    return max(amounts, key=lambda name: amounts[name])


def duties(
    buyer: str,
    purchase: str,
    value: Money,
    commenced: date | str,
    *,
    vat: str = "ex",
    vat_rate: Money = STANDARD_VAT,
    extension: Money = 0,
    route: str = "contract",
) -> pd.DataFrame:
    """Say of every rule in the table whether it binds this procurement, and why.

    Parameters
    ----------
    buyer : str
        An id of `buyers`, such as ``"council"``.
    purchase : str
        A key of `PURCHASES`.
    value, extension : money
        Pounds for the first term and for all extension options, on the footing `vat` names.
    commenced : date or str
        The date the procurement commenced, normally the day its tender notice was published.
    vat : {"ex", "inc"}
        Whether the amounts leave VAT out or include it.
    vat_rate : money
        Share of 1.
    route : str
        A key of `ROUTES`.

    Returns
    -------
    DataFrame
        One row a rule, those that apply first, then must, consider, may. `applies` is bool; `why` is a
        sentence or two; `fails_on` is empty or the first test failed (buyer, date, purchase, route or
        value); `min_weight_pct` (points of 100) and `min_kpis` are numbers or missing;
        `value_tested_gbp` and `threshold_tested_gbp` are pounds on the row's `threshold_basis`;
        `warning` is empty or begins "Check before relying on this".
        ``attrs`` hold ``estimate_inc_vat`` and ``estimate_ex_vat`` as Decimal.

    Raises
    ------
    InputError
        If a value cannot be read, or no thresholds are held for the date.
    """
    who = _buyer(buyer)
    _known(purchase, PURCHASES, "purchase")
    _known(route, ROUTES, "route")
    if purchase == "clinical services" and buyer != "nhs":
        raise InputError(
            "Clinical services are held for NHS bodies only. Choose light-touch services instead."
        )
    day = read_date(commenced)
    inc, ex = estimate(value, vat, vat_rate, extension)
    limit = (
        _threshold(who, purchase, day) if who.threshold_class and purchase != "clinical services" else None
    )
    thresholds(day)
    rows = []
    for record in table("duties").to_dict("records"):
        rule = SimpleNamespace(**{str(column): cell for column, cell in record.items()})
        tested = ex if rule.threshold_basis == "excluding VAT" else inc
        fails, why, against = _test(rule, who, purchase, route, day, tested, limit)
        reason = _reason_to_check(rule, who)
        row = record | {
            "applies": not fails,
            "fails_on": fails,
            "why": why,
            "min_weight_pct": _number(rule.min_weight_pct),
            "min_kpis": _number(rule.min_kpis),
            "value_tested_gbp": float(tested) if against is not None else None,
            "threshold_tested_gbp": float(against) if against is not None else None,
            "check_before_relying": bool(reason),
            "warning": f"{WARNING}. {reason}" if reason else "",
        }
        rows.append(row)
    frame = pd.DataFrame(rows)[_COLUMNS].astype(
        {"min_weight_pct": float, "min_kpis": float, "value_tested_gbp": float, "threshold_tested_gbp": float}
    )
    order = frame.assign(first=~frame.applies, then=frame.strength.map(_ORDER))
    frame = frame.loc[order.sort_values(["first", "then"], kind="stable").index].reset_index(drop=True)
    frame.attrs = {"estimate_inc_vat": inc, "estimate_ex_vat": ex}
    return frame


@dataclass(frozen=True)
class ModelAnswer:
    """Which social value model is mandated, with its minimum weight in points of 100, or that none is."""

    name: str
    min_weight_pct: float | None
    weight_basis: str
    min_kpis: int | None
    why: str
    row_id: str
    source: str
    warning: str


def social_value_model(
    buyer: str, commenced: date | str, value_inc_vat: Money, purchase: str = "services"
) -> ModelAnswer:
    """Say which social value model binds a buyer for a procurement.

    Parameters
    ----------
    buyer : str
        An id of `buyers`.
    commenced : date or str
        The date the procurement commenced.
    value_inc_vat : money
        Pounds including VAT and extension options.
    purchase : str
        A key of `PURCHASES`.

    Returns
    -------
    ModelAnswer
        ``name`` is "none" when no model is mandated; ``why`` then says what the buyer may do.
    """
    frame = duties(buyer, purchase, value_inc_vat, commenced, vat="inc")
    named = frame[frame.model.ne("")]
    held = named[named.applies]
    must = held[held.strength.eq("must")]
    if len(must):
        row = must.iloc[0]
        kpis = None if pd.isna(row.min_kpis) else int(row.min_kpis)
        weight = float(row.min_weight_pct)
        return ModelAnswer(
            row.model, weight, row.weight_basis, kpis, row.why, row["id"], row.source, row.warning
        )
    if len(held):
        row = held.iloc[0]
        return ModelAnswer("none", None, "", None, row.plain_sentence, row["id"], row.source, row.warning)
    who, day = _buyer(buyer).phrase, say_date(read_date(commenced))
    why = f"No social value model in the table binds {who} for this procurement of {day}."
    return ModelAnswer("none", None, "", None, why, "", "", "")


def _test(
    rule: SimpleNamespace,
    who: pd.Series,
    purchase: str,
    route: str,
    day: date,
    tested: Decimal,
    limit: Decimal | None,
) -> tuple[str, str, Decimal | None]:
    """Give the first test failed (or ""), the sentence that says why, and the threshold compared with."""
    if who["id"] not in rule.buyer_kinds.split(";"):
        return "buyer", f"This rule does not cover {who.phrase}.", None
    if day < rule.valid_from:
        since = f"It covers procurements commenced from {say_date(rule.valid_from)}."
        return "date", f"{since} Yours commenced on {say_date(day)}.", None
    if rule.valid_to and day > rule.valid_to:
        until = f"It covered procurements commenced up to {say_date(rule.valid_to)}."
        return "date", f"{until} Yours commenced on {say_date(day)}.", None
    if purchase not in rule.purchases.split(";"):
        return "purchase", f"This rule does not cover {PURCHASES[purchase]}.", None
    if route not in rule.routes.split(";"):
        follow = " A call-off follows the rules of its framework." if route == "call-off" else ""
        return "route", f"This rule does not cover {ROUTES[route]}.{follow}", None
    covered = f"{who.phrase[0].upper()}{who.phrase[1:]} is covered."
    size, against = _value_test(rule, tested, limit)
    if size.startswith("No: "):
        return "value", size[4:], against
    when = f" It applies if {rule.condition}." if rule.condition else ""
    return "", f"{covered}{size}{when}", against


def _value_test(rule: SimpleNamespace, tested: Decimal, limit: Decimal | None) -> tuple[str, Decimal | None]:
    """Compare the estimate with the row's threshold; the sentence begins "No: " when it fails."""
    against = limit if rule.threshold_ref else _decimal(rule.threshold_gbp)
    ceiling = _decimal(rule.below_gbp)
    said = f"The estimate is {say_pounds(tested)}, {rule.threshold_basis}."
    if against is not None:
        line = say_pounds(against)
        if rule.threshold_test == "below" and tested >= against:
            return f"No: {said} The rule is for contracts below {line}.", against
        if rule.threshold_test == "at least" and tested < against:
            return f"No: {said} The rule begins at {line}.", against
        if rule.threshold_test == "more than" and tested <= against:
            return f"No: {said} The rule is for contracts of more than {line}.", against
    if ceiling is not None and tested >= ceiling:
        return f"No: {said} The rule is for contracts below {say_pounds(ceiling)}.", ceiling
    if against is None:
        return " No value threshold applies.", None
    words = {"below": "below", "at least": "not less than", "more than": "more than"}[rule.threshold_test]
    upper = f" and below {say_pounds(ceiling)}" if ceiling is not None else ""
    return f" {said} That is {words} {say_pounds(against)}{upper}.", against


def _reason_to_check(rule: SimpleNamespace, who: pd.Series) -> str:
    if rule.check_before_relying:
        return rule.check_reason
    if rule.instrument == "Procurement Act 2023":
        return who.act_2023_note
    return ""


def _threshold(who: pd.Series, purchase: str, day: date) -> Decimal:
    held = thresholds(day)
    if not who.threshold_class:
        raise InputError(f"The thresholds held are not those of {who.phrase}. See the rules of that nation.")
    fits = [
        who.threshold_class in classes.split(";") and purchase in kinds.split(";")
        for classes, kinds in zip(held.buyer_class, held.purchases, strict=True)
    ]
    if not any(fits):
        raise InputError(f"No threshold is held for {PURCHASES[purchase]}. Choose another kind of purchase.")
    return Decimal(int(held.loc[fits, "threshold_gbp"].iloc[0]))


def _buyer(buyer: str) -> pd.Series:
    frame = buyers()
    found = frame[frame["id"] == buyer]
    if found.empty:
        raise InputError(f"{buyer!r} is not a kind of buyer. Choose one of: {', '.join(frame['id'])}.")
    return found.iloc[0]


def _known(choice: str, choices: dict[str, str], kind: str) -> str:
    if choice not in choices:
        raise InputError(f"{choice!r} is not a kind of {kind}. Choose one of: {', '.join(choices)}.")
    return choice


def _number(text: str) -> float | None:
    return float(text) if text else None


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None
