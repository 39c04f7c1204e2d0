"""Her part of a workbook that carries ours: our tabs and columns left out by their markers, wherever they went."""

from __future__ import annotations

from dataclasses import replace

from billingkit.workbook.book import Book, Sheet, Value
from billingkit.workbook.markers import marked_columns
from billingkit.workbook.marks import TAB_PREFIX
from billingkit.workbook.notes import MARK
from billingkit.workbook.places import sheeted


def our_tabs(book: Book) -> frozenset[str]:
    """The names of our tabs, as they are called now."""
    places = (sheeted(text) for name, text in book.defined_names.items() if name.startswith(TAB_PREFIX))
    return frozenset(place[0] for place in places if place)


def without_ours(book: Book) -> Book:
    """The same workbook without our tabs, our columns and what our notes added to hers."""
    tabs = our_tabs(book)
    columns = marked_columns(book.defined_names)
    if not (tabs or columns):
        return book
    hers = tuple(
        _her_cells(sheet, columns.get(sheet.name or "", frozenset())) for sheet in book.sheets if sheet.name not in tabs
    )
    return replace(book, sheets=hers)


def _her_cells(sheet: Sheet, ours: frozenset[int]) -> Sheet:
    comments = {place: text.split(MARK)[0] for place, text in sheet.comments.items() if place[1] not in ours}
    if not ours:
        return replace(sheet, comments=comments)
    return replace(sheet, rows=[_blanked(row, ours) for row in sheet.rows], comments=comments)


def _blanked(row: list[Value], ours: frozenset[int]) -> list[Value]:
    if len(row) < min(ours):
        return row
    kept: list[Value] = [None if column in ours else value for column, value in enumerate(row, 1)]
    while kept and kept[-1] is None:
        kept.pop()
    return kept
