"""A review's result: one decision per row, and the questions, holds and measures that follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from billingkit.columns import MONEY
from billingkit.history import History, WeekMeasure
from billingkit.week import Week

if TYPE_CHECKING:
    from billingkit.policy import Policy

# One row per source row of `claims` (in its order), or of `balances`. For balances the decision is the
# account's and stands on each of its rows.
DECISION: Final[dict[str, pl.DataType]] = {
    "key": pl.String(),  # claim_key or account_key
    "source_file": pl.String(),
    "source_sheet": pl.String(),
    "source_row": pl.Int64(),
    "action": pl.String(),  # a word of terms.ACTIONS
    "owner_role": pl.String(),  # a role of terms.OWNERS; null where nobody acts
    "owner": pl.String(),  # the person or team
    "not_before": pl.Date(),
    "by_when": pl.Date(),  # null where nothing is to be done
    "priority": pl.String(),
    "level": pl.Int64(),
    "escalate_to": pl.String(),  # a person, null at level 0
    "reason": pl.String(),  # one plain sentence for the practice
    "rule": pl.String(),  # such as CF-19, or ASK-0
    "step": pl.Int64(),
    "why": pl.String(),  # "status Submitted (Submitted, Resubmitted); days past first check 4 (0 or more)"
    "unknown": pl.String(),  # for Ask: the columns nobody could answer, joined by |
    "possible_rules": pl.String(),  # for Ask: the rules that could not be ruled out, joined by |
    "deadline": pl.Date(),
    "deadline_kind": pl.String(),  # filing, answer, reconsideration, appeal, insurer decision, appeal decision
    "deadline_source": pl.String(),  # a word of terms.PROVENANCE
    "days_to_deadline": pl.Int64(),
    "next_due": pl.Date(),  # for a row left alone: the first day it comes due
    "next_rule": pl.String(),
    "on_hold": pl.String(),  # no, patient contact, claim too
    "amount": MONEY,  # outstanding, or the patient's due
    "ref": pl.String(),  # the row's own reference, or its question's
    "questions": pl.String(),  # refs of the questions this row raised, joined by |
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the practice: one reference, one answer."""

    ref: str
    code: str
    subject: str  # claim, account, practice, insurer
    keys: tuple[str, ...]
    need: str  # what we need, in the practice's words
    about: str  # claim, patient, insurer, date, amount; no more than is needed
    why: str
    provides: str  # a role of terms.OWNERS
    provides_name: str
    priority: str
    by_when: date
    by_when_why: str  # insurer's deadline / agreed days / assumed
    waiting_since: date
    times_asked: int  # with this run
    level: int
    escalate_to: str
    answers: tuple[str, ...]  # the words of terms.ANSWERS that fit
    value_kind: str  # date, money, text, id, status, or "" where no value is wanted
    column: str = ""  # canonical column that a supplied value fills
    cells: tuple[str, ...] = ()  # addresses, such as "Claims 2026!F17"
    amount: Decimal | None = None
    held_reason: str = ""  # why last week's answer could not be taken
    tab: str = ""  # where it is answered, if not on the action list itself


@dataclass(frozen=True, slots=True)
class Hold:
    """An account or claim that is left alone until the practice instructs."""

    ref: str
    key: str
    table: str  # claims or balances
    about: str
    category: str
    since: date
    stops: str
    may_lift: str
    review_by: date
    origin: str
    new: bool
    wording: frozenset[str] = frozenset()  # marks of the remarks behind it, as the reading gives them
    again: bool = False  # new remarks, after the practice had lifted an earlier hold
    note: str = ""  # why it is asked again, or what the practice decided


@dataclass(frozen=True, slots=True)
class Statement:
    """What happens to one account's statements, this week and next."""

    account_key: str
    about: str
    step: int | None
    channel: str
    planned: date | None
    amount: Decimal | None
    why: str  # the hold or reason where none goes out this week
    next_step: str
    next_date: date | None


@dataclass(frozen=True, slots=True)
class ClaimUpdate:
    """What changed about a claim since last week."""

    key: str
    about: str
    change: str  # new, moved, paid, paid short, not seen this week, twin, as you told us
    line: str


@dataclass(frozen=True, slots=True)
class Review:
    """The whole result of one run for one practice."""

    week: Week
    policy: Policy
    history: History
    as_of: date
    payments_to: date | None
    claims: pl.DataFrame  # DECISION
    balances: pl.DataFrame  # DECISION
    questions: tuple[Question, ...]
    holds: tuple[Hold, ...]
    statements: tuple[Statement, ...]
    updates: tuple[ClaimUpdate, ...]
    measures: tuple[WeekMeasure, ...]
    notices: tuple[str, ...] = ()  # for the front tab: what differs, what was assumed, what could not be read
    facts: dict[str, pl.DataFrame] = field(default_factory=dict)  # what the rules were asked, by table

    @property
    def listed(self) -> tuple[Question, ...]:
        """The questions of the action list; those answered on a tab of their own stand behind one line of it."""
        return tuple(one for one in self.questions if not one.tab)

    # rows beside their decisions, worked out once for all tabs; a changed copy of a review starts with none
    paired: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
