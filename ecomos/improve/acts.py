"""What people did: each human step, decision and answer once, with who did it, in which role, and how long it lay and
took. What the engine did by itself is no act."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ecomos.playbook.records import Playbook
from ecomos.store import iso, parse_iso
from ecomos.work import Shop, in_force

__all__ = ["Act", "Held", "acts_of", "between"]


@dataclass(frozen=True)
class Act:
    """One thing that a person did."""

    at: datetime
    on: date
    """The store's day."""
    person_id: int
    person: str
    kind: str
    """step, approve, hand, sample, document, unclear, answered, and the tasks about mail, files and holds."""
    role: str
    """The role that it was for."""
    procedure: str
    """The stem; empty for a task of no procedure."""
    step: str
    """The step's slug; empty where it has none."""
    area: str
    by_founder: bool
    because: str
    """Of a founder's act: `nobody else may`, or `wearing the hat of ROLE`; empty for anybody else's."""
    waited: timedelta
    """From when it could be taken until it was."""
    took: timedelta
    """From when it was taken until it was done; nothing where nobody said that they had taken it."""
    task_id: int


def between(shop: Shop, first: date, last: date) -> tuple[str, str]:
    """The instants at which the store's days `first` to `last` begin and end, as the store writes them."""
    begins = shop.working.at(first, time(0))
    return iso(begins), iso(shop.working.at(last + timedelta(days=1), time(0)))


_DONE = """
select t.id, t.kind, t.role, t.step, t.opened_at, t.taken_at, t.done_at as at, t.done_by as person_id, r.procedure
from tasks t left join runs r on r.id = t.run_id
where t.done_by is not null and t.kind <> 'wait' and t.status in ('done', 'skipped', 'elsewhere')
  and t.done_at >= ? and t.done_at < ?
union all
select t.id, 'answered', t.role, t.step, n.at, n.at, n.at, n.other_person_id, r.procedure
from task_notes n join tasks t on t.id = n.task_id left join runs r on r.id = t.run_id
where n.kind = 'asked' and n.other_person_id is not null and n.at >= ? and n.at < ?
order by at, 1
"""


def acts_of(shop: Shop, first: date, last: date, now: datetime) -> list[Act]:
    """Every act of the store's days `first` to `last`, in the order of time."""
    held = Held(shop, in_force(shop, now))
    span = between(shop, first, last)
    return list(_acts(shop, held, shop.db.execute(_DONE, [*span, *span]).fetchall()))


def _acts(shop: Shop, held: "Held", rows: list[sqlite3.Row]) -> Iterator[Act]:
    areas = {stem: p.area for stem, p in held.book.procedures.items()}
    for row in rows:
        at = parse_iso(row["at"])
        on = shop.today(at)
        founder = held.is_founder(row["person_id"], on)
        opened, taken = parse_iso(row["opened_at"]), parse_iso(row["taken_at"] or row["at"])
        yield Act(
            at=at,
            on=on,
            person_id=row["person_id"],
            person=held.names.get(row["person_id"], ""),
            kind=row["kind"],
            role=row["role"],
            procedure=row["procedure"] or "",
            step=row["step"] or "",
            area=areas.get(row["procedure"] or "", "the store itself"),
            by_founder=founder,
            because=held.because(row["role"], on) if founder else "",
            waited=max(taken - opened, timedelta()),
            took=max(at - taken, timedelta()),
            task_id=row["id"],
        )


class Held:
    """Who held which role on which day, read once."""

    def __init__(self, shop: Shop, book: Playbook) -> None:
        self.book = book
        self.names = {r["id"]: r["name"] for r in shop.db.execute("select id, name from people")}
        self.rows = [
            (r["person_id"], r["role"], r["from_on"], r["to_on"] or "9999", r["left_on"] or "9999")
            for r in shop.db.execute("select r.*, p.left_on from person_roles r join people p on p.id = r.person_id")
        ]

    def holders(self, role: str, on: date) -> set[int]:
        """Who held the role on that day."""
        day = on.isoformat()
        return {p for p, held, since, until, left in self.rows if held == role and since <= day <= until and day < left}

    def is_founder(self, person_id: int, on: date) -> bool:
        return person_id in self.holders("founder", on)

    def because(self, role: str, on: date) -> str:
        """Why a founder did what was for this role."""
        if role == "founder":
            return "nobody else may"
        described = self.book.roles.get(role)
        others = self.holders(role, on) | (
            self.holders(described.deputy, on) if described and described.deputy else set()
        )
        return f"wearing the hat of {role}" if others - self.holders("founder", on) else "nobody else may"
