"""The written ladder of a late task: who is told, who has it next, and when."""

import sqlite3
from datetime import datetime

from ecomos.playbook.records import LateRung
from ecomos.store import parse_iso
from ecomos.work.deadlines import after_span
from ecomos.work.run import load_run
from ecomos.work.shop import Shop

__all__ = ["ladder_of", "rung_at", "rungs_ahead"]


def ladder_of(shop: Shop, task: sqlite3.Row) -> tuple[LateRung, ...]:
    """The step's ladder; where it has none, the procedure's owner is told (the founder for other tasks)."""
    if not task["run_id"]:
        return (LateRung("tell", "founder", None, 0),)
    run = load_run(shop, task["run_id"])
    steps = [s for s in run.procedure.steps if s.slug == task["step"]]
    if task["kind"] == "step" and steps and steps[0].if_late:
        return steps[0].if_late
    return (LateRung("tell", run.procedure.owner, None, 0),)


def rung_at(shop: Shop, task: sqlite3.Row, rung: LateRung, now: datetime) -> datetime:
    """When a rung of a task's ladder is reached: counted from its deadline."""
    due = parse_iso(task["due_at"])
    return after_span(shop, due, rung.after, now) if rung.after else due


def rungs_ahead(shop: Shop, task: sqlite3.Row, now: datetime) -> list[tuple[LateRung, datetime]]:
    """What is still to come if nothing is done, with when; empty at the top, and where there is no deadline."""
    if not task["due_at"] or task["rung"] < 0 or task["status"] not in ("open", "taken"):
        return []
    return [(rung, rung_at(shop, task, rung, now)) for rung in ladder_of(shop, task)[task["rung"] :]]
