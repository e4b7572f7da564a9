"""Documents that a step calls for. Nothing here makes them yet: a person makes each and writes its number down, in the
transaction that goes on."""

import json
import sqlite3
from datetime import datetime

from ecomos.errors import Refused
from ecomos.store import iso
from ecomos.work.deadlines import due_at
from ecomos.work.run import Run
from ecomos.work.shop import Shop
from ecomos.work.tasks import close, open_task

__all__ = ["ask_document", "keep_document"]


def ask_document(shop: Shop, run: Run, kind: str, now: datetime) -> bool:
    """Put the making of a document on the list of the step's role; True where this visit has it already."""
    there = shop.db.execute(
        "select 1 from documents where run_id = ? and step = ? and visit = ?", [run.id, run.step.slug, run.visit]
    ).fetchone()
    if there:
        return True
    open_task(
        shop,
        "document",
        f"Make the {kind.replace('-', ' ')} and write down its number",
        run.step.role or run.procedure.performer,
        now,
        run=(run.id, run.step.slug, run.visit),
        about=run.about,
        due_at=due_at(shop, run.step.within, now, now) or iso(shop.working.after_days(now, 1)),
        data={"document": kind},
    )
    return False


def keep_document(shop: Shop, task: sqlite3.Row, person_id: int, number: str, now: datetime) -> None:
    """Write down the number of the document that was made. Raises Refused without one, or for one that is taken."""
    kind, number = json.loads(task["data"])["document"], number.strip()
    if not number:
        raise Refused("Write the number that stands on it.")
    taken = shop.db.execute("select run_id from documents where kind = ? and number = ?", [kind, number]).fetchone()
    if taken:
        raise Refused(f"The {kind.replace('-', ' ')} {number} is written down already, in run {taken['run_id']}.")
    shop.db.execute(
        """insert into documents(kind, number, run_id, step, visit, about_type, about_id, made_by, made_at)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            kind,
            number,
            task["run_id"],
            task["step"],
            task["visit"],
            task["about_type"],
            task["about_id"],
            person_id,
            iso(now),
        ],
    )
    close(shop, task["id"], "done", now, person_id, {"number": number})
