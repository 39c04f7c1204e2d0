"""A sheet's XML as rows of typed cells, scanned in chunks; nothing is sized by a declared range.

The scan knows the one way Excel and the common writers spell cells. Any other spelling (prefixes, single
quotes, cells without addresses, comments) is first respelt by `respell`, so that there is one reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import getitem
from typing import NoReturn

from billingkit.problems import HostileFile, NotAWorkbook
from billingkit.workbook.book import ErrorCell, NotCalculated, Value
from billingkit.workbook.limits import Limits
from billingkit.workbook.preflight import too_large
from billingkit.workbook.serials import Look, iso_moment, moment
from billingkit.workbook.strings import plain, runs

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_ROW = re.compile(r"<row([^>]*?)(?:/>|>(.*?)</row>)", re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+)(\d+)"([^>/]*)(?:/>|><v>([^<]*)</v></c>|>(.*?)</c>)', re.DOTALL)
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_VALUE = re.compile(r"<v(?:\s[^>]*)?>([^<]*)</v>|<v(?:\s[^>]*)?/>")
_INLINE = re.compile(r"<is>(.*?)</is>", re.DOTALL)
_MEMO = 65_536
_ASK_AGAIN = "Ask the practice to send the workbook again."


class Odd(Exception):
    """The sheet is spelt in a way the scan does not know; respell it first."""


@dataclass(frozen=True, slots=True)
class Styles:
    """What the workbook's cell styles say about numbers, by style index."""

    looks: tuple[Look, ...] = ()
    meanings: tuple[str | None, ...] = ()
    since_1904: bool = False
    recalculate: bool = False  # the file says its formulas were not worked out yet


@dataclass(slots=True)
class Grid:
    """The rows read so far, with what formatting meant, and what they cost."""

    place: str
    limits: Limits
    rows: list[list[Value]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    number_formats: dict[tuple[int, int], str] = field(default_factory=dict)
    filled: int = 0
    gaps: int = 0

    def put(self, number: int, row: list[Value]) -> None:
        """Put a row at its own number, and refuse a sheet that is mostly emptiness."""
        while row and row[-1] is None:
            row.pop()
        if not row:
            return
        above = number - 1 - len(self.rows)
        if above < 0:
            raise NotAWorkbook(self.place, "the rows of a sheet are out of order or double.", _ASK_AGAIN)
        holes = row.count(None)
        self.filled += len(row) - holes
        self.gaps += above + holes
        self.weigh()
        self.rows.extend([] for _ in range(above))
        self.rows.append(row)

    def weigh(self) -> None:
        """Refuse too many cells, and cells so far apart that the emptiness between them is the attack."""
        if self.filled > self.limits.cells:
            raise too_large(self.place, f"the workbook holds more than {self.limits.cells:,} filled cells.")
        if self.gaps > self.limits.row_gap + 100 * self.filled:
            found = "a cell lies at the far edge of a sheet that is otherwise empty."
            raise HostileFile(
                self.place, found, "Delete the rows and columns beyond the table, save and send it again."
            )


class _Reading(dict[str, Value]):
    """The values of cells with the same attributes, by stored text; read once, then looked up."""

    def __init__(self, read: Callable[[str], Value]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, stored: str) -> Value:
        if len(self) > _MEMO:
            self.clear()
        value = self[stored] = self.read(stored)
        return value


class _Kinds(dict[str, _Reading]):
    """How to read a cell, by its attributes as they are spelt (` s="3" t="s"`)."""

    def __init__(self, strings: list[str], styles: Styles, damaged: Callable[[], NoReturn]) -> None:
        super().__init__()
        self.strings, self.styles, self.damaged = strings, styles, damaged
        self.marked: dict[str, str] = {}

    def __missing__(self, spelt: str) -> _Reading:
        named = dict(re.findall(r'\s([\w:]+)="([^"]*)"', spelt))
        style, kind = self._style(named.get("s", "0")), named.get("t", "n")
        if kind == "n" and style < len(self.styles.meanings) and (code := self.styles.meanings[style]):
            self.marked[spelt] = code
        reading = self[spelt] = _Reading(self._reader(kind, style))
        return reading

    def _style(self, text: str) -> int:
        if not text.isdecimal() or len(text) > 6:
            self.damaged()
        return int(text)

    def _reader(self, kind: str, style: int) -> Callable[[str], Value]:
        look = self.styles.looks[style] if style < len(self.styles.looks) else "number"
        readers: dict[str, Callable[[str], Value]] = {
            "n": (self.number if look == "number" else lambda stored: self.moment(stored, look)),
            "s": self.shared,
            "str": plain,
            "inlineStr": lambda stored: plain(stored) or None,
            "b": self.boolean,
            "e": lambda stored: ErrorCell(plain(stored)),
            "d": lambda stored: iso_moment(stored) if stored else None,
        }
        return readers.get(kind) or self.damaged()

    def number(self, stored: str) -> int | float | None:
        """The number as stored: whole ones as int, others with the 15 digits that Excel keeps."""
        stored = stored.strip()
        if not stored:
            return None
        if not _NUMBER.fullmatch(stored):
            self.damaged()
        if stored.lstrip("-").isdecimal():
            return int(stored) if len(stored) <= 400 else self.damaged()
        value = float(stored)
        return float(f"{value:.15g}") if len(stored) > 16 else value

    def moment(self, stored: str, look: Look) -> Value:
        """The date, time or span a stored serial number shows."""
        number = self.number(stored)
        return None if number is None else moment(number, look, since_1904=self.styles.since_1904)

    def shared(self, stored: str) -> str | None:
        """The shared string with this index."""
        if not stored.strip():
            return None
        try:
            return self.strings[int(stored) if stored.strip().isdecimal() else self.damaged()]
        except IndexError:
            self.damaged()

    def boolean(self, stored: str) -> bool | None:
        """TRUE for 1, FALSE for 0."""
        known = {"1": True, "0": False, "true": True, "false": False, "": None}
        return known[stored.strip()] if stored.strip() in known else self.damaged()


@dataclass(slots=True)
class SheetScan:
    """Scans one sheet: feed it the text of whole rows, then take `grid`."""

    grid: Grid
    strings: list[str]
    styles: Styles
    kinds: _Kinds = field(init=False)
    shapes: dict[tuple[str, ...], tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kinds = _Kinds(self.strings, self.styles, self.damaged)

    def damaged(self) -> NoReturn:
        """Refuse the sheet: a cell says something no spreadsheet writes."""
        raise NotAWorkbook(self.grid.place, "a sheet holds cells that are damaged.", _ASK_AGAIN) from None

    def feed(self, text: str) -> None:
        """Take the text of whole rows; raises Odd where the scan would not see every cell."""
        found = _ROW.findall(text)
        if len(found) != text.count("<row") or "<!" in text or "<?" in text:
            raise Odd
        seen = 0
        for attributes, inner in found:
            number = self.row_number(attributes)
            cells = _CELL.findall(inner) if inner else ()
            seen += len(cells)
            if cells:
                self.grid.put(number, self.row(number, cells))
        if seen != text.count("<c ") + text.count("<c>") + text.count("<c/>"):
            raise Odd

    def row_number(self, attributes: str) -> int:
        """The row's own number; notes the row when it is hidden."""
        place = attributes.find(' r="')
        digits = attributes[place + 4 : attributes.find('"', place + 4)]
        if place < 0 or not digits.isdecimal() or "'" in attributes:
            raise Odd
        number = int(digits) if len(digits) < 8 else LAST_ROW + 1
        if not 1 <= number <= LAST_ROW:
            self.damaged()
        if 'hidden="1"' in attributes or 'hidden="true"' in attributes or ' ht="0"' in attributes:
            self.grid.hidden_rows.add(number)
        return number

    def row(self, number: int, cells: list[tuple[str, str, str, str, str]]) -> list[Value]:
        """One row's values on their columns."""
        letters, digits, attributes, stored, inners = zip(*cells, strict=True)
        if digits.count(str(number)) != len(digits):
            self.damaged()
        columns = self.shapes.get(letters) or self.shape(letters)
        kinds = self.kinds
        values: list[Value] = list(map(getitem, map(kinds.__getitem__, attributes), stored))
        if any(inners):
            self.inner(values, attributes, inners)
        if kinds.marked:
            self.mark(number, columns, attributes, values)
        if columns[-1] == len(columns) - 1:
            return values
        row: list[Value] = [None] * (
            1 + max((c for c, v in zip(columns, values, strict=True) if v is not None), default=-1)
        )
        for column, value in zip(columns, values, strict=True):
            if value is not None:
                row[column] = value
        return row

    def shape(self, letters: tuple[str, ...]) -> tuple[int, ...]:
        """The columns of a row's cells, left to right, 0-based."""
        columns = tuple(column_number(one) - 1 for one in letters)
        if any(left >= right for left, right in zip(columns, columns[1:], strict=False)) or columns[-1] >= LAST_COLUMN:
            self.damaged()
        self.shapes[letters] = columns
        return columns

    def inner(self, values: list[Value], attributes: Iterable[str], inners: Iterable[str]) -> None:
        """Fill in the cells that hold more than a plain value: formulas and inline text."""
        for place, (spelt, inner) in enumerate(zip(attributes, inners, strict=True)):
            if inner:
                values[place] = self.rich(spelt, inner)

    def rich(self, spelt: str, inner: str) -> Value:
        """The value of a cell with a formula, inline text, or an unusual spelling."""
        if inline := _INLINE.search(inner):
            return runs(inline[1]) or None
        stored = _VALUE.search(inner)
        text = (stored[1] or "") if stored else ""
        if "<f" not in inner:
            return self.kinds[spelt][text] if stored else None
        if not text:
            return "" if stored and 't="str"' in spelt else NotCalculated()
        value = self.kinds[spelt][text]
        unsure = self.styles.recalculate and isinstance(value, int | float) and value == 0
        return NotCalculated() if unsure else value

    def mark(self, number: int, columns: tuple[int, ...], attributes: tuple[str, ...], values: list[Value]) -> None:
        """Note the number formats that carry meaning."""
        marked = self.kinds.marked
        for column, spelt, value in zip(columns, attributes, values, strict=True):
            if spelt in marked and isinstance(value, int | float):
                self.grid.number_formats[number, column + 1] = marked[spelt]


def column_number(letters: str) -> int:
    """`A` is 1, `XFD` 16,384; letters beyond that give a number beyond it."""
    number = 0
    for letter in letters[:8]:
        number = number * 26 + ord(letter) - 64
    return number


def row_chunks(chunks: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """The sheet's text in order as (`head`, `rows` or `tail`, text); rows are whole."""
    before, inside, rest = b"", False, b""
    chunks = iter(chunks)
    for chunk in chunks:
        rest += chunk
        if not inside:
            start = re.search(rb"<sheetData\s*(/?)>", rest)
            if not start:
                continue
            _must_be_plain(rest[: start.start()])
            yield "head", rest[: start.start()].decode("utf-8")
            rest, inside = rest[start.end() :], True
            if start[1]:
                break
        end = rest.find(b"</sheetData>")
        if end >= 0:
            yield "rows", rest[:end].decode("utf-8")
            rest = rest[end:]
            break
        cut = rest.rfind(b"</row>") + 6
        if cut > 5:
            yield "rows", rest[:cut].decode("utf-8")
            rest = rest[cut:]
    if not inside:
        raise Odd
    del before
    yield "tail", (rest + b"".join(chunks)).decode("utf-8")


def _must_be_plain(head: bytes) -> None:
    """Raise Odd unless the sheet is UTF-8, without prefixes or comments before its rows."""
    declared = re.match(rb"\s*(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=[\"']([\w-]+)", head)
    if (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")) or b"<worksheet" not in head or b"<!" in head:
        raise Odd
