"""Our tabs taken out of a workbook: exactly, where only we have written it since; else by their marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from billingkit.workbook import graft_record as record
from billingkit.workbook import xmlparts as xml
from billingkit.workbook.graft_styles import take_out
from billingkit.workbook.host import HostTab, host_tabs
from billingkit.workbook.marks import NAMES_PREFIX, TAB_PREFIX, BookPart, book_part
from billingkit.workbook.package import (
    TYPES,
    Changes,
    Package,
    override_type,
    relationships,
    rels_of,
    unrelate,
)
from billingkit.workbook.selection import select
from billingkit.workbook.unsafe import unsafe


def ungraft(_package: Package, changes: Changes) -> tuple[str, ...]:
    """Take our tabs and all that belongs to them out of the draft; gives what should be said to the manager.

    As long as no other program has saved the file, her parts are afterwards what they were. Otherwise our formats
    stay in the list of formats, where nothing shows them.

    Raises:
        UnsafeToPatch: the workbook holds no other tabs than ours.
    """
    book = book_part(changes)
    tabs = host_tabs(changes, book)
    ours = [tab for tab in tabs if tab.ours]
    kept = record.read(changes, book)
    if not ours and kept is None:
        return ()
    if len(ours) == len(tabs):
        raise unsafe("The workbook holds no tabs but ours.")
    exact = kept is not None and _as_we_left_it(changes, kept[1])
    told = kept[1] if kept is not None else record.Record()
    gone = _own_parts(changes, book, ours)
    said = _copies(book, tabs)
    _unlist(book, tabs, had_names=told.had_names)
    if told.had_names:
        book.make_group("definedNames")
    _show_hers(book, tabs, told)
    changes.put(book.part, book.root)
    _uncalculate(changes, book, {tab.sheet_id for tab in ours})
    for tab in ours:
        unrelate(changes, book.part, tab.link)
    _remove(changes, gone)
    if exact:
        _restore(changes, book, told)
    else:
        _select_shown(changes, book, [tab for tab in tabs if not tab.ours])
    if kept is not None:
        record.remove(changes, book, kept[0])
    if exact and told.made_rels_default:
        _no_rels_default(changes)
    return said


def _as_we_left_it(changes: Changes, told: record.Record) -> bool:
    part = told.styles.part if told.styles else ""
    return told.styles is not None and changes.has(part) and record.digest(changes.read(part)) == told.styles.digest


def _own_parts(changes: Changes, book: BookPart, ours: list[HostTab]) -> set[str]:
    """The parts that only our tabs lead to."""
    own = {tab.part.lower() for tab in ours}
    mine = _reached(changes, [tab.part for tab in ours], lambda _: False)
    roots = [
        one.target for one in relationships(changes, book.part) if not one.external and one.target.lower() not in own
    ]
    others = [one.target for one in relationships(changes, "") if not one.external and one.target != book.part]
    return mine - _reached(changes, [*roots, *others], lambda part: part.lower() in own)


def _reached(changes: Changes, start: Iterable[str], barred: Callable[[str], bool]) -> set[str]:
    found: set[str] = set()
    waiting = [part for part in start if not barred(part)]
    while waiting:
        part = waiting.pop()
        if part not in found and changes.has(part):
            found.add(part)
            waiting += [
                one.target for one in relationships(changes, part) if not one.external and not barred(one.target)
            ]
    return found


def _copies(book: BookPart, tabs: list[HostTab]) -> tuple[str, ...]:
    """What is said of copies of our tabs that somebody made by hand: they stay."""
    hers = {tab.position: tab.name for tab in tabs if not tab.ours}
    marked = [int(one.get("localSheetId", "-1")) for one in book.names() if one.get("name", "").startswith(TAB_PREFIX)]
    copies = sorted({hers[place] for place in marked if place in hers})
    return tuple(f'The tab "{name}" was copied from one of ours by hand; it stays as it is.' for name in copies)


def _unlist(book: BookPart, tabs: list[HostTab], *, had_names: bool) -> None:
    places = _places(tabs)
    group = book.make_group("sheets")
    for one, tab in zip(list(xml.children(group, "sheet")), tabs, strict=True):
        if tab.ours:
            group.remove(one)
    gone = []
    for one in book.names():
        name, place = one.get("name", ""), one.get("localSheetId")
        ours = (
            name.startswith(NAMES_PREFIX) if place is None else name.startswith(TAB_PREFIX) or int(place) not in places
        )
        if ours:
            gone.append(one)
        elif place is not None:
            one.set("localSheetId", str(places[int(place)]))
    book.drop_names(gone, keep_list=had_names)


def _places(tabs: list[HostTab]) -> dict[int, int]:
    """Where each of her tabs stands once ours are out."""
    hers = [tab.position for tab in tabs if not tab.ours]
    return {position: number for number, position in enumerate(hers)}


def _show_hers(book: BookPart, tabs: list[HostTab], told: record.Record) -> None:
    group, places = book.group("bookViews"), _places(tabs)
    if group is None:
        return
    for number, view in enumerate(xml.children(group)):
        now = view.get("activeTab"), view.get("firstSheet")
        as_left = number < len(told.views) and tuple(told.views[number].after) == now
        if as_left and told.views[number].made:
            group.remove(view)
            continue
        wanted = told.views[number].before if as_left else tuple(_moved(text, places) for text in now)
        for key, text in zip(("activeTab", "firstSheet"), wanted, strict=True):
            if text is not None:
                view.set(key, text)
            elif key in view.attrib:
                del view.attrib[key]
    if next(xml.children(group), None) is None:
        book.root.remove(group)


def _moved(text: str | None, places: dict[int, int]) -> str | None:
    return str(places.get(int(text), 0)) if text is not None else None


def _uncalculate(changes: Changes, book: BookPart, gone: set[int]) -> None:
    """A program that saved our tabs may have listed their formulas for calculation; such entries must go with them."""
    part = next((one.target for one in relationships(changes, book.part) if one.type == "calcChain"), None)
    if part is None or not changes.has(part):
        return
    root, current, touched = changes.root(part), "", False
    for one in list(xml.children(root, "c")):
        current = one.get("i", current)
        if current.isdigit() and int(current) in gone:
            root.remove(one)
            touched = True
        elif touched:
            one.set("i", current)  # it may have leant on an entry that is gone
    if touched and next(xml.children(root), None) is None:
        identity = next(one.id for one in relationships(changes, book.part) if one.target == part)
        unrelate(changes, book.part, identity)
        _remove(changes, {part})
    elif touched:
        changes.put(part, root)


def _remove(changes: Changes, parts: set[str]) -> None:
    for part in sorted(parts):
        override_type(changes, part, None)
        override_type(changes, rels_of(part), None)
        changes.remove(part)


def _restore(changes: Changes, book: BookPart, told: record.Record) -> None:
    for part, was in told.selected.items():
        if changes.has(part):
            select(changes, part, was)
    if told.styles is None:
        return
    part = told.styles.part
    if told.styles.made:
        for link in relationships(changes, book.part):
            if link.target == part:
                unrelate(changes, book.part, link.id)
        _remove(changes, {part})
        return
    root = changes.root(part)
    take_out(root, told.styles.groups)
    changes.put(part, root)


def _select_shown(changes: Changes, book: BookPart, hers: list[HostTab]) -> None:
    """Select the tab that the first window shows, where its sheet has a word for it."""
    group = book.group("bookViews")
    view = next(xml.children(group), None) if group is not None else None
    place = int(view.get("activeTab", "0")) if view is not None else 0
    if place < len(hers):
        select(changes, hers[place].part, "1")


def _no_rels_default(changes: Changes) -> None:
    root = changes.root(TYPES)
    for one in list(xml.children(root, "Default")):
        if one.get("Extension", "").lower() == "rels":
            root.remove(one)
    changes.put(TYPES, root)
