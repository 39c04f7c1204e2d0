"""The lint finds each fault it knows, and none in files that spreadsheet programs write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from workbook.corpus import SAMPLES, edited, packed, parts_of

from billingkit.workbook.formula_text import faults, tables_named, tabs_named, unprefixed
from billingkit.workbook.fresh import Heading, open_workbook
from billingkit.workbook.lint import lint, rules

SHEET, OTHER, BOOK, STYLES, TABLE, TYPES = (
    "xl/worksheets/sheet1.xml",
    "xl/worksheets/sheet2.xml",
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/tables/table1.xml",
    "[Content_Types].xml",
)


@pytest.fixture(scope="module")
def good() -> bytes:
    buffer = BytesIO()
    with open_workbook(buffer, as_of=date(2026, 11, 23)) as book:
        tab, other = book.add_tab("Claims"), book.add_tab("Other")
        rows = [["RV-1", Decimal(10), None], ["RV-2", Decimal(20), None]]
        tab.table("tblClaims", 3, 1, [Heading("Ref"), Heading("Billed"), Heading("Answer", look="answer")], rows)
        tab.drop_down((4, 3, 5, 3), ["supplied", "not available"], "Please choose.")
        tab.highlight((4, 1, 5, 3), "=$B4>5", "hold")
        tab.note(4, 1, "asked twice")
        tab.formula(8, 2, "=SUM(tblClaims[Billed])", Decimal(30))
        tab.merge((10, 1, 10, 3), "over three cells")
        tab.merge((12, 1, 12, 3), "over three more")
        tab.width(6, 8)
        tab.width(8, 9)
        other.text(1, 1, "Word")
        other.text(2, 1, "one")
        other.sheet.autofilter(0, 0, 1, 0)
        book.name("billingkit_here", "Other", (1, 1, 1, 1))
    data = buffer.getvalue()
    chain = (
        b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="B8" i="1"/></calcChain>'
    )
    parts = {**parts_of(data), "xl/calcChain.xml": chain}
    link = b'<Relationship Id="rId90" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/></Relationships>'
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", link)
    kind = b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>'
    parts[TYPES] = parts[TYPES].replace(b"</Types>", kind)
    return packed(parts)


Seed = Callable[[bytes], bytes]


def swap(part: str, old: str, new: str, times: int = 1) -> Seed:
    return lambda data: edited(data, part, old, new, times)


def without(part: str) -> Seed:
    return lambda data: packed({name: content for name, content in parts_of(data).items() if name != part})


def long_choices(data: bytes) -> bytes:
    return edited(data, SHEET, '"supplied,not available"', '"' + "x" * 256 + '"')


SEEDS: dict[str, Seed] = {
    "rows_in_order": swap(SHEET, '<row r="5"', '<row r="4"'),
    "cells_in_order": swap(SHEET, '<c r="B4"', '<c r="A4"'),
    "past_the_edge": swap(SHEET, '<c r="B8"', '<c r="XFE8"'),
    "columns_overlap": swap(SHEET, '<col min="8"', '<col min="6"'),
    "style_in_range": swap(SHEET, '<c r="A4" s="', '<c r="A4" s="9'),
    "number_in_number_cell": swap(SHEET, "<v>10</v>", "<v>ten</v>"),
    "shared_text_in_range": swap(SHEET, 't="s"><v>0</v>', 't="s"><v>999</v>'),
    "text_length": swap("xl/sharedStrings.xml", "<t>RV-1</t>", f"<t>{'x' * 32_768}</t>"),
    "formula_syntax": swap(SHEET, "<f>SUM(tblClaims[Billed])</f>", "<f>=SUM(tblClaims[Billed])</f>"),
    "future_function_prefix": swap(SHEET, "<f>SUM(tblClaims[Billed])</f>", "<f>TEXTJOIN(1,TRUE,A4)</f>"),
    "shared_formula_has_master": swap(SHEET, "<f>SUM(tblClaims[Billed])</f>", '<f t="shared" si="4"/>'),
    "tables_named_exist": swap(SHEET, "SUM(tblClaims[", "SUM(tblGone["),
    "tabs_named_exist": swap(SHEET, "SUM(tblClaims[Billed])", "SUM('Gone tab'!A1)"),
    "merges_overlap": swap(SHEET, 'ref="A12:C12"', 'ref="A10:C12"'),
    "list_length": long_choices,
    "areas_written_well": swap(SHEET, 'sqref="C4:C5"', 'sqref="C5:A4"'),
    "table_name": swap(TABLE, 'displayName="tblClaims"', 'displayName="ABC12"'),
    "table_width": swap(TABLE, 'ref="A3:C5"', 'ref="A3:D5"'),
    "table_headings": swap(TABLE, 'name="Billed"', 'name="Paid"'),
    "tables_apart": swap(SHEET, "</sheetData>", '</sheetData><autoFilter ref="A3:C5"/>'),
    "table_filter_fits": swap(TABLE, '<autoFilter ref="A3:C5"/>', '<autoFilter ref="A3:B5"/>'),
    "filtered_column_in_filter": swap(
        TABLE, '<autoFilter ref="A3:C5"/>', '<autoFilter ref="A3:C5"><filterColumn colId="3"/></autoFilter>'
    ),
    "tab_names": swap(BOOK, 'name="Other"', 'name="claims"'),
    "active_tab": swap(BOOK, "<workbookView ", '<workbookView activeTab="7" '),
    "name_spelling": swap(BOOK, 'name="billingkit_here"', 'name="A1"'),
    "names_clash": swap(BOOK, 'name="billingkit_here"', 'name="tblClaims"'),
    "print_names": swap(OTHER, '<autoFilter ref="A1:A2"', '<autoFilter ref="A1:B2"'),
    "style_pointers": swap(STYLES, 'fontId="1"', 'fontId="99"'),
    "number_formats": swap(STYLES, 'numFmtId="164" fontId', 'numFmtId="199" fontId'),
    "style_counts": swap(STYLES, "<dxfs count=", '<dxfs count="4" x='),
    "rule_style_in_range": swap(SHEET, 'dxfId="', 'dxfId="9'),
    "links_lead_somewhere": without(TABLE),
    "links_used_exist": swap(SHEET, '<legacyDrawing r:id="', '<legacyDrawing r:id="x'),
    "content_types": swap(TYPES, 'PartName="/xl/tables/table1.xml"', 'PartName="/xl/tables/table9.xml"'),
    "notes_have_shapes": swap("xl/comments1.xml", 'ref="A4"', 'ref="B4"'),
    "note_authors": swap("xl/comments1.xml", 'authorId="0"', 'authorId="3"'),
    "calculation_order": swap("xl/calcChain.xml", 'r="B8"', 'r="B9"'),
    "drawing_blocks": swap(SHEET, '<tableParts count="1">', '<tableParts count="2">'),
}


def test_a_good_workbook_has_no_findings(good: bytes) -> None:
    assert lint(good) == []


def test_every_rule_has_a_seeded_fault() -> None:
    assert set(SEEDS) == set(rules())


@pytest.mark.parametrize("rule", sorted(SEEDS))
def test_each_seeded_fault_is_found(good: bytes, rule: str) -> None:
    assert rule in {found.rule for found in lint(SEEDS[rule](good))}


def test_a_part_that_is_no_xml_and_a_member_twice_are_found(good: bytes) -> None:
    assert [found.rule for found in lint(edited(good, SHEET, "</sheetData>", ""))] == ["unreadable"]
    assert [found.said for found in lint(packed({**parts_of(good), "XL/workbook.xml": b"<a/>"}))] == [
        "two members have the same name"
    ]


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"loose_rule_format", "a_name_twice", "stub_styles"}))
def test_files_of_spreadsheet_programs_have_no_findings(name: str) -> None:
    assert [str(found) for found in lint(SAMPLES[name]())] == []


@pytest.mark.parametrize(
    ("formula", "fault"),
    [
        ("SUM(A1:A3)", None),
        ("'It''s here'!A1+1", None),
        ('"a ""quoted"" text"&B2', None),
        ("tbl[[#This Row],[Odd '] name]]*2", None),
        ("{1,2;3,4}", None),
        ("-A1", None),
        ("A1%", None),
        ("", "it is empty"),
        ("=A1", "it starts with '=', which a file leaves out"),
        ("SUM(A1", "a bracket is not closed"),
        ("SUM)A1(", "a bracket is closed that was not opened"),
        ('"open', "a quotation mark is not closed"),
        ("tbl[Col", "a square bracket is not closed"),
        ("A1+", "it ends in an operator"),
        ("A1*/B1", "two operators stand together"),
    ],
)
def test_formulas_are_told_well_formed_from_broken(formula: str, fault: str | None) -> None:
    assert faults(formula) == ([fault] if fault else [])


def test_a_formula_says_which_functions_tables_and_tabs_it_names() -> None:
    assert unprefixed('XLOOKUP(A1,B:B,C:C)&"LET(x)"&_xlfn.CONCAT(A1)') == ["XLOOKUP"]
    assert tables_named("SUM(tblA[x],[1]!tblB[y])+SUM(tblC[[#All],[z]])") == {"tblA", "tblC"}
    assert tabs_named("SUM('My tab'!A1,Other!B2,'[x.xlsx]Far'!A1,\"no!\",#REF!A1)+SUM(Jan:Mar!A1)") == {
        "My tab", "Other", "Mar",
    }  # fmt: skip  # one set
