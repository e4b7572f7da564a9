"""A customer's words taken in, once: threaded to the ticket they answer, to the open ticket of the same person, or a
new one; with the event that tells of it, in the caller's transaction."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ecomos.customers.matching import customer_of, order_of, thread_of
from ecomos.customers.topics import rules_in_force, topic_of
from ecomos.orders.customers import email_key
from ecomos.store import events, get_setting, iso

__all__ = ["Attachment", "Incoming", "Taken", "take_in"]

OFFERED = "offered event"
"""The setting that tells up to which event the procedures were asked."""


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail, kept already."""

    file: str
    """Its name under files/."""
    name: str
    """What the sender called it."""
    bytes: int


@dataclass(frozen=True)
class Incoming:
    """What a customer wrote."""

    subject: str
    body: str
    at: str
    """When it was written, UTC."""
    from_email: str | None = None
    from_name: str | None = None
    message_id: str | None = None
    in_reply_to: str | None = None
    references: Sequence[str] = ()
    """Every Message-ID that it answers, the oldest first."""
    files: Sequence[Attachment] = ()
    order_id: int | None = None
    """As a person chose it; a mail leaves it to us."""
    topic: str | None = None
    is_history: bool = False
    """Written before the team began: kept, closed, and it starts nothing."""


@dataclass(frozen=True)
class Taken:
    """What became of it."""

    ticket_id: int
    became: str
    """opened, added, reopened, known (taken in before), history."""


def take_in(db: sqlite3.Connection, mail: Incoming, now: datetime, actor: str) -> Taken:
    """Keep what was written with its ticket and write the event; the same Message-ID a second time does nothing."""
    known = db.execute("select ticket_id from ticket_messages where message_id = ?", [mail.message_id]).fetchone()
    if known:
        return Taken(known[0], "known")
    ticket, order = thread_of(db, mail.references)
    ticket = ticket if ticket is not None else _open_of(db, mail.from_email)
    if ticket is None or mail.is_history:
        opened = ticket if ticket is not None else _open(db, mail, now, mail.order_id or order, _own_words(mail, order))
        _keep(db, opened, mail)
        if mail.is_history:
            return Taken(opened, "history")
        _tell(db, "ticket.opened", opened, now, actor, topic=_topic(db, opened), is_reopened=False)
        return Taken(opened, "opened")
    return _add(db, ticket, mail, now, actor)


def _open_of(db: sqlite3.Connection, email: str | None) -> int | None:
    """The open ticket of this person: several mails are one case."""
    key = email_key(email)
    row = db.execute(
        "select id from tickets where from_email = ? and status <> 'closed' order by id desc limit 1", [key]
    ).fetchone()
    return row[0] if row and key else None


def _own_words(mail: Incoming, answered: int | None) -> str:
    """What the customer wrote themselves: in an answer to a mail of ours, about the order `answered`, the subject and
    what is quoted are our words, and say nothing of what they want."""
    if answered is None:
        return f"{mail.subject}\n{mail.body}"
    return "\n".join(line for line in mail.body.splitlines() if not line.lstrip().startswith(">"))


def _open(db: sqlite3.Connection, mail: Incoming, now: datetime, order: int | None, words: str) -> int:
    text = f"{mail.subject}\n{mail.body}"
    order = order or order_of(db, mail.from_email, text)
    status = "closed" if mail.is_history else "open"
    row = db.execute(
        """insert into tickets(channel_id, customer_id, order_id, subject, topic, status, opened_at, waiting_since,
             closed_at, from_email, from_name)
           values ((select channel_id from orders where id = ?1), ?2, ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)""",
        [
            order,
            customer_of(db, mail.from_email) or _buyer(db, mail, order),
            mail.subject,
            mail.topic or topic_of(words, rules_in_force(db, now)),
            status,
            mail.at,
            None if mail.is_history else mail.at,
            mail.at if mail.is_history else None,
            email_key(mail.from_email),
            mail.from_name,
        ],
    )
    return int(row.lastrowid or 0)


def _buyer(db: sqlite3.Connection, mail: Incoming, order: int | None) -> int | None:
    """Who bought it, where a person took the words in and named the order."""
    if mail.message_id is not None or order is None:
        return None
    row = db.execute("select customer_id from orders where id = ?", [order]).fetchone()
    return row[0] if row else None


def _topic(db: sqlite3.Connection, ticket_id: int) -> str:
    return str(db.execute("select topic from tickets where id = ?", [ticket_id]).fetchone()[0])


def _add(db: sqlite3.Connection, ticket_id: int, mail: Incoming, now: datetime, actor: str) -> Taken:
    was = db.execute("select * from tickets where id = ?", [ticket_id]).fetchone()
    reopens = was["status"] == "closed" or not _is_attended(db, ticket_id)
    _keep(db, ticket_id, mail)
    db.execute(
        """update tickets set status = 'open', closed_at = null, waiting_since = coalesce(waiting_since, ?),
             reopened_at = case when ? then ? else reopened_at end,
             order_id = coalesce(order_id, ?) where id = ?""",
        [
            mail.at,
            reopens,
            iso(now),
            mail.order_id or order_of(db, was["from_email"], f"{mail.subject}\n{mail.body}"),
            ticket_id,
        ],
    )
    _tell(db, "ticket.replied", ticket_id, now, actor, is_reopened=reopens)
    if reopens:
        _tell(db, "ticket.opened", ticket_id, now, actor, topic=was["topic"], is_reopened=True)
    return Taken(ticket_id, "reopened" if reopens else "added")


def _is_attended(db: sqlite3.Connection, ticket_id: int) -> bool:
    """Whether somebody has it: an open run, or an opening still to be offered. Else nobody would read the answer."""
    row = db.execute(
        """select exists (select 1 from run_cases c join runs r on r.id = c.run_id
             where c.type = 'ticket' and c.id = ?1 and r.status <> 'done')
           or exists (select 1 from events where about_type = 'ticket' and about_id = ?1 and kind = 'ticket.opened'
             and id > ?2)""",
        [ticket_id, int(get_setting(db, OFFERED, "0"))],
    ).fetchone()
    return bool(row[0])


def _keep(db: sqlite3.Connection, ticket_id: int, mail: Incoming) -> None:
    row = db.execute(
        """insert into ticket_messages(ticket_id, direction, message_id, in_reply_to, thread, at, from_email, subject,
             body) values (?, 'in', ?, ?, ?, ?, ?, ?, ?)""",
        [
            ticket_id,
            mail.message_id,
            mail.in_reply_to,
            " ".join([*mail.references[-20:], *([mail.message_id] if mail.message_id else [])]),
            mail.at,
            email_key(mail.from_email),
            mail.subject,
            mail.body,
        ],
    )
    db.executemany(
        "insert or ignore into ticket_files(message_id, file, name, bytes) values (?, ?, ?, ?)",
        [(row.lastrowid, f.file, f.name, f.bytes) for f in mail.files],
    )


def _tell(db: sqlite3.Connection, kind: str, ticket_id: int, now: datetime, actor: str, **data: object) -> None:
    events.append(db, kind, ("ticket", ticket_id), actor=actor, recorded_at=iso(now), data=data)
