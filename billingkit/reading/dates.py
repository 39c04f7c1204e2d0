"""Dates as practices write them: typed cells and ISO text as they are, other text in the declared order only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from billingkit.reading.fold import NOT_KNOWN, NOTHING
from billingkit.workbook.book import NotCalculated, Value

Parsed = tuple[date | None, str]  # the date, or why there is none ("" for a blank)
_ISO: Final = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?$")
_YEAR_FIRST: Final = re.compile(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?: \d{1,2}:\d{2}.*)?$")
_SWAPPABLE: Final = re.compile(r"^(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{4}|\d{2})(?:[ ,]+\d{1,2}[:.]\d{2}.*)?$")
_WEEKDAY: Final = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_DAY_WORD: Final = re.compile(
    r"^(\d{1,2})(?:st|nd|rd|th)?[\s\-/.]+([a-z\u00e4\u00e9\u00fb]{3,10})\.?,?[\s\-/.]+(\d{4}|\d{2})(?:[ ,]+\d{1,2}[:.]\d{2}.*)?$",
    re.IGNORECASE,
)
_WORD_DAY: Final = re.compile(
    r"^([a-z]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}|\d{2})(?:[ ,]+\d{1,2}[:.]\d{2}.*)?$", re.IGNORECASE
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_NOT_YET: Final = frozenset(
    {"not yet", "not sent", "not sent yet", "unsent", "to send", "never", "not billed", "none yet"}
)
_NEVER: Final = frozenset({date(1, 1, 1), date(1900, 1, 1), date(1899, 12, 30), date(1899, 12, 31)})


@dataclass(frozen=True, slots=True)
class DateReader:
    """Reads one column's cells. `order` is "day first", "month first" or None where nobody declared it.

    `mixed` says that the column holds dates of both orders, so that none of them can be trusted undeclared.
    """

    order: str | None
    as_of: date
    birth: bool = False
    mixed: bool = False

    def read(self, cell: Value) -> Parsed:
        """One cell's date, or the code of what is wrong with it."""
        if isinstance(cell, str):
            return self._read_text(" ".join(cell.split()))
        if isinstance(cell, date):
            return _real(cell.date() if isinstance(cell, datetime) else cell)
        if cell is None:
            return None, ""
        return None, "not_calculated" if isinstance(cell, NotCalculated) else "unreadable_date"

    def _read_text(self, text: str) -> Parsed:
        said = text.casefold()
        if said in NOTHING or said in NOT_KNOWN or said in _NOT_YET:
            return None, ""
        return self._text(_WEEKDAY.sub("", text))

    def _text(self, text: str) -> Parsed:
        found = _ISO.match(text) or _YEAR_FIRST.match(text)
        if found:
            return _made(int(found[1]), int(found[2]), int(found[3]))
        found = _DAY_WORD.match(text)
        if found:
            return self._worded(found[2], found[1], found[3])
        found = _WORD_DAY.match(text)
        if found:
            return self._worded(found[1], found[2], found[3])
        found = _SWAPPABLE.match(text)
        return self._ordered(int(found[1]), int(found[2]), found[3]) if found else (None, "unreadable_date")

    def _worded(self, word: str, day: str, year: str) -> Parsed:
        month = next(
            (
                number
                for number, (short, long) in enumerate(zip(_MONTHS, _LONG, strict=True), 1)
                if word.casefold() in {short, long} or (word.casefold() == "sept" and number == 9)
            ),
            0,
        )
        if not month:
            return None, "unreadable_date"
        return self._dated(year, month, int(day))

    def _ordered(self, first: int, second: int, year: str) -> Parsed:
        if (first, second) == (1, 1) and year == "0001":
            return None, ""
        if self.order == "day first":
            return self._dated(year, second, first)
        if self.order == "month first":
            return self._dated(year, first, second)
        if first == second:
            return self._dated(year, first, second)
        if max(first, second) <= (31 if self.mixed else 12):
            return None, "ambiguous_date" if first and second else "unreadable_date"
        return self._dated(year, second, first) if first > 12 else self._dated(year, first, second)

    def _dated(self, year: str, month: int, day: int) -> Parsed:
        if len(year) == 4:
            return _made(int(year), month, day)
        value, wrong = _made(2000 + int(year), month, day)
        if self.birth and value and value <= self.as_of:
            return None, "ambiguous_date"  # 14 may be 1914 or 2014
        if value and value.year > self.as_of.year + 20:
            return _made(1900 + int(year), month, day)
        return value, wrong


def both_orders(cells: Iterable[Value]) -> bool:
    """Whether a column's text holds a date that fits day first only, and another that fits month first only."""
    found = [
        date
        for text in {cell for cell in cells if isinstance(cell, str)}
        for date in [_SWAPPABLE.match(_WEEKDAY.sub("", " ".join(text.split())))]
        if date
    ]
    pairs = {(int(date[1]), int(date[2])) for date in found}
    return any(12 < first <= 31 and second <= 12 for first, second in pairs) and any(
        12 < second <= 31 and first <= 12 for first, second in pairs
    )


def _made(year: int, month: int, day: int) -> Parsed:
    try:
        return _real(date(year, month, day))
    except ValueError:
        return None, "unreadable_date"


def _real(value: date) -> Parsed:
    """Systems write the first day of their calendar where they have none."""
    return (None, "") if value in _NEVER else (value, "")
