"""A sheet's rows as a stream of bytes, never held whole.

Rows and cells are found by their tags. That is sound only for plain XML: UTF-8, no comments, no CDATA, every row and
cell with its address, in order. `Odd` says that a sheet is not like that; `plain.py` then writes it out plainly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from billingkit.workbook.unsafe import unsafe

_ATTRIBUTES = rb"""((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(/?)>"""
_SHEET_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData" + _ATTRIBUTES)
_ODD_START = re.compile(
    rb"""^(?:\xff\xfe|\xfe\xff|<\?xml[^>]*encoding\s*=\s*["'](?!utf-?8["']|us-ascii["']))""", re.IGNORECASE
)
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d{1,7})["']""")
SPANS = re.compile(rb"""(\sspans\s*=\s*["'][^"']*?)(\d+)(["'])""")
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


CELL_AT = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})\d+["']""")
CELL_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
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


def prefix_of(before: bytes) -> bytes:
    """The prefix of element names in a sheet, from what stands before its rows."""
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
