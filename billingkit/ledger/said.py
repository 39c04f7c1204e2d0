"""What an event says: the gist of an answer, days and amounts, and the pack it was said in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billingkit.ledger.events import Event


def gist_of(event: Event) -> tuple[str, str, str]:
    """What an answer comes to: its word, its value, the day it names. Two answers of one gist are one answer."""
    body = event.body
    return body["answer"], body.get("value") or "", body.get("until") or ""


def without_promises(gists: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """What was answered; a promise to check counts only where nothing else came."""
    return {gist for gist in gists if gist[0] != "will check by"} or gists


def said_in(event: Event) -> str:
    """The pack that it was said in, by its day."""
    return str(event.body.get("round") or event.as_of.isoformat())


def day(value: str | None) -> date | None:
    """A day as the ledger writes it; none where it names none."""
    return date.fromisoformat(value) if value else None


def amount(value: str | None) -> Decimal | None:
    """An amount as the ledger writes it; none where it names none."""
    return Decimal(value) if value else None
