"""The ledger as plain files: one immutable JSON-lines file per batch, from which the database can be rebuilt."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from billingkit.ledger.events import GENESIS, Chained, Event, first_broken, from_text, link
from billingkit.ledger.store import Store
from billingkit.problems import CannotRun


@dataclass(frozen=True, slots=True)
class Batch:
    """One file's content."""

    number: int
    name: str
    as_of: date
    kind: str
    events: tuple[Event, ...]
    first_after: str  # the hash of the event before its first
    last: str


def write_missing(store: Store, folder: Path) -> list[Path]:
    """Write the file of every batch that has none yet; what is there is never touched."""
    wanted = {number: (name, as_of, kind) for number, name, as_of, kind in store.batches()}
    missing = [number for number in wanted if not _path(folder, number, wanted[number][0]).exists()]
    if not missing:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    chain = store.chain()
    before = _hash_before_each_batch(chain)
    return [_write(folder, number, *wanted[number], chain, before) for number in missing]


def read_batches(folder: Path) -> list[Batch]:
    """Every batch in the folder, in order; a file that was altered or cut is refused by name."""
    return [_read(path) for path in sorted(folder.glob("*.jsonl"))]


def rebuild(folder: Path, url: str) -> Store:
    """Make the database anew from its files.

    Raises:
        CannotRun: a file is missing, altered or cut; the sentence names it.
    """
    batches = read_batches(folder)
    previous = GENESIS
    for place, batch in enumerate(batches, 1):
        if batch.number != place:
            raise CannotRun(f"ledger file number {place} is missing: put it back from a backup, then run again.")
        if batch.first_after != previous:
            raise CannotRun(f"ledger file {batch.name} does not follow the one before it: one of the two was replaced.")
        previous = batch.last
    store = Store(url)
    for batch in batches:
        store.add(batch.name, batch.kind, batch.as_of, batch.events)
    return store


def verify(store: Store, folder: Path) -> list[str]:
    """What does not fit, in words: in the database's chain, in the files, or between the two."""
    chain = store.chain()
    faults = []
    broken = first_broken(chain)
    if broken is not None:
        faults.append(f"The ledger's event {broken} was altered: it no longer fits the one before it.")
    try:
        filed = [event for batch in read_batches(folder) for event in batch.events]
    except CannotRun as error:
        return [*faults, str(error)]
    if filed != [chained.event for chained in chain]:
        faults.append("The ledger's files and its database differ. `billingkit history --rebuild` makes it anew.")
    return faults


def _hash_before_each_batch(chain: list[Chained]) -> dict[str, str]:
    before: dict[str, str] = {}
    previous = GENESIS
    for chained in chain:
        before.setdefault(chained.batch, previous)
        previous = chained.hash
    return before


def _write(
    folder: Path,
    number: int,
    name: str,
    as_of: date,
    kind: str,
    chain: list[Chained],
    before: dict[str, str],
) -> Path:
    mine = [chained for chained in chain if chained.batch == name]
    follows = before[name]  # a batch holds at least one event
    head = json.dumps({"as_of": as_of.isoformat(), "batch": name, "follows": follows, "kind": kind, "number": number})
    lines = [head, *(chained.event.text() for chained in mine)]
    body = "\n".join(lines) + "\n"
    tail = json.dumps(
        {"checksum": hashlib.sha256(body.encode()).hexdigest(), "events": len(mine), "last": mine[-1].hash}
    )
    path = _path(folder, number, name)
    _into_place(path, body + tail + "\n")
    return path


def _into_place(path: Path, content: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)  # noqa: PTH105 -- os.replace is the atomic rename on every system


def _path(folder: Path, number: int, name: str) -> Path:
    return folder / f"{number:06d}-{name}.jsonl"


def _read(path: Path) -> Batch:
    raw = path.read_text(encoding="utf-8")
    body, _, tail = raw.rstrip("\n").rpartition("\n")
    fault = CannotRun(f"ledger file {path.name} was altered or cut short: put it back from a backup, then run again.")
    try:
        end, head = json.loads(tail), json.loads(body.partition("\n")[0])
        sound = end["checksum"] == hashlib.sha256((body + "\n").encode()).hexdigest()
    except (ValueError, KeyError, TypeError):
        raise fault from None
    if not sound:
        raise fault
    events = tuple(from_text(line) for line in body.split("\n")[1:])
    if _last(head["follows"], head["batch"], events) != end["last"]:
        raise fault
    return Batch(
        head["number"],
        head["batch"],
        date.fromisoformat(head["as_of"]),
        head["kind"],
        events,
        head["follows"],
        end["last"],
    )


def _last(follows: str, batch: str, events: tuple[Event, ...]) -> str:
    previous = follows
    for happened in events:
        previous = link(previous, batch, happened.text())
    return previous
