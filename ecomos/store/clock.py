"""What time it is in a store: the machine's, or a demo store's own, which starts on Tue 24 Nov 2026 at 09:00 and runs
only while it is served. The one place that looks at a clock."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta

from ecomos.store.file import iso, parse_iso, write
from ecomos.store.home import Home
from ecomos.store.settings import get_setting, set_setting

__all__ = ["demo_start", "now_in", "wind"]

LONGEST_GAP = timedelta(minutes=3)
"""A demo clock that was not wound for so long stands still: nobody serves it."""


def demo_start(home: Home) -> datetime:
    """Tue 24 Nov 2026, 09:00 in the store's zone."""
    return datetime(2026, 11, 24, 9, tzinfo=home.zone)


def now_in(home: Home, db: sqlite3.Connection) -> datetime:
    """The store's present."""
    real = datetime.now(UTC)
    if home.clock != "demo":
        return real
    kept = json.loads(get_setting(db, "demo clock", "{}"))
    if not kept:
        return demo_start(home)
    return parse_iso(kept["store"]) + min(max(real - parse_iso(kept["real"]), timedelta()), LONGEST_GAP)


def wind(home: Home, db: sqlite3.Connection, *, resume: bool = False) -> datetime:
    """Keep a demo clock going; `resume` at the start of serving goes on from where it stood. Gives the present."""
    if home.clock != "demo":
        return datetime.now(UTC)
    kept = json.loads(get_setting(db, "demo clock", "{}"))
    at = parse_iso(kept["store"]) if kept and resume else now_in(home, db)
    with write(db):
        set_setting(db, "demo clock", json.dumps({"store": iso(at), "real": iso(datetime.now(UTC))}))
    return at
