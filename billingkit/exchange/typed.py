"""One typed cell: what a person meant, or why it cannot be taken. Nothing is guessed and nothing is matched by likeness."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from billingkit.policy.practice import DATE_ORDERS
from billingkit.terms import STATUSES
from billingkit.workbook.book import ErrorCell, NotCalculated, Value

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_NAMED: Final = re.compile(r"(?:[a-z]{3,9},? )?(\d{1,2})[ -]([a-z]{3,9})\.?[ -](\d{4})")
NUMBERED: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_GROUPED: Final = {
    ".": re.compile(r"-?\d{1,3}(?:,\d{3})*(?:\.\d{1,2})?|-?\d+(?:\.\d{1,2})?"),
    ",": re.compile(r"-?\d{1,3}(?:\.\d{3})*(?:,\d{1,2})?|-?\d+(?:,\d{1,2})?"),
}
LONGEST_NAME: Final = 80
_EPOCH: Final = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a cell cannot be taken, in words for the person who typed it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Habits:
    """How this practice writes dates and amounts; None where it never said."""

    date_order: str | None = None  # "day first" or "month first"
    decimal_sign: str | None = None
    days_as_numbers: bool = False  # the file lost its date formats: our own dates came back as numbers


def shown(value: Value) -> str:
    """The cell as a person sees it, near enough to find it again."""
    if value is None:
        return ""
    if isinstance(value, ErrorCell):
        return value.text
    if isinstance(value, NotCalculated):
        return "a formula"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def blank(value: Value) -> bool:
    """Whether nothing was typed."""
    return value is None or (isinstance(value, str) and not value.strip())


def plain(text: str) -> str:
    """Case and spacing ignored, nothing else."""
    return " ".join(text.casefold().split())


def unusable(value: Value) -> Doubt | None:
    """Why no answer can be read from this cell at all, whatever it was meant to hold."""
    if isinstance(value, ErrorCell):
        return Doubt(f"the cell shows {value.text}; please type the answer itself")
    if isinstance(value, NotCalculated) or (isinstance(value, str) and value.lstrip().startswith("=")):
        return Doubt("a formula; please type the answer itself")
    if isinstance(value, bool):
        return Doubt(f"{value} is not an answer here; please choose from the list")
    return None


def word(value: Value, allowed: Collection[str], every: Collection[str]) -> str | Doubt:
    """One of the words that fit; `every` are all words there are, so that a misplaced one is told apart."""
    if doubt := unusable(value):
        return doubt
    told = plain(shown(value))
    listed = ", ".join(f'"{one}"' for one in allowed)
    if not isinstance(value, str):
        return Doubt(f"a word was expected here; please choose one of {listed}")
    if told in allowed:
        return told
    if told in every:
        return Doubt(f'"{told}" does not fit this question; please choose one of {listed}')
    return Doubt(f"this is not one of the answers; please choose one of {listed}")


def day(value: Value, habits: Habits) -> date | Doubt:
    """A date that exists and can be read in one way only."""
    if doubt := unusable(value):
        return doubt
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float):
        return _serial(value, habits)
    if isinstance(value, str):
        return _day_in_words(plain(value), habits)
    return Doubt("a date was expected here, such as 27 Nov 2026")


def _serial(value: float, habits: Habits) -> date | Doubt:
    # Values pasted into a new workbook lose their formats. Only where our own dates came back as numbers too is a
    # number known to be a date.
    if habits.days_as_numbers and float(value).is_integer() and 36_526 <= value <= 73_050:
        return _EPOCH + timedelta(days=int(value))
    return Doubt("a number where a date was expected; please type a date, such as 27 Nov 2026")


def _day_in_words(text: str, habits: Habits) -> date | Doubt:
    if found := _ISO.fullmatch(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NAMED.fullmatch(text):
        month = next((n for n, name in enumerate(MONTHS, 1) if _is_month(found[2], name)), 0)
        return _date(int(found[3]), month, int(found[1])) if month else Doubt("there is no such month")
    if not (found := NUMBERED.fullmatch(text)):
        return Doubt("this cannot be read as a date; please type it like 27 Nov 2026")
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    if first == second or first > 12 or habits.date_order == "day first":
        return _date(year, second, first)
    if second > 12 or habits.date_order == "month first":
        return _date(year, first, second)
    return Doubt("this date can be read in two ways; please type it like 27 Nov 2026")


def _is_month(text: str, short: str) -> bool:
    full = date(2000, MONTHS.index(short) + 1, 1).strftime("%B").casefold()
    return text in {short, full} or (text == "sept" and short == "sep")


def _date(year: int, month: int, number: int) -> date | Doubt:
    try:
        return date(year, month, number)
    except ValueError:
        return Doubt("there is no such day in the calendar; please check the date")


def amount(value: Value, habits: Habits) -> Decimal | Doubt:
    """An amount of money, to the cent."""
    if doubt := unusable(value):
        return doubt
    if isinstance(value, int | float):
        told = Decimal(repr(value))
    elif isinstance(value, str):
        sign = habits.decimal_sign or "."
        text = value.strip().lstrip("£$€").strip()
        if not _GROUPED[sign].fullmatch(text):
            return Doubt("this cannot be read as an amount; please type digits only, such as 1234.50")
        told = Decimal(text.replace("," if sign == "." else ".", "").replace(sign, "."))
    else:
        return Doubt("an amount was expected here, such as 1234.50")
    return _to_the_cent(told)


def _to_the_cent(told: Decimal) -> Decimal | Doubt:
    if told < 0:
        return Doubt("an amount below zero; please say in Comment what is meant")
    try:
        cents = told.quantize(Decimal("0.01"))
    except InvalidOperation:
        return Doubt("this amount is too large to be meant")
    return cents if cents == told else Doubt("more than two decimals; please check the amount")


def text(value: Value, *, digits: int | None = None, identifier: bool = False) -> str | Doubt:
    """Words, or a number such as a member's that must not have lost its zeros."""
    if doubt := unusable(value):
        return doubt
    if isinstance(value, str):
        return value.strip()
    if not identifier:
        return shown(value)
    if isinstance(value, int | float) and float(value).is_integer() and digits == len(shown(value)):
        return shown(value)
    return Doubt(
        "stored as a number or date, so zeros in front may be lost; please type it as text (an apostrophe first)"
    )


NOBODY: Final = ("yes", "no", "none", "nobody", "n/a", "na", "same", "me", "unknown", "?", "-")


def person(value: Value) -> str | Doubt:
    """A person's name, which is kept as it was typed."""
    if doubt := unusable(value):
        return doubt
    name = shown(value)
    if not isinstance(value, str) or not any(map(str.isalpha, name)) or "@" in name or len(name) > LONGEST_NAME:
        return Doubt("this is not a person's name; please type the name of whoever answers our questions")
    if plain(name) in NOBODY:
        return Doubt("this names nobody; please type the name, or leave the cell empty")
    return " ".join(name.split())


def status(value: Value) -> str | Doubt:
    """One of the statuses, by its label or its canonical word."""
    if doubt := unusable(value):
        return doubt
    told = plain(shown(value))
    for one in STATUSES:
        if told in {one.word, one.label.casefold()}:
            return one.word
    return Doubt("this is not one of the statuses; please choose from the list")


# What the practice settles once: the words that fit, and how to say it.
CLOSED: Final = {
    "date order": (DATE_ORDERS, 'please type "day first" or "month first"'),
    "yes or no": ({"yes": "yes", "no": "no", "true": "yes", "false": "no"}, "please type yes or no"),
    "days": ({str(number): str(number) for number in range(3651)}, "please type a whole number of days, such as 21"),
}


def closed(value: Value, kind: str) -> str | Doubt:
    """One of a few words, in the form that the agreement keeps."""
    words, hint = CLOSED[kind]
    if not isinstance(value, bool) and (doubt := unusable(value)):
        return doubt
    told = words.get(plain(shown(value)))
    return Doubt(f"this cannot be used as the agreement; {hint}") if told is None else told
