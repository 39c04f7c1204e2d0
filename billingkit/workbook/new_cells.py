"""The cells that are written into a sheet, and those that go from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Final, cast

from billingkit.workbook.places import letters

BATCH = 1_000  # rows whose cells are made at a time
UNSAID = -1  # the format of an empty cell that names none
Under = Mapping[tuple[int, int], int]  # empty cells of hers that ours took the place of: row and column to format
NOTHING_UNDER: Final[Under] = {}


@dataclass(frozen=True, slots=True)
class NewCells:
    """The cells to write: by column, what they begin with and what gives the rest; which of ours go; how spans grow.

    A cell's start is such as b'<c r="K'; behind it come the row's digits and the rest, None where there is no cell.
    """

    rows: tuple[int, ...]  # ascending
    make: Mapping[int, tuple[bytes, Callable[[Sequence[int]], list[bytes | None]]]]  # by column, ascending
    drop: Mapping[int, int]  # column of ours to the row it starts in
    under: Under = field(default_factory=dict)  # what stands there again once ours are gone
    spans_were: int = 0  # what an earlier run added to the spans of its rows
    spans_grow: int = 0

    def by_row(self) -> Iterator[tuple[int, tuple[bytes, ...]]]:
        """Every row with the pieces of its new cells, three for each column; made many rows at a time."""
        for at in range(0, len(self.rows), BATCH):
            rows = self.rows[at : at + BATCH]
            digits = [b"%d" % row for row in rows]
            pieces: list[Iterable[bytes]] = []
            for start, rests in self.make.values():
                pieces += _pieces(start, digits, rests(rows))
            yield from zip(rows, zip(*pieces, strict=True), strict=True)

    def placed(self, pieces: Sequence[bytes]) -> list[tuple[int, bytes]]:
        """A row's new cells with their columns, those that are none left out."""
        cells = (b"".join(pieces[at : at + 3]) for at in range(0, len(pieces), 3))
        return [(column, cell) for column, cell in zip(self.make, cells, strict=False) if cell]


def _pieces(start: bytes, digits: list[bytes], rests: list[bytes | None]) -> tuple[Iterable[bytes], ...]:
    """One column's cells as three columns of pieces: what a cell begins with, its row, the rest; empty where is none."""
    if None not in rests:
        return repeat(start, len(rests)), digits, cast("list[bytes]", rests)
    cells = [b"" if rest is None else start + row + rest for row, rest in zip(digits, rests, strict=True)]
    return cells, repeat(b"", len(cells)), repeat(b"", len(cells))


def address(column: int, prefix: bytes) -> bytes:
    """The start of a cell in that column, up to its row number."""
    return b'<%sc r="%s' % (prefix, letters(column).encode())
