"""Riverside Dental Practice, UK: a hand-kept tracker workbook with formatting, a chart and comments."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from situations import (
    AGREED,
    CODES_UK,
    INSURERS_UK,
    LAST_UK,
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
    "draft": "Being prepared",
    "ready": "Ready to go",
    "held": "Held back",
    "held_primary": "Waiting for first insurer",
    "submitted": "Sent",
    "resubmitted": "Sent again",
    "received": "Insurer has it",
    "pending": "Being processed",
    "info_requested": "Insurer wants info",
    "rejected": "Bounced",
    "not_found": "Insurer can't find it",
    "denied": "Turned down",
    "paid_short": "Part paid",
    "paid": "Paid",
    "paid_unposted": "Paid, not in books",
    "appealed": "Appealed",
    "closed": "Closed",
}
CLAIM_HEADINGS = (
    ("Claim no.", 11),
    ("Patient no.", 11),
    ("Patient", 22),
    ("Date of birth", 13),
    ("Insurer", 22),
    ("Membership no.", 15),
    ("Policy holder", 22),
    ("Treatment date", 14),
    ("Treatment", 18),
    ("First sent", 12),
    ("Last sent", 12),
    ("Status", 24),
    ("Last chased", 12),
    ("Times chased", 9),
    ("Fee", 11),
    ("Expected", 11),
    ("Paid", 11),
    ("Still owed", 11),
    ("Insurer's deadline", 13),
    ("Insurer asked for", 22),
    ("Reason code", 9),
    ("Notes", 44),
    ("Status date", 12),
    ("Dentist", 12),
    ("Order of cover", 11),
    ("Attachments", 12),
)
BALANCE_HEADINGS = (
    ("Patient no.", 11),
    ("Patient", 22),
    ("Balance", 12),
    ("Insurance pending", 12),
    ("Patient owes", 12),
    ("Last statement", 13),
    ("Statements sent", 11),
    ("Last payment", 13),
    ("Payment plan", 13),
    ("Next instalment", 13),
    ("Stop", 7),
    ("Notes", 44),
)
PEOPLE = {
    "Practice name": "Riverside Dental Practice",
    "Practice code": "RIV",
    "Country": "GB",
    "Region": "ENG",
    "Currency": "GBP",
    "Date order": "day first",
    "Decimal sign": ".",
    "Time zone": "Europe/London",
    "Weekly day": "Monday",
    "Payments posted within (days)": 7,
    "Patient side": "yes",
    "Minimum balance": 25,
    "First check after (days)": 21,
    "Chase every (days)": 14,
    "Escalate after (days)": 60,
    "Filing limit (days)": 183,
    "Contact name": "Nerys Calder",
    "Contact role": "practice manager",
    "Contact email": "nerys@riverside.example",
    "Backup contact": "Tom Okafor",
    "Practice manager": "Nerys Calder",
    "Practice owner": "Dr Imogen Vale",
    "Billing team": "Billing team",
    "Team lead": "Asha Renn",
}


def make_riverside(folder: Path) -> None:
    """Write the practice's folder: policy and two weeks' workbooks."""
    first = claims("riverside", 24)
    weeks = (first, a_week_later(first, "riverside later"))
    owed = accounts("riverside accounts")
    folder.mkdir(parents=True, exist_ok=True)
    write_policy(
        folder / "policy.xlsx",
        settings=PEOPLE,
        agreements=AGREED,
        agreed=(PEOPLE["Contact name"], date(2026, 9, 7)),
        insurers=insurers(INSURERS_UK, 183),
        country="GB",
        region="ENG",
        years=(2025, 2026, 2027),
        status_words=tuple(StatusWord(word, status) for status, word in WORDS.items()),
    )
    for week, listed in zip(WEEKS, weeks, strict=True):
        inbox = folder / "inbox" / week.isoformat()
        inbox.mkdir(parents=True, exist_ok=True)
        _workbook(inbox / f"Riverside claims tracker {week:%d %b}.xlsx", week, listed, owed)


def _workbook(path: Path, week: date, listed: list[Claim], owed: list[Account]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": datetime(week.year, week.month, week.day, tzinfo=UTC).replace(tzinfo=None)})
        looks = _looks(book)
        _claims_sheet(book, looks, week, listed)
        _balances_sheet(book, looks, week, owed)
        _summary(book, listed, looks)
        lists = book.add_worksheet("Lists")
        lists.write_column(0, 0, list(WORDS.values()))
        lists.hide()


def _looks(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "font_color": "#1f4e5f"}),
        "sub": book.add_format({"italic": True, "font_color": "#5f6b73"}),
        "head": book.add_format(
            {"bold": True, "bg_color": "#d7e8ec", "bottom": 2, "text_wrap": True, "valign": "vcenter"}
        ),
        "date": book.add_format({"num_format": "dd/mm/yyyy", "align": "left"}),
        "money": book.add_format({"num_format": "£#,##0.00"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "bold": book.add_format({"bold": True, "top": 1}),
        "boldmoney": book.add_format({"bold": True, "top": 1, "num_format": "£#,##0.00"}),
        "red": book.add_format({"bg_color": "#f8d7d0"}),
    }


def _claims_sheet(book: Any, looks: dict[str, Any], week: date, listed: list[Claim]) -> None:
    sheet = book.add_worksheet("Claims")
    sheet.write(0, 0, "Riverside Dental Practice", looks["title"])
    sheet.write(1, 0, f"Insurance claims, kept by reception. Week of {week:%d %B %Y}", looks["sub"])
    _headings(sheet, 3, CLAIM_HEADINGS, looks)
    for row, claim in enumerate(listed, 4):
        _claim_row(sheet, row, claim, looks)
    last = 3 + len(listed)
    sheet.autofilter(3, 0, last, len(CLAIM_HEADINGS) - 1)
    sheet.freeze_panes(4, 3)
    sheet.conditional_format(4, 17, last, 17, {"type": "cell", "criteria": ">", "value": 500, "format": looks["red"]})
    sheet.data_validation(4, 11, last, 11, {"validate": "list", "source": f"=Lists!$A$1:$A${len(WORDS)}"})
    total = last + 2
    sheet.write(total, 0, "Total", looks["bold"])
    for column, values in (
        (14, [c.billed for c in listed]),
        (16, [_paid(c) for c in listed]),
        (17, [_owed(c) for c in listed]),
    ):
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[column]
        sheet.write_formula(
            total, column, f"=SUM({letters}5:{letters}{last + 1})", looks["boldmoney"], float(sum(values))
        )
    sheet.write_comment(4, 21, "Reception: ring mornings only", {"author": "Reception"})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _headings(sheet: Any, row: int, headings: tuple[tuple[str, int], ...], looks: dict[str, Any]) -> None:
    sheet.set_row(row, 32)
    for column, (heading, width) in enumerate(headings):
        sheet.set_column(column, column, width)
        sheet.write(row, column, heading, looks["head"])


def _claim_row(sheet: Any, row: int, claim: Claim, looks: dict[str, Any]) -> None:
    first, last = name(claim.patient, LAST_UK)
    sent = day(claim.sent)
    sheet.write_string(row, 0, f"RIV-{claim.number}")
    sheet.write_string(row, 1, f"P{700 + claim.patient}")
    sheet.write_string(row, 2, f"{last}, {first}")
    _date(
        sheet,
        row,
        3,
        date(1950 + (claim.patient * 7) % 55, 1 + claim.patient % 12, 1 + (claim.patient * 5) % 28),
        looks,
    )
    sheet.write_string(row, 4, INSURERS_UK[claim.insurer])
    if claim.member:
        sheet.write_string(row, 5, f"{40412000 + 37 * claim.patient:08d}")
    sheet.write_string(row, 6, f"{last}, {first}")
    _date(sheet, row, 7, day(claim.served), looks)
    sheet.write_string(row, 8, CODES_UK[int(claim.code)])
    _date(sheet, row, 9, sent, looks)
    if claim.kind == "day that does not exist":
        sheet.write_string(row, 10, "31/09/2026")
    elif claim.kind == "chased lately" and sent:
        sheet.write_string(row, 10, f"{sent:%d/%m/%Y}")  # typed as text, as people do
    else:
        _date(sheet, row, 10, sent, looks)
    sheet.write_string(row, 11, "Ask Tom" if claim.kind == "word nobody agreed" else WORDS[claim.status])
    _date(sheet, row, 12, day(claim.contact), looks)
    sheet.write_number(row, 13, claim.chased)
    for column, amount in (
        (14, claim.billed),
        (15, claim.billed * Decimal("0.8")),
        (16, _paid(claim)),
        (17, _owed(claim)),
    ):
        sheet.write_number(row, column, float(amount), looks["money"])
    _date(sheet, row, 18, None if claim.deadline is None else day(-claim.deadline), looks)
    sheet.write_string(row, 19, claim.request)
    sheet.write_string(row, 20, claim.reason)
    sheet.write_string(row, 21, claim.note, looks["wrap"])
    _date(sheet, row, 22, status_day(claim), looks)
    sheet.write_string(row, 23, ("I Vale", "P Sarkis")[claim.patient % 2])
    sheet.write_string(row, 24, "Secondary" if claim.status == "held_primary" else "Primary")
    sheet.write_string(row, 25, "x-ray" if claim.code in {"0", "1", "5"} else "none")


def _paid(claim: Claim) -> Decimal:
    return (claim.billed * Decimal("0.8") * Decimal(claim.paid)).quantize(Decimal("0.01"))


def _owed(claim: Claim) -> Decimal:
    return claim.billed * Decimal("0.8") - _paid(claim)


def _date(sheet: Any, row: int, column: int, when: date | None, looks: dict[str, Any]) -> None:
    if when is not None:
        sheet.write_datetime(row, column, datetime(when.year, when.month, when.day), looks["date"])  # noqa: DTZ001 -- a cell has no time zone


def _balances_sheet(book: Any, looks: dict[str, Any], week: date, owed: list[Account]) -> None:
    sheet = book.add_worksheet("Balances")
    sheet.write(0, 0, "What patients owe", looks["title"])
    sheet.write(1, 0, f"As at {week:%d %B %Y}", looks["sub"])
    _headings(sheet, 3, BALANCE_HEADINGS, looks)
    for row, account in enumerate(owed, 4):
        _balance_row(sheet, row, account, looks)
    total = 5 + len(owed)
    sheet.write(total, 0, "Total", looks["bold"])
    amount = sum(Decimal(account.total) for account in owed)
    sheet.write_formula(total, 2, f"=SUM(C5:C{4 + len(owed)})", looks["boldmoney"], float(amount))
    sheet.freeze_panes(4, 2)


def _balance_row(sheet: Any, row: int, account: Account, looks: dict[str, Any]) -> None:
    first, last = name(account.patient, LAST_UK)
    total, pending = Decimal(account.total), Decimal(account.pending)
    sheet.write_string(row, 0, f"P{700 + account.patient}")
    sheet.write_string(row, 1, f"{last}, {first}")
    for column, amount in ((2, total), (3, pending), (4, total - pending)):
        sheet.write_number(row, column, float(amount), looks["money"])
    _date(sheet, row, 5, day(account.statement), looks)
    sheet.write_number(row, 6, account.statements)
    _date(sheet, row, 7, day(account.payment), looks)
    sheet.write_string(row, 8, account.plan)
    _date(sheet, row, 9, day(account.plan_due), looks)
    sheet.write_string(row, 10, "*" if account.stop else "")
    sheet.write_string(row, 11, account.note, looks["wrap"])


def _summary(book: Any, listed: list[Claim], looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet("Summary")
    sheet.write(0, 0, "Still owed by insurer", looks["title"])
    for row, insurer in enumerate(INSURERS_UK, 2):
        sheet.write_string(row, 0, insurer)
        sheet.write_number(
            row, 1, float(sum(_owed(c) for c in listed if INSURERS_UK[c.insurer] == insurer)), looks["money"]
        )
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": "=Summary!$A$3:$A$6", "values": "=Summary!$B$3:$B$6", "fill": {"color": "#2f7d95"}})
    chart.set_legend({"none": True})
    chart.set_title({"name": "Still owed"})
    sheet.insert_chart("D2", chart)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 14)
