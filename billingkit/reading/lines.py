"""What each row below a header is: a row of data, or a line that is counted with its reason."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Final

from billingkit.reading.fold import as_text, fold, is_blank
from billingkit.reading.grid import count_filled
from billingkit.reading.linekinds import (
    COUNT,
    LOOKED_AT,
    NOTE,
    PERSON,
    SUBTOTAL,
    TOTAL,
    Cells,
    filled,
    group_insurer,
    is_group,
    is_units,
    kind_of,
)
from billingkit.reading.mapping import Mapping
from billingkit.workbook.book import Sheet, Value

_SHOWN: Final = 800  # rows that show how many cells a row of the table usually fills
_KEYS: Final = (
    "claim_id",
    "patient_name",
    "patient_id",
    "surname",
    "guarantor_name",
    "account_id",
    "insurer",
    "status",
)


_CONTINUED: Final = re.compile(r"\bcont(?:inued|'d|d)?\b", re.IGNORECASE)


@dataclass(slots=True)
class TotalLine:
    """A printed total: its row, its words, and the rows above it that it may speak for."""

    row: int
    label: str
    grand: bool
    since: int  # the first data line (an index into Lines.data) of its block
    until: int
    cells: list[tuple[int, Value]]


@dataclass(slots=True)
class Lines:
    """The rows of one table sorted out. Row numbers are the sheet's own; `data` is in order."""

    data: list[int] = field(default_factory=list)
    ignored: dict[int, str] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)  # for each data row the group heading above it
    people: list[str] = field(default_factory=list)  # for each data row the person whose heading stands above it
    notes: dict[int, list[tuple[int, str]]] = field(default_factory=dict)  # data row -> (row, text) below it
    parts: dict[int, list[int]] = field(default_factory=dict)  # data row -> its procedure lines
    totals: list[TotalLine] = field(default_factory=list)
    count_line: tuple[int, int] | None = None  # row, the number of rows that the footer prints


def sort_lines(sheet: Sheet, mapping: Mapping) -> Lines:
    """Sort a table's rows: data, totals, group headings, notes, repeated headers, page lines, footers."""
    table = mapping.table
    rows = sheet.rows[table.first_row - 1 : table.last_row]
    usual = median(list(islice(filter(None, map(count_filled, rows)), _SHOWN)) or [0])
    few = max(3, usual * 0.55)
    keys = [position for role in _KEYS for position in mapping.positions.get(role, [])] or [0]
    repeated = [(h.position, h.text) for h in table.headings if h.text][:3]
    first, lead = keys[0], repeated[0][1] if repeated else None
    at = repeated[0][0] if repeated else 0
    lines = Lines()
    sparse: dict[int, str] = {}
    if rows and is_units(rows[0]):
        lines.ignored[table.first_row] = "repeated header"
        rows[0] = []
    for number, row in enumerate(rows, table.first_row):
        # a full row whose first naming cell is plain is a row of data: most rows are settled here
        if (
            _holds_at_most(few, row)
            or _unnamed(row, keys, first)
            or _led_by_total(row)
            or (at < len(row) and row[at] == lead and _repeats(row, repeated))
        ):
            if not count_filled(row):
                continue
            kind = kind_of(row, mapping)
            if kind:
                sparse[number] = kind
                continue
        lines.data.append(number)
    _settle(lines, sparse, sheet, mapping)
    return lines


def _holds_at_most(few: float, row: list[Value]) -> bool:
    # sifting a row is quicker than counting its blanks, but takes a zero for one of them
    return len(list(filter(None, row))) <= few and count_filled(row) <= few


def _unnamed(row: list[Value], keys: list[int], first: int) -> bool:
    """Whether nothing stands in any of the columns that name a row; some systems print a space there."""
    if first < len(row) and row[first] is not None and row[first] not in {"", " "}:
        return False
    return all(position >= len(row) or is_blank(row[position]) for position in keys)


def _led_by_total(row: list[Value]) -> bool:
    """Whether the first words of a row say that it is a total."""
    for cell in row:
        if cell is not None and cell != "":
            return (
                type(cell) is str and ("otal" in cell or "OTAL" in cell or "umme" in cell) and bool(TOTAL.match(cell))
            )
    return False


def _repeats(row: list[Value], headings: list[tuple[int, str]]) -> bool:
    return bool(headings) and all(position < len(row) and row[position] == text for position, text in headings)


@dataclass(slots=True)
class _Walk:
    """Going down a table: which group and which row of data came last."""

    lines: Lines
    sheet: Sheet
    mapping: Mapping
    sparse: dict[int, str]
    last_data: int
    notes_under_rows: bool
    labels: Counter[str]
    last_labels: Counter[str]
    group: str = ""
    person: str = ""
    block: int = 0
    before: int = 0

    def line(self, number: int) -> None:
        """Give one row that is no data its reason."""
        row = self.sheet.rows[number - 1]
        cells = filled(row)
        if not cells:
            return
        text = "  ".join(as_text(cell) for _, cell in cells)
        kind = self.sparse[number]
        if kind == "line":
            kind = self._told_by_neighbours(number, cells[0][0], text[:LOOKED_AT])
        if kind == "count":
            found = COUNT.match(text[:LOOKED_AT])
            self.lines.count_line = (number, int((found[1] or found[2]).replace(",", ""))) if found else None
            kind = "footer"
        elif kind == "total":
            kind = self._total(number, row, cells)
        elif kind in {"note", "procedure"}:
            kind = self._join(number, kind, text)
        elif kind == "group heading":
            self._group(text[:LOOKED_AT])
        self.lines.ignored[number] = kind

    def _group(self, text: str) -> None:
        """A person's heading stands inside the group it is found in; any other begins a new group."""
        again = _CONTINUED.search(text) and group_insurer(text)[0] == group_insurer(self.group)[0]
        if not again:  # the next page goes on with the same group
            self.block = len(self.lines.groups)
        if PERSON.match(text):
            self.person = PERSON.sub("", text, count=1).strip()
        else:
            self.group, self.person = text, self.person if again else ""

    def _total(self, number: int, row: list[Value], cells: Cells) -> str:
        label = _label(row)
        grand = _is_grand(label, number > self.last_data, self.last_labels, self.labels) and not self._of_group(label)
        self.lines.totals.append(TotalLine(number, label, grand, self.block, len(self.lines.groups), cells))
        return "total" if grand else "subtotal"

    def _of_group(self, label: str) -> bool:
        """Whether a total names the group or the person above it."""
        names = {fold(group_insurer(self.group)[0] or self.group), fold(self.person)} - {""}
        return any(f" {name} " in f" {fold(label)} " for name in names)

    def _join(self, number: int, kind: str, text: str) -> str:
        if not self.before:
            return "footer"
        if kind == "note":
            self.lines.notes.setdefault(self.before, []).append((number, NOTE.sub("", text, count=1).strip()))
        else:
            self.lines.parts.setdefault(self.before, []).append(number)
        return "joined"

    def _told_by_neighbours(self, number: int, position: int, text: str) -> str:
        under = self.before == number - 1 and self.before > 0
        first = min((h.position for h in self.mapping.table.headings), default=0)
        if is_group(text) or fold(text) in self.mapping.sections:
            return "group heading" if number < self.last_data else "footer"
        if (self.mapping.role_of.get(position) == "notes" and self.before) or (under and position > first):
            return "note"
        if number > self.last_data:
            return "footer"
        return "note" if under and self.notes_under_rows else "group heading"


def _settle(lines: Lines, sparse: dict[int, str], sheet: Sheet, mapping: Mapping) -> None:
    """Give every sparse row its reason, by what stands around it, and every data row its group."""
    last = lines.data[-1] if lines.data else 0
    data = set(lines.data)
    labels = {number: _label(sheet.rows[number - 1]) for number, kind in sparse.items() if kind == "total"}
    at_end = Counter(label for number, label in labels.items() if number > last)
    under = _lone_lines_are_notes(sparse, data, sheet, mapping)
    walk = _Walk(lines, sheet, mapping, sparse, last, under, Counter(labels.values()), at_end)
    for number in sorted([*sparse, *lines.data]):
        if number in data:
            lines.groups.append(walk.group)
            lines.people.append(walk.person)
            walk.before = number
        else:
            walk.line(number)


def _label(row: list[Value]) -> str:
    said = (as_text(cell) for cell in row if type(cell) is str and any(c.isalpha() for c in cell))
    return next(said, "")[:LOOKED_AT]


def _is_grand(label: str, at_end: bool, last: Counter[str], everywhere: Counter[str]) -> bool:
    """Whether a total speaks for the whole table: its words say so, or it stands at the end and nowhere before."""
    if re.search(r"grand|combined|report", label, re.IGNORECASE):
        return True
    repeated = bool(label) and everywhere[label] > last[label]
    return at_end and not SUBTOTAL.search(label) and not (repeated and last[label] == 1)


def _lone_lines_are_notes(sparse: dict[int, str], data: set[int], sheet: Sheet, mapping: Mapping) -> bool:
    """Whether lone lines right under a claim are notes: where other groups stand apart, or need no heading."""
    lone = [number for number, kind in sparse.items() if kind == "line"]
    under = [number for number in lone if number - 1 in data and number + 1 in data]
    known = {number for number in lone if fold(_label(sheet.rows[number - 1])) in mapping.sections}
    if known & set(under):
        return False  # sections begin right under the claims of the one before
    apart = [number for number in lone if number - 1 not in data and number + 1 in data and number not in known]
    if mapping.holds == "claims" and "insurer" in mapping.positions:
        return True
    return bool(apart) and bool(under)


def reasons(lines: Lines) -> dict[str, int]:
    """How many rows were ignored, by reason."""
    return dict(sorted(Counter(lines.ignored.values()).items()))
