"""The field's words, as closed lists: statuses, actions, owners, holds, sensitive categories.

Sources: the practice-facing meaning of each status follows the clearing-house status categories
and the words of real practice systems; see docs/terms.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Contact = Literal["insurer", "patient", "practice", "nobody"]


@dataclass(frozen=True, slots=True)
class Status:
    """A claim's state at the insurer: its word, its label in Excel, who has the ball, which clock runs."""

    word: str
    label: str
    ball_with: str
    clock: str


STATUSES: Final = (
    Status("draft", "Draft", "practice", "filing"),
    Status("held", "Held", "practice", "filing"),
    Status("held_primary", "Held primary", "insurer", "filing"),
    Status("ready", "Ready", "billing team", "filing"),
    Status("submitted", "Submitted", "insurer", "filing"),
    Status("rejected", "Rejected", "billing team", "filing"),
    Status("not_found", "Not found", "billing team", "filing"),
    Status("received", "Received", "insurer", "insurer decision"),
    Status("pending", "Pending", "insurer", "insurer decision"),
    Status("info_requested", "Info requested", "practice", "answer"),
    Status("paid_unposted", "Paid unposted", "practice", "trace"),
    Status("paid", "Paid", "nobody", "none"),
    Status("paid_short", "Paid short", "billing team", "reconsideration"),
    Status("denied", "Denied", "billing team", "appeal"),
    Status("resubmitted", "Resubmitted", "insurer", "filing"),
    Status("appealed", "Appealed", "insurer", "appeal decision"),
    Status("closed", "Closed", "nobody", "none"),
)
STATUS_WORDS: Final = tuple(status.word for status in STATUSES)
STATUS_LABEL: Final = {status.word: status.label for status in STATUSES}
FINISHED: Final = ("paid", "paid_unposted", "closed")
OPEN: Final = tuple(word for word in STATUS_WORDS if word not in FINISHED)
WAITING: Final = ("submitted", "resubmitted", "received", "pending", "held_primary", "appealed")
NOT_SENT: Final = ("draft", "held", "ready")


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a decision may say; `contacts` names who is approached when it is carried out."""

    word: str
    label: str
    contacts: Contact


# The whole vocabulary of decisions. Nothing here writes off, discounts, refunds, sets a fee, sends to
# collections or makes a clinical choice; tests/test_boundary.py holds every table and template to it.
ACTIONS: Final = (
    Action("ask", "Ask", "practice"),
    Action("hold", "Hold", "nobody"),
    Action("hold_and_tell", "Hold and tell the practice", "practice"),
    Action("none", "None", "nobody"),
    Action("wait", "Wait", "nobody"),
    Action("refer", "Refer to practice", "practice"),
    Action("refer_decision", "Refer to practice for decision", "practice"),
    Action("ask_practice", "Ask the practice", "practice"),
    Action("ask_complete", "Ask the practice to complete or release", "practice"),
    Action("ask_release", "Ask the practice to release", "practice"),
    Action("ask_post", "Ask the practice to post or trace", "practice"),
    Action("ask_clinician", "Ask the clinician", "practice"),
    Action("get_information", "Get what the insurer asked for", "practice"),
    Action("send_claim", "Send claim", "insurer"),
    Action("send_new_claim", "Correct and send as a new claim", "insurer"),
    Action("send_replacement", "Correct and send a replacement", "insurer"),
    Action("resend_with_proof", "Resend with proof of first submission", "insurer"),
    Action("prepare_appeal", "Prepare appeal for approval", "nobody"),
    Action("call_insurer", "Call insurer", "insurer"),
    Action("call_supervisor", "Call insurer's supervisor", "insurer"),
    Action("check_cover", "Check second cover, then patient's part", "nobody"),
    Action("first_statement", "Send first statement", "patient"),
    Action("second_statement", "Send second statement", "patient"),
    Action("third_statement", "Send third statement and call", "patient"),
)
ACTION_BY_LABEL: Final = {action.label.casefold(): action for action in ACTIONS}
ACTION_BY_WORD: Final = {action.word: action for action in ACTIONS}

# Roles a rule may name; the policy's Practice sheet turns a role into a person.
OWNERS: Final = (
    "named contact",
    "backup contact",
    "practice manager",
    "practice owner",
    "billing team",
    "team lead",
)
PRACTICE_SIDE: Final = ("named contact", "backup contact", "practice manager", "practice owner")

HOLD_STOPS: Final = ("patient contact", "claim too")
DENIAL_ROUTES: Final = ("documents", "data", "not covered", "not separately payable", "clinical", "none given")
STATEMENT_GUARDS: Final = (
    "none",
    "insurance pending",
    "family claim open",
    "answer awaited",
    "unapplied credit",
    "late denial",
    "payments not posted",
)
PAYMENT_PLANS: Final = ("none", "on track", "missed")
PRIORITIES: Final = ("Normal", "High", "Urgent")
LEVELS: Final = (0, 1, 2, 3)
LEVEL_TO: Final = {1: "named contact", 2: "practice manager", 3: "practice owner"}
COVERAGES: Final = ("primary", "secondary", "preauth", "other", "medical", "capitation")

SENSITIVE: Final = (
    "complaint",
    "dispute",
    "upset",
    "hardship",
    "vulnerability",
    "bereavement",
    "minor_or_separated_parents",
    "bankruptcy_or_breathing_space",
    "legal_or_insurer_dispute",
    "refund_or_clinical_question",
    "safeguarding_or_confidential_address",
)

# Where a deadline's number of days came from, strongest first.
PROVENANCE: Final = ("claim instruction", "confirmed", "assumed", "none stated")

ANSWERS: Final = (
    "supplied",
    "not available",
    "will check by",
    "correct as it is",
    "do not chase",
    "resume",
    "practice decides",
)
