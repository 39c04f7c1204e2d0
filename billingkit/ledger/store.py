"""The ledger's database: append-only, one writer at a time, nothing acknowledged before it is on disk.

Settings follow measurements in which copying a live file or replacing a JSON file lost events and this
lost none: rollback journal, synchronous=EXTRA, BEGIN IMMEDIATE.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool

from billingkit.ledger.events import GENESIS, Chained, Event, from_text, identity_of, link
from billingkit.private import private
from billingkit.problems import CannotRun, FolderInUse

METADATA = MetaData()
EVENTS = Table(
    "events",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("batch", String, nullable=False, index=True),
    Column("kind", String, nullable=False, index=True),
    Column("as_of", String, nullable=False),
    Column("line", String, nullable=False),
    Column("identity", String, nullable=False),
    Column("hash", String, nullable=False),
    UniqueConstraint("identity", name="each_event_once"),
)
BATCHES = Table(
    "batches",
    METADATA,
    Column("batch", String, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("as_of", String, nullable=False),
    Column("kind", String, nullable=False),
)
# The database itself refuses to change or drop what happened.
GUARDS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {table}_{verb} BEFORE {verb.upper()} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    for table in ("events", "batches")
    for verb in ("update", "delete")
)


class Store:
    """One practice's events in a database that SQLAlchemy can reach."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = _engine(url)
        self._made = False
        self._there = False

    def add(self, batch: str, kind: str, as_of: date, events: Sequence[Event]) -> int:
        """Append one batch as one transaction and return how many events were new.

        A batch that was added before adds nothing, and neither does an event that is already there; a batch
        in which nothing is new leaves no trace.
        """
        self._make()
        with self._writing() as connection:
            if connection.execute(select(BATCHES.c.batch).where(BATCHES.c.batch == batch)).first():
                return 0
            rows = list(_rows(connection, batch, events))
            if rows:
                number = len(connection.execute(select(BATCHES.c.batch)).all()) + 1
                values = {"batch": batch, "number": number, "as_of": as_of.isoformat(), "kind": kind}
                connection.execute(BATCHES.insert().values(**values))
                connection.execute(EVENTS.insert(), rows)
            return len(rows)

    def chain(self, *, batch: str | None = None) -> list[Chained]:
        """Every event in order, or one batch's."""
        query = select(EVENTS.c.seq, EVENTS.c.batch, EVENTS.c.line, EVENTS.c.hash).order_by(EVENTS.c.seq)
        if batch is not None:
            query = query.where(EVENTS.c.batch == batch)
        if not self._is_there():
            return []
        with self._reading() as connection:
            return [
                Chained(seq, name, from_text(line), hashed) for seq, name, line, hashed in connection.execute(query)
            ]

    def events(self, *, leaving_out: tuple[str, ...] = (), before: int | None = None) -> Iterator[tuple[int, Event]]:
        """Events in order with their place, some kinds left out, up to a place in the chain."""
        query = select(EVENTS.c.seq, EVENTS.c.line).order_by(EVENTS.c.seq)
        if leaving_out:
            query = query.where(EVENTS.c.kind.not_in(leaving_out))
        if before is not None:
            query = query.where(EVENTS.c.seq < before)
        if not self._is_there():
            return
        with self._reading() as connection:
            for seq, line in connection.execute(query):
                yield seq, from_text(line)

    def of_kind(self, kind: str, *, as_of: date | None = None, before: int | None = None) -> list[tuple[int, Event]]:
        """Events of one kind, of one as-of date or all, in order."""
        query = select(EVENTS.c.seq, EVENTS.c.line).where(EVENTS.c.kind == kind).order_by(EVENTS.c.seq)
        if as_of is not None:
            query = query.where(EVENTS.c.as_of == as_of.isoformat())
        if before is not None:
            query = query.where(EVENTS.c.seq < before)
        if not self._is_there():
            return []
        with self._reading() as connection:
            return [(seq, from_text(line)) for seq, line in connection.execute(query)]

    def batches(self) -> list[tuple[int, str, date, str]]:
        """Every batch in order: its number, name, as-of date and kind."""
        query = select(BATCHES).order_by(BATCHES.c.number)
        if not self._is_there():
            return []
        with self._reading() as connection:
            return [
                (row.number, row.batch, date.fromisoformat(row.as_of), row.kind) for row in connection.execute(query)
            ]

    def backup(self, target: Path) -> None:
        """Copy the database by its own means, which is safe while it is in use. SQLite only."""
        if not self.url.startswith("sqlite:///"):
            raise CannotRun("This ledger is not a SQLite file: use its own database's backup.")
        with (
            sqlite3.connect(self.url.removeprefix("sqlite:///")) as source,
            sqlite3.connect(target) as copy,
        ):
            source.backup(copy)
        copy.close()
        source.close()

    def _make(self) -> None:
        # Only writing makes the database: a command that merely looks leaves nothing behind.
        if not self._made:
            with self._writing() as connection:
                METADATA.create_all(connection)
                for guard in GUARDS:
                    connection.execute(text(guard))
            self._made = self._there = True

    def _is_there(self) -> bool:
        if not self._there and Path(self.url.removeprefix("sqlite:///")).exists():
            with self._reading() as connection:
                self._there = inspect(connection).has_table(EVENTS.name)
        return self._there

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        # Who only looks needs no right to write, and neither waits for a writer nor keeps one out.
        try:
            with self._engine.connect().execution_options(only_reading=True) as connection:
                yield connection
        except OperationalError as error:
            raise _plainly(error) from None

    def close(self) -> None:
        """Let go of the database file."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except OperationalError as error:
            raise _plainly(error) from None


def _rows(connection: Connection, batch: str, events: Sequence[Event]) -> Iterator[dict[str, Any]]:
    last = connection.execute(select(EVENTS.c.seq, EVENTS.c.hash).order_by(EVENTS.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    known = set(connection.execute(select(EVENTS.c.identity)).scalars()) if seq else set()
    for happened in events:
        line = happened.text()
        identity = identity_of(line)
        if identity in known:
            continue
        known.add(identity)
        seq, previous = seq + 1, link(previous, batch, line)
        yield {
            "seq": seq,
            "batch": batch,
            "kind": happened.kind,
            "as_of": happened.as_of.isoformat(),
            "line": line,
            "identity": identity,
            "hash": previous,
        }


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite:///"):
        raise CannotRun("--ledger takes a sqlite:/// URL in this version.")
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": 10})

    @event.listens_for(engine, "connect")
    def _settings(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None  # the BEGIN below is the only one
        with private():  # this is where a database that is not there yet is made
            raw.execute("PRAGMA journal_mode=DELETE")
        raw.execute("PRAGMA synchronous=EXTRA")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("only_reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _plainly(error: DatabaseError) -> CannotRun | FolderInUse:
    reason = str(error.orig)
    if "locked" in reason:
        return FolderInUse("The ledger is being written by another run. Wait until it is finished, then run again.")
    if "full" in reason:
        return CannotRun("The disk is full: nothing was recorded. Free some space, then run again.")
    if "readonly" in reason or "unable to open" in reason:
        return CannotRun("The practice's folder cannot be written to: nothing was recorded. Check its permissions.")
    return CannotRun(f"The ledger could not be written ({reason}): nothing was recorded.")
