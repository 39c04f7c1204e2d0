"""Any kind of workbook, read as typed cells on their true rows."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment

from billingkit.workbook import read_book, read_template
from billingkit.workbook.book import ErrorCell, NotCalculated

DAY = dt.date(2026, 11, 23)

# what a cell can hold, away from spellings that a writer itself changes
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
whole = st.integers(-(10**14), 10**14)
amounts = st.decimals(-(10**7), 10**7, places=2, allow_nan=False).map(float)
days = st.dates(dt.date(1900, 3, 1), dt.date(2199, 12, 31))
cells = st.none() | texts | whole | amounts | st.booleans() | days
tables = st.lists(st.lists(cells, max_size=6), max_size=12)


def trimmed(rows):
    """Rows as a Book holds them: no blanks at the end of a row, no empty rows at the end; 5.0 is 5."""
    out = []
    for row in rows:
        cut = list(row)
        while cut and cut[-1] in (None, ""):
            cut.pop()
        out.append([int(v) if isinstance(v, float) and v.is_integer() else v for v in cut])
    while out and not out[-1]:
        out.pop()
    return out


def typed(rows):
    return [[(type(cell), cell) for cell in row] for row in rows]


def write(path, rows, *, options=None):
    with xlsxwriter.Workbook(path, options or {}) as book:
        sheet = book.add_worksheet("Claims")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                put(sheet, r, c, value, day)
    return path


def put(sheet, r, c, value, day):
    if isinstance(value, bool):
        sheet.write_boolean(r, c, value)
    elif isinstance(value, dt.date | dt.datetime):
        sheet.write_datetime(r, c, value, day)
    elif isinstance(value, int | float):
        sheet.write_number(r, c, value)
    elif isinstance(value, str):
        sheet.write_string(r, c, value)


@settings(max_examples=60, deadline=None)
@given(rows=tables)
def test_what_xlsxwriter_writes_is_read_equal(rows, tmp_path_factory):
    path = write(tmp_path_factory.mktemp("w") / "w.xlsx", rows)
    assert typed(read_book(path).sheets[0].rows) == typed(trimmed(rows))


@settings(max_examples=40, deadline=None)
@given(rows=tables, repeat=st.integers(1, 9))
def test_what_openpyxl_writes_is_read_equal_whatever_the_shape_of_the_rows(rows, repeat, tmp_path_factory):
    """Rows are repeated so that they are read in one match as well as cell by cell."""
    rows = [row for row in rows for _ in range(repeat)]
    book = openpyxl.Workbook()
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row, 1):
            if value is not None:
                cell = book.active.cell(r, c)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    path = tmp_path_factory.mktemp("o") / "o.xlsx"
    book.save(path)
    assert typed(read_book(path).sheets[0].rows) == typed(trimmed(rows))


@pytest.mark.parametrize("options", [{"constant_memory": True}, {"date_1904": True}])
def test_inline_text_and_the_1904_calendar_are_read(tmp_path, options):
    rows = [[DAY, "a  b ", 1.5], [], [None, "Sent", DAY]]
    assert read_book(write(tmp_path / "w.xlsx", rows, options=options)).sheets[0].rows == rows


def test_a_date_cell_keeps_its_time_a_clock_is_a_time_and_a_span_a_span(tmp_path):
    path = tmp_path / "w.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for r, (number, code) in enumerate(
            [
                (46349.5, "dd/mm/yyyy hh:mm"),
                (0.25, "hh:mm"),
                (1.5, "[h]:mm"),
                (46349, "[$-409]d-mmm-yy;@"),
                (60, "dd/mm/yyyy"),
                (-1, "d/m/yy"),
            ]
        ):
            sheet.write_number(r, 0, number, book.add_format({"num_format": code}))
        sheet.write_number(6, 0, 12, book.add_format({"num_format": '0 "days"'}))
    assert [row[0] for row in read_book(path).sheets[0].rows] == [
        dt.datetime.combine(DAY, dt.time(12)), dt.time(6), dt.timedelta(hours=36), DAY, 60, -1, 12,
    ]  # fmt: skip


def test_errors_and_formulas_without_a_value_are_neither_blank_nor_zero(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["=1+1", "#REF!", True, 0, "=A1"])
    book.save(tmp_path / "o.xlsx")
    assert read_book(tmp_path / "o.xlsx").sheets[0].rows == [
        [NotCalculated(), ErrorCell("#REF!"), True, 0, NotCalculated()]
    ]
    with xlsxwriter.Workbook(tmp_path / "w.xlsx") as fresh:
        sheet = fresh.add_worksheet()
        sheet.write_formula("A1", "=1+1")
        sheet.write_formula("B1", "=1+1", value=2)
        sheet.write_formula("C1", '="x"', value="x")
        sheet.write_formula("D1", "=1/0", value="#DIV/0!")
    assert read_book(tmp_path / "w.xlsx").sheets[0].rows == [[NotCalculated(), 2, "x", ErrorCell("#DIV/0!")]]


def test_numbers_keep_their_fifteen_digits(tmp_path):
    rows = [[818.3, 0.1 + 0.2, 1234567.89, 1e20, 123456789012345, 0.07]]
    assert read_book(write(tmp_path / "w.xlsx", rows)).sheets[0].rows == [
        [818.3, 0.3, 1234567.89, 10**20, 123456789012345, 0.07]
    ]


def test_formats_that_mean_something_are_kept_with_their_cells(tmp_path):
    """Ids shown as 00123, prefixes, currencies; an ordinary money format says nothing more."""
    codes = [
        "00000",
        "General",
        "#,##0.00",
        '"CLM"0000',
        "[$€-2] #,##0.00",
        "#,##0.00_);[Red](#,##0.00)",
        "@",
        "000-00-0000",
    ]
    with xlsxwriter.Workbook(tmp_path / "w.xlsx") as book:
        sheet = book.add_worksheet()
        for r in range(12):
            for c, code in enumerate(codes):
                sheet.write_number(r, c, 123, book.add_format({"num_format": code}))
    kept = {"00000": 1, '"CLM"0000': 4, "[$€-2] #,##0.00": 5, "@": 7, "000-00-0000": 8}
    assert read_book(tmp_path / "w.xlsx").sheets[0].number_formats == {
        (row, column): code for row in range(1, 13) for code, column in kept.items()
    }


def test_hidden_things_merges_tables_notes_names_and_markers_are_seen(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Claims 2026"
    for row in ([None], [None, "Claim", "Notes"], [None, 1, "x"], [None, 2, "y"]):
        sheet.append(row)
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.merge_cells("B1:C1")
    sheet["C3"].comment = Comment("call\nback", "Ana")
    sheet.add_table(openpyxl.worksheet.table.Table(displayName="Claims", ref="B2:C4"))
    book.create_sheet("Old").sheet_state = "veryHidden"
    book.defined_names["Marker"] = openpyxl.workbook.defined_name.DefinedName("Marker", attr_text="'Claims 2026'!$B$2")
    book.custom_doc_props.append(openpyxl.packaging.custom.StringProperty(name="pack", value="RV-1"))
    book.save(tmp_path / "o.xlsx")
    read = read_book(tmp_path / "o.xlsx")
    claims, old = read.sheets
    assert (claims.name, claims.hidden, old.name, old.hidden) == ("Claims 2026", False, "Old", True)
    assert claims.rows == [[], [None, "Claim", "Notes"], [None, 1, "x"], [None, 2, "y"]]
    assert (claims.hidden_rows, claims.hidden_columns, claims.merged) == ({4}, {3}, ((1, 2, 1, 3),))
    assert claims.comments == {(3, 3): "call\nback"}
    assert claims.tables == (("Claims", 2, 2, 4, 3),)
    assert (read.custom_properties, read.defined_names) == ({"pack": "RV-1"}, {"Marker": "'Claims 2026'!$B$2"})


@pytest.mark.parametrize("kind", ["xls", "ods", "xlsx"])
def test_a_resave_by_libreoffice_reads_equal(tmp_path, soffice, kind):
    """Rows start at 3 and columns at B, so a reader that cuts the empty edge is found out."""
    rows = [
        [],
        [],
        [None, "Claim", "Sent", "Billed"],
        *([None, f"00{n}", DAY, 10.25 + n] for n in range(9)),
        [],
        [None, "Total"],
    ]
    source = write(tmp_path / "source.xlsx", rows)
    out = tmp_path / "out"
    subprocess.run([soffice, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", kind, "--outdir", out, source],
                   check=True, capture_output=True, timeout=120)  # fmt: skip
    read = read_book(out / f"source.{kind}")
    assert read.kind == kind
    assert typed(read.sheets[0].rows) == typed(rows)


@pytest.fixture
def soffice():
    from shutil import which

    return which("soffice") or pytest.skip("LibreOffice is not installed")


def test_a_policy_workbook_is_sheets_of_plain_values(tmp_path):
    path = write(tmp_path / "policy.xlsx", [["Field", "Days"], ["Follow up after", 30], ["Turned", DAY]])
    assert read_template(path) == {"Claims": [["Field", "Days"], ["Follow up after", 30], ["Turned", DAY]]}


def test_the_extension_is_not_believed(tmp_path):
    path = write(tmp_path / "w.xlsx", [["Claim", 1]])
    assert read_book(Path(path).rename(tmp_path / "claims.xls")).kind == "xlsx"


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_what_formatting_says_is_kept_in_other_kinds_too(tmp_path, soffice, kind):
    """Errors are not blank, TRUE is not 1, padded ids, hidden rows and columns, notes, hidden sheets."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Claims"
    for row in (
        [None, "Id", "Fee", "Done", "Late"],
        [None, 7, 10.5, True, "=1/0"],
        [None, 8, 11, False, "=NA()"],
        [None, 9, 12, True, "=2+2"],
    ):
        sheet.append(row)
    for n in (2, 3, 4):
        sheet.cell(n, 2).number_format = "00000"
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet["B2"].comment = Comment("ring back, très\nsoon", "Ana")
    sheet["C3"].comment = Comment("second", "Ana")
    sheet.merge_cells("B6:C7")
    book.create_sheet("Old").sheet_state = "hidden"
    book["Old"]["A1"] = 1
    book.save(tmp_path / "w.xlsx")
    subprocess.run([soffice, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", kind, "--outdir", tmp_path, "w.xlsx"],
                   check=True, capture_output=True, timeout=120, cwd=tmp_path)  # fmt: skip
    claims, old = read_book(tmp_path / f"w.{kind}").sheets
    assert typed(claims.rows) == typed([
        [None, "Id", "Fee", "Done", "Late"],
        [None, 7, 10.5, True, ErrorCell("#DIV/0!")],
        [None, 8, 11, False, ErrorCell("#N/A")],
        [None, 9, 12, True, 4],
    ])  # fmt: skip
    assert claims.number_formats == dict.fromkeys([(2, 2), (3, 2), (4, 2)], "00000")
    assert (claims.hidden_rows, claims.hidden_columns) == ({3}, {3})
    assert claims.comments == {(2, 2): "ring back, très\nsoon", (3, 3): "second"}
    assert claims.merged == ((6, 2, 7, 3),)
    assert {(2, 5), (3, 5), (4, 5)} <= claims.formulas
    assert (old.name, old.hidden, old.rows) == ("Old", True, [[1]])


def test_cells_that_a_formula_filled_are_told_apart(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "w.xlsx") as book:
        sheet = book.add_worksheet()
        for r in range(20):
            sheet.write_number(r, 0, r)
            sheet.write_formula(r, 1, "=A1", None, r + 1)
    assert read_book(tmp_path / "w.xlsx").sheets[0].formulas == {(row, 2) for row in range(1, 21)}
