"""The two laws of reading, checked in every run: no row is lost and no amount is lost. A break is a bug."""

from __future__ import annotations

from decimal import Decimal

from billingkit.week import TableRead


class BrokenLaw(AssertionError):
    """A row or an amount went missing between the sheet and our tables: a fault of the kit, not of the file."""


def check_rows(table: TableRead, filled: int) -> None:
    """Non-blank rows below the header = accepted + quarantined + ignored."""
    sorted_out = table.accepted + table.quarantined + sum(table.ignored.values())
    if not table.rows == filled == sorted_out:
        raise BrokenLaw(f"{table.file}: {filled} rows below the header, {sorted_out} accounted for")


def check_money(table: TableRead, totals: dict[str, Decimal]) -> None:
    """Each column's amounts on the sheet = accepted + quarantined + ignored."""
    for column, total in totals.items():
        parts = table.money[column]
        if sum(parts.values(), Decimal("0.00")) != total:
            raise BrokenLaw(f"{table.file}: the amounts of {column} do not add up to what stands on the sheet")
