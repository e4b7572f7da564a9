"""From a step's `Send` to the outbox: who is written to, in which language, and whether the platform does it
instead."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ecomos.customers.deeds import note_answer
from ecomos.documents import file_of
from ecomos.errors import Refused
from ecomos.messages.outbox import MailPart, enqueue
from ecomos.messages.render import render
from ecomos.people import person
from ecomos.playbook.records import Message, Send
from ecomos.work.authority import acting
from ecomos.work.run import Run
from ecomos.work.shop import Shop
from ecomos.work.versions import in_force

__all__ = ["send_message"]


def send_message(shop: Shop, run: Run, send: Send, values: Mapping[str, Any], now: datetime) -> None:
    """Put one message into the outbox for each recipient, once a visit of the step.

    Where the channel says that the platform sends this kind, the row says so and nothing leaves the house.
    Raises Refused where there is nobody to write to.
    """
    message = _in_language(shop, send, values, now)
    ticket = _ticket(shop, run) if send.to == "customer" else None
    by_platform = send.to == "customer" and ticket is None and _sender(shop, run, message.kind) != "ecomos"
    for to in _recipients(shop, run, send.to, now):
        subject, body = render(message, {**values, "store": {"name": shop.home.name, "email": _contact(shop)}})
        key = f"run:{run.id}/{run.step.slug}/{run.visit}/{send.message}/{to}"
        enqueue(
            shop.db,
            key=key,
            run_id=run.id,
            message=message.stem,
            about=run.about,
            to=to,
            subject=subject,
            body=body,
            now=now,
            status="platform" if by_platform else "queued",
            parts=_papers(shop, run) if send.to == "supplier" else (),
        )
        if ticket is not None:
            note_answer(shop.db, ticket["id"], key, subject, body, now)


def _contact(shop: Shop) -> str:
    return shop.home.mail.sender if shop.home.mail else ""


def _in_language(shop: Shop, send: Send, values: Mapping[str, Any], now: datetime) -> Message:
    """The text in the language of whom it goes to, else in the store's own."""
    messages = in_force(shop, now).messages
    language = getattr(values.get("purchase" if send.to == "supplier" else "order"), "language", "")
    found = messages.get((send.message, language)) or messages.get((send.message, ""))
    if found is None:
        raise Refused(f"The message {send.message} is not in force.")
    return found


def _sender(shop: Shop, run: Run, kind: str) -> str:
    row = shop.db.execute(
        """select c.sends from run_cases r join orders o on r.type = 'order' and o.id = r.id
           join channels c on c.id = o.channel_id where r.run_id = ?""",
        [run.id],
    ).fetchone()
    return str(json.loads(row[0]).get(kind, "platform")) if row else "ecomos"


def _ticket(shop: Shop, run: Run) -> sqlite3.Row | None:
    """The ticket of the run where its sender has an e-mail: who wrote to us is answered there, threaded, by us."""
    row: sqlite3.Row | None = shop.db.execute(
        """select t.id, t.from_email from run_cases r join tickets t on r.type = 'ticket' and t.id = r.id
           where r.run_id = ? and t.from_email is not null order by t.id limit 1""",
        [run.id],
    ).fetchone()
    return row


def _recipients(shop: Shop, run: Run, to: str, now: datetime) -> list[str]:
    if to == "supplier":
        return _suppliers(shop, run)
    if to != "customer":
        return [person(shop.db, p).email for p in acting(shop, to, now)]
    ticket = _ticket(shop, run)
    if ticket is not None:
        return [ticket["from_email"]]
    row = shop.db.execute(
        """select a.email from run_cases r join order_addresses a on r.type = 'order' and a.order_id = r.id
           where r.run_id = ?""",
        [run.id],
    ).fetchone()
    if row is None or not row[0]:
        raise Refused("There is no e-mail to write to. Correct the address first, or skip this step with a reason.")
    return [row[0]]


def _suppliers(shop: Shop, run: Run) -> list[str]:
    row = shop.db.execute(
        """select s.name, s.email from run_cases r join purchase_orders o on r.type = 'purchase' and o.id = r.id
           join suppliers s on s.id = o.supplier_id where r.run_id = ?""",
        [run.id],
    ).fetchone()
    if row is None or not row["email"]:
        name = row["name"] if row else "the supplier"
        raise Refused(f"There is no e-mail of {name}. Write it on the page Suppliers, or skip this step with a reason.")
    return [row["email"]]


def _papers(shop: Shop, run: Run) -> list[MailPart]:
    """What goes with each mail about a purchase order: the order itself, as it was made."""
    rows = shop.db.execute(
        """select d.kind, d.number from documents d join run_cases r on r.type = d.about_type and r.id = d.about_id
           where r.run_id = ? and d.kind = 'purchase-order' and d.data is not null order by d.id desc limit 1""",
        [run.id],
    ).fetchall()
    return [MailPart(file_of(r["kind"], r["number"]), f"{r['number']}.pdf", "application/pdf") for r in rows]
