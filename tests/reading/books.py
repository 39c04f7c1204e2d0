"""Small books made in memory or as text, so that a layout stands in the test that is about it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from billingkit.reading import read_books, read_sources
from billingkit.workbook.book import Book, Sheet

AS_OF = date(2026, 11, 20)


def book(sheets, **more):
    """A workbook as values: sheet name -> rows, or a whole Sheet."""
    made = tuple(
        rows if isinstance(rows, Sheet) else Sheet(name, hidden=False, rows=[list(row) for row in rows])
        for name, rows in sheets.items()
    )
    return Book(more.pop("file", "book.xlsx"), more.pop("kind", "xlsx"), "0" * 64, made, **more)


def week_of(sheets, policy, **more):
    """The week of one workbook made in memory."""
    return read_books([(Path("book.xlsx"), book(sheets, **more))], policy, AS_OF, salt="salt")


def week_of_text(folder, name, text, policy, encoding="utf-8"):
    """The week of one text file."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read_sources([path], policy, AS_OF, salt="salt")


def rows(frame, *columns):
    """Some columns of a frame as plain tuples: dates and amounts as text, unknown as empty."""
    return [
        tuple("" if value is None else value if isinstance(value, bool | int) else str(value) for value in row)
        for row in frame.select(columns).iter_rows()
    ]
