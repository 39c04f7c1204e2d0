"""What stands where in a sheet: one pass over its rows, before anything is decided or written."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from billingkit.workbook.new_cells import NOTHING_UNDER, Under
from billingkit.workbook.places import number
from billingkit.workbook.rows import CELL_AT, CELL_STYLE, SPANS, TYPED, Odd, Tags, blocks, each_row, prefix_of, tags

_ROW_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_ROW_FORMAT = re.compile(rb"""\scustomFormat\s*=\s*["'](?:1|true)["']""")
_COLUMNS = re.compile(rb"""<(?:[\w.-]+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Z]{1,3})\d""")
ORDER_CHECKED = 2_000  # a program that keeps cells in order keeps them so in every row


@dataclass(slots=True)
class Survey:
    """What the rows hold: for each row its last filled cell, its last cell of any kind, and that one's format."""

    before: bytes = b""
    behind: bytes = b""
    numbers: array[int] = field(default_factory=lambda: array("L"))
    filled: array[int] = field(default_factory=lambda: array("H"))
    last: array[int] = field(default_factory=lambda: array("H"))
    style: dict[int, int] = field(default_factory=dict)  # of wanted rows
    shortest_span: int | None = None  # the smallest last column that a wanted row's spans name

    def used(self, top: int, bottom: int) -> int:
        """The last filled column in these rows; 0 if none."""
        return max((f for n, f in zip(self.numbers, self.filled, strict=True) if top <= n <= bottom), default=0)

    def formatted(self, wanted: frozenset[int]) -> int:
        """The last column with a cell, even an empty one, in the wanted rows."""
        return max((f for n, f in zip(self.numbers, self.last, strict=True) if n in wanted), default=0)


def survey(
    chunks: Iterable[bytes], wanted: frozenset[int], ours: Mapping[int, int], under: Under = NOTHING_UNDER
) -> Survey:
    """One pass over a sheet. `ours` gives, for each column of ours, the row it starts in; those cells do not count.

    Where an empty cell of hers was under one of ours, it counts as such.

    Raises:
        Odd: the sheet must be written plainly first.
    """
    found = Survey()
    last_row = 0
    tag = tags(b"")
    for kind, block in blocks(chunks):
        if kind == "before":
            found.before = block
            tag = tags(prefix_of(block))
        elif kind == "behind":
            found.behind = block
        else:
            if tag.bare.search(block):
                raise Odd
            last_row = _survey_block(found, block, tag, wanted, (ours, under), last_row)
    return found


def _survey_block(
    found: Survey,
    block: bytes,
    tag: Tags,
    wanted: frozenset[int],
    ours: tuple[Mapping[int, int], Under],
    last_row: int,
) -> int:
    for match, row, inner, _ in each_row(block, tag):
        if row <= last_row:
            raise Odd
        last_row = row
        last, filled, style = _last_cells(block, match.end(), inner, tag, row, *ours)
        found.numbers.append(row)
        found.last.append(last)
        found.filled.append(filled)
        if row in wanted:
            found.style[row] = _row_style(match[1]) if style is None else style
            if len(found.style) <= ORDER_CHECKED:
                _in_order(block[match.end() : inner], tag)
            spans = SPANS.search(match[1])
            if spans and (found.shortest_span is None or int(spans[2]) < found.shortest_span):
                found.shortest_span = int(spans[2])
    return last_row


def _last_cells(
    block: bytes, start: int, end: int, tag: Tags, row: int, ours: Mapping[int, int], under: Under
) -> tuple[int, int, int | None]:
    """The last cell's column and format and the last filled cell's column, ours left out."""
    last, style = 0, None
    at = block.rfind(tag.cell_start, start, end)
    close = end
    usual = tag.usual.match(block, at, end) if at >= 0 else None
    if usual is not None:
        column = number(usual[1].decode())
        if column not in ours or row < ours[column]:
            return column, column, int(usual[2] or 0)
    while at >= 0:
        cell = tag.cell.match(block, at)
        place = CELL_AT.search(cell[0]) if cell else None
        if cell is None or place is None:
            raise Odd
        column = number(place[1].decode())
        if not (column in ours and row >= ours[column]):
            if not last:
                found = CELL_STYLE.search(cell[0])
                last, style = column, int(found[1]) if found else 0
            if TYPED.search(cell[0]) or (not cell[2] and tag.filled.search(block, cell.end(), close)):
                return last, column, style
        elif not last and (row, column) in under:
            last, style = column, max(under[row, column], 0)
        close = at
        at = block.rfind(tag.cell_start, start, at)
    return last, 0, style


def _row_style(attributes: bytes) -> int:
    found = _ROW_STYLE.search(attributes)
    return int(found[1]) if found and _ROW_FORMAT.search(attributes) else 0


def _in_order(body: bytes, tag: Tags) -> None:
    columns = [number(c.decode()) for c in _COLUMNS.findall(body)]
    if len(columns) != body.count(tag.cell_start) or any(a >= b for a, b in pairwise(columns)):
        raise Odd
