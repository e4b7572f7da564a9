"""From a step's `Send` to the outbox: who is written to, in which language, and whether the platform does it
instead."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ecomos.customers.deeds import note_answer
from ecomos.errors import Refused
from ecomos.messages.outbox import enqueue
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
    message = _in_language(shop, send.message, values, now)
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
        )
        if ticket is not None:
            note_answer(shop.db, ticket["id"], key, subject, body, now)


def _contact(shop: Shop) -> str:
    return shop.home.mail.sender if shop.home.mail else ""


def _in_language(shop: Shop, stem: str, values: Mapping[str, Any], now: datetime) -> Message:
    messages = in_force(shop, now).messages
    language = getattr(values.get("order"), "language", "")
    found = messages.get((stem, language)) or messages.get((stem, ""))
    if found is None:
        raise Refused(f"The message {stem} is not in force.")
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
