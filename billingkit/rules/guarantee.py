"""What must hold whatever the rules say, read from the sheet of guarantees.

`When` and `Must be` are written as "Column: condition", several joined with ";": "On hold: claim too"
must be "Action: Hold"; "Days to deadline: up to 14; Status: not Closed" must be "Level: 1 or more".
A condition is whatever a cell of that column may say; a word output lists its words with "or".
`When` may also name what a rule says: "Action: Wait" must be "Due in (working days): blank".
`If not` says what a rule that breaks it means: "stop" (or nothing) and the table is not used; "ask" and it
is used, with a remark that asks whether the rule or the guarantee is meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from billingkit.rules.column import Column, fold, nearest
from billingkit.rules.condition import Condition, parse_condition
from billingkit.rules.finding import Finding
from billingkit.rules.sheet import letters
from billingkit.rules.spans import Unreadable
from billingkit.rules.table import OutputValue, Table

HEADINGS: Final = ("table", "when", "must be", "if not", "note")
IF_NOT: Final = ("stop", "ask")


@dataclass(frozen=True, slots=True)
class Guarantee:
    """Wherever `when` holds for a row's data, what the table says must meet every condition of `must`.

    `said` narrows it to rules whose outputs meet these conditions. `stops` tells whether a table that
    breaks it is not used, or only asked about.
    """

    table: str
    when: dict[str, Condition]  # by column name
    must: dict[str, Condition]  # by output name
    text: str
    note: str = ""
    cell: str | None = None
    said: dict[str, Condition] = field(default_factory=dict)  # by output name
    stops: bool = True

    def broken_in(self, table: Table, outputs: dict[str, OutputValue]) -> str | None:
        """The first output of a rule that is not as it must be, or None."""
        if not all(_meets(table.output(name).as_column(), one, outputs.get(name)) for name, one in self.said.items()):
            return None
        wrong = (n for n, one in self.must.items() if not _meets(table.output(n).as_column(), one, outputs.get(n)))
        return next(wrong, None)


def _meets(column: Column, condition: Condition, value: OutputValue) -> bool:
    if condition.everything:
        return True
    if value is None:
        return bool(condition.blank)
    place = value if isinstance(value, int) else column.positions.get(fold(value))
    return place is not None and condition.accepts(place)


def parse_guarantees(
    rows: Sequence[Sequence[object]], sheet: str, tables: Sequence[Table]
) -> tuple[tuple[Guarantee, ...], tuple[Finding, ...]]:
    """Reads the sheet of guarantees; `rows[0]` is its row 1. Every fault comes back with its cell."""
    header = next((n for n, row in enumerate(rows) if {"table", "when", "must be"} <= _words(row)), None)
    if header is None:
        message = 'No header row with the words "Table", "When" and "Must be" was found.'
        return (), (Finding("error", "heading", message, f"{sheet}!A1"),)
    places = {fold(cell): place for place, cell in reversed(list(enumerate(rows[header]))) if cell is not None}
    kept: list[Guarantee] = []
    found: list[Finding] = []
    for number in range(header + 1, len(rows)):
        cells = {name: _text(rows[number], places.get(name)) for name in HEADINGS}
        where = {name: f"{sheet}!{letters(places.get(name, 0))}{number + 1}" for name in HEADINGS}
        if any(cells[name] for name in HEADINGS[:3]):
            made = _guarantee(cells, where, tables, found)
            kept += [made] if made else []
    return tuple(kept), tuple(found)


def _words(row: Sequence[object]) -> set[str]:
    return {fold(cell) for cell in row if cell is not None}


def _text(row: Sequence[object], place: int | None) -> str:
    cell = None if place is None or place >= len(row) else row[place]
    return "" if cell is None else str(getattr(cell, "text", cell)).strip()


def _guarantee(
    cells: dict[str, str], where: dict[str, str], tables: Sequence[Table], found: list[Finding]
) -> Guarantee | None:
    table = _table(cells["table"], tables)
    if table is None:
        near = nearest(cells["table"], [one.sheet for one in tables])
        advice = f'Did you mean "{near}"?' if near else f"It can be: {', '.join(one.sheet for one in tables)}."
        found.append(Finding("error", "cell", f'"{cells["table"]}" is not a sheet of rules.', where["table"], advice))
        return None
    before = len(found)
    outputs = [output.as_column() for output in table.outputs if output.kind != "text"]
    asked = _conditions(cells["when"], where["when"], [*table.columns, *outputs], found)
    names = {column.name for column in table.columns}
    when = {name: condition for name, condition in asked.items() if name in names}
    said = {name: condition for name, condition in asked.items() if name not in names}
    must = _conditions(cells["must be"], where["must be"], outputs, found)
    if len(found) == before and not must:
        message = "There is nothing that must hold here."
        found.append(
            Finding("error", "cell", message, where["must be"], f'Write something like "{outputs[0].heading}: ..."')
        )
    if fold(cells["if not"]) not in ("", "-", *IF_NOT):
        message = f'"{cells["if not"]}" is not one of the words for this.'
        found.append(Finding("error", "cell", message, where["if not"], 'Write "stop" or "ask".'))
    if len(found) > before:
        return None
    text = f"{cells['when'] or 'Always'} -> {cells['must be']}"
    stops = fold(cells["if not"]) != "ask"
    return Guarantee(table.name, when, must, text, cells["note"], where["must be"], said, stops)


def _table(name: str, tables: Sequence[Table]) -> Table | None:
    names = {fold(one.name): one for one in tables} | {fold(one.sheet): one for one in tables}
    short = {key.removesuffix(" rules").removesuffix("s"): one for key, one in names.items()}
    word = fold(name)
    return names.get(word) or short.get(word.removesuffix(" rules").removesuffix("s"))


def _conditions(text: str, where: str, columns: Sequence[Column], found: list[Finding]) -> dict[str, Condition]:
    """Each "Column: condition"; a part without a colon belongs to the column before it."""
    conditions: dict[str, Condition] = {}
    for part in _parts(text):
        heading, _, cell = part.partition(":")
        try:
            column = _column(heading, columns, conditions)
            conditions[column.name] = parse_condition(cell, column)
        except Unreadable as fault:
            found.append(Finding("error", "cell", fault.message, where, fault.suggestion))
    return conditions


def _parts(text: str) -> list[str]:
    parts: list[str] = []
    for part in re.split(r"[;\n]", text):
        if ":" in part or not parts:
            parts += [part.strip()] if part.strip() else []
        else:
            parts[-1] += ";" + part
    return [] if fold(text) in ("-", "any", "always") else parts


def _column(heading: str, columns: Sequence[Column], taken: Collection[str]) -> Column:
    for column in columns:
        if fold(heading) in (fold(column.heading), fold(column.name)):
            if column.name in taken:
                raise Unreadable(f"{column.heading} is named twice.", 'Join its conditions with "or".')
            return column
    near = nearest(heading, [one.heading for one in columns])
    known = ", ".join(one.heading for one in columns)
    advice = f'Did you mean "{near}"?' if near else f'Write it as "Column: condition"; the columns are: {known}.'
    raise Unreadable(f'"{heading.strip()}" is not a column here.', advice)
