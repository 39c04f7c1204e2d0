"""The kit's own tabs, in the order a reader meets them, as one workbook to be grafted or to stand alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from billingkit.exchange.action_list import ACTION_LIST, HOLDS, action_list, holds
from billingkit.exchange.agreement import AGREEMENT, agreement
from billingkit.exchange.drawing import draw
from billingkit.exchange.getting_started import getting_started
from billingkit.exchange.measures import MEASURES, measures
from billingkit.exchange.outlook import COMING_UP, SCHEDULE, UPDATES, claim_updates, coming_up, statement_schedule
from billingkit.exchange.start_here import START_HERE, start_here
from billingkit.exchange.wording import day
from billingkit.workbook.fresh import open_workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BytesIO
    from pathlib import Path

    from billingkit.decided import Review
    from billingkit.exchange.listing import Listing

PACK_TABS: Final = (START_HERE, ACTION_LIST, HOLDS, SCHEDULE, UPDATES, COMING_UP, AGREEMENT, MEASURES)
# A practice's first pack has one more, last: `Getting started`.
LISTINGS: Final[tuple[Callable[[Review], Listing], ...]] = (
    action_list,
    holds,
    statement_schedule,
    claim_updates,
    coming_up,
    agreement,
)
PACK_PROPERTY: Final = "billingkit pack"


def pack_line(review: Review, pack_id: str) -> str:
    """The line under every tab's title, so that a copied tab still says what it belongs to."""
    name = review.policy.practice.name or "Your practice"
    return f"{name} · as of {day(review.as_of)} · Pack {pack_id}"


def write_tabs(
    target: Path | BytesIO,
    review: Review,
    *,
    pack_id: str,
    made_of: tuple[str, ...],
    normal_font: tuple[str, float] = ("Calibri", 11),
    date_1904: bool = False,
    named: Callable[[str], str] = str,
    marked: bool = True,
) -> None:
    """The tabs as a workbook of their own, made to fit the one they will be grafted into, `Start here` first.

    `named` gives a tab's free name there; `marked=False` leaves the pack's mark to the workbook they go into.
    """
    line = pack_line(review, pack_id)
    country = review.policy.practice.country
    with open_workbook(target, normal_font=normal_font, date_1904=date_1904, as_of=review.as_of) as book:
        start_here(book, review, pack_id=pack_id, made_of=made_of, tab_name=named(START_HERE))
        for make in LISTINGS:
            listing = make(review)
            renamed = replace(listing, tab=named(listing.tab))
            draw(book, renamed, pack_line=line, as_of=review.as_of, country=country)
        measures(book, review, pack_line=line, tab_name=named(MEASURES))
        if (first := getting_started(review)) is not None:
            renamed = replace(first, tab=named(first.tab))
            draw(book, renamed, pack_line=line, as_of=review.as_of, country=country)
        if marked:
            book.property(PACK_PROPERTY, pack_id)
            book.title("Practice pack")
