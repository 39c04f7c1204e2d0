"""What our tabs must fit: the facts of her workbook that are asked before they are built.

host = look_at(package)
with open_workbook(buffer, normal_font=host.normal_font, date_1904=host.date_1904) as book:
    book.add_tab(host.free_tab("Action list"))
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import Final

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.marks import TAB_PREFIX, BookPart, book_part
from billingkit.workbook.package import TYPES, Changes, Package, relationships, resolve
from billingkit.workbook.unsafe import unsafe
from billingkit.workbook.xmlparts import Element

_TABLE_TYPE: Final = "spreadsheetml.table+xml"
_BY_HAND: Final = re.compile(r" \(\d+\)$")


@dataclass(frozen=True, slots=True)
class HostTab:
    """A tab of the workbook: its place in the list of tabs, and whether it is one of ours."""

    name: str
    position: int
    sheet_id: int
    link: str  # the relationship's id
    part: str
    kind: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Host:
    """The facts of a workbook that is to take our tabs; our own tabs of an earlier run do not count."""

    tabs: tuple[str, ...]
    tables: frozenset[str]  # in lower case
    names: frozenset[str]  # in lower case
    date_1904: bool
    normal_font: tuple[str, float]
    macros: bool
    locked: bool

    def free_tab(self, wanted: str) -> str:
        """The name itself, or the next like it that none of her tabs has."""
        taken = {name.casefold() for name in self.tabs} | {"history"}
        if wanted.casefold() not in taken:
            return wanted
        candidates = (f"{wanted[: 31 - len(f' - {number}')]} - {number}" for number in count(2))
        return next(name for name in candidates if name.casefold() not in taken)


def look_at(package: Package, changes: Changes | None = None) -> Host:
    """The facts of a workbook.

    Raises:
        UnsafeToPatch: it is not a workbook, or a part that every workbook has cannot be read.
    """
    draft = changes if changes is not None else Changes(package)
    book = book_part(draft)
    tabs = host_tabs(draft, book)
    gone = {part for tab in tabs if tab.ours for part in _tables_of(draft, tab.part)}
    tables = [root for part, root in tables_of_book(draft) if part.lower() not in gone]
    ours = {tab.position for tab in tabs if tab.ours}
    names = [one for one in book.names() if int(one.get("localSheetId", "-1")) not in ours]
    told = book.group("workbookPr")
    lock = book.group("workbookProtection")
    return Host(
        tuple(tab.name for tab in tabs if not tab.ours),
        frozenset(root.get(key, "").casefold() for root in tables for key in ("name", "displayName")),
        frozenset(one.get("name", "").casefold() for one in names),
        told is not None and said(told.get("date1904")),
        _normal_font(draft, book),
        any(one.type == "vbaProject" for one in relationships(draft, book.part)),
        lock is not None and said(lock.get("lockStructure")),
    )


def said(value: str | None) -> bool:
    """A yes in any of the ways it is written."""
    return value in {"1", "true", "on"}


def host_tabs(changes: Changes, book: BookPart) -> list[HostTab]:
    """The tabs in their order. A tab that was copied by hand from one of ours is hers, marks and all."""
    links = {one.id: one for one in relationships(changes, book.part)}
    group = book.group("sheets")
    listed = list(xml.children(group, "sheet")) if group is not None else []
    marks: dict[str, list[int]] = {}
    for one in book.names():
        place = int(one.get("localSheetId", "-1"))
        if one.get("name", "").startswith(TAB_PREFIX) and 0 <= place < len(listed):
            marks.setdefault(one.get("name", ""), []).append(place)
    ours = {_original(places, listed) for places in marks.values()}
    found = []
    for position, one in enumerate(listed):
        link = links.get(xml.related(one) or "")
        if link is None or not changes.has(link.target):
            raise unsafe(
                f'The workbook lists a tab that is not in the file ("{one.get("name", "")}"). Please open and save it in Excel first.'
            )
        identity = one.get("sheetId", "0")
        number = int(identity) if identity.isdigit() else 0
        found.append(HostTab(one.get("name", ""), position, number, link.id, link.target, link.type, position in ours))
    if not found:
        raise unsafe("The workbook lists no tabs.")
    return found


def _original(places: list[int], listed: list[Element]) -> int:
    """Of several tabs with one mark, the one that is not called a copy, else the first."""
    return min(places, key=lambda place: (bool(_BY_HAND.search(listed[place].get("name", ""))), place))


def _tables_of(changes: Changes, part: str) -> set[str]:
    return {one.target.lower() for one in relationships(changes, part) if one.type == "table"}


def tables_of_book(changes: Changes) -> list[tuple[str, Element]]:
    """Every table that the list of contents names, wherever it stands."""
    parts = [
        resolve("", one.get("PartName", ""))
        for one in xml.children(changes.root(TYPES), "Override")
        if one.get("ContentType", "").endswith(_TABLE_TYPE)
    ]
    return [(part, changes.root(part)) for part in parts if changes.has(part)]


def styles_part(changes: Changes, book: BookPart) -> str | None:
    """The part that holds the formats, if there is one."""
    return next(
        (one.target for one in relationships(changes, book.part) if one.type == "styles" and changes.has(one.target)),
        None,
    )


def _normal_font(changes: Changes, book: BookPart) -> tuple[str, float]:
    part = styles_part(changes, book)
    fonts = xml.child(changes.root(part), "fonts") if part else None
    first = next(xml.children(fonts), None) if fonts is not None else None
    told = {xml.local(one): one.get("val", "") for one in xml.children(first)} if first is not None else {}
    try:
        return told.get("name") or "Calibri", float(told.get("sz") or 11)
    except ValueError:
        return told.get("name") or "Calibri", 11.0
