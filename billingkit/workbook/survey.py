"""What stands where in a sheet: one pass over its rows, before anything is decided or written."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress

from billingkit.workbook.new_cells import NOTHING_UNDER, Under
from billingkit.workbook.places import LAST_COLUMN
from billingkit.workbook.rows import (
    CELL_AT,
    CELL_STYLE,
    TYPED,
    Odd,
    Tags,
    blocks,
    column_of,
    each_row,
    last_span,
    prefix_of,
    tags,
)

_ROW_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_ROW_FORMAT = re.compile(rb"""\scustomFormat\s*=\s*["'](?:1|true)["']""")
_COLUMNS = re.compile(rb"""<(?:[\w.-]+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Z]{1,3})\d""")
NOTHING, OURS, MIXED = 0, 1, 2
"""What stands in a row behind the last cell of hers: nothing; cells of an earlier run and nothing else, none of which took
the place of an empty cell of hers; anything else, so that the row must be looked at cell by cell."""
ORDER_CHECKED = 2_000  # a program that keeps cells in order keeps them so in every row


@dataclass(slots=True)
class Survey:
    """What the rows hold: for each row its last filled cell, its last cell of any kind, and that one's format.

    `places`, `stops` and `spans` are offsets from `start`, where the rows begin: behind the last cell of hers, behind the
    row, and of the last number of its spans (0 if it has none). With them the sheet can be written again without looking
    for anything.
    """

    before: bytes = b""
    behind: bytes = b""
    start: int = 0  # in the part, in bytes
    end: int = 0
    numbers: array[int] = field(default_factory=lambda: array("L"))
    last: array[int] = field(default_factory=lambda: array("H"))
    filled: array[int] = field(default_factory=lambda: array("H"))
    places: array[int] = field(default_factory=lambda: array("Q"))
    stops: array[int] = field(default_factory=lambda: array("Q"))
    tails: array[int] = field(default_factory=lambda: array("B"))
    spans: array[int] = field(default_factory=lambda: array("Q"))
    widths: array[int] = field(default_factory=lambda: array("B"))  # of those numbers
    style: dict[int, int] = field(default_factory=dict)  # of wanted rows
    shortest_span: int | None = None  # the smallest last column that a wanted row's spans name

    def add(self, rows: Iterable[Sequence[int]]) -> None:
        """Takes in more rows, each as what the arrays hold of it."""
        for known, more in zip(self._arrays(), zip(*rows, strict=True), strict=False):  # nothing of no rows
            known.extend(more)

    def rows(self, first: int, end: int) -> Iterator[tuple[int, ...]]:
        """Some of the rows, each as what the arrays but `filled` hold of it."""
        return zip(*(each[first:end] for each in self._arrays() if each is not self.filled), strict=True)

    def _arrays(self) -> tuple[array[int], ...]:
        return self.numbers, self.last, self.filled, self.places, self.stops, self.tails, self.spans, self.widths

    def take_span(self, last: bytes) -> None:
        """Takes in the last number of a wanted row's spans."""
        if last:
            self.shortest_span = min(int(last), self.shortest_span or LAST_COLUMN)

    def used(self, top: int, bottom: int) -> int:
        """The last filled column in these rows; 0 if none."""
        between = slice(bisect_left(self.numbers, top), bisect_right(self.numbers, bottom))
        return max(self.filled[between], default=0)

    def formatted(self, wanted: frozenset[int]) -> int:
        """The last column with a cell, even an empty one, in the wanted rows."""
        return max(compress(self.last, map(wanted.__contains__, self.numbers)), default=0)

    def reaching(self, column: int, *, blank: bool = False) -> list[int]:
        """The rows with a filled cell, or with `blank` any cell, in that column or behind it."""
        ends = self.last if blank else self.filled
        if max(ends, default=0) < column:  # as in most sheets
            return []
        return [row for row, end in zip(self.numbers, ends, strict=True) if end >= column]


def survey(
    chunks: Iterable[bytes], wanted: frozenset[int], ours: Mapping[int, int], under: Under = NOTHING_UNDER
) -> Survey:
    """One pass over a sheet. `ours` gives, for each column of ours, the row it starts in; those cells do not count.

    Where an empty cell of hers was under one of ours, it counts as such.

    Raises:
        Odd: the sheet must be written plainly first.
    """
    found = Survey()
    tag = tags(b"")
    own = _Own(ours, under, min(ours, default=LAST_COLUMN + 1))
    for kind, block in blocks(chunks):
        if kind == "before":
            found.before = block
            found.start = found.end = len(block)
            tag = tags(prefix_of(block))
        elif kind == "behind":
            found.behind = block
        else:
            if tag.bare.search(block):
                raise Odd
            found.add(_surveyed(found, block, tag, wanted, own))
            found.end += len(block)
    return found


@dataclass(frozen=True, slots=True)
class _Own:
    """The cells of an earlier run: each column's first row, and the empty cells of hers that stood there before."""

    columns: Mapping[int, int]
    under: Under
    first: int  # the first of those columns; past the last of any sheet where there are none

    def has(self, row: int, column: int) -> bool:
        return column in self.columns and row >= self.columns[column]


def _surveyed(found: Survey, block: bytes, tag: Tags, wanted: frozenset[int], own: _Own) -> list[Sequence[int]]:
    """What the survey's arrays hold of each row of a block."""
    rows: list[Sequence[int]] = []
    base, known_span = found.end - found.start, b""
    last_row = found.numbers[-1] if found.numbers else 0
    for match, row, inner, stop in each_row(block, tag):
        if row <= last_row:
            raise Odd
        last_row = row
        at = block.rfind(tag.cell_start, match.end(), inner)
        usual = tag.usual.match(block, at, inner) if at >= 0 else None
        if usual and (last := column_of(usual[1])) < own.first and block.endswith(tag.cell_end, at, inner):
            filled, style, place, tail = last, int(usual[2] or 0), inner, NOTHING
        else:
            last, filled, style, place, tail = _walked_back(block, match, inner, tag, row, own)
        span, span_end = last_span(match)
        if row in wanted:
            found.style[row] = style
            spelled = match[3] or block[span:span_end]
            if spelled != known_span:  # many rows beside each other have the same
                known_span = spelled
                found.take_span(spelled)
            if len(found.style) <= ORDER_CHECKED:
                _in_order(block[match.end() : inner], tag)
        rows.append((row, last, filled, base + place, base + stop, tail, span and base + span, span_end - span))
    return rows


def _walked_back(
    block: bytes, row_start: re.Match[bytes], end: int, tag: Tags, row: int, own: _Own
) -> tuple[int, int, int, int, int]:
    """The last cell's column, the last filled cell's, the former's format, where it ends and what follows.

    Cell by cell from the end of the row, for one that ends in a cell that is empty, ours, or spelled otherwise.
    """
    start = place = row_start.end()
    last, style, tail = 0, 0, MIXED if row_start[4] else NOTHING
    close = end
    while (at := block.rfind(tag.cell_start, start, close)) >= 0:
        cell = tag.cell.match(block, at)
        where = CELL_AT.search(cell[0]) if cell else None
        if cell is None or where is None:
            raise Odd
        column = column_of(where[1])
        stop = cell.end() if cell[2] else _behind(block, cell.end(), close, tag)
        if not own.has(row, column):
            if not last:
                found = CELL_STYLE.search(cell[0])
                last, style, place = column, int(found[1]) if found else 0, stop
            if TYPED.search(cell[0]) or (not cell[2] and tag.filled.search(block, cell.end(), close)):
                return last, column, style, place, MIXED if last > own.first else tail
        elif (row, column) in own.under:
            tail = MIXED
            if not last:
                last, style = column, max(own.under[row, column], 0)
        elif last or stop != close:
            tail = MIXED
        else:
            tail = max(tail, OURS)
        close = at
    if not last:
        return 0, 0, _row_style(row_start[1]), place, MIXED if tail else tail
    return last, 0, style, place, MIXED if last > own.first else tail


def _behind(block: bytes, start: int, end: int, tag: Tags) -> int:
    """Where the cell ends whose start tag ends there."""
    found = block.find(tag.cell_end, start, end)
    if found < 0:
        raise Odd
    return found + len(tag.cell_end)


def _row_style(attributes: bytes) -> int:
    found = _ROW_STYLE.search(attributes)
    return int(found[1]) if found and _ROW_FORMAT.search(attributes) else 0


def _in_order(body: bytes, tag: Tags) -> None:
    count = body.count(tag.cell_start)
    spelled = tag.columns.findall(body)
    columns = [*map(column_of, spelled if len(spelled) == count else _COLUMNS.findall(body))]
    if len(columns) != count or columns != sorted(set(columns)):
        raise Odd
