"""Workbooks with the features that editors lose: made by XlsxWriter and openpyxl, and some rewritten part by part.

`SEEDS` maps a name to a function that writes that workbook to a path; every one has a sheet "Claims" whose headings
stand in row 2, claims below.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment

HEADINGS = ["Claim", "Patient", "Insurer", "Sent", "Amount"]
ROWS = [[f"C-{n}", f"Person {n}", "Delta" if n % 2 else "Cigna", date(2026, 9, n), 100.5 * n] for n in range(1, 9)]
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00"
    b"\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)


def _sheet(book, name="Claims"):
    sheet = book.add_worksheet(name)
    bold, day, money = (
        book.add_format(f)
        for f in (
            {"bold": 1, "bg_color": "#1F4E78", "font_color": "white"},
            {"num_format": "dd/mm/yyyy"},
            {"num_format": "£#,##0.00", "align": "right", "border": 1},
        )
    )
    sheet.write(0, 0, "Claims of the week")
    for column, heading in enumerate(HEADINGS):
        sheet.write(1, column, heading, bold)
    for row, values in enumerate(ROWS, 2):
        for column, value in enumerate(values[:3]):
            sheet.write(row, column, value)
        sheet.write_datetime(row, 3, value := values[3], day)
        sheet.write_number(row, 4, values[4], money)
    return sheet


def plain(path, options=None):
    with xlsxwriter.Workbook(path, options or {}) as book:
        _sheet(book)


def calendar_1904(path):
    plain(path, {"date_1904": True})


def table(path, **options):
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        sheet.add_table(1, 0, 9, 4, {"columns": [{"header": h} for h in HEADINGS], "name": "Claims1", **options})


def table_with_totals(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        columns = [{"header": h} for h in HEADINGS]
        columns[0]["total_string"], columns[4]["total_function"] = "Total", "sum"
        sheet.add_table(1, 0, 10, 4, {"columns": columns, "total_row": True})


def two_tables(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        sheet.add_table(1, 0, 9, 4, {"columns": [{"header": h} for h in HEADINGS]})
        sheet.add_table(1, 9, 4, 10, {"columns": [{"header": "Code"}, {"header": "Meaning"}]})


def table_beside_a_filter(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        sheet.autofilter(1, 0, 9, 2)
        sheet.add_table(1, 3, 9, 4, {"columns": [{"header": h} for h in HEADINGS[3:]]})


def wide(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        for column in range(8):
            sheet.set_column(column, column, 10 + column)


def filtered(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        sheet.autofilter(1, 0, 9, 4)
        sheet.filter_column(2, "x == Delta")
        for row in (3, 5):
            sheet.set_row(row, None, None, {"hidden": True})
        sheet.print_area(0, 0, 9, 4)
        sheet.repeat_rows(1)
        sheet.freeze_panes(2, 1)
        other = book.add_worksheet("It's other")
        other.write(0, 0, "x")
        other.autofilter(0, 0, 3, 0)
        other.print_area(0, 0, 3, 0)


def formatted(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        red = book.add_format({"bg_color": "red"})
        sheet.conditional_format("A3:E10", {"type": "formula", "criteria": "=$E3>300", "format": red})
        sheet.conditional_format("E3:E10", {"type": "data_bar", "data_bar_2010": True})
        sheet.conditional_format("D3:D10", {"type": "icon_set", "icon_style": "3_arrows"})
        sheet.data_validation("C3:C10", {"validate": "list", "source": ["Delta", "Cigna"]})
        sheet.data_validation("E3:E10", {"validate": "decimal", "criteria": ">", "value": 0})
        sheet.add_sparkline("F12", {"range": "Claims!E3:E10"})
        sheet.merge_range("A14:G14", "a merged footer")
        sheet.write_rich_string("A16", "some ", red, "red", " text")
        sheet.write_url("A17", "https://example.org/x", string="link")
        sheet.set_column(0, 2, 14)
        sheet.set_column(5, 5, None, None, {"hidden": True})
        sheet.set_column(6, 16383, 3)
        sheet.set_header("&L&G", {"image_left": "logo.png", "image_data_left": io.BytesIO(PIXEL)})


def drawn(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Claims!$E$3:$E$10"})
        sheet.insert_chart("H2", chart)
        sheet.insert_textbox("H20", "a box")
        sheet.insert_image("H30", "p.png", {"image_data": io.BytesIO(PIXEL)})
        sheet.insert_button("K2", {"caption": "Press"})
        sheet.insert_checkbox(1, 8, True)
        pie = book.add_chart({"type": "pie"})
        pie.add_series({"values": "=Claims!$E$3:$E$10"})
        book.add_chartsheet("Chart").set_chart(pie)
        book.define_name("Rate", "=0.2")
        book.define_name("Claims!Local", "=Claims!$A$3")


def noted(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        sheet.write_comment("A3", "hers", {"author": "Sam"})
        sheet.write_comment("E5", "another\nof hers", {"author": "Sam", "visible": True})
        other = book.add_worksheet("Other")
        other.write_comment("A1", "elsewhere", {"author": "Lee"})


def noted_by_openpyxl(path):
    plain(path)
    book = openpyxl.load_workbook(path)
    book["Claims"]["A3"].comment = Comment("hers, plain", "Sam")
    book["Claims"]["E4"].comment = Comment("another", "Sam")
    book.save(path)


def protected(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        sheet.protect("secret", {"autofilter": True})
        sheet.unprotect_range("A3:A10", "mine")


def calculated(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        sheet.write_formula("E11", "=SUM(E3:E10)", None, 3618)
        sheet.write_array_formula("A12:B12", "{=E3:E4*2}", None, 201)
        sheet.write_dynamic_array_formula("A13", "=LEN(A3:A10)", None, 3)
        sheet.write_formula("B13", '=IF(TRUE,"a<b","")', None, "a<b")
        sheet.write("C13", "=1/0")


def hidden_tail(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        sheet.set_column(5, 16383, None, None, {"hidden": True})
        sheet.write_blank("F3", None, book.add_format({"bg_color": "yellow"}))
        sheet.set_default_row(hide_unused_rows=True)


def painted(path):
    """Empty cells with formats where our columns will stand, in rows that we fill and in rows that we do not."""
    with xlsxwriter.Workbook(path) as book:
        sheet = _sheet(book)
        looks = [book.add_format({"bg_color": colour}) for colour in ("#FFFF00", "#00B050")]
        for row in range(1, 10):
            for column in range(5 + row % 3, 40):
                sheet.write_blank(row, column, None, looks[(row + column) // 7 % 2])


def nothing_but_a_heading(path):
    book = openpyxl.Workbook()
    book.active.title = "Claims"
    book.active["A2"] = "Claim"
    book.save(path)


def empty(path):
    book = openpyxl.Workbook()
    book.active.title = "Claims"
    book.save(path)


def constant_memory(path):
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        _sheet(book)


def reworked(make, **edits):
    """The same workbook with parts rewritten: `edits` maps a part (a regular expression) to a function on its bytes."""

    def write(path):
        first = Path(str(path) + ".first.xlsx")
        make(first)
        with zipfile.ZipFile(first) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for info in source.infolist():
                data = source.read(info)
                for pattern, edit in edits.items():
                    if re.fullmatch(PARTS[pattern], info.filename):
                        data = edit(data)
                if data is not None:
                    target.writestr(info.filename, data)
        first.unlink()

    return write


PARTS = {
    "sheet": r"xl/worksheets/sheet1\.xml",
    "sheets": r"xl/worksheets/sheet\d+\.xml",
    "workbook": r"xl/workbook\.xml",
    "texts": r"xl/sharedStrings\.xml",
    "tables": r"xl/tables/table\d+\.xml",
    "styles": r"xl/styles\.xml",
    "types": r"\[Content_Types\]\.xml",
    "book_rels": r"xl/_rels/workbook\.xml\.rels",
    "root_rels": r"_rels/\.rels",
    "vml": r"xl/drawings/vmlDrawing\d+\.vml",
    "every": r"(xl/.*|_rels/.*|docProps/.*)\.(xml|rels)",
}


def _strict(data):
    for was, now in (
        (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
        (b"http://schemas.openxmlformats.org/drawingml/2006/", b"http://purl.oclc.org/ooxml/drawingml/"),
    ):
        data = data.replace(was, now)
    return data


def _prefixed(data):
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    data = re.sub(rb"<(/?)(?![\w.-]+:)([A-Za-z])", rb"<\1x:\2", data)
    return data.replace(b'xmlns="' + main, b'xmlns:x="' + main)


def _without_addresses(data):
    return re.sub(rb'(<(?:row|c))( [^>]*?)? r="[A-Z]*\d+"', rb"\1\2", data)


def _sub(pattern, replacement, flags=re.DOTALL):
    return lambda data: re.sub(pattern, replacement, data, flags=flags)


def _prefixed_types(data):
    data = re.sub(rb"<(/?)(?=[A-Z])", rb"<\1ct:", data)
    return data.replace(b"<ct:Types xmlns=", b"<ct:Types xmlns:ct=")


def _to_style_9(found):
    return found[0].replace(b'"0"', b'"9"')


def _utf16(data):
    return data.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")


SEEDS = {
    "plain": plain,
    "1904 calendar": calendar_1904,
    "table": table,
    "table without headings": lambda path: table(path, header_row=False),
    "table with totals": table_with_totals,
    "two tables": two_tables,
    "filter, hidden rows, print area, frozen": filtered,
    "formats, validations, sparklines, merged, links": formatted,
    "charts, pictures, buttons": drawn,
    "notes": noted,
    "notes by openpyxl": noted_by_openpyxl,
    "protected": protected,
    "formulas": calculated,
    "hidden tail": hidden_tail,
    "only a heading": nothing_but_a_heading,
    "empty": empty,
    "inline strings": constant_memory,
    "strict": reworked(formatted, every=_strict),
    "strict with notes": reworked(noted, every=_strict),
    "strict with notes as Excel has them": reworked(
        reworked(noted, every=_strict),
        sheet=_sub(
            rb"(<legacyDrawing [^>]*/>)",
            rb'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            rb'<mc:Choice xmlns:v="urn:schemas-microsoft-com:vml" Requires="v">\1</mc:Choice></mc:AlternateContent>',
        ),
    ),
    "strict table": reworked(table, every=_strict),
    "prefixed": reworked(filtered, sheets=_prefixed, workbook=_prefixed, styles=_prefixed),
    "no addresses": reworked(plain, sheet=_without_addresses),
    "comment in the rows": reworked(plain, sheet=_sub(rb"</row>", b"</row><!-- <row r='1'> -->")),
    "spaced end tags": reworked(plain, sheet=_sub(rb"</(c|row)>", rb"</\1 >")),
    "one spaced end of a cell": reworked(plain, sheet=lambda data: data.replace(b"</c></row>", b"</c ></row>", 1)),
    "one spaced end of a row": reworked(plain, sheet=lambda data: data.replace(b"</row>", b"</row >", 1)),
    "cdata": reworked(constant_memory, sheet=_sub(rb"<t>(C-\d)</t>", rb"<t><![CDATA[\1]]></t>")),
    "utf-16 sheet": reworked(formatted, sheet=_utf16),
    "byte order mark": reworked(table, every=lambda data: b"\xef\xbb\xbf" + data),
    "pretty printed": reworked(plain, sheet=_sub(rb">\s*<(?!/v|/t)", b">\n  <")),
    "no dimension": reworked(plain, sheet=_sub(rb"<dimension[^>]*>", b"")),
    "no styles": reworked(
        nothing_but_a_heading,
        styles=lambda _: None,
        types=_sub(rb"<Override [^>]*styles[^>]*/>", b""),
        book_rels=_sub(rb'<Relationship [^>]*/styles"[^>]*/>', b""),
    ),
    "sparse styles": reworked(
        nothing_but_a_heading,
        sheet=_sub(rb' s="\d+"', b""),
        styles=lambda _: b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
    ),
    "absolute targets": reworked(filtered, book_rels=_sub(rb'Target="(?!/)', b'Target="/xl/')),
    "alternative content": reworked(
        drawn,
        sheet=_sub(
            rb"<legacyDrawing ([^>]*)/>",
            rb'<legacyDrawing \1/><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            rb'<mc:Choice xmlns:v2="urn:v2" Requires="v2"><controls/></mc:Choice></mc:AlternateContent>',
        ),
    ),
    "empty cells behind": reworked(
        plain, sheet=_sub(rb'(<row r="(\d+)"[^>]*>.*?)</row>', rb'\1<c r="G\2" s="1"/></row>')
    ),
    "empty cells that say the plain format": reworked(
        plain, sheet=_sub(rb'(<row r="(\d+)"[^>]*>.*?)</row>', rb'\1<c r="F\2" s="0"/><c r="G\2"/></row>')
    ),
    "painted far to the right": painted,
    "a table beside a filter": table_beside_a_filter,
    "column settings apart": reworked(wide, sheet=_sub(rb"/><col ", b"/> <col ")),
    "a sort wider than its table": reworked(
        table,
        tables=_sub(
            rb"(?=<tableColumns)", b'<sortState ref="A3:F10"><sortCondition descending="1" ref="B3:B11"/></sortState>'
        ),
    ),
    "number formats that are not there": reworked(
        plain, styles=_sub(rb"<numFmts.*?</numFmts>", b"<numFmts></numFmts>")
    ),
    "numbered cells without formats": reworked(
        nothing_but_a_heading,
        sheet=_sub(rb'( s="\d+")? t="s"', b' s="7" t="s"'),
        styles=lambda _: b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
    ),
    "names in character references": reworked(filtered, workbook=_sub(rb"It's other", b"It&#x2019;s other")),
    "an empty list of names": reworked(plain, workbook=_sub(rb"</sheets>", rb"</sheets><definedNames></definedNames>")),
    "prefixed content types": reworked(plain, types=_prefixed_types),
    "styles without counts": reworked(formatted, styles=_sub(rb' count="\d+"', b"")),
    "styles with wrong counts": reworked(formatted, styles=_sub(rb'(<(?:fonts|cellXfs) count=")\d+', rb"\g<1>3")),
    "formats of a missing style": reworked(formatted, styles=_sub(rb'xfId="0"/?>(?=.*</cellXfs>)', _to_style_9)),
    "cells out of order": reworked(
        plain, sheet=_sub(rb'(<c r="A(\d+)"[^>]*><v>\d+</v></c>)(<c r="B\d+"[^>]*><v>\d+</v></c>)', rb"\3\1")
    ),
    "single quotes": reworked(plain, sheet=_sub(rb'(\s[a-z]+)="([^"\']*)"', rb"\1='\2'")),
    "macros": reworked(
        plain,
        types=_sub(
            rb"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main", rb"vnd.ms-excel.sheet.macroEnabled.main"
        ),
    ),
}
