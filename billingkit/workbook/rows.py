"""A sheet's rows as a stream of bytes, never held whole.

Rows and cells are found by their tags. That is sound only for plain XML: UTF-8, no comments, no CDATA, every row and
cell with its address, in order. `Odd` says that a sheet is not like that; `plain.py` then writes it out plainly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from billingkit.workbook.places import number
from billingkit.workbook.unsafe import unsafe

_ATTRIBUTES = rb"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*"""
_SHEET_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData(" + _ATTRIBUTES + rb")\s*(/?)>")
# a row's number and spans stand first in most files, and are then found in the same match
_ROW_ATTRIBUTES = rb"""((?: r="(\d{1,7})")?(?: spans="[\d: ]*?(\d{1,5})")?""" + _ATTRIBUTES + rb")\s*(/?)>"
_ODD_START = re.compile(
    rb"""^(?:\xff\xfe|\xfe\xff|<\?xml[^>]*encoding\s*=\s*["'](?!utf-?8["']|us-ascii["']))""", re.IGNORECASE
)
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")
_SPANS = re.compile(rb"""\sspans\s*=\s*["'][^"']*?(\d{1,5})["']""")
CELL_AT = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})\d+["']""")
CELL_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
TYPED = re.compile(rb"""<(?:[\w.-]+:)?c\s(?:[^<>]*\s)?t\s*=\s*["'](?:inlineStr|s|str|b|e|d)["']""")
MAX_HEAD = 64 << 20


class Odd(Exception):
    """The sheet's XML is not plain enough to be followed by its tags."""


@dataclass(frozen=True, slots=True)
class Tags:
    """The patterns for one prefix of element names."""

    prefix: bytes
    row: re.Pattern[bytes]  # all attributes, number, last of the spans, "/" of a row without cells
    cell: re.Pattern[bytes]
    whole: re.Pattern[bytes]
    bare: re.Pattern[bytes]  # a cell without an address, or with its address on another line
    stray: re.Pattern[bytes]  # what may not stand between two rows
    filled: re.Pattern[bytes]
    usual: re.Pattern[bytes]  # a filled cell as most programs write it: one match instead of three
    columns: re.Pattern[bytes]  # each cell's column, as most programs write it
    row_start: bytes
    row_end: bytes
    cell_start: bytes
    cell_end: bytes


def tags(prefix: bytes) -> Tags:
    """The patterns for a prefix such as b"x:"."""
    p = re.escape(prefix)
    attributes = rb"""((?:[^>"']|"[^"]*"|'[^']*')*?)(/?)>"""
    return Tags(
        prefix,
        re.compile(rb"<" + p + rb"row(?=[\s/>])" + _ROW_ATTRIBUTES),
        re.compile(rb"<" + p + rb"c\s" + attributes),
        re.compile(rb"<" + p + rb"c\s" + attributes[:-1] + rb"(?:(?<=/)>|>.*?</" + p + rb"c>)", re.DOTALL),
        re.compile(rb"<" + p + rb"c[>/\t\r\n]"),
        re.compile(rb"<" + p + rb"(?:c\s|row[^\w\s/>])"),
        re.compile(rb"<" + p + rb"(?:v|is|f)[\s>]"),
        re.compile(rb'<%bc r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="\w+")?><%b(?:v|is|f)>' % (p, p)),
        re.compile(rb'<%bc r="([A-Z]{1,3})\d' % p),
        b"<" + prefix + b"row",
        b"</" + prefix + b"row>",
        b"<" + prefix + b"c ",
        b"</" + prefix + b"c>",
    )


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
    while buffer.rfind(end_tag, searched) < 0:  # where there is none, looking from behind takes less than half the time
        cut = buffer.rfind(row_end)
        if cut >= 0:
            yield "rows", _plain(buffer[: cut + len(row_end)])
            buffer = buffer[cut + len(row_end) :]
        searched = max(0, len(buffer) - len(end_tag))
        chunk = next(stream, None)
        if chunk is None:
            raise unsafe("The sheet ends in the middle of its rows.")
        buffer += chunk
    end = buffer.find(end_tag, searched)
    if end:
        yield "rows", _plain(buffer[:end])
    yield "behind", b"".join([buffer[end:], *stream])


def _plain(block: bytes) -> bytes:
    # A lone byte is found many times faster than "<" and what follows it, and most sheets hold neither.
    if (b"!" in block and b"<!" in block) or (b"?" in block and b"<?" in block):
        raise Odd
    return block


def prefix_of(before: bytes) -> bytes:
    """The prefix of element names in a sheet, from what stands before its rows."""
    found = _SHEET_DATA.search(before)
    return found[1] if found else b""


def each_row(block: bytes, tag: Tags) -> Iterator[tuple[re.Match[bytes], int, int, int]]:
    """Every row of a block: its start tag, its number, where its cells end, where it ends."""
    stop = 0
    matches = tag.row.finditer(block)
    match = next(matches, None)
    while match is not None:
        if stop < match.start() and tag.stray.search(block, stop, match.start()):
            raise Odd
        following = next(matches, None)
        stop = len(block) if following is None else following.start()
        if match[4]:
            inner = stop = match.end()
        elif block.endswith(tag.row_end, match.end(), stop):
            inner = stop - len(tag.row_end)
        else:
            inner = block.find(tag.row_end, match.end(), stop)
            stop = inner + len(tag.row_end)
            if inner < 0:
                raise Odd
        yield match, int(match[2] or _number(match[1])), inner, stop
        match = following
    if stop < len(block) and tag.stray.search(block, stop):
        raise Odd


def _number(attributes: bytes) -> bytes:
    found = _NUMBER.search(attributes)
    if found is None:
        raise Odd
    return found[1]


def last_span(row: re.Match[bytes]) -> tuple[int, int]:
    """Where in a block the last number of a row's spans starts and ends, from its start tag; twice 0 if it has none."""
    if row[3] is not None:
        return row.span(3)
    found = _SPANS.search(row[1]) if b"spans" in row[1] else None
    return (row.start(1) + found.start(1), row.start(1) + found.end(1)) if found else (0, 0)


@cache
def column_of(letters: bytes) -> int:
    """The number of a column from its letters in an address."""
    return number(letters.decode())
