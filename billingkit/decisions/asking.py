"""Questions to the practice: raised where they arise, joined where one answer settles all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from billingkit.decided import Question
from billingkit.decisions.deciding import days_late, levels
from billingkit.decisions.topics import Topic
from billingkit.refs import make_ref
from billingkit.terms import LEVEL_TO, PRIORITIES

if TYPE_CHECKING:
    from billingkit.history import History, PastQuestion
    from billingkit.policy.agreement import Policy


@dataclass(frozen=True, slots=True)
class Raised:
    """One place where a topic came up: a row, or the practice as a whole."""

    topic: Topic
    ref: str
    key: str = ""
    about: str = ""
    amount: Decimal | None = None
    cell: str = ""
    priority: str = PRIORITIES[0]
    level: int = 0
    deadline: date | None = None
    deadline_source: str = ""
    due: int = 0  # working days, 0 where the practice's general time for an answer holds
    kind: str = "claim"  # claim or account, for counting


class Register:
    """What was asked before and how it was answered, by reference."""

    def __init__(self, policy: Policy, history: History, as_of: date) -> None:
        self.salt = policy.practice.code or ""
        self.as_of = as_of
        self.past = {question.ref: question for question in history.questions}
        self._by_code: dict[str, list[PastQuestion]] = defaultdict(list)  # the newest first
        for past in sorted(history.questions, key=lambda past: (past.last_asked, past.ref), reverse=True):
            self._by_code[past.code].append(past)

    def ref(self, topic: Topic, *parts: str) -> str:
        """The reference of a question, the same every week."""
        return make_ref("Q", self.salt, topic.code, *parts)

    def batches(self, topic: Topic, keys: Iterable[str]) -> dict[str, str]:
        """The reference under which each key is asked: what was asked together stays together.

        Keys that the practice has answered for are left out.
        """
        left, refs = set(keys), dict[str, str]()
        for past in self._earlier(topic):
            mine = left & set(past.keys)
            left -= mine
            if past.state != "answered" or past.answer == "will check by":
                refs |= dict.fromkeys(mine, past.ref)
        if left:
            refs |= dict.fromkeys(left, self.ref(topic, *sorted(left)))
        return refs

    def batch_answer(self, topic: Topic, key: str) -> PastQuestion | None:
        """The answer that was taken for a key of a batch, if any."""
        found = next((past for past in self._earlier(topic) if key in past.keys), None)
        return found if found is not None and found.state == "answered" else None

    def _earlier(self, topic: Topic) -> list[PastQuestion]:
        return self._by_code.get(topic.code, [])

    def answer(self, topic: Topic, *parts: str) -> PastQuestion | None:
        """The answer that was taken, if any."""
        past = self.past.get(self.ref(topic, *parts))
        return past if past is not None and past.state == "answered" else None

    def supplied(self, topic: Topic, *parts: str) -> PastQuestion | None:
        """The answer, where it gave what was asked for."""
        past = self.answer(topic, *parts)
        return past if past is not None and past.answer == "supplied" and past.value else None

    def settled(self, topic: Topic, *parts: str) -> bool:
        """Whether the practice said that all is right as it stands."""
        past = self.answer(topic, *parts)
        return past is not None and past.answer == "correct as it is"

    def decided(self, past: PastQuestion | None) -> PastQuestion | None:
        """The answer, where it is the practice's own decision, or its word that it will check and is not yet due."""
        if past is None:
            return None
        if past.answer in ("practice decides", "supplied", "resume", "correct as it is"):
            return past
        return past if self.waits(past) else None

    def raised(
        self, topic: Topic, parts: tuple[str, ...], *, about: str, amount: Decimal | None = None,
        priority: str = PRIORITIES[0], level: int = 0,
    ) -> Raised:  # fmt: skip
        """A question about the practice as a whole."""
        return Raised(topic, self.ref(topic, *parts), about=about, amount=amount, priority=priority, level=level)

    def waits(self, past: PastQuestion) -> bool:
        """Whether the practice asked for time that has not run out."""
        return past.answer == "will check by" and past.until is not None and past.until >= self.as_of


def joined(raised: Iterable[Raised], register: Register, policy: Policy, within: int) -> tuple[Question, ...]:
    """One question per reference, urgent first; what waits for a promised answer is left out until its day."""
    grouped: dict[str, list[Raised]] = defaultdict(list)
    for one in raised:
        grouped[one.ref].append(one)
    groups = {ref: group for ref, group in grouped.items() if not _quiet(register, ref)}
    days = _days(groups.values(), policy, register.as_of, within)
    made = [
        _Made(ref, group, register.past.get(ref), *_by_when(group, days, register.past.get(ref)))
        for ref, group in groups.items()
    ]
    levels_, priorities = _urgency(made, policy, register.as_of)
    people = dict(policy.practice.people)
    questions = [
        _question(one, level, priority, people, policy, register.as_of)
        for one, level, priority in zip(made, levels_, priorities, strict=True)
    ]
    return tuple(sorted(questions, key=lambda one: (-PRIORITIES.index(one.priority), one.by_when, one.ref)))


@dataclass(frozen=True, slots=True)
class _Made:
    """A question on its way: where it came up, what was asked before, and by when."""

    ref: str
    group: list[Raised]
    past: PastQuestion | None
    by_when: date
    why: str

    @property
    def amounts(self) -> list[Decimal]:
        """What hangs on it, each row once."""
        return list({one.key: one.amount for one in self.group if one.amount is not None}.values())


@dataclass(frozen=True, slots=True)
class _Days:
    """The days that questions may fall on, worked out once."""

    within: int
    agreed: dict[int, date]  # by working days
    caps: dict[date, date]  # the last day before a near deadline


def _days(groups: Iterable[list[Raised]], policy: Policy, as_of: date, within: int) -> _Days:
    calendar = policy.calendar
    every = [one for group in groups for one in group]
    agreed = {due: calendar.add_working_days(as_of, due) for due in {within, *(one.due for one in every)}}
    today, last = calendar.roll_forward(as_of), max(agreed.values())
    near = {one.deadline for one in every if one.deadline is not None and as_of <= one.deadline <= last}
    caps = {day: max(today, calendar.last_working_day_before(day)) for day in near}
    return _Days(within, agreed, caps)


def _by_when(group: list[Raised], days: _Days, past: PastQuestion | None) -> tuple[date, str]:
    """The day for an answer and where it comes from; asking again does not move it."""
    by_when = min(days.agreed[one.due or days.within] for one in group)
    why = "agreed days"
    for one in group:
        if one.deadline in days.caps and days.caps[one.deadline] <= by_when:
            by_when = days.caps[one.deadline]
            why = "assumed" if one.deadline_source == "assumed" else "insurer's deadline"
    if past is not None and past.state != "answered" and past.by_when is not None:
        by_when = min(by_when, past.by_when)
    return by_when, why


def _quiet(register: Register, ref: str) -> bool:
    """Whether the practice asked for time, or told us to leave it alone, and that still holds."""
    past = register.past.get(ref)
    if past is None or past.state != "answered":
        return False
    left_alone = past.answer == "do not chase" and (past.until is None or past.until >= register.as_of)
    return left_alone or register.waits(past)


def _question(made: _Made, level: int, priority: str, people: dict[str, str], policy: Policy, as_of: date) -> Question:
    group, past, topic = made.group, made.past, made.group[0].topic
    role = LEVEL_TO.get(level, "")
    return Question(
        ref=made.ref,
        code=topic.code,
        subject=topic.subject,
        keys=tuple(sorted({one.key for one in group if one.key})),
        need=topic.need,
        about=_about(group, policy),
        why=topic.why,
        provides=topic.provides,
        provides_name=people.get(topic.provides, topic.provides),
        priority=priority,
        by_when=made.by_when,
        by_when_why=made.why,
        waiting_since=past.first_asked if past else as_of,
        times_asked=_times(past, as_of),
        level=level,
        escalate_to=people.get(role, role),
        answers=topic.answers,
        value_kind=topic.value_kind,
        column=topic.column,
        cells=tuple(dict.fromkeys(one.cell for one in group if one.cell)),
        amount=sum(made.amounts, Decimal(0)) if made.amounts else None,
        held_reason=_held_reason(past),
        tab=topic.tab,
    )


def _times(past: PastQuestion | None, as_of: date) -> int:
    if past is None:
        return 1
    return past.times_asked + (past.last_asked < as_of)


def _held_reason(past: PastQuestion | None) -> str:
    if past is None:
        return ""
    if past.state == "held":
        return f"your last answer could not be taken: {past.held_reason}"
    if past.state != "answered":
        return ""
    if past.answer == "will check by":
        return "the day you named has passed"
    return f'you answered "{past.answer}", and the list still leaves it open'


def _about(group: list[Raised], policy: Policy) -> str:
    """What the question is about: the one row, or how many and for how much."""
    keys = {one.key for one in group if one.key}
    if len(keys) <= 1:
        return group[0].about
    noun = "claims" if group[0].kind == "claim" else "accounts"
    amounts = {one.key: one.amount for one in group if one.amount is not None}
    total = sum(amounts.values(), Decimal(0))
    money = (
        f", {total:,.2f}{' ' + policy.practice.currency if policy.practice.currency else ''} in all" if amounts else ""
    )
    shown = sorted({one.about for one in group if one.about})
    named = group[0].topic.named
    return f"{len(keys)} {noun}{money}: {'; '.join(shown[:named])}{' and others' if len(shown) > named else ''}"


def _urgency(made: list[_Made], policy: Policy, as_of: date) -> tuple[list[int], list[str]]:
    """Questions rise like rows do, by times asked and working days past By when; never below their rows."""
    if not made:
        return [], []
    late = days_late(pl.Series([one.by_when for one in made], dtype=pl.Date), policy.calendar, as_of)
    facts = pl.DataFrame(
        {
            "days_to_deadline": pl.repeat(None, len(made), dtype=pl.Int64, eager=True),
            "days_to_deadline__special": pl.repeat(value=True, n=len(made), dtype=pl.Boolean, eager=True),
            "times_chased": pl.Series([_times(one.past, as_of) for one in made], dtype=pl.Int64),
            "days_past_by_when": late,
            "days_open_past_limit": pl.repeat(0, len(made), dtype=pl.Int64, eager=True),
            "amount": pl.Series([sum(one.amounts, Decimal(0)) for one in made], dtype=pl.Decimal(18, 2)),
        }
    )
    level, priority = levels(policy.escalation_rules, facts, as_of)
    top = [max(its, *(one.level for one in each.group)) for each, its in zip(made, level, strict=True)]
    word = [
        max(its, *(one.priority for one in each.group), key=PRIORITIES.index)
        for each, its in zip(made, priority, strict=True)
    ]
    return top, word
