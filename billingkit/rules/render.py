"""A table written out as it will run: canonical cells, rules by step and id."""

from __future__ import annotations

from datetime import date

from billingkit.rules.table import OutputValue, Rule, Table


def render_rows(table: Table, day: date | None = None) -> list[list[str]]:
    """The table as rows of text with its headings first; with a day, only the rules in force on it."""
    headings = ["Rule", "Step", *(one.heading for one in table.columns), *(one.heading for one in table.outputs)]
    rules = table.ordered() if day is None else table.live(day)
    dated = any(rule.starts or rule.ends or not rule.active for rule in rules)
    rows = [[*headings, "In force"] if dated else headings]
    for rule in rules:
        cells = [rule.id, str(rule.step), *(rule.condition(one.name).text for one in table.columns)]
        cells += [_said(rule.outputs.get(one.name)) for one in table.outputs]
        rows.append([*cells, _when(rule)] if dated else cells)
    return rows


def _said(value: OutputValue) -> str:
    return "-" if value is None else str(value)


def _when(rule: Rule) -> str:
    if not rule.active:
        return "switched off"
    starts = f"from {rule.starts.isoformat()}" if rule.starts else ""
    ends = f"to {rule.ends.isoformat()}" if rule.ends else ""
    return " ".join(part for part in (starts, ends) if part) or "always"


def render(table: Table, day: date | None = None) -> str:
    """The table as text, one paragraph for each rule: when, then what is done."""
    lines = [table.sheet, "=" * len(table.sheet)]
    for rule in table.ordered() if day is None else table.live(day):
        off = "" if _when(rule) == "always" else f" ({_when(rule)})"
        lines += [
            "",
            f"{rule.id}, step {rule.step}{off}",
            f"  when  {_conditions(table, rule)}",
            f"  then  {_outputs(table, rule)}",
        ]
    return "\n".join(lines) + "\n"


def _conditions(table: Table, rule: Rule) -> str:
    parts = [
        f"{column.heading}: {rule.condition(column.name).text}"
        for column in table.columns
        if not rule.condition(column.name).everything
    ]
    return "; ".join(parts) or "always"


def _outputs(table: Table, rule: Rule) -> str:
    says = [(output.heading, rule.outputs.get(output.name)) for output in table.outputs]
    return "; ".join(f"{heading}: {value}" for heading, value in says if value is not None)
