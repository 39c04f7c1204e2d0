"""What is asked, and what an answer may turn out to be: taken, held, or in conflict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from billingkit.exchange.action_list import HOLD_ANSWERS
from billingkit.exchange.corrections import Correction
from billingkit.exchange.outcomes import Outcome
from billingkit.terms import ANSWERS

if TYPE_CHECKING:
    from billingkit.decided import Review
    from billingkit.history import History


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reference asks, and what may be answered: all that is needed to read its answer."""

    ref: str
    kind: Literal["question", "hold"] = "question"
    answers: tuple[str, ...] = ANSWERS
    value_kind: str = "text"
    since: date | None = None  # first asked, or on hold since
    about: str = ""  # as it stood on the tab, to tell a copied line from a reference filled down
    digits: int | None = None  # how long a number is, where the policy says
    given: tuple[str, str, str] | None = None  # answer, value, until as already received for this round


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer that is taken as it stands."""

    ref: str
    answer: str
    value: str  # ISO date, plain decimal, status word or text
    until: date | None
    by: str
    on: date | None
    comment: str
    cell: str
    kind: Literal["question", "hold"] = "question"

    @property
    def gist(self) -> tuple[str, str, str]:
        """What is answered, whoever said it and whenever: the same gist twice is one answer."""
        return self.answer, self.value, self.until.isoformat() if self.until else ""

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {
            "ref": self.ref,
            "answer": self.answer,
            "value": self.value,
            "until": _iso(self.until),
            "by": self.by,
            "on": _iso(self.on),
            "cell": self.cell,
        }


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that cannot be taken, with its cell and the reason in plain words; it is asked again."""

    ref: str
    cell: str
    found: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {"ref": self.ref, "cell": self.cell, "found": self.found, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two different answers to one question: nobody here chooses between them."""

    ref: str
    answers: tuple[Taken, ...]

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {"ref": self.ref, "answers": [one.to_json() for one in self.answers]}


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything one returned workbook says. `found` answers = taken + held + those in conflict."""

    taken: tuple[Taken, ...]
    held: tuple[Held, ...]
    conflicts: tuple[Conflict, ...]
    corrections: tuple[Correction, ...]
    outcomes: tuple[Outcome, ...]
    missing: tuple[str, ...]  # asked, and their lines are gone from the workbook: they stay open
    warnings: tuple[str, ...]
    payments_to: date | None
    contact: str  # who answers our questions from now on, where the practice named somebody
    pack_id: str
    found: int

    def to_json(self) -> dict[str, Any]:
        """As `billingkit receive --json` prints it."""
        return {
            "taken": [one.to_json() for one in self.taken],
            "held": [one.to_json() for one in self.held],
            "conflicts": [one.to_json() for one in self.conflicts],
            "corrections": [one.to_json() for one in self.corrections],
            "outcomes": [one.to_json() for one in self.outcomes],
            "missing": list(self.missing),
            "warnings": list(self.warnings),
        }


def asked_in(review: Review) -> tuple[Asked, ...]:
    """What a review asks, as its own pack will bring it back."""
    digits = {one.column: one.digits for one in review.policy.ids}
    questions = (
        Asked(
            one.ref,
            answers=one.answers,
            value_kind=one.value_kind,
            since=one.waiting_since,
            about=one.about,
            digits=digits.get(one.column),
        )
        for one in review.questions
    )
    holds = (Asked(one.ref, "hold", HOLD_ANSWERS, "text", one.since, one.about) for one in review.holds)
    return (*questions, *holds)


def asked_before(history: History) -> tuple[Asked, ...]:
    """What was asked as far as the history tells; every answer word fits and any text is a value."""
    questions = (Asked(one.ref, since=one.first_asked) for one in history.questions)
    holds = (Asked(one.ref, "hold", HOLD_ANSWERS, "text", one.since) for one in history.holds)
    return (*questions, *holds)


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""
