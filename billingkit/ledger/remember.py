"""What the events add up to: the `History` that a review needs, the same whatever order answers came in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billingkit.history import (
    INSTRUCTION,
    ClaimSeen,
    Correction,
    History,
    PastContact,
    PastHold,
    PastQuestion,
    WeekMeasure,
)
from billingkit.ledger.events import Event
from billingkit.ledger.store import Store


def history(store: Store, practice: str, as_of: date, *, before: int | None = None) -> History:
    """Everything known on the as-of date: earlier runs, and answers received up to and including it.

    `before` cuts the chain at a place, for a replay of a run as it was made. A run of the same as-of date
    counts as not yet made, so that running it again gives the same result.
    """
    runs = [(seq, run) for seq, run in store.of_kind("run", before=before) if run.as_of < as_of]
    last_run = max((run.as_of for _, run in runs), default=None)
    known = [
        event
        for _, event in store.events(leaving_out=("seen", "account seen", "run"), before=before)
        if _counts(event, as_of)
    ]
    known = _undisputed(known)
    roles = _roles(known)
    seen = [event for _, event in store.of_kind("seen", as_of=last_run, before=before)] if last_run else []
    return History(
        practice=practice,
        last_run=last_run,
        questions=_questions(known),
        holds=_holds(known),
        lifted=_lifted(known),
        answered_for=_answered_for(known),
        contacts=_contacts(known),
        corrections=_corrections(known),
        claims=tuple(_claim(event) for event in _last_of_each(seen)),
        measures=_measures(known),
        payments_to=_payments_to(known),
        roles=roles.settled,
        roles_instead_of=roles.instead_of,
        roles_in_doubt=roles.in_doubt,
    )


# What a run itself records counts from the next as-of date on; what the practice or the team told us
# counts from the day it was received.
_TOLD = ("answered", "answer held", "corrected", "lifted", "contact", "statement", "payments to", "role", "imported")


def _counts(event: Event, as_of: date) -> bool:
    if event.kind in _TOLD or (event.kind == "held" and event.body["origin"] == INSTRUCTION):
        return event.as_of <= as_of
    return event.as_of < as_of


def _undisputed(events: list[Event]) -> list[Event]:
    """The events without what would follow from answers that contradict each other: nobody here chooses."""
    given: dict[tuple[str, str], set[tuple[str, str, str]]] = defaultdict(set)
    for event in events:
        if event.kind == "answered":
            given[event.ref, event.body.get("round", "")].add(_gist(event))
    given = {where: _without_promises(gists) for where, gists in given.items()}
    disputed = {where for where, gists in given.items() if len(gists) > 1}
    return [
        event
        for event in events
        if event.kind not in {"corrected", "held", "lifted", "payments to", "role"}
        or (event.ref, event.body.get("round", "")) not in disputed
    ]


def _without_promises(gists: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """What was answered; a promise to check counts only where nothing else came."""
    return {gist for gist in gists if gist[0] != "will check by"} or gists


def _questions(events: Iterable[Event]) -> tuple[PastQuestion, ...]:
    asked: dict[str, list[Event]] = defaultdict(list)
    answers: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind in {"raised", "asked again"}:
            asked[event.ref].append(event)
        elif event.kind in {"answered", "answer held"}:
            answers[event.ref].append(event)
    return tuple(_question(ref, asked[ref], answers.get(ref, [])) for ref in sorted(asked))


def _question(ref: str, asked: list[Event], answers: list[Event]) -> PastQuestion:
    rounds = sorted({event.as_of for event in asked})
    latest = max(asked, key=lambda event: (event.as_of, event.identity()))
    past = PastQuestion(
        ref=ref,
        code=latest.body["code"],
        keys=tuple(latest.body["keys"]),
        first_asked=rounds[0],
        last_asked=rounds[-1],
        times_asked=len(rounds),
        by_when=_day(latest.body.get("by_when")),
        state="open",
    )
    return _with_answer(past, answers) if answers else past


def _with_answer(past: PastQuestion, answers: list[Event]) -> PastQuestion:
    newest_round = max(event.body.get("round", "") for event in answers)
    mine = [event for event in answers if event.body.get("round", "") == newest_round]
    told = {_gist(event): event for event in sorted(mine, key=Event.identity) if event.kind == "answered"}
    given = {gist: told[gist] for gist in _without_promises(set(told))}
    if len(given) > 1:
        return replace(past, state="held", held_reason="two different answers came: tell us which one holds")
    if not given:
        held = min(mine, key=Event.identity)
        return replace(past, state="held", held_reason=held.body["reason"])
    body = next(iter(given.values())).body
    return replace(
        past,
        state="answered",
        answer=body["answer"],
        value=body.get("value") or "",
        until=_day(body.get("until")),
        by=body.get("by") or "",
        on=_day(body.get("on")),
    )


def _gist(event: Event) -> tuple[str, str, str]:
    body = event.body
    return body["answer"], body.get("value") or "", body.get("until") or ""


def _holds(events: Iterable[Event]) -> tuple[PastHold, ...]:
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


def _answered_for(events: Iterable[Event]) -> dict[tuple[str, str], frozenset[str]]:
    """The remarks behind the holds that the practice has lifted; a hold without marks answers for none."""
    every = list(events)
    refs = {(event.key, event.body["category"], event.ref) for event in every if event.kind == "lifted"}
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event in every:
        where = (event.key, event.body.get("category", ""))
        if event.kind == "held" and (*where, event.ref) in refs and event.body.get("wording"):
            found[where].update(event.body["wording"])
    return {where: frozenset(marks) for where, marks in found.items()}


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
        until=_day(body.get("until")),
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
    told = {_gist(event): event for event in sorted(mine, key=Event.identity) if event.kind == "answered"}
    gists = _without_promises(set(told))
    if len(gists) > 1:
        return replace(past, note="Asked again, because two different answers came: tell us which one holds.")
    if not gists:
        reason = min(mine, key=Event.identity).body["reason"]
        return replace(past, note=f"Asked again, because your last answer could not be taken: {reason}.")
    body = told[gists.pop()].body
    if body["answer"] == "practice decides":
        decided = body.get("value") or body.get("comment") or ""
        return replace(past, note=f"You decided: {decided}. This is for you to carry out in your own system.")
    until = _day(body.get("until"))
    return replace(past, review=until) if until is not None and past.origin != "instruction" else past


def _lifted(events: Iterable[Event]) -> tuple[tuple[str, str, date], ...]:
    return tuple(sorted({(e.key, e.body["category"], e.as_of) for e in events if e.kind == "lifted"}))


def _contacts(events: Iterable[Event]) -> tuple[PastContact, ...]:
    found = {
        PastContact(
            key=event.key,
            kind=event.body["kind"],
            on=date.fromisoformat(event.body["on"]),
            by=event.body.get("by") or "",
            outcome=event.body.get("outcome") or "",
            step=event.body.get("step"),
            next_status=event.body.get("next_status") or "",
        )
        for event in events
        if event.kind in {"contact", "statement"}
    }
    return tuple(sorted(found, key=lambda contact: (contact.on, contact.key, contact.kind, contact.outcome)))


def _corrections(events: Iterable[Event]) -> tuple[Correction, ...]:
    latest: dict[tuple[str, str], Event] = {}
    for event in events:
        if event.kind == "corrected":
            where = (event.key, event.body["column"])
            earlier = latest.get(where)
            if earlier is None or (earlier.as_of, earlier.identity()) < (event.as_of, event.identity()):
                latest[where] = event
    return tuple(
        Correction(
            key=key,
            column=column,
            value=event.body["value"],
            by=event.body.get("by") or "",
            on=_day(event.body.get("on")) or event.as_of,
            ref=event.ref,
            was=event.body.get("was") or "",
        )
        for (key, column), event in sorted(latest.items(), key=lambda item: item[0])
    )


def _last_of_each(events: list[Event]) -> list[Event]:
    return list({event.key: event for event in events}.values())


def _claim(event: Event) -> ClaimSeen:
    body = event.body
    return ClaimSeen(
        key=event.key,
        claim_id=body.get("claim_id") or "",
        status=body.get("status") or "",
        billed=_amount(body.get("billed")),
        paid=_amount(body.get("paid")),
        outstanding=_amount(body.get("outstanding")),
        first_seen=date.fromisoformat(body["first_seen"]),
        last_seen=date.fromisoformat(body["last_seen"]),
        by_when=_day(body.get("by_when")),
        action=body.get("action") or "",
        rule=body.get("rule") or "",
        twin=bool(body.get("twin")),
        accounts=tuple(body.get("accounts", ())),
    )


def _measures(events: Iterable[Event]) -> tuple[WeekMeasure, ...]:
    latest: dict[tuple[date, str, str], Decimal] = {}
    for event in events:
        if event.kind == "measure":
            latest[event.as_of, event.body["measure"], event.body["label"]] = Decimal(event.body["value"])
    return tuple(WeekMeasure(*where, value) for where, value in sorted(latest.items()))


def _payments_to(events: Iterable[Event]) -> date | None:
    """What was said last: in the newest pack, then on the latest day; of two such, the one that chases less."""
    told = [(_said_in(e), e.as_of, date.fromisoformat(e.body["to"])) for e in events if e.kind == "payments to"]
    last = max((one[:2] for one in told), default=None)
    return min((to for *when, to in told if tuple(when) == last), default=None)


def _said_in(event: Event) -> str:
    """The pack that it was said in, by its day."""
    return str(event.body.get("round") or event.as_of.isoformat())


@dataclass(frozen=True, slots=True)
class _Roles:
    """Who was named for each role, in whose place, and where two were named in one pack."""

    settled: tuple[tuple[str, str], ...]
    instead_of: dict[str, str]
    in_doubt: tuple[tuple[str, tuple[str, ...]], ...]


def _roles(events: Iterable[Event]) -> _Roles:
    """The newest pack's word holds; where it names two people, nobody here chooses and the word before stays."""
    named: dict[str, dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        if event.kind == "role":
            named[event.body["role"]][_said_in(event)].append(event)
    settled, instead_of, in_doubt = [], {}, []
    for role, packs in sorted(named.items()):
        names = tuple(sorted({event.body["name"] for event in packs[max(packs)]}))
        if len(names) > 1:
            in_doubt.append((role, names))
        clear = [pack for pack in packs if len({event.body["name"] for event in packs[pack]}) == 1]
        if clear:
            last = max(packs[max(clear)], key=lambda event: (event.as_of, event.identity()))
            settled.append((role, str(last.body["name"])))
            if "instead_of" in last.body:
                instead_of[role] = str(last.body["instead_of"])
    return _Roles(tuple(settled), instead_of, tuple(in_doubt))


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _amount(value: str | None) -> Decimal | None:
    return Decimal(value) if value else None
