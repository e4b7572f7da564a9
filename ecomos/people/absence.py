"""When people are away."""

import sqlite3
from datetime import date

from ecomos.errors import WrongUsage
from ecomos.store import write

__all__ = ["absences_ahead", "is_away", "set_absence"]


def set_absence(db: sqlite3.Connection, person_id: int, from_on: date, to_on: date, reason: str = "") -> None:
    """Write down that a person is away from the first to the last day. Raises WrongUsage where it ends before."""
    if to_on < from_on:
        raise WrongUsage(f"An absence can't end ({to_on}) before it begins ({from_on}).")
    with write(db):
        values = [person_id, from_on.isoformat(), to_on.isoformat(), reason or None]
        db.execute("insert into absences(person_id, from_on, to_on, reason) values (?, ?, ?, ?)", values)


def is_away(db: sqlite3.Connection, person_id: int, on: date) -> bool:
    """Is the person away on that day?"""
    sql = "select 1 from absences where person_id = ?1 and from_on <= ?2 and to_on >= ?2"
    return db.execute(sql, [person_id, on.isoformat()]).fetchone() is not None


def absences_ahead(db: sqlite3.Connection, person_id: int, on: date) -> list[tuple[date, date]]:
    """The first and last days of the absences that are not over on that day."""
    sql = "select from_on, to_on from absences where person_id = ? and to_on >= ? order by from_on"
    rows = db.execute(sql, [person_id, on.isoformat()])
    return [(date.fromisoformat(r["from_on"]), date.fromisoformat(r["to_on"])) for r in rows]
