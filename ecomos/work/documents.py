"""Documents that a step calls for. What this program can make is numbered and kept in the transaction; its file is
written after it and can be written again at any time. Anything else a person makes, and writes its number down."""

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from ecomos.documents import file_of, keep_file, make_pdf
from ecomos.errors import Refused
from ecomos.stock.purchase_papers import purchase_order_data
from ecomos.store import iso
from ecomos.work.deadlines import due_at
from ecomos.work.run import Run
from ecomos.work.shop import Shop
from ecomos.work.tasks import close, open_task

__all__ = ["ask_document", "document_file", "has_document", "keep_document", "write_files"]

Maker = Callable[[Shop, Any, datetime], dict[str, Any]]


def _purchase_order(shop: Shop, order_id: Any, now: datetime) -> dict[str, Any]:
    return purchase_order_data(shop.db, shop.home, int(order_id), shop.today(now))


MAKERS: dict[tuple[str, str], Maker] = {("purchase-order", "purchase"): _purchase_order}
"""(document, kind of case) → its data, with `number`."""


def ask_document(shop: Shop, run: Run, kind: str, now: datetime) -> bool:
    """Make the document, or put the making of it on the list of the step's role; True where this visit has it."""
    there = shop.db.execute(
        "select 1 from documents where run_id = ? and step = ? and visit = ?", [run.id, run.step.slug, run.visit]
    ).fetchone()
    if there:
        return True
    if (kind, run.about[0]) in MAKERS:
        _make(shop, run, kind, MAKERS[kind, run.about[0]](shop, run.about[1], now), now)
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


def _make(shop: Shop, run: Run, kind: str, data: dict[str, Any], now: datetime) -> None:
    """Keep its number and everything that it shows; made again for the same number, the newest text holds."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    shop.db.execute(
        """insert into documents(kind, number, run_id, step, visit, about_type, about_id, made_by, made_at, data)
           values (?, ?, ?, ?, ?, ?, ?, null, ?, ?)
           on conflict(kind, number) do update set run_id = excluded.run_id, step = excluded.step,
             visit = excluded.visit, made_at = excluded.made_at, data = excluded.data""",
        [kind, data["number"], run.id, run.step.slug, run.visit, *run.about, iso(now), text],
    )
    (shop.home.path / file_of(kind, data["number"])).unlink(missing_ok=True)


def write_files(shop: Shop) -> int:
    """Write the files that are missing, as after the transaction that numbered them, or a restore; gives how many."""
    rows = shop.db.execute("select kind, number, data from documents where data is not null order by id").fetchall()
    missing = [r for r in rows if not (shop.home.path / file_of(r["kind"], r["number"])).is_file()]
    for row in missing:
        _write(shop, row)
    return len(missing)


def has_document(shop: Shop, kind: str, number: str) -> bool:
    """Whether this program made that document, and can make its file."""
    sql = "select 1 from documents where kind = ? and number = ? and data is not null"
    return shop.db.execute(sql, [kind, number]).fetchone() is not None


def document_file(shop: Shop, kind: str, number: str) -> Path | None:
    """The file of a document that this program made, written now where it is missing; None where there is none."""
    row = shop.db.execute(
        "select kind, number, data from documents where kind = ? and number = ? and data is not null", [kind, number]
    ).fetchone()
    if row is None:
        return None
    path = shop.home.path / file_of(kind, number)
    return path if path.is_file() else _write(shop, row)


def _write(shop: Shop, row: sqlite3.Row) -> Path:
    path = shop.home.path / file_of(row["kind"], row["number"])
    keep_file(path, make_pdf(row["kind"], json.loads(row["data"])))
    return path


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
