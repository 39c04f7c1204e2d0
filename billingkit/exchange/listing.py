"""A tab as values: its title, its columns, its lines, and which cells the reader types into.

Every table the kit writes for people is a `Listing`; `drawing` puts it on a sheet, tests read it as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Cell = str | int | Decimal | date | None
Kind = Literal["text", "date", "money", "count", "ref", "id"]

# Characters. Where a date has less room, Excel shows ##### for it; other programs are more patient.
DATE_WIDTH = 12.5


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its heading, how wide it is in characters, and what it holds."""

    heading: str
    width: float
    kind: Kind = "text"
    typed: bool = False  # the reader fills it in: unlocked and coloured
    choices: tuple[str, ...] = ()  # a drop-down for the whole column
    hint: str = ""  # shown when the reader enters the cell


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a value per column, its priority, and for a question what may be answered."""

    values: tuple[Cell, ...]
    priority: str = "Normal"
    answers: tuple[str, ...] = ()  # the words that fit in `Answer`
    value_kind: str = ""  # what `Value` takes: date, money, text, id, status, or nothing
    closed: bool = False  # nothing is asked on this line, so its answer cells stay locked and plain


@dataclass(frozen=True, slots=True)
class Listing:
    """One tab that is a table. `said` are the lines above it; the table itself holds rows only."""

    tab: str
    title: str
    said: tuple[str, ...]
    fields: tuple[Field, ...]
    lines: tuple[Line, ...]
    frozen: int = 1  # columns that stay in view

    def __post_init__(self) -> None:
        """Hold every line to the columns."""
        for line in self.lines:
            if len(line.values) != len(self.fields):
                raise ValueError(f"{self.tab}: a line of {len(line.values)} values under {len(self.fields)} headings")

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings in order."""
        return tuple(field.heading for field in self.fields)

    @property
    def header_row(self) -> int:
        """The Excel row of the headings: title, pack line, what is said, one empty row."""
        return len(self.said) + 4


ANSWER_HEADINGS = ("Answer", "Value", "Until", "Answered by", "Answered on", "Comment")
OUTCOME_HEADINGS = ("Done", "Outcome", "Insurer said", "Contacted on", "Next status", "By")


def answer_fields() -> tuple[Field, ...]:
    """The six columns that the practice fills in."""
    return (
        Field("Answer", 12.5, typed=True, hint="Choose one from the list."),
        Field("Value", DATE_WIDTH, typed=True),
        Field("Until", DATE_WIDTH, "date", typed=True, hint='A date, for "will check by" and "do not chase".'),
        Field("Answered by", 10.5, typed=True, hint="Your name."),
        Field("Answered on", DATE_WIDTH, "date", typed=True, hint="The date of your answer."),
        Field("Comment", 14, typed=True, hint="Anything else we should know."),
    )
