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
