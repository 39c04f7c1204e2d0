"""What the team leaves to others: questions with the practice, holds, and a sample for the manager's oversight."""

from __future__ import annotations

from hashlib import sha256
from heapq import nsmallest
from math import ceil
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from billingkit.exchange.listing import DATE_WIDTH, Field, Line, Listing
from billingkit.exchange.outcomes import outcome_fields
from billingkit.exchange.rows import Decided, Pairs, accounts, claims
from billingkit.exchange.wording import ON_HOLD, PRIORITY_RANK, account_line, action_label, claim_line, count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billingkit.decided import Review

SAMPLE_AT_LEAST: Final = 5
SAMPLE_AT_MOST: Final = 20
SAMPLE_SHARE: Final = 0.05


def waiting_on_practice(review: Review) -> Listing:
    """What the practice was asked, how often, and who hears of it now."""
    fields = (
        Field("Ref", 12.5, "ref"),
        Field("Priority", 9),
        Field("By when", DATE_WIDTH, "date"),
        Field("What we need", 34),
        Field("About", 30),
        Field("Who provides it", 18),
        Field("Waiting since", DATE_WIDTH, "date"),
        Field("Times asked", 8, "count"),
        Field("Level", 7, "count"),
        Field("Now also with", 18),
        *outcome_fields(),
    )
    ordered = sorted(review.listed, key=lambda one: (-one.level, PRIORITY_RANK[one.priority], one.by_when, one.ref))
    lines = tuple(
        Line(
            (
                one.ref,
                one.priority,
                one.by_when,
                one.need,
                one.about,
                one.provides_name or one.provides,
                one.waiting_since,
                one.times_asked,
                one.level,
                one.escalate_to,
                *(None,) * 6,
            ),
            one.priority,
        )
        for one in ordered
    )
    said = (
        f"{count(len(lines), 'question')} with the practice. They answer in their own pack; note calls about it here.",
    )
    return Listing("Waiting on practice", "Waiting on the practice", said, fields, lines)


def on_hold(review: Review) -> Listing:
    """Whom to leave alone: what stops, and nothing about why."""
    fields = (
        Field("Ref", 12.5, "ref"),
        Field("About", 34),
        Field("What it says", 26),
        Field("What stops", 20),
        Field("Since", DATE_WIDTH, "date"),
        Field("Who may lift it", 20),
        Field("Review by", DATE_WIDTH, "date"),
        *outcome_fields(),
    )
    lines = tuple(
        Line((one.ref, one.about, ON_HOLD, one.stops, one.since, one.may_lift, one.review_by, *(None,) * 6))
        for one in sorted(review.holds, key=lambda one: (one.review_by, one.ref))
    )
    said = (f"{count(len(lines), 'hold')}. No contact until the practice itself lifts the hold.",)
    return Listing("On hold", "On hold: step back", said, fields, lines)


def spot_check(review: Review) -> Listing:
    """A random sample for the manager's oversight; the same week always draws the same rows."""
    fields = (
        Field("Ref", 12.5, "ref"),
        Field("Sheet", 16),
        Field("Row", 7, "count"),
        Field("About", 34),
        Field("Decided", 26),
        Field("Why", 32),
        Field("Rule", 8),
        Field("What met the rule", 40),
        *outcome_fields(),
    )
    total = len(claims(review)) + len(accounts(review))
    size = min(total, SAMPLE_AT_MOST, max(SAMPLE_AT_LEAST, ceil(total * SAMPLE_SHARE)))
    lines = tuple(_checked_row(about, one) for about, one in _drawn(review, size))
    said = (f"{size} of {count(total, 'row')}, drawn by lot. Outcome: was the decision right?",)
    return Listing("Spot check", "Spot check", said, fields, lines)


def _drawn(review: Review, size: int) -> Iterator[tuple[str, Decided]]:
    """So many rows, each with what it is about."""
    kinds = ((claims(review), claim_line), (accounts(review), account_line))
    lots = [(lot, line, pairs, about) for pairs, about in kinds for line, lot in enumerate(_lots(review, pairs))]
    for _, line, pairs, about in nsmallest(size, lots, key=itemgetter(0)):
        yield from ((about(one.row, review.policy.practice.currency), one) for one in pairs.ordered([line]))


def _lots(review: Review, pairs: Pairs) -> list[str]:
    # The lot follows from the week and the row alone, so that nobody can draw again until it suits.
    week = f"{review.as_of}|{review.policy.practice.code}"
    rows = zip(pairs.decisions["key"].to_list(), pairs.rows["source_row"].to_list(), strict=True)
    return [sha256(f"{week}|{key}|{row}".encode()).hexdigest() for key, row in rows]


def _checked_row(about: str, one: Decided) -> Line:
    row, told = one.row, one.decision
    place = (row["source_sheet"] or row["source_file"], row["source_row"])
    if one.held:
        return Line((told["ref"], *place, about, ON_HOLD, "", "", "", *(None,) * 6))
    label = action_label(told)
    return Line((told["ref"], *place, about, label, told["reason"], told["rule"], told["why"] or "", *(None,) * 6))
