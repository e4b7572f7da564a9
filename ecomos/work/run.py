"""A run: one procedure carried out for one case, and where in its step it stands."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecomos.errors import Refused
from ecomos.playbook.records import Procedure, Step
from ecomos.store import iso
from ecomos.work.catalogue import linked
from ecomos.work.shop import Shop
from ecomos.work.versions import procedure_version

__all__ = ["PHASES", "Run", "bring_links", "load_run", "move_to", "note_visit", "open_run_of", "set_phase"]

PHASES = ("wait", "task", "sample", "approve", "do", "document", "send", "start", "out")
"""What happens in what order in a step; `task` gathers batches too."""


@dataclass(frozen=True)
class Run:
    """A row of `runs` with the version of its procedure."""

    id: int
    procedure: Procedure
    about: tuple[str, Any]
    cause_event_id: int | None
    parent_run_id: int | None
    status: str
    outcome: str | None
    step: Step
    phase: str
    visit: int
    entered_at: str
    started_at: str
    promised_at: str | None
    version_sha: str


def load_run(shop: Shop, run_id: int) -> Run:
    """One run. Raises Refused where there is none."""
    row = shop.db.execute("select * from runs where id = ?", [run_id]).fetchone()
    if row is None:
        raise Refused(f"There is no run {run_id}.")
    return run_from(shop, row)


def run_from(shop: Shop, row: sqlite3.Row) -> Run:
    """A row of `runs` as a Run."""
    procedure = procedure_version(shop, row["procedure"], row["version_sha"])
    return Run(
        id=row["id"],
        procedure=procedure,
        about=(row["about_type"], row["about_id"]),
        cause_event_id=row["cause_event_id"],
        parent_run_id=row["parent_run_id"],
        status=row["status"],
        outcome=row["outcome"],
        step=procedure.step(row["step"]),
        phase=row["phase"],
        visit=row["visit"],
        entered_at=row["entered_at"],
        started_at=row["started_at"],
        promised_at=row["promised_at"],
        version_sha=row["version_sha"],
    )


def open_run_of(shop: Shop, procedure: str, case: tuple[str, Any]) -> int | None:
    """The open run of that procedure for that case, or for a case that it leads to: two tickets about one order don't
    refund it twice."""
    for each in (case, *linked(shop.db, case)):
        row = shop.db.execute(
            """select r.id from runs r join run_cases c on c.run_id = r.id
               where r.procedure = ? and r.status <> 'done' and c.type = ? and c.id = ? limit 1""",
            [procedure, *each],
        ).fetchone()
        if row:
            return int(row[0])
    return None


def bring_links(shop: Shop, run_id: int) -> None:
    """Put the cases that the run's cases lead to beside them, as they are now; what the run is about itself stays."""
    about, *_ = shop.db.execute("select about_type from runs where id = ?", [run_id]).fetchone()
    for case in shop.db.execute("select type, id from run_cases where run_id = ?", [run_id]).fetchall():
        for kind, key in linked(shop.db, (case["type"], case["id"])):
            if kind != about:
                shop.db.execute("delete from run_cases where run_id = ? and type = ?", [run_id, kind])
                shop.db.execute("insert into run_cases(run_id, type, id) values (?, ?, ?)", [run_id, kind, key])


def set_phase(shop: Shop, run_id: int, phase: str) -> None:
    """Note how far in its step the run has come."""
    shop.db.execute("update runs set phase = ? where id = ?", [phase, run_id])


def move_to(shop: Shop, run: Run, step: Step, now: datetime) -> None:
    """Enter a step from its beginning; a step entered again is another visit."""
    visit = note_visit(shop, run.id, step.slug, now)
    shop.db.execute(
        "update runs set step = ?, phase = 'wait', visit = ?, entered_at = ?, status = 'open' where id = ?",
        [step.slug, visit, iso(now), run.id],
    )


def note_visit(shop: Shop, run_id: int, slug: str, now: datetime) -> int:
    """Count the visit that begins now, and give its number."""
    before = shop.db.execute(
        "select coalesce(max(visit), 0) from run_visits where run_id = ? and step = ?", [run_id, slug]
    ).fetchone()[0]
    shop.db.execute(
        "insert into run_visits(run_id, step, visit, entered_at) values (?, ?, ?, ?)",
        [run_id, slug, before + 1, iso(now)],
    )
    return int(before + 1)
