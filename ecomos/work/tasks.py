"""Tasks: what stands on somebody's list. Opened by the engine, taken by a person who acts for the role."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ecomos.errors import Refused
from ecomos.people import person
from ecomos.store import iso, write
from ecomos.work.authority import acting
from ecomos.work.promised import stop_withdrawn
from ecomos.work.shop import Shop

__all__ = ["close", "give_back", "give_back_all", "mine", "note", "open_task", "take", "task_row", "withdraw_tasks"]


def open_task(
    shop: Shop,
    kind: str,
    title: str,
    role: str,
    now: datetime,
    *,
    run: tuple[int, str, int] | None = None,
    about: tuple[str, Any] | None = None,
    due_at: str | None = None,
    batch_id: int | None = None,
    why: str | None = None,
    data: Mapping[str, Any] | None = None,
    status: str = "open",
) -> int:
    """Put a task on a role's list; `run` is (id, step slug, visit)."""
    values = [
        *(run or (None, None, None)),
        kind,
        title,
        role,
        *(about or (None, None)),
        batch_id,
        iso(now),
        due_at,
        status,
        why,
        json.dumps(data or {}),
    ]
    row = shop.db.execute(
        f"""insert into tasks(run_id, step, visit, kind, title, role, about_type, about_id, batch_id, opened_at,
              due_at, status, note, data) values ({", ".join("?" * len(values))})""",
        values,
    )
    return int(row.lastrowid or 0)


def task_row(shop: Shop, task_id: int) -> sqlite3.Row:
    """One task. Raises Refused where there is none."""
    row: sqlite3.Row | None = shop.db.execute("select * from tasks where id = ?", [task_id]).fetchone()
    if row is None:
        raise Refused(f"There is no task {task_id}.")
    return row


def mine(shop: Shop, task_id: int, person_id: int, now: datetime) -> sqlite3.Row:
    """The task, if this person may work on it now. Raises Refused with the reason and who may."""
    task = task_row(shop, task_id)
    if task["status"] == "withdrawn":
        raise Refused(f"“{task['title']}” was withdrawn: {task['note'] or 'the case went on without it'}.")
    if task["status"] not in ("open", "taken"):
        by = person(shop.db, task["done_by"]).name if task["done_by"] else "the engine"
        raise Refused(f"“{task['title']}” is no longer open: {task['status']} by {by} at {task['done_at']}.")
    if task["person_id"] not in (None, person_id):
        raise Refused(f"{person(shop.db, task['person_id']).name} has taken “{task['title']}”. Ask for it, or wait.")
    if task["person_id"] != person_id and task["offered_to"] != person_id:
        if person_id not in acting(shop, task["role"], now):
            raise Refused(f"“{task['title']}” is for the role {task['role']}, which you don't hold today.")
    return task


def take(shop: Shop, task_id: int, person_id: int, now: datetime) -> None:
    """Put one's name on a task, so that nobody else works on it; a task of a wave takes the whole wave."""
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        shop.db.execute(
            "update tasks set status = 'taken', person_id = ?, taken_at = coalesce(taken_at, ?), offered_to = null"
            " where id = ? or (batch_id is not null and batch_id = ? and status = 'open' and role = ?)",
            [person_id, iso(now), task_id, task["batch_id"], task["role"]],
        )
        if task["batch_id"]:
            shop.db.execute(
                "update batches set status = 'out' where id = ? and status = 'gathering'", [task["batch_id"]]
            )


def give_back(shop: Shop, task_id: int, person_id: int, now: datetime) -> None:
    """Take one's name off again (the undo of `take`)."""
    with write(shop.db):
        task = mine(shop, task_id, person_id, now)
        shop.db.execute(
            "update tasks set status = 'open', person_id = null, taken_at = null"
            " where id = ? or (batch_id is not null and batch_id = ? and person_id = ? and status = 'taken')",
            [task_id, task["batch_id"], person_id],
        )


def give_back_all(shop: Shop, person_id: int, now: datetime) -> int:
    """Somebody is away or has left: what they had taken is on the role's list again. Gives how many."""
    with write(shop.db):
        rows = shop.db.execute("select id from tasks where status = 'taken' and person_id = ?", [person_id]).fetchall()
        for row in rows:
            note(shop, row["id"], "given back", now, None, f"{person(shop.db, person_id).name} is away")
        shop.db.execute(
            "update tasks set status = 'open', person_id = null, taken_at = null"
            " where status = 'taken' and person_id = ?",
            [person_id],
        )
        shop.db.execute("update tasks set offered_to = null where status = 'open' and offered_to = ?", [person_id])
    return len(rows)


def note(
    shop: Shop, task_id: int, kind: str, now: datetime, person_id: int | None, text: str = "", other: int | None = None
) -> None:
    """Keep what was said on a task."""
    shop.db.execute(
        "insert into task_notes(task_id, at, person_id, kind, other_person_id, note) values (?, ?, ?, ?, ?, ?)",
        [task_id, iso(now), person_id, kind, other, text],
    )


def close(
    shop: Shop,
    task_id: int,
    status: str,
    now: datetime,
    person_id: int | None,
    answers: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write how a task ended; its batch is done with its last task."""
    shop.db.execute(
        """update tasks set status = ?, done_at = ?, done_by = ?, person_id = coalesce(person_id, ?),
             taken_at = coalesce(taken_at, ?), answers = ?, data = json_patch(data, ?), later_until = null
           where id = ?""",
        [
            status,
            iso(now),
            person_id,
            person_id,
            iso(now),
            json.dumps(answers) if answers is not None else None,
            json.dumps(data or {}),
            task_id,
        ],
    )
    shop.db.execute(
        """update batches set status = 'done' where id = (select batch_id from tasks where id = ?)
           and not exists (select 1 from tasks t where t.batch_id = batches.id and t.status in ('open', 'taken'))""",
        [task_id],
    )


def withdraw_tasks(shop: Shop, run_id: int, now: datetime, why: str, *, mail: bool = True) -> None:
    """Take a run's open tasks off every list, with the reason; its unsent mail too, where it was interrupted.

    What it waited for outsiders until now is taken off the promise's clock."""
    stop_withdrawn(shop, run_id, now)
    shop.db.execute(
        """update tasks set status = 'withdrawn', done_at = ?, note = ?
           where run_id = ? and status in ('open', 'taken', 'waiting')""",
        [iso(now), why, run_id],
    )
    shop.db.execute(
        "update approvals set status = 'withdrawn', decided_at = ? where run_id = ? and status = 'open'",
        [iso(now), run_id],
    )
    shop.db.execute(
        "update hand_deeds set status = 'withdrawn' where run_id = ? and status = 'open'",
        [run_id],
    )
    if not mail:
        return
    shop.db.execute(
        "update outbox set status = 'withdrawn', error = ? where run_id = ? and status in ('queued', 'held')",
        [why, run_id],
    )
