"""Cells that were changed on our own tabs outside the answer columns: to be confirmed, never applied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from billingkit.exchange import returned, typed
from billingkit.exchange.listing import ANSWER_HEADINGS, OUTCOME_HEADINGS
from billingkit.exchange.returned import Returned, ReturnedTable

if TYPE_CHECKING:
    from billingkit.workbook.book import Book


@dataclass(frozen=True, slots=True)
class Correction:
    """A cell of ours that somebody changed: what we wrote and what stands there now."""

    ref: str
    column: str  # our heading
    was: str
    now: str
    cell: str

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {"ref": self.ref, "column": self.column, "was": self.was, "now": self.now, "cell": self.cell}


def corrections(found: Sequence[ReturnedTable], sent: Book) -> tuple[Correction, ...]:
    """Every cell of a known line that differs from the pack as it went out."""
    written = {line.ref: line for table in returned.tables(sent) for line in table.lines}
    return tuple(
        change
        for table in found
        for line in table.lines
        if line.ref and line.ref in written  # lines that ask nothing have no reference to be known by
        for change in _changed(line, written[line.ref])
    )


def _changed(line: Returned, before: Returned) -> Iterator[Correction]:
    for heading, value in before.cells.items():
        if heading in {"Ref", *ANSWER_HEADINGS, *OUTCOME_HEADINGS} or heading not in line.cells:
            continue
        was, now = typed.shown(value), typed.shown(line.cells[heading])
        if typed.plain(was) != typed.plain(now) and not _same_day(value, line.cells[heading]):
            yield Correction(line.ref, heading, was, now, str(line.place(heading)))


def _same_day(before: object, after: object) -> bool:
    # A date that lost its format, or was saved as text, is still the same date.
    days = [typed.day(value, typed.Habits(days_as_numbers=True)) for value in (before, after)]  # type: ignore[arg-type]
    return not any(isinstance(one, typed.Doubt) for one in days) and days[0] == days[1]
