"""What we ask the practice, in plain words: one topic for each thing that can be missing or doubtful.

A topic says how widely one answer settles it (`joins`), what we need, why, and what may be answered.
Nothing here proposes a treatment, or anything about a patient's money beyond asking the practice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from billingkit.columns import TABLES, Kind

Joins = Literal["row", "patient", "word", "sheet", "twin", "practice", "batch"]

SUPPLY: Final = ("supplied", "not available", "will check by", "do not chase", "practice decides")
DOUBT: Final = ("supplied", "correct as it is", "will check by", "do not chase", "practice decides")
SETTLE: Final = ("supplied", "correct as it is", "will check by", "practice decides")
MEANING: Final = ("supplied", "will check by", "practice decides")  # that a word is right does not say what it means
DECIDE: Final = ("supplied", "will check by", "do not chase", "resume", "practice decides")
VALUE_KIND: Final[dict[Kind, str]] = {
    "text": "text", "id": "id", "date": "date", "money": "money", "count": "text", "list": "text", "flag": "text",
    "row": "text",
}  # fmt: skip
HEADING: Final = {column.name: column.heading for table in ("claims", "balances") for column in TABLES[table]}
KIND: Final = {column.name: column.kind for table in ("claims", "balances") for column in TABLES[table]}


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of question."""

    code: str
    need: str
    why: str
    joins: Joins = "row"  # "batch": everything that came up in one week, and stays together after that
    subject: str = "claim"
    answers: tuple[str, ...] = SUPPLY
    value_kind: str = "text"
    column: str = ""
    provides: str = "named contact"
    tab: str = ""  # where it is answered, if not on the action list itself
    named: int = 3  # so many of its rows are named in the question


WHY_STOPPED: Final = "We do nothing with this row until we know."

# Questions that the reading raised on a row.
FROM_READING: Final = {
    topic.code: topic
    for topic in (
        Topic("unreadable_date", "Give us this date.", f"The date cannot be read. {WHY_STOPPED}", value_kind="date"),
        Topic("ambiguous_date", "Tell us which date is meant.", f"Day and month could be swapped. {WHY_STOPPED}", value_kind="date"),
        Topic("future_date", "Check this date: it lies in the future.", WHY_STOPPED, answers=DOUBT, value_kind="date"),
        Topic(
            "submitted_before_service", "Check the two dates: the claim was sent before the treatment.", WHY_STOPPED,
            answers=DOUBT, value_kind="date",
        ),
        Topic("unreadable_amount", "Give us this amount.", f"The amount cannot be read. {WHY_STOPPED}", value_kind="money"),
        Topic(
            "paid_exceeds_billed", "Check the amounts: more was paid than billed.", WHY_STOPPED, answers=DOUBT,
            value_kind="money", column="paid",
        ),
        Topic(
            "member_id_suspect", "Check the member number with the card.",
            "The number has lost digits or does not look like one; the insurer would not find the patient.",
            "patient", "patient", DOUBT, "id", "member_id",
        ),
        Topic(
            "claim_id_suspect", "Check this claim number.", f"The number has lost digits or was changed by Excel. {WHY_STOPPED}",
            answers=DOUBT, value_kind="id",
        ),
        Topic(
            "policy_holder_mismatch", "Tell us who the policy holder is.",
            "The lists name different people for the same member number.", "patient", "patient", DOUBT, "text", "subscriber_name",
        ),
        Topic(
            "missing_coverage_order", "Which cover is this: first, second, or a request before treatment?",
            "It decides which insurer is asked first.", value_kind="text", column="coverage",
        ),
        Topic(
            "unknown_status", "Tell us what this status word means.", f"We do not know the word. {WHY_STOPPED}", "word",
            "practice", MEANING, "status", "status",
        ),
        Topic(
            "duplicate_claim_conflict", "Tell us which of these lines is right.",
            f"One claim number stands on several lines that differ. {WHY_STOPPED}", "word", "claim", SETTLE, "text",
        ),
        Topic(
            "twin_claims", "Tell us how these claims differ, or that one is a copy.",
            f"Two lines are alike in everything that could tell them apart. {WHY_STOPPED}", "twin",
            answers=SETTLE,
        ),
        Topic(
            "account_state_conflict",
            "Tell us which is right on your list: the state of the account or its amount.",
            f"The two say different things. {WHY_STOPPED}",
            "batch",
            "account",
            SETTLE,
        ),
        Topic(
            "answer_differs", "Tell us which is right: what you answered, or what your list says now.",
            f"Your list has come to say something else than you told us. {WHY_STOPPED}", answers=SETTLE,
        ),
        Topic(
            "not_calculated", "Open the workbook in Excel, save it and send it again.",
            f"Some cells hold formulas that were never worked out. {WHY_STOPPED}", "sheet", "practice", ("will check by",), "",
        ),
    )
}  # fmt: skip
MARKS: Final = {"*": "star", "#": "hash", "~": "tilde", "^": "caret", "\u2020": "dagger", "\u2021": "double dagger"}


def amount_mark(mark: str, found: str) -> Topic:
    """The one question about a mark that stands on amounts, such as `768.00*`: its meaning is asked, not each amount."""
    return Topic(
        f"amount_mark_{MARKS[mark].replace(' ', '_')}",
        f"Tell us what the mark {mark} on your amounts means, as in {found}, and whether the amount stands as it is written.",
        f"We do not read past a mark whose meaning nobody told us. {WHY_STOPPED}",
        "practice",
        "practice",
        ("supplied", "will check by", "practice decides"),
        "text",
    )


DATE_ORDER: Final = Topic(
    "ambiguous_date",
    "In your lists, does 03/04/2026 mean 3 April (day first) or March 4 (month first)?",
    f"Dates that can be read two ways are never guessed. {WHY_STOPPED}",
    "practice",
    "practice",
    ("supplied", "will check by", "practice decides"),
    "date order",
)
CREDITS: Final = Topic(
    "credit_balances",
    "Tell us what shall happen with this credit.",
    "Money that a patient has paid too much is the patient's. We only bring it to you.",
    "batch",
    "account",
    ("supplied", "correct as it is", "will check by", "practice decides"),
    "text",
)
PER_PATIENT: Final = ("member_id", "date_of_birth", "group_number", "subscriber_name")
MISSING_CODE: Final = {
    "submitted_date": "missing_submitted_date", "coverage": "missing_coverage_order",
    "outstanding": "missing_amount", "billed": "missing_amount",
}  # fmt: skip
NEED: Final = {
    "attachments": "Send us the papers this claim needs: {kind}.",
    "status": "Tell us where this claim stands.",
    "submitted_date": "Tell us when this claim was last sent.",
    "status_date": "Tell us the date of the insurer's last word on this claim.",
    "service_date": "Tell us the date of treatment.",
    "outstanding": "Tell us what is still open on this claim.",
    "reason_codes": "Tell us the insurer's reason, as it stands on their statement.",
    "coverage": "Which cover is this: first, second, or a request before treatment?",
    "patient_due": "Tell us what the patient owes, without what the insurer still has to pay.",
    "insurance_pending": "Tell us what the insurer still has to pay on this account.",
    "payment_plan": "Tell us whether a payment plan runs on this account: none, on track or missed.",
    "statements_sent": "Tell us how many statements have gone out for this account.",
    "stop_flag": "Tell us whether this account must be left alone.",
    "billed": "Tell us what was billed.",
    "paid": "Tell us what the insurer has paid.",
    "claim_id": "Give us the claim number.",
    "patient_id": "Give us the patient number.",
    "patient_name": "Tell us which patient this is.",
    "insurer": "Tell us which insurer this is.",
    "last_statement_date": "Tell us when the last statement went out.",
    "balance": "Tell us the balance of this account.",
    "member_id": "Give us the member number, as on the card.",
    "date_of_birth": "Give us the patient's date of birth.",
    "procedure_codes": "Give us the procedures of this claim.",
    "subscriber_name": "Tell us who the policy holder is.",
    "provider": "Tell us who treated the patient.",
    "tooth": "Tell us the tooth or area.",
}  # fmt: skip


WHY: Final = {
    "status": "No rule can act on a claim whose state is not known.",
    "submitted_date": "The day of the next call is counted from it.",
    "status_date": "The last day for an answer or an appeal is counted from it.",
    "service_date": "The last day for the claim is counted from it.",
    "outstanding": "It decides what is worth an appeal and how urgent it is.",
    "reason_codes": "The insurer's reason decides what can be done, and the list does not say it in a way we know.",
}
WITHOUT: Final = "The insurer wants it for this claim."
NO_STATEMENT: Final = "No statement goes out before we know."


def missing(column: str, kind: str = "", *, table: str = "claims", provides: str = "named contact") -> Topic:
    """The topic for one value that is not there."""
    need = NEED.get(column, f"Give us: {HEADING.get(column, column).lower()}.").format(kind=kind)
    per_patient = column in PER_PATIENT
    return Topic(
        MISSING_CODE.get(column, f"missing_{column}"),
        need,
        WHY.get(column, WITHOUT) if table == "claims" else NO_STATEMENT,
        "patient" if per_patient else "row",
        "patient" if per_patient else ("claim" if table == "claims" else "account"),
        SUPPLY,
        "status" if column == "status" else VALUE_KIND[KIND.get(column, "text")],
        column,
        provides,
    )


# What a practice may say once for a column that its export never has: (what we need, what "correct as it
# is" then means, the value it stands for or None where it only says that the practice has the detail).
GAPS: Final[dict[tuple[str, str], tuple[str, str | None]]] = {
    ("balances", "payment_plan"): (
        'Your list does not show payment plans. If no account has one, answer "correct as it is"; else send us a list that shows them.',
        "none",
    ),
    ("balances", "statements_sent"): (
        'Your list does not show how many statements have gone out. If none has, answer "correct as it is"; else send us a list that shows it.',
        "0",
    ),
    ("balances", "insurance_pending"): (
        'Your list does not show what insurers still have to pay. If the patient\'s amount is already without it, answer "correct as it is".',
        "0",
    ),
    ("balances", "patient_due"): (
        "Your list does not show what the patient owes apart from what insurers still have to pay. Please send a list that does.",
        None,
    ),
    ("balances", "last_statement_date"): (
        'Your list does not show when the last statement went out. If none has gone out yet, answer "correct as it is"; else send us a list that shows it.',
        None,
    ),
    ("claims", "times_chased"): (
        'Your list does not show how often the insurer was asked. If nobody has asked yet, answer "correct as it is".',
        "0",
    ),
}


# What every row must say for itself: a practice cannot say once for all that it is there all the same.
EACH_ROW: Final = frozenset(
    {
        *(("claims", column) for column in ("insurer", "status", "outstanding", "service_date", "status_date")),
        *(("claims", column) for column in ("submitted_date", "reason_codes", "patient_id")),
        *(("balances", column) for column in ("patient_due", "stop_flag")),
    }
)


def gap(table: str, column: str) -> Topic:
    """The one question about a column that the export never has, with the answers that settle something."""
    shown = HEADING.get(column, column).lower()
    alone = (table, column) in EACH_ROW
    plain = (
        f"Your list does not show: {shown}. Please send us a list that shows it."
        if alone
        else f'Your list does not show: {shown}. If your claims have it all the same, answer "correct as it is"; else send us a list that shows it.'
    )
    need, _ = GAPS.get((table, column), (plain, None))
    return Topic(
        MISSING_CODE.get(column, f"missing_{column}"),
        need,
        "Your export has no such column, so we ask once for all rows. Where a decision needs it, we wait.",
        "practice",
        "practice",
        ("will check by",) if alone else ("correct as it is", "will check by"),
        "",
        column,
    )


def doubtful(code: str, sentence: str = "") -> Topic:
    """The one question about a list whose amounts can be read in two ways; its answer holds for the next reading."""
    return Topic(code, sentence, "", "practice", "practice", MEANING, "text")


def other_gaps(columns: Iterable[tuple[str, str]]) -> Topic:
    """The one question about columns that no decision waits for."""
    shown = ", ".join(dict.fromkeys(HEADING.get(column, column).lower() for _, column in columns))
    return Topic(
        "columns_not_shown",
        f'Your lists do not show: {shown}. If your system can show them, send us lists that do; else answer "correct as it is".',
        "They help us to tell claims and patients apart from week to week. No decision waits for them.",
        "practice",
        "practice",
        SETTLE,
        "",
    )


SETTINGS: Final = {
    "first_check_after": (
        "How many days after sending shall we first ask an insurer?",
        "Practice: First check after (days)",
    ),
    "chase_every": ("How many days shall pass between two calls to an insurer?", "Practice: Chase every (days)"),
    "minimum_balance": ("From which balance on do statements go out?", "Practice: Minimum balance"),
    "payments_within": (
        "How many days may payments wait before they are posted?",
        "Practice: Payments posted within (days)",
    ),
    "patient_side": ("Shall we follow up what patients owe? yes or no", "Practice: Patient side"),
    "filing_limit": ("How many days does each insurer give for sending a claim?", "Insurers: Filing limit"),
    "answer_window": ("How many days does each insurer give for an answer?", "Insurers: Answer window"),
    "appeal_window": ("How many days does each insurer give for an appeal?", "Insurers: Appeal window"),
}


def setting(name: str) -> Topic:
    """The question about something that the policy leaves open."""
    need, where = SETTINGS[name]
    kind = {"minimum_balance": "money", "patient_side": "yes or no"}.get(name, "days")
    return Topic(
        f"setting_{name}", need, f"It is blank in your agreement ({where}), and we never guess it.", "practice", "practice",
        ("supplied", "will check by", "practice decides"), kind,
    )  # fmt: skip


WHOSE_CLAIMS: Final = Topic(
    "whose_claims",
    'Open claims without a patient stop every statement. Fill in patient number and name in your list; if none of the claims named here belongs to an account on it, answer "correct as it is".',
    "Any account may be the one that such a claim belongs to, so no patient gets a statement before you answer.",
    "batch",
    "claim",
    ("correct as it is", "will check by"),
    "",
    named=12,
)
BLANK_GUARANTOR: Final = Topic(
    "blank_guarantor",
    'Some accounts name nobody who pays for them. If the patients pay themselves, answer "correct as it is".',
    "We must know who belongs to one family before a statement goes out.",
    "practice",
    "practice",
    SETTLE,
    "",
    "guarantor_name",
)

# Decisions that a rule hands to the practice: one question per claim or account.
ACTION_NEED: Final = {
    "ask_practice": "",  # the rule's own reason says it
    "refer": "Look for proof that this claim was sent in time, and tell us what you found.",
    "refer_decision": "Decide how to go on, and tell us.",
    "ask_complete": "Complete this claim, or tell us that it may go.",
    "ask_release": "Tell us whether this claim may go.",
    "ask_post": "Find this payment and post it, or tell us that it has not come.",
    "ask_clinician": "Ask the clinician for a view, and tell us.",
    "get_information": "Send us what the insurer asked for.",
}


def decision(action: str, reason: str, table: str) -> Topic:
    """The question behind a decision that goes to the practice."""
    need = ACTION_NEED[action] or "Tell us how to go on."
    return Topic(f"decide_{action}", need, reason, "row", "claim" if table == "claims" else "account", DECIDE, "text")
