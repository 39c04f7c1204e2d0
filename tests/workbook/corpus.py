"""Small workbooks with the features that an edit must not lose, built here rather than kept as files.

`SAMPLES` maps a name to a function that gives the workbook's bytes. All people and amounts are invented.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

SAMPLES: dict[str, Callable[[], bytes]] = {}


def sample(build: Callable[[], bytes]) -> Callable[[], bytes]:
    SAMPLES[build.__name__] = build
    return build


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 5, 9, 0, 0)), content)
    return buffer.getvalue()


def edited(data: bytes, part: str, old: str | bytes, new: str | bytes, times: int = 1) -> bytes:
    """The workbook with one text of one part replaced; it must be there."""
    before, after = (one.encode() if isinstance(one, str) else one for one in (old, new))
    parts = parts_of(data)
    assert before in parts[part], f"{before!r} is not in {part}"
    parts[part] = parts[part].replace(before, after, times)
    return packed(parts)


def with_parts(data: bytes, **more: bytes) -> bytes:
    return packed({**parts_of(data), **more})


def linked(data: bytes, owner: str, kind: str, target: str, content: bytes, content_type: str) -> bytes:
    """The workbook with one more part, linked from `owner` with the relationship id rIdX."""
    parts = parts_of(data)
    folder, _, name = owner.rpartition("/")
    listing = f"{folder}/_rels/{name}.rels".lstrip("/")
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    number = parts.get(listing, empty).count(b"<Relationship ") + 100
    kind = (
        kind
        if kind.startswith("http")
        else f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    )
    one = f'<Relationship Id="rId{number}" Type="{kind}" Target="/{target}"/></Relationships>'.encode()
    parts[listing] = parts.get(listing, empty).replace(b"</Relationships>", one)
    parts[target] = content
    types = parts["[Content_Types].xml"]
    override = f'<Override PartName="/{target}" ContentType="{content_type}"/></Types>'.encode()
    parts["[Content_Types].xml"] = types.replace(b"</Types>", override)
    return packed(parts)


def picture() -> BytesIO:
    """A small PNG, written out."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\x00" + b"\x20\x60\xa0" * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


HEADINGS = ["Claim", "Patient", "Insurer", "Sent", "Billed", "Paid", "Status"]


def _claims(sheet, bold, when, *, first: int = 5, rows: int = 12) -> None:
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(first - 1, column, heading, bold)
    for number in range(rows):
        row = first + number
        sheet.write_string(row, 0, f"RV-{1000 + number}")
        sheet.write_string(row, 1, f"Patient {number}")
        sheet.write_string(row, 2, ["Northern Dental", "Oakfield", "Mutual & Sons"][number % 3])
        sheet.write_datetime(row, 3, datetime(2026, 9, 1 + number), when)  # noqa: DTZ001  # Excel's times have no zone
        sheet.write_number(row, 4, 100 + number)
        sheet.write_number(row, 5, 10 * number)
        sheet.write_string(row, 6, "pending")


@sample
def xlsxwriter_plain() -> bytes:
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    _claims(
        book.add_worksheet("Claims"), book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    )
    book.close()
    return buffer.getvalue()


@sample
def xlsxwriter_everything() -> bytes:
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    bold, when = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    red = book.add_format({"font_color": "#9C0006", "bg_color": "#FFC7CE"})
    claims, lists, hidden = book.add_worksheet("Claims"), book.add_worksheet("Lists"), book.add_worksheet("Old")
    hidden.hide()
    _claims(claims, bold, when)
    claims.add_table(4, 0, 16, 6, {"name": "tblClaims", "columns": [{"header": one} for one in HEADINGS]})
    claims.merge_range("A1:G1", "Riverside claims", bold)
    claims.write_rich_string("A2", "kept by ", bold, "hand", " each week")
    claims.write_formula("I6", "=SUM(tblClaims[Billed])", None, 1266)
    claims.write_dynamic_array_formula("K6:K8", "=UNIQUE(G6:G17)", None, "pending")
    claims.write_url("A3", "https://example.com/portal", string="portal")
    claims.conditional_format("E6:E17", {"type": "cell", "criteria": ">", "value": 105, "format": red})
    claims.conditional_format("F6:F17", {"type": "data_bar", "data_bar_2010": True})
    claims.conditional_format("E6:E17", {"type": "icon_set", "icon_style": "3_traffic_lights"})
    claims.data_validation("G6:G17", {"validate": "list", "source": ["pending", "paid", "denied"]})
    claims.data_validation("D6:D17", {"validate": "date", "criteria": ">", "value": date(2020, 1, 1)})
    claims.write_comment("B6", "asked twice", {"author": "Reception"})
    claims.write_comment("C7", "new policy number")
    claims.add_sparkline("H6", {"range": "Claims!E6:E17"})
    claims.insert_textbox("M2", "A box of text")
    claims.insert_image("M10", "mark.png", {"image_data": picture()})
    claims.insert_button("M20", {"caption": "Press"})
    claims.insert_checkbox("J6", boolean=True)
    claims.embed_image("J8", "mark.png", {"image_data": picture()})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": "=Claims!$A$6:$A$17", "values": "=Claims!$E$6:$E$17"})
    claims.insert_chart("M30", chart)
    claims.freeze_panes(5, 1)
    claims.set_column("G:G", 20, None, {"level": 1})
    claims.set_row(8, 30, None, {"hidden": True})
    claims.print_area("A1:G17")
    claims.repeat_rows(4)
    claims.set_header("&C&G", {"image_center": "mark.png", "image_data_center": picture()})
    claims.ignore_errors({"number_stored_as_text": "A1:A20"})
    lists.write_column("A1", ["pending", "paid", "denied"])
    lists.autofilter("A1:A3")
    lists.protect("", {"sort": True})
    book.define_name("Statuses", "=Lists!$A$1:$A$3")
    book.define_name("Claims!Local", "=Claims!$A$6")
    book.set_custom_property("Reviewed", "yes")
    sheet = book.add_chartsheet("Chart")
    drawn = book.add_chart({"type": "line"})
    drawn.add_series({"values": "=Claims!$E$6:$E$17"})
    sheet.set_chart(drawn)
    lists.activate()
    book.close()
    return buffer.getvalue()


@sample
def xlsxwriter_1904() -> bytes:
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "date_1904": True})
    _claims(
        book.add_worksheet("Claims"), book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    )
    book.close()
    return buffer.getvalue()


@sample
def openpyxl_styles() -> bytes:
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.formatting.rule import ColorScaleRule, FormulaRule
    from openpyxl.styles import Border, Font, NamedStyle, PatternFill, Protection, Side
    from openpyxl.workbook.defined_name import DefinedName
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = datetime(2026, 1, 5)  # noqa: DTZ001  # the same
    sheet = book.active
    sheet.title = "Claims"
    sheet.append(HEADINGS)
    loud = NamedStyle("Loud", font=Font(name="Arial", size=12, bold=True), fill=PatternFill("solid", fgColor="FFEE00"))
    for number in range(8):
        sheet.append(
            [f"RV-{number}", f"Patient {number}", "Oakfield", date(2026, 9, 1 + number), 100 + number, 0, "pending"]
        )
    sheet["A2"].style = loud
    sheet["E3"].number_format = '"£"#,##0.00'
    sheet["E4"].border = Border(*[Side("thin")] * 4)
    sheet["F4"].protection = Protection(locked=False)
    sheet["H2"] = "=E2-F2"
    sheet["A3"].comment = Comment("call before noon", "Reception")
    sheet["B2"].hyperlink = "https://example.com/x"
    choices = DataValidation(type="list", formula1='"pending,paid"')
    choices.add("G2:G9")
    sheet.add_data_validation(choices)
    sheet.conditional_formatting.add(
        "E2:E9", ColorScaleRule("min", start_color="FFFFFF", end_type="max", end_color="63BE7B")
    )
    sheet.conditional_formatting.add("A2:G9", FormulaRule(["$F2=0"], font=Font(color="FF0000")))
    sheet.auto_filter.ref = "A1:G9"
    sheet.print_title_rows = "1:1"
    sheet.freeze_panes = "B2"
    book.defined_names["Rate"] = DefinedName("Rate", attr_text="0.2")
    book.create_sheet("Notes")["A1"] = "kept apart"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@sample
def absolute_targets() -> bytes:
    """Relationship targets written from the root, as some programs do."""
    data = edited(xlsxwriter_plain(), "xl/_rels/workbook.xml.rels", 'Target="worksheets/', 'Target="/xl/worksheets/')
    return edited(data, "xl/_rels/workbook.xml.rels", 'Target="styles.xml"', 'Target="/xl/styles.xml"')


@sample
def no_rels_default() -> bytes:
    """As LibreOffice writes it: every .rels part named, no default for them."""
    parts = parts_of(xlsxwriter_plain())
    types = parts["[Content_Types].xml"].decode()
    kind = "application/vnd.openxmlformats-package.relationships+xml"
    types = types.replace(f'<Default Extension="rels" ContentType="{kind}"/>', "")
    named = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part in parts if part.endswith(".rels"))
    parts["[Content_Types].xml"] = types.replace("</Types>", f"{named}</Types>").encode()
    return packed(parts)


@sample
def prefixed() -> bytes:
    """Every element of the main parts carries a prefix."""
    import re

    parts = parts_of(xlsxwriter_plain())
    for part in ("xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        text = parts[part].decode().replace('xmlns="http', 'xmlns:x="http')
        parts[part] = re.sub(r"<(/?)(\w+)(?=[\s/>])", r"<\1x:\2", text).encode()
    return packed(parts)


@sample
def strict() -> bytes:
    """The dialect that Excel offers as 'Strict Open XML Spreadsheet'."""
    pairs = [
        (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
        (b"http://schemas.openxmlformats.org/drawingml/2006/main", b"http://purl.oclc.org/ooxml/drawingml/main"),
    ]
    parts = parts_of(xlsxwriter_plain())
    for usual, own in pairs:
        parts = {name: content.replace(usual, own) for name, content in parts.items()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<workbook ", b'<workbook conformance="strict" ')
    # sizes in a strict theme carry their unit
    parts["xl/theme/theme1.xml"] = xlsxwriter_theme_strict(parts["xl/theme/theme1.xml"])
    return packed(parts)


def xlsxwriter_theme_strict(theme: bytes) -> bytes:
    import re

    def percent(found: re.Match[bytes]) -> bytes:
        return found[1] + b"%g%%" % (int(found[2]) / 1000) + found[3]

    theme = re.sub(rb'(<a:(?:tint|satMod|shade|alpha|lumMod|lumOff)[^>]*val=")(\d+)(")', percent, theme)
    theme = re.sub(rb'(<a:gs[^>]*pos=")(\d+)(")', percent, theme)
    return re.sub(rb'((?:\sl|\st|\sr|\sb)=")(-?\d+)(")', percent, theme)


@sample
def utf16_sheet() -> bytes:
    parts = parts_of(xlsxwriter_plain())
    text = parts["xl/worksheets/sheet1.xml"].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    parts["xl/worksheets/sheet1.xml"] = text.encode("utf-16")
    return packed(parts)


@sample
def threaded_comments() -> bytes:
    data = xlsxwriter_plain()
    person = b"{11111111-2222-3333-4444-555555555555}"
    space = b'xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"'
    kinds = "http://schemas.microsoft.com/office/2017/10/relationships/"
    data = linked(
        data,
        "xl/worksheets/sheet1.xml",
        kinds + "threadedComment",
        "xl/threadedComments/threadedComment1.xml",
        b"<ThreadedComments "
        + space
        + b'><threadedComment ref="B6" dT="2026-01-05T09:00:00.00" personId="'
        + person
        + b'" id="{21111111-2222-3333-4444-555555555555}"><text>Rang, no answer</text></threadedComment></ThreadedComments>',
        "application/vnd.ms-excel.threadedcomments+xml",
    )
    return linked(
        data,
        "xl/workbook.xml",
        kinds + "person",
        "xl/persons/person.xml",
        b"<personList "
        + space
        + b'><person displayName="Reception" id="'
        + person
        + b'" userId="r" providerId="None"/></personList>',
        "application/vnd.ms-excel.person+xml",
    )


@sample
def pivot_and_slicer() -> bytes:
    """A pivot table over the claims, its cache, and a slicer on it, part by part."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    base = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    fields = "".join(f'<cacheField name="{one}" numFmtId="0"><sharedItems/></cacheField>' for one in HEADINGS)
    cache = (
        f'<pivotCacheDefinition {main} {rel} saveData="0" refreshOnLoad="1" refreshedVersion="6" createdVersion="6">'
        f'<cacheSource type="worksheet"><worksheetSource ref="A5:G17" sheet="Claims"/></cacheSource>'
        f'<cacheFields count="7">{fields}</cacheFields></pivotCacheDefinition>'
    )
    data = xlsxwriter_two_tabs()
    data = linked(
        data,
        "xl/workbook.xml",
        "pivotCacheDefinition",
        "xl/pivotCache/pivotCacheDefinition1.xml",
        cache.encode(),
        base + "pivotCacheDefinition+xml",
    )
    data = edited(
        data,
        "xl/workbook.xml",
        "</workbook>",
        f'<pivotCaches><pivotCache cacheId="7" r:id="{_last_id(data, "xl/_rels/workbook.xml.rels")}"/></pivotCaches></workbook>',
    )
    axes = "".join("<pivotField/>" for _ in HEADINGS)
    pivot = (
        f'<pivotTableDefinition {main} name="ByInsurer" cacheId="7" dataCaption="Values" updatedVersion="6" createdVersion="6">'
        f'<location ref="A3:B4" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/><pivotFields count="7">{axes}</pivotFields>'
        "</pivotTableDefinition>"
    )
    data = linked(
        data,
        "xl/worksheets/sheet2.xml",
        "pivotTable",
        "xl/pivotTables/pivotTable1.xml",
        pivot.encode(),
        base + "pivotTable+xml",
    )
    data = linked(
        data,
        "xl/pivotTables/pivotTable1.xml",
        "pivotCacheDefinition",
        "xl/pivotCache/pivotCacheDefinition1.xml",
        cache.encode(),
        base + "pivotCacheDefinition+xml",
    )
    data = packed(_without_second_override(parts_of(data), "pivotCacheDefinition1.xml"))
    slicer = (
        '<slicerCacheDefinition xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" name="Slicer_Insurer" sourceName="Insurer">'
        '<pivotTables><pivotTable tabId="2" name="ByInsurer"/></pivotTables></slicerCacheDefinition>'
    )
    return linked(
        data,
        "xl/workbook.xml",
        "http://schemas.microsoft.com/office/2007/relationships/slicerCache",
        "xl/slicerCaches/slicerCache1.xml",
        slicer.encode(),
        "application/vnd.ms-excel.slicerCache+xml",
    )


def _last_id(data: bytes, listing: str) -> str:
    import re

    return re.findall(r'Id="(\w+)"', parts_of(data)[listing].decode())[-1]


def _without_second_override(parts: dict[str, bytes], name: str) -> dict[str, bytes]:
    import re

    found = re.findall(rf'<Override PartName="/[^"]*{name}"[^>]*/>', parts["[Content_Types].xml"].decode())
    for one in found[1:]:
        before, _, after = parts["[Content_Types].xml"].rpartition(one.encode())
        parts["[Content_Types].xml"] = before + after
    return parts


def xlsxwriter_two_tabs() -> bytes:
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    _claims(
        book.add_worksheet("Claims"), book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    )
    book.add_worksheet("Summary")
    book.define_name("Summary!Here", "=Summary!$A$1")
    book.close()
    return buffer.getvalue()


@sample
def office_extras() -> bytes:
    """What lies beside the sheets in an office: custom XML, a label, a connection, a data model, a printer."""
    data = linked(
        xlsxwriter_two_tabs(),
        "xl/workbook.xml",
        "customXml",
        "customXml/item1.xml",
        b'<form xmlns="urn:example:form"><field>1</field></form>',
        "application/xml",
    )
    data = linked(
        data,
        "customXml/item1.xml",
        "customXmlProps",
        "customXml/itemProps1.xml",
        b'<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" ds:itemID="{AAAAAAAA-2222-3333-4444-555555555555}"/>',
        "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
    )
    data = linked(
        data,
        "",
        "http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels",
        "docMetadata/LabelInfo.xml",
        b'<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata"><clbl:label id="{AAAAAAAA-1111-3333-4444-555555555555}" enabled="1" method="Standard" siteId="{AAAAAAAA-1111-3333-4444-666666666666}" contentBits="0" removed="0"/></clbl:labelList>',
        "application/vnd.ms-office.classificationlabels+xml",
    )
    data = linked(
        data,
        "xl/workbook.xml",
        "connections",
        "xl/connections.xml",
        b'<connections xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><connection id="1" name="Export" type="6" refreshedVersion="6"><textPr codePage="65001" sourceFile="export.csv"/></connection></connections>',
        "application/vnd.openxmlformats-officedocument.spreadsheetml.connections+xml",
    )
    data = linked(
        data,
        "xl/workbook.xml",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/powerPivotData",
        "xl/model/item.data",
        b"\x00model\x01",
        "application/vnd.openxmlformats-officedocument.model+data",
    )
    return linked(
        data,
        "xl/worksheets/sheet1.xml",
        "printerSettings",
        "xl/printerSettings/printerSettings1.bin",
        b"\x00printer\x01",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings",
    )


@sample
def form_control() -> bytes:
    """A drop-down as a form control with its own part."""
    control = b'<formControlPr xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" objectType="Drop" dropStyle="combo" dx="16" noThreeD="1" sel="0" val="0"/>'
    return linked(
        xlsxwriter_everything(),
        "xl/worksheets/sheet1.xml",
        "ctrlProp",
        "xl/ctrlProps/ctrlProp1.xml",
        control,
        "application/vnd.ms-excel.controlproperties+xml",
    )


@sample
def external_link() -> bytes:
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><externalBook r:id="rId1"><sheetNames><sheetName val="Rates"/></sheetNames></externalBook></externalLink>'
    data = linked(
        xlsxwriter_plain(),
        "xl/workbook.xml",
        "externalLink",
        "xl/externalLinks/externalLink1.xml",
        link,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml",
    )
    data = edited(
        data,
        "xl/workbook.xml",
        "</sheets>",
        f'</sheets><externalReferences><externalReference r:id="{_last_id(data, "xl/_rels/workbook.xml.rels")}"/></externalReferences>',
    )
    rels = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" Target="rates.xlsx" TargetMode="External"/></Relationships>'
    return with_parts(data, **{"xl/externalLinks/_rels/externalLink1.xml.rels": rels})


@sample
def macros() -> bytes:
    """An .xlsm whose macro part is a stand-in: it is only ever copied."""
    parts = parts_of(
        linked(
            xlsxwriter_plain(),
            "xl/workbook.xml",
            "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
            "xl/vbaProject.bin",
            b"\xd0\xcf\x11\xe0not really",
            "application/vnd.ms-office.vbaProject",
        )
    )
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    return packed(parts)


@sample
def redefined_formats() -> bytes:
    """A file whose format 14 and 9 mean something else, and whose Normal style is loud."""
    data = edited(
        xlsxwriter_plain(),
        "xl/styles.xml",
        '<numFmts count="1">',
        '<numFmts count="3"><numFmt numFmtId="14" formatCode="yyyy&quot;!&quot;"/><numFmt numFmtId="9" formatCode="0.000%"/>',
    )
    return edited(data, "xl/styles.xml", '<sz val="11"/>', '<b/><i/><sz val="16"/>')


@sample
def loose_rule_format() -> bytes:
    """A conditional format that points at a look which is not there: it shows nothing, and must go on showing nothing."""
    rule = '<conditionalFormatting sqref="E6:E17"><cfRule type="expression" dxfId="3" priority="1"><formula>$E6&gt;1</formula></cfRule></conditionalFormatting>'
    return edited(xlsxwriter_plain(), "xl/worksheets/sheet1.xml", "</sheetData>", f"</sheetData>{rule}")


@sample
def no_styles() -> bytes:
    """No styles part at all, as small programs write it."""
    import re

    parts = parts_of(xlsxwriter_plain())
    del parts["xl/styles.xml"]
    for part, pattern in (
        ("[Content_Types].xml", r'<Override PartName="/xl/styles.xml"[^>]*/>'),
        ("xl/_rels/workbook.xml.rels", r'<Relationship [^>]*Target="styles.xml"/>'),
        ("xl/worksheets/sheet1.xml", r'\ss="\d+"'),
    ):
        parts[part] = re.sub(pattern, "", parts[part].decode()).encode()
    return packed(parts)


@sample
def stub_styles() -> bytes:
    """A list of formats without one entry, and cells and rows that are numbered nonetheless."""
    sheet = "xl/worksheets/sheet1.xml"
    parts = parts_of(edited(xlsxwriter_plain(), sheet, '<row r="6"', '<row customFormat="1" r="6"'))
    parts["xl/styles.xml"] = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    return packed(parts)


@sample
def a_name_twice() -> bytes:
    """A name that one tab has twice, as LibreOffice has written print areas."""
    name = '<definedName name="_xlnm.Print_Area" localSheetId="0">Claims!$A$1:$E$9</definedName>'
    return edited(
        xlsxwriter_plain(), "xl/workbook.xml", "</sheets>", f"</sheets><definedNames>{name}{name}</definedNames>"
    )


@sample
def two_windows() -> bytes:
    second = (
        '<workbookView xWindow="240" yWindow="15" windowWidth="16095" windowHeight="9660" activeTab="1"/></bookViews>'
    )
    data = edited(xlsxwriter_two_tabs(), "xl/workbook.xml", "</bookViews>", second)
    sheet = 'workbookViewId="0"/>'
    return edited(data, "xl/worksheets/sheet2.xml", sheet, f'{sheet}<sheetView tabSelected="1" workbookViewId="1"/>')


@sample
def no_windows() -> bytes:
    import re

    parts = parts_of(xlsxwriter_plain())
    parts["xl/workbook.xml"] = re.sub(rb"<bookViews>.*?</bookViews>", b"", parts["xl/workbook.xml"])
    return packed(parts)
