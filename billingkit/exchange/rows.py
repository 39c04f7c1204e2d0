"""The week's rows side by side with their decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from billingkit.decided import Review

PLACE: Final = ("source_file", "source_sheet", "source_row")
HELD: Final = ("hold", "hold_and_tell")


@dataclass(frozen=True, slots=True)
class Decided:
    """One source row: what the practice wrote (`row`) and what was decided about it (`decision`)."""

    row: dict[str, Any]
    decision: dict[str, Any]

    @property
    def held(self) -> bool:
        """Whether nothing but stepping back is decided about it."""
        return self.decision["action"] in HELD


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of the week and their decisions, as two tables of which line n of one belongs to line n of the other.

    Whole columns are worked on as such; only the rows that a tab shows become values one by one.
    """

    rows: pl.DataFrame
    decisions: pl.DataFrame

    def where(self, told: pl.Expr) -> Pairs:
        """Those whose decision meets a condition, in the same order."""
        return self.masked(self.decisions.select(told).to_series())

    def masked(self, mask: pl.Series) -> Pairs:
        """Those that a truth value for each line lets through."""
        return Pairs(self.rows.filter(mask), self.decisions.filter(mask))

    def ordered(self, lines: Sequence[int]) -> Pairs:
        """Those lines, numbered from 0, in that order."""
        return Pairs(self.rows[lines], self.decisions[lines])

    def __iter__(self) -> Iterator[Decided]:
        """One by one."""
        return map(Decided, self.rows.iter_rows(named=True), self.decisions.iter_rows(named=True))

    def __len__(self) -> int:
        """How many rows there are."""
        return self.rows.height


def claims(review: Review) -> Pairs:
    """Every claim row with its decision, in the week's order."""
    return _paired(review, "claims")


def balances(review: Review) -> Pairs:
    """Every balance row with its account's decision, in the week's order."""
    return _paired(review, "balances")


def accounts(review: Review) -> Pairs:
    """One row per account: the first row of each, in the week's order."""
    return balances(review).where(pl.col("key").is_first_distinct())


def _paired(review: Review, table: Literal["claims", "balances"]) -> Pairs:
    if table not in review.paired:
        review.paired[table] = _side_by_side(getattr(review.week, table), getattr(review, table))
    pairs: Pairs = review.paired[table]
    return pairs


def _side_by_side(rows: pl.DataFrame, decisions: pl.DataFrame) -> Pairs:
    # Both carry the row's address, so the pairing is by what they say and not by where they stand.
    places = decisions.select(PLACE).with_row_index("decision")
    told = rows.select(PLACE).join(
        places, on=PLACE, how="left", nulls_equal=True, maintain_order="left", validate="m:1"
    )["decision"]
    decided = told.is_not_null()  # a quarantined row may have no decision
    return Pairs(rows.filter(decided), decisions[told.filter(decided)])
