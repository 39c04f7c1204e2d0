"""Text files by their content: encoding, delimiter, quoting; every cell kept exactly as text."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billingkit.problems import AmbiguousLayout, NotAWorkbook, TooLarge
from billingkit.workbook import read_book


def rows_of(tmp_path, data, name="export.csv"):
    (tmp_path / name).write_bytes(data)
    book = read_book(tmp_path / name)
    assert book.kind == "csv"
    assert [sheet.name for sheet in book.sheets] == [None]
    return book.sheets[0].rows


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ";"),
        ("utf-16", "\t"),
        ("utf-16-le", ","),
        ("utf-16-be", ";"),
        ("cp1252", ","),
        ("utf-8", "|"),
    ],
)
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_encodings_delimiters_and_line_ends_are_found_by_content(tmp_path, encoding, delimiter, line_end):
    table = [["Claim", "Patient", "Amount"], ["007", "Zoë Dunmore", "£1.50"], ["008", "Ann, jr", "2,00"]]
    lines = [[f'"{cell}"' if delimiter in cell else cell for cell in row] for row in table]
    data = (line_end.join(delimiter.join(line) for line in lines) + line_end).encode(encoding)
    assert rows_of(tmp_path, data) == table


def test_a_tab_separated_export_named_xls_that_quotes_nothing(tmp_path):
    data = b'Carrier\tPatName\tAmount\t\r\nColonial\tO\'Neil, "Bud" \t257.00\r\nColonial\t"Bud" O\'Neil\t1.00\r\n\r\n'
    rows = [
        ["Carrier", "PatName", "Amount", None],
        ["Colonial", 'O\'Neil, "Bud" ', "257.00"],
        ["Colonial", '"Bud" O\'Neil', "1.00"],
        [],
    ]
    assert rows_of(tmp_path, data, "grid.xls") == rows


def test_a_tab_separated_export_that_quotes_every_cell_and_doubles_no_quote(tmp_path):
    data = b'"Type"\t"Patient"\t"Fee"\t\r\n"Sec"\t"VICKERS, WILSON "Will""\t"$150.00"\t\r\n'
    assert rows_of(tmp_path, data, "grid.xls") == [
        ["Type", "Patient", "Fee", None],
        ["Sec", 'VICKERS, WILSON "Will"', "$150.00", None],
    ]


def test_a_quoted_cell_over_several_lines_is_one_row_and_a_blank_line_is_a_row(tmp_path):
    data = b'Ref,Note,Fee\r\n\r\n1,"rang ins\n""call back""",5\r\n2,,6'
    assert rows_of(tmp_path, data) == [
        ["Ref", "Note", "Fee"],
        [],
        ["1", 'rang ins\n"call back"', "5"],
        ["2", None, "6"],
    ]


def test_tabs_win_over_the_commas_inside_names_and_a_title_line_does_not_matter(tmp_path):
    data = (
        b"Date 06/03/2024\r\nGuarantor\tTotal\t'=Patient\r\nAnderson, J\t5,204.00\t0.00\r\nMadani, E\t98.00\t-10.00\r\n"
    )
    assert rows_of(tmp_path, data)[1:3] == [["Guarantor", "Total", "'=Patient"], ["Anderson, J", "5,204.00", "0.00"]]


def test_semicolons_win_over_decimal_commas(tmp_path):
    data = b"Patient;Billed;Paid\r\nA;1,50;2,00\r\nB;3,10;4,25\r\n"
    assert rows_of(tmp_path, data)[1] == ["A", "1,50", "2,00"]


@pytest.mark.parametrize(
    "data", [b'Ref,Note,Fee\r\n1,"never closed,5\r\n2,x,6\r\n', b'Ref,Note,Fee\r\n1,"closed" badly,5\r\n']
)
def test_a_broken_quotation_mark_is_refused_rather_than_guessed(tmp_path, data):
    with pytest.raises(NotAWorkbook, match="quotation mark"):
        rows_of(tmp_path, data)


def test_a_quotation_mark_that_swallows_rows_is_refused_with_its_row(tmp_path):
    data = b'Ref,Note,Fee\r\n1,"never closed,5\r\n2,x,6\r\n3,"y",7\r\n'
    data = data.replace(b'3,"y"', b'3,y"')
    with pytest.raises((AmbiguousLayout, NotAWorkbook), match="quotation mark"):
        rows_of(tmp_path, data)
    with pytest.raises(AmbiguousLayout, match="row 2"):
        rows_of(tmp_path, b'Ref,Note,Fee,Paid\r\n1,"open,5,0\r\n2,x,6,0\r\n3,z",7,0\r\n4,q,8,0\r\n')


@pytest.mark.parametrize("data", [b"\x01\x02\x03binary\x00\x05", b"Ref,Fee\r\n\x811,5\r\n"])
def test_bytes_that_are_no_text_are_refused(tmp_path, data):
    with pytest.raises(NotAWorkbook):
        rows_of(tmp_path, data)


plain = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)


@settings(max_examples=80, deadline=None)
@given(
    rows=st.lists(
        st.lists(plain | plain.map(lambda text: f'{text}"\n,'), min_size=3, max_size=3), min_size=1, max_size=8
    )
)
def test_what_the_csv_module_writes_is_read_equal(rows, tmp_path_factory):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["Ref", "Note", "Fee"], *rows])
    read = rows_of(tmp_path_factory.mktemp("c"), out.getvalue().encode("utf-8-sig"))
    assert read == [["Ref", "Note", "Fee"], *([cell or None for cell in row] for row in rows)]


def test_a_cell_without_end_is_refused_for_its_length_and_not_for_a_quotation_mark(tmp_path):
    with pytest.raises(TooLarge, match="1,048,576 characters"):
        rows_of(tmp_path, b"a,b\n1," + b"y" * (1 << 21) + b"\n")
