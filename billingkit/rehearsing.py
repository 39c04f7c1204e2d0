"""A new policy tried on paper: the exact difference of its tables, and the rows of saved weeks that would change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from billingkit import rules
from billingkit.policy import Policy, render, sheets
from billingkit.policy.tables import SHAPES
from billingkit.practice import PracticeFolder
from billingkit.preparing import Prepared, prepare_saved
from billingkit.run import review
from billingkit.terms import ACTION_BY_WORD

COMPARED: Final = ("action", "owner_role", "by_when", "priority", "level")
# What a policy holds beside what it says in plain words.
LISTS: Final = (
    (sheets.REQUIRED, "required"),
    (sheets.ATTACHMENTS, "attachments"),
    (sheets.SOURCES, "sources"),
    (sheets.IDS, "ids"),
    (sheets.COLUMN_HEADINGS, "column_headings"),
)


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One row of a saved week that the new policy would decide otherwise."""

    as_of: date
    key: str
    place: str
    before: str
    after: str
    rule_before: str
    rule_after: str


def rehearse(folder: PracticeFolder, new: Policy, *, weeks: int = 12) -> tuple[str, dict[str, Any], int]:
    """What would change, in words and as data; nothing is written, asked or remembered."""
    old = folder.policy()
    differences = table_differences(old, new)
    changed = [row for day in saved_weeks(folder)[-weeks:] for row in changed_rows(folder, day, old, new)]
    besides = agreed_otherwise(old, new)
    lines = ["In the tables:", *(f"  {line}" for line in differences or ["nothing changes"])]
    lines += ["", "Besides:", *(f"  {line}" for line in besides)] if besides else []
    lines += ["", f"In the saved weeks: {len(changed)} rows would be decided otherwise."]
    lines += [
        f"  {row.as_of}  {row.place}: {row.before} ({row.rule_before}) -> {row.after} ({row.rule_after})"
        for row in changed
    ]
    data = {"tables": differences, "besides": besides, "rows": [_plain(row) for row in changed]}
    return "\n".join(lines), data, 0


def table_differences(old: Policy, new: Policy) -> list[str]:
    """The exact difference between two policies' decision tables, a line each."""
    pairs = (
        (old.claim_rules, new.claim_rules),
        (old.balance_rules, new.balance_rules),
        (old.escalation_rules, new.escalation_rules),
    )
    return [f"{before.name}: {change}" for before, after in pairs for change in rules.preview(before, after)]


def agreed_otherwise(old: Policy, new: Policy) -> list[str]:
    """What the two policies agree otherwise besides their decision tables: settings, days, answers, words; a line each."""
    tables = {shape.sheet for shape in SHAPES}
    pairs = zip(render(old), render(new), strict=True)
    lines = [
        line
        for (part, (_, *before)), (_, (_, *after)) in pairs
        if part not in tables
        for line in _rows_otherwise(part, before, after)
    ]
    return lines + [f"{sheet}: its lines differ." for sheet, name in LISTS if getattr(old, name) != getattr(new, name)]


def _rows_otherwise(part: str, before: list[list[str]], after: list[list[str]]) -> list[str]:
    """The rows that only one of the policies has; those that begin alike are one line, as it was and as it is to be."""
    gone = [row for row in before if row not in after]
    named = {row[0]: row for row in gone}
    lines = []
    for row in (row for row in after if row not in before):
        was = named.pop(row[0], None)
        lines.append(f"{part}: {row[0]}: {_told(was[1:]) if was else 'nothing'} -> {_told(row[1:])}")
    left = [row for row in gone if named.get(row[0]) is row]
    return lines + [f"{part}: {row[0]}: {_told(row[1:])} -> nothing" for row in left]


def _told(cells: list[str]) -> str:
    return "; ".join(cell for cell in cells if cell and cell != "-") or "blank"


def saved_weeks(folder: PracticeFolder) -> list[date]:
    """The as-of dates of the practice's runs, oldest first."""
    return sorted({event.as_of for _, event in folder.ledger.of_kind("run")})


def changed_rows(folder: PracticeFolder, as_of: date, old: Policy, new: Policy) -> list[ChangedRow]:
    """The rows of one saved week that the two policies decide differently."""
    before = _decided(prepare_saved(folder, as_of=as_of, policy=old))
    after = _decided(prepare_saved(folder, as_of=as_of, policy=new))
    both = before.join(
        after,
        on=["key", "source_file", "source_sheet", "source_row"],
        suffix="_new",
        nulls_equal=True,
        maintain_order="left",
    )
    differs = pl.any_horizontal([pl.col(name).ne_missing(pl.col(f"{name}_new")) for name in COMPARED])
    return [_changed(as_of, row) for row in both.filter(differs).iter_rows(named=True)]


def workload(folder: PracticeFolder, as_of: date, policy: Policy) -> Counter[str]:
    """How many rows of a saved week each action would get."""
    return Counter(_decided(prepare_saved(folder, as_of=as_of, policy=policy))["action"])


def _decided(prepared: Prepared) -> pl.DataFrame:
    decided = review(prepared).review
    return pl.concat([decided.claims, decided.balances])


def _changed(as_of: date, row: dict[str, Any]) -> ChangedRow:
    sheet = f"{row['source_sheet']}, " if row["source_sheet"] else ""
    return ChangedRow(
        as_of=as_of,
        key=row["key"],
        place=f"{row['source_file']}, {sheet}row {row['source_row']}",
        before=_words(row, ""),
        after=_words(row, "_new"),
        rule_before=row["rule"] or "-",
        rule_after=row["rule_new"] or "-",
    )


def _words(row: dict[str, Any], suffix: str) -> str:
    label = ACTION_BY_WORD[row[f"action{suffix}"]].label
    by_when = row[f"by_when{suffix}"]
    priority = row[f"priority{suffix}"]
    return (
        label + (f" by {by_when}" if by_when else "") + (f", {priority}" if priority and priority != "Normal" else "")
    )


def _plain(row: ChangedRow) -> dict[str, str]:
    return {
        "as_of": row.as_of.isoformat(),
        "key": row.key,
        "place": row.place,
        "before": row.before,
        "after": row.after,
        "rule_before": row.rule_before,
        "rule_after": row.rule_after,
    }
