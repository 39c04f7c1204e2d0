"""The cells of one column of ours, made many rows at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import cast

from billingkit.workbook.cellstyles import LOOKS, Look, Styles
from billingkit.workbook.cellxml import CellValue, cell_rest, kind_of
from billingkit.workbook.column import Column

REMEMBERED = 50_000  # cells of one column
HEADING = Look(wrap=True)
PLAIN_HEADING = Look(bold=True, wrap=True)


@dataclass(slots=True)
class ColumnCells:
    """Writes the cells of one column. Most values come many times, so what was written is kept."""

    column: Column
    heading: str
    heading_rows: frozenset[int]
    neighbour: Mapping[int, int]  # the format of her last cell, by row
    styles: Styles
    prefix: str
    date1904: bool
    _formats: dict[tuple[int, str, type], int] = field(default_factory=dict)
    _written: dict[tuple[object, type, int, str], bytes] = field(default_factory=dict)

    def prepare(self) -> None:
        """Derives every format that the column needs, so that the styles are complete before rows are written."""
        values, rows = self.column.values.values(), self.column.values.keys()
        needed = dict(zip(zip(*self._looks(rows), map(type, values), strict=True), values, strict=True))
        for key, value in needed.items():
            named = replace(LOOKS[key[1]], number_format=self.column.number_format)
            self._formats[key] = self.styles.format(key[0], named, kind_of(value))
        for row in self.heading_rows:
            self._heading_format(row)

    def rests(self, rows: Sequence[int]) -> list[bytes | None]:
        """The cells behind their row numbers; None where the column has nothing in that row."""
        written = self._written
        if len(written) > REMEMBERED:
            written.clear()
        values = [*map(self.column.values.get, rows)]
        keys = [*zip(values, map(type, values), *self._looks(rows), strict=True)]
        found = [*map(written.get, keys)]
        if None in found or None in values:
            for place, (rest, value) in enumerate(zip(found, values, strict=True)):
                if rest is None or value is None:
                    found[place] = self._rest(rows[place], keys[place])
        for row in self.heading_rows.intersection(rows):
            style = self._heading_format(row)
            found[rows.index(row)] = cell_rest(self.heading, style, self.prefix, date1904=self.date1904)
        return found

    def _looks(self, rows: Collection[int]) -> tuple[Iterator[int], Iterator[str]]:
        """What the cells of these rows are made from: the format beside each, and its own look."""
        looks = map(self.column.styles.get, rows, repeat(self.column.style))
        return map(self.neighbour.get, rows, repeat(0)), cast("Iterator[str]", looks)

    def _rest(self, row: int, key: tuple[CellValue, type, int, str]) -> bytes | None:
        value, kind, base, look = key
        if value is None and row not in self.column.values:
            return None
        if key not in self._written:
            style = self._formats[base, look, kind]
            self._written[key] = cell_rest(value, style, self.prefix, date1904=self.date1904)
        return self._written[key]

    def _heading_format(self, row: int) -> int:
        base = self.neighbour.get(row, 0)
        return self.styles.format(base, HEADING if base else PLAIN_HEADING, "heading")
