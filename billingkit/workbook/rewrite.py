"""A sheet written again with new cells in it, as a stream: whatever else stands in it stays as it is, byte for byte."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from billingkit.workbook.new_cells import NewCells, address
from billingkit.workbook.places import LAST_COLUMN
from billingkit.workbook.row_cells import blank_style
from billingkit.workbook.rows import CELL_AT, Odd, Tags, column_of, each_row, last_span, prefix_of, tags
from billingkit.workbook.survey import MIXED, NOTHING, OURS, Survey

OWN_ROW = b' customFormat="0"'  # a row that only our cells fill says the default aloud, so that it can be told
NO_ROW = 1 << 30


def rewrite(chunks: Iterable[bytes], seen: Survey, new: NewCells, before: bytes, behind: bytes) -> Iterator[bytes]:
    """The sheet again, with the new cells in it and an edited shell around its rows.

    `chunks` are those that were surveyed: the survey says where cells go, so nothing is looked for again.
    """
    todo = _Todo(new.by_row())
    tag = tags(prefix_of(seen.before))
    rest, base, first = b"", 0, 0
    yield before
    for chunk in _between(chunks, seen.start, seen.end):
        block = rest + chunk
        end = bisect_right(seen.stops, base + len(block), first)
        cut = seen.stops[end - 1] - base if end > first else 0
        yield b"".join(_rewritten(block[:cut], base, seen.rows(first, end), new, tag, todo))
        rest, base, first = block[cut:], base + cut, end
    yield rest
    yield b"".join(_own_row(row, cells, tag) for row, cells in todo.up_to(NO_ROW))
    yield behind


def _between(chunks: Iterable[bytes], start: int, end: int) -> Iterator[bytes]:
    """A stretch of a stream."""
    at = 0
    for chunk in chunks:
        yield chunk[max(start - at, 0) : max(end - at, 0)]
        at += len(chunk)


@dataclass(slots=True)
class _Todo:
    """The rows that still wait for their cells."""

    rows: Iterator[tuple[int, Sequence[bytes]]]
    due: int = 0  # past the last row of any sheet when none waits
    cells: Sequence[bytes] = ()

    def __post_init__(self) -> None:
        self.take()

    def take(self) -> Sequence[bytes]:
        """The cells of the row that is due, in pieces; then the next one is."""
        cells = self.cells
        self.due, self.cells = next(self.rows, (NO_ROW, ()))
        return cells

    def up_to(self, row: int) -> Iterator[tuple[int, Sequence[bytes]]]:
        """Those before a row."""
        while self.due < row:
            yield self.due, self.take()


def _rewritten(
    block: bytes, base: int, rows: Iterable[tuple[int, ...]], new: NewCells, tag: Tags, todo: _Todo
) -> list[bytes]:
    """The pieces of a block of whole rows: long runs of her bytes, ours between them."""
    out: list[bytes] = []
    at = stop = 0
    edge = min(new.make, default=LAST_COLUMN + 1)
    for row, last, place, end, tail, span, width in rows:
        start, stop = stop, end - base
        if todo.due < row:
            start = block.index(tag.row_start, start)
            out.append(block[at:start])
            at = start
            out.extend(_own_row(missing, cells, tag) for missing, cells in todo.up_to(row))
        cells = todo.take() if todo.due == row else ()
        mine = b"".join(cells)
        if not mine and (tail == NOTHING or not new.drop):
            continue
        if tail == MIXED or (mine and last >= edge):
            out += block[at:start], _merged_row(block[start:stop], row, new.placed(cells) if mine else [], new, tag)
            at = stop
            continue
        had = tail == OURS
        shift = (new.spans_grow if mine else 0) - (new.spans_were if had else 0)
        if shift and span:
            where = span - base
            out += block[at:where], _shifted(block[where : where + width], shift)
            at = where + width
        out += block[at : place - base], mine
        at = stop - len(tag.row_end) if had else place - base
    out.append(block[at:])
    return out


def _own_row(row: int, cells: Sequence[bytes], tag: Tags) -> bytes:
    return b'<%srow r="%d"%s>%s%s' % (tag.prefix, row, OWN_ROW, b"".join(cells), tag.row_end)


def _merged_row(text: bytes, row: int, cells: list[tuple[int, bytes]], new: NewCells, tag: Tags) -> bytes:
    """A row put together again cell by cell."""
    match, _, inner, _ = next(each_row(text, tag))
    kept, had = _merged(text[match.end() : inner], row, cells, new, tag)
    if not cells and not had:
        return text
    ahead, attributes = text[: match.start()], match[1]
    if had and not kept and OWN_ROW in attributes and len(attributes) == len(b' r="%d"' % row + OWN_ROW):
        return ahead
    shift = (new.spans_grow if cells else 0) - (new.spans_were if had else 0)
    return b"%s<%srow%s>%s%s" % (ahead, tag.prefix, _spans(match, shift), kept, tag.row_end)


def _merged(body: bytes, row: int, cells: list[tuple[int, bytes]], new: NewCells, tag: Tags) -> tuple[bytes, bool]:
    """Cell by cell: ours from an earlier run go, new ones take their places in order."""
    kept: dict[int, bytes] = {}
    had = False
    start = end = None
    for match in tag.whole.finditer(body):
        place = CELL_AT.search(match[0])
        if place is None:
            raise Odd
        column = column_of(place[1])
        start = match.start() if start is None else start
        gap = match.start() if end is None else end  # what stands between two cells stays with the second
        end = match.end()
        if column in new.drop and row >= new.drop[column]:
            hers = new.under.get((row, column))
            # in a row that holds none of ours, hers stands there as it was
            had = had or hers is None or blank_style(match[0]) != hers
            if hers is not None:
                kept[column] = _blank(row, column, hers, tag.prefix)
        else:
            kept[column] = body[gap:end]
    kept.update(cells)
    middle = b"".join(kept[column] for column in sorted(kept))
    return (body[:start] + middle + body[end:] if start is not None else middle + body), had


def _blank(row: int, column: int, style: int, prefix: bytes) -> bytes:
    look = b' s="%d"' % style if style >= 0 else b""
    return b'%s%d"%s/>' % (address(column, prefix), row, look)


def _spans(match: re.Match[bytes], shift: int) -> bytes:
    """A row's attributes, with the last number of its spans that much higher."""
    span, end = last_span(match)
    if not (shift and end):
        return match[1]
    text, attributes = match.string, match.span(1)
    return text[attributes[0] : span] + _shifted(text[span:end], shift) + text[end : attributes[1]]


@cache
def _shifted(span: bytes, shift: int) -> bytes:
    return b"%d" % max(1, min(LAST_COLUMN, int(span) + shift))
