"""Whole tabs made by xlsxwriter, put in front of hers; and taken out again so that her parts are as they were.

    package = open_package("tracker.xlsx"); changes = Changes(package)
    graft(package, changes, tabs.getvalue())
    save(package, changes, "pack.xlsx")

What is touched of hers: the list of parts, the workbook part and its relationships, the styles (at the end), and one
attribute of the sheet that was the selected one. A record of that goes into the package as a custom XML part, so that
our tabs can be taken out exactly; once another program has saved the file, the marks on our tabs are enough to take
them out, and only the formats then stay behind. Patch her sheets first, then graft.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from lxml import etree

from billingkit.workbook import graft_record as record
from billingkit.workbook import xmlparts as xml
from billingkit.workbook.anatomy import Anatomy, TabPart
from billingkit.workbook.graft_parts import Joiner, in_dialect
from billingkit.workbook.graft_styles import (
    StyleMap,
    empty_styles,
    fill_groups,
    group_counts,
    join,
    pad_rules,
    theme_colours,
)
from billingkit.workbook.graft_undo import ungraft
from billingkit.workbook.host import Host, HostTab, host_tabs, look_at, said, styles_part, tables_of_book
from billingkit.workbook.loose_formats import OVERLAP, Watch, pad_formats
from billingkit.workbook.marks import NAMES_PREFIX, TAB_PREFIX, BookPart, book_part
from billingkit.workbook.package import (
    RELS_TYPE,
    TYPES,
    Changes,
    Package,
    default_type,
    override_type,
    relate,
)
from billingkit.workbook.selection import select
from billingkit.workbook.unsafe import unsafe
from billingkit.workbook.xmlparts import Element

__all__ = ["Grafted", "Host", "graft", "look_at", "ungraft"]

MOST_TABS: Final = 65_000  # sheet ids end at 65,534
_FITTING: Final = frozenset({"worksheet", "theme", "styles", "sharedStrings"})
_STYLES_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_RULE_STYLE: Final = re.compile(rb"""xfId=["'](\d+)["']""")  # dxfId of a rule, dataDxfId and the like of a table
_BLOCKS: Final = re.compile(rb'idmap[^>]*?data="([\d, ]+)"')
_SHAPES: Final = re.compile(rb"_x0000_s(\d+)")


@dataclass(frozen=True, slots=True)
class Grafted:
    """What was put in: the tabs' names, our tables that had to be renamed, and what should be said to the manager."""

    tabs: tuple[str, ...]
    renamed_tables: dict[str, str]
    said: tuple[str, ...] = ()


def graft(package: Package, changes: Changes, tabs_xlsx: bytes, *, first: bool = True) -> Grafted:
    """Put all tabs of a workbook made by xlsxwriter into the draft, in front (or behind), the first of ours active.

    Our tabs of an earlier run are taken out before, so that twice is the same as once. With `first=False` they go
    behind hers and her own tab stays active.

    Raises:
        UnsafeToPatch: her workbook cannot take tabs safely; the draft is then not to be saved.
        ValueError: our tabs hold what cannot be grafted (a name without the prefix, a dynamic array, macros).
    """
    had_names = _had_names(changes)
    told = list(ungraft(package, changes))
    host, tabs = look_at(package, changes), Anatomy(tabs_xlsx)
    listed = _free_hidden(host, tabs.tabs)
    _fits(host, tabs, listed)
    book = book_part(changes)
    hers = host_tabs(changes, book)
    keep = record.Record(made_rels_default=_no_rels_default(changes), had_names=had_names)
    if keep.made_rels_default:
        default_type(changes, "rels", RELS_TYPE)
    joiner, keep.styles = _joiner(changes, book, hers, tabs, host)
    joiner.moved = {was.name: now.name for was, now in zip(tabs.tabs, listed, strict=True) if was != now}
    active = next(number for number, tab in enumerate(tabs.tabs) if tab.state == "visible")
    names = [joiner.take(tab.part, active=first and number == active) for number, tab in enumerate(tabs.tabs)]
    at = 0 if first else len(hers)
    _list_tabs(changes, book, listed, names, at, hers)
    _add_names(book, tabs, listed, joiner, at)
    if first:
        keep.views = _show(book, at + active, len(tabs.tabs))
        keep.selected = {tab.part: was for tab in hers if (was := select(changes, tab.part, "0"))}
    changes.put(book.part, book.root)
    record.write(changes, book, keep)
    if host.macros and first:
        told.append("The workbook has macros. One that counts tabs by their place will now find ours first.")
    return Grafted(tuple(tab.name for tab in listed), dict(joiner.renamed), tuple(told))


def _had_names(changes: Changes) -> bool:
    """Whether she had a list of names before us, be it an empty one."""
    book = book_part(changes)
    kept = record.read(changes, book)
    if kept is not None:
        return kept[1].had_names
    names = [one.get("name", "") for one in book.names()]
    return book.group("definedNames") is not None and (not names or not all("billingkit_" in name for name in names))


def _free_hidden(host: Host, tabs: list[TabPart]) -> list[TabPart]:
    """Our tabs, those that nobody sees under a free name: a tracker begun from our template has such a tab too."""
    return [replace(tab, name=host.free_tab(tab.name)) if tab.state == "veryHidden" else tab for tab in tabs]


def _fits(host: Host, tabs: Anatomy, listed: list[TabPart]) -> None:
    """Refuse before anything is changed."""
    if host.locked:
        raise unsafe(
            "The workbook's structure is protected, so no tabs can be added to it. Please lift that (Review, Protect Workbook)."
        )
    if len(host.tabs) + len(tabs.tabs) > MOST_TABS:
        raise unsafe("The workbook has as many tabs as Excel allows. Please send a copy with fewer.")
    told = next((one for one in tabs.book if xml.local(one) == "workbookPr"), None)
    if host.date_1904 != (told is not None and said(told.get("date1904"))):
        raise unsafe("The workbook counts its dates from another year than our tabs do.")
    taken = {name.casefold() for name in host.tabs}
    clash = [tab.name for tab in listed if tab.name.casefold() in taken]
    if clash:
        raise unsafe(f'The workbook already has a tab called "{clash[0]}" that is not ours. Please rename yours.')
    odd = {one.kind for one in tabs.links(tabs.book_part)} - _FITTING
    if odd:
        raise ValueError(f"Our tabs hold parts that cannot be grafted: {', '.join(sorted(odd))}.")
    for one in tabs.names:
        name = one.get("name", "")
        if one.get("localSheetId") is None and not name.startswith(NAMES_PREFIX):
            raise ValueError(f'A name of ours for the whole workbook starts with "{NAMES_PREFIX}"; {name!r} does not.')
        if one.get("localSheetId") is None and name.casefold() in host.names | host.tables:
            raise unsafe(f'The workbook already has a name "{name}" that is not ours. Please rename yours.')


def _no_rels_default(changes: Changes) -> bool:
    listed = xml.children(changes.root(TYPES), "Default")
    return not any(one.get("Extension", "").lower() == "rels" for one in listed)


def _joiner(
    changes: Changes, book: BookPart, hers: list[HostTab], tabs: Anatomy, host: Host
) -> tuple[Joiner, record.StylesBefore]:
    theme = theme_colours(tabs.xml(tabs.linked(tabs.book_part, "theme")[0]))
    strings = tabs.linked(tabs.book_part, "sharedStrings")
    texts = xml.parse(in_dialect(tabs, strings[0], strict=book.strict), strings[0]) if strings else None
    ids = [int(root.get("id", "0")) for _, root in tables_of_book(changes)]
    styles, before = _join_styles(changes, book, hers, tabs, theme)
    joiner = Joiner(
        tabs=tabs,
        changes=changes,
        strict=book.strict,
        styles=styles,
        theme=theme,
        texts=list(xml.children(texts, "si")) if texts is not None else [],
        renamed=_table_names(tabs, host),
        next_table=max([0, *ids]) + 1,
        next_block=_free_block(changes),
        taken_parts={
            one.get("PartName", "").lstrip("/").lower() for one in xml.children(changes.root(TYPES), "Override")
        },
    )
    return joiner, before


def _join_styles(
    changes: Changes, book: BookPart, hers: list[HostTab], tabs: Anatomy, theme: tuple[str, ...]
) -> tuple[StyleMap, record.StylesBefore]:
    part = styles_part(changes, book)
    root = changes.root(part) if part else empty_styles(xml.namespace(book.root))
    before = group_counts(root)
    made = part is None
    if part is None:
        part = "xl/styles.xml"  # openpyxl looks for this name and no other
        if changes.has(part):
            raise unsafe(
                "The workbook has a list of formats that it does not use. Please open and save it in Excel first."
            )
        relate(changes, book.part, "styles", part, strict=book.strict)
        override_type(changes, part, _STYLES_TYPE)
    _no_loose_styles(changes, hers, root)
    ours = tabs.linked(tabs.book_part, "styles")[0]
    joined = join(root, xml.parse(in_dialect(tabs, ours, strict=book.strict), ours), theme)
    changes.put(part, root)
    return joined, record.StylesBefore(part, before, made, record.digest(changes.read(part)))


def _no_loose_styles(changes: Changes, hers: list[HostTab], styles: Element) -> None:
    """A number that leads to no format today must not lead to one of ours tomorrow."""
    cells = xml.child(styles, "cellXfs")
    formats = sum(1 for _ in xml.children(cells)) if cells is not None else 0
    cell, rule = -1, -1
    for tab in hers:
        if tab.kind == "worksheet":
            highest = _highest_on(changes, tab.part, max(formats, 1))
            cell, rule = max(cell, highest[0]), max(rule, highest[1])
    for part, _ in tables_of_book(changes):
        rule = max(rule, _highest(changes.stream(part))[1])
    if cell >= max(formats, 1):
        fill_groups(styles)
        pad_formats(styles, cell)
    pad_rules(styles, rule + 1)


def _highest_on(changes: Changes, part: str, formats: int) -> tuple[int, int]:
    # rows rewritten by us name her formats and new ones that exist, so the sheet as it came tells as much,
    # and need not be rewritten one more time; only where it names too many does the draft decide
    if changes.package.has(part):
        found = _highest(changes.package.stream(part), formats)
        if found[0] < formats:
            return found
    return _highest(changes.stream(part), formats)


def _highest(chunks: Iterable[bytes], formats: int = 1) -> tuple[int, int]:
    """The highest cell format, if it is none of the first `formats`, and rule format that a part names; -1 for none."""
    watch = Watch(formats)
    rules: set[bytes] = set()
    rest = b""
    for chunk in watch.over(chunks):
        text = rest + chunk
        rules.update(_RULE_STYLE.findall(text))
        rest = text[-OVERLAP:]
    return watch.highest, max(map(int, rules), default=-1)


def _table_names(tabs: Anatomy, host: Host) -> dict[str, str]:
    """Our tables whose name is taken, with a free one."""
    taken, renamed = set(host.tables | host.names), {}
    for _, _, table in tabs.tables:
        name = free = table.get("displayName", "")
        number = 1
        while free.casefold() in taken:
            number += 1
            free = f"{name}_{number}"
        taken.add(free.casefold())
        if free != name:
            renamed[name] = free
    return renamed


def _free_block(changes: Changes) -> int:
    """The first block of shape numbers that no legacy drawing of the workbook has."""
    blocks = [0]
    for part in changes.names():
        if part.lower().endswith(".vml"):
            data = changes.read(part)
            blocks += [int(block) for listed in _BLOCKS.findall(data) for block in re.split(rb"[, ]+", listed) if block]
            blocks += [int(shape) // 1024 for shape in _SHAPES.findall(data)]
    return max(blocks) + 1


def _list_tabs(
    changes: Changes, book: BookPart, tabs: list[TabPart], parts: list[str], at: int, hers: list[HostTab]
) -> None:
    group = book.make_group("sheets")
    space = xml.STRICT_RELATIONSHIPS if book.strict else xml.RELATIONSHIPS
    used = {tab.sheet_id for tab in hers}
    free = (number for number in count(max(used) + 1 if max(used) < MOST_TABS else 1) if number not in used)
    elements = list(xml.children(group, "sheet"))
    follower = elements[at] if at < len(elements) else None
    for tab, part, number in zip(tabs, parts, free, strict=False):
        link = relate(changes, book.part, "worksheet", part, strict=book.strict)
        one = group.makeelement(
            f"{{{xml.namespace(group)}}}sheet", {"name": tab.name, "sheetId": str(number)}, nsmap={"r": space}
        )
        if tab.state != "visible":
            one.set("state", tab.state)
        one.set(f"{{{space}}}id", link)
        if follower is None:
            group.append(one)
        else:
            follower.addprevious(one)


def _add_names(book: BookPart, tabs: Anatomy, listed: list[TabPart], joiner: Joiner, at: int) -> None:
    """Shift the places of her names behind our tabs, add ours, and mark each of our tabs."""
    for one in book.names():
        place = one.get("localSheetId")
        if place is not None and int(place) >= at:
            one.set("localSheetId", str(int(place) + len(tabs.tabs)))
    group = book.make_group("definedNames")
    for one in tabs.names:
        told = {str(key): str(value) for key, value in one.attrib.items()}
        if "localSheetId" in told:
            told["localSheetId"] = str(int(told["localSheetId"]) + at)
        etree.SubElement(group, f"{{{xml.namespace(group)}}}definedName", told).text = joiner.formula(one.text or "")
    for number, tab in enumerate(listed):
        quoted = tab.name.replace("'", "''")
        book.add_name(f"{TAB_PREFIX}{number + 1}", f"'{quoted}'!$A$1", tab=at + number)


def _show(book: BookPart, active: int, added: int) -> list[record.View]:
    """Open the first window on our tab; other windows stay where they are."""
    made = book.group("bookViews") is None
    group = book.make_group("bookViews")
    if next(xml.children(group), None) is None:
        etree.SubElement(group, f"{{{xml.namespace(group)}}}workbookView")
    views = []
    for number, view in enumerate(xml.children(group)):
        before = view.get("activeTab"), view.get("firstSheet")
        view.set("activeTab", str(int(before[0] or 0) + added if number else active))
        if before[1] is not None:
            view.set("firstSheet", str(int(before[1]) + added if number else 0))
        views.append(record.View(before, (view.get("activeTab"), view.get("firstSheet")), made=made))
    return views
