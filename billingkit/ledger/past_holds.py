"""What the ledger remembers of holds: which stand, which the practice lifted, and what it said of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from billingkit.history import INSTRUCTION, PastHold
from billingkit.ledger.events import Event
from billingkit.ledger.said import day, gist_of, without_promises


def standing_holds(events: Iterable[Event]) -> tuple[PastHold, ...]:
    """The holds that nobody has lifted, one for each row and category."""
    every = list(events)
    lifts: dict[tuple[str, str], list[Event]] = defaultdict(list)
    said: dict[str, list[Event]] = defaultdict(list)
    for event in every:
        if event.kind == "lifted":
            lifts[event.key, event.body["category"]].append(event)
        elif event.kind in {"answered", "answer held"}:
            said[event.ref].append(event)
    standing: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in every:
        if event.kind == "held" and not _is_lifted(event, lifts):
            standing[event.key, event.body["category"]].append(event)
    return tuple(_hold(held, said) for _, held in sorted(standing.items(), key=lambda item: item[0]))


def _is_lifted(held: Event, lifts: dict[tuple[str, str], list[Event]]) -> bool:
    """Whether the practice lifted this hold: by its own reference, or by a later word about the same thing.

    A hold for new remarks may begin on the very day on which the one before it was lifted.
    """
    mine = lifts.get((held.key, held.body["category"]), [])
    own = held.body["origin"] == INSTRUCTION
    return any(lift.as_of >= held.as_of if own or lift.ref == held.ref else lift.as_of > held.as_of for lift in mine)


def _hold(held: list[Event], said: dict[str, list[Event]]) -> PastHold:
    """A hold since it was first seen, until the day last named; the same instruction may be given again."""
    first = min(held, key=lambda event: (event.as_of, event.identity()))
    last = max(held, key=lambda event: (event.as_of, event.body.get("until") or "9999", event.identity()))
    body = last.body
    past = PastHold(
        ref=first.ref,
        key=first.key,
        category=body["category"],
        stops="claim too" if any(event.body["stops"] == "claim too" for event in held) else body["stops"],
        since=date.fromisoformat(first.body["since"]),
        until=day(body.get("until")),
        by=body.get("by") or "",
        origin=first.body["origin"],
    )
    return _with_word(past, [one for ref in sorted({event.ref for event in held}) for one in said[ref]])


def _with_word(past: PastHold, answers: list[Event]) -> PastHold:
    """The hold with what the practice last said about it, short of lifting it."""
    if not answers:
        return past
    newest = max(event.body.get("round", "") for event in answers)
    mine = [event for event in answers if event.body.get("round", "") == newest]
    told = {gist_of(event): event for event in sorted(mine, key=Event.identity) if event.kind == "answered"}
    gists = without_promises(set(told))
    if len(gists) > 1:
        return replace(past, note="Asked again, because two different answers came: tell us which one holds.")
    if not gists:
        reason = min(mine, key=Event.identity).body["reason"]
        return replace(past, note=f"Asked again, because your last answer could not be taken: {reason}.")
    body = told[gists.pop()].body
    if body["answer"] == "practice decides":
        decided = body.get("value") or body.get("comment") or ""
        return replace(past, note=f"You decided: {decided}. This is for you to carry out in your own system.")
    until = day(body.get("until"))
    return replace(past, review=until) if until is not None and past.origin != "instruction" else past


def lifted(events: Iterable[Event]) -> tuple[tuple[str, str, date], ...]:
    """The holds that the practice lifted: whose, of which category, on which day."""
    return tuple(sorted({(e.key, e.body["category"], e.as_of) for e in events if e.kind == "lifted"}))


def answered_for(events: Iterable[Event]) -> dict[tuple[str, str], frozenset[str]]:
    """The remarks behind the holds that the practice has lifted; a hold without marks answers for none."""
    every = list(events)
    refs = {(event.key, event.body["category"], event.ref) for event in every if event.kind == "lifted"}
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event in every:
        where = (event.key, event.body.get("category", ""))
        if event.kind == "held" and (*where, event.ref) in refs and event.body.get("wording"):
            found[where].update(event.body["wording"])
    return {where: frozenset(marks) for where, marks in found.items()}
