"""Telling: what a role was told of stands on Today, and goes by e-mail to who has no page open; one digest in a
quarter of an hour at most, and nobody is told of their own lateness."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from ecomos.messages.outbox import enqueue
from ecomos.people import people, person
from ecomos.store import get_setting, iso, set_setting, write
from ecomos.work.authority import acting_roles
from ecomos.work.queue import case_name
from ecomos.work.shop import Shop

__all__ = ["mark_seen", "seen_lately", "tell_by_mail"]

AWAY_AFTER = timedelta(minutes=3)
ONE_DIGEST = timedelta(minutes=15)
MOST_LINES = 20


def _mark(shop: Shop, person_id: int) -> Path:
    return shop.home.path / ".server" / "seen" / str(person_id)


def mark_seen(shop: Shop, person_id: int) -> None:
    """A page of this person is open now."""
    file = _mark(shop, person_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def seen_lately(shop: Shop, person_id: int) -> bool:
    """Whether a page of theirs was open in the last minutes, by the machine's own clock."""
    file = _mark(shop, person_id)
    if not file.exists():
        return False
    return datetime.now().timestamp() - file.stat().st_mtime < AWAY_AFTER.total_seconds()  # noqa: DTZ005


def tell_by_mail(shop: Shop, now: datetime) -> int:
    """Queue a digest for everybody who was told of something and has no page open; gives how many were queued."""
    told = 0
    for somebody in people(shop.db, shop.today(now)):
        if seen_lately(shop, somebody.id):
            continue
        with write(shop.db):
            told += _digest(shop, somebody.id, now)
    return told


def _digest(shop: Shop, person_id: int, now: datetime) -> int:
    name = f"told by mail {person_id}"
    last_note, _, last_at = get_setting(shop.db, name, "0 ").partition(" ")
    if last_at and now - datetime.fromisoformat(last_at) < ONE_DIGEST:
        return 0
    rows = _news(shop, person_id, int(last_note), now)
    if not rows:
        return 0
    lines = [f"- {_line(shop, r)}" for r in rows[:MOST_LINES]]
    more = f"\nand {len(rows) - MOST_LINES} more" if len(rows) > MOST_LINES else ""
    count = "One thing is late" if len(rows) == 1 else f"{len(rows)} things are late"
    enqueue(
        shop.db,
        key=f"tell:{person_id}:{rows[-1]['note_id']}",
        run_id=None,
        message="tell",
        about=("person", person_id),
        to=person(shop.db, person_id).email,
        subject=f"{count} in {shop.home.name}",
        body=f"{count}; it stands on your Today:\n\n" + "\n".join(lines) + more + "\n",
        now=now,
    )
    set_setting(shop.db, name, f"{rows[-1]['note_id']} {iso(now)}")
    return 1


def _news(shop: Shop, person_id: int, after: int, now: datetime) -> list[sqlite3.Row]:
    """What their roles were told since the last digest and is still open; never their own lateness."""
    roles = sorted(acting_roles(shop, person_id, now))
    return shop.db.execute(
        f"""select n.id as note_id, t.title, t.role, t.due_at, t.about_type, t.about_id
            from task_notes n join tasks t on t.id = n.task_id
            where n.kind = 'told' and n.id > ? and n.at >= ? and t.status in ('open', 'taken')
              and n.note in ({", ".join("?" * len(roles))}) and coalesce(t.person_id, 0) <> ?
              and t.role not in (select role from person_roles where person_id = ? and to_on is null)
            order by n.id""",
        [after, iso(now - timedelta(days=1)), *roles, person_id, person_id],
    ).fetchall()


def _line(shop: Shop, row: sqlite3.Row) -> str:
    case = case_name(shop, row["about_type"], row["about_id"])
    due = datetime.fromisoformat(row["due_at"]).astimezone(shop.home.zone)
    about = f"{case}: " if case else ""
    return f"{about}{row['title']}, {row['role'].replace('-', ' ')}, due {due:%a} {due.day} {due:%b}, {due:%H:%M}"
