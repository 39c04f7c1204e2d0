"""What calamine leaves out of a binary .xls: errors, hidden rows and columns, number formats, notes.

Reads the records of the workbook stream (BIFF8, [MS-XLS]) in order; a record that is too short for what it
should say ends in a refusal of the whole file by the caller. Meant to run in the child process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from billingkit.workbook.serials import format_code, meaning_of

ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BOF, _END, _SHEET, _FORMAT, _XF, _PROTECTED = 0x809, 0x0A, 0x85, 0x41E, 0xE0, 0x2F
_ROW, _COLUMNS, _BOOL_OR_ERROR, _FORMULA, _NUMBER, _RK, _MULTIPLE = 0x208, 0x7D, 0x205, 0x06, 0x203, 0x27E, 0xBD
_NOTE, _OBJECT, _TEXT, _CONTINUED = 0x1C, 0x5D, 0x1B6, 0x3C
_BIFF8 = 0x600


@dataclass(slots=True)
class SheetFacts:
    """What one sheet of an .xls says beside its values; positions are 1-based."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    number_formats: dict[tuple[int, int], str] = field(default_factory=dict)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: set[tuple[int, int]] = field(default_factory=set)


@dataclass(slots=True)
class Facts:
    """The whole stream: facts by sheet name, whether a password protects it, and whether it is BIFF8."""

    sheets: dict[str, SheetFacts] = field(default_factory=dict)
    protected: bool = False
    known: bool = False


def facts_of(stream: bytes) -> Facts:
    """The facts in a workbook stream; nothing but whether it is known where it is older than Excel 97."""
    facts, own, styles, sheets = Facts(), dict[int, str](), list[int](), list[tuple[str, int]]()
    for kind, data in records(stream, 0):
        if kind == _BOF:
            facts.known = struct.unpack_from("<H", data)[0] == _BIFF8
        elif kind == _PROTECTED:
            facts.protected = True
            return facts
        elif kind == _FORMAT and facts.known:
            own[struct.unpack_from("<H", data)[0]] = _long_text(data, 2)
        elif kind == _XF:
            styles.append(struct.unpack_from("<H", data, 2)[0])
        elif kind == _SHEET and facts.known:
            sheets.append((_text(data[8:], data[6], wide=bool(data[7] & 1)), struct.unpack_from("<I", data)[0]))
    if facts.known:
        codes = [meaning_of(format_code(number, own)) for number in styles]
        facts.sheets = {name: _sheet(stream, start, codes) for name, start in sheets}
    return facts


def records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, from its BOF to its end."""
    deep = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        yield kind, stream[place + 4 : place + 4 + size]
        place += 4 + size
        deep += (kind == _BOF) - (kind == _END)
        if deep == 0:
            return


def _sheet(stream: bytes, start: int, codes: list[str | None]) -> SheetFacts:
    facts, notes, texts = SheetFacts(), dict[int, tuple[int, int]](), dict[int, str]()
    drawn, awaited = 0, 0  # the last object's id; signs of its text still to come
    for kind, data in records(stream, start):
        if kind in (_NUMBER, _RK, _MULTIPLE, _FORMULA, _BOOL_OR_ERROR):
            _cell(facts, kind, data, codes)
        elif kind == _ROW and struct.unpack_from("<H", data, 12)[0] & 0x20:
            facts.hidden_rows.add(struct.unpack_from("<H", data)[0] + 1)
        elif kind == _COLUMNS and struct.unpack_from("<H", data, 8)[0] & 1:
            first, last = struct.unpack_from("<HH", data)
            facts.hidden_columns.update(range(first + 1, min(last, 255) + 2))
        elif kind == _NOTE:
            row, column, _shown, number = struct.unpack_from("<HHHH", data)
            notes[number] = (row + 1, column + 1)
        elif kind == _OBJECT and len(data) >= 8:
            drawn = struct.unpack_from("<H", data, 6)[0]
        elif kind == _TEXT:
            awaited = struct.unpack_from("<H", data, 10)[0]
        elif kind == _CONTINUED and awaited and data:
            text = _text(data[1:], awaited, wide=bool(data[0] & 1))
            texts[drawn] = texts.get(drawn, "") + text
            awaited -= len(text)
    facts.comments = {cell: texts[number] for number, cell in notes.items() if texts.get(number)}
    return facts


def _cell(facts: SheetFacts, kind: int, data: bytes, codes: list[str | None]) -> None:
    row, column, style = struct.unpack_from("<HHH", data)
    here = (row + 1, column + 1)
    if kind == _MULTIPLE:
        for place, number in enumerate(range(4, len(data) - 2, 6)):
            _mark(facts, (row + 1, column + 1 + place), struct.unpack_from("<H", data, number)[0], codes)
    elif kind == _BOOL_OR_ERROR:
        if data[7]:
            facts.errors[here] = ERRORS.get(data[6], "#VALUE!")
    elif kind == _FORMULA and data[12:14] == b"\xff\xff":
        facts.formulas.add(here)
        if data[6] == 2:
            facts.errors[here] = ERRORS.get(data[8], "#VALUE!")
    else:
        if kind == _FORMULA:
            facts.formulas.add(here)
        _mark(facts, here, style, codes)


def _mark(facts: SheetFacts, here: tuple[int, int], style: int, codes: list[str | None]) -> None:
    if code := codes[style]:
        facts.number_formats[here] = code


def _text(data: bytes, count: int, *, wide: bool) -> str:
    return data[: count * 2].decode("utf-16-le") if wide else data[:count].decode("latin-1")


def _long_text(data: bytes, place: int) -> str:
    return _text(data[place + 3 :], struct.unpack_from("<H", data, place)[0], wide=bool(data[place + 2] & 1))
