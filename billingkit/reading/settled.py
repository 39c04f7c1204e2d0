"""Tables put together: frames in the contract's columns, problems with their addresses, and the laws checked."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any, Final

import polars as pl

from billingkit.columns import BALANCES, CLAIMS, MONEY, schema
from billingkit.problems import Problem
from billingkit.reading.claims import Batch, Doubt, blanks
from billingkit.reading.fold import as_text, is_blank, letters
from billingkit.reading.heard import Heard, beyond, categories, unheaded
from billingkit.reading.identity import Place
from billingkit.reading.law import check_money, check_rows
from billingkit.reading.lines import reasons
from billingkit.reading.sentences import ask
from billingkit.reading.totals import column_sums, control_totals
from billingkit.week import TableRead

_ZERO: Final = Decimal("0.00")
_NAMES: Final = frozenset({"patient_name", "surname", "forename", "guarantor_name", "subscriber_name"})


def settle(
    holds: str, batches: list[Batch], keys: list[list[str]], left_out: dict[Place, str], heard: list[Heard]
) -> tuple[pl.DataFrame, list[TableRead], list[Problem]]:
    """All tables of one kind as one frame, how each was understood, and every problem."""
    frames, tables, problems = [], [], []
    for index, batch in enumerate(batches):
        out = {place: reason for (at, place), reason in left_out.items() if at == index}
        out |= dict.fromkeys(batch.joined, "joined")
        kept = [place for place in range(len(batch.rows)) if place not in out]
        frame = _frame(holds, batch, index, kept, keys, heard[index])
        frames.append(frame)
        table = _table(batch, frame, out)
        tables.append(table)
        problems += _problems(batch, out)
    empty = pl.DataFrame(schema=schema(holds))
    return pl.concat([empty, *frames]) if frames else empty, tables, problems


def _frame(holds: str, batch: Batch, index: int, kept: list[int], keys: list[list[str]], heard: Heard) -> pl.DataFrame:
    columns = dict(batch.columns)
    columns["claim_key" if holds == "claims" else "account_key"] = keys[index]
    columns["sensitive"] = categories(batch, heard)
    codes = {
        place: "|".join(dict.fromkeys(one.code for one in listed)) for place, listed in batch.doubts.items() if listed
    }
    columns["questions"] = [codes.get(place) for place in range(len(batch.rows))]
    stopped = {place for place, listed in batch.doubts.items() if any(one.stops for one in listed)}
    columns["quarantined"] = [place in stopped for place in range(len(batch.rows))]
    columns["source_file"] = [batch.file] * len(batch.rows)
    columns["source_sheet"] = [batch.sheet.name] * len(batch.rows)
    columns["source_row"] = batch.rows
    wanted = CLAIMS if holds == "claims" else BALANCES
    types = schema(holds)
    whole = len(kept) == len(batch.rows)
    return pl.DataFrame(
        [
            _series(
                column.name,
                columns[column.name] if whole else [columns[column.name][place] for place in kept],
                types[column.name],
            )
            for column in wanted
        ]
    )


def _series(name: str, values: list[Any], kind: pl.DataType) -> pl.Series:
    if kind != MONEY:
        return pl.Series(name, values, dtype=kind)
    # polars takes exact amounts several times faster from their texts than from Python's decimals
    return pl.Series(name, [None if value is None else str(value) for value in values], dtype=pl.String).cast(MONEY)


def _table(batch: Batch, frame: pl.DataFrame, out: dict[int, str]) -> TableRead:
    mapping = batch.mapping
    ignored = dict(reasons(batch.lines))
    for reason in out.values():
        ignored[reason] = ignored.get(reason, 0) + 1
    quarantined = int(frame["quarantined"].sum())
    filled = _filled(batch)
    money, totals = _money(batch, frame, out)
    table = TableRead(
        file=batch.file,
        sheet=batch.sheet.name,
        hidden=batch.sheet.hidden,
        holds="claims" if batch.holds == "claims" else "balances",
        header_rows=mapping.table.header_rows,
        first_row=mapping.table.first_row,
        last_row=batch.rows[-1] if batch.rows else mapping.table.header_rows[-1],
        columns=_said(batch, dict(mapping.role_of)),
        why=_said(batch, dict(mapping.why)),
        letters={role: letters(positions[0]) for role, positions in mapping.positions.items()},
        unknown_columns=(
            *_unknown(batch),
            *(f"(no heading, column {letters(position)})" for position in unheaded(batch)),
            *(["(no heading, right of the last one)"] if any(beyond(batch)) else []),
        ),
        rows=filled,
        accepted=frame.height - quarantined,
        quarantined=quarantined,
        ignored=ignored,
        money=money,
        control_totals=control_totals(batch),
    )
    check_rows(table, filled)
    check_money(table, totals)
    return table


def _said(batch: Batch, by_place: dict[int, str]) -> dict[str, str]:
    """By heading; a heading that stands twice is told apart by its group or its column's letters."""
    names: dict[str, str] = {}
    for heading in batch.mapping.table.headings:
        if heading.position in by_place:
            name = heading.name
            if name in names and heading.group:
                name = f"{' '.join(heading.group.split())}: {name}"
            if name in names:
                name = f"{heading.name} ({letters(heading.position)})"
            names[name] = by_place[heading.position]
    return names


def _unknown(batch: Batch) -> list[str]:
    """The headings without a meaning; one that stands on several columns with its group, or its column's letters."""
    counted = Counter(heading.name for heading in batch.mapping.table.headings)
    named = []
    for heading in batch.mapping.unknown:
        group = " ".join(heading.group.split())
        apart = f"{group}: {heading.name}" if group else f"{heading.name} ({letters(heading.position)})"
        named.append(apart if counted[heading.name] > 1 else heading.name)
    return named


def _filled(batch: Batch) -> int:
    table, rows = batch.mapping.table, batch.sheet.rows
    count = 0
    for row in rows[table.first_row - 1 : table.last_row]:
        if (row and type(row[0]) is str and row[0].strip()) or any(not is_blank(cell) for cell in row):
            count += 1
    return count


def _money(
    batch: Batch, frame: pl.DataFrame, out: dict[int, str]
) -> tuple[dict[str, dict[str, Decimal]], dict[str, Decimal]]:
    """Where the amounts of each money column went, and what they add up to on the sheet itself."""
    money: dict[str, dict[str, Decimal]] = {}
    totals: dict[str, Decimal] = {}
    other = sorted(batch.lines.ignored)
    for name, places in batch.money.items():
        on_sheet = column_sums(batch, batch.rows, places)
        below = sum((value for value in column_sums(batch, other, places) if value is not None), _ZERO)
        # an amount that could not be read as a whole (one aged column of several, say) is asked, not counted
        spoiled = set(blanks(batch.columns[name])) - set(batch.joined)
        kept = [value for place, value in enumerate(on_sheet) if place not in spoiled] if spoiled else on_sheet
        total = sum(filter(None, kept), _ZERO)
        totals[name] = (-total if name in batch.turned else total) + below
        asked = frame["quarantined"]
        money[name] = {
            "accepted": _added(frame[name].filter(~asked)),
            "quarantined": _added(frame[name].filter(asked)),
            "ignored": below
            + sum((batch.columns[name][place] or _ZERO for place, reason in out.items() if reason != "joined"), _ZERO),
        }
    return money, totals


def _added(column: pl.Series) -> Decimal:
    total = column.sum()  # polars adds decimals exactly
    return total if isinstance(total, Decimal) else _ZERO


def _problems(batch: Batch, out: dict[int, str]) -> list[Problem]:
    problems = []
    for place in sorted({*batch.doubts, *out}):
        row = batch.rows[place]
        if place in out:
            if out[place] != "joined":
                problems.append(
                    Problem(
                        out[place].replace(" ", "_"),
                        "ignored",
                        batch.holds,
                        batch.file,
                        batch.sheet.name,
                        row,
                        None,
                        "",
                        "Another row says the same, or a newer tab has this claim. This one was left out.",
                    )
                )
            continue
        problems += [_problem(batch, row, one) for one in batch.doubts[place]]
    return problems


def _problem(batch: Batch, row: int, one: Doubt) -> Problem:
    position = batch.mapping.at(one.role)
    if position is None and one.role == "outstanding":
        position = batch.mapping.at("aging")
    found = "" if one.role in _NAMES else as_text(one.found)
    return Problem(
        one.code,
        "quarantined" if one.stops else "asked",
        batch.holds,
        batch.file,
        batch.sheet.name,
        row,
        batch.mapping.heading(position),
        found,
        ask(one.code, one.role, found),
        f"{letters(position)}{row}" if position is not None else None,
    )
