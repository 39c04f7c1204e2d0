"""Her workbook annotated: what was hers stays, a second run replaces the first, and removal gives hers back."""

import multiprocessing
import random
import time
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook import kept
from workbook.seeds import SEEDS, plain, reworked

from billingkit.workbook import Column, Note, UnsafeToPatch, annotate, patch_sheet, remove_ours
from billingkit.workbook.anatomy import Anatomy, child
from billingkit.workbook.lint import lint
from billingkit.workbook.markers import marked_columns
from billingkit.workbook.package import Changes, open_package, save

SHEET = "xl/worksheets/sheet1.xml"
COLUMNS = [
    Column("Next action", {3: "Call insurer", 4: "Wait\n<now> & then", 6: None}, 22, {3: "urgent", 6: "answer"}),
    Column("By when", {3: date(2026, 11, 25), 5: Decimal("12.50"), 7: 3}, styles={5: "hold"}),
]
NOTES = [Note(3, "A", "please look"), Note(4, "C", "also\nthis")]
# An odd sheet is written plainly first, so its rows keep their sense and not their bytes.
ODD = {"no addresses", "comment in the rows", "cells out of order"}
WITHOUT_FORMATS = {"sparse styles", "numbered cells without formats"}  # its cells point at formats that are not there


def add(source, target, **changed):
    return annotate(
        source, target, **{"sheet": "Claims", "header_row": 2, "columns": COLUMNS, "notes": NOTES} | changed
    )


@pytest.fixture(params=SEEDS, scope="module")
def annotated(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("seed")
    SEEDS[request.param](folder / "hers.xlsx")
    done = add(folder / "hers.xlsx", folder / "once.xlsx")
    return request.param, folder, done


def test_annotating_changes_nothing_else(annotated):
    name, folder, _ = annotated
    if name not in WITHOUT_FORMATS:
        assert kept.losses(folder / "hers.xlsx", folder / "once.xlsx", SHEET) == []


def test_twice_is_the_same_as_once(annotated):
    _, folder, _ = annotated
    add(folder / "once.xlsx", folder / "twice.xlsx")
    assert kept.differences(folder / "once.xlsx", folder / "twice.xlsx") == []


def test_removal_gives_hers_back(annotated):
    name, folder, _ = annotated
    package = open_package(folder / "once.xlsx")
    save(package, remove_ours(package), folder / "removed.xlsx")
    found = kept.differences(folder / "hers.xlsx", folder / "removed.xlsx")
    assert found == ([f"{SHEET} differs"] if name in ODD else [])


@pytest.mark.filterwarnings("ignore::UserWarning")  # openpyxl says what it would lose
def test_the_values_are_read_back_where_they_were_meant(annotated):
    name, folder, done = annotated
    if name in {
        "utf-16 sheet",
        "strict with notes",
        "strict with notes as Excel has them",
        "strict",
        "strict table",
        "byte order mark",
        "single quotes",
    }:
        pytest.skip("openpyxl does not read such a file; the comparisons above do")
    sheet = openpyxl.load_workbook(folder / "once.xlsx")["Claims"]
    first, second = done.columns["Next action"], done.columns["By when"]
    assert [sheet[f"{first}{row}"].value for row in (2, 3, 4, 6)] == [
        "Next action",
        "Call insurer",
        "Wait\n<now> & then",
        None,
    ]
    assert sheet[f"{second}3"].value.date() == date(2026, 11, 25)
    assert [sheet[f"{second}{row}"].value for row in (5, 7)] == [12.5, 3]
    assert sheet[f"{first}6"].protection.locked is False
    assert "please look" in sheet["A3"].comment.text


def make(name, tmp_path):
    SEEDS[name](tmp_path / "hers.xlsx")
    return tmp_path / "hers.xlsx"


def test_a_table_and_its_filter_grow_over_our_columns(tmp_path):
    add(make("table", tmp_path), tmp_path / "out.xlsx")
    (table,) = openpyxl.load_workbook(tmp_path / "out.xlsx")["Claims"].tables.values()
    assert (table.ref, table.autoFilter.ref) == ("A2:G10", "A2:G10")
    assert [c.name for c in table.tableColumns][-2:] == ["Next action", "By when"]


def test_the_sheets_filter_its_hidden_name_and_the_print_area_grow(tmp_path):
    add(make("filter, hidden rows, print area, frozen", tmp_path), tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book["Claims"].auto_filter.ref == "A2:G10"
    assert book["Claims"].print_area == "'Claims'!$A$1:$G$10"
    assert book["It's other"].auto_filter.ref == "A1:A4"
    text = kept.parts(tmp_path / "out.xlsx")["xl/workbook.xml"].decode()
    assert '_xlnm._FilterDatabase" localSheetId="0" hidden="1">Claims!$A$2:$G$10<' in text


@pytest.mark.parametrize(
    ("hidden", "first"),
    [([(5, 5)], "G"), ([(6, 6)], "H"), ([(6, 6), (7, 16_383)], "F"), ([(5, 16_383)], "F")],
    ids=["the next column", "one that ours would cover", "the rest in two settings", "the rest"],
)
def test_columns_that_she_hid_stay_hidden_and_ours_are_seen(tmp_path, hidden, first):
    with xlsxwriter.Workbook(tmp_path / "hers.xlsx") as book:
        sheet = book.add_worksheet("Claims")
        for row in range(1, 9):
            sheet.write_row(row, 0, [f"C-{row}", "x", "x", "x", 1])
        for left, right in hidden:
            sheet.set_column(left, right, None, None, {"hidden": True})
    done = add(tmp_path / "hers.xlsx", tmp_path / "out.xlsx")
    assert done.columns["Next action"] == first
    shell = openpyxl.load_workbook(tmp_path / "out.xlsx")["Claims"]
    assert not any(shell.column_dimensions[column].hidden for column in done.columns.values())


def test_a_table_further_up_in_the_same_columns_stays_hers_on_every_run(tmp_path):
    """Our columns stand below it: a second run, or removal, takes nothing off its edge, and it stays as wide as it was."""
    with xlsxwriter.Workbook(tmp_path / "hers.xlsx") as book:
        sheet = book.add_worksheet("Claims")
        sheet.add_table(0, 0, 2, 7)
        sheet.set_column(0, 7, 30)
        for row in range(9, 20):
            sheet.write_row(row, 0, [f"C-{row}", "x", "x"])
    columns = [Column(name, {11: "y"}, 12) for name in "UVWXY"]
    add(tmp_path / "hers.xlsx", tmp_path / "once.xlsx", header_row=10, columns=columns)
    done = add(tmp_path / "once.xlsx", tmp_path / "twice.xlsx", header_row=10, columns=columns)
    assert done.columns["Y"] == "H"
    shell = openpyxl.load_workbook(tmp_path / "twice.xlsx")["Claims"]
    assert [table.ref for table in shell.tables.values()] == ["A1:H3"]
    assert shell.column_dimensions["H"].width > 30
    assert kept.differences(tmp_path / "once.xlsx", tmp_path / "twice.xlsx") == []
    package = open_package(tmp_path / "twice.xlsx")
    save(package, remove_ours(package), tmp_path / "removed.xlsx")
    assert kept.differences(tmp_path / "hers.xlsx", tmp_path / "removed.xlsx") == []


# (her tables, our header row, our rows, the columns ours belong to) -> our first column, and the tables afterwards
@pytest.mark.parametrize(
    ("tables", "header", "rows", "beside", "first", "after"),
    [
        (["A1:B4", "D3:G12"], 3, (4, 12), "", "H", ["A1:B4", "D3:I12"]),
        (["A1:B4", "D3:G12"], 3, (4, 12), "D", "H", ["A1:B4", "D3:I12"]),
        (["F2:G5"], 2, (3, 12), "A", "H", ["F2:G5"]),
        (["F2:G5"], 2, (3, 12), "", "H", ["F2:I5"]),
        (["A2:D12", "H2:I5"], 2, (3, 12), "", "E", ["A2:F12", "H2:I5"]),
        (["A2:D9", "A12:D20"], 2, (3, 20), "", "E", ["A12:F20", "A2:F9"]),
        (["C8:G20"], None, (2, 4), "", "H", ["C8:G20"]),
    ],
    ids=[
        "another table left of hers",
        "the same, her columns named",
        "a list beside rows that are in no table",
        "the same, her columns not named",
        "a short list beside hers",
        "two below each other",
        "a table below our rows that has no cells",
    ],
)
def test_the_table_that_holds_the_rows_grows_and_no_other(tmp_path, tables, header, rows, beside, first, after):
    with xlsxwriter.Workbook(tmp_path / "hers.xlsx") as book:
        sheet = book.add_worksheet("Claims")
        sheet.write(0, 0, "x")
        for where in tables:
            sheet.add_table(where)
    columns = [Column(name, dict.fromkeys(range(rows[0], rows[1] + 1, 2), "y")) for name in ("X", "Y")]
    changed = {"header_row": header, "columns": columns, "beside": beside}
    done = add(tmp_path / "hers.xlsx", tmp_path / "once.xlsx", **changed)
    assert done.columns["X"] == first
    assert sorted(t.ref for t in openpyxl.load_workbook(tmp_path / "once.xlsx")["Claims"].tables.values()) == after
    add(tmp_path / "once.xlsx", tmp_path / "twice.xlsx", **changed)
    assert kept.differences(tmp_path / "once.xlsx", tmp_path / "twice.xlsx") == []


def test_a_table_that_shows_no_headings_grows_without_any(tmp_path):
    SEEDS["table without headings"](tmp_path / "hers.xlsx")
    done = add(tmp_path / "hers.xlsx", tmp_path / "once.xlsx", header_row=None)
    table = next(iter(openpyxl.load_workbook(tmp_path / "once.xlsx")["Claims"].tables.values()))
    assert (table.ref, table.column_names[-2:]) == ("A2:G10", ["Next action", "By when"])
    assert openpyxl.load_workbook(tmp_path / "once.xlsx")["Claims"][f"{done.columns['Next action']}2"].value is None
    add(tmp_path / "once.xlsx", tmp_path / "twice.xlsx", header_row=None)
    assert kept.differences(tmp_path / "once.xlsx", tmp_path / "twice.xlsx") == []
    package = open_package(tmp_path / "twice.xlsx")
    save(package, remove_ours(package), tmp_path / "removed.xlsx")
    assert kept.differences(tmp_path / "hers.xlsx", tmp_path / "removed.xlsx") == []


def test_an_xml_table_grows_by_columns_that_are_not_mapped(tmp_path):
    def mapped(data):
        return data.replace(b'totalsRowShown="0"', b'tableType="xml" totalsRowShown="0"')

    reworked(SEEDS["table"], tables=mapped)(tmp_path / "hers.xlsx")
    add(tmp_path / "hers.xlsx", tmp_path / "out.xlsx")
    table = kept.parts(tmp_path / "out.xlsx")["xl/tables/table1.xml"]
    assert b'tableType="xml"' in table
    assert b'name="By when"' in table


def test_a_date_on_a_totals_row_is_written_as_text_and_said(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "hers.xlsx") as book:
        sheet = book.add_worksheet("Claims")
        sheet.add_table(1, 0, 9, 2, {"total_row": True, "columns": [{"total_string": "All"}, {}, {}]})
    columns = [Column("By when", {9: date(2026, 11, 25), 10: date(2026, 11, 26)})]
    done = add(tmp_path / "hers.xlsx", tmp_path / "out.xlsx", columns=columns)
    assert done.said == ("By when, row 10: written as text, as it is the totals row of a table.",)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Claims"]
    assert (sheet["D10"].value, sheet["D9"].value.day) == ("2026-11-26", 25)
    assert lint(tmp_path / "out.xlsx") == []


BY_OURS = b'<filterColumn colId="5"><filters><filter val="Call"/></filters></filterColumn>'
BY_HERS = b'<filterColumn colId="1"><filters><filter val="Call"/></filters></filterColumn>'
SORTED = b'<sortState ref="A3:F10"><sortCondition ref="F3:F10"/></sortState>'


@pytest.mark.parametrize("in_table", [True, False])
def test_a_filter_and_a_sort_that_she_set_on_our_columns_last_until_ours_go(tmp_path, in_table):
    """She works in the annotated workbook: a second run leaves her view as it is, removal leaves nothing of ours in it."""
    with xlsxwriter.Workbook(tmp_path / "hers.xlsx") as book:
        sheet = book.add_worksheet("Claims")
        for row in range(1, 10):
            sheet.write_row(row, 0, ["C", "D", "E", "F"] if row == 1 else [row] * 4)
        sheet.add_table("A2:D10") if in_table else sheet.autofilter("A2:D10")
    add(tmp_path / "hers.xlsx", tmp_path / "once.xlsx")
    part = "xl/tables/table1.xml" if in_table else SHEET

    def seen(data):
        inside, behind = BY_HERS + BY_OURS + (b"" if in_table else SORTED), SORTED if in_table else b""
        return data.replace(
            b'<autoFilter ref="A2:F10"/>', b'<autoFilter ref="A2:F10">%s</autoFilter>%s' % (inside, behind)
        )

    edits = {"tables" if in_table else "sheet": seen}
    reworked(lambda path: path.write_bytes((tmp_path / "once.xlsx").read_bytes()), **edits)(tmp_path / "viewed.xlsx")
    add(tmp_path / "viewed.xlsx", tmp_path / "again.xlsx")
    assert kept.canonical(kept.parts(tmp_path / "viewed.xlsx")[part]) == kept.canonical(
        kept.parts(tmp_path / "again.xlsx")[part]
    )
    package = open_package(tmp_path / "again.xlsx")
    save(package, remove_ours(package), tmp_path / "removed.xlsx")
    left = kept.parts(tmp_path / "removed.xlsx")[part]
    assert b'<autoFilter ref="A2:D10">%s</autoFilter>' % BY_HERS in left
    assert b"sortState" not in left
    assert lint(tmp_path / "removed.xlsx") == []


@pytest.mark.parametrize("in_table", [True, False])
def test_a_sort_of_all_her_columns_takes_ours_along(tmp_path, in_table):
    """Sorted again with Reapply, a narrower range would tear our cells from their rows."""
    sort = b'<sortState ref="A3:%s10"><sortCondition ref="B3:B10"/></sortState>'

    def sorted_(data):
        told = sort % b"D"
        return data.replace(
            b'<autoFilter ref="A2:D10"/>',
            b'<autoFilter ref="A2:D10"/>' + told if in_table else b'<autoFilter ref="A2:D10">%s</autoFilter>' % told,
        )

    def hers(path):
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Claims")
            for row in range(1, 10):
                sheet.write_row(row, 0, ["C", "D", "E", "F"] if row == 1 else [row] * 4)
            sheet.add_table("A2:D10") if in_table else sheet.autofilter("A2:D10")

    part = "xl/tables/table1.xml" if in_table else SHEET
    reworked(hers, **{"tables" if in_table else "sheet": sorted_})(tmp_path / "hers.xlsx")
    add(tmp_path / "hers.xlsx", tmp_path / "once.xlsx")
    assert sort % b"F" in kept.parts(tmp_path / "once.xlsx")[part]
    add(tmp_path / "once.xlsx", tmp_path / "twice.xlsx")
    assert kept.differences(tmp_path / "once.xlsx", tmp_path / "twice.xlsx") == []
    package = open_package(tmp_path / "twice.xlsx")
    save(package, remove_ours(package), tmp_path / "removed.xlsx")
    assert kept.differences(tmp_path / "hers.xlsx", tmp_path / "removed.xlsx") == []


def test_a_filter_beside_a_table_does_not_grow_over_it(tmp_path):
    add(make("a table beside a filter", tmp_path), tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Claims"]
    assert (sheet.auto_filter.ref, next(iter(sheet.tables.values())).ref) == ("A2:C10", "D2:G10")


@pytest.mark.parametrize("seed", ["numbered cells without formats", "number formats that are not there"])
def test_a_format_that_is_not_there_gets_no_meaning_by_ours(tmp_path, seed):
    add(
        make(seed, tmp_path),
        tmp_path / "out.xlsx",
        columns=[Column("X", {3: 1}, number_format="0.000", style="urgent")],
    )
    package = Anatomy(tmp_path / "out.xlsx")
    formats = list(child(package.styles, "cellXfs"))
    before = Anatomy(tmp_path / "hers.xlsx")
    places = {cell.get("r") for cell in before.cells(before.tabs[0])}
    hers = {cell.get("s", "0") for cell in package.cells(package.tabs[0]) if cell.get("r") in places}
    ours = {code.get("numFmtId") for code in child(package.styles, "numFmts")}
    assert not {formats[int(index)].get("numFmtId") for index in hers} & ours
    if seed.startswith("numbered"):
        assert {dict(formats[int(index)].attrib)["fillId"] for index in hers} == {"0"}


def test_a_value_on_the_row_of_a_tables_headings_is_refused(tmp_path):
    with pytest.raises(UnsafeToPatch, match="Row 2 holds the headings of the table Claims1"):
        add(make("table", tmp_path), tmp_path / "out.xlsx", header_row=1, columns=[Column("X", {2: "lost", 3: "x"})])


def test_a_heading_that_her_table_has_gets_a_number(tmp_path):
    done = add(make("table", tmp_path), tmp_path / "out.xlsx", columns=[Column("Amount", {3: 1})])
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["Claims"]["F2"].value == "Amount (2)"
    assert "is named" in done.said[0]


def test_a_shorter_second_run_leaves_nothing_of_the_first(tmp_path):
    hers = make("table", tmp_path)
    add(hers, tmp_path / "both.xlsx")
    add(tmp_path / "both.xlsx", tmp_path / "one.xlsx", columns=COLUMNS[:1], notes=())
    sheet = openpyxl.load_workbook(tmp_path / "one.xlsx")["Claims"]
    assert next(iter(sheet.tables.values())).ref == "A2:F10"
    assert sheet["G3"].value is None
    assert not any("comments" in part or part.endswith(".vml") for part in kept.parts(tmp_path / "one.xlsx"))


def test_our_columns_are_known_by_their_marks(tmp_path):
    add(make("plain", tmp_path), tmp_path / "out.xlsx")
    names = {n: d.attr_text for n, d in openpyxl.load_workbook(tmp_path / "out.xlsx").defined_names.items()}
    assert marked_columns(names) == {"Claims": frozenset({6, 7})}


def test_a_note_joins_hers_on_the_same_cell(tmp_path):
    add(make("notes", tmp_path), tmp_path / "out.xlsx")
    text = openpyxl.load_workbook(tmp_path / "out.xlsx")["Claims"]["A3"].comment.text
    assert text.startswith("hers")
    assert text.endswith("please look")


def test_notes_that_all_join_hers_go_again(tmp_path):
    hers = make("notes", tmp_path)
    add(hers, tmp_path / "once.xlsx", notes=NOTES[:1])
    add(tmp_path / "once.xlsx", tmp_path / "twice.xlsx", notes=NOTES[:1])
    assert kept.differences(tmp_path / "once.xlsx", tmp_path / "twice.xlsx") == []
    package = open_package(tmp_path / "twice.xlsx")
    save(package, remove_ours(package), tmp_path / "removed.xlsx")
    assert kept.differences(hers, tmp_path / "removed.xlsx") == []


@pytest.mark.parametrize("seed", ["notes", "strict with notes", "strict with notes as Excel has them"])
def test_notes_of_ours_join_the_drawing_of_hers(tmp_path, seed):
    hers = make(seed, tmp_path)
    add(hers, tmp_path / "out.xlsx")
    assert kept.parts(tmp_path / "out.xlsx")[SHEET].count(b"<legacyDrawing ") == 1
    assert sum(part.endswith(".vml") for part in kept.parts(tmp_path / "out.xlsx")) == sum(
        part.endswith(".vml") for part in kept.parts(hers)
    )
    assert set(map(str, lint(tmp_path / "out.xlsx"))) <= set(map(str, lint(hers)))


def test_a_sheet_with_threaded_comments_gets_no_notes_and_says_so(tmp_path):
    hers = make("plain", tmp_path)
    package = open_package(hers)
    changes = Changes(package)
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    changes.put("xl/worksheets/_rels/sheet1.xml.rels", rels.encode())
    changes.put("xl/threadedComments/threadedComment1.xml", b"<ThreadedComments/>")
    save(package, changes, hers)
    done = add(hers, tmp_path / "out.xlsx")
    assert "discussion" in done.said[0]
    assert kept.losses(hers, tmp_path / "out.xlsx", SHEET) == []
    assert not any("comments1" in part for part in kept.parts(tmp_path / "out.xlsx"))


def connected(path):
    reworked(SEEDS["table"], tables=lambda data: data.replace(b"<table ", b'<table tableType="queryTable" '))(path)


def wider(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Claims")
        sheet.add_table(1, 0, 3, 4)
        sheet.add_table(4, 0, 9, 2)


def full(path):
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Claims").write(1, 16_382, "x")


def old(path):
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)


def locked(path):
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))


def refusals():
    def beside(path):
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Claims")
            sheet.add_table(1, 0, 9, 4)
            sheet.write(4, 5, "taken")

    def damaged(path):
        plain(path)
        data = bytearray(path.read_bytes())
        with zipfile.ZipFile(path) as archive:
            entry = archive.getinfo("xl/worksheets/sheet1.xml")
        data[entry.header_offset + 30 + len(entry.filename) + entry.compress_size - 40] ^= 0xFF
        path.write_bytes(bytes(data))

    def chart(path):
        with xlsxwriter.Workbook(path) as book:
            book.add_worksheet("Data").write(0, 0, 1)
            pie = book.add_chart({"type": "pie"})
            pie.add_series({"values": "=Data!$A$1"})
            book.add_chartsheet("Claims").set_chart(pie)

    def beyond(path):
        reworked(plain, sheet=lambda data: data.replace(b' s="1"', b' s="99"'))(path)

    def entities(path):
        declared = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><sst'
        reworked(plain, texts=lambda data: data.replace(b"<sst", declared))(path)

    return {
        r'\(sheet "Claims"\): There is no room beside the table Table1 \(A2:E10\): the cell F5 is filled. Please leave': beside,
        r"The table Claims1 \(A2:E10\) is filled from a connection.*convert": connected,
        r"Table1 \(A2:E4\) and Table2 \(A5:C10\).*Please let both end": wider,
        "no 2 free columns behind its last one, XFC. Please delete": full,
        "old .xls format.*Please save it as .xlsx": old,
        "has a password.*Please send it without": locked,
        "is a chart, a macro sheet or not in the file": chart,
        "formats that it does not have": beyond,
        "declares a document type": entities,
        "is damaged.*Please ask for it again": damaged,
    }


@pytest.mark.parametrize("sentence", refusals())
def test_what_is_unsafe_is_said_before_anything_is_written(tmp_path, sentence):
    refusals()[sentence](tmp_path / "hers.xlsx")
    with pytest.raises(UnsafeToPatch, match=sentence):
        add(tmp_path / "hers.xlsx", tmp_path / "out.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["hers.xlsx"]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (float("nan"), "not finite"),
        (Decimal("Infinity"), "not finite"),
        ([1], "unhashable|kind list"),
        (date(1850, 1, 1), "before the first"),
    ],
)
def test_a_value_that_no_cell_can_hold_is_refused(tmp_path, value, sentence):
    with pytest.raises((ValueError, TypeError), match=sentence):
        add(make("plain", tmp_path), tmp_path / "out.xlsx", columns=[Column("X", {3: value})])


def test_two_sheets_are_annotated_with_one_save(tmp_path):
    hers = make("notes", tmp_path)
    package = open_package(hers)
    changes = Changes(package)
    for sheet in ("Claims", "Other"):
        patch_sheet(changes, sheet=sheet, header_row=2, columns=COLUMNS, notes=NOTES)
    save(package, changes, tmp_path / "out.xlsx")
    for sheet in openpyxl.load_workbook(tmp_path / "out.xlsx"):
        assert "Call insurer" in [cell.value for cell in sheet[3]]
        assert "please look" in sheet["A3"].comment.text
    package = open_package(tmp_path / "out.xlsx")
    save(package, remove_ours(package), tmp_path / "removed.xlsx")
    assert kept.differences(hers, tmp_path / "removed.xlsx") == []


CELL = (
    st.none()
    | st.integers(-10, 10)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6)
)
VALUE = (
    st.none()
    | st.integers(-(10**9), 10**9)
    | st.dates(date(1901, 1, 1), date(2100, 1, 1))
    | st.text(max_size=8)
    | st.decimals(-1000, 1000, places=2)
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(CELL, max_size=6), max_size=8),
    st.dictionaries(st.integers(3, 12), VALUE, min_size=1, max_size=5),
    st.dictionaries(
        st.integers(1, 12),
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
        max_size=3,
    ),
)
def test_any_sheet_keeps_its_cells_twice_is_once_and_removal_gives_back(tmp_path_factory, rows, values, notes):
    folder = tmp_path_factory.mktemp("any")
    book = openpyxl.Workbook()
    book.active.title = "Claims"
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row, 1):
            book.active.cell(r, c).value = value if not str(value).startswith("=") else None
    book.save(folder / "hers.xlsx")
    wanted = {"columns": [Column("Ours", values)], "notes": [Note(row, "B", text) for row, text in notes.items()]}
    add(folder / "hers.xlsx", folder / "once.xlsx", **wanted)
    add(folder / "once.xlsx", folder / "twice.xlsx", **wanted)
    package = open_package(folder / "twice.xlsx")
    save(package, remove_ours(package), folder / "removed.xlsx")
    assert kept.losses(folder / "hers.xlsx", folder / "once.xlsx", SHEET) == []
    assert kept.differences(folder / "once.xlsx", folder / "twice.xlsx") == []
    assert kept.differences(folder / "hers.xlsx", folder / "removed.xlsx") == []


def annotate_for_ever(source, target):
    while True:
        add(source, target, columns=[Column("Ours", {3: "new"})])


def test_killed_at_any_moment_there_is_the_old_file_or_the_new_and_never_half(tmp_path):
    hers = make("table", tmp_path)
    target = tmp_path / "target.xlsx"
    target.write_bytes(hers.read_bytes())
    chance = random.Random(4)
    for _ in range(20):
        process = multiprocessing.get_context("fork").Process(target=annotate_for_ever, args=(hers, target))
        process.start()
        time.sleep(chance.random() * 0.15)
        process.kill()
        process.join()
        assert openpyxl.load_workbook(target)["Claims"]["F2"].value in {None, "Ours"}
        assert kept.parts(target)


def test_rows_that_hold_none_of_ours_keep_their_spans_where_her_empty_cells_stand_in_our_columns(tmp_path):
    def hers(path):
        with xlsxwriter.Workbook(path) as book:
            sheet, look = book.add_worksheet("Claims"), book.add_format({"bg_color": "yellow"})
            for row in range(12):
                sheet.write_row(row, 0, [row] * 4)
                if row > 5:
                    sheet.write_blank(row, 4, None, look)

    hers(tmp_path / "hers.xlsx")
    changed = {"header_row": None, "columns": [Column("X", {3: "y", 5: "y"}), Column("Y", {3: 1})], "notes": []}
    add(tmp_path / "hers.xlsx", tmp_path / "once.xlsx", **changed)
    add(tmp_path / "once.xlsx", tmp_path / "twice.xlsx", **changed)
    assert kept.differences(tmp_path / "once.xlsx", tmp_path / "twice.xlsx") == []
    package = open_package(tmp_path / "twice.xlsx")
    save(package, remove_ours(package), tmp_path / "removed.xlsx")
    assert kept.differences(tmp_path / "hers.xlsx", tmp_path / "removed.xlsx") == []


def test_a_kind_of_drawing_that_she_told_part_by_part_is_told_so_again(tmp_path):
    """As LibreOffice does: her notes' drawing has an entry of its own in the list of contents, ours came by its ending."""
    default = b'<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
    own = b'<Override PartName="/xl/drawings/vmlDrawing1.vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/></Types>'

    def hers(path):
        with xlsxwriter.Workbook(path) as book:
            for name in ("Other", "Claims"):
                book.add_worksheet(name).write_row("A1", ["x"] * 4)
            book.worksheets()[0].write_comment("A1", "hers")

    reworked(hers, types=lambda data: data.replace(default, b"").replace(b"</Types>", own))(tmp_path / "hers.xlsx")
    add(tmp_path / "hers.xlsx", tmp_path / "out.xlsx")
    assert default in kept.parts(tmp_path / "out.xlsx")["[Content_Types].xml"]
    package = open_package(tmp_path / "out.xlsx")
    save(package, remove_ours(package), tmp_path / "removed.xlsx")
    assert kept.differences(tmp_path / "hers.xlsx", tmp_path / "removed.xlsx") == []
