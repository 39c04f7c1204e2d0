"""Our columns beside the practice's own rows: what each row's decision says, and notes on doubtful cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from billingkit.exchange.rows import HELD, Pairs, balances, claims
from billingkit.exchange.wording import ON_HOLD, action_label

if TYPE_CHECKING:
    from billingkit.decided import Review
    from billingkit.week import TableRead

HEADINGS: Final = ("Next action", "Who", "Not before", "By when", "Priority", "Why", "Rule", "Ref")
# Her rows keep their height, so our texts get room across and need no second line.
WIDTHS: Final = (36, 22, 13, 13, 10, 100, 9, 13)
Fill = Literal["urgent", "high", "normal", "hold"]
FILLS: Final[dict[str, Fill]] = {"Urgent": "urgent", "High": "high", "Normal": "normal"}
_FILL: Final = (
    pl.when(pl.col("action").is_in(HELD)).then(pl.lit("hold")).otherwise(pl.col("priority").replace_strict(FILLS))
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A note on one of the practice's own cells."""

    row: int
    column: str  # letters
    text: str


@dataclass(frozen=True, slots=True)
class Addition:
    """What is added to one table on one sheet: per heading a value by Excel row, fills by row, and notes."""

    file: str
    sheet: str | None
    header_row: int | None
    last_row: int
    values: dict[str, dict[int, str | date]]
    fills: dict[int, Fill]
    remarks: tuple[Remark, ...]
    columns: frozenset[str]  # the letters of the table's own columns that were understood


def additions(review: Review) -> tuple[Addition, ...]:
    """One addition for each table that was read."""
    decided = {"claims": claims(review), "balances": balances(review)}
    return tuple(_addition(review, table, decided[table.holds]) for table in review.week.tables)


def _addition(review: Review, table: TableRead, decided: Pairs) -> Addition:
    mine = decided.masked(decided.rows.select(_stands_in(table)).to_series())
    rows, held = mine.rows["source_row"], mine.decisions["action"].is_in(HELD)
    return Addition(
        file=table.file,
        sheet=table.sheet,
        header_row=table.header_rows[-1] if table.header_rows else None,
        last_row=table.last_row,
        values={one.name: _by_row(rows, one) for one in beside(mine.decisions)},
        fills=_by_row(rows, mine.decisions.select(_FILL).to_series()),
        remarks=tuple(_remarks(review, table, set(rows.filter(held)))),
        columns=frozenset(table.letters.values()),
    )


def _stands_in(table: TableRead) -> pl.Expr:
    same_sheet = pl.col("source_sheet").eq_missing(pl.lit(table.sheet, pl.String))
    between = pl.col("source_row").is_between(table.first_row, table.last_row)
    return (pl.col("source_file") == table.file) & same_sheet & between


def _by_row(rows: pl.Series, values: pl.Series) -> dict[int, Any]:
    said = values.is_not_null()
    return dict(zip(rows.filter(said).to_list(), values.filter(said).to_list(), strict=True))


def beside(told: pl.DataFrame) -> pl.DataFrame:
    """The eight columns beside the decided rows. A row on hold says only that, never why."""
    acted = told.select("action", "reason").iter_rows(named=True)
    actions = pl.Series("Next action", [action_label(one) for one in acted], pl.String)
    open_ = ~pl.col("action").is_in(HELD)
    shown = {"By when": "by_when", "Priority": "priority", "Why": "reason", "Rule": "rule"}
    return told.with_columns(actions).select(
        pl.when(open_).then("Next action").otherwise(pl.lit(ON_HOLD)).alias("Next action"),
        pl.when(open_, pl.col("action") != "none").then("owner").alias("Who"),
        pl.when(open_).then("not_before").alias("Not before"),
        *(pl.when(open_).then(column).alias(heading) for heading, column in shown.items()),
        pl.col("ref").alias("Ref"),
    )


def _remarks(review: Review, table: TableRead, held_rows: set[int]) -> Iterable[Remark]:
    found: dict[tuple[int, str], list[str]] = {}
    for problem in review.week.problems:
        here = (problem.source_file, problem.source_sheet) == (table.file, table.sheet)
        # Problems of severity "ignored" and "note" ask for nothing; a row on hold says nothing but that.
        if not here or problem.severity not in {"asked", "quarantined"} or problem.source_row in held_rows:
            continue
        if problem.cell and problem.source_row is not None:
            letters = problem.cell.rstrip("0123456789")
            found.setdefault((problem.source_row, letters), []).append(f"{problem.found}. {problem.ask}".lstrip(". "))
    for (row, letters), sentences in sorted(found.items()):
        yield Remark(row, letters, "\n".join(dict.fromkeys(sentences)))
