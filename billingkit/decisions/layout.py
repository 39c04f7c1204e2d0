"""Which columns an export has at all: a column it never has is asked once, never row by row and never taken as 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from billingkit.columns import TABLES

if TYPE_CHECKING:
    from billingkit.week import Week


@dataclass(frozen=True, slots=True)
class Layout:
    """For each table, the columns that some of its files never have: column -> those files."""

    absent: dict[tuple[str, str], frozenset[str]]

    def lacks(self, table: str, column: str) -> bool:
        """Whether any file of the table has no such column."""
        return (table, column) in self.absent

    def gap(self, table: str, column: str) -> pl.Expr:
        """Per row, whether its file never has the column."""
        return pl.col("source_file").is_in(sorted(self.absent.get((table, column), frozenset())))


def layout(week: Week) -> Layout:
    """Reads the gaps that the reading found, and what the headings of each table show."""
    absent: dict[tuple[str, str], set[str]] = {}
    for gap in week.gaps:
        absent.setdefault((gap.table, gap.column), set()).add(gap.file)
    for holds in ("claims", "balances"):
        mapped: dict[str, set[str]] = {}
        for table in week.tables:
            if table.holds == holds:
                mapped.setdefault(table.file, set()).update(table.columns.values())
        frame = week.claims if holds == "claims" else week.balances
        for column in TABLES[holds]:
            empty = _empty_in(frame, column.name, [file for file, had in mapped.items() if column.name not in had])
            if empty:
                absent.setdefault((holds, column.name), set()).update(empty)
    return Layout({where: frozenset(found) for where, found in absent.items()})


def _empty_in(frame: pl.DataFrame, column: str, among: list[str]) -> list[str]:
    # A column that no heading names may still have been worked out (an insurer from a group line).
    if not among:
        return []
    filled = frame.filter(pl.col(column).is_not_null() & pl.col("source_file").is_in(among))
    return sorted(set(among) - set(filled["source_file"].unique()))
