"""What one review knows besides its rows: the policy with the practice's answers in it, and what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from billingkit.decisions.agreed import agreed
from billingkit.decisions.asking import Register
from billingkit.decisions.layout import Layout, layout
from billingkit.decisions.rowwise import Sheets, sheets
from billingkit.decisions.topics import GAPS, gap

if TYPE_CHECKING:
    from billingkit.history import History
    from billingkit.policy.agreement import Policy
    from billingkit.week import TableRead, Week


@dataclass(frozen=True, slots=True)
class Totals:
    """The tables whose printed totals differ from what their rows add up to."""

    tables: tuple[TableRead, ...]

    def of(self, holds: str) -> list[TableRead]:
        """The tables of claims or of balances that do not add up."""
        return [table for table in self.tables if table.holds == holds]

    def wrong(self, frame: pl.DataFrame, holds: str) -> pl.Series:
        """Per row, whether it stands in a table that does not add up."""
        found = pl.lit(value=False)
        for table in self.of(holds):
            here = (pl.col("source_file") == table.file) & pl.col("source_sheet").eq_missing(pl.lit(table.sheet))
            found |= here & pl.col("source_row").is_between(table.first_row, table.last_row)
        return frame.with_columns(found.alias("wrong"))["wrong"]

    def reason(self, holds: str) -> str:
        """Why nobody is contacted from such a table."""
        noun = "claims" if holds == "claims" else "balances"
        return f"The list's own totals differ from what its {noun} add up to. Nobody is contacted from it before that is cleared up."


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that one review is made under."""

    week: Week
    policy: Policy
    history: History
    as_of: date
    payments_to: date | None
    layout: Layout
    register: Register
    totals: Totals
    sheets: Sheets

    def has(self, column: str) -> bool:
        """Whether the practice said that its claims have a column that its export never shows."""
        return self.register.settled(gap("claims", column), "claims", column)


def make(week: Week, policy: Policy, history: History, as_of: date, payments_to: date | None) -> Setting:
    """The setting of one review; a person the practice named in an answer replaces the policy's."""
    policy = agreed(policy, history, as_of)
    register = Register(policy, history, as_of)
    wrong = tuple(table for table in week.tables if any(not total.matches for total in table.control_totals))
    paid = payments_to or history.payments_to
    return Setting(
        week,
        policy,
        history,
        as_of,
        paid,
        layout(week),
        register,
        Totals(wrong),
        sheets(week, policy.practice.date_order),
    )


def filled(frame: pl.DataFrame, table: str, setting: Setting) -> pl.DataFrame:
    """The rows with what the practice said once for columns that its export never has."""
    for (where, column), (_, value) in GAPS.items():
        if where != table or value is None or not setting.layout.lacks(table, column):
            continue
        if setting.register.settled(gap(table, column), table, column):
            blank = setting.layout.gap(table, column) & pl.col(column).is_null()
            stands = pl.lit(value).cast(frame.schema[column])
            frame = frame.with_columns(pl.when(blank).then(stands).otherwise(column).alias(column))
    return frame
