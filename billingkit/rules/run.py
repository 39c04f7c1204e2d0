"""Running a table over many rows: one decision for each row, in the rows' own order.

The masks of all rows are ANDed column by column; only the distinct outcomes are then looked at one
by one, so that a million rows cost a few vector operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from billingkit.rules.facts import Placed, segments
from billingkit.rules.plan import Plan, Verdict, bits, plan_for, verdict
from billingkit.rules.table import ASK, ASK_0, Hit, OutputValue, Rule, Table
from billingkit.rules.why import filled, whys

WORD: Final = 64  # bits in one chunk of a mask
FULL: Final = (1 << WORD) - 1
OUTPUT_TYPE: Final = {"word": pl.String(), "text": pl.String(), "number": pl.Int64()}


def decide(table: Table, facts: pl.DataFrame, as_of: date, *, why: bool = True) -> pl.DataFrame:
    """Decides every row of `facts` by the rules in force on `as_of`.

    `facts` has one column per condition column, under its name: lists and yes/no as String, numbers as
    Int64, money as Decimal or Int64 hundredths; null is missing. A number column with a special value
    may have a Boolean companion `NAME__special`. The result has one row per row, in order: rule, step,
    one column per output, asked, unknown and possible_rules (joined by "|") and, with `why`, the
    conditions that the rule used with the values that met them. Raises ValueError where the facts lack
    a column, or hold a word that is in no list.
    """
    plan = plan_for(table, as_of)
    placed = place(plan, facts, table.hit)
    result = _distinct(table, placed).select(pl.all().gather(placed.outcome))
    result = filled(table, placed, result)
    return result.with_columns(whys(placed).alias("why")) if why else result


def place(plan: Plan, facts: pl.DataFrame, hit: Hit = "unique") -> Placed:
    """Finds every row's segments, and the distinct outcomes of all rows."""
    found = tuple(segments(axis, facts) for axis in plan.axes)
    keys = _keys(plan, found, facts.height)
    distinct = keys.unique(maintain_order=True).with_row_index("outcome")
    outcome = keys.join(distinct, on=keys.columns, how="left", maintain_order="left")["outcome"]
    chunks = -(-len(plan.rules) // WORD) or 1
    verdicts: list[Verdict] = []
    missing: list[int] = []
    for words in distinct.drop("outcome").iter_rows():
        met = _joined(words[:chunks])
        blank = _joined(words[2 * chunks :])
        open_ = _joined(words[chunks : 2 * chunks]) if blank else met
        verdicts.append(verdict(plan, met, open_, hit))
        missing.append(blank)
    return Placed(plan, facts, found, outcome, tuple(verdicts), tuple(missing))


def _joined(words: Sequence[int]) -> int:
    return sum(word << (WORD * part) for part, word in enumerate(words))


def _keys(plan: Plan, found: Sequence[pl.Series], height: int) -> pl.DataFrame:
    """The masks of met and of not refused rules, then of columns with missing data, in 64-bit chunks."""
    places = range(len(plan.axes))
    met = [[plan.rules_met(place, part) for part in range(plan.axes[place].size)] for place in places]
    open_ = [[plan.rules_open(place, part) for part in range(plan.axes[place].size)] for place in places]
    blank = [
        [1 << place if segment == axis.blank and plan.undecided(place) else 0 for segment in range(axis.size)]
        for place, axis in enumerate(plan.axes)
    ]
    keys = _chunked("met", met, found, height, len(plan.rules))
    missing = {place for place in places if plan.undecided(place) and (found[place] == plan.axes[place].blank).any()}
    if not missing:
        return pl.DataFrame(keys)
    keys |= _chunked("open", open_, found, height, len(plan.rules))
    for part in range(-(-len(plan.axes) // WORD)):
        keys[f"blank{part}"] = _bits_of(blank, found, missing, height, part)
    return pl.DataFrame(keys)


def _chunked(
    name: str, masks: Sequence[Sequence[int]], found: Sequence[pl.Series], height: int, rules: int
) -> dict[str, pl.Series]:
    """The AND over all columns of the masks that the rows' segments select."""
    chunks: dict[str, pl.Series] = {}
    for part in range(-(-rules // WORD) or 1):
        full = ((1 << rules) - 1) >> (WORD * part) & FULL
        total: pl.Series | None = None
        for column, series in zip(masks, found, strict=True):
            words = [mask >> (WORD * part) & FULL for mask in column]
            if any(word != full for word in words):
                picked = pl.Series(words, dtype=pl.UInt64).gather(series)
                total = picked if total is None else total & picked
        chunks[f"{name}{part}"] = total if total is not None else pl.repeat(full, height, dtype=pl.UInt64, eager=True)
    return chunks


def _bits_of(
    masks: Sequence[Sequence[int]], found: Sequence[pl.Series], places: set[int], height: int, part: int
) -> pl.Series:
    """The OR over the columns named of the masks that the rows' segments select."""
    total = pl.repeat(0, height, dtype=pl.UInt64, eager=True)
    for place in places:
        words = [mask >> (WORD * part) & FULL for mask in masks[place]]
        total = total | pl.Series(words, dtype=pl.UInt64).gather(found[place])
    return total


def _distinct(table: Table, placed: Placed) -> pl.DataFrame:
    """What each distinct outcome says, one row per outcome."""
    rows = [
        _said(table, placed.plan, one, missing) for one, missing in zip(placed.verdicts, placed.missing, strict=True)
    ]
    joined = table.hit == "collect"
    schema: dict[str, pl.DataType] = {"rule": pl.String(), "step": pl.Int64()}
    schema |= {one.name: pl.String() if joined else OUTPUT_TYPE[one.kind] for one in table.outputs}
    schema |= {"asked": pl.Boolean(), "unknown": pl.String(), "possible_rules": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _said(table: Table, plan: Plan, outcome: Verdict, missing: int) -> tuple[OutputValue | bool, ...]:
    rules = [plan.rules[winner] for winner in outcome.winners]
    unknown = [table.columns[place].name for place in bits(missing) if plan.undecided(place) & outcome.doubtful]
    possible = [plan.rules[rule].id for rule in bits(outcome.doubtful)]
    return (
        *_named(table, rules, outcome),
        *(_output(table.hit, [rule.outputs.get(one.name) for rule in rules]) for one in table.outputs),
        outcome.asked,
        "|".join(unknown) or None,
        "|".join(possible) or None,
    )


def _named(table: Table, rules: Sequence[Rule], outcome: Verdict) -> tuple[OutputValue, OutputValue]:
    """The rule and its step; ASK or ASK-0 where none decides."""
    if rules:
        return "|".join(rule.id for rule in rules), rules[0].step
    if table.hit == "collect" and not outcome.doubtful:
        return None, None
    return (ASK if outcome.doubtful else ASK_0), None


def _output(hit: Hit, values: Sequence[OutputValue]) -> OutputValue:
    if hit == "unique":
        return values[0] if values else None
    return "|".join(dict.fromkeys(str(value) for value in values if value is not None)) or None
