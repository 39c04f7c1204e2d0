"""A sheet written again with new cells in it, as a stream: whatever else stands in it stays as it is, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from billingkit.workbook.new_cells import NewCells, address
from billingkit.workbook.places import LAST_COLUMN, number
from billingkit.workbook.row_cells import blank_style
from billingkit.workbook.rows import CELL_AT, SPANS, Odd, Tags, blocks, each_row, prefix_of, tags

OWN_ROW = b' customFormat="0"'  # a row that only our cells fill says the default aloud, so that it can be told
NO_ROW = 1 << 30


def rewrite(chunks: Iterable[bytes], new: NewCells, before: bytes, behind: bytes) -> Iterator[bytes]:
    """The sheet again, with the new cells in it and an edited shell around its rows."""
    todo = _Todo(new.by_row())
    tag = tags(b"")
    for kind, block in blocks(chunks):
        if kind == "before":
            tag = tags(prefix_of(block))
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
    place = CELL_AT.search(cell[0]) if cell else None
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
        place = CELL_AT.search(match[0])
        if place is None:
            raise Odd
        column = number(place[1].decode())
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


def _spans(attributes: bytes, shift: int) -> bytes:
    if not shift:
        return attributes
    found = SPANS.search(attributes)
    if found is None:
        return attributes
    last = max(1, min(LAST_COLUMN, int(found[2]) + shift))
    return attributes[: found.start(2)] + b"%d" % last + attributes[found.end(2) :]
