"""Sets of rows as boxes, and whether rules cover a box: exact, with a budget.

A box allows some segments in each column. It is held as one whole number with a field of bits per
column and a spare bit above each field, so that "do two boxes meet in every column" is one AND and one
addition: adding a field of ones to a field that is not empty carries into its spare bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

from billingkit.rules.column import Column
from billingkit.rules.condition import Condition, describe
from billingkit.rules.plan import Axis, Plan, bits

Box = int
Half = tuple[Box, list[Box]]
COUNTED: Final = 40  # up to this many covers, counting rows costs less than halving on


class OverBudget(Exception):
    """The question needs more steps than were allowed."""


@dataclass(slots=True)
class Budget:
    """How many steps a question may still take."""

    left: int

    def spend(self) -> None:
        """Takes one step; raises OverBudget when none is left."""
        if self.left <= 0:
            raise OverBudget
        self.left -= 1


class Space:
    """All rows that a plan can tell apart."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.widths = tuple(axis.size for axis in plan.axes)
        self.offsets = tuple(sum(self.widths[:place]) + place for place in range(len(self.widths)))
        self.fields = tuple((offset, (1 << width) - 1) for offset, width in zip(self.offsets, self.widths, strict=True))
        self.ones = self.pack([(1 << width) - 1 for width in self.widths])
        self.spares = sum(1 << (offset + width) for offset, width in zip(self.offsets, self.widths, strict=True))
        self.met = tuple(self.pack([column[rule] for column in plan.met]) for rule in range(len(plan.rules)))
        self.open = tuple(self.pack([column[rule] for column in plan.open]) for rule in range(len(plan.rules)))

    def pack(self, fields: Sequence[int]) -> Box:
        """A box from the allowed segments of each column."""
        return sum(field << offset for field, offset in zip(fields, self.offsets, strict=True))

    def field(self, box: Box, place: int) -> int:
        """The allowed segments of one column."""
        return box >> self.offsets[place] & ((1 << self.widths[place]) - 1)

    def limited(self, box: Box, place: int, segments: int) -> Box:
        """The box with only some segments of one column."""
        field = (1 << self.widths[place]) - 1
        return box & ~(field << self.offsets[place]) | (self.field(box, place) & segments) << self.offsets[place]

    def freed(self, box: Box, place: int) -> Box:
        """The box with every segment of one column."""
        return box | ((1 << self.widths[place]) - 1) << self.offsets[place]

    def meets(self, one: Box, other: Box) -> bool:
        """Whether two boxes share a row."""
        return ((one & other) + self.ones) & self.spares == self.spares

    def holds_rows(self, box: Box) -> bool:
        """Whether the box is not empty."""
        return (box + self.ones) & self.spares == self.spares

    def known(self) -> Box:
        """Every row whose data is known, and missing data where a rule makes it an ordinary value."""
        fields: list[int] = []
        for place, axis in enumerate(self.plan.axes):
            every = (1 << axis.size) - 1
            named = any(rule.condition(axis.column.name).names_blank for rule in self.plan.rules)
            fields.append(every if named else every & ~(1 << self.plan.axes[place].blank))
        return self.pack(fields)

    def where(self, conditions: dict[str, Condition]) -> Box:
        """The rows for which some conditions are met."""
        fields = [
            axis.met(conditions[axis.column.name], ordinary_blank=True)[0]
            if axis.column.name in conditions
            else (1 << axis.size) - 1
            for axis in self.plan.axes
        ]
        return self.pack(fields)

    def uncovered(self, box: Box, covers: Sequence[Box], budget: Budget) -> Box | None:
        """A part of the box that no cover reaches, or None; halves the box along the edges of the covers.

        Where the covers' parts of the box have as many rows as the box and no two of them meet, they fill
        it; the count of rows saves most of the halving in tables whose rules part the rows between them.
        """
        budget.spend()
        if not self.holds_rows(box):
            return None
        near = [cover for cover in covers if self.meets(cover, box)]
        if not near:
            return box
        best = min(near, key=lambda cover: self._cuts(box & ~cover))
        if not box & ~best or (len(near) <= COUNTED and self._filled(box, near)):
            return None
        outside, inside = self._halves(box, best, near)
        return self.uncovered(*outside, budget) or self.uncovered(*inside, budget)

    def _cuts(self, left: Box) -> int:
        """How many columns a cover leaves something of: none where it covers the box."""
        return ((left + self.ones) & self.spares).bit_count()

    def _filled(self, box: Box, near: Sequence[Box]) -> bool:
        parts = [cover & box for cover in near]
        if sum(map(self.volume, parts)) != self.volume(box):
            return False
        return not any(self.meets(part, other) for place, part in enumerate(parts) for other in parts[:place])

    def volume(self, box: Box) -> int:
        """How many rows a box holds, one for each combination of segments."""
        return prod((box >> offset & ones).bit_count() for offset, ones in self.fields)

    def _halves(self, box: Box, cover: Box, near: Sequence[Box]) -> tuple[Half, Half]:
        """The box cut at one edge of a cover, each half with its covers: the edge that fewest covers straddle."""
        halves: list[tuple[Half, Half]] = []
        for place in range(len(self.widths)):
            beyond = self.field(box, place) & ~self.field(cover, place)
            if beyond:
                sides = self.limited(box, place, beyond), self.limited(box, place, ~beyond)
                first, second = ([one for one in near if self.meets(one, side)] for side in sides)
                halves.append(((sides[0], first), (sides[1], second)))
        return min(halves, key=lambda pair: len(pair[0][1]) + len(pair[1][1]))

    def region(self, box: Box) -> str:
        """The box in plain words, columns that allow everything known left out."""
        parts = []
        for place, axis in enumerate(self.plan.axes):
            field = self.field(box, place)
            known = (1 << axis.blank) - 1
            if field & known != known or (field >> axis.blank & 1 and self.field(self.known(), place) == known):
                words = describe(segment_condition(axis, field), axis.column)
                if field != (1 << axis.size) - 1:
                    parts.append(f"{axis.column.spoken} {words}")
        return "; ".join(parts) or "every row"

    def example(self, box: Box) -> str:
        """One row of the box in plain words."""
        parts = []
        for place, axis in enumerate(self.plan.axes):
            field = self.field(box, place)
            if field & ((1 << axis.blank) - 1) != (1 << axis.blank) - 1:
                segment = next(iter(bits(field)))
                parts.append(f"{axis.column.spoken} {segment_example(axis, segment)}")
        return "; ".join(parts) or "any row"


def segment_example(axis: Axis, segment: int) -> str:
    """One value of a segment in plain words: the end that is nearest to the others."""
    if segment == axis.blank:
        return "blank"
    if segment == axis.special:
        return axis.column.special or ""
    first, last = axis.ends(segment)
    return axis.column.show(last if segment == 0 and axis.column.numeric and axis.column.low is None else first)


def segment_condition(axis: Axis, field: int) -> Condition:
    """The condition that accepts exactly some segments of a column."""
    column = axis.column
    spans: list[tuple[int | None, int | None]] = []
    for segment in bits(field & ((1 << axis.spans) - 1)):
        first, last = axis.ends(segment)
        if spans and column.numeric and spans[-1][1] == first - 1:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    open_ended = tuple((_open(low, column, 0), _open(high, column, 1)) for low, high in spans)
    special = axis.special is not None and bool(field >> axis.special & 1)
    return Condition(open_ended, special=special, blank=bool(field >> axis.blank & 1) or None)


def _open(end: int | None, column: Column, side: int) -> int | None:
    return None if column.numeric and end == column.bounds[side] else end
