"""The settings of the `Practice` sheet: their words, what they mean, and what a blank leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "text",
    "country",
    "currency",
    "date order",
    "decimal sign",
    "time zone",
    "weekday",
    "working days",
    "days",
    "yes/no",
    "money",
    "email",
]


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the `Practice` sheet. `role` is set where the value names a person or team."""

    text: str  # the words in the column Setting
    field: str  # the field of policy.Practice, or "people" or "working_days"
    kind: Kind
    group: str  # the heading it stands under on the sheet
    meaning: str
    example: str
    blank: str  # what happens while it is blank
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 3650
    role: str = ""


YES_NO: Final = ("yes", "no")
ASKED: Final = "Asked before it is needed."

SETTINGS: Final = (
    Setting(
        "Practice name",
        "name",
        "text",
        "The practice",
        "As it should stand on your lists.",
        "Riverside Dental Care",
        ASKED,
    ),
    Setting(
        "Practice code",
        "code",
        "text",
        "The practice",
        "A short name for files and reports, without spaces.",
        "riverside",
        "The folder's name is used.",
    ),
    Setting(
        "Country",
        "country",
        "country",
        "The practice",
        "Two letters. The bank holidays on the sheet Calendar were listed for it.",
        "GB",
        "No bank holidays can be listed.",
    ),
    Setting(
        "Region",
        "region",
        "text",
        "The practice",
        "The part of the country whose bank holidays you keep.",
        "ENG",
        "The holidays of the whole country.",
    ),
    Setting(
        "Currency", "currency", "currency", "The practice", "Three letters.", "GBP", "Amounts are shown without a sign."
    ),
    Setting(
        "Date order",
        "date_order",
        "date order",
        "How your lists are written",
        "Does 03/04/2026 in your lists mean 3 April (day first) or March 4 (month first)?",
        "day first",
        "Dates that could be read two ways are asked, never guessed.",
        ("day first", "month first"),
    ),
    Setting(
        "Decimal sign",
        "decimal_sign",
        "decimal sign",
        "How your lists are written",
        "The sign before the pence or cents: . or ,",
        ".",
        "Amounts that could be read two ways are asked.",
        (".", ","),
    ),
    Setting(
        "Time zone",
        "time_zone",
        "time zone",
        "How your lists are written",
        "Where the practice is.",
        "Europe/London",
        "The time zone of the computer that runs the week.",
    ),
    Setting(
        "Weekly day",
        "weekly_day",
        "weekday",
        "The week",
        "The day on which you send us your lists.",
        "Monday",
        "Any day.",
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ),
    Setting(
        "Working days",
        "working_days",
        "working days",
        "The week",
        "The days of the week on which the practice works.",
        "Monday to Friday",
        "Monday to Friday.",
    ),
    Setting(
        "Payments posted within (days)",
        "payments_within",
        "days",
        "The week",
        "Payments older than this are in your books by the time you send us the list.",
        "7",
        "Asked each week before a balance is followed up.",
        high=90,
    ),
    Setting(
        "Patient side",
        "patient_side",
        "yes/no",
        "Patients",
        "Do we follow up what patients owe, as well as claims?",
        "yes",
        "No patient is contacted until it is settled.",
        YES_NO,
    ),
    Setting(
        "Minimum balance",
        "minimum_balance",
        "money",
        "Patients",
        "No statement goes out for less than this.",
        "25.00",
        "Asked before the first statement.",
    ),
    Setting(
        "First check after (days)",
        "first_check_after",
        "days",
        "Timeframes",
        "Days after sending a claim before we first ask the insurer about it. The sheet Insurers may say otherwise for one insurer.",
        "21",
        "21, marked as assumed.",
        low=0,
        high=365,
    ),
    Setting(
        "Chase every (days)",
        "chase_every",
        "days",
        "Timeframes",
        "Days between two calls about the same claim.",
        "14",
        "14, marked as assumed.",
        low=1,
        high=365,
    ),
    Setting(
        "Escalate after (days)",
        "escalate_after",
        "days",
        "Timeframes",
        "A claim that is open longer than this is brought to somebody's attention.",
        "60",
        "60, marked as assumed.",
        low=1,
        high=1095,
    ),
    Setting(
        "Filing limit (days)",
        "filing_limit",
        "days",
        "Timeframes",
        "Days from treatment to the last day on which an insurer takes the claim. Fill in the shortest one you know of; the sheet Insurers may say otherwise.",
        "180",
        "No last day is known, and every list says so.",
        low=1,
        high=3650,
    ),
    Setting(
        "Contact name",
        "people",
        "text",
        "People",
        "Who answers our questions and may lift a hold.",
        "Sue Mallory",
        "Settle this first: nobody can be asked.",
        role="named contact",
    ),
    Setting(
        "Contact role", "contact_role", "text", "People", "Their role in the practice.", "Practice manager", "Left out."
    ),
    Setting(
        "Contact email",
        "contact_email",
        "email",
        "People",
        "Where the weekly message goes.",
        "sue@practice.example",
        "No message is drafted.",
    ),
    Setting(
        "Backup contact",
        "people",
        "text",
        "People",
        "Who answers when the contact is away.",
        "Tom Reyes",
        "Nobody steps in.",
        role="backup contact",
    ),
    Setting(
        "Practice manager",
        "people",
        "text",
        "People",
        "Told when something waits too long.",
        "Sue Mallory",
        "Lists say practice manager.",
        role="practice manager",
    ),
    Setting(
        "Practice owner",
        "people",
        "text",
        "People",
        "Told when something has waited far too long.",
        "Dr Ana Whitfield",
        "Lists say practice owner.",
        role="practice owner",
    ),
    Setting(
        "Billing team",
        "people",
        "text",
        "People",
        "Who does the follow-up.",
        "Team North",
        "Lists say billing team.",
        role="billing team",
    ),
    Setting(
        "Team lead",
        "people",
        "text",
        "People",
        "Who calls an insurer's supervisor.",
        "Jo Park",
        "Lists say team lead.",
        role="team lead",
    ),
)
BY_TEXT: Final = {setting.text: setting for setting in SETTINGS}

# Used where neither the practice nor the insurer's row says anything, and always shown as assumed.
# How long an insurer takes a claim, an answer or an appeal has no such value: that stays "none stated".
ASSUMED_DAYS: Final = {"first_check_after": 21, "chase_every": 14, "escalate_after": 60}
