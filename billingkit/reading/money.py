"""Amounts as exact decimals: what practices and systems print, and nothing that has to be guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from operator import sub
from typing import Final

from billingkit.reading.fold import NOT_KNOWN
from billingkit.workbook.book import NotCalculated, Value

Amount = tuple[Decimal | None, str]  # the amount, or what is wrong
SIGNS: Final = {
    "GBP": ("\u00a3", "gbp"),
    "USD": ("$", "us$", "usd"),
    "EUR": ("\u20ac", "eur"),
    "CAD": ("$", "c$", "ca$", "cad"),
    "AUD": ("$", "a$", "au$", "aud"),
    "NZD": ("$", "nz$", "nzd"),
    "CHF": ("chf", "fr.", "sfr."),
    "SEK": ("kr", "sek"),
    "NOK": ("kr", "nok"),
    "DKK": ("kr", "dkk"),
    "INR": ("\u20b9", "inr"),
    "ZAR": ("r", "zar"),
}
_ANY: Final = tuple(sorted({sign for signs in SIGNS.values() for sign in signs if sign != "r"}, key=len, reverse=True))
_POINT: Final = re.compile(r"^(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d{1,2})?\.?$")
_COMMA: Final = re.compile(r"^(?:\d{1,3}(?:[. '\u00a0\u202f]\d{3})+|\d+)?(?:,\d{1,2})?$")
_COMMA_SIGN: Final = re.compile(r"^\D*\d{1,3}(?:\.\d{3})*,\d{1,2}\D*$|^\D*\d{1,3}(?:\.\d{3}){2,}\D*$")
_MARKS: Final = "*#\u2020\u2021^~"
_CENT: Final = Decimal("0.01")
_LARGEST: Final = Decimal(10) ** 15
_PRECISE: Final = 1e6
_NEARLY: Final = 1e-7  # what a float of that size leaves behind whole cents is far smaller
_PLAIN_TYPES: Final = frozenset({float, int, type(None)})
ZERO: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class MoneyReader:
    """Reads one column's cells. `marks` are the marks the practice gave a meaning, such as `*`."""

    currency: str | None
    decimal_sign: str | None
    marks: frozenset[str] = frozenset()
    dash_is_zero: bool = False
    wary: bool = False  # nobody declared the decimal sign and the column also shows decimal commas
    signs: tuple[str, ...] = ()

    def read(self, cell: Value) -> Amount:
        """One cell's amount, or the code of what is wrong with it."""
        if type(cell) is float or type(cell) is int:
            return _number(cell)
        if cell is None:
            return None, ""
        if isinstance(cell, str):
            return self._text(cell)
        return None, "not_calculated" if isinstance(cell, NotCalculated) else "unreadable_amount"

    def mark(self, cell: str) -> str:
        """The practice's own mark on an amount, such as the star in `768.00*`."""
        text = cell.strip()
        return next((end for end in (text[-1:], text[:1]) if end in self.marks), "") if text else ""

    def _text(self, cell: str) -> Amount:
        text = " ".join(cell.split()).casefold().replace("\u2212", "-").replace("\u2013", "-")
        if not text or text in {"n/a", "na", "none", "null"}:
            return None, ""
        if text in NOT_KNOWN:
            return None, "missing"
        if text == "nil":
            return ZERO, ""
        if text[-1] in _MARKS or text[0] in _MARKS:
            if not self.mark(text):
                return None, "unreadable_amount"
            text = text.strip(_MARKS).strip()
        return self._signed(text)

    def _signed(self, text: str) -> tuple[Decimal | None, str]:
        text, bracket = (text[1:-1].strip(), True) if text.startswith("(") and text.endswith(")") else (text, False)
        text, first = _minus(text)
        text, sign = self._sign(text)
        text, second = _minus(text)
        if sign and not text and (first or second):
            return ZERO, ""  # Excel's accounting format prints zero as a currency sign and a dash
        if not text:
            return (ZERO, "") if self.dash_is_zero and not bracket else (None, "unreadable_amount")
        if bracket + first + second > 1:
            return None, "unreadable_amount"
        value = self._plain(text)
        if value is None:
            return None, "unreadable_amount"
        return (-value if bracket or first or second else value), ""

    def _sign(self, text: str) -> tuple[str, bool]:
        own = SIGNS.get(self.currency or "", ()) if self.currency else self.signs or _ANY
        for sign in sorted(own, key=len, reverse=True):
            if text.startswith(sign):
                return text[len(sign) :].strip(), True
            if text.endswith(sign):
                return text[: -len(sign)].strip(), True
        return text, False

    def _plain(self, text: str) -> Decimal | None:
        if not any(character.isdigit() for character in text) or not text.isascii():
            return None
        if self.decimal_sign == ",":
            if not _COMMA.match(text):
                return None
            text = re.sub(r"[. ']", "", text).replace(",", ".")
        elif not _POINT.match(text) or (self.wary and re.fullmatch(r"\d{1,3}[.,]\d{3}", text)):
            return None
        value = Decimal(text.replace(",", "").rstrip("."))
        return value.quantize(_CENT) if value < _LARGEST else None


def _minus(text: str) -> tuple[str, bool]:
    if text.startswith("-"):
        return text[1:].strip(), True
    if text.endswith("-"):
        return text[:-1].strip(), True
    return text, False


def _number(cell: float) -> Amount:
    if -_PRECISE < cell < _PRECISE:
        cents = cell * 100
        whole = round(cents)
        return (_CENT * whole, "") if abs(cents - whole) < _NEARLY else (None, "unreadable_amount")
    if cell != cell or abs(cell) >= 1e13:  # noqa: PLR0124  # a number that is not itself is not a number
        return None, "unreadable_amount"
    # Excel shows 15 digits; what a sum left behind them is not part of the amount
    value = Decimal(format(cell, ".15g"))
    rounded = value.quantize(_CENT)
    return (rounded, "") if rounded == value or abs(value - rounded) < Decimal("1e-9") else (None, "unreadable_amount")


def plain_amounts(cells: Sequence[Value]) -> list[Decimal | None] | None:
    """A column of plain numbers and blanks as amounts, all at once; None where a cell must be read on its own."""
    if not set(map(type, cells)) <= _PLAIN_TYPES:
        return None
    numbers: list[float] = [cell or 0 for cell in cells]  # type: ignore[misc]
    if max(map(abs, numbers), default=0) >= _PRECISE or not isfinite(sum(numbers)):
        return None
    cents = [number * 100 for number in numbers]
    whole = list(map(round, cents))
    if max(map(abs, map(sub, cents, whole)), default=0) >= _NEARLY:
        return None
    amounts = map(_CENT.__mul__, whole)
    return [None if cell is None else amount for cell, amount in zip(cells, amounts, strict=True)]


def signs_in(texts: list[str]) -> tuple[str, ...]:
    """The currency signs that a column's texts show, longest first; the caller asks where there are several."""
    found = {sign for text in texts for sign in [next((s for s in _ANY if s in text.casefold()), "")] if sign}
    return tuple(sorted(found, key=len, reverse=True))


def shows_decimal_commas(texts: list[str]) -> bool:
    """Whether a column shows amounts such as 12,50 or 1.234,56."""
    return any(_COMMA_SIGN.match(text.strip()) for text in texts)
