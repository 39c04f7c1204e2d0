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
    PastQuestion,
    WeekMeasure,
)
from billingkit.ledger.events import Event
from billingkit.ledger.past_holds import answered_for, lifted, standing_holds
from billingkit.ledger.said import amount, day, gist_of, said_in, without_promises
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
        holds=standing_holds(known),
        lifted=lifted(known),
        answered_for=answered_for(known),
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
            given[event.ref, event.body.get("round", "")].add(gist_of(event))
    given = {where: without_promises(gists) for where, gists in given.items()}
    disputed = {where for where, gists in given.items() if len(gists) > 1}
    return [
        event
        for event in events
        if event.kind not in {"corrected", "held", "lifted", "payments to", "role"}
        or (event.ref, event.body.get("round", "")) not in disputed
    ]


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
        by_when=day(latest.body.get("by_when")),
        state="open",
    )
    return _with_answer(past, answers) if answers else past


def _with_answer(past: PastQuestion, answers: list[Event]) -> PastQuestion:
    newest_round = max(event.body.get("round", "") for event in answers)
    mine = [event for event in answers if event.body.get("round", "") == newest_round]
    told = {gist_of(event): event for event in sorted(mine, key=Event.identity) if event.kind == "answered"}
    given = {gist: told[gist] for gist in without_promises(set(told))}
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
        until=day(body.get("until")),
        by=body.get("by") or "",
        on=day(body.get("on")),
    )


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
            on=day(event.body.get("on")) or event.as_of,
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
        billed=amount(body.get("billed")),
        paid=amount(body.get("paid")),
        outstanding=amount(body.get("outstanding")),
        first_seen=date.fromisoformat(body["first_seen"]),
        last_seen=date.fromisoformat(body["last_seen"]),
        by_when=day(body.get("by_when")),
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
    told = [(said_in(e), e.as_of, date.fromisoformat(e.body["to"])) for e in events if e.kind == "payments to"]
    last = max((one[:2] for one in told), default=None)
    return min((to for *when, to in told if tuple(when) == last), default=None)


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
            named[event.body["role"]][said_in(event)].append(event)
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
