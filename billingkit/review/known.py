"""What is known about each row: the export, with what the practice corrected and what the ledger remembers.

The ledger outranks a later blank: last contact is the later of both, times chased the larger. A value
the practice supplied is used until the export carries it, and is marked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Final

import polars as pl

from billingkit.columns import DTYPES, TABLES
from billingkit.history import Correction, History
from billingkit.terms import STATUS_LABEL

# What a supplied value may only fill, never replace: the export's own news of it is newer.
FILLS_ONLY: Final = frozenset(
    {
        "status", "status_date", "submitted_date", "last_contact_date", "times_chased", "paid", "outstanding",
        "reason_codes", "insurer_request", "insurer_deadline", "balance", "insurance_pending", "patient_due",
        "last_statement_date", "statements_sent", "last_payment_date", "last_payment_amount", "payment_plan",
        "plan_next_due", "stop_flag",
    }
)  # fmt: skip
KEY: Final = {"claims": "claim_key", "balances": "account_key"}
# How far a claim has come. An outcome the team recorded moves a claim on, never back.
STAGE: Final = {
    "draft": 0, "held": 0, "held_primary": 1, "ready": 1, "rejected": 1, "not_found": 1, "submitted": 2,
    "resubmitted": 2, "received": 3, "pending": 4, "info_requested": 4, "paid_short": 5, "denied": 5,
    "appealed": 6, "paid_unposted": 7, "paid": 8, "closed": 9,
}  # fmt: skip
SENDING: Final = ("submitted", "resubmitted", "appealed")


def claims_known(claims: pl.DataFrame, history: History, as_of: date) -> pl.DataFrame:
    """The claims with corrections and the ledger's contacts in them; `marks` says in words what was changed."""
    frame = corrected(claims, history.corrections, "claims")
    frame = _with_contacts(frame, history, as_of)
    return _moved_on(frame, history, as_of)


def balances_known(balances: pl.DataFrame, history: History, as_of: date) -> pl.DataFrame:
    """The balances with corrections and the statements that the ledger knows."""
    frame = corrected(balances, history.corrections, "balances")
    sent: dict[str, tuple[date, int]] = {}
    for contact in history.contacts:
        if contact.kind == "statement" and contact.on <= as_of:
            last, count = sent.get(contact.key, (contact.on, 0))
            sent[contact.key] = (max(last, contact.on), max(count + 1, contact.step or 0))
    known = pl.DataFrame(
        [(key, last, count) for key, (last, count) in sorted(sent.items())],
        schema={"account_key": pl.String, "ledger_last": pl.Date, "ledger_count": pl.Int64},
        orient="row",
    )
    return (
        frame.join(known, on="account_key", how="left", maintain_order="left")
        .with_columns(
            pl.max_horizontal("last_statement_date", "ledger_last").alias("last_statement_date"),
            pl.max_horizontal("statements_sent", "ledger_count").alias("statements_sent"),
        )
        .drop("ledger_last", "ledger_count")
    )


def corrected(frame: pl.DataFrame, corrections: Iterable[Correction], table: str) -> pl.DataFrame:
    """The frame with the practice's own values in it, and `marks` naming each of them."""
    by_column: dict[str, list[Correction]] = defaultdict(list)
    for one in corrections:
        by_column[one.column].append(one)
    frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("marks"))
    for column in TABLES[table]:
        if column.name in by_column and column.name != KEY[table]:
            frame = _one_corrected(frame, by_column[column.name], column.name, DTYPES[column.kind], table)
    return frame


def _one_corrected(
    frame: pl.DataFrame, corrections: list[Correction], name: str, dtype: pl.DataType, table: str
) -> pl.DataFrame:
    rows = [(one.key, one.value, f"{one.by or 'the practice'} gave it on {one.on:%d %b %Y}") for one in corrections]
    given = pl.DataFrame(rows, schema={KEY[table]: pl.String, "given": pl.String, "said": pl.String}, orient="row")
    given = given.with_columns(_cast(pl.col("given"), dtype)).unique(KEY[table], keep="last", maintain_order=True)
    joined = frame.join(given, on=KEY[table], how="left", maintain_order="left")
    use = pl.col("given").is_not_null() & pl.col("given").ne_missing(pl.col(name))
    if name in FILLS_ONLY:
        use &= pl.col(name).is_null()
    heading = next(column.heading for column in TABLES[table] if column.name == name)
    said = pl.format("{}: {}", pl.lit(heading), pl.col("said"))
    return joined.with_columns(
        pl.when(use).then("given").otherwise(name).alias(name),
        pl.when(use)
        .then(pl.concat_str("marks", said, separator="; ", ignore_nulls=True))
        .otherwise("marks")
        .alias("marks"),
    ).drop("given", "said")


def _cast(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Date():
        return value.str.to_date("%Y-%m-%d", strict=False)
    if dtype == pl.Boolean():
        return value.str.to_lowercase().replace_strict(
            ["yes", "true", "no", "false"], [True, True, False, False], default=None, return_dtype=pl.Boolean
        )
    return value.cast(dtype, strict=False)


def _with_contacts(frame: pl.DataFrame, history: History, as_of: date) -> pl.DataFrame:
    made: dict[str, tuple[date, int]] = {}
    for contact in history.contacts:
        if contact.kind == "insurer" and contact.on <= as_of:
            last, count = made.get(contact.key, (contact.on, 0))
            made[contact.key] = (max(last, contact.on), count + (contact.next_status not in SENDING))
    rows = [(key, last, count) for key, (last, count) in sorted(made.items())]
    known = pl.DataFrame(
        rows, schema={"claim_key": pl.String, "ledger_last": pl.Date, "ledger_count": pl.Int64}, orient="row"
    )
    return (
        frame.join(known, on="claim_key", how="left", maintain_order="left")
        .with_columns(
            pl.max_horizontal("last_contact_date", "ledger_last").alias("last_contact_date"),
            pl.max_horizontal("times_chased", "ledger_count").alias("times_chased"),
        )
        .drop("ledger_last", "ledger_count")
    )


def _moved_on(frame: pl.DataFrame, history: History, as_of: date) -> pl.DataFrame:
    """A status that the team recorded counts until the export has news of its own."""
    latest = {
        contact.key: contact
        for contact in sorted(history.contacts, key=lambda one: (one.on, one.next_status))
        if contact.next_status in STAGE and contact.on <= as_of
    }
    if not latest:
        return frame
    seen = {claim.key: claim.status for claim in history.claims if claim.key in latest}
    rows = [(key, seen.get(key, ""), one.next_status, one.on) for key, one in sorted(latest.items())]
    schema = {"claim_key": pl.String, "was": pl.String, "recorded": pl.String, "recorded_on": pl.Date}
    joined = frame.join(
        pl.DataFrame(rows, schema=schema, orient="row"), on="claim_key", how="left", maintain_order="left"
    )
    stage = pl.col("status").replace_strict(STAGE, default=None, return_dtype=pl.Int64)
    onward = pl.col("recorded").replace_strict(STAGE, default=None, return_dtype=pl.Int64) > stage
    newer = pl.col("recorded_on") >= pl.col("status_date")
    use = (
        (pl.col("was") == pl.col("status")) & newer.fill_null(onward) & (pl.col("recorded") != pl.col("status"))
    ).fill_null(value=False)
    label = pl.col("recorded").replace_strict(STATUS_LABEL, default="", return_dtype=pl.String)
    said = pl.format(
        "status {}: recorded by the billing team on {}", label, pl.col("recorded_on").dt.strftime("%d %b %Y")
    )
    sent = use & pl.col("recorded").is_in(SENDING)
    return joined.with_columns(
        pl.when(use).then("recorded").otherwise("status").alias("status"),
        pl.when(use).then("recorded_on").otherwise("status_date").alias("status_date"),
        pl.when(sent)
        .then(pl.max_horizontal("submitted_date", "recorded_on"))
        .otherwise("submitted_date")
        .alias("submitted_date"),
        pl.when(use)
        .then(pl.concat_str("marks", said, separator="; ", ignore_nulls=True))
        .otherwise("marks")
        .alias("marks"),
    ).drop("was", "recorded", "recorded_on")
