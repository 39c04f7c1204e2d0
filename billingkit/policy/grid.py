"""A sheet of the policy workbook as records: found by its headings, wherever they stand.

Extra rows above, extra columns and extra rows are left alone; a missing or doubled heading is a
fault that says which word was looked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billingkit.policy.cells import Cell, Checker, letters, nearest, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SEARCHED_ROWS: Final = 40  # headings stand near the top


@dataclass(frozen=True, slots=True)
class Record:
    """One row below the headings: its cells by heading, blank cells included."""

    sheet: str
    row: int
    cells: Mapping[str, Cell]

    def __getitem__(self, heading: str) -> Cell:
        """The cell under a heading."""
        return self.cells[heading]


def records(
    name: str,
    rows: Sequence[Sequence[object]],
    headings: Sequence[str],
    checker: Checker,
    *,
    needed: Sequence[str] = (),
) -> list[Record]:
    """The filled rows of a sheet under its headings; `needed` headings that are missing are faults."""
    found = _header(rows, headings)
    if found is None:
        looked_for = " and ".join(f'"{heading}"' for heading in needed or headings[:1])
        remedy = f"Put the headings back in one row: {looked_for}."
        checker.sheet_fault(name, "The headings were not found.", remedy)
        return []
    header_row, places = found
    _check_headings(name, rows[header_row - 1], header_row, headings, needed or headings[:1], places, checker)
    taken: list[Record] = []
    for number, row in enumerate(rows[header_row:], header_row + 1):
        cells = {heading: _cell(name, number, places.get(heading), row) for heading in headings}
        if not all(cell.blank for cell in cells.values()):
            taken.append(Record(name, number, cells))
    return taken


def _header(rows: Sequence[Sequence[object]], headings: Sequence[str]) -> tuple[int, dict[str, int]] | None:
    best: tuple[int, dict[str, int]] | None = None
    for number, row in enumerate(rows[:SEARCHED_ROWS], 1):
        words = [plain(value) if isinstance(value, str) else "" for value in row]
        places = {heading: words.index(plain(heading)) + 1 for heading in headings if plain(heading) in words}
        if places and (best is None or len(places) > len(best[1])):
            best = (number, places)
    # One lone word of a list of several headings may stand in a banner; a heading row has its company.
    return best if best and len(best[1]) >= min(2, len(headings)) else None


def _check_headings(
    name: str,
    row: Sequence[object],
    number: int,
    headings: Sequence[str],
    needed: Sequence[str],
    places: Mapping[str, int],
    checker: Checker,
) -> None:
    words = [plain(value) if isinstance(value, str) else "" for value in row]
    spare = [str(value) for value, word in zip(row, words, strict=True) if word and word not in map(plain, headings)]
    for heading in needed:
        if heading not in places:
            found = f'The heading "{heading}" is missing.{nearest(heading, spare)}'
            checker.sheet_fault(f"{name}!A{number}", found, "Put the heading back in this row.")
    for heading in headings:
        if words.count(plain(heading)) > 1:
            second = words.index(plain(heading), words.index(plain(heading)) + 1) + 1
            found = f'The heading "{heading}" stands twice.'
            checker.sheet_fault(f"{name}!{letters(second)}{number}", found, "Keep one of the two columns.")


def _cell(name: str, number: int, column: int | None, row: Sequence[object]) -> Cell:
    if column is None:
        return Cell(name, number, 1, None)
    return Cell(name, number, column, row[column - 1] if column <= len(row) else None)
