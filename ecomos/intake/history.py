"""Reading what was imported, for the pages and for notebooks."""

import sqlite3

__all__ = ["imports_list"]


def imports_list(db: sqlite3.Connection, most: int = 500) -> list[sqlite3.Row]:
    """Every import with its counts, the newest first."""
    return db.execute("select * from imports order by id desc limit ?", [most]).fetchall()
