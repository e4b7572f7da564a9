"""The roles that people hold, from a day to a day."""

import re
import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta

from ecomos.errors import WrongUsage
from ecomos.store import write

__all__ = ["holders", "roles_of", "set_roles"]


def set_roles(db: sqlite3.Connection, person_id: int, roles: Iterable[str], on: date) -> None:
    """From that day on the person holds exactly these roles; what was held before stays on record.

    Raises WrongUsage for a name that no role file could have. Whether the playbook knows it is the caller's question.
    """
    wanted = set(roles)
    for role in sorted(wanted):
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", role):
            raise WrongUsage(f"{role!r} is no role's name, as in support-lead.")
    with write(db):
        kept = set()
        sql = "select id, role, from_on from person_roles where person_id = ? and (to_on is null or to_on >= ?)"
        for row in db.execute(sql, [person_id, on.isoformat()]).fetchall():
            if row["role"] in wanted and row["from_on"] <= on.isoformat():
                kept.add(row["role"])
                db.execute("update person_roles set to_on = null where id = ?", [row["id"]])
            else:
                _end(db, row, on)
        for role in sorted(wanted - kept):
            values = [person_id, role, on.isoformat()]
            db.execute("insert into person_roles(person_id, role, from_on) values (?, ?, ?)", values)


def _end(db: sqlite3.Connection, row: sqlite3.Row, on: date) -> None:
    if row["from_on"] >= on.isoformat():
        db.execute("delete from person_roles where id = ?", [row["id"]])
    else:
        last = (on - timedelta(days=1)).isoformat()
        db.execute("update person_roles set to_on = ? where id = ?", [last, row["id"]])


def roles_of(db: sqlite3.Connection, person_id: int, on: date) -> tuple[str, ...]:
    """The roles that a person holds on that day, by name; none once the person has left."""
    sql = """
        select distinct r.role from person_roles r join people p on p.id = r.person_id
        where r.person_id = ?1 and r.from_on <= ?2 and (r.to_on is null or r.to_on >= ?2)
          and (p.left_on is null or p.left_on > ?2)
        order by r.role"""
    return tuple(row["role"] for row in db.execute(sql, [person_id, on.isoformat()]))


def holders(db: sqlite3.Connection, role: str, on: date) -> tuple[int, ...]:
    """Who holds the role on that day and has not left, longest first; those who are away too."""
    sql = """
        select r.person_id, min(r.from_on) as since from person_roles r join people p on p.id = r.person_id
        where r.role = ?1 and r.from_on <= ?2 and (r.to_on is null or r.to_on >= ?2)
          and (p.left_on is null or p.left_on > ?2)
        group by r.person_id order by since, r.person_id"""
    return tuple(row["person_id"] for row in db.execute(sql, [role, on.isoformat()]))
