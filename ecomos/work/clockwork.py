"""What time does: waits that are over or due a reminder, deadlines and their ladders, tasks put off, waves that
close, schedules, mail of unknown fate. Each row in a transaction of its own, so that a kill loses nothing and two at
once do no harm."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime

from ecomos.errors import EcomosError
from ecomos.playbook.records import LateRung, Send
from ecomos.store import events, iso, write
from ecomos.work.authority import is_here
from ecomos.work.batching import close_batches
from ecomos.work.engine import advance, jump, stop_run
from ecomos.work.ladder import ladder_of, rung_at
from ecomos.work.mailing import send_message
from ecomos.work.promised import stop_the_clock
from ecomos.work.run import load_run
from ecomos.work.shop import Shop
from ecomos.work.tasks import close, note, open_task, task_row
from ecomos.work.values import values_of
from ecomos.work.waiting import reminder_due

__all__ = ["pass_time", "resend"]


def pass_time(shop: Shop, now: datetime) -> int:
    """Do everything whose time has come; gives how many things were done."""
    done = 0
    for task_id in _waits_due(shop, now):
        done += _apart(shop, _wait_due, task_id, now)
    for task_id in _late(shop, now):
        done += _apart(shop, _climb, task_id, now)
    with write(shop.db):
        close_batches(shop, now)
        shop.db.execute("update tasks set later_until = null where later_until <= ?", [iso(now)])
        done += _mail_tasks(shop, now)
    return done


def _apart(shop: Shop, work: Callable[[Shop, int, datetime], int], task_id: int, now: datetime) -> int:
    """One that can't be carried on is a person's to look at, and stops no other."""
    try:
        return work(shop, task_id, now)
    except EcomosError as refused:
        with write(shop.db):
            _set_aside(shop, task_row(shop, task_id), str(refused), now)
        return 1


def _set_aside(shop: Shop, task: sqlite3.Row, why: str, now: datetime) -> None:
    if task["kind"] == "wait":
        close(shop, task["id"], "withdrawn", now, None)
        stop_run(shop, load_run(shop, task["run_id"]), why, now)
        return
    shop.db.execute("update tasks set rung = -1 where id = ?", [task["id"]])
    _failed(shop, task, f"“{task['title']}” is late, and its ladder can't be followed", why, now)


def _failed(shop: Shop, task: sqlite3.Row, title: str, why: str, now: datetime) -> None:
    run = load_run(shop, task["run_id"]) if task["run_id"] else None
    open_task(
        shop,
        "failed",
        title,
        run.procedure.owner if run else "founder",
        now,
        run=(run.id, run.step.slug, run.visit) if run else None,
        about=(task["about_type"], task["about_id"]),
        due_at=iso(shop.working.after_days(now, 1)),
        why=why,
    )


def _waits_due(shop: Shop, now: datetime) -> Iterator[int]:
    rows = shop.db.execute(
        """select id from tasks where status = 'waiting' and kind = 'wait'
             and (due_at <= ?1 or (json_extract(data, '$.remind_at') <= ?1
                                   and json_extract(data, '$.reminded') is null))""",
        [iso(now)],
    ).fetchall()
    return (row["id"] for row in rows)


def _wait_due(shop: Shop, task_id: int, now: datetime) -> int:
    with write(shop.db):
        task = shop.db.execute("select * from tasks where id = ? and status = 'waiting'", [task_id]).fetchone()
        if task is None:
            return 0
        run = load_run(shop, task["run_id"])
        wait = run.step.wait
        if (run.step.slug, run.visit) != (task["step"], task["visit"]) or wait is None:
            return 0
        if reminder_due(task["data"], now) and wait.remind_with and not (task["due_at"] and task["due_at"] <= iso(now)):
            send = Send(wait.remind_with, wait.remind_whom or "customer", None, wait.line)
            try:
                send_message(shop, run, send, values_of(shop, run, now), now)
            except EcomosError as refused:
                _failed(shop, task, f"A reminder could not be written: {wait.remind_with}", str(refused), now)
            shop.db.execute("update tasks set data = json_patch(data, '{\"reminded\": true}') where id = ?", [task_id])
            return 1
        if not (task["due_at"] and task["due_at"] <= iso(now)):
            return 0
        if wait.until:
            advance(shop, run.id, now)
            return 1
        close(shop, task_id, "done", now, None, data={"given_up": True})
        stop_the_clock(shop, run.id, task["opened_at"], now)
        if wait.otherwise:
            jump(shop, run, wait.otherwise, now, f"waited until {task['due_at']}", mail=False)
        else:
            stop_run(shop, run, f"“{run.step.title}” waited until {task['due_at']} in vain", now)
    return 1


def _late(shop: Shop, now: datetime) -> Iterator[int]:
    rows = shop.db.execute(
        "select id from tasks where status in ('open', 'taken') and due_at < ? and rung >= 0", [iso(now)]
    ).fetchall()
    return (row["id"] for row in rows)


def _climb(shop: Shop, task_id: int, now: datetime) -> int:
    """Go up the ladder of a late task as far as its time allows; the last rung is marked by a negative number."""
    done = 0
    with write(shop.db):
        task = shop.db.execute(
            "select * from tasks where id = ? and status in ('open', 'taken') and rung >= 0", [task_id]
        ).fetchone()
        if task is None:
            return 0
        ladder = ladder_of(shop, task)
        for number, rung in enumerate(ladder):
            when = rung_at(shop, task, rung, now)
            if number < task["rung"]:
                continue
            if when > now:
                return done
            _step_on(shop, task, rung, now)
            if number == 0 and task["run_id"]:
                _announce_late(shop, task, now)
            last = number == len(ladder) - 1
            shop.db.execute("update tasks set rung = ? where id = ?", [-1 if last else number + 1, task_id])
            done += 1
    return done


def _step_on(shop: Shop, task: sqlite3.Row, rung: LateRung, now: datetime) -> None:
    if rung.deed == "tell" or not is_here(shop, rung.role, now):  # handed to nobody who is away: it stays, and is told
        note(shop, task["id"], "told", now, None, rung.role)
        return
    note(shop, task["id"], "moved", now, None, rung.role)
    shop.db.execute(
        """update tasks set role = ?, status = 'open', person_id = null, offered_to = null, batch_id = null, note = ?
           where id = ?""",
        [rung.role, f"late since {task['due_at']}, moved from {task['role']}", task["id"]],
    )


def _announce_late(shop: Shop, task: sqlite3.Row, now: datetime) -> None:
    run = load_run(shop, task["run_id"])
    events.append(
        shop.db,
        "task.late",
        run.about,
        actor="clock",
        recorded_at=iso(now),
        happened_at=task["due_at"],
        data={"task": task["id"], "step": task["step"], "procedure": run.procedure.stem},
        run_id=run.id,
        cause_event_id=run.cause_event_id,
    )


MAIL_WORDS = {"unknown": "may or may not have left", "failed": "was refused", "bounced": "was not delivered"}


def _mail_tasks(shop: Shop, now: datetime) -> int:
    """Mail of unknown fate, and mail that was refused for good, is a task with the evidence; never a blind resend."""
    rows = shop.db.execute(
        """select o.*, r.procedure from outbox o left join runs r on r.id = o.run_id
           where o.status in ('unknown', 'failed', 'bounced')
             and not exists (select 1 from tasks t where t.kind = 'mail' and json_extract(t.data, '$.outbox') = o.id)"""
    ).fetchall()
    for row in rows:
        run = load_run(shop, row["run_id"]) if row["run_id"] else None
        what = MAIL_WORDS[row["status"]]
        open_task(
            shop,
            "mail",
            f"A message {what}: {row['subject']}",
            run.procedure.owner if run else "operations-lead",
            now,
            run=(run.id, run.step.slug, run.visit) if run else None,
            about=(row["about_type"], row["about_id"]),
            due_at=iso(shop.working.after_days(now, 1)),
            why=f"{row['error']}; Message-ID {row['message_id']}, {row['attempts']} attempts",
            data={"outbox": row["id"]},
        )
    return len(rows)


def resend(shop: Shop, task_id: int, now: datetime) -> None:
    """A person looked and decided: send it (again). In the caller's transaction."""
    outbox = json.loads(shop.db.execute("select data from tasks where id = ?", [task_id]).fetchone()[0])["outbox"]
    shop.db.execute(
        """update outbox set status = 'queued', attempts = 0, next_at = ?
           where id = ? and status in ('unknown', 'failed', 'bounced')""",
        [iso(now), outbox],
    )
