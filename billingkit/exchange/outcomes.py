"""What came of the billing team's work: the words for it, and what a worklist says when it comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from billingkit.exchange import typed
from billingkit.exchange.listing import DATE_WIDTH, OUTCOME_HEADINGS, Field
from billingkit.exchange.returned import Returned
from billingkit.exchange.typed import Doubt, Habits
from billingkit.refs import is_ref
from billingkit.terms import STATUSES


@dataclass(frozen=True, slots=True)
class OutcomeWord:
    """One word of the Outcome list; `contact` says whether the other side was reached or written to."""

    word: str
    contact: bool


OUTCOMES: Final = (
    OutcomeWord("spoke to them", contact=True),
    OutcomeWord("message left", contact=True),
    OutcomeWord("looked it up online", contact=True),
    OutcomeWord("sent", contact=True),
    OutcomeWord("no answer", contact=False),
    OutcomeWord("not done", contact=False),
    OutcomeWord("decision was right", contact=False),
    OutcomeWord("decision was wrong", contact=False),
)
OUTCOME_WORDS: Final = tuple(one.word for one in OUTCOMES)


def outcome_fields() -> tuple[Field, ...]:
    """The six columns that the billing team fills in."""
    return (
        Field("Done", 7, typed=True, choices=("yes", "no")),
        Field("Outcome", 16, typed=True, choices=OUTCOME_WORDS),
        Field("Insurer said", 30, typed=True, hint="What was said, and by whom."),
        Field("Contacted on", DATE_WIDTH, "date", typed=True),
        Field("Next status", 15, typed=True, choices=tuple(status.label for status in STATUSES)),
        Field("By", 12, typed=True, hint="Your name."),
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the billing team wrote beside one line of the worklist."""

    ref: str
    done: bool | None
    outcome: str
    insurer_said: str
    contacted_on: date | None
    next_status: str  # a canonical status word, or nothing
    by: str
    tab: str
    cell: str

    @property
    def contact(self) -> bool:
        """Whether somebody was reached or written to."""
        return any(one.contact for one in OUTCOMES if one.word == self.outcome)

    def to_json(self) -> dict[str, Any]:
        """The contract's form: dates ISO, empty where nothing was said."""
        return {
            "ref": self.ref,
            "done": self.done,
            "outcome": self.outcome,
            "insurer_said": self.insurer_said,
            "contacted_on": self.contacted_on.isoformat() if self.contacted_on else "",
            "next_status": self.next_status,
            "by": self.by,
            "cell": self.cell,
        }


def outcomes(line: Returned, habits: Habits, *, known: bool) -> Outcome | tuple[str, Doubt] | None:
    """What one line of the worklist says; the heading and doubt where it cannot be taken; None where it is empty."""
    filled = [heading for heading in OUTCOME_HEADINGS if not typed.blank(line.cells.get(heading))]
    if not filled:
        return None
    if not (known or is_ref(line.ref)):
        return "Ref", Doubt("the reference was changed or is gone; please copy it from the worklist")
    for heading in filled:
        if heading in line.formulas:
            return heading, Doubt("a formula; please type what happened")
    done, outcome, contacted, status = (_read(line, heading, habits) for heading in _CHECKED)
    for heading, told in zip(_CHECKED, (done, outcome, contacted, status), strict=True):
        if isinstance(told, Doubt):
            return heading, told
    if set(filled) <= {"By", "Contacted on"}:
        return filled[0], Doubt("a name or date without an outcome; please choose one")
    said, by = (typed.shown(line.cells.get(heading)) for heading in ("Insurer said", "By"))
    return Outcome(
        ref=line.ref,
        done=None if done is None else done == "yes",
        outcome=outcome if isinstance(outcome, str) else "",
        insurer_said=said,
        contacted_on=contacted if isinstance(contacted, date) else None,
        next_status=status if isinstance(status, str) else "",
        by=by,
        tab=line.tab,
        cell=str(line.place("Ref")),
    )


_CHECKED: Final = ("Done", "Outcome", "Contacted on", "Next status")


def _read(line: Returned, heading: str, habits: Habits) -> str | date | Doubt | None:
    value = line.cells.get(heading)
    if typed.blank(value):
        return None
    if heading == "Done":
        return typed.word("yes" if value is True else "no" if value is False else value, ("yes", "no"), ("yes", "no"))
    if heading == "Outcome":
        return typed.word(value, OUTCOME_WORDS, OUTCOME_WORDS)
    return typed.status(value) if heading == "Next status" else typed.day(value, habits)
