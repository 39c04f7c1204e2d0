"""A zip file as values: its members read one by one, and a writer that copies a member's compressed bytes as they are.

The standard library's writer can neither copy a compressed member nor stream one of unknown size beside
such copies, so the few header fields an OOXML package needs are written here. Members of 4 GiB and more
are refused: no spreadsheet program opens them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

CHUNK = 1 << 18
LIMIT = 0xFFFFFFFF
UTF8_NAME = 0x800
ENCRYPTED = 0x1
LEVEL = 5  # as Excel, within two hundredths of the size, for a third less work
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a new member carries no clock: the same input gives the same file


class ZipLimit(ValueError):
    """A member or the whole file passes 4 GiB or 65,535 members."""


def raw_name(info: ZipInfo) -> bytes:
    """The member's name as the bytes that stand in the file."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & UTF8_NAME else "cp437")


def raw_chunks(source: IO[bytes], info: ZipInfo) -> Iterator[bytes]:
    """The compressed bytes of one member, unread and unchanged."""
    source.seek(info.header_offset)
    header = source.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise ZipLimit("a member of the file does not start where its directory says")
    name, extra = struct.unpack("<HH", header[26:30])
    source.seek(name + extra, 1)
    left = info.compress_size
    while left:
        chunk = source.read(min(left, CHUNK))
        if not chunk:
            raise ZipLimit("a member of the file ends before its directory says")
        left -= len(chunk)
        yield chunk


def _dos_time(when: tuple[int, int, int, int, int, int]) -> tuple[int, int]:
    year, month, day, hour, minute, second = when
    return hour << 11 | minute << 5 | second // 2, max(year - 1980, 0) << 9 | month << 5 | day


@dataclass(frozen=True, slots=True)
class _Entry:
    name: bytes
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    system: int
    attributes: int
    offset: int

    def local(self) -> bytes:
        fixed = (20, self.flags, self.method, self.time, self.date, self.crc, self.packed, self.size, len(self.name), 0)
        return struct.pack("<4s5H3L2H", b"PK\x03\x04", *fixed) + self.name

    def central(self) -> bytes:
        made_by = self.system << 8 | 20
        fixed = (made_by, 20, self.flags, self.method, self.time, self.date, self.crc, self.packed, self.size)
        rest = (len(self.name), 0, 0, 0, 0, self.attributes, self.offset)
        return struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *fixed, *rest) + self.name


@dataclass(slots=True)
class Writer:
    """Writes one zip file to a seekable stream, member after member; `close` writes its directory."""

    out: IO[bytes]
    level: int = LEVEL
    _entries: list[_Entry] = field(default_factory=list)

    def copy(self, source: IO[bytes], info: ZipInfo) -> None:
        """Copies one member of another zip, compressed bytes untouched."""
        time, date = _dos_time(info.date_time)
        entry = _Entry(
            raw_name(info),
            info.flag_bits & (UTF8_NAME | 0x6),
            info.compress_type,
            time,
            date,
            info.CRC,
            info.compress_size,
            info.file_size,
            info.create_system,
            info.external_attr,
            self._offset(),
        )
        self.out.write(entry.local())
        for chunk in raw_chunks(source, info):
            self.out.write(chunk)
        self._entries.append(entry)

    def add(self, name: str, content: Iterable[bytes], like: ZipInfo | None = None) -> None:
        """Adds a member from chunks of plain bytes, compressed as they come.

        With `like`, the member takes that one's place: its name's bytes, its date and its attributes.
        """
        raw = raw_name(like) if like else name.encode()
        flags = like.flag_bits & UTF8_NAME if like else (0 if name.isascii() else UTF8_NAME)
        time, date = _dos_time(like.date_time if like else FIRST_DAY)
        where = (like.create_system, like.external_attr) if like else (0, 0)
        start = self._offset()
        self.out.write(_Entry(raw, flags, ZIP_DEFLATED, time, date, 0, 0, 0, *where, start).local())
        crc, packed, size = self._deflate(content)
        entry = _Entry(raw, flags, ZIP_DEFLATED, time, date, crc, packed, size, *where, start)
        end = self.out.tell()
        self.out.seek(start)
        self.out.write(entry.local())
        self.out.seek(end)
        self._entries.append(entry)

    def _deflate(self, content: Iterable[bytes]) -> tuple[int, int, int]:
        deflate = zlib.compressobj(self.level, zlib.DEFLATED, -15)
        crc = packed = size = 0
        for chunk in content:
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
            packed += self.out.write(deflate.compress(chunk))
        packed += self.out.write(deflate.flush())
        if max(size, packed) >= LIMIT:
            raise ZipLimit("a part of the workbook passes 4 GiB")
        return crc, packed, size

    def _offset(self) -> int:
        offset = self.out.tell()
        if offset >= LIMIT:
            raise ZipLimit("the workbook passes 4 GiB")
        return offset

    def close(self, comment: bytes = b"") -> None:
        """Writes the directory; the stream itself stays open."""
        if len(self._entries) >= 0xFFFF:
            raise ZipLimit("the workbook has more than 65,534 parts")
        start = self._offset()
        for entry in self._entries:
            self.out.write(entry.central())
        size, count = self.out.tell() - start, len(self._entries)
        self.out.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, start, len(comment)) + comment)


COPYABLE = frozenset({ZIP_STORED, ZIP_DEFLATED})
