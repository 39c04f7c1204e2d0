"""What a workbook carries, as values that can be compared: nothing that was there may be gone or different.

    losses(fingerprint("tracker.xlsx"), fingerprint("pack.xlsx"), Allowed(areas={"Claims": ((6, 12, 200, 19),)}))

Cells are compared with their format resolved (font, fill, border, number format, protection), their text with its
runs, their formula and its written value; every other part byte for byte, except those that must be able to grow
(styles, names, notes, tables, lists of parts), which must still hold all they held.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lxml import etree

from billingkit.workbook.anatomy import Anatomy, Area, TabPart, cell_place, child, children, letters_of, within, word

Key = tuple[str, ...]
# of the sheet's own elements: rows and cells are looked at one by one, the rest as a whole
_NOT_WHOLE: Final = frozenset({"sheetData", "dimension", "tableParts", "legacyDrawing"})
_GROWING_STYLES: Final = ("numFmts", "fonts", "fills", "borders", "cellXfs", "dxfs")
_ORDERED_BOOK: Final = frozenset({"sheets", "definedNames", "bookViews"})
_SHAPE: Final = re.compile(rb"<[\w.-]*:?shape[\s>].*?</[\w.-]*:?shape>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an edit was meant to change.

    `areas`: cells by tab, (first row, first column, last row, last column). `elements`: a tab's own elements that may
    differ, such as `cols` or `autoFilter`. `tables`: those that may grow. `names`: defined names that may differ.
    """

    areas: Mapping[str, tuple[Area, ...]] = field(default_factory=dict)
    elements: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tables: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def cell(self, tab: str, reference: str) -> bool:
        """May this cell differ?"""
        place = cell_place(reference)
        return place is not None and any(
            one[0] <= place[0] <= one[2] and one[1] <= place[1] <= one[3] for one in self.areas.get(tab, ())
        )


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A workbook's content by what it is: a kind, where it stands, and a digest or the text itself."""

    tabs: tuple[tuple[str, str], ...]  # name and state, in order
    parts: Mapping[str, str]  # parts that nobody may touch
    kept: Mapping[Key, str]  # things that must still be there as they were
    cells: Mapping[tuple[str, str], tuple[str, str]]  # tab and cell: its format; its formula and value
    counts: Mapping[str, int]  # features, for a reader
    styled: bool  # without a list of formats, a cell has the one that every program starts from


def fingerprint(source: Path | str | bytes) -> Fingerprint:
    """A workbook's fingerprint."""
    package = Anatomy(source)
    try:
        return _Taking(package).run()
    finally:
        package.close()


def losses(before: Fingerprint, after: Fingerprint, allowed: Allowed | None = None) -> list[str]:
    """What is gone or different after an edit, in words; an empty list where nothing is lost."""
    may = allowed if allowed is not None else Allowed()
    return [
        *_lost_tabs(before, after),
        *_lost_parts(before, after),
        *_lost_things(before, after, may),
        *_lost_cells(before, after, may),
    ]


def _lost_tabs(before: Fingerprint, after: Fingerprint) -> Iterator[str]:
    known = [tab for tab in after.tabs if tab in set(before.tabs)]
    if known != list(before.tabs):
        yield f"the tabs {[name for name, _ in before.tabs]} are now {[name for name, _ in after.tabs]}"


def _lost_parts(before: Fingerprint, after: Fingerprint) -> Iterator[str]:
    for part, told in before.parts.items():
        if part not in after.parts:
            yield f"the part {part} is gone"
        elif after.parts[part] != told:
            yield f"the part {part} is different"


def _lost_things(before: Fingerprint, after: Fingerprint, allowed: Allowed) -> Iterator[str]:
    for key, told in before.kept.items():
        unsaid = key[0] == "row format" and not before.styled and key in after.kept
        if after.kept.get(key) == told or unsaid or _meant(key, allowed):
            continue
        yield " ".join(key) + (" is different" if key in after.kept else " is gone")


def _meant(key: Key, allowed: Allowed) -> bool:
    if key[0] == "name":
        return key[-1] in allowed.names
    if key[0] == "element":
        return key[2] in allowed.elements.get(key[1], ())
    return key[0] == "table" and key[1] in allowed.tables and key[2] in {"ref", "filter", "rest"}


def _lost_cells(before: Fingerprint, after: Fingerprint, allowed: Allowed) -> Iterator[str]:
    for place in before.cells.keys() | after.cells.keys():
        was, now = before.cells.get(place), after.cells.get(place)
        same = was == now or (was is not None and now is not None and was[1] == now[1] and not before.styled)
        if same or allowed.cell(*place) or (was is None and place[0] not in {name for name, _ in before.tabs}):
            continue
        yield f'the cell "{place[0]}" {place[1]} is ' + (
            "gone" if now is None else "new" if was is None else "different"
        )


def _digest(data: bytes | str) -> str:
    return hashlib.blake2b(data.encode() if isinstance(data, str) else data, digest_size=12).hexdigest()


def _plain(element: etree._Element, leave: frozenset[str] = frozenset()) -> str:
    """An element's content without its prefixes; attributes named in `leave` do not count."""
    told = sorted(
        (str(key).rpartition("}")[2], str(value)) for key, value in element.attrib.items() if str(key) not in leave
    )
    inner = "".join(_plain(one, leave) for one in children(element))
    return f"<{word(element)} {told}{(element.text or '').strip()}{inner}>"


class _Taking:
    """A package while its fingerprint is taken."""

    def __init__(self, package: Anatomy) -> None:
        self.package = package
        self.kept: dict[Key, str] = {}
        self.cells: dict[tuple[str, str], tuple[str, str]] = {}
        self.looked_at = {"[content_types].xml", package.book_part.lower(), "docprops/app.xml", "docprops/custom.xml"}
        self.formats: dict[str, str] = {}
        self.texts: list[str] = []

    def run(self) -> Fingerprint:
        package = self.package
        strings = package.linked(package.book_part, "sharedStrings")
        self.texts = [_digest(_plain(one)) for one in children(package.xml(strings[0]), "si")] if strings else []
        self._book()
        self._styles()
        self._own_properties()
        for tab in package.tabs:
            self.looked_at.add(tab.part.lower())
            self._sheet(tab)
        for tab, part, table in package.tables:
            self.looked_at.add(part.lower())
            self._table(tab, table)
        self._links()
        parts = {
            name.lstrip("/"): _digest(package.read(name.lstrip("/")))
            for name in package.members
            if name.lstrip("/").lower() not in self.looked_at and not name.lower().endswith(".rels")
        }
        tabs = tuple((tab.name, tab.state) for tab in package.tabs)
        return Fingerprint(
            tabs, parts, self.kept, self.cells, self._counts(parts), bool(children(child(package.styles, "cellXfs")))
        )

    def _keep(self, *key: str, told: str) -> None:
        self.kept[key] = told

    def _book(self) -> None:
        for one in children(self.package.book):
            if word(one) not in _ORDERED_BOOK:
                self._keep("workbook", word(one), told=_digest(_plain(one)))
        tabs = self.package.tabs
        for one in self.package.names:
            place = one.get("localSheetId")
            scope = tabs[int(place)].name if place is not None and int(place) < len(tabs) else ""
            told = {str(key): str(value) for key, value in one.attrib.items() if key != "localSheetId"}
            self._keep("name", scope, one.get("name", ""), told=f"{sorted(told.items())} {one.text}")

    def _styles(self) -> None:
        styles = self.package.linked(self.package.book_part, "styles")
        for part in styles:
            self.looked_at.add(part.lower())
            for group in children(self.package.xml(part)):
                if word(group) in _GROWING_STYLES:
                    for number, one in enumerate(children(group)):
                        self._keep("style", word(group), str(number), told=_digest(_plain(one)))
                else:
                    self._keep("styles", word(group), told=_digest(_plain(group)))

    def _own_properties(self) -> None:
        for link in self.package.links(""):
            if link.kind in {"custom-properties", "customProperties"} and self.package.has(link.target):
                for one in children(self.package.xml(link.target), "property"):
                    self._keep("property", one.get("name", ""), told=_plain(one, frozenset({"pid"})))

    def _format(self, index: str) -> str:
        """A cell format resolved to what it looks like."""
        if index not in self.formats:
            styles = self.package.styles
            listed = children(child(styles, "cellXfs"))
            if int(index) >= len(listed):
                self.formats[index] = f"format {index}, which does not exist"
            else:
                self.formats[index] = _digest(self._resolved(styles, listed[int(index)]))
        return self.formats[index]

    @staticmethod
    def _resolved(styles: etree._Element | None, one: etree._Element) -> str:
        told = [_plain(one, frozenset({"fontId", "fillId", "borderId", "numFmtId"}))]
        for key, pool in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            listed, place = children(child(styles, pool)), int(one.get(key, "0"))
            told.append(_plain(listed[place]) if place < len(listed) else "")
        number = one.get("numFmtId", "0")
        codes = {code.get("numFmtId"): code.get("formatCode", "") for code in children(child(styles, "numFmts"))}
        return "".join([*told, codes.get(number, number)])

    def _sheet(self, tab: TabPart) -> None:
        root = self.package.xml(tab.part)
        links = {one.id: one.kind for one in self.package.links(tab.part)}
        for one in children(root):
            if word(one) not in _NOT_WHOLE:
                self._keep("element", tab.name, word(one), self._which(root, one), told=_digest(self._own(one, links)))
        number = 0
        for row in children(child(root, "sheetData"), "row"):
            number = int(row.get("r") or number + 1)  # who leaves addresses out means the next one
            self._row(tab.name, row, number)
        self._notes(tab)

    def _row(self, tab: str, row: etree._Element, number: int) -> None:
        told = {str(key): str(value) for key, value in row.attrib.items() if str(key) not in {"r", "spans", "s"}}
        look = self._format(row.get("s", "0")) if row.get("customFormat") in {"1", "true"} else ""
        if told:
            self._keep("row", tab, str(number), told=str(sorted(told.items())))
        if look:
            self._keep("row format", tab, str(number), told=look)
        column = 0
        for cell in children(row, "c"):
            place = cell_place(cell.get("r", ""))
            column = place[1] if place else column + 1
            self.cells[tab, f"{letters_of(column)}{number}"] = self._cell(cell)

    @staticmethod
    def _which(root: etree._Element, one: etree._Element) -> str:
        """Tells apart elements of one name: by their area, and by their turn where that is the same."""
        same = [inner for inner in children(root, word(one)) if inner.get("sqref") == one.get("sqref")]
        return f"{one.get('sqref', '')} {same.index(one) or ''}".strip()

    def _own(self, element: etree._Element, links: Mapping[str, str]) -> str:
        """A sheet's element with ids of relationships and differential formats replaced by what they lead to."""
        told = []
        looks = children(child(self.package.styles, "dxfs"))
        for key, value in sorted((str(key), str(value)) for key, value in element.attrib.items()):
            name = key.rpartition("}")[2]
            if name == "tabSelected":
                continue
            if name == "dxfId" and value.isdigit():
                shown = _plain(looks[int(value)]) if int(value) < len(looks) else "<dxf []>"
            elif "relationships}" in key:
                shown = links.get(value, value)
            elif name == "style" and word(element) == "col":
                shown = self._format(value)
            else:
                shown = value
            told.append(f"{name}={shown}")
        inner = "".join(self._own(one, links) for one in children(element))
        return f"<{word(element)} {told}{(element.text or '').strip()}{inner}>"

    def _cell(self, cell: etree._Element) -> tuple[str, str]:
        value = child(cell, "v")
        told = [str(key) + "=" + str(text) for key, text in sorted(cell.attrib.items()) if key not in {"r", "s"}]
        told += [_plain(one) for one in children(cell, "f", "is")]
        if value is not None and value.text is not None:
            shared = cell.get("t") == "s" and value.text.strip().isdigit() and int(value.text) < len(self.texts)
            told.append(self.texts[int(value.text)] if shared else value.text)
        return self._format(cell.get("s", "0")), _digest("|".join(map(str, told)))

    def _notes(self, tab: TabPart) -> None:
        for part in self.package.linked(tab.part, "comments"):
            self.looked_at.add(part.lower())
            authors = [one.text or "" for one in within(self.package.xml(part), "author")]
            for one in within(self.package.xml(part), "comment"):
                author = int(one.get("authorId", "0"))
                told = _plain(one, frozenset({"authorId", "shapeId"})) + (
                    authors[author] if author < len(authors) else ""
                )
                self._keep("note", tab.name, one.get("ref", ""), told=_digest(told))
        for part in self.package.linked(tab.part, "vmlDrawing"):
            self.looked_at.add(part.lower())
            for shape in _SHAPE.findall(self.package.read(part)):
                self._keep("shape", tab.name, _digest(re.sub(rb"\s+", b" ", shape)), told="")

    def _table(self, tab: TabPart, table: etree._Element) -> None:
        name = table.get("displayName", "")
        self._keep("table", name, "tab", told=tab.name)
        self._keep("table", name, "ref", told=table.get("ref", ""))
        own = frozenset({"ref", "count"})
        for one in children(table):
            if word(one) == "tableColumns":
                for column in children(one):
                    self._keep(
                        "table", name, "column", column.get("name", ""), told=_digest(_plain(column, frozenset({"id"})))
                    )
            elif word(one) == "autoFilter":
                self._keep("table", name, "filter", told=_digest(_plain(one)))
            else:
                self._keep("table", name, word(one), told=_digest(_plain(one, own)))
        told = sorted((str(key), str(value)) for key, value in table.attrib.items() if key != "ref")
        self._keep("table", name, "attributes", told=str(told))

    def _links(self) -> None:
        defaults, parts = self.package.types
        for member in self.package.members:
            name = member.lstrip("/")
            if name.lower().endswith(".rels"):
                owner = re.sub(r"(?i)(^|/)_rels/([^/]*)\.rels$", r"\1\2", name)
                for one in self.package.links(owner):
                    self._keep("link", owner, one.id, told=f"{one.kind} {one.target} {one.outside}")
            elif name != "[Content_Types].xml":
                extension = name.rpartition(".")[2].lower()
                self._keep("type", name, told=parts.get(name.lower()) or defaults.get(extension, ""))

    def _counts(self, parts: Mapping[str, str]) -> dict[str, int]:
        """The features by name, for a reader of the fingerprint."""
        folders = (
            "charts",
            "drawings",
            "media",
            "pivotTables",
            "pivotCache",
            "slicers",
            "threadedComments",
            "richData",
            "model",
        )
        found = {folder: sum(1 for part in parts if f"/{folder}/" in f"/{part}") for folder in folders}
        for name in ("conditionalFormatting", "dataValidation", "mergeCell", "hyperlink", "sparkline", "f"):
            found[name] = sum(1 for tab in self.package.worksheets for _ in within(self.package.xml(tab.part), name))
        found |= {"cells": len(self.cells), "tables": len(self.package.tables), "names": len(self.package.names)}
        return {name: number for name, number in found.items() if number}
