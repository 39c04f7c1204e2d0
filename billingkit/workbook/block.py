"""Many rows of a fresh tab in one go: each different cell is spelled once, and rows are put together from those.

xlsxwriter makes the workbook with one sample cell per format; the rows then take the place of the samples and
carry the style numbers that the samples got.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from billingkit.workbook.anatomy import letters_of
from billingkit.workbook.cell_text import LIKE_FORMULA, tidy_text
from billingkit.workbook.cellxml import serial
from billingkit.workbook.looks import Kind, Look

CellValue = None | str | bool | int | float | Decimal | date | datetime
CellStyle = tuple[Look, Kind | None]  # without a kind, by each value's own type
Place = tuple[int, int]
_Format = tuple[Look, Kind, bool]  # the last: a text like a formula, quoted
_Key = tuple[type, CellValue, CellStyle]  # the type too, since True equals 1

ROW_MARK: Final = "\0"  # stands where the row number goes; no tidy text holds it
_LIKE_A_CODE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel would show a sign instead
LAST_ROW: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class _Cell:
    format: _Format
    ending: str  # the cell's XML after its style
    repaired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that follow one another from `first` on, each from column 1; held by column."""

    first: int
    columns: tuple[tuple[_Key, ...], ...]
    heights: Sequence[float]
    cells: Mapping[_Key, _Cell]

    @classmethod
    def of(
        cls,
        first: int,
        rows: Sequence[Sequence[CellValue]],
        styles: Sequence[Sequence[CellStyle]],
        heights: Sequence[float],
        *,
        first_day: date,
        date_1904: bool,
    ) -> Block:
        """The block for at least one row; every row has a value and a style for every column.

        Raises:
            ValueError: rows of different lengths, a number that no cell can hold, or more rows than a sheet has.
        """
        if first < 1 or first + len(rows) - 1 > LAST_ROW:
            raise ValueError(f"Excel would not take {len(rows)} rows from row {first} on (there is no such cell).")
        by_column = zip(zip(*rows, strict=True), zip(*styles, strict=True), strict=True)
        columns = tuple(tuple(zip(map(type, values), values, looks, strict=True)) for values, looks in by_column)
        different = dict.fromkeys(key for keys in columns for key in dict.fromkeys(keys))
        cells = {key: _cell(key[1], key[2], first_day, date_1904=date_1904) for key in different}
        return cls(first, columns, heights, cells)

    def samples(self) -> Iterator[tuple[Place, _Format]]:
        """Where in the block each format is written once: from the last cell backwards, so that xlsxwriter knows it."""
        wide = len(self.columns)
        for back, told in enumerate(dict.fromkeys(one.format for one in self.cells.values()), 1):
            row, column = divmod(len(self.heights) * wide - back, wide)
            yield (self.first + row, column + 1), told

    def repairs(self) -> Iterator[tuple[Place, str]]:
        """Every cell whose text could not stand as it was, and what was done to it."""
        if not any(one.repaired for one in self.cells.values()):
            return
        for row, keys in enumerate(zip(*self.columns, strict=True), self.first):
            for column, key in enumerate(keys, 1):
                yield from (((row, column), what) for what in self.cells[key].repaired)

    def into(self, sheet: str) -> str:
        """The sheet's XML with the rows in place of their samples."""
        samples = dict(self.samples())
        rows = [row for row, _ in samples]
        start = sheet.index(f'<row r="{min(rows)}"')
        end = sheet.index("</row>", sheet.index(f'<row r="{max(rows)}"')) + len("</row>")
        numbers = dict(re.findall(r'<c r="([A-Z]+\d+)"((?: s="\d+")?)', sheet[start:end]))
        styles = {told: numbers[f"{letters_of(column)}{row}"] for (row, column), told in samples.items()}
        return sheet[:start] + "".join(self._rows(styles)) + sheet[end:]

    def _rows(self, styles: Mapping[_Format, str]) -> Iterator[str]:
        endings = {key: f'"{styles[cell.format]}{cell.ending}' for key, cell in self.cells.items()}
        spelled = []
        for column, keys in enumerate(self.columns, 1):
            here = {key: f'<c r="{letters_of(column)}{ROW_MARK}{endings[key]}' for key in dict.fromkeys(keys)}
            spelled.append(map(here.__getitem__, keys))
        for number, (points, *cells) in enumerate(zip(self.heights, *spelled, strict=True), self.first):
            row = f'<row r="{ROW_MARK}" ht="{points:.16g}" customHeight="1">{"".join(cells)}</row>'
            yield row.replace(ROW_MARK, str(number))


def with_blocks(written: BytesIO, blocks: Mapping[int, Sequence[Block]]) -> bytes:
    """The workbook with the blocks of each tab, told by its number from 1, put in."""
    sheets = {f"xl/worksheets/sheet{number}.xml": mine for number, mine in blocks.items()}
    target = BytesIO()
    with ZipFile(written) as source, ZipFile(target, "w", ZIP_DEFLATED) as whole:
        for part in source.infolist():
            data = source.read(part)
            for block in sheets.get(part.filename, ()):
                data = block.into(data.decode()).encode()
            whole.writestr(part, data)
    return target.getvalue()


def _cell(value: CellValue, style: CellStyle, first_day: date, *, date_1904: bool) -> _Cell:
    look, kind = style
    if value is None:
        return _Cell((look, kind or "text", False), "/>")
    if isinstance(value, str):
        return _text(value, look, "code" if kind == "code" else "text")
    if isinstance(value, bool):
        return _text("yes" if value else "no", look, "text")
    if isinstance(value, date):
        if (value.date() if isinstance(value, datetime) else value) < first_day:
            return _text(value.isoformat(), look, "text")
        return _number(serial(value, date1904=date_1904), look, "date")
    return _number(value, look, kind or ("money" if isinstance(value, Decimal) else "number"))


def _text(text: str, look: Look, kind: Kind) -> _Cell:
    tidy, done = tidy_text(text)
    spelled = _LIKE_A_CODE.sub("_x005F_", escape(tidy, quote=False)) if "_x" in tidy else escape(tidy, quote=False)
    space = ' xml:space="preserve"' if tidy != tidy.strip() or "\n" in tidy else ""
    ending = f' t="inlineStr"><is><t{space}>{spelled}</t></is></c>'
    return _Cell((look, kind, tidy.startswith(LIKE_FORMULA)), ending, done)


def _number(number: float | Decimal, look: Look, kind: Kind) -> _Cell:
    if not math.isfinite(number) or (isinstance(number, int) and abs(number) >= 10**15):
        raise ValueError("This number cannot stand in a cell.")
    return _Cell((look, kind, False), f"><v>{number:.16G}</v></c>")
