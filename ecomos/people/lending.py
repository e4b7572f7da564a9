"""Authority that is lent to a person: how much, of what, from which day to which; it ends by itself."""

import sqlite3
from datetime import date, datetime

from ecomos.errors import Refused, WrongUsage
from ecomos.store import events, iso, write

__all__ = ["LONGEST_DAYS", "keep_lending", "lent_to", "open_lendings", "take_back"]

LONGEST_DAYS = 92
"""A quarter: what is lent for longer belongs into a role."""


def keep_lending(
    db: sqlite3.Connection,
    person_id: int,
    kind: str,
    each_cents: int,
    from_on: date,
    to_on: date,
    *,
    lent_by: int,
    reason: str,
    now: datetime,
    a_day_cents: int | None = None,
    longest_days: int = LONGEST_DAYS,
) -> int:
    """Write down what is lent, and announce it; gives its number. Whether the lender may is the caller's question.

    Raises WrongUsage: no amount, no end within `longest_days`, no reason, lent to oneself.
    """
    if each_cents <= 0 or (a_day_cents is not None and a_day_cents < each_cents):
        raise WrongUsage("Lend an amount for a case that is more than nothing, and a cap for a day that holds one.")
    if to_on < from_on or (to_on - from_on).days > longest_days:
        raise WrongUsage(f"Lent authority ends: give a last day within {longest_days} days of the first.")
    if not reason.strip():
        raise WrongUsage("Write why: it stands beside everything that is decided with it.")
    if lent_by == person_id:
        raise WrongUsage("Nobody lends to themselves.")
    with write(db):
        row = db.execute(
            """insert into lendings(person_id, kind, each_cents, a_day_cents, from_on, to_on, lent_by, reason, lent_at)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                person_id,
                kind,
                each_cents,
                a_day_cents,
                from_on.isoformat(),
                to_on.isoformat(),
                lent_by,
                reason.strip(),
                iso(now),
            ],
        )
        data = {"kind": kind, "each_cents": each_cents, "to_on": to_on.isoformat()}
        who = f"person:{lent_by}"
        events.append(db, "authority.lent", ("person", person_id), actor=who, recorded_at=iso(now), data=data)
    return int(row.lastrowid or 0)


def take_back(db: sqlite3.Connection, number: int, by: int, now: datetime) -> None:
    """End what was lent before its day. Raises Refused where it has ended or never was."""
    with write(db):
        row = db.execute("select person_id, kind from lendings where id = ? and ended_at is null", [number]).fetchone()
        if row is None:
            raise Refused(f"Nothing is lent under number {number}.")
        db.execute("update lendings set ended_at = ? where id = ?", [iso(now), number])
        events.append(
            db,
            "authority.taken_back",
            ("person", row["person_id"]),
            actor=f"person:{by}",
            recorded_at=iso(now),
            data={"kind": row["kind"]},
        )


def lent_to(db: sqlite3.Connection, person_id: int, kind: str, on: date, now: datetime) -> list[sqlite3.Row]:
    """What the person has been lent of that kind and holds on that day at that time."""
    return db.execute(
        """select * from lendings where person_id = ? and kind = ? and from_on <= ? and to_on >= ?
             and lent_at <= ? and (ended_at is null or ended_at > ?) order by id""",
        [person_id, kind, on.isoformat(), on.isoformat(), iso(now), iso(now)],
    ).fetchall()


def open_lendings(db: sqlite3.Connection, on: date) -> list[sqlite3.Row]:
    """What is lent on that day or later and was not taken back, with the names of both."""
    return db.execute(
        """select l.*, t.name as to_name, b.name as by_name from lendings l
           join people t on t.id = l.person_id join people b on b.id = l.lent_by
           where l.ended_at is null and l.to_on >= ? order by l.id""",
        [on.isoformat()],
    ).fetchall()
