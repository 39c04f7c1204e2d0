"""Every rule tried on one row: yes, no, or cannot tell, condition by condition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from billingkit.rules.column import in_words
from billingkit.rules.facts import row_frame, segments, texts
from billingkit.rules.plan import Plan, plan_rules
from billingkit.rules.table import Rule, Table

Answer = Literal["yes", "no", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Test:
    """One condition of a rule against the row's value."""

    column: str  # the heading
    value: str
    condition: str
    verdict: Answer


@dataclass(frozen=True, slots=True)
class Tried:
    """One rule tried on one row. `text` says it all in one line."""

    rule: str
    step: int
    verdict: Answer
    tests: tuple[Test, ...]
    text: str


def explain(table: Table, facts_row: dict[str, object], as_of: date) -> list[Tried]:
    """Tries every rule of the table on one row of facts, in the order of steps and ids."""
    frame = row_frame(table.columns, facts_row)
    live = table.live(as_of)
    current = plan_rules(table.columns, live)
    tried: list[Tried] = []
    for rule in table.ordered():
        plan = current if rule in live else plan_rules(table.columns, [*live, rule])
        places = [int(segments(axis, frame)[0]) for axis in plan.axes]
        shown = [str(texts(axis, frame, segments(axis, frame))[0]) for axis in plan.axes]
        tried.append(_tried(plan, rule, plan.rules.index(rule), places, shown, as_of))
    return tried


def _tried(plan: Plan, rule: Rule, number: int, places: list[int], shown: list[str], as_of: date) -> Tried:
    tests: list[Test] = []
    for place, axis in enumerate(plan.axes):
        condition = rule.condition(axis.column.name)
        if not condition.everything:
            met = plan.met[place][number] >> places[place] & 1
            possible = plan.open[place][number] >> places[place] & 1
            answer: Answer = "yes" if met else "cannot tell" if possible else "no"
            tests.append(Test(axis.column.heading, shown[place], condition.text, answer))
    verdict: Answer = "yes"
    if any(test.verdict == "no" for test in tests) or not rule.in_force(as_of):
        verdict = "no"
    elif any(test.verdict == "cannot tell" for test in tests):
        verdict = "cannot tell"
    return Tried(
        rule.id, rule.step, verdict, tuple(tests), f"{rule.id}: {verdict}. {_reasons(rule, tests, verdict, as_of)}"
    )


def _reasons(rule: Rule, tests: list[Test], verdict: Answer, as_of: date) -> str:
    """What decided it: for a no, only the conditions that are not met."""
    if not rule.active:
        return "The rule is switched off."
    if rule.starts is not None and as_of < rule.starts:
        return f"The rule starts on {in_words(rule.starts)}."
    if rule.ends is not None and as_of > rule.ends:
        return f"The rule ended on {in_words(rule.ends)}."
    telling = [test for test in tests if test.verdict == verdict]
    if not telling:
        return "The rule applies to every row."
    words = {"yes": "is", "no": "is not", "cannot tell": "may be"}[verdict]
    return "; ".join(f"{test.column} {test.value} {words} {test.condition}" for test in telling) + "."
