"""What the ledger has to tell: who was asked what, when, what was answered, by whom, from which file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from billingkit.ledger import Event, rebuild, verify, write_missing
from billingkit.practice import PracticeFolder, sha256
from billingkit.problems import CannotRun
from billingkit.terms import ACTION_BY_WORD, STATUS_LABEL


def tell(
    folder: PracticeFolder,
    about: str | None,
    *,
    verify: bool = False,
    rebuild: bool = False,
) -> tuple[str, dict[str, Any], int]:
    """The ledger in sentences, as data, and an exit code: 1 where a check found something.

    Raises:
        CannotRun: the claim, account or reference asked for never came up, or a rebuild would overwrite.
    """
    if rebuild:
        return _rebuild(folder)
    if verify:
        return _verify(folder)
    events = [event for _, event in folder.ledger.events(leaving_out=() if about else ("seen", "account seen"))]
    if about:
        events = _about(events, about)
        if not events:
            raise CannotRun(f"{about}: nothing about it is in this practice's ledger. Check the number.")
    files = _files(folder)
    lines = [line for event in events if event.kind != "measure" for line in _line(event, files)]
    data = {
        "events": [{"as_of": e.as_of.isoformat(), "kind": e.kind, "key": e.key, "ref": e.ref, **e.body} for e in events]
    }
    return "\n".join(lines) or "The ledger is empty: nothing has been run yet.", data, 0


def _rebuild(folder: PracticeFolder) -> tuple[str, dict[str, Any], int]:
    database = folder.path / "ledger.sqlite"
    kept = database.with_suffix(".sqlite.before-rebuild")
    if database.exists():
        database.replace(kept)
    store = rebuild(folder.ledger_files, f"sqlite:///{database}")
    count = len(store.chain())
    store.close()
    old = f" The database that was there is kept as {kept.name}." if kept.exists() else ""
    return f"Rebuilt from its files: {count} events.{old}", {"events": count}, 0


def _verify(folder: PracticeFolder) -> tuple[str, dict[str, Any], int]:
    write_missing(folder.ledger, folder.ledger_files)
    faults = verify(folder.ledger, folder.ledger_files)
    count = len(folder.ledger.chain())
    text = "\n".join(faults) or f"All {count} events are there, unaltered, in the database and in its files."
    return text, {"events": count, "faults": faults}, 1 if faults else 0


def _about(events: list[Event], about: str) -> list[Event]:
    wanted = about.strip().casefold()
    keys = {event.key for event in events if wanted in {event.key.casefold(), _claim_number(event).casefold()}} - {""}
    refs = {
        event.ref for event in events if event.ref and (event.key in keys or keys & set(event.body.get("keys", ())))
    }
    refs |= {event.ref for event in events if event.ref.casefold() == wanted}
    return [event for event in events if event.key in keys or (event.ref and event.ref in refs)]


def _claim_number(event: Event) -> str:
    return str(event.body.get("claim_id") or "")


def _files(folder: PracticeFolder) -> dict[str, str]:
    """Where a returned file lies, by its fingerprint. Its name is not in the ledger: somebody may have named a patient."""
    received = {event.body["sha256"] for _, event in folder.ledger.of_kind("imported")}
    if not received:
        return {}
    lying = {sha256(path): path for path in folder.received(date.max)}
    return {
        found[:12]: str(lying[found].relative_to(folder.path).as_posix()) if found in lying else f"file {found[:12]}"
        for found in received
    }


def _line(event: Event, files: dict[str, str]) -> Iterator[str]:
    yield f"{event.as_of.isoformat()}  {_sentence(event, files)}"


def _sentence(event: Event, files: dict[str, str]) -> str:
    body = event.body
    who = f" by {body['by']}" if body.get("by") else ""
    file = files.get(body.get("file") or body.get("sha256", "")[:12], body.get("file") or "a returned file")
    source = f" (from {file}, {body['cell']})" if body.get("file") and body.get("cell") else ""
    sentences = {
        "run": lambda: f"run {body['run']}",
        "raised": lambda: f"{event.ref} asked: {_words(body['code'])} {_keys(event)}, by {body.get('by_when')}",
        "asked again": lambda: (
            f"{event.ref} asked again: {_words(body['code'])} {_keys(event)}, by {body.get('by_when')}"
        ),
        "answered": lambda: f"{event.ref} answered{who}: {body['answer']} {body.get('value') or ''}".rstrip() + source,
        "answer held": lambda: f"{event.ref} answer not taken: {body['reason']}{source}",
        "corrected": lambda: f"{event.key} {_words(body['column'])} is {body['value']}{who}{source}",
        "held": lambda: f"{event.key} on hold: {_words(body['category'])}, {body['stops']} stops",
        "lifted": lambda: f"{event.key} hold lifted{who}: {_words(body['category'])}{source}",
        "contact": lambda: (
            f"{event.key} {body['kind']} contacted on {body['on']}{who}: {body.get('outcome') or ''}".rstrip(": ")
        ),
        "statement": lambda: f"{event.key} statement {body.get('step') or ''} sent on {body['on']}{who}",
        "seen": lambda: _seen(event),
        "account seen": lambda: _seen(event),
        "payments to": lambda: f"payments posted up to {body['to']}{who}{source}",
        "role": lambda: f"{body['role']} is now {body['name']}{source}",
        "imported": lambda: (
            f"read {file}: {body.get('taken', 0)} taken, {body.get('held', 0)} held, {body.get('conflicts', 0)} in conflict"
        ),
    }
    return sentences[event.kind]()


def _seen(event: Event) -> str:
    body = event.body
    action = ACTION_BY_WORD.get(body.get("action", ""))
    unknown = "account" if event.kind == "account seen" else "status not known"
    status = STATUS_LABEL.get(body.get("status", ""), unknown)
    until = f" by {body['by_when']}" if body.get("by_when") else ""
    return f"{event.key} {status}: {action.label if action else '-'}{until} ({body.get('rule', '-')})"


def _keys(event: Event) -> str:
    keys = event.body.get("keys", [])
    return f"({keys[0]})" if len(keys) == 1 else f"({len(keys)} claims or accounts)"


def _words(code: str) -> str:
    return code.replace("_", " ")
