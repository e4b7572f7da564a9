"""What is on whose list: late, soon, later, waiting; a wave as one entry; what others have that concerns this
person."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ecomos.people import person
from ecomos.store import iso, parse_iso
from ecomos.work.authority import acting_roles
from ecomos.work.run import load_run
from ecomos.work.shop import Shop
from ecomos.work.versions import in_force

__all__ = ["Item", "case_name", "next_after", "queue_of", "queue_of_roles", "told"]

SOON = timedelta(hours=2)


@dataclass(frozen=True)
class Item:
    """One entry of a queue: a task, or a wave of them."""

    task_id: int
    group: str
    """late, soon, later, waiting."""
    title: str
    subject: str
    """The case in short: #1019, or `24 orders, standard`."""
    procedure: str
    role: str
    kind: str
    due_at: datetime | None
    person_id: int | None
    person: str
    """Who has taken it; empty while nobody has."""
    why: str
    batch_id: int | None = None
    size: int = 1
    offered: bool = False


def queue_of(shop: Shop, person_id: int, now: datetime) -> list[Item]:
    """What this person can do now, the most urgent first, and what they wait for."""
    return _items(shop, acting_roles(shop, person_id, now), person_id, now)


def queue_of_roles(shop: Shop, roles: Sequence[str], now: datetime) -> list[Item]:
    """What stands on these roles' lists, whoever took it."""
    return _items(shop, set(roles), None, now)


def _items(shop: Shop, roles: set[str], person_id: int | None, now: datetime) -> list[Item]:
    rows = shop.db.execute(
        f"""select t.id, t.title, t.role, t.kind, t.person_id, t.offered_to, t.status, t.due_at, t.later_until, t.note,
              t.batch_id, t.about_type, t.about_id, r.procedure, b.key as batch_key, o.number
            from tasks t
            left join runs r on r.id = t.run_id left join batches b on b.id = t.batch_id
            left join orders o on t.about_type = 'order' and o.id = t.about_id
            where t.status in ('open', 'taken', 'waiting')
              and (t.role in ({", ".join("?" * len(roles))}) or t.person_id = ? or t.offered_to = ?)
            order by coalesce(t.due_at, '9999'), t.id""",
        [*sorted(roles), person_id, person_id],
    ).fetchall()
    if person_id is not None:
        rows = [r for r in rows if _is_for(r, person_id)]
    names = {p["id"]: p["name"] for p in shop.db.execute("select id, name from people")}
    titles = {stem: p.title for stem, p in in_force(shop, now).procedures.items()}
    found = [_item(shop, group, person_id, names, titles, now) for group in _grouped(rows)]
    order = {"late": 0, "soon": 1, "later": 2, "waiting": 3}
    return sorted(found, key=lambda i: (order[i.group], i.due_at or datetime.max.replace(tzinfo=now.tzinfo)))


def _is_for(row: sqlite3.Row, person_id: int) -> bool:
    if row["offered_to"] not in (None, person_id):
        return False
    return row["person_id"] in (None, person_id) or row["status"] == "waiting"


def _grouped(rows: list[sqlite3.Row]) -> list[list[sqlite3.Row]]:
    """Tasks of one wave that the same hands have, together; every other task alone."""
    found: dict[object, list[sqlite3.Row]] = {}
    for row in rows:
        key = ("wave", row["batch_id"], row["person_id"]) if row["batch_id"] else row["id"]
        found.setdefault(key, []).append(row)
    return list(found.values())


def _item(
    shop: Shop,
    rows: list[sqlite3.Row],
    person_id: int | None,
    names: dict[int, str],
    titles: dict[str, str],
    now: datetime,
) -> Item:
    first = rows[0]
    due = parse_iso(first["due_at"]) if first["due_at"] else None
    return Item(
        task_id=first["id"],
        group=_group(first, due, now),
        title=first["title"],
        subject=_subject(shop, rows),
        procedure=titles.get(first["procedure"] or "", first["procedure"] or ""),
        role=first["role"],
        kind=first["kind"],
        due_at=due,
        person_id=first["person_id"],
        person=names.get(first["person_id"], ""),
        why=first["note"] or "",
        batch_id=first["batch_id"],
        size=len(rows),
        offered=first["offered_to"] is not None and first["offered_to"] == person_id,
    )


def _group(row: sqlite3.Row, due: datetime | None, now: datetime) -> str:
    if row["status"] == "waiting":
        return "waiting"
    if row["later_until"] and row["later_until"] > iso(now):
        return "waiting"
    if due and due < now:
        return "late"
    return "soon" if due and due - now <= SOON else "later"


def _subject(shop: Shop, rows: list[sqlite3.Row]) -> str:
    if len(rows) > 1:
        return f"{len(rows)} orders, {rows[0]['batch_key'] or 'together'}"
    return rows[0]["number"] or case_name(shop, rows[0]["about_type"], rows[0]["about_id"])


def case_name(shop: Shop, kind: str | None, key: object) -> str:
    """A case in short, as people call it: #1019, a file's name."""
    if kind == "order":
        row = shop.db.execute("select number from orders where id = ?", [key]).fetchone()
        return str(row[0]) if row else ""
    if kind == "ticket":
        row = shop.db.execute("select id, subject from tickets where id = ?", [key]).fetchone()
        return f"T{row['id']} {shortened(row['subject'])}" if row else ""
    if kind == "import":
        row = shop.db.execute("select path from imports where id = ?", [key]).fetchone()
        return str(row[0]).rsplit("/", 1)[-1] if row else ""
    if kind == "report":
        row = shop.db.execute("select report, day_on from report_runs where id = ?", [key]).fetchone()
        return " ".join(x for x in row if x) if row else ""
    if kind in ("kpi", "procedure"):
        return str(key).replace("-", " ")
    if kind == "day":
        return f"{date.fromisoformat(str(key)):%a %-d %b}"
    if kind == "request":
        row = shop.db.execute("select id, title from requests where id = ?", [key]).fetchone()
        return f"R{row['id']} {shortened(row['title'])}" if row else ""
    if kind == "purchase":
        row = shop.db.execute(
            """select o.number, s.name from purchase_orders o join suppliers s on s.id = o.supplier_id
               where o.id = ?""",
            [key],
        ).fetchone()
        return f"{row['number']} {shortened(row['name'])}" if row else ""
    if kind == "person" and isinstance(key, int):
        return person(shop.db, key).name
    return ""


def shortened(text: str) -> str:
    """A subject that somebody typed, short enough for a list."""
    return text if len(text) <= 60 else f"{text[:57]}…"


def told(shop: Shop, person_id: int, now: datetime) -> list[sqlite3.Row]:
    """What this person's roles were told of in the last days and is still open; never their own lateness."""
    roles = sorted(acting_roles(shop, person_id, now))
    return shop.db.execute(
        f"""select n.at, t.id, t.title, t.role, t.due_at, t.about_type, t.about_id, t.person_id, n.note
            from task_notes n join tasks t on t.id = n.task_id
            where n.kind = 'told' and t.status in ('open', 'taken')
              and n.note in ({", ".join("?" * len(roles))}) and coalesce(t.person_id, 0) <> ?
            order by n.at desc limit 20""",
        [*roles, person_id],
    ).fetchall()


def next_after(shop: Shop, run_id: int, step_slug: str) -> str:
    """Who has the case next, in words, where the step leads to one step only; empty where a decision comes first."""
    run = load_run(shop, run_id)
    step = run.procedure.step(step_slug)
    for _ in range(len(run.procedure.steps)):
        if step.end:
            return f"then it ends: {step.end.outcome}"
        if step.branches:
            return "then it is decided by what you record"
        below = run.procedure.step(step.next.slug) if step.next else run.procedure.after(step)
        if below is None:
            return ""
        if below.is_human:
            return f"next: {below.role or run.procedure.performer}, {below.title.lower()}"
        step = below
    return ""
