"""The canonical tables: every column's name, kind, Excel heading, and what a blank in it means.

Frames carry these as polars columns: text and id as String, date as Date, money as Decimal(18, 2)
in the practice's currency, count and row as Int64, flag as Boolean. Lists (procedure codes, reason
codes, sensitive categories, questions) are String, joined by "|". Null means "not known".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

Kind = Literal["text", "id", "date", "money", "count", "list", "flag", "row"]
Blank = Literal["unknown", "none yet", "none"]

MONEY: Final = pl.Decimal(18, 2)
DTYPES: Final[dict[Kind, pl.DataType]] = {
    "text": pl.String(),
    "id": pl.String(),
    "date": pl.Date(),
    "money": MONEY,
    "count": pl.Int64(),
    "list": pl.String(),
    "flag": pl.Boolean(),
    "row": pl.Int64(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column. `blank` says what an empty cell means to a rule."""

    name: str
    kind: Kind
    heading: str
    blank: Blank = "unknown"


CLAIMS: Final = (
    Column("claim_key", "id", "Claim key"),
    Column("claim_id", "id", "Claim number"),
    Column("patient_id", "id", "Patient number"),
    Column("patient_name", "text", "Patient"),
    Column("date_of_birth", "date", "Date of birth"),
    Column("insurer", "text", "Insurer"),
    Column("member_id", "id", "Member number"),
    Column("group_number", "id", "Group number"),
    Column("coverage", "text", "Order of cover"),
    Column("subscriber_name", "text", "Policy holder"),
    Column("provider", "text", "Provider"),
    Column("service_date", "date", "Date of service"),
    Column("first_submitted_date", "date", "First sent"),
    Column("submitted_date", "date", "Last sent"),
    Column("status", "text", "Status"),
    Column("status_as_written", "text", "Status as written", "none"),
    Column("status_date", "date", "Status date"),
    Column("last_contact_date", "date", "Last contact", "none yet"),
    Column("times_chased", "count", "Times chased"),
    Column("procedure_codes", "list", "Procedures"),
    Column("tooth", "text", "Tooth or area"),
    Column("billed", "money", "Billed"),
    Column("expected", "money", "Expected"),
    Column("paid", "money", "Paid"),
    Column("outstanding", "money", "Outstanding"),
    Column("insurer_deadline", "date", "Insurer's deadline"),
    Column("insurer_request", "text", "Insurer asked for", "none"),
    Column("insurer_claim_number", "id", "Insurer's claim number"),
    Column("reason_codes", "list", "Reason codes", "none"),
    Column("attachments", "list", "Attachments"),
    Column("notes", "text", "Notes", "none"),
    Column("sensitive", "list", "Sensitive", "none"),
    Column("questions", "list", "Questions", "none"),
    Column("quarantined", "flag", "Quarantined"),
    Column("source_file", "text", "File"),
    Column("source_sheet", "text", "Sheet", "none"),
    Column("source_row", "row", "Row"),
)
BALANCES: Final = (
    Column("account_key", "id", "Account key"),
    Column("patient_id", "id", "Patient number"),
    Column("patient_name", "text", "Patient"),
    Column("guarantor_name", "text", "Guarantor"),
    Column("balance", "money", "Balance"),
    Column("insurance_pending", "money", "Insurance pending"),
    Column("patient_due", "money", "Patient due"),
    Column("aging", "list", "Aging", "none"),
    Column("oldest_due_date", "date", "Oldest due"),
    Column("last_statement_date", "date", "Last statement", "none yet"),
    Column("statements_sent", "count", "Statements sent"),
    Column("last_payment_date", "date", "Last payment", "none yet"),
    Column("last_payment_amount", "money", "Last payment amount", "none yet"),
    Column("payment_plan", "text", "Payment plan"),
    Column("plan_next_due", "date", "Plan next due"),
    Column("stop_flag", "flag", "Stop flag"),
    Column("notes", "text", "Notes", "none"),
    Column("sensitive", "list", "Sensitive", "none"),
    Column("questions", "list", "Questions", "none"),
    Column("quarantined", "flag", "Quarantined"),
    Column("source_file", "text", "File"),
    Column("source_sheet", "text", "Sheet", "none"),
    Column("source_row", "row", "Row"),
)
PROBLEMS: Final = (
    Column("code", "text", "Code"),
    Column("severity", "text", "Severity"),
    Column("table", "text", "Table"),
    Column("source_file", "text", "File"),
    Column("source_sheet", "text", "Sheet", "none"),
    Column("source_row", "row", "Row"),
    Column("column", "text", "Column"),
    Column("found", "text", "Found"),
    Column("ask", "text", "What to do"),
    Column("cell", "text", "Cell"),
)
# What a heading may hold beside our columns: a part of one, or something that one is worked out from.
PARTS: Final = {
    "surname": "Surname",
    "forename": "Forename",
    "relationship": "Relationship to policy holder",
    "resent_date": "Sent again",
    "on_hold_date": "On hold since",
    "account_id": "Account number",
    "account_balance": "Account balance",
    "account_state": "Account state",
    "invoice_ref": "Invoice number",
}
TABLES: Final = {"claims": CLAIMS, "balances": BALANCES, "problems": PROBLEMS}


def schema(table: str) -> dict[str, pl.DataType]:
    """The polars schema of a canonical table, in the contract's order."""
    return {column.name: DTYPES[column.kind] for column in TABLES[table]}
