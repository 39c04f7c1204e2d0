"""Two clocks: the chasing clock from the last sending or contact, and the deadline of the claim's state.

Each deadline has a start, a number of days, a source, and is confirmed or assumed. A date that the claim
itself carries outranks the insurer's days, and those outrank the practice's. Nobody having stated any is
a value of its own; a start that is missing leaves the deadline unknown.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from billingkit.policy import timeframe
from billingkit.policy.lookup import What
from billingkit.terms import STATUSES

if TYPE_CHECKING:
    from billingkit.policy.agreement import Policy

CLOCK: Final = {status.word: status.clock for status in STATUSES}
FROM_STATUS: Final = ("answer", "reconsideration", "appeal")  # their days run from the date of the insurer's word
DAYS_OF: Final[dict[str, What]] = {
    "filing": "filing_limit",
    "answer": "answer_window",
    "reconsideration": "appeal_window",
    "appeal": "appeal_window",
}
TIMEFRAMES: Final[tuple[What, ...]] = (
    "first_check_after",
    "chase_every",
    "escalate_after",
    "filing_limit",
    "answer_window",
    "appeal_window",
)


def folded(name: str) -> pl.Expr:
    """An insurer's name as it is compared: case and runs of spaces ignored."""
    return pl.col(name).str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()


def with_timeframes(claims: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Each claim with the days that hold for its insurer, the strongest word first; null where nobody stated any.

    Columns added: one per timeframe, and `NAME_source` and `NAME_says` with where it came from.
    """
    names = [*claims["insurer"].unique().drop_nulls().sort(), None]
    rows = [(name, *(part for what in TIMEFRAMES for part in timeframe(policy, name, what))) for name in names]
    schema: dict[str, pl.DataType] = {"insurer": pl.String()}
    for what in TIMEFRAMES:
        schema |= {what: pl.Int64(), f"{what}_source": pl.String(), f"{what}_says": pl.String()}
    stated = pl.DataFrame(rows, schema=schema, orient="row")
    return claims.join(stated, on="insurer", how="left", maintain_order="left", nulls_equal=True)


def with_deadlines(claims: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Each claim with `deadline`, its kind, start, days and source, and the days left.

    `days_to_deadline__special` is true where none is stated; a deadline whose start is missing is null
    without it. An unknown status keeps the filing clock, the earliest that could run.
    """
    preauth = (pl.col("coverage") == "preauth").fill_null(value=False)
    kind = pl.col("status").replace_strict(CLOCK, default="filing", return_dtype=pl.String)
    days, start = _clock_days(kind, preauth), _clock_start(kind)
    frame = claims.with_columns(
        kind.alias("deadline_kind"),
        days.alias("deadline_days"),
        start.alias("deadline_start"),
        preauth.alias("preauth"),
    )
    stated = (pl.col("insurer_deadline").is_not_null() & (pl.col("deadline_kind") != "none")).alias("stated")
    counted = pl.col("deadline_start") + pl.duration(days=pl.col("deadline_days"))
    frame = frame.with_columns(stated)
    frame = frame.with_columns(
        pl.when("stated").then("insurer_deadline").otherwise(counted).alias("deadline"),
        _source().alias("deadline_source"),
    )
    return frame.with_columns(
        (pl.col("deadline") - pl.lit(as_of)).dt.total_days().alias("days_to_deadline"),
        (pl.col("deadline_source") == "none stated").alias("days_to_deadline__special"),
    ).drop("stated")


def _clock_days(kind: pl.Expr, preauth: pl.Expr) -> pl.Expr:
    days: pl.Expr = pl.lit(None, dtype=pl.Int64)
    for clock, column in DAYS_OF.items():
        # A preauthorisation has no treatment yet, so no filing limit runs against it.
        applies = (kind == clock) & ~preauth if clock == "filing" else kind == clock
        days = pl.when(applies).then(column).otherwise(days)
    return days


def _clock_start(kind: pl.Expr) -> pl.Expr:
    return (
        pl.when(kind == "filing")
        .then("service_date")
        .when(kind.is_in(FROM_STATUS))
        .then("status_date")
        .otherwise(pl.lit(None, dtype=pl.Date))
    )


def _source() -> pl.Expr:
    told: pl.Expr = pl.lit("none stated")
    for clock, column in DAYS_OF.items():
        told = pl.when(pl.col("deadline_kind") == clock).then(f"{column}_source").otherwise(told)
    given = pl.when(pl.col("deadline_days").is_null()).then(pl.lit("none stated")).otherwise(told)
    return pl.when("stated").then(pl.lit("claim instruction")).otherwise(given)


def with_chasing(claims: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Each claim with days past its first check, and days past its chase interval (`none yet` if never chased).

    The clock of an appeal starts when it was lodged, every other when the claim was last sent.
    """
    lodged = (pl.col("status") == "appealed").fill_null(value=False)
    sent = pl.when(lodged).then("status_date").otherwise("submitted_date")
    since = (pl.lit(as_of) - sent).dt.total_days()
    contact = (pl.lit(as_of) - pl.col("last_contact_date")).dt.total_days()
    return claims.with_columns(
        sent.alias("last_sent"),
        (since - pl.col("first_check_after")).alias("days_past_first_check"),
        (contact - pl.col("chase_every")).alias("days_past_chase_interval"),
        pl.col("last_contact_date").is_null().alias("days_past_chase_interval__special"),
    )
