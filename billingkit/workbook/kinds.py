"""How cells are read, by their attributes as they are spelt: one by one, or a whole column at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import fromstring

from billingkit.problems import NotAWorkbook
from billingkit.workbook.book import ErrorCell, NotCalculated, Value
from billingkit.workbook.serials import Look, iso_moment, moment
from billingkit.workbook.strings import TwoTexts, plain, shown

_ATTRIBUTES = re.compile(r'(?: ([\w:]+)="([^"<>&]*)")*')
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INNER = re.compile(
    r"(<f(?:[^<>]*/>|[^<>]*>[^<]*</f>))?(?:(<v>)([^<]*)</v>|<v */>)?(?:<extLst>.*</extLst>)?", re.DOTALL
)
_INLINE = re.compile(
    r"(?:<f(?:[^<>]*/>|[^<>]*>[^<]*</f>))?<is>(?:<t(?: xml:space=\"preserve\")?>([^<]*)</t>|(.*))</is>", re.DOTALL
)
_MEMO = 65_536
_LONGEST_EXACT = 16  # a number's text up to here has at most 15 digits, which a float keeps exactly

_TEXT, _DIGITS, _NUMERIC = "[^<]*+", "[0-9]++", "[-+.0-9eE]*+"  # what is taken is never given back


def _scanned(stored: Sequence[str]) -> list[Any]:
    """A column of plain numbers, scanned as one JSON array: in C, several times faster than one by one.

    Raises ValueError where one of them is not spelt as JSON spells numbers.
    """
    numbers: list[Any] = json.loads(f"[{','.join(stored)}]")
    return numbers


class Odd(Exception):
    """The sheet is spelt in a way the scan does not know; respell it first."""


@dataclass(frozen=True, slots=True)
class Styles:
    """What the workbook's cell styles say about numbers, by style index."""

    looks: tuple[Look, ...] = ()
    meanings: tuple[str | None, ...] = ()
    since_1904: bool = False
    recalculate: bool = False  # the file says its formulas were not worked out yet


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to read a stored text."""

    pattern: str  # of the stored texts `many` can take
    one: Callable[[str], Value]
    many: Callable[[Sequence[str]], list[Value]]  # an empty text is an empty cell
    code: str | None = None  # the number format, where it means something


class _Memo(dict[str, Value]):
    """Values by stored text, for kinds whose values repeat; read once, then looked up."""

    def __init__(self, read: Callable[[str], Value]) -> None:
        super().__init__({"": None})
        self.read = read

    def __missing__(self, stored: str) -> Value:
        """Read a text that is not known yet."""
        if len(self) > _MEMO:
            self.clear()
            self[""] = None
        value = self[stored] = self.read(stored)
        return value

    def column(self, stored: Sequence[str]) -> list[Value]:
        """The values of a column."""
        return list(map(self.__getitem__, stored))


class Kinds(dict[str, Kind]):
    """How to read a cell, by its attributes as they are spelt (` s="3" t="s"`)."""

    def __init__(self, strings: list[str], styles: Styles, place: str) -> None:
        super().__init__()
        self.strings: list[str | None] = [text or None for text in strings]
        self.styles, self.place = styles, place

    def __missing__(self, spelt: str) -> Kind:
        """Work out a kind when its spelling is first met."""
        named = dict(re.findall(r' ([\w:]+)="([^"]*)"', spelt))
        if not _ATTRIBUTES.fullmatch(spelt) or len(named) != spelt.count("="):
            raise Odd
        style = named.get("s", "0")
        if not style.isdecimal() or len(style) > 6:
            self.damaged()
        kind = self[spelt] = self._kind(named.get("t", "n"), int(style))
        return kind

    def damaged(self) -> NoReturn:
        """Refuse the workbook: a cell says something no spreadsheet writes."""
        remedy = "Ask the practice to send the workbook again."
        raise NotAWorkbook(self.place, "a sheet holds cells that are damaged.", remedy) from None

    def _kind(self, kind: str, style: int) -> Kind:
        if kind == "s":
            return Kind(_DIGITS, self.shared, self.shared_column)
        known = style < len(self.styles.looks)
        if style and not known:
            self.damaged()
        look = self.styles.looks[style] if known else "number"
        if kind == "n" and look == "number":
            return Kind(_NUMERIC, self.number, self.number_column, self.styles.meanings[style] if known else None)
        readers: dict[str, Callable[[str], Value]] = {
            "n": lambda stored: self.moment(stored, look),
            "str": lambda stored: plain(stored) or None,
            "inlineStr": lambda stored: plain(stored) or None,
            "b": self.boolean,
            "e": lambda stored: ErrorCell(plain(stored)),
            "d": lambda stored: iso_moment(stored) if stored else None,
        }
        if kind not in readers:
            self.damaged()
        return Kind(_TEXT, readers[kind], _Memo(readers[kind]).column)

    def number(self, stored: str) -> int | float | None:
        """The number as stored: whole ones as int, others with the 15 digits that Excel keeps."""
        if not _NUMBER.fullmatch(stored):
            return self.damaged() if stored.strip() else None
        if len(stored) > 400:
            self.damaged()
        if stored.lstrip("+-").isdecimal():
            return int(stored)
        value = float(stored)
        return float(f"{value:.15g}") if len(stored) > _LONGEST_EXACT else value

    def number_column(self, stored: Sequence[str]) -> list[Value]:
        """A column of numbers; the pattern has let through only digits and their signs."""
        slow, most = self.number, _LONGEST_EXACT
        try:
            values = _scanned(stored if all(stored) else [text or "null" for text in stored])
        except ValueError:
            return [slow(text) if text else None for text in stored]
        return [value if len(text) <= most else slow(text) for value, text in zip(values, stored, strict=True)]

    def moment(self, stored: str, look: Look) -> Value:
        """The date, time or span a stored serial number shows."""
        number = self.number(stored)
        return None if number is None else moment(number, look, since_1904=self.styles.since_1904)

    def shared(self, stored: str) -> str | None:
        """The shared string with this index."""
        if not stored.strip():
            return None
        if not (stored.isdecimal() and len(stored) < 10 and int(stored) < len(self.strings)):
            self.damaged()
        return self.strings[int(stored)]

    def shared_column(self, stored: Sequence[str]) -> list[Value]:
        """A column of shared strings; the pattern has let through only digits."""
        strings = self.strings
        try:
            if all(stored):
                return list(map(strings.__getitem__, _scanned(stored)))
            return [strings[int(text)] if text else None for text in stored]
        except IndexError:
            self.damaged()
        except ValueError:
            return [self.shared(text) for text in stored]

    def boolean(self, stored: str) -> bool | None:
        """TRUE for 1, FALSE for 0."""
        known = {"1": True, "0": False, "true": True, "false": False, "": None}
        return known[stored.strip()] if stored.strip() in known else self.damaged()

    def rich(self, spelt: str, inner: str) -> Value:
        """The value of a cell with a formula, inline text, or an unusual spelling."""
        if inline := _INLINE.fullmatch(inner):
            return (self._item(inline[2]) if inline[2] else plain(inline[1] or "")) or None
        found = _INNER.fullmatch(inner)
        if not found:
            raise Odd
        formula, stored, text = found.groups()
        if not formula:
            return self[spelt].one(text) if text else None
        if not text:
            return "" if stored and 't="str"' in spelt else NotCalculated()
        value = self[spelt].one(text)
        unsure = self.styles.recalculate and isinstance(value, int | float) and value == 0
        return NotCalculated() if unsure else value

    def _item(self, inner: str) -> str:
        """The text of inline content with runs; raises Odd where it is not well-formed."""
        try:
            return "".join(shown(fromstring(f"<is>{inner}</is>", forbid_dtd=True)))
        except ParseError:
            raise Odd from None
        except TwoTexts:
            self.damaged()
