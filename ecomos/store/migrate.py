"""Bringing a store file up to date: under a lock, after a backup, each migration whole or not at all."""

import fcntl
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import sqlite_utils
from sqlite_utils.migrations import Migrations

from ecomos.store.file import SCHEMA_VERSION

__all__ = ["migrate", "migrations", "statements"]

migrations = Migrations("ecomos")
FIRST = (
    "ledger.sql",
    "trade.sql",
    "fulfilment.sql",
    "people.sql",
    "work.sql",
    "measured.sql",
    "reports.sql",
    "tickets.sql",
)
SECOND = (
    "stock.sql",
    "marketing.sql",
    "looks.sql",
    "requests.sql",
    "changes.sql",
    "shifts.sql",
    "order_staff.sql",
    "living.sql",
)
THIRD = (
    "moves.sql",
    "planning.sql",
    "purchasing.sql",
    "counting.sql",
    "goods.sql",
)


def statements(sql: str) -> Iterator[str]:
    """The single statements of a script (executescript would commit before it begins)."""
    so_far = ""
    for line in sql.splitlines(keepends=True):
        so_far += line
        if sqlite3.complete_statement(so_far):
            yield so_far
            so_far = ""
    if so_far.strip() and not so_far.strip().startswith("--"):
        raise ValueError(f"a statement without its semicolon: {so_far.strip()[:80]}")


@migrations()
def m001_first(db: sqlite_utils.Database) -> None:
    _run(db, FIRST, version=1)


@migrations()
def m002_stock_marketing_and_looks(db: sqlite_utils.Database) -> None:
    _run(db, SECOND, version=2)


@migrations()
def m003_stock_that_explains_itself(db: sqlite_utils.Database) -> None:
    _run(db, THIRD, version=3)


def _run(db: sqlite_utils.Database, scripts: Sequence[str], version: int) -> None:
    for name in scripts:
        for statement in statements((files("ecomos.store") / "schema" / name).read_text()):
            db.execute(statement)
    db.execute(f"pragma user_version = {version:d}")


def migrate(path: Path) -> None:
    """Bring the file up to date. Two processes at once: the second waits and finds nothing to do."""
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        db = sqlite3.connect(path, isolation_level=None, timeout=30)
        try:
            version = db.execute("pragma user_version").fetchone()[0]
            if version >= SCHEMA_VERSION:
                return
            if version:
                _keep_a_copy(db, path, version)
            db.execute("pragma journal_mode = wal")
            migrations.apply(sqlite_utils.Database(db))
        finally:
            db.close()


def _keep_a_copy(db: sqlite3.Connection, path: Path, version: int) -> None:
    folder = path.parent / "backups"
    folder.mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    db.execute("vacuum into ?", [str(folder / f"before-migration-from-{version}-{stamp}.db")])
