"""Why a row was decided as it was: the rule's conditions with the values that met them, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import polars as pl

from billingkit.rules.column import fold
from billingkit.rules.facts import Placed, texts
from billingkit.rules.plan import Plan, Verdict, bits
from billingkit.rules.table import ASK, ASK_0, Table


def whys(placed: Placed) -> pl.Series:
    """One sentence per row, such as "CF-17: status Submitted (Submitted, Resubmitted); days late 4 (0 or more)"."""
    pieces: list[pl.Series] = []
    order: list[pl.Series] = []
    for outcome, missing, rows in _groups(placed):
        constant = _ask(placed.plan, outcome, missing) if outcome.doubtful else None
        if constant is not None and not outcome.winners:
            pieces.append(pl.repeat(constant, len(rows), dtype=pl.String, eager=True))
        else:
            pieces.append(_sentences(placed, outcome, rows, constant))
        order.append(rows)
    if not pieces:
        return pl.Series([], dtype=pl.String)
    return pl.concat(pieces).gather(pl.concat(order).arg_sort())


def _groups(placed: Placed) -> Iterator[tuple[Verdict, int, pl.Series]]:
    """Each distinct explanation with its rows: rows that one rule decided belong together."""
    numbers: dict[tuple[Verdict, int], int] = {}
    explained = [
        numbers.setdefault((outcome, missing if outcome.doubtful else 0), len(numbers))
        for outcome, missing in zip(placed.verdicts, placed.missing, strict=True)
    ]
    if not explained:
        return
    group = pl.Series(explained, dtype=pl.UInt32).gather(placed.outcome)
    order = group.arg_sort()
    sizes = dict(group.value_counts().iter_rows())
    start = 0
    for (outcome, missing), number in numbers.items():
        size = sizes.get(number, 0)
        if size:
            yield outcome, missing, order.slice(start, size)
        start += size


def _ask(plan: Plan, outcome: Verdict, missing: int) -> str:
    """Why nobody could decide: what is not known, and what hangs on it."""
    unknown = [plan.axes[place].column.spoken for place in bits(missing) if plan.undecided(place) & outcome.doubtful]
    rules = _listed([plan.rules[rule].id for rule in bits(outcome.doubtful)])
    if not unknown:
        return f"{ASK}: {rules} all apply, and only one may decide"
    text = f"{ASK}: {_listed(unknown)} not known; could be {rules}"
    return text if outcome.otherwise is None else f"{text}, otherwise {plan.rules[outcome.otherwise].id}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _sentences(placed: Placed, outcome: Verdict, rows: pl.Series, doubt: str | None) -> pl.Series:
    """The explanations of rows that the same rules decided."""
    parts: list[str | int] = []
    for number, winner in enumerate(outcome.winners):
        parts += ["; " if number else "", f"{placed.plan.rules[winner].id}: ", *_conditions(placed.plan, winner)]
    if not outcome.winners:
        parts = [f"{ASK_0}: no rule covers this; ", *_everything(placed.plan)]
    if doubt is not None:
        parts.append(f"; {doubt}")
    return _written(placed, parts, rows)


def _conditions(plan: Plan, rule: int) -> list[str | int]:
    """Words and places of columns, in turn: where a column's place stands, the row's value goes."""
    parts: list[str | int] = []
    for place, axis in enumerate(plan.axes):
        condition = plan.rules[rule].condition(axis.column.name)
        if not condition.everything:
            parts += [f"{'; ' if parts else ''}{axis.column.spoken} ", place, f" ({condition.brief(axis.column)})"]
    return parts or ["applies to every row"]


def _everything(plan: Plan) -> list[str | int]:
    parts: list[str | int] = []
    for place, axis in enumerate(plan.axes):
        parts += [f"{'; ' if parts else ''}{axis.column.spoken} ", place]
    return parts


def _written(placed: Placed, parts: Sequence[str | int], rows: pl.Series) -> pl.Series:
    """Words and values joined, one text per row of `rows`."""
    places = sorted({part for part in parts if isinstance(part, int)})
    columns = [placed.plan.axes[place].column for place in places]
    names = [name for column in columns for name in placed.facts.columns if name.split("__special")[0] == column.name]
    some = placed.facts.select(pl.col(names).gather(rows)) if names else pl.DataFrame()
    values = {f"{place}": texts(placed.plan.axes[place], some, placed.segments[place].gather(rows)) for place in places}
    joined = [pl.col(f"{part}") if isinstance(part, int) else pl.lit(part) for part in _glued(parts)]
    frame = pl.DataFrame(values) if values else pl.DataFrame({"row": rows})
    made = frame.select(pl.concat_str(joined).alias("why"))["why"]
    return made if len(made) == len(rows) else pl.repeat(made[0], len(rows), dtype=pl.String, eager=True)


def _glued(parts: Sequence[str | int]) -> list[str | int]:
    """Neighbouring words as one."""
    glued: list[str | int] = []
    for part in parts:
        if isinstance(part, str) and glued and isinstance(glued[-1], str):
            glued[-1] += part
        elif part != "":
            glued.append(part)
    return glued


def filled(table: Table, placed: Placed, result: pl.DataFrame) -> pl.DataFrame:
    """The result with the `{Column}` placeholders of its sentences replaced by the rows' values."""
    names = {fold(word): place for place, one in enumerate(table.columns) for word in (one.name, one.heading)}
    for output in table.outputs:
        if output.kind != "text":
            continue
        column = result[output.name]
        for text in column.unique().drop_nulls().to_list():
            pieces = re.split(r"\{([^{}]*)\}", text)
            if len(pieces) > 1:
                parts = [names[fold(one)] if place % 2 else one for place, one in enumerate(pieces)]
                rows = (result[output.name] == text).fill_null(value=False).arg_true()
                column = column.scatter(rows, _written(placed, parts, rows))
        result = result.with_columns(column.alias(output.name))
    return result
