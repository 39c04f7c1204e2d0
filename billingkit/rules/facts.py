"""Facts as the rules see them: for each column, which of its segments a row falls into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from billingkit.rules.column import MINOR, Column, fold
from billingkit.rules.plan import Axis, Plan, Verdict


@dataclass(frozen=True, slots=True)
class Placed:
    """Rows of facts placed in a plan: each column's segments, and each row's distinct outcome."""

    plan: Plan
    facts: pl.DataFrame
    segments: tuple[pl.Series, ...]
    outcome: pl.Series  # UInt32 into `verdicts`
    verdicts: tuple[Verdict, ...]
    missing: tuple[int, ...]  # per outcome, the columns with missing data, as a mask over columns


def special_name(name: str) -> str:
    """The companion column that is true where a number is its special value."""
    return f"{name}__special"


def held(column: Column, facts: pl.DataFrame) -> pl.Series:
    """A number column as whole numbers or hundredths; null where not known or special."""
    series = facts[column.name]
    if column.kind == "money" and series.dtype.is_decimal():
        scaled = series * MINOR
        whole = scaled.cast(pl.Int64)
        if not (whole == scaled).all():
            raise ValueError(f"{column.name}: amounts have at most two decimals.")
        return whole
    if not (series.dtype.is_integer() or series.dtype == pl.Null):
        raise ValueError(f"{column.name}: a {column.kind} column holds whole numbers, not {series.dtype}.")
    return series.cast(pl.Int64)


def segments(axis: Axis, facts: pl.DataFrame) -> pl.Series:
    """Each row's segment in one column, as UInt32 in the facts' order."""
    column = axis.column
    if column.name not in facts.columns:
        raise ValueError(f'The facts have no column "{column.name}".')
    return _number_segments(axis, facts) if column.numeric else _word_segments(axis, facts[column.name])


def _word_segments(axis: Axis, words: pl.Series) -> pl.Series:
    words = words.cast(pl.String)
    distinct = words.unique().drop_nulls().to_list()
    positions = axis.column.positions
    unknown = [word for word in distinct if fold(word) not in positions]
    if unknown:
        known = ", ".join(axis.column.labels)
        raise ValueError(f'{axis.column.name}: "{unknown[0]}" is not one of its words ({known}).')
    places = [positions[fold(word)] for word in distinct]
    if not distinct:
        return pl.repeat(axis.blank, len(words), dtype=pl.UInt32, eager=True)
    return words.replace_strict(distinct, places, default=axis.blank, return_dtype=pl.UInt32)


def _number_segments(axis: Axis, facts: pl.DataFrame) -> pl.Series:
    column = axis.column
    values = held(column, facts)
    low, high = column.bounds
    filled = values.fill_null(low)
    found = pl.Series(axis.starts, dtype=pl.Int64).search_sorted(filled, side="right").cast(pl.UInt32) - 1
    missing = values.is_null() | ~values.is_between(low, high)
    found = _set(found, missing.fill_null(value=True), _missing(axis, facts))
    companion = special_name(column.name)
    if axis.special is not None and companion in facts.columns:
        found = _set(found, facts[companion].fill_null(value=False), axis.special)
    return found


def _missing(axis: Axis, facts: pl.DataFrame) -> int:
    """The segment of a null: missing data, or the special value where nothing else tells them apart."""
    means_special = axis.column.blank != "unknown" and special_name(axis.column.name) not in facts.columns
    return axis.special if means_special and axis.special is not None else axis.blank


def _set(series: pl.Series, where: pl.Series, value: int) -> pl.Series:
    if not where.any():
        return series
    frame = pl.select(pl.when(where).then(pl.lit(value, dtype=pl.UInt32)).otherwise(series).alias("segment"))
    return frame["segment"]


def texts(axis: Axis, facts: pl.DataFrame, found: pl.Series) -> pl.Series:
    """Each row's value in plain words, "blank" where missing."""
    column = axis.column
    if not column.numeric:
        return pl.Series([*column.labels, "blank"]).gather(found)
    values = held(column, facts)
    shown = (values.cast(pl.Decimal(18, 2)) / MINOR if column.kind == "money" else values).cast(pl.String)
    shown = _worded(shown, found == axis.blank, "blank")
    return shown if axis.special is None else _worded(shown, found == axis.special, column.special or "")


def _worded(shown: pl.Series, where: pl.Series, word: str) -> pl.Series:
    if not where.any():
        return shown
    return pl.select(pl.when(where).then(pl.lit(word)).otherwise(shown).alias("shown"))["shown"]


def row_frame(columns: Sequence[Column], row: dict[str, object]) -> pl.DataFrame:
    """One row of facts as a frame with the types that the rules expect."""
    made: dict[str, pl.Series] = {}
    for column in columns:
        value = row.get(column.name)
        kind = pl.Int64 if column.numeric and not hasattr(value, "as_tuple") else None
        made[column.name] = pl.Series([value], dtype=kind if column.numeric else pl.String)
        companion = special_name(column.name)
        if companion in row:
            made[companion] = pl.Series([row[companion]], dtype=pl.Boolean)
    return pl.DataFrame(made)
