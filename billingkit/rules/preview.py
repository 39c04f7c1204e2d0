"""The exact difference between two versions of a table, as boxes in plain words.

Both tables are walked column by column as a decision diagram: a node is the set of rules of each
version that are still met or still open, so that rows which end alike are met only once. A branch
where no changed rule is open any more cannot differ and is not walked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from billingkit.rules.cover import Budget, OverBudget, Space
from billingkit.rules.plan import Plan, bits, plan_rules, verdict
from billingkit.rules.table import Rule, Table

STEPS: Final = 200_000
MOST: Final = 200

State = tuple[int, int, int, int]  # rules met and open in the old plan, then in the new


@dataclass(frozen=True, slots=True)
class Change:
    """Rows that the two versions decide differently: which, and from what to what."""

    where: str
    before: str
    after: str
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]
    since: date | None = None  # the first day of the period, where rules are dated
    example: str = ""

    def __str__(self) -> str:
        """Such as "Wait -> Call insurer: status Pending; days since submitted 21 to 29"."""
        since = f" (from {self.since:%d %b %Y})" if self.since else ""
        return f"{self.before} -> {self.after}: {self.where}{since}"


@dataclass(frozen=True, slots=True)
class _End:
    """What both versions say at the end of a walk."""

    before: str
    after: str
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fork:
    """A column at which the walk divides: segments and where they lead, rows that do not differ left out."""

    place: int
    branches: tuple[tuple[int, _Fork | _End], ...]


def preview(old: Table, new: Table, as_of: date | None = None, budget: int = STEPS) -> list[Change]:
    """Every difference in what the two versions decide; rules that only moved or changed name make none.

    With `as_of` only that day is compared, else every period in which rules are in force. A comparison
    past the budget ends with one Change that says so. Raises ValueError where the columns differ.
    """
    if old.columns != new.columns or old.outputs != new.outputs:
        raise ValueError("The two versions ask about different columns, so they cannot be compared.")
    changes: list[Change] = []
    for day in [as_of] if as_of else sorted({date.min, *old.periods(), *new.periods()}):
        before, after = old.live(day), new.live(day)
        since = day if day not in (date.min, as_of) else None
        for change in _differences(old, before, after, budget, since):
            if not any(_alike(change, earlier) for earlier in changes):
                changes.append(change)
    return changes


def _alike(one: Change, other: Change) -> bool:
    return (one.where, one.before, one.after) == (other.where, other.before, other.after)


def _differences(
    table: Table, before: tuple[Rule, ...], after: tuple[Rule, ...], budget: int, since: date | None
) -> Iterator[Change]:
    plans = (
        plan_rules(table.columns, before, [rule.conditions for rule in after]),
        plan_rules(table.columns, after, [rule.conditions for rule in before]),
    )
    walk = _Walk(table, plans, Budget(budget))
    try:
        root = walk.node(0, walk.start())
    except OverBudget:
        yield Change("not proven: the versions differ in too many ways to list", "?", "?", (), (), since)
        return
    if root is None:
        return
    space = Space(plans[0])
    for number, (box, end) in enumerate(walk.boxes(root, {})):
        if number >= MOST:
            yield Change(f"and more than {MOST} further differences", "?", "?", (), (), since)
            return
        packed = space.pack([box.get(place, (1 << width) - 1) for place, width in enumerate(space.widths)])
        where, example = space.region(packed), space.example(packed)
        yield Change(where, end.before, end.after, end.rules_before, end.rules_after, since, example)


class _Walk:
    """One comparison: the columns in the order walked, and the nodes met so far."""

    def __init__(self, table: Table, plans: tuple[Plan, Plan], budget: Budget) -> None:
        self.table, self.plans, self.budget = table, plans, budget
        self.changed = _changed(*plans), _changed(*reversed(plans))
        self.order = sorted(range(len(table.columns)), key=self._loose)
        self.seen: dict[tuple[int, State], _Fork | _End | None] = {}
        self.masks = [
            [
                tuple(one for plan in plans for one in (plan.rules_met(place, part), plan.rules_open(place, part)))
                for part in range(plans[0].axes[place].size)
            ]
            for place in range(len(table.columns))
        ]

    def start(self) -> State:
        """Every rule of both versions still met."""
        old, new = ((1 << len(plan.rules)) - 1 for plan in self.plans)
        return old, old, new, new

    def _loose(self, place: int) -> int:
        """How many changed rules leave a column alone: columns that tell them apart are walked first."""
        return sum(
            plan.rules[rule].condition(self.table.columns[place].name).everything
            for plan, changed in zip(self.plans, self.changed, strict=True)
            for rule in bits(changed)
        )

    def node(self, depth: int, state: State) -> _Fork | _End | None:
        """Where a walk leads from here; None where the two versions agree on every row."""
        if not (state[1] & self.changed[0] or state[3] & self.changed[1]):
            return None
        if depth == len(self.order):
            return self._end(state)
        key = depth, state
        if key not in self.seen:
            self.budget.spend()
            self.seen[key] = self._fork(depth, state)
        return self.seen[key]

    def _fork(self, depth: int, state: State) -> _Fork | _End | None:
        place = self.order[depth]
        branches: dict[_Fork | _End, int] = {}
        for segment, masks in enumerate(self.masks[place]):
            met_old, open_old, met_new, open_new = (one & mask for one, mask in zip(state, masks, strict=True))
            child = self.node(depth + 1, (met_old, open_old, met_new, open_new))
            if child is not None:
                branches[child] = branches.get(child, 0) | 1 << segment
        every = (1 << self.plans[0].axes[place].size) - 1
        if len(branches) == 1 and next(iter(branches.values())) == every:
            return next(iter(branches))
        return _Fork(place, tuple((mask, child) for child, mask in branches.items())) if branches else None

    def _end(self, state: State) -> _End | None:
        old = self._said(self.plans[0], state[0], state[1])
        new = self._said(self.plans[1], state[2], state[3])
        if old[0] == new[0]:
            return None
        before, after = _told_apart(old[0], new[0])
        return _End(before, after, old[1], new[1])

    def _said(self, plan: Plan, met: int, open_: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        outcome = verdict(plan, met, open_, self.table.hit)
        rules = [plan.rules[rule] for rule in outcome.winners]
        if outcome.asked and not rules:
            return ("Ask",), tuple(plan.rules[rule].id for rule in bits(outcome.doubtful))
        said = [
            f"{output.heading} {' and '.join(str(rule.outputs.get(output.name)) for rule in rules)}"
            for output in self.table.outputs
        ]
        return tuple(said), tuple(rule.id for rule in rules)

    def boxes(self, node: _Fork | _End, box: dict[int, int]) -> Iterator[tuple[dict[int, int], _End]]:
        """Every way to a difference, as allowed segments by column."""
        if isinstance(node, _End):
            yield box, node
            return
        for mask, child in node.branches:
            yield from self.boxes(child, box | {node.place: mask})


def _told_apart(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, str]:
    """What differs in words: the action where that differs, else the outputs that do."""
    if len(old) == 1 or len(new) == 1 or old[0] != new[0]:
        return _action(old), _action(new)
    pairs = [(before, after) for before, after in zip(old, new, strict=True) if before != after]
    return f"{_action(old)}, {', '.join(pair[0] for pair in pairs)}", ", ".join(pair[1] for pair in pairs)


def _action(said: tuple[str, ...]) -> str:
    return said[0].removeprefix("Action ")


def _changed(plan: Plan, other: Plan) -> int:
    """The rules of a plan that the other plan does not hold just so, as a mask."""
    known = {_sense(other, place) for place in range(len(other.rules))}
    return sum(1 << place for place in range(len(plan.rules)) if _sense(plan, place) not in known)


def _sense(plan: Plan, place: int) -> tuple[object, ...]:
    rule = plan.rules[place]
    met = tuple(column[place] for column in plan.met)
    open_ = tuple(column[place] for column in plan.open)
    return rule.step, met, open_, tuple(sorted((name, str(value)) for name, value in rule.outputs.items()))
