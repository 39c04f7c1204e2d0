"""The exact difference between two versions of a table, as boxes in plain words.

Both tables are walked column by column as a decision diagram: a node is the set of rules of each
version that are still met or still open, so that rows which end alike are met only once. A branch
where no changed rule is open any more cannot differ and is not walked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

from billingkit.rules.column import in_words
from billingkit.rules.condition import Condition
from billingkit.rules.cover import Budget, OverBudget, Space, segment_condition
from billingkit.rules.plan import Plan, bits, plan_rules, verdict
from billingkit.rules.table import ASK, ASK_0, Rule, Table

STEPS: Final = 20_000
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
    conditions: dict[str, Condition] = field(default_factory=dict)  # `where`, by column name

    def __str__(self) -> str:
        """Such as "Wait -> Call insurer: status Pending; days since submitted 21 to 29"."""
        since = f" (from {in_words(self.since)})" if self.since else ""
        return f"{self.before} -> {self.after}: {self.where}{since}"


@dataclass(frozen=True, slots=True)
class _End:
    """What both versions say at the end of a walk."""

    before: str
    after: str
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]


Fork = tuple[int, tuple[tuple[int, int], ...]]  # a column's place; segments and the node they lead to
SAME: Final = -1  # the node where the two versions agree on every row


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
    space = Space(plans[0])
    for number, (box, end) in enumerate(_joined(walk.boxes(root, {}))):
        if number >= MOST:
            yield Change(f"and more than {MOST} further differences", "?", "?", (), (), since)
            return
        packed = space.pack([box.get(place, (1 << width) - 1) for place, width in enumerate(space.widths)])
        yield Change(
            space.region(packed),
            end.before,
            end.after,
            end.rules_before,
            end.rules_after,
            since,
            space.example(packed),
            {
                space.plan.axes[place].column.name: segment_condition(space.plan.axes[place], box[place])
                for place in box
            },
        )


def _joined(found: Iterator[tuple[dict[int, int], _End]]) -> list[tuple[dict[int, int], _End]]:
    """The boxes with those joined that differ in one column only."""
    boxes = list(islice(found, MOST * 20))
    places = sorted({place for box, _ in boxes for place in box})
    count = len(boxes) + 1
    while len(boxes) < count:
        count = len(boxes)
        for place in places:
            boxes = _joined_in(place, boxes)
    return boxes


def _joined_in(place: int, boxes: list[tuple[dict[int, int], _End]]) -> list[tuple[dict[int, int], _End]]:
    joined: dict[tuple[_End, tuple[tuple[int, int], ...]], int] = {}
    rest: list[tuple[dict[int, int], _End]] = []
    for box, end in boxes:
        if place in box:
            others = tuple(sorted((one, mask) for one, mask in box.items() if one != place))
            joined[end, others] = joined.get((end, others), 0) | box[place]
        else:
            rest.append((box, end))
    return rest + [(dict(others) | {place: mask}, end) for (end, others), mask in joined.items()]


class _Walk:
    """One comparison: the columns in the order walked, and the nodes met so far."""

    def __init__(self, table: Table, plans: tuple[Plan, Plan], budget: Budget) -> None:
        self.table, self.plans, self.budget = table, plans, budget
        self.changed = _changed(*plans), _changed(*reversed(plans))
        self.order = sorted(range(len(table.columns)), key=self._loose)
        self.seen: dict[tuple[int, State], int] = {}
        self.nodes: list[Fork | _End] = []
        self.numbers: dict[Fork | _End, int] = {}
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

    def node(self, depth: int, state: State) -> int:
        """Where a walk leads from here."""
        if not (state[1] & self.changed[0] or state[3] & self.changed[1]):
            return SAME
        key = depth, state
        if key not in self.seen:
            self.budget.spend()
            self.seen[key] = self._end(state) if depth == len(self.order) else self._fork(depth, state)
        return self.seen[key]

    def _fork(self, depth: int, state: State) -> int:
        place = self.order[depth]
        branches: dict[int, int] = {}
        for segment, masks in enumerate(self.masks[place]):
            met_old, open_old, met_new, open_new = (one & mask for one, mask in zip(state, masks, strict=True))
            child = self.node(depth + 1, (met_old, open_old, met_new, open_new))
            branches[child] = branches.get(child, 0) | 1 << segment
        if len(branches) == 1:
            return next(iter(branches))
        return self._number((place, tuple((mask, child) for child, mask in branches.items() if child != SAME)))

    def _end(self, state: State) -> int:
        old = self._said(self.plans[0], state[0], state[1])
        new = self._said(self.plans[1], state[2], state[3])
        if old[0] == new[0]:
            return SAME
        before, after = _told_apart(old[0], new[0])
        return self._number(_End(before, after, old[1], new[1]))

    def _number(self, node: Fork | _End) -> int:
        """Alike nodes are one node."""
        if node not in self.numbers:
            self.numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return self.numbers[node]

    def _said(self, plan: Plan, met: int, open_: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        outcome = verdict(plan, met, open_, self.table.hit)
        rules = [plan.rules[rule] for rule in outcome.winners]
        if outcome.asked and not rules:
            return ("Ask",), (ASK if outcome.doubtful else ASK_0,)
        said = [
            f"{output.heading} {' and '.join(str(rule.outputs.get(output.name)) for rule in rules)}"
            for output in self.table.outputs
        ]
        return tuple(said), tuple(rule.id for rule in rules)

    def boxes(self, number: int, box: dict[int, int]) -> Iterator[tuple[dict[int, int], _End]]:
        """Every way to a difference, as allowed segments by column."""
        if number == SAME:
            return
        node = self.nodes[number]
        if isinstance(node, _End):
            yield box, node
            return
        place, branches = node
        for mask, child in branches:
            yield from self.boxes(child, box | {place: mask})


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
    own = Counter(_sense(plan, place) for place in range(len(plan.rules)))
    theirs = Counter(_sense(other, place) for place in range(len(other.rules)))
    changed = [place for place in range(len(plan.rules)) if own[_sense(plan, place)] != theirs[_sense(plan, place)]]
    return sum(1 << place for place in changed)


def _sense(plan: Plan, place: int) -> tuple[object, ...]:
    rule = plan.rules[place]
    met = tuple(column[place] for column in plan.met)
    open_ = tuple(column[place] for column in plan.open)
    return rule.step, met, open_, tuple(sorted((name, str(value)) for name, value in rule.outputs.items()))
