"""An OpenDocument spreadsheet (.ods) as a Book, read from its own XML in this process.

Repeated rows and cells are counted, never unrolled when empty; what is repeated with a value counts as
many filled cells against the limits. (calamine reads TRUE in such files as 1, and errors as blank.)
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn
from xml.parsers import expat

from billingkit.problems import NeedsPassword, NotAWorkbook
from billingkit.workbook.book import Book, ErrorCell, NotCalculated, Sheet, Value
from billingkit.workbook.grid import LAST_COLUMN, LAST_ROW, Grid
from billingkit.workbook.ods_styles import Looks, read_looks
from billingkit.workbook.preflight import Package, checked_xml, damaged, too_large
from billingkit.workbook.serials import iso_moment

_SPAN = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_ERRORS = ("#", "Err:")


def read_ods(package: Package, file: str, sha256: str) -> Book:
    """Read a package that says it is an OpenDocument spreadsheet."""
    place, names = package.place, package.names
    if "meta-inf/manifest.xml" in names and b"encryption-data" in package.read("meta-inf/manifest.xml"):
        raise NeedsPassword(place, "the workbook is protected by a password.", "Send a copy without a password.")
    looks = read_looks([package.read(name) for name in ("styles.xml", "content.xml") if name in names], place)
    reader = _Reader(package, looks)
    deadline = time.monotonic() + package.limits.seconds
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    for chunk in checked_xml(package.stream("content.xml"), place):
        try:
            parser.Parse(chunk, False)
        except expat.ExpatError:
            damaged(place)
        if time.monotonic() > deadline:
            raise too_large(place, f"reading took longer than {package.limits.seconds:g} seconds.")
    if not reader.sheets:
        damaged(place)
    package.rest()
    return Book(file, "ods", sha256, tuple(reader.sheets))


@dataclass(slots=True)
class _Cell:
    """The cell being read."""

    named: dict[str, str]
    repeated: int
    paragraphs: list[str] = field(default_factory=list)
    comment: list[str] | None = None


@dataclass(slots=True)
class _Reader:
    """Gathers sheets from the events of content.xml."""

    package: Package
    looks: Looks
    sheets: list[Sheet] = field(default_factory=list)
    grid: Grid | None = None
    about: dict[str, str] = field(default_factory=dict)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    column_styles: list[tuple[int, str]] = field(default_factory=list)  # up to this column, this style
    row: list[Value] = field(default_factory=list)
    number: int = 0
    column: int = 0
    rows_repeated: int = 1
    row_hidden: bool = False
    cell: _Cell | None = None
    depth: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = tag.rpartition(" ")[2]
        self.depth.append(name)
        named = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if name == "table" and self.grid is None:
            self._sheet(named)
        elif self.grid is None:
            return
        elif name == "table-column":
            self._column(named)
        elif name == "table-row":
            self.number += self.rows_repeated if self.number else 1
            self.row, self.column, self.rows_repeated = [], 0, self._times(named, "number-rows-repeated", LAST_ROW)
            self.row_hidden = named.get("visibility") in ("collapse", "filter")
        elif name in ("table-cell", "covered-table-cell"):
            self.cell = _Cell(
                named | self._kind(attributes), self._times(named, "number-columns-repeated", LAST_COLUMN)
            )
        elif self.cell:
            self._within(name, named, self.cell)

    def _kind(self, attributes: dict[str, str]) -> dict[str, str]:
        """The value type: LibreOffice writes its own beside the standard one, which says `error`."""
        kinds = [value for key, value in attributes.items() if key.endswith(" value-type")]
        return {"value-type": "error" if "error" in kinds else kinds[0] if kinds else ""}

    def _within(self, name: str, named: dict[str, str], cell: _Cell) -> None:
        if name == "annotation":
            cell.comment = []
        target = cell.comment if "annotation" in self.depth and cell.comment is not None else cell.paragraphs
        if name == "p":
            target.append("")
        elif target and name in ("s", "tab", "line-break"):
            count = self._times(named, "c", 10_000)
            target[-1] += {"s": " " * count, "tab": "\t", "line-break": "\n"}[name]

    def text(self, found: str) -> None:
        """Text of a paragraph, in a cell or its note."""
        if self.cell and "p" in self.depth:
            target = self.cell.comment if "annotation" in self.depth else self.cell.paragraphs
            if target:
                target[-1] += found

    def end(self, tag: str) -> None:
        """An element ends."""
        name = self.depth.pop()
        if self.grid is None:
            return
        if name in ("table-cell", "covered-table-cell") and self.cell:
            self._cell(self.cell)
            self.cell = None
        elif name == "table-row":
            self._row(self.grid)
        elif name == "table" and "table" not in self.depth:
            self._close(self.grid)
        del tag

    def _times(self, named: dict[str, str], key: str, most: int) -> int:
        text = named.get(key, "1")
        if not text.isdecimal() or len(text) > 7 or not 0 < int(text) <= most:
            self._damaged()
        return int(text)

    def _damaged(self) -> NoReturn:
        remedy = "Open it, save it as .xlsx and send that."
        raise NotAWorkbook(self.package.place, "a sheet holds cells that are damaged.", remedy) from None

    def _sheet(self, named: dict[str, str]) -> None:
        spent = Grid(self.package.place, self.package.limits)
        if self.sheets:
            spent.filled = sum(len(row) - row.count(None) for sheet in self.sheets for row in sheet.rows)
        self.grid, self.about = spent, named
        self.comments, self.merged, self.hidden_columns, self.column_styles = {}, [], set(), []
        self.number, self.rows_repeated, self.column = 0, 1, 0

    def _column(self, named: dict[str, str]) -> None:
        first = (self.column_styles[-1][0] if self.column_styles else 0) + 1
        last = first + self._times(named, "number-columns-repeated", LAST_COLUMN) - 1
        self.column_styles.append((last, named.get("default-cell-style-name", "")))
        if named.get("visibility") in ("collapse", "filter"):
            self.hidden_columns.update(range(first, min(last, LAST_COLUMN) + 1))

    def _cell(self, cell: _Cell) -> None:
        named, column = cell.named, self.column + 1
        value = self.value(cell)
        self.column += cell.repeated
        if self.column > LAST_COLUMN:
            self._damaged()
        if cell.comment:
            self.comments[self.number, column] = "\n".join(cell.comment)
        wide, high = (
            self._times(named, "number-columns-spanned", LAST_COLUMN),
            self._times(named, "number-rows-spanned", LAST_ROW),
        )
        if wide > 1 or high > 1:
            self.merged.append((self.number, column, self.number + high - 1, column + wide - 1))
        if value is None or self.grid is None:
            return
        if named.get("formula"):
            self.grid.formulas.add((self.number, column))
        self.row.extend([None] * (column - 1 - len(self.row)))
        self.row.extend([value] * cell.repeated)
        self._format(named, value, column, cell.repeated)

    def _format(self, named: dict[str, str], value: Value, column: int, repeated: int) -> None:
        """Note a number format that means something; a cell without a style has its column's."""
        if self.grid is None or isinstance(value, bool) or not isinstance(value, int | float):
            return
        style = named.get("style-name") or next((name for last, name in self.column_styles if column <= last), "")
        if code := self.looks.codes.get(style):
            for number in range(self.number, self.number + self.rows_repeated):
                self.grid.number_formats |= {(number, one): code for one in range(column, column + repeated)}

    def value(self, cell: _Cell) -> Value:
        """The cell's value by its declared type."""
        named, kind = cell.named, cell.named.get("value-type", "")
        shown = "\n".join(cell.paragraphs)
        if kind == "error" or (named.get("formula") and shown.startswith(_ERRORS) and kind in ("string", "")):
            return ErrorCell(shown)
        if kind in ("float", "percentage", "currency"):
            if shown in ("TRUE", "FALSE") and named.get("formula"):  # how LibreOffice saves a truth it was given
                return shown == "TRUE"
            return self.plain_number(named.get("value", ""))
        if kind in ("boolean", "date", "time"):
            text = named.get(f"{kind}-value", "")
            return text == "true" if kind == "boolean" else iso_moment(text) if kind == "date" else self.span(text)
        if named.get("formula") and not kind:
            return NotCalculated()
        return shown or named.get("string-value") or None

    def plain_number(self, text: str) -> int | float:
        """A number as stored; whole ones are int."""
        if not _NUMBER.fullmatch(text) or len(text) > 400:
            self._damaged()
        if text.lstrip("-").isdecimal():
            return int(text)
        return float(f"{float(text):.15g}")

    def span(self, text: str) -> Value:
        """A time of day, or a span where it is a day or more."""
        found = _SPAN.fullmatch(text)
        if not found:
            self._damaged()
        sign, days, hours, minutes, seconds = found.groups()
        whole = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=float((seconds or "0").replace(",", ".")),
        )
        if sign or whole >= timedelta(days=1):
            return -whole if sign else whole
        return iso_moment(f"{int(hours or 0):02}:{int(minutes or 0):02}:{whole.seconds % 60:02}")

    def _row(self, grid: Grid) -> None:
        if self.number + self.rows_repeated - 1 > LAST_ROW:
            self._damaged()
        if self.row_hidden and self.row:
            grid.hidden_rows.update(range(self.number, self.number + self.rows_repeated))
        if self.row:
            for number in range(self.number, self.number + self.rows_repeated):
                grid.put(number, list(self.row))

    def _close(self, grid: Grid) -> None:
        self.sheets.append(
            Sheet(
                name=self.about.get("name", ""),
                hidden=self.about.get("style-name", "") in self.looks.hidden_tables,
                rows=grid.rows,
                hidden_rows=frozenset(grid.hidden_rows),
                hidden_columns=frozenset(self.hidden_columns),
                number_formats=grid.number_formats,
                comments=self.comments,
                merged=tuple(self.merged),
                formulas=frozenset(grid.formulas),
            )
        )
        self.grid = None
