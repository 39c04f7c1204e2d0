"""One invented practice's week, decided by hand: every kind of row, question, hold and change."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from billingkit.columns import schema
from billingkit.decided import DECISION, ClaimUpdate, Hold, Question, Review, Statement
from billingkit.history import History, WeekMeasure
from billingkit.policy import shipped
from billingkit.policy.agreement import Agreement, Insurer, Measure, Policy, Practice
from billingkit.problems import Problem
from billingkit.refs import make_ref
from billingkit.week import ControlTotal, Source, TableRead, Week

AS_OF = date(2026, 11, 23)
FILE = "Harbour tracker.xlsx"
HEADER = 4
PEOPLE = ("Wilhelmina Okonjo-Pratt", "Casimir Thistlewood", "Perpetua Vandersloot", "Ignatius Bramblecote")
PACK = "P-2MPKQ1-7"


def ref(*parts: str) -> str:
    return make_ref("Q", "harbour", *parts)


def hold_ref(*parts: str) -> str:
    return make_ref("H", "harbour", *parts)


# claim id, insurer, status, action, owner role, priority, reason, rule, billed, days to deadline, on hold
CLAIMS = (
    ("HB-1001", "Meridian Dental", "submitted", "wait", "billing team", "Normal", "Sent 6 days ago; first check after 21 days.", "CF-17", "420.00", 150, "no"),
    ("HB-1002", "Meridian Dental", "submitted", "call_insurer", "billing team", "Normal", "Sent 33 days ago and not answered.", "CF-19", "1250.00", 96, "no"),
    ("HB-1003", "Meridian Dental", "submitted", "call_supervisor", "team lead", "High", "Chased 3 times without an answer.", "CF-20", "2890.50", 12, "no"),
    ("HB-1004", "Beacon Life", "rejected", "send_new_claim", "billing team", "High", "The insurer bounced the claim: member number.", "CF-08", "310.00", 40, "no"),
    ("HB-1005", "Beacon Life", "denied", "prepare_appeal", "billing team", "High", "Not covered, says the insurer; 480.00 is at stake.", "CF-15", "480.00", 61, "no"),
    ("HB-1006", "Beacon Life", "paid_short", "send_replacement", "billing team", "Normal", "Paid 60.00 less than expected.", "CF-13", "260.00", 88, "no"),
    ("HB-1007", "Oakfield Mutual", "draft", "ask_complete", "named contact", "Urgent", "Not sent yet, and the insurer takes claims until 26 Nov.", "CF-05", "1990.00", 3, "no"),
    ("HB-1008", "Oakfield Mutual", "submitted", "ask", "named contact", "High", "Nobody wrote when it was sent.", "ASK-0", "675.25", None, "no"),
    ("HB-1009", "Oakfield Mutual", "pending", "hold", "named contact", "Urgent", "On hold.", "CF-01", "845.00", 4, "claim too"),
    ("HB-1010", "Meridian Dental", "not_found", "resend_with_proof", "billing team", "High", "The insurer has no record of it.", "CF-09", "150.00", 20, "no"),
    ("HB-1011", "Oakfield Mutual", "ready", "send_claim", "billing team", "Normal", "Complete and not sent.", "CF-07", "95.00", 170, "no"),
    ("HB-1012", "Meridian Dental", "paid", "check_cover", "billing team", "Normal", "Paid as expected.", "CF-12", "220.00", None, "no"),
)  # fmt: skip
# patient id, action, owner role, priority, reason, rule, due, on hold
BALANCES = (
    ("2001", "first_statement", "billing team", "Normal", "Insurance has paid; the rest is the patient's.", "PB-07", "84.10", "no"),
    ("2002", "wait", "billing team", "Normal", "A claim of the family is still open.", "PB-04", "130.00", "no"),
    ("2003", "hold_and_tell", "named contact", "High", "On hold.", "PB-01", "310.00", "patient contact"),
    ("2004", "ask_practice", "named contact", "Normal", "A credit of 45.00 is the patient's money.", "PB-02", "-45.00", "no"),
)  # fmt: skip


def claim_rows() -> list[dict[str, Any]]:
    rows = []
    for place, told in enumerate(CLAIMS):
        claim, insurer, status, *_, billed, _left, _hold = told
        rows.append(
            {
                "claim_key": f"claim:{claim}",
                "claim_id": claim,
                "patient_id": f"{1001 + place}",
                "patient_name": PEOPLE[place % 4],
                "date_of_birth": date(1970 + place, 3, 4),
                "insurer": insurer,
                "member_id": f"00{445500 + place}",
                "subscriber_name": PEOPLE[(place + 1) % 4],
                "service_date": AS_OF - timedelta(days=30 + place),
                "submitted_date": None if status in {"draft", "ready"} else AS_OF - timedelta(days=20 + place),
                "status": status,
                "status_as_written": status,
                "times_chased": place % 4,
                "billed": Decimal(billed),
                "outstanding": Decimal(billed),
                "reason_codes": "96" if status == "denied" else None,
                "insurer_claim_number": f"INS{9000 + place}",
                "notes": "ring after six",
                "quarantined": False,
                "source_file": FILE,
                "source_sheet": "Claims",
                "source_row": HEADER + 1 + place,
            }
        )
    return rows


def balance_rows() -> list[dict[str, Any]]:
    return [
        {
            "account_key": f"account:{patient}",
            "patient_id": patient,
            "patient_name": PEOPLE[place],
            "guarantor_name": PEOPLE[place],
            "balance": Decimal(due),
            "patient_due": Decimal(due),
            "statements_sent": 0,
            "quarantined": False,
            "source_file": FILE,
            "source_sheet": "Balances",
            "source_row": 2 + place,
        }
        for place, (patient, *_, due, _hold) in enumerate(BALANCES)
    ]


def decision(row: dict[str, Any], key: str, told: tuple[Any, ...]) -> dict[str, Any]:
    action, role, priority, reason, rule, amount, left, on_hold = told
    idle = action in {"wait", "none"}
    return {
        "key": row[key],
        "source_file": row["source_file"],
        "source_sheet": row["source_sheet"],
        "source_row": row["source_row"],
        "action": action,
        "owner_role": role,
        "owner": {"named contact": "Marguerite Ellery", "team lead": "Joss Penhallow"}.get(role, "Tidewater Billing"),
        "not_before": AS_OF,
        "by_when": None if idle else AS_OF + timedelta(days=2),
        "priority": priority,
        "level": {"Normal": 0, "High": 1, "Urgent": 2}[priority],
        "escalate_to": None if priority == "Normal" else "Marguerite Ellery",
        "reason": reason,
        "rule": rule,
        "step": 3,
        "why": "status and days as the rule asks",
        "deadline": None if left is None else AS_OF + timedelta(days=left),
        "deadline_kind": "filing",
        "deadline_source": "confirmed",
        "days_to_deadline": left,
        "next_due": AS_OF + timedelta(days=15) if idle else None,
        "next_rule": "CF-19" if idle else None,
        "on_hold": on_hold,
        "amount": Decimal(amount),
        "ref": make_ref("R", "harbour", row[key]),
        "questions": ref("sent", "HB-1008") if row.get("claim_id") == "HB-1008" else None,
    }


def frame(rows: list[dict[str, Any]], told: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in told} for row in rows], schema=told)


def questions() -> tuple[Question, ...]:
    def ask(code: str, key: str, need: str, about: str, why: str, priority: str, days: int, **more: Any) -> Question:
        told: dict[str, Any] = {
            "ref": ref(code, key),
            "code": code,
            "subject": "claim",
            "keys": (f"claim:{key}",),
            "need": need,
            "about": about,
            "why": why,
            "provides": "named contact",
            "provides_name": "Marguerite Ellery",
            "priority": priority,
            "by_when": AS_OF + timedelta(days=days),
            "by_when_why": "agreed days",
            "waiting_since": AS_OF - timedelta(days=7),
            "times_asked": 2,
            "level": 0,
            "escalate_to": "",
            "answers": ("supplied", "not available", "will check by", "do not chase"),
            "value_kind": "date",
        }
        return Question(**{**told, **more})

    return (
        ask("sent", "HB-1008", "The date it was sent to the insurer", f"HB-1008 · {PEOPLE[3]} · Oakfield Mutual · £675.25", "Without it we cannot tell whether it is late", "High", 3, cells=("Claims!F12",), column="submitted_date"),
        ask("complete", "HB-1007", "Complete the claim, or tell us why it waits", f"HB-1007 · {PEOPLE[2]} · Oakfield Mutual · £1,990.00", "The insurer takes claims for this visit until 26 Nov 2026", "Urgent", 1, value_kind="", by_when_why="insurer's deadline", level=2, escalate_to="Dr Aurelio Finch", answers=("supplied", "will check by", "practice decides")),
        ask("missing_member_id", "HB-1004", "The member number", f"HB-1004 · {PEOPLE[3]} · Beacon Life · £310.00", "The insurer cannot find the person", "High", 2, value_kind="id", column="member_id", held_reason="your last answer could not be taken: a number in which zeros in front may be lost"),
        ask("not_seen", "HB-0990", "Is this claim settled? It is not in this week's list", "HB-0990 · Meridian Dental · £77.00", "It was open last week", "Normal", 5, value_kind="status", answers=("supplied", "correct as it is")),
        ask("paid", "HB-1006", "What the insurer paid", f"HB-1006 · {PEOPLE[1]} · Beacon Life", "Two amounts stand in the row", "Normal", 5, value_kind="money", column="paid", answers=("supplied", "correct as it is", "will check by")),
        ask("agreement_payment_plans", "", "May patients pay in instalments?", "your agreement", "Nobody may be called about a balance before this is settled", "Normal", 8, subject="practice", keys=("payment_plans",), value_kind="text", times_asked=1, by_when_why="assumed", answers=("supplied", "practice decides")),
    )  # fmt: skip


def holds() -> tuple[Hold, ...]:
    return (
        Hold(hold_ref("vul"), "account:2003", "balances", f"2003 · {PEOPLE[2]}", "vulnerability", AS_OF, "patient contact", "Marguerite Ellery", AS_OF + timedelta(days=7), "sensitive", new=True),
        Hold(hold_ref("com"), "claim:HB-1009", "claims", f"HB-1009 · {PEOPLE[0]}", "complaint", AS_OF - timedelta(days=14), "claim too", "Marguerite Ellery", AS_OF + timedelta(days=1), "instruction", new=False),
    )  # fmt: skip


def policy() -> Policy:
    return replace(
        shipped(),
        practice=Practice(
            name="Harbour Street Dental", code="harbour", country="GB", region="ENG", currency="GBP",
            date_order="day first", patient_side=True, minimum_balance=Decimal("25.00"),
            first_check_after=21, chase_every=14, escalate_after=60, filing_limit=180, contact_role="practice manager",
            people=(("named contact", "Marguerite Ellery"), ("practice owner", "Dr Aurelio Finch"), ("billing team", "Tidewater Billing"), ("team lead", "Joss Penhallow")),
        ),
        agreements=(
            Agreement("payment_plans", "May patients pay in instalments?", None, None, None),
            Agreement("pause", "When do we pause?", "On any complaint", "Dr Aurelio Finch", date(2026, 9, 1)),
        ),
        insurers=(
            Insurer("Meridian Dental", first_check_after=21, chase_every=10, filing_limit=180, confirmed_on=date(2026, 8, 3), source="telephone"),
            Insurer("Beacon Life", filing_limit=365),
        ),
        measures=(Measure("open questions", "fewer than 5"),), hash="ab12cd34ef", shipped=False, notices=(),
    )  # fmt: skip


def week(path: Path) -> Week:
    letters = dict(zip(HEADINGS.values(), "ABCDEFGHI", strict=True))
    table = TableRead(
        file=FILE, sheet="Claims", hidden=False, holds="claims", header_rows=(HEADER,), first_row=HEADER + 1,
        last_row=HEADER + 13, columns=dict(HEADINGS), why={}, letters=letters, unknown_columns=(), rows=14, accepted=12,
        quarantined=1, ignored={"total": 1},
        money={"billed": {"accepted": Decimal("9585.75"), "quarantined": Decimal("100.00"), "ignored": Decimal(0)}},
        control_totals=(ControlTotal("billed", Decimal("9685.75"), Decimal("9685.75")),),
    )  # fmt: skip
    owed = replace(
        table, sheet="Balances", holds="balances", header_rows=(1,), first_row=2, last_row=5, rows=4, accepted=4,
        quarantined=0, ignored={}, columns={"Patient no": "patient_id", "Name": "patient_name", "Owes": "patient_due"},
        letters={"patient_id": "A", "patient_name": "B", "patient_due": "C"}, money={}, control_totals=(),
    )  # fmt: skip
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    problem = Problem(
        "missing_submitted_date",
        "asked",
        "claims",
        FILE,
        "Claims",
        HEADER + 8,
        "Sent",
        "empty",
        "Please write the date it was sent.",
        "F12",
    )
    return Week(
        claims=frame(claim_rows(), schema("claims")),
        balances=frame(balance_rows(), schema("balances")),
        problems=(problem,),
        tables=(table, owed),
        sources=(Source(path, FILE, "xlsx", digest),),
        warnings=(),
        sheets=(
            {"file": FILE, "sheet": "Claims", "hidden": False, "taken": True, "why": "claims"},
            {"file": FILE, "sheet": "Balances", "hidden": False, "taken": True, "why": "balances"},
            {
                "file": FILE,
                "sheet": "Rota",
                "hidden": False,
                "taken": False,
                "why": "no headings of claims or balances",
            },
        ),
    )


HEADINGS = {
    "Claim": "claim_id", "Patient": "patient_name", "Born": "date_of_birth", "Insurer": "insurer",
    "Member no": "member_id", "Sent": "submitted_date", "Status": "status", "Billed": "billed", "Notes": "notes",
}  # fmt: skip


def tracker(folder: Path) -> Path:
    """The practice's own workbook, as its manager keeps it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Claims"
    sheet["A1"], sheet["A1"].font = "Harbour Street Dental", Font(bold=True, size=14)
    for column, heading in enumerate(HEADINGS, 1):
        sheet.cell(HEADER, column, heading).fill = PatternFill("solid", fgColor="D9E1F2")
    for row in claim_rows():
        for column, name in enumerate(HEADINGS.values(), 1):
            sheet.cell(row["source_row"], column, row.get(name))
    sheet.cell(HEADER + 14, 1, "Total")
    sheet.cell(HEADER + 14, 8, f"=SUM(H{HEADER + 1}:H{HEADER + 13})")
    sheet["D5"].comment = Comment("spoke to them in May", "Marguerite")
    sheet.freeze_panes = "B5"
    owed = book.create_sheet("Balances")
    owed.append(["Patient no", "Name", "Owes"])
    for row in balance_rows():
        owed.append([row["patient_id"], row["patient_name"], row["patient_due"]])
    book.create_sheet("Rota").append(["Monday", "early"])
    path = folder / FILE
    book.save(path)
    return path


def review(folder: Path) -> Review:
    """The whole week, decided."""
    read = week(tracker(folder))
    claims = [decision(row, "claim_key", told[3:]) for row, told in zip(claim_rows(), CLAIMS, strict=True)]
    balances = [
        decision(row, "account_key", (*told[1:6], told[6], None, told[7]))
        for row, told in zip(balance_rows(), BALANCES, strict=True)
    ]
    return Review(
        week=read,
        policy=policy(),
        history=History(practice="harbour", last_run=date(2026, 11, 16)),
        as_of=AS_OF,
        payments_to=None,
        claims=frame(claims, DECISION),
        balances=frame(balances, DECISION),
        questions=questions(),
        holds=holds(),
        statements=(
            Statement("account:2001", f"2001 · {PEOPLE[0]} · £84.10", 1, "letter", AS_OF + timedelta(days=1), Decimal("84.10"), "", "Send second statement", AS_OF + timedelta(days=31)),
            Statement("account:2002", f"2002 · {PEOPLE[1]} · £130.00", None, "", None, Decimal("130.00"), "A claim of the family is still open", "Look again", AS_OF + timedelta(days=7)),
        ),
        updates=(
            ClaimUpdate("claim:HB-1012", "HB-1012 · Meridian Dental", "paid", "Submitted last week, Paid now: £220.00."),
            ClaimUpdate("claim:HB-0990", "HB-0990 · Meridian Dental", "not seen this week", "Open last week; not in this week's list."),
        ),
        measures=tuple(
            WeekMeasure(AS_OF - timedelta(days=7 * back), "open questions", label, Decimal(number + back))
            for back in (2, 1, 0)
            for label, number in (("0 to 7 days", 4), ("8 to 30 days", 2), ("over 30 days", 1))
        ),
        notices=("The filing limit of Beacon Life is assumed; nobody has confirmed it.",),
    )  # fmt: skip
