"""How values read in a sentence: dates, money, priorities, holds, the line that says which claim is meant."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from billingkit.decisions.answered import CARRIED
from billingkit.terms import ACTION_BY_WORD, STATUS_LABEL

CARRY_OUT: Final = "Do what the practice answered"
ON_HOLD: Final = "on hold: step back"
SYMBOLS: Final = {"GBP": "£", "USD": "$", "EUR": "€", "CAD": "$", "AUD": "$", "NZD": "$"}
PRIORITY_RANK: Final = {"Urgent": 0, "High": 1, "Normal": 2}
# What a hold may be called on paper. Why somebody is vulnerable, or where somebody lives in hiding, is never said.
HOLD_LABEL: Final = {
    "vulnerability": "vulnerable: step back",
    "safeguarding_or_confidential_address": "contact only via the practice",
    "minor_or_separated_parents": "ask who is responsible",
    "bankruptcy_or_breathing_space": "legal stop on contact",
    "legal_or_insurer_dispute": "legal or insurer dispute",
    "refund_or_clinical_question": "refund or clinical question",
}


def day(value: date | None, *, weekday: bool = False) -> str:
    """`27 Nov 2026`, or `Fri 27 Nov 2026`; empty where the date is not known."""
    if value is None:
        return ""
    plain = f"{value.day} {value:%b %Y}"
    return f"{value:%a} {plain}" if weekday else plain


def money(value: Decimal | None, currency: str | None) -> str:
    """`£1,234.50`, `-£20.00`; `amount not known` where it is not."""
    if value is None:
        return "amount not known"
    sign = "-" if value < 0 else ""
    return f"{sign}{SYMBOLS.get(currency or '', '')}{abs(value):,.2f}"


def hold_label(category: str) -> str:
    """The least that must be said about a hold."""
    return HOLD_LABEL.get(category, category.replace("_", " "))


def action_label(told: dict[str, Any]) -> str:
    """What a decision says is to be done; where the practice has answered, the team does what it answered."""
    label = ACTION_BY_WORD[told["action"]]
    return CARRY_OUT if label.contacts == "practice" and CARRIED in told["reason"] else label.label


def status_label(word: str | None) -> str:
    """A status as it is written in Excel."""
    return STATUS_LABEL.get(word or "", word or "")


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 claim`, `3 claims`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def claim_line(row: dict[str, Any], currency: str | None) -> str:
    """Which claim is meant: number, patient, insurer, date of service, amount, as far as they are known."""
    amount = row["outstanding"] if row["outstanding"] is not None else row["billed"]
    parts = (
        row["claim_id"] or "no claim number",
        row["patient_name"],
        row["insurer"],
        day(row["service_date"]),
        money(amount, currency),
    )
    return " · ".join(part for part in parts if part)


def account_line(row: dict[str, Any], currency: str | None) -> str:
    """Which account is meant: patient number, name, what the patient owes."""
    parts = (row["patient_id"] or row["account_key"], row["patient_name"], money(row["patient_due"], currency))
    return " · ".join(part for part in parts if part)
