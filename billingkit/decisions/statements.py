"""Statements: for each account what goes out this week, or why not, and what comes next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit import rules
from billingkit.decided import Statement
from billingkit.decisions.balances import FACTS
from billingkit.decisions.deciding import BALANCE_DAYS, IDLE, label, working

if TYPE_CHECKING:
    from billingkit.decisions.setting import Setting

STEP: Final = {"first_statement": 1, "second_statement": 2, "third_statement": 3}
CHANNEL: Final = "channels"  # the agreement that says how statements go out
ON_HOLD: Final = "On hold: step back."


def statements(facts: pl.DataFrame, said: pl.DataFrame, setting: Setting) -> tuple[Statement, ...]:
    """One entry per account that owes enough to be followed up, in the list's order."""
    if setting.policy.practice.patient_side is not True:
        return ()
    after = _after(facts, said, setting)
    channel = next((one.answer or "" for one in setting.policy.agreements if one.key == CHANNEL), "")
    rows = zip(
        facts.select("account_key", "patient_id", "patient_due").iter_rows(named=True),
        said.select("action", "reason", "not_before").iter_rows(named=True),
        after,
        strict=True,
    )
    return tuple(_statement(row, its, coming, channel) for row, its, coming in rows if its["action"] != "none")


def _after(facts: pl.DataFrame, said: pl.DataFrame, setting: Setting) -> list[tuple[str | None, date | None]]:
    """What comes after this week's statement, had it gone out today: the plan run forward."""
    names = {rule.id: str(rule.outputs["action"]) for rule in setting.policy.balance_rules.rules}
    sending = said["action"].is_in(list(STEP))
    sent = facts.select(FACTS).with_columns(
        pl.col("statements_sent") + 1,
        pl.lit(0, dtype=pl.Int64).alias("days_since_statement"),
        pl.lit(value=False).alias("days_since_statement__special"),
    )
    ahead = rules.forward(setting.policy.balance_rules, sent.filter(sending), setting.as_of, BALANCE_DAYS)
    calendar = setting.policy.calendar
    coming: list[tuple[str | None, date | None]] = [
        (names.get(rule or ""), day) for rule, day in said.select("next_rule", "next_due").iter_rows()
    ]
    for at, (days, rule) in zip(sending.arg_true(), ahead.select("next_in_days", "next_rule").iter_rows(), strict=True):
        day = None if days is None else working(calendar, setting.as_of + timedelta(days=days))
        coming[at] = (names.get(rule or ""), day)
    return coming


def _statement(
    row: dict[str, Any], its: dict[str, Any], coming: tuple[str | None, date | None], channel: str
) -> Statement:
    step = STEP.get(its["action"])
    held = its["action"] == "hold_and_tell"
    why = "" if step else ON_HOLD if held else its["reason"]
    return Statement(
        account_key=row["account_key"],
        about=f"Account {row['patient_id'] or row['account_key']}",
        step=step,
        channel=channel if step else "",
        planned=its["not_before"] if step else None,
        amount=row["patient_due"],
        why=why,
        next_step=coming[0] or ("" if step or its["action"] in IDLE else label(its["action"])),
        next_date=coming[1],
    )
