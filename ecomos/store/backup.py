"""A copy of the store file that is whole, and the way back. What is restored holds its outbox until it is told live."""

import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

from ecomos.errors import StoreError
from ecomos.store.doctor import examine
from ecomos.store.file import SCHEMA_VERSION, open_file, write
from ecomos.store.settings import set_setting

__all__ = ["back_up", "restore"]


def back_up(db: sqlite3.Connection, home: Path, now: datetime, to: Path | None = None) -> Path:
    """Write a copy (default: into `backups/` with the time in its name) and examine it before it counts."""
    target = to or home / "backups" / f"store-{now.strftime('%Y%m%dT%H%M%SZ')}.db"
    if target.exists():
        raise StoreError(f"{target} is already there; a backup never overwrites one.")
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(target.name + ".part")
    half.unlink(missing_ok=True)
    db.execute("vacuum into ?", [str(half)])
    _must_be_whole(half)
    half.rename(target)
    return target


def restore(home: Path, source: Path, now: datetime) -> Path | None:
    """Put a backup in the store file's place; what was there is kept and its path given (none if there was none).

    Raises StoreError, with nothing changed, where the backup is missing, damaged or from a newer program.
    """
    if not source.exists():
        raise StoreError(f"There is no file {source}.")
    _must_be_whole(source)
    kept = None
    target = home / "store.db"
    if target.exists():
        kept = home / "backups" / f"before-restore-{now.strftime('%Y%m%dT%H%M%SZ')}.db"
        kept.parent.mkdir(exist_ok=True)
        shutil.copy2(target, kept) if _is_damaged(target) else _copy(target, kept)
    _copy(source, target)
    db = open_file(target)
    with write(db):
        set_setting(db, "live_on", "")
    db.close()
    return kept


def _copy(source: Path, target: Path) -> None:
    """Through SQLite, so that a process that has the file open sees either all of it or none."""
    from_db, to_db = sqlite3.connect(source, timeout=30), sqlite3.connect(target, timeout=30)
    try:
        from_db.backup(to_db, pages=-1)
        to_db.execute("pragma journal_mode = wal")
    except sqlite3.DatabaseError:
        to_db.close()
        if target.name != "store.db":
            raise
        for part in ("", "-wal", "-shm"):
            Path(str(target) + part).unlink(missing_ok=True)
        to_db = sqlite3.connect(target)
        from_db.backup(to_db, pages=-1)
        to_db.execute("pragma journal_mode = wal")
    finally:
        from_db.close()
        to_db.close()


def _is_damaged(path: Path) -> bool:
    db = sqlite3.connect(path, timeout=30)
    try:
        return bool(db.execute("pragma quick_check").fetchone()[0] != "ok")
    except sqlite3.DatabaseError:
        return True
    finally:
        db.close()


def _must_be_whole(path: Path) -> None:
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    try:
        version = db.execute("pragma user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise StoreError(f"{path} was written by a newer ecomos; update the program first.")
        problems = examine(db)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} is not a store file ({error}).") from error
    finally:
        db.close()
    if problems:
        raise StoreError(f"{path} is damaged: {problems[0]}")
