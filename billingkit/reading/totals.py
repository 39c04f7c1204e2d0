"""Printed totals beside what the rows add up to, and the laws of rows and money."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from billingkit.reading.claims import Batch
from billingkit.reading.fold import is_blank
from billingkit.reading.lines import TotalLine
from billingkit.reading.values import columns_of, parse_money
from billingkit.week import ControlTotal

_ZERO: Final = Decimal("0.00")
_BLOCKS: Final = 3  # blocks above a total that are added up in search of what it speaks for


def money_places(batch: Batch) -> dict[str, list[int]]:
    """For each column of amounts the places on the sheet that it is read from; ageing buckets each on their own."""
    roles = batch.mapping.positions
    places = dict(batch.money)
    for number, position in enumerate(roles.get("aging", [])):
        places[f"aging {number}"] = [position]
    if batch.holds == "balances":
        places |= {
            role: list(roles[role])
            for role in ("patient_due", "account_balance", "invoice_total", "writeoff", "unapplied_credit")
            if role in roles
        }
    return places


def column_sums(batch: Batch, rows: list[int], places: list[int]) -> list[Decimal | None]:
    """Each row's amount at the given places, read from the sheet itself."""
    if batch.cellar is None or not rows:
        return []
    own = rows is batch.rows
    cells = [] if own else columns_of(batch.sheet, rows, max(places) + 1, places)
    total: list[Decimal | None] = [None] * len(rows)
    for position in places:
        column = (
            batch.cellar.at(position, "aging")
            if own
            else parse_money(cells[position], batch.cellar.readers.money(batch.cellar.cells[position]))
        )
        if len(places) == 1:
            return column.values
        for place, value in enumerate(column.values):
            if value is not None:
                total[place] = value + (total[place] or _ZERO)
    return total


def control_totals(batch: Batch) -> tuple[ControlTotal, ...]:
    """The totals that the export prints, with what its rows add up to.

    Beside a grand total a subtotal is told only where it differs; without one, the subtotals are all there is.
    """
    if not batch.lines.totals and batch.lines.count_line is None:
        return ()
    amounts = {name: column_sums(batch, batch.rows, places) for name, places in money_places(batch).items()}
    places = money_places(batch)
    crowned = any(line.grand for line in batch.lines.totals)
    checked: list[ControlTotal] = []
    for line in batch.lines.totals:
        found = [
            _check(batch, line, position, amounts, places)
            for position, cell in line.cells
            if not isinstance(cell, str) or any(c.isdigit() for c in cell)
        ]
        checked += [one for one in found if one is not None and (line.grand or not crowned or not one.matches)]
    if batch.lines.count_line is not None:
        printed = batch.lines.count_line[1]
        if abs(printed - len(batch.rows)) <= max(1, len(batch.rows)):
            checked.append(ControlTotal("rows", Decimal(printed), Decimal(len(batch.rows))))
    return tuple(dict.fromkeys(checked))


def _check(
    batch: Batch, line: TotalLine, position: int, amounts: dict[str, list[Decimal | None]], places: dict[str, list[int]]
) -> ControlTotal | None:
    cell = batch.sheet.rows[line.row - 1][position]
    if batch.cellar is None or is_blank(cell):
        return None
    printed = batch.cellar.readers.money([cell]).read(cell)[0]
    if printed is None:
        return None
    spans = _spans(batch, line)
    own = min((name for name, at in places.items() if position in at), key=lambda name: len(places[name]), default=None)
    names = ([own] if own else []) + [name for name in amounts if name != own]
    for name in names:
        for low, high in spans:
            if _sum(batch, amounts[name], low, high, line.label) == printed:
                return ControlTotal(_canonical(name, batch), printed, printed)
    if not _aligned(line):  # a lone number may speak for any column, first of all for one that was not read whole
        own = next((name for name in names if _unread(batch, places[name], *spans[0], line.label)), own)
        own = own or ("outstanding" if "outstanding" in amounts else next(iter(amounts), None))
    return _difference(batch, line, own, printed, amounts[own], places[own], spans[0]) if own else None


def _difference(
    batch: Batch,
    line: TotalLine,
    name: str,
    printed: Decimal,
    values: list[Decimal | None],
    places: list[int],
    span: tuple[int, int],
) -> ControlTotal:
    """A total that its rows do not add up to, with what is known of the reason."""
    read = _sum(batch, values, *span, line.label)
    unread = _unread(batch, places, *span, line.label)
    texts = [] if unread else _texts(batch, places, *span, line.label)
    explained = bool(texts) and printed + sum(texts, _ZERO) == read
    return ControlTotal(_canonical(name, batch), printed, read, unread, len(texts) if explained else 0)


def _unread(batch: Batch, places: list[int], low: int, high: int, label: str) -> int:
    """How many amounts of these rows could not be read."""
    if batch.cellar is None:
        return 0
    counted = set(_covered(batch, low, high, label))
    return sum(len(counted & batch.cellar.at(position, "aging").wrong.keys()) for position in places)


def _texts(batch: Batch, places: list[int], low: int, high: int, label: str) -> list[Decimal]:
    """The amounts of these rows that a workbook stores as text, which a SUM over them passes by."""
    if batch.cellar is None or batch.sheet.name is None:
        return []
    return [
        value
        for position in places
        for place in _covered(batch, low, high, label)
        if isinstance(batch.cellar.cells[position][place], str)
        and (value := batch.cellar.at(position, "aging").values[place]) is not None
    ]


def _spans(batch: Batch, line: TotalLine) -> list[tuple[int, int]]:
    """The rows that a printed total may speak for, the likeliest first.

    A block begins under a group heading or under the total of the block before it.
    """
    starts = {line.since, *(other.until for other in batch.lines.totals if line.since < other.until < line.until)}
    blocks = [(start, line.until) for start in sorted(starts, reverse=True)[:_BLOCKS]]
    return [(0, len(batch.rows)), *blocks] if line.grand else [*blocks, (line.since, line.until), (0, line.until)]


def _aligned(line: TotalLine) -> bool:
    return sum(1 for _, cell in line.cells if not isinstance(cell, str)) > 1


def _canonical(name: str, batch: Batch) -> str:
    if name.startswith("aging "):
        return f"aging: {batch.mapping.heading(batch.mapping.positions['aging'][int(name.split()[1])])}"
    return name


def _sum(batch: Batch, values: list[Decimal | None], low: int, high: int, label: str) -> Decimal:
    picked = [values[place] for place in _covered(batch, low, min(high, len(values)), label)]
    return sum((value for value in picked if value is not None), _ZERO)


def _covered(batch: Batch, low: int, high: int, label: str) -> list[int]:
    """The rows of a span that the total's label speaks of: all, or those of one cover."""
    said = label.casefold()
    cover = "primary" if "primary" in said else "secondary" if "secondary" in said else None
    kinds = batch.columns.get("coverage", [])
    return [place for place in range(low, high) if cover is None or not kinds or kinds[place] == cover]
