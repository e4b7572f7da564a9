"""A report carried out, from the time it is due to the mail: claimed once, checked, run, recorded. What it causes is
written in the transaction that ends it."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ecomos.errors import EcomosError, Refused, WrongUsage, nearest
from ecomos.messages.outbox import enqueue
from ecomos.people import person
from ecomos.playbook.records import Report, Span
from ecomos.playbook.timetable import due_slots
from ecomos.reports import ledger, reading
from ecomos.reports.daily import in_words, last_day
from ecomos.reports.mailing import failure_text, mail_of
from ecomos.reports.notebooks import checked, declared, find_notebook
from ecomos.reports.running import Job, Outcome, execute
from ecomos.reports.slots import sort_out
from ecomos.store import iso, parse_iso, write
from ecomos.work import Shop, acting, acting_roles, in_force
from ecomos.work.deadlines import after_span
from ecomos.work.tasks import open_task

__all__ = ["MAY", "ask", "carry_out", "plan", "report_named", "run_due"]

MAY = frozenset({"founder", "operations-lead"})
OURS = ("on", "as_of")
"""Parameters that we give where the notebook declares them."""
NEW_ONES_FOR = timedelta(seconds=45)
"""One beat begins reports for so long and leaves the rest to the next."""


def report_named(shop: Shop, name: str, now: datetime) -> Report:
    """A report in force. Raises WrongUsage with the nearest name."""
    known = in_force(shop, now).reports
    if name not in known:
        raise WrongUsage(f"No report named {name} is in force{nearest(name, known) or ''}.")
    return known[name]


def ask(
    shop: Shop,
    name: str,
    now: datetime,
    *,
    on: date | None = None,
    given: Mapping[str, str] | None = None,
    person_id: int | None = None,
) -> int:
    """Write down that a report shall run now; gives its id. Nothing is started.

    Raises WrongUsage where the report, the notebook, the day or a parameter is none, Refused for another role.
    """
    if person_id is not None and not acting_roles(shop, person_id, now) & MAY:
        raise Refused("Reports are run by the operations lead and the founder.")
    report = report_named(shop, name, now)
    if on is not None and on > shop.today(now):
        raise WrongUsage(f"{on} is still to come.")
    _parameters(shop, report, given or {})
    day = on.isoformat() if on else None
    return ledger.add_by_hand(shop.db, name, now, day_on=day, given=given or {}, who=person_id)


def _parameters(shop: Shop, report: Report, given: Mapping[str, str]) -> tuple[Path, dict[str, Any]]:
    """The notebook and what it is given, checked before a kernel starts. Raises WrongUsage."""
    notebook = find_notebook(shop.home, report.notebook)
    return notebook, checked(notebook, {**report.parameters, **given})


def plan(shop: Shop, now: datetime) -> None:
    """Write down every time that a report in force was due since it was last looked at."""
    for report in in_force(shop, now).reports.values():
        since = _since(shop, report)
        if since is not None:
            runs, skipped = sort_out(due_slots(report.cron, shop.home.zone, since, now), report.catch_up, now)
            ledger.add_slots(shop.db, report.stem, runs, skipped, now)


def _since(shop: Shop, report: Report) -> datetime | None:
    """The newest time written down, or when the report was adopted, whichever is later."""
    row = shop.db.execute(
        """select (select max(slot) from report_runs where report = ?1 and not by_hand) as slot,
             (select max(from_at) from playbook_versions where kind = 'reports' and name = ?1) as adopted""",
        [report.stem],
    ).fetchone()
    known = [x for x in (row["slot"], row["adopted"]) if x]
    return parse_iso(max(known)) if known else None


def run_due(shop: Shop, now: datetime) -> int:
    """Plan, then carry out what is due, for three quarters of a minute; gives how many were."""
    from time import monotonic

    plan(shop, now)
    done, until = 0, monotonic() + NEW_ONES_FOR.total_seconds()
    while monotonic() < until and (run := ledger.claim(shop.db, now)) is not None:
        carry_out(shop, run, now)
        done += 1
    return done


def carry_out(shop: Shop, run: sqlite3.Row, now: datetime, *, seconds: float = ledger.TIME_OUT_SECONDS) -> str:
    """Carry out a run that was claimed; gives its status: done, stale, failed, due (to be tried again) or lost."""
    try:
        report = report_named(shop, run["report"], now)
        if run["attempts"] > ledger.MOST_ATTEMPTS:
            return _fail(shop, run, report, now, "failed", f"it ended {ledger.MOST_ATTEMPTS} times without a word")
        if not run["by_hand"] and report.fresh and not reading.newest_imports(shop.db):
            return _leave_out(shop, run, "nothing was ever imported, so there is nothing to tell yet", now)
        stale = _stale(shop, report, now)
        if stale:
            return _fail(shop, run, report, now, "stale", stale)
        notebook, parameters = _parameters(shop, report, json.loads(run["given"]))
    except EcomosError as error:
        return _fail(shop, run, None, now, "failed", str(error))
    day = _day(shop, run, now)
    ours = {"on": day.isoformat(), "as_of": now.astimezone(shop.home.zone).isoformat()}
    parameters = {k: v for k, v in ours.items() if k in declared(notebook)} | parameters
    sub = f"{shop.home.name}, {in_words(day)} {day.year}"
    job = Job(notebook, _folder(shop, run), parameters, report.title, sub, gently=not run["by_hand"])
    _note_begin(shop, run, job, day)
    outcome = execute(shop.home, job, seconds)
    return _end(shop, run, report, job, outcome, now)


def _folder(shop: Shop, run: sqlite3.Row) -> Path:
    """A folder of each attempt's own: one that was given up can't write into another's."""
    return shop.home.path / "reports" / str(run["report"]) / f"{run['id']:05}-{run['attempts']}"


def _day(shop: Shop, run: sqlite3.Row, now: datetime) -> date:
    """The day reported: the one asked for; of a time in the schedule the day before it; else the last complete one."""
    if run["day_on"]:
        return date.fromisoformat(run["day_on"])
    if run["by_hand"]:
        return last_day(shop, now)
    return shop.today(parse_iso(run["slot"])) - timedelta(days=1)


def _note_begin(shop: Shop, run: sqlite3.Row, job: Job, day: date) -> None:
    with write(shop.db):
        shop.db.execute(
            "update report_runs set folder = ?, day_on = ?, parameters = ? where id = ? and attempts = ?",
            [
                job.folder.relative_to(shop.home.path).as_posix(),
                day.isoformat(),
                json.dumps(job.parameters),
                run["id"],
                run["attempts"],
            ],
        )


def _stale(shop: Shop, report: Report, now: datetime) -> str:
    """What is too old for this report; empty where it is fresh."""
    if report.fresh is None:
        return ""
    newest = reading.newest_imports(shop.db)
    if not newest:
        return "Nothing was ever imported, so there is no figure to tell."
    if after_span(shop, parse_iso(newest[0]["imported_at"]), report.fresh, now) >= now:
        return ""
    said = "; ".join(f"{n['channel']} on {_at(shop, n['imported_at'])}" for n in newest)
    limit = report.fresh.policy or _span_words(report.fresh)
    return f"The newest import is older than {limit}, so no figure was written. Last loaded: {said}."


def _span_words(span: Span) -> str:
    return f"{span.amount} {'working ' if span.working else ''}{span.unit}"


def _at(shop: Shop, at: str) -> str:
    when = parse_iso(at).astimezone(shop.home.zone)
    return f"{when:%a} {when.day} {when:%b}, {when:%H:%M}"


def _end(shop: Shop, run: sqlite3.Row, report: Report, job: Job, outcome: Outcome, now: datetime) -> str:
    if outcome.status == "done":
        return _done(shop, run, report, job, now)
    again = outcome.status == "broken" and not run["by_hand"] and run["attempts"] < ledger.MOST_ATTEMPTS
    if again:
        under = job.folder.relative_to(shop.home.path).as_posix()
        return "due" if ledger.put_off(shop.db, run, outcome.error, under, now) else "lost"
    return _fail(shop, run, report, now, "failed", outcome.error)


def _done(shop: Shop, run: sqlite3.Row, report: Report, job: Job, now: datetime) -> str:
    mail = mail_of(shop.home, job.folder, report.title, job.sub, str(run["id"]))
    people = _addresses(shop, report.to, now)
    with write(shop.db):
        if not ledger.end(shop.db, run, "done", now, sent_to=json.dumps(people)):
            return "lost"
        for to in people:
            enqueue(
                shop.db,
                key=f"report:{report.stem}/{run['slot']}/{to}",
                run_id=None,
                message=f"report {report.stem}",
                about=("report", run["id"]),
                to=to,
                subject=mail.subject,
                body=mail.text,
                html=mail.html,
                parts=mail.parts,
                now=now,
            )
    return "done"


def _addresses(shop: Shop, roles: tuple[str, ...], now: datetime) -> list[str]:
    """Who acts for these roles today, each once."""
    found = [person(shop.db, p).email for role in roles for p in acting(shop, role, now)]
    return list(dict.fromkeys(found))


def _leave_out(shop: Shop, run: sqlite3.Row, why: str, now: datetime) -> str:
    with write(shop.db):
        return "skipped" if ledger.end(shop.db, run, "skipped", now, error=why) else "lost"


def _fail(shop: Shop, run: sqlite3.Row, report: Report | None, now: datetime, status: str, why: str) -> str:
    """The end of a run without a report: recorded, a task of the owner, a mail to the role for failures."""
    title, owner = (report.title, report.owner) if report else (str(run["report"]), "founder")
    kept = ledger.run_row(shop.db, run["id"])["day_on"]
    day = date.fromisoformat(kept) if kept else _day(shop, run, now)
    subject, text = failure_text(title, status, in_words(day), why, run["id"])
    with write(shop.db):
        if not ledger.end(shop.db, run, status, now, error=why):
            return "lost"
        if not _has_open_task(shop, run):
            due = iso(shop.working.after_days(now, 1))
            open_task(shop, "failed", subject, owner, now, about=("report", run["id"]), due_at=due, why=why)
        for to in _addresses(shop, (report.on_failure if report else owner,), now):
            enqueue(
                shop.db,
                key=f"report failed:{run['id']}/{run['attempts']}/{to}",
                run_id=None,
                message="report failed",
                about=("report", run["id"]),
                to=to,
                subject=subject,
                body=text,
                now=now,
            )
    return status


def _has_open_task(shop: Shop, run: sqlite3.Row) -> bool:
    """Whether an earlier run of the same report stands on somebody's list still: one task says it."""
    row = shop.db.execute(
        """select 1 from tasks t join report_runs r on t.about_type = 'report' and r.id = t.about_id
           where t.status in ('open', 'taken') and t.kind = 'failed' and r.report = ?""",
        [run["report"]],
    ).fetchone()
    return row is not None
