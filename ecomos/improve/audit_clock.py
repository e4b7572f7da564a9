"""The audit of time: promises that passed without a word to anybody, scheduled work that lies, and cases that should
have begun and never did."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ecomos.improve.audit_look import Finding, Look
from ecomos.playbook.conditions import CannotTell
from ecomos.playbook.records import Procedure, Starts
from ecomos.playbook.timetable import due_slots
from ecomos.store import get_setting, iso, parse_iso
from ecomos.work import in_force
from ecomos.work.values import holds, values_for_event

__all__ = ["promises_were_kept_or_told", "scheduled_work_was_done", "what_should_begin_began"]

NOT_BEGUN = "never begun"
_BELOW = """with recursive below(id) as (
  select :run union all select r.id from runs r join below b on r.parent_run_id = b.id) """


def promises_were_kept_or_told(look: Look) -> Iterator[Finding]:
    """No promise passed while nobody had been told: neither the customer nor, by the step's ladder, a colleague."""
    for row in look.rows(
        """select * from runs where promised_at is not null and promised_at >= :since and promised_at < :until
             and (ended_at > promised_at or ended_at is null)"""
    ):
        by = _promised(look, row)
        ended = parse_iso(row["ended_at"] or iso(look.now))
        if ended > by and not _customer_was_told(look, row, by) and not _colleague_was_told(look, row, ended):
            text = f"{_hours(ended - by)} late, nobody was told" + ("" if row["ended_at"] else ", and still open")
            line = look.procedure(row).lines.get("promise", 1)
            yield look.of_run("promise missed", row["promised_at"], row, text, line)


def _promised(look: Look, row: sqlite3.Row) -> datetime:
    """The promise, moved by what its waits for others took that the engine had no end of to count."""
    waits = look.shop.db.execute(
        _BELOW
        + """select opened_at, coalesce(done_at, :ended) as until from tasks
             where run_id in (select id from below) and kind = 'wait' and status in ('waiting', 'withdrawn')""",
        {"run": row["id"], "ended": row["ended_at"] or iso(look.now)},
    )
    return parse_iso(row["promised_at"]) + sum(
        (parse_iso(w["until"]) - parse_iso(w["opened_at"]) for w in waits), timedelta()
    )


def _customer_was_told(look: Look, row: sqlite3.Row, by: datetime) -> bool:
    """Whether the customer had a word from us before the promise passed."""
    found = look.shop.db.execute(
        _BELOW
        + """select 1 from outbox where queued_at >= :since and queued_at <= :by
               and status not in ('failed', 'withdrawn')
               and (run_id in (select id from below) or (about_type = :type and about_id = :about))
             union all select 1 from ticket_messages where :type = 'ticket' and ticket_id = :about
               and direction = 'out' and at >= :since and at <= :by
             limit 1""",
        {
            "run": row["id"],
            "since": row["started_at"],
            "by": iso(by),
            "type": row["about_type"],
            "about": row["about_id"],
        },
    ).fetchone()
    return found is not None


def _colleague_was_told(look: Look, row: sqlite3.Row, ended: datetime) -> bool:
    """Whether a step's ladder told somebody that it was late, before it was done."""
    found = look.shop.db.execute(
        _BELOW
        + """select 1 from task_notes n join tasks t on t.id = n.task_id
             where t.run_id in (select id from below) and n.kind in ('told', 'moved') and n.at <= :ended limit 1""",
        {"run": row["id"], "ended": iso(ended)},
    ).fetchone()
    return found is not None


def _hours(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def scheduled_work_was_done(look: Look) -> Iterator[Finding]:
    """What the clock started was ended by the end of the next day or by what it promises, or somebody was told."""
    for row in look.rows(
        """select r.* from runs r join events e on e.id = r.cause_event_id
           where e.kind = 'day.began' and r.started_at >= :since and r.started_at < :until"""
    ):
        due = max(iso(look.shop.working.after_days(parse_iso(row["started_at"]), 1)), row["promised_at"] or "")
        ended = row["ended_at"] or iso(look.now)
        if due < ended and not _colleague_was_told(look, row, parse_iso(ended)):
            procedure = look.procedure(row)
            text = f"“{procedure.title}” was " + ("done late" if row["ended_at"] else "not done")
            line = procedure.lines.get("starts", 1)
            yield look.of_run("scheduled work not done", row["started_at"], row, text, line)


def what_should_begin_began(look: Look) -> Iterator[Finding]:
    """Each hour and each event that starts a procedure did so, or somebody had said why not."""
    for procedure in look.book.procedures.values():
        if procedure.state != "on" or procedure.starts is None:
            continue
        if procedure.starts.cron:
            yield from _hours_without_a_run(look, procedure)
        else:
            yield from _events_without_a_run(look, procedure)


def _events_without_a_run(look: Look, procedure: Procedure) -> Iterator[Finding]:
    """Events that nobody answered: no trigger says what came of them, and the case has no run of the procedure."""
    assert procedure.starts is not None
    rows = look.rows(
        """select e.* from events e
           where e.kind = :kind and e.recorded_at >= :since and e.recorded_at < :until
             and (e.id <= :offered or e.recorded_at < :yesterday)
             and not exists (select 1 from triggers t where t.event_id = e.id and t.procedure = :stem
                             and (t.result <> 'started' or exists (select 1 from runs r where r.id = t.run_id)))
             and not exists (select 1 from runs r join run_cases c on c.run_id = r.id where r.procedure = :stem
                             and c.type = e.about_type and c.id = e.about_id)""",
        kind=procedure.starts.event,
        stem=procedure.stem,
        offered=int(get_setting(look.shop.db, "offered event", "0")),
        yesterday=iso(look.now - timedelta(days=1)),
    )
    for event in rows:
        if _should_begin(look, procedure, event):
            yield _never(look, procedure, event["recorded_at"], (event["about_type"], event["about_id"]))


def _should_begin(look: Look, procedure: Procedure, event: sqlite3.Row) -> bool:
    starts = _began_by(look, procedure, parse_iso(event["recorded_at"]))
    if starts is None or starts.event != event["kind"]:
        return False
    case = (event["about_type"], event["about_id"])
    try:
        values = values_for_event(look.shop, event["id"], case, look.now)
        return starts.where is None or holds(look.shop, starts.where, values)
    except (CannotTell, LookupError):
        return False


def _began_by(look: Look, procedure: Procedure, at: datetime) -> Starts | None:
    """What began the procedure just before that time; None where it was not switched on: nobody begins later what
    happened before."""
    then = in_force(look.shop, at - timedelta(seconds=1)).procedures.get(procedure.stem)
    return then.starts if then and then.state == "on" else None


def _hours_without_a_run(look: Look, procedure: Procedure) -> Iterator[Finding]:
    """Hours that passed while the heartbeat ran: each has its event, and the event what came of it."""
    assert procedure.starts is not None
    first = look.shop.db.execute("select min(recorded_at) from events where kind = 'day.began'").fetchone()[0]
    since = max(first or iso(look.now), look.span[0])
    answered = _answered(look, procedure.stem)
    until = min(look.now - timedelta(hours=1), parse_iso(look.span[1]))
    for slot in due_slots(procedure.starts.cron, look.shop.home.zone, parse_iso(since), until):
        day, then = look.shop.today(slot), _began_by(look, procedure, slot)
        is_missing = day.isoformat() not in answered and day not in look.shop.home.holidays
        if is_missing and then is not None and then.cron == procedure.starts.cron:
            yield _never(look, procedure, iso(slot), ("day", day.isoformat()))


def _answered(look: Look, stem: str) -> set[str]:
    """The days whose hour of that procedure was answered: by a run, or by the condition that did not hold."""
    rows = look.shop.db.execute(
        """select e.about_id from events e join triggers t on t.event_id = e.id and t.procedure = :stem
           where e.kind = 'day.began' and (t.result <> 'started' or exists (select 1 from runs r where r.id = t.run_id))
           union select about_id from runs where procedure = :stem and about_type = 'day'""",
        {"stem": stem},
    )
    return {r[0] for r in rows}


def _never(look: Look, procedure: Procedure, at: str, about: tuple[str, Any]) -> Finding:
    text = f"“{procedure.title}” should have begun, and did not"
    where = (procedure.source, procedure.lines.get("starts", 1))
    return look.finding(NOT_BEGUN, at, about, text, where)
