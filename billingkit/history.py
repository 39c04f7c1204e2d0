"""What is remembered about a practice, as one value: made by the ledger, read by the review.

Keys are `claim_key` or `account_key`. Every date is a plain date. An empty `History()` is a practice
seen for the first time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

INSTRUCTION: Final = "instruction"  # the origin and the category of a hold that the practice asked for


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """A question that was asked before."""

    ref: str
    code: str
    keys: tuple[str, ...]
    first_asked: date
    last_asked: date
    times_asked: int
    by_when: date | None
    state: str  # open, answered, held (an answer came that could not be taken)
    answer: str = ""
    value: str = ""
    until: date | None = None
    by: str = ""
    on: date | None = None
    held_reason: str = ""


@dataclass(frozen=True, slots=True)
class PastHold:
    """A hold in force. Only the practice's own answer lifts a sensitive or stop-flag hold."""

    ref: str
    key: str
    category: str
    stops: str  # "patient contact" or "claim too"
    since: date
    until: date | None
    by: str
    origin: str  # sensitive, stop flag, instruction
    review: date | None = None  # the day the practice named for looking at it again
    note: str = ""  # what became of the practice's last answer, where it did not lift the hold


@dataclass(frozen=True, slots=True)
class PastContact:
    """A contact that was made, with the insurer or a patient."""

    key: str
    kind: str  # insurer, patient, practice, statement
    on: date
    by: str
    outcome: str = ""
    step: int | None = None  # for a statement: first, second, third
    next_status: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A value the practice gave for one field, used until the export carries it, and marked."""

    key: str
    column: str  # canonical column
    value: str  # ISO date, plain decimal or text
    by: str
    on: date
    ref: str
    was: str = ""  # fingerprint of what the export said when it was asked; empty where it said nothing


def fingerprint(value: object) -> str:
    """A value that can be recognised and not read; empty for nothing."""
    return "" if value is None else hashlib.sha256(str(value).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class ClaimSeen:
    """A claim as the last run before this one saw it."""

    key: str
    claim_id: str
    status: str
    billed: Decimal | None
    paid: Decimal | None
    outstanding: Decimal | None
    first_seen: date
    last_seen: date
    by_when: date | None = None
    action: str = ""
    rule: str = ""
    twin: bool = False
    accounts: tuple[str, ...] = ()  # the accounts of its patient and policy holder, when last seen


@dataclass(frozen=True, slots=True)
class WeekMeasure:
    """One measure of one earlier run, such as ("2026-11-16", "questions open", "0-7 days", 4)."""

    as_of: date
    measure: str
    label: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class History:
    """Everything the ledger knows that a review needs."""

    practice: str = ""
    last_run: date | None = None
    questions: tuple[PastQuestion, ...] = ()
    holds: tuple[PastHold, ...] = ()
    lifted: tuple[tuple[str, str, date], ...] = ()  # (key, category, on): lifted by the practice's answer
    # (key, category) -> marks of the remarks behind the holds that were lifted; nothing where they are not known
    answered_for: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    contacts: tuple[PastContact, ...] = ()
    corrections: tuple[Correction, ...] = ()
    claims: tuple[ClaimSeen, ...] = ()
    measures: tuple[WeekMeasure, ...] = ()
    payments_to: date | None = None
    roles: tuple[tuple[str, str], ...] = ()  # a named person changed by an answer: (role, name)
    # role -> fingerprint of whom the policy named when the answer came: a policy that was changed since is newer
    roles_instead_of: dict[str, str] = field(default_factory=dict)
    roles_in_doubt: tuple[tuple[str, tuple[str, ...]], ...] = ()  # two people were named at once: (role, names)
