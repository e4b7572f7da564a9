"""An order's whole story, told from rows and events: what came in, what was corrected, every step with who, when and by
which version, every decision with the row that held, every message and every deed in the platform."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ecomos.money import format_money
from ecomos.work.catalogue import event_kinds
from ecomos.work.shop import Shop
from ecomos.work.versions import procedure_version

__all__ = ["Entry", "timeline"]

_RANK = {
    "fact": 0,
    "start": 1,
    "step": 2,
    "hand": 2,
    "correction": 3,
    "event": 3,
    "approval": 4,
    "decision": 5,
    "message": 6,
    "end": 7,
}
"""In which order the things of one second are told."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened."""

    at: str
    """UTC, as stored."""
    who: str
    """A person's name, the import, or `ecomos`."""
    what: str
    detail: str = ""
    version: str = ""
    """Procedure and version, as `process-an-order 3f2a…`."""
    kind: str = "step"
    """fact, start, event, correction, step, hand, approval, decision, message, note, end."""


def timeline(shop: Shop, about: tuple[str, Any]) -> list[Entry]:
    """Everything that happened to a case, oldest first."""
    names = {f"person:{r['id']}": r["name"] for r in shop.db.execute("select id, name from people")}
    names |= {
        f"import:{r['id']}": f"import of {r['path'].rsplit('/', 1)[-1]}"
        for r in shop.db.execute("select id, path from imports")
    }
    found = [*_facts(shop, about), *_events(shop, about, names), *_corrections(shop, about, names)]
    found += _tickets(shop, about)
    runs = shop.db.execute(
        "select r.* from runs r join run_cases c on c.run_id = r.id where c.type = ? and c.id = ?", [*about]
    ).fetchall()
    for run in runs:
        found += _run(shop, run, names)
    return sorted(found, key=lambda e: (e.at, _RANK.get(e.kind, 2)))


def _facts(shop: Shop, about: tuple[str, Any]) -> Iterator[Entry]:
    """What the platform's export says, where no event tells of it (history)."""
    if about[0] != "order":
        return
    row = shop.db.execute("select * from orders where id = ?", [about[1]]).fetchone()
    known = {
        r["kind"]
        for r in shop.db.execute("select kind from events where about_type = 'order' and about_id = ?", [about[1]])
    }
    total = format_money(row["total_cents"], row["currency"])
    if "order.placed" not in known:
        yield Entry(row["placed_at"], "the platform", "Order placed", f"{row['number']}, {total}", kind="fact")
    if row["paid_at"] and "order.paid" not in known:
        yield Entry(row["paid_at"], "the platform", "Paid", row["payment_method"] or "", kind="fact")
    if row["fulfilled_at"] and "order.fulfilled_elsewhere" not in known:
        yield Entry(row["fulfilled_at"], "the platform", "Fulfilled", row["fulfillment_status"] or "", kind="fact")
    if row["cancelled_at"] and "order.cancelled" not in known:
        yield Entry(row["cancelled_at"], "the platform", "Cancelled", kind="fact")


def _events(shop: Shop, about: tuple[str, Any], names: dict[str, str]) -> Iterator[Entry]:
    rows = shop.db.execute("select * from events where about_type = ? and about_id = ?", [*about])
    for row in rows:
        kind = event_kinds().get(row["kind"])
        what = kind.doc.rstrip(".") if kind else row["kind"]
        yield Entry(row["happened_at"], names.get(row["actor"], "ecomos"), what, row["kind"], kind="event")


def _tickets(shop: Shop, about: tuple[str, Any]) -> Iterator[Entry]:
    """What the customer wrote about it, and what was answered without a mail; our mails are told by their runs."""
    rows = shop.db.execute(
        """select m.*, t.from_name from ticket_messages m join tickets t on t.id = m.ticket_id
           where ((? = 'order' and t.order_id = ?) or (? = 'ticket' and t.id = ?)) and m.outbox_id is null""",
        [*about, *about],
    )
    for row in rows:
        wrote = row["direction"] == "in"
        who = row["from_email"] or row["from_name"] or "the customer"
        what = f"{'Wrote' if wrote else 'Answered in person'}: {row['subject']} (T{row['ticket_id']})"
        yield Entry(row["at"], who if wrote else "ecomos", what, row["body"][:400], kind="message")


def _corrections(shop: Shop, about: tuple[str, Any], names: dict[str, str]) -> Iterator[Entry]:
    rows = shop.db.execute("select * from corrections where ref_type = ? and ref_id = ? order by id", [*about])
    for row in rows:
        before = f" (the import says {row['imported_value']})" if row["imported_value"] else ""
        yield Entry(
            row["corrected_at"],
            names.get(f"person:{row['person_id']}", "ecomos"),
            f"Corrected {row['field'].removeprefix('ship_').replace('_', ' ')}",
            f"{row['value'] or 'forgotten'}{before}",
            kind="correction",
        )


def _run(shop: Shop, run: sqlite3.Row, names: dict[str, str]) -> Iterator[Entry]:
    version = f"{run['procedure']} {run['version_sha'][:7]}"
    procedure = procedure_version(shop, run["procedure"], run["version_sha"])
    titles = {s.slug: s.title for s in procedure.steps}
    yield Entry(
        run["started_at"],
        names.get(f"person:{run['started_by']}", "ecomos"),
        f"Started: {procedure.title}",
        version=version,
        kind="start",
    )
    yield from _tasks(shop, run, names, version)
    for row in shop.db.execute("select * from decisions where run_id = ?", [run["id"]]):
        used = ", ".join(f"{k} = {v}" for k, v in json.loads(row["used"]).items())
        what = f"{titles.get(row['step'], row['step'])}: {row['row']} → {titles.get(row['target'], row['target'])}"
        yield Entry(row["decided_at"], "ecomos", what, used, version, "decision")
    for row in shop.db.execute("select * from approvals where run_id = ? and decided_at is not null", [run["id"]]):
        who = names.get(f"person:{row['decided_by']}", "ecomos")
        amount = format_money(row["approved_cents"] or row["asked_cents"], row["currency"])
        how = "within the drafter's own limit" if row["by_engine"] else row["reason"] or ""
        yield Entry(row["decided_at"], who, f"{row['kind']} {row['status']}: {amount}", how, version, "approval")
    for row in shop.db.execute("select * from outbox where run_id = ?", [run["id"]]):
        yield _mail(row, version)
    if run["ended_at"]:
        yield Entry(run["ended_at"], "ecomos", f"Ended: {procedure.title}", run["outcome"] or "", version, "end")


def _tasks(shop: Shop, run: sqlite3.Row, names: dict[str, str], version: str) -> Iterator[Entry]:
    rows = shop.db.execute("select * from tasks where run_id = ?", [run["id"]]).fetchall()
    words = {"done": "Done", "skipped": "Skipped", "elsewhere": "Done elsewhere", "withdrawn": "Withdrawn"}
    for task in rows:
        who = names.get(f"person:{task['done_by']}", "ecomos")
        if task["status"] in words and task["done_at"]:
            detail = task["note"] or "" if task["status"] == "withdrawn" else _said(task)
            yield Entry(
                task["done_at"],
                who,
                f"{words[task['status']]}: {task['title']}",
                detail,
                version,
                "hand" if task["kind"] == "hand" else "step",
            )
        for row in shop.db.execute("select * from task_notes where task_id = ?", [task["id"]]):
            by = names.get(f"person:{row['person_id']}", "ecomos")
            yield Entry(
                row["at"], by, f"{row['kind'].capitalize()}: {task['title']}", row["note"] or "", version, "note"
            )


def _said(task: sqlite3.Row) -> str:
    answers = json.loads(task["answers"] or "{}")
    currency = answers.pop("currency", "")
    shown = []
    for name, value in answers.items():
        if name.endswith("_cents"):
            value, name = format_money(value, currency), name.removesuffix("_cents")
        word = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        shown.append(f"{name.replace('_', ' ')}: {word}")
    return ", ".join(shown)


def _mail(row: sqlite3.Row, version: str) -> Entry:
    words = {
        "sent": "Message sent",
        "queued": "Message waits to be sent",
        "platform": "Left to the platform",
        "withdrawn": "Message withdrawn",
        "failed": "Message refused",
        "bounced": "Message not delivered",
        "unknown": "Message of unknown fate",
        "sending": "Message is being sent",
    }
    what = f"{words.get(row['status'], row['status'])}: {row['subject']}"
    detail = f"to {row['recipient']}" + (f", {row['error']}" if row["error"] else "")
    return Entry(row["sent_at"] or row["queued_at"], "ecomos", what, detail, version, "message")
