"""What to ask, in the practice's words: one sentence for each kind of doubt."""

from __future__ import annotations

from typing import Final

from billingkit.columns import BALANCES, CLAIMS
from billingkit.reading.money import shows_decimal_commas

LABEL: Final = {column.name: column.heading.lower() for column in (*CLAIMS, *BALANCES)} | {
    "resent_date": "re-sent date",
    "on_hold_date": "on-hold date",
    "surname": "surname",
    "forename": "forename",
    "relationship": "relationship",
    "account_id": "account number",
    "account_balance": "account balance",
    "account_state": "account state",
    "aging": "aged amounts",
    "billed": "amount billed",
    "paid": "amount paid",
    "outstanding": "amount outstanding",
    "statements_sent": "number of statements sent",
    "last_statement_date": "date of the last statement",
    "insurance_pending": "amount expected from insurance",
    "submitted_date": "date the claim was last sent",
}
_ASK: Final = {
    "unreadable_date": "This is not a date we can read. Please type the {field} as a date.",
    "ambiguous_date": "Whether the day or the month comes first cannot be told here. Please tell us the {field}, and on the Practice sheet whether dates are day first or month first.",
    "future_date": "This {field} lies in the future. Please give the right date.",
    "old_date": "This {field} is more than ten years back. Please check it.",
    "submitted_before_service": "The claim was sent before the date of service. Please correct the date that is wrong.",
    "unreadable_amount": "This is not an amount we can read. Please type the {field} as a plain amount.",
    "missing_amount": "No amount is known for this claim. Please give what was billed and what is outstanding.",
    "not_calculated": "This formula was never calculated. Please open the workbook in Excel, save it and send it again.",
    "paid_exceeds_billed": "More is paid than was billed. Please check both amounts.",
    "policy_holder_mismatch": "The relationship says Self, but the policy holder is somebody else. Please say who holds the policy.",
    "missing_coverage_order": "Please say whether this is the first (primary) or second (secondary) cover.",
    "unknown_status": "We do not know this status word. Please say what it means on the sheet Status words.",
    "conflicting_status": "Two signs on this row say different things about where the claim stands. Please say which is right.",
    "duplicate_claim_conflict": "This claim number stands on several rows that differ. Please say which row is right, or correct the number.",
    "twin_claims": "Two rows are the same in everything, and there is no claim number to tell them apart. Please say whether these are two claims.",
    "twin_accounts": "This account stands on several rows. Please say whether they are one account.",
    "unknown_payment_plan": "Please say whether the payment plan is on track or missed, or that there is none.",
    "unreadable_stop_flag": "We cannot tell whether this account is to be left alone. Please mark it with * or leave it blank.",
    "account_state_conflict": "The account's state and its balance say different things. Please say which is right.",
    "unreadable_count": "This is not a whole number. Please correct it.",
    "missing_patient_due": "We cannot tell whether the patient owes this. Please say whether the account is in debt, or on the sheet Sources, under Owes is, which sign means owed.",
}
_COMMA: Final = "This amount looks as if it had a decimal comma. If this list writes amounts so, please say it on the sheet Sources, under Decimal sign; if it is the only one, please type it with a point."
_ONCE: Final = {
    "missing_claim_id": "This export has no claim number, so claims are told apart by patient, insurer, date and amount.",
    "missing_status": "This export has no status we know. Please tell us on the sheet Status words what says where a claim stands.",
    "missing_insurance_pending": "This list does not say how much of a balance is expected from insurance. Please tell us whether the patient owes all of it.",
    "doubtful_amount": "The heading does not say whether this was billed or is still owed. Please tell us here, billed or outstanding, or on the sheet Sources, under Amount is.",
    "doubtful_decimal_sign": "Several amounts look as if a comma stood before the cents. Please tell us here whether it is a comma or a point, or on the Practice sheet, under Decimal sign.",
}


def ask(code: str, role: str, found: str = "") -> str:
    """The sentence that asks for what a row lacks; `found` is what stands there instead."""
    if code == "unreadable_amount" and shows_decimal_commas([found]):
        return _COMMA
    field = LABEL.get(role, role.replace("_", " "))
    if code in _ASK:
        return _ASK[code].format(field=field)
    if code.endswith("_suspect"):
        return f"This {field} has lost digits or cannot be right. Please give the whole {field}."
    return f"The {field} is missing. Please give it."


def ask_once(code: str, column: str) -> str:
    """The sentence that asks once for what the layout never has."""
    label = LABEL.get(column, column.replace("_", " "))
    return _ONCE.get(code, f"This export has no {label}. Please tell us where we can find it, or that it is not kept.")
