"""Published spending: what councils put out as "payments over £500", read into one tidy table.

The Local Government Transparency Code 2015 says what to publish, not what to call it; names of columns, ways
of writing money and dates, and ways of hiding a name differ from body to body and year to year.
"""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pandas as pd

from course.errors import InputError
from course.place.reading import issues_table, plain, read_rows

SYNONYMS: dict[str, tuple[str, ...]] = {
    "supplier": (
        "supplier name", "supplier", "supplier beneficiary name", "beneficiary name", "beneficiary",
        "name of supplier", "merchant name", "merchant", "vendor name", "vendor", "payee name", "payee",
        "creditor name", "creditor", "company name", "organisation paid", "paid to",
    ),
    "amount_net": (
        "net amount", "amount net", "net amount gbp", "net value", "amount excl vat", "amount ex vat",
        "amount excluding vat", "amount exc vat", "net", "net invoice amount", "invoice net amount",
        "value excl vat", "value ex vat", "total excl vat", "amount excl vat gbp",
    ),
    "amount_gross": (
        "gross amount", "gross", "gross value", "amount incl vat", "amount inc vat", "amount including vat",
        "total inc vat", "total including vat", "invoice gross amount",
    ),
    "amount": (
        "amount", "amount gbp", "value", "payment amount", "amount paid", "invoice amount", "total",
        "total amount", "line amount", "transaction amount", "spend", "payment value", "sum of amount",
        "invoice value", "value gbp", "amount in gbp", "total paid",
    ),
    "date": (
        "payment date", "date paid", "date of payment", "pay date", "paid date", "date", "effective date",
        "transaction date", "invoice date", "posting date", "clearing date", "cleared date",
        "invoice payment date", "date of invoice", "document date",
    ),
    "supplier_id": (
        "supplier id", "supplier number", "supplier no", "supplier code", "supplier reference", "vendor id",
        "vendor number", "vendor no", "vendor code", "creditor number", "beneficiary id",
        "supplier beneficiary id",
    ),
    "invoice_ref": (
        "invoice ref", "invoice reference", "invoice number", "invoice no", "transaction number",
        "transaction no", "transaction reference", "transaction ref", "transaction id", "trans no",
        "document number", "document no", "doc no", "payment reference", "payment number", "reference",
        "voucher number", "internal reference", "our reference", "unique reference",
    ),
    "category": (
        "category", "expense type", "expenses type", "expenditure category", "expenditure type", "purpose",
        "purpose of spend", "purpose of expenditure", "description", "procurement category",
        "procurement classification", "proclass description", "merchant category", "account description",
        "subjective description", "cost type", "expenditure description", "summary of purpose",
    ),
    "service": (
        "directorate", "department", "service", "service area", "service label", "service category label",
        "responsible unit", "organisational unit", "service division", "expense area",
        "cost centre description", "cost centre", "service department",
    ),
    "postcode": (
        "postcode", "post code", "supplier postcode", "supplier post code", "vendor postcode",
        "payee postcode", "beneficiary postcode",
    ),
    "area_code": (
        "area code", "supplier area code", "lsoa code", "lsoa", "lsoa21 code", "lsoa21cd", "lsoa11 code",
        "lsoa11cd", "district code", "local authority code", "lad code", "lad24cd", "ons code", "gss code",
    ),
}  # fmt: skip
"""What each tidy column may be called, spelling and signs aside (see `course.place.reading.plain`), the best
first. £ excluding VAT is preferred to an amount that does not say, and that to one including VAT."""

COLUMNS = [
    "row",
    "supplier_id",
    "supplier",
    "redacted",
    "date",
    "financial_year",
    "amount",
    "amount_basis",
    "credit",
    "invoice_ref",
    "possible_duplicate",
    "category",
    "service",
    "postcode",
    "area_code",
]
"""The tidy table: line of the file; text; text; bool; datetime; "2025/26"; £; "ex VAT", "inc VAT" or
"not stated"; bool; text; bool; text from here on."""

_EXCEL_EPOCH = date(1899, 12, 30)
_NEEDED = ("supplier", "date")
_REDACTED = re.compile(
    r"\W*(?:redact|withheld|personal (?:data|information)|name withheld|private individual|individual\W*$|"
    r"confidential|not disclosed|data protection|gdpr|xxx+)",
    re.I,
)
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
_TOTAL = re.compile(r"(?:grand |sub ?)?total\b", re.I)
_DATE_FORMS = (
    "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d-%m-%y", "%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d", "%Y/%m/%d",
    "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %b %y", "%d %B %Y", "%d-%B-%Y", "%d/%b/%Y", "%d/%b/%y",
    "%b %d %Y", "%B %d %Y", "%Y%m%d",
)  # fmt: skip


def import_ledger(path: str | Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a body's published spending.

    Parameters
    ----------
    path : str or Path
        A CSV file, compressed or not; a title above the header is passed over.

    Returns
    -------
    ledger : DataFrame
        One row a payment line, see `COLUMNS`. Credits are negative. Lines that look paid twice (same
        supplier, date, amount and invoice reference) are kept and marked from the second on.
    issues : DataFrame
        See `course.place.reading.ISSUE_COLUMNS`. A line is refused when its amount or date cannot be read
        or it has no supplier; all else is kept and, where it was changed, said so.

    Raises
    ------
    InputError
        The file cannot be read, lacks a column for supplier, date or amount, or has no usable line.
    """
    name = Path(path).name
    rows = read_rows(path)
    start, places = _find_header([cells for _, cells in rows[:15]])
    missing = [what for what in _NEEDED if what not in places]
    if not places.keys() & {"amount", "amount_net", "amount_gross"}:
        missing.append("amount")
    if missing:
        raise InputError(
            f"{name} has no column for {' or '.join(missing)}. "
            f"Name one {' and one '.join(repr(SYNONYMS[what][0]) for what in missing)}."
        )
    header = rows[start][1]
    money, basis = next(
        (places[column], words)
        for column, words in (("amount_net", "ex VAT"), ("amount", "not stated"), ("amount_gross", "inc VAT"))
        if column in places
    )
    basis = _basis(header[money], basis)
    issues: list[tuple] = []
    if basis != "ex VAT":
        issues.append((None, header[money], None, f"Amounts are {_BASIS_WORDS[basis]}.", "kept"))
    width = len(header)
    records = []
    for line, cells in rows[start + 1 :]:
        if len(cells) > width and any(cells[width:]):
            issues.append(
                (
                    line,
                    None,
                    ",".join(cells[width:]),
                    f"The line has {len(cells)} cells, not {width}.",
                    "refused",
                )
            )
            continue
        cells = cells + [""] * (width - len(cells))
        record = _line(line, cells, header, places, money, issues)
        if record:
            records.append({**record, "amount_basis": basis})
    if not records:
        raise InputError(f"{name} has no usable line: none has a supplier, a date and an amount.")
    ledger = pd.DataFrame(records).reindex(columns=COLUMNS)
    for column in ("supplier_id", "supplier", "invoice_ref", "category", "service", "postcode", "area_code"):
        ledger[column] = ledger[column].astype("str")
    ledger["date"] = pd.to_datetime(ledger["date"])
    same = ledger[["date", "amount", "invoice_ref"]].assign(
        supplier=ledger["supplier"].str.casefold().str.rstrip(" .")
    )
    ledger["possible_duplicate"] = ledger["invoice_ref"].notna() & same.duplicated()
    for row in ledger[ledger["possible_duplicate"]].itertuples():
        issues.append(
            (
                row.row,
                "invoice_ref",
                row.invoice_ref,
                "Supplier, date, amount and reference are those of a line above.",
                "kept",
            )
        )
    return ledger, issues_table(issues)


def looks_like_ledger(path: str | Path) -> bool:
    """Say whether a file has columns for supplier, date and amount, by any name in `SYNONYMS`."""
    try:
        _, places = _find_header([cells for _, cells in read_rows(path)[:15]])
    except InputError:
        return False
    return places.keys() >= set(_NEEDED) and bool(places.keys() & {"amount", "amount_net", "amount_gross"})


def read_amount(text: str) -> float | None:
    """Read pounds as published: "£1,234.50", "(1,234.50)", "1,234.50-", "12.50 CR"; None if it is none."""
    bare = (
        re.sub(r"£|GBP|\s", "", text, flags=re.I).replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    )
    match = re.fullmatch(r"(\()?(-)?(\d{1,3}(?:,\d{3})+|\d+)?(\.\d*)?(-|CR|DR)?(\))?", bare, flags=re.I)
    if not match or not re.search(r"\d", bare) or bool(match[1]) != bool(match[6]):
        return None
    signs = [bool(match[1]), bool(match[2]), (match[5] or "").upper() in ("-", "CR")]
    if sum(signs) > 1:
        return None
    number = float((match[3] or "0").replace(",", "") + (match[4] or ""))
    return -number if any(signs) else number


@lru_cache(maxsize=4096)
def read_date(text: str) -> date | None:
    """Read a date as published, day before month, or as Excel's day number; None if it is none."""
    bare = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", text.strip().replace(",", " "))
    bare = re.sub(r"[T ]\d{1,2}:\d\d(:\d\d(\.\d+)?)?(Z|\+00:?00)?$", "", re.sub(r"\s+", " ", bare))
    bare = re.sub(r"(?i)\bsept\b", "Sep", bare)
    for form in _DATE_FORMS:
        # Python would also read shorter numbers by this form.
        if form == "%Y%m%d" and not re.fullmatch(r"\d{8}", bare):
            continue
        try:
            day = datetime.strptime(bare, form).date()
        except ValueError:
            continue
        break
    else:
        if not re.fullmatch(r"\d{5}(\.\d+)?", bare):
            return None
        day = _EXCEL_EPOCH + timedelta(days=int(bare[:5]))
    return day if 1990 <= day.year <= 2100 else None


def financial_year(day: date) -> str:
    """Financial year of a public body in England, April to March: 31 March 2026 is in "2025/26"."""
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}/{(first + 1) % 100:02d}"


def read_postcode(text: str) -> str | None:
    """Write a postcode the usual way, "CX1 2AB"; None if it is not shaped like one."""
    match = _POSTCODE.fullmatch(re.sub(r"\s", "", text).upper())
    return f"{match[1]} {match[2]}" if match else None


_BASIS_WORDS = {
    "inc VAT": "including VAT: the file gives none without it",
    "not stated": "taken as they stand: the file does not say whether they include VAT",
}


def _basis(column: str, otherwise: str) -> str:
    words = plain(column)
    if re.search(r"\b(?:net|ex|exc|excl|excluding)\b", words):
        return "ex VAT"
    if re.search(r"\b(?:gross|inc|incl|including)\b", words):
        return "inc VAT"
    return otherwise


def _find_header(head: list[list[str]]) -> tuple[int, dict[str, int]]:
    """Find the row that names most columns, and the place of each."""
    best: tuple[int, dict[str, int]] = (0, {})
    for start, cells in enumerate(head):
        names = [plain(re.sub(r"£", " gbp ", cell)) for cell in cells]
        bare = [" ".join(word for word in name.split() if word != "gbp") for name in names]
        places: dict[str, int] = {}
        for column, synonyms in SYNONYMS.items():
            for synonym in synonyms:
                where = next(
                    (i for i, both in enumerate(zip(names, bare, strict=True)) if synonym in both), None
                )
                if where is not None and where not in places.values():
                    places[column] = where
                    break
        if len(places) > len(best[1]):
            best = (start, places)
    return best


def _line(
    line: int, cells: list[str], header: list[str], places: dict[str, int], money: int, issues: list[tuple]
) -> dict | None:
    text = {column: cells[place] or None for column, place in places.items()}
    supplier = re.sub(r"\s+", " ", text["supplier"] or "")
    dated, amounted = text["date"] or "", cells[money]
    if _TOTAL.match(supplier or cells[0]) and not dated:
        issues.append((line, None, supplier or cells[0], "This is a total, not a payment.", "refused"))
        return None
    refused = []
    amount, day = read_amount(amounted), read_date(dated)
    if not supplier:
        refused.append((line, header[places["supplier"]], "", "The line has no supplier."))
    if day is None:
        problem = "The line has no date." if not dated else "This is not a date, day before month."
        refused.append((line, header[places["date"]], dated, problem))
    if amount is None:
        problem = "The line has no amount." if not amounted else "This is not an amount in pounds."
        refused.append((line, header[money], amounted, problem))
    if refused or day is None or amount is None:
        issues.extend((*reason, "refused") for reason in refused)
        return None
    redacted = bool(_REDACTED.match(supplier))
    postcode = read_postcode(text.get("postcode") or "")
    if text.get("postcode") and not postcode:
        where = header[places["postcode"]]
        if _REDACTED.match(text["postcode"] or ""):
            issues.append((line, where, text["postcode"], "The postcode is withheld.", "changed"))
        else:
            issues.append(
                (
                    line,
                    where,
                    text["postcode"],
                    "This is not shaped like a postcode, and was left out.",
                    "changed",
                )
            )
    return {
        "row": line,
        "supplier_id": text.get("supplier_id"),
        "supplier": "Redacted" if redacted else supplier,
        "redacted": redacted,
        "date": day,
        "financial_year": financial_year(day),
        "amount": amount,
        "credit": amount < 0,
        "invoice_ref": text.get("invoice_ref"),
        "category": text.get("category"),
        "service": text.get("service"),
        "postcode": postcode,
        "area_code": (text.get("area_code") or "").upper() or None,
    }
