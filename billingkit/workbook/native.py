"""Binary workbooks (.xls, .xlsb) through calamine; meant to run in a child process.

calamine is compiled code: on a hostile file it can abort the whole process, which no `except` helps
against. It keeps typed cells and absolute rows; it knows no number formats, hidden rows or comments.
"""

from __future__ import annotations

import io
from datetime import datetime, time

from billingkit.workbook.book import Book, Sheet, Value
from billingkit.workbook.grid import Grid
from billingkit.workbook.limits import Limits

_LOST = "Comments, hidden rows and number formats cannot be read from this kind of file; save it as .xlsx to keep them."


def read_native(data: bytes, file: str, sha256: str, place: str, kind: str, limits: Limits) -> Book:
    """Read a workbook whose container has passed the preflight."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    sheets: list[Sheet] = []
    filled = gaps = 0
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for about in book.sheets_metadata:
            if about.typ is not SheetTypeEnum.WorkSheet:
                continue
            source = book.get_sheet_by_name(about.name)
            grid = Grid(place, limits, filled=filled, gaps=gaps)
            edge: list[Value] = [None] * (source.start or (0, 0))[1]  # calamine keeps the rows above, cuts the columns
            for number, row in enumerate(source.iter_rows(), 1):
                grid.put(number, edge + [_value(cell) for cell in row])
            filled, gaps = grid.filled, grid.gaps
            merged = tuple(
                (top + 1, left + 1, bottom + 1, right + 1)
                for (top, left), (bottom, right) in source.merged_cell_ranges or ()
            )
            hidden = about.visible is not SheetVisibleEnum.Visible
            sheets.append(Sheet(about.name, hidden=hidden, rows=grid.rows, merged=merged))
    return Book(file, kind, sha256, tuple(sheets), warnings=(_LOST,))


def _value(cell: object) -> Value:
    """Calamine's value as ours: blanks are None, whole numbers int, midnights dates."""
    if cell == "" and isinstance(cell, str):
        return None
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    return cell  # type: ignore[return-value]  # calamine yields no other types


def _number(value: float) -> int | float:
    if value.is_integer() and abs(value) < 1e15:
        return int(value)
    return float(f"{value:.15g}")
