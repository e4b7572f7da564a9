"""Is the file whole? SQLite's own checks and the chain of events."""

import sqlite3

from ecomos.errors import Problem
from ecomos.store import events

__all__ = ["examine"]


def examine(db: sqlite3.Connection) -> list[Problem]:
    """Every damage to the file: its pages, its references, its chain. Empty means whole."""
    try:
        found = [Problem("store.db", 0, row[0]) for row in db.execute("pragma integrity_check") if row[0] != "ok"]
        for row in db.execute("pragma foreign_key_check"):
            found.append(Problem(row[0], row[1] or 0, f"refers to a row of {row[2]} that is not there"))
        return found + events.verify(db)
    except sqlite3.DatabaseError as error:
        return [Problem("store.db", 0, f"damaged: {error}")]
