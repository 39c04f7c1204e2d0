"""A practice's written agreement as one value: people, timeframes, insurers, words, rules, calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from billingkit.calendar import Calendar
    from billingkit.rules import Guarantee, Table


@dataclass(frozen=True, slots=True)
class Practice:
    """The `Practice` sheet. None is unknown: never a default where guessing could do harm."""

    name: str | None = None
    code: str | None = None
    country: str | None = None  # ISO code
    region: str | None = None
    currency: str | None = None  # ISO code
    date_order: str | None = None  # "day first" or "month first"
    decimal_sign: str | None = None  # "." or ","
    time_zone: str | None = None
    weekly_day: str | None = None
    payments_within: int | None = None  # days
    patient_side: bool | None = None
    minimum_balance: Decimal | None = None
    first_check_after: int | None = None  # days
    chase_every: int | None = None
    escalate_after: int | None = None
    filing_limit: int | None = None
    answer_window: int | None = None  # by an answer of the practice only: the workbook says it for each insurer
    appeal_window: int | None = None
    contact_role: str | None = None
    contact_email: str | None = None
    people: tuple[tuple[str, str], ...] = ()  # (a role of terms.OWNERS, the person or team)

    def person(self, role: str) -> str:
        """Who holds a role; the role's own words where nobody is named yet."""
        return dict(self.people).get(role, role)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A question every practice settles before anyone calls a patient. A blank answer is an open question."""

    key: str  # stable name, such as "payment_plans"
    question: str
    answer: str | None
    agreed_by: str | None
    agreed_on: date | None


@dataclass(frozen=True, slots=True)
class Insurer:
    """One insurer's timeframes in days; `confirmed_on` None means assumed, and outputs say so."""

    name: str
    aliases: tuple[str, ...] = ()
    channel: str | None = None
    first_check_after: int | None = None
    chase_every: int | None = None
    filing_limit: int | None = None
    answer_window: int | None = None
    appeal_window: int | None = None
    source: str | None = None
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class RequiredDetail:
    """A field that a claim must have before it can go, when, and who supplies it."""

    column: str  # canonical column
    codes: str  # procedure codes and ranges, such as "D2000-D2999; D7140"; "" is every code
    coverage: tuple[str, ...]  # empty is every order of cover
    statuses: tuple[str, ...]  # empty is every status
    provides: str  # a role of terms.OWNERS


@dataclass(frozen=True, slots=True)
class AttachmentRule:
    """What an insurer wants attached for some codes."""

    insurer: str  # "" is every insurer
    codes: str
    need: str  # required, on request, do not send
    kind: str  # x-ray, perio chart, narrative, ...
    source: str | None = None
    coverage: tuple[str, ...] = ()  # empty is every order of cover


@dataclass(frozen=True, slots=True)
class SourceNote:
    """What a file or tab holds, where it is not plain."""

    where: str
    holds: str | None = None  # claims; claims, one row per procedure; balances; ignore
    amount_is: str | None = None  # billed, outstanding
    owes_is: str | None = None  # positive, negative
    decimal_sign: str | None = None
    date_order: str | None = None
    newest_tab_wins: bool | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class IdRule:
    """How a number is written, so that lost zeros are known to be lost."""

    column: str
    digits: int | None
    text: bool | None


@dataclass(frozen=True, slots=True)
class StatusWord:
    """The practice's own word for a status. `word` may be "(blank)", "(any date)" or a mark such as "*"."""

    word: str
    status: str
    where: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnHeading:
    """The practice's own heading for one of our columns."""

    heading: str
    column: str
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """A phrase that marks a sensitive account. The shipped broad list has `agreed` False: hits are only ever a question."""

    phrase: str
    category: str
    stops: str  # a word of terms.HOLD_STOPS
    not_when: tuple[str, ...] = ()
    agreed: bool = True


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure to watch, and what the practice calls good. No promise, no deadline."""

    name: str
    good: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything the practice agreed, checked and ready to run."""

    practice: Practice
    agreements: tuple[Agreement, ...]
    insurers: tuple[Insurer, ...]
    required: tuple[RequiredDetail, ...]
    attachments: tuple[AttachmentRule, ...]
    sources: tuple[SourceNote, ...]
    ids: tuple[IdRule, ...]
    status_words: tuple[StatusWord, ...]
    column_headings: tuple[ColumnHeading, ...]
    wording: tuple[Wording, ...]
    claim_rules: Table
    balance_rules: Table
    escalation_rules: Table
    guarantees: tuple[Guarantee, ...]
    calendar: Calendar
    measures: tuple[Measure, ...]
    hash: str  # sha256 of the canonical text of all the above
    shipped: bool = False  # the kit's own starting policy: weekends are the only days off, and outputs say so
    notices: tuple[str, ...] = ()
