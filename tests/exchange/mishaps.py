"""Packs as they come back: read as values, then bent in every way that people bend workbooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from exchange import reviews

from billingkit.decided import Review
from billingkit.exchange import Answers, asked_in, read_answers
from billingkit.exchange.tabs import write_tabs
from billingkit.workbook import read_book
from billingkit.workbook.book import Book, Sheet

PRACTICE = "Harbour Street Dental"
TAB = "Action list"


def pack(folder: Path) -> tuple[Review, Book]:
    """The week's review, and its pack as it went out."""
    review = reviews.review(folder)
    target = folder / "tabs.xlsx"
    write_tabs(target, review, pack_id=reviews.PACK, made_of=())
    return review, read_book(target)


def receive(review: Review, book: Book, *, sent: Book | None = None, **more: Any) -> Answers:
    """Read a pack as the practice's own folder would."""
    told: dict[str, Any] = {
        "asked": asked_in(review),
        "pack_ids": {reviews.PACK: review.as_of},
        "practice": PRACTICE,
        "as_of": date(2026, 11, 27),
        "date_order": "day first",
    }
    return read_answers(book, **{**told, **more}, sent=sent)


def ref_of(code: str) -> str:
    return next(one.ref for one in reviews.questions() if one.code == code)


def head_of(sheet: Sheet) -> int:
    """Where the headings stand, counted from 0."""
    return next(place for place, row in enumerate(sheet.rows) if row and row[0] == "Ref")


def change(book: Book, tab: str, bend: Callable[[list[list[Any]]], list[list[Any]]]) -> Book:
    """One tab's rows bent; all others as they were."""
    sheets = tuple(
        replace(sheet, rows=bend([list(row) for row in sheet.rows])) if sheet.name == tab else sheet
        for sheet in book.sheets
    )
    return replace(book, sheets=sheets)


def fill(book: Book, ref: str, tab: str = TAB, **cells: Any) -> Book:
    """Type into a line of a tab: `fill(book, ref, Answer="supplied", Answered_by="M")`."""

    def typed(rows: list[list[Any]]) -> list[list[Any]]:
        head = next(row for row in rows if row and row[0] == "Ref")
        for row in rows:
            if row and row[0] == ref:
                row.extend([None] * (len(head) - len(row)))
                for heading, value in cells.items():
                    row[head.index(heading.replace("_", " "))] = value
        return rows

    return change(book, tab, typed)
