"""`Statement schedule`, `Claim updates` and `Coming up`: what happens next, what changed, what can wait."""

from __future__ import annotations

from datetime import date

import polars as pl

from billingkit.decided import Review, Statement
from billingkit.exchange.listing import DATE_WIDTH, Field, Line, Listing
from billingkit.exchange.rows import Decided, accounts, claims
from billingkit.exchange.wording import ON_HOLD, account_line, claim_line, count
from billingkit.terms import ACTION_BY_WORD

SCHEDULE = "Statement schedule"
UPDATES = "Claim updates"
COMING_UP = "Coming up"
CHANGES = ("not seen this week", "twin", "as you told us", "paid short", "moved", "paid", "new")
FAR = date.max
LEFT_ALONE = pl.col("action").is_in(["wait", "none"]) & pl.col("next_due").is_not_null()


def statement_schedule(review: Review) -> Listing:
    """What happens to each account's statements, this week and next."""
    fields = (
        Field("Account", 30),
        Field("Statement", 12, "count"),
        Field("How", 12),
        Field("Planned for", DATE_WIDTH, "date"),
        Field("Amount", 12, "money"),
        Field("Why not this week", 40),
        Field("Next step", 30),
        Field("Next date", DATE_WIDTH, "date"),
    )
    ordered = sorted(review.statements, key=lambda one: (one.planned or FAR, one.next_date or FAR, one.account_key))
    going = sum(one.planned is not None for one in ordered)
    said = (f"{count(going, 'statement')} planned, {len(ordered) - going} not this week (the reason stands beside).",)
    if review.policy.practice.patient_side is False:
        said = ("We do not contact patients for this practice.",)
    elif not ordered:
        said = ("No account needs a statement.",)
    return Listing(SCHEDULE, "Statement schedule", said, fields, tuple(map(_statement, ordered)))


def _statement(one: Statement) -> Line:
    return Line(
        (one.about, one.step, one.channel, one.planned, one.amount, one.why, one.next_step, one.next_date), "Normal"
    )


def claim_updates(review: Review) -> Listing:
    """What changed since last week, with a short line for each claim."""
    fields = (Field("Change", 18), Field("Claim", 44), Field("What happened", 70))
    order = {change: place for place, change in enumerate(CHANGES)}
    ordered = sorted(review.updates, key=lambda one: (order.get(one.change, len(order)), one.about))
    numbers = {change: sum(one.change == change for one in ordered) for change in CHANGES}
    told = ", ".join(f"{number} {change}" for change, number in numbers.items() if number)
    since = "the last run" if review.history.last_run is None else f"{review.history.last_run:%d %b %Y}"
    said = (f"Since {since}: {told}." if ordered else "Nothing to compare with yet, or nothing changed.",)
    lines = tuple(Line((one.change, one.about, one.line)) for one in ordered)
    return Listing(UPDATES, "Claim updates: what changed since last week", said, fields, lines)


def coming_up(review: Review) -> Listing:
    """Rows left alone today, and the first day each comes due under which rule."""
    fields = (
        Field("First due", DATE_WIDTH, "date"),
        Field("What", 12),
        Field("About", 44),
        Field("Today", 24),
        Field("Why not today", 50),
        Field("Rule then", 10),
        Field("Rule today", 10),
    )
    currency = review.policy.practice.currency
    left = [("Claim", claim_line(one.row, currency), one) for one in claims(review).where(LEFT_ALONE)]
    left += [("Balance", account_line(one.row, currency), one) for one in accounts(review).where(LEFT_ALONE)]
    left.sort(key=lambda item: (item[2].decision["next_due"], item[1]))
    said = (f"{count(len(left), 'row')} left alone today, with the first day each comes due.",)
    lines = tuple(_waiting(*item) for item in left)
    return Listing(COMING_UP, "Coming up: what we leave alone for now", said, fields, lines)


def _waiting(what: str, about: str, one: Decided) -> Line:
    told = one.decision
    label = ON_HOLD if one.held else ACTION_BY_WORD[told["action"]].label
    return Line((told["next_due"], what, about, label, told["reason"], told["next_rule"], told["rule"]))
