"""Lint rules about what stands in the tabs: cells, formulas, merges, filters, tables, choices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Final

from lxml import etree

from billingkit.workbook import formula_text
from billingkit.workbook.anatomy import (
    LAST_COLUMN,
    LAST_ROW,
    Anatomy,
    TabPart,
    area_place,
    cell_place,
    child,
    children,
    overlap,
    text_of,
    within,
)
from billingkit.workbook.lint import Finding

_NAME: Final = re.compile(r"[^\W\d]|[_\\]")  # the first sign of a name
_NAME_REST: Final = re.compile(r"[\w.\\?]*")
_LIKE_A_CELL: Final = re.compile(r"(?i)[a-z]{1,3}[1-9]\d{0,6}|r|c|r\d+c\d+|rc|r\d+|c\d+")
_NUMBER: Final = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_TEXT_LIMIT: Final = 32_767
_LIST_LIMIT: Final = 255


def _at(tab: TabPart, reference: str) -> str:
    return f'"{tab.name}" {reference}'.rstrip()


def name_fault(name: str) -> str | None:
    """Why Excel would not take a name for a table or a place, if it would not."""
    if name.startswith(("_xlnm.", "_xleta.", "_xlpm.", "_xlws.")):
        return None
    if not name or not _NAME.match(name[0]) or not _NAME_REST.fullmatch(name[1:]):
        return "it has signs that a name cannot have"
    if len(name) > 255:
        return "it is longer than 255 signs"
    found = _LIKE_A_CELL.fullmatch(name)
    place = cell_place(name)
    if found and (place is None or (place[0] <= LAST_ROW and place[1] <= LAST_COLUMN)):
        return "it reads like the address of a cell"
    return None


def rows_in_order(package: Anatomy) -> Iterator[Finding]:
    """Rows stand once each, from the top down."""
    for tab in package.worksheets:
        last = 0
        for row in children(child(package.xml(tab.part), "sheetData"), "row"):
            number = int(row.get("r") or last + 1)
            if number <= last:
                yield Finding("rows_in_order", _at(tab, f"row {number}"), f"it comes after row {last}")
            last = number


def cells_in_order(package: Anatomy) -> Iterator[Finding]:
    """Cells stand once each, from left to right, in the row they name."""
    for tab in package.worksheets:
        for row in children(child(package.xml(tab.part), "sheetData"), "row"):
            last = 0
            for cell in children(row, "c"):
                place = cell_place(cell.get("r", ""))
                if cell.get("r") and place is None:
                    yield Finding("cells_in_order", _at(tab, cell.get("r", "")), "this is not a cell's address")
                    continue
                number, column = place or (int(row.get("r", 0)), last + 1)
                if row.get("r") and number != int(row.get("r", 0)):
                    yield Finding("cells_in_order", _at(tab, cell.get("r", "")), f"it stands in row {row.get('r')}")
                if column <= last:
                    yield Finding("cells_in_order", _at(tab, cell.get("r", "")), "it is out of order or stands twice")
                last = column


def past_the_edge(package: Anatomy) -> Iterator[Finding]:
    """Nothing lies past column XFD or row 1,048,576."""
    for tab in package.worksheets:
        for cell in package.cells(tab):
            place = cell_place(cell.get("r", "A1"))
            if place and (place[0] > LAST_ROW or place[1] > LAST_COLUMN or not place[0] or not place[1]):
                yield Finding("past_the_edge", _at(tab, cell.get("r", "")), "there is no such cell")
        for one in within(package.xml(tab.part), "col"):
            first, last = int(one.get("min", 1)), int(one.get("max", 1))
            if not 1 <= first <= last <= LAST_COLUMN:
                yield Finding("past_the_edge", _at(tab, f"columns {first} to {last}"), "there are no such columns")


def columns_overlap(package: Anatomy) -> Iterator[Finding]:
    """The widths of a column are told once."""
    for tab in package.worksheets:
        spans = [
            (int(one.get("min", 1)), int(one.get("max", 1)))
            for one in within(child(package.xml(tab.part), "cols"), "col")
        ]
        for (_, before), (first, _) in pairwise(sorted(spans)):
            if first <= before:
                yield Finding("columns_overlap", _at(tab, f"column {first}"), "its width is told twice")


def style_in_range(package: Anatomy) -> Iterator[Finding]:
    """Every cell, row and column names a format that exists."""
    formats = package.style_count("cellXfs") or 1
    for tab in package.worksheets:
        for one in within(package.xml(tab.part), "c", "row", "col"):
            told = one.get("style" if one.tag.endswith("col") else "s")
            if told is not None and not 0 <= int(told) < formats:
                yield Finding(
                    "style_in_range", _at(tab, one.get("r", "a column")), f"format {told} of {formats} does not exist"
                )


def number_in_number_cell(package: Anatomy) -> Iterator[Finding]:
    """A number cell holds a number, a yes/no cell 0 or 1."""
    for tab in package.worksheets:
        for cell in package.cells(tab):
            value = child(cell, "v")
            if value is None or value.text is None:
                continue
            kind = cell.get("t", "n")
            if kind == "n" and not _NUMBER.fullmatch(value.text):
                yield Finding("number_in_number_cell", _at(tab, cell.get("r", "")), "it is no number")
            if kind == "b" and value.text.strip() not in {"0", "1", "true", "false"}:
                yield Finding("number_in_number_cell", _at(tab, cell.get("r", "")), "it is neither 0 nor 1")


def shared_text_in_range(package: Anatomy) -> Iterator[Finding]:
    """Every shared text that a cell names exists."""
    texts = len(package.strings)
    for tab in package.worksheets:
        for cell in package.cells(tab):
            value = child(cell, "v")
            if cell.get("t") == "s" and value is not None:
                told = (value.text or "").strip()
                if not told.isdigit() or int(told) >= texts:
                    yield Finding(
                        "shared_text_in_range", _at(tab, cell.get("r", "")), f"text {told} of {texts} does not exist"
                    )


def text_length(package: Anatomy) -> Iterator[Finding]:
    """No text is longer than a cell can hold."""
    for number, text in enumerate(package.strings):
        if len(text) > _TEXT_LIMIT:
            yield Finding("text_length", f"shared text {number}", f"it has {len(text):,} signs")
    for tab in package.worksheets:
        for cell in package.cells(tab):
            if cell.get("t") in {"inlineStr", "str"}:
                inner = child(cell, "is")
                length = len(text_of(inner)) if inner is not None else len(package.shown_text(cell))
                if length > _TEXT_LIMIT:
                    yield Finding("text_length", _at(tab, cell.get("r", "")), f"it has {length:,} signs")


def _formulas(package: Anatomy) -> Iterator[tuple[str, etree._Element]]:
    for tab in package.worksheets:
        for cell in package.cells(tab):
            for one in children(cell, "f"):
                yield _at(tab, cell.get("r", "")), one
        for one in within(package.xml(tab.part), "formula", "formula1", "formula2"):
            if one.text and not any(word in str(one.tag) for word in ("2006/main}f", "2009/9")):
                yield _at(tab, "a rule"), one


def formula_syntax(package: Anatomy) -> Iterator[Finding]:
    """Every formula is well formed and starts without `=`."""
    for place, one in _formulas(package):
        if one.text and one.get("t") != "dataTable":
            for said in formula_text.faults(one.text):
                yield Finding("formula_syntax", place, said)


def future_function_prefix(package: Anatomy) -> Iterator[Finding]:
    """A function newer than the file format carries its prefix."""
    for place, one in _formulas(package):
        for name in formula_text.unprefixed(one.text or ""):
            yield Finding("future_function_prefix", place, f"{name} lacks its _xlfn. prefix")


def shared_formula_has_master(package: Anatomy) -> Iterator[Finding]:
    """A cell that shares a formula finds the one that has it."""
    for tab in package.worksheets:
        shared = [(cell, one) for cell in package.cells(tab) for one in children(cell, "f") if one.get("t") == "shared"]
        masters = {one.get("si") for _, one in shared if one.text}
        for cell, one in shared:
            if one.get("si") not in masters:
                yield Finding(
                    "shared_formula_has_master",
                    _at(tab, cell.get("r", "")),
                    f"shared formula {one.get('si')} stands nowhere",
                )


def tables_named_exist(package: Anatomy) -> Iterator[Finding]:
    """A formula that names a table names one of this workbook's."""
    known = {(table.get(key) or "").casefold() for _, _, table in package.tables for key in ("name", "displayName")}
    for place, one in _formulas(package):
        for name in formula_text.tables_named(one.text or ""):
            if name.casefold() not in known:
                yield Finding("tables_named_exist", place, f'there is no table "{name}"')


def tabs_named_exist(package: Anatomy) -> Iterator[Finding]:
    """A formula or a choice that names a tab names one of this workbook's."""
    known = {tab.name.casefold() for tab in package.tabs}
    places = {one.get("name", "").casefold() for one in package.names}
    for place, one in _formulas(package):
        for name in formula_text.tabs_named(one.text or ""):
            if name.casefold() not in known | places:
                yield Finding("tabs_named_exist", place, f'there is no tab "{name}"')


def merges_overlap(package: Anatomy) -> Iterator[Finding]:
    """No two merged areas share a cell, and none crosses a table."""
    for tab in package.worksheets:
        merged = [
            (one.get("ref", ""), area_place(one.get("ref", ""))) for one in within(package.xml(tab.part), "mergeCell")
        ]
        areas = sorted((area, name) for name, area in merged if area)
        reach = -1
        for area, name in areas:
            if area[0] <= reach and any(other < area and overlap(area, other) for other, _ in areas):
                yield Finding("merges_overlap", _at(tab, name), "it overlaps another merged area")
            reach = max(reach, area[2])
        for owner, _, table in package.tables:
            place = area_place(table.get("ref", ""))
            for area, name in areas:
                if owner.part == tab.part and place and overlap(area, place):
                    yield Finding("merges_overlap", _at(tab, name), "merged cells lie in a table")


def list_length(package: Anatomy) -> Iterator[Finding]:
    """A drop-down's typed list has at most 255 signs."""
    for tab in package.worksheets:
        for one in within(package.xml(tab.part), "dataValidation"):
            told = next((part.text or "" for part in within(one, "formula1")), "")
            if told.startswith('"') and len(told.strip('"')) > _LIST_LIMIT:
                yield Finding("list_length", _at(tab, one.get("sqref", "")), f"its list has {len(told) - 2} signs")


def areas_written_well(package: Anatomy) -> Iterator[Finding]:
    """The areas of rules, filters and merges are areas."""
    for tab in package.worksheets:
        for one in within(package.xml(tab.part), "conditionalFormatting", "dataValidation", "mergeCell", "autoFilter"):
            told = one.get("sqref") or one.get("ref")
            for part in (told or "").split():
                area = area_place(part)
                whole = re.fullmatch(r"\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?\d+:\$?\d+", part)
                if not whole and (
                    area is None
                    or area[2] > LAST_ROW
                    or area[3] > LAST_COLUMN
                    or area[0] > area[2]
                    or area[1] > area[3]
                ):
                    yield Finding("areas_written_well", _at(tab, part), "this is no area of a tab")


def table_name(package: Anatomy) -> Iterator[Finding]:
    """A table's name is one that Excel takes."""
    for tab, _, table in package.tables:
        fault = name_fault(table.get("displayName", ""))
        if fault:
            yield Finding("table_name", _at(tab, table.get("displayName", "")), fault)


def table_width(package: Anatomy) -> Iterator[Finding]:
    """A table has as many columns as its area, each with its own id."""
    for tab, _, table in package.tables:
        area, columns = area_place(table.get("ref", "")), list(within(child(table, "tableColumns"), "tableColumn"))
        if area is None or area[3] - area[1] + 1 != len(columns):
            yield Finding("table_width", _at(tab, table.get("ref", "")), f"the table lists {len(columns)} columns")
        if len({one.get("id") for one in columns}) != len(columns):
            yield Finding("table_width", _at(tab, table.get("ref", "")), "two columns of the table have one id")
        told = child(table, "tableColumns")
        if told is not None and told.get("count") not in {None, str(len(columns))}:
            yield Finding("table_width", _at(tab, table.get("ref", "")), "the count of columns is wrong")


def _heading(text: str) -> str:
    return (
        re.sub(r"_x000[aAdD]_|\s+", " ", re.sub(r"_x([0-9a-fA-F]{4})_", lambda m: chr(int(m[1], 16)), text))
        .strip()
        .casefold()
    )


def table_headings(package: Anatomy) -> Iterator[Finding]:
    """A table's headings are all different and stand in its cells as text."""
    for tab, _, table in package.tables:
        names = [one.get("name", "") for one in within(child(table, "tableColumns"), "tableColumn")]
        if len({name.casefold() for name in names}) != len(names) or not all(names):
            yield Finding(
                "table_headings", _at(tab, table.get("ref", "")), "two headings are the same, or one is empty"
            )
        area = area_place(table.get("ref", ""))
        if area is None or table.get("headerRowCount") == "0":
            continue
        row = next(
            (one for one in children(child(package.xml(tab.part), "sheetData"), "row") if one.get("r") == str(area[0])),
            None,
        )
        shown = {cell_place(cell.get("r", "")): cell for cell in children(row, "c")}
        for offset, name in enumerate(names):
            cell = shown.get((area[0], area[1] + offset))
            if cell is None or _heading(package.shown_text(cell)) != _heading(name):
                yield Finding(
                    "table_headings", _at(tab, table.get("ref", "")), f"heading {offset + 1} is not what its cell says"
                )


def tables_apart(package: Anatomy) -> Iterator[Finding]:
    """No two tables share a cell; no table lies under the sheet's own filter."""
    for tab in package.worksheets:
        mine = [
            (table.get("displayName", ""), area_place(table.get("ref", "")))
            for owner, _, table in package.tables
            if owner == tab
        ]
        areas = [(name, area) for name, area in mine if area]
        for (one, first), (other, second) in combinations(areas, 2):
            if overlap(first, second):
                yield Finding("tables_apart", _at(tab, one), f'it overlaps table "{other}"')
        own = child(package.xml(tab.part), "autoFilter")
        reach = area_place(own.get("ref", "")) if own is not None else None
        for name, area in areas:
            if reach and overlap(reach, area):
                yield Finding("tables_apart", _at(tab, name), "the sheet's own filter lies on the table")


def table_filter_fits(package: Anatomy) -> Iterator[Finding]:
    """A table's filter covers its headings and rows, and its totals row is left out."""
    for tab, _, table in package.tables:
        area, own = area_place(table.get("ref", "")), child(table, "autoFilter")
        reach = area_place(own.get("ref", "")) if own is not None else None
        if area and reach:
            totals = int(table.get("totalsRowCount", "0"))
            if reach != (area[0], area[1], area[2] - totals, area[3]):
                yield Finding("table_filter_fits", _at(tab, table.get("ref", "")), "its filter covers another area")


def filtered_column_in_filter(package: Anatomy) -> Iterator[Finding]:
    """A filter names columns of its own range only."""
    homes = [(tab, table) for tab, _, table in package.tables]
    for tab, home in [*homes, *((tab, package.xml(tab.part)) for tab in package.worksheets)]:
        for own in children(home, "autoFilter"):
            reach = area_place(own.get("ref", ""))
            numbers = [int(column.get("colId", "0")) for column in children(own, "filterColumn")]
            if reach and max(numbers, default=0) > reach[3] - reach[1]:
                yield Finding(
                    "filtered_column_in_filter", _at(tab, own.get("ref", "")), "it filters by a column outside"
                )


RULES: Final = (
    rows_in_order,
    cells_in_order,
    past_the_edge,
    columns_overlap,
    style_in_range,
    number_in_number_cell,
    shared_text_in_range,
    text_length,
    formula_syntax,
    future_function_prefix,
    shared_formula_has_master,
    tables_named_exist,
    tabs_named_exist,
    merges_overlap,
    list_length,
    areas_written_well,
    table_name,
    table_width,
    table_headings,
    tables_apart,
    table_filter_fits,
    filtered_column_in_filter,
)
