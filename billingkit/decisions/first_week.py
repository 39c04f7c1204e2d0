"""What a first workbook leaves open: details missing by money and age, insurers whose timeframes are not confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

import polars as pl

from billingkit.ages import age_of
from billingkit.policy import insurer
from billingkit.terms import FINISHED

if TYPE_CHECKING:
    from billingkit.policy import Policy
    from billingkit.week import Week


class AsRead(Protocol):
    """A week as it was read, with the policy and the as-of date: before or after it is decided."""

    @property
    def week(self) -> Week:
        """The week's rows."""

    @property
    def policy(self) -> Policy:
        """The practice's policy."""

    @property
    def as_of(self) -> date:
        """The day that ages are counted to."""


@dataclass(frozen=True, slots=True)
class MissingDetail:
    """One kind of missing detail: how many claims lack it, and the money that waits for it by age."""

    code: str
    claims: int
    amounts: dict[str, Decimal]
    unknown: int = 0  # claims of these whose amount nobody knows; they are in no sum

    @property
    def total(self) -> Decimal:
        """All the money that waits, in the practice's currency."""
        return sum(self.amounts.values(), Decimal(0))


def missing_details(read: AsRead) -> list[MissingDetail]:
    """What is missing on claims that are not finished, by the money that waits for it."""
    asked = unfinished(read).select("questions", "service_date", "outstanding")
    by_age = (
        asked.with_columns(_ages(asked["service_date"], read.as_of), pl.col("questions").str.split("|"))
        .explode("questions")
        .filter(pl.col("questions") != "")
        .group_by("questions", "age", maintain_order=True)
        .agg(pl.len(), pl.col("outstanding").sum(), pl.col("outstanding").null_count().alias("unknown"))
    )
    found = [_missing(code, ages) for (code,), ages in by_age.group_by("questions", maintain_order=True)]
    return sorted(found, key=lambda detail: (-detail.total, -detail.claims, detail.code))


def _ages(service_dates: pl.Series, as_of: date) -> pl.Series:
    return pl.Series("age", [age_of(each, as_of) for each in service_dates.to_list()], pl.String)


def _missing(code: object, ages: pl.DataFrame) -> MissingDetail:
    known = ages.filter(pl.col("unknown") < pl.col("len"))
    amounts = dict(known.select("age", "outstanding").iter_rows())
    return MissingDetail(str(code), sum(ages["len"]), amounts, sum(ages["unknown"]))


def unconfirmed_insurers(read: AsRead) -> list[tuple[str, int, Decimal]]:
    """Insurers on unfinished claims whose timeframes nobody has confirmed: name, claims, money outstanding."""
    grouped = (
        unfinished(read)
        .filter(pl.col("insurer").is_not_null())
        .group_by("insurer")
        .agg(pl.len().alias("claims"), pl.col("outstanding").sum())
        .sort("outstanding", "insurer", descending=[True, False])
    )
    return [row for row in grouped.iter_rows() if not _confirmed(read.policy, row[0])]


def _confirmed(policy: Policy, name: str) -> bool:
    known = insurer(policy, name)
    return known is not None and known.confirmed_on is not None


def unfinished(read: AsRead) -> pl.DataFrame:
    """The claims that are not finished; one whose status is not known counts as not finished."""
    status = pl.col("status")
    return read.week.claims.filter(status.is_null() | ~status.is_in(FINISHED))
