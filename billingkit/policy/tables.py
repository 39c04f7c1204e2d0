"""What the three decision tables ask about and what they may say: their columns and outputs.

The facts of the same names are worked out by the review; a practice edits the rules, never these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from billingkit import terms
from billingkit.rules import Column, Output

STEPS: Final = {1: "Stop first", 2: "Urgent", 3: "Routine"}
ONE_STEP: Final = {1: ""}
ON_HOLD: Final = ("no", *terms.HOLD_STOPS)
PLANS: Final = ("None", "On track", "Missed")

CLAIM_COLUMNS: Final = (
    Column("on_hold", "On hold", "list", ON_HOLD),
    Column("status", "Status", "list", tuple(terms.STATUS_LABEL.values())),
    Column("missing_details", "Missing details", "yes/no"),
    Column("days_to_deadline", "Days to deadline", "number", unit="days", special="none stated"),
    Column("denial_route", "Denial route", "list", terms.DENIAL_ROUTES),
    Column("amount_outstanding", "Amount outstanding", "money"),
    Column("days_past_first_check", "Days past first check", "number", unit="days"),
    Column(
        "days_past_chase_interval",
        "Days past chase interval",
        "number",
        unit="days",
        blank="none yet",
        special="none yet",
    ),
    Column("times_chased", "Times chased", "number", low=0, unit="times"),
)
BALANCE_COLUMNS: Final = (
    Column("on_hold", "On hold", "yes/no"),
    Column("patient_due", "Patient due", "money"),
    Column("above_minimum", "Above minimum", "yes/no"),
    Column("statement_guard", "Statement guard", "list", terms.STATEMENT_GUARDS),
    Column("payment_plan", "Payment plan", "list", PLANS),
    Column("statements_sent", "Statements sent", "number", low=0, unit="times"),
    Column(
        "days_since_statement",
        "Days since last statement",
        "number",
        unit="days",
        blank="none yet",
        special="none yet",
    ),
)
ESCALATION_COLUMNS: Final = (
    Column("days_to_deadline", "Days to deadline", "number", unit="days", special="none stated", rising=-1),
    Column("times_chased", "Times chased or asked", "number", low=0, unit="times", rising=1),
    Column("days_past_by_when", "Working days past By when", "number", unit="days", rising=1),
    Column("days_open_past_limit", "Days open past the limit", "number", unit="days", rising=1),
    Column("amount", "Amount", "money", rising=1),
)

# "Ask" is never written in a table: it is what the kit says when the data cannot decide.
ACTION_LABELS: Final = tuple(action.label for action in terms.ACTIONS if action.word != "ask")
# What may be said about an account; everything about patients is here, everything about insurers is not.
ACCOUNT_WORDS: Final = (
    "hold_and_tell",
    "none",
    "wait",
    "refer",
    "refer_decision",
    "ask_practice",
    "first_statement",
    "second_statement",
    "third_statement",
)
CLAIM_ACTIONS: Final = tuple(
    action.label
    for action in terms.ACTIONS
    if action.contacts != "patient" and action.word not in ("ask", "hold_and_tell")
)
ACCOUNT_ACTIONS: Final = tuple(terms.ACTION_BY_WORD[word].label for word in ACCOUNT_WORDS)


def _outputs(actions: tuple[str, ...]) -> tuple[Output, ...]:
    return (
        Output("action", "Action", "word", actions),
        Output("owner", "Owner", "word", terms.OWNERS),
        Output("due", "Due in (working days)", "number"),
        Output("reason", "Reason", "text"),
    )


ESCALATION_OUTPUTS: Final = (
    Output("level", "Level", "number"),
    Output("priority", "Priority", "word", terms.PRIORITIES),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """One decision table's sheet: its name, columns, outputs and steps."""

    name: str  # claims, balances, escalation
    sheet: str
    columns: tuple[Column, ...]
    outputs: tuple[Output, ...]
    steps: dict[int, str]


CLAIMS: Final = Shape("claims", "Claim rules", CLAIM_COLUMNS, _outputs(CLAIM_ACTIONS), STEPS)
BALANCES: Final = Shape("balances", "Balance rules", BALANCE_COLUMNS, _outputs(ACCOUNT_ACTIONS), STEPS)
ESCALATION: Final = Shape("escalation", "Escalation rules", ESCALATION_COLUMNS, ESCALATION_OUTPUTS, ONE_STEP)
SHAPES: Final = (CLAIMS, BALANCES, ESCALATION)
