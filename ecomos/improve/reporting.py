"""Who reports what to whom and when, and whether that happened: the reports that went out, the rhythm that the clock
starts, the notes from shift to shift, and who was told of what was late."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecomos.playbook.jobs import Job, Told
from ecomos.playbook.records import Playbook, Procedure, Report
from ecomos.playbook.timetable import due_slots
from ecomos.store import iso, parse_iso
from ecomos.work import Shop
from ecomos.work.versions import current_from

__all__ = ["Heard", "Reporting", "heard_of", "reporting_of"]

LOOKED_BACK = timedelta(days=40)
"""Longer than the longest rhythm, a month."""
GRACE = timedelta(hours=1)
WEEKS = timedelta(weeks=4)
NOTES = timedelta(days=7)


@dataclass(frozen=True)
class Reporting:
    """Something that a role tells another at its time."""

    what: str
    by: str
    """A role's stem, or `ecomos`."""
    to: tuple[str, ...]
    when: str
    last_at: str | None
    """When it happened last, in UTC; None: never."""
    state: str
    """In words."""
    kind: str
    """fine, soon, late, plain."""
    page: str
    """Where it is read: an address."""


@dataclass(frozen=True)
class Heard:
    """What a role is told when others are late, and how often it was."""

    told: Told
    times: int
    """In the last four weeks."""
    last_at: str | None


def reporting_of(shop: Shop, book: Playbook, role: str, now: datetime) -> list[Reporting]:
    """What the role reports and what is reported to it, with whether that happened."""
    return [
        *(_report(shop, r, now) for r in book.reports.values() if role == r.owner or role in r.to),
        *(_rhythm(shop, p, now) for p in _by_the_clock(book) if role in (p.performer, p.owner)),
        *_notes(shop, book, role, now),
    ]


def _by_the_clock(book: Playbook) -> Iterator[Procedure]:
    for p in sorted(book.procedures.values(), key=lambda p: p.title):
        if p.state == "on" and p.starts is not None and p.starts.cron:
            yield p


def _newest_slot(shop: Shop, kind: str, name: str, cron: str, now: datetime) -> datetime | None:
    since = max(now - LOOKED_BACK, parse_iso(current_from(shop, kind, name, now)))
    slots = due_slots(cron, shop.home.zone, since, now)
    return slots[-1] if slots else None


def _report(shop: Shop, report: Report, now: datetime) -> Reporting:
    last = shop.db.execute(
        "select max(ended_at) from report_runs where report = ? and status = 'done'", [report.stem]
    ).fetchone()[0]
    words, kind = _report_state(shop, report, now)
    to = tuple(report.to)
    return Reporting(report.title, "ecomos", to, report.when, last, words, kind, "?page=reports")


def _report_state(shop: Shop, report: Report, now: datetime) -> tuple[str, str]:
    slot = _newest_slot(shop, "reports", report.stem, report.cron, now)
    if slot is None:
        return "not due yet", "plain"
    row = shop.db.execute(
        "select status, sent_to, error from report_runs where report = ? and slot = ?", [report.stem, iso(slot)]
    ).fetchone()
    if row is None:
        return ("due now", "plain") if now - slot < GRACE else ("did not run at its time", "late")
    if row["status"] == "done":
        return f"sent to {len(json.loads(row['sent_to']))}", "fine"
    if row["status"] in ("due", "running"):
        return row["status"], "plain"
    return f"{row['status']}{': ' + row['error'].splitlines()[0][:80] if row['error'] else ''}", "late"


def _rhythm(shop: Shop, p: Procedure, now: datetime) -> Reporting:
    assert p.starts is not None
    row = shop.db.execute(
        """select t.result, e.happened_at, r.id, r.status, r.ended_at from triggers t
           join events e on e.id = t.event_id left join runs r on r.id = t.run_id
           where t.procedure = ? and e.kind = 'day.began' and e.happened_at <= ? order by e.id desc limit 1""",
        [p.stem, iso(now)],
    ).fetchone()
    last = shop.db.execute(
        "select max(ended_at) from runs where procedure = ? and status = 'done'", [p.stem]
    ).fetchone()[0]
    words, kind = _rhythm_state(shop, p, row, now)
    to = (p.owner,) if p.owner != p.performer else ()
    page = f"?page=playbook&kind=procedures&name={p.stem}"
    return Reporting(p.title, p.performer, to, p.starts.schedule or "", last, words, kind, page)


def _rhythm_state(shop: Shop, p: Procedure, row: sqlite3.Row | None, now: datetime) -> tuple[str, str]:
    assert p.starts is not None
    slot = _newest_slot(shop, "procedures", p.stem, p.starts.cron, now)
    if slot is None:
        return "not due yet", "plain"
    missed = row is None or row["happened_at"] < iso(slot)
    if missed and shop.today(slot) in shop.home.holidays and not p.starts.cron.endswith("*"):
        return "left out: a holiday", "plain"
    if missed or row is None:
        return ("due now", "plain") if now - slot < GRACE else ("did not start at its time", "late")
    if row["result"] in ("no match", "cannot tell"):
        return ("nothing to do then", "fine") if row["result"] == "no match" else ("could not start", "late")
    if row["status"] == "done":
        return "done", "fine"
    late = shop.db.execute(
        "select 1 from tasks where run_id = ? and status in ('open', 'taken') and due_at < ?", [row["id"], iso(now)]
    ).fetchone()
    return ("open, and late", "late") if late else ("open", "soon")


def _notes(shop: Shop, book: Playbook, role: str, now: datetime) -> Iterator[Reporting]:
    """The notes that this role leaves, and those of the roles that report to it."""
    for stem in [role, *sorted(r.stem for r in book.roles.values() if r.reports_to == role)]:
        row = shop.db.execute(
            """select max(written_at) as last, sum(written_at >= ?) as lately from handovers
               where exists (select 1 from json_each(roles) where value = ?)""",
            [iso(now - NOTES), stem],
        ).fetchone()
        words = f"{row['lately'] or 'none'} in 7 days"
        to = (stem, *([up] if (up := book.roles[stem].reports_to) else []))
        kind = "fine" if row["lately"] else "plain"
        yield Reporting("Hand-over note", stem, to, "at the end of a shift", row["last"], words, kind, "?page=late")


def heard_of(shop: Shop, book: Playbook, job: Job, now: datetime) -> list[Heard]:
    """What the role is told or gets when others are late, with how often that happened."""
    rows = shop.db.execute(
        """select n.kind, r.procedure, t.title, count(*) as times, max(n.at) as last from task_notes n
           join tasks t on t.id = n.task_id join runs r on r.id = t.run_id
           where n.kind in ('told', 'moved') and n.note = ? and n.at >= ? group by n.kind, r.procedure, t.title""",
        [job.role.stem, iso(now - WEEKS)],
    ).fetchall()
    titles = {stem: p.title for stem, p in book.procedures.items()}
    known = {(r["kind"], titles.get(r["procedure"], r["procedure"]), f"“{r['title']}” is late"): r for r in rows}
    found = []
    for kind, told in (*(("told", t) for t in job.told), *(("moved", t) for t in job.takes_over)):
        row = known.get((kind, told.procedure, told.what))
        found.append(Heard(told, row["times"] if row else 0, row["last"] if row else None))
    return found
