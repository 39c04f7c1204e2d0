"""Invented weeks for tests: a few claims and balances with every column the review asks about."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import polars as pl

from billingkit import policy as agreed
from billingkit.columns import schema
from billingkit.policy import Insurer, Policy
from billingkit.terms import STATUS_WORDS
from billingkit.week import Week

AS_OF = date(2026, 11, 23)  # a Monday
CLAIM = {
    "claim_id": "C-1",
    "patient_id": "P1",
    "patient_name": "Lee, Ann",
    "date_of_birth": date(1980, 5, 6),
    "insurer": "Harbour Dental",
    "member_id": "M-001",
    "group_number": "G1",
    "coverage": "primary",
    "subscriber_name": "Lee, Ann",
    "provider": "Dr Reed",
    "service_date": date(2026, 10, 1),
    "first_submitted_date": date(2026, 10, 2),
    "submitted_date": date(2026, 10, 2),
    "status": "submitted",
    "status_as_written": "Sent",
    "status_date": date(2026, 10, 2),
    "times_chased": 0,
    "procedure_codes": "D0120",
    "tooth": "14",
    "billed": Decimal("250.00"),
    "paid": Decimal("0.00"),
    "outstanding": Decimal("250.00"),
    "attachments": "x-ray|narrative|perio chart",
    "quarantined": False,
    "source_file": "book.xlsx",
    "source_sheet": "Claims",
}
BALANCE = {
    "patient_id": "P9",
    "patient_name": "Moss, Eve",
    "guarantor_name": "Moss, Eve",
    "balance": Decimal("120.00"),
    "insurance_pending": Decimal("0.00"),
    "patient_due": Decimal("120.00"),
    "statements_sent": 0,
    "payment_plan": "none",
    "stop_flag": False,
    "quarantined": False,
    "source_file": "book.xlsx",
    "source_sheet": "Balances",
}


def money(value):
    return None if value is None else Decimal(value)


def claims(*rows):
    """A claims frame from what differs from an ordinary claim; keys and rows are numbered."""
    made = []
    for at, row in enumerate(rows):
        whole = {**dict.fromkeys(schema("claims")), **CLAIM, "claim_id": f"C-{at + 1}", "source_row": at + 7, **row}
        whole.setdefault("claim_key", None)
        whole["claim_key"] = whole["claim_key"] or whole["claim_id"]
        made.append(whole)
    return pl.DataFrame(made, schema=schema("claims"), orient="row")


def balances(*rows):
    """A balances frame from what differs from an ordinary account."""
    made = []
    for at, row in enumerate(rows):
        whole = {
            **dict.fromkeys(schema("balances")),
            **BALANCE,
            "account_key": f"A-{at + 1}",
            "source_row": at + 5,
            **row,
        }
        made.append(whole)
    return pl.DataFrame(made, schema=schema("balances"), orient="row")


def week(claim_rows=(), balance_rows=(), **more):
    """A week of these rows."""
    return Week(
        claims=claims(*claim_rows), balances=balances(*balance_rows), problems=(), tables=(), sources=(), **more
    )


@cache
def policy() -> Policy:
    """The starting rules with a practice that has settled everything."""
    start = agreed.shipped()
    practice = replace(
        start.practice,
        name="Riverside Dental Care",
        code="riverside",
        currency="GBP",
        patient_side=True,
        minimum_balance=Decimal(25),
        payments_within=7,
        first_check_after=21,
        chase_every=14,
        escalate_after=60,
        filing_limit=365,
        people=(
            ("named contact", "Maya Brook"),
            ("practice manager", "Tom Hale"),
            ("practice owner", "Dr Iris Vane"),
            ("billing team", "Billing team"),
            ("team lead", "Sam Ode"),
        ),
    )
    return replace(
        start,
        practice=practice,
        insurers=(
            Insurer("Harbour Dental", ("Harbor Dental",), None, 21, 14, 365, 30, 180, "letter", date(2026, 1, 5)),
            Insurer("Summit Benefit", (), None, 30, 21, 180, None, None, "hearsay", None),
        ),
        agreements=tuple(replace(one, answer="agreed", agreed_by="Maya Brook") for one in start.agreements),
    )


def many(number, seed=1):
    """A large invented week, the same for the same seed."""
    draw = random.Random(seed)
    rows = [
        {
            "claim_id": f"C-{at}",
            "patient_id": f"P{at % 9000}",
            "patient_name": f"Patient {at % 9000}",
            "insurer": draw.choice(["Harbour Dental", "Summit Benefit", "Other Mutual"]),
            "service_date": AS_OF - timedelta(days=draw.randrange(5, 420)),
            "submitted_date": AS_OF - timedelta(days=draw.randrange(1, 120)),
            "status": draw.choice(STATUS_WORDS),
            "status_date": AS_OF - timedelta(days=draw.randrange(1, 60)),
            "last_contact_date": draw.choice([None, AS_OF - timedelta(days=draw.randrange(1, 40))]),
            "times_chased": draw.randrange(5),
            "outstanding": Decimal(draw.randrange(1000, 200000)) / 100,
            "reason_codes": draw.choice([None, "CO-16|N37", "CO-50", "PR-96", "CO-29", "CO-45"]),
        }
        for at in range(number)
    ]
    owed = [
        {
            "account_key": f"A{at}",
            "patient_id": f"P{at}",
            "patient_name": f"Patient {at}",
            "guarantor_name": f"Patient {at - at % 3}",
            "patient_due": Decimal(draw.randrange(-5000, 40000)) / 100,
            "statements_sent": draw.randrange(4),
            "last_statement_date": AS_OF - timedelta(days=draw.randrange(1, 90)),
        }
        for at in range(number // 5)
    ]
    return week(rows, owed)
