"""Ages of claims in days since the date of service, as charts and lists show them."""

from __future__ import annotations

from datetime import date
from typing import Final

UNDATED: Final = "no date of service"
EDGES: Final = ((30, "0-30 days"), (60, "31-60 days"), (90, "61-90 days"))
OLDEST: Final = "over 90 days"
AGES: Final = (*(label for _, label in EDGES), OLDEST, UNDATED)


def age_of(service_date: date | None, as_of: date) -> str:
    """The age group of a claim; a claim without a date of service has a group of its own."""
    if service_date is None:
        return UNDATED
    days = (as_of - service_date).days
    return next((label for edge, label in EDGES if days <= edge), OLDEST)
