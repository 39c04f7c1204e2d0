"""What came of the billing team's work: the words for it, and what a worklist says when it comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final


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
