"""An event: something that happened, once, and how events are chained so that none can be altered unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

KINDS: Final = (
    "run",
    "raised",
    "asked again",
    "answered",
    "answer held",
    "corrected",
    "held",
    "lifted",
    "contact",
    "statement",
    "seen",
    "account seen",
    "measure",
    "payments to",
    "role",
    "imported",
)
GENESIS: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `key` is a claim's or account's key, `ref` a question's or hold's reference."""

    kind: str
    as_of: date
    key: str = ""
    ref: str = ""
    body: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The event as one line of JSON that is the same on every machine."""
        parts = {
            "as_of": self.as_of.isoformat(),
            "body": self.body,
            "key": self.key,
            "kind": self.kind,
            "ref": self.ref,
        }
        return json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)

    def identity(self) -> str:
        """What makes two events the same event: adding one twice changes nothing."""
        return identity_of(self.text())


@dataclass(frozen=True, slots=True)
class Chained:
    """An event at its place in the chain."""

    seq: int
    batch: str
    event: Event
    hash: str


def identity_of(line: str) -> str:
    """The identity of the event that a line says, where the line is at hand already."""
    return hashlib.sha256(line.encode()).hexdigest()


def from_text(line: str) -> Event:
    """The event that a line of JSON holds."""
    parts = json.loads(line)
    return Event(parts["kind"], date.fromisoformat(parts["as_of"]), parts["key"], parts["ref"], parts["body"])


def link(previous: str, batch: str, text: str) -> str:
    """The hash of an event that follows `previous`."""
    return hashlib.sha256(f"{previous}\n{batch}\n{text}".encode()).hexdigest()


def first_broken(chain: Iterable[Chained]) -> int | None:
    """The place in the chain where an event no longer fits the one before it, or None."""
    previous = GENESIS
    for chained in chain:
        if link(previous, chained.batch, chained.event.text()) != chained.hash:
            return chained.seq
        previous = chained.hash
    return None


def batch_id(kind: str, as_of: date, parts: Sequence[str]) -> str:
    """A name for one run's events, made from its inputs: the same inputs give the same name."""
    digest = hashlib.sha256("\x1f".join((kind, as_of.isoformat(), *parts)).encode()).hexdigest()
    return f"{as_of.isoformat()}-{kind}-{digest[:12]}"


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"An event cannot hold a {type(value).__name__}.")
