"""The billing team's worklist: what to do, in which order, and where to write what came of it."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from billingkit.exchange.drawing import draw
from billingkit.exchange.filing import file_name, put
from billingkit.exchange.listing import Cell, Field, Line, Listing
from billingkit.exchange.outcomes import outcome_fields
from billingkit.exchange.oversight import on_hold, spot_check, waiting_on_practice
from billingkit.exchange.pseudonyms import without_names
from billingkit.exchange.rows import Decided, accounts, claims
from billingkit.exchange.tabs import PACK_PROPERTY, pack_line
from billingkit.exchange.wording import (
    PRIORITY_RANK,
    action_label,
    count,
    status_label,
)
from billingkit.terms import ACTION_BY_WORD
from billingkit.workbook.collecting import no_collecting
from billingkit.workbook.fresh import open_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from billingkit.decided import Review

RESUBMISSIONS: Final = {
    "send_new_claim": "New claim",
    "send_replacement": "Replacement of the insurer's claim",
    "resend_with_proof": "Same claim again, with proof of first sending",
}
STATEMENTS: Final = ("first_statement", "second_statement", "third_statement")
LEFT_ALONE: Final = ("none", "wait", "hold", "hold_and_tell")
TEAM: Final = ("billing team", "team lead")


def _claim_fields(*, first: tuple[Field, ...] = ()) -> tuple[Field, ...]:
    return (
        Field("Ref", 12.5, "ref"),
        Field("Insurer", 17),
        Field("Priority", 9),
        Field("By when", 11.5, "date"),
        Field("Deadline", 11.5, "date"),
        *first,
        Field("Claim", 12.5, "id"),
        Field("Patient", 17),
        Field("Date of birth", 11.5, "date"),
        Field("Member number", 13, "id"),
        Field("Date of service", 11.5, "date"),
        Field("Last sent", 11.5, "date"),
        Field("Amount", 10.5, "money"),
        Field("Status", 12),
        Field("Why", 28),
        Field("Rule", 7.5),
        *outcome_fields(),
    )


def _claim(one: Decided, *first: Cell) -> Line:
    row, told = one.row, one.decision
    values = (
        told["ref"],
        row["insurer"] or "insurer not known",
        told["priority"],
        told["by_when"],
        told["deadline"],
        *first,
        row["claim_id"],
        row["patient_name"],
        row["date_of_birth"],
        row["member_id"],
        row["service_date"],
        row["submitted_date"],
        told["amount"],
        status_label(row["status"]),
        told["reason"],
        told["rule"],
    )
    return Line((*values, *(None,) * 6), told["priority"])


def risk(told: dict[str, Any]) -> Decimal:
    """Deadline risk x amount: the amount over the weeks that are left, so that a near deadline weighs more.

    A deadline or an amount that nobody knows weighs as the worst known one would: it is not assumed to be far or small.
    """
    if told["amount"] is None:
        return Decimal("Infinity")
    days = told["days_to_deadline"]
    if days is None:
        days = 365 if told["deadline_source"] == "none stated" else 0
    amount: Decimal = abs(told["amount"])
    left: int = max(0, days)
    return amount * 7 / (7 + left)


def by_insurer(decided: Iterable[Decided]) -> tuple[Decided, ...]:
    """Grouped by insurer, so that one call serves many claims; the insurer with most at risk first."""
    ordered = sorted(decided, key=lambda one: one.row["insurer"] or "")
    groups = [sorted(group, key=_weight) for _, group in groupby(ordered, key=lambda one: one.row["insurer"] or "")]
    groups.sort(key=lambda group: (_rank(group[0]), -sum(risk(one.decision) for one in group)))
    return tuple(one for group in groups for one in group)


def _rank(one: Decided) -> int:
    return PRIORITY_RANK[one.decision["priority"]]


def _weight(one: Decided) -> tuple[int, Decimal, str]:
    return _rank(one), -risk(one.decision), one.decision["key"]


def to_do(review: Review) -> Listing:
    """Calls and other work with insurers that stands on no other tab."""
    chosen = by_insurer(one for one in claims(review) if _is_to_do(one))
    fields = _claim_fields(first=(Field("What to do", 22),))
    lines = tuple(_claim(one, action_label(one.decision)) for one in chosen)
    insurers = len({one.row["insurer"] for one in chosen})
    said = (
        f"{count(len(lines), 'claim')} at {count(insurers, 'insurer')}. One call can serve every claim of an insurer.",
        "Urgent first, then by what is at risk: the amount, weighed by how near the deadline is.",
    )
    return Listing("To do", "To do", said, fields, lines, frozen=2)


def _is_to_do(one: Decided) -> bool:
    action, role = one.decision["action"], one.decision["owner_role"]
    elsewhere = action in RESUBMISSIONS or action in STATEMENTS or action == "prepare_appeal" or action in LEFT_ALONE
    return role in TEAM and not elsewhere


def appeals(review: Review) -> Listing:
    """Appeals to prepare; the practice approves each before it goes."""
    chosen = by_insurer(one for one in claims(review) if one.decision["action"] == "prepare_appeal")
    fields = _claim_fields(first=(Field("Insurer's claim", 15, "id"), Field("Reason codes", 12)))
    lines = tuple(_claim(one, one.row["insurer_claim_number"], one.row["reason_codes"]) for one in chosen)
    said = (f"{count(len(lines), 'appeal')} to prepare. Nothing is sent before the practice approves it.",)
    return Listing("Appeals to prepare", "Appeals to prepare", said, fields, lines, frozen=2)


def resubmissions(review: Review) -> Listing:
    """Claims to send again: as a new claim or as a replacement, which is not the same."""
    chosen = by_insurer(one for one in claims(review) if one.decision["action"] in RESUBMISSIONS)
    fields = _claim_fields(
        first=(Field("Send as", 24), Field("Insurer's claim", 15, "id"), Field("First sent", 12, "date"))
    )
    lines = tuple(_resubmission(one) for one in chosen)
    said = (
        f"{count(len(lines), 'claim')} to correct and send again. A bounced claim goes as a new claim.",
        "An adjudicated one goes as a replacement with the insurer's claim number.",
    )
    return Listing("Resubmissions", "Resubmissions", said, fields, lines, frozen=2)


def _resubmission(one: Decided) -> Line:
    kind = RESUBMISSIONS[one.decision["action"]]
    number = one.row["insurer_claim_number"]
    if one.decision["action"] == "send_replacement" and not number:
        number = "not known: ask the insurer"
    return _claim(one, kind, number, one.row["first_submitted_date"])


def statements(review: Review) -> Listing:
    """Statements to send this week."""
    fields = (
        Field("Ref", 12.5, "ref"),
        Field("Priority", 9),
        Field("By when", 12, "date"),
        Field("What to send", 28),
        Field("Account", 12, "id"),
        Field("Patient", 22),
        Field("Guarantor", 22),
        Field("Amount", 12, "money"),
        Field("Sent so far", 8, "count"),
        Field("Why", 34),
        Field("Rule", 8),
        *outcome_fields(),
    )
    chosen = sorted((one for one in accounts(review) if one.decision["action"] in STATEMENTS), key=_weight)
    lines = tuple(_statement(one) for one in chosen)
    said = (f"{count(len(lines), 'statement')} to send. Look once more for a note of this week before you send one.",)
    return Listing("Statements to send", "Statements to send", said, fields, lines)


def _statement(one: Decided) -> Line:
    row, told = one.row, one.decision
    what = ACTION_BY_WORD[told["action"]].label
    values = (told["ref"], told["priority"], told["by_when"], what, row["patient_id"] or row["account_key"])
    more = (row["patient_name"], row["guarantor_name"], told["amount"], row["statements_sent"])
    return Line((*values, *more, told["reason"], told["rule"], *(None,) * 6), told["priority"])


WORKLIST: Final[tuple[Callable[[Review], Listing], ...]] = (
    to_do,
    appeals,
    resubmissions,
    statements,
    waiting_on_practice,
    on_hold,
    spot_check,
)


@no_collecting()
def write_worklist(review: Review, out_dir: Path, *, pack_id: str, no_names: bool = False, secret: str = "") -> Path:
    """Write the team's worklist as a fresh workbook; gives its path.

    A file of that name that is open in another program is left alone and the next free name is used.

    Raises:
        OSError: the folder cannot be written to.
    """
    told = without_names(review, secret) if no_names else review
    target = BytesIO()
    with open_workbook(target, as_of=review.as_of) as book:
        for listing in WORKLIST:
            draw(
                book,
                listing(told),
                pack_line=pack_line(review, pack_id),
                as_of=review.as_of,
                country=review.policy.practice.country,
            )
        book.property(PACK_PROPERTY, pack_id)
        book.title("Team worklist")
    return put(target.getvalue(), out_dir / file_name(review, "team worklist"))
