"""The sheets of the policy workbook: their headings, and the rows that a new practice starts with."""

from __future__ import annotations

from typing import Final

from billingkit.policy import details, guarantees, starting
from billingkit.policy.questions import MEASURES, SETTLED_FIRST
from billingkit.policy.settings import SETTINGS
from billingkit.policy.tables import BALANCES, CLAIMS, ESCALATION, Shape

Rows = list[list[object]]

PRACTICE: Final = "Practice"
AGREEMENTS: Final = "Agreements"
INSURERS: Final = "Insurers"
REQUIRED: Final = "Required details"
ATTACHMENTS: Final = "Attachments"
SOURCES: Final = "Sources"
IDS: Final = "Ids"
STATUS_WORDS: Final = "Status words"
COLUMN_HEADINGS: Final = "Column headings"
WORDING: Final = "Sensitive wording"
GUARANTEES: Final = "Guarantees"
CALENDAR: Final = "Calendar"
MEASURE: Final = "Measures"

HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    PRACTICE: ("Setting", "Value", "What it means", "Example", "While it is blank"),
    AGREEMENTS: ("Question", "Answer", "Agreed by", "Agreed on", "For example"),
    INSURERS: (
        "Insurer",
        "Also written as",
        "Channel",
        "First check after",
        "Chase every",
        "Filing limit",
        "Answer window",
        "Appeal window",
        "Source",
        "Confirmed on",
    ),
    REQUIRED: ("Field", "Procedure codes", "Order of cover", "Status", "Who supplies it", "Note"),
    ATTACHMENTS: ("Insurer", "Procedure codes", "Order of cover", "Need", "Kind", "Source"),
    SOURCES: (
        "File or tab",
        "Holds",
        "Amount is",
        "Owes is",
        "Decimal sign",
        "Date order",
        "Newest tab wins",
        "Note",
    ),
    IDS: ("Field", "Digits", "Text"),
    STATUS_WORDS: ("Their word", "Status", "Where"),
    COLUMN_HEADINGS: ("Their heading", "Our column", "Where"),
    WORDING: ("Phrase", "Category", "What stops", "Not when"),
    CALENDAR: ("Date", "Name", "Kind"),
    MEASURE: ("Measure", "What good means here", "Note"),
}
NEEDED: Final[dict[str, tuple[str, ...]]] = {
    PRACTICE: ("Setting", "Value"),
    AGREEMENTS: ("Question", "Answer"),
    INSURERS: ("Insurer",),
    REQUIRED: ("Field",),
    ATTACHMENTS: ("Need", "Kind"),
    SOURCES: ("File or tab",),
    IDS: ("Field",),
    STATUS_WORDS: ("Their word", "Status"),
    COLUMN_HEADINGS: ("Their heading", "Our column"),
    WORDING: ("Phrase", "Category"),
    CALENDAR: ("Date",),
    MEASURE: ("Measure",),
}
ORDER: Final = (
    PRACTICE,
    AGREEMENTS,
    INSURERS,
    STATUS_WORDS,
    COLUMN_HEADINGS,
    SOURCES,
    IDS,
    WORDING,
    REQUIRED,
    ATTACHMENTS,
    CLAIMS.sheet,
    BALANCES.sheet,
    ESCALATION.sheet,
    GUARANTEES,
    CALENDAR,
    MEASURE,
)

HOLDS: Final = ("claims", "claims, one row per procedure", "balances", "ignore")
AMOUNT_IS: Final = ("billed", "outstanding")
OWES_IS: Final = ("positive", "negative")
DATE_ORDERS: Final = ("day first", "month first")
DECIMAL_SIGNS: Final = (".", ",")
NEEDS: Final = ("required", "on request", "do not send")
CALENDAR_KINDS: Final = ("Bank holiday", "Closure", "Working day")

# Plain words that mean one thing in every system seen. Used only where there is no practice's own
# policy; words such as "Received", "Pending" or "Rejected" differ from system to system and are asked.
PLAIN_STATUS_WORDS: Final = (
    ("Draft", "Draft"),
    ("Submitted", "Submitted"),
    ("Resubmitted", "Resubmitted"),
    ("Info requested", "Info requested"),
    ("Information requested", "Info requested"),
    ("Denied", "Denied"),
    ("Appealed", "Appealed"),
    ("Paid", "Paid"),
    ("Closed", "Closed"),
)

# The words of the kit's own tracker, claims_and_balances.xlsx: whole phrases that no system uses otherwise,
# so they are understood in every policy.
TRACKER_WORDS: Final = (
    ("Not ready: details are missing", "draft"),
    ("Held back by us", "held"),
    ("Waiting for the first insurer", "held_primary"),
    ("Ready to send", "ready"),
    ("Sent to the insurer", "submitted"),
    ("Sent to the insurer again", "resubmitted"),
    ("Bounced before the insurer looked at it", "rejected"),
    ("The insurer cannot find it", "not_found"),
    ("The insurer has it", "received"),
    ("The insurer is deciding", "pending"),
    ("The insurer asks for something", "info_requested"),
    ("Paid but not in our books", "paid_unposted"),
    ("Paid as expected", "paid"),
    ("Paid less than expected", "paid_short"),
    ("Denied by the insurer", "denied"),
    ("Appeal sent", "appealed"),
    ("Closed and nothing left to do", "closed"),
)


def table_headings(shape: Shape) -> tuple[str, ...]:
    """The headings of a decision table's sheet, in order."""
    conditions = [column.heading for column in shape.columns]
    outputs = [output.heading for output in shape.outputs]
    return ("Rule", "Active", "Step", *conditions, *outputs, "From", "To", "Note")


def starting_rows() -> dict[str, Rows]:
    """Every sheet with its headings in row 1 and the starting rows below: the shipped policy as cells."""
    filled: dict[str, tuple[tuple[object, ...], ...]] = {
        PRACTICE: tuple((one.text, None, one.meaning, one.example, one.blank) for one in SETTINGS),
        AGREEMENTS: tuple((settled.question, None, None, None, settled.example) for settled in SETTLED_FIRST),
        REQUIRED: details.REQUIRED,
        ATTACHMENTS: details.ATTACHMENTS,
        CLAIMS.sheet: starting.CLAIM_RULES,
        BALANCES.sheet: starting.BALANCE_RULES,
        ESCALATION.sheet: starting.ESCALATION_RULES,
        GUARANTEES: guarantees.GUARANTEES,
        MEASURE: tuple((name, None, meaning) for name, meaning in MEASURES),
    }
    headings = {**HEADINGS, GUARANTEES: guarantees.HEADINGS}
    headings |= {shape.sheet: table_headings(shape) for shape in (CLAIMS, BALANCES, ESCALATION)}
    return {sheet: [list(headings[sheet]), *map(list, filled.get(sheet, ()))] for sheet in ORDER}
