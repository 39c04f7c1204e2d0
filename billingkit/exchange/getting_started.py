"""`Getting started`: what a new practice should settle, in its first pack only; what stays open is asked all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from billingkit.ages import AGES
from billingkit.decisions.first_week import MissingDetail, missing_details, unconfirmed_insurers
from billingkit.exchange.listing import Cell, Field, Line, Listing
from billingkit.exchange.wording import count, money
from billingkit.policy import open_points
from billingkit.policy.sheets import INSURERS

if TYPE_CHECKING:
    from billingkit.decided import Review

GETTING_STARTED: Final = "Getting started"
FIELDS: Final = (
    Field("What", 22),
    Field("To settle", 62),
    Field("Claims", 9, "count"),
    Field("Money waiting", 14, "money"),
    Field("By age of the treatment", 46),
)


def is_new(review: Review) -> bool:
    """Whether this is a practice's first week: nothing in the ledger yet, or no ledger at all."""
    last = review.history.last_run
    return last is None or last >= review.as_of


def getting_started(review: Review) -> Listing | None:
    """The tab of a new practice; None from the second week on, and where nothing is left to settle."""
    lines = (*_points(review), *_missing(review), *_insurers(review)) if is_new(review) else ()
    if not lines:
        return None
    contact = review.policy.practice.person("named contact") if _has_contact(review) else ""
    said = (
        f"We write to {contact}."
        if contact
        else "Nobody is named yet to answer our questions: please name one person.",
        "This tab comes once. What we need for a claim stands on the Action list, this week and later.",
        "Nothing on this tab is read back.",
    )
    return Listing(GETTING_STARTED, "Getting started: what to settle in the first weeks", said, FIELDS, lines)


def _has_contact(review: Review) -> bool:
    return "named contact" in dict(review.policy.practice.people)


def _points(review: Review) -> Iterator[Line]:
    """The open points of the policy, the weightiest first; insurers have lines of their own."""
    for point in sorted(open_points(review.policy), key=lambda point: (point.weight, point.key)):
        if point.sheet != INSURERS:
            yield _line(f"Your {point.sheet.lower()}", point.sentence)


def _missing(review: Review) -> Iterator[Line]:
    for one in missing_details(review):
        told = one.code.replace("_", " ")
        unknown = f" ({count(one.unknown, 'claim')} with no known amount)" if one.unknown else ""
        yield _line(
            "Details on claims",
            f"{told[:1].upper()}{told[1:]}{unknown}",
            one.claims,
            one.total or None,
            _by_age(one, review.policy.practice.currency),
        )


def _by_age(one: MissingDetail, currency: str | None) -> str:
    return ", ".join(f"{age}: {money(one.amounts[age], currency)}" for age in AGES if one.amounts.get(age))


def _insurers(review: Review) -> Iterator[Line]:
    for name, claims, amount in unconfirmed_insurers(review):
        yield _line("Insurers", f"{name}: nobody has confirmed its timeframes, so ours are assumed.", claims, amount)


def _line(what: str, text: str, *more: Cell) -> Line:
    return Line((what, text, *more, *(None,) * (3 - len(more))))
