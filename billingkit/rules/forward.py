"""Why not today: the first day on which a row that is left alone comes due, and under which rule.

Days pass and the day columns move with them. A decision can only change on a day on which one of them
crosses a threshold, or rules come into force or end, so that only those days are looked at.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

import polars as pl

from billingkit.rules.facts import special_name
from billingkit.rules.plan import Axis, plan_for
from billingkit.rules.run import decide
from billingkit.rules.table import Table

HORIZON: Final = 400
IDLE: Final = frozenset({"Wait", "None"})


def forward(
    table: Table,
    facts: pl.DataFrame,
    as_of: date,
    day_columns: dict[str, int],
    horizon: int = HORIZON,
    *,
    idle: Collection[str] = IDLE,
    action: str | None = None,
) -> pl.DataFrame:
    """For each row the days until its action first changes to one that is not idle, and the rule then.

    `day_columns` says how a column moves each day: +1 or -1; missing and special values stay as they
    are. `action` is the output that is watched, by default the table's first; an Ask counts as an
    action of its own. The result has next_in_days (Int64) and next_rule (String), one row per row of
    `facts`, null where nothing changes within `horizon` days.
    """
    watched = action or table.outputs[0].name
    today = _action(decide(table, facts, as_of, why=False), watched)
    rows = facts.with_row_index("row__").with_columns(pl.lit(0, pl.Int64).alias("day__"), today.alias("today__"))
    due: list[pl.DataFrame] = []
    while rows.height:
        rows = _next_day(table, rows, as_of, day_columns).filter(pl.col("day__") <= horizon)
        if not rows.height:
            break
        said = _decided(table, rows, as_of, watched)
        changed = (said["then__"] != rows["today__"]) & ~said["then__"].is_in(list(idle))
        due.append(said.filter(changed).select("row__", pl.col("day__").alias("next_in_days"), "next_rule"))
        rows = rows.filter(~changed)
    empty = pl.DataFrame(schema={"row__": pl.UInt32, "next_in_days": pl.Int64, "next_rule": pl.String})
    found = pl.concat([empty, *due])
    every = facts.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row__"))
    return every.join(found, on="row__", how="left", maintain_order="left").drop("row__")


def _action(decided: pl.DataFrame, watched: str) -> pl.Series:
    """The action in words; an Ask is named as such."""
    said = pl.col(watched).cast(pl.String).fill_null("None")
    return decided.select(pl.when(pl.col("asked")).then(pl.lit("(ask)")).otherwise(said).alias("said"))["said"]


def _decided(table: Table, rows: pl.DataFrame, as_of: date, watched: str) -> pl.DataFrame:
    """The rows' decisions on their own days, in the order of `rows`."""
    marks = [(day - as_of).days for day in table.periods() if day > as_of]
    period = pl.Series(marks, dtype=pl.Int64).search_sorted(rows["day__"], side="right")
    parts: list[pl.DataFrame] = []
    for number in period.unique().sort().to_list():
        here = rows.filter(period == number)
        first = as_of if number == 0 else as_of + timedelta(days=marks[number - 1])
        decided = decide(table, here, first, why=False)
        said = here.select("row__", "day__").with_columns(
            _action(decided, watched).alias("then__"), decided["rule"].alias("next_rule")
        )
        parts.append(said)
    return pl.concat(parts).sort("row__")


def _next_day(table: Table, rows: pl.DataFrame, as_of: date, day_columns: dict[str, int]) -> pl.DataFrame:
    """Each row moved on to the next day on which anything about it can change; other rows left out."""
    days = pl.DataFrame({"row__": rows["row__"]})
    for plan in {day: plan_for(table, day) for day in [as_of, *table.periods()]}.values():
        for axis in plan.axes:
            move = day_columns.get(axis.column.name)
            if move:
                days = days.with_columns(_until(axis, rows, move).alias(f"{len(days.columns)}"))
    marks = [(day - as_of).days for day in table.periods() if day > as_of]
    days = days.with_columns(_until_mark(marks, rows["day__"]).alias("period"))
    step = days.select(pl.min_horizontal(pl.exclude("row__")).alias("step__"))["step__"]
    moved = rows.with_columns(step.alias("step__")).filter(pl.col("step__").is_not_null())
    stays = {name: _stays(table, name, moved) for name in day_columns}
    return moved.with_columns(
        pl.col("day__") + pl.col("step__"),
        *(
            pl.when(stays[name]).then(pl.col(name)).otherwise(pl.col(name) + move * pl.col("step__")).alias(name)
            for name, move in day_columns.items()
        ),
    ).drop("step__")


def _stays(table: Table, name: str, rows: pl.DataFrame) -> pl.Expr:
    """Where a day column does not move: its value is special."""
    companion = special_name(name)
    has = table.column(name).special is not None and companion in rows.columns
    return pl.col(companion).fill_null(value=False) if has else pl.lit(value=False)


def _until(axis: Axis, rows: pl.DataFrame, move: int) -> pl.Series:
    """Days until a row's value leaves its segment; null where it never does."""
    name = axis.column.name
    values = rows[name].cast(pl.Int64)
    companion = special_name(name)
    if axis.special is not None and companion in rows.columns:
        values = pl.select(pl.when(~rows[companion].fill_null(value=False)).then(values).alias(name))[name]
    low, high = axis.column.bounds
    starts = [*axis.starts, high + 1]
    if move > 0:
        place = pl.Series(starts, dtype=pl.Int64).search_sorted(values.fill_null(low), side="right")
        after = pl.Series([*starts, None], dtype=pl.Int64).gather(place)
        days = after - values
    else:
        place = pl.Series(starts, dtype=pl.Int64).search_sorted(values.fill_null(low), side="right")
        before = pl.Series([None, *starts], dtype=pl.Int64).gather(place)
        days = values - before + 1
    return pl.select(pl.when(values.is_not_null()).then(days).alias(name))[name]


def _until_mark(marks: list[int], days: pl.Series) -> pl.Series:
    """Days until the next period of the table begins."""
    place = pl.Series(marks, dtype=pl.Int64).search_sorted(days, side="right")
    return pl.Series([*marks, None], dtype=pl.Int64).gather(place) - days
