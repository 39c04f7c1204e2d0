"""Spellings of a package that odd exporters write and Excel opens: one reading for all of them."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from billingkit.problems import NotAWorkbook
from billingkit.workbook import read_book

ROWS = [["Claim", "Fee & co", None, "Note"], [], *([f"C{n}", n + 0.5, None, "two\nlines  "] for n in range(12)), [True]]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def workbook():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Claims")
        for r, row in enumerate(ROWS):
            sheet.write_row(r, 0, row)
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.merge_range("A20:B21", None)
        sheet.write_comment("B3", "ring back")
    return out.getvalue()


def respelt(change, rename=lambda name: name):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.endswith((".xml", ".rels")):
                content = change(entry.filename, content.decode())
                content = content if isinstance(content, bytes) else content.encode()
            target.writestr(rename(entry.filename), content)
    return out.getvalue()


def in_sheet(change):
    return respelt(lambda name, text: change(text) if "worksheets/sheet1.xml" in name else text)


def prefixed(text):
    head, declared, body = text.partition("?>")
    body = (
        body.replace("</", "</x:")
        .replace("<", "<x:")
        .replace("<x:/x:", "</x:")
        .replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
    )
    return head + declared + body


def strict(_name, text):
    text = text.replace(MAIN, STRICT)
    return text.replace(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


def without_addresses(text):
    import re

    text = re.sub(r'<row r="2"[^>]*/>', "", text)
    start = text.index("<sheetData>")
    body = re.sub(r'<c r="(?!D)[A-Z]+\d+"', "<c", text[start:])
    return text[:start] + body


SPELLINGS = {
    "plain": workbook(),
    "prefixes": in_sheet(prefixed),
    "single quotes": in_sheet(lambda text: text.replace('"', "'")),
    "pretty print": in_sheet(lambda text: text.replace("><", ">\n  <")),
    "utf-16": in_sheet(lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16")),
    "a comment": in_sheet(lambda text: text.replace("<sheetData>", "<!-- made by us --><sheetData>")),
    "a comment among rows": in_sheet(lambda text: text.replace('<row r="4"', '<!-- four --><row r="4"')),
    "a section": in_sheet(lambda text: text.replace("<v>1</v>", "<v><![CDATA[1]]></v>")),
    "attributes turned round": in_sheet(lambda text: text.replace('<c r="A1" t="s">', '<c t="s" r="A1">')),
    "no addresses": in_sheet(without_addresses),
    "strict": respelt(strict),
    "backslash names": respelt(lambda _name, text: text, lambda name: name.replace("/", "\\")),
    "backslash targets": respelt(
        lambda name, text: text.replace("worksheets/sheet1", "worksheets\\sheet1") if ".rels" in name else text
    ),
    "other case": respelt(lambda _name, text: text, str.upper),
    "absolute targets": respelt(
        lambda name, text: text.replace('"worksheets/', '"/xl/worksheets/') if "workbook.xml.rels" in name else text
    ),
    "prefixed strings": respelt(lambda name, text: prefixed(text) if "sharedStrings" in name else text),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_reads_the_same(tmp_path, spelling):
    (tmp_path / "w.xlsx").write_bytes(SPELLINGS[spelling])
    (sheet,) = read_book(tmp_path / "w.xlsx").sheets
    assert [[(type(cell), cell) for cell in row] for row in sheet.rows] == [
        [(type(cell), cell) for cell in row] for row in ROWS
    ]
    assert (sheet.name, sheet.hidden_rows, sheet.merged) == ("Claims", {4}, ((20, 1, 21, 2),))
    assert sheet.comments == {(3, 2): "ring back"}


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        ("<si><r><t>two </t></r><r><rPr><b/></rPr><t>runs</t></r></si>", "two runs"),
        ("<si><t>漢</t><rPh sb='0' eb='1'><t>kan</t></rPh></si>", "漢"),
        ("<si><t>a_x000D_b_x005F_x0041_&#10;&#x26;&lt;</t></si>", "a\rb_x0041_\n&<"),
        ('<si><t xml:space="preserve"> 007 </t></si>', " 007 "),
        ("<si><t>Sent</t><t>Sent</t></si>", "Sent"),  # the standard allows one text, or runs
        ("<si><t>Sent</t><r><t> again</t></r></si>", "Sent again"),
        ("<si><t/></si>", None),
        ("<si/>", None),
    ],
)
def test_shared_and_inline_text_is_what_the_cell_shows(tmp_path, item, shown):
    def change(name, text):
        if "sharedStrings" in name:
            return text.replace("<si><t>Claim</t></si>", item)
        if "sheet1.xml" in name and "worksheets/" in name:
            inline = item.replace("<si>", "<is>").replace("</si>", "</is>").replace("<si/>", "<is></is>")
            return text.replace(
                "</sheetData>",
                f'<row r="30"><c r="C30" t="inlineStr">{inline}</c><c r="D30"><v>7</v></c></row></sheetData>',
            )
        return text

    (tmp_path / "w.xlsx").write_bytes(respelt(change))
    rows = read_book(tmp_path / "w.xlsx").sheets[0].rows
    assert rows[0][0] == shown
    assert rows[29] == [None, None, shown, 7]


@pytest.mark.parametrize("part", ["sharedStrings", "sheet1"])
def test_a_text_that_says_two_things_is_refused(tmp_path, part):
    def change(name, text):
        if part not in name or name.endswith(".rels"):
            return text
        cell = '<row r="30"><c r="A30" t="inlineStr"><is><t>10</t><t>20</t></is></c></row></sheetData>'
        return text.replace("<si><t>Claim</t></si>", "<si><t>10</t><t>20</t></si>").replace("</sheetData>", cell)

    (tmp_path / "w.xlsx").write_bytes(respelt(change))
    with pytest.raises(NotAWorkbook):
        read_book(tmp_path / "w.xlsx")


def test_a_thread_is_read_and_its_stand_in_note_is_not(tmp_path):
    thread = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="B3" dT="2026-11-20T10:00:00" personId="{1}" id="{2}"><text>patient is upset</text></threadedComment>'
        '<threadedComment ref="B3" personId="{1}" id="{3}" parentId="{2}"><text>rang, &amp; settled</text></threadedComment></ThreadedComments>'
    )
    related = (
        '<Relationship Id="rId77" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"'
        ' Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    )

    def change(name, text):
        if name.endswith("sheet1.xml.rels"):
            return text.replace("</Relationships>", related)
        stand_in = (
            "[Threaded comment]\n\nYour version of Excel allows you to read this.\n\nComment:\n    patient is upset"
        )
        return text.replace("ring back", stand_in) if "comments1.xml" in name else text

    out = io.BytesIO(respelt(change))
    with zipfile.ZipFile(out, "a") as target:
        target.writestr("xl/threadedComments/threadedComment1.xml", thread)
    (tmp_path / "w.xlsx").write_bytes(out.getvalue())
    (sheet,) = read_book(tmp_path / "w.xlsx").sheets
    assert sheet.threaded
    assert sheet.comments == {(3, 2): "patient is upset\nrang, & settled"}
