"""What is known about each row: the export, with the contacts that the ledger remembers.

The ledger outranks a later blank: last contact is the later of both, times chased the larger.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from billingkit.history import History
from billingkit.terms import STATUS_LABEL

# How far a claim has come. An outcome the team recorded moves a claim on, never back.
STAGE: Final = {
    "draft": 0, "held": 0, "held_primary": 1, "ready": 1, "rejected": 1, "not_found": 1, "submitted": 2,
    "resubmitted": 2, "received": 3, "pending": 4, "info_requested": 4, "paid_short": 5, "denied": 5,
    "appealed": 6, "paid_unposted": 7, "paid": 8, "closed": 9,
}  # fmt: skip
SENDING: Final = ("submitted", "resubmitted", "appealed")


def claims_known(claims: pl.DataFrame, history: History, as_of: date) -> pl.DataFrame:
    """The claims with the ledger's contacts in them; `marks` says in words what was changed."""
    frame = _with_contacts(claims, history, as_of)
    return _moved_on(frame, history, as_of)


def balances_known(balances: pl.DataFrame, history: History, as_of: date) -> pl.DataFrame:
    """The balances with the statements that the ledger knows."""
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
        balances.join(known, on="account_key", how="left", maintain_order="left")
        .with_columns(
            pl.max_horizontal("last_statement_date", "ledger_last").alias("last_statement_date"),
            pl.max_horizontal("statements_sent", "ledger_count").alias("statements_sent"),
        )
        .drop("ledger_last", "ledger_count")
    )


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
