"""What a practice should settle before the start: each point with where to write it down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from billingkit.policy import sheets
from billingkit.policy.agreement import Policy
from billingkit.policy.lookup import insurer
from billingkit.policy.settings import SETTINGS


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """One point to settle: a stable name, how it weighs, the sentence, and the sheet it is settled on."""

    key: str
    weight: int  # 1 first of all, 2 before the first week, 3 when there is time
    sentence: str
    sheet: str


# The settings without which the first week cannot be what it should be, and how they weigh.
FIRST_OF_ALL: Final = ("Contact name", "Contact email", "Date order")
BEFORE_THE_FIRST_WEEK: Final = (
    "Practice name",
    "Country",
    "Currency",
    "Payments posted within (days)",
    "Patient side",
    "Minimum balance",
    "First check after (days)",
    "Chase every (days)",
    "Escalate after (days)",
    "Filing limit (days)",
    "Backup contact",
    "Practice manager",
    "Practice owner",
)


def open_points(
    policy: Policy, *, as_of: date | None = None, insurers_seen: Sequence[str] = ()
) -> tuple[OpenPoint, ...]:
    """Everything that is not settled yet, the weightiest first.

    `as_of` adds the years whose bank holidays are missing; `insurers_seen` the insurers of the
    practice's own lists that nobody has confirmed timeframes for.
    """
    points = [*_settings(policy), *_agreements(policy), *_calendar(policy, as_of), *_insurers(policy, insurers_seen)]
    return tuple(sorted(points, key=lambda point: point.weight))


def _settings(policy: Policy) -> Iterator[OpenPoint]:
    people = dict(policy.practice.people)
    for setting in SETTINGS:
        weight = 1 if setting.text in FIRST_OF_ALL else 2 if setting.text in BEFORE_THE_FIRST_WEEK else 0
        value = people.get(setting.role) if setting.role else getattr(policy.practice, setting.field, None)
        if weight and value is None:
            sentence = f"{setting.text}: {setting.meaning} Until then: {setting.blank[:1].lower()}{setting.blank[1:]}"
            yield OpenPoint(
                f"setting_{setting.role or setting.field}".replace(" ", "_"), weight, sentence, sheets.PRACTICE
            )


def _agreements(policy: Policy) -> Iterator[OpenPoint]:
    for one in policy.agreements:
        if one.answer is None:
            yield OpenPoint(one.key, 2, one.question, sheets.AGREEMENTS)
        elif one.agreed_by is None:
            yield OpenPoint(
                f"{one.key}_by", 3, f"{one.question} It is answered, but nobody is named.", sheets.AGREEMENTS
            )


def _calendar(policy: Policy, as_of: date | None) -> Iterator[OpenPoint]:
    if policy.calendar.weekends_only:
        sentence = "Bank holidays are not known: weekends are the only days off."
        yield OpenPoint("calendar", 2, sentence, sheets.CALENDAR)
    elif as_of is not None:
        for year in policy.calendar.missing_years(as_of, as_of.replace(year=as_of.year + 1, day=1)):
            sentence = f"The bank holidays of {year} are not listed: working days of that year cannot be counted."
            yield OpenPoint(f"calendar_{year}", 1 if year == as_of.year else 3, sentence, sheets.CALENDAR)


def _insurers(policy: Policy, seen: Sequence[str]) -> Iterator[OpenPoint]:
    unlisted = sorted({name for name in seen if insurer(policy, name) is None})
    for name in unlisted:
        sentence = f"{name}: no timeframes are listed, so your general ones are used and marked as assumed."
        yield OpenPoint(f"insurer_{name}", 3, sentence, sheets.INSURERS)
    for one in policy.insurers:
        if one.confirmed_on is None:
            sentence = f"{one.name}: its timeframes are not confirmed yet and count as assumed."
            yield OpenPoint(f"insurer_{one.name}", 3, sentence, sheets.INSURERS)
