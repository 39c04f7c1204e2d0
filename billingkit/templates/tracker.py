"""A tracker for a practice whose system exports nothing: claims and balances, kept by hand in Excel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from billingkit import columns, terms
from billingkit.policy.sheets import TRACKER_WORDS

if TYPE_CHECKING:
    from billingkit.workbook.fresh import FreshBook, Tab
    from billingkit.workbook.looks import Kind, Look

HEADER: Final = 4
ROWS: Final = 250  # prepared rows; the table grows when more are typed
PRINTED: Final = 60  # rows that are printed until somebody sets another print area
DAY: Final = "Type a date as your Excel writes it, such as 25/12/2026 or 12/25/2026."
AMOUNT: Final = "Type the amount as a number, such as 125.50. Leave it empty while you do not know it."
PLANS: Final = ("none", "on track", "missed")

# Our column, how wide, and what to type there.
CLAIMS: Final = (
    ("claim_id", 14, "The number your practice gives the claim. One row for each claim."),
    ("patient_id", 12, "Your own number for the patient."),
    ("patient_name", 22, "Family name, first name."),
    ("date_of_birth", 13, DAY),
    ("insurer", 22, "Always write an insurer in the same way."),
    ("member_id", 16, "Policy or membership number, as on the card, with its zeros."),
    ("coverage", 12, "Is this insurer first or second for the patient?"),
    ("subscriber_name", 20, "Whose policy it is. Write the patient's name if it is their own."),
    ("provider", 14, "Who treated the patient."),
    ("service_date", 13, f"The day of treatment. {DAY}"),
    ("first_submitted_date", 13, f"The day the claim first went out. {DAY}"),
    ("submitted_date", 13, f"The day it last went out. {DAY}"),
    ("status", 30, "Where the claim stands now."),
    ("last_contact_date", 13, f"When somebody last asked the insurer. Leave it empty if nobody has. {DAY}"),
    ("times_chased", 9, "How many times the insurer was asked. 0 if never."),
    ("procedure_codes", 20, "Codes, with ; between them, or the treatment in words."),
    ("tooth", 10, "Tooth, quadrant or jaw."),
    ("billed", 12, f"What you charged. {AMOUNT}"),
    ("expected", 12, f"What you expect the insurer to pay. {AMOUNT}"),
    ("paid", 12, f"What the insurer has paid. {AMOUNT}"),
    ("outstanding", 12, f"What the insurer still owes. {AMOUNT}"),
    ("insurer_deadline", 13, f"A last day that the insurer has named. {DAY}"),
    ("insurer_request", 26, "What the insurer has asked for."),
    ("insurer_claim_number", 18, "The insurer's own number for this claim."),
    ("reason_codes", 14, "Codes on the insurer's letter, with ; between them."),
    ("notes", 40, "Anything we should know. Words such as complaint or bereavement make us step back."),
)
BALANCES: Final = (
    ("patient_id", 14, "Your own number for the account. One row for each account."),
    ("patient_name", 24, "Family name, first name."),
    ("guarantor_name", 24, "Who pays the account, if not the patient."),
    ("balance", 13, f"The whole balance. A credit has a minus. {AMOUNT}"),
    ("insurance_pending", 13, f"The part still expected from insurers. {AMOUNT}"),
    ("patient_due", 13, f"The part the patient owes now. {AMOUNT}"),
    ("oldest_due_date", 13, f"Since when the oldest part is due. {DAY}"),
    ("last_statement_date", 13, f"When the last statement went out. Leave it empty if none has. {DAY}"),
    ("statements_sent", 12, "How many statements have gone out about this balance. 0 if none."),
    ("last_payment_date", 13, DAY),
    ("last_payment_amount", 13, AMOUNT),
    ("payment_plan", 13, "Is a payment plan running, and is it kept?"),
    ("plan_next_due", 13, f"When the next payment of the plan is due. {DAY}"),
    ("stop_flag", 10, "yes if nobody shall contact this person."),
    ("notes", 46, "Anything we should know. Words such as complaint or bereavement make us step back."),
)
CHOICES: Final = {
    "status": tuple(word for word, _ in TRACKER_WORDS),
    "coverage": terms.COVERAGES,
    "payment_plan": PLANS,
    "stop_flag": ("yes", "no"),
}
HOW: Final[tuple[tuple[str, Look], ...]] = (
    ("Claims and balances", "title"),
    (
        "For a practice whose system gives no lists. Keep it up to date during the week and send it to us as it is.",
        "wrap",
    ),
    ("How to fill it in", "subtitle"),
    (
        "One row for each claim on the tab Claims, one row for each account on the tab Balances. Start in the first empty row.",
        "wrap",
    ),
    (
        "Leave a cell empty while you do not know it. Empty means not known; 0 means nothing. We ask about what is missing.",
        "wrap",
    ),
    ("Click on a heading or a cell: a note says what belongs there. Some cells have a list to choose from.", "wrap"),
    ("Keep a claim in the list when it is paid or closed and set its status; take it out a week later.", "wrap"),
    ("You may add columns of your own at the right, sort, and filter. Please keep the headings as they are.", "wrap"),
    ("What the statuses mean", "subtitle"),
)
MEANINGS: Final = {
    "draft": "The treatment is done; something is missing before the claim can go.",
    "held": "You hold it back yourself, for example until a treatment plan is agreed.",
    "held_primary": "A second cover, waiting until the first insurer has decided.",
    "ready": "Complete; nobody has sent it yet.",
    "submitted": "Sent; no word from the insurer yet.",
    "resubmitted": "Sent once more, corrected or with something added.",
    "rejected": "Returned by the portal or the insurer's computer; it has to go as a new claim.",
    "not_found": "The insurer says it never had the claim.",
    "received": "The insurer has confirmed that it has the claim.",
    "pending": "The insurer is looking at it.",
    "info_requested": "The insurer waits for an answer, an x-ray or a form.",
    "paid_unposted": "The insurer says it has paid, and you cannot find the money.",
    "paid": "Paid what you expected.",
    "paid_short": "Paid less than you expected.",
    "denied": "The insurer has decided and pays nothing.",
    "appealed": "You have asked the insurer to decide again.",
    "closed": "Finished; nobody needs to look at it again.",
}


def write_tracker(path: Path | str) -> None:
    """Write the empty tracker workbook."""
    from billingkit.workbook.fresh import open_workbook

    with open_workbook(path) as book:
        book.title("Claims and balances")
        _how(book)
        _table(book, "Claims", "One row for each claim. Leave empty what you do not know.", columns.CLAIMS, CLAIMS)
        _table(
            book, "Balances", "One row for each account. Leave empty what you do not know.", columns.BALANCES, BALANCES
        )


def _how(book: FreshBook) -> None:
    tab = book.add_tab("How to use", colour="#12324D")
    tab.width(1, 40)
    tab.width(2, 74)
    for row, (text, look) in enumerate(HOW, 1):
        tab.merge((row, 1, row, 2), text, look)
        tab.height(row, 26 if look != "wrap" else 34 if len(text) > 128 else 18)
    for place, (word, status) in enumerate(TRACKER_WORDS, len(HOW) + 1):
        tab.text(place, 1, word, "normal")
        tab.text(place, 2, MEANINGS[status], "normal")
    tab.print_on(landscape=False, area=(1, 1, len(HOW) + len(TRACKER_WORDS), 2))
    tab.show_first()


def _table(
    book: FreshBook,
    name: str,
    sentence: str,
    canonical: Sequence[columns.Column],
    listed: Sequence[tuple[str, int, str]],
) -> None:
    from billingkit.workbook.fresh import Heading

    tab = book.add_tab(name)
    tab.text(1, 1, name, "title")
    tab.merge((2, 1, 2, 5), sentence, "muted")
    tab.height(1, 28)
    known = {column.name: column for column in canonical}
    headings = [
        Heading(known[column].heading, width, look="normal", kind=_kind(known[column]), note=what)
        for column, width, what in listed
    ]
    tab.table(name, HEADER, 1, headings, [[None] * len(headings) for _ in range(ROWS)])
    tab.height(HEADER, 32)
    for place, (column, _, what) in enumerate(listed, 1):
        _guard(tab, (HEADER + 1, place, HEADER + ROWS, place), known[column], what)
    tab.freeze(HEADER + 1, 4 if name == "Claims" else 3)
    tab.print_on(title_row=HEADER, area=(1, 1, HEADER + PRINTED, len(headings)))
    tab.sheet.fit_to_pages(2 if len(headings) > 16 else 1, 0)


def _kind(column: columns.Column) -> Kind:
    kinds: dict[str, Kind] = {"date": "date", "money": "money", "count": "number"}
    return kinds.get(column.kind, "code")


def _guard(tab: Tab, area: tuple[int, int, int, int], column: columns.Column, what: str) -> None:
    if column.name in CHOICES:
        tab.drop_down(area, CHOICES[column.name], what)
    elif column.kind == "date":
        tab.must_be_date(area, date(1900, 3, 1), what)
    elif column.kind in ("money", "count"):
        least = 0 if column.kind == "count" else -1_000_000
        tab.must_be_number(area, what, least=least)
