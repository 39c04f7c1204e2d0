"""The week's rows side by side with their decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from billingkit.decided import Review


@dataclass(frozen=True, slots=True)
class Decided:
    """One source row: what the practice wrote (`row`) and what was decided about it (`decision`)."""

    row: dict[str, Any]
    decision: dict[str, Any]

    @property
    def held(self) -> bool:
        """Whether nothing but stepping back is decided about it."""
        return self.decision["action"] in {"hold", "hold_and_tell"}


def claims(review: Review) -> tuple[Decided, ...]:
    """Every claim row with its decision, in the week's order."""
    if "claims" not in review.paired:
        review.paired["claims"] = _side_by_side(review.week.claims, review.claims)
    return review.paired["claims"]


def balances(review: Review) -> tuple[Decided, ...]:
    """Every balance row with its account's decision, in the week's order."""
    if "balances" not in review.paired:
        review.paired["balances"] = _side_by_side(review.week.balances, review.balances)
    return review.paired["balances"]


def accounts(review: Review) -> tuple[Decided, ...]:
    """One row per account: the first row of each, in the week's order."""
    first: dict[str, Decided] = {}
    for line in balances(review):
        first.setdefault(line.decision["key"], line)
    return tuple(first.values())


def _side_by_side(rows: pl.DataFrame, decisions: pl.DataFrame) -> tuple[Decided, ...]:
    # Both carry the row's address, so the pairing is by what they say and not by where they stand.
    by_place = {_place(decision): decision for decision in decisions.iter_rows(named=True)}
    paired = []
    for row in rows.iter_rows(named=True):
        decision = by_place.get(_place(row))
        if decision is not None:  # a quarantined row may have no decision
            paired.append(Decided(row, decision))
    return tuple(paired)


def _place(row: dict[str, Any]) -> tuple[str, str | None, int]:
    return row["source_file"], row["source_sheet"], row["source_row"]
