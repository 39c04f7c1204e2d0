"""Binary and OpenDocument workbooks made by hand: what no writer at hand makes, and what is hostile in them."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from billingkit.problems import HostileFile, NeedsPassword, NotAWorkbook, Refused, TooLarge
from billingkit.workbook import Limits, read_book
from billingkit.workbook.book import ErrorCell

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def record(kind, content=b""):
    """One record of [MS-XLSB]: its number and size take 7 bits of each byte."""
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(content)
    sizes = bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])
    return number + sizes + content


def wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(cells, *, hidden_rows=()):
    """A workbook of one sheet; cells are (row, column, style, record, content), 0-based."""
    body, last = record(129) + record(148, struct.pack("<4I", 0, 9, 0, 9)) + record(145), None
    for row, column, style, kind, content in cells:
        if row != last:
            flags = bytes([0, 0x10 if row in hidden_rows else 0, 0])
            body += record(0, struct.pack("<IIH", row, 0, 300) + flags + struct.pack("<I", 0))
            last = row
        body += record(kind, struct.pack("<II", column, style) + content)
    body += record(146) + record(130)
    styles = (
        record(278)
        + record(615, struct.pack("<I", 1))
        + record(44, struct.pack("<H", 170) + wide("00000"))
        + record(616)
    )
    xf = [struct.pack("<HHHHHBBHH", 0, number, 0, 0, 0, 0, 0, 0, 0) for number in (0, 170, 14)]
    styles += record(617, struct.pack("<I", 3)) + b"".join(record(47, one) for one in xf) + record(618) + record(279)
    main = (
        record(131)
        + record(143)
        + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Claims"))
        + record(144)
        + record(132)
    )
    relation = '<Relationship Id="{}" Type="{}/{}" Target="{}"/>'.format
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        kinds = '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
        kinds += '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        target.writestr("[Content_Types].xml", f'<Types xmlns="{TYPES}">{kinds}</Types>')
        one = relation("rId1", OFFICE, "officeDocument", "xl/workbook.bin")
        target.writestr("_rels/.rels", f'<Relationships xmlns="{RELATIONS}">{one}</Relationships>')
        both = relation("rId1", OFFICE, "worksheet", "worksheets/sheet1.bin") + relation(
            "rId2", OFFICE, "styles", "styles.bin"
        )
        target.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{RELATIONS}">{both}</Relationships>')
        target.writestr("xl/workbook.bin", main)
        target.writestr("xl/worksheets/sheet1.bin", body)
        target.writestr("xl/styles.bin", styles)
    return out.getvalue()


def real(number):
    return struct.pack("<d", number)


def test_an_xlsb_gives_values_errors_formats_and_hidden_rows(tmp_path):
    text = wide("Id")
    data = xlsb(
        [
            (1, 1, 0, 6, text),
            (2, 1, 1, 5, real(7)),
            (2, 2, 0, 3, b"\x17"),
            (3, 1, 1, 5, real(8.5)),
            (3, 2, 0, 4, b"\1"),
            (3, 3, 2, 5, real(46349)),
        ],
        hidden_rows={3},
    )
    (tmp_path / "w.xlsx").write_bytes(data)
    book = read_book(tmp_path / "w.xlsx")
    (sheet,) = book.sheets
    assert book.kind == "xlsb"
    assert sheet.rows[:3] == [[], [None, "Id"], [None, 7, ErrorCell("#REF!")]]
    assert sheet.rows[3][1:3] == [8.5, True]
    assert (sheet.number_formats, sheet.hidden_rows) == ({(3, 2): "00000", (4, 2): "00000"}, {4})


def test_an_xlsb_with_a_cell_at_the_far_edge_takes_down_its_child_only(tmp_path):
    data = xlsb([(0, 0, 0, 5, real(1)), (1_048_575, 16_383, 0, 5, real(1))])
    assert len(data) < 3_000
    (tmp_path / "w.xlsb").write_bytes(data)
    with pytest.raises(Refused) as caught:
        read_book(tmp_path / "w.xlsb", limits=Limits(seconds=20))
    assert isinstance(caught.value, HostileFile | TooLarge)


OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def ods(rows, *, manifest=""):
    spaces = " ".join(f'xmlns:{name}="{OPEN}:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="Claims">{rows}'
    )
    content += "</table:table></office:spreadsheet></office:body></office:document-content>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        target.writestr("content.xml", content)
        target.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
    return out.getvalue()


def cell(value, repeated=1):
    return f'<table:table-cell office:value-type="float" office:value="{value}" table:number-columns-repeated="{repeated}"/>'


def row(cells, repeated=1):
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


def ods_rows(tmp_path, data):
    (tmp_path / "w.ods").write_bytes(data)
    return read_book(tmp_path / "w.ods").sheets[0].rows


def test_repeated_rows_and_cells_stand_on_their_places(tmp_path):
    blank = "<table:table-cell table:number-columns-repeated='3'/>"
    data = ods(row(blank, 2) + row(blank + cell(5, 2)) + row(cell("0.10"), 2) + row(blank, 1_000_000))
    assert ods_rows(tmp_path, data) == [[], [], [None, None, None, 5, 5], [0.1], [0.1]]


def test_text_keeps_its_spaces_and_lines_and_spans_their_length(tmp_path):
    text = "<text:p>a<text:s text:c='2'/>b<text:span> c</text:span></text:p><text:p>d &amp; e</text:p>"
    span = '<table:table-cell office:value-type="time" office:time-value="PT30H15M00S"/>'
    clock = '<table:table-cell office:value-type="time" office:time-value="PT09H15M00S"/>'
    (got,) = ods_rows(
        tmp_path, ods(row(f'<table:table-cell office:value-type="string">{text}</table:table-cell>{span}{clock}'))
    )
    assert [str(value) for value in got] == ["a  b c\nd & e", "1 day, 6:15:00", "09:15:00"]


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (row(cell(1, 16_384), 1_048_576), TooLarge),
        (row(cell(1)) + row("", 1_000_000) + row(cell(1)), HostileFile),
        (row(cell(1, 99_999_999)), NotAWorkbook),
        (row(cell(1), 1_048_577), NotAWorkbook),
        (row(cell("1_0")), NotAWorkbook),
        (row(cell("nan")), NotAWorkbook),
    ],
)
def test_repeats_beyond_all_measure_are_refused(tmp_path, rows, kind):
    with pytest.raises(Refused) as caught:
        ods_rows(tmp_path, ods(rows))
    assert type(caught.value) is kind


def test_a_protected_ods_asks_for_a_copy_without_a_password(tmp_path):
    with pytest.raises(NeedsPassword, match="without a password"):
        ods_rows(tmp_path, ods("", manifest="<encryption-data/>"))
