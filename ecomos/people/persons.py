"""The people themselves: joining, leaving, looking up."""

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from ecomos.errors import WrongUsage
from ecomos.people.passwords import hashed
from ecomos.people.roles import roles_of, set_roles
from ecomos.store import events, iso, write

__all__ = ["Person", "add_person", "leave", "people", "person"]


@dataclass(frozen=True)
class Person:
    """One member of the team."""

    id: int
    name: str
    email: str
    started_on: date
    left_on: date | None
    """The first day without them; None while they stay."""

    def has_left(self, on: date) -> bool:
        """Are they gone on that day?"""
        return self.left_on is not None and self.left_on <= on


def add_person(
    db: sqlite3.Connection,
    name: str,
    email: str,
    roles: Iterable[str],
    password: str,
    now: datetime,
    zone: tzinfo = UTC,
    actor: str = "hand",
) -> int:
    """Add a person who starts today (in `zone`) with these roles, announce it, and give the id.

    Raises WrongUsage for an empty name, an e-mail that is none or taken, or a weak password.
    """
    name, email = name.strip(), email.strip()
    if not name:
        raise WrongUsage("A person needs a name.")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise WrongUsage(f"{email!r} is no e-mail address, as in ana@shop.example.")
    password_hash, today = hashed(password), now.astimezone(zone).date()
    with write(db):
        if db.execute("select 1 from people where email = ?", [email]).fetchone():
            raise WrongUsage(f"{email} is taken by another person; each person logs in with an e-mail of their own.")
        values = [name, email, password_hash, today.isoformat()]
        row = db.execute("insert into people(name, email, password_hash, started_on) values (?, ?, ?, ?)", values)
        number = int(row.lastrowid or 0)
        set_roles(db, number, roles, today)
        data = {"roles": roles_of(db, number, today)}
        events.append(db, "person.joined", ("person", number), actor=actor, recorded_at=iso(now), data=data)
    return number


def leave(db: sqlite3.Connection, person_id: int, on: date, now: datetime, actor: str = "hand") -> None:
    """From that day on the person is gone: no log-in, no work. Announced once; a second call only moves the day."""
    with write(db):
        before = person(db, person_id)
        db.execute("update people set left_on = ? where id = ?", [on.isoformat(), person_id])
        if before.left_on is None:
            data = {"roles": roles_of(db, person_id, on)}
            events.append(db, "person.left", ("person", person_id), actor=actor, recorded_at=iso(now), data=data)


def person(db: sqlite3.Connection, person_id: int) -> Person:
    """One person, here or gone. Raises WrongUsage where there is none with this id."""
    row = db.execute("select * from people where id = ?", [person_id]).fetchone()
    if row is None:
        raise WrongUsage(f"There is no person {person_id}.")
    return _person(row)


def people(db: sqlite3.Connection, on: date) -> tuple[Person, ...]:
    """Who belongs to the team on that day, by name."""
    sql = "select * from people where started_on <= ?1 and (left_on is null or left_on > ?1) order by name, id"
    return tuple(_person(row) for row in db.execute(sql, [on.isoformat()]))


def _person(row: sqlite3.Row) -> Person:
    left = date.fromisoformat(row["left_on"]) if row["left_on"] else None
    return Person(row["id"], row["name"], row["email"], date.fromisoformat(row["started_on"]), left)
