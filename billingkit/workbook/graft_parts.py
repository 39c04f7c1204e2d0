"""The parts of our tabs, made to fit into another workbook: styles, texts, tables, notes, charts and their names.

Our tabs come as a whole workbook written by xlsxwriter. Its tabs' parts are taken one by one; what they point at by
number (formats, shared texts, tables, drawing blocks) gets the numbers of the workbook they join.
"""

from __future__ import annotations

import copy
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.anatomy import Anatomy
from billingkit.workbook.chart_said import say_all
from billingkit.workbook.graft_styles import StyleMap, plain_colour
from billingkit.workbook.package import Changes, override_type, rels_of
from billingkit.workbook.xmlparts import Element

_DXF_KEYS: Final = (
    "dxfId", "dataDxfId", "headerRowDxfId", "totalsRowDxfId", "headerRowBorderDxfId", "tableBorderDxfId", "totalsRowBorderDxfId",
)  # fmt: skip  # one list, in two lines
# strict workbooks spell the same things with other addresses
_STRICT: Final = (
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
    (b"http://schemas.openxmlformats.org/drawingml/2006/main", b"http://purl.oclc.org/ooxml/drawingml/main"),
    (b"http://schemas.openxmlformats.org/drawingml/2006/chart", b"http://purl.oclc.org/ooxml/drawingml/chart"),
    (
        b"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
        b"http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
    ),
)


def as_strict(data: bytes) -> bytes:
    """XML of a transitional workbook with the addresses of a strict one."""
    for usual, strict in _STRICT:
        data = data.replace(usual, strict)
    return data


def in_dialect(tabs: Anatomy, part: str, *, strict: bool) -> bytes:
    """A part of our tabs, as a strict or a usual workbook writes it."""
    data = tabs.read(part)
    return as_strict(data) if strict and part.endswith((".xml", ".rels")) else data


@dataclass(slots=True)
class Joiner:
    """Our parts on their way into a draft; it counts up what must be unique there."""

    tabs: Anatomy
    changes: Changes
    strict: bool
    styles: StyleMap
    theme: tuple[str, ...]
    texts: list[Element]
    renamed: Mapping[str, str]  # our tables' names to those they get
    next_table: int
    next_block: int  # of shape numbers in legacy drawings
    taken_parts: set[str]  # names that a content type speaks of, whether the part is there or not
    done: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)  # our hidden tabs' names to those they get

    def xml(self, part: str) -> Element:
        """One of our parts, in the workbook's own dialect."""
        return xml.parse(self.data(part), part)

    def data(self, part: str) -> bytes:
        """One of our parts' bytes, in the workbook's own dialect."""
        return in_dialect(self.tabs, part, strict=self.strict)

    def take(self, part: str, *, active: bool = False) -> str:
        """Put one of our parts and all that it points at into the draft; gives its name there."""
        if part in self.done:
            return self.done[part]
        name = self.done[part] = self._free(part)
        defaults, parts = self.tabs.types
        kind = parts.get(part.lower()) or defaults[part.rsplit(".", 1)[-1].lower()]
        self.changes.put(name, self._fitted(part, kind.rsplit(".", 1)[-1].removesuffix("+xml"), active=active))
        override_type(self.changes, name, kind)
        if self.tabs.has(rels_of(part)):
            self.changes.put(rels_of(name), self._links(part, name))
        return name

    def _free(self, part: str) -> str:
        folder, file = posixpath.split(part)
        stem, extension = re.fullmatch(r"(.*?)\d*(\.\w+)", file).groups()  # type: ignore[union-attr]  # every part has an extension
        number = 1
        taken = self.taken_parts | self.changes.package.promised
        while self.changes.has(name := f"{folder}/{stem}{number}{extension}") or name.lower() in taken:
            number += 1
        return name

    def _links(self, part: str, name: str) -> Element:
        root = self.xml(rels_of(part))
        for one in xml.children(root, "Relationship"):
            target = one.get("Target", "")
            if one.get("TargetMode") != "External" and not target.startswith("#"):
                inside = posixpath.normpath(posixpath.join(posixpath.dirname(part), target)).lstrip("/")
                one.set("Target", posixpath.relpath(self.take(inside), posixpath.dirname(name)))
        return root

    def _fitted(self, part: str, kind: str, *, active: bool) -> bytes | Element:
        if kind == "worksheet":
            return self._sheet(self.xml(part), active=active)
        if kind == "table":
            return self._table(self.xml(part))
        if kind == "chart":
            chart = self.xml(part)
            say_all(chart, strict=self.strict)
            return chart
        return self._legacy_drawing(self.data(part)) if kind == "vmlDrawing" else self.data(part)

    def _sheet(self, root: Element, *, active: bool) -> Element:
        for one in list(root.iter(etree.Element)):  # a list: cells change while we walk
            name = xml.local(one)
            if name == "sheetView":
                _view(one, active=active)
            elif name in {"row", "col"}:
                key = "s" if name == "row" else "style"
                if one.get(key) is not None:
                    one.set(key, str(self.styles.formats[int(one.get(key, "0"))]))
            elif name == "c":
                self._cell(one)
            elif name in {"f", "formula", "formula1", "formula2"} and one.text:
                one.text = self.formula(one.text)
        self._rule_styles(root)
        return root

    def _cell(self, cell: Element) -> None:
        cell.set("s", str(self.styles.formats[int(cell.get("s", "0"))]))  # unsaid means our Normal, which is not hers
        if cell.get("cm") or cell.get("vm"):
            raise ValueError(f"The tab's cell {cell.get('r')} is a dynamic array; write a classic formula.")
        value = xml.child(cell, "v")
        if cell.get("t") != "s" or value is None:
            return
        cell.remove(value)
        cell.set("t", "inlineStr")
        inner = etree.SubElement(cell, f"{{{xml.namespace(cell)}}}is")
        for one in self.texts[int(value.text or "0")]:
            own = copy.deepcopy(one)
            for part in list(own.iter(etree.Element)):
                plain_colour(part, self.theme)
            inner.append(own)

    def _rule_styles(self, root: Element) -> None:
        for one in root.iter(etree.Element):
            for key in _DXF_KEYS:
                if one.get(key) is not None:
                    one.set(key, str(self.styles.rules[int(one.get(key, "0"))]))

    def _table(self, root: Element) -> Element:
        name = self.renamed.get(root.get("displayName", ""), root.get("displayName", ""))
        for key, text in (("id", str(self.next_table)), ("name", name), ("displayName", name)):
            root.set(key, text)
        self.next_table += 1
        for one in root.iter(etree.Element):
            if xml.local(one) in {"calculatedColumnFormula", "totalsRowFormula"} and one.text:
                one.text = self.formula(one.text)
        self._rule_styles(root)
        return root

    def formula(self, text: str) -> str:
        """A formula with our tables and hidden tabs under the names they got."""
        for old, new in self.moved.items():
            text = text.replace(f"'{old}'!", f"'{new}'!")
        for old, new in self.renamed.items():
            text = re.sub(rf"(?i)(?<![\w.\\]){re.escape(old)}(?=\[)", new, text)
        return text

    def _legacy_drawing(self, data: bytes) -> bytes:
        """Shape numbers are 1024 x block + n; ours get blocks that no other drawing has."""
        told = re.search(rb'(idmap[^>]*?data=")([\d, ]+)"', data)
        if told is None:
            return data
        blocks = {}
        for block in re.split(rb"[, ]+", told[2].strip()):
            blocks[int(block)] = self.next_block
            self.next_block += 1
        listed = ",".join(str(block) for block in blocks.values()).encode()
        data = data.replace(told[0], told[1] + listed + b'"')

        def renumber(found: re.Match[bytes]) -> bytes:
            block, rest = divmod(int(found[1]), 1024)
            return b"_x0000_s%d" % (blocks.get(block, block) * 1024 + rest)

        return re.sub(rb"_x0000_s(\d+)", renumber, data)


def _view(view: Element, *, active: bool) -> None:
    view.set("workbookViewId", "0")
    if "tabSelected" in view.attrib:
        del view.attrib["tabSelected"]
    if active:
        view.set("tabSelected", "1")
