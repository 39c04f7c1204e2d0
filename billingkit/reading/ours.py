"""A workbook that we annotated, as the practice's own: our tabs and columns are left out by their markers."""

from __future__ import annotations

from dataclasses import replace

from billingkit.workbook.book import Book, Sheet
from billingkit.workbook.markers import marked_columns
from billingkit.workbook.marks import TAB_PREFIX


def our_tabs(book: Book) -> frozenset[str]:
    """The names of the tabs that we put in."""
    texts = (text for name, text in book.defined_names.items() if name.startswith(TAB_PREFIX))
    return frozenset(text.lstrip("=").rpartition("!")[0].strip("'").replace("''", "'") for text in texts)


def without_our_columns(book: Book) -> Book:
    """The book with our columns blank; rows and columns keep their places."""
    marked = marked_columns(book.defined_names)
    if not marked:
        return book
    sheets = tuple(_cleared(sheet, marked.get(sheet.name or "", frozenset())) for sheet in book.sheets)
    return replace(book, sheets=sheets)


def _cleared(sheet: Sheet, columns: frozenset[int]) -> Sheet:
    if not columns:
        return sheet
    rows = [[None if place in columns else cell for place, cell in enumerate(row, 1)] for row in sheet.rows]
    comments = {at: text for at, text in sheet.comments.items() if at[1] not in columns}
    return replace(sheet, rows=rows, comments=comments)
