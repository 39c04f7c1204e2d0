"""What changed since last week, by identity. A claim that is gone is asked about; it is never taken as paid."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit.columns import MONEY
from billingkit.decided import ClaimUpdate
from billingkit.decisions.asking import Raised
from billingkit.decisions.topics import Topic
from billingkit.terms import STATUS_LABEL

if TYPE_CHECKING:
    from billingkit.decisions.setting import Setting
    from billingkit.history import ClaimSeen

DONE: Final = ("paid", "closed")
NOT_SEEN: Final = Topic(
    "not_seen_this_week",
    "Tell us what became of these claims: they were on last week's list and are not on this one.",
    "A claim that is no longer listed may be paid, closed or lost. We take it for none of these until you say so.",
    "batch",
    "claim",
    ("supplied", "correct as it is", "will check by", "practice decides"),
    "text",
)


def missing_claims(setting: Setting) -> list[ClaimSeen]:
    """Claims that the last run saw and this week's lists do not show; twins are never matched from week to week."""
    if not setting.history.claims:
        return []
    here = set(setting.week.claims["claim_key"].drop_nulls())
    return [
        claim
        for claim in setting.history.claims
        if claim.key not in here and not claim.twin and claim.status not in DONE
    ]


def unseen(setting: Setting) -> list[Raised]:
    """One question about all claims that went missing in the same week."""
    gone = {claim.key: claim for claim in missing_claims(setting)}
    refs = setting.register.batches(NOT_SEEN, gone)
    return [
        Raised(NOT_SEEN, refs[key], key, f"Claim {claim.claim_id or key}", claim.outstanding or claim.billed)
        for key, claim in sorted(gone.items())
        if key in refs
    ]


def guarded(setting: Setting) -> frozenset[str]:
    """The accounts of claims that went missing and are not answered for: they get no statement meanwhile."""
    gone = {claim.key: claim for claim in missing_claims(setting)}
    asked = setting.register.batches(NOT_SEEN, gone)
    return frozenset(account for key in asked for account in gone[key].accounts)


def updates(facts: pl.DataFrame, setting: Setting) -> tuple[ClaimUpdate, ...]:
    """One line per claim that is new, moved, paid, paid short, twin or not seen this week; none on a first run.

    A claim in which a value stands that the practice supplied says so for as long as it is used.
    """
    if setting.history.last_run is None:
        return ()
    seen = {claim.key: claim for claim in setting.history.claims if not claim.twin}
    found = [*(_gone(claim) for claim in missing_claims(setting)), *_supplied(facts)]
    for row in _candidates(facts, seen).iter_rows(named=True):
        change = _change(row, seen.get(row["claim_key"]), twin=row["twin"])
        if change is not None:
            found.append(change)
    return tuple(sorted(found, key=lambda one: (one.change, one.about, one.key)))


def _supplied(facts: pl.DataFrame) -> list[ClaimUpdate]:
    """The claims that go by a value from the practice which their list does not show."""
    marked = facts.filter(pl.col("given").is_not_null() & pl.col("marks").is_not_null())
    return [
        ClaimUpdate(key, f"Claim {number or key}", "as you told us", f"{marks}. Your list does not show it yet.")
        for key, number, marks in marked.select("claim_key", "claim_id", "marks").iter_rows()
    ]


def _candidates(facts: pl.DataFrame, seen: dict[str, ClaimSeen]) -> pl.DataFrame:
    """The claims that are new, twins, or differ in status or open amount from when they were last seen."""
    before = pl.DataFrame(
        [(claim.key, claim.status or None, claim.outstanding) for claim in seen.values()],
        schema={"claim_key": pl.String, "was": pl.String, "owed": MONEY},
        orient="row",
    ).with_columns(pl.lit(value=True).alias("known"))
    # The list's own word: what was worked out from other rows is no news of this claim.
    status = pl.when("first_paid").then(pl.lit("held_primary")).otherwise("status").alias("status")
    columns: list[str | pl.Expr] = ["claim_key", "claim_id", "insurer", status, "paid", "outstanding"]
    twin = pl.col("questions").fill_null("").str.split("|").list.contains("twin_claims").alias("twin")
    rows = facts.select(*columns, twin).join(before, on="claim_key", how="left", maintain_order="left")
    moved = pl.col("was").ne_missing(pl.col("status")) | pl.col("owed").ne_missing(pl.col("outstanding"))
    return rows.filter(pl.col("known").is_null() | pl.col("twin") | moved)


def _change(row: dict[str, Any], before: ClaimSeen | None, *, twin: bool) -> ClaimUpdate | None:
    change, line = _said(row, before, twin=twin)
    return (
        ClaimUpdate(row["claim_key"], f"Claim {row['claim_id'] or row['claim_key']}", change, line) if change else None
    )


def _said(row: dict[str, Any], before: ClaimSeen | None, *, twin: bool) -> tuple[str, str]:
    """The kind of change and a line about it; empty where nothing changed."""
    now, label = row["status"], STATUS_LABEL.get(row["status"] or "", "status not known")
    if twin:
        return "twin", "Cannot be told apart from another line, so it is not followed from week to week."
    if before is None:
        return "new", f"First seen this week: {label}."
    was = STATUS_LABEL.get(before.status, "status not known")
    if now != (before.status or None):
        change = {"paid_short": "paid short", "paid": "paid"}.get(now or "", "moved")
        money = f": {_amount(row['paid'])} paid" if change != "moved" else ""
        return change, f"{was} last time, now {label}{money}."
    known = row["outstanding"] is not None and before.outstanding is not None
    if known and row["outstanding"] != before.outstanding:
        return "moved", f"Open amount {_amount(before.outstanding)} last time, now {_amount(row['outstanding'])}."
    return "", ""


def _gone(claim: ClaimSeen) -> ClaimUpdate:
    was = STATUS_LABEL.get(claim.status, "status not known")
    line = f"{was} when last seen on {claim.last_seen:%d %b %Y}; not on this week's list. Asked, not taken as paid."
    return ClaimUpdate(claim.key, f"Claim {claim.claim_id or claim.key}", "not seen this week", line)


def _amount(value: Decimal | None) -> str:
    return "amount not known" if value is None else f"{value:,.2f}"
