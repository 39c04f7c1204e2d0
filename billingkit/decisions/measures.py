"""Measures a practice cares about, week by week: counts and sums, no promise and no target of our own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import polars as pl

from billingkit.history import WeekMeasure
from billingkit.terms import OPEN

if TYPE_CHECKING:
    from billingkit.decided import Hold, Question
    from billingkit.decisions.setting import Setting

AGES: Final = ((30, "0 to 30 days"), (60, "31 to 60 days"), (90, "61 to 90 days"), (None, "over 90 days"))
WEEKS: Final = ((7, "0 to 7 days"), (14, "8 to 14 days"), (28, "15 to 28 days"), (None, "over 28 days"))
NO_DATE: Final = "date not known"
COMPLAINTS: Final = ("complaint", "dispute")


def measures(
    facts: pl.DataFrame, accounts: pl.DataFrame, questions: Iterable[Question], holds: Iterable[Hold], setting: Setting
) -> tuple[WeekMeasure, ...]:
    """This week's measures after those of earlier weeks."""
    as_of, asked, held = setting.as_of, tuple(questions), tuple(holds)
    earlier = tuple(one for one in setting.history.measures if one.as_of < as_of)
    listed = tuple(one for one in asked if not one.tab)
    found = [*_claims(facts, as_of), *_questions(listed, as_of), *_follow_ups(facts, listed, as_of)]
    found += [_one(as_of, "Claims sent complete", word, number) for word, number in _complete(facts)]
    complaints = sum(1 for hold in held if hold.new and hold.category in COMPLAINTS)
    found.append(_one(as_of, "Complaints", "new this week", complaints))
    found.append(_one(as_of, "Accounts and claims on hold", "on hold", len({hold.key for hold in held})))
    owed = accounts["patient_due"].filter((accounts["patient_due"] > 0).fill_null(value=False)).sum()
    found.append(_one(as_of, "Money by age", "patients, any age", Decimal(owed or 0)))
    return (*earlier, *found, *_answers(setting))


def _one(as_of: date, measure: str, label: str, value: int | Decimal) -> WeekMeasure:
    return WeekMeasure(as_of, measure, label, Decimal(value))


def _band(days: pl.Expr, bands: tuple[tuple[int | None, str], ...]) -> pl.Expr:
    word: pl.Expr = pl.lit(bands[-1][1])
    for top, label in reversed(bands[:-1]):
        word = pl.when(days <= top).then(pl.lit(label)).otherwise(word)
    return pl.when(days.is_null()).then(pl.lit(NO_DATE)).otherwise(word)


def _claims(facts: pl.DataFrame, as_of: date) -> list[WeekMeasure]:
    """Open claims and their money by days since they were first sent; requests before treatment are no money."""
    since = pl.coalesce("first_submitted_date", "submitted_date", "service_date")
    days = (pl.lit(as_of) - since).dt.total_days()
    still = facts.filter((pl.col("status").is_in(OPEN) | pl.col("status").is_null()) & ~pl.col("preauth"))
    ages = still.with_columns(_band(days, AGES).alias("age")).group_by("age").agg(pl.len(), pl.col("outstanding").sum())
    by_age = {age: (number, money) for age, number, money in ages.iter_rows()}
    found = []
    for label in (*(label for _, label in AGES), NO_DATE):
        number, money = by_age.get(label, (0, Decimal(0)))
        if number or label != NO_DATE:
            found.append(_one(as_of, "Open claims by age", label, number))
            found.append(_one(as_of, "Money by age", f"insurers, {label}", Decimal(money or 0)))
    return found


def _questions(asked: tuple[Question, ...], as_of: date) -> list[WeekMeasure]:
    counts = dict.fromkeys((label for _, label in WEEKS), 0)
    for question in asked:
        days = (as_of - question.waiting_since).days
        counts[next(label for top, label in WEEKS if top is None or days <= top)] += 1
    return [_one(as_of, "Open questions by age", label, number) for label, number in counts.items()]


def _follow_ups(facts: pl.DataFrame, asked: tuple[Question, ...], as_of: date) -> list[WeekMeasure]:
    often = facts.filter((pl.col("times_chased") >= 3) & pl.col("status").is_in(OPEN)).height
    return [
        _one(as_of, "Repeat follow-ups", "claims asked about three times or more", often),
        _one(
            as_of,
            "Repeat follow-ups",
            "questions asked three times or more",
            sum(one.times_asked >= 3 for one in asked),
        ),
    ]


def _complete(facts: pl.DataFrame) -> list[tuple[str, int]]:
    """Of the claims the insurers have, how many came back or were asked about."""
    back = facts["status"].is_in(["rejected", "info_requested", "not_found"]).fill_null(value=False).sum()
    had = (
        facts["status"]
        .is_in(["submitted", "resubmitted", "received", "pending", "paid", "paid_short"])
        .fill_null(value=False)
        .sum()
    )
    return [("not returned", int(had)), ("returned or asked about", int(back))]


def _answers(setting: Setting) -> list[WeekMeasure]:
    """Days from a question to its answer, over all answers so far."""
    days = [
        (past.on - past.first_asked).days for past in setting.history.questions if past.state == "answered" and past.on
    ]
    if not days:
        return []
    return [
        _one(
            setting.as_of,
            "Time to answer",
            "days on average",
            (Decimal(sum(days)) / len(days)).quantize(Decimal("0.1")),
        )
    ]
