"""Cell addresses and ranges: "K6", "A1:J160", "'Claims 2026'!$A$6:$J$160"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")
_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
_SHEETED = re.compile(r"(?:'((?:[^']|'')+)'|([^'!(),\s]+))!(.+)", re.DOTALL)


@cache
def letters(column: int) -> str:
    """The column's letters: 1 is A, 27 is AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@cache
def number(column: str) -> int:
    """The column's number: A is 1."""
    value = 0
    for letter in column.upper():
        value = value * 26 + ord(letter) - 64
    return value


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, all four edges inside it, 1-based."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        """The range as a sheet writes it, a single cell without a colon."""
        first = f"{letters(self.left)}{self.top}"
        last = f"{letters(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    def absolute(self) -> str:
        """The range as a defined name writes it; whole columns where it spans every row."""
        if self.top == 1 and self.bottom == LAST_ROW:
            return f"${letters(self.left)}:${letters(self.right)}"
        return f"${letters(self.left)}${self.top}:${letters(self.right)}${self.bottom}"

    def widened(self, right: int) -> Area:
        """The same range, reaching at least to that column."""
        return replace(self, right=max(self.right, right))

    def has_row(self, row: int) -> bool:
        """Whether the row crosses the range."""
        return self.top <= row <= self.bottom

    def meets(self, other: Area) -> bool:
        """Whether two ranges share a cell."""
        across = self.left <= other.right and other.left <= self.right
        return across and self.top <= other.bottom and other.top <= self.bottom


def area(text: str | None) -> Area | None:
    """The range that a reference such as "A1:J160", "K6" or "$A:$J" means; None if it is no such range."""
    if text is None:
        return None
    found = _RANGE.fullmatch(text.strip())
    if found:
        left, top, right, bottom = found.groups()
        one = Area(int(top), number(left), int(bottom or top), number(right or left))
        return one if one.top <= one.bottom and one.left <= one.right else None
    found = _COLUMNS.fullmatch(text.strip())
    return Area(1, number(found[1]), LAST_ROW, number(found[2])) if found else None


def sheeted(text: str) -> tuple[str, str] | None:
    """A reference's sheet name and the rest; None if it names no sheet of this workbook."""
    found = _SHEETED.fullmatch(text.strip())
    if not found:
        return None
    quoted, plain, rest = found.groups()
    return (quoted.replace("''", "'") if quoted else plain), rest


def quoted(sheet: str) -> str:
    """The sheet's name as a reference writes it."""
    return "'" + sheet.replace("'", "''") + "'"


def split_areas(text: str) -> list[str]:
    """The parts of a reference to several areas; commas inside quoted sheet names do not count."""
    parts, start, inside = [], 0, False
    for index, letter in enumerate(text):
        if letter == "'":
            inside = not inside
        elif letter == "," and not inside:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]
