"""A package laid open for looking at: parts, relationships, tabs, styles; nothing is changed here.

It is read with zipfile and lxml alone and on purpose shares no code with the patching, so that
what the lint and the fingerprint see is not seen through the same eyes. Names are compared
without their namespaces: strict, transitional and prefixed files look alike.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Final

from lxml import etree

Area = tuple[int, int, int, int]  # first row, first column, last row, last column

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
_CELL: Final = re.compile(r"\$?([A-Za-z]{1,7})\$?(\d{1,10})")


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship of a part: its id, the last word of its type, and where it leads."""

    id: str
    kind: str
    target: str
    outside: bool


@dataclass(frozen=True, slots=True)
class TabPart:
    """A tab as the workbook lists it."""

    name: str
    sheet_id: str
    state: str
    kind: str  # worksheet, chartsheet, dialogsheet, ...
    part: str


def word(element: etree._Element) -> str:
    """An element's name without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element | None, *names: str) -> list[etree._Element]:
    """An element's children, all or those with one of the names."""
    if element is None:
        return []
    return [one for one in element if isinstance(one.tag, str) and (not names or word(one) in names)]


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of that name."""
    return next(iter(children(element, name)), None)


def within(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """Every element below (and including) this one that has one of the names."""
    if element is not None:
        yield from (one for one in element.iter(etree.Element) if word(one) in names)


def attribute(element: etree._Element, name: str) -> str:
    """An attribute by its name without namespace; empty where there is none."""
    plain = element.get(name)
    if plain is not None:
        return plain
    return next((str(text) for key, text in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def number_of(letters: str) -> int:
    """A column's number: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def letters_of(number: int) -> str:
    """A column's letters: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_place(reference: str) -> tuple[int, int] | None:
    """(row, column) of a reference such as `$C$7`; None where it is none."""
    found = _CELL.fullmatch(reference)
    return (int(found[2]), number_of(found[1])) if found else None


def area_place(reference: str) -> Area | None:
    """The area of `C7` or `C7:F9`; None for whole rows, whole columns and anything else."""
    first, _, last = reference.partition(":")
    start, end = cell_place(first), cell_place(last or first)
    return (*start, *end) if start and end else None


def overlap(one: Area, other: Area) -> bool:
    """Do two areas share a cell?"""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def text_of(element: etree._Element | None) -> str:
    """The text of a string item: its `t` elements and those of its runs, not the phonetic ones."""
    if element is None:
        return ""
    parts = [one for one in within(element, "t") if not any(word(up) == "rPh" for up in one.iterancestors())]
    return "".join(one.text or "" for one in parts)


class Anatomy:
    """One package, read lazily; parts are named without the leading slash, compared without case."""

    def __init__(self, source: Path | str | bytes) -> None:
        """Open a file, or the bytes of one."""
        self._zip = zipfile.ZipFile(BytesIO(source) if isinstance(source, bytes) else source)
        self.members: tuple[str, ...] = tuple(one.filename for one in self._zip.infolist() if not one.is_dir())
        self._by_name = {name.lstrip("/").lower(): name for name in self.members}
        self._trees: dict[str, etree._Element] = {}

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def has(self, part: str) -> bool:
        """Is there such a part?"""
        return part.lower() in self._by_name

    def read(self, part: str) -> bytes:
        """A part's bytes."""
        return self._zip.read(self._by_name[part.lower()])

    def xml(self, part: str) -> etree._Element:
        """A part as XML, parsed once; raises lxml's error where it is none."""
        key = part.lower()
        if key not in self._trees:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
            self._trees[key] = etree.fromstring(self.read(part), parser)
        return self._trees[key]

    def links(self, part: str) -> list[Link]:
        """A part's relationships, targets as part names."""
        folder, name = posixpath.split(part)
        listing = f"{folder}/_rels/{name}.rels".lstrip("/")
        if not self.has(listing):
            return []
        found = []
        for one in children(self.xml(listing), "Relationship"):
            outside, target = one.get("TargetMode") == "External", one.get("Target", "")
            if not outside:
                joined = target if target.startswith("/") else posixpath.join(folder, target)
                target = (
                    posixpath.normpath(joined.partition("#")[0]).lstrip("/") if not target.startswith("#") else part
                )
            found.append(Link(one.get("Id", ""), one.get("Type", "").rpartition("/")[2], target, outside))
        return found

    def linked(self, part: str, kind: str) -> list[str]:
        """The parts of one kind that a part leads to."""
        return [one.target for one in self.links(part) if one.kind == kind and not one.outside and self.has(one.target)]

    @cached_property
    def types(self) -> tuple[dict[str, str], dict[str, str]]:
        """Content types: by extension, and by part."""
        root = self.xml("[Content_Types].xml")
        defaults = {one.get("Extension", "").lower(): one.get("ContentType", "") for one in children(root, "Default")}
        parts = {
            one.get("PartName", "").lstrip("/").lower(): one.get("ContentType", "")
            for one in children(root, "Override")
        }
        return defaults, parts

    @cached_property
    def book_part(self) -> str:
        """The workbook's own part."""
        return next(one.target for one in self.links("") if one.kind == "officeDocument")

    @cached_property
    def book(self) -> etree._Element:
        """The workbook's own XML."""
        return self.xml(self.book_part)

    @cached_property
    def tabs(self) -> list[TabPart]:
        """The tabs in their order, those that have a part."""
        links = {one.id: one for one in self.links(self.book_part)}
        found = []
        for one in children(child(self.book, "sheets"), "sheet"):
            identifier = next((text for key, text in one.attrib.items() if str(key).endswith("}id")), "")
            link = links.get(str(identifier))
            if link and self.has(link.target):
                found.append(
                    TabPart(
                        one.get("name", ""), one.get("sheetId", ""), one.get("state", "visible"), link.kind, link.target
                    )
                )
        return found

    @cached_property
    def worksheets(self) -> list[TabPart]:
        """The tabs that hold cells."""
        return [one for one in self.tabs if one.kind == "worksheet"]

    @cached_property
    def styles(self) -> etree._Element | None:
        """The styles part, if there is one."""
        found = self.linked(self.book_part, "styles")
        return self.xml(found[0]) if found else None

    @cached_property
    def strings(self) -> list[str]:
        """The shared strings as plain text."""
        found = self.linked(self.book_part, "sharedStrings")
        return [text_of(one) for one in children(self.xml(found[0]), "si")] if found else []

    @cached_property
    def tables(self) -> list[tuple[TabPart, str, etree._Element]]:
        """Every table: its tab, its part and its XML."""
        return [(tab, part, self.xml(part)) for tab in self.worksheets for part in self.linked(tab.part, "table")]

    @cached_property
    def names(self) -> list[etree._Element]:
        """The defined names."""
        return children(child(self.book, "definedNames"), "definedName")

    def style_count(self, group: str) -> int:
        """How many entries a group of the styles part has, such as cellXfs."""
        return len(children(child(self.styles, group))) if self.styles is not None else 0

    def cells(self, tab: TabPart) -> Iterator[etree._Element]:
        """A tab's cells in the order they are written."""
        for row in children(child(self.xml(tab.part), "sheetData"), "row"):
            yield from children(row, "c")

    def shown_text(self, cell: etree._Element) -> str:
        """What a cell holds, as text: its string, or its written value."""
        kind, value = cell.get("t", "n"), child(cell, "v")
        if kind == "inlineStr":
            return text_of(child(cell, "is"))
        written = (value.text or "") if value is not None else ""
        if kind == "s" and written.strip().isdigit() and int(written) < len(self.strings):
            return self.strings[int(written)]
        return written
