"""A sheet written out plainly: UTF-8, no comments, no CDATA, every row and cell with its address, in order.

Needed only for the odd sheet that `rows.py` cannot follow by its tags. It says the same as before; its bytes differ.
"""

from __future__ import annotations

from lxml import etree

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.places import area, letters
from billingkit.workbook.unsafe import unsafe

LIMIT = 64 << 20  # parsed whole, so a large one would not fit in memory


def plain_sheet(data: bytes, part: str) -> bytes:
    """The same sheet, plainly.

    Raises:
        UnsafeToPatch: it is too large for this, or two rows or cells claim one place.
    """
    if len(data) > LIMIT:
        raise unsafe("The sheet is large and stored in an unusual way. Please open and save it in Excel first.")
    root = xml.parse(data, part)
    rows = xml.child(root, "sheetData")
    if rows is None:
        raise unsafe("The sheet has no place for rows.")
    etree.strip_tags(rows, etree.Comment, etree.ProcessingInstruction)
    _number_rows(rows)
    for row in xml.children(rows, "row"):
        _number_cells(row)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _number_rows(rows: xml.Element) -> None:
    last = 0
    seen: dict[int, xml.Element] = {}
    for row in xml.children(rows, "row"):
        last = _digits(row.get("r"), last + 1)
        if last in seen:
            raise unsafe(
                f"The sheet holds row {last} twice, so it is not clear which one counts. Please open and save it in Excel first."
            )
        row.set("r", str(last))
        seen[last] = row
    if list(seen) != sorted(seen):
        rows[:] = [seen[number] for number in sorted(seen)]


def _digits(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not text.strip().isdigit():
        raise unsafe("The sheet holds a row without a proper number. Please open and save it in Excel first.")
    return int(text)


def _number_cells(row: xml.Element) -> None:
    last = 0
    seen: dict[int, xml.Element] = {}
    for cell in xml.children(row, "c"):
        place = area(cell.get("r"))
        if cell.get("r") is not None and (place is None or str(place.top) != row.get("r")):
            raise unsafe(
                f"Row {row.get('r')} of the sheet holds a cell with the address of another row. Please open and save it in Excel first."
            )
        last = place.left if place else last + 1
        if last in seen:
            raise unsafe(f"The sheet holds the cell {letters(last)}{row.get('r')} twice. Please delete one of them.")
        _put_address(cell, f"{letters(last)}{row.get('r')}")
        seen[last] = cell
    if list(seen) != sorted(seen):
        others = [e for e in xml.children(row) if xml.local(e) != "c"]
        row[:] = [seen[number] for number in sorted(seen)] + others


def _put_address(cell: xml.Element, address: str) -> None:
    """Sets `r`, first among the attributes."""
    if cell.get("r") != address:
        others = [(str(name), str(value)) for name, value in cell.attrib.items()]
        cell.attrib.clear()
        cell.set("r", address)
        for name, value in others:
            if name != "r":
                cell.set(name, value)
