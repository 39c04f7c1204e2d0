"""The `Practice` sheet: who the practice is, how it writes, its timeframes and its people."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from billingkit.calendar import SATURDAY_AND_SUNDAY, WEEKDAYS
from billingkit.policy.agreement import Practice
from billingkit.policy.cells import Cell, Checker, nearest, plain
from billingkit.policy.grid import Record, records
from billingkit.policy.settings import SETTINGS, Setting
from billingkit.policy.sheets import HEADINGS, NEEDED, PRACTICE

COUNTRY_NAMES: Final = {
    "uk": "GB",
    "united kingdom": "GB",
    "great britain": "GB",
    "england": "GB",
    "usa": "US",
    "united states": "US",
    "united states of america": "US",
    "canada": "CA",
    "ireland": "IE",
    "australia": "AU",
    "new zealand": "NZ",
}
DATE_ORDERS: Final = {
    "day first": "day first",
    "month first": "month first",
    "dmy": "day first",
    "mdy": "month first",
    "dd/mm/yyyy": "day first",
    "mm/dd/yyyy": "month first",
}
DECIMAL_SIGNS: Final = {".": ".", ",": ",", "point": ".", "full stop": ".", "dot": ".", "comma": ","}
CHOICES: Final[dict[str, tuple[dict[str, str], str]]] = {
    "date order": (DATE_ORDERS, "an order of day and month"),
    "decimal sign": (DECIMAL_SIGNS, "a decimal sign"),
    "weekday": ({day: day for day in WEEKDAYS}, "a day of the week"),
}
EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")


def read_practice(rows: Sequence[Sequence[object]], checker: Checker) -> tuple[Practice, tuple[int, ...]]:
    """The practice, and the days of the week that it does not work (Monday is 0)."""
    fields: dict[str, Any] = {}
    people: dict[str, str] = {}
    weekend: tuple[int, ...] = SATURDAY_AND_SUNDAY
    for setting, cell in _filled(rows, checker):
        value = _value(setting, cell, checker)
        if value is None:
            continue
        if setting.role:
            people[setting.role] = value
        elif setting.kind == "working days":
            weekend = value
        else:
            fields[setting.field] = value
    return Practice(**fields, people=tuple(sorted(people.items()))), weekend


def _filled(rows: Sequence[Sequence[object]], checker: Checker) -> list[tuple[Setting, Cell]]:
    """The settings that hold a value, each once."""
    known = {
        plain(word): setting for setting in SETTINGS for word in (setting.text, re.sub(r" \(.*\)", "", setting.text))
    }
    found: dict[str, Cell] = {}
    taken: list[tuple[Setting, Cell]] = []
    for record in records(PRACTICE, rows, HEADINGS[PRACTICE], checker, needed=NEEDED[PRACTICE]):
        cell = record["Value"]
        if cell.blank:
            continue
        setting = known.get(plain(checker.text(record["Setting"]) or ""))
        if setting is None:
            _unknown(record, checker)
        elif setting.text not in found:
            found[setting.text] = cell
            taken.append((setting, cell))
        elif found[setting.text].value != cell.value:
            where = found[setting.text].address
            checker.fault(cell, f'"{setting.text}" has another value in {where}.', "Keep one of the two rows.")
    return taken


def _unknown(record: Record, checker: Checker) -> None:
    name = checker.text(record["Setting"]) or ""
    found = (
        f'"{name}" is not a setting of this sheet, so its value is not used.' if name else "This value has no setting."
    )
    checker.remark(record["Setting"], found + nearest(name, [setting.text for setting in SETTINGS]), "")


def _value(setting: Setting, cell: Cell, checker: Checker) -> Any:  # noqa: ANN401 - each kind of setting has its own type
    if setting.kind in IN_WORDS:
        word = checker.text(cell)
        return None if word is None else IN_WORDS[setting.kind](word, cell, checker)
    match setting.kind:
        case "days":
            return checker.whole(cell, setting.low, setting.high, "days")
        case "money":
            return checker.money(cell)
        case "yes/no":
            return checker.yes_no(cell)
        case _:
            words, what = CHOICES[setting.kind]
            return checker.choice(cell, words, what)


def _country(word: str, cell: Cell, checker: Checker) -> str | None:
    if plain(word) in COUNTRY_NAMES:
        return COUNTRY_NAMES[plain(word)]
    if re.fullmatch(r"[A-Za-z]{2}", word):
        return word.upper()
    checker.fault(cell, f'"{word}" is not a country code.', "Write its two letters, such as GB or US.")
    return None


def _currency(word: str, cell: Cell, checker: Checker) -> str | None:
    signs = {"£": "GBP", "€": "EUR"}
    if word in signs:
        return signs[word]
    if re.fullmatch(r"[A-Za-z]{3}", word):
        return word.upper()
    checker.fault(cell, f'"{word}" is not a currency code.', "Write its three letters, such as GBP or USD.")
    return None


def _time_zone(word: str, cell: Cell, checker: Checker) -> str | None:
    try:
        return ZoneInfo(word).key
    except (ValueError, OSError, KeyError):
        remedy = "Write it as Europe/London or America/New_York."
        checker.fault(cell, f'"{word}" is not a time zone.', remedy)
        return None


def _email(word: str, cell: Cell, checker: Checker) -> str | None:
    if EMAIL.fullmatch(word):
        return word
    checker.fault(cell, "This is not an email address.", "Write one address, such as name@practice.example.")
    return None


def _weekend(word: str, cell: Cell, checker: Checker) -> tuple[int, ...] | None:
    """The days not worked, from `Monday to Friday` or `Mon, Tue, Thu`."""
    worked: set[int] = set()
    for part in re.split(r"[,;&]| and ", word):
        ends = [_weekday(name) for name in re.split(r"\s+to\s+|\s*[-\u2013]\s*", part.strip())]
        if None in ends or len(ends) not in (1, 2):
            checker.fault(cell, f'"{word}" does not name days of the week.', "Write them as Monday to Friday.")
            return None
        first, last = ends[0] or 0, ends[-1] or 0
        worked |= {(first + ahead) % 7 for ahead in range((last - first) % 7 + 1)}
    return tuple(day for day in range(7) if day not in worked)


def _weekday(name: str) -> int | None:
    starts = [day.casefold() for day in WEEKDAYS]
    word = name.casefold().rstrip(".")
    return next((place for place, day in enumerate(starts) if len(word) >= 2 and day.startswith(word)), None)


def _as_written(word: str, cell: Cell, checker: Checker) -> str:  # noqa: ARG001 - read like the other kinds
    return word


IN_WORDS: Final[dict[str, Callable[[str, Cell, Checker], object]]] = {
    "text": _as_written,
    "country": _country,
    "currency": _currency,
    "time zone": _time_zone,
    "working days": _weekend,
    "email": _email,
}
