"""What a first workbook leaves open: details missing by money and age, insurers whose timeframes are not confirmed."""

from __future__ import annotations

from collections import defaultdict
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
    counts: dict[str, int] = defaultdict(int)
    unknown: dict[str, int] = defaultdict(int)
    amounts: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for claim in unfinished(read).iter_rows(named=True):
        age = age_of(claim["service_date"], read.as_of)
        for code in (claim["questions"] or "").split("|"):
            if code:
                counts[code] += 1
                if claim["outstanding"] is None:
                    unknown[code] += 1
                else:
                    amounts[code][age] += claim["outstanding"]
    found = [MissingDetail(code, counts[code], dict(amounts[code]), unknown[code]) for code in counts]
    return sorted(found, key=lambda detail: (-detail.total, -detail.claims, detail.code))


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
