"""Getting started: what a practice should settle before the first week, from its first workbook and policy."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from billingkit.ages import AGES, age_of
from billingkit.policy import Policy, open_points
from billingkit.run import Prepared
from billingkit.terms import FINISHED


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


def getting_started(prepared: Prepared) -> tuple[str, dict[str, Any], int]:
    """What to settle first, in words and as data."""
    settle = [
        point.sentence for point in sorted(open_points(prepared.policy), key=lambda point: (point.weight, point.key))
    ]
    missing = missing_details(prepared)
    insurers = unconfirmed_insurers(prepared)
    lines = ["To settle before the first week:", *(f"  - {point}" for point in settle or ["nothing is open"])]
    lines += ["", "Details missing on claims that are not finished (most money first):"]
    lines += [f"  - {_detail(detail)}" for detail in missing] or ["  - none"]
    lines += ["", "Insurers on these claims without confirmed timeframes (most money first):"]
    lines += [f"  - {name}: {count} claims, {amount:,.2f} outstanding" for name, count, amount in insurers] or [
        "  - none"
    ]
    data = {
        "settle": settle,
        "missing": [
            {
                "code": d.code,
                "claims": d.claims,
                "without_amount": d.unknown,
                "amounts": {a: str(v) for a, v in d.amounts.items()},
            }
            for d in missing
        ],
        "insurers": [
            {"insurer": name, "claims": count, "outstanding": str(amount)} for name, count, amount in insurers
        ],
    }
    return "\n".join(lines), data, 0


def missing_details(prepared: Prepared) -> list[MissingDetail]:
    """What is missing on claims that are not finished, by the money that waits for it."""
    counts: dict[str, int] = defaultdict(int)
    unknown: dict[str, int] = defaultdict(int)
    amounts: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for claim in unfinished(prepared).iter_rows(named=True):
        age = age_of(claim["service_date"], prepared.as_of)
        for code in (claim["questions"] or "").split("|"):
            if code:
                counts[code] += 1
                if claim["outstanding"] is None:
                    unknown[code] += 1
                else:
                    amounts[code][age] += claim["outstanding"]
    found = [MissingDetail(code, counts[code], dict(amounts[code]), unknown[code]) for code in counts]
    return sorted(found, key=lambda detail: (-detail.total, -detail.claims, detail.code))


def unconfirmed_insurers(prepared: Prepared) -> list[tuple[str, int, Decimal]]:
    """Insurers on unfinished claims whose timeframes nobody has confirmed: name, claims, money outstanding."""
    grouped = (
        unfinished(prepared)
        .filter(pl.col("insurer").is_not_null())
        .group_by("insurer")
        .agg(pl.len().alias("claims"), pl.col("outstanding").sum())
        .sort("outstanding", "insurer", descending=[True, False])
    )
    return [row for row in grouped.iter_rows() if not _confirmed(prepared.policy, row[0])]


def _confirmed(policy: Policy, name: str) -> bool:
    from billingkit.policy import insurer

    known = insurer(policy, name)
    return known is not None and known.confirmed_on is not None


def unfinished(prepared: Prepared) -> pl.DataFrame:
    """The claims that are not finished; one whose status is not known counts as not finished."""
    status = pl.col("status")
    return prepared.week.claims.filter(status.is_null() | ~status.is_in(FINISHED))


def _detail(detail: MissingDetail) -> str:
    ages = ", ".join(f"{age} {detail.amounts[age]:,.2f}" for age in AGES if detail.amounts.get(age))
    money = f", {detail.total:,.2f} waiting ({ages})" if detail.total else ""
    unknown = f", {detail.unknown} of them with no known amount" if detail.unknown else ""
    return f"{detail.code.replace('_', ' ')}: {detail.claims} claims{money}{unknown}"
