"""Rules that decided nothing for a long time, going by the record of earlier runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from billingkit.rules.column import in_words
from billingkit.rules.finding import Finding
from billingkit.rules.table import Table

WEEKS: Final = 26


def unused(
    table: Table, last_hits: Mapping[str, date], since: date | None, as_of: date, weeks: int = WEEKS
) -> tuple[Finding, ...]:
    """Remarks on rules in force without a hit for some weeks.

    `last_hits` gives the last day on which each rule decided a row, `since` the first day of the record.
    Nothing is said of a record, or of a rule, that is younger than that.
    """
    limit = as_of - timedelta(weeks=weeks)
    if since is None or since > limit:
        return ()
    found: list[Finding] = []
    for rule in table.live(as_of):
        last = last_hits.get(rule.id)
        if (last is None or last < limit) and (rule.starts is None or rule.starts <= limit):
            when = "never" if last is None else f"last on {in_words(last)}"
            message = f"{rule.id} has decided no row for {weeks} weeks or more ({when})."
            found.append(Finding("warning", "no hits", message, table.cell(rule), "Is it still needed?", (rule.id,)))
    return tuple(found)
