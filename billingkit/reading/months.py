"""Several tabs by month: which is the newest, read from the tabs' own names."""

from __future__ import annotations

import re
from typing import Final

from billingkit.policy.agreement import Policy
from billingkit.reading.claims import Batch
from billingkit.reading.fold import fold
from billingkit.reading.mapping import source_note

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def tab_ranks(batches: list[Batch], policy: Policy) -> dict[int, int | None]:
    """For each table its tab's rank in time where the practice said that the newest tab wins, else None."""
    ranks: dict[int, int | None] = {}
    for index, batch in enumerate(batches):
        note = source_note(policy, batch.file, batch.sheet.name)
        ranks[index] = month_of(batch.sheet.name or "") if note and note.newest_tab_wins else None
    return ranks


def month_of(name: str) -> int | None:
    """A tab's month as a number that grows with time; None where its name does not say.

    A month without a year counts within one year; a name with a day too is finer still.
    """
    text = fold(name)
    iso = re.search(r"\b(20\d\d)\W?(\d{2})(?:\W?(\d{2}))?\b", name)
    if iso and 1 <= int(iso[2]) <= 12:
        return (int(iso[1]) * 12 + int(iso[2])) * 31 + int(iso[3] or 0)
    month = next((number for number, short in enumerate(_MONTHS, 1) if re.search(rf"\b{short}[a-z]*", text)), None)
    if month is None:
        return None
    year = re.search(r"\b(?:20)?(\d\d)\b", re.sub(r"\b20(\d\d)\b", r"\1", text))
    return ((2000 + int(year[1]) if year else 0) * 12 + month) * 31
