"""Working days are counted by the practice's own calendar, and never by guessing."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billingkit.calendar import WEEKENDS_ONLY, Calendar
from billingkit.problems import CannotRun

CHRISTMAS = ((date(2026, 12, 25), "Christmas Day"), (date(2026, 12, 28), "Boxing Day (observed)"))
CALENDAR = Calendar(CHRISTMAS, frozenset({2025, 2026}))
DAYS = st.dates(date(2025, 2, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-11-20", 0, "2026-11-20"),  # a Friday is itself
        ("2026-11-20", 1, "2026-11-23"),  # the weekend is skipped
        ("2026-11-21", 0, "2026-11-23"),  # Saturday counts from Monday
        ("2026-11-21", 1, "2026-11-24"),
        ("2026-12-24", 1, "2026-12-29"),  # Christmas, a weekend, Boxing Day observed
        ("2026-11-23", -1, "2026-11-20"),
        ("2026-11-22", -1, "2026-11-19"),  # Sunday counts back from Friday
    ],
)
def test_working_days_are_added_over_weekends_and_bank_holidays(start, n, end):
    assert CALENDAR.add_working_days(date.fromisoformat(start), n) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-20", "2026-11-23", 1),  # due on Friday, done on Monday: one working day late
        ("2026-11-20", "2026-11-22", 0),
        ("2026-11-23", "2026-11-20", -1),
        ("2026-12-24", "2026-12-29", 1),
    ],
)
def test_working_days_between_two_days(start, end, days):
    assert CALENDAR.working_days_between(date.fromisoformat(start), date.fromisoformat(end)) == days


def test_a_year_without_bank_holidays_is_an_error_that_names_it_and_what_to_do():
    with pytest.raises(CannotRun, match=r"Working days in 2027 cannot be counted.*Calendar.*Add them"):
        CALENDAR.add_working_days(date(2026, 12, 30), 3)
    assert CALENDAR.missing_years(date(2026, 1, 1), date(2028, 1, 1)) == (2027, 2028)


def test_the_shipped_calendar_knows_weekends_and_asks_for_no_year():
    assert WEEKENDS_ONLY.add_working_days(date(2031, 12, 31), 1) == date(2032, 1, 1)
    assert WEEKENDS_ONLY.missing_years(date(2031, 1, 1), date(2032, 1, 1)) == ()


def test_a_worked_saturday_is_a_working_day_and_a_day_off_has_its_name():
    calendar = Calendar(CHRISTMAS, frozenset({2026}), worked=(date(2026, 12, 19),))
    assert calendar.is_working_day(date(2026, 12, 19))
    assert calendar.closed_for(date(2026, 12, 25)) == "Christmas Day"
    assert calendar.closed_for(date(2026, 12, 20)) == "weekend"
    assert calendar.closed_for(date(2026, 12, 21)) is None


def test_a_calendar_that_is_never_open_says_so_instead_of_searching_for_ever():
    with pytest.raises(CannotRun, match="leaves no working day"):
        Calendar(weekend=(0, 1, 2, 3, 4, 5, 6), weekends_only=True).roll_forward(date(2026, 11, 23))


def test_a_due_date_is_capped_at_the_last_working_day_before_a_near_deadline():
    """due 27 Nov: deadline Monday 23 -> Friday 20; far or unknown -> as it was; a far one needs no calendar."""
    due = pl.Series("due", [date(2026, 11, 27)] * 3 + [None])
    deadlines = pl.Series([date(2026, 11, 23), date(2031, 1, 1), None, date(2026, 11, 23)])
    capped = CALENDAR.capped_each(due, deadlines, as_of=date(2026, 11, 16))
    assert capped.to_list() == [date(2026, 11, 20), date(2026, 11, 27), date(2026, 11, 27), None]


def test_a_deadline_that_has_passed_never_puts_the_due_date_before_today():
    due = pl.Series("due", [date(2026, 11, 27), date(2026, 11, 27)])
    deadlines = pl.Series([date(2026, 11, 23), date(2019, 1, 1)])
    capped = CALENDAR.capped_each(due, deadlines, as_of=date(2026, 11, 23))
    assert capped.to_list() == [date(2026, 11, 23), date(2026, 11, 27)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(DAYS, st.integers(-15, 15)), max_size=12))
def test_the_column_form_equals_the_single_form(pairs):
    days = pl.Series("day", [day for day, _ in pairs] + [None], dtype=pl.Date)
    counts = pl.Series("n", [n for _, n in pairs] + [1], dtype=pl.Int64)
    assert CALENDAR.add_each(days, counts).to_list() == [CALENDAR.add_working_days(*pair) for pair in pairs] + [None]
    ends = days.reverse()
    expected = [
        None if start is None or end is None else CALENDAR.working_days_between(start, end)
        for start, end in zip(days, ends, strict=True)
    ]
    assert CALENDAR.between_each(days, ends).to_list() == expected


@settings(max_examples=80, deadline=None)
@given(DAYS, st.integers(0, 20))
def test_adding_working_days_and_counting_them_agree(day, n):
    end = CALENDAR.add_working_days(day, n)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(CALENDAR.roll_forward(day), end) == n
    assert CALENDAR.add_working_days(day, n) >= CALENDAR.add_working_days(day - timedelta(days=1), n)
