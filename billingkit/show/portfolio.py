"""The sections of the portfolio notebook: every practice side by side."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billingkit.portfolio import MONEY, OLDEST_MONEY, OLDEST_QUESTIONS, QUESTIONS, Portfolio, Standing
from billingkit.show.pieces import Shown, counted, heading, in_words, sentences, table, weeks
from billingkit.show.pieces import result as shown_result

SHOWN_WEEKS = 12


def title(portfolio: Portfolio) -> Shown:
    """How many practices, and as of when."""
    return heading(f"{counted(len(portfolio.practices), 'practice')} as of {in_words(portfolio.as_of)}")


def behind(portfolio: Portfolio) -> Shown:
    """The practices that have no run this week, and why, as far as it is known."""
    return sentences([_behind(one) for one in portfolio.behind], nothing="Every practice has been run this week.")


def practices(portfolio: Portfolio, *, first: int | None = None) -> Shown:
    """A line for each practice: nearest deadlines first, then the oldest money."""
    ordered = sorted(portfolio.run, key=_most_pressing)
    rows = [
        (
            one.code,
            one.last_run,
            one.deadlines.get("passed"),
            one.deadlines.get("within 7 days"),
            one.deadlines.get("within 28 days"),
            int(one.now(QUESTIONS)),
            int(one.now(QUESTIONS, OLDEST_QUESTIONS)),
            one.urgent,
            one.now(MONEY, OLDEST_MONEY),
            one.currency,
        )
        for one in ordered[:first]
    ]
    headings = (
        "Practice",
        "Last run",
        "Deadlines passed",
        "Within 7 days",
        "8 to 28 days",
        "Questions open",
        "Over 28 days",
        "Urgent",
        "Money over 90 days",
        "Currency",
    )
    return table(headings, rows, nothing="No practice has been run yet.")


def money_charts(portfolio: Portfolio) -> list[Shown]:
    """Outstanding money by age, week by week: a chart for each currency."""
    return [
        weeks("Outstanding money by age, all practices", _sorted(portfolio, MONEY, money), unit=money)
        for money in portfolio.currencies
    ]


def questions_chart(portfolio: Portfolio) -> Shown:
    """Open questions by how long they have waited, week by week."""
    return weeks("Open questions by age, all practices", _sorted(portfolio, QUESTIONS, None), unit="questions")


def by_week(portfolio: Portfolio) -> Shown:
    """Open questions and old money by week."""
    asked, old = _totals(portfolio, QUESTIONS, None), _totals(portfolio, QUESTIONS, OLDEST_QUESTIONS)
    rows: list[tuple[object, ...]] = []
    for week in sorted(asked)[-SHOWN_WEEKS:]:
        money = [_totals(portfolio, MONEY, OLDEST_MONEY, of).get(week, Decimal(0)) for of in portfolio.currencies]
        rows.append((week, int(asked[week]), int(old.get(week, 0)), *money))
    named = [f"Money over 90 days, {of or 'currency not named'}" for of in portfolio.currencies]
    headings = ("Week as of", "Questions open", "Over 28 days", *named)
    return table(headings, rows, nothing="No practice has been run yet.")


def result(portfolio: Portfolio) -> Shown:
    """The portfolio's counts as data, for whoever runs the notebook."""
    told = portfolio.summary()
    practices, passed = counted(told["practices"], "practice"), counted(told["deadlines passed"], "deadline")
    return shown_result(told, f"{practices}, {passed} passed, {counted(told['questions'], 'question')}.")


def _most_pressing(one: Standing) -> tuple[int, int, Decimal, str]:
    passed, near = one.deadlines.get("passed", 0), one.deadlines.get("within 7 days", 0)
    return -near, -passed, -one.now(MONEY, OLDEST_MONEY), one.code


def _behind(one: Standing) -> str:
    if one.fault:
        return f"{one.code}: {one.fault}"
    return f"{one.code}: last run as of {in_words(one.last_run)}." if one.last_run else f"{one.code}: not run yet."


def _sorted(portfolio: Portfolio, measure: str, currency: str | None) -> list[tuple[date, str, float]]:
    told = portfolio.weeks(measure, currency=currency)
    return [(week, label, float(value)) for week, label, value in told]


def _totals(portfolio: Portfolio, measure: str, label: str | None, currency: str | None = None) -> dict[date, Decimal]:
    found: dict[date, Decimal] = {}
    for week, named, value in portfolio.weeks(measure, currency=currency):
        if label in {None, named}:
            found[week] = found.get(week, Decimal(0)) + value
    return found
