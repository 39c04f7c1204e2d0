"""`Agreement`: what the practice agreed and what ran, in plain words with its own numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from billingkit.exchange.listing import Field, Line, Listing
from billingkit.exchange.wording import count, day, money
from billingkit.terms import ACTION_BY_WORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billingkit.decided import Review
    from billingkit.policy.agreement import Insurer, Policy

AGREEMENT = "Agreement"
NOT_SETTLED = "not settled yet"


def agreement(review: Review) -> Listing:
    """The timeframes, agreements and rules that ran; what nobody has settled yet is listed first."""
    fields = (Field("Part", 18), Field("What", 46), Field("As agreed", 46), Field("From", 40))
    policy = review.policy
    lines = [*_settled(review), *_timeframes(policy), *_insurers(policy), *_rules(review)]
    still_open = sum(line.values[2] == NOT_SETTLED for line in lines)
    lines.sort(key=lambda line: line.values[2] != NOT_SETTLED)
    said = [
        f"{count(still_open, 'point')} still to be settled, listed first; where we need one, it is on the Action list."
    ]
    if policy.shipped:
        said.append("These are the kit's starting rules, not yet your own agreement. Weekends are the only days off.")
    said.extend(policy.notices)
    said.append(
        f"Agreement version {policy.hash[:8]}. To change a rule, edit the policy workbook; nothing here is read back."
    )
    return Listing(AGREEMENT, "Agreement: the rules and days that ran", tuple(said), fields, tuple(lines))


def _settled(review: Review) -> Iterator[Line]:
    refs = {key: one.ref for one in review.questions if one.subject == "practice" for key in one.keys}
    for one in review.policy.agreements:
        source = f"{one.agreed_by or 'nobody named'}, {day(one.agreed_on) or 'no date'}" if one.answer else ""
        if not one.answer and one.key in refs:
            source = f"asked as {refs[one.key]} on the Action list"
        yield Line(("Agreement", one.question, one.answer or NOT_SETTLED, source))


def _timeframes(policy: Policy) -> Iterator[Line]:
    own = policy.practice
    days = (
        ("First check after sending a claim", own.first_check_after),
        ("Ask the insurer again every", own.chase_every),
        ("Tell the next person after", own.escalate_after),
        ("Send a claim to the insurer within, from the date of service", own.filing_limit),
        ("Payments are posted within", own.payments_within),
    )
    source = "the kit's starting values" if policy.shipped else "your policy workbook, Practice sheet"
    for what, number in days:
        known = number is not None
        yield Line(
            ("Timeframe", what, count(number, "day") if number is not None else NOT_SETTLED, source if known else "")
        )
    least = own.minimum_balance
    yield Line(
        (
            "Timeframe",
            "Smallest balance we write about",
            NOT_SETTLED if least is None else money(least, own.currency),
            source,
        )
    )


def _insurers(policy: Policy) -> Iterator[Line]:
    for one in policy.insurers:
        source = f"confirmed on {day(one.confirmed_on)}" if one.confirmed_on else "assumed, not confirmed yet"
        yield Line(
            (
                "Insurer",
                one.name,
                _insurer_days(one) or "as for the practice",
                f"{source}; {one.source}" if one.source else source,
            )
        )


def _insurer_days(one: Insurer) -> str:
    told = (
        ("first check after", one.first_check_after),
        ("ask again every", one.chase_every),
        ("claim within", one.filing_limit),
        ("answer within", one.answer_window),
        ("appeal within", one.appeal_window),
    )
    return "; ".join(f"{what} {count(days, 'day')}" for what, days in told if days is not None)


def _rules(review: Review) -> Iterator[Line]:
    for part, decisions in (("Claim rule", review.claims), ("Balance rule", review.balances)):
        used = decisions.group_by("rule", "action").agg(pl.len().alias("rows"), pl.col("why").first())
        for one in used.sort("rule", "action").iter_rows(named=True):
            what = f"{one['rule']}: {ACTION_BY_WORD[one['action']].label}"
            yield Line((part, what, one["why"] or "", f"decided {count(one['rows'], 'row')} this week"))
