"""The `Calendar` sheet: bank holidays, closures, and days worked all the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billingkit.calendar import Calendar
from billingkit.policy.cells import Checker
from billingkit.policy.grid import records
from billingkit.policy.sheets import CALENDAR, CALENDAR_KINDS, HEADINGS, NEEDED


def read_calendar(
    rows: Sequence[Sequence[object]], checker: Checker, *, weekend: tuple[int, ...], region: str | None
) -> Calendar:
    """The practice's working days. A year counts as listed once it holds one bank holiday."""
    closures: dict[date, str] = {}
    worked: list[date] = []
    years: set[int] = set()
    for record in records(CALENDAR, rows, HEADINGS[CALENDAR], checker, needed=NEEDED[CALENDAR]):
        day = checker.day(record["Date"])
        kind = checker.choice(record["Kind"], CALENDAR_KINDS, "a kind of day") or "Bank holiday"
        name = checker.text(record["Name"]) or kind
        if day is None:
            if record["Date"].blank:
                checker.fault(record["Date"], f'"{name}" has no date.', "Type the date, or clear the row.")
        elif kind == "Working day":
            worked.append(day)
        else:
            # Two names on one day are two holidays on one day: both are said.
            closures[day] = name if closures.get(day, name) == name else f"{closures[day]}, {name}"
            years |= {day.year} if kind == "Bank holiday" else set()
    if not years:
        found = "No bank holidays are listed, so working days cannot be counted."
        checker.sheet_remark(CALENDAR, found, "List those of this year and the next, one date per row.")
    for day in sorted(set(worked) & set(closures)):
        checker.sheet_fault(
            CALENDAR, f"{day:%d %B %Y} is listed both as closed and as worked.", "Keep one of the two rows."
        )
    return Calendar(tuple(sorted(closures.items())), frozenset(years), weekend, tuple(sorted(set(worked))), region)
