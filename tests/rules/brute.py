"""Small random tables with a reference that knows nothing of masks: every row by the words of the design.

A cell is made together with what it means, so that the reference never reads it through the kit.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from random import Random

import polars as pl

from billingkit.rules import Column, Output, Table, parse_table

DAY = date(2026, 11, 23)
BLANK, SPECIAL = "blank", "none yet"
ACTIONS = ("Hold", "Wait", "Call", "Write", "Refer")
CALLS = ("Call", "Write")


@dataclass(frozen=True)
class Cell:
    """A cell as typed, the known values that it accepts, and what it says about special and missing data."""

    text: str
    values: frozenset
    special: bool = False
    blank: bool | None = None
    everything: bool = False

    def answer(self, value, *, ordinary):
        """True, False, or None for cannot tell."""
        if self.everything:
            return True
        if value == BLANK:
            return bool(self.blank) if self.blank is not None or ordinary else None
        if value == SPECIAL:
            return self.special
        return value in self.values


def a_column(random: Random, place: int) -> Column:
    name, kind = f"c{place}", random.choice(["list", "number", "number", "yes/no", "special", "money"])
    if kind == "list":
        return Column(name, f"Column {place}", "list", ("red", "green", "not blue")[: random.randint(2, 3)])
    if kind == "yes/no":
        return Column(name, f"Column {place}", "yes/no")
    if kind == "money":
        return Column(name, f"Column {place}", "money", low=0, high=3)
    if kind == "special":
        return Column(name, f"Column {place}", "number", low=0, high=3, special=SPECIAL)
    return Column(name, f"Column {place}", "number", low=0, high=random.randint(2, 4), unit="days")


def known(column: Column) -> list:
    values = list(column.labels) if not column.numeric else list(range(column.low, column.high + 1))
    return values + ([SPECIAL] if column.special else [])


def a_cell(random: Random, column: Column) -> Cell:
    plain = [value for value in known(column) if value != SPECIAL]
    every = frozenset(plain)
    roll = random.random()
    if roll < 0.4:
        return Cell(random.choice(["-", "", "any"]), every, special=True, everything=True)
    if roll < 0.45:
        return Cell("not blank", every, special=column.special is not None, blank=False)
    if roll < 0.5:
        return Cell("blank", frozenset(), blank=True)
    made = _number_cell(random, column) if column.numeric else _word_cell(random, plain)
    if column.special and random.random() < 0.4 and not made.text.startswith("not"):
        made = Cell(f"{made.text} or {SPECIAL}", made.values, special=True)
    if random.random() < 0.1 and not made.text.startswith("not "):
        made = Cell(f"{made.text} or blank", made.values, made.special, blank=True)
    return made


def _word_cell(random: Random, plain: list) -> Cell:
    some = random.sample(plain, random.randint(1, max(1, len(plain) - 1)))
    if random.random() < 0.3 and "not blue" not in some:
        return Cell("not " + ", ".join(some), frozenset(plain) - frozenset(some))
    return Cell(random.choice([", ", " or ", "; "]).join(some), frozenset(some))


def _number_cell(random: Random, column: Column) -> Cell:
    low, high = sorted((random.randint(column.low, column.high), random.randint(column.low, column.high)))
    say = column.show
    made = [
        (f"{say(low)} to {say(high)}", range(low, high + 1)),
        (f"{say(low)}-{say(high)}", range(low, high + 1)),
        (f">= {say(low)}", range(low, column.high + 1)),
        (f"{say(low)}+", range(low, column.high + 1)),
        (f"up to {say(high)}", range(column.low, high + 1)),
        (f"{say(low)} or {say(high)}", (low, high)),
    ]
    if high > column.low:
        made.append((f"< {say(high)}", range(column.low, high)))
    if low != high or column.high > column.low:
        made.append((f"not {say(low)}", [value for value in range(column.low, column.high + 1) if value != low]))
    text, values = random.choice(made)
    return Cell(text, frozenset(values))


@dataclass(frozen=True)
class Made:
    """A table as the kit read it, and as the reference holds it."""

    table: Table
    rules: tuple  # (id, step, cells by name, action)

    def points(self, *, blanks: bool = True) -> list[dict]:
        names = [column.name for column in self.table.columns]
        values = [known(column) + ([BLANK] if blanks else []) for column in self.table.columns]
        return [dict(zip(names, point, strict=True)) for point in itertools.product(*values)]

    def named(self, step: int | None, name: str) -> bool:
        return any(cells[name].blank is not None for _, one, cells, _ in self.rules if step in (None, one))

    def answers(self, point: dict) -> dict:
        """Each rule's answer on a row, three-valued."""
        found = {}
        for rule, step, cells, _ in self.rules:
            tests = [cells[name].answer(value, ordinary=self.named(step, name)) for name, value in point.items()]
            found[rule] = False if False in tests else None if None in tests else True
        return found

    def decision(self, point: dict) -> tuple:
        """(rule, doubtful rules, unknown columns)."""
        answers = self.answers(point)
        steps = {rule: step for rule, step, _, _ in self.rules}
        for step in sorted(set(steps.values())):
            certain = [rule for rule, one in steps.items() if one == step and answers[rule] is True]
            if certain:
                doubtful = [rule for rule, one in steps.items() if one <= step and answers[rule] is None]
                if len(certain) == 1 and not doubtful:
                    return certain[0], (), ()
                doubtful += certain if len(certain) > 1 else []
                return "ASK", tuple(sorted(doubtful)), self._unknown(point, doubtful)
        doubtful = sorted(rule for rule, answer in answers.items() if answer is None)
        return ("ASK" if doubtful else "ASK-0"), tuple(doubtful), self._unknown(point, doubtful)

    def _unknown(self, point: dict, doubtful: list) -> tuple:
        cells = {rule: (step, cells) for rule, step, cells, _ in self.rules}
        return tuple(
            name
            for name, value in point.items()
            if any(
                cells[rule][1][name].answer(value, ordinary=self.named(cells[rule][0], name)) is None
                for rule in doubtful
            )
        )

    def action(self, point: dict) -> str:
        rule = self.decision(point)[0]
        return next((action for one, _, _, action in self.rules if one == rule), rule)


OUTPUTS = (Output("action", "Action", "word", ACTIONS), Output("level", "Level", "number"))


def a_table(random: Random, *, rules: int = 5, columns: int = 3, steps: tuple = (1, 2), blanks: bool = True) -> Made:
    made = tuple(a_column(random, place) for place in range(random.randint(1, columns)))
    rows: list[list] = [["Rule", "Active", "Step", *(one.heading for one in made), "Action", "Level"]]
    held = []
    for number in range(random.randint(1, rules)):
        cells = {}
        for column in made:
            cell = a_cell(random, column)
            while not blanks and cell.blank is not None:
                cell = a_cell(random, column)
            cells[column.name] = cell
        step, action = random.choice(steps), random.choice(ACTIONS)
        held.append((f"R{number:02}", step, cells, action))
        rows.append([f"R{number:02}", "yes", step, *(cell.text for cell in cells.values()), action, number % 4])
    table, found = parse_table(rows, name="t", sheet="T", columns=made, outputs=OUTPUTS, steps=steps)
    assert not found, found
    return Made(table, tuple(held))


def frame(table: Table, points: list[dict]) -> pl.DataFrame:
    columns = {}
    for column in table.columns:
        values = [point[column.name] for point in points]
        if not column.numeric:
            columns[column.name] = pl.Series([None if one == BLANK else one for one in values], dtype=pl.String)
            continue
        numbers = [None if one in (BLANK, SPECIAL) else one for one in values]
        columns[column.name] = pl.Series(numbers, dtype=pl.Int64)
        if column.special:
            columns[f"{column.name}__special"] = pl.Series([one == SPECIAL for one in values])
    return pl.DataFrame(columns)
