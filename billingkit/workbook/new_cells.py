"""The cells that are written into a sheet, and those that go from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

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

    def by_row(self) -> Iterator[tuple[int, list[bytes]]]:
        """Every row with its new cells, one for each column, empty where there is none; made many rows at a time."""
        for at in range(0, len(self.rows), BATCH):
            rows = self.rows[at : at + BATCH]
            digits = [b"%d" % row for row in rows]
            made = [
                [b"" if end is None else start + d + end for d, end in zip(digits, rests(rows), strict=True)]
                for start, rests in self.make.values()
            ]
            yield from ((row, [column[n] for column in made]) for n, row in enumerate(rows))

    def placed(self, cells: list[bytes]) -> list[tuple[int, bytes]]:
        """A row's new cells with their columns, those that are none left out."""
        return [(column, cell) for column, cell in zip(self.make, cells, strict=False) if cell]


def address(column: int, prefix: bytes) -> bytes:
    """The start of a cell in that column, up to its row number."""
    return b'<%sc r="%s' % (prefix, letters(column).encode())
