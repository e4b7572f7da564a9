"""Opening the store file and writing to it. Reads go straight through the connection; every write stands inside
`write()`, which begins immediate (a deferred transaction that turns into a writer fails at once under load)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import uniform
from time import monotonic, sleep

from ecomos.errors import StoreError

__all__ = ["SCHEMA_VERSION", "iso", "open_file", "parse_iso", "write"]

SCHEMA_VERSION = 3
"""What `pragma user_version` says in a file of this program: the number of migrations."""

BUSY_MS = 30_000


def open_file(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """The store file as a connection: WAL, foreign keys on, rows by name, synchronous full.

    A file that is behind is backed up and brought up to date; one from a newer program is refused.
    Raises StoreError where there is no file (unless `create`), it is no store, or it is too new.
    """
    if not create and not path.exists():
        raise StoreError(f"There is no store file at {path}. “ecomos init DIR” makes a new store.")
    try:
        db = _connect(path)
        version = db.execute("pragma user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"{path} is not a store file ({error}). “ecomos restore FILE” brings back a backup."
        ) from error
    if version > SCHEMA_VERSION:
        db.close()
        raise StoreError(
            f"{path} was written by a newer ecomos (file {version}, this program {SCHEMA_VERSION}). "
            "Update the program; the file was not touched."
        )
    if version < SCHEMA_VERSION:
        from ecomos.store.migrate import (
            migrate,
        )  # sqlite-utils costs a second, so only for a file that is behind

        db.close()
        migrate(path)
        db = _connect(path)
    return db


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000, check_same_thread=False)
    db.row_factory = sqlite3.Row
    db.execute("pragma foreign_keys = on")
    db.execute("pragma synchronous = full")
    return db


@contextmanager
def write(db: sqlite3.Connection, *, bulk: bool = False) -> Iterator[sqlite3.Connection]:
    """One transaction that begins immediate: all of it is kept, or nothing. Inside another it joins that one.

    `bulk` is for an import, which can be run again: synchronous normal while it lasts.
    """
    if db.in_transaction:
        yield db
        return
    if bulk:
        db.execute("pragma synchronous = normal")
    try:
        _begin(db)
        try:
            yield db
            db.execute("commit")
        except BaseException:  # a commit fails too, on a full disk: nothing may stay open for the next write to join
            db.rollback()
            raise
    finally:
        if bulk:
            db.execute("pragma synchronous = full")


def _begin(db: sqlite3.Connection) -> None:
    """Begin immediate, waiting as long as the connection would. SQLite's own sleeps grow to 100 ms, so that who waits
    beside busy writers finds the file taken again and again, in the end for good; short sleeps of chance find a gap."""
    until = monotonic() + BUSY_MS / 1000
    db.execute("pragma busy_timeout = 0")
    try:
        while True:
            try:
                db.execute("begin immediate")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                    raise
            sleep(uniform(0.001, 0.006))
    finally:
        db.execute(f"pragma busy_timeout = {BUSY_MS}")


def iso(at: datetime) -> str:
    """An instant as the store writes it: UTC, whole seconds.

    >>> iso(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    '2026-11-24T09:00:00Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_iso(text: str) -> datetime:
    """The instant that `iso` wrote.

    >>> parse_iso("2026-11-24T09:00:00Z")
    datetime.datetime(2026, 11, 24, 9, 0, tzinfo=datetime.timezone.utc)
    """
    return datetime.fromisoformat(text)
