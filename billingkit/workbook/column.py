"""What is asked to be added to a sheet: columns with their values and looks, and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from billingkit.workbook.cellxml import CellValue


@dataclass(frozen=True, slots=True)
class Column:
    """One column of ours: its heading, its values by true Excel row, and how it looks.

    `styles` names a row's look ("urgent", "high", "normal", "hold", "answer"), `style` that of all other rows;
    `number_format` is an Excel format code for numbers and dates. `width` is in characters.
    A value of None makes an empty cell with its look; a row without a value gets no cell.
    """

    heading: str
    values: Mapping[int, CellValue]
    width: float | None = None
    styles: Mapping[int, str] = field(default_factory=dict)
    style: str = "normal"
    number_format: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a cell; `column` by its letters."""

    row: int
    column: str
    text: str
