"""The practice's rows as a new workbook, where its own file cannot carry our columns: text files, old formats, locked ones.

Same sheets, same rows, same columns, typed as they were read; what a person saw as text stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from billingkit.columns import BALANCES, CLAIMS
from billingkit.exchange.typed import shown
from billingkit.workbook.book import ErrorCell, NotCalculated, Sheet
from billingkit.workbook.fresh import column_letters, open_workbook
from billingkit.workbook.places import number

if TYPE_CHECKING:
    from io import BytesIO

    from billingkit.decided import Review
    from billingkit.week import TableRead
    from billingkit.workbook.book import Book, Value
    from billingkit.workbook.fresh import Tab

_EXACT: Final = re.compile(r"-?\d{1,12}(?:\.\d{1,2})?")
_NOT_IN_TABS: Final = re.compile(r"[\[\]:*?/\\]")
_WIDEST, _NARROWEST, _SAMPLE = 44, 7, 60
MONEY_COLUMNS: Final = frozenset(one.name for one in (*CLAIMS, *BALANCES) if one.kind == "money")


@dataclass(frozen=True, slots=True)
class Copied:
    """One sheet of the new workbook and where it came from."""

    file: str
    sheet: str | None
    tab: str


def copy_books(target: BytesIO, books: Sequence[Book], review: Review) -> tuple[Copied, ...]:
    """Every sheet of some files as sheets of one new workbook, on the same rows and columns."""
    copied: list[Copied] = []
    with open_workbook(target, as_of=review.as_of) as fresh:
        for book in books:
            for sheet in book.sheets:
                name = _free_tab(sheet.name or PurePath(book.file).stem, copied)
                tables = [one for one in review.week.tables if (one.file, one.sheet) == (book.file, sheet.name)]
                _copy(fresh.add_tab(name), sheet, tables, text=book.kind in {"csv", "tsv", "txt"})
                copied.append(Copied(book.file, sheet.name, name))
    return tuple(copied)


def copy_without_names(target: BytesIO, review: Review) -> tuple[Copied, ...]:
    """The columns we know of every table, with pseudonyms, on the true rows; free text and titles stay behind."""
    copied: list[Copied] = []
    with open_workbook(target, as_of=review.as_of) as fresh:
        tabs: dict[tuple[str, str | None], Tab] = {}
        for table in review.week.tables:
            where = (table.file, table.sheet)
            if where not in tabs:
                name = _free_tab(f"{table.holds.capitalize()} {len(copied) + 1}", copied)
                tabs[where] = fresh.add_tab(name)
                copied.append(Copied(*where, name))
            _copy_known(tabs[where], table, review)
    return tuple(copied)


def _free_tab(wanted: str, copied: Sequence[Copied]) -> str:
    name = _NOT_IN_TABS.sub(" ", wanted).strip("' ")[:31] or "Sheet"
    taken, free, place = {one.tab.casefold() for one in copied} | {"history"}, name, 1
    while free.casefold() in taken:
        place += 1
        free = f"{name[:27]} {place}"
    return free


def _copy(tab: Tab, sheet: Sheet, tables: Sequence[TableRead], *, text: bool) -> None:
    money = {
        (row, number(letters))
        for table in tables
        for column, letters in table.letters.items()
        if column in MONEY_COLUMNS
        for row in range(table.first_row, table.last_row + 1)
    }
    heads = {row for table in tables for row in table.header_rows}
    for row, values in enumerate(sheet.rows, 1):
        for column, value in enumerate(values, 1):
            if value is None or value == "":
                continue
            if row in heads:
                tab.text(row, column, shown(value), "label")
            elif (row, column) in money and isinstance(value, str) and _EXACT.fullmatch(value.strip()):
                tab.money(row, column, Decimal(value.strip()))
            else:
                _put(tab, row, column, value, sheet.number_formats.get((row, column), ""))
    for (row, column), said in sheet.comments.items():
        tab.note(row, column, said)
    _look(tab, sheet, tables)
    if text:
        wide = max((len(row) for row in sheet.rows), default=1) or 1
        tab.sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(wide)}{max(1, len(sheet.rows))}"})


def _put(tab: Tab, row: int, column: int, value: Value, shown_as: str) -> None:
    if isinstance(value, str):
        tab.text(row, column, value)
    elif isinstance(value, bool):
        tab.text(row, column, "TRUE" if value else "FALSE")
    elif isinstance(value, date):
        tab.date(row, column, value)
    elif isinstance(value, int | float) and shown_as and set(shown_as) == {"0"}:
        # "00000" on a number says that zeros in front belong to it: kept as a person saw it
        tab.text(row, column, str(int(value)).zfill(len(shown_as)))
    elif isinstance(value, int | float):
        # beyond 15 digits a number in a cell would change
        large = abs(value) >= 10**15
        tab.text(row, column, str(value)) if large else tab.number(row, column, value, kind="text")
    elif isinstance(value, time | timedelta | ErrorCell):
        tab.text(row, column, shown(value))
    elif isinstance(value, NotCalculated):
        tab.text(row, column, "(not calculated)")


def _look(tab: Tab, sheet: Sheet, tables: Sequence[TableRead]) -> None:
    first = min((table.header_rows[-1] for table in tables if table.header_rows), default=0)
    for column in range(max((len(row) for row in sheet.rows), default=0)):
        sample = [shown(row[column]) for row in sheet.rows[first : first + _SAMPLE] if column < len(row)]
        longest = max((len(text) for text in sample), default=0)
        tab.width(column + 1, min(_WIDEST, max(_NARROWEST, longest + 2)))
    if first:
        tab.freeze(first + 1)
    tab.print_on(title_row=first or None)


def _copy_known(tab: Tab, table: TableRead, review: Review) -> None:
    frame = review.week.claims if table.holds == "claims" else review.week.balances
    columns = [one for one in (CLAIMS if table.holds == "claims" else BALANCES) if one.name in table.letters]
    head = table.header_rows[-1] if table.header_rows else None
    for place, column in enumerate(columns, 1):
        if head:
            tab.text(head, place, column.heading, "label")
        tab.width(place, 20 if column.kind in {"text", "list"} else 13)
    for row in _rows_of(frame.iter_rows(named=True), table):
        for place, column in enumerate(columns, 1):
            value = row[column.name]
            if value is not None:
                tab.value(row["source_row"], place, value, kind="code" if column.kind == "id" else None)
    if head:
        tab.freeze(head + 1)
    tab.print_on(title_row=head)


def _rows_of(rows: Iterator[dict[str, Any]], table: TableRead) -> Iterator[dict[str, Any]]:
    for row in rows:
        here = (row["source_file"], row["source_sheet"]) == (table.file, table.sheet)
        if here and table.first_row <= row["source_row"] <= table.last_row:
            yield row
