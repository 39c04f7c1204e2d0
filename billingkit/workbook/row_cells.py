"""The cells of a few rows of a sheet, as bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from billingkit.workbook.new_cells import UNSAID
from billingkit.workbook.places import number
from billingkit.workbook.rows import CELL_AT, CELL_STYLE, TYPED, Odd, Tags, blocks, each_row, prefix_of, tags


def row_cells(chunks: Iterable[bytes], wanted: frozenset[int]) -> dict[int, dict[int, bytes]]:
    """The cells of a few rows as bytes, by row and column; reads no further than the last of them."""
    found: dict[int, dict[int, bytes]] = {}
    tag = tags(b"")
    for kind, block in blocks(chunks):
        if kind == "before":
            tag = tags(prefix_of(block))
        elif kind == "rows":
            for match, row, inner, _ in each_row(block, tag):
                if row in wanted:
                    found[row] = _cells(block[match.end() : inner], tag)
                if len(found) == len(wanted):
                    return found
    return found


def blanks(chunks: Iterable[bytes], wanted: frozenset[int], left: int, right: int) -> dict[tuple[int, int], int]:
    """The formats of the empty cells that stand in those rows between two columns."""
    found = {}
    for row, cells in row_cells(chunks, wanted).items():
        for column, cell in cells.items():
            if left <= column <= right and (style := blank_style(cell)) is not None:
                found[row, column] = style
    return found


def blank_style(cell: bytes) -> int | None:
    """An empty cell's format; None if the cell is filled."""
    if is_filled(cell):
        return None
    style = CELL_STYLE.search(cell)
    return int(style[1]) if style else UNSAID


def _cells(body: bytes, tag: Tags) -> dict[int, bytes]:
    cells = {}
    for match in tag.whole.finditer(body):
        place = CELL_AT.search(match[0])
        if place is None:
            raise Odd
        cells[number(place[1].decode())] = match[0]
    return cells


def is_filled(cell: bytes) -> bool:
    """Whether a cell holds a value, a formula, or a type: an empty text is hers as any other text."""
    return TYPED.match(cell) is not None or re.search(rb"<(?:[\w.-]+:)?(?:v|is|f)[\s/>]", cell) is not None
