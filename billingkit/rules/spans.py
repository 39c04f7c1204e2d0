"""What a manager types into a cell about days, counts or money, read as spans of whole numbers.

Every reading is exact or refused; a refusal says what to type instead.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from billingkit.rules.column import MINOR, Column, fold

Span = tuple[int | None, int | None]  # both ends in; None is open


class Unreadable(ValueError):
    """A cell that cannot be read: what is wrong, and what to type instead."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        self.message, self.suggestion = message, suggestion
        super().__init__(message if suggestion is None else f"{message} {suggestion}")


def as_written(message: str, typed: str) -> str:
    """The message with what it quotes spelled as it stands in the cell: reading folds capitals and spaces away."""

    def spelled(quoted: re.Match[str]) -> str:
        words = (re.escape(word).replace("'", "['\u2019]") for word in quoted[1].split())
        found = re.search(r"[\s_]+".join(words), typed, re.IGNORECASE)
        return f'"{found[0]}"' if found else quoted[0]

    return re.sub(r'"([^"]+)"', spelled, message)


def cell_text(raw: object) -> str:
    """A cell as text, whole numbers without a point; raises Unreadable where Excel shows an error or no value."""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if raw is None or isinstance(raw, (str, int, float, Decimal, date)):
        text = "" if raw is None else str(raw).strip()
    else:  # an error or a formula that was never worked out, as whoever opened the file hands it over
        text = str(getattr(raw, "text", ""))
        if not text:
            raise Unreadable("This cell holds no value that can be read here.", "Type it as text.")
    if text.startswith("#") and text.upper() == text and len(text) > 1:
        raise Unreadable(f"Excel shows the error {text} here.", "Type it again, as text.")
    return text


AMOUNT: Final = r"[-+]?\s*[£$€]?\s*[-+]?\d[\d.,]*(?:\s*[a-z]+)?"
NUMBER: Final = re.compile(r"([-+]?)\s*([£$€]?)\s*([-+]?)(\d[\d.,]*)\s*([a-z£$€%]*)")
MONEY_WORDS: Final = frozenset(
    "£ $ € gbp usd eur cad aud nzd chf pound pounds dollar dollars euro euros".split()  # noqa: SIM905 - reads as a line
)
DAYS_IN: Final = {"week": 7, "weeks": 7, "wk": 7, "wks": 7, "w": 7}
INEXACT: Final = frozenset("month months mth mths year years yr yrs".split())  # noqa: SIM905 - reads as a line
BEFORE: Final = (
    (r"(?:>=|=>|at least|no less than|not less than|not under|minimum|min|from)\s*", "low"),
    (r"(?:<=|=<|at most|no more than|not more than|not over|up to|maximum|max)\s*", "high"),
    (r"(?:>|more than|greater than|over|above)\s*", "above"),
    (r"(?:<|less than|fewer than|under|below)\s*", "below"),
    (r"(?:=|exactly|equals?|is)\s*", "exact"),
)
AFTER: Final = (
    (r"\s*(?:\+|(?:or|and) (?:more|over|above|later|up)|plus)", "low"),
    (r"\s*(?:(?:or|and) (?:less|fewer|under|below))", "high"),
)


def tidy(text: str) -> str:
    """Lower case, single spaces, plain dashes and comparison signs."""
    text = fold(text).replace("\u2265", ">=").replace("\u2264", "<=").replace("\u2026", "..")
    return re.sub(r"[\u2012-\u2015\u2212]", "-", text)


def number(text: str, column: Column) -> int:
    """One number of the column, in hundredths for money."""
    match = NUMBER.fullmatch(text.strip())
    if match is None and re.fullmatch(r"\d+(?:, \d+)+", text.strip()):
        raise Unreadable(f'"{text.strip()}" has a comma.', f'Write "{text.strip().replace(", ", " or ")}".')
    if match is None:
        raise Unreadable(f'"{text.strip()}" is not a number.', 'Type something like "30 or more" or "14 to 29".')
    before, sign, after, digits, unit = match.groups()
    value = _digits(digits, column)
    _check_unit(text.strip(), sign, unit, value, column)
    if "-" in before + after:
        value = -value
    return _in_range(text.strip(), _whole(text.strip(), value, column), column)


def _digits(digits: str, column: Column) -> Decimal:
    """The digits as a number; a comma only where it plainly groups thousands."""
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?", digits):
        return Decimal(digits.replace(",", ""))
    if column.kind == "money" and re.fullmatch(r"\d+,\d{1,2}", digits):
        raise Unreadable(f'"{digits}" has a comma.', f'Write "{digits.replace(",", ".")}".')
    if "," in digits:
        parts = " or ".join(part for part in digits.split(",") if part)
        raise Unreadable(f'"{digits}" has a comma, which never makes a list of numbers here.', f'Write "{parts}".')
    raise Unreadable(f'"{digits}" is not a number.')


def _check_unit(text: str, sign: str, unit: str, value: Decimal, column: Column) -> None:
    """Refuse a unit that is not the column's own."""
    in_what = "money" if column.kind == "money" else column.unit or "whole numbers"
    if column.kind == "money":
        if unit and unit not in MONEY_WORDS and unit != fold(column.unit):
            raise Unreadable(f'"{text}": this column is an amount, not "{unit}".')
        return
    if sign or unit in MONEY_WORDS:
        raise Unreadable(f'"{text}" is an amount, but this column is in {in_what}.', f'Write "{value}".')
    own = fold(column.unit)
    if not unit or unit in (own, own.removesuffix("s"), own + "s") or (own == "days" and unit == "d"):
        return
    if own == "days" and unit in DAYS_IN:
        raise Unreadable(f'"{text}": this column is in days.', f'Write "{(value * DAYS_IN[unit]).normalize():f}".')
    if own == "days" and unit in INEXACT:
        raise Unreadable(f'"{text}": this column is in days, and {unit} differ in length.', "Write the number of days.")
    raise Unreadable(f'"{text}": this column is in {in_what}, not "{unit}".', f'Write "{value}".')


def _whole(text: str, value: Decimal, column: Column) -> int:
    """The number as held: hundredths for money, whole otherwise."""
    held = value * MINOR if column.kind == "money" else value
    if held != held.to_integral_value():
        what = "at most two decimals" if column.kind == "money" else f"whole {column.unit or 'numbers'} only"
        raise Unreadable(f'"{text}": {what}.', f'Write "{int(value)}" or "{int(value) + 1}".')
    return int(held)


def _in_range(text: str, value: int, column: Column) -> int:
    """The number, refused outside the column's range."""
    low, high = column.bounds
    if low <= value <= high:
        return value
    if column.low is None or column.high is None:
        runs = f"from {column.show(low)}" if column.low is not None else f"up to {column.show(high)}"
    else:
        runs = f"from {column.show(low)} to {column.show(high)}"
    raise Unreadable(f'"{text}" can never happen: {column.heading} runs {runs}.')


def span(text: str, column: Column) -> Span:
    """One test of a number, such as "30 or more" or "14 to 29", as a span with both ends in."""
    text = text.strip()
    for reading in (_suffixed, _brackets, _between, _prefixed):
        found = reading(text, column)
        if found is not None:
            return _not_empty(text, found, column)
    value = number(text, column)
    return value, value


def _not_empty(text: str, found: Span, column: Column) -> Span:
    low, high = found
    bottom, top = column.bounds
    if (low if low is not None else bottom) <= (high if high is not None else top):
        return found
    if low is not None and high is not None and low > high:
        swapped = f'Swap them: "{column.show(high)} to {column.show(low)}".' if high >= bottom else None
        raise Unreadable(f'"{text}" runs backwards.', swapped)
    raise Unreadable(f'"{text}" can never be true in {column.heading}.')


def _prefixed(text: str, column: Column) -> Span | None:
    for pattern, end in BEFORE:
        match = re.match(pattern, text)
        if match and match.end() < len(text):
            value = number(text[match.end() :], column)
            ends: dict[str, Span] = {
                "low": (value, None),
                "high": (None, value),
                "above": (value + 1, None),
                "below": (None, value - 1),
                "exact": (value, value),
            }
            return ends[end]
    return None


def _suffixed(text: str, column: Column) -> Span | None:
    for pattern, end in AFTER:
        match = re.fullmatch(rf"({AMOUNT}){pattern}", text)
        if match:
            value = number(match[1], column)
            return (value, None) if end == "low" else (None, value)
    return None


def _brackets(text: str, column: Column) -> Span | None:
    match = re.fullmatch(r"([\[(\]])\s*(.+?)\s*(?:\.\.\.?|;|,| to )\s*(.+?)\s*([\])\[])", text)
    if match is None:
        return None
    low, high = number(match[2], column), number(match[3], column)
    return low + (match[1] != "["), high - (match[4] != "]")


def _between(text: str, column: Column) -> Span | None:
    patterns = (
        rf"between\s+({AMOUNT})\s+and\s+({AMOUNT})",
        rf"(?:from\s+|between\s+)?({AMOUNT})\s*(?:to|until|through|\.\.\.?)\s*({AMOUNT})",
        rf"({AMOUNT})\s*-\s*({AMOUNT})",
    )
    for pattern in patterns:
        match = re.fullmatch(pattern, text)
        if match:
            return number(match[1], column), number(match[2], column)
    return None
