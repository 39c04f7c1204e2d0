"""Facts of the claim rules: what each claim is asked about, and why a fact cannot be told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from billingkit.columns import MONEY
from billingkit.decisions.deadlines import with_chasing, with_deadlines, with_timeframes
from billingkit.decisions.denials import with_denials
from billingkit.decisions.layout import Layout
from billingkit.decisions.requirements import Settled, with_requirements

if TYPE_CHECKING:
    from billingkit.policy.agreement import Policy

FIRST_PAID: Final = " The first insurer has paid: send its statement of payment with this claim."
RELEASED: Final = "status Ready: the list shows that the first insurer has paid for this treatment"
SECOND_WAITS: Final = " A second cover waits for this payment on the same list."
ZERO: Final = pl.lit(0, dtype=MONEY)


def claim_facts(claims: pl.DataFrame, policy: Policy, layout: Layout, settled: Settled, as_of: date) -> pl.DataFrame:
    """The claims with every fact of the claim rules but `on_hold`; see `known.claims_known` for the input."""
    frame = with_timeframes(_released(claims), policy)
    frame = with_deadlines(frame, as_of)
    frame = with_chasing(frame, as_of)
    frame = with_denials(frame)
    frame = with_requirements(frame, policy, layout, settled)
    # A preauthorisation asks for no money, so none is outstanding on it.
    owed = pl.when("preauth").then(ZERO).otherwise("outstanding")
    return _second_cover(frame.with_columns(owed.alias("amount_outstanding")))


def _released(claims: pl.DataFrame) -> pl.DataFrame:
    """Second covers that wait for a first one which has paid are ready to go: nobody is called about it any more.

    Only where every first cover of the same person and day is paid, and no claim of that day may be one without
    our knowing it: a second treatment may still wait. A row in doubt, or with a blank, settles nothing.
    """
    first = pl.col("coverage") == "primary"
    waits = (pl.col("status") == "held_primary").fill_null(value=False)
    paid = pl.col("status").is_in(["paid", "paid_short"]) & ~pl.col("quarantined")
    where = claims.with_columns(pl.coalesce("id", "name").alias("person")).select(
        "person",
        "service_date",
        first.fill_null(value=False).alias("first"),
        (first.fill_null(value=True) & ~waits).alias("may_be"),
        paid.fill_null(value=False).alias("paid"),
    )
    day = ["person", "service_date"]
    every = pl.col("paid").all() & pl.col("first").any()
    settled = where.filter("may_be").drop_nulls(day).group_by(day).agg(every.alias("settled"))
    told = where.join(settled, on=day, how="left", maintain_order="left")["settled"].fill_null(value=False)
    go = pl.lit(told & ~_unplaced(where)) & waits
    return claims.with_columns(
        go.alias("first_paid"),
        pl.when(go).then(pl.lit("ready")).otherwise("status").alias("status"),
        pl.when(go)
        .then(pl.concat_str("marks", pl.lit(RELEASED), separator="; ", ignore_nulls=True))
        .otherwise("marks")
        .alias("marks"),
    )


def _unplaced(where: pl.DataFrame) -> pl.Series:
    """Per claim, whether an unpaid one that may be a first cover is of its day and person but for a blank."""
    unpaid = where.filter("may_be", ~pl.col("paid"))
    undated = unpaid.filter(pl.col("service_date").is_null())["person"]
    nameless = unpaid.filter(pl.col("person").is_null())["service_date"]
    theirs = pl.col("person").is_in(undated.implode()) | pl.col("service_date").is_in(nameless.implode())
    bare = undated.null_count() > 0  # neither a day nor a person: it may be anybody's
    return where.select((theirs.fill_null(value=False) | pl.lit(bare)).alias("unplaced"))["unplaced"]


def _second_cover(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `cover_note`: what a first and a second cover of one treatment mean for each other."""
    person = pl.coalesce("id", "name").alias("person")
    where = frame.select(person, "service_date", "status", "coverage")
    waits = where.filter((pl.col("status") == "held_primary") | pl.lit(frame["first_paid"]))
    on = ["person", "service_date"]
    marked = where.join(
        waits.select(on).drop_nulls().unique().with_columns(second=pl.lit(value=True)),
        on=on,
        how="left",
        maintain_order="left",
    ).select(
        pl.when(pl.lit(frame["first_paid"]))
        .then(pl.lit(FIRST_PAID))
        .when((pl.col("status") == "paid") & pl.col("second"))
        .then(pl.lit(SECOND_WAITS))
        .alias("cover_note")
    )
    return frame.with_columns(marked["cover_note"])


def with_causes(facts: pl.DataFrame) -> pl.DataFrame:
    """Adds `causes`: for each fact that cannot be told, `fact=where`, joined by `|`.

    `where` is `claims.COLUMN` or `policy.SETTING`.
    """
    unsure = pl.col("missing_unsure").str.split("|").list.first().str.split(":").list.first()
    start = pl.when(pl.col("deadline_kind") == "filing").then(pl.lit("service_date")).otherwise(pl.lit("status_date"))
    sent = (
        pl.when(pl.col("status") == "appealed")
        .then(pl.lit("claims.status_date"))
        .otherwise(pl.lit("claims.submitted_date"))
    )
    check = pl.when(pl.col("first_check_after").is_null()).then(pl.lit("policy.first_check_after")).otherwise(sent)
    told = {
        "on_hold": pl.lit("claims.patient_id"),
        "status": pl.lit("claims.status"),
        "missing_details": pl.format("claims.{}", unsure),
        "denial_route": pl.lit("claims.reason_codes"),
        "amount_outstanding": pl.lit("claims.outstanding"),
        "days_past_first_check": check,
        "times_chased": pl.lit("claims.times_chased"),
    }
    parts = [
        pl.when(pl.col(fact).is_null()).then(pl.format("{}={}", pl.lit(fact), where)) for fact, where in told.items()
    ]
    for fact, where in (
        ("days_to_deadline", pl.format("claims.{}", start)),
        ("days_past_chase_interval", pl.lit("policy.chase_every")),
    ):
        unknown = pl.col(fact).is_null() & ~pl.col(f"{fact}__special")
        parts.append(pl.when(unknown).then(pl.format("{}={}", pl.lit(fact), where)))
    return facts.with_columns(pl.concat_str(parts, separator="|", ignore_nulls=True).alias("causes"))
