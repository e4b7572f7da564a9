"""The inbox: exports and mails dropped there, or in a channel's folder, are read when nobody writes to them any more
and moved away with a note beside those that were not read whole. It can be killed anywhere and run again, even twice
at once."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ecomos.errors import WrongUsage
from ecomos.intake.account import Account, read_account
from ecomos.intake.imports import import_file, refuse_file
from ecomos.orders.load_channels import NAME
from ecomos.store import Home

__all__ = ["scan_inbox"]

DONE, REFUSED = "read", "refused"
HALF = (".part", ".crdownload", ".tmp", ".download", ".filepart", ".swp")
NOTE = ".problems.txt"


def scan_inbox(home: Home, db: sqlite3.Connection, now: datetime, *, settle_seconds: float = 10) -> list[Account]:
    """Import every settled file and move it to read/ or refused/; the accounts in the order of the file names.

    Settled means unchanged for `settle_seconds` of the machine's own time (a demo store's clock does not count). A
    file that was loaded but not moved yet is known by its fingerprint and only moved. Where another scanner is at
    it, nothing is done: that one reads them.
    """
    inbox = home.path / "inbox"
    if not inbox.is_dir():
        return []
    lock = os.open(inbox, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return _scan(home, db, now, settle_seconds)
    except BlockingIOError:
        return []
    finally:
        os.close(lock)


def _scan(home: Home, db: sqlite3.Connection, now: datetime, settle_seconds: float) -> list[Account]:
    accounts = []
    for path, channel in list(_waiting(home.path / "inbox", settle_seconds)):
        try:
            account = _take(home, db, now, path, channel)
        except FileNotFoundError:
            continue  # somebody took it away
        if account is not None:
            accounts.append(account)
    return accounts


def _waiting(inbox: Path, settle_seconds: float) -> Iterator[tuple[Path, str | None]]:
    """Settled files with the channel that their folder names, by name."""
    if not inbox.is_dir():
        return
    for path in sorted(inbox.iterdir()):
        if path.name.startswith(".") or (path.name in (DONE, REFUSED) and path.is_dir()):
            continue
        if path.is_dir() and not path.is_symlink():
            for inner in sorted(path.iterdir()):
                if _is_settled(inner, settle_seconds):
                    yield inner, path.name
        elif _is_settled(path, settle_seconds):
            yield path, None


def _is_settled(path: Path, settle_seconds: float) -> bool:
    if path.name.startswith(".") or path.name.endswith((*HALF, NOTE)):
        return False
    try:
        state = path.lstat()
    except FileNotFoundError:
        return False
    if path.is_dir() and not path.is_symlink():
        return False
    real = time.time()
    changed = state.st_mtime if state.st_mtime <= real + 1 else state.st_ctime
    return real - changed >= settle_seconds


def _take(home: Home, db: sqlite3.Connection, now: datetime, path: Path, channel: str | None) -> Account | None:
    """Import one file and move it; None where it was written to meanwhile and is left for the next time."""
    before = path.lstat()
    mark = f"{before.st_dev}:{before.st_ino}:{before.st_mtime_ns}:{before.st_ctime_ns}"
    reason = _no_file(path, channel)
    if reason:
        account = refuse_file(home, db, path, now, reason, mark)
    else:
        try:
            account = import_file(home, db, path, now, channel=channel, mark=mark)
        except WrongUsage as error:
            account = refuse_file(home, db, path, now, str(error), mark)
    after = path.lstat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return None
    told = read_account(db, account.import_id) if account.status == "already" else account
    _move(home.path / "inbox", path, told)
    return account


def _no_file(path: Path, channel: str | None) -> str | None:
    if path.is_symlink() or not path.is_file():
        return f"{path.name} is a link, not a file: it was not followed."
    if channel is not None and not NAME.fullmatch(channel):
        return f"The folder “{channel}” is no name for a channel: letters, digits, blank, dot, dash."
    return None


def _move(inbox: Path, path: Path, account: Account) -> None:
    folder = inbox / (DONE if account.status == "loaded" else REFUSED)
    folder.mkdir(exist_ok=True)
    target = _free(folder, path.name)
    try:
        os.replace(path, target)
    except FileNotFoundError:
        target.unlink()
        raise
    if not account.is_fine:
        _write_note(target.with_name(target.name + NOTE), account)


def _free(folder: Path, name: str) -> Path:
    """A name that is not taken, and is ours now: orders.csv, orders-2.csv, …"""
    target, number = folder / name, 2
    while not _is_ours(target):
        stem, dot, rest = name.partition(".")
        target = folder / f"{stem}-{number}{dot}{rest}"
        number += 1
    return target


def _is_ours(target: Path) -> bool:
    """Make an empty file of that name, which another scanner then sees; False where there is one."""
    try:
        target.open("x").close()
    except FileExistsError:
        return False
    return True


def _write_note(path: Path, account: Account) -> None:
    path.write_text("\n".join(account.lines()) + "\n", encoding="utf-8")
