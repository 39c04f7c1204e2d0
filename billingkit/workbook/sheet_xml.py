"""A sheet's XML as rows of typed cells, scanned in chunks; nothing is sized by a declared range.

The scan knows the one way Excel and the common writers spell cells. Any other spelling (prefixes, single
quotes, cells without addresses, comments) is first respelt by `respell`, so that there is one reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from xml.parsers import expat

from billingkit.workbook.book import Value
from billingkit.workbook.grid import LAST_COLUMN, LAST_ROW, Grid, column_number
from billingkit.workbook.kinds import Kinds, Odd
from billingkit.workbook.row_shape import Form, RowShape, Template

_ROW = re.compile(r'\s*<row((?: [\w:]+="[^"<>]*")*)(?:/>|>(.*?)</row>)', re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+)(\d+)"([^<>/]*)(?:/>|><v>([^<]*)</v></c>|>(.*?)</c>)', re.DOTALL)
_PLAIN_FORMULA = re.compile(r"<f(?:[^<>]*/>|[^<>]*>[^<]*</f>)<v>([^<]+)</v>")
_PLAIN_INLINE = re.compile(r'<is><t(?: xml:space="preserve")?>([^<]*)</t></is>')
_HIDDEN = re.compile(r' hidden="(?:1|true|on)"| ht="0"')


@dataclass(slots=True)
class SheetScan:
    """Scans one sheet: feed it the text of whole rows, then take `grid`."""

    grid: Grid
    kinds: Kinds
    shape: RowShape = field(default_factory=RowShape)
    template: Template | None = None
    layouts: dict[tuple[str, ...], tuple[int, ...]] = field(default_factory=dict)

    def feed(self, text: str) -> None:
        """Take the text of whole rows; raises Odd where the scan would not see every cell."""
        place, end = 0, len(text)
        while place < end:
            if self.template:
                place = self.quick_rows(self.template, text, place)
            found = _ROW.match(text, place)
            if not found:
                if text[place:].strip():
                    raise Odd
                return
            self.slow_row(found[1], found[2])
            place = found.end()

    def quick_rows(self, template: Template, text: str, place: int) -> int:
        """Read rows as long as the template fits, a column at a time; where the next row starts."""
        match, batch = template.pattern.match, []
        while found := match(text, place):
            batch.append(found.groups(""))
            place = found.end()
        if batch:
            digits, attributes, *groups = zip(*batch, strict=True)
            template.fill(self.row_numbers(digits, attributes), groups, self.kinds, self.grid)
        return place

    def slow_row(self, attributes: str, inner: str | None) -> None:
        """Read one row cell by cell, and learn how its cells are spelt."""
        cells = _CELL.findall(inner) if inner else ()
        found = re.search(r' r="(\d+)"', attributes)
        if not found or (inner and _CELL.sub("", inner)):
            raise Odd
        number = self.row_number(found[1], attributes)
        if not cells:
            return
        self.grid.put(number, self.row(number, cells))
        self.template = self.shape.missed(self.kinds) or self.template

    def row_number(self, digits: str, attributes: str) -> int:
        """The row's own number; notes the row when it is hidden."""
        number = int(digits) if len(digits) < 8 else LAST_ROW + 1
        if not 1 <= number <= LAST_ROW:
            self.kinds.damaged()
        if _HIDDEN.search(attributes):
            self.grid.hidden_rows.add(number)
        return number

    def row_numbers(self, digits: Sequence[str], attributes: Sequence[str]) -> list[int]:
        """The numbers of many rows; their attributes are mostly the same few."""
        told = {spelt for spelt in set(attributes) if _HIDDEN.search(spelt)}
        if told:
            return [self.row_number(*row) for row in zip(digits, attributes, strict=True)]
        numbers = list(map(int, digits))
        if min(numbers) < 1 or max(numbers) > LAST_ROW:
            self.kinds.damaged()
        return numbers

    def row(self, number: int, cells: Sequence[tuple[str, str, str, str, str]]) -> list[Value]:
        """One row's values on their columns."""
        letters = tuple(cell[0] for cell in cells)
        columns = self.layouts.get(letters) or self.layout(letters)
        row: list[Value] = []
        for column, (letter, digits, attributes, stored, inner) in zip(columns, cells, strict=True):
            if int(digits) != number:
                self.kinds.damaged()
            form, value = self.cell(attributes, stored, inner)
            if form:
                self.shape.learn(letter, column, attributes, form)
            if value is None:
                continue
            if "<f" in inner:
                self.grid.formulas.add((number, column + 1))
            row.extend([None] * (column - len(row)))
            row.append(value)
            if code := self.kinds[attributes].code:
                self.grid.note((number,), column + 1, (value if isinstance(value, int | float) else None,), code)
        return row

    def cell(self, attributes: str, stored: str, inner: str) -> tuple[Form | None, Value]:
        """How the cell is spelt, if a template can know such a way, and its value."""
        kind = self.kinds[attributes]
        if stored:
            return "value", kind.one(stored)
        if not inner:
            return "blank", None
        value = self.kinds.rich(attributes, inner)
        if _PLAIN_INLINE.fullmatch(inner) and 't="inlineStr"' in attributes:
            return "inline", value
        return ("formula" if _PLAIN_FORMULA.fullmatch(inner) and not self.kinds.styles.recalculate else None), value

    def layout(self, letters: tuple[str, ...]) -> tuple[int, ...]:
        """The columns of a row's cells, left to right, 0-based."""
        columns = tuple(column_number(one) - 1 for one in letters)
        if any(left >= right for left, right in pairwise(columns)) or columns[-1] >= LAST_COLUMN:
            self.kinds.damaged()
        self.layouts[letters] = columns
        return columns


def row_chunks(chunks: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """The sheet's text in order as (`head`, `rows` or `tail`, text); rows are whole.

    Raises Odd where the sheet is not plain UTF-8 XML around its rows. The rows themselves are proved by the
    scan, which passes nothing over; expat, which would prove them too, costs as much as the scan.
    """
    chunks = iter(chunks)
    head, rest, closed = _head(chunks)
    yield "head", head
    while not closed:
        end = rest.find(b"</sheetData>")
        closed = end >= 0
        cut = end if closed else rest.rfind(b"</row>") + 6
        if cut > 5 or closed:
            yield "rows", _text(rest[:cut])
            rest = rest[cut:]
        if not closed:
            more = next(chunks, None)
            if more is None:
                raise Odd
            rest += more
    tail = _text((rest + b"".join(chunks)).removeprefix(b"</sheetData>"))
    _prove(head, tail)
    yield "tail", tail


def _head(chunks: Iterator[bytes]) -> tuple[str, bytes, bool]:
    """What stands before the rows, what came after that so far, and whether there are no rows."""
    came = b""
    for chunk in chunks:
        came += chunk
        if found := re.search(rb"<sheetData(/?)>", came):
            return _text(came[: found.start()]), came[found.end() :], bool(found[1])
    raise Odd


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Odd from None


def _prove(head: str, tail: str) -> None:
    """Raise Odd unless what surrounds the rows is well-formed, without a DOCTYPE or comments."""
    declared = re.match(r"\s*(?:\ufeff)?<\?xml[^>]*encoding=[\"']([\w-]+)", head)
    if (declared and declared[1].lower() not in ("utf-8", "us-ascii")) or "<!" in head or "<!" in tail:
        raise Odd
    parser = expat.ParserCreate("utf-8")
    try:
        parser.Parse((head + "<sheetData/>" + tail).encode(), True)
    except expat.ExpatError:
        raise Odd from None
