"""Checks of a table before it runs: every finding with its cell and an example row in plain words.

Exact over the whole space of values; where the budget does not reach, the finding says "not proven".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final, Literal

from billingkit.rules.column import in_words
from billingkit.rules.cover import Box, Budget, OverBudget, Space
from billingkit.rules.finding import Finding
from billingkit.rules.guarantee import Guarantee
from billingkit.rules.plan import plan_rules
from billingkit.rules.remarks import remarks
from billingkit.rules.table import Rule, Table
from billingkit.rules.turns import contact_on_blank, falls

STEPS: Final = 20_000
GAPS: Final = 3  # how many gaps are listed before the first are mended


def check(
    table: Table,
    guarantees: Sequence[Guarantee] = (),
    as_of: date | None = None,
    budget: int = STEPS,
    *,
    contacts: Collection[str] = (),
    idle: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Every finding about a table, errors first; nothing where the table is sound.

    With `as_of` the past is left out; without it every period in which rules are in force is checked.
    `budget` is the number of steps each question may take. `contacts` are the words of the first output
    that approach somebody: missing data may not start one. `idle` are the words that let a row rest; a rule that says one where data is missing
    is remarked on.
    """
    own = [guarantee for guarantee in guarantees if guarantee.table == table.name]
    found: dict[Finding, Finding] = {}  # as found, and as said: a later period's finding names its day
    silent: dict[str, list[Finding | None]] = {}
    for day in _days(table, as_of):
        rules = table.live(day)
        if not rules:
            message = "No rule is switched on." if day == date.min else f"No rule is in force on {in_words(day)}."
            nothing = Finding("error", "gap", message, f"{table.sheet}!A1")
            found.setdefault(nothing, nothing)
            continue
        space = Space(plan_rules(table.columns, rules, [guarantee.when for guarantee in own]))
        since = "" if day in (date.min, as_of) else f" From {in_words(day)}."
        for one in _of_period(table, space, own, budget, contacts, silent):
            found.setdefault(one, replace(one, message=one.message + since))
    never = [entries[0] for entries in silent.values() if entries[0] is not None and None not in entries]
    told = [*found.values(), *never, *remarks(table, as_of, idle)]
    return tuple(sorted(told, key=lambda one: one.severity != "error"))


def _days(table: Table, as_of: date | None) -> list[date]:
    """The first day of each period to check."""
    first = as_of or date.min
    days = [first, *(day for day in table.periods() if day > first)]
    if as_of is None and len(days) > 1:
        return [day for day in days if table.live(day)] or days[:1]
    return days


def _of_period(
    table: Table,
    space: Space,
    guarantees: Sequence[Guarantee],
    budget: int,
    contacts: Collection[str],
    silent: dict[str, list[Finding | None]],
) -> Iterator[Finding]:
    """Findings about the rules of one period; what is said of rules that never fire goes to `silent`."""
    if table.hit == "unique":
        overlaps = list(_overlaps(table, space))
        yield from overlaps
        yield from _proving(table, "gap", lambda: _gaps(table, space, Budget(budget)))
        pairs = {rule for finding in overlaps for rule in finding.rules}
        for place, rule in enumerate(space.plan.rules):
            entry = _never(table, space, place, pairs, budget)
            silent.setdefault(rule.id, []).append(entry)
        for guarantee in guarantees:
            yield from _proving(table, "guarantee", partial(_broken, table, space, guarantee, Budget(budget)))
        yield from _proving(table, "rising", lambda: falls(table, space, Budget(budget)))
        yield from _proving(table, "blank", lambda: contact_on_blank(table, space, contacts, Budget(budget)))


def _proving(table: Table, kind: str, question: Callable[[], list[Finding]]) -> list[Finding]:
    """The findings of one question, or the plain word that it could not be answered."""
    try:
        return question()
    except OverBudget:
        return [_not_proven(table, kind)]


def _not_proven(table: Table, kind: str, rule: Rule | None = None) -> Finding:
    about = {
        "gap": "whether the rules leave a gap",
        "guarantee": "whether every guarantee holds",
        "rising": "whether the level never falls",
        "blank": "whether missing data could start a contact",
        "never fires": f"whether {rule.id if rule else 'a rule'} can ever apply",
    }[kind]
    cell = table.cell(rule) if rule else f"{table.sheet}!A1"
    message = f"Not proven: the table is too large to tell {about}."
    return Finding("warning", "not proven", message, cell, "Fewer different thresholds make it provable.")


def _overlaps(table: Table, space: Space) -> Iterator[Finding]:
    """Pairs of one step that both apply to the same row."""
    rules = space.plan.rules
    for first, one in enumerate(rules):
        for second in range(first + 1, len(rules)):
            other = rules[second]
            if other.step != one.step:
                break
            if space.meets(space.met[first], space.met[second]):
                shared = space.met[first] & space.met[second]
                message = f"{one.id} and {other.id} both apply in step {one.step}: {space.region(shared)}."
                advice = _apart(table, space, first, second)
                cell = table.cell(other)
                yield Finding("error", "overlap", message, cell, advice, (one.id, other.id), space.example(shared))


def _apart(table: Table, space: Space, first: int, second: int) -> str:
    """How two overlapping rules could be told apart: the number column where they share least."""
    least: tuple[int, str] | None = None
    for place, column in enumerate(table.columns):
        one, other = space.plan.met[place][first], space.plan.met[place][second]
        if one != other and (one & ~other) and (other & ~one):
            shared = (one & other).bit_count()
            least = min(least or (shared, column.heading), (shared, column.heading))
    if least is None:
        return "Change one of them, or put one in an earlier step."
    return f"They share values of {least[1]}: change it in one of them, or put one rule in an earlier step."


def _gaps(table: Table, space: Space, budget: Budget) -> list[Finding]:
    """Rows that no rule covers."""
    covers = list(space.open)
    found: list[Finding] = []
    while len(found) < GAPS:
        gap = space.uncovered(space.known(), covers, budget)
        if gap is None:
            break
        near, cell = _nearest_rule(table, space, gap)
        message = f"No rule covers this: {space.region(gap)}."
        found.append(Finding("error", "gap", message, cell, near, (), space.example(gap)))
        covers.append(gap)
    return found


def _nearest_rule(table: Table, space: Space, gap: Box) -> tuple[str, str | None]:
    """The most particular rule that would cover the gap but for one column."""
    near = [
        (len(rule.conditions), rule, column)
        for place, column in enumerate(table.columns)
        for number, rule in enumerate(space.plan.rules)
        if space.meets(space.freed(space.met[number], place), gap)
    ]
    if not near:
        return "Add a rule for it.", f"{table.sheet}!A1"
    _, rule, column = max(near, key=lambda one: one[0])
    typed = rule.condition(column.name).text
    advice = f'{rule.id} would cover it but for {column.heading} ("{typed}"). Widen it, or add a rule.'
    return advice, table.cell(rule, column.name)


def _never(table: Table, space: Space, place: int, overlapping: Collection[str], budget: int) -> Finding | None:
    """Why a rule can never decide a row, or None where it can."""
    rule = space.plan.rules[place]
    steps = space.plan.step_of
    lower = [box for other, box in enumerate(space.open) if steps[other] < steps[place]]
    beside = [box for other, box in enumerate(space.open) if steps[other] == steps[place] and other != place]
    try:
        covers = lower if rule.id in overlapping else lower + beside
        if space.uncovered(space.met[place], covers, Budget(budget)) is not None:
            return None
    except OverBudget:
        return _not_proven(table, "never fires", rule)
    masks = [
        one for one in range(place) if steps[one] < steps[place] and space.meets(space.open[one], space.met[place])
    ]
    names = ", ".join(space.plan.rules[one].id for one in masks)
    message = f"{rule.id} can never apply: rules of earlier steps ({names}) already take every row it describes."
    if not names:
        message = f"{rule.id} can never decide a row: another rule of its step could always apply as well."
    return Finding(
        "error", "never fires", message, table.cell(rule), "Change its conditions, or remove it.", (rule.id,)
    )


def _broken(table: Table, space: Space, guarantee: Guarantee, budget: Budget) -> list[Finding]:
    """Rules that break a guarantee for some row: each at the cell that says what it may not."""
    box = space.where(guarantee.when)
    steps = space.plan.step_of
    found: list[Finding] = []
    for place, rule in enumerate(space.plan.rules):
        reach = box & space.met[place]
        wrong = guarantee.broken_in(table, rule.outputs)
        if wrong is None or not space.holds_rows(reach):
            continue
        lower = [other for one, other in enumerate(space.open) if steps[one] < steps[place]]
        hole = space.uncovered(reach, lower, budget)
        if hole is not None:
            found.append(_breaks(table, rule, wrong, guarantee, space.example(hole)))
    return found


def _breaks(table: Table, rule: Rule, wrong: str, guarantee: Guarantee, witness: str) -> Finding:
    said = rule.outputs.get(wrong)
    says = f"{table.output(wrong).heading} {'is blank' if said is None else said}"
    place = f" in {guarantee.cell}" if guarantee.cell else ""
    why = f" {guarantee.note}" if guarantee.note else ""
    if guarantee.stops:
        message = f'The guarantee "{guarantee.text}" does not hold: {rule.id} says {says}.{why}'
        advice = f"Change {rule.id} or the guarantee{place}."
    else:
        agreed = guarantee.text.rpartition(" -> ")[2]
        message = f'{rule.id} says {says}, where "{agreed}" was agreed.{why}'
        advice = f"Is it meant? Then change what was agreed{place} too."
    severity: Literal["error", "warning"] = "error" if guarantee.stops else "warning"
    return Finding(severity, "guarantee", message, table.cell(rule, wrong), advice, (rule.id,), witness)
