"""Looking a ledger over before adding it up: lines that may be wrong, each with the reason."""

import pandas as pd

from course.errors import InputError

USUAL = 20
"""How many times a supplier's usual line an amount may be before it is looked at."""


def lines_to_check(ledger: pd.DataFrame, times: float = USUAL) -> pd.DataFrame:
    """List the lines of a ledger to ask about before it is added up. Nothing is changed.

    Parameters
    ----------
    ledger : DataFrame
        `date`, `invoice_ref`, `supplier_id`, `amount` (£ ex VAT; credits negative); one row a line.
    times : float
        An amount above this many times the median of the supplier's other payments is out of line.
        A supplier with fewer than three other payments is not judged.

    Returns
    -------
    DataFrame
        The lines, with the index of `ledger`, in its order, and `why`: "same invoice again" (date, reference,
        supplier and amount all as in an earlier line) or "far above this supplier's usual".

    Raises
    ------
    InputError
        A column is missing.
    """
    needed = ["date", "invoice_ref", "supplier_id", "amount"]
    missing = [column for column in needed if column not in ledger]
    if missing:
        raise InputError(f"The ledger has no column {' or '.join(missing)}. Check the column names.")
    again = ledger.duplicated(needed) & ledger["invoice_ref"].notna() & ledger["supplier_id"].notna()
    paid = ledger[(ledger["amount"] > 0) & ledger["supplier_id"].notna()]
    by_supplier = paid.groupby("supplier_id")["amount"]
    # With four lines or more, one strange line hardly moves the median.
    usual = by_supplier.median()[by_supplier.size() >= 4]
    far = ledger["amount"] > times * ledger["supplier_id"].map(usual)
    why = pd.Series("", index=ledger.index)
    why[far] = "far above this supplier's usual"
    why[again] = "same invoice again"
    return ledger.assign(why=why)[again | far]
