"""Small facts about this store file itself (its id, who was told that it is live, where the engine stands)."""

import sqlite3

__all__ = ["get_setting", "set_setting"]


def get_setting(db: sqlite3.Connection, name: str, default: str = "") -> str:
    """One setting as text."""
    row = db.execute("select value from settings where name = ?", [name]).fetchone()
    return row[0] if row else default


def set_setting(db: sqlite3.Connection, name: str, value: str) -> None:
    """Keep one setting; inside the caller's transaction."""
    db.execute(
        "insert into settings(name, value) values (?, ?) on conflict(name) do update set value = excluded.value",
        [name, value],
    )
