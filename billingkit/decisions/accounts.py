"""Accounts: a balance list's rows put together per account, with what must hold before a statement goes out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from billingkit.decisions.people import Linked, linked
from billingkit.terms import FINISHED, PAYMENT_PLANS

if TYPE_CHECKING:
    from billingkit.decided import Hold
    from billingkit.policy.agreement import Policy

FLAGS: Final = ("held", "open", "late", "credit", "waiting")
GUARDS: Final = (
    ("late", "late denial"),
    ("open", "family claim open"),
    ("pending", "insurance pending"),
    ("credit", "unapplied credit"),
    ("waiting", "answer awaited"),
    ("stale", "payments not posted"),
)


def per_account(balances: pl.DataFrame) -> pl.DataFrame:
    """One row per account, in the list's order; an amount is unknown where one of its rows does not say it."""
    # A column with an explicit "no" says yes or no about everybody, so a blank in it is not known. Where
    # only some accounts carry a mark, a blank is no mark.
    explicit = (~balances["stop_flag"]).any()
    plan = pl.col("payment_plan").str.to_lowercase().str.strip_chars()
    rows = balances.with_columns(
        pl.when(plan.is_in(PAYMENT_PLANS)).then(plan).alias("payment_plan"),
        pl.col("stop_flag").fill_null(pl.lit(None if explicit else False, dtype=pl.Boolean)),
    )
    return rows.group_by("account_key", maintain_order=True).agg(
        pl.col("patient_id", "patient_name", "guarantor_name").drop_nulls().first(),
        *(_sum(name) for name in ("balance", "insurance_pending", "patient_due")),
        pl.col("last_statement_date", "last_payment_date", "statements_sent").max(),
        _plan().alias("payment_plan"),
        _kleene_any("stop_flag").alias("stop_flag"),
        pl.col("quarantined").fill_null(value=False).any(),
        pl.col("questions").drop_nulls().str.join("|").alias("questions"),
        pl.col("marks").drop_nulls().unique(maintain_order=True).str.join("; ").alias("marks"),
        pl.col("differs").drop_nulls().first(),
        pl.col("source_file").first(),
        pl.col("source_sheet").first(),
        pl.col("source_row").first(),
    )


def _sum(name: str) -> pl.Expr:
    return pl.when(pl.col(name).is_null().any()).then(None).otherwise(pl.col(name).sum()).alias(name)


def _plan() -> pl.Expr:
    plan = pl.col("payment_plan")
    return (
        pl.when((plan == "missed").any())
        .then(pl.lit("missed"))
        .when(plan.is_null().any())
        .then(pl.lit(None, dtype=pl.String))
        .when((plan == "on track").any())
        .then(pl.lit("on track"))
        .otherwise(pl.lit("none"))
    )


def _kleene_any(name: str) -> pl.Expr:
    value = pl.col(name)
    return (
        pl.when(value.any())
        .then(pl.lit(value=True))
        .when(value.is_null().any())
        .then(None)
        .otherwise(pl.lit(value=False))
    )


def family_of(
    claims: pl.DataFrame,
    accounts: pl.DataFrame,
    found: list[Hold],
    asked: frozenset[str],
    *,
    blank_is_self: bool,
    gone: frozenset[str] = frozenset(),
    nobodys: frozenset[str] = frozenset(),
) -> Linked:
    """What is so for anybody in each account's family.

    held: somebody is on hold; open: a claim is not decided; late: a claim was denied as too late; credit:
    an account is in credit; waiting: an answer from the practice is awaited. `gone` are the accounts of
    claims that are not on this week's lists and not answered for: nobody knows whether those are decided.
    `nobodys` are the claims that belong to no account, as the practice said.
    """
    keys = [hold.key for hold in found]
    status = pl.col("status").fill_null("unknown")
    claims = claims.with_columns(
        held=pl.col("claim_key").is_in(keys),
        open=~status.is_in(FINISHED) & ~pl.col("preauth"),
        late=pl.col("denial_late"),
        credit=pl.lit(value=False),
        waiting=pl.col("claim_key").is_in(sorted(asked)) | pl.col("quarantined").fill_null(value=False),
    )
    accounts = accounts.with_columns(
        held=pl.col("account_key").is_in(keys),
        open=pl.lit(value=False),
        late=pl.lit(value=False),
        credit=(pl.col("patient_due") < 0).fill_null(value=False),
        waiting=pl.col("quarantined") | pl.col("account_key").is_in(sorted(gone)),
    )
    return linked(claims, accounts, FLAGS, blank_is_self=blank_is_self, nobodys=nobodys)


def with_facts(
    accounts: pl.DataFrame, family: Linked, found: list[Hold], policy: Policy, as_of: date, payments_to: date | None
) -> pl.DataFrame:
    """Each account with the facts of the balance rules, and `causes` of what cannot be told."""
    frame = accounts.with_columns(*family.flags.select(FLAGS), family.unsure.alias("unsure"))
    frame = frame.with_columns(
        pending=pl.col("insurance_pending") > 0,
        kin_held=pl.col("held") & ~pl.col("account_key").is_in([hold.key for hold in found]),
        stale=pl.lit(value=not fresh(policy, as_of, payments_to)),
        due_above=pl.col("patient_due") >= pl.lit(policy.practice.minimum_balance, dtype=pl.Decimal(18, 2)),
    )
    on_hold = pl.when("held").then(pl.lit("yes")).when(pl.col("stop_flag").is_null()).then(None).otherwise(pl.lit("no"))
    above = pl.when("due_above").then(pl.lit("yes")).when(~pl.col("due_above")).then(pl.lit("no"))
    guard: pl.Expr = pl.when(pl.col("pending").is_not_null() & pl.col("unsure").is_null()).then(pl.lit("none"))
    for flag, word in reversed(GUARDS):
        guard = pl.when(pl.col(flag).fill_null(value=False)).then(pl.lit(word)).otherwise(guard)
    last = (pl.lit(as_of) - pl.col("last_statement_date")).dt.total_days()
    frame = frame.with_columns(
        on_hold.alias("on_hold"),
        above.alias("above_minimum"),
        guard.alias("statement_guard"),
        last.alias("days_since_statement"),
        pl.col("last_statement_date").is_null().alias("days_since_statement__special"),
    )
    return frame.with_columns(_causes(policy).alias("causes"))


def fresh(policy: Policy, as_of: date, payments_to: date | None) -> bool:
    """Whether payments are posted closely enough to the day; not known is not fresh."""
    within = policy.practice.payments_within
    if payments_to is None or within is None or payments_to > as_of:
        return False
    return (as_of - payments_to).days <= within


def _causes(policy: Policy) -> pl.Expr:
    minimum = "policy.minimum_balance" if policy.practice.minimum_balance is None else "balances.patient_due"
    told = (
        ("on_hold", pl.lit("balances.stop_flag")),
        ("patient_due", pl.lit("balances.patient_due")),
        ("above_minimum", pl.lit(minimum)),
        ("statement_guard", pl.coalesce("unsure", pl.lit("balances.insurance_pending"))),
        ("payment_plan", pl.lit("balances.payment_plan")),
        ("statements_sent", pl.lit("balances.statements_sent")),
    )
    parts = [pl.when(pl.col(fact).is_null()).then(pl.format("{}={}", pl.lit(fact), cause)) for fact, cause in told]
    return pl.concat_str(parts, separator="|", ignore_nulls=True)
