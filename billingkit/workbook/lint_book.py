"""Lint rules about the workbook as a whole: tabs, names, styles, links between parts, notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from billingkit.workbook.anatomy import Anatomy, TabPart, attribute, cell_place, child, children, within
from billingkit.workbook.lint import Finding
from billingkit.workbook.lint_cells import name_fault

_XF_POINTERS: Final = (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders"))
_DXF_POINTERS: Final = (
    "dxfId",
    "headerRowDxfId",
    "dataDxfId",
    "totalsRowDxfId",
    "headerRowBorderDxfId",
    "tableBorderDxfId",
    "totalsRowBorderDxfId",
)
_BAD_IN_TAB: Final = re.compile(r"[\[\]:*?/\\]")


def twice(values: list[str]) -> list[str]:
    """The values that stand more than once, whatever their case."""
    return [value for value, times in Counter(value.casefold() for value in values).items() if times > 1]


def tab_names(package: Anatomy) -> Iterator[Finding]:
    """Tabs have different names of at most 31 signs, and at least one can be seen."""
    names = [tab.name for tab in package.tabs]
    for name in twice(names):
        yield Finding("tab_names", f'"{name}"', "two tabs have this name")
    for name in names:
        if not 0 < len(name) <= 31 or _BAD_IN_TAB.search(name) or name.startswith("'") or name.endswith("'"):
            yield Finding("tab_names", f'"{name}"', "a tab cannot have this name")
    if not any(tab.state == "visible" for tab in package.tabs):
        yield Finding("tab_names", "the workbook", "no tab can be seen")
    for identifier in twice([tab.sheet_id for tab in package.tabs]):
        yield Finding("tab_names", f"sheet id {identifier}", "two tabs have this id")


def active_tab(package: Anatomy) -> Iterator[Finding]:
    """The tab the workbook opens on exists."""
    for view in within(child(package.book, "bookViews"), "workbookView"):
        for key in ("activeTab", "firstSheet"):
            if int(view.get(key, "0")) >= max(1, len(package.tabs)):
                yield Finding("active_tab", "the workbook", f"{key} is {view.get(key)} of {len(package.tabs)} tabs")


def name_spelling(package: Anatomy) -> Iterator[Finding]:
    """Defined names are ones that Excel takes."""
    for one in package.names:
        fault = name_fault(one.get("name", ""))
        if fault:
            yield Finding("name_spelling", one.get("name", ""), fault)


def names_clash(package: Anatomy) -> Iterator[Finding]:
    """A name stands once in its scope, and no table has the name of a place of the whole workbook."""
    scopes = [f"{one.get('name', '')} (of {_scope(package, one.get('localSheetId'))})" for one in package.names]
    for name in twice(scopes):
        yield Finding("names_clash", name, "it is defined twice")
    for one in package.names:
        if int(one.get("localSheetId", "0")) >= max(1, len(package.tabs)):
            yield Finding("names_clash", one.get("name", ""), "it belongs to a tab that is not there")
    tables = [table.get("displayName", "") for _, _, table in package.tables]
    for name in twice(tables):
        yield Finding("names_clash", name, "two tables have this name")
    places = {one.get("name", "").casefold() for one in package.names if one.get("localSheetId") is None}
    for name in tables:
        if name.casefold() in places:
            yield Finding("names_clash", name, "a table and a place have this name")
    for identifier in twice([table.get("id", "") for _, _, table in package.tables]):
        yield Finding("names_clash", f"table id {identifier}", "two tables have this id")


def _scope(package: Anatomy, place: str | None) -> str:
    """What a name belongs to, told so that tabs put in front change nothing."""
    if place is None:
        return "the whole workbook"
    return f'"{package.tabs[int(place)].name}"' if int(place) < len(package.tabs) else f"tab {place}"


def print_names(package: Anatomy) -> Iterator[Finding]:
    """A hidden filter name speaks of the filter its tab has."""
    for one in package.names:
        if one.get("name") == "_xlnm._FilterDatabase" and one.get("localSheetId") is not None:
            position = int(one.get("localSheetId", "0"))
            tab = package.tabs[position] if position < len(package.tabs) else None
            if tab is None or tab.kind != "worksheet":
                continue
            own = child(package.xml(tab.part), "autoFilter")
            told = (one.text or "").rpartition("!")[2].replace("$", "")
            if own is not None and told and own.get("ref", "").replace("$", "") != told and ":" in told:
                yield Finding(
                    "print_names", f'"{tab.name}"', f"its filter is on {own.get('ref')} and its hidden name says {told}"
                )


def style_pointers(package: Anatomy) -> Iterator[Finding]:
    """Every format points at fonts, fills, borders and a named style that exist."""
    for group in ("cellStyleXfs", "cellXfs"):
        for number, one in enumerate(children(child(package.styles, group), "xf")):
            for key, pool in _XF_POINTERS:
                if int(one.get(key, "0")) >= max(1, package.style_count(pool)):
                    yield Finding("style_pointers", f"{group} {number}", f"{key} {one.get(key)} does not exist")
            if group == "cellXfs" and int(one.get("xfId", "0")) >= max(1, package.style_count("cellStyleXfs")):
                yield Finding("style_pointers", f"{group} {number}", f"xfId {one.get('xfId')} does not exist")


def number_formats(package: Anatomy) -> Iterator[Finding]:
    """A number format's id stands once, and every format that names an own one finds it."""
    told = [one.get("numFmtId", "") for one in children(child(package.styles, "numFmts"), "numFmt")]
    for identifier in twice(told):
        yield Finding("number_formats", f"number format {identifier}", "it stands twice")
    for number, one in enumerate(children(child(package.styles, "cellXfs"), "xf")):
        if int(one.get("numFmtId", "0")) >= 164 and one.get("numFmtId") not in told:
            yield Finding("number_formats", f"cellXfs {number}", f"number format {one.get('numFmtId')} does not exist")


def style_counts(package: Anatomy) -> Iterator[Finding]:
    """The counts in the styles part are right."""
    for group in children(package.styles):
        told = group.get("count")
        listed = len(children(group))
        if told is not None and told.isdigit() and int(told) != listed and not any(within(group, "AlternateContent")):
            yield Finding("style_counts", str(group.tag).rpartition("}")[2], f"it says {told} and has {listed}")


def rule_style_in_range(package: Anatomy) -> Iterator[Finding]:
    """Rules, tables and filters name differential formats that exist."""
    known = package.style_count("dxfs")
    roots = [(f'"{tab.name}"', package.xml(tab.part)) for tab in package.worksheets]
    roots += [(f'table "{table.get("displayName")}"', table) for _, _, table in package.tables]
    for place, root in roots:
        for one in within(root, "cfRule", "table", "tableColumn", "colorFilter", "sortCondition"):
            for key in _DXF_POINTERS:
                if one.get(key) is not None and int(one.get(key, "0")) >= known:
                    yield Finding("rule_style_in_range", place, f"{key} {one.get(key)} of {known} does not exist")


def links_lead_somewhere(package: Anatomy) -> Iterator[Finding]:
    """Every relationship leads to a part that is there, and its id stands once."""
    for listing in package.members:
        if not listing.lower().endswith(".rels"):
            continue
        owner = re.sub(r"(?i)(^|/)_rels/([^/]*)\.rels$", r"\1\2", listing.lstrip("/"))
        links = package.links(owner)
        for one in links:
            if not one.outside and not package.has(one.target) and one.target.upper() != "NULL":
                yield Finding(
                    "links_lead_somewhere",
                    owner or "the package",
                    f"{one.id} leads to {one.target}, which is not there",
                )
        for identifier in [name for name, times in Counter(one.id for one in links).items() if times > 1]:
            yield Finding("links_lead_somewhere", owner or "the package", f"{identifier} stands twice")


def links_used_exist(package: Anatomy) -> Iterator[Finding]:
    """Every relationship id that a tab uses is one it has."""
    for tab in package.tabs:
        known = {one.id for one in package.links(tab.part)}
        for one in package.xml(tab.part).iter("{*}*"):
            for key, told in one.attrib.items():
                if "officeDocument" in str(key) and "relationships}" in str(key) and told and told not in known:
                    yield Finding("links_used_exist", f'"{tab.name}"', str(told) + " leads nowhere")


def content_types(package: Anatomy) -> Iterator[Finding]:
    """Every part has a content type, told once, and every type told has its part."""
    defaults, parts = package.types
    for part in package.members:
        name = part.lstrip("/").lower()
        extension = name.rpartition("/")[2].rpartition(".")[2]
        if name != "[content_types].xml" and name not in parts and extension not in defaults:
            yield Finding("content_types", part, "it has no content type")
    told = [one.get("PartName", "") for one in children(package.xml("[Content_Types].xml"), "Override")]
    for name in twice(told):
        yield Finding("content_types", name, "its content type stands twice")
    for part in told:
        if not package.has(part.lstrip("/")):
            yield Finding("content_types", part, "it has a content type and is not there")


def notes_have_shapes(package: Anatomy) -> Iterator[Finding]:
    """Every note has a shape to be drawn in, and a cell has one note."""
    for tab in package.worksheets:
        for part in package.linked(tab.part, "comments"):
            places = [one.get("ref", "") for one in within(package.xml(part), "comment")]
            for place in twice(places):
                yield Finding("notes_have_shapes", f'"{tab.name}" {place}', "it has two notes")
            drawn = _drawn_notes(package, tab)
            if places and drawn is None:
                yield Finding("notes_have_shapes", f'"{tab.name}"', "its notes have no drawing")
                continue
            for place in places:
                if drawn and cell_place(place) not in drawn:
                    yield Finding("notes_have_shapes", f'"{tab.name}" {place}', "its note has no shape")


def _drawn_notes(package: Anatomy, tab: TabPart) -> set[tuple[int, int]] | None:
    """The cells whose note a tab's legacy drawing draws; None without such a drawing."""
    drawing = next(iter(within(package.xml(tab.part), "legacyDrawing")), None)
    if drawing is None:
        return None
    wanted = attribute(drawing, "id")
    part = next((one.target for one in package.links(tab.part) if one.id == wanted), "")
    if not package.has(part):
        return None
    found = set()
    for shape in re.findall(
        rb"<[\w]*:?ClientData[^>]*ObjectType=[\"']Note[\"'].*?</[\w]*:?ClientData>", package.read(part), re.DOTALL
    ):
        row, column = re.search(rb"Row>\s*(\d+)", shape), re.search(rb"Column>\s*(\d+)", shape)
        if row and column:
            found.add((int(row[1]) + 1, int(column[1]) + 1))
    return found


def note_authors(package: Anatomy) -> Iterator[Finding]:
    """Every note's author is in its list."""
    for tab in package.worksheets:
        for part in package.linked(tab.part, "comments"):
            known = len(children(child(package.xml(part), "authors"), "author"))
            for one in within(package.xml(part), "comment"):
                if int(one.get("authorId", "0")) >= known:
                    yield Finding("note_authors", f'"{tab.name}" {one.get("ref")}', "its author is not listed")


def calculation_order(package: Anatomy) -> Iterator[Finding]:
    """The calculation chain names only cells that have a formula."""
    for part in package.linked(package.book_part, "calcChain"):
        by_id = {tab.sheet_id: tab for tab in package.worksheets}
        formulas = {
            tab.sheet_id: {cell.get("r") for cell in package.cells(tab) if child(cell, "f") is not None}
            for tab in package.worksheets
        }
        current = ""
        for one in children(package.xml(part), "c"):
            current = one.get("i", current)
            if current in by_id and one.get("r") not in formulas[current]:
                yield Finding("calculation_order", f'"{by_id[current].name}" {one.get("r")}', "it has no formula")


def drawing_blocks(package: Anatomy) -> Iterator[Finding]:
    """A tab's drawings, legacy drawings and tables are named once each."""
    for tab in package.worksheets:
        for name in (
            "drawing",
            "legacyDrawing",
            "tableParts",
            "autoFilter",
            "sheetProtection",
            "mergeCells",
            "dataValidations",
        ):
            if len(children(package.xml(tab.part), name)) > 1:
                yield Finding("drawing_blocks", f'"{tab.name}"', f"{name} stands twice")
        for parts in children(package.xml(tab.part), "tableParts"):
            told, listed = parts.get("count"), len(children(parts, "tablePart"))
            if told is not None and int(told) != listed:
                yield Finding("drawing_blocks", f'"{tab.name}"', f"it says it has {told} tables and lists {listed}")


RULES: Final = (
    tab_names,
    active_tab,
    name_spelling,
    names_clash,
    print_names,
    style_pointers,
    number_formats,
    style_counts,
    rule_style_in_range,
    links_lead_somewhere,
    links_used_exist,
    content_types,
    notes_have_shapes,
    note_authors,
    calculation_order,
    drawing_blocks,
)
