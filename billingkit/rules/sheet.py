"""A decision table read from the cells of one sheet, with every fault listed at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Final, TypeVar

from billingkit.rules.column import Column, Output, fold, nearest
from billingkit.rules.condition import parse_condition
from billingkit.rules.finding import Finding
from billingkit.rules.spans import Unreadable, cell_text
from billingkit.rules.table import Hit, OutputValue, Rule, Table

OWN: Final = ("rule", "active", "step", "from", "to", "note")
NOTHING: Final = frozenset({"", "-", "\u2013", "\u2014"})
Read = TypeVar("Read")


@dataclass(slots=True)
class _Sheet:
    """The cells being read, and what was found wrong with them so far."""

    name: str
    rows: Sequence[Sequence[object]]
    places: dict[str, int] = field(default_factory=dict)  # folded heading -> 0-based column
    found: list[Finding] = field(default_factory=list)

    def at(self, row: int, heading: str) -> object:
        """The cell under a heading, None where the row is short or the heading missing."""
        place = self.places.get(fold(heading))
        cells = self.rows[row]
        return None if place is None or place >= len(cells) else cells[place]

    def address(self, row: int, heading: str) -> str:
        """The cell's address, such as "Claim rules!D14"."""
        return f"{self.name}!{letters(self.places.get(fold(heading), 0))}{row + 1}"

    def fault(self, cell: str | None, kind: str, message: str, advice: str | None = None, *rules: str) -> None:
        """Notes a fault; the table will not be used."""
        self.found.append(Finding("error", kind, message, cell, advice, rules))

    def reading(self, row: int, heading: str, read: Callable[[object], Read]) -> Read | None:
        """What a cell says, or None with the fault noted."""
        try:
            return read(self.at(row, heading))
        except Unreadable as fault:
            self.fault(self.address(row, heading), "cell", f"{heading}: {fault.message}", fault.suggestion)
            return None


def letters(place: int) -> str:
    """A 0-based column as Excel names it."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def parse_table(
    rows: Sequence[Sequence[object]],
    *,
    name: str,
    sheet: str,
    columns: Sequence[Column],
    outputs: Sequence[Output],
    steps: Sequence[int] = (1, 2, 3),
    hit: Hit = "unique",
) -> tuple[Table, tuple[Finding, ...]]:
    """Reads a table from a sheet's cells; `rows[0]` is the sheet's row 1.

    The header row is the first that holds the words Rule and Step. Rows with a fault are left out of
    the table; a table that comes with an error must not be run.
    """
    cells = _Sheet(sheet, rows)
    header = _header_row(rows)
    if header is None:
        cells.fault(f"{sheet}!A1", "heading", 'No header row with the words "Rule" and "Step" was found.')
        return Table(name, tuple(columns), tuple(outputs), (), sheet, hit), tuple(cells.found)
    _find_headings(cells, header, columns, outputs)
    read = [
        _rule(cells, row, columns, outputs, steps)
        for row in range(header + 1, len(rows))
        if any(fold(cell) not in NOTHING for cell in rows[row] if cell is not None)
    ]
    kept = tuple(rule for rule in read if rule is not None)
    if not read:
        cells.fault(f"{sheet}!A{header + 1}", "heading", "There is no rule below the headings.")
    _check_ids(cells, kept)
    return Table(name, tuple(columns), tuple(outputs), kept, sheet, hit), tuple(cells.found)


def _headed(columns: Sequence[Column], outputs: Sequence[Output]) -> list[Column | Output]:
    return [*columns, *outputs]


def _header_row(rows: Sequence[Sequence[object]]) -> int | None:
    for number, row in enumerate(rows):
        if {"rule", "step"} <= {fold(cell) for cell in row if cell is not None}:
            return number
    return None


def _find_headings(cells: _Sheet, header: int, columns: Sequence[Column], outputs: Sequence[Output]) -> None:
    known = {fold(name): heading for heading in _headed(columns, outputs) for name in (heading.heading, heading.name)}
    extra: list[tuple[int, str]] = []
    for place, cell in enumerate(cells.rows[header]):
        word = fold(cell) if cell is not None else ""
        if not word:
            continue
        match = known.get(word)
        own = fold(match.heading) if match else word
        where = f"{cells.name}!{letters(place)}{header + 1}"
        if own in cells.places:
            cells.fault(where, "heading", f'The heading "{cell}" stands here twice.', "Rename or remove one of them.")
        elif match or word in OWN:
            cells.places[own] = place
        else:
            extra.append((place, str(cell)))
    conditions = [cells.places[fold(one.heading)] for one in columns if fold(one.heading) in cells.places]
    for place, heading in extra:
        among = bool(conditions) and min(conditions) < place < max(conditions)
        _extra_heading(
            cells, f"{cells.name}!{letters(place)}{header + 1}", heading, _headed(columns, outputs), among=among
        )
    wanted = [one.heading for one in _headed(columns, outputs)]
    for heading in wanted:
        if fold(heading) not in cells.places:
            where = f"{cells.name}!A{header + 1}"
            cells.fault(where, "heading", f'The column "{heading}" is missing.', f'Add a column headed "{heading}".')


def _extra_heading(cells: _Sheet, where: str, heading: str, known: Iterable[Column | Output], *, among: bool) -> None:
    """A column of theirs is left alone; one among the conditions, or like a known one, may be thought to count."""
    near = nearest(heading, [one.heading for one in known])
    if near or among:
        advice = f'Did you mean "{near}"?' if near else "It is kept and has no effect."
        message = f'The column "{heading}" is not one that rules can ask about, so it is not used.'
        cells.found.append(Finding("warning", "heading", message, where, advice))


def _rule(
    cells: _Sheet, row: int, columns: Sequence[Column], outputs: Sequence[Output], steps: Sequence[int]
) -> Rule | None:
    """One rule, or None where anything in its row is at fault."""
    before = len(cells.found)
    rule_id = cells.reading(row, "Rule", _id)
    active = True if "active" not in cells.places else cells.reading(row, "Active", _yes_no)
    step = cells.reading(row, "Step", partial(_step, steps=steps))
    conditions = {one.name: cells.reading(row, one.heading, partial(parse_condition, column=one)) for one in columns}
    says = {one.name: cells.reading(row, one.heading, partial(_output, output=one)) for one in outputs}
    starts, ends = cells.reading(row, "From", _day), cells.reading(row, "To", _day)
    _check_row(cells, row, says, outputs, columns, (starts, ends))
    if len(cells.found) > before or rule_id is None or active is None or step is None:
        return None
    return Rule(
        rule_id,
        active,
        step,
        {name: one for name, one in conditions.items() if one is not None and not one.everything},
        says,
        starts,
        ends,
        "" if cells.at(row, "Note") is None else str(cells.at(row, "Note")),
        row + 1,
        _addresses(cells, row, columns, outputs),
    )


def _addresses(cells: _Sheet, row: int, columns: Sequence[Column], outputs: Sequence[Output]) -> dict[str, str]:
    """Where each of a rule's cells stands; under "" the rule's own name."""
    places = {one.name: cells.places.get(fold(one.heading)) for one in _headed(columns, outputs)}
    places[""] = cells.places["rule"]
    return {name: f"{letters(place)}{row + 1}" for name, place in places.items() if place is not None}


def _check_row(
    cells: _Sheet,
    row: int,
    says: dict[str, OutputValue],
    outputs: Sequence[Output],
    columns: Sequence[Column],
    dates: tuple[date | None, date | None],
) -> None:
    """Faults that only show once the row's cells are read: no action, a strange placeholder, dates swapped."""
    first = outputs[0]
    noted = {finding.cell for finding in cells.found}
    where = cells.address(row, first.heading)
    if says[first.name] is None and where not in noted and fold(first.heading) in cells.places:
        cells.fault(where, "cell", f"{first.heading} is empty, so this rule says nothing.", _choices(first))
    for output in outputs:
        text = says[output.name]
        if output.kind == "text" and isinstance(text, str):
            _check_placeholders(cells, cells.address(row, output.heading), text, columns)
    starts, ends = dates
    if starts is not None and ends is not None and starts > ends:
        advice = "Swap the two dates."
        cells.fault(cells.address(row, "To"), "cell", f"The rule ends ({ends}) before it starts ({starts}).", advice)


def _choices(output: Output) -> str | None:
    return f"It can be: {', '.join(output.values)}." if output.values else None


def _check_placeholders(cells: _Sheet, where: str, text: str, columns: Sequence[Column]) -> None:
    known = {fold(name) for column in columns for name in (column.name, column.heading)}
    for named in re.findall(r"\{([^{}]*)\}", text):
        if fold(named) not in known:
            near = nearest(named, [column.heading for column in columns])
            advice = f"Did you mean {{{near}}}?" if near else f"It can be: {', '.join(one.heading for one in columns)}."
            cells.fault(where, "cell", f"The text asks for {{{named}}}, which is no column.", advice)
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
        cells.fault(where, "cell", "The text has a curly bracket without its partner.", "Write {Column} with both.")


def _id(raw: object) -> str:
    text = _plain(raw)
    if text in NOTHING:
        raise Unreadable("this row has no name.", 'Give the rule a name of its own, such as "CF-21", or clear the row.')
    return text


def _plain(raw: object) -> str:
    return re.sub(r"\s+", " ", cell_text(raw))


def _yes_no(raw: object) -> bool:
    word = fold(_plain(raw))
    if word in ("yes", "y", "true", "x"):
        return True
    if word in ("no", "n", "false"):
        return False
    raise Unreadable(f'"{_plain(raw)}" is neither yes nor no.' if word else "it is empty.", 'Write "yes" or "no".')


def _step(raw: object, steps: Sequence[int]) -> int:
    match = re.match(r"(\d+)\b(?!\.)", _plain(raw))
    if match is None or int(match[1]) not in steps:
        allowed = " or ".join(str(step) for step in steps)
        raise Unreadable(f'"{_plain(raw)}" is not a step of this sheet.', f"Write {allowed}.")
    return int(match[1])


def _day(raw: object) -> date | None:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = _plain(raw)
    if text in NOTHING:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(f'"{text}" is not a date.', "Type a date, such as 2026-11-23.") from None


def _output(raw: object, output: Output) -> OutputValue:
    text = _plain(raw)
    if output.kind == "number":
        return _whole(text)
    if output.kind == "text":
        return text if text not in NOTHING else None
    by_fold = {fold(value): value for value in output.values}
    if fold(text) in by_fold:
        return by_fold[fold(text)]
    if text in NOTHING:
        return None
    near = nearest(text, output.values)
    advice = f'Did you mean "{near}"?' if near else _choices(output)
    raise Unreadable(f'"{text}" is not one of the words for this.', advice)


def _whole(text: str) -> int | None:
    if text in NOTHING:
        return None
    match = re.fullmatch(r"(-?\d+)(?:\s*(?:working )?days?)?", text)
    if match is None:
        raise Unreadable(f'"{text}" is not a whole number.', "Write a number, such as 3.")
    return int(match[1])


def _check_ids(cells: _Sheet, rules: Sequence[Rule]) -> None:
    first: dict[str, Rule] = {}
    for rule in rules:
        earlier = first.setdefault(fold(rule.id), rule)
        if earlier is not rule:
            where = cells.address(rule.row - 1, "Rule")
            message = f"The name {rule.id} is already used in row {earlier.row}."
            cells.fault(where, "rule", message, "Give each rule a name of its own.", rule.id)
