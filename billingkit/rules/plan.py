"""A table made ready to run: every column cut at its thresholds, every rule a bit in each cut's mask.

A column falls into segments: its spans between thresholds (or its words), then its special value
where it has one, then missing data. For each segment one mask holds the rules whose condition is met
there, another those whose condition is at least not refused. A row's masks are the ANDs over columns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from billingkit.rules.column import HIGHEST, Column
from billingkit.rules.condition import Condition
from billingkit.rules.table import Hit, Rule, Table


@dataclass(frozen=True, slots=True)
class Axis:
    """One column cut into segments. `starts` are the first values of its spans, in order."""

    column: Column
    starts: tuple[int, ...]

    @property
    def spans(self) -> int:
        """How many segments are spans of known values."""
        return len(self.starts)

    @property
    def special(self) -> int | None:
        """The special value's segment."""
        return self.spans if self.column.special is not None else None

    @property
    def blank(self) -> int:
        """The segment of missing data, always the last."""
        return self.spans + (self.column.special is not None)

    @property
    def size(self) -> int:
        """How many segments there are, missing data included."""
        return self.blank + 1

    def ends(self, segment: int) -> tuple[int, int]:
        """First and last value of a span."""
        last = self.starts[segment + 1] - 1 if segment + 1 < self.spans else self.column.bounds[1]
        return self.starts[segment], last

    def segment(self, value: int) -> int:
        """The span that holds a value; a value outside the column's range counts as missing."""
        low, high = self.column.bounds
        return bisect_right(self.starts, value) - 1 if low <= value <= high else self.blank

    def met(self, condition: Condition, *, ordinary_blank: bool) -> tuple[int, int]:
        """Bitmasks of the segments where a condition is met, and where it is not refused."""
        if condition.everything:
            return (1 << self.size) - 1, (1 << self.size) - 1
        met = 0
        for low, high in condition.ends():
            first = max(bisect_right(self.starts, low) - 1, 0)
            last = bisect_right(self.starts, high) - 1
            met |= ((1 << (last + 1)) - 1) & ~((1 << first) - 1) if last >= first else 0
        if condition.special and self.special is not None:
            met |= 1 << self.special
        if condition.blank:
            met |= 1 << self.blank
        undecided = condition.blank is None and not ordinary_blank
        return met, met | (1 << self.blank if undecided else 0)


def cut(column: Column, conditions: Iterable[Condition]) -> Axis:
    """A column cut wherever one of the conditions changes its answer."""
    low, high = column.bounds
    if not column.numeric:
        return Axis(column, tuple(range(low, high + 1)))
    marks = {low}
    for condition in conditions:
        for first, last in condition.ends():
            marks.add(first)
            marks.add(min(last, HIGHEST) + 1)
    return Axis(column, tuple(sorted(mark for mark in marks if low <= mark <= high)))


@dataclass(frozen=True, slots=True)
class Plan:
    """Rules of one day, by step and id, with their masks.

    `met[c][r]` and `open[c][r]` are rule r's segments in column c: met, and not refused.
    `steps` are the rules of each step as a mask over rules.
    """

    axes: tuple[Axis, ...]
    rules: tuple[Rule, ...]
    met: tuple[tuple[int, ...], ...]
    open: tuple[tuple[int, ...], ...]
    steps: tuple[int, ...]
    step_of: tuple[int, ...]

    def rules_met(self, place: int, segment: int) -> int:
        """The rules whose condition on a column is met in a segment, as a mask over rules."""
        return _column(self.met[place], segment)

    def rules_open(self, place: int, segment: int) -> int:
        """The rules whose condition on a column is not refused in a segment."""
        return _column(self.open[place], segment)

    def undecided(self, place: int) -> int:
        """The rules that cannot tell when a column's data is missing."""
        blank = self.axes[place].blank
        return self.rules_open(place, blank) & ~self.rules_met(place, blank)


def _column(masks: tuple[int, ...], segment: int) -> int:
    return sum(1 << rule for rule, mask in enumerate(masks) if mask >> segment & 1)


def plan_rules(columns: Sequence[Column], rules: Sequence[Rule], also: Sequence[dict[str, Condition]] = ()) -> Plan:
    """The plan of some rules; `also` are further conditions to cut at, such as a guarantee's."""
    ordered = tuple(sorted(rules, key=Rule.order))
    axes: list[Axis] = []
    met: list[tuple[int, ...]] = []
    open_: list[tuple[int, ...]] = []
    for column in columns:
        own = [rule.condition(column.name) for rule in ordered]
        axis = cut(column, [*own, *(more[column.name] for more in also if column.name in more)])
        named = {rule.step for rule, one in zip(ordered, own, strict=True) if one.names_blank}
        pairs = [axis.met(one, ordinary_blank=rule.step in named) for rule, one in zip(ordered, own, strict=True)]
        axes.append(axis)
        met.append(tuple(pair[0] for pair in pairs))
        open_.append(tuple(pair[1] for pair in pairs))
    numbers = sorted({rule.step for rule in ordered})
    steps = tuple(sum(1 << place for place, rule in enumerate(ordered) if rule.step == step) for step in numbers)
    step_of = tuple(numbers.index(rule.step) for rule in ordered)
    return Plan(tuple(axes), ordered, tuple(met), tuple(open_), steps, step_of)


def plan_for(table: Table, day: date) -> Plan:
    """The plan of a table's rules that are in force on a day."""
    return plan_rules(table.columns, table.live(day))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the masks of a row come to: the rules that decide it, or those that could not be ruled out."""

    winners: tuple[int, ...]  # one rule; for a table that collects, every rule that is met
    doubtful: int = 0  # mask of rules that may or may not apply
    asked: bool = False
    otherwise: int | None = None  # the rule that would win if the doubtful ones were ruled out


def verdict(plan: Plan, met: int, not_refused: int, hit: Hit = "unique") -> Verdict:
    """Three-valued decision: the lowest step with a certain rule, unless another could still apply by then."""
    if hit == "collect":
        doubtful = not_refused & ~met
        return Verdict(tuple(bits(met)), doubtful, asked=bool(doubtful))
    upto = 0
    for step in plan.steps:
        upto |= step
        certain = met & step
        if not certain:
            continue
        doubtful = not_refused & upto & ~certain
        if certain & (certain - 1):  # two rules of one step: nobody may choose between them
            return Verdict((), doubtful | certain, asked=True)
        winner = certain.bit_length() - 1
        return Verdict((), doubtful, True, winner) if doubtful else Verdict((winner,))
    return Verdict((), not_refused, asked=True)


def bits(mask: int) -> Iterable[int]:
    """The positions of a mask's set bits, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
