"""An OOXML package as values: its parts, relationships and content types, and a save that copies what is not changed.

Part names carry no leading slash ("xl/workbook.xml") and are found whatever their case. `Changes` is a draft over a
package: what is read from it is what would be saved. `save` writes to a temporary file in the same folder, flushes it
to the disk and renames it into place, so that a reader finds the old file or the new one and never half of one.
"""

from __future__ import annotations

import os
import posixpath
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import IO
from urllib.parse import unquote

from lxml import etree

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.archive import CHUNK, COPYABLE, ENCRYPTED, LEVEL, Writer, ZipLimit
from billingkit.workbook.unsafe import unsafe

TYPES = "[Content_Types].xml"
RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
MAX_SMALL_PART = 256 << 20  # a part read whole into memory; only a sheet may be larger, and it is streamed
MAX_PARTS = 50_000
_TARGET = re.compile(rb"""\sTarget\s*=\s*["']([^"']*)""")
PROLOGUE = 4_096  # bytes; a document type stands before the first element

Content = bytes | Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship of a part. `target` is a part name, or the address as written if `external`."""

    id: str
    type: str  # without the long prefix: "worksheet", "comments", ...
    target: str
    external: bool = False


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package. It keeps no file handle; a file that changes meanwhile is noticed and refused."""

    path: Path
    members: Mapping[str, zipfile.ZipInfo]  # by part name in lower case
    order: tuple[zipfile.ZipInfo, ...]
    stamp: tuple[int, int]
    comment: bytes = b""
    promised: frozenset[str] = frozenset()  # parts that relationships lead to and that are not there, in lower case

    def names(self) -> Iterator[str]:
        """Every part's name as written."""
        return (info.filename.lstrip("/") for info in self.order if not info.is_dir())

    def has(self, part: str) -> bool:
        """Whether the package has that part."""
        return part.lower() in self.members

    def size(self, part: str) -> int:
        """The part's size in bytes, unpacked."""
        return self.members[part.lower()].file_size

    def stream(self, part: str) -> Iterator[bytes]:
        """The part's bytes in chunks."""
        info = self._info(part)
        with self.path.open("rb") as file:
            _unchanged(file, self.stamp)
            try:
                with zipfile.ZipFile(file) as archive, archive.open(info) as member:
                    while chunk := member.read(CHUNK):
                        yield chunk
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
                raise unsafe(
                    f"A part of this workbook ({part}) is damaged: {error}. Please ask for it again."
                ) from error

    def read(self, part: str) -> bytes:
        """The part's bytes, whole."""
        if self._info(part).file_size > MAX_SMALL_PART:
            raise unsafe(f"A part of this workbook ({part}) is too large to be changed. Please send a smaller export.")
        return b"".join(self.stream(part))

    def _info(self, part: str) -> zipfile.ZipInfo:
        try:
            return self.members[part.lower()]
        except KeyError:
            raise unsafe(
                f"This workbook points to a part that it does not have ({part}). Please open and save it in Excel first."
            ) from None


def _stamp(file: IO[bytes]) -> tuple[int, int]:
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns


def _unchanged(file: IO[bytes], stamp: tuple[int, int]) -> None:
    if _stamp(file) != stamp:
        raise unsafe("The workbook was changed while it was being read; please try again.")


def open_package(path: str | os.PathLike[str]) -> Package:
    """Opens a workbook's package and refuses what cannot be handled safely.

    Raises:
        UnsafeToPatch: not a zip package, a password on it, names twice or with backslashes, signed, or tracked changes.
    """
    where = Path(path)
    try:
        with where.open("rb") as file, zipfile.ZipFile(file) as archive:
            order, comment, stamp = tuple(archive.infolist()), archive.comment, _stamp(file)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise unsafe(_not_a_zip(where)) from error
    members: dict[str, zipfile.ZipInfo] = {}
    for info in order:
        _trustworthy(info)
        if not info.is_dir() and members.setdefault(info.filename.lstrip("/").lower(), info) is not info:
            raise unsafe(f"This workbook holds the part {info.filename} twice, so it is not clear which one counts.")
    package = Package(where, MappingProxyType(members), order, stamp, comment)
    _patchable(package)
    return replace(package, promised=_looked_into(package))


_ENCRYPTED = (
    "The workbook has a password, so nothing can be written into it. "
    "Please send it without one (File, Info, Protect Workbook)."
)
_OLD = "The workbook is in the old .xls format, so nothing can be written into it. Please save it as .xlsx."


def _not_a_zip(path: Path) -> str:
    with path.open("rb") as file:
        if file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            return _ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in file.read() else _OLD
    return "The file is not an Excel workbook (.xlsx or .xlsm), or it is damaged. Please ask for it again."


def _trustworthy(info: zipfile.ZipInfo) -> None:
    if "\\" in info.orig_filename or "\x00" in info.orig_filename:
        raise unsafe(
            "A program wrote this workbook's part names with backslashes. Please open and save it in Excel first."
        )
    if ".." in info.filename.split("/"):
        raise unsafe("A part of this workbook points outside the file, which no Excel file does.")
    if info.flag_bits & ENCRYPTED:
        raise unsafe(
            "The workbook's parts have a password, so nothing can be written into it. Please send it without one."
        )
    if info.compress_type not in COPYABLE:
        raise unsafe("The workbook is packed in a way that Excel does not use. Please open and save it in Excel first.")


def _patchable(package: Package) -> None:
    if len(package.members) > MAX_PARTS:
        raise unsafe("The workbook has more parts than any Excel file needs.")
    if not package.has(TYPES):
        raise unsafe("The file is not an Excel workbook: it has no list of its contents.")
    if any(name.startswith("_xmlsignatures/") for name in package.members):
        raise unsafe(
            "The workbook is digitally signed, and a change would break the signature. Please send an unsigned copy."
        )
    if any(name.startswith("xl/revisions/") for name in package.members):
        raise unsafe("The workbook is shared with tracked changes. Please stop sharing it in Excel first.")


def _looked_into(package: Package) -> frozenset[str]:
    """The parts that relationships lead to and that are not there.

    Refuses entities: a part that is only copied would pass a trap on to the next program that reads it.
    """
    promised: set[str] = set()
    with package.path.open("rb") as file, zipfile.ZipFile(file) as archive:
        for info in package.order:
            if info.filename.lower().endswith((".xml", ".rels")):
                try:
                    with archive.open(info) as member:
                        head = member.read(-1 if info.filename.lower().endswith(".rels") else PROLOGUE)
                except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
                    raise unsafe(
                        f"A part of this workbook ({info.filename}) is damaged: {error}. Please ask for it again."
                    ) from error
                if b"<!DOCTYPE" in head.replace(b"\0", b""):  # UTF-16 too
                    raise unsafe(
                        f"A part of this workbook ({info.filename}) declares a document type, which no Excel file needs."
                    )
                if info.filename.lower().endswith(".rels"):
                    promised.update(_led_to(info.filename, head))
    return frozenset(promised - package.members.keys())


def _led_to(listing: str, data: bytes) -> Iterator[str]:
    folder = posixpath.dirname(posixpath.dirname(listing.lstrip("/")))
    for target in _TARGET.findall(data):
        yield resolve(f"{folder}/", target.decode("utf-8", "replace")).lower()


@dataclass(slots=True)
class Changes:
    """A draft over a package: parts replaced or added, and parts removed. Mutable, because a pack is built in steps."""

    package: Package
    parts: dict[str, Content] = field(default_factory=dict)  # by name, as it will be written
    removed: set[str] = field(default_factory=set)  # in lower case

    def has(self, part: str) -> bool:
        """Whether the part would be in the saved file."""
        return self._own(part) is not None or (self.package.has(part) and part.lower() not in self.removed)

    def read(self, part: str) -> bytes:
        """The part's bytes as they would be saved."""
        return b"".join(self.stream(part))

    def stream(self, part: str) -> Iterable[bytes]:
        """The part's bytes as they would be saved, in chunks."""
        own = self._own(part)
        if own is not None:
            content = self.parts[own]
            return (content,) if isinstance(content, bytes) else content()
        if part.lower() in self.removed:
            raise unsafe(f"The part {part} was removed.")
        return self.package.stream(part)

    def root(self, part: str) -> xml.Element:
        """The part parsed as XML."""
        return xml.parse(self.read(part), part)

    def source(self, part: str) -> Callable[[], Iterable[bytes]]:
        """What gives the part's bytes as they are now, whatever the draft puts in its place later."""
        own = self._own(part)
        if own is None:
            return lambda: self.package.stream(part)
        content = self.parts[own]
        return (lambda: (content,)) if isinstance(content, bytes) else content

    def put(self, part: str, content: Content | xml.Element) -> None:
        """Replaces or adds a part: bytes, an XML root, or a callable that gives chunks each time it is called."""
        if isinstance(content, etree._Element):  # noqa: SLF001 -- no public name
            data: Content = xml.write(content, self.package.read(part) if self.package.has(part) else b"")
        else:
            data = content
        self.removed.discard(part.lower())
        self.parts[self._own(part) or part] = data

    def remove(self, part: str) -> None:
        """Takes a part out, with its own relationships; who points to it is the caller's business."""
        for name in (part, rels_of(part)):
            own = self._own(name)
            if own is not None:
                del self.parts[own]
            if self.package.has(name):
                self.removed.add(name.lower())

    def names(self) -> set[str]:
        """Every part's name in the saved file."""
        kept = {n for n in self.package.names() if n.lower() not in self.removed and self._own(n) is None}
        return kept | set(self.parts)

    def fresh(self, pattern: str) -> str:
        """A part name that is free: "xl/comments{}.xml" gives xl/comments1.xml, xl/comments2.xml, ..."""
        number = 1
        while self.has(name := pattern.format(number)) or name.lower() in self.package.promised:
            number += 1
        return pattern.format(number)

    def _own(self, part: str) -> str | None:
        if part in self.parts:
            return part
        return next((name for name in self.parts if name.lower() == part.lower()), None)


def rels_of(part: str) -> str:
    """The name of the part that holds a part's relationships; of "" for the package's own."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


def resolve(part: str, target: str) -> str:
    """A relationship's target, relative or absolute, as a part name."""
    plain = unquote(target.split("#", 1)[0])
    joined = plain if plain.startswith("/") else posixpath.join("/", posixpath.dirname(part), plain)
    return posixpath.normpath(joined).lstrip("/")


def relationships(changes: Changes, part: str) -> tuple[Relationship, ...]:
    """The relationships of a part; none if it has no list of them."""
    where = rels_of(part)
    if not changes.has(where):
        return ()
    found = []
    for element in xml.children(changes.root(where), "Relationship"):
        target, external = element.get("Target", ""), element.get("TargetMode") == "External"
        kind = element.get("Type", "").rsplit("/", 1)[-1]
        if not external:
            target = _existing(changes, part, target)
        found.append(Relationship(element.get("Id", ""), kind, target, external))
    return tuple(found)


def _existing(changes: Changes, part: str, target: str) -> str:
    """The part meant: relative to its source as the rule says, else from the root, as some programs write."""
    meant = resolve(part, target)
    from_root = resolve("", target)
    return from_root if not changes.has(meant) and changes.has(from_root) else meant


def relate(changes: Changes, part: str, kind: str, target: str, *, strict: bool = False) -> str:
    """Adds a relationship from a part to a target part; gives its id."""
    where = rels_of(part)
    if changes.has(where):
        root = changes.root(where)
    else:
        root = xml.fresh(xml.PACKAGE_RELATIONSHIPS, "Relationships")
        default_type(changes, "rels", RELS_TYPE)  # LibreOffice files name each .rels part and have no default
    taken = {element.get("Id") for element in xml.children(root)}
    number = 1
    while f"rId{number}" in taken:
        number += 1
    prefix = xml.STRICT_RELATIONSHIPS if strict else xml.RELATIONSHIPS
    attributes = {"Id": f"rId{number}", "Type": f"{prefix}/{kind}", "Target": _relative(part, target)}
    etree.SubElement(root, f"{{{xml.PACKAGE_RELATIONSHIPS}}}Relationship", attributes)
    changes.put(where, root)
    return f"rId{number}"


def _relative(part: str, target: str) -> str:
    return posixpath.relpath("/" + target, posixpath.join("/", posixpath.dirname(part)))


def unrelate(changes: Changes, part: str, identity: str) -> None:
    """Takes a relationship out; a list that becomes empty goes with it."""
    where = rels_of(part)
    root = changes.root(where)
    for element in list(xml.children(root)):
        if element.get("Id") == identity:
            root.remove(element)
    if next(xml.children(root), None) is None:
        changes.remove(where)
        override_type(changes, where, None)
    else:
        changes.put(where, root)


def default_type(changes: Changes, extension: str, content_type: str) -> None:
    """Names the content type of an extension, if none is named yet."""
    root = changes.root(TYPES)
    for element in xml.children(root, "Default"):
        if element.get("Extension", "").lower() == extension.lower():
            return
    tag = f"{{{xml.CONTENT_TYPES}}}Default"
    root.insert(0, root.makeelement(tag, {"Extension": extension, "ContentType": content_type}))
    changes.put(TYPES, root)


def override_type(changes: Changes, part: str, content_type: str | None) -> None:
    """Names the content type of one part; with None, takes its entry out."""
    root = changes.root(TYPES)
    for element in list(xml.children(root, "Override")):
        if element.get("PartName", "").lstrip("/").lower() == part.lower():
            root.remove(element)
    if content_type is not None:
        tag = f"{{{xml.CONTENT_TYPES}}}Override"
        etree.SubElement(root, tag, {"PartName": "/" + part, "ContentType": content_type})
    changes.put(TYPES, root)


def content_type(changes: Changes, part: str) -> str:
    """The content type of a part; empty if none is named."""
    root = changes.root(TYPES)
    for element in xml.children(root, "Override"):
        if element.get("PartName", "").lstrip("/").lower() == part.lower():
            return str(element.get("ContentType", ""))
    extension = part.rsplit(".", 1)[-1].lower()
    for element in xml.children(root, "Default"):
        if element.get("Extension", "").lower() == extension:
            return str(element.get("ContentType", ""))
    return ""


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a workbook was saved, and a sentence if that is not where it was meant to go."""

    path: Path
    said: tuple[str, ...] = ()


def save(
    package: Package, changes: Changes, path: str | os.PathLike[str], *, dated: date | None = None, level: int = LEVEL
) -> Saved:
    """Saves the package with its changes: everything else is copied as compressed bytes.

    The file is private to the user. If the target is open in Excel or LibreOffice, it is left alone and the next
    free name is taken, with the date where one is given ("Claims 2026-11-23.xlsx", "Claims 2026-11-23 (2).xlsx").

    Raises:
        UnsafeToPatch: the workbook changed meanwhile, or the result passes a limit of the format.
        OSError: the folder cannot be written to.
    """
    target = Path(path)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=target.parent)  # made with permissions 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w+b") as out:
            _write(package, changes, out, level)
            out.flush()
            os.fsync(out.fileno())
        return _into_place(temporary, target, dated)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise


def _write(package: Package, changes: Changes, out: IO[bytes], level: int) -> None:
    writer = Writer(out, level)
    left = dict(changes.parts)
    owned = {name.lower(): name for name in left}
    try:
        with package.path.open("rb") as source:
            _unchanged(source, package.stamp)
            for info in package.order:
                key = info.filename.lstrip("/").lower()
                if key in owned and not info.is_dir():
                    writer.add(info.filename, _chunks(left.pop(owned[key])), info)
                elif key not in changes.removed:
                    writer.copy(source, info)
        for name, content in left.items():
            writer.add(name, _chunks(content))
        writer.close(package.comment)
    except ZipLimit as error:
        raise unsafe(f"The workbook cannot be saved: {error}.") from error


def _chunks(content: Content) -> Iterable[bytes]:
    return (content,) if isinstance(content, bytes) else content()


def is_open(path: Path) -> bool:
    """Whether Excel or LibreOffice has the file open, by the lock file each puts beside it."""
    excel = (path.with_name("~$" + path.name), path.with_name("~$" + path.name[2:]))
    return any(lock.exists() for lock in (*excel, path.with_name(f".~lock.{path.name}#")))


def _names(target: Path, dated: date | None) -> Iterator[Path]:
    stem = f"{target.stem} {dated.isoformat()}" if dated else target.stem
    if dated:
        yield target.with_name(f"{stem}{target.suffix}")
    number = 2
    while True:
        yield target.with_name(f"{stem} ({number}){target.suffix}")
        number += 1


def _into_place(temporary: Path, target: Path, dated: date | None) -> Saved:
    if not is_open(target):
        with suppress(PermissionError):  # Windows says so where another program holds the file
            temporary.replace(target)
            _sync_folder(target.parent)
            return Saved(target)
        if not target.exists():
            raise PermissionError(f"{target.name} cannot be written to its folder")
    other = next(name for name in _names(target, dated) if not name.exists() and not is_open(name))
    temporary.replace(other)
    _sync_folder(other.parent)
    return Saved(other, (f"{target.name} is open in another program, so the workbook was saved as {other.name}.",))


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle on a folder to flush
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
