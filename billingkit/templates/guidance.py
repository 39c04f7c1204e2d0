"""The words beside each sheet of the policy workbook: what it is for, what to type, how wide it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from billingkit.policy import sheets

if TYPE_CHECKING:
    from billingkit.workbook.looks import Look

RULES_HINT: Final = (
    "A rule counts for a row when every condition in it is met; an empty cell or - means whatever it is. "
    "The lower step wins, and inside one step no two rules may meet the same row, so the order of the rows has no meaning. "
    "Where a rule needs something nobody knows, the row is asked. What you can type is on the tab Read me first."
)


@dataclass(frozen=True, slots=True)
class Guidance:
    """What one sheet says above its headings, its columns' widths and hints, and how many rows it offers."""

    title: str
    lines: str
    widths: tuple[float, ...]
    hints: tuple[str, ...] = ()
    spare_rows: int = 0
    answers: tuple[str, ...] = field(default=())  # the headings under which the practice types


GUIDANCE: Final[dict[str, Guidance]] = {
    sheets.PRACTICE: Guidance(
        "Practice",
        "Fill in the coloured cells. Leave a cell blank while you do not know: we ask rather than guess, "
        "and the last column says what happens until then.",
        (30, 26, 64, 24, 44),
        answers=("Value",),
    ),
    sheets.AGREEMENTS: Guidance(
        "Agreements",
        "Settle these before anybody calls a patient. A blank answer is never filled in for you: it stays on your "
        "action list, and whatever depends on it waits.",
        (46, 48, 20, 15, 46),
        answers=("Answer", "Agreed by", "Agreed on"),
    ),
    sheets.INSURERS: Guidance(
        "Insurers",
        "One row for each insurer whose days differ from yours. Days count from sending (first check), from the last "
        "contact (chase), from treatment (filing), from the insurer's letter (answer, appeal). Without a date under "
        "Confirmed on they count as assumed, and our lists say so.",
        (28, 34, 18, 12, 12, 12, 12, 12, 28, 15),
        (
            "as on your lists",
            "other spellings; put ; between",
            "portal, phone, post",
            "days",
            "days",
            "days",
            "days",
            "days",
            "who or what says so",
            "date",
        ),
        20,
    ),
    sheets.STATUS_WORDS: Guidance(
        "Status words",
        "What does each status on your lists mean? A word that is not here is asked, never guessed. Their word may also "
        "be (blank) for an empty cell, (any date) where a date in that column says it, or a mark such as *.",
        (34, 24, 34),
        ("as on your lists, such as Rcvd", "choose from the list", "blank, or the file, tab or column meant"),
        24,
    ),
    sheets.COLUMN_HEADINGS: Guidance(
        "Column headings",
        "Most headings are understood as they are. List one here when we asked about it or took it for something else.",
        (34, 28, 34),
        ("as on your lists, such as Appt date", "choose from the list", "blank, or the file or tab meant"),
        24,
    ),
    sheets.SOURCES: Guidance(
        "Sources",
        "Only where it is not plain what a file or tab holds.",
        (34, 30, 18, 18, 13, 14, 14, 44),
        (
            "its name, or part of it",
            "choose",
            "of claims: choose",
            "a debt is: choose",
            ". or ,",
            "choose",
            "yes or no",
            "for us to know",
        ),
        12,
    ),
    sheets.IDS: Guidance(
        "Numbers that are names",
        "How many digits has a membership or claim number? Then a lost zero at the front is noticed and asked.",
        (28, 12, 32),
        ("choose from the list", "such as 8", "may it hold letters? yes or no"),
        8,
    ),
    sheets.WORDING: Guidance(
        "Sensitive wording",
        "Words in notes that mean: step back. The beginning of a word is enough (complain finds complaint and "
        "complained). Contact with the patient stops at once; write claim too where the claim shall rest as well. Not when "
        "lists phrases that look alike and mean nothing, with ; between them.",
        (32, 40, 24, 50),
        (
            "such as complain",
            "choose from the list",
            "blank is patient contact",
            "such as no complaints; complaint resolved 2019",
        ),
        34,
    ),
    sheets.REQUIRED: Guidance(
        "Required details",
        "What a claim must carry before it goes, and who supplies it. Blank cells mean all codes, every order of cover, "
        "every status. Change it to what your insurers ask for.",
        (24, 46, 26, 46, 20, 50),
        ("choose", "such as D2000-D2999; D7140", "such as primary, other", "such as Ready, Rejected", "choose", ""),
        15,
    ),
    sheets.ATTACHMENTS: Guidance(
        "Attachments",
        "What goes with a claim. Common practice to start from; each insurer's own list counts more, so add rows with "
        "the insurer's name as you learn them.",
        (24, 50, 18, 16, 44, 40),
        (
            "blank is every insurer",
            "such as D2710-D2794",
            "such as secondary",
            "choose",
            "such as x-ray",
            "who says so",
        ),
        15,
    ),
    "Claim rules": Guidance(
        "Claim rules: what happens with each claim",
        RULES_HINT,
        (7, 7, 12, 13, 25, 9, 11, 20, 12, 11, 13, 11, 22, 14, 10, 44, 10, 10, 16),
        spare_rows=10,
    ),
    "Balance rules": Guidance(
        "Balance rules: what happens with each patient's account",
        RULES_HINT,
        (7, 7, 12, 8, 11, 10, 25, 11, 12, 13, 22, 14, 10, 44, 10, 10, 16),
        spare_rows=10,
    ),
    "Escalation rules": Guidance(
        "Escalation rules: how urgent it is, and who is told",
        "Level 1 tells the named contact, 2 the practice manager, 3 the practice owner. The level never falls as times "
        "chased, days or amount grow, or the deadline comes nearer: a change that breaks this is not taken.",
        (8, 8, 8, 30, 18, 18, 18, 20, 8, 10, 11, 11, 40),
        spare_rows=10,
    ),
    sheets.GUARANTEES: Guidance(
        "Guarantees: what must hold whatever the rules say",
        "Each is proved for every case before a rule is used. Write conditions as Column: condition, with ; between them. "
        "If not is stop where a rule that breaks it may not run, and ask where it runs and we ask whether you mean it: "
        "then change the rule, or what is agreed here.",
        (18, 66, 50, 9, 52),
        spare_rows=10,
    ),
    sheets.CALENDAR: Guidance(
        "Calendar",
        "Bank holidays and the days you close. Weekends need no rows. Each year in use needs its bank holidays, else "
        "working days cannot be counted and we say so. Working day marks a weekend day that you do work.",
        (18, 44, 18),
        ("date", "such as Christmas Day", "choose"),
        20,
    ),
    sheets.MEASURE: Guidance(
        "Measures",
        "What we count for you each week. Write what good means for your practice; it is something to watch, no promise.",
        (30, 44, 74),
        spare_rows=5,
        answers=("What good means here",),
    ),
}

WELCOME: Final[tuple[tuple[str, Look], ...]] = (
    ("Your agreement with the billing team", "title"),
    (
        (
            "Whatever we do for your practice follows from this workbook, and you may change any of it. "
            "Nothing is hidden elsewhere."
        ),
        "wrap",
    ),
    ("Start with these, in this order", "subtitle"),
)
STEPS: Final = (
    (sheets.PRACTICE, "Who you are, how your lists are written, your timeframes, and who answers our questions."),
    (sheets.AGREEMENTS, "What you want settled before anybody speaks with a patient."),
    (sheets.STATUS_WORDS, "What the status words on your lists mean."),
    (sheets.WORDING, "Words in notes that mean: step back and leave it to you."),
    (sheets.INSURERS, "Insurers whose days differ from yours. This may wait."),
    (sheets.CALENDAR, "Bank holidays and the days you close. Check that next year is there."),
)
LATER: Final = (
    "Everything else has a sensible start: the claim, balance and escalation rules, what a claim must carry, and what "
    "goes with it. Read them when you have time, and change what you do differently."
)
PROMISES: Final = (
    "Blank means not settled. We ask; we never fill it in for you.",
    "No rule can write off, give a discount, refund, pass an account to collections or decide anything clinical. Those stay yours.",
    (
        "A mistake in this workbook stops nothing by surprise: every one is listed with its cell and what to write, "
        "and the last version without mistakes goes on running meanwhile."
    ),
    "You may add rows and columns of your own; what we do not know we leave alone.",
)
TYPED: Final = (
    ("- or nothing", "whatever it is, known or not"),
    ("30 or more", "30, 31, 32 and up; also >= 30 or 30+"),
    ("up to 13", "13, 12, 11 and down; also < 14 or under 14"),
    ("14 to 29", "from 14 to 29, both counted"),
    ("2 or 5 or more", "2, or 5 and up; use or, not a comma, between numbers"),
    ("Denied or Rejected", "one of these words; also Denied, Rejected"),
    ("not Paid, Denied", "neither of these"),
    ("blank", "nobody knows"),
    ("14 or more or blank", "14 and up, or nobody knows"),
    ("none yet", "it has not happened so far, such as no call yet"),
    ("none stated", "nobody has said how long it is, such as a deadline"),
)
