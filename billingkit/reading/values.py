"""A table's columns parsed by their kind, each distinct value once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any, Final

from billingkit.policy.agreement import Policy, SourceNote
from billingkit.reading.aliases import ROLE
from billingkit.reading.dates import DateReader, both_orders
from billingkit.reading.fold import as_text, is_blank
from billingkit.reading.ids import IdReader, are_plain_ids, is_plain_id, usual_length
from billingkit.reading.mapping import Mapping
from billingkit.reading.money import MoneyReader, plain_amounts, shows_decimal_commas, signs_in
from billingkit.workbook.book import ErrorCell, NotCalculated, Sheet, Value

Cells = Sequence[Value]
_DENSE: Final = 256  # columns from here on are looked at one by one
_MOST_COUNTED: Final = 100_000
_TEXTS: Final = frozenset({str, type(None)})


@dataclass(slots=True)
class Column:
    """One column parsed: its values in row order, and what is wrong or marked, by place in that order."""

    values: list[Any]
    wrong: dict[int, str] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Readers:
    """How this table's cells are to be read: the practice's settings with what Sources adds for the tab."""

    date_order: str | None
    decimal_sign: str | None
    currency: str | None
    marks: frozenset[str]
    as_of: date

    @classmethod
    def of(cls, policy: Policy, note: SourceNote | None, as_of: date) -> Readers:
        """The practice's settings, overruled by the tab's own in Sources."""
        practice = policy.practice
        order = (note.date_order if note else None) or practice.date_order
        return cls(
            order.replace("-", " ").casefold() if order else None,
            (note.decimal_sign if note else None) or practice.decimal_sign,
            practice.currency,
            frozenset(
                row.word
                for row in policy.status_words
                if row.word and not any(c.isalnum() or c in "()?" for c in row.word)
            ),
            as_of,
        )

    def money(self, cells: Cells, formats: list[str] | None = None) -> MoneyReader:
        """A reader for one column of amounts, with what the column itself shows."""
        texts = [cell for cell in set(cells) if type(cell) is str] if str in set(map(type, cells)) else []
        signs = () if self.currency else signs_in(texts)
        wary = self.decimal_sign is None and shows_decimal_commas(texts)
        return MoneyReader(
            self.currency,
            self.decimal_sign,
            self.marks,
            _dash_is_zero(cells, formats or []),
            wary,
            signs if len(signs) <= 1 else ("\0",),
        )


def _dash_is_zero(cells: Cells, formats: list[str]) -> bool:
    """Whether this column prints zero as a dash: its own number format does, or it has dashes and never a zero."""
    if any(
        len(parts) > 2 and "-" in parts[2] and "0" not in parts[2] for parts in (form.split(";") for form in formats)
    ):
        return True
    if str not in set(map(type, cells)):
        return False
    texts = [cell.strip() for cell in cells if type(cell) is str]
    dashes = sum(1 for text in texts if text in {"-", "\u2013"})
    zeros = any(not isinstance(cell, str) and cell == 0 for cell in cells) or any(
        text.strip("\u00a3$\u20ac ") in {"0", "0.00", "0,00"} for text in texts
    )
    return dashes >= 3 and not zeros


def columns_of(sheet: Sheet, rows: list[int], width: int, wanted: Iterable[int] = ()) -> list[tuple[Value, ...]]:
    """The given rows of a sheet as columns, ragged rows filled with blanks, up to `width`.

    Far to the right only the `wanted` places become columns: a stray cell out there sizes nothing.
    """
    picked = [sheet.rows[number - 1] for number in rows]
    dense = min(width, _DENSE)
    near = zip_longest(*(row if len(row) <= dense else row[:dense] for row in picked))
    blank = (None,) * len(rows)
    columns = [*near] if picked else []
    columns += [blank] * (width - len(columns))
    long = [(place, row) for place, row in enumerate(picked) if len(row) > dense]
    for position in wanted:
        filled = {place: row[position] for place, row in long if dense <= position < len(row)}
        if any(value is not None for value in filled.values()):
            columns[position] = tuple(filled.get(place) for place in range(len(rows)))
    return columns


@dataclass(slots=True)
class Known:
    """Cells that were read, by their keys: the value of each, and what is wrong with those that are not right."""

    values: dict[Any, Any] = field(default_factory=dict)
    wrong: dict[Any, str] = field(default_factory=dict)

    def read(self, cells: dict[Any, Value], read: Callable[[Value], tuple[Any, str]]) -> None:
        """Read cells that are not known yet."""
        for key, cell in cells.items():
            if key not in self.values:
                self.values[key], wrong = read(cell)
                if wrong:
                    self.wrong[key] = wrong


def parse(cells: Cells, read: Callable[[Value], tuple[Any, str]], known: Known | None = None) -> Column:
    """A column through a reader, each distinct value read once; `known` carries values read before."""
    known = known or Known()
    keys = distinct(cells)
    known.read(keys, read)
    places = cells if keys.plain else [_key(cell) for cell in cells]
    values, wrong = list(map(known.values.__getitem__, places)), known.wrong
    return Column(values, {at: wrong[key] for at, key in enumerate(places) if key in wrong} if wrong else {})


def parse_but(cells: Cells, settled: list[bool], read: Callable[[Value], tuple[Any, str]]) -> Column:
    """A column whose `settled` cells are their own values; only the others go through the reader."""
    column = Column(list(cells))
    for place, plain in enumerate(settled):
        if not plain:
            column.values[place], wrong = read(cells[place])
            if wrong:
                column.wrong[place] = wrong
    return column


def parse_texts(cells: Cells) -> Column:
    """A column of texts; where no cell is of another type, each is its own value but for its outer spaces."""
    if set(map(type, cells)) <= _TEXTS:
        return Column([cell.strip() or None if cell else None for cell in cells])  # type: ignore[union-attr]
    return parse(cells, read_text)


def parse_money(cells: Cells, reader: MoneyReader, known: Known | None = None) -> Column:
    """A column of amounts, with the marks that stood on them."""
    amounts = plain_amounts(cells)
    if amounts is not None:
        return Column(amounts)
    column = parse(cells, reader.read, known)
    if reader.marks and str in set(map(type, cells)):
        marks = {cell: mark for cell in set(cells) if type(cell) is str and (mark := reader.mark(cell))}
        if marks:
            column.marks = {
                place: marks[cell] for place, cell in enumerate(cells) if type(cell) is str and cell in marks
            }
    return column


class distinct(dict[Any, Value]):  # noqa: N801  it stands where a function would
    """The different cells of a column by a key; `plain` where the cells are their own keys.

    True equals 1 for a dictionary, and must not for us: a column with both gets keys that tell them apart.
    """

    def __init__(self, cells: Cells) -> None:
        self.plain = bool not in set(map(type, cells))
        super().__init__(zip(cells, cells, strict=True) if self.plain else ((_key(cell), cell) for cell in cells))


def _key(cell: Value) -> object:
    return cell if cell is None or cell.__class__ is str else (cell.__class__, cell)


def parse_ids(cells: Cells, rows: list[int], position: int, sheet: Sheet, digits: int | None) -> Column:
    """A column of ids; where a number format keeps zeros, they are put back."""
    texts = set(map(type, cells)) <= _TEXTS
    if texts and are_plain_ids(cells):  # type: ignore[arg-type]
        return Column(list(cells))
    reader = IdReader(digits, usual_length(list(cells)))
    if texts:
        return parse_but(cells, [cell is None or is_plain_id(cell) for cell in cells], reader.read)  # type: ignore[arg-type]
    column = parse(cells, reader.read)
    for (row, at), form in _formats(sheet, position).items():
        place = _place(rows, row) if at == position + 1 else None
        if place is None:
            continue
        cell = cells[place]
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            column.values[place], wrong = reader.read(cell, form)
            column.wrong.pop(place, None)
            if wrong:
                column.wrong[place] = wrong
    return column


def _formats(sheet: Sheet, position: int) -> dict[tuple[int, int], str]:
    return {at: form for at, form in sheet.number_formats.items() if at[1] == position + 1}


def _place(rows: list[int], row: int) -> int | None:
    place = bisect_left(rows, row)
    return place if place < len(rows) and rows[place] == row else None


def read_text(cell: Value) -> tuple[str | None, str]:
    """A cell's text exactly as it stands, outer spaces aside."""
    if type(cell) is str:
        return cell.strip() or None, ""
    if isinstance(cell, NotCalculated):
        return None, "not_calculated"
    if isinstance(cell, ErrorCell):
        return None, ""
    return (None, "") if is_blank(cell) else (as_text(cell), "")


def read_count(cell: Value) -> tuple[int | None, str]:
    """A whole number, zero or more."""
    if type(cell) is int and 0 <= cell < _MOST_COUNTED:
        return cell, ""
    if is_blank(cell):
        return None, ""
    if isinstance(cell, NotCalculated):
        return None, "not_calculated"
    text = as_text(cell)
    return (
        (int(text), "")
        if text.isascii() and text.isdecimal() and len(text) < 6 and not isinstance(cell, bool)
        else (None, "unreadable_count")
    )


class Cellar:
    """One table's cells by column, read by role on demand."""

    def __init__(self, sheet: Sheet, mapping: Mapping, rows: list[int], policy: Policy, readers: Readers) -> None:
        self.sheet, self.mapping, self.rows, self.policy, self.readers = sheet, mapping, rows, policy, readers
        width = max([h.position + 1 for h in mapping.table.headings], default=0)
        self.cells = columns_of(sheet, rows, width, [heading.position for heading in mapping.table.headings])
        self._parsed: dict[tuple[int, str], Column] = {}
        self._amounts: dict[MoneyReader, Known] = {}  # amounts come back in other columns

    def column(self, role: str) -> Column | None:
        """A role's column parsed by its kind; None where the layout does not have it."""
        position = self.mapping.at(role)
        return None if position is None else self.at(position, role)

    def at(self, position: int, role: str) -> Column:
        """The column at a place parsed as a role; parsed once."""
        kind = ROLE[self.mapping.holds][role].kind if role in ROLE[self.mapping.holds] else "money"
        key = (position, kind if kind == "money" else role)
        known = self._parsed.get(key)
        if known is None:
            known = self._parsed[key] = self._parse(position, role, kind)
        return known

    def _parse(self, position: int, role: str, kind: str) -> Column:
        cells = self.cells[position]
        if kind == "date":
            order = self.readers.date_order
            mixed = order is None and both_orders(cells)
            return parse(cells, DateReader(order, self.readers.as_of, role == "date_of_birth", mixed).read)
        if kind == "money":
            formats = list(dict.fromkeys(_formats(self.sheet, position).values()))
            reader = self.readers.money(cells, formats)
            return parse_money(cells, reader, self._amounts.setdefault(reader, Known()))
        if kind == "id":
            digits = next(
                (rule.digits for rule in self.policy.ids if rule.column.strip().casefold().replace(" ", "_") == role),
                None,
            )
            return parse_ids(cells, self.rows, position, self.sheet, digits)
        return parse(cells, read_count) if kind == "count" else parse_texts(cells)

    def cell(self, role: str, place: int) -> Value:
        """The raw cell of a role in one row."""
        position = self.mapping.at(role)
        return None if position is None else self.cells[position][place]
