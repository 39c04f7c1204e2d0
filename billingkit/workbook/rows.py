"""A sheet's rows as a stream of bytes: surveyed once, rewritten once, and never held whole.

Rows and cells are found by their tags. That is sound only for plain XML: UTF-8, no comments, no CDATA, every row and
cell with its address, in order. `Odd` says that a sheet is not like that; `plain.py` then writes it out plainly.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from billingkit.workbook.places import LAST_COLUMN, letters, number
from billingkit.workbook.unsafe import unsafe

_ATTRIBUTES = rb"""((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(/?)>"""
_SHEET_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData" + _ATTRIBUTES)
_ODD_START = re.compile(
    rb"""^(?:\xff\xfe|\xfe\xff|<\?xml[^>]*encoding\s*=\s*["'](?!utf-?8["']|us-ascii["']))""", re.IGNORECASE
)
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")
_SPANS = re.compile(rb"""(\sspans\s*=\s*["'][^"']*?)(\d+)(["'])""")
_ROW_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_ROW_FORMAT = re.compile(rb"""\scustomFormat\s*=\s*["'](?:1|true)["']""")
OWN_ROW = b' customFormat="0"'  # a row that only our cells fill says the default aloud, so that it can be told
MAX_HEAD = 64 << 20
NO_ROW = 1 << 30
BATCH = 1_000  # rows whose cells are made at a time
ORDER_CHECKED = 2_000  # a program that keeps cells in order keeps them so in every row


UNSAID = -1  # the format of an empty cell that names none
Under = Mapping[tuple[int, int], int]  # empty cells of hers that ours took the place of: row and column to format
NOTHING_UNDER: Final[Under] = {}


class Odd(Exception):
    """The sheet's XML is not plain enough to be followed by its tags."""


@dataclass(frozen=True, slots=True)
class Tags:
    """The patterns for one prefix of element names."""

    prefix: bytes
    row: re.Pattern[bytes]
    cell: re.Pattern[bytes]
    whole: re.Pattern[bytes]
    bare: re.Pattern[bytes]
    filled: re.Pattern[bytes]
    usual: re.Pattern[bytes]  # a filled cell as most programs write it: one match instead of three

    row_end: bytes
    cell_start: bytes
    cell_end: bytes


def tags(prefix: bytes) -> Tags:
    """The patterns for a prefix such as b"x:"."""
    p = re.escape(prefix)
    attributes = rb"""((?:[^>"']|"[^"]*"|'[^']*')*?)(/?)>"""
    return Tags(
        prefix,
        re.compile(rb"<" + p + rb"row(?=[\s/>])" + _ATTRIBUTES),
        re.compile(rb"<" + p + rb"c\s" + attributes),
        re.compile(rb"<" + p + rb"c\s" + attributes[:-1] + rb"(?:(?<=/)>|>.*?</" + p + rb"c>)", re.DOTALL),
        re.compile(rb"<" + p + rb"(?:c[>/\t\r\n]|row[^\w\s/>])"),
        re.compile(rb"<" + p + rb"(?:v|is|f)[\s>]"),
        re.compile(rb'<%bc r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="\w+")?><%b(?:v|is|f)>' % (p, p)),
        b"</" + prefix + b"row>",
        b"<" + prefix + b"c ",
        b"</" + prefix + b"c>",
    )


_CELL_AT = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})\d+["']""")
_CELL_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_COLUMNS = re.compile(rb"""<(?:[\w.-]+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Z]{1,3})\d""")


def blocks(chunks: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Splits a sheet into ("before", bytes), any number of ("rows", whole rows), and ("behind", bytes)."""
    stream = iter(chunks)
    buffer = b""
    found = None
    while found is None:
        chunk = next(stream, None)
        if chunk is None or len(buffer) > MAX_HEAD:
            if _ODD_START.match(buffer):
                raise Odd
            raise unsafe("The sheet has no place for rows.")
        buffer += chunk
        found = _SHEET_DATA.search(buffer)
    if _ODD_START.match(buffer):
        raise Odd
    prefix = found[1]
    end_tag, row_end = b"</" + prefix + b"sheetData", b"</" + prefix + b"row>"
    if found[3]:
        yield "before", buffer[: found.start()] + b"<" + prefix + b"sheetData" + found[2] + b">"
        yield "behind", end_tag + b">" + b"".join([buffer[found.end() :], *stream])
        return
    yield "before", buffer[: found.end()]
    yield from _row_blocks(buffer[found.end() :], stream, end_tag, row_end)


def _row_blocks(buffer: bytes, stream: Iterator[bytes], end_tag: bytes, row_end: bytes) -> Iterator[tuple[str, bytes]]:
    searched = 0
    while (end := buffer.find(end_tag, searched)) < 0:
        cut = buffer.rfind(row_end)
        if cut >= 0:
            yield "rows", _plain(buffer[: cut + len(row_end)])
            buffer = buffer[cut + len(row_end) :]
        searched = max(0, len(buffer) - len(end_tag))
        chunk = next(stream, None)
        if chunk is None:
            raise unsafe("The sheet ends in the middle of its rows.")
        buffer += chunk
    if end:
        yield "rows", _plain(buffer[:end])
    yield "behind", b"".join([buffer[end:], *stream])


def _plain(block: bytes) -> bytes:
    # A lone byte is found many times faster than "<" and what follows it, and most sheets hold neither.
    if (b"!" in block and b"<!" in block) or (b"?" in block and b"<?" in block):
        raise Odd
    return block


@dataclass(slots=True)
class Survey:
    """What the rows hold: for each row its last filled cell, its last cell of any kind, and that one's format."""

    before: bytes = b""
    behind: bytes = b""
    numbers: array[int] = field(default_factory=lambda: array("L"))
    filled: array[int] = field(default_factory=lambda: array("H"))
    last: array[int] = field(default_factory=lambda: array("H"))
    style: dict[int, int] = field(default_factory=dict)  # of wanted rows
    shortest_span: int | None = None  # the smallest last column that a wanted row's spans name

    def used(self, top: int, bottom: int) -> int:
        """The last filled column in these rows; 0 if none."""
        return max((f for n, f in zip(self.numbers, self.filled, strict=True) if top <= n <= bottom), default=0)

    def formatted(self, wanted: frozenset[int]) -> int:
        """The last column with a cell, even an empty one, in the wanted rows."""
        return max((f for n, f in zip(self.numbers, self.last, strict=True) if n in wanted), default=0)


def survey(
    chunks: Iterable[bytes], wanted: frozenset[int], ours: Mapping[int, int], under: Under = NOTHING_UNDER
) -> Survey:
    """One pass over a sheet. `ours` gives, for each column of ours, the row it starts in; those cells do not count.

    Where an empty cell of hers was under one of ours, it counts as such.

    Raises:
        Odd: the sheet must be written plainly first.
    """
    found = Survey()
    last_row = 0
    tag = tags(b"")
    for kind, block in blocks(chunks):
        if kind == "before":
            found.before = block
            tag = tags(_prefix_of(block))
        elif kind == "behind":
            found.behind = block
        else:
            if tag.bare.search(block):
                raise Odd
            last_row = _survey_block(found, block, tag, wanted, (ours, under), last_row)
    return found


def _prefix_of(before: bytes) -> bytes:
    found = _SHEET_DATA.search(before)
    return found[1] if found else b""


def each_row(block: bytes, tag: Tags) -> Iterator[tuple[re.Match[bytes], int, int, int]]:
    """Every row of a block: its start tag, its number, where its cells end, where it ends."""
    at = 0
    while (match := tag.row.search(block, at)) is not None:
        found = _NUMBER.search(match[1])
        if found is None:
            raise Odd
        if match[2]:
            inner = at = match.end()
        else:
            inner = block.find(tag.row_end, match.end())
            if inner < 0:
                raise Odd
            at = inner + len(tag.row_end)
        yield match, int(found[1]), inner, at
    if block.find(tag.cell_start, at) >= 0:
        raise Odd


def _survey_block(
    found: Survey,
    block: bytes,
    tag: Tags,
    wanted: frozenset[int],
    ours: tuple[Mapping[int, int], Under],
    last_row: int,
) -> int:
    for match, row, inner, _ in each_row(block, tag):
        if row <= last_row:
            raise Odd
        last_row = row
        last, filled, style = _last_cells(block, match.end(), inner, tag, row, *ours)
        found.numbers.append(row)
        found.last.append(last)
        found.filled.append(filled)
        if row in wanted:
            found.style[row] = _row_style(match[1]) if style is None else style
            if len(found.style) <= ORDER_CHECKED:
                _in_order(block[match.end() : inner], tag)
            spans = _SPANS.search(match[1])
            if spans and (found.shortest_span is None or int(spans[2]) < found.shortest_span):
                found.shortest_span = int(spans[2])
    return last_row


def _last_cells(
    block: bytes, start: int, end: int, tag: Tags, row: int, ours: Mapping[int, int], under: Under
) -> tuple[int, int, int | None]:
    """The last cell's column and format and the last filled cell's column, ours left out."""
    last, style = 0, None
    at = block.rfind(tag.cell_start, start, end)
    close = end
    usual = tag.usual.match(block, at, end) if at >= 0 else None
    if usual is not None:
        column = number(usual[1].decode())
        if column not in ours or row < ours[column]:
            return column, column, int(usual[2] or 0)
    while at >= 0:
        cell = tag.cell.match(block, at)
        place = _CELL_AT.search(cell[0]) if cell else None
        if cell is None or place is None:
            raise Odd
        column = number(place[1].decode())
        if not (column in ours and row >= ours[column]):
            if not last:
                found = _CELL_STYLE.search(cell[0])
                last, style = column, int(found[1]) if found else 0
            if _TYPED.search(cell[0]) or (not cell[2] and tag.filled.search(block, cell.end(), close)):
                return last, column, style
        elif not last and (row, column) in under:
            last, style = column, max(under[row, column], 0)
        close = at
        at = block.rfind(tag.cell_start, start, at)
    return last, 0, style


_TYPED: Final = re.compile(rb"""<(?:[\w.-]+:)?c\s(?:[^<>]*\s)?t\s*=\s*["'](?:inlineStr|s|str|b|e|d)["']""")


def _row_style(attributes: bytes) -> int:
    found = _ROW_STYLE.search(attributes)
    return int(found[1]) if found and _ROW_FORMAT.search(attributes) else 0


def _in_order(body: bytes, tag: Tags) -> None:
    columns = [number(c.decode()) for c in _COLUMNS.findall(body)]
    if len(columns) != body.count(tag.cell_start) or any(a >= b for a, b in pairwise(columns)):
        raise Odd


@dataclass(frozen=True, slots=True)
class NewCells:
    """The cells to write: by column, what they begin with and what gives the rest; which of ours go; how spans grow.

    A cell's start is such as b'<c r="K'; behind it come the row's digits and the rest, None where there is no cell.
    """

    rows: tuple[int, ...]  # ascending
    make: Mapping[int, tuple[bytes, Callable[[Sequence[int]], list[bytes | None]]]]  # by column, ascending
    drop: Mapping[int, int]  # column of ours to the row it starts in
    under: Under = field(default_factory=dict)  # what stands there again once ours are gone
    spans_were: int = 0  # what an earlier run added to the spans of its rows
    spans_grow: int = 0

    def by_row(self) -> Iterator[tuple[int, list[bytes]]]:
        """Every row with its new cells, one for each column, empty where there is none; made many rows at a time."""
        for at in range(0, len(self.rows), BATCH):
            rows = self.rows[at : at + BATCH]
            digits = [b"%d" % row for row in rows]
            made = [
                [b"" if end is None else start + d + end for d, end in zip(digits, rests(rows), strict=True)]
                for start, rests in self.make.values()
            ]
            yield from ((row, [column[n] for column in made]) for n, row in enumerate(rows))

    def placed(self, cells: list[bytes]) -> list[tuple[int, bytes]]:
        """A row's new cells with their columns, those that are none left out."""
        return [(column, cell) for column, cell in zip(self.make, cells, strict=False) if cell]


def rewrite(chunks: Iterable[bytes], new: NewCells, before: bytes, behind: bytes) -> Iterator[bytes]:
    """The sheet again, with the new cells in it and an edited shell around its rows."""
    todo = _Todo(new.by_row())
    tag = tags(b"")
    for kind, block in blocks(chunks):
        if kind == "before":
            tag = tags(_prefix_of(block))
            yield before
        elif kind == "rows":
            yield b"".join(_rewritten(block, new, tag, todo))
        else:
            yield b"".join(_own_row(row, cells, tag) for row, cells in todo.up_to(None))
            yield behind


@dataclass(slots=True)
class _Todo:
    """The rows that still wait for their cells."""

    rows: Iterator[tuple[int, list[bytes]]]
    due: int = 0  # past the last row of any sheet when none waits
    cells: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.take()

    def take(self) -> list[bytes]:
        """The cells of the row that is due; then the next one is."""
        cells = self.cells
        self.due, self.cells = next(self.rows, (NO_ROW, []))
        return cells

    def up_to(self, row: int | None) -> Iterator[tuple[int, list[bytes]]]:
        """Those before a row, or all."""
        while self.due < (NO_ROW if row is None else row):
            yield self.due, self.take()


def _rewritten(block: bytes, new: NewCells, tag: Tags, todo: _Todo) -> list[bytes]:
    """The pieces of a block of rows: long runs of her bytes, ours between them."""
    out: list[bytes] = []
    at = 0
    edge = min([*new.make, *new.drop], default=LAST_COLUMN + 1)
    for match, row, inner, end in each_row(block, tag):
        if todo.due < row:
            out.append(block[at : match.start()])
            at = match.start()
            out.extend(_own_row(missing, cells, tag) for missing, cells in todo.up_to(row))
        mine = b"".join(cells := todo.take()) if todo.due == row else b""
        if not mine and not new.drop:
            continue
        place = _behind_hers(block, match, inner, tag, edge)
        if place is None:
            out.append(block[at : match.start()])
            out.append(_merged_row(block, match, row, inner, end, new.placed(cells) if mine else [], new, tag))
            at = end
        elif mine:
            start = _start_tag(match[1], new.spans_grow, tag)
            out += block[at : match.start()], start, block[match.end() : place], mine
            at = inner if match[2] else place
            if match[2]:
                out.append(tag.row_end)
    out.append(block[at:])
    return out


def _own_row(row: int, cells: list[bytes], tag: Tags) -> bytes:
    return b'<%srow r="%d"%s>%s%s' % (tag.prefix, row, OWN_ROW, b"".join(cells), tag.row_end)


def _start_tag(attributes: bytes, shift: int, tag: Tags) -> bytes:
    return b"<%srow%s>" % (tag.prefix, _spans(attributes, shift))


def _behind_hers(block: bytes, match: re.Match[bytes], inner: int, tag: Tags, edge: int) -> int | None:
    """Where new cells go in the common case: nothing in the row stands at the edge or behind it. Else None."""
    at = block.rfind(tag.cell_start, match.end(), inner)
    if at < 0:
        return match.end()
    usual = tag.usual.match(block, at, inner)
    if usual is not None and number(usual[1].decode()) < edge:
        return block.index(tag.cell_end, usual.end()) + len(tag.cell_end)
    cell = tag.cell.match(block, at)
    place = _CELL_AT.search(cell[0]) if cell else None
    if cell is None or place is None:
        raise Odd
    if number(place[1].decode()) >= edge:
        return None
    return cell.end() if cell[2] else block.index(tag.cell_end, cell.end()) + len(tag.cell_end)


def _merged_row(
    block: bytes,
    match: re.Match[bytes],
    row: int,
    inner: int,
    end: int,
    cells: list[tuple[int, bytes]],
    new: NewCells,
    tag: Tags,
) -> bytes:
    kept, had = _merged(block[match.end() : inner], row, cells, new, tag)
    attributes: bytes = match[1]
    if not cells and not had:
        return block[match.start() : end]
    if had and not kept and OWN_ROW in attributes and len(attributes) == len(b' r="%d"' % row + OWN_ROW):
        return b""
    shift = (new.spans_grow if cells else 0) - (new.spans_were if had else 0)
    return _start_tag(attributes, shift, tag) + kept + tag.row_end


def _merged(body: bytes, row: int, cells: list[tuple[int, bytes]], new: NewCells, tag: Tags) -> tuple[bytes, bool]:
    """Cell by cell: ours from an earlier run go, new ones take their places in order."""
    kept: dict[int, bytes] = {}
    had = False
    start = end = None
    for match in tag.whole.finditer(body):
        place = _CELL_AT.search(match[0])
        if place is None:
            raise Odd
        column = number(place[1].decode())
        start = match.start() if start is None else start
        gap = match.start() if end is None else end  # what stands between two cells stays with the second
        end = match.end()
        if column in new.drop and row >= new.drop[column]:
            had = True
            if (row, column) in new.under:
                kept[column] = _blank(row, column, new.under[row, column], tag.prefix)
        else:
            kept[column] = body[gap:end]
    kept.update(cells)
    middle = b"".join(kept[column] for column in sorted(kept))
    return (body[:start] + middle + body[end:] if start is not None else middle + body), had


def _blank(row: int, column: int, style: int, prefix: bytes) -> bytes:
    look = b' s="%d"' % style if style >= 0 else b""
    return b'%s%d"%s/>' % (address(column, prefix), row, look)


def blanks(chunks: Iterable[bytes], wanted: frozenset[int], left: int, right: int) -> dict[tuple[int, int], int]:
    """The formats of the empty cells that stand in those rows between two columns."""
    found = {}
    for row, cells in row_cells(chunks, wanted).items():
        for column, cell in cells.items():
            if left <= column <= right and not is_filled(cell):
                style = _CELL_STYLE.search(cell)
                found[row, column] = int(style[1]) if style else UNSAID
    return found


def _spans(attributes: bytes, shift: int) -> bytes:
    if not shift:
        return attributes
    found = _SPANS.search(attributes)
    if found is None:
        return attributes
    last = max(1, min(LAST_COLUMN, int(found[2]) + shift))
    return attributes[: found.start(2)] + b"%d" % last + attributes[found.end(2) :]


def address(column: int, prefix: bytes) -> bytes:
    """The start of a cell in that column, up to its row number."""
    return b'<%sc r="%s' % (prefix, letters(column).encode())


def row_cells(chunks: Iterable[bytes], wanted: frozenset[int]) -> dict[int, dict[int, bytes]]:
    """The cells of a few rows as bytes, by row and column; reads no further than the last of them."""
    found: dict[int, dict[int, bytes]] = {}
    tag = tags(b"")
    for kind, block in blocks(chunks):
        if kind == "before":
            tag = tags(_prefix_of(block))
        elif kind == "rows":
            for match, row, inner, _ in each_row(block, tag):
                if row in wanted:
                    found[row] = _cells(block[match.end() : inner], tag)
                if len(found) == len(wanted):
                    return found
    return found


def _cells(body: bytes, tag: Tags) -> dict[int, bytes]:
    cells = {}
    for match in tag.whole.finditer(body):
        place = _CELL_AT.search(match[0])
        if place is None:
            raise Odd
        cells[number(place[1].decode())] = match[0]
    return cells


def is_filled(cell: bytes) -> bool:
    """Whether a cell holds a value, a formula, or a type: an empty text is hers as any other text."""
    return _TYPED.match(cell) is not None or re.search(rb"<(?:[\w.-]+:)?(?:v|is|f)[\s/>]", cell) is not None
