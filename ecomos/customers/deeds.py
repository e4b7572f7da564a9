"""What a procedure may do to a ticket: answer it, close it, say which order it is about. An answer goes into the outbox
threaded to what it answers; the first one counts as the first response."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ecomos.customers.matching import order_named
from ecomos.errors import Refused
from ecomos.messages.outbox import enqueue
from ecomos.playbook.catalogue import Deed, Doer, FactField
from ecomos.store import events, iso

__all__ = ["DEEDS", "REPLY", "note_answer", "set_order"]

REPLY = "ticket-reply"
"""The outbox's name for an answer that a person wrote."""


def _ticket(db: sqlite3.Connection, ticket_id: int) -> sqlite3.Row:
    row: sqlite3.Row = db.execute("select * from tickets where id = ?", [ticket_id]).fetchone()
    return row


def _reply(db: sqlite3.Connection, ticket_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    ticket, text = _ticket(db, ticket_id), str(arguments["text"]).strip()
    if not text:
        raise Refused("Write the answer: the customer reads it as it stands here.")
    if not ticket["from_email"]:
        note_answer(db, ticket_id, None, "Answered in person", text, doer.now)
        return
    sent = db.execute("select count(*) from ticket_messages where ticket_id = ?", [ticket_id]).fetchone()[0]
    key = f"run:{doer.run_id}/{REPLY}/{ticket_id}/{sent}"
    subject = _subject(ticket)
    enqueue(
        db,
        key=key,
        run_id=doer.run_id,
        message=REPLY,
        about=("ticket", ticket_id),
        to=ticket["from_email"],
        subject=subject,
        body=f"{text}\n",
        now=doer.now,
    )
    note_answer(db, ticket_id, key, subject, text, doer.now)


def _subject(ticket: sqlite3.Row) -> str:
    subject = ticket["subject"].strip() or "Your message"
    if not subject.lower().startswith(("re:", "aw:")):
        subject = f"Re: {subject}"
    mark = f"[T{ticket['id']}]"
    return subject if mark in subject else f"{subject} {mark}"


def note_answer(
    db: sqlite3.Connection, ticket_id: int, key: str | None, subject: str, body: str, now: datetime
) -> None:
    """Keep an answer with its ticket, threaded to the newest message that came in; `key` is its row in the outbox.

    It is the customer's turn now. Called twice for one key it does nothing.
    """
    mail = db.execute("select id, message_id from outbox where key = ?", [key]).fetchone()
    if mail and db.execute("select 1 from ticket_messages where outbox_id = ?", [mail["id"]]).fetchone():
        return
    asked = db.execute(
        """select message_id, thread from ticket_messages
           where ticket_id = ? and direction = 'in' and message_id is not null order by id desc limit 1""",
        [ticket_id],
    ).fetchone()
    db.execute(
        """insert into ticket_messages(ticket_id, direction, message_id, in_reply_to, thread, at, subject, body,
             outbox_id) values (?, 'out', ?, ?, ?, ?, ?, ?, ?)""",
        [
            ticket_id,
            mail["message_id"] if mail else None,
            asked["message_id"] if asked else None,
            asked["thread"] if asked else None,
            iso(now),
            subject,
            body,
            mail["id"] if mail else None,
        ],
    )
    db.execute(
        """update tickets set status = case status when 'closed' then 'closed' else 'waiting' end,
             first_replied_at = coalesce(first_replied_at, ?), waiting_since = null where id = ?""",
        [iso(now), ticket_id],
    )


def _close(db: sqlite3.Connection, ticket_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    if _ticket(db, ticket_id)["status"] == "closed":
        return
    db.execute(
        "update tickets set status = 'closed', closed_at = ?, waiting_since = null where id = ?",
        [iso(doer.now), ticket_id],
    )
    events.append(
        db,
        "ticket.closed",
        ("ticket", ticket_id),
        actor=doer.actor,
        recorded_at=iso(doer.now),
        run_id=doer.run_id,
        cause_event_id=doer.cause_event_id,
    )


def set_order(db: sqlite3.Connection, ticket_id: int, order_id: int) -> None:
    """Say which order a ticket is about, inside the caller's transaction."""
    db.execute(
        """update tickets set order_id = ?1, channel_id = (select channel_id from orders where id = ?1),
             customer_id = coalesce(customer_id, (select customer_id from orders where id = ?1)) where id = ?2""",
        [order_id, ticket_id],
    )


def _set_order(db: sqlite3.Connection, ticket_id: int, arguments: Mapping[str, Any], doer: Doer) -> None:
    set_order(db, ticket_id, order_named(db, str(arguments.get("number") or "")))


def _text(name: str, nullable: bool = False) -> dict[str, FactField]:
    return {name: FactField(name, "text", nullable)}


DEEDS = (
    Deed(
        "tickets.reply",
        "ticket",
        "Answer the customer: by mail, threaded to what they wrote; noted where they have no e-mail.",
        _text("text"),
        _reply,
    ),
    Deed("tickets.close", "ticket", "Close the ticket; an answer of the customer opens it again.", {}, _close),
    Deed(
        "tickets.set_order",
        "ticket",
        "Say which order the ticket is about.",
        _text("number", nullable=True),
        _set_order,
    ),
)
