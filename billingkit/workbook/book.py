"""A workbook as values: its sheets with typed cells on their true rows, and what formatting meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell that shows an error, such as `#REF!`."""

    text: str


@dataclass(frozen=True, slots=True)
class NotCalculated:
    """A formula that carries no computed value: not blank and not zero, simply not known."""


Value = None | str | int | float | bool | date | datetime | time | timedelta | ErrorCell | NotCalculated


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `rows[i][j]` is the cell in Excel row i + 1, column j + 1; rows may be ragged.

    Positions in the other fields are Excel's own: (row, column), both 1-based.
    """

    name: str | None  # None for a text file
    hidden: bool
    rows: list[list[Value]]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    number_formats: dict[tuple[int, int], str] = field(
        default_factory=dict
    )  # only where a number's format carries meaning: "00000", "@", ...
    comments: dict[tuple[int, int], str] = field(
        default_factory=dict
    )  # notes and threaded comments, joined by a line break
    merged: tuple[tuple[int, int, int, int], ...] = ()  # first row, first column, last row, last column
    tables: tuple[tuple[str, int, int, int, int], ...] = ()  # name, then the range
    threaded: bool = False
    formulas: frozenset[tuple[int, int]] = frozenset()  # cells whose value a formula gave: no person typed it


@dataclass(frozen=True, slots=True)
class Book:
    """A whole file: what it is, and its sheets in order."""

    file: str
    kind: str  # xlsx, xlsm, xls, xlsb, ods, csv
    sha256: str
    sheets: tuple[Sheet, ...]
    custom_properties: dict[str, str] = field(default_factory=dict)
    defined_names: dict[str, str] = field(default_factory=dict)  # our own markers stand here
    warnings: tuple[str, ...] = ()
