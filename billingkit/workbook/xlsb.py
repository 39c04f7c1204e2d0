"""What calamine leaves out of an .xlsb: errors, hidden rows and columns, number formats.

Reads the records of the binary parts ([MS-XLSB]) in order. Meant to run in the child process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from billingkit.workbook.biff import ERRORS, SheetFacts
from billingkit.workbook.preflight import Package
from billingkit.workbook.serials import format_code, meaning_of
from billingkit.workbook.xlsx import main_part, rels

_ROW, _COLUMN, _SHEET, _FORMAT, _XF, _STYLES_BEGIN, _STYLES_END = 0, 60, 156, 44, 47, 617, 618
_ERROR, _FORMULA_ERROR, _NUMBERS = 3, 11, (2, 5, 9)  # RK, real, and a formula's number
_FORMULAS = (8, 9, 10, 11)


def facts_of(package: Package) -> dict[str, SheetFacts]:
    """The facts of every sheet, by its name."""
    main = main_part(package)
    relations = rels(package, main)
    codes = _codes(package, next((target for kind, target in relations.values() if kind == "styles"), ""))
    found: dict[str, SheetFacts] = {}
    for kind, data in records(_whole(package, main)):
        if kind == _SHEET:
            relation, place = _text(data, 8)
            name, _place = _text(data, place)
            part = relations.get(relation, ("", ""))
            if part[0] == "worksheet" and part[1] in package.names:
                found[name] = _sheet(_whole(package, part[1]), codes)
    return found


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part: each a number and a size of 7 bits a byte, then its content."""
    place = 0
    while place < len(data):
        kind, size, shift = data[place], 0, 0
        place += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[place] & 0x7F) << 7
            place += 1
        while True:
            byte = data[place]
            size |= (byte & 0x7F) << shift
            place, shift = place + 1, shift + 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, data[place : place + size]
        place += size


def _whole(package: Package, part: str) -> bytes:
    return b"".join(package.stream(part))


def _codes(package: Package, part: str) -> list[str | None]:
    own, styles, inside = dict[int, str](), list[int](), False
    for kind, data in records(_whole(package, part)) if part in package.names else ():
        inside = (inside or kind == _STYLES_BEGIN) and kind != _STYLES_END
        if kind == _FORMAT:
            own[struct.unpack_from("<H", data)[0]] = _text(data, 2)[0]
        elif kind == _XF and inside:
            styles.append(struct.unpack_from("<H", data, 2)[0])
    return [meaning_of(format_code(number, own)) for number in styles]


def _sheet(data: bytes, codes: list[str | None]) -> SheetFacts:
    facts, row = SheetFacts(), 0
    for kind, body in records(data):
        if kind == _ROW:
            row = struct.unpack_from("<I", body)[0] + 1
            if body[11] & 0x10:
                facts.hidden_rows.add(row)
        elif kind == _COLUMN and struct.unpack_from("<H", body, 16)[0] & 1:
            first, last = struct.unpack_from("<II", body)
            facts.hidden_columns.update(range(first + 1, min(last, 16_383) + 2))
        elif kind in (*_NUMBERS, *_FORMULAS, _ERROR) and row:
            here = (row, struct.unpack_from("<I", body)[0] + 1)
            if kind in _FORMULAS:
                facts.formulas.add(here)
            if kind in (_ERROR, _FORMULA_ERROR):
                facts.errors[here] = ERRORS.get(body[8], "#VALUE!")
            elif kind in _NUMBERS and (code := _code(codes, body)):
                facts.number_formats[here] = code
    return facts


def _code(codes: list[str | None], body: bytes) -> str | None:
    style = struct.unpack_from("<I", body, 4)[0] & 0xFFFFFF
    return codes[style] if style < len(codes) else None


def _text(data: bytes, place: int) -> tuple[str, int]:
    size = struct.unpack_from("<I", data, place)[0]
    end = place + 4 + size * 2
    return data[place + 4 : end].decode("utf-16-le"), end
