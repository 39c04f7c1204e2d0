"""What a layout never has, and headings that are doubtful: asked once for the practice, not row by row."""

from __future__ import annotations

from typing import Final

from billingkit.problems import Problem
from billingkit.reading.claims import Batch
from billingkit.reading.fold import letters
from billingkit.reading.grid import Heading
from billingkit.reading.money import shows_decimal_commas
from billingkit.reading.sentences import ask, ask_once
from billingkit.reading.statuses import SENT
from billingkit.week import LayoutGap

_CLAIMS: Final = (
    "claim_id",
    "patient_id",
    "insurer",
    "member_id",
    "coverage",
    "service_date",
    "submitted_date",
    "status",
    "billed",
    "paid",
    "outstanding",
)
_BALANCES: Final = ("patient_id", "last_statement_date", "statements_sent", "payment_plan")


_SEVERAL: Final = 3  # one amount with a comma may be a slip, and is asked on its row alone
_HEADINGS: Final = "The sheet Column headings has room for the answer."
_WHERE: Final = {"amount": "The sheet Sources has room for the answer, under Amount is."}


def layout_gaps(batches: list[Batch]) -> tuple[LayoutGap, ...]:
    """The gaps of every table, each file's own; a field that another table of the file has is still a gap there."""
    gaps: dict[tuple[str, str, str], LayoutGap] = {}
    for batch in batches:
        for code, column in _missing(batch):
            gaps.setdefault(
                (batch.file, batch.holds, code),
                LayoutGap(code, batch.holds, column, batch.file, ask_once(code, column)),
            )
    return tuple(gaps.values())


def _missing(batch: Batch) -> list[tuple[str, str]]:
    columns = batch.columns
    found = list(batch.gaps.items())
    for column in _CLAIMS if batch.holds == "claims" else _BALANCES:
        if any(value is not None for value in columns[column]) or not batch.rows:
            continue
        asked = any(one.role == column for listed in batch.doubts.values() for one in listed)
        if column == "submitted_date" and not any(status in SENT for status in columns["status"]):
            continue
        if column in batch.mapping.positions and asked:
            continue
        found.append(("missing_coverage_order" if column == "coverage" else f"missing_{column}", column))
    if "amount" in batch.mapping.positions:
        found = [(code, column) for code, column in found if column not in {"billed", "outstanding"}]
        found.append(("doubtful_amount", "billed"))
    if _decimal_commas(batch):
        found.append(("doubtful_decimal_sign", "billed" if batch.holds == "claims" else "balance"))
    return found


def _decimal_commas(batch: Batch) -> bool:
    """Whether several amounts could not be read because nobody said that a comma parts the cents."""
    if batch.cellar is None or batch.cellar.readers.decimal_sign is not None:
        return False
    unread = (one.found for listed in batch.doubts.values() for one in listed if one.code == "unreadable_amount")
    return sum(shows_decimal_commas([found]) for found in unread) >= _SEVERAL


def doubtful_headings(batches: list[Batch]) -> list[Problem]:
    """A question for each heading that may mean two things."""
    return [
        Problem(
            "doubtful_heading",
            "asked",
            batch.holds,
            batch.file,
            batch.sheet.name,
            batch.mapping.table.header_rows[-1],
            heading.name,
            heading.name,
            f"Please say what this heading means: {meanings}? {_WHERE.get(batch.mapping.role_of.get(heading.position, ''), _HEADINGS)}",
            f"{letters(heading.position)}{batch.mapping.table.header_rows[-1]}",
        )
        for batch in batches
        for heading, meanings in batch.mapping.doubtful
    ] + [_not_calculated(batch, heading) for batch in batches for heading in batch.mapping.unknown if not heading.told]


def _not_calculated(batch: Batch, heading: Heading) -> Problem:
    row = batch.mapping.table.header_rows[-1]
    return Problem(
        "not_calculated",
        "asked",
        batch.holds,
        batch.file,
        batch.sheet.name,
        row,
        None,
        "a heading that is a formula",
        ask("not_calculated", ""),
        f"{letters(heading.position)}{row}",
    )
