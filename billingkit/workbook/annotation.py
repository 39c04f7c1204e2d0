"""One sheet being annotated: where our columns and notes go, and what must grow with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from billingkit.workbook import cellstyles, markers
from billingkit.workbook import notes as cellnotes
from billingkit.workbook import xmlparts as xml
from billingkit.workbook.column import Column, Note
from billingkit.workbook.column_cells import ColumnCells
from billingkit.workbook.growing import grow_dimension, grow_filter, grow_print_area, set_widths
from billingkit.workbook.loose_formats import Watch, highest_loose, pad_formats
from billingkit.workbook.markers import Ours
from billingkit.workbook.new_cells import NewCells, Under, address
from billingkit.workbook.notes import PlacedNote
from billingkit.workbook.package import Changes
from billingkit.workbook.places import LAST_ROW, Area, letters, number
from billingkit.workbook.placing import Place, column_settings, place_columns
from billingkit.workbook.rewrite import rewrite
from billingkit.workbook.row_cells import blanks, is_filled, row_cells
from billingkit.workbook.sheets import SheetPart, styles_part
from billingkit.workbook.shell import Shell
from billingkit.workbook.survey import Survey
from billingkit.workbook.tables import Table, grow_table, list_tables, table_headings
from billingkit.workbook.undo import legacy_id
from billingkit.workbook.unsafe import unsafe

DEFAULT_WIDTH = 16.0
MOST_RUNS = 5_000  # of empty cells that are put back when ours go; a wilder pattern of formats is not


@dataclass(slots=True)
class Annotation:
    """One sheet being annotated: its draft, its shell without ours, and what its rows hold."""

    changes: Changes
    sheet: SheetPart
    shell: Shell
    seen: Survey
    value_rows: frozenset[int]
    header_row: int | None
    drop: Mapping[int, int]
    under: Under
    watch: Watch
    said: list[str] = field(default_factory=list)

    def beside(self, columns: Sequence[Column], ours: Ours, beside: Collection[str]) -> NewCells:
        """Our columns right of hers; everything that must grow over them grows."""
        tables = list_tables(self.changes, self.sheet.part)
        place = place_columns(
            len(columns), self.header_row, self.value_rows, self.shell, self.seen, tables, self._occupied, beside
        )
        columns = [self._in_words(column, place.tables) for column in columns]
        headings = self._free_headings(columns, place)
        targets = list(range(place.first, place.first + len(columns)))
        record = self._grow(place, columns, headings)
        cells = self._cells(columns, headings, targets, place.heading_rows, ours.record.get("spans", 0))
        if cells.spans_grow:
            record["spans"] = cells.spans_grow
        ours.columns = self._marked(columns, headings, targets, place.heading_rows, place.tables)
        if runs := self._under(place, targets):
            record["under"] = runs
        ours.record = record
        return cells

    def in_place(self, columns: Sequence[Column], ours: Ours) -> NewCells:
        """Hers stand behind ours in a table: ours are filled anew where they are."""
        at = {heading.casefold(): column for column, (_, heading) in ours.columns.items()}
        rows = frozenset(place.top for place, _ in ours.columns.values())
        if sorted(at) != sorted(column.heading.casefold() for column in columns):
            raise unsafe(
                "Columns were added behind ours in the table, and ours have changed; please delete ours first."
            )
        targets = [at[column.heading.casefold()] for column in columns]
        return self._cells(columns, [c.heading for c in columns], targets, rows, ours.record.get("spans", 0))

    def _in_words(self, column: Column, tables: Collection[Table]) -> Column:
        """A column whose value on a table's totals row is text: Excel knows but a label or a formula there."""
        rows = {table.area.bottom for table in tables if table.totals_rows} & column.values.keys()
        told = {row: str(column.values[row]) for row in sorted(rows) if not isinstance(column.values[row], str | None)}
        self.said += [
            f"{column.heading}, row {row}: written as text, as it is the totals row of a table." for row in told
        ]
        return replace(column, values={**column.values, **told}) if told else column

    def _under(self, place: Place, targets: Sequence[int]) -> list[list[int]]:
        """Her empty cells that ours take the place of, as runs of column, first row, last row and format."""
        top = min([*self.value_rows, *place.heading_rows], default=1)
        rows = [row for row in self.seen.reaching(place.first, blank=True) if row >= top]
        if not rows:
            return []
        found = blanks(self.changes.stream(self.sheet.part), frozenset(rows), targets[0], targets[-1])
        own = {(row, column) for row, column in found if column in self.drop and row >= self.drop[column]}
        hers = {at: style for at, style in found.items() if at not in own}
        hers |= {at: style for at, style in self.under.items() if at[0] >= top and targets[0] <= at[1] <= targets[-1]}
        runs: list[list[int]] = []
        for (row, column), style in sorted(hers.items(), key=lambda each: (each[0][1], each[0][0])):
            if runs and runs[-1][0] == column and runs[-1][2] == row - 1 and runs[-1][3] == style:
                runs[-1][2] = row
            else:
                runs.append([column, row, row, style])
        return runs if len(runs) <= MOST_RUNS else []

    def _occupied(self, rows: frozenset[int], left: int, right: int) -> str | None:
        for row, cells in row_cells(self.changes.stream(self.sheet.part), rows).items():
            for column, cell in cells.items():
                own = column in self.drop and row >= self.drop[column]
                if left <= column <= right and is_filled(cell) and not own:
                    return f"{letters(column)}{row}"
        return None

    def _free_headings(self, columns: Sequence[Column], place: Place) -> list[str]:
        """The headings; where her table has one of the same name, ours gets a number, as Excel would do."""
        taken = {h.casefold() for table in place.tables for h in table_headings(self.changes, table)}
        found = []
        for column in columns:
            heading, number_ = column.heading, 2
            while heading.casefold() in taken:
                heading, number_ = f"{column.heading} ({number_})", number_ + 1
            if heading != column.heading:
                self.said.append(f'The table has a column "{column.heading}" already, so ours is named "{heading}".')
            taken.add(heading.casefold())
            found.append(heading)
        return found

    def _grow(self, place: Place, columns: Sequence[Column], headings: Sequence[str]) -> dict[str, Any]:
        last = place.first + len(columns) - 1
        rows = self.value_rows | place.heading_rows
        _headed_by_hers(place, columns)
        for table in place.tables:
            grow_table(self.changes, table, headings, _totals(table, columns, headings))
        tables = [table.area for table in list_tables(self.changes, self.sheet.part)]
        record = grow_filter(self.changes, self.sheet, self.shell, rows, place.first, last, tables)
        her_last = min(place.first - 1, self.seen.used(min(rows, default=1), LAST_ROW))
        record |= grow_print_area(self.changes, self.sheet, rows, her_last, last)
        record |= set_widths(self.shell, place.first, self._widths(columns, place, tables))
        if rows:
            record |= grow_dimension(self.shell, Area(min(rows), place.first, max(rows), last))
        return record

    def _widths(self, columns: Sequence[Column], place: Place, tables: Sequence[Area]) -> list[float]:
        """The widths of our columns; one that stands in a table of hers too, further up, stays as wide as it is."""
        top = min(self.value_rows, default=1)
        above = [table for table in tables if table.bottom < top]
        hers = {
            column: float(attributes.get("width", 0))
            for left, right, attributes in column_settings(self.shell)
            for column in range(max(left, place.first), min(right, place.first + len(columns) - 1) + 1)
            if any(table.left <= column <= table.right for table in above)
        }
        return [max(c.width or DEFAULT_WIDTH, hers.get(at, 0)) for at, c in enumerate(columns, place.first)]

    def _marked(
        self,
        columns: Sequence[Column],
        headings: Sequence[str],
        targets: Sequence[int],
        heading_rows: frozenset[int],
        tables: tuple[Table, ...],
    ) -> dict[int, tuple[Area, str]]:
        rows = self.value_rows | heading_rows
        bottom = max([*rows, *(table.area.bottom for table in tables)], default=1)
        top = min(rows, default=1)
        named = headings if heading_rows else [""] * len(columns)
        return {column: (Area(top, column, bottom, column), name) for column, name in zip(targets, named, strict=True)}

    def _cells(
        self,
        columns: Sequence[Column],
        headings: Sequence[str],
        targets: Sequence[int],
        heading_rows: frozenset[int],
        spans_were: int,
    ) -> NewCells:
        part = styles_part(self.changes, self.sheet.workbook)
        if part is None:
            raise unsafe("The workbook has no list of formats.")
        styles = cellstyles.open_styles(self.changes.read(part), part)
        hers, prefix = len(styles), self.shell.prefix

        def writers() -> dict[int, ColumnCells]:
            found = {}
            for column, heading, target in sorted(
                zip(columns, headings, targets, strict=True), key=lambda each: each[2]
            ):
                found[target] = ColumnCells(
                    column, heading, heading_rows, self.seen.style, styles, prefix, self.sheet.date1904
                )
                found[target].prepare()
            return found

        made = writers()
        if styles.grown and (loose := self._loose(hers)) >= 0:
            styles = cellstyles.open_styles(self.changes.read(part), part)
            pad_formats(styles.root, loose)
            made = writers()
        if styles.grown:
            self.changes.put(part, styles.root)
        makers = {target: (address(target, prefix.encode()), writer.rests) for target, writer in made.items()}
        rows = tuple(sorted(self.value_rows | heading_rows))
        shortest = self.seen.shortest_span
        last = max(targets, default=0)
        grow = max(0, last - shortest + (spans_were if self.drop else 0)) if shortest is not None else 0
        return NewCells(rows, makers, self.drop, self.under, spans_were, grow)

    def _loose(self, formats: int) -> int:
        return max(self.watch.highest, highest_loose(self.changes, formats, self.sheet.part))

    def add_notes(self, notes: Sequence[Note], ours: Ours) -> list[str]:
        """Our notes into the sheet; on a sheet with threaded comments they are left to the columns."""
        if cellnotes.is_threaded(self.changes, self.sheet.part):
            return [
                f'"{self.sheet.name}" holds a discussion in comments, so no notes were added: the columns say it all.'
            ]
        placed = [PlacedNote(n.row, number(n.column), n.text) for n in notes]
        record, drawing = cellnotes.add_notes(
            self.changes,
            self.sheet.part,
            _joined(placed),
            _pixels(self.shell),
            legacy=legacy_id(self.shell),
            strict=self.sheet.strict,
        )
        ours.record["notes"] = record
        if drawing:
            space = xml.STRICT_RELATIONSHIPS if self.shell.strict else xml.RELATIONSHIPS
            tag = f'<{self.shell.prefix}legacyDrawing xmlns:r="{space}" r:id="{drawing}"/>'
            self.shell.insert("legacyDrawing", tag.encode())
        return []

    def finish(self, cells: NewCells) -> None:
        """The sheet's new content, written when the draft is saved."""
        before, behind = self.shell.parts()
        source = self.changes.source(self.sheet.part)
        if cells.rows or cells.drop or (before, behind) != (self.seen.before, self.seen.behind):
            self.changes.put(self.sheet.part, lambda: rewrite(source(), self.seen, cells, before, behind))

    def mark(self, ours: Ours, book: Ours) -> None:
        """Writes down what is ours."""
        root = self.changes.root(self.sheet.workbook)
        ours.sheet = self.sheet.name
        if ours.columns or ours.record:
            markers.write_marks(root, ours)
        else:
            markers.drop_marks(root, ours.number)
        markers.write_marks(root, book)
        self.changes.put(self.sheet.workbook, root)


def _headed_by_hers(place: Place, columns: Sequence[Column]) -> None:
    """Refuses a value on the row of a table's headings: the table names its column there, and one of the two would go."""
    for table in place.tables:
        if any(column.values.get(table.header_row or 0) is not None for column in columns):
            raise unsafe(
                f"Row {table.header_row} holds the headings of the table {table.name}; no value of ours can stand there."
            )


def _totals(table: Table, columns: Sequence[Column], headings: Sequence[str]) -> dict[str, str]:
    if not table.totals_rows:
        return {}
    found: dict[str, str] = {}
    for column, heading in zip(columns, headings, strict=True):
        value = column.values.get(table.area.bottom)
        if value:
            found[heading] = str(value)
    return found


def _joined(notes: Sequence[PlacedNote]) -> list[PlacedNote]:
    """One note for each cell: two on one cell become two lines."""
    found: dict[str, PlacedNote] = {}
    for note in notes:
        known = found.get(note.ref)
        found[note.ref] = note if known is None else PlacedNote(note.row, note.column, f"{known.text}\n{note.text}")
    return list(found.values())


def _pixels(shell: Shell) -> Callable[[int], int]:
    """A column's width on the screen, for the size of a note."""
    standard = shell.first("sheetFormatPr")
    default = float(standard.attributes.get("defaultColWidth", "8.43")) if standard else 8.43
    widths: dict[int, float] = {}
    for left, right, attributes in column_settings(shell):
        hidden = attributes.get("hidden") in {"1", "true"}
        width = 0.0 if hidden else float(attributes.get("width", default))
        widths |= dict.fromkeys(range(left, min(right, left + 256) + 1), width)
    return cache(lambda column: round(widths.get(column, default) * 7 + 5) if widths.get(column, default) else 0)
