"""Our additions taken out of a sheet's parts again, before new ones are written or for good."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from billingkit.workbook import cellstyles, markers
from billingkit.workbook import xmlparts as xml
from billingkit.workbook.cellxml import cell_text
from billingkit.workbook.graft_undo import ungraft
from billingkit.workbook.growing import Record, forget_views, shrink_filter, undo_names, undo_shell
from billingkit.workbook.loose_formats import Watch
from billingkit.workbook.markers import Ours
from billingkit.workbook.marks import clear_marks
from billingkit.workbook.new_cells import NOTHING_UNDER, NewCells, Under
from billingkit.workbook.notes import drop_notes
from billingkit.workbook.package import (
    TYPES,
    Changes,
    Package,
    override_type,
    relationships,
    unrelate,
)
from billingkit.workbook.plain import plain_sheet
from billingkit.workbook.rewrite import rewrite
from billingkit.workbook.row_cells import row_cells
from billingkit.workbook.rows import Odd
from billingkit.workbook.sheets import SheetPart, drop_empty_names, find_sheet, styles_part, workbook_part
from billingkit.workbook.shell import Shell, read_shell
from billingkit.workbook.survey import Survey, survey
from billingkit.workbook.tables import list_tables, settle_views, shrink_table, table_headings
from billingkit.workbook.unsafe import unsafe


def verified(changes: Changes, sheet: SheetPart, ours: Ours) -> Ours:
    """Only those of our columns that still stand under the heading we wrote; the others are hers now."""
    rows = frozenset(place.top for place, heading in ours.columns.values() if heading)
    if not rows:
        return ours
    found = row_cells(changes.stream(sheet.part), rows)
    for column, (place, heading) in list(ours.columns.items()):
        if not heading:
            continue
        cell = found.get(place.top, {}).get(column, b"")
        if cell_text(changes, sheet.workbook, cell).strip() != heading.strip():
            del ours.columns[column]
    return ours


def under(record: Record) -> Under:
    """The empty cells of hers that ours took the place of, from runs of column, first row, last row and format."""
    runs = record.get("under", [])
    return {(row, column): style for column, top, bottom, style in runs for row in range(top, bottom + 1)}


def surveyed(
    changes: Changes,
    sheet: SheetPart,
    wanted: frozenset[int],
    drop: Mapping[int, int],
    hers: Under = NOTHING_UNDER,
    watch: Watch | None = None,
) -> Survey:
    """A sheet's survey; an odd sheet is first written plainly into the draft."""
    chunks = changes.stream(sheet.part)
    try:
        return survey(watch.over(chunks) if watch else chunks, wanted, drop, hers)
    except Odd:
        changes.put(sheet.part, plain_sheet(changes.read(sheet.part), sheet.part))
    chunks = changes.stream(sheet.part)
    try:
        return survey(watch.over(chunks) if watch else chunks, wanted, drop, hers)
    except Odd:
        raise unsafe(
            f'The sheet "{sheet.name}" is stored in a way that cannot be followed. Please open and save it in Excel first.'
        ) from None


def legacy_id(shell: Shell) -> str | None:
    """The relationship that the sheet's notes are drawn by; a strict file of Excel's names it in an alternative."""
    piece = shell.chosen("legacyDrawing")
    names = piece.attributes if piece else {}
    return next((value for key, value in names.items() if key.endswith(" id")), None)


@dataclass(frozen=True, slots=True)
class Undone:
    """A sheet's shell without ours. `stays` if hers now stand behind ours in a table, so that ours cannot go."""

    shell: Shell
    stays: bool


def undo_sheet(changes: Changes, sheet: SheetPart, shell: Shell, ours: Ours) -> Undone:
    """Takes our notes, and the growth of table, filter, names and widths, out of the draft; the rows come later."""
    columns, places = frozenset(ours.columns), [place for place, _ in ours.columns.values()]
    every = list_tables(changes, sheet.part) if columns else ()
    tables = [table for table in every if any(place.meets(table.area) for place in places)]
    stays = any(_behind(table.area.left, table.area.right, columns) for table in tables)
    if not stays:
        for table in tables:
            shrink_table(changes, table, columns)
        undo_shell(shell, ours.record)
        shell = read_shell(*shell.parts())
        shrink_filter(shell, places)
        undo_names(changes, sheet, ours.record, places)
    notes: Record | None = ours.record.get("notes")
    if notes is not None:  # an empty record too: then all our notes joined hers
        gone = drop_notes(changes, sheet.part, notes, legacy_id(shell))
        piece = shell.first("legacyDrawing")
        if gone and piece:
            shell.replace(piece, b"")
    return Undone(read_shell(*shell.parts()), stays)


def _behind(left: int, right: int, columns: frozenset[int]) -> bool:
    inside = [c for c in columns if left <= c <= right]
    return bool(inside) and any(c not in columns for c in range(min(inside), right + 1))


def remove_ours(package: Package) -> Changes:
    """A draft without our columns and notes: her parts again, equal as canonical XML to what they were.

    Raises:
        UnsafeToPatch: columns of hers stand behind ours in a table.
    """
    changes = Changes(package)
    _remove_columns(changes)
    return changes


def remove_everything(changes: Changes, *, again: Collection[str] = ()) -> None:
    """Takes all that is ours out of a draft: marks, tabs, columns and notes. Her parts are what they were.

    On the sheets `again`, where ours come again at once, a filter or sort that she set on our columns stays. The draft
    is saved before they do: what is added goes by the file that is read.

    Raises:
        UnsafeToPatch: the same, or the workbook holds no tabs but ours.
    """
    clear_marks(changes.package, changes)
    ungraft(changes.package, changes)
    _remove_columns(changes, again)


def _remove_columns(changes: Changes, again: Collection[str] = ()) -> None:
    workbook = workbook_part(changes)
    marks = markers.read_marks(changes.root(workbook))
    for ours in marks.values():
        if ours.sheet is not None:
            _remove_from(changes, ours, for_good=ours.sheet not in again)
    root = changes.root(workbook)
    for number in marks:
        markers.drop_marks(root, number)
    if "book" in marks and not marks["book"].record.get("names"):
        drop_empty_names(root)
    if marks:
        changes.put(workbook, root)
    if "book" in marks:
        _remove_formats(changes, workbook, marks["book"].record)


def _remove_from(changes: Changes, ours: Ours, *, for_good: bool) -> None:
    sheet = find_sheet(changes, ours.sheet or "")
    ours = verified(changes, sheet, ours)
    drop = {column: place.top for column, (place, _) in ours.columns.items()}
    hers = under(ours.record)
    seen = surveyed(changes, sheet, frozenset(), drop, hers)
    tables = [(table, table_headings(changes, table)) for table in list_tables(changes, sheet.part)]
    undone = undo_sheet(changes, sheet, read_shell(seen.before, seen.behind), ours)
    if undone.stays:
        raise unsafe(
            "Columns were added behind ours in a table, so ours cannot be taken out of its middle. Please delete ours in Excel."
        )
    new = NewCells((), {}, drop, hers, spans_were=ours.record.get("spans", 0))
    if for_good:
        for table, headings in tables:
            settle_views(changes, table, headings)
        forget_views(undone.shell)
    source, (before, behind) = changes.source(sheet.part), undone.shell.parts()
    changes.put(sheet.part, lambda: rewrite(source(), seen, new, before, behind))


def _remove_formats(changes: Changes, workbook: str, record: Record) -> None:
    part = styles_part(changes, workbook)
    if part and "styles" in record:
        shorter = cellstyles.shortened(changes.root(part), *record["styles"])
        if shorter is not None and record.get("made"):
            changes.remove(part)
            override_type(changes, part, None)
            unrelate(changes, workbook, next(r.id for r in relationships(changes, workbook) if r.target == part))
        elif shorter is not None:
            changes.put(part, shorter)
    _remove_defaults(changes, record.get("defaults", []))


def _remove_defaults(changes: Changes, hers: list[str]) -> None:
    """Content types of extensions that only our parts had."""
    root = changes.root(TYPES)
    told = {element.get("PartName", "").lstrip("/").lower() for element in xml.children(root, "Override")}
    needed = {name.rsplit(".", 1)[-1].lower() for name in changes.names() if name.lower() not in told} - {"rels"}
    gone = {"vml", "rels"} - set(hers) - needed
    ours = [element for element in xml.children(root, "Default") if element.get("Extension", "").lower() in gone]
    for element in ours:
        root.remove(element)
    if ours:
        changes.put(TYPES, root)
