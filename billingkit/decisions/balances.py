"""Balances: the practice's rules on every account, with every guard before a patient hears from us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from billingkit.columns import MONEY
from billingkit.decisions.claims import _row_reasons
from billingkit.decisions.deciding import (
    BALANCE_DAYS,
    CONTACTS,
    ask_reasons,
    decided,
    escalated,
    turned_to_ask,
    with_days,
    with_next,
)
from billingkit.decisions.setting import Setting

if TYPE_CHECKING:
    pass

FACTS: Final = (
    "on_hold", "patient_due", "above_minimum", "statement_guard", "payment_plan", "statements_sent",
    "days_since_statement", "days_since_statement__special",
)  # fmt: skip
OFF: Final = "The practice follows up its patients itself."
UNSETTLED: Final = "Nobody has said yet whether we follow up what patients owe, so no patient is contacted."
FAMILY: Final = "On hold: somebody in this family is on hold, so we step back. The practice takes this account over."
NO_DATE: Final = "Payments are in the books only up to a date we do not know, so balances wait."


def decide_accounts(facts: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """One decision per account, before its questions are known."""
    table, as_of = setting.policy.balance_rules, setting.as_of
    said = decided(table, facts.select(FACTS), as_of)
    said = said.with_columns(
        *facts.select(
            pl.col("account_key").alias("key"), "source_file", "source_sheet", "source_row",
            pl.lit(None, dtype=pl.Date).alias("deadline"), pl.lit(None, dtype=pl.String).alias("deadline_kind"),
            pl.lit(None, dtype=pl.String).alias("deadline_source"), pl.lit(None, dtype=pl.Int64).alias("days_to_deadline"),
            pl.lit(value=True).alias("days_to_deadline__special"), pl.lit(0, dtype=pl.Int64).alias("times_chased"),
            pl.when(pl.col("on_hold") == "yes").then(pl.lit("patient contact")).otherwise(pl.lit("no")).alias("on_hold"),
            pl.col("patient_due").cast(MONEY).alias("amount"), pl.lit(0, dtype=pl.Int64).alias("days_open_past_limit"),
        )
    )  # fmt: skip
    said = _switched(_stopped(said, facts, setting), setting)
    said = ask_reasons(said, facts["causes"])
    said = said.with_columns(_reason(facts, setting).alias("reason"))
    marks = pl.format("; {}", pl.lit(facts["marks"].replace("", None))).fill_null("")
    said = said.with_columns(pl.concat_str(pl.col("why").fill_null(""), marks).alias("why"))
    said = with_days(said, setting.policy, as_of)
    said = escalated(said, setting.policy, as_of)
    if setting.policy.practice.patient_side:
        return with_next(said, facts.select(FACTS), table, BALANCE_DAYS, setting.policy, as_of)
    return said.with_columns(
        pl.lit(None, dtype=pl.Date).alias("next_due"), pl.lit(None, dtype=pl.String).alias("next_rule")
    )


def _stopped(said: pl.DataFrame, facts: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """No rule acts on a doubtful row; no statement goes out from lists whose totals do not add up."""
    table, height = setting.policy.balance_rules, said.height
    held = said["action"] == "hold_and_tell"
    reasons = _row_reasons(facts["questions"].replace("", None))
    said = turned_to_ask(said, facts["quarantined"] & ~held, reasons, "the row is doubtful", table)
    # A statement rests on the claims as well: with a claim lost, its guard would not be seen.
    for holds in ("balances", "claims"):
        wrong = setting.totals.wrong(facts, holds)
        if holds == "claims" and setting.totals.of("claims"):
            wrong = pl.repeat(value=True, n=height, dtype=pl.Boolean, eager=True)
        text = pl.repeat(setting.totals.reason(holds), height, dtype=pl.String, eager=True)
        said = turned_to_ask(said, wrong & said["action"].is_in(CONTACTS), text, "the totals do not add up", table)
    return said


def _switched(said: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """The patient side switched off, or not settled yet: no account is decided."""
    side = setting.policy.practice.patient_side
    if side:
        return said
    everyone = pl.repeat(value=True, n=said.height, dtype=pl.Boolean, eager=True)
    if side is None:
        text = pl.repeat(UNSETTLED, said.height, dtype=pl.String, eager=True)
        active = ~said["action"].is_in(["none", "hold_and_tell"])
        return turned_to_ask(
            said, everyone & active, text, "the patient side is not settled", setting.policy.balance_rules
        )
    return said.with_columns(
        pl.lit("none").alias("action"),
        pl.lit(None, dtype=pl.String).alias("owner_role"),
        pl.lit(None, dtype=pl.Int64).alias("due"),
        pl.lit(OFF).alias("reason"),
        pl.lit("OFF").alias("rule"),
        pl.lit(None, dtype=pl.Int64).alias("step"),
        pl.lit('patient side no (setting "Patient side")').alias("why"),
        pl.lit(value=False).alias("asked"),
        pl.lit(None, dtype=pl.String).alias("unknown"),
        pl.lit(None, dtype=pl.String).alias("possible_rules"),
    )


def _reason(facts: pl.DataFrame, setting: Setting) -> pl.Expr:
    stale = pl.lit(facts["statement_guard"] == "payments not posted") & (pl.col("action") == "wait")
    if setting.payments_to is None:
        text = NO_DATE
    else:
        text = f"Payments are in the books up to {setting.payments_to:%d %b %Y} only, so balances wait."
    kin = pl.lit(facts["kin_held"]) & (pl.col("action") == "hold_and_tell")
    return pl.when(stale.fill_null(value=False)).then(pl.lit(text)).when(kin).then(pl.lit(FAMILY)).otherwise("reason")


def on_rows(accounts: pl.DataFrame, balances: pl.DataFrame) -> pl.DataFrame:
    """The accounts' decisions on each of their source rows."""
    rows = balances.select(pl.col("account_key").alias("key"), "source_file", "source_sheet", "source_row")
    rest = accounts.drop("source_file", "source_sheet", "source_row")
    return rows.join(rest, on="key", how="left", maintain_order="left")
