"""Getting started: what a practice should settle before the first week, from its first workbook and policy."""

from __future__ import annotations

from typing import Any

from billingkit.ages import AGES
from billingkit.decisions.first_week import MissingDetail, missing_details, unconfirmed_insurers
from billingkit.policy import open_points
from billingkit.preparing import Prepared


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


def _detail(detail: MissingDetail) -> str:
    ages = ", ".join(f"{age} {detail.amounts[age]:,.2f}" for age in AGES if detail.amounts.get(age))
    money = f", {detail.total:,.2f} waiting ({ages})" if detail.total else ""
    unknown = f", {detail.unknown} of them with no known amount" if detail.unknown else ""
    return f"{detail.code.replace('_', ' ')}: {detail.claims} claims{money}{unknown}"
