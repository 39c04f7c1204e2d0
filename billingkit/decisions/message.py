"""One message a week for the named contact, and an urgent one only where something cannot wait a week.

Values only: a subject, whom it is for, and plain text, for a letter or an e-mail draft. No patient's
details, no claim numbers and no amounts of one person: only counts, days and our own references.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from billingkit.terms import ACTION_BY_WORD, PRIORITIES

if TYPE_CHECKING:
    from billingkit.decided import Question, Review

WEEK: Final = timedelta(days=7)
URGENT: Final = PRIORITIES[-1]
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Message:
    """A message as values; `to_email` is empty where the agreement names no address."""

    subject: str
    to_name: str
    to_email: str
    text: str
    urgent: bool = False


def weekly_message(review: Review) -> Message:
    """The week in a few lines: what we need first, what we do ourselves, who is on hold."""
    ordered = _ordered(review)
    lines = [
        f"Dear {_to(review)},",
        "",
        f"here is the week of {_day(review.as_of)} for {_practice(review)}.",
        "",
        _asked(ordered),
        *_listed(ordered, review.as_of),
        "",
        *_doing(review),
        *_notes(review),
        "",
        'Please answer on the tab "Action list" of the workbook, in the yellow cells, and send it back.',
        "",
        "Your billing team",
    ]
    subject = f"Billing, week of {_day(review.as_of)}: {_count(len(ordered), 'question')} for you"
    return Message(subject, _to(review), review.policy.practice.contact_email or "", "\n".join(lines))


def urgent_message(review: Review) -> Message | None:
    """What cannot wait until next week's message; None where everything can."""
    near = [one for one in _ordered(review) if one.priority == URGENT and one.by_when < review.as_of + WEEK]
    if not near:
        return None
    lines = [
        f"Dear {_to(review)},",
        "",
        f"{_count(len(near), 'question')} cannot wait until next week:",
        *(f"- {one.ref}: {_wanted(one, review.as_of)} ({one.by_when_why})." for one in near),
        "",
        'What each is about stands beside its reference on the tab "Action list".',
        "",
        "Your billing team",
    ]
    first = min(one.by_when for one in near)
    when = f"by {_day(first)}" if first >= review.as_of else "now"
    subject = f"Urgent: {_count(len(near), 'answer')} needed {when}"
    return Message(subject, _to(review), review.policy.practice.contact_email or "", "\n".join(lines), urgent=True)


def _ordered(review: Review) -> list[Question]:
    return sorted(review.listed, key=lambda one: (-PRIORITIES.index(one.priority), one.by_when, one.ref))


def _asked(ordered: list[Question]) -> str:
    if not ordered:
        return "We need nothing from you this week."
    urgent = sum(one.priority == URGENT for one in ordered)
    return f"We have {_count(len(ordered), 'question')} for you, {urgent or 'none'} of them urgent. The first ones:"


def _wanted(one: Question, as_of: date) -> str:
    """By when an answer is wanted; a day that has passed is said as one."""
    if one.by_when < as_of:
        return f"it was due on {_day(one.by_when)}, please answer now"
    return f"please answer by {_day(one.by_when)}"


def _listed(ordered: list[Question], as_of: date) -> list[str]:
    shown = [f"- {one.ref} ({one.priority}): {_wanted(one, as_of)}" for one in ordered[:SHOWN]]
    return shown + ([f"- and {len(ordered) - SHOWN} more"] if len(ordered) > SHOWN else [])


def _doing(review: Review) -> list[str]:
    """What the billing team does this week, in counts."""
    ours = []
    accounts = review.balances.unique("key", maintain_order=True)
    for frame, noun in ((review.claims, "claim"), (accounts, "account")):
        for word, number in sorted(frame["action"].value_counts().iter_rows(), key=lambda pair: (-pair[1], pair[0])):
            if ACTION_BY_WORD[word].contacts in ("insurer", "patient"):
                ours.append(f"- {ACTION_BY_WORD[word].label}: {_count(number, noun)}")
    return ["What we do this week:", *ours] if ours else ["There is nothing for us to send or to call about this week."]


def _notes(review: Review) -> list[str]:
    held = len({hold.key for hold in review.holds})
    notes = [f"On hold, waiting for your word: {held}."] if held else []
    notes += list(review.notices)
    return ["", *notes] if notes else []


def _to(review: Review) -> str:
    return review.policy.practice.person("named contact")


def _practice(review: Review) -> str:
    return review.policy.practice.name or "your practice"


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
