"""Before a file is read: what it really is, and whether its parts can be inflated without harm.

Kinds go by content, never by extension. Parts of a package are inflated in chunks and counted as they
come; nothing is sized by what the file says about itself.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from billingkit.problems import HostileFile, NotAWorkbook, TooLarge
from billingkit.workbook.limits import MEBIBYTE, Limits

CHUNK = MEBIBYTE
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_HEADER = 512
_OTHERS = {
    b"%PDF": "a PDF document",
    b"{\\rtf": "a Word (RTF) document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"7z\xbc\xaf": "a packed folder",
    b"Rar!": "a packed folder",
    b"\x1f\x8b": "a packed file",
    b"MZ": "a program",
    b"\x7fELF": "a program",
    b"SQLite": "a database",
}
_ASK_AGAIN = "Ask the practice to send the workbook again."
_SAVE_AS = "Open it in Excel, save it as an Excel workbook (.xlsx) and send that."
_WIDE = {name: name.encode("utf-16-le") for name in ("EncryptedPackage", "Workbook", "Book", "WordDocument")}


def kind_of(data: bytes, place: str) -> str:
    """What the content is: `zip`, `xls`, `protected` (an encrypted package) or `text`.

    Raises NotAWorkbook for an empty file and for anything that is plainly something else.
    """
    if not data.strip(b"\0 \r\n\t"):
        raise NotAWorkbook(place, "the file is empty.", _ASK_AGAIN)
    if data.startswith(b"PK"):
        return "zip"
    if data.startswith(_OLE):
        return _kind_of_ole(data, place)
    for mark, what in _OTHERS.items():
        if data.startswith(mark):
            raise NotAWorkbook(place, f"this is {what}, not a workbook.", "Send the Excel or CSV export itself.")
    start = data[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<meta", b"<style")):
        raise NotAWorkbook(place, "this is a web page or XML saved under another name.", _SAVE_AS)
    return "text"


def _kind_of_ole(data: bytes, place: str) -> str:
    if _WIDE["EncryptedPackage"] in data:
        return "protected"
    if _WIDE["Workbook"] in data or _WIDE["Book"] in data:
        return "xls"
    if _without_directory(data):
        damaged(place)
    what = "a Word document" if _WIDE["WordDocument"] in data else "an Office file of another kind"
    raise NotAWorkbook(place, f"this is {what}, not a workbook.", "Send the Excel or CSV export itself.")


def _without_directory(data: bytes) -> bool:
    """Whether a compound file ends before the sector in which it lists what it holds ([MS-CFB] 2.2)."""
    if len(data) < _OLE_HEADER:
        return True
    shift, first = struct.unpack_from("<H", data, 30)[0], struct.unpack_from("<I", data, 48)[0]
    return shift not in {9, 12} or (first + 1) << shift >= len(data)


def damaged(place: str) -> NoReturn:
    """Raise the refusal for a file that is cut short or broken."""
    raise NotAWorkbook(place, "the file is damaged or was cut short.", _ASK_AGAIN) from None


@dataclass(slots=True)
class Package:
    """The parts of a zip package, inflated on demand and counted against the limits.

    `names` maps a part's plain name (forward slashes, no leading slash, lower case) to its entry.
    """

    place: str
    limits: Limits
    archive: zipfile.ZipFile
    names: dict[str, zipfile.ZipInfo]
    inflated: int = 0
    done: dict[str, int] = field(default_factory=dict)  # bytes inflated so far, by part
    proved: set[str] = field(default_factory=set)  # parts inflated to the end, checksum and all

    def stream(self, name: str) -> Iterator[bytes]:
        """The part's bytes in chunks of about a mebibyte; its checksum is proved at the end."""
        entry, came = self.names[name], 0
        try:
            with self.archive.open(entry) as part:
                while chunk := part.read(CHUNK):
                    came += len(chunk)
                    self._weigh(name, came)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            damaged(self.place)
        self.proved.add(name)

    def read(self, name: str) -> bytes:
        """A whole part, proved to be well-formed XML without a DOCTYPE."""
        return b"".join(checked_xml(self.stream(name), self.place))

    def rest(self) -> None:
        """Inflate every part not read so far, so that a broken or hostile one is found."""
        for name in self.names:
            if name in self.proved:
                continue
            chunks = self.stream(name)
            for _ in checked_xml(chunks, self.place) if name.endswith((".xml", ".rels")) else chunks:
                pass

    def _weigh(self, name: str, came: int) -> None:
        entry, before = self.names[name], self.done.get(name, 0)
        self.inflated += max(came - before, 0)
        self.done[name] = max(came, before)
        if self.inflated > self.limits.inflated:
            most = self.limits.inflated // MEBIBYTE
            raise HostileFile(self.place, f"unpacked, the file is larger than {most} MiB.", _ASK_AGAIN)
        if came > self.limits.ratio_from and came > self.limits.ratio * max(entry.compress_size, 1):
            raise HostileFile(
                self.place, "a part of the file unpacks to far more than its size (a zip bomb).", _ASK_AGAIN
            )


def open_package(data: bytes, place: str, limits: Limits) -> Package:
    """Open a zip package without inflating anything; duplicate and too many part names are refused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
        damaged(place)
    if len(entries) > limits.parts:
        raise HostileFile(place, f"the file holds {len(entries):,} parts, more than {limits.parts:,}.", _ASK_AGAIN)
    names: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = part_name(entry.filename)
        if name in names:
            raise HostileFile(place, "the file holds two parts of the same name.", _ASK_AGAIN)
        if not entry.is_dir():
            names[name] = entry
    return Package(place, limits, archive, names)


def part_name(name: str) -> str:
    """A part's plain name: forward slashes, no leading slash, lower case (Excel compares names so)."""
    return name.replace("\\", "/").lstrip("/").lower()


def checked_xml(chunks: Iterator[bytes], place: str) -> Iterator[bytes]:
    """The chunks unchanged, proved well-formed on the way; a DOCTYPE or entity is refused."""
    parser = expat.ParserCreate()

    def doctype(*_: object) -> NoReturn:
        raise HostileFile(place, "the file defines entities (a DOCTYPE), which no spreadsheet needs.", _ASK_AGAIN)

    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield chunk
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError):
        damaged(place)


def too_large(place: str, found: str) -> TooLarge:
    """The refusal for a file that passes a limit."""
    return TooLarge(place, found, "Send a smaller export, such as open claims only.")
