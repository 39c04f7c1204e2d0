"""What a practice may answer: the questions that went out and have a reference, and the holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from billingkit.ledger import Event, gist_of

if TYPE_CHECKING:
    from billingkit.exchange import Asked
    from billingkit.ledger import Store
    from billingkit.workbook.book import Book

PROMISE: Final = "will check by"  # no answer yet, so a later one does not contradict it


def asked_of(store: Store, sent: Book | None = None) -> list[Asked]:
    """Everything that may be answered: the questions that went out, and the holds."""
    about = _about(sent)
    asked = _questions_out(store, about)
    last_run = max((seq for seq, _ in store.of_kind("run")), default=0)
    for seq, event in store.of_kind("held"):
        asked[event.ref] = _with_hold(asked.get(event.ref), event, about, shown=seq < last_run)
    return list(asked.values())


def _about(sent: Book | None) -> dict[str, str]:
    """What each reference is about. That names a patient, so it stands in the pack and not in the ledger."""
    from billingkit.exchange.returned import tables
    from billingkit.exchange.typed import shown

    lines = [line for table in tables(sent) for line in table.lines] if sent is not None else []
    return {line.ref: shown(line.cells.get("About")) for line in lines}


def _questions_out(store: Store, about: dict[str, str]) -> dict[str, Asked]:
    from billingkit.exchange import Asked

    given = _given(store)
    asked: dict[str, Asked] = {}
    for kind in ("raised", "asked again"):
        for _, event in store.of_kind(kind):
            since = min(event.as_of, asked[event.ref].since or event.as_of) if event.ref in asked else event.as_of
            asked[event.ref] = Asked(
                event.ref,
                answers=tuple(event.body["answers"]),
                value_kind=event.body["value_kind"],
                since=since,
                about=about.get(event.ref, ""),
                given=given.get(event.ref),
            )
    return asked


def _given(store: Store) -> dict[str, tuple[str, str, str]]:
    """The first answer to each question since it last went out; a promise to look is none."""
    rounds = Rounds(store)
    given: dict[str, tuple[str, str, str]] = {}
    for _, event in store.of_kind("answered"):
        if event.body.get("round") == rounds.of(event.ref) and event.body["answer"] != PROMISE:
            given.setdefault(event.ref, gist_of(event))
    return given


def _with_hold(question: Asked | None, event: Event, about: dict[str, str], *, shown: bool) -> Asked:
    from billingkit.exchange import Asked
    from billingkit.exchange.action_list import HOLD_ANSWERS

    if question is None:
        return Asked(event.ref, "hold", HOLD_ANSWERS, "text", event.as_of, about.get(event.ref, ""))
    # An answer to a question made this hold. It may be lifted once a pack has shown it, and the question
    # stays one: in another copy of the same pack it may be answered otherwise, in either order.
    lifting = HOLD_ANSWERS if shown else ()
    return replace(question, answers=tuple(dict.fromkeys((*question.answers, *lifting))))


class Rounds:
    """Which asking an answer belongs to: the last time its question went out, or the last run for a hold."""

    def __init__(self, store: Store) -> None:
        self.newest = max((event.as_of.isoformat() for _, event in store.of_kind("run")), default="")
        self.asked: dict[str, str] = {}
        for kind in ("raised", "asked again"):
            for _, event in store.of_kind(kind):
                self.asked[event.ref] = max(self.asked.get(event.ref, ""), event.as_of.isoformat())

    def of(self, ref: str) -> str:
        """The day of that asking."""
        return self.asked.get(ref, self.newest)
