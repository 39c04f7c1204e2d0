"""Putting a `Listing` on a tab: an Excel table to filter, coloured answer cells, drop-downs, a printed page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import accumulate, groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Final, TypeVar

from billingkit.exchange.listing import Cell, Field, Kind, Line, Listing
from billingkit.terms import STATUSES
from billingkit.workbook.fresh import Heading
from billingkit.workbook.looks import Kind as CellKind
from billingkit.workbook.looks import Look

if TYPE_CHECKING:
    from billingkit.workbook.block import CellStyle
    from billingkit.workbook.fresh import FreshBook, Tab

T = TypeVar("T")
# as text, "00123" stays what was typed
VALUE_LOOK: Final[dict[str, CellKind]] = {"date": "date", "money": "money", "id": "code", "text": "code", "": "code"}
CELL_KIND: Final[dict[Kind, CellKind | None]] = {
    "text": None,
    "date": "date",
    "money": "money",
    "count": "number",
    "ref": "code",
    "id": "code",
}
PRIORITY_LOOK: Final[dict[str, Look]] = {"Urgent": "urgent", "High": "high", "Normal": "normal"}
TITLE_HEIGHT: Final = 27.0
LINE_HEIGHT: Final = 15.0
PAGE_INCHES: Final = 10.0  # Letter across, less its margins; A4 is wider
LEAST_SCALE: Final = 58  # per cent: 11 points print as 6.4 on Letter and 6.8 on A4, as small as is still read
WIDE_INCHES: Final = 10.5  # Letter across, with the narrow margins that a wide table gets
NARROW: Final = 0.25
US_LETTER: Final = ("US", "CA", "MX")
VALUE_HINT: Final = {
    "date": 'For "supplied": the date, such as 27 Nov 2026.',
    "money": 'For "supplied": the amount, digits only, such as 1234.50.',
    "status": 'For "supplied": choose the status from the list.',
}


def draw(book: FreshBook, listing: Listing, *, pack_line: str, as_of: date, country: str | None) -> Tab:
    """The listing as a tab of the workbook being written."""
    tab = book.add_tab(listing.tab)
    breathe(book)
    tab.text(1, 1, listing.title, "title")
    tab.text(2, 1, pack_line)
    for offset, sentence in enumerate(listing.said):
        tab.text(3 + offset, 1, sentence)
    top = listing.header_row
    headings = [_heading(field) for field in listing.fields]
    if listing.lines:
        rows = _shown(listing)
        tab.frame(listing.tab, top, 1, headings, len(rows))
        tab.block(top + 1, rows, _styles(listing), _row_heights(rows, listing.fields))
    else:
        tab.table(listing.tab, top, 1, headings, [])
    _choices(tab, listing, as_of)
    _heights(tab, listing)
    tab.freeze(top + 1, listing.frozen + 1)
    _print(tab, listing, pack_line, country)
    if any(field.typed for field in listing.fields):
        tab.protect()
    return tab


def breathe(book: FreshBook) -> None:
    """Keep cells apart: dates stand left as text does, and nothing touches the line between two columns."""
    kinds: tuple[CellKind, ...] = ("text", "code", "date")
    looks: tuple[Look, ...] = ("normal", "answer", "urgent", "high", "heading")
    for look in looks:
        for kind in kinds:
            cells = book.format(look, kind)
            cells.set_align("left")
            cells.set_indent(1)


def _heading(field: Field) -> Heading:
    kind = CELL_KIND[field.kind]
    return Heading(field.heading, field.width, look="answer" if field.typed else "wrap", kind=kind)


def _heights(tab: Tab, listing: Listing) -> None:
    # Excel would fit the rows by itself, other programs and phones do not; so every height is worked out.
    tab.height(1, TITLE_HEIGHT)
    for offset in range(len(listing.said) + 1):
        tab.height(2 + offset, LINE_HEIGHT)
    tab.height(listing.header_row, height([field.heading for field in listing.fields], listing.fields))


def _row_heights(rows: Sequence[Sequence[Cell]], fields: Sequence[Field]) -> list[float]:
    lines = [1] * len(rows)
    for cells, field in zip(zip(*rows, strict=True), fields, strict=True):
        needed = {text: lines_needed(text, field.width) for text in set(cells) if isinstance(text, str)}
        if needed and max(needed.values()) > 1:
            lines = [max(most, needed.get(cell, 1)) for most, cell in zip(lines, cells, strict=True)]
    return [3 + LINE_HEIGHT * most for most in lines]


def height(values: Sequence[Cell], fields: Sequence[Field]) -> float:
    """How high a row must be, in points, for its longest text to be seen."""
    wrapped = [
        lines_needed(value, field.width) for value, field in zip(values, fields, strict=True) if isinstance(value, str)
    ]
    return 3 + LINE_HEIGHT * max([1, *wrapped])


@lru_cache(maxsize=65_536)  # the same few reasons stand on thousands of rows, and wrapping is slow
def lines_needed(text: str, width: float) -> int:
    """How many lines a text takes in a column of that many characters."""
    room = max(4, int((width - 1) * 1.08))
    if len(text) <= room and "\n" not in text:
        return 1
    return sum(max(1, len(wrap(part, room))) for part in text.split("\n"))


def _shown(listing: Listing) -> list[tuple[Cell, ...]]:
    """The lines' values, each with its priority under that heading and nothing to answer where nothing is asked."""
    place = listing.headings.index("Priority") if "Priority" in listing.headings else None

    def of(line: Line) -> tuple[Cell, ...]:
        if not line.closed and (place is None or line.values[place] == line.priority):
            return line.values
        cells = zip(listing.fields, line.values, strict=True)
        values = [None if line.closed and field.typed else value for field, value in cells]
        if place is not None:
            values[place] = line.priority
        return tuple(values)

    return [of(line) for line in listing.lines]


def _styles(listing: Listing) -> list[tuple[CellStyle, ...]]:
    """How the cells of each line look: its priority by a tone, and its answer cells by what they take."""

    @cache
    def of(priority: str, value_kind: str, *, closed: bool) -> tuple[CellStyle, ...]:
        return tuple(_style(field, priority, value_kind, closed=closed) for field in listing.fields)

    return [of(line.priority, line.value_kind, closed=line.closed) for line in listing.lines]


def _style(field: Field, priority: str, value_kind: str, *, closed: bool) -> CellStyle:
    if closed and field.typed:
        return "normal", "text"  # locked and plain
    if field.heading == "Priority":
        return PRIORITY_LOOK[priority], "text"
    if field.typed and field.heading == "Value":
        return "answer", VALUE_LOOK.get(value_kind, "text")
    return ("answer" if field.typed else "normal"), CELL_KIND[field.kind]


def _choices(tab: Tab, listing: Listing, as_of: date) -> None:
    first, last = listing.header_row + 1, listing.header_row + max(1, len(listing.lines))
    for column, field in enumerate(listing.fields, 1):
        area = (first, column, last, column)
        if not field.typed:
            continue
        if field.choices:
            tab.drop_down(area, field.choices, "Please choose one from the list.")
        elif field.kind == "date":
            earliest = as_of - timedelta(days=365) if field.heading != "Until" else as_of - timedelta(days=31)
            tab.must_be_date(area, earliest, f"{field.hint} Type a date, such as 27 Nov 2026.".strip())
        elif field.heading == "Answer":
            _answer_cells(tab, column, listing)
        elif field.heading == "Value":
            _value_cells(tab, column, listing)


def _runs(listing: Listing, what: Callable[[Line], T]) -> Iterator[tuple[T, int, int]]:
    """Neighbouring lines that take the same share one rule: what, and the first and last row."""
    for told, run in groupby(enumerate(listing.lines, listing.header_row + 1), key=lambda item: what(item[1])):
        rows = [row for row, _ in run]
        yield told, rows[0], rows[-1]


def _answer_cells(tab: Tab, column: int, listing: Listing) -> None:
    for answers, first, last in _runs(listing, lambda line: line.answers):
        if not answers:
            continue
        told = "Please choose one from the list; anything else goes in Comment."
        tab.drop_down((first, column, last, column), answers, told)


def _value_cells(tab: Tab, column: int, listing: Listing) -> None:
    # Where the practice may decide in its own words, no rule may refuse them.
    for (kind, free), first, last in _runs(listing, lambda line: (line.value_kind, "practice decides" in line.answers)):
        area = (first, column, last, column)
        if kind == "date" and not free:
            tab.must_be_date(area, date(1900, 3, 1), VALUE_HINT[kind])
        elif kind == "money" and not free:
            tab.must_be_number(area, VALUE_HINT[kind])
        elif kind == "status" and not free:
            tab.drop_down(area, [status.label for status in STATUSES], VALUE_HINT[kind])


def _print(tab: Tab, listing: Listing, pack_line: str, country: str | None) -> None:
    """On its side, one page wide, the headings on every page."""
    tab.print_on(title_row=listing.header_row)
    tab.sheet.set_margins(left=NARROW, right=NARROW, top=0.6, bottom=0.6)
    if country in US_LETTER:
        tab.sheet.set_paper(1)
    tab.sheet.set_header(f"&R{_in_header(pack_line)}")
    wide = printed(listing.fields)
    if wide < len(listing.fields):
        tab.sheet.print_area(0, 0, listing.header_row + max(1, len(listing.lines)) - 1, wide - 1)
        left_out = _in_header(f'The columns to fill in, from "{listing.fields[wide].heading}" on, are not printed.')
        tab.sheet.set_footer(f"&L&A&C{left_out}&RPage &P of &N")


def _in_header(text: str) -> str:
    # an ampersand is a command in a printed header, which takes 255 characters in all
    return text.replace("&", "&&")[:110]


def printed(fields: Sequence[Field]) -> int:
    """How many columns a page holds: all that is to be read, and of what is filled in as much as can still be read."""
    inches = accumulate((field.width * 7 + 5) / 96 for field in fields)
    fitting = sum(wide <= WIDE_INCHES * 100 / LEAST_SCALE for wide in inches)
    to_read = max((place for place, field in enumerate(fields, 1) if not field.typed), default=0)
    return max(fitting, to_read)
