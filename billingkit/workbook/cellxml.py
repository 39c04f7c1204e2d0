"""A single cell's XML: written from a typed value, and its text read back."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from html import unescape

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.cellstyles import Kind
from billingkit.workbook.package import Changes, relationships

CellValue = str | bool | int | float | Decimal | date | datetime | None
LONGEST = 32_767  # characters, Excel's limit

_SPECIAL = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TEXT = re.compile(rb"<(?:[\w.-]+:)?t(?:\s[^>]*)?>(.*?)</(?:[\w.-]+:)?t>", re.DOTALL)
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^>]*)?>(.*?)</(?:[\w.-]+:)?v>", re.DOTALL)
_TYPE = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")
_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


def kind_of(value: CellValue) -> Kind:
    """How the value is shown."""
    if isinstance(value, datetime):
        return "datetime"
    if isinstance(value, date):
        return "date"
    return "number" if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else "text"


def fault(value: object, *, date1904: bool) -> str | None:
    """Why a value cannot stand in a cell, in words; None if it can."""
    if value is None or isinstance(value, (str, bool)):
        return None
    if isinstance(value, (int, float, Decimal)):
        return None if math.isfinite(value) else "a number that is not finite"
    if isinstance(value, date):
        return None if serial(value, date1904=date1904) >= 0 else "a date before the first that the workbook can hold"
    return f"a value of the kind {type(value).__name__}"


def serial(value: date, *, date1904: bool) -> float | int:
    """The day's number in Excel, with the time as a fraction."""
    day = value.date() if isinstance(value, datetime) else value
    days = (day - (_EPOCH_1904 if date1904 else _EPOCH_1900)).days
    if not date1904 and days < 61:  # Excel counts a 29 February 1900 that never was
        days -= 1 if days > 0 else 0
    if isinstance(value, datetime):
        return days + (value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6) / 86400
    return days


def escaped(text: str) -> str:
    """Text as XML; characters that XML cannot hold in Excel's own spelling."""
    text = _SURROGATE.sub("\ufffd", text)
    text = _SPECIAL.sub(lambda m: f"_x{ord(m.group()):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cell_rest(value: CellValue, style: int, prefix: str, *, date1904: bool) -> bytes:
    """The cell's XML behind its row number: `" s="4"><v>12</v></c>`. Text is inline, never a formula."""
    start = f'" s="{style}"' if style else '"'
    if value is None:
        return f"{start}/>".encode()
    if isinstance(value, bool):
        return f'{start} t="b"><{prefix}v>{int(value)}</{prefix}v></{prefix}c>'.encode()
    if isinstance(value, (int, float, Decimal, date)):
        plain = serial(value, date1904=date1904) if isinstance(value, date) else value
        return f"{start}><{prefix}v>{_digits(plain)}</{prefix}v></{prefix}c>".encode()
    text = escaped(value[:LONGEST])
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text or "  " in text else ""
    inner = f"<{prefix}is><{prefix}t{space}>{text}</{prefix}t></{prefix}is>"
    return f'{start} t="inlineStr">{inner}</{prefix}c>'.encode()


def _digits(value: float | Decimal) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else repr(value)


def cell_text(changes: Changes, workbook: str, cell: bytes) -> str:
    """The text that a cell shows, whether it stands in the cell or among the shared strings."""
    kind = _TYPE.search(cell[: cell.find(b">") + 1])
    if kind and kind[1] == b"inlineStr":
        return _plain(b"".join(_TEXT.findall(cell)))
    value = _VALUE.search(cell)
    if value is None:
        return ""
    if kind and kind[1] == b"s":
        return _shared(changes, workbook, int(value[1]))
    return _plain(value[1])


def _plain(raw: bytes) -> str:
    return _CODE.sub(lambda m: chr(int(m[1], 16)), unescape(raw.decode("utf-8")))


def _shared(changes: Changes, workbook: str, index: int) -> str:
    part = next((r.target for r in relationships(changes, workbook) if r.type == "sharedStrings"), None)
    if part is None or not changes.has(part):
        return ""
    items = list(xml.children(changes.root(part), "si"))
    if index >= len(items):
        return ""
    texts = (e.text or "" for e in items[index].iter() if xml.local(e) == "t" and _shown(e))
    return _CODE.sub(lambda m: chr(int(m[1], 16)), "".join(texts))


def _shown(element: xml.Element) -> bool:
    """A phonetic guide is no part of the text."""
    above = element.getparent()
    return above is None or xml.local(above) != "rPh"
