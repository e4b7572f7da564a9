"""The founder-free score once more, from the rows that people's clicks left behind. Written from issue 5, point 8, and
imports nothing of the program: a human step, decision or answer counts once, for whoever did it, on the shop's day."""

import sqlite3
from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

CLICKED = ("done", "skipped", "elsewhere")


def recount(file: str, first: date, last: date, zone: ZoneInfo) -> tuple[int, int, Counter[str], Counter[str]]:
    """(acts, acts of others than the founder, founder's acts by procedure, all acts by procedure)."""
    db = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return _count(db, first, last, zone)
    finally:
        db.close()


def _count(
    db: sqlite3.Connection, first: date, last: date, zone: ZoneInfo
) -> tuple[int, int, Counter[str], Counter[str]]:
    founders = {r[0] for r in db.execute("select person_id from person_roles where role = 'founder'")}
    procedure_of = dict(db.execute("select t.id, r.procedure from tasks t join runs r on r.id = t.run_id"))
    acts: list[tuple[int, int]] = []
    for task, kind, status, who, at in db.execute("select id, kind, status, done_by, done_at from tasks"):
        if who is not None and kind != "wait" and status in CLICKED and first <= _day(at, zone) <= last:
            acts.append((task, who))
    for task, whom, at in db.execute("select task_id, other_person_id, at from task_notes where kind = 'asked'"):
        if whom is not None and first <= _day(at, zone) <= last:
            acts.append((task, whom))
    own = Counter(procedure_of.get(task, "") for task, who in acts if who in founders)
    every = Counter(procedure_of.get(task, "") for task, _ in acts)
    return len(acts), sum(who not in founders for _, who in acts), own, every


def _day(text: str, zone: ZoneInfo) -> date:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(zone).date()


def days_of(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
