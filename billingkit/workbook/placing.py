"""Where our columns go: right of her last one, inside her table if the rows are in one, and never on a cell of hers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from billingkit.workbook.places import LAST_COLUMN, LAST_ROW, Area, area, letters, number
from billingkit.workbook.shell import Shell
from billingkit.workbook.survey import Survey
from billingkit.workbook.tables import Table
from billingkit.workbook.unsafe import UnsafeToPatch, unsafe

NEAR = 16  # formatted but empty columns that are stepped over; more of them are a page painted to its edge
HIDDEN_RUN = 64  # a longer run of hidden columns is the rest of the sheet, not a column she hid


@dataclass(frozen=True, slots=True)
class Place:
    """The first of our columns, the tables that grow over them, and the rows that hold our headings."""

    first: int
    tables: tuple[Table, ...]
    heading_rows: frozenset[int]


def place_columns(
    count: int,
    header_row: int | None,
    value_rows: Collection[int],
    shell: Shell,
    seen: Survey,
    tables: tuple[Table, ...],
    occupied: Callable[[frozenset[int], int, int], str | None],
    beside: Collection[str] = (),
) -> Place:
    """The place for `count` columns.

    `beside` are the letters of columns of hers that ours belong to: a table that holds none of them is another matter.

    `occupied(rows, left, right)` gives the address of a filled cell of hers in that block, if there is one.

    Raises:
        UnsafeToPatch: her table has no room beside it, or the sheet has no column left.
    """
    homes = _homes(header_row, value_rows, _with_columns(tables, beside))
    headings = heading_rows(header_row, value_rows, tables, beside)
    rows = frozenset(value_rows) | headings
    if homes:
        first = _beside_tables(count, homes, rows, shell, seen, tables, occupied)
    else:
        first = _behind_everything(count, header_row, rows, shell, seen, tables)
    if first + count - 1 > LAST_COLUMN:
        raise unsafe(
            f"The sheet has no {count} free columns behind its last one, {letters(first - 1)}. "
            "Please delete what stands at its right edge."
        )
    return Place(first, homes, headings)


def heading_rows(
    header_row: int | None, value_rows: Collection[int], tables: tuple[Table, ...], beside: Collection[str] = ()
) -> frozenset[int]:
    """The rows that get our headings: the one asked for, and those of the tables that grow."""
    homes = _homes(header_row, value_rows, _with_columns(tables, beside))
    asked = frozenset([header_row] if header_row is not None else [])
    return asked | {table.area.top for table in homes if table.header_rows}


def _homes(header_row: int | None, value_rows: Collection[int], tables: tuple[Table, ...]) -> tuple[Table, ...]:
    """The tables that must grow: the one under the heading row, and for rows that it does not hold, those that do.

    Of two beside each other the one with more of our rows counts; the other keeps its rows together without ours.
    """
    if header_row is None:  # no headings were asked for, and where a table shows its own, its columns need them
        tables = tuple(table for table in tables if not table.header_rows)
    left = frozenset(value_rows)
    holds = {table.part: len(left.intersection(table.data_rows())) for table in tables}
    order = sorted(tables, key=lambda table: (holds[table.part], table.area.right), reverse=True)
    chosen = [table for table in order if header_row and table.header_row == header_row][:1]
    left = left.difference(*(table.data_rows() for table in chosen))
    for table in order:
        mine = left.intersection(table.data_rows())
        left -= mine
        chosen += [table] if mine else []
    return tuple(chosen)


def _with_columns(tables: tuple[Table, ...], beside: Collection[str]) -> tuple[Table, ...]:
    """The tables that hold one of these columns; all of them where none is named."""
    named = {number(column) for column in beside}
    return tuple(t for t in tables if not named or any(t.area.left <= column <= t.area.right for column in named))


def _beside_tables(
    count: int,
    homes: tuple[Table, ...],
    rows: frozenset[int],
    shell: Shell,
    seen: Survey,
    tables: tuple[Table, ...],
    occupied: Callable[[frozenset[int], int, int], str | None],
) -> int:
    first = homes[0].area.right + 1
    last = first + count - 1
    odd = next((table for table in homes if table.area.right != first - 1), None)
    if odd:
        one = f"{homes[0].name} ({homes[0].area}) and {odd.name} ({odd.area})"
        raise unsafe(
            f"The rows are in two tables, {one}, and our columns cannot stand beside both. "
            "Please let both end in the same column, or put one on a sheet of its own."
        )
    covered = rows.union(*(range(table.area.top, table.area.bottom + 1) for table in homes))
    block = [Area(min(covered), first, max(covered), last)]
    inside = [a for a in merged_areas(shell) for b in block if a.meets(b)]
    other = [table.area for table in tables if table not in homes and table.area.meets(block[0])]
    if inside or other:
        raise _no_room(homes[0], f"{(inside + other)[0]} is taken", count)
    crowded = covered.intersection(seen.reaching(first))
    taken = occupied(crowded, first, last) if crowded else None
    if taken:
        raise _no_room(homes[0], f"the cell {taken} is filled", count)
    return first


def _no_room(table: Table, why: str, count: int) -> UnsafeToPatch:
    said = f"There is no room beside the table {table.name} ({table.area}): {why}."
    return unsafe(f"{said} Please leave {count} columns free there, so that sorting takes our cells along.")


def merged_areas(shell: Shell) -> list[Area]:
    """The merged cells of a sheet."""
    groups = shell.every("mergeCells")
    found = (area(piece.attributes.get("ref")) for group in groups for piece in group.inside)
    return [where for where in found if where is not None]


def filter_area(shell: Shell) -> Area | None:
    """The range of the sheet's own filter."""
    piece = shell.first("autoFilter")
    return area(piece.attributes.get("ref")) if piece else None


def _behind_everything(
    count: int, header_row: int | None, rows: frozenset[int], shell: Shell, seen: Survey, tables: tuple[Table, ...]
) -> int:
    top = header_row if header_row is not None else min(rows)
    used = seen.used(top, LAST_ROW)
    order = sorted(rows)
    blocks = [where for where in merged_areas(shell) if _crosses(where, order)]
    blocks += [
        table.area for table in tables if table.area.bottom >= top
    ]  # its widths are hers, whatever its rows hold
    own = filter_area(shell)
    blocks += [own] if own and _crosses(own, order) else []
    used = max([used, *(where.right for where in blocks)])
    first = used + 1
    formatted = seen.formatted(rows)
    if first <= formatted <= used + NEAR:
        first = formatted + 1
    moved = True
    while moved:
        start = first
        first = _past_hidden(first, count, shell)
        block = Area(min(rows), first, max(rows), first + count - 1)
        first = max([first, *(table.area.right + 1 for table in tables if table.area.meets(block))])
        moved = first != start
    return first


def _crosses(where: Area, order: Sequence[int]) -> bool:
    """Whether one of these rows, which are in order, crosses a range."""
    at = bisect_left(order, where.top)
    return at < len(order) and order[at] <= where.bottom


def _past_hidden(first: int, count: int, shell: Shell) -> int:
    """The first column at or behind `first` whose block holds no column that she hid."""
    for left, right in _hidden_runs(shell):
        hid = right - left < HIDDEN_RUN and right < LAST_COLUMN
        if hid and left < first + count and right >= first:
            first = right + 1
    return first


def _hidden_runs(shell: Shell) -> list[tuple[int, int]]:
    """First and last of the columns that are hidden side by side, whatever settings say so."""
    runs: list[tuple[int, int]] = []
    for left, right, attributes in sorted(column_settings(shell), key=lambda each: each[:2]):
        if attributes.get("hidden") not in {"1", "true"}:
            continue
        if runs and runs[-1][1] == left - 1:
            runs[-1] = (runs[-1][0], right)
        else:
            runs.append((left, right))
    return runs


def column_settings(shell: Shell) -> list[tuple[int, int, Mapping[str, str]]]:
    """The sheet's column settings: first column, last column, attributes."""
    group = shell.first("cols")
    found: list[tuple[int, int, Mapping[str, str]]] = []
    for piece in group.inside if group else ():
        left, right = piece.attributes.get("min", ""), piece.attributes.get("max", "")
        if piece.name != "col" or not (left.isdigit() and right.isdigit()):
            raise unsafe(
                "The sheet's column settings are stored in a way that cannot be followed. Please open and save it in Excel first."
            )
        found.append((int(left), int(right), piece.attributes))
    return found


def column_name(column: int) -> str:
    """The column's letters, for saying."""
    return letters(column)
