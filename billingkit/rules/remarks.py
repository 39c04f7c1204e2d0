"""Remarks on a table's cells that are no faults: lone numbers, thresholds side by side, words nobody names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from billingkit.rules.column import MINOR, Column
from billingkit.rules.finding import Finding
from billingkit.rules.plan import cut
from billingkit.rules.table import Rule, Table


def remarks(table: Table, as_of: date | None, idle: Collection[str] = ()) -> Iterator[Finding]:
    """Warnings about single cells and columns, over the rules that are or will be in force."""
    rules = [rule for rule in table.ordered() if rule.active and not (as_of and rule.ends and rule.ends < as_of)]
    for column in table.columns:
        if column.numeric:
            yield from _bare(table, column, rules)
            yield from _slivers(table, column, rules)
        elif column.kind == "list":
            yield from _unnamed(table, column, rules)
        yield from _quiet(table, column, rules, idle)


def _quiet(table: Table, column: Column, rules: Sequence[Rule], idle: Collection[str]) -> Iterator[Finding]:
    """Rules that let a row rest although a value is missing, so that nobody asks for it."""
    first = table.outputs[0]
    for rule in rules:
        condition, said = rule.condition(column.name), rule.outputs.get(first.name)
        if condition.names_blank and condition.blank and said in idle:
            message = f'{rule.id} says "{said}" where {column.spoken} is blank, so nobody asks for it.'
            advice = 'Leave "blank" out, and the practice is asked.'
            yield Finding("warning", "blank", message, table.cell(rule, column.name), advice, (rule.id,))


def _measured(column: Column) -> bool:
    """Whether single values are rarely meant: days and money, not small counts."""
    return column.kind == "money" or column.unit.casefold() == "days"


def _bare(table: Table, column: Column, rules: Sequence[Rule]) -> Iterator[Finding]:
    for rule in rules:
        condition = rule.condition(column.name)
        if condition.bare and _measured(column):
            message = f'{rule.id}: "{condition.text}" in {column.heading} means exactly that and nothing else.'
            lone = next((low for low, high in condition.spans if low == high and low is not None), None)
            advice = (
                f'Write "{column.show(lone)} or more", or "{column.show(lone)} to {column.show(lone)}" if it is meant.'
                if lone is not None
                else None
            )
            yield Finding("warning", "bare number", message, table.cell(rule, column.name), advice, (rule.id,))


def _slivers(table: Table, column: Column, rules: Sequence[Rule]) -> Iterator[Finding]:
    """Spans only one unit wide that no cell asks for: usually two thresholds that were meant to be one."""
    if not _measured(column):
        return
    conditions = [rule.condition(column.name) for rule in rules]
    meant = {span for condition in conditions for span in condition.ends()}
    axis = cut(column, conditions)
    unit = MINOR if column.kind == "money" else 1
    for segment in range(1, axis.spans - 1):
        first, last = axis.ends(segment)
        if last - first < unit and (first, last) not in meant:
            left = _bordering(rules, column, first)
            right = _bordering(rules, column, last + 1)
            shown = column.show(first) if first == last else f"{column.show(first)} to {column.show(last)}"
            message = (
                f"{column.heading} is cut on both sides of {shown}, by {left.id} "
                f'("{left.condition(column.name).text}") and {right.id} ("{right.condition(column.name).text}").'
            )
            cell = table.cell(right, column.name)
            yield Finding("warning", "sliver", message, cell, "Are both meant?", (left.id, right.id))


def _bordering(rules: Sequence[Rule], column: Column, mark: int) -> Rule:
    """A rule whose condition begins or ends at a threshold."""
    for rule in rules:
        if any(mark in (low, high + 1) for low, high in rule.condition(column.name).ends()):
            return rule
    raise LookupError(f"no rule has the threshold {mark}")


def _unnamed(table: Table, column: Column, rules: Sequence[Rule]) -> Iterator[Finding]:
    used = [rule.condition(column.name) for rule in rules if not rule.condition(column.name).everything]
    if not used:
        return
    named = {label for one in used for label in column.labels if (label in one.listed) != one.negated}
    for label in column.labels:
        if label not in named:
            message = f'No rule names "{label}" in {column.heading}.'
            yield Finding("warning", "unnamed", message, f"{table.sheet}!A1", "Is it covered as you want?")
