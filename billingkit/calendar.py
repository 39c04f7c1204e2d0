"""Working days: which days a practice works, and counting by them.

A calendar is read from the policy's `Calendar` sheet and from nowhere else. A year without bank
holidays is an error that names the year, never a year without holidays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from billingkit.problems import CannotRun

if TYPE_CHECKING:
    from collections.abc import Iterable

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SATURDAY_AND_SUNDAY: Final = (5, 6)
LONGEST_CLOSURE: Final = 366  # a calendar closed for longer than a year has a mistake in it


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days a practice does not work.

    `weekend` counts Monday as 0; `closures` are the dated days off with their names; `worked` are
    dates worked although they fall on the weekend; `years` are the years whose bank holidays are
    listed. With `weekends_only` no year is asked for: the shipped calendar, and outputs say so.
    """

    closures: tuple[tuple[date, str], ...] = ()
    years: frozenset[int] = frozenset()
    weekend: tuple[int, ...] = SATURDAY_AND_SUNDAY
    worked: tuple[date, ...] = ()
    region: str | None = None
    weekends_only: bool = False
    _off: frozenset[date] = field(init=False, repr=False, compare=False, default=frozenset())
    _worked: frozenset[date] = field(init=False, repr=False, compare=False, default=frozenset())

    def __post_init__(self) -> None:
        """Make the dates quick to look up."""
        object.__setattr__(self, "_off", frozenset(day for day, _ in self.closures))
        object.__setattr__(self, "_worked", frozenset(self.worked))

    def is_working_day(self, day: date) -> bool:
        """Whether the practice works on this day. Raises CannotRun for a year without dates."""
        self.require([day.year])
        return self._works(day)

    def closed_for(self, day: date) -> str | None:
        """The name of the day off, `weekend`, or None on a working day."""
        if self.is_working_day(day):
            return None
        return next((name for closed, name in self.closures if closed == day), "weekend")

    def roll_forward(self, day: date) -> date:
        """The day itself, or the next working day."""
        return self._roll(day, 1)

    def roll_back(self, day: date) -> date:
        """The day itself, or the last working day before it."""
        return self._roll(day, -1)

    def add_working_days(self, day: date, n: int) -> date:
        """`n` working days after `day`, counted from the next working day where `day` is not one.

        A run on a Saturday so gives the same dates as a run on the Monday after it. A negative `n`
        counts back, from the last working day where `day` is not one.
        """
        step = -1 if n < 0 else 1
        day = self._roll(day, step)
        for _ in range(abs(n)):
            day = self._roll(day + timedelta(days=step), step)
        return day

    def last_working_day_before(self, deadline: date) -> date:
        """The last working day on which something due by `deadline` can still be done with a day in hand."""
        return self.roll_back(deadline - timedelta(days=1))

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start`, up to and with `end`; negative where `end` comes first."""
        if end < start:
            return -self.working_days_between(end, start)
        self.require(range(start.year, end.year + 1))
        return sum(self._works(start + timedelta(days=ahead)) for ahead in range(1, (end - start).days + 1))

    def missing_years(self, first: date, last: date) -> tuple[int, ...]:
        """The years from `first` to `last` that have no bank holidays listed."""
        years = range(first.year, last.year + 1)
        return () if self.weekends_only else tuple(year for year in years if year not in self.years)

    def require(self, years: Iterable[int]) -> None:
        """Raise CannotRun, naming every year asked for that has no dates on the `Calendar` sheet."""
        if self.weekends_only:
            return
        missing = sorted(set(years) - self.years)
        if missing:
            named = ", ".join(str(year) for year in missing)
            raise CannotRun(
                f'Working days in {named} cannot be counted: the policy\'s "Calendar" sheet has no bank holidays for '
                f"that year. Add them there, one date per row with the kind Bank holiday."
            )

    def add_each(self, days: pl.Series, n: pl.Series | int) -> pl.Series:
        """`add_working_days` for a series of dates; a date or count that is not known gives null."""
        counts = n if isinstance(n, pl.Series) else pl.Series("n", [n] * len(days), dtype=pl.Int64)
        frame = pl.DataFrame({"day": days.cast(pl.Date), "n": counts.cast(pl.Int64)})
        pairs = frame.unique().drop_nulls()
        found = [self.add_working_days(day, count) for day, count in pairs.iter_rows()]
        answers = pairs.with_columns(pl.Series("found", found, dtype=pl.Date))
        return frame.join(answers, on=["day", "n"], how="left", maintain_order="left")["found"].rename(days.name)

    def between_each(self, starts: pl.Series, ends: pl.Series) -> pl.Series:
        """`working_days_between` for two series of dates; null where either is not known."""
        frame = pl.DataFrame({"start": starts.cast(pl.Date), "end": ends.cast(pl.Date)})
        pairs = frame.unique().drop_nulls()
        found = [self.working_days_between(start, end) for start, end in pairs.iter_rows()]
        answers = pairs.with_columns(pl.Series("found", found, dtype=pl.Int64))
        return frame.join(answers, on=["start", "end"], how="left", maintain_order="left")["found"].rename(starts.name)

    def capped_each(self, due: pl.Series, deadlines: pl.Series, as_of: date | None = None) -> pl.Series:
        """Due dates, none later than the last working day before its deadline.

        A deadline that is not known caps nothing; a due date that is not known stays so. With `as_of`
        a deadline that has passed caps nothing either, and no cap lies before that day. Only deadlines near enough to matter are looked up, so a far one needs no calendar.
        """
        frame = pl.DataFrame({"due": due.cast(pl.Date), "deadline": deadlines.cast(pl.Date)})
        first = as_of or date.min
        near = frame.filter(pl.col("deadline").is_between(first, pl.col("due")))["deadline"].unique()
        found = [max(first, self.last_working_day_before(day)) for day in near]
        caps = pl.DataFrame({"deadline": near, "cap": pl.Series(found, dtype=pl.Date)})
        joined = frame.join(caps, on="deadline", how="left", maintain_order="left")
        capped = pl.when(pl.col("cap") < pl.col("due")).then("cap").otherwise("due")
        return joined.select(capped.alias(due.name)).to_series()

    def _works(self, day: date) -> bool:
        if day in self._off:
            return False
        return day.weekday() not in self.weekend or day in self._worked

    def _roll(self, day: date, step: int) -> date:
        for _ in range(LONGEST_CLOSURE):
            self.require([day.year])
            if self._works(day):
                return day
            day += timedelta(days=step)
        raise CannotRun(
            f'The policy\'s "Calendar" sheet leaves no working day within a year of {day:%d %B %Y}. Check its dates and the working days.'
        )


WEEKENDS_ONLY: Final = Calendar(weekends_only=True)
