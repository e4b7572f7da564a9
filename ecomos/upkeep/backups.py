"""Backups by themselves: one a night, fourteen kept, the newest restored into a folder apart and examined each week."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

from ecomos.errors import StoreError
from ecomos.store import back_up, examine, get_setting, iso, open_file, restore, set_setting, write
from ecomos.work import Shop, open_upkeep_task

__all__ = ["KEPT", "NIGHT", "check_a_restore", "nightly_backup"]

NIGHT = time(2)
"""From this hour of the store's day on, the night's backup is due."""
KEPT = 14
CHECK_EVERY = timedelta(days=7)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody else is at it; a process that died holds nothing."""
    folder.mkdir(exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(lock)


def nightly_backup(shop: Shop, now: datetime) -> Path | None:
    """Back up where this night's backup is due and not there; gives it. A demo store keeps none.

    What can't be written is a task of the founder, once a night.
    """
    here = now.astimezone(shop.home.zone)
    if shop.home.clock == "demo" or here.time() < NIGHT:
        return None
    folder = shop.home.path / "backups"
    target = folder / f"nightly-{here.date().isoformat()}.db"
    if target.exists():
        return None
    with _alone(folder) as alone:
        if not alone or target.exists():
            return None
        try:
            made = back_up(shop.db, shop.home.path, now, target)
        except (StoreError, OSError) as error:
            open_upkeep_task(shop, f"backup {here.date()}", "The night's backup could not be written", str(error), now)
            return None
        _forget_the_oldest(folder)
    return made


def _forget_the_oldest(folder: Path) -> None:
    for old in sorted(folder.glob("nightly-*.db"))[:-KEPT]:
        old.unlink()


def check_a_restore(shop: Shop, now: datetime) -> bool | None:
    """Once a week, restore the newest backup into a folder apart and examine it: True where it is whole.

    None where it is not due. One that is not whole is a task of the founder.
    """
    last = get_setting(shop.db, "restore checked")
    if shop.home.clock == "demo" or (last and now - datetime.fromisoformat(last) < CHECK_EVERY):
        return None
    newest = max((shop.home.path / "backups").glob("nightly-*.db"), default=None)
    if newest is None:
        return None
    fault = _fault_of(newest, now)
    with write(shop.db):
        set_setting(shop.db, "restore checked", iso(now))
    if fault:
        said = f"{newest.name}: {fault}"
        open_upkeep_task(shop, f"restore {_day(now)}", "A backup can't be restored", said, now)
    return not fault


def _day(now: datetime) -> date:
    return now.date()


def _fault_of(backup: Path, now: datetime) -> str:
    """What is wrong with a backup, found by bringing it back; empty where nothing is."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            restore(Path(folder), backup, now)
            db = open_file(Path(folder) / "store.db")
            try:
                return "; ".join(str(p) for p in examine(db)[:3])
            finally:
                db.close()
        except StoreError as error:
            return str(error)
