"""Binary workbooks (.xls, .xlsb) through calamine; meant to run in a child process.

calamine is compiled code: on a hostile file it can abort the whole process, which no `except` helps
against. It keeps typed cells and true rows; what it leaves out (errors, hidden rows, number formats, notes)
comes from the file's own records.
"""

from __future__ import annotations

import io
from datetime import datetime, time

from billingkit.workbook import xlsb
from billingkit.workbook.biff import SheetFacts, facts_of
from billingkit.workbook.book import Book, ErrorCell, Sheet, Value
from billingkit.workbook.grid import Grid
from billingkit.workbook.limits import Limits
from billingkit.workbook.password import decrypted, no_password
from billingkit.workbook.preflight import open_package

_OLD = "This workbook is older than Excel 97: cells that show an error, notes and hidden rows cannot be seen in it."
_NO_NOTES = "Notes cannot be read from an .xlsb workbook; save it as .xlsx to keep them."


def read_native(
    data: bytes, file: str, sha256: str, place: str, kind: str, limits: Limits, password: str | None = None
) -> Book:
    """Read a workbook whose container has passed the preflight; a protected .xls is opened with the password."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    warnings: tuple[str, ...]
    if kind == "xlsb":
        facts, warnings = xlsb.facts_of(open_package(data, place, limits)), (_NO_NOTES,)
    else:
        found = facts_of(workbook_stream(data))
        if found.protected:
            if not password:
                raise no_password(place)
            data = decrypted(data, place, password)
            found = facts_of(workbook_stream(data))
        facts, warnings = found.sheets, () if found.known else (_OLD,)
    sheets: list[Sheet] = []
    filled = gaps = 0
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for about in book.sheets_metadata:
            if about.typ is not SheetTypeEnum.WorkSheet:
                continue
            source = book.get_sheet_by_name(about.name)
            grid = Grid(place, limits, filled=filled, gaps=gaps)
            said = facts.get(about.name, SheetFacts())
            edge: list[Value] = [None] * (source.start or (0, 0))[1]  # calamine keeps the rows above, cuts the columns
            for number, row in enumerate(source.iter_rows(), 1):
                grid.put(number, edge + [_value(cell) for cell in row])
            filled, gaps = grid.filled, grid.gaps
            _put_errors(grid.rows, said)
            corners = source.merged_cell_ranges or ()
            merged = tuple((top + 1, left + 1, low + 1, right + 1) for (top, left), (low, right) in corners)
            hidden = about.visible is not SheetVisibleEnum.Visible
            sheets.append(
                Sheet(
                    about.name,
                    hidden,
                    grid.rows,
                    frozenset(said.hidden_rows),
                    frozenset(said.hidden_columns),
                    said.number_formats,
                    said.comments,
                    merged,
                    formulas=frozenset(said.formulas),
                )
            )
    return Book(file, kind, sha256, tuple(sheets), warnings=warnings)


def workbook_stream(data: bytes) -> bytes:
    """The stream of an .xls that holds its records."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as container:
        name = next(name for name in ("Workbook", "Book") if container.exists(name))
        stream: bytes = container.openstream(name).read()
    return stream


def _put_errors(rows: list[list[Value]], said: SheetFacts) -> None:
    """Put the errors where calamine left a blank."""
    for (row, column), text in sorted(said.errors.items()):
        rows.extend([] for _ in range(row - len(rows)))
        cells = rows[row - 1]
        cells.extend([None] * (column - len(cells)))
        cells[column - 1] = ErrorCell(text)


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
