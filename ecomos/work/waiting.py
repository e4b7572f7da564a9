"""Waits: met by an event of the case, by a state that holds, or by a time; reminded, and given up after the time that
the procedure allows. A wait stands among the tasks with status `waiting`, so that somebody sees it."""

import json
from datetime import datetime

from ecomos.store import iso
from ecomos.work.catalogue import event_kinds
from ecomos.work.deadlines import after_span, due_at
from ecomos.work.promised import stop_the_clock
from ecomos.work.run import Run
from ecomos.work.shop import Shop
from ecomos.work.tasks import close, open_task
from ecomos.work.values import values_of

__all__ = ["begin_wait", "is_met", "reminder_due", "wait_of"]


def wait_of(shop: Shop, run: Run) -> int | None:
    """The id of the wait that this visit of the step began."""
    row = shop.db.execute(
        "select id from tasks where run_id = ? and kind = 'wait' and step = ? and visit = ? order by id desc limit 1",
        [run.id, run.step.slug, run.visit],
    ).fetchone()
    return row[0] if row else None


def begin_wait(shop: Shop, run: Run, now: datetime) -> int:
    """Put the wait on the list of those who see the case, with the times for its reminder and its end."""
    existing = wait_of(shop, run)
    if existing:
        return existing
    wait = run.step.wait
    assert wait is not None
    until = iso(after_span(shop, now, wait.at_most, now)) if wait.at_most else None
    if wait.until:
        span = wait.until.span
        until = iso(after_span(shop, now, span, now)) if span else due_at(shop, wait.until, now, now)
    remind = iso(after_span(shop, now, wait.remind_after, now)) if wait.remind_after else None
    return open_task(
        shop,
        "wait",
        run.step.title,
        run.step.role or run.procedure.performer,
        now,
        run=(run.id, run.step.slug, run.visit),
        about=run.about,
        due_at=until,
        data={"remind_at": remind, "for": list(wait.names)},
        status="waiting",
    )


def is_met(shop: Shop, run: Run, now: datetime) -> bool:
    """Whether what the step waits for has come; the wait is closed and its time taken off the promise's clock.

    An event counts once, and only one newer than the run's cause, even where it came before the wait.
    """
    wait = run.step.wait
    assert wait is not None
    task = wait_of(shop, run)
    if wait.until:
        return task is not None and _is_over(shop, task, now)
    events = [name for name in wait.names if name in event_kinds()]
    states = [name for name in wait.names if name not in event_kinds()]
    values = values_of(shop, run, now) if states else {}
    met = [bool(_fact(values, s)) for s in states]
    found = [(e, _unused_event(shop, run, e)) for e in events]
    met += [f is not None for _, f in found]
    if not (all(met) if wait.every else any(met)):
        return False
    task = task or begin_wait(shop, run, now)
    for kind, event_id in found:
        if event_id is not None:
            shop.db.execute(
                "insert or ignore into waits(run_id, event_id, task_id, event_kind) values (?, ?, ?, ?)",
                [run.id, event_id, task, kind],
            )
    _close_wait(shop, run, task, now)
    return True


def _fact(values: dict[str, object], name: str) -> object:
    case, _, field = name.partition(".")
    facts = values.get(case)
    return facts.get(field) if isinstance(facts, dict) else getattr(facts, field, None)


def _unused_event(shop: Shop, run: Run, kind: str) -> int | None:
    row = shop.db.execute(
        """select e.id from events e join run_cases c on c.run_id = ? and c.type = e.about_type and c.id = e.about_id
           where e.kind = ? and e.id > ? and not exists
             (select 1 from waits w where w.run_id = c.run_id and w.event_id = e.id)
           order by e.id limit 1""",
        [run.id, kind, run.cause_event_id or _events_at_start(shop, run)],
    ).fetchone()
    return row[0] if row else None


def _events_at_start(shop: Shop, run: Run) -> int:
    row = shop.db.execute("select max(id) from events where recorded_at < ?", [run.started_at]).fetchone()
    return row[0] or 0


def _is_over(shop: Shop, task_id: int, now: datetime) -> bool:
    row = shop.db.execute("select run_id, opened_at, due_at, status from tasks where id = ?", [task_id]).fetchone()
    if row["status"] == "waiting" and row["due_at"] and row["due_at"] <= iso(now):
        close(shop, task_id, "done", now, None)
        stop_the_clock(shop, row["run_id"], row["opened_at"], now)
        return True
    return bool(row["status"] == "done")


def _close_wait(shop: Shop, run: Run, task_id: int, now: datetime) -> None:
    row = shop.db.execute("select opened_at, status from tasks where id = ?", [task_id]).fetchone()
    if row["status"] != "waiting":
        return
    close(shop, task_id, "done", now, None)
    stop_the_clock(shop, run.id, row["opened_at"], now)


def reminder_due(data: str, now: datetime) -> bool:
    """Whether a wait's reminder is due and was not sent."""
    kept = json.loads(data)
    return bool(kept.get("remind_at")) and not kept.get("reminded") and kept["remind_at"] <= iso(now)
