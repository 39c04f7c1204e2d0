"""A returned pack or worklist taken into the ledger: what was answered, held, in conflict, and done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from billingkit.asked import Rounds, asked_of
from billingkit.history import INSTRUCTION
from billingkit.history import fingerprint as mark
from billingkit.inbox import opened, unseen
from billingkit.ledger import Event, batch_id, gist_of
from billingkit.problems import CannotRun, NothingToRead
from billingkit.refs import is_ref
from billingkit.terms import ACTION_BY_WORD

if TYPE_CHECKING:
    from billingkit.exchange import Answers, Outcome, Taken
    from billingkit.ledger import Store
    from billingkit.practice import PracticeFolder
    from billingkit.workbook.book import Book

CONTACT: Final = "named contact"
HOLD_UNTIL: Final = "do not chase"
# What a word means is remembered with its question: it holds for the word, not for a claim that had it once.
BY_ANSWER: Final = ("unknown_status",)
STATEMENT_STEPS: Final = {"first_statement": 1, "second_statement": 2, "third_statement": 3}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one returned file held."""

    file: str
    answers: Answers | None  # None where the same file was read before
    recorded: bool

    @property
    def held(self) -> bool:
        """Whether an answer could not be taken."""
        return self.answers is not None and bool(self.answers.held)

    @property
    def conflicts(self) -> bool:
        """Whether two answers differ."""
        return self.answers is not None and bool(self.answers.conflicts)

    def data(self) -> dict[str, Any]:
        """As `billingkit receive --json` prints it."""
        if self.answers is None:
            keys = ("taken", "held", "conflicts", "corrections", "outcomes", "missing")
            return {**{key: [] for key in keys}, "warnings": [self.text()]}
        return self.answers.to_json()

    def text(self) -> str:
        """The receipt in sentences; a held answer names its cell and the reason, never what it says."""
        if self.answers is None:
            return f"{self.file}: this file was read before; nothing changes."
        answers = self.answers
        counts = (
            f"{self.file}: {len(answers.taken)} answers taken, {len(answers.held)} held, "
            f"{len(answers.conflicts)} in conflict, {len(answers.outcomes)} outcomes of the team."
        )
        lines = [
            counts,
            *(f"  held: {held.cell} ({_ref(held.ref)}): {held.reason}" for held in answers.held),
        ]
        lines += [f"  in conflict: {conflict.ref}: ask which answer holds" for conflict in answers.conflicts]
        lines += [f"  to confirm: {len(answers.corrections)} cells of ours were changed"] if answers.corrections else []
        lines += [f"  note: {warning}" for warning in answers.warnings]
        return "\n".join(lines)


def _ref(told: str) -> str:
    # Anything can have been typed over a reference, a patient's name too.
    return told if is_ref(told) else "no reference of ours" if told else "no reference"


def receive(folder: PracticeFolder, path: Path, *, as_of: date, dry_run: bool = False) -> Receipt:
    """Read one returned file into the ledger.

    Raises:
        NothingToRead: there is no such file, or it holds none of our tables.
        Refused: it cannot be read as a workbook.
        CannotRun: the day is before the one that the pack was made for.
    """
    from billingkit.practice import sha256

    if not path.is_file():
        raise NothingToRead(path.name, "There is no such file.", "Check the name and the folder.")
    fingerprint = sha256(path)
    if any(event.body["sha256"] == fingerprint for _, event in folder.ledger.of_kind("imported")):
        return Receipt(path.name, None, recorded=False)
    book = opened(path)
    made = _made(folder, book)
    if made is not None and as_of < made:
        raise CannotRun(
            f"{path.name}: this is the pack of {made.isoformat()}, so it cannot have come back on {as_of.isoformat()}. "
            "Check the date; nothing was taken."
        )
    answers = _read(folder, book, as_of)
    _refuse_strangers(path, answers)
    if not dry_run:
        _record(folder, fingerprint, answers, as_of)
    return Receipt(path.name, answers, recorded=not dry_run)


def receive_unseen(folder: PracticeFolder, as_of: date) -> list[Receipt]:
    """Read every returned file in the inbox that was not read before, dated by the folder it lies in.

    One that was put into an older folder than its own week came back on its own day at the earliest.
    """
    receipts = []
    for week in folder.inbox(as_of):
        for path in unseen(folder, week):
            day = date.fromisoformat(week.name)
            receipt = receive(folder, path, as_of=max(day, _made(folder, opened(path)) or day))
            if receipt.recorded:
                receipts.append(receipt)
    return receipts


def _made(folder: PracticeFolder, book: Book) -> date | None:
    """The day of the run that made this workbook, where it is one of this practice's."""
    from billingkit.exchange.returned import pack_id

    name = pack_id(book)
    days = (event.as_of for _, event in folder.ledger.of_kind("run") if event.body["run"] == name)
    return next(days, None)


def _refuse_strangers(path: Path, answers: Answers) -> None:
    if not (
        answers.found
        or answers.outcomes
        or answers.pack_id
        or answers.missing
        or answers.payments_to
        or answers.contact
    ):
        raise NothingToRead(
            path.name,
            "None of our tables is in it: no answers and no outcomes were found.",
            "Send the workbook that came with the action list, or a copy of that tab.",
        )


def _read(folder: PracticeFolder, book: Book, as_of: date) -> Answers:
    from billingkit.decisions.agreed import agreed
    from billingkit.exchange import read_answers
    from billingkit.exchange.returned import pack_id
    from billingkit.ledger import history

    policy = folder.policy()
    policy = agreed(policy, history(folder.ledger, policy.practice.code or folder.path.name, as_of), as_of)
    packs = {event.body["run"]: event for _, event in folder.ledger.of_kind("run")}
    sent = _sent(folder, packs.get(pack_id(book)))
    answers = read_answers(
        book,
        sent=sent,
        asked=asked_of(folder.ledger, sent),
        pack_ids={name: event.as_of for name, event in packs.items()},
        practice=policy.practice.name or policy.practice.code or folder.path.name,
        as_of=as_of,
        date_order=policy.practice.date_order,
        decimal_sign=policy.practice.decimal_sign,
    )
    return replace(answers, payments_to=None) if _as_we_wrote_it(answers, sent) else answers


def _as_we_wrote_it(answers: Answers, sent: Book | None) -> bool:
    """Whether the day beside `Payments posted up to` is the one that stood there when the pack went out."""
    from billingkit.exchange.returned import payments_cell

    cell = payments_cell(sent) if sent is not None else None
    if cell is None or not isinstance(cell[1], date):
        return False
    day = cell[1].date() if isinstance(cell[1], datetime) else cell[1]
    return day == answers.payments_to


def _sent(folder: PracticeFolder, run: Event | None) -> Book | None:
    """The pack as it went out, where it still lies there unchanged."""
    from billingkit.practice import sha256

    outputs = run.body.get("outputs", {}) if run is not None else {}
    for name, fingerprint in outputs.items():
        path = folder.outbox(run.as_of) / name if run is not None else Path(name)
        if name.endswith("pack.xlsx") and path.is_file() and sha256(path) == fingerprint:
            return opened(path)
    return None


def _record(folder: PracticeFolder, fingerprint: str, answers: Answers, as_of: date) -> None:
    from billingkit.ledger import write_missing

    counts = {name: len(getattr(answers, name)) for name in ("taken", "held", "conflicts", "outcomes")}
    imported = Event("imported", as_of, body={"sha256": fingerprint, "pack": answers.pack_id, **counts})
    events = [imported, *_events(folder.ledger, fingerprint[:12], answers, as_of)]
    events = [_in_place_of(event, folder) for event in events]
    folder.ledger.add(batch_id("receive", as_of, [fingerprint]), "receive", as_of, events)
    write_missing(folder.ledger, folder.ledger_files)


def _events(store: Store, file: str, answers: Answers, as_of: date) -> Iterator[Event]:
    about = _what_refs_mean(store)
    rounds = Rounds(store)
    told = [*answers.taken, *(one for conflict in answers.conflicts for one in conflict.answers)]
    known = {(event.ref, event.body["round"], gist_of(event)) for _, event in store.of_kind("answered")}
    for taken in told:
        round_ = rounds.of(taken.ref)
        if (taken.ref, round_, taken.gist) not in known:
            yield from _answer(taken, about[taken.ref], as_of, {"file": file, "round": round_})
    for held in answers.held:
        body = {"cell": held.cell, "reason": held.reason, "file": file, "round": rounds.of(held.ref)}
        yield Event("answer held", as_of, ref=held.ref, body=body)
    for outcome in answers.outcomes:
        yield from _outcome(outcome, about.get(outcome.ref), as_of, file)
    told_in = {"file": file, "round": _round_of(store, answers.pack_id) or rounds.newest}
    if answers.payments_to:
        yield Event("payments to", as_of, body={"to": answers.payments_to.isoformat(), **told_in})
    if answers.contact:
        yield Event("role", as_of, body={"role": CONTACT, "name": answers.contact, **told_in})


def _round_of(store: Store, pack: str) -> str:
    return next((run.as_of.isoformat() for _, run in store.of_kind("run") if run.body["run"] == pack), "")


def _in_place_of(event: Event, folder: PracticeFolder) -> Event:
    """A named person with whom the policy names now, not to be read, so that a later policy is known as later."""
    if event.kind != "role":
        return event
    now = dict(folder.policy().practice.people).get(event.body["role"])
    return replace(event, body={**event.body, "instead_of": mark(now or None)})


def _what_refs_mean(store: Store) -> dict[str, Event]:
    kinds = ("seen", "account seen", "held", "raised", "asked again")
    return {event.ref: event for kind in kinds for _, event in store.of_kind(kind) if event.ref}


def _answer(taken: Taken, about: Event, as_of: date, source: dict[str, str]) -> Iterator[Event]:
    said = {"by": taken.by, "on": taken.on.isoformat() if taken.on else None, "cell": taken.cell, **source}
    until = taken.until.isoformat() if taken.until else None
    body = {"answer": taken.answer, "value": taken.value, "until": until, "comment": taken.comment, **said}
    yield Event("answered", as_of, about.key, taken.ref, body)
    keys = about.body.get("keys") or [about.key]
    column = about.body.get("column", "")
    # Said about an account it stops letters and calls to the patient; said about a claim it stops the claim.
    stops = about.body.get("stops") or ("patient contact" if about.body.get("subject") == "account" else "claim too")
    if taken.answer == "supplied" and column and taken.value and about.body.get("code") not in BY_ANSWER:
        found = about.body.get("found", {})
        for key in keys:
            was = {"was": found[key]} if key in found else {}
            yield Event("corrected", as_of, key, taken.ref, {"column": column, "value": taken.value, **was, **said})
    elif taken.answer == "supplied" and about.body.get("code") == "payments_posted_to":
        yield Event("payments to", as_of, "", taken.ref, {"to": taken.value, **said})
    elif taken.answer == "supplied" and about.body.get("code") == "named_contact":
        yield Event("role", as_of, "", taken.ref, {"role": CONTACT, "name": taken.value, **said})
    elif taken.answer == HOLD_UNTIL and about.kind != "held":  # a hold that stands already is left as it is
        for key in keys:
            hold = {"category": INSTRUCTION, "stops": stops, "since": as_of.isoformat(), "until": until}
            yield Event("held", as_of, key, taken.ref, {**hold, "origin": INSTRUCTION, **said})
    elif taken.answer == "resume":
        categories = {about.body.get("category", INSTRUCTION), INSTRUCTION}
        for key in keys:
            for category in sorted(categories):
                yield Event("lifted", as_of, key, taken.ref, {"category": category, **said})


def _outcome(outcome: Outcome, about: Event | None, as_of: date, file: str) -> Iterator[Event]:
    if about is None or not about.key or not outcome.contact:
        return
    action = ACTION_BY_WORD.get(about.body.get("action", ""))
    step = STATEMENT_STEPS.get(action.word) if action else None
    kind = "statement" if step else (action.contacts if action and action.contacts != "nobody" else "insurer")
    body: dict[str, Any] = {
        "kind": kind,
        "on": (outcome.contacted_on or as_of).isoformat(),
        "by": outcome.by,
        "outcome": outcome.outcome,
        "said": outcome.insurer_said,
        "next_status": outcome.next_status,
        "cell": outcome.cell,
        "file": file,
    }
    if step:
        body["step"] = step
    yield Event("statement" if step else "contact", as_of, about.key, outcome.ref, body)
