"""From shift to shift: what is open is listed by itself, a few words are added, and the next one of the role reads
them. The leads see all of them."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecomos.errors import Refused
from ecomos.people import end_shift, person, roles_of
from ecomos.store import iso, parse_iso, write
from ecomos.work.authority import acting_roles
from ecomos.work.escalation import roles_under
from ecomos.work.queue import queue_of
from ecomos.work.shop import Shop
from ecomos.work.tasks import give_back
from ecomos.work.versions import in_force

__all__ = ["Handover", "handovers_under", "open_of_shift", "read_handover", "unread_handovers", "write_handover"]

LONGEST = 5000
KEPT_IN_SIGHT = timedelta(days=14)


@dataclass(frozen=True)
class Handover:
    """What one shift told the next."""

    id: int
    roles: tuple[str, ...]
    written_by: int
    written_at: datetime
    text: str
    work: tuple[tuple[int, str], ...]
    """(task, in words) of what was open then."""
    read_by: int | None
    read_at: datetime | None


def open_of_shift(shop: Shop, person_id: int, now: datetime) -> list[tuple[int, str]]:
    """What is open on this person's list now, in words: a task, or a wave by its first."""
    found = []
    for i in queue_of(shop, person_id, now):
        if i.group == "waiting":
            continue
        mark = " (late)" if i.group == "late" else ""
        hand = ", in hand" if i.person_id == person_id else ""
        found.append((i.task_id, f"{i.subject + ': ' if i.subject else ''}{i.title}{mark}{hand}"))
    return found


def write_handover(shop: Shop, person_id: int, text: str, now: datetime, *, give_all_back: bool = True) -> int:
    """Leave a note for the next shift, with what is open; gives its number.

    What the person had taken is on the role's list again, unless they keep it. Raises Refused: no role, nothing to say.
    """
    roles, words = roles_of(shop.db, person_id, shop.today(now)), text.strip()[:LONGEST]
    work = open_of_shift(shop, person_id, now)
    if not roles:
        raise Refused("You hold no role today: there is no shift to hand over.")
    if not words and not work:
        raise Refused("Nothing is open, and nothing is said: write a line, or just go home.")
    with write(shop.db):
        row = shop.db.execute(
            "insert into handovers(roles, written_by, written_at, text, work) values (?, ?, ?, ?, ?)",
            [json.dumps(roles), person_id, iso(now), words, json.dumps(work)],
        )
        number = int(row.lastrowid or 0)
        end_shift(shop.db, person_id, len(work), now, shop.today(now))
        if give_all_back:
            _give_back_all(shop, person_id, now)
    return number


def _give_back_all(shop: Shop, person_id: int, now: datetime) -> None:
    while row := shop.db.execute(
        "select id from tasks where status = 'taken' and person_id = ? limit 1", [person_id]
    ).fetchone():
        give_back(shop, row["id"], person_id, now)


def unread_handovers(shop: Shop, person_id: int, now: datetime) -> list[Handover]:
    """What others of this person's roles left, and nobody of the role has read yet; the oldest first."""
    mine = acting_roles(shop, person_id, now)
    rows = shop.db.execute(
        "select * from handovers where read_at is null and written_by <> ? order by id", [person_id]
    ).fetchall()
    return [h for h in map(_handover, rows) if mine & set(h.roles)]


def read_handover(shop: Shop, number: int, person_id: int, now: datetime) -> None:
    """The next one of the role has read it. Raises Refused for another's role, and for one's own note."""
    with write(shop.db):
        row = shop.db.execute("select * from handovers where id = ?", [number]).fetchone()
        if row is None:
            raise Refused(f"There is no hand-over note {number}.")
        if row["written_by"] == person_id:
            raise Refused("It is your own note: it waits for the next one.")
        if not acting_roles(shop, person_id, now) & set(json.loads(row["roles"])):
            raise Refused("This note is for another role.")
        if row["read_at"] is not None:
            raise Refused(f"{person(shop.db, row['read_by']).name} has read it already.")
        shop.db.execute("update handovers set read_by = ?, read_at = ? where id = ?", [person_id, iso(now), number])


def handovers_under(shop: Shop, person_id: int, now: datetime) -> list[Handover]:
    """The notes of the last two weeks of this person's roles and of all below them, the newest first."""
    own = acting_roles(shop, person_id, now)
    under = roles_under(in_force(shop, now), own)
    rows = shop.db.execute(
        "select * from handovers where written_at >= ? order by id desc", [iso(now - KEPT_IN_SIGHT)]
    ).fetchall()
    return [h for h in map(_handover, rows) if "founder" in own or under & set(h.roles)]


def _handover(row: sqlite3.Row) -> Handover:
    return Handover(
        row["id"],
        tuple(json.loads(row["roles"])),
        row["written_by"],
        parse_iso(row["written_at"]),
        row["text"],
        tuple((task, words) for task, words in json.loads(row["work"])),
        row["read_by"],
        parse_iso(row["read_at"]) if row["read_at"] else None,
    )
