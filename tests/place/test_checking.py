"""Lines of a ledger to ask about before it is added up."""

import pandas as pd
import pytest

from course.errors import InputError
from course.place.checking import lines_to_check


def lines(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["date", "invoice_ref", "supplier_id", "amount"])


def test_an_invoice_paid_twice_is_listed_once():
    found = lines_to_check(
        lines(
            ("2025-05-01", "I1", "V1", 100.0),
            ("2025-05-01", "I1", "V1", 100.0),
            ("2025-05-02", "I1", "V1", 100.0),
        )
    )
    assert found.index.tolist() == [1]
    assert found["why"].tolist() == ["same invoice again"]


def test_lines_without_a_reference_or_supplier_are_not_called_the_same():
    rows = [("2025-05-01", None, "V1", 100.0)] * 2 + [("2025-05-01", "I1", None, 100.0)] * 2
    assert lines_to_check(lines(*rows)).empty


def test_an_amount_a_hundred_times_the_usual_is_listed():
    rows = [("2025-05-01", f"I{n}", "V1", 1_000.0 + n) for n in range(5)] + [
        ("2025-06-01", "I9", "V1", 100_000.0)
    ]
    found = lines_to_check(lines(*rows))
    assert found["amount"].tolist() == [100_000.0]
    assert found["why"].tolist() == ["far above this supplier's usual"]


def test_a_supplier_with_few_payments_is_not_judged():
    assert lines_to_check(
        lines(("d", "I1", "V1", 1.0), ("d", "I2", "V1", 1.0), ("d", "I3", "V1", 500.0))
    ).empty


def test_calderbrooks_nine_doubled_invoices_and_its_lost_decimal_point_are_found(ledger):
    found = lines_to_check(ledger)
    assert found["why"].value_counts().to_dict() == {
        "same invoice again": 9,
        "far above this supplier's usual": 1,
    }
    assert found.loc[found["why"].str.startswith("far"), "amount"].tolist() == [998_835.0]


def test_a_ledger_without_amounts_is_refused_with_a_sentence():
    with pytest.raises(InputError, match="no column amount"):
        lines_to_check(pd.DataFrame({"date": [], "invoice_ref": [], "supplier_id": []}))


def test_all_missing_columns_are_named():
    with pytest.raises(InputError, match="no column supplier_id or amount[.]"):
        lines_to_check(pd.DataFrame({"date": [], "invoice_ref": []}))


def test_an_invoice_is_the_same_whatever_stands_in_other_columns():
    twice = lines(("d", "I1", "V1", 100.0), ("d", "I1", "V1", 100.0)).assign(note=["first", "second"])
    assert lines_to_check(twice).index.tolist() == [1]


def test_three_other_payments_are_enough_and_twenty_times_the_median_is_not_yet_far():
    usual = [("d", f"I{n}", "V1", 100.0) for n in range(3)]
    assert lines_to_check(lines(*usual, ("d", "I9", "V1", 2_000.0))).empty
    assert lines_to_check(lines(*usual, ("d", "I9", "V1", 2_000.01)))["amount"].tolist() == [2_000.01]


def test_credits_and_small_payments_do_not_hide_what_is_usual():
    usual = [("d", f"I{n}", "V1", 0.5) for n in range(3)]
    credits = [("d", f"C{n}", "V1", -100.0) for n in range(9)]
    found = lines_to_check(lines(*usual, *credits, ("d", "I9", "V1", 11.0)))
    assert found["amount"].tolist() == [11.0]
    nothing = [("d", f"N{n}", "V1", 0.0) for n in range(9)]
    assert lines_to_check(lines(*usual, *nothing, ("d", "I9", "V1", 9.0))).empty
