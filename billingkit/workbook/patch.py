"""Annotating a sheet of her own workbook: columns and notes of ours, everything else as it was.

Two passes over the sheet's rows: the first sees what stands where and decides, the second, while saving, writes. All
refusals come out of the first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import repeat
from typing import Any, cast

from billingkit.workbook import cellstyles, markers
from billingkit.workbook import notes as cellnotes
from billingkit.workbook import xmlparts as xml
from billingkit.workbook.cellstyles import LOOKS, Look, Styles
from billingkit.workbook.cellxml import LONGEST, CellValue, cell_rest, fault, kind_of
from billingkit.workbook.growing import grow_dimension, grow_filter, grow_print_area, set_widths
from billingkit.workbook.loose_formats import Watch, highest_loose, pad_formats
from billingkit.workbook.markers import Ours
from billingkit.workbook.notes import PlacedNote
from billingkit.workbook.package import TYPES, Changes, open_package, override_type, relate, save
from billingkit.workbook.places import LAST_ROW, Area, letters, number
from billingkit.workbook.placing import Place, column_settings, place_columns
from billingkit.workbook.plain import plain_sheet
from billingkit.workbook.rows import NewCells, Odd, Survey, Under, address, blanks, is_filled, rewrite, row_cells
from billingkit.workbook.sheets import SheetPart, find_sheet, styles_part
from billingkit.workbook.shell import Shell, read_shell
from billingkit.workbook.tables import Table, grow_table, list_tables, table_headings
from billingkit.workbook.undo import legacy_id, surveyed, under, undo_sheet, verified
from billingkit.workbook.unsafe import unsafe

STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
DEFAULT_WIDTH = 16.0
REMEMBERED = 50_000  # cells of one column
MOST_RUNS = 5_000  # of empty cells that are put back when ours go; a wilder pattern of formats is not
HEADING = Look(wrap=True)
PLAIN_HEADING = Look(bold=True, wrap=True)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of ours: its heading, its values by true Excel row, and how it looks.

    `styles` names a row's look ("urgent", "high", "normal", "hold", "answer"), `style` that of all other rows;
    `number_format` is an Excel format code for numbers and dates. `width` is in characters.
    A value of None makes an empty cell with its look; a row without a value gets no cell.
    """

    heading: str
    values: Mapping[int, CellValue]
    width: float | None = None
    styles: Mapping[int, str] = field(default_factory=dict)
    style: str = "normal"
    number_format: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a cell; `column` by its letters."""

    row: int
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """Where our columns stand (heading to letters), sentences to pass on, and the file if one was saved."""

    columns: Mapping[str, str]
    said: tuple[str, ...] = ()
    path: os.PathLike[str] | None = None


def annotate(
    src: str | os.PathLike[str],
    dst: str | os.PathLike[str],
    *,
    sheet: str,
    header_row: int | None,
    columns: Sequence[Column],
    notes: Sequence[Note] = (),
    dated: date | None = None,
) -> Annotated:
    """Writes columns and notes into one sheet of a workbook and saves it; run again, it replaces what it wrote.

    Rows are Excel's own, 1-based. `header_row=None` writes no headings. Everything else in the workbook is copied as it
    is. `dated` goes into the name that is used if `dst` is open in another program.

    Raises:
        UnsafeToPatch: something in the workbook could be lost; raised before anything is written.
        ValueError: rows, columns or values that no sheet can hold.
    """
    package = open_package(src)
    changes = Changes(package)
    done = patch_sheet(changes, sheet=sheet, header_row=header_row, columns=columns, notes=notes)
    saved = save(package, changes, dst, dated=dated)
    return Annotated(done.columns, done.said + saved.said, saved.path)


def patch_sheet(
    changes: Changes,
    *,
    sheet: str,
    header_row: int | None,
    columns: Sequence[Column],
    notes: Sequence[Note] = (),
) -> Annotated:
    """The same into a draft, so that several sheets and new tabs are saved at once. Reads and refuses; writes no file."""
    where = find_sheet(changes, sheet)
    said = _checked(header_row, columns, notes, where)
    tables = list_tables(changes, where.part)
    root = changes.root(where.workbook)
    ours = markers.of_sheet(root, where.name) or Ours(markers.free_number(root), where.name)
    if not columns and not notes and not ours.columns and not ours.record:
        return Annotated({})
    book = _book_record(changes, where.workbook, markers.read_marks(root).get("book"))
    ours = _verified(changes, where, ours)
    drop = {column: place.top for column, (place, _) in ours.columns.items()}
    value_rows = frozenset[int]().union(*(column.values for column in columns))
    wanted = value_rows | frozenset(table.area.top for table in tables)
    wanted |= frozenset([header_row] if header_row is not None else [])
    hers = under(ours.record)
    watch = Watch(_format_count(changes, where))
    seen = surveyed(changes, where, wanted, drop, hers, watch)
    undone = undo_sheet(changes, where, read_shell(seen.before, seen.behind), ours)
    work = _Work(changes, where, undone.shell, seen, value_rows, header_row, drop, hers, watch)
    if undone.stays:
        cells = work.in_place(columns, ours)
    elif columns:
        cells = work.beside(columns, ours)
    else:
        cells = NewCells((), {}, drop, hers, spans_were=ours.record.get("spans", 0))
        ours.columns, ours.record = {}, {}
    if notes:
        said += work.add_notes(notes, ours)
    work.finish(cells)
    work.mark(ours, book)
    headed = {column.heading: letters(c) for column, c in zip(columns, cells.make, strict=True)}
    return Annotated(headed, tuple(said + work.said))


def _format_count(changes: Changes, sheet: SheetPart) -> int:
    part = styles_part(changes, sheet.workbook)
    listed = xml.child(changes.root(part), "cellXfs") if part else None
    return 0 if listed is None else sum(1 for _ in xml.children(listed))


def _checked(header_row: int | None, columns: Sequence[Column], notes: Sequence[Note], sheet: SheetPart) -> list[str]:
    """Sentences about text that must be cut.

    Raises:
        ValueError: rows, columns or values that no sheet can hold.
    """
    said = []
    if len({column.heading.casefold() for column in columns}) != len(columns):
        raise ValueError("two columns have the same heading")
    placed = {header_row or 1, *(note.row for note in notes)}.union(*(column.values for column in columns))
    for row in (min(placed), max(placed)):
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
    different = {(value.__class__, value) for value in column.values.values()}
    for _, value in different:
        wrong = fault(value, date1904=sheet.date1904)
        if wrong:
            raise ValueError(f"{column.heading}: {wrong} cannot stand in a cell")
    if not any(kind is str and len(str(value)) > LONGEST for kind, value in different):
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


@dataclass(slots=True)
class _Work:
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

    def beside(self, columns: Sequence[Column], ours: Ours) -> NewCells:
        """Our columns right of hers; everything that must grow over them grows."""
        tables = list_tables(self.changes, self.sheet.part)
        place = place_columns(
            len(columns), self.header_row, self.value_rows, self.shell, self.seen, tables, self._occupied
        )
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

    def _under(self, place: Place, targets: Sequence[int]) -> list[list[int]]:
        """Her empty cells that ours take the place of, as runs of column, first row, last row and format."""
        top = min([*self.value_rows, *place.heading_rows], default=1)
        rows = [
            n for n, last in zip(self.seen.numbers, self.seen.last, strict=True) if n >= top and last >= place.first
        ]
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
        record |= set_widths(self.shell, place.first, [c.width or DEFAULT_WIDTH for c in columns])
        if rows:
            record |= grow_dimension(self.shell, Area(min(rows), place.first, max(rows), last))
        return record

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

        def writers() -> dict[int, _Writer]:
            found = {}
            for column, heading, target in sorted(
                zip(columns, headings, targets, strict=True), key=lambda each: each[2]
            ):
                found[target] = _Writer(
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
            self.changes.put(self.sheet.part, lambda: rewrite(source(), cells, before, behind))

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
        if value is not None and not isinstance(value, str):
            raise unsafe(
                f"Row {table.area.bottom} is the totals row of the table {table.name}; only text can stand there."
            )
        if value:
            found[heading] = value
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
    return lambda column: round(widths.get(column, default) * 7 + 5) if widths.get(column, default) else 0


@dataclass(slots=True)
class _Writer:
    """Writes the cells of one column. Most values come many times, so what was written is kept."""

    column: Column
    heading: str
    heading_rows: frozenset[int]
    neighbour: Mapping[int, int]  # the format of her last cell, by row
    styles: Styles
    prefix: str
    date1904: bool
    _formats: dict[tuple[int, str, type], int] = field(default_factory=dict)
    _written: dict[tuple[object, type, int, str], bytes] = field(default_factory=dict)

    def prepare(self) -> None:
        """Derives every format that the column needs, so that the styles are complete before rows are written."""
        values, rows = self.column.values.values(), self.column.values.keys()
        needed = dict(zip(zip(*self._looks(rows), map(type, values), strict=True), values, strict=True))
        for key, value in needed.items():
            named = replace(LOOKS[key[1]], number_format=self.column.number_format)
            self._formats[key] = self.styles.format(key[0], named, kind_of(value))
        for row in self.heading_rows:
            self._heading_format(row)

    def rests(self, rows: Sequence[int]) -> list[bytes | None]:
        """The cells behind their row numbers; None where the column has nothing in that row."""
        written = self._written
        if len(written) > REMEMBERED:
            written.clear()
        values = [*map(self.column.values.get, rows)]
        keys = [*zip(values, map(type, values), *self._looks(rows), strict=True)]
        found = [*map(written.get, keys)]
        for place, (rest, value) in enumerate(zip(found, values, strict=True)):
            if rest is None or value is None:
                found[place] = self._rest(rows[place], keys[place])
        for row in self.heading_rows.intersection(rows):
            style = self._heading_format(row)
            found[rows.index(row)] = cell_rest(self.heading, style, self.prefix, date1904=self.date1904)
        return found

    def _looks(self, rows: Collection[int]) -> tuple[Iterator[int], Iterator[str]]:
        """What the cells of these rows are made from: the format beside each, and its own look."""
        looks = map(self.column.styles.get, rows, repeat(self.column.style))
        return map(self.neighbour.get, rows, repeat(0)), cast("Iterator[str]", looks)

    def _rest(self, row: int, key: tuple[CellValue, type, int, str]) -> bytes | None:
        value, kind, base, look = key
        if value is None and row not in self.column.values:
            return None
        if key not in self._written:
            style = self._formats[base, look, kind]
            self._written[key] = cell_rest(value, style, self.prefix, date1904=self.date1904)
        return self._written[key]

    def _heading_format(self, row: int) -> int:
        base = self.neighbour.get(row, 0)
        return self.styles.format(base, HEADING if base else PLAIN_HEADING, "heading")
