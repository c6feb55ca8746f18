import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.place.boundaries import read_boundaries
from course.place.deprivation import import_deprivation
from course.place.ledger import import_ledger
from course.place.reading import issues_table, plain, read_rows, read_text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"caf\xc3\xa9", "café"),
        (b"\xef\xbb\xbfa,b", "a,b"),
        (b"\xa3500 caf\xe9", "£500 café"),
        ("£1".encode("utf-16"), "£1"),
        (gzip.compress(b"a,b", mtime=0), "a,b"),
    ],
)
def test_text_is_read_in_whatever_encoding_it_comes(write, raw, text):
    assert read_text(write(raw)) == text


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "spend.csv is empty. Download it again."),
        (b"\xef\xbb\xbf \n", "spend.csv is not a table."),
        (b"PK\x03\x04abc", "spend.csv is a workbook or zip file. Save the sheet you need as CSV."),
        (b"\xd0\xcf\x11\xe0abc", "spend.csv is a workbook or zip file."),
        (
            gzip.compress(b"a,b" * 99, mtime=0)[:-12],
            "spend.csv is a damaged compressed file. Download it again.",
        ),
        (b"\x1f\x8bjunk", "spend.csv is a damaged compressed file."),
        (b"a\x00b", "spend.csv is not a text file. Save it as CSV in UTF-8."),
        (b"\xff\xfea", "spend.csv is not a text file."),
    ],
)
def test_what_is_no_text_is_refused_with_a_sentence(write, raw, message):
    with pytest.raises(InputError) as error:
        if not read_rows(write(raw)):
            raise InputError("spend.csv is not a table.")
    assert str(error.value).startswith(message)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="^gone.csv cannot be opened. Check the file name and folder.$"):
        read_text(tmp_path / "gone.csv")
    with pytest.raises(InputError, match="cannot be opened"):
        read_text(tmp_path)


def test_rows_know_the_line_they_start_on(write):
    rows = read_rows(write('Title\n\n a , b\xa0\n"two\nlines",2\n,\nlast,3\n'))
    assert rows == [(1, ["Title"]), (3, ["a", "b"]), (4, ["two\nlines", "2"]), (7, ["last", "3"])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_cells_are_parted_by_what_the_file_uses(write, delimiter):
    assert read_rows(write(delimiter.join("abc")))[0] == (1, ["a", "b", "c"])


def test_a_quotation_mark_that_never_closes_is_found_out(write):
    text = 'a,b\n1,2\n"3,4\n' + "5,6\n" * 30
    with pytest.raises(InputError) as error:
        read_rows(write(text))
    assert (
        str(error.value) == "spend.csv breaks off at line 3: a quotation mark is not closed. Mend that line."
    )
    with pytest.raises(InputError, match="breaks off at line 1"):
        read_rows(write('"' + "x" * 200_000))


def test_a_cell_of_twenty_lines_is_still_a_cell(write):
    assert len(read_rows(write('"' + "x\n" * 20 + '",b\n'))) == 1


@pytest.mark.parametrize(
    "name", ["Supplier_Name ", "SupplierName", "SUPPLIER  NAME", "supplier-name", "Supplier: name"]
)
def test_spellings_of_a_column_name_meet(name):
    assert plain(name) == "supplier name"


def test_issues_stand_in_order_with_those_of_the_whole_file_first():
    table = issues_table(
        [(9, "a", "b", "c", "kept"), (None, "d", None, "e", "kept"), (2, "f", "g", "h", "refused")]
    )
    assert table["row"].fillna(0).tolist() == [0, 2, 9]
    assert table["column"].tolist() == ["d", "f", "a"]


SPOILT = (
    (import_ledger, "Supplier,Date,Amount,Postcode,Invoice No\nA,1/4/24,5,M1 1AA,I1\nB,2/4/24,-6,,\n"),
    (import_deprivation, "LSOA21CD,IMD score,IMD rank\nE01000001,50,5\nE01000002,40,6\n"),
    (
        read_boundaries,
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"A"},'
        '"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}',
    ),
    (
        read_boundaries,
        '{"type":"Topology","transform":{"scale":[1,1],"translate":[0,0]},'
        '"arcs":[[[0,0],[1,0],[0,1],[-1,-1]]],'
        '"objects":{"a":{"type":"GeometryCollection","geometries":[{"type":"Polygon","id":"A","arcs":[[0]]}]}}}',
    ),
)


@given(st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_spoilt_file_is_read_or_refused_with_a_sentence_but_never_breaks(tmp_path, data):
    reader, text = data.draw(st.sampled_from(SPOILT))
    raw = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 6))] = data.draw(
            st.sampled_from(
                [b"", b'"', b",", b"\n", b"[", b"]", b"{", b"}", b"9", b"-", b"null", b"\xff", b"\x00", b"e9"]
            )
        )
    path = tmp_path / "spoilt"
    path.write_bytes(bytes(raw))
    said = "Read."
    try:
        reader(path)
    except InputError as error:
        said = str(error)
    assert said.endswith(".")
