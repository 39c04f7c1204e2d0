"""The shape that a sheet's rows share, as one compiled pattern: most rows are read in a single match.

A pattern is built from rows seen so far: for each column the spellings of its cells (attributes and form).
It matches a whole row or not at all, so nothing in a row can be passed over; a row that does not match is
read cell by cell, and its spellings are learnt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from billingkit.workbook.book import Value
from billingkit.workbook.grid import Grid
from billingkit.workbook.kinds import Kinds

Form = Literal["blank", "value", "formula", "inline"]
Stored = Sequence[str]  # empty where the cell is
Spelling = tuple[str, Form]  # the attributes as they stand, and what the cell holds

_FORMS: dict[Form, str] = {
    "blank": "/>",
    "value": "><v>(VALUE)</v></c>",
    "formula": "><f(?:[^<>]*/>|[^<>]*>[^<]*</f>)<v>(?!<)(VALUE)</v></c>",
    "inline": '><is><t(?: xml:space="preserve")?>(VALUE)</t></is></c>',
}
_ROW = r'<row r="([0-9]{1,7})"((?: [\w:]+="[^"<>]*")*)>'
_MOST_SPELLINGS = 8  # of one column; rarer ones are read cell by cell
_MOST_GROUPS = 2_000


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled row: each group after the first two holds one column's cell in one spelling."""

    pattern: re.Pattern[str]
    columns: tuple[int, ...]  # 0-based and rising, by group
    spelt: tuple[str, ...]  # the attributes, by group
    formulas: frozenset[int]  # the groups that hold a formula's value

    def fill(self, numbers: list[int], groups: Sequence[Stored], kinds: Kinds, grid: Grid) -> None:
        """Put the values of rows that matched into the grid, with the formats that mean something."""
        columns: list[Sequence[Value]] = [()] * (self.columns[-1] + 1)
        for group, (column, spelt, stored) in enumerate(zip(self.columns, self.spelt, groups, strict=True)):
            if not any(stored):
                continue
            if group in self.formulas:
                grid.formulas.update((row, column + 1) for row, text in zip(numbers, stored, strict=True) if text)
            kind = kinds[spelt]
            values = kind.many(stored)
            if kind.code:
                grid.note(numbers, column + 1, values, kind.code)
            before = columns[column]
            columns[column] = [b if a is None else a for a, b in zip(before, values, strict=True)] if before else values
        nothing = (None,) * len(numbers)
        grid.put_columns(numbers, [column or nothing for column in columns])


@dataclass(slots=True)
class RowShape:
    """What the rows of one sheet looked like so far."""

    seen: dict[int, dict[Spelling, int]] = field(default_factory=dict)
    letters: dict[int, str] = field(default_factory=dict)
    misses: int = 0
    rebuild_at: int = 4

    def learn(self, letters: str, column: int, attributes: str, form: Form) -> None:
        """Note how one cell is spelt."""
        spellings = self.seen.setdefault(column, {})
        self.letters[column] = letters
        spellings[attributes, form] = spellings.get((attributes, form), 0) + 1

    def missed(self, kinds: Kinds) -> Template | None:
        """Count a row that no template matched; now and then, a new template from all that was learnt."""
        self.misses += 1
        if self.misses < self.rebuild_at:
            return None
        self.rebuild_at = self.misses + max(4, self.misses // 2)
        return self.template(kinds)

    def template(self, kinds: Kinds) -> Template | None:
        """The pattern of all rows whose cells are spelt in the common ways; None if there are too many."""
        body, columns, spelt, formulas = [_ROW], list[int](), list[str](), list[int]()
        for column in sorted(self.seen):
            alternatives = []
            for attributes, form in self._common(column):
                value = _FORMS[form].replace("VALUE", kinds[attributes].pattern)
                alternatives.append(re.escape(attributes) + value)
                if form == "formula":
                    formulas.append(len(columns))
                if form != "blank":
                    columns.append(column)
                    spelt.append(attributes)
            if alternatives:
                # `(?:X|)` costs the matcher much less than `(?:X)?`
                body.append(f'(?:<c r="{self.letters[column]}\\1"(?:{"|".join(alternatives)})|)')
        if not columns or len(columns) > _MOST_GROUPS:
            return None
        return Template(re.compile("".join(body) + "</row>"), tuple(columns), tuple(spelt), frozenset(formulas))

    def _common(self, column: int) -> list[Spelling]:
        """The column's spellings seen more than once, most common first: a heading's own is left out."""
        ways = sorted(self.seen[column].items(), key=lambda way: -way[1])
        return [way for way, count in ways if count > 1][:_MOST_SPELLINGS]
