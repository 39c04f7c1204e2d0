"""Hostile and broken files: one plain sentence from the closed list, quickly, and no value from a row."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
import xlsxwriter

from billingkit.problems import HostileFile, NeedsPassword, NotAWorkbook, NothingToRead, Refused, TooLarge
from billingkit.workbook import Limits, read_book
from billingkit.workbook.child import in_child

PATIENT = "Zebedee Quillfeather"
PHRASE = "open sesame"


def workbook(rows=((PATIENT, 1), ("b", 2)), *, far=None):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Claims")
        for r, row in enumerate(rows):
            sheet.write_row(r, 0, row)
        if far:
            sheet.write(far, 1)
    return out.getvalue()


def repacked(data, change):
    """The package with `change(name, content)` applied to each part; None leaves the part out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = change(entry.filename, source.read(entry))
            if content is not None:
                target.writestr(entry.filename, content)
    return out.getvalue()


def with_part(data, name, content):
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr(name, content)
    return out.getvalue()


def in_sheet(old, new):
    return repacked(workbook(), lambda name, content: content.replace(old, new) if "sheet1" in name else content)


def refused(tmp_path, data, kind, *, name="week.xlsx", limits=None, password=None):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Refused) as caught:
        read_book(tmp_path / name, limits=limits, password=password)
    assert type(caught.value) is kind
    said = str(caught.value)
    assert said.startswith(f"{name}: ")
    assert PATIENT not in said
    assert "\n" not in said
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return said


def test_an_empty_a_cut_and_a_missing_file(tmp_path):
    data = workbook()
    refused(tmp_path, b"", NotAWorkbook)
    refused(tmp_path, b"\r\n  \r\n", NotAWorkbook)
    for cut in (10, len(data) // 2, len(data) - 5):
        refused(tmp_path, data[:cut], NotAWorkbook)
    with pytest.raises(NothingToRead, match="no such file"):
        read_book(tmp_path / "nowhere.xlsx")
    with pytest.raises(NothingToRead):
        read_book(tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n....", b"<html><table><tr><td>1</td></tr></table></html>", b"MZ\x90\x00...",
        b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook/>", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600,
    ],
)  # fmt: skip
def test_something_else_in_disguise(tmp_path, data):
    refused(tmp_path, data, NotAWorkbook)


def test_a_zip_that_is_no_workbook_and_a_zip_of_workbooks(tmp_path):
    for name in ("readme.md", "word/document.xml", "claims.xlsx"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as target:
            target.writestr(name, workbook())
        refused(tmp_path, out.getvalue(), NotAWorkbook)


def test_a_broken_checksum(tmp_path):
    data = bytearray(workbook())
    entry = next(e for e in zipfile.ZipFile(io.BytesIO(data)).infolist() if "app.xml" in e.filename)
    data[entry.header_offset + 30 + len(entry.filename) + 20] ^= 0x40
    refused(tmp_path, bytes(data), NotAWorkbook)


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml", "docProps/app.xml"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_anywhere_is_refused(tmp_path, part, encoding):
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'

    def poisoned(name, content):
        if name != part:
            return content
        head, _, body = content.decode().partition("?>")
        return (head.replace("UTF-8", encoding) + "?>" + entity + body).encode(encoding)

    refused(tmp_path, repacked(workbook(), poisoned), HostileFile)


def test_duplicate_part_names_however_they_are_spelt(tmp_path):
    for name in ("xl\\worksheets\\sheet1.xml", "XL/worksheets/Sheet1.xml", "/xl/worksheets/sheet1.xml"):
        refused(tmp_path, with_part(workbook(), name, b"<worksheet/>"), HostileFile)


def test_zip_bombs_are_counted_while_they_inflate(tmp_path):
    bomb = with_part(workbook(), "xl/media/big.bin", b"\0" * (40 << 20))
    said = refused(tmp_path, bomb, HostileFile)
    assert "zip bomb" in said
    refused(tmp_path, bomb, HostileFile, limits=Limits(inflated=20 << 20))
    refused(tmp_path, with_part(bomb, "xl/media/x.bin", b""), HostileFile, limits=Limits(parts=9))


def test_a_part_that_lies_about_its_size_is_refused(tmp_path):
    """The size in the directory is made small: inflating goes by what comes out, and the checksum fails."""
    data = bytearray(with_part(workbook(), "xl/media/big.bin", b"\1" * 100_000))
    place = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, place + 24, 10)
    refused(tmp_path, bytes(data), NotAWorkbook)


def test_parts_that_overlap_are_refused(tmp_path):
    """Two entries of the directory point at the same bytes, as overlapping bombs do."""
    data = bytearray(with_part(with_part(workbook(), "a.bin", b"\0" * 99), "b.bin", b"\0" * 99))
    first = zipfile.ZipFile(io.BytesIO(data)).getinfo("a.bin").header_offset
    place = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, place + 42, first)
    refused(tmp_path, bytes(data), NotAWorkbook)


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "XFD1"])
def test_a_cell_at_the_far_edge(tmp_path, cell):
    data = workbook(far=cell)
    assert len(data) < 6_000
    if cell == "XFD1":
        (tmp_path / "wide.xlsx").write_bytes(data)
        assert len(read_book(tmp_path / "wide.xlsx").sheets[0].rows[0]) == 16_384
    else:
        refused(tmp_path, data, HostileFile)


def test_a_table_with_one_stray_cell_far_below_is_still_read(tmp_path):
    (tmp_path / "w.xlsx").write_bytes(workbook([["x"] * 20] * 800, far="A900000"))
    assert read_book(tmp_path / "w.xlsx").sheets[0].rows[899_999] == [1]


def test_too_many_cells_and_too_long(tmp_path):
    data = workbook([[1, 2, 3]] * 40)
    refused(tmp_path, data, TooLarge, limits=Limits(cells=100))
    refused(tmp_path, data, TooLarge, limits=Limits(seconds=0))
    refused(tmp_path, data, TooLarge, limits=Limits(file=50))
    refused(tmp_path, b"a,b\n" * 90, TooLarge, name="week.csv", limits=Limits(cells=100))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b't="s"><v>0</v>', b't="s"><v>99</v>'), (b't="s"><v>0</v>', b't="s"><v>-1</v>'), (b"<v>2</v>", b"<v>1_0</v>"),
        (b"<v>2</v>", b"<v>nan</v>"), (b"<v>2</v>", b"<v>2"), (b'r="B2"', b'r="B1"'), (b'r="B2"', b'r="A2"'), (b'r="B2"', b'r="XFE2"'),
        (b'<row r="2"', b'<row r="1"'), (b'<row r="2"', b'<row r="1048577"'), (b'<row r="2"', b'<row r="0"'), (b"</sheetData>", b""),
        (b't="s"', b't="zz"'), (b't="s"', b"t=s"), (b"<c ", b"<x "), (b'<row r="1"', b'<row r="9999999999999999999"'),
    ],
)  # fmt: skip
def test_a_sheet_that_says_what_no_spreadsheet_writes(tmp_path, old, new):
    data = in_sheet(old, new)
    refused(tmp_path, data, NotAWorkbook)


def test_parts_that_are_named_but_missing(tmp_path):
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels", "xl/sharedStrings.xml"):
        refused(
            tmp_path,
            repacked(workbook(), lambda name, content, part=part: None if name == part else content),
            NotAWorkbook,
        )


def test_a_protected_workbook_asks_for_its_password_and_opens_with_it(tmp_path, monkeypatch):
    from msoffcrypto.format.ooxml import OOXMLFile

    monkeypatch.delenv("BILLINGKIT_PASSWORD", raising=False)
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook())).encrypt(PHRASE, locked)
    refused(tmp_path, locked.getvalue(), NeedsPassword)
    refused(tmp_path, locked.getvalue(), NeedsPassword, password=PHRASE.upper())
    assert read_book(tmp_path / "week.xlsx", password=PHRASE).sheets[0].rows == [[PATIENT, 1], ["b", 2]]
    monkeypatch.setenv("BILLINGKIT_PASSWORD", PHRASE)
    assert read_book(tmp_path / "week.xlsx").kind == "xlsx"


def ends():
    import os

    os.abort()


def fails():
    raise ValueError(PATIENT)


def waits():
    import time

    time.sleep(60)


def grows():
    return len(bytearray(1 << 40))


@pytest.mark.parametrize(
    ("work", "kind"), [(ends, HostileFile), (fails, NotAWorkbook), (grows, TooLarge), (waits, TooLarge)]
)
def test_whatever_happens_in_the_child_comes_back_as_a_refusal(work, kind):
    with pytest.raises(Refused) as caught:
        in_child(work, place="week.xls", limits=Limits(seconds=5 if work is not waits else 1))
    assert type(caught.value) is kind
    assert PATIENT not in str(caught.value)


def test_a_binary_workbook_that_ends_before_its_directory_is_called_cut_short(tmp_path):
    header = bytearray(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504)
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 40)  # the directory's sector, far behind the end
    for data in (bytes(header[:300]), bytes(header) + b"\1" * 5000):
        (tmp_path / "week.xls").write_bytes(data)
        with pytest.raises(NotAWorkbook, match="damaged or was cut short"):
            read_book(tmp_path / "week.xls")


def test_a_damaged_binary_workbook_is_refused(tmp_path):
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504 + "Workbook".encode("utf-16-le") + b"\xff" * 3000
    refused(tmp_path, ole, NotAWorkbook, name="week.xls")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        target.writestr("content.xml", zlib.compress(b"x"))
    refused(tmp_path, out.getvalue(), NotAWorkbook, name="week.ods")
