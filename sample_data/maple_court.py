"""Maple Court Dental, US: two tab-separated text exports a week, as practice systems write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from situations import (
    AGREED,
    CODES_US,
    INSURERS_US,
    LAST_US,
    WEEKS,
    Account,
    Claim,
    a_week_later,
    accounts,
    claims,
    day,
    insurers,
    name,
    status_day,
)

from billingkit.policy.agreement import StatusWord
from billingkit.templates import write_policy

WORDS = {
    "draft": "Incomplete",
    "ready": "Ready",
    "held": "On hold - office",
    "held_primary": "Awaiting primary",
    "submitted": "Sent",
    "resubmitted": "Re-sent",
    "received": "Acknowledged",
    "pending": "In process",
    "info_requested": "Info requested",
    "rejected": "Rejected",
    "not_found": "Not on file",
    "denied": "Denied",
    "paid_short": "Paid less",
    "paid": "Paid",
    "paid_unposted": "Paid - not posted",
    "appealed": "Appeal filed",
    "closed": "Closed",
}
CLAIM_HEADINGS = (
    "Claim #",
    "Patient #",
    "Patient",
    "DOB",
    "Carrier",
    "Subscriber ID",
    "Coverage",
    "Subscriber",
    "Provider",
    "DOS",
    "First Sent",
    "Last Sent",
    "Status",
    "Last Contact",
    "Times Chased",
    "Procedures",
    "Tooth",
    "Billed",
    "Expected",
    "Ins Paid",
    "Outstanding",
    "Insurer Deadline",
    "Insurer Request",
    "Reason Codes",
    "Notes",
    "Status Date",
    "Group Number",
    "Attachments",
)
BALANCE_HEADINGS = (
    "Account #",
    "Patient",
    "Guarantor",
    "Balance",
    "Insurance Pending",
    "Patient Due",
    "Last Statement",
    "Statements Sent",
    "Last Payment",
    "Payment Plan",
    "Plan Next Due",
    "Stop",
    "Notes",
)
PEOPLE = {
    "Practice name": "Maple Court Dental",
    "Practice code": "MAP",
    "Country": "US",
    "Region": "OH",
    "Currency": "USD",
    "Date order": "month first",
    "Decimal sign": ".",
    "Time zone": "America/New_York",
    "Weekly day": "Monday",
    "Payments posted within (days)": 7,
    "Patient side": "yes",
    "Minimum balance": 15,
    "First check after (days)": 21,
    "Chase every (days)": 14,
    "Escalate after (days)": 60,
    "Filing limit (days)": 365,
    "Contact name": "Dana Whitlock",
    "Contact role": "office manager",
    "Contact email": "dana@maplecourt.example",
    "Backup contact": "Luis Ferrer",
    "Practice manager": "Dana Whitlock",
    "Practice owner": "Dr Grace Pemberton",
    "Billing team": "Billing team",
    "Team lead": "Owen Tate",
}


def make_maple_court(folder: Path) -> None:
    """Write the practice's folder: policy and two weeks' text exports."""
    first = claims("maple court", 18)
    weeks = (first, a_week_later(first, "maple court later"))
    owed = accounts("maple court accounts")
    folder.mkdir(parents=True, exist_ok=True)
    write_policy(
        folder / "policy.xlsx",
        settings=PEOPLE,
        agreements=AGREED,
        agreed=(PEOPLE["Contact name"], date(2026, 9, 7)),
        insurers=insurers(INSURERS_US, 365),
        country="US",
        region="OH",
        years=(2025, 2026, 2027),
        status_words=tuple(StatusWord(word, status) for status, word in WORDS.items()),
    )
    for week, listed in zip(WEEKS, weeks, strict=True):
        inbox = folder / "inbox" / week.isoformat()
        inbox.mkdir(parents=True, exist_ok=True)
        _text(inbox / "Claims.txt", CLAIM_HEADINGS, [_claim(claim) for claim in listed])
        rows = [_balance(account) for account in owed]
        total = sum(Decimal(account.total) for account in owed)
        _text(inbox / "Balances.txt", BALANCE_HEADINGS, [*rows, ("Total", "", "", f"{total:,.2f}")])


def _text(path: Path, headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    lines = ["\t".join(headings), *("\t".join(row) for row in rows)]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")


def _claim(claim: Claim) -> tuple[str, ...]:
    first, last = name(claim.patient, LAST_US)
    paid = (claim.billed * Decimal("0.8") * Decimal(claim.paid)).quantize(Decimal("0.01"))
    expected = claim.billed * Decimal("0.8")
    born = date(1950 + (claim.patient * 7) % 55, 1 + claim.patient % 12, 1 + (claim.patient * 5) % 28)
    return (
        f"MC{claim.number}",
        f"{21000 + claim.patient}",
        f"{last}, {first}",
        _day(born),
        INSURERS_US[claim.insurer],
        f"W{71450000 + 53 * claim.patient}" if claim.member else "",
        "Secondary" if claim.status == "held_primary" else "Primary",
        f"{last}, {first}",
        "DR1",
        _day(day(claim.served)),
        _day(day(claim.sent)),
        "9/31/2026" if claim.kind == "day that does not exist" else _day(day(claim.sent)),
        "See Luis" if claim.kind == "word nobody agreed" else WORDS[claim.status],
        _day(day(claim.contact)),
        str(claim.chased),
        CODES_US[int(claim.code)],
        str(2 + claim.patient % 30),
        f"{claim.billed:,.2f}",
        f"{expected:,.2f}",
        f"{paid:,.2f}",
        f"{expected - paid:,.2f}",
        _day(None if claim.deadline is None else day(-claim.deadline)),
        claim.request,
        claim.reason,
        claim.note,
        _day(status_day(claim)),
        f"GRP{300 + claim.insurer}",
        "x-ray" if claim.code in {"0", "1", "5"} else "",
    )


def _balance(account: Account) -> tuple[str, ...]:
    first, last = name(account.patient, LAST_US)
    total, pending = Decimal(account.total), Decimal(account.pending)
    return (
        f"{21000 + account.patient}",
        f"{last}, {first}",
        f"{last}, {first}",
        f"{total:,.2f}",
        f"{pending:,.2f}",
        f"{total - pending:,.2f}",
        _day(day(account.statement)),
        str(account.statements),
        _day(day(account.payment)),
        account.plan,
        _day(day(account.plan_due)),
        "Y" if account.stop else "",
        account.note,
    )


def _day(when: date | None) -> str:
    return "" if when is None else f"{when.month}/{when.day}/{when.year}"
