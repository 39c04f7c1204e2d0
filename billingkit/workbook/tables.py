"""Excel tables on a sheet: growing to the right over our columns, so that sorting keeps a row together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.package import Changes, relationships
from billingkit.workbook.places import Area, area
from billingkit.workbook.unsafe import unsafe


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a sheet."""

    part: str
    name: str
    area: Area
    header_rows: int
    totals_rows: int
    kind: str  # worksheet, queryTable or xml

    @property
    def header_row(self) -> int | None:
        """The row of its headings; None if it shows none."""
        return self.area.top if self.header_rows else None

    def data_rows(self) -> range:
        """The rows that sorting moves."""
        return range(self.area.top + self.header_rows, self.area.bottom - self.totals_rows + 1)


def list_tables(changes: Changes, sheet_part: str) -> tuple[Table, ...]:
    """The tables of a sheet, left to right.

    Raises:
        UnsafeToPatch: a table's range cannot be read.
    """
    found = []
    for relationship in relationships(changes, sheet_part):
        if relationship.type != "table" or not changes.has(relationship.target):
            continue
        root = changes.root(relationship.target)
        where = area(root.get("ref"))
        if where is None:
            raise unsafe(
                f"The table {root.get('displayName', relationship.target)} has no proper range. Please open and save it in Excel first."
            )
        headers, totals = int(root.get("headerRowCount", "1")), int(root.get("totalsRowCount", "0"))
        name = root.get("displayName", root.get("name", ""))
        found.append(Table(relationship.target, name, where, headers, totals, root.get("tableType", "worksheet")))
    return tuple(sorted(found, key=lambda table: (table.area.left, table.area.top)))


def table_headings(changes: Changes, table: Table) -> list[str]:
    """The table's column names."""
    columns = xml.child(changes.root(table.part), "tableColumns")
    return [] if columns is None else [e.get("name", "") for e in xml.children(columns, "tableColumn")]


def grow_table(changes: Changes, table: Table, headings: Iterable[str], totals: dict[str, str]) -> None:
    """Adds columns at the table's right edge. `totals` gives the text that stands in its totals row, by heading.

    Raises:
        UnsafeToPatch: a query fills the table, or its parts do not fit together.
    """
    if table.kind == "queryTable":
        raise unsafe(
            f"The table {table.name} ({table.area}) is filled from a connection; the next refresh would tear our columns "
            "from their rows. Please send a copy with the table converted to a range (Table Design, Convert to Range)."
        )
    root = changes.root(table.part)
    columns = xml.child(root, "tableColumns")
    elements = [] if columns is None else list(xml.children(columns, "tableColumn"))
    if columns is None or len(elements) != table.area.right - table.area.left + 1:
        raise unsafe(
            f"The table {table.name} ({table.area}) names {len(elements)} columns. Please open and save the workbook in Excel first."
        )
    identity = max(int(element.get("id", "0")) for element in elements)
    added = 0
    for heading in headings:
        identity, added = identity + 1, added + 1
        attributes = {"id": str(identity), "name": heading}
        if heading in totals:
            attributes["totalsRowLabel"] = totals[heading]
        columns.append(columns.makeelement(f"{{{xml.namespace(columns)}}}tableColumn", attributes))
    _resize(root, columns, added)
    changes.put(table.part, root)


def shrink_table(changes: Changes, table: Table, columns: frozenset[int]) -> bool:
    """Takes our columns off the table's right edge; False if hers stand to the right of them."""
    count = 0
    while table.area.right - count in columns:
        count += 1
    inside = [c for c in columns if table.area.left <= c <= table.area.right]
    if count != len(inside):
        return False
    if count:
        root = changes.root(table.part)
        group = xml.child(root, "tableColumns")
        if group is None:
            return False
        for element in list(xml.children(group, "tableColumn"))[-count:]:
            group.remove(element)
        _resize(root, group, -count)
        changes.put(table.part, root)
    return True


def _resize(root: xml.Element, columns: xml.Element, by: int) -> None:
    columns.set("count", str(len(list(xml.children(columns, "tableColumn")))))
    for element in (root, *xml.children(root, "autoFilter")):
        where = area(element.get("ref"))
        if where is not None:
            element.set("ref", str(replace(where, right=where.right + by)))


def settle_views(changes: Changes, table: Table, headings: Sequence[str]) -> None:
    """Filters and sorts after a table's columns came or went: one set on a column that is not there any more goes too.

    `table` and its `headings` tell how it was before. A sort of all its columns stays one, or rows would be torn apart.
    """
    root = changes.root(table.part)
    edge = area(root.get("ref"))
    if edge is None:
        return
    now = table_headings(changes, table)
    same = {n for n, name in enumerate(now) if n >= len(headings) or headings[n] == name}
    filters = list(xml.children(root, "autoFilter"))
    gone = [c for one in filters for c in xml.children(one, "filterColumn") if int(c.get("colId", "0")) not in same]
    wider = []
    for sort in [s for one in (root, *filters) for s in xml.children(one, "sortState")]:
        conditions = list(xml.children(sort, "sortCondition"))
        lost = [c for c in conditions if (at := area(c.get("ref"))) and at.left - table.area.left not in same]
        gone += [sort] if conditions and len(lost) == len(conditions) else lost
        where = area(sort.get("ref"))
        if where and where.right == table.area.right != edge.right:
            wider.append((sort, replace(where, right=edge.right)))
    for element in gone:
        cast("xml.Element", element.getparent()).remove(element)
    for sort, where in wider:
        sort.set("ref", str(where))
    if gone or wider:
        changes.put(table.part, root)
