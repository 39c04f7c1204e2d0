"""How fast 40 rules over 9 columns decide a million rows, beside other ways to do it. Ratios of one run.

    python benchmarks/rules.py [--rows 1000000]

The plain loop and the polars chain give the same three-valued results (compared row by row); zen-engine
and business-rules know only true and false, so they are compared on rows without missing data. Slow ones
run on a sample, and their time is given for as many rows as all the others had.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import polars as pl
from tables import COLUMNS, DAY, forty_rules, many_rules, rows_for

from billingkit.rules import Condition, Table, check, decide
from billingkit.rules.column import Column, fold

NONE_YET = 10**6  # what "none yet" is for the ways that have no such value


def best(run: Callable[[], Any], times: int) -> tuple[float, Any]:
    """The least processor time of some runs, all threads together, and the last result."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        result = run()
        taken.append(time.process_time() - start)
    return min(taken), result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    count = parser.parse_args().rows
    table, facts = forty_rules(), rows_for(count, blanks=0.02)
    decide(table, facts.head(1000), DAY)  # polars starts its threads

    bare, decided = best(lambda: decide(table, facts, DAY, why=False)["rule"], 3)
    full, _ = best(lambda: decide(table, facts, DAY), 3)
    print(f"{len(table.rules)} rules x {len(COLUMNS)} columns, {count:,} rows, 2 % of three columns missing")
    report = [("billingkit, without the why", bare), ("billingkit, with the full why", full)]

    sample = facts.head(min(count, 200_000))
    loop_time, looped = best(lambda: plain_loop(table, sample), 1)
    assert looped == decided.head(sample.height).to_list(), "the plain loop decides otherwise"
    report.append(("plain Python loop", loop_time * count / sample.height))

    chain_time, chained = best(lambda: polars_chain(table, facts), 1)
    assert chained.to_list() == decided.to_list(), "the polars chain decides otherwise"
    report.append(("polars when/then chain", chain_time))

    whole = facts.drop_nulls(["status", "deadline", "amount"])
    some = whole.head(min(whole.height, 20_000))
    expected = decide(table, some, DAY, why=False)["rule"].to_list()
    zen_time, zenned = best(lambda: zen_engine(table, some), 1)
    assert zenned == expected, "zen-engine decides otherwise"
    report.append(("zen-engine", zen_time * count / some.height))

    few = whole.head(min(whole.height, 1_000))
    rules_time, ruled = best(lambda: business_rules(table, few), 1)
    assert ruled == expected[: few.height], "business-rules decides otherwise"
    report.append(("business-rules", rules_time * count / few.height))

    print(f"{'':34}{'CPU s':>10}{'x bare':>10}{'x with why':>12}")
    for name, taken in report:
        print(f"{name:34}{taken:10.2f}{taken / bare:10.1f}{taken / full:12.1f}")
    sizes = [checked(many_rules(seed=seed)) for seed in range(3, 13)]
    print(f"check of 100 rules x 10 columns, ten tables: {min(sizes) * 1000:.0f} to {max(sizes) * 1000:.0f} ms")


def checked(table: Table) -> float:
    """The processor time of a check, best of three."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        check(table)
        taken.append(time.process_time() - start)
    return min(taken)


def named(table: Table) -> list[tuple[str, int, list[tuple[Column, Condition]]]]:
    """The rules as anybody would hold them: id, step, conditions."""
    return [
        (rule.id, rule.step, [(one, rule.conditions[one.name]) for one in table.columns if one.name in rule.conditions])
        for rule in table.ordered()
    ]


# --- a plain Python loop, with the three values true, false and unknown (None) ---


def plain_loop(table: Table, facts: pl.DataFrame) -> list[str]:
    rules = [
        (rule, step, [(column.name, tester(column, one)) for column, one in cells])
        for rule, step, cells in named(table)
    ]
    return [decided(rules, row) for row in facts.iter_rows(named=True)]


def decided(rules: list, row: dict) -> str:
    doubtful = False
    winner, winning_step = None, 0
    for rule, step, cells in rules:
        if winner is not None and step > winning_step:
            break
        answer: bool | None = True
        for name, test in cells:
            met = test(row[name])
            if met is False:
                answer = False
                break
            if met is None:
                answer = None
        if answer:
            if winner is not None:
                return "ASK"
            winner, winning_step = rule, step
        elif answer is None:
            doubtful = True
    if doubtful:
        return "ASK"
    return winner or "ASK-0"


def tester(column: Column, condition: Condition) -> Callable[[Any], bool | None]:
    if not column.numeric:
        words = frozenset(label for place, label in enumerate(column.labels) if condition.accepts(place))
        return lambda value: None if value is None else value in words
    low, high = condition.ends()[0]
    if column.blank != "unknown":
        special = condition.special
        return lambda value: special if value is None else low <= value <= high
    return lambda value: None if value is None else low <= value <= high


# --- polars when/then, whose null is Kleene's unknown as long as nothing swallows it ---


def polars_chain(table: Table, facts: pl.DataFrame) -> pl.Series:
    answers = {rule: pl.all_horizontal([tested(*cell) for cell in cells]) for rule, _, cells in named(table)}
    steps = sorted({step for _, step, _ in named(table)})
    frame = facts.select(answer.alias(rule) for rule, answer in answers.items())
    chain: Any = pl
    earlier: list[str] = []
    for step in steps:
        here = [rule for rule, one, _ in named(table) if one == step]
        earlier += here
        certain = pl.any_horizontal([pl.col(rule).fill_null(value=False) for rule in here])
        doubtful = pl.any_horizontal([pl.col(rule).is_null() for rule in earlier])
        chain = chain.when(certain & doubtful).then(pl.lit("ASK"))
        for rule in here:
            chain = chain.when(pl.col(rule)).then(pl.lit(rule))
    chain = chain.when(pl.any_horizontal(pl.all().is_null())).then(pl.lit("ASK"))
    return frame.select(chain.otherwise(pl.lit("ASK-0")).alias("rule"))["rule"]


def tested(column: Column, condition: Condition) -> pl.Expr:
    value = pl.col(column.name)
    if not column.numeric:
        return value.is_in([label for place, label in enumerate(column.labels) if condition.accepts(place)])
    low, high = condition.ends()[0]
    met = value.is_between(low, high)
    return met.fill_null(condition.special) if column.blank != "unknown" else met


# --- zen-engine: a decision table as JSON, first hit over rules sorted by step ---


def zen_engine(table: Table, facts: pl.DataFrame) -> list[str]:
    import zen

    inputs = [{"id": one.name, "name": one.heading, "type": "expression", "field": one.name} for one in table.columns]
    rows = [
        {"_id": rule, **{column.name: zen_cell(column, one) for column, one in cells}, "rule": json.dumps(rule)}
        for rule, _, cells in named(table)
    ]
    blank = {one.name: "" for one in table.columns}
    rows = [blank | row for row in rows] + [{**blank, "_id": "none", "rule": '"ASK-0"'}]
    outputs = [{"id": "rule", "name": "rule", "type": "expression", "field": "rule"}]
    place = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", **place},
        {
            "id": "table",
            "type": "decisionTableNode",
            "name": "table",
            **place,
            "content": {"hitPolicy": "first", "inputs": inputs, "outputs": outputs, "rules": rows},
        },
        {"id": "out", "type": "outputNode", "name": "out", **place},
    ]
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    filled = facts.with_columns(pl.col("contact").fill_null(NONE_YET))
    return [decision.evaluate(row)["result"]["rule"] for row in filled.iter_rows(named=True)]


def zen_cell(column: Column, condition: Condition) -> str:
    if not column.numeric:
        return ", ".join(json.dumps(label) for place, label in enumerate(column.labels) if condition.accepts(place))
    low, high = condition.spans[0]
    if low is None:
        return f"<= {high}"
    return f">= {low}" if high is None else f"[{low}..{high}]"


# --- business-rules: conditions as data, tried one by one ---


def business_rules(table: Table, facts: pl.DataFrame) -> list[str]:
    from business_rules import run_all
    from business_rules.actions import BaseActions, rule_action
    from business_rules.fields import FIELD_TEXT
    from business_rules.variables import BaseVariables, numeric_rule_variable, string_rule_variable

    class Said(BaseActions):
        def __init__(self) -> None:
            self.rule = "ASK-0"

        @rule_action(params={"rule": FIELD_TEXT})
        def say(self, rule: str) -> None:
            self.rule = rule

    def variable(column: Column) -> Any:
        mark = numeric_rule_variable if column.numeric else string_rule_variable

        def value(self: Any) -> Any:
            return self.row[column.name]

        value.__name__ = column.name
        return mark()(value)

    def start(self: Any, row: dict) -> None:
        self.row = row

    facts_class = type(
        "Facts", (BaseVariables,), {"__init__": start} | {one.name: variable(one) for one in table.columns}
    )
    rules = [
        {"conditions": {"all": [tree(*cell) for cell in cells]}, "actions": [{"name": "say", "params": {"rule": rule}}]}
        for rule, _, cells in named(table)
    ]
    said = []
    for row in facts.with_columns(pl.col("contact").fill_null(NONE_YET)).iter_rows(named=True):
        actions = Said()
        run_all(rules, facts_class(row), actions, stop_on_first_trigger=True)
        said.append(actions.rule)
    return said


def tree(column: Column, condition: Condition) -> dict:
    if not column.numeric:
        words = [label for place, label in enumerate(column.labels) if condition.accepts(place)]
        return {"any": [{"name": column.name, "operator": "equal_to", "value": fold(word)} for word in words]}
    low, high = condition.spans[0]
    ends = [("greater_than_or_equal_to", low), ("less_than_or_equal_to", high)]
    return {"all": [{"name": column.name, "operator": how, "value": end} for how, end in ends if end is not None]}


if __name__ == "__main__":
    main()
