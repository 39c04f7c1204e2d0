"""All practices side by side, from what their ledgers remember: deadlines, open questions and aged money by week.

Nothing is read again and nothing is decided here; a practice that was never run is shown as that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from billingkit.history import WeekMeasure
from billingkit.practice import open_practice
from billingkit.problems import BillingkitError, NothingToRead

QUESTIONS: Final = "Open questions by age"
MONEY: Final = "Money by age"
OLDEST_MONEY: Final = "insurers, over 90 days"
OLDEST_QUESTIONS: Final = "over 28 days"


@dataclass(frozen=True, slots=True)
class Standing:
    """One practice as its last run on or before the as-of date left it."""

    code: str
    last_run: date | None = None
    fault: str = ""  # why its ledger cannot be read
    currency: str = ""
    urgent: int = 0
    deadlines: dict[str, int] = field(default_factory=dict)  # passed, within 7 days, within 28 days, later
    measures: tuple[WeekMeasure, ...] = ()  # of every run, oldest first

    def now(self, measure: str, label: str | None = None) -> Decimal:
        """A measure of the last run, one label or all of them together."""
        return sum(
            (one.value for one in self._mine(measure) if one.as_of == self.last_run and label in {None, one.label}),
            Decimal(0),
        )

    def _mine(self, measure: str) -> list[WeekMeasure]:
        return [one for one in self.measures if one.measure == measure]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Every practice below a folder, in the order of their codes."""

    as_of: date
    practices: tuple[Standing, ...]

    @property
    def run(self) -> tuple[Standing, ...]:
        """The practices that have been run."""
        return tuple(one for one in self.practices if one.last_run is not None)

    @property
    def behind(self) -> tuple[Standing, ...]:
        """The practices without a run in the last seven days, or whose ledger cannot be read."""
        return tuple(one for one in self.practices if one.last_run is None or (self.as_of - one.last_run).days >= 7)

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies in which money is owed; sums are never made across them."""
        return tuple(sorted({one.currency for one in self.run}))

    def weeks(self, measure: str, *, currency: str | None = None) -> list[tuple[date, str, Decimal]]:
        """A measure summed over the practices, by week and label; of one currency where one is given."""
        summed: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
        for practice in self.run:
            if currency in {None, practice.currency}:
                for one in practice.measures:
                    if one.measure == measure:
                        summed[one.as_of, one.label] += one.value
        return [(week, label, value) for (week, label), value in summed.items()]

    def summary(self) -> dict[str, Any]:
        """The portfolio as plain data: counts and sums."""
        return {
            "as_of": self.as_of.isoformat(),
            "practices": len(self.practices),
            "behind": [one.code for one in self.behind],
            "deadlines passed": sum(one.deadlines.get("passed", 0) for one in self.run),
            "deadlines within 7 days": sum(one.deadlines.get("within 7 days", 0) for one in self.run),
            "questions": int(sum(one.now(QUESTIONS) for one in self.run)),
            "urgent": sum(one.urgent for one in self.run),
            "over 90 days": {
                money: str(sum((one.now(MONEY, OLDEST_MONEY) for one in self.run if one.currency == money), Decimal(0)))
                for money in self.currencies
            },
        }


def portfolio(root: str | Path, *, as_of: date | str) -> Portfolio:
    """Every practice below `root` as the ledgers stood on the as-of date.

    Raises:
        NothingToRead: there is no practice's folder below `root`.
    """
    day = as_of if isinstance(as_of, date) else date.fromisoformat(as_of)
    folders = sorted({path.parent for name in ("policy.xlsx", "inbox") for path in Path(root).glob(f"*/{name}")})
    if not folders:
        raise NothingToRead(str(root), "No practice's folder is in here.", "Name the folder that holds them.")
    return Portfolio(day, tuple(sorted((standing(folder, day) for folder in folders), key=lambda one: one.code)))


def standing(path: Path, as_of: date) -> Standing:
    """One practice's standing from its ledger alone; a ledger that cannot be read is a fault, not a stop."""
    try:
        folder = open_practice(path)
        runs = [event for _, event in folder.ledger.of_kind("run") if event.as_of <= as_of]
        told = [event for _, event in folder.ledger.of_kind("measure") if event.as_of <= as_of]
    except BillingkitError as fault:
        return Standing(path.name, fault=str(fault))
    folder.close()
    if not runs:
        return Standing(path.name)
    last = runs[-1]
    return Standing(
        code=last.body.get("practice") or path.name,
        last_run=last.as_of,
        currency=last.body.get("currency", ""),
        urgent=last.body.get("urgent", 0),
        deadlines=dict(last.body.get("deadlines", {})),
        measures=_latest((event.as_of, event.body) for event in told),
    )


def _latest(told: Iterable[tuple[date, dict[str, Any]]]) -> tuple[WeekMeasure, ...]:
    # A week that was run twice, with an answer in between, counts as it was run last.
    last = {(day, body["measure"], body["label"]): Decimal(body["value"]) for day, body in told}
    return tuple(WeekMeasure(day, measure, label, value) for (day, measure, label), value in last.items())
