"""Passwords: argon2 hashes, checked in the same time whether or not the name is known."""

import hashlib
import sqlite3
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from ecomos.errors import WrongUsage
from ecomos.store import write

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from ecomos.people.persons import Person

__all__ = ["authenticate", "hashed", "session_stamp", "set_password"]

SHORTEST = 10


def hashed(password: str) -> str:
    """The argon2 hash to keep. Raises WrongUsage for a password that is too short."""
    if len(password) < SHORTEST:
        raise WrongUsage(f"The password has {len(password)} characters; it needs at least {SHORTEST}.")
    return _hasher().hash(password)


def set_password(db: sqlite3.Connection, person_id: int, password: str) -> None:
    """Give a person a new password, which ends every session opened with the old one."""
    new = hashed(password)
    with write(db):
        changed = db.execute("update people set password_hash = ? where id = ?", [new, person_id]).rowcount
        if not changed:
            raise WrongUsage(f"There is no person {person_id}.")


def authenticate(db: sqlite3.Connection, email: str, password: str, on: date) -> "Person | None":
    """The person with this e-mail and password, where that person has not left on that day."""
    from argon2.exceptions import InvalidHashError, VerificationError

    from ecomos.people.persons import person

    row = db.execute("select id, password_hash from people where email = ?", [email.strip()]).fetchone()
    try:
        _hasher().verify(row["password_hash"] if row else _dummy(), password)
    except (VerificationError, InvalidHashError):
        return None
    found = person(db, row["id"]) if row else None
    return None if found is None or found.has_left(on) else found


def session_stamp(db: sqlite3.Connection, person_id: int) -> str:
    """A word for the cookie that changes with a new password, and when the person leaves; empty where there is none."""
    row = db.execute("select password_hash, left_on from people where id = ?", [person_id]).fetchone()
    return hashlib.sha256(f"{row['password_hash']}|{row['left_on']}".encode()).hexdigest()[:32] if row else ""


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _dummy() -> str:
    return _hasher().hash("nobody has this password")
