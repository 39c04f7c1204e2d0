"""Annotating a sheet of her own workbook: columns and notes of ours, everything else as it was.

Two passes over the sheet's rows: the first sees what stands where and decides, the second, while saving, writes. All
refusals come out of the first.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from billingkit.workbook import cellstyles, markers
from billingkit.workbook import xmlparts as xml
from billingkit.workbook.annotation import Annotation
from billingkit.workbook.cellstyles import LOOKS
from billingkit.workbook.cellxml import LONGEST, fault
from billingkit.workbook.collecting import no_collecting
from billingkit.workbook.column import Column, Note
from billingkit.workbook.loose_formats import Watch
from billingkit.workbook.markers import Ours
from billingkit.workbook.new_cells import NewCells
from billingkit.workbook.package import TYPES, Changes, open_package, override_type, relate, save
from billingkit.workbook.places import LAST_ROW, letters
from billingkit.workbook.placing import heading_rows
from billingkit.workbook.plain import plain_sheet
from billingkit.workbook.rows import Odd
from billingkit.workbook.sheets import SheetPart, find_sheet, styles_part
from billingkit.workbook.shell import read_shell
from billingkit.workbook.tables import list_tables, settle_views, table_headings
from billingkit.workbook.undo import surveyed, under, undo_sheet, verified
from billingkit.workbook.unsafe import on_sheet

STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"


@dataclass(frozen=True, slots=True)
class Annotated:
    """Where our columns stand (heading to letters), sentences to pass on, and the file if one was saved."""

    columns: Mapping[str, str]
    said: tuple[str, ...] = ()
    path: os.PathLike[str] | None = None


@no_collecting()
def annotate(
    src: str | os.PathLike[str],
    dst: str | os.PathLike[str],
    *,
    sheet: str,
    header_row: int | None,
    columns: Sequence[Column],
    notes: Sequence[Note] = (),
    dated: date | None = None,
    beside: Collection[str] = (),
) -> Annotated:
    """Writes columns and notes into one sheet of a workbook and saves it; run again, it replaces what it wrote.

    Rows are Excel's own, 1-based. `header_row=None` writes no headings. Everything else in the workbook is copied as it
    is. `dated` goes into the name that is used if `dst` is open in another program. `beside` names columns of hers that
    ours belong to, by their letters, so that another table on the same rows does not take ours.

    Raises:
        UnsafeToPatch: something in the workbook could be lost; raised before anything is written.
        ValueError: rows, columns or values that no sheet can hold.
    """
    package = open_package(src)
    changes = Changes(package)
    done = patch_sheet(changes, sheet=sheet, header_row=header_row, columns=columns, notes=notes, beside=beside)
    saved = save(package, changes, dst, dated=dated)
    return Annotated(done.columns, done.said + saved.said, saved.path)


def patch_sheet(
    changes: Changes,
    *,
    sheet: str,
    header_row: int | None,
    columns: Sequence[Column],
    notes: Sequence[Note] = (),
    beside: Collection[str] = (),
) -> Annotated:
    """The same into a draft, so that several sheets and new tabs are saved at once. Reads and refuses; writes no file."""
    where = find_sheet(changes, sheet)
    value_rows = frozenset[int]().union(*(column.values for column in columns))
    said = _checked(header_row, value_rows, columns, notes, where)
    tables = list_tables(changes, where.part)
    headed = [(table, table_headings(changes, table)) for table in tables]
    root = changes.root(where.workbook)
    ours = markers.of_sheet(root, where.name) or Ours(markers.free_number(root), where.name)
    if not columns and not notes and not ours.columns and not ours.record:
        return Annotated({})
    book = _book_record(changes, where.workbook, markers.read_marks(root).get("book"))
    ours = _verified(changes, where, ours)
    drop = {column: place.top for column, (place, _) in ours.columns.items()}
    wanted = value_rows | heading_rows(header_row, value_rows, tables, beside)
    hers = under(ours.record)
    watch = Watch(_format_count(changes, where))
    seen = surveyed(changes, where, wanted, drop, hers, watch)
    undone = undo_sheet(changes, where, read_shell(seen.before, seen.behind), ours)
    work = Annotation(changes, where, undone.shell, seen, value_rows, header_row, drop, hers, watch)
    if undone.stays:
        cells = work.in_place(columns, ours)
    elif columns:
        with on_sheet(where.name):
            cells = work.beside(columns, ours, beside)
    else:
        cells = NewCells((), {}, drop, hers, spans_were=ours.record.get("spans", 0))
        ours.columns, ours.record = {}, {}
    for table, headings in headed:
        settle_views(changes, table, headings)
    if notes:
        said += work.add_notes(notes, ours)
    work.finish(cells)
    work.mark(ours, book)
    told = {column.heading: letters(c) for column, c in zip(columns, cells.make, strict=True)}
    return Annotated(told, tuple(said + work.said))


def _format_count(changes: Changes, sheet: SheetPart) -> int:
    part = styles_part(changes, sheet.workbook)
    listed = xml.child(changes.root(part), "cellXfs") if part else None
    return 0 if listed is None else sum(1 for _ in xml.children(listed))


def _checked(
    header_row: int | None,
    value_rows: frozenset[int],
    columns: Sequence[Column],
    notes: Sequence[Note],
    sheet: SheetPart,
) -> list[str]:
    """Sentences about text that must be cut.

    Raises:
        ValueError: rows, columns or values that no sheet can hold.
    """
    said = []
    if len({column.heading.casefold() for column in columns}) != len(columns):
        raise ValueError("two columns have the same heading")
    placed = {header_row or 1, *(note.row for note in notes)}
    for row in (min(placed), max(placed), min(value_rows, default=1), max(value_rows, default=1)):
        if not 1 <= row <= LAST_ROW:
            raise ValueError(f"row {row} is not a row of a sheet")
    for column in columns:
        if header_row is not None and header_row in column.values:
            raise ValueError(f"the column {column.heading} has a value on the heading row")
        if unknown := {*column.styles.values(), column.style} - LOOKS.keys():
            raise ValueError(f"there is no look named {min(unknown)}")
        said += _checked_values(column, sheet)
    return said


def _checked_values(column: Column, sheet: SheetPart) -> list[str]:
    values = column.values.values()
    different = [*set(values), *dict(zip(map(type, values), values, strict=True)).values()]  # 1 equals True
    for value in different:
        wrong = fault(value, date1904=sheet.date1904)
        if wrong:
            raise ValueError(f"{column.heading}: {wrong} cannot stand in a cell")
    if not any(isinstance(value, str) and len(value) > LONGEST for value in different):
        return []
    long = [row for row, value in column.values.items() if isinstance(value, str) and len(value) > LONGEST]
    return [f"{column.heading}, row {row}: the text was cut to Excel's limit of 32,767 characters." for row in long]


def _verified(changes: Changes, sheet: SheetPart, ours: Ours) -> Ours:
    try:
        return verified(changes, sheet, ours)
    except Odd:
        changes.put(sheet.part, plain_sheet(changes.read(sheet.part), sheet.part))
        return verified(changes, sheet, ours)


def _book_record(changes: Changes, workbook: str, known: Ours | None) -> Ours:
    """What the workbook's styles and content types were before our first change; made once and kept."""
    if known is not None and known.record:
        return known
    part = styles_part(changes, workbook)
    extensions = [e.get("Extension", "").lower() for e in xml.children(changes.root(TYPES), "Default")]
    record: dict[str, Any] = {"defaults": [e for e in extensions if e in {"vml", "rels"}]}
    if xml.child(changes.root(workbook), "definedNames") is not None:
        record["names"] = True
    if part is None:
        strict = xml.namespace(changes.root(workbook)) == xml.STRICT
        part = changes.fresh("xl/styles{}.xml") if changes.has("xl/styles.xml") else "xl/styles.xml"
        changes.put(part, cellstyles.minimal(strict=strict))
        override_type(changes, part, STYLES_TYPE)
        relate(changes, workbook, "styles", part, strict=strict)
        record["made"] = True
    root = changes.root(part)
    record["styles"] = [cellstyles.counts(root), cellstyles.fingerprint(root)]
    if wrong := cellstyles.wrong_counts(root):
        record["styles"].append(wrong)
    return Ours("book", record=record)
