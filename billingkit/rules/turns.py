"""What changes when one value of a row changes: a level that falls, a contact that missing data starts."""

from __future__ import annotations

from collections.abc import Collection

from billingkit.rules.cover import Box, Budget, Space
from billingkit.rules.finding import Finding
from billingkit.rules.table import OutputValue, Table


def both_decide(
    space: Space, place: int, first: tuple[int, int], second: tuple[int, int], budget: Budget
) -> Box | None:
    """Rows that one rule decides at one segment of a column and another rule at another segment.

    `first` and `second` are (rule, segment). The box that comes back allows every segment of the column.
    """
    covers: list[Box] = []
    box = space.ones
    steps = space.plan.step_of
    for rule, segment in (first, second):
        if not space.plan.met[place][rule] >> segment & 1:
            return None
        box &= space.freed(space.met[rule], place)
        for other, open_ in enumerate(space.open):
            if other != rule and steps[other] <= steps[rule] and space.plan.open[place][other] >> segment & 1:
                covers.append(space.freed(open_, place))
    return space.uncovered(box, covers, budget) if space.holds_rows(box) else None


def falls(table: Table, space: Space, budget: Budget) -> list[Finding]:
    """Pairs of rules between which a numeric output falls although the case grows more urgent."""
    outputs = [output for output in table.outputs if output.kind == "number" or output.values]
    found: list[Finding] = []
    for place, column in enumerate(table.columns):
        if not column.rising:
            continue
        spans = range(space.plan.axes[place].spans - 1)
        for segment in spans:
            calm, grave = (segment, segment + 1) if column.rising > 0 else (segment + 1, segment)
            for output in outputs:
                ranks = [_rank(output.values, rule.outputs.get(output.name)) for rule in space.plan.rules]
                fall = _fall(space, place, (calm, grave), ranks, budget)
                if fall is not None:
                    first, second, box = fall
                    found.append(_fallen(table, space, place, (calm, grave), (first, second), box, output.heading))
    return _one_per_pair(found)


def _one_per_pair(found: list[Finding]) -> list[Finding]:
    kept: dict[tuple[str, ...], Finding] = {}
    for finding in found:
        kept.setdefault(finding.rules, finding)
    return list(kept.values())


def _rank(values: tuple[str, ...], said: OutputValue) -> int | None:
    """A number as it is, a word by its place in its list."""
    if isinstance(said, str):
        return values.index(said) if said in values else None
    return said


def _fall(
    space: Space, place: int, segments: tuple[int, int], ranks: list[int | None], budget: Budget
) -> tuple[int, int, Box] | None:
    calm, grave = segments
    met = space.plan.met[place]
    before = [rule for rule in range(len(met)) if met[rule] >> calm & 1 and ranks[rule] is not None]
    after = [rule for rule in range(len(met)) if met[rule] >> grave & 1 and ranks[rule] is not None]
    for one in before:
        for other in after:
            if (ranks[one] or 0) > (ranks[other] or 0):
                box = both_decide(space, place, (one, calm), (other, grave), budget)
                if box is not None:
                    return one, other, box
    return None


def _fallen(
    table: Table,
    space: Space,
    place: int,
    segments: tuple[int, int],
    rules: tuple[int, int],
    box: Box,
    heading: str,
) -> Finding:
    axis = space.plan.axes[place]
    first, second = (space.plan.rules[rule] for rule in rules)
    name = next(output.name for output in table.outputs if output.heading == heading)
    sides = {min(segments): axis.ends(min(segments))[1], max(segments): axis.ends(max(segments))[0]}
    calm, grave = (axis.column.show(sides[segment]) for segment in segments)
    message = (
        f"{heading} falls from {first.outputs.get(name)} ({first.id}) to {second.outputs.get(name)} ({second.id}) "
        f"when {axis.column.spoken} goes from {calm} to {grave}."
    )
    advice = f"Raise {heading} in {second.id}, or lower it in {first.id}."
    cell = table.cell(second, name)
    witness = space.example(space.limited(box, place, 1 << segments[1]))
    return Finding("error", "rising", message, cell, advice, (first.id, second.id), witness)


def contact_on_blank(table: Table, space: Space, contacts: Collection[str], budget: Budget) -> list[Finding]:
    """Rules that approach somebody once a value goes missing, where the value itself led to no contact."""
    name = table.outputs[0].name
    calls = [rule.outputs.get(name) in contacts for rule in space.plan.rules]
    found: list[Finding] = []
    for place, axis in enumerate(space.plan.axes):
        if not any(rule.condition(axis.column.name).names_blank for rule in space.plan.rules):
            continue
        for rule in (one for one, contact in enumerate(calls) if contact):
            for other in (one for one, contact in enumerate(calls) if not contact):
                box = _started(space, place, rule, other, budget)
                if box is not None:
                    called, left = space.plan.rules[rule], space.plan.rules[other]
                    message = (
                        f'{called.id} says "{called.outputs.get(name)}" where {axis.column.spoken} is blank, '
                        f'although with the value known {left.id} may say "{left.outputs.get(name)}".'
                    )
                    advice = f'Say in {called.id} that {axis.column.heading} must be "not blank".'
                    witness = space.example(space.limited(box, place, 1 << axis.blank))
                    cell = table.cell(called, axis.column.name)
                    found.append(Finding("error", "blank", message, cell, advice, (called.id, left.id), witness))
                    break
    return found


def _started(space: Space, place: int, contact: int, other: int, budget: Budget) -> Box | None:
    axis = space.plan.axes[place]
    for segment in range(axis.blank):
        box = both_decide(space, place, (contact, axis.blank), (other, segment), budget)
        if box is not None:
            return box
    return None
