from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.place.ledger import (
    COLUMNS,
    SYNONYMS,
    financial_year,
    import_ledger,
    looks_like_ledger,
    read_amount,
    read_date,
    read_postcode,
)
from course.place.reading import plain

HEADER = "Supplier Name,Date Paid,Net Amount\n"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.5", 1234.5),
        ("£1,234.50", 1234.5),
        (" £ 1,234,567.89 ", 1_234_567.89),
        ("1 234.50", 1234.5),
        ("GBP 12", 12),
        ("-£12.00", -12),
        ("£-12.00", -12),
        ("\N{MINUS SIGN}5", -5),
        ("(1,234.50)", -1234.5),
        ("(£1.00)", -1),
        ("1,234.50-", -1234.5),
        ("12.50 CR", -12.5),
        ("12.50 cr", -12.5),
        ("12.50DR", 12.5),
        (".5", 0.5),
        ("5.", 5),
        ("0", 0),
    ],
)
def test_amounts_are_read_as_bodies_write_them(text, amount):
    assert read_amount(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "£",
        ".",
        "n/a",
        "12,34",
        "1,23,456",
        "1.2.3",
        "--1",
        "(-1)",
        "-1 CR",
        "(12",
        "12)",
        "1e5",
        "nan",
        "$5",
    ],
)
def test_what_is_no_amount_is_not_guessed_at(text):
    assert read_amount(text) is None


@given(st.integers(-(10**9), 10**9))
@settings(max_examples=60)
def test_every_amount_survives_each_way_of_writing_it(pence):
    pounds = pence / 100
    size = f"{abs(pounds):,.2f}"
    for text in (
        (f"{pounds:.2f}", f"({size})", f"{size}-", f"£{size} CR") if pence < 0 else (f"£{size}", size)
    ):
        assert read_amount(text) == pounds


@pytest.mark.parametrize(
    "text",
    [
        "01/04/2024", "1/4/24", "01-04-2024", "1-4-24", "01.04.2024", "1.4.24", "2024-04-01", "2024/04/01",
        "1-Apr-2024", "1-Apr-24", "1 Apr 2024", "1 Apr 24", "1 April 2024", "1-April-2024", "01/Apr/2024",
        "1/Apr/24", "Apr 1, 2024", "April 1 2024", "1st April 2024", "20240401", "45383", "45383.5",
        "2024-04-01T00:00:00", "2024-04-01 00:00:00.000", "01/04/2024 00:00", "2024-04-01T09:30:00Z",
        " 01/04/2024 ",
    ],
)  # fmt: skip
def test_dates_are_read_as_bodies_write_them(text):
    assert read_date(text) == date(2024, 4, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "04/13/2024",
        "31/02/2024",
        "2024",
        "1234",
        "Q1",
        "01/04/1989",
        "01/04/2101",
        "00001",
        "99999",
        "2024-4",
    ],
)
def test_what_is_no_date_is_not_guessed_at(text):
    assert read_date(text) is None


def test_september_is_known_by_its_four_letters():
    assert read_date("2 Sept 2025") == date(2025, 9, 2)
    assert read_date("3rd Sep 2025") == date(2025, 9, 3)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 3, 31), "2025/26"),
        (date(2026, 4, 1), "2026/27"),
        (date(2025, 12, 31), "2025/26"),
        (date(1999, 4, 1), "1999/00"),
    ],
)
def test_a_financial_year_runs_from_april_to_march(day, year):
    assert financial_year(day) == year


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("zz12ab", "ZZ1 2AB"),
        ("M1 1AA", "M1 1AA"),
        ("EC1A1BB", "EC1A 1BB"),
        ("OL16", None),
        ("1AA M1", None),
        ("", None),
    ],
)
def test_postcodes_are_written_the_usual_way(text, postcode):
    assert read_postcode(text) == postcode


def test_a_plain_ledger_becomes_a_tidy_table(write):
    table, issues = import_ledger(
        write(
            "Supplier Name,Supplier ID,Date Paid,Net Amount,Invoice No,Expense Type,Directorate,"
            "Post code,LSOA21CD\n"
            'Acme  Ltd,77,01/04/2024,"£1,234.50",I1,Care,Adults,zz12ab,e01000001\n'
        )
    )
    assert list(table) == COLUMNS
    assert table.iloc[0].to_dict() == {
        "row": 2,
        "supplier_id": "77",
        "supplier": "Acme Ltd",
        "redacted": False,
        "date": pd.Timestamp("2024-04-01"),
        "financial_year": "2024/25",
        "amount": 1234.5,
        "amount_basis": "ex VAT",
        "credit": False,
        "invoice_ref": "I1",
        "possible_duplicate": False,
        "category": "Care",
        "service": "Adults",
        "postcode": "ZZ1 2AB",
        "area_code": "E01000001",
    }
    assert issues.empty


@pytest.mark.parametrize(
    "header",
    [
        "Body Name,Payee,Payment Date,Amount (£)",
        "ORGANISATION,Vendor Name,PostingDate,Net Amount £",
        "Council,Creditor Name,Invoice Date,Amount excl. VAT (£)",
        "Department family,Supplier,Date,Amount",
        "Entity,Supplier (Beneficiary) Name,Effective_Date,Value",
    ],
)
def test_columns_go_by_many_names(write, header):
    path = write(f"{header}\nCouncil,Acme,01/04/2024,500\n")
    table, _ = import_ledger(path)
    assert table[["supplier", "amount"]].values.tolist() == [["Acme", 500]]
    assert looks_like_ledger(path)


def test_every_documented_synonym_is_in_its_plain_form_and_means_one_thing():
    every = [synonym for synonyms in SYNONYMS.values() for synonym in synonyms]
    assert [synonym for synonym in every if plain(synonym) != synonym] == []
    assert len(every) == len(set(every))


@pytest.mark.parametrize("column", [c for c in SYNONYMS if c not in ("supplier", "date", "amount_net")])
def test_every_documented_synonym_is_found(write, column):
    for synonym in SYNONYMS[column]:
        table, _ = import_ledger(write(f"supplier name,payment date,net amount,{synonym}\nA,1/4/24,5,9\n"))
        assert table["amount"].tolist() == [5]
        if column in table and column not in ("amount", "postcode"):
            assert table[column].tolist() == ["9"], synonym


@pytest.mark.parametrize(
    ("columns", "cells", "amount", "basis"),
    [
        ("Gross Amount,Net Amount,Amount", "120,100,110", 100, "ex VAT"),
        ("Gross Amount,Amount", "120,110", 110, "not stated"),
        ("Gross Amount", "120", 120, "inc VAT"),
        ("Amount inc VAT", "120", 120, "inc VAT"),
        ("Total excl VAT", "100", 100, "ex VAT"),
    ],
)
def test_amounts_without_vat_are_preferred_and_the_basis_is_told(write, columns, cells, amount, basis):
    table, issues = import_ledger(write(f"Supplier,Date,{columns}\nA,1/4/24,{cells}\n"))
    assert (table["amount"].iloc[0], table["amount_basis"].iloc[0]) == (amount, basis)
    told = {
        "ex VAT": [],
        "not stated": ["Amounts are taken as they stand: the file does not say whether they include VAT."],
        "inc VAT": ["Amounts are including VAT: the file gives none without it."],
    }
    assert issues["problem"].tolist() == told[basis]
    assert issues["row"].isna().all()


def test_credits_are_negative_and_marked(write):
    table, issues = import_ledger(write(HEADER + "A,1/4/24,(500.00)\nB,1/4/24,0\n"))
    assert table[["amount", "credit"]].values.tolist() == [[-500.0, True], [0.0, False]]
    assert issues.empty


@pytest.mark.parametrize(
    "name",
    [
        "REDACTED",
        "Redacted Personal Data",
        "*redacted*",
        "Withheld",
        "Personal Information",
        "Private Individual",
        "XXXX",
    ],
)
def test_redacted_suppliers_are_kept_under_one_name(write, name):
    table, _ = import_ledger(write(HEADER + f"{name},1/4/24,5\n"))
    assert table[["supplier", "redacted"]].values.tolist() == [["Redacted", True]]


@pytest.mark.parametrize("name", ["Individual Care Ltd", "Personal Trainers Ltd", "The Redactor Press"])
def test_firms_with_such_words_in_their_names_are_not_redacted(write, name):
    table, _ = import_ledger(write(HEADER + f"{name},1/4/24,5\n"))
    assert table[["supplier", "redacted"]].values.tolist() == [[name, False]]


def test_lines_that_cannot_be_used_are_refused_with_the_reason(write):
    table, issues = import_ledger(
        write(
            HEADER
            + "Good,1/4/24,5\n"
            + ",1/4/24,5\n"
            + "NoDate,,5\n"
            + "BadDate,04/13/2024,5\n"
            + "NoAmount,1/4/24,\n"
            + "BadAmount,1/4/24,12.3.4\n"
            + "Both,soon,lots\n"
            + "TooWide,1/4/24,1,234.00\n"
            + "Total,,10\n"
            + ",,999\n"
        )
    )
    assert table["supplier"].tolist() == ["Good"]
    assert [tuple(row) for row in issues.fillna("").itertuples(index=False)] == [
        (3, "Supplier Name", "", "The line has no supplier.", "refused"),
        (4, "Date Paid", "", "The line has no date.", "refused"),
        (5, "Date Paid", "04/13/2024", "This is not a date, day before month.", "refused"),
        (6, "Net Amount", "", "The line has no amount.", "refused"),
        (7, "Net Amount", "12.3.4", "This is not an amount in pounds.", "refused"),
        (8, "Date Paid", "soon", "This is not a date, day before month.", "refused"),
        (8, "Net Amount", "lots", "This is not an amount in pounds.", "refused"),
        (9, "", "234.00", "The line has 4 cells, not 3.", "refused"),
        (10, "", "Total", "This is a total, not a payment.", "refused"),
        (11, "Supplier Name", "", "The line has no supplier.", "refused"),
        (11, "Date Paid", "", "The line has no date.", "refused"),
    ]


def test_a_firm_called_total_is_paid_like_any_other(write):
    table, issues = import_ledger(write(HEADER + "Total Gas Ltd,1/4/24,5\n"))
    assert len(table) == 1
    assert issues.empty


def test_trailing_empty_cells_and_short_lines_do_no_harm(write):
    table, issues = import_ledger(
        write("Supplier Name,Date Paid,Net Amount,Notes\nA,1/4/24,5,,,\nB,1/4/24,6\n")
    )
    assert table["amount"].tolist() == [5, 6]
    assert issues.empty


def test_a_title_above_the_header_is_passed_over_and_lines_still_count(write):
    path = write("﻿Calderbrook Council,,\nPayments over £500\n\n" + HEADER + "A,1/4/24,5\n")
    table, _ = import_ledger(path)
    assert table["row"].tolist() == [5]


def test_lines_paid_twice_are_kept_and_marked_from_the_second_on(write):
    table, issues = import_ledger(
        write(
            "Supplier,Date,Net Amount,Invoice Number\n"
            "Acme Ltd,1/4/24,5,I1\nACME LTD.,01/04/2024,5.00,I1\nAcme Ltd,1/4/24,5,I2\nAcme Ltd,1/4/24,6,I1\n"
            "Acme Ltd,2/4/24,5,I1\nBeta,1/4/24,5,I1\nAcme Ltd,1/4/24,5,\nAcme Ltd,1/4/24,5,\n"
        )
    )
    assert table.loc[table["possible_duplicate"], "row"].tolist() == [3]
    assert issues.values.tolist() == [
        [3, "invoice_ref", "I1", "Supplier, date, amount and reference are those of a line above.", "kept"]
    ]


def test_a_bad_postcode_is_left_out_and_the_line_kept(write):
    table, issues = import_ledger(
        write("Supplier,Date,Net,Postcode\nA,1/4/24,5,Leeds\nB,1/4/24,5,REDACTED\n")
    )
    assert table["postcode"].isna().all()
    assert issues[["value", "problem", "outcome"]].values.tolist() == [
        ["Leeds", "This is not shaped like a postcode, and was left out.", "changed"],
        ["REDACTED", "The postcode is withheld.", "changed"],
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a,b\n1,2\n",
            "spend.csv has no column for supplier or date or amount. Name one 'supplier name' and one ",
        ),
        ("Supplier,Date\nA,1/4/24\n", "spend.csv has no column for amount. Name one 'amount'."),
        ("Supplier,Amount\nA,5\n", "spend.csv has no column for date. Name one 'payment date'."),
        (HEADER, "spend.csv has no usable line: none has a supplier, a date and an amount."),
        (HEADER + "A,never,5\n", "spend.csv has no usable line"),
    ],
)
def test_a_file_that_is_no_ledger_is_refused_with_a_sentence(write, text, message):
    with pytest.raises(InputError) as error:
        import_ledger(write(text))
    assert str(error.value).startswith(message)


def test_a_ledger_is_told_from_other_files(write):
    assert looks_like_ledger(write(HEADER))
    for amount in ("Amount", "Net amount", "Gross amount"):
        assert looks_like_ledger(write(f"Supplier,Date,{amount}\nA,1/4/24,5\n"))
    assert not looks_like_ledger(write("Supplier,Amount\nA,5\n"))
    assert not looks_like_ledger(write("Supplier,Date\nA,5\n"))
    assert not looks_like_ledger(write("Date,Amount\nA,5\n"))
    assert not looks_like_ledger(write(b"PK\x03\x04"))


def as_published(ledger: pd.DataFrame) -> bytes:
    """Calderbrook's ledger as a council might put it out: every habit at once."""
    forms = ("%d/%m/%Y", "%d-%b-%y", "%d.%m.%Y", "%Y-%m-%dT00:00:00")
    lines = [
        "Calderbrook Council: payments over £500",
        "",
        "Body Name;SupplierName;Pay Date;Trans No; Net Amount £ ;Expense Type",
    ]
    for i, row in enumerate(ledger.itertuples()):
        day = pd.Timestamp(row.date).strftime(forms[i % len(forms)])
        money = f"£{row.amount:,.2f}" if row.amount >= 0 else f"(£{-row.amount:,.2f})"
        reference = row.invoice_ref if isinstance(row.invoice_ref, str) else ""
        lines.append(f'Calderbrook;"{row.supplier}";{day};{reference}; {money} ;{row.category}')
    lines.append(f"Total;;;;£{ledger['amount'].sum():,.2f};")
    return b"\xef\xbb\xbf" + "\r\n".join(lines).encode("utf-8")


def test_calderbrooks_ledger_survives_being_published_badly(write, ledger):
    table, issues = import_ledger(write(as_published(ledger)))
    assert len(table) == len(ledger)
    assert table["amount"].tolist() == ledger["amount"].tolist()
    assert table["date"].dt.strftime("%Y-%m-%d").tolist() == ledger["date"].tolist()
    assert table["financial_year"].tolist() == ledger["financial_year"].tolist()
    assert table["redacted"].sum() == 22
    assert table["credit"].sum() == 28
    assert table["possible_duplicate"].sum() == 9
    assert issues.loc[issues["outcome"] == "refused", "problem"].tolist() == [
        "This is a total, not a payment."
    ]


def test_calderbrooks_own_file_is_a_ledger_too(place, ledger):
    table, _ = import_ledger(place / "ledger.csv")
    assert table["amount"].sum() == pytest.approx(ledger["amount"].sum())
