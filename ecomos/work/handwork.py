"""Hand tasks: a deed that acts in the platform, done there by a person, noted here with its reference, and matched with
what a later import shows. Missing after two imports it is a task of the procedure's owner."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ecomos.errors import Refused
from ecomos.playbook.catalogue import Deed, Doer
from ecomos.store import iso
from ecomos.work.run import Run, load_run, set_phase
from ecomos.work.shop import Shop
from ecomos.work.tasks import close, open_task, task_row

__all__ = ["deeds_to_match", "finish_hand_task", "match_hand_deed", "open_hand_task", "put_aside"]

PLATFORMS = {"shopify": "Shopify", "uci": "the shop system"}
MOST_MISSED = 2


def open_hand_task(shop: Shop, run: Run, deed: Deed, case: Any, arguments: Mapping[str, Any], now: datetime) -> bool:
    """Ask a person to do it in the platform; True where it was done and noted at this visit already.

    Raises Refused where the last export shows that it is done.
    """
    done = shop.db.execute(
        """select h.status from hand_deeds h join tasks t on t.id = h.task_id
           where h.run_id = ? and t.step = ? and t.visit = ? and h.status <> 'withdrawn'""",
        [run.id, run.step.slug, run.visit],
    ).fetchone()
    if done:
        return bool(done[0] != "open")
    if deed.shown and deed.shown(shop.db, case, arguments):
        raise Refused(f"The last export already shows it: “{deed.doc}” Use “Done elsewhere”.")
    platform = _platform(shop, deed.about, case)
    kept = {k: _plain(v) for k, v in arguments.items() if v is not None}
    task = open_task(
        shop,
        "hand",
        deed.hand_title.format(platform=platform),
        run.step.role or run.procedure.performer,
        now,
        run=(run.id, run.step.slug, run.visit),
        about=run.about,
        due_at=run.promised_at,
        data={"deed": deed.name, "arguments": kept},
    )
    shop.db.execute(
        """insert into hand_deeds(run_id, task_id, deed, about_type, about_id, arguments, status)
           values (?, ?, ?, ?, ?, ?, 'open')""",
        [run.id, task, deed.name, deed.about, case, json.dumps(kept)],
    )
    return False


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value


def _platform(shop: Shop, about: str, case: Any) -> str:
    if about != "order":
        return "the platform"
    row = shop.db.execute(
        "select c.platform from orders o join channels c on c.id = o.channel_id where o.id = ?", [case]
    ).fetchone()
    return PLATFORMS.get(row[0], row[0].capitalize()) if row else "the platform"


def finish_hand_task(shop: Shop, task: Any, person_id: int | None, reference: str, now: datetime) -> None:
    """It was done in the platform: keep the reference and do the deed here, in the caller's transaction."""
    if not reference.strip():
        raise Refused("Write the platform's reference, or “none” where it gives none: it is how the two are matched.")
    row = shop.db.execute("select * from hand_deeds where task_id = ? and status = 'open'", [task["id"]]).fetchone()
    if row is None:
        raise Refused("This hand task is no longer open.")
    newest = shop.db.execute("select max(id) from imports").fetchone()[0]
    close(shop, task["id"], "done", now, person_id, {"reference": reference.strip()})
    shop.db.execute(
        "update hand_deeds set status = 'done', reference = ?, done_at = ?, last_import_id = ? where id = ?",
        [reference.strip(), iso(now), newest, row["id"]],
    )
    run = load_run(shop, row["run_id"])
    who = f"person:{person_id}" if person_id else f"run:{run.id}"
    doer = Doer(who, person_id, run.id, now, shop.today(now), run.cause_event_id)
    shop.catalogue.deeds[row["deed"]].call(shop.db, row["about_id"], json.loads(row["arguments"]), doer)
    set_phase(shop, run.id, "send")


def deeds_to_match(shop: Shop) -> list[int]:
    """The hand deeds whose order a newer import has shown."""
    return [row["id"] for row in shop.db.execute(_DEEDS_TO_MATCH, [None]).fetchall()]


def match_hand_deed(shop: Shop, deed_id: int, now: datetime) -> int | None:
    """Hold one hand deed against the newest import that showed its order, in the caller's transaction.

    One that is still open but shown is closed as done in the platform, and its run, to be carried on in the same
    transaction, is given; one done here and not shown by two imports taken later goes to the procedure's owner.
    """
    row = shop.db.execute(_DEEDS_TO_MATCH, [deed_id]).fetchone()
    if row is None:
        return None
    deed = shop.catalogue.deeds[row["deed"]]
    shown = deed.shown is not None and deed.shown(shop.db, row["about_id"], json.loads(row["arguments"]))
    was_open = row["status"] == "open"
    if shown and was_open:
        finish_hand_task(shop, task_row(shop, row["task_id"]), None, "shown by the import", now)
    if shown:
        shop.db.execute(
            "update hand_deeds set status = 'shown', shown_by_import = ? where id = ?", [row["import_id"], deed_id]
        )
    elif not was_open:
        _missed(shop, row, now)
    return int(row["run_id"]) if shown and was_open else None


def put_aside(shop: Shop, deed_id: int, why: str, now: datetime) -> None:
    """A deed that could not be matched is its procedure's owner's task, and is tried again with the next import."""
    row = shop.db.execute(_DEEDS_TO_MATCH, [deed_id]).fetchone()
    if row is None:
        return
    shop.db.execute("update hand_deeds set last_import_id = ? where id = ?", [row["import_id"], deed_id])
    run = load_run(shop, row["run_id"])
    open_task(
        shop,
        "failed",
        f"An export could not be matched with what was done: {row['deed']}",
        run.procedure.owner,
        now,
        run=(run.id, run.step.slug, run.visit),
        about=run.about,
        due_at=iso(shop.working.after_days(now, 1)),
        why=why,
    )


_DEEDS_TO_MATCH = """
  select h.*, o.import_id from hand_deeds h join orders o on o.id = h.about_id
  where h.about_type = 'order' and h.status in ('open', 'done')
    and o.import_id > coalesce(h.last_import_id, 0) and h.id = coalesce(?, h.id)
  order by h.id"""


def _missed(shop: Shop, row: Any, now: datetime) -> None:
    missed = row["missed"] + 1
    status = "missing" if missed >= MOST_MISSED else "done"
    shop.db.execute(
        "update hand_deeds set missed = ?, last_import_id = ?, status = ? where id = ?",
        [missed, row["import_id"], status, row["id"]],
    )
    if status == "missing":
        run = load_run(shop, row["run_id"])
        open_task(
            shop,
            "missing",
            "Check in the platform: it was noted as done, and two exports don't show it",
            run.procedure.owner,
            now,
            run=(run.id, run.step.slug, run.visit),
            about=run.about,
            due_at=iso(shop.working.after_days(now, 1)),
            why=f"{row['deed']}, reference {row['reference']}, done {row['done_at']}",
        )
