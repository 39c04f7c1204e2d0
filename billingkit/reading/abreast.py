"""Two lists side by side under one header row: one is read, and the other is asked for, never mixed into it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, pairwise
from typing import Final

from billingkit.policy.agreement import Policy
from billingkit.problems import AmbiguousLayout, Problem
from billingkit.reading.fold import is_blank, letters
from billingkit.reading.grid import Heading, Table
from billingkit.reading.mapping import Mapping, map_headings, weight_of
from billingkit.reading.twice import MANY
from billingkit.workbook.book import Sheet

_LEAST: Final = 3  # headings that a list of its own has
_PEOPLE: Final = frozenset({"patient_name", "patient_id", "guarantor_name", "account_id", "surname", "subscriber_name"})


def part_abreast(
    table: Table, sheet: Sheet, policy: Policy, file: str
) -> tuple[Table, Sheet, tuple[tuple[Table, Mapping], ...]]:
    """The table and its sheet without the lists that stand beside it, and each of those with what it would hold.

    A list stands beside another where an empty column lies between them and either, taken alone, is a list
    of claims or of balances and names its own people. A spacer column inside one list parts nothing: only
    one side of it names them. A short list that names none is set aside where it would be mixed into the rows.

    Raises:
        AmbiguousLayout: both hold the same, so that reading one would leave out claims or balances of its kind.
    """
    runs = [replace(table, headings=run) for run in _runs(table, sheet)]
    blocks = [run for run in runs if len(run.headings) >= _LEAST]
    lists = [(block, _list_of_its_own(block, sheet, policy, file)) for block in blocks if len(runs) > 1]
    known = [(block, mapping) for block, mapping in lists if mapping is not None]
    if not known:
        return table, sheet, ()
    (kept, its), *others = known
    for block, mapping in others:
        if mapping.holds == its.holds:
            raise AmbiguousLayout(
                f'{file}, sheet "{sheet.name}"' if sheet.name else file,
                f"two lists of {its.holds} stand side by side, in columns {_span(kept)} and {_span(block)}.",
                "Please put each on a tab of its own, or one below the other.",
            )
    others = others or _lookups(kept, its, [run for run in runs if run is not kept], sheet, policy, file)
    if not others:
        return table, sheet, ()
    away = [block for block, _ in others]
    gone = {heading.position for block in away for heading in block.headings}
    own = tuple(heading for heading in table.headings if heading.position not in gone)
    return replace(table, headings=own), _without(sheet, table, away), tuple(others)


def _list_of_its_own(block: Table, sheet: Sheet, policy: Policy, file: str) -> Mapping | None:
    best = max(map_headings(block, sheet, policy, file).values(), key=weight_of)
    return best if weight_of(best) and _PEOPLE & set(best.positions) else None


def _lookups(
    kept: Table, its: Mapping, runs: list[Table], sheet: Sheet, policy: Policy, file: str
) -> list[tuple[Table, Mapping]]:
    """Short lists beside the one that names people, such as insurers with their telephones: never fields of its rows.

    They say again what the list itself says of each row, and end where it does not.
    """
    last = max(_filled(kept, sheet), default=0)
    found = []
    for run in runs:
        mapping = map_headings(run, sheet, policy, file)[its.holds]
        again = set(mapping.positions) & set(its.positions) - MANY
        rows = _filled(run, sheet)
        whole = rows == list(range(kept.first_row, kept.first_row + len(rows)))
        if again and rows and whole and rows[-1] != last:
            found.append((run, mapping))
    return found


def _without(sheet: Sheet, table: Table, away: list[Table]) -> Sheet:
    """The sheet with the cells of the other lists blank, each cell that stays in its own place."""
    spans = [(block.headings[0].position, block.headings[-1].position) for block in away]
    rows = list(sheet.rows)
    for number in range(table.header_rows[0] - 1, table.last_row):
        rows[number] = [
            None if any(low <= place <= high for low, high in spans) else cell
            for place, cell in enumerate(rows[number])
        ]
    return replace(sheet, rows=rows)


def beside_problem(beside: tuple[Table, Mapping], sheet: Sheet, file: str) -> Problem:
    """The question about a list that was not read because it stands beside another."""
    block, mapping = beside
    first = block.headings[0]
    rows = len(_filled(block, sheet))
    what = f"a list of {mapping.holds}" if _PEOPLE & set(mapping.positions) else "a list"
    return Problem(
        "list_beside_another",
        "asked",
        mapping.holds,
        file,
        sheet.name,
        block.header_rows[-1],
        first.name,
        f"{what} in columns {_span(block)}, {rows:,} {'row' if rows == 1 else 'rows'}, beside another list",
        "It was not read. Please put it on a tab of its own, or below the other list.",
        f"{letters(first.position)}{block.header_rows[-1]}",
    )


def _runs(table: Table, sheet: Sheet) -> list[tuple[Heading, ...]]:
    """A table's headings in runs, parted where a whole column between two of them is empty."""
    runs: list[list[Heading]] = [list(table.headings[:1])]
    for before, heading in pairwise(table.headings):
        if heading.position > before.position + 1 and _empty(table, sheet, before.position + 1, heading.position):
            runs.append([])
        runs[-1].append(heading)
    return [tuple(run) for run in runs]


def _empty(table: Table, sheet: Sheet, low: int, high: int) -> bool:
    rows = islice(sheet.rows, table.header_rows[0] - 1, table.last_row)
    return all(is_blank(cell) for row in rows for cell in row[low:high])


def _filled(block: Table, sheet: Sheet) -> list[int]:
    """The rows, numbered as in Excel, in which the block holds anything."""
    low, high = block.headings[0].position, block.headings[-1].position + 1
    rows = islice(sheet.rows, block.first_row - 1, block.last_row)
    return [number for number, row in enumerate(rows, block.first_row) if any(not is_blank(c) for c in row[low:high])]


def _span(block: Table) -> str:
    return f"{letters(block.headings[0].position)} to {letters(block.headings[-1].position)}"
