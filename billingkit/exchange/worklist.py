"""The billing team's worklist: what to do, in which order, and where to write what came of it."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit.exchange.drawing import draw
from billingkit.exchange.filing import file_name, put
from billingkit.exchange.listing import DATE_WIDTH, Cell, Field, Line, Listing
from billingkit.exchange.outcomes import outcome_fields
from billingkit.exchange.oversight import on_hold, spot_check, waiting_on_practice
from billingkit.exchange.pseudonyms import without_names
from billingkit.exchange.rows import Decided, Pairs, accounts, claims
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
ELSEWHERE: Final = (*RESUBMISSIONS, *STATEMENTS, *LEFT_ALONE, "prepare_appeal")
TO_DO: Final = pl.col("owner_role").is_in(TEAM) & ~pl.col("action").is_in(ELSEWHERE)
CLAIM_COLUMNS: Final = ("claim_id", "patient_name", "date_of_birth", "member_id", "service_date", "submitted_date")
NO_OUTCOME: Final = (None,) * len(outcome_fields())


def _claim_fields(*, first: tuple[Field, ...] = ()) -> tuple[Field, ...]:
    return (
        Field("Ref", 12.5, "ref"),
        Field("Insurer", 15),
        Field("Priority", 9),
        Field("By when", DATE_WIDTH, "date"),
        Field("Deadline", DATE_WIDTH, "date"),
        *first,
        Field("Claim", 12, "id"),
        Field("Patient", 16),
        Field("Date of birth", DATE_WIDTH, "date"),
        Field("Member number", 12, "id"),
        Field("Date of service", DATE_WIDTH, "date"),
        Field("Last sent", DATE_WIDTH, "date"),
        Field("Amount", 10.5, "money"),
        Field("Status", 12),
        Field("Why", 27),
        Field("Rule", 7.5),
        *outcome_fields(),
    )


def _claim_lines(chosen: Pairs, *first: Iterable[Cell]) -> tuple[Line, ...]:
    """A line for each claim; `first` are the columns that stand in front of the claim's number."""
    row, told = chosen.rows, chosen.decisions
    columns: tuple[Iterable[Cell], ...] = (
        told["ref"].to_list(),
        [insurer or "insurer not known" for insurer in row["insurer"].to_list()],
        told["priority"].to_list(),
        told["by_when"].to_list(),
        told["deadline"].to_list(),
        *first,
        *(row[name].to_list() for name in CLAIM_COLUMNS),
        told["amount"].to_list(),
        map(status_label, row["status"].to_list()),
        told["reason"].to_list(),
        told["rule"].to_list(),
    )
    cells = zip(*columns, strict=True)
    return tuple(Line((*each, *NO_OUTCOME), each[2]) for each in cells)


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


def by_insurer(decided: Pairs) -> Pairs:
    """Grouped by insurer, so that one call serves many claims; the insurer with most at risk first."""
    insurers = [insurer or "" for insurer in decided.rows["insurer"].to_list()]
    weights = _weights(decided)
    lines = sorted(range(len(insurers)), key=lambda line: (insurers[line], *weights[line]))
    groups = [list(group) for _, group in groupby(lines, key=insurers.__getitem__)]
    groups.sort(key=lambda group: (weights[group[0]][0], sum(weights[line][1] for line in group)))
    return decided.ordered([line for group in groups for line in group])


def _weights(decided: Pairs) -> list[tuple[int, Decimal, str]]:
    """What comes first: the more urgent, then the more that is at risk, then the key."""
    told = decided.decisions.select("priority", "key", "amount", "days_to_deadline", "deadline_source")
    return [(PRIORITY_RANK[one["priority"]], -risk(one), one["key"]) for one in told.iter_rows(named=True)]


def to_do(review: Review) -> Listing:
    """Calls and other work with insurers that stands on no other tab."""
    chosen = by_insurer(claims(review).where(TO_DO))
    fields = _claim_fields(first=(Field("What to do", 18),))
    acted = chosen.decisions.select("action", "reason").iter_rows(named=True)
    lines = _claim_lines(chosen, map(action_label, acted))
    insurers = chosen.rows["insurer"].n_unique()
    said = (
        f"{count(len(lines), 'claim')} at {count(insurers, 'insurer')}. One call can serve every claim of an insurer.",
        "Urgent first, then by what is at risk: the amount, weighed by how near the deadline is.",
    )
    return Listing("To do", "To do", said, fields, lines, frozen=2)


def appeals(review: Review) -> Listing:
    """Appeals to prepare; the practice approves each before it goes."""
    chosen = by_insurer(claims(review).where(pl.col("action") == "prepare_appeal"))
    fields = _claim_fields(first=(Field("Insurer's claim", 12.5, "id"), Field("Reason codes", 12)))
    row = chosen.rows
    lines = _claim_lines(chosen, row["insurer_claim_number"].to_list(), row["reason_codes"].to_list())
    said = (f"{count(len(lines), 'appeal')} to prepare. Nothing is sent before the practice approves it.",)
    return Listing("Appeals to prepare", "Appeals to prepare", said, fields, lines, frozen=2)


def resubmissions(review: Review) -> Listing:
    """Claims to send again: as a new claim or as a replacement, which is not the same."""
    chosen = by_insurer(claims(review).where(pl.col("action").is_in([*RESUBMISSIONS])))
    fields = _claim_fields(
        first=(Field("Send as", 18), Field("Insurer's claim", 12.5, "id"), Field("First sent", DATE_WIDTH, "date"))
    )
    actions = chosen.decisions["action"].to_list()
    numbers = map(_number_needed, actions, chosen.rows["insurer_claim_number"].to_list())
    first_sent = chosen.rows["first_submitted_date"].to_list()
    lines = _claim_lines(chosen, map(RESUBMISSIONS.__getitem__, actions), numbers, first_sent)
    said = (
        f"{count(len(lines), 'claim')} to correct and send again. A bounced claim goes as a new claim.",
        "An adjudicated one goes as a replacement with the insurer's claim number.",
    )
    return Listing("Resubmissions", "Resubmissions", said, fields, lines, frozen=2)


def _number_needed(action: str, number: str | None) -> str | None:
    return "not known: ask the insurer" if action == "send_replacement" and not number else number


def statements(review: Review) -> Listing:
    """Statements to send this week."""
    fields = (
        Field("Ref", 12.5, "ref"),
        Field("Priority", 9),
        Field("By when", DATE_WIDTH, "date"),
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
    chosen = accounts(review).where(pl.col("action").is_in(STATEMENTS))
    weights = _weights(chosen)
    lines = tuple(map(_statement, chosen.ordered(sorted(range(len(chosen)), key=weights.__getitem__))))
    said = (f"{count(len(lines), 'statement')} to send. Look once more for a note of this week before you send one.",)
    return Listing("Statements to send", "Statements to send", said, fields, lines)


def _statement(one: Decided) -> Line:
    row, told = one.row, one.decision
    what = ACTION_BY_WORD[told["action"]].label
    values = (told["ref"], told["priority"], told["by_when"], what, row["patient_id"] or row["account_key"])
    more = (row["patient_name"], row["guarantor_name"], told["amount"], row["statements_sent"])
    return Line((*values, *more, told["reason"], told["rule"], *NO_OUTCOME), told["priority"])


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
