"""Events offered, once and in order: to the open runs of their case (ends when, on, waits), then to the procedures in
force. What came of it stands in `triggers`, in the transaction that starts the run."""

import json
import logging
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ecomos.customers.topics import OTHER
from ecomos.playbook.conditions import CannotTell
from ecomos.playbook.records import End, Procedure
from ecomos.store import get_setting, iso, set_setting, write
from ecomos.work.catalogue import event_kinds
from ecomos.work.engine import advance, end_run, jump, start_run
from ecomos.work.run import load_run
from ecomos.work.shop import Shop
from ecomos.work.tasks import open_task
from ecomos.work.values import holds, values_for_event
from ecomos.work.versions import in_force

__all__ = ["offer_events", "release_held"]

AT_ONCE = 20
DEEPEST = 10
LEAST_HELD = 50
TIMES_USUAL = 3
CURSOR = "offered event"
QUESTIONS = {"import": "is this the right file?", "fetch of mails": "is this spam, or has something happened?"}
AS_IT_IS: Mapping[str, Any] = MappingProxyType({})
AS_ANY_OTHER: Mapping[str, Any] = MappingProxyType({"topic": OTHER})
"""A ticket whose topic no procedure takes, since its own is on paper yet, is answered as any other."""
AT_A_TIME = ("import:", "mail:")
"""Actors that bring many events at once."""

log = logging.getLogger(__name__)


def offer_events(shop: Shop, now: datetime) -> int:
    """Offer every event that was not offered yet; gives how many. Two at once do no harm, nor does a kill."""
    offered = 0
    while _newest(shop) > int(get_setting(shop.db, CURSOR, "0")):
        with write(shop.db):
            offered += _offer_some(shop, now)
    return offered


def _offer_some(shop: Shop, now: datetime) -> int:
    """A few events in one transaction: an import's thousands don't cost a commit each, and others get their turn."""
    at = int(get_setting(shop.db, CURSOR, "0"))
    rows = shop.db.execute("select * from events where id > ? order by id limit ?", [at, AT_ONCE]).fetchall()
    for event in rows:
        _offer_to_runs(shop, event, now)
        _offer_to_procedures(shop, event, now)
    if rows:
        set_setting(shop.db, CURSOR, str(rows[-1]["id"]))
    return len(rows)


def _newest(shop: Shop) -> int:
    return int(shop.db.execute("select coalesce(max(id), 0) from events").fetchone()[0])


def _offer_to_runs(shop: Shop, event: sqlite3.Row, now: datetime) -> None:
    rows = shop.db.execute(
        """select r.id from runs r join run_cases c on c.run_id = r.id
           where c.type = ? and c.id = ? and r.status <> 'done' order by r.id""",
        [event["about_type"], event["about_id"]],
    ).fetchall()
    for (run_id,) in rows:
        shop.db.execute("savepoint run")
        try:
            _offer_to_run(shop, run_id, event, now)
        except Exception as error:
            shop.db.execute("rollback to run")
            log.exception("run %s failed on event %s", run_id, event["id"])
            _run_failed(shop, run_id, event, f"{type(error).__name__}: {error}", now)
        shop.db.execute("release run")


def _offer_to_run(shop: Shop, run_id: int, event: sqlite3.Row, now: datetime) -> None:
    run = load_run(shop, run_id)
    if run.status == "done":
        return
    own = event["run_id"] == run_id
    why = f"{event['kind']} at {event['happened_at']} ({event['actor']})"
    if not own and event["kind"] in run.procedure.ends_when:
        way = run.procedure.ends_when[event["kind"]]
        if isinstance(way, End):
            end_run(shop, run, way.outcome, now, why)
        else:
            jump(shop, run, way, now, why)
    elif not own and event["kind"] in run.procedure.on:
        jump(shop, run, run.procedure.on[event["kind"]], now, why)
    elif run.status == "open" and run.phase == "wait" and run.step.wait is not None:
        advance(shop, run_id, now)


def _run_failed(shop: Shop, run_id: int, event: sqlite3.Row, why: str, now: datetime) -> None:
    """The run stands where it stood; its procedure's owner reads what it could not take in."""
    (stem,) = shop.db.execute("select procedure from runs where id = ?", [run_id]).fetchone()
    procedure = in_force(shop, now).procedures.get(stem)
    open_task(
        shop,
        "failed",
        f"“{procedure.title if procedure else stem}” could not take in: {event['kind']}",
        procedure.owner if procedure else "founder",
        now,
        about=(event["about_type"], event["about_id"]),
        due_at=iso(shop.working.after_days(now, 1)),
        why=why,
        data={"event": event["id"], "run": run_id},
    )


def _offer_to_procedures(shop: Shop, event: sqlite3.Row, now: datetime) -> None:
    hearing = [
        p
        for p in in_force(shop, now).procedures.values()
        if p.starts is not None and p.starts.event == event["kind"] and p.state == "on"
    ]
    found = {p.stem: _handled(shop, p, event, now) for p in hearing}
    if event["kind"] == "ticket.opened" and all(result == "no match" for result, _, _ in found.values()):
        found = {p.stem: _handled(shop, p, event, now, AS_ANY_OTHER) for p in hearing}
    for stem, (result, run_id, reason) in found.items():
        shop.db.execute(
            "insert or ignore into triggers(event_id, procedure, result, run_id, reason) values (?, ?, ?, ?, ?)",
            [event["id"], stem, result, run_id, reason],
        )


def _handled(
    shop: Shop, procedure: Procedure, event: sqlite3.Row, now: datetime, instead: Mapping[str, Any] = AS_IT_IS
) -> tuple[str, int | None, str | None]:
    """(result, run, reason). A handler that fails is undone, is its owner's task, and stops nothing else."""
    shop.db.execute("savepoint handler")
    try:
        found = _handle(shop, procedure, event, now, instead)
    except Exception as error:
        shop.db.execute("rollback to handler")
        log.exception("%s failed on event %s", procedure.stem, event["id"])
        found = ("failed", None, f"{type(error).__name__}: {error}")
    shop.db.execute("release handler")
    if found[0] in ("failed", "cannot tell"):
        _owners_task(shop, procedure, event, now, found[2] or "")
    return found


def _handle(
    shop: Shop, procedure: Procedure, event: sqlite3.Row, now: datetime, instead: Mapping[str, Any]
) -> tuple[str, int | None, str | None]:
    if event["depth"] > DEEPEST:
        return "failed", None, f"a chain of events deeper than {DEEPEST}: one procedure keeps starting another"
    case = (event["about_type"], event["about_id"])
    if case[0] != procedure.about:
        if case[0] != event_kinds()[event["kind"]].case:
            return "no match", None, None  # a late task is told of whatever its case is; another case is not ours
        return "cannot tell", None, f"the event is about a {case[0]}, the procedure about a {procedure.about}"
    try:
        if not _matches(shop, procedure, event["id"], case, now, instead):
            return "no match", None, None
    except CannotTell as unknown:
        return "cannot tell", None, str(unknown)
    if _is_flood(shop, procedure, event, now):
        return "held", None, f"one import or fetch would start more than usual of {procedure.stem}"
    run_id, is_new = start_run(shop, procedure.stem, case, now, cause=event["id"])
    if not is_new:
        _joined(shop, procedure, run_id, case, now)
    return ("started" if is_new else "added"), run_id, None


def _joined(shop: Shop, procedure: Procedure, run_id: int, case: tuple[str, Any], now: datetime) -> None:
    """Two cases that lead to the same order share its run; whoever stands behind the second is not forgotten."""
    about = shop.db.execute("select about_type, about_id from runs where id = ?", [run_id]).fetchone()
    if tuple(about) == case:
        return
    shop.db.execute("insert or ignore into run_cases(run_id, type, id) values (?, ?, ?)", [run_id, *case])
    open_task(
        shop,
        "failed",
        f"“{procedure.title}” is at work for the same order already: tell whoever wrote here",
        procedure.performer,
        now,
        about=case,
        due_at=iso(shop.working.after_days(now, 1)),
        why="two tickets about one order",
        data={"run": run_id},
    )


def _matches(
    shop: Shop,
    procedure: Procedure,
    event_id: int,
    case: tuple[str, Any],
    now: datetime,
    instead: Mapping[str, Any] = AS_IT_IS,
) -> bool:
    assert procedure.starts is not None
    where = procedure.starts.where
    if where is None:
        return True
    values = values_for_event(shop, event_id, case, now)
    return holds(shop, where, {**values, "event": {**values["event"], **instead}})


def _owners_task(shop: Shop, procedure: Procedure, event: sqlite3.Row, now: datetime, why: str) -> None:
    what = event_kinds()[event["kind"]].doc if event["kind"] in event_kinds() else event["kind"]
    open_task(
        shop,
        "failed",
        f"“{procedure.title}” could not start: {what}",
        procedure.owner,
        now,
        about=(event["about_type"], event["about_id"]),
        due_at=iso(shop.working.after_days(now, 1)),
        why=why,
        data={"event": event["id"], "procedure": procedure.stem},
    )


def _is_flood(shop: Shop, procedure: Procedure, event: sqlite3.Row, now: datetime) -> bool:
    """Whether its import, or its fetch of mails, would start more than max(50, 3 times the usual day); then one task
    holds them all."""
    if not event["actor"].startswith(AT_A_TIME):
        return False
    held = shop.db.execute(
        """select 1 from triggers t join events e on e.id = t.event_id
           where t.procedure = ? and t.result = 'held' and e.actor = ? limit 1""",
        [procedure.stem, event["actor"]],
    ).fetchone()
    if held:
        return True
    same = shop.db.execute(
        "select id, about_type, about_id from events where actor = ? and kind = ? and id >= ?",
        [event["actor"], event["kind"], event["id"]],
    ).fetchall()
    most = max(LEAST_HELD, TIMES_USUAL * _usual_day(shop, procedure.stem, now))
    if len(same) <= most or _started_by(shop, procedure.stem, event["actor"]):
        return False
    would = sum(_would_start(shop, procedure, e, now) for e in same)
    if would <= most:
        return False
    source = "import" if event["actor"].startswith("import:") else "fetch of mails"
    open_task(
        shop,
        "held",
        f"Release or drop {would} starts of “{procedure.title}” from one {source}",
        procedure.owner,
        now,
        due_at=iso(shop.working.after_hours(now, Decimal(2))),
        why=f"more than {most:g}, three times the usual day: {QUESTIONS[source]}",
        data={"actor": event["actor"], "procedure": procedure.stem},
    )
    return True


def _started_by(shop: Shop, procedure: str, actor: str) -> bool:
    row = shop.db.execute(
        """select 1 from triggers t join events e on e.id = t.event_id
           where t.procedure = ? and t.result in ('started', 'added') and e.actor = ? limit 1""",
        [procedure, actor],
    ).fetchone()
    return row is not None


def _would_start(shop: Shop, procedure: Procedure, event: sqlite3.Row, now: datetime) -> bool:
    try:
        return _matches(shop, procedure, event["id"], (event["about_type"], event["about_id"]), now)
    except CannotTell:
        return False


def _usual_day(shop: Shop, procedure: str, now: datetime) -> float:
    row = shop.db.execute(
        "select count(*), count(distinct substr(started_at, 1, 10)) from runs where procedure = ? and started_at >= ?",
        [procedure, iso(now - timedelta(days=28))],
    ).fetchone()
    return row[0] / row[1] if row[1] else 0.0


def release_held(shop: Shop, task_id: int, now: datetime, *, start: bool) -> int:
    """Start what one import had held, or drop it for good; gives how many. In the caller's transaction."""
    data = json.loads(shop.db.execute("select data from tasks where id = ?", [task_id]).fetchone()[0])
    rows = shop.db.execute(
        """select e.* from triggers t join events e on e.id = t.event_id
           where t.procedure = ? and t.result = 'held' and e.actor = ? order by e.id""",
        [data["procedure"], data["actor"]],
    ).fetchall()
    for event in rows:
        run_id = None
        if start:
            case = (event["about_type"], event["about_id"])
            run_id, _ = start_run(shop, data["procedure"], case, now, cause=event["id"])
        shop.db.execute(
            "update triggers set result = ?, run_id = ? where event_id = ? and procedure = ?",
            ["started" if start else "dropped", run_id, event["id"], data["procedure"]],
        )
    return len(rows)
