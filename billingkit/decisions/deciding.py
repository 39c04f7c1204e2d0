"""From facts to one decision per row: the practice's rule, its owner, its days, how urgent it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from billingkit import rules
from billingkit.decided import DECISION
from billingkit.decisions.topics import HEADING
from billingkit.rules import Table
from billingkit.terms import ACTION_BY_LABEL, ACTION_BY_WORD, ACTIONS, LEVEL_TO, PRIORITIES

if TYPE_CHECKING:
    from billingkit.calendar import Calendar
    from billingkit.history import History
    from billingkit.policy.agreement import Policy

WORD_OF: Final = {action.label: action.word for action in ACTIONS}
CONTACTS: Final = tuple(action.word for action in ACTIONS if action.contacts in ("insurer", "patient"))
TO_PRACTICE: Final = tuple(action.word for action in ACTIONS if action.contacts == "practice")
IDLE: Final = ("none", "wait")
FEW_DAYS: Final = 3  # working days for an answer, where no rule of the practice asks it for anything
LONG_WEEKEND: Final = timedelta(days=10)
ASKED: Final = "ask_practice"
CLAIM_DAYS: Final = {"days_to_deadline": -1, "days_past_first_check": 1, "days_past_chase_interval": 1}
BALANCE_DAYS: Final = {"days_since_statement": 1}


def decided(table: Table, facts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """What the practice's table says: rule, step, action (a word), owner_role, due, reason, why and the doubts."""
    said = rules.decide(table, facts, as_of)
    action = pl.col("action").replace_strict(WORD_OF, default=None, return_dtype=pl.String).fill_null("ask")
    return said.with_columns(
        pl.when("asked").then(pl.lit("ask")).otherwise(action).alias("action"),
        pl.when("asked").then(pl.lit("named contact")).otherwise("owner").alias("owner_role"),
        pl.when("asked").then(pl.lit(ask_within(table))).otherwise("due").alias("due"),
    ).drop("owner")


def ask_within(table: Table) -> int:
    """Working days the practice has for an answer: the shortest that its own rules give it."""
    given = [
        int(rule.outputs["due"])
        for rule in table.rules
        if rule.outputs["due"] is not None and ACTION_BY_LABEL[str(rule.outputs["action"]).casefold()].word == ASKED
    ]
    return min(given, default=FEW_DAYS)


def turned_to_ask(said: pl.DataFrame, where: pl.Series, reason: pl.Series, why: str, table: Table) -> pl.DataFrame:
    """The decisions with some of them replaced by a question to the practice."""

    def turned(name: str, value: pl.Expr) -> pl.Expr:
        return pl.when(pl.lit(where)).then(value).otherwise(name).alias(name)

    return said.with_columns(
        turned("action", pl.lit("ask")),
        turned("owner_role", pl.lit("named contact")),
        turned("due", pl.lit(ask_within(table))),
        turned("reason", pl.lit(reason)),
        turned("rule", pl.lit(rules.ASK)),
        turned("step", pl.lit(None, dtype=pl.Int64)),
        turned("why", pl.concat_str(pl.lit(f"{why}; otherwise "), "why")),
    )


def with_days(said: pl.DataFrame, policy: Policy, as_of: date) -> pl.DataFrame:
    """Adds `not_before` and `by_when`; `said` carries `deadline`.

    By when is capped at the last working day before a deadline that has not passed, and never earlier than
    today's work.
    """
    calendar = policy.calendar
    start = calendar.roll_forward(as_of)
    days = {due: calendar.add_working_days(as_of, due) for due in said["due"].unique().drop_nulls()}
    due = said["due"].replace_strict(days, default=None, return_dtype=pl.Date) if days else _dates(said.height)
    capped = calendar.capped_each(due, said["deadline"], as_of).clip(lower_bound=start)
    active = ~pl.col("action").is_in(IDLE)
    cap = pl.lit(capped)
    return said.with_columns(
        pl.when(active).then(pl.lit(start)).alias("not_before"),
        pl.when(active).then(cap.fill_null(pl.lit(start))).alias("by_when"),
        (active & (cap < pl.lit(due))).fill_null(value=False).alias("capped"),
    )


def _dates(height: int) -> pl.Series:
    return pl.repeat(None, height, dtype=pl.Date, eager=True)


def carried(said: pl.DataFrame, history: History) -> pl.DataFrame:
    """Keeps an earlier `By when` while the same thing is still to be done: it does not move because a week passed."""
    reached = {contact.key: contact.on for contact in sorted(history.contacts, key=lambda one: one.on)}
    rows = [
        (claim.key, claim.action, claim.by_when)
        for claim in history.claims
        if claim.by_when is not None and not (claim.key in reached and reached[claim.key] >= claim.last_seen)
    ]
    schema = {"key": pl.String, "was_action": pl.String, "was_by": pl.Date}
    joined = said.join(pl.DataFrame(rows, schema=schema, orient="row"), on="key", how="left", maintain_order="left")
    same = (pl.col("was_action") == pl.col("action")) & pl.col("by_when").is_not_null()
    by = pl.when(same).then(pl.min_horizontal("by_when", "was_by")).otherwise("by_when")
    return joined.with_columns(by.alias("by_when"), pl.min_horizontal("not_before", by).alias("not_before")).drop(
        "was_action", "was_by"
    )


def escalated(said: pl.DataFrame, policy: Policy, as_of: date) -> pl.DataFrame:
    """Adds level, priority, escalate_to. `said` carries days_to_deadline(+special), times_chased, days_open_past_limit, amount."""
    overdue = days_late(said["by_when"], policy.calendar, as_of)
    facts = said.select(
        "days_to_deadline",
        "days_to_deadline__special",
        "times_chased",
        overdue.alias("days_past_by_when"),
        "days_open_past_limit",
        "amount",
    )
    level, priority = levels(policy.escalation_rules, facts, as_of)
    rest = said["action"] == "none"
    people = {number: policy.practice.person(role) for number, role in LEVEL_TO.items()}
    frame = said.with_columns(level.alias("level"), priority.alias("priority"))
    return frame.with_columns(
        pl.when(rest).then(0).otherwise("level").cast(pl.Int64).alias("level"),
        pl.when(rest).then(pl.lit(PRIORITIES[0])).otherwise("priority").alias("priority"),
    ).with_columns(pl.col("level").replace_strict(people, default=None, return_dtype=pl.String).alias("escalate_to"))


def days_late(by_when: pl.Series, calendar: Calendar, as_of: date) -> pl.Series:
    """Working days past each `By when`; 0 where it has not passed or there is none.

    Days before the calendar begins are not counted.
    """
    first = as_of if calendar.weekends_only or not calendar.years else date(min(calendar.years), 1, 1)
    starts = by_when if calendar.weekends_only else by_when.clip(lower_bound=min(first, as_of))
    late = starts.set(starts >= as_of, as_of) if len(starts) else starts
    days = pl.repeat(as_of, len(late), dtype=pl.Date, eager=True)
    return calendar.between_each(late, days).fill_null(0)


def working(calendar: Calendar, day: date) -> date:
    """The next working day; a day for which no bank holidays are listed yet stays as it is."""
    return day if calendar.missing_years(day, day + LONG_WEEKEND) else calendar.roll_forward(day)


def levels(table: Table, facts: pl.DataFrame, as_of: date) -> tuple[pl.Series, pl.Series]:
    """Level and priority of each row; where the table cannot tell, the highest that it leaves open."""
    said = rules.decide(table, facts, as_of, why=False)
    open_: dict[str, tuple[int, str]] = {}
    for possible in said["possible_rules"].unique().drop_nulls():
        left = [rule for rule in table.rules if rule.id in possible.split("|")]
        open_[possible] = (
            max(int(rule.outputs["level"] or 0) for rule in left),
            max((str(rule.outputs["priority"]) for rule in left), key=PRIORITIES.index),
        )
    rank = {possible: level for possible, (level, _) in open_.items()}
    word = {possible: priority for possible, (_, priority) in open_.items()}
    told = said.select(
        pl.col("level").fill_null(_looked_up(rank, pl.Int64())).fill_null(0),
        pl.col("priority").fill_null(_looked_up(word, pl.String())).fill_null(PRIORITIES[0]),
    )
    return told["level"], told["priority"]


def _looked_up(found: dict[str, int] | dict[str, str], dtype: pl.DataType) -> pl.Expr:
    if not found:
        return pl.lit(None, dtype=dtype)
    return pl.col("possible_rules").replace_strict(found, default=None, return_dtype=dtype)


def with_next(
    said: pl.DataFrame, facts: pl.DataFrame, table: Table, day_columns: dict[str, int], policy: Policy, as_of: date
) -> pl.DataFrame:
    """For rows left alone, the first day each comes due and under which rule."""
    idle = said["action"].is_in(IDLE)
    names = [column for one in table.columns for column in facts.columns if column.split("__")[0] == one.name]
    ahead = rules.forward(table, facts.select(names).filter(idle), as_of, day_columns)
    days = {
        number: working(policy.calendar, as_of + timedelta(days=number))
        for number in ahead["next_in_days"].unique().drop_nulls()
    }
    due = (
        ahead["next_in_days"].replace_strict(days, default=None, return_dtype=pl.Date) if days else _dates(ahead.height)
    )
    places = idle.arg_true()
    blank = _dates(said.height)
    none = pl.repeat(None, said.height, dtype=pl.String, eager=True)
    return said.with_columns(
        blank.scatter(places, due).alias("next_due"), none.scatter(places, ahead["next_rule"]).alias("next_rule")
    ).with_columns(pl.col("not_before").fill_null(pl.col("next_due")))


def shaped(said: pl.DataFrame) -> pl.DataFrame:
    """The columns of DECISION, in their order and types."""
    return said.select(pl.col(name).cast(dtype) for name, dtype in DECISION.items())


def ask_reasons(said: pl.DataFrame, causes: pl.Series) -> pl.DataFrame:
    """What nobody could tell, as the reason of every Ask that has none yet."""
    bare = (said["asked"] & said["reason"].is_null()).arg_true()
    pairs = said.select("unknown").with_columns(causes.alias("causes"))[bare].rows()
    told = {pair: unknown_in_words(*pair) for pair in set(pairs)}
    return said.with_columns(said["reason"].scatter(bare, [told[pair] for pair in pairs])) if pairs else said


def unknown_in_words(unknown: str | None, causes: str | None) -> str:
    """`days_past_first_check`, because `claims.submitted_date` is blank, as a sentence."""
    wanted = set((unknown or "").split("|"))
    pairs = [part.partition("=") for part in (causes or "").split("|") if part]
    names = [_named(where) for fact, _, where in pairs if fact in wanted]
    if not names:
        return "No rule of the agreement covers this case, so we ask."
    return f"We cannot decide before we know: {', '.join(dict.fromkeys(names))}."


def _named(where: str) -> str:
    table, _, column = where.partition(".")
    if table == "policy":
        return f"{column.replace('_', ' ')} (your agreement leaves it open)"
    if where == "claims.patient_id":
        return "whose account some open claims belong to"
    return HEADING.get(column, column).lower()


def label(word: str) -> str:
    """An action as it is written in Excel."""
    return ACTION_BY_WORD[word].label
