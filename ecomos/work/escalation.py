"""How a case went up: who had it, by which clock or word it moved, where it goes next; and everybody's late list for
whoever leads them."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecomos.playbook.records import LateRung, Playbook
from ecomos.store import iso, parse_iso
from ecomos.work.authority import acting_roles, role_above
from ecomos.work.ladder import rungs_ahead
from ecomos.work.queue import case_name
from ecomos.work.run import load_run
from ecomos.work.shop import Shop
from ecomos.work.tasks import task_row
from ecomos.work.versions import in_force

__all__ = ["Climb", "LateWork", "climbs_of", "late_count", "late_under", "roles_under", "went_up", "went_up_itself"]

SAID = ("not sure", "moved", "told", "handed over", "given back", "declined", "asked")
"""The notes on a task that belong to its way."""


@dataclass(frozen=True)
class Climb:
    """One stretch of a task's way."""

    at: datetime
    deed: str
    """opened; not sure, moved, told, handed over, given back, declined, asked; now; tell, hand to (still ahead)."""
    role: str
    """Whose list it is on from there; of told and tell: who is told."""
    person_id: int | None
    """Who did it; of now: who has it."""
    other_id: int | None = None
    """To whom it was handed, who was asked."""
    note: str = ""

    @property
    def is_ahead(self) -> bool:
        return self.deed in ("tell", "hand to")


@dataclass(frozen=True)
class LateWork:
    """A task that is late or went up, as its lead sees it."""

    task_id: int
    title: str
    about: tuple[str | None, Any]
    case: str
    role: str
    person_id: int | None
    due_at: datetime | None
    is_late: bool
    how: str
    """late, not sure, moved up: why it stands here; the last that happened."""
    next: tuple[LateRung, datetime] | None


# ---- the way of one task


def climbs_of(shop: Shop, task_id: int, now: datetime) -> list[Climb]:
    """The way of a task from the list on which it began, to where it is, to where it goes if nothing is done."""
    task = task_row(shop, task_id)
    first = _first_role(shop, task)
    found = [
        Climb(parse_iso(task["opened_at"]), "opened", first, None, note=_why_opened(task)),
        *_said(shop, task, first),
    ]
    if task["status"] not in ("open", "taken"):
        return found
    found.append(Climb(now, "now", task["role"], task["person_id"], other_id=task["offered_to"]))
    return found + [Climb(when, rung.deed, rung.role, None) for rung, when in rungs_ahead(shop, task, now)]


def _first_role(shop: Shop, task: sqlite3.Row) -> str:
    """On whose list it was put: for a step the text says so, others move only by a word that names who had them."""
    if task["kind"] == "step" and task["run_id"]:
        run = load_run(shop, task["run_id"])
        step = next((s for s in run.procedure.steps if s.slug == task["step"]), None)
        return (step.role if step else None) or run.procedure.performer
    return str(task["role"])


def _why_opened(task: sqlite3.Row) -> str:
    return str(task["note"] or "") if task["kind"] != "step" else ""


def _said(shop: Shop, task: sqlite3.Row, role: str) -> Iterator[Climb]:
    book = in_force(shop, parse_iso(task["opened_at"]))
    rows = shop.db.execute("select * from task_notes where task_id = ? order by id", [task["id"]])
    for row in rows:
        if row["kind"] not in SAID:
            continue
        if row["kind"] == "not sure":
            role = role_above(book, role) or "founder"
        elif row["kind"] == "moved":
            role = row["note"]
        at = row["note"] if row["kind"] == "told" else role
        words = "" if row["kind"] in ("told", "moved", "asked") else row["note"] or ""
        yield Climb(parse_iso(row["at"]), row["kind"], at, row["person_id"], row["other_person_id"], words)


def went_up(shop: Shop, about: tuple[str, Any], now: datetime) -> list[int]:
    """The open tasks of a case that are late, went up, or wait for somebody with enough authority."""
    rows = shop.db.execute(
        f"""select t.id from tasks t join runs r on r.id = t.run_id join run_cases c on c.run_id = r.id
            where c.type = ? and c.id = ? and {_UP} order by t.id""",
        [*about, iso(now)],
    )
    return [r["id"] for r in rows]


def went_up_itself(shop: Shop, task_id: int, now: datetime) -> bool:
    """Is this task late, did it go up, or does it wait for somebody with enough authority?"""
    sql = f"select 1 from tasks t where t.id = ? and {_UP}"
    return shop.db.execute(sql, [task_id, iso(now)]).fetchone() is not None


_UP = """t.status in ('open', 'taken')
  and (t.due_at < ? or t.kind = 'approve'
       or exists (select 1 from task_notes n where n.task_id = t.id and n.kind in ('not sure', 'moved', 'told')))"""


# ---- everybody's late list


def roles_under(book: Playbook, roles: set[str]) -> set[str]:
    """These roles and all that report to them, over any number of rungs."""
    found = set(roles)
    while more := {r.stem for r in book.roles.values() if r.reports_to in found} - found:
        found |= more
    return found


def late_under(shop: Shop, person_id: int, now: datetime) -> list[LateWork]:
    """What is late, was not sure or moved up on the lists of this person's roles and of all below them, the longest
    late first."""
    own = acting_roles(shop, person_id, now)
    under = roles_under(in_force(shop, now), own)
    rows = shop.db.execute(
        f"""select t.*, (select n.kind from task_notes n where n.task_id = t.id and n.kind in ('not sure', 'moved')
                         order by n.id desc limit 1) as moved
            from tasks t where {_UP} order by coalesce(t.due_at, '9999'), t.id""",
        [iso(now)],
    ).fetchall()
    return [_late(shop, row, now) for row in rows if "founder" in own or row["role"] in under]


def late_count(shop: Shop, person_id: int, now: datetime) -> int:
    """How much `late_under` lists."""
    own = acting_roles(shop, person_id, now)
    under = roles_under(in_force(shop, now), own)
    rows = shop.db.execute(f"select t.role, count(*) as many from tasks t where {_UP} group by t.role", [iso(now)])
    return sum(r["many"] for r in rows if "founder" in own or r["role"] in under)


def _late(shop: Shop, task: sqlite3.Row, now: datetime) -> LateWork:
    due = parse_iso(task["due_at"]) if task["due_at"] else None
    ahead = [(rung, when) for rung, when in rungs_ahead(shop, task, now) if when >= now]
    late = due is not None and due < now
    how = {"not sure": "not sure", "moved": "moved up"}.get(task["moved"]) or ("late" if late else "to decide")
    return LateWork(
        task["id"],
        task["title"],
        (task["about_type"], task["about_id"]),
        case_name(shop, task["about_type"], task["about_id"]),
        task["role"],
        task["person_id"],
        due,
        late,
        how,
        ahead[0] if ahead else None,
    )
