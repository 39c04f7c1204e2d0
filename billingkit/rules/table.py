"""A decision table as a value: its rules, and what each asks and says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from billingkit.rules.column import Column, Output
from billingkit.rules.condition import ANY, Condition

Hit = Literal["unique", "collect"]
OutputValue = str | int | None

ASK: Final = "ASK"  # the decision where a rule could not be ruled out
ASK_0: Final = "ASK-0"  # the decision where no rule covers the row


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a table. A column that is not in `conditions` accepts everything."""

    id: str
    active: bool
    step: int
    conditions: dict[str, Condition]
    outputs: dict[str, OutputValue]
    starts: date | None = None
    ends: date | None = None
    note: str = ""
    row: int = 0  # the sheet's own row, 1-based
    cells: dict[str, str] = field(
        default_factory=dict, compare=False
    )  # column or output name -> "D14"; "" is the rule's name

    def condition(self, name: str) -> Condition:
        """The condition on one column."""
        return self.conditions.get(name, ANY)

    def in_force(self, day: date) -> bool:
        """Whether the rule is active and in force on a day, both ends included."""
        begun = self.starts is None or self.starts <= day
        return self.active and begun and (self.ends is None or day <= self.ends)

    def order(self) -> tuple[int, list[str | int]]:
        """Sorts rules by step, then by id with its number read as a number."""
        return self.step, [int(part) if place % 2 else part for place, part in enumerate(re.split(r"(\d+)", self.id))]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table as read from one sheet. The order of `rules` has no meaning."""

    name: str
    columns: tuple[Column, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    sheet: str
    hit: Hit = "unique"

    def ordered(self) -> tuple[Rule, ...]:
        """The rules by step and id."""
        return tuple(sorted(self.rules, key=Rule.order))

    def live(self, day: date) -> tuple[Rule, ...]:
        """The rules that count on a day, by step and id."""
        return tuple(rule for rule in self.ordered() if rule.in_force(day))

    def cell(self, rule: Rule, name: str = "") -> str | None:
        """The address of a rule's cell in a column, or of its name."""
        place = rule.cells.get(name) or rule.cells.get("")
        return f"{self.sheet}!{place}" if place else None

    def column(self, name: str) -> Column:
        """The condition column with that name."""
        return next(column for column in self.columns if column.name == name)

    def output(self, name: str) -> Output:
        """The output column with that name."""
        return next(output for output in self.outputs if output.name == name)

    def periods(self) -> tuple[date, ...]:
        """The days on which the set of rules in force changes, in order."""
        active = [rule for rule in self.rules if rule.active]
        starts = {rule.starts for rule in active if rule.starts is not None}
        ends = {rule.ends for rule in active if rule.ends is not None and rule.ends < date.max}
        after = {date.fromordinal(day.toordinal() + 1) for day in ends}
        return tuple(sorted(starts | after))
