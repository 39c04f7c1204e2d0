"""The rows of a sheet as they are gathered, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from billingkit.problems import HostileFile, NotAWorkbook
from billingkit.workbook.book import Value
from billingkit.workbook.limits import Limits
from billingkit.workbook.preflight import too_large

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_FAR = 100  # empty cells that each filled one makes up for
_NARROW = _FAR + 1


@dataclass(slots=True)
class Grid:
    """The rows read so far, with what formatting meant; `filled` and `gaps` run on from sheet to sheet."""

    place: str
    limits: Limits
    rows: list[list[Value]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    number_formats: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    filled: int = 0
    gaps: int = 0

    def put(self, number: int, row: list[Value]) -> None:
        """Put a row at its own number, and refuse a sheet that is mostly emptiness."""
        while row and row[-1] is None:
            row.pop()
        if not row:
            return
        above = number - 1 - len(self.rows)
        if above < 0:
            found = "the rows of a sheet are out of order or double."
            raise NotAWorkbook(self.place, found, "Open it in Excel, save it and send it again.")
        holes = row.count(None)
        self.filled += len(row) - holes
        self.gaps += above + holes
        self.weigh()
        self.rows.extend([] for _ in range(above))
        self.rows.append(row)

    def put_columns(self, numbers: list[int], columns: Sequence[Sequence[Value]]) -> None:
        """Put many rows, given by column; in one go where they follow on the last row and none is empty."""
        rows = list(map(list, zip(*columns, strict=True)))
        for row in rows if None in columns[-1] else ():
            while row and row[-1] is None:
                row.pop()
        start = len(self.rows) + 1
        # in rows this narrow the cells outweigh the emptiness between them, so that one look at the end is enough
        if len(columns) > _NARROW or not all(rows) or numbers != list(range(start, start + len(rows))):
            for number, row in zip(numbers, rows, strict=True):
                self.put(number, row)
            return
        filled = len(rows) * len(columns) - sum(column.count(None) for column in columns if not all(column))
        self.filled += filled
        self.gaps += sum(map(len, rows)) - filled
        self.weigh()
        self.rows += rows

    def weigh(self) -> None:
        """Refuse too many cells, and cells so far apart that the emptiness between them is the attack."""
        if self.filled > self.limits.cells:
            raise too_large(self.place, f"the workbook holds more than {self.limits.cells:,} filled cells.")
        if self.gaps > self.limits.row_gap + _FAR * self.filled:
            found = "a cell lies at the far edge of a sheet that is otherwise empty."
            raise HostileFile(
                self.place, found, "Delete the rows and columns beyond the table, save and send it again."
            )

    def note(self, numbers: Iterable[int], column: int, values: Iterable[Value], code: str) -> None:
        """Note a number format that means something, where a number stands."""
        formats = self.number_formats
        for number, value in zip(numbers, values, strict=True):
            if value is not None:
                formats[number, column] = code


def column_number(letters: str) -> int:
    """`A` is 1, `XFD` 16,384; letters beyond that give a number beyond it."""
    number = 0
    for letter in letters[:8]:
        number = number * 26 + ord(letter) - 64
    return number
